//! SNS for other services: a target that publishes what is delivered to a topic.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::{Access, Actor, Arn, AwsError, Delivered, Delivery, PortError, Target};

use crate::error::{invalid, no_topic};
use crate::message::Message;
use crate::names;
use crate::open::Sns;
use crate::publishing::publish;
use crate::record::Topic;

/// Makes the port known to the cloud.
pub(crate) fn register(sns: &Arc<Sns>) {
    sns.context.peers().add_target("sns", Arc::new(Port(Arc::downgrade(sns))));
}

struct Port(Weak<Sns>);

#[async_trait]
impl Target for Port {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let sns = self.sns()?;
        let topic = sns.admitting(&delivery)?;
        let text = String::from_utf8(delivery.payload.to_vec()).map_err(|_| invalid("Message"))?;
        let message = Message {
            id: sns.context.entropy().uuid().to_string(),
            text,
            subject: delivery.subject,
            attributes: delivery.attributes,
            group: delivery.group_id,
            duplicate: delivery.deduplication_id.filter(|_| topic.is_fifo()),
            trace: delivery.trace,
            ..Message::default()
        };
        let message = message.check(None)?;
        message.check_ids(topic.is_fifo(), topic.is("ContentBasedDeduplication"))?;
        let accepted = publish(&sns, &topic, vec![message]).await?;
        let id = accepted.into_iter().next().unwrap_or_default().id;
        Ok(Delivered { request_id: id, ..Delivered::default() })
    }

    async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        let sns = self.0.upgrade().ok_or_else(|| AwsError::internal("SNS was closed"))?;
        let Some(topic) = sns.records.topics.get(&target.resource().to_owned()) else { return Ok(None) };
        let mut access = Access {
            action: "sns:Publish".to_owned(),
            resource: target.to_string(),
            policy: topic.policy.as_deref().map(Arc::from),
            ..Access::default()
        };
        access.tell_tags(topic.tags.clone());
        Ok(Some(access))
    }

    async fn admits(&self, delivery: &Delivery) -> Result<(), PortError> {
        self.sns()?.admitting(delivery).map(drop)
    }
}

impl Port {
    fn sns(&self) -> Result<Arc<Sns>, PortError> {
        self.0.upgrade().ok_or_else(|| PortError::Throttled(AwsError::internal("SNS was closed")))
    }
}

impl Sns {
    /// The topic that a delivery is for, if it lets in who sends.
    fn admitting(&self, delivery: &Delivery) -> Result<Arc<Topic>, PortError> {
        let name = names::topic(&self.context, "TopicArn", delivery.target.as_str())?;
        let is_own = matches!(delivery.actor, Actor::Account | Actor::Service(_));
        let topic = match self.records.topics.get(&name) {
            // Another account is not told by the error which topics there are.
            None if !is_own => {
                let unknown = Topic { name, ..Topic::default() };
                self.expect_allowed(&unknown, delivery)?;
                return Err(PortError::Gone(no_topic()));
            }
            found => found.ok_or_else(|| PortError::Gone(no_topic()))?,
        };
        self.expect_allowed(&topic, delivery)?;
        Ok(topic)
    }
}
