//! What of a resource's properties its schema does not allow, in AWS's words.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::shape::{Kind, Member, Shape};
use super::{KNOWN_AFTER_APPLY, ResourceSchema};

/// How many findings are told of one resource.
const MOST: usize = 50;

impl ResourceSchema {
    /// What is wrong with the properties. What is only known after the deployment is taken to be right.
    pub(crate) fn check(&self, properties: &Value) -> Vec<String> {
        let mut checker = Checker { schema: self, found: Vec::new() };
        checker.value(&self.shape, properties, &mut Vec::new());
        checker.found
    }
}

/// Whether a value, or a part of it, is not known yet.
fn is_unknown(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains(KNOWN_AFTER_APPLY))
}

struct Checker<'a> {
    schema: &'a ResourceSchema,
    found: Vec<String>,
}

impl<'a> Checker<'a> {
    fn say(&mut self, path: &[String], words: impl AsRef<str>) {
        if self.found.len() < MOST {
            let path = path.iter().fold("#".to_owned(), |path, step| path + "/" + &escaped(step));
            self.found.push(format!("{path}: {}", words.as_ref()));
        }
    }

    // AWS: the value itself may hold a secret, so no sentence has it.
    fn broken(&mut self, path: &[String], keyword: &str) {
        self.say(path, format!("failed validation constraint for keyword [{keyword}]"));
    }

    fn value(&mut self, shape: &'a Shape, value: &Value, path: &mut Vec<String>) {
        let shape = shape.resolved(self.schema);
        if is_unknown(value) || self.found.len() >= MOST {
            return;
        }
        if let Some(expected) = shape.unexpected(value) {
            self.say(path, format!("expected type: {expected}, found: {}", found(value)));
            return;
        }
        if !shape.r#enum.is_empty() && !shape.r#enum.contains(value) {
            self.broken(path, "enum");
        }
        match value {
            Value::Object(members) => self.object(shape, members, path),
            Value::Array(items) => self.array(shape, items, path),
            Value::String(text) => self.text(shape, text, path),
            Value::Number(number) => self.number(shape, number.as_f64(), path),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn object(&mut self, shape: &'a Shape, members: &Map<String, Value>, path: &mut Vec<String>) {
        let has = |names: &Vec<String>| names.iter().all(|name| members.contains_key(name));
        for name in shape.required.iter().filter(|name| !members.contains_key(*name)) {
            self.say(path, format!("required key [{name}] not found"));
        }
        if !shape.any_of.is_empty() && !shape.any_of.iter().any(has) {
            let count = shape.any_of.len();
            self.say(path, format!("#: no subschema matched out of the total {count} subschemas"));
        }
        let matching = shape.one_of.iter().filter(|names| has(names)).count();
        if !shape.one_of.is_empty() && matching != 1 {
            self.say(path, format!("#: {matching} subschemas matched instead of one"));
        }
        for (name, value) in members {
            path.push(name.clone());
            let member = match shape.member(name) {
                // AWS: what is only answered is no property of a template's resource.
                _ if self.schema.is_answer(path) => Member::Extraneous,
                member => member,
            };
            if let Member::Known(shape) = member {
                self.value(shape, value, path);
            }
            path.pop();
            if matches!(member, Member::Extraneous) {
                self.say(path, format!("extraneous key [{name}] is not permitted"));
            }
        }
    }

    fn array(&mut self, shape: &'a Shape, items: &[Value], path: &mut Vec<String>) {
        // Of a list with unknown items neither the number nor the differences are known.
        if !items.iter().any(is_unknown) {
            if let Some(least) = shape.min_items.filter(|least| items.len() < *least) {
                self.say(path, format!("expected minimum item count: {least}, found: {}", items.len()));
            }
            if let Some(most) = shape.max_items.filter(|most| items.len() > *most) {
                self.say(path, format!("expected maximum item count: {most}, found: {}", items.len()));
            }
            let count = || items.iter().map(Value::to_string).collect::<HashSet<_>>().len();
            if shape.unique_items && count() < items.len() {
                self.say(path, "array items are not unique");
            }
        }
        let Some(item) = &shape.items else { return };
        for (index, value) in items.iter().enumerate() {
            path.push(index.to_string());
            self.value(item, value, path);
            path.pop();
        }
    }

    fn text(&mut self, shape: &Shape, text: &str, path: &[String]) {
        let length = text.chars().count();
        if let Some(least) = shape.min_length.filter(|least| length < *least) {
            self.say(path, format!("expected minLength: {least}, actual: {length}"));
        }
        if let Some(most) = shape.max_length.filter(|most| length > *most) {
            self.say(path, format!("expected maxLength: {most}, actual: {length}"));
        }
        if shape.pattern.as_ref().is_some_and(|pattern| !pattern.fits(text)) {
            self.broken(path, "pattern");
        }
    }

    fn number(&mut self, shape: &Shape, number: Option<f64>, path: &[String]) {
        let Some(number) = number else { return };
        if shape.minimum.is_some_and(|least| number < least) {
            self.broken(path, "minimum");
        }
        if shape.maximum.is_some_and(|most| number > most) {
            self.broken(path, "maximum");
        }
    }
}

impl Shape {
    /// The types that were expected, unless the value has one of them.
    fn unexpected(&self, value: &Value) -> Option<String> {
        let kinds = self.kinds();
        if kinds.is_empty() || kinds.iter().any(|kind| kind.fits(value)) {
            return None;
        }
        let names = kinds.iter().map(|kind| match kind {
            Kind::Array => "JSONArray",
            Kind::Boolean => "Boolean",
            Kind::Integer => "Integer",
            Kind::Null => "Null",
            Kind::Number => "Number",
            Kind::Object => "JSONObject",
            Kind::String => "String",
        });
        Some(names.collect::<Vec<_>>().join(" or "))
    }
}

// AWS: the names that its validator has for JSON's types.
fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "Number",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    }
}

fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::of;
    use super::*;

    fn check(type_name: &str, properties: &Value, expected: &[&str]) {
        assert_eq!(of(type_name).unwrap().check(properties), expected, "{properties}");
    }

    fn function(with: &Value) -> Value {
        let mut function = json!({"Code": {"ZipFile": ""}, "Role": "arn:aws:iam::000000000000:role/r"});
        function.as_object_mut().unwrap().extend(with.as_object().cloned().unwrap());
        function
    }

    fn check_function(with: &Value, expected: &[&str]) {
        check("AWS::Lambda::Function", &function(with), expected);
    }

    #[test]
    fn what_is_missing_or_too_much_is_found() {
        check_function(&json!({}), &[]);
        check(
            "AWS::Lambda::Function",
            &json!({"Runtimes": 1, "Arn": "a", "Environment": {"Variable": {}}, "Tags": [{"Value": "v"}]}),
            &[
                "#: required key [Code] not found",
                "#: required key [Role] not found",
                "#: extraneous key [Runtimes] is not permitted",
                "#: extraneous key [Arn] is not permitted",
                "#/Environment: extraneous key [Variable] is not permitted",
                "#/Tags/0: required key [Key] not found",
            ],
        );
        check_function(&json!({"SnapStart": {}}), &["#/SnapStart: required key [ApplyOn] not found"]);
    }

    #[test]
    fn types_are_told_in_awss_words() {
        check_function(&json!({"Timeout": "soon"}), &["#/Timeout: expected type: Integer, found: String"]);
        check_function(&json!({"Timeout": 1.5}), &["#/Timeout: expected type: Integer, found: Number"]);
        check_function(&json!({"Code": "x"}), &["#/Code: expected type: JSONObject, found: String"]);
        check_function(
            &json!({"Tags": [{"Key": {}}]}),
            &["#/Tags/0/Key: expected type: String, found: JSONObject"],
        );
        check_function(
            &json!({"Environment": {"Variables": {"a/b": []}}}),
            &["#/Environment/Variables/a~1b: expected type: String, found: JSONArray"],
        );
    }

    #[test]
    fn bounds_are_told_without_the_value() {
        check_function(
            &json!({"MemorySize": 127}),
            &["#/MemorySize: failed validation constraint for keyword [minimum]"],
        );
        check_function(
            &json!({"Role": "r"}),
            &["#/Role: failed validation constraint for keyword [pattern]"],
        );
        check_function(
            &json!({"PackageType": "Jar"}),
            &["#/PackageType: failed validation constraint for keyword [enum]"],
        );
        check_function(
            &json!({"Description": "d".repeat(257)}),
            &["#/Description: expected maxLength: 256, actual: 257"],
        );
        check_function(
            &json!({"Architectures": []}),
            &["#/Architectures: expected minimum item count: 1, found: 0"],
        );
        let arn = "arn:aws:iam::aws:policy/P";
        let role = json!({"AssumeRolePolicyDocument": {}, "ManagedPolicyArns": [arn, arn]});
        check("AWS::IAM::Role", &role, &["#/ManagedPolicyArns: array items are not unique"]);
    }

    #[test]
    fn what_is_not_known_yet_is_right() {
        let later = format!("arn:aws:iam::{KNOWN_AFTER_APPLY}:x");
        check_function(&json!({"Role": later, "Timeout": later, "Code": later}), &[]);
        check_function(&json!({"Layers": [later, later], "VpcConfig": {"SubnetIds": later}}), &[]);
    }

    #[test]
    fn types_that_cannot_be_made_are_checked_too() {
        check(
            "AWS::SQS::Queue",
            &json!({"VisibilityTimeoutSeconds": 30}),
            &["#: extraneous key [VisibilityTimeoutSeconds] is not permitted"],
        );
        check("AWS::DynamoDB::Table", &json!({}), &["#: required key [KeySchema] not found"]);
        check(
            "AWS::S3::Bucket",
            &json!({"NotificationConfiguration": {"QueueConfigurations": [{"Queue": "q"}]}}),
            &["#/NotificationConfiguration/QueueConfigurations/0: required key [Event] not found"],
        );
    }
}
