//! How many invocations of a deployed function may run at once, and how many environments are kept booted for them.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Cloud Read "concurrency.describe" = DescribeConcurrency -> Concurrency;
    Cloud Write "concurrency.reserve" = Reserve -> ();
    Cloud Write "concurrency.provision" = Provision -> ();
}

/// Asks for a function's concurrency.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeConcurrency {
    /// The function's name.
    pub name: String,
}

/// The concurrency of a function and of its account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    /// How many invocations of the account may run at once.
    pub account: u64,
    /// How many of these no function has for itself.
    pub unreserved: u64,
    /// How many the function has for itself; none where it shares those of the account.
    pub reserved: Option<u64>,
    /// What is provisioned of it.
    pub provisioned: Vec<Provisioned>,
}

/// Environments that are kept booted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisioned {
    /// Of which version or alias.
    pub qualifier: String,
    /// For how many invocations at once they are wanted.
    pub wanted: u64,
    /// For how many they are there.
    pub available: u64,
    /// `IN_PROGRESS`, `READY` or `FAILED`.
    pub status: String,
    /// Why that.
    pub reason: Option<String>,
}

/// Reserves concurrency for a function, or gives it back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// The function's name.
    pub name: String,
    /// For how many invocations at once; none gives it back.
    pub reserved: Option<i32>,
}

/// Has environments of a version or an alias kept booted, or no more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// The function's name.
    pub name: String,
    /// The version or the alias.
    pub qualifier: String,
    /// For how many invocations at once; none for no more.
    pub wanted: Option<i32>,
}
