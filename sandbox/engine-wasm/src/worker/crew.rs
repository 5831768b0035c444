//! The threads that run functions: one for each invocation, so that one which computes, sleeps or copies for long holds
//! up no other. They are made when they are needed and kept.
//!
//! Whoever is done takes the next call himself, so that under load nobody is woken and nothing is handed over. As many as
//! there are processors are woken for calls that come in; for calls that nobody takes for a tick of the clock, as many as
//! there are calls.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use bytes::Bytes;
use tokio::runtime::Handle;

use crate::config::{SLOTS, STACK};
use crate::exchange::{CALLS, Exchange, processors};
use crate::frames::{CallHead, MAX_BODY, too_long};

/// What WASI's own functions need of a stack beside the guest's.
const HOST_STACK: usize = 1 << 20;

/// A call that was taken.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) seat: usize,
    pub(super) id: u64,
    /// What the environment has beside what all calls have: `NAME=value` and a zero byte for each variable.
    pub(super) environment: Bytes,
    pub(super) event: Bytes,
}

/// The threads.
pub(super) struct Crew {
    exchange: Arc<Exchange>,
    calls: Mutex<Calls>,
    /// How many calls were taken, and how many at the last tick.
    taken: AtomicU64,
    at_tick: AtomicU64,
    awake: u64,
    /// Threads that wait to be woken, and all.
    asleep: AtomicUsize,
    threads: AtomicUsize,
    /// Whose timers the threads use.
    timers: Handle,
    run: OnceLock<Box<dyn Fn(Call) + Send + Sync>>,
}

/// Where calls come from.
struct Calls {
    head: u64,
    /// For what fits into no room.
    socket: UnixStream,
}

impl Crew {
    pub(super) fn new(exchange: Arc<Exchange>, socket: UnixStream, timers: Handle) -> Arc<Self> {
        Arc::new(Self {
            exchange,
            calls: Mutex::new(Calls { head: 0, socket }),
            taken: AtomicU64::new(0),
            at_tick: AtomicU64::new(0),
            awake: processors(),
            asleep: AtomicUsize::new(0),
            threads: AtomicUsize::new(0),
            timers,
            run: OnceLock::new(),
        })
    }

    /// Has calls run so from now on.
    pub(super) fn begin(self: &Arc<Self>, run: impl Fn(Call) + Send + Sync + 'static) -> io::Result<()> {
        self.run.get_or_init(|| Box::new(run));
        self.one_more()
    }

    /// Gives calls that nobody took since the last tick threads of their own.
    pub(super) fn tick(self: &Arc<Self>) {
        let taken = self.taken.load(Ordering::SeqCst);
        let waiting = self.exchange.pushed(CALLS, taken).min(SLOTS.into()) as usize;
        if self.at_tick.swap(taken, Ordering::SeqCst) != taken || waiting == 0 {
            return;
        }
        let missing = waiting.saturating_sub(self.asleep.load(Ordering::SeqCst));
        // Where there are no threads to be had, those that there are come to it.
        let _ = (0..missing).try_for_each(|_| self.one_more());
        self.exchange.wake_all(waiting.min(self.asleep.load(Ordering::SeqCst)) as u64);
    }

    /// Waits for something that takes no processor: another may work meanwhile.
    pub(super) fn aside<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.exchange.count_asleep();
        if self.has_calls() {
            self.exchange.wake_one(self.awake);
        }
        let waited = wait();
        self.exchange.count_back();
        waited
    }

    /// A thread that waits to be woken, unless there is one for each slot.
    fn one_more(self: &Arc<Self>) -> io::Result<()> {
        let crew = Arc::clone(self);
        let one_more = |threads| (threads < SLOTS as usize).then_some(threads + 1);
        if self.threads.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_err() {
            return Ok(());
        }
        self.asleep.fetch_add(1, Ordering::SeqCst);
        let thread = thread::Builder::new().name("function".into()).stack_size(STACK + HOST_STACK);
        let begun = thread.spawn(move || crew.live());
        if begun.is_err() {
            self.threads.fetch_sub(1, Ordering::SeqCst);
            self.asleep.fetch_sub(1, Ordering::SeqCst);
        }
        begun.map(drop)
    }

    fn live(self: &Arc<Self>) {
        let _timers = self.timers.enter();
        loop {
            self.exchange.sleep();
            // Somebody must always be there to be woken.
            if self.asleep.fetch_sub(1, Ordering::SeqCst) == 1 {
                // Without it the others do.
                let _ = self.one_more();
            }
            while self.work_on() {}
            self.asleep.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Runs calls until there are none, and is counted as asleep then. True where there is one after all.
    fn work_on(&self) -> bool {
        loop {
            match self.take() {
                Ok(Some(call)) => {
                    if let Some(run) = self.run.get() {
                        run(call);
                    }
                }
                Ok(None) => break,
                // The engine is gone, and so is this process.
                Err(_) => std::process::abort(),
            }
        }
        self.exchange.count_asleep();
        self.has_calls() && self.exchange.count_awake(self.awake)
    }

    fn has_calls(&self) -> bool {
        self.exchange.pushed(CALLS, self.taken.load(Ordering::SeqCst)) > 0
    }

    fn take(&self) -> io::Result<Option<Call>> {
        if !self.has_calls() {
            return Ok(None);
        }
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let Calls { head, socket } = &mut *calls;
        let Some(seat) = self.exchange.pop(CALLS, head)? else { return Ok(None) };
        self.taken.store(*head, Ordering::SeqCst);
        let CallHead { id, environment, event } = CallHead::of(self.exchange.head(CALLS, seat));
        if environment.saturating_add(event) > MAX_BODY {
            return Err(too_long());
        }
        let parts = self.exchange.read(CALLS, seat, &[environment, event]).map_or_else(
            || {
                let mut parts = vec![0; environment + event];
                socket.read_exact(&mut parts)?;
                io::Result::Ok(parts)
            },
            Ok,
        )?;
        let mut event = Bytes::from(parts);
        let environment = event.split_to(environment);
        Ok(Some(Call { seat, id, environment, event }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_call_has_a_thread_of_its_own_and_those_beyond_wait() {
        let timers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("timers");
        let (ours, file) = Exchange::create().expect("memory");
        let theirs = Arc::new(Exchange::open(&file).expect("memory"));
        let (_engine, socket) = UnixStream::pair().expect("a socket");
        let crew = Crew::new(theirs, socket, timers.handle().clone());
        let slots = SLOTS as usize;
        // Passes only when as many calls as there are slots run at once.
        let (all, (sender, done)) = (Barrier::new(slots), channel());
        let run = move |call: Call| {
            all.wait();
            sender.send(call).expect("heard");
        };
        crew.begin(run).expect("a thread");
        for round in 0..2_u64 {
            for seat in 0..slots {
                let head = CallHead { id: round, environment: 1, event: 2 };
                assert!(ours.write(CALLS, seat, head.words(), &[b"e", b"{}"]));
                ours.push(CALLS, seat);
                ours.wake_one(processors());
            }
            let mut seats = Vec::new();
            while seats.len() < slots {
                crew.tick();
                let Ok(call) = done.recv_timeout(Duration::from_millis(1)) else { continue };
                assert_eq!(
                    (call.id, call.environment.as_ref(), call.event.as_ref()),
                    (round, &b"e"[..], &b"{}"[..])
                );
                seats.push(call.seat);
            }
            seats.sort_unstable();
            assert_eq!(seats, (0..slots).collect::<Vec<_>>());
        }
        assert_eq!(crew.threads.load(Ordering::SeqCst), slots);
    }
}
