//! Queues: what is in them, sending, emptying, moving dead letters back.

use std::sync::Arc;

use http::Method;
use ide_core::Router;
use protocol::{
    CallError, ErrorCode,
    cloud::{Messaging, Stack},
    queue::{
        DeadLetters, DescribeQueue, MAX_TEXT, Message, PurgeQueue, Queue, RedriveQueue, SendMessage, Sent,
    },
};
use serde_json::{Value, json};

use crate::{
    client::{Rest, SQS, encode},
    cloud::owner,
    error::CloudError,
    workspace::CloudPanels,
};

impl CloudPanels {
    /// Answers the calls about queues.
    pub(crate) fn register_queues(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, call: DescribeQueue| async move { Ok(this.describe_queue(&call.name).await?) })
            .on(|this, _, call: SendMessage| async move { this.send_message(call).await })
            .on(|this, _, call: PurgeQueue| async move { Ok(this.purge_queue(&call.name).await?) })
            .on(|this, _, call: RedriveQueue| async move { Ok(this.redrive_queue(&call.name).await?) });
    }

    /// The queues of the cloud, by name.
    pub(crate) async fn queues(&self, stacks: &[Stack]) -> Result<Vec<Messaging>, CloudError> {
        // AWS: without a number of results there is one page alone.
        let input = json!({ "MaxResults": 1000 });
        let urls = self.aws().json_pages(SQS, "ListQueues", input, "QueueUrls").await?;
        let mut queues: Vec<_> =
            urls.iter().filter_map(Value::as_str).map(|url| queue(url, stacks)).collect();
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(queues)
    }

    /// A queue with its oldest messages.
    pub(crate) async fn describe_queue(&self, name: &str) -> Result<Queue, CloudError> {
        let url = self.queue_url(name).await?;
        let input = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
        let answer = self.aws().json(SQS, "GetQueueAttributes", &input).await?;
        let attributes = Attributes(answer.get("Attributes").cloned().unwrap_or_default());
        let sources = json!({ "QueueUrl": url });
        let sources = self.aws().json_pages(SQS, "ListDeadLetterSourceQueues", sources, "queueUrls").await?;
        Ok(Queue {
            arn: attributes.text("QueueArn"),
            url,
            is_fifo: attributes.text("FifoQueue") == "true",
            by_content: attributes.text("ContentBasedDeduplication") == "true",
            visible: attributes.number("ApproximateNumberOfMessages"),
            in_flight: attributes.number("ApproximateNumberOfMessagesNotVisible"),
            delayed: attributes.number("ApproximateNumberOfMessagesDelayed"),
            visibility_seconds: attributes.number("VisibilityTimeout") as u32,
            retention_seconds: attributes.number("MessageRetentionPeriod") as u32,
            dead_letters: dead_letters(&attributes.text("RedrivePolicy")),
            sources: sources.iter().filter_map(Value::as_str).map(|url| name_of(url).to_owned()).collect(),
            messages: self.messages(name).await?,
        })
    }

    /// Its oldest messages, as they are: AWS has no operation that receives nothing.
    async fn messages(&self, name: &str) -> Result<Vec<Message>, CloudError> {
        let path = format!("/_cumulo/sqs/messages?queue={}", encode(name));
        let mut answer = self.aws().send(Rest::new(SQS, Method::GET, path)).await?.json("messages")?;
        let messages = answer.get_mut("messages").map(Value::take).unwrap_or_default();
        serde_json::from_value(messages).map_err(|_| CloudError::Answer("messages"))
    }

    /// Sends a message.
    pub(crate) async fn send_message(&self, call: SendMessage) -> Result<Sent, CallError> {
        if call.text.len() > MAX_TEXT {
            let message = format!("a message that is sent from here has at most {} KiB", MAX_TEXT >> 10);
            return Err(CallError::new(ErrorCode::Limit, message)
                .because("message-too-long", &[("most", &(MAX_TEXT >> 10))]));
        }
        let url = self.queue_url(&call.name).await?;
        let mut input = json!({ "QueueUrl": url, "MessageBody": call.text });
        let given = [
            ("DelaySeconds", call.delay_seconds.map(Value::from)),
            ("MessageGroupId", call.group.map(Value::from)),
            ("MessageDeduplicationId", call.deduplication.map(Value::from)),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                input[name] = value;
            }
        }
        let answer = self.aws().json(SQS, "SendMessage", &input).await?;
        let id = answer.get("MessageId").and_then(Value::as_str);
        Ok(Sent { id: id.ok_or(CloudError::Answer("SendMessage"))?.to_owned() })
    }

    /// Removes all its messages.
    pub(crate) async fn purge_queue(&self, name: &str) -> Result<(), CloudError> {
        let url = self.queue_url(name).await?;
        self.aws().tell(SQS, "PurgeQueue", &json!({ "QueueUrl": url })).await.map(drop)
    }

    /// Moves its messages back to where they came from.
    pub(crate) async fn redrive_queue(&self, name: &str) -> Result<(), CloudError> {
        let arn = self.describe_queue(name).await?.arn;
        self.aws().json(SQS, "StartMessageMoveTask", &json!({ "SourceArn": arn })).await.map(drop)
    }

    async fn queue_url(&self, name: &str) -> Result<String, CloudError> {
        let answer = self.aws().json(SQS, "GetQueueUrl", &json!({ "QueueName": name })).await?;
        let url = answer.get("QueueUrl").and_then(Value::as_str);
        url.map(str::to_owned).ok_or(CloudError::Answer("GetQueueUrl"))
    }
}

fn queue(url: &str, stacks: &[Stack]) -> Messaging {
    let (stack, logical_id) = owner(stacks, "AWS::SQS::Queue", |id| name_of(id) == name_of(url));
    Messaging { name: name_of(url).to_owned(), id: url.to_owned(), stack, logical_id }
}

/// The name at the end of an address, or of an ARN.
fn name_of(url: &str) -> &str {
    url.rsplit(['/', ':']).next().unwrap_or(url)
}

fn dead_letters(policy: &str) -> Option<DeadLetters> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let after = policy.get("maxReceiveCount")?;
    // AWS: the number may be a text.
    let after = after.as_u64().or_else(|| after.as_str()?.parse().ok())?;
    let queue = name_of(policy.get("deadLetterTargetArn")?.as_str()?).to_owned();
    Some(DeadLetters { queue, after: u32::try_from(after).ok()? })
}

/// The attributes of a queue: all are texts.
struct Attributes(Value);

impl Attributes {
    fn text(&self, name: &str) -> String {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_where_dead_letters_go() {
        let check = |policy: &str, expected: Option<(&str, u32)>| {
            let seen = dead_letters(policy);
            let seen = seen.as_ref().map(|seen| (seen.queue.as_str(), seen.after));
            assert_eq!(seen, expected, "{policy}");
        };
        let arn = "arn:aws:sqs:us-east-1:000000000000:dead";
        check(&json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 3 }).to_string(), Some(("dead", 3)));
        check(&json!({ "deadLetterTargetArn": arn, "maxReceiveCount": "5" }).to_string(), Some(("dead", 5)));
        check(&json!({ "deadLetterTargetArn": arn }).to_string(), None);
        check("", None);
    }

    #[test]
    fn queues_are_named_by_the_end_of_their_addresses() {
        assert_eq!(name_of("http://127.0.0.1:4566/000000000000/jobs.fifo"), "jobs.fifo");
        assert_eq!(name_of("arn:aws:sqs:us-east-1:000000000000:jobs"), "jobs");
        assert_eq!(name_of("jobs"), "jobs");
    }
}
