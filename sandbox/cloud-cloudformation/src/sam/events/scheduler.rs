//! Schedules of EventBridge Scheduler, for functions and for state machines.

use serde_json::{Value, json};

use crate::sam::properties::Kind::{Map, Text, Truth};
use crate::sam::properties::{Field, may, must};
use crate::sam::resource::{Made, Plain, Properties, get_att};
use crate::sam::role::{self, Role};
use crate::sam::state_machine::Machine;
use crate::sam::{Cause, Outcome, Work};

use super::Event;
use super::rule::{DeadLetters, start_policy};

pub(in crate::sam) const FIELDS: &[Field] = &[
    may("PermissionsBoundary", Text),
    must("ScheduleExpression", Text),
    may("FlexibleTimeWindow", Map),
    may("Name", Text),
    may("State", Text),
    may("Description", Text),
    may("StartDate", Text),
    may("EndDate", Text),
    may("ScheduleExpressionTimezone", Text),
    may("GroupName", Text),
    may("KmsKeyArn", Text),
    may("Input", Text),
    may("RoleArn", Text),
    may("DeadLetterConfig", Map),
    may("RetryPolicy", Map),
    may("OmitName", Truth).literal(),
];

/// Properties that pass on under their own names.
const SAME: &[&str] = &[
    "ScheduleExpression",
    "Description",
    "StartDate",
    "EndDate",
    "ScheduleExpressionTimezone",
    "GroupName",
    "KmsKeyArn",
];

/// A schedule, what it calls, and how its mistakes are reported.
struct Schedule<'a> {
    id: &'a str,
    properties: &'a Properties<'a>,
    source: &'a Value,
    arn: Value,
    policy: Value,
    wrong: &'a dyn Fn(&str, &str) -> Cause,
}

/// A function's schedule.
pub(super) fn make(_: &mut Work<'_>, event: &Event<'_>, _: &mut Role) -> Outcome<Vec<Made>> {
    let arn = event.callee.arn();
    let function = event.callee.function;
    Schedule {
        id: event.id,
        properties: &event.properties,
        source: event.callee.source,
        policy: role::policy(&format!("{}LambdaPolicy", event.id), "lambda:InvokeFunction", &arn),
        arn,
        wrong: &|name, reason| Cause::event(function, name, reason),
    }
    .make()
}

/// A state machine's schedule.
pub(in crate::sam) fn machine_scheduler(
    machine: &Machine<'_>,
    name: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    let id = format!("{}{name}", machine.id);
    let arn = machine.arn();
    Schedule {
        id: &id,
        properties: &Properties::of(&id, event),
        source: machine.source,
        policy: start_policy(&id, &arn),
        arn,
        wrong: &|name, reason| Cause::machine_event(name, reason),
    }
    .make()
}

impl Schedule<'_> {
    fn make(self) -> Outcome<Vec<Made>> {
        let name = self.name()?;
        let window = self.properties.set("FlexibleTimeWindow").cloned();
        let plain = Plain::passing("AWS::Scheduler::Schedule", self.source)
            .maybe("Name", name)
            .copy(self.properties, SAME)
            .copy_as("State", self.properties.set("State"))
            .with("FlexibleTimeWindow", window.unwrap_or_else(|| json!({ "Mode": "OFF" })));
        let queue = DeadLetters::of(self.id, self.properties, self.source, self.wrong)?;
        let mut made = Vec::new();
        let queue = queue.map(|queue| {
            made.extend(queue.made);
            queue.arn
        });
        let role = if let Some(role) = self.properties.set("RoleArn") {
            role.clone()
        } else {
            let role_id = format!("{}Role", self.id);
            let arn = get_att(&role_id, "Arn");
            made.push((role_id, self.role(queue.as_ref())));
            arn
        };
        let mut target = json!({ "Arn": self.arn, "RoleArn": role });
        if let Some(queue) = queue {
            target["DeadLetterConfig"] = json!({ "Arn": queue });
        }
        for name in ["Input", "RetryPolicy"] {
            if let Some(value) = self.properties.get(name) {
                target[name] = value.clone();
            }
        }
        made.push((self.id.to_owned(), plain.with("Target", target).build()));
        Ok(made)
    }

    fn name(&self) -> Outcome<Option<Value>> {
        let name = self.properties.set("Name").cloned();
        if self.properties.set("OmitName").is_none() {
            return Ok(Some(name.unwrap_or_else(|| json!(self.id))));
        }
        match name {
            Some(_) => Err((self.wrong)(self.id, "Name cannot be set when OmitName is True")),
            None => Ok(None),
        }
    }

    fn role(&self, queue: Option<&Value>) -> Value {
        let mut policies = vec![self.policy.clone()];
        policies.extend(queue.and_then(|arn| role::destination_policy(self.id, "SQS", arn)));
        Plain::passing("AWS::IAM::Role", self.source)
            .with("AssumeRolePolicyDocument", role::assumed_by("scheduler.amazonaws.com"))
            .with("Policies", policies)
            .copy_as("PermissionsBoundary", self.properties.set("PermissionsBoundary"))
            .build()
    }
}
