//! What an agent is told at its start. It reads neither environment nor configuration files itself.

use std::{net::SocketAddr, path::PathBuf};

pub use cloud_core::Permissions;
use cloud_core::{AccountId, Realm, Region};
pub use engine_native::Pattern as HostPattern;
use protocol::WorkspaceId;

/// One agent's configuration.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// With an IDE, or the cloud alone.
    pub mode: Mode,
    /// Where everything of this workspace that is not its files is kept. Must exist.
    pub data_dir: PathBuf,
    /// Where the cloud listens; port 0 takes a free one.
    pub cloud_listen: SocketAddr,
    /// The cloud's region by default.
    pub region: String,
    /// The cloud's account by default, twelve digits.
    pub account_id: String,
    /// Whether every access key is accepted and no signature checked, as test suites of other local clouds expect it. Then
    /// twelve digits as a key's id are the account.
    pub any_key: bool,
    /// What becomes of what policies do not allow; none to follow the workspace's settings.
    pub permissions: Option<Permissions>,
    /// The hosts that functions may reach beside the cloud; none to follow the workspace's settings.
    pub egress: Option<Vec<HostPattern>>,
    /// The cloud's first key pair.
    pub root_keys: RootKeys,
    /// The program that is started as a worker: `PROGRAM worker …`.
    pub worker: PathBuf,
    /// `PATH`, where functions' interpreters are looked for.
    pub path: String,
    /// Where compiled modules and toolchains are kept: shared by all workspaces of a person.
    pub cache_dir: PathBuf,
    /// The version of the program, for the server's handshake.
    pub version: String,
}

impl AgentConfig {
    /// The account and the region that clients are told to use.
    pub(crate) fn realm(&self) -> Realm {
        Realm::new(AccountId::new(&self.account_id), Region::new(&self.region))
    }
}

/// What an agent serves.
#[derive(Clone, Debug)]
pub enum Mode {
    /// The IDE and the cloud.
    Workspace(WorkspaceConfig),
    /// The cloud alone.
    Cloud,
}

/// The IDE half's configuration.
#[derive(Clone, Debug)]
pub struct WorkspaceConfig {
    /// Its id, as the server knows it.
    pub id: WorkspaceId,
    /// The workspace's folder. Must exist.
    pub folder: PathBuf,
    /// The Unix socket that the server connects to.
    pub socket: PathBuf,
    /// The login shell of its terminals.
    pub shell: String,
    /// The isolation that functions get here, in words.
    pub isolation: String,
    /// `PATH`, as terminals and tools find programs.
    pub path: String,
    /// The home folder of whoever it runs as.
    pub home: PathBuf,
}

/// A key pair.
#[derive(Clone)]
pub struct RootKeys {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
}

impl std::fmt::Debug for RootKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RootKeys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}
