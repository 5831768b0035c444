//! A program that we started and all that it started, whatever group, session or parent that has by now: compilers in
//! groups of their own, macro servers whose parent ended, what a build script leaves running. They are known by a variable
//! that everything a program starts inherits.

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    sync::Arc,
};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Its value tells one start of a program from every other.
const MARK: &str = "CUMULO_FAMILY";
/// How often it is looked for what forks while the rest is killed.
const ROUNDS: usize = 5;

/// The processes of one start of a program; cheap to clone.
#[derive(Clone, Debug)]
pub struct Family(Arc<str>);

impl Family {
    /// One that has no process yet.
    pub fn begin() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string().into())
    }

    /// The variable that makes a process one of it.
    pub fn variable(&self) -> (&'static str, &str) {
        (MARK, &self.0)
    }

    /// Bytes of memory that are its own: what several share, as the code of a program, is not counted. Blocks for as long as
    /// it takes to look at every process of the machine.
    pub fn memory(&self) -> u64 {
        self.members().iter().map(|(number, _)| own_memory(*number)).sum()
    }

    /// The numbers of its processes. Blocks as [`Self::memory`] does.
    pub fn numbers(&self) -> Vec<i32> {
        self.members().into_iter().map(|(number, _)| number).collect()
    }

    /// Ends all of it. Blocks as [`Self::memory`] does.
    pub fn kill(&self) {
        for _ in 0..ROUNDS {
            let members = self.members();
            if members.is_empty() {
                return;
            }
            for (_, process) in members {
                // It may have just ended.
                let _ = pidfd_send_signal(process, Signal::KILL);
            }
        }
    }

    /// Its living processes. A descriptor is opened before the environment is read, so that no number that was given to
    /// another process meanwhile is taken for one of it.
    fn members(&self) -> Vec<(i32, OwnedFd)> {
        let line: OsString = [OsStr::new(MARK), OsStr::new("="), OsStr::new(&*self.0)].into_iter().collect();
        let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
        let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        numbers
            .filter_map(|number| {
                let process = pidfd_open(Pid::from_raw(number)?, PidfdFlags::empty()).ok()?;
                let environment = fs::read(format!("/proc/{number}/environ")).ok()?;
                let is_member =
                    environment.split(|byte| *byte == 0).any(|variable| variable == line.as_bytes());
                is_member.then_some((number, process))
            })
            .collect()
    }
}

/// Bytes of a process that belong to no file and no other process.
fn own_memory(process: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
