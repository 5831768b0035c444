//! What is kept: groups, streams, events, and an index of events by time within their group.

use std::collections::BTreeMap;

use cloud_core::{Arn, AwsError};
use cloud_store::{Key, Table, Transaction};
use serde::{Deserialize, Serialize};

use crate::shapes::{Code, LogGroupClass};

/// Groups by name.
pub(crate) const GROUPS: Table = Table("groups");
/// Streams by group and name.
pub(crate) const STREAMS: Table = Table("streams");
/// Events by group, stream, time and number.
pub(crate) const EVENTS: Table = Table("events");
/// The streams of events by group, time and number.
pub(crate) const TIMES: Table = Table("times");

/// AWS: what an event counts beside its text.
pub(crate) const OVERHEAD: usize = 26;
/// AWS: the longest name of a group or stream.
const MAX_NAME: usize = 512;
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
    /// Bytes of its events, as AWS counts them.
    #[serde(default)]
    pub bytes: u64,
    /// Whether the books know of every event that went.
    #[serde(default)]
    pub counted: bool,
    /// Bytes of the events that went because of their age or number.
    #[serde(default)]
    pub dropped: u64,
    /// The number of the next event.
    #[serde(default)]
    pub next: u64,
    /// The step of a stack that made it.
    #[serde(default)]
    pub token: Option<String>,
}

/// A log stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stream {
    pub name: String,
    pub created_ms: i64,
    pub first_ms: Option<i64>,
    pub last_ms: Option<i64>,
    pub ingested_ms: Option<i64>,
}

/// An event's place within its group: its time, then its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub ms: i64,
    pub number: u64,
}

/// An event as it is read.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub place: Place,
    pub ingested_ms: i64,
    pub message: String,
}

impl Group {
    /// The earliest time whose events are still shown.
    pub(crate) fn horizon(&self, now_ms: i64) -> i64 {
        self.retention_days.map_or(0, |days| now_ms - i64::from(days) * DAY_MS)
    }
}

impl Place {
    /// As text, for tokens.
    pub(crate) fn print(self) -> String {
        format!("{:016x}{:016x}", self.ms, self.number)
    }

    /// From a token's text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (ms, number) = (text.get(..16)?, text.get(16..32)?);
        let ms = u64::from_str_radix(ms, 16).ok()?;
        Some(Self { ms: i64::try_from(ms).ok()?, number: u64::from_str_radix(number, 16).ok()? })
    }

    fn after(self, key: Key) -> Key {
        key.then_number(self.ms.max(0).cast_unsigned()).then_number(self.number)
    }

    /// From a key's last parts.
    pub(crate) fn read(rest: &[u8]) -> Option<Self> {
        let (ms, rest) = Key::split_number(rest)?;
        let (number, _) = Key::split_number(rest)?;
        Some(Self { ms: i64::try_from(ms).ok()?, number })
    }
}

impl Event {
    /// As it is kept.
    pub(crate) fn value(ingested_ms: i64, message: &str) -> Vec<u8> {
        let mut value = ingested_ms.to_be_bytes().to_vec();
        value.extend_from_slice(message.as_bytes());
        value
    }

    /// What one that is kept so counts.
    pub(crate) fn size(value: &[u8]) -> u64 {
        (value.len().saturating_sub(size_of::<i64>()) + OVERHEAD) as u64
    }

    /// From its key's last parts and its value.
    pub(crate) fn read(place: &[u8], value: &[u8]) -> Option<Self> {
        let (ingested, message) = value.split_first_chunk::<8>()?;
        Some(Self {
            place: Place::read(place)?,
            ingested_ms: i64::from_be_bytes(*ingested),
            message: String::from_utf8(message.to_vec()).ok()?,
        })
    }
}

/// The key of a stream.
pub(crate) fn stream_key(group: &str, stream: &str) -> Key {
    Key::text(group).then_text(stream)
}

/// The key of an event.
pub(crate) fn event_key(group: &str, stream: &str, place: Place) -> Key {
    place.after(stream_key(group, stream))
}

/// The key of an event in the index by time.
pub(crate) fn time_key(group: &str, place: Place) -> Key {
    place.after(Key::text(group))
}

/// The place in a key of the index by time.
pub(crate) fn time_place(key: &[u8]) -> Option<Place> {
    Place::read(Key::split_text(key)?.1)
}

/// Says that an event is lost; those around it are not.
pub(crate) fn left_out(error: &dyn std::fmt::Display) {
    tracing::error!(%error, "a log event is damaged and left out");
}

/// A damaged record.
pub(crate) fn damaged() -> AwsError {
    AwsError::internal("a record does not have the expected form")
}

/// The group of that name.
pub(crate) fn group(transaction: &Transaction<'_>, name: &str) -> Result<Group, AwsError> {
    let found = transaction.get_json(GROUPS, name).map_err(AwsError::internal)?;
    found.ok_or_else(|| Code::ResourceNotFoundException.error("The specified log group does not exist."))
}

/// The stream of that name in a group that is there.
pub(crate) fn stream(transaction: &Transaction<'_>, group: &str, name: &str) -> Result<Stream, AwsError> {
    let found = transaction.get_json(STREAMS, stream_key(group, name)).map_err(AwsError::internal)?;
    found.ok_or_else(|| Code::ResourceNotFoundException.error("The specified log stream does not exist."))
}

/// Refuses the name of a group or stream that is too long.
pub(crate) fn check_length(name: &str) -> Result<(), AwsError> {
    if name.chars().count() > MAX_NAME {
        // AWS: one text for both.
        let message = "Invalid LogGroup or LogStream, both must have length less than or equal to 512.";
        return Err(Code::InvalidParameterException.error(message));
    }
    Ok(())
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
