//! Bodies with a clock: a request's must keep coming, a response's tells when the exchange is over.
//! How large a body may be is the route's business.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use thiserror::Error;
use tokio::time::{Instant, Sleep};

use crate::BoxError;
use crate::limits::Limits;
use crate::progress::{Phase, Progress};

/// Why a request's body ended early.
#[derive(Debug, Error)]
pub enum BodyError {
    /// Nothing came for the time a body may pause.
    #[error("the request's body stopped coming")]
    Stalled,
    /// It came more slowly than a body may.
    #[error("the request's body came too slowly")]
    TooSlow,
    /// The connection broke or the body was malformed.
    #[error("failed to read the request's body")]
    Broken(#[source] BoxError),
}

/// A request's body that fails when it stalls or trickles.
#[derive(Debug)]
pub struct RequestBody<B = Incoming> {
    inner: B,
    pace: Pace,
    progress: Progress,
}

impl<B: Body> RequestBody<B> {
    pub(crate) fn new(inner: B, limits: &Limits, progress: Progress) -> Self {
        progress.body_goes_on(!inner.is_end_stream());
        Self { inner, pace: Pace::new(limits), progress }
    }
}

impl<B> Body for RequestBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let polled = match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                Some(this.pace.arrived(length as u64).map(|()| frame))
            }
            Poll::Ready(Some(Err(error))) => Some(Err(BodyError::Broken(error.into()))),
            Poll::Ready(None) => None,
            Poll::Pending => {
                ready!(this.pace.poll_stall(cx));
                Some(Err(BodyError::Stalled))
            }
        };
        // One that broke off or does not come is not waited for any more. One that is too slow still comes: it is taken for
        // a while, so that its sender hears why.
        let comes = matches!(polled, Some(Ok(_) | Err(BodyError::TooSlow)));
        let goes_on = comes && !this.inner.is_end_stream();
        this.progress.body_goes_on(goes_on);
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Measures a body over the time it was waited for; time that the handler takes for itself is not held against it.
#[derive(Debug)]
struct Pace {
    idle: Duration,
    grace: Duration,
    rate: u64,
    received: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    fn new(limits: &Limits) -> Self {
        Self {
            idle: limits.body_idle,
            grace: limits.body_grace,
            rate: limits.body_rate,
            received: 0,
            waited: Duration::ZERO,
            waiting_since: None,
            alarm: None,
        }
    }

    fn arrived(&mut self, length: u64) -> Result<(), BodyError> {
        self.alarm = None;
        self.received += length;
        if let Some(since) = self.waiting_since.take() {
            self.waited += since.elapsed();
        }
        let due = self.waited.saturating_sub(self.grace).as_secs() * self.rate;
        if self.received < due { Err(BodyError::TooSlow) } else { Ok(()) }
    }

    fn poll_stall(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        let idle = self.idle;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(since + idle)));
        alarm.as_mut().poll(cx)
    }
}

/// A response's body; when hyper lets go of it the connection is idle again. Without an inner body it is empty.
#[derive(Debug)]
pub struct ResponseBody<B> {
    inner: Option<B>,
    progress: Option<Progress>,
}

impl<B> ResponseBody<B> {
    /// A body whose end is the end of the exchange.
    pub(crate) fn closing(inner: Option<B>, progress: Progress) -> Self {
        Self { inner, progress: Some(progress) }
    }

    /// The body of an answer after which the connection speaks another protocol.
    pub(crate) fn of_upgrade(inner: Option<B>) -> Self {
        Self { inner, progress: None }
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match &mut self.get_mut().inner {
            Some(inner) => Pin::new(inner).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or(SizeHint::with_exact(0), B::size_hint)
    }
}

impl<B> Drop for ResponseBody<B> {
    fn drop(&mut self) {
        if let Some(progress) = &self.progress {
            progress.enter(Phase::Idle);
        }
    }
}
