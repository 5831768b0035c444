//! A request's XML as a small tree, then by schema.

use cloud_core::AwsError;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::room::{self, Room};
use crate::scalar;
use crate::schema::{Kind, Member, Schema};
use crate::value::Value;

/// Elements within elements.
const MAX_DEPTH: usize = 48;
/// Attributes of one element.
const MAX_ATTRIBUTES: usize = 16;
/// What an element takes: its place in a growing list.
const NODE: usize = room::GROWTH * size_of::<Node>();

/// One element.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// The name without its prefix.
    pub name: String,
    /// Attributes by their names without prefixes.
    pub attributes: Vec<(String, String)>,
    /// All text directly within.
    pub text: String,
    /// The elements within.
    pub children: Vec<Self>,
}

/// Reads a document into its root element.
pub(crate) fn parse(bytes: &[u8], room: &Room) -> Result<Node, AwsError> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed())?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    loop {
        match reader.read_event().map_err(|_| malformed())? {
            Event::Start(start) => {
                if open.len() == MAX_DEPTH {
                    return Err(malformed());
                }
                open.push(opened(&start, room)?);
            }
            Event::Empty(start) => {
                let node = opened(&start, room)?;
                if let Some(root) = close(&mut open, node) {
                    return finish(reader, root);
                }
            }
            Event::End(_) => {
                let node = open.pop().ok_or_else(malformed)?;
                if let Some(root) = close(&mut open, node) {
                    return finish(reader, root);
                }
            }
            Event::Text(content) => append(&mut open, &content.xml10_content(), room)?,
            Event::CData(content) => append(&mut open, &content.xml10_content(), room)?,
            Event::GeneralRef(reference) => append(&mut open, &resolve(&reference)?, room)?,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::DocType(_) | Event::Eof => return Err(malformed()),
        }
    }
}

fn malformed() -> AwsError {
    AwsError::new(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

fn opened(start: &BytesStart<'_>, room: &Room) -> Result<Node, AwsError> {
    room.take(NODE + start.len() + room::ALLOCATION)?;
    let mut node = Node { name: start.local_name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| malformed())?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|_| malformed())?;
        if node.attributes.len() == MAX_ATTRIBUTES {
            return Err(malformed());
        }
        room.take(room::PAIR + attribute.key.as_ref().len() + value.len())?;
        node.attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(node)
}

/// Hands a finished element to its parent, or out if it has none.
fn close(open: &mut [Node], node: Node) -> Option<Node> {
    match open.last_mut() {
        Some(parent) => {
            parent.children.push(node);
            None
        }
        None => Some(node),
    }
}

/// Nothing but space and comments may follow the root.
fn finish(mut reader: Reader<&[u8]>, root: Node) -> Result<Node, AwsError> {
    loop {
        match reader.read_event().map_err(|_| malformed())? {
            Event::Eof => return Ok(root),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Text(content) if content.xml10_content().trim().is_empty() => {}
            _ => return Err(malformed()),
        }
    }
}

fn append(open: &mut [Node], text: &str, room: &Room) -> Result<(), AwsError> {
    match open.last_mut() {
        Some(node) => {
            let first = if node.text.is_empty() { room::ALLOCATION } else { 0 };
            room.take(first + 2 * text.len())?;
            node.text.push_str(text);
        }
        None if text.trim().is_empty() => {}
        None => return Err(malformed()),
    }
    Ok(())
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, AwsError> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|_| malformed())? {
        return Ok(letter.to_string());
    }
    resolve_predefined_entity(&reference.xml10_content()).map(str::to_owned).ok_or_else(malformed)
}

impl Node {
    /// Reads the element as a value of that schema. Unknown elements are passed over.
    pub(crate) fn read(&self, schema: &'static Schema, room: &Room) -> Result<Value, AwsError> {
        match schema.kind {
            Kind::Structure(members) => {
                room.take(room::structure(members.len()))?;
                let values = members.iter().map(|member| self.member(member, room));
                values.collect::<Result<_, _>>().map(Value::Structure)
            }
            Kind::Union(members) => {
                room.take(room::ELEMENT)?;
                let is_there = |member: &Member| self.children.iter().any(|node| node.name == member.wire);
                let places: Vec<(usize, &'static Member)> =
                    members.iter().enumerate().filter(|(_, member)| is_there(member)).collect();
                let [(place, member)] = places.as_slice() else {
                    return Err(room.wrong_union(schema.name, !places.is_empty()));
                };
                Ok(Value::Variant(*place, Box::new(self.member(member, room)?)))
            }
            Kind::List { element, .. } => list(self.children.iter(), element, room),
            Kind::Map { value, names, .. } => entries(self.children.iter(), value, names, room),
            _ => {
                room.take(self.text.len() + room::ALLOCATION)?;
                scalar::parse(&self.text, schema).map_err(|_| malformed())
            }
        }
    }

    fn member(&self, member: &'static Member, room: &Room) -> Result<Value, AwsError> {
        if member.attribute {
            let local = member.wire.rsplit(':').next().unwrap_or(member.wire);
            let found = self.attributes.iter().find(|(name, _)| name == local);
            return found.map_or(Ok(Value::Null), |(_, text)| scalar::parse(text, member.schema));
        }
        let named = |node: &&Self| node.name == member.wire;
        match member.schema.kind {
            Kind::List { element, flattened, name } if flattened || member.flattened => {
                let found =
                    || self.children.iter().filter(|node| node.name == member.wire || node.name == name);
                if found().next().is_none() {
                    return Ok(Value::Null);
                }
                list(found(), element, room)
            }
            Kind::Map { value, flattened, names, .. } if flattened || member.flattened => {
                entries(self.children.iter().filter(named), value, names, room)
            }
            _ => self
                .children
                .iter()
                .find(named)
                .map_or(Ok(Value::Null), |node| node.read(member.schema, room)),
        }
    }

    fn entry(
        &self,
        value: &'static Schema,
        names: (&str, &str),
        room: &Room,
    ) -> Result<(String, Value), AwsError> {
        let child = |name| self.children.iter().find(|node| node.name == name).ok_or_else(malformed);
        let key = &child(names.0)?.text;
        room.take(room::MAP + key.len() + room::ALLOCATION)?;
        Ok((key.clone(), child(names.1)?.read(value, room)?))
    }
}

fn list<'n>(
    nodes: impl Iterator<Item = &'n Node>,
    element: &'static Schema,
    room: &Room,
) -> Result<Value, AwsError> {
    let elements = nodes.map(|node| {
        room.take(room::ELEMENT)?;
        node.read(element, room)
    });
    elements.collect::<Result<_, _>>().map(Value::List)
}

fn entries<'n>(
    nodes: impl Iterator<Item = &'n Node>,
    value: &'static Schema,
    names: (&str, &str),
    room: &Room,
) -> Result<Value, AwsError> {
    nodes.map(|node| node.entry(value, names, room)).collect::<Result<_, _>>().map(Value::Map)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            parse(text.as_bytes(), &Room::unlimited()).ok().map(|node| node.text),
            expected.map(str::to_owned),
            "{text}"
        );
    }

    #[test]
    fn documents_are_read() {
        check("<?xml version='1.0'?>\n<a>x &amp; &#65;<![CDATA[<y>]]></a>\n<!-- end -->", Some("x & A<y>"));
        check("<a/>", Some(""));
    }

    #[test]
    fn bombs_and_fragments_are_refused() {
        check("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", None);
        check("<a>&x;</a>", None);
        check("<a><b></a></b>", None);
        check("<a/><b/>", None);
        check("<a", None);
        check("", None);
        check(&"<a>".repeat(100_000), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[<>a/&;#x\"'=! \\[\\]-]{0,60}") {
            let _ = parse(text.as_bytes(), &Room::unlimited());
        }
    }
}
