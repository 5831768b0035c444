//! `cargo xtask dist`: the program with its documents and licences in one archive under `target/dist`.

use std::fs;

use anyhow::{Context, Result};

use crate::build;
use crate::shell::{self, command};
use crate::workspace::Workspace;

const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// The verb.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    build::run(workspace)?;
    let name =
        format!("cumulo-{}-{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let dist = workspace.path("target/dist");
    let folder = dist.join(&name);
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    fs::copy(workspace.program(), folder.join("cumulo")).context("failed to copy the program")?;
    for document in DOCUMENTS {
        fs::copy(workspace.path(document), folder.join(document))
            .with_context(|| format!("failed to copy {document}"))?;
    }
    let archive = dist.join(format!("{name}.tar.gz"));
    // Sorted and without the packer's identity: the same input makes the same archive.
    let mut tar = command("tar");
    tar.current_dir(&dist).args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-czf"]);
    shell::run(tar.arg(&archive).arg(&name))?;
    fs::remove_dir_all(&folder).with_context(|| format!("failed to remove {}", folder.display()))?;
    println!("dist: {}", archive.display());
    Ok(())
}
