//! One worker process, from the engine's side: started in its jail, given its module, asked to run, heard until it ends.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use budget::{Budget, Exhausted, Source};
use bytes::Bytes;
use engine::FunctionSpec;
use jail::{CgroupLimits, Isolation, Jailed, Limits, Spec, Tmp};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

use crate::complaints::Complaints;
use crate::config::SLOTS;
use crate::frames::{Done, Frame, LoadError, Reply, Request};
use crate::replies::{Body, Replies};

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
    descriptors: StdUnixStream,
    /// To the one task that writes.
    to: mpsc::Sender<Frame>,
    waiting: Arc<Mutex<Waiting>>,
    next: AtomicU64,
    /// Whose answers it gives.
    function: Arc<OnceLock<Source>>,
    /// The size its `/tmp` directories were made with.
    tmp_mb: u32,
    /// The walls it reported.
    pub(crate) isolation: Isolation,
    /// Whether it was told to end.
    leaving: AtomicBool,
}

/// Who waits for what the worker will say.
#[derive(Debug, Default)]
struct Waiting {
    ended: bool,
    loaded: Option<oneshot::Sender<Option<LoadError>>>,
    done: HashMap<u64, oneshot::Sender<(Done, Body)>>,
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

impl From<Gone> for Unanswered {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl Worker {
    /// Starts a worker and waits until it is jailed.
    pub(crate) async fn start(launch: Launch<'_>) -> io::Result<Self> {
        let (ours, theirs) = StdUnixStream::pair()?;
        let (descriptors, their_descriptors) = StdUnixStream::pair()?;
        let mut command = Command::new(launch.program);
        command.args(["worker", "wasm"]);
        command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)));
        command.stdout(Stdio::from(std::os::fd::OwnedFd::from(their_descriptors)));
        let (complaints, stderr) = Complaints::new()?;
        command.stderr(stderr);
        let spec = spec(&launch);
        // Waits for the launching thread, which does nothing but start processes: well under a millisecond.
        let process = jail::launch(command, spec, cgroup(0, launch.tmp_mb))?;
        let complaints = complaints.listen(process.id());
        ours.set_nonblocking(true)?;
        let (from, to) = UnixStream::from_std(ours)?.into_split();
        let function = Arc::default();
        let mut from = Replies::new(BufReader::new(from), launch.memory.clone(), Arc::clone(&function));
        let Some((Reply::Ready { isolation }, _)) = from.next().await? else {
            let said = complaints.await.unwrap_or_default();
            return Err(io::Error::other(format!("a worker did not come up; it said: {said}")));
        };
        let waiting = Arc::default();
        tokio::spawn(listen(from, Arc::clone(&waiting)));
        let (frames, written) = mpsc::channel(SLOTS as usize);
        tokio::spawn(write(written, to));
        Ok(Self {
            process: Mutex::new(process),
            descriptors,
            to: frames,
            waiting,
            next: AtomicU64::new(0),
            function,
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
        self.leaving.load(Ordering::Relaxed) || self.waiting().ended
    }

    /// Hands over the compiled module. Then it belongs to that function for good.
    pub(crate) async fn load(
        &self,
        module: File,
        function: &FunctionSpec,
    ) -> Result<Option<LoadError>, Gone> {
        let memory_mb = function.memory_mb;
        self.function.get_or_init(|| Source::named("function", function.key.arn.as_str()));
        self.process.lock().unwrap_or_else(PoisonError::into_inner).limit(cgroup(memory_mb, self.tmp_mb));
        let frame = Frame::new(&Request::Load, [Bytes::new(), Bytes::new()]).map_err(|_| Gone)?;
        let answer = self
            .send(frame, |waiting, answer| {
                send_descriptor(&self.descriptors, &module).map_err(|_| Gone)?;
                waiting.loaded = Some(answer);
                Ok(())
            })
            .await?;
        answer.await.map_err(|_| Gone)
    }

    /// Runs the module once. The environment is `NAME=value` and a zero byte for each variable.
    pub(crate) async fn invoke(
        &self,
        environment: [&[u8]; 2],
        event: Bytes,
        function: &FunctionSpec,
    ) -> Result<(Done, Bytes), Unanswered> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let environment = environment.concat();
        let memory_bytes = u64::from(function.memory_mb) << 20;
        let timeout_micros = function.timeout.as_micros() as u64;
        let environment_len = environment.len();
        let request = Request::Invoke { id, environment_len, memory_bytes, timeout_micros };
        let frame = Frame::new(&request, [environment.into(), event]).map_err(|_| Gone)?;
        let answer = self
            .send(frame, |waiting, answer| {
                waiting.done.insert(id, answer);
                Ok(())
            })
            .await?;
        let (done, body) = answer.await.map_err(|_| Gone)?;
        Ok((done, body.map_err(Unanswered::NoRoom)?))
    }

    /// Ends at once, by SIGKILL.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
        self.process.lock().unwrap_or_else(PoisonError::into_inner).kill();
    }

    /// Hands a frame to its writer and notes who waits for the answer: both or, when the caller goes away before,
    /// neither.
    async fn send<T>(
        &self,
        frame: Frame,
        note: impl FnOnce(&mut Waiting, oneshot::Sender<T>) -> Result<(), Gone>,
    ) -> Result<oneshot::Receiver<T>, Gone> {
        let place = self.to.reserve().await.map_err(|_| Gone)?;
        let (sender, answer) = oneshot::channel();
        let mut waiting = self.waiting();
        if waiting.ended {
            return Err(Gone);
        }
        note(&mut waiting, sender)?;
        place.send(frame);
        Ok(answer)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes frames, each to its end: whoever asked for one may go away meanwhile, and the next begins where it should.
async fn write(mut frames: mpsc::Receiver<Frame>, mut to: OwnedWriteHalf) {
    while let Some(frame) = frames.recv().await {
        // Fails when the worker is gone, and then all who wait learn it from the end of what it says.
        if to.write_all_buf(&mut frame.into_buf()).await.is_err() {
            return;
        }
    }
}

/// Hands every reply to who waits for it. At the end of the stream everybody learns that the worker is gone.
async fn listen(mut from: Replies<BufReader<OwnedReadHalf>>, waiting: Arc<Mutex<Waiting>>) {
    loop {
        match from.next().await {
            Ok(Some((reply, body))) => deliver(reply, body, &waiting),
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(%error, "a worker's words make no sense; it is left");
                break;
            }
        }
    }
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    *waiting = Waiting { ended: true, ..Waiting::default() };
}

fn deliver(reply: Reply, body: Body, waiting: &Mutex<Waiting>) {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    match reply {
        Reply::Ready { .. } => {}
        Reply::Loaded { error } => {
            if let Some(sender) = waiting.loaded.take() {
                // Who asked may have given up.
                let _ = sender.send(error);
            }
        }
        Reply::Done(done) => {
            if let Some(sender) = waiting.done.remove(&done.id) {
                let _ = sender.send((done, body));
            }
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

fn send_descriptor(socket: &StdUnixStream, file: &File) -> io::Result<()> {
    use std::os::fd::AsFd;

    let files = [file.as_fd()];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut message = SendAncillaryBuffer::new(&mut space);
    message.push(SendAncillaryMessage::ScmRights(&files));
    rustix::net::sendmsg(socket, &[io::IoSlice::new(b"m")], &mut message, SendFlags::NOSIGNAL)?;
    Ok(())
}
