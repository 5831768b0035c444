//! The panels' calls, each through the router, before a cloud that answers what a test says, also what no cloud should.
//! Before the real one they are in the agent's tests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod bench;
mod cloud;
mod configurations;
mod deploy;
mod functions;
mod logs;
mod queues;
mod reload;
mod stand_in;
mod templates;
