//! Values in which references to parameters are replaced by what the parameters are, as far as the transform has to
//! know them before anything is deployed. Nothing of it goes into the template unless it says so.

use serde_json::{Map, Value};

use super::{Cause, Outcome, Work};

/// A value that CloudFormation puts in place of what is not known yet.
const NOT_YET: &str = "{{IntrinsicFunction:";

/// The value with references to parameters replaced.
// AWS: `Ref` and the variables in the text of `Fn::Sub`; no other function is looked into for its result.
pub(super) fn resolve(work: &Work<'_>, id: &str, value: &Value) -> Outcome<Value> {
    Resolver { work, id }.value(value)
}

/// The value with entries of mappings in place of `Fn::FindInMap`.
pub(super) fn resolve_mappings(work: &Work<'_>, value: &Value) -> Outcome<Value> {
    let mappings = work.template.get("Mappings").and_then(Value::as_object);
    let Some(mappings) = mappings.filter(|mappings| !mappings.is_empty()) else { return Ok(value.clone()) };
    match value {
        Value::Object(members) => {
            if let Some(place) = members.get("Fn::FindInMap").filter(|_| members.len() == 1) {
                return Ok(find_in_map(mappings, place)?.cloned().unwrap_or_else(|| value.clone()));
            }
            let found = |(name, value): (&String, &Value)| Ok((name.clone(), resolve_mappings(work, value)?));
            Ok(Value::Object(members.iter().map(found).collect::<Outcome<_>>()?))
        }
        Value::Array(items) => items.iter().map(|item| resolve_mappings(work, item)).collect(),
        other => Ok(other.clone()),
    }
}

struct Resolver<'a> {
    work: &'a Work<'a>,
    id: &'a str,
}

impl Resolver<'_> {
    fn value(&self, value: &Value) -> Outcome<Value> {
        match value {
            Value::Object(members) => self.members(members),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            other => Ok(other.clone()),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Outcome<Value> {
        if members.len() == 1 {
            if let Some(parameter) = members.get("Ref").and_then(|name| self.parameter(name.as_str()?)) {
                self.work.room.take(self.id, parameter)?;
                return Ok(parameter.clone());
            }
            if let Some(text) = members.get("Fn::Sub") {
                return self.sub(text);
            }
        }
        let resolved = members
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.value(value)?)))
            .collect::<Outcome<_>>();
        Ok(Value::Object(resolved?))
    }

    fn parameter(&self, name: &str) -> Option<&Value> {
        let value = self.work.parameters.get(name)?;
        Some(value).filter(|value| !value.as_str().is_some_and(|text| text.starts_with(NOT_YET)))
    }

    fn sub(&self, argument: &Value) -> Outcome<Value> {
        let argument = match argument {
            Value::String(text) => Value::String(self.text(text)?),
            Value::Array(items) => {
                let mut items = items.clone();
                if let Some(Value::String(text)) = items.first_mut() {
                    *text = self.text(text)?;
                }
                self.value(&Value::Array(items))?
            }
            other => self.value(other)?,
        };
        Ok(Value::Object(Map::from_iter([("Fn::Sub".to_owned(), argument)])))
    }

    fn text(&self, text: &str) -> Outcome<String> {
        let mut replaced = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            replaced.push_str(before);
            let found = after.split_once('}').and_then(|(name, _)| Some((name, self.parameter(name)?)));
            match found {
                Some((name, Value::String(value))) => {
                    self.work.room.take_bytes(self.id, value.len())?;
                    replaced.push_str(value);
                    rest = after.get(name.len() + 1..).unwrap_or_default();
                }
                Some((_, value)) => return Err(not_text(value)),
                None => {
                    replaced.push_str("${");
                    rest = after;
                }
            }
        }
        replaced.push_str(rest);
        Ok(replaced)
    }
}

fn not_text(value: &Value) -> Cause {
    let value = super::python::shown(value);
    Cause::structure(format!(
        "Invalid Fn::Sub variable value {value}. Fn::Sub expects all variables to be strings."
    ))
    .last()
}

fn find_in_map<'a>(mappings: &'a Map<String, Value>, place: &Value) -> Outcome<Option<&'a Value>> {
    let Some([map, top, second]) = place.as_array().map(Vec::as_slice) else {
        let place = super::python::shown(place);
        let reason = format!("Invalid FindInMap value {place}. FindInMap expects an array with 3 values.");
        return Err(Cause::structure(reason).last());
    };
    let (Some(map), Some(top), Some(second)) = (map.as_str(), top.as_str(), second.as_str()) else {
        return Ok(None);
    };
    let flat = || {
        let reason = format!("Cannot use Fn::FindInMap on Mapping '{map}' which is not a a two-level map.");
        Cause::structure(reason).last()
    };
    let Some(level) = mappings.get(map) else { return Ok(None) };
    let Some(level) = level.as_object().ok_or_else(flat)?.get(top) else { return Ok(None) };
    Ok(level.as_object().ok_or_else(flat)?.get(second))
}
