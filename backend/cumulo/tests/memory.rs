//! What others can make the cloud hold: documents that are a hundred times as large in memory as on the wire, from many
//! at once. What is kept on disk is in `flood.rs`.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

mod common;

use common::asked::Asked;
use common::{Place, Started, path, send, status_of};

/// A body just below what an operation takes.
const BODY: usize = 2_000_000;
/// So many at once.
const AT_ONCE: usize = 8;
/// Half of the cloud's budget, which is what one key may hold, and what the allocator keeps of it beside.
const SIGNED: u64 = 384 * 1024 * 1024;
/// A head's and a spool's share of memory for each of those at once.
const UNSIGNED: u64 = 24 * 1024 * 1024;

/// As many pieces as fit.
fn document(open: &str, piece: impl Fn(usize) -> String, close: &str) -> String {
    let mut text = open.to_owned();
    for number in 1.. {
        let piece = piece(number);
        if text.len() + piece.len() + close.len() > BODY {
            break;
        }
        text.push_str(&piece);
    }
    text + close
}

fn bombs() -> Vec<Asked> {
    let json = |target, open: &str, piece: &'static str, close: &str| Asked {
        service: "logs",
        path: "/",
        target,
        content: "application/x-amz-json-1.1",
        body: document(open, |_| piece.to_owned(), close),
    };
    let form = |service, open: &str, piece: &dyn Fn(usize) -> String| Asked {
        service,
        path: "/",
        target: "",
        content: "application/x-www-form-urlencoded",
        body: document(open, piece, "End="),
    };
    vec![
        json("Logs_20140328.PutLogEvents", r#"{"logEvents":["#, "{},", "{}]}"),
        json("Logs_20140328.CreateLogGroup", r#"{"tags":{"#, r#""":"","#, r#""":""}}"#),
        form("iam", "Action=CreateRole&Version=2010-05-08&", &|number| {
            format!("Tags.member.{number}.a.a.a.a.a.a=&")
        }),
        form("cloudformation", "Action=CreateStack&Version=2010-05-15&", &|number| {
            format!("Parameters.member.{number}.ParameterKey=&")
        }),
        Asked {
            service: "s3",
            path: "/bucket/key?uploadId=none",
            target: "",
            content: "application/xml",
            body: document(
                "<CompleteMultipartUpload>",
                |_| "<Part/>".to_owned(),
                "</CompleteMultipartUpload>",
            ),
        },
        Asked {
            service: "lambda",
            path: "/2015-03-31/functions",
            target: "",
            content: "application/json",
            body: document(r#"{"FileSystemConfigs":["#, |_| "{},".to_owned(), "{}]}"),
        },
    ]
}

/// The most that a process had in memory since it was last asked.
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
    kilobytes * 1024
}

/// Sends it from many at once; how much memory that took.
fn cost(started: &Started, request: &[u8], look: impl Fn(u16) + Sync) -> u64 {
    let pid = started.child.id();
    peak(pid);
    let before = peak(pid);
    let address = started.cloud_address();
    std::thread::scope(|threads| {
        for _ in 0..AT_ONCE {
            threads.spawn(|| look(status_of(&String::from_utf8_lossy(&send(&address, request)))));
        }
    });
    peak(pid).saturating_sub(before)
}

#[test]
fn what_documents_become_in_memory_is_bounded_over_all_of_them() {
    let place = Place::new();
    let (data, ready) = (place.data(), place.ready_file());
    let arguments = ["cloud", "--listen", "127.0.0.1:0", "--data", path(&data), "--ready-file", path(&ready)];
    let started = place.start(place.cumulo(&arguments));
    for bomb in bombs() {
        let (of, operation) = (bomb.service, bomb.target);
        let strangers = cost(&started, &bomb.unsigned(&started), |status| {
            assert!(matches!(status, 0 | 400..500), "{of} {operation}: {status}");
        });
        assert!(
            strangers <= UNSIGNED,
            "{of} {operation}: {strangers} bytes for requests without a signature"
        );
        let ours = cost(&started, &bomb.signed(&started), |status| {
            assert!(matches!(status, 400..500 | 503), "{of} {operation}: {status}");
        });
        assert!(ours <= SIGNED, "{of} {operation}: {ours} bytes");
    }
    let query =
        format!("GET /?{} HTTP/1.1\r\nhost: {}\r\n\r\n", "a&".repeat(30_000), started.cloud_address());
    let strangers = cost(&started, query.as_bytes(), |_| ());
    assert!(strangers <= UNSIGNED, "{strangers} bytes for queries");
    let small = Asked {
        service: "logs",
        path: "/",
        target: "Logs_20140328.DescribeLogGroups",
        content: "application/x-amz-json-1.1",
        body: "{}".to_owned(),
    };
    let answer = send(&started.cloud_address(), &small.signed(&started));
    assert_eq!(status_of(&String::from_utf8_lossy(&answer)), 200, "and the cloud goes on");
}
