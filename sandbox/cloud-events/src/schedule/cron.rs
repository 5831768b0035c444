//! Cron expressions as EventBridge has them: which minutes they name.
// AWS: "Cron expressions", a table of fields with their values and wildcards.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// The first and the last year that may be named.
const YEARS: (i16, i16) = (1970, 2199);
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// The longest expression that is read, in bytes: the model's is shorter.
const LONGEST: usize = 1024;

type Numbers = BTreeSet<i16>;

/// An expression that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cron {
    minutes: Numbers,
    hours: Numbers,
    days: Days,
    months: Numbers,
    years: Numbers,
}

/// Which days of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(DaysOfMonth),
    OfWeek(DaysOfWeek),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct DaysOfMonth {
    numbers: Numbers,
    /// `L`
    last: bool,
    /// `LW`
    last_weekday: bool,
    /// `3W`: the weekday next to it.
    weekdays: Numbers,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct DaysOfWeek {
    /// From 1, Sunday, to 7.
    numbers: Numbers,
    /// `6L`: the last of the month.
    last: Numbers,
    /// `3#2`: the second of the month.
    nth: BTreeSet<(i16, i16)>,
}

/// What the values of a field are.
struct Field {
    least: i16,
    most: i16,
    /// Names of the values, the first of `least`.
    names: &'static [&'static str],
    /// Whether parts of it may have a step.
    steps: bool,
}

const MINUTE: Field = Field { least: 0, most: 59, names: &[], steps: true };
const HOUR: Field = Field { least: 0, most: 23, names: &[], steps: true };
const DAY_OF_MONTH: Field = Field { least: 1, most: 31, names: &[], steps: true };
const MONTH: Field = Field { least: 1, most: 12, names: &MONTHS, steps: true };
const DAY_OF_WEEK: Field = Field { least: 1, most: 7, names: &DAYS, steps: false };
const YEAR: Field = Field { least: YEARS.0, most: YEARS.1, names: &[], steps: true };

impl Cron {
    /// Reads what is between the parentheses.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, of_month, months, of_week, years] = fields.as_slice() else { return None };
        // AWS: where one of them says a day, or all of them, the other has to be `?`.
        let days = match (*of_month, *of_week) {
            ("?", "?") => return None,
            (of_month, "?") => Days::OfMonth(DaysOfMonth::read(of_month)?),
            ("?", of_week) => Days::OfWeek(DaysOfWeek::read(of_week)?),
            _ => return None,
        };
        Some(Self {
            minutes: MINUTE.numbers(minutes)?,
            hours: HOUR.numbers(hours)?,
            days,
            months: MONTH.numbers(months)?,
            years: YEAR.numbers(years)?,
        })
    }

    /// The next minute that it names after a moment; none where there is none any more.
    pub(crate) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let start = after.to_zoned(TimeZone::UTC).datetime();
        let today = start.date();
        let now = (i16::from(start.hour()), i16::from(start.minute()));
        for year in self.years.range(today.year()..) {
            for month in &self.months {
                let month = i8::try_from(*month).ok()?;
                if *year == today.year() && month < today.month() {
                    continue;
                }
                let first = Date::new(*year, month, 1).ok()?;
                for day in 1..=first.days_in_month() {
                    let date = Date::new(*year, month, day).ok()?;
                    if date < today || !self.days.have(date) {
                        continue;
                    }
                    let time = self.time((date == today).then_some(now));
                    if let Some((hour, minute)) = time {
                        let moment = date.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0);
                        return moment.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
                    }
                }
            }
        }
        None
    }

    /// The first hour and minute of a day, or the first behind another.
    fn time(&self, after: Option<(i16, i16)>) -> Option<(i16, i16)> {
        let all = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| (*hour, *minute)));
        all.into_iter().find(|time| after.is_none_or(|after| *time > after))
    }
}

impl Days {
    fn have(&self, date: Date) -> bool {
        match self {
            Self::OfMonth(days) => days.have(date),
            Self::OfWeek(days) => days.have(date),
        }
    }
}

impl DaysOfMonth {
    fn read(text: &str) -> Option<Self> {
        let mut days = Self::default();
        for part in text.split(',') {
            match part.to_ascii_uppercase().as_str() {
                "L" => days.last = true,
                "LW" => days.last_weekday = true,
                part => match part.strip_suffix('W') {
                    Some(day) => drop(days.weekdays.insert(DAY_OF_MONTH.value(day)?)),
                    None => days.numbers.extend(DAY_OF_MONTH.part(part)?),
                },
            }
        }
        Some(days)
    }

    fn have(&self, date: Date) -> bool {
        let (day, last) = (i16::from(date.day()), date.last_of_month());
        self.numbers.contains(&day)
            || (self.last && date == last)
            || (self.last_weekday && weekday_next_to(last) == date)
            || self.weekdays.iter().any(|wanted| {
                let wanted = i8::try_from(*wanted).ok();
                let wanted = wanted.and_then(|wanted| Date::new(date.year(), date.month(), wanted).ok());
                wanted.is_some_and(|wanted| weekday_next_to(wanted) == date)
            })
    }
}

/// The day from Monday to Friday that is next to a date, in the same month.
fn weekday_next_to(date: Date) -> Date {
    let (is_first, is_last) = (date.day() == 1, date == date.last_of_month());
    let off = match date.weekday() {
        Weekday::Saturday if is_first => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if is_last => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    date.checked_add(jiff::Span::new().days(off)).unwrap_or(date)
}

impl DaysOfWeek {
    fn read(text: &str) -> Option<Self> {
        let mut days = Self::default();
        for part in text.split(',') {
            let part = part.to_ascii_uppercase();
            if let Some((day, number)) = part.split_once('#') {
                let number = number.parse().ok().filter(|number| (1..=5).contains(number))?;
                days.nth.insert((DAY_OF_WEEK.value(day)?, number));
            } else if part == "L" {
                // AWS: the last day of the week.
                days.numbers.insert(DAY_OF_WEEK.most);
            } else if let Some(day) = part.strip_suffix('L') {
                days.last.insert(DAY_OF_WEEK.value(day)?);
            } else {
                days.numbers.extend(DAY_OF_WEEK.part(&part)?);
            }
        }
        Some(days)
    }

    fn have(&self, date: Date) -> bool {
        let weekday = i16::from(date.weekday().to_sunday_one_offset());
        let number = i16::from((date.day() - 1) / 7 + 1);
        let is_last = date.day() + 7 > date.days_in_month();
        self.numbers.contains(&weekday)
            || (is_last && self.last.contains(&weekday))
            || self.nth.contains(&(weekday, number))
    }
}

impl Field {
    fn numbers(&self, text: &str) -> Option<Numbers> {
        let mut all = Numbers::new();
        for part in text.split(',') {
            all.extend(self.part(&part.to_ascii_uppercase())?);
        }
        Some(all)
    }

    /// `*`, `7`, `7-9`, each perhaps with a step.
    fn part(&self, text: &str) -> Option<Numbers> {
        let (range, step) = match text.split_once('/') {
            Some(_) if !self.steps => return None,
            Some((range, step)) => (range, Some(digits(step)?)),
            None => (text, None),
        };
        let (from, to) = if range == "*" {
            (self.least, self.most)
        } else if let Some((from, to)) = range.split_once('-') {
            (self.value(from)?, self.value(to)?)
        } else {
            let from = self.value(range)?;
            (from, if step.is_some() { self.most } else { from })
        };
        let step = step.unwrap_or(1);
        if step < 1 || step > self.most - self.least + 1 {
            return None;
        }
        let step = usize::try_from(step).ok()?;
        if from <= to {
            return Some((from..=to).step_by(step).collect());
        }
        // From Friday to Monday: over the end.
        let around = (from..=self.most).chain(self.least..=to);
        Some(around.step_by(step).collect())
    }

    fn value(&self, text: &str) -> Option<i16> {
        let named = self.names.iter().position(|name| *name == text);
        let named = named.and_then(|place| Some(self.least + i16::try_from(place).ok()?));
        named.or_else(|| digits(text)).filter(|value| (self.least..=self.most).contains(value))
    }
}

fn digits(text: &str) -> Option<i16> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_aws_s() {
        for right in [
            "0 10 * * ? *",
            "15 12 * * ? *",
            "0 18 ? * MON-FRI *",
            "0 8 1 * ? *",
            "0/15 * * * ? *",
            "0/10 * ? * MON-FRI *",
            "0/5 8-17 ? * MON-FRI *",
            "0/30 20-2 ? * mon-fri *",
            "0 0 L * ? *",
            "0 0 LW * ? *",
            "0 0 3W * ? *",
            "0 0 ? * 6L *",
            "0 0 ? * L *",
            "0 0 ? * 3#2 *",
            "0 0 ? * TUE#1,THU *",
            "0,30 */6 1,15 JAN-MAR,12 ? 2026-2030",
            "0 0 1 1 ? 2026/2",
            "0  9  ?  *  FRI-SUN  *",
        ] {
            assert!(Cron::read(right).is_some(), "{right}");
        }
        for wrong in [
            "",
            "INVALID",
            "0 1 * * * *",
            "7 20 * * NOT *",
            "71 8 1 * ? *",
            "0 dummy ? * MON-FRI *",
            "0 10 * * ?",
            "0 10 * * ? * *",
            "0 10 ? * ? *",
            "0 10 1 * MON *",
            "60 10 * * ? *",
            "0 24 * * ? *",
            "0 10 0 * ? *",
            "0 10 32 * ? *",
            "0 10 * 13 ? *",
            "0 10 * JANUARY ? *",
            "0 10 ? * 0 *",
            "0 10 ? * 8 *",
            "0 10 ? * MON#6 *",
            "0 10 ? * MON/2 *",
            "0 10 * * ? 1969",
            "0 10 * * ? 2200",
            "? 10 * * ? *",
            "*/0 10 * * ? *",
            "0/61 10 * * ? *",
            "-5 10 * * ? *",
            "5- 10 * * ? *",
            "1,,2 10 * * ? *",
            "W 10 * * ? *",
            "0 10 W * ? *",
        ] {
            assert!(Cron::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_next_minute_is_found() {
        let check = |expression: &str, after: &str, expected: &[&str]| {
            let cron = Cron::read(expression).unwrap();
            let mut moment: Timestamp = after.parse().unwrap();
            for expected in expected {
                moment = cron.next(moment).unwrap();
                assert_eq!(moment.to_string(), *expected, "{expression} after {after}");
            }
        };
        check("* * * * ? *", "2026-01-01T00:00:00Z", &["2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"]);
        check("* * * * ? *", "2026-01-01T00:00:59.9Z", &["2026-01-01T00:01:00Z"]);
        check("0 10 * * ? *", "2026-01-01T10:00:00Z", &["2026-01-02T10:00:00Z"]);
        check("0 10 * * ? *", "2026-01-01T09:59:59Z", &["2026-01-01T10:00:00Z"]);
        check("0/15 * * * ? *", "2026-12-31T23:40:00Z", &["2026-12-31T23:45:00Z", "2027-01-01T00:00:00Z"]);
        check("0 18 ? * MON-FRI *", "2026-01-02T18:00:00Z", &["2026-01-05T18:00:00Z"]);
        check("0 22-1 * * ? *", "2026-01-01T22:30:00Z", &["2026-01-01T23:00:00Z", "2026-01-02T00:00:00Z"]);
        check("0 0 ? * FRI-SUN *", "2026-01-02T00:00:00Z", &["2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"]);
        check("0 0 29 2 ? *", "2026-01-01T00:00:00Z", &["2028-02-29T00:00:00Z"]);
        check("0 0 L * ? *", "2026-01-31T00:00:00Z", &["2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"]);
        // The 31st of January 2026 is a Saturday, the first of February a Sunday.
        check("0 0 LW * ? *", "2026-01-01T00:00:00Z", &["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"]);
        check("0 0 1W * ? *", "2026-01-15T00:00:00Z", &["2026-02-02T00:00:00Z"]);
        check("0 0 31W 1 ? *", "2026-01-01T00:00:00Z", &["2026-01-30T00:00:00Z"]);
        // The first of August 2026 is a Saturday: the weekday next to it in August is the third.
        check("0 0 1W 8 ? *", "2026-01-01T00:00:00Z", &["2026-08-03T00:00:00Z"]);
        check("0 0 ? * 3#2 *", "2026-01-01T00:00:00Z", &["2026-01-13T00:00:00Z", "2026-02-10T00:00:00Z"]);
        check("0 0 ? * 6L *", "2026-01-01T00:00:00Z", &["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"]);
        check("0 0 ? * L *", "2026-01-01T00:00:00Z", &["2026-01-03T00:00:00Z"]);
        check("30 6 1 1 ? 2027", "2026-01-01T00:00:00Z", &["2027-01-01T06:30:00Z"]);
    }

    #[test]
    fn what_never_comes_is_not_awaited() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for expression in ["0 0 1 1 ? 2020", "0 0 30 2 ? *", "0 0 31 4,6 ? *"] {
            assert_eq!(Cron::read(expression).unwrap().next(now), None, "{expression}");
        }
        let last = Cron::read("0 0 31 12 ? 2199").unwrap().next(now).unwrap();
        assert_eq!(last.to_string(), "2199-12-31T00:00:00Z");
        assert_eq!(Cron::read("0 0 31 12 ? 2199").unwrap().next(last), None);
    }
}
