//! PutLogEvents.

use cloud_core::{AwsError, Caller, CloudEvent};

use crate::open::Logs;
use crate::quotas::{self, EVENT_OVERHEAD};
use crate::record::{Group, event};
use crate::shapes::{Code, InputLogEvent, PutLogEventsRequest, PutLogEventsResponse, RejectedLogEventsInfo};

pub(crate) async fn put_log_events(
    logs: &Logs,
    _caller: &Caller,
    input: PutLogEventsRequest,
) -> Result<PutLogEventsResponse, AwsError> {
    check_batch(&input.log_events)?;
    let now = logs.context.clock().now_ms();
    let group = logs.filled_group(&input.log_group_name).await?;
    let stream = logs.stream(&group, &input.log_stream_name).await?;
    let (rejected, kept) = sort_out(&group, input.log_events, now);
    let count = kept.len();
    if count > 0 {
        let events: Vec<_> = kept.into_iter().map(|(time, message)| event(time, message)).collect();
        let names = (input.log_group_name.as_str(), input.log_stream_name.as_str());
        logs.write(names, stream.of(&group), now, events).await?;
    }
    announce(logs, input.log_group_name, input.log_stream_name, count);
    Ok(PutLogEventsResponse {
        next_sequence_token: Some(sequence_token(now)),
        rejected_log_events_info: rejected,
        rejected_entity_info: None,
    })
}

/// Tells those who watch.
pub(crate) fn announce(logs: &Logs, log_group: String, log_stream: String, events: usize) {
    if events > 0 {
        logs.context.announce(CloudEvent::LogAppended {
            at: logs.context.now(),
            log_group,
            log_stream,
            events,
        });
    }
}

/// AWS: sequence tokens are answered for old clients and no longer read.
pub(crate) fn sequence_token(now_ms: i64) -> String {
    format!("496{now_ms:053}")
}

fn check_batch(events: &[InputLogEvent]) -> Result<(), AwsError> {
    let refused = |message: &str| Err(Code::InvalidParameterException.error(message));
    quotas::BATCH.check(events.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum())?;
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return refused("Log events in a single PutLogEvents request must be in chronological order.");
    }
    if let (Some(first), Some(last)) = (events.first(), events.last())
        && last.timestamp - first.timestamp > quotas::SPAN_MS
    {
        return refused(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        );
    }
    Ok(())
}

/// Separates events that are too old, past the retention or too new; the rest is kept.
fn sort_out(
    group: &Group,
    events: Vec<InputLogEvent>,
    now: i64,
) -> (Option<RejectedLogEventsInfo>, Vec<(i64, String)>) {
    let count = |limit: i64| events.iter().take_while(|event| event.timestamp < limit).count();
    let expired = group.retention_days.map_or(0, |_| count(group.horizon(now)));
    let too_old = count(now - quotas::BEHIND_MS);
    let in_time = count(now + quotas::AHEAD_MS + 1);
    let index = |index: usize| i32::try_from(index).ok();
    let info = RejectedLogEventsInfo {
        too_new_log_event_start_index: index(in_time).filter(|_| in_time < events.len()),
        too_old_log_event_end_index: index(too_old).filter(|_| too_old > 0),
        expired_log_event_end_index: index(expired).filter(|_| expired > 0),
    };
    let start = expired.max(too_old);
    let kept =
        events.into_iter().take(in_time).skip(start).map(|event| (event.timestamp, event.message)).collect();
    ((info != RejectedLogEventsInfo::default()).then_some(info), kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_767_225_600_000;

    fn events(times: &[i64]) -> Vec<InputLogEvent> {
        times.iter().map(|ms| InputLogEvent { timestamp: NOW + ms, message: "m".into() }).collect()
    }

    fn check(
        times: &[i64],
        retention_days: Option<i32>,
        expected: (Option<i32>, Option<i32>, Option<i32>),
        kept: usize,
    ) {
        let group = Group { retention_days, ..Group::default() };
        let (info, events) = sort_out(&group, events(times), NOW);
        let info = info.unwrap_or_default();
        let seen = (
            info.too_old_log_event_end_index,
            info.expired_log_event_end_index,
            info.too_new_log_event_start_index,
        );
        assert_eq!((seen, events.len()), (expected, kept), "{times:?}");
    }

    #[test]
    fn events_out_of_time_are_told_apart() {
        check(&[-1, 0, quotas::AHEAD_MS], None, (None, None, None), 3);
        check(&[0, quotas::AHEAD_MS + 1], None, (None, None, Some(1)), 1);
        check(&[-quotas::BEHIND_MS - 1, 0], None, (Some(1), None, None), 1);
        check(&[-2 * quotas::SPAN_MS, -2 * quotas::SPAN_MS + 1, 0], Some(1), (None, Some(2), None), 1);
    }

    #[test]
    fn batches_have_limits() {
        let message =
            |events: &[InputLogEvent]| check_batch(events).map_err(|error| error.message().to_owned());
        assert_eq!(message(&events(&[0, 0, quotas::SPAN_MS])), Ok(()));
        assert!(message(&events(&[1, 0])).unwrap_err().contains("chronological"));
        assert!(message(&events(&[0, quotas::SPAN_MS + 1])).unwrap_err().contains("24 hours"));
        let large =
            InputLogEvent { timestamp: NOW, message: "x".repeat(quotas::BATCH.most - EVENT_OVERHEAD + 1) };
        assert_eq!(
            message(&[large]).unwrap_err(),
            "Upload too large: 1048577 bytes exceeds limit of 1048576"
        );
    }
}
