//! The intrinsic functions, one by one. Their sentences are AWS's.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use base64::Engine as _;
use serde_json::{Map, Value};

use super::budget::Weight;
use super::evaluate::{evaluate, scalar, text};
use super::sub::{self, Part};
use super::{Path, Result, Scope, TemplateError};

const JOIN: &str = "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.";
const SPLIT: &str = "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.";
const SELECT: &str =
    "Template error: Fn::Select requires a list argument with two elements: an integer index and a list";
const FIND: &str = "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value";
const SUB: &str = "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string";
const CIDR: &str = "Template error: every Fn::Cidr object requires two or three parameters: an IP block, a count and the number of subnet bits";
const GET_ATT: &str = "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute";

/// The answer of one function. What it makes, or brings in from elsewhere, is asked for before it is there.
pub(super) fn call(name: &str, argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    match name {
        "Ref" => reference(argument, path, scope),
        "Condition" => condition(argument, path, scope).map(Value::Bool),
        "Fn::GetAtt" => attribute(argument, path, scope),
        "Fn::Sub" => substitute(argument, path, scope).map(Value::String),
        "Fn::Join" => join(argument, path, scope).map(Value::String),
        "Fn::Split" => split(argument, path, scope),
        "Fn::Select" => select(argument, path, scope),
        "Fn::FindInMap" => find_in_map(argument, path, scope),
        "Fn::ImportValue" => import(argument, path, scope),
        "Fn::Base64" => base64(argument, path, scope).map(Value::String),
        "Fn::Cidr" => cidr(argument, path, scope),
        "Fn::GetAZs" => zones(argument, path, scope),
        "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => {
            truth(name, argument, path, scope).map(Value::Bool)
        }
        // LIMIT: macros, Fn::ForEach, Fn::Length and Fn::ToJsonString (AWS::LanguageExtensions) are refused.
        _ => Err(TemplateError::at(path, format!("Template error: {name} is not supported by this cloud"))),
    }
}

/// `Fn::If`: the chosen branch, which may be nothing.
pub(super) fn choose(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Option<Value>> {
    let Value::Array(items) = argument else { return Err(if_error(path)) };
    let [Value::String(name), yes, no] = items.as_slice() else { return Err(if_error(path)) };
    let holds = scope.condition(name).ok_or_else(|| unresolved_condition(path, name, "Fn::If"))?;
    let (index, branch) = if holds { (1, yes) } else { (2, no) };
    evaluate(branch, &path.index(index), scope)
}

fn if_error(path: &Path<'_>) -> TemplateError {
    TemplateError::at(
        path,
        "Template error: Fn::If requires a list argument with the first element being a condition",
    )
}

/// The sentence for a condition that is not there.
pub(super) fn unresolved_condition(path: &Path<'_>, name: &str, function: &str) -> TemplateError {
    TemplateError::at(path, format!("Template error: unresolved condition dependency {name} in {function}"))
}

/// An argument, evaluated; nothing where it was `AWS::NoValue`.
fn given(value: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    Ok(evaluate(value, path, scope)?.unwrap_or(Value::Null))
}

/// The arguments of a function that takes a list, each evaluated.
fn list(argument: &Value, path: &Path<'_>, scope: &dyn Scope, sentence: &str) -> Result<Vec<Value>> {
    let Value::Array(items) = argument else { return Err(TemplateError::at(path, sentence)) };
    items.iter().enumerate().map(|(index, item)| given(item, &path.index(index), scope)).collect()
}

/// That a name means nothing there.
pub(super) fn unresolved(name: &str, path: &Path<'_>) -> TemplateError {
    let steps = path.steps();
    let first = steps.first().filter(|first| ["Conditions", "Outputs"].contains(&first.as_str()));
    let block = first.map_or("Resources", String::as_str);
    // AWS: outputs alone have no such prefix.
    let prefix = if block == "Outputs" { "" } else { "Template format error: " };
    let message =
        format!("{prefix}Unresolved resource dependencies [{name}] in the {block} block of the template");
    TemplateError::at(path, message)
}

fn reference(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let name = argument.as_str().unwrap_or_default();
    let found = scope.reference(name).ok_or_else(|| unresolved(name, path))?;
    owned(found, path, scope)
}

/// A value from elsewhere, copied if there is room for it.
fn owned(value: Cow<'_, Value>, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    scope.budget().take(Weight::of(&value), path)?;
    Ok(value.into_owned())
}

fn condition(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<bool> {
    let name = argument.as_str().unwrap_or_default();
    scope.condition(name).ok_or_else(|| unresolved_condition(path, name, "Condition"))
}

fn attribute(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let (resource, attribute) = attribute_parts(argument).ok_or_else(|| TemplateError::at(path, GET_ATT))?;
    let attribute = given(attribute, &path.index(1), scope)?;
    let attribute = attribute.as_str().ok_or_else(|| TemplateError::at(path, GET_ATT))?;
    let found = scope.attribute(resource, attribute);
    owned(found.map_err(|sentence| TemplateError::at(path, sentence))?, path, scope)
}

/// The resource and the attribute of `Fn::GetAtt`; the text form is allowed in YAML only, where the reader split it.
pub(super) fn attribute_parts(argument: &Value) -> Option<(&str, &Value)> {
    match argument.as_array()?.as_slice() {
        [Value::String(resource), attribute] if !resource.is_empty() => Some((resource, attribute)),
        _ => None,
    }
}

fn substitute(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<String> {
    let (text, variables) = sub_parts(argument).ok_or_else(|| TemplateError::at(path, SUB))?;
    let parts = sub::parts(text).map_err(|_| TemplateError::at(path, bad_variable()))?;
    scope.budget().text(text.len(), path)?;
    let mut result = String::new();
    for part in parts {
        match part {
            Part::Text(text) => result.push_str(text),
            Part::Literal(name) => result.extend(["${", name, "}"]),
            Part::Name(name) => result.push_str(&variable(name, variables, path, scope)?),
        }
    }
    Ok(result)
}

/// The sentence for a variable that cannot be one.
pub(super) fn bad_variable() -> &'static str {
    "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons"
}

/// The text and the variables of `Fn::Sub` in either form.
pub(super) fn sub_parts(argument: &Value) -> Option<(&str, Option<&Map<String, Value>>)> {
    match argument {
        Value::String(text) => Some((text, None)),
        Value::Array(items) => match items.as_slice() {
            [Value::String(text), Value::Object(variables)] => Some((text, Some(variables))),
            [Value::String(text)] => Some((text, None)),
            _ => None,
        },
        _ => None,
    }
}

fn variable(
    name: &str,
    variables: Option<&Map<String, Value>>,
    path: &Path<'_>,
    scope: &dyn Scope,
) -> Result<String> {
    let value = if let Some(value) = variables.and_then(|variables| variables.get(name)) {
        Cow::Owned(given(value, &path.index(1).key(name), scope)?)
    } else if let Some(value) = scope.reference(name) {
        value
    } else if let Some((resource, attribute)) = name.split_once('.') {
        scope.attribute(resource, attribute).map_err(|sentence| TemplateError::at(path, sentence))?
    } else {
        return Err(unresolved(name, path));
    };
    let text = scalar(&value).ok_or_else(|| {
        let message =
            format!("Template error: variable {name} in Fn::Sub expression does not resolve to a string");
        TemplateError::at(path, message)
    })?;
    scope.budget().text(text.len(), path)?;
    Ok(text.into_owned())
}

fn join(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<String> {
    let wrong = || TemplateError::at(path, JOIN);
    let arguments = list(argument, path, scope, JOIN)?;
    let [Value::String(delimiter), Value::Array(items)] = arguments.as_slice() else { return Err(wrong()) };
    let texts: Vec<Cow<'_, str>> = items.iter().map(scalar).collect::<Option<_>>().ok_or_else(wrong)?;
    let between = delimiter.len().saturating_mul(texts.len().saturating_sub(1));
    let bytes = texts.iter().fold(between, |bytes, text| bytes.saturating_add(text.len()));
    scope.budget().text(bytes, path)?;
    Ok(texts.join(delimiter))
}

fn split(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let arguments = list(argument, path, scope, SPLIT)?;
    let [Value::String(delimiter), Value::String(source)] = arguments.as_slice() else {
        return Err(TemplateError::at(path, SPLIT));
    };
    if delimiter.is_empty() {
        return Err(TemplateError::at(path, SPLIT));
    }
    let values = source.matches(delimiter.as_str()).count() + 2;
    scope.budget().take(Weight { bytes: source.len(), values }, path)?;
    Ok(source.split(delimiter.as_str()).map(Value::from).collect())
}

fn select(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let arguments = list(argument, path, scope, SELECT)?;
    let Ok([index, Value::Array(items)]) = <[Value; 2]>::try_from(arguments) else {
        return Err(TemplateError::at(path, SELECT));
    };
    let index: usize =
        text(&index).and_then(|index| index.parse().ok()).ok_or_else(|| TemplateError::at(path, SELECT))?;
    items.into_iter().nth(index).filter(|item| !item.is_null()).ok_or_else(|| {
        let message = format!("Template error: Fn::Select cannot select nonexistent value at index {index}");
        TemplateError::at(path, message)
    })
}

fn find_in_map(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let arguments = list(argument, path, scope, FIND)?;
    let names: Option<Vec<String>> = arguments.iter().map(text).collect();
    let names = names.filter(|names| names.len() == 3).ok_or_else(|| TemplateError::at(path, FIND))?;
    let [map, top, second] = names.as_slice() else { return Err(TemplateError::at(path, FIND)) };
    let found = scope.mapping(map, top, second).ok_or_else(|| {
        TemplateError::at(path, format!("Template error: Unable to get mapping for {map}::{top}::{second}"))
    })?;
    owned(found, path, scope)
}

fn import(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let name = given(argument, path, scope)?;
    let name = name.as_str().ok_or_else(|| {
        TemplateError::at(path, "Template error: the attribute in Fn::ImportValue must be a string or a function that returns a string")
    })?;
    let found = scope.import(name);
    let found = found.ok_or_else(|| TemplateError::at(path, format!("No export named {name} found.")))?;
    owned(found, path, scope)
}

fn base64(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<String> {
    let value = given(argument, path, scope)?;
    let text = scalar(&value).ok_or_else(|| {
        TemplateError::at(path, "Template error: every Fn::Base64 object must have a String-typed value.")
    })?;
    scope.budget().text(text.len().div_ceil(3).saturating_mul(4), path)?;
    Ok(base64::engine::general_purpose::STANDARD.encode(text.as_bytes()))
}

fn zones(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let region = given(argument, path, scope)?;
    let region = region.as_str().unwrap_or_default();
    let zones: Value = scope.zones(region).into_iter().map(Value::from).collect();
    scope.budget().take(Weight::of(&zones), path)?;
    Ok(zones)
}

fn cidr(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<Value> {
    let arguments = list(argument, path, scope, CIDR)?;
    let texts: Option<Vec<String>> = arguments.iter().map(text).collect();
    let blocks = texts.as_deref().and_then(|texts| match texts {
        [block, count, bits] => subnets(block, count.parse().ok()?, bits.parse().ok()?),
        // AWS: without subnet bits the block itself is repeated by its own size; only the explicit form is useful.
        _ => None,
    });
    let blocks = blocks.ok_or_else(|| TemplateError::at(path, CIDR))?;
    let blocks: Value = blocks.into_iter().map(Value::from).collect();
    scope.budget().take(Weight::of(&blocks), path)?;
    Ok(blocks)
}

/// That many subnets with that many host bits, in order. IPv4.
// LIMIT: IPv6 blocks are refused.
fn subnets(block: &str, count: u32, bits: u32) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
    let host_bits = 32 - prefix;
    if !(1..=256).contains(&count) || bits > host_bits || bits == 0 {
        return None;
    }
    let room = 1_u64 << (host_bits - bits);
    let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
    let base = u32::from(address.parse::<Ipv4Addr>().ok()?) & mask;
    let step = 1_u64 << bits;
    (u64::from(count) <= room).then(|| {
        let at = |index: u32| Ipv4Addr::from(base.wrapping_add((u64::from(index) * step) as u32));
        (0..count).map(|index| format!("{}/{}", at(index), 32 - bits)).collect()
    })
}

/// `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not`.
fn truth(name: &str, argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<bool> {
    if name == "Fn::Equals" {
        return equals(argument, path, scope);
    }
    let wrong = || TemplateError::at(path, truth_sentence(name));
    let arguments = list(argument, path, scope, truth_sentence(name))?;
    let truths: Vec<bool> = arguments.iter().map(as_truth).collect::<Option<_>>().ok_or_else(wrong)?;
    match (name, truths.as_slice()) {
        ("Fn::Not", [one]) => Ok(!one),
        ("Fn::And", all) if (2..=10).contains(&all.len()) => Ok(all.iter().all(|truth| *truth)),
        ("Fn::Or", any) if (2..=10).contains(&any.len()) => Ok(any.iter().any(|truth| *truth)),
        _ => Err(wrong()),
    }
}

fn truth_sentence(name: &str) -> &'static str {
    match name {
        "Fn::Not" => "Template error: every Fn::Not object requires one boolean parameter.",
        "Fn::And" => {
            "Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters."
        }
        _ => {
            "Template error: every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters."
        }
    }
}

fn as_truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn equals(argument: &Value, path: &Path<'_>, scope: &dyn Scope) -> Result<bool> {
    const SENTENCE: &str = "Template error: every Fn::Equals object requires a list of 2 string parameters.";
    let arguments = list(argument, path, scope, SENTENCE)?;
    let [left, right] = arguments.as_slice() else { return Err(TemplateError::at(path, SENTENCE)) };
    match (scalar(left), scalar(right)) {
        (Some(left), Some(right)) => Ok(left == right),
        _ => Ok(left == right),
    }
}
