//! The engine: finds what runs a version, and makes cells into its sandboxes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use async_trait::async_trait;
use budget::Budget;
use engine::{Engine, EngineError, FunctionKey, FunctionSpec, Interpreter, Manner, NotBegun, Sandbox};

use crate::ENGINE;
use crate::cell::Opening;
use crate::egress::Egress;
use crate::runtimes::{Found, Runtimes};
use crate::sandbox::{NativeSandbox, Runs};
use crate::spares::Spares;

const MANNER: Manner = Manner {
    // AWS: an environment runs one event at a time.
    places: 1,
    // AWS: "Concurrent executions: 1,000" of an account.
    of_a_version: 1000,
    many: 64,
    most: 256,
    lingers: true,
};

/// What an interpreter heeds at its start alone, which is over in one that waits.
const AT_START: [&str; 21] = [
    "AWS_LAMBDA_EXEC_WRAPPER",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "NODE_EXTRA_CA_CERTS",
    "NODE_ICU_DATA",
    "NODE_OPTIONS",
    "NODE_PENDING_DEPRECATION",
    "NODE_V8_COVERAGE",
    "PYTHONDEVMODE",
    "PYTHONHASHSEED",
    "PYTHONHOME",
    "PYTHONINTMAXSTRDIGITS",
    "PYTHONMALLOC",
    "PYTHONOPTIMIZE",
    "PYTHONSTARTUP",
    "PYTHONTRACEMALLOC",
    "PYTHONUTF8",
    "PYTHONWARNINGS",
    "PYTHON_GIL",
    "PYTHON_JIT",
    "UV_THREADPOOL_SIZE",
];

/// Tells the wall clock.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Where things are.
#[derive(Clone)]
pub struct NativeConfig {
    /// The program whose `worker native` subcommand is [`crate::worker::main`]: this one.
    pub program: PathBuf,
    /// Where the clients of interpreters are laid out. This engine's alone.
    pub clients: PathBuf,
    /// Where interpreters are looked for.
    pub path: String,
    /// The cloud's address, as functions are told it: what they reach of the network.
    pub endpoint_url: Option<String>,
    /// What else they reach, through a proxy: none at first.
    pub egress: Egress,
    /// What is asked before a function's answer and log are read.
    pub memory: Budget,
    /// The wall clock, in milliseconds since 1970: extensions are told until when they may go on.
    pub now: Now,
}

/// Runs functions that are programs of this machine, or that its interpreters read.
pub struct NativeEngine {
    runtimes: Runtimes,
    spares: Arc<Spares>,
    now: Now,
    sandboxes: Mutex<Vec<(FunctionKey, Weak<NativeSandbox>)>>,
}

impl NativeEngine {
    /// Needs a tokio runtime. Starts nothing yet.
    pub fn new(config: NativeConfig) -> Self {
        let NativeConfig { program, clients, path, endpoint_url, egress, memory, now } = config;
        let shown = Vec::new();
        let opening = Opening { program, shown, endpoint_url, egress, memory, now: Arc::clone(&now) };
        let (runtimes, spares) = (Runtimes::new(path, clients), Spares::new(opening));
        Self { runtimes, spares, now, sandboxes: Mutex::default() }
    }

    /// The processes that keep a function's environments.
    pub fn keeper_pids(&self, key: &FunctionKey) -> Vec<u32> {
        let sandboxes = self.sandboxes();
        let of_function = sandboxes.iter().filter(|(of, _)| of == key);
        let living = of_function.filter_map(|(_, sandbox)| sandbox.upgrade());
        living.filter(|sandbox| !sandbox.has_ended()).map(|sandbox| sandbox.pid()).collect()
    }

    /// Ends what waits.
    pub fn close(&self) {
        self.spares.close();
    }

    /// What runs a function.
    async fn runs(&self, function: &FunctionSpec) -> Result<Runs, String> {
        match self.runtimes.find(&function.runtime).await {
            Found::Bootstrap => Ok(Runs::Bootstrap),
            Found::Interpreter(interpreter) => Ok(Runs::Interpreter(interpreter)),
            Found::Missing(reason) => Err(reason),
        }
    }

    fn sandboxes(&self) -> MutexGuard<'_, Vec<(FunctionKey, Weak<NativeSandbox>)>> {
        self.sandboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Engine for NativeEngine {
    fn name(&self) -> &'static str {
        ENGINE
    }

    fn supports(&self, runtime: &str, _package: &Path) -> bool {
        // What is not here is refused with what to do about it.
        ["provided", "python", "nodejs", "java", "ruby", "dotnet"]
            .iter()
            .any(|kind| runtime.starts_with(kind))
    }

    fn manner(&self) -> Manner {
        MANNER
    }

    async fn refuses(&self, runtime: &str) -> Option<String> {
        match self.runtimes.find(runtime).await {
            Found::Missing(reason) => Some(reason),
            Found::Bootstrap | Found::Interpreter(_) => None,
        }
    }

    async fn interpreter(&self, runtime: &str) -> Option<Interpreter> {
        match self.runtimes.find(runtime).await {
            Found::Interpreter(found) => {
                Some(Interpreter { program: found.program.clone(), version: found.version.clone() })
            }
            Found::Missing(_) | Found::Bootstrap => None,
        }
    }

    async fn prepare(&self, function: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        match self.runs(function).await {
            Ok(runs) => self.spares.refill(&runs),
            // Told to who invokes it.
            Err(reason) => tracing::info!(function = function.key.arn, "{reason}"),
        }
        Ok(())
    }

    async fn sandbox(&self, function: &Arc<FunctionSpec>) -> Result<Arc<dyn Sandbox>, NotBegun> {
        let runs = self.runs(function).await.map_err(NotBegun::Package)?;
        let fresh = function.environment.iter().any(|(name, _)| AT_START.contains(&name.as_str()));
        let fresh = fresh && matches!(runs, Runs::Interpreter(_));
        let spare = self.spares.take(&runs, fresh).await.map_err(|error| explained(&error))?;
        let sandbox = NativeSandbox::new(spare.cell, function, runs, spare.waiting, Arc::clone(&self.now));
        let sandbox = Arc::new(sandbox);
        let mut sandboxes = self.sandboxes();
        sandboxes.retain(|(_, sandbox)| sandbox.strong_count() > 0);
        sandboxes.push((function.key.clone(), Arc::downgrade(&sandbox)));
        drop(sandboxes);
        Ok(sandbox)
    }

    async fn collect(&self) {
        self.spares.end_idle();
    }
}

/// Where cells cannot be had, whoever owns the machine has to do something.
fn explained(error: &io::Error) -> NotBegun {
    NotBegun::Machine(io::Error::new(
        error.kind(),
        format!(
            "native functions need namespaces of their own, which this machine does not give ({error}): allow \
             unprivileged user namespaces, or use WebAssembly"
        ),
    ))
}
