//! From a message to what is announced of it: for each subscription that it passes, in the transaction that accepts it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_core::budget::Source;
use cloud_core::{Arn, Attribute, AwsError, Delivery};
use cloud_delivery::{Announcement, Error};
use cloud_store::Transaction;
use jiff::Timestamp;

use crate::addresses;
use crate::attributes::dead_letters;
use crate::delivery_policy::Policy;
use crate::envelope::{Notification, signed_notification};
use crate::error::no_topic;
use crate::inbox::{self, Kind, Letter};
use crate::message::Message;
use crate::names;
use crate::open::{Failed, Records, Sns};
use crate::record::{Protocol, Subscription, Topic};
use crate::relay::{PRINCIPAL, is_carried, to_services};
use crate::shapes::Code;
use crate::signing::{Signature, Version};
use crate::state;

/// A message that was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub id: String,
    pub sequence: Option<String>,
}

/// Accepts messages of one topic, all or none.
pub(crate) async fn publish(
    sns: &Sns,
    topic: &Topic,
    messages: Vec<Message>,
) -> Result<Vec<Accepted>, AwsError> {
    let subscriptions = sns.records.subscriptions_of(&topic.name);
    let size: usize = messages.iter().map(Message::size).sum();
    // A copy for each of them is made before they are on the disk.
    let bytes = (size as u64).saturating_mul(subscriptions.len() as u64 + 1);
    let source = Source::named("topic", topic.name.clone());
    let room = sns.context.memory().reserve(&source, bytes).map_err(throttled)?;
    let stamps = stamp(sns, topic, &subscriptions, &messages).await?;
    let (records, name, id) = (sns.records.clone(), topic.name.clone(), topic.id);
    let work = move |transaction: &mut Transaction<'_>| {
        let _room = room;
        let topic = records.topics.within(transaction).get(&name)?;
        let topic = topic.filter(|topic| topic.id == id).ok_or_else(no_topic).map_err(Failed)?;
        let fan = Fan { records: &records, topic: &topic, subscriptions: &subscriptions };
        let stamped = messages.into_iter().zip(&stamps);
        stamped.map(|(message, stamp)| fan.accept(transaction, message, stamp)).collect()
    };
    sns.records.store.transact(work).await.map_err(|Failed(error)| error)
}

/// When a message was accepted, and the signatures under what it says, by that.
#[derive(Debug)]
struct Stamp {
    at: Timestamp,
    signatures: BTreeMap<String, Signature>,
}

/// Signs what messages say to those who hear of them, before the writer's turn: it takes milliseconds.
async fn stamp(
    sns: &Sns,
    topic: &Topic,
    subscriptions: &[Arc<Subscription>],
    messages: &[Message],
) -> Result<Vec<Stamp>, AwsError> {
    let (arn, at) = (names::arn(&sns.context, &topic.name), sns.context.now());
    let (mut said, mut texts) = (Vec::new(), Vec::new());
    for (place, message) in messages.iter().enumerate() {
        let is_told = |of: &&Arc<Subscription>| is_signed(of) && passes(of, message);
        let heard = subscriptions.iter().filter(is_told);
        let heard: BTreeSet<&str> = heard.map(|of| message.text(of.protocol)).collect();
        for text in heard {
            said.push((place, text.to_owned()));
            texts.push(signed_notification(&message.id, &arn, message.subject.as_deref(), text, at));
        }
    }
    let mut stamps: Vec<_> = messages.iter().map(|_| Stamp { at, signatures: BTreeMap::new() }).collect();
    if texts.is_empty() {
        return Ok(stamps);
    }
    let version = Version::of(topic.attributes.get("SignatureVersion"));
    let signatures = sns.signer.sign(&sns.context, version, texts).await?;
    for ((place, text), signature) in said.into_iter().zip(signatures) {
        if let Some(stamp) = stamps.get_mut(place) {
            stamp.signatures.insert(text, signature);
        }
    }
    Ok(stamps)
}

/// Whether a subscription's envelopes are signed: it has some.
fn is_signed(subscription: &Subscription) -> bool {
    let has_envelope = is_carried(subscription.protocol) || subscription.protocol == Protocol::EmailJson;
    has_envelope && !subscription.is_raw()
}

// AWS: what is published faster than a topic takes it.
fn throttled(error: impl std::error::Error + Send + Sync + 'static) -> AwsError {
    Code::ThrottledException.error("Rate exceeded").because(error)
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        match error {
            Error::Full { .. } => Self(throttled(error)),
            error => Self(error.into()),
        }
    }
}

/// A topic and who hears of it.
struct Fan<'r> {
    records: &'r Records,
    topic: &'r Topic,
    subscriptions: &'r [Arc<Subscription>],
}

impl Fan<'_> {
    fn accept(
        &self,
        transaction: &mut Transaction<'_>,
        message: Message,
        stamp: &Stamp,
    ) -> Result<Accepted, Failed> {
        let now_ms = self.records.context.clock().now_ms();
        if !self.topic.is_fifo() {
            self.send(transaction, &message, None, stamp)?;
            return Ok(Accepted { id: message.id, sequence: None });
        }
        let (group, duplicate) = (
            message.group.as_deref().unwrap_or_default(),
            message.duplicate.clone().unwrap_or_else(|| message.digest()),
        );
        let name = state::name(self.topic, group, &duplicate);
        if let Some(known) = state::recall(transaction, &name, now_ms)? {
            return Ok(Accepted { id: known.id, sequence: Some(known.sequence) });
        }
        let sequence = state::sequence(transaction, self.topic.id)?;
        state::remember(transaction, &name, &message.id, &sequence, now_ms)?;
        let message = Message { duplicate: Some(duplicate), ..message };
        self.send(transaction, &message, Some(&sequence), stamp)?;
        Ok(Accepted { id: message.id, sequence: Some(sequence) })
    }

    fn send(
        &self,
        transaction: &mut Transaction<'_>,
        message: &Message,
        sequence: Option<&str>,
        stamp: &Stamp,
    ) -> Result<(), Failed> {
        let heard = self.subscriptions.iter().filter(|subscription| passes(subscription, message));
        for subscription in heard {
            if is_carried(subscription.protocol) {
                let announcement = self.announcement(subscription, message, sequence, stamp)?;
                self.records.outbox.announce(transaction, announcement)?;
            } else {
                inbox::put(transaction, &self.letter(subscription, message, stamp)?)?;
            }
        }
        Ok(())
    }

    fn notification(
        &self,
        subscription: &Subscription,
        message: &Message,
        sequence: Option<&str>,
        stamp: &Stamp,
    ) -> Result<String, Failed> {
        let text = message.text(subscription.protocol);
        let signature = stamp.signatures.get(text);
        let signature = signature.ok_or_else(|| Failed(AwsError::internal("a message was not signed")))?;
        let context = &self.records.context;
        let (topic, arn) = (names::arn(context, &self.topic.name), names::arn(context, &subscription.key()));
        let notification = Notification {
            id: &message.id,
            topic: &topic,
            subscription: &arn,
            subject: message.subject.as_deref(),
            text,
            attributes: &message.attributes,
            sequence,
            at: stamp.at,
            signature,
            unsubscribe: &addresses::unsubscribe(context, &arn),
        };
        let is_event = subscription.protocol == Protocol::Lambda;
        Ok(if is_event { notification.event() } else { notification.json() })
    }

    fn announcement(
        &self,
        subscription: &Subscription,
        message: &Message,
        sequence: Option<&str>,
        stamp: &Stamp,
    ) -> Result<Announcement, Failed> {
        let context = &self.records.context;
        let own = names::arn(context, &subscription.key());
        let topic: Arn = names::arn(context, &self.topic.name).parse().map_err(internal)?;
        let is_http = subscription.protocol.is_web();
        let target = if is_http { &own } else { &subscription.endpoint };
        let payload = if subscription.is_raw() {
            message.text(subscription.protocol).to_owned()
        } else {
            self.notification(subscription, message, sequence, stamp)?
        };
        let mut delivery =
            Delivery::new(target.parse().map_err(internal)?, payload).from_service(PRINCIPAL, topic.clone());
        delivery.id = Some(message.id.clone());
        delivery.trace = message.trace.clone();
        let mut retry = to_services();
        if is_http {
            let policy = Policy::of(
                subscription.attributes.get("DeliveryPolicy"),
                self.topic.attributes.get("DeliveryPolicy"),
            );
            delivery.attributes =
                http_attributes("Notification", &topic, policy.content_type(), &subscription.endpoint);
            retry = policy.retry();
        } else if subscription.is_raw() {
            delivery.attributes = message.attributes.clone();
        }
        self.mark(subscription, message, &mut delivery);
        Ok(Announcement {
            retry,
            order: self.topic.is_fifo().then(|| message.group.clone().unwrap_or_default()),
            dead_letter: subscription.attributes.get("RedrivePolicy").and_then(|text| dead_letters(text)),
            lane: Some(own),
            ..Announcement::new(delivery)
        })
    }

    /// Says the group and what tells duplicates to queues that know these.
    // AWS: a standard queue hears of the groups of standard topics alone.
    fn mark(&self, subscription: &Subscription, message: &Message, delivery: &mut Delivery) {
        let is_fifo_queue = subscription.endpoint.ends_with(names::FIFO);
        if subscription.protocol == Protocol::Sqs && is_fifo_queue == self.topic.is_fifo() {
            delivery.group_id.clone_from(&message.group);
            delivery.deduplication_id.clone_from(&message.duplicate);
        }
    }

    fn letter(
        &self,
        subscription: &Subscription,
        message: &Message,
        stamp: &Stamp,
    ) -> Result<Letter, Failed> {
        let protocol = subscription.protocol;
        let text = if protocol == Protocol::EmailJson {
            self.notification(subscription, message, None, stamp)?
        } else {
            message.text(protocol).to_owned()
        };
        Ok(Letter {
            kind: if protocol == Protocol::Sms { Kind::Sms } else { Kind::Mail },
            to: subscription.endpoint.clone(),
            topic: Some(names::arn(&self.records.context, &self.topic.name)),
            subject: message.subject.clone(),
            text,
            at_ms: self.records.context.clock().now_ms(),
        })
    }
}

pub(crate) fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Failed {
    Failed(AwsError::internal(error))
}

/// What becomes headers of a request to an HTTP endpoint, and where that is, should the subscription be gone.
pub(crate) fn http_attributes(
    kind: &str,
    topic: &Arn,
    content_type: &str,
    endpoint: &str,
) -> BTreeMap<String, Attribute> {
    [("type", kind), ("topic", topic.as_str()), ("content-type", content_type), ("endpoint", endpoint)]
        .map(|(name, value)| (name.to_owned(), Attribute::text(value)))
        .into()
}

/// Whether a subscription hears of a message.
fn passes(subscription: &Subscription, message: &Message) -> bool {
    if !subscription.is_confirmed() {
        return false;
    }
    subscription.filter().is_none_or(|filter| {
        if subscription.filters_bodies() {
            filter.passes_body(message.text(subscription.protocol))
        } else {
            filter.passes_attributes(&message.attributes)
        }
    })
}
