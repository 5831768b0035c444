//! The property `Policies` of functions and state machines: names of managed policies, documents, policy templates,
//! and choices among them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::policy_templates;
use super::resource::{Properties, choice, choices, is_intrinsic, is_no_value, is_set};
use super::role::Role;
use super::room::Room;
use super::{Cause, Outcome};

/// AWS's managed policies: the path of each by its name. A name that is none is passed on as it is.
// AWS: "AWS managed policies"; the list is the one of AWS's transform.
static MANAGED: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let paths = include_str!("managed_policies.txt").lines();
    paths.map(|path| (path.rsplit('/').next().unwrap_or(path), path)).collect()
});

/// The ARN of a managed policy of AWS, by its path.
pub(super) fn policy_arn(path: &str) -> Value {
    json!(format!("arn:aws:iam::aws:policy/{path}"))
}

/// The ARN of a managed policy of AWS, by its name.
pub(super) fn managed_arn(name: &str) -> Value {
    match MANAGED.get(name) {
        Some(path) => policy_arn(path),
        None => json!(name),
    }
}

/// What the property says, policy templates replaced by their documents.
pub(super) struct Policies(Vec<Policy>);

/// One entry.
pub(super) enum Policy {
    /// A managed policy: a name, an ARN, or a function.
    Managed(Value),
    /// A document, or a choice of documents.
    Document(Value),
    /// Nothing that is known.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Managed,
    Document,
    Template,
    Unknown,
}

impl Policies {
    /// Those of that resource.
    pub(super) fn of(properties: &Properties<'_>, room: &Room) -> Outcome<Self> {
        let given = properties.set("Policies");
        let listed: Vec<&Value> = match given {
            None => Vec::new(),
            Some(Value::Array(items)) => items.iter().collect(),
            Some(one) => vec![one],
        };
        let policies = listed.into_iter().map(|policy| read(properties.id, room, policy));
        Ok(Self(policies.collect::<Outcome<_>>()?))
    }

    /// Adds a managed policy by its name.
    pub(super) fn push_managed(&mut self, name: &str) {
        self.0.push(Policy::Managed(json!(name)));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.0.iter()
    }
}

fn read(id: &str, room: &Room, policy: &Value) -> Outcome<Policy> {
    Ok(match kind(policy)? {
        Kind::Managed => Policy::Managed(policy.clone()),
        Kind::Document => Policy::Document(policy.clone()),
        Kind::Template => Policy::Document(expanded(id, room, policy)?),
        Kind::Unknown => Policy::Unknown,
    })
}

/// A policy template's document, on both sides of a choice.
fn expanded(id: &str, room: &Room, policy: &Value) -> Outcome<Value> {
    let expanded = mapped(policy, &mut |value| policy_templates::document(id, value))?;
    room.take(id, &expanded)?;
    Ok(expanded)
}

/// The value, or both values of the choice, as the function makes them. Nothing stays nothing.
fn mapped(value: &Value, make: &mut dyn FnMut(&Value) -> Outcome<Value>) -> Outcome<Value> {
    let Some(Ok((condition, yes, no))) = choice(value).map(choices) else { return make(value) };
    let mut side = |value: &Value| if is_no_value(value) { Ok(value.clone()) } else { make(value) };
    Ok(json!({ "Fn::If": [condition, side(yes)?, side(no)?] }))
}

fn kind(policy: &Value) -> Outcome<Kind> {
    if let Some(argument) = choice(policy) {
        return kind_of_choice(argument);
    }
    Ok(match policy {
        Value::String(_) => Kind::Managed,
        other if is_intrinsic(other) => Kind::Managed,
        Value::Object(document) if document.contains_key("Statement") => Kind::Document,
        Value::Object(policy) if policy_templates::is_template(policy) => Kind::Template,
        _ => Kind::Unknown,
    })
}

fn kind_of_choice(argument: &Value) -> Outcome<Kind> {
    let (_, yes, no) = choices(argument).map_err(Cause::structure)?;
    let (yes_kind, no_kind) = (kind(yes)?, kind(no)?);
    if yes_kind == no_kind || is_no_value(no) {
        return Ok(yes_kind);
    }
    if is_no_value(yes) {
        return Ok(no_kind);
    }
    Err(Cause::structure(
        "Different policy types within the same Fn::If statement is unsupported. Separate different policy types \
         into different Fn::If statements",
    ))
}

impl Policy {
    /// Adds it to a role.
    pub(super) fn add(&self, role: &mut Role, room: &Room, id: &str, index: usize) -> Outcome<()> {
        match self {
            Self::Managed(policy) => {
                let arn = mapped(policy, &mut |value| {
                    Ok(value.as_str().map_or_else(|| value.clone(), managed_arn))
                })?;
                role.manage(arn);
                Ok(())
            }
            Self::Document(policy) => {
                let name = format!("{id}RolePolicy{index}");
                let policy = mapped(policy, &mut |document| {
                    Ok(json!({ "PolicyName": name, "PolicyDocument": document }))
                })?;
                role.allow(room, policy)
            }
            Self::Unknown => {
                let reason = format!("Policy at index {index} in the 'Policies' property is not valid");
                Err(Cause::resource(id, reason))
            }
        }
    }
}

/// Whether something is traced.
pub(super) fn is_on(tracing: Option<&Value>) -> bool {
    tracing.is_some_and(|tracing| is_set(tracing) && tracing != "Disabled")
}
