//! Pumps: how many batches there are at once, what is in them, what becomes of those that fail, and what a stop and the end of
//! the process leave.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud_core::{AwsError, Delivery, Poll, Reader, Record, Source};
use cloud_delivery::{Cause, Ended, Failed, GivenUp, Mapping, Noted, Pace, Pump};
use tokio::sync::Semaphore;

use super::*;
use crate::depot::at;
use crate::killed::{ENOUGH, kill_at};

/// What a function makes of an event.
type Making = dyn Fn(&str, usize) -> Result<Delivered, PortError> + Send + Sync;

/// A function: notes what it gets, and answers as it is told.
struct Function {
    seen: Mutex<Vec<String>>,
    busy: AtomicUsize,
    /// Holds it back.
    gate: Semaphore,
    making: Mutex<Box<Making>>,
}

/// The function has failed.
fn failure() -> Delivered {
    Delivered { function_error: Some("Unhandled".into()), ..Delivered::default() }
}

fn error(status: u16) -> PortError {
    AwsError::new("Fault", "as told").status(status).into()
}

impl Function {
    /// One that succeeds.
    fn new(rig: &Rig) -> Arc<Self> {
        let function = Arc::new(Self {
            seen: Mutex::default(),
            busy: AtomicUsize::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            making: Mutex::new(Box::new(|_, _| Ok(Delivered::default()))),
        });
        rig.context.peers().add_target("lambda", function.clone());
        function
    }

    /// What it makes of a text and how often it was called before.
    fn makes(&self, making: impl Fn(&str, usize) -> Result<Delivered, PortError> + Send + Sync + 'static) {
        *self.making.lock().unwrap() = Box::new(making);
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn busy(&self) -> usize {
        self.busy.load(Ordering::SeqCst)
    }

    /// Has calls stand still until so many more may go on.
    fn close(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }
}

#[async_trait]
impl Target for Function {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        assert_eq!(delivery.kind, cloud_core::DeliveryKind::RequestResponse);
        let text = String::from_utf8(delivery.payload.to_vec()).unwrap();
        self.busy.fetch_add(1, Ordering::SeqCst);
        let permit = self.gate.acquire().await.unwrap();
        if self.gate.available_permits() < 1000 {
            permit.forget();
        }
        self.busy.fetch_sub(1, Ordering::SeqCst);
        let before = self.seen.lock().unwrap().len();
        let made = self.making.lock().unwrap()(&text, before);
        if made.is_ok() {
            self.seen.lock().unwrap().push(text);
        }
        made
    }
}

/// Texts that were given up, why, and how often they were delivered.
type Lost = (Vec<String>, Cause, u32);

/// An event is the records' texts, each with how often it was received; an answer names those that failed.
#[derive(Default)]
struct Texts {
    given_up: Arc<Mutex<Vec<Lost>>>,
    noted: Arc<Mutex<Vec<(usize, usize)>>>,
    /// Bytes of a delivery for each of a text.
    factor: u64,
}

fn text(record: &Record) -> String {
    String::from_utf8(record.payload.to_vec()).unwrap()
}

#[async_trait]
impl Mapping for Texts {
    fn delivery(&self, _: &Reader, records: &[Record]) -> Delivery {
        let texts: Vec<_> =
            records.iter().map(|record| format!("{}#{}", text(record), record.received)).collect();
        Delivery::new(at("lambda", "f"), texts.join(","))
    }

    fn failed(&self, records: &[Record], answer: &Delivered) -> Failed {
        if answer.function_error.is_some() {
            return Failed::All;
        }
        let answer = String::from_utf8(answer.payload.to_vec()).unwrap();
        let failed = records.iter().filter(|record| answer.split(',').any(|name| name == text(record)));
        let ids: Vec<String> = failed.map(|record| record.id.clone()).collect();
        if ids.is_empty() { Failed::None } else { Failed::Some(ids) }
    }

    fn size(&self, _: &Reader, record: &Record) -> u64 {
        record.payload.len() as u64 * self.factor.max(1)
    }

    async fn give_up(&self, _: &Reader, given_up: GivenUp<'_>) -> Result<(), PortError> {
        let texts = given_up.records.iter().map(text).collect();
        self.given_up.lock().unwrap().push((texts, given_up.cause, given_up.deliveries));
        Ok(())
    }

    fn note(&self, noted: Noted<'_>) {
        if let Noted::Delivered { records, failed } = noted {
            self.noted.lock().unwrap().push((records, failed));
        }
    }
}

fn reader(service: &str) -> Reader {
    Reader { source: at(service, "source"), name: "r".into(), shard: None }
}

async fn fill(rig: &Rig, service: &str, texts: &[&str]) {
    for text in texts {
        let (text, key) = text.split_once('/').map_or((*text, None), |(text, key)| (text, Some(key)));
        let delivery = Delivery {
            group_id: key.map(str::to_owned),
            ..Delivery::new(at(service, "source"), text.to_owned())
        };
        let depot = if service == "sqs" { &rig.queue } else { &rig.stream };
        depot.take_in(delivery).await.unwrap();
    }
}

/// Waits for an hour, so that what happens before was woken.
fn pace(records: usize) -> Pace {
    Pace::of(Poll { records, wait: Duration::from_hours(1), ..Poll::default() })
}

fn pump(rig: &Rig, service: &str, pace: Pace, mapping: Texts) -> Arc<Pump<Texts>> {
    let depot = if service == "sqs" { &rig.queue } else { &rig.stream };
    let source: Arc<dyn Source> = Arc::new(depot.clone());
    Arc::new(Pump::new(rig.context.clone(), source, reader(service), pace, mapping))
}

fn begin(pump: &Arc<Pump<Texts>>) -> tokio::task::JoinHandle<Ended> {
    let pump = Arc::clone(pump);
    tokio::spawn(async move { pump.run().await })
}

/// Awaits something without letting time pass.
async fn soon(what: &str, is_so: impl Fn() -> bool) {
    let enough = async {
        while !is_so() {
            settle().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, enough).await.is_ok(), "{what}");
}

/// Lets what is under way come to a stand.
async fn stand() {
    for _ in 0..20 {
        settle().await;
    }
}

#[tokio::test]
async fn batches_of_a_queue_run_side_by_side_as_many_as_may() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.close();
    let texts: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    fill(&rig, "sqs", &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let pace = Pace { first: 2, most: 3, ..pace(1) };
    let running = begin(&pump(&rig, "sqs", pace, Texts::default()));
    soon("two at first", || function.busy() == 2).await;
    stand().await;
    assert_eq!(function.busy(), 2);
    rig.clock.advance(Duration::from_millis(200));
    soon("one more when all are busy", || function.busy() == 3).await;
    rig.clock.advance(Duration::from_secs(9));
    stand().await;
    assert_eq!(function.busy(), 3, "and no more than may");
    function.gate.add_permits(8);
    rig.until("all are done", async || rig.queue.pile("source").is_empty()).await;
    let seen: BTreeSet<String> = function.seen().into_iter().collect();
    assert_eq!(seen, texts.iter().map(|text| format!("{text}#1")).collect());
    running.abort();
}

#[tokio::test]
async fn a_window_gathers_until_it_is_over_or_the_batch_is_full() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    let pace = Pace { window: Duration::from_secs(10), ..pace(3) };
    let running = begin(&pump(&rig, "sqs", pace, Texts::default()));
    fill(&rig, "sqs", &["1"]).await;
    // The window begins with that.
    soon("it is polled", || rig.queue.received("source") == 1).await;
    stand().await;
    rig.clock.advance(Duration::from_secs(9));
    fill(&rig, "sqs", &["2"]).await;
    stand().await;
    assert_eq!(function.seen(), [""; 0]);
    rig.clock.advance(Duration::from_secs(1));
    soon("its time is over", || function.seen() == ["1#1,2#1"]).await;
    fill(&rig, "sqs", &["a", "b", "c"]).await;
    soon("it is full", || function.seen() == ["1#1,2#1", "a#1,b#1,c#1"]).await;
    running.abort();
}

#[tokio::test]
async fn a_batch_holds_what_a_delivery_may_and_gives_the_rest_back() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    fill(&rig, "sqs", &["aaaa", "bbbb", "c"]).await;
    let poll = Poll { bytes: 10, ..pace(9).poll };
    let mapping = Texts { factor: 2, ..Texts::default() };
    let running = begin(&pump(&rig, "sqs", Pace { poll, ..pace(9) }, mapping));
    rig.until("all come", async || rig.queue.pile("source").is_empty()).await;
    // All were polled, of which one fitted.
    assert_eq!(function.seen(), ["aaaa#1", "bbbb#2,c#2"]);
    running.abort();
    assert!(running.await.is_err());
    assert_eq!(rig.context.memory().used(), 0);
}

#[tokio::test]
async fn who_waits_for_records_holds_no_room_for_them() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    let pump = pump(&rig, "sqs", pace(10), Texts::default());
    let running = begin(&pump);
    stand().await;
    assert_eq!(rig.context.memory().used(), 0);
    fill(&rig, "sqs", &["1"]).await;
    soon("it is woken", || function.seen() == ["1#1"]).await;
    pump.stop();
    assert!(matches!(running.await.unwrap(), Ended::Stopped));
    assert_eq!(rig.context.memory().used(), 0);
}

#[tokio::test]
async fn what_a_queue_gave_is_done_unless_it_failed() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.makes(|_, before| {
        Ok(Delivered { payload: if before == 0 { "2" } else { "" }.into(), ..Delivered::default() })
    });
    fill(&rig, "sqs", &["1", "2", "3"]).await;
    let mapping = Texts::default();
    let noted = Arc::clone(&mapping.noted);
    let running = begin(&pump(&rig, "sqs", pace(10), mapping));
    soon("two are done", || rig.queue.pile("source") == ["2"]).await;
    rig.until("it is given again", async || rig.queue.pile("source").is_empty()).await;
    assert_eq!(function.seen(), ["1#1,2#1,3#1", "2#2"]);
    assert_eq!(*noted.lock().unwrap(), [(3, 1), (1, 0)]);
    running.abort();
}

#[tokio::test]
async fn what_is_throttled_is_held_and_counts_no_delivery() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    function.makes(move |_, _| {
        if counted.fetch_add(1, Ordering::SeqCst) < 4 { Err(error(429)) } else { Ok(Delivered::default()) }
    });
    fill(&rig, "sqs", &["1", "2"]).await;
    let running = begin(&pump(&rig, "sqs", Pace { first: 5, most: 5, ..pace(1) }, Texts::default()));
    soon("it is tried", || tries.load(Ordering::SeqCst) > 0).await;
    let mut waited = 0;
    while function.seen().len() < 2 {
        stand().await;
        if rig.clock.advance_if_awaited(Duration::from_secs(1)) {
            waited += 1;
        }
    }
    // Both may have been polled before the first was throttled.
    assert!((3..20).contains(&waited), "longer and longer: {waited} s");
    assert!(function.seen().iter().all(|text| text.ends_with("#1")), "{:?}", function.seen());
    running.abort();
}

#[tokio::test]
async fn what_is_throttled_for_longer_than_it_is_hidden_is_let_go() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    let open = Arc::new(AtomicUsize::new(0));
    let opened = Arc::clone(&open);
    function.makes(move |_, _| {
        if opened.load(Ordering::SeqCst) == 0 { Err(error(429)) } else { Ok(Delivered::default()) }
    });
    fill(&rig, "sqs", &["1"]).await;
    let running = begin(&pump(&rig, "sqs", pace(1), Texts::default()));
    for _ in 0..50 {
        stand().await;
        rig.clock.advance(Duration::from_secs(1));
    }
    open.store(1, Ordering::SeqCst);
    rig.until("it is given again", async || rig.queue.pile("source").is_empty()).await;
    assert_eq!(function.seen(), ["1#2"]);
    running.abort();
}

#[tokio::test]
async fn one_that_is_refused_keeps_no_other_from_being_delivered() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.makes(|text, _| if text.contains("bad") { Err(error(400)) } else { Ok(Delivered::default()) });
    fill(&rig, "sqs", &["1", "2", "bad", "4"]).await;
    let running = begin(&pump(&rig, "sqs", pace(10), Texts::default()));
    soon("the others are done", || rig.queue.pile("source") == ["bad"]).await;
    assert_eq!(function.seen(), ["1#1,2#1", "4#1"]);
    running.abort();
}

#[tokio::test]
async fn a_pump_ends_with_its_target_or_its_source() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.makes(|_, _| Err(error(404)));
    for service in ["sqs", "kinesis"] {
        fill(&rig, service, &["1"]).await;
        let ended = pump(&rig, service, pace(1), Texts::default()).run().await;
        assert!(matches!(&ended, Ended::TargetGone(error) if error.http_status() == 404), "{ended:?}");
    }
}

#[tokio::test]
async fn a_stopped_pump_polls_no_more_and_brings_to_an_end_what_it_polled() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.close();
    fill(&rig, "sqs", &["1"]).await;
    let stopped = pump(&rig, "sqs", Pace { first: 5, most: 5, ..pace(1) }, Texts::default());
    let running = begin(&stopped);
    soon("it runs", || function.busy() == 1).await;
    stopped.stop();
    stopped.quiet().await;
    fill(&rig, "sqs", &["2"]).await;
    stand().await;
    assert!(!running.is_finished() && function.busy() == 1, "what runs is waited for, and nothing more");
    function.gate.add_permits(1);
    assert!(matches!(running.await.unwrap(), Ended::Stopped));
    assert_eq!(rig.queue.pile("source"), ["2"]);
    // What was gathered by then is delivered at once.
    let window = Duration::from_mins(5);
    let gathering = pump(&rig, "sqs", Pace { window, ..pace(9) }, Texts::default());
    let running = begin(&gathering);
    stand().await;
    gathering.stop();
    function.gate.add_permits(1);
    assert!(matches!(running.await.unwrap(), Ended::Stopped));
    assert_eq!(function.seen(), ["1#1", "2#1"]);
}

#[tokio::test]
async fn a_batch_of_a_stream_is_tried_again_and_then_given_up() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.makes(|text, _| Ok(if text.contains("bad") { failure() } else { Delivered::default() }));
    fill(&rig, "kinesis", &["1", "bad", "3", "4"]).await;
    let mapping = Texts::default();
    let given_up = Arc::clone(&mapping.given_up);
    let running = begin(&pump(&rig, "kinesis", Pace { retries: Some(2), ..pace(2) }, mapping));
    rig.until("it goes on", async || !rig.stream.has_any(&reader("kinesis"))).await;
    assert_eq!(function.seen(), ["1#1,bad#1", "1#1,bad#1", "1#1,bad#1", "3#1,4#1"]);
    assert_eq!(*given_up.lock().unwrap(), [(vec!["1".into(), "bad".into()], Cause::Attempts, 3)]);
    running.abort();
}

#[tokio::test]
async fn a_batch_of_a_stream_is_split_until_what_is_wrong_is_alone() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.makes(|text, _| Ok(if text.contains("bad") { failure() } else { Delivered::default() }));
    fill(&rig, "kinesis", &["1", "2", "bad", "4"]).await;
    let mapping = Texts::default();
    let given_up = Arc::clone(&mapping.given_up);
    let pace = Pace { retries: Some(1), bisects: true, ..pace(4) };
    let running = begin(&pump(&rig, "kinesis", pace, mapping));
    rig.until("it goes on", async || !rig.stream.has_any(&reader("kinesis"))).await;
    let expected = ["1#1,2#1,bad#1,4#1", "1#1,2#1", "bad#1,4#1", "bad#1", "bad#1", "4#1"];
    assert_eq!(function.seen(), expected);
    assert_eq!(*given_up.lock().unwrap(), [(vec!["bad".into()], Cause::Attempts, 4)]);
    running.abort();
}

#[tokio::test]
async fn a_stream_goes_on_at_the_first_that_failed() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.makes(|_, before| {
        Ok(Delivered { payload: if before < 2 { "2" } else { "" }.into(), ..Delivered::default() })
    });
    fill(&rig, "kinesis", &["1", "2", "3"]).await;
    let running = begin(&pump(&rig, "kinesis", pace(10), Texts::default()));
    soon("the first is done", || function.seen().len() == 1).await;
    rig.until("all are", async || !rig.stream.has_any(&reader("kinesis"))).await;
    assert_eq!(function.seen(), ["1#1,2#1,3#1", "2#1,3#1", "2#1,3#1"]);
    running.abort();
}

#[tokio::test]
async fn records_of_a_stream_that_are_too_old_are_given_up() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.makes(|text, _| Ok(if text.contains("old") { failure() } else { Delivered::default() }));
    fill(&rig, "kinesis", &["old", "older"]).await;
    let mapping = Texts::default();
    let given_up = Arc::clone(&mapping.given_up);
    // Time goes on by ten seconds a turn: what comes later is read long before it is as old.
    let pace = Pace { max_age: Some(Duration::from_hours(1)), ..pace(10) };
    let running = begin(&pump(&rig, "kinesis", pace, mapping));
    rig.until("they are given up", async || !given_up.lock().unwrap().is_empty()).await;
    fill(&rig, "kinesis", &["new"]).await;
    rig.until("it goes on", async || !rig.stream.has_any(&reader("kinesis"))).await;
    let given_up = given_up.lock().unwrap();
    let [(texts, Cause::Age, deliveries)] = &given_up[..] else { panic!("{given_up:?}") };
    assert_eq!(
        (texts, function.seen().last().unwrap().as_str()),
        (&vec!["old".into(), "older".into()], "new#1")
    );
    assert!(*deliveries >= 1, "{deliveries}");
    running.abort();
}

#[tokio::test]
async fn lanes_of_a_stream_run_side_by_side_and_keep_the_order_of_keys() {
    let rig = Rig::new().await;
    let function = Function::new(&rig);
    function.close();
    let texts: Vec<String> = (0..40).map(|number| format!("{number}/{}", number % 10)).collect();
    fill(&rig, "kinesis", &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let running = begin(&pump(&rig, "kinesis", Pace { lanes: 4, ..pace(10) }, Texts::default()));
    soon("several at once", || function.busy() > 1).await;
    function.gate.add_permits(900);
    rig.until("all are done", async || !rig.stream.has_any(&reader("kinesis"))).await;
    let seen = function.seen().join(",").replace("#1", "");
    let order: Vec<u32> = seen.split(',').map(|text| text.parse().unwrap()).collect();
    assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 40, "{order:?}");
    for key in 0..10 {
        let of_key: Vec<_> = order.iter().filter(|number| *number % 10 == key).collect();
        assert!(of_key.is_sorted(), "{of_key:?}");
    }
    running.abort();
}

/// The end of the process wherever a pump waits: nothing is lost, and what was acknowledged is not given again.
#[tokio::test]
async fn a_pump_survives_the_end_of_the_process_at_every_step() {
    for service in ["sqs", "kinesis"] {
        let mut steps = 1;
        loop {
            let rig = Rig::new().await;
            let function = Function::new(&rig);
            fill(&rig, service, &["1", "2", "3", "4"]).await;
            let killed = pump(&rig, service, pace(2), Texts::default());
            let is_left = |rig: &Rig| match service {
                "sqs" => !rig.queue.pile("source").is_empty(),
                _ => rig.stream.has_any(&reader(service)),
            };
            let work = async {
                killed.run().await;
            };
            let was_killed = kill_at(steps, &rig.clock, async || !is_left(&rig), work).await;
            let before = function.seen();
            drop(killed);
            let rig = rig.again().await;
            let after = Function::new(&rig);
            let done: BTreeSet<String> = {
                let left = match service {
                    "sqs" => rig.queue.pile("source"),
                    _ => rig.stream.behind(&reader(service)),
                };
                let all = ["1", "2", "3", "4"].map(str::to_owned);
                all.into_iter().filter(|text| !left.contains(text)).collect()
            };
            let running = begin(&pump(&rig, service, pace(2), Texts::default()));
            rig.until("it goes on", async || !is_left(&rig)).await;
            running.abort();
            let texts = |seen: &[String]| -> BTreeSet<String> {
                let all = seen.iter().flat_map(|batch| batch.split(','));
                all.map(|text| text.split('#').next().unwrap().to_owned()).collect()
            };
            let (before, after) = (texts(&before), texts(&after.seen()));
            assert_eq!(before.union(&after).count(), 4, "killed at {steps}: {before:?}, {after:?}");
            assert!(done.is_subset(&before), "killed at {steps}: {done:?} of {before:?}");
            assert!(done.is_disjoint(&after), "killed at {steps}: {done:?} again");
            if !was_killed {
                assert!(steps > 2, "only {steps} steps were tried");
                break;
            }
            steps += 1;
            assert!(steps < ENOUGH);
        }
    }
}
