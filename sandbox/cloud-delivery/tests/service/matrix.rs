//! Sources × targets × faults: what comes of one record on each way, with each fault.

use cloud_core::{Arn, Delivery, Poll, Reader, Record, SourceKind};
use cloud_delivery::{Announcement, Mapping, Pump, Retry, Task};

use super::*;
use crate::depot::{Fault, at};

/// From where a record comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum From {
    /// A change that announced it.
    Outbox,
    /// A queue that is polled.
    Queue,
    /// A stream that is polled.
    Stream,
}

/// What is to come of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Comes {
    /// It arrives, and its source is done with it.
    Arrives,
    /// It does not, and a dead letter does.
    Dead,
    /// Its source still has it.
    Stays,
}

/// A record's payload is the event.
struct Plain(Arn);

impl Mapping for Plain {
    fn delivery(&self, _: &Reader, records: &[Record]) -> Delivery {
        let first = records.first().expect("a batch has a record");
        Delivery { trace: first.trace.clone(), ..Delivery::new(self.0.clone(), first.payload.clone()) }
    }
}

/// Whether the target was made to fail for good or for a while.
fn times(fault: Fault) -> u32 {
    if matches!(fault, Fault::Refused | Fault::Gone | Fault::Fails) { u32::MAX } else { 1 }
}

async fn send(rig: &Rig, from: From, target: &Arn, is_awaited: bool) -> Vec<Task> {
    let (depot, service) = match from {
        From::Outbox => {
            let mut delivery = Delivery::new(target.clone(), "it");
            if is_awaited {
                delivery = delivery.awaited();
            }
            let dead_letter = Some(at("kinesis", "dead"));
            rig.queue
                .announce(vec![Announcement { dead_letter, ..Announcement::new(delivery) }])
                .await
                .unwrap();
            return Vec::new();
        }
        From::Queue => (&rig.queue, "sqs"),
        From::Stream => (&rig.stream, "kinesis"),
    };
    let source = at(service, "source");
    // Before the faults begin.
    rig.context.peers().deliver(Delivery::new(source.clone(), "it")).await.unwrap();
    let reader = mapping(source);
    let poll = Poll { records: 1, wait: Duration::from_secs(20), ..Poll::default() };
    let pump = Pump::new(rig.context.clone(), Arc::new(depot.clone()), reader, poll, Plain(target.clone()));
    vec![Task::start(async move {
        let _ = pump.run().await;
    })]
}

fn mapping(source: Arn) -> Reader {
    Reader { source, name: "mapping".into(), shard: None }
}

/// Whether the source still has it: a queue at all, a stream for its reader.
fn is_kept(rig: &Rig, from: From) -> bool {
    match from {
        From::Queue => !rig.queue.pile("source").is_empty(),
        From::Stream => rig.stream.has_any(&mapping(at("kinesis", "source"))),
        From::Outbox => false,
    }
}

async fn check(from: From, to: SourceKind, fault: Fault, expected: Comes) {
    let rig = Rig::new().await;
    let (service, depot) =
        if to == SourceKind::Queue { ("sqs", &rig.queue) } else { ("kinesis", &rig.stream) };
    let target = at(service, "target");
    let told = format!("{from:?} to {to:?}, {fault:?}");
    // Deliveries to the target alone go wrong.
    let faulty = Arc::new(Faulty { depot: depot.clone(), target: target.clone() });
    rig.context.peers().add_target(service, faulty);
    depot.fails(fault, times(fault));
    let _pump = send(&rig, from, &target, to == SourceKind::Stream).await;
    match expected {
        Comes::Arrives => {
            rig.until(&told, async || {
                let is_done = rig.queue.outbox().waiting().await.unwrap() == 0 && !is_kept(&rig, from);
                is_done && !depot.pile("target").is_empty()
            })
            .await;
            assert_eq!(depot.pile("target"), ["it"], "{told}");
        }
        Comes::Dead => {
            rig.until(&told, async || !rig.stream.pile("dead").is_empty()).await;
            assert_eq!(rig.stream.pile("dead"), ["it"], "{told}");
        }
        Comes::Stays => {
            for _ in 0..40 {
                rig.clock.advance(Duration::from_secs(10));
                settle().await;
            }
            assert!(is_kept(&rig, from), "{told}");
        }
    }
    if expected != Comes::Arrives && fault != Fault::Fails {
        assert_eq!(depot.pile("target"), [""; 0], "{told}");
    }
    if expected == Comes::Stays {
        // Once the target is mended, whoever polls next has it.
        depot.fails(Fault::None, 0);
        let _next = match from {
            From::Outbox => Vec::new(),
            _ => resume(&rig, from, &target),
        };
        rig.until(&told, async || !depot.pile("target").is_empty()).await;
    }
}

/// The mapping is begun anew, as after a restart.
fn resume(rig: &Rig, from: From, target: &Arn) -> Vec<Task> {
    let (depot, service) = if from == From::Queue { (&rig.queue, "sqs") } else { (&rig.stream, "kinesis") };
    let reader = mapping(at(service, "source"));
    let poll = Poll { records: 1, wait: Duration::from_secs(20), ..Poll::default() };
    let pump = Pump::new(rig.context.clone(), Arc::new(depot.clone()), reader, poll, Plain(target.clone()));
    vec![Task::start(async move {
        let _ = pump.run().await;
    })]
}

/// A depot whose faults are those of one target.
struct Faulty {
    depot: Depot,
    target: Arn,
}

#[async_trait]
impl Target for Faulty {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        if delivery.target == self.target {
            return self.depot.deliver(delivery).await;
        }
        self.depot.take_in(delivery).await
    }
}

#[tokio::test]
async fn each_source_meets_each_target_with_each_fault() {
    use Comes::{Arrives, Dead, Stays};
    let faults = [
        // What comes of it: from the outbox, and from what is polled.
        (Fault::None, Arrives, Arrives),
        (Fault::Throttled, Arrives, Arrives),
        (Fault::Refused, Dead, Stays),
        (Fault::Gone, Dead, Stays),
        (Fault::Slow, Arrives, Arrives),
        (Fault::Panics, Arrives, Arrives),
        (Fault::Fails, Dead, Stays),
    ];
    for (fault, announced, polled) in faults {
        for to in [SourceKind::Queue, SourceKind::Stream] {
            for (from, expected) in [(From::Outbox, announced), (From::Queue, polled), (From::Stream, polled)]
            {
                check(from, to, fault, expected).await;
            }
        }
    }
}

/// The same with the end of the process in the midst of the delivery.
#[tokio::test]
async fn each_source_delivers_again_when_the_process_ended() {
    for to in [("sqs", SourceKind::Queue), ("kinesis", SourceKind::Stream)] {
        for from in [From::Outbox, From::Queue, From::Stream] {
            let rig = Rig::new().await;
            let (service, kind) = to;
            let depot = if kind == SourceKind::Queue { &rig.queue } else { &rig.stream };
            let target = at(service, "target");
            rig.context
                .peers()
                .add_target(service, Arc::new(Faulty { depot: depot.clone(), target: target.clone() }));
            depot.fails(Fault::Stuck, 1);
            let pump = send(&rig, from, &target, false).await;
            for _ in 0..10 {
                settle().await;
            }
            drop(pump);
            let rig = rig.again().await;
            let depot = if kind == SourceKind::Queue { &rig.queue } else { &rig.stream };
            let _pump = if from == From::Outbox { Vec::new() } else { resume(&rig, from, &target) };
            let told = format!("{from:?} to {kind:?}");
            rig.until(&told, async || !depot.pile("target").is_empty()).await;
            assert_eq!(depot.pile("target"), ["it"], "{told}");
        }
    }
}

#[test]
fn retries_are_data() {
    let text = serde_json::to_string(&Retry::default()).unwrap();
    let expected =
        r#"{"failures":[],"backoff":1000,"most_backoff":300000,"refusals":null,"max_age":86400000}"#;
    assert_eq!(text, expected);
    assert_eq!(serde_json::from_str::<Retry>(&text).unwrap(), Retry::default());
}
