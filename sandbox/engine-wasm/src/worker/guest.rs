//! One instance of the function: made, run to its end, judged. Nothing of it is left afterwards.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use engine::MAX_PAYLOAD;
use wasmtime::{Engine, InstancePre, Linker, Module, ResourceLimiter, Store, Trap};
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtxBuilder};

use super::pipes::Sink;
use crate::frames::{Done, End};

/// What one invocation may write to its log, in bytes; what is beyond is dropped, and the log says so.
const MAX_LOG: usize = 4 << 20;

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
    /// Its `/tmp`, if there is any.
    pub(super) tmp: Option<PathBuf>,
}

/// What it leaves.
pub(super) struct Finished {
    pub(super) done: Done,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// What an instance has beside its code.
pub(super) struct Guest {
    wasi: WasiP1Ctx,
    memory: Memory,
}

/// Grants memory up to MemorySize and remembers the most.
struct Memory {
    limit: usize,
    peak: usize,
    refused: bool,
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // There is one memory: the configuration allows no more.
        if desired > self.limit {
            self.refused = true;
            return Ok(false);
        }
        self.peak = self.peak.max(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE)
    }
}

/// All that a module may import: WASI preview 1. Made before there is a module, so that no invocation waits for it.
pub(super) fn imports(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    p1::add_to_linker_async(&mut linker, |guest: &mut Guest| &mut guest.wasi)?;
    Ok(linker)
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

    /// Runs it once.
    pub(super) async fn run(&self, call: Call) -> Finished {
        let begun = Instant::now();
        let (stdout, stderr) = (Sink::new(MAX_PAYLOAD), Sink::new(MAX_LOG));
        let id = call.id;
        let (end, peak) = match self.store(call, &stdout, &stderr) {
            Ok((mut store, timeout)) => {
                let end = self.finish(&mut store, timeout).await;
                (end, store.data().memory.peak)
            }
            Err(error) => (trap("killed", format!("the sandbox could not be set up: {error:#}")), 0),
        };
        let (stdout, stdout_overflowed) = stdout.take();
        let (mut stderr, cut) = stderr.take();
        if cut {
            stderr.extend_from_slice(b"\n[truncated]\n");
        }
        let done = Done {
            id,
            end,
            stdout_len: stdout.len(),
            stdout_overflowed,
            nanos: begun.elapsed().as_nanos() as u64,
            peak_bytes: peak as u64,
        };
        Finished { done, stdout, stderr }
    }

    fn store(&self, call: Call, stdout: &Sink, stderr: &Sink) -> wasmtime::Result<(Store<Guest>, Duration)> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.arg("bootstrap")
            .stdin(MemoryInputPipe::new(call.event))
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            // Its files are in memory: a thread of its own for each operation would only cost.
            .allow_blocking_current_thread(true);
        for variable in String::from_utf8_lossy(&call.environment).split_terminator('\0') {
            let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            wasi.env(name, value);
        }
        if let Some(tmp) = &call.tmp {
            wasi.preopened_dir(tmp, "/tmp", FsPerms::ReadWrite)?;
        }
        let memory = Memory { limit: call.memory_bytes as usize, peak: 0, refused: false };
        let guest = Guest { wasi: wasi.build_p1(), memory };
        let mut store = Store::new(self.0.module().engine(), guest);
        store.limiter(|guest| &mut guest.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        Ok((store, call.timeout))
    }

    async fn finish(&self, store: &mut Store<Guest>, timeout: Duration) -> End {
        let run = async {
            let instance = self.0.instantiate_async(&mut *store).await?;
            let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
            start.call_async(&mut *store, ()).await
        };
        match tokio::time::timeout(timeout, run).await {
            Err(_) => End::Timeout,
            Ok(Ok(())) => End::Exit(0),
            Ok(Err(error)) => judge(&error, store.data().memory.refused),
        }
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

fn trap(signal: &str, message: String) -> End {
    End::Trap { signal: signal.to_owned(), message }
}

/// Removes what an invocation left in its `/tmp`.
pub(super) fn clear(tmp: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(tmp)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
