//! GetQueueAttributes, SetQueueAttributes.

use std::collections::BTreeMap;

use cloud_core::{Arn, AwsError, Caller};
use cloud_store::Transaction;

use crate::attributes::{SET, Settings, TOLD};
use crate::error::{invalid, no_attribute};
use crate::names;
use crate::open::{Desk, Records, Sqs};
use crate::record::Queue;
use crate::shapes::{
    GetQueueAttributesRequest, GetQueueAttributesResult, QueueAttributeName, SetQueueAttributesRequest,
};
use crate::state::Counts;

pub(crate) async fn get_queue_attributes(
    sqs: &Sqs,
    _caller: &Caller,
    input: GetQueueAttributesRequest,
) -> Result<GetQueueAttributesResult, AwsError> {
    let name = names::of_url(&sqs.context, &input.queue_url)?;
    let asked = asked(input.attribute_names.unwrap_or_default())?;
    if asked.is_empty() {
        return sqs.queue(&input.queue_url).map(|_| GetQueueAttributesResult::default());
    }
    let (queue, counts) = counted(sqs, name).await?;
    let arn = names::arn(&sqs.context, &queue.name);
    let shown =
        asked.into_iter().filter_map(|name| Some((name.to_owned(), show(&queue, &counts, &arn, name)?)));
    let attributes: BTreeMap<_, _> = shown.collect();
    // AWS: of no attributes there is no such member.
    Ok(GetQueueAttributesResult { attributes: Some(attributes).filter(|all| !all.is_empty()) })
}

/// The names that are asked for.
fn asked(names: Vec<QueueAttributeName>) -> Result<Vec<&'static str>, AwsError> {
    let mut asked = Vec::new();
    for name in names {
        if name == QueueAttributeName::All {
            return Ok(TOLD.into_iter().chain(SET).collect());
        }
        let known = TOLD.into_iter().chain(SET).find(|known| *known == name.as_str());
        asked.push(known.ok_or_else(|| no_attribute(name.as_str()))?);
    }
    Ok(asked)
}

/// A queue, and how many messages of which kind it has now.
pub(crate) async fn counted(sqs: &Sqs, name: String) -> Result<(Queue, Counts), AwsError> {
    loop {
        let settle = |desk: &mut Desk<'_, '_>| {
            let more = desk.backlog.settle(desk.transaction)?;
            Ok((desk.queue.clone(), desk.backlog.counts, more))
        };
        let (queue, counts, more) = sqs.records.at(name.clone(), true, settle).await?;
        if !more {
            return Ok((queue, counts));
        }
    }
}

fn show(queue: &Queue, counts: &Counts, arn: &str, name: &str) -> Option<String> {
    match name {
        "ApproximateNumberOfMessages" => Some(counts.visible().to_string()),
        "ApproximateNumberOfMessagesDelayed" => Some(counts.delayed.to_string()),
        "ApproximateNumberOfMessagesNotVisible" => Some(counts.in_flight.to_string()),
        "CreatedTimestamp" => Some((queue.created_ms / 1000).to_string()),
        "LastModifiedTimestamp" => Some((queue.modified_ms / 1000).to_string()),
        "QueueArn" => Some(arn.to_owned()),
        name => queue.settings.show(name),
    }
}

pub(crate) async fn set_queue_attributes(
    sqs: &Sqs,
    _caller: &Caller,
    input: SetQueueAttributesRequest,
) -> Result<(), AwsError> {
    let name = names::of_url(&sqs.context, &input.queue_url)?;
    set(sqs, name, input.attributes, |_| Ok(())).await
}

/// Sets attributes of a queue, and changes what else `and` wants.
pub(crate) async fn set(
    sqs: &Sqs,
    name: String,
    attributes: BTreeMap<String, String>,
    and: impl FnOnce(&mut Queue) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    let arn = names::arn(&sqs.context, &name);
    let work = move |desk: &mut Desk<'_, '_>| {
        let mut queue = desk.queue.clone();
        queue.settings.change(&attributes)?;
        if attributes.contains_key("RedrivePolicy") {
            check_redrive(desk.records, desk.transaction, &queue.settings, &arn)?;
        }
        and(&mut queue)?;
        queue.modified_ms = desk.now.wall_ms;
        desk.records.queues.within(desk.transaction).put(queue.name.clone(), queue)?;
        Ok(())
    };
    sqs.records.at(name, false, work).await
}

/// Whether the queue for dead letters is there, of the same type, and takes them.
pub(crate) fn check_redrive(
    records: &Records,
    transaction: &mut Transaction<'_>,
    settings: &Settings,
    arn: &str,
) -> Result<(), AwsError> {
    let Some(redrive) = &settings.redrive else { return Ok(()) };
    let refused = |reason: &str| Err(invalid("RedrivePolicy", redrive.print(), reason));
    let Some(to) = dead_letters(records, transaction, &redrive.to, arn)? else {
        return refused("Dead letter target does not exist.");
    };
    if to.settings.is_fifo != settings.is_fifo {
        return refused("Dead-letter queue must be same type of queue as the source.");
    }
    if to.settings.allow.as_ref().is_some_and(|allow| !allow.takes(arn)) {
        return refused(
            "The source queue is not allowed by the redrive allow policy of the dead-letter queue.",
        );
    }
    Ok(())
}

/// The queue of an ARN, if it is of the same account and region as another.
pub(crate) fn dead_letters(
    records: &Records,
    transaction: &mut Transaction<'_>,
    to: &str,
    arn: &str,
) -> Result<Option<Queue>, cloud_store::Error> {
    let realm = |arn: &str| arn.rsplit_once(':').map(|(realm, _)| realm.to_owned());
    let (true, Ok(to)) = (realm(to) == realm(arn), to.parse::<Arn>()) else { return Ok(None) };
    records.queues.within(transaction).get(&to.resource().to_owned())
}
