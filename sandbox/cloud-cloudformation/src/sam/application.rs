//! `AWS::Serverless::Application`: a nested stack.
//!
//! LIMIT: there is no repository of applications here; one that is named by its id is refused, as AWS's transform
//! does in regions without one.

use serde_json::{Map, Value};

use super::resolve::{resolve, resolve_mappings};
use super::resource::{Made, Plain, Properties, is_set, tag_list};
use super::{Cause, Outcome, Work, tags};

/// What the application stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let missing = || Cause::resource(id, "Resource is missing the required [Location] property.");
    let location = properties.get("Location").ok_or_else(missing)?;
    let tags = tags::with_ours(&properties, Map::new())?;
    if let Some(location) = location.as_object() {
        return Err(refusal(work, id, location)?);
    }
    let stack = Plain::passing("AWS::CloudFormation::Stack", source)
        .depending(source)
        .copy(&properties, &["Parameters", "NotificationARNs", "TimeoutInMinutes"])
        .with("TemplateURL", location.clone())
        .with("Tags", tag_list(&tags))
        .build();
    Ok(vec![(id.to_owned(), stack)])
}

/// Why an application of the repository cannot be had.
fn refusal(work: &Work<'_>, id: &str, location: &Map<String, Value>) -> Outcome<Cause> {
    let wrong = |reason: &str| Ok(Cause::resource(id, reason));
    for name in ["ApplicationId", "SemanticVersion"] {
        if !location.contains_key(name) {
            return wrong(&format!("Resource is missing the required [{name}] property."));
        }
    }
    let found = |name: &str| match location.get(name) {
        Some(value) => resolve_mappings(work, &resolve(work, id, value)?),
        None => Ok(Value::Null),
    };
    let (application, version) = (found("ApplicationId")?, found("SemanticVersion")?);
    let unknown = "cannot be resolved. Only FindInMap and Ref intrinsic functions are supported.";
    if application.is_null() {
        return wrong("Property 'ApplicationId' is required.");
    }
    if application.is_object() {
        return wrong(&format!("Property 'ApplicationId' {unknown}"));
    }
    if !is_set(&version) {
        return wrong("Property 'SemanticVersion' cannot be blank.");
    }
    if version.is_object() {
        return wrong(&format!("Property 'SemanticVersion' {unknown}"));
    }
    let Some(application) = application.as_str() else {
        return wrong("Property 'Location.ApplicationId' should be a string.");
    };
    if !version.is_string() {
        return wrong("Property 'Location.SemanticVersion' should be a string.");
    }
    if application.contains("{{resolve:ssm:") {
        // AWS: the word is written so.
        return wrong(
            "Serverless Application Repostiory does not support dynamic reference in 'ApplicationId' property.",
        );
    }
    wrong("Serverless Application Repository is not available in this region.")
}
