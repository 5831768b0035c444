//! The one place of this crate that is not safe Rust: compiled code is mapped and believed.

use std::fs::File;

use wasmtime::{Engine, Module, Result};

/// Maps a compiled module from its open file.
///
/// wasmtime checks that version and configuration fit, but not that the code is what its compiler wrote. It is believed
/// because the agent opened it from its own cache, where only [`crate::cache`] writes. Whoever could change that file is
/// the workspace's own user, and what he gained is code in a jailed worker: less than his own terminal.
#[expect(unsafe_code, reason = "compiled code cannot be checked; the argument is above")]
pub(crate) fn compiled(engine: &Engine, file: File) -> Result<Module> {
    // SAFETY: the file was written by `Engine::precompile_module` of this program; a file renamed into the cache is
    // never written again.
    unsafe { Module::deserialize_open_file(engine, file) }
}
