//! What operations on layers say of runtimes that never were. What those on functions say is in `limits`.

use cloud_core::{AwsError, constraint};
use cloud_wire::value::{self, Value};
use cloud_wire::{Input, Operation, ServiceModel, validate};

use crate::limits::SUPPORTED;

// AWS: the order of ListLayers' own text.
const KNOWN: &[&str] = &[
    "ruby3.5",
    "ruby2.6",
    "dotnetcore1.0",
    "python3.7",
    "nodejs8.10",
    "nasa",
    "ruby2.7",
    "python2.7-greengrass",
    "dotnetcore2.0",
    "python3.8",
    "java21",
    "dotnet6",
    "dotnetcore2.1",
    "python3.9",
    "java11",
    "nodejs6.10",
    "provided",
    "dotnetcore3.1",
    "dotnet8",
    "java25",
    "java17",
    "nodejs",
    "nodejs4.3",
    "java8.al2",
    "go1.x",
    "dotnet10",
    "nodejs20.x",
    "go1.9",
    "byol",
    "nodejs10.x",
    "provided.al2023",
    "nodejs22.x",
    "python3.10",
    "java8",
    "nodejs12.x",
    "python3.11",
    "nodejs24.x",
    "nodejs8.x",
    "python3.12",
    "nodejs14.x",
    "nodejs8.9",
    "nodejs26.x",
    "python3.13",
    "python3.14",
    "nodejs16.x",
    "python3.15",
    "provided.al2",
    "nodejs4.3-edge",
    "nodejs18.x",
    "ruby3.2",
    "python3.4",
    "ruby3.3",
    "ruby3.4",
    "ruby2.5",
    "python3.6",
    "python2.7",
];

/// Fails where an input names a runtime that a layer cannot be for; in one message with all else that is wrong.
pub(crate) fn check(input: &Input, operation: &Operation, model: &ServiceModel) -> Result<(), AwsError> {
    let (member, known) = match operation.name {
        "ListLayers" | "ListLayerVersions" => ("CompatibleRuntime", KNOWN),
        "PublishLayerVersion" => ("CompatibleRuntimes", SUPPORTED),
        _ => return Ok(()),
    };
    let members = operation.input.members().iter().zip(input.members());
    let given = members.into_iter().find(|(found, _)| found.name == member).map(|(_, value)| value);
    let (shown, is_known) = match given {
        Some(Value::String(runtime)) => (runtime.to_owned(), known.contains(&runtime)),
        Some(Value::List(elements)) => {
            let runtimes: Vec<&str> = value::all(elements).filter_map(Value::as_str).collect();
            (format!("[{}]", runtimes.join(", ")), runtimes.iter().all(|runtime| known.contains(runtime)))
        }
        _ => return Ok(()),
    };
    if is_known {
        return Ok(());
    }
    let place = if known == KNOWN { "compatibleRuntime" } else { "compatibleRuntimes" };
    let said = format!("Member must satisfy enum value set: [{}]", known.join(", "));
    let mut all = vec![constraint::sentence(&shown, place, &said)];
    all.extend(validate::sentences(input, operation, model));
    Err(constraint::all(model.validation_code, &all))
}
