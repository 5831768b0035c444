//! Deterministic schedules, for tests: futures side by side in one task, one step at a time, in an order that a seed draws.
//!
//! Half of the seeds choose at random each time. The others rank the futures, always take the first that can go on, and at a
//! few moments put the one that runs behind all others: so one is overtaken by all the rest in the middle of what it does.
//! Now and then all wait while the runtime's other tasks go on: what the tested code spawns runs sooner or later.
//!
//! With time that stands still (`start_paused`) a seed is the whole schedule. Where a thread of its own answers, as that of a store
//! does, the seed is the order of steps, and when that answers is chance.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Something that goes on beside others.
pub type Actor<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// How often at most an actor is put behind the others, in a schedule that ranks them.
const CHANGES: usize = 3;
/// Within how many steps that happens.
const STEPS: usize = 60;
/// One of so many times the runtime's other tasks go on before the next step.
const ASIDE: u32 = 4;

/// Runs actors by the schedule of a seed to their ends. After each step `check` looks at what they share.
pub fn run<'a, T>(seed: u64, actors: Vec<Actor<'a, T>>, check: impl FnMut() + 'a) -> Schedule<'a, T> {
    let mut dice = StdRng::seed_from_u64(seed);
    let ranks = dice.random::<bool>().then(|| Ranks::drawn(&mut dice, actors.len()));
    let runs = actors
        .into_iter()
        .map(|actor| Run::Going {
            actor,
            woken: Arc::new(Woken { flag: AtomicBool::new(true), task: Mutex::default() }),
        })
        .collect();
    Schedule { dice, ranks, runs, check: Box::new(check) }
}

/// See [`run`].
pub struct Schedule<'a, T> {
    dice: StdRng,
    ranks: Option<Ranks>,
    runs: Vec<Run<'a, T>>,
    check: Box<dyn FnMut() + 'a>,
}

enum Run<'a, T> {
    Going { actor: Actor<'a, T>, woken: Arc<Woken> },
    Ended(T),
}

/// Whether an actor can go on.
struct Woken {
    flag: AtomicBool,
    task: Mutex<Option<Waker>>,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.flag.store(true, Ordering::SeqCst);
        if let Some(task) = &*self.task.lock().unwrap_or_else(PoisonError::into_inner) {
            task.wake_by_ref();
        }
    }
}

/// Who goes first, and when the one that runs goes last from then on.
struct Ranks {
    places: BTreeMap<usize, i64>,
    changes: Vec<usize>,
    steps: usize,
}

impl Ranks {
    fn drawn(dice: &mut StdRng, actors: usize) -> Self {
        let places = (0..actors).map(|actor| (actor, dice.random_range(0..1 << 40))).collect();
        let changes = (0..dice.random_range(0..=CHANGES)).map(|_| dice.random_range(0..STEPS)).collect();
        Self { places, changes, steps: 0 }
    }

    fn choose(&mut self, ready: &[usize]) -> Option<usize> {
        let chosen = ready.iter().copied().min_by_key(|actor| self.places.get(actor).copied())?;
        if self.changes.contains(&self.steps) {
            let last = self.places.values().max().map_or(0, |last| last + 1);
            self.places.insert(chosen, last);
        }
        self.steps += 1;
        Some(chosen)
    }
}

impl<T> Schedule<'_, T> {
    /// One that can go on.
    fn choose(&mut self) -> Option<usize> {
        let ready = |(number, run): (usize, &Run<'_, T>)| match run {
            Run::Going { woken, .. } if woken.flag.load(Ordering::SeqCst) => Some(number),
            _ => None,
        };
        let ready: Vec<_> = self.runs.iter().enumerate().filter_map(ready).collect();
        match &mut self.ranks {
            _ if ready.is_empty() => None,
            Some(ranks) => ranks.choose(&ready),
            None => ready.get(self.dice.random_range(0..ready.len())).copied(),
        }
    }

    fn step(&mut self, number: usize, task: &Waker) {
        let Some(run) = self.runs.get_mut(number) else { return };
        if let Run::Going { actor, woken } = run {
            *woken.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.clone());
            woken.flag.store(false, Ordering::SeqCst);
            let waker = Waker::from(Arc::clone(woken));
            if let Poll::Ready(output) = actor.as_mut().poll(&mut Context::from_waker(&waker)) {
                *run = Run::Ended(output);
            }
        }
        (self.check)();
    }
}

impl<T: Unpin> Future for Schedule<'_, T> {
    type Output = Vec<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Vec<T>> {
        let this = &mut *self;
        while this.runs.iter().any(|run| matches!(run, Run::Going { .. })) {
            let Some(number) = this.choose() else { return Poll::Pending };
            if this.dice.random_ratio(1, ASIDE) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            this.step(number, context.waker());
        }
        let ended = std::mem::take(&mut this.runs).into_iter().filter_map(|run| match run {
            Run::Ended(output) => Some(output),
            Run::Going { .. } => None,
        });
        Poll::Ready(ended.collect())
    }
}

impl<T> Debug for Schedule<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schedule").field("actors", &self.runs.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeSet;

    use tokio::task::yield_now;

    use super::*;

    /// Reads, waits, writes what it read and one more.
    async fn add(count: &Cell<u32>) {
        let read = count.get();
        yield_now().await;
        count.set(read + 1);
    }

    #[tokio::test]
    async fn a_race_is_found_and_its_seed_finds_it_again() {
        let mut counts = BTreeSet::new();
        for seed in 0..100 {
            let outcome = async || {
                let count = Cell::new(0);
                let actors = (0..3).map(|_| Box::pin(add(&count)) as Actor<'_, ()>).collect();
                run(seed, actors, || {}).await;
                count.get()
            };
            let first = outcome().await;
            assert_eq!(first, outcome().await, "seed {seed}");
            counts.insert(first);
        }
        assert_eq!(counts, BTreeSet::from([1, 2, 3]));
    }

    #[tokio::test]
    async fn every_order_of_steps_is_drawn() {
        let mut orders = BTreeSet::new();
        for seed in 0..300 {
            let order = RefCell::new(String::new());
            let actor = |name: char| {
                let order = &order;
                Box::pin(async move {
                    order.borrow_mut().push(name);
                    yield_now().await;
                    order.borrow_mut().push(name);
                }) as Actor<'_, ()>
            };
            run(seed, vec![actor('a'), actor('b')], || {}).await;
            orders.insert(order.into_inner());
        }
        assert_eq!(orders.into_iter().collect::<Vec<_>>(), ["aabb", "abab", "abba", "baab", "baba", "bbaa"]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_time_or_another_task_goes_on_and_outputs_are_in_order() {
        let steps = Cell::new(0);
        let actor = |number: u64| {
            Box::pin(async move {
                tokio::time::sleep(std::time::Duration::from_secs(number)).await;
                tokio::spawn(async move { number }).await.unwrap()
            }) as Actor<'_, u64>
        };
        let outputs = run(1, vec![actor(3), actor(1)], || steps.set(steps.get() + 1)).await;
        assert_eq!(outputs, [3, 1]);
        assert!(steps.get() >= 4);
    }
}
