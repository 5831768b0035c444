//! What an event remembers of its way: the trace it belongs to, and how often it has passed which function.
//!
//! It travels as the header `X-Amzn-Trace-Id`. Nothing is traced by it here: it is passed on, and loops are told by it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest header that is read, in bytes; a longer one counts as none.
const MAX_HEADER: usize = 1024;

/// The longest of a header's other values that is kept, in bytes: three of them and the longest lineage are a header that is
/// read. AWS's ids have 35 and 16.
const MAX_VALUE: usize = 128;

/// Resources that a lineage remembers. Beyond it the ones that were passed least often are forgotten.
const MAX_RESOURCES: usize = 16;

/// A trace header taken apart: `Root=1-…;Parent=…;Sampled=0;Lineage=12326a9d:0`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Trace {
    /// The trace's id, once it has one.
    pub root: Option<String>,
    /// The segment that sent the event.
    pub parent: Option<String>,
    /// `0`, `1` or `?`.
    pub sampled: Option<String>,
    /// Which functions the event has come through.
    pub lineage: Lineage,
}

impl Trace {
    /// The header as it is read. What is not understood of it is left out: a header is no reason to fail.
    pub fn of(header: &str) -> Self {
        let mut trace = Self::default();
        if header.len() > MAX_HEADER || header.chars().any(char::is_control) {
            return trace;
        }
        for (name, value) in header.split(';').filter_map(|part| part.trim().split_once('=')) {
            let kept = (value.len() <= MAX_VALUE).then(|| value.to_owned());
            match name {
                "Root" => trace.root = kept,
                "Parent" => trace.parent = kept,
                "Sampled" => trace.sampled = kept,
                "Lineage" => trace.lineage = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        trace
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lineage = (!self.lineage.0.is_empty()).then(|| self.lineage.to_string());
        let parts = [
            ("Root", self.root.as_ref()),
            ("Parent", self.parent.as_ref()),
            ("Sampled", self.sampled.as_ref()),
            ("Lineage", lineage.as_ref()),
        ];
        let mut separator = "";
        for (name, value) in parts {
            if let Some(value) = value {
                write!(f, "{separator}{name}={value}")?;
                separator = ";";
            }
        }
        Ok(())
    }
}

impl From<String> for Trace {
    fn from(header: String) -> Self {
        Self::of(&header)
    }
}

impl From<Trace> for String {
    fn from(trace: Trace) -> Self {
        trace.to_string()
    }
}

/// How often an event has passed which resources, each by a hash of its name: `12326a9d:0|a87bd80c:3`.
///
/// Who runs what an event leads to counts it with [`Lineage::passed`]; everybody else passes it on unchanged. AWS's SDKs
/// do that for the requests of a function.
// AWS: a function's own first invocation has the count 0 in the header.
// LIMIT: AWS does not say how it makes the hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage(Vec<(u32, u32)>);

impl Lineage {
    /// How often the event passed that resource before, and the lineage with this time counted.
    pub fn passed(&self, resource: &str) -> (u32, Self) {
        let hash = hash(resource);
        let mut next = self.clone();
        if let Some((_, count)) = next.0.iter_mut().find(|(other, _)| *other == hash) {
            *count = count.saturating_add(1);
            return (*count, next);
        }
        if next.0.len() >= MAX_RESOURCES {
            let least = next.0.iter().enumerate().min_by_key(|(_, (_, count))| *count);
            let least = least.map_or(0, |(place, _)| place);
            next.0.remove(least);
        }
        next.0.push((hash, 0));
        (0, next)
    }

    /// The ways of two events that become one: each resource as often as the one has passed it that did so more often.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let mut all = self.0.clone();
        for (hash, count) in &other.0 {
            match all.iter_mut().find(|(own, _)| own == hash) {
                Some((_, own)) => *own = (*own).max(*count),
                None => all.push((*hash, *count)),
            }
        }
        if all.len() > MAX_RESOURCES {
            // Those that were passed most often are remembered, as with one way.
            all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            all.truncate(MAX_RESOURCES);
        }
        Self(all)
    }
}

/// FNV-1a: names are told apart, nothing is kept secret.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (hash, count)) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { "|" };
            write!(f, "{separator}{hash:08x}:{count}")?;
        }
        Ok(())
    }
}

/// Failed to read a lineage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lineage is written `hash:count|hash:count`, of at most 16 resources")]
pub struct NoLineage;

impl FromStr for Lineage {
    type Err = NoLineage;

    fn from_str(text: &str) -> Result<Self, NoLineage> {
        let part = |part: &str| {
            let (hash, count) = part.split_once(':')?;
            Some((u32::from_str_radix(hash, 16).ok()?, count.parse().ok()?))
        };
        let parts: Option<Vec<_>> = text.split('|').map(part).collect();
        parts.filter(|parts| parts.len() <= MAX_RESOURCES).map(Self).ok_or(NoLineage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: &str) {
        let trace = Trace::of(header);
        assert_eq!(trace.to_string(), expected);
        assert_eq!(Trace::of(expected), trace);
    }

    #[test]
    fn headers_are_read_as_far_as_they_are_understood() {
        let whole = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1|68fd508a:5";
        check(whole, whole);
        check("Self=x; Root=1-a-b", "Root=1-a-b");
        check("Lineage=1:a87bd80c:0;Root=r", "Root=r");
        check(&"x".repeat(2000), "");
        check("Root=a\nb", "");
        let long = "x".repeat(129);
        check(&format!("Root={long};Parent={long};Sampled={long};Lineage=a87bd80c:1"), "Lineage=a87bd80c:1");
    }

    #[test]
    fn what_is_kept_of_a_trace_is_read_again_whole() {
        let id = Some("x".repeat(MAX_VALUE));
        let lineage = Lineage((0..MAX_RESOURCES).map(|_| (u32::MAX, u32::MAX)).collect());
        let trace = Trace { root: id.clone(), parent: id.clone(), sampled: id, lineage };
        assert_eq!(Trace::of(&trace.to_string()), trace);
    }

    #[test]
    fn each_pass_is_counted_for_its_resource_alone() {
        let (first, lineage) = Lineage::default().passed("a");
        let (other, lineage) = lineage.passed("b");
        let (second, lineage) = lineage.passed("a");
        assert_eq!((first, other, second), (0, 0, 1));
        assert_eq!(lineage, lineage.to_string().parse().unwrap());
    }

    #[test]
    fn ways_that_become_one_count_as_the_longest_of_them() {
        let lineage = |text: &str| text.parse::<Lineage>().unwrap();
        let joined = lineage("0000000a:1|0000000b:5").joined(&lineage("0000000b:2|0000000a:3|0000000c:0"));
        assert_eq!(joined, lineage("0000000a:3|0000000b:5|0000000c:0"));
        let alone = lineage("0000000a:1|0000000b:5");
        assert_eq!(
            (alone.joined(&Lineage::default()), Lineage::default().joined(&alone)),
            (alone.clone(), alone)
        );
        let many = |from: u32| Lineage((from..from + 16).map(|hash| (hash, hash)).collect());
        let joined = many(0).joined(&many(8));
        assert_eq!(joined.0.len(), MAX_RESOURCES);
        assert!(joined.0.iter().all(|(hash, _)| *hash >= 8), "{joined}");
    }

    #[test]
    fn a_lineage_stays_short_and_remembers_what_comes_back() {
        let mut lineage = Lineage::default();
        for number in 0..1000 {
            lineage = lineage.passed("loop").1;
            lineage = lineage.passed(&number.to_string()).1;
        }
        assert_eq!(lineage.0.len(), MAX_RESOURCES);
        assert_eq!(lineage.passed("loop").0, 1000);
        let long = format!("{lineage}|00000000:1");
        assert_eq!(long.parse::<Lineage>(), Err(NoLineage));
    }
}
