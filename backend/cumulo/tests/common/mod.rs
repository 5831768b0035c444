//! The real program, started in a directory of its own, and stopped with everything it runs when the test ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test file uses its part of it; a module of tests has no outside"
)]

pub mod asked;
pub mod tab;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;

/// A deadline for what must happen, far beyond what it takes.
pub const SOON: Duration = Duration::from_secs(30);

/// A directory for one test: folder, data, ready file.
pub struct Place {
    pub root: tempfile::TempDir,
}

/// A started `cumulo run` or `cumulo cloud`.
pub struct Started {
    pub child: Child,
    pub ready: Value,
    log: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    pub fn folder(&self) -> PathBuf {
        self.root.path().join("workspace")
    }

    pub fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub fn ready_file(&self) -> PathBuf {
        self.root.path().join("ready.json")
    }

    /// `cumulo` with nothing of this machine's configuration.
    pub fn cumulo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cumulo"));
        command
            .args(arguments)
            .env_remove("CUMULO_DATA")
            .env("HOME", self.root.path())
            .env("XDG_DATA_HOME", self.root.path().join("share"))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.cumulo(arguments).output().unwrap()
    }

    pub fn run_command(&self, more: &[&str]) -> Command {
        let (folder, data, ready) = (self.folder(), self.data(), self.ready_file());
        let mut arguments = vec!["run", path(&folder), "--data", path(&data), "--ready-file", path(&ready)];
        arguments.extend(["--listen", "127.0.0.1:0", "--cloud-listen", "127.0.0.1:0"]);
        arguments.extend(more);
        self.cumulo(&arguments)
    }

    /// Starts the IDE and waits until it serves.
    pub fn run(&self, more: &[&str]) -> Started {
        self.start(self.run_command(more))
    }

    pub fn start(&self, command: Command) -> Started {
        self.start_with_log(command, 0)
    }

    /// Starts with a log that has so many bytes already.
    pub fn start_with_log(&self, mut command: Command, bytes: u64) -> Started {
        let _ = std::fs::remove_file(self.ready_file());
        let log =
            self.root.path().join(format!("log-{}", std::fs::read_dir(self.root.path()).unwrap().count()));
        let file = std::fs::File::options().create_new(true).append(true).open(&log).unwrap();
        file.set_len(bytes).unwrap();
        let child = command.stdout(file.try_clone().unwrap()).stderr(file).process_group(0).spawn().unwrap();
        let mut started = Started { child, ready: Value::Null, log };
        started.ready = self.wait_ready(&mut started);
        started
    }

    fn wait_ready(&self, started: &mut Started) -> Value {
        let deadline = Instant::now() + SOON;
        loop {
            if let Ok(text) = std::fs::read_to_string(self.ready_file()) {
                return serde_json::from_str(&text).unwrap();
            }
            let ended = started.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "{ended:?}: {}", started.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The code of a fresh address.
    pub fn fresh_code(&self) -> String {
        let data = self.data();
        let output = self.output(&["url", "--data", path(&data)]);
        assert!(output.status.success(), "{output:?}");
        code_of(String::from_utf8(output.stdout).unwrap().trim())
    }

    /// The process that holds the agent's lock.
    pub fn agent(&self) -> Option<Pid> {
        let text = std::fs::read_to_string(self.data().join("agent.lock")).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    }

    pub fn agent_log(&self) -> String {
        std::fs::read_to_string(self.data().join("agent.log")).unwrap_or_default()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let data = self.data();
        if data.exists() {
            let _ = self.output(&["stop", "--data", path(&data)]);
        }
    }
}

impl Started {
    /// `127.0.0.1:PORT` of the IDE.
    pub fn address(&self) -> String {
        let url = self.ready["ide_url"].as_str().unwrap();
        url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned()
    }

    pub fn code(&self) -> String {
        code_of(self.ready["ide_url"].as_str().unwrap())
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub fn wait(&mut self) -> std::process::ExitStatus {
        eventually("the program ends", || self.child.try_wait().unwrap())
    }

    /// Signs in; the cookie's `name=value`.
    pub fn sign_in(&self, code: &str) -> Result<String, u16> {
        let address = self.address();
        let body = format!("{{\"code\":\"{code}\"}}");
        let head = format!(
            "POST /session HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = self.http(&format!("{head}{body}"));
        match answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")) {
            Some(cookie) => Ok(cookie.split(';').next().unwrap().to_owned()),
            None => Err(status_of(&answer)),
        }
    }

    pub fn get(&self, path: &str, headers: &str) -> String {
        let address = self.address();
        self.http(&format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"))
    }

    pub fn http(&self, request: &str) -> String {
        String::from_utf8_lossy(&send(&self.address(), request.as_bytes())).into_owned()
    }

    /// `127.0.0.1:PORT` of the cloud.
    pub fn cloud_address(&self) -> String {
        self.ready["cloud_url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned()
    }

    /// Where its lines go.
    pub fn log_file(&self) -> &Path {
        &self.log
    }
}

/// Sends bytes on a connection of their own; all that comes back.
pub fn send(address: &str, request: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    // Whoever refuses the head may be gone before the rest of it.
    let _ = socket.write_all(request);
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    answer
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn code_of(address: &str) -> String {
    address.split_once("/open#").unwrap().1.to_owned()
}

pub fn is_alive(pid: Pid) -> bool {
    // A zombie answers signals: its parent has not looked yet.
    let Ok(status) = std::fs::File::open(format!("/proc/{}/stat", pid.as_raw_nonzero())) else {
        return false;
    };
    let mut line = String::new();
    let _ = BufReader::new(status).read_line(&mut line);
    test_kill_process(pid).is_ok() && !line.contains(") Z ")
}

/// Waits for something with a deadline.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "it never happened: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
