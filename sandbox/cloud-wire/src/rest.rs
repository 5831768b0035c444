//! The REST protocols' places: path, query, headers, status, payload.

use bytes::Bytes;
use cloud_core::AwsError;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::body::Body;
use crate::head::Head;
use crate::json::Dialect;
use crate::model::{Operation, Protocol};
use crate::protocol::Content;
use crate::room::{self, Room};
use crate::schema::{Kind, Location, Member, TimestampFormat};
use crate::value::Value;
use crate::{json, percent, scalar, xml};

/// What a path template's labels matched, decoded.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// A path template, taken apart once.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    segments: Vec<Segment>,
    /// Query parameters that must be there, with that value unless it is empty.
    pub selectors: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
    Greedy(&'static str),
}

impl Template {
    /// Reads `/{Bucket}/{Key+}?uploads`.
    pub(crate) fn of(uri: &'static str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let segments = path.split('/').filter(|part| !part.is_empty()).map(Segment::of).collect();
        let pairs = query.split('&').filter(|part| !part.is_empty());
        Self { segments, selectors: pairs.map(|part| part.split_once('=').unwrap_or((part, ""))).collect() }
    }

    /// The labels' values if the path is of this form. A slash at the end counts for nothing.
    pub(crate) fn path(&self, path: &str) -> Option<Labels> {
        let path = path.strip_prefix('/')?;
        let mut rest = Some(path).filter(|path| !path.is_empty());
        let mut labels = Labels::new();
        for segment in &self.segments {
            let whole = rest?;
            let (part, after) =
                whole.split_once('/').map_or((whole, None), |(part, after)| (part, Some(after)));
            match segment {
                Segment::Greedy(name) => {
                    labels.push((name, percent::decode(whole)?));
                    return (!whole.is_empty()).then_some(labels);
                }
                Segment::Label(name) if !part.is_empty() => labels.push((name, percent::decode(part)?)),
                Segment::Literal(literal) if percent::decode(part)? == *literal => {}
                _ => return None,
            }
            rest = after;
        }
        rest.is_none_or(str::is_empty).then_some(labels)
    }

    /// How many literal segments there are: `/a/b` goes before `/a/{x}`.
    pub(crate) fn literals(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count()
    }
}

impl Segment {
    fn of(part: &'static str) -> Self {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => Self::Literal(part),
            Some(name) => name.strip_suffix('+').map_or(Self::Label(name), Self::Greedy),
        }
    }
}

/// Reads an operation's input. A streaming payload comes as `body`; everything else was collected into `document`.
pub(crate) fn decode(
    protocol: Protocol,
    operation: &Operation,
    head: &Head,
    content: Content,
    room: &Room,
) -> Result<Value, AwsError> {
    let Content { labels, document, stream: mut body, .. } = content;
    let schema = operation.input;
    let mut values = if schema.payload().is_some() || document.is_empty() {
        schema.members().iter().map(|_| Value::Null).collect()
    } else {
        match protocol {
            Protocol::RestXml => into_members(xml::parse(&document, room)?.read(schema, room)?),
            _ => into_members(json::parse(&document, schema, Dialect::Wire, room)?),
        }
    };
    for (member, slot) in schema.members().iter().zip(&mut values) {
        match member.location {
            Location::Body | Location::Status | Location::EventHeader | Location::EventPayload => {}
            Location::Payload if matches!(member.schema.kind, Kind::Events { .. }) => {}
            Location::Payload => *slot = payload(protocol, member, &document, body.take(), room)?,
            Location::Uri => {
                let label = labels.iter().find(|(name, _)| *name == member.wire);
                *slot = label.map_or(Ok(Value::Null), |(_, text)| scalar::parse(text, member.schema))?;
            }
            Location::Query => *slot = from_query(protocol, head, schema.members(), member, room)?,
            Location::Header => *slot = from_header(&head.headers, member)?,
            Location::Headers => *slot = from_prefix(&head.headers, member.wire),
        }
    }
    Ok(Value::Structure(values))
}

fn into_members(value: Value) -> Vec<Value> {
    match value {
        Value::Structure(values) => values,
        _ => Vec::new(),
    }
}

fn payload(
    protocol: Protocol,
    member: &Member,
    document: &Bytes,
    body: Option<Body>,
    room: &Room,
) -> Result<Value, AwsError> {
    match member.schema.kind {
        Kind::Blob if member.streaming => {
            Ok(Value::Body(Box::new(body.unwrap_or_else(|| document.clone().into()))))
        }
        Kind::Blob => Ok(Value::Blob(document.clone())),
        _ if document.is_empty() => Ok(Value::Null),
        Kind::String(_) => match std::str::from_utf8(document) {
            Ok(text) => {
                room.take(text.len())?;
                Ok(Value::String(text.to_owned()))
            }
            Err(_) => Err(AwsError::new("SerializationException", "The body is not UTF-8")),
        },
        _ if protocol == Protocol::RestXml => xml::parse(document, room)?.read(member.schema, room),
        _ => json::parse(document, member.schema, Dialect::Wire, room),
    }
}

fn from_query(
    protocol: Protocol,
    head: &Head,
    members: &'static [Member],
    member: &Member,
    room: &Room,
) -> Result<Value, AwsError> {
    // However many of them are this member's.
    room.take(head.query.len() * room::PAIR + 2 * head.raw_query.len())?;
    let values = head.query.iter().filter(|(key, _)| key == member.wire).map(|(_, value)| value.as_str());
    match member.schema.kind {
        Kind::List { element, .. } => {
            let elements = values.map(|text| scalar::parse(text, element)).collect::<Result<Vec<_>, _>>()?;
            Ok(if elements.is_empty() { Value::Null } else { Value::List(elements) })
        }
        Kind::Map { value, .. } => {
            let taken = |key: &str| {
                members.iter().any(|other| {
                    other.location == Location::Query
                        && other.wire == key
                        && !matches!(other.schema.kind, Kind::Map { .. })
                })
            };
            let mut entries: Vec<(String, Value)> = Vec::new();
            for (key, text) in head.query.iter().filter(|(key, _)| !taken(key) && !key.starts_with("X-Amz-"))
            {
                match value.kind {
                    Kind::List { element, .. } => {
                        let parsed = scalar::parse(text, element)?;
                        match entries.iter_mut().find(|(present, _)| present == key) {
                            Some((_, Value::List(list))) => list.push(parsed),
                            _ => entries.push((key.clone(), Value::List(vec![parsed]))),
                        }
                    }
                    _ => entries.push((key.clone(), scalar::parse(text, value)?)),
                }
            }
            Ok(Value::Map(entries))
        }
        _ => values.map(|text| single(protocol, text, member)).next().unwrap_or(Ok(Value::Null)),
    }
}

/// The one value of a parameter.
// AWS: S3 takes an empty number for none, knows numbers of 32 bits, and names what is not one.
fn single(protocol: Protocol, text: &str, member: &Member) -> Result<Value, AwsError> {
    match member.schema.kind {
        Kind::Integer if protocol == Protocol::RestXml && member.location == Location::Query => {
            let text = text.trim();
            if text.is_empty() {
                return Ok(Value::Null);
            }
            let number = text.parse::<i32>().map_err(|_| {
                let message = format!("Provided {} not an integer or within integer range", member.wire);
                AwsError::new("InvalidArgument", message)
                    .with("ArgumentName", member.wire)
                    .with("ArgumentValue", text)
            })?;
            Ok(Value::Integer(number.into()))
        }
        _ => scalar::parse(text, member.schema),
    }
}

fn from_header(headers: &HeaderMap, member: &Member) -> Result<Value, AwsError> {
    let Some(value) = headers.get(member.wire) else { return Ok(Value::Null) };
    let text = std::str::from_utf8(value.as_bytes())
        .map_err(|_| AwsError::new("InvalidArgument", format!("The header {} is not UTF-8", member.wire)))?;
    match member.schema.kind {
        Kind::List { element, .. } => {
            let elements = text.split(',').map(|part| scalar::parse(part.trim(), element));
            elements.collect::<Result<_, _>>().map(Value::List)
        }
        _ => scalar::parse(text, member.schema),
    }
}

fn from_prefix(headers: &HeaderMap, prefix: &str) -> Value {
    let entries = headers.iter().filter_map(|(name, value)| {
        let key = name.as_str().get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
        let rest = key.and_then(|_| name.as_str().get(prefix.len()..))?;
        Some((rest.to_owned(), Value::String(std::str::from_utf8(value.as_bytes()).ok()?.to_owned())))
    });
    let entries: Vec<_> = entries.collect();
    if entries.is_empty() { Value::Null } else { Value::Map(entries) }
}

/// Puts an output's members that travel in headers and status where they belong.
pub(crate) fn place(
    output: &Operation,
    value: &Value,
    headers: &mut HeaderMap,
    status: &mut u16,
) -> Result<(), AwsError> {
    for (member, value) in output.output.members().iter().zip(value.members()) {
        match (member.location, value) {
            (_, Value::Null) => {}
            (Location::Status, Value::Integer(code)) => *status = u16::try_from(*code).unwrap_or(*status),
            (Location::Header, _) => {
                if let Some(text) = header_text(member, value) {
                    insert(headers, member.wire, &text)?;
                }
            }
            (Location::Headers, Value::Map(entries)) => {
                for (key, value) in entries {
                    insert(headers, &format!("{}{key}", member.wire), value.as_str().unwrap_or_default())?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn header_text(member: &Member, value: &Value) -> Option<String> {
    let format = member.format.unwrap_or(TimestampFormat::Rfc822);
    if let (Value::List(elements), Kind::List { element, .. }) = (value, member.schema.kind) {
        let parts: Vec<_> =
            elements.iter().filter_map(|value| scalar::print(value, element, format)).collect();
        return Some(parts.join(","));
    }
    scalar::print(value, member.schema, format)
}

fn insert(headers: &mut HeaderMap, name: &str, text: &str) -> Result<(), AwsError> {
    // Names and values can be the caller's own: metadata, and what a query asks an answer's headers to be.
    let refused = || {
        // AWS: the text of S3, whose answers are the only ones that callers may shape so.
        AwsError::new("InvalidArgument", "Header value cannot be represented using ISO-8859-1.").status(400)
    };
    let name = HeaderName::try_from(name).map_err(|_| refused())?;
    let value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| refused())?;
    headers.insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_s_text_that_is_no_header_is_his_fault() {
        let mut headers = HeaderMap::new();
        for (name, text) in [
            ("content-disposition", "a\r\nset-cookie: b"),
            ("content-disposition", "a\0"),
            ("x-amz-meta-a b", "1"),
            ("x-amz-meta-\r\n", "1"),
        ] {
            let refused = insert(&mut headers, name, text);
            assert!(refused.is_err_and(|error| error.http_status() == 400), "{name}: {text}");
        }
        assert!(headers.is_empty());
    }

    fn check(uri: &'static str, path: &str, expected: Option<&[&str]>) {
        let labels = Template::of(uri).path(path);
        let seen =
            labels.as_ref().map(|labels| labels.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>());
        assert_eq!(seen.as_deref(), expected, "{uri} {path}");
    }

    #[test]
    fn paths_match_their_templates() {
        check("/", "/", Some(&[]));
        check("/", "/a", None);
        check("/2015-03-31/functions/", "/2015-03-31/functions", Some(&[]));
        check("/functions/{Name}", "/functions/arn%3Aaws%3Alambda%3Ax", Some(&["arn:aws:lambda:x"]));
        check("/functions/{Name}", "/functions/a%2Fb", Some(&["a/b"]));
        check("/functions/{Name}", "/functions//", None);
        check("/functions/{Name}/code", "/functions/a", None);
        check("/{Bucket}", "/b/", Some(&["b"]));
        check("/{Bucket}/{Key+}", "/b/", None);
        check("/{Bucket}/{Key+}", "/b/a//c/../d%20e/", Some(&["b", "a//c/../d e/"]));
        check("/{Bucket}/{Key+}", "/b//x", Some(&["b", "/x"]));
        check("/{Bucket}/{Key+}", "/b/%ff", None);
    }
}
