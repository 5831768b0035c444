//! Starting a jailed process, from one thread that never ends: the kernel sends the death signal when the *thread*
//! that started a process ends, and an executor's threads come and go.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use cgroup::{Cgroup, CgroupLimits};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags};

use crate::spec::Orders;
use crate::{Spec, chain};

/// How long the end of the program waits for what is left of its jails to be taken away.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running jailed process. Dropping it kills it and everything it started.
#[derive(Debug)]
pub struct Jailed {
    id: u32,
    /// There until this is dropped.
    remains: Option<Remains>,
}

/// What there is of a jail, and what its end leaves to be taken away.
#[derive(Debug)]
struct Remains {
    child: Child,
    cgroup: Option<Cgroup>,
    /// What it writes to where it has no memory of its own to mount.
    scratch: Option<PathBuf>,
}

impl Jailed {
    /// The process id, as seen from here.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Changes the limits of its control group, if it has one.
    pub fn limit(&self, limits: CgroupLimits) {
        if let Some(Err(error)) = self.cgroup().map(|group| group.set(limits)) {
            tracing::warn!(%error, "a control group's limits could not be changed");
        }
    }

    /// Stops all of it, or lets it go on, where its control group can do that.
    pub fn freeze(&self, frozen: bool) -> bool {
        self.cgroup().is_some_and(|group| group.freeze(frozen))
    }

    /// The most memory that all of it held at once, where it has a control group.
    pub fn peak_bytes(&self) -> Option<u64> {
        self.cgroup()?.peak_bytes()
    }

    /// How many of its processes were ended for want of memory.
    pub fn ended_for_memory(&self) -> u64 {
        self.cgroup().map_or(0, Cgroup::ended_for_memory)
    }

    fn cgroup(&self) -> Option<&Cgroup> {
        self.remains.as_ref().and_then(|remains| remains.cgroup.as_ref())
    }

    /// SIGKILL. Returns at once.
    pub fn kill(&mut self) {
        if let Some(remains) = &mut self.remains {
            // Fails only when it has ended by itself.
            let _ = remains.child.kill();
        }
    }

    /// Waits for its end, but no longer than that; `None` when it still runs.
    pub fn wait_for(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let Some(remains) = &mut self.remains else { return Ok(None) };
        let pid = i32::try_from(self.id).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("no such process id"))?;
        let ended = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
        let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
        let mut watched = [PollFd::new(&ended, PollFlags::IN)];
        match rustix::event::poll(&mut watched, Some(&limit)) {
            Ok(0) => Ok(None),
            Ok(_) => remains.child.wait().map(Some),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Jailed {
    fn drop(&mut self) {
        self.kill();
        if let Some(remains) = self.remains.take() {
            remains.take_away();
        }
    }
}

/// Jails whose remains are being taken away.
static LEAVING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

impl Remains {
    /// On a thread of its own: the kernel may take its time, and what it wrote may be millions of files.
    fn take_away(mut self) {
        *leaving() += 1;
        let away = move || {
            // It was killed: the wait ends.
            let _ = self.child.wait();
            drop(self.cgroup.take());
            if let Some(Err(error)) = self.scratch.as_deref().map(folders::remove_path) {
                tracing::warn!(error = chain(&error), "what a jail wrote stays behind");
            }
            *leaving() -= 1;
            LEAVING.1.notify_all();
        };
        if thread::Builder::new().name("jail's end".into()).spawn(away).is_err() {
            // Its zombie and its files stay until the next start.
            *leaving() -= 1;
        }
    }
}

fn leaving() -> MutexGuard<'static, usize> {
    LEAVING.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// At the end of the program: waits a moment for what dropped jails leave to be taken away. What remains after that,
/// the next start removes.
pub fn clean_up() {
    let waited = LEAVING.1.wait_timeout_while(leaving(), PATIENCE, |count| *count > 0);
    drop(waited);
    cgroup::remove_groups();
}

/// Starts `command` with `spec` as its last argument, for [`crate::enter`]. Its environment is empty and it belongs to
/// no terminal's foreground group, so that a key press meant for us does not reach it.
pub fn launch(mut command: Command, mut spec: Spec, limits: CgroupLimits) -> io::Result<Jailed> {
    use std::os::unix::process::CommandExt;

    let scratch = spec.tmp.fallback.as_deref().map(own_scratch).transpose()?;
    spec.tmp.fallback.clone_from(&scratch);
    let cgroup = Cgroup::create(limits);
    if cgroup.is_none() {
        // LIMIT: without control groups each process is limited by itself, and what it keeps in /tmp is not.
        let data = spec.limits.data_bytes.unwrap_or(u64::MAX).min(limits.memory_bytes);
        spec.limits.data_bytes = Some(data);
    }
    let cgroup_procs = cgroup.as_ref().map(Cgroup::procs).unwrap_or_default();
    let orders = Orders { spec, cgroup_procs, parent: std::process::id() };
    command.env_clear().process_group(0).arg(orders.to_arg());
    let program = PathBuf::from(command.get_program());
    let (answer, result) = channel();
    launcher().send((command, answer)).map_err(|_| io::Error::other("the launching thread has ended"))?;
    let child = result.recv().map_err(|_| io::Error::other("the launching thread has ended"))?;
    let child = child.map_err(|error| {
        io::Error::new(error.kind(), format!("failed to start {}: {error}", program.display()))
    })?;
    Ok(Jailed { id: child.id(), remains: Some(Remains { child, cgroup, scratch }) })
}

/// A directory for one jail below that one: what one function writes is no other's. Whoever the worker becomes may use
/// it, and nobody else comes by, for `below` is in a folder that is its owner's alone.
fn own_scratch(below: &Path) -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let own = below.join(format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    let made =
        fs::create_dir_all(&own).and_then(|()| fs::set_permissions(&own, fs::Permissions::from_mode(0o777)));
    let failed = |error: io::Error| {
        io::Error::new(error.kind(), format!("failed to make the scratch folder {}: {error}", own.display()))
    };
    made.map_err(failed)?;
    Ok(own)
}

type Request = (Command, Sender<io::Result<Child>>);

fn launcher() -> Sender<Request> {
    static LAUNCHER: OnceLock<Sender<Request>> = OnceLock::new();
    LAUNCHER
        .get_or_init(|| {
            let (sender, requests) = channel();
            // Without its thread every send fails, and says so.
            let _ = thread::Builder::new().name("jail launcher".into()).spawn(move || serve(&requests));
            sender
        })
        .clone()
}

fn serve(requests: &Receiver<Request>) {
    while let Ok((mut command, answer)) = requests.recv() {
        // Nobody listens any more: the child is dropped, and ends when its socket closes.
        let _ = answer.send(command.spawn());
    }
}
