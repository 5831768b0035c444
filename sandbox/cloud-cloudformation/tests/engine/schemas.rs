//! What is wrong with a template's resources by their types' schemas, and when that is said; and what a new type costs.

#![allow(clippy::unwrap_used, reason = "a test's helper")]

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::AwsError;
use cloud_core::ports::{Created, ResourceProvider, ResourceRequest, Updated};
use expect_test::expect;
use serde_json::{Value, json};

use crate::cloud::Cloud;

fn resources(resources: Value) -> String {
    Value::from_iter([("Resources".to_owned(), resources)]).to_string()
}

fn thing(properties: Value) -> Value {
    let mut thing = json!({"Type": "Test::Thing"});
    thing["Properties"] = properties;
    thing
}

fn wrong() -> Value {
    json!({"Type": "AWS::CDK::Metadata", "Properties": {"Analytic": "x"}})
}

#[tokio::test]
async fn nothing_is_made_of_a_template_with_a_wrong_resource() {
    let cloud = Cloud::new().await;
    cloud.create("s", &resources(json!({"A": thing(json!({"Value": "1"})), "B": wrong()}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "ROLLBACK_COMPLETE");
    assert_eq!(cloud.calls(), "");
    expect![[r"
        s CREATE_IN_PROGRESS User Initiated
        B CREATE_FAILED Properties validation failed for resource B with message: [#: extraneous key [Analytic] is not permitted]
        s ROLLBACK_IN_PROGRESS Validation failed for following resources: [B]. Rollback requested by user.
        B DELETE_COMPLETE -
        s ROLLBACK_COMPLETE -"]]
    .assert_eq(&cloud.events("s").await);
    let asked = [("StackName", "s"), ("Filters", "FailedEvents=true")];
    let answer = cloud.answer("DescribeEvents", &asked).await.unwrap();
    let event = &answer["OperationEvents"][0];
    let told =
        ["EventType", "LogicalResourceId", "DetailedStatus", "ValidationName", "ValidationStatusReason"];
    assert_eq!(
        told.map(|name| event[name].as_str().unwrap_or_default()),
        [
            "VALIDATION_ERROR",
            "B",
            "VALIDATION_FAILED",
            "PROPERTY_VALIDATION",
            "#: extraneous key [Analytic] is not permitted"
        ],
        "{answer}"
    );
}

#[tokio::test]
async fn nothing_is_changed_by_a_template_with_a_wrong_resource() {
    let cloud = Cloud::new().await;
    cloud.create("s", &resources(json!({"A": thing(json!({"Value": "1"}))}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    cloud.forget_calls();
    let changed = json!({"A": thing(json!({"Value": "2", "Count": "many"})), "B": wrong()});
    cloud.update("s", &resources(changed)).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!((cloud.calls().as_str(), cloud.summary().as_str()), ("", "A=1"));
    let events = cloud.events("s").await;
    for line in [
        "A UPDATE_FAILED Properties validation failed for resource A with message: [#/Count: expected type: Integer, found: String]",
        "s UPDATE_ROLLBACK_IN_PROGRESS Validation failed for following resources: [A, B].",
    ] {
        assert!(events.contains(line), "{events}");
    }
    cloud.update("s", &resources(json!({"A": thing(json!({"Value": "2"}))}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE");
}

#[tokio::test]
async fn what_is_known_later_is_looked_at_later() {
    let cloud = Cloud::new().await;
    let count = json!({"Fn::GetAtt": ["A", "Value"]});
    let template = |value: &str| {
        resources(json!({"A": thing(json!({"Value": value})), "B": thing(json!({"Count": count}))}))
    };
    cloud.create("fits", &template("9")).await.unwrap();
    assert_eq!(cloud.settled("fits").await, "CREATE_COMPLETE");
    cloud.create("s", &template("10")).await.unwrap();
    assert_eq!(cloud.settled("s").await, "ROLLBACK_COMPLETE");
    let events = cloud.events("s").await;
    let said = "B CREATE_FAILED Properties validation failed for resource B with message: [#/Count: failed validation constraint for keyword [maximum]]";
    assert!(events.contains("A CREATE_COMPLETE") && events.contains(said), "{events}");
    assert!(events.contains("The following resource(s) failed to create: [B]."), "{events}");
}

#[tokio::test]
async fn a_change_set_with_a_wrong_resource_says_what_and_where() {
    let cloud = Cloud::new().await;
    let body = "Resources:\n  B:\n    Type: AWS::CDK::Metadata\n    Properties:\n      Analytics: {a: 1}\n";
    let named = [("StackName", "s"), ("ChangeSetName", "c")];
    let members = [named.as_slice(), &[("ChangeSetType", "CREATE"), ("TemplateBody", body)]].concat();
    cloud.call("CreateChangeSet", &members).await.unwrap();
    let cloud = cloud.killed_and_started().await;
    let set = cloud.answer("DescribeChangeSet", &named).await.unwrap();
    assert_eq!((&set["Status"], &set["ExecutionStatus"]), (&json!("FAILED"), &json!("UNAVAILABLE")), "{set}");
    let reason = set["StatusReason"].as_str().unwrap();
    for words in [
        "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].",
        "[#/Analytics: expected type: String, found: JSONObject]",
        "(/Resources/B/Properties/Analytics, line 5",
    ] {
        assert!(reason.contains(words), "{reason}");
    }
    let answer = cloud.answer("DescribeEvents", &named).await.unwrap();
    let event = &answer["OperationEvents"][0];
    assert_eq!(event["ValidationPath"], "/Resources/B/Properties/Analytics", "{answer}");
    assert_eq!(event["ValidationStatusReason"], "#/Analytics: expected type: String, found: JSONObject");
    let refused = cloud.call("DescribeEvents", &[]).await.unwrap_err();
    assert_eq!(refused.message(), "One of ChangeSetName, OperationId or StackName must be specified");
}

#[tokio::test]
async fn types_that_cannot_be_made_are_judged_too() {
    let cloud = Cloud::new().await;
    let queue =
        |properties: Value| resources(json!({"Q": {"Type": "AWS::SQS::Queue", "Properties": properties}}));
    let error = cloud.create("s", &queue(json!({"VisibilityTimeoutSeconds": {"Ref": "AWS::Region"}}))).await;
    let error = error.unwrap_err();
    assert_eq!(
        error.message(),
        "Template format error: Unrecognized resource types: [AWS::SQS::Queue]. Properties validation failed for resource Q with message: [#: extraneous key [VisibilityTimeoutSeconds] is not permitted]"
    );
    let right = cloud.create("s", &queue(json!({"VisibilityTimeout": {"Ref": "AWS::Region"}}))).await;
    assert_eq!(
        right.unwrap_err().message(),
        "Template format error: Unrecognized resource types: [AWS::SQS::Queue]"
    );
}

#[tokio::test]
async fn what_a_provider_does_not_do_is_said() {
    let cloud = Cloud::new().await;
    let settings = json!({"Used": "a", "IdleInside": [1], "IdleOff": false});
    let properties = json!({"Value": "1", "Idle": "b", "IdleUsual": "usual", "Settings": settings});
    cloud.create("s", &resources(json!({"A": thing(properties)}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    let said = "A CREATE_COMPLETE Without effect here: Idle (it is idle), Settings.IdleInside (it is idle)";
    let events = cloud.events("s").await;
    assert!(events.lines().any(|line| line == said), "{events}");
}

/// A type of our own: all that it takes to add one. One of AWS's needs no schema.
struct Lid;

#[async_trait]
impl ResourceProvider for Lid {
    fn type_name(&self) -> &'static str {
        "Toy::Box::Lid"
    }

    fn schema(&self) -> Option<&'static str> {
        Some(
            r#"{"properties": {"Colour": {"type": "string"}, "Size": {"type": "integer"}}, "additionalProperties": false, "createOnlyProperties": ["/properties/Size"]}"#,
        )
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Size"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        Ok(Created { physical_id: request.generated_name(32), ..Created::default() })
    }

    async fn update(&self, id: &str, _old: &Value, _request: &ResourceRequest) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(Created { physical_id: id.to_owned(), ..Created::default() }))
    }

    async fn delete(&self, _id: &str, _properties: &Value) -> Result<(), AwsError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_new_type_is_its_provider_alone() {
    let cloud = Cloud::new().await;
    cloud.add(Arc::new(Lid));
    let lid =
        |properties: Value| resources(json!({"L": {"Type": "Toy::Box::Lid", "Properties": properties}}));
    cloud.create("s", &lid(json!({"Size": "3", "Colour": "red"}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "CREATE_COMPLETE");
    let first = cloud.physical_id("s", "L");
    assert!(cloud.events("s").await.contains("L CREATE_COMPLETE Without effect here: Colour"));
    cloud.update("s", &lid(json!({"Size": 3, "Colour": "blue"}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE");
    assert_eq!(cloud.physical_id("s", "L"), first, "changed in its place");
    cloud.update("s", &lid(json!({"Size": 4}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_COMPLETE");
    assert_ne!(cloud.physical_id("s", "L"), first, "another took its place");
    cloud.update("s", &lid(json!({"Size": 4, "Handle": true}))).await.unwrap();
    assert_eq!(cloud.settled("s").await, "UPDATE_ROLLBACK_COMPLETE");
}
