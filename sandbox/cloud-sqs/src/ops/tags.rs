//! TagQueue, UntagQueue, ListQueueTags.

use cloud_core::{AwsError, Caller, TagRules, tags};

use crate::names;
use crate::open::Sqs;
use crate::shapes::{ListQueueTagsRequest, ListQueueTagsResult, TagQueueRequest, UntagQueueRequest};

/// What is said of tags that may not be.
pub(crate) const RULES: TagRules = TagRules::plain("InvalidParameterValueException");

pub(crate) async fn tag_queue(sqs: &Sqs, _caller: &Caller, input: TagQueueRequest) -> Result<(), AwsError> {
    let name = names::of_url(&sqs.context, &input.queue_url)?;
    sqs.records.change(name, move |queue| RULES.add(&mut queue.tags, input.tags)).await
}

pub(crate) async fn untag_queue(
    sqs: &Sqs,
    _caller: &Caller,
    input: UntagQueueRequest,
) -> Result<(), AwsError> {
    let name = names::of_url(&sqs.context, &input.queue_url)?;
    let remove = move |queue: &mut crate::record::Queue| {
        tags::remove(&mut queue.tags, &input.tag_keys);
        Ok(())
    };
    sqs.records.change(name, remove).await
}

pub(crate) async fn list_queue_tags(
    sqs: &Sqs,
    _caller: &Caller,
    input: ListQueueTagsRequest,
) -> Result<ListQueueTagsResult, AwsError> {
    let tags = sqs.queue(&input.queue_url)?.tags.clone();
    // AWS: a queue without tags has no such member in its answer.
    Ok(ListQueueTagsResult { tags: Some(tags).filter(|tags| !tags.is_empty()) })
}
