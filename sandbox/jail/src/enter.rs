//! The worker's first act: from an ordinary process to a jailed one.

use std::path::PathBuf;

use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use rustix::thread::{Gid, Uid};

use crate::spec::{Limits, Orders};
use crate::{Isolation, JailError, lockdown, namespaces, os};

/// Where a root agent's workers end up: nobody, who owns nothing.
const NOBODY: u32 = 65_534;

/// What the worker finds once inside.
#[derive(Debug)]
pub struct Entered {
    /// The walls that stand.
    pub isolation: Isolation,
    /// The directories it may write to.
    pub tmp: Vec<PathBuf>,
}

/// Locks this process in, by the last of the arguments that [`crate::launch`] gave it. Call it first in `main`, before
/// any thread exists: threads would stay outside.
pub fn enter(argument: &str) -> Result<Entered, JailError> {
    let Orders { spec, cgroup_procs, parent } = Orders::from_arg(argument)?;
    die_with_parent(parent)?;
    be_the_first_to_go();
    let mut isolation = Isolation { cgroup: cgroup::join(&cgroup_procs), ..Isolation::default() };
    limit(&spec.limits)?;
    if let Some(fallback) = &spec.tmp.fallback {
        // While we still may go there: its parents are closed to whom we become.
        rustix::process::chdir(fallback).map_err(os("enter the directory to write in"))?;
    }
    give_up_root()?;
    let tmp = match namespaces::unshare(&spec.tmp) {
        Ok(inside) => {
            isolation.namespaces = true;
            isolation.private_tmp = true;
            inside
        }
        Err(error) => {
            tracing::debug!(%error, "namespaces are not to be had");
            namespaces::plain_directories(&spec.tmp)?
        }
    };
    lockdown::drop_capabilities()?;
    isolation.landlock = lockdown::landlock(&tmp, lockdown::all_scopes());
    isolation.seccomp = lockdown::seccomp();
    if isolation.any() { Ok(Entered { isolation, tmp }) } else { Err(JailError::NoWalls) }
}

/// SIGKILL when the parent ends, however it ends.
pub(crate) fn die_with_parent(parent: u32) -> Result<(), JailError> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(os("set the death signal"))?;
    // It may have ended before the signal was set. Inside a new process namespace the parent shows as none.
    // Not rustix's getppid: it counts as pure, so that an optimised build asks once and remembers it across the fork.
    let now = std::os::unix::process::parent_id();
    if now == parent { Ok(()) } else { Err(JailError::Orphan) }
}

/// When memory runs out on the machine, a worker is ended and not the agent, nor anything else of the person's.
pub(crate) fn be_the_first_to_go() {
    if let Err(error) = std::fs::write("/proc/self/oom_score_adj", "1000") {
        tracing::debug!(%error, "this process goes no sooner than others when memory runs out");
    }
}

pub(crate) fn limit(limits: &Limits) -> Result<(), JailError> {
    let wanted = [
        (Resource::Core, Some(0)),
        (Resource::Data, limits.data_bytes),
        (Resource::Cpu, limits.cpu_seconds),
        (Resource::Fsize, limits.file_bytes),
        (Resource::Nofile, limits.open_files),
    ];
    for (resource, limit) in wanted {
        let Some(limit) = limit else { continue };
        let highest = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let limit = Some(limit.min(highest));
        rustix::process::setrlimit(resource, Rlimit { current: limit, maximum: limit })
            .map_err(os("set a resource limit"))?;
    }
    if limits.file_bytes.is_some() {
        // SAFETY: no handler is installed; a write beyond the limit now fails instead of ending the process.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    }
    if limits.nice > 0 {
        rustix::process::setpriority_process(None, limits.nice).map_err(os("lower the priority"))?;
    }
    Ok(())
}

/// A worker of root becomes nobody; any other user stays who he is. So does a root who may not change, in a container
/// with a single user: he is root of that container only, and what power that is goes with the capabilities.
pub(crate) fn give_up_root() -> Result<(), JailError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    match become_nobody() {
        Err(Errno::PERM | Errno::INVAL) => tracing::debug!("root stays root: there is nobody to become"),
        changed => changed.map_err(os("drop the user"))?,
    }
    // A change of user forgets the death signal and closes /proc/self, which the user namespace's maps need.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(os("set the death signal"))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::Dumpable).map_err(os("open /proc/self"))
}

fn become_nobody() -> rustix::io::Result<()> {
    let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(gid, gid, gid)?;
    rustix::thread::set_thread_res_uid(uid, uid, uid)
}
