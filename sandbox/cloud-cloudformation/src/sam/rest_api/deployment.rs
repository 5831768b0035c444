//! The deployment of a REST API: a new one, under a new logical id, whenever the definition changes.

use serde_json::{Value, json};

use super::Given;
use crate::sam::ids;
use crate::sam::resource::{Made, Plain, reference};

/// The deployment and its logical id.
// LIMIT: the ten digits differ from AWS's, which hashes the text that Python 2 printed; they change when the definition,
// its version or the custom domain do.
// LIMIT: `AlwaysDeploy` alone makes no new one, for which AWS hashes the time; nor does a new name of a function.
pub(super) fn make(given: &Given<'_>, content: &Value, domain: Option<&Value>) -> Made {
    let version = given.properties.set("OpenApiVersion");
    let hash = match domain {
        Some(domain) => ids::hash(&json!([content, version, domain])),
        None => ids::hash(&json!([content, version])),
    };
    // AWS: without a version it makes a stage of the name Stage, which it made by mistake in its first days.
    let deployment = Plain::passing("AWS::ApiGateway::Deployment", given.source)
        .with("Description", format!("RestApi deployment id: {hash}"))
        .with("RestApiId", reference(given.id))
        .maybe("StageName", version.is_none().then_some("Stage"))
        .build();
    (ids::suffixed(&format!("{}Deployment", given.id), &hash), deployment)
}
