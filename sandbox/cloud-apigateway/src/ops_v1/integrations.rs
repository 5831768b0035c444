//! Where the methods of a REST API lead, and how their answers are mapped.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};

use super::{
    Answer, bad,
    methods::{change, method, no_response},
    not_found,
    patch::Patch,
};
use crate::{
    RestControl, openapi,
    quotas::{LEAST_TIMEOUT, REST_TIMEOUT},
    rest_api::completed,
    shapes_v1::{
        ContentHandlingStrategy, DeleteIntegrationRequest, DeleteIntegrationResponseRequest,
        GetIntegrationRequest, GetIntegrationResponseRequest, Integration, IntegrationResponse,
        IntegrationType, PutIntegrationRequest, PutIntegrationResponseRequest, UpdateIntegrationRequest,
        UpdateIntegrationResponseRequest,
    },
};

fn no_integration() -> AwsError {
    not_found("Invalid Integration identifier specified")
}

pub(crate) async fn put_integration(
    control: &RestControl,
    _: &Caller,
    input: PutIntegrationRequest,
) -> Answer<Integration> {
    let integration = Integration {
        r#type: Some(input.r#type),
        http_method: input.integration_http_method,
        uri: input.uri,
        credentials: input.credentials,
        request_parameters: input.request_parameters,
        request_templates: input.request_templates,
        content_handling: input.content_handling,
        cache_key_parameters: input.cache_key_parameters,
        passthrough_behavior: input.passthrough_behavior,
        timeout_in_millis: input.timeout_in_millis,
        cache_namespace: input.cache_namespace,
        ..Integration::default()
    };
    let integration = completed(integration, &input.resource_id);
    check_integration(&integration)?;
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let kept = integration.clone();
    let put = change(control, place, |method| {
        method.method_integration = Some(kept);
        Ok(())
    });
    put.await?;
    note_credentials(&integration);
    Ok(integration)
}

// LIMIT: functions are invoked by the API as such, and their own policies decide.
fn note_credentials(integration: &Integration) {
    if integration.credentials.is_some() {
        cloud_wire::response_headers::without_effect(&["credentials"]);
    }
}

/// How long an integration may take, in milliseconds, if it may take so long.
pub(crate) fn timeout(wanted: i64) -> Answer<i32> {
    let fits = i32::try_from(wanted).ok().filter(|wanted| (LEAST_TIMEOUT..=REST_TIMEOUT).contains(wanted));
    fits.ok_or_else(|| bad(format!("Timeout should be between {LEAST_TIMEOUT} ms and {REST_TIMEOUT} ms")))
}

/// Whether an integration leads somewhere that is here.
fn check_integration(integration: &Integration) -> Answer<()> {
    check_media_types(integration.request_templates.as_ref())?;
    integration.timeout_in_millis.map_or(Ok(0), |timeout| self::timeout(timeout.into()))?;
    match integration.r#type {
        Some(IntegrationType::Mock) => return Ok(()),
        Some(IntegrationType::AwsProxy) => {}
        // LIMIT: only Lambda proxies and mocks are integrated.
        _ => {
            return Err(bad(
                "Only MOCK integrations, and AWS_PROXY integrations with a function, are supported here",
            ));
        }
    }
    let uri = integration.uri.as_deref().unwrap_or_default();
    // AWS: the texts of PutIntegration.
    if !uri.starts_with("arn:") {
        return Err(bad("Invalid ARN specified in the request"));
    }
    if !uri.contains(":path/") && !uri.contains(":action/") {
        return Err(bad("AWS ARN for integration must contain path or action"));
    }
    if openapi::function_arn(uri).is_none() {
        let message = "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream \
                       invocations.";
        return Err(bad(message));
    }
    Ok(())
}

/// Whether templates are for media types.
fn check_media_types(templates: Option<&BTreeMap<String, String>>) -> Answer<()> {
    let wrong = templates.into_iter().flat_map(BTreeMap::keys).find(|media| !media.contains('/'));
    let Some(wrong) = wrong else { return Ok(()) };
    Err(bad(format!("Validation Result: warnings : [], errors : [Invalid content type specified: {wrong}]")))
}

pub(crate) async fn get_integration(
    control: &RestControl,
    _: &Caller,
    input: GetIntegrationRequest,
) -> Answer<Integration> {
    let method = method(control, (&input.rest_api_id, &input.resource_id, &input.http_method))?;
    method.method_integration.ok_or_else(no_integration)
}

pub(crate) async fn update_integration(
    control: &RestControl,
    _: &Caller,
    input: UpdateIntegrationRequest,
) -> Answer<Integration> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let changed = change(control, place, |method| {
        let mut new = method.method_integration.clone().ok_or_else(no_integration)?;
        for patch in Patch::all(input.patch_operations.as_ref())? {
            match patch.parts().as_slice() {
                ["cacheKeyParameters", name] => patch.list(&mut new.cache_key_parameters, name)?,
                ["cacheNamespace"] => new.cache_namespace = patch.replaced()?,
                ["contentHandling"] => new.content_handling = handling(&patch)?,
                ["credentials"] => new.credentials = patch.replaced()?,
                ["httpMethod"] => new.http_method = patch.replaced()?,
                ["passthroughBehavior"] => new.passthrough_behavior = patch.replaced()?,
                ["requestParameters", name] => patch.set(&mut new.request_parameters, name, |text| text)?,
                ["requestTemplates", media] => patch.set(&mut new.request_templates, media, |text| text)?,
                ["timeoutInMillis"] => {
                    let text = patch.replaced()?.unwrap_or_default();
                    new.timeout_in_millis = Some(text.parse().map_err(|_| patch.invalid())?);
                }
                ["uri"] => new.uri = patch.replaced()?,
                _ => return Err(patch.invalid()),
            }
        }
        let new = completed(new, &input.resource_id);
        check_integration(&new)?;
        method.method_integration = Some(new.clone());
        Ok(new)
    });
    let integration = changed.await?;
    note_credentials(&integration);
    Ok(integration)
}

fn handling(patch: &Patch<'_>) -> Answer<Option<ContentHandlingStrategy>> {
    match patch.replaced()?.map(|text| ContentHandlingStrategy::from(text.as_str())) {
        Some(ContentHandlingStrategy::Unlisted(text)) if text.is_empty() => Ok(None),
        Some(ContentHandlingStrategy::Unlisted(_)) => Err(patch.invalid()),
        known => Ok(known),
    }
}

pub(crate) async fn delete_integration(
    control: &RestControl,
    _: &Caller,
    input: DeleteIntegrationRequest,
) -> Answer<()> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let removed = change(control, place, |method| {
        method.method_integration.take().map(drop).ok_or_else(no_integration)
    });
    removed.await
}

pub(crate) async fn put_integration_response(
    control: &RestControl,
    _: &Caller,
    input: PutIntegrationResponseRequest,
) -> Answer<IntegrationResponse> {
    check_media_types(input.response_templates.as_ref())?;
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let response = IntegrationResponse {
        status_code: Some(input.status_code.clone()),
        selection_pattern: input.selection_pattern,
        response_parameters: input.response_parameters,
        response_templates: input.response_templates,
        content_handling: input.content_handling,
    };
    let kept = response.clone();
    let put = change(control, place, |method| {
        let integration = method.method_integration.as_mut().ok_or_else(no_integration)?;
        integration.integration_responses.get_or_insert_default().insert(input.status_code, kept);
        Ok(())
    });
    put.await?;
    Ok(response)
}

pub(crate) async fn get_integration_response(
    control: &RestControl,
    _: &Caller,
    input: GetIntegrationResponseRequest,
) -> Answer<IntegrationResponse> {
    let method = method(control, (&input.rest_api_id, &input.resource_id, &input.http_method))?;
    let integration = method.method_integration.ok_or_else(no_integration)?;
    integration.integration_responses.unwrap_or_default().remove(&input.status_code).ok_or_else(no_response)
}

pub(crate) async fn update_integration_response(
    control: &RestControl,
    _: &Caller,
    input: UpdateIntegrationResponseRequest,
) -> Answer<IntegrationResponse> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let changed = change(control, place, |method| {
        let integration = method.method_integration.as_mut().ok_or_else(no_integration)?;
        let responses = integration.integration_responses.get_or_insert_default();
        let response = responses.get_mut(&input.status_code).ok_or_else(no_response)?;
        for patch in Patch::all(input.patch_operations.as_ref())? {
            match patch.parts().as_slice() {
                ["contentHandling"] => response.content_handling = handling(&patch)?,
                ["responseParameters", name] => {
                    patch.set(&mut response.response_parameters, name, |text| text)?;
                }
                ["responseTemplates", media] => {
                    patch.set(&mut response.response_templates, media, |text| text)?;
                }
                ["selectionPattern"] => response.selection_pattern = patch.replaced()?,
                _ => return Err(patch.invalid()),
            }
        }
        check_media_types(response.response_templates.as_ref())?;
        Ok(response.clone())
    });
    changed.await
}

pub(crate) async fn delete_integration_response(
    control: &RestControl,
    _: &Caller,
    input: DeleteIntegrationResponseRequest,
) -> Answer<()> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let removed = change(control, place, |method| {
        let integration = method.method_integration.as_mut().ok_or_else(no_integration)?;
        let responses = integration.integration_responses.get_or_insert_default();
        responses.remove(&input.status_code).ok_or_else(no_response)?;
        integration.integration_responses.take_if(|responses| responses.is_empty());
        Ok(())
    });
    removed.await
}
