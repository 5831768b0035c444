//! The socket with a deadline for each state it can wait in. It knows no HTTP beyond where a head begins.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::connection_limit::Ticket;
use crate::head::HeadWatch;
use crate::limits::Limits;
use crate::progress::{Phase, Progress};

/// A connection that fails with `TimedOut` when the other end keeps it waiting too long; holds its place at the limit.
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
    taking: Taking,
    lingering: Lingering,
    _ticket: Ticket,
}

/// What is taken and dropped of a body whose request was answered before its end. A socket that is closed with bytes
/// unread resets the connection, and the answer may be lost on its way.
#[derive(Debug)]
struct Lingering {
    time: Duration,
    bytes: u64,
    alarm: Alarm,
}

impl Lingering {
    fn poll<I: AsyncRead + Unpin>(&mut self, inner: &mut I, cx: &mut Context<'_>) -> Poll<()> {
        self.alarm.set_if_clear(self.time);
        let mut scratch = [0; 8 * 1024];
        while self.bytes > 0 && self.alarm.poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut *inner).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.bytes = self.bytes.saturating_sub(buffer.filled().len() as u64);
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(())
    }
}

/// How fast the other end takes what is written, over the time it was waited for.
#[derive(Debug)]
struct Taking {
    rate: u64,
    grace: Duration,
    taken: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl Taking {
    fn waits(&mut self) {
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    /// Notes that bytes were taken; false where it went too slowly.
    fn took(&mut self, bytes: u64) -> bool {
        self.taken += bytes;
        let Some(since) = self.waiting_since.take() else { return true };
        self.waited += since.elapsed();
        self.taken >= self.waited.saturating_sub(self.grace).as_secs() * self.rate
    }
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
            taking: Taking {
                rate: limits.write_rate,
                grace: limits.write_grace,
                taken: 0,
                waited: Duration::ZERO,
                waiting_since: None,
            },
            lingering: Lingering { time: limits.linger, bytes: limits.linger_bytes, alarm: Alarm::default() },
            _ticket: ticket,
        }
    }

    fn follow_progress(&mut self) {
        let (generation, phase) = self.progress.now();
        if generation == self.generation {
            return;
        }
        if phase == Phase::Idle && self.progress.has_unread_body() {
            // What comes is still of the last request, and no head: until that is over.
            self.stage = Stage::Open;
            self.read_alarm.set_if_clear(self.idle);
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
        if self.stage == Stage::Open && self.read_alarm.is_set {
            self.read_alarm.set(self.idle);
        }
        if self.stage == Stage::Head {
            self.watch.pass(bytes);
            if let Some(spelling) = self.watch.spelling() {
                self.progress.spelled(spelling);
            }
        }
    }

    /// Passes the outcome of a write of so many bytes on, failing it when the other end has taken nothing for too long
    /// or takes too slowly. What is upgraded has a measure of its own.
    fn written<T>(
        &mut self,
        outcome: Poll<io::Result<T>>,
        bytes: impl FnOnce(&T) -> usize,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(outcome) = outcome {
            self.write_alarm.clear();
            let taken = outcome.as_ref().map_or(0, bytes) as u64;
            let in_time = self.taking.took(taken) || self.progress.now().1 == Phase::Upgraded;
            return Poll::Ready(if in_time { outcome } else { Err(io::ErrorKind::TimedOut.into()) });
        }
        self.taking.waits();
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

impl<I: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TimedIo<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.written(outcome, |taken| *taken, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write_vectored(cx, slices);
        this.written(outcome, |taken| *taken, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_flush(cx);
        this.written(outcome, |()| 0, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
        if this.progress.has_unread_body() {
            ready!(this.lingering.poll(&mut this.inner, cx));
        }
        Poll::Ready(Ok(()))
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::connection_limit::ConnectionLimit;

    /// What is read of bytes that come after an answer.
    async fn check(unread: bool, sent: &str, expected: &str) {
        let (mut ours, theirs) = tokio::io::duplex(64);
        let ticket = ConnectionLimit::new(1, 1).enter([10, 0, 0, 1].into()).unwrap();
        let progress = ticket.progress();
        let mut io = TimedIo::new(theirs, progress.clone(), &Limits::default(), ticket);
        progress.enter(Phase::Serving);
        progress.body_goes_on(unread);
        progress.enter(Phase::Idle);
        let mut read = vec![0; sent.len()];
        ours.write_all(sent.as_bytes()).await.unwrap();
        io.read_exact(&mut read).await.unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), expected);
        // Once it is over the next head is one.
        progress.body_goes_on(false);
        ours.write_all(b"\nGET").await.unwrap();
        let mut read = [0; 4];
        io.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"\0GET");
    }

    #[tokio::test]
    async fn what_is_left_of_a_body_after_its_answer_is_read_as_it_was_sent() {
        check(true, "a\nb\n", "a\nb\n").await;
        check(false, "", "").await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_of_a_body_has_the_deadline_of_the_idle() {
        let (mut ours, theirs) = tokio::io::duplex(64);
        let ticket = ConnectionLimit::new(1, 1).enter([10, 0, 0, 1].into()).unwrap();
        let progress = ticket.progress();
        let mut io = TimedIo::new(theirs, progress.clone(), &Limits::default(), ticket);
        progress.enter(Phase::Serving);
        progress.body_goes_on(true);
        progress.enter(Phase::Idle);
        let start = Instant::now();
        for _ in 0..3 {
            ours.write_all(b"x").await.unwrap();
            io.read_exact(&mut [0]).await.unwrap();
            tokio::time::timeout(Duration::from_secs(50), io.read_exact(&mut [0])).await.unwrap_err();
        }
        assert_eq!(io.read_exact(&mut [0]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed().as_secs(), 160);
    }
}
