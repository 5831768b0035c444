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
        from = Bound::Excluded(ask.after.to_owned());
    }
    for (key, value) in all.range((from, Bound::Unbounded)) {
        let Some(rest) = key.strip_prefix(ask.prefix) else { break };
        let end = rest.find(ask.delimiter).filter(|_| !ask.delimiter.is_empty());
        let common = end.and_then(|end| key.get(..ask.prefix.len() + end + ask.delimiter.len()));
        if let Some(common) = common
            && (page.prefixes.last().is_some_and(|known| known == common) || ask.after.starts_with(common))
        {
            // Rolled up already, on this page or an earlier one.
            continue;
        }
        if page.keys.len() + page.prefixes.len() == ask.limit {
            page.next = Some(last).filter(|_| ask.limit > 0);
            break;
        }
        if let Some(common) = common {
            page.prefixes.push(common.to_owned());
            common.clone_into(&mut last);
        } else {
            page.keys.push((key, value));
            key.clone_into(&mut last);
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
