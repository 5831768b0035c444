//! IAM's roles and STS's sessions, as records.

pub mod iam;
pub mod sts;
