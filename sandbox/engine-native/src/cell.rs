//! One cell from outside: opened, told what it is for, its programs started and heard of until they end. Not here: what they
//! ask (`api`), and when (`sandbox`).

use std::collections::BTreeMap;
use std::io;
use std::net::{TcpListener as StdTcpListener, TcpStream as StdTcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use budget::Budget;
use engine::FunctionSpec;
use jail::cell::{Bind, End, Line, Order, Program, Rooms, Word, send, tree};
use jail::{CgroupLimits, Isolation, Jailed, Limits, Spec};
use tokio::io::{AsyncReadExt, Interest};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::api::{Api, serve};
use crate::egress::Egress;
use crate::native::Now;
use crate::output::Output;
use crate::{proxy, relay};

/// The name of the program that asks for events.
pub(crate) const RUNTIME: &str = "runtime";
/// How long the keeper may take to do what it is told.
const ANSWER: Duration = Duration::from_secs(10);
// AWS: where functions find it.
const API_PORT: u16 = 9001;
const PROXY_PORT: u16 = 9011;
/// Files and directories in `/tmp`.
const TMP_FILES: u64 = 65_536;
/// What a cell needs beside its function's memory, in bytes.
const OVERHEAD: u64 = 32 << 20;
// AWS: "Execution processes/threads: 1,024".
const TASKS: u64 = 1024;
/// What is heard of one keeper.
const HEARD: u64 = 8 << 10;

/// How to open one.
#[derive(Clone)]
pub(crate) struct Opening {
    /// The program whose `worker native` keeps a cell.
    pub(crate) program: PathBuf,
    /// Trees to show, from outside to inside.
    pub(crate) shown: Vec<(PathBuf, PathBuf)>,
    /// The cloud's address, as functions are told it.
    pub(crate) endpoint_url: Option<String>,
    /// What else is reached.
    pub(crate) egress: Egress,
    pub(crate) memory: Budget,
    pub(crate) now: Now,
}

/// See the module. Dropping it ends all that runs in it.
pub(crate) struct Cell {
    process: Mutex<Jailed>,
    keeper: Arc<Keeper>,
    fates: watch::Receiver<Fates>,
    pub(crate) api: Arc<Api>,
    pub(crate) output: Arc<Output>,
    pipe: io::PipeWriter,
    /// The Runtime API's port.
    pub(crate) port: u16,
    /// That of the proxy to what else may be reached.
    proxy_port: u16,
    egress: Egress,
    leaving: AtomicBool,
    tasks: Mutex<Vec<AbortHandle>>,
}

/// What became of a cell's programs.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fates {
    ends: BTreeMap<String, End>,
    /// The keeper is gone, and all with it.
    is_gone: bool,
}

/// Process 1 of a cell, as it is spoken to.
pub(crate) struct Keeper {
    /// Where orders go.
    socket: Arc<UnixStream>,
    words: tokio::sync::Mutex<mpsc::UnboundedReceiver<(Word, Vec<OwnedFd>)>>,
}

impl Keeper {
    /// What is not answered.
    fn tell(&self, order: &Order) {
        if let Err(error) = send(&*self.socket, order, &[]) {
            tracing::debug!(%error, "a cell cannot be told");
        }
    }

    /// One order and its answer; others wait meanwhile.
    async fn ask(&self, order: &Order, files: &[BorrowedFd<'_>]) -> io::Result<(Word, Vec<OwnedFd>)> {
        let mut words = self.words.lock().await;
        send(&*self.socket, order, files)?;
        match tokio::time::timeout(ANSWER, words.recv()).await {
            Ok(Some(word)) => Ok(word),
            Ok(None) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "a cell came to its end")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "a cell does not answer")),
        }
    }

    /// A connection to who listens in the cell.
    pub(crate) async fn dial(&self, port: u16) -> io::Result<TcpStream> {
        let (word, sockets) = self.ask(&Order::Connect { port }, &[]).await?;
        let socket = sockets.into_iter().next().ok_or_else(|| unexpected(&word))?;
        let socket = StdTcpStream::from(socket);
        socket.set_nonblocking(true)?;
        TcpStream::from_std(socket)
    }
}

/// Why a program does not run.
#[derive(Debug)]
pub(crate) enum NotStarted {
    /// Its file is at fault: the system's number, and words.
    Program(Option<i32>, String),
    /// The machine is.
    Machine(io::Error),
}

impl From<io::Error> for NotStarted {
    fn from(error: io::Error) -> Self {
        Self::Machine(error)
    }
}

impl Cell {
    /// A furnished cell, in which nothing runs.
    pub(crate) async fn open(opening: &Opening) -> io::Result<Self> {
        let (ours, theirs) = StdUnixStream::pair()?;
        let (complaints, complaining) = io::pipe()?;
        let mut command = Command::new(&opening.program);
        command
            .args(["worker", "native"])
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(complaining);
        let spec = Spec { limits: Limits { nice: 1, ..Limits::default() }, ..Spec::default() };
        let process = jail::launch(command, spec, limits(128, 512))?;
        let complaints = tokio::spawn(hear_complaints(complaints, process.id()));
        ours.set_nonblocking(true)?;
        let socket = Arc::new(UnixStream::from_std(ours)?);
        let (say, words) = mpsc::unbounded_channel();
        let (tell, fates) = watch::channel(Fates::default());
        let hearing = tokio::spawn(hear(Arc::clone(&socket), say, tell));
        let keeper = Arc::new(Keeper { socket, words: tokio::sync::Mutex::new(words) });
        let (output, pipe, listening) = Output::new(opening.memory.clone())?;
        let [port, proxy_port] = ports(opening.endpoint_url.as_deref());
        let cell = Self {
            process: Mutex::new(process),
            keeper: Arc::clone(&keeper),
            fates,
            api: Arc::new(Api::new(opening.memory.clone(), Some(keeper), Arc::clone(&opening.now))),
            output,
            pipe,
            port,
            proxy_port,
            egress: opening.egress.clone(),
            leaving: AtomicBool::new(false),
            tasks: Mutex::new(vec![hearing.abort_handle(), listening]),
        };
        match cell.furnish(opening).await {
            Ok(()) => Ok(cell),
            Err(error) if cell.fates.borrow().is_gone => {
                let said = complaints.await.unwrap_or_default();
                Err(io::Error::new(error.kind(), format!("{error}; it said: {said}")))
            }
            Err(error) => Err(error),
        }
    }

    async fn furnish(&self, opening: &Opening) -> io::Result<()> {
        let mut trees = Vec::new();
        let binds = opening.shown.iter();
        let binds = binds.map(|(source, target)| bind(source, target, &mut trees)).collect();
        let cloud = opening.endpoint_url.as_deref().and_then(relay::address);
        let listen =
            [self.port, self.proxy_port].into_iter().chain(cloud.map(|cloud| cloud.port())).collect();
        let files: Vec<_> = trees.iter().map(AsFd::as_fd).collect();
        let (word, sockets) = self.keeper.ask(&Order::Furnish { binds, listen }, &files).await?;
        let Word::Furnished { .. } = word else { return Err(unexpected(&word)) };
        let mut sockets = sockets.into_iter();
        let api = listener(sockets.next())?;
        self.watch(tokio::spawn(serve(api, Arc::clone(&self.api))).abort_handle());
        let proxy = listener(sockets.next())?;
        self.watch(tokio::spawn(proxy::serve(proxy, self.egress.clone())).abort_handle());
        if let Some(cloud) = cloud {
            let endpoint = listener(sockets.next())?;
            self.watch(tokio::spawn(relay::relay(endpoint, cloud)).abort_handle());
        }
        Ok(())
    }

    /// The port of its proxy, where that leads anywhere.
    pub(crate) fn proxy(&self) -> Option<u16> {
        Some(self.proxy_port).filter(|_| !self.egress.is_empty())
    }

    /// Makes it that function's for good. Which walls stand.
    pub(crate) async fn assign(&self, function: &FunctionSpec) -> io::Result<Isolation> {
        let tmp_mb = function.ephemeral_storage_mb;
        self.process().limit(limits(function.memory_mb, tmp_mb));
        let mut trees = Vec::new();
        let package = std::fs::canonicalize(&*function.package)?;
        let binds = vec![bind(&package, Path::new("/var/task"), &mut trees)];
        let mut layers = Vec::new();
        for layer in &function.layers {
            let layer = std::fs::canonicalize(&**layer)?;
            layers.push(bind(&layer, Path::new("/opt"), &mut trees));
        }
        let rooms = Rooms {
            binds,
            layers,
            layered: "/opt".into(),
            tmp_bytes: u64::from(tmp_mb) << 20,
            tmp_files: TMP_FILES,
        };
        let files: Vec<_> = trees.iter().map(AsFd::as_fd).collect();
        match self.keeper.ask(&Order::Assign(rooms), &files).await? {
            (Word::Assigned(isolation), _) => Ok(isolation),
            (other, _) => Err(unexpected(&other)),
        }
    }

    /// Starts a program, which may inherit a file.
    pub(crate) async fn start(&self, program: Program, inherited: Option<OwnedFd>) -> Result<(), NotStarted> {
        let files: Vec<_> =
            [Some(self.pipe.as_fd()), inherited.as_ref().map(AsFd::as_fd)].into_iter().flatten().collect();
        match self.keeper.ask(&Order::Start(program), &files).await? {
            (Word::Started(_), _) => Ok(()),
            (Word::NotStarted { errno, reason, .. }, _) => Err(NotStarted::Program(errno, reason)),
            (other, _) => Err(unexpected(&other).into()),
        }
    }

    /// Waits until a program has ended; or the cell, which is as if it was killed.
    pub(crate) async fn end_of(&self, name: &str) -> End {
        let mut fates = self.fates.clone();
        let killed = End::Signal(9);
        let ended = fates.wait_for(|fates| fates.is_gone || fates.ends.contains_key(name)).await;
        ended.map_or(killed, |fates| fates.ends.get(name).copied().unwrap_or(killed))
    }

    /// Waits until one of those programs has ended; for ever where there are none.
    pub(crate) async fn end_of_any(&self, names: &[String]) -> (String, End) {
        let mut fates = self.fates.clone();
        let first = |fates: &Fates| {
            let mut ended = names.iter().filter_map(|name| Some((name.clone(), *fates.ends.get(name)?)));
            ended.next()
        };
        let ended = match fates.wait_for(|fates| first(fates).is_some()).await {
            Ok(fates) => first(&fates),
            Err(_) => None,
        };
        match ended {
            Some(ended) => ended,
            None => std::future::pending().await,
        }
    }

    /// Waits until all programs that are named have ended.
    pub(crate) async fn end_of_all(&self, names: &[String]) {
        for name in names {
            self.end_of(name).await;
        }
    }

    /// Sends a signal to a program and what it started.
    pub(crate) fn signal(&self, name: &str, signal: i32) {
        self.keeper.tell(&Order::Signal { name: name.to_owned(), signal });
    }

    /// Nothing runs in it, or all goes on.
    pub(crate) fn freeze(&self, frozen: bool) {
        if !self.process().freeze(frozen) {
            self.keeper.tell(if frozen { &Order::Freeze } else { &Order::Thaw });
        }
    }

    /// The most memory that it held at once.
    pub(crate) fn peak_bytes(&self) -> u64 {
        self.process().peak_bytes().unwrap_or(0)
    }

    /// Whether something of it was ended for want of memory.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        self.process().ended_for_memory() > 0
    }

    /// The keeper's process, for logs and tests.
    pub(crate) fn pid(&self) -> u32 {
        self.process().id()
    }

    /// Ends it at once.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
        self.process().kill();
    }

    /// Whether it is at its end.
    pub(crate) fn has_ended(&self) -> bool {
        let fates = self.fates.borrow();
        self.leaving.load(Ordering::Relaxed) || fates.is_gone || fates.ends.contains_key(RUNTIME)
    }

    fn watch(&self, task: AbortHandle) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    fn process(&self) -> MutexGuard<'_, Jailed> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            task.abort();
        }
    }
}

/// Hands on what a keeper says, and keeps what became of programs.
async fn hear(
    socket: Arc<UnixStream>,
    say: mpsc::UnboundedSender<(Word, Vec<OwnedFd>)>,
    tell: watch::Sender<Fates>,
) {
    let mut line = Line::default();
    loop {
        let filled = socket.async_io(Interest::READABLE, || line.fill(&*socket)).await;
        if !filled.unwrap_or(false) {
            break;
        }
        loop {
            match line.frame::<Word>() {
                Ok(Some((Word::Ended { name, end }, _))) => {
                    tell.send_modify(|fates| {
                        let _ = fates.ends.insert(name, end);
                    });
                }
                // Nobody waits any more: it is over.
                Ok(Some(word)) => drop(say.send(word)),
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "what a cell says makes no sense; it is left");
                    tell.send_modify(|fates| fates.is_gone = true);
                    return;
                }
            }
        }
    }
    tell.send_modify(|fates| fates.is_gone = true);
}

async fn hear_complaints(from: io::PipeReader, keeper: u32) -> String {
    let mut said = Vec::new();
    if let Ok(from) = tokio::net::unix::pipe::Receiver::from_owned_fd(from.into()) {
        let _ = from.take(HEARD).read_to_end(&mut said).await;
    }
    let text = String::from_utf8_lossy(&said).replace(|c: char| c.is_control() && c != '\n', " ");
    for line in text.lines() {
        tracing::warn!(keeper, line, "a cell's keeper complains");
    }
    text.trim().to_owned()
}

fn bind(source: &Path, target: &Path, trees: &mut Vec<OwnedFd>) -> Bind {
    let found = tree(source);
    let is_tree = found.is_some();
    trees.extend(found);
    Bind { source: source.to_owned(), is_tree, target: target.to_owned() }
}

/// The Runtime API's and the proxy's: AWS's and one beside it, or others where the cloud has one of these.
fn ports(endpoint_url: Option<&str>) -> [u16; 2] {
    let cloud = endpoint_url.and_then(relay::address).map(|cloud| cloud.port());
    [API_PORT, PROXY_PORT].map(|port| if cloud == Some(port) { port + 1 } else { port })
}

fn listener(socket: Option<OwnedFd>) -> io::Result<TcpListener> {
    let socket = socket.ok_or_else(|| io::Error::other("a cell lacks a socket"))?;
    let socket = StdTcpListener::from(socket);
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

fn unexpected(word: &Word) -> io::Error {
    match word {
        Word::Failed(reason) => io::Error::other(format!("a cell could not {reason}")),
        other => io::Error::other(format!("a cell answers what it was not asked: {other:?}")),
    }
}

// LIMIT: what is written to /tmp is memory here, and a group cannot tell the two apart: a function may hold in memory what it
// does not keep in /tmp.
fn limits(memory_mb: u32, tmp_mb: u32) -> CgroupLimits {
    let most = jail::machine_memory() / 4 * 3;
    let wanted = ((u64::from(memory_mb) + u64::from(tmp_mb)) << 20) + OVERHEAD;
    CgroupLimits { memory_bytes: wanted.min(most.max(OVERHEAD)), tasks: TASKS + 8 }
}
