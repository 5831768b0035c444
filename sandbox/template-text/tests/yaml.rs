//! Texts as libyaml reads them, case by case: `yaml.json` holds what it makes of each, or that it refuses it.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

use serde_json::Value;
use template_text::Document;

#[test]
fn every_text_is_read_as_libyaml_reads_it() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("yaml.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        let answer = Document::parse(text).map(|document| document.value().clone());
        let right = match (&answer, case.get("gives")) {
            (Ok(value), Some(expected)) => value == expected,
            (Err(_), None) => true,
            _ => false,
        };
        if !right {
            wrong.push(format!("{}: {text:?}\n    gives {answer:?}\n    but {case}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
