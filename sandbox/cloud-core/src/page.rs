//! Lists that are answered in pages: what comes after a position, and where the next page begins.
//!
//! Positions are plain here. That clients see them sealed, and give back none of another list, is `cloud-wire`'s affair.

use std::borrow::Borrow;

/// One page of a list that is sorted by its keys: what comes after a position, `most` items and no more, and the position
/// of the page behind it where there is one. An item that went meanwhile is still a place to go on from.
pub fn page<K, Q, T>(
    items: impl IntoIterator<Item = (K, T)>,
    after: Option<&Q>,
    most: usize,
) -> (Vec<T>, Option<K>)
where
    K: Borrow<Q>,
    Q: Ord + ?Sized,
{
    let is_before = |(key, _): &(K, T)| after.is_some_and(|after| key.borrow() <= after);
    let mut rest = items.into_iter().skip_while(is_before);
    let (mut page, mut last) = (Vec::new(), None);
    while page.len() < most
        && let Some((key, item)) = rest.next()
    {
        page.push(item);
        last = Some(key);
    }
    (page, last.filter(|_| rest.next().is_some()))
}

/// How many items a page holds: what was asked for, from one to `most`; `most` where nothing was.
pub fn size(wanted: Option<i32>, most: usize) -> usize {
    wanted.and_then(|wanted| usize::try_from(wanted).ok()).unwrap_or(most).clamp(1, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(after: Option<&str>, most: usize, expected: &[u32], next: Option<&str>) {
        let items = [("a", 1), ("b", 2), ("c", 3)].map(|(key, item)| (key.to_owned(), item));
        let (seen, position) = page(items, after, most);
        assert_eq!((seen.as_slice(), position.as_deref()), (expected, next));
    }

    #[test]
    fn pages_follow_one_another_even_when_the_last_item_is_gone() {
        check(None, 50, &[1, 2, 3], None);
        check(None, 3, &[1, 2, 3], None);
        check(None, 2, &[1, 2], Some("b"));
        check(Some("b"), 2, &[3], None);
        check(Some("aa"), 1, &[2], Some("b"));
        check(Some("z"), 50, &[], None);
    }

    #[test]
    fn a_page_holds_what_is_asked_for_within_its_bounds() {
        let sizes = [None, Some(7), Some(0), Some(-1), Some(1000)].map(|wanted| size(wanted, 50));
        assert_eq!(sizes, [50, 7, 1, 50, 50]);
    }
}
