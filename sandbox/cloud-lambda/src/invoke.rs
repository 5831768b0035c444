//! The way of an event: to a version, through the limits, into an engine, and what came of it into the log.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{AwsError, CloudEvent, Context, Delivered, Lineage, PortError, Trace};
use engine::{EngineError, FunctionError, FunctionSpec, Invocation, Outcome, billed};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use lasting::lasting;
use tracing::Instrument;

use crate::callees::{Callee, Callees};
use crate::log_format::Told;
use crate::log_writer::LogWriter;
use crate::names::FunctionName;
use crate::quotas;
use crate::ready_versions::ReadyVersions;
use crate::records::Records;
use crate::shapes::Code;
use crate::state::Function;

/// Why a function is throttled that runs as often as was reserved for it.
pub(crate) const RESERVED: &str = "ReservedFunctionConcurrentInvocationLimitExceeded";

/// How often one event may lead to the same function.
// AWS: "drops requests after exceeding 16 invocations".
const MOST_PASSES: u32 = 16;

/// What is to be run.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) function: FunctionName,
    pub(crate) request_id: String,
    pub(crate) payload: Bytes,
    pub(crate) client_context: Option<String>,
    /// The way that it came.
    pub(crate) trace: Trace,
}

/// What ran.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) outcome: Outcome,
    pub(crate) version: String,
    /// START to REPORT.
    pub(crate) log: Bytes,
}

impl Ran {
    /// As the answer to a delivery.
    pub(crate) fn delivered(self, request_id: String) -> Delivered {
        Delivered {
            function_error: function_error(&self.outcome),
            payload: self.outcome.payload,
            executed_version: Some(self.version),
            request_id,
        }
    }
}

/// Why an event was not run, as who delivers it takes that: all but a loop and a function that is gone may end.
pub(crate) fn undelivered(error: AwsError) -> PortError {
    if error.code() == Code::RecursiveInvocationException.as_str() {
        PortError::Refused(error)
    } else if error.http_status() == 404 {
        PortError::Gone(error)
    } else {
        PortError::Throttled(error)
    }
}

/// Runs events. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Runner(Arc<Inner>);

struct Inner {
    context: Context,
    callees: Callees,
    logs: LogWriter,
    running: Running,
}

impl Runner {
    pub(crate) fn new(
        context: Context,
        records: Records,
        versions: Arc<ReadyVersions>,
        logs: LogWriter,
    ) -> Self {
        let callees = Callees::new(context.clone(), records, versions);
        Self(Arc::new(Inner { context, callees, logs, running: Running::default() }))
    }

    /// Whether nothing runs, and nothing of what ran is still to be logged.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.running.is_empty() && self.0.logs.is_empty()
    }

    /// Waits until what ran is logged.
    pub(crate) async fn logged(&self) {
        self.0.logs.written().await;
    }

    /// The function of that name, as it is now.
    pub(crate) fn callee(&self, name: &FunctionName) -> Result<Arc<Callee>, AwsError> {
        self.0.callees.find(name)
    }

    /// Finds an event's function and runs the event.
    pub(crate) async fn run(&self, event: Event) -> Result<Ran, AwsError> {
        self.run_by(self.callee(&event.function)?, event).await
    }

    /// Runs an event once. Once it is let in it runs to its end, whoever stops waiting for it: its place is held and its
    /// log is written. How many there are is bounded by the account's concurrency, and what they hold by the budget.
    // AWS: a client that hangs up does not stop the function.
    pub(crate) async fn run_by(&self, callee: Arc<Callee>, mut event: Event) -> Result<Ran, AwsError> {
        let inner = &self.0;
        event.trace.lineage = pass(&callee, &event)?;
        if callee.is_creating {
            inner.callees.expect_settled(&callee.name.name)?;
        }
        let place = inner.running.enter(&callee.function)?;
        let room = inner.context.memory().reserve(&callee.source, event.payload.len() as u64);
        let room = room.map_err(|error| throttled("CallerRateLimitExceeded").because(error))?;
        let runner = self.clone();
        let run = async move {
            let _held = (place, room);
            let ran = AssertUnwindSafe(runner.run_admitted(&callee, event)).catch_unwind().await;
            ran.unwrap_or_else(|_| Err(AwsError::internal("an invocation panicked")))
        };
        lasting(run.in_current_span()).await
    }

    async fn run_admitted(&self, callee: &Callee, mut event: Event) -> Result<Ran, AwsError> {
        let inner = &self.0;
        let started = inner.context.now();
        let ready = inner.callees.ready(callee, started, || self.chance()).await?;
        let spec = &ready.spec;
        let outcome = match &ready.prepared {
            Some(prepared) => {
                prepared.invoke(self.invocation(callee, spec, &mut event)).await.map_err(not_run)?
            }
            None => no_engine(&event.request_id, &spec.runtime),
        };
        let ended = inner.context.now();
        let told = Told { spec, outcome: &outcome, request_id: &event.request_id, started, ended };
        let log = Bytes::from(told.log(ready.logging.as_ref()));
        inner.logs.write(spec, &log, started.as_millisecond(), ended.as_millisecond()).await;
        self.announce(spec, &event, &outcome, ended);
        Ok(Ran { outcome, version: spec.key.version.clone(), log })
    }

    /// What the engine is handed of an event, which has it no more.
    fn invocation(&self, callee: &Callee, spec: &FunctionSpec, event: &mut Event) -> Invocation {
        let now = self.0.context.now();
        let timeout = SignedDuration::try_from(spec.timeout).unwrap_or(SignedDuration::MAX);
        let payload = std::mem::take(&mut event.payload);
        // AWS: an event that carries nothing is an empty object to the function.
        let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
        let trace = std::mem::take(&mut event.trace);
        let ids = self.0.context.entropy().uuid().simple().to_string();
        let (root, parent) = ids.split_at_checked(24).unwrap_or((&ids, ""));
        let trace = Trace {
            root: trace.root.or_else(|| Some(format!("1-{:08x}-{root}", now.as_second()))),
            parent: Some(format!("{parent:0<16}")),
            sampled: Some("0".into()),
            lineage: trace.lineage,
        };
        Invocation {
            request_id: event.request_id.clone(),
            payload,
            deadline: now.saturating_add(timeout).unwrap_or(now),
            trace_id: trace.to_string(),
            invoked_arn: callee.arn.clone(),
            client_context: event.client_context.take(),
        }
    }

    /// Tells those who watch.
    fn announce(&self, spec: &FunctionSpec, event: &Event, outcome: &Outcome, at: Timestamp) {
        let context = &self.0.context;
        if context.events().is_watched() {
            context.announce(CloudEvent::FunctionInvoked {
                at,
                function_arn: spec.key.arn.clone(),
                request_id: event.request_id.clone(),
                function_error: function_error(outcome),
                duration_ms: outcome.duration.as_secs_f64() * 1000.0,
            });
        }
    }

    /// Evenly from 0..1.
    fn chance(&self) -> f64 {
        let mut bytes = [0; 4];
        self.0.context.entropy().fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// Counts that an event leads to a function, unless it did so too often.
// AWS: "Lambda has detected your function being invoked in a recursive loop with other AWS resources and stopped your
// function's invocation."
// What a function sends by itself comes with the header that it was given: AWS's SDKs see to that.
fn pass(callee: &Callee, event: &Event) -> Result<Lineage, AwsError> {
    let arn = &callee.function_arn;
    let (before, lineage) = event.trace.lineage.passed(arn);
    if before >= MOST_PASSES {
        return Err(Code::RecursiveInvocationException.error(format!(
            "Lambda has detected {arn} being invoked in a recursive loop with other AWS resources and stopped the \
             invocation."
        )));
    }
    Ok(lineage)
}

/// AWS: `X-Amz-Function-Error` says `Unhandled` for every failure that this cloud knows.
pub(crate) fn function_error(outcome: &Outcome) -> Option<String> {
    outcome.error.as_ref().map(|_| "Unhandled".to_owned())
}

/// LIMIT: only packages with a `bootstrap.wasm` run here yet. What AWS answers for a package without an entry point is
/// the answer for the others.
fn no_engine(request_id: &str, runtime: &str) -> Outcome {
    let error = FunctionError::invalid_entrypoint(
        request_id,
        &format!(
            "Couldn't find valid bootstrap(s): [/var/task/bootstrap.wasm], and no engine here runs {runtime}"
        ),
    );
    Outcome {
        payload: error.to_payload(),
        log: Bytes::from(format!("{}\n{}\n", error.error_message, error.error_type)),
        error: Some(error),
        duration: Duration::ZERO,
        billed: billed(Duration::ZERO, None),
        init_duration: None,
        max_memory_used_mb: 1,
        engine: "none",
        runtime: None,
    }
}

pub(crate) fn not_run(error: EngineError) -> AwsError {
    let message = match &error {
        EngineError::NoRoom(_) => "The function ran, and there is no room for its answer. Try again later.",
        _ => "The function could not be run. Try again later.",
    };
    Code::ServiceException.error(message).because(error)
}

/// How many invocations run now.
#[derive(Debug, Default)]
struct Running(Arc<Mutex<Counts>>);

/// Of all functions, and of each.
#[derive(Debug, Default)]
struct Counts {
    all: i32,
    of: HashMap<String, i32>,
}

/// One running invocation.
struct Place {
    running: Arc<Mutex<Counts>>,
    function: Arc<Function>,
}

impl Running {
    fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all == 0
    }

    // AWS: reserved concurrency is both a right and a limit; the rest of the account shares what nobody reserved.
    fn enter(&self, function: &Arc<Function>) -> Result<Place, AwsError> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = running.of.get(&function.name).copied().unwrap_or(0);
        if function.reserved.is_some_and(|reserved| own >= reserved) {
            return Err(throttled(RESERVED));
        }
        if running.all >= quotas::CONCURRENCY {
            return Err(throttled("ConcurrentInvocationLimitExceeded"));
        }
        running.all += 1;
        match running.of.get_mut(&function.name) {
            Some(own) => *own += 1,
            None => drop(running.of.insert(function.name.clone(), 1)),
        }
        Ok(Place { running: Arc::clone(&self.0), function: Arc::clone(function) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.all -= 1;
        if let Some(own) = running.of.get_mut(&self.function.name) {
            *own -= 1;
            if *own == 0 {
                running.of.remove(&self.function.name);
            }
        }
    }
}

/// That a function or the account runs as many as it may.
pub(crate) fn throttled(reason: &str) -> AwsError {
    Code::TooManyRequestsException.error("Rate Exceeded.").with("Reason", reason)
}
