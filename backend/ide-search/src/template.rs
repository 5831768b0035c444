//! What comes in place of a match: a text as it is, or, for an expression, one that speaks of its groups.

use protocol::{CallError, ErrorCode};

use crate::pattern::{Pattern, check_length};

/// A replacement, read once.
#[derive(Debug)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// What the group of this number met.
    Group(usize),
}

impl Template {
    /// Reads a replacement for what `pattern` meets.
    pub(crate) fn new(text: &str, pattern: &Pattern) -> Result<Self, CallError> {
        check_length(text)?;
        if !pattern.is_expression() {
            return Ok(Self(vec![Piece::Text(text.to_owned())]));
        }
        let mut reader = Reader { rest: text, pattern, pieces: Vec::new() };
        while let Some(character) = reader.next() {
            match character {
                '$' => reader.group()?,
                '\\' => reader.escape(),
                other => reader.push(other),
            }
        }
        Ok(Self(reader.pieces))
    }

    /// What comes in place of the match that begins at a byte of the text.
    pub(crate) fn expand(&self, pattern: &Pattern, text: &str, start: usize) -> String {
        if let [Piece::Text(text)] = self.0.as_slice() {
            return text.clone();
        }
        let groups = pattern.groups_at(text, start);
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Group(number) => groups.get(*number).to_owned(),
        };
        self.0.iter().map(piece).collect()
    }
}

struct Reader<'t> {
    rest: &'t str,
    pattern: &'t Pattern,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.skip(character.len_utf8());
        Some(character)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn push(&mut self, character: char) {
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            text.push(character);
        } else {
            self.pieces.push(Piece::Text(character.to_string()));
        }
    }

    /// After a backslash: `n` a new line, `t` a tab; any other character is meant as it is, a backslash before a letter too.
    fn escape(&mut self) {
        match self.next() {
            Some('n') => self.push('\n'),
            Some('t') => self.push('\t'),
            Some(letter) if letter.is_alphanumeric() => {
                self.push('\\');
                self.push(letter);
            }
            other => self.push(other.unwrap_or('\\')),
        }
    }

    /// After a dollar sign.
    fn group(&mut self) -> Result<(), CallError> {
        if let Some(named) = self.rest.strip_prefix('{')
            && let Some((name, _)) = named.split_once('}')
        {
            self.skip(name.len() + 2);
            return self.named(name);
        }
        if let Some((number, digits)) = self.number() {
            self.skip(digits);
            self.pieces.push(Piece::Group(number));
            return Ok(());
        }
        match self.rest.chars().next() {
            Some('&') => self.pieces.push(Piece::Group(0)),
            Some('$') => self.push('$'),
            _ => {
                self.push('$');
                return Ok(());
            }
        }
        self.skip(1);
        Ok(())
    }

    fn named(&mut self, name: &str) -> Result<(), CallError> {
        let number = name.parse().ok().filter(|number| *number < self.pattern.groups());
        let Some(number) = number.or_else(|| self.pattern.group(name)) else {
            let message = format!("Cannot replace: the expression has no group '{name}'.");
            return Err(CallError::new(ErrorCode::Invalid, message).because("no-group", &[("name", &name)]));
        };
        self.pieces.push(Piece::Group(number));
        Ok(())
    }

    /// The number of a group, and of how many digits it is: two where there are so many groups.
    fn number(&self) -> Option<(usize, usize)> {
        let digits = self.rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        (1..=digits).rev().find_map(|digits| {
            let number: usize = self.rest.get(..digits)?.parse().ok()?;
            (number < self.pattern.groups()).then_some((number, digits))
        })
    }
}

#[cfg(test)]
mod tests {
    use protocol::search::Query;

    use super::*;

    fn expanded(pattern: &str, regex: bool, template: &str, text: &str) -> Result<String, CallError> {
        let query = Query { pattern: pattern.to_owned(), regex, ..Query::default() };
        let pattern = Pattern::new(&query).unwrap();
        let template = Template::new(template, &pattern)?;
        let mut made = String::new();
        pattern.find(text, |range| {
            made = template.expand(&pattern, text, range.start);
            false
        });
        Ok(made)
    }

    #[test]
    fn groups_stand_where_they_are_named() {
        let check = |template: &str, expected: &str| {
            assert_eq!(
                expanded("(a)(?P<second>b)?(c)", true, template, "abc").unwrap(),
                expected,
                "{template}"
            );
        };
        check("x", "x");
        check("$3-$1", "c-a");
        check("$10", "a0");
        check("${1}0", "a0");
        check("${second}!", "b!");
        check("$&$0", "abcabc");
        check("$$1", "$1");
        check("$9 $ $x ${", "$9 $ $x ${");
        check(r"\n\t\\\d\$1", "\n\t\\\\d$1");
        check("\\", "\\");
        assert_eq!(expanded("(a)(b)?", true, "[$2]", "a").unwrap(), "[]");
        assert_eq!(expanded("a", false, r"$0\n", "a").unwrap(), r"$0\n", "a text is as it is");
        let error = expanded("a", true, "${other}", "a").unwrap_err();
        assert_eq!(error.message, "Cannot replace: the expression has no group 'other'.");
        assert_eq!(expanded("a", true, &"x".repeat(5000), "a").unwrap_err().code, ErrorCode::Limit);
    }
}
