//! Compressed bodies of REST APIs: requests are decompressed before anything looks at them, answers are compressed for who
//! takes that. Not of HTTP APIs, which pass bodies as they are.
// AWS: "Payload compression for REST APIs in API Gateway".

use std::io::{self, Read};

use bytes::Bytes;
use cloud_core::budget::{Budget, Exhausted, Source};
use flate2::{
    Compression,
    read::{GzDecoder, GzEncoder, ZlibDecoder, ZlibEncoder},
};
use http::{HeaderMap, HeaderValue, header};

use crate::answer::Answer;

/// How much is decompressed before room for more is asked for.
const STEP: usize = 64 * 1024;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Identity,
}

impl Coding {
    // AWS: "The following content codings are supported".
    fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "identity" => Some(Self::Identity),
            _ => None,
        }
    }
}

/// Why a request's body stays compressed.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// Its coding is not known, or it is not of that coding.
    MediaType,
    /// It is more than a body may be.
    TooLarge,
    /// There is no memory for it now.
    NoRoom(Exhausted),
}

/// A request's body without its coding, and the headers without the name of it.
pub(crate) async fn decompress(
    body: Bytes,
    headers: &mut HeaderMap,
    most: u64,
    memory: &Budget,
    source: &Source,
) -> Result<Bytes, Unreadable> {
    let Some(name) = headers.get(header::CONTENT_ENCODING).filter(|_| !body.is_empty()) else {
        return Ok(body);
    };
    let coding = name.to_str().ok().and_then(Coding::named).ok_or(Unreadable::MediaType)?;
    if coding == Coding::Identity {
        return Ok(body);
    }
    let (memory, source) = (memory.clone(), source.clone());
    let read = tokio::task::spawn_blocking(move || match coding {
        Coding::Gzip => read_all(GzDecoder::new(&*body), most, &memory, &source),
        _ => read_all(ZlibDecoder::new(&*body), most, &memory, &source),
    });
    let body = read.await.unwrap_or(Err(Unreadable::MediaType))?;
    // What is left is what it says no longer.
    headers.remove(header::CONTENT_ENCODING);
    Ok(body)
}

fn read_all(
    mut decoder: impl Read,
    most: u64,
    memory: &Budget,
    source: &Source,
) -> Result<Bytes, Unreadable> {
    let mut held = memory.reserve(source, STEP as u64).map_err(Unreadable::NoRoom)?;
    let mut all = Vec::new();
    loop {
        let read = decoder.by_ref().take(STEP as u64).read_to_end(&mut all);
        match read.map_err(|_| Unreadable::MediaType)? {
            0 => return Ok(held.hold(all)),
            _ if all.len() as u64 > most => return Err(Unreadable::TooLarge),
            _ => held.grow_to((all.capacity() + STEP) as u64).map_err(Unreadable::NoRoom)?,
        }
    }
}

/// Compresses an answer of at least that size for a caller who takes it so.
pub(crate) async fn compress(
    answer: &mut Answer,
    accepted: Option<&str>,
    least: i32,
    memory: &Budget,
    source: &Source,
) {
    let size = answer.body.len() as u64;
    let is_compressed = answer.headers.contains_key(header::CONTENT_ENCODING);
    if size == 0 || size < u64::from(least.unsigned_abs()) || is_compressed {
        return;
    }
    let Some(coding) = accepted.and_then(best) else { return };
    // Without room for it the answer goes out as it is.
    let Ok(held) = memory.reserve(source, size) else { return };
    let body = answer.body.clone();
    let compressed = tokio::task::spawn_blocking(move || {
        let mut all = Vec::new();
        let read = match coding {
            Coding::Gzip => GzEncoder::new(&*body, Compression::fast()).read_to_end(&mut all),
            _ => ZlibEncoder::new(&*body, Compression::fast()).read_to_end(&mut all),
        };
        read.map(|_| all)
    });
    let Ok(compressed) = compressed.await.unwrap_or_else(|error| Err(io::Error::other(error))) else {
        return;
    };
    let name = if coding == Coding::Gzip { "gzip" } else { "deflate" };
    answer.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    answer.body = held.hold(compressed);
}

/// The coding that a caller prefers of those that are known; none for who takes none of them, or prefers none.
// AWS: what is not named is not used: `*` compresses nothing.
fn best(accepted: &str) -> Option<Coding> {
    let mut best: Option<(f32, Coding)> = None;
    for part in accepted.split(',') {
        let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
        let Some(coding) = Coding::named(name) else { continue };
        let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok());
        let Some(weight) = weight.filter(|weight| *weight > 0.0) else { continue };
        if best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, coding));
        }
    }
    best.map(|(_, coding)| coding).filter(|coding| *coding != Coding::Identity)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn source() -> Source {
        Source::named("test", "one")
    }

    #[test]
    fn the_coding_is_the_callers_choice() {
        for (accepted, expected) in [
            ("gzip", Some(Coding::Gzip)),
            ("deflate,gzip", Some(Coding::Deflate)),
            ("deflate;q=0.5,gzip;q=1.0", Some(Coding::Gzip)),
            ("br, GZIP", Some(Coding::Gzip)),
            ("gzip;q=1.0, identity; q=0.5, *;q=0", Some(Coding::Gzip)),
            ("identity, gzip;q=0.5", None),
            ("gzip;q=0", None),
            ("gzip;q=x", None),
            ("*", None),
            ("br", None),
            ("", None),
        ] {
            assert_eq!(best(accepted), expected, "{accepted}");
        }
    }

    #[tokio::test]
    async fn what_is_compressed_is_read_back() {
        let memory = Budget::new("test", 1 << 24);
        let text = Bytes::from("compress me ".repeat(1000));
        for (accepted, least, coding) in [
            (Some("gzip"), 12_000, Some("gzip")),
            (Some("deflate"), 0, Some("deflate")),
            (Some("gzip"), 12_001, None),
            (Some("br"), 0, None),
            (None, 0, None),
        ] {
            let mut answer = Answer::json(StatusCode::OK, text.clone());
            compress(&mut answer, accepted, least, &memory, &source()).await;
            let given = answer.headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
            assert_eq!(given, coding, "{accepted:?} {least}");
            assert_eq!(coding.is_some(), answer.body.len() < text.len());
            let again = decompress(answer.body, &mut answer.headers, 1 << 20, &memory, &source()).await;
            assert_eq!(again.unwrap(), text);
            assert!(!answer.headers.contains_key(header::CONTENT_ENCODING));
        }
        assert_eq!(memory.used(), 0);
    }

    #[tokio::test]
    async fn bodies_that_are_not_what_they_say_or_too_much_are_refused() {
        let memory = Budget::new("test", 1 << 20);
        let bomb = Answer::json(StatusCode::OK, vec![0; 1 << 23].into());
        let plenty = Budget::new("plenty", 1 << 26);
        let mut small = bomb.clone();
        compress(&mut small, Some("gzip"), 0, &plenty, &source()).await;
        for (name, body, most, expected) in [
            ("br", Bytes::from_static(b"x"), 10, "MediaType"),
            ("gzip", Bytes::from_static(b"plain"), 10, "MediaType"),
            ("gzip", small.body.slice(..small.body.len() / 2), 1 << 30, "NoRoom"),
            ("deflate", small.body.clone(), 1 << 30, "MediaType"),
            ("gzip", small.body.clone(), 200_000, "TooLarge"),
            ("gzip", small.body.clone(), 1 << 30, "NoRoom"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            let refused = decompress(body, &mut headers, most, &memory, &source()).await.unwrap_err();
            assert!(format!("{refused:?}").starts_with(expected), "{name}: {refused:?}");
        }
        assert_eq!(memory.used(), 0);
    }
}
