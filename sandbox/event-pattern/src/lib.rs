//! Event patterns: what EventBridge's rules and the filters of Lambda's event source mappings say of JSON, and which events
//! they match. Pure, and of strangers' bytes.
//!
//! `json` reads texts with the places that AWS's errors name and numbers as they are written, `compile` makes alternatives of
//! conditions of a pattern, `matching` compares these with an event. Not where patterns are kept, nor what an event is of.
// AWS: "Amazon EventBridge event patterns", and its library Event Ruler, which says the same in code.
// LIMIT: filter policies of SNS are close relatives with limits and numbers of their own: they are read by `json`, too, and compiled
// by themselves.

mod compile;
mod event;
pub mod json;
mod matching;
#[cfg(test)]
mod tests;

pub use event::Event;

/// The longest pattern, in bytes.
// AWS: `Pattern` of a filter has 4,096 letters at most, and so has a rule's `EventPattern`.
pub const LONGEST: usize = 4096;

/// A pattern that was read: an event matches where all conditions of one alternative are met.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    alternatives: Vec<Vec<Condition>>,
}

/// How a pattern asks for a member of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// For its value, as of what holds nothing.
    pub plain: bool,
    /// For what lies within it.
    pub within: bool,
}

/// What is asked of the values at one path: one of the rules is met.
#[derive(Clone, Debug, PartialEq)]
struct Condition {
    path: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    Text(String),
    /// As it is written.
    Number(String),
    Truth(bool),
    Null,
    Prefix(String),
    PrefixIgnoringCase(String),
    Suffix(String),
    SuffixIgnoringCase(String),
    IgnoringCase(String),
    Wildcard(String),
    /// From and to, each with whether that itself belongs to it.
    Range {
        from: Option<(Size, bool)>,
        to: Option<(Size, bool)>,
    },
    Cidr {
        network: std::net::IpAddr,
        bits: u8,
    },
    Exists(bool),
    /// None of these.
    But(Vec<Rule>),
}

/// A number that may be compared: in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Size(i64);

impl Size {
    /// What a number written so is; none of what cannot be compared.
    // AWS: "between -5.0e9 and +5.0e9 inclusive, with 15 digits of precision, or six digits to the right of the decimal point".
    fn of(written: &str) -> Option<Self> {
        const MOST: f64 = 5.0e9;
        let number: f64 = written.parse().ok()?;
        (-MOST..=MOST).contains(&number).then(|| Self((number * 1e6).round() as i64))
    }
}

/// What is wrong with a pattern, in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub String);

impl Pattern {
    /// How its conditions ask for a member of the event itself.
    pub fn asks(&self, member: &str) -> Asked {
        let mut asked = Asked::default();
        for condition in self.alternatives.iter().flatten() {
            match condition.path.strip_prefix(member) {
                Some("") => asked.plain = true,
                Some(rest) if rest.starts_with('.') => asked.within = true,
                _ => {}
            }
        }
        asked
    }
}
