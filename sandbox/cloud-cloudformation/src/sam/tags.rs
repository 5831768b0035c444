//! Tags: those that the transform adds, those that are its own, and those that pass on to all that is made.

use serde_json::{Map, Value, json};

use super::resource::{Made, Properties, is_set, tag_list, type_name};
use super::{Cause, Outcome};

/// Tags that nobody may set.
const RESERVED: &[&str] =
    &["lambda:createdBy", "serverlessrepo:applicationId", "serverlessrepo:semanticVersion"];

/// Types whose tags are a list under `Tags`, among those that the transform makes.
const TAGGED: &[&str] = &[
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::DomainNameAccessAssociation",
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::IAM::Role",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::CapacityProvider",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
];

/// The mark of the transform, the tags given to it, and the resource's own.
// AWS: in this order.
pub(super) fn with_ours(
    properties: &Properties<'_>,
    more: Map<String, Value>,
) -> Outcome<Map<String, Value>> {
    let own = properties.get("Tags").and_then(Value::as_object);
    let has = |name: &&&str| own.is_some_and(|tags| tags.contains_key(**name));
    if let Some(name) = RESERVED.iter().find(has) {
        let reason = format!(
            "{name} is a reserved Tag key name and cannot be set on your resource. Please change the tag key in the \
             input."
        );
        return Err(Cause::resource(properties.id, reason));
    }
    let mut tags = Map::from_iter([("lambda:createdBy".to_owned(), json!("SAM"))]);
    tags.extend(more);
    tags.extend(own.cloned().unwrap_or_default());
    Ok(tags)
}

/// Gives the resource's tags to all that was made of it, if it says so.
// AWS: in place of the tags that they had, the transform's mark too.
pub(super) fn propagate(properties: &Properties<'_>, made: &mut [Made]) {
    let Some(tags) = propagated(properties) else { return };
    for (_, resource) in made.iter_mut().filter(|(_, made)| TAGGED.contains(&type_name(made))) {
        resource["Properties"]["Tags"] = json!(tag_list(tags));
    }
}

/// The tags that pass on.
pub(super) fn propagated<'a>(properties: &Properties<'a>) -> Option<&'a Map<String, Value>> {
    properties.set("PropagateTags")?;
    properties.set("Tags").filter(|tags| is_set(tags))?.as_object()
}
