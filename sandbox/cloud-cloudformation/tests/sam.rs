//! The transform against AWS's own: `tests/sam/*.expected.json` holds what `aws-sam-translator` made of the template
//! beside it. Where that package is installed, the expectations themselves are checked to be fresh.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloud_cloudformation::sam::{self, Parameters};
use cloud_cloudformation::template::Document;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sam")
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn parameters(template: &Value) -> Parameters {
    let mut parameters: Parameters = BTreeMap::from([
        ("AWS::Region".into(), json!("us-east-1")),
        ("AWS::Partition".into(), json!("aws")),
        ("AWS::AccountId".into(), json!("000000000000")),
    ]);
    for (name, spec) in template.get("Parameters").and_then(Value::as_object).into_iter().flatten() {
        parameters.extend(spec.get("Default").map(|default| (name.clone(), default.clone())));
    }
    parameters
}

fn ours(path: &Path) -> Value {
    let document = Document::parse(&fs::read_to_string(path).unwrap()).unwrap();
    match sam::transform(document.value(), &parameters(document.value())) {
        Ok(template) => template,
        Err(error) => json!({ "error": error.to_string() }),
    }
}

/// The digits of a REST API's deployment are ours; everything that names them is made equal.
fn without_deployment_digits(value: &Value) -> Value {
    let mut text = value.to_string();
    for part in text.clone().split("Deployment").skip(1) {
        let digits: String = part.chars().take(10).collect();
        if digits.len() == 10 && digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
            text = text.replace(&format!("Deployment{digits}"), "Deployment0000000000");
        }
    }
    for part in text.clone().split("RestApi deployment id: ").skip(1) {
        let digits: String = part.chars().take(40).collect();
        text = text.replace(&digits, "0");
    }
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_transform_makes_what_awss_makes() {
    let mut failures = Vec::new();
    for path in cases() {
        let expected = fs::read_to_string(path.with_extension("expected.json")).unwrap();
        let expected = without_deployment_digits(&serde_json::from_str(&expected).unwrap());
        let ours = without_deployment_digits(&ours(&path));
        if ours != expected {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            failures.push(format!("{name}:\n{}", differences("", &expected, &ours).join("\n")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The places where two values differ.
fn differences(place: &str, expected: &Value, ours: &Value) -> Vec<String> {
    match (expected, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            names
                .into_iter()
                .flat_map(|name| {
                    let none = Value::Null;
                    let (a, b) = (a.get(name).unwrap_or(&none), b.get(name).unwrap_or(&none));
                    differences(&format!("{place}/{name}"), a, b)
                })
                .collect()
        }
        (a, b) if a == b => Vec::new(),
        (a, b) => vec![format!("  {place}\n    AWS:  {a}\n    ours: {b}")],
    }
}

#[test]
fn the_expectations_are_what_the_package_says() {
    let has_package = Command::new("python3").args(["-c", "import samtranslator"]).output();
    if !has_package.is_ok_and(|output| output.status.success()) {
        return;
    }
    let copy = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = cases()
        .into_iter()
        .map(|case| {
            let path = copy.path().join(case.file_name().unwrap());
            fs::copy(&case, &path).unwrap();
            path
        })
        .collect();
    let script = folder().with_file_name("oracle.py");
    let output = Command::new("python3").arg(script).args(&paths).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for path in paths {
        let expected = path.with_extension("expected.json");
        let kept = folder().join(expected.file_name().unwrap());
        let (fresh, kept) = (fs::read_to_string(&expected).unwrap(), fs::read_to_string(kept).unwrap());
        // AlwaysDeploy aside, the package is deterministic; a newer package may say more.
        let (fresh, kept): (Value, Value) =
            (serde_json::from_str(&fresh).unwrap(), serde_json::from_str(&kept).unwrap());
        assert_eq!(fresh, kept, "{}: run tests/oracle.py on it", path.display());
    }
}
