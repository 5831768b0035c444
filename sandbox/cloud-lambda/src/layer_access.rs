//! What operations that name layers ask leave for.

use cloud_core::Access;
use cloud_wire::access::Asking;
use cloud_wire::value::{self, Value};

use crate::Lambda;
use crate::layers::policy_of;
use crate::names::{LayerName, LayerVersionName};

/// The version of a layer that an operation is on, and those that a function is to have.
// AWS: "lambda:Layer – the ARN of a version of an AWS Lambda layer"; who adds a layer to a function needs leave to get it.
pub(crate) fn tell(service: &Lambda, asking: &Asking<'_>, accesses: &mut Vec<Access>) {
    if let Some(named) = on_version(service, asking) {
        if named.layer.arn.account() != service.context().account().as_str() {
            // Its own account is asked, when it is read there.
            accesses.clear();
        } else if let Some(access) = accesses.first_mut() {
            access.resource = named.arn();
            access.policy = policy(service, &named);
        }
    }
    let layers = texts(asking, "Layers");
    if layers.is_empty() {
        return;
    }
    if let Some(access) = accesses.first_mut() {
        let named = layers.iter().map(|arn| (*arn).to_owned()).collect();
        access.keys.push(("lambda:Layer".to_owned(), named));
    }
    for named in layers.iter().filter_map(|arn| LayerVersionName::parse(arn)) {
        if named.layer.is_here(service.context()) {
            let mut access = asking.access("GetLayerVersion", named.arn());
            access.policy = policy(service, &named);
            accesses.push(access);
        }
    }
}

fn policy(service: &Lambda, named: &LayerVersionName) -> Option<std::sync::Arc<str>> {
    let version = service.layer_version(named)?;
    policy_of(&version, &named.arn()).map(Into::into)
}

/// The version that an operation is on, if it is on one.
fn on_version(service: &Lambda, asking: &Asking<'_>) -> Option<LayerVersionName> {
    if asking.operation.name == "GetLayerVersionByArn" {
        return LayerVersionName::parse(asking.text("Arn")?);
    }
    let layer = LayerName::parse(service.context(), asking.text("LayerName")?).ok()?;
    match asking.member("VersionNumber")? {
        (_, Value::Integer(number)) => layer.version(number).ok(),
        _ => None,
    }
}

fn texts<'a>(asking: &Asking<'a>, member: &str) -> Vec<&'a str> {
    match asking.member(member) {
        Some((_, Value::List(elements))) => value::all(elements).filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
