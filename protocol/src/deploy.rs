//! Deployments of a SAM template of the workspace to its cloud.

use serde::{Deserialize, Serialize};

use crate::{PersonId, Reasons, WorkspacePath, cloud::Output, language::Position, requests};

requests! {
    Cloud Write "deploy.start" = StartDeploy -> Deployment;
    Cloud Read "deploy.list" = ListDeployments -> Vec<Deployment>;
    Cloud Write "deploy.cancel" = CancelDeploy -> ();
    Files Read "deploy.templates" = ListTemplates -> Vec<Template>;
}

/// Asks for the deployable templates of the workspace.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListTemplates {}

/// A deployable template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The file.
    pub path: WorkspacePath,
    /// The stack it is deployed to by default: from `samconfig.toml`, else the workspace's name.
    pub stack: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
}

/// A parameter of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its value if none is given.
    pub default: Option<String>,
    /// Whether its value should not be shown.
    pub no_echo: bool,
}

/// Builds the template's functions, packages, and deploys; answered at once, progress comes as events.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartDeploy {
    /// The template.
    pub template: WorkspacePath,
    /// The stack's name.
    pub stack: String,
    /// Values for its parameters.
    #[serde(default)]
    pub parameters: Vec<(String, String)>,
}

/// Stops a deployment: a build at once; what CloudFormation has begun it finishes or rolls back itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelDeploy {
    /// Which.
    pub id: String,
}

/// Asks for the deployments since the agent started, newest first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListDeployments {}

/// A deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Its id.
    pub id: String,
    /// Who asked for it.
    #[serde(default)]
    pub by: Option<PersonId>,
    /// The template.
    pub template: WorkspacePath,
    /// The stack.
    pub stack: String,
    /// Where it is.
    pub phase: Phase,
    /// Every resource so far, in the order of their first events.
    pub resources: Vec<ResourceProgress>,
    /// The newest lines of its log: builds, uploads, what CloudFormation says.
    pub log: Vec<String>,
    /// The stack's outputs, once done.
    pub outputs: Vec<Output>,
    /// Addresses of its APIs, once done.
    pub api_urls: Vec<String>,
}

impl Deployment {
    /// Whether it has not come to its end.
    pub fn is_running(&self) -> bool {
        !self.phase.is_last()
    }
}

/// Where a deployment is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Compiles functions.
    Building,
    /// Uploads packages and the template.
    Uploading,
    /// CloudFormation works.
    Deploying,
    /// Done; everything is as the template says.
    Done {
        /// Whether anything had to change.
        changed: bool,
    },
    /// Failed; the stack is as before.
    Failed {
        /// Why.
        message: String,
        /// What of it a page says in another language.
        #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
        reasons: Reasons,
        /// Where in the template, if it is known.
        position: Option<Position>,
    },
}

impl Phase {
    /// Whether nothing comes after it.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed { .. })
    }
}

/// A resource on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceProgress {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub kind: String,
    /// Its newest status, `CREATE_IN_PROGRESS`.
    pub status: String,
    /// Why, where it says so.
    pub reason: Option<String>,
}

/// What happens to deployments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A deployment moved on.
    Changed(Deployment),
}
