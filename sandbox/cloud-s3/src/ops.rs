//! The operations, by what they are about.

pub(crate) mod bucket;
pub(crate) mod configuration;
pub(crate) mod cors;
pub(crate) mod list;
pub(crate) mod multipart;
pub(crate) mod object;
pub(crate) mod post;
pub(crate) mod read;
pub(crate) mod tagging;

use cloud_core::Caller;

use crate::shapes::Owner;

/// The owner of everything: the account.
fn owner(caller: &Caller) -> Owner {
    Owner { id: Some(canonical_id(caller.account.as_str())), display_name: None }
}

/// An account's canonical user id: 64 hexadecimal digits that stand for it.
fn canonical_id(account: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(account))
}
