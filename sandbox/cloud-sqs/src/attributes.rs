//! A queue's attributes: how they are written, what they may be, how they are shown.

use std::collections::BTreeMap;

use cloud_core::AwsError;
use serde::{Deserialize, Serialize};

use crate::error::{invalid, no_attribute, wrong_attribute};
use crate::redrive::{Allow, Redrive};
use crate::shapes::Code;

/// AWS: the largest message, since August 2025.
pub(crate) const LARGEST: u32 = 1_048_576;
/// AWS: the longest that a message may be hidden, in seconds.
pub(crate) const LONGEST_VISIBILITY: u32 = 43_200;
/// AWS: the longest delay.
pub(crate) const LONGEST_DELAY: u32 = 900;
/// AWS: the longest wait of a receive.
pub(crate) const LONGEST_WAIT: u32 = 20;
/// LIMIT: AWS states no length for a queue's policy but that of IAM's largest.
const LONGEST_POLICY: usize = 20_480;

/// What a queue is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "as AWS has them")]
pub(crate) struct Settings {
    pub delay: u32,
    pub largest: u32,
    pub retention: u32,
    pub wait: u32,
    pub visibility: u32,
    pub policy: Option<String>,
    pub redrive: Option<Redrive>,
    pub allow: Option<Allow>,
    pub kms_key: Option<String>,
    pub kms_reuse: Option<u32>,
    pub managed_sse: bool,
    pub is_fifo: bool,
    pub content_deduplication: bool,
    /// Whether duplicates are told within a group.
    pub scope_is_group: bool,
    /// Whether the throughput is limited by group.
    pub limit_is_group: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delay: 0,
            largest: LARGEST,
            retention: 345_600,
            wait: 0,
            visibility: 30,
            policy: None,
            redrive: None,
            allow: None,
            kms_key: None,
            kms_reuse: None,
            managed_sse: true,
            is_fifo: false,
            content_deduplication: false,
            scope_is_group: false,
            limit_is_group: false,
        }
    }
}

/// Attributes that are told and not set.
pub(crate) const TOLD: [&str; 6] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/// Attributes that are set.
pub(crate) const SET: [&str; 15] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

impl Settings {
    /// Those of a new queue of that name.
    pub(crate) fn of_new(name: &str, attributes: &BTreeMap<String, String>) -> Result<Self, AwsError> {
        let is_fifo = attributes.get("FifoQueue").map(String::as_str);
        let mut settings = Self::default();
        match is_fifo {
            Some("true") => settings.is_fifo = true,
            // AWS: a queue is one or is none; there is no other value.
            Some(_) => return Err(no_attribute("FifoQueue")),
            None => {}
        }
        crate::names::check_new(name, settings.is_fifo)?;
        settings.change(attributes)?;
        Ok(settings)
    }

    /// Takes other values.
    pub(crate) fn change(&mut self, attributes: &BTreeMap<String, String>) -> Result<(), AwsError> {
        let both_sse = attributes.get("KmsMasterKeyId").is_some_and(|key| !key.is_empty())
            && attributes.get("SqsManagedSseEnabled").is_some_and(|value| value == "true");
        if both_sse {
            return Err(Code::InvalidAttributeName.error(
                "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
            ));
        }
        attributes.iter().try_for_each(|(name, value)| self.set(name, value))?;
        if self.limit_is_group && !self.scope_is_group {
            return Err(Code::InvalidAttributeValue.error(
                "The perMessageGroupId value for FifoThroughputLimit is allowed only when the value for DeduplicationScope is messageGroup.",
            ));
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), AwsError> {
        let number = |least: u32, most: u32, unset: u32| match value {
            "" => Ok(unset),
            _ => value
                .parse()
                .ok()
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| wrong_attribute(name)),
        };
        let truth = || match value.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" | "" => Ok(false),
            _ => Err(wrong_attribute(name)),
        };
        let unset = Self::default();
        match name {
            "DelaySeconds" => self.delay = number(0, LONGEST_DELAY, unset.delay)?,
            "MaximumMessageSize" => self.largest = number(1024, LARGEST, unset.largest)?,
            "MessageRetentionPeriod" => self.retention = number(60, 1_209_600, unset.retention)?,
            "ReceiveMessageWaitTimeSeconds" => self.wait = number(0, LONGEST_WAIT, unset.wait)?,
            "VisibilityTimeout" => self.visibility = number(0, LONGEST_VISIBILITY, unset.visibility)?,
            "KmsDataKeyReusePeriodSeconds" => {
                self.kms_reuse = (!value.is_empty()).then(|| number(60, 86_400, 300)).transpose()?;
            }
            "KmsMasterKeyId" => self.set_key(value)?,
            "SqsManagedSseEnabled" => {
                self.managed_sse = truth()?;
                if self.managed_sse {
                    (self.kms_key, self.kms_reuse) = (None, None);
                }
            }
            "Policy" => self.policy = policy(value)?,
            "RedrivePolicy" => self.redrive = some(value).map(Redrive::parse).transpose()?,
            "RedriveAllowPolicy" => self.allow = some(value).map(Allow::parse).transpose()?,
            "FifoQueue" if self.is_fifo => {
                if !truth()? {
                    return Err(wrong_attribute(name));
                }
            }
            "ContentBasedDeduplication" if self.is_fifo => self.content_deduplication = truth()?,
            "DeduplicationScope" if self.is_fifo => {
                self.scope_is_group = one_of(name, value, ["queue", "messageGroup"])?;
            }
            "FifoThroughputLimit" if self.is_fifo => {
                self.limit_is_group = one_of(name, value, ["perQueue", "perMessageGroupId"])?;
            }
            // AWS: what is told cannot be set, and what FIFO queues have is not known to others.
            _ => return Err(no_attribute(name)),
        }
        Ok(())
    }

    fn set_key(&mut self, value: &str) -> Result<(), AwsError> {
        if value.len() > 2048 || value.chars().any(char::is_control) {
            return Err(wrong_attribute("KmsMasterKeyId"));
        }
        self.kms_key = some(value).map(str::to_owned);
        if self.kms_key.is_some() {
            self.managed_sse = false;
        } else {
            self.kms_reuse = None;
        }
        Ok(())
    }

    /// An attribute that is set, as it is shown; none that has no value.
    pub(crate) fn show(&self, name: &str) -> Option<String> {
        let of_fifo = |value: &str| self.is_fifo.then(|| value.to_owned());
        match name {
            "DelaySeconds" => Some(self.delay.to_string()),
            "MaximumMessageSize" => Some(self.largest.to_string()),
            "MessageRetentionPeriod" => Some(self.retention.to_string()),
            "ReceiveMessageWaitTimeSeconds" => Some(self.wait.to_string()),
            "VisibilityTimeout" => Some(self.visibility.to_string()),
            "KmsMasterKeyId" => self.kms_key.clone(),
            "KmsDataKeyReusePeriodSeconds" => {
                let reuse = self.kms_reuse.unwrap_or(300);
                self.kms_key.is_some().then(|| reuse.to_string())
            }
            "SqsManagedSseEnabled" => Some(self.managed_sse.to_string()),
            "Policy" => self.policy.clone(),
            "RedrivePolicy" => self.redrive.as_ref().map(Redrive::print),
            "RedriveAllowPolicy" => self.allow.as_ref().map(Allow::print),
            "FifoQueue" => of_fifo("true"),
            "ContentBasedDeduplication" => of_fifo(&self.content_deduplication.to_string()),
            "DeduplicationScope" => of_fifo(if self.scope_is_group { "messageGroup" } else { "queue" }),
            "FifoThroughputLimit" => {
                of_fifo(if self.limit_is_group { "perMessageGroupId" } else { "perQueue" })
            }
            _ => None,
        }
    }

    /// The first of some attributes that others would have another value of.
    pub(crate) fn differs<'a>(
        &self,
        others: &Self,
        names: impl Iterator<Item = &'a String>,
    ) -> Option<&'a str> {
        names.map(String::as_str).find(|name| self.show(name) != others.show(name))
    }
}

fn some(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

/// Which of two values it is: whether the second.
fn one_of(name: &str, value: &str, [first, second]: [&str; 2]) -> Result<bool, AwsError> {
    match value {
        _ if value == first => Ok(false),
        _ if value == second => Ok(true),
        _ => Err(wrong_attribute(name)),
    }
}

fn policy(value: &str) -> Result<Option<String>, AwsError> {
    let Some(text) = some(value) else { return Ok(None) };
    if text.len() > LONGEST_POLICY {
        return Err(invalid(
            "Policy",
            format!("of {} bytes", text.len()),
            "A policy has at most 20480 bytes.",
        ));
    }
    match cloud_policy::Policy::parse(text) {
        Ok(_) => Ok(Some(text.to_owned())),
        Err(_) => Err(wrong_attribute("Policy")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::FIFO;

    fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// What an attribute of a queue is shown as that was set to a value, or what is said.
    #[track_caller]
    fn check(queue: &str, pairs: &[(&str, &str)], name: &str, expected: Result<Option<&str>, &str>) {
        let fifo = [("FifoQueue", "true")];
        let mut all = attributes(if queue.ends_with(FIFO) { &fifo } else { &[] });
        all.extend(attributes(pairs));
        let shown = Settings::of_new(queue, &all).map(|settings| settings.show(name));
        let shown = shown.as_ref().map(Option::as_deref).map_err(AwsError::message);
        assert_eq!(shown, expected, "{pairs:?}");
    }

    #[test]
    fn numbers_have_bounds_and_nothing_is_what_they_are_by_themselves() {
        for (name, least, most, unset) in [
            ("DelaySeconds", 0, 900, "0"),
            ("MaximumMessageSize", 1024, 1_048_576, "1048576"),
            ("MessageRetentionPeriod", 60, 1_209_600, "345600"),
            ("ReceiveMessageWaitTimeSeconds", 0, 20, "0"),
            ("VisibilityTimeout", 0, 43_200, "30"),
        ] {
            let says = format!("Invalid value for the parameter {name}.");
            for (value, expected) in [
                (least.to_string(), Ok(Some(&*least.to_string()))),
                (most.to_string(), Ok(Some(&*most.to_string()))),
                ((least - 1).to_string(), Err(&*says)),
                ((most + 1).to_string(), Err(&*says)),
                ("x".to_owned(), Err(&*says)),
                (String::new(), Ok(Some(unset))),
            ] {
                check("q", &[(name, &value)], name, expected);
            }
        }
    }

    #[test]
    fn what_fifo_queues_have_is_unknown_to_others() {
        check("q.fifo", &[], "FifoQueue", Ok(Some("true")));
        check("q", &[], "FifoQueue", Ok(None));
        for name in ["ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"] {
            check("q", &[(name, "true")], name, Err(&format!("Unknown Attribute {name}.")));
        }
        check("q", &[("FifoQueue", "false")], "", Err("Unknown Attribute FifoQueue."));
        check(
            "q.fifo",
            &[("ContentBasedDeduplication", "true")],
            "ContentBasedDeduplication",
            Ok(Some("true")),
        );
        check(
            "q.fifo",
            &[("DeduplicationScope", "messageGroup")],
            "DeduplicationScope",
            Ok(Some("messageGroup")),
        );
        check("q.fifo", &[], "FifoThroughputLimit", Ok(Some("perQueue")));
        let alone = "The perMessageGroupId value for FifoThroughputLimit is allowed only when the value for DeduplicationScope is messageGroup.";
        check("q.fifo", &[("FifoThroughputLimit", "perMessageGroupId")], "", Err(alone));
    }

    #[test]
    fn one_encryption_at_a_time() {
        let both = "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.";
        check("q", &[("KmsMasterKeyId", "k"), ("SqsManagedSseEnabled", "true")], "", Err(both));
        check("q", &[("KmsMasterKeyId", "k")], "SqsManagedSseEnabled", Ok(Some("false")));
        check("q", &[("KmsMasterKeyId", "k")], "KmsDataKeyReusePeriodSeconds", Ok(Some("300")));
        check("q", &[("KmsDataKeyReusePeriodSeconds", "100")], "KmsDataKeyReusePeriodSeconds", Ok(None));
        let mut settings = Settings::default();
        settings
            .change(&attributes(&[("KmsMasterKeyId", "k"), ("KmsDataKeyReusePeriodSeconds", "6000")]))
            .unwrap();
        settings.change(&attributes(&[("KmsMasterKeyId", "")])).unwrap();
        let shown = ["KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"];
        assert_eq!(shown.map(|name| settings.show(name)), [None, None, Some("false".into())]);
    }

    #[test]
    fn what_is_told_or_unknown_is_not_set() {
        for name in TOLD.into_iter().chain(["All", "Nothing"]) {
            check("q", &[(name, "1")], name, Err(&format!("Unknown Attribute {name}.")));
        }
        check("q", &[("Policy", "x")], "Policy", Err("Invalid value for the parameter Policy."));
        check("q", &[("Policy", r#"{"Statement":[]}"#)], "Policy", Ok(Some(r#"{"Statement":[]}"#)));
    }

    #[test]
    fn a_difference_is_named() {
        let one = Settings::default();
        let other = Settings { delay: 3, visibility: 5, ..Settings::default() };
        let named = ["DelaySeconds", "VisibilityTimeout", "MaximumMessageSize"].map(str::to_owned);
        assert_eq!(one.differs(&other, named.iter()), Some("DelaySeconds"));
        assert_eq!(one.differs(&other, named[2..].iter()), None);
    }
}
