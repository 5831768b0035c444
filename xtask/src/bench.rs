//! `cargo xtask bench`: measures the program, prints what it found beside what is promised, and leaves it as JSON in
//! `target/bench.json`. Start, memory and the cloud are measured by `e2e/bench`, the IDE in a browser by
//! `e2e/browser/bench`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::build;
use crate::journeys;
use crate::setup::{self, Purpose};
use crate::shell::{self, command, output};
use crate::test::clients;
use crate::tools::host_cargo;
use crate::workspace::Workspace;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// One part; without it, all.
    part: Option<Part>,
    /// How long the soak lasts.
    #[arg(long, default_value_t = 60)]
    minutes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Part {
    /// Start, memory, functions and APIs.
    Cloud,
    /// What a call of a function costs of the processors, each part by itself.
    Invocations,
    /// Bytes, memory, terminals and documents, in a browser.
    Ide,
    /// A steady load for an hour, which fails where memory, descriptors, threads or the disk grow. Only when it is asked for.
    Soak,
}

impl Part {
    /// Those that are measured where none is named.
    const USUAL: [Self; 3] = [Self::Cloud, Self::Invocations, Self::Ide];
}

/// The verb.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    setup::ensure(Purpose::Test)?;
    build::run(workspace)?;
    let parts = args.part.map_or_else(|| Part::USUAL.to_vec(), |part| vec![part]);
    let mut measures = Vec::new();
    for part in parts {
        let out = workspace.target(&format!("bench-{part:?}.json").to_lowercase());
        match part {
            Part::Cloud => cloud(workspace, &out)?,
            Part::Invocations => invocations(workspace, &out)?,
            Part::Ide => ide(workspace, &out)?,
            Part::Soak => soak(workspace, &out, args.minutes)?,
        }
        let found = fs::read(&out).with_context(|| format!("failed to read {}", out.display()))?;
        measures.extend(serde_json::from_slice::<Vec<Value>>(&found)?);
    }
    print(&measures);
    let file = workspace.path("target/bench.json");
    let commit = output(command("git").current_dir(workspace.root()).args(["rev-parse", "HEAD"])).ok();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let all = json!({ "commit": commit, "cores": cores, "measures": measures });
    fs::write(&file, serde_json::to_vec_pretty(&all)?)
        .with_context(|| format!("failed to write {}", file.display()))?;
    println!("bench: {}", file.display());
    Ok(())
}

fn cloud(workspace: &Workspace, out: &Path) -> Result<()> {
    let mut bench = command(host_cargo());
    bench.current_dir(workspace.root()).args(["run", "--release", "-q", "-p", "bench", "--", "run"]);
    shell::run(bench.arg("--program").arg(workspace.program()).arg("--out").arg(out))
}

fn soak(workspace: &Workspace, out: &Path, minutes: u64) -> Result<()> {
    let mut bench = command(host_cargo());
    bench.current_dir(workspace.root()).args(["run", "--release", "-q", "-p", "bench", "--", "soak"]);
    bench.arg("--program").arg(workspace.program()).arg("--out").arg(out);
    shell::run(bench.arg("--minutes").arg(minutes.to_string()))
}

fn invocations(workspace: &Workspace, out: &Path) -> Result<()> {
    let mut engine = command(host_cargo());
    engine.current_dir(workspace.root());
    engine.args(["build", "--release", "-q", "-p", "engine-wasm", "--example", "invocations"]);
    shell::run(&mut engine)?;
    let mut bench = command(host_cargo());
    bench.current_dir(workspace.root()).args(["run", "--release", "-q", "-p", "bench", "--", "invocations"]);
    bench.arg("--program").arg(workspace.program()).arg("--out").arg(out);
    shell::run(bench.arg("--engine").arg(workspace.target("release/examples/invocations")))
}

fn ide(workspace: &Workspace, out: &Path) -> Result<()> {
    let bin = clients(workspace)?;
    let mut playwright = journeys::runner(workspace, &bin)?;
    playwright.args(["test", "--config", "bench/playwright.config.ts"]).env("CUMULO_BENCH_OUT", out);
    shell::run(&mut playwright)
}

/// A line a measure: what it is, what was found, what is promised.
fn print(measures: &[Value]) {
    println!("\n{:<64} {:>12}  promised", "measured", "");
    for measure in measures {
        let text = |name: &str| measure[name].as_str().unwrap_or_default().to_owned();
        let value = measure["value"].as_f64().unwrap_or_default();
        println!("{:<64} {value:>12.2} {:<5} {}", text("name"), text("unit"), text("goal"));
    }
}
