//! A schema's regular expression, compiled when it is first asked.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer};

/// How many bytes a compiled pattern may take.
const COMPILED: usize = 512 * 1024;

/// A pattern that a text must have somewhere in it.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Whether the text has it. One that cannot be compiled asks nothing.
    // LIMIT: patterns that look ahead, which few have, are left to the service.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.regex().is_none_or(|pattern| pattern.is_match(text))
    }

    fn regex(&self) -> Option<&Regex> {
        let compile = || {
            // Java's end of the text, of which it is written.
            let text = self.text.replace("\\Z", "\\z");
            RegexBuilder::new(&text).size_limit(COMPILED).build().ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { text: String::deserialize(deserializer)?, compiled: OnceLock::new() })
    }
}
