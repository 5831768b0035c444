//! Policy templates: policies for common needs by name and the one resource that they are for.
// AWS: "AWS SAM policy templates"; `policy_templates.json` has them all.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::resource::is_intrinsic;
use super::{Cause, Outcome};

static TEMPLATES: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("policy_templates.json")).expect("the file is JSON, which a test says")
});

/// Whether a policy is a template with its parameters.
pub(super) fn is_template(policy: &Map<String, Value>) -> bool {
    let mut names = policy.keys();
    matches!((names.next(), names.next()), (Some(name), None) if TEMPLATES.contains_key(name))
}

/// The document of a policy `{Name: {Parameter: value}}`.
pub(super) fn document(id: &str, policy: &Value) -> Outcome<Value> {
    let named = policy.as_object().and_then(|policy| policy.iter().next());
    let Some((name, values)) = named else { return Err(Cause::resource(id, "A policy must be a map.")) };
    let (Some(template), Value::Object(values)) = (TEMPLATES.get(name), values) else {
        let reason = format!("Must specify valid parameter values for policy template '{name}'");
        return Err(Cause::resource(id, reason));
    };
    let parameters = template.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let missing = parameters.filter_map(Value::as_str).filter(|name| !values.contains_key(*name));
    let missing: Vec<String> = missing.map(|parameter| format!("'{parameter}'")).collect();
    if !missing.is_empty() {
        let reason = format!(
            "Following required parameters of template '{name}' don't have values: [{}]",
            missing.join(", ")
        );
        return Err(Cause::resource(id, reason));
    }
    Ok(template.get("document").map(|document| filled(document, values)).unwrap_or_default())
}

/// The document with the values in place of the references to its parameters.
fn filled(value: &Value, values: &Map<String, Value>) -> Value {
    match value {
        Value::Object(members) => {
            let reference = members.get("Ref").filter(|_| is_intrinsic(value)).and_then(Value::as_str);
            reference.and_then(|name| values.get(name)).cloned().unwrap_or_else(|| {
                let members = members.iter().map(|(name, value)| (name.clone(), filled(value, values)));
                Value::Object(members.collect())
            })
        }
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole() {
        for (name, template) in TEMPLATES.iter() {
            assert!(template["parameters"].is_array(), "{name}");
            assert!(template["document"]["Statement"].is_array(), "{name}");
        }
    }
}
