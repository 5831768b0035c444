//! What a value is compared with: `= 4*`, `!= "x"`, `>= 1.5e3`, `= %regex%`.

use cloud_core::Glob;
use regex::Regex;

use super::terms::quoted;
use super::{PatternError, regex};

/// A comparison.
#[derive(Debug)]
pub(super) struct Condition {
    operator: Operator,
    operand: Operand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
enum Operand {
    Number(f64),
    Text(Glob),
    Regex(Regex),
}

/// What a message has in the compared place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Actual<'a> {
    Text(&'a str),
    Number(f64),
}

impl Condition {
    /// Reads a comparison off the start of a text; the rest follows.
    pub(super) fn parse(text: &str) -> Result<(Self, &str), PatternError> {
        const OPERATORS: [(&str, Operator); 6] = [
            ("!=", Operator::Unequal),
            (">=", Operator::GreaterOrEqual),
            ("<=", Operator::LessOrEqual),
            ("=", Operator::Equal),
            (">", Operator::Greater),
            ("<", Operator::Less),
        ];
        let text = text.trim_start();
        let found = OPERATORS.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
        let (operator, rest) = found.ok_or(PatternError::Expected("an operator"))?;
        let (operand, rest) = operand(rest.trim_start())?;
        let ordered = !matches!(operator, Operator::Equal | Operator::Unequal);
        if ordered && !matches!(operand, Operand::Number(_)) {
            return Err(PatternError::Expected("a number"));
        }
        Ok((Self { operator, operand }, rest))
    }

    pub(super) fn holds(&self, actual: Actual<'_>) -> bool {
        match (&self.operand, actual) {
            (Operand::Number(wanted), Actual::Number(number)) => self.compare(number, *wanted),
            (Operand::Number(wanted), Actual::Text(text)) => match text.parse::<f64>() {
                Ok(number) => self.compare(number, *wanted),
                Err(_) => self.operator == Operator::Unequal,
            },
            (Operand::Text(_), Actual::Number(_)) => self.operator == Operator::Unequal,
            (Operand::Text(glob), Actual::Text(text)) => {
                glob.matches(text) == (self.operator == Operator::Equal)
            }
            (Operand::Regex(regex), Actual::Text(text)) => {
                regex.is_match(text) == (self.operator == Operator::Equal)
            }
            (Operand::Regex(_), Actual::Number(_)) => false,
        }
    }

    #[allow(clippy::float_cmp, reason = "a filter's = means the very number")]
    fn compare(&self, number: f64, wanted: f64) -> bool {
        match self.operator {
            Operator::Equal => number == wanted,
            Operator::Unequal => number != wanted,
            Operator::Less => number < wanted,
            Operator::LessOrEqual => number <= wanted,
            Operator::Greater => number > wanted,
            Operator::GreaterOrEqual => number >= wanted,
        }
    }
}

fn operand(text: &str) -> Result<(Operand, &str), PatternError> {
    if let Some(rest) = text.strip_prefix('"') {
        let (phrase, rest) = quoted(rest)?;
        return Ok((Operand::Text(Glob::of(&phrase)), rest));
    }
    if let Some(rest) = text.strip_prefix('%') {
        let (expression, rest) = rest.split_once('%').ok_or(PatternError::Unclosed("%"))?;
        return Ok((Operand::Regex(regex(expression)?), rest));
    }
    let end =
        text.find(|letter: char| letter.is_whitespace() || ")&|,".contains(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if word.is_empty() {
        return Err(PatternError::Expected("a value"));
    }
    match word.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((Operand::Number(number), rest)),
        _ => Ok((Operand::Text(Glob::of(word)), rest)),
    }
}
