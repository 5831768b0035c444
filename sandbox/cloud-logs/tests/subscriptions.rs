//! Subscription filters through the endpoint, and what subscribers are sent: over a crash, and when they refuse.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{
    Access, Actor, Arn, AwsError, Context, Delivered, Delivery, LogLine, LogSink, ManualClock, PortError,
    ResourceRequest, Target, Updated,
};
use cloud_logs::Logs;
use cloud_wire::Endpoint;
use cloud_wire::listening::{DATE, Listening, NoKeys, signature};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// Functions: `f`, which lets in who its policy names, and keeps what it is sent unless it is told to refuse.
struct Functions {
    taken: Mutex<Vec<Delivery>>,
    refusing: Mutex<u32>,
    /// The principal that its policy lets in.
    lets_in: &'static str,
}

impl Functions {
    fn policy(&self) -> String {
        let source = "arn:aws:logs:us-east-1:000000000000:log-group:g:*";
        json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "logs", "Effect": "Allow", "Principal": { "Service": self.lets_in },
            "Action": "lambda:InvokeFunction", "Resource": FUNCTION, "Condition": { "ArnLike": { "AWS:SourceArn": source } },
        }] })
        .to_string()
    }
}

#[async_trait]
impl Target for Functions {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        if delivery.actor != Actor::Service(self.lets_in.to_owned()) {
            return Err(AwsError::access_denied("no permission").into());
        }
        let mut refusing = self.refusing.lock().unwrap();
        if *refusing > 0 {
            *refusing -= 1;
            return Err(AwsError::new("TooManyRequestsException", "later").status(429).into());
        }
        self.taken.lock().unwrap().push(delivery);
        Ok(Delivered::default())
    }

    async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        Ok((target.as_str() == FUNCTION).then(|| Access {
            action: "lambda:InvokeFunction".into(),
            resource: FUNCTION.into(),
            policy: Some(self.policy().into()),
            ..Access::default()
        }))
    }
}

struct Cloud {
    folder: tempfile::TempDir,
    endpoint: Listening,
    context: Context,
    clock: Arc<ManualClock>,
    logs: Arc<Logs>,
    functions: Arc<Functions>,
}

impl Cloud {
    async fn start(lets_in: &'static str) -> Self {
        Self::over(tempfile::tempdir().unwrap(), lets_in, 0).await
    }

    async fn over(folder: tempfile::TempDir, lets_in: &'static str, refusing: u32) -> Self {
        let (context, clock) = Context::for_test(folder.path());
        let functions =
            Arc::new(Functions { taken: Mutex::default(), refusing: Mutex::new(refusing), lets_in });
        context.peers().add_target("lambda", functions.clone());
        let logs = cloud_logs::open(&context).await.unwrap();
        let endpoint = Endpoint::new(context.clone(), Arc::new(NoKeys));
        let endpoint = endpoint.with_any_key(context.account().clone()).with_service(logs.clone());
        let endpoint = Listening::start(endpoint).await.unwrap();
        Self { folder, endpoint, context, clock, logs, functions }
    }

    async fn ask(&self, operation: &str, input: &Value) -> (u16, Value) {
        let body = input.to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n\
             content-type: application/x-amz-json-1.1\r\nx-amz-target: Logs_20140328.{operation}\r\n\
             content-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("logs"),
            body.len()
        );
        let answer = self.endpoint.exchange(&request).await.unwrap();
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    async fn done(&self, operation: &str, input: Value) -> Value {
        let (status, answer) = self.ask(operation, &input).await;
        assert_eq!(status, 200, "{operation} {input}: {answer}");
        answer
    }

    async fn refused(&self, operation: &str, input: Value, code: &str, message: &str) {
        let (status, answer) = self.ask(operation, &input).await;
        let told = (status, answer["__type"].as_str(), answer["message"].as_str());
        assert_eq!(told, (400, Some(code), Some(message)), "{operation} {input}");
    }

    async fn group(&self) {
        self.done("CreateLogGroup", json!({ "logGroupName": "g" })).await;
        self.done("CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })).await;
    }

    async fn write(&self, messages: &[&str]) {
        let now = self.context.clock().now_ms();
        let events: Vec<_> =
            messages.iter().map(|text| json!({ "timestamp": now, "message": text })).collect();
        self.done("PutLogEvents", json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events }))
            .await;
    }

    /// What was sent, once so many deliveries came, as time goes on.
    async fn sent(&self, count: usize) -> Vec<Value> {
        let enough = async {
            while self.functions.taken.lock().unwrap().len() < count {
                self.clock.advance_if_awaited(Duration::from_secs(1));
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(30), enough).await.expect("it is sent");
        self.functions.taken.lock().unwrap().iter().map(unpacked).collect()
    }
}

fn unpacked(delivery: &Delivery) -> Value {
    let outer: Value = serde_json::from_slice(&delivery.payload).unwrap();
    let packed = BASE64_STANDARD.decode(outer["awslogs"]["data"].as_str().unwrap()).unwrap();
    let mut text = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn subscription(name: &str, pattern: &str) -> Value {
    json!({ "logGroupName": "g", "filterName": name, "filterPattern": pattern, "destinationArn": FUNCTION })
}

fn with(mut input: Value, name: &str, value: Value) -> Value {
    input[name] = value;
    input
}

const REGIONAL: &str = "logs.us-east-1.amazonaws.com";

#[tokio::test]
async fn a_filter_is_put_changed_listed_and_deleted() {
    let cloud = Cloud::start(REGIONAL).await;
    let no_group = "The specified log group does not exist.";
    for (operation, input) in [
        ("PutSubscriptionFilter", subscription("a", "")),
        ("DescribeSubscriptionFilters", json!({ "logGroupName": "g" })),
        ("DeleteSubscriptionFilter", json!({ "logGroupName": "g", "filterName": "a" })),
    ] {
        cloud.refused(operation, input, "ResourceNotFoundException", no_group).await;
    }
    cloud.group().await;
    cloud.done("PutSubscriptionFilter", subscription("a", "")).await;
    cloud.done("PutSubscriptionFilter", with(subscription("b", "x"), "distribution", json!("Random"))).await;
    let full = "Resource limit exceeded.";
    cloud.refused("PutSubscriptionFilter", subscription("c", ""), "LimitExceededException", full).await;
    cloud.clock.advance(Duration::from_secs(1));
    cloud.done("PutSubscriptionFilter", subscription("a", "ERROR")).await;
    let filter = |name: &str, pattern: &str, distribution: &str| {
        json!({
            "filterName": name, "logGroupName": "g", "filterPattern": pattern, "destinationArn": FUNCTION,
            "distribution": distribution, "applyOnTransformedLogs": false, "creationTime": 1_767_225_600_000_i64,
        })
    };
    let listed = async |input: Value| cloud.done("DescribeSubscriptionFilters", input).await;
    let both = [filter("a", "ERROR", "ByLogStream"), filter("b", "x", "Random")];
    assert_eq!(listed(json!({ "logGroupName": "g" })).await["subscriptionFilters"], json!(both));
    let some = listed(json!({ "logGroupName": "g", "filterNamePrefix": "b" })).await;
    assert_eq!(some, json!({ "subscriptionFilters": [both[1]] }));
    let page = listed(json!({ "logGroupName": "g", "limit": 1 })).await;
    assert_eq!(page["subscriptionFilters"], json!([both[0]]));
    let page = listed(json!({ "logGroupName": "g", "limit": 1, "nextToken": page["nextToken"] })).await;
    assert_eq!(page, json!({ "subscriptionFilters": [both[1]] }));
    cloud.done("DeleteSubscriptionFilter", json!({ "logGroupName": "g", "filterName": "a" })).await;
    cloud
        .refused(
            "DeleteSubscriptionFilter",
            json!({ "logGroupName": "g", "filterName": "a" }),
            "ResourceNotFoundException",
            "The specified subscription filter does not exist.",
        )
        .await;
    assert_eq!(listed(json!({ "logGroupName": "g" })).await["subscriptionFilters"], json!([both[1]]));
}

#[tokio::test]
async fn a_filter_that_leads_nowhere_is_refused() {
    let cloud = Cloud::start(REGIONAL).await;
    cloud.group().await;
    cloud.done("CreateLogGroup", json!({ "logGroupName": "other" })).await;
    let wrong = async |input: Value, message: &str| {
        cloud.refused("PutSubscriptionFilter", input, "InvalidParameterException", message).await;
    };
    let to = |arn: &str| with(subscription("a", ""), "destinationArn", json!(arn));
    let not_let_in = "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to \
                      execute your function.";
    wrong(to("arn:aws:lambda:us-east-1:000000000000:function:none"), not_let_in).await;
    wrong(to("arn:aws:lambda:us-east-1:111111111111:function:f"), not_let_in).await;
    wrong(with(subscription("a", ""), "logGroupName", json!("other")), not_let_in).await;
    wrong(
        to("arn:aws:sqs:us-east-1:000000000000:q"),
        "PutSubscriptionFilter operation cannot work with destinationArn for vendor sqs",
    )
    .await;
    wrong(
        to("arn:aws:kinesis:us-east-1:000000000000:stream/s"),
        "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state.",
    )
    .await;
    wrong(
        with(subscription("a", ""), "roleArn", json!("arn:aws:iam::000000000000:role/r")),
        "destinationArn for vendor lambda cannot be used with roleArn",
    )
    .await;
    wrong(subscription("a", "{ $.a = 1"), "Invalid filter pattern: { is not closed").await;
    wrong(
        with(subscription("a", ""), "applyOnTransformedLogs", json!(true)),
        "applyOnTransformedLogs is not supported here. Leave it out.",
    )
    .await;
}

#[tokio::test]
async fn subscribers_are_sent_what_they_want_whoever_writes_it() {
    let cloud = Cloud::start(REGIONAL).await;
    cloud.group().await;
    cloud.write(&["ERROR before"]).await;
    cloud.done("PutSubscriptionFilter", subscription("errors", "ERROR")).await;
    cloud.write(&["ERROR one", "fine", "ERROR two"]).await;
    cloud.write(&["fine"]).await;
    let sent = cloud.sent(1).await;
    let events =
        cloud.done("FilterLogEvents", json!({ "logGroupName": "g", "filterPattern": "ERROR" })).await;
    let found: Vec<_> = events["events"].as_array().unwrap().iter().skip(1).collect();
    let expected: Vec<_> = found
        .iter()
        .map(|event| json!({ "id": event["eventId"], "timestamp": event["timestamp"], "message": event["message"] }))
        .collect();
    assert_eq!(
        sent,
        [json!({
            "messageType": "DATA_MESSAGE", "owner": "000000000000", "logGroup": "g", "logStream": "s",
            "subscriptionFilters": ["errors"], "logEvents": expected,
        })]
    );
    let delivery = cloud.functions.taken.lock().unwrap()[0].clone();
    assert_eq!(delivery.source_arn.unwrap().as_str(), "arn:aws:logs:us-east-1:000000000000:log-group:g:*");
    // What functions log comes by another way.
    let line = |text: &str| LogLine { timestamp_ms: 1_767_225_600_000, message: text.to_owned().into() };
    cloud.logs.put("g", "t", vec![line("ERROR three"), line("fine")]).await.unwrap();
    let sent = cloud.sent(2).await;
    assert_eq!(
        (&sent[1]["logStream"], &sent[1]["logEvents"][0]["message"]),
        (&json!("t"), &json!("ERROR three"))
    );
    cloud.done("DeleteSubscriptionFilter", json!({ "logGroupName": "g", "filterName": "errors" })).await;
    cloud.write(&["ERROR after"]).await;
    assert!(cloud.logs.is_idle().await);
    assert_eq!(cloud.functions.taken.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_permission_may_name_the_service_of_all_regions() {
    let cloud = Cloud::start("logs.amazonaws.com").await;
    cloud.group().await;
    cloud.done("PutSubscriptionFilter", subscription("all", "")).await;
    cloud.write(&["one"]).await;
    assert_eq!(cloud.sent(1).await[0]["logEvents"][0]["message"], "one");
}

/// What lies on the disk now, as a process that is killed leaves it.
fn copied(from: &Path) -> tempfile::TempDir {
    fn all(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        let mut entries: Vec<_> = std::fs::read_dir(from).unwrap().map(Result::unwrap).collect();
        // Witnesses first: what a store says of its flushes must not be newer than these.
        entries.sort_by_key(|entry| !entry.file_name().to_string_lossy().contains("witness"));
        for entry in entries {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                all(&entry.path(), &target);
            } else {
                drop(std::fs::copy(entry.path(), target));
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    all(from, folder.path());
    folder
}

#[tokio::test]
async fn what_was_acknowledged_is_sent_after_a_crash_and_in_its_order() {
    let cloud = Cloud::over(tempfile::tempdir().unwrap(), REGIONAL, u32::MAX).await;
    cloud.group().await;
    cloud.done("PutSubscriptionFilter", subscription("all", "")).await;
    for message in ["one", "two", "three"] {
        cloud.write(&[message]).await;
    }
    assert!(!cloud.logs.is_idle().await);
    let cloud = Cloud::over(copied(cloud.folder.path()), REGIONAL, 2).await;
    let sent = cloud.sent(3).await;
    let messages: Vec<_> =
        sent.iter().map(|sent| sent["logEvents"][0]["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_stack_subscribes_and_is_told_of_what_is_not_here() {
    let cloud = Cloud::start(REGIONAL).await;
    cloud.group().await;
    let provider = cloud.context.peers().provider("AWS::Logs::SubscriptionFilter").unwrap();
    let request = |token: &str, properties: Value| ResourceRequest {
        logical_id: "Errors".into(),
        stack_name: "stack".into(),
        stack_id: String::new(),
        properties,
        token: token.into(),
        tags: BTreeMap::new(),
        caller: None,
    };
    let properties = json!({ "LogGroupName": "g", "FilterPattern": "ERROR", "DestinationArn": FUNCTION });
    let made = provider.create(&request("1", properties.clone())).await.unwrap();
    assert!(made.physical_id.starts_with("stack-Errors-"), "{}", made.physical_id);
    assert_eq!(provider.create(&request("1", properties.clone())).await.unwrap(), made);
    assert_eq!(provider.remarks(&properties), Vec::<String>::new());
    let named = |name: &str, token: &str| {
        let named = with(properties.clone(), "FilterName", json!(name));
        request(token, named)
    };
    provider.create(&named("own", "2")).await.unwrap();
    let taken = provider.create(&named("own", "3")).await.unwrap_err();
    assert_eq!(taken.code(), "InvalidParameterException");
    let stream = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    let changed = with(properties.clone(), "DestinationArn", json!(stream));
    assert_eq!(provider.remarks(&changed), ["DestinationArn (its target is not here)"]);
    let updated =
        provider.update(&made.physical_id, &properties, &request("4", changed.clone())).await.unwrap();
    assert_eq!(updated, Updated::InPlace(made.clone()));
    cloud.write(&["ERROR one"]).await;
    assert_eq!(cloud.sent(1).await[0]["subscriptionFilters"], json!(["own"]));
    for _ in 0..2 {
        provider.delete(&made.physical_id, &changed).await.unwrap();
        provider.delete("own", &properties).await.unwrap();
    }
    let left = cloud.done("DescribeSubscriptionFilters", json!({ "logGroupName": "g" })).await;
    assert_eq!(left["subscriptionFilters"], json!([]));
}
