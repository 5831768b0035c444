//! Payload format 1.0: the event of a REST API, and of an HTTP API that asks for it.
// AWS: "Lambda proxy integrations in API Gateway", input format of a Lambda function for proxy integration.
// LIMIT: header names come in lower case; callers' own spelling is not kept.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    request::{Incoming, Place},
    response::Kind,
    routing::Taken,
};

/// The event for a request; `binary` says whether the body is to be base64.
pub(crate) fn event(request: &Incoming, place: &Place<'_>, taken: &Taken, binary: bool, kind: Kind) -> Bytes {
    let headers: Vec<(String, Vec<String>)> =
        request.header_lists().into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
    let query = grouped(request.query_pairs());
    let body = request.body_text(binary);
    let is_base64 = body.as_ref().is_some_and(|(_, is_base64)| *is_base64);
    let resource = taken.route.path.as_str();
    let mut event = json!({
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method.as_str(),
        "headers": last(&headers),
        "multiValueHeaders": all(&headers),
        "queryStringParameters": last(&query),
        "multiValueQueryStringParameters": all(&query),
        "pathParameters": last(&grouped(taken.parameters.clone())),
        "stageVariables": last(&grouped(place.stage_variables.to_vec())),
        "requestContext": context(request, place, resource),
        "body": body.map(|(body, _)| body),
        "isBase64Encoded": is_base64,
    });
    if kind == Kind::Http {
        // AWS: only an HTTP API, which knows two formats, says which one it is.
        event["version"] = "1.0".into();
    }
    event.to_string().into()
}

fn context(request: &Incoming, place: &Place<'_>, resource: &str) -> Value {
    json!({
        "accountId": place.account,
        "apiId": place.api_id,
        "domainName": request.domain,
        "domainPrefix": place.api_id,
        "extendedRequestId": request.request_id,
        "httpMethod": request.method.as_str(),
        "identity": {
            "accessKey": null, "accountId": null, "caller": null, "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null, "cognitoIdentityId": null, "cognitoIdentityPoolId": null,
            "principalOrgId": null, "user": null, "userArn": null,
            "sourceIp": request.source_ip.to_string(),
            "userAgent": request.user_agent(),
        },
        "path": request.raw_path,
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": request.log_time(),
        "requestTimeEpoch": request.now.as_millisecond(),
        "resourcePath": resource,
        "stage": place.stage,
    })
}

type Lists = [(String, Vec<String>)];

fn grouped(pairs: Vec<(String, String)>) -> Vec<(String, Vec<String>)> {
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
