//! The socket with a deadline for each state it can wait in. It knows no HTTP beyond where a head begins.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::gate::Ticket;
use crate::head::HeadWatch;
use crate::limits::Limits;
use crate::progress::{Phase, Progress};

/// A connection that fails with `TimedOut` when the other end keeps it waiting too long; holds its place at the gate.
#[derive(Debug)]
pub(crate) struct TimedIo<I> {
    inner: I,
    progress: Progress,
    generation: u64,
    stage: Stage,
    watch: HeadWatch,
    read_alarm: Alarm,
    write_alarm: Alarm,
    head: Duration,
    idle: Duration,
    write_stall: Duration,
    _ticket: Ticket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing of the next request has come.
    Quiet,
    /// A part of a head has come.
    Head,
    /// Reading is somebody else's matter: a body's, an upgraded protocol's.
    Open,
}

impl<I> TimedIo<I> {
    /// Starts the clock for the first byte.
    pub(crate) fn new(inner: I, progress: Progress, limits: &Limits, ticket: Ticket) -> Self {
        let mut read_alarm = Alarm::default();
        read_alarm.set(limits.first_byte);
        Self {
            inner,
            generation: progress.now().0,
            progress,
            stage: Stage::Quiet,
            watch: HeadWatch::default(),
            read_alarm,
            write_alarm: Alarm::default(),
            head: limits.head,
            idle: limits.idle,
            write_stall: limits.write_stall,
            _ticket: ticket,
        }
    }

    fn follow_progress(&mut self) {
        let (generation, phase) = self.progress.now();
        if generation == self.generation {
            return;
        }
        self.generation = generation;
        if phase == Phase::Idle {
            self.stage = Stage::Quiet;
            self.read_alarm.set(self.idle);
        } else {
            self.stage = Stage::Open;
            self.read_alarm.clear();
        }
    }

    fn received(&mut self, bytes: &mut [u8]) {
        if self.stage == Stage::Quiet && !bytes.is_empty() {
            self.stage = Stage::Head;
            self.watch = HeadWatch::default();
            self.read_alarm.set(self.head);
        }
        if self.stage == Stage::Head {
            self.watch.pass(bytes);
            if let Some(spelling) = self.watch.spelling() {
                self.progress.spelled(spelling);
            }
        }
    }

    /// Passes the outcome of a write on, failing it when the other end has taken nothing for too long.
    fn written<T>(&mut self, outcome: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.write_alarm.clear();
            return outcome;
        }
        self.write_alarm.set_if_clear(self.write_stall);
        self.write_alarm.poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for TimedIo<I> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.follow_progress();
        let before = buf.filled().len();
        match Pin::new(&mut this.inner).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                let (_, new) = buf.filled_mut().split_at_mut(before);
                this.received(new);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => this.read_alarm.poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into())),
        }
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for TimedIo<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.written(outcome, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write_vectored(cx, slices);
        this.written(outcome, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_flush(cx);
        this.written(outcome, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

/// A timer that is made when first needed and then reused.
#[derive(Debug, Default)]
struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    is_set: bool,
}

impl Alarm {
    fn set(&mut self, after: Duration) {
        let deadline = Instant::now() + after;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(deadline),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(deadline))),
        }
        self.is_set = true;
    }

    fn set_if_clear(&mut self, after: Duration) {
        if !self.is_set {
            self.set(after);
        }
    }

    fn clear(&mut self) {
        self.is_set = false;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.is_set => sleep.as_mut().poll(cx),
            _ => Poll::Pending,
        }
    }
}
