//! Who may be connected at once: a count in all and a count per address. Where one is full, whoever waits without a
//! request under way gives way to a newcomer, longest quiet first. Not a rate limiter.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::progress::{Phase, Progress, Turns};

/// The counter at the door; cheap to clone, all clones count together.
#[derive(Clone, Debug)]
pub struct ConnectionLimit {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    total: usize,
    per_address: usize,
    guests: Mutex<Guests>,
    turns: Turns,
    left: Notify,
}

#[derive(Debug, Default)]
struct Guests {
    inside: HashMap<u64, Guest>,
    by_address: HashMap<IpAddr, usize>,
    next: u64,
}

#[derive(Debug)]
struct Guest {
    address: IpAddr,
    progress: Progress,
    leave: CancellationToken,
}

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Full {
    /// The listener has as many requests under way as it may have.
    #[error("all connections are taken")]
    Total,
    /// This address has as many requests under way as one address may have.
    #[error("all connections of this address are taken")]
    Address,
}

/// A place inside; dropping it gives the place back.
#[derive(Debug)]
pub struct Ticket {
    inner: Arc<Inner>,
    number: u64,
    progress: Progress,
    leave: CancellationToken,
}

impl ConnectionLimit {
    /// A limit of so many connections in all and from one address.
    pub fn new(total: usize, per_address: usize) -> Self {
        let inner = Inner {
            total,
            per_address,
            guests: Mutex::default(),
            turns: Turns::default(),
            left: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Takes a place for `address`, if need be that of somebody idle, or says which count is full.
    pub fn enter(&self, address: IpAddr) -> Result<Ticket, Full> {
        let address = address.to_canonical();
        let mut guests = self.inner.guests();
        if guests.of(address) >= self.inner.per_address && !guests.send_away(Some(address)) {
            return Err(Full::Address);
        }
        if guests.inside.len() >= self.inner.total && !guests.send_away(None) {
            return Err(Full::Total);
        }
        let number = guests.next;
        guests.next += 1;
        *guests.by_address.entry(address).or_default() += 1;
        let (progress, leave) = (Progress::beginning(&self.inner.turns), CancellationToken::new());
        guests.inside.insert(number, Guest { address, progress: progress.clone(), leave: leave.clone() });
        drop(guests);
        Ok(Ticket { inner: Arc::clone(&self.inner), number, progress, leave })
    }

    /// How many are inside.
    pub fn inside(&self) -> usize {
        self.inner.guests().inside.len()
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
    fn guests(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guests {
    fn of(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).copied().unwrap_or_default()
    }

    /// Frees the place of whoever has been idle longest, of that address or of any; false where nobody is idle.
    fn send_away(&mut self, address: Option<IpAddr>) -> bool {
        let idle = self.inside.iter().filter(|(_, guest)| {
            address.is_none_or(|address| guest.address == address) && guest.progress.now().1 == Phase::Idle
        });
        let longest = idle.min_by_key(|(_, guest)| guest.progress.turn()).map(|(number, _)| *number);
        let Some(guest) = longest.and_then(|number| self.remove(number)) else { return false };
        guest.leave.cancel();
        true
    }

    fn remove(&mut self, number: u64) -> Option<Guest> {
        let guest = self.inside.remove(&number)?;
        if let Some(of_address) = self.by_address.get_mut(&guest.address) {
            *of_address = of_address.saturating_sub(1);
            if *of_address == 0 {
                self.by_address.remove(&guest.address);
            }
        }
        Some(guest)
    }
}

impl Ticket {
    /// Where the conversation tells how it goes.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Cancelled when the place was given to somebody else.
    pub(crate) fn leave(&self) -> CancellationToken {
        self.leave.clone()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // Whoever was sent away is not counted any more.
        self.inner.guests().remove(self.number);
        self.inner.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Enters and is served at once.
    fn busy(limit: &ConnectionLimit, from: &str) -> Result<Ticket, Full> {
        let ticket = limit.enter(address(from))?;
        ticket.progress.enter(Phase::Serving);
        Ok(ticket)
    }

    #[test]
    fn counts_per_address_and_in_all_and_gives_places_back() {
        let limit = ConnectionLimit::new(3, 2);
        let first = busy(&limit, "10.0.0.1").unwrap();
        let _second = busy(&limit, "::ffff:10.0.0.1").unwrap();
        assert_eq!(busy(&limit, "10.0.0.1").unwrap_err(), Full::Address, "a mapped address is the same one");
        let _third = busy(&limit, "10.0.0.2").unwrap();
        assert_eq!(busy(&limit, "10.0.0.3").unwrap_err(), Full::Total);
        drop(first);
        assert_eq!(limit.inside(), 2);
        assert!(busy(&limit, "10.0.0.1").is_ok());
    }

    #[test]
    fn the_longest_idle_gives_way_and_nobody_who_is_served() {
        let limit = ConnectionLimit::new(4, 3);
        let tickets: Vec<_> = (0..3).map(|_| limit.enter(address("10.0.0.1")).unwrap()).collect();
        let gone = || tickets.iter().map(|ticket| ticket.leave.is_cancelled()).collect::<Vec<_>>();
        // The first is served and idle again, the second is served still, the third never said a word.
        tickets[0].progress.enter(Phase::Serving);
        tickets[0].progress.enter(Phase::Idle);
        tickets[1].progress.enter(Phase::Serving);
        let _fourth = busy(&limit, "10.0.0.1").unwrap();
        assert_eq!(gone(), [false, false, true]);
        let _fifth = busy(&limit, "10.0.0.1").unwrap();
        assert_eq!(gone(), [true, false, true]);
        assert_eq!(busy(&limit, "10.0.0.1").unwrap_err(), Full::Address);

        let other = limit.enter(address("10.0.0.2")).unwrap();
        let _third = busy(&limit, "10.0.0.3").unwrap();
        assert!(other.leave.is_cancelled(), "in all, too");
        assert_eq!(limit.inside(), 4);
        drop((tickets, other));
        assert_eq!(limit.inside(), 3, "who was sent away is not counted off twice");
    }

    #[tokio::test]
    async fn empty_returns_when_the_last_one_leaves() {
        let limit = ConnectionLimit::new(3, 3);
        let ticket = limit.enter(address("10.0.0.1")).unwrap();
        let waiting = tokio::spawn({
            let limit = limit.clone();
            async move { limit.empty().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(ticket);
        waiting.await.unwrap();
    }
}
