//! The services of the cloud half: the one place that names them. A new service is one line in [`open`].

use std::{any::Any, error::Error, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use cloud_apigateway::{ApiGateway, RestControl, StoppedApis};
use cloud_cloudformation::CloudFormation;
use cloud_core::{AwsError, Context, CredentialStore, SecretKey};
use cloud_iam::{Accounts, RootAlone, RootKeys};
use cloud_lambda::{Lambda, StoppedUrls};
use cloud_s3::S3;
use cloud_sns::Signer;
use cloud_wire::{PublicFront, Service, ServiceModel, Stopped};
use engine::Engines;
use engine_native::{Egress, NativeConfig, NativeEngine};
use engine_wasm::{CompileLimits, WasmConfig, WasmEngine};
use futures_util::FutureExt;

use crate::{AgentConfig, AgentError, HostPattern};
use realms::{Opened, Realms, idle::Uses};

pub(crate) mod realms;

/// How long a function's sandbox waits for its next invocation.
const IDLE: Duration = Duration::from_mins(10);

/// The opened services.
pub(crate) struct Services {
    /// What answers in the first realm.
    pub(crate) first: Arc<Opened>,
    /// Whose keys may sign.
    pub(crate) keys: Arc<dyn CredentialStore>,
    /// The other realms.
    pub(crate) realms: Arc<Realms>,
    /// The buckets of all.
    s3: Option<S3>,
    engines: Engines,
    wasm: Arc<WasmEngine>,
    native: Arc<NativeEngine>,
    egress: Egress,
}

impl Services {
    /// What decides about hosts that functions may reach.
    pub(crate) fn way_out(&self) -> WayOut {
        WayOut { egress: self.egress.clone(), engines: self.engines.clone() }
    }

    /// Ends the workers: what they run fails, and what was promised is taken up at the next start.
    pub(crate) async fn stop(&self) {
        if let Some(s3) = &self.s3 {
            s3.stop().await;
        }
        // Deployments under way are gone on with, not rolled back because their workers went.
        for opened in self.realms.opened() {
            if let Some(events) = &opened.events {
                events.stop().await;
            }
            if let Some(sns) = &opened.sns {
                sns.stop().await;
            }
            if let Some(logs) = &opened.logs {
                logs.stop().await;
            }
            if let Some(lambda) = &opened.lambda {
                lambda.stop().await;
            }
            if let Some(stacks) = &opened.stacks {
                stacks.stop().await;
            }
        }
        self.engines.close().await;
        self.native.close();
        self.wasm.close().await;
    }
}

/// Which hosts functions reach, to be changed while they run.
pub(crate) struct WayOut {
    egress: Egress,
    engines: Engines,
}

impl WayOut {
    /// The hosts that are reached.
    #[cfg(test)]
    pub(crate) fn hosts(&self) -> Vec<HostPattern> {
        self.egress.patterns()
    }

    /// Has functions reach these hosts, and no others, from now on. Environments that are idle end: what they were started
    /// with says otherwise. Needs a tokio runtime.
    pub(crate) fn lead_to(&self, hosts: Vec<HostPattern>) {
        if self.egress.set(hosts) {
            let engines = self.engines.clone();
            tokio::spawn(async move { engines.end_idle(tokio::time::Instant::now()).await });
        }
    }
}

/// What the realms of a cloud share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Globals {
    /// IAM of every account, or why there is none.
    accounts: Result<Accounts, String>,
    /// The buckets of all, or why there are none.
    s3: Result<S3, String>,
    /// What SNS signs with.
    signer: Signer,
    engines: Engines,
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

/// Opens the first realm with what all share, and lets CloudFormation go on with what was under way once all have registered
/// their types.
pub(crate) async fn open(context: &Context, config: &AgentConfig) -> Result<Services, AgentError> {
    let realms = Realms::new(context);
    let mut mounted = Mounted::default();
    let (keys, accounts) = open_iam(context, config, &mut mounted).await;
    let s3 = S3::open(context.clone());
    let s3 = mounted.open("S3", &[&cloud_s3::shapes::MODEL], s3).await;
    if let Ok(s3) = &s3 {
        mounted.add(Arc::new(s3.clone()));
    }
    let wasm = Arc::new(wasm(config, context)?);
    warm_up(&wasm);
    let egress = Egress::default();
    egress.set(config.egress.clone().unwrap_or_default());
    let native = Arc::new(native(config, context, egress.clone()));
    // A package for both is WebAssembly.
    let all: Vec<Arc<dyn engine::Engine>> = vec![wasm.clone(), native.clone()];
    let engines = Engines::new(all);
    engines.end_idle_after(IDLE);
    let buckets = s3.as_ref().ok().cloned();
    let signer = Signer::in_folder(context.data_dir());
    let globals = Globals { accounts, s3, signer, engines: engines.clone() };
    let first = Arc::new(open_services(context, &globals, mounted).await);
    realms.begin(globals, Arc::clone(&first));
    Ok(Services { first, keys, realms, s3: buckets, engines, wasm, native, egress })
}

/// Opens the services of another realm than the first.
async fn open_regional(context: &Context, globals: &Globals) -> Result<Opened, AwsError> {
    let mut mounted = Mounted::default();
    match &globals.accounts {
        Ok(accounts) => accounts.join(context).await?,
        Err(_) => mounted.lacks = true,
    }
    // Only now: a realm that is refused leaves nothing.
    realms::make(context.data_dir()).map_err(AwsError::internal)?;
    match &globals.s3 {
        Ok(s3) => s3.join(context.clone()),
        Err(_) => mounted.lacks = true,
    }
    tracing::info!(realm = %context.realm(), "opened");
    Ok(open_services(context, globals, mounted).await)
}

/// Opens the services that are each realm's own, beside those that all share.
async fn open_services(context: &Context, globals: &Globals, mut mounted: Mounted) -> Opened {
    let logs = cloud_logs::open(context);
    let logs = mounted.open("CloudWatch Logs", &[&cloud_logs::shapes::MODEL], logs).await.ok();
    if let Some(logs) = &logs {
        mounted.add(logs.clone());
    }
    let sqs = cloud_sqs::open(context);
    let sqs = mounted.open("SQS", &[&cloud_sqs::shapes::MODEL], sqs).await.ok();
    if let Some(sqs) = &sqs {
        mounted.add(sqs.clone());
    }
    let sns = cloud_sns::open(context, globals.signer.clone());
    let sns = mounted.open("SNS", &[&cloud_sns::shapes::MODEL], sns).await.ok();
    if let Some(sns) = &sns {
        mounted.add(sns.clone());
    }
    let events = cloud_events::open(context);
    let events = mounted.open("EventBridge", &[&cloud_events::shapes::MODEL], events).await.ok();
    if let Some(events) = &events {
        mounted.add(events.clone());
    }
    let lambda = Lambda::open(context.clone(), globals.engines.clone());
    let lambda = mounted.open("Lambda", &[&cloud_lambda::shapes::MODEL], lambda).await.ok();
    let mut fronts: Vec<Arc<dyn PublicFront>> = sns.iter().map(cloud_sns::Sns::front).collect();
    if let Some(lambda) = &lambda {
        fronts.push(Arc::new(lambda.clone()));
        fronts.push(Arc::new(lambda.urls()));
        mounted.add(Arc::new(lambda.clone()));
    } else {
        fronts.push(Arc::new(StoppedUrls));
    }
    let apis = open_apis(context, &mut mounted).await;
    fronts.push(match &apis {
        Some(apis) => Arc::new(apis.clone()),
        None => Arc::new(StoppedApis),
    });
    let stacks = open_stacks(context, &mut mounted).await;
    let uses = Uses::new(context.clock().monotonic());
    Opened {
        context: context.clone(),
        all: mounted.all,
        fronts,
        logs,
        sns,
        sqs,
        events,
        lambda,
        apis,
        stacks,
        uses,
    }
}

/// IAM and STS. Without their records the root keys still sign.
async fn open_iam(
    context: &Context,
    config: &AgentConfig,
    mounted: &mut Mounted,
) -> (Arc<dyn CredentialStore>, Result<Accounts, String>) {
    let keys = RootKeys {
        access_key_id: config.root_keys.access_key_id.clone(),
        secret: SecretKey::new(&config.root_keys.secret_access_key),
    };
    let models = [&cloud_iam::sts::shapes::MODEL, &cloud_iam::iam::shapes::MODEL];
    let owner = config.realm().account;
    let iam = cloud_iam::open_owned(context, Some(keys.clone()), &owner);
    match mounted.open("IAM", &models, iam).await {
        Ok(iam) => {
            let accounts = Accounts::new(iam.clone());
            mounted.add(accounts.sts(&iam));
            mounted.add(iam.clone());
            (iam, Ok(accounts))
        }
        Err(reason) => (Arc::new(RootAlone { keys, account: owner }), Err(reason)),
    }
}

/// API Gateway and its control planes.
async fn open_apis(context: &Context, mounted: &mut Mounted) -> Option<ApiGateway> {
    let models = [&cloud_apigateway::shapes_v1::MODEL, &cloud_apigateway::shapes_v2::MODEL];
    let apis = ApiGateway::open(context.clone());
    let apis = mounted.open("API Gateway", &models, apis).await.ok()?;
    mounted.add(Arc::new(RestControl(apis.clone())));
    mounted.add(Arc::new(apis.clone()));
    Some(apis)
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
        compile: CompileLimits::default(),
        memory: context.memory().clone(),
    })
    .map_err(|error| failed("the Wasm engine", &error))
}

fn native(config: &AgentConfig, context: &Context, egress: Egress) -> NativeEngine {
    let clock = context.clone();
    NativeEngine::new(NativeConfig {
        program: config.worker.clone(),
        clients: config.data_dir.join("runtimes"),
        path: config.path.clone(),
        endpoint_url: context.endpoint().map(str::to_owned),
        egress,
        memory: context.memory().clone(),
        now: Arc::new(move || clock.now().as_millisecond()),
    })
}

fn failed(what: &str, error: &dyn Error) -> AgentError {
    AgentError::Cloud(format!("{what}: {}", with_causes(error)))
}

#[cfg(test)]
mod kill_tests;
#[cfg(test)]
mod permission_tests;
#[cfg(test)]
mod tests;
