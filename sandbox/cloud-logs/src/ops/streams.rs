//! CreateLogStream, DeleteLogStream, DescribeLogStreams.

use cloud_core::{AwsError, Caller};
use cloud_store::{Key, Scan, Transaction};

use crate::open::Logs;
use crate::ops::groups::unprotected;
use crate::ops::oldest;
use crate::record::{self, EVENTS, GROUPS, Place, STREAMS, Stream, TIMES, stream_key, time_key};
use crate::shapes::{
    Code, CreateLogStreamRequest, DeleteLogStreamRequest, DescribeLogStreamsRequest,
    DescribeLogStreamsResponse, LogStream, OrderBy,
};

/// Streams in one answer.
const PAGE: usize = 50;

pub(crate) async fn create_log_stream(
    logs: &Logs,
    _caller: &Caller,
    input: CreateLogStreamRequest,
) -> Result<(), AwsError> {
    let now = logs.context.clock().now_ms();
    logs.transact(move |transaction| {
        record::group(transaction, &input.log_group_name)?;
        let key = stream_key(&input.log_group_name, &input.log_stream_name);
        if transaction.get(STREAMS, &key).map_err(AwsError::internal)?.is_some() {
            return Err(Code::ResourceAlreadyExistsException.error("The specified log stream already exists"));
        }
        let stream = Stream { name: input.log_stream_name, created_ms: now, ..Stream::default() };
        transaction.put_json(STREAMS, key, &stream).map_err(AwsError::internal)
    })
    .await
}

pub(crate) async fn delete_log_stream(
    logs: &Logs,
    _caller: &Caller,
    input: DeleteLogStreamRequest,
) -> Result<(), AwsError> {
    logs.free(move |transaction| {
        let group = record::group(transaction, &input.log_group_name)?;
        record::stream(transaction, &input.log_group_name, &input.log_stream_name)?;
        unprotected(&group, "log stream of a log group")?;
        delete(transaction, &input.log_group_name, &input.log_stream_name)
    })
    .await
}

/// Removes a stream with its events, and them from the index and the books.
pub(super) fn delete(transaction: &mut Transaction<'_>, group: &str, stream: &str) -> Result<(), AwsError> {
    let mut books = record::group(transaction, group)?;
    let prefix = stream_key(group, stream);
    let start = prefix.as_ref().len();
    // An event is named by its key alone: one whose text is damaged goes like any other.
    for key in transaction.keys(EVENTS, &Scan::prefix(&prefix)).map_err(AwsError::internal)? {
        let place = key.get(start..).and_then(Place::read).ok_or_else(record::damaged)?;
        books.bytes = books.bytes.saturating_sub(oldest::size(transaction, &key));
        transaction.delete(TIMES, time_key(group, place)).map_err(AwsError::internal)?;
        transaction.delete(EVENTS, key).map_err(AwsError::internal)?;
    }
    transaction.put_json(GROUPS, group, &books).map_err(AwsError::internal)?;
    transaction.delete(STREAMS, prefix).map(drop).map_err(AwsError::internal)
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
    let group = record::group_name(input.log_group_name, input.log_group_identifier)?;
    let mut streams = all(logs, &group).await?;
    if let Some(prefix) = &input.log_stream_name_prefix {
        streams.retain(|stream| stream.name.starts_with(prefix));
    }
    if by_time {
        streams.sort_by(|a, b| (a.last_ms, &a.name).cmp(&(b.last_ms, &b.name)));
    }
    if input.descending == Some(true) {
        streams.reverse();
    }
    if let Some(token) = &input.next_token {
        let place = streams.iter().position(|stream| stream.name == *token);
        let place = place
            .ok_or_else(|| Code::InvalidParameterException.error("The specified nextToken is invalid."))?;
        streams.drain(..=place);
    }
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    let more = streams.len() > limit;
    streams.truncate(limit);
    let next_token = if more { streams.last().map(|stream| stream.name.clone()) } else { None };
    let arn = logs.group_arn(&group);
    let shown = streams.into_iter().map(|stream| shown(&arn, stream));
    Ok(DescribeLogStreamsResponse { log_streams: Some(shown.collect()), next_token })
}

/// All streams of a group, by name.
pub(crate) async fn all(logs: &Logs, group: &str) -> Result<Vec<Stream>, AwsError> {
    let group = group.to_owned();
    logs.read(move |reader| {
        record::group(reader, &group)?;
        let entries = reader.scan(STREAMS, &Scan::prefix(Key::text(&group))).map_err(AwsError::internal)?;
        entries.iter().map(|entry| entry.json().map_err(AwsError::internal)).collect()
    })
    .await
}

fn shown(group_arn: &str, stream: Stream) -> LogStream {
    LogStream {
        arn: Some(format!("{group_arn}:log-stream:{}", stream.name)),
        log_stream_name: Some(stream.name),
        creation_time: Some(stream.created_ms),
        first_event_timestamp: stream.first_ms,
        last_event_timestamp: stream.last_ms,
        last_ingestion_time: stream.ingested_ms,
        upload_sequence_token: stream.ingested_ms.map(super::put_log_events::sequence_token),
        // AWS: no longer counted for streams.
        stored_bytes: Some(0),
    }
}
