//! The power fails at any moment of changes that are told: what was answered is told, in an order that is the changes' own, and
//! nothing is told that nobody asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_core::{Delivered, Delivery, PortError, SeededEntropy, Settings, Target};
use power_loss::{Image, Record, Workload, record};
use serde_json::Value;

use super::*;
use crate::shapes::{
    NotificationConfiguration, PutBucketNotificationConfigurationRequest, QueueConfiguration,
};

/// Numbers of a round begin at a multiple of this.
const ROUND: u64 = 1000;
const KEYS: [&str; 3] = ["a", "b/c", "d"];

/// A queue that notes what it is told; or does not take it yet.
#[derive(Default)]
struct Noting {
    told: Mutex<Vec<Value>>,
    is_closed: bool,
}

#[async_trait]
impl Target for Noting {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        if self.is_closed {
            return std::future::pending().await;
        }
        self.told.lock().unwrap().push(serde_json::from_slice(&delivery.payload).unwrap());
        Ok(Delivered::default())
    }
}

async fn open(folder: &Path, seed: u64, target: Arc<Noting>) -> Rig {
    let entropy = Arc::new(SeededEntropy::new(seed));
    let context = Context::new(Settings { entropy, ..Settings::new(folder) });
    context.peers().add_target("sqs", target);
    Rig::on(folder, context).await
}

/// Has a bucket that tells the queue of all that is made and removed in it.
async fn prepare(rig: &Rig) {
    if rig.s3.records().buckets().get("bucket").is_none() {
        rig.create_bucket().await;
    }
    let queue = QueueConfiguration {
        queue_arn: "arn:aws:sqs:us-east-1:000000000000:q".into(),
        events: vec!["s3:ObjectCreated:*".into(), "s3:ObjectRemoved:*".into()],
        ..QueueConfiguration::default()
    };
    let input = PutBucketNotificationConfigurationRequest {
        bucket: "bucket".into(),
        notification_configuration: NotificationConfiguration {
            queue_configurations: Some(vec![queue]),
            ..NotificationConfiguration::default()
        },
        skip_destination_validation: Some(true),
        ..PutBucketNotificationConfigurationRequest::default()
    };
    ops::notification::put(&rig.s3, &rig.caller, input).await.unwrap();
}

/// What a caller does with a key: an object's size is its number, each third is deleted.
async fn write(rig: &Rig, work: &Workload, key: &str, numbers: Range<u64>) {
    for number in numbers {
        let what = if number % 3 == 2 { "deleted" } else { "put" };
        work.mark(format!("began {what} {key} {number}")).unwrap();
        if what == "deleted" {
            rig.delete(key, None).await.unwrap();
        } else {
            rig.put(key, &vec![b'x'; usize::try_from(number).unwrap()]).await;
        }
        work.mark(format!("kept {what} {key} {number}")).unwrap();
    }
}

/// What is recorded: changes by several at once, none of which is told yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let from = work.round() * ROUND;
    let rig = open(work.disk(), from + 1, Arc::new(Noting { is_closed: true, ..Noting::default() })).await;
    prepare(&rig).await;
    let numbers = || from + 1..from + 10;
    tokio::join!(
        write(&rig, &work, KEYS[0], numbers()),
        write(&rig, &work, KEYS[1], numbers()),
        write(&rig, &work, KEYS[2], numbers()),
    );
    rig.s3.stop().await;
    rig.s3.records().store().close().await;
}

/// The numbers of a key that were said so.
fn said(marks: &[String], how: &str, what: &str, key: &str) -> BTreeSet<u64> {
    let begin = format!("{how} {what} {key} ");
    marks.iter().filter_map(|mark| mark.strip_prefix(&begin)?.parse().ok()).collect()
}

async fn check(folder: &Path, marks: &[String], what: &str) {
    let target = Arc::new(Noting::default());
    let rig = open(folder, u64::MAX, Arc::clone(&target)).await;
    while !rig.s3.is_idle().await {
        tokio::task::yield_now().await;
    }
    // What is told twice is told with the same number.
    let mut events: BTreeMap<(String, String), Option<u64>> = BTreeMap::new();
    for told in target.told.lock().unwrap().iter() {
        let object = &told["Records"][0]["s3"]["object"];
        let text = |name: &str| object[name].as_str().unwrap().to_owned();
        let size = object.get("size").map(|size| size.as_u64().unwrap());
        let before = events.insert((text("key"), text("sequencer")), size);
        assert!(before.is_none_or(|before| before == size), "{what}: one number for two events");
    }
    for key in KEYS {
        let of_key: Vec<Option<u64>> =
            events.iter().filter(|((other, _), _)| other == key).map(|(_, size)| *size).collect();
        let sizes: Vec<u64> = of_key.iter().copied().flatten().collect();
        assert!(sizes.is_sorted(), "{what}: {key} is told in another order: {sizes:?}");
        let told: BTreeSet<u64> = sizes.iter().copied().collect();
        assert_eq!(told.len(), sizes.len(), "{what}: {key}: {sizes:?}");
        let (began, kept) = (said(marks, "began", "put", key), said(marks, "kept", "put", key));
        assert!(told.is_superset(&kept), "{what}: of {key} {kept:?} is kept and {told:?} told");
        assert!(told.is_subset(&began), "{what}: of {key} {began:?} was begun and {told:?} told");
        let removed = of_key.iter().filter(|size| size.is_none()).count();
        let (least, most) =
            (said(marks, "kept", "deleted", key).len(), said(marks, "began", "deleted", key).len());
        assert!((least..=most).contains(&removed), "{what}: {key} was deleted {removed} times");
    }
    rig.s3.records().store().close().await;
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
async fn what_was_changed_is_told_after_the_power_came_back() {
    let first = record("tests::told::works", &Image::default(), 0).unwrap();
    check_all(&first, 0..100, &[], 0).await;
    // It fails again while it goes on from there.
    for (round, loss) in (1..).zip(first.losses(1000..1002)) {
        let next = record("tests::told::works", &loss.image, round).unwrap();
        check_all(&next, 0..25, &loss.marks, round).await;
    }
}
