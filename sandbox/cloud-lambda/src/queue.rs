//! Events that nobody waits for: Lambda announces them to itself, durably, and runs them until they succeed, have failed as
//! often as is configured, or are too old. What is given up goes to the function's dead-letter target, if it has one, and a
//! record of each end to its destination.
//!
//! When, how often and how many at once is the outbox's work; here is what Lambda means by it. What follows from an end is
//! `follow`'s, what is written into a record `record`'s.

mod follow;
mod migration;
mod record;

pub(crate) use migration::{CLIENT_CONTEXTS, EVENTS, PAYLOADS};

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::budget::Source;
use cloud_core::{
    Actor, Arn, Attribute, AwsError, Context, Delivered, Delivery, DeliveryKind, PortError, RequestId, Trace,
};
use cloud_delivery::{Announcement, End, Ending, Error, Limits, Outbox, Relay, Retry, Runner, Timers};
use cloud_store::Transaction;

use crate::durable;
use crate::invoke::{Event, RESERVED, Ran, Runner as Invoker, begun_trace, throttled, undelivered};
use crate::leave;
use crate::names::{FunctionName, function_arn};
use crate::records::Records;
use crate::shapes::Code;
use crate::state::InvokeConfig;
use crate::state::durable::Execution;

// AWS: "Lambda … retries the function two more times, with a one-minute wait before the first two attempts, and two
// minutes between the second and third".
const WAITS_MS: [u64; 2] = [60_000, 120_000];

// AWS: after throttling and system errors the wait "increases exponentially from 1 second … to a maximum of 5 minutes".
const BACKOFF_MS: u64 = 1000;
const MAX_BACKOFF_MS: u64 = 300_000;

// AWS: an event is kept for up to six hours, unless less is configured.
const MAX_AGE_MS: u64 = 6 * 3_600_000;

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
        limits: Limits,
    ) -> Result<(Self, Runner), cloud_store::Error> {
        let (own, functions) = (context.clone(), records.clone());
        let relay = Arc::new(Asynchronous { context: own, records: functions, invoker });
        let (outbox, runner) = Outbox::open(timers, relay, limits).await?;
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

    /// Keeps what is to be sent. When this returns it will be, whatever happens to this process.
    pub(crate) async fn announce(&self, announcement: Announcement) -> Result<(), AwsError> {
        let outbox = self.outbox.clone();
        let kept =
            self.records.store().transact(move |transaction| outbox.announce(transaction, announcement));
        Ok(kept.await.map(drop)?)
    }

    /// Announces what follows from the end of a durable execution that nobody waited for: as from that of an event.
    pub(crate) fn announce_end(
        &self,
        transaction: &mut Transaction<'_>,
        execution: &Execution,
        input: String,
        ran: Ran,
    ) -> Result<(), Error> {
        let Ok(function) = FunctionName::parse(&self.context, &execution.invoked_arn, None) else {
            return Ok(());
        };
        let event = Event {
            function,
            request_id: execution.request_id.clone(),
            payload: input.into(),
            client_context: None,
            trace: Trace::of(&execution.trace),
        };
        let Ok(announcement) = announcement(&self.context, event) else { return Ok(()) };
        let is_success = ran.outcome.error.is_none();
        let end = End {
            ending: if is_success { Ending::Delivered } else { Ending::Exhausted },
            announcement,
            attempts: 1,
            failures: u32::from(!is_success),
            answer: Some(ran.delivered(execution.request_id.clone())),
            error: None,
        };
        for announcement in follow::all(&self.context, &self.records, &end) {
            match self.outbox.announce(transaction, announcement) {
                Err(Error::Store(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(%error, execution = execution.id, "what became of a durable execution is not sent");
                }
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// Keeps an event. When this returns it will be run, whatever happens to this process.
    pub(crate) async fn accept(&self, mut event: Event) -> Result<(), AwsError> {
        // All attempts, and what follows from them, are of one trace.
        begun_trace(&self.context, &mut event.trace);
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
        retry: retry(None),
        // All versions of a function take turns with other functions.
        lane: Some(function_arn(context, &event.function.name).to_string()),
        ..Announcement::new(delivery)
    })
}

/// When an event is run again.
fn retry(config: Option<&InvokeConfig>) -> Retry {
    let retries = config.and_then(|config| usize::try_from(config.retries?).ok());
    let max_age = config.and_then(|config| u64::try_from(config.max_age?).ok());
    Retry {
        failures: WAITS_MS.into_iter().take(retries.unwrap_or(WAITS_MS.len())).collect(),
        backoff: BACKOFF_MS,
        most_backoff: MAX_BACKOFF_MS,
        refusals: None,
        max_age: max_age.map_or(MAX_AGE_MS, |seconds| seconds.saturating_mul(1000)),
    }
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
            self.expect_leave(&delivery).await?;
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
        let callee = self.invoker.callee(&event.function).map_err(undelivered)?;
        if durable::config(&callee).is_some() {
            // Announced for a function of that name which was none.
            let text = "The function is durable by now, and its executions do not wait in the queue.";
            return Err(PortError::Refused(Code::InvalidParameterValueException.error(text)));
        }
        let ran = self.invoker.run_by(callee, event).await.map_err(undelivered)?;
        Ok(ran.delivered(request_id))
    }

    // What is configured now counts, also for what waits already.
    fn retry(&self, delivery: &Delivery) -> Option<Retry> {
        if delivery.kind == DeliveryKind::Event {
            return None;
        }
        let name = FunctionName::parse(&self.context, delivery.target.as_str(), None).ok()?;
        let function = self.records.get(&name.name)?;
        Some(retry(function.invoke_configs.get(name.qualifier()).map(|config| &**config)))
    }

    fn after(&self, end: &End) -> Vec<Announcement> {
        if end.announcement.delivery.kind == DeliveryKind::Event {
            follow::note_lost(end);
            return Vec::new();
        }
        follow::all(&self.context, &self.records, end)
    }
}

impl Asynchronous {
    /// Fails unless the role may send as which something is sent.
    async fn expect_leave(&self, delivery: &Delivery) -> Result<(), PortError> {
        let Actor::Role(role) = &delivery.actor else { return Ok(()) };
        // What is not there the target itself says.
        let Ok(Some(access)) = self.context.peers().access(&delivery.target).await else { return Ok(()) };
        let function = delivery.source_arn.as_ref().map_or("", Arn::resource_id);
        match leave::denied(&self.context, role, function, access).await? {
            None => Ok(()),
            Some(denial) => Err(PortError::Refused(AwsError::access_denied(denial.to_string()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::Trace;
    use engine::Engines;

    use super::*;
    use crate::log_writer::LogWriter;
    use crate::packages::Packages;
    use crate::ready_versions::ReadyVersions;

    /// The queue of a store in that folder.
    async fn opened(folder: &std::path::Path, limits: Limits) -> Queue {
        let (context, _) = Context::for_test(folder);
        let lambda = context.folder("lambda");
        let records = Records::open(&context.database("lambda"), &Packages::zips(&lambda)).await;
        let records = records.expect("open");
        let packages = Packages::open(&lambda).expect("open");
        let versions = ReadyVersions::new(context.clone(), packages, Engines::new(Vec::new()));
        let logs = LogWriter::start(context.clone());
        let runner = Invoker::new(context.clone(), records.clone(), Arc::new(versions), logs);
        let timers = Timers::open(records.store(), &context).await.expect("open");
        Queue::open(&timers, context, records, runner, limits).await.expect("open").0
    }

    #[tokio::test]
    async fn more_than_may_wait_is_refused_as_what_comes_too_often() {
        let folder = tempfile::tempdir().expect("a folder");
        let limits = Limits { bytes: 10_000, ..Limits::default() };
        let queue = opened(folder.path(), limits).await;
        let accept = async |function: &str| {
            let event = Event {
                function: FunctionName { name: function.to_owned(), qualifier: None },
                request_id: "id".to_owned(),
                payload: vec![b'1'; 1000].into(),
                client_context: None,
                trace: Trace::default(),
            };
            queue.accept(event).await.map_err(|error| (error.code().to_owned(), error.http_status()))
        };
        assert_eq!(accept("greedy").await, Ok(()));
        let full = Err(("TooManyRequestsException".to_owned(), 429));
        assert_eq!(accept("greedy").await, full);
        assert_eq!(accept("other").await, Ok(()), "there is room for who has nothing there");
        assert_eq!(queue.outbox.waiting().await.expect("read"), 2 * (2048 + 1000));
    }

    fn check(retries: Option<i32>, max_age: Option<i32>, waits: &[u64], kept_ms: u64) {
        let config = InvokeConfig { retries, max_age, ..InvokeConfig::default() };
        let retry = retry(Some(&config));
        assert_eq!((retry.failures.as_slice(), retry.max_age), (waits, kept_ms), "{config:?}");
    }

    #[test]
    fn what_is_configured_says_how_often_and_how_long() {
        check(None, None, &[60_000, 120_000], 6 * 3_600_000);
        check(Some(2), Some(21_600), &[60_000, 120_000], 6 * 3_600_000);
        check(Some(1), Some(60), &[60_000], 60_000);
        check(Some(0), None, &[], 6 * 3_600_000);
        assert_eq!(retry(None), retry(Some(&InvokeConfig::default())));
    }
}
