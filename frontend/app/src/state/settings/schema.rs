//! The schema of settings and what is wrong in their text, as the islands in which they are written are told.

use protocol::settings::{Fault, Kind, Layer, SETTINGS};
use serde_json::{Value, json};

use crate::messages::DESCRIPTIONS;

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
        let description = description(setting.id);
        json!({"id": setting.id, "description": description, "usual": setting.kind.usual(), "values": values})
    });
    Value::Array(settings.collect()).to_string()
}

/// Faults as an island's problems: each a line.
pub fn problems(faults: &[Fault]) -> String {
    let problems = faults.iter().map(|fault| {
        let (line, end) = (fault.line.saturating_sub(1), u32::MAX);
        let range = json!({"start": {"line": line, "character": 0}, "end": {"line": line, "character": end}});
        let severity = if fault.id.is_empty() { "error" } else { "warning" };
        json!({"range": range, "severity": severity, "message": fault.message, "raw": null})
    });
    Value::Array(problems.collect()).to_string()
}
