//! The REST protocols' places: path, query, headers, status, payload.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use cloud_core::AwsError;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::body::Body;
use crate::head::Head;
use crate::json::Dialect;
use crate::model::{Operation, Protocol};
use crate::protocol::Content;
use crate::room;
use crate::schema::{Kind, Location, Member, Schema, TimestampFormat};
use crate::shape::Given;
use crate::slot::{Places, Slot};
use crate::value::{self, Value};
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
    mut slot: Slot<'_>,
) -> Result<(), AwsError> {
    let Content { labels, document, stream: mut body, .. } = content;
    let members = operation.input.members();
    // Who reads the document says what it lacks.
    let has_document = operation.input.payload().is_none()
        && !document.is_empty()
        && read_document(protocol, operation.input, &document, &mut slot)?;
    let mut present = Places::default();
    for (place, member) in members.iter().enumerate() {
        let inner = slot.member(place)?;
        let there = match member.location {
            Location::Body => has_document,
            Location::Status | Location::EventHeader | Location::EventPayload => continue,
            Location::Payload if matches!(member.schema.kind, Kind::Events { .. }) => continue,
            Location::Payload => payload(protocol, member, &document, body.take(), inner)?,
            Location::Uri => match labels.iter().find(|(name, _)| *name == member.wire) {
                Some((_, text)) => one(inner, text, member.schema)?,
                None => false,
            },
            Location::Query => from_query(protocol, head, members, member, inner)?,
            Location::Header => from_header(&head.headers, member, inner)?,
            Location::Headers => from_prefix(&head.headers, member.wire, inner)?,
        };
        present.mark(place, there);
    }
    slot.lacks_members(members, &present, |_| true);
    Ok(())
}

/// Reads the members that no other place has.
fn read_document(
    protocol: Protocol,
    schema: &'static Schema,
    document: &Bytes,
    slot: &mut Slot<'_>,
) -> Result<bool, AwsError> {
    if protocol == Protocol::RestXml {
        return xml::parse(document, slot.room())?.read(schema, slot.again()).map(|()| true);
    }
    json::parse(document, schema, Dialect::Wire, slot.again())
}

/// A value of one text.
fn one(slot: Slot<'_>, text: &str, schema: &Schema) -> Result<bool, AwsError> {
    slot.set(scalar::parse(text, schema)?)?;
    Ok(true)
}

fn payload(
    protocol: Protocol,
    member: &Member,
    document: &Bytes,
    body: Option<Body>,
    slot: Slot<'_>,
) -> Result<bool, AwsError> {
    let given = match member.schema.kind {
        Kind::Blob if member.streaming => {
            Given::Body(Box::new(body.unwrap_or_else(|| document.clone().into())))
        }
        Kind::Blob => Given::Blob(document.clone()),
        _ if document.is_empty() => return Ok(false),
        Kind::String(_) => match std::str::from_utf8(document) {
            Ok(text) => {
                slot.take(text.len())?;
                Given::Text(text.into())
            }
            Err(_) => return Err(AwsError::new("SerializationException", "The body is not UTF-8")),
        },
        _ if protocol == Protocol::RestXml => {
            return xml::parse(document, slot.room())?.read(member.schema, slot).map(|()| true);
        }
        _ => return json::parse(document, member.schema, Dialect::Wire, slot),
    };
    slot.set(given)?;
    Ok(true)
}

fn from_query(
    protocol: Protocol,
    head: &Head,
    members: &'static [Member],
    member: &Member,
    slot: Slot<'_>,
) -> Result<bool, AwsError> {
    // However many of them are this member's.
    slot.take(head.query.len() * room::PAIR + 2 * head.raw_query.len())?;
    let mut values = head.query.iter().filter(|(key, _)| key == member.wire).map(|(_, value)| value.as_str());
    match member.schema.kind {
        Kind::List { element, .. } => {
            if values.clone().next().is_none() {
                return Ok(false);
            }
            elements(values, element, slot)
        }
        Kind::Map { value, .. } => {
            let taken = |key: &str| {
                members.iter().any(|other| {
                    other.location == Location::Query
                        && other.wire == key
                        && !matches!(other.schema.kind, Kind::Map { .. })
                })
            };
            let is_entry = |key: &str| !taken(key) && !key.starts_with("X-Amz-");
            let mut entries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (key, text) in head.query.iter().filter(|(key, _)| is_entry(key)) {
                entries.entry(key).or_default().push(text);
            }
            let mut slot = slot.begin()?;
            for (key, texts) in entries {
                let inner = slot.entry(key)?;
                match value.kind {
                    Kind::List { element, .. } => elements(texts.into_iter(), element, inner)?,
                    _ => one(inner, texts.last().copied().unwrap_or_default(), value)?,
                };
            }
            Ok(true)
        }
        _ => values.next().map_or(Ok(false), |text| single(protocol, text, member, slot)),
    }
}

fn elements<'t>(
    mut texts: impl Iterator<Item = &'t str>,
    element: &'static Schema,
    slot: Slot<'_>,
) -> Result<bool, AwsError> {
    let (mut slot, mut place) = (slot.begin()?, 0);
    texts.try_for_each(|text| {
        one(slot.element(place)?, text, element)?;
        place += 1;
        Ok::<_, AwsError>(())
    })?;
    Ok(true)
}

/// The one value of a parameter.
// AWS: S3 takes an empty number for none, knows numbers of 32 bits, and names what is not one.
fn single(protocol: Protocol, text: &str, member: &Member, slot: Slot<'_>) -> Result<bool, AwsError> {
    match member.schema.kind {
        Kind::Integer if protocol == Protocol::RestXml && member.location == Location::Query => {
            let text = text.trim();
            if text.is_empty() {
                return Ok(false);
            }
            let number = text.parse::<i32>().map_err(|_| {
                let message = format!("Provided {} not an integer or within integer range", member.wire);
                AwsError::new("InvalidArgument", message)
                    .with("ArgumentName", member.wire)
                    .with("ArgumentValue", text)
            })?;
            slot.set(Given::Integer(number.into()))?;
            Ok(true)
        }
        _ => one(slot, text, member.schema),
    }
}

fn from_header(headers: &HeaderMap, member: &Member, slot: Slot<'_>) -> Result<bool, AwsError> {
    let Some(value) = headers.get(member.wire) else { return Ok(false) };
    let text = std::str::from_utf8(value.as_bytes())
        .map_err(|_| AwsError::new("InvalidArgument", format!("The header {} is not UTF-8", member.wire)))?;
    match member.schema.kind {
        Kind::List { element, .. } => elements(text.split(',').map(str::trim), element, slot),
        _ => one(slot, text, member.schema),
    }
}

fn from_prefix(headers: &HeaderMap, prefix: &str, slot: Slot<'_>) -> Result<bool, AwsError> {
    let mut entries = headers
        .iter()
        .filter_map(|(name, value)| {
            let key = name.as_str().get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
            let rest = key.and_then(|_| name.as_str().get(prefix.len()..))?;
            Some((rest, std::str::from_utf8(value.as_bytes()).ok()?))
        })
        .peekable();
    if entries.peek().is_none() {
        return Ok(false);
    }
    let mut slot = slot.begin()?;
    for (name, text) in entries {
        slot.entry(name)?.set(Given::Text(text.into()))?;
    }
    Ok(true)
}

/// Puts an output's members that travel in headers and status where they belong.
pub(crate) fn place(
    output: &Operation,
    value: Value<'_>,
    headers: &mut HeaderMap,
    status: &mut u16,
) -> Result<(), AwsError> {
    for (member, value) in output.output.members().iter().zip(value.members()) {
        match (member.location, value) {
            (_, Value::Null) => {}
            (Location::Status, Value::Integer(code)) => *status = u16::try_from(code).unwrap_or(*status),
            (Location::Header, _) => {
                if let Some(text) = header_text(member, value) {
                    insert(headers, member.wire, &text)?;
                }
            }
            (Location::Headers, Value::Map(entries)) => {
                for (key, value) in entries.all() {
                    insert(headers, &format!("{}{key}", member.wire), value.as_str().unwrap_or_default())?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn header_text<'v>(member: &Member, value: Value<'v>) -> Option<Cow<'v, str>> {
    let format = member.format.unwrap_or(TimestampFormat::Rfc822);
    if let (Value::List(elements), Kind::List { element, .. }) = (value, member.schema.kind) {
        let parts: Vec<_> =
            value::all(elements).filter_map(|value| scalar::print(value, element, format)).collect();
        return Some(parts.join(",").into());
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
