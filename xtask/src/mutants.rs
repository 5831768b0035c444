//! `cargo xtask mutants [PACKAGE…]`: has cargo-mutants change a crate in small ways, one at a time, and asks whether a test
//! notices. What none noticed is printed, and fails the verb unless `xtask/survivors.txt` has it with a reason.
//!
//! Meant for crates that keep state, where a wrong value is kept; it takes hours, so no build server runs it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::{self, command, which};
use crate::tools::host_cargo;
use crate::workspace::Workspace;

/// Which crates, and how much of them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Packages of the workspace; without one, those that keep state.
    packages: Vec<String>,
    /// Only files that match this, such as `frontend/app/src/state/**`.
    #[arg(long)]
    file: Option<String>,
    /// A part of the mutants, such as `0/8`: the first eighth.
    #[arg(long)]
    shard: Option<String>,
}

/// The crates that keep what must not be lost, and what they keep it with.
const STATE: [&str; 8] =
    ["budget", "lasting", "cloud-store", "cloud-delivery", "engine", "ide-core", "ide-workspace", "app"];
/// The tool's exit codes that say that it came to its end: all were noticed, some were not, some took too long.
const ENDED: [i32; 3] = [0, 2, 3];

/// The verb.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    if which("cargo-mutants").is_none() {
        bail!("cargo-mutants is not installed: `cargo install --locked cargo-mutants`");
    }
    let packages = match args.packages.as_slice() {
        [] => STATE.map(str::to_owned).to_vec(),
        named => named.to_vec(),
    };
    let accepted = accepted(&fs::read_to_string(workspace.path("xtask/survivors.txt"))?);
    let mut new = BTreeSet::new();
    for package in &packages {
        println!("\n== {package}");
        let survivors = survivors(&search(workspace, package, args)?);
        println!("{} survived", survivors.len());
        new.extend(survivors.difference(&accepted).cloned());
    }
    if new.is_empty() {
        return Ok(());
    }
    for survivor in &new {
        println!("{survivor}");
    }
    bail!(
        "{} changes that no test notices: write the test, or name them in xtask/survivors.txt with a reason",
        new.len()
    )
}

/// Tries the mutants of a package; what the tool says of those that survived, a line each.
fn search(workspace: &Workspace, package: &str, args: &Args) -> Result<String> {
    let out = workspace.target("mutants").join(package);
    fs::create_dir_all(&out).with_context(|| format!("failed to make {}", out.display()))?;
    let mut cargo = command(host_cargo());
    cargo.current_dir(workspace.root()).args(["mutants", "--package", package, "--output"]).arg(&out);
    // A build folder that stays: dependencies are compiled once.
    cargo.env("CARGO_TARGET_DIR", workspace.target("mutants/build"));
    // What it changes is a copy of the sources; generated shapes are tested where they are made.
    cargo.args(["--no-shuffle", "--timeout-multiplier", "5", "--exclude", "**/shapes.rs"]);
    let chosen = [("--file", &args.file), ("--shard", &args.shard)];
    for (option, value) in chosen.into_iter().filter_map(|(option, value)| Some((option, value.as_ref()?))) {
        cargo.args([option, value]);
    }
    println!("$ {}", shell::shown(&cargo));
    let status = cargo.status().context("failed to start cargo-mutants")?;
    if !status.code().is_some_and(|code| ENDED.contains(&code)) {
        bail!("cargo-mutants did not come to its end: {status}");
    }
    let missed: PathBuf = out.join("mutants.out/missed.txt");
    fs::read_to_string(&missed).with_context(|| format!("failed to read {}", missed.display()))
}

/// What was changed and not noticed: the file and the change, without the line and column where that stands today.
fn survivors(missed: &str) -> BTreeSet<String> {
    missed.lines().filter_map(without_place).collect()
}

/// `src/lib.rs:10:5: replace one -> u8 with 0` → `src/lib.rs: replace one -> u8 with 0`.
fn without_place(line: &str) -> Option<String> {
    let (place, change) = line.split_once(": ")?;
    let file = place.split(':').next()?;
    Some(format!("{file}: {change}"))
}

/// The survivors that may stay. Lines that begin with `#` give the reasons of those below them.
fn accepted(text: &str) -> BTreeSet<String> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survivor_is_known_wherever_it_moved() {
        let accepted =
            accepted("# Only how it is shown.\nsrc/a.rs: replace <impl Display for A>::fmt with ()\n\n");
        let missed =
            "src/a.rs:10:5: replace <impl Display for A>::fmt with ()\nsrc/a.rs:12:9: replace + with -\n";
        let new: Vec<_> = survivors(missed).difference(&accepted).cloned().collect();
        assert_eq!(new, ["src/a.rs: replace + with -"]);
    }

    #[test]
    fn every_survivor_that_stays_has_a_reason_and_a_file() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = fs::read_to_string(root.join("xtask/survivors.txt")).unwrap();
        for paragraph in text.split("\n\n") {
            assert!(paragraph.starts_with('#'), "no reason: {paragraph}");
        }
        for survivor in accepted(&text) {
            let (file, _) = survivor.split_once(": ").unwrap();
            assert!(root.join(file).is_file(), "{survivor}: there is no such file");
        }
    }
}
