//! Bytes over time: how much may be written for a source, which an idle moment saves up for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Source;

/// How many sources are told apart at once; when there are more, those that have been quiet longest start anew.
const SOURCES: usize = 4096;

/// So many bytes a second for each source, and so many at once after a quiet time.
///
/// ```
/// # use budget::{Rate, Source};
/// # use std::time::Duration;
/// let lines = Rate::new(100, 250);
/// let (source, start) = (Source::named("function", "f"), Duration::ZERO);
/// assert!(lines.spend(&source, 250, start));
/// assert!(!lines.spend(&source, 1, start), "all is spent");
/// assert!(lines.spend(&source, 100, start + Duration::from_secs(1)));
/// ```
#[derive(Debug)]
pub struct Rate {
    per_second: u64,
    burst: u64,
    accounts: Mutex<HashMap<Source, Account>>,
}

#[derive(Clone, Copy, Debug)]
struct Account {
    /// What may still be spent, in billionths of a byte: so no rounding is lost between two calls.
    left: u128,
    at: Duration,
}

const NANOS: u128 = 1_000_000_000;

impl Rate {
    /// `per_second` bytes a second for each source, at most `burst` at once.
    pub fn new(per_second: u64, burst: u64) -> Self {
        Self { per_second, burst, accounts: Mutex::default() }
    }

    /// Spends bytes of a source's if it has so many; else spends none. `now` is any clock that never goes back.
    pub fn spend(&self, source: &Source, bytes: u64, now: Duration) -> bool {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= SOURCES && !accounts.contains_key(source) {
            forget_quiet(&mut accounts);
        }
        let full = Account { left: u128::from(self.burst) * NANOS, at: now };
        let account = accounts.entry(source.clone()).or_insert(full);
        let gained = now.saturating_sub(account.at).as_nanos().saturating_mul(u128::from(self.per_second));
        let left = account.left.saturating_add(gained).min(full.left);
        let cost = u128::from(bytes) * NANOS;
        *account = Account { left: left.checked_sub(cost).unwrap_or(left), at: now.max(account.at) };
        left >= cost
    }
}

/// Drops the half that has been quiet longest.
fn forget_quiet(accounts: &mut HashMap<Source, Account>) {
    let mut times: Vec<Duration> = accounts.values().map(|account| account.at).collect();
    let middle = times.len() / 2;
    let (_, middle, _) = times.select_nth_unstable(middle);
    let middle = *middle;
    let mut surplus = SOURCES / 2;
    accounts.retain(|_, account| {
        let keep = account.at > middle || surplus == 0;
        surplus -= usize::from(!keep);
        keep
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(number: usize) -> Source {
        Source::named("test", number.to_string())
    }

    proptest! {
        #[test]
        fn no_source_gets_more_than_its_rate_and_none_pays_for_another(
            spends in prop::collection::vec((0..3_usize, 0..400_u64, 0..3000_u64), 0..100),
        ) {
            let rate = Rate::new(100, 250);
            let mut now = Duration::ZERO;
            let mut granted = [0; 3];
            for (who, bytes, pause) in spends {
                now += Duration::from_millis(pause);
                granted[who] += if rate.spend(&source(who), bytes, now) { bytes } else { 0 };
                prop_assert!(u128::from(granted[who]) * 1000 <= 250_000 + now.as_millis() * 100);
            }
            let quiet = rate.spend(&source(7), 250, now);
            prop_assert!(quiet, "a quiet source has its burst");
        }
    }

    #[test]
    fn a_clock_that_stands_still_or_goes_back_earns_nothing() {
        let rate = Rate::new(100, 100);
        assert!(rate.spend(&source(1), 100, Duration::from_secs(5)));
        assert!(!rate.spend(&source(1), 1, Duration::from_secs(4)));
        assert!(!rate.spend(&source(1), 1, Duration::from_secs(5)));
        assert!(rate.spend(&source(1), 100, Duration::from_secs(6)));
    }

    #[test]
    fn sources_without_end_are_bounded_and_the_busy_one_stays_known() {
        let rate = Rate::new(1, 10);
        for number in 0..5 * SOURCES {
            let now = Duration::from_micros(number as u64);
            assert!(rate.spend(&source(number + 1), 10, now));
            let again = rate.spend(&source(0), 10, now);
            assert_eq!(again, number == 0, "at {number}");
        }
        assert!(rate.accounts.lock().unwrap().len() <= SOURCES);
    }
}
