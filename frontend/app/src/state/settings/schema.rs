//! The schema of settings and what is wrong in their text, as the islands in which they are written are told.

use protocol::settings::{Fault, Kind, Layer, SETTINGS};
use serde_json::Value;

use crate::{
    json::{self, object},
    messages::DESCRIPTIONS,
};

/// What a setting does.
pub fn description(id: &str) -> &'static str {
    DESCRIPTIONS.iter().find(|(known, _)| *known == id).map_or("", |(_, text)| text.said())
}

/// The schema as the bridge's editors take it.
pub fn schema(layer: Layer) -> String {
    let settings = SETTINGS.iter().filter(|setting| setting.may_be_in(layer)).map(|setting| {
        let values: Vec<Value> = match setting.kind {
            Kind::Flag(_) => vec![true.into(), false.into()],
            Kind::Choice(words) => words.iter().map(|word| Value::from(*word)).collect(),
            _ => Vec::new(),
        };
        object([
            ("id", setting.id.into()),
            ("description", description(setting.id).into()),
            ("usual", setting.kind.usual()),
            ("values", values.into()),
        ])
    });
    json::text(&Value::Array(settings.collect()))
}

/// Faults as an island's problems: each a line.
pub fn problems(faults: &[Fault]) -> String {
    let problems = faults.iter().map(|fault| {
        let line = fault.line.saturating_sub(1);
        let at = |character: u32| object([("line", line.into()), ("character", character.into())]);
        let severity = if fault.id.is_empty() { "error" } else { "warning" };
        object([
            ("range", object([("start", at(0)), ("end", at(u32::MAX))])),
            ("severity", severity.into()),
            ("message", fault.message.as_str().into()),
            ("raw", Value::Null),
        ])
    });
    json::text(&Value::Array(problems.collect()))
}
