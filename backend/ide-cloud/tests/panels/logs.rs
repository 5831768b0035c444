//! Logs: the newest lines of a group, however long it is.

use std::sync::{Arc, Mutex};

use protocol::ErrorCode;
use protocol::cloud::{LogLine, MAX_LOG_LINES, ReadLogs};
use serde_json::json;

use crate::bench::{Bench, NOW};
use crate::stand_in::{json, json_error, with};

fn ask(since_ms: Option<i64>) -> ReadLogs {
    ReadLogs { group: "/aws/lambda/f".into(), since_ms, filter: None }
}

/// A log of events at these moments, each of which says when, in pages of that size; says how often it was asked.
fn keep(bench: &Bench, times: Vec<i64>, page: usize) -> Arc<Mutex<usize>> {
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    bench.cloud.on("FilterLogEvents", move |asked| {
        *counted.lock().unwrap() += 1;
        let asked = asked.json();
        assert_eq!((&asked["logGroupName"], &asked["limit"]), (&json!("/aws/lambda/f"), &json!(10_000)));
        let (from, to) = (asked["startTime"].as_i64().unwrap(), asked["endTime"].as_i64());
        let there = times.iter().filter(|time| **time >= from && to.is_none_or(|to| **time <= to));
        let skipped = asked["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let events: Vec<_> = there.clone().skip(skipped).take(page).copied().map(event).collect();
        let more = there.count() > skipped + page;
        json(json!({ "events": events, "nextToken": more.then(|| (skipped + page).to_string()) }))
    });
    count
}

fn event(time: i64) -> serde_json::Value {
    json!({ "eventId": format!("e{time}"), "timestamp": time, "logStreamName": "s", "message": time.to_string() })
}

/// Whether these are the newest lines of the log.
fn check(lines: &[LogLine], times: &[i64]) {
    let newest = &times[times.len().saturating_sub(MAX_LOG_LINES)..];
    assert_eq!(lines.iter().map(|line| line.timestamp_ms).collect::<Vec<_>>(), newest);
    for line in lines {
        let time = line.timestamp_ms;
        assert_eq!(
            (&line.id, &line.stream, &line.message),
            (&format!("e{time}"), &"s".into(), &time.to_string())
        );
    }
}

#[tokio::test]
async fn the_newest_lines_are_found_wherever_in_time_they_are() {
    let year = 365 * 24 * 3_600_000_i64;
    for (times, most) in [
        (vec![], 5),
        (vec![NOW], 5),
        // Of a clock that is ahead.
        (vec![NOW - 1, NOW + 3_600_000], 5),
        (vec![1, NOW - 50 * year, NOW - 20 * year, NOW - year, NOW - 11 * 60_000, NOW - 5], 5),
        ((0..5000).map(|index| NOW - 5000 + index).collect(), 1),
        ((0..999).map(|index| NOW - 999 * 60_000 + index * 60_000).collect(), 5),
    ] {
        let bench = Bench::new().await;
        let count = keep(&bench, times.clone(), 10_000);
        check(&bench.call(ask(None)).await.unwrap().lines, &times);
        assert!(*count.lock().unwrap() <= most, "asked {} times", count.lock().unwrap());
    }
}

#[tokio::test]
async fn of_a_log_that_no_stretch_has_whole_the_newest_are_found() {
    let bench = Bench::new().await;
    // Two hundred thousand events of the last minute, in pages of a thousand.
    let times: Vec<i64> = (0..200_000).map(|index| NOW - 60_000 + index * 3 / 10).collect();
    keep(&bench, times.clone(), 1000);
    check(&bench.call(ask(None)).await.unwrap().lines, &times);
    // All at once: some of them, and an end.
    let bench = Bench::new().await;
    let count = keep(&bench, vec![NOW; 100_000], 10);
    assert_eq!(bench.call(ask(None)).await.unwrap().lines.len(), 50);
    assert!(*count.lock().unwrap() <= 50);
}

#[tokio::test]
async fn who_follows_asks_for_what_is_new() {
    let bench = Bench::new().await;
    let count = keep(&bench, vec![NOW - 100, NOW - 10, NOW], 10_000);
    check(&bench.call(ask(Some(NOW - 10))).await.unwrap().lines, &[NOW - 10, NOW]);
    assert_eq!(*count.lock().unwrap(), 1);
    check(&bench.call(ask(Some(-5))).await.unwrap().lines, &[NOW - 100, NOW - 10, NOW]);
    check(&bench.call(ask(Some(i64::MAX))).await.unwrap().lines, &[]);
    bench.cloud.asked();
    let filter = Some("\"ERROR\"".to_owned());
    bench.call(ReadLogs { filter, ..ask(Some(NOW)) }).await.unwrap();
    assert_eq!(bench.cloud.asked()[0].json()["filterPattern"], "\"ERROR\"");
}

#[tokio::test]
async fn huge_lines_are_cut_and_only_as_many_are_told_as_fit() {
    let bench = Bench::new().await;
    let large = |time: i64, message: String| json!({ "eventId": "e", "timestamp": time, "logStreamName": "s", "message": message });
    let events: Vec<_> = (0..100).map(|index| large(index, "\u{1b}[0m".repeat(3000))).collect();
    bench.cloud.on("FilterLogEvents", move |_| json(json!({ "events": events })));
    let lines = bench.call(ask(None)).await.unwrap().lines;
    let times: Vec<i64> = lines.iter().map(|line| line.timestamp_ms).collect();
    assert!(times.len() > 20 && times.iter().copied().eq(100 - times.len() as i64..100), "{times:?}");
    assert!(lines.iter().all(|line| line.message == "\u{1b}[0m".repeat(3000)));

    bench.cloud.on("FilterLogEvents", move |_| json(json!({ "events": [large(1, "x".repeat(5 << 20))] })));
    let lines = bench.call(ask(Some(NOW))).await.unwrap().lines;
    let said = lines[0].message.strip_prefix("x".repeat(128 << 10).as_str());
    assert_eq!(said, Some("\n… the first 131072 of 5242880 bytes"));
}

#[tokio::test]
async fn what_the_cloud_says_of_a_log_is_told() {
    let bench = Bench::new().await;
    assert_eq!(bench.call(ask(None)).await.unwrap().lines, [], "a function that never ran");
    assert_eq!(bench.cloud.operations(), ["FilterLogEvents"], "once is enough");
    for (reply, expected) in [
        (
            json_error(400, "InvalidParameterException", "Invalid filter pattern"),
            (ErrorCode::Invalid, "InvalidParameterException: Invalid filter pattern"),
        ),
        (
            with(
                400,
                &[],
                r#"{"__type":"com.amazonaws.logs#ThrottlingException","message":"Rate exceeded"}"#,
            ),
            (ErrorCode::Limit, "ThrottlingException: Rate exceeded"),
        ),
        (json_error(400, "AccessDeniedException", "no"), (ErrorCode::Forbidden, "AccessDeniedException: no")),
        (
            with(200, &[], "[1,"),
            (ErrorCode::Internal, "failed to read the cloud's answer to FilterLogEvents"),
        ),
        (with(500, &[], "<html>"), (ErrorCode::Unavailable, "HTTP 500: ")),
    ] {
        bench.cloud.on("FilterLogEvents", move |_| reply.clone());
        let (code, message) = bench.refused(ask(None)).await;
        assert_eq!((code, message.as_str()), expected);
    }
    // What is no event has nothing to say.
    bench.cloud.on("FilterLogEvents", |_| json(json!({ "events": [{}, 5], "nextToken": null })));
    let lines = bench.call(ask(Some(NOW))).await.unwrap().lines;
    assert_eq!(lines.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(), ["", ""]);
    bench.cloud.on("FilterLogEvents", |_| json(json!({ "events": 7 })));
    assert_eq!(bench.call(ask(Some(NOW))).await.unwrap().lines, []);
}
