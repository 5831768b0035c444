//! Keeps one agent running: finds the one that is there, starts one where there is none, and again when it died.
//!
//! The agent is no part of this process: it goes on when we stop, and whoever comes next finds it by its socket.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use protocol::WorkspaceId;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, test_kill_process};
use thiserror::Error;
use tokio::io::unix::AsyncFd;
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::agent::{AgentError, AgentSocket, Answered};

/// How long a started agent may take until it answers.
const START: Duration = Duration::from_secs(20);
/// Between two looks whether it answers yet.
const POLL: Duration = Duration::from_millis(5);
/// Between two looks at a process where the kernel has no descriptors for processes.
const LOOK: Duration = Duration::from_millis(200);
/// How long a stopping agent may take before it is told by signal, and then by a deadly one.
const STOP: Duration = Duration::from_secs(5);
/// Pause after a first failure to start; it doubles up to [`MAX_PAUSE`].
const MIN_PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// An agent that ran for so long is started again without a pause.
const SETTLED: Duration = Duration::from_secs(10);
/// The agent's log is set aside when it has grown beyond this.
const MAX_LOG: u64 = 16 * 1024 * 1024;

/// Bytes of a log's end in which the reason for an end is looked for.
const MAX_REASON: u64 = 1024;

/// How an agent is started.
#[derive(Clone, Debug)]
pub struct AgentCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments. It must leave our session by itself, so that it outlives our terminal.
    pub arguments: Vec<OsString>,
    /// Environment variables that it does not inherit.
    pub without: Vec<OsString>,
    /// An environment variable that it gets, and all that it starts.
    pub with: (OsString, OsString),
    /// Where its output goes.
    pub log: PathBuf,
}

/// Looks after one agent.
#[derive(Clone, Debug)]
pub struct Supervisor {
    workspace: WorkspaceId,
    socket: AgentSocket,
    command: AgentCommand,
}

/// Why there is no agent.
#[derive(Debug, Error)]
pub enum SupervisorError {
    /// The program did not start.
    #[error("failed to start the agent")]
    Spawn(#[source] io::Error),
    /// It started and never answered.
    #[error("failed to reach the agent within {} s of its start; its log is {log}", START.as_secs())]
    NotServing {
        /// Where its log is.
        log: PathBuf,
        /// The last try's error.
        #[source]
        source: AgentError,
    },
    /// It ended instead of serving.
    #[error("failed to start the agent: {reason} ({status}; its log is {log})")]
    Ended {
        /// How.
        status: std::process::ExitStatus,
        /// The last line that it wrote.
        reason: String,
        /// Where its log is.
        log: PathBuf,
    },
}

impl Supervisor {
    /// A supervisor of the agent of `workspace` behind `socket`.
    pub fn new(workspace: WorkspaceId, socket: AgentSocket, command: AgentCommand) -> Self {
        Self { workspace, socket, command }
    }

    /// The agent that runs, else a newly started one.
    pub async fn ensure(&self) -> Result<Answered, SupervisorError> {
        match self.socket.status().await {
            Ok(found) if found.status.workspace == self.workspace => {
                tracing::info!(pid = found.status.pid, version = %found.status.version, "found the agent running");
                return Ok(found);
            }
            Err(AgentError::Unreachable(_)) => {}
            Ok(found) => {
                // The server's accounts were lost or replaced: this one would let nobody in.
                tracing::warn!(pid = found.status.pid, "replacing an agent of another workspace");
                end(&self.socket).await;
            }
            Err(error) => {
                // Something holds the socket and cannot be talked to: another version, or an agent that hangs.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "replacing an agent that does not answer"
                );
                end(&self.socket).await;
            }
        }
        self.start().await
    }

    /// Starts the agent again whenever it ends, until `shutdown`.
    pub async fn watch(&self, first: Answered, shutdown: CancellationToken) {
        let mut current = Some(first);
        let mut pause = MIN_PAUSE;
        loop {
            let since = Instant::now();
            if let Some(pid) = current.take().and_then(|agent| agent.pid) {
                tokio::select! {
                    () = exited(pid) => {}
                    () = shutdown.cancelled() => return,
                }
                tracing::error!("the agent ended; starting it again");
            }
            pause = if since.elapsed() > SETTLED { MIN_PAUSE } else { (pause * 2).min(MAX_PAUSE) };
            let ensured = tokio::select! {
                ensured = self.ensure() => ensured,
                () = shutdown.cancelled() => return,
            };
            match ensured {
                Ok(agent) => current = Some(agent),
                Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "no agent"),
            }
            if current.is_none() || since.elapsed() < SETTLED {
                tokio::select! {
                    () = sleep(pause) => {}
                    () = shutdown.cancelled() => return,
                }
            }
        }
    }

    async fn start(&self) -> Result<Answered, SupervisorError> {
        let log = self.open_log().map_err(SupervisorError::Spawn)?;
        let errors = log.try_clone().map_err(SupervisorError::Spawn)?;
        let mut command = Command::new(&self.command.program);
        for name in &self.command.without {
            command.env_remove(name);
        }
        let (name, value) = &self.command.with;
        let mut child = command
            .args(&self.command.arguments)
            .env(name, value)
            // Not where the server was started: a folder there could choose what programs of the same name mean.
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(SupervisorError::Spawn)?;
        let deadline = Instant::now() + START;
        let answered = loop {
            match self.socket.status().await {
                Ok(answered) => break answered,
                Err(source) if Instant::now() > deadline => {
                    let _ = child.start_kill();
                    return Err(SupervisorError::NotServing { log: self.command.log.clone(), source });
                }
                Err(_) => {}
            }
            if let Ok(Some(status)) = child.try_wait() {
                let log = self.command.log.clone();
                return Err(SupervisorError::Ended { status, reason: last_line(&log), log });
            }
            sleep(POLL).await;
        };
        // Waited for so that it leaves no zombie; that it ended is noticed by its descriptor, adopted or not.
        tokio::spawn(async move { child.wait().await });
        tracing::info!(pid = answered.status.pid, "started the agent");
        Ok(answered)
    }

    fn open_log(&self) -> io::Result<File> {
        let path = &self.command.log;
        if fs::metadata(path).is_ok_and(|log| log.len() > MAX_LOG) {
            fs::rename(path, path.with_extension("log.old"))?;
        }
        OpenOptions::new().create(true).append(true).mode(0o600).open(path)
    }
}

/// What a program wrote last: by custom the reason for its end.
fn last_line(log: &Path) -> String {
    let tail = || -> io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(MAX_REASON)))?;
        let mut bytes = Vec::new();
        file.take(MAX_REASON).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let text = String::from_utf8_lossy(&tail().unwrap_or_default()).into_owned();
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or("it did not say why").trim_start_matches("cumulo: ").to_owned()
}

/// Ends the agent behind `socket` with everything it runs: by asking, then by signal. True if there was one.
pub async fn end(socket: &AgentSocket) -> bool {
    let asked = socket.stop().await;
    let pid = match &asked {
        Ok(answered) => answered.pid,
        Err(AgentError::Unreachable(_) | AgentError::Stranger(_)) => return false,
        // It does not understand us; the kernel still says who it is.
        Err(_) => socket.connect().await.ok().as_ref().and_then(crate::agent::peer_pid),
    };
    let Some(pid) = pid else { return asked.is_ok() };
    if asked.is_ok() && timeout(STOP, exited(pid)).await.is_ok() {
        return true;
    }
    for signal in [Signal::TERM, Signal::KILL] {
        let _ = kill_process(pid, signal);
        if timeout(STOP, exited(pid)).await.is_ok() {
            break;
        }
    }
    true
}

/// Returns when a process has ended, ours or not.
pub async fn exited(pid: Pid) {
    if let Ok(descriptor) = pidfd_open(pid, PidfdFlags::NONBLOCK)
        && let Ok(descriptor) = watched(descriptor)
        && descriptor.readable().await.is_ok()
    {
        return;
    }
    while test_kill_process(pid).is_ok() {
        sleep(LOOK).await;
    }
}

#[expect(
    deprecated,
    reason = "its successor is unsafe for the sake of types that do not own what they name; this one does"
)]
fn watched(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(descriptor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_log_is_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("agent.log");
        let check = |text: &str, expected: &str| {
            fs::write(&log, text).unwrap();
            assert_eq!(last_line(&log), expected);
        };
        check("one\ncumulo: failed to listen\n\n", "failed to listen");
        check("", "it did not say why");
        check(&format!("{}\nlast", "x".repeat(5000)), "last");
        assert_eq!(last_line(&folder.path().join("none")), "it did not say why");
    }
}
