//! A request's XML as a small tree, then by schema.

use cloud_core::AwsError;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::room::{self, Room};
use crate::scalar;
use crate::schema::{Kind, Location, Member, Schema};
use crate::slot::{Places, Slot};

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
    /// Reads the element as a value of that schema. Unknown elements are passed over, and members that are elsewhere than in
    /// a document.
    pub(crate) fn read(&self, schema: &'static Schema, slot: Slot<'_>) -> Result<(), AwsError> {
        match schema.kind {
            Kind::Structure(members) => {
                slot.take(room::structure(members.len()))?;
                let (mut slot, mut present) = (slot.begin()?, Places::default());
                let in_document = |member: &Member| member.location == Location::Body;
                for (place, member) in members.iter().enumerate().filter(|(_, member)| in_document(member)) {
                    if self.has(member) {
                        self.member(member, slot.member(place)?)?;
                        present.mark(place, true);
                    }
                }
                slot.lacks_members(members, &present, in_document);
                Ok(())
            }
            Kind::Union(members) => {
                slot.take(room::ELEMENT)?;
                let mut slot = slot.begin()?;
                let is_there = |member: &Member| self.children.iter().any(|node| node.name == member.wire);
                let places: Vec<(usize, &'static Member)> =
                    members.iter().enumerate().filter(|(_, member)| is_there(member)).collect();
                let [(place, member)] = places.as_slice() else {
                    return Err(slot.room().wrong_union(schema.name, !places.is_empty()));
                };
                self.member(member, slot.variant(*place))
            }
            Kind::List { element, .. } => list(self.children.iter(), element, slot),
            Kind::Map { value, names, .. } => entries(self.children.iter(), value, names, slot),
            _ => {
                slot.take(self.text.len() + room::ALLOCATION)?;
                Ok(slot.set(scalar::parse(&self.text, schema).map_err(|_| malformed())?)?)
            }
        }
    }

    /// Whether anything is said of a member. A map without elements around its entries is there, if only an empty one.
    fn has(&self, member: &Member) -> bool {
        if member.attribute {
            return self.attribute(member).is_some();
        }
        let is_flat_map =
            matches!(member.schema.kind, Kind::Map { flattened, .. } if flattened || member.flattened);
        is_flat_map || self.children.iter().any(|node| node.is(member))
    }

    /// Whether it is a member's element, or one of those of a list without an element around it.
    fn is(&self, member: &Member) -> bool {
        // The name that elements have in lists is none that these have, but where the model states one.
        let as_element = match member.schema.kind {
            Kind::List { flattened, name, .. } if flattened || member.flattened => {
                self.name == name && name != "member"
            }
            _ => false,
        };
        as_element || self.name == member.wire
    }

    fn attribute(&self, member: &Member) -> Option<&str> {
        let local = member.wire.rsplit(':').next().unwrap_or(member.wire);
        let found = self.attributes.iter().find(|(name, _)| name == local);
        found.map(|(_, text)| text.as_str())
    }

    fn member(&self, member: &'static Member, slot: Slot<'_>) -> Result<(), AwsError> {
        if member.attribute {
            let text = self.attribute(member).unwrap_or_default();
            return Ok(slot.set(scalar::parse(text, member.schema)?)?);
        }
        let mut found = self.children.iter().filter(|node| node.is(member));
        match member.schema.kind {
            Kind::List { element, flattened, .. } if flattened || member.flattened => {
                list(found, element, slot)
            }
            Kind::Map { value, flattened, names, .. } if flattened || member.flattened => {
                entries(found, value, names, slot)
            }
            _ => found.next().map_or(Ok(()), |node| node.read(member.schema, slot)),
        }
    }
}

fn list<'n>(
    nodes: impl Iterator<Item = &'n Node>,
    element: &'static Schema,
    slot: Slot<'_>,
) -> Result<(), AwsError> {
    let mut slot = slot.begin()?;
    nodes.enumerate().try_for_each(|(place, node)| node.read(element, slot.element(place)?))
}

fn entries<'n>(
    mut nodes: impl Iterator<Item = &'n Node>,
    value: &'static Schema,
    names: (&str, &str),
    slot: Slot<'_>,
) -> Result<(), AwsError> {
    let mut slot = slot.begin()?;
    nodes.try_for_each(|entry| {
        let child = |name| entry.children.iter().find(|node| node.name == name).ok_or_else(malformed);
        let key = &child(names.0)?.text;
        slot.take(key.len() + room::ALLOCATION)?;
        child(names.1)?.read(value, slot.entry(key)?)
    })
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Protocol;
    use crate::{Shape, codec};

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

    #[test]
    fn elements_of_flattened_lists_have_the_members_name() {
        static TEXT: Schema = Schema::string("Text");
        static TEXTS: Schema = Schema::list("Texts", &TEXT);
        static NAMED: Schema = Schema::list("Named", &TEXT).element_name("Item");
        crate::structure! {
            pub struct Root as ROOT {
                flat: Option<Vec<String>> = Member::new("Flat", &TEXTS).flattened(),
                other: Option<Vec<String>> = Member::new("Other", &NAMED).flattened(),
            }
        }
        for (document, expected) in [
            ("<R><Flat>a</Flat><Flat>b</Flat></R>", r#"Structure([List([String("a"), String("b")]), Null])"#),
            ("<R><member>a</member></R>", "Structure([Null, Null])"),
            ("<R><Item>a</Item></R>", r#"Structure([Null, List([String("a")])])"#),
        ] {
            let read = codec::read::<Root>(Protocol::RestXml, document.as_bytes(), 64 << 20).unwrap();
            assert_eq!(format!("{:?}", read.value.value()), expected, "{document}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[<>a/&;#x\"'=! \\[\\]-]{0,60}") {
            let _ = parse(text.as_bytes(), &Room::unlimited());
        }
    }
}
