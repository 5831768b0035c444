//! What a stranger can make the program write: whatever he sends, and however often, it is a few lines and a count.
//! What he can make it hold is in `memory.rs`.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

mod common;

use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use common::{Place, Started, eventually, send};

/// How often each request is sent.
const TIMES: usize = 120;
/// What all of it may leave on disk: the lines of the seconds that it takes, and pages of databases.
const ALLOWED: u64 = 1024 * 1024;
/// Where a log is set aside.
const FULL: u64 = 16 * 1024 * 1024;
/// A line's bytes, with what says that it was cut.
const LINE: usize = 4096 + 64;

/// Requests to the IDE by somebody without a session.
fn to_the_ide(host: &str) -> Vec<String> {
    let get = |path: &str, more: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n")
    };
    let post = |path: &str, more: &str, body: &str| {
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n{body}"
        )
    };
    let (long, cookie) = ("x".repeat(8000), host.replace("127.0.0.1:", "cumulo-"));
    let own = format!("Origin: http://{host}\r\n");
    let json = format!("{own}Content-Type: application/json\r\n");
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    vec![
        format!("GET / HTTP/1.1\r\nHost: {long}.example\r\nConnection: close\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET / HTTP/1.1\nHost: {host}\n\n"),
        "\x16\x03\x01\x02\x00\x01".repeat(100),
        post("/session", "Content-Length: 1\r\n", "{}"),
        get(&format!("/../{long}%0aINFO%20forged"), ""),
        get("/%ff%00", ""),
        get("/", &format!("Cookie: {cookie}={}\r\n", "0".repeat(64))),
        get("/", &format!("Cookie: {long}\r\nReferer: {long}\r\nUser-Agent: {long}\r\n")),
        get("/link", upgrade),
        get("/link", &format!("{own}{upgrade}Cookie: {cookie}={long}\r\n")),
        get("/link", &format!("Origin: http://evil.example\r\n{upgrade}")),
        post("/session", &json, &format!("{{\"code\":\"{}\"}}", "0".repeat(64))),
        post("/session", &json, &long),
        post("/session", "", "code=1"),
        post("/csp-report", &own, &format!("{{\"csp-report\":{{\"blocked-uri\":\"{long}\"}}}}")),
    ]
}

/// Requests to the cloud by somebody without a key's secret.
fn to_the_cloud(host: &str, key: &str) -> Vec<String> {
    let ask = |at: &str, path: &str, more: &str, body: &str| {
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n{body}"
        )
    };
    let (body, port) = ("a".repeat(100_000), host.rsplit(':').next().unwrap());
    let target = "X-Amz-Target: Logs_20140328.PutLogEvents\r\n";
    let signed = |key: &str| {
        format!(
            "{target}X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={key}/20260101/us-east-1/logs/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, \
             Signature={}\r\n",
            "0".repeat(64)
        )
    };
    vec![
        ask(host, "/", target, &body),
        ask(host, "/", "Authorization: nonsense\r\n", &body),
        ask(host, "/", &signed("AKIASTRANGER00000000"), &body),
        ask(host, "/", &signed(key), &body),
        ask(host, "/bucket/key?X-Amz-Signature=0&X-Amz-Credential=a%0ab", "", &body),
        ask(host, "/_cumulo/events", "", ""),
        ask(host, "/%ff?%ff", "", &body),
        ask(host, "/", "Origin: http://evil.example\r\n", &body),
        ask(&format!("nothing.execute-api.localhost:{port}"), "/a", "", &body),
        ask(host, "/_aws/execute-api/nothing/a", "", &body),
        ask("evil.example", "/", target, &body),
        format!("POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n"),
    ]
}

/// The blocks of all that is below a folder.
fn bytes_below(folder: &Path) -> u64 {
    let (mut folders, mut bytes) = (vec![folder.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(found) = entry.metadata() else { continue };
            bytes += found.blocks() * 512;
            if found.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    bytes
}

fn flood(place: &Place, started: &Started) {
    let root = place.root.path().to_str().unwrap();
    let (ide, cloud) = (started.address(), started.cloud_address());
    let key = started.ready["access_key_id"].as_str().unwrap();
    let all = [(&ide, to_the_ide(&ide)), (&cloud, to_the_cloud(&cloud, key))];
    std::thread::scope(|threads| {
        for (address, requests) in &all {
            threads.spawn(move || {
                for request in requests {
                    for _ in 0..TIMES {
                        let answer = send(address, request.as_bytes());
                        assert!(!answer.starts_with(b"HTTP/1.1 2") || request.contains("csp-report"));
                        let answer = String::from_utf8_lossy(&answer);
                        assert!(!answer.contains(root) && !answer.contains(".rs:"), "{answer}");
                    }
                }
            });
        }
    });
}

#[test]
fn a_stranger_makes_us_write_next_to_nothing_however_often_he_asks() {
    let place = Place::new();
    let started = place.run(&[]);
    eventually("the functions' start is said", || place.agent_log().contains("functions").then_some(()));
    let before = bytes_below(place.root.path());
    flood(&place, &started);
    let count = eventually("a line says how many", || {
        let log = started.log();
        log.lines().find(|line| line.contains(" more from backend/server/src/")).map(str::to_owned)
    });
    assert!(count.starts_with("… and "), "{count}");
    let grown = bytes_below(place.root.path()).saturating_sub(before);
    assert!(grown <= ALLOWED, "{grown} bytes more\n{}", started.log());
    for log in [started.log(), place.agent_log()] {
        for line in log.lines() {
            assert!(line.len() <= LINE && !line.starts_with("INFO forged"), "{line}");
        }
    }
}

#[test]
fn logs_are_set_aside_while_both_processes_run() {
    let place = Place::new();
    std::fs::DirBuilder::new().mode(0o700).create(place.data()).unwrap();
    let agents = place.data().join("agent.log");
    std::fs::File::create(&agents).unwrap().set_len(FULL).unwrap();
    let started = place.start_with_log(place.run_command(&[]), FULL);
    let old = |log: &Path| log.with_file_name(format!("{}.old", log.file_name().unwrap().to_str().unwrap()));
    for log in [started.log_file(), &agents] {
        eventually("the full log is set aside", || {
            // Something to say, for the server; the agent says that functions can run.
            started.sign_in("wrong").unwrap_err();
            let sizes = (std::fs::metadata(old(log)).ok()?.len(), std::fs::metadata(log).ok()?.len());
            (sizes.0 > FULL && sizes.1 < FULL / 2).then_some(())
        });
    }
    // What is said next is in the new file.
    eventually("the new log is written", || {
        started.sign_in("wrong").unwrap_err();
        started.log().contains("unknown, used or expired").then_some(())
    });
    assert_eq!(std::fs::metadata(started.log_file()).unwrap().mode() & 0o077, 0);
}
