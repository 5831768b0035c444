//! SQS for other services: a target that keeps what is delivered, and a source that is polled.

use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    Access, Actor, Arn, AwsError, Delivered, Delivery, Description, Poll, PortError, Reader, Receipt, Record,
    Source, SourceKind, Target, Trace,
};
use jiff::Timestamp;

use crate::error::no_queue;
use crate::message::{md5_of, md5_of_attributes};
use crate::names;
use crate::open::{Desk, Sqs};
use crate::ops::receive_message::{Asked, Given, told};
use crate::ops::send_message::{Sending, send};
use crate::ops::{delete_message, receive_message, visibility};
use crate::record::Queue;

#[cfg(test)]
mod tests;

/// Makes the ports known to the cloud.
pub(crate) fn register(sqs: &Arc<Sqs>) {
    let port = Arc::new(Port(Arc::downgrade(sqs)));
    sqs.context.peers().add_target("sqs", port.clone());
    sqs.context.peers().add_source("sqs", port);
}

struct Port(Weak<Sqs>);

impl Port {
    fn sqs(&self) -> Result<Arc<Sqs>, PortError> {
        self.0.upgrade().ok_or_else(|| PortError::Throttled(AwsError::internal("SQS was closed")))
    }
}

impl Sqs {
    fn queue_of(&self, arn: &Arn) -> Result<Arc<Queue>, PortError> {
        let name = names::of_arn(&self.context, arn);
        let found = name.and_then(|name| self.records.queues.get(&name));
        found.ok_or_else(|| PortError::Gone(no_queue()))
    }

    /// The queue that a delivery is for, if it lets in who sends.
    fn admitting(&self, delivery: &Delivery) -> Result<Arc<Queue>, PortError> {
        let is_own = matches!(delivery.actor, Actor::Account | Actor::Service(_));
        let queue = match self.queue_of(&delivery.target) {
            // Another account is not told by the error which queues there are.
            Err(_) if !is_own => {
                let unknown = Queue { name: delivery.target.resource().to_owned(), ..Queue::default() };
                self.expect_allowed(&unknown, delivery)?;
                return Err(PortError::Gone(no_queue()));
            }
            found => found?,
        };
        self.expect_allowed(&queue, delivery)?;
        Ok(queue)
    }
}

/// By the error: a queue that is gone, what comes too often, all else.
fn port_error(error: AwsError) -> PortError {
    match error.code() {
        "QueueDoesNotExist" => PortError::Gone(error),
        "OverLimit" | "RequestThrottled" => PortError::Throttled(error),
        _ => PortError::from(error),
    }
}

#[async_trait]
impl Target for Port {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let sqs = self.sqs()?;
        let queue = sqs.admitting(&delivery)?;
        let text = String::from_utf8(delivery.payload.to_vec()).map_err(|_| {
            PortError::Refused(crate::error::wrong(
                "A message is text in UTF-8, and what was delivered is not.",
            ))
        })?;
        let trace = delivery.trace.to_string();
        let sending = Sending {
            text,
            attributes: delivery.attributes,
            trace: (!trace.is_empty()).then_some(trace),
            group: delivery.group_id,
            duplicate: delivery.deduplication_id,
            sender: sender(&delivery.actor, &sqs),
            ..Sending::default()
        };
        let sent = send(&sqs, &queue, sending).await.map_err(port_error)?;
        Ok(Delivered { request_id: sent.id, ..Delivered::default() })
    }

    async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        let sqs = self.sqs().map_err(PortError::into_error)?;
        let Ok(queue) = sqs.queue_of(target) else { return Ok(None) };
        let mut access = Access {
            action: "sqs:SendMessage".to_owned(),
            resource: target.to_string(),
            policy: queue.settings.policy.as_deref().map(Arc::from),
            ..Access::default()
        };
        access.tell_tags(queue.tags.clone());
        Ok(Some(access))
    }

    async fn admits(&self, delivery: &Delivery) -> Result<(), PortError> {
        self.sqs()?.admitting(delivery).map(drop)
    }
}

/// Who sent, as `SenderId` tells it.
fn sender(actor: &Actor, sqs: &Sqs) -> String {
    match actor {
        Actor::Account => sqs.context.account().to_string(),
        Actor::Service(service) => service.clone(),
        Actor::Foreign(account) => account.to_string(),
        Actor::Role(role) => role.to_string(),
    }
}

#[async_trait]
impl Source for Port {
    fn kind(&self) -> SourceKind {
        SourceKind::Queue
    }

    async fn describe(&self, reader: &Reader) -> Result<Description, PortError> {
        let sqs = self.sqs()?;
        let queue = sqs.queue_of(&reader.source)?;
        let messages = |desk: &mut Desk<'_, '_>| Ok(desk.backlog.counts.messages);
        let messages = sqs.records.at(queue.name.clone(), false, messages).await.map_err(port_error)?;
        Ok(Description {
            visibility: Some(Duration::from_secs(queue.settings.visibility.into())),
            is_ordered: queue.settings.is_fifo,
            is_empty: messages == 0,
            policy: queue.settings.policy.as_deref().map(Arc::from),
            shards: Vec::new(),
        })
    }

    async fn ready(&self, reader: &Reader, wait: Duration) -> Result<(), PortError> {
        let sqs = self.sqs()?;
        let queue = sqs.queue_of(&reader.source)?;
        receive_message::ready(&sqs, &queue.name, wait).await.map_err(port_error)
    }

    async fn poll(&self, reader: &Reader, poll: Poll) -> Result<Vec<Record>, PortError> {
        let sqs = self.sqs()?;
        let queue = sqs.queue_of(&reader.source)?;
        let visibility = poll.visibility.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        let mut records = Vec::new();
        while records.len() < poll.records.max(1) {
            let wait = if records.is_empty() { poll.wait } else { Duration::ZERO };
            let asked = Asked {
                most: (poll.records.max(1) - records.len()).min(crate::state::MOST_RECEIVED),
                bytes: usize::try_from(poll.bytes).unwrap_or(usize::MAX).saturating_sub(bytes_of(&records)),
                visibility,
                wait,
                ..Asked::default()
            };
            if asked.bytes == 0 {
                break;
            }
            let most = asked.most;
            let given = receive_message::receive(&sqs, &queue.name, asked).await.map_err(port_error)?;
            let is_full = given.len() == most;
            let (wanted, others): (Vec<_>, Vec<_>) = given
                .into_iter()
                .map(|given| record(given, queue.settings.is_fifo))
                .partition(|record| poll.filter.as_ref().is_none_or(|filter| filter(record)));
            // AWS: what a filter does not want is removed from its queue.
            let unwanted: Vec<Receipt> = others.into_iter().map(|record| record.receipt).collect();
            self.acknowledge(reader, &unwanted).await?;
            records.extend(wanted);
            // Less than was asked for is all that was ready. Looked for once more, it might be what was given before, visible again.
            if !is_full {
                break;
            }
        }
        Ok(records)
    }

    async fn acknowledge(&self, reader: &Reader, receipts: &[Receipt]) -> Result<(), PortError> {
        if receipts.is_empty() {
            return Ok(());
        }
        let sqs = self.sqs()?;
        let queue = sqs.queue_of(&reader.source)?;
        let handles = receipts.iter().map(|receipt| receipt.0.clone()).collect();
        // One that was given to somebody else meanwhile is no error.
        delete_message::delete(&sqs, &queue, handles).await.map(drop).map_err(port_error)
    }

    async fn hide(
        &self,
        reader: &Reader,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<(), PortError> {
        let sqs = self.sqs()?;
        let queue = sqs.queue_of(&reader.source)?;
        let time = u64::try_from(visibility.as_millis()).unwrap_or(u64::MAX);
        let handles = receipts.iter().map(|receipt| (receipt.0.clone(), time)).collect();
        visibility::hide(&sqs, &queue, handles).await.map(drop).map_err(port_error)
    }
}

fn bytes_of(records: &[Record]) -> usize {
    records.iter().map(|record| record.payload.len()).sum()
}

fn record(given: Given, is_fifo: bool) -> Record {
    let Given { receipt, sequence, parcel, state } = given;
    let mut system = told(&parcel.header, &state, sequence, is_fifo);
    system.insert("MD5OfBody".to_owned(), md5_of(&parcel.text));
    if let Some(digest) = md5_of_attributes(&parcel.header.attributes) {
        system.insert("MD5OfMessageAttributes".to_owned(), digest);
    }
    Record {
        id: parcel.header.id,
        receipt: Receipt(receipt),
        payload: parcel.text.into(),
        attributes: parcel.header.attributes,
        system,
        group_id: parcel.header.group,
        sent: Timestamp::from_millisecond(state.sent_ms).unwrap_or_default(),
        received: state.received,
        trace: parcel.header.trace.as_deref().map(Trace::of).unwrap_or_default(),
    }
}
