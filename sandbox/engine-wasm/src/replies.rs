//! What a worker says, as the engine hears it: the head first, so that it is known whose answer comes; then the body,
//! as soon as the budget has room for it. An answer for which there is none is passed over, and who waits for it is told.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use budget::{Budget, Exhausted, Reservation, Source};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::frames::{self, Reply};

/// How long answers of one worker wait for room in a row. Others may be behind them, and a worker that is silent beyond
/// its functions' timeouts is killed.
const PATIENCE: Duration = Duration::from_secs(2);
/// What of a log's bytes is copied on its way, at once.
const COPIES: u64 = 2;

/// The body of a reply, or why there was no room for it.
pub(crate) type Body = Result<Bytes, Exhausted>;

/// The replies of one worker.
pub(crate) struct Replies<R> {
    from: R,
    memory: Budget,
    /// The function that it works for, once it does.
    function: Arc<OnceLock<Source>>,
    patient: bool,
}

impl<R: AsyncRead + Unpin> Replies<R> {
    pub(crate) fn new(from: R, memory: Budget, function: Arc<OnceLock<Source>>) -> Self {
        Self { from, memory, function, patient: true }
    }

    /// The next; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> io::Result<Option<(Reply, Body)>> {
        let Some((reply, length)) = frames::read_head::<Reply>(&mut self.from).await? else {
            return Ok(None);
        };
        let body = match self.room(&reply, length).await {
            Ok(room) => {
                let mut bytes = vec![0; length];
                self.from.read_exact(&mut bytes).await?;
                Ok(room.hold(bytes))
            }
            Err(refused) => {
                let mut passed = (&mut self.from).take(length as u64);
                if tokio::io::copy(&mut passed, &mut tokio::io::sink()).await? < length as u64 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Err(refused)
            }
        };
        Ok(Some((reply, body)))
    }

    /// Once one was refused, the next are not waited for until there is room again: so all wait no longer than one may.
    async fn room(&mut self, reply: &Reply, length: usize) -> Result<Reservation, Exhausted> {
        let unknown = || Source::named("worker", "without a function");
        let (source, bytes) = (self.function.get().cloned().unwrap_or_else(unknown), cost(reply, length));
        let mut room = self.memory.reserve(&source, bytes);
        if self.patient && matches!(room, Err(Exhausted::Busy { .. })) {
            let free = self.memory.reserve_when_free(&source, bytes);
            room = tokio::time::timeout(PATIENCE, free).await.unwrap_or(room);
        }
        self.patient = room.is_ok();
        room
    }
}

/// The body, and the copies that are made of the log in it.
fn cost(reply: &Reply, length: usize) -> u64 {
    let log = match reply {
        Reply::Done(done) => length.saturating_sub(done.stdout_len),
        _ => 0,
    };
    length as u64 + COPIES * log as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::{Done, End, Frame};

    fn answer(id: u64, stdout: usize, stderr: usize) -> Vec<u8> {
        let end = End::Exit(0);
        let done = Done { id, end, stdout_len: stdout, stdout_overflowed: false, nanos: 1, peak_bytes: 1 };
        let body = [vec![b'o'; stdout].into(), vec![b'e'; stderr].into()];
        let mut sent = Vec::new();
        Frame::new(&Reply::Done(done), body).expect("fits").write(&mut sent).expect("written");
        sent
    }

    fn replies(said: &[Vec<u8>], memory: &Budget) -> Replies<io::Cursor<Vec<u8>>> {
        Replies::new(io::Cursor::new(said.concat()), memory.clone(), Arc::default())
    }

    /// The id of the next answer and its length, or that there was no room for it.
    async fn heard(replies: &mut Replies<io::Cursor<Vec<u8>>>) -> (u64, Result<Bytes, Exhausted>) {
        match replies.next().await.expect("sense").expect("an answer") {
            (Reply::Done(done), body) => (done.id, body),
            (other, _) => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_held_while_there_is_room_and_passed_over_where_there_is_none() {
        let memory = Budget::new("tests", 2000);
        let mut replies = replies(&[answer(1, 500, 100), answer(2, 400, 0), answer(3, 100, 0)], &memory);
        let (id, first) = heard(&mut replies).await;
        assert_eq!((id, memory.used()), (1, 500 + 3 * 100), "a log is copied");
        let (id, refused) = heard(&mut replies).await;
        assert!(id == 2 && matches!(refused, Err(Exhausted::Busy { asked: 400, .. })), "{id} {refused:?}");
        let (id, third) = heard(&mut replies).await;
        let length = third.map(|third| third.len());
        assert_eq!((id, length, memory.used()), (3, Ok(100), 800));
        drop(first);
        assert_eq!(memory.used(), 0);
        assert!(replies.next().await.expect("the end").is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_for_room_once_and_not_for_each() {
        let memory = Budget::new("tests", 2000);
        let other = memory.reserve(&Source::named("test", "other"), 1000).expect("room");
        let said: Vec<_> = (0..10).map(|id| answer(id, 900, 0)).collect();
        let mut crowded = replies(&said, &memory);
        let begun = tokio::time::Instant::now();
        for id in 0..10 {
            let (heard, body) = heard(&mut crowded).await;
            assert!(heard == id && body.is_err(), "{heard}");
        }
        assert_eq!(begun.elapsed(), PATIENCE);
        let mut relieved = replies(&said, &memory);
        let (heard, ()) = tokio::join!(heard(&mut relieved), async { drop(other) });
        assert_eq!(heard.1.expect("room").len(), 900);
    }

    #[tokio::test]
    async fn what_could_never_be_held_is_refused_at_once_and_a_broken_body_is_an_end() {
        let memory = Budget::new("tests", 2000);
        let mut replies = replies(&[answer(1, 5000, 0), answer(2, 10, 0)[..60].to_vec()], &memory);
        assert!(matches!(heard(&mut replies).await.1, Err(Exhausted::TooLarge { .. })));
        replies.next().await.expect_err("it broke off");
        assert_eq!(memory.used(), 0);
    }
}
