//! The IDE's side of the cloud: building functions, invoking them, checking templates while they are
//! typed and deploying them, showing what is there.
//!
//! It reaches the cloud only as an AWS client does, over its endpoint with the workspace's keys: whatever works here
//! works from the CLI.

mod addresses;
mod archive;
mod build;
mod checks;
mod client;
mod cloud;
mod concurrency;
mod configuration;
mod dependencies;
mod deploy;
mod deployment;
mod error;
mod event_files;
mod feed;
mod figures;
mod frame;
mod functions;
mod hot_reload;
mod logs;
mod process;
mod queues;
mod report;
mod samples;
mod scratch;
mod template;
mod toolchain;
mod topics;
mod triggers;
mod uploads;
mod versions;
mod workspace;

pub use client::{CloudAddress, Keys};
pub use workspace::{CloudConfig, CloudPanels};
