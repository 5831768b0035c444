//! SNS for other services: a target that publishes what is delivered to a topic.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::{Actor, AwsError, Delivered, Delivery, PortError, Target};

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
        let sns =
            self.0.upgrade().ok_or_else(|| PortError::Throttled(AwsError::internal("SNS was closed")))?;
        let name = names::topic(&sns.context, "TopicArn", delivery.target.as_str())?;
        let found = sns.records.topics.get(&name);
        let is_own = matches!(delivery.actor, Actor::Account | Actor::Service(_));
        let topic = match found {
            // Another account is not told by the error which topics there are.
            None if !is_own => {
                let unknown = Topic { name, ..Topic::default() };
                sns.expect_allowed(
                    &unknown,
                    &delivery.target,
                    &delivery.actor,
                    delivery.source_arn.as_ref(),
                )?;
                return Err(PortError::Gone(no_topic()));
            }
            found => found.ok_or_else(|| PortError::Gone(no_topic()))?,
        };
        sns.expect_allowed(&topic, &delivery.target, &delivery.actor, delivery.source_arn.as_ref())?;
        let text = String::from_utf8(delivery.payload.to_vec()).map_err(|_| invalid("Message"))?;
        let message = Message {
            id: sns.context.entropy().uuid().to_string(),
            text,
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
}
