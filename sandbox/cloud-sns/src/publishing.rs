//! From a message to what is announced of it: for each subscription that it passes, in the transaction that accepts it.

use std::sync::Arc;

use cloud_core::budget::Source;
use cloud_core::{Arn, Attribute, AwsError, Delivery};
use cloud_delivery::{Announcement, Error};
use cloud_store::Transaction;
use jiff::Timestamp;

use crate::addresses;
use crate::attributes::dead_letters;
use crate::delivery_policy::Policy;
use crate::envelope::Notification;
use crate::error::no_topic;
use crate::inbox::{self, Kind, Letter};
use crate::message::Message;
use crate::names;
use crate::open::{Failed, Records, Sns};
use crate::record::{Protocol, Subscription, Topic};
use crate::relay::{PRINCIPAL, is_carried, to_services};
use crate::shapes::Code;
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
    let (records, name, id) = (sns.records.clone(), topic.name.clone(), topic.id);
    let work = move |transaction: &mut Transaction<'_>| {
        let _room = room;
        let topic = records.topics.within(transaction).get(&name)?;
        let topic = topic.filter(|topic| topic.id == id).ok_or_else(no_topic).map_err(Failed)?;
        let fan = Fan { records: &records, topic: &topic, subscriptions: &subscriptions };
        messages.into_iter().map(|message| fan.accept(transaction, message)).collect()
    };
    sns.records.store.transact(work).await.map_err(|Failed(error)| error)
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
    fn accept(&self, transaction: &mut Transaction<'_>, message: Message) -> Result<Accepted, Failed> {
        let now_ms = self.records.context.clock().now_ms();
        if !self.topic.is_fifo() {
            self.send(transaction, &message, None)?;
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
        self.send(transaction, &message, Some(&sequence))?;
        Ok(Accepted { id: message.id, sequence: Some(sequence) })
    }

    fn send(
        &self,
        transaction: &mut Transaction<'_>,
        message: &Message,
        sequence: Option<&str>,
    ) -> Result<(), Failed> {
        let heard = self.subscriptions.iter().filter(|subscription| passes(subscription, message));
        for subscription in heard {
            if is_carried(subscription.protocol) {
                let announcement = self.announcement(subscription, message, sequence)?;
                self.records.outbox.announce(transaction, announcement)?;
            } else {
                inbox::put(transaction, &self.letter(subscription, message))?;
            }
        }
        Ok(())
    }

    fn notification(
        &self,
        subscription: &Subscription,
        message: &Message,
        sequence: Option<&str>,
        is_event: bool,
    ) -> String {
        let context = &self.records.context;
        let (topic, arn) = (names::arn(context, &self.topic.name), names::arn(context, &subscription.key()));
        let notification = Notification {
            id: &message.id,
            topic: &topic,
            subscription: &arn,
            subject: message.subject.as_deref(),
            text: message.text(subscription.protocol),
            attributes: &message.attributes,
            sequence,
            at: context.now(),
            unsubscribe: &addresses::unsubscribe(context, &arn),
        };
        if is_event { notification.event() } else { notification.json() }
    }

    fn announcement(
        &self,
        subscription: &Subscription,
        message: &Message,
        sequence: Option<&str>,
    ) -> Result<Announcement, Failed> {
        let context = &self.records.context;
        let own = names::arn(context, &subscription.key());
        let topic: Arn = names::arn(context, &self.topic.name).parse().map_err(internal)?;
        let is_http = subscription.protocol == Protocol::Http;
        let target = if is_http { &own } else { &subscription.endpoint };
        let payload = if subscription.is_raw() {
            message.text(subscription.protocol).to_owned()
        } else {
            self.notification(subscription, message, sequence, subscription.protocol == Protocol::Lambda)
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
            delivery.attributes = http_attributes("Notification", &topic, policy.content_type());
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

    fn letter(&self, subscription: &Subscription, message: &Message) -> Letter {
        let protocol = subscription.protocol;
        let text = if protocol == Protocol::EmailJson {
            self.notification(subscription, message, None, false)
        } else {
            message.text(protocol).to_owned()
        };
        Letter {
            kind: if protocol == Protocol::Sms { Kind::Sms } else { Kind::Mail },
            to: subscription.endpoint.clone(),
            topic: Some(names::arn(&self.records.context, &self.topic.name)),
            subject: message.subject.clone(),
            text,
            at_ms: self.records.context.clock().now_ms(),
        }
    }
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Failed {
    Failed(AwsError::internal(error))
}

/// What becomes headers of a request to an HTTP endpoint.
fn http_attributes(
    kind: &str,
    topic: &Arn,
    content_type: &str,
) -> std::collections::BTreeMap<String, Attribute> {
    [("type", kind), ("topic", topic.as_str()), ("content-type", content_type)]
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

/// Asks an endpoint whether it wants to be subscribed.
pub(crate) fn ask_to_confirm(
    records: &Records,
    transaction: &mut Transaction<'_>,
    subscription: &Subscription,
) -> Result<(), Failed> {
    let Some(token) = subscription.token.as_ref().filter(|_| subscription.is_pending) else { return Ok(()) };
    let context = &records.context;
    let topic: Arn = names::arn(context, &subscription.topic).parse().map_err(internal)?;
    let url = addresses::confirm(context, topic.as_str(), token);
    if subscription.protocol != Protocol::Http {
        let text = format!(
            "You have chosen to subscribe to the topic {topic}.\nTo confirm this subscription, visit {url}"
        );
        let letter = Letter {
            kind: Kind::Confirmation,
            to: subscription.endpoint.clone(),
            topic: Some(topic.to_string()),
            subject: Some("AWS Notification - Subscription Confirmation".to_owned()),
            text,
            at_ms: context.clock().now_ms(),
        };
        return Ok(inbox::put(transaction, &letter)?);
    }
    let id = context.entropy().uuid().to_string();
    let now: Timestamp = context.now();
    let body = crate::envelope::confirmation(&id, topic.as_str(), token, &url, now);
    let own = names::arn(context, &subscription.key());
    let mut delivery =
        Delivery::new(own.parse().map_err(internal)?, body).from_service(PRINCIPAL, topic.clone());
    delivery.id = Some(id);
    delivery.attributes = http_attributes("SubscriptionConfirmation", &topic, "text/plain; charset=UTF-8");
    let announcement = Announcement {
        retry: Policy::of(subscription.attributes.get("DeliveryPolicy"), None).retry(),
        lane: Some(own),
        ..Announcement::new(delivery)
    };
    records.outbox.announce(transaction, announcement)?;
    Ok(())
}
