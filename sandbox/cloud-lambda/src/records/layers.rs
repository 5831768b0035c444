//! Layers: their versions, each a record of its own, and the numbers that their next ones get.
//!
//! A layer's number stays when all its versions are gone: none is ever used twice.

use std::ops::Bound;
use std::sync::Arc;

use cloud_core::{AwsError, Maker};
use cloud_store::{Error, Index, Key, Resident, Store, Table, Transaction};

use super::{Records, UNUSED};
use crate::names::layer::not_found;
use crate::state::LayerVersion;

/// By name.
pub(super) const NUMBERS: Table = Table("layer_numbers");
/// By name and number.
pub(super) const VERSIONS: Table = Table("layer_versions");
pub(super) const BY_PACKAGE: Table = Table("layer_versions_by_package");

const PACKAGES: Index<LayerVersion> =
    Index { table: BY_PACKAGE, version: 1, keys: |version| vec![Key::text(&version.package.hash)] };

/// The kept layers.
#[derive(Clone)]
pub(super) struct Layers {
    numbers: Resident<String, u64>,
    versions: Resident<(String, u64), LayerVersion>,
}

/// A version with its number.
pub(crate) type Numbered = (u64, Arc<LayerVersion>);

impl Layers {
    /// With whether all of them could be read.
    pub(super) async fn open(store: &Store) -> Result<(Self, bool), Error> {
        let (numbers, lost) = Resident::open(store, NUMBERS, &[]).await?;
        let (versions, unreadable) = Resident::open(store, VERSIONS, &[PACKAGES]).await?;
        Ok((Self { numbers, versions }, lost.is_empty() && unreadable.is_empty()))
    }

    /// Whether a version has that package.
    pub(super) fn uses(&self, hash: &str) -> bool {
        self.versions.view().values().any(|version| version.package.hash == hash)
    }

    /// The same as a transaction sees it.
    pub(super) fn have_package(
        &self,
        transaction: &mut Transaction<'_>,
        package: &str,
    ) -> Result<bool, Error> {
        let found = self.versions.within(transaction).find(&PACKAGES, &Key::text(package), None, 1)?;
        Ok(!found.is_empty())
    }

    /// What a step of a template published before.
    fn of_step(&self, name: &str, step: &Maker) -> Option<Numbered> {
        let view = self.versions.view();
        let own = view.range((name.to_owned(), 0)..=(name.to_owned(), u64::MAX));
        let mut own = own.filter(|(_, version)| *step != Maker::NOBODY && version.made_by == *step);
        own.next().map(|((_, number), version)| (*number, Arc::clone(version)))
    }
}

impl Records {
    /// A version of a layer.
    pub(crate) fn layer(&self, name: &str, number: u64) -> Option<Arc<LayerVersion>> {
        self.layers.versions.get(&(name.to_owned(), number))
    }

    /// The versions of a layer below a number, the newest first.
    pub(crate) fn layer_versions<T>(
        &self,
        name: &str,
        below: u64,
        show: impl FnOnce(&mut dyn Iterator<Item = (u64, &Arc<LayerVersion>)>) -> T,
    ) -> T {
        let view = self.layers.versions.view();
        let all = view.range((name.to_owned(), 0)..(name.to_owned(), below)).rev();
        show(&mut all.map(|((_, number), version)| (*number, version)))
    }

    /// The first name behind another of a layer that has a version.
    pub(crate) fn layer_behind(&self, name: &str) -> Option<String> {
        let behind = Bound::Excluded((name.to_owned(), u64::MAX));
        let view = self.layers.versions.view();
        view.range((behind, Bound::Unbounded)).next().map(|((name, _), _)| name.clone())
    }

    /// Bytes of all layers' zip files.
    pub(crate) fn layers_size(&self) -> u64 {
        self.layers.versions.view().values().map(|version| version.package.size).sum()
    }

    /// Keeps a new version of a layer under its next number. One that the same step published before is the answer once more.
    pub(crate) async fn publish_layer(
        &self,
        name: &str,
        version: LayerVersion,
    ) -> Result<Numbered, AwsError> {
        let (layers, name) = (self.layers.clone(), name.to_owned());
        let publish = move |transaction: &mut Transaction<'_>| {
            if let Some(own) = layers.of_step(&name, &version.made_by) {
                return Ok(own);
            }
            let number = layers.numbers.within(transaction).get(&name)?.unwrap_or(1);
            let version = Arc::new(version);
            transaction.delete(UNUSED, &version.package.hash)?;
            layers.numbers.within(transaction).put(name.clone(), number + 1)?;
            layers.versions.within(transaction).put((name, number), Arc::clone(&version))?;
            Ok((number, version))
        };
        self.store.transact(publish).await
    }

    /// Removes a version of a layer. Its package, if it was there.
    pub(crate) async fn remove_layer(&self, name: &str, number: u64) -> Result<Option<String>, AwsError> {
        let (records, key) = (self.clone(), (name.to_owned(), number));
        let remove = move |transaction: &mut Transaction<'_>| {
            let Some(old) = records.layers.versions.within(transaction).get(&key)? else { return Ok(None) };
            records.layers.versions.within(transaction).remove(&key)?;
            if !records.have_package(transaction, &old.package.hash)? {
                transaction.put(UNUSED, &old.package.hash, "")?;
            }
            Ok::<_, AwsError>(Some(old.package.hash))
        };
        self.store.free(remove).await
    }

    /// Changes what is said of a version of a layer.
    pub(crate) async fn change_layer(
        &self,
        name: &str,
        number: u64,
        change: impl FnOnce(&mut LayerVersion) -> Result<(), AwsError> + Send + 'static,
    ) -> Result<(), AwsError> {
        let change = move |version: Option<&LayerVersion>| {
            let mut version = version.cloned().ok_or_else(not_found)?;
            change(&mut version)?;
            Ok((Some(version), ()))
        };
        self.layers.versions.change((name.to_owned(), number), change).await
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::shapes::FunctionConfiguration;
    use crate::state::{Function, Laid, Package, Stamp};

    fn layer(package: &str, step: Maker) -> LayerVersion {
        LayerVersion {
            package: Package { hash: package.into(), size: 1, unzipped: Some(1) },
            description: String::new(),
            created: String::new(),
            runtimes: Vec::new(),
            architectures: Vec::new(),
            license: None,
            policy: Vec::new(),
            revision: "r".into(),
            made_by: step,
        }
    }

    fn function(layers: &[&str]) -> Function {
        let package = |hash: &str| Package { hash: hash.into(), size: 1, unzipped: None };
        let stamp = Stamp { now: jiff::Timestamp::UNIX_EPOCH, revision: "r".into() };
        let mut function = Function::new("f".into(), FunctionConfiguration::default(), package("f"), &stamp);
        let laid = |hash: &&str| Laid { arn: format!("arn:{hash}"), package: package(hash) };
        function.latest.layers = layers.iter().map(laid).collect();
        function
    }

    async fn open(folder: &Path) -> Records {
        Records::open(&folder.join("lambda.db"), &folder.join("packages")).await.expect("open")
    }

    async fn unused(records: &Records) -> Vec<String> {
        records.unused_packages().await.expect("read")
    }

    #[tokio::test]
    async fn numbers_are_never_used_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = open(folder.path()).await;
        for expected in 1..3 {
            let (number, _) = records.publish_layer("l", layer("a", Maker::NOBODY)).await.expect("published");
            assert_eq!(number, expected);
        }
        for number in [1, 2, 2, 9] {
            records.remove_layer("l", number).await.expect("gone, now or before");
        }
        assert_eq!(records.layer_behind(""), None);
        records.store.close().await;
        let records = open(folder.path()).await;
        let step = || Maker::step("s");
        for _ in 0..2 {
            let (number, _) = records.publish_layer("l", layer("a", step())).await.expect("published");
            assert_eq!(number, 3, "a step that is repeated finds its own");
        }
        let (number, _) = records.publish_layer("m", layer("a", step())).await.expect("published");
        assert_eq!(number, 1);
        assert_eq!(records.layer_behind("").as_deref(), Some("l"));
        assert_eq!(records.layer_behind("l").as_deref(), Some("m"));
        assert_eq!(records.layer_behind("m"), None);
    }

    #[tokio::test]
    async fn a_package_stays_for_whoever_has_it_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = open(folder.path()).await;
        let publish = async |name: &str| {
            records.publish_layer(name, layer("a", Maker::NOBODY)).await.expect("published");
        };
        let set = async |function: Option<Function>| {
            records.change("f", |_| Ok((function, ()))).await.expect("changed");
        };
        records.expect_package("a").await.expect("noted");
        publish("one").await;
        publish("two").await;
        assert_eq!(unused(&records).await, [""; 0]);
        let mut with_layer = function(&["a"]);
        set(Some(with_layer.clone())).await;
        assert_eq!(records.remove_layer("one", 1).await.expect("gone").as_deref(), Some("a"));
        assert_eq!(records.remove_layer("two", 1).await.expect("gone").as_deref(), Some("a"));
        assert_eq!(records.remove_layer("two", 1).await.expect("gone"), None);
        assert!(records.uses("a"), "the function has it");
        let revisions = crate::state::Revisions { version: "v".into(), latest: "l".into() };
        with_layer.publish(None, revisions);
        set(Some(with_layer.clone())).await;
        with_layer.latest.layers.clear();
        set(Some(with_layer.clone())).await;
        assert_eq!(unused(&records).await, [""; 0], "its version has it");
        records.store.close().await;
        let records = open(folder.path()).await;
        assert_eq!(records.get("f").as_deref(), Some(&with_layer));
        let set = async |function: Option<Function>| {
            records.change("f", |_| Ok((function, ()))).await.expect("changed");
        };
        set(None).await;
        assert_eq!(unused(&records).await, ["a", "f"]);
        records.publish_layer("three", layer("a", Maker::NOBODY)).await.expect("published");
        assert_eq!(unused(&records).await, ["f"]);
        set(Some(function(&["a"]))).await;
        set(None).await;
        assert_eq!(unused(&records).await, ["f"], "the layer has it");
    }
}
