//! Durable executions: functions that are invoked again and again until what they are about is done, and each time go on from
//! what they have said before.
//!
//! Where to start: [`Durable`] starts executions and keeps what is said of them; a worker of each (`work`) invokes its
//! function whenever its record says that this is due, so whoever changes a record changes nothing else. `envelope` is what
//! a function is told and answers, `calls` the functions that an execution calls. What may become of an execution is
//! `state::durable`'s, where it is kept `records::durable`'s.

mod calls;
mod ends;
mod envelope;
mod work;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cloud_core::{AwsError, Context, Trace};
use cloud_delivery::{Due, Timers};
use cloud_store::Transaction;
use cloud_wire::access::Asking;
use engine::{FunctionError, Outcome};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

pub(crate) use calls::resolve;

use crate::callees::Callee;
use crate::invoke::{Event, Ran, Runner};
use crate::names::FunctionName;
use crate::queue::Queue;
use crate::quotas;
use crate::records::{DURABLE_TIMERS, Durables, Records};
use crate::shapes::{Code, DurableConfig, ErrorObject};
use crate::state::durable::{
    CallbackId, Draft, Ending, Execution, ExecutionArn, Parent, Start, Status, Timer,
};

/// Days that an execution is kept after its end, where nothing is said of it.
// AWS: "The default is 14 days."
pub(crate) const RETENTION: i32 = 14;

/// The executions. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Durable(Arc<Inner>);

struct Inner {
    context: Context,
    records: Records,
    timers: Timers,
    runner: Runner,
    queue: Queue,
    workers: Mutex<HashMap<String, Arc<Worker>>>,
    /// Told whenever an execution has ended.
    ended: Notify,
    stopping: watch::Sender<bool>,
    runtime: Handle,
}

/// What keeps one execution.
#[derive(Default)]
struct Worker {
    /// Its record was changed since it looked at it.
    is_told: AtomicBool,
    told: Notify,
}

/// What is to be started, besides the function.
pub(crate) struct Wanted {
    /// None: one that no other has.
    pub(crate) name: Option<String>,
    pub(crate) payload: Bytes,
    pub(crate) request_id: String,
    pub(crate) trace: Trace,
    /// Whether somebody waits for its end.
    pub(crate) is_awaited: bool,
    /// The operation that waits for it, and the execution that it is to be.
    pub(crate) child: Option<(Parent, ExecutionArn)>,
}

impl Wanted {
    /// An execution for an event whose answer nobody waits for.
    pub(crate) fn unawaited(event: Event) -> Self {
        Self {
            name: None,
            payload: event.payload,
            request_id: event.request_id,
            trace: event.trace,
            is_awaited: false,
            child: None,
        }
    }
}

/// What an execution came to.
pub(crate) struct Ended {
    pub(crate) execution: Arc<Execution>,
    pub(crate) ending: Ending,
}

/// The execution that a request is about, by its ARN or by that of a callback: leave is asked for that.
pub(crate) fn named(context: &Context, asking: &Asking<'_>) -> Option<String> {
    if let Some(callback) = asking.text("CallbackId") {
        return CallbackId::parse(callback).map(|callback| callback.execution.text(context));
    }
    asking.text("DurableExecutionArn").map(str::to_owned)
}

/// How a function's executions are, if it is durable.
pub(crate) fn config(callee: &Callee) -> Option<&DurableConfig> {
    callee.function.latest.configuration.durable_config.as_ref()
}

impl Durable {
    /// None of them goes on yet. Needs a tokio runtime.
    pub(crate) fn new(
        context: Context,
        records: Records,
        timers: &Timers,
        runner: Runner,
        queue: Queue,
    ) -> Self {
        let own = Self(Arc::new(Inner {
            context,
            records,
            timers: timers.clone(),
            runner,
            queue,
            workers: Mutex::default(),
            ended: Notify::new(),
            stopping: watch::Sender::new(false),
            runtime: Handle::current(),
        }));
        timers.on(DURABLE_TIMERS, &own.0, |inner, transaction, due| {
            Self(Arc::clone(inner)).go_off(transaction, &due)
        });
        own
    }

    /// Goes on with those for which something is to be done.
    pub(crate) async fn begin(&self) -> Result<(), cloud_store::Error> {
        for id in self.durables().with_work().await? {
            self.look_at(&id);
        }
        Ok(())
    }

    /// Invokes no more. What is under way is not waited for: it is invoked again by the next process.
    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Whether no execution goes on.
    pub(crate) async fn is_idle(&self) -> bool {
        self.workers().is_empty() && self.durables().is_empty().await.unwrap_or(false)
    }

    pub(crate) fn durables(&self) -> &Durables {
        self.0.records.durables()
    }

    fn workers(&self) -> MutexGuard<'_, HashMap<String, Arc<Worker>>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has an execution brought to what its record says. To be called behind every change of one.
    pub(crate) fn look_at(&self, id: &str) {
        if *self.0.stopping.borrow() {
            return;
        }
        let mut workers = self.workers();
        if let Some(worker) = workers.get(id) {
            worker.is_told.store(true, Ordering::SeqCst);
            worker.told.notify_one();
            return;
        }
        let worker = Arc::new(Worker::default());
        workers.insert(id.to_owned(), Arc::clone(&worker));
        self.0.runtime.spawn(work::keep(self.clone(), id.to_owned(), worker));
    }

    /// Starts an execution, or finds the one that has that name.
    pub(crate) async fn start(&self, callee: &Callee, wanted: Wanted) -> Result<Arc<Execution>, AwsError> {
        let start = self.prepared(callee, wanted)?;
        let own = self.clone();
        let started = self.0.records.store().transact(move |transaction| {
            let durables = own.durables();
            let arn = &start.arn;
            if let Some(present) = durables.named(transaction, &arn.function, &arn.name)?
                && present.status != Status::Deleting
            {
                let is_same = present.input_hash == start.input_hash;
                return if is_same { Ok(Arc::new(present)) } else { Err(already_started(&arn.name)) };
            }
            let draft = Draft::start(start, own.0.context.now());
            own.save(transaction, &draft)?;
            Ok(Arc::new(draft.execution))
        });
        started.await
    }

    fn prepared(&self, callee: &Callee, wanted: Wanted) -> Result<Start, AwsError> {
        let context = &self.0.context;
        let qualifier = callee.name.qualifier();
        let version = callee.function.resolve(qualifier, self.0.runner.chance());
        let (version, found) = version.ok_or_else(|| callee.name.not_found(context))?;
        let config = found.configuration.durable_config.clone().unwrap_or_default();
        let input = String::from_utf8(wanted.payload.into()).map_err(|error| {
            Code::InvalidRequestContentException.error("The payload is no text.").because(error)
        })?;
        let unique = || context.entropy().uuid().to_string();
        let (parent, arn) = match wanted.child {
            Some((parent, arn)) => (Some(parent), arn),
            None => (
                None,
                ExecutionArn {
                    function: callee.name.name.clone(),
                    version: version.to_owned(),
                    name: wanted.name.unwrap_or_else(unique),
                    id: unique(),
                },
            ),
        };
        let timeout = config.execution_timeout.unwrap_or(quotas::AWAITED);
        Ok(Start {
            invoked_arn: callee.arn.clone(),
            request_id: wanted.request_id,
            is_awaited: wanted.is_awaited,
            input_hash: hex::encode(Sha256::digest(&input)),
            input,
            timeout: if wanted.is_awaited { timeout.min(quotas::AWAITED) } else { timeout },
            retention: config.retention_period_in_days.unwrap_or(RETENTION),
            trace: wanted.trace.to_string(),
            parent,
            arn,
        })
    }

    /// Waits until an execution has ended.
    pub(crate) async fn ended(&self, id: &str) -> Result<Ended, AwsError> {
        loop {
            // Listens before it looks, so that an end in between is not missed.
            let mut ended = std::pin::pin!(self.0.ended.notified());
            ended.as_mut().enable();
            let execution = self.durables().get(id).await?.ok_or_else(removed)?;
            if !execution.is_live() {
                let ending = self.durables().ending(id).await?.ok_or_else(removed)?;
                return Ok(Ended { execution, ending });
            }
            ended.await;
        }
    }

    /// Runs an event as an execution of its own, to its end.
    pub(crate) async fn run(&self, callee: &Callee, event: Event) -> Result<Ran, AwsError> {
        let wanted = Wanted { is_awaited: true, ..Wanted::unawaited(event) };
        let execution = self.start(callee, wanted).await?;
        Ok(self.ended(&execution.id).await?.ran())
    }

    /// Changes an execution: `change` is given it with those of the named operations that it has.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        id: &str,
        operations: Vec<String>,
        change: impl FnOnce(&mut Draft) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let (own, id) = (self.clone(), id.to_owned());
        let changed = self.0.records.store().transact(move |transaction| {
            let (now, wanted) = (own.0.context.now(), operations.iter().map(String::as_str));
            let draft = own.durables().draft(transaction, &id, wanted, now)?;
            let mut draft = draft.ok_or_else(removed)?;
            let before = draft.execution.clone();
            let answer = change(&mut draft)?;
            if draft.execution != before || !draft.changed.is_empty() || !draft.timers.is_empty() {
                own.save(transaction, &draft)?;
            }
            Ok::<_, AwsError>(answer)
        });
        changed.await
    }

    fn go_off(&self, transaction: &mut Transaction<'_>, due: &Due) -> Result<(), cloud_store::Error> {
        let Some((id, timer)) = Timer::parse(&due.name) else { return Ok(()) };
        let now = self.0.context.now();
        let Some(mut draft) = self.durables().draft(transaction, id, timer.operation(), now)? else {
            return Ok(());
        };
        draft.went_off(&timer);
        self.save(transaction, &draft).map_err(|error| {
            tracing::error!(%error, execution = id, "what a timer of a durable execution leads to could not be kept");
            cloud_store::Error::Stopped
        })
    }

    /// Keeps what became of a draft and what follows from it; then a worker looks at it.
    fn save(&self, transaction: &mut Transaction<'_>, draft: &Draft) -> Result<(), cloud_delivery::Error> {
        self.durables().save(transaction, &self.0.timers, draft)?;
        if draft.ending.is_some() {
            self.follow(transaction, draft)?;
        }
        let (own, id, is_over) = (self.clone(), draft.execution.id.clone(), !draft.execution.is_live());
        let has_work = draft.execution.has_work();
        transaction.then(move || {
            if is_over {
                own.0.ended.notify_waiters();
            }
            if has_work || own.workers().contains_key(&id) {
                own.look_at(&id);
            }
        });
        Ok(())
    }
}

impl Ended {
    /// As the end of an invocation.
    pub(crate) fn ran(self) -> Ran {
        let Self { execution, ending } = self;
        let error = match execution.status {
            Status::Succeeded => None,
            _ => Some(ending.error.unwrap_or_default()),
        };
        let payload = match &error {
            None => Bytes::from(ending.result.unwrap_or_else(|| "null".to_owned())),
            Some(error) => function_error(error).to_payload(),
        };
        let outcome = Outcome {
            payload,
            error: error.as_ref().map(function_error),
            log: Bytes::new(),
            duration: std::time::Duration::ZERO,
            billed: std::time::Duration::ZERO,
            init_duration: None,
            max_memory_used_mb: 0,
            engine: "durable",
            runtime: None,
        };
        Ran { outcome, version: execution.version.clone(), log: Bytes::new() }
    }
}

/// An error as functions answer it.
fn function_error(error: &ErrorObject) -> FunctionError {
    let mut told = FunctionError::new(
        error.error_type.as_deref().unwrap_or_default(),
        error.error_message.clone().unwrap_or_default(),
    );
    if let Some(trace) = &error.stack_trace {
        told.more.insert("stackTrace".to_owned(), trace.clone().into());
    }
    if let Some(data) = &error.error_data {
        told.more.insert("errorData".to_owned(), data.clone().into());
    }
    told
}

fn already_started(name: &str) -> AwsError {
    Code::DurableExecutionAlreadyStartedException
        .error(format!("The durable execution {name} was started already, with another payload."))
        .with("Type", "User")
}

fn removed() -> AwsError {
    not_found("The durable execution does not exist.")
}

/// That there is no such execution.
pub(crate) fn not_found(text: &str) -> AwsError {
    Code::ResourceNotFoundException.error(text).with("Type", "User")
}

/// Fails where a durable function is invoked by a name that does not say which version is meant.
// AWS: "Durable functions require qualified identifiers for invocation": a version, an alias, or `$LATEST`.
pub(crate) fn expect_qualified(name: &FunctionName) -> Result<(), AwsError> {
    match name.qualifier {
        Some(_) => Ok(()),
        None => Err(Code::InvalidParameterValueException
            .error("You cannot invoke a durable function using an unqualified ARN.")
            .with("Type", "User")),
    }
}

/// Fails where somebody would wait for an execution for longer than Lambda lets him.
pub(crate) fn expect_short(config: &DurableConfig) -> Result<(), AwsError> {
    if config.execution_timeout.is_some_and(|timeout| timeout <= quotas::AWAITED) {
        return Ok(());
    }
    Err(Code::InvalidParameterValueException
        .error(
            "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 \
             minutes.",
        )
        .with("Type", "User"))
}
