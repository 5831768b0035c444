//! Which bytes of an object are asked for: pure.

use cloud_core::AwsError;

use crate::{
    error::{bad, bad_argument},
    quotas,
    state::Object,
};

/// The number of a part, if it is one.
pub(crate) fn part_number(number: i32) -> Result<u32, AwsError> {
    let fitting = u32::try_from(number).ok().filter(|number| (1..=quotas::PARTS).contains(number));
    fitting.ok_or_else(|| {
        let message = format!("Part number must be an integer between 1 and {}, inclusive", quotas::PARTS);
        bad_argument("partNumber", &number.to_string(), &message)
    })
}

/// Bytes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) offset: u64,
    pub(crate) length: u64,
    /// Whether it was asked for as a part of the whole, even if it is the whole.
    pub(crate) is_partial: bool,
    /// The index of the part that was asked for by its number.
    pub(crate) part: Option<usize>,
}

impl Span {
    /// What a `Range` or a `partNumber` asks for.
    pub(crate) fn of(object: &Object, range: Option<&str>, part: Option<i32>) -> Result<Self, AwsError> {
        let size = object.size();
        match (range, part) {
            (Some(_), Some(_)) => {
                Err(bad("InvalidRequest", "Cannot specify both Range header and partNumber query parameter"))
            }
            (None, Some(number)) => Self::of_part(object, number),
            (text, None) => Ok(match parse(text, size)? {
                Some((offset, length)) => Self { offset, length, is_partial: true, part: None },
                None => Self { offset: 0, length: size, is_partial: false, part: None },
            }),
        }
    }

    // LIMIT: parts are counted as they lie; AWS's numbers may have gaps where those of the upload had.
    fn of_part(object: &Object, number: i32) -> Result<Self, AwsError> {
        let index = part_number(number)? as usize;
        let (offset, length) = object.part(index).ok_or_else(|| {
            bad("InvalidPartNumber", "The requested partnumber is not satisfiable")
                .status(416)
                .with("PartNumberRequested", number.to_string())
                .with("ActualPartCount", object.parts().unwrap_or(1).to_string())
        })?;
        // A range of no bytes cannot be written down.
        Ok(Self { offset, length, is_partial: length > 0, part: index.checked_sub(1) })
    }

    /// `bytes 0-8/10`, where less than all was asked for.
    pub(crate) fn content_range(&self, size: u64) -> Option<String> {
        self.is_partial.then(|| format!("bytes {}-{}/{size}", self.offset, self.offset + self.length - 1))
    }

    /// Whether it is all there is.
    pub(crate) fn is_whole(&self, size: u64) -> bool {
        self.length == size
    }
}

/// What a `Range` asks of that many bytes: offset and length; none for all of them.
// AWS: one range only; a malformed one is ignored, one outside is an error.
fn parse(text: Option<&str>, size: u64) -> Result<Option<(u64, u64)>, AwsError> {
    let Some((from, to)) = text.and_then(|text| text.strip_prefix("bytes=")?.split_once('-')) else {
        return Ok(None);
    };
    let range = match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => (from, to.min(size.saturating_sub(1))),
        (Some(from), None) if to.is_empty() => (from, size.saturating_sub(1)),
        (None, Some(last)) if from.is_empty() => (size.saturating_sub(last), size.saturating_sub(1)),
        _ => return Ok(None),
    };
    if range.0 >= size || (from.is_empty() && number(to) == Some(0)) {
        return Err(bad("InvalidRange", "The requested range is not satisfiable")
            .status(416)
            .with("RangeRequested", text.unwrap_or_default())
            .with("ActualObjectSize", size.to_string()));
    }
    Ok(Some((range.0, range.1 - range.0 + 1)))
}

/// Digits alone; more than fit are as good as the largest number.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_http_has_them() {
        for (text, expected) in [
            ("bytes=0-4", Some((0, 5))),
            ("bytes=5-", Some((5, 5))),
            ("bytes=-3", Some((7, 3))),
            ("bytes=-30", Some((0, 10))),
            ("bytes=2-100", Some((2, 8))),
            ("bytes=2-99999999999999999999999", Some((2, 8))),
            ("bytes=-99999999999999999999999", Some((0, 10))),
            ("bytes=5-2", None),
            ("bytes=+1-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=-1-", None),
            ("bytes=-", None),
            ("lines=0-1", None),
            ("bytes=x-y", None),
        ] {
            assert_eq!(parse(Some(text), 10).unwrap(), expected, "{text}");
        }
        for text in ["bytes=10-", "bytes=20-30", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(parse(Some(text), 10).unwrap_err().http_status(), 416, "{text}");
        }
        for text in ["bytes=0-0", "bytes=0-", "bytes=-1"] {
            assert_eq!(parse(Some(text), 0).unwrap_err().http_status(), 416, "{text}");
        }
    }
}
