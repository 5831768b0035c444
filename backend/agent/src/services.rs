//! The services of the cloud half: the one place that names them. A new service is one line in [`open`].

use std::{any::Any, error::Error, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use cloud_apigateway::{ApiGateway, RestControl, StoppedApis};
use cloud_cloudformation::CloudFormation;
use cloud_core::{Context, CredentialStore, SecretKey};
use cloud_iam::{RootAlone, RootKeys};
use cloud_lambda::Lambda;
use cloud_s3::S3;
use cloud_wire::{PublicFront, Service, ServiceModel, Stopped};
use engine::Engines;
use engine_wasm::{CompileLimits, WasmConfig, WasmEngine};
use futures_util::FutureExt;

use crate::{AgentConfig, AgentError};

/// How long a function's worker waits for its next invocation.
const IDLE: Duration = Duration::from_mins(10);

/// The opened services.
pub(crate) struct Services {
    /// What answers at the endpoint.
    pub(crate) all: Vec<Arc<dyn Service>>,
    /// What answers strangers: deployed APIs, and packages at addresses that were given out.
    pub(crate) fronts: Vec<Arc<dyn PublicFront>>,
    /// Whose keys may sign.
    pub(crate) keys: Arc<dyn CredentialStore>,
    stacks: Option<Arc<CloudFormation>>,
    wasm: Arc<WasmEngine>,
}

impl Services {
    /// Ends the workers: what they run fails, and what was promised is taken up at the next start.
    pub(crate) async fn stop(&self) {
        // Deployments under way are gone on with, not rolled back because their workers went.
        if let Some(stacks) = &self.stacks {
            stacks.stop().await;
        }
        self.wasm.close().await;
    }
}

/// The services that answer, as they are opened.
#[derive(Default)]
struct Mounted {
    all: Vec<Arc<dyn Service>>,
    /// Whether one of them could not be opened.
    lacks: bool,
}

impl Mounted {
    fn add(&mut self, service: Arc<dyn Service>) {
        self.all.push(service);
    }

    /// What opens. If it cannot be opened, or panics on the way, it stops alone: its models are answered with the reason,
    /// and the IDE and the other services go on.
    async fn open<T, E: Error>(
        &mut self,
        name: &str,
        models: &[&'static ServiceModel],
        opening: impl Future<Output = Result<T, E>>,
    ) -> Result<T, String> {
        let cause = match AssertUnwindSafe(opening).catch_unwind().await {
            Ok(Ok(service)) => return Ok(service),
            Ok(Err(error)) => with_causes(&error),
            Err(panic) => format!("it panicked while it was opened: {}", said(panic.as_ref())),
        };
        let reason = format!("{name} is stopped: {cause}");
        tracing::error!("{reason}");
        self.lacks = true;
        for model in models {
            self.add(Arc::new(Stopped::new(model, reason.clone())));
        }
        Err(reason)
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("nothing")
}

/// An error with what lay beneath, one after the other.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(beneath) = cause {
        text = format!("{text}: {beneath}");
        cause = beneath.source();
    }
    text
}

/// Opens them, and lets CloudFormation go on with what was under way once all have registered their types.
pub(crate) async fn open(context: &Context, config: &AgentConfig) -> Result<Services, AgentError> {
    let mut mounted = Mounted::default();
    let keys = open_iam(context, config, &mut mounted).await;
    let logs = cloud_logs::open(context);
    if let Ok(logs) = mounted.open("CloudWatch Logs", &[&cloud_logs::shapes::MODEL], logs).await {
        mounted.add(logs);
    }
    let s3 = S3::open(context.clone());
    if let Ok(s3) = mounted.open("S3", &[&cloud_s3::shapes::MODEL], s3).await {
        mounted.add(Arc::new(s3));
    }
    let wasm = Arc::new(wasm(config, context)?);
    warm_up(&wasm);
    let engines = Engines::new(vec![Arc::clone(&wasm) as Arc<dyn engine::Engine>]);
    let lambda = Lambda::open(context.clone(), engines);
    let mut fronts: Vec<Arc<dyn PublicFront>> = Vec::new();
    if let Ok(lambda) = mounted.open("Lambda", &[&cloud_lambda::shapes::MODEL], lambda).await {
        fronts.push(Arc::new(lambda.clone()));
        mounted.add(Arc::new(lambda));
    }
    fronts.push(open_apis(context, &mut mounted).await);
    let stacks = open_stacks(context, &mut mounted).await;
    Ok(Services { all: mounted.all, fronts, keys, stacks, wasm })
}

/// IAM and STS. Without their records the root keys still sign.
async fn open_iam(
    context: &Context,
    config: &AgentConfig,
    mounted: &mut Mounted,
) -> Arc<dyn CredentialStore> {
    let keys = RootKeys {
        access_key_id: config.root_keys.access_key_id.clone(),
        secret: SecretKey::new(&config.root_keys.secret_access_key),
    };
    let models = [&cloud_iam::sts::shapes::MODEL, &cloud_iam::iam::shapes::MODEL];
    let iam = cloud_iam::open(context, Some(keys.clone()));
    match mounted.open("IAM", &models, iam).await {
        Ok(iam) => {
            mounted.add(iam.sts());
            mounted.add(iam.clone());
            iam
        }
        Err(_) => Arc::new(RootAlone { keys, account: context.account().clone() }),
    }
}

/// API Gateway: its control planes, and what answers strangers.
async fn open_apis(context: &Context, mounted: &mut Mounted) -> Arc<dyn PublicFront> {
    let models = [&cloud_apigateway::shapes_v1::MODEL, &cloud_apigateway::shapes_v2::MODEL];
    let apis = ApiGateway::open(context.clone());
    match mounted.open("API Gateway", &models, apis).await {
        Ok(apis) => {
            mounted.add(Arc::new(RestControl(apis.clone())));
            mounted.add(Arc::new(apis.clone()));
            Arc::new(apis)
        }
        Err(_) => Arc::new(StoppedApis),
    }
}

async fn open_stacks(context: &Context, mounted: &mut Mounted) -> Option<Arc<CloudFormation>> {
    let stacks = CloudFormation::open(context.clone());
    let stacks = mounted.open("CloudFormation", &[&cloud_cloudformation::shapes::MODEL], stacks).await;
    let stacks = Arc::new(stacks.ok()?);
    if mounted.lacks {
        // A step that needs a service that is not there would fail, and undo what is there.
        tracing::error!("stacks under way wait until every service can be opened");
    } else {
        stacks.resume();
    }
    mounted.add(stacks.clone());
    Some(stacks)
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

fn wasm(config: &AgentConfig, context: &Context) -> Result<WasmEngine, AgentError> {
    WasmEngine::new(WasmConfig {
        program: config.worker.clone(),
        cache: config.cache_dir.join("modules"),
        scratch: config.data_dir.join("scratch"),
        idle: IDLE,
        compile: CompileLimits::default(),
        memory: context.memory().clone(),
    })
    .map_err(|error| failed("the Wasm engine", &error))
}

fn failed(what: &str, error: &dyn Error) -> AgentError {
    AgentError::Cloud(format!("{what}: {}", with_causes(error)))
}

#[cfg(test)]
mod kill_tests;
#[cfg(test)]
mod tests;
