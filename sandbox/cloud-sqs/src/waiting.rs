//! Who waits for messages: told of each that comes, and when the next becomes ready by itself. One loop looks at the time for
//! all; no message has a task.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::Clock;
use cloud_delivery::Timeline;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Those who wait, by backlog.
#[derive(Default)]
pub(crate) struct Waiting {
    inner: Mutex<Inner>,
    /// There may be an earlier time to look at.
    sooner: Notify,
}

#[derive(Default)]
struct Inner {
    backlogs: HashMap<u64, Backlog>,
    /// When to tell whom.
    due: BTreeSet<(u64, u64)>,
}

struct Backlog {
    notify: Arc<Notify>,
    waiting: usize,
    due: Option<u64>,
}

/// One who waits; he stops when this is dropped.
pub(crate) struct Waiter {
    waiting: Arc<Waiting>,
    backlog: u64,
    notify: Arc<Notify>,
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody waits for messages of a backlog.
    pub(crate) fn wait(self: &Arc<Self>, backlog: u64) -> Waiter {
        let mut inner = self.lock();
        let entry = inner.backlogs.entry(backlog).or_insert_with(|| Backlog {
            notify: Arc::default(),
            waiting: 0,
            due: None,
        });
        entry.waiting += 1;
        let notify = Arc::clone(&entry.notify);
        Waiter { waiting: Arc::clone(self), backlog, notify }
    }

    /// Whether nobody waits.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        let inner = self.lock();
        inner.backlogs.is_empty() && inner.due.is_empty()
    }

    /// Tells one of those who wait that there may be a message.
    pub(crate) fn tell(&self, backlog: u64) {
        if let Some(entry) = self.lock().backlogs.get(&backlog) {
            entry.notify.notify_one();
        }
    }

    /// Tells all of them that their backlog is not the queue's any more.
    pub(crate) fn tell_all(&self, backlog: u64) {
        if let Some(entry) = self.lock().backlogs.get(&backlog) {
            entry.notify.notify_waiters();
            entry.notify.notify_one();
        }
    }

    /// Has one of them told at a time, or before.
    pub(crate) fn tell_at(&self, backlog: u64, due: Option<u64>) {
        let Some(due) = due else { return };
        let mut inner = self.lock();
        let inner = &mut *inner;
        let Some(entry) = inner.backlogs.get_mut(&backlog) else { return };
        if entry.due.is_some_and(|present| present <= due) {
            return;
        }
        let before = entry.due.replace(due);
        if let Some(before) = before {
            inner.due.remove(&(before, backlog));
        }
        inner.due.insert((due, backlog));
        if inner.due.first() == Some(&(due, backlog)) {
            self.sooner.notify_one();
        }
    }

    /// Tells those whose time has come; when the next is.
    fn due(&self, now: u64) -> Option<u64> {
        let mut inner = self.lock();
        while let Some((due, backlog)) = inner.due.first().copied() {
            if due > now {
                return Some(due);
            }
            inner.due.pop_first();
            if let Some(entry) = inner.backlogs.get_mut(&backlog) {
                entry.due = None;
                entry.notify.notify_one();
            }
        }
        None
    }

    /// Looks at the time, for ever.
    pub(crate) async fn run(self: Arc<Self>, timeline: Timeline, clock: Arc<dyn Clock>) {
        loop {
            let mut sooner = pin!(self.sooner.notified());
            sooner.as_mut().enable();
            match self.due(timeline.now()) {
                Some(due) => {
                    tokio::select! {
                        () = sooner => {}
                        () = clock.wait_until(timeline.moment(due)) => {}
                    }
                }
                None => sooner.await,
            }
        }
    }
}

impl Waiter {
    /// Ends when he is told. Begin it before looking for messages.
    pub(crate) fn told(&self) -> Notified<'_> {
        self.notify.notified()
    }

    pub(crate) fn tell_at(&self, due: Option<u64>) {
        self.waiting.tell_at(self.backlog, due);
    }

    pub(crate) fn backlog(&self) -> u64 {
        self.backlog
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut inner = self.waiting.lock();
        let inner = &mut *inner;
        let Some(entry) = inner.backlogs.get_mut(&self.backlog) else { return };
        entry.waiting -= 1;
        if entry.waiting == 0 {
            if let Some(due) = entry.due {
                inner.due.remove(&(due, self.backlog));
            }
            inner.backlogs.remove(&self.backlog);
        } else {
            // What it was told and did not look at, another looks at.
            entry.notify.notify_one();
        }
    }
}
