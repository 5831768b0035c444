//! `agent.json`: what a serving agent says of itself to whoever owns its data directory.

use std::{fs, io, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use protocol::{WorkspaceId, relay::AgentStatus};
use serde::{Deserialize, Serialize};

/// The file's name in the data directory.
pub const AGENT_FILE: &str = "agent.json";

/// What a serving agent is reached by. It holds the workspace's own keys: the file is its owner's alone.
#[derive(Clone, Serialize, Deserialize)]
pub struct Serving {
    /// Its process.
    pub pid: u32,
    /// The version of its program.
    pub version: String,
    /// Where its cloud listens, `http://127.0.0.1:4566`.
    pub cloud_url: String,
    /// The cloud's region.
    pub region: String,
    /// The cloud's account.
    pub account_id: String,
    /// What becomes of what policies do not allow: `enforce`, `report` or `off`; empty where the workspace's settings say.
    #[serde(default)]
    pub permissions: String,
    /// The first key pair's id.
    pub access_key_id: String,
    /// The first key pair's secret.
    pub secret_access_key: String,
}

impl Serving {
    /// Writes it, whole or not at all, readable by its owner only.
    pub fn write(&self, data_dir: &Path) -> io::Result<()> {
        let new = data_dir.join("agent.json.new");
        // One that a crash left behind may have been made with other rights.
        let _ = fs::remove_file(&new);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(new, data_dir.join(AGENT_FILE))
    }

    /// Reads what a serving agent wrote.
    pub fn read(data_dir: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(data_dir.join(AGENT_FILE))?)?)
    }

    pub(crate) fn remove(data_dir: &Path) {
        // Already gone is as good.
        let _ = fs::remove_file(data_dir.join(AGENT_FILE));
    }

    /// What the server is told.
    pub(crate) fn status(&self, workspace: WorkspaceId) -> AgentStatus {
        let (version, cloud_url) = (self.version.clone(), self.cloud_url.clone());
        AgentStatus { workspace, version, pid: self.pid, cloud_url }
    }
}

impl std::fmt::Debug for Serving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Serving")
            .field("pid", &self.pid)
            .field("cloud_url", &self.cloud_url)
            .finish_non_exhaustive()
    }
}
