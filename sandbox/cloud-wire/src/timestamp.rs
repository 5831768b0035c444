//! Moments as text and numbers, in the three formats of AWS's protocols.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use crate::schema::TimestampFormat;

/// Writes a moment. Fractions are cut to milliseconds and left out where they are zero.
pub fn print(moment: Timestamp, format: TimestampFormat) -> String {
    match format {
        TimestampFormat::Rfc822 => {
            moment.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        }
        TimestampFormat::Iso8601 => {
            let pattern = if moment.subsec_millisecond() == 0 {
                "%Y-%m-%dT%H:%M:%SZ"
            } else {
                "%Y-%m-%dT%H:%M:%S.%3fZ"
            };
            moment.to_zoned(TimeZone::UTC).strftime(pattern).to_string()
        }
        TimestampFormat::Unix => number(moment).to_string(),
    }
}

/// Seconds since 1970 as a JSON number: whole where possible, else with milliseconds.
pub fn number(moment: Timestamp) -> serde_json::Number {
    let millis = moment.as_millisecond();
    if millis % 1000 == 0 {
        return (millis / 1000).into();
    }
    serde_json::Number::from_f64(millis as f64 / 1000.0).unwrap_or_else(|| (millis / 1000).into())
}

/// Reads a moment in any of the formats; clients are not strict about which.
pub fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<f64>() {
        return from_seconds(seconds);
    }
    text.parse().ok().or_else(|| Some(rfc2822::parse(text).ok()?.timestamp()))
}

/// Seconds since 1970, with a fraction.
pub fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let millis = (seconds * 1000.0).round();
    (millis.abs() < 9.0e15).then(|| Timestamp::from_millisecond(millis as i64).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(millis: i64, format: TimestampFormat, text: &str) {
        let moment = Timestamp::from_millisecond(millis).unwrap();
        assert_eq!(print(moment, format), text);
        assert_eq!(parse(text), Some(moment));
    }

    #[test]
    fn formats_round_trip() {
        check(1_767_225_600_000, TimestampFormat::Iso8601, "2026-01-01T00:00:00Z");
        check(1_767_225_600_120, TimestampFormat::Iso8601, "2026-01-01T00:00:00.120Z");
        check(1_767_225_600_000, TimestampFormat::Rfc822, "Thu, 01 Jan 2026 00:00:00 GMT");
        check(1_767_225_600_000, TimestampFormat::Unix, "1767225600");
        check(1_767_225_600_125, TimestampFormat::Unix, "1767225600.125");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "x", "1e300", "NaN", "inf", "2026-13-01T00:00:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
