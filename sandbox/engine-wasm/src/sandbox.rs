//! A worker as a sandbox: it loads the module in its init phase, and runs a fresh instance of it for each event.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use engine::{
    Ended, Environment, FunctionSpec, Invocation, NotBegun, Response, Sandbox, Shutdown, TooLarge, Unanswered,
};

use crate::cache::Cache;
use crate::frames::LoadError;
use crate::process::{self, Gone, Worker};
use crate::verdict::verdict;

/// See the module.
pub(crate) struct WasmSandbox {
    worker: Arc<Worker>,
    function: Arc<FunctionSpec>,
    environment: Vec<u8>,
    cache: Arc<Cache>,
    path: PathBuf,
    /// The compiled module, until it is loaded.
    module: Mutex<Option<File>>,
}

impl WasmSandbox {
    pub(crate) fn new(
        worker: Arc<Worker>,
        function: &Arc<FunctionSpec>,
        cache: Arc<Cache>,
        path: PathBuf,
        module: File,
    ) -> Self {
        let environment = Environment::of_version(function).into_block();
        let (function, module) = (Arc::clone(function), Mutex::new(Some(module)));
        Self { worker, function, environment, cache, path, module }
    }

    async fn load(&self, module: File) -> Result<Option<LoadError>, NotBegun> {
        let loaded = self.worker.load(module, &self.environment, &self.function).await;
        loaded.map_err(|Gone| std::io::Error::other("a worker died while it loaded its module").into())
    }
}

#[async_trait]
impl Sandbox for WasmSandbox {
    async fn init(&self, _: &str) -> Result<(), NotBegun> {
        let module = self.module.lock().unwrap_or_else(PoisonError::into_inner).take();
        let module = match module {
            Some(module) => module,
            None => self.cache.open(&self.path).await?,
        };
        let loaded = match self.load(module).await? {
            Some(LoadError::Stale(reason)) => {
                tracing::info!(reason, "a compiled module does not fit this program; compiling again");
                self.cache.forget(&self.path);
                self.load(self.cache.open(&self.path).await?).await?
            }
            loaded => loaded,
        };
        match loaded {
            None => Ok(()),
            Some(LoadError::Link(reason) | LoadError::Stale(reason)) => Err(NotBegun::Package(reason)),
        }
    }

    async fn respond(
        &self,
        invocation: &Invocation,
        event: Bytes,
        response: &mut Response,
    ) -> Result<Ended, Unanswered> {
        let own = Environment::of_invocation(invocation).into_block();
        let answered = self.worker.invoke(own, event).await;
        let (done, output) = answered.map_err(|error| match error {
            process::Unanswered::Gone => Unanswered::Gone,
            process::Unanswered::NoRoom(refused) => Unanswered::NoRoom(refused),
        })?;
        let (mut ended, answer) = verdict(&self.function, invocation, done, output);
        if let Err(TooLarge) = response.send(answer).await {
            ended.error = Some(engine::FunctionError::response_too_large());
        }
        Ok(ended)
    }

    async fn shutdown(&self, _: Shutdown) {
        self.worker.leave();
    }

    fn kill(&self) {
        self.worker.leave();
    }

    fn has_ended(&self) -> bool {
        self.worker.has_ended()
    }
}
