//! botocore's service model as it is written there.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A whole model.
#[derive(Deserialize)]
pub(crate) struct Model {
    pub(crate) metadata: Metadata,
    pub(crate) operations: Map<String, Value>,
    pub(crate) shapes: Map<String, Value>,
    #[serde(default)]
    pub(crate) pagination: BTreeMap<String, Pagination>,
}

/// How an operation's answer comes in pages. Tokens that are several, or are found somewhere in the answer, are no plain texts.
#[derive(Deserialize)]
pub(crate) struct Pagination {
    pub(crate) input_token: Value,
    pub(crate) output_token: Value,
    pub(crate) limit_key: Option<String>,
}

/// Facts about the service.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) api_version: String,
    pub(crate) endpoint_prefix: String,
    pub(crate) protocol: String,
    /// All that it speaks, the one of most clients first; none stated in older models.
    #[serde(default)]
    pub(crate) protocols: Vec<String>,
    pub(crate) aws_query_compatible: Option<Value>,
    #[serde(default)]
    pub(crate) json_version: String,
    #[serde(default)]
    pub(crate) target_prefix: String,
    pub(crate) signing_name: Option<String>,
    #[serde(default)]
    pub(crate) xml_namespace: String,
}

/// One operation.
#[derive(Deserialize)]
pub(crate) struct Operation {
    pub(crate) http: Http,
    pub(crate) input: Option<Reference>,
    pub(crate) output: Option<Reference>,
    #[serde(default)]
    pub(crate) errors: Vec<Reference>,
    pub(crate) endpoint: Option<Endpoint>,
}

/// What an operation wants of the host's name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Endpoint {
    pub(crate) host_prefix: String,
}

/// Method, path and status.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) request_uri: String,
    pub(crate) response_code: Option<u16>,
}

/// One shape.
#[derive(Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "as the model has them")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape {
    pub(crate) r#type: String,
    #[serde(default)]
    pub(crate) members: Map<String, Value>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    pub(crate) payload: Option<String>,
    pub(crate) member: Option<Reference>,
    pub(crate) key: Option<Reference>,
    pub(crate) value: Option<Reference>,
    #[serde(default)]
    pub(crate) flattened: bool,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) pattern: Option<String>,
    #[serde(default)]
    pub(crate) r#enum: Vec<String>,
    /// Whether the service speaks of other values, and of those out of range, in words of its own.
    #[serde(default)]
    pub(crate) unchecked: bool,
    pub(crate) timestamp_format: Option<String>,
    pub(crate) error: Option<ErrorTrait>,
    #[serde(default)]
    pub(crate) fault: bool,
    #[serde(default)]
    pub(crate) document: bool,
    #[serde(default)]
    pub(crate) union: bool,
    #[serde(default)]
    pub(crate) eventstream: bool,
    #[serde(default)]
    pub(crate) exception: bool,
    #[serde(default)]
    pub(crate) streaming: bool,
    pub(crate) xml_namespace: Option<Namespace>,
}

/// What makes a shape an error.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorTrait {
    pub(crate) code: Option<String>,
    pub(crate) http_status_code: Option<u16>,
}

/// A member, element, key or value.
#[derive(Clone, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "as the model has them")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference {
    pub(crate) shape: String,
    pub(crate) location: Option<String>,
    pub(crate) location_name: Option<String>,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(default)]
    pub(crate) streaming: bool,
    #[serde(default)]
    pub(crate) xml_attribute: bool,
    #[serde(default)]
    pub(crate) eventheader: bool,
    #[serde(default)]
    pub(crate) eventpayload: bool,
    #[serde(default)]
    pub(crate) idempotency_token: bool,
    pub(crate) xml_namespace: Option<Namespace>,
    pub(crate) timestamp_format: Option<String>,
}

/// An XML namespace; older models write only the URI.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Namespace {
    Plain(String),
    Named {
        #[serde(default)]
        prefix: String,
        uri: String,
    },
}

impl Namespace {
    /// Prefix and URI.
    pub(crate) fn parts(&self) -> (&str, &str) {
        match self {
            Self::Plain(uri) => ("", uri),
            Self::Named { prefix, uri } => (prefix, uri),
        }
    }
}

impl Model {
    /// Reads a model.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).context("the model is not as expected")
    }

    /// Takes operations of a newer model over those that there are, with all shapes that they are made of.
    pub(crate) fn take(&mut self, mut newer: Self, operations: &[String]) -> Result<()> {
        let mut wanted = Vec::new();
        for name in operations {
            let operation =
                newer.operations.remove(name).with_context(|| format!("no newer operation {name}"))?;
            named_shapes(&operation, &mut wanted);
            self.operations.insert(name.clone(), operation);
            self.pagination.extend(newer.pagination.remove(name).map(|paging| (name.clone(), paging)));
        }
        while let Some(name) = wanted.pop() {
            // Those that were taken are gone from there.
            let Some(shape) = newer.shapes.remove(&name) else { continue };
            named_shapes(&shape, &mut wanted);
            self.shapes.insert(name, shape);
        }
        Ok(())
    }

    /// Reads the newest model of a service from its folder, with its paginators.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self> {
        let versions = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        let versions = versions.map(|version| Ok(version?.path())).collect::<Result<Vec<_>>>()?;
        let newest = versions.into_iter().max().with_context(|| format!("{} is empty", folder.display()))?;
        let read = |name: &str| std::fs::read_to_string(newest.join(name)).with_context(|| name.to_owned());
        let mut model = Self::parse(&read("service-2.json")?)?;
        if newest.join("paginators-1.json").is_file() {
            #[derive(Deserialize)]
            struct Paginators {
                pagination: BTreeMap<String, Pagination>,
            }
            let paginators: Paginators = serde_json::from_str(&read("paginators-1.json")?)?;
            model.pagination = paginators.pagination;
        }
        Ok(model)
    }

    /// Takes other facts about shapes and operations over those of the model.
    pub(crate) fn correct(
        &mut self,
        facts: &BTreeMap<String, Map<String, Value>>,
        statuses: &BTreeMap<String, u16>,
    ) -> Result<()> {
        for (name, status) in statuses {
            let operation = self.operations.get_mut(name).with_context(|| format!("no operation {name}"))?;
            let http = operation.get_mut("http").and_then(Value::as_object_mut);
            http.context("an operation has a path")?.insert("responseCode".into(), (*status).into());
        }
        for (name, facts) in facts {
            let shape = self.shapes.get_mut(name).and_then(Value::as_object_mut);
            merge(shape.with_context(|| format!("no shape {name}"))?, facts);
        }
        Ok(())
    }

    /// The operation of that name.
    pub(crate) fn operation(&self, name: &str) -> Result<Operation> {
        let value = self.operations.get(name).with_context(|| format!("no operation {name}"))?;
        Operation::deserialize(value).with_context(|| format!("operation {name}"))
    }

    /// The shape of that name.
    pub(crate) fn shape(&self, name: &str) -> Result<Shape> {
        let value = self.shapes.get(name).with_context(|| format!("no shape {name}"))?;
        Shape::deserialize(value).with_context(|| format!("shape {name}"))
    }
}

impl Shape {
    /// The members, in the model's order.
    pub(crate) fn members(&self) -> Result<Vec<(&str, Reference)>> {
        self.members.iter().map(|(name, value)| Ok((name.as_str(), Reference::deserialize(value)?))).collect()
    }
}

/// The shapes that are named somewhere within something.
fn named_shapes(within: &Value, names: &mut Vec<String>) {
    match within {
        Value::Object(members) => {
            names.extend(members.get("shape").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| named_shapes(member, names));
        }
        Value::Array(elements) => elements.iter().for_each(|element| named_shapes(element, names)),
        _ => {}
    }
}

/// Takes other facts over those that there are, objects member by member.
fn merge(into: &mut Map<String, Value>, facts: &Map<String, Value>) {
    for (name, fact) in facts {
        match (into.get_mut(name), fact) {
            (Some(Value::Object(present)), Value::Object(more)) => merge(present, more),
            _ => drop(into.insert(name.clone(), fact.clone())),
        }
    }
}
