//! The power fails at any moment of publishes: what was answered is delivered, and nothing that was not asked for.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_core::{Context, Delivered, Delivery, Maker, PortError, Settings, Target};
use power_loss::{Image, Loss, Workload, record};

use crate::message::Message;
use crate::open::{Sns, open};
use crate::ops::create_topic::{self, make};
use crate::ops::subscribe;
use crate::publishing::publish;
use crate::signing::Signer;

const WRITERS: u64 = 3;
const NUMBERS: u64 = 12;
/// Numbers of a round begin at a multiple of this.
const ROUND: u64 = 1000;

/// A service that takes deliveries and notes their texts; or does not take them yet.
#[derive(Default)]
struct Noting {
    taken: Mutex<BTreeSet<String>>,
    is_closed: bool,
}

#[async_trait]
impl Target for Noting {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        if self.is_closed {
            return std::future::pending().await;
        }
        let text = String::from_utf8_lossy(&delivery.payload).into_owned();
        self.taken.lock().unwrap().insert(format!("{} {text}", delivery.target.resource()));
        Ok(Delivered::default())
    }
}

async fn opened(disk: &Path, target: Arc<Noting>) -> Arc<Sns> {
    let context = Context::new(Settings::new(disk));
    context.peers().add_target("sqs", target);
    open(&context, Signer::in_folder(context.data_dir())).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn subscribed(sns: &Sns) {
    let wanted = create_topic::Wanted {
        name: "t".into(),
        attributes: std::collections::BTreeMap::default(),
        tags: None,
        data_protection: None,
        maker: Maker::NOBODY,
    };
    make(sns, wanted).await.unwrap();
    for name in ["a", "b"] {
        let wanted = subscribe::Wanted {
            topic: sns.records.topics.get(&"t".to_owned()).unwrap(),
            protocol: "sqs".into(),
            endpoint: Some(format!("arn:aws:sqs:us-east-1:000000000000:{name}")),
            attributes: [("RawMessageDelivery".to_owned(), "true".to_owned())].into(),
            principal: String::new(),
            account: sns.context.account().clone(),
            maker: Maker::NOBODY,
        };
        subscribe::make(sns, wanted).await.unwrap();
    }
}

/// What is recorded: a start, publishes by several at once, an end. Nothing of it is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let from = work.round() * ROUND;
    let sns = opened(work.disk(), Arc::new(Noting { is_closed: true, ..Noting::default() })).await;
    subscribed(&sns).await;
    work.mark("subscribed").unwrap();
    let topic = sns.records.topics.get(&"t".to_owned()).unwrap();
    let writer = |writer: u64| {
        let (sns, work, topic) = (&sns, &work, &topic);
        async move {
            for of in (from + writer..from + NUMBERS).step_by(usize::try_from(WRITERS).unwrap()) {
                work.mark(format!("began {of}")).unwrap();
                let message = Message { id: of.to_string(), text: of.to_string(), ..Message::default() };
                publish(sns, topic, vec![message]).await.unwrap();
                work.mark(format!("kept {of}")).unwrap();
            }
        }
    };
    tokio::join!(writer(0), writer(1), writer(2));
    sns.close().await;
}

fn said(marks: &[String], kind: &str) -> BTreeSet<u64> {
    marks.iter().filter_map(|mark| mark.strip_prefix(kind)?.trim().parse().ok()).collect()
}

async fn check(disk: &Path, marks: &[String], what: &str) {
    let target = Arc::new(Noting::default());
    let sns = opened(disk, Arc::clone(&target)).await;
    while !sns.is_idle().await {
        tokio::task::yield_now().await;
    }
    let taken = target.taken.lock().unwrap().clone();
    let began = said(marks, "began");
    for of in said(marks, "kept") {
        for name in ["a", "b"] {
            assert!(taken.contains(&format!("{name} {of}")), "{what}: {name} was not told {of}: {taken:?}");
        }
    }
    for told in &taken {
        let (name, of) = told.split_once(' ').unwrap();
        assert!(began.contains(&of.parse().unwrap()), "{what}: made up {told}");
        let other = if name == "a" { "b" } else { "a" };
        assert!(taken.contains(&format!("{other} {of}")), "{what}: {of} was told in part");
    }
    if marks.iter().any(|mark| mark == "subscribed") {
        assert_eq!(sns.records.subscriptions_of("t").len(), 2, "{what}");
    }
    sns.close().await;
}

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
    check_all(first.losses(0..100), &[], 0).await;
    // It fails again while it goes on from there.
    for (round, loss) in (1..).zip(first.losses(1000..1002)) {
        let next = record("power::works", &loss.image, round).unwrap();
        check_all(next.losses(0..25), &loss.marks, round).await;
    }
}
