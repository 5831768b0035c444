//! What CloudFormation may make of this service.

mod http;
pub(crate) mod idle;
mod rest;

use std::{collections::BTreeMap, sync::Arc};

use cloud_core::properties::text;
use cloud_core::{AwsError, Caller, Maker, OnBehalf, ResourceProvider, ResourceRequest};
use serde_json::Value;

use crate::{
    ApiGateway,
    openapi::{self, Definition},
    quotas,
};

/// One provider for each type.
pub(crate) fn providers(gateway: &ApiGateway) -> Vec<Arc<dyn ResourceProvider>> {
    vec![
        Arc::new(http::ApiProvider(gateway.clone())),
        Arc::new(http::StageProvider(gateway.clone())),
        Arc::new(http::RouteProvider(gateway.clone())),
        Arc::new(http::IntegrationProvider(gateway.clone())),
        Arc::new(rest::RestApiProvider(gateway.clone())),
        Arc::new(rest::DeploymentProvider(gateway.clone())),
        Arc::new(rest::StageProvider(gateway.clone())),
        Arc::new(rest::ResourceTreeProvider(gateway.clone())),
        Arc::new(rest::MethodProvider(gateway.clone())),
    ]
}

/// An id of that many letters and digits which only the step's token decides: a repeated step finds what it made.
fn id(request: &ResourceRequest, length: usize) -> String {
    request.suffix(length).to_ascii_lowercase()
}

/// Whether the step may make that: nothing is there, or what it made itself before. It is its own from now on.
fn claim(
    made_by: &mut BTreeMap<String, Maker>,
    what: String,
    present: bool,
    request: &ResourceRequest,
    taken: &str,
) -> Result<(), AwsError> {
    let maker = request.maker();
    let present = present.then(|| made_by.get(&what).unwrap_or(&Maker::NOBODY));
    maker.repeats(present, || AwsError::new("ConflictException", taken).status(409))?;
    made_by.insert(what, maker);
    Ok(())
}

/// The definition of an API: in the template or in a bucket.
async fn definition(gateway: &ApiGateway, request: &ResourceRequest) -> Result<Option<Definition>, AwsError> {
    if let Some(body) = request.properties.get("Body") {
        return openapi::read(body).map(Some);
    }
    let Some(place) = request.properties.get("BodyS3Location") else { return Ok(None) };
    let caller = request.on_behalf(gateway.context());
    openapi::read(&fetched(gateway, &caller, place).await?).map(Some)
}

/// A definition that lies in a bucket.
// LIMIT: definitions in YAML are not read there.
async fn fetched(gateway: &ApiGateway, caller: &Caller, place: &Value) -> Result<Value, AwsError> {
    let (Some(bucket), Some(key)) = (text(place, "Bucket"), text(place, "Key")) else {
        return Err(AwsError::new("BadRequestException", "BodyS3Location needs a Bucket and a Key"));
    };
    let objects = gateway.context().peers().objects();
    let objects = objects.ok_or_else(|| AwsError::internal("this cloud keeps no objects"))?;
    let version = text(place, "Version");
    let refused = |reason: String| {
        let message = format!("Unable to get the definition at s3://{bucket}/{key}: {reason}");
        AwsError::new("BadRequestException", message)
    };
    let reader = OnBehalf { caller, service: "apigateway.amazonaws.com" };
    let head = objects.head(reader, &bucket, &key, version.as_deref()).await;
    if head.map_err(|error| refused(error.message().to_owned()))?.size > quotas::DEFINITION {
        return Err(refused(format!("it is larger than {} bytes", quotas::DEFINITION)));
    }
    let body = objects.get(reader, &bucket, &key, version.as_deref()).await;
    let body = body.map_err(|error| refused(error.message().to_owned()))?;
    serde_json::from_slice(&body).map_err(|_| refused("it must be JSON".to_owned()))
}

fn required<'a>(request: &'a ResourceRequest, property: &str) -> Result<&'a str, AwsError> {
    request.text(property).ok_or_else(|| {
        AwsError::new(
            "ValidationException",
            format!("Property {property} of {} is required", request.logical_id),
        )
    })
}

/// A map of texts. What its type leaves open, an HTTP API's tags and variables, may hold numbers and truths.
fn text_map(value: Option<&Value>) -> Option<BTreeMap<String, String>> {
    let scalar = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(value?.as_object()?.iter().map(|(name, value)| (name.clone(), scalar(value))).collect())
}

/// Whether what was to be deleted was not there: fine.
fn gone(result: Result<(), AwsError>) -> Result<(), AwsError> {
    match result {
        Err(error) if error.code() == "NotFoundException" => Ok(()),
        other => other,
    }
}
