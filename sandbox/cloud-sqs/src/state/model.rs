//! FIFO queues against a model that is nothing but lists: drawn orders of sending, receiving, hiding, removing and time.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::memory::{Name, REMEMBERED, recall, remember};
use super::*;
use crate::rows::InMemory;

const VISIBILITY: u64 = 30_000;

#[derive(Clone, Debug)]
enum Step {
    /// Of a group, with one of few deduplication ids.
    Send(u8, u8),
    Receive(usize),
    /// One of those that were received, by its place.
    Remove(usize),
    /// The same, for so many seconds.
    Hide(usize, u64),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_u8, 0..20_u8).prop_map(|(group, id)| Step::Send(group, id)),
        4 => (1..=10_usize).prop_map(Step::Receive),
        3 => (0..8_usize).prop_map(Step::Remove),
        1 => (0..8_usize, prop_oneof![Just(0), 1..100_u64]).prop_map(|(place, time)| Step::Hide(place, time)),
        2 => prop_oneof![1..20_u64, 25..40_u64, 250..400_u64].prop_map(Step::Pass),
    ]
}

/// A message of the model.
#[derive(Clone, Debug)]
struct Expected {
    number: u64,
    received: u32,
    /// Until when it is hidden.
    hidden: Option<u64>,
}

/// What a FIFO queue is.
#[derive(Default)]
struct Model {
    groups: BTreeMap<u8, Vec<Expected>>,
    sent: BTreeMap<u8, u64>,
    next: u64,
}

impl Model {
    /// Whether a message is no duplicate.
    fn send(&mut self, group: u8, id: u8, now: u64) -> bool {
        if self.sent.get(&id).is_some_and(|since| since + REMEMBERED > now) {
            return false;
        }
        self.sent.insert(id, now);
        let message = Expected { number: self.next, received: 0, hidden: None };
        self.groups.entry(group).or_default().push(message);
        self.next += 1;
        true
    }

    fn settle(&mut self, now: u64) {
        let hidden = self
            .groups
            .values_mut()
            .flatten()
            .filter(|message| message.hidden.is_some_and(|until| until <= now));
        hidden.for_each(|message| message.hidden = None);
    }

    /// Of the groups that have none in flight, the one whose first message is the oldest, as many as there is room for; and so on.
    fn receive(&mut self, most: usize, now: u64) -> Vec<(u64, u32)> {
        self.settle(now);
        let mut given = Vec::new();
        while given.len() < most {
            let free =
                self.groups.values_mut().filter(|group| group.iter().all(|message| message.hidden.is_none()));
            let Some(group) = free.filter(|group| !group.is_empty()).min_by_key(|group| group[0].number)
            else {
                break;
            };
            let room = most - given.len();
            for message in group.iter_mut().take(room) {
                message.received += 1;
                message.hidden = Some(now + VISIBILITY);
                given.push((message.number, message.received));
            }
        }
        given
    }

    fn find(&mut self, number: u64, received: u32, now: u64) -> Option<&mut Expected> {
        self.settle(now);
        let mut all = self.groups.values_mut().flatten();
        all.find(|message| {
            message.number == number && message.received == received && message.hidden.is_some()
        })
    }

    fn remove(&mut self, number: u64) {
        self.groups.values_mut().for_each(|group| group.retain(|message| message.number != number));
    }

    fn counts(&self) -> (u64, u64) {
        let all = self.groups.values().flatten();
        let in_flight = all.clone().filter(|message| message.hidden.is_some()).count() as u64;
        (all.count() as u64, in_flight)
    }
}

/// Runs steps against both.
fn check(steps: &[Step]) -> Result<(), TestCaseError> {
    let (mut rows, mut model) = (InMemory::default(), Model::default());
    let mut now = Now { time: 1_000_000, wall_ms: 0 };
    let mut taken: Vec<(u64, u32)> = Vec::new();
    for step in steps {
        let mut backlog = Backlog::open(&mut rows, 1, true, u32::MAX, now)?;
        match *step {
            Step::Pass(seconds) => now.time += seconds * 1000,
            Step::Send(group, id) => {
                let name = Name::duplicate(None, &id.to_string());
                let is_new = recall(&mut rows, 9, &name, now.time)?.is_none();
                prop_assert_eq!(is_new, model.send(group, id, now.time));
                if is_new {
                    remember(&mut rows, 9, &name, b"", now.time)?;
                    let state = State { group: Some(group.to_string()), ..State::default() };
                    backlog.put(&mut rows, b"x", state)?;
                }
            }
            Step::Receive(most) => {
                let how = Taking {
                    most,
                    bytes: usize::MAX,
                    visibility: VISIBILITY,
                    most_received: None,
                    most_in_flight: u64::MAX,
                };
                let received = backlog.receive(&mut rows, how, &mut |_, _| Ok(()))?;
                let given: Vec<_> =
                    received.taken.iter().map(|taken| (taken.sequence, taken.state.received)).collect();
                prop_assert_eq!(&given, &model.receive(most, now.time));
                taken.extend(given);
            }
            Step::Remove(place) | Step::Hide(place, _) => {
                let Some((number, received)) = taken.get(place % taken.len().max(1)).copied() else {
                    continue;
                };
                backlog.settle(&mut rows)?;
                let held = match backlog.held(&mut rows, number, received)? {
                    Held::This(state) if state.kind == Kind::InFlight => Some(state),
                    _ => None,
                };
                let expected = model.find(number, received, now.time);
                prop_assert_eq!(held.is_some(), expected.is_some(), "{} {}", number, received);
                match (held, expected, step) {
                    (Some(state), Some(expected), Step::Hide(_, seconds)) => {
                        expected.hidden = Some(now.time + seconds * 1000);
                        backlog.hide(&mut rows, number, state, seconds * 1000)?;
                    }
                    (Some(state), Some(_), _) => {
                        model.remove(number);
                        backlog.remove(&mut rows, number, &state)?;
                    }
                    _ => {}
                }
            }
        }
        backlog.settle(&mut rows)?;
        backlog.keep(&mut rows)?;
        model.settle(backlog.now.time);
        prop_assert_eq!((backlog.counts.messages, backlog.counts.in_flight), model.counts());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn fifo_queues_are_as_their_model(steps in proptest::collection::vec(step(), 1..120)) {
        check(&steps)?;
    }
}
