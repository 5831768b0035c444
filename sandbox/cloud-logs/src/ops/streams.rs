//! CreateLogStream, DeleteLogStream, DescribeLogStreams.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};
use cloud_store::{Ordered, Scan, StreamId, Totals};

use crate::migration;
use crate::open::Logs;
use crate::ops::groups::unprotected;
use crate::record::{self, Group, Stream};
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
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    let listing = Listing {
        logs,
        group: &group,
        by_time,
        backward: input.descending == Some(true),
        prefix: input.log_stream_name_prefix.unwrap_or_default(),
        after_place: input.next_token.as_deref().filter(|_| by_time).map(parse).transpose()?,
        after_name: input.next_token.filter(|_| !by_time),
        // One more than is shown tells whether there is one.
        most: limit + 1,
    };
    let mut streams = if by_time { listing.by_time().await? } else { listing.by_name().await? };
    let more = streams.len() > limit;
    streams.truncate(limit);
    let last = streams.last().filter(|_| more);
    let next_token = last.map(|held| if by_time { print(&place(held)) } else { held.0.name.clone() });
    let arn = logs.group_arn(&name);
    let shown = streams.into_iter().map(|(stream, totals)| shown(&arn, stream, &totals));
    Ok(DescribeLogStreamsResponse { log_streams: Some(shown.collect()), next_token })
}

/// Which streams of a group are listed.
struct Listing<'a> {
    logs: &'a Logs,
    group: &'a Group,
    by_time: bool,
    backward: bool,
    prefix: String,
    /// The name of the last one before.
    after_name: Option<String>,
    /// Its place, where they are listed by time: what is appended meanwhile makes none of them come twice or not at all that
    /// has nothing new.
    after_place: Option<ByTime>,
    most: usize,
}

/// Where a stream comes by the time of its last event.
type ByTime = (Option<i64>, String);

/// A stream with what it holds.
type Held = (Stream, Totals);

impl Listing<'_> {
    fn scan(&self) -> Scan {
        // A name that begins so, without what ends it.
        let mut prefix = (self.group.id, self.prefix.clone()).encode();
        prefix.truncate(prefix.len() - 2);
        let scan = Scan::prefix(prefix);
        if self.backward && !self.by_time { scan.backward() } else { scan }
    }

    async fn by_name(&self) -> Result<Vec<Held>, AwsError> {
        let mut scan = self.scan().limit(self.most);
        if let Some(after) = &self.after_name {
            let key = (self.group.id, after.clone()).encode();
            scan = if self.backward { scan.before(key) } else { scan.after(key) };
        }
        let mut streams = Vec::new();
        let mut from = None;
        loop {
            let page = self.logs.streams.page(scan.clone(), from).await.map_err(AwsError::internal)?;
            let wanted = page.records.into_iter().map(|(_, stream)| stream);
            // Whatever a token says.
            streams.extend(wanted.filter(|stream| stream.name.starts_with(&self.prefix)));
            from = page.next;
            if from.is_none() || streams.len() >= self.most {
                break;
            }
        }
        streams.truncate(self.most);
        self.with_totals(streams).await
    }

    /// By the time of their last event, then by name: as many as are shown are held of any number.
    async fn by_time(&self) -> Result<Vec<Held>, AwsError> {
        let mut nearest = BTreeMap::new();
        let mut from = None;
        loop {
            let page = self.logs.streams.page(self.scan(), from).await.map_err(AwsError::internal)?;
            let streams = page.records.into_iter().map(|(_, stream)| stream).collect();
            for held in self.with_totals(streams).await? {
                let place = place(&held);
                let comes = |after: &ByTime| if self.backward { place < *after } else { place > *after };
                if self.after_place.as_ref().is_none_or(comes) {
                    nearest.insert(place, held);
                }
                if nearest.len() > self.most {
                    if self.backward {
                        nearest.pop_first()
                    } else {
                        nearest.pop_last()
                    };
                }
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        let mut streams: Vec<_> = nearest.into_values().collect();
        if self.backward {
            streams.reverse();
        }
        Ok(streams)
    }

    async fn with_totals(&self, streams: Vec<Stream>) -> Result<Vec<Held>, AwsError> {
        let ids: Vec<StreamId> = streams.iter().map(|stream| stream.of(self.group)).collect();
        let totals = self.logs.log.totals(ids).await.map_err(AwsError::internal)?;
        Ok(streams.into_iter().zip(totals.into_iter().map(Option::unwrap_or_default)).collect())
    }
}

fn place((stream, totals): &Held) -> ByTime {
    (totals.last, stream.name.clone())
}

/// A place as text, for tokens.
fn print((time, name): &ByTime) -> String {
    let time = time.map(|time| time.to_string()).unwrap_or_default();
    format!("{time}/{name}")
}

/// From a token's text.
fn parse(text: &str) -> Result<ByTime, AwsError> {
    let invalid = || AwsError::from(&crate::shapes::MODEL.wrong_token);
    let (time, name) = text.split_once('/').ok_or_else(invalid)?;
    let time = (!time.is_empty()).then(|| time.parse().map_err(|_| invalid())).transpose()?;
    Ok((time, name.to_owned()))
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
