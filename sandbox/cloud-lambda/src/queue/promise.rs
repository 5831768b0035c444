//! An event that was acknowledged: what is known of it without its payload, and what becomes of it after a try. Pure.

use serde::{Deserialize, Serialize};

use crate::names::FunctionName;

// AWS: "Lambda … retries the function two more times, with a one-minute wait before the first two attempts, and two
// minutes between the second and third".
const WAITS_MS: [i64; 2] = [60_000, 120_000];

// AWS: an event is kept for up to six hours.
const MAX_AGE_MS: i64 = 6 * 3_600_000;

// AWS: after throttling and system errors the wait "increases exponentially from 1 second … to a maximum of 5 minutes".
const MAX_BACKOFF_MS: i64 = 300_000;

/// An event whose service ended this often while it was just being run again is not run once more.
const MAX_CRASHES: u32 = 2;

/// An event that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Promise {
    pub(crate) request_id: String,
    pub(crate) function: String,
    pub(crate) qualifier: Option<String>,
    /// Size of the payload.
    #[serde(default)]
    pub(crate) bytes: u64,
    pub(crate) accepted_ms: i64,
    /// By the wall clock, which may jump: only a process that begins anew looks at it.
    pub(crate) due_ms: i64,
    /// How long it was to wait when that was written.
    #[serde(default)]
    pub(crate) wait_ms: i64,
    /// Times that the function failed.
    pub(crate) failures: usize,
    /// Times that it could not be run.
    pub(crate) refusals: u32,
    /// Times that it was begun again after a start and that the process did not live to tell more.
    #[serde(default)]
    pub(crate) crashes: u32,
    /// An earlier process promised it: it may be what ended that.
    #[serde(skip)]
    pub(super) resumed: bool,
}

/// What is to be done after a try.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Done,
    /// After so many milliseconds.
    Retry(i64),
    GiveUp(&'static str),
}

impl Promise {
    pub(super) fn new(request_id: String, function: FunctionName, bytes: u64, now_ms: i64) -> Self {
        Self {
            request_id,
            function: function.name,
            qualifier: function.qualifier,
            bytes,
            accepted_ms: now_ms,
            due_ms: now_ms,
            wait_ms: 0,
            failures: 0,
            refusals: 0,
            crashes: 0,
            resumed: false,
        }
    }

    pub(super) fn after_failure(&mut self, age_ms: i64) -> Next {
        let Some(wait) = WAITS_MS.get(self.failures) else { return Next::GiveUp("RetriesExhausted") };
        self.failures += 1;
        wait_unless_too_old(age_ms, *wait)
    }

    pub(super) fn after_refusal(&mut self, age_ms: i64) -> Next {
        let wait = 1000_i64.checked_shl(self.refusals).unwrap_or(MAX_BACKOFF_MS).clamp(1000, MAX_BACKOFF_MS);
        self.refusals = (self.refusals + 1).min(20);
        wait_unless_too_old(age_ms, wait)
    }

    /// Notes that it waits again.
    pub(super) fn postpone(&mut self, now_ms: i64, wait_ms: i64) {
        (self.due_ms, self.wait_ms) = (now_ms.saturating_add(wait_ms), wait_ms);
        self.clear();
    }

    /// How long it still has to wait in a process that begins now: never longer than it was to, should the clock have
    /// been set back.
    pub(super) fn left_ms(&self, now_ms: i64) -> i64 {
        self.due_ms.saturating_sub(now_ms).clamp(0, self.wait_ms.clamp(0, MAX_BACKOFF_MS))
    }

    /// How old it is in a process that begins now.
    pub(super) fn age_ms(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.accepted_ms).clamp(0, MAX_AGE_MS)
    }

    /// Notes that the process lived on.
    pub(super) fn clear(&mut self) {
        (self.crashes, self.resumed) = (0, false);
    }

    /// Whether it seems to be what ends the process.
    pub(super) fn is_suspect(&self) -> bool {
        self.crashes > 0
    }

    pub(super) fn is_dead(&self) -> bool {
        self.crashes >= MAX_CRASHES
    }
}

fn wait_unless_too_old(age_ms: i64, wait_ms: i64) -> Next {
    if age_ms.saturating_add(wait_ms) > MAX_AGE_MS {
        Next::GiveUp("EventAgeExceeded")
    } else {
        Next::Retry(wait_ms)
    }
}

#[cfg(test)]
pub(super) fn promise(request_id: &str, function: &str) -> Promise {
    let function = FunctionName { name: function.into(), qualifier: None };
    Promise::new(request_id.into(), function, 2, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_event_is_tried_three_times() {
        let mut promise = promise("id", "f");
        assert_eq!(promise.after_failure(0), Next::Retry(60_000));
        assert_eq!(promise.after_failure(60_000), Next::Retry(120_000));
        assert_eq!(promise.after_failure(180_000), Next::GiveUp("RetriesExhausted"));
    }

    #[test]
    fn a_throttled_event_waits_longer_and_longer_for_six_hours() {
        let mut promise = promise("id", "f");
        let mut age = 0;
        let mut tries = 0;
        while let Next::Retry(wait) = promise.after_refusal(age) {
            assert!((1000..=MAX_BACKOFF_MS).contains(&wait));
            age += wait;
            tries += 1;
        }
        assert!((70..90).contains(&tries), "{tries}");
    }

    #[test]
    fn a_clock_set_back_makes_nobody_wait_longer() {
        let mut promise = promise("id", "f");
        promise.postpone(1_000_000, 60_000);
        assert_eq!(promise.left_ms(1_010_000), 50_000);
        assert_eq!(promise.left_ms(1_000_000 - 86_400_000), 60_000, "a day back");
        assert_eq!(promise.left_ms(2_000_000), 0);
        assert_eq!((promise.age_ms(-5), promise.age_ms(7)), (0, 7));
    }

    #[test]
    fn what_ended_the_process_twice_is_dead() {
        let mut promise = promise("id", "f");
        assert!(!promise.is_suspect());
        promise.crashes = 1;
        assert!(promise.is_suspect() && !promise.is_dead());
        promise.crashes = 2;
        assert!(promise.is_dead());
        promise.postpone(0, 1);
        assert!(!promise.is_suspect(), "it lived to tell");
    }
}
