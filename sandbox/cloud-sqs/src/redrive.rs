//! Where dead letters go: a queue's redrive policy, and whose dead letters it takes.

use cloud_core::{Arn, AwsError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::invalid;

/// AWS: the most receives after which a message may be moved.
const MOST: i64 = 1000;
/// AWS: the most sources that are named.
const SOURCES: usize = 10;

/// A queue's redrive policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redrive {
    /// The ARN of the queue for dead letters.
    pub to: String,
    /// After how many receives.
    pub after: u32,
}

/// Whose dead letters a queue takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Allow {
    All,
    None,
    From(Vec<String>),
}

impl Redrive {
    pub(crate) fn parse(text: &str) -> Result<Self, AwsError> {
        let refused = |reason: &str| invalid("RedrivePolicy", text, reason);
        let policy: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| refused("Redrive policy is not a valid JSON map."))?;
        let lacks =
            |name: &str| refused(&format!("Redrive policy does not contain mandatory attribute: {name}."));
        let to = policy.get("deadLetterTargetArn").ok_or_else(|| lacks("deadLetterTargetArn"))?;
        let after = policy.get("maxReceiveCount").ok_or_else(|| lacks("maxReceiveCount"))?;
        if policy.len() > 2 {
            return Err(refused(
                "Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].",
            ));
        }
        let number = after.as_i64().or_else(|| after.as_str()?.parse().ok());
        let number =
            number.filter(|number| (1..=MOST).contains(number)).and_then(|number| u32::try_from(number).ok());
        let number = number.ok_or_else(|| {
            let shown = after.as_str().map_or_else(|| after.to_string(), str::to_owned);
            refused(&format!(
                "Invalid value for maxReceiveCount: {shown}, valid values are from 1 to 1000 both inclusive."
            ))
        })?;
        let arn = to.as_str().filter(|arn| arn.parse::<Arn>().is_ok_and(|arn| arn.service() == "sqs"));
        let arn = arn.ok_or_else(|| refused("Invalid value for deadLetterTargetArn."))?;
        Ok(Self { to: arn.to_owned(), after: number })
    }

    pub(crate) fn print(&self) -> String {
        json!({ "deadLetterTargetArn": self.to, "maxReceiveCount": self.after }).to_string()
    }
}

impl Allow {
    pub(crate) fn parse(text: &str) -> Result<Self, AwsError> {
        let refused = |reason: &str| invalid("RedriveAllowPolicy", text, reason);
        let policy: Map<String, Value> = serde_json::from_str(text)
            .map_err(|_| refused("Redrive allow policy is not a valid JSON map."))?;
        let permission = policy.get("redrivePermission").and_then(Value::as_str);
        let permission = permission.ok_or_else(|| {
            refused("Redrive allow policy does not contain mandatory attribute: redrivePermission.")
        })?;
        let sources = policy.get("sourceQueueArns");
        match (permission, sources) {
            ("allowAll", None) => Ok(Self::All),
            ("denyAll", None) => Ok(Self::None),
            ("allowAll" | "denyAll", Some(_)) => {
                Err(refused("sourceQueueArns can be given only where redrivePermission is byQueue."))
            }
            ("byQueue", Some(Value::Array(sources))) if (1..=SOURCES).contains(&sources.len()) => {
                let arns: Option<Vec<String>> =
                    sources.iter().map(|arn| arn.as_str().map(str::to_owned)).collect();
                arns.map(Self::From).ok_or_else(|| refused("sourceQueueArns are ARNs of queues."))
            }
            ("byQueue", _) => Err(refused("byQueue wants sourceQueueArns, from 1 to 10.")),
            _ => Err(refused("redrivePermission must be one of allowAll, denyAll, byQueue.")),
        }
    }

    pub(crate) fn print(&self) -> String {
        match self {
            Self::All => json!({ "redrivePermission": "allowAll" }),
            Self::None => json!({ "redrivePermission": "denyAll" }),
            Self::From(arns) => json!({ "redrivePermission": "byQueue", "sourceQueueArns": arns }),
        }
        .to_string()
    }

    /// Whether it takes the dead letters of that queue.
    pub(crate) fn takes(&self, source: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::From(arns) => arns.iter().any(|arn| arn == source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sqs:us-east-1:000000000000:d";

    #[test]
    fn a_redrive_policy_names_a_queue_and_how_often() {
        for after in ["3", "\"3\""] {
            let policy =
                Redrive::parse(&format!(r#"{{"maxReceiveCount":{after},"deadLetterTargetArn":"{ARN}"}}"#));
            assert_eq!(
                policy.unwrap().print(),
                format!(r#"{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":3}}"#)
            );
        }
        for (text, reason) in [
            ("x".to_owned(), "Redrive policy is not a valid JSON map."),
            ("[]".to_owned(), "Redrive policy is not a valid JSON map."),
            ("{}".to_owned(), "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
            (
                format!(r#"{{"deadLetterTargetArn":"{ARN}"}}"#),
                "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
            ),
            (
                format!(r#"{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":0}}"#),
                "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.",
            ),
            (
                format!(r#"{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":1001}}"#),
                "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.",
            ),
            (
                r#"{"deadLetterTargetArn":"d","maxReceiveCount":1}"#.to_owned(),
                "Invalid value for deadLetterTargetArn.",
            ),
        ] {
            let error = Redrive::parse(&text).unwrap_err();
            assert_eq!(
                error.message(),
                format!("Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}")
            );
        }
    }

    #[test]
    fn an_allow_policy_says_whose_dead_letters_are_taken() {
        for (text, taken) in [
            (r#"{"redrivePermission":"allowAll"}"#.to_owned(), true),
            (r#"{"redrivePermission":"denyAll"}"#.to_owned(), false),
            (format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":["{ARN}"]}}"#), true),
            (format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":["{ARN}2"]}}"#), false),
        ] {
            let allow = Allow::parse(&text).unwrap();
            assert_eq!((allow.takes(ARN), allow.print()), (taken, text));
        }
        for text in [
            "x",
            "{}",
            r#"{"redrivePermission":"some"}"#,
            r#"{"redrivePermission":"byQueue"}"#,
            r#"{"redrivePermission":"byQueue","sourceQueueArns":[]}"#,
            r#"{"redrivePermission":"allowAll","sourceQueueArns":["a"]}"#,
        ] {
            assert!(Allow::parse(text).is_err(), "{text}");
        }
    }
}
