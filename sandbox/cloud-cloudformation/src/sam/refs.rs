//! References to what serverless resources make: `Ref: Function.Alias`, `${Api.Stage}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::resource::is_intrinsic;

/// Replaces the references by the logical ids that they stand for.
pub(super) fn replace(value: &mut Value, references: &BTreeMap<String, String>) {
    let intrinsic = is_intrinsic(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, references)),
        Value::Object(members) => {
            if intrinsic {
                replace_own(members, references);
            }
            members.values_mut().for_each(|member| replace(member, references));
        }
        _ => {}
    }
}

fn replace_own(members: &mut Map<String, Value>, references: &BTreeMap<String, String>) {
    for (name, argument) in members {
        match (name.as_str(), argument) {
            ("Ref", Value::String(target)) => {
                if let Some(id) = references.get(target) {
                    target.clone_from(id);
                }
            }
            ("Fn::GetAtt", Value::Array(parts)) => replace_attribute(parts, references),
            ("Fn::Sub", Value::String(text)) => *text = in_text(text, references),
            ("Fn::Sub", Value::Array(parts)) => {
                if let Some(Value::String(text)) = parts.first_mut() {
                    *text = in_text(text, references);
                }
            }
            _ => {}
        }
    }
}

/// `["Function", "Alias.Name"]` or `["Function.Alias", "Name"]`.
fn replace_attribute(parts: &mut Vec<Value>, references: &BTreeMap<String, String>) {
    let joined: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
    let Some(joined) = joined.map(|parts| parts.join(".")) else { return };
    let found = references.iter().find_map(|(from, to)| {
        let attribute = joined.strip_prefix(from.as_str())?.strip_prefix('.')?;
        Some((to.clone(), attribute.to_owned()))
    });
    if let Some((id, attribute)) = found {
        *parts = vec![id.into(), attribute.into()];
    }
}

fn in_text(text: &str, references: &BTreeMap<String, String>) -> String {
    references.iter().fold(text.to_owned(), |text, (from, to)| {
        text.replace(&format!("${{{from}}}"), &format!("${{{to}}}"))
            .replace(&format!("${{{from}."), &format!("${{{to}."))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form() {
        let references = BTreeMap::from([("F.Alias".to_owned(), "FAliaslive".to_owned())]);
        let mut value = json!([
            {"Ref": "F.Alias"}, {"Fn::GetAtt": ["F", "Alias.X"]}, {"Fn::Sub": "${F.Alias} ${F.Alias.X} ${F.Arn}"},
            {"Fn::Sub": ["${F.Alias}", {}]}, "F.Alias",
        ]);
        replace(&mut value, &references);
        let expected = json!([
            {"Ref": "FAliaslive"}, {"Fn::GetAtt": ["FAliaslive", "X"]},
            {"Fn::Sub": "${FAliaslive} ${FAliaslive.X} ${F.Arn}"}, {"Fn::Sub": ["${FAliaslive}", {}]}, "F.Alias",
        ]);
        assert_eq!(value, expected);
    }
}
