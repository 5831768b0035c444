//! Whether a message passes.

use std::collections::BTreeMap;
use std::net::IpAddr;

use cloud_core::Attribute;
use serde_json::Value;

use super::{Condition, Filter, Rule};

/// Steps of one message's comparison with one policy, beyond which it does not pass.
const MOST_STEPS: u32 = 200_000;

impl Filter {
    /// Whether a message with these attributes passes.
    pub fn passes_attributes(&self, attributes: &BTreeMap<String, Attribute>) -> bool {
        let values = |name: &str| attributes.get(name).map(values).unwrap_or_default();
        let meets = |condition: &Condition| {
            let values = values(&condition.path);
            condition.rules.iter().any(|rule| match rule {
                Rule::Exists(wanted) => attributes.contains_key(&condition.path) == *wanted,
                rule => values.iter().any(|value| rule.fits(value)),
            })
        };
        self.alternatives.iter().any(|all| all.iter().all(meets))
    }

    /// Whether a message with this body passes. One that is no JSON object does not.
    // AWS: a body that is no JSON is filtered out, unless the policy is empty.
    pub fn passes_body(&self, body: &str) -> bool {
        if self.alternatives.iter().any(Vec::is_empty) {
            return true;
        }
        let Ok(body @ Value::Object(_)) = serde_json::from_str::<Value>(body) else { return false };
        let mut steps = Steps(MOST_STEPS);
        self.alternatives.iter().any(|all| {
            let is_absent = |condition: &&Condition| {
                condition.rules.contains(&Rule::Exists(false)) && !exists(&body, &condition.path)
            };
            let asked = all.iter().filter(|condition| !is_absent(condition));
            let asked = asked.map(|condition| (condition.path.as_str(), condition)).collect::<Vec<_>>();
            meets(&body, &asked, &mut steps)
        })
    }
}

/// What is left of a comparison's steps.
struct Steps(u32);

impl Steps {
    fn take(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// The values of an attribute that conditions are about.
// AWS: of binary ones only that they are there; "String.Array" is a JSON array.
fn values(attribute: &Attribute) -> Vec<Value> {
    let Some(text) = attribute.as_text() else { return Vec::new() };
    match attribute.data_type.as_str() {
        "String.Array" => match serde_json::from_str(text) {
            Ok(Value::Array(elements)) => elements,
            Ok(other) => vec![other],
            Err(_) => Vec::new(),
        },
        kind if kind == "Number" || kind.starts_with("Number.") => {
            serde_json::from_str::<f64>(text.trim()).map(Value::from).into_iter().collect()
        }
        _ => vec![Value::from(text)],
    }
}

/// Members into which a path leads, each with the rest of the path.
// AWS: a dot in a name and a step into an object are the same to it.
fn ways<'v, 'p>(value: &'v Value, path: &'p str) -> Vec<(&'v str, &'p str)> {
    let Value::Object(members) = value else { return Vec::new() };
    let rest = |name: &str| {
        let rest = path.strip_prefix(name)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
    };
    members.keys().filter_map(|name| Some((name.as_str(), rest(name)?))).collect()
}

fn exists(value: &Value, path: &str) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| exists(element, path)),
        Value::Object(members) => ways(value, path)
            .into_iter()
            .any(|(name, rest)| members.get(name).is_some_and(|value| exists(value, rest))),
        _ => path.is_empty(),
    }
}

/// Whether all conditions are met in a value; of an array by one and the same element.
fn meets(value: &Value, asked: &[(&str, &Condition)], steps: &mut Steps) -> bool {
    if asked.is_empty() {
        return true;
    }
    if !steps.take() {
        return false;
    }
    match value {
        Value::Array(elements) => elements.iter().any(|element| meets(element, asked, steps)),
        Value::Object(_) => choose(value, asked, &mut BTreeMap::new(), steps),
        scalar => asked.iter().all(|(path, condition)| {
            path.is_empty()
                && condition.rules.iter().any(|rule| *rule == Rule::Exists(true) || rule.fits(scalar))
        }),
    }
}

/// Sends each condition into one of the members that its path may mean, and looks there at all that were sent.
fn choose<'v, 'c>(
    value: &'v Value,
    asked: &[(&'c str, &'c Condition)],
    sent: &mut BTreeMap<&'v str, Vec<(&'c str, &'c Condition)>>,
    steps: &mut Steps,
) -> bool {
    if !steps.take() {
        return false;
    }
    let Some(((path, condition), others)) = asked.split_first() else {
        return sent.iter().all(|(name, asked)| meets(&value[*name], asked, steps));
    };
    ways(value, path).into_iter().any(|(name, rest)| {
        sent.entry(name).or_default().push((rest, condition));
        let is_met = choose(value, others, sent, steps);
        if let Some(asked) = sent.get_mut(name) {
            asked.pop();
            if asked.is_empty() {
                sent.remove(name);
            }
        }
        is_met
    })
}

impl Rule {
    fn fits(&self, value: &Value) -> bool {
        let text = value.as_str();
        let number = value.as_f64();
        match self {
            Self::Text(wanted) => text == Some(wanted),
            Self::Number(wanted) => number.is_some_and(|number| same(number, *wanted)),
            Self::Truth(wanted) => value.as_bool() == Some(*wanted),
            Self::Null => value.is_null(),
            Self::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
            Self::PrefixIgnoringCase(prefix) => {
                text.is_some_and(|text| text.to_lowercase().starts_with(prefix))
            }
            Self::SuffixIgnoringCase(suffix) => {
                text.is_some_and(|text| text.to_lowercase().ends_with(suffix))
            }
            Self::IgnoringCase(wanted) => text.is_some_and(|text| text.to_lowercase() == *wanted),
            Self::Wildcard(pattern) => text.is_some_and(|text| wildcard(pattern, text)),
            Self::Range { from, to } => number.is_some_and(|number| {
                let is_above = from.is_none_or(|(from, with)| number > from || (with && same(number, from)));
                is_above && to.is_none_or(|(to, with)| number < to || (with && same(number, to)))
            }),
            Self::Cidr { network, bits } => text
                .and_then(|text| text.parse().ok())
                .is_some_and(|address| within(address, *network, *bits)),
            Self::Exists(wanted) => *wanted,
            Self::But(rules) => {
                !matches!(value, Value::Object(_) | Value::Array(_))
                    && !rules.iter().any(|rule| rule.fits(value))
            }
        }
    }
}

// AWS: "Numeric: … with five digits of accuracy after the decimal point".
fn same(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.000_005
}

fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let shifted = |value: u128, width: u32| value.checked_shr(width - u32::from(bits)).unwrap_or(0);
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            shifted(address.to_bits().into(), 32) == shifted(network.to_bits().into(), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            shifted(address.to_bits(), 128) == shifted(network.to_bits(), 128)
        }
        _ => false,
    }
}

/// Whether a text is as a pattern with `*` says; `\*` and `\\` are those characters.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = vec![String::new()];
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        let literal = match letter {
            '*' => {
                parts.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            letter => letter,
        };
        if let Some(part) = parts.last_mut() {
            part.push(literal);
        }
    }
    let Some((first, others)) = parts.split_first() else { return text.is_empty() };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last.as_str())
}
