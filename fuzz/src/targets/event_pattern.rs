//! Event patterns, which filters of event source mappings are: what is read of one is JSON, and it matches what a plain look at
//! both trees says, as long as no name has a dot, which is a step to a pattern.

use event_pattern::{Event, Pattern};
use serde_json::{Map, Value};

/// The longest input.
const LONGEST: usize = 4096;

/// A pattern, a zero byte, an event.
pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    if text.len() > LONGEST {
        return false;
    }
    let (pattern, event) = text.split_once('\0').unwrap_or((text, "{}"));
    let Ok(read) = Pattern::read(pattern) else { return false };
    let tree: Value = serde_json::from_str(pattern).expect("what is read as a pattern is JSON");
    let asked = tree.as_object().expect("a pattern is an object");
    let asks = read.asks("a");
    if is_plain(&tree) {
        let member = asked.get("a");
        let said = (member.is_some_and(Value::is_array), member.is_some_and(Value::is_object));
        assert_eq!((asks.plain, asks.within), said, "{pattern}");
    }
    let Ok(event_read) = Event::read(event) else { return true };
    let event: Value = serde_json::from_str(event).expect("what is read as an event is JSON");
    let matches = read.matches(&event_read);
    if is_plain(&tree) && is_plain(&event) && is_compared(&tree) && is_compared(&event) {
        assert_eq!(matches, object(asked, &event, &event, &mut Vec::new()), "{text:?}");
    }
    true
}

/// Whether no name says more than itself.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .all(|(name, value)| !name.is_empty() && !name.contains('.') && name != "$or" && is_plain(value)),
        Value::Array(elements) => elements.iter().all(is_plain),
        _ => true,
    }
}

/// Whether the plain look knows all of it: numbers are the same however a tree writes them, and operators the simple ones.
fn is_compared(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().all(|(name, value)| {
            !matches!(name.as_str(), "numeric" | "cidr" | "wildcard" | "anything-but") && is_compared(value)
        }),
        Value::Array(elements) => elements.iter().all(is_compared),
        Value::Number(_) => false,
        _ => true,
    }
}

/// Whether an object of a pattern matches a value of the event, by one element of an array.
fn object(asked: &Map<String, Value>, value: &Value, whole: &Value, path: &mut Vec<String>) -> bool {
    let absent = |path: &mut Vec<String>| all_absent(asked, whole, path);
    match value {
        Value::Array(elements) => {
            elements.iter().any(|element| object(asked, element, whole, path)) || absent(path)
        }
        Value::Object(members) => asked.iter().all(|(name, asked)| {
            path.push(name.clone());
            let is_met = match (asked, members.get(name)) {
                (Value::Object(asked), Some(value)) => object(asked, value, whole, path),
                (Value::Object(asked), None) => all_absent(asked, whole, path),
                (Value::Array(rules), value) => {
                    value.is_some_and(|value| leaf(rules, value)) || may_lack(rules) && !exists(whole, path)
                }
                _ => false,
            };
            path.pop();
            is_met
        }),
        _ => absent(path),
    }
}

/// Whether all that an object asks for may be absent, and is.
fn all_absent(asked: &Map<String, Value>, whole: &Value, path: &mut Vec<String>) -> bool {
    asked.iter().all(|(name, asked)| {
        path.push(name.clone());
        let is_met = match asked {
            Value::Object(asked) => all_absent(asked, whole, path),
            Value::Array(rules) => may_lack(rules) && !exists(whole, path),
            _ => false,
        };
        path.pop();
        is_met
    })
}

fn may_lack(rules: &[Value]) -> bool {
    rules.iter().any(|rule| rule.get("exists") == Some(&Value::Bool(false)))
}

/// Whether something that holds nothing is at a path of the event.
fn exists(value: &Value, path: &[String]) -> bool {
    match (value, path) {
        (Value::Array(elements), _) => elements.iter().any(|element| exists(element, path)),
        (Value::Object(members), [first, rest @ ..]) => {
            members.get(first).is_some_and(|value| exists(value, rest))
        }
        (Value::Object(_), []) => false,
        (_, path) => path.is_empty(),
    }
}

/// Whether one of the rules is met by a value, or by an element of it.
fn leaf(rules: &[Value], value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| leaf(rules, element)),
        Value::Object(_) => false,
        value => rules.iter().any(|rule| fits(rule, value)),
    }
}

fn fits(rule: &Value, value: &Value) -> bool {
    let Value::Object(operator) = rule else { return rule == value };
    let Some((name, argument)) = operator.iter().next() else { return false };
    let text = value.as_str();
    let compared = |argument: &Value, compare: fn(&str, &str) -> bool| match argument {
        Value::Object(inner) => {
            let wanted = inner.get("equals-ignore-case").and_then(Value::as_str).unwrap_or_default();
            text.is_some_and(|text| compare(&text.to_lowercase(), &wanted.to_lowercase()))
        }
        argument => text.zip(argument.as_str()).is_some_and(|(text, wanted)| compare(text, wanted)),
    };
    match name.as_str() {
        "exists" => argument == &Value::Bool(true),
        "prefix" => compared(argument, |text, wanted| text.starts_with(wanted)),
        "suffix" => compared(argument, |text, wanted| text.ends_with(wanted)),
        "equals-ignore-case" => {
            compared(argument, |text, wanted| text.to_lowercase() == wanted.to_lowercase())
        }
        _ => false,
    }
}
