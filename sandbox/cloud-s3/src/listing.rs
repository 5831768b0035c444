//! What prefixes, delimiters and pages mean: pure.

use std::collections::BTreeMap;
use std::ops::Bound;

/// What is asked of a listing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) delimiter: &'a str,
    /// Only what comes after this key or common prefix.
    pub(crate) after: &'a str,
    pub(crate) limit: usize,
}

/// A page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<'a, T> {
    pub(crate) keys: Vec<(&'a str, &'a T)>,
    pub(crate) prefixes: Vec<String>,
    /// The last key or prefix of the page, if more follows.
    pub(crate) next: Option<String>,
}

/// The page of an ordered map.
pub(crate) fn page<'a, T>(all: &'a BTreeMap<String, T>, ask: Ask<'_>) -> Page<'a, T> {
    let mut page = Page { keys: Vec::new(), prefixes: Vec::new(), next: None };
    let mut last = String::new();
    let mut from = Bound::Included(ask.prefix.to_owned());
    if ask.after >= ask.prefix {
        from = match common_prefix(ask.after, ask.prefix, ask.delimiter) {
            // What was rolled up before is left out whole.
            Some(common) if common == ask.after => after_all(common),
            _ => Bound::Excluded(ask.after.to_owned()),
        };
    }
    let mut entries = all.range((from, Bound::Unbounded));
    while let Some((key, value)) = entries.next() {
        if !key.starts_with(ask.prefix) {
            break;
        }
        let common = common_prefix(key, ask.prefix, ask.delimiter);
        if let Some(common) = common
            && ask.after.starts_with(common)
        {
            entries = all.range((after_all(common), Bound::Unbounded));
            continue;
        }
        if page.keys.len() + page.prefixes.len() == ask.limit {
            page.next = Some(last).filter(|_| ask.limit > 0);
            break;
        }
        if let Some(common) = common {
            page.prefixes.push(common.to_owned());
            common.clone_into(&mut last);
            // However many keys it stands for, they are passed over at once.
            entries = all.range((after_all(common), Bound::Unbounded));
        } else {
            page.keys.push((key, value));
            key.clone_into(&mut last);
        }
    }
    page
}

/// What a key is rolled up to, if it is.
fn common_prefix<'a>(key: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    let rest = key.strip_prefix(prefix)?;
    let end = rest.find(delimiter).filter(|_| !delimiter.is_empty())?;
    key.get(..prefix.len() + end + delimiter.len())
}

/// The first place after all keys that begin so.
fn after_all(prefix: &str) -> Bound<String> {
    let mut end: Vec<char> = prefix.chars().collect();
    while let Some(last) = end.pop() {
        // The range of characters has one gap, which the step leaps over.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Bound::Included(end.into_iter().collect());
        }
    }
    Bound::Unbounded
}

/// What is asked of a listing of uploads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UploadsAsk<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) delimiter: &'a str,
    /// Only what comes after this key, or after this key's upload of that id.
    pub(crate) key_marker: &'a str,
    pub(crate) id_marker: Option<&'a str>,
    pub(crate) limit: usize,
}

impl<'a> UploadsAsk<'a> {
    /// The first key that may be on the page.
    pub(crate) fn start(&self) -> &'a str {
        self.prefix.max(self.key_marker)
    }

    fn is_before(&self, key: &str, id: &str) -> bool {
        match self.id_marker {
            Some(marker) => (key, id) <= (self.key_marker, marker),
            None => !self.key_marker.is_empty() && key <= self.key_marker,
        }
    }
}

/// A page of uploads.
#[derive(Debug)]
pub(crate) struct UploadsPage<'a, T> {
    /// Keys, ids and uploads.
    pub(crate) uploads: Vec<(&'a str, &'a str, &'a T)>,
    pub(crate) prefixes: Vec<String>,
    /// The key and the id that the next page comes after.
    pub(crate) last: Option<(String, String)>,
    pub(crate) is_truncated: bool,
}

/// The page of uploads that come in order of key and id.
pub(crate) fn uploads_page<'a, T>(
    all: impl Iterator<Item = (&'a str, &'a str, &'a T)>,
    ask: UploadsAsk<'_>,
) -> UploadsPage<'a, T> {
    let mut page = UploadsPage { uploads: Vec::new(), prefixes: Vec::new(), last: None, is_truncated: false };
    for (key, id, upload) in all {
        if !key.starts_with(ask.prefix) {
            break;
        }
        let common = common_prefix(key, ask.prefix, ask.delimiter);
        let is_rolled = common.is_some_and(|common| {
            ask.key_marker.starts_with(common) || page.prefixes.last().is_some_and(|last| last == common)
        });
        if is_rolled || ask.is_before(key, id) {
            continue;
        }
        if page.uploads.len() + page.prefixes.len() == ask.limit {
            page.is_truncated = ask.limit > 0;
            break;
        }
        if let Some(common) = common {
            page.prefixes.push(common.to_owned());
            page.last = Some((common.to_owned(), String::new()));
        } else {
            page.uploads.push((key, id, upload));
            page.last = Some((key.to_owned(), id.to_owned()));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The same by definition: all keys with the prefix, each rolled up to its first delimiter.
    fn naive(keys: &BTreeSet<String>, prefix: &str, delimiter: &str) -> BTreeSet<String> {
        let rolled = |key: &String| {
            let rest = key.strip_prefix(prefix)?;
            let end = rest.find(delimiter).filter(|_| !delimiter.is_empty());
            Some(end.map_or_else(|| key.clone(), |end| format!("{prefix}{}{delimiter}", &rest[..end])))
        };
        keys.iter().filter_map(rolled).collect()
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole(
            keys in proptest::collection::btree_set("[ab/]{1,5}", 0..30),
            prefix in "[ab/]{0,2}",
            delimiter in "/?",
            limit in 1..5usize,
        ) {
            let all: BTreeMap<String, usize> = keys.iter().map(|key| (key.clone(), key.len())).collect();
            let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
            loop {
                let page = page(&all, Ask { prefix: &prefix, delimiter: &delimiter, after: &after, limit });
                prop_assert!(page.keys.len() + page.prefixes.len() <= limit);
                seen.extend(page.keys.iter().map(|(key, _)| (*key).to_owned()));
                seen.extend(page.prefixes);
                pages += 1;
                prop_assert!(pages < 100);
                match page.next { Some(next) => after = next, None => break }
            }
            let set: BTreeSet<String> = seen.iter().cloned().collect();
            prop_assert_eq!(set.len(), seen.len(), "nothing twice");
            prop_assert_eq!(set, naive(&keys, &prefix, &delimiter));
        }
    }
}
