//! A made-up service, which is this folder and nothing else, in every protocol over real sockets: by botocore with the same
//! model, and by requests that no client would send.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a made-up service of a test"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use cloud_core::{AccountId, Context, Credential, CredentialStore, Principal, SecretKey, Settings};
use cloud_wire::listening::Listening;
use cloud_wire::{Endpoint, Protocol, ServiceModel};
use tokio::process::Command;

mod client;
mod conversation;
mod service;
mod shapes;

use client::Client;
use service::Toy;

/// The model as four services speak it, the first of them in three protocols.
static MODELS: [ServiceModel; 4] = [
    ServiceModel { protocol: Protocol::Json10, also: &[Protocol::Cbor, Protocol::Query], ..shapes::MODEL },
    ServiceModel {
        signing_name: "toy-json11",
        protocol: Protocol::Json11,
        query_compatible: false,
        ..shapes::MODEL
    },
    ServiceModel { signing_name: "toy-rest-json", query_compatible: false, ..shapes::MODEL },
    ServiceModel {
        signing_name: "toy-rest-xml",
        protocol: Protocol::RestXml,
        query_compatible: false,
        ..shapes::MODEL
    },
];

struct OneKey;

impl CredentialStore for OneKey {
    fn find(&self, access_key_id: &str) -> Option<Credential> {
        let principal = Principal::root(&AccountId::default());
        let secret = SecretKey::new("secret");
        (access_key_id == "AKIATEST").then_some(Credential {
            secret,
            session_token: None,
            expires: None,
            principal,
        })
    }
}

struct Cloud {
    client: Client,
    _endpoint: Listening,
    folder: tempfile::TempDir,
}

impl Cloud {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::new(Settings::new(folder.path()));
        let endpoint =
            MODELS.iter().fold(Endpoint::new(context.clone(), Arc::new(OneKey)), |endpoint, model| {
                endpoint.with_service(Arc::new(Toy { model, things: Mutex::new(BTreeMap::new()) }))
            });
        let endpoint = Listening::start(endpoint).await.unwrap();
        Self { client: Client { port: endpoint.port(), context }, _endpoint: endpoint, folder }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn botocore_drives_it_in_every_protocol() {
    let cloud = Cloud::start().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/toy");
    let output = Command::new("python3")
        .arg(folder.join("drive.py"))
        .arg(folder.join("models/toy/2026-11-30"))
        .arg(cloud.folder.path().join("models"))
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", cloud.client.port))
        .env("AWS_ACCESS_KEY_ID", "AKIATEST")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_union_has_exactly_one_member() {
    let cloud = Cloud::start().await;
    let check = async |choice: &str, status: &str, words: &str| {
        let body = format!(r#"{{"Name":"a","Choice":{choice}}}"#);
        let target = [("x-amz-target", "Toy.PutThing"), ("content-type", "application/x-amz-json-1.0")];
        let answer = cloud.client.send("toy", "POST", "/", &target, body.as_bytes()).await.text();
        assert!(answer.starts_with(status) && answer.contains(words), "{choice}: {answer}");
    };
    check(r#"{"Number":7}"#, "200", r#""Choice":{"Number":7}"#).await;
    check(r#"{"Text":null,"__type":"x","Other":1,"Number":7}"#, "200", r#""Choice":{"Number":7}"#).await;
    check("null", "200", r#"{"Name":"a","Made""#).await;
    check("{}", "400", r#"{"__type":"EmptyChoice","message":"Supplied Choice is empty"}"#).await;
    check(r#"{"Text":null}"#, "400", "EmptyChoice").await;
    check(r#"{"Many":[{"Inner":{"Text":"a","Number":1}}]}"#, "400", "AmbiguousChoice").await;
    check("7", "400", "NUMBER_VALUE can not be converted to a Union").await;

    let rest = async |body: &str, words: &str| {
        let answer = cloud.client.send("toy-rest-xml", "PUT", "/things/a", &[], body.as_bytes()).await.text();
        assert!(answer.contains(words), "{body}: {answer}");
    };
    rest("<P><Choice><Text>a</Text></Choice></P>", "<Choice><Text>a</Text></Choice>").await;
    rest("<P><Choice/></P>", "<Code>EmptyChoice</Code>").await;
    rest("<P><Choice><Text>a</Text><Number>1</Number></Choice></P>", "<Code>AmbiguousChoice</Code>").await;
    let query = async |form: &str, words: &str| {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let body = format!("Action=PutThing&Version=2026-11-30&Name=a&{form}");
        let answer = cloud.client.send("toy", "POST", "/", &kind, body.as_bytes()).await.text();
        assert!(answer.contains(words), "{form}: {answer}");
    };
    query(
        "Choice.Many.member.1.Number=1",
        "<Choice><Many><member><Number>1</Number></member></Many></Choice>",
    )
    .await;
    query("Choice.Text=a&Choice.Number=1", "<Code>AmbiguousChoice</Code>").await;
}

#[tokio::test]
async fn a_request_without_a_token_gets_one_and_a_token_stays() {
    let cloud = Cloud::start().await;
    let put = async |body: &str| {
        let answer =
            cloud.client.send("toy-rest-json", "PUT", "/things/a", &[], body.as_bytes()).await.text();
        let (_, token) = answer.split_once(r#""Token":""#).unwrap();
        token.split('"').next().unwrap().to_owned()
    };
    let (one, other) = (put("{}").await, put("{}").await);
    assert_eq!((one.len(), one == other), (36, false));
    assert_eq!(put(r#"{"Token":"mine"}"#).await, "mine");
}

#[tokio::test]
async fn errors_are_called_as_each_protocol_calls_them() {
    let cloud = Cloud::start().await;
    let mode = [("x-amzn-query-mode", "true"), ("x-amz-target", "Toy.GetThing")];
    let answer = cloud.client.send("toy", "POST", "/", &mode, br#"{"Name":"none"}"#).await;
    assert_eq!(answer.header("x-amzn-query-error"), Some("Toy.NonExistentThing;Sender"));
    assert!(answer.text().ends_with(r#"{"__type":"NoSuchThing","message":"There is no thing none"}"#));

    // {"Name": "none"}
    let body = hex::decode("a1644e616d65646e6f6e65").unwrap();
    let headers = [("smithy-protocol", "rpc-v2-cbor"), ("content-type", "application/cbor")];
    let answer = cloud.client.send("toy", "POST", "/service/Toy/operation/GetThing", &headers, &body).await;
    assert_eq!(answer.header("smithy-protocol"), Some("rpc-v2-cbor"));
    assert_eq!(answer.header("x-amzn-query-error"), Some("Toy.NonExistentThing;Sender"));
    assert!(answer.text().starts_with("404") && answer.text().contains("com.amazonaws.toy#NoSuchThing"));

    for path in ["/service/Toy/operation/None", "/service/Other/operation/GetThing", "/"] {
        let answer = cloud.client.send("toy", "POST", path, &headers, &body).await;
        assert!(answer.text().contains("UnknownOperationException"), "{path}: {}", answer.text());
    }
    // A service that does not speak it answers as it does.
    let answer =
        cloud.client.send("toy-json11", "POST", "/service/Toy/operation/GetThing", &headers, &body).await;
    assert!(answer.text().contains(r#"{"__type":"UnknownOperationException""#), "{}", answer.text());
}

#[tokio::test]
async fn a_host_s_name_may_have_the_operation_s_prefix() {
    let cloud = Cloud::start().await;
    let put = cloud.client.send("toy-rest-json", "PUT", "/things/a", &[], b"{}").await;
    assert_eq!(put.status, 201);
    for (host, status) in [
        ("watch-localhost", 200),
        ("watch-toy.localhost", 200),
        ("toy.localhost", 200),
        ("other-localhost", 421),
    ] {
        let answer = cloud.client.send_to(host, "toy-rest-json", "GET", "/things/a/events", &[], b"").await;
        assert_eq!(answer.status, status, "{host}: {}", answer.text());
    }
}
