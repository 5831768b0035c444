//! IAM's roles and policies and STS's sessions, as records; and the keys that sign requests to this cloud.
//!
//! It is the cloud's [`Authority`](cloud_core::Authority): it gathers the policies about a request, which `cloud-policy`
//! evaluates. Who asks for leave, and what becomes of a denial, is the endpoint's affair.
// LIMIT: there are no users and groups, and no organisations' policies.
// LIMIT: what a service writes by itself asks no leave: a function's log; nor does an integration with a role of its own.

mod accounts;
mod authority;
mod document;
pub mod iam;
mod keys;
mod managed;
mod names;
mod open;
mod quotas;
mod resources;
mod role;
mod sessions;
pub mod sts;

pub use accounts::{Accounts, MAX_ACCOUNTS};
pub use keys::{RootAlone, RootKeys};
pub use open::{Iam, OpenError, open, open_owned};
pub use sts::Sts;
