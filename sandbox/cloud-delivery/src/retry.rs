//! How often and when a delivery is tried again. Data: what AWS's services do differs in nothing else.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// When a delivery is tried again. All times in milliseconds.
///
/// A failure is an attempt that the target took and answered with an error of the function's. A refusal for the time being
/// is one that it did not take. They are counted apart, as Lambda does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// How long to wait after each failure; after as many failures as there are waits, the next is the last.
    pub failures: Vec<u64>,
    /// How long to wait after the first refusal. Twice as long after each further one.
    pub backoff: u64,
    /// The longest of these waits.
    pub most_backoff: u64,
    /// How many refusals may follow one another before the next is the end; no bound where there is none.
    pub refusals: Option<u32>,
    /// What is older than this is not delivered any more; what would be so when its next attempt comes is given up.
    pub max_age: u64,
}

impl Default for Retry {
    /// Tries for a day: no more after a failure, after a refusal with waits from one second to five minutes.
    // AWS: EventBridge's default is 24 hours.
    fn default() -> Self {
        Self {
            failures: Vec::new(),
            backoff: 1000,
            most_backoff: 300_000,
            refusals: None,
            max_age: 24 * 3_600_000,
        }
    }
}

impl Retry {
    /// The wait after a failure, if it is not the last.
    pub(crate) fn after_failure(&self, failures_before: u32) -> Option<Duration> {
        self.failures.get(failures_before as usize).copied().map(Duration::from_millis)
    }

    /// The wait after a refusal, if it is not the last.
    pub fn after_refusal(&self, refusals_before: u32) -> Option<Duration> {
        if self.refusals.is_some_and(|most| refusals_before >= most) {
            return None;
        }
        let factor = 1_u64.checked_shl(refusals_before).unwrap_or(u64::MAX);
        let wait = self.backoff.max(1).saturating_mul(factor).min(self.most_backoff.max(self.backoff));
        Some(Duration::from_millis(wait))
    }

    /// Whether an event of that age may wait so long.
    pub(crate) fn allows(&self, age: u64, wait: Duration) -> bool {
        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        age.saturating_add(wait) <= self.max_age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(retry: &Retry, refusals_before: u32, expected: Option<u64>) {
        assert_eq!(retry.after_refusal(refusals_before), expected.map(Duration::from_millis));
    }

    #[test]
    fn waits_double_up_to_the_most() {
        let retry = Retry::default();
        for (before, wait) in
            [(0, 1000), (1, 2000), (8, 256_000), (9, 300_000), (63, 300_000), (400, 300_000)]
        {
            check(&retry, before, Some(wait));
        }
        let twice = Retry { refusals: Some(2), ..Retry::default() };
        check(&twice, 1, Some(2000));
        check(&twice, 2, None);
    }

    #[test]
    fn age_counts_with_the_wait() {
        let retry = Retry { max_age: 5000, ..Retry::default() };
        assert!(retry.allows(4000, Duration::from_secs(1)));
        assert!(!retry.allows(4001, Duration::from_secs(1)));
    }
}
