//! The guest's standard output and error: memory with an end.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// Keeps what is written, up to a limit. What is beyond is swallowed and noted: the function goes on and is told in the
/// end.
#[derive(Clone)]
pub(super) struct Sink(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    limit: usize,
    overflowed: bool,
}

impl Sink {
    pub(super) fn new(limit: usize) -> Self {
        Self(Arc::new(Mutex::new(Kept { limit, ..Kept::default() })))
    }

    /// What was written, and whether more was.
    pub(super) fn take(&self) -> (Vec<u8>, bool) {
        let mut kept = self.kept();
        (std::mem::take(&mut kept.bytes), kept.overflowed)
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.kept();
        let room = kept.limit - kept.bytes.len();
        match bytes.get(..room) {
            Some(fits) if fits.len() < bytes.len() => {
                kept.bytes.extend_from_slice(fits);
                kept.overflowed = true;
            }
            _ => kept.bytes.extend_from_slice(bytes),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.keep(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        // A piece, so that one call copies no more than that.
        Ok(1 << 20)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Sink {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.keep(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_swallowed_and_noted() {
        let sink = Sink::new(4);
        sink.keep(b"abc");
        sink.keep(b"de");
        sink.keep(b"f");
        assert_eq!(sink.take(), (b"abcd".to_vec(), true));
        let exact = Sink::new(3);
        exact.keep(b"abc");
        assert_eq!(exact.take(), (b"abc".to_vec(), false));
    }
}
