//! SendMessage, SendMessageBatch.

use cloud_core::{AwsError, Caller};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::attributes::{LARGEST, LONGEST_DELAY};
use crate::error::{entry, invalid, missing, wrong};
use crate::message::{self, Attributes, md5_of, md5_of_attributes};
use crate::open::{Desk, Sqs};
use crate::ops::batch;
use crate::parcel::{Header, Parcel};
use crate::record::Queue;
use crate::shapes::{
    Code, SendMessageBatchRequest, SendMessageBatchRequestEntry, SendMessageBatchResult,
    SendMessageBatchResultEntry, SendMessageRequest, SendMessageResult,
};
use crate::state::State;
use crate::state::memory::{Name, recall, remember};

/// AWS: sequence numbers have 20 digits, and are not consecutive.
const FIRST_SEQUENCE: u128 = 18_870_000_000_000_000_000;
const SEQUENCE_STEP: u128 = 256;

/// A message that is to be sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sending {
    pub text: String,
    pub attributes: Attributes,
    pub trace: Option<String>,
    pub delay: Option<i32>,
    pub group: Option<String>,
    pub duplicate: Option<String>,
    pub sender: String,
}

/// A message that was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub id: String,
    pub sequence: Option<String>,
}

/// MD5s, as SDKs check them.
struct Digests {
    body: String,
    attributes: Option<String>,
    system: Option<String>,
}

/// A message that may be sent, as it is kept.
struct Packed {
    id: String,
    bytes: Vec<u8>,
    delay: u64,
    group: Option<String>,
    /// What it is told by, in a FIFO queue.
    duplicate: Option<Duplicate>,
}

/// What a message is told by.
struct Duplicate {
    /// Where duplicates are told now.
    own: Name,
    /// Where they may have been told before that was changed.
    // AWS: an id that was sent before the scope was made narrower goes on to count.
    former: Option<Name>,
}

/// What is remembered of a message.
#[derive(Serialize, Deserialize)]
struct Remembered {
    id: String,
    sequence: u64,
}

pub(crate) async fn send_message(
    sqs: &Sqs,
    caller: &Caller,
    input: SendMessageRequest,
) -> Result<SendMessageResult, AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    let (sending, digests) = read(caller, input)?;
    let sent = send(sqs, &queue, sending).await?;
    Ok(SendMessageResult {
        md5_of_message_body: Some(digests.body),
        md5_of_message_attributes: digests.attributes,
        md5_of_message_system_attributes: digests.system,
        message_id: Some(sent.id),
        sequence_number: sent.sequence,
    })
}

/// A request as what is to be sent.
fn read(caller: &Caller, input: SendMessageRequest) -> Result<(Sending, Digests), AwsError> {
    let attributes = message::attributes(input.message_attributes.unwrap_or_default())?;
    let trace = message::trace(input.message_system_attributes.unwrap_or_default())?;
    let digests = Digests {
        body: md5_of(&input.message_body),
        attributes: md5_of_attributes(&attributes),
        system: trace.as_ref().and_then(|(_, attributes)| md5_of_attributes(attributes)),
    };
    // AWS: a request that is traced has its messages traced, unless they say otherwise.
    let of_request = || Some(caller.trace.to_string()).filter(|header| !header.is_empty());
    let sending = Sending {
        text: input.message_body,
        attributes,
        trace: trace.map(|(header, _)| header).or_else(of_request),
        delay: input.delay_seconds,
        group: input.message_group_id,
        duplicate: input.message_deduplication_id,
        sender: caller.user_id.clone(),
    };
    Ok((sending, digests))
}

/// Sends a message.
pub(crate) async fn send(sqs: &Sqs, queue: &Queue, sending: Sending) -> Result<Sent, AwsError> {
    let packed = pack(sqs, queue, sending)?;
    let mut sent = put(sqs, queue, vec![packed]).await?;
    sent.pop().ok_or_else(|| AwsError::internal("a message was not sent"))
}

/// Sends messages, in one transaction.
async fn put(sqs: &Sqs, queue: &Queue, all: Vec<Packed>) -> Result<Vec<Sent>, AwsError> {
    let work = move |desk: &mut Desk<'_, '_>| all.into_iter().map(|packed| lay(desk, packed)).collect();
    sqs.records.at(queue.name.clone(), false, work).await
}

/// Lays a message down, unless it is a duplicate.
fn lay(desk: &mut Desk<'_, '_>, packed: Packed) -> Result<Sent, AwsError> {
    let (queue, now, is_fifo) = (desk.queue.id, desk.now.time, desk.queue.settings.is_fifo);
    if let Some(duplicate) = &packed.duplicate {
        for name in [Some(&duplicate.own), duplicate.former.as_ref()].into_iter().flatten() {
            let known = recall(desk.transaction, queue, name, now)?;
            if let Some(known) = known.and_then(|known| serde_json::from_slice::<Remembered>(&known).ok()) {
                return Ok(Sent { id: known.id, sequence: Some(print_sequence(known.sequence)) });
            }
        }
    }
    let due = if packed.delay == 0 { 0 } else { now.saturating_add(packed.delay) };
    // AWS: groups of a FIFO queue are in order, those of a standard one tenants that it is fair between.
    let (group, tenant) = if is_fifo { (packed.group, None) } else { (None, packed.group) };
    let state = State { due, sent_ms: desk.now.wall_ms, group, tenant, ..State::default() };
    let sequence = desk.backlog.put(desk.transaction, &packed.bytes, state)?;
    if let Some(duplicate) = packed.duplicate {
        let known = serde_json::to_vec(&Remembered { id: packed.id.clone(), sequence })
            .map_err(AwsError::internal)?;
        remember(desk.transaction, queue, &duplicate.own, &known, now)?;
        desk.records.keep_time(desk.transaction, desk.now)?;
    }
    if due == 0 {
        desk.tell();
    } else {
        desk.tell_at(due);
    }
    Ok(Sent { id: packed.id, sequence: is_fifo.then(|| print_sequence(sequence)) })
}

/// A sequence number as it is shown.
pub(crate) fn print_sequence(sequence: u64) -> String {
    format!("{:020}", FIRST_SEQUENCE + u128::from(sequence) * SEQUENCE_STEP)
}

/// Looks at what is to be sent, by the queue's settings, and makes of it what is kept.
fn pack(sqs: &Sqs, queue: &Queue, sending: Sending) -> Result<Packed, AwsError> {
    message::check_body(&sending.text)?;
    message::check_count(sending.attributes.len())?;
    let settings = &queue.settings;
    if message::size(&sending.text, &sending.attributes) > settings.largest as usize {
        return Err(too_large(settings.largest));
    }
    let delay = delay(queue, sending.delay)?;
    if settings.is_fifo && sending.group.is_none() {
        return Err(missing("MessageGroupId"));
    }
    if let Some(group) = &sending.group {
        message::check_id("MessageGroupId", group)?;
    }
    let (name, duplicate) = deduplication(queue, &sending)?;
    let id = sqs.context.entropy().uuid().to_string();
    let Sending { text, attributes, trace, group, sender, .. } = sending;
    let header = Header {
        id: id.clone(),
        sender,
        attributes,
        trace,
        group: group.clone(),
        duplicate: name,
        source: None,
    };
    let bytes = Parcel { header, text }.encode().map_err(AwsError::internal)?;
    Ok(Packed { id, bytes, delay, group, duplicate })
}

/// The error of a message that is larger than it may be.
pub(crate) fn too_large(largest: u32) -> AwsError {
    wrong(format!(
        "One or more parameters are invalid. Reason: Message must be shorter than {largest} bytes."
    ))
}

/// For how long a message is to be delayed, in milliseconds.
fn delay(queue: &Queue, wanted: Option<i32>) -> Result<u64, AwsError> {
    let of_queue = u64::from(queue.settings.delay) * 1000;
    let Some(wanted) = wanted else { return Ok(of_queue) };
    // AWS: messages of a FIFO queue are delayed as the queue is, and by nothing else.
    if queue.settings.is_fifo && wanted != 0 {
        return Err(not_of_this_type("DelaySeconds", wanted));
    }
    match u32::try_from(wanted) {
        Ok(_) if queue.settings.is_fifo => Ok(of_queue),
        Ok(seconds) if seconds <= LONGEST_DELAY => Ok(u64::from(seconds) * 1000),
        _ => Err(invalid("DelaySeconds", wanted, "DelaySeconds must be >= 0 and <= 900.")),
    }
}

fn not_of_this_type(parameter: &str, value: impl std::fmt::Display) -> AwsError {
    invalid(parameter, value, "The request include parameter that is not valid for this queue type.")
}

/// The id by which a message's duplicates are told, and what it is remembered by.
fn deduplication(queue: &Queue, sending: &Sending) -> Result<(Option<String>, Option<Duplicate>), AwsError> {
    let settings = &queue.settings;
    if !settings.is_fifo {
        return match &sending.duplicate {
            Some(id) => Err(not_of_this_type("MessageDeduplicationId", id)),
            None => Ok((None, None)),
        };
    }
    let id = match &sending.duplicate {
        Some(id) => {
            message::check_id("MessageDeduplicationId", id)?;
            id.clone()
        }
        // AWS: by the body alone, not by the attributes.
        None if settings.content_deduplication => hex::encode(Sha256::digest(&sending.text)),
        None => {
            return Err(wrong(
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
            ));
        }
    };
    let group = sending.group.as_deref().filter(|_| settings.scope_is_group);
    let former = group.map(|_| Name::duplicate(None, &id));
    Ok((Some(id.clone()), Some(Duplicate { own: Name::duplicate(group, &id), former })))
}

pub(crate) async fn send_message_batch(
    sqs: &Sqs,
    caller: &Caller,
    input: SendMessageBatchRequest,
) -> Result<SendMessageBatchResult, AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    batch::check("SendMessageBatch", input.entries.iter().map(|entry| entry.id.as_str()))?;
    check_together(&queue, &input.entries)?;
    let mut result = SendMessageBatchResult::default();
    let (mut packed, mut shown) = (Vec::new(), Vec::new());
    for entry_of in input.entries {
        let id = entry_of.id.clone();
        let made = read(caller, single(entry_of)).and_then(|(sending, digests)| {
            let packed = pack(sqs, &queue, sending).map_err(in_batch)?;
            Ok((packed, digests))
        });
        match made {
            Ok((made, digests)) => {
                packed.push(made);
                shown.push((id, digests));
            }
            Err(error) => result.failed.push(entry(id, &error)),
        }
    }
    let sent = if packed.is_empty() { Vec::new() } else { put(sqs, &queue, packed).await? };
    let entries = shown.into_iter().zip(sent).map(|((id, digests), sent)| SendMessageBatchResultEntry {
        id,
        message_id: sent.id,
        md5_of_message_body: digests.body,
        md5_of_message_attributes: digests.attributes,
        md5_of_message_system_attributes: digests.system,
        sequence_number: sent.sequence,
    });
    result.successful = entries.collect();
    Ok(result)
}

/// What is said of a batch as a whole.
fn check_together(queue: &Queue, entries: &[SendMessageBatchRequestEntry]) -> Result<(), AwsError> {
    // AWS: without a group none of them is sent.
    if queue.settings.is_fifo && entries.iter().any(|entry| entry.message_group_id.is_none()) {
        return Err(wrong("The request must contain the parameter MessageGroupId."));
    }
    let size = |entry: &SendMessageBatchRequestEntry| {
        let attributes = entry.message_attributes.iter().flatten();
        let attributes = attributes.map(|(name, value)| {
            let text = value.string_value.as_ref().map_or(0, String::len);
            let bytes = value.binary_value.as_ref().map_or(0, bytes::Bytes::len);
            name.len() + value.data_type.len() + text + bytes
        });
        entry.message_body.len() + attributes.sum::<usize>()
    };
    let all: usize = entries.iter().map(size).sum();
    if all > LARGEST as usize {
        let message =
            format!("Batch requests cannot be longer than {LARGEST} bytes. You have sent {all} bytes.");
        return Err(Code::BatchRequestTooLong.error(message));
    }
    Ok(())
}

/// AWS: of an entry that is too large it says so in other words.
fn in_batch(error: AwsError) -> AwsError {
    let text = error.message();
    match text.strip_prefix("One or more parameters are invalid.") {
        Some(rest) => wrong(format!("One or more parameters cannot be validated.{rest}")),
        None => error,
    }
}

fn single(entry: SendMessageBatchRequestEntry) -> SendMessageRequest {
    SendMessageRequest {
        queue_url: String::new(),
        message_body: entry.message_body,
        delay_seconds: entry.delay_seconds,
        message_attributes: entry.message_attributes,
        message_system_attributes: entry.message_system_attributes,
        message_deduplication_id: entry.message_deduplication_id,
        message_group_id: entry.message_group_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_have_twenty_digits_in_order() {
        let numbers = [0, 1, 1 << 40, 1 << 56].map(print_sequence);
        assert!(numbers.iter().all(|number| number.len() == 20), "{numbers:?}");
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}
