//! What a session has to send, pure: order, sequence numbers, what is kept for a resume.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use protocol::ChannelId;

/// A frame of the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A text frame.
    Text(Bytes),
    /// A binary frame, channel id included.
    Binary(Bytes),
}

impl Frame {
    /// Bytes of it on the wire.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(bytes) | Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Bytes kept for a browser that does not read; beyond them the session ends.
pub const MAX_KEPT: usize = 16 * 1024 * 1024;

/// Frames to send. Text goes before bulk, and channels take turns, so that a flood on one delays nothing else
/// by more than a frame. A frame gets its sequence number when it is first sent.
#[derive(Debug, Default)]
pub struct Outbox {
    /// How many sequenced frames the browser has confirmed.
    acknowledged: u64,
    /// Sent and not confirmed: the first has the number `acknowledged + 1`.
    unconfirmed: VecDeque<Frame>,
    /// How many of `unconfirmed` went out on this connection.
    sent: usize,
    texts: VecDeque<Frame>,
    bulk: HashMap<ChannelId, VecDeque<Frame>>,
    turns: VecDeque<ChannelId>,
    kept: usize,
}

impl Outbox {
    /// Adds a text frame; false where the browser lags hopelessly.
    #[must_use]
    pub fn push_text(&mut self, text: Bytes) -> bool {
        self.kept += text.len();
        self.texts.push_back(Frame::Text(text));
        self.kept <= MAX_KEPT
    }

    /// Adds a binary frame of a channel.
    pub fn push_bulk(&mut self, channel: ChannelId, frame: Bytes) {
        self.kept += frame.len();
        let queue = self.bulk.entry(channel).or_default();
        if queue.is_empty() {
            self.turns.push_back(channel);
        }
        queue.push_back(Frame::Binary(frame));
    }

    /// The next frame for this connection.
    pub fn take(&mut self) -> Option<Frame> {
        if let Some(frame) = self.unconfirmed.get(self.sent) {
            self.sent += 1;
            return Some(frame.clone());
        }
        let frame = self.texts.pop_front().or_else(|| self.next_bulk())?;
        self.unconfirmed.push_back(frame.clone());
        self.sent += 1;
        Some(frame)
    }

    fn next_bulk(&mut self) -> Option<Frame> {
        let channel = self.turns.pop_front()?;
        let queue = self.bulk.get_mut(&channel)?;
        let frame = queue.pop_front();
        if queue.is_empty() {
            self.bulk.remove(&channel);
        } else {
            self.turns.push_back(channel);
        }
        frame
    }

    /// The browser has received `received` sequenced frames; false where it cannot have.
    #[must_use]
    pub fn acknowledge(&mut self, received: u64) -> bool {
        let Some(confirmed) = received.checked_sub(self.acknowledged) else { return true };
        let confirmed = usize::try_from(confirmed).unwrap_or(usize::MAX);
        if confirmed > self.unconfirmed.len() {
            return false;
        }
        for frame in self.unconfirmed.drain(..confirmed) {
            self.kept -= frame.len();
        }
        self.sent = self.sent.saturating_sub(confirmed);
        self.acknowledged = received;
        true
    }

    /// A new connection, whose browser has received `received`: what came after goes out again. False where
    /// those frames are not there.
    #[must_use]
    pub fn resume(&mut self, received: u64) -> bool {
        let known = received >= self.acknowledged && self.acknowledge(received);
        self.sent = 0;
        known
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(text: &str) -> Bytes {
        Bytes::copy_from_slice(text.as_bytes())
    }

    fn drain(outbox: &mut Outbox) -> Vec<String> {
        std::iter::from_fn(|| outbox.take())
            .map(|(Frame::Text(b) | Frame::Binary(b))| String::from_utf8(b.to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn text_passes_bulk_and_channels_take_turns() {
        let mut outbox = Outbox::default();
        for frame in ["a1", "a2", "a3"] {
            outbox.push_bulk(ChannelId(1), bytes(frame));
        }
        outbox.push_bulk(ChannelId(2), bytes("b1"));
        assert!(outbox.push_text(bytes("t")));
        assert_eq!(drain(&mut outbox), ["t", "a1", "b1", "a2", "a3"]);
    }

    #[test]
    fn impossible_acknowledgements_are_refused() {
        let mut outbox = Outbox::default();
        assert!(outbox.push_text(bytes("one")));
        assert!(!outbox.acknowledge(1), "nothing was sent yet");
        assert_eq!(drain(&mut outbox), ["one"]);
        assert!(outbox.acknowledge(1));
        assert!(!outbox.resume(0), "frame 1 is gone");
        assert!(!outbox.acknowledge(u64::MAX));
    }

    proptest! {
        /// Whatever is pushed, sent, acknowledged and cut: every frame arrives once, in the order first sent.
        #[test]
        fn nothing_is_lost_or_doubled(steps in proptest::collection::vec(0..5u8, 1..200)) {
            let mut outbox = Outbox::default();
            let (mut pushed, mut received) = (0, Vec::new());
            for step in steps {
                match step {
                    0 => { pushed += 1; let _ = outbox.push_text(bytes(&format!("t{pushed}"))); }
                    1 => { pushed += 1; outbox.push_bulk(ChannelId(pushed % 3), bytes(&format!("b{pushed}"))); }
                    2 => if let Some(Frame::Text(b) | Frame::Binary(b)) = outbox.take() { received.push(b); },
                    3 => prop_assert!(outbox.acknowledge(received.len() as u64)),
                    _ => { outbox.take(); prop_assert!(outbox.resume(received.len() as u64)); }
                }
            }
            prop_assert!(outbox.resume(received.len() as u64));
            while let Some(Frame::Text(b) | Frame::Binary(b)) = outbox.take() { received.push(b); }
            prop_assert_eq!(received.len() as u32, pushed);
            received.sort(); received.dedup();
            prop_assert_eq!(received.len() as u32, pushed);
            prop_assert!(outbox.acknowledge(u64::from(pushed)));
            prop_assert_eq!(outbox.kept, 0);
        }
    }
}
