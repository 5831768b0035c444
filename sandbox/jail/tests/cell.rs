//! A cell, tried from inside: what its programs reach, and what stops them.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};

use jail::cell::{Bind, End, Line, Order, Program, Rooms, Word, send, tree};
use jail::{CgroupLimits, Isolation, Jailed, Spec};

const CHECK: &str = env!("CARGO_BIN_EXE_cell-check");

struct Rig {
    process: Jailed,
    socket: UnixStream,
    line: Line,
    listeners: Vec<TcpListener>,
    isolation: Isolation,
    package: tempfile::TempDir,
}

impl Rig {
    /// A cell with the program as its package; none where this machine gives no namespaces.
    fn new() -> Option<Self> {
        let mut rig = Self::furnished()?;
        rig.assign();
        Some(rig)
    }

    /// One that is not assigned yet, and shows the program as a runtime.
    fn furnished() -> Option<Self> {
        let possible = Command::new("unshare").args(["-Urmpni", "--fork", "true"]).status();
        if !possible.is_ok_and(|status| status.success()) {
            return None;
        }
        let package = tempfile::tempdir().expect("a folder");
        // Whose programs the cell's are may be another than its owner.
        let folder = package.path().join("package");
        std::fs::create_dir(&folder).expect("made");
        std::fs::copy(CHECK, folder.join("cell-check")).expect("a program");
        std::os::unix::fs::symlink("/etc/shadow", folder.join("link")).expect("a link");
        let (socket, theirs) = UnixStream::pair().expect("sockets");
        let mut command = Command::new(CHECK);
        command.arg("keep").stdin(OwnedFd::from(theirs)).stdout(Stdio::null());
        let limits = CgroupLimits { memory_bytes: 512 << 20, tasks: 1032 };
        let process = jail::launch(command, Spec::default(), limits).expect("it starts");
        let mut rig = Self {
            process,
            socket,
            line: Line::default(),
            listeners: Vec::new(),
            isolation: Isolation::default(),
            package,
        };
        rig.furnish();
        Some(rig)
    }

    fn furnish(&mut self) {
        let (bind, found) = self.shown("/var/runtime");
        let files: Vec<_> = found.iter().map(AsFd::as_fd).collect();
        send(&self.socket, &Order::Furnish { binds: vec![bind], listen: vec![0] }, &files).expect("told");
        let (word, sockets) = self.hear();
        let Word::Furnished { ports } = word else { panic!("{word:?}") };
        self.listeners = sockets.into_iter().map(TcpListener::from).collect();
        assert_eq!((ports.len(), self.listeners.len()), (1, 1));
    }

    fn shown(&self, target: &str) -> (Bind, Option<OwnedFd>) {
        let source = self.package.path().join("package").canonicalize().expect("its path");
        let found = tree(&source);
        (Bind { source, is_tree: found.is_some(), target: target.into() }, found)
    }

    fn assign(&mut self) {
        let (bind, found) = self.shown("/var/task");
        let rooms = Rooms {
            binds: vec![bind],
            // The program itself is copied there, too.
            tmp_bytes: 64 << 20,
            tmp_files: 64,
            layered: "/opt".into(),
            layers: vec![],
        };
        let files: Vec<_> = found.iter().map(AsFd::as_fd).collect();
        send(&self.socket, &Order::Assign(rooms), &files).expect("told");
        let (word, _) = self.hear();
        let Word::Assigned(isolation) = word else { panic!("{word:?}") };
        self.isolation = isolation;
    }

    fn hear(&mut self) -> (Word, Vec<OwnedFd>) {
        loop {
            if let Some(word) = self.line.frame().expect("a frame") {
                return word;
            }
            assert!(self.line.fill(&self.socket).expect("heard"), "the keeper is gone");
        }
    }

    /// Runs the program in one of its ways, to its end. What it printed.
    fn run(&mut self, how: &str, environment: &[(&str, String)]) -> String {
        let mut said = self.start(how, environment);
        let (word, _) = self.hear();
        assert_eq!(word, Word::Ended { name: how.into(), end: End::Exit(0) });
        let mut text = vec![0; 64 << 10];
        let length = said.read(&mut text).expect("read");
        text.truncate(length);
        String::from_utf8(text).expect("text")
    }

    fn start(&mut self, how: &str, environment: &[(&str, String)]) -> io::PipeReader {
        self.start_in("/var/task", how, environment)
    }

    fn start_in(&mut self, folder: &str, how: &str, environment: &[(&str, String)]) -> io::PipeReader {
        let (said, saying) = io::pipe().expect("a pipe");
        let path = "/usr/bin:/bin".to_owned();
        let environment: BTreeMap<_, _> = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .chain([("PATH".to_owned(), path)])
            .collect();
        let program = Program {
            name: how.into(),
            path: Path::new(folder).join("cell-check"),
            arguments: vec![how.into()],
            environment,
            folder: folder.into(),
            inherits: None,
        };
        send(&self.socket, &Order::Start(program), &[saying.as_fd()]).expect("told");
        assert_eq!(self.hear().0, Word::Started(how.into()));
        said
    }
}

#[track_caller]
fn check(report: &str, what: &str, expected: &str) {
    let line = report.lines().find_map(|line| line.strip_prefix(&format!("{what}: ")));
    assert_eq!(line, Some(expected), "{what} in\n{report}");
}

#[test]
fn programs_of_a_cell_reach_what_they_are_given_and_nothing_else() {
    let Some(mut rig) = Rig::new() else { return };
    let outside = TcpListener::bind("127.0.0.1:0").expect("bound");
    let name = format!("cell-check-{}", std::process::id());
    let _abstract =
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).expect("a name")).expect("bound");
    let inside = rig.listeners[0].local_addr().expect("bound");
    let environment = [
        ("OUTSIDE", outside.local_addr().expect("bound").to_string()),
        ("INSIDE", inside.to_string()),
        ("ABSTRACT", name),
    ];
    let report = rig.run("try", &environment);
    for (what, expected) in [
        ("root", r#"".layers dev etc opt proc tmp usr var""#),
        ("passwd", "2"),
        ("program in /tmp", r#""allowed""#),
        ("write /tmp", r#""allowed""#),
        ("processes beside the keeper", "1"),
        ("plain socket", r#""allowed""#),
        ("datagrams", r#""allowed""#),
        ("the cell's listener", r#""allowed""#),
        ("another machine", "NetworkUnreachable"),
        ("the machine itself", "ConnectionRefused"),
        ("largest core", "0"),
        ("open files below 1025", "true"),
        ("then", "Some(24)"),
        ("become root", "InvalidInput"),
    ] {
        check(&report, what, expected);
    }
    for gone in [
        "/etc/shadow",
        "/root",
        "/home",
        "/sys",
        "/run",
        "/dev/mem",
        "/dev/kmsg",
        "/.outside",
        "link of the package",
        "link of its own",
        "link through /proc",
    ] {
        check(&report, gone, "NotFound");
    }
    for file in ["environ", "mem", "maps", "fd/0", "root/etc/shadow"] {
        check(&report, &format!("keeper's {file}"), "PermissionDenied");
    }
    check(&report, "device", "PermissionDenied");
    for path in ["/x", "/var/task/x", "/usr/x", "/etc/passwd", "/dev/x", "/proc/sys/kernel/hostname"] {
        let what = format!("write {path}: ");
        let refused = ["PermissionDenied", "ReadOnlyFilesystem"].map(|how| format!("{what}{how}"));
        assert!(
            report.lines().any(|line| refused.iter().any(|refused| line == refused)),
            "{what} in {report}"
        );
    }
    check_calls(&report, &rig.isolation);
}

fn check_calls(report: &str, isolation: &Isolation) {
    if !isolation.seccomp {
        return;
    }
    for call in [
        "trace the keeper",
        "read the keeper's memory",
        "mount",
        "unmount",
        "chroot",
        "unshare",
        "clone into a namespace",
        "bpf",
        "io_uring",
        "userfaultfd",
        "perf",
        "keys",
        "host name",
        "reboot",
        "type for others",
        "raw socket",
        "raw socket, flagged",
        "packet socket",
        "netlink",
        "vsock",
    ] {
        check(report, call, "PermissionDenied");
    }
    check(report, "clone3", "Unsupported");
    check(report, "a later kernel's call", "Unsupported");
}

#[test]
fn a_program_that_was_there_before_writes_where_the_others_may() {
    let Some(mut rig) = Rig::furnished() else { return };
    let inside = rig.listeners[0].local_addr().expect("bound");
    let mut said = rig.start_in("/var/runtime", "wait", &[("INSIDE", inside.to_string())]);
    let (mut waiting, _) = rig.listeners[0].accept().expect("it waits");
    rig.assign();
    waiting.write_all(b"x").expect("told");
    assert_eq!(rig.hear().0, Word::Ended { name: "wait".into(), end: End::Exit(0) });
    let mut report = String::new();
    said.read_to_string(&mut report).expect("read");
    for what in ["read /var/task", "write /tmp", "folder in /tmp"] {
        check(&report, what, r#""allowed""#);
    }
    assert!(!report.contains(r#"write /x: "allowed""#), "{report}");
}

#[test]
fn a_bomb_goes_off_in_its_cell() {
    let Some(mut rig) = Rig::new() else { return };
    let report = rig.run("bomb", &[]);
    check(&report, "processes below 1100", "true");
    check(&report, "then", "WouldBlock");
}

#[test]
fn nothing_outlives_its_cell() {
    let Some(mut rig) = Rig::new() else { return };
    let mut said = rig.start("stay", &[]);
    while !matches!(rig.hear().0, Word::Ended { .. }) {}
    drop(rig);
    // Ends when the last process does that could write to it.
    let mut text = String::new();
    said.read_to_string(&mut text).expect("read");
    assert_eq!(text, "started: true\n");
}

#[test]
fn who_listens_in_a_cell_may_be_outside() {
    let Some(mut rig) = Rig::new() else { return };
    let inside = rig.listeners[0].local_addr().expect("bound");
    rig.run("try", &[("INSIDE", inside.to_string())]);
    let (_, from) = rig.listeners[0].accept().expect("it has come");
    assert!(from.ip().is_loopback());
    TcpStream::connect(inside).expect_err("out here nobody listens");
    assert!(Path::new("/proc").join(rig.process.id().to_string()).exists());
}
