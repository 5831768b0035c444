//! Rules of EventBridge: on a schedule or for a pattern, for functions and for state machines.

use serde_json::{Value, json};

use crate::sam::properties::Kind::{Map, Text, Truth};
use crate::sam::properties::{Field, may, must};
use crate::sam::resource::{Made, Plain, Properties, get_att, is_set, reference};
use crate::sam::role::{self, Role};
use crate::sam::state_machine::Machine;
use crate::sam::{Cause, Outcome, Work};

use super::Event;

/// A function's event for a pattern.
pub(super) const FIELDS: &[Field] = &[
    may("EventBusName", Text),
    may("RuleName", Text),
    may("Pattern", Map),
    may("DeadLetterConfig", Map),
    may("RetryPolicy", Map),
    may("Input", Text),
    may("InputPath", Text),
    may("Target", Map),
    may("Enabled", Truth),
    may("State", Text),
    may("InputTransformer", Map),
];

/// A function's event on a schedule.
pub(super) const SCHEDULE: &[Field] = &[
    must("Schedule", Text),
    may("RuleName", Text),
    may("Input", Text),
    may("Enabled", Truth),
    may("State", Text),
    may("Name", Text),
    may("Description", Text),
    may("DeadLetterConfig", Map),
    may("RetryPolicy", Map),
];

/// A state machine's event for a pattern.
pub(in crate::sam) const MACHINE_FIELDS: &[Field] = &[
    may("EventBusName", Text),
    may("RuleName", Text),
    may("Pattern", Map),
    may("Input", Text),
    may("InputPath", Text),
    may("DeadLetterConfig", Map),
    may("RetryPolicy", Map),
    may("State", Text),
    may("Target", Map).literal(),
    may("InputTransformer", Map),
];

/// A state machine's event on a schedule.
pub(in crate::sam) const MACHINE_SCHEDULE: &[Field] = &[
    must("Schedule", Text),
    may("Input", Text),
    may("Enabled", Truth),
    may("State", Text),
    may("Name", Text),
    may("Description", Text),
    may("DeadLetterConfig", Map),
    may("RetryPolicy", Map),
    may("Target", Map).literal(),
    may("RoleArn", Text).literal(),
];

/// How long a target's id may be.
// AWS: "Target" of EventBridge.
const MAX_TARGET_ID: usize = 64;

/// A rule in the making.
struct Rule<'a> {
    id: &'a str,
    properties: &'a Properties<'a>,
    /// Whose attributes pass on.
    source: &'a Value,
    /// What the target's id ends with.
    suffix: &'static str,
    /// A mistake under a name.
    wrong: &'a dyn Fn(&str, &str) -> Cause,
    name: &'a str,
}

impl Rule<'_> {
    /// Members that rules on a schedule, or for a pattern, have.
    fn plain(&self, scheduled: bool) -> Outcome<Plain> {
        let plain = Plain::passing("AWS::Events::Rule", self.source);
        let plain = if scheduled {
            plain
                .copy_as("ScheduleExpression", self.properties.get("Schedule"))
                .copy(self.properties, &["Name", "Description"])
        } else {
            plain
                .copy_as("EventPattern", self.properties.get("Pattern"))
                .copy_as("Name", self.properties.get("RuleName"))
                .copy(self.properties, &["EventBusName"])
        };
        Ok(plain.maybe("State", self.state()?))
    }

    fn state(&self) -> Outcome<Option<Value>> {
        let (state, enabled) = (self.properties.set("State"), self.properties.get("Enabled"));
        match (state, enabled) {
            (Some(_), Some(_)) => {
                let reason = "State and Enabled Properties cannot both be specified.";
                Err((self.wrong)(self.name, reason))
            }
            (Some(state), None) => Ok(Some(state.clone())),
            (None, Some(enabled)) => Ok(Some(json!(if is_set(enabled) { "ENABLED" } else { "DISABLED" }))),
            (None, None) => Ok(None),
        }
    }

    fn target(&self, arn: &Value, role: Option<Value>, queue: Option<Value>, own_id: bool) -> Value {
        let given = self.properties.set("Target").and_then(|target| target.get("Id")).filter(|_| own_id);
        let id = given.cloned().unwrap_or_else(|| json!(self.target_id()));
        let mut target = json!({ "Arn": arn, "Id": id });
        if let Some(role) = role {
            target["RoleArn"] = role;
        }
        if let Some(queue) = queue {
            target["DeadLetterConfig"] = json!({ "Arn": queue });
        }
        for name in ["Input", "InputPath", "RetryPolicy", "InputTransformer"] {
            if let Some(value) = self.properties.get(name) {
                target[name] = value.clone();
            }
        }
        target
    }

    fn target_id(&self) -> String {
        let room = MAX_TARGET_ID.saturating_sub(self.suffix.len());
        let start: String = self.id.chars().take(room).collect();
        format!("{start}{}", self.suffix)
    }

    fn arn(&self) -> Value {
        get_att(self.id, "Arn")
    }

    /// The queue of what could not be delivered, and what is made for it.
    fn dead_letters(&self) -> Outcome<(Option<Value>, Vec<Made>)> {
        let Some(queue) = DeadLetters::of(self.id, self.properties, self.source, self.wrong)? else {
            return Ok((None, Vec::new()));
        };
        let Some(made) = queue.made else { return Ok((Some(queue.arn), Vec::new())) };
        let policy = Plain::passing("AWS::SQS::QueuePolicy", self.source)
            .with("Queues", json!([reference(&made.0)]))
            .with(
                "PolicyDocument",
                json!({
                    "Version": "2012-10-17",
                    "Statement": [{
                        "Action": "sqs:SendMessage",
                        "Effect": "Allow",
                        "Principal": { "Service": "events.amazonaws.com" },
                        "Resource": queue.arn,
                        "Condition": { "ArnEquals": { "aws:SourceArn": self.arn() } },
                    }],
                }),
            );
        Ok((Some(queue.arn), vec![made, (format!("{}QueuePolicy", self.id), policy.build())]))
    }
}

/// `DeadLetterConfig`: a queue that is there, or one that is made.
pub(super) struct DeadLetters {
    /// The queue's ARN.
    pub(super) arn: Value,
    /// The queue, if it is made.
    pub(super) made: Option<Made>,
}

impl DeadLetters {
    /// What the event says.
    pub(super) fn of(
        id: &str,
        properties: &Properties<'_>,
        source: &Value,
        wrong: &dyn Fn(&str, &str) -> Cause,
    ) -> Outcome<Option<Self>> {
        let Some(config) = properties.get("DeadLetterConfig") else { return Ok(None) };
        let wrong = |reason: &str| Err(wrong(id, reason));
        match (config.get("Arn").is_some(), config.get("Type")) {
            (true, Some(_)) => {
                return wrong("You can either define 'Arn' or 'Type' property of DeadLetterConfig.");
            }
            (_, Some(kind)) if kind != "SQS" => {
                return wrong("The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.");
            }
            (false, None) => return wrong("No 'Arn' or 'Type' property provided for DeadLetterConfig."),
            _ => {}
        }
        if let Some(arn) = config.get("Arn").filter(|arn| !arn.is_null()) {
            return Ok(Some(Self { arn: arn.clone(), made: None }));
        }
        let queue_id = match config.get("QueueLogicalId") {
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            None | Some(Value::Null | Value::String(_)) => format!("{id}Queue"),
            Some(_) => return wrong("QueueLogicalId must be a string"),
        };
        let queue = Plain::passing("AWS::SQS::Queue", source).build();
        Ok(Some(Self { arn: get_att(&queue_id, "Arn"), made: Some((queue_id, queue)) }))
    }
}

/// An event on a schedule.
pub(super) fn schedule(_: &mut Work<'_>, event: &Event<'_>, _: &mut Role) -> Outcome<Vec<Made>> {
    of_function(event, true)
}

/// An event for a pattern.
pub(super) fn pattern(_: &mut Work<'_>, event: &Event<'_>, _: &mut Role) -> Outcome<Vec<Made>> {
    of_function(event, false)
}

fn of_function(event: &Event<'_>, scheduled: bool) -> Outcome<Vec<Made>> {
    let function = event.callee.function;
    let rule = Rule {
        id: event.id,
        properties: &event.properties,
        source: event.callee.source,
        suffix: "LambdaTarget",
        wrong: &|name, reason| Cause::event(function, name, reason),
        name: event.name,
    };
    let plain = rule.plain(scheduled)?;
    let (queue, mut made) = rule.dead_letters()?;
    let target = rule.target(&event.callee.arn(), None, queue, !scheduled);
    let permission = event.callee.permission("events.amazonaws.com").with("SourceArn", rule.arn());
    made.push(event.named("", plain.with("Targets", json!([target]))));
    made.push(event.named("Permission", permission));
    Ok(made)
}

/// A state machine's event on a schedule.
pub(in crate::sam) fn machine_schedule(
    machine: &Machine<'_>,
    name: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    of_machine(machine, name, event, true)
}

/// A state machine's event for a pattern.
pub(in crate::sam) fn machine_rule(machine: &Machine<'_>, name: &str, event: &Value) -> Outcome<Vec<Made>> {
    of_machine(machine, name, event, false)
}

fn of_machine(machine: &Machine<'_>, name: &str, event: &Value, scheduled: bool) -> Outcome<Vec<Made>> {
    let id = format!("{}{name}", machine.id);
    let properties = Properties::of(&id, event);
    let rule = Rule {
        id: &id,
        properties: &properties,
        source: machine.source,
        suffix: "StepFunctionsTarget",
        wrong: &|name, reason| Cause::machine_event(name, reason),
        name,
    };
    let plain = rule.plain(scheduled)?;
    let given = properties.get("RoleArn").filter(|_| scheduled);
    let own = given.is_none().then(|| machine.start_role(&id, "events.amazonaws.com"));
    let starter =
        own.as_ref().map_or_else(|| given.cloned().unwrap_or_default(), |(id, _)| get_att(id, "Arn"));
    let (queue, mut made) = rule.dead_letters()?;
    let target = rule.target(&machine.arn(), Some(starter), queue, true);
    made.push((id.clone(), plain.with("Targets", json!([target])).build()));
    made.extend(own);
    Ok(made)
}

/// The policy to start a state machine.
pub(in crate::sam) fn start_policy(role_id: &str, arn: &Value) -> Value {
    role::policy(&format!("{role_id}StartExecutionPolicy"), "states:StartExecution", arn)
}
