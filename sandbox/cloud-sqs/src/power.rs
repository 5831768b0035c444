//! The power fails at any moment of a queue's work: what was sent is there, what was deleted is not, and nothing is there in
//! part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use cloud_core::{Caller, Context, Maker, RequestId, Settings};
use cloud_store::{Key, Scan, Table};
use power_loss::{Image, Loss, Workload, record};

use crate::open::{Sqs, open};
use crate::ops::create_queue::{Wanted, make};
use crate::ops::delete_message::delete;
use crate::ops::purge_queue::purge_queue;
use crate::ops::receive_message::{Asked, receive};
use crate::ops::send_message::{Sending, send};
use crate::parcel::Parcel;
use crate::record::{BODIES, GONE, GROUPS, ORDER, STATES};
use crate::shapes::PurgeQueueRequest;

const WRITERS: u64 = 4;
const NUMBERS: u64 = 12;
/// Numbers of a round begin at a multiple of this.
const ROUND: u64 = 1000;
const NAMES: [&str; 2] = ["q", "q.fifo"];

async fn opened(disk: &Path) -> Arc<Sqs> {
    open(&Context::new(Settings::new(disk))).await.unwrap_or_else(|error| panic!("{error}"))
}

/// What is sent for a number: of one page, of several, or of less.
fn text(number: u64) -> String {
    format!("{number} {}", "x".repeat(usize::try_from(number * 977 % 9000).unwrap()))
}

fn number(text: &str) -> u64 {
    text.split(' ').next().unwrap().parse().unwrap()
}

/// Sends to both queues.
async fn put(sqs: &Sqs, of: u64) {
    for name in NAMES {
        let queue = sqs.queue(name).unwrap();
        let mut sending = Sending { text: text(of), ..Sending::default() };
        if name != "q" {
            (sending.group, sending.duplicate) = (Some((of % 3).to_string()), Some(of.to_string()));
        }
        send(sqs, &queue, sending).await.unwrap();
    }
}

/// Receives from both queues, and deletes half of what it got.
async fn take(sqs: &Sqs, work: &Workload) {
    for name in NAMES {
        let queue = sqs.queue(name).unwrap();
        let given = receive(sqs, name, Asked { most: 4, ..Asked::default() }).await.unwrap();
        for given in given.iter().step_by(2) {
            let of = number(&given.parcel.text);
            work.mark(format!("began delete {name} {of}")).unwrap();
            delete(sqs, &queue, vec![given.receipt.clone()]).await.unwrap().pop().unwrap().unwrap();
            work.mark(format!("kept delete {name} {of}")).unwrap();
        }
    }
}

/// What is recorded: a start, sends by several at once, receives, deletes, a purge, an end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let from = work.round() * ROUND;
    let sqs = opened(work.disk()).await;
    for (name, attributes) in [("q", None), ("purged", None), ("q.fifo", Some(("FifoQueue", "true")))] {
        let attributes =
            attributes.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let wanted =
            Wanted { name: name.into(), attributes, tags: BTreeMap::default(), maker: Maker::NOBODY };
        make(&sqs, wanted).await.unwrap();
        work.mark(format!("made {name}")).unwrap();
    }
    let writer = |writer: u64| {
        let (sqs, work) = (&sqs, &work);
        async move {
            for of in (from + writer..from + NUMBERS).step_by(usize::try_from(WRITERS).unwrap()) {
                work.mark(format!("began send {of}")).unwrap();
                put(sqs, of).await;
                work.mark(format!("kept send {of}")).unwrap();
                if of % 3 == 0 {
                    take(sqs, work).await;
                }
            }
        }
    };
    tokio::join!(writer(0), writer(1), writer(2), writer(3));
    // Later it might come too soon.
    if work.round() == 0 {
        let purged = sqs.queue("purged").unwrap();
        send(&sqs, &purged, Sending { text: text(0), ..Sending::default() }).await.unwrap();
        let caller = Caller::root(sqs.context.account(), sqs.context.region(), RequestId::new("r"));
        purge_queue(&sqs, &caller, PurgeQueueRequest { queue_url: "purged".into() }).await.unwrap();
        work.mark("purged").unwrap();
    }
    sqs.close().await;
}

/// What was said of one kind: the numbers.
fn said(marks: &[String], kind: &str) -> BTreeSet<u64> {
    marks.iter().filter_map(|mark| mark.strip_prefix(kind)?.trim().parse().ok()).collect()
}

/// The keys of a table that begin with a number, without it.
async fn keys(sqs: &Sqs, table: Table, backlog: u64) -> Vec<Vec<u8>> {
    let entries = sqs.records.store.scan(table, Scan::prefix(Key::number(backlog))).await.unwrap();
    entries.into_iter().map(|entry| entry.key[8..].to_vec()).collect()
}

/// Whether a backlog's rows fit together. The numbers that lie on it.
async fn whole(sqs: &Sqs, name: &str, what: &str) -> BTreeSet<u64> {
    let (queue, counts) = crate::ops::attributes::counted(sqs, name.into()).await.unwrap();
    let (bodies, states) = (keys(sqs, BODIES, queue.backlog).await, keys(sqs, STATES, queue.backlog).await);
    assert_eq!(bodies, states, "{what}: {name} has bodies without states, or the reverse");
    assert_eq!(counts.messages, bodies.len() as u64, "{what}: {name} is counted wrong");
    let order = keys(sqs, ORDER, queue.backlog).await;
    let of = |kind: u8| order.iter().filter(|key| key[0] == kind).count();
    assert_eq!(of(3), bodies.len(), "{what}: {name} lacks ages");
    assert_eq!((of(1), of(2)), (counts.in_flight as usize, counts.delayed as usize), "{what}: {name}");
    let groups = keys(sqs, GROUPS, queue.backlog).await;
    if queue.settings.is_fifo {
        assert_eq!(groups.len(), bodies.len(), "{what}: {name} lacks members of groups");
    } else {
        assert_eq!(of(0) as u64, counts.visible(), "{what}: not all that is ready can be received");
    }
    let parcels = sqs.records.store.scan(BODIES, Scan::prefix(Key::number(queue.backlog))).await.unwrap();
    let parcels = parcels.into_iter().map(|entry| Parcel::decode(&entry.value).unwrap().text);
    let numbers: Vec<u64> = parcels.map(|kept| number(&kept)).collect();
    let all: BTreeSet<u64> = numbers.iter().copied().collect();
    assert_eq!(all.len(), numbers.len(), "{what}: {name} has a message twice");
    all
}

async fn check(disk: &Path, marks: &[String], what: &str) {
    let sqs = opened(disk).await;
    for name in NAMES {
        if sqs.queue(name).is_err() {
            assert!(!marks.contains(&format!("made {name}")), "{what}: lost {name}");
            continue;
        }
        let there = whole(&sqs, name, what).await;
        let began = said(marks, &format!("began delete {name}"));
        for lost in said(marks, "kept send").difference(&began) {
            assert!(there.contains(lost), "{what}: {name} lost {lost}");
        }
        for back in said(marks, &format!("kept delete {name}")) {
            assert!(!there.contains(&back), "{what}: {name} has {back} again");
        }
        assert!(there.is_subset(&said(marks, "began send")), "{what}: made up");
    }
    if marks.iter().any(|mark| mark == "purged") {
        assert_eq!(whole(&sqs, "purged", what).await, BTreeSet::new(), "{what}");
    }
    // It goes on, and what is gone goes.
    while !sqs.is_idle() {
        tokio::task::yield_now().await;
    }
    assert!(sqs.records.store.scan(GONE, Scan::all()).await.unwrap().is_empty(), "{what}");
    if NAMES.iter().all(|name| sqs.queue(name).is_ok()) {
        put(&sqs, 999).await;
        assert!(whole(&sqs, "q", what).await.contains(&999), "{what}");
    }
    sqs.close().await;
}

/// Looks at what failures left, each with what was said before it.
async fn check_all(losses: impl Iterator<Item = Loss>, before: &[String], round: u64) {
    for loss in losses {
        let disk = power_loss::folder().unwrap();
        loss.image.lay(disk.path()).unwrap();
        let what = format!("round {round}, seed {}, after {} events", loss.seed, loss.at);
        check(disk.path(), &[before, &loss.marks].concat(), &what).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_the_power() {
    let first = record("power::works", &Image::default(), 0).unwrap();
    check_all(first.losses(0..150), &[], 0).await;
    // It fails again while it goes on from there.
    for (round, loss) in (1..).zip(first.losses(1000..1002)) {
        let next = record("power::works", &loss.image, round).unwrap();
        check_all(next.losses(0..40), &loss.marks, round).await;
    }
}
