//! Operations through the endpoint: what clients send, what they are answered, and what is delivered.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_core::{
    Actor, Arn, Attribute, AwsError, Context, Delivered, Delivery, ManualClock, PortError, Target,
};
use cloud_sns::{Kind, Signer, Sns, Trust};
use cloud_wire::Endpoint;
use cloud_wire::listening::{Answer, DATE, Listening, NoKeys, signature};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::sync::Notify;

mod web;

/// A service that takes deliveries, all but those for what is called `gone` or `refusing`.
#[derive(Default)]
struct Fake {
    taken: Mutex<Vec<Delivery>>,
    came: Notify,
}

#[async_trait]
impl Target for Fake {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        match delivery.target.resource() {
            "gone" => return Err(PortError::Gone(AwsError::new("NotFound", "gone").status(404))),
            "refusing" => return Err(PortError::Refused(AwsError::access_denied("no"))),
            _ => {}
        }
        self.taken.lock().unwrap().push(delivery);
        self.came.notify_one();
        Ok(Delivered::default())
    }
}

struct Cloud {
    endpoint: Listening,
    sns: Arc<Sns>,
    clock: Arc<ManualClock>,
    context: Context,
    fake: Arc<Fake>,
    _folder: tempfile::TempDir,
}

const REALM: &str = "arn:aws:sns:us-east-1:000000000000";

fn queue(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}")
}

impl Cloud {
    async fn start() -> Self {
        Self::trusting(Trust::System).await
    }

    /// With those authorities trusted for HTTPS endpoints.
    async fn trusting(trust: Trust) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, clock) = Context::for_test(folder.path());
        let fake = Arc::new(Fake::default());
        context.peers().add_target("sqs", fake.clone());
        context.peers().add_target("lambda", fake.clone());
        let sns = {
            let signer = Signer::in_folder(folder.path());
            cloud_sns::open_trusting(&context, signer, trust).await.unwrap()
        };
        let account = context.account().clone();
        let endpoint = Endpoint::new(context.clone(), Arc::new(NoKeys))
            .with_any_key(account)
            .with_service(sns.clone())
            .with_front(sns.front());
        let endpoint = Listening::start(endpoint).await.unwrap();
        context.set_endpoint(format!("http://localhost:{}", endpoint.port()));
        Self { endpoint, sns, clock, context, fake, _folder: folder }
    }

    async fn ask(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let rest = parameters.iter().map(|(name, value)| format!("&{}={}", encode(name), encode(value)));
        let body = format!("Action={action}&Version=2010-03-31{}", rest.collect::<String>());
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n\
             content-type: application/x-www-form-urlencoded; charset=utf-8\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("sns"),
            body.len()
        );
        self.endpoint.exchange(&request).await.unwrap()
    }

    /// A request without a signature.
    async fn get(&self, path: &str) -> Answer {
        let port = self.endpoint.port();
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
        self.endpoint.exchange(&request).await.unwrap()
    }

    async fn done(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let answer = self.ask(action, parameters).await;
        assert_eq!(answer.status, 200, "{action} {parameters:?}: {}", answer.body);
        answer.body
    }

    async fn refused(&self, action: &str, parameters: &[(&str, &str)], code: &str, message: &str) {
        let answer = self.ask(action, parameters).await;
        let told = (inside(&answer.body, "Code"), inside(&answer.body, "Message"));
        assert_eq!(told, (code.to_owned(), message.to_owned()), "{action} {parameters:?}");
        assert!((400..500).contains(&answer.status), "{}", answer.status);
    }

    async fn topic(&self, name: &str, attributes: &[(&str, &str)]) -> String {
        let body =
            self.done("CreateTopic", &with(&[("Name", name)], "Attributes", attributes).borrowed()).await;
        inside(&body, "TopicArn")
    }

    async fn subscribe(
        &self,
        topic: &str,
        protocol: &str,
        endpoint: &str,
        attributes: &[(&str, &str)],
    ) -> String {
        let own = [
            ("TopicArn", topic),
            ("Protocol", protocol),
            ("Endpoint", endpoint),
            ("ReturnSubscriptionArn", "true"),
        ];
        let body = self.done("Subscribe", &with(&own, "Attributes", attributes).borrowed()).await;
        inside(&body, "SubscriptionArn")
    }

    /// What is delivered next, by its target.
    async fn taken(&self, count: usize) -> Vec<Delivery> {
        loop {
            let came = self.fake.came.notified();
            let all = {
                let mut taken = self.fake.taken.lock().unwrap();
                (taken.len() >= count).then(|| std::mem::take(&mut *taken))
            };
            if let Some(mut all) = all {
                all.sort_by_key(|delivery| delivery.target.to_string());
                return all;
            }
            came.await;
        }
    }

    async fn attributes(&self, action: &str, parameter: &str, arn: &str) -> BTreeMap<String, String> {
        let body = self.done(action, &[(parameter, arn)]).await;
        let entries = body.split("<entry>").skip(1);
        entries.map(|entry| (inside(entry, "key"), inside(entry, "value"))).collect()
    }

    /// What a task ends with, while time passes.
    async fn ended<T>(&self, task: tokio::task::JoinHandle<T>) -> T {
        while !task.is_finished() {
            self.clock.advance(std::time::Duration::from_millis(1));
            tokio::task::yield_now().await;
        }
        task.await.unwrap()
    }

    async fn quiet(&self) {
        while !self.sns.is_idle().await {
            tokio::task::yield_now().await;
        }
    }
}

/// Parameters with the entries of a map.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn borrowed(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

fn with(own: &[(&str, &str)], map: &str, entries: &[(&str, &str)]) -> Parameters {
    let mut all: Vec<_> = own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for ((name, value), number) in entries.iter().zip(1..) {
        all.push((format!("{map}.entry.{number}.key"), (*name).to_owned()));
        all.push((format!("{map}.entry.{number}.value"), (*value).to_owned()));
    }
    Parameters(all)
}

/// The text of the first element of a name.
fn inside(body: &str, element: &str) -> String {
    let found = body.split_once(&format!("<{element}>")).map(|(_, rest)| rest);
    let text = found.and_then(|rest| rest.split_once(&format!("</{element}>"))).map_or("", |(text, _)| text);
    text.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&#xA;", "\n")
        .replace("&#10;", "\n")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn a_topic_is_made_found_and_removed() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[("DisplayName", "d")]).await;
    assert_eq!(topic, format!("{REALM}:t"));
    assert_eq!(cloud.topic("t", &[("DisplayName", "d")]).await, topic);
    assert_eq!(cloud.topic("t", &[]).await, topic);
    let differs = "Invalid parameter: Attributes Reason: Topic already exists with different attributes";
    let other = with(&[("Name", "t")], "Attributes", &[("DisplayName", "e")]);
    cloud.refused("CreateTopic", &other.borrowed(), "InvalidParameter", differs).await;
    let tagged = [("Name", "t"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")];
    let differs = "Invalid parameter: Tags Reason: Topic already exists with different tags";
    cloud.refused("CreateTopic", &tagged, "InvalidParameter", differs).await;
    cloud
        .refused("CreateTopic", &[("Name", "a.b")], "InvalidParameter", "Invalid parameter: Topic Name")
        .await;
    let all = cloud.attributes("GetTopicAttributes", "TopicArn", &topic).await;
    assert_eq!(all["DisplayName"], "d");
    assert_eq!(all["SubscriptionsConfirmed"], "0");
    assert!(all["Policy"].contains("__default_statement_ID"), "{}", all["Policy"]);
    assert!(all["EffectiveDeliveryPolicy"].contains("\"numRetries\":3"));
    assert!(!all.contains_key("FifoTopic"));
    assert!(cloud.done("ListTopics", &[]).await.contains(&topic));
    cloud.done("DeleteTopic", &[("TopicArn", &topic)]).await;
    cloud.done("DeleteTopic", &[("TopicArn", &topic)]).await;
    cloud.refused("GetTopicAttributes", &[("TopicArn", &topic)], "NotFound", "Topic does not exist").await;
    let malformed = "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1";
    cloud.refused("GetTopicAttributes", &[("TopicArn", "x")], "InvalidParameter", malformed).await;
    let missing = "Invalid parameter: TopicArn Reason: no value for required parameter";
    cloud.refused("GetTopicAttributes", &[], "InvalidParameter", missing).await;
}

#[tokio::test]
async fn attributes_of_a_topic_are_set() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let set = |name: &'static str, value: &'static str| {
        let topic = topic.clone();
        [("TopicArn", topic), ("AttributeName", name.to_owned()), ("AttributeValue", value.to_owned())]
    };
    for (name, value, wrong) in [
        ("DisplayName", "x", None),
        ("FifoTopic", "false", Some("Invalid parameter: AttributeName")),
        (
            "SignatureVersion",
            "3",
            Some("Invalid parameter: SignatureVersion: Invalid value [3]. Must be 1 or 2."),
        ),
    ] {
        let all = set(name, value);
        let all = all.each_ref().map(|(name, value)| (*name, value.as_str()));
        match wrong {
            Some(wrong) => cloud.refused("SetTopicAttributes", &all, "InvalidParameter", wrong).await,
            None => drop(cloud.done("SetTopicAttributes", &all).await),
        }
    }
    assert_eq!(cloud.attributes("GetTopicAttributes", "TopicArn", &topic).await["DisplayName"], "x");
    let add = [
        ("TopicArn", &*topic),
        ("Label", "l"),
        ("AWSAccountId.member.1", "111111111111"),
        ("ActionName.member.1", "Publish"),
    ];
    cloud.done("AddPermission", &add).await;
    let policy = cloud.attributes("GetTopicAttributes", "TopicArn", &topic).await["Policy"].clone();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let expected = json!({ "Sid": "l", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111111111111:root" }, "Action": "SNS:Publish", "Resource": topic });
    assert_eq!(policy["Statement"][1], expected);
    cloud.done("RemovePermission", &[("TopicArn", &topic), ("Label", "l")]).await;
    let policy = cloud.attributes("GetTopicAttributes", "TopicArn", &topic).await["Policy"].clone();
    assert!(!policy.contains("111111111111"));
}

#[tokio::test]
async fn what_is_published_reaches_queues_and_functions() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let plain = cloud.subscribe(&topic, "sqs", &queue("b"), &[]).await;
    cloud.subscribe(&topic, "sqs", &queue("c"), &[("RawMessageDelivery", "true")]).await;
    let function = "arn:aws:lambda:us-east-1:000000000000:function:a";
    let by_function = cloud.subscribe(&topic, "lambda", function, &[]).await;
    let publish = [
        ("TopicArn", &*topic),
        ("Message", "hello"),
        ("Subject", "s"),
        ("MessageAttributes.entry.1.Name", "n"),
        ("MessageAttributes.entry.1.Value.DataType", "Number"),
        ("MessageAttributes.entry.1.Value.StringValue", "99.12"),
    ];
    let id = inside(&cloud.done("Publish", &publish).await, "MessageId");
    let taken = cloud.taken(3).await;
    for delivery in &taken {
        assert_eq!(delivery.actor, Actor::Service("sns.amazonaws.com".into()));
        assert_eq!(delivery.source_arn.as_ref().map(Arn::as_str), Some(&*topic));
    }
    let event: Value = serde_json::from_slice(&taken[0].payload).unwrap();
    let record = &event["Records"][0];
    assert_eq!(
        (&record["EventSource"], &record["EventSubscriptionArn"]),
        (&json!("aws:sns"), &json!(by_function))
    );
    assert_eq!((&record["Sns"]["Message"], &record["Sns"]["MessageId"]), (&json!("hello"), &json!(id)));
    let body: Value = serde_json::from_slice(&taken[1].payload).unwrap();
    let names: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        [
            "Type",
            "MessageId",
            "TopicArn",
            "Subject",
            "Message",
            "Timestamp",
            "SignatureVersion",
            "Signature",
            "SigningCertURL",
            "UnsubscribeURL",
            "MessageAttributes"
        ]
    );
    assert_eq!(body["MessageAttributes"], json!({ "n": { "Type": "Number", "Value": "99.12" } }));
    assert!(taken[1].attributes.is_empty());
    assert_eq!(&taken[2].payload[..], b"hello");
    let number = Attribute { data_type: "Number".into(), ..Attribute::text("99.12") };
    assert_eq!(taken[2].attributes["n"], number);
    // The address in the notification ends the subscription.
    let address = body["UnsubscribeURL"].as_str().unwrap().split_once("/_aws").unwrap().1.to_owned();
    assert_eq!(cloud.get(&format!("/_aws{address}")).await.status, 200);
    let gone = [("SubscriptionArn", &*plain)];
    cloud.refused("GetSubscriptionAttributes", &gone, "NotFound", "Subscription does not exist").await;
    cloud.done("Unsubscribe", &gone).await;
    let all = cloud.attributes("GetTopicAttributes", "TopicArn", &topic).await;
    assert_eq!((&*all["SubscriptionsConfirmed"], &*all["SubscriptionsDeleted"]), ("2", "1"));
}

#[tokio::test]
async fn messages_that_may_not_be_are_refused() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let no_group = "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type";
    let attribute = "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.";
    for (more, code, message) in [
        (&[("Message", "")][..], "InvalidParameter", "Invalid parameter: Empty message"),
        (&[], "InvalidParameter", "Invalid parameter: Empty message"),
        (&[("Message", "m"), ("Subject", "")], "InvalidParameter", "Invalid parameter: Subject"),
        (&[("Message", "m"), ("MessageDeduplicationId", "d")], "InvalidParameter", no_group),
        (
            &[
                ("Message", "m"),
                ("MessageAttributes.entry.1.Name", "a"),
                ("MessageAttributes.entry.1.Value.DataType", "String"),
            ],
            "ParameterValueInvalid",
            attribute,
        ),
        (
            &[
                ("Message", "m"),
                ("MessageAttributes.entry.1.Name", "a"),
                ("MessageAttributes.entry.1.Value.StringValue", "v"),
            ],
            "ValidationError",
            "1 validation error detected: Value null at 'messageAttributes.a.member.dataType' failed to satisfy constraint: Member must not be null",
        ),
    ] {
        let all = [&[("TopicArn", &*topic)][..], more].concat();
        cloud.refused("Publish", &all, code, message).await;
    }
    let unknown = format!("{REALM}:unknown");
    cloud
        .refused("Publish", &[("TopicArn", &unknown), ("Message", "m")], "NotFound", "Topic does not exist")
        .await;
    let elsewhere = [("TopicArn", "arn:aws:sns:eu-west-1:000000000000:t"), ("Message", "m")];
    cloud.refused("Publish", &elsewhere, "InvalidParameter", "Invalid parameter: TopicArn").await;
    let large = "x".repeat((256 << 10) + 1);
    let large = [("TopicArn", &*topic), ("Message", &*large)];
    cloud.refused("Publish", &large, "InvalidParameter", "Invalid parameter: Message too long").await;
    let endpoint = format!("{REALM}:endpoint/APNS/a/b");
    let no_endpoint = "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified";
    cloud
        .refused("Publish", &[("TargetArn", &endpoint), ("Message", "m")], "InvalidParameter", no_endpoint)
        .await;
}

#[tokio::test]
async fn subscriptions_are_looked_at() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let fifo = cloud.topic("f.fifo", &[("FifoTopic", "true")]).await;
    let (to_fifo, plain) = (queue("q.fifo"), queue("q"));
    for (topic, protocol, endpoint, message) in [
        (&topic, "x", "y", "Invalid parameter: Amazon SNS does not support this protocol string: x"),
        (&topic, "sqs", "http://localhost/q", "Invalid parameter: SQS endpoint ARN"),
        (&topic, "sms", "invalid-number", "Invalid parameter: Invalid SMS endpoint: invalid-number"),
        (&topic, "http", "ftp://x", "Invalid parameter: Endpoint must match the specified protocol"),
        (&topic, "email", "x", "Invalid parameter: Email address"),
        (
            &topic,
            "sqs",
            &to_fifo,
            "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
        ),
    ] {
        let all = [("TopicArn", &**topic), ("Protocol", protocol), ("Endpoint", endpoint)];
        cloud.refused("Subscribe", &all, "InvalidParameter", message).await;
    }
    cloud.subscribe(&fifo, "sqs", &plain, &[]).await;
}

#[tokio::test]
async fn attributes_of_a_subscription_are_told_and_set() {
    let cloud = Cloud::start().await;
    let (topic, plain) = (cloud.topic("t", &[]).await, queue("q"));
    let filter = r#"{"a":[{"numeric":[">",0]}]}"#;
    let arn = cloud.subscribe(&topic, "sqs", &plain, &[("FilterPolicy", filter)]).await;
    assert_eq!(
        cloud.subscribe(&topic, "sqs", &plain, &[("FilterPolicy", filter)]).await,
        arn,
        "the same again"
    );
    let all = cloud.attributes("GetSubscriptionAttributes", "SubscriptionArn", &arn).await;
    let expected = [
        ("ConfirmationWasAuthenticated", "true"),
        ("Endpoint", &plain),
        ("FilterPolicy", filter),
        ("FilterPolicyScope", "MessageAttributes"),
        ("Owner", "000000000000"),
        ("PendingConfirmation", "false"),
        ("Protocol", "sqs"),
        ("RawMessageDelivery", "false"),
        ("SubscriptionArn", &arn),
        ("SubscriptionPrincipal", "arn:aws:iam::000000000000:root"),
        ("TopicArn", &topic),
    ];
    assert_eq!(all, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let nested = [
        ("SubscriptionArn", &*arn),
        ("AttributeName", "FilterPolicy"),
        ("AttributeValue", r#"{"a":{"b":["c"]}}"#),
    ];
    let message =
        "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy";
    cloud.refused("SetSubscriptionAttributes", &nested, "InvalidParameter", message).await;
    let scope = [
        ("SubscriptionArn", &*arn),
        ("AttributeName", "FilterPolicyScope"),
        ("AttributeValue", "MessageBody"),
    ];
    cloud.done("SetSubscriptionAttributes", &scope).await;
    cloud.done("SetSubscriptionAttributes", &nested).await;
    for (name, value, message) in [
        ("fake", "x", "Invalid parameter: AttributeName"),
        (
            "RawMessageDelivery",
            "",
            "Invalid parameter: RawMessageDelivery: Invalid value []. Must be true or false.",
        ),
    ] {
        let all = [("SubscriptionArn", &*arn), ("AttributeName", name), ("AttributeValue", value)];
        cloud.refused("SetSubscriptionAttributes", &all, "InvalidParameter", message).await;
    }
    let body = cloud.done("ListSubscriptionsByTopic", &[("TopicArn", &topic)]).await;
    assert_eq!(inside(&body, "SubscriptionArn"), arn);
    assert_eq!(cloud.done("ListSubscriptions", &[]).await.matches("<Protocol>sqs").count(), 1);
}

#[tokio::test]
async fn filters_decide_who_hears() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    cloud.subscribe(&topic, "sqs", &queue("a"), &[("FilterPolicy", r#"{"k":["x"]}"#)]).await;
    let body = [("FilterPolicy", r#"{"k":["x"]}"#), ("FilterPolicyScope", "MessageBody")];
    cloud.subscribe(&topic, "sqs", &queue("b"), &body).await;
    cloud.subscribe(&topic, "sqs", &queue("c"), &[]).await;
    let attribute = [
        ("TopicArn", &*topic),
        ("Message", "m"),
        ("MessageAttributes.entry.1.Name", "k"),
        ("MessageAttributes.entry.1.Value.DataType", "String"),
        ("MessageAttributes.entry.1.Value.StringValue", "x"),
    ];
    let targets = |taken: Vec<Delivery>| -> Vec<String> {
        taken.iter().map(|delivery| delivery.target.resource().to_owned()).collect()
    };
    cloud.done("Publish", &attribute).await;
    assert_eq!(targets(cloud.taken(2).await), ["a", "c"]);
    cloud.done("Publish", &[("TopicArn", &topic), ("Message", r#"{"k":"x"}"#)]).await;
    assert_eq!(targets(cloud.taken(2).await), ["b", "c"]);
    cloud.done("Publish", &[("TopicArn", &topic), ("Message", "m")]).await;
    assert_eq!(targets(cloud.taken(1).await), ["c"]);
    cloud.quiet().await;
    assert!(cloud.fake.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_fifo_topic_orders_and_tells_duplicates() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t.fifo", &[("FifoTopic", "true"), ("ContentBasedDeduplication", "true")]).await;
    cloud.subscribe(&topic, "sqs", &queue("q.fifo"), &[]).await;
    cloud.subscribe(&topic, "sqs", &queue("r"), &[]).await;
    let publish = [("TopicArn", &*topic), ("Message", "m"), ("MessageGroupId", "g")];
    let first = cloud.done("Publish", &publish).await;
    let (id, sequence) = (inside(&first, "MessageId"), inside(&first, "SequenceNumber"));
    assert_eq!(sequence, "10000000000000001000");
    let again = cloud.done("Publish", &publish).await;
    assert_eq!((inside(&again, "MessageId"), inside(&again, "SequenceNumber")), (id, sequence.clone()));
    let taken = cloud.taken(2).await;
    assert_eq!(taken[0].group_id.as_deref(), Some("g"));
    assert_eq!(taken[0].deduplication_id.as_ref().map(String::len), Some(64));
    let body: Value = serde_json::from_slice(&taken[0].payload).unwrap();
    assert_eq!(body["SequenceNumber"], *sequence);
    assert_eq!((&taken[1].group_id, &taken[1].deduplication_id), (&None, &None), "a standard queue");
    cloud.quiet().await;
    cloud.clock.advance(std::time::Duration::from_secs(301));
    let later = cloud.done("Publish", &publish).await;
    assert_eq!(inside(&later, "SequenceNumber"), "10000000000000002000");
    assert_eq!(cloud.taken(2).await.len(), 2);
    let no_group = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics";
    cloud.refused("Publish", &[("TopicArn", &topic), ("Message", "m")], "InvalidParameter", no_group).await;
}

#[tokio::test]
async fn batches_fail_in_part() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    cloud.subscribe(&topic, "sqs", &queue("q"), &[("RawMessageDelivery", "true")]).await;
    let entry = |number: usize, member: &str| format!("PublishBatchRequestEntries.member.{number}.{member}");
    let batch = |entries: &[(&str, &str)]| {
        let mut all = vec![("TopicArn".to_owned(), topic.clone())];
        for ((id, text), number) in entries.iter().zip(1..) {
            all.push((entry(number, "Id"), (*id).to_owned()));
            all.push((entry(number, "Message"), (*text).to_owned()));
        }
        Parameters(all)
    };
    let body = cloud.done("PublishBatch", &batch(&[("a", "1"), ("b", ""), ("c", "2")]).borrowed()).await;
    assert_eq!(body.matches("<MessageId>").count(), 2, "{body}");
    assert!(body.contains("<Id>b</Id>") && body.contains("Empty message"), "{body}");
    let taken = cloud.taken(2).await;
    let mut texts: Vec<&[u8]> = taken.iter().map(|delivery| &delivery.payload[..]).collect();
    texts.sort_unstable();
    assert_eq!(texts, [b"1", b"2"]);
    let ids: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "m")).collect();
    let large = "x".repeat(200 << 10);
    for (entries, code, message) in [
        (&[][..], "EmptyBatchRequest", "The batch request doesn't contain any entries."),
        (&many, "TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible."),
        (
            &[("a", "1"), ("a", "2")],
            "BatchEntryIdsNotDistinct",
            "Two or more batch entries in the request have the same Id.",
        ),
        (
            &[("a:b", "1")],
            "InvalidBatchEntryId",
            "The Id of a batch entry in a batch request doesn't abide by the specification.",
        ),
        (
            &[("a", &*large), ("b", &*large)],
            "BatchRequestTooLong",
            "The length of all the messages put together is more than the limit.",
        ),
    ] {
        cloud.refused("PublishBatch", &batch(entries).borrowed(), code, message).await;
    }
}

#[tokio::test]
async fn what_cannot_be_delivered_becomes_a_dead_letter() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let redrive = json!({ "deadLetterTargetArn": queue("dead") }).to_string();
    cloud.subscribe(&topic, "sqs", &queue("gone"), &[("RedrivePolicy", &redrive)]).await;
    cloud.subscribe(&topic, "sqs", &queue("refusing"), &[]).await;
    let raw = [("RedrivePolicy", &*redrive), ("RawMessageDelivery", "true")];
    cloud.subscribe(&topic, "sqs", "arn:aws:sqs:eu-west-1:000000000000:refusing", &raw).await;
    cloud
        .subscribe(
            &topic,
            "lambda",
            "arn:aws:lambda:us-east-1:000000000000:gone",
            &[("RedrivePolicy", &redrive)],
        )
        .await;
    cloud.done("Publish", &[("TopicArn", &topic), ("Message", "m")]).await;
    let taken = cloud.taken(3).await;
    let texts: Vec<Value> =
        taken.iter().map(|delivery| serde_json::from_slice(&delivery.payload).unwrap_or_default()).collect();
    assert!(taken.iter().all(|delivery| delivery.target.as_str() == queue("dead")));
    assert_eq!(texts.iter().filter(|text| text["Message"] == "m").count(), 2, "{texts:?}");
    assert_eq!(taken.iter().filter(|delivery| &delivery.payload[..] == b"m").count(), 1);
    cloud.quiet().await;
    assert!(cloud.fake.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn mail_and_short_messages_lie_in_the_inbox() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    cloud.subscribe(&topic, "email", "a@example.com", &[]).await;
    cloud.subscribe(&topic, "sms", "+15555550100", &[]).await;
    let asked = cloud.sns.inbox().await.unwrap();
    assert_eq!((asked[0].kind, &*asked[0].to), (Kind::Confirmation, "a@example.com"));
    let token = asked[0].text.rsplit("Token=").next().unwrap().to_owned();
    cloud.done("ConfirmSubscription", &[("TopicArn", &topic), ("Token", &token)]).await;
    let structure = [
        ("TopicArn", &*topic),
        ("Message", r#"{"default":"d","email":"e","sms":"s"}"#),
        ("MessageStructure", "json"),
    ];
    cloud.done("Publish", &structure).await;
    cloud.done("Publish", &[("PhoneNumber", "+15555550101"), ("Message", "x")]).await;
    let shown = async |query: &str| {
        let request = format!(
            "GET /_cumulo/sns/inbox{query} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\n\
             authorization: {}\r\n\r\n",
            cloud.endpoint.port(),
            signature("sns"),
        );
        let answer = cloud.endpoint.exchange(&request).await.unwrap();
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        let letters = told["letters"].as_array().unwrap().iter();
        letters.map(|letter| letter["text"].as_str().unwrap().len()).collect::<Vec<_>>()
    };
    assert_eq!(shown("").await.len(), 4);
    let of_topic = shown(&format!("?topic={topic}")).await;
    assert_eq!((of_topic.len(), of_topic[0], of_topic[1]), (3, 1, 1), "the newest first");
    let letters = cloud.sns.inbox().await.unwrap();
    let mut told: Vec<_> = letters.iter().map(|letter| (letter.to.as_str(), letter.text.as_str())).collect();
    told.truncate(3);
    told.sort_unstable();
    assert_eq!(told, [("+15555550100", "s"), ("+15555550101", "x"), ("a@example.com", "e")]);
    let wrong = "Invalid parameter: PhoneNumber Reason: x is not valid to publish to";
    cloud.refused("Publish", &[("PhoneNumber", "x"), ("Message", "x")], "InvalidParameter", wrong).await;
    assert_eq!(
        inside(
            &cloud.done("CheckIfPhoneNumberIsOptedOut", &[("phoneNumber", "+15555550100")]).await,
            "isOptedOut"
        ),
        "false"
    );
    let format = "Invalid parameter: PhoneNumber Reason: input incorrectly formatted";
    cloud.refused("OptInPhoneNumber", &[("phoneNumber", "x")], "InvalidParameter", format).await;
}

#[tokio::test]
async fn tags_settings_and_records_are_kept() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let tag = |key: &'static str| {
        [
            ("ResourceArn", topic.clone()),
            ("Tags.member.1.Key", key.to_owned()),
            ("Tags.member.1.Value", "v".to_owned()),
        ]
    };
    let all = tag("k");
    cloud.done("TagResource", &all.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    let twice = [
        ("ResourceArn", &*topic),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
        ("Tags.member.2.Key", "k"),
        ("Tags.member.2.Value", "w"),
    ];
    cloud
        .refused(
            "TagResource",
            &twice,
            "InvalidParameter",
            "Invalid parameter: Duplicated keys are not allowed.",
        )
        .await;
    assert_eq!(inside(&cloud.done("ListTagsForResource", &[("ResourceArn", &topic)]).await, "Key"), "k");
    cloud.done("UntagResource", &[("ResourceArn", &topic), ("TagKeys.member.1", "k")]).await;
    assert_eq!(inside(&cloud.done("ListTagsForResource", &[("ResourceArn", &topic)]).await, "Key"), "");
    let policy = r#"{"Version":"2021-06-01","Statement":[]}"#;
    cloud.done("PutDataProtectionPolicy", &[("ResourceArn", &topic), ("DataProtectionPolicy", policy)]).await;
    let kept = cloud.done("GetDataProtectionPolicy", &[("ResourceArn", &topic)]).await;
    assert_eq!(inside(&kept, "DataProtectionPolicy"), policy);
    let set = with(&[], "attributes", &[("DefaultSMSType", "Promotional")]);
    cloud.done("SetSMSAttributes", &set.borrowed()).await;
    let told = cloud.done("GetSMSAttributes", &[]).await;
    assert!(told.contains("Promotional") && told.contains("MonthlySpendLimit"), "{told}");
    let wrong = with(&[], "attributes", &[("DefaultSMSType", "x")]);
    cloud
        .refused("SetSMSAttributes", &wrong.borrowed(), "InvalidParameter", "DefaultSMSType is invalid")
        .await;
}

#[tokio::test]
async fn other_services_publish_as_the_policy_says() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    cloud.subscribe(&topic, "sqs", &queue("q"), &[("RawMessageDelivery", "true")]).await;
    let arn: Arn = topic.parse().unwrap();
    let own = Delivery::new(arn.clone(), "own");
    cloud.context.peers().deliver(own).await.unwrap();
    assert_eq!(&cloud.taken(1).await[0].payload[..], b"own");
    let by_service = || {
        Delivery::new(arn.clone(), "s").from_service("s3.amazonaws.com", "arn:aws:s3:::b".parse().unwrap())
    };
    let refused = cloud.context.peers().deliver(by_service()).await.unwrap_err();
    assert!(matches!(refused, PortError::Refused(_)), "{refused}");
    let policy = json!({ "Statement": [{ "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" }, "Action": "sns:Publish", "Resource": topic, "Condition": { "ArnLike": { "aws:SourceArn": "arn:aws:s3:::b" } } }] }).to_string();
    let set = [("TopicArn", &*topic), ("AttributeName", "Policy"), ("AttributeValue", &*policy)];
    let refused = cloud.context.peers().admits(by_service()).await.unwrap_err();
    assert!(matches!(refused, PortError::Refused(_)), "{refused}");
    cloud.done("SetTopicAttributes", &set).await;
    cloud.context.peers().admits(by_service()).await.unwrap();
    cloud.context.peers().deliver(by_service()).await.unwrap();
    assert_eq!(&cloud.taken(1).await[0].payload[..], b"s", "asking delivers nothing");
    let gone = Delivery::new(format!("{REALM}:none").parse().unwrap(), "x");
    assert!(matches!(cloud.context.peers().deliver(gone).await, Err(PortError::Gone(_))));
}
