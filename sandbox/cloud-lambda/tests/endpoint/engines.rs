//! What stands for an engine: it notes what it is given, and its sandboxes come up, fail to, or wait.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use engine::{
    Ended, Engine, EngineError, FunctionError, FunctionSpec, Invocation, Manner, NotBegun, Response, Sandbox,
    Shutdown, Unanswered,
};
use tokio::sync::Semaphore;

/// See the module.
#[derive(Default)]
pub(crate) struct Fake {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Whether init phases fail.
    fails: AtomicBool,
    /// Sandboxes that are there.
    alive: AtomicUsize,
    /// What ran.
    ran: Mutex<Vec<FunctionSpec>>,
    /// Of those that came up: how they were told that they were begun.
    begun: Mutex<Vec<String>>,
    /// Holds back invocations.
    busy: Mutex<Option<Arc<Semaphore>>>,
}

impl Fake {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.shared.fails.store(fails, Ordering::SeqCst);
    }

    pub(crate) fn alive(&self) -> usize {
        self.shared.alive.load(Ordering::SeqCst)
    }

    /// The last that ran.
    pub(crate) fn last(&self) -> FunctionSpec {
        self.shared.ran.lock().unwrap().last().cloned().expect("something ran")
    }

    /// How many ran.
    pub(crate) fn count(&self) -> usize {
        self.shared.ran.lock().unwrap().len()
    }

    pub(crate) fn begun(&self) -> Vec<String> {
        self.shared.begun.lock().unwrap().clone()
    }

    pub(crate) fn hold_back(&self, busy: Option<Arc<Semaphore>>) {
        *self.shared.busy.lock().unwrap() = busy;
    }
}

#[async_trait]
impl Engine for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn supports(&self, _runtime: &str, _package: &Path) -> bool {
        true
    }

    fn lays_layers(&self) -> bool {
        false
    }

    fn manner(&self) -> Manner {
        Manner { places: 1, of_a_version: 10, many: 4, most: 20, lingers: false }
    }

    async fn prepare(&self, _: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        Ok(())
    }

    async fn sandbox(&self, function: &Arc<FunctionSpec>) -> Result<Arc<dyn Sandbox>, NotBegun> {
        self.shared.alive.fetch_add(1, Ordering::SeqCst);
        let ended = AtomicBool::default();
        Ok(Arc::new(FakeSandbox { engine: Arc::clone(&self.shared), function: Arc::clone(function), ended }))
    }
}

struct FakeSandbox {
    engine: Arc<Shared>,
    function: Arc<FunctionSpec>,
    ended: AtomicBool,
}

#[async_trait]
impl Sandbox for FakeSandbox {
    async fn init(&self, request_id: &str) -> Result<(), NotBegun> {
        if self.engine.fails.load(Ordering::SeqCst) {
            return Err(NotBegun::Function(FunctionError::exited(request_id, 1), Bytes::new()));
        }
        let how = self.function.environment.iter().find(|(name, _)| name == "AWS_LAMBDA_INITIALIZATION_TYPE");
        let how = how.map_or("on-demand", |(_, value)| value);
        self.engine.begun.lock().unwrap().push(how.to_owned());
        Ok(())
    }

    async fn respond(
        &self,
        _: &Invocation,
        event: Bytes,
        response: &mut Response,
    ) -> Result<Ended, Unanswered> {
        self.engine.ran.lock().unwrap().push((*self.function).clone());
        let busy = self.engine.busy.lock().unwrap().clone();
        if let Some(busy) = busy {
            busy.acquire().await.unwrap().forget();
        }
        response.send(event).await.unwrap();
        let duration = Duration::from_millis(1);
        Ok(Ended { error: None, cause: None, log: Bytes::new(), duration, peak_bytes: 1 })
    }

    async fn shutdown(&self, _: Shutdown) {
        self.kill();
    }

    fn kill(&self) {
        if !self.ended.swap(true, Ordering::SeqCst) {
            self.engine.alive.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }
}
