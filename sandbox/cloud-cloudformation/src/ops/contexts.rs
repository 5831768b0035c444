//! The properties of resources as change sets show them: before the change and after it.

use serde_json::{Map, Value, json};

use crate::shapes::{AttributeChangeType, ResourceTargetDefinition};
use crate::state::Change;
use crate::template::evaluate::text;
use crate::template::{Budget, Weight};

/// Makes of the changes what a change set keeps: values as they are shown, hidden ones hidden.
// LIMIT: of changes that together have more properties than an evaluation may make, the last ones' are not kept.
pub(super) fn keep(changes: &mut [Change], hidden: &[String]) {
    let mut taken = Weight::default();
    for change in changes {
        for context in [&mut change.before, &mut change.after] {
            let shown = context.take().map(|properties| shown(properties, hidden));
            let weight = shown.as_ref().map(Weight::of_members).unwrap_or_default();
            let sum = taken.plus(weight);
            if sum.bytes <= Budget::BYTES && sum.values <= Budget::VALUES {
                taken = sum;
                *context = shown;
            }
        }
    }
}

fn shown(properties: Map<String, Value>, hidden: &[String]) -> Map<String, Value> {
    properties.into_iter().map(|(name, value)| (name, mask(printed(value), hidden))).collect()
}

/// AWS: templates are texts all through, so numbers and truths are shown as such.
fn printed(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(printed).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, printed(value))).collect(),
        other => text(&other).map_or(other, Value::String),
    }
}

/// AWS: what parameters with NoEcho brought in is shown to nobody.
pub(super) fn mask(value: Value, hidden: &[String]) -> Value {
    match value {
        Value::String(text) => {
            Value::String(hidden.iter().fold(text, |text, secret| text.replace(secret.as_str(), "****")))
        }
        Value::Array(items) => items.into_iter().map(|item| mask(item, hidden)).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, mask(value, hidden))).collect()
        }
        other => other,
    }
}

/// All properties, as JSON.
pub(super) fn context(properties: Option<&Map<String, Value>>) -> Option<String> {
    properties.map(|properties| json!({"Properties": properties}).to_string())
}

/// What a detail says of its property's values.
// LIMIT: a detail is about a whole property, however deep inside of it the difference is.
pub(super) fn values(name: &str, change: &Change) -> ResourceTargetDefinition {
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return ResourceTargetDefinition::default();
    };
    let value = |properties: &Map<String, Value>| {
        properties.get(name).map(|value| text(value).unwrap_or_else(|| value.to_string()))
    };
    let (before, after) = (value(before), value(after));
    let kind = match (&before, &after) {
        (None, _) => AttributeChangeType::Add,
        (_, None) => AttributeChangeType::Remove,
        _ => AttributeChangeType::Modify,
    };
    ResourceTargetDefinition {
        path: Some(format!("/Properties/{}", name.replace('~', "~0").replace('/', "~1"))),
        before_value: before,
        after_value: after,
        attribute_change_type: Some(kind),
        ..ResourceTargetDefinition::default()
    }
}
