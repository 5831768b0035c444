//! `cumulo agent`: one workspace's process, in a session of its own so that it outlives the server and the terminal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use agent::{AgentConfig, Mode, RootKeys, WorkspaceConfig};
use anyhow::{Context, Result, bail};
use protocol::WorkspaceId;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::cli::Agent;
use crate::data::{DataDir, Held};
use crate::keys::{self, RootKey};
use crate::signals::{Asked, Signals};
use crate::{environment, isolation, leftovers};

/// How long one that is just ending may take to let go of the directory.
const PREDECESSOR: Duration = Duration::from_secs(5);

/// The command.
pub(crate) async fn agent(args: Agent) -> Result<()> {
    // Fails where we lead our group already: then we were started by hand, and belong to that terminal.
    let _ = rustix::process::setsid();
    let mut signals = Signals::listen()?;
    let data = DataDir::existing(&args.data)?;
    let _held = hold(&data).await?;
    let key = keys::load_or_create(&data, None)?;
    let workspace = WorkspaceConfig {
        id: WorkspaceId(args.workspace_id),
        folder: args.workspace,
        socket: args.socket,
        shell: environment::shell(),
        isolation: isolation::probe().await,
        path: environment::path(),
        home: environment::home()?,
    };
    let config = AgentConfig {
        mode: Mode::Workspace(workspace),
        data_dir: data.path().to_owned(),
        cloud_listen: args.cloud_listen,
        region: args.region,
        account_id: args.account_id,
        any_key: false,
        permissions: args.permissions,
        egress: args.egress.map(|hosts| hosts.0),
        root_keys: root_keys(key),
        worker: this_program()?,
        path: environment::path(),
        cache_dir: environment::cache_home()?.join("cumulo"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let shutdown = CancellationToken::new();
    let ended =
        agent::run(config, shutdown.clone(), |serving| tracing::info!(cloud = %serving.cloud_url, "serving"));
    let asked = async {
        // A terminal that closes or a Ctrl-C in it is none of ours; SIGTERM is meant.
        while signals.next().await != Asked::StopServer {}
        shutdown.cancel();
        std::future::pending().await
    };
    let ended = tokio::select! {
        ended = ended => ended,
        never = asked => never,
    };
    leftovers::end(&data).await;
    Ok(ended?)
}

async fn hold(data: &DataDir) -> Result<Held> {
    let deadline = Instant::now() + PREDECESSOR;
    loop {
        match data.hold_for_agent()? {
            Some(held) => return Ok(held),
            None if Instant::now() > deadline => bail!("another agent serves {}", data.path().display()),
            None => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The key pair as the agent takes it.
pub(crate) fn root_keys(key: RootKey) -> RootKeys {
    RootKeys { access_key_id: key.access_key_id, secret_access_key: key.secret_access_key }
}

/// The program that workers are started from.
pub(crate) fn this_program() -> Result<PathBuf> {
    let program = std::env::current_exe().context("failed to find this program")?;
    // Replaced by an upgrade while we run, the kernel names the old one so.
    let replaced = program.to_str().and_then(|path| path.strip_suffix(" (deleted)")).map(Path::new);
    Ok(replaced.map_or_else(|| program.clone(), Path::to_owned))
}
