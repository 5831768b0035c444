//! Functions: how long one takes, the first time and later, directly and through an API; how many a second; and how
//! long a module compiles. The API's throughput is held against a bare server's in the same run.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use http::Method;

use crate::bare::Bare;
use crate::client::{Connection, address, get, signed};
use crate::function;
use crate::load::{Requests, at_once, one_by_one};
use crate::measure::{Measures, Series};
use crate::program::{Program, Ready};

/// Requests that are timed one by one.
const TIMED: usize = 2000;

/// Functions whose very first invocation is timed.
const FIRSTS: usize = 15;

/// Connections of a load: more than cores, as from a browser and a few scripts.
const CONNECTIONS: usize = 32;

/// Rounds of the comparison; both sides take turns so that noise meets both.
const ROUNDS: usize = 3;

pub(crate) fn measure(executable: &Path, seconds: u64, measures: &mut Measures) -> Result<()> {
    let program = Program::cloud(executable)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        println!("functions");
        let made = function::make(&program.ready, "greet", &function::greet()?).await?;
        latency(&program.ready, &made.api, measures).await?;
        firsts(&program.ready, measures).await?;
        compiling(&program.ready, measures).await?;
        throughput(&program.ready, &made.api, Duration::from_secs(seconds), measures).await
    })
}

/// Through the API, as strangers call it.
fn through_api(api: &str) -> Requests {
    let host = api.to_owned();
    Arc::new(move || get(&host, "/hello"))
}

/// `Invoke` as an SDK sends it. A signature stands for a quarter of an hour, so it is made once.
fn direct(ready: &Ready, name: &str) -> Result<Requests> {
    let path = format!("/2015-03-31/functions/{name}/invocations");
    let request = signed(ready, "lambda", (Method::POST, &path), "{}")?;
    Ok(Arc::new(move || Ok(request.clone())))
}

async fn latency(ready: &Ready, api: &str, measures: &mut Measures) -> Result<()> {
    let invoke = one_by_one(address(ready), TIMED, &direct(ready, "greet")?).await?;
    measures.note("invocation, direct, later, p50", invoke.quantile(0.5), "ms");
    measures.note("invocation, direct, later, p99", invoke.quantile(0.99), "ms");
    let api = one_by_one(address(ready), TIMED, &through_api(api)).await?;
    measures.judge("invocation, through the API, later, p50", api.quantile(0.5), "ms", "≤ 1");
    measures.note("invocation, through the API, later, p99", api.quantile(0.99), "ms");
    Ok(())
}

/// The very first invocation of functions that never ran: the cold start.
async fn firsts(ready: &Ready, measures: &mut Measures) -> Result<()> {
    let (mut direct_times, mut api_times) = (Vec::new(), Vec::new());
    for number in 0..FIRSTS {
        let name = format!("first-{number}");
        let made = function::make(ready, &name, &function::greet()?).await?;
        let through_api = number % 2 == 0;
        let requests = if through_api { self::through_api(&made.api) } else { direct(ready, &name)? };
        let mut connection = Connection::open(address(ready)).await?;
        let started = Instant::now();
        connection.expect(requests()?).await?;
        let times = if through_api { &mut api_times } else { &mut direct_times };
        times.push(started.elapsed());
        // A person deploys, then calls; the spare worker is there again by then.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let api = Series::new(api_times);
    measures.judge("invocation, through the API, first, p50", api.quantile(0.5), "ms", "≤ 1");
    measures.note("invocation, through the API, first, worst", api.quantile(1.0), "ms");
    measures.note("invocation, direct, first, p50", Series::new(direct_times).quantile(0.5), "ms");
    Ok(())
}

/// From `CreateFunction` until it may be invoked.
async fn compiling(ready: &Ready, measures: &mut Measures) -> Result<()> {
    for functions in [100, 2000] {
        let module = function::heavy(functions, ready.pid);
        let made = function::make(ready, &format!("heavy-{functions}"), &module).await?;
        let name =
            format!("module of {functions} functions ({} KiB), made and compiled", module.len() / 1024);
        measures.note(name, made.active.as_secs_f64() * 1000.0, "ms");
    }
    let again = function::make(ready, "heavy-again", &function::heavy(2000, ready.pid)).await?;
    measures.note("the same module under another name", again.active.as_secs_f64() * 1000.0, "ms");
    Ok(())
}

async fn throughput(ready: &Ready, api: &str, lasts: Duration, measures: &mut Measures) -> Result<()> {
    println!("throughput");
    let bare = Bare::start()?;
    let bare_requests: Requests = {
        let host = bare.address.clone();
        Arc::new(move || get(&host, "/hello"))
    };
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        peers.push(at_once(&bare.address, CONNECTIONS, lasts, &bare_requests).await?);
        ours.push(at_once(address(ready), CONNECTIONS, lasts, &through_api(api)).await?);
    }
    let (ours, peer) = (median(&mut ours), median(&mut peers));
    measures.note("requests per second, bare axum handler", peer, "1/s");
    measures.note("requests per second, API to Wasm function", ours, "1/s");
    measures.judge("API to Wasm function, share of the bare handler", ours / peer, "", "≥ 0.5");
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
