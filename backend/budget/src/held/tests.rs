//! The ledger against a model, and the fairness rule.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn source(number: u8) -> Source {
    Source::named("test", number.to_string())
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Reserve(u8, u64),
    Grow(usize, u64),
    Shrink(usize, u64),
    Split(usize, u64),
    Hold(usize, usize),
    Drop(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..4_u8, 0..700_u64).prop_map(|(who, bytes)| Step::Reserve(who, bytes)),
        (any::<usize>(), prop_oneof![0..700_u64, Just(u64::MAX)]).prop_map(|(at, by)| Step::Grow(at, by)),
        (any::<usize>(), 0..700_u64).prop_map(|(at, to)| Step::Shrink(at, to)),
        (any::<usize>(), 0..700_u64).prop_map(|(at, bytes)| Step::Split(at, bytes)),
        (any::<usize>(), 0..64_usize).prop_map(|(at, length)| Step::Hold(at, length)),
        any::<usize>().prop_map(Step::Drop),
    ];
    prop::collection::vec(step, 0..60)
}

/// Everything that may hold bytes.
enum Holder {
    Plain(Reservation),
    Tied(Bytes, Source, u64),
}

impl Holder {
    fn count(&self) -> (Source, u64) {
        match self {
            Self::Plain(reservation) => (reservation.source.clone(), reservation.bytes),
            Self::Tied(bytes, source, held) => {
                assert!(bytes.iter().all(|byte| *byte == 7));
                (source.clone(), *held)
            }
        }
    }
}

fn plain(holders: &mut [Holder], at: usize) -> Option<&mut Reservation> {
    let length = holders.len().max(1);
    match holders.get_mut(at % length)? {
        Holder::Plain(reservation) => Some(reservation),
        Holder::Tied(..) => None,
    }
}

/// Runs one step; true if it was granted bytes.
fn run(budget: &Budget, holders: &mut Vec<Holder>, step: Step) -> Option<Source> {
    match step {
        Step::Reserve(who, bytes) => {
            let reservation = budget.reserve(&source(who), bytes).ok()?;
            holders.push(Holder::Plain(reservation));
            (bytes > 0).then(|| source(who))
        }
        Step::Grow(at, by) => {
            let reservation = plain(holders, at)?;
            let before = reservation.bytes();
            let grown = reservation.grow(by);
            assert_eq!(reservation.bytes(), if grown.is_ok() { before + by } else { before });
            (grown.is_ok() && by > 0).then(|| reservation.source.clone())
        }
        Step::Shrink(at, to) => {
            plain(holders, at)?.shrink_to(to);
            None
        }
        Step::Split(at, bytes) => {
            let part = plain(holders, at)?.split(bytes);
            holders.push(Holder::Plain(part));
            None
        }
        Step::Hold(at, length) => {
            plain(holders, at)?;
            let Holder::Plain(reservation) = holders.swap_remove(at % holders.len()) else { return None };
            let (source, held) = (reservation.source.clone(), reservation.bytes());
            let bytes = reservation.hold(vec![7; length]);
            assert_eq!(bytes.len(), length);
            holders.push(Holder::Tied(bytes, source, held));
            None
        }
        Step::Drop(at) if !holders.is_empty() => {
            drop(holders.swap_remove(at % holders.len()));
            None
        }
        Step::Drop(_) => None,
    }
}

proptest! {
    #[test]
    fn counts_what_is_held_and_leaves_room_for_who_holds_nothing(steps in steps()) {
        let budget = Budget::new("tests", 1000);
        let mut holders = Vec::new();
        for step in steps {
            let granted = run(&budget, &mut holders, step);
            let mut sums = HashMap::<Source, u64>::new();
            for (source, bytes) in holders.iter().map(Holder::count).filter(|(_, bytes)| *bytes > 0) {
                *sums.entry(source).or_default() += bytes;
            }
            let free = budget.total() - budget.used();
            prop_assert_eq!(budget.used(), sums.values().sum::<u64>());
            prop_assert_eq!(&budget.inner.ledger().by_source, &sums);
            if let Some(source) = granted {
                prop_assert!(budget.held_by(&source) <= free, "a source holds no more than it leaves");
            }
            prop_assert!(budget.reserve(&source(9), free / 2).is_ok(), "a newcomer finds half of what is free");
        }
        prop_assert!(budget.used() < budget.total(), "the greedy never take everything");
        drop(holders);
        prop_assert_eq!(budget.used(), 0);
        prop_assert!(budget.inner.ledger().by_source.is_empty());
    }
}

#[test]
fn a_refusal_says_whether_asking_again_can_help() {
    let budget = Budget::new("tests", 1000);
    let (greedy, other) = (source(1), source(2));
    assert_eq!(
        budget.reserve(&greedy, 501).unwrap_err(),
        Exhausted::TooLarge { budget: "tests", asked: 501, most: 500 }
    );
    let mut held = budget.reserve(&greedy, 300).unwrap();
    assert!(matches!(budget.reserve(&greedy, 201), Err(Exhausted::Busy { held: 300, free: 700, .. })));
    assert!(
        matches!(held.grow(201), Err(Exhausted::TooLarge { asked: 501, .. })),
        "one holding, too large by itself"
    );
    let _other = budget.reserve(&other, 350).unwrap();
    assert!(matches!(held.grow(100), Err(Exhausted::Busy { held: 300, free: 350, .. })));
    assert_eq!(held.bytes(), 300);
    assert!(held.grow_to(100).is_ok());
    assert_eq!(held.bytes(), 300, "growing to less gives nothing back");
}

#[test]
fn bytes_carry_their_reservation() {
    let budget = Budget::new("tests", 1000);
    let bytes = budget.reserve(&source(1), 400).unwrap().hold(b"abc".to_vec());
    let slice = bytes.slice(1..2);
    drop(bytes);
    assert_eq!(budget.used(), 400, "a slice still holds them all");
    drop(slice);
    assert_eq!(budget.used(), 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_there_is_room_and_never_starts_in_vain() {
    let budget = Budget::new("tests", 1000);
    let held = budget.reserve(&source(1), 500).unwrap();
    assert!(matches!(budget.reserve_when_free(&source(2), 501).await, Err(Exhausted::TooLarge { .. })));
    let other = source(2);
    let waiting = budget.reserve_when_free(&other, 400);
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_secs(1), &mut waiting).await.is_err());
    drop(held);
    assert_eq!(waiting.await.unwrap().bytes(), 400);
}
