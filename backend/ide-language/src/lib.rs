//! Language servers: one per language and workspace, fed from the agent's documents, shared by all tabs.
//!
//! Life cycle, document synchronisation and diagnostics are here; whatever a person asks (completion, hover, …)
//! passes from a browser's channel to the server and back as it is written. This crate knows no language beyond how to
//! start its server ([`spec`]), and never touches a file of the workspace itself.

mod capabilities;
mod codec;
mod edits;
mod environment;
mod frames;
mod host;
mod messages;
mod peer;
mod problems;
mod process;
mod progress;
mod pulls;
mod rpc;
mod running;
mod sources;
mod spec;
mod status;
mod texts;
mod uri;
mod walls;

use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use ide_core::{CallContext, Clock, Documents, Findings, Router, Trust};
use protocol::{
    CallError, ErrorCode,
    language::{
        AttachLanguage, Attached, DetachLanguage, FileProblems, ListLanguages, ListProblems, ReadSource,
        RestartLanguage, Server, Source,
    },
};
use tokio::sync::{mpsc, oneshot};

pub use codec::{FrameError, LspCodec};
pub use spec::{ServerSpec, Timing, known};

use host::Host;
use messages::{Command, Peer, PeerId};
use sources::Sources;
use status::Status;
use uri::Root;

/// Commands that wait for a server's task; more make their senders wait.
const MAX_COMMANDS: usize = 256;

/// What language servers of a workspace need to know.
#[derive(Clone, Debug)]
pub struct LanguageConfig {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The variables servers are started with, over the agent's own; `PATH` must be among them.
    pub variables: Vec<(OsString, OsString)>,
    /// Which servers there are; [`known`] has those out of the box.
    pub servers: Vec<ServerSpec>,
    /// Bytes of memory that a server may hold, with all that it starts.
    pub memory: u64,
    /// How long things take.
    pub timing: Timing,
}

impl LanguageConfig {
    /// The servers known out of the box, for the workspace at `root`.
    pub fn new(root: PathBuf, variables: Vec<(OsString, OsString)>) -> Self {
        Self { root, variables, servers: known(), memory: half_of_machine(), timing: Timing::default() }
    }
}

/// Half of the machine's memory, at most 8 GiB: a server that takes more takes it from the person's own programs.
fn half_of_machine() -> u64 {
    let machine = rustix::system::sysinfo();
    (u64::from(machine.mem_unit) * machine.totalram / 2).min(8 << 30)
}

/// What all servers of a workspace share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) root: Root,
    pub(crate) config: Arc<LanguageConfig>,
    pub(crate) documents: Arc<dyn Documents>,
    pub(crate) findings: Findings,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) trust: Trust,
}

/// The language servers of a workspace.
pub struct Languages {
    shared: Shared,
    hosts: Vec<HostPort>,
    peers: AtomicU64,
}

/// A server's task, from outside.
struct HostPort {
    spec: Arc<ServerSpec>,
    status: Arc<Status>,
    commands: mpsc::Sender<Command>,
}

impl Languages {
    /// Follows the documents, and starts the server of a language with its first one, once the folder is trusted: servers
    /// run what a folder brings along, or are configured by it. Must be called on a Tokio runtime; fails where the
    /// workspace's folder is not there.
    pub fn open(
        config: LanguageConfig,
        documents: Arc<dyn Documents>,
        findings: Findings,
        clock: Arc<dyn Clock>,
        trust: Trust,
    ) -> io::Result<Arc<Self>> {
        // Servers see files under their true names.
        let root = Root::new(config.root.canonicalize()?);
        let config = Arc::new(config);
        let shared = Shared { root, config, documents, findings, clock, sources: Arc::default(), trust };
        let hosts = shared.config.servers.iter().map(|spec| HostPort::start(&shared, spec)).collect();
        Ok(Arc::new(Self { shared, hosts, peers: AtomicU64::new(1) }))
    }

    /// Answers the calls of `protocol::language`.
    pub fn register(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, _: ListLanguages| {
                let servers = this.servers();
                async move { Ok(servers) }
            })
            .on(|this, _, _: ListProblems| {
                let problems = this.problems();
                async move { Ok(problems) }
            })
            .on(|this, context, call: AttachLanguage| async move { this.attach(&context, &call).await })
            .on(|_, context, call: DetachLanguage| async move {
                context.session.close_channel(call.channel);
                Ok(())
            })
            .on(|this, _, call: RestartLanguage| async move { this.restart(&call.language).await })
            .on(|this, _, call: ReadSource| async move { this.source(&call.uri).await });
    }

    /// All servers and how they are.
    pub fn servers(&self) -> Vec<Server> {
        self.hosts.iter().map(|host| host.status.server()).collect()
    }

    /// All problems known, whoever found them.
    pub fn problems(&self) -> Vec<FileProblems> {
        self.shared.findings.all()
    }

    /// Ends all servers; when it returns, no process of theirs is left.
    pub async fn shutdown(&self) {
        let mut ending = Vec::new();
        for host in &self.hosts {
            let (done, ended) = oneshot::channel();
            if host.commands.send(Command::Stop(done)).await.is_ok() {
                ending.push(ended);
            }
        }
        for ended in ending {
            // Dropped without an answer: ended just the same.
            let _ = ended.await;
        }
    }

    async fn attach(&self, context: &CallContext, call: &AttachLanguage) -> Result<Attached, CallError> {
        let host = self.host(&call.language)?;
        let (sender, receiver) = context.session.open_channel(call.channel)?.split();
        let peer = PeerId(self.peers.fetch_add(1, Ordering::Relaxed));
        let (outgoing, bodies) = mpsc::channel(peer::MAX_WAITING);
        host.send(Command::Attach(peer, Peer { principal: context.principal.clone(), outgoing })).await?;
        tokio::spawn(peer::write(sender, bodies));
        let (commands, documents) = (host.commands.clone(), Arc::clone(&self.shared.documents));
        tokio::spawn(peer::read(peer, receiver, commands, documents));
        Ok(Attached {
            server: host.status.server(),
            root_uri: self.shared.root.uri().to_owned(),
            capabilities: host.status.capabilities(),
        })
    }

    async fn restart(&self, language: &str) -> Result<(), CallError> {
        let host = self.host(language)?;
        self.shared.trust.grant(host.spec.name())?;
        host.send(Command::Restart).await
    }

    async fn source(&self, uri: &str) -> Result<Source, CallError> {
        let ending = uri.rsplit('.').next().unwrap_or_default();
        let language = match ending {
            "rs" => "rust",
            "py" | "pyi" => "python",
            "ts" | "mts" | "cts" => "typescript",
            "js" | "mjs" | "cjs" => "javascript",
            "toml" => "toml",
            _ => "plaintext",
        };
        self.shared.sources.read(uri, language).await
    }

    fn host(&self, language: &str) -> Result<&HostPort, CallError> {
        self.hosts.iter().find(|host| host.spec.serves(language)).ok_or_else(|| {
            let shown: String = language.chars().take(40).flat_map(char::escape_debug).collect();
            CallError::new(ErrorCode::NotFound, format!("there is no language server for '{shown}'"))
                .because("no-language-server", &[("language", &shown)])
        })
    }
}

impl HostPort {
    fn start(shared: &Shared, spec: &ServerSpec) -> Self {
        let spec = Arc::new(spec.clone());
        let status = Arc::new(Status::new(&spec, shared.findings.clone()));
        let (commands, inbox) = mpsc::channel(MAX_COMMANDS);
        let host = Host::new(shared.clone(), Arc::clone(&spec), Arc::clone(&status), commands.downgrade());
        tokio::spawn(host.run(inbox));
        Self { spec, status, commands }
    }

    async fn send(&self, command: Command) -> Result<(), CallError> {
        self.commands.send(command).await.map_err(|_| {
            CallError::new(ErrorCode::Unavailable, "the language servers of this workspace are stopping")
                .because("languages-stopping", &[])
        })
    }
}
