//! What a schema says of one value.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::ResourceSchema;
use super::pattern::Pattern;

/// How many references may lead from one to the next.
const CHAIN: usize = 8;

/// One value. What is not said is not asked.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Shape {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kinds: Kinds,
    pub(super) properties: BTreeMap<String, Shape>,
    pub(super) pattern_properties: BTreeMap<String, Shape>,
    /// Whether an object may have other properties than those.
    pub(super) additional_properties: Option<bool>,
    pub(super) items: Option<Box<Shape>>,
    pub(super) required: Vec<String>,
    /// Lists of properties, of which at least one is to be there wholly.
    pub(super) any_of: Vec<Vec<String>>,
    /// Lists of properties, of which exactly one is to be there wholly.
    pub(super) one_of: Vec<Vec<String>>,
    pub(super) r#enum: Vec<Value>,
    pub(super) pattern: Option<Pattern>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) unique_items: bool,
    pub(super) default: Option<Value>,
}

/// The types that a value may have; none stands for all.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Kinds {
    One(Kind),
    Some(Vec<Kind>),
}

impl Default for Kinds {
    fn default() -> Self {
        Self::Some(Vec::new())
    }
}

/// A type of JSON Schema's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Array,
    Boolean,
    Integer,
    Null,
    Number,
    Object,
    String,
}

/// A member of an object.
#[derive(Clone, Copy)]
pub(super) enum Member<'s> {
    /// It has a shape.
    Known(&'s Shape),
    /// It may have any value.
    Any,
    /// The object may not have it.
    Extraneous,
}

impl Kind {
    /// Whether the value is of that type.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Array => value.is_array(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Null => value.is_null(),
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
        }
    }
}

impl Shape {
    /// The types that the value may have; none stands for all.
    pub(super) fn kinds(&self) -> &[Kind] {
        match &self.kinds {
            Kinds::One(kind) => std::slice::from_ref(kind),
            Kinds::Some(kinds) => kinds,
        }
    }

    /// The shape itself, or that which it refers to.
    pub(super) fn resolved<'s>(&'s self, schema: &'s ResourceSchema) -> &'s Self {
        let mut shape = self;
        for _ in 0..CHAIN {
            let Some(named) = shape.reference.as_deref().and_then(|reference| schema.named(reference)) else {
                break;
            };
            shape = named;
        }
        shape
    }

    /// Whether any object will do.
    pub(super) fn is_open(&self) -> bool {
        self.properties.is_empty()
            && self.pattern_properties.is_empty()
            && self.additional_properties != Some(false)
    }

    /// What an object's member of that name is.
    pub(super) fn member(&self, name: &str) -> Member<'_> {
        // LIMIT: the keys of a map are not looked at: any of its patterns will do.
        match self.properties.get(name).or_else(|| self.pattern_properties.values().next()) {
            Some(shape) => Member::Known(shape),
            None if self.additional_properties == Some(false) => Member::Extraneous,
            None => Member::Any,
        }
    }
}
