//! The binary channels of a session: who gets the bytes, how many have been processed, and how many may be
//! sent. Payloads stay JavaScript's arrays; they are never copied into this program.

use std::collections::{HashMap, VecDeque};

use futures_channel::oneshot;
use protocol::link::{INBOUND_WINDOW, WINDOW};

/// Processed bytes after which credit is granted back.
const GRANT: u32 = WINDOW / 4;

/// The channels of a session. `R` receives bytes, `P` is a payload that is to be sent.
#[derive(Debug)]
pub struct Channels<R, P> {
    last: u32,
    open: HashMap<u32, Channel<R, P>>,
}

#[derive(Debug)]
struct Channel<R, P> {
    receiver: R,
    processed: u32,
    allowance: usize,
    waiting: VecDeque<(usize, P)>,
    /// Who wants to hear that no more than so many bytes wait.
    room: Option<(usize, oneshot::Sender<()>)>,
    /// Who wants to hear that it is gone; nothing is ever sent.
    gone: Option<oneshot::Sender<()>>,
}

impl<R, P> Channel<R, P> {
    fn tell_of_room(&mut self) {
        let waiting: usize = self.waiting.iter().map(|(bytes, _)| bytes).sum();
        if let Some((_, tell)) = self.room.take_if(|(most, _)| waiting <= *most) {
            // Nobody waits any more where the transfer has ended.
            let _ = tell.send(());
        }
    }
}

impl<R, P> Default for Channels<R, P> {
    fn default() -> Self {
        Self { last: 0, open: HashMap::new() }
    }
}

impl<R: Clone, P> Channels<R, P> {
    /// Opens a channel whose bytes go to `receiver`; its id has not been used before.
    pub fn open(&mut self, receiver: R) -> u32 {
        self.last += 1;
        let allowance = INBOUND_WINDOW as usize;
        let channel =
            Channel { receiver, processed: 0, allowance, waiting: VecDeque::new(), room: None, gone: None };
        self.open.insert(self.last, channel);
        self.last
    }

    /// Forgets a channel.
    pub fn close(&mut self, id: u32) {
        self.open.remove(&id);
    }

    /// Resolves when the channel is gone.
    pub fn gone(&mut self, id: u32) -> oneshot::Receiver<()> {
        let (held, gone) = oneshot::channel();
        if let Some(channel) = self.open.get_mut(&id) {
            channel.gone = Some(held);
        }
        gone
    }

    /// Forgets all: their session is gone. Ids go on, so that a late answer meets nobody.
    pub fn clear(&mut self) {
        self.open.clear();
    }

    /// Who gets a channel's bytes.
    pub fn receiver(&self, id: u32) -> Option<R> {
        self.open.get(&id).map(|channel| channel.receiver.clone())
    }

    /// Bytes of a channel were processed; the credit to grant back, when enough has come together.
    pub fn processed(&mut self, id: u32, bytes: u32) -> Option<u32> {
        let channel = self.open.get_mut(&id)?;
        channel.processed += bytes;
        (channel.processed >= GRANT).then(|| std::mem::take(&mut channel.processed))
    }

    /// A payload is to be sent: given back when it may go now, kept when the window is full.
    pub fn send(&mut self, id: u32, bytes: usize, payload: P) -> Option<P> {
        let channel = self.open.get_mut(&id)?;
        if !channel.waiting.is_empty() || bytes > channel.allowance {
            channel.waiting.push_back((bytes, payload));
            return None;
        }
        channel.allowance -= bytes;
        Some(payload)
    }

    /// Resolves when no more than `most` bytes of a channel wait for credit; as cancelled when the channel is gone.
    pub fn room(&mut self, id: u32, most: usize) -> oneshot::Receiver<()> {
        let (tell, heard) = oneshot::channel();
        if let Some(channel) = self.open.get_mut(&id) {
            channel.room = Some((most, tell));
            channel.tell_of_room();
        }
        heard
    }

    /// The agent grants credit: the payloads that may go now, in order.
    pub fn granted(&mut self, id: u32, bytes: u32) -> Vec<P> {
        let Some(channel) = self.open.get_mut(&id) else { return Vec::new() };
        channel.allowance += bytes as usize;
        let mut ready = Vec::new();
        while let Some((bytes, payload)) = channel.waiting.pop_front() {
            if bytes > channel.allowance {
                channel.waiting.push_front((bytes, payload));
                break;
            }
            channel.allowance -= bytes;
            ready.push(payload);
        }
        channel.tell_of_room();
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_fresh_even_after_a_lost_session() {
        let mut channels: Channels<&str, ()> = Channels::default();
        let first = channels.open("a");
        channels.clear();
        let second = channels.open("b");
        assert_ne!(first, second);
        assert_eq!(channels.receiver(first), None);
        assert_eq!(channels.receiver(second), Some("b"));
    }

    #[test]
    fn credit_is_granted_in_lumps() {
        let mut channels: Channels<(), ()> = Channels::default();
        let id = channels.open(());
        assert_eq!(channels.processed(id, GRANT - 1), None);
        assert_eq!(channels.processed(id, 5), Some(GRANT + 4));
        assert_eq!(channels.processed(id, 5), None);
        assert_eq!(channels.processed(99, GRANT), None);
    }

    #[test]
    fn payloads_wait_for_credit_in_order() {
        let mut channels: Channels<(), u8> = Channels::default();
        let id = channels.open(());
        let window = INBOUND_WINDOW as usize;
        assert_eq!(channels.send(id, window - 10, 1), Some(1));
        assert_eq!(channels.send(id, 20, 2), None);
        assert_eq!(channels.send(id, 5, 3), None, "must not overtake");
        assert_eq!(channels.granted(id, 5), Vec::<u8>::new());
        assert_eq!(channels.granted(id, 10), [2, 3]);
        assert_eq!(channels.send(99, 1, 4), None);
    }

    #[test]
    fn who_sends_hears_of_room_and_of_the_end() {
        let mut channels: Channels<(), u8> = Channels::default();
        let id = channels.open(());
        assert_eq!(channels.room(id, 0).try_recv(), Ok(Some(())), "nothing waits yet");
        channels.send(id, INBOUND_WINDOW as usize, 1);
        channels.send(id, 20, 2);
        channels.send(id, 5, 3);
        let mut room = channels.room(id, 5);
        assert_eq!(room.try_recv(), Ok(None));
        channels.granted(id, 19);
        assert_eq!(room.try_recv(), Ok(None));
        channels.granted(id, 1);
        assert_eq!(room.try_recv(), Ok(Some(())));
        let mut room = channels.room(id, 4);
        channels.clear();
        assert!(room.try_recv().is_err() && channels.room(id, 0).try_recv().is_err(), "the channel is gone");
    }
}
