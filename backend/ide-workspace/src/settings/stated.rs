//! What a layer's text states, by the schema: what is in force of it, and what is wrong with the rest.

use protocol::settings::{Fault, Kind, Layer, Reason, Setting, Stated};
use serde_json::{Map, Value};

use super::jsonc;

/// Reads a layer.
pub(super) fn read(text: String, layer: Layer, trusted: bool) -> Stated {
    let (mut values, mut faults) = (Map::new(), Vec::new());
    let at = |at| jsonc::line(&text, at);
    match jsonc::members(&text) {
        Err(fault) => faults.push(Fault {
            line: at(fault.at),
            id: String::new(),
            reason: Reason::Syntax,
            message: fault.reason.to_owned(),
        }),
        Ok(members) => {
            for member in members {
                let untrusted = !trusted && Setting::of(&member.name).is_some_and(|setting| setting.trusted);
                let untrusted = untrusted
                    .then(|| (Reason::Untrusted, "it counts only where the folder is trusted".to_owned()));
                match fault(&member.name, &member.value, layer).or(untrusted) {
                    None => {
                        values.insert(member.name, member.value);
                    }
                    Some((reason, message)) => {
                        faults.push(Fault { line: at(member.begin), id: member.name, reason, message });
                    }
                }
            }
        }
    }
    Stated { text, values, faults }
}

/// What is wrong with a setting in a layer.
pub(super) fn fault(id: &str, value: &Value, layer: Layer) -> Option<(Reason, String)> {
    let Some(setting) = Setting::of(id) else {
        return Some((Reason::Unknown, format!("there is no setting '{}'", shortened(id))));
    };
    if !setting.may_be_in(layer) {
        let where_to =
            if layer == Layer::User { "the workspace's settings" } else { "a person's own settings" };
        return Some((Reason::Layer, format!("'{id}' belongs in {where_to}")));
    }
    let wanted = match setting.kind {
        Kind::Flag(_) if !value.is_boolean() => "true or false".to_owned(),
        Kind::Number(_, least, most) if !is_between(value, least, most) => {
            format!("a whole number from {least} to {most}")
        }
        Kind::Text(_) if !value.is_string() => "a text".to_owned(),
        Kind::Choice(words) if !value.as_str().is_some_and(|value| words.contains(&value)) => {
            format!("one of {}", words.join(", "))
        }
        Kind::List if !value.is_array() => "a list".to_owned(),
        _ => return None,
    };
    Some((Reason::Value, format!("'{id}' is {wanted}")))
}

fn is_between(value: &Value, least: u32, most: u32) -> bool {
    value.as_u64().is_some_and(|value| (u64::from(least)..=u64::from(most)).contains(&value))
}

fn shortened(id: &str) -> String {
    id.chars().take(80).collect()
}
