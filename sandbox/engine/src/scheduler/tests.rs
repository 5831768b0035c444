//! The scheduler over an engine without processes, whose sandboxes live through all that a sandbox can. Time is turned.

mod ahead;
mod schedules;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::pool::SOON;
use super::*;
use crate::{
    Ended, EngineError, Engines, FunctionError, FunctionKey, Invocation, NotBegun, Outcome, Piece, Prepared,
    Response, Sandbox, Unanswered,
};

const TIMEOUT: Duration = Duration::from_secs(3);
/// One event at a time, as native environments run them.
const ALONE: Manner = Manner { places: 1, of_a_version: 10, many: 100, most: 100, lingers: false };

/// How an init phase goes.
#[derive(Clone, Copy)]
enum Init {
    Fails,
    Hangs,
    BadPackage,
}

#[derive(Clone)]
struct Tests {
    manner: Manner,
    said: Arc<Mutex<Vec<String>>>,
    /// Of the next sandboxes; all others come up.
    inits: Arc<Mutex<VecDeque<Init>>>,
    made: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
    most_running: Arc<AtomicUsize>,
    /// Sandboxes that were made and have not ended.
    alive: Arc<AtomicUsize>,
    /// What no sandbox may be asked.
    wrong: Arc<Mutex<Vec<String>>>,
}

struct OfTests {
    number: usize,
    init: Option<Init>,
    ended: AtomicBool,
    /// Events and what goes on after them, under way.
    busy: AtomicUsize,
    frozen: AtomicBool,
    engine: Tests,
}

impl Tests {
    fn say(&self, what: impl Into<String>) {
        self.said.lock().expect("whole").push(what.into());
    }

    fn said(&self) -> Vec<String> {
        std::mem::take(&mut *self.said.lock().expect("whole"))
    }
}

#[async_trait]
impl Engine for Tests {
    fn name(&self) -> &'static str {
        "tests"
    }

    fn supports(&self, runtime: &str, _: &Path) -> bool {
        runtime == "tests"
    }

    fn manner(&self) -> Manner {
        self.manner
    }

    async fn prepare(&self, _: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        self.say("prepare");
        Ok(())
    }

    async fn sandbox(&self, _: &Arc<FunctionSpec>) -> Result<Arc<dyn Sandbox>, NotBegun> {
        let number = self.made.fetch_add(1, Ordering::SeqCst) + 1;
        let init = self.inits.lock().expect("whole").pop_front();
        self.alive.fetch_add(1, Ordering::SeqCst);
        let (ended, busy, frozen) = Default::default();
        Ok(Arc::new(OfTests { number, init, ended, busy, frozen, engine: self.clone() }))
    }

    async fn collect(&self) {
        self.say("collect");
    }
}

impl OfTests {
    fn say(&self, what: &str) {
        self.engine.say(format!("{what} {}", self.number));
    }

    fn expect(&self, is_right: bool, what: &str) {
        if !is_right {
            self.engine.wrong.lock().expect("whole").push(format!("{what} {}", self.number));
        }
    }

    /// Something runs in it until this is dropped.
    fn begin(&self) -> Busy<'_> {
        let before = self.busy.fetch_add(1, Ordering::SeqCst);
        self.expect(before < self.engine.manner.places, "too much at once");
        self.expect(!self.frozen.load(Ordering::SeqCst), "asked while it is frozen");
        Busy(self)
    }
}

struct Busy<'a>(&'a OfTests);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Sandbox for OfTests {
    async fn init(&self, request_id: &str) -> Result<(), NotBegun> {
        self.say("init");
        sleep(Duration::from_millis(100)).await;
        match self.init {
            None => Ok(()),
            Some(Init::Fails) => Err(NotBegun::Function(
                FunctionError::exited(request_id, 1),
                Bytes::from_static(b"no module\n"),
            )),
            Some(Init::BadPackage) => Err(NotBegun::Package("no bootstrap".into())),
            Some(Init::Hangs) => std::future::pending().await,
        }
    }

    async fn respond(
        &self,
        _: &Invocation,
        event: Bytes,
        response: &mut Response,
    ) -> Result<Ended, Unanswered> {
        let text = String::from_utf8_lossy(&event).into_owned();
        self.say(&format!("respond {text}"));
        let _busy = self.begin();
        let running = self.engine.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.engine.most_running.fetch_max(running, Ordering::SeqCst);
        let begun = Instant::now();
        let (what, seconds) = text.split_once(' ').unwrap_or((&text, "0"));
        sleep(Duration::from_secs(seconds.parse().expect("seconds"))).await;
        self.engine.running.fetch_sub(1, Ordering::SeqCst);
        let error = match what {
            "crash" => {
                self.kill();
                return Err(Unanswered::Gone);
            }
            "silent" => std::future::pending().await,
            "fail" => Some(FunctionError::new("Boom", "no")),
            _ => None,
        };
        for piece in ["{", "}"] {
            response.send(piece.into()).await.expect("room");
            sleep(Duration::from_secs(u64::from(what == "stream"))).await;
        }
        let duration = begun.elapsed();
        Ok(Ended { error, cause: None, log: Bytes::new(), duration, peak_bytes: 1 })
    }

    async fn next(&self) {
        self.say("next");
        let _busy = self.begin();
        sleep(Duration::from_secs(1)).await;
    }

    fn freeze(&self) {
        self.say("freeze");
        self.expect(self.busy.load(Ordering::SeqCst) == 0, "frozen while something runs in it");
        self.frozen.store(true, Ordering::SeqCst);
    }

    fn thaw(&self) {
        self.say("thaw");
        self.frozen.store(false, Ordering::SeqCst);
    }

    async fn shutdown(&self, reason: Shutdown) {
        self.kill();
        self.say(&format!("shutdown {reason:?}"));
    }

    fn kill(&self) {
        if !self.ended.swap(true, Ordering::SeqCst) {
            self.engine.alive.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }
}

struct Rig {
    engine: Tests,
    engines: Engines,
    prepared: Prepared,
}

impl Rig {
    async fn new(manner: Manner, inits: &[Init]) -> Self {
        let inits = Arc::new(Mutex::new(inits.iter().copied().collect()));
        let (said, made, running, most_running, alive, wrong) = Default::default();
        let engine = Tests { manner, said, inits, made, running, most_running, alive, wrong };
        let engines = Engines::new(vec![Arc::new(engine.clone())]);
        let prepared = engines.bind(function("f")).await.expect("an engine");
        Self { engine, engines, prepared }
    }

    async fn call(&self, event: &str) -> Outcome {
        self.prepared.invoke(event_of(event)).await.expect("tried")
    }

    /// All of them at once.
    async fn calls(&self, events: &[&str]) -> Vec<Outcome> {
        let calls: Vec<_> = events
            .iter()
            .map(|event| {
                let (prepared, event) = (self.prepared.clone(), event_of(event));
                tokio::spawn(async move { prepared.invoke(event).await })
            })
            .collect();
        let mut outcomes = Vec::new();
        for call in calls {
            outcomes.push(call.await.expect("no panic").expect("tried"));
        }
        outcomes
    }
}

fn function(name: &str) -> Arc<FunctionSpec> {
    Arc::new(FunctionSpec {
        key: FunctionKey { arn: name.to_owned(), version: "1".into(), revision: "r".into() },
        name: name.to_owned(),
        package: std::path::PathBuf::from("/nowhere").into(),
        layers: Vec::new(),
        runtime: "tests".into(),
        handler: "h".into(),
        environment: Vec::new(),
        memory_mb: 128,
        timeout: TIMEOUT,
        ephemeral_storage_mb: 512,
        log_group: "g".into(),
        log_stream: "s".into(),
        region: "us-east-1".into(),
        endpoint_url: None,
        credentials: None,
    })
}

fn event_of(event: &str) -> Invocation {
    Invocation {
        request_id: "id".into(),
        payload: event.to_owned().into(),
        deadline: jiff::Timestamp::UNIX_EPOCH,
        trace_id: String::new(),
        invoked_arn: String::new(),
        client_context: None,
    }
}

fn kind(outcome: &Outcome) -> &str {
    outcome.error.as_ref().map_or("", |error| &error.error_type)
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_lives_from_init_to_shutdown_and_rests_between_events() {
    let rig = Rig::new(Manner { lingers: true, ..ALONE }, &[]).await;
    rig.prepared.prepare().await.expect("prepared");
    let begun = Instant::now();
    let first = rig.call("a").await;
    assert_eq!((kind(&first), first.payload.as_ref(), first.engine), ("", &b"{}"[..], "tests"));
    assert_eq!(first.init_duration, Some(Duration::from_millis(100)));
    assert_eq!(begun.elapsed(), Duration::from_millis(100), "the answer waits for no extension");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(rig.call("b").await.init_duration, None);
    sleep(Duration::from_secs(2)).await;
    rig.prepared.retire().await;
    let expected = [
        "prepare",
        "init 1",
        "thaw 1",
        "respond a 1",
        "next 1",
        "freeze 1",
        "thaw 1",
        "respond b 1",
        "next 1",
        "freeze 1",
        "thaw 1",
        "shutdown Spindown 1",
        "collect",
    ];
    assert_eq!(rig.engine.said(), expected);
}

#[tokio::test(start_paused = true)]
async fn extensions_go_on_no_longer_than_the_timeout() {
    let rig = Rig::new(Manner { lingers: true, ..ALONE }, &[]).await;
    // One second is left of three, and the extensions want as long as that.
    assert_eq!(kind(&rig.call("a 2").await), "");
    sleep(Duration::from_secs(2)).await;
    rig.engine.said();
    rig.call("b").await;
    assert_eq!(rig.engine.said(), ["thaw 1", "respond b 1", "next 1"], "it was there in time");
    sleep(Duration::from_secs(2)).await;
    // Nothing is left.
    rig.call("c 3").await;
    sleep(Duration::from_secs(2)).await;
    assert!(rig.engine.said().contains(&"shutdown Timeout 1".to_owned()));
    assert!(rig.call("d").await.init_duration.is_some(), "another one");
}

#[tokio::test(start_paused = true)]
async fn who_calls_again_at_once_meets_the_sandbox_that_is_about_to_ask() {
    let rig = Rig::new(Manner { lingers: true, ..ALONE }, &[]).await;
    rig.call("a").await;
    // Its extensions go on for a second.
    sleep(Duration::from_millis(985)).await;
    assert_eq!(rig.call("b").await.init_duration, None);
    assert_eq!(rig.engine.made.load(Ordering::SeqCst), 1);
    // All calls here have one name: the wait for the last is over.
    sleep(SOON).await;
    let begun = Instant::now();
    assert!(rig.call("c").await.init_duration.is_some(), "who would wait longer gets another");
    assert_eq!(begun.elapsed(), SOON + Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn one_event_at_a_time_and_the_sandbox_that_was_used_last() {
    let rig = Rig::new(ALONE, &[]).await;
    let at_once = rig.calls(&["a 2", "b 1", "c 1"]).await;
    assert!(at_once.iter().all(|outcome| outcome.init_duration.is_some()));
    rig.engine.said();
    for _ in 0..2 {
        rig.call("d").await;
        assert_eq!(rig.engine.said()[1], "respond d 1", "the last to end");
    }
    assert_eq!(rig.engine.made.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn many_events_share_a_sandbox_that_has_places() {
    let rig = Rig::new(Manner { places: 4, ..ALONE }, &[]).await;
    let outcomes = rig.calls(&["a 1"; 6]).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.init_duration.is_some()).count(), 2);
    assert_eq!(rig.engine.made.load(Ordering::SeqCst), 2, "a burst starts no more than it needs");
}

#[tokio::test(start_paused = true)]
async fn a_version_has_so_many_sandboxes_and_the_rest_waits() {
    let rig = Rig::new(Manner { of_a_version: 2, ..ALONE }, &[]).await;
    let begun = Instant::now();
    rig.calls(&["a 1"; 6]).await;
    assert_eq!(rig.engine.most_running.load(Ordering::SeqCst), 2);
    assert_eq!(begun.elapsed(), Duration::from_millis(3100));
    assert_eq!(rig.engine.made.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn idle_sandboxes_end_and_busy_ones_stay() {
    let rig = Rig::new(ALONE, &[]).await;
    rig.engines.end_idle_after(Duration::from_mins(10));
    rig.calls(&["a", "a"]).await;
    sleep(Duration::from_mins(9)).await;
    rig.call("a").await;
    sleep(Duration::from_mins(7)).await;
    let ends = |said: Vec<String>| said.into_iter().filter(|what| what.starts_with("shutdown")).count();
    assert_eq!(ends(rig.engine.said()), 1, "the one that was used last is kept");
    sleep(Duration::from_mins(10)).await;
    assert_eq!(ends(rig.engine.said()), 1);
    assert!(rig.call("a").await.init_duration.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_crashes_or_is_silent_is_replaced() {
    let rig = Rig::new(ALONE, &[]).await;
    rig.call("a").await;
    for (event, expected, message) in [
        ("crash", "Runtime.ExitError", "RequestId: id Error: Runtime exited with error: signal: killed"),
        ("silent", "Sandbox.Timedout", "RequestId: id Error: Task timed out after 3.00 seconds"),
    ] {
        let outcome = rig.call(event).await;
        let error = outcome.error.as_ref().expect("an error");
        assert_eq!((error.error_type.as_str(), error.error_message.as_str()), (expected, message));
        assert!(rig.call("a").await.init_duration.is_some(), "after {event}");
    }
    assert_eq!(kind(&rig.call("fail").await), "Boom");
    assert_eq!(rig.call("a").await.init_duration, None, "an error of the function's own ends no sandbox");
}

/// What the first invocation says, and when, where init phases go so.
async fn check_init(inits: &[Init], expected: &str, after: Duration, made: usize) {
    let rig = Rig::new(ALONE, inits).await;
    let begun = Instant::now();
    let outcome = rig.call("a").await;
    assert_eq!((kind(&outcome), begun.elapsed()), (expected, after));
    assert_eq!(rig.engine.made.load(Ordering::SeqCst), made);
    let failed = inits.iter().filter(|init| matches!(init, Init::Fails)).count();
    if !expected.is_empty() {
        let log = String::from_utf8_lossy(&outcome.log).into_owned();
        assert_eq!(log.matches("no module\n").count(), failed, "{log}");
        assert_eq!(kind(&rig.call("a").await), "", "the next has another one");
    }
}

#[tokio::test(start_paused = true)]
async fn an_init_phase_has_ten_seconds_and_a_second_try() {
    let tenth = Duration::from_millis(100);
    let ten = Duration::from_secs(10);
    check_init(&[], "", tenth, 1).await;
    check_init(&[Init::Fails], "", 2 * tenth, 2).await;
    check_init(&[Init::Fails, Init::Fails], "Runtime.ExitError", 2 * tenth, 2).await;
    check_init(&[Init::Hangs], "", ten + tenth, 2).await;
    check_init(&[Init::Hangs, Init::Hangs], "Sandbox.Timedout", ten + TIMEOUT, 2).await;
    check_init(&[Init::Fails, Init::Hangs], "Sandbox.Timedout", tenth + TIMEOUT, 2).await;
    check_init(&[Init::BadPackage], "Runtime.InvalidEntrypoint", tenth, 1).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_handed_on_while_it_is_made() {
    let rig = Rig::new(ALONE, &[]).await;
    let (sender, mut pieces) = mpsc::channel(1);
    let (begun, prepared) = (Instant::now(), rig.prepared.clone());
    let outcome = tokio::spawn(async move { prepared.stream(event_of("stream"), sender).await });
    let mut seen = Vec::new();
    while let Some(piece) = pieces.recv().await {
        seen.push((piece, begun.elapsed().as_secs()));
    }
    assert_eq!(seen, [(Piece::Data("{".into()), 0), (Piece::Data("}".into()), 1)]);
    let outcome = outcome.await.expect("no panic").expect("tried");
    assert!(outcome.error.is_none() && outcome.payload.is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_there_are_many_the_longest_idle_makes_room() {
    let rig = Rig::new(Manner { many: 2, most: 3, ..ALONE }, &[]).await;
    let other = rig.engines.bind(function("other")).await.expect("an engine");
    rig.calls(&["a", "a"]).await;
    rig.engine.said();
    other.invoke(event_of("b")).await.expect("tried");
    assert!(rig.engine.said().contains(&"shutdown Spindown 1".to_owned()));
    // All that there may be are busy: the next waits for one that is idle, and ends it.
    let begun = Instant::now();
    let (one, two) = tokio::join!(rig.calls(&["a 2", "a 2"]), other.invoke(event_of("b 1")));
    assert!(two.expect("tried").error.is_none() && one.iter().all(|outcome| outcome.error.is_none()));
    assert_eq!(rig.engine.most_running.load(Ordering::SeqCst), 3);
    let third = rig.engines.bind(function("third")).await.expect("an engine");
    third.invoke(event_of("c")).await.expect("tried");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_holds_the_place_until_the_end() {
    let rig = Rig::new(Manner { of_a_version: 1, ..ALONE }, &[]).await;
    let left = tokio::time::timeout(Duration::from_secs(1), rig.prepared.invoke(event_of("a 2"))).await;
    left.expect_err("gone");
    rig.call("b").await;
    assert_eq!(rig.engine.most_running.load(Ordering::SeqCst), 1);
    let said = rig.engine.said();
    assert!(said.contains(&"respond a 2 1".to_owned()) && said.contains(&"respond b 1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn what_is_retired_ends_with_its_last_event() {
    let rig = Rig::new(ALONE, &[]).await;
    let (outcomes, ()) = tokio::join!(rig.calls(&["a 1", "b 2"]), async {
        sleep(Duration::from_millis(1500)).await;
        rig.prepared.retire().await;
    });
    assert!(outcomes.iter().all(|outcome| outcome.error.is_none()));
    sleep(Duration::from_secs(1)).await;
    let ends = rig.engine.said().into_iter().filter(|what| what.starts_with("shutdown")).count();
    assert_eq!(ends, 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_runs_after_the_end() {
    let rig = Rig::new(ALONE, &[]).await;
    let (cut, ()) = tokio::join!(rig.prepared.invoke(event_of("silent")), async {
        sleep(Duration::from_secs(1)).await;
        rig.engines.close().await;
    });
    assert_eq!(kind(&cut.expect("tried")), "Sandbox.Timedout");
    let refused = rig.prepared.invoke(event_of("a")).await;
    assert!(matches!(refused, Err(EngineError::ShuttingDown)), "{refused:?}");
}

#[tokio::test]
async fn what_no_engine_runs_is_told() {
    let rig = Rig::new(ALONE, &[]).await;
    let cobol = FunctionSpec { runtime: "cobol".into(), ..(*function("f")).clone() };
    let refused = rig.engines.bind(Arc::new(cobol)).await.map(drop);
    assert!(matches!(refused, Err(EngineError::NoEngine { runtime, .. }) if runtime == "cobol"));
}
