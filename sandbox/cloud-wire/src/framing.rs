//! Headers that frame one message on one connection, and are none of what a message says. How an answer is framed is never
//! for who writes its headers to say: a length or a transfer coding of its own would let it write into the answer to the next
//! request.

use http::{HeaderMap, header};

/// Headers of one connection or one message, besides what a `Connection` names.
pub fn is_framing(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "content-length"
            | "keep-alive"
            | "te"
            | "trailer"
            | "trailers"
            | "transfer-encoding"
            | "upgrade"
    ) || name.starts_with("proxy-")
}

/// What a `Connection` names, in small letters.
pub fn named_by_connection(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect()
}

/// Takes all of that out of an answer's headers.
pub fn remove(headers: &mut HeaderMap) {
    let named = named_by_connection(headers);
    let is_ours = |name: &str| is_framing(name) || named.iter().any(|named| named == name);
    let framing: Vec<_> = headers.keys().filter(|name| is_ours(name.as_str())).cloned().collect();
    for name in framing {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_frames_a_message_is_taken_out_with_what_connection_names() {
        let mut headers = HeaderMap::new();
        for name in ["content-length", "connection", "x-hop", "proxy-x", "te", "date", "x-own"] {
            headers.append(name, HeaderValue::from_static("close, X-Hop"));
        }
        headers.append("x-own", HeaderValue::from_static("2"));
        remove(&mut headers);
        let mut left: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["date", "x-own", "x-own"]);
    }
}
