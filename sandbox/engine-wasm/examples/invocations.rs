//! How long an invocation takes, first and later, end to end through a jailed worker, what it costs, and what a worker
//! weighs. The last line is for `cargo xtask bench invocations`.
//!
//! `cargo run --release -p engine-wasm --example invocations [MODULE]`; the program is its own worker.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use budget::Budget;
use engine::{Engines, FunctionKey, FunctionSpec, Invocation, Prepared};
use engine_wasm::{CompileLimits, WasmConfig, WasmEngine};

const ROUNDS: usize = 5000;
const LANES: usize = 32;
const LASTS: Duration = Duration::from_secs(4);

const ECHO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 17)
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 60000))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "worker") {
        return engine_wasm::worker::main(arguments.into_iter().skip(1));
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(arguments.first().map(String::as_str)));
    ExitCode::SUCCESS
}

#[expect(clippy::print_stdout, reason = "its results")]
async fn measure(module: Option<&str>) {
    let dir = tempfile::tempdir().expect("a directory");
    let wasm = WasmEngine::new(WasmConfig {
        program: std::env::current_exe().expect("this program"),
        cache: dir.path().join("cache"),
        scratch: dir.path().join("scratch"),
        compile: CompileLimits::default(),
        memory: Budget::new("answers", 512 << 20),
    });
    let wasm = Arc::new(wasm.expect("an engine"));
    println!("isolation: {}", wasm.warm_up().await.expect("a worker"));
    let bytes = match module {
        Some(path) => std::fs::read(path).expect("the module"),
        None => wat::parse_str(ECHO).expect("valid"),
    };
    std::fs::write(dir.path().join("bootstrap.wasm"), bytes).expect("written");
    let engines = Engines::new(vec![Arc::clone(&wasm) as Arc<dyn engine::Engine>]);
    let function = engines.bind(Arc::new(spec(dir.path()))).await.expect("an engine");
    let begun = Instant::now();
    function.prepare().await.expect("compiled");
    println!("compile: {:?}", begun.elapsed());
    let begun = Instant::now();
    let outcome = function.invoke(call()).await.expect("tried");
    println!("first: {:?}, init {:?}, error {:?}", begun.elapsed(), outcome.init_duration, outcome.error);
    one_by_one(&function).await;
    let cost = at_once(&function).await;
    for pid in wasm.worker_pids(&function.function().key) {
        for pid in with_children(pid) {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let of =
                |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or("?").to_owned();
            println!("worker {pid}: {} {} {}", of("VmRSS"), of("RssAnon"), of("RssFile"));
        }
    }
    println!("{cost}");
}

#[expect(clippy::print_stdout, reason = "its results")]
async fn one_by_one(function: &Prepared) {
    let mut times = Vec::with_capacity(ROUNDS);
    let before = cpu();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        function.invoke(call()).await.expect("tried");
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("later: p50 {:?}, p99 {:?}", times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
    println!("one by one: {:.1} µs of CPU each", (cpu().0 - before.0) / ROUNDS as f64);
}

/// What it costs: microseconds of CPU of an invocation, those of them that are the worker's, invocations a second.
async fn at_once(function: &Prepared) -> String {
    let (begun, before) = (Instant::now(), cpu());
    let lanes: Vec<_> = (0..LANES)
        .map(|_| {
            let function = function.clone();
            tokio::spawn(async move {
                let mut count = 0_u32;
                while begun.elapsed() < LASTS {
                    function.invoke(call()).await.expect("tried");
                    count += 1;
                }
                count
            })
        })
        .collect();
    let mut count = 0.0;
    for lane in lanes {
        count += f64::from(lane.await.expect("a lane"));
    }
    let (all, own) = cpu();
    let rate = count / begun.elapsed().as_secs_f64();
    format!(
        "cost: {:.2} {:.2} {rate:.0}",
        (all - before.0) / count,
        (all - own - before.0 + before.1) / count
    )
}

/// Microseconds of CPU: of this process with all that it started, and of it alone.
fn cpu() -> (f64, f64) {
    let own = std::process::id();
    let of = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        // Ticks of 10 ms in user space and in the kernel.
        fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 10_000.0
    };
    (with_children(own).into_iter().map(of).sum(), of(own))
}

/// A process and all below it.
fn with_children(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    for task in tasks {
        let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        all.extend(children.split_whitespace().filter_map(|pid| pid.parse().ok()).flat_map(with_children));
    }
    all
}

fn spec(package: &std::path::Path) -> FunctionSpec {
    FunctionSpec {
        key: FunctionKey { arn: "arn".into(), version: "$LATEST".into(), revision: "1".into() },
        name: "bench".into(),
        package: package.to_owned().into(),
        runtime: "provided.al2023".into(),
        handler: "bootstrap".into(),
        environment: Vec::new(),
        memory_mb: 128,
        timeout: Duration::from_secs(10),
        ephemeral_storage_mb: 512,
        log_group: "/aws/lambda/bench".into(),
        log_stream: "stream".into(),
        region: "us-east-1".into(),
        endpoint_url: None,
        credentials: None,
    }
}

fn call() -> Invocation {
    Invocation {
        request_id: "id".into(),
        payload: r#"{"a":1}"#.into(),
        deadline: jiff::Timestamp::from_second(1_800_000_000).expect("in range"),
        trace_id: "Root=1".into(),
        invoked_arn: "arn".into(),
        client_context: None,
    }
}
