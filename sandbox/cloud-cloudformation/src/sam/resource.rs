//! Resources as maps: reading the serverless ones, writing the plain ones.

use serde_json::{Map, Value, json};

use super::{Cause, Outcome, SamError};

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

/// How long names may be: they are repeated in all that is made of a resource.
// AWS: quotas, "logical name of a resource".
const MAX_NAME: usize = 255;

/// Every resource is a map, and there is at least one.
pub(super) fn check_structure(template: &Value) -> Result<(), SamError> {
    let resources = template.get("Resources").and_then(Value::as_object).filter(|map| !map.is_empty());
    let Some(resources) = resources else {
        let message = "Structure of the SAM template is invalid. 'Resources' section is required";
        return Err(Cause::template(message).into());
    };
    if template.get("Conditions").is_some_and(|conditions| !conditions.is_object()) {
        return Err(
            Cause::template("Structure of the SAM template is invalid. 'Conditions' must be a map").into()
        );
    }
    for (id, resource) in resources {
        if !resource.is_object() {
            return Err(Cause::resource(id, "Resource must be a map.").into());
        }
        let condition = resource.get("Condition").and_then(Value::as_str).unwrap_or_default();
        if id.len() > MAX_NAME || condition.len() > MAX_NAME {
            let start: String = id.chars().take(MAX_NAME).collect();
            let reason = format!("Logical ids and names of conditions have at most {MAX_NAME} characters.");
            return Err(Cause::resource(&start, reason).into());
        }
        if resource.get("Properties").is_some_and(|properties| !properties.is_object()) {
            return Err(Cause::resource(id, "'Properties' must be a map.").into());
        }
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

    /// Refuses properties that this transform does not know how to transform.
    pub(super) fn refuse(&self, names: &[&str]) -> Outcome<()> {
        match names.iter().find(|name| self.set(name).is_some()) {
            None => Ok(()),
            Some(name) => {
                Err(Cause::resource(self.id, format!("Property '{name}' is not supported by this cloud.")))
            }
        }
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

    /// With all attributes of the serverless resource that it takes the place of.
    pub(super) fn replacing(type_name: &'static str, source: &Value) -> Self {
        let mut plain = Self::passing(type_name, source);
        for name in ["DependsOn", "Metadata", "UpdatePolicy"] {
            plain.attribute_from(source, name);
        }
        plain
    }

    fn attribute_from(&mut self, source: &Value, name: &str) {
        if let Some(value) = source.get(name) {
            self.attributes.insert(name.to_owned(), value.clone());
        }
    }

    /// States an attribute unless it is there.
    pub(super) fn default_attribute(mut self, name: &str, value: &str) -> Self {
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

/// A map of tags as the list that most types want.
pub(super) fn tag_list(tags: &Map<String, Value>) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}
