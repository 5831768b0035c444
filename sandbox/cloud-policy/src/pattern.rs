//! Texts of policies that stand for many: wildcards and variables.
//!
//! A pattern is compared within a number of steps that all comparisons for one request share ([`Steps`]): the time of a
//! comparison is at most the product of two lengths, and what is longer than the text that it should match is given up
//! before it is made.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::keys::Keys;

/// Comparisons of single characters for one request: some 10 ms at most.
const MAX_STEPS: u64 = 4_000_000;

/// How much may still be compared, for all decisions about one request of a client.
#[derive(Debug)]
pub struct Steps(AtomicU64);

impl Default for Steps {
    fn default() -> Self {
        Self(AtomicU64::new(MAX_STEPS))
    }
}

impl Steps {
    /// Takes so many; whether there were as many.
    pub(crate) fn take(&self, count: usize) -> bool {
        let left = self.0.load(Ordering::Relaxed).checked_sub(count as u64);
        self.0.store(left.unwrap_or(0), Ordering::Relaxed);
        left.is_some()
    }

    /// Whether there are none left: what was found since is not to be relied on.
    pub(crate) fn spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

/// A text of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `?`
    One,
    /// `*`
    Any,
    /// `${key}`, `${key, 'default'}`; the key as it is written and in lower case.
    Variable {
        name: String,
        key: String,
        default: Option<String>,
    },
}

/// A part of a pattern whose variables are resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Any,
}

/// How wildcards and letters are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// `*` and `?` stand for others.
    Wild,
    /// They stand for themselves.
    Exact,
    /// So, and small and capital letters are the same.
    ExactIgnoringCase,
    /// Wildcards, and small and capital letters are the same.
    WildIgnoringCase,
}

impl Reading {
    fn is_wild(self) -> bool {
        matches!(self, Self::Wild | Self::WildIgnoringCase)
    }

    fn same(self, a: char, b: char) -> bool {
        a == b
            || matches!(self, Self::ExactIgnoringCase | Self::WildIgnoringCase)
                && a.to_lowercase().eq(b.to_lowercase())
    }
}

/// A variable that the request has no value for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unresolved(pub(crate) String);

impl Pattern {
    /// Reads a text. Only policies of the newer version have variables.
    pub(crate) fn of(text: &str, variables: bool) -> Self {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(letter) = rest.chars().next() {
            if variables && let Some((part, length)) = variable(rest) {
                parts.push(part);
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            match (letter, parts.last_mut()) {
                ('*', _) => parts.push(Part::Any),
                ('?', _) => parts.push(Part::One),
                (_, Some(Part::Text(text))) => text.push(letter),
                _ => parts.push(Part::Text(letter.to_string())),
            }
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
        Self(parts)
    }

    /// The keys of its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Variable { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether the text is one that this stands for.
    pub(crate) fn matches(
        &self,
        text: &str,
        reading: Reading,
        keys: &Keys,
        steps: &Steps,
    ) -> Result<bool, Unresolved> {
        if !steps.take(text.chars().count() + 1) || self.begins_otherwise(text, reading) {
            return Ok(false);
        }
        let text: Vec<char> = text.chars().collect();
        let Some(tokens) = self.tokens(text.len(), reading, keys)? else { return Ok(false) };
        Ok(matches(&tokens, &text, reading, steps))
    }

    /// Whether the ARN is one that this stands for, each of the six parts by itself.
    // AWS: "Each of the six colon-delimited components of the ARN is checked separately and each can include multi-character
    // match wildcards"; ArnEquals and ArnLike behave identically.
    pub(crate) fn matches_arn(&self, arn: &str, keys: &Keys, steps: &Steps) -> Result<bool, Unresolved> {
        if !steps.take(arn.chars().count() + 1) || self.begins_otherwise(arn, Reading::Wild) {
            return Ok(false);
        }
        let text: Vec<char> = arn.chars().collect();
        let Some(tokens) = self.tokens(text.len(), Reading::Wild, keys)? else { return Ok(false) };
        let patterns: Vec<&[Token]> = tokens.splitn(6, |token| *token == Token::Char(':')).collect();
        let parts: Vec<&[char]> = text.splitn(6, |letter| *letter == ':').collect();
        let mut both = patterns.iter().zip(&parts);
        Ok(patterns.len() == parts.len()
            && both.all(|(pattern, part)| matches(pattern, part, Reading::Wild, steps)))
    }

    /// Whether it stands for no text that begins so: most are told apart by that, before anything is made of them. One with
    /// variables is resolved first.
    fn begins_otherwise(&self, text: &str, reading: Reading) -> bool {
        let Some(Part::Text(beginning)) = self.0.first() else { return false };
        let mut both = beginning.chars().zip(text.chars());
        self.variables().next().is_none() && both.any(|(wanted, letter)| !reading.same(wanted, letter))
    }

    /// The pattern with its variables' values; none if it could match no text of that length, whatever its wildcards.
    fn tokens(
        &self,
        longest: usize,
        reading: Reading,
        keys: &Keys,
    ) -> Result<Option<Vec<Token>>, Unresolved> {
        let (mut tokens, mut length) = (Vec::new(), 0);
        let mut fits = true;
        for part in &self.0 {
            let text = match part {
                Part::Any if reading.is_wild() => {
                    if tokens.last() != Some(&Token::Any) {
                        tokens.push(Token::Any);
                    }
                    continue;
                }
                Part::One if reading.is_wild() => {
                    tokens.push(Token::One);
                    length += 1;
                    continue;
                }
                Part::Any => "*",
                Part::One => "?",
                Part::Text(text) => text,
                Part::Variable { key, default, .. } => {
                    let value = keys.single(key).or(default.as_deref());
                    value.ok_or_else(|| Unresolved(key.clone()))?
                }
            };
            // What comes behind is only looked at for variables without a value.
            fits = fits && length + text.chars().take(longest + 1).count() <= longest;
            if fits {
                length += text.chars().count();
                tokens.extend(text.chars().map(Token::Char));
            }
        }
        Ok((fits && length <= longest).then_some(tokens))
    }
}

/// A variable at the beginning of the text, and how long it is written.
// AWS: "IAM policy elements: Variables and tags".
fn variable(text: &str) -> Option<(Part, usize)> {
    let inside = text.strip_prefix("${")?;
    let (inside, _) = inside.split_once('}')?;
    let length = inside.len() + 3;
    if let "*" | "?" | "$" = inside {
        return Some((Part::Text(inside.to_owned()), length));
    }
    let (key, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((key, default)) => {
            (key, Some(default.trim().strip_prefix('\'')?.strip_suffix('\'')?.to_owned()))
        }
    };
    let key = key.trim();
    // What is no name of a key is text.
    let variable = || Part::Variable { name: key.to_owned(), key: key.to_lowercase(), default };
    key.contains(':').then(|| (variable(), length))
}

/// Goes back to the last wildcard alone: what stands before it fits wherever it was found first.
fn matches(tokens: &[Token], text: &[char], reading: Reading, steps: &Steps) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(place) {
        if !steps.take(1) {
            return false;
        }
        match tokens.get(at) {
            Some(Token::Any) => {
                last = Some((at, place));
                at += 1;
            }
            Some(Token::One) => (at, place) = (at + 1, place + 1),
            Some(Token::Char(wanted)) if reading.same(*wanted, *letter) => (at, place) = (at + 1, place + 1),
            _ => {
                let Some((any, from)) = last else { return false };
                last = Some((any, from + 1));
                (at, place) = (any + 1, from + 1);
            }
        }
    }
    tokens.get(at..).is_some_and(|rest| rest.iter().all(|token| *token == Token::Any))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, text: &str, keys: &[(&str, &str)]) -> Result<bool, Unresolved> {
        let mut all = Keys::default();
        for (name, value) in keys {
            all.set(name, *value);
        }
        Pattern::of(pattern, true).matches(text, Reading::Wild, &all, &Steps::default())
    }

    /// Tries everything that a wildcard may stand for.
    fn slow(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skipped| slow(rest, &text[skipped..])),
            Some((wanted, rest)) => text
                .split_first()
                .is_some_and(|(letter, text)| (*wanted == '?' || wanted == letter) && slow(rest, text)),
        }
    }

    proptest! {
        #[test]
        fn wildcards_match_what_a_slow_model_matches(pattern in "[ab*?ä]{0,9}", text in "[abä]{0,9}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(check(&pattern, &text, &[]), Ok(slow(&letters(&pattern), &letters(&text))));
        }
    }

    #[test]
    fn variables_stand_for_values_and_not_for_patterns() {
        let anne: &[(&str, &str)] = &[("aws:username", "anne"), ("aws:PrincipalTag/Team", "a*")];
        for (pattern, text, expected) in [
            ("home/${aws:username}/*", "home/anne/x/y", true),
            ("home/${AWS:UserName}/*", "home/anne/x", true),
            ("home/${aws:username}/*", "home/bert/x", false),
            ("${aws:PrincipalTag/Team}", "a*", true),
            ("${aws:PrincipalTag/Team}", "ab", false),
            ("${aws:x, 'default'}/*", "default/a", true),
            ("${aws:username, 'default'}", "anne", true),
            ("${*}${?}${$}", "*?$", true),
            ("${*}", "x", false),
            ("${x", "${x", true),
            ("${}", "${}", true),
            ("$x", "$x", true),
        ] {
            assert_eq!(check(pattern, text, anne), Ok(expected), "{pattern} {text}");
        }
        assert_eq!(check("a/${aws:Missing}", "b", anne), Err(Unresolved("aws:missing".into())));
        assert_eq!(check("aaa${aws:Missing}", "b", anne), Err(Unresolved("aws:missing".into())));
        let old = Pattern::of("${aws:username}", false);
        assert_eq!(
            old.matches("${aws:username}", Reading::Wild, &Keys::default(), &Steps::default()),
            Ok(true),
            "the older version has no variables"
        );
    }

    #[test]
    fn what_would_take_too_long_is_given_up() {
        let many = "*a".repeat(3000);
        let steps = Steps::default();
        let mut keys = Keys::default();
        keys.set("s3:prefix", "a".repeat(1024));
        for pattern in [many.as_str(), &"*${s3:prefix}b".repeat(400), &format!("*{}b", "${s3:prefix}")] {
            for _ in 0..20_000 {
                let _ = Pattern::of(pattern, true).tokens(9, Reading::Wild, &keys);
                let text = "a".repeat(1200);
                if Pattern::of(pattern, true).matches(&text, Reading::Wild, &keys, &steps) != Ok(false)
                    || steps.spent()
                {
                    break;
                }
            }
        }
        assert!(steps.spent(), "the last of them compares a thousand letters at each of two hundred places");
    }
}
