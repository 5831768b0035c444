//! GetLogEvents: one stream, page by page, in both directions.

use cloud_core::{AwsError, Caller};
use cloud_store::{Place, Query, Record};

use crate::open::Logs;
use crate::quotas::{EVENT_BYTES, EVENTS};
use crate::record::{self, behind};
use crate::shapes::{Code, GetLogEventsRequest, GetLogEventsResponse, OutputLogEvent};

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
        let token = match text.split_at_checked(2) {
            Some(("f/", rest)) => record::parse(rest).map(Self::Forward),
            Some(("b/", rest)) => record::parse(rest).map(Self::Backward),
            _ => None,
        };
        token.ok_or_else(|| Code::InvalidParameterException.error("The specified nextToken is invalid."))
    }
}

pub(crate) async fn get_log_events(
    logs: &Logs,
    _caller: &Caller,
    input: GetLogEventsRequest,
) -> Result<GetLogEventsResponse, AwsError> {
    let group = record::group_name(input.log_group_name, input.log_group_identifier)?;
    let token = input.next_token.as_deref().map(Token::parse).transpose()?;
    let group = logs.filled_group(&group).await?;
    let stream = logs.stream(&group, &input.log_stream_name).await?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(EVENTS);
    let from = input.start_time.unwrap_or(0).max(group.horizon(logs.context.clock().now_ms()));
    let mut query = Query {
        from: Place { time: from, number: 0 },
        until: Place { time: input.end_time.unwrap_or(i64::MAX), number: 0 },
        backward: input.start_from_head != Some(true),
        records: limit.min(EVENTS),
        bytes: EVENT_BYTES,
        ..Query::all(stream.of(&group))
    };
    match token {
        Some(Token::Forward(place)) => {
            query.from = query.from.max(behind(place));
            query.backward = false;
        }
        Some(Token::Backward(place)) => {
            query.until = query.until.min(place);
            query.backward = true;
        }
        None => {}
    }
    let page = logs.log.page(query).await.map_err(AwsError::internal)?;
    page.damaged.iter().for_each(|error| record::left_out(error));
    let mut events = page.found;
    if query.backward {
        events.reverse();
    }
    Ok(answer(&events, token))
}

/// AWS: both tokens always come; at an end the given token comes back.
fn answer(events: &[Record], token: Option<Token>) -> GetLogEventsResponse {
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
        (None, Some(Token::Forward(place))) => behind(place),
        (None, _) => given,
    };
    let shown = events.iter().filter_map(|event| {
        Some(OutputLogEvent {
            timestamp: Some(event.place.time),
            message: Some(record::message(event)?.to_owned()),
            ingestion_time: Some(event.written),
        })
    });
    GetLogEventsResponse {
        events: Some(shown.collect()),
        next_forward_token: Some(format!("f/{}", record::print(forward))),
        next_backward_token: Some(format!("b/{}", record::print(backward))),
    }
}
