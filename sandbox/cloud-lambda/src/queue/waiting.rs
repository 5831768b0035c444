//! The events that wait and run, in memory without their payloads: which one is next. Pure: time is an argument, and
//! monotonic.
//!
//! Fair: the next event is of the function of which fewest run, and one function never has all places.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use cloud_core::budget::Reservation;

use super::promise::Promise;

/// The events.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    events: HashMap<String, Held>,
    functions: BTreeMap<String, Line>,
}

#[derive(Debug)]
struct Held {
    promise: Promise,
    /// Its age at `since`.
    age: Duration,
    since: Duration,
    /// Its part of what may wait in all.
    _room: Option<Reservation>,
}

/// The events of one function.
#[derive(Debug, Default)]
struct Line {
    due: BTreeSet<(Duration, String)>,
    running: usize,
}

impl Waiting {
    /// Takes an event in: it is that old, and due at that moment or, without one, begun already.
    pub(super) fn insert(
        &mut self,
        promise: Promise,
        now: Duration,
        age: Duration,
        due: Option<Duration>,
        room: Option<Reservation>,
    ) {
        let id = promise.request_id.clone();
        let line = self.line(&promise.function);
        match due {
            Some(due) => drop(line.due.insert((due, id.clone()))),
            None => line.running += 1,
        }
        self.events.insert(id, Held { promise, age, since: now, _room: room });
    }

    /// Begins the next event that is due, if a function has one and fewer than `most` of it run.
    pub(super) fn begin(&mut self, now: Duration, most: usize) -> Option<Promise> {
        let ready = |line: &Line| line.running < most && line.due.first().is_some_and(|(due, _)| *due <= now);
        let lines = self.functions.values_mut().filter(|line| ready(line));
        let line = lines.min_by_key(|line| (line.running, line.due.first().map(|(due, _)| *due)))?;
        let (_, id) = line.due.pop_first()?;
        line.running += 1;
        self.events.get(&id).map(|held| held.promise.clone())
    }

    /// How old an event is, in milliseconds.
    pub(super) fn age_ms(&self, id: &str, now: Duration) -> i64 {
        let age = self.events.get(id).map(|held| held.age + now.saturating_sub(held.since));
        i64::try_from(age.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
    }

    /// An event that was begun waits again.
    pub(super) fn again(&mut self, promise: Promise, due: Duration) {
        let line = self.line(&promise.function);
        line.running = line.running.saturating_sub(1);
        line.due.insert((due, promise.request_id.clone()));
        if let Some(held) = self.events.get_mut(&promise.request_id) {
            held.promise = promise;
        }
    }

    /// An event that was begun is dealt with.
    pub(super) fn end(&mut self, promise: &Promise) {
        self.events.remove(&promise.request_id);
        let line = self.line(&promise.function);
        line.running = line.running.saturating_sub(1);
        if line.running == 0 && line.due.is_empty() {
            self.functions.remove(&promise.function);
        }
    }

    fn line(&mut self, function: &str) -> &mut Line {
        self.functions.entry(function.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::promise::promise;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn waiting(events: &[(&str, &str, u32)]) -> Waiting {
        let mut waiting = Waiting::default();
        for (id, function, due) in events {
            waiting.insert(promise(id, function), Duration::ZERO, Duration::ZERO, Some(SECOND * *due), None);
        }
        waiting
    }

    fn begun(waiting: &mut Waiting, now: u32, most: usize) -> Vec<String> {
        std::iter::from_fn(|| waiting.begin(SECOND * now, most)).map(|promise| promise.request_id).collect()
    }

    #[test]
    fn functions_take_turns_and_none_takes_all() {
        let mut waiting =
            waiting(&[("a1", "a", 0), ("a2", "a", 0), ("a3", "a", 0), ("b1", "b", 1), ("c9", "c", 9)]);
        assert_eq!(begun(&mut waiting, 2, 2), ["a1", "b1", "a2"], "c is not due, and two of a run");
        waiting.end(&promise("a1", "a"));
        assert_eq!(begun(&mut waiting, 2, 2), ["a3"]);
    }

    #[test]
    fn an_event_waits_again_and_ages() {
        let mut waiting = waiting(&[("a1", "a", 0)]);
        let one = waiting.begin(SECOND, 1).expect("due");
        assert!(waiting.begin(SECOND, 9).is_none(), "it runs");
        waiting.again(one.clone(), SECOND * 5);
        assert!(waiting.begin(SECOND * 4, 9).is_none());
        assert_eq!(waiting.age_ms("a1", SECOND * 5), 5000);
        assert_eq!(waiting.begin(SECOND * 5, 9), Some(one.clone()));
        waiting.end(&one);
        assert!(waiting.events.is_empty() && waiting.functions.is_empty());
    }
}
