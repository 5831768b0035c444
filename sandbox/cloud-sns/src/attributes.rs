//! Attributes of topics and subscriptions: which there are, and what they may say.
// AWS: the texts are those that it answers.

use std::collections::BTreeMap;

use cloud_policy::Documents;
use serde_json::Value;

use crate::delivery_policy;
use crate::filter;
use crate::names::FIFO;
use crate::record::Protocol;

/// Attributes of topics that are recorded: deliveries are not logged, traced or encrypted here.
// LIMIT: KmsMasterKeyId, TracingConfig, the attributes of delivery status and of archives have no effect.
const RECORDED: [&str; 17] = [
    "ApplicationFailureFeedbackRoleArn",
    "ApplicationSuccessFeedbackRoleArn",
    "ApplicationSuccessFeedbackSampleRate",
    "FirehoseFailureFeedbackRoleArn",
    "FirehoseSuccessFeedbackRoleArn",
    "FirehoseSuccessFeedbackSampleRate",
    "HTTPFailureFeedbackRoleArn",
    "HTTPSuccessFeedbackRoleArn",
    "HTTPSuccessFeedbackSampleRate",
    "KmsMasterKeyId",
    "LambdaFailureFeedbackRoleArn",
    "LambdaSuccessFeedbackRoleArn",
    "LambdaSuccessFeedbackSampleRate",
    "SQSFailureFeedbackRoleArn",
    "SQSSuccessFeedbackRoleArn",
    "SQSSuccessFeedbackSampleRate",
    "TracingConfig",
];
/// The longest value of an attribute that is only recorded, in bytes.
const LONGEST: usize = 2048;
/// AWS: the longest display name, in characters.
const LONGEST_NAME: usize = 100;
/// AWS: the largest policy, in bytes.
pub(crate) const LARGEST_POLICY: usize = 30 << 10;

/// Looks at a topic's attribute. An empty value takes it away; an error is what is wrong with it.
pub(crate) fn topic(name: &str, value: &str, is_new: bool) -> Result<(), String> {
    let truth = || match value {
        "true" | "false" => Ok(()),
        _ => Err(format!("{name}: Invalid value [{value}]. Must be true or false.")),
    };
    match name {
        "FifoTopic" if is_new => truth(),
        "ContentBasedDeduplication" => truth(),
        "FifoThroughputScope" if matches!(value, "Topic" | "MessageGroup" | "") => Ok(()),
        "SignatureVersion" if matches!(value, "1" | "2" | "") => Ok(()),
        "SignatureVersion" => Err(format!("SignatureVersion: Invalid value [{value}]. Must be 1 or 2.")),
        "TracingConfig" if !matches!(value, "Active" | "PassThrough" | "") => {
            Err(format!("TracingConfig: Invalid value [{value}]. Must be Active or PassThrough."))
        }
        "DisplayName" if value.chars().count() <= LONGEST_NAME => Ok(()),
        "DisplayName" => Err("DisplayName: must have at most 100 characters".to_owned()),
        "DeliveryPolicy" if value.is_empty() => Ok(()),
        "DeliveryPolicy" if value.len() > LARGEST_POLICY => Err("DeliveryPolicy: too long".to_owned()),
        "DeliveryPolicy" => {
            delivery_policy::check(value, true).map_err(|reason| format!("DeliveryPolicy: {reason}"))
        }
        "Policy" => policy(value),
        // LIMIT: there are no archives of topics.
        "ArchivePolicy" => Err("ArchivePolicy: this cloud keeps no archives of topics".to_owned()),
        name if RECORDED.contains(&name) && value.len() <= LONGEST => Ok(()),
        _ => Err("AttributeName".to_owned()),
    }
}

fn policy(value: &str) -> Result<(), String> {
    if value.len() > LARGEST_POLICY {
        return Err("Policy: too long".to_owned());
    }
    if value.is_empty() {
        return Ok(());
    }
    let read = Documents::default().read(value).map(drop);
    read.map_err(|error| format!("Policy Error: {error}"))
}

/// What else an attribute of a subscription is looked at by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of {
    pub protocol: Protocol,
    pub is_fifo: bool,
}

/// Sets an attribute of a subscription among the others. An error is what is wrong with it.
pub(crate) fn set_subscription(
    attributes: &mut BTreeMap<String, String>,
    name: &str,
    value: &str,
    of: Of,
) -> Result<(), String> {
    match name {
        "RawMessageDelivery" if !matches!(value, "true" | "false") => {
            return Err(format!("RawMessageDelivery: Invalid value [{value}]. Must be true or false."));
        }
        "RawMessageDelivery"
            if value == "true" && !(of.protocol.is_web() || of.protocol == Protocol::Sqs) =>
        {
            return Err(format!(
                "RawMessageDelivery: Delivery protocol [{}] does not support raw message delivery.",
                of.protocol.as_str()
            ));
        }
        "RawMessageDelivery" => {}
        "FilterPolicyScope" if !matches!(value, "MessageAttributes" | "MessageBody") => {
            return Err(format!(
                "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
            ));
        }
        "FilterPolicyScope" => {}
        "FilterPolicy" => filter_policy(value)?,
        "RedrivePolicy" => redrive(value, of.is_fifo)?,
        "DeliveryPolicy" if value.is_empty() => {}
        "DeliveryPolicy" if !of.protocol.is_web() => {
            return Err(
                "DeliveryPolicy: only subscriptions of the protocols http and https have one".to_owned()
            );
        }
        "DeliveryPolicy" => {
            delivery_policy::check(value, false).map_err(|reason| format!("DeliveryPolicy: {reason}"))?;
        }
        _ => return Err("AttributeName".to_owned()),
    }
    // AWS: an empty filter policy is none.
    let is_none = value.is_empty()
        || (name == "FilterPolicy"
            && serde_json::from_str(value).is_ok_and(|value: Value| value == serde_json::json!({})));
    if is_none {
        attributes.remove(name);
    } else {
        attributes.insert(name.to_owned(), value.to_owned());
    }
    Ok(())
}

fn filter_policy(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Ok(());
    }
    filter::compile_nested(value).map(drop).map_err(|wrong| format!("FilterPolicy: {}", wrong.0))
}

/// Whether policy and scope fit together.
pub(crate) fn check_scope(attributes: &BTreeMap<String, String>) -> Result<(), String> {
    let on_bodies = attributes.get("FilterPolicyScope").is_some_and(|scope| scope == "MessageBody");
    let filter = attributes.get("FilterPolicy").and_then(|text| filter::compile_nested(text).ok());
    if !on_bodies && filter.is_some_and(|filter| filter.is_nested) {
        return Err("Filter policy scope MessageAttributes does not support nested filter policy".to_owned());
    }
    Ok(())
}

fn redrive(value: &str, is_fifo: bool) -> Result<(), String> {
    if value.is_empty() {
        return Ok(());
    }
    filter::check_json(value).map_err(|wrong| format!("RedrivePolicy: {}", wrong.0))?;
    let arn = dead_letters(value).ok_or("RedrivePolicy: deadLetterTargetArn is an invalid arn")?;
    // AWS: the queue is looked at when something goes there.
    if is_fifo && !arn.resource().ends_with(FIFO) {
        return Err(
            "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.".to_owned()
        );
    }
    Ok(())
}

/// The queue that a redrive policy names.
pub(crate) fn dead_letters(value: &str) -> Option<cloud_core::Arn> {
    let value: Value = serde_json::from_str(value).ok()?;
    let arn: cloud_core::Arn = value.get("deadLetterTargetArn")?.as_str()?.parse().ok()?;
    (arn.service() == "sqs" && !arn.resource().is_empty()).then_some(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, is_fifo: bool, expected: Option<&str>) {
        let of = Of { protocol: Protocol::Sqs, is_fifo };
        let wrong = set_subscription(&mut BTreeMap::new(), name, value, of).err();
        assert_eq!(wrong.as_deref(), expected, "{name} {value}");
    }

    #[test]
    fn attributes_of_subscriptions_are_looked_at() {
        let queue = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q"}"#;
        check("RawMessageDelivery", "true", false, None);
        check(
            "RawMessageDelivery",
            "x",
            false,
            Some("RawMessageDelivery: Invalid value [x]. Must be true or false."),
        );
        check("x", "true", false, Some("AttributeName"));
        check("RedrivePolicy", queue, false, None);
        check(
            "RedrivePolicy",
            queue,
            true,
            Some("RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."),
        );
        check(
            "RedrivePolicy",
            r#"{"deadLetterTargetArn":"x"}"#,
            false,
            Some("RedrivePolicy: deadLetterTargetArn is an invalid arn"),
        );
        check(
            "RedrivePolicy",
            "{invalid",
            false,
            Some(
                "RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]",
            ),
        );
        check(
            "FilterPolicyScope",
            "x",
            false,
            Some("FilterPolicyScope: Invalid value [x]. Please use either MessageBody or MessageAttributes"),
        );
        check("FilterPolicy", "{}", false, None);
    }

    #[test]
    fn attributes_of_topics_are_looked_at() {
        for (name, value, is_new, is_right) in [
            ("FifoTopic", "true", true, true),
            ("FifoTopic", "false", false, false),
            ("DisplayName", "", false, true),
            ("DisplayName", &*"x".repeat(101), false, false),
            ("SignatureVersion", "2", false, true),
            ("SignatureVersion", "3", false, false),
            ("KmsMasterKeyId", "alias/aws/sns", false, true),
            ("ArchivePolicy", "{}", true, false),
            ("Policy", "x", false, false),
            ("x", "", true, false),
        ] {
            assert_eq!(topic(name, value, is_new).is_ok(), is_right, "{name} {value}");
        }
    }
}
