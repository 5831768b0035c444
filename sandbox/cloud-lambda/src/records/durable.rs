//! Durable executions: each with its operations, its history and what it came to in records of their own, so that a change
//! writes what it is about and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_delivery::{Timers, When};
use cloud_store::{Cached, Error, Key, Scan, Store, Table, Transaction};
use jiff::Timestamp;

use crate::shapes::Event;
use crate::state::durable::{Draft, Ending, Execution, Kept};

/// By their ids.
pub(super) const EXECUTIONS: Table = Table("durable_executions");
/// Operations by their execution and their place in it.
pub(super) const OPERATIONS: Table = Table("durable_operations");
/// Operations' places by their execution and their ids.
pub(super) const PLACES: Table = Table("durable_operation_places");
/// Events by their execution and their number.
pub(super) const EVENTS: Table = Table("durable_events");
/// What executions came to, by their ids.
pub(super) const ENDINGS: Table = Table("durable_endings");
/// Executions' ids by their function and their names.
pub(super) const NAMES: Table = Table("durable_names");
/// Executions by their function and when they started.
pub(super) const BY_FUNCTION: Table = Table("durable_executions_by_function");
/// Executions that go on, or are being removed, and whether something is to be done for them now.
pub(super) const LIVE: Table = Table("durable_live");

/// Whose the timers are.
pub(crate) const TIMERS: &str = "durable";

/// Executions in memory, in bytes.
const IN_MEMORY: usize = 4 << 20;
/// Records that are removed at once.
const SLICE: usize = 200;
const SLICE_BYTES: usize = 4 << 20;

/// The kept executions.
#[derive(Clone)]
pub(crate) struct Durables {
    store: Store,
    executions: Cached<String, Execution>,
}

/// A part of a list, and where the next one begins.
pub(crate) type Part<T> = (Vec<T>, Option<u64>);

/// The bounds of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Behind which place it begins.
    pub(crate) after: Option<u64>,
    pub(crate) most: usize,
    /// Bytes of what is kept: the last one may go beyond.
    pub(crate) bytes: usize,
}

impl Durables {
    pub(super) async fn open(store: &Store) -> Result<Self, Error> {
        let executions = Cached::open(store, EXECUTIONS, &[], IN_MEMORY).await?;
        Ok(Self { store: store.clone(), executions })
    }

    /// An execution, by its id.
    pub(crate) async fn get(&self, id: &str) -> Result<Option<Arc<Execution>>, Error> {
        self.executions.get(&id.to_owned()).await
    }

    /// The execution of that name that a function has.
    pub(crate) fn named(
        &self,
        transaction: &mut Transaction<'_>,
        function: &str,
        name: &str,
    ) -> Result<Option<Execution>, Error> {
        let Some(id) = transaction.get(NAMES, name_key(function, name))? else { return Ok(None) };
        self.executions.within(transaction).get(&String::from_utf8_lossy(&id).into_owned())
    }

    /// Whether there is an execution of that id.
    fn has(transaction: &Transaction<'_>, id: &str) -> Result<bool, Error> {
        transaction.has(EXECUTIONS, id.as_bytes())
    }

    /// An execution to be changed, with those of the named operations that it has.
    pub(crate) fn draft<'a>(
        &self,
        transaction: &mut Transaction<'_>,
        id: &str,
        operations: impl IntoIterator<Item = &'a str>,
        now: Timestamp,
    ) -> Result<Option<Draft>, Error> {
        let Some(execution) = self.executions.within(transaction).get(&id.to_owned())? else {
            return Ok(None);
        };
        let mut found = BTreeMap::new();
        for operation in operations {
            if let Some(kept) = operation_of(transaction, id, operation)? {
                found.insert(operation.to_owned(), kept);
            }
        }
        Ok(Some(Draft::of(execution, found, now)))
    }

    /// The id of the operation at a place.
    pub(crate) async fn operation_at(&self, id: &str, number: u64) -> Result<Option<String>, Error> {
        let kept: Option<Kept> = self.store.get_json(OPERATIONS, place_key(id, number)).await?;
        Ok(kept.map(|kept| kept.operation.id))
    }

    /// Keeps what became of a draft, and arms its timers.
    pub(crate) fn save(
        &self,
        transaction: &mut Transaction<'_>,
        timers: &Timers,
        draft: &Draft,
    ) -> Result<(), cloud_delivery::Error> {
        let execution = &draft.execution;
        let id = execution.id.as_str();
        for kept in draft.changed.iter().filter_map(|changed| draft.operations.get(changed)) {
            let operation = kept.operation.id.as_str();
            transaction.put(PLACES, Key::text(id).then_text(operation), kept.number.to_be_bytes())?;
            transaction.put_json(OPERATIONS, place_key(id, kept.number), kept)?;
        }
        let first = execution.events.saturating_sub(draft.events.len() as u64);
        for (event, number) in draft.events.iter().zip(first + 1..) {
            transaction.put_json(EVENTS, place_key(id, number), event)?;
        }
        if let Some(ending) = &draft.ending {
            transaction.put_json(ENDINGS, id, ending)?;
        }
        let is_new = !Self::has(transaction, id)?;
        if is_new {
            transaction.put(NAMES, name_key(&execution.function, &execution.name), id)?;
            transaction.put(BY_FUNCTION, started_key(execution), [])?;
        }
        if execution.is_live() || execution.has_work() {
            transaction.put(LIVE, id, [u8::from(execution.has_work())])?;
        } else {
            transaction.delete(LIVE, id)?;
        }
        for (timer, after) in &draft.timers {
            let name = timer.name(id);
            match after {
                Some(after) => timers.arm(transaction, TIMERS, &name, When::After(*after), &[])?,
                None => drop(timers.cancel(transaction, TIMERS, &name)?),
            }
        }
        self.executions.within(transaction).put(id.to_owned(), execution.clone())?;
        Ok(())
    }

    /// The executions for which something is to be done now.
    pub(crate) async fn with_work(&self) -> Result<Vec<String>, Error> {
        let live = self.store.scan(LIVE, Scan::all()).await?;
        let with_work = live.into_iter().filter(|entry| entry.value.first() == Some(&1));
        Ok(with_work.map(|entry| String::from_utf8_lossy(&entry.key).into_owned()).collect())
    }

    /// Whether no execution goes on.
    pub(crate) async fn is_empty(&self) -> Result<bool, Error> {
        Ok(self.store.scan(LIVE, Scan::all().limit(1)).await?.is_empty())
    }

    /// What an execution came to.
    pub(crate) async fn ending(&self, id: &str) -> Result<Option<Ending>, Error> {
        self.store.get_json(ENDINGS, id.to_owned()).await
    }

    /// What an execution was started with.
    pub(crate) async fn input(&self, id: &str) -> Result<Option<String>, Error> {
        let id = id.to_owned();
        self.store.read(move |reader| Self::input_within(reader, &id)).await
    }

    /// The same, within a transaction.
    pub(crate) fn input_within(transaction: &Transaction<'_>, id: &str) -> Result<Option<String>, Error> {
        let kept: Option<Kept> = transaction.get_json(OPERATIONS, place_key(id, 0))?;
        Ok(kept.and_then(|kept| kept.operation.execution_details).and_then(|details| details.input_payload))
    }

    /// An operation, by its id.
    pub(crate) async fn operation(&self, id: &str, operation: &str) -> Result<Option<Kept>, Error> {
        let (id, operation) = (id.to_owned(), operation.to_owned());
        self.store.read(move |reader| operation_of(reader, &id, &operation)).await
    }

    /// The operations of those ids.
    pub(crate) async fn operations(&self, id: &str, wanted: Vec<String>) -> Result<Vec<Kept>, Error> {
        let id = id.to_owned();
        let found = self.store.read(move |reader| {
            let found = wanted.iter().map(|operation| operation_of(reader, &id, operation));
            found.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()
        });
        found.await
    }

    /// What a function has to know of an execution to go on from there: its operations in order, but for those within
    /// contexts that are done.
    // AWS: "Completed operations with children don't include child operation details since they don't need to be replayed."
    pub(crate) async fn state(&self, id: &str, bounds: Bounds) -> Result<Part<Kept>, Error> {
        let id = id.to_owned();
        self.store.read(move |reader| state(reader, &id, bounds)).await
    }

    /// Events in their order or against it.
    pub(crate) async fn history(
        &self,
        id: &str,
        bounds: Bounds,
        is_backward: bool,
    ) -> Result<Part<Event>, Error> {
        let id = id.to_owned();
        let read = move |reader: &Transaction<'_>| {
            let entries = reader.scan(EVENTS, &part(&id, bounds, is_backward).limit(bounds.most + 1))?;
            let mut events = Vec::new();
            let mut last = None;
            for entry in entries {
                if events.len() == bounds.most {
                    return Ok((events, last));
                }
                last = number_in(&entry.key);
                events.push(entry.json()?);
            }
            // It may have been the bytes that ended it.
            let more = match last {
                Some(last) => {
                    let rest = Bounds { after: Some(last), ..bounds };
                    !reader.keys(EVENTS, &part(&id, rest, is_backward).limit(1))?.is_empty()
                }
                None => false,
            };
            Ok((events, last.filter(|_| more)))
        };
        self.store.read(read).await
    }

    /// The ids of a function's executions as they started, or against that, from behind a place on; each with its place.
    pub(crate) async fn of_function(
        &self,
        function: &str,
        after: Option<Vec<u8>>,
        is_backward: bool,
        most: usize,
    ) -> Result<Vec<(Vec<u8>, String)>, Error> {
        let prefix = Key::text(function);
        let mut scan = Scan::prefix(&prefix).limit(most);
        if is_backward {
            scan = scan.backward();
        }
        if let Some(after) = after.filter(|after| after.starts_with(prefix.as_ref())) {
            scan = if is_backward { scan.before(after) } else { scan.after(after) };
        }
        let entries = self.store.scan(BY_FUNCTION, scan).await?;
        let ids = entries.into_iter().filter_map(|entry| {
            let (_, rest) = Key::split_text(&entry.key)?;
            let (_, rest) = Key::split_number(rest)?;
            let (id, _) = Key::split_text(rest)?;
            Some((entry.key, id))
        });
        Ok(ids.collect())
    }

    /// Removes a part of an execution that is being removed. True once nothing of it is left.
    pub(crate) async fn remove(&self, execution: &Execution) -> Result<bool, Error> {
        let (own, execution) = (self.clone(), execution.clone());
        let remove = move |transaction: &mut Transaction<'_>| {
            let id = execution.id.as_str();
            for table in [EVENTS, OPERATIONS, PLACES] {
                let scan = Scan::prefix(Key::text(id)).limit(SLICE).bytes(SLICE_BYTES);
                let keys = transaction.keys(table, &scan)?;
                for key in &keys {
                    transaction.delete(table, key)?;
                }
                if !keys.is_empty() {
                    return Ok::<_, Error>(false);
                }
            }
            transaction.delete(ENDINGS, id)?;
            transaction.delete(LIVE, id)?;
            transaction.delete(BY_FUNCTION, started_key(&execution))?;
            let name = name_key(&execution.function, &execution.name);
            // Another one may have the name by now.
            if transaction.get(NAMES, &name)?.as_deref() == Some(id.as_bytes()) {
                transaction.delete(NAMES, &name)?;
            }
            own.executions.within(transaction).remove(&execution.id)?;
            Ok(true)
        };
        self.store.free(remove).await
    }
}

fn place_key(id: &str, number: u64) -> Key {
    Key::text(id).then_number(number)
}

fn name_key(function: &str, name: &str) -> Key {
    Key::text(function).then_text(name)
}

fn started_key(execution: &Execution) -> Key {
    let started = u64::try_from(execution.started.as_millisecond()).unwrap_or(0);
    Key::text(&execution.function).then_number(started).then_text(&execution.id)
}

/// The number that ends a key.
fn number_in(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|number| u64::from_be_bytes(*number))
}

/// The records of an execution behind a place.
fn part(id: &str, bounds: Bounds, is_backward: bool) -> Scan {
    let mut scan = Scan::prefix(Key::text(id)).bytes(bounds.bytes);
    if is_backward {
        scan = scan.backward();
    }
    match bounds.after.map(|after| place_key(id, after)) {
        Some(after) if is_backward => scan.before(after),
        Some(after) => scan.after(after),
        None => scan,
    }
}

fn operation_of(transaction: &Transaction<'_>, id: &str, operation: &str) -> Result<Option<Kept>, Error> {
    let Some(number) = transaction.get(PLACES, Key::text(id).then_text(operation))? else { return Ok(None) };
    match number_in(&number) {
        Some(number) => transaction.get_json(OPERATIONS, place_key(id, number)),
        None => Ok(None),
    }
}

fn state(reader: &Transaction<'_>, id: &str, bounds: Bounds) -> Result<Part<Kept>, Error> {
    let mut hidden = BTreeMap::new();
    let (mut shown, mut bytes, mut after) = (Vec::new(), 0, bounds.after);
    loop {
        let next = Bounds { after, ..bounds };
        let entries = reader.scan(OPERATIONS, &part(id, next, false).limit(SLICE))?;
        if entries.is_empty() {
            return Ok((shown, None));
        }
        for entry in entries {
            let kept: Kept = entry.json()?;
            if is_hidden(reader, id, kept.operation.parent_id.as_deref(), &mut hidden)? {
                after = number_in(&entry.key);
                continue;
            }
            let is_full = shown.len() == bounds.most || !shown.is_empty() && bytes >= bounds.bytes;
            if is_full {
                return Ok((shown, after));
            }
            after = number_in(&entry.key);
            bytes += entry.value.len();
            shown.push(kept);
        }
    }
}

/// Whether what is in that context, or in one that it is in, is of no interest any more.
fn is_hidden(
    reader: &Transaction<'_>,
    id: &str,
    context: Option<&str>,
    known: &mut BTreeMap<String, bool>,
) -> Result<bool, Error> {
    let mut path: Vec<String> = Vec::new();
    let mut context = context.map(str::to_owned);
    let mut answer = false;
    while let Some(at) = context {
        if let Some(found) = known.get(&at) {
            answer = *found;
            break;
        }
        let kept = operation_of(reader, id, &at)?;
        path.push(at);
        let Some(kept) = kept else { break };
        if kept.hides_children() {
            answer = true;
            break;
        }
        context = kept.operation.parent_id;
    }
    known.extend(path.into_iter().map(|at| (at, answer)));
    Ok(answer)
}
