//! One control group, and the one above all of them.
//!
//! All groups of this program share one above theirs, which leaves a part of the machine to everybody else. Who starts a
//! process makes its group and sets its limits. A worker only writes itself into its own, so that nothing it may write to
//! afterwards could lift them; a program that knows nothing of this is put into its group.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::memory::machine_memory;

const MOUNT: &str = "/sys/fs/cgroup";

/// Processes and threads of all groups together.
const ALL_TASKS: u64 = 8192;

/// The group above all of this program.
static ABOVE: OnceLock<Option<Cgroup>> = OnceLock::new();

/// Which control groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CgroupKind {
    /// Neither: rlimits alone.
    #[default]
    None,
    /// Version 1 hierarchies.
    V1,
    /// The unified hierarchy.
    V2,
}

/// What a group may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CgroupLimits {
    /// Memory of all its processes, in bytes, what they wrote to a `/tmp` in memory included.
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
    /// A new group below the one above all, if we may make one.
    pub fn create(limits: CgroupLimits) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let above = ABOVE.get_or_init(Self::above).as_ref()?;
        let name = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        above.within(&name)?.limited(limits)
    }

    /// The group above all: three quarters of the machine.
    fn above() -> Option<Self> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let name = format!("{PREFIX}{}", std::process::id());
        let group = v2(&own, &name).or_else(|| v1(&own, &name))?;
        group.limited(CgroupLimits { memory_bytes: machine_memory() / 4 * 3, tasks: ALL_TASKS })
    }

    fn within(&self, name: &str) -> Option<Self> {
        let memory = make(&self.memory, name)?;
        if self.kind == CgroupKind::V2 {
            return Some(Self { kind: self.kind, memory: memory.clone(), tasks: memory });
        }
        let Some(tasks) = make(&self.tasks, name) else {
            let _ = fs::remove_dir(memory);
            return None;
        };
        Some(Self { kind: self.kind, memory, tasks })
    }

    fn limited(self, limits: CgroupLimits) -> Option<Self> {
        match self.set(limits) {
            Ok(()) => Some(self),
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

    /// From so many bytes on its processes are slowed down and give back what they can, rather than be killed at the end.
    pub fn slow_from(&self, bytes: u64) -> io::Result<()> {
        let high = match self.kind {
            CgroupKind::V2 => "memory.high",
            _ => "memory.soft_limit_in_bytes",
        };
        fs::write(self.memory.join(high), bytes.to_string())
    }

    /// Stops all its processes, or lets them go on. False where it cannot: what is frozen in version 1 cannot even be ended.
    pub fn freeze(&self, frozen: bool) -> bool {
        let state = if frozen { "1" } else { "0" };
        self.kind == CgroupKind::V2 && fs::write(self.memory.join("cgroup.freeze"), state).is_ok()
    }

    /// The most memory that its processes held at once.
    pub fn peak_bytes(&self) -> Option<u64> {
        let file = match self.kind {
            CgroupKind::V2 => "memory.peak",
            _ => "memory.max_usage_in_bytes",
        };
        fs::read_to_string(self.memory.join(file)).ok()?.trim().parse().ok()
    }

    /// How many of its processes the kernel ended for want of memory.
    pub fn ended_for_memory(&self) -> u64 {
        let file = match self.kind {
            CgroupKind::V2 => "memory.events",
            _ => "memory.oom_control",
        };
        let text = fs::read_to_string(self.memory.join(file)).unwrap_or_default();
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok());
        count.unwrap_or(0)
    }

    /// Puts a process into it; what that starts from then on is in it, too.
    pub fn adopt(&self, process: u32) -> io::Result<()> {
        self.procs().iter().try_for_each(|file| fs::write(file, process.to_string()))
    }

    /// The files a process writes itself into.
    pub fn procs(&self) -> Vec<PathBuf> {
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

/// Removes the groups whose processes are no more: at the end of the program, for the kernel takes a moment to take down
/// a group's last process. What remains after that, the next start removes.
pub fn remove_groups() {
    for _ in 0..100 {
        let mut ending = ending();
        ending.retain(|dir| !removed(dir));
        if ending.is_empty() {
            break;
        }
        drop(ending);
        thread::sleep(Duration::from_millis(10));
    }
    if let Some(Some(above)) = ABOVE.get() {
        // Some may still be running where this program ends in haste.
        let _ = (fs::remove_dir(&above.memory), fs::remove_dir(&above.tasks));
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

/// How the groups above all others are named; the process id follows.
const PREFIX: &str = "cumulo-";

/// Removes what agents left that were killed.
fn remove_leftovers(parent: &Path) {
    for group in folders_in(parent) {
        let name = group.file_name().and_then(|name| name.to_str());
        let pid = name.and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // In use after all, or gone: nothing to do about either.
            for below in folders_in(&group) {
                let _ = fs::remove_dir(below);
            }
            let _ = fs::remove_dir(group);
        }
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// Moves this process into the group of those files.
pub fn join(procs: &[PathBuf]) -> CgroupKind {
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
    let hand_down = |group: &Path| fs::write(group.join("cgroup.subtree_control"), "+memory +pids");
    let _ = hand_down(&parent);
    remove_leftovers(&parent);
    let dir = make(&parent, name)?;
    let has = |file: &str| dir.join(file).exists();
    if has("memory.max") && has("pids.max") && hand_down(&dir).is_ok() {
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
        let parent = Path::new(MOUNT).join(controller).join(path);
        remove_leftovers(&parent);
        Some(parent)
    };
    let memory = make(&parent("memory")?, name)?;
    let Some(tasks) = parent("pids").and_then(|dir| make(&dir, name)) else {
        let _ = fs::remove_dir(memory);
        return None;
    };
    // Always so on newer kernels, which refuse to hear it.
    let _ = fs::write(memory.join("memory.use_hierarchy"), "1");
    Some(Cgroup { kind: CgroupKind::V1, memory, tasks })
}

fn make(parent: &Path, name: &str) -> Option<PathBuf> {
    let dir = parent.join(name);
    fs::create_dir(&dir).ok().map(|()| dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_of_dead_agents_go_with_what_is_in_them() {
        let parent = tempfile::tempdir().expect("a folder");
        let own = format!("{PREFIX}{}", std::process::id());
        for group in ["cumulo-4194999/0", "cumulo-4194999/1", "cumulo-4194998-7", "other/0", &own] {
            fs::create_dir_all(parent.path().join(group)).expect("made");
        }
        remove_leftovers(parent.path());
        let mut left: Vec<_> = folders_in(parent.path());
        left.sort();
        assert_eq!(left, [parent.path().join(own), parent.path().join("other")]);
    }

    #[test]
    fn a_process_that_is_put_in_is_in_with_what_it_starts() {
        let Some(group) = Cgroup::create(CgroupLimits { memory_bytes: 64 << 20, tasks: 8 }) else {
            return; // See below.
        };
        // Starts its child when it is told to, and ends it then.
        let mut shell = std::process::Command::new("/bin/sh")
            .args(["-c", "read start; sleep 1000 & read end; kill $!; wait"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("a shell");
        group.adopt(shell.id()).expect("put in");
        let mut input = shell.stdin.take().expect("its input");
        std::io::Write::write_all(&mut input, b"start\n").expect("told");
        let file = group.memory.join("cgroup.procs");
        assert!(group.peak_bytes().is_none_or(|peak| peak <= 64 << 20));
        assert_eq!(group.ended_for_memory(), 0);
        while fs::read_to_string(&file).expect("a list").lines().count() < 2 {
            thread::yield_now();
        }
        drop(input);
        shell.wait().expect("its end");
    }

    #[test]
    fn every_group_lies_below_one_that_leaves_room_for_others() {
        let Some(group) = Cgroup::create(CgroupLimits { memory_bytes: 64 << 20, tasks: 8 }) else {
            return; // Where no groups may be made, processes have limits of their own.
        };
        group.slow_from(32 << 20).expect("slowed down");
        let above = group.memory.parent().expect("a group above");
        let (most, high) = match group.kind {
            CgroupKind::V2 => ("memory.max", "memory.high"),
            _ => ("memory.limit_in_bytes", "memory.soft_limit_in_bytes"),
        };
        let limit = |dir: &Path, file: &str| {
            fs::read_to_string(dir.join(file)).expect("a limit").trim().parse::<u64>().ok()
        };
        assert_eq!(
            (limit(&group.memory, most), limit(&group.memory, high)),
            (Some(64 << 20), Some(32 << 20))
        );
        assert!(limit(above, most).is_some_and(|all| all < machine_memory()), "{:?}", limit(above, most));
    }
}
