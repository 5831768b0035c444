//! The way of an event: to a version, through the limits, into an engine, and what came of it into the log.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{AwsError, CloudEvent, Context, Delivered, Lineage, PortError, Trace};
use engine::{EngineError, FunctionError, FunctionSpec, Invocation, Outcome, Piece, Prepared, billed};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use lasting::lasting;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::callees::{Callee, Callees};
use crate::durable;
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
pub(crate) const MOST_PASSES: u32 = 16;

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

/// What runs, and hands its answer on while it is made. It goes on to its end, whoever takes it.
#[derive(Debug)]
pub(crate) struct Streamed {
    pub(crate) version: String,
    pieces: mpsc::Receiver<Piece>,
    ran: JoinHandle<Result<Ran, AwsError>>,
}

impl Streamed {
    /// The next piece; none behind the last. The function waits for who takes them.
    pub(crate) async fn next(&mut self) -> Option<Piece> {
        self.pieces.recv().await
    }

    /// What came of it, behind its last piece. To be asked once.
    pub(crate) async fn ended(&mut self) -> Result<Ran, AwsError> {
        (&mut self.ran).await.unwrap_or_else(|error| Err(AwsError::internal(error)))
    }
}

/// How an answer is wanted.
enum Wanted {
    Whole,
    /// Piece by piece, once the version that runs is told.
    Pieces(oneshot::Sender<String>, mpsc::Sender<Piece>),
}

impl Wanted {
    async fn run(
        self,
        prepared: &Prepared,
        invocation: Invocation,
        version: &str,
    ) -> Result<Outcome, EngineError> {
        match self {
            Self::Whole => prepared.invoke(invocation).await,
            Self::Pieces(begun, to) => {
                // Nobody waits where he went away.
                let _ = begun.send(version.to_owned());
                prepared.stream(invocation, to).await
            }
        }
    }

    /// There is nothing to run.
    fn give_up(self, version: &str) {
        if let Self::Pieces(begun, _) = self {
            let _ = begun.send(version.to_owned());
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

    /// Fails while what would run is not made yet.
    pub(crate) fn expect_made(&self, callee: &Callee) -> Result<(), AwsError> {
        if callee.is_creating { self.0.callees.expect_made(callee) } else { Ok(()) }
    }

    /// Runs an event once. Once it is let in it runs to its end, whoever stops waiting for it: its place is held and its
    /// log is written. How many there are is bounded by the account's concurrency, and what they hold by the budget.
    // AWS: a client that hangs up does not stop the function.
    pub(crate) async fn run_by(&self, callee: Arc<Callee>, event: Event) -> Result<Ran, AwsError> {
        lasting(self.admit(callee, event, Wanted::Whole)?).await
    }

    /// The same, with the answer handed on as it is made. An error means that nothing ran.
    pub(crate) async fn stream_by(&self, callee: Arc<Callee>, event: Event) -> Result<Streamed, AwsError> {
        if durable::config(&callee).is_some() {
            // LIMIT: the text is ours.
            let text = "Durable functions do not stream what they answer. Invoke them with Invoke.";
            return Err(Code::InvalidParameterValueException.error(text).with("Type", "User"));
        }
        let (to, pieces) = mpsc::channel(1);
        let (begun, version) = oneshot::channel();
        let ran = tokio::spawn(self.admit(callee, event, Wanted::Pieces(begun, to))?);
        if let Ok(version) = version.await {
            return Ok(Streamed { version, pieces, ran });
        }
        let ended = ran.await.map_err(AwsError::internal)?;
        Err(ended.err().unwrap_or_else(|| AwsError::internal("an invocation ended before it began")))
    }

    /// Lets an event in, and gives what runs it.
    fn admit(
        &self,
        callee: Arc<Callee>,
        mut event: Event,
        wanted: Wanted,
    ) -> Result<impl Future<Output = Result<Ran, AwsError>> + Send + 'static, AwsError> {
        let inner = &self.0;
        event.trace.lineage = pass(&callee, &event)?;
        self.expect_made(&callee)?;
        let place = inner.running.enter(&callee)?;
        let room = inner.context.memory().reserve(&callee.source, event.payload.len() as u64);
        let room = room.map_err(|error| throttled("CallerRateLimitExceeded").because(error))?;
        let runner = self.clone();
        let run = async move {
            let _held = (place, room);
            let ran = AssertUnwindSafe(runner.run_admitted(&callee, event, wanted)).catch_unwind().await;
            ran.unwrap_or_else(|_| Err(AwsError::internal("an invocation panicked")))
        };
        Ok(run.in_current_span())
    }

    async fn run_admitted(&self, callee: &Callee, mut event: Event, wanted: Wanted) -> Result<Ran, AwsError> {
        let inner = &self.0;
        let started = inner.context.now();
        let ready = inner.callees.ready(callee, started, || self.chance()).await?;
        let spec = &ready.spec;
        let outcome = if let Some(prepared) = &ready.prepared {
            let invocation = self.invocation(callee, spec, &mut event);
            wanted.run(prepared, invocation, &spec.key.version).await.map_err(not_run)?
        } else {
            wanted.give_up(&spec.key.version);
            no_engine(&event.request_id, &spec.runtime)
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
        let mut trace = std::mem::take(&mut event.trace);
        let parent = begun_trace(&self.0.context, &mut trace);
        let trace = Trace { parent: Some(parent), sampled: Some("0".into()), ..trace };
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
    pub(crate) fn chance(&self) -> f64 {
        let mut bytes = [0; 4];
        self.0.context.entropy().fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// Gives a trace an id, unless it has one, and a new segment's id for it.
pub(crate) fn begun_trace(context: &Context, trace: &mut Trace) -> String {
    let ids = context.entropy().uuid().simple().to_string();
    let (root, parent) = ids.split_at_checked(24).unwrap_or((&ids, ""));
    trace.root.get_or_insert_with(|| format!("1-{:08x}-{root}", context.now().as_second()));
    format!("{parent:0<16}")
}

/// Counts that an event leads to a function, unless it did so too often.
// AWS: "Lambda has detected your function being invoked in a recursive loop with other AWS resources and stopped your
// function's invocation."
// What a function sends by itself comes with the header that it was given: AWS's SDKs see to that.
fn pass(callee: &Callee, event: &Event) -> Result<Lineage, AwsError> {
    let arn = &callee.function_arn;
    let (before, lineage) = event.trace.lineage.passed(arn);
    if before >= MOST_PASSES && !callee.function.loops {
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
    of: HashMap<String, OfFunction>,
}

/// Of one function: those in places that are provisioned at a version or alias, and all others.
#[derive(Debug, Default)]
struct OfFunction {
    provisioned: BTreeMap<String, i32>,
    others: i32,
}

/// One running invocation.
struct Place {
    running: Arc<Mutex<Counts>>,
    function: Arc<Function>,
    /// Where its place is provisioned, if it is.
    provisioned: Option<String>,
}

impl Running {
    fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all == 0
    }

    // AWS: reserved concurrency is both a right and a limit; what is provisioned is of it, and nobody else's; the rest of the
    // account shares what nobody reserved.
    fn enter(&self, callee: &Callee) -> Result<Place, AwsError> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let function = &callee.function;
        let own = running.of.get(&function.name);
        let ahead = |place: &str| own.and_then(|own| own.provisioned.get(place)).copied().unwrap_or(0);
        let place = function.provisioned_for(callee.name.qualifier());
        let place = place.filter(|(place, most)| ahead(place) < *most).map(|(place, _)| place.to_owned());
        let others = own.map_or(0, |own| own.others);
        let left = function.reserved.map(|reserved| reserved - function.provisioned_in_all());
        if place.is_none() && left.is_some_and(|left| others >= left) {
            return Err(throttled(RESERVED));
        }
        if running.all >= quotas::CONCURRENCY {
            return Err(throttled("ConcurrentInvocationLimitExceeded"));
        }
        running.all += 1;
        if !running.of.contains_key(&function.name) {
            running.of.insert(function.name.clone(), OfFunction::default());
        }
        if let Some(own) = running.of.get_mut(&function.name) {
            match &place {
                Some(place) => *own.provisioned.entry(place.clone()).or_default() += 1,
                None => own.others += 1,
            }
        }
        Ok(Place { running: Arc::clone(&self.0), function: Arc::clone(function), provisioned: place })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.all -= 1;
        let Some(own) = running.of.get_mut(&self.function.name) else { return };
        match &self.provisioned {
            Some(qualifier) => {
                if let Some(ahead) = own.provisioned.get_mut(qualifier) {
                    *ahead -= 1;
                }
                own.provisioned.retain(|_, ahead| *ahead > 0);
            }
            None => own.others -= 1,
        }
        if own.others == 0 && own.provisioned.is_empty() {
            running.of.remove(&self.function.name);
        }
    }
}

/// That a function or the account runs as many as it may.
pub(crate) fn throttled(reason: &str) -> AwsError {
    Code::TooManyRequestsException.error("Rate Exceeded.").with("Reason", reason)
}

#[cfg(test)]
impl Streamed {
    /// One that is all there.
    pub(crate) fn of_test(pieces: &[Piece], fails: bool) -> Self {
        let (to, taken) = mpsc::channel(pieces.len().max(1));
        for piece in pieces {
            to.try_send(piece.clone()).expect("room");
        }
        let error = fails.then(|| FunctionError::new("Boom", "no"));
        let outcome = Outcome { error, log: Bytes::new(), ..no_engine("id", "none") };
        let ran = Ran { outcome, version: "1".into(), log: Bytes::new() };
        Self { version: "1".into(), pieces: taken, ran: tokio::spawn(async { Ok(ran) }) }
    }
}
