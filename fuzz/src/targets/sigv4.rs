//! Signatures: what the AWS SDK signs is accepted; with anything else in it, it is not.

use aws_sigv4::http_request::SignableBody;
use cloud_wire::head::Head;
use cloud_wire::sigv4::{Authorization, Payload, Refusal};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::signer::{Unsigned, credential, now};

/// What clients encode of a key or a path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
/// Headers that the signer makes itself, or leaves unsigned because proxies change them.
const NOT_OURS: [&str; 8] = [
    "host",
    "authorization",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
    "user-agent",
    "transfer-encoding",
    "x-amzn-trace-id",
];

/// `POST s3 presign token`, then the path, which is encoded here, then `?` with the query as it is, then headers up to an
/// empty line, then the body.
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let (top, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = top.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let method = words.next().unwrap_or_default();
    let service =
        words.next().filter(|service| matches!(*service, "s3" | "logs" | "lambda")).unwrap_or("sts");
    let (presign, token) = (top.contains("presign"), top.contains("token").then_some("the+token/="));
    let (path, query) = lines.next().unwrap_or_default().split_once('?').unwrap_or_default();
    let target = format!("/{}?{query}", utf8_percent_encode(path, ENCODED));
    // What stands in the address twice, or behind it, is nobody's signature.
    let is_taken = |name: &str| name.starts_with("X-Amz-") || matches!(name, "AWSAccessKeyId" | "Signature");
    if target.contains('#') || form_urlencoded::parse(query.as_bytes()).any(|(name, _)| is_taken(&name)) {
        return false;
    }
    let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).filter(is_ours).collect();
    let unsigned_body = presign && service == "s3";
    let signable =
        if unsigned_body { SignableBody::UnsignedPayload } else { SignableBody::Bytes(body.as_bytes()) };
    let request = Unsigned { service, method, target: &target, headers, body: signable, token, presign };
    let Some(head) = request.signed() else { return false };
    assert_eq!(accept(&head, body.as_bytes(), token), Ok(()), "{text}\n{head:?}");
    for (what, head) in changed(&head) {
        assert!(
            accept(&head, body.as_bytes(), token).is_err(),
            "accepted with another {what}: {text}\n{head:?}"
        );
    }
    let longer = format!("{body}x");
    assert!(
        unsigned_body || accept(&head, longer.as_bytes(), token).is_err(),
        "accepted with another body: {text}"
    );
    assert!(accept(&head, body.as_bytes(), Some("other")).is_err(), "accepted with another token: {text}");
    true
}

fn is_ours((name, value): &(&str, &str)) -> bool {
    let name = name.to_ascii_lowercase();
    !NOT_OURS.contains(&name.as_str()) && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn accept(head: &Head, body: &[u8], token: Option<&str>) -> Result<(), Refusal> {
    let authorization = Authorization::of(head)?;
    let credential = credential(token);
    authorization.admit(&credential, now())?;
    let digest = hex::encode(Sha256::digest(body));
    authorization.verify(head, &credential, &digest)?;
    match &authorization.payload {
        Payload::Digest(stated) if *stated != digest => Err(Refusal::PayloadMismatch),
        _ => Ok(()),
    }
}

/// The request with each of its parts changed in turn.
fn changed(head: &Head) -> Vec<(String, Head)> {
    let mut all = Vec::new();
    let mut add = |what: &str, change: &dyn Fn(&mut Head)| {
        let mut other = head.clone();
        change(&mut other);
        all.push((what.to_owned(), other));
    };
    add("method", &|head| {
        let longer = format!("{}X", head.method);
        head.method = http::Method::from_bytes(longer.as_bytes()).unwrap_or_default();
    });
    add("path", &|head| head.path.push('x'));
    add("query", &|head| {
        head.raw_query.push_str("&another=one");
        head.query.push(("another".to_owned(), "one".to_owned()));
    });
    for name in head.headers.keys().filter(|name| *name != "user-agent") {
        add(name.as_str(), &|head| {
            let mut value = head.headers.get(name).map(|value| value.as_bytes().to_vec()).unwrap_or_default();
            value.push(b'x');
            if let Ok(value) = http::HeaderValue::from_bytes(&value) {
                head.headers.insert(name, value);
            }
        });
    }
    add("header of AWS", &|head| {
        head.headers.insert("x-amz-unsigned", http::HeaderValue::from_static("1"));
    });
    all
}
