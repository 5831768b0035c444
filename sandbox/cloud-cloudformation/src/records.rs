//! What is kept of stacks, so that a step that was answered or begun is known after any end of the process.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloud_core::{AwsError, Context};
use cloud_store::{
    Attempts, Cached, Error, Key, Layout, Ordered, Page, Position, Scan, Store, Table, Transaction,
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::state::gone::forgotten;
use crate::state::part::{Former, Part};
use crate::state::stack::Unsaved;
use crate::state::{ChangeSet, Definition, Event, Resource, Stack, StackStatus};

/// By stack.
const STACKS: Table = Table("stacks");
/// By stack and logical id.
const RESOURCES: Table = Table("resources");
/// By stack, kind and name.
const PARTS: Table = Table("operation_parts");
/// By stack and place.
const EVENTS: Table = Table("events");
/// By id.
const DEFINITIONS: Table = Table("definitions");
/// By ARN.
const CHANGE_SETS: Table = Table("change_sets");
/// By stack.
const ATTEMPTS: Table = Table("attempts");

/// How many events of a stack are kept at least, those of its last operation included.
// LIMIT: AWS keeps all of the last 90 days.
const KEEP_EVENTS: u64 = 5000;
/// How many are forgotten at once: more than a stack's operation has, so that in the end none are left.
const FORGOTTEN_EVENTS: usize = 5000;

const LAYOUT: Layout = Layout {
    tables: &[STACKS, RESOURCES, PARTS, EVENTS, DEFINITIONS, CHANGE_SETS, ATTEMPTS],
    migrations: &[take_apart],
};

/// Bytes of definitions that are held in memory.
const HELD: usize = 4 << 20;

/// The kept records. What the engine holds of them in memory it changes with what follows from their transactions.
#[derive(Clone)]
pub(crate) struct Records {
    stacks: Cached<(String,), Stack>,
    resources: Cached<(String, String), Resource>,
    parts: Cached<(String, String, String), Part>,
    events: Cached<(String, u64), Event>,
    definitions: Cached<(String,), Definition>,
    change_sets: Cached<(String,), ChangeSet>,
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
        let stacks = self.stacks.iter().flat_map(Stack::definitions).cloned();
        stacks.chain(self.change_sets.iter().filter_map(|set| set.definition.clone())).collect()
    }
}

impl Records {
    /// Opens the records of a cloud.
    pub(crate) async fn open(context: &Context) -> Result<(Self, Kept), Error> {
        let store = Store::open(context.database("cloudformation"), LAYOUT).await?;
        let records = Self {
            stacks: Cached::open(&store, STACKS, &[], 0).await?,
            resources: Cached::open(&store, RESOURCES, &[], 0).await?,
            parts: Cached::open(&store, PARTS, &[], 0).await?,
            events: Cached::open(&store, EVENTS, &[], 0).await?,
            definitions: Cached::open(&store, DEFINITIONS, &[], HELD).await?,
            change_sets: Cached::open(&store, CHANGE_SETS, &[], 0).await?,
            attempts: Attempts::new(store, ATTEMPTS),
        };
        let (found, mut left_out) = records.stacks.readable(Scan::all()).await?;
        let mut stacks = Vec::new();
        for (_, mut stack) in found {
            let of_stack = Scan::prefix(Key::text(&stack.id));
            let (resources, others) = records.resources.readable(of_stack.clone()).await?;
            stack.resources =
                resources.into_iter().map(|((_, logical_id), resource)| (logical_id, resource)).collect();
            let (parts, lost) = records.parts.readable(of_stack).await?;
            left_out += others + lost;
            if let Some(operation) = &mut stack.operation {
                for ((_, kind, name), part) in parts {
                    operation.take((kind, name), part);
                }
            }
            // An operation that lacks parts would be gone on with as if they were done.
            if lost == 0 {
                stacks.push(stack);
            }
        }
        let (change_sets, others) = records.change_sets.readable(Scan::all()).await?;
        let change_sets = change_sets.into_iter().map(|(_, set)| set).collect();
        let mut kept = Kept { stacks, change_sets };
        // What nothing refers to may be referred to by what could not be read.
        if left_out + others == 0 {
            records.forget_old(&mut kept, context.now()).await?;
        }
        Ok((records, kept))
    }

    pub(crate) fn store(&self) -> &Store {
        self.stacks.store()
    }

    /// How many bytes were written since they were opened.
    pub(crate) fn written(&self) -> u64 {
        self.store().written()
    }

    /// Forgets stacks that were deleted long ago, and definitions that nothing refers to.
    async fn forget_old(&self, kept: &mut Kept, now: Timestamp) -> Result<(), Error> {
        let old = forgotten(kept.stacks.iter(), now);
        kept.stacks.retain(|stack| !old.contains(&stack.id));
        let used = kept.used_definitions();
        let records = self.clone();
        let forget = move |transaction: &mut Transaction<'_>| {
            old.into_iter().try_for_each(|id| records.forget_stack(transaction, id))?;
            for key in transaction.keys(DEFINITIONS, &Scan::all())? {
                if let Some(id) = <(String,)>::decode(&key).filter(|(id,)| !used.contains(id)) {
                    records.definitions.within(transaction).remove(&id)?;
                }
            }
            Ok(())
        };
        self.store().free::<_, Error, _>(forget).await
    }

    /// Forgets a stack but for its definitions.
    fn forget_stack(&self, transaction: &mut Transaction<'_>, id: String) -> Result<(), Error> {
        let of_stack = Key::text(&id);
        self.stacks.within(transaction).remove(&(id,))?;
        self.resources.within(transaction).purge(&of_stack)?;
        self.events.within(transaction).purge(of_stack)
    }

    /// How often operations were gone on with after a start.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// Keeps a stack with what changed of its resources, what happened, and the change set that it executes: all or nothing
    /// of it. What follows is done with it, whoever waits.
    pub(crate) async fn save_stack(
        &self,
        stack: Arc<Stack>,
        unsaved: Unsaved,
        executed: Option<Arc<ChangeSet>>,
        then: impl FnOnce() + Send + 'static,
    ) -> Result<(), AwsError> {
        // Who deletes a stack makes room, also where the disk is full.
        let goes = matches!(stack.status, StackStatus::DeleteInProgress | StackStatus::DeleteComplete);
        let records = self.clone();
        let save = move |transaction: &mut Transaction<'_>| {
            records.write_stack(transaction, &stack, unsaved, executed)?;
            transaction.then(then);
            Ok(())
        };
        if goes { self.store().free::<_, AwsError, _>(save).await } else { self.store().transact(save).await }
    }

    fn write_stack(
        &self,
        transaction: &mut Transaction<'_>,
        stack: &Arc<Stack>,
        unsaved: Unsaved,
        executed: Option<Arc<ChangeSet>>,
    ) -> Result<(), AwsError> {
        self.stacks.within(transaction).put((stack.id.clone(),), Arc::clone(stack))?;
        if let Some(set) = executed {
            self.change_sets.within(transaction).put((set.id.clone(),), set)?;
        }
        let mut resources = self.resources.within(transaction);
        for logical_id in unsaved.resources {
            let resource = stack.resources.get(&logical_id).cloned();
            let key = (stack.id.clone(), logical_id);
            match resource {
                Some(resource) => resources.put(key, resource)?,
                None => drop(resources.remove(&key)?),
            }
        }
        let mut parts = self.parts.within(transaction);
        for ((kind, name), part) in unsaved.parts {
            let key = (stack.id.clone(), kind, name);
            match part {
                Some(part) => parts.put(key, part)?,
                None => drop(parts.remove(&key)?),
            }
        }
        let mut events = self.events.within(transaction);
        for event in unsaved.events {
            events.put((stack.id.clone(), event.sequence), event)?;
        }
        for id in unsaved.definitions {
            self.definitions.within(transaction).remove(&(id,))?;
        }
        for id in unsaved.forgotten {
            self.forget_stack(transaction, id)?;
        }
        if stack.operation.is_none() { self.forget_events(transaction, stack) } else { Ok(()) }
    }

    /// Forgets the first events of a stack that had very many, some at a time.
    fn forget_events(&self, transaction: &mut Transaction<'_>, stack: &Stack) -> Result<(), AwsError> {
        let Some(last) = stack.events.checked_sub(KEEP_EVENTS) else { return Ok(()) };
        let first = Scan::prefix(Key::text(&stack.id))
            .before(Key::text(&stack.id).then_number(last + 1))
            .limit(FORGOTTEN_EVENTS);
        for key in transaction.keys(EVENTS, &first)? {
            if let Some(key) = Ordered::decode(&key) {
                self.events.within(transaction).remove(&key)?;
            }
        }
        Ok(())
    }

    /// Keeps a definition.
    pub(crate) async fn save_definition(&self, definition: &Definition) -> Result<(), AwsError> {
        Ok(self.definitions.put((definition.id.clone(),), definition.clone()).await?)
    }

    /// A kept definition. One that a transaction removed is gone a moment before what follows from it is seen.
    pub(crate) async fn definition(&self, id: &str) -> Result<Option<Arc<Definition>>, AwsError> {
        Ok(self.definitions.get(&(id.to_owned(),)).await?)
    }

    /// Returns once what follows from every transaction that was kept is seen: those are done in order.
    pub(crate) async fn catch_up(&self) -> Result<(), AwsError> {
        self.store().free::<_, AwsError, _>(|_| Ok(())).await
    }

    /// Keeps a change set; what follows is done with it.
    pub(crate) async fn save_change_set(
        &self,
        change_set: Arc<ChangeSet>,
        then: impl FnOnce() + Send + 'static,
    ) -> Result<(), AwsError> {
        let change_sets = self.change_sets.clone();
        let save = move |transaction: &mut Transaction<'_>| {
            change_sets.within(transaction).put((change_set.id.clone(),), change_set)?;
            transaction.then(then);
            Ok(())
        };
        self.store().transact(save).await
    }

    /// Forgets a change set, and the definition that it alone had; what follows is done with it.
    pub(crate) async fn delete_change_set(
        &self,
        id: &str,
        definition: Option<String>,
        then: impl FnOnce() + Send + 'static,
    ) -> Result<(), AwsError> {
        let (records, id) = (self.clone(), id.to_owned());
        let forget = move |transaction: &mut Transaction<'_>| {
            records.change_sets.within(transaction).remove(&(id,))?;
            if let Some(definition) = definition {
                records.definitions.within(transaction).remove(&(definition,))?;
            }
            transaction.then(then);
            Ok(())
        };
        self.store().free(forget).await
    }

    /// Some events of a stack, the latest first.
    pub(crate) async fn events(
        &self,
        stack_id: &str,
        from: Option<Position>,
        limit: usize,
    ) -> Result<Page<(String, u64), Event>, AwsError> {
        let scan = Scan::prefix(Key::text(stack_id)).backward().limit(limit);
        Ok(self.events.page(scan, from).await?)
    }
}

/// Operations once stood in their stacks' records, whole. One that cannot be read stays as it is, and is told as such.
fn take_apart(transaction: &mut Transaction<'_>) -> Result<(), Error> {
    for entry in transaction.scan_lossy(STACKS, &Scan::all())?.into_iter().flatten() {
        let Ok(mut stack) = entry.json::<serde_json::Value>() else { continue };
        let Some(operation) = stack.get_mut("operation").filter(|operation| !operation.is_null()) else {
            continue;
        };
        let Ok(former) = Former::deserialize(&*operation) else { continue };
        for ((kind, name), part) in former.parts() {
            let Some((id,)) = <(String,)>::decode(&entry.key) else { continue };
            transaction.put_json(PARTS, (id, kind, name).encode(), &part)?;
        }
        if let Some(members) = operation.as_object_mut() {
            members.retain(|name, _| !matches!(name.as_str(), "tasks" | "before" | "trash"));
        }
        transaction.put_json(STACKS, &entry.key, &stack)?;
    }
    Ok(())
}
