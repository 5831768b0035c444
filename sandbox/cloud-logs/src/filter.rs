//! Filter patterns: which log events a search or subscription wants.
//!
//! Three forms: terms (`ERROR -retry ?a ?b "a phrase" %regex%`), JSON (`{ $.level = "error" && $.n > 3 }`) and
//! columns (`[ip, user, status = 4*]`).

mod columns;
mod condition;
mod json;
mod terms;

use columns::Columns;
use json::JsonFilter;
use terms::Terms;

/// A parsed pattern.
#[derive(Debug)]
pub struct Pattern(Form);

#[derive(Debug)]
enum Form {
    Terms(Terms),
    Json(JsonFilter),
    Columns(Columns),
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A term holds a character that needs quotes.
    #[error("Invalid character(s) in term '{0}'")]
    Term(String),
    /// A quote or regular expression is not closed.
    #[error("{0} is not closed")]
    Unclosed(&'static str),
    /// Something else stands where this was expected.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The regular expression is not one.
    #[error("invalid regular expression")]
    Regex,
    /// Parentheses within parentheses, too many.
    #[error("the pattern is nested too deeply")]
    Nested,
}

impl Pattern {
    /// Reads a pattern. The empty one matches everything.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        let inner = |open, close| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if text.starts_with('{') {
            let inner = inner('{', '}').ok_or(PatternError::Unclosed("{"))?;
            return JsonFilter::parse(inner).map(Form::Json).map(Self);
        }
        if text.starts_with('[') {
            let inner = inner('[', ']').ok_or(PatternError::Unclosed("["))?;
            return Columns::parse(inner).map(Form::Columns).map(Self);
        }
        Terms::parse(text).map(Form::Terms).map(Self)
    }

    /// Whether a message is wanted.
    pub fn matches(&self, message: &str) -> bool {
        match &self.0 {
            Form::Terms(terms) => terms.matches(message),
            Form::Json(filter) => filter.matches(message),
            Form::Columns(columns) => columns.matches(message),
        }
    }
}

/// The regular expression between percent signs.
fn regex(text: &str) -> Result<regex::Regex, PatternError> {
    regex::RegexBuilder::new(text).size_limit(1 << 20).build().map_err(|_| PatternError::Regex)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, wanted: &[&str], unwanted: &[&str]) {
        let parsed = Pattern::parse(pattern).unwrap();
        for message in wanted {
            assert!(parsed.matches(message), "{pattern} should match {message}");
        }
        for message in unwanted {
            assert!(!parsed.matches(message), "{pattern} should not match {message}");
        }
    }

    fn refused(pattern: &str) -> String {
        Pattern::parse(pattern).unwrap_err().to_string()
    }

    // The examples of AWS's own documentation, as far as they are text and JSON.
    #[test]
    fn terms() {
        check("", &["", "anything"], &[]);
        check("ERROR", &["[ERROR 400] BAD REQUEST"], &["error"]);
        check("ERROR ARGUMENTS", &["ERROR invalid ARGUMENTS"], &["ERROR", "ARGUMENTS"]);
        check("?ERROR ?ARGUMENTS", &["ERROR", "ARGUMENTS"], &["fine"]);
        check("\"INTERNAL SERVER ERROR\"", &["[500] INTERNAL SERVER ERROR x"], &["INTERNAL ERROR SERVER"]);
        check("ERROR -ARGUMENTS", &["ERROR"], &["ERROR ARGUMENTS"]);
        check("-\"START RequestId\"", &["END"], &["START RequestId: 1"]);
        check("ERROR ?NEVER", &["ERROR"], &["NEVER"]);
        check("%AUTHORI[ZS]ED%", &["UNAUTHORIZED", "AUTHORISED"], &["AUTHORIXED"]);
        check("\"a \\\"quoted\\\" word\"", &["see a \"quoted\" word"], &["a quoted word"]);
    }

    #[test]
    fn json() {
        let event = r#"{"level":"error","n":42,"ip":"123.1.2.3","user":{"name":"Ann","tags":["a","b"]},"none":null,"ok":true,"items":[{"p":1},{"p":2}]}"#;
        for wanted in [
            r#"{ $.level = "error" }"#,
            "{ $.level = error }",
            "{ $.level = \"err*\" }",
            "{ $.ip = \"123.*\" && $.n >= 42 }",
            "{ ($.n > 100 || $.n < 43) && $.user.name != \"Bob\" }",
            "{ $.user.tags[1] = b }",
            "{ $.items[1].p = 2 }",
            "{ $.none IS NULL }",
            "{ $.ok IS TRUE }",
            "{ $.missing NOT EXISTS }",
            "{ $.n = 4.2e1 }",
            "{ $.level = %^err.r$% }",
            "{ $.[\"level\"] = error }",
            "{ $.user.tags[*] = b }",
        ] {
            check(wanted, &[event], &["no json", "[1]"]);
        }
        for unwanted in [
            "{ $.n = 41 }",
            "{ $.n NOT EXISTS }",
            "{ $.level = err }",
            "{ $.missing = 1 }",
            "{ $.user.name > 3 }",
        ] {
            check(unwanted, &[], &[event]);
        }
    }

    #[test]
    fn columns() {
        let line = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /a b HTTP/1.0\" 404 1534";
        check("[ip, user, username, timestamp, request, status_code, bytes]", &[line], &["a b"]);
        check("[ip, user, username, timestamp, request, status_code = 4*, bytes > 1000]", &[line], &[]);
        check("[ip, user, username, timestamp, request, status_code = 5*, bytes]", &[], &[line]);
        check("[ip, ..., status = 404, bytes]", &[line], &["a b"]);
        check("[w1 = ERROR || w1 = WARN, ...]", &["ERROR x", "WARN y z"], &["INFO"]);
        check("[..., request = *GET*, status, bytes]", &[line], &[]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(refused("foo-bar!"), "Invalid character(s) in term 'foo-bar!'");
        assert_eq!(refused("\"open"), "\" is not closed");
        assert_eq!(refused("{ $.a = 1"), "{ is not closed");
        assert_eq!(refused("{ $.a ~ 1 }"), "expected an operator");
        assert_eq!(refused("{ a = 1 }"), "expected a selector, $.name");
        assert_eq!(refused("%[%"), "invalid regular expression");
        assert_eq!(refused(&format!("{{ {} }}", "(".repeat(5_000))), "the pattern is nested too deeply");
    }

    proptest! {
        #[test]
        fn never_panics(pattern in r#"[\[\]{}()$.a1 "=<>!&|%*,?-]{0,40}"#, message in ".{0,40}") {
            if let Ok(pattern) = Pattern::parse(&pattern) {
                pattern.matches(&message);
            }
        }
    }
}
