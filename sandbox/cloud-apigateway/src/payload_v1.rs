//! Payload format 1.0: the event of a REST API, and of an HTTP API that asks for it.
// AWS: "Lambda proxy integrations in API Gateway", input format of a Lambda function for proxy integration.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    request::{Incoming, Place},
    response::Kind,
    routing::{Taken, decode},
};

/// The event for a request; `binary` says whether a REST API treats the body as binary.
pub(crate) fn event(request: &Incoming, place: &Place<'_>, taken: &Taken, binary: bool, kind: Kind) -> Bytes {
    let headers = request.event_headers(kind).into_iter();
    let headers =
        grouped(headers.map(|(name, value)| (request.spelled(kind, name).to_owned(), value.into_owned())));
    let query = grouped(request.query_pairs());
    let body = request.body_text(kind, binary);
    let is_base64 = body.as_ref().is_some_and(|(_, is_base64)| *is_base64);
    let mut event = json!({
        "resource": taken.route.path,
        "path": path(request, kind),
        "httpMethod": request.method.as_str(),
        "headers": last(&headers),
        "multiValueHeaders": all(&headers),
        "queryStringParameters": last(&query),
        "multiValueQueryStringParameters": all(&query),
        "pathParameters": last(&grouped(taken.parameters.iter().cloned())),
        "stageVariables": last(&grouped(place.stage_variables.iter().cloned())),
        "requestContext": context(request, place, taken, kind),
        "body": body.map(|(body, _)| body),
        "isBase64Encoded": is_base64,
    });
    if kind == Kind::Http {
        // AWS: only an HTTP API, which knows two formats, says which one it is.
        event["version"] = "1.0".into();
    }
    event.to_string().into()
}

// AWS: a REST API tells the path as it was sent and without its stage, an HTTP API decoded and with it.
fn path(request: &Incoming, kind: Kind) -> String {
    match kind {
        Kind::Rest => request.path.clone(),
        Kind::Http => decode(&request.raw_path),
    }
}

fn context(request: &Incoming, place: &Place<'_>, taken: &Taken, kind: Kind) -> Value {
    let mut context = json!({
        "accountId": place.account,
        "apiId": place.api_id,
        "domainName": request.domain,
        "domainPrefix": place.api_id,
        "extendedRequestId": request.ids.extended,
        "httpMethod": request.method.as_str(),
        "identity": {
            "accessKey": null, "accountId": null, "caller": null, "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null, "cognitoIdentityId": null, "cognitoIdentityPoolId": null,
            "principalOrgId": null, "user": null, "userArn": null,
            "sourceIp": request.source_ip.to_string(),
            "userAgent": request.header("user-agent"),
        },
        "path": request.raw_path,
        "protocol": "HTTP/1.1",
        "requestId": request.ids.request(kind),
        "requestTime": request.log_time(),
        "requestTimeEpoch": request.now.as_millisecond(),
        "resourceId": taken.route.resource_id,
        "resourcePath": taken.route.path,
        "stage": place.stage,
    });
    match kind {
        Kind::Rest => context["deploymentId"] = place.deployment_id.into(),
        Kind::Http => {
            context["path"] = decode(&request.raw_path).into();
            context["resourceId"] = taken.route.key.as_str().into();
            context["identity"]["cognitoAmr"] = Value::Null;
            context["identity"]["userAgent"] = request.user_agent().into();
        }
    }
    context
}

type Lists = [(String, Vec<String>)];

fn grouped(pairs: impl IntoIterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in pairs {
        match lists.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => lists.push((name, vec![value])),
        }
    }
    lists
}

/// The last value of each name; null where there are none.
fn last(lists: &Lists) -> Value {
    none_as_null(lists.iter().map(|(name, values)| (name.clone(), values.last().cloned().into())).collect())
}

fn all(lists: &Lists) -> Value {
    none_as_null(lists.iter().map(|(name, values)| (name.clone(), values.clone().into())).collect())
}

fn none_as_null(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { map.into() }
}
