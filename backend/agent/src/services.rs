//! The services of the cloud half: the one place that names them. A new service is one line in [`open`].

use std::{fmt::Display, sync::Arc, time::Duration};

use cloud_cloudformation::CloudFormation;
use cloud_core::Context;
use cloud_lambda::Lambda;
use cloud_wire::Service;
use engine::Engines;
use engine_wasm::{CompileLimits, WasmConfig, WasmEngine};

use crate::{AgentConfig, AgentError};

/// How long a function's worker waits for its next invocation.
const IDLE: Duration = Duration::from_mins(10);

/// The opened services.
pub(crate) struct Services {
    /// What answers at the endpoint.
    pub(crate) all: Vec<Arc<dyn Service>>,
    wasm: Arc<WasmEngine>,
}

impl Services {
    /// Ends the workers: what they run fails, and what was promised is taken up at the next start.
    pub(crate) async fn stop(&self) {
        self.wasm.close().await;
    }
}

/// Opens them, and lets CloudFormation go on with what was under way once all have registered their types.
pub(crate) async fn open(context: &Context, config: &AgentConfig) -> Result<Services, AgentError> {
    let wasm = Arc::new(wasm(config)?);
    warm_up(&wasm);
    let engines = Engines::new(vec![Arc::clone(&wasm) as Arc<dyn engine::Engine>]);
    let lambda = Lambda::open(context.clone(), engines).await.map_err(|error| failed("Lambda", &error))?;
    let stacks =
        CloudFormation::open(context.clone()).await.map_err(|error| failed("CloudFormation", &error))?;
    stacks.resume();
    Ok(Services { all: vec![Arc::new(lambda), Arc::new(stacks)], wasm })
}

/// Starts the spare worker without letting anybody wait for it.
fn warm_up(wasm: &Arc<WasmEngine>) {
    let wasm = Arc::clone(wasm);
    tokio::spawn(async move {
        match wasm.warm_up().await {
            Ok(isolation) => tracing::info!(%isolation, "functions can run"),
            Err(error) => tracing::error!(%error, "no worker can be started: functions will not run"),
        }
    });
}

fn wasm(config: &AgentConfig) -> Result<WasmEngine, AgentError> {
    WasmEngine::new(WasmConfig {
        program: config.worker.clone(),
        cache: config.cache_dir.join("modules"),
        scratch: config.data_dir.join("scratch"),
        idle: IDLE,
        compile: CompileLimits::default(),
    })
    .map_err(|error| failed("the Wasm engine", &error))
}

fn failed(what: &str, error: &dyn Display) -> AgentError {
    AgentError::Cloud(format!("{what}: {error}"))
}
