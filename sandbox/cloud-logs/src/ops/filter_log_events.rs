//! FilterLogEvents: all streams of a group, interleaved by time, through a filter pattern.

use std::collections::HashMap;
use std::sync::Arc;

use cloud_core::{AwsError, Caller};
use cloud_store::{Place, Query, Record, StreamId};

use crate::filter::Pattern;
use crate::open::Logs;
use crate::quotas::{EVENT_BYTES, EVENTS};
use crate::record::{self, behind};
use crate::shapes::{Code, FilterLogEventsRequest, FilterLogEventsResponse, FilteredLogEvent};

/// Events looked at for one answer; then a token is answered, with fewer events than there are.
const MAX_SEARCHED: usize = 20_000;
/// Bytes of them.
const MAX_READ: usize = 64 << 20;

/// What is asked of a group.
struct Search {
    query: Query,
    streams: Streams,
    pattern: Arc<Pattern>,
    limit: usize,
}

/// Which streams.
enum Streams {
    All,
    Named(Vec<String>),
    Prefixed(String),
}

impl Streams {
    fn include(&self, stream: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|name| name == stream),
            Self::Prefixed(prefix) => stream.starts_with(prefix),
        }
    }
}

pub(crate) async fn filter_log_events(
    logs: &Logs,
    _caller: &Caller,
    input: FilterLogEventsRequest,
) -> Result<FilterLogEventsResponse, AwsError> {
    let invalid = |message: &str| Code::InvalidParameterException.error(message);
    let streams = match (input.log_stream_names, input.log_stream_name_prefix) {
        (Some(_), Some(_)) => {
            return Err(invalid("logStreamNamePrefix and logStreamNames are mutually exclusive parameters."));
        }
        (Some(names), None) => Streams::Named(names),
        (None, Some(prefix)) => Streams::Prefixed(prefix),
        (None, None) => Streams::All,
    };
    let mut from = Place { time: input.start_time.unwrap_or(0), number: 0 };
    if let Some(token) = &input.next_token {
        from = behind(record::parse(token).ok_or_else(|| invalid("The specified nextToken is invalid."))?);
    }
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())
        .map_err(|error| invalid(&format!("Invalid filter pattern: {error}")))?;
    let group =
        logs.filled_group(&record::group_name(input.log_group_name, input.log_group_identifier)?).await?;
    let mut of = StreamId::all(group.id);
    if let Streams::Named(names) = &streams {
        for name in names {
            let stream = logs.stream(&group, name).await?;
            if names.len() == 1 {
                of = stream.of(&group);
            }
        }
    }
    let horizon = Place { time: group.horizon(logs.context.clock().now_ms()), number: 0 };
    // AWS: events later than the end time are left out; those at it are not.
    let until = Place { time: input.end_time.map_or(i64::MAX, |end| end.saturating_add(1)), number: 0 };
    let query = Query { from: from.max(horizon), until, ..Query::all(of) };
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(EVENTS).min(EVENTS);
    let search = Search { query, streams, pattern: Arc::new(pattern), limit };
    let (events, next) = run(logs, search).await?;
    Ok(FilterLogEventsResponse {
        events: Some(events),
        // AWS: no longer filled.
        searched_log_streams: Some(Vec::new()),
        next_token: next.map(record::print),
    })
}

/// Searches a page of the log after the other.
async fn run(logs: &Logs, search: Search) -> Result<(Vec<FilteredLogEvent>, Option<Place>), AwsError> {
    let mut names = Names { logs, known: HashMap::new() };
    let mut query = search.query;
    let mut found = Vec::new();
    let (mut bytes, mut read, mut searched) = (0, 0, 0);
    let mut last = None;
    loop {
        let page = logs.log.page(query).await.map_err(AwsError::internal)?;
        page.damaged.iter().for_each(|error| record::left_out(error));
        for (record, matches) in matched(page.found, Arc::clone(&search.pattern)).await? {
            let is_much = searched == MAX_SEARCHED || read >= MAX_READ;
            if is_much || found.len() == search.limit || bytes >= EVENT_BYTES {
                return Ok((found, last));
            }
            last = Some(record.place);
            searched += 1;
            read += record.bytes.len();
            // One without a name is of a stream that went meanwhile.
            if let Some(stream) = names.of(record.stream).await?
                && matches
                && search.streams.include(stream)
                && let Some(event) = shown(stream, &record)
            {
                bytes += record.bytes.len();
                found.push(event);
            }
        }
        match last {
            Some(last) if page.more => query.from = behind(last),
            _ => return Ok((found, None)),
        }
    }
}

/// Which records of a page are wanted: found out where it holds nobody up.
async fn matched(records: Vec<Record>, pattern: Arc<Pattern>) -> Result<Vec<(Record, bool)>, AwsError> {
    let work = move || {
        let matches = |record: &Record| record::message(record).is_some_and(|text| pattern.matches(text));
        records
            .into_iter()
            .map(|record| (matches(&record), record))
            .map(|(is, record)| (record, is))
            .collect()
    };
    tokio::task::spawn_blocking(work).await.map_err(AwsError::internal)
}

/// The names of streams by their numbers.
struct Names<'a> {
    logs: &'a Logs,
    known: HashMap<u64, Option<String>>,
}

impl Names<'_> {
    async fn of(&mut self, number: u64) -> Result<Option<&str>, AwsError> {
        if !self.known.contains_key(&number) {
            let name = self.logs.stream_of(number).await?.map(|(_, name)| name);
            self.known.insert(number, name);
        }
        Ok(self.known.get(&number).and_then(|name| name.as_deref()))
    }
}

fn shown(stream: &str, record: &Record) -> Option<FilteredLogEvent> {
    Some(FilteredLogEvent {
        log_stream_name: Some(stream.to_owned()),
        timestamp: Some(record.place.time),
        message: Some(record::message(record)?.to_owned()),
        ingestion_time: Some(record.written),
        event_id: Some(record::event_id(record.place)),
    })
}
