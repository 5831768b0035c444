//! One workspace's agent: the process that owns its files, terminals, language servers and cloud, and goes on when
//! the server does not.
//!
//! It assembles the two halves and knows neither: what a call means is in `ide-*`, what AWS means in `cloud-*`.

mod cloud;
mod config;
mod ide;
mod services;
mod socket;
mod state_file;

use std::io;

use thiserror::Error;
use tokio_util::sync::CancellationToken;

pub use config::{AgentConfig, HostPattern, Mode, Permissions, RootKeys, WorkspaceConfig};
pub use state_file::{AGENT_FILE, Serving};

/// Why an agent cannot serve.
#[derive(Debug, Error)]
pub enum AgentError {
    /// Its data directory cannot be used.
    #[error("failed to use the data directory {0}")]
    Data(std::path::PathBuf, #[source] io::Error),
    /// Its socket cannot be bound.
    #[error("failed to listen on the agent's socket {0}")]
    Socket(std::path::PathBuf, #[source] io::Error),
    /// The cloud did not start.
    #[error("failed to start the cloud: {0}")]
    Cloud(String),
    /// A part of the IDE did not start.
    #[error("failed to start {0}: {1}")]
    Ide(&'static str, String),
}

/// Serves until `shutdown`, or until the server asks to stop. `ready` is told when everything answers.
pub async fn run(
    config: AgentConfig,
    shutdown: CancellationToken,
    ready: impl FnOnce(&Serving),
) -> Result<(), AgentError> {
    let cloud = cloud::Cloud::start(&config).await?;
    let serving = cloud.serving().clone();
    let Mode::Workspace(workspace) = &config.mode else {
        ready(&serving);
        shutdown.cancelled().await;
        cloud.stop().await;
        return Ok(());
    };
    let ide = ide::Ide::start(&config, workspace, &cloud).await?;
    let listener = socket::bind(&workspace.socket)?;
    serving.write(&config.data_dir).map_err(|error| AgentError::Data(config.data_dir.clone(), error))?;
    ready(&serving);
    socket::serve(listener, &serving, ide.link(), &shutdown).await;
    shutdown.cancel();
    ide.stop().await;
    cloud.stop().await;
    Serving::remove(&config.data_dir);
    let _ = std::fs::remove_file(&workspace.socket);
    Ok(())
}
