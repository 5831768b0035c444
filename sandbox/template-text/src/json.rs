//! JSON text to nodes. `serde_json` forgets where a value began and numbers as they were written, hence this reader.

use super::node::{Entries, Entry, Kind, Mark, Node, Style};
use super::yaml::MAX_DEPTH;
use super::{Result, TemplateError};

/// Reads one JSON document.
pub(super) fn parse(text: &str) -> Result<Node> {
    let mut reader = Reader { text, at: 0, seen: (0, Mark { line: 1, column: 1 }) };
    let node = reader.value(0)?;
    reader.space();
    if reader.at < text.len() { Err(reader.malformed("Text after the end")) } else { Ok(node) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The last place that was asked for, so that counting goes on from there.
    seen: (usize, Mark),
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.take(byte) { Ok(()) } else { Err(self.malformed(&format!("Expected {}", char::from(byte)))) }
    }

    fn mark(&mut self) -> Mark {
        let (from, mut mark) = self.seen;
        for c in self.text.get(from..self.at).unwrap_or_default().chars() {
            if c == '\n' {
                mark = Mark { line: mark.line + 1, column: 1 };
            } else {
                mark.column += 1;
            }
        }
        self.seen = (self.at, mark);
        mark
    }

    // AWS: "Template format error: JSON not well-formed. (line 1, column 2)"; the reason in between is ours.
    fn malformed(&mut self, reason: &str) -> TemplateError {
        TemplateError::new(format!("Template format error: JSON not well-formed. {reason}."))
            .marked(self.mark())
    }

    fn value(&mut self, depth: usize) -> Result<Node> {
        self.space();
        let mark = self.mark();
        if depth > MAX_DEPTH {
            let message = format!("Template format error: nested more than {MAX_DEPTH} levels deep");
            return Err(TemplateError::new(message).marked(mark));
        }
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::Scalar(self.string()?, Style::Quoted),
            Some(_) => self.word()?,
            None => return Err(self.malformed("Unexpected end")),
        };
        Ok(Node { mark, kind })
    }

    fn object(&mut self, depth: usize) -> Result<Kind> {
        self.expect(b'{')?;
        let mut entries = Entries::default();
        if self.take(b'}') {
            return Ok(entries.finish());
        }
        loop {
            self.space();
            let mark = self.mark();
            let key = self.string()?;
            self.expect(b':')?;
            entries.add(Entry { mark, key, value: self.value(depth + 1)? });
            if self.take(b'}') {
                return Ok(entries.finish());
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind> {
        self.expect(b'[')?;
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Kind::Sequence(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Ok(Kind::Sequence(items));
            }
            self.expect(b',')?;
        }
    }

    /// The string that begins here; its escapes are read by `serde_json`.
    fn string(&mut self) -> Result<String> {
        let Some(raw) = self.raw_string() else { return Err(self.malformed("Expected a string")) };
        let Ok(text) = serde_json::from_str(raw) else { return Err(self.malformed("Bad string")) };
        self.at += raw.len();
        Ok(text)
    }

    fn raw_string(&self) -> Option<&'a str> {
        let rest = self.rest();
        let mut escaped = false;
        let inner = rest.strip_prefix('"')?;
        let end = inner.bytes().position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        })?;
        rest.get(..end + 2)
    }

    fn word(&mut self) -> Result<Kind> {
        let rest = self.rest();
        let end = rest.find([',', ']', '}', ' ', '\t', '\r', '\n', ':']).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or(rest);
        if serde_json::from_str::<serde_json::Value>(word).is_err() {
            return Err(self.malformed("Expected a value"));
        }
        self.at += word.len();
        Ok(Kind::Scalar(word.to_owned(), Style::Plain))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        let answer = match parse(text) {
            Ok(node) => node.to_value().to_string(),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&answer);
    }

    #[test]
    fn values() {
        check(
            " {\"a\": [1, -2.5, true, null, \"yes\", \"\\u00e9\\\"\"], \"b\": {}, \"c\": []}\n",
            &expect![[r#"{"a":[1,-2.5,true,null,"yes","é\""],"b":{},"c":[]}"#]],
        );
    }

    /// As CloudFormation has it.
    #[test]
    fn of_two_members_of_one_name_the_last_counts() {
        check("{\"a\": 1,\n \"b\": 2, \"a\": 3}", &expect![[r#"{"a":3,"b":2}"#]]);
    }

    #[test]
    fn refusals() {
        check(
            "{\"a\": 1,}",
            &expect!["Template format error: JSON not well-formed. Expected a string. (line 1, column 9)"],
        );
        check(
            "{\"a\": yes}",
            &expect!["Template format error: JSON not well-formed. Expected a value. (line 1, column 7)"],
        );
        check(
            "{\"a\": \"x",
            &expect!["Template format error: JSON not well-formed. Expected a string. (line 1, column 7)"],
        );
        check(
            "{} {}",
            &expect!["Template format error: JSON not well-formed. Text after the end. (line 1, column 4)"],
        );
        check(
            &"[".repeat(100_000),
            &expect!["Template format error: nested more than 100 levels deep (line 1, column 102)"],
        );
    }
}
