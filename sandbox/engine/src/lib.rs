//! What it means to run a function: what is run, with which event, within which limits, and what came of it.
//!
//! Not here: how it is run (`engine-wasm`, later `engine-native`), who may run it and where its configuration
//! lives (`cloud-lambda`), and every wire format.

mod engines;
mod environment;
mod error;
mod function;
mod invocation;
mod report;

pub use engines::{Engine, EngineError, Engines};
pub use environment::{Variable, environment};
pub use error::FunctionError;
pub use function::{Credentials, FunctionKey, FunctionSpec, Package};
pub use invocation::{Invocation, Outcome};
pub use report::{Report, billed, end_line, start_line};

/// AWS: the largest event and the largest response of a synchronous invocation, in bytes: 6 MB and a little.
pub const MAX_PAYLOAD: usize = 6_291_556;

/// AWS: the largest log event Lambda hands to CloudWatch Logs in one piece, in bytes.
pub const MAX_LOG_EVENT: usize = 262_144;
