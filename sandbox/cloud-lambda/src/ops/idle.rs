//! Members that are taken and change nothing here. Who asks for them is told: a request by a note on its answer, a
//! template by the events of its deployment. What must not be taken is in `refused`.

use cloud_core::{Arn, Context};
use serde_json::Value;

use crate::Lambda;
use crate::limits;
use crate::shapes::{FunctionConfiguration, SnapStart, SnapStartApplyOn, TracingConfig, TracingMode};

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

/// What is said of layers that are not found where the function runs.
const LAYERS: &str = "Layers (a WebAssembly function has no files but those in /tmp)";

/// The same of the layers of a function that was just made or changed.
// LIMIT: WebAssembly functions find no layers.
pub(super) async fn of_layers(service: &Lambda, answer: &FunctionConfiguration) -> Option<&'static str> {
    answer.layers.as_ref()?;
    let function = service.records().get(answer.function_name.as_deref()?)?;
    let unpacked = service.packages().unpacked(&function.latest.package).await.ok()?;
    let runtime = answer.runtime.as_ref()?;
    let lays = service.versions().lays_layers(runtime.as_str(), unpacked.folder()).await;
    lays.is_ok_and(|lays| !lays).then_some(LAYERS)
}

/// Why a property of a function in a template changes nothing, unless it asks for what is so anyway.
// LIMIT: there are no networks, keys, traces and snapshots.
pub(crate) fn of_property(property: &str, value: &Value) -> Option<&'static str> {
    let says = |name: &str, wanted: &str| value.get(name).and_then(Value::as_str) == Some(wanted);
    let listed = |name: &str| value.get(name).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let (asks, why) = match property {
        "VpcConfig" => {
            (listed("SubnetIds") || listed("SecurityGroupIds"), "functions are in no network of yours")
        }
        "KmsKeyArn" => (true, "there are no keys to encrypt with"),
        "TracingConfig" => (says("Mode", "Active"), "nothing is traced"),
        "SnapStart" => (says("ApplyOn", "PublishedVersions"), "no snapshots are taken"),
        _ => (true, ""),
    };
    asks.then_some(why)
}

/// What changes nothing of properties that are done with other values.
// LIMIT: a role is looked for in this account; there is one version of each runtime; WebAssembly functions find no layers.
pub(crate) fn of_values(context: &Context, properties: &Value) -> Vec<String> {
    let text =
        |pointer: &str| properties.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let account = context.account();
    let dead_letters = text("/DeadLetterConfig/TargetArn");
    let idle = [
        (
            dead_letters.is_some_and(|arn| !is_reachable(context, arn)),
            "DeadLetterConfig (its target is not here)".to_owned(),
        ),
        (
            text("/Role").is_some_and(|role| !limits::is_own(context, role)),
            format!("the account in Role (the function runs as the role of that name in account {account})"),
        ),
        (
            text("/Runtime").is_some_and(|runtime| runtime.starts_with("provided"))
                && properties
                    .get("Layers")
                    .and_then(Value::as_array)
                    .is_some_and(|layers| !layers.is_empty()),
            "Layers, if the function is WebAssembly (it has no files but those in /tmp)".to_owned(),
        ),
    ];
    let managed = of_runtime_version(context, properties.get("RuntimeManagementConfig"));
    idle.into_iter().filter(|(idle, _)| *idle).map(|(_, said)| said).chain(managed).collect()
}

/// What is said of a version of a runtime that is not here.
const OTHER_RUNTIME: &str = "RuntimeVersionArn (there is one version of each runtime)";

/// The same where a template wants another version of a runtime than there is.
pub(crate) fn of_runtime_version(context: &Context, managed: Option<&Value>) -> Option<String> {
    let wanted = managed?.get("RuntimeVersionArn")?.as_str()?;
    let is_here = |runtime: &&str| {
        limits::runtime_version(context, runtime).runtime_version_arn.as_deref() == Some(wanted)
    };
    (!limits::SUPPORTED.iter().any(is_here)).then(|| OTHER_RUNTIME.to_owned())
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

    fn check(property: &str, value: &Value, said: bool) {
        assert_eq!(of_property(property, value).is_some(), said, "{property} {value}");
    }

    #[test]
    fn what_is_so_anyway_is_not_said() {
        check("VpcConfig", &json!({ "SubnetIds": ["subnet-1"], "SecurityGroupIds": [] }), true);
        check("VpcConfig", &json!({ "SubnetIds": [], "SecurityGroupIds": [] }), false);
        check("KmsKeyArn", &json!("arn:aws:kms:us-east-1:000000000000:key/k"), true);
        check("TracingConfig", &json!({ "Mode": "Active" }), true);
        check("TracingConfig", &json!({ "Mode": "PassThrough" }), false);
        check("SnapStart", &json!({ "ApplyOn": "PublishedVersions" }), true);
        check("SnapStart", &json!({ "ApplyOn": "None" }), false);
    }

    #[test]
    fn values_that_lead_nowhere_are_said() {
        let (context, _) = Context::for_test("/nowhere");
        let check = |properties: &Value, expected: &[&str]| {
            let said = of_values(&context, properties);
            let names: Vec<&str> = said.iter().filter_map(|said| said.split(" (").next()).collect();
            assert_eq!(names, expected, "{properties}");
        };
        check(&json!({ "Role": "arn:aws:iam::000000000000:role/r", "MemorySize": 128 }), &[]);
        check(&json!({ "Role": "arn:aws:iam::123456789012:role/r" }), &["the account in Role"]);
        let queue = "arn:aws:sqs:us-east-1:000000000000:q";
        check(&json!({ "DeadLetterConfig": { "TargetArn": queue } }), &["DeadLetterConfig"]);
        check(&json!({ "DeadLetterConfig": { "TargetArn": "" } }), &[]);
        let arn = limits::runtime_version(&context, "python3.14").runtime_version_arn;
        let managed = |arn: &str| {
            let managed = json!({ "UpdateRuntimeOn": "Manual", "RuntimeVersionArn": arn });
            json!({ "Runtime": "python3.14", "RuntimeManagementConfig": managed })
        };
        check(&managed(&arn.expect("one")), &[]);
        let other = managed("arn:aws:lambda:us-east-1::runtime:x");
        check(&other, &["RuntimeVersionArn"]);
        let layers = |runtime: &str, layers: &[&str]| json!({ "Runtime": runtime, "Layers": layers });
        check(&layers("python3.14", &["l"]), &[]);
        check(&layers("provided.al2023", &[]), &[]);
        check(&layers("provided.al2023", &["l"]), &["Layers, if the function is WebAssembly"]);
    }
}
