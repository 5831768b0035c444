//! The events of a function: a line an event's type, each of which says what invokes the function.

mod alexa_skill;
mod bucket;
mod document_db;
mod iot_rule;
mod kafka;
mod log_group;
mod mapping;
mod message_broker;
mod rule;
mod scheduler;
mod topic;
mod user_pool;

use serde_json::Value;

pub(super) use rule::{
    MACHINE_FIELDS as MACHINE_RULE, MACHINE_SCHEDULE, machine_rule, machine_schedule, start_policy,
};
pub(super) use scheduler::{FIELDS as SCHEDULER, machine_scheduler};

use super::properties::Field;
use super::resource::{Made, Plain, Properties, get_att, is_set, reference, type_name};
use super::role::Role;
use super::{Cause, Outcome, Work, api_events, properties, schemas};

/// The function as its events see it: itself or its alias.
pub(super) struct Callee<'a> {
    /// The logical id of the serverless function.
    pub(super) function: &'a str,
    /// The logical id to permit and call.
    pub(super) id: String,
    /// What a URI says of it.
    pub(super) arn_text: String,
    /// The serverless function.
    pub(super) source: &'a Value,
}

impl<'a> Callee<'a> {
    /// The function itself.
    pub(super) fn function(id: &'a str, source: &'a Value) -> Self {
        Self { function: id, id: id.to_owned(), arn_text: format!("{id}.Arn"), source }
    }

    /// From here on its alias.
    pub(super) fn call_alias(&mut self, alias_id: &str) {
        alias_id.clone_into(&mut self.id);
        alias_id.clone_into(&mut self.arn_text);
    }

    /// The ARN of what is called.
    pub(super) fn arn(&self) -> Value {
        if self.arn_text == self.id { reference(&self.id) } else { get_att(&self.id, "Arn") }
    }

    /// A resource that is there when the function is.
    fn plain(&self, type_name: &'static str) -> Plain {
        Plain::passing(type_name, self.source)
    }

    /// The permission for a service to invoke what is called.
    fn permission(&self, principal: &str) -> Plain {
        self.plain("AWS::Lambda::Permission")
            .with("Action", "lambda:InvokeFunction")
            .with("FunctionName", reference(&self.id))
            .with("Principal", principal)
    }
}

/// An event of a function.
struct Event<'a> {
    callee: &'a Callee<'a>,
    /// Its name.
    name: &'a str,
    /// The logical id that what it makes begins with.
    id: &'a str,
    type_name: &'static str,
    properties: Properties<'a>,
}

impl Event<'_> {
    /// A mistake of it.
    fn wrong(&self, reason: impl std::fmt::Display) -> Cause {
        Cause::event(self.callee.function, self.name, reason)
    }

    /// A mistake that AWS's transform reports under the logical id.
    fn wrong_by_id(&self, reason: impl std::fmt::Display) -> Cause {
        Cause::event(self.callee.function, self.id, reason)
    }

    /// A resource under the event's logical id and more.
    fn named(&self, suffix: &str, resource: Plain) -> Made {
        (format!("{}{suffix}", self.id), resource.build())
    }
}

type Make = fn(&mut Work<'_>, &Event<'_>, &mut Role) -> Outcome<Vec<Made>>;

/// An event's type: what it is called, its properties, and what makes it. APIs have their own way.
struct Type {
    name: &'static str,
    fields: &'static [Field],
    make: Option<Make>,
}

const fn of(name: &'static str, fields: &'static [Field], make: Make) -> Type {
    Type { name, fields, make: Some(make) }
}

const TYPES: &[Type] = &[
    Type { name: "Api", fields: schemas::REST_EVENT, make: None },
    Type { name: "HttpApi", fields: schemas::HTTP_EVENT, make: None },
    of("AlexaSkill", alexa_skill::FIELDS, |_, event, _| Ok(alexa_skill::make(event))),
    of("CloudWatchEvent", rule::FIELDS, rule::pattern),
    of("CloudWatchLogs", log_group::FIELDS, |_, event, _| Ok(log_group::make(event))),
    of("Cognito", user_pool::FIELDS, user_pool::make),
    of("DocumentDB", document_db::FIELDS, document_db::make),
    of("DynamoDB", mapping::STREAM, mapping::table),
    of("EventBridgeRule", rule::FIELDS, rule::pattern),
    of("IoTRule", iot_rule::FIELDS, |_, event, _| Ok(iot_rule::make(event))),
    of("Kinesis", mapping::STREAM, mapping::stream),
    of("MQ", message_broker::FIELDS, message_broker::make),
    of("MSK", mapping::STREAM, kafka::managed),
    of("S3", bucket::FIELDS, bucket::make),
    of("SNS", topic::FIELDS, topic::make),
    of("SQS", mapping::QUEUE, mapping::queue),
    of("Schedule", rule::SCHEDULE, rule::schedule),
    of("ScheduleV2", scheduler::FIELDS, scheduler::make),
    of("SelfManagedKafka", mapping::COMMON, kafka::self_managed),
];

/// Checks all events before anything is made of the function.
pub(super) fn check(work: &Work<'_>, function: &str, source: &Value) -> Outcome<()> {
    for (name, event) in given(source) {
        let wrong = |reason: String| Cause::event(function, name, reason);
        let of = type_of(event).map_err(wrong)?;
        let id = format!("{function}{name}");
        check_event(&id, event, of.name, of.fields)?;
        let properties = Properties::of(&id, event);
        match of.name {
            "S3" => bucket::linked(work, &properties).map_err(|reason| wrong(reason.to_owned()))?,
            "Cognito" => {
                let linked = user_pool::linked(work, &properties);
                linked.map_err(|(place, reason)| Cause::event(function, place.unwrap_or(name), reason))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks what is under the names of an event.
pub(super) fn check_event(id: &str, event: &Value, type_name: &str, fields: &[Field]) -> Outcome<()> {
    if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(Cause::resource(id, "Logical ids must be alphanumeric."));
    }
    if event.get("Properties").is_some_and(|properties| !properties.is_object()) {
        return Err(Cause::resource(id, "Properties of a resource must be an object."));
    }
    properties::check(&Properties::of(id, event), type_name, fields)
}

fn given(source: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let events = source.get("Properties").and_then(|all| all.get("Events")).filter(|events| is_set(events));
    events.and_then(Value::as_object).into_iter().flatten()
}

fn type_of(event: &Value) -> Result<&'static Type, String> {
    // AWS: this is what is said there of something that is no event.
    if !event.is_object() {
        return Err(format!("'{}' object has no attribute 'get'", super::python::type_name(event)));
    }
    TYPES.iter().find(|known| known.name == type_name(event)).ok_or_else(|| unknown_type(event))
}

/// What is said of a type that nobody knows.
pub(super) fn unknown_type(event: &Value) -> String {
    let given = super::python::shown(event.get("Type").unwrap_or(&Value::Null));
    format!("Resource dict has missing or invalid value for key Type. Event Type is: {given}.")
}

/// What the function's events make, beside what they add to their APIs, their buckets and the function's role.
pub(super) fn transform(work: &mut Work<'_>, callee: &Callee<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
    let mut events: Vec<(&String, &Value)> = given(callee.source).collect();
    // AWS: by path, so that `$default` comes before the routes that it makes permissions of superfluous.
    events.sort_by_key(|(name, event)| {
        let path = event.get("Properties").and_then(|all| all.get("Path")).and_then(Value::as_str);
        path.unwrap_or(name).to_owned()
    });
    let mut made = Vec::new();
    for (name, event) in events {
        let parts = transform_event(work, callee, role, name, event)?;
        // What an event adds to its API takes about what the event itself does.
        work.room.take(callee.function, event)?;
        parts.iter().try_for_each(|(_, part)| work.room.take(callee.function, part))?;
        made.extend(parts);
    }
    Ok(made)
}

fn transform_event(
    work: &mut Work<'_>,
    callee: &Callee<'_>,
    role: &mut Role,
    name: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    let id = format!("{}{name}", callee.function);
    match type_name(event) {
        "Api" => api_events::rest_event(work, callee, name, event),
        "HttpApi" => api_events::http_event(work, callee, name, event),
        _ => {
            let of = type_of(event).map_err(|reason| Cause::event(callee.function, name, reason))?;
            let Some(make) = of.make else { return Ok(Vec::new()) };
            let properties = Properties::of(&id, event);
            make(work, &Event { callee, name, id: &id, type_name: of.name, properties }, role)
        }
    }
}
