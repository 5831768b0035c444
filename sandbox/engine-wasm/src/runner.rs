//! The engine: an invocation gets a seat in a worker, is run there, and becomes an outcome.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use budget::Budget;
use engine::{Engine, EngineError, FunctionKey, FunctionSpec, Invocation, Outcome, Variable, environment};
use jail::Isolation;

use crate::cache::{Cache, CompileError, CompileLimits};
use crate::pool::{Pool, Refused, Seat};
use crate::process::Unanswered;
use crate::{ENGINE, ENTRY, outcome};

/// How long after its timeout a function's worker may still be silent before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// Where things are.
#[derive(Debug, Clone)]
pub struct WasmConfig {
    /// The program whose `worker` subcommand is [`crate::worker::main`]: this one.
    pub program: PathBuf,
    /// Where compiled modules are kept; made if missing.
    pub cache: PathBuf,
    /// Where `/tmp` directories are made when no private ones can be mounted. This engine's alone: it is emptied.
    pub scratch: PathBuf,
    /// How long a function's idle worker is kept.
    pub idle: Duration,
    /// What compiling may take.
    pub compile: CompileLimits,
    /// What is asked before a function's answer and log are read.
    pub memory: Budget,
}

/// Runs functions that are WebAssembly. Dropping it ends its workers.
pub struct WasmEngine {
    pool: Arc<Pool>,
    cache: Arc<Cache>,
}

impl WasmEngine {
    /// Needs a tokio runtime, in which it looks after idle workers. Starts no worker yet: see [`WasmEngine::warm_up`].
    pub fn new(config: WasmConfig) -> io::Result<Self> {
        empty(&config.scratch).map_err(|error| named("empty the scratch folder", &config.scratch, &error))?;
        let cache = Cache::new(config.program.clone(), config.cache.clone(), config.compile)
            .map_err(|error| named("use the folder of compiled modules", &config.cache, &error))?;
        let cache = Arc::new(cache);
        let swept = Arc::clone(&cache);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = swept.sweep() {
                tracing::warn!(%error, "compiled modules that nobody needs could not be swept");
            }
        });
        let pool = Arc::new(Pool::new(config.program, config.scratch, Arc::clone(&cache), config.memory));
        tokio::spawn(sweep(Arc::downgrade(&pool), Arc::clone(&cache), config.idle));
        Ok(Self { pool, cache })
    }

    /// Starts the spare worker and tells which walls really stand around it.
    pub async fn warm_up(&self) -> io::Result<Isolation> {
        self.pool.refill().await
    }

    /// The worker processes of a function.
    pub fn worker_pids(&self, key: &FunctionKey) -> Vec<u32> {
        self.pool.pids(key)
    }

    /// Ends the workers of every function that was not used since `before`.
    pub fn end_idle(&self, before: Instant) {
        self.pool.sweep(before);
    }

    /// Kills all workers. What they run fails.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[async_trait]
impl Engine for WasmEngine {
    fn name(&self) -> &'static str {
        ENGINE
    }

    fn supports(&self, function: &FunctionSpec) -> bool {
        function.package.join(ENTRY).is_file()
    }

    async fn prepare(&self, function: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        let (cache, module) = (Arc::clone(&self.cache), function.package.join(ENTRY));
        to_the_end(async move {
            match cache.open(&module).await {
                Ok(_) | Err(CompileError::Module(_)) => Ok(()),
                Err(CompileError::Io(error)) => {
                    Err(EngineError::Unavailable(io::Error::new(error.kind(), error)))
                }
            }
        })
        .await
    }

    async fn invoke(
        &self,
        function: &Arc<FunctionSpec>,
        invocation: Invocation,
    ) -> Result<Outcome, EngineError> {
        let (pool, function) = (Arc::clone(&self.pool), Arc::clone(function));
        to_the_end(async move {
            match pool.seat(&function).await {
                Ok(seat) => run(&seat, &function, invocation).await,
                Err(Refused::Package(reason)) => Ok(outcome::of_bad_package(&invocation, &reason)),
                Err(Refused::Machine(error)) => Err(EngineError::Unavailable(error)),
            }
        })
        .await
    }

    async fn retire(&self, key: &FunctionKey) {
        self.pool.retire(key);
        collect(&self.cache).await;
    }
}

/// Does the work in a task of its own: whoever waits for it may go away, and what was begun still ends as it should, with
/// its place in a worker held until then.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, EngineError>> + Send + 'static,
) -> Result<T, EngineError> {
    let done = tokio::spawn(work).await;
    done.unwrap_or_else(|error| Err(EngineError::Unavailable(io::Error::other(error))))
}

async fn run(
    seat: &Seat,
    function: &FunctionSpec,
    mut invocation: Invocation,
) -> Result<Outcome, EngineError> {
    let begun = Instant::now();
    let environment = block(&environment(function, &invocation));
    let running = seat.worker.invoke(
        environment,
        // Not needed here once it is on its way.
        std::mem::take(&mut invocation.payload),
        u64::from(function.memory_mb) << 20,
        function.timeout.as_micros() as u64,
    );
    Ok(match tokio::time::timeout(function.timeout + GRACE, running).await {
        Ok(Ok((done, output))) => outcome::of_done(function, &invocation, seat.init, &done, output),
        Ok(Err(Unanswered::Gone)) => outcome::of_lost_worker(&invocation, begun.elapsed()),
        Ok(Err(Unanswered::NoRoom(refused))) => return Err(EngineError::NoRoom(refused)),
        Err(_) => {
            tracing::error!(
                pid = seat.worker.pid(),
                "a worker is silent beyond its function's timeout; killed"
            );
            seat.worker.kill();
            outcome::of_timeout(function, &invocation)
        }
    })
}

/// Variables as a process gets them: `NAME=value` and a zero byte for each.
fn block(environment: &[Variable<'_>]) -> Vec<u8> {
    let mut block = Vec::with_capacity(2048);
    for (name, value) in environment {
        block.extend_from_slice(name.as_bytes());
        block.push(b'=');
        block.extend_from_slice(value.as_bytes());
        block.push(0);
    }
    block
}

/// Ends idle workers, and lets go of what belongs to packages that are no more, until the pool is gone.
async fn sweep(pool: Weak<Pool>, cache: Arc<Cache>, idle: Duration) {
    let mut ticks = tokio::time::interval(idle.max(Duration::from_secs(1)) / 2);
    loop {
        ticks.tick().await;
        let Some(pool) = pool.upgrade() else { return };
        if let Some(before) = Instant::now().checked_sub(idle) {
            pool.sweep(before);
        }
        drop(pool);
        collect(&cache).await;
    }
}

async fn collect(cache: &Arc<Cache>) {
    let cache = Arc::clone(cache);
    if let Err(error) = tokio::task::spawn_blocking(move || cache.collect()).await {
        tracing::error!(%error, "compiled modules that nobody needs could not be collected");
    }
}

/// What the workers of a predecessor that was killed left goes: at once out of the way, and then in its own time, for
/// it may be millions of files.
fn empty(scratch: &Path) -> io::Result<()> {
    if let Some(parent) = scratch.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let aside = folders::set_aside(scratch)?;
    std::thread::Builder::new().name("scratch".into()).spawn(move || {
        if let Err(error) = aside.remove() {
            tracing::warn!(%error, "what functions left in their /tmp stays behind");
        }
    })?;
    std::fs::create_dir(scratch)
}

fn named(what: &str, folder: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("failed to {what} {}: {error}", folder.display()))
}
