//! The one thread that writes a file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::oneshot;

use crate::file::set_generation;
use crate::reserve::Reserve;
use crate::transaction::Follow;
use crate::transaction::Written;
use crate::vacuum::{self, Vacuum};
use crate::witness::Witness;
use crate::{Error, Transaction};

/// How many transactions share one flush.
const GROUP: usize = 256;
/// How long a group waits for those who were answered with the last one: they are about to come again.
const GATHER: Duration = Duration::from_micros(200);

/// A transaction that waits: runs, and after the flush tells its caller.
pub(crate) type Job = Box<dyn FnOnce(&mut Transaction<'_>) -> Result<Done, Error> + Send>;

/// How a job ends: told whether the flush succeeded.
pub(crate) type Done = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// A job that succeeded, until the flush.
struct Ended {
    follow: Vec<Follow>,
    done: Done,
}

/// A job with the way to refuse it.
pub(crate) struct Queued {
    pub job: Job,
    /// Whether it makes room, and so goes on where the disk is full.
    pub frees: bool,
    pub refuse: oneshot::Sender<Error>,
}

impl Queued {
    fn refuse(self, error: Error) {
        // An error means that the caller went away.
        let _ = self.refuse.send(error);
    }
}

/// What the thread owns.
pub(crate) struct Writer {
    pub connection: Connection,
    pub file: PathBuf,
    pub witness: Witness,
    pub generation: u64,
    pub reserve: Reserve,
    /// Damage was found while the store was open.
    pub damaged: Arc<AtomicBool>,
    /// How often something was flushed.
    pub flushes: Arc<AtomicU64>,
    /// Bytes of keys and values that were flushed.
    pub written: Arc<AtomicU64>,
}

impl Writer {
    /// Runs until the last sender is gone.
    pub(crate) fn run(mut self, queue: &Receiver<Queued>) {
        let mut sound = true;
        let mut expected = 0;
        let mut vacuum = Vacuum::default();
        while let Some(first) = self.next(queue, &mut vacuum, sound) {
            let group = gather(queue, first, expected);
            expected = group.len();
            if !sound {
                refuse_all(group, || Error::Stopped);
            } else if self.damaged.load(Ordering::Relaxed) {
                refuse_all(group, || {
                    Error::damaged(&self.file, "its pages do not fit together; the log has more")
                });
            } else {
                let group = self.admit(group);
                sound = group.is_empty() || self.commit(group);
                vacuum.committed();
            }
        }
    }

    /// The next job. Meanwhile room that was freed is given back to the disk.
    fn next(&self, queue: &Receiver<Queued>, vacuum: &mut Vacuum, sound: bool) -> Option<Queued> {
        while sound && !self.damaged.load(Ordering::Relaxed) {
            match vacuum.next() {
                vacuum::Next::Wait => break,
                vacuum::Next::Slice => vacuum.slice(&self.connection),
                vacuum::Next::WaitUpTo(pause) => match queue.recv_timeout(pause) {
                    Ok(next) => return Some(next),
                    Err(RecvTimeoutError::Disconnected) => return None,
                    Err(RecvTimeoutError::Timeout) => vacuum.slice(&self.connection),
                },
            }
        }
        queue.recv().ok()
    }

    /// Refuses what a full disk has no room for.
    fn admit(&self, group: Vec<Queued>) -> Vec<Queued> {
        if self.reserve.keep() {
            return group;
        }
        let (freeing, others): (Vec<_>, Vec<_>) = group.into_iter().partition(|queued| queued.frees);
        refuse_all(others, Error::full);
        if !freeing.is_empty() {
            self.reserve.open();
            // Room of the log that its checkpoint gives back. One that fails leaves everything as it was.
            let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        freeing
    }

    /// One transaction for all, a savepoint for each. False if a flush failed: then nothing later can be trusted.
    fn commit(&mut self, group: Vec<Queued>) -> bool {
        let transaction = match self.connection.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => {
                tracing::error!(%error, file = %self.file.display(), "failed to begin a transaction");
                refuse_all(group, || Error::Stopped);
                return true;
            }
        };
        let mut ended = Vec::with_capacity(group.len());
        let mut all = Written::default();
        let mut group = group.into_iter();
        while !transaction.is_autocommit() {
            let Some(queued) = group.next() else { break };
            match one(&transaction, queued.job) {
                Ok((job, written)) => {
                    all.writes += written.writes;
                    all.bytes += written.bytes;
                    ended.push(job);
                }
                Err(error) => drop(queued.refuse.send(error)),
            }
        }
        if transaction.is_autocommit() {
            // SQLite found no room before the flush, and undid everything: what came before in this group too.
            drop(transaction);
            answer(ended, || Err(Error::full()));
            let rest: Vec<_> = group.collect();
            return rest.is_empty() || self.commit(rest);
        }
        if all.writes == 0 {
            // Nothing was decided that a flush would have to keep.
            drop(transaction);
            answer(ended, || Ok(()));
            return true;
        }
        let generation = self.generation + 1;
        if let Err(error) = set_generation(&transaction, generation) {
            tracing::error!(%error, file = %self.file.display(), "failed to count a flush");
            drop(transaction);
            let full = matches!(error, Error::Full(_));
            answer(ended, || Err(if full { Error::full() } else { Error::Stopped }));
            return full;
        }
        let outcome = transaction.commit();
        if outcome.is_ok() {
            self.generation = generation;
            self.witness.count(generation);
            self.flushes.fetch_add(1, Ordering::Relaxed);
            self.written.fetch_add(all.bytes, Ordering::Relaxed);
        }
        let full =
            outcome.as_ref().is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::DiskFull));
        if let Err(error) = &outcome {
            tracing::error!(%error, file = %self.file.display(), "failed to flush the store");
        }
        answer(ended, || match &outcome {
            Ok(()) => Ok(()),
            Err(_) if full => Err(Error::full()),
            Err(_) => Err(Error::Stopped),
        });
        outcome.is_ok() || full
    }
}

/// What waits, and what is about to: those who were answered with the last group come again at once, and a flush is dear.
pub(crate) fn gather<T>(queue: &Receiver<T>, first: T, expected: usize) -> Vec<T> {
    let mut group = vec![first];
    group.extend(queue.try_iter().take(GROUP - 1));
    let enough = (expected / 2).min(GROUP);
    if group.len() < enough {
        let deadline = Instant::now() + GATHER;
        while group.len() < enough
            && let Ok(next) = queue.recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            group.push(next);
            group.extend(queue.try_iter().take(GROUP - group.len()));
        }
    }
    group
}

fn refuse_all(group: Vec<Queued>, why: impl Fn() -> Error) {
    for queued in group {
        queued.refuse(why());
    }
}

/// Does what follows from a group that was kept, then tells all of it what became of it.
fn answer(ended: Vec<Ended>, outcome: impl Fn() -> Result<(), Error>) {
    let kept = outcome().is_ok();
    for Ended { follow, done } in ended {
        for follow in follow.into_iter().filter(|_| kept) {
            if catch_unwind(AssertUnwindSafe(follow)).is_err() {
                tracing::error!("what follows from a transaction panicked; the transaction was kept");
            }
        }
        done(outcome());
    }
}

/// Runs a job, so that nothing of it stays where it fails. Its result, and how much it wrote.
fn one(connection: &Connection, job: Job) -> Result<(Ended, Written), Error> {
    mark(connection, "SAVEPOINT one")?;
    let mut transaction = Transaction::on(connection);
    let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut transaction))).unwrap_or(Err(Error::Panicked));
    match outcome {
        Ok(done) => {
            mark(connection, "RELEASE one")?;
            let (follow, written) = transaction.end();
            Ok((Ended { follow, done }, written))
        }
        Err(error) => {
            if !connection.is_autocommit() {
                mark(connection, "ROLLBACK TO one")?;
                mark(connection, "RELEASE one")?;
            }
            Err(error)
        }
    }
}

fn mark(connection: &Connection, sql: &str) -> Result<(), Error> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
