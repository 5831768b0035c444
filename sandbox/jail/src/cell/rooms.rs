//! What a cell's programs find: a system to read, a package, layers, a `/tmp`, a few devices.

use std::ffi::{CStr, CString};
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::mount::{MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags};

use super::words::{Bind, Rooms};
use crate::namespaces::{INSIDE_GID, INSIDE_UID};

/// Of the root: folders, and symbolic links to them.
const SYSTEM: [&str; 7] = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"];
/// Of `/etc`: what libraries and interpreters look for. Nothing of the machine's people or services.
const SETTINGS: [&str; 16] = [
    "alternatives",
    "ca-certificates",
    "ca-certificates.conf",
    "gai.conf",
    "host.conf",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "pki",
    "protocols",
    "services",
    "ssl",
    "timezone",
];
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
/// Where the outside is until the cell is assigned.
const OUTSIDE: &str = "/.outside";
/// Where layers are that are laid over each other.
const LAYERS: &str = "/.layers";
/// The size of `/tmp` and the number of its files until the cell is assigned: what waits there has nothing to keep.
const WAITING: (u64, u64) = (1 << 20, 16);

/// A tree of folders as a file, that a cell can mount which may not look where the tree is. Nothing where this process may
/// not make one: then it is who the cell's programs are, and the path does.
pub fn tree(path: &Path) -> Option<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE
        | OpenTreeFlags::AT_SYMLINK_NOFOLLOW;
    rustix::mount::open_tree(CWD, path, flags).ok()
}

/// The files that came with an order, in the order of its trees.
pub(super) type Trees = std::vec::IntoIter<OwnedFd>;

/// A root in memory with the system's folders in it. The old one is kept aside until [`assign`].
pub(super) fn furnish(binds: &[Bind], trees: &mut Trees) -> io::Result<()> {
    // Nothing that is to be seen lies in there.
    let base = ["/sys", "/mnt"].into_iter().map(Path::new).find(|path| path.is_dir());
    let base = base.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no directory to mount on"))?;
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    mount_memory(base, 4 << 20, 4096, 0o755, MountFlags::NOEXEC)?;
    for name in SYSTEM {
        show(&Path::new("/").join(name), &base.join(name))?;
    }
    settings(&base.join("etc"))?;
    devices(&base.join("dev"))?;
    for room in ["proc", "tmp", "opt", "var/task", "var/runtime", ".outside", ".layers"] {
        fs::create_dir_all(base.join(room))?;
    }
    // The walls of a program that is started before the cell is assigned name this very file system, and no later one.
    mount_memory(&base.join("tmp"), WAITING.0, WAITING.1, 0o700, MountFlags::empty())?;
    let plain = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    // Refused in containers whose own is covered in part.
    if let Err(error) = rustix::mount::mount("proc", base.join("proc"), "proc", plain, None::<&CStr>) {
        tracing::debug!(%error, "a cell has no /proc");
    }
    for bind in binds {
        let target = base.join(bind.target.strip_prefix("/").unwrap_or(&bind.target));
        place(&bind.source, bind.is_tree, &target, trees)?;
    }
    rustix::process::chdir(base)?;
    rustix::process::pivot_root(".", OUTSIDE.trim_start_matches('/'))?;
    rustix::process::chdir("/")?;
    Ok(())
}

/// What the cell is for. The outside is gone after it.
pub(super) fn assign(rooms: &Rooms, trees: &mut Trees) -> io::Result<()> {
    let outside = |path: &Path| Path::new(OUTSIDE).join(path.strip_prefix("/").unwrap_or(path));
    for bind in &rooms.binds {
        place(&outside(&bind.source), bind.is_tree, &bind.target, trees)?;
    }
    match rooms.layers.as_slice() {
        [] => {}
        [one] => place(&outside(&one.source), one.is_tree, &rooms.layered, trees)?,
        several => {
            let mut laid = Vec::new();
            for (number, layer) in several.iter().enumerate() {
                let target = Path::new(LAYERS).join(number.to_string());
                place(&outside(&layer.source), layer.is_tree, &target, trees)?;
                laid.push(target.display().to_string());
            }
            lay(laid, &rooms.layered)?;
        }
    }
    grow_memory(Path::new("/tmp"), rooms.tmp_bytes, rooms.tmp_files)?;
    rustix::mount::unmount(OUTSIDE, UnmountFlags::DETACH)?;
    fs::remove_dir(OUTSIDE)?;
    let plain = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    rustix::mount::mount_remount("/", MountFlags::RDONLY | plain, "")?;
    Ok(())
}

/// The last is the uppermost.
fn lay(mut layers: Vec<String>, target: &Path) -> io::Result<()> {
    layers.reverse();
    let options = CString::new(format!("lowerdir={},userxattr", layers.join(":")))?;
    let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    Ok(rustix::mount::mount("overlay", target, "overlay", flags, Some(options.as_c_str()))?)
}

/// A folder, file or symbolic link of the outside, if it is there.
fn show(source: &Path, target: &Path) -> io::Result<()> {
    let Ok(found) = fs::symlink_metadata(source) else { return Ok(()) };
    if found.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(source)?, target);
    }
    if found.is_dir() {
        fs::create_dir_all(target)?;
    } else {
        fs::write(target, "")?;
    }
    rustix::mount::mount_bind_recursive(source, target)?;
    only_read(target)
}

fn place(source: &Path, is_tree: bool, target: &Path, trees: &mut Trees) -> io::Result<()> {
    let named = |error: io::Error| {
        io::Error::new(error.kind(), format!("show {} as {}: {error}", source.display(), target.display()))
    };
    fs::create_dir_all(target).map_err(named)?;
    if is_tree {
        let tree = trees.next().ok_or_else(|| io::Error::other("a tree did not come")).map_err(named)?;
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        rustix::mount::move_mount(tree.as_fd(), "", CWD, target, flags).map_err(|e| named(e.into()))?;
    } else {
        rustix::mount::mount_bind_recursive(source, target).map_err(|e| named(e.into()))?;
    }
    only_read(target).map_err(named)
}

/// Nothing of a tree can be written, no set-user-id bit counts, and no device opens.
fn only_read(path: &Path) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let attributes = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    // SAFETY: the path ends with a zero byte and the attributes have the size that is told; both live until it returns.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::AT_RECURSIVE,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn settings(etc: &Path) -> io::Result<()> {
    fs::create_dir_all(etc)?;
    for name in SETTINGS {
        show(&Path::new("/etc").join(name), &etc.join(name))?;
    }
    for java in fs::read_dir("/etc")?.flatten() {
        if java.file_name().as_bytes().starts_with(b"java") {
            show(&java.path(), &etc.join(java.file_name()))?;
        }
    }
    // AWS: the user that functions run as.
    let user = "sbx_user1051";
    let passwd = format!(
        "root:x:0:0:root:/root:/sbin/nologin\n{user}:x:{INSIDE_UID}:{INSIDE_GID}::/home/{user}:/sbin/nologin\n"
    );
    fs::write(etc.join("passwd"), passwd)?;
    fs::write(etc.join("group"), format!("root:x:0:\n{user}:x:{INSIDE_GID}:\n"))?;
    fs::write(etc.join("hosts"), "127.0.0.1 localhost sandbox sandbox.localdomain\n")?;
    fs::write(etc.join("resolv.conf"), "")
}

fn devices(dev: &Path) -> io::Result<()> {
    fs::create_dir_all(dev)?;
    for name in DEVICES {
        let target = dev.join(name);
        fs::write(&target, "")?;
        rustix::mount::mount_bind(PathBuf::from("/dev").join(name), &target)?;
    }
    for (name, of) in [("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")] {
        std::os::unix::fs::symlink(format!("/proc/self/fd{of}"), dev.join(name))?;
    }
    Ok(())
}

fn mount_memory(path: &Path, bytes: u64, files: u64, mode: u32, flags: MountFlags) -> io::Result<()> {
    let options = format!("size={bytes},nr_inodes={files},mode={mode:o},uid={INSIDE_UID},gid={INSIDE_GID}");
    let options = CString::new(options)?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | flags;
    Ok(rustix::mount::mount("tmpfs", path, "tmpfs", flags, Some(options.as_c_str()))?)
}

/// Gives a file system in memory another size. What is in it stays.
fn grow_memory(path: &Path, bytes: u64, files: u64) -> io::Result<()> {
    let options = CString::new(format!("size={bytes},nr_inodes={files}"))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    Ok(rustix::mount::mount_remount(path, flags, options.as_c_str())?)
}
