//! The intrinsic functions, case by case: `tests/intrinsics.yaml`.

use cloud_cloudformation::template::{Document, Path, Scope, evaluate};
use serde_json::{Value, json};

struct Names;

impl Scope for Names {
    fn reference(&self, name: &str) -> Option<Value> {
        Some(match name {
            "Name" => json!("world"),
            "Ared" => json!("ared"),
            "List" => json!(["a", "b"]),
            "Bucket" => json!("bucket-1"),
            "Hostile" => json!("${AWS::AccountId}"),
            "AWS::Region" => json!("us-east-1"),
            _ => return None,
        })
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Result<Value, String> {
        match (resource, attribute) {
            ("Bucket", "Arn") => Ok(json!("arn:bucket-1")),
            ("Bucket", "Endpoint.Address") => Ok(json!("address")),
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

    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Value> {
        let maps = json!({"Sizes": {"us-east-1": {"small": 128, "zones": ["x", "y"]}}});
        maps.get(map)?.get(top)?.get(second).cloned()
    }

    fn import(&self, name: &str) -> Option<Value> {
        (name == "shared").then(|| json!("imported"))
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
        let answer = evaluate(&case["value"], &Path::TOP.key(name), &Names);
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
