//! What keeps the IDE apart from whatever else its browser has open: every kind of answer carries it, one table for all.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

mod common;

use common::{Answer, Harness};

/// On every answer, whatever it is to.
const ALWAYS: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// On none: they would speak for other programs of this machine, or let others in.
const NEVER: [&str; 6] = [
    "clear-site-data",
    "service-worker-allowed",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "server",
    "x-powered-by",
];

fn check(what: &str, answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    for (name, value) in ALWAYS {
        let found: Vec<_> = answer.headers.iter().filter(|(header, _)| header == name).collect();
        assert!(matches!(found[..], [(_, only)] if only == value), "{what}: {name} is {found:?}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for rule in ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{what}: {policy}");
    }
    assert!(!policy.contains("'unsafe-eval'") && !policy.contains('*'), "{what}: {policy}");
    assert!(answer.header("cache-control").is_some(), "{what}");
    for name in NEVER {
        assert_eq!(answer.header(name), None, "{what}");
    }
    let sets_cookie = what.starts_with("signed");
    assert_eq!(answer.header("set-cookie").is_some(), sets_cookie, "{what}");
}

#[tokio::test]
async fn every_kind_of_answer_keeps_the_ide_apart() {
    let harness = Harness::start().await;
    let token = harness.session();
    let (cookie, own) = (harness.cookie(&token), format!("Origin: {}", harness.origin));
    let port = harness.address.port();
    let json = "Content-Type: application/json";
    let html = "Accept: text/html";
    let elsewhere = format!("Host: localhost:{port}");
    let table: [(&str, &str, &str, &[&str], u16); 22] = [
        ("the workbench", "GET", "/", &[&cookie], 200),
        ("its head", "HEAD", "/", &[&cookie], 200),
        ("the closed door", "GET", "/", &[html], 401),
        ("the closed door for programs", "GET", "/", &[], 401),
        ("an old cookie", "GET", "/", &["Cookie: cumulo=1", html], 401),
        ("a foreign page", "GET", "/", &[&cookie, "Origin: http://evil.example"], 403),
        ("the page of an address", "GET", "/open", &[], 200),
        ("its script", "GET", "/open.js", &[], 200),
        ("its style", "GET", "/open.css", &[], 200),
        ("an asset", "GET", "/assets/app-0123ABCD.js", &[], 200),
        ("a service worker", "GET", "/assets/app-0123ABCD.js", &["Service-Worker: script"], 403),
        ("no asset", "GET", "/nothing.js", &[], 404),
        ("health", "GET", "/health", &[], 200),
        ("an unknown method", "TRACE", "/health", &[], 405),
        ("a known method elsewhere", "POST", "/health", &[], 405),
        ("no session from elsewhere", "POST", "/session", &[], 403),
        ("no session of this kind", "POST", "/session", &[&own], 415),
        ("no session without a code", "POST", "/session", &[&own, json], 400),
        ("a link without an upgrade", "GET", "/link", &[&cookie, &own], 400),
        ("another host", "GET", "/", &["Host: evil.example"], 421),
        ("the same machine by another name", "GET", "/", &[&elsewhere], 307),
        ("a panic", "GET", "/panic.txt", &[], 500),
    ];
    for (what, method, path, headers, status) in table {
        check(what, &harness.send(method, path, headers, "").await, status);
    }
    check("no host", &harness.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").await, 400);
    check("a report", &harness.send("POST", "/csp-report", &[&own], "{}").await, 204);
    check("too much", &harness.send("POST", "/csp-report", &[&own], &"x".repeat(20_000)).await, 413);
    check("the count", &harness.get("/csp-report", &[&cookie]).await, 200);
    check("a wrong code", &harness.sign_in("wrong").await, 401);
    for _ in 0..30 {
        harness.sign_in("wrong").await;
    }
    check("too many wrong codes", &harness.sign_in("wrong").await, 429);
    check("signed in", &harness.sign_in(harness.code().reveal()).await, 204);
    check("the link", &harness.raw_upgrade(&token).await.0, 101);
    check("signed out", &harness.send("DELETE", "/session", &[&cookie, &own], "").await, 204);
}
