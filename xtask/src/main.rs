//! `cargo xtask VERB`: everything that is automated in this repository.
//!
//! One file a verb. Adding one is a file with a `run`, a line in [`Verb`] and a line in [`perform`].
//! Checks (layers, sizes, words) are not verbs: they are ordinary tests, in `tests/`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to its terminal")]

mod bench;
mod build;
mod dev;
mod dist;
mod fuzz;
mod journeys;
mod mutants;
mod run;
mod setup;
mod shapes;
mod shell;
mod slow;
mod sysroot;
mod test;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use workspace::Workspace;

/// Builds, runs and tests Cumulo.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Writes the types and tables of the cloud's services from botocore's models.
    Shapes(shapes::Args),
    /// Finds what building and testing need; installs what is missing, or says how.
    Setup(setup::Args),
    /// Builds the browser's half into target/web-dist.
    Web(web::Args),
    /// Builds the whole program, assets inside, at target/release/cumulo.
    Build,
    /// Builds what is missing and starts Cumulo.
    Run(run::Args),
    /// Builds, runs, and rebuilds whatever changes; the page reloads.
    Dev(run::Args),
    /// Runs every test, or one stage of them.
    Test(test::Args),
    /// Measures the program and writes target/bench.json.
    Bench(bench::Args),
    /// Fuzzes what strangers send, for hours: coverage-guided, a target after the other.
    Fuzz(fuzz::Args),
    /// Changes the code in small ways and lists what no test notices, for hours.
    Mutants(mutants::Args),
    /// Packs the program into target/dist as a tar.gz.
    Dist,
    /// Prepares the standard library of functions (Rust to wasm32-wasip1).
    Sysroot,
}

fn main() -> ExitCode {
    if let Some(exit) = fuzz::as_compiler() {
        return exit;
    }
    match perform() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform() -> Result<()> {
    let workspace = Workspace::find()?;
    match Cli::parse().verb {
        Verb::Shapes(args) => shapes::run(workspace.root(), &args),
        Verb::Setup(args) => setup::run(&workspace, &args),
        Verb::Web(args) => web::run(&workspace, &args),
        Verb::Build => build::run(&workspace),
        Verb::Run(args) => run::run(&workspace, &args),
        Verb::Dev(args) => dev::run(&workspace, &args),
        Verb::Test(args) => test::run(&workspace, &args),
        Verb::Bench(args) => bench::run(&workspace, &args),
        Verb::Fuzz(args) => fuzz::run(&workspace, &args),
        Verb::Mutants(args) => mutants::run(&workspace, &args),
        Verb::Dist => dist::run(&workspace),
        Verb::Sysroot => sysroot::run(&workspace),
    }
}
