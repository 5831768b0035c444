//! `aws-chunked` bodies: read in pieces as whole, as a reader that has all of it reads them; signed ones are accepted, and
//! changed ones give nothing else.

use std::sync::LazyLock;

use aws_sigv4::http_request::SignableBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cloud_wire::Body;
use cloud_wire::checksum::Algorithm;
use cloud_wire::sigv4::chunked::{Chunked, decode};
use cloud_wire::sigv4::{Authorization, Verified};
use futures_util::{FutureExt, stream};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::draw::Draw;
use crate::signer::{REGION, SECRET, Unsigned, credential};

/// More than any body here has.
const LIMIT: u64 = 1 << 20;
const MAX_LINE: usize = 1024;
const MAX_TRAILERS: usize = 16;
const STAMP: &str = "20260101T000000Z";

/// A body and its trailers.
type Decoded = (Vec<u8>, Vec<(String, String)>);

/// An even byte, the size of the pieces, and an unsigned body; or an odd one, and what a signed body is drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    let mut from = Draw(data);
    let (kind, size) = (from.byte(), usize::from(from.byte()) + 1);
    if kind % 2 == 1 { signed(&mut from, size) } else { unsigned(from.0, kind, size) }
}

fn read(body: &[u8], size: usize, how: Chunked) -> Result<Decoded, String> {
    let pieces: Vec<_> = body.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let mut body = decode(Body::from_stream(stream::iter(pieces), None), how);
    let mut whole = Vec::new();
    while let Some(chunk) = body.next().now_or_never().expect("bytes that are there are not waited for") {
        whole.extend(chunk.map_err(|error| error.code().to_owned())?);
        assert!(whole.len() as u64 <= LIMIT, "more than was there");
    }
    Ok((whole, body.trailers().to_vec()))
}

fn unsigned(stream: &[u8], kind: u8, size: usize) -> bool {
    // The length that the request states is right, or any.
    let right = sizes(stream);
    let length = if kind.is_multiple_of(4) { right } else { u64::from(kind) };
    let how = || Chunked { signer: None, trailer: true, length, checksum: None };
    let whole = read(stream, stream.len().max(1), how());
    assert_eq!(whole, read(stream, size, how()), "in pieces of {size}");
    assert_eq!(whole.clone().ok(), model(stream, length), "{whole:?}");
    whole.is_ok()
}

/// The sum of the sizes of a body, as far as they can be read.
fn sizes(mut stream: &[u8]) -> u64 {
    let mut sum = 0_u64;
    while let Some((line, rest)) = line(stream) {
        let Some(size) = size_of(line).filter(|size| *size > 0) else { break };
        sum = sum.saturating_add(size);
        stream = rest.get((size as usize).saturating_add(2)..).unwrap_or_default();
    }
    sum
}

fn line(stream: &[u8]) -> Option<(&str, &[u8])> {
    let end = stream.windows(2).position(|two| two == b"\r\n").filter(|end| *end <= MAX_LINE)?;
    Some((std::str::from_utf8(&stream[..end]).ok()?, &stream[end + 2..]))
}

fn size_of(line: &str) -> Option<u64> {
    let digits = line.split(';').next().filter(|digits| (1..=16).contains(&digits.len()))?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| is_number)
}

/// What a body is, read by who has all of it; none if it is malformed, cut or of another length.
fn model(mut stream: &[u8], length: u64) -> Option<Decoded> {
    let mut body = Vec::new();
    loop {
        let (head, rest) = line(stream)?;
        let size = size_of(head)?;
        stream = rest;
        if size == 0 {
            break;
        }
        let (chunk, rest) = stream.split_at_checked(usize::try_from(size).ok()?)?;
        body.extend_from_slice(chunk);
        stream = rest.strip_prefix(b"\r\n")?;
    }
    let mut trailers = Vec::new();
    // Some clients leave the last empty line out.
    while !stream.is_empty() {
        let (head, rest) = line(stream)?;
        stream = rest;
        if head.is_empty() {
            if !stream.is_empty() {
                return None;
            }
            break;
        }
        let (name, value) = head.split_once(':')?;
        if name.eq_ignore_ascii_case("x-amz-trailer-signature") {
            continue;
        }
        trailers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    (body.len() as u64 == length && trailers.len() <= MAX_TRAILERS).then_some((body, trailers))
}

fn signed(from: &mut Draw<'_>, size: usize) -> bool {
    let (cut, at, flip, with_trailer) =
        (from.below(40) + 1, from.number() as usize, from.byte(), from.byte() % 2 == 1);
    let payload = from.0;
    let (signer, seed) = &SIGNERS[usize::from(with_trailer)];
    let mut body = Signing { previous: seed.clone(), body: Vec::new() };
    for chunk in payload.chunks(cut).chain([&b""[..]]) {
        body.chunk(chunk);
    }
    let sum = STANDARD.encode(crc32fast::hash(payload).to_be_bytes());
    if with_trailer {
        body.trailer(&format!("x-amz-checksum-crc32:{sum}"));
    }
    body.body.extend(b"\r\n");
    let how = || Chunked {
        signer: Some(signer.clone()),
        trailer: with_trailer,
        length: payload.len() as u64,
        checksum: with_trailer.then_some(Algorithm::Crc32),
    };
    let read_whole = read(&body.body, size, how()).map(|(whole, _)| whole);
    assert_eq!(read_whole.as_deref(), Ok(payload), "{}", body.body.escape_ascii());
    let mut changed = body.body;
    let at = at % changed.len();
    changed[at] ^= flip.max(1);
    if let Ok((whole, _)) = read(&changed, size, how()) {
        assert_eq!(whole, payload, "accepted, changed at {at}: {}", changed.escape_ascii());
    }
    true
}

/// Of requests without and with trailers.
static SIGNERS: LazyLock<[(Verified, String); 2]> = LazyLock::new(|| [false, true].map(signer));

/// What signing goes on from, as the endpoint finds it in a request's head; and the head's own signature.
fn signer(with_trailer: bool) -> (Verified, String) {
    let payload = if with_trailer {
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
    } else {
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    };
    let request = Unsigned {
        service: "s3",
        method: "PUT",
        target: "/bucket/key",
        headers: Vec::new(),
        body: SignableBody::Precomputed(payload.to_owned()),
        token: None,
        presign: false,
    };
    let head = request.signed().expect("the SDK signs it");
    let seed =
        head.header("authorization").and_then(|text| text.split_once("Signature=")).expect("a signature").1;
    let authorization = Authorization::of(&head).expect("it is read");
    (authorization.verify(&head, &credential(None), "").expect("it is the key's"), seed.to_owned())
}

/// Signs chunks as S3's documentation says ("Signature calculations: transferring payload in multiple chunks").
struct Signing {
    previous: String,
    body: Vec<u8>,
}

impl Signing {
    fn chunk(&mut self, chunk: &[u8]) {
        let digests = format!("{}\n{}", digest(b""), digest(chunk));
        self.previous = self.sign("AWS4-HMAC-SHA256-PAYLOAD", &digests);
        self.body.extend(format!("{:x};chunk-signature={}\r\n", chunk.len(), self.previous).into_bytes());
        self.body.extend_from_slice(chunk);
        // Behind the last one come trailers, or the end.
        if !chunk.is_empty() {
            self.body.extend(b"\r\n");
        }
    }

    fn trailer(&mut self, line: &str) {
        let signature = self.sign("AWS4-HMAC-SHA256-TRAILER", &digest(format!("{line}\n").as_bytes()));
        self.body.extend(format!("{line}\r\nx-amz-trailer-signature:{signature}\r\n").into_bytes());
    }

    fn sign(&self, algorithm: &str, digests: &str) -> String {
        let scope = format!("{}/{REGION}/s3/aws4_request", &STAMP[..8]);
        let text = format!("{algorithm}\n{STAMP}\n{scope}\n{}\n{digests}", self.previous);
        let parts = [&STAMP[..8], REGION, "s3", "aws4_request", &text];
        hex::encode(parts.iter().fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part)))
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
