//! A policy's document as it is evaluated.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::condition::{Condition, Operator};
use crate::decision::Kind;
use crate::keys::Keys;
use crate::pattern::{Pattern, Reading, Steps, Unresolved};
use crate::principal::{Principals, Reach};
use crate::{Principal, Request};

/// The longest document that is read, in bytes.
// AWS: what the simulation takes at most; what is kept is smaller.
pub const MAX_DOCUMENT: usize = 131_072;

/// Why a document cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// More than [`MAX_DOCUMENT`] bytes.
    #[error("the policy has {0} bytes, more than the {MAX_DOCUMENT} that one may have")]
    TooLong(usize),
    /// No JSON, or no object.
    #[error("the policy is no JSON object")]
    NoJson,
    /// An element that must be there is not.
    #[error("Missing required field {0}")]
    Missing(&'static str),
    /// An element is not what it may be.
    #[error("Invalid policy element: {0}")]
    Invalid(&'static str),
    /// A condition's operator that there is not.
    #[error("Invalid Condition type : {0}")]
    Operator(String),
}

/// A place in a document: from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

/// A document. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Policy {
    statements: Arc<[Statement]>,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its id, if it has one.
    pub sid: Option<String>,
    /// From behind what stands before it to its end.
    pub places: (Place, Place),
    pub(crate) denies: bool,
    principals: Option<Principals>,
    actions: Names,
    resources: Option<Names>,
    conditions: Vec<Condition>,
}

/// Patterns, or what is none of them.
#[derive(Clone, Debug)]
struct Names {
    negated: bool,
    patterns: Vec<Pattern>,
}

#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(rename = "Version", default)]
    version: Option<Value>,
    #[serde(borrow, rename = "Statement", default)]
    statement: Option<&'a RawValue>,
}

impl Policy {
    /// Reads a document.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_DOCUMENT {
            return Err(ParseError::TooLong(text.len()));
        }
        if !text.trim_start().starts_with('{') {
            return Err(ParseError::NoJson);
        }
        let outline: Outline<'_> = serde_json::from_str(text).map_err(|_| ParseError::NoJson)?;
        // AWS: variables are for version 2012-10-17; without one it is the older version.
        let variables = outline.version.is_some_and(|version| version == "2012-10-17");
        let whole = outline.statement.ok_or(ParseError::Missing("Statement"))?.get();
        let each: Vec<&RawValue> = if whole.starts_with('[') {
            serde_json::from_str(whole).map_err(|_| ParseError::Invalid("Statement"))?
        } else {
            vec![serde_json::from_str(whole).map_err(|_| ParseError::Invalid("Statement"))?]
        };
        let mut lines = Lines::of(text);
        let statements = each.into_iter().map(|raw| {
            let places = lines.places(span(text, raw.get()));
            Statement::parse(raw.get(), variables, places)
        });
        Ok(Self { statements: statements.collect::<Result<_, _>>()? })
    }

    /// What stands for a document that cannot be read: what it denied is unknown, so it denies all.
    pub fn unreadable() -> Self {
        let place = Place { line: 1, column: 1 };
        let everything = Names { negated: false, patterns: vec![Pattern::of("*", false)] };
        Self {
            statements: Arc::new([Statement {
                sid: None,
                places: (place, place),
                denies: true,
                principals: Some(Principals::everybody()),
                actions: everything.clone(),
                resources: Some(everything),
                conditions: Vec::new(),
            }]),
        }
    }

    /// The statements, in their order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// All keys that its conditions and variables are about, as it writes them.
    pub fn keys(&self) -> BTreeSet<String> {
        self.statements.iter().flat_map(Statement::keys).collect()
    }
}

/// Where a part of a text is in it.
fn span(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    start..start + part.len()
}

/// Finds places one behind the other, so that the text is gone through once.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    place: Place,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0, place: Place { line: 1, column: 1 } }
    }

    // AWS: a statement begins right behind the bracket, comma or colon before it, and ends behind its own bracket.
    fn places(&mut self, span: Range<usize>) -> (Place, Place) {
        let before = self.text.get(..span.start).unwrap_or_default().trim_end().len();
        (self.go_to(before), self.go_to(span.end))
    }

    fn go_to(&mut self, offset: usize) -> Place {
        for letter in self.text.get(self.at..offset).unwrap_or_default().chars() {
            self.place = match letter {
                '\n' => Place { line: self.place.line + 1, column: 1 },
                _ => Place { column: self.place.column + 1, ..self.place },
            };
        }
        self.at = self.at.max(offset);
        self.place
    }
}

impl Statement {
    fn parse(text: &str, variables: bool, places: (Place, Place)) -> Result<Self, ParseError> {
        let members: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| ParseError::Invalid("Statement"))?;
        let denies = match members.get("Effect").ok_or(ParseError::Missing("Effect"))?.as_str() {
            Some("Allow") => false,
            Some("Deny") => true,
            _ => return Err(ParseError::Invalid("Effect")),
        };
        let actions = Names::of(&members, "Action", "NotAction", false)?;
        Ok(Self {
            sid: members.get("Sid").and_then(Value::as_str).map(str::to_owned),
            places,
            denies,
            principals: principals(&members)?,
            actions: actions.ok_or(ParseError::Missing("Action"))?,
            resources: Names::of(&members, "Resource", "NotResource", variables)?,
            conditions: conditions(&members, variables)?,
        })
    }

    /// Whether it says whom it is about: those of resource and trust policies do.
    pub fn names_principals(&self) -> bool {
        self.principals.is_some()
    }

    /// Whether it allows all but those whom it names, which policies of AWS may not.
    pub fn allows_others(&self) -> bool {
        !self.denies && self.principals.as_ref().is_some_and(|principals| principals.negated)
    }

    /// Whether it says what it is about: those of all but trust policies do.
    pub fn names_resources(&self) -> bool {
        self.resources.is_some()
    }

    fn keys(&self) -> impl Iterator<Item = String> {
        let conditions = self.conditions.iter();
        let of_conditions = conditions.flat_map(|condition| {
            std::iter::once(condition.key.as_str()).chain(condition.variables()).map(str::to_owned)
        });
        let patterns = self.resources.iter().flat_map(|resources| &resources.patterns);
        of_conditions.chain(patterns.flat_map(|pattern| pattern.variables().map(str::to_owned)))
    }

    /// How it is about the request, if it is. Statements of identity policies mean whoever has the policy.
    pub(crate) fn applies(&self, request: &Request<'_>, kind: Kind) -> Option<Reach> {
        let steps = request.steps;
        let reach = match (&self.principals, kind.names_principals()) {
            // AWS: it cannot be said of all but some that they may, only that they may not.
            (Some(principals), true) if principals.negated && !self.denies => return None,
            (Some(principals), true) => principals.reach(request.principal)?,
            (None, true) => return None,
            (_, false) => Reach::Itself,
        };
        if !self.actions.contain(request.action, Reading::WildIgnoringCase, request.keys, steps).ok()? {
            return None;
        }
        if let Some(resources) = &self.resources
            && !resources.contain(request.resource, Reading::Wild, request.keys, steps).ok()?
        {
            return None;
        }
        self.conditions.iter().all(|condition| condition.holds(request.keys, steps)).then_some(reach)
    }
}

impl Names {
    fn of(
        members: &Map<String, Value>,
        name: &'static str,
        other: &'static str,
        variables: bool,
    ) -> Result<Option<Self>, ParseError> {
        let (value, negated, name) = match (members.get(name), members.get(other)) {
            (Some(value), None) => (value, false, name),
            (None, Some(value)) => (value, true, other),
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(ParseError::Invalid(other)),
        };
        let texts = texts(value).ok_or(ParseError::Invalid(name))?;
        let patterns = texts.iter().map(|text| Pattern::of(text, variables)).collect();
        Ok(Some(Self { negated, patterns }))
    }

    fn contain(&self, name: &str, reading: Reading, keys: &Keys, steps: &Steps) -> Result<bool, Unresolved> {
        for pattern in &self.patterns {
            match pattern.matches(name, reading, keys, steps) {
                Ok(true) => return Ok(!self.negated),
                Ok(false) => {}
                // One of several that may stand for it is left out; of those that may not, none can be.
                Err(_) if !self.negated => {}
                Err(unresolved) => return Err(unresolved),
            }
        }
        Ok(self.negated)
    }
}

fn principals(members: &Map<String, Value>) -> Result<Option<Principals>, ParseError> {
    let (value, name) = match (members.get("Principal"), members.get("NotPrincipal")) {
        (Some(value), None) => (value, "Principal"),
        (None, Some(value)) => (value, "NotPrincipal"),
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(ParseError::Invalid("NotPrincipal")),
    };
    Principals::of(value, name == "NotPrincipal").map(Some).ok_or(ParseError::Invalid(name))
}

fn conditions(members: &Map<String, Value>, variables: bool) -> Result<Vec<Condition>, ParseError> {
    const INVALID: ParseError = ParseError::Invalid("Condition");
    let Some(operators) = members.get("Condition") else { return Ok(Vec::new()) };
    let mut conditions = Vec::new();
    for (name, keys) in operators.as_object().ok_or(INVALID)? {
        let operator = Operator::parse(name).ok_or_else(|| ParseError::Operator(name.clone()))?;
        for (key, values) in keys.as_object().ok_or(INVALID)? {
            conditions.push(Condition::new(operator, key, texts(values).ok_or(INVALID)?, variables));
        }
    }
    Ok(conditions)
}

/// One thing or several, as texts.
fn texts(value: &Value) -> Option<Vec<String>> {
    let each = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    each.iter().map(text).collect()
}

impl Principal {
    /// Whether the policy names this principal in a statement that allows.
    pub fn is_named_in(&self, policy: &Policy) -> bool {
        let allowing = policy.statements.iter().filter(|statement| !statement.denies);
        allowing.filter_map(|statement| statement.principals.as_ref()).any(|all| all.reach(self).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_have_places() {
        // AWS: where the simulation says that the statement of AdministratorAccess is.
        let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}";
        let place = |line, column| Place { line, column };
        let policy = Policy::parse(text).unwrap();
        assert_eq!(policy.statements()[0].places, (place(3, 17), place(8, 6)));
        let statement = r#"{"Effect":"Deny","Action":"a:b","Resource":"é"}"#;
        let policy = Policy::parse(&format!("{{\"Statement\":[{statement}, {statement}]}}")).unwrap();
        let places: Vec<_> = policy.statements().iter().map(|statement| statement.places).collect();
        assert_eq!(places, [(place(1, 15), place(1, 62)), (place(1, 63), place(1, 111))]);
    }

    #[test]
    fn documents_that_cannot_be_evaluated() {
        let statement = |members: &str| format!("{{\"Statement\":{{{members}}}}}");
        for (text, expected) in [
            ("[]".to_owned(), ParseError::NoJson),
            ("{".to_owned(), ParseError::NoJson),
            ("[".repeat(100_000), ParseError::NoJson),
            (" ".repeat(MAX_DOCUMENT + 1), ParseError::TooLong(MAX_DOCUMENT + 1)),
            ("{}".to_owned(), ParseError::Missing("Statement")),
            (r#"{"Statement":"x"}"#.to_owned(), ParseError::Invalid("Statement")),
            (statement(""), ParseError::Missing("Effect")),
            (statement(r#""Effect":"Maybe""#), ParseError::Invalid("Effect")),
            (statement(r#""Effect":"Allow""#), ParseError::Missing("Action")),
            (statement(r#""Effect":"Allow","Action":"a","NotAction":"b""#), ParseError::Invalid("NotAction")),
            (statement(r#""Effect":"Allow","Action":{}"#), ParseError::Invalid("Action")),
            (statement(r#""Effect":"Allow","Action":"*","Principal":"x""#), ParseError::Invalid("Principal")),
            (
                statement(r#""Effect":"Allow","Action":"*","Condition":{"Is":{}}"#),
                ParseError::Operator("Is".into()),
            ),
            (statement(r#""Effect":"Allow","Action":"*","Condition":[]"#), ParseError::Invalid("Condition")),
        ] {
            assert_eq!(
                Policy::parse(&text).unwrap_err(),
                expected,
                "{}",
                text.chars().take(99).collect::<String>()
            );
        }
    }

    #[test]
    fn keys_of_conditions_and_variables() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"a/${aws:username}",
            "Condition":{"StringLike":{"s3:prefix":["${aws:userid}/*"]},"Bool":{"aws:SecureTransport":true}}}}"#;
        let keys: Vec<_> = Policy::parse(text).unwrap().keys().into_iter().collect();
        assert_eq!(keys, ["aws:SecureTransport", "aws:userid", "aws:username", "s3:prefix"]);
    }
}
