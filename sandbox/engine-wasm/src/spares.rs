//! Workers that wait for a function: one more than there is need of, so that a first invocation starts no process.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use budget::Budget;
use jail::Isolation;
use tokio::sync::Mutex;

use crate::process::{Launch, Worker};

// AWS: the size of /tmp unless asked otherwise; spares are made with it.
const USUAL_TMP_MB: u32 = 512;

/// How workers are started, and the one that waits.
pub(crate) struct Spares {
    pub(crate) program: PathBuf,
    pub(crate) scratch: PathBuf,
    pub(crate) memory: Budget,
    pub(crate) spare: Mutex<Option<Worker>>,
}

impl Spares {
    /// The spare, if it fits and lives, else a new one.
    pub(crate) async fn take(self: &Arc<Self>, tmp_mb: u32) -> io::Result<Worker> {
        if tmp_mb != USUAL_TMP_MB {
            return self.start(tmp_mb).await;
        }
        let spare = self.spare.lock().await.take().filter(|worker| !worker.has_ended());
        let spares = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = spares.refill().await {
                tracing::warn!(%error, "no spare worker could be started");
            }
        });
        match spare {
            Some(worker) => Ok(worker),
            None => self.start(tmp_mb).await,
        }
    }

    /// Sees to it that a spare waits, and tells its walls.
    pub(crate) async fn refill(&self) -> io::Result<Isolation> {
        let mut spare = self.spare.lock().await;
        if let Some(worker) = spare.as_ref().filter(|worker| !worker.has_ended()) {
            return Ok(worker.isolation.clone());
        }
        let worker = self.start(USUAL_TMP_MB).await?;
        let isolation = worker.isolation.clone();
        *spare = Some(worker);
        Ok(isolation)
    }

    /// Ends it.
    pub(crate) async fn close(&self) {
        self.spare.lock().await.take();
    }

    async fn start(&self, tmp_mb: u32) -> io::Result<Worker> {
        let launch = Launch { program: &self.program, scratch: &self.scratch, tmp_mb, memory: &self.memory };
        let worker = Worker::start(launch).await?;
        tracing::debug!(pid = worker.pid(), isolation = %worker.isolation, "a worker waits");
        Ok(worker)
    }
}
