//! A workspace behind its real link, and tabs that speak it: what the tests of this crate drive.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod editor;
mod tab;
pub(crate) mod transfer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

pub(crate) use editor::Editor;
use ide_core::{Events, ManualClock, Router, Sessions, somebody::workspace};
use ide_workspace::{Workspace, WorkspaceConfig};
use protocol::{Grants, WorkspacePath};
pub(crate) use tab::Tab;

/// Longer than anything here takes, shorter than patience.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A workspace in a folder of its own.
pub(crate) struct Bench {
    pub(crate) folder: Arc<tempfile::TempDir>,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) clock: ManualClock,
    pub(crate) sessions: Sessions,
    pub(crate) router: Arc<Router>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("root")).unwrap();
        Self::open(Arc::new(folder)).await
    }

    /// Opens the workspace of a folder, as after a start of the agent.
    pub(crate) async fn open(folder: Arc<tempfile::TempDir>) -> Self {
        let config =
            WorkspaceConfig { root: folder.path().join("root"), state_dir: folder.path().join("state") };
        let (sessions, clock) = (Sessions::new(), ManualClock::default());
        let events = Events::new(workspace(), sessions.clone());
        let workspace = {
            let trust = ide_core::Trust::new(true);
            let ports = ide_workspace::SettingsPorts { trust, fixed: Vec::new(), apply: Arc::new(|_| {}) };
            Workspace::open(config, events, Arc::new(clock.clone()), ports).await.unwrap()
        };
        let mut router = Router::new();
        workspace.register(&mut router);
        Self { folder, workspace, clock, sessions, router: Arc::new(router) }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join("root").join(name)
    }

    /// Writes a file as somebody else.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        write(&self.at(name), contents);
    }

    pub(crate) fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.at(name)).unwrap()).unwrap()
    }

    pub(crate) async fn tab(&self) -> Arc<Tab> {
        self.tab_of("ann", Grants::writer()).await
    }

    pub(crate) async fn tab_of(&self, user: &str, grants: Grants) -> Arc<Tab> {
        Tab::connect(&self.sessions, &self.router, user, grants).await
    }
}

/// Writes a file the way editors do: anew, so that its inode changes.
pub(crate) fn write(at: &Path, contents: impl AsRef<[u8]>) {
    let new = at.with_extension("new");
    std::fs::write(&new, contents).unwrap();
    std::fs::rename(new, at).unwrap();
}

pub(crate) fn path(path: &str) -> WorkspacePath {
    WorkspacePath::parse(path).unwrap()
}

/// Waits for something that must happen soon.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("it never came: {what}"))
}
