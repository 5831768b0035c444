//! Bytes held at once: reservations that are asked for before the allocation and given back by being dropped.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::Notify;

use crate::Source;

/// So many bytes over all holders. Cheap to clone; all clones count together.
///
/// It is fair by one rule: **no source may hold more than it leaves free.** A source alone gets half; each that comes later
/// half of what is left; and a source that holds nothing always finds room, however greedy the others are.
///
/// ```
/// # use budget::{Budget, Source};
/// let bodies = Budget::new("request bodies", 1000);
/// let (anne, bert) = (Source::named("key", "anne"), Source::named("key", "bert"));
/// let mut first = bodies.reserve(&anne, 400)?;
/// first.grow(100)?;
/// assert!(bodies.reserve(&anne, 1).is_err(), "she holds as much as she left");
/// assert!(bodies.reserve(&bert, 250).is_ok());
/// drop(first);
/// assert_eq!(bodies.used(), 0);
/// # Ok::<(), budget::Exhausted>(())
/// ```
#[derive(Clone)]
pub struct Budget {
    inner: Arc<Inner>,
}

struct Inner {
    name: &'static str,
    total: u64,
    ledger: Mutex<Ledger>,
    freed: Notify,
}

/// Only sources that hold something have an entry, so the ledger is no larger than what it counts.
#[derive(Default)]
struct Ledger {
    used: u64,
    by_source: HashMap<Source, u64>,
}

/// Why bytes were not granted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Exhausted {
    /// No source may ever hold so much: asking again is in vain.
    #[error("{asked} bytes for {budget} are more than the {most} that one may hold: send less at once")]
    TooLarge {
        /// What the bytes are for.
        budget: &'static str,
        /// How many the source would have held in all.
        asked: u64,
        /// How many it could hold while there is nobody else.
        most: u64,
    },
    /// There is no room now.
    #[error(
        "no room for {asked} more bytes for {budget} ({held} are yours, {free} are free): try again in a moment"
    )]
    Busy {
        /// What the bytes are for.
        budget: &'static str,
        /// How many were asked for.
        asked: u64,
        /// How many the source holds.
        held: u64,
        /// How many nobody holds.
        free: u64,
    },
}

impl Budget {
    /// A budget of `total` bytes. The name completes "no room for 10 more bytes for …".
    pub fn new(name: &'static str, total: u64) -> Self {
        let inner = Inner { name, total, ledger: Mutex::default(), freed: Notify::new() };
        Self { inner: Arc::new(inner) }
    }

    /// Takes bytes for a source, or says why there are none for it.
    pub fn reserve(&self, source: &Source, bytes: u64) -> Result<Reservation, Exhausted> {
        self.inner.take(source, bytes)?;
        Ok(Reservation { inner: Arc::clone(&self.inner), source: source.clone(), bytes })
    }

    /// Takes bytes for a source once there is room. Refuses only what could never be held.
    ///
    /// In no order: whoever fits goes first. A small one may so overtake a large one again and again while the budget
    /// is contended; callers that must not wait for ever put a deadline around this.
    pub async fn reserve_when_free(&self, source: &Source, bytes: u64) -> Result<Reservation, Exhausted> {
        loop {
            let freed = self.inner.freed.notified();
            match self.reserve(source, bytes) {
                Err(Exhausted::Busy { .. }) => freed.await,
                outcome => return outcome,
            }
        }
    }

    /// The whole of it.
    pub fn total(&self) -> u64 {
        self.inner.total
    }

    /// The most that one source can hold, while there is nobody else.
    pub fn most(&self) -> u64 {
        self.inner.total / 2
    }

    /// How many bytes are held.
    pub fn used(&self) -> u64 {
        self.inner.ledger().used
    }

    /// How many bytes that source holds.
    pub fn held_by(&self, source: &Source) -> u64 {
        self.inner.ledger().by_source.get(source).copied().unwrap_or_default()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Budget({}: {} of {})", self.inner.name, self.used(), self.total())
    }
}

impl Inner {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, source: &Source, bytes: u64) -> Result<(), Exhausted> {
        if bytes == 0 {
            return Ok(());
        }
        let mut ledger = self.ledger();
        let held = ledger.by_source.get(source).copied().unwrap_or_default();
        let (wanted, most) = (held.saturating_add(bytes), self.total / 2);
        if wanted > most {
            return Err(self.beyond_the_most(bytes, held, ledger.used));
        }
        let free = self.total - ledger.used;
        if free < bytes || wanted > free - bytes {
            return Err(Exhausted::Busy { budget: self.name, asked: bytes, held, free });
        }
        ledger.used += bytes;
        ledger.by_source.insert(source.clone(), wanted);
        Ok(())
    }

    /// Whether giving back what the source holds elsewhere could make room tells the two refusals apart.
    fn beyond_the_most(&self, asked: u64, held: u64, used: u64) -> Exhausted {
        let most = self.total / 2;
        if asked > most {
            return Exhausted::TooLarge { budget: self.name, asked, most };
        }
        Exhausted::Busy { budget: self.name, asked, held, free: self.total - used }
    }

    fn give_back(&self, source: &Source, bytes: u64) {
        if bytes == 0 {
            return;
        }
        let mut ledger = self.ledger();
        ledger.used = ledger.used.saturating_sub(bytes);
        if let Some(held) = ledger.by_source.get_mut(source) {
            *held = held.saturating_sub(bytes);
            if *held == 0 {
                ledger.by_source.remove(source);
            }
        }
        drop(ledger);
        self.freed.notify_waiters();
    }
}

/// Bytes that are a holder's until it drops this.
#[must_use = "dropping a reservation gives its bytes back"]
pub struct Reservation {
    inner: Arc<Inner>,
    source: Source,
    bytes: u64,
}

impl Reservation {
    /// How many bytes this holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes so many bytes more. When refused, what was held before stays held.
    pub fn grow(&mut self, by: u64) -> Result<(), Exhausted> {
        let grown = self.bytes.saturating_add(by);
        if grown > self.inner.total / 2 {
            let (budget, most) = (self.inner.name, self.inner.total / 2);
            return Err(Exhausted::TooLarge { budget, asked: grown, most });
        }
        self.inner.take(&self.source, by)?;
        self.bytes = grown;
        Ok(())
    }

    /// Takes what is missing to `bytes`; gives nothing back if that is less than is held.
    pub fn grow_to(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.grow(bytes.saturating_sub(self.bytes))
    }

    /// Gives back what is held beyond `bytes`.
    pub fn shrink_to(&mut self, bytes: u64) {
        let surplus = self.bytes.saturating_sub(bytes);
        self.bytes -= surplus;
        self.inner.give_back(&self.source, surplus);
    }

    /// Hands at most so many of these bytes to another holder, still charged to the same source.
    pub fn split(&mut self, bytes: u64) -> Self {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        Self { inner: Arc::clone(&self.inner), source: self.source.clone(), bytes }
    }

    /// Ties this reservation to the bytes that it was taken for: it is given back with their last clone or slice.
    pub fn hold(self, bytes: impl AsRef<[u8]> + Send + 'static) -> Bytes {
        Bytes::from_owner(Held { bytes, _reservation: self })
    }
}

struct Held<B> {
    bytes: B,
    _reservation: Reservation,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Held<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.inner.give_back(&self.source, self.bytes);
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reservation({} bytes for {} by {:?})", self.bytes, self.inner.name, self.source)
    }
}

#[cfg(test)]
mod tests;
