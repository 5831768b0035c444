//! JSON with the places of its values, as what AWS says of a pattern names line and column, and with its numbers as they are
//! written, since that is how they are compared.

use crate::Wrong;

/// A value and where it stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it is over.
    pub end: usize,
    /// What it is.
    pub value: Value,
}

/// What stands there.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Members in the order of the text, several of one name too.
    Object(Vec<(String, Node)>),
    /// Elements.
    Array(Vec<Node>),
    /// A text, its escapes read.
    Text(String),
    /// A finite number, as it is written.
    Number(String),
    /// `true` or `false`.
    Truth(bool),
    /// `null`.
    Null,
}

impl Node {
    /// A value that stands in no text.
    pub(crate) fn made(value: Value) -> Self {
        Self { start: 0, end: 0, value }
    }

    /// Where a reader is that has come to this value and not looked into it.
    // AWS: its reader takes numbers and words whole, of all else the first character.
    pub fn seen(&self) -> usize {
        match self.value {
            Value::Object(_) | Value::Array(_) | Value::Text(_) => self.start + 1,
            _ => self.end,
        }
    }
}

/// The line and column behind a place.
pub fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line: {line}, column: {column}")
}

/// Reads a text that is one value, in which values lie in one another so deep at most.
pub fn read(text: &str, deepest: usize) -> Result<Node, Wrong> {
    let mut reader = Reader { text, at: 0, deepest };
    let node = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.unexpected("was expecting the end of the document"));
    }
    Ok(node)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    deepest: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    /// A mistake, whose place is that of what was read of it.
    fn fail(&self, message: &str, at: usize) -> Wrong {
        Wrong(format!(
            "failed to parse JSON. {message}\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); {}]",
            place(self.text, at)
        ))
    }

    fn unexpected(&self, expected: &str) -> Wrong {
        match self.peek() {
            None => self.fail("Unexpected end-of-input", self.at),
            Some(found) => self.fail(
                &format!("Unexpected character ('{found}' (code {})): {expected}", u32::from(found)),
                self.at,
            ),
        }
    }

    fn take(&mut self, wanted: char, expected: &str) -> Result<(), Wrong> {
        self.space();
        if self.peek() != Some(wanted) {
            return Err(self.unexpected(expected));
        }
        self.at += wanted.len_utf8();
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node, Wrong> {
        self.space();
        if depth > self.deepest {
            let most = self.deepest;
            return Err(self.fail(&format!("Values lie more than {most} deep in one another"), self.at));
        }
        let start = self.at;
        let value = match self.peek() {
            Some('{') => self.object(depth)?,
            Some('[') => self.array(depth)?,
            Some('"') => Value::Text(self.text()?),
            Some('-' | '0'..='9') => self.number()?,
            Some(letter) if letter.is_alphabetic() => self.word()?,
            _ => return Err(self.unexpected("expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")),
        };
        Ok(Node { start, end: self.at, value })
    }

    fn object(&mut self, depth: usize) -> Result<Value, Wrong> {
        self.at += 1;
        let mut members: Vec<(String, Node)> = Vec::new();
        self.space();
        if self.peek() == Some('}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some('"') {
                return Err(self.unexpected("was expecting double-quote to start field name"));
            }
            let name = self.text()?;
            self.take(':', "was expecting a colon to separate field name and value")?;
            let value = self.value(depth + 1)?;
            members.push((name, value));
            self.space();
            if self.peek() != Some('}') {
                self.take(',', "was expecting comma to separate Object entries")?;
                continue;
            }
            self.at += 1;
            return Ok(Value::Object(members));
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Wrong> {
        self.at += 1;
        let mut elements = Vec::new();
        self.space();
        if self.peek() == Some(']') {
            self.at += 1;
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            self.space();
            if self.peek() != Some(']') {
                self.take(',', "was expecting comma to separate Array entries")?;
                continue;
            }
            self.at += 1;
            return Ok(Value::Array(elements));
        }
    }

    fn text(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        let rest = self.text.get(start + 1..).unwrap_or_default();
        let mut is_escaped = false;
        let length = rest.find(|next| {
            let ends = next == '"' && !is_escaped;
            is_escaped = next == '\\' && !is_escaped;
            ends
        });
        let Some(length) = length else {
            return Err(self.fail(
                "Unexpected end-of-input: was expecting closing quote for a string value",
                self.text.len(),
            ));
        };
        self.at = start + length + 2;
        let written = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(written)
            .map_err(|_| self.fail("Illegal character or escape in a string value", self.at))
    }

    fn run(&mut self, fits: impl Fn(char) -> bool) -> &str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.find(|next| !fits(next)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn number(&mut self) -> Result<Value, Wrong> {
        let start = self.at;
        let written = self.run(|next| next.is_ascii_digit() || "+-.eE".contains(next)).to_owned();
        let is_one = serde_json::from_str::<f64>(&written).is_ok_and(f64::is_finite);
        if is_one {
            return Ok(Value::Number(written));
        }
        let shown: String = written.chars().take(64).collect();
        Err(self.fail(&format!("Invalid numeric value: {shown}"), start))
    }

    fn word(&mut self) -> Result<Value, Wrong> {
        let word = self.run(|next| next.is_alphanumeric() || next == '_').to_owned();
        match word.as_str() {
            "true" => Ok(Value::Truth(true)),
            "false" => Ok(Value::Truth(false)),
            "null" => Ok(Value::Null),
            _ => {
                let shown: String = word.chars().take(256).collect();
                Err(self.fail(
                    &format!("Unrecognized token '{shown}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"),
                    self.at,
                ))
            }
        }
    }
}
