//! What a connection is doing, told by the request's side to the socket's side of it. One task, two ends.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;

use crate::spelling::Spelling;
use crate::watch::Framing;

/// Where the conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Waiting for the next request.
    Idle = 0,
    /// A request is being served: reading has no deadline of its own.
    Serving = 1,
    /// The connection was handed over (WebSocket).
    Upgraded = 2,
}

/// The phase with a count of its changes, so that "idle again" is told from "still idle".
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Shared>);

/// A count over all connections under a limit, by which it is known who changed last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(Arc<AtomicU64>);

#[derive(Debug, Default)]
struct Shared {
    state: AtomicU64,
    turns: Turns,
    /// When it last changed, as the turns count.
    turn: AtomicU64,
    /// How the names of the request that comes next are spelled.
    spelling: Mutex<Spelling>,
    /// How the body is framed of the head that was just read.
    framing: Mutex<Option<Framing>>,
    /// Who holds bytes back until the phase changes.
    holding: AtomicWaker,
    /// Whether more of the last request's body is to come.
    unread: AtomicBool,
}

const PHASE_BITS: u32 = 2;

impl Turns {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Progress {
    /// That of a connection which is just made.
    pub(crate) fn beginning(turns: &Turns) -> Self {
        let turn = AtomicU64::new(turns.next());
        Self(Arc::new(Shared { turns: turns.clone(), turn, ..Shared::default() }))
    }

    /// When it last changed: of two connections under one limit, the lesser has been quiet for longer.
    pub(crate) fn turn(&self) -> u64 {
        self.0.turn.load(Ordering::Relaxed)
    }

    /// Enters a phase.
    pub(crate) fn enter(&self, phase: Phase) {
        self.0.turn.store(self.0.turns.next(), Ordering::Relaxed);
        let generation = (self.0.state.load(Ordering::Acquire) >> PHASE_BITS).wrapping_add(1);
        self.0.state.store((generation << PHASE_BITS) | phase as u64, Ordering::Release);
        self.0.holding.wake();
    }

    /// Wakes who holds bytes back when a phase is entered.
    pub(crate) fn hold(&self, waker: &Waker) {
        self.0.holding.register(waker);
    }

    /// Keeps how a head's names were spelled for whoever serves its request.
    pub(crate) fn spelled(&self, spelling: Spelling) {
        *self.0.spelling.lock().unwrap_or_else(PoisonError::into_inner) = spelling;
    }

    /// A head was read, behind which a body is framed so: its request is served from now on. How its names were spelled.
    pub(crate) fn head_read(&self, framing: Framing) -> Spelling {
        *self.0.framing.lock().unwrap_or_else(PoisonError::into_inner) = Some(framing);
        self.enter(Phase::Serving);
        std::mem::take(&mut *self.0.spelling.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How the body is framed of a head that was read since this was last asked.
    pub(crate) fn take_framing(&self) -> Option<Framing> {
        self.0.framing.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Says whether more of the request's body is to come.
    pub(crate) fn body_goes_on(&self, unread: bool) {
        self.0.unread.store(unread, Ordering::Release);
    }

    /// Whether more of the last request's body is to come: what follows on the connection is then no head.
    pub(crate) fn has_unread_body(&self) -> bool {
        self.0.unread.load(Ordering::Acquire)
    }

    /// The count of changes and the phase.
    pub(crate) fn now(&self) -> (u64, Phase) {
        let state = self.0.state.load(Ordering::Acquire);
        let phase = match state & 0b11 {
            0 => Phase::Idle,
            1 => Phase::Serving,
            _ => Phase::Upgraded,
        };
        (state >> PHASE_BITS, phase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entering_the_same_phase_again_is_a_change() {
        let progress = Progress::default();
        assert_eq!(progress.now(), (0, Phase::Idle));
        progress.enter(Phase::Serving);
        progress.enter(Phase::Idle);
        assert_eq!(progress.now(), (2, Phase::Idle));
        progress.enter(Phase::Upgraded);
        assert_eq!(progress.now(), (3, Phase::Upgraded));
    }
}
