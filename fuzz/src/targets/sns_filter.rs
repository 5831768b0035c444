//! Filter policies of SNS: what is read of one is JSON, and lets the same through whatever lies around its values; one key
//! more lets through what has it, too.

use std::collections::BTreeMap;

use cloud_core::Attribute;
use cloud_sns::filter::{compile, compile_nested};
use serde_json::{Map, Value, json};

/// The longest input.
const LONGEST: usize = 4096;

/// The name of a key that inputs do not have.
const MORE: &str = "one key more";

/// A policy, a zero byte, a body.
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    if text.len() > LONGEST {
        return false;
    }
    let (policy, body) = text.split_once('\0').unwrap_or((text, "{}"));
    let Ok(filter) = compile_nested(policy) else { return false };
    let tree: Value = serde_json::from_str(policy).expect("what is read as a policy is JSON");
    let passes = filter.passes_body(body);
    let members = tree.as_object().expect("a policy is an object");
    // A tree of JSON keeps the last of members of one name, a policy keeps all.
    if policy.matches('"').count() == tree.to_string().matches('"').count() && !text.contains(MORE) {
        let spaced = serde_json::to_string_pretty(&tree).unwrap_or_default();
        let spaced = compile_nested(&spaced).expect("what is around values is nothing to a policy");
        assert_eq!(passes, spaced.passes_body(body), "{text}");
        one_more(members, body, passes);
    }
    let attribute = |value: &Value| Some(Attribute::text(value.as_str()?));
    let body: BTreeMap<String, Value> = serde_json::from_str(body).unwrap_or_default();
    let attributes =
        body.iter().filter_map(|(name, value)| Some((name.clone(), attribute(value)?))).collect();
    if let Ok(filter) = compile(policy) {
        filter.passes_attributes(&attributes);
    }
    true
}

/// One more key lets through what has it, too, and nothing else.
fn one_more(members: &Map<String, Value>, body: &str, passes: bool) {
    let Ok(Value::Object(mut with)) = serde_json::from_str::<Value>(body) else { return };
    let mut more = members.clone();
    more.insert(MORE.to_owned(), json!(["x"]));
    let Ok(more) = compile_nested(&Value::Object(more).to_string()) else { return };
    assert!(!more.passes_body(body), "{body}");
    with.insert(MORE.to_owned(), json!("x"));
    assert_eq!(more.passes_body(&Value::Object(with).to_string()), passes, "{body}");
}
