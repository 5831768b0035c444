//! Values as their schema declares them: templates write numbers as texts and texts as numbers, one thing in place of a
//! list, and documents as their JSON. What cannot become what is declared stays as it is.

use serde_json::{Map, Value};

use super::shape::{Kind, Member, Shape};
use super::{KNOWN_AFTER_APPLY, ResourceSchema};
use crate::template::evaluate::text;

/// The longest text that is read as a document, in bytes, and how deep that may nest.
const MAX_DOCUMENT: (usize, usize) = (256 * 1024, 24);

impl ResourceSchema {
    /// The properties with values of the declared types.
    pub(crate) fn coerce(&self, properties: Value) -> Value {
        self.convert(&self.shape, properties)
    }

    fn convert(&self, shape: &Shape, value: Value) -> Value {
        let shape = shape.resolved(self);
        match (shape.kinds(), value) {
            (_, value) if value.as_str().is_some_and(|text| text.contains(KNOWN_AFTER_APPLY)) => value,
            ([Kind::Object, Kind::String] | [Kind::String, Kind::Object], value) => document(value),
            ([Kind::Object] | [], Value::Object(members)) => {
                let members = members.into_iter().map(|(name, value)| match shape.member(&name) {
                    Member::Known(shape) => (name, self.convert(shape, value)),
                    _ => (name, value),
                });
                members.collect::<Map<_, _>>().into()
            }
            ([Kind::Array], Value::Array(values)) => match &shape.items {
                Some(items) => values.into_iter().map(|value| self.convert(items, value)).collect(),
                None => values.into(),
            },
            ([Kind::Array], one) => match &shape.items {
                Some(items) => vec![self.convert(items, one)].into(),
                None => vec![one].into(),
            },
            ([Kind::Object], value) if shape.is_open() => document(value),
            ([kind], value) => scalar(*kind, &value).unwrap_or(value),
            // A number or a truth that may be text is one where it reads as one.
            ([kind, Kind::String], value) => scalar(*kind, &value).unwrap_or(value),
            (_, value) => value,
        }
    }
}

fn scalar(kind: Kind, value: &Value) -> Option<Value> {
    match kind {
        Kind::String => text(value).map(Value::String),
        Kind::Integer => integer(value).map(Value::from),
        Kind::Number => number(value),
        Kind::Boolean => truth(value).map(Value::Bool),
        Kind::Array | Kind::Null | Kind::Object => None,
    }
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

    use super::super::of;
    use super::*;

    fn check(type_name: &str, given: Value, expected: Value) {
        assert_eq!([of(type_name).unwrap().coerce(given)], [expected]);
    }

    #[test]
    fn values_become_what_their_type_declares() {
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
        let given = |given: Value| json!({"RequestParameters": {"method.request.path.p": given}});
        check("AWS::ApiGateway::Method", given(json!("true")), given(json!(true)));
        let text = json!({"Environment": {"Variables": {"JSON": "{\"a\": 1}"}}});
        check(function, text.clone(), text);
        check("AWS::S3::Bucket", json!({"ObjectLockEnabled": "True"}), json!({"ObjectLockEnabled": true}));
        let policy = json!({"PolicyDocument": "{\"Statement\": []}", "PolicyName": 1});
        check("AWS::IAM::Policy", policy, json!({"PolicyDocument": {"Statement": []}, "PolicyName": "1"}));
        check(
            "AWS::Logs::LogGroup",
            json!({"RetentionInDays": "7", "Unknown": [1]}),
            json!({"RetentionInDays": 7, "Unknown": [1]}),
        );
    }

    #[test]
    fn what_cannot_become_it_stays() {
        let odd = json!({"Timeout": "soon", "FunctionName": ["a"], "Code": "x", "Tags": [{"Key": {}}]});
        check("AWS::Lambda::Function", odd.clone(), odd);
        let later = json!({"Timeout": KNOWN_AFTER_APPLY, "Architectures": KNOWN_AFTER_APPLY});
        check("AWS::Lambda::Function", later.clone(), later);
    }

    #[test]
    fn deep_documents_stay_text() {
        let deep = format!("{}{}", "{\"a\":".repeat(60), "1".to_owned() + &"}".repeat(60));
        check("AWS::IAM::Policy", json!({"PolicyDocument": deep.clone()}), json!({"PolicyDocument": deep}));
    }
}
