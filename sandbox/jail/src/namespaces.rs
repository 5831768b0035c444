//! Namespaces, the empty root, and the directories to write in.

use std::ffi::CString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use rustix::process::{Pid, WaitOptions, WaitStatus};
use rustix::thread::UnshareFlags;

use crate::enter::die_with_parent;
use crate::{JailError, Tmp, lockdown, os};

// AWS: the user functions run as in Lambda's sandbox.
pub(crate) const INSIDE_UID: u32 = 993;
pub(crate) const INSIDE_GID: u32 = 990;

/// Unshares everything and continues as process 1 of the new process namespace. Returns the directories to write in.
pub(crate) fn unshare(tmp: &Tmp) -> Result<Vec<PathBuf>, JailError> {
    separate()?;
    empty_root(tmp).map_err(os("move into an empty root"))
}

/// Unshares everything and continues as process 1 of the new process namespace, in the mounts that there were.
pub(crate) fn separate() -> Result<(), JailError> {
    let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    unshare_flags(UnshareFlags::NEWUSER).map_err(os("unshare the user namespace"))?;
    map_ids(uid, gid).map_err(os("map the user"))?;
    unshare_flags(
        UnshareFlags::NEWNS
            | UnshareFlags::NEWNET
            | UnshareFlags::NEWIPC
            | UnshareFlags::NEWUTS
            | UnshareFlags::NEWPID
            | UnshareFlags::NEWCGROUP,
    )
    .map_err(os("unshare the namespaces"))?;
    rustix::system::sethostname(b"sandbox").map_err(os("name the sandbox"))?;
    become_first_process()
}

/// Where namespaces are not allowed: ordinary directories in the one we are in, limited by Landlock.
pub(crate) fn plain_directories(tmp: &Tmp) -> Result<Vec<PathBuf>, JailError> {
    if tmp.fallback.is_none() {
        return Ok(Vec::new());
    }
    (0..tmp.slots)
        .map(|slot| {
            let path = PathBuf::from(slot.to_string());
            fs::create_dir(&path).map_err(os("make a directory to write in"))?;
            Ok(path)
        })
        .collect()
}

fn unshare_flags(flags: UnshareFlags) -> rustix::io::Result<()> {
    // SAFETY: `FILES` is not among the flags, and there is a single thread.
    unsafe { rustix::thread::unshare_unsafe(flags) }
}

fn map_ids(uid: u32, gid: u32) -> io::Result<()> {
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{INSIDE_UID} {uid} 1"))?;
    fs::write("/proc/self/gid_map", format!("{INSIDE_GID} {gid} 1"))
}

/// Forks: the child goes on inside the process namespace, the parent gives up all it may do but to wait, and passes the
/// end on. When process 1 ends, the kernel kills whatever else is in there.
fn become_first_process() -> Result<(), JailError> {
    let (mut confined, confining) = io::pipe().map_err(os("make a pipe"))?;
    // SAFETY: there is a single thread, so the child finds every lock free and may run ordinary code.
    match unsafe { libc::fork() } {
        -1 => Err(JailError::Os("fork", io::Error::last_os_error())),
        0 => {
            drop(confining);
            die_with_parent(0)?;
            // Ends when the parent has let go of its end.
            io::copy(&mut confined, &mut io::sink()).map_err(os("wait for the parent"))?;
            Ok(())
        }
        child => {
            drop(confined);
            // With its powers it does not stay: it ends, and the child with it.
            let status = lockdown::only_wait().map_or(1, |()| {
                drop(confining);
                wait_for(child)
            });
            // SAFETY: ends at once without running exit handlers, which belong to the child's copy of the program.
            unsafe { libc::_exit(status) }
        }
    }
}

fn wait_for(child: i32) -> i32 {
    let pid = Pid::from_raw(child);
    loop {
        match rustix::process::waitpid(pid, WaitOptions::empty()) {
            Ok(Some((_, status))) => return exit_code(status),
            Err(rustix::io::Errno::INTR) | Ok(None) => {}
            Err(_) => return 1,
        }
    }
}

/// As a shell says it: 128 and the signal's number.
fn exit_code(status: WaitStatus) -> i32 {
    status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal)).unwrap_or(1)
}

/// A root of its own in memory, holding nothing but the directories to write in; the old one is let go.
fn empty_root(tmp: &Tmp) -> io::Result<Vec<PathBuf>> {
    let base = ["/tmp", "/mnt", "/var"].into_iter().map(Path::new).find(|path| path.is_dir());
    let base = base.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no directory to mount on"))?;
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    mount_memory(base, 1 << 20, tmp.slots.into())?;
    for slot in 0..tmp.slots {
        let path = base.join(slot.to_string());
        fs::create_dir(&path)?;
        mount_memory(&path, tmp.bytes, tmp.files)?;
    }
    rustix::process::chdir(base)?;
    // The old root is stacked over the new one and lifted off: no directory is needed to put it in.
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")?;
    rustix::mount::mount_remount("/", MountFlags::RDONLY | restrictions(), "")?;
    Ok((0..tmp.slots).map(|slot| Path::new("/").join(slot.to_string())).collect())
}

fn mount_memory(path: &Path, bytes: u64, files: u64) -> io::Result<()> {
    // The root of the file system counts as a file too, and so does a mount point for each slot.
    let options =
        format!("size={bytes},nr_inodes={},mode=0700,uid={INSIDE_UID},gid={INSIDE_GID}", files + 16);
    let options = CString::new(options).expect("no NUL in digits");
    rustix::mount::mount("tmpfs", path, "tmpfs", restrictions(), Some(options.as_c_str()))?;
    Ok(())
}

fn restrictions() -> MountFlags {
    MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC
}
