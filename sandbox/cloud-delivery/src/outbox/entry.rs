//! An announcement as it is kept, and what becomes of it after an attempt. Pure.

use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Arn, Delivered, Delivery, PortError};
use serde::{Deserialize, Serialize};

use super::{Announcement, Ending, OVERHEAD};
use crate::Retry;

/// All of an announcement but its payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Without its payload.
    pub(super) delivery: Delivery,
    pub(super) retry: Retry,
    pub(super) lane: String,
    pub(super) order: Option<String>,
    dead_letter: Option<Arn>,
    /// Of the payload.
    pub(super) bytes: u64,
    /// When it was announced, on the timeline.
    accepted: u64,
    /// Attempts that the target took and failed.
    failures: u32,
    /// Attempts that it did not take, since the last that it took.
    refusals: u32,
    attempts: u32,
}

/// What is to be done after an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    End(Ending),
    Wait(Duration),
}

impl Entry {
    pub(super) fn new(announcement: Announcement, accepted: u64) -> (Self, Bytes) {
        let Announcement { mut delivery, retry, lane, order, dead_letter } = announcement;
        let payload = std::mem::take(&mut delivery.payload);
        let lane = lane.unwrap_or_else(|| delivery.target.to_string());
        let bytes = payload.len() as u64;
        let entry = Self {
            delivery,
            retry,
            lane,
            order,
            dead_letter,
            bytes,
            accepted,
            failures: 0,
            refusals: 0,
            attempts: 0,
        };
        (entry, payload)
    }

    /// What it counts against what may wait.
    pub(super) fn cost(&self) -> u64 {
        self.bytes.saturating_add(OVERHEAD)
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// What is delivered.
    pub(super) fn with(&self, payload: Bytes) -> Delivery {
        Delivery { payload, ..self.delivery.clone() }
    }

    pub(super) fn announcement(self, payload: Bytes) -> Announcement {
        let Self { delivery, retry, lane, order, dead_letter, .. } = self;
        Announcement {
            delivery: Delivery { payload, ..delivery },
            retry,
            lane: Some(lane),
            order,
            dead_letter,
        }
    }

    /// Whether it is older than it may be when it is delivered.
    pub(super) fn is_too_old(&self, now: u64) -> bool {
        !self.retry.allows(now.saturating_sub(self.accepted), Duration::ZERO)
    }

    /// Counts an attempt, and says what comes next.
    pub(super) fn after(&mut self, outcome: &Result<Delivered, PortError>, now: u64) -> Next {
        self.attempts = self.attempts.saturating_add(1);
        let wait = match outcome {
            Ok(delivered) if delivered.function_error.is_none() => return Next::End(Ending::Delivered),
            Err(PortError::Refused(_)) => return Next::End(Ending::Refused),
            Err(PortError::Gone(_)) => return Next::End(Ending::Gone),
            Ok(_) => {
                let wait = self.retry.after_failure(self.failures);
                (self.failures, self.refusals) = (self.failures.saturating_add(1), 0);
                wait
            }
            Err(PortError::Throttled(_)) => {
                let wait = self.retry.after_refusal(self.refusals);
                self.refusals = self.refusals.saturating_add(1);
                wait
            }
        };
        match wait {
            None => Next::End(Ending::Exhausted),
            Some(wait) if !self.retry.allows(now.saturating_sub(self.accepted), wait) => {
                Next::End(Ending::TooOld)
            }
            Some(wait) => Next::Wait(wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::AwsError;

    use super::*;

    fn entry(retry: Retry) -> Entry {
        let delivery = Delivery::new("arn:aws:sqs:::q".parse().unwrap(), "payload");
        Entry::new(Announcement { retry, ..Announcement::new(delivery) }, 1000).0
    }

    fn failed() -> Delivered {
        Delivered { function_error: Some("Unhandled".into()), ..Delivered::default() }
    }

    fn error(status: u16) -> Result<Delivered, PortError> {
        Err(AwsError::new("Code", "text").status(status).into())
    }

    #[track_caller]
    fn check(entry: &mut Entry, outcome: &Result<Delivered, PortError>, now: u64, expected: &Next) {
        assert_eq!(entry.after(outcome, now), *expected);
    }

    fn wait(millis: u64) -> Next {
        Next::Wait(Duration::from_millis(millis))
    }

    #[test]
    fn failures_and_refusals_are_counted_apart() {
        let mut entry = entry(Retry { failures: vec![60_000, 120_000], ..Retry::default() });
        check(&mut entry, &error(429), 1000, &wait(1000));
        check(&mut entry, &error(503), 2000, &wait(2000));
        check(&mut entry, &Ok(failed()), 4000, &wait(60_000));
        check(&mut entry, &error(429), 64_000, &wait(1000));
        check(&mut entry, &Ok(failed()), 65_000, &wait(120_000));
        check(&mut entry, &Ok(failed()), 185_000, &Next::End(Ending::Exhausted));
        assert_eq!(entry.attempts(), 6);
    }

    #[test]
    fn what_is_gone_or_refused_ends_at_once() {
        check(&mut entry(Retry::default()), &error(404), 1000, &Next::End(Ending::Gone));
        check(&mut entry(Retry::default()), &error(403), 1000, &Next::End(Ending::Refused));
        check(&mut entry(Retry::default()), &Ok(Delivered::default()), 1000, &Next::End(Ending::Delivered));
    }

    #[test]
    fn what_would_be_too_old_is_given_up() {
        let retry = Retry { max_age: 10_000, ..Retry::default() };
        check(&mut entry(retry.clone()), &error(429), 10_000, &wait(1000));
        check(&mut entry(retry.clone()), &error(429), 10_001, &Next::End(Ending::TooOld));
        check(&mut entry(retry.clone()), &error(429), 0, &wait(1000));
        let entry = entry(retry);
        assert!(!entry.is_too_old(0) && !entry.is_too_old(11_000) && entry.is_too_old(11_001));
    }
}
