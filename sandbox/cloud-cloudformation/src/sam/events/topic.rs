//! Messages of a topic: straight to the function, or through a queue.

use serde_json::{Value, json};

use crate::sam::properties::Kind::{Map, OneOf, Text, Truth};
use crate::sam::properties::{Field, may, must, passed};
use crate::sam::resolve::resolve;
use crate::sam::resource::{Made, get_att, is_set, logical_id_of, reference};
use crate::sam::role::Role;
use crate::sam::{Outcome, Work};

use super::{Event, mapping};

pub(super) const FIELDS: &[Field] = &[
    must("Topic", Text),
    may("Region", Text),
    passed("FilterPolicy"),
    passed("FilterPolicyScope"),
    may("SqsSubscription", OneOf(&[Truth, Map])),
    may("RedrivePolicy", Map),
];

/// The queue between topic and function.
struct Queue {
    arn: Value,
    url: Value,
    batch: Value,
    policy_id: String,
}

/// The subscription and what stands between.
pub(super) fn make(work: &mut Work<'_>, event: &Event<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
    let topic = event.properties.get("Topic").unwrap_or(&Value::Null);
    let Some(between) = event.properties.set("SqsSubscription") else {
        let permission = event.callee.permission("sns.amazonaws.com").with("SourceArn", topic.clone());
        let subscription = subscription(event, "lambda", event.callee.arn());
        return Ok(vec![event.named("Permission", permission), subscription]);
    };
    let usual_policy_id = format!("{}QueuePolicy", event.id);
    let mut made = Vec::new();
    let queue = if between.is_boolean() {
        let id = format!("{}Queue", event.id);
        let queue = Queue {
            arn: get_att(&id, "Arn"),
            url: reference(&id),
            batch: json!(10),
            policy_id: usual_policy_id,
        };
        let plain = event.callee.plain("AWS::SQS::Queue").maybe("FifoQueue", fifo(work, event, topic)?);
        made.push((id, plain.build()));
        queue
    } else {
        given_queue(event, between, usual_policy_id)?
    };
    made.push(mapping::of_topic(event, role, &queue.arn, &queue.batch));
    made.push((queue.policy_id.clone(), queue_policy(event, topic, &queue)));
    made.push(subscription(event, "sqs", queue.arn));
    Ok(made)
}

fn given_queue(event: &Event<'_>, between: &Value, usual_policy_id: String) -> Outcome<Queue> {
    let given = |name: &str| between.get(name).filter(|value| is_set(value)).cloned();
    let (Some(arn), Some(url)) = (given("QueueArn"), given("QueueUrl")) else {
        return Err(event.wrong("No QueueARN or QueueURL provided."));
    };
    let policy_id = given("QueuePolicyLogicalId").and_then(|id| id.as_str().map(str::to_owned));
    let batch = given("BatchSize").unwrap_or_else(|| json!(10));
    Ok(Queue { arn, url, batch, policy_id: policy_id.unwrap_or(usual_policy_id) })
}

/// Whether the topic keeps the order, if that is known here; then so does the queue.
fn fifo(work: &Work<'_>, event: &Event<'_>, topic: &Value) -> Outcome<Option<Value>> {
    let topic = logical_id_of(topic).and_then(|id| work.resource(id));
    let Some(fifo) = topic.and_then(|topic| topic.get("Properties")?.get("FifoTopic")) else {
        return Ok(None);
    };
    Ok(Some(resolve(work, event.id, fifo)?).filter(is_set))
}

fn queue_policy(event: &Event<'_>, topic: &Value, queue: &Queue) -> Value {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": "sqs:SendMessage",
            "Effect": "Allow",
            "Principal": "*",
            "Resource": queue.arn,
            "Condition": { "ArnEquals": { "aws:SourceArn": topic } },
        }],
    });
    let policy = event.callee.plain("AWS::SQS::QueuePolicy").with("PolicyDocument", document);
    policy.with("Queues", json!([queue.url])).build()
}

fn subscription(event: &Event<'_>, protocol: &str, endpoint: Value) -> Made {
    let subscription = event
        .callee
        .plain("AWS::SNS::Subscription")
        .with("Protocol", protocol)
        .with("Endpoint", endpoint)
        .copy_as("TopicArn", event.properties.get("Topic"))
        .copy(&event.properties, &["Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"]);
    event.named("", subscription)
}
