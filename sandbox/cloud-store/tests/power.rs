//! The power fails at any moment of a store and its log, as they are, on the disk that the machine has: what was answered is
//! there, what was not is there as a whole or not at all, and it goes on from there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;
use cloud_store::{Cached, Error, Layout, Query, Scan, SegmentLog, Store, StreamId, Table, Transaction};
use power_loss::{Image, Loss, Workload, record};

const RECORDS: Table = Table("records");
const COUNTS: Table = Table("counts");
const LOG: Table = Table("log");
const LAYOUT: Layout = Layout::new(&[RECORDS, COUNTS, LOG]);
/// Writers side by side, and numbers that are written between two starts.
const WRITERS: u64 = 4;
const NUMBERS: u64 = 16;
/// Numbers of a round begin at a multiple of this.
const ROUND: u64 = 1000;

/// What is written for a number: of one page, of several, or of less.
fn text(number: u64) -> String {
    format!("{number} {}", "x".repeat((number * 977 % 9000) as usize))
}

struct Kept {
    records: Cached<u64, String>,
    counts: Cached<String, u64>,
    log: SegmentLog,
}

impl Kept {
    async fn open(disk: &Path) -> Result<Self, Error> {
        let store = Store::open(disk.join("cloud/test.db"), LAYOUT).await?;
        let records = Cached::open(&store, RECORDS, &[], 1 << 16).await?;
        let counts = Cached::open(&store, COUNTS, &[], 1 << 16).await?;
        let log = SegmentLog::open(&store, LOG, disk.join("cloud/test")).await?;
        Ok(Self { records, counts, log })
    }

    async fn stream(&self) -> StreamId {
        let log = self.log.clone();
        let begin = move |transaction: &mut Transaction<'_>| {
            let group = log.begin_group(transaction)?;
            log.begin_stream(transaction, group)
        };
        self.log.store().transact::<_, Error, _>(begin).await.unwrap()
    }

    /// Sets or removes a record, and counts it in the same transaction.
    async fn set(&self, number: u64, text: Option<String>) {
        let (records, counts) = (self.records.clone(), self.counts.clone());
        let work = move |transaction: &mut Transaction<'_>| {
            let changed = records.within(transaction).change(number, |_| Ok::<_, Error>((text, ())))?;
            let (before, after) = (u64::from(changed.old.is_some()), u64::from(changed.new.is_some()));
            let count = |count: Option<&u64>| {
                Ok::<_, Error>((Some(count.copied().unwrap_or(0) + after - before), ()))
            };
            counts.within(transaction).change("all".into(), count).map(drop)
        };
        self.log.store().transact(work).await.unwrap();
    }

    async fn append(&self, id: StreamId, number: u64) {
        let text = Bytes::from(text(number));
        self.log.append(id, 0, vec![(5, text.clone()), (6, text)]).await.unwrap();
    }

    async fn numbers(&self) -> Vec<u64> {
        let page = self.records.page(Scan::all(), None).await.unwrap();
        assert!(page.next.is_none() && page.unreadable.is_empty(), "{:?}", page.unreadable);
        for (number, found) in &page.records {
            assert_eq!(*found, text(*number));
        }
        page.records.into_iter().map(|(number, _)| number).collect()
    }

    /// The numbers that a stream has at one of both times.
    async fn appended(&self, of: StreamId, time: i64) -> BTreeSet<u64> {
        let page = self.log.page(Query { bytes: 1 << 24, ..Query::all(of) }).await.unwrap();
        assert!(page.damaged.is_empty() && !page.more, "{:?}", page.damaged);
        let found = page.found.iter().filter(|record| record.place.time == time);
        let number = |bytes: &Bytes| {
            let number = str::from_utf8(bytes).unwrap().split(' ').next().unwrap().parse().unwrap();
            assert_eq!(*bytes, text(number).as_bytes());
            number
        };
        found.map(|record| number(&record.bytes)).collect()
    }

    /// Writes numbers, by several at once.
    async fn write(&self, work: &Workload, id: StreamId, from: u64) {
        let writer = |writer: u64| async move {
            for number in (from + writer..from + NUMBERS).step_by(WRITERS as usize) {
                work.mark(format!("began append {number}")).unwrap();
                self.append(id, number).await;
                work.mark(format!("kept append {number}")).unwrap();
                self.set(number, Some(text(number))).await;
                work.mark(format!("kept put {number}")).unwrap();
                if number % 3 == 0 {
                    work.mark(format!("began delete {number}")).unwrap();
                    self.set(number, None).await;
                    work.mark(format!("kept delete {number}")).unwrap();
                }
            }
        };
        tokio::join!(writer(0), writer(1), writer(2), writer(3));
    }
}

/// What is recorded: starts, writes, segments that end, room that is given back, an end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let from = work.round() * ROUND;
    let kept = Kept::open(work.disk()).await.unwrap();
    for number in kept.numbers().await {
        // What was once read stays.
        work.mark(format!("kept put {number}")).unwrap();
    }
    let (id, goes) = (kept.stream().await, kept.stream().await);
    work.mark(format!("stream {} {}", id.group, id.stream)).unwrap();
    for number in 0..4 {
        kept.append(goes, number).await;
    }
    kept.write(&work, id, from).await;
    kept.log.roll().await.unwrap();
    let log = kept.log.clone();
    let remove = move |transaction: &mut Transaction<'_>| log.remove(transaction, goes);
    kept.log.store().free::<_, Error, _>(remove).await.unwrap();
    kept.log.reclaim().await.unwrap();
    kept.log.close().await;
    let kept = Kept::open(work.disk()).await.unwrap();
    kept.write(&work, id, from + NUMBERS).await;
}

/// What was said of one kind: the numbers.
fn said(marks: &[String], kind: &str) -> BTreeSet<u64> {
    marks.iter().filter_map(|mark| mark.strip_prefix(kind)?.trim().parse().ok()).collect()
}

fn streams(marks: &[String]) -> Vec<StreamId> {
    let ids = marks.iter().filter_map(|mark| mark.strip_prefix("stream ")?.split_once(' '));
    ids.map(|(group, stream)| StreamId { group: group.parse().unwrap(), stream: stream.parse().unwrap() })
        .collect()
}

async fn check(disk: &Path, marks: &[String], what: &str) {
    let kept = Kept::open(disk).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    let numbers = kept.numbers().await;
    let count = kept.counts.get(&"all".to_owned()).await.unwrap();
    assert_eq!(count.map_or(0, |count| *count), numbers.len() as u64, "{what}: half a transaction");
    let may_be_gone = said(marks, "began delete");
    for number in said(marks, "kept put").difference(&may_be_gone) {
        assert!(numbers.contains(number), "{what}: lost {number}");
    }
    for number in said(marks, "kept delete") {
        assert!(!numbers.contains(&number), "{what}: {number} is back");
    }
    let (mut first, mut second) = (BTreeSet::new(), BTreeSet::new());
    for id in streams(marks) {
        first.extend(kept.appended(id, 5).await);
        second.extend(kept.appended(id, 6).await);
    }
    assert_eq!(first, second, "{what}: half an append");
    for number in said(marks, "kept append") {
        assert!(first.contains(&number), "{what}: the log lost {number}");
    }
    assert!(first.is_subset(&said(marks, "began append")), "{what}: made up");
    // It goes on.
    let id = kept.stream().await;
    kept.append(id, 7).await;
    kept.set(7, Some(text(7))).await;
    assert!(kept.numbers().await.contains(&7) && kept.appended(id, 5).await.contains(&7), "{what}");
    kept.log.close().await;
}

/// Looks at what failures left, each with what was said before it; at how many.
async fn check_all(losses: impl Iterator<Item = Loss>, before: &[String], round: u64) -> usize {
    let mut count = 0;
    for loss in losses {
        count += 1;
        let disk = power_loss::folder().unwrap();
        loss.image.lay(disk.path()).unwrap();
        let what = format!("round {round}, seed {}, after {} events", loss.seed, loss.at);
        check(disk.path(), &[before, &loss.marks].concat(), &what).await;
    }
    count
}

/// Whether the making of the store's file was cut off.
fn is_half_made(loss: &Loss) -> bool {
    loss.image.0.contains_key(Path::new("cloud/test.db-journal"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_the_power() {
    let first = record("works", &Image::default(), 0).unwrap();
    check_all(first.losses(0..160), &[], 0).await;
    let half_made = check_all(first.losses(10_000..14_000).filter(is_half_made).take(10), &[], 0).await;
    assert!(half_made > 0, "the moments in which it is made are tried, too");
    // It fails again while it goes on from there.
    for (round, loss) in (1..).zip(first.losses(1000..1002)) {
        let next = record("works", &loss.image, round).unwrap();
        check_all(next.losses(0..50), &loss.marks, round).await;
    }
}
