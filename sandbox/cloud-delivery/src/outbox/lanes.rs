//! The lanes, in memory: which announcement is delivered next. Of each lane a few numbers are known; the rest is in the
//! store. Pure.
//!
//! Fair: the next is of the lane of which fewest are under way, no lane has all places, and some are kept for lanes of
//! which nothing is under way, so that those which are slow do not hold up all others.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::rows::WINDOW;

/// The first entries of a lane that may be delivered, as the store has them.
#[derive(Debug)]
pub(super) struct Page {
    /// Numbers with the sizes of payloads.
    pub(super) entries: Vec<(u64, u64)>,
    /// Numbers of those that cannot be read.
    pub(super) damaged: Vec<u64>,
    /// Whether these are all.
    pub(super) is_whole: bool,
}

/// An entry whose delivery begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) lane: String,
    pub(super) number: u64,
    /// Of its payload.
    pub(super) bytes: u64,
}

/// All lanes of which something waits or is under way.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    all: BTreeMap<String, Lane>,
    /// The last that was to be read: the next ones come behind it.
    last: String,
}

#[derive(Debug, Default)]
struct Lane {
    /// The first that may be delivered, with the sizes of their payloads.
    ready: BTreeMap<u64, u64>,
    /// Whether the store may have more.
    has_more: bool,
    /// Those that are under way; with a size those that may be delivered again, before it is known here that they ended.
    begun: BTreeMap<u64, Option<u64>>,
    /// Those that cannot be read: they stay where they are until the next start.
    parked: BTreeSet<u64>,
    /// Whether the store failed when it was to be read on.
    has_failed: bool,
}

impl Lanes {
    /// Something of a lane is in the store.
    pub(super) fn unread(&mut self, lane: &str) {
        self.lane(lane).has_more = true;
    }

    /// An entry may be delivered.
    pub(super) fn ready(&mut self, lane: &str, number: u64, bytes: u64) {
        let lane = self.lane(lane);
        if let Some(again) = lane.begun.get_mut(&number) {
            *again = Some(bytes);
        }
        if lane.is_known(number) {
            return;
        }
        // Behind what is not known nothing is known.
        let is_behind = lane.ready.last_key_value().is_none_or(|(last, _)| number > *last);
        if is_behind && (lane.has_more || lane.ready.len() >= WINDOW) {
            lane.has_more = true;
            return;
        }
        lane.ready.insert(number, bytes);
        if lane.ready.len() > WINDOW {
            lane.ready.pop_last();
            lane.has_more = true;
        }
    }

    /// So many lanes, in turns, of which nothing is known but that there is more, with how many of each are to be passed
    /// over.
    pub(super) fn empty(&mut self, most: usize, limit: usize) -> Vec<(String, usize)> {
        let wants = |lane: &Lane| lane.ready.is_empty() && lane.has_more && lane.begun.len() < most;
        let behind = self.all.range::<str, _>((Bound::Excluded(self.last.as_str()), Bound::Unbounded));
        let before = self.all.range::<str, _>((Bound::Unbounded, Bound::Included(self.last.as_str())));
        let lanes = behind.chain(before).filter(|(_, lane)| wants(lane)).take(limit);
        let empty: Vec<_> =
            lanes.map(|(name, lane)| (name.clone(), lane.begun.len() + lane.parked.len())).collect();
        if let Some((last, _)) = empty.last() {
            self.last.clone_from(last);
        }
        empty
    }

    /// Before a lane is read: what comes from now on is noted apart.
    pub(super) fn reading(&mut self, lane: &str) {
        self.lane(lane).has_more = false;
    }

    /// A lane could not be read; it is not asked for before [`Lanes::try_again`].
    pub(super) fn failed(&mut self, lane: &str) {
        self.lane(lane).has_failed = true;
    }

    /// What could not be read may be asked for again.
    pub(super) fn try_again(&mut self) {
        for lane in self.all.values_mut().filter(|lane| lane.has_failed) {
            (lane.has_failed, lane.has_more) = (false, true);
        }
    }

    /// What was read of a lane.
    pub(super) fn fill(&mut self, name: &str, page: Page) {
        let lane = self.lane(name);
        lane.parked.extend(page.damaged);
        for (number, bytes) in page.entries {
            if !lane.is_known(number) {
                lane.ready.insert(number, bytes);
            }
        }
        lane.has_more |= !page.is_whole;
        while lane.ready.len() > WINDOW {
            lane.ready.pop_last();
            lane.has_more = true;
        }
        if lane.is_idle() {
            self.all.remove(name);
        }
    }

    /// Begins the next, if a lane has one and fewer than `most` of it are under way: none at all where `is_scarce`.
    pub(super) fn begin(&mut self, most: usize, is_scarce: bool) -> Option<Begun> {
        let most = if is_scarce { most.min(1) } else { most };
        let can = |lane: &Lane| !lane.ready.is_empty() && lane.begun.len() < most;
        let lanes = self.all.iter_mut().filter(|(_, lane)| can(lane));
        let (name, lane) = lanes
            .min_by_key(|(_, lane)| (lane.begun.len(), lane.ready.first_key_value().map(|(n, _)| *n)))?;
        let (number, bytes) = lane.ready.pop_first()?;
        lane.begun.insert(number, None);
        Some(Begun { lane: name.clone(), number, bytes })
    }

    /// Begins one whatever else there is.
    pub(super) fn begin_this(&mut self, begun: &Begun) {
        let lane = self.lane(&begun.lane);
        lane.ready.remove(&begun.number);
        lane.begun.insert(begun.number, None);
    }

    /// One that was begun is dealt with; where it cannot be read it is not begun again.
    pub(super) fn end(&mut self, begun: &Begun, is_readable: bool) {
        let lane = self.lane(&begun.lane);
        let again = lane.begun.remove(&begun.number).flatten();
        if !is_readable {
            lane.parked.insert(begun.number);
        } else if let Some(bytes) = again {
            self.ready(&begun.lane, begun.number, bytes);
        } else if lane.is_idle() {
            self.all.remove(&begun.lane);
        }
    }

    fn lane(&mut self, name: &str) -> &mut Lane {
        self.all.entry(name.to_owned()).or_default()
    }
}

impl Lane {
    fn is_known(&self, number: u64) -> bool {
        self.begun.contains_key(&number) || self.parked.contains(&number) || self.ready.contains_key(&number)
    }

    fn is_idle(&self) -> bool {
        let is_known = !self.has_more && !self.has_failed;
        is_known && self.ready.is_empty() && self.begun.is_empty() && self.parked.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(lanes: &mut Lanes, most: usize) -> Vec<(String, u64)> {
        std::iter::from_fn(|| lanes.begin(most, false)).map(|begun| (begun.lane, begun.number)).collect()
    }

    fn at(lane: &str, number: u64) -> Begun {
        Begun { lane: lane.into(), number, bytes: 1 }
    }

    #[test]
    fn lanes_take_turns_and_none_takes_all() {
        let mut lanes = Lanes::default();
        for (lane, number) in [("a", 1), ("a", 2), ("a", 3), ("b", 4)] {
            lanes.ready(lane, number, 1);
        }
        let expected = [("a", 1), ("b", 4), ("a", 2)].map(|(lane, number)| (lane.to_owned(), number));
        assert_eq!(begun(&mut lanes, 2), expected);
        lanes.end(&at("a", 1), true);
        assert_eq!(begun(&mut lanes, 2), [("a".to_owned(), 3)]);
        for (lane, number) in [("a", 2), ("a", 3), ("b", 4)] {
            lanes.end(&at(lane, number), true);
        }
        assert!(lanes.all.is_empty(), "nothing is remembered of what is over");
    }

    #[test]
    fn where_places_are_scarce_they_are_for_who_has_none() {
        let mut lanes = Lanes::default();
        for (lane, number) in [("slow", 1), ("slow", 2), ("other", 3)] {
            lanes.ready(lane, number, 1);
        }
        assert_eq!(lanes.begin(9, true), Some(at("slow", 1)));
        assert_eq!(lanes.begin(9, true), Some(at("other", 3)));
        assert_eq!(lanes.begin(9, true), None);
        assert_eq!(lanes.begin(9, false), Some(at("slow", 2)));
    }

    #[test]
    fn lanes_are_read_a_few_at_a_time_and_in_turns() {
        let mut lanes = Lanes::default();
        for lane in ["a", "b", "c"] {
            lanes.unread(lane);
        }
        let mut names = |limit| lanes.empty(9, limit).into_iter().map(|(name, _)| name).collect::<String>();
        assert_eq!([names(2), names(2), names(9)], ["ab", "ca", "bca"]);
    }

    #[test]
    fn a_few_of_many_are_known_and_the_rest_is_read() {
        let mut lanes = Lanes::default();
        for number in 0..1000 {
            lanes.ready("a", number, 1);
        }
        assert_eq!(lanes.all["a"].ready.len(), WINDOW);
        let first = begun(&mut lanes, WINDOW + 1);
        assert_eq!(first.len(), WINDOW);
        assert_eq!(lanes.empty(WINDOW + 1, 9), [("a".to_owned(), WINDOW)]);
        lanes.reading("a");
        // One that is announced while the store is read.
        lanes.ready("a", 1000, 1);
        let entries = (0..=(2 * WINDOW as u64)).map(|number| (number, 1)).collect();
        lanes.fill("a", Page { entries, damaged: Vec::new(), is_whole: false });
        let next = lanes.begin(1000, false).expect("more");
        assert_eq!(next.number, WINDOW as u64, "what is under way is not begun again");
        assert!(lanes.all["a"].has_more);
    }

    #[test]
    fn what_cannot_be_read_is_not_begun_again() {
        let mut lanes = Lanes::default();
        lanes.ready("a", 1, 1);
        let one = lanes.begin(9, false).expect("ready");
        lanes.end(&one, false);
        lanes.unread("a");
        assert_eq!(lanes.empty(9, 9), [("a".to_owned(), 1)]);
        lanes.reading("a");
        lanes.fill("a", Page { entries: vec![(1, 1)], damaged: vec![2], is_whole: true });
        assert_eq!(lanes.begin(9, false), None);
        lanes.ready("a", 2, 1);
        assert_eq!(lanes.begin(9, false), None);
    }

    #[test]
    fn a_lane_that_cannot_be_read_is_asked_for_later() {
        let mut lanes = Lanes::default();
        lanes.unread("a");
        lanes.reading("a");
        lanes.failed("a");
        assert_eq!(lanes.empty(9, 9), []);
        lanes.ready("a", 5, 1);
        let one = lanes.begin(9, false).expect("what is announced meanwhile is known");
        lanes.end(&one, true);
        lanes.try_again();
        assert_eq!(lanes.empty(9, 9), [("a".to_owned(), 0)]);
    }

    #[test]
    fn what_may_be_delivered_again_before_its_end_is_seen_is_begun_again() {
        let mut lanes = Lanes::default();
        lanes.ready("a", 1, 1);
        let one = lanes.begin(9, false).expect("ready");
        // Its timer is faster than who awaits its end.
        lanes.ready("a", 1, 1);
        assert_eq!(lanes.begin(9, false), None);
        lanes.end(&one, true);
        assert_eq!(lanes.begin(9, false), Some(one.clone()));
        lanes.end(&one, true);
        assert!(lanes.all.is_empty());
    }
}
