//! `AWS::Serverless::StateMachine`: a state machine, its role, perhaps a version with an alias, and its events.

use serde_json::{Map, Value, json};

use super::events::{self, machine_rule, machine_schedule, machine_scheduler};
use super::policies::Policies;
use super::properties::Field;
use super::resource::{
    Made, Plain, Properties, get_att, is_intrinsic, is_set, reference, tag_list, type_name,
};
use super::role::{self, Role};
use super::{Cause, Outcome, Work, api_events, code, schemas, tags};

/// The state machine as its events see it: itself or its alias.
pub(super) struct Machine<'a> {
    /// The logical id of the state machine.
    pub(super) id: &'a str,
    /// The logical id of what is started.
    pub(super) target: String,
    /// The serverless state machine.
    pub(super) source: &'a Value,
    boundary: Option<Value>,
}

impl Machine<'_> {
    /// The ARN of what is started.
    pub(super) fn arn(&self) -> Value {
        reference(&self.target)
    }

    /// The role by which a service starts it.
    pub(super) fn start_role(&self, event_id: &str, service: &str) -> Made {
        let id = format!("{event_id}Role");
        let role = Plain::passing("AWS::IAM::Role", self.source)
            .with("AssumeRolePolicyDocument", role::assumed_by(service))
            .with("Policies", json!([events::start_policy(&id, &self.arn())]))
            .copy_as("PermissionsBoundary", self.boundary.as_ref())
            .build();
        (id, role)
    }
}

/// What the state machine stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let policies = Policies::of(&properties, &work.room)?;
    check_events(id, source)?;
    let definition = definition(work, &properties)?;
    let wrong = |reason: &str| Err(Cause::resource(id, reason));
    if properties.set("Role").is_some() && properties.set("Policies").is_some() {
        return wrong(
            "Specify either 'Role' or 'Policies' (but not both at the same time) or neither of them",
        );
    }
    let tags = tags(&properties);
    let mut made = Vec::new();
    let role = if let Some(role) = properties.set("Role") {
        role.clone()
    } else {
        made.push((format!("{id}Role"), own_role(work, source, &properties, policies, &tags)?));
        get_att(&format!("{id}Role"), "Arn")
    };
    let machine = Plain::replacing("AWS::StepFunctions::StateMachine", source)
        .with("RoleArn", role)
        .copy_as("StateMachineName", properties.get("Name"))
        .copy_as("StateMachineType", properties.get("Type"))
        .copy_as("LoggingConfiguration", properties.get("Logging"))
        .copy_as("TracingConfiguration", properties.get("Tracing"))
        .with("Tags", tag_list(&tags));
    made.insert(0, (id.to_owned(), definition.state(machine).build()));
    let alias = published(&properties, source, &mut made)?;
    let by_alias = properties.set("UseAliasAsEventTarget").and(alias);
    let boundary = properties.set("PermissionsBoundary").cloned();
    let machine = Machine { id, target: by_alias.unwrap_or_else(|| id.to_owned()), source, boundary };
    for (name, event) in given_events(source) {
        let parts = transform_event(work, &machine, name, event)?;
        work.room.take(id, event)?;
        parts.iter().try_for_each(|(_, part)| work.room.take(id, part))?;
        made.extend(parts);
    }
    tags::propagate(&properties, &mut made);
    Ok(made)
}

/// AWS: every state machine made by the transform carries this tag first.
fn tags(properties: &Properties<'_>) -> Map<String, Value> {
    let mut tags = Map::from_iter([("stateMachine:createdBy".to_owned(), json!("SAM"))]);
    tags.extend(properties.get("Tags").and_then(Value::as_object).cloned().unwrap_or_default());
    tags
}

fn own_role(
    work: &Work<'_>,
    source: &Value,
    properties: &Properties<'_>,
    mut policies: Policies,
    tags: &Map<String, Value>,
) -> Outcome<Value> {
    let traced = properties.get("Tracing").and_then(|tracing| tracing.get("Enabled"));
    if traced.is_some_and(|traced| traced == true) {
        policies.push_managed("AWSXrayWriteOnlyAccess");
    }
    let mut role = Role::new(properties.id, &[]);
    role.add(&work.room, &policies)?;
    let plain = Plain::passing("AWS::IAM::Role", source)
        .with("AssumeRolePolicyDocument", role::assumed_by("states.amazonaws.com"))
        .copy_as("Path", properties.get("RolePath"))
        .copy_as("PermissionsBoundary", properties.get("PermissionsBoundary"))
        .with("Tags", tag_list(tags));
    Ok(role.state(plain).build())
}

/// Where the machine's states are written.
struct Definition {
    member: &'static str,
    value: Value,
    substitutions: Map<String, Value>,
}

impl Definition {
    fn state(self, plain: Plain) -> Plain {
        let substitutions = (!self.substitutions.is_empty()).then_some(self.substitutions);
        plain.with(self.member, self.value).maybe("DefinitionSubstitutions", substitutions)
    }
}

fn definition(work: &Work<'_>, properties: &Properties<'_>) -> Outcome<Definition> {
    let wrong = |reason: &str| Err(Cause::resource(properties.id, reason));
    let given = properties.set("DefinitionSubstitutions").and_then(Value::as_object);
    let mut substitutions = given.cloned().unwrap_or_default();
    match (properties.set("Definition"), properties.set("DefinitionUri")) {
        (Some(_), Some(_)) => wrong("Specify either 'Definition' or 'DefinitionUri' property and not both."),
        (None, None) => wrong("Either 'Definition' or 'DefinitionUri' property must be specified."),
        (None, Some(uri)) => {
            let value = code::definition(properties.id, uri)?;
            Ok(Definition { member: "DefinitionS3Location", value, substitutions })
        }
        (Some(definition), None) => {
            let mut definition = definition.clone();
            let mut found = Vec::new();
            substitute(&mut definition, &mut found);
            let named = |(index, value): (usize, Value)| (substitution(index + 1), value);
            substitutions.extend(found.into_iter().enumerate().map(named));
            work.room.take_bytes(properties.id, indented_size(&definition, 0))?;
            let text = sorted_text(&definition);
            let lines: Vec<&str> = text.split('\n').collect();
            let value = json!({ "Fn::Join": ["\n", lines] });
            Ok(Definition { member: "DefinitionString", value, substitutions })
        }
    }
}

fn substitution(number: usize) -> String {
    format!("definition_substitution_{number}")
}

/// Puts names in place of functions and dynamic references: a definition is text.
fn substitute(value: &mut Value, found: &mut Vec<Value>) {
    let dynamic = |text: &str| text.starts_with("{{resolve:") && text.ends_with("}}");
    let mut step = |value: &mut Value| {
        if is_intrinsic(value) || value.as_str().is_some_and(dynamic) {
            let name = format!("${{{}}}", substitution(found.len() + 1));
            found.push(std::mem::replace(value, json!(name)));
        } else {
            substitute(value, found);
        }
    };
    match value {
        Value::Array(items) => items.iter_mut().for_each(step),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter_mut().collect();
            members.sort_by_key(|(name, _)| (*name).clone());
            for (_, value) in members {
                step(value);
            }
        }
        _ => {}
    }
}

/// How many spaces a level of a definition is indented by.
const INDENT: usize = 4;

/// About how large the definition becomes: what is deep is mostly spaces.
fn indented_size(value: &Value, level: usize) -> usize {
    let line = level.saturating_mul(INDENT).saturating_add(2);
    let inner = |value: &Value| indented_size(value, level.saturating_add(1));
    let own = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(inner).fold(line, usize::saturating_add),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| name.len().saturating_add(inner(value)));
            members.fold(line, usize::saturating_add)
        }
        _ => 8,
    };
    line.saturating_add(own)
}

/// The definition with sorted names, four spaces a level.
fn sorted_text(definition: &Value) -> String {
    let mut text = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut text, indent);
    // Writing a value of JSON to memory cannot fail.
    let _ = serde::Serialize::serialize(&sorted(definition), &mut writer);
    super::ids::ascii(&String::from_utf8_lossy(&text))
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            Value::Object(members.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect())
        }
        other => other.clone(),
    }
}

/// Version and alias, if the machine says so; the alias's logical id.
fn published(properties: &Properties<'_>, source: &Value, made: &mut Vec<Made>) -> Outcome<Option<String>> {
    let id = properties.id;
    let Some(alias) = properties.set("AutoPublishAlias") else {
        for name in ["UseAliasAsEventTarget", "DeploymentPreference"] {
            if properties.set(name).is_some() {
                let reason = format!("'{name}' requires 'AutoPublishAlias' property to be specified.");
                return Err(Cause::resource(id, reason));
            }
        }
        return Ok(None);
    };
    let (version_id, alias_id) =
        (format!("{id}Version"), format!("{id}Alias{}", super::python::shown(alias)));
    let version = Plain::passing("AWS::StepFunctions::StateMachineVersion", source)
        .default_attribute("DeletionPolicy", "Retain")
        .default_attribute("UpdateReplacePolicy", "Retain")
        .with("StateMachineArn", reference(id))
        .with("StateMachineRevisionId", get_att(id, "StateMachineRevisionId"));
    let preference = properties.set("DeploymentPreference").filter(|given| given.is_object());
    let mut preference = preference.cloned().unwrap_or_else(|| json!({ "Type": "ALL_AT_ONCE" }));
    preference["StateMachineVersionArn"] = reference(&version_id);
    let alias = Plain::passing("AWS::StepFunctions::StateMachineAlias", source)
        .with("Name", alias.clone())
        .with("DeploymentPreference", preference);
    made.push((version_id, version.build()));
    made.push((alias_id.clone(), alias.build()));
    Ok(Some(alias_id))
}

fn given_events(source: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let events = source.get("Properties").and_then(|all| all.get("Events")).filter(|events| is_set(events));
    events.and_then(Value::as_object).into_iter().flatten()
}

/// The properties that an event of that type may have.
fn fields(type_name: &str) -> Option<&'static [Field]> {
    Some(match type_name {
        "Api" => schemas::MACHINE_EVENT,
        "CloudWatchEvent" | "EventBridgeRule" => events::MACHINE_RULE,
        "Schedule" => events::MACHINE_SCHEDULE,
        "ScheduleV2" => events::SCHEDULER,
        _ => return None,
    })
}

/// Checks all events before anything is made of the machine.
fn check_events(machine: &str, source: &Value) -> Outcome<()> {
    for (name, event) in given_events(source) {
        let fields = fields(type_name(event))
            .ok_or_else(|| Cause::event(machine, name, events::unknown_type(event)))?;
        events::check_event(&format!("{machine}{name}"), event, type_name(event), fields)?;
    }
    Ok(())
}

fn transform_event(
    work: &mut Work<'_>,
    machine: &Machine<'_>,
    name: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    match type_name(event) {
        "Schedule" => machine_schedule(machine, name, event),
        "ScheduleV2" => machine_scheduler(machine, name, event),
        "Api" => api_events::machine_event(work, machine, name, event),
        _ => machine_rule(machine, name, event),
    }
}
