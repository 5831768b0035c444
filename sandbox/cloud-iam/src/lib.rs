//! IAM's roles and policies and STS's sessions, as records; and the keys that sign requests to this cloud.
//!
//! Not an authorisation engine: policies are kept and returned, trust policies are not evaluated.
// LIMIT: policies are stored, not evaluated; every key of the workspace may do everything in it.

mod accounts;
mod document;
pub mod iam;
mod keys;
mod names;
mod open;
mod resources;
mod role;
mod sessions;
pub mod sts;

pub use accounts::{Accounts, MAX_ACCOUNTS};
pub use keys::{RootAlone, RootKeys};
pub use open::{Iam, OpenError, open, open_owned};
pub use sts::Sts;
