//! Runs functions that are programs: a `bootstrap` in a package or a layer, and Python and Node.js on this machine's interpreters.
//!
//! # What a function meets
//!
//! What AWS documents: the Runtime API, to which an unmodified program asks for events (`AWS_LAMBDA_RUNTIME_API`), the
//! Extensions and the Telemetry API for programs of layers in `/opt/extensions`, AWS's environment variables, `/var/task` and `/opt` to read,
//! a `/tmp` of its own. Interpreters run a client of ours (`runtimes/`) that speaks the same API.
//!
//! # How it runs
//!
//! Each environment is a cell of the jail: own user, processes, mounts, network, with the system's programs and libraries to
//! read and nothing of any person's. Its keeper listens on the cell's loopback and hands these sockets out, so that this
//! process answers there itself and nothing is relayed but what goes to the cloud's endpoint, the one place that is reached.
//! [`NativeEngine`] keeps one cell more than it needs of each kind that is in use, with its interpreter started: which function
//! it is it hears when it is known (`CUMULO_ASSIGNMENT_FD`).
//!
//! An environment runs one event at a time, is stopped between events, and ends with its runtime's process.
//!
//! Not here: how many environments there are, which one gets an event and when it ends (the scheduler in `engine`); the walls
//! themselves (`jail`).
//!
//! LIMIT: there is no way to any network but the cloud's endpoint.

mod api;
mod cell;
mod connections;
mod egress;
mod ends;
mod environment;
mod extensions;
mod native;
mod output;
mod proxy;
mod relay;
mod runtimes;
mod sandbox;
mod spares;
mod state;
mod telemetry;
pub mod worker;

pub use egress::{Egress, Pattern};
pub use native::{NativeConfig, NativeEngine, Now};

/// The name shown with every result.
pub const ENGINE: &str = "native";
