//! PurgeQueue.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use crate::names;
use crate::open::{Records, Sqs};
use crate::shapes::{Code, PurgeQueueRequest};
use crate::state::Backlog;

/// AWS: a queue is purged once in so long, in milliseconds.
const EVERY: u64 = 60_000;

/// Gives a queue an empty backlog: what lies on the other is gone at once, and its rows go little by little.
pub(crate) async fn purge_queue(
    sqs: &Sqs,
    _caller: &Caller,
    input: PurgeQueueRequest,
) -> Result<(), AwsError> {
    let name = names::of_url(&sqs.context, &input.queue_url)?;
    let purge = |desk: &mut crate::open::Desk<'_, '_>| {
        let now = desk.now.time;
        if desk.queue.purged.is_some_and(|purged| purged.saturating_add(EVERY) > now) {
            let message =
                format!("Only one PurgeQueue operation on {} is allowed every 60 seconds.", desk.queue.name);
            return Err(Code::PurgeQueueInProgress.error(message));
        }
        let (old, next) = (desk.backlog.id, desk.backlog.counts.next);
        Records::forsake(desk.transaction, old)?;
        desk.records.keep_time(desk.transaction, desk.now)?;
        desk.queue.backlog = Records::number(desk.transaction)?;
        desk.queue.purged = Some(now);
        desk.backlog = Records::backlog(desk.transaction, &desk.queue, desk.now)?;
        // Sequence numbers go on.
        desk.backlog.counts.next = next;
        Backlog::keep(&desk.backlog, desk.transaction)?;
        let queue = desk.queue.clone();
        desk.records.queues.within(desk.transaction).put(queue.name.clone(), queue)?;
        let waiting = Arc::clone(&desk.records.waiting);
        desk.transaction.then(move || waiting.tell_all(old));
        Ok(())
    };
    sqs.records.at(name, true, purge).await?;
    sqs.upkeep.ask();
    Ok(())
}
