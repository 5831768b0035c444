//! The compiling child: a module on standard input, its compiled form on standard output, a complaint on standard error.

use std::io::{self, Read, Write};

use super::Error;
use crate::config;

pub(super) fn compile() -> Result<(), Error> {
    let mut module = Vec::new();
    io::stdin().lock().read_to_end(&mut module)?;
    // The text format would do too, but a package holds binaries: what is not one is told so.
    if !module.starts_with(b"\0asm") {
        return Err("it is not a WebAssembly module".into());
    }
    let compiled = config::compiler()?.precompile_module(&module).map_err(io::Error::other)?;
    io::stdout().lock().write_all(&compiled)?;
    Ok(())
}
