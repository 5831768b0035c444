//! The six protocols as two functions: a request's body into an input, an outcome into a response.

use bytes::Bytes;
use cloud_core::{AwsError, Fault, RequestId};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::body::Body;
use crate::event_stream::{Arriving, Coding};
use crate::head::Head;
use crate::input::Input;
use crate::json::Dialect;
use crate::model::{Operation, Protocol, ServiceModel};
use crate::query::Parameters;
use crate::rest::{self, Labels};
use crate::room::Room;
use crate::schema::{Kind, Location, Member, TimestampFormat};
use crate::shape::{Given, Shape, Taken, UNIT};
use crate::slot::{Places, Reading};
use crate::value::Value;
use crate::xml::Writer;
use crate::{cbor, event_stream, json, scalar};

/// What came with a request besides its head.
pub(crate) struct Content {
    /// What the path's labels matched.
    pub labels: Labels,
    /// The body, where it was collected.
    pub document: Bytes,
    /// The body, where it was not.
    pub stream: Option<Body>,
    /// The same, where it is one of events.
    pub events: Option<Arriving>,
    /// The parameters of the query protocol.
    pub parameters: Parameters,
}

/// Reads an operation's input.
pub(crate) fn decode(
    coding: Coding,
    operation: &Operation,
    head: &Head,
    mut content: Content,
    memory: &Room,
) -> Result<Input, AwsError> {
    let (events, mut shape, schema) = (content.events.take(), (operation.blank)(), operation.input);
    let reading = Reading::new(memory);
    let mut slot = reading.slot(&mut *shape);
    let there = match coding.protocol {
        Protocol::Query => content.parameters.read(schema, slot.again()).map(|()| true)?,
        // An empty body is an input without members.
        Protocol::Json10 | Protocol::Json11 | Protocol::Cbor if content.document.is_empty() => false,
        Protocol::Json10 | Protocol::Json11 => {
            json::parse(&content.document, schema, Dialect::Rpc, slot.again())?
        }
        Protocol::Cbor => cbor::parse(&content.document, schema, slot.again())?,
        protocol => rest::decode(protocol, operation, head, content, slot.again()).map(|()| true)?,
    };
    if !there {
        slot.lacks_members(schema.members(), &Places::default(), |_| true);
    }
    if let (Some(arriving), Some((place, member))) = (events, schema.events_member()) {
        let events = Given::Events(Box::new(arriving.events(coding, member.schema.variants())));
        slot.member(place)?.set(events)?;
    }
    let misfits = reading.misfits();
    Ok(Input::read(shape, misfits))
}

/// Writes an operation's output.
pub(crate) fn encode(
    coding: Coding,
    operation: &Operation,
    mut output: Box<dyn Shape>,
    id: &RequestId,
    memory: &Room,
) -> Result<Response<Body>, AwsError> {
    let Coding { model, protocol } = coding;
    let mut headers = HeaderMap::new();
    // AWS: the RPC protocols know no other status of success.
    let is_rest = matches!(protocol, Protocol::RestJson | Protocol::RestXml);
    let mut status = if is_rest { operation.status } else { 200 };
    say_protocol(&mut headers, protocol);
    if let Some((place, _)) = operation.output.events_member() {
        if is_rest {
            rest::place(operation, output.value(), &mut headers, &mut status)?;
        }
        content_type(&mut headers, event_stream::MEDIA_TYPE);
        let body = event_stream::answer(coding, &mut *output, operation.output, place)?;
        return Ok(respond(status, headers, body, id));
    }
    let body = match protocol {
        Protocol::Cbor if std::ptr::eq(operation.output, &raw const UNIT) => Body::default(),
        Protocol::Cbor => {
            content_type(&mut headers, media_type(protocol));
            Bytes::from(cbor::print(output.value(), operation.output, memory)?).into()
        }
        Protocol::Json10 | Protocol::Json11 => {
            content_type(&mut headers, media_type(protocol));
            // AWS: an operation without output answers an empty body.
            if std::ptr::eq(operation.output, &raw const UNIT) {
                Body::default()
            } else {
                Bytes::from(json::print(output.value(), operation.output, Dialect::Rpc, memory)?).into()
            }
        }
        Protocol::Query => {
            content_type(&mut headers, media_type(protocol));
            Bytes::from(query_output(model, operation, output.value(), id, memory)?).into()
        }
        Protocol::RestJson | Protocol::RestXml => {
            rest::place(operation, output.value(), &mut headers, &mut status)?;
            rest_body(coding, operation, &mut *output, &mut headers, memory)?
        }
    };
    Ok(respond(status, headers, body, id))
}

fn query_output(
    model: &ServiceModel,
    operation: &Operation,
    output: Value<'_>,
    id: &RequestId,
    memory: &Room,
) -> Result<Vec<u8>, AwsError> {
    let (outer, inner) = (format!("{}Response", operation.name), format!("{}Result", operation.name));
    let mut writer = Writer::new(memory);
    writer.open(&outer, model.xml_namespace);
    if !std::ptr::eq(operation.output, &raw const UNIT) {
        writer.open(&inner, "");
        writer.all_members(output, operation.output);
        writer.close(&inner);
    }
    writer.open("ResponseMetadata", "");
    writer.element("RequestId", id.as_str());
    writer.close("ResponseMetadata");
    writer.close(&outer);
    writer.finish()
}

/// The body of a REST answer: the payload member as it is, else the document of the members that no other place took.
fn rest_body(
    coding: Coding,
    operation: &Operation,
    output: &mut dyn Shape,
    headers: &mut HeaderMap,
    memory: &Room,
) -> Result<Body, AwsError> {
    let (Coding { model, protocol }, schema, root) = (coding, operation.output, operation.root);
    let Some((index, member)) = schema.payload() else {
        let has_document = schema.members().iter().any(|member| member.location == Location::Body);
        if !has_document {
            return Ok(Body::default());
        }
        content_type(headers, media_type(protocol));
        let bytes = match protocol {
            Protocol::RestXml => {
                xml_document(model, root.unwrap_or(schema.name), output.value(), schema.members(), memory)?
            }
            _ => json::print(output.value(), schema, Dialect::Wire, memory)?,
        };
        return Ok(Bytes::from(bytes).into());
    };
    let Some(payload) = output.member(index) else { return Ok(Body::default()) };
    if let Some(Taken::Body(body)) = payload.take() {
        return Ok(body);
    }
    Ok(match payload.value() {
        Value::Null => Body::default(),
        Value::Blob(bytes) => bytes.clone().into(),
        Value::String(text) => Bytes::copy_from_slice(text.as_bytes()).into(),
        value => {
            content_type(headers, media_type(protocol));
            match protocol {
                Protocol::RestXml => {
                    let mut writer = Writer::document(memory);
                    let namespace = member.namespace.unwrap_or(("", model.xml_namespace));
                    let place =
                        Member { namespace: (!namespace.1.is_empty()).then_some(namespace), ..*member };
                    writer.value(root.unwrap_or(member.wire), member.schema, value, &place);
                    Bytes::from(writer.finish()?).into()
                }
                _ => Bytes::from(json::print(value, member.schema, Dialect::Wire, memory)?).into(),
            }
        }
    })
}

fn xml_document(
    model: &ServiceModel,
    root: &str,
    output: Value<'_>,
    members: &'static [Member],
    memory: &Room,
) -> Result<Vec<u8>, AwsError> {
    let mut writer = Writer::document(memory);
    writer.open(root, model.xml_namespace);
    for (member, value) in members.iter().zip(output.members()) {
        if member.location != Location::Body || value.is_null() {
            continue;
        }
        // AWS: GetBucketLocation's root is its only member.
        match (member.wire == root, scalar::print(value, member.schema, TimestampFormat::Iso8601)) {
            (true, Some(text)) => writer.text(&text),
            _ => writer.member(member, value),
        }
    }
    writer.close(root);
    writer.finish()
}

const fn media_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Json10 => "application/x-amz-json-1.0",
        Protocol::Json11 => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
        Protocol::Query => "text/xml",
        Protocol::RestXml => "application/xml",
        Protocol::Cbor => "application/cbor",
    }
}

/// AWS: an answer of `rpc-v2-cbor` says that it is one.
fn say_protocol(headers: &mut HeaderMap, protocol: Protocol) {
    if protocol == Protocol::Cbor {
        headers.insert(HeaderName::from_static("smithy-protocol"), HeaderValue::from_static("rpc-v2-cbor"));
    }
}

fn content_type(headers: &mut HeaderMap, media_type: &'static str) {
    if !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
}

/// Writes an error in the protocol's form.
pub(crate) fn encode_error(
    protocol: Protocol,
    model: Option<&ServiceModel>,
    error: &AwsError,
    id: &RequestId,
) -> Response<Body> {
    let mut headers = HeaderMap::new();
    content_type(&mut headers, media_type(protocol));
    say_protocol(&mut headers, protocol);
    let fact = model.and_then(|model| model.error(error.code()));
    let in_query = fact.and_then(|fact| fact.query).unwrap_or(error.code());
    let is_rpc = event_stream::is_rpc(protocol);
    if is_rpc && model.is_some_and(|model| model.query_compatible) {
        // AWS: clients of the newer protocols go on naming errors as the query protocol did.
        if let Ok(code) = HeaderValue::from_str(&format!("{in_query};{}", whose(error))) {
            headers.insert(HeaderName::from_static("x-amzn-query-error"), code);
        }
    }
    let message = fact.map_or("message", |fact| fact.message);
    let body = match protocol {
        Protocol::Query => query_error(model.map_or("", |model| model.xml_namespace), in_query, error, id),
        Protocol::Cbor => {
            // AWS: a shape's whole name; clients read what comes behind the `#`.
            let kind = format!("com.amazonaws.{}#{}", model.map_or("", |model| model.id), error.code());
            let texts =
                error.members().iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
            let mut members = vec![("__type", kind.as_str()), (message, error.message())];
            members.extend(texts);
            cbor::texts(members.into_iter())
        }
        Protocol::RestXml => s3_error(error, id),
        _ => {
            if protocol == Protocol::RestJson
                && let Ok(code) = HeaderValue::from_str(error.code())
            {
                headers.insert(HeaderName::from_static("x-amzn-errortype"), code);
            }
            json_error(protocol, error, message)
        }
    };
    for (name, value) in error.headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    respond(error.http_status(), headers, Bytes::from(body).into(), id)
}

fn json_error(protocol: Protocol, error: &AwsError, message: &str) -> Vec<u8> {
    let mut document = serde_json::Map::new();
    if protocol != Protocol::RestJson {
        document.insert("__type".into(), error.code().into());
    }
    document.insert(message.into(), error.message().into());
    document.extend(error.members().clone());
    serde_json::to_vec(&document).unwrap_or_default()
}

/// Whose mistake it was, in the query protocol's words.
fn whose(error: &AwsError) -> &'static str {
    if error.fault() == Fault::Sender { "Sender" } else { "Receiver" }
}

fn query_error(namespace: &str, code: &str, error: &AwsError, id: &RequestId) -> Vec<u8> {
    let memory = Room::unlimited();
    let mut writer = Writer::new(&memory);
    writer.open("ErrorResponse", namespace);
    writer.open("Error", "");
    writer.element("Type", whose(error));
    writer.element("Code", code);
    writer.element("Message", error.message());
    writer.close("Error");
    writer.element("RequestId", id.as_str());
    writer.close("ErrorResponse");
    writer.finish().unwrap_or_default()
}

/// S3's second id of a request, made of the first.
fn host_id(id: &RequestId) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(id.as_str())
}

/// A document of texts.
pub(crate) fn document(root: &str, members: &[(&'static str, String)]) -> Bytes {
    let memory = Room::unlimited();
    let mut writer = Writer::document(&memory);
    writer.open(root, "");
    for (name, text) in members {
        writer.element(name, text);
    }
    writer.close(root);
    writer.finish().unwrap_or_default().into()
}

fn s3_error(error: &AwsError, id: &RequestId) -> Vec<u8> {
    let memory = Room::unlimited();
    let mut writer = Writer::document(&memory);
    writer.open("Error", "");
    writer.element("Code", error.code());
    writer.element("Message", error.message());
    for (name, value) in error.members() {
        writer.element(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned).as_str());
    }
    writer.element("RequestId", id.as_str());
    writer.element("HostId", &host_id(id));
    writer.close("Error");
    writer.finish().unwrap_or_default()
}

pub(crate) fn respond(status: u16, headers: HeaderMap, body: Body, id: &RequestId) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    // AWS: S3 answers a range with 206; its model knows one success status only.
    if status == 200 && response.headers().contains_key(CONTENT_RANGE) {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    if matches!(status, 204 | 304) {
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().remove(CONTENT_TYPE);
        *response.body_mut() = Body::default();
    }
    for name in ["x-amzn-requestid", "x-amz-request-id"] {
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Whether an operation's body is passed on as it comes.
pub(crate) fn streams(operation: &Operation) -> bool {
    operation
        .input
        .payload()
        .is_some_and(|(_, member)| member.streaming && matches!(member.schema.kind, Kind::Blob))
}
