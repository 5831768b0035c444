//! The worker's life: takes its module from its socket, then calls from the memory that it shares with the engine, runs
//! them side by side, and ends with the engine.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jail::Entered;
use rustix::event::{PollFd, PollFlags};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};
use tokio::runtime::Runtime;
use wasmtime::Linker;

use super::Error;
use super::crew::{Call, Crew};
use super::guest::{self, Finished, Guest, Program, Terms, trap};
use super::imports::imports;
use super::ticker::Ticker;
use super::watch::{Traces, Watch};
use crate::exchange::{ANSWERS, Exchange};
use crate::frames::{self, End, Frame, LoadError, Reply, Request};
use crate::{config, load};

/// Serves until the engine ends this process. Functions may be running then; nobody waits for them any more.
pub(super) fn serve(entered: Entered) -> Result<(), Error> {
    let engine = config::runner().map_err(io::Error::other)?;
    let imports = imports(&engine).map_err(io::Error::other)?;
    let exchange = Arc::new(Exchange::open(&receive_descriptor(&io::stdout())?)?);
    // Standard input is the socket to the engine.
    let mut socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let timers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build()?;
    let crew = Crew::new(Arc::clone(&exchange), socket.try_clone()?, timers.handle().clone());
    let watch = Arc::new(Watch::default());
    let (late, overdue) = channel();
    let (watched, ticking) = (Arc::clone(&watch), Arc::clone(&crew));
    let ticker = Ticker::start(engine, move |now| {
        // The receiver lives as long as the process.
        watched.overdue(now).into_iter().for_each(|one| drop(late.send(one)));
        ticking.tick();
    })?;
    Frame::new(&Reply::Ready { isolation: entered.isolation }, &[])?.write(&mut socket)?;
    let Some(program) = program(&mut socket, &imports, &crew)? else { return Ok(()) };
    let shared = Arc::new(Shared {
        to: Mutex::new(socket),
        exchange,
        program,
        ticker,
        watch,
        free: Mutex::new(entered.tmp),
        _timers: timers,
    });
    let answering = Arc::clone(&shared);
    thread::Builder::new().name("overdue".into()).spawn(move || answering.answer_for(&overdue))?;
    crew.begin(move |call| shared.run(call))?;
    until_the_engine_goes()
}

fn until_the_engine_goes() -> Result<(), Error> {
    let bell = io::stdout();
    loop {
        let mut watched = [PollFd::new(&bell, PollFlags::empty())];
        match rustix::event::poll(&mut watched, None) {
            Err(error) if error != rustix::io::Errno::INTR => return Err(error.into()),
            _ if watched[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => return Ok(()),
            _ => {}
        }
    }
}

/// The module that the engine hands over, ready to be run; none where it ended before.
fn program(
    socket: &mut UnixStream,
    imports: &Linker<Guest>,
    crew: &Arc<Crew>,
) -> Result<Option<Program>, Error> {
    while let Some((request, environment)) = frames::read_blocking::<Request>(socket)? {
        let Request::Load { memory_bytes, timeout_micros } = request;
        let timeout = Duration::from_micros(timeout_micros);
        let terms = Terms { environment: environment.into(), memory_bytes, timeout, crew: Arc::clone(crew) };
        let (program, error) = match take_module(imports, terms) {
            Ok(program) => (Some(program), None),
            Err(error) => (None, Some(error)),
        };
        Frame::new(&Reply::Loaded { error }, &[])?.write(socket)?;
        if program.is_some() {
            return Ok(program);
        }
    }
    Ok(None)
}

/// What invocations share.
struct Shared {
    /// For answers that fit into no room.
    to: Mutex<UnixStream>,
    exchange: Arc<Exchange>,
    program: Program,
    ticker: Ticker,
    watch: Arc<Watch>,
    /// The `/tmp` directories nobody uses now.
    free: Mutex<Vec<PathBuf>>,
    /// Kept for the guests that wait.
    _timers: Runtime,
}

impl Shared {
    /// Runs one invocation and tells its end. A panic of ours fails that invocation only.
    fn run(&self, call: Call) {
        let running = self.ticker.run();
        let (id, seat, traces) = (call.id, call.seat, Traces::new());
        // Who has no use for files is given none, and then none is to be removed.
        let tmp = if self.program.uses_files() { self.take_tmp() } else { None };
        let begun = Instant::now();
        self.watch.begin(id, seat, begun + self.program.timeout(), traces.clone());
        let run = || self.program.run(call, begun, tmp.as_deref(), &traces);
        let finished = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| crashed(begun, &traces));
        drop(running);
        if self.watch.end(id) {
            self.tell(id, seat, &finished);
        }
        if let Some(tmp) = tmp {
            self.give_back(tmp);
        }
    }

    /// Answers for invocations that are held up beyond their timeout.
    fn answer_for(&self, overdue: &Receiver<(u64, usize, Traces)>) {
        for (id, seat, traces) in overdue {
            self.tell(id, seat, &Finished::new(End::Timeout, Duration::ZERO, &traces));
        }
    }

    fn tell(&self, id: u64, seat: usize, Finished { done, stdout, stderr }: &Finished) {
        let [signal, message] = done.texts();
        let parts = [stdout, stderr, signal.as_bytes(), message.as_bytes()];
        if self.exchange.write(ANSWERS, seat, done.words(id), &parts) {
            self.exchange.push(ANSWERS, seat);
            return self.ring();
        }
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        self.exchange.push(ANSWERS, seat);
        self.ring();
        for part in parts {
            // Fails when the engine is gone, and then this process ends too.
            let _ = io::Write::write_all(&mut *to, part);
        }
    }

    /// Wakes the engine if it waits.
    fn ring(&self) {
        if self.exchange.must_ring() {
            // Fails when the engine is gone, or has been rung for often and has not looked.
            let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
            let _ = rustix::net::send(io::stdout(), b"!", flags);
        }
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

fn crashed(begun: Instant, traces: &Traces) -> Finished {
    Finished::new(trap("killed", "the worker failed".to_owned()), begun.elapsed(), traces)
}

/// The compiled module is sent as an open file over the socket that is standard output.
fn take_module(imports: &Linker<Guest>, terms: Terms) -> Result<Program, LoadError> {
    let stale = |reason: String| LoadError::Stale(frames::message(reason));
    let file = receive_descriptor(&io::stdout()).map_err(|error| stale(error.to_string()))?;
    let module =
        load::compiled(imports.engine(), File::from(file)).map_err(|error| stale(format!("{error:#}")))?;
    Program::new(imports, &module, terms).map_err(|reason| LoadError::Link(frames::message(reason)))
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
        let finished = crashed(Instant::now(), &Traces::new());
        assert!(matches!(finished.done.end, End::Trap { .. }));
        assert!(finished.stdout.is_empty());
    }
}
