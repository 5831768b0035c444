//! What endpoints are asked: whether they want to be subscribed, and whether they wanted to be no more, where a stranger ended
//! their subscription at the address that stands in every message.

use cloud_core::{Arn, AwsError, Context, Delivery};
use cloud_delivery::Announcement;
use cloud_store::{Key, Scan, Transaction};
use serde::{Deserialize, Serialize};

use crate::addresses;
use crate::delivery_policy::Policy;
use crate::envelope::{Asked, Question};
use crate::error::invalid;
use crate::inbox::{self, Kind, Letter};
use crate::names;
use crate::open::{Failed, Records, Sns};
use crate::publishing::{http_attributes, internal};
use crate::record::{ENDED, OF_ENDPOINT, Protocol, Subscription};
use crate::relay::{PRINCIPAL, is_carried, to_services};
use crate::signing::{Pen, Version};

/// AWS: for how long a token counts, in milliseconds.
const KEPT: i64 = 3 * 24 * 3_600_000;
/// Subscriptions that were ended and may be restored; beyond them the oldest is forgotten.
const MOST: usize = 1000;

/// A subscription that a stranger ended.
#[derive(Debug, Serialize, Deserialize)]
struct Ended {
    at_ms: i64,
    subscription: Subscription,
}

/// Asks an endpoint whether it wants to be subscribed.
pub(crate) fn ask_to_confirm(
    records: &Records,
    transaction: &mut Transaction<'_>,
    subscription: &Subscription,
    pen: Option<&Pen>,
) -> Result<(), Failed> {
    if !subscription.is_pending {
        return Ok(());
    }
    ask(records, transaction, subscription, Asked::ToBegin, pen)
}

/// Tells an endpoint that its subscription was ended, and keeps that for a while, so that it may be restored.
// AWS: "a final cancellation message is delivered to the endpoint, so that the endpoint owner can easily resubscribe".
pub(crate) fn tell_ended(
    records: &Records,
    transaction: &mut Transaction<'_>,
    subscription: &Subscription,
    pen: Option<&Pen>,
) -> Result<(), Failed> {
    let Some(token) = subscription.token.as_ref().filter(|_| subscription.is_confirmed()) else {
        return Ok(());
    };
    let at_ms = records.context.clock().now_ms();
    forget(transaction, at_ms)?;
    let ended = Ended { at_ms, subscription: subscription.clone() };
    transaction.put_json(ENDED, key(&subscription.topic, token), &ended)?;
    ask(records, transaction, subscription, Asked::ToEnd, pen)
}

/// Restores the subscription of a topic that has a token and was ended. Its ARN.
pub(crate) async fn restore(
    sns: &Sns,
    topic: String,
    token: String,
    signed: Option<bool>,
) -> Result<String, AwsError> {
    let records = sns.records.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let no_token = || Failed(invalid("Token"));
        let place = key(&topic, &token);
        let ended = transaction.get_json::<Ended>(ENDED, &place)?.ok_or_else(no_token)?;
        transaction.delete(ENDED, &place)?;
        let is_over = ended.at_ms.saturating_add(KEPT) <= records.context.clock().now_ms();
        let Ended { subscription: mut restored, .. } = ended;
        let present = records.topics.within(transaction).get(&topic)?;
        let is_there = present.is_some_and(|present| present.id == restored.topic_id);
        let mut subscriptions = records.subscriptions.within(transaction);
        // Who has subscribed anew since has another subscription.
        let is_taken = !subscriptions.find(&OF_ENDPOINT, &restored.place(), None, 1)?.is_empty();
        if is_over || is_taken || !is_there {
            return Err(no_token());
        }
        restored.confirm(signed);
        let key = restored.key();
        subscriptions.put(key.clone(), restored)?;
        Ok(key)
    };
    let key = sns.records.store.transact(work).await.map_err(|Failed(error)| error)?;
    Ok(names::arn(&sns.context, &key))
}

fn key(topic: &str, token: &str) -> Vec<u8> {
    Key::text(topic).then_text(token).into_bytes()
}

/// Makes room for one more.
fn forget(transaction: &mut Transaction<'_>, now_ms: i64) -> Result<(), Failed> {
    let mut kept = Vec::new();
    for entry in transaction.scan(ENDED, &Scan::all().limit(MOST + 1))? {
        let at_ms = entry.json::<Ended>().map_or(0, |ended| ended.at_ms);
        if at_ms.saturating_add(KEPT) <= now_ms {
            transaction.delete(ENDED, &entry.key)?;
        } else {
            kept.push((at_ms, entry.key));
        }
    }
    if kept.len() >= MOST
        && let Some((_, oldest)) = kept.into_iter().min()
    {
        transaction.delete(ENDED, &oldest)?;
    }
    Ok(())
}

fn ask(
    records: &Records,
    transaction: &mut Transaction<'_>,
    subscription: &Subscription,
    asked: Asked,
    pen: Option<&Pen>,
) -> Result<(), Failed> {
    let Some(token) = &subscription.token else { return Ok(()) };
    let context = &records.context;
    let topic: Arn = names::arn(context, &subscription.topic).parse().map_err(internal)?;
    let (id, own) = (context.entropy().uuid().to_string(), names::arn(context, &subscription.key()));
    let url = addresses::confirm(context, topic.as_str(), token);
    let question = Question {
        asked,
        id: &id,
        topic: topic.as_str(),
        subscription: &own,
        token,
        subscribe: &url,
        at: context.now(),
    };
    if !is_carried(subscription.protocol) {
        return Ok(inbox::put(transaction, &letter(context, subscription, &question))?);
    }
    let of_topic = records.topics.within(transaction).get(&subscription.topic)?;
    let version = of_topic.and_then(|topic| topic.attributes.get("SignatureVersion").cloned());
    let pen = pen.ok_or_else(|| Failed(AwsError::internal("nothing signs a question")))?;
    let signature = pen.sign(Version::of(version.as_ref()), &question.signed()).map_err(Failed)?;
    let announcement = announcement(subscription, &topic, own.clone(), &question, question.json(&signature))?;
    records.outbox.announce(transaction, announcement)?;
    Ok(())
}

fn announcement(
    subscription: &Subscription,
    topic: &Arn,
    own: String,
    question: &Question<'_>,
    body: String,
) -> Result<Announcement, Failed> {
    let is_web = subscription.protocol.is_web();
    let target = if is_web { &own } else { &subscription.endpoint };
    let mut delivery =
        Delivery::new(target.parse().map_err(internal)?, body).from_service(PRINCIPAL, topic.clone());
    let mut retry = to_services();
    if is_web {
        let (kind, content) = (question.asked.as_str(), "text/plain; charset=UTF-8");
        delivery.attributes = http_attributes(kind, topic, content, &subscription.endpoint);
        retry = Policy::of(subscription.attributes.get("DeliveryPolicy"), None).retry();
    } else if subscription.protocol == Protocol::Sqs && subscription.endpoint.ends_with(names::FIFO) {
        delivery.group_id = Some(subscription.id.clone());
        delivery.deduplication_id = Some(question.id.to_owned());
    }
    delivery.id = Some(question.id.to_owned());
    Ok(Announcement { retry, lane: Some(own), ..Announcement::new(delivery) })
}

/// The same as a letter.
fn letter(context: &Context, subscription: &Subscription, question: &Question<'_>) -> Letter {
    let (topic, url) = (question.topic, question.subscribe);
    let (subject, text) = match question.asked {
        Asked::ToBegin => (
            "AWS Notification - Subscription Confirmation",
            format!(
                "You have chosen to subscribe to the topic {topic}.\nTo confirm this subscription, visit {url}"
            ),
        ),
        Asked::ToEnd => (
            "AWS Notification - Unsubscribe Confirmation",
            format!(
                "Your subscription to the topic {topic} has been deactivated.\nTo restore it, visit {url}"
            ),
        ),
    };
    Letter {
        kind: Kind::Confirmation,
        to: subscription.endpoint.clone(),
        topic: Some(topic.to_owned()),
        subject: Some(subject.to_owned()),
        text,
        at_ms: context.clock().now_ms(),
    }
}
