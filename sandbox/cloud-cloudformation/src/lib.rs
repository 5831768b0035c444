//! AWS CloudFormation and the SAM transform.
//!
//! Three parts that build on each other: [`template`] (text to a checked model, intrinsic functions), [`sam`] (the
//! transform `AWS::Serverless-2016-10-31`) and the engine (what a template wants, compared with what is there, made so,
//! or undone). Not here: how a resource is made. That is known to the service that owns its type.

pub mod sam;
pub mod template;
