//! PublishBatch.

use std::collections::BTreeSet;

use cloud_core::{AwsError, Caller, Fault};

use crate::message::{self, LARGEST, Message};
use crate::open::Sns;
use crate::publishing;
use crate::record::Topic;
use crate::shapes::{
    BatchResultErrorEntry, Code, PublishBatchInput, PublishBatchRequestEntry, PublishBatchResponse,
    PublishBatchResultEntry,
};

/// AWS: entries of one batch.
const MOST: usize = 10;
/// AWS: the longest id of an entry.
const LONGEST: usize = 80;

/// The error of a batch without entries.
pub(crate) fn empty() -> AwsError {
    Code::EmptyBatchRequestException.error("The batch request doesn't contain any entries.")
}

// AWS: what is wrong with attributes, structures and ids of one is the whole request's error; what is wrong with a text is
// that entry's.
pub(crate) async fn publish_batch(
    sns: &Sns,
    caller: &Caller,
    input: PublishBatchInput,
) -> Result<PublishBatchResponse, AwsError> {
    let topic = sns.topic("TopicArn", &input.topic_arn)?;
    let entries = input.publish_batch_request_entries;
    check_entries(&entries)?;
    let (mut ids, mut messages, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    let mut size = 0;
    for (entry, place) in entries.into_iter().zip(1..) {
        let id = entry.id.clone();
        let structure = entry.message_structure.clone();
        let message = read(sns, caller, &topic, entry, place)?;
        size += message.size();
        match message.check(structure.as_deref()) {
            Ok(message) => {
                ids.push(id);
                messages.push(message);
            }
            Err(error) if error.message().contains("Message Structure") => return Err(error),
            Err(error) => failed.push(refused(id, &error)),
        }
    }
    if size > LARGEST {
        return Err(Code::BatchRequestTooLongException
            .error("The length of all the messages put together is more than the limit."));
    }
    let accepted = publishing::publish(sns, &topic, messages).await?;
    let done = ids.into_iter().zip(accepted).map(|(id, accepted)| PublishBatchResultEntry {
        id: Some(id),
        message_id: Some(accepted.id),
        sequence_number: accepted.sequence,
    });
    Ok(PublishBatchResponse { successful: Some(done.collect()), failed: Some(failed) })
}

fn read(
    sns: &Sns,
    caller: &Caller,
    topic: &Topic,
    entry: PublishBatchRequestEntry,
    place: usize,
) -> Result<Message, AwsError> {
    let given = entry.message_attributes.unwrap_or_default();
    message::check_types(&given, &format!("publishBatchRequestEntries.{place}.member.messageAttributes"))?;
    let message = Message {
        id: sns.context.entropy().uuid().to_string(),
        text: entry.message,
        subject: entry.subject,
        attributes: message::attributes(given)?,
        group: entry.message_group_id,
        duplicate: entry.message_deduplication_id,
        trace: caller.trace.clone(),
        ..Message::default()
    };
    message.check_ids(topic.is_fifo(), topic.is("ContentBasedDeduplication"))?;
    Ok(message)
}

fn refused(id: String, error: &AwsError) -> BatchResultErrorEntry {
    BatchResultErrorEntry {
        id,
        code: "InvalidParameter".to_owned(),
        message: Some(error.message().to_owned()),
        sender_fault: error.fault() == Fault::Sender,
    }
}

fn check_entries(entries: &[PublishBatchRequestEntry]) -> Result<(), AwsError> {
    if entries.is_empty() {
        return Err(empty());
    }
    if entries.len() > MOST {
        return Err(Code::TooManyEntriesInBatchRequestException
            .error("The batch request contains more entries than permissible."));
    }
    let is_id = |id: &str| {
        (1..=LONGEST).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if !entries.iter().all(|entry| is_id(&entry.id)) {
        return Err(Code::InvalidBatchEntryIdException
            .error("The Id of a batch entry in a batch request doesn't abide by the specification."));
    }
    let mut seen = BTreeSet::new();
    if !entries.iter().all(|entry| seen.insert(&entry.id)) {
        return Err(Code::BatchEntryIdsNotDistinctException
            .error("Two or more batch entries in the request have the same Id."));
    }
    Ok(())
}
