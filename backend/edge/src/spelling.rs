//! How a client spelled its header names. HTTP does not care and the parser lowers them, but events of REST APIs show
//! functions the names as they were sent.

use std::sync::Arc;

/// The header names of one request that were not written in lower case; in every request's extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelling(Arc<[Box<str>]>);

impl Spelling {
    /// The name as it was sent; as it is asked for where it was sent like that or not at all.
    pub fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|sent| sent.eq_ignore_ascii_case(name)).map_or(name, |sent| sent)
    }
}

impl FromIterator<Box<str>> for Spelling {
    fn from_iter<I: IntoIterator<Item = Box<str>>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

/// Collects the names while the bytes of a head go by.
#[derive(Debug, Default)]
pub(crate) struct Names {
    line: Vec<u8>,
    is_name: bool,
    sent: Vec<Box<str>>,
}

impl Names {
    /// A line begins that is not the request line.
    pub(crate) fn begin_line(&mut self) {
        self.line.clear();
        self.is_name = true;
    }

    /// The next byte of a line.
    pub(crate) fn pass(&mut self, byte: u8) {
        if !self.is_name {
            return;
        }
        if byte != b':' {
            self.line.push(byte);
            return;
        }
        self.is_name = false;
        if self.line.iter().any(u8::is_ascii_uppercase)
            && let Ok(name) = std::str::from_utf8(&self.line)
        {
            self.sent.push(name.into());
        }
    }

    /// All that were seen.
    pub(crate) fn take(&mut self) -> Spelling {
        std::mem::take(&mut self.sent).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_as_they_were_sent() {
        let mut names = Names::default();
        for line in ["tEsT-HEADeR: A:b", "lower: X", "no colon"] {
            names.begin_line();
            line.bytes().for_each(|byte| names.pass(byte));
        }
        let spelling = names.take();
        let seen = ["test-header", "lower", "other", "no colon"].map(|name| spelling.of(name).to_owned());
        assert_eq!(seen, ["tEsT-HEADeR", "lower", "other", "no colon"]);
        assert_eq!(names.take(), Spelling::default());
    }
}
