//! The IDE half, assembled: its capabilities on one router.

use std::sync::Arc;

use ide_cloud::{CloudAddress, CloudConfig, CloudPanels, Keys};
use ide_core::{Clock, Events, Findings, Router, Sessions, SystemClock};
use ide_language::{LanguageConfig, Languages};
use ide_search::{Search, SearchConfig};
use ide_terminal::{TerminalConfig, Terminals};
use ide_trust::{FolderTrust, TrustConfig};
use ide_workspace::Workspace;
use protocol::{
    WorkspaceId,
    workspace::{DescribeWorkspace, Workspace as Description},
};
use tokio::sync::watch;

use crate::{
    AgentConfig, AgentError, Serving, WorkspaceConfig, cloud::Cloud, services::with_causes, socket::Link,
};

mod settings;

/// The IDE half of a running agent.
pub(crate) struct Ide {
    id: WorkspaceId,
    sessions: Sessions,
    router: Arc<Router>,
    terminals: Arc<Terminals>,
    languages: Arc<Languages>,
    workspace: Arc<Workspace>,
}

impl Ide {
    pub(crate) async fn start(
        config: &AgentConfig,
        workspace: &WorkspaceConfig,
        cloud: &Cloud,
    ) -> Result<Self, AgentError> {
        let serving = cloud.serving();
        let sessions = Sessions::new();
        let events = Events::new(workspace.id.clone(), sessions.clone());
        let mut router = Router::new();
        describe(&mut router, workspace, serving);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let trust = TrustConfig { root: workspace.folder.clone(), state: config.data_dir.clone() };
        let trust = FolderTrust::open(&trust, events.clone(), Arc::clone(&clock))
            .map_err(|error| AgentError::Ide("trust in the folder", with_causes(&error)))?;
        trust.register(&mut router);
        let (reloads, wanted) = watch::channel(false);
        let files = Workspace::open(
            ide_workspace::WorkspaceConfig {
                root: workspace.folder.clone(),
                state_dir: config.data_dir.clone(),
            },
            events.clone(),
            Arc::clone(&clock),
            settings::ports(config, cloud, trust.gate(), reloads),
        )
        .await
        .map_err(|error| AgentError::Ide("the workspace", with_causes(&error)))?;
        files.register(&mut router);
        let searched = SearchConfig { root: workspace.folder.clone(), state: config.data_dir.clone() };
        Search::open(&searched, files.texts(), Arc::clone(&clock))
            .map_err(|error| AgentError::Ide("searching in files", with_causes(&error)))?
            .register(&mut router);
        let terminals = Terminals::open(terminals(config, workspace, serving), events.clone())
            .map_err(|error| AgentError::Ide("terminals", with_causes(&error)))?;
        terminals.register(&mut router);
        let languages = languages(workspace);
        let (documents, clocked) = (files.documents(), Arc::clone(&clock));
        let findings = Findings::new(events.clone());
        let languages = Languages::open(languages, documents, findings.clone(), clocked, trust.gate())
            .map_err(|error| AgentError::Ide("language servers", with_causes(&error)))?;
        languages.register(&mut router);
        let panels = CloudPanels::open(
            panels(config, workspace, serving),
            files.documents(),
            findings,
            clock,
            trust.gate(),
            wanted,
        )
        .map_err(|error| AgentError::Ide("the cloud's panels", with_causes(&error)))?;
        panels.register(&mut router);
        let id = workspace.id.clone();
        Ok(Self { id, sessions, router: Arc::new(router), terminals, languages, workspace: files })
    }

    pub(crate) fn link(&self) -> Link {
        let (workspace, sessions) = (self.id.clone(), self.sessions.clone());
        Link { workspace, sessions, router: Arc::clone(&self.router) }
    }

    pub(crate) async fn stop(&self) {
        self.sessions.end();
        self.languages.shutdown().await;
        self.terminals.shutdown().await;
        self.workspace.shutdown().await;
    }
}

fn terminals(config: &AgentConfig, workspace: &WorkspaceConfig, serving: &Serving) -> TerminalConfig {
    TerminalConfig {
        root: workspace.folder.clone(),
        state: config.data_dir.clone(),
        shell: workspace.shell.clone(),
        environment: environment(workspace, serving),
    }
}

fn languages(workspace: &WorkspaceConfig) -> LanguageConfig {
    let variables = [("PATH", workspace.path.clone().into()), ("HOME", workspace.home.clone().into())];
    let variables = variables.map(|(name, value): (&str, std::ffi::OsString)| (name.into(), value));
    LanguageConfig::new(workspace.folder.clone(), variables.into())
}

fn panels(config: &AgentConfig, workspace: &WorkspaceConfig, serving: &Serving) -> CloudConfig {
    CloudConfig {
        root: workspace.folder.clone(),
        name: name(workspace),
        cache: config.cache_dir.clone(),
        path: workspace.path.clone(),
        address: CloudAddress {
            url: serving.cloud_url.clone(),
            region: serving.region.clone(),
            keys: Keys {
                access_key_id: serving.access_key_id.clone(),
                secret_access_key: serving.secret_access_key.clone(),
            },
        },
        account: serving.account_id.clone(),
    }
}

/// The workspace's name: its folder's.
fn name(workspace: &WorkspaceConfig) -> String {
    workspace
        .folder
        .file_name()
        .map_or_else(|| "workspace".into(), |name| name.to_string_lossy().into_owned())
}

/// What programs in the workspace find in their environment: a terminal, and the workspace's own cloud.
fn environment(workspace: &WorkspaceConfig, serving: &Serving) -> Vec<(String, String)> {
    [
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
        ("TERM_PROGRAM", "cumulo"),
        ("PATH", &workspace.path),
        ("AWS_ENDPOINT_URL", &serving.cloud_url),
        ("AWS_REGION", &serving.region),
        ("AWS_DEFAULT_REGION", &serving.region),
        ("AWS_ACCESS_KEY_ID", &serving.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &serving.secret_access_key),
        // A pager would wait for a key after every answer.
        ("AWS_PAGER", ""),
        // SAM's and the CLI's look-ups of a machine's own role would wait for an address that is not there.
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn describe(router: &mut Router, workspace: &WorkspaceConfig, serving: &Serving) {
    let (name, welcome_file) = (name(workspace), welcome_file(workspace));
    let (workspace, serving) = (workspace.clone(), serving.clone());
    router.on::<DescribeWorkspace, _, _>(move |context, _| {
        let description = Description {
            name: name.clone(),
            folder: workspace.folder.display().to_string(),
            principal: context.principal,
            cloud_url: serving.cloud_url.clone(),
            region: serving.region.clone(),
            account_id: serving.account_id.clone(),
            isolation: workspace.isolation.clone(),
            welcome_file: welcome_file.clone(),
        };
        async move { Ok(description) }
    });
}

/// What a newcomer should see first.
fn welcome_file(workspace: &WorkspaceConfig) -> Option<protocol::WorkspacePath> {
    ["src/main.rs", "README.md", "template.yaml"]
        .into_iter()
        .find(|path| workspace.folder.join(path).is_file())
        .and_then(|path| protocol::WorkspacePath::parse(path).ok())
}

#[cfg(test)]
mod abandoned;
