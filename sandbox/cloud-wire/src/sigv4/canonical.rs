//! The canonical request: one text for all ways to write the same request.

use std::fmt::Write as _;

use super::Refusal;
use crate::head::Head;

/// Headers with this prefix change what a request means and must be signed, but for what proxies and tracers add.
const MEANINGFUL: &str = "x-amz-";
const UNSIGNED_OK: &[&str] = &["x-amz-user-agent"];

pub(super) fn request(
    head: &Head,
    signed: &[String],
    s3: bool,
    presigned: bool,
    payload: &str,
) -> Result<String, Refusal> {
    let mut text =
        format!("{}\n{}\n{}\n", head.method, path(&head.path, s3), query(&head.raw_query, presigned));
    headers(head, signed, &mut text)?;
    let _ = write!(text, "\n{}\n{payload}", signed.join(";"));
    Ok(text)
}

/// S3 signs the path as it is, once encoded; the others normalise it and encode it once more.
fn path(raw: &str, s3: bool) -> String {
    if s3 {
        return encode(raw, true, false);
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let mut normal = format!("/{}", segments.join("/"));
    if normal.len() > 1 && (raw.ends_with('/') || raw.ends_with("/.") || raw.ends_with("/..")) {
        normal.push('/');
    }
    crate::percent::encode_path(&normal)
}

fn query(raw: &str, presigned: bool) -> String {
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .filter(|(key, _)| !(presigned && *key == "X-Amz-Signature"))
        .map(|(key, value)| (encode(key, false, true), encode(value, false, true)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

/// Encodes what is not, keeps what is: `%7e` and `~` become `~`, `(` becomes `%28`, `%2F` stays.
fn encode(raw: &str, slashes: bool, plus_is_space: bool) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut bytes = raw.as_bytes().iter();
    while let Some(&byte) = bytes.next() {
        let rest = bytes.as_slice();
        let (byte, was_encoded) = match (byte, rest) {
            (b'%', [high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |letter: u8| (letter as char).to_digit(16).unwrap_or(0) as u8;
                let decoded = digit(*high) * 16 + digit(*low);
                bytes.nth(1);
                (decoded, true)
            }
            (b'+', _) if plus_is_space => (b' ', false),
            _ => (byte, false),
        };
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'~')
            || (byte == b'/' && slashes && !was_encoded);
        if plain {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn headers(head: &Head, signed: &[String], text: &mut String) -> Result<(), Refusal> {
    if !signed.iter().any(|name| name == "host") {
        return Err(Refusal::Unsigned("host".into()));
    }
    let is_open = |name: &&str| {
        name.starts_with(MEANINGFUL)
            && !UNSIGNED_OK.contains(name)
            && !signed.iter().any(|signed| signed == name)
    };
    let mut open: Vec<&str> = head.headers.keys().map(http::HeaderName::as_str).filter(is_open).collect();
    if !open.is_empty() {
        open.sort_unstable();
        return Err(Refusal::Unsigned(open.join(", ")));
    }
    for name in signed {
        let mut values = Vec::new();
        for value in head.headers.get_all(name.as_str()) {
            let value = std::str::from_utf8(value.as_bytes()).map_err(|_| Refusal::garbled())?;
            values.push(value.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
        }
        if values.is_empty() {
            return Err(Refusal::mismatch());
        }
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_but_for_s3() {
        for (raw, others, s3) in [
            ("/", "/", "/"),
            ("/a//b/../c", "/a/c", "/a//b/../c"),
            ("/a%20b(c", "/a%2520b%28c", "/a%20b%28c"),
            ("/a%2Fb", "/a%252Fb", "/a%2Fb"),
            ("/a/", "/a/", "/a/"),
            ("/~%7e", "/~%257e", "/~~"),
        ] {
            assert_eq!((path(raw, false).as_str(), path(raw, true).as_str()), (others, s3), "{raw}");
        }
    }

    #[test]
    fn queries_are_sorted_and_encoded_once() {
        assert_eq!(query("b=2&a=x+y&a=%7Ex&c", false), "a=x%20y&a=~x&b=2&c=");
        assert_eq!(query("X-Amz-Signature=1&b=/", true), "b=%2F");
    }
}
