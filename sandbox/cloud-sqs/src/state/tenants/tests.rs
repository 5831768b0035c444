//! Who is given first, in turned time, and against a model that is nothing but lists.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::{Backlog, Held, Now, State, Taking};
use super::*;
use crate::record::COUNTS;
use crate::rows::InMemory;

/// For how long what is received is hidden, in milliseconds.
const HIDDEN: u64 = 2_000_000;
/// Of this tenant are messages without a group.
const NOBODY: u8 = 0;

/// A message that was received: its number, and how often.
type Given = (u64, u32);

struct Rig {
    rows: InMemory,
    now: Now,
}

impl Rig {
    fn new() -> Self {
        Self { rows: InMemory::default(), now: Now { time: 1_000_000, wall_ms: 0 } }
    }

    fn with<T>(&mut self, work: impl FnOnce(&mut Backlog, &mut InMemory) -> Result<T, Error>) -> T {
        let mut backlog = Backlog::open(&mut self.rows, 1, false, u32::MAX, self.now).unwrap();
        let answer = work(&mut backlog, &mut self.rows).unwrap();
        backlog.keep(&mut self.rows).unwrap();
        answer
    }

    /// Sends so many messages of a tenant.
    fn send(&mut self, tenant: u8, count: usize) {
        let tenant = (tenant != NOBODY).then(|| tenant.to_string());
        for _ in 0..count {
            let state = State { tenant: tenant.clone(), ..State::default() };
            self.with(|backlog, rows| backlog.put(rows, b"x", state));
        }
    }

    fn receive(&mut self, most: usize) -> Vec<Given> {
        let (most_received, most_in_flight) = (None, u64::MAX);
        let how = Taking { most, bytes: usize::MAX, visibility: HIDDEN, most_received, most_in_flight };
        let received = self.with(|backlog, rows| backlog.receive(rows, how, &mut |_, _| Ok(())));
        received.taken.iter().map(|taken| (taken.sequence, taken.state.received)).collect()
    }

    /// The numbers that a receive gives.
    fn numbers(&mut self, most: usize) -> Vec<u64> {
        self.receive(most).into_iter().map(|(number, _)| number).collect()
    }

    /// Whether a message was still held, which is removed or hidden for so long.
    fn end(&mut self, (number, received): Given, hidden: Option<u64>) -> bool {
        self.with(|backlog, rows| {
            while backlog.settle(rows)? {}
            match backlog.held(rows, number, received)? {
                Held::This(state) if state.kind == Kind::InFlight => {
                    match hidden {
                        Some(time) => backlog.hide(rows, number, state, time)?,
                        None => backlog.remove(rows, number, &state)?,
                    }
                    Ok(true)
                }
                _ => Ok(false),
            }
        })
    }

    fn pass(&mut self, seconds: u64) {
        self.now.time += seconds * 1000;
    }
}

#[test]
fn a_tenant_that_crowds_waits_while_others_have_messages() {
    let mut rig = Rig::new();
    rig.send(1, 100);
    for _ in 0..3 {
        assert_eq!(rig.receive(10).len(), 10, "nobody else waits");
    }
    rig.send(2, 2);
    rig.send(NOBODY, 1);
    assert_eq!(rig.numbers(2), [100, 101], "the second tenant's come first");
    assert_eq!(rig.numbers(3), [102, 30, 31], "then what is nobody's, then the first tenant's");
    rig.pass(CALM / 1000 - 1);
    rig.send(2, 1);
    assert_eq!(rig.numbers(1), [103]);
    rig.pass(1);
    rig.send(2, 1);
    assert_eq!(rig.numbers(1), [32], "who has sent nothing for five minutes is like any other");
}

#[test]
fn fewer_in_flight_are_no_crowd_and_neither_is_a_tenth() {
    let whole = |in_flight| Whole { in_flight, busy: Busy::default(), now: 1 };
    for (own, all, is_noisy) in
        [(29, 29, false), (30, 30, true), (30, 299, true), (30, 300, false), (40, 399, true)]
    {
        let tenant = Tenant { waiting: 1, in_flight: own, sent: 1, ..Tenant::default() };
        assert_eq!(tenant.is_noisy(whole(all)), is_noisy, "{own} of {all}");
        assert!(!Tenant { waiting: 0, ..tenant }.is_noisy(whole(all)), "its messages are all given");
    }
}

#[test]
fn a_tenant_whose_messages_take_long_waits_too() {
    let mut rig = Rig::new();
    rig.send(1, 3);
    let slow = rig.receive(1);
    rig.pass(20);
    assert!(rig.end(slow[0], None));
    rig.send(2, 2);
    assert_eq!(rig.numbers(1), [3], "a receiver had the first tenant's for 20 s");
    let mut time = Busy::default();
    time.add(8000, 0);
    assert_eq!((time.now(0), time.now(HALF), time.now(3 * HALF)), (8000, 4000, 1000));
}

#[test]
fn of_noisy_tenants_the_one_with_the_fewest_in_flight_is_first() {
    let mut rig = Rig::new();
    for tenant in [1, 2] {
        rig.send(tenant, 45);
    }
    // Of the first 40, then, as it waits, of the second until it is as noisy.
    for _ in 0..8 {
        rig.receive(10);
    }
    let in_flight = |rig: &mut Rig, name| rig.with(|backlog, rows| backlog.tenant(rows, name)).in_flight;
    let both = [in_flight(&mut rig, "1"), in_flight(&mut rig, "2")];
    assert_eq!(both.iter().sum::<u64>(), 80);
    assert!(both[0].abs_diff(both[1]) <= 1, "{both:?}");
}

#[test]
fn nothing_stays_of_tenants_whose_messages_are_gone() {
    let mut rig = Rig::new();
    for tenant in [1, 2, NOBODY] {
        rig.send(tenant, 40);
    }
    for _ in 0..12 {
        for given in rig.receive(10) {
            rig.pass(1);
            assert!(rig.end(given, None));
        }
    }
    let left = rig.rows.tables.iter().filter(|(name, _)| **name != COUNTS.0);
    assert_eq!(left.map(|(_, rows)| rows.len()).sum::<usize>(), 0);
}

#[derive(Clone, Debug)]
enum Step {
    Send(u8, usize),
    /// So many times ten.
    Receive(usize),
    /// One of those that were received, by its place.
    Remove(usize),
    Hide(usize, u64),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_u8, 1..60_usize).prop_map(|(tenant, count)| Step::Send(tenant, count)),
        5 => (1..5_usize).prop_map(Step::Receive),
        4 => (0..200_usize).prop_map(Step::Remove),
        1 => (0..200_usize, 0..50_u64).prop_map(|(place, time)| Step::Hide(place, time)),
        2 => prop_oneof![0..3_u64, 60..400_u64, Just(2_000)].prop_map(Step::Pass),
    ]
}

/// A message of the model.
#[derive(Clone, Debug)]
struct Expected {
    number: u64,
    tenant: u8,
    received: u32,
    /// When it was received, and until when it is hidden.
    hidden: Option<(u64, u64)>,
}

#[derive(Default)]
struct Model {
    messages: Vec<Expected>,
    tenants: std::collections::BTreeMap<u8, (u64, Busy)>,
    busy: Busy,
    /// Who was noisy when something of him changed last.
    noisy: BTreeSet<u8>,
    next: u64,
}

impl Model {
    fn touch(&mut self, tenant: u8, now: u64) {
        if self.is_noisy(tenant, now) {
            self.noisy.insert(tenant)
        } else {
            self.noisy.remove(&tenant)
        };
    }

    fn send(&mut self, tenant: u8, now: u64) {
        self.messages.push(Expected { number: self.next, tenant, received: 0, hidden: None });
        self.tenants.entry(tenant).or_default().0 = now;
        self.next += 1;
        self.touch(tenant, now);
    }

    fn spend(&mut self, tenant: u8, time: u64, now: u64) {
        self.busy.add(time, now);
        self.tenants.entry(tenant).or_default().1.add(time, now);
    }

    /// Those that are gone are forgotten.
    fn forget(&mut self) {
        let messages = &self.messages;
        self.tenants.retain(|tenant, _| messages.iter().any(|message| message.tenant == *tenant));
    }

    fn settle(&mut self, now: u64) {
        let mut due: Vec<_> = (0..self.messages.len())
            .filter_map(|place| Some((self.messages[place].hidden?, place)))
            .filter(|((_, until), _)| *until <= now)
            .collect();
        due.sort_by_key(|((_, until), place)| (*until, self.messages[*place].number));
        for ((since, until), place) in due {
            self.messages[place].hidden = None;
            self.spend(self.messages[place].tenant, until - since, now);
            self.touch(self.messages[place].tenant, now);
        }
    }

    fn in_flight(&self, tenant: Option<u8>) -> u64 {
        let of = self.messages.iter().filter(|message| tenant.is_none_or(|tenant| message.tenant == tenant));
        of.filter(|message| message.hidden.is_some()).count() as u64
    }

    fn is_noisy(&self, tenant: u8, now: u64) -> bool {
        let waits = |message: &&Expected| message.tenant == tenant && message.hidden.is_none();
        let (sent, busy) = self.tenants.get(&tenant).copied().unwrap_or_default();
        let (waiting, in_flight) =
            (self.messages.iter().filter(waits).count() as u64, self.in_flight(Some(tenant)));
        let tenant_now = Tenant { waiting, in_flight, sent, busy, head: None };
        let whole = Whole { in_flight: self.in_flight(None), busy: self.busy, now };
        tenant != NOBODY && tenant_now.is_noisy(whole)
    }

    /// The place of the message that is next.
    fn turn(&mut self, now: u64) -> Option<usize> {
        let ready: Vec<usize> =
            (0..self.messages.len()).filter(|place| self.messages[*place].hidden.is_none()).collect();
        loop {
            let quiet = ready.iter().filter(|place| !self.noisy.contains(&self.messages[**place].tenant));
            let Some(first) = quiet.min_by_key(|place| self.messages[**place].number) else { break };
            let tenant = self.messages[*first].tenant;
            if !self.is_noisy(tenant, now) {
                return Some(*first);
            }
            self.noisy.insert(tenant);
        }
        ready.into_iter().min_by_key(|place| {
            let message = &self.messages[*place];
            (self.in_flight(Some(message.tenant)), self.first_of(message.tenant), message.number)
        })
    }

    fn first_of(&self, tenant: u8) -> Option<u64> {
        let ready = self.messages.iter().filter(|message| message.hidden.is_none());
        ready.filter(|message| message.tenant == tenant).map(|message| message.number).min()
    }

    fn receive(&mut self, most: usize, now: u64) -> Vec<Given> {
        self.settle(now);
        self.noisy = self.noisy.iter().copied().filter(|tenant| self.is_noisy(*tenant, now)).collect();
        let mut given = Vec::new();
        while given.len() < most {
            let Some(place) = self.turn(now) else { break };
            let message = &mut self.messages[place];
            message.received += 1;
            message.hidden = Some((now, now + HIDDEN));
            given.push((message.number, message.received));
            let tenant = message.tenant;
            self.touch(tenant, now);
        }
        given
    }

    fn end(&mut self, (number, received): Given, hidden: Option<u64>, now: u64) -> bool {
        self.settle(now);
        let found = self.messages.iter().position(|message| {
            message.number == number && message.received == received && message.hidden.is_some()
        });
        let Some(place) = found else { return false };
        let (since, _) = self.messages[place].hidden.unwrap();
        if let Some(time) = hidden {
            self.messages[place].hidden = Some((since, now + time));
            self.touch(self.messages[place].tenant, now);
            self.settle(now);
            return true;
        }
        let tenant = self.messages.remove(place).tenant;
        self.spend(tenant, now - since, now);
        self.touch(tenant, now);
        self.forget();
        true
    }
}

/// Runs steps against both.
fn check(steps: &[Step]) -> Result<(), TestCaseError> {
    let (mut rig, mut model) = (Rig::new(), Model::default());
    let mut taken: Vec<Given> = Vec::new();
    for step in steps {
        match *step {
            Step::Pass(seconds) => {
                rig.pass(seconds);
                model.settle(rig.now.time);
                rig.with(|backlog, rows| {
                    while backlog.settle(rows)? {}
                    Ok(())
                });
            }
            Step::Send(tenant, count) => {
                rig.send(tenant, count);
                (0..count).for_each(|_| model.send(tenant, rig.now.time));
            }
            Step::Receive(times) => {
                for _ in 0..times {
                    let given = rig.receive(10);
                    prop_assert_eq!(&given, &model.receive(10, rig.now.time));
                    taken.extend(given);
                }
            }
            Step::Remove(place) | Step::Hide(place, _) if !taken.is_empty() => {
                let given = taken[place % taken.len()];
                let hidden = if let Step::Hide(_, seconds) = step { Some(seconds * 1000) } else { None };
                prop_assert_eq!(rig.end(given, hidden), model.end(given, hidden, rig.now.time));
            }
            Step::Remove(_) | Step::Hide(..) => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn tenants_are_given_as_the_model_gives_them(steps in proptest::collection::vec(step(), 1..60)) {
        check(&steps)?;
    }
}
