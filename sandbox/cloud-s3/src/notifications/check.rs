//! What configurations of notifications may be kept: refused in AWS's words. Not whether their destinations are there.

use std::collections::BTreeSet;

use cloud_core::{Arn, AwsError};

use super::{Configuration, Kind, all, is_called};
use crate::{
    error::{bad, bad_argument, malformed_xml},
    quotas,
    shapes::{FilterRule, FilterRuleName, NotificationConfiguration, NotificationConfigurationFilter},
};

/// How the names of queues and topics end that keep an order.
const FIFO: &str = ".fifo";

/// The events that there are.
// AWS: "Supported event types for SQS, SNS, and Lambda". LIMIT: nothing here restores, replicates, transitions, expires or
// has lists of access, nor are there delete markers: who waits for that waits as in a bucket of AWS's without all that.
const EVENTS: [&str; 21] = [
    "s3:ReducedRedundancyLostObject",
    "s3:ObjectCreated:Put",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:Post",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationReplicatedAfterThreshold",
    "s3:LifecycleTransition",
    "s3:IntelligentTiering",
    "s3:ObjectAcl:Put",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:ObjectTagging:Put",
    "s3:ObjectTagging:Delete",
];
/// Those that stand for all of a kind.
const GROUPS: [&str; 6] = [
    "s3:ObjectCreated:",
    "s3:ObjectRemoved:",
    "s3:ObjectRestore:",
    "s3:Replication:",
    "s3:LifecycleExpiration:",
    "s3:ObjectTagging:",
];

/// The events that a name stands for, a bit for each; none for a name that is none.
fn events(name: &str) -> Option<u32> {
    let group = name.strip_suffix('*');
    if group.is_some_and(|group| !GROUPS.contains(&group)) {
        return None;
    }
    let stands_for = |event: &str| group.map_or(name == event, |group| event.starts_with(group));
    let places = EVENTS.iter().enumerate().filter(|(_, event)| stands_for(event));
    Some(places.fold(0, |all, (place, _)| all | 1 << place)).filter(|all| *all != 0)
}

impl Kind {
    /// How a document calls it.
    fn element(self) -> &'static str {
        match self {
            Self::Topic => "Topic",
            Self::Queue => "Queue",
            Self::Function => "CloudFunction",
        }
    }

    /// The service that its ARNs name.
    fn service(self) -> &'static str {
        match self {
            Self::Topic => "sns",
            Self::Queue => "sqs",
            Self::Function => "lambda",
        }
    }
}

/// Refuses what a bucket of that region could not keep, and gives what it may keep its form: rules with the names that are
/// shown, and an id for each that has none.
pub(crate) fn check(
    configuration: &mut NotificationConfiguration,
    region: &str,
    new_id: impl Fn() -> String,
) -> Result<(), AwsError> {
    let every = all(configuration);
    quotas::NOTIFICATIONS.check(every.len())?;
    for one in &every {
        check_arn(one, region)?;
        check_events(one)?;
        check_filter(one.rules())?;
    }
    check_ids(&every)?;
    check_apart(&every)?;
    settle(configuration, new_id);
    Ok(())
}

fn check_arn(one: &Configuration<'_>, region: &str) -> Result<(), AwsError> {
    let refused = |message: &str| Err(bad_argument(one.kind.element(), one.arn, message));
    let Ok(arn) = one.arn.parse::<Arn>() else { return refused("The ARN could not be parsed") };
    let is_function = one.kind == Kind::Function;
    let is_one = arn.service() == one.kind.service()
        && arn.realm().is_some()
        && (!is_function || arn.resource_type() == Some("function"));
    if !is_one {
        return refused("The ARN is not well formed");
    }
    if arn.region() != region {
        return refused(
            "The notification destination service region is not valid for the bucket location constraint",
        );
    }
    // AWS: queues and topics in order are no destinations.
    if !is_function && arn.resource().ends_with(FIFO) {
        return refused("FIFO queues and topics are not supported as notification destinations");
    }
    Ok(())
}

fn check_events(one: &Configuration<'_>) -> Result<(), AwsError> {
    if one.events.is_empty() {
        return Err(malformed_xml());
    }
    match one.events.iter().find(|event| events(event.as_str()).is_none()) {
        Some(event) => {
            let message = "The event is not supported for notifications";
            Err(bad_argument("Event", event.as_str(), message))
        }
        None => Ok(()),
    }
}

fn check_filter(rules: &[FilterRule]) -> Result<(), AwsError> {
    let refused = |value: &str, message: &str| Err(bad_argument("FilterRule.Name", value, message));
    let names = [FilterRuleName::Prefix, FilterRuleName::Suffix];
    for rule in rules {
        let name = rule.name.as_ref().map_or("", |name| name.as_str());
        if !names.iter().any(|known| is_called(rule, known)) {
            return refused(name, "filter rule name must be either prefix or suffix");
        }
        quotas::FILTER_RULE_VALUE.check(rule.value.as_ref().map_or(0, String::len))?;
    }
    for name in names {
        if rules.iter().filter(|rule| is_called(rule, &name)).count() > 1 {
            let message = format!("Cannot specify more than one {name} rule in a filter.");
            return refused(name.as_str(), &message);
        }
    }
    Ok(())
}

fn check_ids(every: &[Configuration<'_>]) -> Result<(), AwsError> {
    let mut seen = BTreeSet::new();
    for id in every.iter().filter_map(|one| one.id).filter(|id| !id.is_empty()) {
        quotas::NOTIFICATION_ID.check(id.chars().count())?;
        if !seen.insert(id) {
            let message = "Same ID used for multiple configurations. IDs must be unique";
            return Err(bad_argument("Id", id, message));
        }
    }
    Ok(())
}

/// No event of a key may be one of two configurations.
fn check_apart(every: &[Configuration<'_>]) -> Result<(), AwsError> {
    for (place, one) in every.iter().enumerate() {
        for other in every.iter().skip(place + 1) {
            let Some(shared) = shared(one, other) else { continue };
            if one.rules().is_empty() && other.rules().is_empty() {
                let message = "Configurations overlap. Configurations on the same bucket cannot share a common event type.";
                return Err(bad_argument("Event", &shared, message));
            }
            if overlap(one, other) {
                let message = "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes \
                               are overlapping for the same event type.";
                return Err(bad("InvalidArgument", message));
            }
        }
    }
    Ok(())
}

/// The names of two configurations that stand for an event in common.
fn shared(one: &Configuration<'_>, other: &Configuration<'_>) -> Option<String> {
    let of = |one: &Configuration<'_>| {
        one.events.iter().filter_map(|event| events(event.as_str())).fold(0, |all, more| all | more)
    };
    let both = of(one) & of(other);
    let name = |one: &Configuration<'_>| {
        let found = one.events.iter().find(|event| events(event.as_str()).is_some_and(|own| own & both != 0));
        found.map(|event| event.as_str().to_owned())
    };
    Some(format!("{}, {}", name(one)?, name(other)?))
}

/// Whether a key could be one of both.
fn overlap(one: &Configuration<'_>, other: &Configuration<'_>) -> bool {
    let parts = |name| (one.part(&name), other.part(&name));
    let (prefixes, suffixes) = (parts(FilterRuleName::Prefix), parts(FilterRuleName::Suffix));
    (prefixes.0.starts_with(prefixes.1) || prefixes.1.starts_with(prefixes.0))
        && (suffixes.0.ends_with(suffixes.1) || suffixes.1.ends_with(suffixes.0))
}

fn settle(configuration: &mut NotificationConfiguration, new_id: impl Fn() -> String) {
    let name = |id: &mut Option<String>| {
        if id.as_ref().is_none_or(String::is_empty) {
            *id = Some(new_id());
        }
    };
    for one in configuration.topic_configurations.iter_mut().flatten() {
        name(&mut one.id);
        shown(one.filter.as_mut());
    }
    for one in configuration.queue_configurations.iter_mut().flatten() {
        name(&mut one.id);
        shown(one.filter.as_mut());
    }
    for one in configuration.lambda_function_configurations.iter_mut().flatten() {
        name(&mut one.id);
        shown(one.filter.as_mut());
    }
}

/// Gives rules the names that are shown, and a value where there is none.
fn shown(filter: Option<&mut NotificationConfigurationFilter>) {
    let rules = filter.and_then(|filter| filter.key.as_mut()).and_then(|key| key.filter_rules.as_mut());
    for rule in rules.into_iter().flatten() {
        let name = if is_called(rule, &FilterRuleName::Prefix) { "Prefix" } else { "Suffix" };
        rule.name = Some(name.into());
        rule.value.get_or_insert_default();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";

    fn read(value: Value) -> NotificationConfiguration {
        serde_json::from_value(value).unwrap()
    }

    fn outcome(value: Value) -> String {
        match check(&mut read(value), "us-east-1", || "new".to_owned()) {
            Ok(()) => "ok".to_owned(),
            Err(error) => format!("{} {}", error.code(), error.message()),
        }
    }

    /// A configuration of a queue.
    fn queue(arn: &str, events: &[&str], rules: &[(&str, &str)]) -> Value {
        let rules: Vec<Value> =
            rules.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
        json!({ "QueueArn": arn, "Events": events, "Filter": { "Key": { "FilterRules": rules } } })
    }

    fn queues(all: &[Value]) -> Value {
        json!({ "QueueConfigurations": all })
    }

    #[test]
    fn an_arn_is_of_the_service_and_region() {
        let check = |list: &str, member: &str, arn: &str, expected: &str| {
            let one = json!({ member: arn, "Events": ["s3:ObjectCreated:*"] });
            let seen = outcome(json!({ list: [one] }));
            assert!(
                seen.strip_prefix("InvalidArgument ").unwrap_or(&seen).starts_with(expected),
                "{arn}: {seen}"
            );
        };
        let (parsed, formed, region) =
            ("The ARN could not be parsed", "The ARN is not well formed", "The notification destination");
        let queue = |arn: &str, expected: &str| check("QueueConfigurations", "QueueArn", arn, expected);
        queue(QUEUE, "ok");
        queue("invalid-queue", parsed);
        queue("arn:aws:sqs", parsed);
        queue("arn:aws:sns:us-east-1:000000000000:q", formed);
        queue("arn:aws:sqs:us-east-1::q", formed);
        queue("arn:aws:sqs:eu-west-1:000000000000:q", region);
        queue("arn:aws:sqs:us-east-1:111111111111:q", "ok");
        queue("arn:aws:sqs:us-east-1:000000000000:q.fifo", "FIFO");
        let topic = |arn: &str, expected: &str| check("TopicConfigurations", "TopicArn", arn, expected);
        topic("arn:aws:sns:us-east-1:000000000000:t", "ok");
        topic(QUEUE, formed);
        let function = |arn: &str, expected: &str| {
            check("LambdaFunctionConfigurations", "LambdaFunctionArn", arn, expected);
        };
        function("arn:aws:lambda:us-east-1:000000000000:function:f:alias", "ok");
        function("arn:aws:lambda:us-east-1:000000000000:layer:l", formed);
    }

    #[test]
    fn events_and_rules_are_known_ones() {
        let check = |events: &[&str], rules: &[(&str, &str)], expected: &str| {
            let seen = outcome(queues(&[queue(QUEUE, events, rules)]));
            assert!(seen.contains(expected), "{events:?} {rules:?}: {seen}");
        };
        for event in EVENTS {
            check(&[event], &[], "ok");
        }
        for group in GROUPS {
            check(&[&format!("{group}*")], &[], "ok");
        }
        for event in
            ["s3:ObjectCreated", "ObjectCreated:*", "s3:*", "s3:ObjectAcl:*", "s3:ObjectCreated:put", ""]
        {
            check(&[event], &[], "The event is not supported for notifications");
        }
        check(&[], &[], "MalformedXML");
        let created = &["s3:ObjectCreated:*"];
        check(created, &[("Prefix", "a"), ("sUFFIX", "")], "ok");
        check(created, &[("infix", "a")], "filter rule name must be either prefix or suffix");
        check(
            created,
            &[("prefix", "a"), ("Prefix", "b")],
            "Cannot specify more than one prefix rule in a filter.",
        );
        check(created, &[("suffix", &"x".repeat(1024))], "ok");
        check(created, &[("suffix", &"x".repeat(1025))], "1024 bytes");
    }

    #[test]
    fn an_event_of_a_key_is_told_by_one_configuration() {
        type One<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
        let check = |one: One<'_>, other: One<'_>, expected: &str| {
            let seen = outcome(queues(&[queue(QUEUE, one.0, one.1), queue(QUEUE, other.0, other.1)]));
            assert!(seen.contains(expected), "{one:?} {other:?}: {seen}");
        };
        let (all, put, removed) =
            (&["s3:ObjectCreated:*"][..], &["s3:ObjectCreated:Put"][..], &["s3:ObjectRemoved:*"][..]);
        let (overlaps, ambiguous) = ("Configurations overlap.", "Configuration is ambiguously defined.");
        check((all, &[]), (all, &[]), overlaps);
        check((all, &[]), (put, &[]), overlaps);
        check((all, &[]), (removed, &[]), "ok");
        check((all, &[("prefix", "images")]), (put, &[("prefix", "images/")]), ambiguous);
        check((all, &[("prefix", "images")]), (put, &[("suffix", ".jpg")]), ambiguous);
        check((all, &[("prefix", "images")]), (put, &[]), ambiguous);
        check((all, &[("suffix", "jpg")]), (put, &[("suffix", "pg")]), ambiguous);
        check((all, &[("prefix", "images")]), (all, &[("prefix", "logs")]), "ok");
        check(
            (all, &[("prefix", "images"), ("suffix", ".jpg")]),
            (all, &[("prefix", "images"), ("suffix", ".png")]),
            "ok",
        );
        let shared = queues(&[queue(QUEUE, all, &[]), queue(QUEUE, put, &[])]);
        let error = super::check(&mut read(shared), "us-east-1", String::new).unwrap_err();
        assert_eq!(error.members()["ArgumentValue"], "s3:ObjectCreated:*, s3:ObjectCreated:Put");
    }

    #[test]
    fn ids_are_given_and_rules_shown_in_one_form() {
        let with_id = |id: &str, prefix: &str| {
            let mut one = queue(QUEUE, &["s3:ObjectCreated:*"], &[("pREFIX", prefix)]);
            one["Id"] = json!(id);
            one
        };
        assert!(outcome(queues(&[with_id("a", "x"), with_id("a", "y")])).contains("IDs must be unique"));
        assert!(outcome(queues(&[with_id(&"i".repeat(256), "x")])).contains("255"));
        let mut kept = read(queues(&[with_id("a", "x"), with_id("", "y")]));
        super::check(&mut kept, "us-east-1", || "new".to_owned()).unwrap();
        let shown = serde_json::to_value(&kept).unwrap();
        let seen = &shown["QueueConfigurations"];
        assert_eq!((&seen[0]["Id"], &seen[1]["Id"]), (&json!("a"), &json!("new")));
        assert_eq!(seen[0]["Filter"]["Key"]["FilterRules"], json!([{ "Name": "Prefix", "Value": "x" }]));
        let many: Vec<Value> = (0..101).map(|n| with_id(&n.to_string(), &format!("{n}/"))).collect();
        assert!(outcome(queues(&many)).contains("100"));
        assert_eq!(outcome(queues(&many[..100])), "ok");
    }
}
