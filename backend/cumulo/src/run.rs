//! `cumulo run`: puts the server together, has the agent started, says where everything is, and ends in order.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use server::{
    AgentCommand, AgentSocket, Answered, BuiltFrontend, Drained, FrontDoor, Limits, Parts, Records, Secret,
    Site, Supervisor, SystemClock,
};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::agent_process::this_program;
use crate::cli::{Log, Place, Run};
use crate::data::{DataDir, read_small, write_private};
use crate::keys::RootKey;
use crate::ready::{self, Ready};
use crate::signals::{Asked, Signals};
use crate::stop::end_agent;
use crate::template::{self, Filled};
use crate::{environment, isolation, keys, say};

/// What a running server leaves for `cumulo url`.
#[derive(Serialize, Deserialize)]
pub(crate) struct ServerFile {
    /// Its address, without a code.
    pub(crate) origin: String,
}

impl ServerFile {
    const NAME: &str = "server.json";

    /// Reads that of a data directory.
    pub(crate) fn read(data: &DataDir) -> Result<Self> {
        let text = read_small(&data.file(Self::NAME))?.context("failed to find the server's address")?;
        serde_json::from_str(&text).context("failed to understand the server's address")
    }

    fn write(&self, data: &DataDir) -> Result<()> {
        write_private(&data.file(Self::NAME), serde_json::to_string(self)?.as_bytes())
    }
}

/// The command.
pub(crate) async fn run(args: Run, log: &Log) -> Result<()> {
    let mut signals = Signals::listen()?;
    check_reach(&args.place, &[args.listen, args.cloud_listen])?;
    let workspace = workspace(&args)?;
    let data = match &args.place.data {
        Some(path) => DataDir::create(path)?,
        None => DataDir::create(&DataDir::default_for(&workspace)?)?,
    };
    let _held = data.hold_for_server()?;
    if let Some(file) = &args.place.ready_file {
        ready::forget(file)?;
    }
    let key = keys::load_or_create(&data, environment::root_key()?)?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("failed to listen on {}: choose another with --listen", args.listen))?;
    let running = Running::start(&args, log, data, &workspace, listener).await?;
    running.announce(&args, &workspace, &key).await?;
    let asked = signals.next().await;
    tokio::select! {
        ended = running.end(asked) => ended,
        _ = signals.next() => bail!("stopped at once: a second signal came while the first was being obeyed"),
    }
}

/// Refuses to be reachable from outside unless that was asked for.
pub(crate) fn check_reach(place: &Place, addresses: &[SocketAddr]) -> Result<()> {
    match addresses.iter().find(|address| !address.ip().is_loopback()) {
        Some(address) if !place.allow_remote => {
            bail!("{address} can be reached by other machines: add --allow-remote if that is meant")
        }
        _ => Ok(()),
    }
}

/// The folder to work in, filled where there is nothing in it.
fn workspace(args: &Run) -> Result<PathBuf> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => environment::home()?.join("cumulo").join(&args.template),
    };
    if template::fill(&folder, &args.template)? == Filled::FromTemplate {
        say(&format!("Filled {} from the template {}.", folder.display(), args.template));
    }
    std::fs::canonicalize(&folder).with_context(|| format!("failed to find {}", folder.display()))
}

/// The server and its agent, both serving.
struct Running {
    data: DataDir,
    origin: String,
    site: Site,
    records: Records,
    socket: AgentSocket,
    agent: Answered,
    served: JoinHandle<Drained>,
    watch: JoinHandle<()>,
    shutdown: CancellationToken,
}

impl Running {
    async fn start(
        args: &Run,
        log: &Log,
        data: DataDir,
        workspace: &Path,
        listener: TcpListener,
    ) -> Result<Self> {
        let local = listener.local_addr().context("failed to learn the address listened on")?;
        let site = match &args.public_url {
            Some(url) => Site::public(url)?,
            None => Site::local(local),
        };
        let records = Records::open(&data.file("server.db"))?;
        let socket = AgentSocket::new(data.socket()?);
        let shutdown = CancellationToken::new();
        let door = FrontDoor::new(Parts {
            site: site.clone(),
            records: records.clone(),
            agent: socket.clone(),
            assets: Arc::new(BuiltFrontend),
            clock: Arc::new(SystemClock),
            recheck: server::RECHECK,
            shutdown: shutdown.clone(),
        });
        let served = tokio::spawn(door.serve(listener, Limits::default()));
        let supervisor =
            Supervisor::new(socket.clone(), agent_command(args, log, &data, workspace, &socket)?);
        let agent = supervisor.ensure().await?;
        let watch = tokio::spawn({
            let (first, shutdown) = (agent.clone(), shutdown.clone());
            async move { supervisor.watch(first, shutdown).await }
        });
        let origin = site.origin().to_owned();
        Ok(Self { data, origin, site, records, socket, agent, served, watch, shutdown })
    }

    /// Says where everything is: to the person, to `cumulo url`, to whoever waits for the ready file.
    async fn announce(&self, args: &Run, workspace: &Path, key: &RootKey) -> Result<()> {
        ServerFile { origin: self.origin.clone() }.write(&self.data)?;
        let address = self.site.sign_in_address(&new_code(&self.records).await?);
        let cloud_url = &self.agent.status.cloud_url;
        if let Some(file) = &args.place.ready_file {
            Ready {
                ide_url: Some(&address),
                cloud_url,
                region: &args.place.region,
                account_id: &args.place.account_id,
                key,
                pid: std::process::id(),
            }
            .write(file)?;
        }
        say(&format!(
            "Cumulo {version}\n  Open       {address}\n             (works once, within 15 minutes; `cumulo url` prints another)\n  \
             Folder     {folder}\n  Cloud      {cloud_url}\n  Data       {data}\n  Functions  {walls}\n\
             Ctrl-C stops everything.",
            version = env!("CARGO_PKG_VERSION"),
            folder = workspace.display(),
            data = self.data.path().display(),
            walls = isolation::probe().await,
        ));
        Ok(())
    }

    async fn end(self, asked: Asked) -> Result<()> {
        self.shutdown.cancel();
        let drained = self.served.await.context("the server ended unexpectedly")?;
        if drained.cut > 0 {
            tracing::warn!(connections = drained.cut, "cut connections that did not finish in time");
        }
        self.watch.await.context("the agent's supervisor ended unexpectedly")?;
        match asked {
            Asked::StopAll => {
                end_agent(&self.data, &self.socket).await;
                say("Stopped.");
            }
            Asked::StopServer => {
                say("Stopped the server; terminals and functions go on. `cumulo stop` stops them too.");
            }
        }
        Ok(())
    }
}

/// How the agent is started: this very program, so that both are of one version.
fn agent_command(
    args: &Run,
    log: &Log,
    data: &DataDir,
    workspace: &Path,
    socket: &AgentSocket,
) -> Result<AgentCommand> {
    let cloud_listen = args.cloud_listen.to_string();
    let pairs: [(&str, OsString); 8] = [
        ("--log", log.log.clone().into()),
        ("--log-format", log.log_format.as_str().into()),
        ("--data", data.path().into()),
        ("--workspace", workspace.into()),
        ("--socket", socket.path().into()),
        ("--cloud-listen", cloud_listen.into()),
        ("--region", args.place.region.clone().into()),
        ("--account-id", args.place.account_id.clone().into()),
    ];
    let named = pairs.into_iter().flat_map(|(name, value)| [name.into(), value]);
    let arguments = std::iter::once("agent".into()).chain(named).collect();
    let without = environment::ROOT_KEY.map(OsString::from).to_vec();
    Ok(AgentCommand { program: this_program()?, arguments, without, log: data.file("agent.log") })
}

/// A fresh one-time code, noted in the records.
pub(crate) async fn new_code(records: &Records) -> Result<Secret> {
    let code = Secret::generate()?;
    let (hash, now) = (code.hash(), server::Clock::now(&SystemClock));
    records.run(move |records| records.add_code(hash, now)).await?;
    Ok(code)
}
