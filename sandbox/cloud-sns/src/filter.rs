//! Filter policies of subscriptions: what they may say, and which messages they let through. Pure, and of strangers' bytes.
//!
//! `compile` makes alternatives of conditions of a text, `matching` compares these with attributes or a body. Not where policies
//! are kept, nor how JSON is read with the places that AWS's errors name: that is as for event patterns.

mod compile;
mod matching;
#[cfg(test)]
mod tests;

pub use compile::{compile, compile_nested};
pub use event_pattern::Wrong;
use event_pattern::json;

/// The largest policy, in bytes.
// AWS: "The maximum size of a filter policy is 256 KB".
pub(crate) const LARGEST: usize = 256 << 10;

/// A policy that was read: a message passes where all conditions of one alternative are met.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    alternatives: Vec<Vec<Condition>>,
    /// Whether something is asked of what lies in something else.
    pub(crate) is_nested: bool,
}

/// What is asked of one attribute, or of the values at one path of a body: one of the rules is met.
#[derive(Clone, Debug, PartialEq)]
struct Condition {
    path: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    Text(String),
    Number(f64),
    Truth(bool),
    Null,
    Prefix(String),
    PrefixIgnoringCase(String),
    Suffix(String),
    SuffixIgnoringCase(String),
    IgnoringCase(String),
    Wildcard(String),
    Range {
        from: Option<(f64, bool)>,
        to: Option<(f64, bool)>,
    },
    Cidr {
        network: std::net::IpAddr,
        bits: u8,
    },
    Exists(bool),
    /// None of these.
    But(Vec<Rule>),
}

/// How deep values may lie in one another.
const DEEPEST: usize = 64;

fn read(text: &str) -> Result<json::Node, Wrong> {
    json::read(text, DEEPEST)
}

/// Looks at a text that is to be JSON, with the same words.
pub(crate) fn check_json(text: &str) -> Result<(), Wrong> {
    read(text).map(drop)
}
