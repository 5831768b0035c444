//! The workspace: files and folders, watching them, finding them, open documents, layouts.
//!
//! All access to files goes through one open folder ([`tree`]), so that no path leads out of the workspace.
//! It runs no programs and knows no languages: those follow the documents through [`ide_core::Documents`].

mod awareness;
mod copy;
mod document;
mod documents;
mod error;
mod feed;
mod files;
mod journal;
mod keeper;
mod language;
mod listing;
mod merge;
mod messages;
mod peer;
mod position;
mod shared;
mod text;
mod trash;
mod tree;

use std::{path::PathBuf, sync::Arc};

use ide_core::{Clock, Events, Router};

pub use error::WorkspaceError;
use error::{Context, Result};
use protocol::WorkspacePath;

/// Where a workspace lies.
#[derive(Clone, Debug)]
pub struct WorkspaceConfig {
    /// Its folder.
    pub root: PathBuf,
    /// Where its journal, trash and layouts are kept; outside the folder.
    pub state_dir: PathBuf,
}

/// An open workspace.
pub struct Workspace {
    files: files::Files,
    documents: documents::Documents,
}

impl Workspace {
    /// Opens a workspace, and the documents that had unsaved text when it was last closed, or lost.
    pub async fn open(config: WorkspaceConfig, events: Events, clock: Arc<dyn Clock>) -> Result<Arc<Self>> {
        let WorkspaceConfig { root, state_dir } = config;
        let now = clock.now();
        let (tree, journals, trash) = blocking(move || {
            let tree = tree::Tree::open(&root).of("open", &WorkspacePath::root())?;
            let journals = journal::Journals::open(&state_dir).records("open")?;
            let trash = trash::Trash::open(&state_dir, now).records("open")?;
            Ok::<_, WorkspaceError>((Arc::new(tree), journals, trash))
        })
        .await?;
        let documents = documents::Documents::new(Arc::clone(&tree), journals, Arc::clone(&clock), events);
        documents.recover().await?;
        let files = files::Files::new(tree, trash, documents.clone(), clock);
        Ok(Arc::new(Self { files, documents }))
    }

    /// Answers the calls of files, documents and layouts.
    pub fn register(&self, router: &mut Router) {
        self.files.register(router);
        self.documents.register(router);
    }

    /// The open documents.
    pub fn documents(&self) -> Arc<dyn ide_core::Documents> {
        Arc::new(self.documents.clone())
    }

    /// Makes everything durable.
    pub async fn shutdown(&self) {
        self.documents.stop().await;
    }
}

/// Runs `work` where blocking is allowed. A panic in it goes on here.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down: nobody waits for this any more.
            Err(_) => std::future::pending().await,
        },
    }
}
