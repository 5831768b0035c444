//! A time that goes on over restarts and never back: what intervals that outlive a process are measured in.
//!
//! Within a process it goes with the monotonic clock, so that the wall clock may jump as it likes. A process that begins
//! takes the wall clock's time, or the last that was kept where that is later: time during which nothing ran has passed,
//! unless the wall clock was set back meanwhile; then none has.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Clock, Context};

/// In milliseconds, about since 1970. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Timeline {
    clock: Arc<dyn Clock>,
    base: u64,
    since: Duration,
}

impl Timeline {
    /// Goes on from what was kept last: who opens it again keeps what [`Timeline::now`] said when something was to wait.
    pub fn resume(context: &Context, kept: u64) -> Self {
        let clock = context.shared_clock();
        let wall = u64::try_from(clock.now_ms()).unwrap_or(0);
        let since = clock.monotonic();
        Self { clock, base: wall.max(kept), since }
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The time.
    pub fn now(&self) -> u64 {
        self.base.saturating_add(millis(self.clock.monotonic().saturating_sub(self.since)))
    }

    /// When the monotonic clock will have come to a time.
    pub fn moment(&self, time: u64) -> Duration {
        self.since.saturating_add(Duration::from_millis(time.saturating_sub(self.base)))
    }
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_and_never_back() {
        let (context, clock) = Context::for_test("/nowhere");
        let start = 1_767_225_600_000;
        let timeline = Timeline::resume(&context, 0);
        assert_eq!(timeline.now(), start);
        clock.advance(Duration::from_secs(1));
        clock.jump_to(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(timeline.now(), start + 1000, "a jump is nothing to it");
        assert_eq!(timeline.moment(start + 5000), Duration::from_secs(5));
        let later = Timeline::resume(&context, start + 1000);
        assert_eq!(later.now(), start + 1000, "the wall clock was set back while nothing ran");
    }
}
