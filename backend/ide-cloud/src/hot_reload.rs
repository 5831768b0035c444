//! Hot reload: where the workspace's settings want it, a deployed function gets its code anew as soon as that is saved,
//! whoever saved it, and people are told what came of it.

mod sources;

use std::{
    collections::BTreeSet,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use protocol::{
    CallError, Event, Reasons, Said, WorkspacePath, deploy,
    function::{self, Reload},
};
use serde_json::json;
use tokio::sync::{
    broadcast::{Receiver, error::RecvError},
    watch,
};

use crate::{
    cloud::function_among,
    frame,
    hot_reload::sources::Sources,
    template::{Function, Template, find},
    workspace::CloudPanels,
};

/// Names of changed files that are told; of the rest, how many.
const MAX_TOLD: usize = 5;
/// How much a reason may weigh: a compiler's whole output is one.
const MAX_REASON: usize = 64 * 1024;
/// How long nothing must be heard of the cloud until it is asked what is deployed: a deployment tells of each resource.
const SETTLE: Duration = Duration::from_millis(500);

/// A function of a template that is deployed.
struct Target {
    template: WorkspacePath,
    stack: String,
    function: Function,
    /// The folder of its code.
    code: WorkspacePath,
    /// Its name in the cloud.
    name: String,
}

/// Reloads for as long as the panels are there, whenever `wanted` says so.
pub(crate) async fn follow(panels: Weak<CloudPanels>, mut wanted: watch::Receiver<bool>) {
    while wanted.wait_for(|wanted| *wanted).await.is_ok() {
        let unwanted = async {
            // Its other end is gone with the workspace.
            let _ = wanted.wait_for(|wanted| !*wanted).await;
        };
        tokio::select! {
            () = reload_on_change(&panels) => return,
            () = unwanted => {}
        }
    }
}

fn degraded(fault: Said) -> function::Event {
    let reasons = Reasons::of("reason", fault.reason);
    function::Event::ReloadDegraded { reason: fault.message, reasons }
}

/// Ends with the panels.
async fn reload_on_change(panels: &Weak<CloudPanels>) {
    let Some(open) = panels.upgrade() else { return };
    let (mut heard, root) = (open.events().subscribe(), open.root().to_owned());
    let mut targets = open.targets().await;
    drop(open);
    let mut sources = Sources::new(root);
    loop {
        let fault = sources.watch(targets.iter().map(|target| target.code.clone()).collect()).await;
        let Some(open) = panels.upgrade() else { return };
        if let Some(fault) = fault {
            open.events().publish(None, Event::Function(degraded(fault)));
        }
        drop(open);
        tokio::select! {
            changed = sources.changed() => {
                let Some(open) = panels.upgrade() else { return };
                // The template may be what was saved.
                targets = open.targets().await;
                for target in &targets {
                    open.reload_if_changed(target, &changed).await;
                }
            }
            heard = settled(&mut heard) => {
                let Some(open) = panels.upgrade().filter(|_| heard) else { return };
                targets = open.targets().await;
            }
        }
    }
}

/// Waits until what is deployed may be other than it was, and is quiet. False where nothing will be heard any more.
async fn settled(heard: &mut Receiver<Arc<Event>>) -> bool {
    if !deployed(heard).await {
        return false;
    }
    loop {
        match tokio::time::timeout(SETTLE, deployed(heard)).await {
            Ok(true) => {}
            Ok(false) => return false,
            Err(_) => return true,
        }
    }
}

/// Waits for the next word of a change to what is deployed.
async fn deployed(heard: &mut Receiver<Arc<Event>>) -> bool {
    loop {
        match heard.recv().await.as_deref() {
            Ok(Event::Cloud(protocol::cloud::Event::Changed)) | Err(RecvError::Lagged(_)) => return true,
            Ok(Event::Deploy(deploy::Event::Changed(deployment))) if !deployment.is_running() => return true,
            Ok(_) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

impl CloudPanels {
    /// The functions of all templates whose code is in the workspace and that are deployed.
    async fn targets(self: &Arc<Self>) -> Vec<Target> {
        let this = Arc::clone(self);
        let templates = ide_core::blocking(move || {
            let paths = find(this.dir());
            let templates = paths.iter().filter_map(|path| Template::read(this.dir(), path).ok());
            templates.map(|template| (this.stack_name(&template), template)).collect::<Vec<_>>()
        });
        let mut targets = Vec::new();
        for (stack, template) in templates.await {
            let functions = template.functions();
            if functions.iter().all(|function| function.code.is_none()) {
                continue;
            }
            let deployed = match self.resources(&stack).await {
                Ok(deployed) => deployed,
                Err(error) => {
                    tracing::debug!(%error, stack, "what is deployed is not known");
                    continue;
                }
            };
            targets.extend(functions.into_iter().filter_map(|function| {
                let known = function_among(&deployed, &function.logical_id)?;
                Some(Target {
                    template: template.path.clone(),
                    stack: stack.clone(),
                    code: function.code.clone()?,
                    name: known.physical_id.clone(),
                    function,
                })
            }));
        }
        targets
    }

    /// Brings a function its code, if one of those files belongs to that, and tells what came of it.
    async fn reload_if_changed(self: &Arc<Self>, target: &Target, changed: &BTreeSet<WorkspacePath>) {
        let of_it: Vec<&WorkspacePath> = changed
            .iter()
            .filter(|path| path.is_within(&target.code) || target.code.is_within(path))
            .collect();
        if of_it.is_empty() {
            return;
        }
        let began = Instant::now();
        let failure = match self.reload(target).await {
            // Nothing that is in the package is other than it was.
            Ok(false) => return,
            Ok(true) => None,
            Err(error) => Some(error),
        };
        let (failure, reason) = failure.map_or((None, None), |error| (Some(error.message), error.reason));
        let reload = Reload {
            template: target.template.clone(),
            logical_id: target.function.logical_id.clone(),
            name: target.name.clone(),
            files: of_it.iter().take(MAX_TOLD).map(|path| (*path).clone()).collect(),
            more: of_it.len().saturating_sub(MAX_TOLD),
            millis: began.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            failure: failure.map(|failure| frame::shown(failure, MAX_REASON)),
            reasons: Reasons::of("failure", frame::fitting(reason)),
        };
        self.events().publish(None, Event::Function(function::Event::Reloaded(reload)));
    }

    /// Whether the function's code is another now.
    async fn reload(self: &Arc<Self>, target: &Target) -> Result<bool, CallError> {
        let grant = self.trust().grant("Reload")?;
        self.deployment_done(&target.stack).await;
        let running = self.begin(&format!("reload-{}", target.name))?;
        let package = self.builder().package(&target.function, &|_| (), running.token(), &grant).await?;
        let code = || json!({ "ZipFile": BASE64.encode(&package.bytes) });
        Ok(self.put_code(&target.name, &package.hash, code).await?)
    }

    /// Waits until a stack is not being deployed from here: what it brings is newer, or the same.
    async fn deployment_done(&self, stack: &str) {
        let mut heard = self.events().subscribe();
        let is_deployed = || self.deployments().iter().any(|one| one.stack == stack && one.is_running());
        while is_deployed() {
            if matches!(heard.recv().await, Err(RecvError::Closed)) {
                return;
            }
        }
    }
}
