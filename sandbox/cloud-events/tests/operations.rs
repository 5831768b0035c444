//! Operations through the endpoint: what clients send, what they are answered, and what targets are told.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    AccountId, Actor, Arn, AwsError, Context, Delivered, Delivery, ManualClock, PortError, Target,
};
use cloud_events::EventBridge;
use cloud_wire::Endpoint;
use cloud_wire::listening::{DATE, Listening, NoKeys, signature};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// A service that takes deliveries, but for what is called `gone`, `refusing` or `busy`.
#[derive(Default)]
struct Fake {
    taken: Mutex<Vec<Delivery>>,
    came: Notify,
}

#[async_trait]
impl Target for Fake {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        match delivery.target.resource_id() {
            "gone" => return Err(PortError::Gone(AwsError::new("NotFound", "it is gone").status(404))),
            "refusing" => return Err(PortError::Refused(AwsError::access_denied("it says no"))),
            "busy" => return Err(PortError::Throttled(AwsError::new("Busy", "not now").status(429))),
            _ => {}
        }
        self.taken.lock().unwrap().push(delivery);
        self.came.notify_one();
        Ok(Delivered::default())
    }
}

struct Cloud {
    endpoint: Listening,
    bridge: Arc<EventBridge>,
    clock: Arc<ManualClock>,
    context: Context,
    fake: Arc<Fake>,
    folder: tempfile::TempDir,
}

const REALM: &str = "us-east-1:000000000000";
const PATTERN: &str = r#"{"source":["s"]}"#;

fn queue(name: &str) -> String {
    format!("arn:aws:sqs:{REALM}:{name}")
}

fn rule_arn(name: &str) -> String {
    format!("arn:aws:events:{REALM}:rule/{name}")
}

impl Cloud {
    async fn start() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    async fn on(folder: tempfile::TempDir) -> Self {
        let (context, clock) = Context::for_test(folder.path());
        let fake = Arc::new(Fake::default());
        for service in ["sqs", "lambda", "sns"] {
            context.peers().add_target(service, fake.clone());
        }
        let bridge = cloud_events::open(&context).await.unwrap();
        let account = context.account().clone();
        let endpoint = Endpoint::new(context.clone(), Arc::new(NoKeys))
            .with_any_key(account)
            .with_service(bridge.clone());
        let endpoint = Listening::start(endpoint).await.unwrap();
        Self { endpoint, bridge, clock, context, fake, folder }
    }

    /// What the next process has.
    async fn restarted(self) -> Self {
        self.bridge.close().await;
        Self::on(self.folder).await
    }

    async fn ask(&self, action: &str, input: &Value) -> (u16, Value) {
        let body = input.to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n\
             content-type: application/x-amz-json-1.1\r\nx-amz-target: AWSEvents.{action}\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("events"),
            body.len()
        );
        let answer = self.endpoint.exchange(&request).await.unwrap();
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    async fn done(&self, action: &str, input: Value) -> Value {
        let (status, answer) = self.ask(action, &input).await;
        assert_eq!(status, 200, "{action} {input}: {answer}");
        answer
    }

    async fn refused(&self, action: &str, input: Value, code: &str, message: &str) {
        let (status, answer) = self.ask(action, &input).await;
        let told = answer.get("message").or_else(|| answer.get("Message")).unwrap_or(&Value::Null);
        let kind = answer["__type"].as_str().unwrap_or_default();
        let kind = kind.rsplit('#').next().unwrap_or_default();
        assert_eq!((status, kind, told), (400, code, &json!(message)), "{action} {input}: {answer}");
    }

    /// A rule for a pattern, with targets.
    async fn rule(&self, name: &str, pattern: &str, targets: Value) {
        self.done("PutRule", json!({ "Name": name, "EventPattern": pattern })).await;
        self.done("PutTargets", json!({ "Rule": name, "Targets": targets })).await;
    }

    async fn put(&self, entry: Value) -> Value {
        let mut whole = json!({ "Source": "s", "DetailType": "t", "Detail": "{}" });
        whole.as_object_mut().unwrap().extend(entry.as_object().unwrap().clone());
        self.done("PutEvents", json!({ "Entries": [whole] })).await["Entries"][0].clone()
    }

    /// So many deliveries, once they came, by their targets.
    async fn taken(&self, count: usize) -> Vec<Delivery> {
        loop {
            let came = self.fake.came.notified();
            let all = {
                let mut taken = self.fake.taken.lock().unwrap();
                (taken.len() >= count).then(|| std::mem::take(&mut *taken))
            };
            if let Some(mut all) = all {
                assert_eq!(all.len(), count, "{all:?}");
                all.sort_by_key(|delivery| delivery.target.to_string());
                return all;
            }
            came.await;
        }
    }

    /// Waits until all is delivered.
    async fn quiet(&self) {
        while self.bridge.is_delivering().await {
            tokio::task::yield_now().await;
        }
    }

    /// Lets time go by until so many deliveries came.
    async fn taken_in(&self, time: Duration, count: usize) -> Vec<Delivery> {
        let step = Duration::from_secs(10);
        let mut left = time;
        while self.fake.taken.lock().unwrap().len() < count && left > Duration::ZERO {
            self.clock.advance(step.min(left));
            left = left.saturating_sub(step);
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        self.taken(count).await
    }
}

fn told(delivery: &Delivery) -> Value {
    serde_json::from_slice(&delivery.payload).unwrap()
}

#[tokio::test]
async fn buses_are_made_described_listed_and_removed() {
    let cloud = Cloud::start().await;
    let made = cloud.done("CreateEventBus", json!({ "Name": "b", "Description": "d" })).await;
    let arn = format!("arn:aws:events:{REALM}:event-bus/b");
    assert_eq!(made, json!({ "EventBusArn": arn, "Description": "d" }));
    let seen = cloud.done("DescribeEventBus", json!({ "Name": arn })).await;
    let members: Vec<&String> = seen.as_object().unwrap().keys().collect();
    assert_eq!(members, ["Name", "Arn", "Description", "CreationTime", "LastModifiedTime"]);
    let default = cloud.done("DescribeEventBus", json!({})).await;
    assert_eq!(default["Name"], "default");
    for name in ["b-1", "b-2", "c"] {
        cloud.done("CreateEventBus", json!({ "Name": name })).await;
    }
    let first = cloud.done("ListEventBuses", json!({ "NamePrefix": "b", "Limit": 2 })).await;
    let names = |answer: &Value| {
        let all = answer["EventBuses"].as_array().unwrap().iter();
        all.map(|bus| bus["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["b", "b-1"]);
    let rest = json!({ "NamePrefix": "b", "Limit": 2, "NextToken": first["NextToken"] });
    assert_eq!(names(&cloud.done("ListEventBuses", rest).await), ["b-2"]);
    cloud
        .refused(
            "ListEventBuses",
            json!({ "NextToken": "made-up" }),
            "ValidationException",
            "Parameter NextToken is not valid.",
        )
        .await;
    let exists = "ResourceAlreadyExistsException";
    cloud.refused("CreateEventBus", json!({ "Name": "b" }), exists, "Event bus b already exists.").await;
    cloud
        .refused("CreateEventBus", json!({ "Name": "default" }), exists, "Event bus default already exists.")
        .await;
    let slash = "Event bus name must not contain '/'.";
    cloud.refused("CreateEventBus", json!({ "Name": "a/b" }), "ValidationException", slash).await;
    let (missing, none) = ("ResourceNotFoundException", "Event bus none does not exist.");
    for action in ["DescribeEventBus", "DeleteEventBus", "UpdateEventBus"] {
        cloud.refused(action, json!({ "Name": "none" }), missing, none).await;
    }
    let kept = "Cannot delete event bus default.";
    cloud.refused("DeleteEventBus", json!({ "Name": "default" }), "ValidationException", kept).await;
    cloud.done("PutRule", json!({ "Name": "r", "EventBusName": "b", "EventPattern": PATTERN })).await;
    let used = "Event bus can't be deleted since it has rules.";
    cloud.refused("DeleteEventBus", json!({ "Name": "b" }), "ValidationException", used).await;
    cloud.done("DeleteRule", json!({ "Name": "r", "EventBusName": "b" })).await;
    cloud.done("UpdateEventBus", json!({ "Name": "b" })).await;
    let seen = cloud.done("DescribeEventBus", json!({ "Name": "b" })).await;
    assert_eq!(seen.get("Description"), None, "what is not said is taken away");
    cloud.done("DeleteEventBus", json!({ "Name": "b" })).await;
    for number in 0..97 {
        cloud.done("CreateEventBus", json!({ "Name": format!("many-{number}") })).await;
    }
    let more = "The requested resource exceeds the maximum number allowed.";
    cloud.refused("CreateEventBus", json!({ "Name": "more" }), "LimitExceededException", more).await;
}

#[tokio::test]
async fn rules_are_put_described_listed_and_removed() {
    let cloud = Cloud::start().await;
    cloud.done("CreateEventBus", json!({ "Name": "b" })).await;
    for (bus, arn) in [("default", rule_arn("r")), ("b", rule_arn("b/r"))] {
        let put = json!({ "Name": "r", "EventBusName": bus, "EventPattern": PATTERN, "Description": "d" });
        for _ in 0..2 {
            assert_eq!(cloud.done("PutRule", put.clone()).await, json!({ "RuleArn": arn }));
        }
        let name = json!({ "Name": "r", "EventBusName": bus });
        let expected = json!({
            "Name": "r", "Arn": arn, "EventPattern": PATTERN, "State": "ENABLED", "Description": "d", "EventBusName": bus,
        });
        let listed = cloud.done("ListRules", json!({ "EventBusName": bus, "NamePrefix": "r" })).await;
        assert_eq!(listed, json!({ "Rules": [expected] }));
        let described = cloud.done("DescribeRule", name.clone()).await;
        assert_eq!((&described["CreatedBy"], &described["Arn"]), (&json!("000000000000"), &json!(arn)));
        for (action, state) in [("DisableRule", "DISABLED"), ("EnableRule", "ENABLED")] {
            cloud.done(action, name.clone()).await;
            assert_eq!(cloud.done("DescribeRule", name.clone()).await["State"], state);
        }
        cloud.done("DeleteRule", name.clone()).await;
        cloud.done("DeleteRule", name.clone()).await;
        let missing = format!("Rule r does not exist on EventBus {bus}.");
        for action in ["DescribeRule", "EnableRule", "DisableRule"] {
            cloud.refused(action, name.clone(), "ResourceNotFoundException", &missing).await;
        }
        let of_rule = json!({ "Rule": "r", "EventBusName": bus });
        cloud.refused("ListTargetsByRule", of_rule, "ResourceNotFoundException", &missing).await;
    }
    let invalid = "ValidationException";
    let schedule = "Parameter ScheduleExpression is not valid.";
    let both = "Parameter(s) EventPattern or ScheduleExpression must be specified.";
    let elsewhere = "ScheduleExpression is supported only on the default event bus.";
    for (input, code, message) in [
        (json!({}), invalid, both),
        (json!({ "ScheduleExpression": "rate(1 minutes)" }), invalid, schedule),
        (json!({ "ScheduleExpression": "cron(0 1 * * * *)" }), invalid, schedule),
        (json!({ "ScheduleExpression": "rate(5 minutes)", "EventBusName": "b" }), invalid, elsewhere),
        (
            json!({ "EventPattern": "{\"source\":\"s\"}" }),
            "InvalidEventPatternException",
            "Event pattern is not valid. Reason: \"source\" must be an object or an array\n at [Source: (String)\"{\"source\":\"s\"}\"; line: 1, column: 12]",
        ),
        (
            json!({ "EventPattern": PATTERN, "EventBusName": "none" }),
            "ResourceNotFoundException",
            "Event bus none does not exist.",
        ),
    ] {
        let mut input = input;
        input["Name"] = json!("r");
        cloud.refused("PutRule", input, code, message).await;
    }
    for number in 0..300 {
        cloud.done("PutRule", json!({ "Name": format!("many-{number}"), "EventPattern": PATTERN })).await;
    }
    let more = "The requested resource exceeds the maximum number allowed.";
    let one = json!({ "Name": "more", "EventPattern": PATTERN });
    cloud.refused("PutRule", one, "LimitExceededException", more).await;
    let first = cloud.done("ListRules", json!({ "Limit": 100 })).await;
    assert_eq!(first["Rules"].as_array().unwrap().len(), 100);
    assert!(first["NextToken"].is_string());
}

#[tokio::test]
async fn targets_are_put_listed_and_removed() {
    let cloud = Cloud::start().await;
    let target = |id: &str| json!({ "Id": id, "Arn": queue(id) });
    cloud.rule("r", PATTERN, json!([target("b"), target("a")])).await;
    cloud.rule("other", PATTERN, json!([target("a")])).await;
    let listed = cloud.done("ListTargetsByRule", json!({ "Rule": "r" })).await;
    assert_eq!(listed, json!({ "Targets": [target("a"), target("b")] }));
    let names = cloud.done("ListRuleNamesByTarget", json!({ "TargetArn": queue("a") })).await;
    assert_eq!(names, json!({ "RuleNames": ["other", "r"] }));
    let has = "Rule can't be deleted since it has targets.";
    cloud.refused("DeleteRule", json!({ "Name": "r" }), "ValidationException", has).await;
    let removed = cloud.done("RemoveTargets", json!({ "Rule": "r", "Ids": ["b", "none"] })).await;
    assert_eq!(removed, json!({ "FailedEntryCount": 0, "FailedEntries": [] }));
    let many: Vec<Value> = (0..5).map(|number| target(&number.to_string())).collect();
    let more = "The requested resource exceeds the maximum number allowed.";
    let put = json!({ "Rule": "r", "Targets": many });
    cloud.refused("PutTargets", put, "LimitExceededException", more).await;
    let listed = cloud.done("ListTargetsByRule", json!({ "Rule": "r" })).await;
    assert_eq!(listed["Targets"].as_array().unwrap().len(), 1, "none of them was put");
    for (with, message) in [
        (
            json!({ "Input": "{}", "InputPath": "$.detail" }),
            "Only one of Input, InputPath, or InputTransformer must be provided for target t.",
        ),
        (json!({ "Input": "text" }), "JSON syntax error in input for target t."),
        (json!({ "InputPath": "detail" }), "Invalid InputPath for target t."),
        (
            json!({ "InputTransformer": { "InputTemplate": "\"<notdefinedkey>\"" } }),
            "InputTemplate for target t contains invalid placeholder notdefinedkey.",
        ),
        (
            json!({ "InputTransformer": { "InputTemplate": "text" } }),
            "Invalid InputTemplate for target t : [Source: (String)\"text\"; line: 1, column: 2].",
        ),
        (json!({ "Arn": queue("q.fifo") }), "Parameter(s) SqsParameters must be specified for target: t."),
        (
            json!({ "Arn": "queue" }),
            "Parameter queue is not valid. Reason: Provided Arn is not in correct format.",
        ),
        (
            json!({ "Arn": format!("arn:aws:states:{REALM}:stateMachine:m") }),
            "Parameter arn:aws:states:us-east-1:000000000000:stateMachine:m is not valid. Reason: targets of the service states are not available in this cloud.",
        ),
        (
            json!({ "RoleArn": "arn:aws:iam::111111111111:role/r" }),
            "Provided role 'arn:aws:iam::111111111111:role/r' cannot be assumed by principal 'events.amazonaws.com'.",
        ),
    ] {
        let mut one = json!({ "Id": "t", "Arn": queue("q") });
        one.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        let put = json!({ "Rule": "r", "Targets": [one] });
        cloud.refused("PutTargets", put, "ValidationException", message).await;
    }
    let none = json!({ "Rule": "none", "Targets": [target("a")] });
    let missing = "Rule none does not exist on EventBus default.";
    cloud.refused("PutTargets", none, "ResourceNotFoundException", missing).await;
}

#[tokio::test]
async fn an_event_is_told_to_the_targets_of_the_rules_that_it_matches() {
    let cloud = Cloud::start().await;
    let function = format!("arn:aws:lambda:{REALM}:function:f");
    cloud.rule("r", PATTERN, json!([{ "Id": "q", "Arn": queue("q") }, { "Id": "f", "Arn": function }])).await;
    cloud
        .rule(
            "detail",
            r#"{"detail":{"n":[{"numeric":[">",1]}]}}"#,
            json!([{ "Id": "n", "Arn": queue("n") }]),
        )
        .await;
    cloud.rule("off", PATTERN, json!([{ "Id": "q", "Arn": queue("off") }])).await;
    cloud.done("DisableRule", json!({ "Name": "off" })).await;
    cloud.done("CreateEventBus", json!({ "Name": "b" })).await;
    let of_bus = json!({ "Name": "r", "EventBusName": "b", "EventPattern": PATTERN });
    cloud.done("PutRule", of_bus).await;
    let target =
        json!({ "Rule": "r", "EventBusName": "b", "Targets": [{ "Id": "q", "Arn": queue("of-bus") }] });
    cloud.done("PutTargets", target).await;

    let entry = json!({
        "Detail": "{ \"n\": 1, \"text\": \"a b\" }", "Resources": ["x"], "Time": 1_767_225_600,
        "TraceHeader": "Root=1-5759e988-bd862e3fe1be46a994272793",
    });
    let id = cloud.put(entry).await["EventId"].clone();
    let taken = cloud.taken(2).await;
    let targets: Vec<&str> = taken.iter().map(|delivery| delivery.target.resource_id()).collect();
    assert_eq!(targets, ["f", "q"]);
    for delivery in &taken {
        let expected = json!({
            "version": "0", "id": id, "detail-type": "t", "source": "s", "account": "000000000000",
            "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": ["x"], "detail": { "n": 1, "text": "a b" },
        });
        assert_eq!(told(delivery), expected);
        assert_eq!(delivery.actor, Actor::Service("events.amazonaws.com".into()));
        assert_eq!(delivery.source_arn.as_ref().map(Arn::as_str), Some(rule_arn("r").as_str()));
        assert_eq!(delivery.trace.to_string(), "Root=1-5759e988-bd862e3fe1be46a994272793");
    }
    cloud.put(json!({ "Source": "other", "Detail": "{\"n\":2}" })).await;
    assert_eq!(cloud.taken(1).await[0].target.as_str(), queue("n"));
    cloud.put(json!({ "EventBusName": "b" })).await;
    assert_eq!(cloud.taken(1).await[0].target.as_str(), queue("of-bus"));
    let arn = format!("arn:aws:events:{REALM}:event-bus/b");
    cloud.put(json!({ "EventBusName": arn })).await;
    assert_eq!(cloud.taken(1).await[0].source_arn.as_ref().map(Arn::as_str), Some(rule_arn("b/r").as_str()));
    cloud.put(json!({ "Source": "nobody's" })).await;
    assert!(cloud.put(json!({ "EventBusName": "none" })).await["EventId"].is_string());
    cloud.quiet().await;
    assert!(cloud.fake.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn entries_are_refused_each_for_itself() {
    let cloud = Cloud::start().await;
    cloud.rule("r", PATTERN, json!([{ "Id": "q", "Arn": queue("q") }])).await;
    let whole = json!({ "Source": "s", "DetailType": "t", "Detail": "{}" });
    let without = |member: &str| {
        let mut entry = whole.clone();
        entry.as_object_mut().unwrap().remove(member);
        entry
    };
    let with = |member: &str, value: &str| {
        let mut entry = whole.clone();
        entry[member] = json!(value);
        entry
    };
    let required =
        |name: &str| format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
    let cases = [
        (without("Source"), "InvalidArgument", required("Source")),
        (without("DetailType"), "InvalidArgument", required("DetailType")),
        (without("Detail"), "InvalidArgument", required("Detail")),
        (with("Detail", "text"), "MalformedDetail", "Detail is malformed.".to_owned()),
        (with("Detail", "[1]"), "MalformedDetail", "Detail is malformed.".to_owned()),
        (
            with("Source", "aws.s3"),
            "NotAuthorizedForSourceException",
            "Not authorized for the source.".to_owned(),
        ),
    ];
    let mut entries: Vec<Value> = cases.iter().map(|(entry, ..)| entry.clone()).collect();
    entries.push(whole.clone());
    let answer = cloud.done("PutEvents", json!({ "Entries": entries })).await;
    assert_eq!(answer["FailedEntryCount"], cases.len());
    for ((_, code, message), seen) in cases.iter().zip(answer["Entries"].as_array().unwrap()) {
        assert_eq!(*seen, json!({ "ErrorCode": code, "ErrorMessage": message }));
    }
    assert!(answer["Entries"][cases.len()]["EventId"].is_string());
    assert_eq!(cloud.taken(1).await.len(), 1, "the good one is told");
    let large = with("Detail", &json!({ "x": "x".repeat(256 * 1024) }).to_string());
    let over = "Total size of the entries in the request is over the limit.";
    cloud.refused("PutEvents", json!({ "Entries": [large] }), "ValidationException", over).await;
    let shown = "PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t, detail={}, eventBusName=null, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)";
    let shown = [shown; 11].join(", ");
    let message = format!(
        "1 validation error detected: Value '[{shown}]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10"
    );
    cloud.refused("PutEvents", json!({ "Entries": vec![whole; 11] }), "ValidationException", &message).await;
}

#[tokio::test]
async fn a_target_gets_what_it_asks_for() {
    let cloud = Cloud::start().await;
    let transformer = json!({
        "InputPathsMap": { "name": "$.detail.name", "none": "$.detail.none" },
        "InputTemplate": "{\"name\": <name>, \"text\": \"<name> by <aws.events.rule-name>\", \"none\": <none>}",
    });
    let fifo = json!({ "MessageGroupId": "g" });
    let topic = format!("arn:aws:sns:{REALM}:t");
    let targets = json!([
        { "Id": "1", "Arn": queue("input"), "Input": "{\"own\":  1}" },
        { "Id": "2", "Arn": queue("path"), "InputPath": "$.detail.name" },
        { "Id": "3", "Arn": queue("nowhere"), "InputPath": "$.detail.none" },
        { "Id": "4", "Arn": topic, "InputTransformer": transformer },
        { "Id": "5", "Arn": queue("z.fifo"), "InputPath": "$.source", "SqsParameters": fifo },
    ]);
    cloud.rule("r", PATTERN, targets).await;
    cloud.put(json!({ "Detail": "{\"name\":\"n\"}" })).await;
    let taken = cloud.taken(5).await;
    let payloads: Vec<(&str, &str)> = taken
        .iter()
        .map(|delivery| (delivery.target.resource(), std::str::from_utf8(&delivery.payload).unwrap()))
        .collect();
    let expected = [
        ("t", r#"{"name": "n", "text": "n by r", "none": ""}"#),
        ("input", "{\"own\":  1}"),
        ("nowhere", "null"),
        ("path", "\"n\""),
        ("z.fifo", "\"s\""),
    ];
    assert_eq!(payloads, expected);
    assert_eq!(taken[4].group_id.as_deref(), Some("g"));
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_and_then_a_dead_letter() {
    let cloud = Cloud::start().await;
    let to = |name: &str, attempts: i32| {
        json!({
            "Id": name, "Arn": queue(name), "DeadLetterConfig": { "Arn": queue("dead") },
            "RetryPolicy": { "MaximumRetryAttempts": attempts, "MaximumEventAgeInSeconds": 3600 },
        })
    };
    cloud.rule("r", PATTERN, json!([to("gone", 5), to("refusing", 5), to("busy", 2)])).await;
    let id = cloud.put(json!({})).await["EventId"].clone();
    let letters = cloud.taken_in(Duration::from_mins(5), 3).await;
    let seen: Vec<(String, Vec<String>)> = letters
        .iter()
        .map(|letter| {
            assert_eq!((&told(letter)["id"], letter.target.as_str()), (&id, queue("dead").as_str()));
            assert_eq!(letter.actor, Actor::Service("events.amazonaws.com".into()));
            let attribute = |name: &str| letter.attributes.get(name).and_then(|value| value.as_text());
            assert_eq!(attribute("RULE_ARN"), Some(rule_arn("r").as_str()));
            let told = ["ERROR_CODE", "ERROR_MESSAGE", "RETRY_ATTEMPTS", "EXHAUSTED_RETRY_CONDITION"];
            let told = told.map(|name| attribute(name).unwrap_or("-").to_owned());
            (attribute("TARGET_ARN").unwrap().to_owned(), told.to_vec())
        })
        .collect();
    let mut seen = seen;
    seen.sort();
    let expected = [
        ("busy", ["THROTTLING", "not now", "2", "MaximumRetryAttempts"]),
        ("gone", ["NO_RESOURCE", "it is gone", "0", "-"]),
        ("refusing", ["NO_PERMISSIONS", "it says no", "0", "-"]),
    ];
    let expected = expected.map(|(name, told)| (queue(name), told.map(str::to_owned).to_vec()));
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_schedule_goes_off_and_goes_on_after_a_restart() {
    let cloud = Cloud::start().await;
    for (name, schedule) in [("every", "rate(5 minutes)"), ("daily", "cron(30 0 * * ? *)")] {
        cloud.done("PutRule", json!({ "Name": name, "ScheduleExpression": schedule })).await;
        let target = json!({ "Id": "t", "Arn": queue(name) });
        cloud.done("PutTargets", json!({ "Rule": name, "Targets": [target] })).await;
    }
    assert!(!cloud.bridge.is_idle().await, "something waits for its time");
    let first = cloud.taken_in(Duration::from_mins(5), 1).await;
    let event = told(&first[0]);
    assert_eq!(first[0].target.as_str(), queue("every"));
    let mut expected = json!({
        "version": "0", "id": event["id"], "detail-type": "Scheduled Event", "source": "aws.events",
        "account": "000000000000", "time": "2026-01-01T00:05:00Z", "region": "us-east-1",
        "resources": [rule_arn("every")], "detail": {},
    });
    assert_eq!(event, expected);
    cloud.quiet().await;
    // To change its targets puts nothing off.
    cloud.clock.advance(Duration::from_mins(3));
    cloud
        .done("PutTargets", json!({ "Rule": "every", "Targets": [{ "Id": "t", "Arn": queue("every") }] }))
        .await;
    let second = cloud.taken_in(Duration::from_mins(2), 1).await;
    assert_eq!(told(&second[0])["time"], "2026-01-01T00:10:00Z");
    cloud.quiet().await;
    cloud.done("DisableRule", json!({ "Name": "every" })).await;
    let daily = cloud.taken_in(Duration::from_mins(25), 1).await;
    expected["time"] = json!("2026-01-01T00:30:00Z");
    expected["resources"] = json!([rule_arn("daily")]);
    expected["id"] = told(&daily[0])["id"].clone();
    assert_eq!(told(&daily[0]), expected);
    cloud.quiet().await;

    // The clock of a test begins anew with each process, half an hour before.
    let cloud = cloud.restarted().await;
    cloud.done("EnableRule", json!({ "Name": "every" })).await;
    let again = cloud.taken_in(Duration::from_mins(5), 1).await;
    assert_eq!(again[0].target.as_str(), queue("every"));
    cloud.done("RemoveTargets", json!({ "Rule": "every", "Ids": ["t"] })).await;
    let next = cloud.taken_in(Duration::from_hours(25), 1).await;
    assert_eq!(
        (next[0].target.as_str(), &told(&next[0])["time"]),
        (queue("daily").as_str(), &json!("2026-01-02T00:30:00Z"))
    );
    for name in ["every", "daily"] {
        cloud.done("RemoveTargets", json!({ "Rule": name, "Ids": ["t"] })).await;
        cloud.done("DeleteRule", json!({ "Name": name })).await;
    }
    cloud.quiet().await;
    assert!(cloud.bridge.is_idle().await);
}

#[tokio::test]
async fn a_bus_passes_events_to_another_and_no_further_than_it_may() {
    let cloud = Cloud::start().await;
    cloud.done("CreateEventBus", json!({ "Name": "b" })).await;
    let bus = |name: &str| format!("arn:aws:events:{REALM}:event-bus/{name}");
    cloud.rule("on", PATTERN, json!([{ "Id": "b", "Arn": bus("b") }])).await;
    cloud.done("PutRule", json!({ "Name": "r", "EventBusName": "b", "EventPattern": PATTERN })).await;
    let targets = json!([{ "Id": "q", "Arn": queue("q") }, { "Id": "back", "Arn": bus("default") }]);
    cloud.done("PutTargets", json!({ "Rule": "r", "EventBusName": "b", "Targets": targets })).await;
    let id = cloud.put(json!({ "Detail": "{\"n\":1}" })).await["EventId"].clone();
    // There and back again, until it has come too far.
    let taken = cloud.taken(8).await;
    assert!(
        taken
            .iter()
            .all(|delivery| told(delivery)["id"] == id && told(delivery)["detail"] == json!({ "n": 1 }))
    );
    cloud.quiet().await;
    assert!(cloud.fake.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn other_services_and_accounts_put_events_where_they_may() {
    let cloud = Cloud::start().await;
    cloud.rule("r", r#"{"source":["aws.s3"]}"#, json!([{ "Id": "q", "Arn": queue("q") }])).await;
    let bus: Arn = format!("arn:aws:events:{REALM}:event-bus/default").parse().unwrap();
    let event = json!({ "source": "aws.s3", "detail-type": "Object Created", "detail": { "k": "v" } });
    let from = |actor: Actor, account: Option<&str>| {
        let source_account = account.map(AccountId::new);
        Delivery { actor, source_account, ..Delivery::new(bus.clone(), event.to_string()) }
    };
    let s3 = || Actor::Service("s3.amazonaws.com".into());
    let deliver = async |delivery: Delivery| {
        let done = cloud.context.peers().deliver(delivery).await;
        done.map(drop).map_err(|error| error.into_error().code().to_owned())
    };
    let denied = Err("AccessDeniedException".to_owned());
    deliver(from(s3(), Some("000000000000"))).await.unwrap();
    let told = told(&cloud.taken(1).await[0]);
    assert_eq!(
        (&told["account"], &told["region"], &told["time"]),
        (&json!("000000000000"), &json!("us-east-1"), &json!("2026-01-01T00:00:00Z"))
    );
    assert_eq!(deliver(from(s3(), Some("111111111111"))).await, denied);
    let foreign = || Actor::Foreign(AccountId::new("111111111111"));
    assert_eq!(deliver(from(foreign(), None)).await, denied);
    cloud
        .done(
            "PutPermission",
            json!({ "StatementId": "s", "Action": "events:PutEvents", "Principal": "111111111111" }),
        )
        .await;
    deliver(from(foreign(), None)).await.unwrap();
    cloud.taken(1).await;
    let gone: Arn = format!("arn:aws:events:{REALM}:event-bus/none").parse().unwrap();
    let to_none = Delivery { target: gone, ..from(Actor::Account, None) };
    assert_eq!(deliver(to_none).await, Err("ResourceNotFoundException".to_owned()));
    let text = Delivery { payload: "text".into(), ..from(Actor::Account, None) };
    assert_eq!(deliver(text).await, Err("ValidationException".to_owned()));
}

#[tokio::test]
async fn permissions_are_statements_of_a_bus_s_policy() {
    let cloud = Cloud::start().await;
    let statement = |id: &str, principal: &str| json!({ "StatementId": id, "Action": "events:PutEvents", "Principal": principal });
    for (id, principal) in [("one", "111111111111"), ("all", "*"), ("one", "222222222222")] {
        cloud.done("PutPermission", statement(id, principal)).await;
    }
    let arn = format!("arn:aws:events:{REALM}:event-bus/default");
    let policy = async || {
        let seen = cloud.done("DescribeEventBus", json!({})).await;
        seen.get("Policy").map(|policy| serde_json::from_str::<Value>(policy.as_str().unwrap()).unwrap())
    };
    let kept = |id: &str, principal: Value| json!({ "Sid": id, "Effect": "Allow", "Principal": principal, "Action": "events:PutEvents", "Resource": arn });
    let both = [kept("one", json!({ "AWS": "arn:aws:iam::222222222222:root" })), kept("all", json!("*"))];
    assert_eq!(policy().await, Some(json!({ "Version": "2012-10-17", "Statement": both })));
    cloud.done("RemovePermission", json!({ "StatementId": "one" })).await;
    assert_eq!(policy().await.unwrap()["Statement"], json!([kept("all", json!("*"))]));
    let missing = "Statement with the provided id does not exist.";
    cloud
        .refused("RemovePermission", json!({ "StatementId": "one" }), "ResourceNotFoundException", missing)
        .await;
    cloud.done("RemovePermission", json!({ "RemoveAllPermissions": true })).await;
    assert_eq!(policy().await, None);
    cloud
        .refused("RemovePermission", json!({ "StatementId": "all" }), "ResourceNotFoundException", missing)
        .await;
    let whole = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "w", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" }, "Action": "events:ListRules", "Resource": "*" },
    ] });
    cloud.done("PutPermission", json!({ "Policy": whole.to_string() })).await;
    assert_eq!(policy().await, Some(whole));
    let none =
        json!({ "EventBusName": "none", "StatementId": "s", "Action": "events:PutEvents", "Principal": "*" });
    cloud.refused("PutPermission", none, "ResourceNotFoundException", "Event bus none does not exist.").await;
    let long = json!({ "Policy": "x".repeat(10_241) });
    let message = "The policy of an event bus cannot have more than 10240 characters.";
    cloud.refused("PutPermission", long, "PolicyLengthExceededException", message).await;
}

#[tokio::test]
async fn buses_and_rules_have_tags() {
    let cloud = Cloud::start().await;
    let tags = |pairs: &[(&str, &str)]| -> Value {
        pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    };
    let (bus, rule) = (format!("arn:aws:events:{REALM}:event-bus/b"), rule_arn("b/r"));
    cloud.done("CreateEventBus", json!({ "Name": "b", "Tags": tags(&[("a", "1")]) })).await;
    let put =
        json!({ "Name": "r", "EventBusName": "b", "EventPattern": PATTERN, "Tags": tags(&[("a", "1")]) });
    cloud.done("PutRule", put).await;
    // Those of a rule that is there stay.
    let again =
        json!({ "Name": "r", "EventBusName": "b", "EventPattern": PATTERN, "Tags": tags(&[("x", "y")]) });
    cloud.done("PutRule", again).await;
    for arn in [&bus, &rule] {
        cloud.done("TagResource", json!({ "ResourceARN": arn, "Tags": tags(&[("b", "2")]) })).await;
        cloud.done("UntagResource", json!({ "ResourceARN": arn, "TagKeys": ["a", "none"] })).await;
        let listed = cloud.done("ListTagsForResource", json!({ "ResourceARN": arn })).await;
        assert_eq!(listed, json!({ "Tags": tags(&[("b", "2")]) }));
    }
    for (resource, message) in [
        ("rule/none", "Rule none does not exist on EventBus default."),
        ("event-bus/none", "Event bus none does not exist."),
    ] {
        let arn = format!("arn:aws:events:{REALM}:{resource}");
        for (action, more) in [
            ("ListTagsForResource", json!({})),
            ("TagResource", json!({ "Tags": tags(&[("a", "1")]) })),
            ("UntagResource", json!({ "TagKeys": ["a"] })),
        ] {
            let mut input = more;
            input["ResourceARN"] = json!(arn);
            cloud.refused(action, input, "ResourceNotFoundException", message).await;
        }
    }
}

#[tokio::test]
async fn patterns_are_tested() {
    let cloud = Cloud::start().await;
    let event = json!({
        "id": "i", "account": "a", "source": "s", "time": "2026-01-01T00:00:00Z", "region": "r", "resources": ["x"],
        "detail-type": "t", "detail": { "n": 3, "text": "abc", "ip": "10.0.0.1", "list": ["a", "b"] },
    });
    for (pattern, expected) in [
        (json!({ "source": ["s"] }), true),
        (json!({ "source": ["other"] }), false),
        (json!({ "detail": { "n": [{ "numeric": ["=", 3] }] } }), true),
        (json!({ "detail": { "text": [{ "wildcard": "a*c" }] } }), true),
        (json!({ "detail": { "text": [{ "anything-but": { "prefix": "ab" } }] } }), false),
        (json!({ "detail": { "text": [{ "equals-ignore-case": "ABC" }] } }), true),
        (json!({ "detail": { "ip": [{ "cidr": "10.0.0.0/8" }] } }), true),
        (json!({ "detail": { "list": ["b"] } }), true),
        (json!({ "detail": { "none": [{ "exists": false }] } }), true),
        (json!({ "$or": [{ "source": ["other"] }, { "detail-type": ["t"] }] }), true),
    ] {
        let input = json!({ "EventPattern": pattern.to_string(), "Event": event.to_string() });
        assert_eq!(cloud.done("TestEventPattern", input).await, json!({ "Result": expected }), "{pattern}");
    }
    for wrong in ["plain text", "\"text\"", "{}", "[]"] {
        let input = json!({ "EventPattern": PATTERN, "Event": wrong });
        cloud
            .refused("TestEventPattern", input, "ValidationException", "Parameter Event is not valid.")
            .await;
    }
    let input = json!({ "EventPattern": "\"simple string\"", "Event": event.to_string() });
    let message = "Event pattern is not valid. Reason: Filter is not an object\n at [Source: (String)\"\"simple string\"\"; line: 1, column: 2]";
    cloud.refused("TestEventPattern", input, "InvalidEventPatternException", message).await;
}
