//! Codes, cookies, what every answer carries, and what the log must not.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use common::Harness;
use expect_test::expect;
use server::CODE_LIFETIME;

#[tokio::test]
async fn a_code_signs_in_once() {
    let harness = Harness::start().await;
    let code = harness.code();
    let answer = harness.sign_in(code.reveal()).await;
    assert_eq!(answer.status, 204);
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict");
    let page = harness.get("/", &[&format!("Cookie: {pair}")]).await;
    assert_eq!((page.status, page.body.contains("workbench")), (200, true));
    assert_eq!(harness.sign_in(code.reveal()).await.status, 401, "a second time");
}

#[tokio::test]
async fn a_session_outlives_the_server() {
    let harness = Harness::start().await;
    let token = harness.session();
    let harness = harness.restart().await;
    assert_eq!(harness.get("/", &[&harness.cookie(&token)]).await.status, 200);
}

#[tokio::test]
async fn a_code_is_short_lived_and_not_guessed() {
    let harness = Harness::start().await;
    let code = harness.code();
    harness.clock.0.fetch_add(CODE_LIFETIME.as_secs(), std::sync::atomic::Ordering::SeqCst);
    assert_eq!(harness.sign_in(code.reveal()).await.status, 401, "expired");
    let mut statuses = Vec::new();
    for number in 0..30 {
        let answer = harness.sign_in(&format!("{number:064}")).await;
        assert!(answer.header("set-cookie").is_none());
        statuses.push(answer.status);
    }
    assert!(statuses.starts_with(&[401; 10]), "{statuses:?}");
    assert!(statuses.ends_with(&[429; 5]), "{statuses:?}");
    let right = harness.code();
    assert_eq!(harness.sign_in(right.reveal()).await.status, 204, "others' wrong codes are no reason");
}

#[tokio::test]
async fn a_sign_in_is_json_from_our_page() {
    let harness = Harness::start().await;
    let code = harness.code();
    let origin = format!("Origin: {}", harness.origin);
    let body = format!("{{\"code\":\"{}\"}}", code.reveal());
    let json = "Content-Type: application/json";
    for (headers, body, status) in [
        (vec![json], body.clone(), 403),
        (vec![json, "Origin: http://attacker.example"], body.clone(), 403),
        (vec!["Content-Type: text/plain", &origin], body.clone(), 415),
        (vec![json, &origin], "{".to_owned(), 400),
        (vec![json, &origin], "{\"code\":1}".to_owned(), 400),
        (vec![json, &origin], body.replace('}', ",\"role\":\"admin\"}"), 400),
        (vec![json, &origin], "[".repeat(100_000), 413),
        (vec![json, &origin], "[".repeat(4000), 400),
        (vec![json, &origin], body.clone(), 204),
    ] {
        let answer = harness.send("POST", "/session", &headers, &body).await;
        assert_eq!(answer.status, status, "{headers:?} {answer:?}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere() {
    let harness = Harness::start().await;
    let token = harness.session();
    let (cookie, origin) = (harness.cookie(&token), format!("Origin: {}", harness.origin));
    let answer = harness.send("DELETE", "/session", &[&cookie, &origin], "").await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(harness.get("/", &[&cookie]).await.status, 401);
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let harness = Harness::start().await;
    let page = harness.get("/", &[&harness.cookie(&harness.session())]).await;
    let nonce = page.body.split("content=").nth(1).unwrap().split('>').next().unwrap().to_owned();
    assert_eq!(nonce.len(), 32);
    let masked =
        |value: &str| value.replace(&nonce, "NONCE").replace(&harness.host(), "HOST").replace("; ", ";\n  ");
    let shown: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "content-length" | "connection"))
        .map(|(name, value)| format!("{name}: {}\n", masked(value)))
        .collect();
    expect![[r"
        content-type: text/html;
          charset=utf-8
        x-content-type-options: nosniff
        referrer-policy: same-origin
        cross-origin-opener-policy: same-origin
        cross-origin-resource-policy: same-origin
        origin-agent-cluster: ?1
        x-frame-options: DENY
        permissions-policy: camera=(), microphone=(), geolocation=(), payment=(), usb=()
        content-security-policy: default-src 'none';
          script-src 'self' 'wasm-unsafe-eval';
          require-trusted-types-for 'script';
          trusted-types sprite;
          style-src 'self' 'nonce-NONCE';
          style-src-attr 'unsafe-inline';
          img-src 'self' data: blob:;
          font-src 'self';
          worker-src 'self';
          manifest-src 'self';
          connect-src 'self' ws://HOST;
          base-uri 'none';
          form-action 'none';
          frame-ancestors 'none';
          report-uri /csp-report
        cache-control: no-store
    "]]
    .assert_eq(&shown.concat());
    for path in ["/", "/open", "/open.js", "/health", "/nothing", "/theme.css"] {
        let answer = harness.get(path, &[]).await;
        assert!(answer.header("content-security-policy").is_some(), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    let refused = harness.get("/health", &["Host: evil.com"]).await;
    assert!(refused.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn our_own_pages_need_no_inline_script() {
    let harness = Harness::start().await;
    for (path, status) in [("/open", 200), ("/", 401)] {
        let page = harness.get(path, &["Accept: text/html"]).await;
        assert_eq!(page.status, status);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        for inline in ["<script>", "<style", " style=", " on"] {
            assert!(
                !page.body.contains(&format!("{inline}=")) && !page.body.contains("<script>"),
                "{path} {inline}"
            );
        }
    }
    assert_eq!(harness.get("/", &[]).await.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn assets_are_compressed_and_kept() {
    let harness = Harness::start().await;
    let packed = harness.get("/assets/app-0123ABCD.js", &["Accept-Encoding: gzip, br"]).await;
    assert_eq!((packed.status, packed.body.as_str()), (200, "brotli"));
    assert_eq!(packed.header("content-encoding"), Some("br"));
    assert_eq!(packed.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(packed.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(packed.header("vary"), Some("accept-encoding"));
    let plain = harness.get("/assets/app-0123ABCD.js", &[]).await;
    assert_eq!((plain.body.as_str(), plain.header("content-encoding")), ("plain", None));
    let named = harness.get("/theme.css", &["Accept-Encoding: br"]).await;
    assert_eq!((named.body.as_str(), named.header("cache-control")), ("theme", Some("no-cache")));
}

#[tokio::test]
async fn policy_reports_are_counted() {
    let harness = Harness::start().await;
    let (cookie, origin) = (harness.cookie(&harness.session()), format!("Origin: {}", harness.origin));
    assert_eq!(harness.get("/csp-report", &[&cookie]).await.body, "{\"count\":0}");
    for report in [
        "{\"csp-report\":{\"effective-directive\":\"script-src\",\"blocked-uri\":\"inline\"}}",
        "nonsense",
        "",
    ] {
        let answer = harness.send("POST", "/csp-report", &[&origin], report).await;
        assert_eq!(answer.status, 204);
    }
    let long = "x".repeat(20_000);
    assert_eq!(harness.send("POST", "/csp-report", &[&origin], &long).await.status, 413);
    assert_eq!(harness.get("/csp-report", &[&cookie]).await.body, "{\"count\":3}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_has_no_secret_and_one_line_an_event() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let harness = Harness::start().await;
    let (code, wrong) = (harness.code(), "f".repeat(64));
    harness.sign_in(&wrong).await;
    let answer = harness.sign_in(code.reveal()).await;
    let token = answer.header("set-cookie").unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    harness
        .get(&format!("/?code={}", code.reveal()), &[&format!("Cookie: {}={token}", harness.cookie_name())])
        .await;
    harness.get("/%0aERROR%20forged", &["Origin: http://x\tERROR forged"]).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("signed in"), "{text}");
    for secret in [code.reveal(), &token, &wrong] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(!text.lines().any(|line| line.starts_with("ERROR")), "{text}");
}
