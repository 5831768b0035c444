//! Templates: YAML as libyaml reads it, the same value written as JSON and read by both readers, places within the text.

use libyaml_safer::{EventData, Parser, ScalarStyle};
use serde_json::Value;
use template_text::Document;

/// Templates that are deeper are refused, or nearly so.
const DEEP: usize = 90;

/// A template.
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let ours = Document::parse(text);
    if let Ok(document) = &ours {
        let value = document.value();
        let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
        within(document, value, &mut Vec::new(), lines);
        again(value);
    }
    compare(text, ours.as_ref().ok().map(Document::value));
    ours.is_ok()
}

/// Every part has a place in the text.
fn within(document: &Document, value: &Value, steps: &mut Vec<String>, lines: usize) {
    let mark = document.locate(steps);
    assert!((1..=lines).contains(&mark.line) && mark.column > 0, "{steps:?} at {mark}");
    let parts: Vec<(String, &Value)> = match value {
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, part)| (index.to_string(), part)).collect()
        }
        Value::Object(members) => members.iter().map(|(key, part)| (key.clone(), part)).collect(),
        _ => return,
    };
    for (step, part) in parts {
        steps.push(step);
        within(document, part, steps, lines);
        steps.pop();
    }
}

/// JSON is YAML, and both readers read it alike.
fn again(value: &Value) {
    let json = value.to_string();
    // What YAML calls no character, what is too long a key for it, and numbers that YAML 1.1 alone has.
    let is_common =
        json.chars().all(|c| matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}')) && !has_long_key(value);
    let read = |text: &str| Document::parse(text).map(|document| document.value().clone());
    assert_eq!(read(&json).as_ref(), Ok(value), "{json}");
    if is_common {
        assert_eq!(read(&format!("# by the other reader\n{json}")).as_ref(), Ok(value), "{json}");
    }
}

fn has_long_key(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(has_long_key),
        Value::Object(members) => members.iter().any(|(key, part)| key.len() > 150 || has_long_key(part)),
        _ => false,
    }
}

/// Why libyaml's reading says nothing about ours.
enum Unlike {
    /// It is no YAML.
    Malformed,
    /// CloudFormation refuses it, or makes something else of it.
    Beyond,
}

fn compare(text: &str, ours: Option<&Value>) {
    // Tags make functions of values, and libyaml's reader has not all of them.
    if text.contains(['\u{feff}', '!']) {
        return;
    }
    match (model(text), ours) {
        (Ok(theirs), Some(ours)) => assert!(alike(ours, &theirs), "{ours}\n{theirs:?}\n{text}"),
        (Ok(theirs), None) => {
            assert!(matches!(theirs, Tree::Scalar(..) | Tree::List(_)), "refused: {theirs:?}\n{text}");
        }
        // JSON may say what YAML cannot, such as halves of characters.
        (Err(Unlike::Malformed), ours) => {
            assert!(ours.is_none() || text.trim_start().starts_with('{'), "taken: {ours:?}\n{text}");
        }
        (Err(Unlike::Beyond), _) => {}
    }
}

/// A document of libyaml's events.
#[derive(Debug)]
enum Tree {
    Scalar(String, bool),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

fn model(text: &str) -> Result<Tree, Unlike> {
    let mut bytes = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut bytes);
    let mut events = Vec::new();
    loop {
        match parser.parse().map_err(|_| Unlike::Malformed)?.data {
            EventData::StreamEnd => break,
            EventData::Alias { .. } => return Err(Unlike::Beyond),
            other => events.push(other),
        }
    }
    let starts = events.iter().filter(|event| matches!(event, EventData::DocumentStart { .. })).count();
    if starts != 1 {
        return Err(Unlike::Beyond);
    }
    let mut events = events.into_iter().filter(|event| {
        !matches!(
            event,
            EventData::StreamStart { .. } | EventData::DocumentStart { .. } | EventData::DocumentEnd { .. }
        )
    });
    let first = events.next().ok_or(Unlike::Beyond)?;
    tree(first, &mut events, 0)
}

fn tree(event: EventData, rest: &mut impl Iterator<Item = EventData>, depth: usize) -> Result<Tree, Unlike> {
    if depth > DEEP {
        return Err(Unlike::Beyond);
    }
    match event {
        EventData::Scalar { tag: None, value, style, .. } => {
            Ok(Tree::Scalar(value, style == ScalarStyle::Plain))
        }
        EventData::SequenceStart { tag: None, .. } => {
            let mut items = Vec::new();
            loop {
                match rest.next().ok_or(Unlike::Malformed)? {
                    EventData::SequenceEnd => return Ok(Tree::List(items)),
                    event => items.push(tree(event, rest, depth + 1)?),
                }
            }
        }
        EventData::MappingStart { tag: None, .. } => {
            let mut members: Vec<(String, Tree)> = Vec::new();
            loop {
                let key = match rest.next().ok_or(Unlike::Malformed)? {
                    EventData::MappingEnd => return Ok(Tree::Map(members)),
                    event => tree(event, rest, depth + 1)?,
                };
                let event = rest.next().ok_or(Unlike::Malformed)?;
                let value = tree(event, rest, depth + 1)?;
                let Tree::Scalar(key, plain) = key else { return Err(Unlike::Beyond) };
                // Merging, and keys that are nothing.
                if plain && matches!(key.as_str(), "<<" | "") {
                    return Err(Unlike::Beyond);
                }
                members.retain(|(other, _)| *other != key);
                members.push((key, value));
            }
        }
        _ => Err(Unlike::Beyond),
    }
}

/// Whether a value is what libyaml read. What words without quotes mean, YAML's versions see differently: text is the same
/// text, whole numbers are the same number.
fn alike(ours: &Value, theirs: &Tree) -> bool {
    match (ours, theirs) {
        (Value::String(ours), Tree::Scalar(theirs, _)) => ours == theirs,
        (Value::Null, Tree::Scalar(text, true)) => {
            text.is_empty() || text == "~" || text.eq_ignore_ascii_case("null")
        }
        (Value::Bool(truth), Tree::Scalar(text, true)) => {
            let is_true = ["true", "yes", "on"].iter().any(|word| text.eq_ignore_ascii_case(word));
            *truth == is_true && text.chars().all(char::is_alphabetic)
        }
        (Value::Number(number), Tree::Scalar(text, true)) => {
            let plain = text.parse::<i64>().ok();
            text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                && plain.is_none_or(|plain| number.as_i64() == Some(plain))
        }
        (Value::Array(ours), Tree::List(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| alike(ours, theirs))
        }
        (Value::Object(ours), Tree::Map(theirs)) => {
            let member =
                |(key, theirs): &(String, Tree)| ours.get(key).is_some_and(|ours| alike(ours, theirs));
            ours.len() == theirs.len() && theirs.iter().all(member)
        }
        _ => false,
    }
}
