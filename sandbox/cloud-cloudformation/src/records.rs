//! What is kept of stacks, so that a step that was answered or begun is known after any end of the process.

use std::collections::BTreeSet;

use cloud_core::{AwsError, Context};
use cloud_store::{Attempts, Batch, Entry, Error, Key, Layout, Scan, Store, Table};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

use crate::state::stack::Unsaved;
use crate::state::{ChangeSet, Definition, Event, Resource, Stack, StackStatus};

/// By stack.
const STACKS: Table = Table("stacks");
/// By stack and logical id.
const RESOURCES: Table = Table("resources");
/// By stack and place.
const EVENTS: Table = Table("events");
/// By id.
const DEFINITIONS: Table = Table("definitions");
/// By ARN.
const CHANGE_SETS: Table = Table("change_sets");
/// By stack.
const ATTEMPTS: Table = Table("attempts");

/// How long deleted stacks can be looked at.
// AWS: "ListStacks": 90 days.
const KEEP_DELETED: SignedDuration = SignedDuration::from_hours(90 * 24);

const LAYOUT: Layout = Layout::new(&[STACKS, RESOURCES, EVENTS, DEFINITIONS, CHANGE_SETS, ATTEMPTS]);

/// The kept records.
#[derive(Clone)]
pub(crate) struct Records {
    store: Store,
    attempts: Attempts,
}

/// What is held in memory while the cloud runs.
pub(crate) struct Kept {
    /// The stacks with their resources.
    pub(crate) stacks: Vec<Stack>,
    /// The change sets.
    pub(crate) change_sets: Vec<ChangeSet>,
}

impl Kept {
    /// The definitions that a stack or a change set has, or is to have.
    fn used_definitions(&self) -> BTreeSet<String> {
        let stacks = self.stacks.iter().flat_map(|stack| {
            let goal = stack.operation.as_ref().and_then(|operation| operation.goal.definition.clone());
            stack.definition.clone().into_iter().chain(goal)
        });
        stacks.chain(self.change_sets.iter().filter_map(|set| set.definition.clone())).collect()
    }
}

impl Records {
    /// Opens the records of a cloud.
    pub(crate) async fn open(context: &Context) -> Result<(Self, Kept), Error> {
        let store = Store::open(context.database("cloudformation"), LAYOUT).await?;
        let records = Self { attempts: Attempts::new(store.clone(), ATTEMPTS), store };
        let (mut stacks, mut left_out) = records.readable::<Stack>(STACKS, Scan::all()).await?;
        for stack in &mut stacks {
            let of_stack = Scan::prefix(Key::text(&stack.id));
            let (resources, others) = records.readable::<Resource>(RESOURCES, of_stack).await?;
            left_out += others;
            stack.resources =
                resources.into_iter().map(|resource| (resource.logical_id.clone(), resource)).collect();
        }
        let (change_sets, others) = records.readable(CHANGE_SETS, Scan::all()).await?;
        let mut kept = Kept { stacks, change_sets };
        // What nothing refers to may be referred to by what could not be read.
        if left_out + others == 0 {
            records.forget_old(&mut kept, context.now()).await?;
        }
        Ok((records, kept))
    }

    /// Forgets stacks that were deleted long ago, and definitions that nothing refers to.
    async fn forget_old(&self, kept: &mut Kept, now: Timestamp) -> Result<(), Error> {
        let mut batch = Batch::new();
        kept.stacks.retain(|stack| {
            let old = stack.deleted.is_some_and(|deleted| now.duration_since(deleted) > KEEP_DELETED);
            if old {
                batch.delete(STACKS, Key::text(&stack.id));
                batch.delete_prefix(RESOURCES, Key::text(&stack.id));
                batch.delete_prefix(EVENTS, Key::text(&stack.id));
            }
            !old
        });
        let used = kept.used_definitions();
        for entry in self.store.scan(DEFINITIONS, Scan::all()).await? {
            let id = Key::split_text(&entry.key).map(|(id, _)| id).unwrap_or_default();
            if !used.contains(&id) {
                batch.delete(DEFINITIONS, &entry.key);
            }
        }
        if batch.is_empty() { Ok(()) } else { self.store.commit(batch).await }
    }

    /// How often operations were gone on with after a start.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// The records of a scan, and how many were left out: one that cannot be read must not keep the others away.
    async fn readable<T: DeserializeOwned>(
        &self,
        table: Table,
        scan: Scan,
    ) -> Result<(Vec<T>, usize), Error> {
        let entries = self.store.scan_lossy(table, scan).await?;
        let count = entries.len();
        let read = |entry: Result<Entry, Error>| {
            let record = entry.and_then(|entry| entry.json());
            record
                .inspect_err(|error| {
                    tracing::error!(table = table.0, %error, "a record cannot be read and is left out");
                })
                .ok()
        };
        let records: Vec<T> = entries.into_iter().filter_map(read).collect();
        let left_out = count - records.len();
        Ok((records, left_out))
    }

    async fn commit(&self, batch: Result<Batch, Error>) -> Result<(), AwsError> {
        let batch = batch.map_err(AwsError::internal)?;
        self.store.commit(batch).await.map_err(AwsError::internal)
    }

    /// Keeps a stack with what changed of its resources, what happened, and the change set that it executes: all or nothing
    /// of it.
    pub(crate) async fn save_stack(
        &self,
        stack: &Stack,
        unsaved: &Unsaved,
        executed: Option<&ChangeSet>,
    ) -> Result<(), AwsError> {
        let batch = stack_batch(stack, unsaved).and_then(|mut batch| {
            if let Some(set) = executed {
                batch.put_json(CHANGE_SETS, Key::text(&set.id), set)?;
            }
            Ok(batch)
        });
        self.commit(batch).await
    }

    /// Keeps a definition.
    pub(crate) async fn save_definition(&self, definition: &Definition) -> Result<(), AwsError> {
        let mut batch = Batch::new();
        let put = batch.put_json(DEFINITIONS, Key::text(&definition.id), definition);
        self.commit(put.map(|()| batch)).await
    }

    /// A kept definition.
    pub(crate) async fn definition(&self, id: &str) -> Result<Definition, AwsError> {
        let found = self.store.get_json(DEFINITIONS, Key::text(id)).await.map_err(AwsError::internal)?;
        found.ok_or_else(|| AwsError::internal(format!("definition {id} is not kept")))
    }

    /// Keeps a change set.
    pub(crate) async fn save_change_set(&self, change_set: &ChangeSet) -> Result<(), AwsError> {
        let mut batch = Batch::new();
        let put = batch.put_json(CHANGE_SETS, Key::text(&change_set.id), change_set);
        self.commit(put.map(|()| batch)).await
    }

    /// Forgets a change set.
    pub(crate) async fn delete_change_set(&self, id: &str) -> Result<(), AwsError> {
        let mut batch = Batch::new();
        batch.delete(CHANGE_SETS, Key::text(id));
        self.commit(Ok(batch)).await
    }

    /// The events of a stack, the latest first.
    pub(crate) async fn events(
        &self,
        stack_id: &str,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Event>, AwsError> {
        let scan = Scan::prefix(Key::text(stack_id)).backward().limit(skip.saturating_add(limit));
        let (events, _) = self.readable::<Event>(EVENTS, scan).await.map_err(AwsError::internal)?;
        Ok(events.into_iter().skip(skip).collect())
    }
}

fn stack_batch(stack: &Stack, unsaved: &Unsaved) -> Result<Batch, Error> {
    // Who deletes a stack makes room, also where the disk is full.
    let goes = matches!(stack.status, StackStatus::DeleteInProgress | StackStatus::DeleteComplete);
    let mut batch = if goes { Batch::freeing() } else { Batch::new() };
    batch.put_json(STACKS, Key::text(&stack.id), stack)?;
    for logical_id in &unsaved.resources {
        let key = Key::text(&stack.id).then_text(logical_id);
        match stack.resources.get(logical_id) {
            Some(resource) => batch.put_json(RESOURCES, key, resource)?,
            None => batch.delete(RESOURCES, key),
        }
    }
    for event in &unsaved.events {
        batch.put_json(EVENTS, Key::text(&stack.id).then_number(event.sequence), event)?;
    }
    Ok(batch)
}
