//! What is looked for, compiled: a text or an expression, by the crate that ripgrep has for it. It takes linear time, and
//! its size is limited before it is built.

use std::ops::Range;

use grep_matcher::{Captures, Matcher};
use grep_regex::{Error, ErrorKind, RegexCaptures, RegexMatcher, RegexMatcherBuilder};
use protocol::{
    CallError, ErrorCode,
    search::{MAX_PATTERN, Query},
};

/// Bytes that a compiled expression, and what it remembers while it looks, may take.
const MAX_SIZE: usize = 8 * 1024 * 1024;
/// Groups within groups.
const MAX_NEST: u32 = 100;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    matcher: RegexMatcher,
    is_expression: bool,
}

impl Pattern {
    pub(crate) fn new(query: &Query) -> Result<Self, CallError> {
        let pattern = query.pattern.as_str();
        if pattern.is_empty() {
            let error =
                CallError::new(ErrorCode::Invalid, "Cannot look for nothing; write what to look for.");
            return Err(error.because("pattern-empty", &[]));
        }
        check_length(pattern)?;
        let mut builder = RegexMatcherBuilder::new();
        builder
            .case_insensitive(!query.case)
            .fixed_strings(!query.regex)
            .word(query.word)
            .multi_line(true)
            .size_limit(MAX_SIZE)
            .dfa_size_limit(MAX_SIZE)
            .nest_limit(MAX_NEST)
            // Where no new line is looked for, `[^x]` and `\s` meet none either, as in every editor.
            .line_terminator((!spans_lines(query)).then_some(b'\n'));
        let matcher = builder.build(pattern).map_err(|error| refused(&error))?;
        Ok(Self { matcher, is_expression: query.regex })
    }

    /// Tells of each match in a text by its bytes, until `each` says that it is enough.
    pub(crate) fn find(&self, text: &str, mut each: impl FnMut(Range<usize>) -> bool) {
        // Its type of errors has no values.
        let _ = self.matcher.find_iter(text.as_bytes(), |found| {
            let range = found.start()..found.end();
            // An expression about bytes may meet half a character.
            text.get(range.clone()).is_none() || each(range)
        });
    }

    /// What the groups of the match that begins at a byte of the text met.
    pub(crate) fn groups_at<'t>(&self, text: &'t str, start: usize) -> Groups<'t> {
        let found = self.matcher.new_captures().ok().and_then(|mut found| {
            let is_met = self.matcher.captures_at(text.as_bytes(), start, &mut found).ok()?;
            is_met.then_some(found)
        });
        Groups { text, found }
    }

    /// Whether it has groups that a replacement can name.
    pub(crate) fn is_expression(&self) -> bool {
        self.is_expression
    }

    /// How many groups it has, the whole match included.
    pub(crate) fn groups(&self) -> usize {
        self.matcher.capture_count()
    }

    /// The number of a group that has a name.
    pub(crate) fn group(&self, name: &str) -> Option<usize> {
        self.matcher.capture_index(name)
    }
}

/// What the groups of a match met.
pub(crate) struct Groups<'t> {
    text: &'t str,
    found: Option<RegexCaptures>,
}

impl Groups<'_> {
    /// What one met; nothing where it met nothing.
    pub(crate) fn get(&self, number: usize) -> &str {
        let range = self.found.as_ref().and_then(|found| found.get(number));
        range.and_then(|range| self.text.get(range.start()..range.end())).unwrap_or_default()
    }
}

/// Refuses a text that is too long to be looked for, or to be put somewhere.
pub(crate) fn check_length(text: &str) -> Result<(), CallError> {
    if text.len() <= MAX_PATTERN {
        return Ok(());
    }
    let message = format!(
        "Cannot look for that: a pattern and what replaces it have at most {MAX_PATTERN} bytes each."
    );
    Err(CallError::new(ErrorCode::Limit, message).because("pattern-long", &[("bytes", &MAX_PATTERN)]))
}

/// Whether a match may go on in the next line: where a new line is asked for.
fn spans_lines(query: &Query) -> bool {
    query.pattern.contains('\n') || query.regex && query.pattern.contains("\\n")
}

fn refused(error: &Error) -> CallError {
    let text = error.to_string();
    if matches!(error.kind(), ErrorKind::Regex(text) if text.contains("size limit")) {
        let message =
            "Cannot look for that: the expression is too large when its repetitions are written out.";
        return CallError::new(ErrorCode::Limit, message).because("expression-large", &[]);
    }
    // Above its last line the parser draws the expression with marks below it.
    let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
    let message = format!("Cannot look for that: it is no expression: {reason}.");
    CallError::new(ErrorCode::Invalid, message).because("expression", &[("reason", &reason)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `pattern` meets in `text`; `flags`: r(egex), c(ase), w(ord).
    fn check(pattern: &str, flags: &str, text: &str, expected: &[&str]) {
        let has = |flag| flags.contains(flag);
        let query = Query {
            pattern: pattern.to_owned(),
            regex: has('r'),
            case: has('c'),
            word: has('w'),
            ..Query::default()
        };
        let mut found = Vec::new();
        Pattern::new(&query).unwrap().find(text, |range| {
            found.push(text[range].to_owned());
            true
        });
        assert_eq!(found, expected, "{pattern} {flags} in {text:?}");
    }

    #[test]
    fn texts_and_expressions_are_found_as_editors_find_them() {
        check("a.b", "", "a.b A.B axb", &["a.b", "A.B"]);
        check("a.b", "c", "a.b A.B axb", &["a.b"]);
        check("a.b", "r", "a.b axb a\nb", &["a.b", "axb"]);
        check("id", "w", "id id_a kid id.", &["id", "id"]);
        check("^b$", "r", "a\nb\nbb\nb", &["b", "b"]);
        check("[^x]+", "r", "ab\ncx", &["ab", "c"]);
        check(r"a\s+b", "r", "a b\na\nb", &["a b"]);
        check(r"a\nb", "r", "a b\na\nb", &["a\nb"]);
        check("a\nb", "", "a b\na\nb", &["a\nb"]);
        check("ÉT", "", "été", &["ét"]);
        check("^", "r", "a\nb", &["", ""]);
        check(r"(?-u:\xC3)", "r", "é", &[]);
        check("(a+)+$", "r", &"a".repeat(50_000), &[&"a".repeat(50_000)]);
    }

    fn refusal(pattern: &str, regex: bool) -> (ErrorCode, String) {
        let query = Query { pattern: pattern.to_owned(), regex, ..Query::default() };
        let error = Pattern::new(&query).unwrap_err();
        assert!(error.reason.is_some(), "{error:?}");
        (error.code, error.message)
    }

    #[test]
    fn what_cannot_be_looked_for_is_refused_with_the_reason() {
        assert_eq!(refusal("", false).0, ErrorCode::Invalid);
        assert_eq!(refusal(&"x".repeat(MAX_PATTERN + 1), false).0, ErrorCode::Limit);
        let (code, message) = refusal("a(b", true);
        assert_eq!(code, ErrorCode::Invalid);
        assert_eq!(message, "Cannot look for that: it is no expression: unclosed group.");
        assert_eq!(refusal(".{1,1000}{1,1000}", true).0, ErrorCode::Limit);
        assert_eq!(refusal(&"(".repeat(4000), true).0, ErrorCode::Invalid);
        let nested = format!("{}{}", "(".repeat(2000), ")".repeat(2000));
        assert_eq!(refusal(&nested, true).0, ErrorCode::Invalid);
    }
}
