//! `cumulo stop`: ends everything of a data directory, the server first so that it starts nothing again.

use std::time::Duration;

use anyhow::Result;
use rustix::process::{Pid, Signal, kill_process};
use server::AgentSocket;
use tokio::time::timeout;

use crate::cli::Which;
use crate::data::DataDir;
use crate::{leftovers, say};

/// How long the server may take to drain before it is killed.
const DRAIN: Duration = Duration::from_secs(15);

/// How long an agent that cannot be asked may take to obey a signal before it is killed.
const TERMINATE: Duration = Duration::from_secs(5);

/// The command.
pub(crate) async fn stop(which: Which) -> Result<()> {
    let data = DataDir::find(which.data.as_deref())?;
    let had_server = match data.running_server().and_then(Pid::from_raw) {
        Some(server) => terminate(server, DRAIN).await,
        None => false,
    };
    let had_agent = end_agent(&data, &AgentSocket::new(data.socket()?)).await;
    say(if had_server || had_agent { "Stopped." } else { "Nothing was running." });
    Ok(())
}

/// Ends the agent with everything it runs, also one that does not answer at its socket (yet). True if there was one.
pub(crate) async fn end_agent(data: &DataDir, socket: &AgentSocket) -> bool {
    let answered = server::end(socket).await;
    let had_agent = match data.running_agent().and_then(Pid::from_raw) {
        Some(agent) => terminate(agent, TERMINATE).await,
        None => answered,
    };
    // The agent does so itself as it ends; one that was killed could not.
    leftovers::end(data).await;
    had_agent
}

/// Ends a process that holds a lock of ours: the lock is held by a live process, so the number in it is that process's.
async fn terminate(pid: Pid, patience: Duration) -> bool {
    let _ = kill_process(pid, Signal::TERM);
    if timeout(patience, server::exited(pid)).await.is_err() {
        tracing::warn!(?pid, "a process did not end in time and is killed");
        let _ = kill_process(pid, Signal::KILL);
        server::exited(pid).await;
    }
    true
}
