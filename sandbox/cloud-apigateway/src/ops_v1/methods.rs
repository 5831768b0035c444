//! The methods of a REST API's resources, with their responses.

use std::collections::BTreeSet;

use cloud_core::{AwsError, Caller};

use super::{Answer, bad, in_resource, not_found, patch::Patch};
use crate::{
    RestControl,
    shapes_v1::{
        DeleteMethodRequest, DeleteMethodResponseRequest, GetMethodRequest, GetMethodResponseRequest, Method,
        MethodResponse, PutMethodRequest, PutMethodResponseRequest, UpdateMethodRequest,
        UpdateMethodResponseRequest,
    },
};

/// API, resource and verb.
pub(super) type Place<'a> = (&'a str, &'a str, &'a str);

fn invalid_method() -> AwsError {
    not_found("Invalid Method identifier specified")
}

pub(super) fn no_response() -> AwsError {
    not_found("Invalid Response status code specified")
}

/// A method as it is.
pub(super) fn method(RestControl(gateway): &RestControl, (api, resource, verb): Place<'_>) -> Answer<Method> {
    let mut api = in_resource(gateway.rest(api))?;
    let methods = api.resource_mut(resource)?.resource_methods.take().unwrap_or_default();
    methods.get(verb).cloned().ok_or_else(invalid_method)
}

/// Changes a method.
pub(super) async fn change<T>(
    RestControl(gateway): &RestControl,
    (api, resource, verb): Place<'_>,
    change: impl FnOnce(&mut Method) -> Answer<T>,
) -> Answer<T> {
    let changed = gateway.change_rest(api, |api| {
        let methods = api.resource_mut(resource)?.resource_methods.get_or_insert_default();
        change(methods.get_mut(verb).ok_or_else(invalid_method)?)
    });
    in_resource(changed.await)
}

pub(crate) async fn put_method(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: PutMethodRequest,
) -> Answer<Method> {
    let method = Method {
        http_method: Some(input.http_method.clone()),
        authorization_type: Some(input.authorization_type),
        authorizer_id: input.authorizer_id,
        api_key_required: Some(input.api_key_required == Some(true)),
        operation_name: input.operation_name,
        request_parameters: input.request_parameters,
        request_models: input.request_models,
        ..Method::default()
    };
    let method = checked(method)?;
    let kept = method.clone();
    let put = gateway.change_rest(&input.rest_api_id, |api| {
        let methods = api.resource_mut(&input.resource_id)?.resource_methods.get_or_insert_default();
        if methods.contains_key(&input.http_method) {
            let message = "Method already exists for this resource";
            return Err(AwsError::new("ConflictException", message).status(409));
        }
        methods.insert(input.http_method, kept);
        Ok(())
    });
    in_resource(put.await)?;
    // LIMIT: requests are not validated.
    if input.request_validator_id.is_some() {
        cloud_wire::response_headers::without_effect(&["requestValidatorId"]);
    }
    Ok(method)
}

/// A method as AWS keeps it, if it is one that can be served.
fn checked(method: Method) -> Answer<Method> {
    match method.authorization_type.as_deref() {
        Some("NONE") => {}
        // There are no authorizers, so that none is valid.
        Some("CUSTOM" | "COGNITO_USER_POOLS") => {
            let message = "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
                           COGNITO_USER_POOLS requires a valid authorizer.";
            return Err(bad(message));
        }
        // LIMIT: a method that asks who calls must not be served to everybody.
        _ => return Err(bad("Only methods without authorization are supported here")),
    }
    let names = method.request_parameters.iter().flatten().filter_map(|(name, _)| name.rsplit('.').next());
    let mut seen = BTreeSet::new();
    if names.into_iter().any(|name| !seen.insert(name)) {
        return Err(bad("Parameter names must be unique across querystring, header and path"));
    }
    // AWS: an authorizer of a method that has none is not kept.
    Ok(Method { authorizer_id: None, ..method })
}

pub(crate) async fn get_method(control: &RestControl, _: &Caller, input: GetMethodRequest) -> Answer<Method> {
    method(control, (&input.rest_api_id, &input.resource_id, &input.http_method))
}

pub(crate) async fn update_method(
    control: &RestControl,
    _: &Caller,
    input: UpdateMethodRequest,
) -> Answer<Method> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let changed = change(control, place, |method| {
        let mut new = method.clone();
        for patch in Patch::all(input.patch_operations.as_ref())? {
            match patch.parts().as_slice() {
                ["apiKeyRequired"] => new.api_key_required = Some(patch.flag()?),
                ["authorizationType"] => new.authorization_type = patch.replaced()?,
                ["authorizerId"] => new.authorizer_id = patch.replaced()?,
                ["operationName"] => new.operation_name = patch.replaced()?,
                ["requestModels", media] => patch.set(&mut new.request_models, media, |model| model)?,
                ["requestParameters", name] => {
                    patch.set(&mut new.request_parameters, name, |required| required == "true")?;
                }
                // There are no validators, so that none is valid.
                ["requestValidatorId"] if patch.replaced()?.is_some_and(|id| !id.is_empty()) => {
                    return Err(bad("Invalid Request Validator identifier specified"));
                }
                ["requestValidatorId"] => {}
                _ => return Err(patch.invalid()),
            }
        }
        *method = checked(new)?;
        Ok(method.clone())
    });
    changed.await
}

pub(crate) async fn delete_method(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: DeleteMethodRequest,
) -> Answer<()> {
    let deleted = gateway.change_rest(&input.rest_api_id, |api| {
        let methods = api.resource_mut(&input.resource_id)?.resource_methods.get_or_insert_default();
        methods.remove(&input.http_method).map(drop).ok_or_else(invalid_method)
    });
    in_resource(deleted.await)
}

pub(crate) async fn put_method_response(
    control: &RestControl,
    _: &Caller,
    input: PutMethodResponseRequest,
) -> Answer<MethodResponse> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let response = MethodResponse {
        status_code: Some(input.status_code.clone()),
        response_parameters: input.response_parameters,
        response_models: input.response_models,
    };
    let kept = response.clone();
    let put = change(control, place, |method| {
        let responses = method.method_responses.get_or_insert_default();
        if responses.contains_key(&input.status_code) {
            let message = "Response already exists for this resource";
            return Err(AwsError::new("ConflictException", message).status(409));
        }
        responses.insert(input.status_code, kept);
        Ok(())
    });
    put.await?;
    Ok(response)
}

pub(crate) async fn get_method_response(
    control: &RestControl,
    _: &Caller,
    input: GetMethodResponseRequest,
) -> Answer<MethodResponse> {
    let method = method(control, (&input.rest_api_id, &input.resource_id, &input.http_method))?;
    method.method_responses.unwrap_or_default().remove(&input.status_code).ok_or_else(no_response)
}

pub(crate) async fn update_method_response(
    control: &RestControl,
    _: &Caller,
    input: UpdateMethodResponseRequest,
) -> Answer<MethodResponse> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let changed = change(control, place, |method| {
        let responses = method.method_responses.get_or_insert_default();
        let response = responses.get_mut(&input.status_code).ok_or_else(no_response)?;
        for patch in Patch::all(input.patch_operations.as_ref())? {
            match patch.parts().as_slice() {
                ["responseModels", media] => {
                    patch.set(&mut response.response_models, media, |model| model)?;
                }
                ["responseParameters", name] => {
                    patch.set(&mut response.response_parameters, name, |required| required == "true")?;
                }
                _ => return Err(patch.invalid()),
            }
        }
        Ok(response.clone())
    });
    changed.await
}

pub(crate) async fn delete_method_response(
    control: &RestControl,
    _: &Caller,
    input: DeleteMethodResponseRequest,
) -> Answer<()> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let removed = change(control, place, |method| {
        let responses = method.method_responses.get_or_insert_default();
        responses.remove(&input.status_code).ok_or_else(no_response)?;
        method.method_responses.take_if(|responses| responses.is_empty());
        Ok(())
    });
    removed.await
}
