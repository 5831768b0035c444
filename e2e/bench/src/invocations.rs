//! What one call of a function costs of the processors, each part by itself: the bare handler, the engine alone, and the
//! whole way through edge, API Gateway, Lambda, the engine and the logs. In microseconds of all processes together, the
//! client's too, so that it is what bounds how many fit into a second.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bare::Bare;
use crate::client::{address, get};
use crate::cpu;
use crate::function;
use crate::load::{Requests, at_once};
use crate::measure::Measures;
use crate::program::Program;

/// As many as ask the engine alone.
const CONNECTIONS: usize = 32;

/// Rounds; all sides take turns so that noise meets all.
const ROUNDS: usize = 3;

/// Microseconds that a call took.
#[derive(Clone, Copy, Default)]
struct Cost {
    all: f64,
    /// Of those, the server's and what it started.
    server: f64,
    /// Calls in a second.
    rate: f64,
}

pub(crate) fn measure(executable: &Path, engine: &Path, seconds: u64, measures: &mut Measures) -> Result<()> {
    println!("what an invocation costs");
    let (program, bare) = (Program::cloud(executable)?, Bare::start()?);
    let lasts = Duration::from_secs(seconds);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let api = runtime.block_on(function::make(&program.ready, "greet", &function::greet()?))?.api;
    let (mut bares, mut alones, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.push(runtime.block_on(cost(&bare.address, &bare.address, bare.pid(), lasts))?);
        alones.push(alone(engine)?);
        wholes.push(runtime.block_on(cost(address(&program.ready), &api, program.ready.pid, lasts))?);
    }
    let (bare, alone, whole) = (median(bares), median(alones), median(wholes));
    tell(bare, alone, whole, measures);
    Ok(())
}

fn tell(bare: Cost, alone: Cost, whole: Cost, measures: &mut Measures) {
    let unit = "µs";
    measures.note("CPU of a request, bare handler", bare.all, unit);
    measures.note("of that, its client", bare.all - bare.server, unit);
    measures.judge("CPU of an invocation, engine alone", alone.all, unit, "≤ 20");
    measures.note("of that, the worker", alone.server, unit);
    measures.note("CPU of a call, the whole way", whole.all, unit);
    measures.note("of that, its client", whole.all - whole.server, unit);
    measures.judge("CPU of a call without the engine", whole.all - alone.all, unit, "≤ 20");
    measures.note("invocations per second, engine alone", alone.rate, "1/s");
    measures.note("calls per second, the whole way", whole.rate, "1/s");
    measures.judge("calls, share of the bare handler", whole.rate / bare.rate, "", "≥ 0.3, stretch 0.5");
}

/// Of requests to a server, as many as fit into a time.
async fn cost(address: &str, host: &str, server: u32, lasts: Duration) -> Result<Cost> {
    let host = host.to_owned();
    let requests: Requests = Arc::new(move || get(&host, "/hello"));
    let own = std::process::id();
    let before = (cpu::of_tree(own)?, cpu::of_tree(server)?);
    let rate = at_once(address, CONNECTIONS, lasts, &requests).await?;
    let after = (cpu::of_tree(own)?, cpu::of_tree(server)?);
    let calls = rate * lasts.as_secs_f64();
    Ok(Cost { all: (after.0 - before.0) / calls, server: (after.1 - before.1) / calls, rate })
}

/// Of the engine without a service before it: the example of its crate says so in its last line.
fn alone(engine: &Path) -> Result<Cost> {
    let output =
        Command::new(engine).output().with_context(|| format!("failed to run {}", engine.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers = text.lines().last().and_then(|line| line.strip_prefix("cost: "));
    let numbers: Vec<f64> = numbers
        .into_iter()
        .flat_map(str::split_whitespace)
        .filter_map(|number| number.parse().ok())
        .collect();
    let [all, server, rate] = numbers[..] else { anyhow::bail!("the engine alone says no cost: {text}") };
    Ok(Cost { all, server, rate })
}

/// The one in the middle, by what it costs in all.
fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|one, other| one.all.total_cmp(&other.all));
    costs.get(costs.len() / 2).copied().unwrap_or_default()
}
