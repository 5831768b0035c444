//! `cumulo run`: puts the server together, has the agent started, says where everything is, and ends in order.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent::{HostPattern, Serving};
use anyhow::{Context, Result, bail};
use ide_trust::{Answer, Record};
use protocol::WorkspaceId;
use serde::{Deserialize, Serialize};
use server::{
    Accounts, AgentCommand, AgentSocket, BuiltFrontend, Drained, FrontDoor, Limits, Parts, Secret, Site,
    Supervisor, SystemClock,
};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::agent_process::this_program;
use crate::cli::{Log, Place, Run};
use crate::data::{DataDir, read_small, write_private};
use crate::ready::{self, Ready};
use crate::signals::{Asked, Signals};
use crate::stop::end_agent;
use crate::template::{self, Filled};
use crate::{environment, isolation, keys, leftovers, say};

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
    data.room()();
    let _held = data.hold_for_server()?;
    data.belong_to(&workspace)?;
    if let Some(file) = &args.place.ready_file {
        ready::forget(file)?;
    }
    if template::fill(&workspace, &args.template)? == Filled::FromTemplate {
        say(&format!("Filled {} from the template {}.", workspace.display(), args.template));
        trust_template(&data, &workspace, &args.template)?;
    }
    keys::load_or_create(&data, environment::root_key()?.map(keys::RootKey::from))?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("failed to listen on {}: choose another with --listen", args.listen))?;
    let launch = Launch { args: &args, log, workspace: &workspace, data: data.clone() };
    let running = tokio::select! {
        running = launch.start(listener) => running?,
        _ = signals.next() => {
            end_agent(&data, &AgentSocket::new(data.socket()?)).await;
            bail!("stopped while starting");
        }
    };
    running.announce(&args, &workspace).await?;
    let asked = signals.next().await;
    tokio::select! {
        ended = running.end(asked) => ended,
        _ = signals.next() => bail!("stopped at once: a second signal came while the first was being obeyed"),
    }
}

/// What we made ourselves from a template of ours may run: nobody needs to be asked.
fn trust_template(data: &DataDir, workspace: &Path, template: &str) -> Result<()> {
    let at = jiff::Timestamp::UNIX_EPOCH.checked_add(server::Clock::now(&SystemClock))?;
    let answer = Answer { trusted: true, by: format!("template {template}"), at };
    Record::of(data.path()).keep(workspace, answer).context("failed to note that the template is trusted")
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

/// The folder to work in; a missing one is made, once it is certain that it can be filled.
fn workspace(args: &Run) -> Result<PathBuf> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => environment::home()?.join("cumulo").join(&args.template),
    };
    if !folder.exists() {
        template::check(&args.template)?;
        std::fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    }
    std::fs::canonicalize(&folder).with_context(|| format!("failed to find {}", folder.display()))
}

/// Everything that a start needs to know.
struct Launch<'a> {
    args: &'a Run,
    log: &'a Log,
    workspace: &'a Path,
    data: DataDir,
}

impl Launch<'_> {
    /// Serves, and returns when the agent serves too.
    async fn start(self, listener: TcpListener) -> Result<Running> {
        let local = listener.local_addr().context("failed to learn the address listened on")?;
        let site = match &self.args.public_url {
            Some(url) => Site::public(url)?,
            None => Site::local(local),
        };
        let accounts = Accounts::open_with(&self.data.file("server.db"), self.data.room())?;
        let id = accounts.home()?.workspace;
        let socket = AgentSocket::new(self.data.socket()?);
        let shutdown = CancellationToken::new();
        let door = FrontDoor::new(Parts {
            site: site.clone(),
            accounts: accounts.clone(),
            workspace: id.clone(),
            agent: socket.clone(),
            assets: Arc::new(BuiltFrontend),
            clock: Arc::new(SystemClock),
            recheck: server::RECHECK,
            shutdown: shutdown.clone(),
        });
        let served = tokio::spawn(door.serve(listener, Limits::default()));
        let cloud_listen = self.args.cloud_listen;
        let agent = self.supervisor(&id, &socket, cloud_listen)?.ensure().await?;
        // Started again, the cloud is to be where it was: its address is in deployed applications.
        let watcher = self.supervisor(&id, &socket, pinned(cloud_listen, &agent.status.cloud_url))?;
        let until = shutdown.clone();
        let watch = tokio::spawn(async move { watcher.watch(agent, until).await });
        Ok(Running { data: self.data, site, accounts, socket, served, watch, shutdown })
    }

    fn supervisor(
        &self,
        id: &WorkspaceId,
        socket: &AgentSocket,
        cloud_listen: SocketAddr,
    ) -> Result<Supervisor> {
        let place = &self.args.place;
        let permissions = place.permissions.map(|mode| ("--permissions", mode.as_str().into()));
        let egress = place.egress.as_ref().map(|hosts| ("--egress", HostPattern::text(&hosts.0).into()));
        let pairs: [(&str, OsString); 9] = [
            ("--log", self.log.log.clone().into()),
            ("--log-format", self.log.log_format.as_str().into()),
            ("--data", self.data.path().into()),
            ("--workspace", self.workspace.into()),
            ("--workspace-id", id.0.clone().into()),
            ("--socket", socket.path().into()),
            ("--cloud-listen", cloud_listen.to_string().into()),
            ("--region", self.args.place.region.clone().into()),
            ("--account-id", self.args.place.account_id.clone().into()),
        ];
        let named =
            pairs.into_iter().chain(permissions).chain(egress).flat_map(|(name, value)| [name.into(), value]);
        let command = AgentCommand {
            // This very program, so that both are of one version.
            program: this_program()?,
            arguments: std::iter::once("agent".into()).chain(named).collect(),
            without: environment::ROOT_KEY.map(OsString::from).to_vec(),
            with: leftovers::mark(&self.data),
            log: self.data.file("agent.log"),
        };
        Ok(Supervisor::new(id.clone(), socket.clone(), command))
    }
}

/// The address wished for, with the port that was got where any would do.
fn pinned(wished: SocketAddr, url: &str) -> SocketAddr {
    let port = url.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
    match port {
        Some(port) if wished.port() == 0 => SocketAddr::new(wished.ip(), port),
        _ => wished,
    }
}

/// The server and its agent, both serving.
struct Running {
    data: DataDir,
    site: Site,
    accounts: Accounts,
    socket: AgentSocket,
    served: JoinHandle<Drained>,
    watch: JoinHandle<()>,
    shutdown: CancellationToken,
}

impl Running {
    /// Says where everything is: to the person, to `cumulo url`, to whoever waits for the ready file. What the cloud
    /// is like comes from the agent that serves it: it may have been started otherwise, and earlier.
    async fn announce(&self, args: &Run, workspace: &Path) -> Result<()> {
        let serving =
            Serving::read(self.data.path()).context("failed to read what the agent says of itself")?;
        let place = &args.place;
        let permissions = place.permissions.map_or(&*serving.permissions, |mode| mode.as_str());
        let wished = (place.region.as_str(), place.account_id.as_str(), permissions);
        if (&*serving.region, &*serving.account_id, &*serving.permissions) != wished {
            tracing::warn!(
                "the cloud that runs here keeps its region, account and permissions; `cumulo stop` first to change them"
            );
        }
        ServerFile { origin: self.site.origin().to_owned() }.write(&self.data)?;
        let address = self.site.sign_in_address(&new_code(&self.accounts).await?);
        if let Some(file) = &args.place.ready_file {
            Ready::of(&serving, Some(&address)).write(file)?;
        }
        say(&format!(
            "Cumulo {version}\n  Open       {address}\n             (works once, within 15 minutes; `cumulo url` prints another)\n  \
             Folder     {folder}\n  Cloud      {cloud}\n  Data       {data}\n  Functions  {walls}\n\
             Ctrl-C stops everything.",
            version = env!("CARGO_PKG_VERSION"),
            folder = workspace.display(),
            cloud = serving.cloud_url,
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

/// A fresh one-time code for the owner, noted in the accounts.
pub(crate) async fn new_code(accounts: &Accounts) -> Result<Secret> {
    let code = Secret::generate()?;
    let (hash, now) = (code.hash(), server::Clock::now(&SystemClock));
    accounts.run(move |accounts| accounts.add_code(hash, &accounts.home()?.owner, now)).await?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_was_got_is_kept() {
        let check = |wished: &str, url: &str, expected: &str| {
            assert_eq!(pinned(wished.parse().unwrap(), url).to_string(), expected);
        };
        check("127.0.0.1:0", "http://127.0.0.1:41234", "127.0.0.1:41234");
        check("127.0.0.1:0", "http://localhost:41234/", "127.0.0.1:41234");
        check("127.0.0.1:4566", "http://127.0.0.1:41234", "127.0.0.1:4566");
        check("127.0.0.1:0", "nonsense", "127.0.0.1:0");
        check("[::1]:0", "http://[::1]:99999", "[::1]:0");
    }
}
