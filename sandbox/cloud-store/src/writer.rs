//! The one thread that writes a file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, TryRecvError};

use rusqlite::Connection;
use tokio::sync::oneshot;

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
    pub refuse: oneshot::Sender<Error>,
}

/// Runs until the last sender is gone.
pub(crate) fn run(mut connection: Connection, queue: &Receiver<Queued>) {
    let mut stopped = false;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            match queue.try_recv() {
                Ok(next) => group.push(next),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        if stopped {
            for queued in group {
                let _ = queued.refuse.send(Error::Stopped);
            }
        } else {
            stopped = !commit(&mut connection, group);
        }
    }
}

/// One transaction for all, a savepoint for each. False if a flush failed: then nothing later can be trusted.
fn commit(connection: &mut Connection, group: Vec<Queued>) -> bool {
    let transaction = match connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            tracing::error!(%error, "failed to begin a transaction");
            for queued in group {
                let _ = queued.refuse.send(Error::Stopped);
            }
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
        for done in waiting {
            done(Err(Error::full()));
        }
        return commit(connection, group.collect());
    }
    let outcome = transaction.commit();
    let full =
        outcome.as_ref().is_err_and(|error| error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull));
    if let Err(error) = &outcome {
        tracing::error!(%error, "failed to flush the store");
    }
    let sound = outcome.is_ok() || full;
    for done in waiting {
        done(match &outcome {
            Ok(()) => Ok(()),
            Err(_) if full => Err(Error::full()),
            Err(_) => Err(Error::Stopped),
        });
    }
    sound
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
