//! Answers in pages.

use cloud_core::AwsError;

use crate::define::validation;

/// How many things a page has.
pub(super) const SIZE: usize = 100;

/// That a token is none of those that pages end with.
pub(super) fn unknown_token() -> AwsError {
    validation("NextToken is invalid")
}

/// How many things were on the pages before.
pub(super) fn skipped(token: Option<&str>) -> Result<Option<usize>, AwsError> {
    token.map(str::parse).transpose().map_err(|_| unknown_token())
}

/// The page that the token asks for, and the token of the one after it. What has no name is known by its place.
pub(super) fn page<T>(
    items: impl IntoIterator<Item = T>,
    token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    let numbered = (1..).zip(items);
    let (page, next) = cloud_core::page::page(numbered, skipped(token)?.as_ref(), SIZE);
    Ok((page, next.map(|last: usize| last.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another() {
        let (first, next) = page(0..150, None).unwrap();
        assert_eq!((first.len(), next.as_deref()), (100, Some("100")));
        let (second, end) = page(0..150, next.as_deref()).unwrap();
        assert_eq!((second.first(), second.len(), end), (Some(&100), 50, None));
        assert!(page(0..1, Some("x")).is_err());
    }
}
