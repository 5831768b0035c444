//! What stands for an engine and for CloudWatch Logs.

use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{AwsError, LogLine, LogSink};
use engine::{
    Ended, Engine, EngineError, FunctionError, FunctionKey, FunctionSpec, Invocation, Manner, NotBegun,
    Response, Sandbox, Shutdown, Unanswered,
};
use tokio::sync::Semaphore;

/// Answers with the event; fails as long as it is told to; may be made to wait.
#[derive(Default)]
pub(super) struct FakeEngine {
    /// Its sandboxes outlive what is here by themselves: they share it.
    sandboxes: Weak<FakeEngine>,
    pub(super) seen: Mutex<Vec<(FunctionSpec, Invocation)>>,
    pub(super) retired: Mutex<Vec<FunctionKey>>,
    pub(super) failing: Mutex<bool>,
    /// Holds back `prepare`.
    pub(super) gate: Mutex<Option<Arc<Semaphore>>>,
    /// Holds back invocations.
    pub(super) busy: Mutex<Option<Arc<Semaphore>>>,
}

impl FakeEngine {
    pub(super) fn new() -> Arc<Self> {
        Arc::new_cyclic(|own| Self { sandboxes: own.clone(), ..Self::default() })
    }
}

#[async_trait]
impl Engine for FakeEngine {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn supports(&self, runtime: &str, package: &Path) -> bool {
        package.join("bootstrap.wasm").is_file() || runtime == "java8.al2"
    }

    async fn refuses(&self, runtime: &str) -> Option<String> {
        (runtime == "java8.al2").then(|| "java8.al2 needs what is not here. Install it".to_owned())
    }

    fn manner(&self) -> Manner {
        Manner { places: 1000, of_a_version: 1, many: 1000, most: 1000, lingers: false }
    }

    async fn prepare(&self, _: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        Ok(())
    }

    async fn sandbox(&self, function: &Arc<FunctionSpec>) -> Result<Arc<dyn Sandbox>, NotBegun> {
        let engine = self.sandboxes.upgrade().unwrap();
        Ok(Arc::new(FakeSandbox { engine, function: function.clone() }))
    }
}

struct FakeSandbox {
    engine: Arc<FakeEngine>,
    function: Arc<FunctionSpec>,
}

#[async_trait]
impl Sandbox for FakeSandbox {
    async fn init(&self, _: &str) -> Result<(), NotBegun> {
        Ok(())
    }

    async fn respond(
        &self,
        invocation: &Invocation,
        event: Bytes,
        response: &mut Response,
    ) -> Result<Ended, Unanswered> {
        let invocation = Invocation { payload: event.clone(), ..invocation.clone() };
        self.engine.seen.lock().unwrap().push(((*self.function).clone(), invocation));
        let busy = self.engine.busy.lock().unwrap().clone();
        if let Some(busy) = busy {
            busy.acquire().await.unwrap().forget();
        }
        let error = self.engine.failing.lock().unwrap().then(|| FunctionError::new("Boom", "no"));
        response.send(event).await.unwrap();
        let (log, duration) = (Bytes::from_static(b"hello\n"), Duration::from_micros(1500));
        Ok(Ended { error, cause: None, log, duration, peak_bytes: 7 << 20 })
    }

    async fn shutdown(&self, _: Shutdown) {
        self.engine.retired.lock().unwrap().push(self.function.key.clone());
    }

    fn kill(&self) {}

    fn has_ended(&self) -> bool {
        false
    }
}

#[derive(Default)]
pub(super) struct FakeLogs(pub(super) Mutex<Vec<(String, String, Vec<LogLine>)>>);

#[async_trait]
impl LogSink for FakeLogs {
    async fn ensure_group(&self, _: &str) -> Result<(), AwsError> {
        Ok(())
    }

    async fn put(&self, group: &str, stream: &str, lines: Vec<LogLine>) -> Result<(), AwsError> {
        self.0.lock().unwrap().push((group.to_owned(), stream.to_owned(), lines));
        Ok(())
    }
}
