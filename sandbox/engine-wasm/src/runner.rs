//! The engine: compiles a version's module ahead of time, and makes workers into its sandboxes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use async_trait::async_trait;
use budget::Budget;
use engine::{Engine, EngineError, FunctionKey, FunctionSpec, Manner, NotBegun, Sandbox};
use jail::Isolation;

use crate::cache::{Cache, CompileError, CompileLimits};
use crate::config::SLOTS;
use crate::process::Worker;
use crate::sandbox::WasmSandbox;
use crate::spares::Spares;
use crate::{ENGINE, ENTRY};

const MANNER: Manner = Manner {
    places: SLOTS as usize,
    // AWS: "Concurrent executions: 1,000" of an account; with 64 places each.
    of_a_version: 16,
    many: 32,
    most: 96,
    // Nothing of an instance is left when it has answered.
    lingers: false,
};

/// Where things are.
#[derive(Debug, Clone)]
pub struct WasmConfig {
    /// The program whose `worker` subcommand is [`crate::worker::main`]: this one.
    pub program: PathBuf,
    /// Where compiled modules are kept; made if missing.
    pub cache: PathBuf,
    /// Where `/tmp` directories are made when no private ones can be mounted. This engine's alone: it is emptied.
    pub scratch: PathBuf,
    /// What compiling may take.
    pub compile: CompileLimits,
    /// What is asked before a function's answer and log are read.
    pub memory: Budget,
}

/// Runs functions that are WebAssembly. Dropping it ends its spare worker.
pub struct WasmEngine {
    spares: Arc<Spares>,
    cache: Arc<Cache>,
    /// The workers of functions.
    workers: Mutex<Vec<(FunctionKey, Weak<Worker>)>>,
}

impl WasmEngine {
    /// Needs a tokio runtime. Starts no worker yet: see [`WasmEngine::warm_up`].
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
        let WasmConfig { program, scratch, memory, .. } = config;
        let spares = Arc::new(Spares { program, scratch, memory, spare: tokio::sync::Mutex::default() });
        Ok(Self { spares, cache, workers: Mutex::default() })
    }

    /// Starts the spare worker and tells which walls really stand around it.
    pub async fn warm_up(&self) -> io::Result<Isolation> {
        self.spares.refill().await
    }

    /// The worker processes of a function.
    pub fn worker_pids(&self, key: &FunctionKey) -> Vec<u32> {
        let workers = self.workers();
        let of_function =
            workers.iter().filter(|(of, _)| of == key).filter_map(|(_, worker)| worker.upgrade());
        of_function.filter(|worker| !worker.has_ended()).map(|worker| worker.pid()).collect()
    }

    /// Kills the spare worker.
    pub async fn close(&self) {
        self.spares.close().await;
    }

    fn workers(&self) -> MutexGuard<'_, Vec<(FunctionKey, Weak<Worker>)>> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Engine for WasmEngine {
    fn name(&self) -> &'static str {
        ENGINE
    }

    fn supports(&self, _runtime: &str, package: &Path) -> bool {
        package.join(ENTRY).is_file()
    }

    // LIMIT: there are no files but those of `/tmp`.
    fn lays_layers(&self) -> bool {
        false
    }

    fn manner(&self) -> Manner {
        MANNER
    }

    async fn prepare(&self, function: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        match self.cache.open(&function.package.join(ENTRY)).await {
            Ok(_) | Err(CompileError::Module(_)) => Ok(()),
            Err(CompileError::Io(error)) => {
                Err(EngineError::Unavailable(io::Error::new(error.kind(), error)))
            }
        }
    }

    async fn sandbox(&self, function: &Arc<FunctionSpec>) -> Result<Arc<dyn Sandbox>, NotBegun> {
        let path = function.package.join(ENTRY);
        let module = self.cache.open(&path).await?;
        let worker = Arc::new(self.spares.take(function.ephemeral_storage_mb).await?);
        let mut workers = self.workers();
        workers.retain(|(_, worker)| worker.strong_count() > 0);
        workers.push((function.key.clone(), Arc::downgrade(&worker)));
        drop(workers);
        Ok(Arc::new(WasmSandbox::new(worker, function, Arc::clone(&self.cache), path, module)))
    }

    async fn collect(&self) {
        let cache = Arc::clone(&self.cache);
        if let Err(error) = tokio::task::spawn_blocking(move || cache.collect()).await {
            tracing::error!(%error, "compiled modules that nobody needs could not be collected");
        }
    }
}

impl From<CompileError> for NotBegun {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Module(reason) => Self::Package(reason),
            CompileError::Io(error) => Self::Machine(io::Error::new(error.kind(), error)),
        }
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
