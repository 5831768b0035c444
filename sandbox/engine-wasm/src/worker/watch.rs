//! Who runs until when. A guest inside of an operation that nothing interrupts (filling gigabytes, writing them to
//! `/tmp`) cannot answer at its timeout: others do it for it, and what it brings later is thrown away.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engine::MAX_PAYLOAD;

use super::pipes::Sink;

/// How long after its timeout a guest may still answer for itself.
const GRACE: Duration = Duration::from_millis(15);

/// What one invocation may write to its log, in bytes; what is beyond is dropped, and the log says so.
const MAX_LOG: usize = 4 << 20;

/// What an invocation has left so far. Clones share it.
#[derive(Clone)]
pub(super) struct Traces {
    pub(super) stdout: Sink,
    pub(super) stderr: Sink,
    peak: Arc<AtomicUsize>,
}

impl Traces {
    pub(super) fn new() -> Self {
        Self { stdout: Sink::new(MAX_PAYLOAD), stderr: Sink::new(MAX_LOG), peak: Arc::default() }
    }

    /// The most memory it held.
    pub(super) fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    pub(super) fn held(&self, bytes: usize) {
        self.peak.fetch_max(bytes, Ordering::Relaxed);
    }
}

/// The invocations that owe an answer.
#[derive(Default)]
pub(super) struct Watch(Mutex<HashMap<u64, Owing>>);

/// One of them.
struct Owing {
    seat: usize,
    deadline: Instant,
    traces: Traces,
}

impl Watch {
    /// An invocation begins, to end by then.
    pub(super) fn begin(&self, id: u64, seat: usize, deadline: Instant, traces: Traces) {
        self.owing().insert(id, Owing { seat, deadline, traces });
    }

    /// An invocation has ended. False when it was answered for meanwhile.
    pub(super) fn end(&self, id: u64) -> bool {
        self.owing().remove(&id).is_some()
    }

    /// Takes those that are overdue: the caller answers for them.
    pub(super) fn overdue(&self, now: Instant) -> Vec<(u64, usize, Traces)> {
        let late = |_: &u64, owing: &mut Owing| now > owing.deadline + GRACE;
        self.owing().extract_if(late).map(|(id, owing)| (id, owing.seat, owing.traces)).collect()
    }

    fn owing(&self) -> MutexGuard<'_, HashMap<u64, Owing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_answered_once() {
        let watch = Watch::default();
        let now = Instant::now();
        let second = Duration::from_secs(1);
        watch.begin(1, 0, now + second, Traces::new());
        watch.begin(2, 1, now + 2 * second, Traces::new());
        assert!(watch.overdue(now + second).is_empty(), "it may still answer for itself");
        let late: Vec<u64> = watch.overdue(now + second + 2 * GRACE).into_iter().map(|(id, ..)| id).collect();
        assert_eq!(late, [1]);
        assert!(watch.overdue(now + second + 2 * GRACE).is_empty());
        assert!(!watch.end(1) && watch.end(2) && !watch.end(2));
    }
}
