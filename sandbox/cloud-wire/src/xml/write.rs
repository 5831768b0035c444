//! Answers as XML.

use cloud_core::AwsError;

use crate::bounded_buffer::BoundedBuffer;
use crate::room::Room;
use crate::scalar;
use crate::schema::{Kind, Location, Member, Schema, TimestampFormat};
use crate::value::{self, Entries, Value};

/// Writes elements one after another.
#[derive(Debug)]
pub(crate) struct Writer<'r> {
    text: BoundedBuffer<'r>,
}

impl<'r> Writer<'r> {
    /// Starts with nothing.
    pub(crate) const fn new(room: &'r Room) -> Self {
        Self { text: BoundedBuffer::new(room) }
    }

    /// Starts with the declaration.
    pub(crate) fn document(room: &'r Room) -> Self {
        let mut writer = Self::new(room);
        writer.text.push("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        writer
    }

    /// Opens an element, with a default namespace unless that is empty.
    pub(crate) fn open(&mut self, name: &str, namespace: &str) {
        self.text.push("<");
        self.text.push(name);
        if !namespace.is_empty() {
            self.attribute("xmlns", namespace);
        }
        self.text.push(">");
    }

    /// Closes an element.
    pub(crate) fn close(&mut self, name: &str) {
        self.text.push("</");
        self.text.push(name);
        self.text.push(">");
    }

    /// An element with text.
    pub(crate) fn element(&mut self, name: &str, text: &str) {
        self.open(name, "");
        self.escape(text);
        self.close(name);
    }

    /// Text within the open element.
    pub(crate) fn text(&mut self, text: &str) {
        self.escape(text);
    }

    /// The document so far.
    pub(crate) fn finish(self) -> Result<Vec<u8>, AwsError> {
        self.text.finish()
    }

    /// The members of a structure that belong into the body.
    pub(crate) fn members(&mut self, value: Value<'_>, schema: &Schema) {
        for (member, value) in schema.members().iter().zip(value.members()) {
            if member.location == Location::Body && !member.attribute && !value.is_null() {
                self.member(member, value);
            }
        }
    }

    /// All members, of a protocol that has no other place.
    pub(crate) fn all_members(&mut self, value: Value<'_>, schema: &Schema) {
        for (member, value) in schema.members().iter().zip(value.members()) {
            if !value.is_null() {
                self.member(member, value);
            }
        }
    }

    /// One member as an element (or several, if it is flattened).
    pub(crate) fn member(&mut self, member: &Member, value: Value<'_>) {
        match (member.schema.kind, value) {
            (Kind::List { element, name, flattened }, Value::List(elements))
                if flattened || member.flattened =>
            {
                let name = if name == "member" { member.query_name() } else { name };
                for value in value::all(elements) {
                    self.value(name, element, value, member);
                }
            }
            (Kind::Map { value: schema, names, flattened, .. }, Value::Map(entries))
                if flattened || member.flattened =>
            {
                self.entries(member.query_name(), entries, schema, names);
            }
            _ => self.value(member.query_name(), member.schema, value, member),
        }
    }

    /// A value as an element of that name.
    pub(crate) fn value(&mut self, name: &str, schema: &Schema, value: Value<'_>, place: &Member) {
        self.start(name, schema, value, place);
        match (schema.kind, value) {
            (Kind::Structure(_), _) => self.members(value, schema),
            (Kind::Union(members), Value::Variant(at, shape)) => {
                if let Some(member) = members.get(at) {
                    self.member(member, shape.value());
                }
            }
            (Kind::List { element, name, .. }, Value::List(elements)) => {
                for value in value::all(elements) {
                    self.value(name, element, value, &Member::new("", &crate::shape::UNIT));
                }
            }
            (Kind::Map { value: schema, names, .. }, Value::Map(entries)) => {
                self.entries("entry", entries, schema, names);
            }
            _ => {
                let format = place.format.unwrap_or(TimestampFormat::Iso8601);
                if let Some(text) = scalar::print(value, schema, format) {
                    self.escape(&text);
                }
            }
        }
        self.close(name);
    }

    fn start(&mut self, name: &str, schema: &Schema, value: Value<'_>, place: &Member) {
        self.text.push("<");
        self.text.push(name);
        if let Some((prefix, uri)) = place.namespace {
            let attribute = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            self.attribute(&attribute, uri);
        }
        for (member, value) in schema.members().iter().zip(value.members()) {
            if member.attribute
                && let Some(text) = value.as_str()
            {
                self.attribute(member.wire, text);
            }
        }
        self.text.push(">");
    }

    fn entries(&mut self, name: &str, entries: &dyn Entries, schema: &Schema, names: (&str, &str)) {
        for (key, value) in entries.all() {
            self.open(name, "");
            self.element(names.0, key);
            self.value(names.1, schema, value, &Member::new("", &crate::shape::UNIT));
            self.close(name);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.text.push(" ");
        self.text.push(name);
        self.text.push("=\"");
        self.escape(value);
        self.text.push("\"");
    }

    /// Text with what XML would misread as references; characters that XML cannot hold become U+FFFD.
    fn escape(&mut self, text: &str) {
        let mut rest = text;
        while let Some(place) = rest.find(special) {
            let (plain, from) = rest.split_at(place);
            let mut letters = from.chars();
            self.text.push(plain);
            self.text.push(letters.next().map_or("", escaped));
            rest = letters.as_str();
        }
        self.text.push(rest);
    }
}

/// Whether a letter cannot stand for itself.
fn special(letter: char) -> bool {
    !matches!(letter, '\t' | '\n')
        && matches!(letter, '&' | '<' | '>' | '"' | '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

fn escaped(letter: char) -> &'static str {
    match letter {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\r' => "&#13;",
        // No XML can have it.
        _ => "\u{fffd}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let room = Room::unlimited();
        let mut writer = Writer::new(&room);
        writer.element("Key", "a<b>\t&\"\r\u{1}é");
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(text, "<Key>a&lt;b&gt;\t&amp;&quot;&#13;\u{fffd}é</Key>");
    }
}
