//! The workspace: files and folders, watching them, finding them, open documents, layouts, settings.
//!
//! All access to files goes through one open folder ([`tree`]), so that no path leads out of the workspace.
//! It runs no programs and knows no languages: those follow the documents through [`ide_core::Documents`].

mod archive;
mod awareness;
mod document;
mod documents;
mod error;
mod feed;
mod files;
mod finder;
mod journal;
mod keeper;
mod language;
mod layout;
mod listing;
mod merge;
mod messages;
mod peer;
mod position;
mod settings;
mod shared;
mod text;
mod transfer;
mod trash;
mod tree;
mod watch;
mod watching;

use std::{path::PathBuf, sync::Arc};

use ide_core::{Clock, Events, Router, blocking};

use protocol::WorkspacePath;
use tokio_util::sync::CancellationToken;

pub use error::WorkspaceError;
pub use merge::Edit;
pub use settings::{Apply, SettingsPorts};
pub use shared::{Applied, Refused, Shared};

use crate::{
    documents::Documents,
    error::{Context, Result},
    files::Files,
    finder::Finder,
    journal::Journals,
    layout::Layouts,
    settings::SettingsStore,
    transfer::Transfers,
    trash::Trash,
    tree::Tree,
    watch::{Surroundings, watch},
    watching::Watching,
};

/// Where a workspace lies.
#[derive(Clone, Debug)]
pub struct WorkspaceConfig {
    /// Its folder.
    pub root: PathBuf,
    /// Where its journal, trash, layouts and people's settings are kept; outside the folder.
    pub state_dir: PathBuf,
}

/// An open workspace.
pub struct Workspace {
    files: Files,
    transfers: Transfers,
    finder: Finder,
    documents: Documents,
    layouts: Layouts,
    settings: SettingsStore,
    watching: Watching,
    events: Events,
    end: CancellationToken,
}

impl Workspace {
    /// Opens a workspace, and the documents that had unsaved text when it was last closed, or lost.
    pub async fn open(
        config: WorkspaceConfig,
        events: Events,
        clock: Arc<dyn Clock>,
        ports: SettingsPorts,
    ) -> Result<Arc<Self>> {
        let records = blocking(move || Records::open(&config)).await?;
        let Records { root, state_dir, tree, journals, trash, layouts, settings } = records;
        let (watching, end) = (Watching::default(), CancellationToken::new());
        let documents =
            Documents::new(Arc::clone(&tree), journals, Arc::clone(&clock), events.clone(), watching.clone());
        documents.recover().await?;
        let finder = Finder::new(Arc::clone(&tree), Arc::clone(&clock));
        finder.prepare();
        let files =
            Files::new(Arc::clone(&tree), trash, documents.clone(), finder.clone(), events.clone(), clock);
        files.sweep();
        let transfers =
            Transfers::open(Arc::clone(&tree), files.clone(), events.clone(), &state_dir).records("open")?;
        let settings =
            SettingsStore::new(settings, layouts.clone(), Arc::clone(&tree), events.clone(), ports);
        let surroundings = Surroundings {
            root,
            tree,
            settings: Some(settings.clone()),
            documents: documents.clone(),
            events: events.clone(),
            watching: watching.clone(),
        };
        tokio::spawn(watch(surroundings, end.clone()));
        tokio::spawn(end.clone().run_until_cancelled_owned(settings.clone().follow_trust()));
        Ok(Arc::new(Self { files, transfers, finder, documents, layouts, settings, watching, events, end }))
    }

    /// Answers the calls of files, documents and layouts.
    pub fn register(&self, router: &mut Router) {
        self.files.register(router);
        self.transfers.register(router);
        self.finder.register(router);
        self.documents.register(router);
        self.layouts.register(router);
        self.settings.register(router);
        self.watching.register(router, &self.events);
    }

    /// The open documents.
    pub fn documents(&self) -> Arc<dyn ide_core::Documents> {
        Arc::new(self.documents.clone())
    }

    /// The texts of all files.
    pub fn texts(&self) -> Arc<dyn ide_core::Texts> {
        Arc::new(self.documents.clone())
    }

    /// Makes everything durable.
    pub async fn shutdown(&self) {
        self.end.cancel();
        self.documents.stop().await;
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

/// What a workspace has on disk.
struct Records {
    root: PathBuf,
    state_dir: PathBuf,
    tree: Arc<Tree>,
    journals: Journals,
    trash: Trash,
    layouts: Layouts,
    /// The folder of people's own settings.
    settings: PathBuf,
}

impl Records {
    fn open(config: &WorkspaceConfig) -> Result<Self> {
        let root = config.root.canonicalize().of("open", &WorkspacePath::root())?;
        let state_dir = config.state_dir.clone();
        Ok(Self {
            tree: Arc::new(Tree::open(&root).of("open", &WorkspacePath::root())?),
            journals: Journals::open(&state_dir).records("open")?,
            trash: Trash::open(&state_dir).records("open")?,
            layouts: Layouts::open(&state_dir).records("open")?,
            settings: SettingsStore::folder(&state_dir).records("open")?,
            root,
            state_dir,
        })
    }
}
