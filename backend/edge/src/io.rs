//! The socket with a deadline for each state it can wait in. Of HTTP it knows only what `Watch` tells.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::connection_limit::Ticket;
use crate::limits::Limits;
use crate::progress::{Phase, Progress};
use crate::watch::Watch;

/// A connection that fails with `TimedOut` when the other end keeps it waiting too long; holds its place at the limit.
#[derive(Debug)]
pub(crate) struct TimedIo<I> {
    inner: I,
    progress: Progress,
    generation: u64,
    watch: Watch,
    /// What came and may not be handed on yet; no more than one read.
    held: BytesMut,
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

impl<I> TimedIo<I> {
    /// Starts the clock for the first byte.
    pub(crate) fn new(inner: I, progress: Progress, limits: &Limits, ticket: Ticket) -> Self {
        let mut read_alarm = Alarm::default();
        read_alarm.set(limits.first_byte);
        Self {
            inner,
            generation: progress.now().0,
            progress,
            watch: Watch::default(),
            held: BytesMut::new(),
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
        if let Some(framing) = self.progress.take_framing() {
            self.watch.head_read(framing);
        }
        let (generation, phase) = self.progress.now();
        match phase {
            Phase::Idle => self.watch.answered(),
            Phase::Serving => {}
            Phase::Upgraded => self.watch.upgraded(),
        }
        if generation == self.generation {
            return;
        }
        self.generation = generation;
        if phase == Phase::Idle {
            self.read_alarm.set(self.idle);
        } else {
            self.read_alarm.clear();
        }
    }

    /// How many of these bytes may be handed on now.
    fn received(&mut self, bytes: &mut [u8]) -> usize {
        let begins = self.watch.is_before_a_head();
        let of_body = self.watch.is_in_a_body();
        let (given, spelling) = self.watch.pass(bytes);
        if let Some(spelling) = spelling {
            self.progress.spelled(spelling);
        }
        if given > 0 && begins {
            self.read_alarm.set(self.head);
        } else if given > 0 && of_body && self.read_alarm.is_set {
            // What is left of a body whose request was answered.
            self.read_alarm.set(self.idle);
        }
        given
    }

    /// Hands on what is held, as far as that may be and there is room.
    fn give_held(&mut self, buf: &mut ReadBuf<'_>) {
        let mut held = std::mem::take(&mut self.held);
        let room = held.len().min(buf.remaining());
        let given = self.received(&mut held[..room]);
        buf.put_slice(&held[..given]);
        held.advance(given);
        if !held.is_empty() {
            self.held = held;
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
        if this.watch.is_lost() {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        let before = buf.filled().len();
        if !this.held.is_empty() {
            this.give_held(buf);
        } else if let Poll::Ready(outcome) = Pin::new(&mut this.inner).poll_read(cx, buf) {
            let (_, new) = buf.filled_mut().split_at_mut(before);
            if outcome.is_err() || new.is_empty() {
                return Poll::Ready(outcome);
            }
            let given = this.received(new);
            this.held.extend_from_slice(&new[given..]);
            buf.set_filled(before + given);
        }
        if buf.filled().len() > before {
            return Poll::Ready(Ok(()));
        }
        if !this.held.is_empty() {
            this.progress.hold(cx.waker());
        }
        this.read_alarm.poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

    use super::*;
    use crate::connection_limit::ConnectionLimit;
    use crate::watch::Framing;

    /// A socket on whose other end a head has come and was read, behind which a body is framed so.
    async fn behind_a_head(framing: Framing) -> (DuplexStream, TimedIo<DuplexStream>, Progress) {
        let (mut ours, theirs) = tokio::io::duplex(64);
        let ticket = ConnectionLimit::new(1, 1).enter([10, 0, 0, 1].into()).unwrap();
        let progress = ticket.progress();
        let mut io = TimedIo::new(theirs, progress.clone(), &Limits::default(), ticket);
        ours.write_all(HEAD).await.unwrap();
        io.read_exact(&mut [0; HEAD.len()]).await.unwrap();
        progress.head_read(framing);
        (ours, io, progress)
    }

    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nA: b\r\n\r\n";

    #[tokio::test(start_paused = true)]
    async fn what_is_left_of_a_body_after_its_answer_is_read_as_it_was_sent() {
        let (mut ours, mut io, progress) = behind_a_head(Framing::Length(4)).await;
        progress.enter(Phase::Idle);
        // The next head is one, however it comes.
        ours.write_all(b"a\nb\n\nGET").await.unwrap();
        let mut read = [0; 8];
        io.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"a\nb\n\0GET");
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_behind_a_request_waits_for_its_answer() {
        for (phase, expected) in [(Phase::Idle, b"\0x"), (Phase::Upgraded, b"\nx")] {
            let (mut ours, mut io, progress) = behind_a_head(Framing::Length(0)).await;
            ours.write_all(b"\nx").await.unwrap();
            let mut read = [0; 2];
            let mut reading = Box::pin(io.read_exact(&mut read));
            tokio::time::timeout(Duration::from_secs(1000), reading.as_mut()).await.unwrap_err();
            progress.enter(phase);
            reading.await.unwrap();
            assert_eq!(&read, expected, "{phase:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_hangs_up_is_noticed_while_the_answer_is_awaited() {
        let (ours, mut io, _progress) = behind_a_head(Framing::Length(0)).await;
        drop(ours);
        assert_eq!(io.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn blank_lines_do_not_begin_a_heads_time_anew() {
        let (mut ours, mut io, progress) = behind_a_head(Framing::Length(0)).await;
        progress.enter(Phase::Idle);
        let start = Instant::now();
        for _ in 0..2 {
            ours.write_all(b"\r\n").await.unwrap();
            io.read_exact(&mut [0; 2]).await.unwrap();
            let _ = tokio::time::timeout(Duration::from_secs(6), io.read_exact(&mut [0])).await;
        }
        assert_eq!(start.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_of_a_body_has_the_deadline_of_the_idle() {
        let (mut ours, mut io, progress) = behind_a_head(Framing::Length(9)).await;
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
