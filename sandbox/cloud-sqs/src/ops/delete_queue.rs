//! DeleteQueue.

use cloud_core::{AwsError, Caller};
use cloud_store::{Key, Transaction};

use crate::error::no_queue;
use crate::names;
use crate::open::{Failed, Records, Sqs};
use crate::record::DELETED;
use crate::shapes::DeleteQueueRequest;

pub(crate) async fn delete_queue(
    sqs: &Sqs,
    _caller: &Caller,
    input: DeleteQueueRequest,
) -> Result<(), AwsError> {
    remove(sqs, names::of_url(&sqs.context, &input.queue_url)?).await
}

/// Removes a queue. Its messages are gone with it; their rows go little by little.
pub(crate) async fn remove(sqs: &Sqs, name: String) -> Result<(), AwsError> {
    let records = sqs.records.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let queue = records.queues.within(transaction).get(&name)?.ok_or_else(no_queue).map_err(Failed)?;
        records.queues.within(transaction).remove(&name)?;
        Records::forsake(transaction, queue.backlog)?;
        Records::forsake(transaction, queue.id)?;
        let now = records.now();
        records.keep_time(transaction, now)?;
        transaction.put(DELETED, Key::text(&name), now.time.to_be_bytes())?;
        let waiting = std::sync::Arc::clone(&records.waiting);
        transaction.then(move || waiting.tell_all(queue.backlog));
        Ok(())
    };
    sqs.records.store.free(work).await.map_err(|Failed(error)| error)?;
    sqs.upkeep.ask();
    Ok(())
}
