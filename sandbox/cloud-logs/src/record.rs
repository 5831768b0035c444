//! What is kept: groups and streams as records, events in a log of segments beside them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cloud_core::{Arn, AwsError, Maker};
use cloud_store::{Index, Key, Place, Record, StreamId, Table};
use serde::{Deserialize, Serialize};

use crate::quotas;
use crate::shapes::{Code, Distribution, LogGroupClass};

/// Groups by name.
pub(crate) const GROUPS: Table = Table("groups");
/// Streams by the number of their group, and name.
pub(crate) const STREAMS: Table = Table("group_streams");
/// What the log knows.
pub(crate) const LOG: Table = Table("log");

/// Streams by their numbers.
pub(crate) const NUMBERS: Index<Stream> =
    Index { table: Table("stream_numbers"), version: 1, keys: |stream| vec![Key::number(stream.id)] };

const DAY_MS: i64 = 86_400_000;

/// A log group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Group {
    pub name: String,
    pub created_ms: i64,
    pub retention_days: Option<i32>,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    pub kms_key: Option<String>,
    pub class: Option<LogGroupClass>,
    /// Whether it may not be deleted.
    #[serde(default)]
    pub protected: bool,
    /// Its number in the log; 0 where its events are not moved there yet.
    #[serde(default)]
    pub id: u64,
    /// The number of what is being moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moving: Option<u64>,
    /// Bytes of the events that went because a function's group may hold no more.
    #[serde(default)]
    pub dropped: u64,
    /// The step of a stack that made it.
    #[serde(default, rename = "token")]
    pub made_by: Maker,
    /// Who is told of its events, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<Subscription>,
}

/// A subscription filter.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub name: String,
    pub pattern: String,
    pub destination: String,
    pub distribution: Option<Distribution>,
    pub created_ms: i64,
    /// The step of a stack that made it.
    #[serde(default)]
    pub made_by: Maker,
}

/// A log stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stream {
    pub name: String,
    pub created_ms: i64,
    /// Its number in the log.
    #[serde(default)]
    pub id: u64,
}

/// The key of a stream.
pub(crate) type StreamKey = (u64, String);

impl Group {
    /// The earliest time whose events are still shown.
    pub(crate) fn horizon(&self, now_ms: i64) -> i64 {
        self.retention_days.map_or(0, |days| now_ms - i64::from(days) * DAY_MS)
    }
}

/// A place as text, for tokens.
pub(crate) fn print(place: Place) -> String {
    format!("{:016x}{:016x}", place.time, place.number)
}

/// From a token's text.
pub(crate) fn parse(text: &str) -> Option<Place> {
    let (time, number) = (text.get(..16)?, text.get(16..32)?);
    let time = u64::from_str_radix(time, 16).ok()?;
    Some(Place { time: i64::try_from(time).ok()?, number: u64::from_str_radix(number, 16).ok()? })
}

/// The place behind one.
pub(crate) fn behind(place: Place) -> Place {
    Place { number: place.number.saturating_add(1), ..place }
}

/// The id of an event in answers, by its place.
// AWS: 56 digits.
pub(crate) fn event_id(place: Place) -> String {
    let id = (u128::from(place.time.cast_unsigned()) << 64) | u128::from(place.number);
    format!("{id:056}")
}

/// An event as the log keeps it.
pub(crate) fn event(time: i64, message: String) -> (i64, Bytes) {
    (time, Bytes::from(message))
}

/// What an event says; none if it is no text.
pub(crate) fn message(record: &Record) -> Option<&str> {
    let text = str::from_utf8(&record.bytes);
    if text.is_err() {
        left_out(&"it is no text");
    }
    text.ok()
}

impl Stream {
    /// In the log.
    pub(crate) fn of(&self, group: &Group) -> StreamId {
        StreamId { group: group.id, stream: self.id }
    }
}

/// Says that an event is lost; those around it are not.
pub(crate) fn left_out(error: &dyn std::fmt::Display) {
    tracing::error!(%error, "a log event is damaged and left out");
}

/// The error for a group that is not there.
pub(crate) fn no_group() -> AwsError {
    Code::ResourceNotFoundException.error("The specified log group does not exist.")
}

/// The error for a stream that is not there in a group that is.
pub(crate) fn no_stream() -> AwsError {
    Code::ResourceNotFoundException.error("The specified log stream does not exist.")
}

/// Refuses the name of a group or stream that is too long.
pub(crate) fn check_length(name: &str) -> Result<(), AwsError> {
    quotas::NAME.check(name.chars().count())
}

/// The group that a request names, by its name or by an identifier that is a name or an ARN.
pub(crate) fn group_name(name: Option<String>, identifier: Option<String>) -> Result<String, AwsError> {
    match (name, identifier) {
        (Some(name), None) => Ok(name),
        (None, Some(identifier)) if identifier.starts_with("arn:") => name_of_arn(&identifier),
        (None, Some(name)) => Ok(name),
        // AWS: this is told by another code than the constraints are.
        (Some(_), Some(_)) => Err(AwsError::new(
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        )),
        (None, None) => Err(Code::InvalidParameterException
            .error("Either logGroupName or logGroupIdentifier must be provided.")),
    }
}

/// The name in `arn:aws:logs:…:log-group:NAME` with or without `:*`.
pub(crate) fn name_of_arn(text: &str) -> Result<String, AwsError> {
    let invalid = || Code::InvalidParameterException.error("Invalid ARN");
    let arn: Arn = text.parse().map_err(|_| invalid())?;
    if arn.service() != "logs" || arn.resource_type() != Some("log-group") {
        return Err(invalid());
    }
    let name = arn.resource_id();
    Ok(name.strip_suffix(":*").unwrap_or(name).to_owned())
}
