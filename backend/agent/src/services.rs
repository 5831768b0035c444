//! The services of the cloud half: the one place that names them. A new service is one line in [`open`].

use std::{fmt::Display, sync::Arc, time::Duration};

use cloud_apigateway::{ApiGateway, RestControl};
use cloud_cloudformation::CloudFormation;
use cloud_core::{Context, CredentialStore, SecretKey};
use cloud_iam::RootKeys;
use cloud_lambda::Lambda;
use cloud_s3::S3;
use cloud_wire::{PublicFront, Service};
use engine::Engines;
use engine_wasm::{CompileLimits, WasmConfig, WasmEngine};

use crate::{AgentConfig, AgentError};

/// How long a function's worker waits for its next invocation.
const IDLE: Duration = Duration::from_mins(10);

/// The opened services.
pub(crate) struct Services {
    /// What answers at the endpoint.
    pub(crate) all: Vec<Arc<dyn Service>>,
    /// What answers strangers: deployed APIs.
    pub(crate) apis: Arc<dyn PublicFront>,
    /// Whose keys may sign.
    pub(crate) keys: Arc<dyn CredentialStore>,
    stacks: Arc<CloudFormation>,
    wasm: Arc<WasmEngine>,
}

impl Services {
    /// Ends the workers: what they run fails, and what was promised is taken up at the next start.
    pub(crate) async fn stop(&self) {
        // Deployments under way are gone on with, not rolled back because their workers went.
        self.stacks.stop().await;
        self.wasm.close().await;
    }
}

/// Opens them, and lets CloudFormation go on with what was under way once all have registered their types.
pub(crate) async fn open(context: &Context, config: &AgentConfig) -> Result<Services, AgentError> {
    let root = RootKeys {
        access_key_id: config.root_keys.access_key_id.clone(),
        secret: SecretKey::new(&config.root_keys.secret_access_key),
    };
    let iam = cloud_iam::open(context, Some(root)).await.map_err(|error| failed("IAM", &error))?;
    let logs = cloud_logs::open(context).await.map_err(|error| failed("CloudWatch Logs", &error))?;
    let s3 = S3::open(context.clone()).await.map_err(|error| failed("S3", &error))?;
    let wasm = Arc::new(wasm(config)?);
    warm_up(&wasm);
    let engines = Engines::new(vec![Arc::clone(&wasm) as Arc<dyn engine::Engine>]);
    let lambda = Lambda::open(context.clone(), engines).await.map_err(|error| failed("Lambda", &error))?;
    let apis = ApiGateway::open(context.clone()).await.map_err(|error| failed("API Gateway", &error))?;
    let stacks =
        CloudFormation::open(context.clone()).await.map_err(|error| failed("CloudFormation", &error))?;
    stacks.resume();
    let stacks = Arc::new(stacks);
    let all: Vec<Arc<dyn Service>> = vec![
        iam.sts(),
        iam.clone(),
        logs,
        Arc::new(s3),
        Arc::new(lambda),
        Arc::new(RestControl(apis.clone())),
        Arc::new(apis.clone()),
        stacks.clone(),
    ];
    Ok(Services { all, apis: Arc::new(apis), keys: iam, stacks, wasm })
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
