//! A template's properties as an operation's input: the names are the same, the values are looser.

use std::collections::BTreeMap;

use cloud_core::AwsError;
use cloud_wire::{Schema, Shape};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::shapes::Code;

/// Properties that templates may write as text and the operations take as numbers or truths.
const NUMBERS: &[&str] = &["MemorySize", "Timeout", "Size", "ReservedConcurrentExecutions", "FunctionWeight"];
const TRUTHS: &[&str] = &["Ipv6AllowedForDualStack", "InvokedViaFunctionUrl"];

/// The input made of the properties that the operation knows, held to the constraints that requests are held to.
pub(super) fn input<T: DeserializeOwned + Shape + Clone>(
    properties: &Value,
    schema: &'static Schema,
) -> Result<T, AwsError> {
    let input: T = read(properties)?;
    cloud_wire::validate::check_shape(&input.clone().into_value(), schema, "", "ValidationException")?;
    Ok(input)
}

/// The same for what is no operation's input.
pub(super) fn read<T: DeserializeOwned>(properties: &Value) -> Result<T, AwsError> {
    let mut properties = properties.clone();
    loosen(&mut properties);
    serde_json::from_value(properties).map_err(|error| {
        Code::InvalidParameterValueException
            .error(format!("The resource's properties are not valid: {error}"))
    })
}

/// CloudFormation turns texts into numbers and truths where the schema wants them, and everything into text in maps of
/// text.
fn loosen(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                loosen_member(name, member);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(loosen),
        _ => {}
    }
}

fn loosen_member(name: &str, member: &mut Value) {
    match (name, &*member) {
        ("Variables", Value::Object(_)) => texts(member),
        (_, Value::String(text)) if NUMBERS.contains(&name) => {
            if let Ok(number) = text.trim().parse::<i64>() {
                *member = json!(number);
            } else if let Ok(number) = text.trim().parse::<f64>() {
                *member = json!(number);
            }
        }
        (_, Value::String(text)) if TRUTHS.contains(&name) => {
            if let Ok(truth) = text.parse::<bool>() {
                *member = json!(truth);
            }
        }
        _ => loosen(member),
    }
}

fn texts(map: &mut Value) {
    for value in map.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if value.is_number() || value.is_boolean() {
            *value = json!(value.to_string());
        }
    }
}

/// Tags of a template, `[{Key, Value}]`, over those of the stack.
pub(super) fn tags(properties: &Value, stack: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut tags = stack.clone();
    let own = properties.get("Tags").and_then(Value::as_array).into_iter().flatten();
    tags.extend(own.filter_map(|tag| {
        Some((tag.get("Key")?.as_str()?.to_owned(), tag.get("Value")?.as_str()?.to_owned()))
    }));
    tags
}

/// Without those members: what the operation calls otherwise or does not know.
pub(super) fn without(properties: &Value, names: &[&str]) -> Value {
    let mut properties = properties.clone();
    if let Some(members) = properties.as_object_mut() {
        for name in names {
            members.shift_remove(*name);
        }
    }
    properties
}

/// Only those members.
pub(super) fn only(properties: &Value, names: &[&str]) -> Value {
    let given =
        properties.as_object().into_iter().flatten().filter(|(name, _)| names.contains(&name.as_str()));
    given.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>().into()
}

/// Whether one of those members differs.
pub(super) fn differ(old: &Value, new: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| old.get(name) != new.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{self, CreateFunctionRequest};

    #[test]
    fn texts_become_what_the_operation_wants() {
        let input: CreateFunctionRequest = read(&json!({
            "FunctionName": "f", "Role": "r", "Code": {}, "MemorySize": "256", "Timeout": 5,
            "Environment": { "Variables": { "N": 1, "B": true, "T": "t", "Size": "7" } },
            "EphemeralStorage": { "Size": "1024" },
        }))
        .expect("valid");
        assert_eq!((input.memory_size, input.timeout), (Some(256), Some(5)));
        assert_eq!(input.ephemeral_storage.map(|storage| storage.size), Some(1024));
        let variables = input.environment.and_then(|e| e.variables).expect("variables");
        assert_eq!(variables.values().collect::<Vec<_>>(), ["true", "1", "7", "t"]);
    }

    #[test]
    fn what_a_request_may_not_say_a_template_may_not_either() {
        let role = "arn:aws:iam::000000000000:role/r";
        for (properties, words) in [
            (json!({ "Role": "r" }), "at 'role' failed"),
            (json!({ "Role": role, "MemorySize": 1 }), "at 'memorySize' failed"),
            (json!({ "Role": role, "Architectures": ["x86_64", "arm64"] }), "at 'architectures' failed"),
        ] {
            let mut properties = properties;
            properties["FunctionName"] = json!("f");
            properties["Code"] = json!({});
            let refused = input::<CreateFunctionRequest>(&properties, &shapes::CREATE_FUNCTION_REQUEST);
            assert!(refused.is_err_and(|error| error.message().contains(words)), "{words}");
        }
    }

    #[test]
    fn own_tags_win() {
        let stack = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
        let tags = tags(&json!({ "Tags": [{ "Key": "b", "Value": "3" }] }), &stack);
        assert_eq!(
            tags,
            BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "3".to_owned())])
        );
    }
}
