//! When to connect, ping, give a connection up and try again: a state machine over times in milliseconds.
//! It owns no socket and no timer; [`super::Link`] feeds it and does what it orders.

use protocol::link::{PING_SECONDS, close};

const PING_MS: f64 = PING_SECONDS as f64 * 1000.0;
/// The same of a link that people see as slow: that it is so no more they are to see soon.
const SLOW_PING_MS: f64 = 2_000.0;
/// Silence after which a connection counts as dead: two pings unanswered.
const DEAD_MS: f64 = 2.0 * PING_MS + 1000.0;
/// How long a connection may take to its welcome.
const WELCOME_MS: f64 = 10_000.0;
/// How long an answer may take when the machine woke up or the network came back.
const PROBE_MS: f64 = 3_000.0;
/// First and longest wait before another attempt.
const RETRY_MS: f64 = 300.0;
const MAX_RETRY_MS: f64 = 8_000.0;
/// Round trip above which the link counts as slow.
const SLOW_MS: f64 = 400.0;
/// Silence that people need not know of.
const QUIET_MS: f64 = 3_000.0;
/// Time after which reconnecting is called offline.
const OFFLINE_MS: f64 = 60_000.0;

/// What the link is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Open a socket.
    Connect,
    /// Drop the socket; `closed` has been accounted for.
    Abandon,
    /// Send a ping.
    Ping,
}

/// What people see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// The first connection is on its way.
    #[default]
    Connecting,
    /// All is well; round trip in milliseconds once known.
    Online(Option<u32>),
    /// It works, slowly.
    Slow(u32),
    /// The connection is gone since less than a minute.
    Reconnecting,
    /// The connection is gone for longer.
    Offline,
    /// It will not come back by itself.
    Ended(End),
}

/// Why no attempt is made any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Sign in again.
    SignedOut,
    /// This page's code is older or newer than the server's.
    Outdated,
    /// The server refused this session for good.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Connecting { since: f64 },
    Online { silent_after: f64 },
    Waiting { until: f64 },
    Ended(End),
}

/// The state of the link.
#[derive(Debug)]
pub struct Health {
    phase: Phase,
    heard: f64,
    pinged: f64,
    rtt: Option<f64>,
    attempts: i32,
    /// Since when there is no connection; none before the first and while there is one.
    lost: Option<f64>,
}

impl Health {
    /// A link whose first connection is being opened.
    pub fn new(now: f64) -> Self {
        let phase = Phase::Connecting { since: now };
        Self { phase, heard: now, pinged: now, rtt: None, attempts: 0, lost: None }
    }

    /// The session is open or resumed.
    pub fn welcomed(&mut self, now: f64) {
        self.phase = Phase::Online { silent_after: f64::INFINITY };
        (self.heard, self.pinged, self.lost, self.attempts) = (now, now, None, 0);
        // How slow the connection before was says nothing of this one.
        self.rtt = None;
    }

    /// A frame came.
    pub fn heard(&mut self, now: f64) {
        self.heard = now;
        if let Phase::Online { silent_after } = &mut self.phase {
            *silent_after = f64::INFINITY;
        }
    }

    /// The answer to a ping of `sent` came.
    pub fn pong(&mut self, sent: f64, now: f64) {
        let rtt = (now - sent).max(0.0);
        self.rtt = Some(self.rtt.map_or(rtt, |old| old * 0.6 + rtt * 0.4));
    }

    /// The socket closed; `jitter` is random in 0..1.
    pub fn closed(&mut self, code: u16, now: f64, jitter: f64) {
        self.lost.get_or_insert(now);
        self.phase = match code {
            close::UNAUTHENTICATED => Phase::Ended(End::SignedOut),
            close::VERSION => Phase::Ended(End::Outdated),
            close::FORBIDDEN => Phase::Ended(End::Refused),
            _ => {
                let longest = (RETRY_MS * 2f64.powi(self.attempts)).min(MAX_RETRY_MS);
                self.attempts = (self.attempts + 1).min(10);
                Phase::Waiting { until: now + longest * (0.5 + jitter * 0.5) }
            }
        };
    }

    /// It was found out by other means that no attempt will succeed.
    pub fn end(&mut self, end: End) {
        self.phase = Phase::Ended(end);
    }

    /// The machine woke, the page became visible or the network changed: finds out at once how things stand.
    pub fn woke(&mut self, now: f64) -> Option<Order> {
        match &mut self.phase {
            Phase::Online { silent_after } => {
                *silent_after = silent_after.min(now + PROBE_MS);
                self.pinged = now;
                Some(Order::Ping)
            }
            Phase::Waiting { .. } => {
                self.phase = Phase::Connecting { since: now };
                Some(Order::Connect)
            }
            Phase::Connecting { .. } | Phase::Ended(_) => None,
        }
    }

    /// Time passes: about once a second.
    pub fn tick(&mut self, now: f64, jitter: f64) -> Option<Order> {
        match self.phase {
            Phase::Online { silent_after } if now > silent_after || now - self.heard > DEAD_MS => {
                self.closed(0, now, jitter);
                Some(Order::Abandon)
            }
            Phase::Online { .. } if now - self.pinged >= self.pause() => {
                self.pinged = now;
                Some(Order::Ping)
            }
            Phase::Connecting { since } if now - since > WELCOME_MS => {
                self.closed(0, now, jitter);
                Some(Order::Abandon)
            }
            Phase::Waiting { until } if now >= until => {
                self.phase = Phase::Connecting { since: now };
                Some(Order::Connect)
            }
            _ => None,
        }
    }

    /// How long it is from one ping to the next.
    fn pause(&self) -> f64 {
        if self.slow().is_some() { SLOW_PING_MS } else { PING_MS }
    }

    /// The round trip of a slow link.
    fn slow(&self) -> Option<f64> {
        self.rtt.filter(|rtt| *rtt > SLOW_MS)
    }

    /// What people see now.
    pub fn shown(&self, now: f64) -> Shown {
        match (self.phase, self.lost) {
            (Phase::Ended(end), _) => Shown::Ended(end),
            (_, Some(lost)) if now - lost > OFFLINE_MS => Shown::Offline,
            (_, Some(lost)) if now - lost > QUIET_MS => Shown::Reconnecting,
            (Phase::Connecting { .. }, None) => Shown::Connecting,
            _ => match self.slow() {
                Some(rtt) => Shown::Slow(rtt as u32),
                None => Shown::Online(self.rtt.map(|rtt| rtt.round() as u32)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn online() -> Health {
        let mut health = Health::new(0.0);
        health.welcomed(100.0);
        health
    }

    #[test]
    fn pings_every_ten_seconds_and_gives_up_after_two() {
        let mut health = online();
        assert_eq!(health.tick(5_000.0, 0.0), None);
        assert_eq!(health.tick(10_200.0, 0.0), Some(Order::Ping));
        assert_eq!(health.tick(20_300.0, 0.0), Some(Order::Ping));
        assert_eq!(health.tick(21_200.0, 0.0), Some(Order::Abandon));
        assert_eq!(health.tick(21_400.0, 0.0), Some(Order::Connect));
    }

    #[test]
    fn a_slow_link_is_asked_again_soon_and_a_new_connection_is_not_slow_yet() {
        let mut health = online();
        health.pong(0.0, 1_000.0);
        assert_eq!(health.tick(2_200.0, 0.0), Some(Order::Ping));
        health.pong(2_200.0, 2_210.0);
        assert!(matches!(health.shown(2_210.0), Shown::Slow(604)));
        assert_eq!(health.tick(4_200.0, 0.0), Some(Order::Ping));
        health.pong(4_200.0, 4_210.0);
        assert_eq!(health.shown(4_210.0), Shown::Online(Some(366)));
        assert_eq!(health.tick(6_300.0, 0.0), None);
        health.pong(6_300.0, 9_300.0);
        health.closed(1006, 9_400.0, 0.0);
        health.welcomed(9_800.0);
        assert_eq!(health.shown(9_800.0), Shown::Online(None));
    }

    #[test]
    fn any_frame_proves_life() {
        let mut health = online();
        health.heard(20_000.0);
        assert_ne!(health.tick(30_000.0, 0.0), Some(Order::Abandon));
    }

    #[test]
    fn waking_asks_at_once_and_does_not_wait_long() {
        let mut health = online();
        assert_eq!(health.woke(1_000.0), Some(Order::Ping));
        assert_eq!(health.tick(3_500.0, 0.0), None);
        assert_eq!(health.tick(4_100.0, 0.0), Some(Order::Abandon));
        assert_eq!(health.woke(4_200.0), Some(Order::Connect));
        let mut answered = online();
        answered.woke(1_000.0);
        answered.heard(1_050.0);
        assert_eq!(answered.tick(4_100.0, 0.0), None);
    }

    #[test]
    fn waits_longer_each_time_with_jitter_up_to_a_limit() {
        let mut health = online();
        let mut waits = Vec::new();
        for attempt in 0..8 {
            let now = f64::from(attempt) * 100_000.0;
            health.closed(1006, now, 1.0);
            waits.push((0..20_000).find(|ms| health.tick(now + f64::from(*ms), 1.0).is_some()).unwrap_or(0));
        }
        assert_eq!(waits, [300, 600, 1200, 2400, 4800, 8000, 8000, 8000]);
        let mut lucky = online();
        lucky.closed(1006, 0.0, 0.0);
        assert_eq!(lucky.tick(151.0, 0.0), Some(Order::Connect));
    }

    #[test]
    fn people_see_the_states_of_the_design() {
        let mut health = Health::new(0.0);
        assert_eq!(health.shown(0.0), Shown::Connecting);
        health.welcomed(100.0);
        assert_eq!(health.shown(100.0), Shown::Online(None));
        health.pong(100.0, 124.0);
        assert_eq!(health.shown(124.0), Shown::Online(Some(24)));
        health.pong(0.0, 2_000.0);
        assert!(matches!(health.shown(200.0), Shown::Slow(_)));
        health.closed(1006, 1_000.0, 0.0);
        assert!(matches!(health.shown(2_000.0), Shown::Slow(_)), "short cuts are not shown");
        assert_eq!(health.shown(4_100.0), Shown::Reconnecting);
        assert_eq!(health.shown(61_100.0), Shown::Offline);
        health.welcomed(62_000.0);
        assert_eq!(health.shown(62_000.0), Shown::Online(None));
    }

    #[test]
    fn some_ends_are_final() {
        for (code, end) in [(4401, End::SignedOut), (4426, End::Outdated), (4403, End::Refused)] {
            let mut health = online();
            health.closed(code, 1_000.0, 0.0);
            assert_eq!(health.tick(99_000.0, 0.0), None);
            assert_eq!(health.woke(99_000.0), None);
            assert_eq!(health.shown(99_000.0), Shown::Ended(end));
        }
    }
}
