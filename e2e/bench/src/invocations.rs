//! What one call of a function costs of the processors, each part by itself: the bare handler, the engine alone, and the
//! whole way through edge, API Gateway, Lambda, the engine and the logs. In microseconds of all processes together, the
//! client's too, so that it is what bounds how many fit into a second.
//!
//! The way is what is left of the whole without the engine, which runs the same function with an event of the same kind by
//! itself. Its floor is the bare handler: two sockets, a client, and HTTP.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::bare::Bare;
use crate::client::{address, get};
use crate::cpu::{self, Cpu};
use crate::function;
use crate::load::{Requests, at_once};
use crate::measure::Measures;
use crate::program::Program;

/// As many as ask the engine alone.
const CONNECTIONS: usize = 32;

/// Rounds; all sides take turns so that noise meets all.
const ROUNDS: usize = 3;

/// How long each side is warmed up before the first round.
const WARM: Duration = Duration::from_millis(500);

/// Below so many calls the kernel's ticks are too coarse to tell what one costs.
const FEWEST: f64 = 1000.0;

/// An event as the API makes it of the request.
const EVENT: &str = r#"{"version":"2.0","routeKey":"$default","rawPath":"/hello","rawQueryString":"","headers":{"host":"abcdefghij.execute-api.localhost:4566","content-length":"0","x-amzn-trace-id":"Root=1-5e6722a7-cc56a7d246db7ae02d4da47e","x-forwarded-for":"127.0.0.1","x-forwarded-port":"4566","x-forwarded-proto":"http"},"requestContext":{"accountId":"000000000000","apiId":"abcdefghij","domainName":"abcdefghij.execute-api.localhost","domainPrefix":"abcdefghij","http":{"method":"GET","path":"/hello","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":""},"requestId":"JKJaXmPLvHcESHA=","routeKey":"$default","stage":"$default","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1583348638390},"isBase64Encoded":false}"#;

/// What a call took.
#[derive(Clone, Copy, Default)]
struct Cost {
    /// Of who asks.
    client: Cpu,
    /// Of who answers, with all that it started.
    server: Cpu,
    /// Calls in a second.
    rate: f64,
}

impl Cost {
    fn all(&self) -> f64 {
        self.client.all() + self.server.all()
    }
}

/// What runs the engine alone, and with what.
struct Alone<'a> {
    engine: &'a Path,
    module: &'a Path,
    event: &'a Path,
}

pub(crate) fn measure(executable: &Path, engine: &Path, seconds: u64, measures: &mut Measures) -> Result<()> {
    println!("what an invocation costs");
    let (program, bare) = (Program::cloud(executable)?, Bare::start()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let greet = function::greet()?;
    let api = runtime.block_on(function::make(&program.ready, "greet", &greet))?.api;
    let place = tempfile::tempdir()?;
    let (module, event) = (place.path().join("greet.wasm"), place.path().join("event.json"));
    std::fs::write(&module, greet)?;
    std::fs::write(&event, EVENT)?;
    let alone = Alone { engine, module: &module, event: &event };
    let bare = Side { address: &bare.address, host: &bare.address, pid: bare.pid() };
    let whole = Side { address: address(&program.ready), host: &api, pid: program.ready.pid };
    for side in [&bare, &whole] {
        runtime.block_on(side.load(WARM))?;
    }
    let lasts = Duration::from_secs(seconds);
    let (mut bares, mut alones, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.push(runtime.block_on(bare.cost(lasts))?);
        alones.push(alone.cost()?);
        wholes.push(runtime.block_on(whole.cost(lasts))?);
    }
    tell(&median(bares), &median(alones), &median(wholes), measures);
    Ok(())
}

fn tell(bare: &Cost, alone: &Cost, whole: &Cost, measures: &mut Measures) {
    let unit = "µs";
    measures.note("CPU of a request, bare handler: the floor of the way", bare.all(), unit);
    measures.note("of that, its client", bare.client.all(), unit);
    measures.note("of that, the server in the kernel", bare.server.kernel, unit);
    measures.judge("CPU of an invocation, engine alone", alone.all(), unit, "≤ 20");
    measures.note("of that, the worker in user space: the function, mostly", alone.server.user, unit);
    measures.note("of that, the worker in the kernel", alone.server.kernel, unit);
    measures.note("of that, the engine's side in user space", alone.client.user, unit);
    measures.note("of that, the engine's side in the kernel", alone.client.kernel, unit);
    measures.note("CPU of a call, the whole way", whole.all(), unit);
    measures.note("of that, its client", whole.client.all(), unit);
    measures.note("of that, server and worker in user space", whole.server.user, unit);
    measures.note("of that, server and worker in the kernel", whole.server.kernel, unit);
    let way = whole.all() - alone.all();
    measures.judge("CPU of a call without the engine: the way", way, unit, "≤ 20");
    measures.note("of that, above its floor", way - bare.all(), unit);
    measures.note("invocations per second, engine alone", alone.rate, "1/s");
    measures.note("calls per second, the whole way", whole.rate, "1/s");
    measures.judge("calls, share of the bare handler", whole.rate / bare.rate, "", "≥ 0.3, stretch 0.5");
}

/// Who answers, in a process of its own.
struct Side<'a> {
    address: &'a str,
    host: &'a str,
    pid: u32,
}

impl Side<'_> {
    /// Asks as often as fits into a time. Requests in a second.
    async fn load(&self, lasts: Duration) -> Result<f64> {
        let host = self.host.to_owned();
        let requests: Requests = Arc::new(move || get(&host, "/hello"));
        at_once(self.address, CONNECTIONS, lasts, &requests).await
    }

    async fn cost(&self, lasts: Duration) -> Result<Cost> {
        let own = std::process::id();
        let before = (cpu::of_one(own)?, cpu::of_tree(self.pid)?);
        let rate = self.load(lasts).await?;
        let after = (cpu::of_one(own)?, cpu::of_tree(self.pid)?);
        let calls = rate * lasts.as_secs_f64();
        ensure!(calls >= FEWEST, "{calls:.0} calls in {lasts:?} are too few to tell what one costs");
        let (client, server) = (after.0 - before.0, after.1 - before.1);
        Ok(Cost { client: client.each(calls), server: server.each(calls), rate })
    }
}

impl Alone<'_> {
    /// Of the engine without a service before it: the example of its crate says so in its last line.
    fn cost(&self) -> Result<Cost> {
        let mut command = Command::new(self.engine);
        let output = command.arg(self.module).arg(self.event).output();
        let output = output.with_context(|| format!("failed to run {}", self.engine.display()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let numbers = text.lines().last().and_then(|line| line.strip_prefix("cost: ")).unwrap_or_default();
        let numbers: Vec<f64> = numbers.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        let [user, kernel, worker_user, worker_kernel, rate] = numbers[..] else {
            let said = String::from_utf8_lossy(&output.stderr);
            anyhow::bail!("the engine alone says no cost ({}): {text}{said}", output.status)
        };
        let (client, server) = (Cpu { user, kernel }, Cpu { user: worker_user, kernel: worker_kernel });
        Ok(Cost { client, server, rate })
    }
}

/// The one in the middle, by what it costs in all.
fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|one, other| one.all().total_cmp(&other.all()));
    costs.get(costs.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_one() {
        let event: serde_json::Value = serde_json::from_str(EVENT).unwrap();
        assert_eq!(event["rawPath"], "/hello");
    }

    #[test]
    fn the_median_is_a_round_that_was_measured() {
        let cost = |user| Cost { client: Cpu { user, kernel: 0.0 }, rate: user, ..Cost::default() };
        let chosen = median(vec![cost(3.0), cost(1.0), cost(2.0)]);
        assert_eq!((chosen.all(), chosen.rate), (2.0, 2.0));
    }
}
