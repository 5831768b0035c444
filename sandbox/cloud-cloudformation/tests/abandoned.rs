//! Callers who go away in the middle of each operation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;

use async_trait::async_trait;
use cloud_cloudformation::CloudFormation;
use cloud_core::Context;
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Input, Subject};
use serde_json::{Value, json};

/// A template whose one resource has that property.
fn template(property: impl Into<Value>) -> String {
    let property: Value = property.into();
    let resource = json!({ "Type": "AWS::CDK::Metadata", "Properties": { "Analytics": property } });
    let exported = json!({ "Value": "v", "Export": { "Name": { "Ref": "AWS::StackName" } } });
    json!({ "Resources": { "R": resource }, "Outputs": { "O": exported } }).to_string()
}

fn new(n: usize, kind: &str) -> Value {
    json!({
        "StackName": format!("{kind}-{n}"), "ChangeSetName": "c", "ChangeSetType": "CREATE",
        "TemplateBody": template(json!("first"))
    })
}

fn change(n: usize) -> Value {
    let body = template(json!(n.to_string()));
    json!({ "StackName": "s", "ChangeSetName": format!("c{n}"), "TemplateBody": body })
}

fn made(_: usize, before: &[Value]) -> Value {
    json!({ "ChangeSetName": before[0]["Id"] })
}

const REVIEWED: &[(&str, Input)] = &[("CreateChangeSet", |n, _| new(n, "own"))];
const MADE: &[(&str, Input)] = &[("CreateChangeSet", |n, _| new(n, "own")), ("ExecuteChangeSet", made)];
const CHANGE: &[(&str, Input)] = &[("CreateChangeSet", |n, _| change(n))];

const CASES: &[Case] = &[
    Case::new(
        "CreateStack",
        |n, _| json!({ "StackName": format!("made-{n}"), "TemplateBody": template(json!("first")) }),
    ),
    Case::new("CreateChangeSet", |n, _| new(n, "new")),
    Case::new("CreateChangeSet", |n, _| change(n)),
    Case::new("ExecuteChangeSet", made).after(REVIEWED),
    Case::new("ExecuteChangeSet", made).after(CHANGE),
    Case::new("DeleteChangeSet", made).after(CHANGE),
    Case::new(
        "UpdateStack",
        |n, _| json!({ "StackName": "s", "TemplateBody": template(json!(n.to_string())) }),
    ),
    Case::new("DeleteStack", |n, _| json!({ "StackName": format!("own-{n}") })).after(MADE),
    Case::new(
        "UpdateTerminationProtection",
        |n, _| json!({ "StackName": "s", "EnableTerminationProtection": n % 2 == 0 }),
    ),
    Case::new("DescribeChangeSet", made).after(CHANGE),
    Case::new("DescribeEvents", |_, _| json!({ "StackName": "s" })),
    Case::new("DescribeStackEvents", |_, _| json!({ "StackName": "s" })),
    Case::new("DescribeStackResource", |_, _| json!({ "StackName": "s", "LogicalResourceId": "R" })),
    Case::new("DescribeStackResources", |_, _| json!({ "StackName": "s" })),
    Case::new("DescribeStacks", |_, _| json!({})),
    Case::new("GetTemplate", |_, _| json!({ "StackName": "s" })),
    Case::new("GetTemplateSummary", |_, _| json!({ "StackName": "s" })),
    Case::new("ListChangeSets", |_, _| json!({ "StackName": "s" })),
    Case::new("ListExports", |_, _| json!({})),
    Case::new("ListImports", |_, _| json!({ "ExportName": "s" })),
    Case::new("ListStackResources", |_, _| json!({ "StackName": "s" })),
    Case::new("ListStacks", |_, _| json!({})),
    Case::new("ValidateTemplate", |_, _| json!({ "TemplateBody": template(json!("first")) })),
];

struct Stacks(Arc<CloudFormation>);

#[async_trait]
impl Subject for Stacks {
    async fn open(context: Context) -> Self {
        let stacks = CloudFormation::open(context).await.unwrap();
        stacks.resume();
        Self(Arc::new(stacks))
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.0.clone()]
    }

    async fn furnish(&self, client: &Client) {
        for (name, property) in [("s", json!("first")), ("neighbour", json!({ "Fn::ImportValue": "s" }))] {
            client
                .done("CreateStack", json!({ "StackName": name, "TemplateBody": template(property) }))
                .await;
            self.0.engine().settled(name).await;
        }
    }

    fn neighbour(&self, number: usize) -> (&'static str, Value) {
        let enabled = number.is_multiple_of(2);
        let input = json!({ "StackName": "neighbour", "EnableTerminationProtection": enabled });
        ("UpdateTerminationProtection", input)
    }

    async fn quiet(&self, client: &Client) {
        let stacks = client.done("ListStacks", json!({})).await;
        for stack in stacks["StackSummaries"].as_array().unwrap() {
            self.0.engine().settled(stack["StackId"].as_str().unwrap()).await;
        }
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let mut seen =
            vec![client.done("DescribeStacks", json!({})).await, client.done("ListExports", json!({})).await];
        let stacks = client.done("ListStacks", json!({})).await;
        for stack in stacks["StackSummaries"].as_array().unwrap() {
            let status = stack["StackStatus"].as_str().unwrap();
            assert!(!status.ends_with("IN_PROGRESS") || status == "REVIEW_IN_PROGRESS", "{stack}");
            let name = json!({ "StackName": stack["StackId"] });
            for operation in ["DescribeStackEvents", "ListStackResources", "ListChangeSets", "GetTemplate"] {
                let told = client.ask(operation, name.clone()).await;
                seen.push(told.unwrap_or_else(|error| error.to_string().into()));
            }
        }
        let sets = client.done("ListChangeSets", json!({ "StackName": "s" })).await;
        for set in sets["Summaries"].as_array().unwrap() {
            assert_ne!(set["ExecutionStatus"], "EXECUTE_IN_PROGRESS", "{set}");
            seen.push(client.done("DescribeChangeSet", json!({ "ChangeSetName": set["ChangeSetId"] })).await);
        }
        seen.push(stacks);
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Stacks>(CASES).await;
}
