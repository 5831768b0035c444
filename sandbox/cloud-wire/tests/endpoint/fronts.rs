//! What answers strangers: without signatures, and on their own account.

use super::*;

#[tokio::test]
async fn fronts_answer_without_signatures() {
    let cloud = Cloud::start().await;
    let get = async |host: &str, path: &str| {
        cloud.raw(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\norigin: http://x.example\r\n\r\n").as_bytes()).await
    };
    check(&get("abc.execute-api.localhost:1", "/items").await, "200", "front /items");
    check(
        &get(&format!("127.0.0.1:{}", cloud.port), "/_aws/execute-api/abc/items").await,
        "200",
        "front /_aws/execute-api/abc/items",
    );
    check(&get("evil.example", "/_aws/execute-api/abc/items").await, "421", "this host is not served here\n");
}

#[tokio::test]
async fn a_front_may_ask_who_signed() {
    const PATH: &str = "/_aws/execute-api/abc/who";
    let cloud = Cloud::start().await;
    let says = async |request: Vec<u8>, expected: &str| {
        let answer = cloud.raw(&request).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(expected), "{expected}: {answer}");
    };
    let unsigned =
        format!("GET {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n", cloud.port);
    says(unsigned.into_bytes(), "nobody").await;
    let root = "arn:aws:iam::000000000000:root from 127.0.0.1 says hello";
    let signed = |scope, service, body: &[u8]| cloud.signed_in(scope, service, "POST", PATH, &[], body);
    let own = ("us-east-1", "secret");
    says(signed(own, "kv", b"hello"), root).await;
    says(signed(("us-east-1", "wrong"), "kv", b"hello"), "InvalidSignatureException").await;
    let mut changed = signed(own, "kv", b"hello");
    *changed.last_mut().unwrap() = b'!';
    says(changed, "InvalidSignatureException").await;
    let service = "Credential should be scoped to correct service: 'kv'. ";
    says(signed(own, "blobs", b""), service).await;
    let region = "Credential should be scoped to a valid region, not 'eu-west-1'. ";
    says(signed(("eu-west-1", "secret"), "kv", b""), region).await;
    says(signed(own, "kv", &[b'x'; 101]), "EntityTooLarge").await;
}

#[tokio::test]
async fn tricks_with_lengths_reach_no_front_twice() {
    let cloud = Cloud::start().await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: abc.execute-api.localhost\r\n\r\n";
    let check = async |lines: &str, body: &str, answered: bool| {
        let head = format!("POST /a HTTP/1.1\r\nhost: abc.execute-api.localhost\r\n{lines}\r\n");
        let answer = cloud.raw(format!("{head}\r\n{body}{smuggled}").as_bytes()).await;
        assert!(!answer.contains("/smuggled"), "{lines:?}: {answer}");
        assert_eq!(answer.matches("front /a").count(), usize::from(answered), "{lines:?}: {answer}");
        assert_eq!(answer.starts_with("HTTP/1.1 400"), !answered, "{lines:?}: {answer}");
    };
    check("content-length: 3\r\ncontent-length: 4", "abcd", false).await;
    check("content-length: 3, 4", "abcd", false).await;
    check("content-length: +4", "abcd", false).await;
    check("content-length: 0x4", "abcd", false).await;
    check("transfer-encoding: identity", "abcd", false).await;
    check("transfer-encoding: chunked, identity", "0\r\n\r\n", false).await;
    check("transfer-encoding : chunked", "0\r\n\r\n", false).await;
    check("transfer-encoding:\r\n chunked", "0\r\n\r\n", false).await;
    check("x: y\ntransfer-encoding: chunked", "0\r\n\r\n", false).await;
    // The encoding decides, and nothing that follows is read as a request.
    check("content-length: 6\r\ntransfer-encoding: chunked", "0\r\n\r\n", true).await;
}

#[tokio::test]
async fn what_is_opened_at_a_bare_address_runs_in_an_origin_of_its_own() {
    let cloud = Cloud::start().await;
    for (host, path, apart) in [
        ("127.0.0.1", "/bucket/page.html", true),
        ("127.0.0.1", "/_aws/execute-api/abc/items", true),
        ("[::1]", "/_cumulo/health", true),
        ("localhost", "/bucket/page.html", false),
        ("abc.execute-api.localhost", "/items", false),
        ("bucket.s3.localhost", "/page.html", false),
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {host}:{}\r\nconnection: close\r\n\r\n", cloud.port);
        let answer = cloud.raw(request.as_bytes()).await;
        let policy = answer.lines().find_map(|line| line.strip_prefix("content-security-policy: "));
        let sandboxed =
            policy.is_some_and(|policy| policy.starts_with("sandbox") && !policy.contains("same-origin"));
        assert_eq!(sandboxed, apart, "{host} {path}: {answer}");
    }
}

#[tokio::test]
async fn answers_that_nobody_takes_are_on_the_strangers_account() {
    let cloud = Cloud::with_memory(5 * LARGE_ANSWER as u64).await;
    let ask = async || cloud.connect(b"GET /large HTTP/1.1\r\nhost: abc.execute-api.localhost\r\n\r\n").await;
    let begins = async |stream: &mut TcpStream| {
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
    };
    let mut first = [ask().await, ask().await];
    for stream in &mut first {
        begins(stream).await;
    }
    let held = cloud.context.memory().used();
    assert!((2..3).contains(&(held / LARGE_ANSWER as u64)), "{held}");
    // One more than half of it has room for: it waits until the others are gone.
    let mut third = ask().await;
    drop(first);
    begins(&mut third).await;
    drop(third);
    while cloud.context.memory().used() > 0 {
        tokio::task::yield_now().await;
    }
}
