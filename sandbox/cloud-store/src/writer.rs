//! The one thread that writes a file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::oneshot;

use crate::file::set_generation;
use crate::reserve::Reserve;
use crate::witness::Witness;
use crate::{Error, Transaction};

/// How many transactions share one flush.
const GROUP: usize = 256;

/// A transaction that waits: runs, and after the flush tells its caller.
pub(crate) type Job = Box<dyn FnOnce(&mut Transaction<'_>) -> Result<Done, Error> + Send>;

/// How a job ends: told whether the flush succeeded.
pub(crate) type Done = Box<dyn FnOnce(Result<(), Error>) + Send>;

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
}

impl Writer {
    /// Runs until the last sender is gone.
    pub(crate) fn run(mut self, queue: &Receiver<Queued>) {
        let mut sound = true;
        while let Ok(first) = queue.recv() {
            let mut group = vec![first];
            while group.len() < GROUP {
                match queue.try_recv() {
                    Ok(next) => group.push(next),
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                }
            }
            if !sound {
                refuse_all(group, || Error::Stopped);
            } else if self.damaged.load(Ordering::Relaxed) {
                refuse_all(group, || {
                    Error::damaged(&self.file, "its pages do not fit together; the log has more")
                });
            } else {
                let group = self.admit(group);
                sound = group.is_empty() || self.commit(group);
            }
        }
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
        let mut waiting = Vec::new();
        let mut group = group.into_iter();
        while !transaction.is_autocommit() {
            let Some(queued) = group.next() else { break };
            match one(&transaction, queued.job) {
                Ok(done) => waiting.push(done),
                Err(error) => drop(queued.refuse.send(error)),
            }
        }
        if transaction.is_autocommit() {
            // SQLite found no room before the flush, and undid everything: what came before in this group too.
            drop(transaction);
            answer(waiting, || Err(Error::full()));
            let rest: Vec<_> = group.collect();
            return rest.is_empty() || self.commit(rest);
        }
        if waiting.is_empty() {
            return true;
        }
        let generation = self.generation + 1;
        if let Err(error) = set_generation(&transaction, generation) {
            tracing::error!(%error, file = %self.file.display(), "failed to count a flush");
            drop(transaction);
            let full = matches!(error, Error::Full(_));
            answer(waiting, || Err(if full { Error::full() } else { Error::Stopped }));
            return full;
        }
        let outcome = transaction.commit();
        if outcome.is_ok() {
            self.generation = generation;
            self.witness.count(generation);
        }
        let full =
            outcome.as_ref().is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::DiskFull));
        if let Err(error) = &outcome {
            tracing::error!(%error, file = %self.file.display(), "failed to flush the store");
        }
        answer(waiting, || match &outcome {
            Ok(()) => Ok(()),
            Err(_) if full => Err(Error::full()),
            Err(_) => Err(Error::Stopped),
        });
        outcome.is_ok() || full
    }
}

fn refuse_all(group: Vec<Queued>, why: impl Fn() -> Error) {
    for queued in group {
        queued.refuse(why());
    }
}

/// Tells all of a group what became of it.
fn answer(waiting: Vec<Done>, outcome: impl Fn() -> Result<(), Error>) {
    for done in waiting {
        done(outcome());
    }
}

fn one(connection: &Connection, job: Job) -> Result<Done, Error> {
    connection.execute_batch("SAVEPOINT one")?;
    let outcome =
        catch_unwind(AssertUnwindSafe(|| job(&mut Transaction(connection)))).unwrap_or(Err(Error::Panicked));
    match outcome {
        Ok(done) => {
            connection.execute_batch("RELEASE one")?;
            Ok(done)
        }
        Err(error) => {
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK TO one; RELEASE one")?;
            }
            Err(error)
        }
    }
}
