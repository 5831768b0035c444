//! What a jailed process can really do on this machine: `jail-check` starts itself in a jail, tries, and prints.
//!
//! For people who set up a host, and for this crate's tests. Each line is `what: outcome`.

use std::error::Error;
use std::fs;
use std::io::{self, BufRead, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode};
use std::time::Duration;

use jail::{CgroupLimits, Entered, JailError, Limits, Spec, Tmp};
use rustix::process::{Pid, test_kill_process};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

/// The last line of what the jailed process says.
const ALL: &str = "that is all";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [inside, orders] if inside == "inside" => {
            jail::enter(orders).map_err(|error| with_cause(&error)).and_then(|entered| report(&entered))
        }
        [how] if how == "without-namespaces" => refuse_unshare().and_then(|()| outside()),
        _ => outside(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The exit status alone would not say why.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes this a machine that allows no namespaces, as most containers are.
fn refuse_unshare() -> io::Result<()> {
    let filter = SeccompFilter::new(
        [(libc::SYS_unshare, vec![])].into(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM as u32),
        std::env::consts::ARCH.try_into().map_err(io::Error::other)?,
    );
    let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(io::Error::other)?;
    seccompiler::apply_filter(&program).map_err(io::Error::other)
}

fn with_cause(error: &JailError) -> io::Error {
    let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
    io::Error::other(format!("{error}{cause}"))
}

fn outside() -> io::Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    let (theirs, ours) = io::pipe()?;
    let (said, saying) = io::pipe()?;
    command.arg("inside").stdin(theirs).stdout(saying);
    let spec = Spec {
        tmp: Tmp {
            slots: 2,
            bytes: 1 << 20,
            files: 8,
            fallback: Some(std::env::temp_dir().join("jail-check")),
        },
        limits: Limits { open_files: Some(64), ..Limits::default() },
    };
    let mut child = jail::launch(command, spec, CgroupLimits { memory_bytes: 64 << 20, tasks: 16 })?;
    // The jailed process then waits, so that what is around it can be looked at.
    let said = io::BufReader::new(said).lines().take_while(|line| !matches!(line.as_deref(), Ok(ALL)));
    said.into_iter().try_for_each(|line| writeln!(io::stdout(), "{}", line?))?;
    look_at(child.id())?;
    drop(ours);
    let ended = match child.wait_for(Duration::from_secs(10))? {
        Some(status) if status.success() => Ok(()),
        status => Err(io::Error::other(format!("the jailed process ended with {status:?}"))),
    };
    drop(child);
    jail::clean_up();
    ended
}

/// The process that was started: where there are namespaces, it waits for the one inside.
fn look_at(process: u32) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let of = |file: &str| fs::read_to_string(format!("/proc/{process}/{file}"));
    writeln!(out, "sooner to go than others: {}", of("oom_score_adj")?.trim())?;
    let status = of("status")?;
    for line in status.lines().filter(|line| line.starts_with("Cap") || line.starts_with("Seccomp:")) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        writeln!(out, "outside {name}: {}", value.trim())?;
    }
    Ok(())
}

fn report(entered: &Entered) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "isolation: {}", entered.isolation)?;
    let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
    writeln!(out, "parent's id: {parent}")?;
    writeln!(out, "read /etc/passwd: {}", tell(fs::read("/etc/passwd")))?;
    writeln!(out, "list /: {}", tell(fs::read_dir("/")))?;
    writeln!(out, "write /x: {}", tell(fs::write("/x", "x")))?;
    writeln!(out, "read /proc/1/environ: {}", tell(fs::read("/proc/1/environ")))?;
    writeln!(out, "start a program: {}", tell(Command::new("/bin/true").status()))?;
    writeln!(out, "connect: {}", tell(TcpStream::connect("127.0.0.1:22")))?;
    writeln!(out, "bind: {}", tell(UdpSocket::bind("127.0.0.1:0")))?;
    writeln!(out, "connect to a socket file: {}", tell(UnixStream::connect("/run/agent.sock")))?;
    writeln!(out, "signal a process: {}", tell(test_kill_process(Pid::INIT).map_err(Into::into)))?;
    writeln!(out, "start a thread: {}", tell(std::thread::Builder::new().spawn(|| ())))?;
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    writeln!(out, "host name: {name}")?;
    for tmp in &entered.tmp {
        writeln!(out, "write to tmp: {}", tell(fs::write(tmp.join("file"), [0; 1000])))?;
        writeln!(out, "fill tmp: {}", tell(fs::write(tmp.join("big"), vec![0; 2 << 20])))?;
        let many = (0..100).try_for_each(|number| fs::write(tmp.join(format!("n{number}")), ""));
        writeln!(out, "many files: {}", tell(many))?;
    }
    writeln!(out, "{ALL}")?;
    out.flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn tell<T>(result: io::Result<T>) -> String {
    match result {
        Ok(_) => "allowed".to_owned(),
        Err(error) => format!("refused ({:?})", error.kind()),
    }
}
