//! Runs functions that are WebAssembly: a deployment package whose root holds `bootstrap.wasm`.
//!
//! # What a function is
//!
//! A WASI preview 1 command. For every event a fresh instance of it is started, in microseconds, so there is no warm
//! state to leak and no cold start to wait for:
//!
//! * the event, JSON, is on standard input; the response, JSON, goes to standard output; standard error is the log;
//! * Lambda's environment variables are set, and the context of the invocation is in `LAMBDA_RUNTIME_AWS_REQUEST_ID`,
//!   `LAMBDA_RUNTIME_DEADLINE_MS`, `LAMBDA_RUNTIME_INVOKED_FUNCTION_ARN`, `LAMBDA_RUNTIME_TRACE_ID` and
//!   `LAMBDA_RUNTIME_CLIENT_CONTEXT` (see `engine::Environment`);
//! * `/tmp` is empty, private and limited; there are no other files and no network;
//! * exit status 0 is success. A handler that fails writes `{"errorType": …, "errorMessage": …}` to standard output and
//!   exits with [`HANDLER_ERROR`]. Every other status, and every trap, is a `Runtime.ExitError`, as if a process died.
//!
//! # How it runs
//!
//! Functions never run in this process. [`WasmEngine`] makes sandboxes of *workers* (the same program, `worker wasm`), each in a
//! jail and for one version of one function. One more worker waits as a spare, already jailed, so that a first invocation
//! starts no process. Events and answers go through memory that both share, in which nobody is woken who is not asleep
//! (`exchange`); what is long goes over a socket. Modules are compiled by another jailed child (`worker compile`)
//! with limits on time, memory and number, and cached by their hash; workers get the compiled file as an open descriptor
//! and see no other file.
//!
//! A worker runs each invocation on a thread of its own, so that none holds up another. Waiting ends at the function's
//! timeout, computing a tick after it; for an operation that nothing interrupts the worker answers in its place. Whoever
//! waits for an invocation may go away: it runs to its end.
//!
//! Not here: how many workers there are, which one gets an event and when it ends (the scheduler in `engine`); which function
//! an event goes to, retries, concurrency limits of an account (`cloud-lambda`).

mod answers;
mod cache;
mod config;
mod exchange;
pub mod frames;
mod load;
mod process;
mod runner;
mod sandbox;
mod spares;
mod stderr;
mod verdict;
pub mod worker;

pub use cache::CompileLimits;
pub use runner::{WasmConfig, WasmEngine};

/// The exit status of a function whose handler answered with an error (`EX_SOFTWARE` of sysexits.h).
pub const HANDLER_ERROR: i32 = 70;

/// The name shown with every result.
pub const ENGINE: &str = "wasm";

/// The file that makes a package this engine's.
pub const ENTRY: &str = "bootstrap.wasm";
