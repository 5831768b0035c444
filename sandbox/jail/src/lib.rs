//! A jail for a process that runs other people's code: the kernel's walls, put up from inside, before that code is seen.
//!
//! A worker is our own program, started again by [`launch`] with a [`Spec`] among its arguments. The first thing it
//! does, still single-threaded, is [`enter`]: it ties its life to its parent's, gives up its user, unshares its
//! namespaces, moves into an empty root, and locks itself in with Landlock and seccomp. What the kernel refuses is
//! left out and said in [`Isolation`]: every wall stands alone.
//!
//! Programs that we did not write have [`cell`]s: the same walls around a root of their own, in which our process 1 starts them.
//!
//! Not here: what runs inside. This is the only crate that may write `unsafe`; every block says why it is sound.

pub mod cell;
mod enter;
mod filter;
mod isolation;
mod launch;
mod lockdown;
mod namespaces;
mod shared;
mod spec;

pub use cgroup::{CgroupKind, CgroupLimits, machine_memory};
pub use enter::{Entered, enter};
pub use isolation::{Isolation, Landlocked};
pub use launch::{Jailed, clean_up, launch};
pub use shared::Shared;
pub use spec::{Limits, Spec, Tmp};

/// What putting up the walls may fail on, where going on without is no choice.
#[derive(Debug, thiserror::Error)]
pub enum JailError {
    /// The argument is no spec.
    #[error("read the jail's specification")]
    Spec(#[source] serde_json::Error),
    /// A system call that must not fail did.
    #[error("{0}")]
    Os(&'static str, #[source] std::io::Error),
    /// The process that started this one is gone already.
    #[error("stay tied to the parent process: it is gone")]
    Orphan,
    /// Neither Landlock nor seccomp nor namespaces: nothing would hold the code.
    #[error("build any wall: this kernel gives neither namespaces, nor Landlock, nor seccomp")]
    NoWalls,
}

/// `map_err` for the calls that must not fail.
pub(crate) fn os<E: Into<std::io::Error>>(what: &'static str) -> impl FnOnce(E) -> JailError {
    move |error| JailError::Os(what, error.into())
}

/// An error with all its causes, for where only text passes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
