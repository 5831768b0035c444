//! Clients of one function who hang up in the middle of large calls, and the others, of whom none fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

mod common;

use std::io::{Cursor, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use common::asked::Asked;
use common::{Place, Started, eventually, path, send, status_of};

/// Those who hang up.
const LEAVING: usize = 60;
/// Bytes of each of their events.
const EVENT: usize = 5_500_000;
/// How often each of them does, unless the others are done before.
const ROUNDS: usize = 10;
/// Calls of the others, and how many of them there are.
const CALLS: usize = 1000;
const STAYING: usize = 8;

/// A function that answers with the event, or with the beginning of a large one.
const ECHO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 60000))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

fn asked(path: &'static str, body: String) -> Asked {
    Asked { service: "lambda", path, target: "", content: "application/json", body }
}

fn invoke(event: String) -> Asked {
    asked("/2015-03-31/functions/echo/invocations", event)
}

fn create(started: &Started) {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap.wasm", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&wat::parse_str(ECHO).unwrap()).unwrap();
    let zip = BASE64_STANDARD.encode(zip.finish().unwrap().into_inner());
    let function = serde_json::json!({
        "FunctionName": "echo", "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 30,
        "Role": "arn:aws:iam::000000000000:role/r", "Code": { "ZipFile": zip }
    });
    let made = ask(started, &asked("/2015-03-31/functions", function.to_string()));
    assert_eq!(status_of(&made), 201, "{made}");
    // Until it is ready it is refused.
    eventually("the function is active", || {
        (status_of(&ask(started, &invoke("0".into()))) == 200).then_some(())
    });
}

fn ask(started: &Started, asked: &Asked) -> String {
    String::from_utf8_lossy(&send(&started.cloud_address(), &asked.signed(started))).into_owned()
}

/// Sends so much of a request, and is gone.
fn leave(address: &str, request: &[u8], sent: usize) {
    let mut socket = TcpStream::connect(address).unwrap();
    // Whoever is refused may be gone before the rest of it.
    let _ = socket.write_all(request.get(..sent).unwrap());
}

#[test]
fn who_hangs_up_in_the_middle_of_a_large_call_fails_nobody() {
    let place = Place::new();
    let (data, ready) = (place.data(), place.ready_file());
    let arguments = ["cloud", "--listen", "127.0.0.1:0", "--data", path(&data), "--ready-file", path(&ready)];
    let started = place.start(place.cumulo(&arguments));
    create(&started);
    let address = started.cloud_address();
    let large = invoke(format!("\"{}\"", "x".repeat(EVENT - 2))).signed(&started);
    let (asked, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|threads| {
        for client in 0..LEAVING {
            let (address, large, done) = (&address, &large, &done);
            threads.spawn(move || {
                // In the middle of the body, at its end, and anywhere between.
                for round in 0..ROUNDS {
                    let eighths = (client + round) % 9;
                    leave(address, large, large.len() / 8 * eighths + large.len() % 8 * (eighths / 8));
                    if done.load(Ordering::SeqCst) {
                        return;
                    }
                }
            });
        }
        let staying: Vec<_> = (0..STAYING)
            .map(|_| {
                threads.spawn(|| {
                    loop {
                        let call = asked.fetch_add(1, Ordering::SeqCst);
                        if call >= CALLS {
                            return;
                        }
                        let answer = ask(&started, &invoke(call.to_string()));
                        let right = status_of(&answer) == 200 && answer.ends_with(&format!("\r\n\r\n{call}"));
                        if !right {
                            done.store(true, Ordering::SeqCst);
                        }
                        assert!(right, "call {call}: {answer}");
                    }
                })
            })
            .collect();
        let failed = staying.into_iter().filter_map(|staying| staying.join().err()).count();
        done.store(true, Ordering::SeqCst);
        assert_eq!(failed, 0);
    });
    let answer = ask(&started, &invoke("1".into()));
    assert_eq!(status_of(&answer), 200, "{answer}");
}
