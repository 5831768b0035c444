//! Fuzz targets: what strangers send, read in two ways that must agree.
//!
//! A target is a file in `targets/` with a `run`: it takes any bytes, asserts what must hold of them, and says whether
//! they were more than noise to it. As an ordinary test each one runs its seeds and some mutations of them (`smoke`);
//! `cargo xtask fuzz` lets libFuzzer search for hours. A target compares with another implementation, with the reverse
//! direction, or with the same bytes in other pieces; that nothing panics is never all.
#![allow(clippy::panic, reason = "a target says by panicking what does not hold")]

mod cbor_tree;
mod draw;
mod json_tree;
mod pieces;
mod signer;
#[cfg(test)]
mod smoke;
mod targets;
mod values;

pub use targets::{TARGETS, Target};
