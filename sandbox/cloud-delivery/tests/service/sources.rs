//! What is polled: its bounds, its filter, long polls on the cloud's clock, and what becomes of what was given.

use cloud_core::{Delivery, Poll, Reader, Source};
use futures_util::FutureExt;

use super::*;
use crate::depot::at;

fn reader(service: &str) -> Reader {
    Reader { source: at(service, "source"), name: "r".into(), shard: None }
}

async fn fill(depot: &Depot, service: &str, texts: &[&str]) {
    for text in texts {
        depot.take_in(Delivery::new(at(service, "source"), (*text).to_owned())).await.unwrap();
    }
}

async fn polled(depot: &Depot, service: &str, poll: Poll) -> Vec<String> {
    let records = depot.poll(&reader(service), poll).await.unwrap();
    records.into_iter().map(|record| String::from_utf8(record.payload.to_vec()).unwrap()).collect()
}

#[tokio::test]
async fn a_poll_is_bounded_in_records_and_bytes() {
    let rig = Rig::new().await;
    fill(&rig.queue, "sqs", &["12345", "678", "9", "too large for it", "a"]).await;
    let three = Poll { records: 3, bytes: 8, ..Poll::default() };
    assert_eq!(polled(&rig.queue, "sqs", three.clone()).await, ["12345", "678"]);
    assert_eq!(polled(&rig.queue, "sqs", three.clone()).await, ["9"]);
    assert_eq!(polled(&rig.queue, "sqs", three.clone()).await, ["too large for it"], "alone");
    assert_eq!(polled(&rig.queue, "sqs", three.clone()).await, ["a"]);
    assert_eq!(polled(&rig.queue, "sqs", three).await, [""; 0], "all are hidden");
}

#[tokio::test]
async fn what_a_filter_drops_is_done_with() {
    let rig = Rig::new().await;
    for (service, depot) in [("sqs", &rig.queue), ("kinesis", &rig.stream)] {
        fill(depot, service, &["no", "yes"]).await;
        let filter: cloud_core::Filter = Arc::new(|record| record.payload != "no");
        let poll = Poll { filter: Some(filter), ..Poll::default() };
        assert_eq!(polled(depot, service, poll).await, ["yes"]);
    }
    assert_eq!(rig.queue.pile("source"), ["yes"]);
}

#[tokio::test]
async fn a_long_poll_ends_with_a_record_or_its_time() {
    let rig = Rig::new().await;
    let long = Poll { wait: Duration::from_secs(20), ..Poll::default() };
    let mut waiting = Box::pin(polled(&rig.queue, "sqs", long.clone()));
    for _ in 0..5 {
        assert!((&mut waiting).now_or_never().is_none());
        settle().await;
    }
    fill(&rig.queue, "sqs", &["it"]).await;
    assert_eq!(waiting.await, ["it"], "no time has passed");
    let mut waiting = Box::pin(polled(&rig.queue, "sqs", long));
    for _ in 0..5 {
        assert!((&mut waiting).now_or_never().is_none());
        settle().await;
    }
    rig.clock.advance(Duration::from_secs(20));
    assert_eq!(waiting.await, [""; 0]);
}

#[tokio::test]
async fn a_queue_gives_again_what_was_not_acknowledged_when_its_time_is_over() {
    let rig = Rig::new().await;
    fill(&rig.queue, "sqs", &["1", "2"]).await;
    let first = rig.queue.poll(&reader("sqs"), Poll::default()).await.unwrap();
    let [one, two] = &first[..] else { panic!("{first:?}") };
    rig.queue.acknowledge(&reader("sqs"), std::slice::from_ref(&one.receipt)).await.unwrap();
    // Longer than the thirty seconds that it has by itself.
    let receipts = [two.receipt.clone()];
    rig.queue.hide(&reader("sqs"), &receipts, Duration::from_mins(5)).await.unwrap();
    rig.clock.advance(Duration::from_secs(299));
    settle().await;
    settle().await;
    assert_eq!(polled(&rig.queue, "sqs", Poll::default()).await, [""; 0]);
    rig.clock.advance(Duration::from_secs(1));
    let long = Poll { wait: Duration::from_secs(20), ..Poll::default() };
    let again = rig.queue.poll(&reader("sqs"), long).await.unwrap();
    assert_eq!(again.iter().map(|record| (&record.id, record.received)).collect::<Vec<_>>(), [(&two.id, 2)]);
    // Given back at once.
    rig.queue.hide(&reader("sqs"), &receipts, Duration::ZERO).await.unwrap();
    let long = Poll { wait: Duration::from_secs(20), ..Poll::default() };
    assert_eq!(polled(&rig.queue, "sqs", long).await, ["2"]);
    let rig = rig.again().await;
    rig.until("it is given again", async || polled(&rig.queue, "sqs", Poll::default()).await == ["2"]).await;
}

#[tokio::test]
async fn a_stream_goes_on_behind_its_readers_checkpoint() {
    let rig = Rig::new().await;
    fill(&rig.stream, "kinesis", &["1", "2", "3"]).await;
    let other = Reader { name: "other".into(), ..reader("kinesis") };
    let first = rig.stream.poll(&reader("kinesis"), Poll::default()).await.unwrap();
    rig.stream.acknowledge(&reader("kinesis"), &[first[1].receipt.clone()]).await.unwrap();
    let rig = rig.again().await;
    assert_eq!(polled(&rig.stream, "kinesis", Poll::default()).await, ["3"]);
    assert_eq!(rig.stream.poll(&other, Poll::default()).await.unwrap().len(), 3, "each reader has its own");
}
