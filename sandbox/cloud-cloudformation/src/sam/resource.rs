//! Resources as maps: reading the serverless ones, writing the plain ones.

use serde_json::{Map, Value, json};

use super::{Cause, Outcome, SamError};
use crate::quotas::LOGICAL_NAME;

/// A resource under its logical id.
pub(super) type Made = (String, Value);

/// The type, or nothing.
pub(super) fn type_name(resource: &Value) -> &str {
    resource.get("Type").and_then(Value::as_str).unwrap_or_default()
}

/// Whether a value is a function rather than data.
pub(super) fn is_intrinsic(value: &Value) -> bool {
    value.as_object().is_some_and(|map| {
        map.len() == 1
            && map.keys().all(|name| name == "Ref" || name == "Condition" || name.starts_with("Fn::"))
    })
}

/// What AWS's transform calls true: neither nothing, nor false, nor empty.
pub(super) fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// Every resource is a map, and there is at least one.
pub(super) fn check_structure(template: &Value) -> Result<(), SamError> {
    let resources = template.get("Resources").and_then(Value::as_object).filter(|map| !map.is_empty());
    let resources = resources.ok_or_else(|| Cause::structure("'Resources' section is required"))?;
    if !resources.values().all(Value::is_object) {
        let reason =
            "All 'Resources' must be Objects. If you're using YAML, this may be an indentation issue.";
        return Err(Cause::structure(reason).into());
    }
    for section in ["Conditions", "Mappings"] {
        if template.get(section).is_some_and(|section| !section.is_object()) {
            return Err(Cause::structure(format!("'{section}' must be a map")).into());
        }
    }
    for (id, resource) in resources {
        check_resource(id, resource)?;
    }
    Ok(())
}

fn check_resource(id: &str, resource: &Value) -> Outcome<()> {
    let condition = resource.get("Condition").filter(|condition| is_set(condition));
    if condition.is_some_and(|condition| !condition.is_string()) {
        return Err(Cause::structure("Every Condition member must be a string."));
    }
    let condition = condition.and_then(Value::as_str).unwrap_or_default();
    if id.len() > LOGICAL_NAME || condition.len() > LOGICAL_NAME {
        let start: String = id.chars().take(LOGICAL_NAME).collect();
        let reason = format!("Logical ids and names of conditions have at most {LOGICAL_NAME} characters.");
        return Err(Cause::resource(&start, reason));
    }
    let serverless = type_name(resource).starts_with("AWS::Serverless::");
    if serverless && resource.get("Properties").is_some_and(|properties| !properties.is_object()) {
        return Err(Cause::resource(id, "Attribute 'Properties' should be a map."));
    }
    Ok(())
}

/// The properties of a serverless resource.
pub(super) struct Properties<'a> {
    /// The resource's logical id.
    pub(super) id: &'a str,
    members: Option<&'a Map<String, Value>>,
}

impl<'a> Properties<'a> {
    /// Those of that resource.
    pub(super) fn of(id: &'a str, resource: &'a Value) -> Self {
        Self { id, members: resource.get("Properties").and_then(Value::as_object) }
    }

    /// A property that is set.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.members?.get(name).filter(|value| !value.is_null())
    }

    /// A property that is set and not empty.
    pub(super) fn set(&self, name: &str) -> Option<&'a Value> {
        self.get(name).filter(|value| is_set(value))
    }

    /// The names that are there.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a String> {
        self.members.into_iter().flat_map(Map::keys)
    }
}

/// A plain resource in the making.
pub(super) struct Plain {
    type_name: &'static str,
    attributes: Map<String, Value>,
    properties: Map<String, Value>,
}

impl Plain {
    /// One with no attributes.
    pub(super) fn new(type_name: &'static str) -> Self {
        Self { type_name, attributes: Map::new(), properties: Map::new() }
    }

    /// With those attributes of the serverless resource that pass on to all that is made of it.
    pub(super) fn passing(type_name: &'static str, source: &Value) -> Self {
        let mut plain = Self::new(type_name);
        for name in ["Condition", "DeletionPolicy", "UpdateReplacePolicy"] {
            plain.attribute_from(source, name);
        }
        plain
    }

    /// With all attributes of the serverless resource but what it depends on.
    pub(super) fn attributed(type_name: &'static str, source: &Value) -> Self {
        let mut plain = Self::passing(type_name, source);
        for name in ["Metadata", "UpdatePolicy"] {
            plain.attribute_from(source, name);
        }
        plain
    }

    /// With all attributes of the serverless resource that it takes the place of.
    pub(super) fn replacing(type_name: &'static str, source: &Value) -> Self {
        let mut plain = Self::attributed(type_name, source);
        plain.depends_on(source);
        plain
    }

    /// With what the serverless resource depends on.
    pub(super) fn depending(mut self, source: &Value) -> Self {
        self.depends_on(source);
        self
    }

    // AWS: a list of nothing is left out.
    fn depends_on(&mut self, source: &Value) {
        if source.get("DependsOn").is_some_and(is_set) {
            self.attribute_from(source, "DependsOn");
        }
    }

    fn attribute_from(&mut self, source: &Value, name: &str) {
        if let Some(value) = source.get(name) {
            self.attributes.insert(name.to_owned(), value.clone());
        }
    }

    /// States an attribute.
    pub(super) fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// States an attribute unless it is there.
    pub(super) fn default_attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.entry(name).or_insert_with(|| value.into());
        self
    }

    /// States a property.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(name.to_owned(), value.into());
        self
    }

    /// States a property if there is a value for it.
    pub(super) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// States a property as it was given, if it was.
    pub(super) fn copy_as(self, name: &str, value: Option<&Value>) -> Self {
        self.maybe(name, value.cloned())
    }

    /// States the properties of those names as the serverless resource has them.
    pub(super) fn copy(mut self, properties: &Properties<'_>, names: &[&str]) -> Self {
        for name in names {
            if let Some(value) = properties.get(name) {
                self.properties.insert((*name).to_owned(), value.clone());
            }
        }
        self
    }

    /// The resource.
    pub(super) fn build(self) -> Value {
        let mut resource = Map::from_iter([("Type".to_owned(), json!(self.type_name))]);
        resource.extend(self.attributes);
        resource.insert("Properties".to_owned(), Value::Object(self.properties));
        Value::Object(resource)
    }
}

/// `{"Ref": name}`.
pub(super) fn reference(name: &str) -> Value {
    json!({ "Ref": name })
}

/// `{"Fn::GetAtt": [name, attribute]}`.
pub(super) fn get_att(name: &str, attribute: &str) -> Value {
    json!({ "Fn::GetAtt": [name, attribute] })
}

/// `{"Fn::Sub": text}`.
pub(super) fn sub(text: &str) -> Value {
    json!({ "Fn::Sub": text })
}

/// Whether a value is the reference to nothing.
pub(super) fn is_no_value(value: &Value) -> bool {
    is_intrinsic(value) && value.get("Ref").is_some_and(|name| name == "AWS::NoValue")
}

/// What a choice chooses among, if the value is one.
pub(super) fn choice(value: &Value) -> Option<&Value> {
    Some(value).filter(|value| is_intrinsic(value))?.get("Fn::If")
}

/// Condition and both values of what a choice chooses among.
pub(super) fn choices(argument: &Value) -> Result<(&Value, &Value, &Value), &'static str> {
    match argument.as_array().map(Vec::as_slice) {
        Some([condition, yes, no]) => Ok((condition, yes, no)),
        _ => Err("Fn::If requires 3 arguments"),
    }
}

/// A choice.
pub(super) fn conditional(condition: &Value, yes: &Value, no: &Value) -> Value {
    json!({ "Fn::If": [condition, yes, no] })
}

/// The logical id to which a reference or the reading of an attribute goes.
pub(super) fn logical_id_of(value: &Value) -> Option<&str> {
    if !is_intrinsic(value) {
        return None;
    }
    if let Some(name) = value.get("Ref").and_then(Value::as_str) {
        return Some(name);
    }
    match value.get("Fn::GetAtt")? {
        Value::Array(parts) if parts.len() == 2 => parts.first()?.as_str(),
        Value::String(text) => text.split_once('.').filter(|(_, rest)| !rest.contains('.')).map(|(id, _)| id),
        _ => None,
    }
}

/// A map of tags as the list that most types want.
pub(super) fn tag_list(tags: &Map<String, Value>) -> Vec<Value> {
    let value = |value: &Value| if value.is_null() { json!("") } else { value.clone() };
    tags.iter().map(|(key, tag)| json!({ "Key": key, "Value": value(tag) })).collect()
}
