//! `cargo xtask run …`: builds what is missing and becomes `cumulo run …`.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::build;
use crate::shell::{command, shown};
use crate::sysroot;
use crate::workspace::Workspace;

/// What is passed on.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Arguments of `cumulo run`, for instance a folder or `--listen 127.0.0.1:9001`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

/// The verb.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    build::run(workspace)?;
    sysroot::ensure()?;
    sysroot::fetch(workspace);
    let mut cumulo = command(workspace.program());
    // The user's terminals inside Cumulo choose their own toolchain, not the one that built this.
    cumulo.env_remove("RUSTUP_TOOLCHAIN").arg("run").args(&args.arguments);
    println!("$ {}", shown(&cumulo));
    Err(cumulo.exec()).context("failed to start target/release/cumulo")
}
