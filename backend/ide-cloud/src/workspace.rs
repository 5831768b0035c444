//! The panels' backend, assembled: its calls, what is running, what was deployed.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cap_std::{ambient_authority, fs::Dir};
use ide_core::{Clock, Documents, Events, Findings, Router, Trust, blocking, files};
use protocol::{
    CallError, ErrorCode, WorkspacePath,
    cloud::{DeleteStack, DescribeCloud, ReadLogs, TryRoute},
    deploy::{self, CancelDeploy, Deployment, ListDeployments, ListTemplates, StartDeploy},
    function::{
        CancelInvocation, DeleteEvent, FunctionRef, InvokeFunction, ListEvents, ListFunctions, SaveEvent,
        SavedEvent,
    },
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    build::Builder,
    checks,
    client::{Aws, CloudAddress},
    deployment,
    error::CloudError,
    event_files, feed,
    figures::Heard,
    hot_reload,
    template::{self, Template},
    toolchain::Places,
};

/// Largest `samconfig.toml` that is read, in bytes.
const MAX_CONFIG: u64 = 256 * 1024;
/// Builds, invocations and deployments that may run at once.
const MAX_RUNNING: usize = 20;

/// What the panels need to know.
#[derive(Clone)]
pub struct CloudConfig {
    /// The workspace's folder.
    pub root: PathBuf,
    /// The workspace's name.
    pub name: String,
    /// Where compilers keep what they share.
    pub cache: PathBuf,
    /// `PATH`, as tools are found.
    pub path: String,
    /// The cloud.
    pub address: CloudAddress,
    /// Its account.
    pub account: String,
}

/// The backend of the panels *Cloud*, *Function* and *Deploy*.
pub struct CloudPanels {
    root: PathBuf,
    name: String,
    account: String,
    dir: Dir,
    aws: Aws,
    builder: Builder,
    events: Events,
    trust: Trust,
    running: Mutex<HashMap<String, CancellationToken>>,
    deployments: Mutex<Vec<Deployment>>,
    heard: Heard,
}

impl CloudPanels {
    /// Opens the panels' backend, and follows the cloud's events, the open templates and, while `reloads` says so, the
    /// code of what is deployed.
    pub fn open(
        config: CloudConfig,
        documents: Arc<dyn Documents>,
        findings: Findings,
        clock: Arc<dyn Clock>,
        trust: Trust,
        reloads: watch::Receiver<bool>,
    ) -> std::io::Result<Arc<Self>> {
        let dir = Dir::open_ambient_dir(&config.root, ambient_authority())?;
        let places = Places { path: config.path, cache: config.cache };
        let heard = Heard::new(clock.now().as_millisecond());
        let aws = Aws::new(config.address, clock);
        let panels = Arc::new(Self {
            root: config.root.clone(),
            name: config.name,
            account: config.account,
            builder: Builder::new(config.root, dir.try_clone()?, places, aws.clone()),
            dir,
            aws,
            events: findings.events().clone(),
            trust,
            running: Mutex::default(),
            deployments: Mutex::default(),
            heard,
        });
        tokio::spawn(feed::follow(Arc::downgrade(&panels)));
        tokio::spawn(checks::follow(Arc::downgrade(&panels), documents, findings));
        tokio::spawn(hot_reload::follow(Arc::downgrade(&panels), reloads));
        Ok(panels)
    }

    /// Answers the calls about the cloud, functions and deployments.
    pub fn register(self: &Arc<Self>, router: &mut Router) {
        self.register_cloud(router);
        self.register_functions(router);
        self.register_deployments(router);
        self.register_queues(router);
        self.register_topics(router);
        self.register_triggers(router);
        self.register_configurations(router);
        self.register_versions(router);
        self.register_concurrency(router);
    }

    fn register_cloud(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, _: DescribeCloud| async move { Ok(this.describe().await?) })
            .on(|this, _, call: ReadLogs| async move { Ok(this.read_logs(&call).await?) })
            .on(|this, _, call: TryRoute| async move { this.try_route(call).await })
            .on(|this, _, call: DeleteStack| async move { Ok(this.delete_stack(&call.name).await?) });
    }

    fn register_functions(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, _: ListFunctions| async move { Ok(blocking(move || this.list_functions()).await) })
            .on(|this, context, call: InvokeFunction| async move {
                let by = context.person();
                this.invoke(by, call).await
            })
            .on(|this, _, call: CancelInvocation| {
                this.cancel(&call.id);
                async { Ok(()) }
            })
            .on(|this, _, call: ListEvents| async move { blocking(move || this.list_events(&call)).await })
            .on(|this, _, call: SaveEvent| async move { blocking(move || this.save_event(&call)).await })
            .on(|this, _, call: DeleteEvent| async move { blocking(move || this.delete_event(&call)).await });
    }

    fn register_deployments(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, context, call: StartDeploy| async move {
                let by = context.person();
                this.start_deploy(by, call).await
            })
            .on(|this, _, _: ListDeployments| {
                let all = deployment::told(&this.deployments());
                async move { Ok(all) }
            })
            .on(|this, _, call: CancelDeploy| {
                this.cancel(&call.id);
                async { Ok(()) }
            })
            .on(|this, _, _: ListTemplates| async move { Ok(blocking(move || this.list_templates()).await) });
    }

    fn save_event(&self, call: &SaveEvent) -> Result<SavedEvent, CallError> {
        let (template, id) = in_template(&call.function)?;
        let folder = template.parent().unwrap_or_default();
        event_files::save(&self.dir, &folder, id, &call.name, &call.body)
    }

    fn delete_event(&self, call: &DeleteEvent) -> Result<(), CallError> {
        let (template, id) = in_template(&call.function)?;
        event_files::delete(&self.dir, &template.parent().unwrap_or_default(), id, &call.name)
    }

    /// A template of the workspace.
    pub(crate) async fn template(self: &Arc<Self>, path: WorkspacePath) -> Result<Template, CloudError> {
        let this = Arc::clone(self);
        blocking(move || Template::read(&this.dir, &path)).await
    }

    fn list_templates(&self) -> Vec<deploy::Template> {
        let paths = template::find(&self.dir);
        let templates = paths.iter().filter_map(|path| Template::read(&self.dir, path).ok());
        let describe = |template: Template| deploy::Template {
            stack: self.stack_name(&template),
            parameters: template.parameters(),
            path: template.path,
        };
        templates.map(describe).collect()
    }

    /// The stack that `samconfig.toml` beside a template names, else the workspace's name in a stack's characters.
    pub(crate) fn stack_name(&self, template: &Template) -> String {
        let config = files::read(&self.dir, &template.folder().join("samconfig.toml"), MAX_CONFIG).ok();
        let config = config.and_then(|(bytes, _)| toml::from_slice::<toml::Table>(&bytes).ok());
        let lookup = |config: &toml::Table, section: &str| {
            let parameters = config.get("default")?.get(section)?.get("parameters")?;
            Some(parameters.get("stack_name")?.as_str()?.to_owned())
        };
        let named = config.and_then(|config| lookup(&config, "deploy").or_else(|| lookup(&config, "global")));
        named.unwrap_or_else(|| {
            let letters = self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
            let name: String = letters.skip_while(|c| !c.is_ascii_alphabetic()).take(128).collect();
            if name.is_empty() { "application".to_owned() } else { name }
        })
    }

    /// Begins something that can be cancelled by its id.
    pub(crate) fn begin(self: &Arc<Self>, id: &str) -> Result<Running, CallError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.len() >= MAX_RUNNING || running.contains_key(id) {
            let message =
                format!("at most {MAX_RUNNING} builds and invocations run at once, each under its own id");
            let error = CallError::new(ErrorCode::Limit, message);
            return Err(error.because("too-many-builds", &[("most", &MAX_RUNNING)]));
        }
        let token = CancellationToken::new();
        running.insert(id.to_owned(), token.clone());
        Ok(Running { panels: Arc::clone(self), id: id.to_owned(), token })
    }

    fn cancel(&self, id: &str) {
        if let Some(token) = self.running.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            token.cancel();
        }
    }

    pub(crate) fn deployments(&self) -> MutexGuard<'_, Vec<Deployment>> {
        self.deployments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn dir(&self) -> &Dir {
        &self.dir
    }

    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }

    pub(crate) fn builder(&self) -> &Builder {
        &self.builder
    }

    /// The gate before what a folder brings along.
    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }

    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    /// What was heard of invocations.
    pub(crate) fn heard(&self) -> &Heard {
        &self.heard
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// The bucket that deployments upload to.
    pub(crate) fn bucket(&self) -> String {
        format!("cumulo-deploy-{}-{}", self.account, self.aws.region())
    }
}

/// The template of a function, and its name there.
pub(crate) fn in_template(function: &FunctionRef) -> Result<(&WorkspacePath, &str), CallError> {
    match function {
        // AWS: logical ids are alphanumeric. They become the name of a folder.
        FunctionRef::Template { template, logical_id }
            if (1..=255).contains(&logical_id.len())
                && logical_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            Ok((template, logical_id))
        }
        FunctionRef::Template { logical_id, .. } => {
            let shown: String = logical_id.chars().take(64).flat_map(char::escape_debug).collect();
            let message =
                format!("'{shown}' is no function of a template: such names are letters and digits");
            Err(CallError::new(ErrorCode::Invalid, message).because("no-function", &[("name", &shown)]))
        }
        FunctionRef::Deployed { .. } => Err(CallError::new(
            ErrorCode::Unsupported,
            "events are saved beside a template; open its function there",
        )
        .because("no-template", &[])),
    }
}

/// Something that runs until this is dropped.
pub(crate) struct Running {
    panels: Arc<CloudPanels>,
    id: String,
    token: CancellationToken,
}

impl Running {
    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.panels.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
