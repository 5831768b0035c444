//! What the properties of a resource will be, as far as that can be told before the deployment. Not whether that is a
//! change: that is the plan's to say.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::facts::Facts;
use super::plan::Plan;
use super::rehearsal::Rehearsal;
use crate::schemas::KNOWN_AFTER_APPLY;
use crate::template::evaluate::function;
use crate::template::{self, Budget, Scope, TemplateError};

/// The properties of one resource.
#[derive(Debug, Default)]
pub(super) struct Forecast {
    /// The properties, with placeholders in what cannot be told.
    pub(super) properties: Map<String, Value>,
    /// The names of those that have placeholders.
    pub(super) uncertain: BTreeSet<String>,
}

impl Forecast {
    /// Tells a resource's properties.
    pub(super) fn of(
        plan: &Plan,
        facts: &Facts,
        logical_id: &str,
        scope: &Rehearsal<'_>,
    ) -> Result<Self, TemplateError> {
        let mut forecast = Self::default();
        let Some(resource) = plan.template.resources.get(logical_id) else { return Ok(forecast) };
        let section = template::Path::TOP.key("Resources");
        let (path, top) = (section.key(logical_id), told(&resource.properties, scope));
        let path = path.key("Properties");
        for (name, value) in top.as_object().into_iter().flatten() {
            let answer = template::evaluate(value, &path.key(name), scope);
            let guessed = scope.has_guessed();
            let value = match answer {
                Ok(value) => value,
                Err(error) if !guessed || Budget::is_exhausted(&error) => return Err(error),
                Err(_) => Some(json!(KNOWN_AFTER_APPLY)),
            };
            let Some(value) = value else { continue };
            if guessed {
                forecast.uncertain.insert(name.clone());
            }
            forecast.properties.insert(name.clone(), value);
        }
        let properties = std::mem::take(&mut forecast.properties);
        if let Value::Object(properties) = facts.schema(&resource.type_name).coerce(properties.into()) {
            forecast.properties = properties;
        }
        Ok(forecast)
    }
}

/// The value with what its conditions choose, and without anything that takes apart what is not known: of a
/// placeholder's text no part means anything.
fn told(value: &Value, scope: &Rehearsal<'_>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| told(item, scope)).collect(),
        Value::Object(members) => match function(members) {
            Some(("Fn::If", argument)) => {
                chosen(argument, scope).map_or_else(|| value.clone(), |it| told(it, scope))
            }
            Some(("Fn::Select", argument)) if selected(argument).is_some() => {
                selected(argument).map_or(Value::Null, |item| told(item, scope))
            }
            Some((name, argument)) => called(name, &told(argument, scope), scope),
            None => members.iter().map(|(name, value)| (name.clone(), told(value, scope))).collect(),
        },
        other => other.clone(),
    }
}

/// The function, or the unknown value in its place that it would take apart.
fn called(name: &str, argument: &Value, scope: &Rehearsal<'_>) -> Value {
    let takes_apart = !matches!(name, "Ref" | "Fn::GetAtt" | "Fn::Sub" | "Fn::Join");
    let unknown = || template::names(argument).into_iter().find(|name| scope.is_unknown(name));
    match takes_apart.then(unknown).flatten() {
        Some(unknown) => json!({"Ref": unknown}),
        None => json!({name: argument}),
    }
}

fn chosen<'v>(argument: &'v Value, scope: &Rehearsal<'_>) -> Option<&'v Value> {
    let [Value::String(name), yes, no] = argument.as_array()?.as_slice() else { return None };
    Some(if scope.condition(name)? { yes } else { no })
}

/// What `Fn::Select` selects where both the index and the list are written out.
fn selected(argument: &Value) -> Option<&Value> {
    let [index, Value::Array(items)] = argument.as_array()?.as_slice() else { return None };
    items.get(template::evaluate::text(index)?.parse::<usize>().ok()?)
}
