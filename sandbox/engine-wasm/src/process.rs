//! One worker process, from the engine's side: started in its jail, given its module, asked to run, heard until it ends.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use budget::{Budget, Exhausted, Source};
use bytes::{Buf, Bytes};
use engine::FunctionSpec;
use jail::{CgroupLimits, Isolation, Jailed, Limits, Spec, Tmp};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

use crate::answers::{Answers, Asked, Body, Room, Waiting};
use crate::config::SLOTS;
use crate::exchange::{CALLS, Exchange, fits, processors};
use crate::frames::{self, CallHead, Done, Frame, LoadError, MAX_BODY, Reply, Request};
use crate::stderr::Stderr;

/// Files and directories in one `/tmp`.
const TMP_FILES: u64 = 65_536;

/// What a worker needs beside its functions' memory, in bytes.
const OVERHEAD: u64 = 128 << 20;

/// How to start one.
#[derive(Debug, Clone)]
pub(crate) struct Launch<'a> {
    pub(crate) program: &'a Path,
    pub(crate) scratch: &'a Path,
    pub(crate) tmp_mb: u32,
    /// What its answers are held in.
    pub(crate) memory: &'a Budget,
}

/// A worker process. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Worker {
    process: Mutex<Jailed>,
    /// By which it is handed files.
    files: OwnedWriteHalf,
    exchange: Arc<Exchange>,
    /// Threads of it that are awake at most for calls that come in.
    awake: u64,
    /// What it is heard and told by, until its module is loaded.
    silent: Mutex<Option<Silent>>,
    /// To the one task that writes what fits into no room.
    long: OnceLock<mpsc::Sender<Long>>,
    waiting: Arc<Waiting>,
    next: AtomicU64,
    /// What its answers are held in, and whose they are.
    memory: Budget,
    function: Arc<OnceLock<Source>>,
    /// The size its `/tmp` directories were made with.
    tmp_mb: u32,
    /// The walls it reported.
    pub(crate) isolation: Isolation,
    /// Whether it was told to end.
    leaving: AtomicBool,
}

/// A worker that runs nothing yet.
#[derive(Debug)]
struct Silent {
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    /// Where it rings.
    bell: OwnedReadHalf,
}

/// A call whose parts go over the socket.
#[derive(Debug)]
struct Long {
    seat: usize,
    parts: [Bytes; 2],
}

/// Marks the failure that the process is gone.
#[derive(Debug)]
pub(crate) struct Gone;

/// Why there is no answer of an invocation.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// The process is gone.
    Gone,
    /// It ran, and its answer has no room.
    NoRoom(Exhausted),
}

impl Worker {
    /// Starts a worker and waits until it is jailed.
    pub(crate) async fn start(launch: Launch<'_>) -> io::Result<Self> {
        let (ours, theirs) = StdUnixStream::pair()?;
        let (bell, their_bell) = StdUnixStream::pair()?;
        let (exchange, memory) = Exchange::create()?;
        send_descriptor(&bell, &memory)?;
        let mut command = Command::new(launch.program);
        command.args(["worker", "wasm"]);
        command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)));
        command.stdout(Stdio::from(std::os::fd::OwnedFd::from(their_bell)));
        let (stderr, its_stderr) = Stderr::new()?;
        command.stderr(its_stderr);
        let spec = spec(&launch);
        // Waits for the launching thread, which does nothing but start processes: well under a millisecond.
        let process = jail::launch(command, spec, cgroup(0, launch.tmp_mb))?;
        let stderr = stderr.listen(process.id());
        ours.set_nonblocking(true)?;
        bell.set_nonblocking(true)?;
        let (mut from, to) = UnixStream::from_std(ours)?.into_split();
        let Some(Reply::Ready { isolation }) = frames::read(&mut from).await? else {
            let said = stderr.await.unwrap_or_default();
            return Err(io::Error::other(format!("a worker did not come up; it said: {said}")));
        };
        let (bell, files) = UnixStream::from_std(bell)?.into_split();
        Ok(Self {
            process: Mutex::new(process),
            files,
            exchange: Arc::new(exchange),
            awake: processors(),
            silent: Mutex::new(Some(Silent { from, to, bell })),
            long: OnceLock::new(),
            waiting: Arc::new(Waiting::new()),
            next: AtomicU64::new(0),
            memory: launch.memory.clone(),
            function: Arc::default(),
            tmp_mb: launch.tmp_mb,
            isolation,
            leaving: AtomicBool::new(false),
        })
    }

    /// The process id, for logs and tests.
    pub(crate) fn pid(&self) -> u32 {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.leaving.load(Ordering::Relaxed) || self.waiting.has_ended()
    }

    /// Hands over the compiled module and the environment that all its invocations have: `NAME=value` and a zero byte for
    /// each variable. Once it is loaded the worker belongs to that function for good.
    pub(crate) async fn load(
        &self,
        module: File,
        environment: &[u8],
        function: &FunctionSpec,
    ) -> Result<Option<LoadError>, Gone> {
        self.function.get_or_init(|| Source::named("function", function.key.arn.as_str()));
        let limits = cgroup(function.memory_mb, self.tmp_mb);
        self.process.lock().unwrap_or_else(PoisonError::into_inner).limit(limits);
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut silent = silent.ok_or(Gone)?;
        let request = Request::Load {
            memory_bytes: u64::from(function.memory_mb) << 20,
            timeout_micros: function.timeout.as_micros() as u64,
        };
        let frame = Frame::new(&request, environment).map_err(|_| Gone)?;
        send_descriptor(self.files.as_ref(), &module).map_err(|_| Gone)?;
        silent.to.write_all(frame.bytes()).await.map_err(|_| Gone)?;
        let Ok(Some(Reply::Loaded { error })) = frames::read(&mut silent.from).await else {
            return Err(Gone);
        };
        if error.is_none() {
            self.begin(silent);
        } else {
            *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = Some(silent);
        }
        Ok(error)
    }

    /// From now on it is called by the memory that is shared.
    fn begin(&self, Silent { from, to, bell }: Silent) {
        let answers = Answers {
            exchange: Arc::clone(&self.exchange),
            waiting: Arc::clone(&self.waiting),
            bell,
            bodies: from,
            room: Room::new(self.memory.clone(), Arc::clone(&self.function)),
            head: 0,
        };
        tokio::spawn(answers.listen());
        let (long, calls) = mpsc::channel(SLOTS as usize);
        self.long.get_or_init(|| long);
        tokio::spawn(write(calls, to, Arc::clone(&self.exchange), self.awake));
    }

    /// Runs the module once, with more environment.
    pub(crate) async fn invoke(
        &self,
        environment: Vec<u8>,
        event: Bytes,
    ) -> Result<(Done, Bytes), Unanswered> {
        let answer = self.call(environment, event).await?;
        let (done, body) = answer.await.map_err(|_| Gone)?;
        Ok((done, body.map_err(Unanswered::NoRoom)?))
    }

    /// Notes who waits and tells the worker: both or, when the caller goes away before, neither.
    async fn call(
        &self,
        environment: Vec<u8>,
        event: Bytes,
    ) -> Result<oneshot::Receiver<(Done, Body)>, Gone> {
        let long = self.long.get().ok_or(Gone)?;
        let lengths = [environment.len(), event.len()];
        if lengths.iter().sum::<usize>() > MAX_BODY {
            return Err(Gone);
        }
        let place =
            if fits(lengths.into_iter()) { None } else { Some(long.reserve().await.map_err(|_| Gone)?) };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (tell, answer) = oneshot::channel();
        let seat = self.waiting.sit(Asked { id, tell }).ok_or(Gone)?;
        let head = CallHead { id, environment: lengths[0], event: lengths[1] };
        self.exchange.write(CALLS, seat, head.words(), &[&environment, &event]);
        match place {
            None => {
                self.exchange.push(CALLS, seat);
                self.exchange.wake_one(self.awake);
            }
            Some(place) => place.send(Long { seat, parts: [environment.into(), event] }),
        }
        Ok(answer)
    }

    /// Ends at once, by SIGKILL.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
        self.process.lock().unwrap_or_else(PoisonError::into_inner).kill();
    }
}

impl From<Gone> for Unanswered {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

/// Calls with parts that fit into no room, each to its end: whoever asked for one may go away meanwhile, and the next begins
/// where it should.
async fn write(mut calls: mpsc::Receiver<Long>, mut to: OwnedWriteHalf, exchange: Arc<Exchange>, awake: u64) {
    while let Some(Long { seat, parts: [first, second] }) = calls.recv().await {
        exchange.push(CALLS, seat);
        exchange.wake_one(awake);
        // Fails when the worker is gone, and then all who wait learn it from the end of what it says.
        if to.write_all_buf(&mut first.chain(second)).await.is_err() {
            return;
        }
    }
}

fn spec(launch: &Launch<'_>) -> Spec {
    Spec {
        tmp: Tmp {
            slots: SLOTS,
            bytes: u64::from(launch.tmp_mb) << 20,
            files: TMP_FILES,
            fallback: Some(launch.scratch.to_owned()),
        },
        limits: Limits {
            // LIMIT: where mounting is not allowed, /tmp is limited by file only. A byte more, so that a full /tmp
            // says what it is.
            file_bytes: Some((u64::from(launch.tmp_mb) << 20) + 1),
            open_files: Some(65_536),
            nice: 1,
            ..Limits::default()
        },
    }
}

/// Room for every slot, but never more than half of the machine.
fn cgroup(memory_mb: u32, tmp_mb: u32) -> CgroupLimits {
    let half = jail::machine_memory() / 2;
    let slots = (u64::from(memory_mb) + u64::from(tmp_mb)).saturating_mul(SLOTS.into()) << 20;
    CgroupLimits { memory_bytes: (OVERHEAD + slots).min(half.max(OVERHEAD)), tasks: 128 }
}

fn send_descriptor(socket: &impl AsFd, file: &impl AsFd) -> io::Result<()> {
    let files = [file.as_fd()];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut message = SendAncillaryBuffer::new(&mut space);
    message.push(SendAncillaryMessage::ScmRights(&files));
    rustix::net::sendmsg(socket, &[io::IoSlice::new(b"m")], &mut message, SendFlags::NOSIGNAL)?;
    Ok(())
}
