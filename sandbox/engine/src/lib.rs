//! What it means to run a function: what is run, with which event, within which limits, and what came of it.
//!
//! Two halves that know each other by two traits alone. A *sandbox* ([`Engine`] makes it, [`Sandbox`] is its life) runs
//! events of one version: `engine-wasm`, later `engine-native`. *Scheduling* (`scheduler`) is the same for all of them: which
//! sandbox an event goes to, how many there are, what an init phase may take, when an idle one ends. [`Engines`] binds a
//! version to its engine when the version is prepared; who runs it holds what came of that ([`Prepared`]).
//!
//! Not here: how a sandbox is made, who may run a function and where its configuration lives (`cloud-lambda`), and every
//! wire format.

mod engines;
mod environment;
mod error;
mod function;
mod invocation;
mod outcome;
mod report;
mod response;
mod sandbox;
mod scheduler;

pub use engines::{EngineError, Engines, Prepared};
pub use environment::Environment;
pub use error::FunctionError;
pub use function::{Credentials, FunctionKey, FunctionSpec, Package};
pub use invocation::{Invocation, Outcome};
pub use report::{Report, billed, end_line, start_line};
pub use response::{Piece, Response, TooLarge};
pub use sandbox::{Ended, Engine, Interpreter, Manner, NotBegun, Sandbox, Shutdown, Unanswered};
pub use scheduler::{Scheduler, Unprovisioned};

/// AWS: the largest event and the largest response of a synchronous invocation, in bytes: 6 MB and a little.
pub const MAX_PAYLOAD: usize = 6_291_556;

/// AWS: the largest log event Lambda hands to CloudWatch Logs in one piece, in bytes.
pub const MAX_LOG_EVENT: usize = 262_144;
