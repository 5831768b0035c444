//! Tags of resources: how many there may be, how long they are, which keys are AWS's own.
//!
//! The limits are the same everywhere; in which words a service refuses is data beside its shapes ([`TagRules`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::error::AwsError;
use crate::refusal::Refusal;

// AWS: "Tag naming limits and requirements": 50 of a resource, keys of 128 and values of 256 characters.
/// Tags of one resource, where a service says nothing else.
pub const MOST: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;
const RESERVED: &str = "aws:";
/// How much of a key or value is said again.
const SHOWN: usize = 200;

/// What one service says of tags.
#[derive(Clone, Copy, Debug)]
pub struct TagRules {
    /// Tags of one resource.
    pub most: usize,
    /// Whether keys that differ in case alone are the same.
    pub ignores_case: bool,
    /// Which characters keys and values are made of.
    pub allows: fn(char) -> bool,
    /// To more of them.
    pub too_many: Refusal,
    /// To a key that begins with `aws:`.
    pub reserved: Refusal,
    /// To a key that is empty, too long, or of other characters.
    pub key: Refusal,
    /// To a value that is too long or of other characters.
    pub value: Refusal,
    /// To a key that is there twice.
    pub twice: Refusal,
}

/// A mistake in tags as they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenTag<'a> {
    /// How it is answered.
    pub refusal: Refusal,
    /// The tag's key, empty where there are too many.
    pub key: &'a str,
    /// The tag's value, where that is what is wrong.
    pub value: Option<&'a str>,
    most: usize,
}

impl TagRules {
    /// Rules of a service that says all of it under one code, in words of ours.
    // LIMIT: for services of which AWS's own words are not known.
    pub const fn plain(code: &'static str) -> Self {
        Self {
            most: MOST,
            ignores_case: false,
            allows: any,
            too_many: Refusal(code, 400, "A resource can have no more than {most} tags."),
            reserved: Refusal(
                code,
                400,
                "The tag key {key} is not allowed: keys that begin with aws: are reserved.",
            ),
            key: Refusal(code, 400, "The tag key {key} is not allowed: keys have 1 to 128 characters."),
            value: Refusal(
                code,
                400,
                "The value of the tag {key} is not allowed: values have at most 256 characters.",
            ),
            twice: Refusal(code, 400, "The tag key {key} is there twice."),
        }
    }

    /// Looks at tags as a request gives them.
    pub fn check<'a>(&self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(), BrokenTag<'a>> {
        let tags: Vec<_> = tags.into_iter().collect();
        let broken = |refusal, key, value| Err(BrokenTag { refusal, key, value, most: self.most });
        if tags.len() > self.most {
            return broken(self.too_many, "", None);
        }
        let fits = |text: &str, longest| text.chars().count() <= longest && text.chars().all(self.allows);
        let mut keys = BTreeSet::new();
        for (key, value) in tags {
            let folded = if self.ignores_case { key.to_lowercase() } else { key.to_owned() };
            if folded.starts_with(RESERVED) {
                return broken(self.reserved, key, None);
            }
            if key.is_empty() || !fits(key, MAX_KEY) {
                return broken(self.key, key, None);
            }
            if !fits(value, MAX_VALUE) {
                return broken(self.value, key, Some(value));
            }
            if !keys.insert(folded) {
                return broken(self.twice, key, None);
            }
        }
        Ok(())
    }

    /// Whether a resource may have so many.
    pub fn check_count(&self, count: usize) -> Result<(), AwsError> {
        let broken = BrokenTag { refusal: self.too_many, key: "", value: None, most: self.most };
        if count > self.most { Err(broken.into()) } else { Ok(()) }
    }

    /// Adds tags to those that a resource has.
    pub fn add(
        &self,
        tags: &mut BTreeMap<String, String>,
        more: BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        self.check(more.iter().map(|(key, value)| (key.as_str(), value.as_str())))?;
        tags.extend(more);
        self.check_count(tags.len())
    }
}

/// Takes away those with these keys.
pub fn remove(tags: &mut BTreeMap<String, String>, keys: &[String]) {
    tags.retain(|key, _| !keys.contains(key));
}

const fn any(_: char) -> bool {
    true
}

impl From<BrokenTag<'_>> for AwsError {
    fn from(broken: BrokenTag<'_>) -> Self {
        let shown = |text: &str| text.chars().take(SHOWN).collect::<String>();
        let (key, value) = (shown(broken.key), shown(broken.value.unwrap_or("{value}")));
        let most = broken.most.to_string();
        broken.refusal.error(&[("most", &most), ("key", &key), ("value", &value)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &TagRules, tags: &[(&str, &str)], expected: &str) {
        let told = rules.check(tags.iter().copied()).map_err(|broken| AwsError::from(broken).to_string());
        assert_eq!(told.err().as_deref().unwrap_or("fine"), expected, "{tags:?}");
    }

    #[test]
    fn what_is_wrong_is_said_in_the_service_s_words() {
        let rules = TagRules { most: 2, ..TagRules::plain("Wrong") };
        let (long, longer) = ("k".repeat(129), "v".repeat(257));
        check(&rules, &[("a", ""), ("A", "x")], "fine");
        check(&rules, &[("a", ""), ("b", ""), ("c", "")], "Wrong: A resource can have no more than 2 tags.");
        check(
            &rules,
            &[("aws:x", "")],
            "Wrong: The tag key aws:x is not allowed: keys that begin with aws: are reserved.",
        );
        check(&rules, &[("", "")], "Wrong: The tag key  is not allowed: keys have 1 to 128 characters.");
        check(
            &rules,
            &[(&long, "")],
            &format!("Wrong: The tag key {long} is not allowed: keys have 1 to 128 characters."),
        );
        check(
            &rules,
            &[("k", &longer)],
            "Wrong: The value of the tag k is not allowed: values have at most 256 characters.",
        );
        check(&rules, &[("a", ""), ("a", "")], "Wrong: The tag key a is there twice.");
        let rules = TagRules { ignores_case: true, allows: |c| c.is_alphanumeric() || c == ':', ..rules };
        check(&rules, &[("a", ""), ("A", "")], "Wrong: The tag key A is there twice.");
        check(
            &rules,
            &[("AWS:x", "")],
            "Wrong: The tag key AWS:x is not allowed: keys that begin with aws: are reserved.",
        );
        check(
            &rules,
            &[("a b", "")],
            "Wrong: The tag key a b is not allowed: keys have 1 to 128 characters.",
        );
    }

    #[test]
    fn those_that_are_there_count_too() {
        let rules = TagRules { most: 1, ..TagRules::plain("Wrong") };
        let tag = |key: &str| BTreeMap::from([(key.to_owned(), String::new())]);
        let mut tags = tag("a");
        assert!(rules.add(&mut tags, tag("a")).is_ok());
        assert!(rules.add(&mut tags, tag("b")).is_err());
        remove(&mut tags, &["a".to_owned()]);
        assert_eq!(tags, tag("b"));
    }
}
