//! `{ ($.level = "error" || $.n > 3) && $.user.name NOT EXISTS }`.

use serde_json::Value;

use super::PatternError;
use super::condition::{Actual, Condition};
use super::terms::quoted;

/// Parentheses within parentheses.
const MAX_DEPTH: usize = 32;

/// A condition over a JSON message. Messages that are no JSON objects do not match.
#[derive(Debug)]
pub(super) struct JsonFilter(Node);

#[derive(Debug)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Test(Vec<Step>, Test),
}

#[derive(Debug)]
enum Test {
    Compare(Condition),
    IsNull,
    IsTrue,
    IsFalse,
    NotExists,
}

#[derive(Debug)]
enum Step {
    Member(String),
    Element(usize),
    AnyElement,
}

impl JsonFilter {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut parser = Parser { rest: text, depth: 0 };
        let node = parser.any()?;
        if parser.rest.trim().is_empty() { Ok(Self(node)) } else { Err(PatternError::Expected("the end")) }
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        match serde_json::from_str::<Value>(message) {
            Ok(value @ Value::Object(_)) => self.0.holds(&value),
            _ => false,
        }
    }
}

impl Node {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::And(nodes) => nodes.iter().all(|node| node.holds(value)),
            Self::Or(nodes) => nodes.iter().any(|node| node.holds(value)),
            Self::Test(steps, test) => {
                let found = select(value, steps);
                match test {
                    Test::NotExists => found.is_empty(),
                    _ => found.into_iter().any(|found| test.holds(found)),
                }
            }
        }
    }
}

impl Test {
    fn holds(&self, found: &Value) -> bool {
        match (self, found) {
            (Self::IsNull, Value::Null)
            | (Self::IsTrue, Value::Bool(true))
            | (Self::IsFalse, Value::Bool(false)) => true,
            (Self::Compare(condition), Value::String(text)) => condition.holds(Actual::Text(text)),
            (Self::Compare(condition), Value::Number(number)) => {
                number.as_f64().is_some_and(|number| condition.holds(Actual::Number(number)))
            }
            _ => false,
        }
    }
}

fn select<'a>(value: &'a Value, steps: &[Step]) -> Vec<&'a Value> {
    let mut found = vec![value];
    for step in steps {
        found = found
            .into_iter()
            .flat_map(|value| match (step, value) {
                (Step::Member(name), Value::Object(members)) => members.get(name).into_iter().collect(),
                (Step::Element(index), Value::Array(elements)) => elements.get(*index).into_iter().collect(),
                (Step::AnyElement, Value::Array(elements)) => elements.iter().collect(),
                _ => Vec::new(),
            })
            .collect();
    }
    found
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Node, PatternError> {
        let mut nodes = vec![self.all()?];
        while self.take("||") {
            nodes.push(self.all()?);
        }
        Ok(Node::Or(nodes))
    }

    fn all(&mut self) -> Result<Node, PatternError> {
        let mut nodes = vec![self.one()?];
        while self.take("&&") {
            nodes.push(self.one()?);
        }
        Ok(Node::And(nodes))
    }

    fn one(&mut self) -> Result<Node, PatternError> {
        if !self.take("(") {
            let steps = self.selector()?;
            return Ok(Node::Test(steps, self.test()?));
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(PatternError::Nested);
        }
        let node = self.any()?;
        self.depth -= 1;
        if self.take(")") { Ok(node) } else { Err(PatternError::Expected(")")) }
    }

    fn take(&mut self, wanted: &str) -> bool {
        let trimmed = self.rest.trim_start();
        match trimmed.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let trimmed = self.rest.trim_start();
        match trimmed.split_at_checked(wanted.len()) {
            Some((word, rest)) if word.eq_ignore_ascii_case(wanted) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn selector(&mut self) -> Result<Vec<Step>, PatternError> {
        const WANTED: PatternError = PatternError::Expected("a selector, $.name");
        if !self.take("$") {
            return Err(WANTED);
        }
        let mut steps = Vec::new();
        loop {
            let rest = self.rest;
            let after_dot = rest.strip_prefix('.').unwrap_or(rest);
            if let Some(inner) = after_dot.strip_prefix('[') {
                steps.push(self.bracket(inner)?);
            } else if rest.starts_with('.') {
                let end = after_dot
                    .find(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '-'));
                let (name, rest) = after_dot.split_at(end.unwrap_or(after_dot.len()));
                if name.is_empty() {
                    return Err(WANTED);
                }
                steps.push(Step::Member(name.to_owned()));
                self.rest = rest;
            } else if steps.is_empty() {
                return Err(WANTED);
            } else {
                return Ok(steps);
            }
        }
    }

    fn bracket<'a>(&mut self, inner: &'a str) -> Result<Step, PatternError>
    where
        Self: 'a,
    {
        let (step, after) = if let Some(name) = inner.strip_prefix('"') {
            let (name, _) = quoted(name)?;
            let end = inner.rfind("\"]").ok_or(PatternError::Unclosed("["))?;
            (Step::Member(name), inner.get(end + 1..).unwrap_or_default())
        } else if let Some(after) = inner.strip_prefix('*') {
            (Step::AnyElement, after)
        } else {
            let end = inner.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(inner.len());
            let (digits, after) = inner.split_at(end);
            (Step::Element(digits.parse().map_err(|_| PatternError::Expected("an index"))?), after)
        };
        let after = after.strip_prefix(']').ok_or(PatternError::Unclosed("["))?;
        // What is left is a part of what was there before.
        self.rest = self.rest.get(self.rest.len() - after.len()..).unwrap_or_default();
        Ok(step)
    }

    fn test(&mut self) -> Result<Test, PatternError> {
        if self.take_word("NOT") {
            return if self.take_word("EXISTS") {
                Ok(Test::NotExists)
            } else {
                Err(PatternError::Expected("EXISTS"))
            };
        }
        if self.take_word("IS") {
            for (word, test) in [("NULL", Test::IsNull), ("TRUE", Test::IsTrue), ("FALSE", Test::IsFalse)] {
                if self.take_word(word) {
                    return Ok(test);
                }
            }
            return Err(PatternError::Expected("NULL, TRUE or FALSE"));
        }
        let (condition, rest) = Condition::parse(self.rest)?;
        self.rest = rest;
        Ok(Test::Compare(condition))
    }
}
