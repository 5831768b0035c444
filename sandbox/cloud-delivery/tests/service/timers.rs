//! Timers: how many there may be, what jumps of the wall clock do to them, and what becomes of one that fails.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud_core::Clock;
use cloud_delivery::{Error, Timers, When};
use cloud_store::{Layout, Store, Transaction};
use jiff::{SignedDuration, Timestamp};

use super::*;

struct Watch {
    context: Context,
    clock: Arc<ManualClock>,
    timers: Timers,
    gone_off: Arc<Mutex<Vec<String>>>,
    failing: Arc<AtomicUsize>,
    task: Option<Task>,
    folder: tempfile::TempDir,
}

impl Watch {
    async fn new() -> Self {
        Self::open(tempfile::tempdir().unwrap(), None).await
    }

    /// A process that begins at that moment of the wall clock.
    async fn open(folder: tempfile::TempDir, now: Option<Timestamp>) -> Self {
        let (context, clock) = Context::for_test(folder.path());
        if let Some(now) = now {
            clock.jump_to(now);
        }
        let store = Store::open(context.database("x"), Layout::new(&[Timers::TABLE])).await.unwrap();
        let timers = Timers::open(&store, &context).await.unwrap();
        let (gone_off, failing) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let fails = Arc::clone(&failing);
        timers.on("test", &gone_off, move |seen: &Arc<Mutex<Vec<String>>>, transaction, due| {
            if due.name == "bad" && fails.load(Ordering::SeqCst) > 0 {
                fails.fetch_sub(1, Ordering::SeqCst);
                panic!("as told");
            }
            let seen = Arc::clone(seen);
            transaction.then(move || seen.lock().unwrap().push(due.name));
            Ok(())
        });
        let task = Some(Task::start(timers.clone().run()));
        Self { context, clock, timers, gone_off, failing, task, folder }
    }

    async fn again(mut self, now: Timestamp) -> Self {
        drop(self.task.take());
        let Self { context, timers, folder, .. } = self;
        drop(timers);
        close(context, &["x"], folder.path()).await;
        Self::open(folder, Some(now)).await
    }

    async fn arm(&self, name: &'static str, when: When) {
        self.change(move |timers, transaction| timers.arm(transaction, "test", name, when, b"note")).await;
    }

    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Timers, &mut Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        let timers = self.timers.clone();
        self.timers.store().transact(move |transaction| work(&timers, transaction)).await.unwrap()
    }

    /// What has gone off since it was asked last, once so much has.
    async fn seen(&self, count: usize) -> Vec<String> {
        let enough = async {
            while self.gone_off.lock().unwrap().len() < count {
                settle().await;
            }
        };
        tokio::time::timeout(PATIENCE, enough).await.expect("timers go off");
        for _ in 0..3 {
            settle().await;
        }
        std::mem::take(&mut *self.gone_off.lock().unwrap())
    }
}

fn after(seconds: u64) -> When {
    When::After(Duration::from_secs(seconds))
}

#[tokio::test]
async fn timers_go_off_in_order_and_cancelled_ones_do_not() {
    let watch = Watch::new().await;
    watch.arm("late", after(20)).await;
    watch.arm("soon", after(10)).await;
    watch.arm("moved", after(10)).await;
    watch.arm("moved", after(30)).await;
    watch.arm("never", after(10)).await;
    let was_there = watch.change(|timers, transaction| timers.cancel(transaction, "test", "never")).await;
    assert!(was_there);
    assert!(!watch.change(|timers, transaction| timers.cancel(transaction, "test", "never")).await);
    assert_eq!(watch.seen(0).await, [""; 0]);
    watch.clock.advance(Duration::from_secs(10));
    assert_eq!(watch.seen(1).await, ["soon"]);
    watch.clock.advance(Duration::from_secs(100));
    assert_eq!(watch.seen(2).await, ["late", "moved"]);
    assert_eq!(watch.timers.count("test").await.unwrap(), 0);
}

#[tokio::test]
async fn an_interval_cares_for_no_jump_and_a_moment_does() {
    let watch = Watch::new().await;
    let start = watch.clock.now();
    let day = |days: i64| start.saturating_add(SignedDuration::from_hours(24 * days)).unwrap();
    watch.arm("interval", after(60)).await;
    watch.arm("moment", When::At(day(1))).await;
    watch.clock.jump_to(day(-1));
    watch.clock.advance(Duration::from_mins(1));
    assert_eq!(watch.seen(1).await, ["interval"], "a day back makes it no longer");
    watch.arm("interval", after(60)).await;
    watch.clock.jump_to(day(2));
    assert_eq!(watch.seen(1).await, ["moment"], "its moment has come, and the interval has not");
}

#[tokio::test]
async fn time_passes_while_nothing_runs_and_is_not_taken_back() {
    let watch = Watch::new().await;
    let start = watch.clock.now();
    watch.arm("minute", after(60)).await;
    let watch = watch.again(start.saturating_add(SignedDuration::from_mins(1)).unwrap()).await;
    assert_eq!(watch.seen(1).await, ["minute"], "it ran out meanwhile");
    watch.arm("again", after(60)).await;
    // The next process begins a year before: it waits the whole minute, and no longer.
    let watch = watch.again(start.saturating_add(SignedDuration::from_hours(-24 * 365)).unwrap()).await;
    watch.clock.advance(Duration::from_secs(59));
    assert_eq!(watch.seen(0).await, [""; 0]);
    watch.clock.advance(Duration::from_secs(1));
    assert_eq!(watch.seen(1).await, ["again"]);
}

#[tokio::test]
async fn one_that_fails_is_tried_again_and_keeps_no_other() {
    let watch = Watch::new().await;
    // Together with the others, by itself, and once more.
    watch.failing.store(3, Ordering::SeqCst);
    for name in ["a", "bad", "c"] {
        watch.arm(name, after(1)).await;
    }
    watch.clock.advance(Duration::from_secs(1));
    assert_eq!(watch.seen(2).await, ["a", "c"]);
    let went_off = async {
        while watch.timers.count("test").await.unwrap() > 0 {
            watch.clock.advance(Duration::from_mins(1));
            settle().await;
        }
    };
    tokio::time::timeout(PATIENCE, went_off).await.expect("it went off in the end");
    assert_eq!(watch.seen(1).await, ["bad"]);
}

#[tokio::test]
async fn timers_of_an_owner_that_is_gone_stay_until_there_is_one() {
    let watch = Watch::new().await;
    let name = |keeper: &Arc<Mutex<Vec<String>>>| {
        watch.timers.on("other", keeper, |seen, _, due| {
            seen.lock().unwrap().push(due.name);
            Ok(())
        });
    };
    let keeper = Arc::default();
    name(&keeper);
    watch.change(|timers, transaction| timers.arm(transaction, "other", "kept", after(1), b"")).await;
    drop(keeper);
    watch.arm("own", after(2)).await;
    watch.clock.advance(Duration::from_secs(2));
    assert_eq!(watch.seen(1).await, ["own"]);
    assert_eq!(watch.timers.count("other").await.unwrap(), 1);
    let keeper = Arc::default();
    name(&keeper);
    let went_off = async {
        while watch.timers.count("other").await.unwrap() > 0 {
            settle().await;
        }
    };
    tokio::time::timeout(PATIENCE, went_off).await.expect("it goes off");
    assert_eq!(*keeper.lock().unwrap(), ["kept"]);
}

#[tokio::test]
async fn what_a_timer_says_of_itself_is_bounded() {
    let watch = Watch::new().await;
    let long = "n".repeat(1025);
    let timers = watch.timers.clone();
    let arm = move |transaction: &mut Transaction<'_>| timers.arm(transaction, "test", &long, after(1), b"");
    let refused = watch.timers.store().transact(arm).await.unwrap_err();
    assert_eq!(refused.to_string(), "the name of a timer of 1025 bytes is too large: it may have 1024");
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[tokio::test]
async fn a_hundred_thousand_timers_are_not_in_memory() {
    const COUNT: u64 = 100_000;
    let watch = Watch::new().await;
    watch.arm("warm", after(1)).await;
    let before = resident();
    for thousand in 0..COUNT / 1000 {
        watch
            .change(move |timers, transaction| {
                for number in thousand * 1000..(thousand + 1) * 1000 {
                    // In no order; the last thousand are due first.
                    let due = after(1_000_000 - number);
                    timers.arm(transaction, "test", &format!("timer-{number:06}"), due, &[7; 256])?;
                }
                Ok(())
            })
            .await;
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 << 20, "{grown} bytes for {COUNT} timers of some 300 bytes");
    assert_eq!(watch.timers.count("test").await.unwrap(), 100_001);
    watch.clock.advance(Duration::from_secs(1_000_000 - COUNT + 1000));
    let seen = watch.seen(1001).await;
    assert_eq!(seen.len(), 1001);
    assert_eq!(
        (seen[0].as_str(), seen[1].as_str(), seen[1000].as_str()),
        ("warm", "timer-099999", "timer-099000")
    );
    assert_eq!(watch.timers.count("test").await.unwrap(), 99_000);
}
