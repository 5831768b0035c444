//! What other services do with queues.

use std::collections::BTreeMap;

use cloud_core::{Attribute, Clock, Context, Maker, ManualClock};
use serde_json::json;

use super::*;
use crate::open::open;
use crate::ops::attributes;
use crate::ops::create_queue::{Wanted, make};

struct Rig {
    context: Context,
    clock: Arc<ManualClock>,
    sqs: Arc<Sqs>,
    _folder: tempfile::TempDir,
}

fn arn(name: &str) -> Arn {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}").parse().unwrap()
}

fn reader(name: &str) -> Reader {
    Reader { source: arn(name), name: "r".into(), shard: None }
}

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, clock) = Context::for_test(folder.path());
        let sqs = open(&context).await.unwrap();
        let rig = Self { context, clock, sqs, _folder: folder };
        rig.make("q", &[("VisibilityTimeout", "10")]).await;
        rig.make("q.fifo", &[("FifoQueue", "true")]).await;
        rig
    }

    async fn make(&self, name: &str, attributes: &[(&str, &str)]) {
        let attributes =
            attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let wanted =
            Wanted { name: name.into(), attributes, tags: BTreeMap::default(), maker: Maker::NOBODY };
        make(&self.sqs, wanted).await.unwrap();
    }

    /// What a delivery comes to: which kind of error, and its code.
    async fn deliver(&self, delivery: Delivery) -> Result<String, String> {
        let told = |kind: &str, error: &AwsError| format!("{kind} {}", error.code());
        match self.context.peers().deliver(delivery).await {
            Ok(delivered) => Ok(delivered.request_id),
            Err(PortError::Gone(error)) => Err(told("gone", &error)),
            Err(PortError::Refused(error)) => Err(told("refused", &error)),
            Err(PortError::Throttled(error)) => Err(told("throttled", &error)),
        }
    }

    fn source(&self) -> Arc<dyn Source> {
        self.context.peers().source(&arn("q")).unwrap()
    }

    async fn poll(&self, poll: Poll) -> Vec<Record> {
        self.source().poll(&reader("q"), poll).await.unwrap()
    }
}

fn texts(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| String::from_utf8(record.payload.to_vec()).unwrap()).collect()
}

#[tokio::test]
async fn a_delivery_is_a_message_if_the_policy_lets_it() {
    let rig = Rig::new().await;
    let delivery = Delivery {
        attributes: [("a".to_owned(), Attribute::text("x"))].into(),
        trace: Trace::of("Root=1-2-3;Sampled=1"),
        ..Delivery::new(arn("q"), "text")
    };
    let id = rig.deliver(delivery).await.unwrap();
    let polled = rig.poll(Poll::default()).await;
    assert_eq!((texts(&polled), &polled[0].id), (vec!["text".into()], &id));
    assert_eq!(polled[0].attributes["a"].as_text(), Some("x"));
    assert_eq!(polled[0].trace.to_string(), "Root=1-2-3;Sampled=1");
    let system: Vec<(&str, &str)> =
        polled[0].system.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        system,
        [
            ("AWSTraceHeader", "Root=1-2-3;Sampled=1"),
            ("ApproximateFirstReceiveTimestamp", "1767225600000"),
            ("ApproximateReceiveCount", "1"),
            ("MD5OfBody", "1cb251ec0d568de6a929b520c4aed8d1"),
            ("MD5OfMessageAttributes", "a512aac9938034acb0b3c3d965944bf1"),
            ("SenderId", "000000000000"),
            ("SentTimestamp", "1767225600000"),
        ]
    );
    let topic: Arn = "arn:aws:sns:us-east-1:000000000000:t".parse().unwrap();
    let from_topic = || Delivery::new(arn("q"), "x").from_service("sns.amazonaws.com", topic.clone());
    assert_eq!(rig.deliver(from_topic()).await, Err("refused AccessDeniedException".into()));
    let policy = json!({ "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" }, "Action": "sqs:SendMessage", "Resource": arn("q"),
        "Condition": { "ArnEquals": { "aws:SourceArn": topic } },
    }] });
    let attributes = [("Policy".to_owned(), policy.to_string())].into();
    attributes::set(&rig.sqs, "q".into(), attributes, |_| Ok(())).await.unwrap();
    assert!(rig.deliver(from_topic()).await.is_ok());
    let other: Arn = "arn:aws:sns:us-east-1:000000000000:other".parse().unwrap();
    for (actor, source) in [
        (Actor::Service("sns.amazonaws.com".into()), Some(other)),
        (Actor::Service("events.amazonaws.com".into()), Some(topic)),
        (Actor::Foreign(cloud_core::AccountId::new("111111111111")), None),
    ] {
        let delivery = Delivery { actor, source_arn: source, ..Delivery::new(arn("q"), "x") };
        assert_eq!(rig.deliver(delivery).await, Err("refused AccessDeniedException".into()));
    }
    let foreign = Actor::Foreign(cloud_core::AccountId::new("111111111111"));
    let hidden = Delivery { actor: foreign.clone(), ..Delivery::new(arn("none"), "x") };
    assert_eq!(
        rig.deliver(hidden).await,
        Err("refused AccessDeniedException".into()),
        "it is not told what there is"
    );
    let policy = json!({ "Statement": [{ "Effect": "Allow", "Principal": { "AWS": "111111111111" }, "Action": "SQS:*", "Resource": "*" }] });
    let attributes = [("Policy".to_owned(), policy.to_string())].into();
    attributes::set(&rig.sqs, "q".into(), attributes, |_| Ok(())).await.unwrap();
    let delivery = Delivery { actor: foreign, ..Delivery::new(arn("q"), "x") };
    assert!(rig.deliver(delivery).await.is_ok());
}

/// A bucket's ARN names no account: who sends says it.
#[tokio::test]
async fn whether_a_delivery_would_be_taken_is_asked() {
    let rig = Rig::new().await;
    let by = |account: Option<&str>, name: &str| Delivery {
        source_account: account.map(cloud_core::AccountId::new),
        ..Delivery::new(arn(name), "x").from_service("s3.amazonaws.com", "arn:aws:s3:::b".parse().unwrap())
    };
    let check = async |account: Option<&str>, name: &str, expected: Result<(), &str>| {
        let seen = match rig.context.peers().admits(by(account, name)).await {
            Ok(()) => Ok(()),
            Err(PortError::Gone(_)) => Err("gone"),
            Err(PortError::Refused(_)) => Err("refused"),
            Err(PortError::Throttled(_)) => Err("throttled"),
        };
        assert_eq!(seen, expected, "{account:?} {name}");
    };
    check(Some("000000000000"), "q", Err("refused")).await;
    let policy = json!({ "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" }, "Action": "sqs:SendMessage", "Resource": arn("q"),
        "Condition": { "StringEquals": { "aws:SourceAccount": "000000000000" } },
    }] });
    let attributes = [("Policy".to_owned(), policy.to_string())].into();
    attributes::set(&rig.sqs, "q".into(), attributes, |_| Ok(())).await.unwrap();
    check(Some("000000000000"), "q", Ok(())).await;
    check(Some("111111111111"), "q", Err("refused")).await;
    check(None, "q", Err("refused")).await;
    check(Some("000000000000"), "none", Err("gone")).await;
    assert!(rig.poll(Poll::default()).await.is_empty(), "asking delivers nothing");
    rig.deliver(by(Some("000000000000"), "q")).await.unwrap();
}

#[tokio::test]
async fn what_no_queue_takes_is_refused_or_gone() {
    let rig = Rig::new().await;
    for (delivery, expected) in [
        (Delivery::new(arn("none"), "x"), "gone QueueDoesNotExist"),
        (Delivery::new(arn("q"), ""), "refused MissingRequiredParameterException"),
        (Delivery::new(arn("q"), vec![255]), "refused InvalidParameterValueException"),
        (Delivery::new(arn("q"), vec![b'x'; (1 << 20) + 1]), "refused InvalidParameterValueException"),
        (Delivery::new(arn("q.fifo"), "x"), "refused MissingRequiredParameterException"),
    ] {
        assert_eq!(rig.deliver(delivery).await, Err(expected.into()));
    }
    let fifo = Delivery {
        group_id: Some("g".into()),
        deduplication_id: Some("d".into()),
        ..Delivery::new(arn("q.fifo"), "x")
    };
    let first = rig.deliver(fifo.clone()).await.unwrap();
    assert_eq!(rig.deliver(fifo).await.unwrap(), first, "taken once");
}

#[tokio::test]
async fn a_source_hides_what_it_gives_until_it_is_acknowledged() {
    let rig = Rig::new().await;
    for text in ["keep", "drop", "keep too"] {
        rig.deliver(Delivery::new(arn("q"), text)).await.unwrap();
    }
    let filter: cloud_core::Filter = Arc::new(|record: &Record| record.payload.starts_with(b"keep"));
    let polled = rig.poll(Poll { filter: Some(filter), ..Poll::default() }).await;
    assert_eq!(texts(&polled), ["keep", "keep too"]);
    let source = rig.source();
    source.acknowledge(&reader("q"), &[polled[0].receipt.clone()]).await.unwrap();
    source.acknowledge(&reader("q"), &[polled[0].receipt.clone()]).await.unwrap();
    assert!(rig.poll(Poll::default()).await.is_empty());
    source.hide(&reader("q"), &[polled[1].receipt.clone()], Duration::from_secs(20)).await.unwrap();
    rig.clock.advance(Duration::from_secs(19));
    assert!(rig.poll(Poll::default()).await.is_empty());
    rig.clock.advance(Duration::from_secs(1));
    let again = rig.poll(Poll { visibility: Some(Duration::from_secs(1)), ..Poll::default() }).await;
    assert_eq!((texts(&again), again[0].received), (vec!["keep too".into()], 2));
    source.hide(&reader("q"), &[again[0].receipt.clone()], Duration::ZERO).await.unwrap();
    assert_eq!(rig.poll(Poll::default()).await.len(), 1);
    let gone = source.poll(&reader("none"), Poll::default()).await.unwrap_err();
    assert!(matches!(gone, PortError::Gone(_)));
}

#[tokio::test]
async fn a_poll_waits_for_a_first_record() {
    let rig = Rig::new().await;
    let source = rig.source();
    let name = reader("q");
    let (ready, ()) = tokio::join!(source.ready(&name, Duration::from_mins(1)), async {
        while rig.sqs.records.waiting.is_empty() {
            tokio::task::yield_now().await;
        }
        rig.deliver(Delivery::new(arn("q"), "x")).await.unwrap();
    });
    ready.unwrap();
    assert_eq!(texts(&rig.poll(Poll::default()).await), ["x"]);
    let before = rig.clock.monotonic();
    let wait =
        Poll { wait: Duration::from_mins(1), visibility: Some(Duration::from_secs(30)), ..Poll::default() };
    let turning = async {
        loop {
            if !rig.sqs.records.waiting.is_empty() {
                rig.clock.advance_if_awaited(Duration::from_secs(1));
            }
            tokio::task::yield_now().await;
        }
    };
    let polled = tokio::select! {
        polled = rig.poll(wait) => polled,
        () = turning => Vec::new(),
    };
    assert_eq!(texts(&polled), ["x"], "once it is visible again");
    assert!(rig.clock.monotonic() >= before + Duration::from_secs(9));
    assert!(rig.sqs.records.waiting.is_empty(), "nobody waits any more");
}

#[tokio::test]
async fn a_source_describes_itself() {
    let rig = Rig::new().await;
    let described = async |name: &str| rig.source().describe(&reader(name)).await;
    let queue = described("q").await.unwrap();
    let expected =
        Description { visibility: Some(Duration::from_secs(10)), is_empty: true, ..Description::default() };
    assert_eq!(queue, expected);
    assert!(described("q.fifo").await.unwrap().is_ordered);
    assert!(matches!(described("none").await, Err(PortError::Gone(_))));
    rig.deliver(Delivery::new(arn("q"), "x")).await.unwrap();
    assert!(!described("q").await.unwrap().is_empty, "it waits");
    rig.poll(Poll::default()).await;
    assert!(!described("q").await.unwrap().is_empty, "it is hidden");
    let policy =
        json!({ "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "SQS:*", "Resource": "*" }] });
    let attributes = [("Policy".to_owned(), policy.to_string())].into();
    attributes::set(&rig.sqs, "q".into(), attributes, |_| Ok(())).await.unwrap();
    assert_eq!(described("q").await.unwrap().policy.as_deref(), Some(policy.to_string().as_str()));
}
