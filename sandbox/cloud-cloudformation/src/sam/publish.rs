//! `AutoPublishAlias`: a version whose id changes with what it is published for, and the alias that points to it.

use serde_json::{Map, Value, json};

use super::resolve::resolve;
use super::resource::{Made, Plain, Properties, is_set, logical_id_of, reference};
use super::{Cause, Outcome, Work, ids};

/// What was published.
pub(super) struct Published {
    version: Made,
    alias: Value,
    /// The alias's logical id.
    pub(super) alias_id: String,
    /// The alias's name.
    pub(super) name: String,
}

impl Published {
    /// Version and alias, the alias with its update policy.
    pub(super) fn into_made(mut self, update: Option<&Value>) -> Vec<Made> {
        if let Some(update) = update {
            self.alias["UpdatePolicy"] = update.clone();
        }
        vec![self.version, (self.alias_id, self.alias)]
    }
}

/// Publishes, if the function says so.
pub(super) fn publish(
    work: &mut Work<'_>,
    properties: &Properties<'_>,
    source: &Value,
    function: &mut Value,
) -> Outcome<Option<Published>> {
    let id = properties.id;
    let Some(alias) = properties.set("AutoPublishAlias") else {
        if properties.set("ProvisionedConcurrencyConfig").is_some() {
            let reason =
                "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function";
            return Err(Cause::resource(id, reason));
        }
        return Ok(None);
    };
    let resolved = resolve(work, id, alias)?;
    let name = resolved.as_str().ok_or_else(|| {
        Cause::resource(id, "'AutoPublishAlias' must be a string or a Ref to a template parameter")
    })?;
    let (version_id, version) = version(work, properties, source, function)?;
    check_name(id, name)?;
    let alias_id = format!("{id}Alias{}", name.replace('-', "D").replace('_', "U"));
    let alias = Plain::passing("AWS::Lambda::Alias", source)
        .with("Name", name)
        .with("FunctionName", reference(id))
        .with("FunctionVersion", json!({ "Fn::GetAtt": [version_id, "Version"] }))
        .copy_as("ProvisionedConcurrencyConfig", properties.set("ProvisionedConcurrencyConfig"))
        .build();
    work.references.insert(format!("{id}.Alias"), alias_id.clone());
    work.references.insert(format!("{id}.Version"), version_id.clone());
    Ok(Some(Published { version: (version_id, version), alias, alias_id, name: name.to_owned() }))
}

fn check_name(id: &str, name: &str) -> Outcome<()> {
    if name.is_empty() {
        return Err(Cause::resource(id, "Alias name is required to create an alias"));
    }
    // AWS: "CreateAlias": up to 128 characters.
    if name.len() > 128 {
        return Err(Cause::resource(id, "AutoPublishAlias must not be longer than 128 characters."));
    }
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.chars().all(|c| c.is_ascii_digit()) || !name.chars().all(good) {
        let reason = format!(
            "AutoPublishAlias name ('{name}') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern."
        );
        return Err(Cause::resource(id, reason));
    }
    Ok(())
}

fn version(
    work: &Work<'_>,
    properties: &Properties<'_>,
    source: &Value,
    function: &mut Value,
) -> Outcome<Made> {
    let id = properties.id;
    let sha = match properties.set("AutoPublishCodeSha256") {
        None => None,
        Some(sha) => {
            let sha = resolve(work, id, sha)?;
            let wrong = || Cause::resource(id, "AutoPublishCodeSha256 must be a string");
            Some(sha.as_str().ok_or_else(wrong)?.to_owned())
        }
    };
    if let Some(sha) = &sha {
        let description = properties.get("Description").map(|text| resolve(work, id, text)).transpose()?;
        function["Properties"]["Description"] = described(description.as_ref(), sha);
    }
    function["Properties"]["Code"] = resolve(work, id, &function["Properties"]["Code"])?;
    let prefix = format!("{id}Version");
    let version_id = match sha.as_ref().filter(|sha| !sha.is_empty()) {
        Some(sha) => ids::suffixed(&prefix, sha),
        None => ids::hashed(&prefix, &version_data(work, properties, function)?),
    };
    let capacity = properties.get("CapacityProviderConfig").is_some();
    // AWS: versions on one's own capacity cost while they are there.
    let usual = json!(if capacity { "Delete" } else { "Retain" });
    let retention = properties.get("VersionDeletionPolicy").unwrap_or(&usual);
    let version = Plain::passing("AWS::Lambda::Version", source)
        .default_attribute("DeletionPolicy", retention.clone())
        .with("FunctionName", reference(id))
        .copy_as("Description", properties.get("VersionDescription"))
        .copy_as("FunctionScalingConfig", properties.get("FunctionScalingConfig").filter(|_| capacity))
        .build();
    Ok((version_id, version))
}

/// AWS: Lambda publishes nothing where nothing changed, so the hash is made a change of the description.
fn described(description: Option<&Value>, sha: &str) -> Value {
    match description {
        Some(Value::String(text)) if !text.is_empty() => json!(format!("{text} {sha}")),
        Some(other) if is_set(other) => json!({ "Fn::Join": [" ", [other, sha]] }),
        _ => json!(sha),
    }
}

/// What a new version is published for.
fn version_data(work: &Work<'_>, properties: &Properties<'_>, function: &Value) -> Outcome<Value> {
    let made = &function["Properties"];
    if properties.set("AutoPublishAliasAllProperties").is_some() {
        let mut data = made.as_object().cloned().unwrap_or_default();
        add_publishing_layers(work, properties, &mut data)?;
        return Ok(Value::Object(data));
    }
    let mut data = made["Code"].as_object().cloned().unwrap_or_default();
    data.extend(made.get("Environment").and_then(Value::as_object).cloned().unwrap_or_default());
    for name in ["MemorySize", "SnapStart"] {
        let off = |value: &Value| name == "SnapStart" && value.get("ApplyOn").is_none_or(|on| on == "None");
        if let Some(value) = properties.set(name).filter(|value| !off(value)) {
            data.insert(name.to_owned(), value.clone());
        }
    }
    Ok(Value::Object(data))
}

/// The layers of the template that ask for a new version of the function when they change.
fn add_publishing_layers(
    work: &Work<'_>,
    properties: &Properties<'_>,
    data: &mut Map<String, Value>,
) -> Outcome<()> {
    let layers = properties.get("Layers").and_then(Value::as_array).into_iter().flatten();
    for id in layers.filter_map(logical_id_of) {
        let layer = work.resource(id).and_then(|layer| layer.get("Properties"));
        let Some(layer) = layer.filter(|layer| layer.get("PublishLambdaVersion").is_some_and(is_set)) else {
            continue;
        };
        work.room.take(properties.id, layer)?;
        data.insert(id.to_owned(), layer.clone());
    }
    Ok(())
}
