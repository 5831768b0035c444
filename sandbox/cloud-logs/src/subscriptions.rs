//! Subscriptions: events that are written to a group are announced to whom it is subscribed to, once they are kept and before
//! that is acknowledged, and sent on by the outbox.
//!
//! AWS: a function that is subscribed to what it logs itself is invoked by that, for ever.
//!
//! Who subscribes is `ops/subscription_filters`' affair.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{Actor, Arn, AwsError, Context, Delivered, Delivery, PortError};
use cloud_delivery::{Announcement, End, Ending, Error, Relay};
use cloud_store::{Place, StreamId};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::filter::{Pattern, PatternError};
use crate::open::Logs;
use crate::record::{self, Group, Subscription};

/// The service as which functions are invoked, by those permissions that name no region.
pub(crate) const PRINCIPAL: &str = "logs.amazonaws.com";

/// Bytes of messages that go into one invocation: packed and written as base64 they are fewer than a function takes.
// LIMIT: a single message of more goes alone, and is refused by the function where it cannot be packed enough.
const MAX_SENT: usize = 512 << 10;

/// How many patterns are kept as they were read.
const MAX_PATTERNS: usize = 256;

/// The principal that is of a region.
// AWS: "--principal "logs.region.amazonaws.com"", in older permissions without the region.
pub(crate) fn regional(context: &Context) -> String {
    format!("logs.{}.amazonaws.com", context.region())
}

/// The ARN by which a group invokes functions.
// AWS: "--source-arn "arn:aws:logs:region:123456789012:log-group:TestLambda:*"".
pub(crate) fn source(logs: &Logs, group: &str) -> Result<Arn, AwsError> {
    format!("{}:*", logs.group_arn(group)).parse().map_err(AwsError::internal)
}

/// Patterns as they were read.
#[derive(Default)]
pub(crate) struct Patterns(Mutex<HashMap<String, Arc<Pattern>>>);

impl Patterns {
    fn read(&self, text: &str) -> Result<Arc<Pattern>, PatternError> {
        if let Some(pattern) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(Arc::clone(pattern));
        }
        let pattern = Arc::new(Pattern::parse(text)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_PATTERNS {
            kept.clear();
        }
        kept.insert(text.to_owned(), Arc::clone(&pattern));
        Ok(pattern)
    }
}

impl Logs {
    /// Appends events to a stream, whose names are its group's and its own, and announces them to who is subscribed.
    pub(crate) async fn write(
        &self,
        (group, stream): (&str, &str),
        to: StreamId,
        now_ms: i64,
        events: Vec<(i64, Bytes)>,
    ) -> Result<(), AwsError> {
        let found = self.groups.get(&group.to_owned()).await.map_err(AwsError::internal)?;
        let subscribed = found.filter(|found| found.id == to.group && !found.subscriptions.is_empty());
        // Their bytes are shared.
        let told = subscribed.as_ref().map(|_| events.clone());
        let first = self.log.append(to, now_ms, events).await.map_err(AwsError::internal)?;
        match (subscribed, told) {
            (Some(group), Some(events)) => self.tell(&group, stream, first, events).await,
            _ => Ok(()),
        }
    }

    async fn tell(
        &self,
        group: &Group,
        stream: &str,
        first: u64,
        events: Vec<(i64, Bytes)>,
    ) -> Result<(), AwsError> {
        let owner = self.context.account().to_string();
        let source = source(self, &group.name)?;
        let mut all = Vec::new();
        for subscription in &group.subscriptions {
            let Some((target, pattern)) = self.wanted(group, subscription) else { continue };
            all.push((subscription.name.clone(), target, pattern));
        }
        let (group, stream) = (group.name.clone(), stream.to_owned());
        // Packing is work.
        let packing = tokio::task::spawn_blocking(move || {
            let batch = Batch { owner: &owner, group: &group, stream: &stream, first, events: &events };
            let packed = |(name, target, pattern): &(String, Arn, Arc<Pattern>)| {
                let payloads = batch.payloads(name, pattern);
                let announced = |payload| announcement(target.clone(), payload, &source, &stream);
                payloads.into_iter().map(announced).collect::<Vec<_>>()
            };
            all.iter().flat_map(packed).collect::<Vec<_>>()
        });
        let announcements = packing.await.map_err(AwsError::internal)?;
        if announcements.is_empty() {
            return Ok(());
        }
        let outbox = self.outbox.clone();
        self.transact(move |transaction| {
            for announcement in announcements {
                match outbox.announce(transaction, announcement) {
                    Err(Error::Store(error)) => return Err(AwsError::internal(error)),
                    // Who writes is not to fail because a subscriber does not keep up.
                    Err(error) => tracing::warn!(%error, "events of a log group do not reach a subscriber"),
                    Ok(_) => {}
                }
            }
            Ok(())
        })
        .await
    }

    /// Where a subscription leads, and which events it wants; none where nobody here takes them, which who made it was told.
    fn wanted(&self, group: &Group, subscription: &Subscription) -> Option<(Arn, Arc<Pattern>)> {
        let target: Arn = subscription.destination.parse().ok()?;
        self.context.peers().target(&target)?;
        let pattern = self.patterns.read(&subscription.pattern).inspect_err(|error| {
            tracing::error!(%error, group = group.name, "the pattern of a subscription cannot be read");
        });
        Some((target, pattern.ok()?))
    }
}

fn announcement(target: Arn, payload: Bytes, source: &Arn, stream: &str) -> Announcement {
    let delivery = Delivery::new(target, payload).from_service(PRINCIPAL, source.clone());
    // Events of a stream come in their order. AWS: deliveries are tried again for a day, which is the usual.
    Announcement { order: Some(format!("{source}:{stream}")), ..Announcement::new(delivery) }
}

/// Events that were written at once.
struct Batch<'a> {
    owner: &'a str,
    group: &'a str,
    stream: &'a str,
    /// The number of the first in the log.
    first: u64,
    events: &'a [(i64, Bytes)],
}

// AWS: "Example 2: Subscription filters with AWS Lambda".
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    message_type: &'static str,
    owner: &'a str,
    log_group: &'a str,
    log_stream: &'a str,
    subscription_filters: [&'a str; 1],
    log_events: &'a [LogEvent<'a>],
}

#[derive(Serialize)]
struct LogEvent<'a> {
    id: String,
    timestamp: i64,
    message: &'a str,
}

impl Batch<'_> {
    /// What is sent of it to one subscriber.
    fn payloads(&self, filter: &str, pattern: &Pattern) -> Vec<Bytes> {
        let (mut payloads, mut part, mut bytes) = (Vec::new(), Vec::new(), 0);
        for (number, (timestamp, message)) in (self.first..).zip(self.events) {
            let Ok(message) = str::from_utf8(message) else { continue };
            if !pattern.matches(message) {
                continue;
            }
            if bytes + message.len() > MAX_SENT && !part.is_empty() {
                payloads.push(self.payload(filter, &part));
                part.clear();
                bytes = 0;
            }
            bytes += message.len();
            let id = record::event_id(Place { time: *timestamp, number });
            part.push(LogEvent { id, timestamp: *timestamp, message });
        }
        if !part.is_empty() {
            payloads.push(self.payload(filter, &part));
        }
        payloads
    }

    fn payload(&self, filter: &str, events: &[LogEvent<'_>]) -> Bytes {
        let data = Data {
            message_type: "DATA_MESSAGE",
            owner: self.owner,
            log_group: self.group,
            log_stream: self.stream,
            subscription_filters: [filter],
            log_events: events,
        };
        // Writing into memory does not fail, nor is there anything in it that is no JSON.
        let json = serde_json::to_vec(&data).unwrap_or_default();
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        let packed = packed.write_all(&json).and_then(|()| packed.finish()).unwrap_or_default();
        format!("{{\"awslogs\":{{\"data\":\"{}\"}}}}", BASE64_STANDARD.encode(packed)).into()
    }
}

/// Sends events on.
pub(crate) struct Carrier(pub Context);

#[async_trait]
impl Relay for Carrier {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let peers = self.0.peers();
        let of_region = Delivery { actor: Actor::Service(regional(&self.0)), ..delivery.clone() };
        match peers.deliver(of_region).await {
            // The permission may name the service of all regions.
            Err(PortError::Refused(error)) if error.http_status() == 403 => peers.deliver(delivery).await,
            other => other,
        }
    }

    fn after(&self, end: &End) -> Vec<Announcement> {
        if end.ending != Ending::Delivered {
            let delivery = &end.announcement.delivery;
            tracing::warn!(
                group = delivery.source_arn.as_ref().map(tracing::field::display),
                destination = %delivery.target,
                error = end.error.as_ref().map(tracing::field::display),
                "events of a log group could not be sent to a subscriber, and are not sent any more"
            );
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use serde_json::{Value, json};

    use super::*;

    fn unpacked(payload: &Bytes) -> Value {
        let outer: Value = serde_json::from_slice(payload).unwrap();
        let packed = BASE64_STANDARD.decode(outer["awslogs"]["data"].as_str().unwrap()).unwrap();
        let mut text = String::new();
        GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn payloads(events: &[(i64, Bytes)], pattern: &str) -> Vec<Value> {
        let batch = Batch { owner: "000000000000", group: "g", stream: "s", first: 7, events };
        let payloads = batch.payloads("f", &Pattern::parse(pattern).unwrap());
        payloads.iter().map(unpacked).collect()
    }

    #[test]
    fn a_subscriber_gets_what_it_wants_as_aws_writes_it() {
        let events = [(1, "ERROR a".into()), (2, "fine".into()), (2, "ERROR b".into())];
        let id = |time, number| record::event_id(Place { time, number });
        assert_eq!(
            payloads(&events, "ERROR"),
            [json!({
                "messageType": "DATA_MESSAGE", "owner": "000000000000", "logGroup": "g", "logStream": "s",
                "subscriptionFilters": ["f"],
                "logEvents": [
                    { "id": id(1, 7), "timestamp": 1, "message": "ERROR a" },
                    { "id": id(2, 9), "timestamp": 2, "message": "ERROR b" },
                ],
            })]
        );
        assert_eq!(payloads(&events, "nothing"), Vec::<Value>::new());
    }

    #[test]
    fn much_goes_in_parts_that_a_function_takes() {
        // As hard to pack as text can be.
        let mut state = 1_u64;
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'!' + u8::try_from((state >> 33) % 90).unwrap())
        };
        let text: String = std::iter::repeat_with(&mut letter).take(300_000).collect();
        let events: Vec<(i64, Bytes)> = (0..4).map(|time| (time, text.clone().into())).collect();
        let batch = Batch { owner: "o", group: "g", stream: "s", first: 0, events: &events };
        let parts = batch.payloads("f", &Pattern::parse("").unwrap());
        assert_eq!(parts.len(), 4);
        assert!(parts.iter().all(|part| part.len() < 1 << 20));
        let one = Batch { events: &[(0, "x".repeat(MAX_SENT).into()), (0, "y".into())], ..batch };
        assert_eq!(one.payloads("f", &Pattern::parse("").unwrap()).len(), 2);
    }
}
