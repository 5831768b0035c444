//! ChangeMessageVisibility, ChangeMessageVisibilityBatch.

use cloud_core::{AwsError, Caller};

use crate::attributes::LONGEST_VISIBILITY;
use crate::error::{entry, invalid};
use crate::open::{Desk, Sqs};
use crate::ops::batch;
use crate::ops::delete_message::expired;
use crate::receipt::Handle;
use crate::record::Queue;
use crate::shapes::{
    ChangeMessageVisibilityBatchRequest, ChangeMessageVisibilityBatchResult,
    ChangeMessageVisibilityBatchResultEntry, ChangeMessageVisibilityRequest,
};
use crate::state::{Held, Kind, LONGEST_FLIGHT};

pub(crate) async fn change_message_visibility(
    sqs: &Sqs,
    _caller: &Caller,
    input: ChangeMessageVisibilityRequest,
) -> Result<(), AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    let time = time(Some(input.visibility_timeout), &queue)?;
    let done = hide(sqs, &queue, vec![(input.receipt_handle, time)]).await?;
    done.into_iter().collect()
}

pub(crate) async fn change_message_visibility_batch(
    sqs: &Sqs,
    _caller: &Caller,
    input: ChangeMessageVisibilityBatchRequest,
) -> Result<ChangeMessageVisibilityBatchResult, AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    batch::check("ChangeMessageVisibilityBatch", input.entries.iter().map(|entry| entry.id.as_str()))?;
    let mut result = ChangeMessageVisibilityBatchResult::default();
    let (mut ids, mut wanted) = (Vec::new(), Vec::new());
    for one in input.entries {
        match time(one.visibility_timeout, &queue) {
            Ok(time) => {
                ids.push(one.id);
                wanted.push((one.receipt_handle, time));
            }
            Err(error) => result.failed.push(entry(one.id, &error)),
        }
    }
    for (id, done) in ids.into_iter().zip(hide(sqs, &queue, wanted).await?) {
        match done {
            Ok(()) => result.successful.push(ChangeMessageVisibilityBatchResultEntry { id }),
            Err(error) => result.failed.push(entry(id, &error)),
        }
    }
    Ok(result)
}

/// In milliseconds.
fn time(wanted: Option<i32>, queue: &Queue) -> Result<u64, AwsError> {
    let Some(wanted) = wanted else { return Ok(u64::from(queue.settings.visibility) * 1000) };
    match u32::try_from(wanted) {
        Ok(seconds) if seconds <= LONGEST_VISIBILITY => Ok(u64::from(seconds) * 1000),
        _ => {
            let reason = "VisibilityTimeout must be an integer between 0 and 43200.";
            Err(invalid("VisibilityTimeout", wanted, reason))
        }
    }
}

/// Hides what handles hold for so many milliseconds; what became of each.
pub(crate) async fn hide(
    sqs: &Sqs,
    queue: &Queue,
    wanted: Vec<(String, u64)>,
) -> Result<Vec<Result<(), AwsError>>, AwsError> {
    let work = move |desk: &mut Desk<'_, '_>| {
        desk.backlog.settle(desk.transaction)?;
        let mut done = Vec::new();
        for (handle, time) in &wanted {
            done.push(match one(desk, handle, *time) {
                Err(error) if error.http_status() >= 500 => return Err(error),
                done => done,
            });
        }
        Ok(done)
    };
    sqs.records.at(queue.name.clone(), true, work).await
}

fn one(desk: &mut Desk<'_, '_>, text: &str, time: u64) -> Result<(), AwsError> {
    let handle = Handle::parse(text, desk.queue.id)?;
    let gone = || {
        let reason = "Message does not exist or is not available for visibility timeout change.";
        Err(invalid("ReceiptHandle", text, reason))
    };
    if handle.backlog != desk.backlog.id {
        return gone();
    }
    let Held::This(state) = desk.backlog.held(desk.transaction, handle.sequence, handle.received)? else {
        return gone();
    };
    // AWS: a standard queue hides also what may be received again, as long as nobody has.
    if desk.queue.settings.is_fifo && state.kind != Kind::InFlight {
        return Err(expired(text));
    }
    let flight = desk.now.time.saturating_add(time).saturating_sub(state.last);
    if flight > LONGEST_FLIGHT {
        let reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].";
        return Err(invalid("VisibilityTimeout", time / 1000, reason));
    }
    desk.backlog.hide(desk.transaction, handle.sequence, state, time)?;
    if time == 0 {
        desk.tell();
    } else {
        desk.tell_at(desk.now.time.saturating_add(time));
    }
    Ok(())
}
