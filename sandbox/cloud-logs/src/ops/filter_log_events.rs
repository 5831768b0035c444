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
/// Bytes of them.
const MAX_READ: usize = 64 << 20;

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
    let entries = reader.scan_lossy(TIMES, &scan).map_err(AwsError::internal)?;
    let mut found = Vec::new();
    let (mut bytes, mut read) = (0, 0);
    let mut last = None;
    for (searched, entry) in entries.iter().enumerate() {
        let is_much = searched == MAX_SEARCHED || read >= MAX_READ;
        if is_much || found.len() == search.limit || bytes >= MAX_BYTES {
            return Ok((found, last));
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                record::left_out(error);
                continue;
            }
        };
        let place = time_place(&entry.key).ok_or_else(record::damaged)?;
        last = Some(place);
        let stream = std::str::from_utf8(&entry.value).map_err(AwsError::internal)?;
        if !search.streams.include(stream) {
            continue;
        }
        let Some(event) = event(reader, &search.group, stream, place)? else { continue };
        read += event.message.len();
        if search.pattern.matches(&event.message) {
            bytes += event.message.len();
            found.push(shown(stream, event));
        }
    }
    Ok((found, None))
}

/// An event, unless it is damaged.
fn event(
    reader: &Transaction<'_>,
    group: &str,
    stream: &str,
    place: Place,
) -> Result<Option<Event>, AwsError> {
    let key = event_key(group, stream, place);
    let value = match reader.get(EVENTS, &key) {
        Ok(Some(value)) => value,
        Err(error) if !error.is_damage() => return Err(AwsError::internal(error)),
        lost => {
            record::left_out(&lost.err().map_or_else(|| "it is gone".to_owned(), |error| error.to_string()));
            return Ok(None);
        }
    };
    let start = stream_key(group, stream).as_ref().len();
    Ok(key.as_ref().get(start..).and_then(|place| Event::read(place, &value)))
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
