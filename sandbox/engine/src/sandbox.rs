//! An engine is a way to make sandboxes; a sandbox is one environment that runs a version of a function, from its init
//! phase to its shutdown.
//!
//! Not here: how many there are, which of them gets an event, how long an init phase may take, what is kept warm and what
//! is replaced. That is the same for every kind of sandbox: see [`Scheduler`](crate::Scheduler).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use budget::Exhausted;
use bytes::Bytes;

use crate::{EngineError, FunctionError, FunctionSpec, Invocation, Response};

/// A kind of sandbox.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// The name shown with every result.
    fn name(&self) -> &'static str;

    /// Whether its sandboxes run such a package. May look at the disk, for it is asked when a version is prepared.
    fn supports(&self, runtime: &str, package: &Path) -> bool;

    /// Why functions of a runtime that it supports do not run here, and what to do about it.
    async fn refuses(&self, _runtime: &str) -> Option<String> {
        None
    }

    /// The program that reads functions of a runtime: what packages for them has to suit it.
    async fn interpreter(&self, _runtime: &str) -> Option<Interpreter> {
        None
    }

    /// Whether what runs in its sandboxes finds the layers of its function.
    fn lays_layers(&self) -> bool {
        true
    }

    /// How its sandboxes are used.
    fn manner(&self) -> Manner;

    /// Does ahead of time what the first invocation would have to wait for. What is wrong with the package is told by
    /// [`Engine::sandbox`] or [`Sandbox::init`].
    async fn prepare(&self, function: &Arc<FunctionSpec>) -> Result<(), EngineError>;

    /// A sandbox that is that version's from now on, and has not begun its init phase.
    async fn sandbox(&self, function: &Arc<FunctionSpec>) -> Result<Arc<dyn Sandbox>, NotBegun>;

    /// Lets go of what it keeps of packages that are no more.
    async fn collect(&self) {}
}

/// A program of this machine that reads functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// Its file.
    pub program: PathBuf,
    /// Its version, `3.11.7`.
    pub version: String,
}

/// How the sandboxes of an engine are used.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Events that one of them runs at once.
    pub places: usize,
    /// How many one version has at most. Beyond it events wait for one that gets a place free.
    pub of_a_version: usize,
    /// Beyond so many, of all versions, an idle one ends when another is made.
    pub many: usize,
    /// How many there are at most, busy ones too. Beyond it a new one waits until another ends.
    pub most: usize,
    /// Whether something of a sandbox goes on after an answer, which [`Sandbox::next`] then waits for.
    pub lingers: bool,
}

/// One environment. It has `init` first, once; then any number of `respond`, each followed by `next`, as many at once as
/// its engine's [`Manner`] says; and `freeze` and `thaw` around the times in which nothing runs.
#[async_trait]
pub trait Sandbox: Send + Sync + 'static {
    /// The init phase: runtime and extensions come up, until all of them ask for their first event. The request is that of
    /// the invocation which is waiting, for messages.
    async fn init(&self, request_id: &str) -> Result<(), NotBegun>;

    /// Hands the function one event and its answer, as it is made, to `response`. Ends by itself at the function's timeout.
    async fn respond(
        &self,
        invocation: &Invocation,
        event: Bytes,
        response: &mut Response,
    ) -> Result<Ended, Unanswered>;

    /// What exactly runs the function, where that differs from what was asked for: shown with every result.
    fn runtime(&self) -> Option<Arc<str>> {
        None
    }

    /// What comes after an answer: runtime and extensions go on until all of them ask for the next event. The scheduler
    /// gives them what the timeout left.
    async fn next(&self) {}

    /// Nothing runs in it until it is thawed.
    fn freeze(&self) {}

    /// It may run again.
    fn thaw(&self) {}

    /// Tells runtime and extensions that it is over, and ends with them or after the time that they are given.
    async fn shutdown(&self, reason: Shutdown);

    /// Ends it at once, with all that runs in it.
    fn kill(&self);

    /// Whether it is at its end, by itself or by others.
    fn has_ended(&self) -> bool;
}

/// Why a sandbox is shut down.
// AWS: the shutdownReason of the Extensions API, which extensions are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// It is not needed any more.
    Spindown,
    /// The function did not end in time.
    Timeout,
    /// It failed in another way.
    Failure,
}

/// Why a sandbox does not come up.
#[derive(Debug)]
pub enum NotBegun {
    /// The package is at fault, and would be again.
    Package(String),
    /// The function's own code failed in the init phase; with what it wrote until then.
    Function(FunctionError, Bytes),
    /// The machine is at fault.
    Machine(std::io::Error),
}

impl From<std::io::Error> for NotBegun {
    fn from(error: std::io::Error) -> Self {
        Self::Machine(error)
    }
}

/// How an event ended that a sandbox ran.
#[derive(Debug)]
pub struct Ended {
    /// What went wrong, in whatever way. The answer is in the response.
    pub error: Option<FunctionError>,
    /// What more there is to say of that in the log.
    pub cause: Option<String>,
    /// What the function wrote.
    pub log: Bytes,
    /// How long it ran.
    pub duration: Duration,
    /// The most memory it held.
    pub peak_bytes: u64,
}

/// Why a sandbox that was handed an event does not tell its end.
#[derive(Debug)]
pub enum Unanswered {
    /// It ended.
    Gone,
    /// The event ran, and there is no room for its answer.
    NoRoom(Exhausted),
}
