//! The engine: an invocation gets a seat in a worker, is run there, and becomes an outcome.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::{Engine, EngineError, FunctionKey, FunctionSpec, Invocation, Outcome, Variable, environment};
use jail::Isolation;

use crate::cache::{Cache, CompileError, CompileLimits};
use crate::pool::{Pool, Refused, Seat};
use crate::process::Gone;
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
}

/// Runs functions that are WebAssembly. Dropping it ends its workers.
pub struct WasmEngine {
    pool: Arc<Pool>,
    cache: Arc<Cache>,
}

impl WasmEngine {
    /// Needs a tokio runtime, in which it looks after idle workers. Starts no worker yet: see [`WasmEngine::warm_up`].
    pub fn new(config: WasmConfig) -> io::Result<Self> {
        // What the workers of a predecessor that was killed left goes.
        match std::fs::remove_dir_all(&config.scratch) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => std::fs::create_dir_all(&config.scratch)?,
        }
        let cache = Arc::new(Cache::new(config.program.clone(), config.cache, config.compile)?);
        let pool = Arc::new(Pool::new(config.program, config.scratch, Arc::clone(&cache)));
        tokio::spawn(sweep(Arc::downgrade(&pool), config.idle));
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
        match self.cache.open(&function.package.join(ENTRY)).await {
            Ok(_) | Err(CompileError::Module(_)) => Ok(()),
            Err(CompileError::Io(error)) => {
                Err(EngineError::Unavailable(io::Error::new(error.kind(), error)))
            }
        }
    }

    async fn invoke(
        &self,
        function: &Arc<FunctionSpec>,
        invocation: Invocation,
    ) -> Result<Outcome, EngineError> {
        match self.pool.seat(function).await {
            Ok(seat) => Ok(run(&seat, function, &invocation).await),
            Err(Refused::Package(reason)) => Ok(outcome::of_bad_package(&invocation, &reason)),
            Err(Refused::Machine(error)) => Err(EngineError::Unavailable(error)),
        }
    }

    async fn retire(&self, key: &FunctionKey) {
        self.pool.retire(key);
    }
}

async fn run(seat: &Seat, function: &FunctionSpec, invocation: &Invocation) -> Outcome {
    let begun = Instant::now();
    let environment = block(&environment(function, invocation));
    let running = seat.worker.invoke(
        &environment,
        &invocation.payload,
        u64::from(function.memory_mb) << 20,
        function.timeout.as_micros() as u64,
    );
    match tokio::time::timeout(function.timeout + GRACE, running).await {
        Ok(Ok((done, output))) => outcome::of_done(function, invocation, seat.init, &done, output),
        Ok(Err(Gone)) => outcome::of_lost_worker(invocation, begun.elapsed()),
        Err(_) => {
            tracing::error!(
                pid = seat.worker.pid(),
                "a worker is silent beyond its function's timeout; killed"
            );
            seat.worker.kill();
            outcome::of_lost_worker(invocation, begun.elapsed())
        }
    }
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

/// Ends idle workers until the pool is gone.
async fn sweep(pool: Weak<Pool>, idle: Duration) {
    let mut ticks = tokio::time::interval(idle.max(Duration::from_secs(1)) / 2);
    loop {
        ticks.tick().await;
        let Some(pool) = pool.upgrade() else { return };
        if let Some(before) = Instant::now().checked_sub(idle) {
            pool.sweep(before);
        }
    }
}
