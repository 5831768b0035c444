//! `cargo xtask build`: the frontend, then the program that embeds it, left at `target/release/cumulo`.

use std::fs;

use anyhow::{Context, Result};

use crate::setup::{self, Purpose};
use crate::shell::{self, command};
use crate::tools::host_cargo;
use crate::web::{self, Mode};
use crate::workspace::Workspace;

/// The verb.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    setup::ensure(Purpose::Run)?;
    web::build(workspace, Mode::Release)?;
    program(workspace)?;
    println!("build: {}", workspace.program().display());
    Ok(())
}

/// The program alone; what it embeds must be there.
pub(crate) fn program(workspace: &Workspace) -> Result<()> {
    shell::run(command(host_cargo()).current_dir(workspace.root()).args([
        "build",
        "--release",
        "-p",
        "cumulo",
    ]))?;
    let built = workspace.target("release/cumulo");
    let place = workspace.program();
    if built == place || fs::canonicalize(&built).ok() == fs::canonicalize(&place).ok() {
        return Ok(());
    }
    // The build folder is elsewhere. A new file under the old name: the old one may be running.
    fs::create_dir_all(workspace.path("target/release")).context("failed to make target/release")?;
    let fresh = place.with_extension("new");
    fs::copy(&built, &fresh).with_context(|| format!("failed to copy {}", built.display()))?;
    fs::rename(&fresh, &place).with_context(|| format!("failed to write {}", place.display()))
}
