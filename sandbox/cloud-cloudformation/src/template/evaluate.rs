//! Intrinsic functions at work: a value with functions in, a value without them out.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::budget::Weight;
use super::functions;
use super::{Budget, Path, Result, TemplateError};

/// What names mean while a template is evaluated.
pub trait Scope {
    /// What `Ref` answers: a parameter, a pseudo parameter, a resource. `None` where there is no such thing.
    fn reference(&self, name: &str) -> Option<Cow<'_, Value>>;
    /// What `Fn::GetAtt` answers, or the sentence that says why not.
    fn attribute(&self, resource: &str, attribute: &str) -> std::result::Result<Cow<'_, Value>, String>;
    /// Whether a condition holds.
    fn condition(&self, name: &str) -> Option<bool>;
    /// What `Fn::FindInMap` answers.
    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Cow<'_, Value>>;
    /// What another stack exports under that name.
    fn import(&self, name: &str) -> Option<Cow<'_, Value>>;
    /// The region's availability zones.
    fn zones(&self, region: &str) -> Vec<String>;
    /// What may still be made.
    fn budget(&self) -> &Budget;
}

/// The pseudo parameter that removes what holds it.
const NO_VALUE: &str = "AWS::NoValue";

/// Evaluates a value. `None` is `AWS::NoValue`: whoever holds the value leaves it out.
pub fn evaluate(value: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Option<Value>> {
    match value {
        Value::Object(map) => match function(map) {
            Some(("Ref", Value::String(name))) if name == NO_VALUE => Ok(None),
            Some(("Fn::If", argument)) => functions::choose(argument, &path.key("Fn::If"), scope),
            Some((name, argument)) => functions::call(name, argument, &path.key(name), scope).map(Some),
            None => object(map, path, scope).map(Some),
        },
        Value::Array(items) => array(items, path, scope).map(Some),
        other => {
            scope.budget().take(Weight::of(other), path)?;
            Ok(Some(other.clone()))
        }
    }
}

/// The function that a map stands for: a single member that is named as functions are.
pub(crate) fn function(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = map.iter().next().filter(|_| map.len() == 1)?;
    (name == "Ref" || name.starts_with("Fn::") || is_condition(name, argument)).then_some((name, argument))
}

/// `Condition` names a condition only where its argument is a name; policies have members of that name, too.
fn is_condition(name: &str, argument: &Value) -> bool {
    name == "Condition" && argument.is_string()
}

fn object(map: &Map<String, Value>, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    scope.budget().text(map.keys().map(String::len).sum(), path)?;
    let mut result = Map::new();
    for (name, value) in map {
        if name.starts_with("Fn::") {
            let message = format!("Template error: {name} must be the only member of its map");
            return Err(TemplateError::at(path, message));
        }
        if let Some(value) = evaluate(value, &path.key(name), scope)? {
            result.insert(name.clone(), value);
        }
    }
    Ok(Value::Object(result))
}

fn array(items: &[Value], path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    scope.budget().text(0, path)?;
    let mut result = Vec::new();
    for (index, item) in items.iter().enumerate() {
        result.extend(evaluate(item, &path.index(index), scope)?);
    }
    Ok(Value::Array(result))
}

/// Text of a scalar, as CloudFormation makes text of numbers and truths.
pub fn text(value: &Value) -> Option<String> {
    scalar(value).map(Cow::into_owned)
}

/// The same without a copy of what is text already.
pub(super) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(truth) => Some(if *truth { "true" } else { "false" }.into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
