//! How long an invocation takes, first and later, end to end through a jailed worker, what it costs, and what a worker
//! weighs. The last line is for `cargo xtask bench invocations`.
//!
//! `cargo run --release -p engine-wasm --example invocations [MODULE [EVENT]]`, both files; the program is its own worker.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use budget::Budget;
use bytes::Bytes;
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
    let mut files = arguments.iter().map(|path| std::fs::read(path).expect("a file that can be read"));
    let module = files.next().unwrap_or_else(|| wat::parse_str(ECHO).expect("valid"));
    let event = files.next().unwrap_or_else(|| br#"{"a":1}"#.to_vec());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(&module, event.into()));
    ExitCode::SUCCESS
}

#[expect(clippy::print_stdout, reason = "its results")]
async fn measure(module: &[u8], event: Bytes) {
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
    std::fs::write(dir.path().join("bootstrap.wasm"), module).expect("written");
    let engines = Engines::new(vec![Arc::clone(&wasm) as Arc<dyn engine::Engine>]);
    let function = engines.bind(Arc::new(spec(dir.path()))).await.expect("an engine");
    let begun = Instant::now();
    function.prepare().await.expect("compiled");
    println!("compile: {:?}", begun.elapsed());
    let begun = Instant::now();
    let outcome = function.invoke(call(&event)).await.expect("tried");
    println!("first: {:?}, init {:?}, error {:?}", begun.elapsed(), outcome.init_duration, outcome.error);
    one_by_one(&function, &event).await;
    let cost = at_once(&function, &event).await;
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
async fn one_by_one(function: &Prepared, event: &Bytes) {
    let mut times = Vec::with_capacity(ROUNDS);
    let before = cpu();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        function.invoke(call(event)).await.expect("tried");
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("later: p50 {:?}, p99 {:?}", times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
    let taken: f64 = cpu().iter().zip(before).map(|(after, before)| after - before).sum();
    println!("one by one: {:.1} µs of CPU each", taken / ROUNDS as f64);
}

/// What it costs: microseconds of CPU of an invocation, of this process and of the worker, each in user space and in the
/// kernel; invocations a second.
async fn at_once(function: &Prepared, event: &Bytes) -> String {
    let (begun, before) = (Instant::now(), cpu());
    let lanes: Vec<_> = (0..LANES)
        .map(|_| {
            let (function, event) = (function.clone(), event.clone());
            tokio::spawn(async move {
                let mut count = 0_u32;
                while begun.elapsed() < LASTS {
                    function.invoke(call(&event)).await.expect("tried");
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
    let after = cpu();
    let rate = count / begun.elapsed().as_secs_f64();
    let [user, kernel, worker_user, worker_kernel] =
        std::array::from_fn(|index| (after[index] - before[index]) / count);
    format!("cost: {user:.2} {kernel:.2} {worker_user:.2} {worker_kernel:.2} {rate:.0}")
}

/// Microseconds of CPU in user space and in the kernel: of this process, and of all that it started.
fn cpu() -> [f64; 4] {
    let own = std::process::id();
    let of = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        // Ticks of 10 ms.
        let mut ticks = fields.skip(11).map(|ticks| ticks.parse::<f64>().unwrap_or_default() * 10_000.0);
        [ticks.next().unwrap_or_default(), ticks.next().unwrap_or_default()]
    };
    let started = with_children(own).into_iter().filter(|pid| *pid != own).map(of);
    let [worker_user, worker_kernel] =
        started.fold([0.0; 2], |[user, kernel], [more, more_kernel]| [user + more, kernel + more_kernel]);
    let [user, kernel] = of(own);
    [user, kernel, worker_user, worker_kernel]
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
        layers: Vec::new(),
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

fn call(event: &Bytes) -> Invocation {
    Invocation {
        request_id: "id".into(),
        payload: event.clone(),
        deadline: jiff::Timestamp::from_second(1_800_000_000).expect("in range"),
        trace_id: "Root=1".into(),
        invoked_arn: "arn".into(),
        client_context: None,
    }
}
