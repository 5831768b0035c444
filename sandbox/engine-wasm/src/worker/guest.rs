//! One instance of the function: made, run to its end, judged. Nothing of it is left afterwards.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use wasmtime::{InstancePre, Linker, Module, ResourceLimiter, Store, Trap, UpdateDeadline};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtxBuilder};

use super::watch::Traces;
use crate::frames::{self, Done, End};

/// Elements of all tables: growing them takes the host's memory.
const MAX_TABLE: usize = 200_000;

/// A module, ready to be instantiated.
pub(super) struct Program(InstancePre<Guest>);

/// What an invocation brings.
pub(super) struct Call {
    pub(super) id: u64,
    /// `NAME=value` and a zero byte for each variable.
    pub(super) environment: Bytes,
    pub(super) event: Bytes,
    pub(super) memory_bytes: u64,
    pub(super) timeout: Duration,
}

/// What it leaves.
pub(super) struct Finished {
    pub(super) done: Done,
    pub(super) stdout: Bytes,
    pub(super) stderr: Bytes,
}

/// What an instance has beside its code.
pub(super) struct Guest {
    pub(super) wasi: WasiP1Ctx,
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
    pub(super) fn new(imports: &Linker<Guest>, module: &Module) -> Result<Self, String> {
        if module.get_export("_start").and_then(|export| export.func().cloned()).is_none() {
            return Err("bootstrap.wasm is no WASI command: it exports no function _start".to_owned());
        }
        imports
            .instantiate_pre(module)
            .map(Self)
            .map_err(|error| format!("bootstrap.wasm cannot be linked: {error:#}"))
    }

    /// Runs it once, on this thread, with that directory as its `/tmp`.
    pub(super) fn run(&self, call: Call, begun: Instant, tmp: Option<&Path>, traces: &Traces) -> Finished {
        let id = call.id;
        let end = match self.store(call, begun, tmp, traces) {
            Ok(mut store) => self.finish(&mut store),
            Err(error) => trap("killed", format!("the sandbox could not be set up: {error:#}")),
        };
        Finished::new(id, end, begun.elapsed(), traces)
    }

    fn store(
        &self,
        call: Call,
        begun: Instant,
        tmp: Option<&Path>,
        traces: &Traces,
    ) -> wasmtime::Result<Store<Guest>> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.arg("bootstrap")
            .stdin(MemoryInputPipe::new(call.event))
            .stdout(traces.stdout.clone())
            .stderr(traces.stderr.clone())
            // The thread is the guest's own: handing each operation on files to another would only cost.
            .allow_blocking_current_thread(true);
        for variable in String::from_utf8_lossy(&call.environment).split_terminator('\0') {
            let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            wasi.env(name, value);
        }
        if let Some(tmp) = tmp {
            wasi.preopened_dir(tmp, "/tmp", FsPerms::ReadWrite)?;
        }
        let memory = Memory { limit: call.memory_bytes as usize, traces: traces.clone(), refused: false };
        let guest = Guest { wasi: wasi.build_p1(), deadline: begun + call.timeout, memory };
        let mut store = Store::new(self.0.module().engine(), guest);
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
        let ran = self.0.instantiate(&mut *store).and_then(|instance| {
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
    pub(super) fn new(id: u64, end: End, elapsed: Duration, traces: &Traces) -> Self {
        let (stdout, stdout_overflowed) = traces.stdout.take();
        let (mut stderr, cut) = traces.stderr.take();
        if cut {
            stderr.extend_from_slice(b"\n[truncated]\n");
        }
        let done = Done {
            id,
            end,
            stdout_len: stdout.len(),
            stdout_overflowed,
            nanos: elapsed.as_nanos() as u64,
            peak_bytes: traces.peak() as u64,
        };
        Self { done, stdout: stdout.into(), stderr: stderr.into() }
    }
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
