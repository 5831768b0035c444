//! Values as AWS's transform, a Python program, shows them in its messages.

use serde_json::Value;

/// The value inside of a sentence: text as it is, all else as Python writes it.
pub(super) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| written(value), str::to_owned)
}

/// The value as Python writes it in source.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{}: {}", quoted(name), written(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Single quotes, unless the text has those and no double ones.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c == quote => quoted.extend(['\\', c]),
            c => quoted.push(c),
        }
    }
    quoted.push(quote);
    quoted
}

/// The name of the value's type.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_in_sentences() {
        for (value, expected) in [
            (json!("text"), "text"),
            (json!(["it's", "\"", null, true]), r#"["it's", '"', None, True]"#),
            (json!({"a": {"b": 1.5}}), "{'a': {'b': 1.5}}"),
            (json!(["'\""]), r#"['\'"']"#),
        ] {
            assert_eq!(shown(&value), expected);
        }
    }
}
