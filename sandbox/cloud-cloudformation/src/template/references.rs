//! Which names a value refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::evaluate::function;
use super::functions;
use super::sub::{self, Part};
use super::{Path, Result, TemplateError};

/// What one function refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference<'a> {
    /// `Ref`, or a variable of `Fn::Sub` without a dot.
    Name(&'a str),
    /// `Fn::GetAtt`, or a variable of `Fn::Sub` with a dot: the resource, and the attribute where it is named.
    Attribute(&'a str, &'a str),
    /// A condition.
    Condition(&'a str),
    /// The map of `Fn::FindInMap`, where it is named.
    Mapping(&'a str),
    /// `Fn::ImportValue`.
    Import,
}

/// Shows every reference of a value to the visitor, with its place. Functions of wrong form are errors.
pub(super) fn visit<'a>(
    value: &'a Value,
    path: &Path<'_>,
    visitor: &mut dyn FnMut(Reference<'a>, &Path<'_>) -> Result<()>,
) -> Result<()> {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| visit(item, &path.index(index), visitor))
        }
        Value::Object(map) => {
            if let Some((name, argument)) = function(map) {
                own(name, argument, &path.key(name), visitor)?;
            }
            map.iter().try_for_each(|(name, value)| visit(value, &path.key(name), visitor))
        }
        _ => Ok(()),
    }
}

/// The references of the function itself; those inside of its arguments are visited with them.
fn own<'a>(
    name: &str,
    argument: &'a Value,
    path: &Path<'_>,
    visitor: &mut dyn FnMut(Reference<'a>, &Path<'_>) -> Result<()>,
) -> Result<()> {
    match (name, argument) {
        ("Ref", Value::String(name)) => visitor(Reference::Name(name), path),
        ("Ref", _) => Err(TemplateError::at(path, "Template format error: every Ref must name one thing.")),
        ("Condition", Value::String(name)) => visitor(Reference::Condition(name), path),
        ("Fn::ImportValue", _) => visitor(Reference::Import, path),
        ("Fn::GetAtt", _) => match functions::attribute_parts(argument) {
            Some((resource, attribute)) => {
                visitor(Reference::Attribute(resource, attribute.as_str().unwrap_or_default()), path)
            }
            None => Err(TemplateError::at(
                path,
                "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
            )),
        },
        ("Fn::If", Value::Array(items)) => match items.first() {
            Some(Value::String(name)) => visitor(Reference::Condition(name), path),
            _ => Ok(()),
        },
        ("Fn::FindInMap", Value::Array(items)) => match items.first() {
            Some(Value::String(name)) => visitor(Reference::Mapping(name), path),
            _ => Ok(()),
        },
        ("Fn::Sub", _) => substitution(argument, path, visitor),
        _ => Ok(()),
    }
}

fn substitution<'a>(
    argument: &'a Value,
    path: &Path<'_>,
    visitor: &mut dyn FnMut(Reference<'a>, &Path<'_>) -> Result<()>,
) -> Result<()> {
    let Some((text, variables)) = functions::sub_parts(argument) else { return Ok(()) };
    let parts = sub::parts(text).map_err(|_| TemplateError::at(path, functions::bad_variable()))?;
    for part in parts {
        let Part::Name(name) = part else { continue };
        if variables.is_some_and(|variables| variables.contains_key(name)) {
            continue;
        }
        match name.split_once('.') {
            Some((resource, attribute)) => visitor(Reference::Attribute(resource, attribute), path)?,
            None => visitor(Reference::Name(name), path)?,
        }
    }
    Ok(())
}

/// The names of resources, parameters and pseudo parameters that a value of checked form refers to.
pub fn names(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // A value of checked form has no errors; what an unchecked one has is reported when it is checked.
    let _ = visit(value, &Path::TOP, &mut |reference, _| {
        if let Reference::Name(name) | Reference::Attribute(name, _) = reference {
            names.insert(name.to_owned());
        }
        Ok(())
    });
    names
}

/// The same with the attributes: `Name` for what is referred to itself, `Name.Attribute` for what it answers.
pub fn entities(value: &Value) -> BTreeSet<(String, Option<String>)> {
    let mut entities = BTreeSet::new();
    // As above: mistakes are reported when a value is checked.
    let _ = visit(value, &Path::TOP, &mut |reference, _| {
        match reference {
            Reference::Name(name) => drop(entities.insert((name.to_owned(), None))),
            Reference::Attribute(name, attribute) => {
                entities.insert((name.to_owned(), Some(attribute.to_owned())));
            }
            _ => {}
        }
        Ok(())
    });
    entities
}
