//! A role in the making: events and destinations add to it what the function needs for them.

use serde_json::{Value, json};

use super::Outcome;
use super::policies::{Policies, policy_arn};
use super::resource::Plain;
use super::room::Room;

/// The role of a function or of a state machine.
pub(super) struct Role {
    /// Whose resources it is counted to.
    id: String,
    managed: Vec<Value>,
    inline: Vec<Value>,
}

impl Role {
    /// One that has those managed policies, by their paths.
    pub(super) fn new(id: &str, managed: &[&str]) -> Self {
        let managed = managed.iter().map(|path| policy_arn(path)).collect();
        Self { id: id.to_owned(), managed, inline: Vec::new() }
    }

    /// Adds a managed policy that it may have already.
    pub(super) fn manage(&mut self, arn: Value) {
        if !self.managed.contains(&arn) {
            self.managed.push(arn);
        }
    }

    /// Adds a policy.
    pub(super) fn allow(&mut self, room: &Room, policy: Value) -> Outcome<()> {
        room.take(&self.id, &policy)?;
        self.inline.push(policy);
        Ok(())
    }

    /// Adds a policy unless another one says the same.
    pub(super) fn allow_once(&mut self, room: &Room, policy: Value) -> Outcome<()> {
        let document = policy.get("PolicyDocument");
        if self.inline.iter().any(|known| known.get("PolicyDocument") == document) {
            return Ok(());
        }
        self.allow(room, policy)
    }

    /// Adds what the property `Policies` says.
    pub(super) fn add(&mut self, room: &Room, policies: &Policies) -> Outcome<()> {
        for (index, policy) in policies.iter().enumerate() {
            policy.add(self, room, &self.id.clone(), index)?;
        }
        Ok(())
    }

    /// States its policies.
    pub(super) fn state(self, plain: Plain) -> Plain {
        plain
            .with("ManagedPolicyArns", self.managed)
            .maybe("Policies", (!self.inline.is_empty()).then_some(self.inline))
    }
}

/// Who may take a role: a service.
pub(super) fn assumed_by(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": ["sts:AssumeRole"],
            "Effect": "Allow",
            "Principal": { "Service": [service] },
        }],
    })
}

/// A policy of one statement.
pub(super) fn policy(name: &str, action: &str, resource: &Value) -> Value {
    let statement = json!({ "Action": action, "Effect": "Allow", "Resource": resource });
    json!({ "PolicyName": name, "PolicyDocument": { "Statement": [statement] } })
}

/// The policy to send to a destination of that type; none for a type that needs none.
pub(super) fn destination_policy(id: &str, kind: &str, arn: &Value) -> Option<Value> {
    let (name, action) = match kind {
        "SQS" => ("SQS", "sqs:SendMessage"),
        "SNS" => ("SNS", "sns:publish"),
        "EventBridge" => ("EventBridge", "events:PutEvents"),
        "Lambda" => ("Lambda", "lambda:InvokeFunction"),
        "S3" | "S3Bucket" => return Some(bucket_policy(id, arn)),
        _ => return None,
    };
    Some(policy(&format!("{id}{name}Policy"), action, arn))
}

fn bucket_policy(id: &str, arn: &Value) -> Value {
    let objects = json!({ "Fn::Join": ["/", [arn, "*"]] });
    json!({
        "PolicyName": format!("{id}S3Policy"),
        "PolicyDocument": { "Statement": [
            { "Action": "s3:PutObject", "Effect": "Allow", "Resource": objects },
            { "Action": "s3:ListBucket", "Effect": "Allow", "Resource": arn },
        ] },
    })
}
