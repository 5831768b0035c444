//! Properties as their resource type declares them: templates write numbers as texts and texts as numbers, one thing in
//! place of a list, and documents as their JSON.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::template::evaluate::text;

/// For each type its properties: the name of a scalar's type, a list of one, a map (`*`) or members by name.
// AWS: from the resource types' public schemas, less all that says nothing about types.
static TYPES: LazyLock<BTreeMap<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("property_types.json")).unwrap_or_default());

/// The longest text that is read as a document, in bytes, and how deep that may nest.
const MAX_DOCUMENT: (usize, usize) = (256 * 1024, 24);

/// The properties of that type with values of the declared types, or AWS's sentence for the first that has no such value.
pub(super) fn coerce(logical_id: &str, type_name: &str, properties: Value) -> Result<Value, String> {
    let Some(types) = TYPES.get(type_name) else { return Ok(properties) };
    convert(types, properties, "#").map_err(|reason| {
        format!("Properties validation failed for resource {logical_id} with message: [{reason}]")
    })
}

fn convert(types: &Value, value: Value, place: &str) -> Result<Value, String> {
    match (types, value) {
        (Value::String(name), value) => scalar(name, value, place),
        (Value::Array(items), Value::Array(values)) => {
            let item = items.first().unwrap_or(&Value::Null);
            let values = values.into_iter().enumerate();
            values.map(|(index, value)| convert(item, value, &format!("{place}/{index}"))).collect()
        }
        (Value::Array(items), one) => {
            let item = items.first().unwrap_or(&Value::Null);
            convert(item, one, place).map(|one| Value::Array(vec![one]))
        }
        (Value::Object(members), Value::Object(values)) => {
            let values = values.into_iter().map(|(name, value)| {
                let Some(types) = members.get(&name).or_else(|| members.get("*")) else {
                    return Ok((name, value));
                };
                let value = convert(types, value, &format!("{place}/{name}"))?;
                Ok((name, value))
            });
            values.collect::<Result<Map<_, _>, String>>().map(Value::Object)
        }
        (Value::Object(_), other) => Err(unexpected(place, "JSONObject", &other)),
        (_, other) => Ok(other),
    }
}

fn scalar(name: &str, value: Value, place: &str) -> Result<Value, String> {
    let converted = match name {
        "string" => text(&value).map(Value::String),
        "integer" => integer(&value).map(Value::from),
        "number" => number(&value),
        "boolean" => truth(&value).map(Value::Bool),
        _ => return Ok(document(value)),
    };
    converted.ok_or_else(|| {
        let expected = name.chars().next().map(|first| first.to_ascii_uppercase());
        let expected: String = expected.into_iter().chain(name.chars().skip(1)).collect();
        unexpected(place, &expected, &value)
    })
}

// AWS: the words of the schema's check.
fn unexpected(place: &str, expected: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "Number",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    };
    format!("{place}: expected type: {expected}, found: {found}")
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.parse().ok().or_else(|| whole(text.parse().ok()?)),
        _ => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= LARGEST).then_some(number as i64)
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => match text.parse::<i64>() {
            Ok(whole) => Some(whole.into()),
            Err(_) => serde_json::Number::from_f64(text.parse().ok()?).map(Value::Number),
        },
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// A document may be written as its JSON.
fn document(value: Value) -> Value {
    let (most, deepest) = MAX_DOCUMENT;
    let parsed = match &value {
        Value::String(text) if text.len() <= most && text.trim_start().starts_with('{') => {
            serde_json::from_str(text).ok().filter(|parsed| depth(parsed) <= deepest)
        }
        _ => None,
    };
    parsed.unwrap_or(value)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_become_what_their_type_declares() {
        let check = |type_name: &str, given: Value, expected: Value| {
            assert_eq!(coerce("X", type_name, given).unwrap(), expected);
        };
        let function = "AWS::Lambda::Function";
        check(
            function,
            json!({"Timeout": "30", "MemorySize": 128.0}),
            json!({"Timeout": 30, "MemorySize": 128}),
        );
        check(
            function,
            json!({"FunctionName": 7, "Description": true}),
            json!({"FunctionName": "7", "Description": "true"}),
        );
        check(function, json!({"Architectures": "arm64"}), json!({"Architectures": ["arm64"]}));
        let variables = json!({"Environment": {"Variables": {"A": 1, "B": true, "C": 1.0, "D": "010"}}});
        let texts = json!({"Environment": {"Variables": {"A": "1", "B": "true", "C": "1.0", "D": "010"}}});
        check(function, variables, texts);
        check(
            function,
            json!({"Tags": {"Key": 1, "Value": 2}}),
            json!({"Tags": [{"Key": "1", "Value": "2"}]}),
        );
        let answer = |code: Value| json!({"Integration": {"IntegrationResponses": [{"StatusCode": code}]}});
        check("AWS::ApiGateway::Method", answer(json!(200)), answer(json!("200")));
        check("AWS::S3::Bucket", json!({"ObjectLockEnabled": "True"}), json!({"ObjectLockEnabled": true}));
        let policy = json!({"PolicyDocument": "{\"Statement\": []}", "PolicyName": 1});
        check("AWS::IAM::Policy", policy, json!({"PolicyDocument": {"Statement": []}, "PolicyName": "1"}));
        check(
            "AWS::Logs::LogGroup",
            json!({"RetentionInDays": "7", "Unknown": [1]}),
            json!({"RetentionInDays": 7, "Unknown": [1]}),
        );
        check("Test::Thing", json!({"Value": 1}), json!({"Value": 1}));
    }

    #[test]
    fn what_cannot_become_it_is_refused_in_awss_words() {
        let check = |given: Value, expected: &str| {
            let error = coerce("F", "AWS::Lambda::Function", given).unwrap_err();
            assert_eq!(
                error,
                format!("Properties validation failed for resource F with message: [{expected}]")
            );
        };
        check(json!({"Timeout": "soon"}), "#/Timeout: expected type: Integer, found: String");
        check(json!({"Timeout": 1.5}), "#/Timeout: expected type: Integer, found: Number");
        check(json!({"FunctionName": ["a"]}), "#/FunctionName: expected type: String, found: JSONArray");
        check(json!({"Code": "x"}), "#/Code: expected type: JSONObject, found: String");
        check(json!({"Tags": [{"Key": {}}]}), "#/Tags/0/Key: expected type: String, found: JSONObject");
    }

    #[test]
    fn deep_documents_stay_text() {
        let deep = format!("{}{}", "{\"a\":".repeat(60), "1".to_owned() + &"}".repeat(60));
        let kept = coerce("P", "AWS::IAM::Policy", json!({"PolicyDocument": deep.clone()})).unwrap();
        assert_eq!(kept["PolicyDocument"], json!(deep));
    }
}
