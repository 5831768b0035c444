//! `DataSources` of a GraphQL API: tables and functions that answer, with roles by which the API asks them.

use serde_json::{Value, json};

use super::{Api, SERVICE, connect, member};
use crate::sam::resource::{Made, Plain, get_att, is_set, reference};
use crate::sam::role::assumed_by;
use crate::sam::{Outcome, Work};

/// A source of one kind.
struct Source<'s> {
    name: &'s str,
    given: &'s Value,
    id: String,
}

impl Source<'_> {
    fn set(&self, name: &str) -> Option<&Value> {
        self.given.get(name).filter(|value| is_set(value))
    }
}

impl Api<'_> {
    /// The sources, first the tables, then the functions.
    pub(super) fn data_sources(&mut self, work: &mut Work<'_>) -> Outcome<Vec<Made>> {
        let given = self.properties.set("DataSources").cloned().unwrap_or_default();
        let mut made = Vec::new();
        for (kind, word) in [("DynamoDb", "DynamoDB"), ("Lambda", "Lambda")] {
            for (name, given) in given.get(kind).and_then(Value::as_object).into_iter().flatten() {
                let source = Source { name, given, id: format!("{}{name}{word}DataSource", self.id) };
                self.sources.insert(name.clone(), get_att(&source.id, "Name"));
                made.extend(if kind == "Lambda" {
                    self.function_source(work, &source)?
                } else {
                    self.table_source(work, &source)?
                });
            }
        }
        Ok(made)
    }

    fn source(&self, source: &Source<'_>, kind: &str) -> Plain {
        let name = source.set("Name").cloned().unwrap_or_else(|| json!(source.name));
        self.plain("AWS::AppSync::DataSource")
            .with("ApiId", self.api_id())
            .with("Name", name)
            .with("Type", kind)
            .copy_as("Description", member(source.given, "Description"))
    }

    fn table_source(&self, work: &mut Work<'_>, source: &Source<'_>) -> Outcome<Vec<Made>> {
        let region = source.set("Region").cloned().unwrap_or_else(|| reference("AWS::Region"));
        let mut config = json!({ "AwsRegion": region, "TableName": source.given.get("TableName") });
        for (from, to) in [
            ("UseCallerCredentials", "UseCallerCredentials"),
            ("Versioned", "Versioned"),
            ("DeltaSync", "DeltaSyncConfig"),
        ] {
            if let Some(value) = source.set(from) {
                config[to] = value.clone();
            }
        }
        let table = source.set("TableArn").cloned().unwrap_or_else(|| {
            let text =
                "arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}";
            let table = source.given.get("TableName");
            json!({ "Fn::Sub": [text, { "__TableName__": table, "__Region__": region }] })
        });
        let plain = self.source(source, "AMAZON_DYNAMODB").with("DynamoDBConfig", config);
        let permissions = source.set("Permissions").cloned().unwrap_or_else(|| json!(["Read", "Write"]));
        let to = json!({ "Type": "AWS::DynamoDB::Table", "Arn": table });
        self.with_role(work, source, plain, "Table", &to, &permissions)
    }

    fn function_source(&self, work: &mut Work<'_>, source: &Source<'_>) -> Outcome<Vec<Made>> {
        let function = source.given.get("FunctionArn").cloned().unwrap_or_default();
        let plain =
            self.source(source, "AWS_LAMBDA").with("LambdaConfig", json!({ "LambdaFunctionArn": function }));
        let to = json!({ "Type": "AWS::Lambda::Function", "Arn": function });
        self.with_role(work, source, plain, "Lambda", &to, &json!(["Write"]))
    }

    /// The source with a role of its own and what that may do, unless a role is given.
    fn with_role(
        &self,
        work: &mut Work<'_>,
        source: &Source<'_>,
        plain: Plain,
        end: &str,
        to: &Value,
        permissions: &Value,
    ) -> Outcome<Vec<Made>> {
        let id = &source.id;
        if let Some(role) = source.set("ServiceRoleArn") {
            return Ok(vec![(id.clone(), plain.with("ServiceRoleArn", role.clone()).build())]);
        }
        let role_id = format!("{id}Role");
        let role = self.plain("AWS::IAM::Role").with("AssumeRolePolicyDocument", assumed_by(SERVICE)).build();
        let ends = json!({
            "Source": {
                "Type": "AWS::AppSync::DataSource",
                "Arn": get_att(id, "DataSourceArn"),
                "RoleName": reference(&role_id),
            },
            "Destination": to,
            "Permissions": permissions,
        });
        let plain = plain.with("ServiceRoleArn", get_att(&role_id, "Arn"));
        let mut made = vec![(id.clone(), plain.build()), (role_id, role)];
        made.extend(connect(work, &format!("{id}To{end}Connector"), &ends)?);
        Ok(made)
    }
}
