//! What a layer's text states, by the schema: what is in force of it, and what is wrong with the rest.

use protocol::{
    Reasons,
    settings::{Fault, Kind, Layer, Reason, Setting, Stated, are_hosts},
};
use serde_json::{Map, Value};

use super::jsonc;
use crate::error::Why;

const UNTRUSTED: Why = Why::named("settings-untrusted", "it counts only where the folder is trusted");

/// Reads a layer.
pub(super) fn read(text: String, layer: Layer, trusted: bool) -> Stated {
    let (mut values, mut faults) = (Map::new(), Vec::new());
    let mut found = |at, id, reason, why: &Why| {
        let (line, said) = (jsonc::line(&text, at), why.said());
        let reasons = Reasons::of("message", said.reason);
        faults.push(Fault { line, id, reason, message: said.message, reasons });
    };
    match jsonc::members(&text) {
        Err(fault) => found(fault.at, String::new(), Reason::Syntax, &fault.reason),
        Ok(members) => {
            for member in members {
                let untrusted = !trusted && Setting::of(&member.name).is_some_and(|setting| setting.trusted);
                let untrusted = untrusted.then_some((Reason::Untrusted, UNTRUSTED));
                match fault(&member.name, &member.value, layer).or(untrusted) {
                    None => {
                        values.insert(member.name, member.value);
                    }
                    Some((reason, why)) => found(member.begin, member.name, reason, &why),
                }
            }
        }
    }
    Stated { text, values, faults }
}

/// What is wrong with a setting in a layer.
pub(super) fn fault(id: &str, value: &Value, layer: Layer) -> Option<(Reason, Why)> {
    let Some(setting) = Setting::of(id) else {
        let id = shortened(id);
        let words = format!("there is no setting '{id}'");
        return Some((Reason::Unknown, Why::with("settings-unknown", words, [("id", id)])));
    };
    let of_id = || ("id", id.to_owned());
    if !setting.may_be_in(layer) {
        let why = if layer == Layer::User {
            let words = format!("'{id}' belongs in the workspace's settings");
            Why::with("settings-of-workspace", words, [of_id()])
        } else {
            Why::with("settings-own", format!("'{id}' belongs in a person's own settings"), [of_id()])
        };
        return Some((Reason::Layer, why));
    }
    let why = match setting.kind {
        Kind::Flag(_) if !value.is_boolean() => {
            Why::with("settings-flag", format!("'{id}' is true or false"), [of_id()])
        }
        Kind::Number(_, least, most) if !is_between(value, least, most) => {
            let words = format!("'{id}' is a whole number from {least} to {most}");
            let bounds = [of_id(), ("least", least.to_string()), ("most", most.to_string())];
            Why::with("settings-number", words, bounds)
        }
        Kind::Text(_) if !value.is_string() => {
            Why::with("settings-text", format!("'{id}' is a text"), [of_id()])
        }
        Kind::Hosts if !value.as_str().is_some_and(are_hosts) => {
            let words = format!(
                "'{id}' is hosts with commas between them: example.com, *.example.org, 10.0.0.5:5432 or *"
            );
            Why::with("settings-hosts", words, [of_id()])
        }
        Kind::Choice(words) if !value.as_str().is_some_and(|value| words.contains(&value)) => {
            let list = words.join(", ");
            Why::with("settings-choice", format!("'{id}' is one of {list}"), [of_id(), ("words", list)])
        }
        Kind::List if !value.is_array() => Why::with("settings-list", format!("'{id}' is a list"), [of_id()]),
        _ => return None,
    };
    Some((Reason::Value, why))
}

fn is_between(value: &Value, least: u32, most: u32) -> bool {
    value.as_u64().is_some_and(|value| (u64::from(least)..=u64::from(most)).contains(&value))
}

fn shortened(id: &str) -> String {
    id.chars().take(80).collect()
}
