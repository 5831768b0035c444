//! Wall-clock time for stamps and expiries. Intervals are measured with tokio's monotonic clock instead.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What time it is; a test brings its own.
pub trait Clock: Send + Sync + 'static {
    /// Time since the Unix epoch.
    fn now(&self) -> Duration;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the server's one home of the wall clock")]
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}
