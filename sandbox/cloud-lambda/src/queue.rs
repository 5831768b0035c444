//! Events that nobody waits for: Lambda announces them to itself, durably, and runs them until they succeed, have failed
//! three times, or are too old. What is given up goes to the function's dead-letter target, if it has one.
//!
//! When, how often and how many at once is the outbox's work; here is what Lambda means by it.

mod migration;

pub(crate) use migration::{CLIENT_CONTEXTS, EVENTS, PAYLOADS};

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::budget::Source;
use cloud_core::{
    Actor, Arn, Attribute, AwsError, Context, Delivered, Delivery, DeliveryKind, PortError, RequestId,
};
use cloud_delivery::{Announcement, End, Ending, Error, Limits, Outbox, Relay, Retry, Runner, Timers};
use serde_json::Value;

use crate::invoke::{Event, RESERVED, Runner as Invoker, throttled, undelivered};
use crate::limits;
use crate::names::{FunctionName, function_arn};
use crate::records::Records;
use crate::shapes::Code;

// AWS: "Lambda … retries the function two more times, with a one-minute wait before the first two attempts, and two
// minutes between the second and third".
const WAITS_MS: [u64; 2] = [60_000, 120_000];

// AWS: after throttling and system errors the wait "increases exponentially from 1 second … to a maximum of 5 minutes".
const BACKOFF_MS: u64 = 1000;
const MAX_BACKOFF_MS: u64 = 300_000;

// AWS: an event is kept for up to six hours.
const MAX_AGE_MS: u64 = 6 * 3_600_000;

/// How often a dead letter is refused for the time being before it is dropped.
// AWS: "If Lambda can't send a message to the dead-letter queue, it deletes the event".
const DEAD_LETTER_TRIES: u32 = 5;

// AWS: the attribute ErrorMessage of a dead letter is "the first 1 KB of the error message".
const MAX_MESSAGE: usize = 1024;

/// What of an event's is none of the payload's.
const CLIENT_CONTEXT: &str = "ClientContext";

/// The queue. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Queue {
    context: Context,
    records: Records,
    outbox: Outbox,
}

impl Queue {
    /// Opens what was promised. It runs while the runner does.
    pub(crate) async fn open(
        timers: &Timers,
        context: Context,
        records: Records,
        invoker: Invoker,
    ) -> Result<(Self, Runner), cloud_store::Error> {
        let (own, functions) = (context.clone(), records.clone());
        let relay = Arc::new(Asynchronous { context: own, records: functions, invoker });
        let (outbox, runner) = Outbox::open(timers, relay, Limits::default()).await?;
        let queue = Self { context, records, outbox };
        queue.adopt_former().await?;
        Ok((queue, runner))
    }

    /// Runs nothing more, before what runs is ended.
    pub(crate) async fn stop(&self) -> Result<(), cloud_store::Error> {
        self.outbox.stop().await
    }

    /// Whether nothing waits or runs.
    pub(crate) async fn is_empty(&self) -> Result<bool, cloud_store::Error> {
        Ok(self.outbox.waiting().await? == 0)
    }

    /// Keeps an event. When this returns it will be run, whatever happens to this process.
    pub(crate) async fn accept(&self, event: Event) -> Result<(), AwsError> {
        let source = Source::named("function", event.function.name.as_str());
        // A copy on its way to the disk.
        let room = self.context.memory().reserve(&source, event.payload.len() as u64).map_err(too_many)?;
        let announcement = announcement(&self.context, event)?;
        let outbox = self.outbox.clone();
        let kept = self.records.store().transact(move |transaction| {
            let _room = room;
            outbox.announce(transaction, announcement)
        });
        match kept.await {
            Ok(_) => Ok(()),
            Err(error @ Error::Full { .. }) => Err(too_many(error)),
            Err(error) => Err(error.into()),
        }
    }
}

// AWS: what a function gets that is sent more than it takes.
fn too_many(error: impl std::error::Error + Send + Sync + 'static) -> AwsError {
    tracing::warn!(%error, "an asynchronous event is refused");
    Code::TooManyRequestsException
        .error("Rate Exceeded.")
        .with("Reason", "FunctionInvocationRateLimitExceeded")
        .because(error)
}

/// An event as Lambda announces it to itself: the answer is what the function made of it.
fn announcement(context: &Context, event: Event) -> Result<Announcement, AwsError> {
    let target: Arn = event.function.arn(context).parse().map_err(AwsError::internal)?;
    let mut delivery = Delivery::new(target, event.payload).awaited();
    delivery.id = Some(event.request_id);
    delivery.trace = event.trace;
    if let Some(client_context) = event.client_context {
        delivery.attributes.insert(CLIENT_CONTEXT.into(), Attribute::text(client_context));
    }
    Ok(Announcement {
        retry: Retry {
            failures: WAITS_MS.to_vec(),
            backoff: BACKOFF_MS,
            most_backoff: MAX_BACKOFF_MS,
            refusals: None,
            max_age: MAX_AGE_MS,
        },
        // All versions of a function take turns with other functions.
        lane: Some(function_arn(context, &event.function.name).to_string()),
        ..Announcement::new(delivery)
    })
}

/// Runs events, and sends what follows from them on its way.
struct Asynchronous {
    context: Context,
    records: Records,
    invoker: Invoker,
}

#[async_trait]
impl Relay for Asynchronous {
    async fn deliver(&self, mut delivery: Delivery) -> Result<Delivered, PortError> {
        // What Lambda announces to itself is awaited; to others it sends events.
        if delivery.kind == DeliveryKind::Event {
            return self.context.peers().deliver(delivery).await;
        }
        let random = || RequestId::random(self.context.entropy()).to_string();
        let request_id = delivery.id.take().unwrap_or_else(random);
        let event = Event {
            function: FunctionName::parse(&self.context, &delivery.target.to_string(), None)?,
            request_id: request_id.clone(),
            client_context: delivery
                .attributes
                .get(CLIENT_CONTEXT)
                .and_then(Attribute::as_text)
                .map(str::to_owned),
            payload: delivery.payload,
            trace: delivery.trace,
        };
        // AWS: "When you set a function's reserved concurrency to zero, Lambda begins immediately sending asynchronous events
        // to the configured dead-letter queue or the on-failure event destination, without any retries."
        if self.records.get(&event.function.name).is_some_and(|function| function.reserved == Some(0)) {
            return Err(PortError::Refused(throttled(RESERVED)));
        }
        let ran = self.invoker.run(event).await.map_err(undelivered)?;
        Ok(ran.delivered(request_id))
    }

    fn after(&self, end: &End) -> Vec<Announcement> {
        let is_event = end.announcement.delivery.kind == DeliveryKind::RequestResponse;
        // AWS: events of a function that is gone are dropped.
        let is_lost = !matches!(end.ending, Ending::Delivered | Ending::Gone);
        if is_event && is_lost { self.dead_letter(end).into_iter().collect() } else { Vec::new() }
    }
}

impl Asynchronous {
    /// The event for the dead-letter target of the version that was asked for, as it is configured now.
    fn dead_letter(&self, end: &End) -> Option<Announcement> {
        let before = &end.announcement.delivery;
        let name = FunctionName::parse(&self.context, &before.target.to_string(), None).ok()?;
        let function = self.records.get(&name.name)?;
        // AWS: the dead-letter queue is one of the settings that a version keeps.
        // LIMIT: of an alias that divides, that of the version which is its own.
        let (_, version) = function.resolve(name.qualifier(), 1.0)?;
        let configuration = &version.configuration;
        let target = configuration.dead_letter_config.as_ref()?.target_arn.as_deref()?.parse().ok()?;
        // One of before others were refused.
        if !limits::takes_dead_letters(&target) {
            return None;
        }
        let mut delivery = Delivery::new(target, before.payload.clone());
        let (code, message) = told(end);
        delivery.attributes = [
            ("RequestID", Attribute::text(before.id.as_deref().unwrap_or_default())),
            ("ErrorCode", Attribute::number(code)),
            ("ErrorMessage", Attribute::text(message)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Some(role) = configuration.role.as_ref().and_then(|role| role.parse().ok()) {
            delivery.actor = Actor::Role(role);
        }
        delivery.source_arn = Some(function_arn(&self.context, &function.name));
        delivery.trace = before.trace.clone();
        let retry = Retry { refusals: Some(DEAD_LETTER_TRIES), max_age: MAX_AGE_MS, ..Retry::default() };
        Some(Announcement { retry, ..Announcement::new(delivery) })
    }
}

/// What a dead letter says of its end: an HTTP status and a text.
// AWS: "ErrorCode (Number) – The HTTP status code", "ErrorMessage (String) – The first 1 KB of the error message".
fn told(end: &End) -> (u16, String) {
    let (code, mut message) = match (&end.answer, &end.error) {
        (Some(answer), _) => (200, error_message(&answer.payload)),
        (None, Some(error)) => (error.http_status(), error.message().to_owned()),
        (None, None) if end.ending == Ending::TooOld => (500, "The event was too old to be run.".to_owned()),
        (None, None) => (500, "The service ended again and again just after the event was begun.".to_owned()),
    };
    message.truncate(message.floor_char_boundary(MAX_MESSAGE));
    (code, message)
}

/// The text of a function's error.
fn error_message(payload: &Bytes) -> String {
    let answer: Option<Value> = serde_json::from_slice(payload).ok();
    let message = answer.as_ref().and_then(|answer| answer.get("errorMessage")).and_then(Value::as_str);
    message.map_or_else(|| String::from_utf8_lossy(payload).into_owned(), str::to_owned)
}
