//! Starting a jailed process, from one thread that never ends: the kernel sends the death signal when the *thread*
//! that started a process ends, and an executor's threads come and go.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags};

use crate::spec::Orders;
use crate::{Cgroup, CgroupLimits, Spec};

/// A running jailed process. Dropping it kills it and everything it started.
#[derive(Debug)]
pub struct Jailed {
    child: Child,
    cgroup: Option<Cgroup>,
    /// What it writes to where it has no memory of its own to mount.
    scratch: Option<PathBuf>,
}

impl Jailed {
    /// The process id, as seen from here.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Changes the limits of its control group, if it has one.
    pub fn limit(&self, limits: CgroupLimits) {
        if let Some(Err(error)) = self.cgroup.as_ref().map(|group| group.set(limits)) {
            tracing::warn!(%error, "a control group's limits could not be changed");
        }
    }

    /// SIGKILL. Returns at once.
    pub fn kill(&mut self) {
        // Fails only when it has ended by itself.
        let _ = self.child.kill();
    }

    /// Waits for its end, but no longer than that; `None` when it still runs.
    pub fn wait_for(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("no such process id"))?;
        let ended = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
        let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
        let mut watched = [PollFd::new(&ended, PollFlags::IN)];
        match rustix::event::poll(&mut watched, Some(&limit)) {
            Ok(0) => Ok(None),
            Ok(_) => self.child.wait().map(Some),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Jailed {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
        if let Some(scratch) = &self.scratch
            && let Err(error) = fs::remove_dir_all(scratch)
        {
            tracing::warn!(%error, folder = %scratch.display(), "what a jail wrote stays behind");
        }
    }
}

/// Starts `command` with `spec` as its last argument, for [`crate::enter`]. Its environment is empty and it belongs to
/// no terminal's foreground group, so that a key press meant for us does not reach it.
pub fn launch(mut command: Command, mut spec: Spec, limits: CgroupLimits) -> io::Result<Jailed> {
    use std::os::unix::process::CommandExt;

    let scratch = spec.tmp.fallback.as_deref().map(own_scratch).transpose()?;
    spec.tmp.fallback.clone_from(&scratch);
    let cgroup = Cgroup::create(limits);
    let cgroup_procs = cgroup.as_ref().map(Cgroup::procs).unwrap_or_default();
    let orders = Orders { spec, cgroup_procs, parent: std::process::id() };
    command.env_clear().process_group(0).arg(orders.to_arg());
    let (answer, result) = channel();
    launcher().send((command, answer)).map_err(|_| io::Error::other("the launching thread has ended"))?;
    let child = result.recv().map_err(|_| io::Error::other("the launching thread has ended"))??;
    Ok(Jailed { child, cgroup, scratch })
}

/// A directory for one jail below that one: what one function writes is no other's. Whoever the worker becomes may use
/// it, and nobody else comes by, for `below` is in a folder that is its owner's alone.
fn own_scratch(below: &Path) -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let own = below.join(format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    fs::create_dir_all(&own)?;
    fs::set_permissions(&own, fs::Permissions::from_mode(0o777))?;
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
