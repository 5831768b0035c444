//! How long an invocation takes, first and later, end to end through a jailed worker, and what a worker weighs.
//!
//! `cargo run --release -p engine-wasm --example invocations [MODULE]`; the program is its own worker.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use budget::Budget;
use engine::{Engine, FunctionKey, FunctionSpec, Invocation};
use engine_wasm::{CompileLimits, WasmConfig, WasmEngine};

const ROUNDS: usize = 2000;

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
    let engine = WasmEngine::new(WasmConfig {
        program: std::env::current_exe().expect("this program"),
        cache: dir.path().join("cache"),
        scratch: dir.path().join("scratch"),
        idle: Duration::from_mins(1),
        compile: CompileLimits::default(),
        memory: Budget::new("answers", 512 << 20),
    })
    .expect("an engine");
    println!("isolation: {}", engine.warm_up().await.expect("a worker"));
    let bytes = match module {
        Some(path) => std::fs::read(path).expect("the module"),
        None => wat::parse_str(ECHO).expect("valid"),
    };
    std::fs::write(dir.path().join("bootstrap.wasm"), bytes).expect("written");
    let function = Arc::new(spec(dir.path()));
    let begun = Instant::now();
    engine.prepare(&function).await.expect("compiled");
    println!("compile: {:?}", begun.elapsed());
    let begun = Instant::now();
    let outcome = engine.invoke(&function, call()).await.expect("tried");
    println!("first: {:?}, init {:?}, error {:?}", begun.elapsed(), outcome.init_duration, outcome.error);
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        engine.invoke(&function, call()).await.expect("tried");
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("later: p50 {:?}, p99 {:?}", times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
    let engine = Arc::new(engine);
    let begun = Instant::now();
    let lanes: Vec<_> = (0..32)
        .map(|_| {
            let (engine, function) = (Arc::clone(&engine), Arc::clone(&function));
            tokio::spawn(async move {
                for _ in 0..ROUNDS / 4 {
                    engine.invoke(&function, call()).await.expect("tried");
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.expect("a lane");
    }
    let rate = (32 * ROUNDS / 4) as f64 / begun.elapsed().as_secs_f64();
    println!("32 at once: {rate:.0} invocations a second");
    for pid in engine.worker_pids(&function.key) {
        let children =
            std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        for pid in std::iter::once(pid.to_string()).chain(children.split_whitespace().map(str::to_owned)) {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let of =
                |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or("?").to_owned();
            println!("worker {pid}: {} {} {}", of("VmRSS"), of("RssAnon"), of("RssFile"));
        }
    }
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
