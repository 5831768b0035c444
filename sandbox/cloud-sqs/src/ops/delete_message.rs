//! DeleteMessage, DeleteMessageBatch.

use cloud_core::{AwsError, Caller};

use crate::error::{entry, invalid};
use crate::open::{Desk, Sqs};
use crate::ops::batch;
use crate::receipt::Handle;
use crate::record::Queue;
use crate::shapes::{
    DeleteMessageBatchRequest, DeleteMessageBatchResult, DeleteMessageBatchResultEntry, DeleteMessageRequest,
};
use crate::state::{Held, Kind};

pub(crate) async fn delete_message(
    sqs: &Sqs,
    _caller: &Caller,
    input: DeleteMessageRequest,
) -> Result<(), AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    let done = delete(sqs, &queue, vec![input.receipt_handle]).await?;
    done.into_iter().collect()
}

pub(crate) async fn delete_message_batch(
    sqs: &Sqs,
    _caller: &Caller,
    input: DeleteMessageBatchRequest,
) -> Result<DeleteMessageBatchResult, AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    batch::check("DeleteMessageBatch", input.entries.iter().map(|entry| entry.id.as_str()))?;
    let (ids, handles): (Vec<_>, Vec<_>) =
        input.entries.into_iter().map(|entry| (entry.id, entry.receipt_handle)).unzip();
    let mut result = DeleteMessageBatchResult::default();
    for (id, done) in ids.into_iter().zip(delete(sqs, &queue, handles).await?) {
        match done {
            Ok(()) => result.successful.push(DeleteMessageBatchResultEntry { id }),
            Err(error) => result.failed.push(entry(id, &error)),
        }
    }
    Ok(result)
}

/// Removes what handles hold; what became of each.
pub(crate) async fn delete(
    sqs: &Sqs,
    queue: &Queue,
    handles: Vec<String>,
) -> Result<Vec<Result<(), AwsError>>, AwsError> {
    let work = move |desk: &mut Desk<'_, '_>| {
        desk.backlog.settle(desk.transaction)?;
        let mut done = Vec::new();
        for handle in &handles {
            done.push(match one(desk, handle) {
                Err(error) if error.http_status() >= 500 => return Err(error),
                done => done,
            });
        }
        Ok(done)
    };
    sqs.records.at(queue.name.clone(), true, work).await
}

fn one(desk: &mut Desk<'_, '_>, text: &str) -> Result<(), AwsError> {
    let handle = Handle::parse(text, desk.queue.id)?;
    // AWS: what is gone already is no error.
    if handle.backlog != desk.backlog.id {
        return Ok(());
    }
    let is_fifo = desk.queue.settings.is_fifo;
    match desk.backlog.held(desk.transaction, handle.sequence, handle.received)? {
        Held::Gone => Ok(()),
        // AWS: a standard queue deletes also what may be received again, and lets who has an older handle think so.
        Held::Other if !is_fifo => Ok(()),
        Held::This(state) if !is_fifo || state.kind == Kind::InFlight => {
            desk.backlog.remove(desk.transaction, handle.sequence, &state)?;
            if is_fifo {
                // The rest of its group may be received now.
                desk.tell();
            }
            Ok(())
        }
        _ => Err(expired(text)),
    }
}

/// A handle of a FIFO queue whose message may be received by others again.
pub(crate) fn expired(handle: &str) -> AwsError {
    invalid("ReceiptHandle", handle, "The receipt handle has expired.")
}
