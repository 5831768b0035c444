//! `cargo xtask fuzz [TARGET]`: libFuzzer searches for inputs that a target of `fuzz/` cannot stand.
//!
//! The crates of this repository are compiled once more, watched (`-Cpasses=sancov-module`) and optimised a little, checks of
//! overflows left on; all others are those of the tests. Nothing has to be installed: no nightly compiler and no `cargo fuzz`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::shell::{self, command};
use crate::tools::host_cargo;
use crate::workspace::Workspace;

/// What to fuzz, and for how long.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A file of fuzz/src/targets; without it, all of them one after the other.
    target: Option<String>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
}

/// What makes the compiler count the branches that an input takes.
const WATCHED: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Copt-level=1",
    "-Coverflow-checks=on",
    "-Cdebug-assertions=on",
];
/// Megabytes that a target may take: inputs are short, and limits are what is tested.
const MEMORY: u32 = 1024;
/// The longest input, in bytes.
const LONGEST: u32 = 8192;
/// Seconds that one input may take.
const SLOW: u32 = 20;

/// The verb.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let all = targets(workspace)?;
    let chosen: Vec<&String> =
        all.iter().filter(|name| args.target.as_ref().is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        bail!("there is no such target; there are {}", all.join(", "));
    }
    let program = build(workspace)?;
    let mut crashed = Vec::new();
    for target in &chosen {
        println!("\n== {target}");
        if let Err(error) = search(workspace, &program, target, args.seconds) {
            println!("{error:#}");
            crashed.push(target.as_str());
        }
    }
    if !crashed.is_empty() {
        bail!("{} of {} targets failed: {}", crashed.len(), chosen.len(), crashed.join(", "));
    }
    println!("\nnothing was found");
    Ok(())
}

/// The names of all targets: their files.
fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let folder = workspace.path("fuzz/src/targets");
    let files = fs::read_dir(&folder).with_context(|| format!("failed to list {}", folder.display()))?;
    let mut names = Vec::new();
    for file in files {
        names.extend(file?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = command(host_cargo());
    cargo.current_dir(workspace.root());
    // All packages, so that the libraries of others are those that the tests have.
    cargo.args(["build", "--workspace", "--example", "libfuzzer", "--features", "fuzz/libfuzzer"]);
    // Cargo starts this program in place of the compiler for our own crates alone.
    let this = std::env::current_exe().context("failed to find this program")?;
    shell::run(cargo.env("RUSTC_WORKSPACE_WRAPPER", this).env("CARGO_INCREMENTAL", "0"))?;
    Ok(workspace.target("debug/examples/libfuzzer"))
}

fn search(workspace: &Workspace, program: &Path, target: &str, seconds: u64) -> Result<()> {
    let folder = |kind: &str| -> Result<PathBuf> {
        let folder = workspace.target("fuzz").join(kind).join(target);
        fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
        Ok(folder)
    };
    let (corpus, crashes) = (folder("corpus")?, folder("crashes")?);
    let mut fuzzer = command(program);
    fuzzer
        .arg(format!("--target={target}"))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .args([format!("-max_len={LONGEST}"), format!("-rss_limit_mb={MEMORY}"), format!("-timeout={SLOW}")])
        .args(["-verbosity=1", "-print_final_stats=1"])
        .arg(corpus)
        .arg(workspace.path("fuzz/seeds").join(target));
    shell::run(&mut fuzzer).with_context(|| {
        format!(
            "an input failed, see above; it lies in {crashes}. Run it alone with\n  {program} --target={target} FILE\n\
             make it smaller with -minimize_crash=1 -max_total_time=60, mend what it shows, and keep it:\n  \
             cp {crashes}/FILE fuzz/seeds/{target}/NAME, a name that says what it is",
            crashes = crashes.display(),
            program = program.display(),
        )
    })
}

/// Where cargo started this program in place of the compiler: compiles. None where a person started it.
pub(crate) fn as_compiler() -> Option<ExitCode> {
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let first = arguments.first()?;
    if Path::new(first).file_stem()? != "rustc" {
        return None;
    }
    let compiler = arguments.remove(0);
    // Build scripts run now, without libFuzzer.
    let is_script = arguments.iter().any(|argument| argument == "build_script_build");
    let watched: &[&str] = if is_script { &[] } else { &WATCHED };
    let status = Command::new(compiler).args(arguments).args(watched).status();
    Some(if status.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
