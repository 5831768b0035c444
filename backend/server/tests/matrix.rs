//! Routes × principals: the table comes from the router, so a route without an expectation fails here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::enum_glob_use,
    reason = "a test's helpers fail by panicking"
)]

mod common;

use common::Harness;
use server::SESSION_LIFETIME;
use std::sync::atomic::Ordering;

/// Who asks, as the request shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Principal {
    Anonymous,
    AnonymousOnOwnPage,
    OwnerOnOwnPage,
    OwnerNavigating,
    OwnerOnForeignPage,
    OwnerOnOpaquePage,
    OwnerOnSiblingPort,
    OwnerCrossSiteFetch,
    TwoOrigins,
    TwoCookies,
    Expired,
    SignedOut,
    ForgedToken,
}

const PRINCIPALS: [Principal; 13] = {
    use Principal::*;
    [
        Anonymous,
        AnonymousOnOwnPage,
        OwnerOnOwnPage,
        OwnerNavigating,
        OwnerOnForeignPage,
        OwnerOnOpaquePage,
        OwnerOnSiblingPort,
        OwnerCrossSiteFetch,
        TwoOrigins,
        TwoCookies,
        Expired,
        SignedOut,
        ForgedToken,
    ]
};

/// The status of a refusal, nothing where the request is let in.
fn expected(permission: &str, principal: Principal) -> Option<u16> {
    use Principal::*;
    let foreign =
        matches!(principal, OwnerOnForeignPage | OwnerOnOpaquePage | OwnerOnSiblingPort | TwoOrigins);
    let own_page = !foreign && !matches!(principal, Anonymous | OwnerNavigating | OwnerCrossSiteFetch);
    let signed_in = foreign || matches!(principal, OwnerOnOwnPage | OwnerNavigating | OwnerCrossSiteFetch);
    match permission {
        "anyone" => None,
        "own page" => (!own_page).then_some(403),
        "member" if foreign => Some(403),
        "member's page" if !own_page => Some(403),
        "member" | "member's page" => (!signed_in).then_some(401),
        unknown => panic!("no expectation for {unknown:?}"),
    }
}

fn headers(harness: &Harness, principal: Principal) -> Vec<String> {
    use Principal::*;
    let cookie = harness.cookie(&harness.session());
    let own = format!("Origin: {}", harness.origin);
    let forged = format!("Cookie: {}={}", harness.cookie_name(), "0".repeat(64));
    match principal {
        Anonymous => vec![],
        AnonymousOnOwnPage => vec![own],
        OwnerOnOwnPage => vec![cookie, own, "Sec-Fetch-Site: same-origin".into()],
        OwnerNavigating => vec![cookie],
        OwnerOnForeignPage => vec![cookie, "Origin: https://attacker.example".into()],
        OwnerOnOpaquePage => vec![cookie, "Origin: null".into()],
        OwnerOnSiblingPort => vec![cookie, "Origin: http://127.0.0.1:1".into()],
        OwnerCrossSiteFetch => vec![cookie, own, "Sec-Fetch-Site: cross-site".into()],
        TwoOrigins => vec![cookie, own.clone(), own],
        TwoCookies => vec![cookie.clone(), cookie, own],
        Expired => {
            // The session is made in the past, so that it is over now.
            let now = harness.clock.0.load(Ordering::SeqCst);
            harness.clock.0.store(now - SESSION_LIFETIME.as_secs(), Ordering::SeqCst);
            let old = harness.cookie(&harness.session());
            harness.clock.0.store(now, Ordering::SeqCst);
            vec![old, own]
        }
        SignedOut => {
            let token = harness.session();
            harness.accounts.end_session(token.hash()).unwrap();
            vec![harness.cookie(&token), own]
        }
        ForgedToken => vec![forged, own],
    }
}

#[tokio::test]
async fn every_route_lets_in_whom_its_rule_names_and_nobody_else() {
    let harness = Harness::start().await;
    harness.clock.0.store(2 * SESSION_LIFETIME.as_secs(), Ordering::SeqCst);
    for route in harness.door.routes() {
        let path = route.path.replace("{*path}", "theme.css");
        for principal in PRINCIPALS {
            let headers = headers(&harness, principal);
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            let answer = harness.send(route.method, &path, &headers, "").await;
            let refused = Some(answer.status).filter(|status| matches!(status, 401 | 403));
            assert_eq!(
                refused,
                expected(route.permission, principal),
                "{route:?} × {principal:?}: {answer:?}"
            );
            assert!(answer.header("access-control-allow-origin").is_none());
        }
    }
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let harness = Harness::start().await;
    let token = harness.session();
    let code = harness.code();
    for route in harness.door.routes().iter().filter(|route| route.method == "GET") {
        let path = route.path.replace("{*path}", "theme.css");
        harness.get(&path, &[&harness.cookie(&token)]).await;
    }
    harness.get(&format!("/open?code={}", code.reveal()), &[]).await;
    assert_eq!(harness.get("/", &[&harness.cookie(&token)]).await.status, 200, "the session goes on");
    assert_eq!(harness.sign_in(code.reveal()).await.status, 204, "the code is unused");
}

#[tokio::test]
async fn upgrades_need_a_cookie_the_exact_origin_and_the_host() {
    let harness = Harness::start().await;
    let owner = format!("{}={}", harness.cookie_name(), harness.session().reveal());
    let over = harness.session();
    harness.accounts.end_session(over.hash()).unwrap();
    let over = format!("{}={}", harness.cookie_name(), over.reveal());
    let own = harness.origin.clone();
    let port = harness.address.port();
    let table = [
        (vec![("cookie", owner.clone()), ("origin", own.clone())], Ok(())),
        (vec![("origin", own.clone())], Err(401)),
        (vec![("cookie", over), ("origin", own.clone())], Err(401)),
        (vec![("cookie", owner.clone())], Err(403)),
        (vec![("cookie", owner.clone()), ("origin", "null".into())], Err(403)),
        (vec![("cookie", owner.clone()), ("origin", "http://attacker.example".into())], Err(403)),
        (vec![("cookie", owner.clone()), ("origin", own.replace("http:", "https:"))], Err(403)),
        (vec![("cookie", owner.clone()), ("origin", format!("{own}.attacker.example"))], Err(403)),
        (vec![("cookie", owner.clone()), ("origin", format!("http://localhost:{port}"))], Err(403)),
        (
            vec![("cookie", owner.clone()), ("origin", own.clone()), ("host", "attacker.example".into())],
            Err(421),
        ),
        (
            vec![("cookie", owner.clone()), ("origin", own.clone()), ("host", format!("localhost:{port}"))],
            Err(307),
        ),
        (
            vec![("cookie", owner.clone()), ("origin", own.clone()), ("host", format!("a.localhost:{port}"))],
            Err(421),
        ),
        (vec![("cookie", format!("sid={owner}")), ("origin", own)], Err(401)),
    ];
    for (headers, expected) in table {
        let outcome = harness.upgrade(&headers).await.map(drop);
        assert_eq!(outcome, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn hosts_that_are_not_ours_reach_no_route() {
    let harness = Harness::start().await;
    let port = harness.address.port();
    assert_eq!(harness.get("/health", &[&format!("Host: 127.0.0.1:{port}")]).await.status, 200);
    for host in [format!("localhost:{port}"), format!("[::1]:{port}")] {
        let answer = harness.get("/open?a=b", &[&format!("Host: {host}")]).await;
        assert_eq!(answer.status, 307, "{host}");
        assert_eq!(answer.header("location"), Some(format!("{}/open?a=b", harness.origin).as_str()));
        assert!(answer.header("set-cookie").is_none());
        let posted = harness.send("POST", "/session", &[&format!("Host: {host}")], "").await;
        assert_eq!(posted.status, 421, "nothing but a look is sent on");
    }
    for host in ["evil.com", "api.localhost", "127.0.0.1.evil.com", "0.0.0.0"] {
        let with_port = format!("Host: {host}:{port}");
        for line in [format!("Host: {host}"), with_port] {
            let answer = harness.get("/health", &[&line]).await;
            assert_eq!(answer.status, 421, "{line}");
            assert!(!answer.body.contains("evil"), "a host is not echoed");
        }
    }
    let answer = harness.raw("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert_eq!(answer.status, 400);
    let answer = harness.get("http://evil.com/health", &[]).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn unknown_methods_and_paths_are_refused() {
    let harness = Harness::start().await;
    for method in ["TRACE", "PUT", "PATCH", "OPTIONS", "PROPFIND", "CONNECT"] {
        let target = if method == "CONNECT" { harness.host() } else { "/health".to_owned() };
        assert_eq!(harness.send(method, &target, &[], "").await.status, 405, "{method}");
    }
    assert_eq!(harness.send("POST", "/health", &["X-HTTP-Method-Override: GET"], "").await.status, 405);
    for path in [
        "/nothing.js",
        "/a/../../etc/passwd",
        "/%2e%2e/%2fetc/passwd",
        "/..%2f..%2fetc/passwd.txt",
        "/..%5c..%5cx.js",
        "/%252e%252e/x.js",
        "//etc/hosts.txt",
        "/index.html",
        "/.git/config.txt",
        // Other spellings of a file that is there: nothing is decoded, nothing put right.
        "//assets/app-0123ABCD.js",
        "/assets//app-0123ABCD.js",
        "/assets/./app-0123ABCD.js",
        "/assets/x/../app-0123ABCD.js",
        "/assets/app-0123ABCD.js/",
        "/assets/app-0123ABCD%2ejs",
        "/assets%2fapp-0123ABCD.js",
        "/assets/app-0123ABCD.js%00.js",
    ] {
        assert_eq!(harness.get(path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_a_client_says_of_itself_changes_nothing() {
    let harness = Harness::start().await;
    let ours = harness.host();
    let claims = [
        format!("X-Forwarded-Host: {ours}"),
        format!("Forwarded: host={ours};proto=https;for=127.0.0.1"),
        "X-Forwarded-Proto: https".to_owned(),
        "X-Forwarded-For: 10.0.0.1, 127.0.0.1".to_owned(),
        "X-Real-IP: 127.0.0.1".to_owned(),
        "X-Original-URL: /health".to_owned(),
        format!("X-HTTP-Host-Override: {ours}"),
    ];
    for claim in &claims {
        let foreign = harness.get("/health", &["Host: evil.example", claim]).await;
        assert_eq!(foreign.status, 421, "{claim}");
        assert_eq!(harness.get("/", &[claim]).await.status, 401, "{claim}");
    }
    // Neither do thousands of ranges: a file is whole.
    let ranges = format!("Range: bytes={}", vec!["0-0"; 5000].join(","));
    for range in ["Range: bytes=1-2", "Range: bytes=9-1", ranges.as_str()] {
        let answer = harness.get("/theme.css", &[range]).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "theme"));
    }
}

#[tokio::test]
async fn origins_are_compared_letter_by_letter() {
    let harness = Harness::start().await;
    let (cookie, own) = (harness.cookie(&harness.session()), harness.origin.clone());
    for origin in [
        own.to_uppercase(),
        format!("{own}/"),
        own.replace("127.0.0.1", "127.0.0.1."),
        own.replace("127.0.0.1", "127.1"),
        own.replace("http://", "http://user@"),
        own.rsplit_once(':').unwrap().0.to_owned(),
        format!("{own}0"),
        format!("{own}, {own}"),
        "http://[::ffff:127.0.0.1]".to_owned(),
    ] {
        let answer = harness.send("DELETE", "/session", &[&cookie, &format!("Origin: {origin}")], "").await;
        assert_eq!(answer.status, 403, "{origin:?}");
    }
}

#[tokio::test]
async fn a_secret_with_one_letter_changed_is_none() {
    let harness = Harness::start().await;
    let (token, code) = (harness.session(), harness.code());
    for place in 0..token.reveal().len() {
        let changed = |secret: &str| {
            let mut letters = secret.to_owned().into_bytes();
            letters[place] = if letters[place] == b'0' { b'1' } else { letters[place] - 1 };
            String::from_utf8(letters).unwrap()
        };
        let forged = format!("Cookie: {}={}", harness.cookie_name(), changed(token.reveal()));
        assert_eq!(harness.get("/", &[&forged]).await.status, 401, "{place}");
        assert!(matches!(harness.sign_in(&changed(code.reveal())).await.status, 401 | 429), "{place}");
    }
    assert_eq!(harness.get("/", &[&harness.cookie(&token)]).await.status, 200);
    assert_eq!(harness.sign_in(code.reveal()).await.status, 204);
}
