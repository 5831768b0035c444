//! What holds a server, with all that it starts, to its share of the machine: a control group where one is to be had.
//! Everywhere each process's data is limited, what all of them hold is looked at now and then, and they are the first to
//! go when the machine runs out of memory: the editor, terminals and what the person runs go on.

use std::{fs, sync::Arc};

use cgroup::{Cgroup, CgroupLimits};
use ide_core::Family;
use rustix::process::{Pid, Resource, Rlimit};

/// Processes and threads of a server and the compilers that it starts.
const TASKS: u64 = 2048;
/// Of a thousand: sooner than programs that a person started, later than the workers of functions.
const FIRST_TO_GO: &str = "500";

/// The walls around one start of a server; cheap to clone. Its group goes with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct Walls(Option<Arc<Cgroup>>);

impl Walls {
    /// Puts them around a process that was just started.
    pub(crate) fn around(process: Option<Pid>, memory: u64) -> Self {
        // Slowed down from what it may hold on, until it is looked at and ended with a reason. The kernel ends without one
        // what grows faster than that.
        let group = Cgroup::create(CgroupLimits { memory_bytes: memory / 4 * 5, tasks: TASKS });
        if let Some(Err(error)) = group.as_ref().map(|group| group.slow_from(memory)) {
            tracing::debug!(%error, "a language server is not slowed down before its limit");
        }
        let walls = Self(group.map(Arc::new));
        limit_data(process, memory);
        if let Some(process) = process {
            walls.take_in(process.as_raw_pid());
        }
        walls
    }

    /// Takes in what was started before its parent was inside. Those that are in already stay.
    pub(crate) fn gather(&self, family: &Family) {
        family.numbers().into_iter().for_each(|process| self.take_in(process));
    }

    fn take_in(&self, process: i32) {
        let adopted = self.0.as_ref().map(|group| group.adopt(process.unsigned_abs()));
        let marked = fs::write(format!("/proc/{process}/oom_score_adj"), FIRST_TO_GO);
        if let Err(error) = adopted.unwrap_or(Ok(())).and(marked) {
            // It may have just ended.
            tracing::debug!(process, %error, "a language server's process is not held");
        }
    }
}

/// Data, not address space: servers map far more than they use.
fn limit_data(process: Option<Pid>, memory: u64) {
    let limit = Rlimit { current: Some(memory), maximum: Some(memory) };
    if let Err(error) = rustix::process::prlimit(process, Resource::Data, limit) {
        tracing::debug!(%error, "a language server runs without its memory limit");
    }
}
