//! Schedule expressions: how often a rule goes off, or when. Pure.
// AWS: "Schedule patterns": `rate(value unit)` and `cron(minutes hours day-of-month month day-of-week year)`, in UTC.

mod cron;

use std::time::Duration;

use cron::Cron;
use jiff::Timestamp;

/// When a rule goes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    /// After so long, again and again.
    Rate(Duration),
    /// At moments of the calendar.
    Cron(Box<Cron>),
}

impl Schedule {
    /// Reads an expression; none of a text that is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        match (inside("rate"), inside("cron")) {
            (Some(inside), _) => rate(inside).map(Self::Rate),
            (_, Some(inside)) => Cron::read(inside).map(Box::new).map(Self::Cron),
            _ => None,
        }
    }

    /// The next moment after another; of what goes by intervals there is none.
    pub(crate) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rate(_) => None,
            Self::Cron(cron) => cron.next(after),
        }
    }
}

// AWS: "If the value is equal to 1, then the unit must be singular", of greater ones plural.
fn rate(inside: &str) -> Option<Duration> {
    let (value, unit) = inside.split_once(' ')?;
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: u64 = value.parse().ok().filter(|value| *value > 0)?;
    let singular = if value == 1 { unit } else { unit.strip_suffix('s')? };
    let minutes = match singular {
        "minute" => 1,
        "hour" => 60,
        "day" => 24 * 60,
        _ => return None,
    };
    // What is longer than a century goes off in none.
    let minutes = value.checked_mul(minutes).filter(|minutes| *minutes <= 100 * 366 * 24 * 60)?;
    Some(Duration::from_secs(minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_and_a_unit() {
        let check = |text: &str, expected: Option<u64>| {
            let minutes = |minutes: u64| Schedule::Rate(Duration::from_secs(minutes * 60));
            assert_eq!(Schedule::read(text), expected.map(minutes), "{text}");
        };
        check("rate(1 minute)", Some(1));
        check("rate(5 minutes)", Some(5));
        check("rate(1 hour)", Some(60));
        check("rate(12 hours)", Some(720));
        check("rate(1 day)", Some(1440));
        check("rate(7 days)", Some(10_080));
        for wrong in [
            "",
            "rate",
            "rate()",
            "rate(5)",
            "rate(minutes)",
            "rate(1 minutes)",
            "rate(1 hours)",
            "rate(5 minute)",
            "rate(5 hour)",
            "rate(0 minutes)",
            "rate(-1 minutes)",
            "rate(+5 minutes)",
            "rate(1.5 hours)",
            "rate(5 seconds)",
            "rate(5 weeks)",
            "rate(5  minutes)",
            "rate( 5 minutes )",
            " rate(5 minutes)",
            "rate(5 Minutes)",
            "RATE(5 minutes)",
            "rate(5 minutes",
            "rate(99999999999999999999 days)",
            "rate(99999999999 days)",
            "at(2026-01-01T00:00:00)",
            "0 0 * * ? *",
        ] {
            check(wrong, None);
        }
    }
}
