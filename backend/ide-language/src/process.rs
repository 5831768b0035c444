//! A server's process: messages in, messages out, and nothing of it left when it ends.

use std::{io, path::Path, process::Stdio, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use ide_core::{Family, Grant};
use protocol::Said;
use rustix::process::{Pid, Signal};
use tokio::{
    io::AsyncReadExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::mpsc,
};
use tokio_util::{
    codec::{FramedRead, FramedWrite},
    sync::CancellationToken,
};

use crate::{
    codec::LspCodec,
    environment::{Found, furnish},
    walls::Walls,
};

/// Messages that wait for a server that does not read them; beyond that it hangs.
const MAX_WAITING: usize = 4096;
/// Messages read ahead of their handling.
const READ_AHEAD: usize = 64;
/// Characters of a line of the server's own log that are kept.
const LOG_LINE: usize = 400;

/// A running server.
#[derive(Debug)]
pub(crate) struct Process {
    outgoing: mpsc::Sender<Bytes>,
    incoming: mpsc::Receiver<Event>,
    /// Ends the process, and its tasks, when dropped.
    kill: EndsWith,
}

/// What a server may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes of memory, with all that it starts.
    pub(crate) memory: u64,
    /// How often that is looked at.
    pub(crate) look: Duration,
}

/// What comes from a server.
#[derive(Debug)]
pub(crate) enum Event {
    /// A message.
    Message(Bytes),
    /// The end: why.
    Ended(Said),
}

/// The server reads nothing any more.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it reads nothing any more")]
pub(crate) struct Stuck;

impl Process {
    /// Starts a server in `root`, within `bounds`. It runs code of the folder: hence the leave.
    pub(crate) fn spawn(found: &Found, root: &Path, bounds: Bounds, _leave: &Grant) -> io::Result<Self> {
        let family = Family::begin();
        let (name, value) = family.variable();
        let mut command = Command::new(&found.program);
        furnish(&mut command, &found.variables);
        command.env(name, value);
        command
            .args(&found.arguments)
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: what it starts (compilers, macro servers) ends with it.
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("no pipes to the process"));
        };
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let walls = Walls::around(group, bounds.memory);
        let (outgoing, to_write) = mpsc::channel(MAX_WAITING);
        let (events, incoming) = mpsc::channel(READ_AHEAD);
        let ended = CancellationToken::new();
        tokio::spawn(write(stdin, to_write));
        let kill = Kill { group, family, walls, ended };
        tokio::spawn(run(child, stdout, stderr, events, kill.clone(), bounds));
        Ok(Self { outgoing, incoming, kill: EndsWith(kill) })
    }

    /// Sends a message.
    pub(crate) fn send(&self, body: Bytes) -> Result<(), Stuck> {
        match self.outgoing.try_send(body) {
            Err(mpsc::error::TrySendError::Full(_)) => Err(Stuck),
            // Ended: its event is on the way.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }

    /// Where to send messages from elsewhere; does not keep the process alive.
    pub(crate) fn sender(&self) -> mpsc::Sender<Bytes> {
        self.outgoing.clone()
    }

    /// What comes next; pending for ever after the end.
    pub(crate) async fn next(&mut self) -> Event {
        match self.incoming.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    /// Waits for it to end by itself, then ends what is left of it.
    pub(crate) async fn stop(self, grace: Duration) {
        let Self { outgoing, mut incoming, kill } = self;
        drop(outgoing);
        let drained = async { while incoming.recv().await.is_some() {} };
        let _ = tokio::time::timeout(grace, drained).await;
        let ended = kill.0.ended.clone();
        drop(kill);
        // Killed: the kernel needs a moment, not a person.
        let _ = tokio::time::timeout(grace, ended.cancelled()).await;
    }
}

/// How a server's processes are ended.
#[derive(Clone, Debug)]
struct Kill {
    group: Option<Pid>,
    family: Family,
    walls: Walls,
    /// Cancelled when the leader has been reaped: its number may be somebody else's from then on.
    ended: CancellationToken,
}

impl Kill {
    /// The leader with its group at once, and the rest as soon as it is found.
    fn now(&self) {
        if let Some(group) = self.group.filter(|_| !self.ended.is_cancelled()) {
            // Gone already: nothing to do.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
        let family = self.family.clone();
        std::thread::spawn(move || family.kill());
    }
}

/// Processes that end with this value.
#[derive(Debug)]
struct EndsWith(Kill);

impl Drop for EndsWith {
    fn drop(&mut self) {
        self.0.now();
    }
}

async fn write(stdin: ChildStdin, mut bodies: mpsc::Receiver<Bytes>) {
    let mut sink = FramedWrite::new(stdin, LspCodec::default());
    while let Some(body) = bodies.recv().await {
        if sink.send(body).await.is_err() {
            return;
        }
    }
}

async fn run(
    mut child: Child,
    stdout: ChildStdout,
    stderr: ChildStderr,
    events: mpsc::Sender<Event>,
    kill: Kill,
    bounds: Bounds,
) {
    let log = tokio::spawn(follow_log(stderr));
    let fault = tokio::select! {
        fault = read(stdout, &events) => fault,
        greed = too_much(&kill, bounds) => Some(greed),
    };
    // A server that says nothing more is of no use, nor is what it started.
    kill.now();
    let status = child.wait().await;
    kill.ended.cancel();
    log.abort();
    let ended = || {
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        Said::new(status.as_str()).because("server-exited", &[("status", &status)])
    };
    let reason = fault.unwrap_or_else(ended);
    // Nobody may be listening any more.
    let _ = events.send(Event::Ended(reason)).await;
}

/// Passes messages on; answers what was wrong with the stream, none where it just ended.
async fn read(stdout: ChildStdout, events: &mpsc::Sender<Event>) -> Option<Said> {
    let mut stream = FramedRead::new(stdout, LspCodec::default());
    while let Some(message) = stream.next().await {
        match message {
            Ok(body) => events.send(Event::Message(body)).await.ok()?,
            Err(error) => return Some(error.said()),
        }
    }
    None
}

/// Waits until a server holds more memory than it may, and says so. Its own limit stops one process; this one all of them.
async fn too_much(kill: &Kill, bounds: Bounds) -> Said {
    loop {
        tokio::time::sleep(bounds.look).await;
        let (family, walls) = (kill.family.clone(), kill.walls.clone());
        let looking = tokio::task::spawn_blocking(move || {
            walls.gather(&family);
            family.memory()
        });
        let held = looking.await.unwrap_or_default();
        if held > bounds.memory {
            let (held, most) = (held >> 20, bounds.memory >> 20);
            let words = format!("it held {held} MiB of memory with what it started, and may hold {most}");
            return Said::new(words).because("server-greedy", &[("held", &held), ("most", &most)]);
        }
    }
}

async fn follow_log(mut stderr: ChildStderr) {
    // A fixed buffer: a server that never ends a line costs no memory.
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        for line in buffer[..read].split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let text: String =
                String::from_utf8_lossy(line).chars().take(LOG_LINE).flat_map(char::escape_debug).collect();
            tracing::debug!(target: "ide_language::server", "{text}");
        }
    }
}
