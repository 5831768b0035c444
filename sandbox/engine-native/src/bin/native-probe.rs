//! A function for the tests of this crate: an ordinary program that asks the Runtime API for events, over plain sockets, and does
//! what each says. In a layer's `extensions/` it is an extension, and says what it is told.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

type Done<T> = Result<T, Box<dyn Error>>;

/// An answer of the Runtime API.
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn main() -> ExitCode {
    let is_extension = std::env::args().next().is_some_and(|name| name.contains("/extensions/"));
    match if is_extension { extend() } else { run() } {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&format!("the probe failed: {error}"));
            ExitCode::from(99)
        }
    }
}

fn run() -> Done<u8> {
    say("coming up");
    match variable("PROBE_INIT").as_deref() {
        Some("exit") => return Ok(3),
        Some("error") => {
            let body = br#"{"errorMessage":"cannot","errorType":"Probe.InitError"}"#;
            call("POST", "/2018-06-01/runtime/init/error", "", body)?;
            return Ok(1);
        }
        Some("hang") => thread::sleep(Duration::from_mins(10)),
        _ => {}
    }
    let mut count = 0;
    loop {
        let event = call("GET", "/2018-06-01/runtime/invocation/next", "", b"")?;
        count += 1;
        let id = event.headers.get("lambda-runtime-aws-request-id").cloned().unwrap_or_default();
        let asked: Value = serde_json::from_slice(&event.body)?;
        let to = format!("/2018-06-01/runtime/invocation/{id}");
        let body = match asked["do"].as_str().unwrap_or("echo") {
            "exit" => return Ok(u8::try_from(asked["status"].as_u64().unwrap_or(0))?),
            "abort" => std::process::abort(),
            "fail" => {
                let body = br#"{"errorMessage":"no","errorType":"Probe.Failed","stackTrace":["a"]}"#;
                call("POST", &format!("{to}/error"), "", body)?;
                continue;
            }
            "stream" => {
                stream(&to, asked["fail"] == true)?;
                continue;
            }
            doing => act(doing, &asked, &event, count)?,
        };
        call("POST", &format!("{to}/response"), "", body.as_bytes())?;
    }
}

/// The life of an extension: what it is told of events, and of telemetry.
fn extend() -> Done<u8> {
    let listener = TcpListener::bind("127.0.0.1:4243")?;
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let _ = hear(socket);
        }
    });
    let name = "Lambda-Extension-Name: probe\r\n";
    let register = br#"{"events":["INVOKE","SHUTDOWN"]}"#;
    let registered = call("POST", "/2020-01-01/extension/register", name, register)?;
    let id = registered.headers.get("lambda-extension-identifier").cloned().unwrap_or_default();
    let me = format!("Lambda-Extension-Identifier: {id}\r\n");
    let wanted =
        br#"{"schemaVersion":"2022-12-13","types":["platform","function"],"buffering":{"timeoutMs":25},
        "destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:4243"}}"#;
    let subscribed = call("PUT", "/2022-07-01/telemetry", &me, wanted)?;
    say(&format!("extension: subscribed with {}", subscribed.status));
    loop {
        let told = call("GET", "/2020-01-01/extension/event/next", &me, b"")?;
        let event: Value = serde_json::from_slice(&told.body)?;
        say(&format!("extension: {} {}", event["eventType"], event["requestId"]));
        if event["eventType"] == "SHUTDOWN" {
            return Ok(0);
        }
    }
}

/// One batch of telemetry.
fn hear(mut socket: TcpStream) -> Done<()> {
    let mut said = Vec::new();
    let mut part = [0; 4096];
    while !said.ends_with(b"]") {
        let length = socket.read(&mut part)?;
        said.extend_from_slice(part.get(..length).unwrap_or_default());
    }
    socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    let text = String::from_utf8(said)?;
    let (_, events) = text.split_once("\r\n\r\n").unwrap_or_default();
    let events: Value = serde_json::from_str(events)?;
    for event in events.as_array().into_iter().flatten() {
        say(&format!("extension hears {}", event["type"]));
    }
    Ok(())
}

/// What is done for an event, and its answer.
fn act(doing: &str, asked: &Value, event: &Answer, count: u32) -> Done<String> {
    let path = asked["path"].as_str().unwrap_or_default();
    Ok(match doing {
        "echo" => String::from_utf8(event.body.clone())?,
        "context" => json!(event.headers).to_string(),
        "environment" => json!(variables()).to_string(),
        "count" => json!(count).to_string(),
        "log" => {
            say(asked["text"].as_str().unwrap_or_default());
            "null".to_owned()
        }
        "flood" => {
            let line = vec![b'x'; 1 << 20];
            for _ in 0..asked["megabytes"].as_u64().unwrap_or(0) {
                std::io::stdout().write_all(&line)?;
            }
            "null".to_owned()
        }
        "sleep" => {
            thread::sleep(Duration::from_millis(asked["millis"].as_u64().unwrap_or(0)));
            "null".to_owned()
        }
        "large" => json!("x".repeat(usize::try_from(asked["bytes"].as_u64().unwrap_or(0))?)).to_string(),
        "allocate" => {
            let held = vec![1_u8; usize::try_from(asked["megabytes"].as_u64().unwrap_or(0))? << 20];
            json!(held.iter().map(|byte| u64::from(*byte)).sum::<u64>()).to_string()
        }
        "read" => tell(fs::read_to_string(path)),
        "list" => {
            let names = fs::read_dir(path).map(|entries| {
                let mut names: Vec<_> =
                    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
                names.sort();
                names.join(" ")
            });
            tell(names)
        }
        "write" => {
            let size = usize::try_from(asked["bytes"].as_u64().unwrap_or(1))?;
            tell(write(path, size).map(|()| "written".to_owned()))
        }
        // A thread that counts while nobody asked for anything.
        "tick" => {
            let path = path.to_owned();
            thread::spawn(move || {
                for number in 0_u64.. {
                    let _ = fs::write(&path, number.to_string());
                    thread::sleep(Duration::from_millis(1));
                }
            });
            "null".to_owned()
        }
        "connect" => tell(TcpStream::connect(path).map(|_| "connected".to_owned())),
        "get" => {
            let mut socket = TcpStream::connect(path)?;
            socket.write_all(b"ping")?;
            let mut answer = String::new();
            socket.read_to_string(&mut answer)?;
            json!(answer).to_string()
        }
        "call" => {
            let answer = call(asked["method"].as_str().unwrap_or("GET"), path, "", b"{}")?;
            json!(answer.status).to_string()
        }
        other => json!(format!("what is {other}?")).to_string(),
    })
}

fn write(path: &str, mut size: usize) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    let part = vec![b'x'; 1 << 20];
    while size > 0 {
        let length = size.min(part.len());
        file.write_all(part.get(..length).unwrap_or_default())?;
        size -= length;
    }
    Ok(())
}

fn tell(done: std::io::Result<String>) -> String {
    match done {
        Ok(text) => json!(text).to_string(),
        Err(error) => json!(format!("{:?}", error.kind())).to_string(),
    }
}

fn call(method: &str, path: &str, headers: &str, body: &[u8]) -> Done<Answer> {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: api\r\nContent-Length: {length}\r\n{headers}\r\n");
    let mut socket = TcpStream::connect(variable("AWS_LAMBDA_RUNTIME_API").unwrap_or_default())?;
    socket.write_all(&[head.as_bytes(), body].concat())?;
    answer(socket)
}

fn stream(to: &str, fails: bool) -> Done<()> {
    let head = format!(
        "POST {to}/response HTTP/1.1\r\nHost: api\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n\
         Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\n\r\n"
    );
    let end = if fails { "0\r\nLambda-Runtime-Function-Error-Type: Probe.Late\r\n\r\n" } else { "0\r\n\r\n" };
    let mut socket = TcpStream::connect(variable("AWS_LAMBDA_RUNTIME_API").unwrap_or_default())?;
    for part in [head.as_str(), "5\r\none, \r\n", "3\r\ntwo\r\n", end] {
        socket.write_all(part.as_bytes())?;
        socket.flush()?;
    }
    answer(socket).map(|_| ())
}

fn answer(socket: TcpStream) -> Done<Answer> {
    let mut reader = BufReader::new(socket);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).unwrap_or_default().parse()?;
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(Ok(0), |length| length.parse())?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Answer { status, headers, body })
}

#[expect(clippy::disallowed_methods, reason = "a function reads its environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn variables() -> BTreeMap<String, String> {
    std::env::vars().collect()
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
}
