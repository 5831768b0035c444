//! A function's role: what `Policies` means.

use serde_json::{Map, Value, json};

use super::policy_templates;
use super::resource::{Plain, Properties, is_intrinsic, is_set, tag_list};
use super::room::Room;
use super::{Cause, Outcome};

/// Managed policies that live under `service-role/`.
// AWS: the managed policies for Lambda; all others that are named without a path have none.
const SERVICE_ROLE: &[&str] = &[
    "AWSLambdaBasicDurableExecutionRolePolicy",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaENIManagementAccess",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaMSKExecutionRole",
    "AWSLambdaRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
];

/// The role that a function without one of its own gets.
pub(super) fn role(
    source: &Value,
    properties: &Properties<'_>,
    tags: &Map<String, Value>,
    room: &Room,
) -> Outcome<Value> {
    let assume = properties.get("AssumeRolePolicyDocument").cloned().unwrap_or_else(assume_lambda);
    let mut managed = vec![managed_arn("AWSLambdaBasicExecutionRole")];
    if traces(properties) {
        managed.push(managed_arn("AWSXrayWriteOnlyAccess"));
    }
    if properties.set("VpcConfig").is_some() {
        managed.push(managed_arn("AWSLambdaVPCAccessExecutionRole"));
    }
    let mut inline = Vec::new();
    for (index, policy) in listed(properties.get("Policies")).into_iter().enumerate() {
        let before = inline.len();
        add(properties.id, index, policy, &mut managed, &mut inline)?;
        inline.iter().skip(before).try_for_each(|made| room.take(properties.id, made))?;
    }
    Ok(Plain::passing("AWS::IAM::Role", source)
        .with("AssumeRolePolicyDocument", assume)
        .with("ManagedPolicyArns", managed)
        .maybe("Policies", (!inline.is_empty()).then_some(inline))
        .maybe("Path", properties.set("RolePath").cloned())
        .maybe("PermissionsBoundary", properties.set("PermissionsBoundary").cloned())
        .with("Tags", tag_list(tags))
        .build())
}

/// Whether the function is traced.
pub(super) fn traces(properties: &Properties<'_>) -> bool {
    properties.set("Tracing").is_some_and(|tracing| tracing != "Disabled")
}

fn assume_lambda() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": ["sts:AssumeRole"],
            "Effect": "Allow",
            "Principal": { "Service": ["lambda.amazonaws.com"] },
        }],
    })
}

fn managed_arn(name: &str) -> Value {
    let path = if SERVICE_ROLE.contains(&name) { "service-role/" } else { "" };
    json!(format!("arn:aws:iam::aws:policy/{path}{name}"))
}

fn listed(policies: Option<&Value>) -> Vec<&Value> {
    match policies {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
    }
}

fn add(
    id: &str,
    index: usize,
    policy: &Value,
    managed: &mut Vec<Value>,
    inline: &mut Vec<Value>,
) -> Outcome<()> {
    match policy {
        Value::String(name) => {
            // LIMIT: whether a managed policy of that name exists is not known here.
            let arn = if name.contains([':', '/']) { json!(name) } else { managed_arn(name) };
            if !managed.contains(&arn) {
                managed.push(arn);
            }
        }
        Value::Object(document) if document.contains_key("Statement") => {
            inline
                .push(json!({ "PolicyName": format!("{id}RolePolicy{index}"), "PolicyDocument": document }));
        }
        other if is_intrinsic(other) => managed.push(other.clone()),
        other if !is_set(other) => {}
        other => {
            let template = other.as_object().map(|policy| policy_templates::document(id, policy));
            let Some(document) = template.transpose()?.flatten() else {
                let reason = format!("Policy at index {index} in the 'Policies' property is not valid");
                return Err(Cause::resource(id, reason));
            };
            inline
                .push(json!({ "PolicyName": format!("{id}RolePolicy{index}"), "PolicyDocument": document }));
        }
    }
    Ok(())
}
