//! How functions have been doing in the last minutes: counted from what the cloud says of each invocation as it ends.
//!
//! Kept in memory, from the agent's start on; bounded in functions and in minutes, whatever is invoked. Of how long
//! invocations took there are counts by classes, each 5 % longer than the one before.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use protocol::configuration::{Figures, MINUTES, Minute};

/// Functions whose figures are kept: beyond them those that were invoked least recently are forgotten.
const MOST_FUNCTIONS: usize = 512;
/// How much longer the next class is.
const STEP: f64 = 1.05;
/// The end of the first class, in milliseconds.
const FIRST: f64 = 0.1;

/// What was heard of invocations.
pub(crate) struct Heard {
    since_ms: i64,
    functions: Mutex<HashMap<String, Functions>>,
}

/// The minutes of one function, by their number since 1970; none but the last.
type Functions = BTreeMap<i64, Counted>;

/// What was invoked within a minute.
#[derive(Clone, Default)]
struct Counted {
    calls: u64,
    errors: u64,
    /// How many took how long, by class.
    classes: BTreeMap<u16, u64>,
}

impl Heard {
    pub(crate) fn new(since_ms: i64) -> Self {
        Self { since_ms, functions: Mutex::default() }
    }

    /// An invocation of the function of that ARN ended.
    pub(crate) fn note(&self, arn: &str, at_ms: i64, duration_ms: f64, failed: bool) {
        let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        if !functions.contains_key(arn) && functions.len() >= MOST_FUNCTIONS {
            let last = |minutes: &Functions| minutes.keys().next_back().copied();
            let oldest =
                functions.iter().min_by_key(|(_, minutes)| last(minutes)).map(|(arn, _)| arn.clone());
            functions.remove(&oldest.unwrap_or_default());
        }
        let minute = at_ms.div_euclid(60_000);
        let minutes = functions.entry(arn.to_owned()).or_default();
        let counted = minutes.entry(minute).or_default();
        counted.calls += 1;
        counted.errors += u64::from(failed);
        *counted.classes.entry(class(duration_ms)).or_default() += 1;
        while minutes.len() > MINUTES {
            minutes.pop_first();
        }
    }

    /// How a function has been doing until now.
    pub(crate) fn figures(&self, arn: &str, now_ms: i64) -> Figures {
        let functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now_ms.div_euclid(60_000);
        let counted = |minute: i64| functions.get(arn).and_then(|minutes| minutes.get(&minute)).cloned();
        let minutes: Vec<_> =
            (now - MINUTES as i64 + 1..=now).map(|minute| counted(minute).unwrap_or_default()).collect();
        let all = minutes.iter().fold(Counted::default(), Counted::with).shown();
        Figures { since_ms: self.since_ms, minutes: minutes.iter().map(Counted::shown).collect(), all }
    }
}

impl Counted {
    fn with(mut self, other: &Self) -> Self {
        self.calls += other.calls;
        self.errors += other.errors;
        for (class, count) in &other.classes {
            *self.classes.entry(*class).or_default() += count;
        }
        self
    }

    fn shown(&self) -> Minute {
        let wanted = (self.calls * 95).div_ceil(100);
        let mut passed = 0;
        let reached = self.classes.iter().find(|(_, count)| {
            passed += **count;
            passed >= wanted
        });
        Minute { calls: self.calls, errors: self.errors, p95_ms: reached.map(|(class, _)| end_of(*class)) }
    }
}

/// The class of a duration. What is no number of time is in the first.
fn class(duration_ms: f64) -> u16 {
    // A cast of what is below 0, or no number, is 0.
    (duration_ms / FIRST).log(STEP).ceil() as u16
}

/// Its longest duration.
fn end_of(class: u16) -> f64 {
    FIRST * STEP.powi(i32::from(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_767_225_600_000;

    fn check(noted: &[(i64, f64, bool)], expected: (u64, u64), p95: Option<f64>) {
        let heard = Heard::new(NOW);
        for (ago, duration, failed) in noted {
            heard.note("f", NOW - ago * 60_000, *duration, *failed);
        }
        let figures = heard.figures("f", NOW);
        assert_eq!(figures.minutes.len(), MINUTES);
        assert_eq!((figures.all.calls, figures.all.errors), expected, "{noted:?}");
        match (figures.all.p95_ms, p95) {
            (Some(found), Some(wanted)) => {
                assert!(found >= wanted && found <= wanted * STEP, "{found} {wanted}");
            }
            (found, wanted) => assert_eq!(found, wanted),
        }
    }

    #[test]
    fn what_is_heard_is_counted_by_the_minute() {
        check(&[], (0, 0), None);
        check(&[(0, 12.5, false), (3, 100.0, true)], (2, 1), Some(100.0));
        check(&[(14, 1.0, false), (15, 900_000.0, true)], (1, 0), Some(1.0));
        check(&[(0, 0.0, false), (0, -1.0, false), (0, f64::NAN, false)], (3, 0), Some(FIRST));
    }

    #[test]
    fn one_of_twenty_may_take_longer() {
        let mut many = vec![(1, 10.0, false); 19];
        check(&many, (19, 0), Some(10.0));
        many.push((2, 5000.0, false));
        check(&many, (20, 0), Some(10.0));
        many.push((2, 5000.0, false));
        check(&many, (21, 0), Some(5000.0));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let heard = Heard::new(0);
        for minute in 0..100 {
            heard.note("f", minute * 60_000, 1.0, false);
        }
        for number in 0..2 * MOST_FUNCTIONS as i64 {
            heard.note(&format!("g{number}"), 7_000_000 + number, 1.0, false);
        }
        let functions = heard.functions.lock().unwrap();
        assert_eq!(functions.len(), MOST_FUNCTIONS);
        assert!(!functions.contains_key("f") && functions.values().all(|minutes| minutes.len() <= MINUTES));
    }
}
