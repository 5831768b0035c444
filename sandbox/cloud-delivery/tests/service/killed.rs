//! The end of the process at every step: whatever runs is dropped where it waits, and another opens what lies on the disk.

use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as Wakers, Wake, Waker};

use cloud_core::{Delivery, Poll, Reader, Source};
use cloud_delivery::{Announcement, Retry};

use super::*;
use crate::depot::{Fault, at};

/// More often than this nothing here waits, also where the disk is slow; in seconds less than a delivery may be old.
pub(crate) const ENOUGH: usize = 50_000;

/// Whether a future was woken since it was polled.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Runs what never ends until it waited so often, or until `is_done`. Where nothing wakes it for a while, a second of the
/// clock passes: how many those are depends on the disk, and so they are no steps. Whether it was dropped before it was done.
pub(crate) async fn kill_at(
    steps: usize,
    clock: &ManualClock,
    is_done: impl AsyncFn() -> bool,
    work: impl Future<Output = ()>,
) -> bool {
    let mut work = pin!(work);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let is_woken = || woken.0.load(Ordering::SeqCst);
    for _ in 0..steps {
        woken.0.store(false, Ordering::SeqCst);
        let _ = work.as_mut().poll(&mut Wakers::from_waker(&waker));
        for second in 0.. {
            if is_done().await {
                return false;
            }
            for _ in 0..50 {
                if !is_woken() {
                    settle().await;
                }
            }
            if is_woken() {
                break;
            }
            assert!(second < ENOUGH, "nothing wakes it");
            clock.advance(Duration::from_secs(1));
        }
    }
    true
}

/// All that arrived anywhere, in order.
#[derive(Default)]
struct Arrivals(Mutex<Vec<String>>);

#[async_trait]
impl Target for Arrivals {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let text = String::from_utf8(delivery.payload.to_vec()).unwrap();
        let is_dead = delivery.target.resource() == "dead";
        // A target takes its time, during which the process may end: before it took the delivery, and after.
        tokio::task::yield_now().await;
        let failed = text == "fails" || text == "second" && self.first(&text).is_none();
        self.0.lock().unwrap().push(if is_dead { format!("dead {text}") } else { text });
        tokio::task::yield_now().await;
        let function_error = (failed && !is_dead).then(|| "Unhandled".to_owned());
        Ok(Delivered { function_error, ..Delivered::default() })
    }
}

impl Arrivals {
    fn first(&self, text: &str) -> Option<usize> {
        self.0.lock().unwrap().iter().position(|other| other == text)
    }

    fn have_all(&self) -> bool {
        ["alone", "first", "second", "third", "dead fails"].iter().all(|text| self.first(text).is_some())
    }
}

fn announcements() -> Vec<Announcement> {
    let retry = Retry { failures: vec![5000], ..Retry::default() };
    let one = |text: &str, order: Option<&str>| {
        let delivery = Delivery::new(at("lambda", "f"), text.to_owned());
        let dead_letter = Some(at("lambda", "dead"));
        let order = order.map(str::to_owned);
        Announcement { retry: retry.clone(), order, dead_letter, ..Announcement::new(delivery) }
    };
    let key = Some("key");
    vec![one("alone", None), one("first", key), one("second", key), one("third", key), one("fails", None)]
}

/// One life of a process. Whether it was killed.
async fn live(folder: &std::path::Path, arrivals: &Arc<Arrivals>, steps: usize, announces: bool) -> bool {
    let (context, clock) = Context::for_test(folder);
    context.peers().add_target("lambda", arrivals.clone());
    let (depot, timers, runner) = Depot::open(&context, "sqs", SourceKind::Queue).await;
    let outbox = depot.outbox().clone();
    let work = async {
        if announces {
            depot.announce(announcements()).await.unwrap();
        }
        both(timers.run(), runner.run()).await;
    };
    let is_done = async || arrivals.have_all() && outbox.waiting().await.unwrap() == 0;
    let was_killed = kill_at(steps, &clock, is_done, work).await;
    if !was_killed {
        assert_eq!(depot.timers().count("outbox").await.unwrap(), 0);
    }
    drop((depot, outbox));
    close(context, &["sqs"], folder).await;
    was_killed
}

#[tokio::test]
async fn announcements_survive_the_end_of_the_process_at_every_step() {
    let mut steps = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let arrivals = Arc::new(Arrivals::default());
        let was_killed = live(folder.path(), &arrivals, steps, true).await;
        if was_killed {
            // It may have ended before the change was kept: then nothing of it was announced.
            let is_kept = is_announced(folder.path()).await;
            assert!(is_kept || arrivals.0.lock().unwrap().is_empty(), "announced without the change");
            if !is_kept {
                steps += 1;
                continue;
            }
            assert!(!live(folder.path(), &arrivals, ENOUGH, false).await, "killed at {steps}: it goes on");
        }
        let order = ["first", "second", "third"].map(|text| arrivals.first(text).unwrap());
        assert!(order.is_sorted(), "killed at {steps}: {:?}", arrivals.0.lock().unwrap());
        let twice = arrivals.0.lock().unwrap().iter().filter(|text| *text == "alone").count();
        assert!(twice <= 2, "killed at {steps}: once more at most");
        if !was_killed {
            assert!(steps > 20, "only {steps} steps were tried");
            return;
        }
        steps += if steps < 60 { 1 } else { 7 };
        assert!(steps < ENOUGH);
    }
}

/// Whether the change was kept that announced.
async fn is_announced(folder: &std::path::Path) -> bool {
    let (context, _) = Context::for_test(folder);
    let opened = Depot::open(&context, "sqs", SourceKind::Queue).await;
    let is_kept = !opened.0.pile("sent").is_empty();
    let waits = opened.0.outbox().waiting().await.unwrap() > 0;
    drop(opened);
    close(context, &["sqs"], folder).await;
    is_kept || waits
}

#[tokio::test]
async fn what_ends_the_process_whenever_it_is_delivered_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let stuck = || async {
        let (context, _) = Context::for_test(folder.path());
        let (depot, timers, runner) = Depot::open(&context, "sqs", SourceKind::Queue).await;
        depot.fails(Fault::Stuck, u32::MAX);
        (context, depot, timers, runner)
    };
    for life in 0..4 {
        let (context, depot, timers, runner) = stuck().await;
        if life == 0 {
            let poison = Announcement::new(Delivery::new(at("sqs", "target"), "poison"));
            let dead_letter = Some(at("kinesis", "dead"));
            depot.announce(vec![Announcement { dead_letter, ..poison }]).await.unwrap();
        }
        let dead = Arc::new(Arrivals::default());
        context.peers().add_target("kinesis", dead.clone());
        let work = Task::start(both(timers.run(), runner.run()));
        let is_over = async {
            while depot.tried() == 0 && dead.first("dead poison").is_none() {
                settle().await;
            }
        };
        tokio::time::timeout(PATIENCE, is_over).await.expect("it is tried, or given up");
        assert_eq!((depot.tried(), dead.first("dead poison").is_some()), (u32::from(life < 3), life == 3));
        drop((work, depot));
        context.peers().add_target("kinesis", Arc::new(Nobody));
        close(context, &["sqs"], folder.path()).await;
    }
}

#[tokio::test]
async fn what_is_under_way_at_a_stop_in_good_order_is_delivered_at_every_start() {
    let folder = tempfile::tempdir().unwrap();
    for life in 0..6 {
        let (context, _) = Context::for_test(folder.path());
        let (depot, timers, runner) = Depot::open(&context, "sqs", SourceKind::Queue).await;
        depot.fails(Fault::Stuck, u32::MAX);
        if life == 0 {
            let slow = Announcement::new(Delivery::new(at("sqs", "target"), "slow"));
            depot.announce(vec![slow]).await.unwrap();
        }
        let work = Task::start(both(timers.run(), runner.run()));
        let is_tried = async {
            while depot.tried() < 1 + life {
                settle().await;
            }
        };
        tokio::time::timeout(PATIENCE, is_tried).await.expect("each is tried in each life");
        depot.outbox().stop().await.unwrap();
        depot.announce(vec![Announcement::new(Delivery::new(at("sqs", "target"), "later"))]).await.unwrap();
        settle().await;
        assert_eq!(depot.tried(), 1 + life, "nothing is begun any more");
        drop((work, depot));
        close(context, &["sqs"], folder.path()).await;
    }
}

#[tokio::test]
async fn a_reader_that_goes_away_at_any_step_takes_nothing() {
    let mut steps = 1;
    loop {
        let rig = Rig::new().await;
        let source = at("sqs", "source");
        rig.context.peers().deliver(Delivery::new(source.clone(), "it")).await.unwrap();
        let reader = Reader { source, name: "r".into(), shard: None };
        let done = Mutex::new(false);
        let work = async {
            let records = rig.queue.poll(&reader, Poll::default()).await.unwrap();
            let receipts = [records.first().expect("there is one").receipt.clone()];
            rig.queue.acknowledge(&reader, &receipts).await.unwrap();
            *done.lock().unwrap() = true;
            std::future::pending::<()>().await;
        };
        let was_killed = kill_at(steps, &rig.clock, async || *done.lock().unwrap(), work).await;
        if !was_killed {
            assert_eq!(rig.queue.pile("source"), [""; 0]);
            return;
        }
        // It is given again, unless it was acknowledged already.
        rig.until("it is given again", async || {
            let again = rig.queue.poll(&reader, Poll::default()).await.unwrap();
            !again.is_empty() || rig.queue.pile("source").is_empty()
        })
        .await;
        steps += 1;
    }
}
