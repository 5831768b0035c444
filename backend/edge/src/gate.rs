//! Who may be connected at once: a count in all and a count per address. Not a rate limiter.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::Notify;

/// The counter at the door; cheap to clone, all clones count together.
#[derive(Clone, Debug)]
pub struct Gate {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    total: usize,
    per_address: usize,
    counts: Mutex<Counts>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Full {
    /// The listener has as many connections as it may have.
    #[error("all connections are taken")]
    Total,
    /// This address has as many connections as one address may have.
    #[error("all connections of this address are taken")]
    Address,
}

/// A place inside; dropping it gives the place back.
#[derive(Debug)]
pub struct Ticket {
    inner: Arc<Inner>,
    address: IpAddr,
}

impl Gate {
    /// A gate for so many connections in all and from one address.
    pub fn new(total: usize, per_address: usize) -> Self {
        Self { inner: Arc::new(Inner { total, per_address, counts: Mutex::default(), left: Notify::new() }) }
    }

    /// Takes a place for `address`, or says which count is full.
    pub fn enter(&self, address: IpAddr) -> Result<Ticket, Full> {
        let address = address.to_canonical();
        let mut counts = self.inner.counts();
        if counts.total >= self.inner.total {
            return Err(Full::Total);
        }
        let of_address = counts.by_address.entry(address).or_default();
        if *of_address >= self.inner.per_address {
            return Err(Full::Address);
        }
        *of_address += 1;
        counts.total += 1;
        Ok(Ticket { inner: Arc::clone(&self.inner), address })
    }

    /// How many are inside.
    pub fn inside(&self) -> usize {
        self.inner.counts().total
    }

    /// Waits until nobody is inside.
    pub async fn empty(&self) {
        loop {
            let left = self.inner.left.notified();
            if self.inside() == 0 {
                return;
            }
            left.await;
        }
    }
}

impl Inner {
    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut counts = self.inner.counts();
        counts.total = counts.total.saturating_sub(1);
        if let Some(of_address) = counts.by_address.get_mut(&self.address) {
            *of_address -= 1;
            if *of_address == 0 {
                counts.by_address.remove(&self.address);
            }
        }
        drop(counts);
        self.inner.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn counts_per_address_and_in_all_and_gives_places_back() {
        let gate = Gate::new(3, 2);
        let first = gate.enter(address("10.0.0.1")).unwrap();
        let _second = gate.enter(address("::ffff:10.0.0.1")).unwrap();
        assert_eq!(
            gate.enter(address("10.0.0.1")).unwrap_err(),
            Full::Address,
            "a mapped address is the same one"
        );
        let _third = gate.enter(address("10.0.0.2")).unwrap();
        assert_eq!(gate.enter(address("10.0.0.3")).unwrap_err(), Full::Total);
        drop(first);
        assert_eq!(gate.inside(), 2);
        assert!(gate.enter(address("10.0.0.1")).is_ok());
    }

    #[tokio::test]
    async fn empty_returns_when_the_last_one_leaves() {
        let gate = Gate::new(3, 3);
        let ticket = gate.enter(address("10.0.0.1")).unwrap();
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.empty().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(ticket);
        waiting.await.unwrap();
    }
}
