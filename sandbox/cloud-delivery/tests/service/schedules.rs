//! An outbox by drawn schedules: whatever comes between, those of one key go one after another, and all arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use ::schedules::{Actor, run};
use cloud_core::AwsError;
use cloud_delivery::{Announcement, Limits, Outbox, Relay, Timers};
use cloud_store::{Layout, Store, Transaction};

use super::*;
use crate::depot::at;

const LAYOUT: Layout = Layout::new(&[Outbox::TABLE, Timers::TABLE]);
/// Announcements of each key.
const OF_A_KEY: u32 = 5;
/// Announcements without one, more than an outbox knows of a lane, and how many of them a transaction has.
const OF_NONE: u32 = 40;
const TOGETHER: u32 = 20;
/// As long as anything here may take, in steps of time.
const MOST_STEPS: u32 = 20_000;
/// Deliveries at once.
const AT_ONCE: usize = 3;

/// Carries, refuses for now and then, and watches the order.
struct Carrier(Mutex<Carried>);

#[derive(Default)]
struct Carried {
    dice: u64,
    under_way: BTreeSet<String>,
    count: usize,
    arrived: BTreeMap<String, Vec<u32>>,
    wrong: Vec<String>,
}

impl Carried {
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }
}

#[async_trait]
impl Relay for Carrier {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let text = String::from_utf8(delivery.payload.to_vec()).unwrap();
        let (key, number) = text.split_once(' ').unwrap();
        let (waits, fails) = {
            let mut carried = self.0.lock().unwrap();
            carried.count += 1;
            if carried.count > AT_ONCE {
                let count = carried.count;
                carried.wrong.push(format!("{count} at once"));
            }
            if !carried.under_way.insert(key.to_owned()) && key != "none" {
                carried.wrong.push(format!("two of {key} at once"));
            }
            (carried.roll(6), carried.roll(4) == 0)
        };
        for _ in 0..waits {
            tokio::task::yield_now().await;
        }
        let mut carried = self.0.lock().unwrap();
        carried.count -= 1;
        carried.under_way.remove(key);
        if fails {
            return Err(AwsError::new("Fault", "later").status(429).into());
        }
        carried.arrived.entry(key.to_owned()).or_default().push(number.parse().unwrap());
        Ok(Delivered::default())
    }
}

struct World {
    clock: Arc<ManualClock>,
    store: Store,
    carrier: Arc<Carrier>,
    outbox: Outbox,
    _tasks: [Task; 2],
    folder: tempfile::TempDir,
}

impl World {
    async fn open(folder: tempfile::TempDir, carrier: Arc<Carrier>) -> Self {
        let (context, clock) = Context::for_test(folder.path());
        let store = Store::open(context.database("x"), LAYOUT).await.unwrap();
        let timers = Timers::open(&store, &context).await.unwrap();
        let limits = Limits { at_once: AT_ONCE, at_once_of_one: 2, kept: 1, ..Limits::default() };
        let (outbox, runner) = Outbox::open(&timers, carrier.clone(), limits).await.unwrap();
        let tasks = [Task::start(timers.run()), Task::start(runner.run())];
        Self { clock, store, carrier, outbox, _tasks: tasks, folder }
    }

    /// Announces all of a key, each in a transaction of its own, those without one many at once.
    async fn announce(&self, key: &'static str) {
        let together = if key == "none" { TOGETHER } else { 1 };
        for first in (0..count(key)).step_by(together as usize) {
            let outbox = self.outbox.clone();
            let work = move |transaction: &mut Transaction<'_>| {
                (first..first + together).try_for_each(|number| {
                    let delivery = Delivery::new(at("lambda", "f"), format!("{key} {number}"));
                    let order = (key != "none").then(|| key.to_owned());
                    // Some lanes have one key, one has several.
                    let lane = (key == "b").then(|| "own".to_owned());
                    let announcement = Announcement { order, lane, ..Announcement::new(delivery) };
                    outbox.announce(transaction, announcement).map(drop)
                })
            };
            self.store.transact(work).await.unwrap();
        }
    }

    /// Lets time pass until nothing waits.
    async fn pass(&self, all: usize, seed: u64) {
        let mut steps = 0;
        loop {
            self.clock.advance(Duration::from_secs(10));
            settle().await;
            let arrived: usize = self.carrier.0.lock().unwrap().arrived.values().map(Vec::len).sum();
            let waiting = self.outbox.waiting().await.unwrap() as usize;
            if arrived >= all && waiting == 0 {
                return;
            }
            // What writes to the store is a thread of its own, which no schedule hurries: until it has everything, nothing is late.
            steps += u32::from(arrived + waiting >= all);
            let came = &self.carrier.0.lock().unwrap().arrived;
            assert!(steps < MOST_STEPS, "seed {seed}: something waits for ever; this came: {came:?}");
        }
    }
}

fn count(key: &str) -> u32 {
    if key == "none" { OF_NONE } else { OF_A_KEY }
}

async fn check(seed: u64) {
    let carrier = Arc::new(Carrier(Mutex::new(Carried { dice: seed, ..Carried::default() })));
    let world = World::open(tempfile::tempdir().unwrap(), carrier.clone()).await;
    let keys = ["a", "b", "c", "none"];
    let mut actors: Vec<Actor<'_, ()>> = Vec::new();
    for key in keys {
        actors.push(Box::pin(world.announce(key)));
    }
    actors.push(Box::pin(world.pass(keys.map(count).iter().sum::<u32>() as usize, seed)));
    run(seed, actors, || {
        let wrong = &carrier.0.lock().unwrap().wrong;
        assert!(wrong.is_empty(), "seed {seed}: {wrong:?}");
    })
    .await;
    for (key, numbers) in &mut carrier.0.lock().unwrap().arrived {
        if key == "none" {
            numbers.sort_unstable();
        }
        assert!(numbers.iter().copied().eq(0..count(key)), "seed {seed}: {key} came as {numbers:?}");
    }
    drop(world.folder);
}

#[tokio::test]
async fn no_order_of_steps_breaks_the_order_of_a_key() {
    for seed in 0..60 {
        check(seed).await;
    }
}
