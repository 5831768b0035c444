//! Events that nobody waits for: durable before they are acknowledged, tried until they succeed or are too old. In memory
//! there is what tells which one is next; their payloads are on the disk until they run.

mod promise;
mod waiting;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::budget::{Budget, Source};
use cloud_core::{Arn, AwsError, Context, Delivery, DeliveryKind};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

use crate::invoke::{Event, Runner};
use crate::names::FunctionName;
use crate::records::{Parcel, Records};
use crate::shapes::Code;
use promise::Next;
pub(crate) use promise::Promise;
use waiting::Waiting;

/// What may wait on the disk, in bytes; of one function half of it. Beyond it the sender is asked to slow down.
const MAX_WAITING: u64 = 1 << 30;

/// What an event counts beside its payload: its record, and its place in memory.
const EVENT: u64 = 16 << 10;

/// Events that run at once, and those of one function.
const AT_ONCE: usize = 64;
const AT_ONCE_OF_ONE: usize = 48;

/// How often the queue is looked at when nothing else calls.
const LOOK: Duration = Duration::from_secs(1);

/// How long an event that may be what ended the process runs alone. If the process lives on, it was not.
const PROBATION: Duration = Duration::from_secs(10);

/// The queue. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Inner>);

struct Inner {
    context: Context,
    records: Records,
    runner: Runner,
    room: Budget,
    waiting: Mutex<Waiting>,
    places: Arc<Semaphore>,
    woken: Notify,
}

impl Queue {
    /// Takes up what was promised before and starts looking for due events.
    pub(crate) fn start(context: Context, records: Records, runner: Runner, promises: Vec<Promise>) -> Self {
        let inner = Arc::new(Inner {
            context,
            records,
            runner,
            room: Budget::new("asynchronous events", MAX_WAITING),
            waiting: Mutex::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            woken: Notify::new(),
        });
        let (suspects, usual): (Vec<_>, Vec<_>) = promises.into_iter().partition(Promise::is_suspect);
        for mut promise in usual {
            promise.resumed = true;
            inner.take_up(promise, false);
        }
        tokio::spawn(look(Arc::downgrade(&inner), suspects));
        Self(inner)
    }

    /// Keeps an event. When this returns it will be run, whatever happens to this process.
    pub(crate) async fn accept(&self, event: Event) -> Result<(), AwsError> {
        let inner = Arc::clone(&self.0);
        // To its end, whoever stops waiting: memory must not fall behind the disk.
        tokio::spawn(async move { inner.accept(event).await }).await.map_err(AwsError::internal)?
    }

    /// Looks for due events now.
    pub(crate) fn wake(&self) {
        self.0.woken.notify_one();
    }
}

/// Starts due events until the queue is gone; before, what may have ended the process last time, one by one.
async fn look(queue: Weak<Inner>, suspects: Vec<Promise>) {
    for promise in suspects {
        let Some(inner) = queue.upgrade() else { return };
        let alone = inner.try_suspect(promise);
        // Time enough to show what it does.
        let _ = tokio::time::timeout(PROBATION, alone).await;
    }
    loop {
        let Some(inner) = queue.upgrade() else { return };
        while let Ok(place) = Arc::clone(&inner.places).try_acquire_owned() {
            let now = inner.context.clock().monotonic();
            let Some(promise) = inner.waiting().begin(now, AT_ONCE_OF_ONE) else { break };
            let inner = Arc::clone(&inner);
            tokio::spawn(async move {
                if promise.resumed {
                    inner.attempt_again(promise).await;
                } else {
                    inner.attempt(promise).await;
                }
                drop(place);
                inner.woken.notify_one();
            });
        }
        // The timeout only bounds how late an event is when no clock calls.
        let _ = tokio::time::timeout(LOOK, inner.woken.notified()).await;
    }
}

impl Inner {
    async fn accept(&self, event: Event) -> Result<(), AwsError> {
        let source = Source::named("function", event.function.name.as_str());
        let full = |error| {
            tracing::warn!(%error, function = event.function.name, "an asynchronous event is refused");
            // AWS: what a function gets that is sent more than it takes.
            Code::TooManyRequestsException
                .error("Rate Exceeded.")
                .with("Reason", "FunctionInvocationRateLimitExceeded")
                .because(error)
        };
        let bytes = event.payload.len() as u64;
        let room = self.room.reserve(&source, bytes + EVENT).map_err(full)?;
        // A copy on its way to the disk.
        let memory = self.context.memory().reserve(&source, bytes).map_err(full)?;
        let parcel = Parcel { payload: event.payload, client_context: event.client_context };
        let now_ms = self.context.clock().now_ms();
        let promise = Promise::new(event.request_id, event.function, bytes, now_ms);
        self.records.accept_promise(&promise, &parcel).await?;
        drop(memory);
        let now = self.context.clock().monotonic();
        self.waiting().insert(promise, now, Duration::ZERO, Some(now), Some(room));
        self.woken.notify_one();
        Ok(())
    }

    /// An event of an earlier process waits again, or is begun at once.
    fn take_up(&self, promise: Promise, begun: bool) {
        let clock = self.context.clock();
        let (now_ms, now) = (clock.now_ms(), clock.monotonic());
        let (age, left) = (millis(promise.age_ms(now_ms)), millis(promise.left_ms(now_ms)));
        let source = Source::named("function", promise.function.as_str());
        // What was promised is kept, even where there is no room for more.
        let room = self.room.reserve(&source, promise.bytes + EVENT).ok();
        let due = (!begun).then_some(now + left);
        self.waiting().insert(promise, now, age, due, room);
    }

    /// Runs an event that was begun when the process ended, unless that happened too often.
    async fn try_suspect(self: Arc<Self>, promise: Promise) {
        self.take_up(promise.clone(), true);
        let dead = promise.is_dead();
        let running: JoinHandle<()> = tokio::spawn(async move {
            if dead {
                let parcel = self.records.parcel(&promise.request_id).await.ok().flatten();
                let why = "the service ended again and again just after it was begun";
                self.give_up(&promise, why, parcel.unwrap_or_default(), None).await;
                settle(self.forget(&promise).await, &promise);
            } else {
                self.attempt_again(promise).await;
            }
        });
        // A panic is its end too.
        let _ = running.await;
    }

    /// Marks a try before it begins, and takes the mark away when the process has lived on for a while.
    async fn attempt_again(&self, mut promise: Promise) {
        promise.crashes += 1;
        settle(self.records.keep_promise(&promise).await, &promise);
        promise.clear();
        let mut attempt = std::pin::pin!(self.attempt(promise.clone()));
        if tokio::time::timeout(PROBATION, attempt.as_mut()).await.is_err() {
            settle(self.records.keep_promise(&promise).await, &promise);
            attempt.await;
        }
    }

    async fn attempt(&self, mut promise: Promise) {
        let (next, parcel, answer) = self.run(&mut promise).await;
        let settled = match next {
            Next::Done => self.forget(&promise).await,
            Next::Retry(wait_ms) => self.keep(promise.clone(), wait_ms).await,
            Next::GiveUp(reason) => {
                self.give_up(&promise, reason, parcel, answer).await;
                self.forget(&promise).await
            }
        };
        settle(settled, &promise);
    }

    /// Runs it once. Says what is to be done then, what the event carries, and what a failing function answered.
    async fn run(&self, promise: &mut Promise) -> (Next, Parcel, Option<Bytes>) {
        let id = promise.request_id.clone();
        let age_ms = || self.waiting().age_ms(&id, self.context.clock().monotonic());
        let parcel = match self.records.parcel(&id).await {
            Ok(Some(parcel)) => parcel,
            Ok(None) => {
                tracing::error!(request_id = id, "an event's payload is gone; the event is given up");
                return (Next::Done, Parcel::default(), None);
            }
            Err(error) => {
                tracing::error!(%error, request_id = id, "an event's payload cannot be read");
                return (promise.after_refusal(age_ms()), Parcel::default(), None);
            }
        };
        match self.runner.run(event(promise, &parcel)).await {
            Ok(ran) if ran.outcome.error.is_none() => (Next::Done, parcel, None),
            Ok(ran) => (promise.after_failure(age_ms()), parcel, Some(ran.outcome.payload)),
            // AWS: events of a function that is gone are dropped.
            Err(error) if error.http_status() == 404 => (Next::Done, parcel, None),
            Err(error) => {
                tracing::info!(%error, request_id = id, "an event has to wait");
                (promise.after_refusal(age_ms()), parcel, None)
            }
        }
    }

    async fn keep(&self, mut promise: Promise, wait_ms: i64) -> Result<(), AwsError> {
        promise.postpone(self.context.clock().now_ms(), wait_ms);
        let kept = self.records.keep_promise(&promise).await;
        let due = self.context.clock().monotonic() + millis(wait_ms);
        self.waiting().again(promise, due);
        kept
    }

    async fn forget(&self, promise: &Promise) -> Result<(), AwsError> {
        let dropped = self.records.drop_promise(&promise.request_id).await;
        self.waiting().end(promise);
        dropped
    }

    /// Hands the event to the function's dead-letter target, if it has one.
    // LIMIT: the attributes RequestID, ErrorCode and ErrorMessage that AWS puts beside a dead letter are left out.
    async fn give_up(&self, promise: &Promise, reason: &str, parcel: Parcel, answer: Option<Bytes>) {
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
            payload: parcel.payload,
            kind: DeliveryKind::Event,
            principal: None,
            source_arn: None,
        };
        if let Err(error) = self.context.peers().deliver(&target, delivery).await {
            let answer = answer.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            tracing::error!(%error, %target, ?answer, "a dead letter could not be delivered");
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn settle(settled: Result<(), AwsError>, promise: &Promise) {
    if let Err(error) = settled {
        // It stays as it was kept before: tried once too often rather than not at all.
        tracing::error!(%error, request_id = promise.request_id, "an event's end could not be kept");
    }
}

fn event(promise: &Promise, parcel: &Parcel) -> Event {
    Event {
        function: FunctionName { name: promise.function.clone(), qualifier: promise.qualifier.clone() },
        request_id: promise.request_id.clone(),
        payload: parcel.payload.clone(),
        client_context: parcel.client_context.clone(),
    }
}

fn millis(count: i64) -> Duration {
    Duration::from_millis(count.unsigned_abs())
}
