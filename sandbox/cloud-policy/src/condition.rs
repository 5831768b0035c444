//! Conditions: an operator, a key, and the values that the policy wants of it.
// AWS: "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys".

use crate::compare::{self, Order};
use crate::keys::Keys;
use crate::pattern::{Pattern, Reading, Steps};

/// A condition operator, read of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    over: Over,
    if_exists: bool,
    negated: bool,
    test: Test,
}

/// Which of a key's values are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// The one that it has.
    One,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Text(Reading),
    Number(Order),
    Moment(Order),
    Boolean,
    Bytes,
    Address,
    Arn,
    Null,
}

impl Operator {
    /// The operator of that name, with its prefix and its suffix; none if there is none. The case does not matter.
    pub fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let (over, plain) = match (lower.strip_prefix("forallvalues:"), lower.strip_prefix("foranyvalue:")) {
            (Some(plain), _) => (Over::All, plain),
            (_, Some(plain)) => (Over::Any, plain),
            _ => (Over::One, lower.as_str()),
        };
        let (plain, if_exists) = match plain.strip_suffix("ifexists") {
            Some(plain) => (plain, true),
            None => (plain, false),
        };
        let (test, negated) = test(plain)?;
        // AWS: Null asks by itself whether the key exists.
        (test != Test::Null || !if_exists).then_some(Self { over, if_exists, negated, test })
    }

    /// Whether its values may hold variables.
    fn takes_variables(self) -> bool {
        matches!(self.test, Test::Text(_) | Test::Arn)
    }
}

fn test(plain: &str) -> Option<(Test, bool)> {
    let text = |reading, negated| (Test::Text(reading), negated);
    let ordered = |order: &str| {
        Some(match order {
            "equals" => (Order::Equal, false),
            "notequals" => (Order::Equal, true),
            "lessthan" => (Order::Less, false),
            "lessthanequals" => (Order::LessOrEqual, false),
            "greaterthan" => (Order::Greater, false),
            "greaterthanequals" => (Order::GreaterOrEqual, false),
            _ => return None,
        })
    };
    if let Some((order, negated)) = plain.strip_prefix("numeric").and_then(ordered) {
        return Some((Test::Number(order), negated));
    }
    if let Some((order, negated)) = plain.strip_prefix("date").and_then(ordered) {
        return Some((Test::Moment(order), negated));
    }
    Some(match plain {
        "stringequals" => text(Reading::Exact, false),
        "stringnotequals" => text(Reading::Exact, true),
        "stringequalsignorecase" => text(Reading::ExactIgnoringCase, false),
        "stringnotequalsignorecase" => text(Reading::ExactIgnoringCase, true),
        "stringlike" => text(Reading::Wild, false),
        "stringnotlike" => text(Reading::Wild, true),
        "bool" => (Test::Boolean, false),
        "binaryequals" => (Test::Bytes, false),
        "ipaddress" => (Test::Address, false),
        "notipaddress" => (Test::Address, true),
        "arnequals" | "arnlike" => (Test::Arn, false),
        "arnnotequals" | "arnnotlike" => (Test::Arn, true),
        "null" => (Test::Null, false),
        _ => return None,
    })
}

/// One key of one operator of a statement.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    operator: Operator,
    /// As the policy writes it.
    pub(crate) key: String,
    lower: String,
    wanted: Vec<Wanted>,
}

#[derive(Clone, Debug)]
struct Wanted {
    text: String,
    pattern: Pattern,
}

impl Condition {
    pub(crate) fn new(operator: Operator, key: &str, values: Vec<String>, variables: bool) -> Self {
        let variables = variables && operator.takes_variables();
        let wanted = values.into_iter().map(|text| Wanted { pattern: Pattern::of(&text, variables), text });
        Self { operator, key: key.to_owned(), lower: key.to_lowercase(), wanted: wanted.collect() }
    }

    /// The keys of its values' variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().flat_map(|wanted| wanted.pattern.variables())
    }

    /// Whether the key is as the policy wants it.
    pub(crate) fn holds(&self, keys: &Keys, steps: &Steps) -> bool {
        let Operator { over, if_exists, negated, test } = self.operator;
        let given = keys.get(&self.lower);
        if test == Test::Null {
            return self.wanted.iter().any(|wanted| compare::booleans(is(given.is_none()), &wanted.text));
        }
        let Some(given) = given.filter(|values| !values.is_empty()) else {
            return match over {
                Over::All => true,
                Over::Any => if_exists,
                // AWS: a negated operator holds of a key that is not there.
                Over::One => if_exists || negated,
            };
        };
        let every = match over {
            Over::All => true,
            Over::Any => false,
            Over::One => negated,
        };
        for value in given {
            if (self.is_wanted(value, keys, steps) != negated) != every {
                return !every;
            }
        }
        every
    }

    /// Whether the value is one of those that the policy names.
    // AWS: a variable without a value is equal or like to nothing, so negated operators match it.
    fn is_wanted(&self, value: &str, keys: &Keys, steps: &Steps) -> bool {
        for wanted in &self.wanted {
            let text = wanted.text.as_str();
            let found = match self.operator.test {
                Test::Text(reading) => wanted.pattern.matches(value, reading, keys, steps).unwrap_or(false),
                Test::Arn => wanted.pattern.matches_arn(value, keys, steps).unwrap_or(false),
                Test::Number(order) => compare::numbers(order, value, text),
                Test::Moment(order) => compare::moments(order, value, text),
                Test::Boolean => compare::booleans(value, text),
                Test::Bytes => compare::bytes(value, text),
                Test::Address => compare::is_within(value, text),
                Test::Null => false,
            };
            if found {
                return true;
            }
            if !steps.take(1 + text.len() / 16) {
                return false;
            }
        }
        false
    }
}

fn is(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operator: &str, wanted: &[&str], given: Option<&[&str]>) -> bool {
        let mut keys = Keys::default();
        keys.set("aws:username", "anne");
        if let Some(given) = given {
            keys.set_all("k:Key", given.iter().map(ToString::to_string).collect());
        }
        let operator = Operator::parse(operator).unwrap();
        let wanted = wanted.iter().map(ToString::to_string).collect();
        Condition::new(operator, "K:key", wanted, true).holds(&keys, &Steps::default())
    }

    #[test]
    fn operators() {
        const ARN: &str = "arn:aws:sns:us-east-1:1:t";
        for (operator, wanted, given, expected) in [
            ("StringEquals", &["a", "b"][..], Some(&["b"][..]), true),
            ("StringEquals", &["A"], Some(&["a"]), false),
            ("StringEquals", &["a*"], Some(&["ab"]), false),
            ("StringEquals", &["${aws:username}"], Some(&["anne"]), true),
            ("stringequals", &["a"], Some(&["a"]), true),
            // A variable without a value is like nothing, and hides no other value.
            ("StringEquals", &["${aws:Missing}", "a"], Some(&["a"]), true),
            ("StringEquals", &["${aws:Missing}"], Some(&["a"]), false),
            ("StringLike", &["${aws:Missing}*", "b*"], Some(&["a"]), false),
            ("StringNotEquals", &["${aws:Missing}"], Some(&["a"]), true),
            ("StringNotLike", &["${aws:Missing}", "a*"], Some(&["a"]), false),
            ("ArnNotLike", &["${aws:Missing}"], Some(&[ARN]), true),
            ("StringNotEquals", &["a", "b"], Some(&["b"]), false),
            ("StringNotEquals", &["a", "b"], Some(&["c"]), true),
            ("StringEqualsIgnoreCase", &["ÄB"], Some(&["äb"]), true),
            ("StringNotEqualsIgnoreCase", &["AB"], Some(&["ab"]), false),
            ("StringLike", &["a?c*"], Some(&["abcd"]), true),
            ("StringNotLike", &["a*"], Some(&["abcd"]), false),
            ("NumericEquals", &["10"], Some(&["10.0"]), true),
            ("NumericNotEquals", &["10"], Some(&["11"]), true),
            ("NumericLessThanEquals", &["10"], Some(&["10"]), true),
            ("DateGreaterThan", &["2026-01-01T00:00:00Z"], Some(&["2026-06-01T00:00:00Z"]), true),
            ("DateNotEquals", &["2026-01-01"], Some(&["2026-01-01T00:00:00Z"]), false),
            ("Bool", &["true"], Some(&["TRUE"]), true),
            ("BinaryEquals", &["QQ=="], Some(&["QQ=="]), true),
            ("IpAddress", &["10.0.0.0/8"], Some(&["10.1.2.3"]), true),
            ("NotIpAddress", &["10.0.0.0/8"], Some(&["10.1.2.3"]), false),
            ("ArnLike", &["arn:aws:sns:*:1:t*"], Some(&[ARN]), true),
            ("ArnEquals", &["arn:aws:sns:*:1:t"], Some(&[ARN]), true),
            // A wildcard does not reach into another part.
            ("ArnLike", &["arn:aws:sns:*:t"], Some(&[ARN]), false),
            ("ArnLike", &["arn:*"], Some(&[ARN]), false),
            ("ArnNotLike", &["arn:aws:sns:*:1:t"], Some(&[ARN]), false),
            ("ArnNotEquals", &["arn:aws:sns:*:1:u"], Some(&[ARN]), true),
            ("Null", &["true"], None, true),
            ("Null", &["false"], None, false),
            ("Null", &["false"], Some(&["x"]), true),
            // A key that is not there.
            ("StringEquals", &["a"], None, false),
            ("StringEqualsIfExists", &["a"], None, true),
            ("StringEqualsIfExists", &["a"], Some(&["b"]), false),
            ("StringNotEquals", &["a"], None, true),
            ("NotIpAddress", &["10.0.0.0/8"], None, true),
            ("NumericLessThan", &["1"], None, false),
            // Sets.
            ("ForAllValues:StringEquals", &["a", "b"], Some(&["a", "b"]), true),
            ("ForAllValues:StringEquals", &["a", "b"], Some(&["a", "c"]), false),
            ("ForAllValues:StringEquals", &["a"], None, true),
            ("ForAllValues:StringEquals", &["a"], Some(&[]), true),
            ("ForAllValues:StringNotEquals", &["a"], Some(&["b", "a"]), false),
            ("ForAnyValue:StringEquals", &["a", "b"], Some(&["c", "a"]), true),
            ("ForAnyValue:StringEquals", &["a"], Some(&["c"]), false),
            ("ForAnyValue:StringEquals", &["a"], None, false),
            ("ForAnyValue:StringLike", &["a*"], Some(&["x", "ab"]), true),
            ("ForAnyValue:StringNotEquals", &["a"], Some(&["a", "b"]), true),
            ("ForAnyValue:StringEqualsIfExists", &["a"], None, true),
        ] {
            assert_eq!(check(operator, wanted, given), expected, "{operator} {wanted:?} {given:?}");
        }
        for unknown in ["StringIs", "NullIfExists", "ForSomeValues:StringEquals", "BoolNot", ""] {
            assert_eq!(Operator::parse(unknown), None, "{unknown}");
        }
    }
}
