//! Compressed bodies, and methods that need a key, through the front.

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use serde_json::json;

use super::*;

/// `hello` in gzip.
const HELLO: &[u8] = &[
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0,
    0,
];

async fn with_size(world: &World, size: Option<i32>) {
    let change = world.gateway.change_rest("rest", |api| {
        api.api.minimum_compression_size = size;
        api.deploy(shapes_v1::Deployment { id: Some("d1".into()), ..Default::default() })
    });
    change.await.unwrap();
}

#[tokio::test]
async fn answers_of_rest_apis_are_compressed_from_the_size_that_is_deployed() {
    let world = World::new().await;
    world.says(json!({"statusCode": 200, "body": "hello"}));
    for (size, accepted, coding) in [
        (None, "gzip", None),
        (Some(6), "gzip", None),
        (Some(5), "gzip", Some("gzip")),
        (Some(0), "deflate, gzip;q=0.5", Some("deflate")),
        (Some(0), "br", None),
    ] {
        with_size(&world, size).await;
        let answer = world.ask(get(REST, "/prod/items/1").header(ACCEPT_ENCODING, accepted), b"").await;
        let given = answer.headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap());
        assert_eq!(given, coding, "{size:?} {accepted}");
        let body = answer.into_body().collect(100).await.unwrap();
        assert_eq!(body == "hello", coding.is_none(), "{size:?} {accepted}");
    }
    world.says(json!({"statusCode": 200, "body": "hello", "headers": {"content-encoding": "br"}}));
    let answer = world.ask(get(REST, "/prod/items/1").header(ACCEPT_ENCODING, "gzip"), b"").await;
    assert_eq!(answer.headers()[CONTENT_ENCODING], "br");
    assert_eq!(answer.into_body().collect(100).await.unwrap(), "hello");
}

#[tokio::test]
async fn requests_of_rest_apis_are_decompressed_and_those_of_http_apis_are_not() {
    let world = World::new().await;
    let event = world.event(get(REST, "/prod/items/1").header(CONTENT_ENCODING, "gzip"), HELLO).await;
    assert_eq!((&event["body"], &event["headers"]["content-encoding"]), (&json!("hello"), &Value::Null));
    for (coding, body) in [("br", HELLO), ("gzip", b"hello"), ("deflate", HELLO)] {
        let answer = world.ask(get(REST, "/prod/items/1").header(CONTENT_ENCODING, coding), body).await;
        assert_eq!(answer.status(), 415, "{coding}");
    }
    let event = world.event(get(HTTP, "/two/1").header(CONTENT_ENCODING, "br"), b"hello").await;
    assert_eq!(event["headers"]["content-encoding"], "br");
}

#[tokio::test]
async fn a_method_that_needs_a_key_answers_nobody() {
    let world = World::new().await;
    let integration =
        shapes_v1::Integration { r#type: Some(shapes_v1::IntegrationType::Mock), ..Default::default() };
    let method = shapes_v1::Method {
        api_key_required: Some(true),
        method_integration: Some(integration),
        ..Default::default()
    };
    world.gateway.add(Api::Rest(rest_of(method).unwrap())).await.unwrap();
    let request = get("mocks.execute-api.localhost:4566", "/prod").header("x-api-key", "guessed");
    let answer = world.ask(request, b"").await;
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.headers()["x-amzn-errortype"], "ForbiddenException");
}
