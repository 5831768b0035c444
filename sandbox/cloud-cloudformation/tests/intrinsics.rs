//! The intrinsic functions, case by case: `tests/intrinsics.yaml`.

use std::borrow::Cow;

use cloud_cloudformation::template::{Budget, Document, Path, Scope, evaluate};
use serde_json::{Value, json};

#[derive(Default)]
struct Names(Budget);

impl Scope for Names {
    fn reference(&self, name: &str) -> Option<Cow<'_, Value>> {
        Some(Cow::Owned(match name {
            "Name" => json!("world"),
            "Ared" => json!("ared"),
            "List" => json!(["a", "b"]),
            "Bucket" => json!("bucket-1"),
            "Hostile" => json!("${AWS::AccountId}"),
            "AWS::Region" => json!("us-east-1"),
            _ => return None,
        }))
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Result<Cow<'_, Value>, String> {
        match (resource, attribute) {
            ("Bucket", "Arn") => Ok(Cow::Owned(json!("arn:bucket-1"))),
            ("Bucket", "Endpoint.Address") => Ok(Cow::Owned(json!("address"))),
            _ => Err(format!("Requested attribute {attribute} does not exist in schema for AWS::S3::Bucket")),
        }
    }

    fn condition(&self, name: &str) -> Option<bool> {
        match name {
            "IsOn" => Some(true),
            "IsOff" => Some(false),
            _ => None,
        }
    }

    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Cow<'_, Value>> {
        let maps = json!({"Sizes": {"us-east-1": {"small": 128, "zones": ["x", "y"]}}});
        maps.get(map)?.get(top)?.get(second).cloned().map(Cow::Owned)
    }

    fn import(&self, name: &str) -> Option<Cow<'_, Value>> {
        (name == "shared").then(|| Cow::Owned(json!("imported")))
    }

    fn budget(&self) -> &Budget {
        &self.0
    }

    fn zones(&self, region: &str) -> Vec<String> {
        let region = if region.is_empty() { "us-east-1" } else { region };
        ["a", "b"].iter().map(|zone| format!("{region}{zone}")).collect()
    }
}

#[test]
fn every_case_gives_what_it_says() {
    let document = Document::parse(include_str!("intrinsics.yaml")).unwrap();
    let mut wrong = Vec::new();
    for (name, case) in document.value().as_object().unwrap() {
        let answer = evaluate(&case["value"], &Path::TOP.key(name), &Names::default());
        let right = match (&answer, case.get("gives"), case.get("fails")) {
            (Ok(Some(value)), Some(expected), _) => value == expected,
            (Err(error), _, Some(expected)) => error.message() == expected,
            _ => false,
        };
        if !right {
            wrong.push(format!("{name}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Small texts that would fill the machine: each is refused for the function that would do it, before it does.
#[test]
fn what_multiplies_is_stopped_before_it_is_there() {
    let long = "x".repeat(500_000);
    let many = |value: &str, count: usize| vec![json!(value); count];
    let doubled = (0..60).fold(json!("xx"), |inner, _| json!({"Fn::Sub": ["${a}${a}", {"a": inner}]}));
    let cases = [
        ("Fn::Join", json!({"Fn::Join": [long, many("", 50_000)]})),
        ("Fn::Join", json!({"Fn::Join": ["", many(&"y".repeat(50_000), 50)]})),
        ("Fn::Sub", json!({"Fn::Sub": ["${a}".repeat(1000), {"a": long}]})),
        ("Fn::Sub", doubled),
        ("Fn::Split", json!({"Fn::Split": ["x", long]})),
        ("Fn::Base64", json!({"Fn::Base64": "b".repeat(3_000_000)})),
        ("Fn::Cidr", Value::Array(vec![json!({"Fn::Cidr": ["10.0.0.0/8", 256, 8]}); 500])),
        ("Fn::GetAZs", Value::Array(vec![json!({"Fn::GetAZs": ""}); 50_000])),
        ("Ref", Value::Array(vec![json!({"Ref": "List"}); 60_000])),
        ("Fn::GetAtt", Value::Array(vec![json!({"Fn::GetAtt": ["Bucket", "Arn"]}); 90_000])),
    ];
    for (function, value) in cases {
        let top = Path::TOP;
        let (section, scope) = (top.key("Resources"), Names::default());
        let error = evaluate(&value, &section.key("A"), &scope).unwrap_err();
        let expected = format!(
            "Template error: {function} of resource A makes more than 4194304 bytes or 100000 values"
        );
        assert!(
            error.message().starts_with(&expected),
            "{function}: {}",
            &error.message()[..200.min(error.message().len())]
        );
        assert!(Budget::is_exhausted(&error));
    }
}
