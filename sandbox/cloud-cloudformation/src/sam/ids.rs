//! Logical ids that change when, and only when, what they stand for changes.

use serde_json::Value;
use sha1::{Digest, Sha1};

/// How many digits of the hash an id carries.
const DIGITS: usize = 10;

/// The hash of a value: of text itself, of anything else its compact JSON with sorted keys.
// AWS: SHA-1 of what Python's json.dumps(…, separators=(",", ":"), sort_keys=True) writes.
pub(super) fn hash(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => canonical(other),
    };
    hex::encode(Sha1::digest(text))
}

/// The prefix with the first digits of the value's hash; the prefix alone where the value is empty.
pub(super) fn hashed(prefix: &str, value: &Value) -> String {
    let empty = match value {
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if empty { prefix.to_owned() } else { suffixed(prefix, &hash(value)) }
}

/// The prefix with the first digits of a hash.
pub(super) fn suffixed(prefix: &str, hash: &str) -> String {
    format!("{prefix}{}", hash.get(..DIGITS).unwrap_or(hash))
}

fn canonical(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members: Vec<String> = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", escaped(name), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

/// Python writes what is not ASCII as UTF-16 escapes.
fn escaped(text: &str) -> String {
    ascii(&Value::from(text).to_string())
}

/// The text of JSON with UTF-16 escapes for what is not ASCII.
pub(super) fn ascii(json: &str) -> String {
    use std::fmt::Write as _;
    let mut ascii = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn canonical_is_pythons() {
        let value = json!({"b": [1, true, null], "a": "é\"\n😀"});
        assert_eq!(canonical(&value), r#"{"a":"\u00e9\"\n\ud83d\ude00","b":[1,true,null]}"#);
    }

    #[test]
    fn text_is_hashed_as_it_is() {
        assert_eq!(hash(&json!("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hashed("P", &json!("abc")), "Pa9993e3647");
        assert_eq!(hashed("P", &json!("")), "P");
    }
}
