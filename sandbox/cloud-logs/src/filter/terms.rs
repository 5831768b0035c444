//! `ERROR -retry ?a ?b "a phrase" %regex%`.

use regex::Regex;

use super::{PatternError, regex};

/// All of the wanted, none of the unwanted; or, if nothing but optional terms is given, one of those.
#[derive(Debug, Default)]
pub(super) struct Terms {
    wanted: Vec<Term>,
    unwanted: Vec<Term>,
    optional: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Term {
    fn within(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text.as_str()),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

impl Terms {
    pub(super) fn parse(mut text: &str) -> Result<Self, PatternError> {
        let mut terms = Self::default();
        loop {
            text = text.trim_start();
            let Some(first) = text.chars().next() else { return Ok(terms) };
            let list = match first {
                '-' => &mut terms.unwanted,
                '?' => &mut terms.optional,
                _ => &mut terms.wanted,
            };
            text = text.strip_prefix(['-', '?']).unwrap_or(text);
            let (term, rest) = term(text)?;
            list.push(term);
            text = rest;
        }
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        // AWS: optional terms beside others are ignored.
        if self.wanted.is_empty() && self.unwanted.is_empty() && !self.optional.is_empty() {
            return self.optional.iter().any(|term| term.within(message));
        }
        self.wanted.iter().all(|term| term.within(message))
            && !self.unwanted.iter().any(|term| term.within(message))
    }
}

fn term(text: &str) -> Result<(Term, &str), PatternError> {
    if let Some(rest) = text.strip_prefix('"') {
        let (phrase, rest) = quoted(rest)?;
        return Ok((Term::Text(phrase), rest));
    }
    if let Some(rest) = text.strip_prefix('%') {
        let (expression, rest) = rest.split_once('%').ok_or(PatternError::Unclosed("%"))?;
        return Ok((Term::Regex(regex(expression)?), rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    // AWS: everything but letters, digits and underscores needs quotes.
    if word.is_empty() || !word.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
        return Err(PatternError::Term(word.to_owned()));
    }
    Ok((Term::Text(word.to_owned()), rest))
}

/// The text up to the closing quote, and what follows. A backslash keeps the next character from meaning anything.
pub(super) fn quoted(text: &str) -> Result<(String, &str), PatternError> {
    let mut phrase = String::new();
    let mut letters = text.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' => return Ok((phrase, text.get(index + 1..).unwrap_or_default())),
            '\\' => phrase.extend(letters.next().map(|(_, letter)| letter)),
            other => phrase.push(other),
        }
    }
    Err(PatternError::Unclosed("\""))
}
