//! Events that nobody waits for: durable before they are acknowledged, tried until they succeed or are too old.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Arn, AwsError, Context, Delivery, DeliveryKind};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore};

use crate::invoke::{Event, Runner};
use crate::names::FunctionName;
use crate::records::Records;
use crate::shapes::Code;

// AWS: "Lambda … retries the function two more times, with a one-minute wait before the first two attempts, and two
// minutes between the second and third".
const WAITS_MS: [i64; 2] = [60_000, 120_000];

// AWS: an event is kept for up to six hours.
const MAX_AGE_MS: i64 = 6 * 3_600_000;

// AWS: after throttling and system errors the wait "increases exponentially from 1 second … to a maximum of 5 minutes".
const MAX_BACKOFF_MS: i64 = 300_000;

/// Events that wait. Beyond it the sender is asked to slow down.
const MAX_WAITING: usize = 10_000;

/// Events that run at once.
const AT_ONCE: usize = 64;

/// How often the queue is looked at when nothing else calls.
const LOOK: Duration = Duration::from_secs(1);

/// An event that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Promise {
    pub(crate) request_id: String,
    pub(crate) function: String,
    pub(crate) qualifier: Option<String>,
    pub(crate) payload: String,
    pub(crate) client_context: Option<String>,
    pub(crate) accepted_ms: i64,
    pub(crate) due_ms: i64,
    /// Times that the function failed.
    pub(crate) failures: usize,
    /// Times that it could not be run.
    pub(crate) refusals: u32,
}

/// What is to be done after a try.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Done,
    Retry,
    GiveUp(&'static str),
}

impl Promise {
    fn after_failure(&mut self, now_ms: i64) -> Next {
        let Some(wait) = WAITS_MS.get(self.failures) else { return Next::GiveUp("RetriesExhausted") };
        self.failures += 1;
        self.wait(now_ms, *wait)
    }

    fn after_refusal(&mut self, now_ms: i64) -> Next {
        let wait = 1000_i64.checked_shl(self.refusals).unwrap_or(MAX_BACKOFF_MS).clamp(1000, MAX_BACKOFF_MS);
        self.refusals = (self.refusals + 1).min(20);
        self.wait(now_ms, wait)
    }

    fn wait(&mut self, now_ms: i64, wait: i64) -> Next {
        self.due_ms = now_ms + wait;
        if self.due_ms - self.accepted_ms > MAX_AGE_MS {
            Next::GiveUp("EventAgeExceeded")
        } else {
            Next::Retry
        }
    }

    fn event(&self) -> Event {
        Event {
            function: FunctionName { name: self.function.clone(), qualifier: self.qualifier.clone() },
            request_id: self.request_id.clone(),
            payload: Bytes::from(self.payload.clone()),
            client_context: self.client_context.clone(),
        }
    }
}

/// The queue. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Inner>);

struct Inner {
    context: Context,
    records: Records,
    runner: Runner,
    waiting: Mutex<BTreeMap<String, Promise>>,
    running: Mutex<HashSet<String>>,
    places: Arc<Semaphore>,
    woken: Notify,
}

impl Queue {
    /// Takes up what was promised before and starts looking for due events.
    pub(crate) fn start(context: Context, records: Records, runner: Runner) -> Self {
        let waiting = records.promises().into_iter().map(|p| (p.request_id.clone(), p)).collect();
        let queue = Self(Arc::new(Inner {
            context,
            records,
            runner,
            waiting: Mutex::new(waiting),
            running: Mutex::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            woken: Notify::new(),
        }));
        tokio::spawn(look(Arc::downgrade(&queue.0)));
        queue
    }

    /// Keeps an event. When this returns it will be run, whatever happens to this process.
    pub(crate) async fn accept(&self, event: Event) -> Result<(), AwsError> {
        if self.0.waiting().len() >= MAX_WAITING {
            return Err(Code::TooManyRequestsException.error("Rate Exceeded.").with("Type", "User"));
        }
        let now_ms = self.0.context.clock().now_ms();
        let promise = Promise {
            request_id: event.request_id.clone(),
            function: event.function.name,
            qualifier: event.function.qualifier,
            payload: String::from_utf8_lossy(&event.payload).into_owned(),
            client_context: event.client_context,
            accepted_ms: now_ms,
            due_ms: now_ms,
            failures: 0,
            refusals: 0,
        };
        self.0.records.keep_promise(&promise).await?;
        self.0.waiting().insert(event.request_id, promise);
        self.wake();
        Ok(())
    }

    /// Looks for due events now.
    pub(crate) fn wake(&self) {
        self.0.woken.notify_one();
    }
}

/// Starts due events until the queue is gone.
async fn look(queue: std::sync::Weak<Inner>) {
    loop {
        let Some(inner) = queue.upgrade() else { return };
        for promise in inner.take_due() {
            let Ok(place) = Arc::clone(&inner.places).acquire_owned().await else { return };
            let inner = Arc::clone(&inner);
            tokio::spawn(async move {
                inner.attempt(promise).await;
                drop(place);
            });
        }
        // The timeout only bounds how late an event is when no clock calls.
        let _ = tokio::time::timeout(LOOK, inner.woken.notified()).await;
    }
}

impl Inner {
    fn take_due(&self) -> Vec<Promise> {
        let now_ms = self.context.clock().now_ms();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = self.waiting();
        let mut due: Vec<Promise> = waiting
            .values()
            .filter(|promise| promise.due_ms <= now_ms && !running.contains(&promise.request_id))
            .cloned()
            .collect();
        due.sort_by_key(|promise| promise.accepted_ms);
        running.extend(due.iter().map(|promise| promise.request_id.clone()));
        due
    }

    async fn attempt(&self, mut promise: Promise) {
        let result = self.runner.run(promise.event()).await;
        let now_ms = self.context.clock().now_ms();
        let (next, answer) = match result {
            Ok(ran) if ran.outcome.error.is_none() => (Next::Done, None),
            Ok(ran) => (promise.after_failure(now_ms), Some(ran.outcome.payload)),
            // AWS: events of a function that is gone are dropped.
            Err(error) if error.http_status() == 404 => (Next::Done, None),
            Err(error) => {
                tracing::info!(%error, request_id = promise.request_id, "an event has to wait");
                (promise.after_refusal(now_ms), None)
            }
        };
        let settled = match next {
            Next::Done => self.forget(&promise).await,
            Next::Retry => self.keep(&promise).await,
            Next::GiveUp(reason) => {
                self.give_up(&promise, reason, answer).await;
                self.forget(&promise).await
            }
        };
        if let Err(error) = settled {
            // It stays as it was kept before: tried once too often rather than not at all.
            tracing::error!(%error, request_id = promise.request_id, "an event's end could not be kept");
        }
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&promise.request_id);
    }

    async fn keep(&self, promise: &Promise) -> Result<(), AwsError> {
        self.waiting().insert(promise.request_id.clone(), promise.clone());
        self.records.keep_promise(promise).await
    }

    async fn forget(&self, promise: &Promise) -> Result<(), AwsError> {
        self.waiting().remove(&promise.request_id);
        self.records.drop_promise(&promise.request_id).await
    }

    /// Hands the event to the function's dead-letter target, if it has one.
    // LIMIT: the attributes RequestID, ErrorCode and ErrorMessage that AWS puts beside a dead letter are left out.
    async fn give_up(&self, promise: &Promise, reason: &str, answer: Option<Bytes>) {
        tracing::warn!(
            request_id = promise.request_id,
            function = promise.function,
            reason,
            "an event is given up"
        );
        let function = self.records.get(&promise.function);
        let target = function.and_then(|f| f.latest.configuration.dead_letter_config.clone()?.target_arn);
        let Some(Ok(target)) = target.filter(|arn| !arn.is_empty()).map(|arn| arn.parse::<Arn>()) else {
            return;
        };
        let delivery = Delivery {
            payload: promise.payload.clone().into(),
            kind: DeliveryKind::Event,
            principal: None,
            source_arn: None,
        };
        if let Err(error) = self.context.peers().deliver(&target, delivery).await {
            let answer = answer.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            tracing::error!(%error, %target, ?answer, "a dead letter could not be delivered");
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<String, Promise>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise() -> Promise {
        Promise {
            request_id: "id".into(),
            function: "f".into(),
            qualifier: None,
            payload: "{}".into(),
            client_context: None,
            accepted_ms: 0,
            due_ms: 0,
            failures: 0,
            refusals: 0,
        }
    }

    #[test]
    fn a_failing_event_is_tried_three_times() {
        let mut promise = promise();
        assert_eq!((promise.after_failure(0), promise.due_ms), (Next::Retry, 60_000));
        assert_eq!((promise.after_failure(60_000), promise.due_ms), (Next::Retry, 180_000));
        assert_eq!(promise.after_failure(180_000), Next::GiveUp("RetriesExhausted"));
    }

    #[test]
    fn a_throttled_event_waits_longer_and_longer_for_six_hours() {
        let mut promise = promise();
        let mut now = 0;
        let mut tries = 0;
        while promise.after_refusal(now) == Next::Retry {
            assert!(promise.due_ms - now <= MAX_BACKOFF_MS && promise.due_ms > now);
            now = promise.due_ms;
            tries += 1;
        }
        assert!((70..90).contains(&tries), "{tries}");
    }
}
