//! What prefixes, delimiters and pages mean: pure. Who walks shows one entry after the other, in order, and is told where
//! to go on; so a page costs what is on it, and what it leaps over costs nothing.

/// What is asked of a listing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) delimiter: &'a str,
    /// Only what comes after this key or common prefix, or after this key's entry of that id.
    pub(crate) after: &'a str,
    pub(crate) after_id: Option<&'a str>,
    pub(crate) limit: usize,
}

/// Where the next entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The one that follows.
    Follows,
    /// The first whose key does not begin so.
    Behind(String),
    /// There is none.
    None,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At that key, or at the first after it.
    At(String),
    /// After all entries of that key.
    After(String),
    /// After that key's entry of that id.
    AfterOne(String, String),
}

/// A page as it comes to be.
#[derive(Debug)]
pub(crate) struct Walk<'a, T> {
    ask: Ask<'a>,
    pub(crate) entries: Vec<T>,
    pub(crate) prefixes: Vec<String>,
    /// The key and the id that the next page comes after; no id of what is rolled up.
    pub(crate) last: Option<(String, String)>,
    pub(crate) is_truncated: bool,
}

impl<'a, T> Walk<'a, T> {
    pub(crate) fn new(ask: Ask<'a>) -> Self {
        Self { ask, entries: Vec::new(), prefixes: Vec::new(), last: None, is_truncated: false }
    }

    /// How many entries may still come, and one to know whether more follow.
    pub(crate) fn room(&self) -> usize {
        self.ask.limit - self.entries.len() - self.prefixes.len() + 1
    }

    /// Whether entries are rolled up.
    pub(crate) fn rolls(&self) -> bool {
        !self.ask.delimiter.is_empty()
    }

    /// Where to begin; none if nothing can be on the page.
    pub(crate) fn start(&self) -> Option<Start> {
        let Ask { prefix, delimiter, after, after_id, .. } = self.ask;
        if after < prefix || after.is_empty() {
            return Some(Start::At(prefix.to_owned()));
        }
        Some(match (common_prefix(after, prefix, delimiter), after_id) {
            // What was rolled up before is left out whole.
            (Some(common), _) => Start::At(after_all(common)?),
            (None, Some(id)) => Start::AfterOne(after.to_owned(), id.to_owned()),
            (None, None) => Start::After(after.to_owned()),
        })
    }

    /// Takes the next entry in order.
    pub(crate) fn take(&mut self, key: &str, id: &str, entry: impl FnOnce() -> T) -> Next {
        let Ask { prefix, delimiter, limit, .. } = self.ask;
        if !key.starts_with(prefix) {
            return Next::None;
        }
        if self.entries.len() + self.prefixes.len() == limit {
            self.is_truncated = limit > 0;
            return Next::None;
        }
        let Some(common) = common_prefix(key, prefix, delimiter) else {
            self.entries.push(entry());
            self.last = Some((key.to_owned(), id.to_owned()));
            return Next::Follows;
        };
        self.prefixes.push(common.to_owned());
        self.last = Some((common.to_owned(), String::new()));
        // However many keys it stands for, they are passed over at once.
        Next::Behind(common.to_owned())
    }
}

/// What a key is rolled up to, if it is.
fn common_prefix<'a>(key: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    let rest = key.strip_prefix(prefix)?;
    let end = rest.find(delimiter).filter(|_| !delimiter.is_empty())?;
    key.get(..prefix.len() + end + delimiter.len())
}

/// The first place after all keys that begin so; none if that is the end.
pub(crate) fn after_all(prefix: &str) -> Option<String> {
    let mut end: Vec<char> = prefix.chars().collect();
    while let Some(last) = end.pop() {
        // The range of characters has one gap, which the step leaps over.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ops::Bound;

    use proptest::prelude::*;

    use super::*;

    /// The page of entries that are in memory.
    fn walk_all(walk: &mut Walk<'_, (String, u8)>, all: &BTreeSet<(String, u8)>) {
        let Some(start) = walk.start() else { return };
        let mut from = match start {
            Start::At(key) => Bound::Included((key, 0)),
            Start::After(key) => Bound::Excluded((key, u8::MAX)),
            Start::AfterOne(key, id) => Bound::Excluded((key, id.parse().unwrap())),
        };
        while let Some(entry) = all.range((from, Bound::Unbounded)).next().cloned() {
            from = match walk.take(&entry.0, &entry.1.to_string(), || entry.clone()) {
                Next::None => return,
                Next::Follows => Bound::Excluded(entry),
                Next::Behind(common) => match after_all(&common) {
                    Some(key) => Bound::Included((key, 0)),
                    None => return,
                },
            };
        }
    }

    /// The same by definition: all keys with the prefix, each rolled up to its first delimiter.
    fn naive(all: &BTreeSet<(String, u8)>, prefix: &str, delimiter: &str) -> Vec<(String, u8)> {
        let mut found = Vec::new();
        for (key, id) in all.iter().filter(|(key, _)| key.starts_with(prefix)) {
            let end = key[prefix.len()..].find(delimiter).filter(|_| !delimiter.is_empty());
            let rolled = end.map(|end| (format!("{prefix}{}{delimiter}", &key[prefix.len()..][..end]), 0));
            let entry = rolled.unwrap_or_else(|| (key.clone(), *id));
            if found.last() != Some(&entry) {
                found.push(entry);
            }
        }
        found
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole(
            all in proptest::collection::btree_set(("[ab/]{1,5}", 0..2u8), 0..30),
            prefix in "[ab/]{0,2}",
            delimiter in "/?",
            limit in 1..5usize,
        ) {
            let (mut seen, mut after, mut pages) = (Vec::new(), None::<(String, String)>, 0);
            loop {
                let (key, id) = after.clone().unwrap_or_default();
                let after_id = Some(id.as_str()).filter(|id| !id.is_empty());
                let ask = Ask { prefix: &prefix, delimiter: &delimiter, after: &key, after_id, limit };
                let mut walk = Walk::new(ask);
                walk_all(&mut walk, &all);
                prop_assert!(walk.entries.len() + walk.prefixes.len() <= limit);
                seen.extend(walk.entries);
                seen.extend(walk.prefixes.into_iter().map(|prefix| (prefix, 0)));
                pages += 1;
                prop_assert!(pages < 100);
                if !walk.is_truncated {
                    break;
                }
                after = walk.last;
            }
            seen.sort();
            let mut expected = naive(&all, &prefix, &delimiter);
            expected.sort();
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn a_page_begins_behind_what_was_told() {
        let start = |prefix: &str, delimiter: &str, after: &str, after_id: Option<&str>| {
            Walk::<()>::new(Ask { prefix, delimiter, after, after_id, limit: 1 }).start()
        };
        let at = |key: &str| Some(Start::At(key.to_owned()));
        assert_eq!(start("", "", "", None), at(""));
        assert_eq!(start("b", "", "a", None), at("b"));
        assert_eq!(start("", "", "a", None), Some(Start::After("a".into())));
        assert_eq!(start("", "", "a", Some("1")), Some(Start::AfterOne("a".into(), "1".into())));
        assert_eq!(start("", "/", "a/b", None), at("a0"));
        assert_eq!(start("", "/", "a/", Some("1")), at("a0"));
        assert_eq!(start("", "\u{10ffff}", "\u{10ffff}", None), None);
    }
}
