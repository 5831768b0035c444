//! What conditional headers ask of an object, operation by operation: pure.

use cloud_core::AwsError;
use jiff::Timestamp;

use crate::{
    error::{conflict, no_such_key, not_implemented_header, not_modified, precondition_failed},
    state::Object,
};

/// The conditions of a read: of GET and HEAD, or of the source of a copy.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReadConditions<'a> {
    pub(crate) matches: Option<&'a str>,
    pub(crate) none_match: Option<&'a str>,
    pub(crate) modified_since: Option<Timestamp>,
    pub(crate) unmodified_since: Option<Timestamp>,
}

/// The conditions in the members of a GetObject or HeadObject.
macro_rules! of {
    ($input:expr) => {
        crate::conditions::ReadConditions {
            matches: $input.if_match.as_deref(),
            none_match: $input.if_none_match.as_deref(),
            modified_since: $input.if_modified_since,
            unmodified_since: $input.if_unmodified_since,
        }
    };
}

/// Those of a copy's source.
macro_rules! of_source {
    ($input:expr) => {
        crate::conditions::ReadConditions {
            matches: $input.copy_source_if_match.as_deref(),
            none_match: $input.copy_source_if_none_match.as_deref(),
            modified_since: $input.copy_source_if_modified_since,
            unmodified_since: $input.copy_source_if_unmodified_since,
        }
    };
}

pub(crate) use {of, of_source};

impl ReadConditions<'_> {
    /// 412 or 304 unless they hold.
    pub(crate) fn check(&self, object: &Object, now: Timestamp) -> Result<(), AwsError> {
        match self.unmet(object, now) {
            None => Ok(()),
            Some("If-None-Match" | "If-Modified-Since") => Err(not_modified(object)),
            Some(condition) => Err(precondition_failed(condition)),
        }
    }

    /// AWS: a copy whose source is not as asked answers 412, also where a read would answer 304.
    pub(crate) fn check_source(&self, object: &Object, now: Timestamp) -> Result<(), AwsError> {
        match self.unmet(object, now) {
            None => Ok(()),
            Some(condition) => Err(precondition_failed(&format!("x-amz-copy-source-{condition}"))),
        }
    }

    /// The first condition that does not hold.
    // AWS: "GetObject": `If-Match` that holds outdoes `If-Unmodified-Since`, and so does `If-None-Match` that does not
    // `If-Modified-Since`: the order of RFC 7232. Dates in the future are no conditions.
    fn unmet(&self, object: &Object, now: Timestamp) -> Option<&'static str> {
        // HTTP's dates have whole seconds.
        let modified = object.modified.as_second();
        let past = |since: &Timestamp| since.as_second() <= now.as_second();
        if let Some(condition) = self.matches {
            if !names(condition, object) {
                return Some("If-Match");
            }
        } else if self.unmodified_since.is_some_and(|since| modified > since.as_second()) {
            return Some("If-Unmodified-Since");
        }
        if let Some(condition) = self.none_match {
            return names(condition, object).then_some("If-None-Match");
        }
        let since = self.modified_since.filter(past);
        since.is_some_and(|since| modified <= since.as_second()).then_some("If-Modified-Since")
    }
}

/// Whether a list of entity tags has the object's, or is `*`.
fn names(condition: &str, object: &Object) -> bool {
    condition
        .split(',')
        .map(|etag| etag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|etag| etag == "*" || etag == object.etag)
}

/// The condition of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WriteCondition {
    /// None: whatever is there is replaced.
    None,
    /// The object that is there has that entity tag.
    Match(String),
    /// There is none.
    Absent,
}

impl WriteCondition {
    /// Reads the headers of PutObject, CopyObject and CompleteMultipartUpload.
    // AWS: one of the two, an entity tag for `If-Match` and nothing but `*` for `If-None-Match`.
    pub(crate) fn of(if_match: Option<String>, if_none_match: Option<String>) -> Result<Self, AwsError> {
        let refused = |header: &str| {
            let message = format!("We don't accept the provided value of {header} header for this API");
            not_implemented_header(header).with("additionalMessage", message)
        };
        match (if_match, if_none_match) {
            (None, None) => Ok(Self::None),
            (Some(_), Some(_)) => Err(not_implemented_header("If-Match,If-None-Match")
                .with("additionalMessage", "Multiple conditional request headers present in the request")),
            (Some(etag), None) if etag.trim() == "*" => Err(refused("If-Match")),
            (Some(etag), None) => Ok(Self::Match(etag)),
            (None, Some(etag)) if etag.trim() == "*" => Ok(Self::Absent),
            (None, Some(_)) => Err(refused("If-None-Match")),
        }
    }

    /// Whether it holds; `disturbed` tells that the key was changed since an upload to it began.
    pub(crate) fn check(&self, key: &str, present: Option<&Object>, disturbed: bool) -> Result<(), AwsError> {
        let name = match (self, present) {
            (Self::None, _) => return Ok(()),
            (Self::Absent, Some(_)) => return Err(precondition_failed("If-None-Match")),
            (Self::Absent, None) => "If-None-Match",
            (Self::Match(_), None) => return Err(no_such_key(key)),
            (Self::Match(etag), Some(object)) if !names(etag, object) => {
                return Err(precondition_failed("If-Match"));
            }
            (Self::Match(_), Some(_)) => "If-Match",
        };
        if disturbed { Err(conflict(name, key)) } else { Ok(()) }
    }
}

/// The condition of a deletion: an entity tag, or `*` for whichever.
pub(crate) fn check_delete(
    if_match: Option<&str>,
    key: &str,
    present: Option<&Object>,
) -> Result<(), AwsError> {
    match (if_match, present) {
        (Some(_), None) => Err(no_such_key(key)),
        (Some(etag), Some(object)) if !names(etag, object) => Err(precondition_failed("If-Match")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::state::Headers;

    use super::*;

    const ETAG: &str = "abc";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + second).unwrap()
    }

    fn object() -> Object {
        Object {
            blobs: Vec::new(),
            etag: ETAG.into(),
            modified: Timestamp::from_millisecond(at(0).as_millisecond() + 500).unwrap(),
            headers: Headers::default(),
            checksum: None,
            tags: Vec::new(),
        }
    }

    fn outcome(result: Result<(), AwsError>) -> String {
        match result {
            Ok(()) => "ok".into(),
            Err(error) => {
                let header = error.members().get("Condition").or_else(|| error.members().get("Header"));
                let header = header.and_then(|header| header.as_str()).unwrap_or_default();
                format!("{} {header}", error.http_status()).trim_end().to_owned()
            }
        }
    }

    /// If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since, and what comes of them.
    type Case =
        (Option<&'static str>, Option<&'static str>, Option<Timestamp>, Option<Timestamp>, &'static str);

    /// Each pair and combination of a read's headers: If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since.
    #[test]
    fn reads_follow_the_precedence_of_their_headers() {
        let (yes, no, any) = (Some("\"abc\""), Some("\"xyz\""), Some("*"));
        let (before, same, after, future) = (Some(at(-10)), Some(at(0)), Some(at(10)), Some(at(5000)));
        let table: [Case; 24] = [
            (None, None, None, None, "ok"),
            (yes, None, None, None, "ok"),
            (Some("abc"), None, None, None, "ok"),
            (Some("\"xyz\", \"abc\""), None, None, None, "ok"),
            (any, None, None, None, "ok"),
            (no, None, None, None, "412 If-Match"),
            (None, yes, None, None, "304"),
            (None, Some("W/\"abc\""), None, None, "304"),
            (None, any, None, None, "304"),
            (None, no, None, None, "ok"),
            (None, None, before, None, "ok"),
            (None, None, same, None, "304"),
            (None, None, after, None, "304"),
            (None, None, future, None, "ok"),
            (None, None, None, before, "412 If-Unmodified-Since"),
            (None, None, None, same, "ok"),
            (None, None, None, after, "ok"),
            // What is named by its tag may be older or newer than any date.
            (yes, None, None, before, "ok"),
            (no, None, None, after, "412 If-Match"),
            (None, no, after, None, "ok"),
            (None, yes, before, None, "304"),
            (yes, yes, None, None, "304"),
            (yes, no, after, before, "ok"),
            (None, no, None, before, "412 If-Unmodified-Since"),
        ];
        for (matches, none_match, modified_since, unmodified_since, expected) in table {
            let conditions = ReadConditions { matches, none_match, modified_since, unmodified_since };
            assert_eq!(outcome(conditions.check(&object(), at(1000))), expected, "{conditions:?}");
            let of_copy = match expected {
                "ok" => "ok".to_owned(),
                "304" if none_match.is_some() => "412 x-amz-copy-source-If-None-Match".to_owned(),
                "304" => "412 x-amz-copy-source-If-Modified-Since".to_owned(),
                other => other.replace("412 ", "412 x-amz-copy-source-"),
            };
            assert_eq!(
                outcome(conditions.check_source(&object(), at(1000))),
                of_copy,
                "copy: {conditions:?}"
            );
        }
    }

    #[test]
    fn writes_take_one_condition_of_one_form() {
        let of = |matches: Option<&str>, none: Option<&str>| {
            WriteCondition::of(matches.map(str::to_owned), none.map(str::to_owned))
        };
        for (matches, none, expected) in [
            (None, Some("\"abc\""), "501 If-None-Match"),
            (Some("*"), None, "501 If-Match"),
            (Some("\"abc\""), Some("*"), "501 If-Match,If-None-Match"),
        ] {
            assert_eq!(outcome(of(matches, none).map(drop)), expected, "{matches:?} {none:?}");
        }
        // The condition, whether there is an object, whether the key was changed meanwhile.
        for (matches, none, present, disturbed, expected) in [
            (None, None, true, true, "ok"),
            (None, None, false, true, "ok"),
            (Some("\"abc\""), None, true, false, "ok"),
            (Some("abc"), None, true, false, "ok"),
            (Some("\"abc\""), None, true, true, "409 If-Match"),
            (Some("\"xyz\""), None, true, false, "412 If-Match"),
            (Some("\"xyz\""), None, true, true, "412 If-Match"),
            (Some("\"abc\""), None, false, false, "404"),
            (Some("nothing"), None, false, true, "404"),
            (None, Some("*"), false, false, "ok"),
            (None, Some("*"), false, true, "409 If-None-Match"),
            (None, Some("*"), true, false, "412 If-None-Match"),
            (None, Some("*"), true, true, "412 If-None-Match"),
        ] {
            let object = object();
            let checked = of(matches, none).unwrap().check("key", present.then_some(&object), disturbed);
            assert_eq!(outcome(checked), expected, "{matches:?} {none:?} {present} {disturbed}");
        }
    }

    #[test]
    fn deletes_look_at_what_they_delete() {
        for (condition, present, expected) in [
            (None, true, "ok"),
            (None, false, "ok"),
            (Some("\"abc\""), true, "ok"),
            (Some("abc"), true, "ok"),
            (Some("*"), true, "ok"),
            (Some("\"xyz\""), true, "412 If-Match"),
            (Some("\"abc\""), false, "404"),
            (Some("*"), false, "404"),
        ] {
            let object = object();
            let checked = check_delete(condition, "key", present.then_some(&object));
            assert_eq!(outcome(checked), expected, "{condition:?} {present}");
        }
    }
}
