//! The way of a mapping's records to its function: how fast, in which events, and what is made of the answers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    Arn, AwsError, Delivered, Delivery, Filter, Lineage, Poll, PortError, Reader, Record, RequestId, Trace,
};
use cloud_delivery::{Failed, GivenUp, Mapping as Route, Noted, Pace};

use super::filter::Filters;
use super::kind::Kind;
use super::{Shared, event, failures, given_up};
use crate::quotas;
use crate::shapes::EventSourceMappingConfiguration;
use crate::state::Mapping;

/// For how long is waited for records: they wake who waits, and so does a stop.
const WAIT: Duration = Duration::from_hours(1);
/// Batches of a queue that are under way at first.
// AWS: "Lambda starts processing five batches at a time with five concurrent invocations".
const FIRST: usize = 5;
/// Invocations of a dedicated poller.
// AWS: "Each poller can handle up to 1 MB/sec of throughput and 10 concurrent invokes."
const OF_A_POLLER: i32 = 10;
/// Bytes that one record takes in an event besides what it holds.
const AROUND: u64 = 2048;

/// One mapping's.
pub(super) struct Events {
    shared: Arc<Shared>,
    uuid: String,
    kind: Kind,
    /// The function with the qualifier that it is called by.
    target: Arn,
    /// The same for an on-failure destination.
    destination: Option<Arn>,
    reports: bool,
}

impl Events {
    /// Of a mapping.
    pub(super) fn new(shared: &Arc<Shared>, mapping: &Mapping, kind: Kind) -> Result<Self, AwsError> {
        let target = mapping.function().arn(&shared.context).parse().map_err(AwsError::internal)?;
        let destination = mapping.settings.destination_config.as_ref();
        let destination = destination.and_then(|config| config.on_failure.as_ref()?.destination.as_deref());
        Ok(Self {
            shared: Arc::clone(shared),
            uuid: mapping.uuid.clone(),
            kind,
            target,
            destination: destination.and_then(|arn| arn.parse().ok()),
            reports: reports(&mapping.settings),
        })
    }

    /// The role of the function as it is now.
    fn role(&self) -> Option<String> {
        let mapping = self.shared.records.mappings().get(&self.uuid)?;
        let function = self.shared.records.get(&mapping.function)?;
        let (_, version) = function.resolve(mapping.function().qualifier(), 1.0)?;
        version.configuration.role.clone()
    }

    fn told_role(&self) -> Option<String> {
        if self.kind == Kind::Kinesis { self.role() } else { None }
    }
}

/// Whether a function says which records of a batch failed.
fn reports(settings: &EventSourceMappingConfiguration) -> bool {
    settings.function_response_types.as_ref().is_some_and(|types| !types.is_empty())
}

/// How fast and how stubbornly a mapping goes about it.
pub(super) fn pace(mapping: &Mapping, kind: Kind, reader: &Reader) -> Result<Pace, AwsError> {
    let settings = &mapping.settings;
    let number = |value: Option<i32>| usize::try_from(value.unwrap_or(1)).unwrap_or(1).max(1);
    let filters = Filters::read(kind, settings.filter_criteria.as_ref())?;
    let filter = filters.map(|filters| -> Filter {
        let reader = reader.clone();
        Arc::new(move |record: &Record| filters.want(&reader, record))
    });
    let poll = Poll {
        records: number(settings.batch_size),
        // AWS: "up to the payload limit for synchronous invocation (6 MB)".
        bytes: quotas::SYNCHRONOUS as u64 - event::FRAME,
        wait: WAIT,
        visibility: None,
        filter,
    };
    let (first, most) = at_once(settings);
    let seconds = |value: Option<i32>| u64::try_from(value.unwrap_or(-1)).ok();
    Ok(Pace {
        window: Duration::from_secs(seconds(settings.maximum_batching_window_in_seconds).unwrap_or(0)),
        first,
        most,
        lanes: number(settings.parallelization_factor),
        retries: settings.maximum_retry_attempts.and_then(|retries| u32::try_from(retries).ok()),
        max_age: seconds(settings.maximum_record_age_in_seconds).map(Duration::from_secs),
        bisects: settings.bisect_batch_on_function_error == Some(true),
        // AWS: "When ReportBatchItemFailures is activated, Lambda doesn't scale down message polling when function
        // invocations fail."
        backs_off: !reports(settings),
        ..Pace::of(poll)
    })
}

/// Batches of a queue that are under way at once, at first and at most.
fn at_once(settings: &EventSourceMappingConfiguration) -> (usize, usize) {
    let number = |value: i32| usize::try_from(value).unwrap_or(1);
    let all = number(quotas::CONCURRENCY);
    if let Some(pollers) = &settings.provisioned_poller_config {
        let batches =
            |pollers: Option<i32>| number(pollers.unwrap_or(1).saturating_mul(OF_A_POLLER)).min(all);
        return (batches(pollers.minimum_pollers), batches(pollers.maximum_pollers));
    }
    let most = settings.scaling_config.as_ref().and_then(|scaling| scaling.maximum_concurrency);
    let most = most.map_or(all, number);
    (FIRST.min(most), most)
}

#[async_trait]
impl Route for Events {
    fn delivery(&self, reader: &Reader, records: &[Record]) -> Delivery {
        let event = event::of(self.kind, reader, records, self.told_role().as_deref());
        let mut delivery = Delivery::new(self.target.clone(), event);
        delivery.source_arn = Some(reader.source.clone());
        delivery.trace = trace(records);
        delivery
    }

    fn failed(&self, records: &[Record], answer: &Delivered) -> Failed {
        failures::of(self.reports, records, answer)
    }

    fn size(&self, reader: &Reader, record: &Record) -> u64 {
        event::size(self.kind, reader, record, self.told_role().as_deref())
    }

    /// Letters of a text may take two bytes each in JSON, and bytes four for three in base64.
    fn fitting(&self, bytes: u64) -> (usize, u64) {
        let half = bytes / 2;
        (usize::try_from(half / AROUND).unwrap_or(usize::MAX).max(1), half / 2)
    }

    async fn give_up(&self, reader: &Reader, given_up: GivenUp<'_>) -> Result<(), PortError> {
        let Some(to) = self.destination.clone() else { return Ok(()) };
        let context = &self.shared.context;
        let role = self.role().and_then(|role| role.parse().ok());
        let from = given_up::From { kind: self.kind, reader, function: self.target.as_str(), role };
        let request_id = RequestId::random(context.entropy()).to_string();
        let announcement = given_up::announcement(from, to, given_up, &request_id, context.now());
        self.shared.queue.announce(announcement).await.map_err(PortError::from)
    }

    fn note(&self, noted: Noted<'_>) {
        let result = match noted {
            Noted::Delivered { failed: 0, .. } => "OK".to_owned(),
            Noted::Delivered { .. } => "PROBLEM: Function call failed".to_owned(),
            Noted::Stopped(error) => format!("PROBLEM: {}", error.message()),
        };
        self.shared.note(&self.uuid, result);
    }
}

/// The trace of records together: the first's, with all functions that any of them has come through.
fn trace(records: &[Record]) -> Trace {
    let first = records.first().map(|record| record.trace.clone()).unwrap_or_default();
    let lineage =
        records.iter().fold(Lineage::default(), |lineage, record| lineage.joined(&record.trace.lineage));
    Trace { lineage, ..first }
}
