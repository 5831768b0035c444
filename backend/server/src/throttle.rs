//! How often one address may be wrong before it is told to wait. Who is right is never asked to.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Wrong tries that an address may make at once.
const BURST: u32 = 20;
/// After which time one more is allowed.
const REFILL: Duration = Duration::from_secs(3);
/// Addresses remembered; beyond it all strangers share one bucket.
const MAX_ADDRESSES: usize = 4096;

/// Buckets of tries per address.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// For each address, the moment at which its bucket is full again.
    full_again: Mutex<HashMap<Option<IpAddr>, Instant>>,
}

impl Throttle {
    /// Takes one wrong try; false where there is none left.
    pub(crate) fn admit(&self, address: IpAddr) -> bool {
        let now = Instant::now();
        let mut buckets = self.full_again.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_ADDRESSES {
            buckets.retain(|_, full_again| *full_again > now);
        }
        let known = Some(address.to_canonical());
        let key = if buckets.len() >= MAX_ADDRESSES && !buckets.contains_key(&known) { None } else { known };
        let full_again = (*buckets.get(&key).unwrap_or(&now)).max(now) + REFILL;
        if full_again.duration_since(now) > REFILL * BURST {
            return false;
        }
        buckets.insert(key, full_again);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_address_runs_dry_and_refills_alone() {
        let throttle = Throttle::default();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        assert!((0..BURST).all(|_| throttle.admit(one)));
        assert!(!throttle.admit(one));
        assert!(throttle.admit(other));
        tokio::time::advance(REFILL).await;
        assert!(throttle.admit(one));
        assert!(!throttle.admit(one));
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..MAX_ADDRESSES as u32 + 500 {
            throttle.admit(std::net::Ipv4Addr::from(number).into());
        }
        assert!(throttle.full_again.lock().unwrap().len() <= MAX_ADDRESSES + 1);
    }
}
