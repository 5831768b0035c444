//! What a worker answers, as the engine hears it: the head first, so that it is known whose answer comes; then the body,
//! as soon as the budget has room for it. An answer for which there is none is passed over, and who waits for it is told.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use budget::{Budget, Exhausted, Reservation, Source};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::unix::OwnedReadHalf;
use tokio::sync::oneshot;

use crate::config::SLOTS;
use crate::exchange::{ANSWERS, Exchange};
use crate::frames::{Done, MAX_BODY, too_long};

/// How long answers of one worker wait for room in a row. Others may be behind them, and a worker that is silent beyond
/// its functions' timeouts is killed.
const PATIENCE: Duration = Duration::from_secs(2);
/// What of a log's bytes is copied on its way, at once.
const COPIES: u64 = 2;

/// The body of an answer, or why there was no room for it.
pub(crate) type Body = Result<Bytes, Exhausted>;

/// Who waits for which seat's answer.
#[derive(Debug)]
pub(crate) struct Waiting {
    ended: AtomicBool,
    /// Seats that nobody has, a bit each.
    free: AtomicU64,
    seats: [Mutex<Option<Asked>>; SLOTS as usize],
}

/// An invocation that waits.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) id: u64,
    pub(crate) tell: oneshot::Sender<(Done, Body)>,
}

impl Waiting {
    pub(crate) fn new() -> Self {
        let seats = std::array::from_fn(|_| Mutex::default());
        Self { ended: AtomicBool::new(false), free: AtomicU64::new(u64::MAX), seats }
    }

    /// Whether no answer will come any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// A seat for who waits; none where all are taken, or nothing will come.
    pub(crate) fn sit(&self, asked: Asked) -> Option<usize> {
        let lowest = |free: u64| (free != 0).then(|| free & (free - 1));
        let free = self.free.fetch_update(Ordering::AcqRel, Ordering::Acquire, lowest).ok()?;
        let seat = free.trailing_zeros() as usize;
        *self.seat(seat)? = Some(asked);
        if self.has_ended() {
            // The end may have passed this seat before somebody sat there.
            self.rise(seat);
            return None;
        }
        Some(seat)
    }

    /// Who waits at a seat, which stays taken: until its room is read nobody else may be answered in it.
    fn called(&self, seat: usize) -> Option<Asked> {
        self.seat(seat)?.take()
    }

    /// Nothing is in a seat's room any more.
    fn free(&self, seat: usize) {
        self.free.fetch_or(1 << seat, Ordering::AcqRel);
    }

    /// Who waits at a seat, which is free from now on.
    fn rise(&self, seat: usize) -> Option<Asked> {
        let asked = self.called(seat)?;
        self.free(seat);
        Some(asked)
    }

    /// Nobody will be answered any more, and all who wait learn it.
    fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        for seat in 0..self.seats.len() {
            self.rise(seat);
        }
    }

    fn seat(&self, seat: usize) -> Option<MutexGuard<'_, Option<Asked>>> {
        Some(self.seats.get(seat)?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Hears one worker until its end.
pub(crate) struct Answers {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) waiting: Arc<Waiting>,
    /// Where the worker rings.
    pub(crate) bell: OwnedReadHalf,
    /// Where bodies come that are too long for their room.
    pub(crate) bodies: OwnedReadHalf,
    pub(crate) room: Room,
    pub(crate) head: u64,
}

impl Answers {
    /// Hands every answer to who waits for it. At the end everybody learns that the worker is gone.
    pub(crate) async fn listen(mut self) {
        if let Err(error) = self.hear().await {
            tracing::warn!(%error, "a worker's words make no sense; it is left");
        }
        self.waiting.end();
    }

    async fn hear(&mut self) -> io::Result<()> {
        loop {
            while let Some(seat) = self.exchange.pop(ANSWERS, &mut self.head)? {
                self.take(seat).await?;
            }
            if self.exchange.listen(self.head) {
                continue;
            }
            if self.bell.read(&mut [0; 64]).await? == 0 && self.exchange.pushed(ANSWERS, self.head) == 0 {
                return Ok(());
            }
        }
    }

    async fn take(&mut self, seat: usize) -> io::Result<()> {
        let head = self.exchange.head(ANSWERS, seat);
        let (id, lengths) = Done::lengths(&head);
        let length = lengths.iter().fold(0, |sum: usize, length| sum.saturating_add(*length));
        if length > MAX_BODY {
            return Err(too_long());
        }
        let asked = self.waiting.called(seat).filter(|asked| asked.id == id);
        let asked =
            asked.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "nobody asked for that"))?;
        let room = self.room.ask(length, lengths[1]).await;
        let body = match self.exchange.read(ANSWERS, seat, &lengths) {
            Some(bytes) => room.map(|room| (bytes, room)),
            None => long_body(&mut self.bodies, length, room).await?,
        };
        self.waiting.free(seat);
        let (done, body) = match body {
            Ok((bytes, room)) => {
                let done = Done::of(&head, &bytes).ok_or_else(too_long)?;
                (done, Ok(room.hold(bytes)))
            }
            Err(refused) => (Done::of(&head, &[]).unwrap_or_default(), Err(refused)),
        };
        // Who asked may have given up.
        let _ = asked.tell.send((done, body));
        Ok(())
    }
}

/// Reads a body, or passes it over where there is no room for it.
async fn long_body(
    from: &mut (impl AsyncRead + Unpin),
    length: usize,
    room: Result<Reservation, Exhausted>,
) -> io::Result<Result<(Vec<u8>, Reservation), Exhausted>> {
    match room {
        Ok(room) => {
            let mut bytes = vec![0; length];
            from.read_exact(&mut bytes).await?;
            Ok(Ok((bytes, room)))
        }
        Err(refused) => {
            let mut passed = from.take(length as u64);
            if tokio::io::copy(&mut passed, &mut tokio::io::sink()).await? < length as u64 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok(Err(refused))
        }
    }
}

/// Room for the answers of one worker.
pub(crate) struct Room {
    memory: Budget,
    /// The function that it works for, once it does.
    function: Arc<OnceLock<Source>>,
    patient: bool,
}

impl Room {
    pub(crate) fn new(memory: Budget, function: Arc<OnceLock<Source>>) -> Self {
        Self { memory, function, patient: true }
    }

    /// Room for a body, and for the copies that are made of the log in it. Once one was refused, the next are not waited for
    /// until there is room again: so all wait no longer than one may.
    async fn ask(&mut self, length: usize, log: usize) -> Result<Reservation, Exhausted> {
        static UNKNOWN: OnceLock<Source> = OnceLock::new();
        let unknown = || Source::named("worker", "without a function");
        let source = self.function.get().unwrap_or_else(|| UNKNOWN.get_or_init(unknown));
        let bytes = length as u64 + COPIES * log as u64;
        let mut room = self.memory.reserve(source, bytes);
        if self.patient && matches!(room, Err(Exhausted::Busy { .. })) {
            let free = self.memory.reserve_when_free(source, bytes);
            room = tokio::time::timeout(PATIENCE, free).await.unwrap_or(room);
        }
        self.patient = room.is_ok();
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(memory: &Budget) -> Room {
        Room::new(memory.clone(), Arc::default())
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_held_while_there_is_room() {
        let memory = Budget::new("tests", 2000);
        let mut room = room(&memory);
        let first = room.ask(600, 100).await.expect("room");
        assert_eq!(memory.used(), 600 + 2 * 100, "a log is copied");
        let refused = room.ask(400, 0).await;
        assert!(matches!(refused, Err(Exhausted::Busy { asked: 400, .. })), "{refused:?}");
        let third = room.ask(100, 0).await.expect("room");
        drop((first, third));
        assert_eq!(memory.used(), 0);
        assert!(matches!(room.ask(5000, 0).await, Err(Exhausted::TooLarge { .. })), "could never be held");
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_for_room_once_and_not_for_each() {
        let memory = Budget::new("tests", 2000);
        let other = memory.reserve(&Source::named("test", "other"), 1000).expect("room");
        let (mut crowded, begun) = (room(&memory), tokio::time::Instant::now());
        for _ in 0..10 {
            crowded.ask(900, 0).await.expect_err("no room");
        }
        assert_eq!(begun.elapsed(), PATIENCE);
        let mut relieved = room(&memory);
        let (heard, ()) = tokio::join!(relieved.ask(900, 0), async { drop(other) });
        assert_eq!(heard.expect("room").bytes(), 900);
    }

    #[tokio::test]
    async fn a_long_body_is_read_or_passed_over_and_a_broken_one_is_an_end() {
        let memory = Budget::new("tests", 2000);
        let mut room = room(&memory);
        let mut said = [vec![b'a'; 900], vec![b'b'; 5000], vec![b'c'; 10]].concat();
        let mut from = io::Cursor::new(&mut said);
        let (bytes, held) =
            long_body(&mut from, 900, room.ask(900, 0).await).await.expect("read").expect("room");
        assert_eq!((bytes.len(), held.bytes()), (900, 900));
        let refused = room.ask(5000, 0).await;
        assert!(long_body(&mut from, 5000, refused).await.expect("passed over").is_err());
        long_body(&mut from, 11, room.ask(11, 0).await).await.expect_err("it broke off");
        let refused = room.ask(5000, 0).await;
        long_body(&mut from, 5000, refused).await.expect_err("it broke off");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_sits_where_an_answer_waits_for_room() {
        let (ours, file) = Exchange::create().expect("memory");
        let theirs = Exchange::open(&file).expect("memory");
        let (bell, _their_bell) = tokio::net::UnixStream::pair().expect("sockets");
        let (bodies, _their_bodies) = tokio::net::UnixStream::pair().expect("sockets");
        let memory = Budget::new("tests", 2000);
        let waiting = Arc::new(Waiting::new());
        let answers = Answers {
            exchange: Arc::new(ours),
            waiting: Arc::clone(&waiting),
            bell: bell.into_split().0,
            bodies: bodies.into_split().0,
            room: room(&memory),
            head: 0,
        };
        let answer = |id: u64, body: &[u8]| {
            let done = Done { stdout_len: body.len(), ..Done::default() };
            assert!(theirs.write(ANSWERS, 0, done.words(id), &[body]));
            theirs.push(ANSWERS, 0);
        };
        let sit = |id| {
            let (tell, answer) = oneshot::channel();
            (waiting.sit(Asked { id, tell }), answer)
        };
        let (seat, first) = sit(1);
        assert_eq!(seat, Some(0));
        let crowd = memory.reserve(&Source::named("test", "crowd"), 1000).expect("room");
        let long = [b'x'; 900];
        answer(1, &long);
        tokio::spawn(answers.listen());
        tokio::time::sleep(PATIENCE / 2).await;
        assert_eq!(sit(2).0, Some(1), "the first one's answer still lies in its room");
        drop(crowd);
        let body = first.await.expect("heard").1.expect("room");
        assert_eq!(body, long[..]);
        assert_eq!(sit(3).0, Some(0), "it is free again");
    }

    #[test]
    fn every_seat_is_had_once_and_nobody_waits_for_the_dead() {
        let waiting = Waiting::new();
        let sit = |id| waiting.sit(Asked { id, tell: oneshot::channel().0 });
        let all: Vec<_> = (0..u64::from(SLOTS)).map(sit).collect();
        assert_eq!(all, (0..SLOTS as usize).map(Some).collect::<Vec<_>>());
        assert_eq!(sit(99), None);
        assert_eq!(waiting.rise(7).map(|asked| asked.id), Some(7));
        assert!(waiting.rise(7).is_none() && waiting.rise(SLOTS as usize).is_none());
        assert_eq!(sit(100), Some(7));
        waiting.end();
        assert!(waiting.has_ended() && waiting.rise(7).is_none());
        assert_eq!(sit(101), None);
    }
}
