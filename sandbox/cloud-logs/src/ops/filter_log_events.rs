//! FilterLogEvents: all streams of a group, interleaved by time, through a filter pattern.

use cloud_core::{AwsError, Caller};
use cloud_store::{Scan, Transaction};

use crate::filter::Pattern;
use crate::open::Logs;
use crate::record::{self, EVENTS, Event, Place, TIMES, event_key, stream_key, time_key, time_place};
use crate::shapes::{Code, FilterLogEventsRequest, FilterLogEventsResponse, FilteredLogEvent};

/// AWS: events and bytes of one answer.
const MAX_EVENTS: usize = 10_000;
const MAX_BYTES: usize = 1_048_576;
/// Events looked at for one answer; then a token is answered, with fewer events than there are.
const MAX_SEARCHED: usize = 20_000;

/// What is asked of a group.
struct Search {
    group: String,
    streams: Streams,
    from: Place,
    until: Place,
    pattern: Pattern,
    limit: usize,
    now: i64,
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
    let mut from = Place { ms: input.start_time.unwrap_or(0), number: 0 };
    if let Some(token) = &input.next_token {
        let place = Place::parse(token).ok_or_else(|| invalid("The specified nextToken is invalid."))?;
        from = Place { number: place.number.saturating_add(1), ..place };
    }
    let pattern = input.filter_pattern.as_deref().unwrap_or_default();
    let search = Search {
        group: record::group_name(input.log_group_name, input.log_group_identifier)?,
        streams,
        from,
        // AWS: events later than the end time are left out; those at it are not.
        until: Place { ms: input.end_time.map_or(i64::MAX, |end| end.saturating_add(1)), number: 0 },
        pattern: Pattern::parse(pattern)
            .map_err(|error| invalid(&format!("Invalid filter pattern: {error}")))?,
        limit: input
            .limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(MAX_EVENTS)
            .min(MAX_EVENTS),
        now: logs.context.clock().now_ms(),
    };
    let (events, next) = logs.read(move |reader| run(reader, &search)).await?;
    Ok(FilterLogEventsResponse {
        events: Some(events),
        // AWS: no longer filled.
        searched_log_streams: Some(Vec::new()),
        next_token: next.map(Place::print),
    })
}

fn run(
    reader: &Transaction<'_>,
    search: &Search,
) -> Result<(Vec<FilteredLogEvent>, Option<Place>), AwsError> {
    let group = record::group(reader, &search.group)?;
    if let Streams::Named(names) = &search.streams {
        for name in names {
            record::stream(reader, &search.group, name)?;
        }
    }
    let from = search.from.max(Place { ms: group.horizon(search.now), number: 0 });
    let scan = Scan::all()
        .from(time_key(&search.group, from))
        .before(time_key(&search.group, search.until))
        .limit(MAX_SEARCHED + 1);
    let entries = reader.scan(TIMES, &scan).map_err(AwsError::internal)?;
    let mut found = Vec::new();
    let mut bytes = 0;
    let mut last = None;
    for (searched, entry) in entries.iter().enumerate() {
        if searched == MAX_SEARCHED || found.len() == search.limit || bytes >= MAX_BYTES {
            return Ok((found, last));
        }
        let place = time_place(&entry.key).ok_or_else(record::damaged)?;
        last = Some(place);
        let stream = std::str::from_utf8(&entry.value).map_err(AwsError::internal)?;
        if !search.streams.include(stream) {
            continue;
        }
        let event = event(reader, &search.group, stream, place)?;
        if search.pattern.matches(&event.message) {
            bytes += event.message.len();
            found.push(shown(stream, event));
        }
    }
    Ok((found, None))
}

fn event(reader: &Transaction<'_>, group: &str, stream: &str, place: Place) -> Result<Event, AwsError> {
    let key = event_key(group, stream, place);
    let value = reader.get(EVENTS, &key).map_err(AwsError::internal)?.ok_or_else(record::damaged)?;
    let start = stream_key(group, stream).as_ref().len();
    key.as_ref().get(start..).and_then(|place| Event::read(place, &value)).ok_or_else(record::damaged)
}

fn shown(stream: &str, event: Event) -> FilteredLogEvent {
    let id = (u128::from(event.place.ms.cast_unsigned()) << 64) | u128::from(event.place.number);
    FilteredLogEvent {
        log_stream_name: Some(stream.to_owned()),
        timestamp: Some(event.place.ms),
        message: Some(event.message),
        ingestion_time: Some(event.ingested_ms),
        event_id: Some(format!("{id:056}")),
    }
}
