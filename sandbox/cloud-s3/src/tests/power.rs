//! The power fails at any moment: objects that were put are there, whole, and no file is left that nobody knows of.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_core::{ManualClock, SeededEntropy, Settings};
use cloud_store::{Scan, Table};
use power_loss::{Image, Record, Workload, record};

use super::*;

/// Numbers of a round begin at a multiple of this; none is of a key that is gone.
const ROUND: u64 = 1000;

/// An object's bytes: none, less than a sector, or several.
fn body(number: u64) -> Vec<u8> {
    let mut body = format!("{number} ").into_bytes();
    body.resize(body.len() + (number * 977 % 9000) as usize, b'x');
    body
}

/// The service with its bucket, which is made if it is not there: objects that were kept go with a bucket that is lost.
async fn open(folder: &Path, seed: u64) -> Rig {
    let clock = Arc::new(ManualClock::default());
    // Ids that no other start has.
    let entropy = Arc::new(SeededEntropy::new(seed));
    let rig = Rig::on(folder, Context::new(Settings { clock, entropy, ..Settings::new(folder) })).await;
    let is_there = rig.s3.records().buckets().get("bucket").is_some();
    if !is_there {
        rig.create_bucket().await;
    }
    rig
}

/// What a caller does with a key, one after the other.
async fn write(rig: &Rig, work: &Workload, key: &str, numbers: Range<u64>) {
    for number in numbers {
        let is_deleted = number % 4 == 3;
        let number = if is_deleted { 0 } else { number };
        work.mark(format!("{key} began {number}")).unwrap();
        if is_deleted {
            rig.delete(key, None).await.unwrap();
        } else if key == "key" {
            // In parts, of which the last may be small.
            let id = rig.begin(None, None).await;
            let part = rig.part(&id, 1, &body(number)).await.unwrap();
            rig.complete(&id, &[part], |_| {}).await.unwrap();
        } else {
            rig.put(key, &body(number)).await;
        }
        work.mark(format!("{key} kept {number}")).unwrap();
    }
}

/// What is recorded: objects are put, replaced and deleted, over a start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let from = work.round() * ROUND;
    for start in 0..2 {
        let rig = open(work.disk(), from + start + 1).await;
        let numbers = from + start * 10 + 1..from + start * 10 + 10;
        tokio::join!(
            write(&rig, &work, "a", numbers.clone()),
            write(&rig, &work, "b/c", numbers.clone()),
            write(&rig, &work, "key", numbers),
        );
        rig.s3.records().store().close().await;
    }
}

/// What may be there for each key: what was said last to be kept, and what was begun since.
fn expected(marks: &[String]) -> BTreeMap<&str, BTreeSet<u64>> {
    let mut expected = BTreeMap::from(["a", "b/c", "key"].map(|key| (key, BTreeSet::from([0]))));
    for mark in marks {
        if let [key, kind, number] = mark.split(' ').collect::<Vec<_>>()[..] {
            let numbers = expected.get_mut(key).unwrap();
            if kind == "kept" {
                numbers.clear();
            }
            numbers.insert(number.parse().unwrap());
        }
    }
    expected
}

async fn check(folder: &Path, marks: &[String], what: &str) {
    let rig = open(folder, u64::MAX).await;
    let mut present = 0;
    for (key, numbers) in expected(marks) {
        let found = match rig.get(key).await {
            Ok(found) => found,
            Err(error) if error.code() == "NoSuchKey" => {
                assert!(numbers.contains(&0), "{what}: lost {key}, one of {numbers:?}");
                continue;
            }
            Err(error) => panic!("{what}: {key}, one of {numbers:?}: {error}"),
        };
        present += 1;
        assert!(numbers.iter().any(|number| *number > 0 && found == body(*number)), "{what}: another {key}");
    }
    rig.put("after", b"it goes on").await;
    assert_eq!(rig.get("after").await.unwrap(), "it goes on", "{what}");
    let deadline = Instant::now() + Duration::from_secs(20);
    while rig.files().len() > present + 1 + unfinished(&rig).await {
        assert!(Instant::now() < deadline, "{what}: nobody knows of some of {:?}", rig.files());
        tokio::task::yield_now().await;
    }
    rig.s3.records().store().close().await;
}

/// How many parts are of uploads that go on.
async fn unfinished(rig: &Rig) -> usize {
    rig.s3.records().store().scan(Table("parts"), Scan::all()).await.unwrap().len()
}

async fn check_all(record: &Record, seeds: Range<u64>, before: &[String], round: u64) {
    for loss in record.losses(seeds) {
        let disk = power_loss::folder().unwrap();
        loss.image.lay(disk.path()).unwrap();
        let what = format!("round {round}, seed {}, after {} events", loss.seed, loss.at);
        check(disk.path(), &[before, &loss.marks].concat(), &what).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_put_survives_the_power() {
    let first = record("tests::power::works", &Image::default(), 0).unwrap();
    check_all(&first, 0..150, &[], 0).await;
    // It fails again while it goes on from there.
    for (round, loss) in (1..).zip(first.losses(1000..1002)) {
        let next = record("tests::power::works", &loss.image, round).unwrap();
        check_all(&next, 0..50, &loss.marks, round).await;
    }
}
