//! CreateLogStream, DeleteLogStream, DescribeLogStreams.

use cloud_core::{AwsError, Caller};
use cloud_store::{Latest, Listing, Ordered, Scan, StreamId, Totals};

use crate::migration;
use crate::open::Logs;
use crate::ops::groups::unprotected;
use crate::quotas;
use crate::record::{self, Group, Stream};
use crate::shapes::{
    Code, CreateLogStreamRequest, DeleteLogStreamRequest, DescribeLogStreamsRequest,
    DescribeLogStreamsResponse, LogStream, OrderBy,
};

pub(crate) async fn create_log_stream(
    logs: &Logs,
    _caller: &Caller,
    input: CreateLogStreamRequest,
) -> Result<(), AwsError> {
    let now = logs.context.clock().now_ms();
    let records = logs.records();
    logs.transact(move |transaction| {
        let group = records.groups.within(transaction).get(&input.log_group_name);
        let group = group.map_err(AwsError::internal)?.ok_or_else(record::no_group)?;
        let key = (group.id, input.log_stream_name);
        if records.streams.within(transaction).get(&key).map_err(AwsError::internal)?.is_some() {
            return Err(Code::ResourceAlreadyExistsException.error("The specified log stream already exists"));
        }
        records.begin_stream(transaction, &group, key.1, now).map(drop)
    })
    .await
}

pub(crate) async fn delete_log_stream(
    logs: &Logs,
    _caller: &Caller,
    input: DeleteLogStreamRequest,
) -> Result<(), AwsError> {
    let records = logs.records();
    logs.free(move |transaction| {
        let group = records.groups.within(transaction).get(&input.log_group_name);
        let group = group.map_err(AwsError::internal)?.ok_or_else(record::no_group)?;
        migration::check_moved(&group)?;
        let key = (group.id, input.log_stream_name);
        let stream = records.streams.within(transaction).get(&key).map_err(AwsError::internal)?;
        let stream = stream.ok_or_else(record::no_stream)?;
        unprotected(&group, "log stream of a log group")?;
        records.streams.within(transaction).remove(&key).map_err(AwsError::internal)?;
        // Its events are read no more; their bytes go little by little.
        records.log.remove(transaction, stream.of(&group)).map_err(AwsError::internal)
    })
    .await
}

pub(crate) async fn describe_log_streams(
    logs: &Logs,
    _caller: &Caller,
    input: DescribeLogStreamsRequest,
) -> Result<DescribeLogStreamsResponse, AwsError> {
    let by_time = input.order_by == Some(OrderBy::LastEventTime);
    if by_time && input.log_stream_name_prefix.is_some() {
        return Err(Code::InvalidParameterException
            .error("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let name = record::group_name(input.log_group_name, input.log_group_identifier)?;
    let group = logs.filled_group(&name).await?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(quotas::LISTED);
    let backward = input.descending == Some(true);
    let (streams, next_token) = if by_time {
        let after = input.next_token.as_deref().map(parse).transpose()?;
        listed_by_time(logs, Listing { group: group.id, after, backward, most: limit }).await?
    } else {
        let prefix = input.log_stream_name_prefix.unwrap_or_default();
        ByName { logs, group: &group, prefix, after: input.next_token, backward, most: limit }.list().await?
    };
    let arn = logs.group_arn(&name);
    let shown = streams.into_iter().map(|(stream, totals)| shown(&arn, stream, &totals));
    Ok(DescribeLogStreamsResponse { log_streams: Some(shown.collect()), next_token })
}

/// A stream with what it holds.
type Held = (Stream, Totals);

/// Which streams of a group are listed in the order of their names.
struct ByName<'a> {
    logs: &'a Logs,
    group: &'a Group,
    prefix: String,
    /// The name of the last one before.
    after: Option<String>,
    backward: bool,
    most: usize,
}

impl ByName<'_> {
    /// The streams, and the name of the last one where there are more.
    async fn list(&self) -> Result<(Vec<Held>, Option<String>), AwsError> {
        let mut streams = self.streams().await?;
        let more = streams.len() > self.most;
        streams.truncate(self.most);
        let next = streams.last().filter(|_| more).map(|stream| stream.name.clone());
        let ids: Vec<StreamId> = streams.iter().map(|stream| stream.of(self.group)).collect();
        let totals = self.logs.log.totals(ids).await.map_err(AwsError::internal)?;
        let totals = totals.into_iter().map(Option::unwrap_or_default);
        Ok((streams.into_iter().zip(totals).collect(), next))
    }

    /// One more than is shown tells whether there is one.
    async fn streams(&self) -> Result<Vec<Stream>, AwsError> {
        // A name that begins so, without what ends it.
        let mut prefix = (self.group.id, self.prefix.clone()).encode();
        prefix.truncate(prefix.len() - 2);
        let mut scan = Scan::prefix(prefix).limit(self.most + 1);
        if self.backward {
            scan = scan.backward();
        }
        if let Some(after) = &self.after {
            if !after.starts_with(&self.prefix) {
                return Err(wrong_token());
            }
            let key = (self.group.id, after.clone()).encode();
            scan = if self.backward { scan.before(key) } else { scan.after(key) };
        }
        let (mut streams, mut from) = (Vec::new(), None);
        loop {
            let page = self.logs.streams.page(scan.clone(), from).await.map_err(AwsError::internal)?;
            streams.extend(page.records.into_iter().map(|(_, stream)| stream));
            from = page.next;
            if from.is_none() || streams.len() > self.most {
                return Ok(streams);
            }
        }
    }
}

/// Streams by the time of their last event, then by their age, and the place of the last one where there are more. What is
/// appended meanwhile makes none of them come twice or not at all that has nothing new.
async fn listed_by_time(logs: &Logs, listing: Listing) -> Result<(Vec<Held>, Option<String>), AwsError> {
    let one_more = Listing { most: listing.most + 1, ..listing };
    let mut found = logs.log.streams(one_more).await.map_err(AwsError::internal)?;
    let more = found.len() > listing.most;
    found.truncate(listing.most);
    let next = found.last().filter(|_| more).map(|(place, _)| print(*place));
    let mut streams = Vec::new();
    for ((_, number), totals) in found {
        // One without a name is of a stream that went meanwhile.
        if let Some(key) = logs.stream_of(number).await?
            && let Some(stream) = logs.streams.get(&key).await.map_err(AwsError::internal)?
        {
            streams.push(((*stream).clone(), totals));
        }
    }
    Ok((streams, next))
}

/// A place as text, for tokens.
fn print((time, number): Latest) -> String {
    let time = time.map(|time| time.to_string()).unwrap_or_default();
    format!("{time}/{number}")
}

/// From a token's text.
fn parse(text: &str) -> Result<Latest, AwsError> {
    let place = text.split_once('/').and_then(|(time, number)| {
        let time = if time.is_empty() { None } else { Some(time.parse().ok()?) };
        Some((time, number.parse().ok()?))
    });
    place.ok_or_else(wrong_token)
}

fn wrong_token() -> AwsError {
    crate::shapes::MODEL.wrong_token.error(&[])
}

fn shown(group_arn: &str, stream: Stream, totals: &Totals) -> LogStream {
    LogStream {
        arn: Some(format!("{group_arn}:log-stream:{}", stream.name)),
        log_stream_name: Some(stream.name),
        creation_time: Some(stream.created_ms),
        first_event_timestamp: totals.first,
        last_event_timestamp: totals.last,
        last_ingestion_time: totals.written,
        upload_sequence_token: totals.written.map(super::put_log_events::sequence_token),
        // AWS: no longer counted for streams.
        stored_bytes: Some(0),
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::{Context, RequestId};

    use super::*;
    use crate::ops::filter_log_events::filter_log_events;
    use crate::record;
    use crate::shapes::{CreateLogGroupRequest, FilterLogEventsRequest};

    /// A group of so many streams with an event each, later ones with later events, and what the index of a segment has.
    async fn filled(context: &Context, count: i64) -> (std::sync::Arc<Logs>, Caller) {
        let logs = crate::open(context).await.unwrap();
        let id = RequestId::random(context.entropy());
        let caller = Caller::root(context.account(), context.region(), id);
        let input = CreateLogGroupRequest { log_group_name: "g".into(), ..CreateLogGroupRequest::default() };
        crate::ops::groups::create_log_group(&logs, &caller, input).await.unwrap();
        let (records, group) = (logs.records(), logs.group("g").await.unwrap());
        let of = group.clone();
        let begin = move |transaction: &mut cloud_store::Transaction<'_>| {
            (0..count).map(|n| records.begin_stream(transaction, &of, format!("s{n:05}"), n)).collect()
        };
        let streams: Vec<Stream> = logs.transact(begin).await.unwrap();
        let appends = (1..)
            .zip(&streams)
            .map(|(n, stream)| (stream.of(&group), n, vec![record::event(n, n.to_string())]));
        logs.log.append_all(appends.collect()).await.unwrap();
        logs.log.roll().await.unwrap();
        (logs, caller)
    }

    async fn described(
        logs: &Logs,
        caller: &Caller,
        input: DescribeLogStreamsRequest,
    ) -> (Vec<String>, Option<String>, u64) {
        let before = logs.log.store().seen();
        let answer = describe_log_streams(logs, caller, input).await.unwrap();
        let names = answer.log_streams.unwrap().into_iter().filter_map(|stream| stream.log_stream_name);
        (names.collect(), answer.next_token, logs.log.store().seen() - before)
    }

    /// The rows that each page costs: of streams by time and by prefix, and of events.
    async fn costs(count: i64) -> Vec<u64> {
        let folder = tempfile::tempdir().unwrap();
        let (logs, caller) = filled(&Context::for_test(folder.path()).0, count).await;
        let input = |next_token| DescribeLogStreamsRequest {
            log_group_name: Some("g".into()),
            limit: Some(5),
            next_token,
            ..DescribeLogStreamsRequest::default()
        };
        let by_time = |next_token| DescribeLogStreamsRequest {
            order_by: Some(OrderBy::LastEventTime),
            descending: Some(true),
            ..input(next_token)
        };
        let names = |range: std::ops::Range<i64>| range.map(|n| format!("s{n:05}")).collect::<Vec<_>>();
        let mut costs = Vec::new();
        let (first, next, rows) = described(&logs, &caller, by_time(None)).await;
        let (second, _, more) = described(&logs, &caller, by_time(next)).await;
        let seen: Vec<_> = first.into_iter().chain(second).rev().collect();
        assert_eq!(seen, names(count - 10..count));
        costs.extend([rows, more]);
        let prefixed = |next_token| DescribeLogStreamsRequest {
            log_stream_name_prefix: Some("s0001".into()),
            ..input(next_token)
        };
        let (first, next, rows) = described(&logs, &caller, prefixed(None)).await;
        let (second, last, more) = described(&logs, &caller, prefixed(next)).await;
        assert_eq!(([first, second].concat(), last), (names(10..20), None));
        costs.extend([rows, more]);
        let before = logs.log.store().seen();
        let events = FilterLogEventsRequest {
            log_group_name: Some("g".into()),
            limit: Some(5),
            start_time: Some(count - 4),
            ..FilterLogEventsRequest::default()
        };
        let found = filter_log_events(&logs, &caller, events).await.unwrap().events.unwrap();
        assert_eq!(
            found.iter().filter_map(|event| event.timestamp).collect::<Vec<_>>(),
            (count - 4..=count).collect::<Vec<_>>()
        );
        costs.push(logs.log.store().seen() - before);
        costs
    }

    #[tokio::test]
    async fn a_page_costs_as_much_in_a_large_group_as_in_a_small_one() {
        let (small, large) = (costs(40).await, costs(2000).await);
        assert!(
            small.iter().zip(&large).all(|(small, large)| large <= small),
            "{small:?} and {large:?} rows"
        );
    }
}
