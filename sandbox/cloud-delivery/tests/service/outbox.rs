//! What an outbox promises besides: turns, bounds, order, and that one record that cannot be read holds up no other.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud_core::{Clock, Delivery};
use cloud_delivery::{Announcement, Error, Outbox};
use tokio::sync::Semaphore;

use super::*;
use crate::depot::at;

/// Lets deliveries through one by one, and remembers them.
struct Gate {
    open: Semaphore,
    under_way: AtomicUsize,
    most: AtomicUsize,
    passed: Mutex<Vec<String>>,
    /// The same with where they went.
    targets: Mutex<Vec<(String, String)>>,
}

impl Gate {
    fn new(open: usize) -> Arc<Self> {
        Arc::new(Self {
            open: Semaphore::new(open),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            passed: Mutex::default(),
            targets: Mutex::default(),
        })
    }

    fn passed(&self) -> Vec<String> {
        self.passed.lock().unwrap().clone()
    }
}

#[async_trait]
impl Target for Gate {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.open.acquire().await.unwrap().forget();
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        let text = String::from_utf8(delivery.payload.to_vec()).unwrap();
        self.targets.lock().unwrap().push((delivery.target.resource().to_owned(), text.clone()));
        self.passed.lock().unwrap().push(text);
        Ok(Delivered::default())
    }
}

fn one(pile: &str, text: impl Into<String>) -> Announcement {
    Announcement::new(Delivery::new(at("lambda", pile), text.into()))
}

#[tokio::test]
async fn one_target_with_many_events_keeps_no_other_waiting() {
    let rig = Rig::new().await;
    let gate = Gate::new(0);
    rig.context.peers().add_target("lambda", gate.clone());
    rig.queue.announce((0..500).map(|number| one("busy", number.to_string())).collect()).await.unwrap();
    rig.until("its places are taken", async || gate.under_way.load(Ordering::SeqCst) == 48).await;
    rig.queue.announce(vec![one("quiet", "quiet")]).await.unwrap();
    rig.until("the other has a place", async || gate.under_way.load(Ordering::SeqCst) == 49).await;
    gate.open.add_permits(1000);
    rig.until("all arrive", async || gate.passed().len() == 501).await;
    let mut numbers: Vec<u32> = gate.passed().iter().filter_map(|text| text.parse().ok()).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..500), "each once");
    assert!(gate.passed().iter().position(|text| text == "quiet").unwrap() < 100);
    assert!(gate.most.load(Ordering::SeqCst) <= 64);
    rig.until("nothing is left", async || rig.queue.outbox().waiting().await.unwrap() == 0).await;
    let left = rig.queue.store().read(|reader| reader.keys(Outbox::TABLE, &cloud_store::Scan::all()));
    assert_eq!(left.await.unwrap().len(), 1, "only the next number");
}

#[tokio::test]
async fn those_of_one_key_go_in_order_and_others_beside_them() {
    let rig = Rig::new().await;
    let gate = Gate::new(0);
    rig.context.peers().add_target("lambda", gate.clone());
    let keyed = |key: &str, number: u32| Announcement {
        order: Some(key.into()),
        ..one("f", format!("{key}{number}"))
    };
    let all = (0..50).flat_map(|number| [keyed("a", number), keyed("b", number)]).collect();
    rig.queue.announce(all).await.unwrap();
    rig.until("one of each key", async || gate.under_way.load(Ordering::SeqCst) == 2).await;
    gate.open.add_permits(100);
    rig.until("all arrive", async || gate.passed().len() == 100).await;
    assert_eq!(gate.most.load(Ordering::SeqCst), 2);
    for key in ["a", "b"] {
        let passed = gate.passed().into_iter().filter(|text| text.starts_with(key));
        assert!(passed.eq((0..50).map(|number| format!("{key}{number}"))));
    }
}

#[tokio::test]
async fn payloads_count_against_memory_while_they_are_delivered() {
    let rig = Rig::new().await;
    let gate = Gate::new(0);
    rig.context.peers().add_target("lambda", gate.clone());
    rig.queue.announce((0..100).map(|_| one("f", "x".repeat(10_000))).collect()).await.unwrap();
    rig.until("its places are taken", async || gate.under_way.load(Ordering::SeqCst) == 48).await;
    assert_eq!(rig.context.memory().used(), 48 * 10_000, "the others are on the disk");
    gate.open.add_permits(100);
    rig.until("nothing is left", async || rig.queue.outbox().waiting().await.unwrap() == 0).await;
    rig.until("nor held", async || rig.context.memory().used() == 0).await;
}

#[tokio::test]
async fn what_waits_is_bounded_and_a_target_without_events_finds_room() {
    let folder = tempfile::tempdir().unwrap();
    let (context, _) = Context::for_test(folder.path());
    let layout = cloud_store::Layout::new(&[Outbox::TABLE, cloud_delivery::Timers::TABLE]);
    let store = cloud_store::Store::open(context.database("x"), layout).await.unwrap();
    let timers = cloud_delivery::Timers::open(&store, &context).await.unwrap();
    let limits = cloud_delivery::Limits { bytes: 100_000, ..cloud_delivery::Limits::default() };
    let relay = Arc::new(cloud_delivery::PeerRelay(context.clone()));
    // Nothing runs: all stays.
    let (outbox, _runner) = Outbox::open(&timers, relay, limits).await.unwrap();
    let announce = async |pile: &'static str, bytes: usize| {
        let outbox = outbox.clone();
        let work = move |transaction: &mut cloud_store::Transaction<'_>| {
            outbox.announce(transaction, one(pile, "x".repeat(bytes)))
        };
        store.transact(work).await
    };
    let mut held = 0;
    while announce("greedy", 8000).await.is_ok() {
        held += 8000 + 2048;
        assert!(held < 100_000);
    }
    assert_eq!(outbox.waiting().await.unwrap(), held);
    assert!(held <= 50_000, "one holds as much as it leaves free");
    let refused = announce("greedy", 8000).await.unwrap_err();
    assert!(matches!(refused, Error::Full { .. }));
    let text = refused.to_string();
    assert!(
        text.contains("no room for 10048 more bytes for arn:aws:lambda:us-east-1:000000000000:greedy"),
        "{text}"
    );
    announce("modest", 8000).await.unwrap();
    let most = usize::try_from(context.memory().most()).unwrap();
    let refused = announce("large", most + 1).await.unwrap_err();
    assert!(matches!(refused, Error::TooLarge { what: "the payload of an announcement", .. }));
}

#[tokio::test]
async fn one_that_cannot_be_read_holds_up_no_other_and_stays() {
    let rig = Rig::new().await;
    let gate = Gate::new(0);
    rig.context.peers().add_target("lambda", gate.clone());
    rig.queue.announce((0..49).map(|number| one("f", number.to_string())).collect()).await.unwrap();
    rig.until("its places are taken", async || gate.under_way.load(Ordering::SeqCst) == 48).await;
    let mut batch = cloud_store::Batch::new();
    let entry = cloud_store::Key::text("e").then_number(48);
    batch.put(Outbox::TABLE, &entry, "no entry");
    rig.queue.store().commit(batch).await.unwrap();
    gate.open.add_permits(1000);
    rig.until("the others arrive", async || gate.passed().len() == 48).await;
    rig.queue.announce(vec![one("f", "later")]).await.unwrap();
    rig.until("and those after it", async || gate.passed().len() == 49).await;
    assert!(rig.queue.store().get(Outbox::TABLE, &entry).await.unwrap().is_some());
}

#[tokio::test]
async fn a_ready_row_that_is_damaged_holds_up_no_other_and_stays() {
    let rig = Rig::new().await;
    let gate = Gate::new(0);
    rig.context.peers().add_target("lambda", gate.clone());
    rig.queue.announce((0..60).map(|number| one("f", number.to_string())).collect()).await.unwrap();
    rig.until("its places are taken", async || gate.under_way.load(Ordering::SeqCst) == 48).await;
    // One behind those that are known.
    let lane = at("lambda", "f").to_string();
    let ready = cloud_store::Key::text("r").then_text(&lane).then_number(55);
    let file = rig.folder.path().join("cloud/sqs.db");
    let connection = rusqlite::Connection::open(file).unwrap();
    let damage = "UPDATE outbox SET value = CAST(value || 'x' AS BLOB) WHERE key = ?1";
    assert_eq!(connection.execute(damage, [ready.as_ref()]).unwrap(), 1);
    drop(connection);
    let again = rig.again().await;
    again.context.peers().add_target("lambda", gate.clone());
    gate.open.add_permits(1000);
    again.until("the others arrive", async || gate.passed().len() >= 59).await;
    again.queue.announce(vec![one("f", "later"), one("g", "other")]).await.unwrap();
    let have = |text: &str| gate.passed().iter().any(|passed| passed == text);
    again.until("and those after it", async || have("later") && have("other")).await;
    assert!(!have("55"));
    let store = again.queue.store();
    assert!(store.get(Outbox::TABLE, &ready).await.unwrap_err().is_damage());
}

#[tokio::test]
async fn what_is_too_old_is_not_delivered() {
    let rig = Rig::new().await;
    let gate = Gate::new(10);
    rig.context.peers().add_target("lambda", gate.clone());
    let outbox = rig.queue.outbox().clone();
    let work = move |transaction: &mut cloud_store::Transaction<'_>| {
        for (text, hours) in [("old", 25), ("young", 23)] {
            let dead_letter = Some(at("lambda", "dead"));
            let announcement = Announcement { dead_letter, ..one("f", text) };
            outbox.adopt(transaction, announcement, Duration::from_hours(hours))?;
        }
        Ok::<_, Error>(())
    };
    rig.queue.store().transact(work).await.unwrap();
    rig.until("both end", async || gate.passed().len() == 2).await;
    rig.until("nothing is left", async || rig.queue.outbox().waiting().await.unwrap() == 0).await;
    let mut targets = gate.targets.lock().unwrap().clone();
    targets.sort();
    assert_eq!(targets, [("dead".to_owned(), "old".to_owned()), ("f".to_owned(), "young".to_owned())]);
}

#[tokio::test]
async fn a_service_that_comes_later_gets_what_was_announced_to_it() {
    let rig = Rig::new().await;
    rig.queue.announce(vec![one("f", "it")]).await.unwrap();
    let later = rig.clock.monotonic() + Duration::from_mins(10);
    rig.until("it was tried", async || rig.clock.monotonic() > later).await;
    let gate = Gate::new(1);
    rig.context.peers().add_target("lambda", gate.clone());
    rig.until("it arrives", async || gate.passed() == ["it"]).await;
}
