//! The five protocols as two functions: a request's body into an input, an outcome into a response.

use bytes::Bytes;
use cloud_core::{AwsError, Fault, RequestId};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::body::Body;
use crate::head::Head;
use crate::model::{Operation, Protocol, ServiceModel};
use crate::query::Parameters;
use crate::rest::{self, Labels};
use crate::room::Room;
use crate::schema::{Kind, Location, Member, TimestampFormat};
use crate::shape::UNIT;
use crate::value::Value;
use crate::xml::Writer;
use crate::{json, scalar};

/// What came with a request besides its head.
pub(crate) struct Content {
    /// What the path's labels matched.
    pub labels: Labels,
    /// The body, where it was collected.
    pub document: Bytes,
    /// The body, where it was not.
    pub stream: Option<Body>,
    /// The parameters of the query protocol.
    pub parameters: Parameters,
}

/// Reads an operation's input.
pub(crate) fn decode(
    model: &ServiceModel,
    operation: &Operation,
    head: &Head,
    content: Content,
    memory: &Room,
) -> Result<Value, AwsError> {
    match model.protocol {
        Protocol::Query => content.parameters.read(operation.input, memory),
        Protocol::Json10 | Protocol::Json11 if content.document.is_empty() => {
            json::parse(b"{}", operation.input, memory)
        }
        Protocol::Json10 | Protocol::Json11 => json::parse(&content.document, operation.input, memory),
        protocol => rest::decode(protocol, operation, head, content, memory),
    }
}

/// Writes an operation's output.
pub(crate) fn encode(
    model: &ServiceModel,
    operation: &Operation,
    root: Option<&'static str>,
    output: Value,
    id: &RequestId,
    memory: &Room,
) -> Result<Response<Body>, AwsError> {
    let mut headers = HeaderMap::new();
    let mut status = operation.status;
    let body = match model.protocol {
        Protocol::Json10 | Protocol::Json11 => {
            content_type(&mut headers, media_type(model.protocol));
            // AWS: an operation without output answers an empty body.
            if std::ptr::eq(operation.output, &raw const UNIT) {
                Body::default()
            } else {
                Bytes::from(json::print(&output, operation.output, memory)?).into()
            }
        }
        Protocol::Query => {
            content_type(&mut headers, media_type(model.protocol));
            Bytes::from(query_output(model, operation, &output, id, memory)?).into()
        }
        Protocol::RestJson | Protocol::RestXml => {
            rest::place(operation, &output, &mut headers, &mut status)?;
            rest_body(model, operation, root, output, &mut headers, memory)?
        }
    };
    Ok(respond(status, headers, body, id))
}

fn query_output(
    model: &ServiceModel,
    operation: &Operation,
    output: &Value,
    id: &RequestId,
    memory: &Room,
) -> Result<Vec<u8>, AwsError> {
    let (outer, inner) = (format!("{}Response", operation.name), format!("{}Result", operation.name));
    let mut writer = Writer::new(memory);
    writer.open(&outer, model.xml_namespace);
    if !std::ptr::eq(operation.output, &raw const UNIT) {
        writer.open(&inner, "");
        writer.members(output, operation.output);
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
    model: &ServiceModel,
    operation: &Operation,
    root: Option<&'static str>,
    output: Value,
    headers: &mut HeaderMap,
    memory: &Room,
) -> Result<Body, AwsError> {
    let schema = operation.output;
    let Some((index, member)) = schema.payload() else {
        let has_document = schema.members().iter().any(|member| member.location == Location::Body);
        if !has_document {
            return Ok(Body::default());
        }
        content_type(headers, media_type(model.protocol));
        let bytes = match model.protocol {
            Protocol::RestXml => {
                xml_document(model, root.unwrap_or(schema.name), &output, schema.members(), memory)?
            }
            _ => json::print(&output, schema, memory)?,
        };
        return Ok(Bytes::from(bytes).into());
    };
    let value = match output {
        Value::Structure(values) => values.into_iter().nth(index).unwrap_or_default(),
        _ => Value::Null,
    };
    Ok(match value {
        Value::Null => Body::default(),
        Value::Body(body) => *body,
        Value::Blob(bytes) => bytes.into(),
        Value::String(text) => Bytes::from(text).into(),
        value => {
            content_type(headers, media_type(model.protocol));
            match model.protocol {
                Protocol::RestXml => {
                    let mut writer = Writer::document(memory);
                    let namespace = member.namespace.unwrap_or(("", model.xml_namespace));
                    let place =
                        Member { namespace: (!namespace.1.is_empty()).then_some(namespace), ..*member };
                    writer.value(root.unwrap_or(member.wire), member.schema, &value, &place);
                    Bytes::from(writer.finish()?).into()
                }
                _ => Bytes::from(json::print(&value, member.schema, memory)?).into(),
            }
        }
    })
}

fn xml_document(
    model: &ServiceModel,
    root: &str,
    output: &Value,
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
    let body = match protocol {
        Protocol::Query => query_error(model.map_or("", |model| model.xml_namespace), error, id),
        Protocol::RestXml => s3_error(error, id),
        _ => {
            let message =
                model.and_then(|model| model.error(error.code())).map_or("message", |fact| fact.message);
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

fn query_error(namespace: &str, error: &AwsError, id: &RequestId) -> Vec<u8> {
    let memory = Room::unlimited();
    let mut writer = Writer::new(&memory);
    writer.open("ErrorResponse", namespace);
    writer.open("Error", "");
    writer.element("Type", if error.fault() == Fault::Sender { "Sender" } else { "Receiver" });
    writer.element("Code", error.code());
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
