//! The worker's loop: takes requests from its socket, runs them side by side, and ends when the socket does.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jail::Entered;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::Mutex as AsyncMutex;
use wasmtime::{Engine, Linker};

use super::Error;
use super::guest::{self, Call, Finished, Guest, Program};
use super::ticker::Ticker;
use crate::frames::{self, Done, End, LoadError, Reply, Request};
use crate::{config, load};

/// Serves until the engine closes the socket.
pub(super) fn serve(entered: Entered) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_io().enable_time().build()?;
    let engine = config::runner().map_err(io::Error::other)?;
    // On one of the runtime's own threads, so that a request needs not be handed from one thread to another.
    let serving = runtime.spawn(requests(entered, engine));
    let served = runtime.block_on(serving).map_err(io::Error::other)?;
    // Functions may be running; nobody waits for them any more.
    runtime.shutdown_background();
    Ok(served?)
}

/// What invocations share.
struct Shared {
    to: AsyncMutex<OwnedWriteHalf>,
    ticker: Ticker,
    /// The `/tmp` directories nobody uses now.
    free: Mutex<Vec<PathBuf>>,
}

async fn requests(entered: Entered, engine: Engine) -> io::Result<()> {
    let (from, to) = inherited(&io::stdin())?.into_split();
    let mut from = BufReader::new(from);
    let shared = Arc::new(Shared {
        to: AsyncMutex::new(to),
        ticker: Ticker::start(engine.clone())?,
        free: Mutex::new(entered.tmp),
    });
    let imports = guest::imports(&engine).map_err(io::Error::other)?;
    shared.reply(&Reply::Ready { isolation: entered.isolation }, &[]).await?;
    let mut program = None;
    while let Some((request, mut body)) = frames::read::<Request>(&mut from).await? {
        match request {
            Request::Load => {
                let error = match take_module(&imports) {
                    Ok(taken) => {
                        program = Some(Arc::new(taken));
                        None
                    }
                    Err(error) => Some(error),
                };
                shared.reply(&Reply::Loaded { error }, &[]).await?;
            }
            Request::Invoke { id, environment_len, memory_bytes, timeout_micros } => {
                let environment = body.split_to(environment_len.min(body.len()));
                let Some(program) = program.clone() else {
                    return Err(io::Error::other("an invocation came before its module"));
                };
                let timeout = Duration::from_micros(timeout_micros);
                let tmp = shared.take_tmp();
                let call = Call { id, environment, event: body, memory_bytes, timeout, tmp };
                tokio::spawn(Arc::clone(&shared).invoke(program, call));
            }
        }
    }
    Ok(())
}

impl Shared {
    /// Runs one invocation and tells its end. A panic of ours fails that invocation only.
    async fn invoke(self: Arc<Self>, program: Arc<Program>, call: Call) {
        let running = self.ticker.run();
        let (id, tmp) = (call.id, call.tmp.clone());
        let run = tokio::spawn(async move { program.run(call).await });
        let finished = run.await.unwrap_or_else(|_| crashed(id));
        drop(running);
        let body: [&[u8]; 2] = [&finished.stdout, &finished.stderr];
        // Fails when the engine is gone, and then this process ends too.
        let _ = self.reply(&Reply::Done(finished.done), &body).await;
        if let Some(tmp) = tmp {
            self.give_back(tmp);
        }
    }

    async fn reply(&self, reply: &Reply, body: &[&[u8]]) -> io::Result<()> {
        frames::write(&mut *self.to.lock().await, reply, body).await
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

fn crashed(id: u64) -> Finished {
    let end = End::Trap { signal: "killed".to_owned(), message: "the worker failed".to_owned() };
    let done = Done { id, end, stdout_len: 0, stdout_overflowed: false, nanos: 0, peak_bytes: 0 };
    Finished { done, stdout: Vec::new(), stderr: Vec::new() }
}

/// Standard input is the socket to the engine.
fn inherited(stream: &impl AsFd) -> io::Result<UnixStream> {
    let socket = StdUnixStream::from(stream.as_fd().try_clone_to_owned()?);
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}

/// The compiled module is sent as an open file over the socket that is standard output.
fn take_module(imports: &Linker<Guest>) -> Result<Program, LoadError> {
    let file = receive_descriptor(&io::stdout()).map_err(|error| LoadError::Stale(error.to_string()))?;
    let module = load::compiled(imports.engine(), File::from(file))
        .map_err(|error| LoadError::Stale(format!("{error:#}")))?;
    Program::new(imports, &module).map_err(LoadError::Link)
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
        let finished = crashed(7);
        assert_eq!(finished.done.id, 7);
        assert!(matches!(finished.done.end, End::Trap { .. }));
        assert!(finished.stdout.is_empty());
    }
}
