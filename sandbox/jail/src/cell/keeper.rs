//! Process 1 of a cell.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

use landlock::Scope;
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Pid, Signal, WaitOptions, WaitStatus};

use super::program::{self, Walls};
use super::rooms;
use super::words::{End, Line, Order, Program, Rooms, Word, send};
use crate::spec::Orders;
use crate::{CgroupKind, Isolation, JailError, enter, lockdown, namespaces, os};

/// Becomes the keeper of a cell, by the last of the arguments that [`crate::launch`] gave, and keeps it until the other side
/// of its standard input is closed. Call it first in `main`, before any thread exists.
pub fn keep(argument: &str) -> Result<(), JailError> {
    let Orders { spec, cgroup_procs, parent } = Orders::from_arg(argument)?;
    enter::die_with_parent(parent)?;
    enter::be_the_first_to_go();
    let cgroup = cgroup::join(&cgroup_procs);
    enter::limit(&spec.limits)?;
    enter::give_up_root()?;
    // LIMIT: without namespaces there is no /var/task and no loopback of its own, and programs would see the machine.
    namespaces::separate()?;
    // Its programs have the same user and are not to look into it.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(os("close /proc/self"))?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    loopback_up().map_err(os("start the loopback"))?;
    let children = children().map_err(os("hear of children"))?;
    let isolation = Isolation { namespaces: true, private_tmp: true, cgroup, ..Isolation::default() };
    let filters = lockdown::seccomp_programs().unwrap_or_default();
    let walls = Walls { filters, count_tasks: cgroup == CgroupKind::None };
    let keeper = Keeper { children, isolation, walls, running: BTreeMap::new(), line: Line::default() };
    keeper.run().map_err(os("keep the cell"))
}

struct Keeper {
    /// Readable when a child has ended.
    children: OwnedFd,
    isolation: Isolation,
    walls: Walls,
    /// The programs that were started, by process.
    running: BTreeMap<i32, String>,
    line: Line,
}

impl Keeper {
    fn run(mut self) -> io::Result<()> {
        let stdin = io::stdin();
        let socket = stdin.as_fd();
        loop {
            let mut watched =
                [PollFd::new(&socket, PollFlags::IN), PollFd::new(&self.children, PollFlags::IN)];
            match rustix::event::poll(&mut watched, None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let [told, ended] = watched.map(|one| !one.revents().is_empty());
            if ended {
                self.reap(socket)?;
            }
            if told && !self.hear(socket)? {
                return Ok(());
            }
        }
    }

    /// False at the end of what is said.
    fn hear(&mut self, socket: BorrowedFd<'_>) -> io::Result<bool> {
        if !self.line.fill(&socket)? {
            return Ok(false);
        }
        while let Some((order, files)) = self.line.frame::<Order>()? {
            let said = match order {
                Order::Furnish { binds, listen } => rooms::furnish(&binds, &mut files.into_iter())
                    .and_then(|()| listeners(&listen))
                    .and_then(|(ports, sockets)| {
                        let files: Vec<_> = sockets.iter().map(AsFd::as_fd).collect();
                        send(&socket, &Word::Furnished { ports }, &files)
                    })
                    .err()
                    .map(|error| Word::Failed(format!("build its rooms: {error}"))),
                Order::Connect { port } => match connect(port) {
                    Ok(other) => send(&socket, &Word::Connected, &[other.as_fd()]).err().as_ref().map(failed),
                    Err(error) => Some(failed(&error)),
                },
                Order::Assign(rooms) => Some(self.assign(&rooms, files)),
                Order::Start(program) => Some(self.start(program, files)),
                Order::Signal { name, signal } => {
                    self.signal(&name, signal);
                    None
                }
                Order::Freeze => signal_all(libc::SIGSTOP),
                Order::Thaw => signal_all(libc::SIGCONT),
            };
            if let Some(word) = said {
                send(&socket, &word, &[])?;
            }
        }
        Ok(true)
    }

    fn assign(&mut self, rooms: &Rooms, files: Vec<OwnedFd>) -> Word {
        match rooms::assign(rooms, &mut files.into_iter()) {
            Ok(()) => {}
            Err(error) => return Word::Failed(format!("be assigned: {error}")),
        }
        if let Err(error) = lockdown::drop_capabilities() {
            return Word::Failed(crate::chain(&error));
        }
        // It must still be able to signal what was started before.
        self.isolation.landlock = lockdown::landlock_programs(&["/tmp"], Scope::AbstractUnixSocket.into());
        self.isolation.seccomp = !self.walls.filters.is_empty() && lockdown::apply(&self.walls.filters);
        Word::Assigned(self.isolation.clone())
    }

    fn start(&mut self, program: Program, files: Vec<OwnedFd>) -> Word {
        match program::start(&program, files.into_iter(), &self.walls) {
            Ok(process) => {
                self.running.insert(process as i32, program.name.clone());
                Word::Started(program.name)
            }
            Err(error) => Word::NotStarted {
                name: program.name,
                errno: error.raw_os_error(),
                reason: error.to_string(),
            },
        }
    }

    fn signal(&self, name: &str, signal: i32) {
        let found = self.running.iter().find(|(_, running)| *running == name);
        let process = found.and_then(|(process, _)| Pid::from_raw(*process));
        if let (Some(process), Some(signal)) = (process, Signal::from_named_raw(signal)) {
            // Fails only where it has ended.
            let _ = rustix::process::kill_process_group(process, signal);
        }
    }

    /// All that have ended, orphans too.
    fn reap(&mut self, socket: BorrowedFd<'_>) -> io::Result<()> {
        let mut noted = [0; 1024];
        // What it says is only that there are some.
        let _ = rustix::io::read(&self.children, &mut noted);
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((process, status))) => {
                    if let Some(name) = self.running.remove(&process.as_raw_pid()) {
                        send(&socket, &Word::Ended { name, end: end(status) }, &[])?;
                    }
                }
                Ok(None) | Err(Errno::CHILD) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Within its loopback a connection is there at once, or refused; one whose listener is full is not waited for.
fn connect(port: u16) -> io::Result<TcpStream> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_millis(50))
}

fn failed(error: &io::Error) -> Word {
    Word::Failed(format!("connect: {error}"))
}

fn end(status: WaitStatus) -> End {
    match status.terminating_signal() {
        Some(signal) => End::Signal(signal),
        None => End::Exit(status.exit_status().unwrap_or(1)),
    }
}

/// From process 1 this is everybody else in the cell.
fn signal_all(signal: i32) -> Option<Word> {
    // SAFETY: a plain system call. It fails only where there is nobody.
    unsafe { libc::kill(-1, signal) };
    None
}

fn listeners(ports: &[u16]) -> io::Result<(Vec<u16>, Vec<TcpListener>)> {
    let mut open = (Vec::new(), Vec::new());
    for port in ports {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, *port))?;
        open.0.push(socket.local_addr()?.port());
        open.1.push(socket);
    }
    Ok(open)
}

/// A file that is readable when a child has ended.
fn children() -> io::Result<OwnedFd> {
    // SAFETY: the set is initialised by `sigemptyset` before it is read, and the descriptor is new and nobody else's.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        if libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
        match libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) {
            -1 => Err(io::Error::last_os_error()),
            file => Ok(OwnedFd::from_raw_fd(file)),
        }
    }
}

fn loopback_up() -> io::Result<()> {
    let socket = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::DGRAM, None)?;
    // SAFETY: the request is plain data that outlives both calls, and named as the kernel wants it.
    unsafe {
        let mut request: libc::ifreq = std::mem::zeroed();
        for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
            *to = *from as libc::c_char;
        }
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
        if libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}
