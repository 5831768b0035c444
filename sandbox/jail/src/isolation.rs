//! Which walls really stand: read by people at start, and by tests.

use std::fmt;

use cgroup::CgroupKind;
use serde::{Deserialize, Serialize};

/// The level of isolation obtained.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Isolation {
    /// Own user, mount, network, process, IPC, host name and cgroup namespaces, and an empty root.
    pub namespaces: bool,
    /// `/tmp` is memory of limited size, seen by nobody else.
    pub private_tmp: bool,
    /// Files and network by Landlock.
    pub landlock: Landlocked,
    /// System calls by an allow list.
    pub seccomp: bool,
    /// Memory and processes by a control group.
    pub cgroup: CgroupKind,
}

/// How much of the rules this kernel's Landlock knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Landlocked {
    /// None.
    #[default]
    No,
    /// Some, on an older kernel.
    Partly,
    /// All.
    Fully,
}

impl Isolation {
    /// Whether anything holds the code at all.
    pub(crate) fn any(&self) -> bool {
        self.namespaces || self.seccomp || self.landlock != Landlocked::No
    }

    /// Whether every wall stands.
    pub fn is_full(&self) -> bool {
        self.namespaces
            && self.private_tmp
            && self.seccomp
            && self.landlock == Landlocked::Fully
            && self.cgroup != CgroupKind::None
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespaces = if self.namespaces { "own" } else { "SHARED" };
        let landlock = match self.landlock {
            Landlocked::Fully => "on",
            Landlocked::Partly => "PARTLY",
            Landlocked::No => "OFF",
        };
        let seccomp = if self.seccomp { "on" } else { "OFF" };
        let cgroup = match self.cgroup {
            CgroupKind::V2 => "v2",
            CgroupKind::V1 => "v1",
            CgroupKind::None => "NONE (rlimits)",
        };
        let tmp = if self.private_tmp { "private" } else { "ON DISK" };
        write!(
            f,
            "namespaces {namespaces}, landlock {landlock}, seccomp {seccomp}, cgroup {cgroup}, /tmp {tmp}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_aloud() {
        let none = Isolation::default();
        assert_eq!(
            none.to_string(),
            "namespaces SHARED, landlock OFF, seccomp OFF, cgroup NONE (rlimits), /tmp ON DISK"
        );
        assert!(!none.any() && !none.is_full());
        let full = Isolation {
            namespaces: true,
            private_tmp: true,
            landlock: Landlocked::Fully,
            seccomp: true,
            cgroup: CgroupKind::V1,
        };
        assert_eq!(full.to_string(), "namespaces own, landlock on, seccomp on, cgroup v1, /tmp private");
        assert!(full.is_full());
    }
}
