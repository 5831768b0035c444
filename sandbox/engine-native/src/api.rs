//! What an environment's runtime and extensions meet: the state of both behind one lock, from the side of the sandbox, which
//! offers events and hears answers. Not here: the states themselves (`state`, `extensions`) and HTTP (`wire`).

mod answer;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use budget::{Budget, Source};
use bytes::Bytes;
use engine::{FunctionError, FunctionSpec, Invocation, Shutdown};
use tokio::sync::{mpsc, oneshot, watch};

use crate::cell::Keeper;
use crate::extensions::{Extensions, Kind};
use crate::native::Now;
use crate::state::{Phase, Runtime};
use crate::telemetry::Telemetry;
pub(crate) use wire::serve;

/// What of an invocation runtime and extensions are told.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) request_id: String,
    pub(crate) deadline_ms: i64,
    pub(crate) invoked_arn: String,
    pub(crate) trace_id: String,
    pub(crate) client_context: Option<String>,
    pub(crate) payload: Bytes,
}

impl Event {
    pub(crate) fn new(invocation: &Invocation, payload: Bytes) -> Self {
        Self {
            request_id: invocation.request_id.clone(),
            deadline_ms: invocation.deadline.as_millisecond(),
            invoked_arn: invocation.invoked_arn.clone(),
            trace_id: invocation.trace_id.clone(),
            client_context: invocation.client_context.clone(),
            payload,
        }
    }
}

/// A piece of an answer, on its way to who asked.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Its media type, before anything of it.
    Type(String),
    /// More of it; whether it was taken is to be told.
    Data(Bytes, oneshot::Sender<bool>),
    /// It is whole.
    End,
    /// The function failed.
    Failed(FunctionError),
}

/// Why the environment is to end, as extensions are told.
#[derive(Debug, Clone, Copy)]
struct Ending {
    reason: Shutdown,
    deadline_ms: i64,
}

/// See the module.
pub(crate) struct Api {
    inner: Mutex<Inner>,
    /// Counts changes of it.
    changes: watch::Sender<u64>,
    function: OnceLock<Arc<FunctionSpec>>,
    /// Asked before an answer is read.
    memory: Budget,
    pub(crate) telemetry: Telemetry,
    /// Connects to who listens in the cell.
    keeper: Option<Arc<Keeper>>,
}

struct Inner {
    runtime: Runtime,
    extensions: Extensions,
    /// The event that the runtime has not been handed yet.
    event: Option<Event>,
    /// The one that was offered last, without its payload.
    last: Option<Event>,
    /// Where its answer goes.
    answer: Option<mpsc::Sender<Piece>>,
    init_error: Option<FunctionError>,
    ending: Option<Ending>,
}

impl Api {
    pub(crate) fn new(memory: Budget, keeper: Option<Arc<Keeper>>, now: Now) -> Self {
        let inner = Inner {
            runtime: Runtime::new(),
            extensions: Extensions::default(),
            event: None,
            last: None,
            answer: None,
            init_error: None,
            ending: None,
        };
        let (inner, function) = (Mutex::new(inner), OnceLock::new());
        let telemetry = Telemetry::new(now);
        Self { inner, changes: watch::Sender::new(0), function, memory, telemetry, keeper }
    }

    /// Whose environment it is from now on, and with which extensions.
    pub(crate) fn assign(&self, function: &Arc<FunctionSpec>, extensions: impl IntoIterator<Item = String>) {
        self.function.get_or_init(|| Arc::clone(function));
        self.change(|inner| inner.extensions.expect(extensions));
    }

    /// Waits until all ask for their next event, or the runtime tells that it cannot come up.
    pub(crate) async fn ready(&self) -> Result<(), FunctionError> {
        let ready = self.when(|inner| match &inner.init_error {
            Some(error) => Some(Err(error.clone())),
            None if inner.runtime.phase() == &Phase::Ready && inner.extensions.are_ready() => Some(Ok(())),
            None => None,
        });
        let ready = ready.await;
        self.change(|inner| inner.extensions.close());
        ready
    }

    /// Offers an event to the runtime and tells the extensions. What comes of it.
    pub(crate) fn offer(&self, event: Event) -> mpsc::Receiver<Piece> {
        let (answer, pieces) = mpsc::channel(1);
        self.change(|inner| {
            inner.last = Some(Event { payload: Bytes::new(), ..event.clone() });
            inner.event = Some(event);
            inner.answer = Some(answer);
            inner.extensions.announce(Kind::Invoke);
        });
        pieces
    }

    /// Tells the extensions that it is over. Whether there are any.
    pub(crate) fn end(&self, reason: Shutdown, deadline_ms: i64) -> bool {
        self.change(|inner| {
            inner.ending = Some(Ending { reason, deadline_ms });
            inner.extensions.announce(Kind::Shutdown);
            !inner.extensions.is_empty()
        })
    }

    fn source(&self) -> Source {
        let name = self.function.get().map_or("", |function| function.key.arn.as_str());
        Source::named("function", name)
    }

    /// Waits until it is so.
    async fn when<T>(&self, is_so: impl Fn(&mut Inner) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let found = is_so(&mut self.inner());
            if let Some(found) = found {
                return found;
            }
            // Fails only without a sender, which this is.
            let _ = changes.changed().await;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let changed = change(&mut self.inner());
        self.changes.send_modify(|count| *count += 1);
        changed
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
