//! What a workspace's programs leave behind when it stops: those that left their terminal on purpose (`nohup`, `setsid`,
//! `disown`) and are nobody's children any more.
//!
//! They are known by a variable that everything an agent starts inherits. A program that empties its environment gets
//! away; so does one of another user.

use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::time::{Instant, sleep};

use crate::data::DataDir;

/// Names the data directory of the workspace that a program belongs to.
const MARK: &str = "CUMULO_WORKSPACE";
/// How long they may take to end by themselves.
const GRACE: Duration = Duration::from_secs(1);
/// After which time whatever is still there cannot be ended.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// The variable that an agent of `data` is started with.
pub(crate) fn mark(data: &DataDir) -> (OsString, OsString) {
    (MARK.into(), data.path().into())
}

/// Ends every process that bears the mark of `data`, but this one: by asking, then by force.
pub(crate) async fn end(data: &DataDir) {
    let line = [MARK.as_bytes(), b"=", data.path().as_os_str().as_bytes()].concat();
    let (begun, mut asked) = (Instant::now(), false);
    loop {
        let left = marked(&line);
        if left.is_empty() {
            return;
        }
        if begun.elapsed() > PATIENCE {
            tracing::warn!(count = left.len(), "programs of the workspace do not end");
            return;
        }
        // Killed again and again: what forks while it is looked for is found at the next look.
        let signal = if asked { Signal::KILL } else { Signal::TERM };
        if !asked || begun.elapsed() > GRACE {
            for process in left {
                // It may have just ended.
                let _ = pidfd_send_signal(process, signal);
            }
            asked = true;
        }
        sleep(LOOK).await;
    }
}

/// The living processes whose environment has `line`. A descriptor is opened before the environment is read, so that
/// no number that was given to another process meanwhile is ever signalled.
fn marked(line: &[u8]) -> Vec<OwnedFd> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let others = numbers.filter(|number| number.cast_unsigned() != std::process::id());
    others
        .filter_map(|number| {
            let process = pidfd_open(Pid::from_raw(number)?, PidfdFlags::empty()).ok()?;
            let environment = fs::read(format!("/proc/{number}/environ")).ok()?;
            environment.split(|byte| *byte == 0).any(|variable| variable == line).then_some(process)
        })
        .collect()
}
