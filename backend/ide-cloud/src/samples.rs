//! Sample events: what each kind of trigger sends.

use serde_json::{Value, json};

/// The samples for a function's triggers; a plain one where it has none.
pub(crate) fn for_triggers(triggers: &[String]) -> Vec<(String, Value)> {
    let samples: Vec<_> = triggers.iter().filter_map(|trigger| sample(trigger)).collect();
    if samples.is_empty() { vec![("Empty event".into(), json!({}))] } else { samples }
}

fn sample(trigger: &str) -> Option<(String, Value)> {
    match trigger {
        "HttpApi" => Some(("HTTP API request".into(), http_api())),
        "Api" => Some(("REST API request".into(), rest_api())),
        _ => None,
    }
}

// AWS: "Working with AWS Lambda proxy integrations for HTTP APIs", payload format version 2.0.
fn http_api() -> Value {
    json!({
        "version": "2.0",
        "routeKey": "GET /hello/{name}",
        "rawPath": "/hello/Ada",
        "rawQueryString": "greeting=Hello",
        "headers": { "accept": "application/json", "host": "localhost" },
        "queryStringParameters": { "greeting": "Hello" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api-id",
            "domainName": "localhost",
            "http": {
                "method": "GET",
                "path": "/hello/Ada",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test"
            },
            "requestId": "id",
            "routeKey": "GET /hello/{name}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_i64
        },
        "pathParameters": { "name": "Ada" },
        "isBase64Encoded": false
    })
}

// AWS: "Lambda proxy integrations in API Gateway", input format.
fn rest_api() -> Value {
    json!({
        "resource": "/hello/{name}",
        "path": "/hello/Ada",
        "httpMethod": "GET",
        "headers": { "Accept": "application/json", "Host": "localhost" },
        "multiValueHeaders": { "Accept": ["application/json"], "Host": ["localhost"] },
        "queryStringParameters": { "greeting": "Hello" },
        "multiValueQueryStringParameters": { "greeting": ["Hello"] },
        "pathParameters": { "name": "Ada" },
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api-id",
            "httpMethod": "GET",
            "identity": { "sourceIp": "127.0.0.1", "userAgent": "test" },
            "path": "/Prod/hello/Ada",
            "protocol": "HTTP/1.1",
            "requestId": "id",
            "resourcePath": "/hello/{name}",
            "stage": "Prod"
        },
        "body": null,
        "isBase64Encoded": false
    })
}
