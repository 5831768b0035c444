//! Functions, layers and event source mappings, all of them in memory, and the packages that none of them has; durable
//! executions, of which there may be any number.

mod code_signing;
mod durable;
mod layers;
mod parts;
#[cfg(test)]
mod power;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use cloud_core::{Arn, AwsError};
use cloud_delivery::{Outbox, Timers};
use cloud_store::{
    Batch, Error, Index, Key, Layout, Migration, Resident, Scan, Store, Table, Transaction, View,
};
use tokio::sync::oneshot;

use crate::names::FunctionName;
use crate::queue::{CLIENT_CONTEXTS, EVENTS, PAYLOADS};
use crate::state::{Function, Mapping};
use code_signing::CodeSignings;
pub(crate) use code_signing::{id_in, no_configuration};
pub(crate) use durable::{Bounds, Durables, TIMERS as DURABLE_TIMERS};
use layers::Layers;
use parts::Parts;

const FUNCTIONS: Table = Table("functions");
const BY_PACKAGE: Table = Table("functions_by_package");
/// The packages that no function and no layer has, by their hashes: only what is named here is ever removed.
const UNUSED: Table = Table("unused_packages");
/// Event source mappings by their ids.
const MAPPINGS: Table = Table("event_source_mappings");
const MAPPINGS_BY_SOURCE: Table = Table("event_source_mappings_by_source");
/// The mappings of a source, by its ARN.
const SOURCES: Index<Mapping> =
    Index { table: MAPPINGS_BY_SOURCE, version: 1, keys: |mapping| vec![Key::text(mapping.source.as_str())] };
/// Mappings of a source that are looked at together.
const OF_A_SOURCE: usize = 100;
/// A program that does not know the index must not change functions.
const INDEXED: Migration = |_| Ok(());
/// Nor one that would not run what lies in the outbox.
const ANNOUNCED: Migration = |_| Ok(());
/// Nor one that would run it otherwise than is configured.
const CONFIGURED: Migration = |_| Ok(());
/// Nor one that would take the packages of layers for nobody's.
const LAYERED: Migration = |_| Ok(());
/// Nor one that would leave durable executions lie.
const DURABLE: Migration = |_| Ok(());
const LAYOUT: Layout = Layout {
    tables: &[
        FUNCTIONS,
        BY_PACKAGE,
        code_signing::CONFIGURATIONS,
        code_signing::BY_CONFIGURATION,
        layers::NUMBERS,
        layers::VERSIONS,
        layers::BY_PACKAGE,
        parts::VERSIONS,
        parts::BY_PACKAGE,
        parts::ALIASES,
        parts::POLICIES,
        MAPPINGS,
        MAPPINGS_BY_SOURCE,
        durable::EXECUTIONS,
        durable::OPERATIONS,
        durable::PLACES,
        durable::EVENTS,
        durable::ENDINGS,
        durable::NAMES,
        durable::BY_FUNCTION,
        durable::LIVE,
        parts::INVOKE_CONFIGS,
        parts::URLS,
        EVENTS,
        PAYLOADS,
        CLIENT_CONTEXTS,
        UNUSED,
        Outbox::TABLE,
        Timers::TABLE,
    ],
    migrations: &[INDEXED, ANNOUNCED, parts::TAKEN_APART, CONFIGURED, LAYERED, DURABLE],
};
/// The functions whose `$LATEST` has a package.
const PACKAGES: Index<Function> = Index {
    table: BY_PACKAGE,
    version: 3,
    keys: |function| function.latest.packages().map(Key::text).collect(),
};

/// The records. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records {
    store: Store,
    functions: Resident<String, Function>,
    mappings: Resident<String, Mapping>,
    parts: Parts,
    layers: Layers,
    code_signings: CodeSignings,
    durables: Durables,
    /// Whether all functions and layers could be read: what only an unreadable one may have is not removed.
    is_complete: bool,
}

impl Records {
    /// Opens the store that names the packages in a folder.
    pub(crate) async fn open(file: &Path, packages: &Path) -> Result<Self, Error> {
        let store = Store::open_naming(file, LAYOUT, packages).await?;
        let parts = Parts::open(&store).await?;
        let mut read = parts.read().await?;
        let complete = |_: &String, function: &mut Function| read.complete(function);
        let indices = &[PACKAGES, code_signing::FUNCTIONS];
        let (functions, unreadable) = Resident::open_completed(&store, FUNCTIONS, indices, complete).await?;
        let (layers, are_layers_whole) = Layers::open(&store).await?;
        let code_signings = CodeSignings::open(&store).await?;
        let is_complete = read.is_complete && unreadable.is_empty() && are_layers_whole;
        let (mappings, _) = Resident::open(&store, MAPPINGS, &[SOURCES]).await?;
        let durables = Durables::open(&store).await?;
        Ok(Self { store, functions, mappings, parts, layers, code_signings, durables, is_complete })
    }

    /// The store: what a change announces is kept with it.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// A function.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Function>> {
        self.view().get(name).cloned()
    }

    /// The durable executions.
    pub(crate) fn durables(&self) -> &Durables {
        &self.durables
    }

    /// How many changes of functions were seen here.
    pub(crate) fn changes(&self) -> u64 {
        self.functions.changes()
    }

    /// All functions, by name.
    pub(crate) fn view(&self) -> View<'_, String, Function> {
        self.functions.view()
    }

    /// Some functions in order, from a name on.
    pub(crate) fn from(&self, name: &str, limit: usize) -> Vec<Arc<Function>> {
        let view = self.view();
        view.range(name.to_owned()..).take(limit).map(|(_, function)| Arc::clone(function)).collect()
    }

    /// The event source mappings.
    pub(crate) fn mappings(&self) -> &Resident<String, Mapping> {
        &self.mappings
    }

    /// The mapping of a source to a function, as a transaction has it.
    pub(crate) fn mapping_of(
        &self,
        transaction: &mut Transaction<'_>,
        source: &Arn,
        function: &FunctionName,
    ) -> Result<Option<Mapping>, Error> {
        let (by, mut after) = (Key::text(source.as_str()), None);
        loop {
            let found = self.mappings.within(transaction).find(&SOURCES, &by, after.as_ref(), OF_A_SOURCE)?;
            for uuid in &found {
                let mapping = self.mappings.within(transaction).get(uuid)?;
                if let Some(mapping) = mapping.filter(|mapping| mapping.maps(source, function)) {
                    return Ok(Some(mapping));
                }
            }
            after = found.into_iter().nth(OF_A_SOURCE - 1);
            if after.is_none() {
                return Ok(None);
            }
        }
    }

    /// Whether some version, of a function or of a layer, has that package, or may have it.
    pub(crate) fn uses(&self, hash: &str) -> bool {
        !self.is_complete
            || self.layers.uses(hash)
            || self.view().values().any(|function| function.packages().any(|package| package == hash))
    }

    /// Changes a function: `change` makes the new one of the old one, none of either where there is none. Returns what
    /// was kept and what the change answers, once it is durable. Who stops waiting for it stops nothing: what is decided
    /// is kept here and on disk.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        name: &str,
        change: impl FnOnce(Option<&Function>) -> Result<(Option<Function>, T), AwsError>,
    ) -> Result<(Option<Arc<Function>>, T), AwsError> {
        self.change_then(name, change, |function, answer| (function, answer)).await
    }

    /// The same; what follows from the change is done with it, whoever waits.
    pub(crate) async fn change_then<T: Send + 'static, U: Send + 'static>(
        &self,
        name: &str,
        change: impl FnOnce(Option<&Function>) -> Result<(Option<Function>, T), AwsError>,
        then: impl FnOnce(Option<Arc<Function>>, T) -> U + Send + 'static,
    ) -> Result<U, AwsError> {
        let held = self.functions.hold(name.to_owned()).await?;
        // While it is held, what is in memory is what is kept, and has its parts.
        let old = self.get(name);
        let (new, answer) = change(old.as_deref())?;
        if new.as_ref() == old.as_deref() {
            return Ok(then(old, answer));
        }
        let new = new.map(Arc::new);
        let (kept, records) = (new.clone(), self.clone());
        let (tell, told) = oneshot::channel();
        let set = held.set(new.is_none(), new, move |transaction| {
            records.parts.write(transaction, old.as_deref(), kept.as_deref())?;
            records.count_packages(transaction, old.as_deref(), kept.as_deref())?;
            records.code_signings.expect(transaction, old.as_deref(), kept.as_deref())?;
            // An error means that nobody waits.
            transaction.then(move || drop(tell.send(then(kept, answer))));
            Ok::<_, AwsError>(())
        });
        set.await?;
        told.await.map_err(AwsError::internal)
    }

    /// Notes which packages a change takes into use, and which nobody has after it.
    fn count_packages(
        &self,
        transaction: &mut Transaction<'_>,
        old: Option<&Function>,
        new: Option<&Function>,
    ) -> Result<(), Error> {
        for taken in new.map(|new| new.packages_unlike(old)).unwrap_or_default() {
            transaction.delete(UNUSED, taken)?;
        }
        for dropped in old.map(|old| old.packages_unlike(new)).unwrap_or_default() {
            if !self.have_package(transaction, dropped)? {
                transaction.put(UNUSED, dropped, "")?;
            }
        }
        Ok(())
    }

    /// Whether a function or a layer has that package.
    fn have_package(&self, transaction: &mut Transaction<'_>, package: &str) -> Result<bool, Error> {
        if self.layers.have_package(transaction, package)? {
            return Ok(true);
        }
        let latest = self.functions.within(transaction).find(&PACKAGES, &Key::text(package), None, 1)?;
        if !latest.is_empty() {
            return Ok(true);
        }
        self.parts.have_package(transaction, package, |transaction, name, id| {
            let function = self.functions.within(transaction).get(&name.to_owned());
            // One that cannot be read may be that one.
            function.map_or(true, |function| function.is_some_and(|function| function.id == id))
        })
    }

    /// Notes a package that is about to be kept: until a function or a layer has it, nothing needs it.
    pub(crate) async fn expect_package(&self, hash: &str) -> Result<(), AwsError> {
        if self.uses(hash) {
            return Ok(());
        }
        let mut batch = Batch::new();
        batch.put(UNUSED, hash, "");
        Ok(self.store.commit(batch).await?)
    }

    /// The packages that no function and no layer has.
    pub(crate) async fn unused_packages(&self) -> Result<Vec<String>, Error> {
        if !self.is_complete {
            return Ok(Vec::new());
        }
        let named = self.store.scan(UNUSED, Scan::all()).await?;
        let view = self.view();
        let used: BTreeSet<&str> = view.values().flat_map(|function| function.packages()).collect();
        let named = named.into_iter().map(|entry| String::from_utf8_lossy(&entry.key).into_owned());
        Ok(named.filter(|hash| !used.contains(hash.as_str()) && !self.layers.uses(hash)).collect())
    }

    /// Forgets packages that were removed, but for those that are there again, or about to be.
    pub(crate) async fn forget_packages(
        &self,
        hashes: Vec<String>,
        is_back: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<(), Error> {
        if hashes.is_empty() {
            return Ok(());
        }
        let forget = move |transaction: &mut Transaction<'_>| {
            for hash in hashes.iter().filter(|hash| !is_back(hash)) {
                transaction.delete(UNUSED, hash)?;
            }
            Ok::<_, Error>(())
        };
        self.store.free(forget).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::FunctionConfiguration;
    use crate::state::{Alias, Package, Revisions, Stamp};

    fn function(id: &str, package: &str) -> Function {
        let package = Package { hash: package.into(), size: 1, unzipped: None };
        let stamp = Stamp { now: jiff::Timestamp::UNIX_EPOCH, revision: id.into() };
        Function::new("f".into(), FunctionConfiguration::default(), package, &stamp)
    }

    fn revisions() -> Revisions {
        Revisions { version: "v".into(), latest: "l".into() }
    }

    async fn open(folder: &Path) -> Records {
        Records::open(&folder.join("lambda.db"), &folder.join("packages")).await.expect("open")
    }

    async fn set(records: &Records, function: Option<Function>) {
        records.change("f", |_| Ok((function, ()))).await.expect("changed");
    }

    /// As they were kept whole, before there was an index and after.
    #[tokio::test]
    async fn functions_of_older_stores_are_taken_apart() {
        const FIRST: Layout = Layout::new(&[FUNCTIONS, EVENTS, PAYLOADS, CLIENT_CONTEXTS, UNUSED]);
        const LAST: Layout = Layout { migrations: &[INDEXED, ANNOUNCED], ..FIRST };
        let version = |number: &str, package: &str| {
            format!(
                r#"{{"configuration":{{"Version":"{number}","RevisionId":"r"}},"package":{{"hash":"{package}","size":1}}}}"#
            )
        };
        let statement =
            r#"{"id":"s","action":"a","principal":"*","source_arn":null,"source_account":null,"other":[]}"#;
        let whole = format!(
            r#"{{"name":"f","latest":{},"versions":{{"2":{}}},"next_version":3,
            "aliases":{{"a":{{"version":"2","description":"","weights":{{}},"revision":"r"}}}},
            "policies":{{"":[{statement}],"2":[]}},"tags":{{"k":"v"}},"reserved":7}}"#,
            version("$LATEST", "new"),
            version("2", "old"),
        );
        for layout in [FIRST, LAST] {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::open(folder.path().join("lambda.db"), layout).await.expect("open");
            let mut batch = Batch::new();
            batch.put(FUNCTIONS, "f", whole.clone());
            batch.put(FUNCTIONS, "unreadable", "{}");
            store.commit(batch).await.expect("kept");
            store.close().await;
            let records = open(folder.path()).await;
            let read = records.get("f").expect("it is there");
            assert_eq!((read.next_version, read.reserved, read.tags["k"].as_str()), (3, Some(7), "v"));
            assert_eq!(read.resolve("a", 1.0).map(|(version, _)| version), Some("2"));
            assert_eq!(read.packages().collect::<Vec<_>>(), ["new", "old"]);
            assert_eq!((read.policies.len(), read.policies[""].len()), (1, 1));
            let left = records.store.get(FUNCTIONS, "unreadable").await.expect("read");
            assert_eq!(left.as_deref(), Some(&b"{}"[..]));
            let mut changed = (*read).clone();
            assert_eq!(changed.publish(None, revisions()).configuration.version.as_deref(), Some("3"));
            set(&records, Some(changed.clone())).await;
            records.store.close().await;
            assert_eq!(open(folder.path()).await.get("f").as_deref(), Some(&changed));
        }
    }

    #[tokio::test]
    async fn a_package_is_noted_when_the_last_version_that_has_it_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = open(folder.path()).await;
        let mut one = function("1", "a");
        one.publish(None, revisions());
        one.latest.package.hash = "b".into();
        set(&records, Some(one.clone())).await;
        assert_eq!(records.unused_packages().await.expect("read"), [""; 0]);
        assert!(records.uses("a") && records.uses("b"));
        one.latest.package.hash = "c".into();
        set(&records, Some(one.clone())).await;
        assert_eq!(records.unused_packages().await.expect("read"), ["b"]);
        one.latest.package.hash = "a".into();
        set(&records, Some(one)).await;
        assert_eq!(records.unused_packages().await.expect("read"), ["b", "c"], "the version has it, too");
        // What is still to be removed of the one that was deleted has nothing.
        set(&records, None).await;
        assert_eq!(records.unused_packages().await.expect("read"), ["a", "b", "c"]);
        set(&records, Some(function("2", "a"))).await;
        assert_eq!(records.unused_packages().await.expect("read"), ["b", "c"]);
        set(&records, None).await;
        assert_eq!(records.unused_packages().await.expect("read"), ["a", "b", "c"]);
    }

    #[tokio::test]
    async fn a_function_has_nothing_of_one_that_had_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = open(folder.path()).await;
        let mut one = function("1", "a");
        for number in 0..600_u32 {
            one.latest.package.hash = number.to_string();
            one.publish(None, revisions());
        }
        set(&records, Some(one)).await;
        set(&records, None).await;
        let two = function("2", "b");
        set(&records, Some(two.clone())).await;
        records.store.close().await;
        for _ in 0..2 {
            let records = open(folder.path()).await;
            assert_eq!(records.get("f").as_deref(), Some(&two));
            let left = async || records.store.scan(parts::VERSIONS, Scan::all()).await.expect("read").len();
            while left().await > 0 {}
            records.store.close().await;
        }
    }

    /// What is written when one more version is published, and an alias is moved to it.
    #[tokio::test]
    async fn a_version_costs_as_much_among_many_as_among_few() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = open(folder.path()).await;
        let mut function = function("1", "a");
        let mut bytes = Vec::new();
        for many in [10_u64, 1000] {
            while function.next_version <= many {
                function.latest.package.hash = format!("{:064}", function.next_version);
                function.publish(None, revisions());
            }
            set(&records, Some(function.clone())).await;
            let before = records.store.written();
            function.latest.package.hash = format!("{:064}", function.next_version);
            let version = function.publish(None, revisions()).configuration.version.clone();
            set(&records, Some(function.clone())).await;
            let alias = Alias { version: version.expect("a number"), ..Alias::default() };
            function.aliases.insert("live".into(), alias.into());
            set(&records, Some(function.clone())).await;
            bytes.push(records.store.written() - before);
        }
        // Numbers have more digits.
        assert!(
            bytes[1] <= bytes[0] + 16 && bytes[0] < 16_384,
            "{bytes:?} bytes at 10 and at 1,000 versions"
        );
    }

    #[tokio::test]
    async fn a_removed_package_is_forgotten_unless_it_is_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = Records::open(&folder.path().join("lambda.db"), &folder.path().join("packages")).await;
        let records = records.expect("open");
        for hash in ["a", "b", "c"] {
            records.expect_package(hash).await.expect("noted");
        }
        let gone = ["a", "b"].map(str::to_owned).to_vec();
        records.forget_packages(gone, |hash| hash == "b").await.expect("forgotten");
        assert_eq!(records.unused_packages().await.expect("read"), ["b", "c"]);
    }

    #[tokio::test]
    async fn a_function_that_cannot_be_read_keeps_its_package_and_no_other_function() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("lambda.db");
        let open = async || Records::open(&file, &folder.path().join("packages")).await.expect("open");
        let records = open().await;
        let mut batch = Batch::new();
        batch.put(FUNCTIONS, "bad", "no record");
        batch.put(UNUSED, "hash", "");
        records.store.commit(batch).await.expect("kept");
        assert_eq!(records.unused_packages().await.expect("read"), ["hash"]);
        let records = open().await;
        assert!(records.view().is_empty() && records.uses("hash"));
        assert_eq!(records.unused_packages().await.expect("read"), [""; 0]);
    }
}
