//! What stands for an engine and for CloudWatch Logs.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{AwsError, Context, LogLine, LogSink};
use cloud_lambda::Lambda;
use engine::{
    Ended, Engine, EngineError, FunctionError, FunctionKey, FunctionSpec, Invocation, Manner, NotBegun,
    Response, Sandbox, Shutdown, Unanswered,
};
use tokio::sync::Semaphore;

/// What a function answers.
#[derive(Clone, Default)]
pub(super) struct Said {
    pub(super) media_type: Option<&'static str>,
    pub(super) pieces: Vec<Bytes>,
    /// Holds back each piece.
    pub(super) gate: Option<Arc<Semaphore>>,
}

/// Answers with the event, or what it is told to; fails as long as it is told to; may be made to wait.
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
    /// What is answered to an event, where that is not the event.
    pub(super) answer: Mutex<Option<Arc<Answer>>>,
    /// The service that events of durable functions are worked off with, as scripts say.
    pub(super) durable: Mutex<Option<(Lambda, Context)>>,
    /// What it answers instead of the event.
    pub(super) says: Mutex<Option<Said>>,
    /// How often it came to its end.
    pub(super) ended: AtomicUsize,
}

/// Makes an answer of an event, or fails.
pub(super) type Answer = dyn Fn(&Bytes) -> Option<Bytes> + Send + Sync;

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
        let durable = self.engine.durable.lock().unwrap().clone();
        let durable = durable
            .filter(|_| std::str::from_utf8(&event).is_ok_and(|text| text.contains("\"CheckpointToken\"")));
        let answer = self.engine.answer.lock().unwrap().clone();
        let answer = match (durable, answer) {
            (Some((lambda, context)), _) => crate::scripts::respond(&lambda, &context, &event).await,
            (None, answer) => answer.map_or(Some(event.clone()), |answer| answer(&event)),
        };
        let fails = *self.engine.failing.lock().unwrap() || answer.is_none();
        let mut error = fails.then(|| FunctionError::new("Boom", "no"));
        let said = self.engine.says.lock().unwrap().clone();
        let said =
            said.unwrap_or_else(|| Said { pieces: vec![answer.unwrap_or_default()], ..Said::default() });
        if let Some(media_type) = said.media_type {
            response.begin(media_type.to_owned()).await;
        }
        for piece in said.pieces {
            if let Some(gate) = &said.gate {
                gate.acquire().await.unwrap().forget();
            }
            if response.send(piece).await.is_err() {
                error = Some(FunctionError::response_too_large());
            }
        }
        self.engine.ended.fetch_add(1, Ordering::SeqCst);
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
