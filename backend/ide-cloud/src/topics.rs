//! Topics: who is subscribed, publishing, the inbox of mail and short messages.

use std::sync::Arc;

use http::Method;
use ide_core::Router;
use protocol::{
    CallError, ErrorCode,
    cloud::{Messaging, Stack},
    topic::{DescribeTopic, Letter, MAX_TEXT, Publish, Published, Subscription, Topic},
};
use serde_json::Value;

use crate::{
    client::{Element, Rest, SNS, encode},
    cloud::owner,
    error::CloudError,
    workspace::CloudPanels,
};

impl CloudPanels {
    /// Answers the calls about topics.
    pub(crate) fn register_topics(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, call: DescribeTopic| async move { Ok(this.describe_topic(&call.arn).await?) })
            .on(|this, _, call: Publish| async move { this.publish(call).await });
    }

    /// The topics of the cloud, by name.
    pub(crate) async fn topics(&self, stacks: &[Stack]) -> Result<Vec<Messaging>, CloudError> {
        let listed = self.aws().query_pages(SNS, "ListTopics", &[], "Topics").await?;
        let arns = listed.iter().filter_map(|topic| topic.text_of("TopicArn"));
        let mut topics: Vec<_> = arns.map(|arn| topic(arn, stacks)).collect();
        topics.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(topics)
    }

    /// A topic with its subscriptions and its part of the inbox.
    pub(crate) async fn describe_topic(&self, arn: &str) -> Result<Topic, CloudError> {
        let of = [("TopicArn".to_owned(), arn.to_owned())];
        let described = self.aws().query(SNS, "GetTopicAttributes", &of).await?;
        let is = |name: &str| attribute(&described, name).as_deref() == Some("true");
        let listed = self.aws().query_pages(SNS, "ListSubscriptionsByTopic", &of, "Subscriptions").await?;
        let mut subscriptions = Vec::new();
        for listed in &listed {
            subscriptions.extend(self.subscription(listed).await?);
        }
        Ok(Topic {
            is_fifo: is("FifoTopic"),
            by_content: is("ContentBasedDeduplication"),
            subscriptions,
            letters: self.letters(arn).await?,
        })
    }

    async fn subscription(&self, listed: &Element) -> Result<Option<Subscription>, CloudError> {
        let text = |name: &str| listed.text_of(name).unwrap_or_default();
        // AWS: of one that waits for its confirmation the ARN is a word.
        let arn = text("SubscriptionArn");
        let is_confirmed = arn.starts_with("arn:");
        let mut filter = None;
        if is_confirmed {
            let of = [("SubscriptionArn".to_owned(), arn)];
            match self.aws().query(SNS, "GetSubscriptionAttributes", &of).await {
                Ok(described) => filter = attribute(&described, "FilterPolicy"),
                // It ended since it was listed.
                Err(error) if error.is("NotFound") => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(Subscription {
            protocol: text("Protocol"),
            endpoint: text("Endpoint"),
            is_confirmed,
            filter,
        }))
    }

    /// Mail and short messages of the topic.
    async fn letters(&self, arn: &str) -> Result<Vec<Letter>, CloudError> {
        let path = format!("/_cumulo/sns/inbox?topic={}", encode(arn));
        let mut answer = self.aws().send(Rest::new(SNS, Method::GET, path)).await?.json("inbox")?;
        let letters = answer.get_mut("letters").map(Value::take).unwrap_or_default();
        serde_json::from_value(letters).map_err(|_| CloudError::Answer("inbox"))
    }

    /// Publishes a message.
    pub(crate) async fn publish(&self, call: Publish) -> Result<Published, CallError> {
        if call.text.len() > MAX_TEXT {
            let message = format!("a message of a topic has at most {} KiB", MAX_TEXT >> 10);
            return Err(CallError::new(ErrorCode::Limit, message)
                .because("message-too-long", &[("most", &(MAX_TEXT >> 10))]));
        }
        let answer = self.aws().query(SNS, "Publish", &parameters(call)).await?;
        let id = answer.find("MessageId").map(|id| id.text.clone());
        Ok(Published { id: id.ok_or(CloudError::Answer("Publish"))? })
    }
}

fn parameters(call: Publish) -> Vec<(String, String)> {
    let mut parameters = vec![("TopicArn".to_owned(), call.arn), ("Message".to_owned(), call.text)];
    let given = [
        ("Subject", call.subject),
        ("MessageGroupId", call.group),
        ("MessageDeduplicationId", call.deduplication),
    ];
    parameters.extend(given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    for (place, (name, value)) in (1..).zip(call.attributes) {
        let entry = format!("MessageAttributes.entry.{place}");
        parameters.push((format!("{entry}.Name"), name));
        parameters.push((format!("{entry}.Value.DataType"), "String".to_owned()));
        parameters.push((format!("{entry}.Value.StringValue"), value));
    }
    parameters
}

fn topic(arn: String, stacks: &[Stack]) -> Messaging {
    let (stack, logical_id) = owner(stacks, "AWS::SNS::Topic", |id| id == arn);
    let name = arn.rsplit(':').next().unwrap_or(&arn).to_owned();
    Messaging { name, id: arn, stack, logical_id }
}

/// An attribute of a map of the query protocol.
fn attribute(answer: &Element, name: &str) -> Option<String> {
    let entries = answer.find("Attributes")?;
    let entry = entries.children.iter().find(|entry| entry.text_of("key").as_deref() == Some(name))?;
    entry.text_of("value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_entries_of_a_map() {
        let answer = Element::parse(
            b"<R><Attributes><entry><key>FifoTopic</key><value>true</value></entry><entry><key>Policy</key>\
              <value>{}</value></entry></Attributes></R>",
        )
        .unwrap();
        assert_eq!(attribute(&answer, "FifoTopic").as_deref(), Some("true"));
        assert_eq!(attribute(&answer, "DisplayName"), None);
    }

    #[test]
    fn a_message_takes_its_attributes_along() {
        let call = Publish {
            arn: "a".into(),
            text: "t".into(),
            subject: None,
            group: Some("g".into()),
            deduplication: None,
            attributes: vec![("kind".into(), "order".into())],
        };
        let said: Vec<_> =
            parameters(call).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            said,
            [
                "TopicArn=a",
                "Message=t",
                "MessageGroupId=g",
                "MessageAttributes.entry.1.Name=kind",
                "MessageAttributes.entry.1.Value.DataType=String",
                "MessageAttributes.entry.1.Value.StringValue=order",
            ]
        );
    }
}
