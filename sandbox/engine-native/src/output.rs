//! What an environment's programs write to standard output and error: kept until an invocation takes it as its log.

use std::io::{self, PipeWriter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use budget::{Budget, Reservation, Source};
use bytes::Bytes;
use tokio::net::unix::pipe::Receiver;
use tokio::task::AbortHandle;

/// What is kept until it is taken. Beyond it what is written goes nowhere.
// LIMIT: AWS has no such limit.
const MOST: usize = 4 << 20;
/// What is read at once.
const CHUNK: usize = 64 << 10;
/// How many chunks are read for one invocation's end, so that who writes without end is left.
const CHUNKS: usize = 64;

/// The reading end of a pipe, and what came.
#[derive(Debug)]
pub(crate) struct Output {
    pipe: Receiver,
    kept: Mutex<Kept>,
    memory: Budget,
}

#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    dropped: u64,
    room: Option<Reservation>,
}

impl Output {
    /// With the end for the programs, and what stops listening.
    pub(crate) fn new(memory: Budget) -> io::Result<(Arc<Self>, PipeWriter, AbortHandle)> {
        let (ours, theirs) = io::pipe()?;
        let pipe = Receiver::from_owned_fd(ours.into())?;
        let output = Arc::new(Self { pipe, kept: Mutex::default(), memory });
        let listening = tokio::spawn(Arc::clone(&output).listen());
        Ok((output, theirs, listening.abort_handle()))
    }

    async fn listen(self: Arc<Self>) {
        while self.pipe.readable().await.is_ok() {
            if !self.read(|chunk| self.pipe.try_read(chunk)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// What was written until now. Another source has it from then on.
    pub(crate) fn take(&self) -> Bytes {
        // Asks the system, which knows of what was written a moment ago.
        self.read(|chunk| Ok(rustix::io::read(&self.pipe, chunk)?));
        let Kept { mut bytes, dropped, room } = std::mem::take(&mut *self.kept());
        if dropped > 0 {
            bytes.extend_from_slice(format!("\n[truncated: {dropped} bytes more]\n").as_bytes());
        }
        match room {
            Some(room) => room.hold(bytes),
            None => bytes.into(),
        }
    }

    /// Reads what is there. False at the end.
    fn read(&self, from: impl Fn(&mut [u8]) -> io::Result<usize>) -> bool {
        let mut chunk = vec![0; CHUNK];
        for _ in 0..CHUNKS {
            // Who reads keeps what it read before another reads on.
            let mut kept = self.kept();
            match from(&mut chunk) {
                Ok(0) => return false,
                Ok(length) => self.keep(&mut kept, chunk.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
        }
        true
    }

    fn keep(&self, kept: &mut Kept, chunk: &[u8]) {
        let fits = kept.bytes.len() + chunk.len() <= MOST && kept.dropped == 0;
        let length = chunk.len() as u64;
        let has_room = fits
            && match &mut kept.room {
                Some(room) => room.grow(length).is_ok(),
                none => {
                    *none = self.memory.reserve(&Source::named("log", "functions"), length).ok();
                    none.is_some()
                }
            };
        if has_room {
            kept.bytes.extend_from_slice(chunk);
        } else {
            kept.dropped += length;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[tokio::test]
    async fn what_was_written_before_is_there_without_waiting() {
        let (output, mut pipe, _listening) = Output::new(Budget::new("tests", 64 << 20)).expect("a pipe");
        pipe.write_all(b"one\n").expect("written");
        assert_eq!(output.take(), "one\n");
        pipe.write_all(b"two\n").expect("written");
        assert_eq!(output.take(), "two\n");
        assert_eq!(output.take(), "");
    }

    #[tokio::test]
    async fn who_writes_without_end_is_kept_in_bounds() {
        let (output, mut pipe, _listening) = Output::new(Budget::new("tests", 64 << 20)).expect("a pipe");
        let writer = std::thread::spawn(move || {
            let much = vec![b'x'; 100_000];
            (0..100).try_for_each(|_| pipe.write_all(&much))
        });
        let mut all = Vec::new();
        while !writer.is_finished() {
            tokio::task::yield_now().await;
        }
        writer.join().expect("it writes").expect("somebody reads");
        all.extend_from_slice(&output.take());
        let text = String::from_utf8(all).expect("text");
        assert!(text.len() <= MOST + 100, "{}", text.len());
        assert!(text.trim_end().ends_with("bytes more]"), "{}", &text[text.len() - 60..]);
    }

    #[tokio::test]
    async fn there_may_be_no_room_for_it() {
        let (output, mut pipe, _listening) = Output::new(Budget::new("tests", 16)).expect("a pipe");
        pipe.write_all(b"longer than that is\n").expect("written");
        assert_eq!(output.take(), "\n[truncated: 20 bytes more]\n");
    }
}
