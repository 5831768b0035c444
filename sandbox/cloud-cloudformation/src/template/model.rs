//! The sections of a processed template, typed. The values inside of properties stay as they are until evaluated.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::parameters::Parameter;
use super::{Path, Result, TemplateError, conditions, validate};
use crate::quotas;

/// What becomes of a resource that its stack no longer wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Policy {
    /// It is deleted.
    #[default]
    Delete,
    /// It is left alone.
    Retain,
    /// It is left alone unless the operation that made it is undone.
    RetainExceptOnCreate,
}

impl Policy {
    fn parse(value: &Value, path: &Path<'_>, attribute: &str) -> Result<Self> {
        match value.as_str() {
            Some("Delete") => Ok(Self::Delete),
            Some("Retain") => Ok(Self::Retain),
            Some("RetainExceptOnCreate") if attribute == "DeletionPolicy" => Ok(Self::RetainExceptOnCreate),
            // LIMIT: no type of this cloud can make snapshots; keeping the resource loses nothing.
            Some("Snapshot") => Ok(Self::Retain),
            other => {
                let other = other.map_or_else(|| value.to_string(), str::to_owned);
                let message = format!("Template error: Unrecognized {attribute} {other}");
                Err(TemplateError::at(path, message))
            }
        }
    }
}

/// Attributes that say how a resource waits or is changed piece by piece.
// LIMIT: no type of this cloud is made or changed in pieces, or waits for signals; the deployment's events say so.
pub(super) const IDLE: [&str; 2] = ["CreationPolicy", "UpdatePolicy"];

/// One resource of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// `AWS::Lambda::Function`, ….
    pub type_name: String,
    /// Its properties, functions and all.
    pub properties: Value,
    /// The condition that it exists under.
    pub condition: Option<String>,
    /// What must be there before it, besides what it refers to.
    pub depends_on: Vec<String>,
    /// What becomes of it when it leaves the template or its stack goes.
    pub deletion_policy: Policy,
    /// What becomes of it when another takes its place.
    pub replace_policy: Policy,
    /// Its metadata, which nothing reads but whose change is a change.
    pub metadata: Value,
    /// The attributes of the resource that change nothing here.
    pub idle: Vec<&'static str>,
}

/// One output of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its value, functions and all.
    pub value: Value,
    /// For people.
    pub description: Option<String>,
    /// The condition that it exists under.
    pub condition: Option<String>,
    /// The name, functions and all, that other stacks import it by.
    pub export: Option<Value>,
}

/// A template after its transforms: checked in form, every name in it known.
#[derive(Clone, Debug)]
pub struct Template {
    /// For people.
    pub description: Option<String>,
    /// The transforms it declares.
    pub transforms: Vec<String>,
    /// Its metadata.
    pub metadata: Option<Value>,
    /// What it asks for.
    pub parameters: BTreeMap<String, Parameter>,
    /// `Mappings`.
    pub mappings: Map<String, Value>,
    /// `Conditions`.
    pub conditions: Map<String, Value>,
    /// `Rules`.
    pub rules: Map<String, Value>,
    /// What it makes.
    pub resources: BTreeMap<String, Resource>,
    /// What it answers.
    pub outputs: BTreeMap<String, Output>,
}

impl Template {
    /// Reads and checks a processed template.
    pub fn from_value(value: &Value) -> Result<Self> {
        let template = Self::read(value)?;
        validate::check(&template)?;
        conditions::check(&template)?;
        Ok(template)
    }

    fn read(value: &Value) -> Result<Self> {
        validate::sections(value)?;
        Ok(Self {
            description: description(value)?,
            transforms: transforms(value),
            metadata: value.get("Metadata").cloned(),
            parameters: section(value, "Parameters", Parameter::read)?,
            mappings: mappings(value)?,
            conditions: map(value, "Conditions")?,
            rules: map(value, "Rules")?,
            resources: section(value, "Resources", Resource::read)?,
            outputs: section(value, "Outputs", Output::read)?,
        })
    }
}

/// The names of the transforms that a template declares, before or after they were applied.
pub fn transforms(value: &Value) -> Vec<String> {
    let name = |value: &Value| value.as_str().or_else(|| value.get("Name")?.as_str()).map(str::to_owned);
    match value.get("Transform") {
        Some(Value::Array(items)) => items.iter().filter_map(name).collect(),
        Some(one) => name(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn description(value: &Value) -> Result<Option<String>> {
    match value.get("Description") {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= quotas::DESCRIPTION => Ok(Some(text.clone())),
        Some(Value::String(text)) => {
            let message = format!(
                "Template format error: Description length {} is greater than maximum allowed {}",
                text.len(),
                quotas::DESCRIPTION
            );
            Err(TemplateError::at(&Path::TOP.key("Description"), message))
        }
        Some(_) => {
            let message = "Template format error: Description member must be a string";
            Err(TemplateError::at(&Path::TOP.key("Description"), message))
        }
    }
}

fn map(value: &Value, name: &str) -> Result<Map<String, Value>> {
    match value.get(name) {
        None => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map.clone()),
        Some(_) => {
            let message = format!("Template format error: {name} must be a map");
            Err(TemplateError::at(&Path::TOP.key(name), message))
        }
    }
}

/// Two levels of names above texts and lists of texts.
fn mappings(value: &Value) -> Result<Map<String, Value>> {
    let (mappings, top) = (map(value, "Mappings")?, Path::TOP);
    let section = top.key("Mappings");
    for (name, levels) in &mappings {
        let path = section.key(name);
        let not_map = |path: &Path<'_>, name: &str| {
            let message = format!("Template format error: Every Mappings member {name} must be a map");
            TemplateError::at(path, message)
        };
        for (first, values) in levels.as_object().ok_or_else(|| not_map(&path, name))? {
            let path = path.key(first);
            for (second, value) in values.as_object().ok_or_else(|| not_map(&path, first))? {
                if !is_mapped(value) {
                    let message =
                        "Template format error: Every Mappings attribute must be a String or a List.";
                    return Err(TemplateError::at(&path.key(second), message));
                }
            }
        }
    }
    Ok(mappings)
}

fn is_mapped(value: &Value) -> bool {
    let is_scalar = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    is_scalar(value) || value.as_array().is_some_and(|items| items.iter().all(is_scalar))
}

fn section<T>(
    value: &Value,
    name: &str,
    read: impl Fn(&Value, &Path<'_>) -> Result<T>,
) -> Result<BTreeMap<String, T>> {
    let top = Path::TOP;
    let path = top.key(name);
    let members = map(value, name)?;
    members.iter().map(|(key, value)| Ok((key.clone(), read(value, &path.key(key))?))).collect()
}

impl Resource {
    fn read(value: &Value, path: &Path<'_>) -> Result<Self> {
        validate::resource_members(value, path)?;
        let type_name = value.get("Type").and_then(Value::as_str).ok_or_else(|| {
            let place = path.to_string();
            let message = format!(
                "Template format error: [{place}] Every Resources object must contain a Type member."
            );
            TemplateError::at(path, message)
        })?;
        let policy = |name: &str| {
            value.get(name).map_or(Ok(Policy::default()), |value| Policy::parse(value, &path.key(name), name))
        };
        Ok(Self {
            type_name: type_name.to_owned(),
            properties: value.get("Properties").cloned().unwrap_or_else(|| Value::Object(Map::new())),
            condition: optional_text(value, "Condition", path)?,
            depends_on: depends_on(value, path)?,
            deletion_policy: policy("DeletionPolicy")?,
            replace_policy: policy("UpdateReplacePolicy")?,
            metadata: value.get("Metadata").cloned().unwrap_or(Value::Null),
            idle: IDLE.into_iter().filter(|name| value.get(name).is_some()).collect(),
        })
    }
}

impl Output {
    fn read(value: &Value, path: &Path<'_>) -> Result<Self> {
        let body = value.get("Value").cloned().ok_or_else(|| {
            let message =
                format!("Template format error: [{path}] Every Outputs member must contain a Value object");
            TemplateError::at(path, message)
        })?;
        Ok(Self {
            value: body,
            description: optional_text(value, "Description", path)?,
            condition: optional_text(value, "Condition", path)?,
            export: value.get("Export").map(|export| export.get("Name").cloned().unwrap_or(Value::Null)),
        })
    }
}

fn optional_text(value: &Value, name: &str, path: &Path<'_>) -> Result<Option<String>> {
    match value.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            let message = format!("Template format error: Every {name} member must be a string.");
            Err(TemplateError::at(&path.key(name), message))
        }
    }
}

fn depends_on(value: &Value, path: &Path<'_>) -> Result<Vec<String>> {
    let wrong = || {
        let message = "Template format error: DependsOn must be a string or list of strings.";
        TemplateError::at(&path.key("DependsOn"), message)
    };
    match value.get("DependsOn") {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}
