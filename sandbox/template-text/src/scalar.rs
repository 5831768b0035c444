//! What a plain YAML scalar is: YAML 1.1 less its timestamps, as CloudFormation reads it. A number that would be written
//! otherwise than it was stays text, for most properties are text: `010`, `1.50`, account ids.

use serde_json::{Number, Value};

/// The value of a scalar that was written without quotes.
// AWS: "Template formats": YAML 1.1 without binary, omap, pairs, set and timestamp.
pub(super) fn resolve(text: &str) -> Value {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Null;
    }
    boolean(text)
        .map(Value::Bool)
        .or_else(|| integer(text).map(Value::from))
        .or_else(|| float(text).map(Value::Number))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit()) || digits.ends_with('_') {
        return None;
    }
    let plain = digits.replace('_', "");
    let magnitude = if let Some(hex) = plain.strip_prefix("0x") {
        radix(hex, 16)
    } else if let Some(binary) = plain.strip_prefix("0b") {
        radix(binary, 2)
    } else if plain.len() > 1 && plain.starts_with('0') {
        // LIMIT: octal to AWS, which makes other numbers of account ids that begin with a zero.
        None
    } else if plain.contains(':') {
        sexagesimal(&plain)
    } else {
        radix(&plain, 10)
    };
    magnitude?.checked_mul(sign)
}

/// `from_str_radix` takes signs; a number has had its sign by now.
fn radix(digits: &str, radix: u32) -> Option<i64> {
    digits.chars().all(|digit| digit.is_digit(radix)).then(|| i64::from_str_radix(digits, radix).ok())?
}

/// `190:20:30`: base 60, as YAML 1.1 has it.
fn sexagesimal(digits: &str) -> Option<i64> {
    let mut parts = digits.split(':');
    let first = parts.next().filter(|first| !first.starts_with('0'))?;
    parts.try_fold(radix(first, 10)?, |total, part| {
        let value = radix(part, 10).filter(|&value| part.len() <= 2 && value < 60)?;
        total.checked_mul(60)?.checked_add(value)
    })
}

fn float(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits_first = unsigned.starts_with(|first: char| first.is_ascii_digit());
    let point_first =
        unsigned.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let looks = unsigned.contains(['.', 'e', 'E'])
        && unsigned.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-' | '_'));
    if !looks || !(digits_first || point_first) {
        return None;
    }
    Number::from_f64(text.parse().ok()?).filter(|number| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, expected: &Value) {
        assert_eq!(resolve(text), *expected, "{text}");
    }

    #[test]
    fn truth_and_nothing() {
        check("yes", &json!(true));
        check("Off", &json!(false));
        check("y", &json!("y"));
        check("yEs", &json!("yEs"));
        check("~", &Value::Null);
        check("", &Value::Null);
    }

    #[test]
    fn numbers() {
        check("10", &json!(10));
        check("-7", &json!(-7));
        check("0x1F", &json!(31));
        check("0b101", &json!(5));
        check("1_000", &json!(1000));
        check("1.5", &json!(1.5));
        check("1.0", &json!(1.0));
        check("1:30", &json!(90));
        check("0", &json!(0));
    }

    #[test]
    fn text_that_looks_like_something_else() {
        check("2012-10-17", &json!("2012-10-17"));
        check("2016-10-31", &json!("2016-10-31"));
        check("1.2.3", &json!("1.2.3"));
        check("09", &json!("09"));
        check("010", &json!("010"));
        check("1.50", &json!("1.50"));
        check("1e3", &json!("1e3"));
        check(".5", &json!(".5"));
        check("012345678901", &json!("012345678901"));
        check("1e", &json!("1e"));
        check("e3", &json!("e3"));
        check("10.0.0.0/16", &json!("10.0.0.0/16"));
        check("99999999999999999999", &json!("99999999999999999999"));
        check("arn:aws:s3:::b", &json!("arn:aws:s3:::b"));
        check("-", &json!("-"));
        check(".", &json!("."));
    }
}
