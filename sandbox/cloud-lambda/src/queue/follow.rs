//! What follows from the end of an event: its dead letter, and the record of what became of it, each to where the function
//! sends it. Both are announced in the transaction that removes the event.

use bytes::Bytes;
use cloud_core::{Actor, Arn, Attribute, Context, Delivery, RequestId};
use cloud_delivery::{Announcement, End, Ending, Retry};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::MAX_AGE_MS;
use super::record::Record;
use crate::destinations::{Kind, folder};
use crate::invoke::MOST_PASSES;
use crate::limits;
use crate::names::{FunctionName, function_arn};
use crate::records::Records;
use crate::shapes::Code;

/// How often what follows is refused for the time being before it is dropped.
// AWS: "If Lambda can't send a message to the dead-letter queue, it deletes the event", and of destinations: "it sends a
// DestinationDeliveryFailures metric".
const TRIES: u32 = 5;

// AWS: the attribute ErrorMessage of a dead letter is "the first 1 KB of the error message".
const MAX_MESSAGE: usize = 1024;

/// The largest record that a topic takes, in bytes.
// AWS: "Amazon SNS destinations have a message size limit of 256 KB. If the combined size of the function request and response
// payload exceeds the limit, Lambda will drop the payload when sending OnFailure event to the destination."
const MAX_OF_TOPIC: usize = 256 << 10;

/// All that follows, as it is configured now.
pub(super) fn all(context: &Context, records: &Records, end: &End) -> Vec<Announcement> {
    // AWS: events of a function that is gone are dropped.
    if end.ending == Ending::Gone {
        return Vec::new();
    }
    let letter = Letter::of(context, records, end);
    letter.into_iter().flat_map(|letter| letter.dead_letter().into_iter().chain(letter.record())).collect()
}

/// Says that what was to follow from an event came to nothing.
pub(super) fn note_lost(end: &End) {
    if end.ending == Ending::Delivered {
        return;
    }
    let delivery = &end.announcement.delivery;
    tracing::warn!(
        function = delivery.source_arn.as_ref().map(tracing::field::display),
        destination = %delivery.target,
        error = end.error.as_ref().map(tracing::field::display),
        "what became of an asynchronous event could not be sent to where the function sends it, and is dropped"
    );
}

/// What is known where something follows from an end.
struct Letter<'a> {
    context: &'a Context,
    end: &'a End,
    /// As the event named it.
    name: FunctionName,
    /// The function's ARN, without a qualifier.
    function_arn: Arn,
    /// Of the version that is meant.
    role: Option<Arn>,
    dead_letters: Option<Arn>,
    on_success: Option<Arn>,
    on_failure: Option<Arn>,
}

impl<'a> Letter<'a> {
    fn of(context: &'a Context, records: &Records, end: &'a End) -> Option<Self> {
        let name = FunctionName::parse(context, end.announcement.delivery.target.as_str(), None).ok()?;
        let function = records.get(&name.name)?;
        // AWS: role and dead-letter queue are settings that a version keeps; destinations are the qualifier's.
        // LIMIT: of an alias that divides, those of the version which is its own.
        let (_, version) = function.resolve(name.qualifier(), 1.0)?;
        let configuration = &version.configuration;
        let arn = |text: Option<&String>| text.and_then(|text| text.parse().ok());
        let config = function.invoke_configs.get(name.qualifier());
        let dead_letters =
            configuration.dead_letter_config.as_ref().and_then(|config| config.target_arn.as_ref());
        Some(Self {
            context,
            end,
            function_arn: function_arn(context, &function.name),
            role: arn(configuration.role.as_ref()),
            // One of before others were refused.
            dead_letters: arn(dead_letters).filter(limits::takes_dead_letters),
            on_success: config.and_then(|config| arn(config.on_success.as_ref())),
            on_failure: config.and_then(|config| arn(config.on_failure.as_ref())),
            name,
        })
    }

    /// The event for the dead-letter target.
    fn dead_letter(&self) -> Option<Announcement> {
        let target = self.dead_letters.clone().filter(|_| self.end.ending != Ending::Delivered)?;
        let before = &self.end.announcement.delivery;
        let mut delivery = self.delivery(target, before.payload.clone());
        let (code, message) = told(self.end);
        delivery.attributes = [
            ("RequestID", Attribute::text(before.id.as_deref().unwrap_or_default())),
            ("ErrorCode", Attribute::number(code)),
            ("ErrorMessage", Attribute::text(message)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        Some(announcement(delivery))
    }

    /// The record for the destination of its end.
    fn record(&self) -> Option<Announcement> {
        let is_success = self.end.ending == Ending::Delivered;
        let target = if is_success { self.on_success.clone() } else { self.on_failure.clone() }?;
        let arn = format!("{}:{}", self.function_arn, self.name.qualifier());
        let now = self.context.now();
        let record = Record { end: self.end, function_arn: &arn, now };
        let kind = Kind::of(&target)?;
        if kind == Kind::Function && self.is_stopped(&target) {
            tracing::warn!(function = %self.function_arn, destination = %target, "a loop ends here");
            return None;
        }
        let mut text = record.text(true);
        if kind == Kind::Topic && !is_success && text.len() > MAX_OF_TOPIC {
            text = record.text(false);
        }
        let target = match kind {
            Kind::Bucket => {
                // AWS: "aws/lambda/async/<function-name>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<Random UUID>".
                let time = now.to_zoned(TimeZone::UTC).strftime("%Y/%m/%d/%Y-%m-%dT%H.%M.%S").to_string();
                let (folder, id) = (folder(&self.name.name), self.context.entropy().uuid());
                format!("{target}/{folder}/{time}-{id}").parse().ok()?
            }
            _ => target,
        };
        let payload = match kind {
            Kind::Bus => entry(&text, &arn, &target, is_success),
            _ => text.into(),
        };
        let mut delivery = self.delivery(target, payload);
        if kind == Kind::Function {
            // However often it is sent, it is one invocation.
            delivery.id = Some(RequestId::random(self.context.entropy()).to_string());
        }
        Some(announcement(delivery))
    }

    /// Whether the event was stopped as part of a loop that leads through that function, too: it would be stopped there, and
    /// its record come back, for ever.
    fn is_stopped(&self, destination: &Arn) -> bool {
        let stopped = Code::RecursiveInvocationException.as_str();
        let is_loop = self.end.error.as_ref().is_some_and(|error| error.code() == stopped);
        let name = FunctionName::parse(self.context, destination.as_str(), None);
        let arn = name.map(|name| function_arn(self.context, &name.name).to_string());
        let lineage = &self.end.announcement.delivery.trace.lineage;
        is_loop && arn.is_ok_and(|arn| lineage.passed(&arn).0 >= MOST_PASSES)
    }

    /// A delivery as the function's role, on the event's way.
    fn delivery(&self, target: Arn, payload: impl Into<Bytes>) -> Delivery {
        let before = &self.end.announcement.delivery;
        let mut delivery = Delivery::new(target, payload);
        if let Some(role) = &self.role {
            delivery.actor = Actor::Role(role.clone());
        }
        delivery.source_arn = Some(self.function_arn.clone());
        delivery.trace = before.trace.clone();
        if self.end.failures > 0 || self.end.ending == Ending::Delivered {
            // Should it come back, the loop is one that leads through this function.
            delivery.trace.lineage = before.trace.lineage.passed(self.function_arn.as_str()).1;
        }
        delivery
    }
}

fn announcement(delivery: Delivery) -> Announcement {
    let retry = Retry { refusals: Some(TRIES), max_age: MAX_AGE_MS, ..Retry::default() };
    Announcement { retry, ..Announcement::new(delivery) }
}

/// An entry of PutEvents.
// AWS: "The invocation record is the detail … The value for the source event field is lambda, and the value for the
// detail-type event field is either Lambda Function Invocation Result – Success or … – Failure. The resource event field
// contains the function and destination Amazon Resource Names".
fn entry(record: &str, function: &str, bus: &Arn, is_success: bool) -> Bytes {
    let end = if is_success { "Success" } else { "Failure" };
    let entry = json!({
        "Source": "lambda",
        "DetailType": format!("Lambda Function Invocation Result - {end}"),
        "Detail": record,
        "Resources": [function, bus.as_str()],
        "EventBusName": bus.as_str(),
    });
    entry.to_string().into()
}

/// What a dead letter says of its end: an HTTP status and a text.
// AWS: "ErrorCode (Number) – The HTTP status code", "ErrorMessage (String) – The first 1 KB of the error message".
fn told(end: &End) -> (u16, String) {
    let (code, mut message) = match (&end.answer, &end.error) {
        (Some(answer), _) => (200, error_message(&answer.payload)),
        (None, Some(error)) => (error.http_status(), error.message().to_owned()),
        (None, None) if end.ending == Ending::TooOld => (500, "The event was too old to be run.".to_owned()),
        (None, None) => (500, "The service ended again and again just after the event was begun.".to_owned()),
    };
    message.truncate(message.floor_char_boundary(MAX_MESSAGE));
    (code, message)
}

/// The text of a function's error.
fn error_message(payload: &Bytes) -> String {
    let answer: Option<Value> = serde_json::from_slice(payload).ok();
    let message = answer.as_ref().and_then(|answer| answer.get("errorMessage")).and_then(Value::as_str);
    message.map_or_else(|| String::from_utf8_lossy(payload).into_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_told_who_sends_and_what_became_of_it() {
        let bus = "arn:aws:events:us-east-1:000000000000:event-bus/b".parse().expect("an ARN");
        let entry: Value = serde_json::from_slice(&entry("{}", "arn:f:$LATEST", &bus, false)).expect("JSON");
        assert_eq!(entry["DetailType"], "Lambda Function Invocation Result - Failure");
        assert_eq!(entry["Resources"], json!(["arn:f:$LATEST", bus.as_str()]));
        assert_eq!((&entry["Source"], &entry["Detail"]), (&json!("lambda"), &json!("{}")));
    }
}
