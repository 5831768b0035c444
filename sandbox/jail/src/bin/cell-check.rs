//! What a program in a cell can really do on this machine: it tries, and prints. Each line is `what: outcome`.
//!
//! For people who set up a host, and for this crate's tests, which keep the cell with it, too.

use std::error::Error;
use std::ffi::CString;
use std::fmt::Debug;
use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::process::{Command, ExitCode};
use std::ptr::{null, null_mut};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["keep", orders] => jail::cell::keep(orders).map_err(|error| {
            let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
            io::Error::other(format!("{error}{cause}"))
        }),
        ["try"] => try_all(),
        ["bomb"] => bomb(),
        ["stay"] => stay(),
        ["wait"] => wait(),
        _ => Err(io::Error::other("keep ORDERS, or try, bomb, stay or wait in a cell")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn try_all() -> io::Result<()> {
    files()?;
    processes()?;
    calls()?;
    network()?;
    limits()
}

/// Started before the cell is assigned: waits until it is told that it was.
fn wait() -> io::Result<()> {
    TcpStream::connect(variable("INSIDE").as_str())?.read_exact(&mut [0])?;
    tell("read /var/task", fs::read("/var/task/cell-check"))?;
    tell("write /tmp", fs::write("/tmp/x", vec![0; 8 << 20]))?;
    tell("folder in /tmp", fs::create_dir("/tmp/folder"))?;
    tell("write /x", fs::write("/x", "x"))
}

fn say(what: &str, outcome: &dyn Debug) -> io::Result<()> {
    writeln!(io::stdout(), "{what}: {outcome:?}")
}

fn tell<T>(what: &str, done: io::Result<T>) -> io::Result<()> {
    match done {
        Ok(_) => say(what, &"allowed"),
        Err(error) => say(what, &error.kind()),
    }
}

/// What a plain system call came to.
fn told(what: &str, answer: i64) -> io::Result<()> {
    if answer >= 0 { say(what, &"allowed") } else { tell::<()>(what, Err(io::Error::last_os_error())) }
}

fn files() -> io::Result<()> {
    let mut root: Vec<_> = fs::read_dir("/")?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !["bin", "sbin", "lib", "lib32", "lib64", "libx32"].contains(&name.as_str()))
        .collect();
    root.sort();
    say("root", &root.join(" "))?;
    for path in ["/etc/shadow", "/root", "/home", "/sys", "/run", "/dev/mem", "/dev/kmsg", "/.outside"] {
        tell(path, fs::metadata(path))?;
    }
    say("passwd", &fs::read_to_string("/etc/passwd")?.lines().count())?;
    tell("link of the package", fs::read("/var/task/link"))?;
    std::os::unix::fs::symlink("/etc/shadow", "/tmp/link")?;
    tell("link of its own", fs::read("/tmp/link"))?;
    tell("link through /proc", fs::read("/proc/self/root/etc/shadow"))?;
    for path in ["/x", "/var/task/x", "/usr/x", "/etc/passwd", "/dev/x", "/proc/sys/kernel/hostname"] {
        tell(&format!("write {path}"), fs::write(path, "x"))?;
    }
    tell("write /tmp", fs::write("/tmp/x", "x"))?;
    tell(
        "device",
        Command::new("mknod").args(["/tmp/device", "c", "1", "1"]).output().and_then(|output| {
            if output.status.success() { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
        }),
    )?;
    fs::copy("/var/task/cell-check", "/tmp/program")?;
    tell("program in /tmp", Command::new("/tmp/program").output())
}

fn processes() -> io::Result<()> {
    let others = fs::read_dir("/proc")?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok_and(|id| id > 1))
        .count();
    say("processes beside the keeper", &others)?;
    for file in ["environ", "mem", "maps", "fd/0", "root/etc/shadow"] {
        tell(&format!("keeper's {file}"), fs::read(format!("/proc/1/{file}")))?;
    }
    // SAFETY: plain system calls on numbers.
    let (killed, asked) = unsafe { (libc::kill(1, libc::SIGKILL), libc::kill(1, 0)) };
    told("kill the keeper", killed.into())?;
    told("signal the keeper", asked.into())?;
    // SAFETY: no address is used by these requests.
    let traced = unsafe { libc::ptrace(libc::PTRACE_ATTACH, 1, null_mut::<u8>(), null_mut::<u8>()) };
    told("trace the keeper", traced)?;
    let mut byte = 0_u8;
    let local = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    let remote = libc::iovec { iov_base: (&raw const byte).cast_mut().cast(), iov_len: 1 };
    // SAFETY: both vectors name one byte that lives here.
    let read = unsafe { libc::process_vm_readv(1, &raw const local, 1, &raw const remote, 1, 0) };
    told("read the keeper's memory", read as i64)
}

fn calls() -> io::Result<()> {
    let name = CString::new("tmpfs").map_err(io::Error::other)?;
    let place = CString::new("/tmp").map_err(io::Error::other)?;
    // SAFETY: the strings end with a zero byte and live until it returns.
    let mounted = unsafe { libc::mount(name.as_ptr(), place.as_ptr(), name.as_ptr(), 0, null()) };
    told("mount", mounted.into())?;
    // SAFETY: what each is given is numbers, or nothing.
    unsafe {
        told("unmount", libc::umount2(place.as_ptr(), 0).into())?;
        told("chroot", libc::chroot(place.as_ptr()).into())?;
        told("unshare", libc::unshare(libc::CLONE_NEWUSER).into())?;
        told(
            "clone into a namespace",
            libc::syscall(libc::SYS_clone, libc::CLONE_NEWUSER | libc::SIGCHLD, 0, 0, 0, 0),
        )?;
        told("clone3", libc::syscall(libc::SYS_clone3, 0, 0))?;
        told("a later kernel's call", libc::syscall(463, 0, 0, 0, 0, 0))?;
        told("bpf", libc::syscall(libc::SYS_bpf, 0, 0, 0))?;
        told("io_uring", libc::syscall(libc::SYS_io_uring_setup, 1, 0))?;
        told("userfaultfd", libc::syscall(libc::SYS_userfaultfd, 0))?;
        told("perf", libc::syscall(libc::SYS_perf_event_open, 0, 0, 0, 0, 0))?;
        told("keys", libc::syscall(libc::SYS_keyctl, 0, 0, 0, 0, 0))?;
        told("host name", libc::sethostname(place.as_ptr(), 4).into())?;
        told("become root", libc::setuid(0).into())?;
        told("reboot", libc::reboot(libc::RB_AUTOBOOT).into())?;
        told("type for others", libc::ioctl(0, libc::TIOCSTI, place.as_ptr()).into())
    }
}

fn network() -> io::Result<()> {
    let kinds = [
        ("raw socket", libc::AF_INET, libc::SOCK_RAW),
        ("raw socket, flagged", libc::AF_INET, libc::SOCK_RAW | libc::SOCK_CLOEXEC),
        ("packet socket", libc::AF_PACKET, libc::SOCK_DGRAM),
        ("netlink", libc::AF_NETLINK, libc::SOCK_RAW),
        ("vsock", libc::AF_VSOCK, libc::SOCK_STREAM),
        ("plain socket", libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC),
        ("datagrams", libc::AF_INET6, libc::SOCK_DGRAM),
    ];
    for (what, family, kind) in kinds {
        // SAFETY: numbers alone.
        told(what, unsafe { libc::socket(family, kind, 0) }.into())?;
    }
    tell("another machine", TcpStream::connect("10.0.0.1:80"))?;
    tell("the machine itself", TcpStream::connect(variable("OUTSIDE").as_str()))?;
    tell("the cell's listener", TcpStream::connect(variable("INSIDE").as_str()))?;
    let name = SocketAddr::from_abstract_name(variable("ABSTRACT"))?;
    tell("an abstract socket", UnixStream::connect_addr(&name))
}

fn limits() -> io::Result<()> {
    let mut core = libc::rlimit { rlim_cur: 1, rlim_max: 1 };
    // SAFETY: the struct is written whole.
    unsafe { libc::getrlimit(libc::RLIMIT_CORE, &raw mut core) };
    say("largest core", &core.rlim_max)?;
    let mut open = Vec::new();
    let error = loop {
        match fs::File::open("/dev/null") {
            Ok(file) => open.push(file),
            Err(error) => break error,
        }
    };
    let count = open.len();
    drop(open);
    say("open files below 1025", &(count < 1025))?;
    say("then", &error.raw_os_error())
}

/// Starts processes until there may be no more.
fn bomb() -> io::Result<()> {
    let mut all = Vec::new();
    let error = loop {
        match Command::new("/usr/bin/sleep").arg("600").spawn() {
            Ok(child) => all.push(child),
            Err(error) => break error,
        }
        if all.len() > 4000 {
            break io::Error::other("without end");
        }
    };
    say("processes below 1100", &(all.len() < 1100))?;
    say("then", &error.kind())
}

/// Leaves a process behind that wants to stay.
fn stay() -> io::Result<()> {
    Command::new("setsid").args(["sleep", "600"]).spawn()?;
    say("started", &true)
}

#[expect(clippy::disallowed_methods, reason = "what is tried is told by the environment of who tries")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
