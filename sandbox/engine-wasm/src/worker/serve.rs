//! The worker's loop: takes requests from its socket, runs them side by side, and ends when the socket does.

use std::fs::File;
use std::io::{self, BufReader};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jail::Entered;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};
use tokio::runtime::Runtime;
use wasmtime::Linker;

use super::Error;
use super::crew::Crew;
use super::guest::{self, Call, Finished, Guest, Program, trap};
use super::imports::imports;
use super::ticker::Ticker;
use super::watch::{Traces, Watch};
use crate::frames::{self, End, Frame, LoadError, Reply, Request};
use crate::{config, load};

/// Serves until the engine closes the socket. Functions may be running then; nobody waits for them any more.
pub(super) fn serve(entered: Entered) -> Result<(), Error> {
    let engine = config::runner().map_err(io::Error::other)?;
    let imports = imports(&engine).map_err(io::Error::other)?;
    // Standard input is the socket to the engine.
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut from = BufReader::new(socket.try_clone()?);
    let watch = Arc::new(Watch::default());
    let (late, overdue) = channel();
    let watched = Arc::clone(&watch);
    let ticker = Ticker::start(engine, move |now| {
        // The receiver lives as long as the process.
        watched.overdue(now).into_iter().for_each(|one| drop(late.send(one)));
    })?;
    let timers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build()?;
    let shared = Arc::new(Shared {
        to: Mutex::new(socket),
        ticker,
        watch,
        free: Mutex::new(entered.tmp),
        crew: Crew::new(timers.handle().clone()),
        _timers: timers,
    });
    let answering = Arc::clone(&shared);
    thread::Builder::new().name("overdue".into()).spawn(move || answering.answer_for(&overdue))?;
    shared.reply(&Reply::Ready { isolation: entered.isolation }, [Bytes::new(), Bytes::new()])?;
    let mut program = None;
    while let Some((request, body)) = frames::read_blocking::<Request>(&mut from)? {
        match request {
            Request::Load => {
                let taken = take_module(&imports);
                let error = taken.map(|taken| program = Some(Arc::new(taken))).err();
                shared.reply(&Reply::Loaded { error }, [Bytes::new(), Bytes::new()])?;
            }
            Request::Invoke { id, environment_len, memory_bytes, timeout_micros } => {
                let program = program.clone();
                let program = program.ok_or("an invocation came before its module")?;
                let mut event = body;
                let environment = event.split_to(environment_len.min(event.len()));
                let timeout = Duration::from_micros(timeout_micros);
                let call = Call { id, environment, event, memory_bytes, timeout };
                let running = Arc::clone(&shared);
                shared.crew.run(move || running.invoke(&program, call))?;
            }
        }
    }
    Ok(())
}

/// What invocations share.
struct Shared {
    to: Mutex<UnixStream>,
    ticker: Ticker,
    watch: Arc<Watch>,
    /// The `/tmp` directories nobody uses now.
    free: Mutex<Vec<PathBuf>>,
    crew: Arc<Crew>,
    /// Kept for the guests that wait.
    _timers: Runtime,
}

impl Shared {
    /// Runs one invocation and tells its end. A panic of ours fails that invocation only.
    fn invoke(&self, program: &Program, call: Call) {
        let running = self.ticker.run();
        let (id, tmp, traces) = (call.id, self.take_tmp(), Traces::new());
        let begun = Instant::now();
        self.watch.begin(id, begun + call.timeout, traces.clone());
        let run = || program.run(call, begun, tmp.as_deref(), &traces);
        let finished = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| crashed(id, begun, &traces));
        drop(running);
        if self.watch.end(id) {
            self.tell(finished);
        }
        if let Some(tmp) = tmp {
            self.give_back(tmp);
        }
    }

    /// Answers for invocations that are held up beyond their timeout.
    fn answer_for(&self, overdue: &Receiver<(u64, Traces)>) {
        for (id, traces) in overdue {
            self.tell(Finished::new(id, End::Timeout, Duration::ZERO, &traces));
        }
    }

    fn tell(&self, finished: Finished) {
        // Fails when the engine is gone, and then this process ends too.
        let _ = self.reply(&Reply::Done(finished.done), [finished.stdout, finished.stderr]);
    }

    fn reply(&self, reply: &Reply, body: [Bytes; 2]) -> io::Result<()> {
        let frame = Frame::new(reply, body)?;
        frame.write(&mut *self.to.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_tmp(&self) -> Option<PathBuf> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// An unclean `/tmp` is never used again.
    fn give_back(&self, tmp: PathBuf) {
        match guest::clear(&tmp) {
            Ok(()) => self.free.lock().unwrap_or_else(PoisonError::into_inner).push(tmp),
            Err(error) => tracing::warn!(%error, "a function's /tmp could not be cleared"),
        }
    }
}

fn crashed(id: u64, begun: Instant, traces: &Traces) -> Finished {
    Finished::new(id, trap("killed", "the worker failed".to_owned()), begun.elapsed(), traces)
}

/// The compiled module is sent as an open file over the socket that is standard output.
fn take_module(imports: &Linker<Guest>) -> Result<Program, LoadError> {
    let stale = |reason: String| LoadError::Stale(frames::message(reason));
    let file = receive_descriptor(&io::stdout()).map_err(|error| stale(error.to_string()))?;
    let module =
        load::compiled(imports.engine(), File::from(file)).map_err(|error| stale(format!("{error:#}")))?;
    Program::new(imports, &module).map_err(|reason| LoadError::Link(frames::message(reason)))
}

fn receive_descriptor(socket: &impl AsFd) -> io::Result<OwnedFd> {
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0; 1];
    let mut into = [io::IoSliceMut::new(&mut byte)];
    rustix::net::recvmsg(socket, &mut into, &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(mut files) = message
            && let Some(file) = files.next()
        {
            return Ok(file);
        }
    }
    Err(io::Error::other("no file came with the request to load it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_told_as_one() {
        let finished = crashed(7, Instant::now(), &Traces::new());
        assert_eq!(finished.done.id, 7);
        assert!(matches!(finished.done.end, End::Trap { .. }));
        assert!(finished.stdout.is_empty());
    }
}
