//! Input transformers: a template whose placeholders are filled from an event. Pure.
// AWS: "Transforming Amazon EventBridge target input", "Input transformation examples".

use std::collections::BTreeMap;

use serde_json::{Deserializer, Value};

use crate::path::Path;

/// What a template may name besides its own paths.
const RESERVED: [&str; 5] = [
    "aws.events.rule-arn",
    "aws.events.rule-name",
    "aws.events.event.ingestion-time",
    "aws.events.event",
    "aws.events.event.json",
];

/// Why a template is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It names what is no path.
    Placeholder(String),
    /// A path is none.
    Path(String),
    /// What it makes would be no JSON.
    Template(String),
}

/// A transformer that was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transformer {
    paths: BTreeMap<String, Path>,
    pieces: Vec<Piece>,
    /// Whether it makes an object or a list, and no texts.
    is_json: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Placeholder {
        name: String,
        /// Whether it stands within quotes.
        is_quoted: bool,
    },
}

/// What fills placeholders besides the event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) rule_arn: &'a str,
    pub(crate) rule_name: &'a str,
    /// When the event came, as events have moments.
    pub(crate) ingested: &'a str,
}

impl Transformer {
    /// Reads a template with its paths.
    pub(crate) fn read(paths: &BTreeMap<String, String>, template: &str) -> Result<Self, Wrong> {
        let mut read = BTreeMap::new();
        for (name, path) in paths {
            let path = Path::read(path).ok_or_else(|| Wrong::Path(path.clone()))?;
            read.insert(name.clone(), path);
        }
        let pieces = pieces(template);
        for piece in &pieces {
            if let Piece::Placeholder { name, .. } = piece
                && !read.contains_key(name)
                && !RESERVED.contains(&name.as_str())
            {
                return Err(Wrong::Placeholder(name.clone()));
            }
        }
        let is_json = template.trim_start().starts_with(['{', '[']);
        let transformer = Self { paths: read, pieces, is_json };
        // What stands for it within quotes is a text, and elsewhere a value.
        let tried =
            transformer.filled(|_, is_quoted| if is_quoted { "x".to_owned() } else { "0".to_owned() });
        let values = Deserializer::from_str(&tried).into_iter::<Value>();
        for value in values {
            if let Err(error) = value {
                let (line, column) = (error.line(), error.column());
                return Err(Wrong::Template(format!("line: {line}, column: {column}")));
            }
        }
        Ok(transformer)
    }

    /// What a target gets of an event.
    pub(crate) fn apply(&self, event: &Value, facts: Facts<'_>) -> String {
        self.filled(|name, is_quoted| {
            let value = self.value(name, event, facts);
            if is_quoted { self.within_quotes(&value) } else { written(&value) }
        })
    }

    fn filled(&self, fill: impl Fn(&str, bool) -> String) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Placeholder { name, is_quoted } => text.push_str(&fill(name, *is_quoted)),
            }
        }
        text
    }

    // AWS: what a path does not lead to is an empty text.
    fn value(&self, name: &str, event: &Value, facts: Facts<'_>) -> Value {
        match name {
            "aws.events.rule-arn" => facts.rule_arn.into(),
            "aws.events.rule-name" => facts.rule_name.into(),
            "aws.events.event.ingestion-time" => facts.ingested.into(),
            // AWS: "The original event payload without the detail field."
            "aws.events.event" => {
                let mut event = event.clone();
                if let Some(members) = event.as_object_mut() {
                    members.remove("detail");
                }
                event
            }
            "aws.events.event.json" => event.clone(),
            name => self.paths.get(name).and_then(|path| path.find(event)).unwrap_or_else(|| "".into()),
        }
    }

    /// A value within a text.
    // AWS: an object in the text of a template that makes texts loses its quotes, a list those of its elements.
    fn within_quotes(&self, value: &Value) -> String {
        match value {
            Value::String(text) => escaped(text),
            Value::Object(_) | Value::Array(_) if self.is_json => escaped(&written(value)),
            Value::Object(_) | Value::Array(_) => written(value).replace('"', ""),
            other => written(other),
        }
    }
}

fn written(value: &Value) -> String {
    value.to_string()
}

/// A text as it stands between quotes.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// A template taken apart. A bracket that no name follows is one.
fn pieces(template: &str) -> Vec<Piece> {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let (mut is_quoted, mut is_escaped) = (false, false);
    let mut rest = template;
    while let Some(letter) = rest.chars().next() {
        if letter == '<'
            && let Some((name, after)) = placeholder(rest)
        {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Placeholder { name: name.to_owned(), is_quoted });
            (rest, is_escaped) = (after, false);
            continue;
        }
        if letter == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = letter == '\\' && !is_escaped;
        text.push(letter);
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('<')?.split_once('>')?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FACTS: Facts<'static> =
        Facts { rule_arn: "arn:r", rule_name: "r", ingested: "2026-01-01T00:00:00Z" };

    fn paths() -> BTreeMap<String, String> {
        let all = [
            ("instance", "$.detail.instance"),
            ("state", "$.detail.state"),
            ("count", "$.detail.count"),
            ("object", "$.detail.object"),
            ("list", "$.detail.list"),
            ("missing", "$.detail.missing"),
        ];
        all.map(|(name, path)| (name.to_owned(), path.to_owned())).into()
    }

    #[test]
    fn placeholders_are_filled() {
        let event = json!({ "version": "0", "detail": {
            "instance": "i-1", "state": "say \"hi\"", "count": 3, "object": { "k": "v" }, "list": ["a", "b"],
        } });
        let check = |template: &str, expected: &str| {
            let read =
                Transformer::read(&paths(), template).unwrap_or_else(|wrong| panic!("{template}: {wrong:?}"));
            assert_eq!(read.apply(&event, FACTS), expected, "{template}");
        };
        check(r#""<instance> is there""#, r#""i-1 is there""#);
        check(r#"{"a": <instance>, "b": <count>}"#, r#"{"a": "i-1", "b": 3}"#);
        check(
            r#"{"a": "<instance> of <count>", "b": "\"<instance>\""}"#,
            r#"{"a": "i-1 of 3", "b": "\"i-1\""}"#,
        );
        check(r#"{"a": <state>, "b": "<state>"}"#, r#"{"a": "say \"hi\"", "b": "say \"hi\""}"#);
        check(r#"{"a": <object>, "b": <list>}"#, r#"{"a": {"k":"v"}, "b": ["a","b"]}"#);
        check(r#""<object> and <list>""#, r#""{k:v} and [a,b]""#);
        check(r#"{"a": <missing>, "b": "<missing>"}"#, r#"{"a": "", "b": ""}"#);
        check("<object>", r#"{"k":"v"}"#);
        check("\"<instance>\"\n\"<count>\"", "\"i-1\"\n\"3\"");
        check(r#"{"a": <aws.events.rule-name>, "b": <aws.events.rule-arn>}"#, r#"{"a": "r", "b": "arn:r"}"#);
        check(r#"{"a": <aws.events.event>}"#, r#"{"a": {"version":"0"}}"#);
        check("<aws.events.event.json>", &event.to_string());
        check(r#""<aws.events.event.ingestion-time>""#, r#""2026-01-01T00:00:00Z""#);
        check(r#""a < b and <instance>""#, r#""a < b and i-1""#);
        check(r#""no placeholder""#, r#""no placeholder""#);
    }

    #[test]
    fn what_could_make_no_json_is_refused() {
        let check = |template: &str, expected: &str| {
            let wrong = Transformer::read(&paths(), template).unwrap_err();
            assert!(format!("{wrong:?}").starts_with(expected), "{template}: {wrong:?}");
        };
        check(r#""<notdefinedkey>""#, r#"Placeholder("notdefinedkey")"#);
        check("<instance> is there", "Template");
        check(r#"{"a": <instance>"#, "Template");
        check(r#"{"a": <instance> <count>}"#, "Template");
        let bad = BTreeMap::from([("a".to_owned(), "detail".to_owned())]);
        assert_eq!(Transformer::read(&bad, "\"<a>\""), Err(Wrong::Path("detail".into())));
    }
}
