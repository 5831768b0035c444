//! Values of conditions that are no texts: numbers, moments, addresses, bytes, ARNs.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How two values stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Whole or decimal numbers; nothing else stands in any order.
pub(crate) fn numbers(order: Order, given: &str, wanted: &str) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let (Some(given), Some(wanted)) = (number(given), number(wanted)) else { return false };
    given.partial_cmp(&wanted).is_some_and(|ordering| order.holds(ordering))
}

/// Moments, as ISO 8601 or in seconds since 1970.
pub(crate) fn moments(order: Order, given: &str, wanted: &str) -> bool {
    let (Some(given), Some(wanted)) = (moment(given), moment(wanted)) else { return false };
    order.holds(given.cmp(&wanted))
}

fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // AWS: a year alone is a date; seconds since 1970 are longer.
    let date = match (text.len(), text.bytes().all(|byte| byte.is_ascii_digit())) {
        (4, true) => format!("{text}-01-01"),
        (_, true) => return Timestamp::from_second(text.parse().ok()?).ok(),
        (7, false) => format!("{text}-01"),
        _ => text.to_owned(),
    };
    if let Ok(moment) = date.parse::<Timestamp>() {
        return Some(moment);
    }
    // `2026-01-01T00:00Z` has no seconds, a date no time.
    if let Some(minutes) = date.strip_suffix('Z')
        && let Ok(moment) = format!("{minutes}:00Z").parse()
    {
        return Some(moment);
    }
    let day: Date = date.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// True or false, in small or capital letters.
pub(crate) fn booleans(given: &str, wanted: &str) -> bool {
    let boolean = |text: &str| match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    boolean(given).is_some_and(|given| Some(given) == boolean(wanted))
}

/// Bytes, both in base64.
pub(crate) fn bytes(given: &str, wanted: &str) -> bool {
    STANDARD.decode(given).is_ok_and(|given| STANDARD.decode(wanted).is_ok_and(|wanted| given == wanted))
}

/// Whether an address is in a network, `203.0.113.0/24`, or is that address.
pub(crate) fn is_within(given: &str, network: &str) -> bool {
    let (base, length) = match network.split_once('/') {
        Some((base, length)) => (base, Some(length)),
        None => (network, None),
    };
    let (Ok(given), Ok(base)) = (given.parse::<IpAddr>(), base.parse::<IpAddr>()) else { return false };
    let (given, base, width) = match (given.to_canonical(), base) {
        (IpAddr::V4(given), IpAddr::V4(base)) => {
            (u128::from(given.to_bits()), u128::from(base.to_bits()), 32)
        }
        (IpAddr::V6(given), IpAddr::V6(base)) => (given.to_bits(), base.to_bits(), 128),
        _ => return false,
    };
    let length: u32 = match length.map(str::parse) {
        None => width,
        Some(Ok(length)) if length <= width => length,
        Some(_) => return false,
    };
    // A shift by the whole width is none that there is.
    let outside = width - length;
    given.checked_shr(outside).unwrap_or(0) == base.checked_shr(outside).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_moments() {
        use Order::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        for (order, given, wanted, expected) in [
            (Equal, "10", "10.0", true),
            (Less, "9", "10", true),
            (LessOrEqual, "10", "10", true),
            (Greater, "-1", "0", false),
            (GreaterOrEqual, "x", "0", false),
            (Equal, "NaN", "NaN", false),
        ] {
            assert_eq!(numbers(order, given, wanted), expected, "{given} {order:?} {wanted}");
        }
        for (order, given, wanted, expected) in [
            (Equal, "2026-01-01T00:00:00Z", "1767225600", true),
            (Equal, "2026-01-01", "2026-01-01T00:00Z", true),
            (Equal, "2026", "2026-01", true),
            (Less, "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+00:00", true),
            (Greater, "2026-01-02", "2026-01-01T12:00:00.5Z", true),
            (Equal, "soon", "soon", false),
        ] {
            assert_eq!(moments(order, given, wanted), expected, "{given} {order:?} {wanted}");
        }
    }

    #[test]
    fn addresses_and_bytes() {
        for (given, network, expected) in [
            ("203.0.113.9", "203.0.113.0/24", true),
            ("203.0.114.9", "203.0.113.0/24", false),
            ("203.0.113.9", "203.0.113.9", true),
            ("::ffff:203.0.113.9", "203.0.113.0/24", true),
            ("8.8.8.8", "0.0.0.0/0", true),
            ("2001:db8::1", "2001:db8::/32", true),
            ("2001:db9::1", "2001:db8::/32", false),
            ("2001:db8::1", "::/0", true),
            ("8.8.8.8", "::/0", false),
            ("8.8.8.8", "8.8.8.8/33", false),
            ("8.8.8.8", "8.8.8.8/x", false),
        ] {
            assert_eq!(is_within(given, network), expected, "{given} {network}");
        }
        assert!(bytes("QmluYXJ5", "QmluYXJ5"));
        assert!(!bytes("QmluYXJ5", "QmluYXJ6"));
        assert!(!bytes("?", "?"), "what is no base64 is nothing");
        assert!(booleans("TRUE", "true") && !booleans("1", "true"));
    }
}
