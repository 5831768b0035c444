//! `aws-chunked` bodies: `size;chunk-signature=…` before each chunk, checksums after the last.

use std::sync::{Arc, OnceLock};

use budget::Reservation;
use bytes::{Buf, Bytes, BytesMut};
use cloud_core::AwsError;
use futures_util::stream;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Refusal, Verified, hmac, print_stamp};
use crate::body::Body;
use crate::checksum::{Algorithm, Checksum};
use crate::model::Protocol;
use crate::spool::Spool;

/// The longest line of sizes, signatures or trailers.
const MAX_LINE: usize = 1024;
/// The largest chunk that is held to be verified; unsigned chunks are passed on as they come.
const MAX_SIGNED_CHUNK: u64 = 16 * 1024 * 1024;
/// Lines after the last chunk.
const MAX_TRAILERS: usize = 16;

/// What a chunked body is decoded with.
pub struct Chunked {
    /// The verified seed signature, if the chunks are signed.
    pub signer: Option<Verified>,
    /// Whether trailers come.
    pub trailer: bool,
    /// `x-amz-decoded-content-length`.
    pub length: u64,
    /// The algorithm named in `x-amz-trailer`.
    pub checksum: Option<Algorithm>,
}

/// Decodes a body. Its stream ends in an error if a signature, a checksum or the length is wrong.
pub fn decode(mut source: Body, how: Chunked) -> Body {
    let length = how.length;
    let spool = source.take_spool();
    let trailers = Arc::new(OnceLock::new());
    let announces = how.checksum.is_some();
    let decoder = Decoder {
        source,
        buffer: BytesMut::new(),
        signer: how.signer,
        trailer: how.trailer,
        left_in_all: how.length,
        left_in_chunk: 0,
        checksum: how.checksum.map(Algorithm::start),
        trailers: trailers.clone(),
        spool: spool.clone(),
        held: None,
    };
    let chunks = stream::try_unfold(decoder, |mut decoder| async move {
        Ok(decoder.next().await?.map(|chunk| (chunk, decoder)))
    });
    let body = Body::from_stream(chunks, Some(length)).with_trailers(trailers, announces);
    match spool {
        Some(spool) => body.waiting_in(spool),
        None => body,
    }
}

struct Decoder {
    source: Body,
    buffer: BytesMut,
    signer: Option<Verified>,
    trailer: bool,
    left_in_all: u64,
    left_in_chunk: u64,
    checksum: Option<Checksum>,
    trailers: Arc<OnceLock<Vec<(String, String)>>>,
    spool: Option<Spool>,
    /// What the present signed chunk may take.
    held: Option<Reservation>,
}

fn incomplete() -> AwsError {
    AwsError::new(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    )
}

fn malformed() -> AwsError {
    AwsError::new("InvalidRequest", "The body is not well-formed aws-chunked")
}

impl Decoder {
    async fn next(&mut self) -> Result<Option<Bytes>, AwsError> {
        if self.left_in_chunk == 0 {
            let line = self.line().await?;
            let (size, signature) = parse_size(&line)?;
            if size > self.left_in_all {
                return Err(incomplete());
            }
            if size == 0 {
                return self.finish(signature).await.map(|()| None);
            }
            self.left_in_all -= size;
            if self.signer.is_some() {
                return self.signed_chunk(size, signature).await.map(Some);
            }
            self.left_in_chunk = size;
        }
        if self.buffer.is_empty() {
            self.fill().await?;
        }
        let take = self.buffer.len().min(usize::try_from(self.left_in_chunk).unwrap_or(usize::MAX));
        let chunk = self.buffer.split_to(take).freeze();
        self.left_in_chunk -= take as u64;
        if self.left_in_chunk == 0 {
            self.line_end().await?;
        }
        self.count(&chunk);
        Ok(Some(chunk))
    }

    async fn signed_chunk(&mut self, size: u64, signature: Option<String>) -> Result<Bytes, AwsError> {
        if size > MAX_SIGNED_CHUNK {
            return Err(AwsError::new("InvalidChunkSizeError", "A signed chunk has at most 16777216 bytes"));
        }
        self.held = None;
        self.held = self.spool.as_ref().map(|spool| spool.room(size)).transpose()?;
        while (self.buffer.len() as u64) < size {
            self.fill().await?;
        }
        let chunk = self.buffer.split_to(size as usize).freeze();
        self.line_end().await?;
        self.verify_chunk(&chunk, signature.as_deref())?;
        self.count(&chunk);
        Ok(chunk)
    }

    fn verify_chunk(&mut self, chunk: &[u8], signature: Option<&str>) -> Result<(), AwsError> {
        match &mut self.signer {
            Some(signer) => signer.chunk(chunk, signature.unwrap_or_default()).map_err(refused),
            None => Ok(()),
        }
    }

    fn count(&mut self, chunk: &[u8]) {
        if let Some(checksum) = &mut self.checksum {
            checksum.update(chunk);
        }
    }

    /// After the last chunk: its signature, the trailers, the whole length.
    async fn finish(&mut self, signature: Option<String>) -> Result<(), AwsError> {
        self.verify_chunk(b"", signature.as_deref())?;
        if self.left_in_all != 0 {
            return Err(incomplete());
        }
        let mut trailers = Vec::new();
        let mut signature = None;
        loop {
            let line = match self.line().await {
                // Some clients end after the last trailer, without the empty line.
                Err(error) if error.code() == "IncompleteBody" => break,
                line => line?,
            };
            if line.is_empty() {
                self.source_end().await?;
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(malformed)?;
            match name.to_ascii_lowercase().as_str() {
                "x-amz-trailer-signature" => signature = Some(value.trim().to_owned()),
                _ if trailers.len() == MAX_TRAILERS => return Err(malformed()),
                name => trailers.push((name.to_owned(), value.trim().to_owned())),
            }
        }
        self.verify_trailers(&trailers, signature.as_deref())?;
        let _ = self.trailers.set(trailers);
        Ok(())
    }

    /// Nothing follows. What carries the body has an end of its own, and the connection is used again only once that was read.
    async fn source_end(&mut self) -> Result<(), AwsError> {
        let mut left = !self.buffer.is_empty();
        while !left && let Some(chunk) = self.source.next().await {
            left = !chunk?.is_empty();
        }
        if left { Err(malformed()) } else { Ok(()) }
    }

    fn verify_trailers(
        &mut self,
        trailers: &[(String, String)],
        signature: Option<&str>,
    ) -> Result<(), AwsError> {
        if let (Some(signer), true) = (&self.signer, self.trailer) {
            let lines: Vec<_> = trailers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
            signer.trailers(&lines.concat(), signature.unwrap_or_default()).map_err(refused)?;
        }
        let Some(checksum) = self.checksum.take() else { return Ok(()) };
        let stated = trailers.iter().find(|(name, _)| Algorithm::of_header(name).is_some());
        let (_, stated) = stated.ok_or_else(|| {
            AwsError::new("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
        })?;
        if checksum.algorithm().decode(stated).is_none() {
            let name = checksum.algorithm().header();
            return Err(AwsError::new(
                "InvalidRequest",
                format!("Value for {name} trailing header is invalid."),
            ));
        }
        checksum.verify(stated)
    }

    async fn fill(&mut self) -> Result<(), AwsError> {
        let chunk = self.source.next().await.ok_or_else(incomplete)??;
        self.buffer.extend_from_slice(&chunk);
        Ok(())
    }

    async fn line(&mut self) -> Result<String, AwsError> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.buffer.split_to(end);
                self.buffer.advance(2);
                return String::from_utf8(line.to_vec()).map_err(|_| malformed());
            }
            if self.buffer.len() > MAX_LINE {
                return Err(malformed());
            }
            self.fill().await?;
        }
    }

    async fn line_end(&mut self) -> Result<(), AwsError> {
        while self.buffer.len() < 2 {
            self.fill().await?;
        }
        if self.buffer.starts_with(b"\r\n") {
            self.buffer.advance(2);
            return Ok(());
        }
        Err(malformed())
    }
}

fn refused(refusal: Refusal) -> AwsError {
    refusal.into_error(Protocol::RestXml)
}

fn parse_size(line: &str) -> Result<(u64, Option<String>), AwsError> {
    let (size, rest) = line.split_once(';').map_or((line, None), |(size, rest)| (size, Some(rest)));
    if size.is_empty() || size.len() > 16 || !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(malformed());
    }
    let size = u64::from_str_radix(size, 16).map_err(|_| malformed())?;
    Ok((size, rest.and_then(|rest| rest.strip_prefix("chunk-signature=")).map(str::to_owned)))
}

impl Verified {
    fn chunk(&mut self, chunk: &[u8], given: &str) -> Result<(), Refusal> {
        let text = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{}\n{}",
            self.stamp,
            self.scope,
            self.signature,
            hex::encode(Sha256::digest(b"")),
            hex::encode(Sha256::digest(chunk))
        );
        self.signature = hex::encode(hmac(&self.key, text.as_bytes()));
        compare(given, &self.signature)
    }

    /// Proves a message of a stream of events, which has a moment of its own.
    // LIMIT: streams that go on over midnight (UTC) end there: the key is the request's day's.
    pub(crate) fn event(
        &mut self,
        date: Timestamp,
        headers: &[u8],
        payload: &[u8],
        given: &[u8],
    ) -> Result<(), AwsError> {
        // Of a sender who is not proven.
        if self.scope.is_empty() {
            return Ok(());
        }
        let stamp = print_stamp(date);
        let text = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{}\n{}\n{}\n{}",
            self.scope,
            self.signature,
            hex::encode(Sha256::digest(headers)),
            hex::encode(Sha256::digest(payload))
        );
        self.signature = hex::encode(hmac(&self.key, text.as_bytes()));
        let is_its_day = self.scope.get(..8) == stamp.get(..8);
        let proven = compare(&hex::encode(given), &self.signature);
        proven.and_then(|()| if is_its_day { Ok(()) } else { Err(Refusal::mismatch()) }).map_err(refused)
    }

    fn trailers(&self, trailers: &str, given: &str) -> Result<(), Refusal> {
        let text = format!(
            "AWS4-HMAC-SHA256-TRAILER\n{}\n{}\n{}\n{}",
            self.stamp,
            self.scope,
            self.signature,
            hex::encode(Sha256::digest(trailers))
        );
        compare(given, &hex::encode(hmac(&self.key, text.as_bytes())))
    }
}

fn compare(given: &str, expected: &str) -> Result<(), Refusal> {
    if bool::from(expected.as_bytes().ct_eq(given.as_bytes())) { Ok(()) } else { Err(Refusal::mismatch()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of "Signature calculations: transferring payload in multiple chunks" in S3's documentation.
    fn example() -> (Verified, Vec<u8>) {
        let signer = Verified {
            key: crate::sigv4::signing_key(
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "20130524",
                "us-east-1",
                "s3",
            ),
            stamp: "20130524T000000Z".into(),
            scope: "20130524/us-east-1/s3/aws4_request".into(),
            signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9".into(),
        };
        let mut body = Vec::new();
        for (size, signature) in [
            (65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
            (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
            (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
        ] {
            body.extend(format!("{size:x};chunk-signature={signature}\r\n").into_bytes());
            body.extend(vec![b'a'; size]);
            body.extend(b"\r\n");
        }
        (signer, body)
    }

    async fn check(body: &[u8], piece: usize, how: Chunked) -> Result<Bytes, String> {
        let pieces: Vec<_> = body.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let source = Body::from_stream(stream::iter(pieces), None);
        decode(source, how).collect(1 << 20).await.map_err(|error| error.code().to_owned())
    }

    fn signed(signer: Verified, length: u64) -> Chunked {
        Chunked { signer: Some(signer), trailer: false, length, checksum: None }
    }

    #[tokio::test]
    async fn the_documented_example_is_accepted_in_pieces_of_any_size() {
        for piece in [1, 7, 1000, 100_000] {
            let (signer, body) = example();
            assert_eq!(
                check(&body, piece, signed(signer, 66_560)).await.map(|bytes| bytes.len()),
                Ok(66_560)
            );
        }
    }

    #[tokio::test]
    async fn changed_cut_and_padded_bodies_are_refused() {
        let refused = async |change: &dyn Fn(&mut Vec<u8>), length| {
            let (signer, mut body) = example();
            change(&mut body);
            check(&body, 4096, signed(signer, length)).await.unwrap_err()
        };
        assert_eq!(refused(&|body| body[200] = b'b', 66_560).await, "SignatureDoesNotMatch");
        assert_eq!(refused(&|body| body.truncate(66_700), 66_560).await, "IncompleteBody");
        assert_eq!(refused(&|_| {}, 66_561).await, "IncompleteBody");
        assert_eq!(refused(&|_| {}, 1000).await, "IncompleteBody");
        assert_eq!(refused(&|body| body[0] = b'-', 66_560).await, "InvalidRequest");
    }

    #[tokio::test]
    async fn checksums_in_trailers_are_verified() {
        let how = || Chunked { signer: None, trailer: true, length: 9, checksum: Some(Algorithm::Crc32) };
        let body =
            |sum: &str| format!("9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:{sum}\r\n\r\n").into_bytes();
        assert_eq!(check(&body("y/Q5Jg=="), 5, how()).await, Ok(Bytes::from_static(b"123456789")));
        assert_eq!(check(&body("y/Q5Jw=="), 5, how()).await, Err("BadDigest".into()));
        for malformed in ["y/Q5", "", "none at all"] {
            assert_eq!(check(&body(malformed), 5, how()).await, Err("InvalidRequest".into()), "{malformed}");
        }
        assert_eq!(
            check(b"9\r\n123456789\r\n0\r\n\r\n", 5, how()).await,
            Err("MalformedTrailerError".into())
        );
    }

    #[tokio::test]
    async fn the_source_is_read_to_its_end_and_has_nothing_more() {
        let how = || Chunked { signer: None, trailer: false, length: 1, checksum: None };
        for rest in ["x", "\r\n", "0\r\n\r\n"] {
            for piece in [1, 100] {
                let body = format!("1\r\na\r\n0\r\n\r\n{rest}");
                let outcome = check(body.as_bytes(), piece, how()).await;
                assert_eq!(outcome, Err("InvalidRequest".into()), "{rest:?}");
            }
        }
        let ended = Arc::new(OnceLock::new());
        let end = ended.clone();
        let pieces = ["1\r\na\r\n0\r\n", "\r\n", ""].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        let pieces = futures_util::StreamExt::chain(
            stream::iter(pieces),
            stream::poll_fn(move |_| {
                let _ = end.set(());
                std::task::Poll::Ready(None)
            }),
        );
        let body = decode(Body::from_stream(pieces, None), how()).collect(10).await;
        assert_eq!(body.ok().as_deref(), Some(&b"a"[..]));
        assert!(ended.get().is_some(), "the end was never looked for");
    }
}
