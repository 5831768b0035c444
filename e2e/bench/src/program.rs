//! The program under measurement: started on a directory of its own, ended with everything it runs.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tempfile::TempDir;

/// Far more than a start takes.
const DEADLINE: Duration = Duration::from_mins(1);

/// What the ready file says, as far as it is needed.
#[derive(Clone, Deserialize)]
pub(crate) struct Ready {
    pub(crate) cloud_url: String,
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) pid: u32,
}

/// A started program.
pub(crate) struct Program {
    child: Child,
    executable: PathBuf,
    place: TempDir,
    /// What it said when it was ready.
    pub(crate) ready: Ready,
    /// From its start until it said so.
    pub(crate) took: Duration,
}

impl Program {
    /// Starts `cumulo run`.
    pub(crate) fn ide(executable: &Path) -> Result<Self> {
        Self::start(executable, |place, command| {
            command.arg("run").arg(place.join("workspace"));
            command.args(["--listen", "127.0.0.1:0", "--cloud-listen", "127.0.0.1:0"]);
        })
    }

    /// Starts `cumulo cloud`.
    pub(crate) fn cloud(executable: &Path) -> Result<Self> {
        Self::start(executable, |_, command| {
            command.args(["cloud", "--listen", "127.0.0.1:0"]);
        })
    }

    fn start(executable: &Path, verb: impl FnOnce(&Path, &mut Command)) -> Result<Self> {
        let place = tempfile::tempdir()?;
        let file = place.path().join("ready.json");
        let mut command = Command::new(executable);
        verb(place.path(), &mut command);
        command.arg("--data").arg(place.path().join("data")).arg("--ready-file").arg(&file);
        let log = std::fs::File::create(place.path().join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let started = Instant::now();
        let mut child =
            command.spawn().with_context(|| format!("failed to start {}", executable.display()))?;
        let ready = wait(&file, &mut child, started)?;
        let took = started.elapsed();
        Ok(Self { child, executable: executable.to_owned(), place, ready, took })
    }

    /// Where its data lie.
    pub(crate) fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// The agent's process, where the program has one of its own.
    pub(crate) fn agent(&self) -> Option<u32> {
        let lock = std::fs::read_to_string(self.place.path().join("data/agent.lock")).ok()?;
        lock.trim().parse().ok()
    }
}

/// Polls finely: what is measured is a few hundredths of a second.
fn wait(file: &Path, child: &mut Child, started: Instant) -> Result<Ready> {
    loop {
        if let Ok(text) = std::fs::read(file) {
            return serde_json::from_slice(&text).context("failed to read the ready file");
        }
        if child.try_wait()?.is_some() || started.elapsed() > DEADLINE {
            bail!("the program did not get ready");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let stop = Command::new(&self.executable)
            .arg("stop")
            .arg("--data")
            .arg(self.place.path().join("data"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !stop.is_ok_and(|status| status.success()) {
            // Already gone is as good.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The memory that is a process's own share, in MB.
pub(crate) fn memory_mb(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = std::fs::read_to_string(&path).with_context(|| format!("failed to read {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss in smaps_rollup")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib * 1024.0 / 1e6)
}
