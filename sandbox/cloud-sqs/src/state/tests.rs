//! Backlogs step by step, in turned time.

use super::memory::{Name, forget, recall, remember};
use super::*;
use crate::rows::InMemory;

/// A backlog in memory, opened for each step as the service does.
struct Rig {
    rows: InMemory,
    is_fifo: bool,
    /// Whether a standard queue's messages have a tenant, as a FIFO queue's have a group.
    has_tenants: bool,
    now: Now,
    most_received: Option<u32>,
    most_in_flight: u64,
    dead: Vec<String>,
}

impl Rig {
    fn new(is_fifo: bool) -> Self {
        let now = Now { time: 1_000_000, wall_ms: 5_000_000 };
        Self {
            rows: InMemory::default(),
            is_fifo,
            has_tenants: false,
            now,
            most_received: None,
            most_in_flight: 100,
            dead: Vec::new(),
        }
    }

    fn with<T>(&mut self, work: impl FnOnce(&mut Backlog, &mut InMemory) -> T) -> T {
        let mut backlog = Backlog::open(&mut self.rows, 7, self.is_fifo, 100, self.now).unwrap();
        let answer = work(&mut backlog, &mut self.rows);
        backlog.keep(&mut self.rows).unwrap();
        answer
    }

    /// Lets seconds pass.
    fn pass(&mut self, seconds: u64) {
        self.now.time += seconds * 1000;
        self.now.wall_ms += i64::try_from(seconds).unwrap() * 1000;
    }

    /// Sends `text`, or `group/text`; after so many seconds it may be received.
    fn send(&mut self, text: &str, delay: u64) {
        let name = || text.split('/').next().unwrap().to_owned();
        let (group, tenant) = (self.is_fifo.then(name), self.has_tenants.then(name));
        let due = if delay == 0 { 0 } else { self.now.time + delay * 1000 };
        let state = State { due, group, tenant, sent_ms: self.now.wall_ms, ..State::default() };
        self.with(|backlog, rows| backlog.put(rows, text.as_bytes(), state)).unwrap();
    }

    /// Receives for so many seconds.
    fn take(&mut self, most: usize, visibility: u64) -> Received {
        let how = Taking {
            most,
            bytes: 100,
            visibility: visibility * 1000,
            most_received: self.most_received,
            most_in_flight: self.most_in_flight,
        };
        let mut dead = Vec::new();
        let received = self.with(|backlog, rows| {
            backlog.receive(rows, how, &mut |_, taken| {
                dead.push(String::from_utf8(taken.body.to_vec()).unwrap());
                Ok(())
            })
        });
        self.dead.extend(dead);
        received.unwrap()
    }

    /// The texts that a receive gives.
    fn receive(&mut self, most: usize, visibility: u64) -> Vec<String> {
        texts(&self.take(most, visibility))
    }

    fn remove(&mut self, taken: &Taken) -> bool {
        self.with(|backlog, rows| {
            backlog.settle(rows).unwrap();
            match backlog.held(rows, taken.sequence, taken.state.received).unwrap() {
                Held::This(state) => backlog.remove(rows, taken.sequence, &state).is_ok(),
                Held::Gone | Held::Other => false,
            }
        })
    }

    fn hide(&mut self, taken: &Taken, seconds: u64) {
        self.with(|backlog, rows| {
            backlog.settle(rows).unwrap();
            let Held::This(state) = backlog.held(rows, taken.sequence, taken.state.received).unwrap() else {
                panic!("it is held")
            };
            backlog.hide(rows, taken.sequence, state, seconds * 1000).unwrap();
        });
    }

    /// Visible, in flight, delayed.
    fn counts(&mut self) -> (u64, u64, u64) {
        self.with(|backlog, rows| {
            while backlog.settle(rows).unwrap() {}
            (backlog.counts.visible(), backlog.counts.in_flight, backlog.counts.delayed)
        })
    }

    /// How many rows there are of all messages.
    fn rows(&self) -> usize {
        let tables = self.rows.tables.iter().filter(|(name, _)| **name != COUNTS.0);
        tables.map(|(_, rows)| rows.len()).sum()
    }
}

fn texts(received: &Received) -> Vec<String> {
    received.taken.iter().map(|taken| String::from_utf8(taken.body.to_vec()).unwrap()).collect()
}

#[test]
fn what_is_received_is_hidden_until_its_time_and_gone_once_removed() {
    let mut rig = Rig::new(false);
    for text in ["a", "b", "c"] {
        rig.send(text, 0);
    }
    assert_eq!(rig.counts(), (3, 0, 0));
    let first = rig.take(2, 30);
    assert_eq!((texts(&first), first.more), (vec!["a".into(), "b".into()], true));
    assert_eq!(rig.counts(), (1, 2, 0));
    assert_eq!(rig.receive(10, 5), ["c"]);
    assert_eq!(rig.receive(10, 5), Vec::<String>::new());
    rig.pass(5);
    assert_eq!(rig.receive(10, 5), ["c"], "after its own time");
    assert!(rig.remove(&first.taken[0]));
    assert!(!rig.remove(&first.taken[0]), "it is gone");
    rig.pass(25);
    let again = rig.take(10, 30);
    assert_eq!(texts(&again), ["b", "c"]);
    assert_eq!(again.taken.iter().map(|taken| taken.state.received).collect::<Vec<_>>(), [2, 3]);
    assert!(!rig.remove(&first.taken[1]), "it was received again since");
    assert!(again.taken.iter().all(|taken| rig.remove(taken)));
    assert_eq!((rig.counts(), rig.rows()), ((0, 0, 0), 0));
}

#[test]
fn delays_and_visibility_go_by_message() {
    let mut rig = Rig::new(false);
    rig.send("late", 10);
    rig.send("later", 20);
    rig.send("now", 0);
    assert_eq!(rig.counts(), (1, 0, 2));
    let now = rig.take(10, 30);
    assert_eq!(texts(&now), ["now"]);
    assert_eq!(rig.with(|backlog, rows| backlog.next_due(rows)).unwrap(), Some(1_010_000));
    rig.hide(&now.taken[0], 15);
    rig.pass(10);
    assert_eq!(rig.receive(10, 100), ["late"]);
    rig.pass(5);
    assert_eq!(rig.receive(10, 100), ["now"], "its time was made shorter");
    rig.pass(5);
    let later = rig.take(10, 0);
    assert_eq!(texts(&later), ["later"]);
    assert_eq!(rig.receive(10, 30), ["later"], "hidden for no time");
    assert_eq!(rig.counts(), (0, 3, 0));
}

#[test]
fn what_was_received_too_often_is_buried_once_and_what_is_too_old_goes() {
    let mut rig = Rig::new(false);
    rig.most_received = Some(2);
    for text in ["a", "b"] {
        rig.send(text, 0);
    }
    for _ in 0..2 {
        assert_eq!(rig.receive(10, 0), ["a", "b"]);
    }
    rig.send("c", 0);
    let last = rig.take(10, 0);
    assert_eq!((texts(&last), last.aside), (vec!["c".into()], 2));
    assert_eq!(rig.dead, ["a", "b"]);
    assert_eq!(rig.receive(10, 0), ["c"]);
    assert_eq!(rig.dead, ["a", "b"]);
    let mut rig = Rig::new(false);
    rig.send("old", 0);
    rig.pass(99);
    rig.send("new", 0);
    assert_eq!(rig.receive(1, 0), ["old"]);
    rig.pass(1);
    assert_eq!(rig.receive(10, 0), ["new"]);
    rig.pass(99);
    assert!(!rig.with(|backlog, rows| backlog.expire(rows, 10)).unwrap());
    assert_eq!((rig.counts(), rig.rows(), rig.dead.len()), ((0, 0, 0), 0, 0));
}

#[test]
fn no_more_are_in_flight_than_may_be() {
    let mut rig = Rig::new(false);
    rig.most_in_flight = 3;
    for text in ["a", "b", "c", "d"] {
        rig.send(text, 0);
    }
    let first = rig.take(10, 30);
    assert_eq!((texts(&first).len(), first.over_limit), (3, true));
    let over = rig.take(10, 30);
    assert_eq!((over.taken.len(), over.over_limit), (0, true));
    assert!(rig.remove(&first.taken[1]));
    assert_eq!(rig.receive(10, 30), ["d"]);
    assert!(!rig.take(10, 30).over_limit, "there is nothing more");
}

#[test]
fn a_receive_gives_no_more_bytes_than_it_may_but_one_message() {
    let mut rig = Rig::new(false);
    let large = "x".repeat(150);
    for text in [&*large, "a", &"y".repeat(99), "b", "c"] {
        rig.send(text, 0);
    }
    let sizes = |texts: Vec<String>| texts.iter().map(String::len).collect::<Vec<_>>();
    assert_eq!(sizes(rig.receive(10, 30)), [150]);
    assert_eq!(sizes(rig.receive(10, 30)), [1, 99]);
    assert_eq!(sizes(rig.receive(10, 30)), [1, 1]);
}

#[test]
fn a_group_is_received_in_order_and_waits_for_what_of_it_is_in_flight() {
    let mut rig = Rig::new(true);
    for text in ["g/1", "h/1", "g/2", "g/3"] {
        rig.send(text, 0);
    }
    let first = rig.take(2, 30);
    assert_eq!(texts(&first), ["g/1", "g/2"], "as many of one group as there is room for");
    assert_eq!(rig.receive(10, 30), ["h/1"]);
    assert_eq!(rig.receive(10, 30), Vec::<String>::new());
    assert!(rig.remove(&first.taken[0]));
    assert_eq!(rig.receive(10, 30), Vec::<String>::new(), "one of the group is in flight");
    rig.hide(&first.taken[1], 0);
    let again = rig.take(10, 30);
    assert_eq!(texts(&again), ["g/2", "g/3"]);
    rig.pass(30);
    assert_eq!(rig.receive(10, 30), ["h/1", "g/2", "g/3"]);
    assert_eq!(rig.counts(), (0, 3, 0));
}

#[test]
fn a_delayed_group_begins_with_its_first_message() {
    let mut rig = Rig::new(true);
    rig.send("g/1", 10);
    rig.send("g/2", 0);
    assert_eq!(rig.receive(10, 30), Vec::<String>::new());
    rig.pass(10);
    assert_eq!(rig.receive(10, 30), ["g/1", "g/2"]);
}

#[test]
fn a_group_goes_on_behind_its_dead_letters() {
    let mut rig = Rig::new(true);
    rig.most_received = Some(1);
    for text in ["g/1", "g/2"] {
        rig.send(text, 0);
    }
    assert_eq!(rig.receive(1, 0), ["g/1"]);
    assert_eq!(rig.receive(1, 0), ["g/2"]);
    rig.send("g/3", 0);
    assert_eq!(rig.receive(1, 30), ["g/3"]);
    assert_eq!(rig.dead, ["g/1", "g/2"]);
    assert_eq!(rig.counts(), (0, 1, 0));
}

/// How many rows a step looks at when so many messages wait.
fn visited((is_fifo, has_tenants): (bool, bool), depth: u64, step: impl Fn(&mut Rig)) -> usize {
    let mut rig = Rig { has_tenants, ..Rig::new(is_fifo) };
    for number in 0..depth {
        rig.send(&format!("g{}/{number}", number % 100), u64::from(number % 2 == 1) * 50);
    }
    rig.rows.visited = 0;
    step(&mut rig);
    rig.rows.visited
}

type Step = fn(&mut Rig);

#[test]
fn no_step_looks_at_more_rows_the_more_messages_wait() {
    let steps: [(&str, Step); 4] = [
        ("send", |rig| rig.send("g/x", 0)),
        ("receive", |rig| assert_eq!(rig.take(10, 30).taken.len(), 10)),
        ("receive, with many that became ready", |rig| {
            rig.pass(50);
            assert_eq!(rig.take(10, 30).taken.len(), 10);
        }),
        ("receive and remove", |rig| {
            let taken = rig.take(1, 30).taken;
            assert!(rig.remove(&taken[0]));
        }),
    ];
    for kind in [(false, false), (false, true), (true, false)] {
        for (name, step) in steps {
            let (few, many) = (visited(kind, 2_000, step), visited(kind, 8_000, step));
            assert_eq!(few, many, "{name}, {kind:?}");
            assert!(many < 5_000, "{name}, {kind:?}: {many}");
        }
    }
}

#[test]
fn what_is_remembered_is_forgotten_after_five_minutes() {
    let mut rows = InMemory::default();
    let name = Name::duplicate(None, "a");
    remember(&mut rows, 1, &name, b"x", 1000).unwrap();
    let seen = |rows: &mut InMemory, queue, name: &Name, now| recall(rows, queue, name, now).unwrap();
    assert_eq!(seen(&mut rows, 1, &name, 300_999).as_deref(), Some(&b"x"[..]));
    assert_eq!(seen(&mut rows, 1, &name, 301_000), None);
    assert_eq!(seen(&mut rows, 2, &name, 1000), None, "another queue's");
    for other in [Name::duplicate(Some(""), "a"), Name::duplicate(Some("a"), ""), Name::attempt("a")] {
        assert_eq!(seen(&mut rows, 1, &other, 1000), None, "{other:?}");
    }
    // Anew, before it was forgotten.
    remember(&mut rows, 1, &name, b"y", 302_000).unwrap();
    assert!(!forget(&mut rows, 1, 303_000, 10).unwrap());
    assert_eq!(seen(&mut rows, 1, &name, 303_000).as_deref(), Some(&b"y"[..]));
    assert!(!forget(&mut rows, 1, 602_000, 10).unwrap());
    assert!(rows.tables.values().all(std::collections::BTreeMap::is_empty));
}
