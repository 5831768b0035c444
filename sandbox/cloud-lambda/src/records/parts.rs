//! What may be many within a function, each a record of its own: versions, aliases, and of all of them the policies, the
//! addresses, and how events are run that nobody waits for. So a change writes what it changed, however many there are.
//!
//! Their keys begin with the function's name and id: what is still to be removed of a function that was deleted is none of
//! one that has its name now. What is held of them in memory the functions have.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_store::{Cached, Error, Index, Key, Migration, Ordered, Scan, Store, Table, Transaction, Value};
use serde::Deserialize;

use super::FUNCTIONS;
use crate::state::{Alias, Function, InvokeConfig, Statement, Url, Version};

/// By function and number.
pub(super) const VERSIONS: Table = Table("versions");
pub(super) const BY_PACKAGE: Table = Table("versions_by_package");
/// By function and name.
pub(super) const ALIASES: Table = Table("aliases");
/// By function and qualifier.
pub(super) const POLICIES: Table = Table("policies");
/// By function and qualifier.
pub(super) const INVOKE_CONFIGS: Table = Table("event_invoke_configs");
/// By function and qualifier.
pub(super) const URLS: Table = Table("urls");
/// They once stood in their functions' records.
pub(super) const TAKEN_APART: Migration = take_apart;

const PACKAGES: Index<Version> =
    Index { table: BY_PACKAGE, version: 2, keys: |version| version.packages().map(Key::text).collect() };

/// The name and the id of a function, and which part.
type Place<P> = (String, String, P);

/// Parts of one kind, as functions have them.
type Kind<P, V> = BTreeMap<P, Arc<V>>;

/// The kept parts.
#[derive(Clone)]
pub(super) struct Parts {
    versions: Cached<Place<u64>, Version>,
    aliases: Cached<Place<String>, Alias>,
    policies: Cached<Place<String>, Vec<Statement>>,
    invoke_configs: Cached<Place<String>, InvokeConfig>,
    urls: Cached<Place<String>, Url>,
}

/// The parts of all functions, by the names and ids of these.
pub(super) struct Read {
    versions: BTreeMap<(String, String), Kind<u64, Version>>,
    aliases: BTreeMap<(String, String), Kind<String, Alias>>,
    policies: BTreeMap<(String, String), Kind<String, Vec<Statement>>>,
    invoke_configs: BTreeMap<(String, String), Kind<String, InvokeConfig>>,
    urls: BTreeMap<(String, String), Kind<String, Url>>,
    /// Whether all of them could be read.
    pub(super) is_complete: bool,
}

impl Read {
    /// Gives a function what it has.
    pub(super) fn complete(&mut self, function: &mut Function) {
        let of = (function.name.clone(), function.id.clone());
        function.versions = self.versions.remove(&of).unwrap_or_default();
        function.aliases = self.aliases.remove(&of).unwrap_or_default();
        function.policies = self.policies.remove(&of).unwrap_or_default();
        function.invoke_configs = self.invoke_configs.remove(&of).unwrap_or_default();
        function.urls = self.urls.remove(&of).unwrap_or_default();
    }
}

impl Parts {
    pub(super) async fn open(store: &Store) -> Result<Self, Error> {
        Ok(Self {
            versions: Cached::open(store, VERSIONS, &[PACKAGES], 0).await?,
            aliases: Cached::open(store, ALIASES, &[], 0).await?,
            policies: Cached::open(store, POLICIES, &[], 0).await?,
            invoke_configs: Cached::open(store, INVOKE_CONFIGS, &[], 0).await?,
            urls: Cached::open(store, URLS, &[], 0).await?,
        })
    }

    /// All that are kept.
    pub(super) async fn read(&self) -> Result<Read, Error> {
        let (versions, lost) = self.versions.readable(Scan::all()).await?;
        let (aliases, others) = self.aliases.readable(Scan::all()).await?;
        let (policies, more) = self.policies.readable(Scan::all()).await?;
        // No package hangs on one that cannot be read.
        let (invoke_configs, _) = self.invoke_configs.readable(Scan::all()).await?;
        let (urls, addresses) = self.urls.readable(Scan::all()).await?;
        Ok(Read {
            versions: by_function(versions),
            aliases: by_function(aliases),
            policies: by_function(policies),
            invoke_configs: by_function(invoke_configs),
            urls: by_function(urls),
            is_complete: lost + others + more + addresses == 0,
        })
    }

    /// Keeps the parts that differ between two states of a function; none of either where there is no function.
    pub(super) fn write(
        &self,
        transaction: &mut Transaction<'_>,
        old: Option<&Function>,
        new: Option<&Function>,
    ) -> Result<(), Error> {
        match (old, new) {
            (None, None) => Ok(()),
            (Some(gone), None) => {
                let all = Key::text(&gone.name).then_text(&gone.id);
                self.versions.within(transaction).purge(&all)?;
                self.aliases.within(transaction).purge(&all)?;
                self.policies.within(transaction).purge(&all)?;
                self.invoke_configs.within(transaction).purge(&all)?;
                self.urls.within(transaction).purge(&all)
            }
            (old, Some(new)) => {
                write(&self.versions, transaction, new, old.map(|old| &old.versions), &new.versions)?;
                write(&self.aliases, transaction, new, old.map(|old| &old.aliases), &new.aliases)?;
                write(&self.policies, transaction, new, old.map(|old| &old.policies), &new.policies)?;
                let configs = old.map(|old| &old.invoke_configs);
                write(&self.invoke_configs, transaction, new, configs, &new.invoke_configs)?;
                write(&self.urls, transaction, new, old.map(|old| &old.urls), &new.urls)
            }
        }
    }

    /// Whether a version of a function has that package. `lives` says of a name and an id whether there is such a function.
    pub(super) fn have_package(
        &self,
        transaction: &mut Transaction<'_>,
        package: &str,
        lives: impl Fn(&mut Transaction<'_>, &str, &str) -> bool,
    ) -> Result<bool, Error> {
        let (by, mut after) = (Key::text(package), None);
        loop {
            let found = self.versions.within(transaction).find(&PACKAGES, &by, after.as_ref(), 1)?;
            let Some((name, id, _)) = found.into_iter().next() else { return Ok(false) };
            if lives(transaction, &name, &id) {
                return Ok(true);
            }
            after = Some((name, id, u64::MAX));
        }
    }
}

fn by_function<P: Ord, V>(records: Vec<(Place<P>, V)>) -> BTreeMap<(String, String), Kind<P, V>> {
    let mut all = BTreeMap::<_, Kind<P, V>>::new();
    for ((name, id, part), value) in records {
        all.entry((name, id)).or_default().insert(part, Arc::new(value));
    }
    all
}

fn write<P: Clone + Ord, V: Value + PartialEq>(
    records: &Cached<Place<P>, V>,
    transaction: &mut Transaction<'_>,
    of: &Function,
    old: Option<&Kind<P, V>>,
    new: &Kind<P, V>,
) -> Result<(), Error>
where
    Place<P>: Ordered,
{
    let place = |part: &P| (of.name.clone(), of.id.clone(), part.clone());
    let is_new = |part: &P, value: &Arc<V>| old.and_then(|old| old.get(part)) != Some(value);
    for (part, value) in new.iter().filter(|(part, value)| is_new(part, value)) {
        records.within(transaction).put(place(part), Arc::clone(value))?;
    }
    for part in old.into_iter().flat_map(BTreeMap::keys).filter(|part| !new.contains_key(*part)) {
        records.within(transaction).remove(&place(part))?;
    }
    Ok(())
}

/// What a function no longer has.
#[derive(Deserialize)]
struct Former {
    versions: BTreeMap<u64, Version>,
    aliases: BTreeMap<String, Alias>,
    policies: BTreeMap<String, Vec<Statement>>,
}

/// Keeps the parts of functions by themselves. A function that cannot be read stays as it is, and is told as such.
fn take_apart(transaction: &mut Transaction<'_>) -> Result<(), Error> {
    for key in transaction.keys(FUNCTIONS, &Scan::all())? {
        let Ok(Some(mut function)) = transaction.get_json::<serde_json::Value>(FUNCTIONS, &key) else {
            continue;
        };
        let (Some(name), Ok(former)) = (String::decode(&key), Former::deserialize(&function)) else {
            continue;
        };
        let place = |part: &str| (name.clone(), String::new(), part.to_owned()).encode();
        for (number, version) in &former.versions {
            let place = (name.clone(), String::new(), *number);
            transaction.put_json(VERSIONS, place.encode(), version)?;
        }
        for (alias, kept) in &former.aliases {
            transaction.put_json(ALIASES, place(alias), kept)?;
        }
        for (qualifier, statements) in former.policies.iter().filter(|(_, statements)| !statements.is_empty())
        {
            transaction.put_json(POLICIES, place(qualifier), statements)?;
        }
        if let Some(members) = function.as_object_mut() {
            members.retain(|name, _| !matches!(name.as_str(), "versions" | "aliases" | "policies"));
        }
        transaction.put_json(FUNCTIONS, &key, &function)?;
    }
    Ok(())
}
