//! What a jail should be like: written by the launcher, read by the worker from its arguments.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::JailError;

/// The wish. What was obtained is told by [`crate::Isolation`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The directories the worker may write to, and nothing else of the file system.
    pub tmp: Tmp,
    /// Limits of the process by itself, for where there is no cgroup.
    pub limits: Limits,
}

/// A number of directories of limited size.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tmp {
    /// How many.
    pub slots: u32,
    /// The size of each.
    pub bytes: u64,
    /// The number of files in each.
    pub files: u64,
    /// A directory to make them in where mounting is not allowed; each jail gets its own below it. Their size is then
    /// limited per file only.
    pub fallback: Option<PathBuf>,
}

/// rlimits; `None` leaves what is inherited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Private writable memory (`RLIMIT_DATA`), in bytes.
    pub data_bytes: Option<u64>,
    /// CPU time, in seconds: SIGKILL at its end.
    pub cpu_seconds: Option<u64>,
    /// Size of one file.
    pub file_bytes: Option<u64>,
    /// Open files.
    pub open_files: Option<u64>,
    /// The highest niceness given: 0 leaves it, 19 is the most patient.
    pub nice: i32,
}

/// What [`crate::launch`] writes among a worker's arguments for [`crate::enter`] to read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Orders {
    pub(crate) spec: Spec,
    /// Files of the control group to write itself into.
    pub(crate) cgroup_procs: Vec<PathBuf>,
    /// The process that must stay its parent.
    pub(crate) parent: u32,
}

impl Orders {
    pub(crate) fn to_arg(&self) -> String {
        serde_json::to_string(self).expect("plain data always serialises")
    }

    pub(crate) fn from_arg(arg: &str) -> Result<Self, JailError> {
        serde_json::from_str(arg).map_err(JailError::Spec)
    }
}
