//! One instance of the function: made, run to its end, judged. Nothing of it is left afterwards.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use wasmtime::{InstancePre, Linker, Module, ResourceLimiter, Store, Trap, UpdateDeadline};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtxBuilder};

use super::crew::{Call, Crew};
use super::watch::Traces;
use crate::frames::{self, Done, End};

/// Elements of all tables: growing them takes the host's memory.
const MAX_TABLE: usize = 200_000;

/// A module, ready to be instantiated.
pub(super) struct Program {
    module: InstancePre<Guest>,
    terms: Terms,
    uses_files: bool,
}

/// What all invocations have.
pub(super) struct Terms {
    /// `NAME=value` and a zero byte for each variable.
    pub(super) environment: Bytes,
    pub(super) memory_bytes: u64,
    pub(super) timeout: Duration,
    pub(super) crew: Arc<Crew>,
}

/// What it leaves.
pub(super) struct Finished {
    pub(super) done: Done,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// What an instance has beside its code.
pub(super) struct Guest {
    pub(super) wasi: WasiP1Ctx,
    /// What all invocations have of the environment, and what this one has more.
    pub(super) environment: [Bytes; 2],
    /// Whom it works with.
    pub(super) crew: Arc<Crew>,
    /// When it is stopped, whatever it does.
    pub(super) deadline: Instant,
    memory: Memory,
}

/// Ends an instance at its timeout.
#[derive(Debug)]
pub(super) struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time is over")
    }
}

impl std::error::Error for TimedOut {}

/// Grants memory up to MemorySize and remembers the most.
struct Memory {
    limit: usize,
    traces: Traces,
    refused: bool,
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // There is one memory: the configuration allows no more.
        if desired > self.limit {
            self.refused = true;
            return Ok(false);
        }
        self.traces.held(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE)
    }
}

impl Program {
    /// Resolves what the module imports and finds its start.
    pub(super) fn new(imports: &Linker<Guest>, module: &Module, terms: Terms) -> Result<Self, String> {
        if module.get_export("_start").and_then(|export| export.func().cloned()).is_none() {
            return Err("bootstrap.wasm is no WASI command: it exports no function _start".to_owned());
        }
        let uses_files = module.imports().any(|import| is_of_files(import.name()));
        imports
            .instantiate_pre(module)
            .map(|module| Self { module, terms, uses_files })
            .map_err(|error| format!("bootstrap.wasm cannot be linked: {error:#}"))
    }

    /// How long it may run.
    pub(super) fn timeout(&self) -> Duration {
        self.terms.timeout
    }

    /// Whether it could tell that there is a `/tmp`.
    pub(super) fn uses_files(&self) -> bool {
        self.uses_files
    }

    /// Runs it once, on this thread, with that directory as its `/tmp`.
    pub(super) fn run(&self, call: Call, begun: Instant, tmp: Option<&Path>, traces: &Traces) -> Finished {
        let end = match self.store(call, begun, tmp, traces) {
            Ok(mut store) => self.finish(&mut store),
            Err(error) => trap("killed", format!("the sandbox could not be set up: {error:#}")),
        };
        Finished::new(end, begun.elapsed(), traces)
    }

    fn store(
        &self,
        call: Call,
        begun: Instant,
        tmp: Option<&Path>,
        traces: &Traces,
    ) -> wasmtime::Result<Store<Guest>> {
        let terms = &self.terms;
        let mut wasi = WasiCtxBuilder::new();
        wasi.arg("bootstrap")
            .stdin(MemoryInputPipe::new(call.event))
            .stdout(traces.stdout.clone())
            .stderr(traces.stderr.clone())
            // The thread is the guest's own: handing each operation on files to another would only cost.
            .allow_blocking_current_thread(true);
        if let Some(tmp) = tmp {
            wasi.preopened_dir(tmp, "/tmp", FsPerms::ReadWrite)?;
        }
        let memory = Memory { limit: terms.memory_bytes as usize, traces: traces.clone(), refused: false };
        let guest = Guest {
            wasi: wasi.build_p1(),
            environment: [terms.environment.clone(), call.environment],
            crew: Arc::clone(&terms.crew),
            deadline: begun + terms.timeout,
            memory,
        };
        let mut store = Store::new(self.module.module().engine(), guest);
        store.limiter(|guest| &mut guest.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            if Instant::now() < store.data().deadline {
                return Ok(UpdateDeadline::Continue(1));
            }
            Err(TimedOut.into())
        });
        Ok(store)
    }

    fn finish(&self, store: &mut Store<Guest>) -> End {
        let ran = self.module.instantiate(&mut *store).and_then(|instance| {
            instance.get_typed_func::<(), ()>(&mut *store, "_start")?.call(&mut *store, ())
        });
        let guest = store.data();
        // However it ended: what comes too late is no success, and no other failure either.
        if Instant::now() >= guest.deadline {
            return End::Timeout;
        }
        ran.map_or_else(|error| judge(&error, guest.memory.refused), |()| End::Exit(0))
    }
}

impl Finished {
    /// The end of an invocation with what it wrote until then.
    pub(super) fn new(end: End, elapsed: Duration, traces: &Traces) -> Self {
        let (stdout, stdout_overflowed) = traces.stdout.take();
        let (mut stderr, cut) = traces.stderr.take();
        if cut {
            stderr.extend_from_slice(b"\n[truncated]\n");
        }
        let done = Done {
            end,
            stdout_len: stdout.len(),
            stderr_len: stderr.len(),
            stdout_overflowed,
            nanos: elapsed.as_nanos() as u64,
            peak_bytes: traces.peak() as u64,
        };
        Self { done, stdout, stderr }
    }
}

/// Whether a function of WASI's is about files: without one of them nobody can tell whether there is a directory.
fn is_of_files(name: &str) -> bool {
    name.starts_with("path_") || name.starts_with("fd_prestat") || name == "fd_readdir"
}

/// What ended the instance, in a process's terms.
fn judge(error: &wasmtime::Error, memory_refused: bool) -> End {
    let exit = error.downcast_ref::<I32Exit>().map(|exit| exit.0);
    if let Some(0) = exit {
        return End::Exit(0);
    }
    // AWS: a process that goes beyond MemorySize is killed. Here the growth was refused, and what the program died of
    // afterwards (its allocator's abort, mostly) is but the consequence.
    if memory_refused && exit.is_none() {
        return End::OutOfMemory;
    }
    match (exit, error.downcast_ref::<Trap>()) {
        (Some(status), _) => End::Exit(status),
        (None, Some(cause)) => trap(signal(*cause), cause.to_string()),
        (None, None) => trap("aborted", format!("{error:#}")),
    }
}

/// The signal a native program would have died of.
fn signal(cause: Trap) -> &'static str {
    match cause {
        Trap::IntegerDivisionByZero | Trap::IntegerOverflow | Trap::BadConversionToInteger => {
            "floating point exception"
        }
        Trap::StackOverflow | Trap::MemoryOutOfBounds | Trap::TableOutOfBounds | Trap::IndirectCallToNull => {
            "segmentation fault"
        }
        Trap::BadSignature => "illegal instruction",
        _ => "aborted",
    }
}

pub(super) fn trap(signal: &str, message: String) -> End {
    End::Trap { signal: signal.to_owned(), message: frames::message(message) }
}

/// Removes what an invocation left in its `/tmp`.
pub(super) fn clear(tmp: &Path) -> std::io::Result<()> {
    Ok(folders::clear(std::fs::File::open(tmp)?)?)
}
