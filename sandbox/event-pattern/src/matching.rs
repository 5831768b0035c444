//! Whether an event matches.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::json::{Node, Value};
use crate::{Condition, Event, Pattern, Rule, Size};

/// Members and elements that one comparison looks at, beyond which the event does not match: more than a message of 1 MiB and
/// a pattern that is not made for it come to.
const MOST_STEPS: usize = 10_000_000;

impl Pattern {
    /// Whether an event matches.
    pub fn matches(&self, event: &Event) -> bool {
        let mut steps = Steps(MOST_STEPS);
        self.alternatives.iter().any(|all| {
            let mut asked = Vec::new();
            for condition in all {
                let may_lack = condition.rules.contains(&Rule::Exists(false));
                if !may_lack || exists(&event.0, &condition.path, &mut steps) {
                    asked.push((condition.path.as_str(), condition));
                }
            }
            meets(&event.0, &asked, &mut steps)
        })
    }
}

/// What is left of a comparison's steps.
struct Steps(usize);

impl Steps {
    /// Takes one, and as many as there are to look at.
    fn take(&mut self, more: usize) -> bool {
        self.0 = self.0.saturating_sub(more + 1);
        self.0 > 0
    }
}

/// Members into which a path leads, each with its place and the rest of the path. Of members of one name the last counts.
// AWS: a dot in a name and a step into an object are the same to it.
fn ways<'p>(members: &[(String, Node)], path: &'p str) -> Vec<(usize, &'p str)> {
    let rest = |name: &str| {
        let rest = path.strip_prefix(name).filter(|_| !path.is_empty())?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
    };
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (place, (name, _)) in members.iter().enumerate() {
        let Some(rest) = rest(name) else { continue };
        found.retain(|(_, other)| *other != rest);
        found.push((place, rest));
    }
    found
}

/// Whether there is something at a path that holds nothing else.
// AWS: "exists matching only works on leaf nodes".
fn exists(value: &Value, path: &str, steps: &mut Steps) -> bool {
    match value {
        Value::Array(elements) => {
            steps.take(elements.len()) && elements.iter().any(|element| exists(&element.value, path, steps))
        }
        Value::Object(members) => {
            if !steps.take(members.len()) {
                return false;
            }
            let there = |(place, rest): (usize, &str)| {
                members.get(place).is_some_and(|(_, node)| exists(&node.value, rest, steps))
            };
            ways(members, path).into_iter().any(there)
        }
        _ => path.is_empty(),
    }
}

/// Conditions with what is left of their paths.
type Asked<'c> = Vec<(&'c str, &'c Condition)>;

/// Whether all conditions are met in a value; of an array by one and the same element.
// AWS: "any two fields [that] are within JSON objects that are in different elements of the same array" are no match.
fn meets(value: &Value, asked: &Asked<'_>, steps: &mut Steps) -> bool {
    if asked.is_empty() {
        return true;
    }
    match value {
        Value::Array(elements) => {
            steps.take(elements.len()) && elements.iter().any(|element| meets(&element.value, asked, steps))
        }
        Value::Object(members) => choose(members, asked, &mut BTreeMap::new(), steps),
        leaf => asked.iter().all(|(path, condition)| {
            path.is_empty()
                && condition.rules.iter().any(|rule| *rule == Rule::Exists(true) || rule.fits(leaf))
        }),
    }
}

/// Sends each condition into one of the members that its path may mean, and looks there at all that were sent.
fn choose<'c>(
    members: &[(String, Node)],
    asked: &[(&'c str, &'c Condition)],
    sent: &mut BTreeMap<usize, Asked<'c>>,
    steps: &mut Steps,
) -> bool {
    if !steps.take(members.len()) {
        return false;
    }
    let Some(((path, condition), others)) = asked.split_first() else {
        return sent.iter().all(|(place, asked)| {
            members.get(*place).is_some_and(|(_, node)| meets(&node.value, asked, steps))
        });
    };
    ways(members, path).into_iter().any(|(place, rest)| {
        sent.entry(place).or_default().push((rest, condition));
        let is_met = choose(members, others, sent, steps);
        if let Some(asked) = sent.get_mut(&place) {
            asked.pop();
            if asked.is_empty() {
                sent.remove(&place);
            }
        }
        is_met
    })
}

impl Rule {
    fn fits(&self, leaf: &Value) -> bool {
        let text = if let Value::Text(text) = leaf { Some(text.as_str()) } else { None };
        match self {
            Self::Text(wanted) => text == Some(wanted),
            // AWS: "For numbers, Lambda also uses string representation. For example, 300, 300.0, and 3.0e2 are not
            // considered equal."
            Self::Number(wanted) => matches!(leaf, Value::Number(written) if written == wanted),
            Self::Truth(wanted) => matches!(leaf, Value::Truth(truth) if truth == wanted),
            Self::Null => matches!(leaf, Value::Null),
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
            Self::Range { from, to } => {
                let Value::Number(written) = leaf else { return false };
                let Some(size) = Size::of(written) else { return false };
                from.is_none_or(|(from, with)| size > from || (with && size == from))
                    && to.is_none_or(|(to, with)| size < to || (with && size == to))
            }
            Self::Cidr { network, bits } => text
                .and_then(|text| text.parse().ok())
                .is_some_and(|address| within(address, *network, *bits)),
            Self::Exists(wanted) => *wanted,
            Self::But(rules) => !rules.iter().any(|rule| rule.fits(leaf)),
        }
    }
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
