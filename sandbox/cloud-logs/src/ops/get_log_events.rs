//! GetLogEvents: one stream, page by page, in both directions.

use std::error::Error;

use cloud_core::{AwsError, Caller};
use cloud_store::{Scan, Transaction};

use crate::open::Logs;
use crate::record::{self, EVENTS, Event, Place, event_key, stream_key};
use crate::shapes::{Code, GetLogEventsRequest, GetLogEventsResponse, OutputLogEvent};

/// AWS: events and bytes of one answer.
const MAX_EVENTS: usize = 10_000;
const MAX_BYTES: usize = 1_048_576;

/// Where a token points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// What comes after that place.
    Forward(Place),
    /// What comes before it.
    Backward(Place),
}

impl Token {
    fn parse(text: &str) -> Result<Self, AwsError> {
        let place = |rest: &str| Place::parse(rest);
        let token = match text.split_at_checked(2) {
            Some(("f/", rest)) => place(rest).map(Self::Forward),
            Some(("b/", rest)) => place(rest).map(Self::Backward),
            _ => None,
        };
        token.ok_or_else(|| Code::InvalidParameterException.error("The specified nextToken is invalid."))
    }
}

/// What is asked of a stream.
struct Window {
    group: String,
    stream: String,
    from: Place,
    until: Place,
    backward: bool,
    limit: usize,
}

pub(crate) async fn get_log_events(
    logs: &Logs,
    _caller: &Caller,
    input: GetLogEventsRequest,
) -> Result<GetLogEventsResponse, AwsError> {
    let group = record::group_name(input.log_group_name, input.log_group_identifier)?;
    let token = input.next_token.as_deref().map(Token::parse).transpose()?;
    let end = input.end_time.unwrap_or(i64::MAX);
    let mut window = Window {
        group,
        stream: input.log_stream_name,
        from: Place { ms: input.start_time.unwrap_or(0), number: 0 },
        until: Place { ms: end, number: 0 },
        backward: input.start_from_head != Some(true),
        limit: input
            .limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(MAX_EVENTS)
            .min(MAX_EVENTS),
    };
    match token {
        Some(Token::Forward(place)) => {
            window.from = window.from.max(Place { number: place.number.saturating_add(1), ..place });
            window.backward = false;
        }
        Some(Token::Backward(place)) => {
            window.until = window.until.min(place);
            window.backward = true;
        }
        None => {}
    }
    let now = logs.context.clock().now_ms();
    let events = logs.read(move |reader| read(reader, window, now)).await?;
    Ok(answer(events, token))
}

fn read(reader: &Transaction<'_>, window: Window, now: i64) -> Result<Vec<Event>, AwsError> {
    let Window { group, stream, from, until, backward, limit } = window;
    let horizon = record::group(reader, &group)?.horizon(now);
    record::stream(reader, &group, &stream)?;
    let from = from.max(Place { ms: horizon, number: 0 });
    let prefix = stream_key(&group, &stream);
    let start = prefix.as_ref().len();
    let mut scan = Scan::all()
        .from(event_key(&group, &stream, from))
        .before(event_key(&group, &stream, until))
        .limit(limit)
        .bytes(MAX_BYTES);
    if backward {
        scan = scan.backward();
    }
    let mut events = Vec::new();
    let mut bytes = 0;
    for entry in reader.scan_lossy(EVENTS, &scan).map_err(AwsError::internal)? {
        let event = entry.map_err(AwsError::internal).and_then(|entry| {
            let event = entry.key.get(start..).and_then(|place| Event::read(place, &entry.value));
            event.ok_or_else(record::damaged)
        });
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                record::left_out(&error.source().map_or_else(|| error.to_string(), ToString::to_string));
                continue;
            }
        };
        bytes += event.message.len();
        if bytes > MAX_BYTES && !events.is_empty() {
            break;
        }
        events.push(event);
    }
    if backward {
        events.reverse();
    }
    Ok(events)
}

/// AWS: both tokens always come; at an end the given token comes back.
fn answer(events: Vec<Event>, token: Option<Token>) -> GetLogEventsResponse {
    let given = match token {
        Some(Token::Forward(place) | Token::Backward(place)) => place,
        None => Place::default(),
    };
    let forward = match (events.last(), token) {
        (Some(last), _) => last.place,
        // Going on forward from an empty page before a place: what is at that place comes again.
        (None, Some(Token::Backward(place))) => Place { number: place.number.saturating_sub(1), ..place },
        (None, _) => given,
    };
    let backward = match (events.first(), token) {
        (Some(first), _) => first.place,
        (None, Some(Token::Forward(place))) => Place { number: place.number.saturating_add(1), ..place },
        (None, _) => given,
    };
    let shown = events.into_iter().map(|event| OutputLogEvent {
        timestamp: Some(event.place.ms),
        message: Some(event.message),
        ingestion_time: Some(event.ingested_ms),
    });
    GetLogEventsResponse {
        events: Some(shown.collect()),
        next_forward_token: Some(format!("f/{}", forward.print())),
        next_backward_token: Some(format!("b/{}", backward.print())),
    }
}
