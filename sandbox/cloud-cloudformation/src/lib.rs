//! AWS CloudFormation and the SAM transform.
//!
//! Three parts that build on each other: [`template`] (text to a checked model, intrinsic functions), [`sam`] (the
//! transform `AWS::Serverless-2016-10-31`) and [`engine`] (what a template wants, compared with what is there, made so,
//! or undone). Not here: how a resource is made. That is known to the service that owns its type.

mod capabilities;
mod define;
pub mod engine;
mod ops;
mod quotas;
mod records;
mod refusals;
pub mod resources;
pub mod sam;
pub mod schemas;
mod service;
pub mod shapes;
mod source;
pub mod state;
pub mod template;

pub use service::{CloudFormation, OpenError};

/// As whom it asks.
const PRINCIPAL: &str = "cloudformation.amazonaws.com";
