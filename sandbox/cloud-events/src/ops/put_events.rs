//! PutEvents.

use std::fmt::Write as _;

use cloud_core::{Arn, AwsError, Caller, Delivery, Trace, constraint};
use cloud_delivery::Announcement;
use cloud_wire::{Input, Operation, Value};

use crate::error::invalid;
use crate::event::{Event, detail};
use crate::names::{self, DEFAULT};
use crate::open::EventBridge;
use crate::publishing::Arrived;
use crate::quotas;
use crate::shapes::{PutEventsRequest, PutEventsRequestEntry, PutEventsResponse, PutEventsResultEntry};

/// AWS: entries of one request.
const MOST: usize = 10;
/// AWS: what a time counts in an entry's size.
const TIME: usize = 14;
/// Members of an entry as AWS's message has them, and what it has besides.
const SHOWN: [(&str, &str); 7] = [
    ("time", "Time"),
    ("source", "Source"),
    ("resources", "Resources"),
    ("detailType", "DetailType"),
    ("detail", "Detail"),
    ("eventBusName", "EventBusName"),
    ("traceHeader", "TraceHeader"),
];
/// What is longer, in bytes, is shown in part.
const LONGEST: usize = 64 << 10;
const BESIDES: &str = ", kmsKeyIdentifier=null, internalMetadata=null";

/// Why an entry was not taken: a code and what is said.
type Refused = (&'static str, String);

/// Looks at how many entries there are: what AWS says of too many shows each of them.
pub(crate) fn inspect(operation: &Operation, input: &Input) -> Result<(), AwsError> {
    if operation.name != "PutEvents" {
        return Ok(());
    }
    let entries = input.members().next().unwrap_or(Value::Null);
    if entries.elements().count() <= MOST {
        return Ok(());
    }
    let members = crate::shapes::PUT_EVENTS_REQUEST_ENTRY.members();
    let shown = entries.elements().map(|entry| {
        let mut shown = "PutEventsRequestEntry(".to_owned();
        for (place, (name, member)) in SHOWN.into_iter().enumerate() {
            let found = members.iter().position(|known| known.name == member);
            let value = found.map_or(Value::Null, |place| entry.member(place));
            let comma = if place == 0 { "" } else { ", " };
            // Writing to a text cannot fail.
            let _ = write!(shown, "{comma}{name}={}", plain(value));
        }
        shown + BESIDES + ")"
    });
    let mut shown = format!("[{}]", shown.collect::<Vec<_>>().join(", "));
    if shown.len() > LONGEST {
        shown = constraint::shortened(&shown);
    }
    let said = format!(
        "Value '{shown}' at 'entries' failed to satisfy constraint: Member must have length less than or equal to {MOST}"
    );
    Err(constraint::all("ValidationException", &[said]))
}

fn plain(value: Value<'_>) -> String {
    match value {
        Value::String(text) => text.to_owned(),
        Value::Timestamp(time) => time.to_string(),
        Value::List(_) => {
            let all: Vec<&str> = value.elements().filter_map(Value::as_str).collect();
            format!("[{}]", all.join(", "))
        }
        _ => "null".to_owned(),
    }
}

pub(crate) async fn put_events(
    bridge: &EventBridge,
    caller: &Caller,
    input: PutEventsRequest,
) -> Result<PutEventsResponse, AwsError> {
    if input.endpoint_id.is_some() {
        // LIMIT: global endpoints are not here.
        return Err(invalid(
            "Parameter EndpointId is not valid. Reason: there are no global endpoints in this cloud.",
        ));
    }
    quotas::ENTRIES.check(input.entries.iter().map(size).sum())?;
    let (mut results, mut announcements) = (Vec::new(), Vec::new());
    for entry in input.entries {
        results.push(match accept(bridge, caller, entry, &mut announcements).await {
            Ok(id) => PutEventsResultEntry { event_id: Some(id), ..PutEventsResultEntry::default() },
            Err((code, message)) => PutEventsResultEntry {
                event_id: None,
                error_code: Some(code.to_owned()),
                error_message: Some(message),
            },
        });
    }
    bridge.announce(announcements).await?;
    let failed = results.iter().filter(|result| result.error_code.is_some()).count();
    Ok(PutEventsResponse { failed_entry_count: i32::try_from(failed).ok(), entries: Some(results) })
}

// AWS: "Calculating PutEvents event entry size".
fn size(entry: &PutEventsRequestEntry) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let time = if entry.time.is_some() { TIME } else { 0 };
    let resources: usize = entry.resources.iter().flatten().map(String::len).sum();
    time + text(&entry.source) + text(&entry.detail_type) + text(&entry.detail) + resources
}

/// Adds what is announced of an entry, or passes it to the bus of another realm. The event's id.
async fn accept(
    bridge: &EventBridge,
    caller: &Caller,
    entry: PutEventsRequestEntry,
    announcements: &mut Vec<Announcement>,
) -> Result<String, Refused> {
    let context = &bridge.context;
    let bus = entry.event_bus_name.clone();
    let trace = entry.trace_header.as_deref().map_or_else(|| caller.trace.clone(), Trace::of);
    let event = read(bridge, entry)?;
    let arn = bus.as_deref().filter(|bus| bus.starts_with("arn:"));
    let arn: Option<Arn> = arn.and_then(|arn| arn.parse().ok());
    let elsewhere = arn.as_ref().filter(|arn| !arn.is_of(context.realm()));
    let (id, arrived) = (event.id.clone(), Arrived::new(event, trace));
    if let Some(target) = elsewhere {
        let mut delivery = Delivery::new(target.clone(), arrived.json);
        delivery.trace = arrived.trace;
        let delivered = context.peers().deliver(delivery).await;
        return delivered.map(|delivered| delivered.request_id).map_err(|error| refused(&error.into_error()));
    }
    let name = match arn {
        Some(arn) => names::bus_of(&arn).unwrap_or_default().to_owned(),
        None => bus.unwrap_or_else(|| DEFAULT.to_owned()),
    };
    // AWS: an event for a bus that is not there is taken, and nobody is told.
    announcements.extend(bridge.announcements(&name, &arrived));
    Ok(id)
}

fn refused(error: &AwsError) -> Refused {
    let code = match error.code() {
        "AccessDeniedException" => "AccessDeniedException",
        "ThrottlingException" => "ThrottlingException",
        "ResourceNotFoundException" => "ResourceNotFoundException",
        _ => "InternalFailure",
    };
    (code, error.message().to_owned())
}

fn read(bridge: &EventBridge, entry: PutEventsRequestEntry) -> Result<Event, Refused> {
    let required = |name: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        let said = || format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
        value.ok_or_else(|| ("InvalidArgument", said()))
    };
    let source = required("Source", entry.source)?;
    let detail_type = required("DetailType", entry.detail_type)?;
    let text = required("Detail", entry.detail)?;
    // AWS: its own services' events begin so.
    if source.starts_with("aws.") {
        return Err(("NotAuthorizedForSourceException", "Not authorized for the source.".to_owned()));
    }
    if detail_type.chars().count() > quotas::DETAIL_TYPE {
        let said = format!(
            "Parameter DetailType is not valid. Reason: it has more than {} characters.",
            quotas::DETAIL_TYPE
        );
        return Err(("InvalidArgument", said));
    }
    let detail = detail(&text).ok_or_else(|| ("MalformedDetail", "Detail is malformed.".to_owned()))?;
    let context = &bridge.context;
    Ok(Event {
        id: context.entropy().uuid().to_string(),
        detail_type,
        source,
        account: context.account().to_string(),
        time: entry.time.unwrap_or_else(|| context.now()),
        region: context.region().to_string(),
        resources: entry.resources.unwrap_or_default(),
        detail,
    })
}
