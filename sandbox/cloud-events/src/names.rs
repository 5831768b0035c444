//! Names of buses and rules, in requests and ARNs.

use cloud_core::{Arn, AwsError, Context};

use crate::error::{invalid, no_bus};

/// The bus that there is always.
pub(crate) const DEFAULT: &str = "default";
/// How the resources of buses are called in ARNs.
const BUS: &str = "event-bus/";
const RULE: &str = "rule/";

/// A bus and a rule on it.
pub(crate) type RuleKey = (String, String);

/// The bus that a request names: by its name, its ARN, or not at all.
pub(crate) fn bus(context: &Context, text: Option<&str>) -> Result<String, AwsError> {
    let Some(text) = text else { return Ok(DEFAULT.to_owned()) };
    if !text.starts_with("arn:") {
        return Ok(text.to_owned());
    }
    let arn: Arn = text.parse().map_err(|_| no_bus(text))?;
    // Rules are on one's own buses.
    own_bus(context, &arn).ok_or_else(|| no_bus(bus_of(&arn).unwrap_or(text)))
}

/// The name of the bus that an ARN is of.
pub(crate) fn bus_of(arn: &Arn) -> Option<&str> {
    if arn.service() == "events" { arn.resource().strip_prefix(BUS) } else { None }
}

/// The same of one of this account and region.
pub(crate) fn own_bus(context: &Context, arn: &Arn) -> Option<String> {
    bus_of(arn).filter(|_| arn.is_of(context.realm())).map(str::to_owned)
}

pub(crate) fn bus_arn(context: &Context, name: &str) -> Arn {
    context.arn("events", format!("{BUS}{name}"))
}

// AWS: of a rule on the default bus, that is not named.
pub(crate) fn rule_arn(context: &Context, bus: &str, rule: &str) -> Arn {
    context.arn("events", rule_resource(bus, rule))
}

/// The last part of a rule's ARN.
pub(crate) fn rule_resource(bus: &str, rule: &str) -> String {
    if bus == DEFAULT { format!("{RULE}{rule}") } else { format!("{RULE}{bus}/{rule}") }
}

/// What may have tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tagged {
    Bus(String),
    Rule(RuleKey),
}

/// What an ARN in a request means.
pub(crate) fn tagged(context: &Context, text: &str) -> Result<Tagged, AwsError> {
    let wrong = || invalid("Parameter ResourceARN is not valid.");
    let arn: Arn = text.parse().map_err(|_| wrong())?;
    if arn.service() != "events" || !arn.is_of(context.realm()) {
        return Err(wrong());
    }
    if let Some(bus) = bus_of(&arn) {
        return Ok(Tagged::Bus(bus.to_owned()));
    }
    let rule = arn.resource().strip_prefix(RULE).ok_or_else(wrong)?;
    // Names of buses of partners have slashes, names of rules have none.
    let (bus, rule) = rule.rsplit_once('/').unwrap_or((DEFAULT, rule));
    Ok(Tagged::Rule((bus.to_owned(), rule.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context::for_test("/nowhere").0
    }

    #[test]
    fn a_bus_is_named_by_name_or_arn() {
        let check = |text: Option<&str>, expected: Result<&str, &str>| {
            let seen = bus(&context(), text);
            let seen = seen.as_deref().map_err(AwsError::message);
            assert_eq!(seen, expected, "{text:?}");
        };
        check(None, Ok("default"));
        check(Some("b"), Ok("b"));
        check(Some("arn:aws:events:us-east-1:000000000000:event-bus/b"), Ok("b"));
        check(Some("arn:aws:events:eu-west-1:000000000000:event-bus/b"), Err("Event bus b does not exist."));
    }

    #[test]
    fn arns_of_rules_leave_the_default_bus_out() {
        let context = context();
        let prefix = "arn:aws:events:us-east-1:000000000000:";
        for (bus, rule, resource) in
            [("default", "r", "rule/r"), ("b", "r", "rule/b/r"), ("a/b", "r", "rule/a/b/r")]
        {
            let arn = rule_arn(&context, bus, rule).to_string();
            assert_eq!(arn, format!("{prefix}{resource}"));
            assert_eq!(tagged(&context, &arn).unwrap(), Tagged::Rule((bus.into(), rule.into())));
        }
        let bus = bus_arn(&context, "b").to_string();
        assert_eq!(tagged(&context, &bus).unwrap(), Tagged::Bus("b".into()));
        for wrong in [
            "x",
            "arn:aws:events:eu-west-1:000000000000:rule/r",
            "arn:aws:events:us-east-1:000000000000:archive/a",
        ] {
            assert!(tagged(&context, wrong).is_err(), "{wrong}");
        }
    }
}
