//! The one thread that appends to a log.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use super::files::File;
use super::frame::{Frame, Seed};
use super::segment::{self, Head, NotMade};
use super::{Shared, failed, is_full};
use crate::Error;
use crate::reserve::Reserve;
use crate::witness::Witness;
use crate::writer::gather;

/// Bytes after which a segment ends.
pub(crate) const SEGMENT: u32 = 4 << 20;
/// Bytes that are flushed at once, unless one append alone has more.
const FLUSHED: usize = 1 << 20;
/// Segments whose index may be in memory alone. Then appends wait for the store.
const UNSEALED: usize = 8;

/// What is asked of the thread.
pub(crate) enum Asked {
    /// To append a frame, which has its number yet to come. Answered with that of its first record.
    Append(Frame, oneshot::Sender<Result<u64, Error>>),
    /// To end the segment, so that what is in it can be dropped.
    Roll(oneshot::Sender<Result<(), Error>>),
}

type Waiting = (Frame, oneshot::Sender<Result<u64, Error>>);

/// The segment that grows.
pub(crate) struct Active {
    pub seed: Seed,
    pub file: Box<dyn File>,
    pub end: u32,
}

/// What the thread owns.
pub(crate) struct Writer {
    pub shared: Arc<Shared>,
    pub active: Active,
    /// The number of the next record.
    pub next: u64,
    pub witness: Witness,
    pub reserve: Reserve,
    /// False once a flush failed: what was written since then may be lost.
    pub sound: bool,
}

impl Writer {
    /// Runs until the last sender is gone.
    pub(crate) fn run(mut self, queue: &Receiver<Asked>) {
        let mut expected = 0;
        while let Ok(first) = queue.recv() {
            let group = gather(queue, first, expected);
            expected = group.len();
            let mut waiting = Vec::new();
            for asked in group {
                match asked {
                    Asked::Append(frame, answer) => waiting.push((frame, answer)),
                    Asked::Roll(answer) => {
                        self.append(std::mem::take(&mut waiting));
                        // An error means that the caller went away, here and below.
                        let _ = answer.send(self.end_segment());
                    }
                }
            }
            self.append(waiting);
        }
    }

    fn append(&mut self, waiting: Vec<Waiting>) {
        let mut group = Vec::new();
        let mut bytes = 0;
        for (frame, answer) in waiting {
            bytes += frame.length();
            group.push((frame, answer));
            if bytes >= FLUSHED {
                self.append_group(std::mem::take(&mut group));
                bytes = 0;
            }
        }
        if !group.is_empty() {
            self.append_group(group);
        }
    }

    fn append_group(&mut self, group: Vec<Waiting>) {
        if let Err(error) = self.ready() {
            refuse(group, &error);
            return;
        }
        let (frames, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        match self.write(frames) {
            Ok(numbers) => {
                for (answer, number) in answers.into_iter().zip(numbers) {
                    let _ = answer.send(Ok(number));
                }
            }
            Err(error) => {
                for answer in answers {
                    let _ = answer.send(Err(again(&error)));
                }
            }
        }
    }

    /// Whether something may be written now, and where.
    fn ready(&mut self) -> Result<(), Error> {
        if !self.sound {
            return Err(Error::Stopped);
        }
        if !self.reserve.keep() {
            return Err(Error::full());
        }
        if self.shared.tail.segments().len() > UNSEALED {
            self.shared.seal_now(self.active.seed.segment)?;
        }
        if self.active.end >= self.shared.folder.segment { self.roll() } else { Ok(()) }
    }

    fn end_segment(&mut self) -> Result<(), Error> {
        if !self.sound {
            return Err(Error::Stopped);
        }
        if self.active.end > segment::HEAD {
            self.reserve.open();
            self.roll()?;
        }
        self.shared.seal_now(self.active.seed.segment)
    }

    /// Goes on in a new segment.
    fn roll(&mut self) -> Result<(), Error> {
        let number = self.active.seed.segment.checked_add(1).ok_or(Error::Stopped)?;
        let seed = Seed { segment: number, ..self.active.seed.clone() };
        let head = Head { previous: self.active.end, next: self.next };
        let folder = &self.shared.folder;
        let file = match segment::create(folder, &seed, 0, head) {
            Ok(file) => file,
            Err(not_made) => return Err(self.not_rolled(number, not_made)),
        };
        self.active = Active { seed, file, end: segment::HEAD };
        self.shared.tail.add(number, &[], segment::HEAD);
        self.shared.seal(number);
        Ok(())
    }

    /// A new segment was not made. What is there of it says where this one ends: before more is appended here, that must be
    /// gone also for a start after a crash.
    fn not_rolled(&mut self, number: u32, not_made: NotMade) -> Error {
        let folder = &self.shared.folder;
        let (path, NotMade { error, is_flush }) = (folder.file(number, 0), not_made);
        tracing::error!(%error, file = %path.display(), "failed to begin a segment of a log");
        let gone = match folder.files.remove(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => folder.sync(),
        };
        self.sound = gone.is_ok() && (!is_flush || is_full(&error));
        failed(path)(error)
    }

    /// Writes frames and flushes them once: the first numbers of each.
    fn write(&mut self, mut frames: Vec<Frame>) -> Result<Vec<u64>, Error> {
        let (mut bytes, mut placed, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        let Active { seed, file, end } = &self.active;
        let end = *end;
        for mut frame in frames.drain(..) {
            frame.number = self.next;
            self.next += frame.records.len() as u64;
            numbers.push(frame.number);
            let offset = end + bytes.len() as u32;
            frame.encode(seed, end, end, &mut bytes);
            placed.push((frame, offset));
        }
        let path = || self.shared.folder.file(seed.segment, 0);
        if let Err(error) = file.write_at(&bytes, u64::from(end)) {
            // What of it is there was answered to nobody, and must not come back either.
            self.sound = file.cut(u64::from(end)).and_then(|()| file.sync()).is_ok();
            tracing::error!(%error, file = %path().display(), "failed to append to a log");
            return Err(failed(path())(error));
        }
        if let Err(error) = file.sync() {
            // Some disks find only now that they are full.
            let full = is_full(&error);
            self.sound = full && file.cut(u64::from(end)).and_then(|()| file.sync()).is_ok();
            if self.sound {
                tracing::error!(%error, file = %path().display(), "failed to flush a log: what was appended is taken back");
            } else {
                tracing::error!(%error, file = %path().display(), "failed to flush a log: it is read and no longer written");
            }
            return Err(if full { Error::full() } else { Error::Stopped });
        }
        let end = end + bytes.len() as u32;
        self.witness.count(position(seed.segment, end));
        self.shared.tail.add(seed.segment, &placed, end);
        self.shared.flushes.fetch_add(1, Ordering::Relaxed);
        self.active.end = end;
        Ok(numbers)
    }
}

/// How far a log got, as its witness counts.
pub(crate) fn position(segment: u32, end: u32) -> u64 {
    u64::from(segment) << 32 | u64::from(end)
}

fn refuse(group: Vec<Waiting>, error: &Error) {
    for (_, answer) in group {
        let _ = answer.send(Err(again(error)));
    }
}

/// The same error for another caller.
fn again(error: &Error) -> Error {
    match error {
        Error::Full(_) => Error::full(),
        Error::Segment { file, source } => {
            Error::Segment { file: file.clone(), source: io::Error::new(source.kind(), source.to_string()) }
        }
        _ => Error::Stopped,
    }
}
