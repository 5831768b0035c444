//! The epoch's clock: ticks while anything runs, sleeps while nothing does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use wasmtime::Engine;

/// How long a function may compute before its timeout is looked at.
const TICK: Duration = Duration::from_millis(5);

/// Counts what runs.
#[derive(Clone)]
pub(super) struct Ticker {
    running: Arc<AtomicUsize>,
    thread: Thread,
}

/// While this lives, the clock ticks.
pub(super) struct Running(Ticker);

impl Ticker {
    /// `each` is called with every tick; it must not wait for anything.
    pub(super) fn start(
        engine: Engine,
        mut each: impl FnMut(Instant) + Send + 'static,
    ) -> std::io::Result<Self> {
        let running = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&running);
        let handle = thread::Builder::new().name("ticker".into()).spawn(move || {
            loop {
                if seen.load(Ordering::Acquire) == 0 {
                    thread::park();
                }
                thread::sleep(TICK);
                engine.increment_epoch();
                each(Instant::now());
            }
        })?;
        Ok(Self { running, thread: handle.thread().clone() })
    }

    pub(super) fn run(&self) -> Running {
        if self.running.fetch_add(1, Ordering::AcqRel) == 0 {
            self.thread.unpark();
        }
        Running(self.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}
