//! Queues and topics: looking into them, sending, publishing.

use protocol::ErrorCode;
use protocol::function::{AddTrigger, DescribeTriggers, RemoveTrigger, SetTrigger, Trigger};
use protocol::queue::{DeadLetters, DescribeQueue, MessageState, PurgeQueue, RedriveQueue, SendMessage};
use protocol::topic::{DescribeTopic, LetterKind, Publish, Subscription};
use serde_json::json;

use crate::bench::Bench;
use crate::stand_in::{json, json_error, with, xml, xml_error};

const URL: &str = "http://aws/000000000000/jobs";
const ARN: &str = "arn:aws:sqs:us-east-1:000000000000:jobs";
const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:orders";

fn furnish(bench: &Bench) {
    bench.cloud.on("GetQueueUrl", |asked| {
        assert_eq!(asked.header("content-type"), Some("application/x-amz-json-1.0"));
        match asked.json()["QueueName"].as_str() {
            Some("jobs") => json(json!({ "QueueUrl": URL })),
            _ => {
                json_error(400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
            }
        }
    });
    bench.cloud.on("GetQueueAttributes", |asked| {
        assert_eq!(asked.json(), json!({ "QueueUrl": URL, "AttributeNames": ["All"] }));
        json(json!({ "Attributes": {
            "QueueArn": ARN,
            "ApproximateNumberOfMessages": "2",
            "ApproximateNumberOfMessagesNotVisible": "1",
            "ApproximateNumberOfMessagesDelayed": "0",
            "VisibilityTimeout": "30",
            "MessageRetentionPeriod": "345600",
            "RedrivePolicy": "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":3}",
        } }))
    });
    bench.cloud.on("ListDeadLetterSourceQueues", |_| {
        json(json!({ "queueUrls": ["http://aws/000000000000/first"] }))
    });
    bench.cloud.on("GET /_cumulo/sqs/messages", |asked| {
        assert_eq!(asked.target, "/_cumulo/sqs/messages?queue=jobs");
        json(json!({ "messages": [{
            "id": "m", "sequence": null, "state": "in-flight", "dueInMs": 5000, "sentMs": 1, "received": 2,
            "group": null, "deduplication": null, "source": null, "attributes": ["kind"], "bytes": 2,
            "isWhole": true, "text": "hi",
        }] }))
    });
}

#[tokio::test]
async fn a_queue_is_shown_with_its_oldest_messages() {
    let bench = Bench::new().await;
    furnish(&bench);
    let queue = bench.call(DescribeQueue { name: "jobs".into() }).await.unwrap();
    assert_eq!((queue.visible, queue.in_flight, queue.delayed), (2, 1, 0));
    assert_eq!((queue.visibility_seconds, queue.retention_seconds), (30, 345_600));
    assert_eq!(queue.dead_letters, Some(DeadLetters { queue: "dead".into(), after: 3 }));
    assert_eq!((queue.arn.as_str(), queue.sources), (ARN, vec!["first".to_owned()]));
    let message = &queue.messages[0];
    assert_eq!(
        (message.state, message.due_in_ms, message.text.as_str()),
        (MessageState::InFlight, 5000, "hi")
    );
    let (code, said) = bench.refused(DescribeQueue { name: "other".into() }).await;
    assert!(said.starts_with("QueueDoesNotExist: "), "{code:?} {said}");
}

#[tokio::test]
async fn what_is_written_goes_to_the_queue() {
    let bench = Bench::new().await;
    furnish(&bench);
    bench.cloud.on("SendMessage", |asked| {
        let sent = json!({ "QueueUrl": URL, "MessageBody": "hi", "DelaySeconds": 5, "MessageGroupId": "g" });
        assert_eq!(asked.json(), sent);
        json(json!({ "MessageId": "m" }))
    });
    let message = |text: String| SendMessage {
        name: "jobs".into(),
        text,
        delay_seconds: Some(5),
        group: Some("g".into()),
        deduplication: None,
    };
    assert_eq!(bench.call(message("hi".into())).await.unwrap().id, "m");
    let (code, _) = bench.refused(message("x".repeat(protocol::queue::MAX_TEXT + 1))).await;
    assert_eq!(code, ErrorCode::Limit);
    bench.cloud.on("PurgeQueue", |asked| {
        assert_eq!(asked.json(), json!({ "QueueUrl": URL }));
        with(200, &[], "")
    });
    bench.call(PurgeQueue { name: "jobs".into() }).await.unwrap();
    bench.cloud.on("StartMessageMoveTask", |asked| {
        assert_eq!(asked.json(), json!({ "SourceArn": ARN }));
        json(json!({ "TaskHandle": "t" }))
    });
    bench.call(RedriveQueue { name: "jobs".into() }).await.unwrap();
}

#[tokio::test]
async fn a_topic_is_shown_with_who_is_subscribed_and_what_it_sent() {
    let bench = Bench::new().await;
    bench.cloud.on("GetTopicAttributes", |_| {
        xml("<Attributes><entry><key>FifoTopic</key><value>false</value></entry></Attributes>")
    });
    bench.cloud.on("ListSubscriptionsByTopic", |asked| {
        assert_eq!(asked.parameter("TopicArn").as_deref(), Some(TOPIC));
        let one = |arn: &str, protocol: &str, endpoint: &str| {
            format!(
                "<member><SubscriptionArn>{arn}</SubscriptionArn><Protocol>{protocol}</Protocol><Endpoint>{endpoint}</Endpoint></member>"
            )
        };
        let all = [
            one("arn:1", "sqs", ARN),
            one("PendingConfirmation", "email", "a@b.c"),
            one("arn:gone", "sqs", ARN),
        ];
        xml(&format!("<Subscriptions>{}</Subscriptions>", all.concat()))
    });
    bench.cloud.on("GetSubscriptionAttributes", |asked| {
        match asked.parameter("SubscriptionArn").as_deref() {
            Some("arn:1") => {
                xml("<Attributes><entry><key>FilterPolicy</key><value>{}</value></entry></Attributes>")
            }
            _ => xml_error(404, "NotFound", "Subscription does not exist"),
        }
    });
    bench.cloud.on("GET /_cumulo/sns/inbox", |_| {
        json(json!({ "letters": [
            { "kind": "Mail", "to": "a@b.c", "topic": TOPIC, "subject": null, "text": "hi", "at_ms": 1 },
        ] }))
    });
    let topic = bench.call(DescribeTopic { arn: TOPIC.into() }).await.unwrap();
    let subscription = |protocol: &str, endpoint: &str, filter: Option<&str>| Subscription {
        protocol: protocol.into(),
        endpoint: endpoint.into(),
        is_confirmed: filter.is_some(),
        filter: filter.map(str::to_owned),
    };
    let expected = [subscription("sqs", ARN, Some("{}")), subscription("email", "a@b.c", None)];
    assert_eq!(topic.subscriptions, expected);
    assert_eq!((topic.letters[0].kind, topic.letters[0].text.as_str()), (LetterKind::Mail, "hi"));
}

#[tokio::test]
async fn what_calls_a_function_is_told_and_paused() {
    let bench = Bench::new().await;
    bench.cloud.on("GET /2015-03-31/event-source-mappings", |asked| {
        assert!(asked.target.ends_with("?FunctionName=hello"), "{}", asked.target);
        json(json!({ "EventSourceMappings": [
            { "UUID": "u", "EventSourceArn": ARN, "State": "Enabled", "BatchSize": 10 },
        ] }))
    });
    // Without a policy nobody else may call it.
    let triggers = bench.call(DescribeTriggers { name: "hello".into() }).await.unwrap();
    assert_eq!((triggers.len(), triggers[0].source.as_str()), (1, ARN));
    let policy = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:us-east-1:000000000000:orders"}}}]}"#;
    bench.cloud.on("GET /2015-03-31/functions/hello/policy", move |_| json(json!({ "Policy": policy })));
    let triggers = bench.call(DescribeTriggers { name: "hello".into() }).await.unwrap();
    assert_eq!(triggers[1].source, TOPIC);
    bench.cloud.on("PUT /2015-03-31/event-source-mappings/u", |asked| {
        assert_eq!(asked.json(), json!({ "Enabled": false }));
        json(json!({}))
    });
    bench.call(SetTrigger { id: "u".into(), enabled: false }).await.unwrap();
    bench
        .cloud
        .on("GET /2015-03-31/functions/hello/policy", |_| json_error(403, "AccessDeniedException", "no"));
    let (code, _) = bench.refused(DescribeTriggers { name: "hello".into() }).await;
    assert_eq!(code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn a_queue_and_a_topic_are_added_and_removed() {
    let bench = Bench::new().await;
    let function = "arn:aws:lambda:us-east-1:000000000000:function:hello";
    let add =
        |source: &str, batch_size| AddTrigger { name: "hello".into(), source: source.into(), batch_size };
    bench.cloud.on("POST /2015-03-31/event-source-mappings", |asked| {
        assert_eq!(asked.json(), json!({ "FunctionName": "hello", "EventSourceArn": ARN, "BatchSize": 5 }));
        with(202, &[], "{}")
    });
    bench.call(add(ARN, Some(5))).await.unwrap();
    let stream = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    bench.cloud.on("POST /2015-03-31/event-source-mappings", move |asked| {
        let wanted =
            json!({ "FunctionName": "hello", "EventSourceArn": stream, "StartingPosition": "TRIM_HORIZON" });
        assert_eq!(asked.json(), wanted);
        with(202, &[], "{}")
    });
    bench.call(add(stream, None)).await.unwrap();
    bench.cloud.on("GET /2015-03-31/functions/hello/configuration", move |_| {
        json(json!({ "FunctionArn": function }))
    });
    bench.cloud.on("POST /2015-03-31/functions/hello/policy", |asked| {
        let wanted = json!({
            "StatementId": "sns-orders", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com",
            "SourceArn": TOPIC,
        });
        assert_eq!(asked.json(), wanted);
        json_error(409, "ResourceConflictException", "it is there")
    });
    bench.cloud.on("Subscribe", move |asked| {
        let said = ["TopicArn", "Protocol", "Endpoint"].map(|name| asked.parameter(name).unwrap());
        assert_eq!(said, [TOPIC, "lambda", function]);
        xml("<SubscriptionArn>s</SubscriptionArn>")
    });
    bench.call(add(TOPIC, None)).await.unwrap();
    for source in ["jobs", "arn:aws:s3:::bucket"] {
        assert_eq!(bench.refused(add(source, None)).await.0, ErrorCode::Unsupported);
    }
    let trigger = |service: &str, id: Option<&str>, statement: Option<&str>| RemoveTrigger {
        name: "hello".into(),
        trigger: Trigger {
            service: service.into(),
            source: TOPIC.into(),
            id: id.map(Into::into),
            state: None,
            last_result: None,
            batch_size: None,
            statement: statement.map(Into::into),
        },
    };
    bench.cloud.on("DELETE /2015-03-31/event-source-mappings/u", |_| with(202, &[], "{}"));
    bench.call(trigger("sqs", Some("u"), None)).await.unwrap();
    bench.cloud.on("ListSubscriptionsByTopic", move |_| {
        let one = |protocol: &str, endpoint: &str, arn: &str| {
            format!("<member><Protocol>{protocol}</Protocol><Endpoint>{endpoint}</Endpoint><SubscriptionArn>{arn}</SubscriptionArn></member>")
        };
        let all = one("lambda", &format!("{function}2"), "other") + &one("lambda", function, "own");
        xml(&format!("<Subscriptions>{all}</Subscriptions>"))
    });
    bench.cloud.on("Unsubscribe", |asked| {
        assert_eq!(asked.parameter("SubscriptionArn").as_deref(), Some("own"));
        xml("")
    });
    bench.cloud.on("DELETE /2015-03-31/functions/hello/policy/sns-orders", |_| with(204, &[], ""));
    bench.cloud.asked();
    bench.call(trigger("sns", None, Some("sns-orders"))).await.unwrap();
    assert_eq!(
        bench.cloud.operations(),
        ["ListSubscriptionsByTopic", "Unsubscribe", "DELETE /2015-03-31/functions/hello/policy/sns-orders"]
    );
    assert_eq!(bench.refused(trigger("events", None, None)).await.0, ErrorCode::Invalid);
}

#[tokio::test]
async fn what_is_written_is_published() {
    let bench = Bench::new().await;
    bench.cloud.on("Publish", |asked| {
        assert_eq!(asked.parameter("Message").as_deref(), Some("hi"));
        assert_eq!(asked.parameter("MessageAttributes.entry.1.Value.StringValue").as_deref(), Some("order"));
        xml("<MessageId>m</MessageId>")
    });
    let message = |text: String| Publish {
        arn: TOPIC.into(),
        text,
        subject: None,
        group: None,
        deduplication: None,
        attributes: vec![("kind".into(), "order".into())],
    };
    assert_eq!(bench.call(message("hi".into())).await.unwrap().id, "m");
    let (code, _) = bench.refused(message("x".repeat(protocol::topic::MAX_TEXT + 1))).await;
    assert_eq!(code, ErrorCode::Limit);
}
