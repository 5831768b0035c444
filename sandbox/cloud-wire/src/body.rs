//! A payload that may be too large to hold: bytes, a file's part, or a stream.

use std::fmt;
use std::io::SeekFrom;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use cloud_core::AwsError;
use futures_util::stream::{self, Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::model::Protocol;
use crate::sigv4::Refusal;
use crate::spool::{Spool, Spooled};
use budget::Reservation;

/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, AwsError>> + Send>>;

/// The bytes of a streaming member. An error in a request's stream (wrong checksum, broken connection) means that what
/// came before must not be kept: commit only after the end.
pub struct Body {
    content: Content,
    length: Option<u64>,
    trailers: Option<Arc<OnceLock<Trailers>>>,
    /// Where it waits until it is whole, if it is a request's.
    spool: Option<Spool>,
    /// Whether a checksum was announced to come after it.
    trailing_checksum: bool,
}

/// Names and values that followed a body.
type Trailers = Vec<(String, String)>;

enum Content {
    Whole(Bytes),
    Chunks(Chunks),
}

impl Body {
    /// A stream of known or unknown length.
    pub fn from_stream(
        chunks: impl Stream<Item = Result<Bytes, AwsError>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self { content: Content::Chunks(Box::pin(chunks)), length, ..Self::default() }
    }

    /// A part of a file, read as it is sent.
    pub async fn from_file(path: &Path, offset: u64, length: u64) -> std::io::Result<Self> {
        let mut file = File::open(path).await?;
        file.seek(SeekFrom::Start(offset)).await?;
        let chunks = stream::try_unfold((file, length), |(mut file, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let mut chunk = BytesMut::zeroed(CHUNK.min(usize::try_from(left).unwrap_or(CHUNK)));
            let read = file.read(&mut chunk).await.map_err(AwsError::internal)?;
            if read == 0 {
                return Err(AwsError::internal("a stored file is shorter than recorded"));
            }
            chunk.truncate(read);
            Ok(Some((chunk.freeze(), (file, left - read as u64))))
        });
        Ok(Self::from_stream(chunks, Some(length)))
    }

    pub(crate) fn with_trailers(mut self, trailers: Arc<OnceLock<Trailers>>, checksum: bool) -> Self {
        self.trailers = Some(trailers);
        self.trailing_checksum = checksum;
        self
    }

    /// Whether a checksum was announced to come after it.
    pub const fn has_trailing_checksum(&self) -> bool {
        self.trailing_checksum
    }

    /// What followed the body (`x-amz-checksum-…`), verified; nothing before its end.
    pub fn trailers(&self) -> &[(String, String)] {
        self.trailers.as_ref().and_then(|trailers| trailers.get()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The same bytes, and an error at their end unless they have that SHA-256 (in hexadecimal).
    pub(crate) fn with_sha256(self, stated: String) -> Self {
        let length = self.length;
        let state = (self, Sha256::new(), stated);
        let chunks = stream::try_unfold(state, |(mut body, mut hasher, stated)| async move {
            match body.next().await {
                Some(chunk) => {
                    let chunk = chunk?;
                    hasher.update(&chunk);
                    Ok(Some((chunk, (body, hasher, stated))))
                }
                None if hex::encode(hasher.finalize()).eq_ignore_ascii_case(&stated) => Ok(None),
                None => Err(Refusal::PayloadMismatch.into_error(Protocol::RestXml)),
            }
        });
        Self::from_stream(chunks, length)
    }

    /// How many bytes will come, if that is known.
    pub const fn length(&self) -> Option<u64> {
        self.length
    }

    /// How many bytes of it are in memory, whoever takes them and however slowly.
    pub(crate) const fn weight(&self) -> u64 {
        match &self.content {
            Content::Whole(bytes) => bytes.len() as u64,
            Content::Chunks(_) => 0,
        }
    }

    /// The same bytes, which give that room back when the last of them is sent.
    pub(crate) fn held_by(mut self, room: Reservation) -> Self {
        if let Content::Whole(bytes) = self.content {
            self.content = Content::Whole(room.hold(bytes));
        }
        self
    }

    /// The next bytes; none at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, AwsError>> {
        StreamExt::next(self).await
    }

    /// The same bytes, which wait there when they are collected.
    pub(crate) fn waiting_in(mut self, spool: Spool) -> Self {
        self.spool = Some(spool);
        self
    }

    /// Where it waits when it is collected, for what is decoded from it.
    pub(crate) fn take_spool(&mut self) -> Option<Spool> {
        self.spool.take()
    }

    /// A request's whole body where it waits, before it is brought into memory; it knows its SHA-256.
    pub(crate) async fn wait(mut self, limit: u64) -> Result<Spooled, AwsError> {
        let spool = self.spool.take().ok_or_else(|| AwsError::internal("a body has no place to wait"))?;
        spool.digest(self, limit).await
    }

    /// Everything at once, refused beyond `limit` bytes with `EntityTooLarge`. A request's body is held on the sender's
    /// account as long as the bytes live, and may find no room (`ServiceUnavailable`).
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, AwsError> {
        if let Some(spool) = self.spool.take() {
            return spool.fill(self, limit).await?.into_bytes(spool.source()).await;
        }
        if let Content::Whole(bytes) = self.content {
            return if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) };
        }
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.next().await {
            let chunk = chunk?;
            if (whole.len() + chunk.len()) as u64 > limit {
                return Err(too_large());
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }
}

pub(crate) fn too_large() -> AwsError {
    AwsError::new("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
}

impl Stream for Body {
    type Item = Result<Bytes, AwsError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.content {
            Content::Chunks(chunks) => chunks.as_mut().poll_next(cx),
            Content::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let length = Some(bytes.len() as u64);
        Self { content: Content::Whole(bytes), length, trailers: None, spool: None, trailing_checksum: false }
    }
}

impl Default for Body {
    fn default() -> Self {
        Bytes::new().into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(…)"),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = AwsError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, AwsError>>> {
        self.poll_next(cx).map(|next| next.map(|chunk| chunk.map(http_body::Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Content::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match &self.content {
            Content::Whole(bytes) => http_body::SizeHint::with_exact(bytes.len() as u64),
            Content::Chunks(_) => self.length.map(http_body::SizeHint::with_exact).unwrap_or_default(),
        }
    }
}
