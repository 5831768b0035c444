//! How announcements reach their endpoints, and where they go when they do not.

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{Context, Delivered, Delivery, PortError};
use cloud_delivery::{Announcement, End, Ending, Relay, Retry};
use cloud_store::Resident;

use crate::envelope::{Asked, notification_of};
use crate::error::no_subscription;
use crate::http::Poster;
use crate::names::FIFO;
use crate::record::{Protocol, Subscription};

/// Whose principal deliveries are made by.
pub(crate) const PRINCIPAL: &str = "sns.amazonaws.com";
/// AWS: for 23 days a message is tried to be given to a service of AWS's.
const LONGEST: u64 = 23 * 24 * 3_600_000;

/// When deliveries to queues and functions are tried again.
// AWS: at once, then with growing waits up to 20 s.
pub(crate) fn to_services() -> Retry {
    Retry { backoff: 1000, most_backoff: 20_000, max_age: LONGEST, ..Retry::default() }
}

/// Carries what this service announces.
pub(crate) struct Carrier {
    pub(crate) context: Context,
    pub(crate) subscriptions: Resident<String, Subscription>,
    pub(crate) poster: Poster,
}

impl Carrier {
    /// To an HTTP endpoint: the target of such a delivery is its subscription.
    async fn post(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let key = delivery.target.resource().to_owned();
        let header =
            |name: &str| delivery.attributes.get(name).and_then(|value| value.as_text()).map(str::to_owned);
        let kind = header("type").unwrap_or_else(|| "Notification".to_owned());
        let subscription = self.subscriptions.get(&key);
        let is_raw = subscription.as_ref().is_some_and(|subscription| subscription.is_raw());
        // One that was ended is told so.
        let told = header("endpoint").filter(|_| kind == Asked::ToEnd.as_str());
        let endpoint = subscription.map(|subscription| subscription.endpoint.clone()).or(told);
        let endpoint = endpoint.ok_or_else(|| PortError::Gone(no_subscription()))?;
        let topic = header("topic").unwrap_or_default();
        let mut headers = vec![
            ("x-amz-sns-message-type", kind.clone()),
            ("x-amz-sns-message-id", delivery.id.clone().unwrap_or_default()),
            ("x-amz-sns-topic-arn", topic),
            (
                "content-type",
                header("content-type").unwrap_or_else(|| "text/plain; charset=UTF-8".to_owned()),
            ),
            ("user-agent", "Amazon Simple Notification Service Agent".to_owned()),
        ];
        if kind != Asked::ToBegin.as_str() {
            headers.push(("x-amz-sns-subscription-arn", delivery.target.to_string()));
        }
        if kind == "Notification" && is_raw {
            headers.push(("x-amz-sns-rawdelivery", "true".to_owned()));
        }
        self.poster.post(&endpoint, &headers, delivery.payload).await
    }
}

#[async_trait]
impl Relay for Carrier {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        if delivery.target.service() == "sns" {
            return self.post(delivery).await;
        }
        self.context.peers().deliver(delivery).await
    }

    fn after(&self, end: &End) -> Vec<Announcement> {
        if end.ending == Ending::Delivered {
            return Vec::new();
        }
        let before = &end.announcement.delivery;
        tracing::warn!(target = %before.target, ending = ?end.ending, error = ?end.error, "SNS gives up a message");
        let Some(queue) = end.announcement.dead_letter.clone() else { return Vec::new() };
        let (mut payload, mut attributes) = (before.payload.clone(), before.attributes.clone());
        match before.target.service() {
            // AWS: of a function's event the notification goes there.
            "lambda" => payload = notification_of(&payload).map_or(payload, Bytes::from),
            // Those are the request's.
            "sns" => attributes.clear(),
            _ => {}
        }
        let mut delivery = Delivery::new(queue, payload);
        (delivery.actor, delivery.source_arn) = (before.actor.clone(), before.source_arn.clone());
        delivery.attributes = attributes;
        delivery.id.clone_from(&before.id);
        delivery.trace.clone_from(&before.trace);
        if delivery.target.resource().ends_with(FIFO) {
            delivery.group_id.clone_from(&before.group_id);
            delivery.deduplication_id.clone_from(&before.deduplication_id);
        }
        vec![Announcement { retry: to_services(), ..Announcement::new(delivery) }]
    }
}

/// Whether a protocol is delivered to by the outbox.
pub(crate) fn is_carried(protocol: Protocol) -> bool {
    protocol.is_web() || matches!(protocol, Protocol::Sqs | Protocol::Lambda)
}
