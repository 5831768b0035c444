//! References to what serverless resources make: `Ref: Function.Alias`, `${Api.Stage}`, and to resources whose logical
//! ids the transform has changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::resource::is_intrinsic;

/// What names stand for.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// `Function.Alias` and the like, and the logical id that each stands for.
    pub(super) parts: Option<&'a BTreeMap<String, String>>,
    /// Logical ids and what became of them.
    pub(super) renamed: Option<&'a BTreeMap<String, String>>,
}

impl Names<'_> {
    fn part(&self, id: &str, part: &str) -> Option<&String> {
        self.parts?.get(&format!("{id}.{part}"))
    }

    fn renamed(&self, id: &str) -> Option<&String> {
        self.renamed?.get(id)
    }

    /// The name with what it stands for at its beginning: `ID`, `ID.PART` or one with an attribute behind it.
    fn new_name(&self, name: &str) -> Option<String> {
        let (id, rest) = name.split_once('.').map_or((name, None), |(id, rest)| (id, Some(rest)));
        let Some(rest) = rest else { return self.renamed(id).cloned() };
        if let Some(renamed) = self.renamed(id) {
            return Some(format!("{renamed}.{rest}"));
        }
        let (part, attribute) = rest.split_once('.').map_or((rest, None), |(part, more)| (part, Some(more)));
        let made = self.part(id, part)?;
        Some(attribute.map_or_else(|| made.clone(), |attribute| format!("{made}.{attribute}")))
    }
}

/// Replaces the references by the logical ids that they stand for.
pub(super) fn replace(value: &mut Value, names: &Names<'_>) {
    let intrinsic = is_intrinsic(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, names)),
        Value::Object(members) => {
            if intrinsic {
                replace_own(members, names);
            }
            if let Some(depended) = members.get_mut("DependsOn") {
                replace_depended(depended, names);
            }
            members.values_mut().for_each(|member| replace(member, names));
        }
        _ => {}
    }
}

fn replace_depended(depended: &mut Value, names: &Names<'_>) {
    match depended {
        Value::Array(items) => items.iter_mut().for_each(|item| replace_depended(item, names)),
        Value::String(id) => {
            if let Some(renamed) = names.renamed(id) {
                id.clone_from(renamed);
            }
        }
        _ => {}
    }
}

fn replace_own(members: &mut Map<String, Value>, names: &Names<'_>) {
    for (function, argument) in members {
        match (function.as_str(), argument) {
            ("Ref", Value::String(target)) => {
                let whole =
                    !target.contains('.') || names.parts.is_some_and(|parts| parts.contains_key(target));
                if let Some(name) = names.new_name(target).filter(|_| whole) {
                    *target = name;
                }
            }
            ("Fn::GetAtt", Value::Array(parts)) => replace_attribute(parts, names),
            ("Fn::Sub", Value::String(text)) => *text = in_text(text, names),
            ("Fn::Sub", Value::Array(parts)) => {
                if let Some(Value::String(text)) = parts.first_mut() {
                    *text = in_text(text, names);
                }
            }
            _ => {}
        }
    }
}

/// `["Function", "Alias.Name"]` or `["Function.Alias", "Name"]`.
fn replace_attribute(parts: &mut Vec<Value>, names: &Names<'_>) {
    let joined: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
    let Some(joined) = joined.filter(|parts| parts.len() > 1).map(|parts| parts.join(".")) else { return };
    if let Some(name) = names.new_name(&joined) {
        *parts = name.split('.').map(Value::from).collect();
    }
}

fn in_text(text: &str, names: &Names<'_>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        replaced.push_str(before);
        replaced.push_str("${");
        rest = after;
        if let Some((name, behind)) = after.split_once('}')
            && let Some(new_name) = names.new_name(name)
        {
            replaced.push_str(&new_name);
            replaced.push('}');
            rest = behind;
        }
    }
    replaced + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(mut value: Value, expected: &Value) {
        let parts = BTreeMap::from([("F.Alias".to_owned(), "FAliaslive".to_owned())]);
        let renamed = BTreeMap::from([("L".to_owned(), "L123".to_owned())]);
        replace(&mut value, &Names { parts: Some(&parts), renamed: Some(&renamed) });
        assert_eq!(&value, expected);
    }

    #[test]
    fn parts() {
        check(
            json!([
                {"Ref": "F.Alias"}, {"Fn::GetAtt": ["F", "Alias.X"]}, {"Fn::Sub": "${F.Alias} ${F.Alias.X} ${F.Arn}"},
                {"Fn::Sub": ["${F.Alias}", {}]}, "F.Alias", {"Ref": "F.Alias.X"},
            ]),
            &json!([
                {"Ref": "FAliaslive"}, {"Fn::GetAtt": ["FAliaslive", "X"]},
                {"Fn::Sub": "${FAliaslive} ${FAliaslive.X} ${F.Arn}"}, {"Fn::Sub": ["${FAliaslive}", {}]}, "F.Alias",
                {"Ref": "F.Alias.X"},
            ]),
        );
    }

    #[test]
    fn changed_ids() {
        check(
            json!([
                {"Ref": "L"}, {"Fn::GetAtt": ["L", "Arn"]}, {"Fn::Sub": "${L} ${L.Arn} ${!L} ${LL}"}, "L",
                {"DependsOn": "L"}, {"DependsOn": ["L", "M"], "Type": "T"},
            ]),
            &json!([
                {"Ref": "L123"}, {"Fn::GetAtt": ["L123", "Arn"]}, {"Fn::Sub": "${L123} ${L123.Arn} ${!L} ${LL}"}, "L",
                {"DependsOn": "L123"}, {"DependsOn": ["L123", "M"], "Type": "T"},
            ]),
        );
    }
}
