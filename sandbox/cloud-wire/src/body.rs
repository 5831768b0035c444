//! A payload that may be too large to hold: bytes, a file's part, or a stream.

use std::fmt;
use std::io::SeekFrom;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use cloud_core::AwsError;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, AwsError>> + Send>>;

/// The bytes of a streaming member. An error in a request's stream (wrong checksum, broken connection) means that what
/// came before must not be kept: commit only after the end.
pub struct Body {
    content: Content,
    length: Option<u64>,
}

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
        Self { content: Content::Chunks(Box::pin(chunks)), length }
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

    /// How many bytes will come, if that is known.
    pub const fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next bytes; none at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, AwsError>> {
        StreamExt::next(self).await
    }

    /// Everything at once, refused beyond `limit` bytes with `EntityTooLarge`.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, AwsError> {
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

fn too_large() -> AwsError {
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
        Self { length: Some(bytes.len() as u64), content: Content::Whole(bytes) }
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
