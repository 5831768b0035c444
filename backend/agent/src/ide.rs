//! The IDE half, assembled: its capabilities on one router.

use std::sync::Arc;

use ide_core::{Events, Router, Sessions};
use ide_terminal::{TerminalConfig, Terminals};
use protocol::workspace::{DescribeWorkspace, Workspace as Description};

use crate::{AgentConfig, AgentError, Serving, WorkspaceConfig, socket::Link};

/// The IDE half of a running agent.
pub(crate) struct Ide {
    sessions: Sessions,
    router: Arc<Router>,
    terminals: Arc<Terminals>,
}

impl Ide {
    pub(crate) fn start(
        config: &AgentConfig,
        workspace: &WorkspaceConfig,
        serving: &Serving,
    ) -> Result<Self, AgentError> {
        let sessions = Sessions::new();
        let events = Events::new(sessions.clone());
        let mut router = Router::new();
        describe(&mut router, workspace, serving);
        let terminals = Terminals::open(
            TerminalConfig {
                root: workspace.folder.clone(),
                state: config.data_dir.clone(),
                shell: workspace.shell.clone(),
                environment: environment(workspace, serving),
            },
            events,
        )
        .map_err(|error| AgentError::Ide("terminals", error.to_string()))?;
        terminals.register(&mut router);
        Ok(Self { sessions, router: Arc::new(router), terminals })
    }

    pub(crate) fn link(&self) -> Link {
        Link { sessions: self.sessions.clone(), router: Arc::clone(&self.router) }
    }

    pub(crate) async fn stop(&self) {
        self.sessions.end();
        self.terminals.shutdown().await;
    }
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
    let name = workspace.folder.file_name().map_or_else(|| "workspace".into(), |name| name.to_string_lossy());
    let description = Description {
        name: name.into_owned(),
        folder: workspace.folder.display().to_string(),
        principal: protocol::Principal { user: String::new(), role: protocol::Role::Viewer },
        cloud_url: serving.cloud_url.clone(),
        region: serving.region.clone(),
        account_id: serving.account_id.clone(),
        isolation: workspace.isolation.clone(),
        welcome_file: welcome_file(workspace),
    };
    router.on::<DescribeWorkspace, _, _>(move |context, _| {
        let description = Description { principal: context.principal, ..description.clone() };
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
