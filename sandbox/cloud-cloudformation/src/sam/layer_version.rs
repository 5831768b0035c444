//! `AWS::Serverless::LayerVersion`: a layer whose logical id changes with it, so that what was deployed before stays.

use serde_json::{Value, json};

use super::resolve::resolve;
use super::resource::{Made, Plain, Properties, is_intrinsic, is_set};
use super::{Cause, Outcome, Work, code, ids};

/// Properties in which parameters are replaced before anything else.
const RESOLVED: &[&str] = &["LayerName", "LicenseInfo", "Description", "RetentionPolicy"];

/// What the layer stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let source = &resolved(work, id, source)?;
    let properties = Properties::of(id, source);
    let retention = retention(&properties)?;
    let new_id = ids::hashed(id, &hashed_part(id, source));
    let content = properties.get("ContentUri").unwrap_or(&Value::Null);
    let content = code::content(&new_id, "ContentUri", content)?;
    check_architectures(&new_id, &properties)?;
    let plain = Plain::passing("AWS::Lambda::LayerVersion", source)
        .depending(source)
        .default_attribute("DeletionPolicy", "Retain")
        .with("LayerName", properties.set("LayerName").cloned().unwrap_or_else(|| json!(id)))
        .copy(&properties, &["Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"])
        .with("Content", content);
    let plain = match retention {
        Some(retention) => plain.attribute("DeletionPolicy", retention),
        None => plain,
    };
    work.renamed.insert(id.to_owned(), new_id.clone());
    Ok(vec![(new_id, plain.build())])
}

fn resolved(work: &Work<'_>, id: &str, source: &Value) -> Outcome<Value> {
    let mut source = source.clone();
    for name in RESOLVED {
        let Some(value) = source["Properties"].get(name).filter(|value| is_set(value)) else { continue };
        let value = resolve(work, id, value)?;
        if !value.is_string() && !value.is_object() {
            let reason = format!("Could not resolve parameter for '{name}' or parameter is not a String.");
            return Err(Cause::resource(id, reason));
        }
        source["Properties"][name] = value;
    }
    Ok(source)
}

/// What becomes of a version when a newer one takes its place.
fn retention(properties: &Properties<'_>) -> Outcome<Option<&'static str>> {
    let wrong = |reason: &str| Err(Cause::resource(properties.id, reason));
    match properties.get("RetentionPolicy") {
        None => Ok(None),
        Some(given) if is_intrinsic(given) => wrong(
            "'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: \
             ['Retain', 'Delete']",
        ),
        Some(Value::String(given)) => {
            match ["Retain", "Delete"].into_iter().find(|known| known.eq_ignore_ascii_case(given)) {
                Some(known) => Ok(Some(known)),
                None => {
                    wrong("'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].")
                }
            }
        }
        Some(_) => wrong(
            "Invalid 'RetentionPolicy' type, please use one of the following options: ['Retain', 'Delete']",
        ),
    }
}

/// What the id is made from: the layer as it is written, without what becomes of it later.
fn hashed_part(id: &str, source: &Value) -> Value {
    let mut part = json!({ "Type": "AWS::Serverless::LayerVersion" });
    for name in ["DependsOn", "UpdatePolicy", "Condition"] {
        let value = source.get(name).filter(|value| name != "DependsOn" || is_set(value));
        if let Some(value) = value {
            part[name] = value.clone();
        }
    }
    let properties = source.get("Properties").and_then(Value::as_object).into_iter().flatten();
    let properties = properties.filter(|(_, value)| !value.is_null());
    part["Properties"] =
        Value::Object(properties.map(|(name, value)| (name.clone(), value.clone())).collect());
    json!({ id: part })
}

fn check_architectures(id: &str, properties: &Properties<'_>) -> Outcome<()> {
    let given = properties.set("CompatibleArchitectures").filter(|given| !is_intrinsic(given));
    let mut given = given.and_then(Value::as_array).into_iter().flatten();
    let known = |given: &Value| is_intrinsic(given) || given == "arm64" || given == "x86_64";
    if given.all(known) {
        return Ok(());
    }
    Err(Cause::resource(id, "CompatibleArchitectures needs to be a list of 'x86_64' or 'arm64'"))
}
