//! Answers as XML.

use std::fmt::Write as _;

use crate::scalar;
use crate::schema::{Kind, Location, Member, Schema, TimestampFormat};
use crate::value::Value;

/// Writes elements one after another.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    text: String,
}

impl Writer {
    /// Starts with the declaration.
    pub(crate) fn document() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".into() }
    }

    /// Opens an element, with a default namespace unless that is empty.
    pub(crate) fn open(&mut self, name: &str, namespace: &str) {
        self.text.push('<');
        self.text.push_str(name);
        if !namespace.is_empty() {
            self.attribute("xmlns", namespace);
        }
        self.text.push('>');
    }

    /// Closes an element.
    pub(crate) fn close(&mut self, name: &str) {
        let _ = write!(self.text, "</{name}>");
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
    pub(crate) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// The members of a structure that belong into the body.
    pub(crate) fn members(&mut self, value: &Value, schema: &Schema) {
        for (member, value) in schema.members().iter().zip(value.members()) {
            if member.location == Location::Body && !member.attribute && !value.is_null() {
                self.member(member, value);
            }
        }
    }

    /// One member as an element (or several, if it is flattened).
    pub(crate) fn member(&mut self, member: &Member, value: &Value) {
        match (member.schema.kind, value) {
            (Kind::List { element, name, flattened }, Value::List(elements))
                if flattened || member.flattened =>
            {
                let name = if name == "member" { member.wire } else { name };
                for value in elements {
                    self.value(name, element, value, member);
                }
            }
            (Kind::Map { value: schema, names, flattened, .. }, Value::Map(entries))
                if flattened || member.flattened =>
            {
                self.entries(member.wire, entries, schema, names);
            }
            _ => self.value(member.wire, member.schema, value, member),
        }
    }

    /// A value as an element of that name.
    pub(crate) fn value(&mut self, name: &str, schema: &Schema, value: &Value, place: &Member) {
        self.start(name, schema, value, place);
        match (schema.kind, value) {
            (Kind::Structure(_), _) => self.members(value, schema),
            (Kind::List { element, name, .. }, Value::List(elements)) => {
                for value in elements {
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

    fn start(&mut self, name: &str, schema: &Schema, value: &Value, place: &Member) {
        self.text.push('<');
        self.text.push_str(name);
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
        self.text.push('>');
    }

    fn entries(&mut self, name: &str, entries: &[(String, Value)], schema: &Schema, names: (&str, &str)) {
        for (key, value) in entries {
            self.open(name, "");
            self.element(names.0, key);
            self.value(names.1, schema, value, &Member::new("", &crate::shape::UNIT));
            self.close(name);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.text, " {name}=\"");
        self.escape(value);
        self.text.push('"');
    }

    /// Text with what XML would misread as references; characters that XML cannot hold become U+FFFD.
    fn escape(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\r' => self.text.push_str("&#13;"),
                '\t' | '\n' => self.text.push(letter),
                '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => self.text.push('\u{fffd}'),
                other => self.text.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut writer = Writer::default();
        writer.element("Key", "a<b>&\"\r\u{1}");
        assert_eq!(writer.text, "<Key>a&lt;b&gt;&amp;&quot;&#13;\u{fffd}</Key>");
    }
}
