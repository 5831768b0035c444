//! Fair queues: a message of a standard queue that says a group is of that tenant, and tenants that take up more of those who
//! receive than is their share wait while others have messages. Not the groups of FIFO queues, which keep an order.
//!
//! Ready messages of a tenant are rows by its name and their numbers. The first of them stands in the order of what is given:
//! among all that is ready, by its number, or behind that, by how many of the tenant are in flight. Whether a tenant is noisy is
//! asked when its turn comes and whenever something of it changes; who was noisy is asked anew at each receive. So a tenant's
//! backlog is never gone through.
// AWS: "How Amazon SQS fair queues work". A message without a group is a tenant of its own, and so never noisy.

use cloud_store::Error;
use serde::{Deserialize, Serialize};

use super::{Backlog, Kind, Tray, is_zero, last_number};
use crate::record::{GROUPS, ORDER, TENANTS};
use crate::rows::Rows;

/// Rows of the first messages of noisy tenants stand behind all that is ready.
pub(super) const NOISY: u8 = 4;
/// AWS: noisy is who has more than one in so many of the messages in flight, and of the time that receivers take.
const SHARE: u64 = 10;
/// AWS: the first of these counts from so many of its own messages on.
const CROWD: u64 = 30;
/// AWS: who has sent nothing for so long is not noisy, in milliseconds.
const CALM: u64 = 300_000;
/// In how long time that receivers took counts for half, and from how much on shares of it are looked at, in milliseconds.
// LIMIT: AWS says "recent", and nothing of a least.
const HALF: u64 = 300_000;
const LEAST: u64 = 1000;
/// Noisy tenants that a receive asks about again: by the shares there are twice nine at most, beside those that are not any more.
const ASKED: usize = 32;

/// Time that receivers took, as it counts at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Busy {
    #[serde(rename = "t", default, skip_serializing_if = "is_zero")]
    pub(super) time: u64,
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub(super) at: u64,
}

impl Busy {
    /// As it counts now.
    pub(super) fn now(self, now: u64) -> u64 {
        let halves = now.saturating_sub(self.at) as f64 / HALF as f64;
        (self.time as f64 * 0.5_f64.powf(halves)) as u64
    }

    pub(super) fn add(&mut self, time: u64, now: u64) {
        if time > 0 {
            *self = Self { time: self.now(now).saturating_add(time), at: now };
        }
    }
}

/// Where a tenant's first ready message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "n", default)]
    is_noisy: bool,
    /// How many were in flight, of a noisy one.
    #[serde(rename = "f", default, skip_serializing_if = "is_zero")]
    in_flight: u64,
    #[serde(rename = "s")]
    sequence: u64,
}

/// What is known of a tenant, as long as it has messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tenant {
    /// Messages that are ready or delayed.
    #[serde(rename = "w")]
    pub(super) waiting: u64,
    #[serde(rename = "f")]
    pub(super) in_flight: u64,
    /// When it sent something last, on the timeline.
    #[serde(rename = "s")]
    pub(super) sent: u64,
    #[serde(rename = "b", default)]
    pub(super) busy: Busy,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    head: Option<Head>,
}

/// All of a queue that a tenant is compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    pub(super) in_flight: u64,
    pub(super) busy: Busy,
    pub(super) now: u64,
}

impl Tenant {
    /// Whether it takes up more than its share.
    pub(super) fn is_noisy(&self, whole: Whole) -> bool {
        let Whole { in_flight, busy, now } = whole;
        if self.waiting == 0 || self.sent.saturating_add(CALM) <= now {
            return false;
        }
        let crowds = self.in_flight >= CROWD && self.in_flight.saturating_mul(SHARE) > in_flight;
        let all = busy.now(now);
        crowds || (all >= LEAST && self.busy.now(now).saturating_mul(SHARE) > all)
    }

    fn count(&mut self, kind: Option<Kind>, more: bool) {
        let count = match kind {
            None => return,
            Some(Kind::InFlight) => &mut self.in_flight,
            Some(Kind::Ready | Kind::Delayed) => &mut self.waiting,
        };
        *count = if more { *count + 1 } else { count.saturating_sub(1) };
    }
}

/// A message that waits for something else from now on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub(super) sequence: u64,
    /// None: it is new.
    pub(super) from: Option<Kind>,
    /// None: it is gone.
    pub(super) to: Option<Kind>,
    /// For how long a receiver had it.
    pub(super) spent: u64,
}

impl Backlog {
    fn whole(&self) -> Whole {
        Whole { in_flight: self.counts.in_flight, busy: self.counts.busy, now: self.now.time }
    }

    fn tenant(&self, rows: &mut impl Rows, name: &str) -> Result<Tenant, Error> {
        let kept = rows.get(TENANTS, self.group(name).as_ref())?;
        Ok(kept.map(|kept| serde_json::from_slice(&kept)).transpose()?.unwrap_or_default())
    }

    fn keep_tenant(&self, rows: &mut impl Rows, name: &str, tenant: &Tenant) -> Result<(), Error> {
        let key = self.group(name);
        // AWS: who has nothing left is like any other.
        if tenant.waiting + tenant.in_flight == 0 {
            return rows.delete(TENANTS, key.as_ref());
        }
        rows.put(TENANTS, key.as_ref(), &serde_json::to_vec(tenant)?)
    }

    /// Follows a message of a tenant, once the counts of all are right.
    pub(super) fn shift(
        &mut self,
        rows: &mut impl Rows,
        name: Option<&str>,
        shift: Shift,
    ) -> Result<(), Error> {
        if self.is_fifo {
            return Ok(());
        }
        let now = self.now.time;
        self.counts.busy.add(shift.spent, now);
        let Some(name) = name else { return Ok(()) };
        let mut tenant = self.tenant(rows, name)?;
        tenant.count(shift.from, false);
        tenant.count(shift.to, true);
        tenant.busy.add(shift.spent, now);
        if shift.from.is_none() {
            tenant.sent = now;
        }
        let row = self.group(name).then_number(shift.sequence);
        if shift.from == Some(Kind::Ready) {
            rows.delete(GROUPS, row.as_ref())?;
        }
        if shift.to == Some(Kind::Ready) {
            rows.put(GROUPS, row.as_ref(), &[])?;
        }
        self.stand(rows, name, tenant)
    }

    /// Has a tenant's first ready message stand where it belongs now.
    fn stand(&self, rows: &mut impl Rows, name: &str, mut tenant: Tenant) -> Result<(), Error> {
        let first = rows.first(GROUPS, self.group(name).as_ref(), None, 1)?;
        let is_noisy = tenant.is_noisy(self.whole());
        let in_flight = if is_noisy { tenant.in_flight } else { 0 };
        let first = first.first().and_then(|(key, _)| last_number(key));
        let head = first.map(|sequence| Head { is_noisy, in_flight, sequence });
        if head != tenant.head {
            if let Some(before) = tenant.head {
                rows.delete(ORDER, &self.head(before))?;
            }
            if let Some(head) = head {
                rows.put(ORDER, &self.head(head), name.as_bytes())?;
            }
            tenant.head = head;
        }
        self.keep_tenant(rows, name, &tenant)
    }

    fn head(&self, head: Head) -> Vec<u8> {
        let order = if head.is_noisy { NOISY } else { Kind::Ready.number() };
        self.row(order, head.in_flight).of(head.sequence)
    }

    /// Lets those stand among the others who are noisy no more.
    pub(super) fn calm(&self, rows: &mut impl Rows) -> Result<(), Error> {
        if self.is_fifo {
            return Ok(());
        }
        for (_, name) in rows.first(ORDER, &self.rows_of(NOISY), None, ASKED)? {
            let name = String::from_utf8_lossy(&name).into_owned();
            let tenant = self.tenant(rows, &name)?;
            if !tenant.is_noisy(self.whole()) {
                self.stand(rows, &name, tenant)?;
            }
        }
        Ok(())
    }

    /// Takes the first ready message of a tenant, whose turn it is; one that became noisy since goes behind the others.
    pub(super) fn take_of_tenant<R: Rows>(
        &mut self,
        rows: &mut R,
        name: &str,
        place: &[u8],
        tray: &mut Tray<'_, R>,
    ) -> Result<(), Error> {
        let tenant = self.tenant(rows, name)?;
        let Some(head) = tenant.head.filter(|head| self.head(*head) == place) else {
            // LIMIT: one that the disk lost half of is no message.
            tray.received.aside += 1;
            return rows.delete(ORDER, place);
        };
        if !head.is_noisy && tenant.is_noisy(self.whole()) {
            return self.stand(rows, name, tenant);
        }
        self.take(rows, head.sequence, Some(name), tray)
    }
}

#[cfg(test)]
mod tests;
