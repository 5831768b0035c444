//! Members that are taken and change nothing here. Who asks for them is told: a request by a note on its answer, a
//! template by the events of its deployment. What must not be taken is in `refused`.

use cloud_core::{Arn, Context};
use serde_json::Value;

use crate::limits;
use crate::shapes::{SnapStart, SnapStartApplyOn, TracingConfig, TracingMode};

/// What of a request changes nothing.
// LIMIT: nothing is traced, and no snapshots are taken.
pub(super) fn of_request(tracing: Option<&TracingConfig>, snap: Option<&SnapStart>) -> Vec<&'static str> {
    let mut idle = Vec::new();
    if tracing.is_some_and(|tracing| tracing.mode == Some(TracingMode::Active)) {
        idle.push("TracingConfig");
    }
    if snap.is_some_and(|snap| snap.apply_on == Some(SnapStartApplyOn::PublishedVersions)) {
        idle.push("SnapStart");
    }
    idle
}

/// What of a function in a template changes nothing, and why.
// LIMIT: there are no networks, keys, traces and snapshots, there is one version of each runtime and no guard against
// loops; a role is looked for in this account.
pub(crate) fn of_template(context: &Context, properties: &Value) -> Vec<String> {
    let text =
        |pointer: &str| properties.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let listed = |pointer: &str| {
        properties.pointer(pointer).and_then(Value::as_array).is_some_and(|list| !list.is_empty())
    };
    let account = context.account();
    let dead_letters = text("/DeadLetterConfig/TargetArn");
    let idle = [
        (
            listed("/VpcConfig/SubnetIds") || listed("/VpcConfig/SecurityGroupIds"),
            "VpcConfig (functions are in no network of yours)".to_owned(),
        ),
        (text("/KmsKeyArn").is_some(), "KmsKeyArn (there are no keys to encrypt with)".to_owned()),
        (text("/TracingConfig/Mode") == Some("Active"), "TracingConfig (nothing is traced)".to_owned()),
        (
            text("/SnapStart/ApplyOn") == Some("PublishedVersions"),
            "SnapStart (no snapshots are taken)".to_owned(),
        ),
        (
            text("/RuntimeManagementConfig/UpdateRuntimeOn").is_some_and(|when| when != "Auto"),
            "RuntimeManagementConfig (there is one version of each runtime)".to_owned(),
        ),
        (text("/RecursiveLoop") == Some("Terminate"), "RecursiveLoop (loops are not looked for)".to_owned()),
        (
            dead_letters.is_some_and(|arn| !is_reachable(context, arn)),
            "DeadLetterConfig (its target is not here)".to_owned(),
        ),
        (
            text("/Role").is_some_and(|role| !limits::is_own(context, role)),
            format!("the account in Role (the function runs as the role of that name in account {account})"),
        ),
    ];
    idle.into_iter().filter(|(idle, _)| *idle).map(|(_, said)| said).collect()
}

/// Whether a service is here that takes deliveries to that ARN.
fn is_reachable(context: &Context, arn: &str) -> bool {
    let arn: Result<Arn, _> = arn.parse();
    arn.is_ok_and(|arn| context.peers().target(&arn).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(properties: &Value, expected: &[&str]) {
        let (context, _) = Context::for_test("/nowhere");
        let idle = of_template(&context, properties);
        let names: Vec<&str> = idle.iter().filter_map(|said| said.split(" (").next()).collect();
        assert_eq!(names, expected, "{properties}");
    }

    #[test]
    fn what_changes_nothing_is_said_and_nothing_else() {
        check(&json!({ "Role": "arn:aws:iam::000000000000:role/r", "MemorySize": 128 }), &[]);
        check(&json!({ "Role": "arn:aws:iam::123456789012:role/r" }), &["the account in Role"]);
        check(&json!({ "VpcConfig": { "SubnetIds": ["subnet-1"], "SecurityGroupIds": [] } }), &["VpcConfig"]);
        check(&json!({ "VpcConfig": { "SubnetIds": [], "SecurityGroupIds": [] } }), &[]);
        check(&json!({ "TracingConfig": { "Mode": "PassThrough" }, "KmsKeyArn": "" }), &[]);
        check(
            &json!({
                "KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/k", "TracingConfig": { "Mode": "Active" },
                "SnapStart": { "ApplyOn": "PublishedVersions" }, "RecursiveLoop": "Terminate",
                "RuntimeManagementConfig": { "UpdateRuntimeOn": "FunctionUpdate" },
                "DeadLetterConfig": { "TargetArn": "arn:aws:sqs:us-east-1:000000000000:q" },
            }),
            &[
                "KmsKeyArn",
                "TracingConfig",
                "SnapStart",
                "RuntimeManagementConfig",
                "RecursiveLoop",
                "DeadLetterConfig",
            ],
        );
        check(
            &json!({
                "SnapStart": { "ApplyOn": "None" }, "RecursiveLoop": "Allow", "DeadLetterConfig": { "TargetArn": "" },
                "RuntimeManagementConfig": { "UpdateRuntimeOn": "Auto" },
            }),
            &[],
        );
    }
}
