//! ListQueues, ListDeadLetterSourceQueues, GetQueueUrl.

use cloud_core::{AwsError, Caller, page};

use crate::error::{invalid, no_queue};
use crate::names;
use crate::open::Sqs;
use crate::shapes::{
    GetQueueUrlRequest, GetQueueUrlResult, ListDeadLetterSourceQueuesRequest,
    ListDeadLetterSourceQueuesResult, ListQueuesRequest, ListQueuesResult,
};

/// AWS: queues of one answer.
const MOST: usize = 1000;

pub(crate) async fn list_queues(
    sqs: &Sqs,
    caller: &Caller,
    input: ListQueuesRequest,
) -> Result<ListQueuesResult, AwsError> {
    let prefix = input.queue_name_prefix.unwrap_or_default();
    let fits = |name: &str, _: &crate::record::Queue| name.starts_with(&prefix);
    let (urls, next) = list(sqs, caller, input.max_results, input.next_token.as_deref(), fits)?;
    // AWS: of no queues there is no such member.
    Ok(ListQueuesResult { queue_urls: Some(urls).filter(|urls| !urls.is_empty()), next_token: next })
}

pub(crate) async fn list_dead_letter_source_queues(
    sqs: &Sqs,
    caller: &Caller,
    input: ListDeadLetterSourceQueuesRequest,
) -> Result<ListDeadLetterSourceQueuesResult, AwsError> {
    let queue = sqs.queue(&input.queue_url)?;
    let arn = names::arn(&sqs.context, &queue.name);
    let fits = |_: &str, queue: &crate::record::Queue| {
        queue.settings.redrive.as_ref().is_some_and(|redrive| redrive.to == arn)
    };
    let (queue_urls, next_token) = list(sqs, caller, input.max_results, input.next_token.as_deref(), fits)?;
    Ok(ListDeadLetterSourceQueuesResult { queue_urls, next_token })
}

/// The URLs of a page of queues, and where the next begins.
// AWS: without MaxResults there is one page of at most a thousand.
fn list(
    sqs: &Sqs,
    caller: &Caller,
    wanted: Option<i32>,
    after: Option<&str>,
    fits: impl Fn(&str, &crate::record::Queue) -> bool,
) -> Result<(Vec<String>, Option<String>), AwsError> {
    if let Some(wanted) = wanted.filter(|wanted| !(1..=1000).contains(wanted)) {
        return Err(invalid("MaxResults", wanted, "MaxResults must be an integer between 1 and 1000."));
    }
    let queues = sqs.records.queues.view();
    let fitting = queues.iter().filter(|(name, queue)| fits(name, queue));
    let urls = fitting.map(|(name, _)| (name.clone(), names::url(&sqs.context, caller, name)));
    let (urls, next) = page::page(urls, after, page::size(wanted, MOST));
    Ok((urls, next.filter(|_| wanted.is_some())))
}

pub(crate) async fn get_queue_url(
    sqs: &Sqs,
    caller: &Caller,
    input: GetQueueUrlRequest,
) -> Result<GetQueueUrlResult, AwsError> {
    let owner = input.queue_owner_aws_account_id.as_deref();
    let is_own = owner.is_none_or(|owner| owner == sqs.context.account().as_str());
    let found = sqs.records.queues.get(&input.queue_name).filter(|_| is_own);
    let queue = found.ok_or_else(no_queue)?;
    Ok(GetQueueUrlResult { queue_url: Some(names::url(&sqs.context, caller, &queue.name)) })
}
