//! Streams of events, in both directions: each event a message whose headers say which one it is.
//!
//! A service gives and takes an [`EventStream`] of its generated type. An error that its model declares for the stream
//! ends it as an exception, any other as an error.
// AWS: Smithy's "Amazon Event Stream Specification"; RPC protocols begin with `initial-request` and `initial-response`.

pub mod frame;
mod signed;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use cloud_core::AwsError;
use futures_util::stream::{self, Stream, StreamExt};

pub use frame::{HeaderValue, Message, Messages};

use crate::body::Body;
use crate::json::Dialect;
use crate::model::{Protocol, ServiceModel};
use crate::room::Room;
use crate::schema::{Kind, Location, Member, Schema};
use crate::shape::{self, Shape, Taken, mismatch};
use crate::sigv4::Verified;
use crate::slot::{Places, Reading, Slot};
use crate::value::Value;
use crate::xml::Writer;
use crate::{cbor, json, xml};

/// The media type of a body of events.
pub const MEDIA_TYPE: &str = "application/vnd.amazon.eventstream";

const KIND: &str = ":message-type";
const EVENT: &str = ":event-type";
const CONTENT: &str = ":content-type";

type Items<T> = Pin<Box<dyn Stream<Item = Result<T, AwsError>> + Send>>;

/// Events of one type, as a service gives and takes them. An error is the last of them.
pub struct EventStream<T>(Items<T>);

/// The same without their type, to be written.
pub struct Events(Items<Box<dyn Shape>>);

/// The same of a request, to be read.
#[derive(Debug)]
pub struct Given {
    arriving: Arriving,
    coding: Coding,
    kinds: &'static [Member],
}

impl<T> EventStream<T> {
    /// The events that a stream gives.
    pub fn new(events: impl Stream<Item = Result<T, AwsError>> + Send + 'static) -> Self {
        Self(Box::pin(events))
    }

    /// The next event; none at the end.
    pub async fn next(&mut self) -> Option<Result<T, AwsError>> {
        self.0.next().await
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<T, AwsError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl<T: Send + 'static> Default for EventStream<T> {
    fn default() -> Self {
        Self::new(stream::empty())
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream(…)")
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events(…)")
    }
}

impl<T: Shape> From<EventStream<T>> for Events {
    fn from(events: EventStream<T>) -> Self {
        Self(Box::pin(events.0.map(|event| event.map(|event| Box::new(event) as Box<dyn Shape>))))
    }
}

impl Given {
    /// The events as an operation reads them.
    pub(crate) fn typed<T: Shape + Default>(self) -> EventStream<T> {
        EventStream::new(stream::try_unfold(self, |mut given| async move {
            loop {
                let Some(message) = given.arriving.next().await? else { return Ok(None) };
                // What a client sends before its events where nobody asked for it, and events that are not known, count for nothing.
                let mut made = T::default();
                if event(given.coding, &message, given.kinds, &mut made)? {
                    return Ok(Some((made, given)));
                }
            }
        }))
    }
}

/// How the documents within messages are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coding {
    pub(crate) model: &'static ServiceModel,
    pub(crate) protocol: Protocol,
}

impl Coding {
    const fn media_type(self) -> &'static str {
        match self.protocol {
            Protocol::RestXml | Protocol::Query => "application/xml",
            Protocol::Cbor => "application/cbor",
            Protocol::Json10 => "application/x-amz-json-1.0",
            Protocol::Json11 => "application/x-amz-json-1.1",
            Protocol::RestJson => "application/json",
        }
    }

    fn print(self, value: Value<'_>, schema: &Schema) -> Result<Vec<u8>, AwsError> {
        // One event at a time, which its service holds already.
        let room = Room::unlimited();
        match self.protocol {
            Protocol::RestXml | Protocol::Query => {
                let mut writer = Writer::new(&room);
                writer.open(schema.name, self.model.xml_namespace);
                writer.members(value, schema);
                writer.close(schema.name);
                writer.finish()
            }
            Protocol::Cbor => cbor::print(value, schema, &room),
            _ => json::print(value, schema, Dialect::Rpc, &room),
        }
    }

    fn parse(self, bytes: &Bytes, schema: &'static Schema, slot: Slot<'_>) -> Result<bool, AwsError> {
        match self.protocol {
            Protocol::RestXml | Protocol::Query => {
                xml::parse(bytes, slot.room())?.read(schema, slot).map(|()| true)
            }
            Protocol::Cbor => cbor::parse(bytes, schema, slot),
            _ => json::parse(bytes, schema, Dialect::Rpc, slot),
        }
    }
}

/// The body of an answer: what comes first where the protocol has no other place for it, then the events.
pub(crate) fn answer(
    coding: Coding,
    output: &mut dyn Shape,
    schema: &'static Schema,
    place: usize,
) -> Result<Body, AwsError> {
    let Some(Taken::Events(Events(events))) = output.member(place).and_then(Shape::take) else {
        return Err(AwsError::internal("an answer of events has none"));
    };
    let first = if is_rpc(coding.protocol) {
        let payload = coding.print(output.value(), schema)?.into();
        let message = Message { payload, ..Message::default() };
        let message = message.with(KIND, "event").with(EVENT, "initial-response");
        Some(message.with(CONTENT, coding.media_type()).encode())
    } else {
        None
    };
    let Some(Kind::Events { events: kinds, exceptions }) =
        schema.members().get(place).map(|it| it.schema.kind)
    else {
        return Err(AwsError::internal("an answer of events has none"));
    };
    let messages = stream::unfold(Some(events), move |events| async move {
        let mut events = events?;
        match events.next().await? {
            Ok(event) => Some((
                message(coding, event.value(), kinds).and_then(|message| message.encode()),
                Some(events),
            )),
            // An error ends the stream, in a way that clients can read.
            Err(error) => Some((failure(coding, &error, exceptions).encode(), None)),
        }
    });
    Ok(Body::from_stream(stream::iter(first).chain(messages), None))
}

/// Whether a protocol has no place but the body, so that a stream's first message is the rest of the document.
pub(crate) const fn is_rpc(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Json10 | Protocol::Json11 | Protocol::Cbor)
}

fn message(coding: Coding, event: Value<'_>, kinds: &'static [Member]) -> Result<Message, AwsError> {
    let Value::Variant(place, event) = event else { return Err(mismatch("an event")) };
    let event = event.value();
    let kind = kinds.get(place).ok_or_else(|| mismatch("an event"))?;
    let mut message = Message::default().with(KIND, "event").with(EVENT, kind.name);
    let mut payload = None;
    for (member, value) in kind.schema.members().iter().zip(event.members()) {
        match member.location {
            Location::EventHeader if !value.is_null() => {
                message.headers.push((member.wire.to_owned(), to_header(value)?));
            }
            Location::EventPayload => payload = Some((member, value)),
            _ => {}
        }
    }
    let (media_type, bytes) = match payload {
        Some((_, Value::Blob(bytes))) => ("application/octet-stream", bytes.clone()),
        Some((_, Value::String(text))) => ("text/plain", Bytes::copy_from_slice(text.as_bytes())),
        Some((_, Value::Null)) => return Ok(message),
        Some((member, value)) => (coding.media_type(), coding.print(value, member.schema)?.into()),
        // AWS: an event without a document of its own has an empty message.
        None if has_no_document(kind.schema) => return Ok(message),
        None => (coding.media_type(), coding.print(event, kind.schema)?.into()),
    };
    message.payload = bytes;
    Ok(message.with(CONTENT, media_type))
}

fn has_no_document(schema: &Schema) -> bool {
    schema.members().iter().all(|member| member.location == Location::EventHeader)
}

fn to_header(value: Value<'_>) -> Result<HeaderValue, AwsError> {
    Ok(match value {
        Value::Boolean(truth) => HeaderValue::Boolean(truth),
        Value::Integer(number) => HeaderValue::Integer(number),
        Value::Blob(bytes) => HeaderValue::Blob(bytes.clone()),
        Value::String(text) => HeaderValue::String(text.to_owned()),
        Value::Timestamp(moment) => HeaderValue::Timestamp(moment),
        _ => return Err(mismatch("a header of an event")),
    })
}

fn from_header<'h>(value: &'h HeaderValue, schema: &Schema) -> Result<shape::Given<'h>, AwsError> {
    Ok(match (value, schema.kind) {
        (HeaderValue::Boolean(truth), Kind::Boolean) => shape::Given::Boolean(*truth),
        (HeaderValue::Integer(number), Kind::Integer) => shape::Given::Integer(*number),
        (HeaderValue::Blob(bytes), Kind::Blob) => shape::Given::Blob(bytes.clone()),
        (HeaderValue::String(text), Kind::String(_)) => shape::Given::Text(text.into()),
        (HeaderValue::Timestamp(moment), Kind::Timestamp(_)) => shape::Given::Timestamp(*moment),
        _ => return Err(mismatch(schema.name)),
    })
}

/// How a stream says that it ends with an error.
fn failure(coding: Coding, error: &AwsError, exceptions: &[&str]) -> Message {
    if !exceptions.contains(&error.code()) {
        let message = Message::default().with(KIND, "error").with(":error-code", error.code());
        return message.with(":error-message", error.message());
    }
    let name = coding.model.error(error.code()).map_or("message", |fact| fact.message);
    let payload = match coding.protocol {
        Protocol::Cbor => cbor::texts([(name, error.message())].into_iter()),
        Protocol::RestXml | Protocol::Query => {
            let room = Room::unlimited();
            let mut writer = Writer::new(&room);
            writer.open(error.code(), "");
            writer.element(name, error.message());
            writer.close(error.code());
            writer.finish().unwrap_or_default()
        }
        _ => {
            let mut document = serde_json::Map::from_iter([(name.to_owned(), error.message().into())]);
            document.extend(error.members().clone());
            serde_json::Value::from(document).to_string().into_bytes()
        }
    };
    let message = Message { payload: payload.into(), ..Message::default() };
    let message = message.with(KIND, "exception").with(":exception-type", error.code());
    message.with(CONTENT, coding.media_type())
}

/// A request's messages as they come, opened where they are signed.
#[derive(Debug)]
pub(crate) struct Arriving {
    messages: Messages,
    signer: Option<Verified>,
    ended: bool,
}

impl Arriving {
    pub(crate) fn of(body: Body, signer: Option<Verified>) -> Self {
        Self { messages: Messages::of(body), signer, ended: false }
    }

    async fn next(&mut self) -> Result<Option<Message>, AwsError> {
        if self.ended {
            return Ok(None);
        }
        let message = self.messages.next().await?;
        let opened = match (&mut self.signer, message) {
            (Some(signer), Some(outer)) => signed::opened(&outer, signer)?,
            // A stream whose end is not signed may have been cut.
            (Some(_), None) => return Err(frame::malformed("the end of the stream is not signed")),
            (None, message) => message,
        };
        self.ended = opened.is_none();
        Ok(opened)
    }

    /// The document that comes before the events, in RPC protocols.
    pub(crate) async fn first(&mut self) -> Result<Bytes, AwsError> {
        let first = self.next().await?;
        let first = first.filter(|message| message.text(EVENT) == Some("initial-request"));
        first.map(|message| message.payload).ok_or_else(|| {
            let message = "The first message of the stream must be of the type initial-request";
            AwsError::new("SerializationException", message)
        })
    }

    /// The events, to be read by an operation.
    pub(crate) fn events(self, coding: Coding, kinds: &'static [Member]) -> Given {
        Given { arriving: self, coding, kinds }
    }
}

/// Reads an event; says whether it is one that is known.
fn event(
    coding: Coding,
    message: &Message,
    kinds: &'static [Member],
    into: &mut dyn Shape,
) -> Result<bool, AwsError> {
    match message.text(KIND) {
        Some("event") => {}
        Some("error") => {
            let text = |name| message.text(name).unwrap_or_default().to_owned();
            return Err(AwsError::new(text(":error-code"), text(":error-message")));
        }
        _ => return Err(frame::malformed("it is no event")),
    }
    let named = |(_, kind): &(usize, &Member)| message.text(EVENT) == Some(kind.name);
    let Some((place, kind)) = kinds.iter().enumerate().find(named) else { return Ok(false) };
    let room = Room::unlimited().with_unions(coding.model.wrong_union);
    let reading = Reading::new(&room);
    let mut whole = reading.slot(into);
    read_event(coding, message, kind.schema, whole.variant(place))?;
    // An event has no constraints that are told of together.
    reading.misfits().within(place).refuse(kind.schema)?;
    Ok(true)
}

fn read_event(
    coding: Coding,
    message: &Message,
    schema: &'static Schema,
    slot: Slot<'_>,
) -> Result<(), AwsError> {
    let mut slot = slot.begin()?;
    let members = schema.members();
    let has_payload = members.iter().any(|member| member.location == Location::EventPayload);
    let has_document = !has_payload && !message.payload.is_empty();
    if has_document && !coding.parse(&message.payload, schema, slot.again())? {
        return Err(mismatch(schema.name));
    }
    let mut present = Places::default();
    for (place, member) in members.iter().enumerate() {
        let inner = slot.member(place)?;
        let there = match member.location {
            Location::EventHeader => match message.header(member.wire) {
                Some(value) => inner.set(from_header(value, member.schema)?).map(|()| true)?,
                None => false,
            },
            Location::EventPayload => payload_of(coding, &message.payload, member.schema, inner)?,
            _ => has_document,
        };
        present.mark(place, there);
    }
    slot.lacks_members(members, &present, |_| true);
    Ok(())
}

fn payload_of(
    coding: Coding,
    payload: &Bytes,
    schema: &'static Schema,
    slot: Slot<'_>,
) -> Result<bool, AwsError> {
    let given = match schema.kind {
        Kind::Blob => shape::Given::Blob(payload.clone()),
        Kind::String(_) => {
            let text = std::str::from_utf8(payload).map_err(|_| frame::malformed("its text is not UTF-8"))?;
            shape::Given::Text(text.into())
        }
        _ if payload.is_empty() => return Ok(false),
        _ => return coding.parse(payload, schema, slot),
    };
    slot.set(given)?;
    Ok(true)
}
