//! The bookkeeping of resume: which frames were sent, received and acknowledged. Numbers only; the frames'
//! content and the socket are others' business.

use std::collections::VecDeque;

use protocol::link::ACK_EVERY;

/// The sequenced frames sent in a session, kept until they are acknowledged.
#[derive(Debug)]
pub struct Outbox<F> {
    acknowledged: u64,
    frames: VecDeque<F>,
}

impl<F> Default for Outbox<F> {
    fn default() -> Self {
        Self { acknowledged: 0, frames: VecDeque::new() }
    }
}

impl<F> Outbox<F> {
    /// Keeps a frame that is being sent.
    pub fn push(&mut self, frame: F) {
        self.frames.push_back(frame);
    }

    /// The other side has received `received` frames in all: forgets those.
    pub fn acknowledge(&mut self, received: u64) {
        let sent = self.acknowledged + self.frames.len() as u64;
        let fresh = received.min(sent).saturating_sub(self.acknowledged);
        self.frames.drain(..fresh as usize);
        self.acknowledged += fresh;
    }

    /// The frames that are not acknowledged, in order: what a resumed connection sends again.
    pub fn unacknowledged(&self) -> impl Iterator<Item = &F> {
        self.frames.iter()
    }

    /// How many frames wait for their acknowledgement.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether everything sent has arrived.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// A new session starts: counts from zero, with nothing kept.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The sequenced frames received in a session.
#[derive(Debug, Default)]
pub struct Inbox {
    received: u64,
    reported: u64,
}

impl Inbox {
    /// Counts a frame; true when an acknowledgement is due.
    pub fn count(&mut self) -> bool {
        self.received += 1;
        self.received - self.reported >= ACK_EVERY
    }

    /// The count to report in a `hello` or an `ack`; none if it has been reported already.
    pub fn report(&mut self) -> Option<u64> {
        let fresh = self.received > self.reported;
        self.reported = self.received;
        fresh.then_some(self.received)
    }

    /// How many frames have been received.
    pub fn received(&self) -> u64 {
        self.received
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(frames: &[u32]) -> Outbox<u32> {
        let mut outbox = Outbox::default();
        for &frame in frames {
            outbox.push(frame);
        }
        outbox
    }

    fn check(outbox: &Outbox<u32>, expected: &[u32]) {
        assert_eq!(outbox.unacknowledged().copied().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn keeps_what_is_not_acknowledged() {
        let mut outbox = sent(&[1, 2, 3]);
        outbox.acknowledge(2);
        check(&outbox, &[3]);
        outbox.push(4);
        outbox.acknowledge(3);
        check(&outbox, &[4]);
    }

    #[test]
    fn ignores_old_and_impossible_acknowledgements() {
        let mut outbox = sent(&[1, 2]);
        outbox.acknowledge(1);
        outbox.acknowledge(1);
        outbox.acknowledge(0);
        check(&outbox, &[2]);
        outbox.acknowledge(99);
        check(&outbox, &[]);
        outbox.push(3);
        outbox.acknowledge(2);
        check(&outbox, &[3]);
    }

    #[test]
    fn a_new_session_counts_from_zero() {
        let mut outbox = sent(&[1, 2, 3]);
        outbox.clear();
        outbox.push(7);
        check(&outbox, &[7]);
    }

    #[test]
    fn acknowledges_every_so_often() {
        let mut inbox = Inbox::default();
        let due = (0..ACK_EVERY).filter(|_| inbox.count()).count();
        assert_eq!(due, 1);
        assert_eq!(inbox.report(), Some(ACK_EVERY));
        assert_eq!(inbox.report(), None);
        assert!(!inbox.count());
    }
}
