//! How announcements reach their targets, and what a dead-letter queue is told of those that do not.

use async_trait::async_trait;
use cloud_core::{Attribute, Context, Delivered, Delivery, PortError};
use cloud_delivery::{Announcement, End, Ending, Relay};

use crate::publishing::PRINCIPAL;

/// Carries what this service announces.
pub(crate) struct Carrier(pub(crate) Context);

#[async_trait]
impl Relay for Carrier {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        self.0.peers().deliver(delivery).await
    }

    fn after(&self, end: &End) -> Vec<Announcement> {
        dead_letter(end).into_iter().collect()
    }
}

// AWS: "Using dead-letter queues": the event, and in attributes what became of it.
fn dead_letter(end: &End) -> Option<Announcement> {
    let queue = end.announcement.dead_letter.clone().filter(|_| end.ending != Ending::Delivered)?;
    let before = &end.announcement.delivery;
    let rule = before.source_arn.clone()?;
    let mut delivery = Delivery::new(queue, before.payload.clone()).from_service(PRINCIPAL, rule.clone());
    delivery.trace = before.trace.clone();
    let mut tell = |name: &str, text: String| {
        delivery.attributes.insert(name.to_owned(), Attribute::text(text));
    };
    tell("RULE_ARN", rule.to_string());
    tell("TARGET_ARN", before.target.to_string());
    let (code, message) = reason(end);
    tell("ERROR_CODE", code.to_owned());
    tell("ERROR_MESSAGE", message);
    match end.ending {
        Ending::Exhausted => tell("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts".to_owned()),
        Ending::TooOld => tell("EXHAUSTED_RETRY_CONDITION", "MaximumEventAgeInSeconds".to_owned()),
        _ => {}
    }
    let retries = end.attempts.saturating_sub(1);
    delivery.attributes.insert("RETRY_ATTEMPTS".to_owned(), Attribute::number(i64::from(retries)));
    Some(Announcement::new(delivery))
}

fn reason(end: &End) -> (&'static str, String) {
    let message = end.error.as_ref().map(|error| error.message().to_owned());
    let is_denied = end.error.as_ref().is_some_and(|error| error.code().contains("AccessDenied"));
    let code = match end.ending {
        Ending::Gone => "NO_RESOURCE",
        Ending::Refused if is_denied => "NO_PERMISSIONS",
        Ending::Refused => "INVALID_PARAMETER",
        Ending::Exhausted | Ending::TooOld => "THROTTLING",
        Ending::Delivered | Ending::Poisonous => "INTERNAL_ERROR",
    };
    (
        code,
        message.filter(|message| !message.is_empty()).unwrap_or_else(|| "The event was given up.".to_owned()),
    )
}
