//! The memory that engine and worker share: who has something to say, and where. For each side a ring of seats in the order
//! in which they spoke; for each seat a room with what was said: a head of fixed form, then bytes.
//!
//! Nobody is woken who is not asleep. A worker is not believed: what it wrote is copied out first, and every number is
//! bounded before anything is made of it. What does not fit into a room goes over the socket (`frames`).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jail::Shared;
use rustix::thread::futex;

use crate::config::SLOTS;

const SEATS: usize = SLOTS as usize;

/// Words of a head.
pub(crate) const HEAD: usize = 7;
/// Words of a room: 16 KiB.
const ROOM: usize = 2048;
/// Bytes that fit into a room beside the head, each part rounded up to a word.
const FITS: usize = (ROOM - HEAD) * 8;

/// Where things are, in words. What different sides write is a cache line apart.
const AWAKE: usize = 0;
const LISTENING: usize = 8;
pub(crate) const CALLS: Side = Side { tail: 16, ring: 32, rooms: 192 };
pub(crate) const ANSWERS: Side = Side { tail: 24, ring: 32 + SEATS, rooms: 192 + SEATS * ROOM };
const WORDS: usize = 192 + 2 * SEATS * ROOM;

/// What one side says.
#[derive(Clone, Copy)]
pub(crate) struct Side {
    tail: usize,
    ring: usize,
    rooms: usize,
}

/// The memory.
#[derive(Debug)]
pub(crate) struct Exchange {
    words: Shared,
    /// Held while this side pushes.
    pushing: Mutex<()>,
}

impl Exchange {
    /// New memory, and the file by which the worker has it too.
    pub(crate) fn create() -> io::Result<(Self, OwnedFd)> {
        let (shared, file) = Shared::create(WORDS)?;
        Ok((Self { words: shared, pushing: Mutex::default() }, file))
    }

    /// The worker's view of it.
    pub(crate) fn open(file: &impl AsFd) -> io::Result<Self> {
        Ok(Self { words: Shared::open(file, WORDS)?, pushing: Mutex::default() })
    }

    /// Writes a seat's room. False, and nothing is written but the head, where the parts do not fit.
    pub(crate) fn write(&self, side: Side, seat: usize, head: [u64; HEAD], parts: &[&[u8]]) -> bool {
        let room = self.room(side, seat);
        for (word, value) in room.iter().zip(head) {
            word.store(value, Ordering::Relaxed);
        }
        if !fits(parts.iter().map(|part| part.len())) {
            return false;
        }
        let mut words = room.iter().skip(HEAD);
        for part in parts {
            for chunk in part.chunks(8) {
                let mut bytes = [0; 8];
                bytes.iter_mut().zip(chunk).for_each(|(byte, from)| *byte = *from);
                if let Some(word) = words.next() {
                    word.store(u64::from_le_bytes(bytes), Ordering::Relaxed);
                }
            }
        }
        true
    }

    /// A copy of a seat's head.
    pub(crate) fn head(&self, side: Side, seat: usize) -> [u64; HEAD] {
        let room = self.room(side, seat);
        std::array::from_fn(|index| room.get(index).map_or(0, |word| word.load(Ordering::Relaxed)))
    }

    /// A copy of the parts in a seat's room, one after the other, if parts of these lengths fit into one.
    pub(crate) fn read(&self, side: Side, seat: usize, lengths: &[usize]) -> Option<Vec<u8>> {
        if !fits(lengths.iter().copied()) {
            return None;
        }
        let mut words = self.room(side, seat).iter().skip(HEAD);
        let mut bytes = Vec::with_capacity(lengths.iter().sum::<usize>() + 8);
        for length in lengths {
            let end = bytes.len() + length;
            for word in words.by_ref().take(length.div_ceil(8)) {
                bytes.extend_from_slice(&word.load(Ordering::Relaxed).to_le_bytes());
            }
            bytes.truncate(end);
        }
        Some(bytes)
    }

    /// Says that a seat has something.
    pub(crate) fn push(&self, side: Side, seat: usize) {
        let _alone = self.pushing.lock().unwrap_or_else(PoisonError::into_inner);
        let tail = self.words[side.tail].load(Ordering::Relaxed);
        self.words[side.ring + tail as usize % SEATS].store(seat as u64, Ordering::Relaxed);
        self.words[side.tail].store(tail.wrapping_add(1), Ordering::SeqCst);
    }

    /// How many the other side has pushed since `head`.
    pub(crate) fn pushed(&self, side: Side, head: u64) -> u64 {
        self.words[side.tail].load(Ordering::SeqCst).wrapping_sub(head)
    }

    /// The seat that was pushed at `head`, which then goes on; none where nothing was. An error where that makes no sense.
    pub(crate) fn pop(&self, side: Side, head: &mut u64) -> io::Result<Option<usize>> {
        let (pushed, place) = (self.pushed(side, *head), side.ring + *head as usize % SEATS);
        if pushed == 0 {
            return Ok(None);
        }
        let seat = self.words[place].load(Ordering::Relaxed) as usize;
        if pushed > SEATS as u64 || seat >= SEATS {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a ring without sense"));
        }
        *head = head.wrapping_add(1);
        Ok(Some(seat))
    }

    /// The engine is about to wait; true if it must not, for there is something since `head`.
    pub(crate) fn listen(&self, head: u64) -> bool {
        self.words[LISTENING].store(1, Ordering::SeqCst);
        self.pushed(ANSWERS, head) > 0
    }

    /// Whether the engine waits, and has to be rung for. It is asked once each time.
    pub(crate) fn must_ring(&self) -> bool {
        self.words[LISTENING].load(Ordering::SeqCst) == 1
            && self.words[LISTENING].swap(0, Ordering::SeqCst) == 1
    }

    /// Has one more thread of the worker awake, unless `most` are.
    pub(crate) fn wake_one(&self, most: u64) {
        if self.count_awake(most) {
            self.wake(1);
        }
    }

    /// Has so many more threads awake, however many are.
    pub(crate) fn wake_all(&self, count: u64) {
        self.words[AWAKE].fetch_add(count, Ordering::SeqCst);
        self.wake(count as u32);
    }

    /// Counts one more thread as awake, unless `most` are.
    pub(crate) fn count_awake(&self, most: u64) -> bool {
        let one_more = |awake: u64| (awake < most).then_some(awake.wrapping_add(1));
        self.words[AWAKE].fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_ok()
    }

    /// Counts one less.
    pub(crate) fn count_asleep(&self) {
        self.words[AWAKE].fetch_sub(1, Ordering::SeqCst);
    }

    /// Counts one more, whether it may or not.
    pub(crate) fn count_back(&self) {
        self.words[AWAKE].fetch_add(1, Ordering::SeqCst);
    }

    /// Sleeps until somebody is to be awake.
    pub(crate) fn sleep(&self) {
        let bell = self.words.bell();
        loop {
            let rung = bell.fetch_update(Ordering::AcqRel, Ordering::Acquire, |rung| rung.checked_sub(1));
            if rung.is_ok() {
                return;
            }
            // Wakes for nothing, too: it is looked at again.
            let _ = futex::wait(bell, futex::Flags::empty(), 0, None);
        }
    }

    fn wake(&self, count: u32) {
        self.words.bell().fetch_add(count, Ordering::AcqRel);
        // Fails for no memory that is there.
        let _ = futex::wake(self.words.bell(), futex::Flags::empty(), count);
    }

    fn room(&self, side: Side, seat: usize) -> &[AtomicU64] {
        let begin = side.rooms + seat * ROOM;
        self.words.get(begin..begin + ROOM).unwrap_or_default()
    }
}

/// How many threads of a worker are woken for calls at most. Beyond them only calls that nobody takes for a while get more.
pub(crate) fn processors() -> u64 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u64)
}

/// Whether parts of these lengths fit into a room.
pub(crate) fn fits(lengths: impl Iterator<Item = usize>) -> bool {
    lengths.fold(0_usize, |sum, length| sum.saturating_add(length.div_ceil(8).saturating_mul(8))) <= FITS
}

/// Two numbers in a word.
pub(crate) fn pair(low: usize, high: usize) -> u64 {
    u64::from(low as u32) | u64::from(high as u32) << 32
}

/// The two numbers of a word.
pub(crate) fn unpair(word: u64) -> (usize, usize) {
    (word as u32 as usize, (word >> 32) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> (Exchange, Exchange) {
        let (ours, file) = Exchange::create().expect("memory");
        let theirs = Exchange::open(&file).expect("memory");
        (ours, theirs)
    }

    #[test]
    fn what_is_written_is_read_by_the_other() {
        let (ours, theirs) = exchange();
        let longest = vec![7; FITS - 16];
        for parts in [&[&b""[..], b"x"][..], &[b"environment", b"{}"], &[b"12345678", &longest, b"1234567"]] {
            for seat in [0, 1, SEATS - 1] {
                let head = [seat as u64, 1, 2, 3, 4, 5, u64::MAX];
                assert!(ours.write(CALLS, seat, head, parts));
                let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
                assert_eq!(theirs.head(CALLS, seat), head);
                assert_eq!(theirs.read(CALLS, seat, &lengths), Some(parts.concat()));
            }
        }
        assert!(!ours.write(CALLS, 0, [0; HEAD], &[&longest, &[0; 17]]), "too long");
        assert_eq!(theirs.read(CALLS, 0, &[FITS + 1]), None);
        assert_eq!(theirs.read(CALLS, 0, &[usize::MAX, 1]), None);
    }

    #[test]
    fn seats_come_in_their_order_and_nonsense_is_told() {
        let (ours, theirs) = exchange();
        let mut head = 0;
        for round in 0..3 * SEATS {
            assert_eq!(theirs.pop(CALLS, &mut head).expect("sense"), None);
            for seat in [round % SEATS, (round + 7) % SEATS] {
                ours.push(CALLS, seat);
            }
            assert_eq!(theirs.pushed(CALLS, head), 2);
            for seat in [round % SEATS, (round + 7) % SEATS] {
                assert_eq!(theirs.pop(CALLS, &mut head).expect("sense"), Some(seat));
            }
        }
        let mut head = 0;
        theirs.push(ANSWERS, SEATS);
        ours.pop(ANSWERS, &mut head).expect_err("no such seat");
        theirs.words[ANSWERS.tail].store(u64::MAX, Ordering::SeqCst);
        ours.pop(ANSWERS, &mut head).expect_err("more than there are seats");
    }

    #[test]
    fn who_is_awake_is_not_woken() {
        let (ours, theirs) = exchange();
        for _ in 0..5 {
            ours.wake_one(2);
        }
        assert_eq!(ours.words.bell().load(Ordering::SeqCst), 2);
        theirs.sleep();
        theirs.sleep();
        theirs.count_asleep();
        ours.wake_all(3);
        assert_eq!(
            (ours.words[AWAKE].load(Ordering::SeqCst), ours.words.bell().load(Ordering::SeqCst)),
            (4, 3)
        );
        assert!(!theirs.must_ring(), "nobody listens");
        assert!(!ours.listen(0));
        assert!(theirs.must_ring() && !theirs.must_ring(), "once");
        theirs.push(ANSWERS, 0);
        assert!(ours.listen(0) && !ours.listen(1));
    }

    #[test]
    fn whoever_sleeps_is_woken_by_the_other_side() {
        let (ours, theirs) = exchange();
        let asleep = std::thread::spawn(move || theirs.sleep());
        ours.wake_one(1);
        asleep.join().expect("woken");
    }
}
