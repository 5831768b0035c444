//! The recorded process's side: where its disk is, and how it says what it has promised.

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What tells a test that it is the one that is recorded.
pub(crate) const WORK: &str = "CUMULO_TEST_POWER_LOSS";
pub(crate) const ROUND: &str = "CUMULO_TEST_POWER_LOSS_ROUND";
/// Where in the work's folder the disk is, and where marks go.
pub(crate) const DISK: &str = "disk";
pub(crate) const MARKS: &str = "marks";

/// Work that is recorded.
#[derive(Debug)]
pub struct Workload {
    disk: PathBuf,
    round: u64,
    marks: File,
}

impl Workload {
    /// The work that this process is to do, once it is watched. None where it is an ordinary run of the tests: then a test that
    /// is only there to be recorded has nothing to do.
    #[allow(clippy::disallowed_methods, reason = "what one process of the tests tells the other")]
    pub fn begin() -> io::Result<Option<Self>> {
        let (Some(work), Ok(round)) = (std::env::var_os(WORK), std::env::var(ROUND)) else { return Ok(None) };
        let work = PathBuf::from(work);
        let marks = OpenOptions::new().append(true).open(work.join(MARKS))?;
        // Whoever watches says so.
        io::stdin().read_exact(&mut [0])?;
        let round = round.parse().map_err(io::Error::other)?;
        Ok(Some(Self { disk: work.join(DISK), round, marks }))
    }

    /// The root of the disk.
    pub fn disk(&self) -> &Path {
        &self.disk
    }

    /// The number that was given to [`crate::record`].
    pub fn round(&self) -> u64 {
        self.round
    }

    /// Says something: what was just promised, or what is about to be done.
    pub fn mark(&self, text: impl Display) -> io::Result<()> {
        (&self.marks).write_all(text.to_string().as_bytes())
    }
}
