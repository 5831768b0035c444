//! Time as an argument, so that tests never sleep.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

/// How late a jump of the machine's wall clock is noticed by who waits for a moment of it.
const LOOK: Duration = Duration::from_secs(30);

/// Ends when a clock says so.
pub type Wait<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Wall time for stamps, monotonic time for intervals.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The wall clock. It may jump.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment. It never goes back.
    fn monotonic(&self) -> Duration;

    /// Waits until the monotonic clock is at a moment. Whatever the wall clock does changes nothing.
    fn wait_until(&self, moment: Duration) -> Wait<'_>;

    /// Waits until the wall clock is at a moment or behind it, be it by a jump; set back, it waits longer.
    fn wait_until_wall(&self, moment: Timestamp) -> Wait<'_>;

    /// Waits for so long.
    fn wait(&self, time: Duration) -> Wait<'_> {
        self.wait_until(self.monotonic().saturating_add(time))
    }

    /// Milliseconds since 1970, as AWS's log events count.
    fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one home of the wall clock in the cloud half")]
    fn now(&self) -> Timestamp {
        // A clock outside of what jiff can hold (year -9999 to 9999) is treated as unset.
        Timestamp::try_from(std::time::SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn wait_until(&self, moment: Duration) -> Wait<'_> {
        Box::pin(async move {
            match self.start.checked_add(moment) {
                Some(end) => tokio::time::sleep_until(end.into()).await,
                // Beyond all that this clock can tell.
                None => std::future::pending().await,
            }
        })
    }

    fn wait_until_wall(&self, moment: Timestamp) -> Wait<'_> {
        Box::pin(async move {
            loop {
                let left = Duration::try_from(self.now().duration_until(moment)).unwrap_or_default();
                if left.is_zero() {
                    return;
                }
                // Nobody tells when that clock jumps.
                tokio::time::sleep(left.min(LOOK)).await;
            }
        })
    }
}

/// A clock that stands still until it is told otherwise.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<(Timestamp, Duration)>,
    changed: Notify,
    /// The moments of the monotonic clock that are waited for, with how many wait.
    awaited: Mutex<BTreeMap<Duration, usize>>,
}

/// Somebody waits for a moment of the monotonic clock.
struct Awaited<'a> {
    clock: &'a ManualClock,
    moment: Duration,
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        let mut awaited = self.clock.awaited();
        if let Some(count) = awaited.get_mut(&self.moment) {
            *count -= 1;
            if *count == 0 {
                awaited.remove(&self.moment);
            }
        }
    }
}

impl ManualClock {
    /// Starts at that moment.
    pub fn at(now: Timestamp) -> Self {
        Self { state: Mutex::new((now, Duration::ZERO)), changed: Notify::new(), awaited: Mutex::default() }
    }

    /// Lets both clocks go on, and ends the waits for what they come to.
    pub fn advance(&self, by: Duration) {
        let mut state = self.lock();
        let wall = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        state.0 = state.0.saturating_add(wall).unwrap_or(Timestamp::MAX);
        state.1 = state.1.saturating_add(by);
        drop(state);
        self.changed.notify_waiters();
    }

    /// Lets both clocks go on if somebody waits for a moment of the monotonic one that is to come. Whether that was so:
    /// where nobody does, others are still at work, and time that went on would be counted against them.
    pub fn advance_if_awaited(&self, by: Duration) -> bool {
        let now = self.monotonic();
        let is_awaited = self.awaited().last_key_value().is_some_and(|(moment, _)| *moment > now);
        if is_awaited {
            self.advance(by);
        }
        is_awaited
    }

    /// Moves the wall clock only, as an administrator or NTP would.
    pub fn jump_to(&self, now: Timestamp) {
        self.lock().0 = now;
        self.changed.notify_waiters();
    }

    /// Waits until what it shows is as wanted.
    async fn wait_for(&self, is_there: impl Fn(Timestamp, Duration) -> bool) {
        loop {
            // Listens before it looks, so that a change in between is not missed.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let (wall, monotonic) = *self.lock();
            if is_there(wall, monotonic) {
                return;
            }
            changed.await;
        }
    }

    fn awaited(&self) -> std::sync::MutexGuard<'_, BTreeMap<Duration, usize>> {
        self.awaited.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Timestamp, Duration)> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    /// 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at(Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.lock().0
    }

    fn monotonic(&self) -> Duration {
        self.lock().1
    }

    fn wait_until(&self, moment: Duration) -> Wait<'_> {
        Box::pin(async move {
            *self.awaited().entry(moment).or_default() += 1;
            let _awaited = Awaited { clock: self, moment };
            self.wait_for(move |_, monotonic| monotonic >= moment).await;
        })
    }

    fn wait_until_wall(&self, moment: Timestamp) -> Wait<'_> {
        Box::pin(self.wait_for(move |wall, _| wall >= moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_of_the_wall_clock_leaves_intervals_alone() {
        let clock = ManualClock::default();
        clock.advance(Duration::from_secs(5));
        clock.jump_to(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        assert_eq!(clock.monotonic(), Duration::from_secs(5));
    }

    #[tokio::test]
    async fn waits_end_when_the_clock_comes_to_them() {
        use futures_util::FutureExt;

        let clock = ManualClock::default();
        let day = SignedDuration::from_hours(24);
        let mut interval = clock.wait(Duration::from_secs(5));
        let mut moment = clock.wait_until_wall(clock.now().saturating_add(day).unwrap());
        assert!((&mut interval).now_or_never().is_none() && (&mut moment).now_or_never().is_none());
        clock.jump_to(clock.now().saturating_add(day).unwrap());
        assert!((&mut interval).now_or_never().is_none(), "a jump is no interval");
        assert!(moment.now_or_never().is_some());
        clock.advance(Duration::from_secs(5));
        assert!(interval.now_or_never().is_some());
    }

    #[tokio::test]
    async fn time_can_go_on_for_who_waits_alone() {
        use futures_util::FutureExt;

        let (clock, second) = (ManualClock::default(), Duration::from_secs(1));
        assert!(!clock.advance_if_awaited(second));
        let mut interval = clock.wait(2 * second);
        assert!(!clock.advance_if_awaited(second), "it was not polled yet");
        assert!((&mut interval).now_or_never().is_none());
        assert!(clock.advance_if_awaited(second) && clock.advance_if_awaited(second));
        assert!(!clock.advance_if_awaited(second), "its moment has come");
        drop(interval);
        assert!(clock.awaited().is_empty());
        assert_eq!(clock.monotonic(), 2 * second);
    }

    #[tokio::test]
    async fn the_machines_clock_ends_waits_too() {
        let clock = SystemClock::default();
        clock.wait(Duration::from_millis(1)).await;
        assert!(clock.monotonic() >= Duration::from_millis(1));
        clock.wait_until_wall(clock.now()).await;
    }
}
