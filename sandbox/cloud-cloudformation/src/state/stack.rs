//! One stack: what it is, what it has, what is being done to it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha1::{Digest, Sha1};

use super::operation::Operation;
use super::part::{Part, Place};
use super::resource::Resource;
use super::status::{ResourceStatus, StackStatus};
use crate::template::Weight;
use crate::template::outputs::OutputValue;

/// The type of stacks in events.
pub const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

/// One stack. Its resources and events are kept beside it, for they are many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it was last asked to change.
    pub updated: Option<Timestamp>,
    /// When it was gone.
    pub deleted: Option<Timestamp>,
    /// How it is.
    pub status: StackStatus,
    /// Why.
    pub reason: Option<String>,
    /// The id of the definition that it has.
    pub definition: Option<String>,
    /// What it answers.
    pub outputs: Vec<OutputValue>,
    /// The names that it imports from other stacks.
    pub imports: BTreeSet<String>,
    /// The change set that made it what it is.
    pub change_set: Option<String>,
    /// Whether failures are left alone, as last asked for.
    pub disable_rollback: bool,
    /// How long its creation may take, as it was asked for.
    #[serde(default)]
    pub timeout_in_minutes: Option<i32>,
    /// Whether it may be deleted.
    pub termination_protection: bool,
    /// What is being done to it.
    pub operation: Option<Operation>,
    /// How many events it has had.
    pub events: u64,
    /// Its resources.
    #[serde(skip)]
    pub resources: BTreeMap<String, Resource>,
    /// The resources and events that are not yet kept.
    #[serde(skip)]
    pub unsaved: Unsaved,
}

/// What must be kept together with the stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unsaved {
    /// The resources that changed or went.
    pub resources: BTreeSet<String>,
    /// What happened.
    pub events: Vec<Event>,
    /// The parts of the operation that changed or went.
    pub parts: Vec<(Place, Option<Part>)>,
    /// The definitions that nothing refers to any more.
    pub definitions: Vec<String>,
    /// The stacks that were deleted too long ago, or too many of which are.
    pub forgotten: Vec<String>,
}

/// One thing that happened to a stack or a resource of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place among the stack's events.
    pub sequence: u64,
    /// Its id.
    pub id: String,
    /// The resource, or the stack's name.
    pub logical_id: String,
    /// What it is outside of the template.
    pub physical_id: Option<String>,
    /// Its type.
    pub type_name: String,
    /// How it is.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// What it was made with.
    pub properties: Option<Value>,
    /// The caller's token.
    pub client_token: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Stack {
    /// A stack that was just asked for.
    pub fn new(id: String, name: String, now: Timestamp) -> Self {
        Self {
            id,
            name,
            created: now,
            updated: None,
            deleted: None,
            status: StackStatus::ReviewInProgress,
            reason: None,
            definition: None,
            outputs: Vec::new(),
            imports: BTreeSet::new(),
            change_set: None,
            disable_rollback: false,
            timeout_in_minutes: None,
            termination_protection: false,
            operation: None,
            events: 0,
            resources: BTreeMap::new(),
            unsaved: Unsaved::default(),
        }
    }

    /// Whether the stack is there for those who name it by its name.
    pub fn is_alive(&self) -> bool {
        self.status != StackStatus::DeleteComplete
    }

    /// The ids of the definitions that it has, and is to have.
    pub fn definitions(&self) -> impl Iterator<Item = &String> {
        let goal = self.operation.as_ref().and_then(|operation| operation.goal.definition.as_ref());
        self.definition.iter().chain(goal)
    }

    /// The stack becomes so.
    pub fn set_status(&mut self, status: StackStatus, reason: Option<String>, now: Timestamp) {
        self.status = status;
        self.reason.clone_from(&reason);
        let (name, id) = (self.name.clone(), self.id.clone());
        self.push_event(name, Some(id), STACK_TYPE.to_owned(), (status.as_str(), reason), None, now);
    }

    /// A resource of the stack becomes so.
    pub fn set_resource_status(
        &mut self,
        logical_id: &str,
        status: ResourceStatus,
        reason: Option<String>,
        now: Timestamp,
    ) {
        let Some(resource) = self.resources.get_mut(logical_id) else { return };
        resource.status = status;
        resource.reason.clone_from(&reason);
        resource.at = now;
        let resource = resource.clone();
        self.unsaved.resources.insert(logical_id.to_owned());
        self.resource_event(&resource, status, reason, now);
    }

    /// Tells of a resource, of this stack or on its way out of it.
    pub fn resource_event(
        &mut self,
        resource: &Resource,
        status: ResourceStatus,
        reason: Option<String>,
        now: Timestamp,
    ) {
        let physical_id = resource.physical_id.clone();
        let type_name = resource.type_name.clone();
        let properties = Some(&resource.properties).filter(|properties| is_small(properties)).cloned();
        self.push_event(
            resource.logical_id.clone(),
            physical_id,
            type_name,
            (status.as_str(), reason),
            properties,
            now,
        );
    }

    /// Takes a resource's new state.
    pub fn put_resource(&mut self, resource: Resource) {
        self.unsaved.resources.insert(resource.logical_id.clone());
        self.resources.insert(resource.logical_id.clone(), resource);
    }

    /// Forgets a resource.
    pub fn take_resource(&mut self, logical_id: &str) -> Option<Resource> {
        self.unsaved.resources.insert(logical_id.to_owned());
        self.resources.remove(logical_id)
    }

    fn push_event(
        &mut self,
        logical_id: String,
        physical_id: Option<String>,
        type_name: String,
        (status, reason): (&str, Option<String>),
        properties: Option<Value>,
        at: Timestamp,
    ) {
        self.events += 1;
        let client_token = self.operation.as_ref().and_then(|operation| operation.goal.client_token.clone());
        self.unsaved.events.push(Event {
            sequence: self.events,
            id: event_id(
                &self.id,
                self.events,
                &logical_id,
                if type_name == STACK_TYPE { "" } else { status },
            ),
            logical_id,
            physical_id,
            type_name,
            status: status.to_owned(),
            reason,
            properties,
            client_token,
            at,
        });
    }
}

/// How many bytes of properties an event keeps.
// LIMIT: the events of a resource with larger properties do not show them.
const MAX_EVENT_BYTES: usize = 32 * 1024;

fn is_small(properties: &Value) -> bool {
    Weight::of(properties).bytes <= MAX_EVENT_BYTES
}

/// The id of an event: the same for the same event, different for every other.
fn event_id(stack_id: &str, sequence: u64, logical_id: &str, status: &str) -> String {
    let mut bytes = [0; 16];
    let digest = Sha1::digest(format!("{stack_id}#{sequence}"));
    bytes.iter_mut().zip(digest).for_each(|(byte, from)| *byte = from);
    let unique = uuid::Builder::from_sha1_bytes(bytes).into_uuid();
    // AWS: a stack's own events have a UUID alone, those of resources begin with the resource and the status.
    if status.is_empty() { unique.to_string() } else { format!("{logical_id}-{status}-{unique}") }
}
