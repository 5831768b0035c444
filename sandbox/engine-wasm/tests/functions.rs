//! Functions through real workers: what they may do, what they are kept from, and how each failure reads.
//!
//! The functions are WebAssembly text, so that each shows its whole misdeed.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use budget::Budget;
use engine::{EngineError, Engines, FunctionKey, FunctionSpec, Invocation, Outcome, Prepared};
use engine_wasm::{CompileLimits, WasmConfig, WasmEngine};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// WASI's imports, one memory of one page, and a function that writes `len` bytes at `ptr` to a descriptor.
const PRELUDE: &str = r#"
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory"
    (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $sock_accept (param i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func $put (param $fd i32) (param $ptr i32) (param $len i32) (result i32)
    (i32.store (i32.const 0) (local.get $ptr))
    (i32.store (i32.const 4) (local.get $len))
    (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
  (func $digit (param $n i32)
    (i32.store8 (i32.const 16) (i32.add (i32.const 48) (i32.div_u (local.get $n) (i32.const 10))))
    (i32.store8 (i32.const 17) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
    (drop (call $put (i32.const 1) (i32.const 15) (i32.const 4))))
  (data (i32.const 15) "\"00\"")
  ;; A subscription to the clock $id at $at, relative or absolute.
  (func $clock (param $at i32) (param $id i32) (param $nanos i64) (param $absolute i32)
    (i32.store (i32.add (local.get $at) (i32.const 16)) (local.get $id))
    (i64.store (i32.add (local.get $at) (i32.const 24)) (local.get $nanos))
    (i32.store16 (i32.add (local.get $at) (i32.const 40)) (local.get $absolute)))
  (func $sleep (param $nanos i64) (result i32)
    (call $clock (i32.const 256) (i32.const 1) (local.get $nanos) (i32.const 0))
    (call $poll_oneoff (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 32)))
"#;

const TIMED_OUT: &str =
    "RequestId: 11111111-2222-3333-4444-555555555555 Error: Task timed out after 1.00 seconds";

/// Answers with the event.
const ECHO: &str = r#"(func (export "_start")
  (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 60000))
  (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
  (drop (call $put (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))))"#;

struct Rig {
    dir: TempDir,
    engine: Bound,
}

/// The engine, and what was bound to it.
struct Bound {
    wasm: Arc<WasmEngine>,
    engines: Engines,
    prepared: Mutex<HashMap<FunctionKey, Prepared>>,
}

impl Bound {
    async fn of(&self, function: &Arc<FunctionSpec>) -> Prepared {
        let mut prepared = self.prepared.lock().await;
        if let Some(bound) = prepared.get(&function.key) {
            return bound.clone();
        }
        let bound = self.engines.bind(Arc::clone(function)).await.expect("an engine");
        prepared.insert(function.key.clone(), bound.clone());
        bound
    }

    async fn invoke(
        &self,
        function: &Arc<FunctionSpec>,
        invocation: Invocation,
    ) -> Result<Outcome, EngineError> {
        self.of(function).await.invoke(invocation).await
    }

    async fn prepare(&self, function: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        self.of(function).await.prepare().await
    }

    fn worker_pids(&self, key: &FunctionKey) -> Vec<u32> {
        self.wasm.worker_pids(key)
    }

    async fn warm_up(&self) -> std::io::Result<jail::Isolation> {
        self.wasm.warm_up().await
    }
}

impl Rig {
    fn new(compile: CompileLimits) -> Self {
        Self::with_memory(compile, plenty())
    }

    fn with_memory(compile: CompileLimits, memory: Budget) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let engine = WasmEngine::new(WasmConfig {
            program: env!("CARGO_BIN_EXE_wasm-worker").into(),
            cache: dir.path().join("cache"),
            scratch: dir.path().join("scratch"),
            compile,
            memory,
        })
        .expect("an engine");
        let wasm = Arc::new(engine);
        let engines = Engines::new(vec![Arc::clone(&wasm) as Arc<dyn engine::Engine>]);
        Self { dir, engine: Bound { wasm, engines, prepared: Mutex::default() } }
    }

    fn function(&self, name: &str, module: &[u8]) -> FunctionSpec {
        let package = self.dir.path().join(name);
        std::fs::create_dir_all(&package).expect("a package");
        std::fs::write(package.join("bootstrap.wasm"), module).expect("a module");
        spec(name, &package)
    }

    /// Runs a function of [`PRELUDE`] and `body` once.
    async fn run(&self, name: &str, body: &str, event: &str) -> Outcome {
        let function = Arc::new(self.function(name, &wat(body)));
        self.engine.invoke(&function, call(event)).await.expect("tried")
    }
}

fn plenty() -> Budget {
    Budget::new("tests", 512 << 20)
}

fn wat(body: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {PRELUDE} {body})")).expect("a valid module")
}

fn spec(name: &str, package: &Path) -> FunctionSpec {
    FunctionSpec {
        key: FunctionKey { arn: name.to_owned(), version: "$LATEST".into(), revision: "1".into() },
        name: name.to_owned(),
        package: package.to_owned().into(),
        layers: Vec::new(),
        runtime: "provided.al2023".into(),
        handler: "bootstrap".into(),
        environment: vec![("COLOUR".into(), "blue".into())],
        memory_mb: 128,
        timeout: Duration::from_secs(10),
        ephemeral_storage_mb: 512,
        log_group: format!("/aws/lambda/{name}"),
        log_stream: "stream".into(),
        region: "us-east-1".into(),
        endpoint_url: None,
        credentials: None,
    }
}

fn call(event: &str) -> Invocation {
    Invocation {
        request_id: "11111111-2222-3333-4444-555555555555".into(),
        payload: event.as_bytes().to_vec().into(),
        deadline: jiff::Timestamp::from_second(1_800_000_000).expect("in range"),
        trace_id: "Root=1".into(),
        invoked_arn: "arn".into(),
        client_context: None,
    }
}

#[track_caller]
fn check_error(outcome: &Outcome, kind: &str, message: &str) {
    let error = outcome.error.as_ref().expect("an error");
    assert_eq!((error.error_type.as_str(), error.error_message.as_str()), (kind, message));
    assert_eq!(outcome.payload, error.to_payload());
}

/// A runtime's death: the caller's words and, again, the log's.
#[track_caller]
fn check_exit(outcome: &Outcome, how: &str) {
    let message = format!("RequestId: 11111111-2222-3333-4444-555555555555 Error: {how}");
    check_error(outcome, "Runtime.ExitError", &message);
    let log = String::from_utf8_lossy(&outcome.log).into_owned();
    assert!(log.ends_with(&format!("{message}\nRuntime.ExitError\n")), "{log}");
}

#[tokio::test]
async fn an_event_comes_back_through_a_jailed_worker() {
    let rig = Rig::new(CompileLimits::default());
    let walls = rig.engine.warm_up().await.expect("a spare");
    assert!(walls.seccomp || walls.namespaces, "{walls}");
    let first = rig.run("echo", ECHO, r#"{"a":1}"#).await;
    assert_eq!((first.payload.as_ref(), &first.error), (br#"{"a":1}"#.as_ref(), &None));
    assert!(first.init_duration.is_some() && first.engine == "wasm" && first.max_memory_used_mb == 1);
    let second = rig.run("echo", ECHO, "[]").await;
    assert_eq!(second.payload, "[]");
    assert!(second.init_duration.is_none(), "the worker is warm");
}

#[tokio::test]
async fn deaths_read_as_lambdas() {
    let rig = Rig::new(CompileLimits::default());
    let start = |body: &str| format!(r#"(func $f (export "_start") {body})"#);
    let cases = [
        ("unreachable", start("unreachable"), "Runtime exited with error: signal: aborted"),
        ("recursion", start("(call $f) (call $f)"), "Runtime exited with error: signal: segmentation fault"),
        (
            "bounds",
            start("(drop (i32.load (i32.const 2147483647)))"),
            "Runtime exited with error: signal: segmentation fault",
        ),
        (
            "division",
            start("(drop (i32.div_u (i32.const 1) (i32.load (i32.const 64))))"),
            "Runtime exited with error: signal: floating point exception",
        ),
        (
            "start",
            format!("(func $boom unreachable) (start $boom) {}", start("")),
            "Runtime exited with error: signal: aborted",
        ),
        ("three", start("(call $exit (i32.const 3))"), "Runtime exited with error: exit status 3"),
        ("seventy", start("(call $exit (i32.const 70))"), "Runtime exited with error: exit status 70"),
        ("silent", start(""), "Runtime exited without providing a reason"),
        ("zero", start("(call $exit (i32.const 0))"), "Runtime exited without providing a reason"),
    ];
    for (name, body, how) in cases {
        check_exit(&rig.run(name, &body, "{}").await, how);
    }
}

#[tokio::test]
async fn memory_ends_at_memory_size() {
    let rig = Rig::new(CompileLimits::default());
    // Asks for 4 GiB and dies of it, as an allocator does.
    let greedy = r#"(func (export "_start")
      (if (i32.eq (memory.grow (i32.const 65000)) (i32.const -1)) (then unreachable)))"#;
    let outcome = rig.run("greedy", greedy, "{}").await;
    let message =
        "RequestId: 11111111-2222-3333-4444-555555555555 Error: Runtime exited with error: signal: killed";
    check_error(&outcome, "Runtime.OutOfMemory", message);
    // 100 MiB are within 128.
    let modest = r#"(func (export "_start")
      (call $digit (i32.eq (memory.grow (i32.const 1600)) (i32.const 2))))"#;
    let outcome = rig.run("modest", modest, "{}").await;
    assert_eq!((outcome.payload.as_ref(), outcome.max_memory_used_mb), (br#""01""#.as_ref(), 101));
    // A table is memory too.
    let table = r#"(table 1 funcref) (func (export "_start")
      (call $digit (i32.eq (table.grow (ref.null func) (i32.const 10000000)) (i32.const -1))))"#;
    assert_eq!(rig.run("table", table, "{}").await.payload, r#""01""#);
}

#[tokio::test]
async fn an_endless_loop_ends_at_its_timeout_and_others_go_on() {
    let rig = Rig::new(CompileLimits::default());
    let body = r#"(func (export "_start")
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 64))
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 49)) (then (loop $l (br $l))))
      (drop (call $put (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))))"#;
    let mut function = rig.function("loop", &wat(body));
    function.timeout = Duration::from_secs(1);
    let function = Arc::new(function);
    rig.engine.prepare(&function).await.expect("compiled");
    let loops = (0..8).map(|_| rig.engine.invoke(&function, call("1")));
    let others = async {
        for _ in 0..20 {
            let outcome = rig.engine.invoke(&function, call("2")).await.expect("tried");
            assert_eq!(outcome.payload, "2");
        }
    };
    let (ended, ()) = tokio::join!(all(loops), others);
    for outcome in ended {
        check_error(&outcome, "Sandbox.Timedout", TIMED_OUT);
        let log = String::from_utf8_lossy(&outcome.log).into_owned();
        assert_eq!(
            log,
            "2027-01-15T08:00:00.000Z 11111111-2222-3333-4444-555555555555 Task timed out after 1.00 seconds\n\n"
        );
        assert_eq!(outcome.duration, Duration::from_secs(1));
    }
}

/// All of them at once; their results in their order.
async fn at_once<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut futures {
            if done.is_none()
                && let std::task::Poll::Ready(result) = future.as_mut().poll(context)
            {
                *done = Some(result);
            }
        }
        let all = futures.iter().all(|(_, done)| done.is_some());
        if all { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, done)| done).collect()
}

async fn all<F>(futures: impl Iterator<Item = F>) -> Vec<Outcome>
where
    F: Future<Output = Result<Outcome, engine::EngineError>>,
{
    at_once(futures).await.into_iter().map(|outcome| outcome.expect("tried")).collect()
}

#[tokio::test]
async fn a_burst_sleeps_side_by_side_in_a_few_workers() {
    let rig = Rig::new(CompileLimits::default());
    // Subscribes to 200 ms of the monotonic clock and waits.
    let body = r#"(func (export "_start")
      (i32.store offset=16 (i32.const 1024) (i32.const 1)) (i64.store offset=24 (i32.const 1024) (i64.const 200000000))
      (drop (call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 3072)))
      (call $digit (i32.const 9)))"#;
    let function = Arc::new(rig.function("sleeper", &wat(body)));
    let outcomes = all((0..150).map(|_| rig.engine.invoke(&function, call("{}")))).await;
    assert!(outcomes.iter().all(|outcome| outcome.payload == r#""09""#), "{:?}", outcomes[0]);
    assert!((1..=3).contains(&rig.engine.worker_pids(&function.key).len()));
    assert!(outcomes.iter().all(|outcome| outcome.duration >= Duration::from_millis(200)));
}

#[tokio::test]
async fn a_handlers_own_error_is_passed_on() {
    let rig = Rig::new(CompileLimits::default());
    let body = r#"(data (i32.const 2000) "{\"errorType\":\"Boom\",\"errorMessage\":\"no\"}") (func (export "_start")
      (drop (call $put (i32.const 1) (i32.const 2000) (i32.const 40))) (call $exit (i32.const 70)))"#;
    let outcome = rig.run("boom", body, "{}").await;
    check_error(&outcome, "Boom", "no");
    assert!(outcome.log.is_empty());
}

#[tokio::test]
async fn answers_are_json_of_at_most_six_megabytes() {
    let rig = Rig::new(CompileLimits::default());
    let words = r#"(data (i32.const 2000) "hello") (func (export "_start")
      (drop (call $put (i32.const 1) (i32.const 2000) (i32.const 5))))"#;
    let outcome = rig.run("words", words, "{}").await;
    assert_eq!(outcome.error.expect("an error").error_type, "Runtime.MarshalError");
    let flood = |times: u32, fd: u32| {
        format!(
            r#"(func (export "_start") (local $i i32)
              (loop $l
                (drop (call $put (i32.const {fd}) (i32.const 1024) (i32.const 100000)))
                (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {times}))))
              (call $digit (i32.const 7)))"#
        )
    };
    let outcome = rig.run("big", &flood(100, 1), "{}").await;
    check_error(
        &outcome,
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    );
    let outcome = rig.run("chatty", &flood(10_000, 2), "{}").await;
    assert_eq!((outcome.payload.as_ref(), &outcome.error), (br#""07""#.as_ref(), &None));
    assert!(
        outcome.log.len() <= 262_144 + "[truncated]\n".len() && outcome.log.ends_with(b"[truncated]\n"),
        "one line, cut"
    );
}

#[tokio::test]
async fn there_are_no_files_but_tmp_and_no_network() {
    let rig = Rig::new(CompileLimits::default());
    // Opens a path relative to the one preopened directory, /tmp, and answers with the errno.
    let open = |path: &str, flags: u32| {
        format!(
            r#"(data (i32.const 2000) "{path}") (func (export "_start")
              (call $digit (call $path_open (i32.const 3) (i32.const 0) (i32.const 2000) (i32.const {})
                (i32.const {flags}) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 32))))"#,
            path.len()
        )
    };
    let (ok, not_permitted, no_entry) = (r#""00""#, r#""63""#, r#""44""#);
    for (name, path, flags, errno) in [
        ("create", "new", 1, ok),
        ("again", "new", 0, no_entry),
        ("up", "../../etc/passwd", 0, not_permitted),
        ("root", "/etc/passwd", 0, not_permitted),
    ] {
        assert_eq!(rig.run(name, &open(path, flags), "{}").await.payload, errno, "{name}");
    }
    let socket = r#"(func (export "_start")
      (call $digit (call $sock_accept (i32.const 3) (i32.const 0) (i32.const 32))))"#;
    assert_ne!(rig.run("socket", socket, "{}").await.payload, ok);
}

#[tokio::test]
async fn tmp_is_limited_and_empty_every_time() {
    let rig = Rig::new(CompileLimits::default());
    if !rig.engine.warm_up().await.expect("a spare").private_tmp {
        return; // Where mounting is not allowed the limit is by file: see the jail.
    }
    // Writes 100,000 bytes at a time to a new file (O_EXCL) until that fails, and answers with the errno.
    let body = r#"(data (i32.const 2000) "full") (func (export "_start") (local $errno i32)
      (local.set $errno (call $path_open (i32.const 3) (i32.const 0) (i32.const 2000) (i32.const 4)
        (i32.const 5) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 32)))
      (if (local.get $errno) (then (call $digit (local.get $errno)) (return)))
      (loop $l
        (local.set $errno (call $put (i32.load (i32.const 32)) (i32.const 1024) (i32.const 100000)))
        (br_if $l (i32.eqz (local.get $errno))))
      (call $digit (local.get $errno)))"#;
    let mut function = rig.function("full", &wat(body));
    function.ephemeral_storage_mb = 8;
    let function = Arc::new(function);
    for _ in 0..3 {
        let outcome = rig.engine.invoke(&function, call("{}")).await.expect("tried");
        assert_eq!(outcome.payload, r#""51""#, "ENOSPC, and no file left from before");
    }
}

#[tokio::test]
async fn a_function_finds_its_environment() {
    let rig = Rig::new(CompileLimits::default());
    let body = r#"(func (export "_start")
      (drop (call $environ_sizes_get (i32.const 32) (i32.const 36)))
      (drop (call $environ_get (i32.const 1024) (i32.const 8192)))
      (drop (call $put (i32.const 2) (i32.const 8192) (i32.load (i32.const 36))))
      (call $digit (i32.const 1)))"#;
    let outcome = rig.run("environment", body, "{}").await;
    let log = String::from_utf8_lossy(&outcome.log).into_owned();
    let all: Vec<&str> = log.split('\0').collect();
    for expected in [
        "COLOUR=blue",
        "AWS_LAMBDA_FUNCTION_NAME=environment",
        "AWS_REGION=us-east-1",
        "LAMBDA_RUNTIME_AWS_REQUEST_ID=11111111-2222-3333-4444-555555555555",
        "_HANDLER=bootstrap",
    ] {
        assert!(all.contains(&expected), "{expected} in {all:?}");
    }
    assert!(!all.iter().any(|variable| variable.starts_with("HOME=")), "nothing of ours is inherited");
}

#[tokio::test]
async fn bad_packages_say_what_is_wrong() {
    let rig = Rig::new(CompileLimits { module_bytes: 1 << 20, ..CompileLimits::default() });
    let unknown = wat::parse_str(r#"(module (import "env" "system" (func)) (func (export "_start")))"#);
    let no_start = wat::parse_str("(module)");
    let cases = [
        ("text", b"#!/bin/sh".to_vec(), "it is not a WebAssembly module"),
        ("broken", b"\0asm\x01\0\0\0\xff\xff".to_vec(), "bootstrap.wasm cannot be compiled"),
        ("unknown", unknown.expect("a module"), "unknown import: `env::system`"),
        ("no-start", no_start.expect("a module"), "it exports no function _start"),
        ("huge", vec![0; (1 << 20) + 1], "1 MiB are allowed"),
    ];
    for (name, module, reason) in cases {
        let function = Arc::new(rig.function(name, &module));
        rig.engine.prepare(&function).await.expect("an author's fault is told by the invocation");
        let outcome = rig.engine.invoke(&function, call("{}")).await.expect("tried");
        let error = outcome.error.expect("an error");
        assert_eq!(error.error_type, "Runtime.InvalidEntrypoint");
        assert!(error.error_message.contains(reason), "{}", error.error_message);
    }
}

#[tokio::test]
async fn a_compile_bomb_ends_in_a_clear_error() {
    let limits = CompileLimits { wall: Duration::from_millis(400), ..CompileLimits::default() };
    let rig = Rig::new(limits);
    let bomb = format!("(module {} (func (export \"_start\")))", "(func)".repeat(50_000));
    let function = Arc::new(rig.function("bomb", &wat::parse_str(bomb).expect("a module")));
    let outcome = rig.engine.invoke(&function, call("{}")).await.expect("tried");
    let message = outcome.error.expect("an error").error_message;
    assert!(message.contains("cannot be compiled within 0 seconds and 2048 MiB of memory"), "{message}");
    assert_eq!(
        std::fs::read_dir(rig.dir.path().join("cache")).expect("a cache").count(),
        0,
        "nothing half made"
    );
}

#[tokio::test]
async fn a_killed_worker_fails_its_invocation_and_no_later_one() {
    let rig = Rig::new(CompileLimits::default());
    let body = r#"(func (export "_start")
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 64))
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 49)) (then (loop $l (br $l))))
      (drop (call $put (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))))"#;
    let function = Arc::new(rig.function("victim", &wat(body)));
    rig.engine.invoke(&function, call("2")).await.expect("tried");
    let pids = rig.engine.worker_pids(&function.key);
    assert_eq!(pids.len(), 1);
    let kill = async {
        // The loop is running or about to, in this worker or, when it comes too late, in the next.
        loop {
            for pid in rig.engine.worker_pids(&function.key) {
                let pid = rustix::process::Pid::from_raw(pid as i32).expect("a pid");
                // It may have ended already.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
            tokio::task::spawn_blocking(std::thread::yield_now).await.expect("yielded");
        }
    };
    let outcome = tokio::select! {
        outcome = rig.engine.invoke(&function, call("1")) => outcome,
        () = kill => unreachable!(),
    };
    check_exit(&outcome.expect("tried"), "Runtime exited with error: signal: killed");
    let after = rig.engine.invoke(&function, call("2")).await.expect("tried");
    assert_eq!(after.payload, "2");
    assert_ne!(rig.engine.worker_pids(&function.key), pids);
}

#[tokio::test]
async fn workers_end_when_idle_or_retired_and_are_never_shared() {
    let rig = Rig::new(CompileLimits::default());
    let one = Arc::new(rig.function("one", &wat(ECHO)));
    let mut newer = (*one).clone();
    newer.key.revision = "2".into();
    let newer = Arc::new(newer);
    for function in [&one, &newer] {
        rig.engine.invoke(function, call("1")).await.expect("tried");
    }
    let (first, second) = (rig.engine.worker_pids(&one.key), rig.engine.worker_pids(&newer.key));
    assert_ne!(first, second, "a new revision gets a worker of its own");
    rig.engine.of(&one).await.retire().await;
    assert!(rig.engine.worker_pids(&one.key).is_empty());
    rig.engine.engines.end_idle(Instant::now()).await;
    assert!(rig.engine.worker_pids(&newer.key).is_empty());
    assert_eq!(rig.engine.invoke(&newer, call("3")).await.expect("tried").payload, "3");
}

/// Polls a future that often at most, then drops it.
async fn dropped_after(polls: usize, work: impl Future) {
    let mut work = std::pin::pin!(work);
    for _ in 0..polls {
        let once = std::future::poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context)));
        if once.await.is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_hangs_up_in_the_middle_harms_nobody() {
    let rig = Rig::new(CompileLimits::default());
    let function = Arc::new(rig.function("echo", &wat(ECHO)));
    rig.engine.invoke(&function, call("1")).await.expect("tried");
    let pids = rig.engine.worker_pids(&function.key);
    let large = format!("\"{}\"", "x".repeat(5_500_000));
    for polls in 0..30 {
        // Never more in all than one worker has places.
        let leaving = (0..2).map(|_| dropped_after(polls, rig.engine.invoke(&function, call(&large))));
        let (_, neighbour) = tokio::join!(at_once(leaving), rig.engine.invoke(&function, call("2")));
        let neighbour = neighbour.expect("tried");
        assert_eq!((neighbour.payload.as_ref(), &neighbour.error), (b"2".as_ref(), &None), "after {polls}");
    }
    assert_eq!(rig.engine.worker_pids(&function.key), pids, "the worker lives");
    let everyone = all((0..64).map(|_| rig.engine.invoke(&function, call("3")))).await;
    assert!(everyone.iter().all(|outcome| outcome.payload == "3"), "no place is lost");
}

#[tokio::test]
async fn an_abandoned_preparation_is_gone_on_with() {
    let rig = Rig::new(CompileLimits::default());
    let function = Arc::new(rig.function("echo", &wat(ECHO)));
    let prepared = rig.engine.of(&function).await;
    for polls in 0..4 {
        dropped_after(polls, prepared.prepare()).await;
    }
    prepared.prepare().await.expect("compiled");
    let files = std::fs::read_dir(rig.dir.path().join("cache")).expect("a cache").count();
    assert_eq!(files, 1, "once, and nothing half made");
}

#[tokio::test]
async fn whoever_waits_is_stopped_at_the_timeout_and_holds_up_nobody() {
    let rig = Rig::new(CompileLimits::default());
    let hour = 3_600_000_000_000_i64;
    let start = |body: &str| format!(r#"(func (export "_start") {body})"#);
    let swallow = r"(loop $l (drop (call $sleep (i64.const 50000000))) (br $l))";
    let two = format!(
        "(call $clock (i32.const 256) (i32.const 1) (i64.const {hour}) (i32.const 0))
         (call $clock (i32.const 304) (i32.const 1) (i64.const {hour}) (i32.const 0))
         (drop (call $poll_oneoff (i32.const 256) (i32.const 512) (i32.const 2) (i32.const 32)))"
    );
    let until = "(call $clock (i32.const 256) (i32.const 0) (i64.const 9000000000000000000) (i32.const 1))
         (drop (call $poll_oneoff (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 32)))";
    let flood = |fd: u32| {
        format!("(loop $l (drop (call $put (i32.const {fd}) (i32.const 1024) (i32.const 100000))) (br $l))")
    };
    let cases = [
        ("long", start(&format!("(drop (call $sleep (i64.const {hour}))) (call $digit (i32.const 1))"))),
        // What comes too late is no success.
        ("late", start("(drop (call $sleep (i64.const 1600000000))) (call $digit (i32.const 1))")),
        ("late-exit", start("(drop (call $sleep (i64.const 1600000000))) (call $exit (i32.const 3))")),
        ("swallow", start(swallow)),
        ("two", start(&two)),
        ("until", start(until)),
        ("stdout", start(&flood(1))),
        ("stderr", start(&flood(2))),
    ];
    let echo = Arc::new(rig.function("echo", &wat(ECHO)));
    rig.engine.prepare(&echo).await.expect("compiled");
    let slow = cases.iter().map(|(name, body)| {
        let mut function = rig.function(name, &wat(body));
        function.timeout = Duration::from_secs(1);
        let engine = &rig.engine;
        async move { engine.invoke(&Arc::new(function), call("{}")).await }
    });
    let others = async {
        for _ in 0..20 {
            assert_eq!(rig.engine.invoke(&echo, call("2")).await.expect("tried").payload, "2");
        }
    };
    let (ended, ()) = tokio::join!(all(slow), others);
    for (outcome, (name, _)) in ended.iter().zip(cases) {
        let error = outcome.error.as_ref().expect(name);
        assert_eq!(
            (error.error_type.as_str(), error.error_message.as_str()),
            ("Sandbox.Timedout", TIMED_OUT)
        );
        let second = Duration::from_secs(1);
        let init = outcome.init_duration.unwrap_or_default();
        assert_eq!(
            (outcome.duration, outcome.billed),
            (second, engine::billed(second, Some(init))),
            "{name}"
        );
    }
}

#[tokio::test]
async fn many_sleep_at_once_in_one_worker() {
    let rig = Rig::new(CompileLimits::default());
    // Sleeps an hour when the event begins with 1; otherwise a tenth of a second.
    let body = r#"(func (export "_start")
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 64))
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (drop (call $sleep (select (i64.const 3600000000000) (i64.const 100000000)
        (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 49)))))
      (call $digit (i32.load (i32.const 32))))"#;
    let mut function = rig.function("sleep", &wat(body));
    function.timeout = Duration::from_secs(1);
    let function = Arc::new(function);
    rig.engine.invoke(&function, call("2")).await.expect("tried");
    let pids = rig.engine.worker_pids(&function.key);
    let asleep = (0..40).map(|_| rig.engine.invoke(&function, call("1")));
    let short = (0..20).map(|_| rig.engine.invoke(&function, call("2")));
    let (asleep, short) = tokio::join!(all(asleep), all(short));
    for outcome in asleep {
        check_error(&outcome, "Sandbox.Timedout", TIMED_OUT);
    }
    assert!(short.iter().all(|outcome| outcome.payload == r#""01""#), "one event, and in time");
    assert_eq!(rig.engine.worker_pids(&function.key), pids, "nobody was killed");
}

#[tokio::test]
async fn what_is_ready_does_not_wait() {
    let rig = Rig::new(CompileLimits::default());
    // Standard input and an hour: one event. And standard input without an event is at its end, again and again.
    let body = r#"(func (export "_start") (local $i i32)
      (call $clock (i32.const 256) (i32.const 1) (i64.const 3600000000000) (i32.const 0))
      (i32.store8 (i32.const 312) (i32.const 1)) (i32.store (i32.const 320) (i32.const 0))
      (drop (call $poll_oneoff (i32.const 256) (i32.const 512) (i32.const 2) (i32.const 32)))
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 64))
      (loop $l
        (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
      (call $digit (i32.load (i32.const 32))))"#;
    assert_eq!(rig.run("ready", body, "{}").await.payload, r#""01""#);
}

#[tokio::test]
async fn folders_in_folders_in_tmp_are_removed() {
    let rig = Rig::new(CompileLimits::default());
    // Makes folders in folders and answers with the errno of making the first. The walls look at every folder above with
    // each operation: as many as overflow a stack would take the test minutes; the crate `folders` removes those.
    let body = r#"(data (i32.const 2000) "d")
    (func $make (param $in i32) (result i32)
      (call $path_create_directory (local.get $in) (i32.const 2000) (i32.const 1)))
    (func (export "_start") (local $i i32) (local $in i32) (local $first i32)
      (local.set $in (i32.const 3))
      (local.set $first (call $make (local.get $in)))
      (loop $l
        (drop (call $path_open (local.get $in) (i32.const 0) (i32.const 2000) (i32.const 1)
          (i32.const 2) (i64.const 512) (i64.const 0x3fffffff) (i32.const 0) (i32.const 32)))
        (if (i32.ne (local.get $in) (i32.const 3)) (then (drop (call $fd_close (local.get $in)))))
        (local.set $in (i32.load (i32.const 32)))
        (if (call $make (local.get $in)) (then (call $digit (i32.const 77)) (return)))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4000))))
      (call $digit (local.get $first)))"#;
    let mut function = rig.function("deep", &wat(body));
    function.timeout = Duration::from_mins(1);
    let function = Arc::new(function);
    let mut pids = Vec::new();
    for _ in 0..2 {
        let outcome = rig.engine.invoke(&function, call("{}")).await.expect("tried");
        assert_eq!((outcome.payload.as_ref(), outcome.error), (br#""00""#.as_ref(), None));
        pids.push(rig.engine.worker_pids(&function.key));
    }
    assert_eq!(pids[0], pids[1], "the worker lives");
}

#[tokio::test]
async fn what_a_predecessor_left_keeps_no_engine_from_starting() {
    // In memory where there is such a place: a disk takes a minute to remove so many folders in folders.
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let scratch = dir.path().join("scratch");
    let mut folder =
        rustix::fs::open(dir.path(), rustix::fs::OFlags::PATH, rustix::fs::Mode::empty()).expect("opened");
    for name in std::iter::once("scratch").chain(std::iter::repeat_n("d", 16_000)) {
        rustix::fs::mkdirat(&folder, name, rustix::fs::Mode::RWXU).expect("made");
        folder = rustix::fs::openat(&folder, name, rustix::fs::OFlags::PATH, rustix::fs::Mode::empty())
            .expect("opened");
    }
    let config = WasmConfig {
        program: env!("CARGO_BIN_EXE_wasm-worker").into(),
        cache: dir.path().join("cache"),
        scratch: scratch.clone(),
        compile: CompileLimits::default(),
        memory: plenty(),
    };
    let _engine = WasmEngine::new(config).expect("an engine");
    assert_eq!(std::fs::read_dir(scratch).expect("a folder").count(), 0);
    let gone = async {
        // A folder of this depth is beyond std's own means: the test's must be gone before its folder is removed.
        while std::fs::read_dir(dir.path()).expect("listed").count() > 2 {
            tokio::task::spawn_blocking(std::thread::yield_now).await.expect("yielded");
        }
    };
    tokio::time::timeout(Duration::from_mins(1), gone).await.expect("it is removed in its own time");
}

#[tokio::test]
async fn a_worker_writes_to_no_file_of_ours() {
    let rig = Rig::new(CompileLimits::default());
    let function = Arc::new(rig.function("echo", &wat(ECHO)));
    rig.engine.invoke(&function, call("1")).await.expect("tried");
    for pid in rig.engine.worker_pids(&function.key) {
        let stderr = std::fs::read_link(format!("/proc/{pid}/fd/2")).expect("a descriptor");
        assert!(stderr.to_string_lossy().starts_with("pipe:"), "{}", stderr.display());
    }
}

/// Answers with 64 KiB of digits and says as much.
const LARGE: &str = r#"(func (export "_start")
  (memory.fill (i32.const 1024) (i32.const 49) (i32.const 65536))
  (drop (call $put (i32.const 1) (i32.const 1024) (i32.const 65536)))
  (drop (call $put (i32.const 2) (i32.const 1024) (i32.const 65536))))"#;

#[tokio::test]
async fn an_answer_is_held_in_the_budget_and_refused_where_there_is_no_room() {
    let memory = Budget::new("tests", 8 * 65536);
    let rig = Rig::with_memory(CompileLimits::default(), memory.clone());
    let function = Arc::new(rig.function("large", &wat(LARGE)));
    let outcome = rig.engine.invoke(&function, call("1")).await.expect("tried");
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(memory.used(), 4 * 65536, "the answer, and the log with its copies");
    let refused = rig.engine.invoke(&function, call("1")).await;
    assert!(matches!(refused, Err(EngineError::NoRoom(_))), "{refused:?}");
    drop(outcome);
    assert_eq!(memory.used(), 0);
    let again = rig.engine.invoke(&function, call("1")).await.expect("tried");
    assert_eq!((again.payload.len(), again.init_duration), (65536, None), "its worker lives");
}

#[tokio::test]
async fn what_does_not_start_says_why() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = |program: &str, scratch: &str| WasmConfig {
        program: program.into(),
        cache: dir.path().join("cache"),
        scratch: dir.path().join(scratch),
        compile: CompileLimits::default(),
        memory: plenty(),
    };
    std::fs::write(dir.path().join("file"), "").expect("a file");
    let error = WasmEngine::new(config("/none", "file/scratch")).map(drop).expect_err("a file is in the way");
    assert!(error.to_string().contains("file/scratch"), "{error}");
    for (program, reason) in [("/none/worker", "failed to start /none/worker"), ("/bin/ls", "it said: ")] {
        let error = WasmEngine::new(config(program, "scratch")).expect("an engine").warm_up().await;
        let error = error.expect_err("no worker").to_string();
        assert!(error.contains(reason) && error.len() > reason.len(), "{error}");
    }
}
