//! A template's properties, read one by one by those who make resources of them.
//!
//! Numbers and truths may stand there as texts, as they come out of parameters.

use std::collections::BTreeMap;

use serde_json::Value;

/// A property as text, if it is there and is text.
pub fn text(properties: &Value, name: &str) -> Option<String> {
    properties.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// A property as text, whatever it is: documents as JSON, numbers and truths as they are written.
pub fn written(properties: &Value, name: &str) -> Option<String> {
    match properties.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

/// A list of texts; none of them where it is not there.
pub fn texts(properties: &Value, name: &str) -> Vec<String> {
    let list = properties.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A whole number, if it is there and is one.
pub fn integer(properties: &Value, name: &str) -> Option<i32> {
    match properties.get(name)? {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64().and_then(|number| i32::try_from(number).ok()),
    }
}

/// Whether it is there and true.
pub fn truth(properties: &Value, name: &str) -> bool {
    match properties.get(name) {
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        value => value.and_then(Value::as_bool).unwrap_or(false),
    }
}

/// Tags, `[{Key, Value}]`, over those of the stack.
pub fn tags(properties: &Value, stack: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut tags = stack.clone();
    let own = properties.get("Tags").and_then(Value::as_array).into_iter().flatten();
    tags.extend(own.filter_map(|tag| Some((text(tag, "Key")?, text(tag, "Value").unwrap_or_default()))));
    tags
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn own_tags_win() {
        let stack = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
        let tags = tags(&json!({ "Tags": [{ "Key": "b", "Value": "3" }, { "Key": "c" }] }), &stack);
        let expected =
            [("a", "1"), ("b", "3"), ("c", "")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(tags, BTreeMap::from(expected));
    }

    #[test]
    fn numbers_and_truths_may_be_texts() {
        let properties =
            json!({ "a": 7, "b": "7", "c": "x", "d": true, "e": "True", "f": "no", "g": ["x", 1] });
        let numbers = ["a", "b", "c", "none"].map(|name| integer(&properties, name));
        assert_eq!(numbers, [Some(7), Some(7), None, None]);
        assert_eq!(["d", "e", "f", "a"].map(|name| truth(&properties, name)), [true, true, false, false]);
        assert_eq!(texts(&properties, "g"), ["x"]);
    }
}
