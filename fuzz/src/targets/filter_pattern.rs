//! Filter patterns: terms as a plain search has them, wildcards in JSON and in columns as a regular expression has them.

use std::sync::LazyLock;

use cloud_logs::Pattern;
use regex::{Regex, escape};
use serde_json::json;

/// The pattern, or the text between stars, on the first line; the message behind it.
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Some((pattern, message)) = text.split_once('\n') else { return false };
    let parsed = Pattern::parse(pattern);
    let matched = parsed.as_ref().ok().map(|parsed| parsed.matches(message));
    if let Some(expected) = terms(pattern, message) {
        assert_eq!(matched, Some(expected), "{pattern:?} of {message:?}");
    }
    let compared = wildcard(pattern, message);
    parsed.is_ok() || compared
}

/// A term or phrase, with what is before and behind it.
static TERM: LazyLock<Regex> = LazyLock::new(|| {
    let term = r#"^([-?]?)(?:"([^"\\]*)"\s*|([\p{Alphabetic}\p{N}_]+)(?:\s+|$))"#;
    Regex::new(term).expect("an expression of ours")
});

/// What a pattern of plain terms and phrases says; none of any other pattern.
fn terms(pattern: &str, message: &str) -> Option<bool> {
    let (mut wanted, mut unwanted, mut optional) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = pattern.trim();
    while !rest.is_empty() {
        let found = TERM.captures(rest)?;
        let text = found.get(2).or(found.get(3))?.as_str();
        match &found[1] {
            "-" => unwanted.push(text),
            "?" => optional.push(text),
            _ => wanted.push(text),
        }
        rest = rest[found[0].len()..].trim_start();
    }
    let within = |text: &&str| message.contains(*text);
    Some(if wanted.is_empty() && unwanted.is_empty() && !optional.is_empty() {
        optional.iter().any(within)
    } else {
        wanted.iter().all(within) && !unwanted.iter().any(within)
    })
}

/// Compares a text with stars with a value, in both forms that do so, and the reverse of both.
fn wildcard(text: &str, value: &str) -> bool {
    if text.contains(['"', '\\', '%']) || text.is_empty() {
        return false;
    }
    let parts: Vec<String> = text.split('*').map(escape).collect();
    let expected = Regex::new(&format!("(?s)^{}$", parts.join(".*"))).expect("ours").is_match(value);
    let object = json!({ "a": value, "b": [{ "c": value }] }).to_string();
    check(&format!("{{ $.a = \"{text}\" }}"), &object, expected);
    check(&format!("{{ $.a != \"{text}\" }}"), &object, !expected);
    check(&format!("{{ ($.none = 1 || $.b[*].c = \"{text}\") && $.z NOT EXISTS }}"), &object, expected);
    let is_word = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '['));
    if is_word {
        check(&format!("[w = \"{text}\"]"), value, expected);
        check(&format!("[..., w != \"{text}\"]"), &format!("before {value}"), !expected);
    }
    true
}

fn check(pattern: &str, message: &str, expected: bool) {
    let parsed = Pattern::parse(pattern);
    assert!(parsed.is_ok(), "{pattern}: {parsed:?}");
    assert!(
        parsed.is_ok_and(|parsed| parsed.matches(message) == expected),
        "{pattern} of {message}: not {expected}"
    );
}
