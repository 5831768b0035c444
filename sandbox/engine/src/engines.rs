//! The choice among engines, made once for each version; and a version bound to the one that was chosen.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use budget::Exhausted;
use lasting::lasting;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::scheduler::Pool;
use crate::{
    Engine, FunctionSpec, Interpreter, Invocation, Outcome, Piece, Response, Scheduler, Unprovisioned,
};

/// Why an invocation could not even be tried. A failing function is an [`Outcome`], not this.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No engine runs such a package.
    #[error(
        "find an engine for {function}: its package holds no bootstrap.wasm and no engine here runs {runtime}"
    )]
    NoEngine {
        /// The function's ARN.
        function: String,
        /// Its runtime.
        runtime: String,
    },
    /// The machine did not give what running takes (a process, a file, memory).
    #[error("start a sandbox")]
    Unavailable(#[source] std::io::Error),
    /// It ran, and there is no room for what it answered.
    #[error("hold the function's answer and log")]
    NoRoom(#[source] Exhausted),
    /// The engine is being shut down.
    #[error("run the function: the engine is shutting down")]
    ShuttingDown,
}

/// Every engine of this machine with its scheduler, in order of preference. Cheap to clone.
#[derive(Clone, Default)]
pub struct Engines(Arc<[Arc<Scheduler>]>);

impl Engines {
    /// The first that supports a function runs it.
    pub fn new(engines: Vec<Arc<dyn Engine>>) -> Self {
        Self(engines.into_iter().map(Scheduler::new).collect())
    }

    /// Binds a version to the engine that runs it.
    pub async fn bind(&self, function: Arc<FunctionSpec>) -> Result<Prepared, EngineError> {
        let Some(scheduler) = self.find(&function.runtime, &function.package).await? else {
            let (function, runtime) = (function.key.arn.clone(), function.runtime.clone());
            return Err(EngineError::NoEngine { function, runtime });
        };
        Ok(Prepared(scheduler.pool(function)))
    }

    /// Why such a package would not run here, where the engine that it is for says so.
    pub async fn refuses(&self, runtime: &str, package: &Path) -> Result<Option<String>, EngineError> {
        match self.find(runtime, package).await? {
            Some(scheduler) => Ok(scheduler.engine().refuses(runtime).await),
            None => Ok(None),
        }
    }

    /// The program that reads functions of a runtime, where they are no programs themselves.
    pub async fn interpreter(&self, runtime: &str) -> Option<Interpreter> {
        for scheduler in self.0.iter() {
            let found = scheduler.engine().interpreter(runtime).await;
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Whether such a package finds its layers where it runs.
    pub async fn lays_layers(&self, runtime: &str, package: &Path) -> Result<bool, EngineError> {
        let found = self.find(runtime, package).await?;
        Ok(found.is_none_or(|scheduler| scheduler.engine().lays_layers()))
    }

    async fn find(&self, runtime: &str, package: &Path) -> Result<Option<Arc<Scheduler>>, EngineError> {
        let (engines, runtime, package) = (Arc::clone(&self.0), runtime.to_owned(), package.to_owned());
        let supports = move |scheduler: &&Arc<Scheduler>| scheduler.engine().supports(&runtime, &package);
        // Engines look at the disk.
        let found = tokio::task::spawn_blocking(move || engines.iter().find(supports).cloned()).await;
        found.map_err(|error| EngineError::Unavailable(std::io::Error::other(error)))
    }

    /// Ends sandboxes that were idle for so long, from now on. Needs a tokio runtime, and ends with the last clone.
    pub fn end_idle_after(&self, idle: Duration) {
        for scheduler in self.0.iter() {
            scheduler.watch(idle);
        }
    }

    /// Ends the sandboxes that were not used since `before`.
    pub async fn end_idle(&self, before: Instant) {
        for scheduler in self.0.iter() {
            scheduler.end_idle(before).await;
        }
    }

    /// Kills all sandboxes. What they run fails, and nothing runs after.
    pub async fn close(&self) {
        for scheduler in self.0.iter() {
            scheduler.close().await;
        }
    }
}

/// A version with the engine that runs it and the sandboxes that it has. Cheap to clone; all clones share them.
#[derive(Clone)]
pub struct Prepared(Arc<Pool>);

impl Prepared {
    /// What runs.
    pub fn function(&self) -> &Arc<FunctionSpec> {
        self.0.function()
    }

    /// The name of the engine that runs it.
    pub fn engine(&self) -> &'static str {
        self.0.engine().name()
    }

    /// Does ahead of time what the first invocation would have to wait for.
    pub async fn prepare(&self) -> Result<(), EngineError> {
        let pool = Arc::clone(&self.0);
        lasting(async move { pool.engine().prepare(pool.function()).await }).await
    }

    /// Keeps sandboxes up from now on, with places for so many events at least, whether anybody calls or not. Returns when
    /// they are there; where that fails, none are kept.
    pub async fn provision(&self, events: usize) -> Result<(), Unprovisioned> {
        let pool = Arc::clone(&self.0);
        lasting(async move { pool.provision(events).await }).await
    }

    /// For how many events places are kept so.
    pub fn provisioned(&self) -> usize {
        self.0.provisioned()
    }

    /// How many of these are there now.
    pub fn provisioned_now(&self) -> usize {
        self.0.provisioned_now()
    }

    /// Runs the function once. Once begun it runs to its end, whoever stops waiting.
    pub async fn invoke(&self, invocation: Invocation) -> Result<Outcome, EngineError> {
        let pool = Arc::clone(&self.0);
        lasting(async move { pool.invoke(invocation, Response::whole()).await }).await
    }

    /// The same, with the answer handed on as it is made: the outcome's payload is that of a failure, or empty.
    pub async fn stream(
        &self,
        invocation: Invocation,
        to: mpsc::Sender<Piece>,
    ) -> Result<Outcome, EngineError> {
        let pool = Arc::clone(&self.0);
        lasting(async move { pool.invoke(invocation, Response::streamed(to)).await }).await
    }

    /// Ends what is idle now and, with its last invocation, what is not; and lets the engine go of what it kept.
    pub async fn retire(&self) {
        self.0.retire().await;
        self.0.engine().collect().await;
    }
}
