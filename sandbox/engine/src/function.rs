//! The function as an engine sees it: unpacked code, configuration and limits. Immutable: a change is a new revision.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What a sandbox belongs to. Nothing warm is ever shared between two different keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionKey {
    /// The unqualified ARN, which names account and region too.
    pub arn: String,
    /// `$LATEST` or a published number.
    pub version: String,
    /// Changes with every change of code or configuration.
    pub revision: String,
}

/// The keys a function's own AWS calls are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`, where the keys are temporary.
    pub session_token: Option<String>,
}

/// Never prints the secret, so that a spec may be logged.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Where a package lies unpacked. Whoever unpacked it may tie it to this: it lies there as long as any clone lives.
#[derive(Clone)]
pub struct Package {
    folder: Arc<Path>,
    _owner: Option<Arc<dyn Any + Send + Sync>>,
}

impl Package {
    /// A folder that is there as long as its owner.
    pub fn owned(folder: &Path, owner: Arc<dyn Any + Send + Sync>) -> Self {
        Self { folder: folder.into(), _owner: Some(owner) }
    }
}

/// A folder that nobody removes.
impl From<PathBuf> for Package {
    fn from(folder: PathBuf) -> Self {
        Self { folder: folder.into(), _owner: None }
    }
}

impl Deref for Package {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.folder
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.folder.fmt(f)
    }
}

/// Everything an engine needs to run one version of one function.
#[derive(Debug, Clone)]
pub struct FunctionSpec {
    /// Identity; see [`FunctionKey`].
    pub key: FunctionKey,
    /// The function's name without qualifier.
    pub name: String,
    /// Where the package lies unpacked (on AWS: `/var/task`).
    pub package: Package,
    /// Layers, unpacked, in their order: what lies in a later one hides what lies in those before (on AWS: `/opt`).
    pub layers: Vec<Package>,
    /// AWS's runtime identifier, such as `provided.al2023`.
    pub runtime: String,
    /// The handler string; its meaning is the runtime's.
    pub handler: String,
    /// The user's environment variables, in their order.
    pub environment: Vec<(String, String)>,
    /// MemorySize, in MB (MiB, as on AWS).
    pub memory_mb: u32,
    /// Timeout of one invocation.
    pub timeout: Duration,
    /// The size of `/tmp`, in MB.
    pub ephemeral_storage_mb: u32,
    /// CloudWatch Logs group of this function.
    pub log_group: String,
    /// CloudWatch Logs stream of this sandbox.
    pub log_stream: String,
    /// The region's name.
    pub region: String,
    /// Where the function's own AWS calls go, where that is reachable for it.
    pub endpoint_url: Option<String>,
    /// The keys of the function's role.
    pub credentials: Option<Credentials>,
}
