//! Control groups: version 2 where it can be had, else version 1, else none.
//!
//! The launcher makes the group and sets its limits; the worker only writes itself into it, so that nothing it may
//! write to afterwards could lift them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::CgroupKind;

const MOUNT: &str = "/sys/fs/cgroup";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// What a group may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CgroupLimits {
    /// Memory of all its processes, in bytes, what they wrote to `/tmp` included.
    pub memory_bytes: u64,
    /// Processes and threads.
    pub tasks: u64,
}

/// A group of our own. Dropping it removes it, or leaves that to a later one and at last to [`remove_groups`]: its
/// processes must have ended.
#[derive(Debug)]
pub struct Cgroup {
    kind: CgroupKind,
    memory: PathBuf,
    tasks: PathBuf,
}

impl Cgroup {
    /// A new group below the one we are in, if we may make one.
    pub fn create(limits: CgroupLimits) -> Option<Self> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let name = format!("cumulo-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let group = v2(&own, &name).or_else(|| v1(&own, &name))?;
        match group.set(limits) {
            Ok(()) => Some(group),
            Err(error) => {
                tracing::debug!(%error, "control group limits are not to be had");
                None
            }
        }
    }

    /// Changes the limits.
    pub fn set(&self, limits: CgroupLimits) -> io::Result<()> {
        let (memory, tasks) = match self.kind {
            CgroupKind::V2 => ("memory.max", "pids.max"),
            _ => ("memory.limit_in_bytes", "pids.max"),
        };
        fs::write(self.memory.join(memory), limits.memory_bytes.to_string())?;
        fs::write(self.tasks.join(tasks), limits.tasks.to_string())
    }

    /// The files a process writes itself into.
    pub(crate) fn procs(&self) -> Vec<PathBuf> {
        let mut all = vec![self.memory.join("cgroup.procs")];
        if self.tasks != self.memory {
            all.push(self.tasks.join("cgroup.procs"));
        }
        all
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let mut ending = ending();
        ending.extend([self.memory.clone(), self.tasks.clone()]);
        ending.retain(|dir| !removed(dir));
    }
}

/// Removes the groups of jails that are no more: at the end of the program, for the kernel takes a moment to take down
/// a group's last process. What remains after that, the next start removes.
pub fn remove_groups() {
    for _ in 0..100 {
        let mut ending = ending();
        ending.retain(|dir| !removed(dir));
        if ending.is_empty() {
            return;
        }
        drop(ending);
        thread::sleep(Duration::from_millis(10));
    }
}

/// The directories of groups whose last process is still being taken down.
fn ending() -> MutexGuard<'static, Vec<PathBuf>> {
    static ENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    ENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn removed(dir: &Path) -> bool {
    fs::remove_dir(dir).is_ok() || !dir.exists()
}

/// Removes, once, what agents left that were killed.
fn remove_leftovers(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let pid =
            name.to_str().and_then(|name| name.strip_prefix("cumulo-")?.split_once('-')).map(|(pid, _)| pid);
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // In use after all, or gone: nothing to do about either.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// Moves this process into the group of those files.
pub(crate) fn join(procs: &[PathBuf]) -> CgroupKind {
    let joined = !procs.is_empty() && procs.iter().all(|file| fs::write(file, "0").is_ok());
    match (joined, procs.len()) {
        (false, _) => CgroupKind::None,
        (true, 1) => CgroupKind::V2,
        (true, _) => CgroupKind::V1,
    }
}

fn v2(own: &str, name: &str) -> Option<Cgroup> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let parent = Path::new(MOUNT).join(path);
    let offered = fs::read_to_string(parent.join("cgroup.controllers")).ok()?;
    let has = |controller: &str| offered.split_whitespace().any(|c| c == controller);
    if !has("memory") || !has("pids") {
        return None;
    }
    // Refused while we ourselves are in that group, unless it is the root: then somebody must have done it for us.
    let _ = fs::write(parent.join("cgroup.subtree_control"), "+memory +pids");
    let dir = make(&parent, name)?;
    if dir.join("memory.max").exists() && dir.join("pids.max").exists() {
        return Some(Cgroup { kind: CgroupKind::V2, memory: dir.clone(), tasks: dir });
    }
    let _ = fs::remove_dir(dir);
    None
}

fn v1(own: &str, name: &str) -> Option<Cgroup> {
    let parent = |controller: &str| {
        let path = own.lines().find_map(|line| {
            let (_, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            controllers.split(',').any(|c| c == controller).then(|| path.trim_start_matches('/'))
        })?;
        Some(Path::new(MOUNT).join(controller).join(path))
    };
    let memory = make(&parent("memory")?, name)?;
    let Some(tasks) = parent("pids").and_then(|dir| make(&dir, name)) else {
        let _ = fs::remove_dir(memory);
        return None;
    };
    Some(Cgroup { kind: CgroupKind::V1, memory, tasks })
}

fn make(parent: &Path, name: &str) -> Option<PathBuf> {
    static CLEANED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    let mut cleaned = CLEANED.lock().unwrap_or_else(PoisonError::into_inner);
    if !cleaned.iter().any(|done| done == parent) {
        remove_leftovers(parent);
        cleaned.push(parent.to_owned());
    }
    let dir = parent.join(name);
    fs::create_dir(&dir).ok().map(|()| dir)
}
