//! The power fails at any moment while events are put: what was answered is delivered, to each target that it is for, and
//! nothing that was not asked for. A schedule goes on.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_core::{
    Caller, Context, Delivered, Delivery, PortError, RequestId, Settings, SystemEntropy, Target,
};
use power_loss::{Image, Loss, Workload, record};
use serde_json::Value;

use crate::open::{EventBridge, open};
use crate::ops::{put_events, put_rule, targets};
use crate::shapes::{
    PutEventsRequest, PutEventsRequestEntry, PutRuleRequest, PutTargetsRequest, Target as Told,
};
use crate::ticking;

const WRITERS: u64 = 3;
const NUMBERS: u64 = 12;
/// Numbers of a round begin at a multiple of this.
const ROUND: u64 = 1000;

/// A service that takes deliveries and notes what events say; or does not take them yet.
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
        let event: Value = serde_json::from_slice(&delivery.payload).unwrap();
        let told = format!("{} {}", delivery.target.resource(), event["detail"]["n"]);
        self.taken.lock().unwrap().insert(told);
        Ok(Delivered::default())
    }
}

async fn opened(disk: &Path, target: Arc<Noting>) -> Arc<EventBridge> {
    let context = Context::new(Settings::new(disk));
    context.peers().add_target("sqs", target);
    open(&context).await.unwrap_or_else(|error| panic!("{error}"))
}

fn caller(bridge: &EventBridge) -> Caller {
    let context = &bridge.context;
    Caller::root(context.account(), context.region(), RequestId::random(&SystemEntropy))
}

/// A rule with two targets, and one that goes off in a year.
async fn prepare(bridge: &EventBridge) {
    let caller = caller(bridge);
    for (name, pattern, schedule) in
        [("r", Some(r#"{"source":["s"]}"#), None), ("later", None, Some("rate(365 days)"))]
    {
        let rule = PutRuleRequest {
            name: name.into(),
            event_pattern: pattern.map(str::to_owned),
            schedule_expression: schedule.map(str::to_owned),
            ..PutRuleRequest::default()
        };
        put_rule::put_rule(bridge, &caller, rule).await.unwrap();
    }
    let told = |name: &str| Told {
        id: name.into(),
        arn: format!("arn:aws:sqs:us-east-1:000000000000:{name}"),
        ..Told::default()
    };
    let input = PutTargetsRequest {
        rule: "r".into(),
        targets: vec![told("a"), told("b")],
        ..PutTargetsRequest::default()
    };
    targets::put_targets(bridge, &caller, input).await.unwrap();
}

/// What is recorded: a start, events by several at once, an end. Nothing of it is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().unwrap() else { return };
    let from = work.round() * ROUND;
    let bridge = opened(work.disk(), Arc::new(Noting { is_closed: true, ..Noting::default() })).await;
    prepare(&bridge).await;
    work.mark("prepared").unwrap();
    let writer = |writer: u64| {
        let (bridge, work) = (&bridge, &work);
        async move {
            for of in (from + writer..from + NUMBERS).step_by(usize::try_from(WRITERS).unwrap()) {
                work.mark(format!("began {of}")).unwrap();
                let entry = PutEventsRequestEntry {
                    source: Some("s".into()),
                    detail_type: Some("t".into()),
                    detail: Some(format!(r#"{{"n":{of}}}"#)),
                    ..PutEventsRequestEntry::default()
                };
                let input = PutEventsRequest { entries: vec![entry], endpoint_id: None };
                put_events::put_events(bridge, &caller(bridge), input).await.unwrap();
                work.mark(format!("kept {of}")).unwrap();
            }
        }
    };
    tokio::join!(writer(0), writer(1), writer(2));
    bridge.close().await;
}

fn said(marks: &[String], kind: &str) -> BTreeSet<u64> {
    marks.iter().filter_map(|mark| mark.strip_prefix(kind)?.trim().parse().ok()).collect()
}

async fn check(disk: &Path, marks: &[String], what: &str) {
    let target = Arc::new(Noting::default());
    let bridge = opened(disk, Arc::clone(&target)).await;
    while bridge.records.outbox.waiting().await.unwrap() > 0 {
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
    if marks.iter().any(|mark| mark == "prepared") {
        assert_eq!(bridge.records.rules_of("default").len(), 2, "{what}");
        assert_eq!(bridge.records.timers.count(ticking::OWNER).await.unwrap(), 1, "{what}");
    }
    bridge.close().await;
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
