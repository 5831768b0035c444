//! What is remembered about a function. Pure: time and randomness are arguments, nothing is read or written.

mod alias;
mod code_signing;
pub(crate) mod durable;
mod invoke_config;
mod layer;
mod mapping;
mod policy;
mod provisioned;
mod runtime_management;
mod url;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_core::{AwsError, Maker};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub(crate) use alias::Alias;
pub(crate) use code_signing::CodeSigning;
pub(crate) use invoke_config::InvokeConfig;
pub(crate) use layer::{Laid, LayerVersion};
pub(crate) use mapping::{Mapping, Phase};
pub(crate) use policy::{Policy, Sender, Statement, document};
pub(crate) use provisioned::Provisioned;
pub(crate) use runtime_management::RuntimeManagement;
pub(crate) use url::{Url, cors};

use crate::names::LATEST;
use crate::shapes::{Code, FunctionConfiguration};

/// The package of a version, of a function or of a layer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Package {
    /// SHA-256 of the zip file, in hex: the name of its folder.
    pub(crate) hash: String,
    /// Size of the zip file.
    pub(crate) size: u64,
    /// Bytes of what it unpacks to. None in records from before this was kept.
    #[serde(default)]
    pub(crate) unzipped: Option<u64>,
}

/// The hash says all.
impl PartialEq for Package {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Package {}

/// One version: `$LATEST` or a published one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Version {
    /// As operations answer it, less what depends on the question (the ARN) and on the moment (the state).
    pub(crate) configuration: FunctionConfiguration,
    pub(crate) package: Package,
    /// Its layers, in their order.
    #[serde(default)]
    pub(crate) layers: Vec<Laid>,
    /// When its runtime is updated.
    #[serde(default)]
    pub(crate) runtime_management: RuntimeManagement,
    /// Which step of a template published it.
    #[serde(default)]
    pub(crate) made_by: Maker,
    /// The revision that last changed what runs; later ones only changed what is said of it. Empty in records from before
    /// this was kept.
    #[serde(default)]
    built: String,
    /// How `$LATEST` described itself when it was published: that, too, makes the next one another. None in records from
    /// before this was kept.
    #[serde(default)]
    described: Option<String>,
}

/// Nothing in it is unlike itself: two that are one need no look at all that they hold.
impl Eq for Version {}

impl Version {
    pub(crate) fn revision(&self) -> &str {
        self.configuration.revision_id.as_deref().unwrap_or_default()
    }

    /// What runs, told from what ran before.
    pub(crate) fn built(&self) -> &str {
        if self.built.is_empty() { self.revision() } else { &self.built }
    }

    /// Every package that it needs: its own and those of its layers.
    pub(crate) fn packages(&self) -> impl Iterator<Item = &str> {
        let layers = self.layers.iter().map(|layer| layer.package.hash.as_str());
        std::iter::once(self.package.hash.as_str()).chain(layers)
    }
}

/// One function with everything that belongs to it. What may be many is kept in records of its own (`records/parts.rs`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Tells it from functions that had its name before. Empty in records from before this was kept.
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) latest: Version,
    #[serde(skip)]
    pub(crate) versions: BTreeMap<u64, Arc<Version>>,
    /// The number of the next version: numbers are never used twice, not even when versions are deleted.
    pub(crate) next_version: u64,
    #[serde(skip)]
    pub(crate) aliases: BTreeMap<String, Arc<Alias>>,
    /// Statements of the resource policies, by qualifier; the empty one is the function's own.
    #[serde(skip)]
    pub(crate) policies: BTreeMap<String, Arc<Vec<Statement>>>,
    /// How events that nobody waits for are run, by qualifier; of the function itself that is `$LATEST`.
    #[serde(skip)]
    pub(crate) invoke_configs: BTreeMap<String, Arc<InvokeConfig>>,
    /// Addresses of its own, by the alias that each is of; the empty one is that of what changes. That of an alias outlives it.
    // AWS: it is there still when the alias is made again, and answers nobody meanwhile.
    #[serde(skip)]
    pub(crate) urls: BTreeMap<String, Arc<Url>>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Reserved concurrency.
    pub(crate) reserved: Option<i32>,
    /// What is kept booted, by the version or alias that it is kept for.
    #[serde(default)]
    pub(crate) provisioned: BTreeMap<String, Provisioned>,
    /// Whether an event may lead to it again and again.
    #[serde(default)]
    pub(crate) loops: bool,
    /// The ARN of its code signing configuration.
    #[serde(default)]
    pub(crate) code_signing: Option<String>,
    /// Which step of a template made it.
    #[serde(default)]
    pub(crate) made_by: Maker,
}

/// The ids that publishing gives.
#[derive(Debug, Clone)]
pub(crate) struct Revisions {
    pub(crate) version: String,
    pub(crate) latest: String,
}

/// A change's moment and the id that it gives the function.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) now: Timestamp,
    pub(crate) revision: String,
}

impl Stamp {
    /// AWS: `2026-11-23T12:00:00.000+0000`.
    pub(crate) fn last_modified(&self) -> String {
        self.now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
    }
}

impl Function {
    pub(crate) fn new(
        name: String,
        configuration: FunctionConfiguration,
        package: Package,
        stamp: &Stamp,
    ) -> Self {
        let mut function = Self {
            name,
            id: stamp.revision.clone(),
            latest: Version {
                configuration,
                package,
                layers: Vec::new(),
                runtime_management: RuntimeManagement::default(),
                made_by: Maker::NOBODY,
                built: String::new(),
                described: None,
            },
            versions: BTreeMap::new(),
            next_version: 1,
            aliases: BTreeMap::new(),
            policies: BTreeMap::new(),
            invoke_configs: BTreeMap::new(),
            urls: BTreeMap::new(),
            tags: BTreeMap::new(),
            reserved: None,
            provisioned: BTreeMap::new(),
            loops: false,
            code_signing: None,
            made_by: Maker::NOBODY,
        };
        function.latest.configuration.version = Some(LATEST.to_owned());
        function.touch(stamp);
        function
    }

    /// Marks a change of code or configuration.
    pub(crate) fn touch(&mut self, stamp: &Stamp) {
        self.latest.configuration.last_modified = Some(stamp.last_modified());
        self.latest.configuration.revision_id = Some(stamp.revision.clone());
        self.latest.built.clone_from(&stamp.revision);
    }

    /// The revision of the function, or of the version or alias that a qualifier names.
    pub(crate) fn revision_of(&self, qualifier: Option<&str>) -> Option<&str> {
        let Some(qualifier) = qualifier else { return Some(self.latest.revision()) };
        match self.aliases.get(qualifier) {
            Some(alias) => Some(&alias.revision),
            None => self.version(qualifier).map(Version::revision),
        }
    }

    /// Marks a change of what is said of the function, or of the version or alias that a qualifier names: its tags, its
    /// policy. What runs is the same.
    pub(crate) fn revise(&mut self, qualifier: Option<&str>, revision: String) {
        let qualifier = qualifier.unwrap_or(LATEST);
        if let Some(alias) = self.aliases.get_mut(qualifier) {
            Arc::make_mut(alias).revision = revision;
            return;
        }
        let version = match qualifier.parse() {
            Ok(number) => self.versions.get_mut(&number).map(Arc::make_mut),
            Err(_) => Some(&mut self.latest),
        };
        if let Some(version) = version {
            version.built = version.built().to_owned();
            version.configuration.revision_id = Some(revision);
        }
    }

    /// Fails unless the caller saw the latest revision, if he says which he saw.
    pub(crate) fn expect_revision(&self, seen: Option<&str>) -> Result<(), AwsError> {
        same_revision(self.latest.revision(), seen)
    }

    /// The version of that number or `$LATEST`.
    pub(crate) fn version(&self, version: &str) -> Option<&Version> {
        if version == LATEST {
            return Some(&self.latest);
        }
        self.versions.get(&version.parse().ok()?).map(|version| &**version)
    }

    /// The version that a qualifier means. An alias with weights divides by `chance`, which is in 0..1.
    pub(crate) fn resolve(&self, qualifier: &str, chance: f64) -> Option<(&str, &Version)> {
        let version = match self.aliases.get(qualifier) {
            Some(alias) => alias.choose(chance),
            None => qualifier,
        };
        let found = self.version(version)?;
        Some((found.configuration.version.as_deref().unwrap_or(LATEST), found))
    }

    /// The version that a step of a template asks for: the one that it published before, else a new one.
    // AWS: the type refuses what the operation answers with the last version: another would then delete it.
    pub(crate) fn publish_for(
        &mut self,
        step: &Maker,
        description: Option<String>,
        revisions: Revisions,
    ) -> Result<Arc<Version>, AwsError> {
        if let Some(own) = self.versions.values().find(|version| version.made_by == *step) {
            return Ok(Arc::clone(own));
        }
        if let Some((number, last)) = self.versions.last_key_value()
            && self.is_unchanged_since(last)
        {
            let message = format!(
                "A version for this Lambda function exists ( {number} ). Modify the function to create a new version."
            );
            return Err(Code::ResourceConflictException.error(message));
        }
        Ok(self.add_version(description, revisions, step.clone()))
    }

    /// Freezes `$LATEST` under the next number. Where nothing changed since the last one, that one is the answer.
    pub(crate) fn publish(&mut self, description: Option<String>, revisions: Revisions) -> Arc<Version> {
        if let Some((_, last)) = self.versions.last_key_value()
            && self.is_unchanged_since(last)
        {
            return Arc::clone(last);
        }
        self.add_version(description, revisions, Maker::NOBODY)
    }

    fn add_version(
        &mut self,
        description: Option<String>,
        revisions: Revisions,
        made_by: Maker,
    ) -> Arc<Version> {
        let number = self.next_version;
        let mut version = self.latest.clone();
        version.made_by = made_by;
        version.configuration.version = Some(number.to_string());
        version.configuration.revision_id = Some(revisions.version.clone());
        version.built = revisions.version;
        version.described = Some(version.configuration.description.clone().unwrap_or_default());
        // AWS: `$LATEST` has another revision once a version was made of it.
        self.revise(None, revisions.latest);
        if description.is_some() {
            version.configuration.description = description;
        }
        self.next_version += 1;
        let version = Arc::new(version);
        self.versions.insert(number, Arc::clone(&version));
        version
    }

    // AWS: "Lambda doesn't publish a version if the function's configuration and code haven't changed since the last
    // version."
    fn is_unchanged_since(&self, version: &Version) -> bool {
        let essence = |version: &Version| FunctionConfiguration {
            version: None,
            revision_id: None,
            description: None,
            last_modified: None,
            ..version.configuration.clone()
        };
        let described = self.latest.configuration.description.as_deref().unwrap_or_default();
        version.package == self.latest.package
            && version.layers == self.latest.layers
            && essence(version) == essence(&self.latest)
            && version.described.as_ref().is_none_or(|then| then == described)
    }

    /// Removes a published version that no alias needs. What was removed, if it was there.
    pub(crate) fn remove_version(
        &mut self,
        number: u64,
        arn: &str,
    ) -> Result<Option<Arc<Version>>, AwsError> {
        let text = number.to_string();
        let users: Vec<&str> = self
            .aliases
            .iter()
            .filter(|(_, alias)| alias.uses(&text))
            .map(|(name, _)| name.as_str())
            .collect();
        if !users.is_empty() {
            return Err(Code::ResourceConflictException.error(format!(
                "Version {arn} is referenced by aliases [{}] and cannot be deleted.",
                users.join(", ")
            )));
        }
        self.policies.remove(&text);
        self.invoke_configs.remove(&text);
        self.provisioned.remove(&text);
        Ok(self.versions.remove(&number))
    }

    /// Every package that some version needs.
    pub(crate) fn packages(&self) -> impl Iterator<Item = &str> {
        let published = self.versions.values().flat_map(|version| version.packages());
        self.latest.packages().chain(published)
    }

    /// The packages of those versions that another state of it does not have as they are.
    pub(crate) fn packages_unlike(&self, other: Option<&Self>) -> BTreeSet<&str> {
        let Some(other) = other else { return self.packages().collect() };
        let published =
            self.versions.iter().filter(|(number, version)| other.versions.get(*number) != Some(*version));
        let published = published.flat_map(|(_, version)| version.packages());
        let present: BTreeSet<&str> = other.latest.packages().collect();
        self.latest.packages().filter(|package| !present.contains(package)).chain(published).collect()
    }
}

/// Fails when what the caller saw is no longer so.
pub(crate) fn same_revision(current: &str, seen: Option<&str>) -> Result<(), AwsError> {
    match seen {
        Some(seen) if seen != current => Err(Code::PreconditionFailedException.error(
            "The Revision Id provided does not match the latest Revision Id. Call the \
                 GetFunction/GetAlias API to retrieve the latest Revision Id",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function() -> Function {
        let package = Package { hash: "h".into(), size: 1, unzipped: None };
        Function::new("f".into(), FunctionConfiguration::default(), package, &stamp("r1"))
    }

    fn stamp(revision: &str) -> Stamp {
        let now = "2026-11-23T12:00:00.0456Z".parse().expect("a time");
        Stamp { now, revision: revision.into() }
    }

    fn revisions(version: &str) -> Revisions {
        Revisions { version: version.into(), latest: format!("{version}-latest") }
    }

    #[test]
    fn what_is_said_of_a_function_changes_without_what_runs() {
        let mut function = function();
        let version = function.publish(None, revisions("v"));
        assert_eq!((version.revision(), version.built()), ("v", "v"));
        assert_eq!((function.latest.revision(), function.latest.built()), ("v-latest", "r1"));
        let alias = Alias { version: "1".into(), revision: "a".into(), ..Alias::default() };
        function.aliases.insert("prod".into(), alias.into());
        for (qualifier, before) in [(None, "v-latest"), (Some("1"), "v"), (Some("prod"), "a")] {
            assert_eq!(function.revision_of(qualifier), Some(before), "{qualifier:?}");
            function.revise(qualifier, "new".into());
            assert_eq!(function.revision_of(qualifier), Some("new"), "{qualifier:?}");
        }
        assert_eq!((function.latest.built(), function.versions[&1].built()), ("r1", "v"));
        assert_eq!(function.revision_of(Some("nobody")), None);
    }

    #[test]
    fn times_read_as_lambdas() {
        assert_eq!(stamp("r").last_modified(), "2026-11-23T12:00:00.045+0000");
    }

    #[test]
    fn versions_count_up_and_only_changes_make_one() {
        let mut function = function();
        let first = function.publish(Some("one".into()), revisions("a"));
        assert_eq!(first.configuration.version.as_deref(), Some("1"));
        assert_eq!(function.publish(None, revisions("b")), first, "nothing changed");
        function.latest.configuration.description = Some("now it does something else".into());
        let described = function.publish(None, revisions("b")).configuration.clone();
        assert_eq!(described.description, function.latest.configuration.description);
        assert!(function.remove_version(2, "arn").is_ok_and(|removed| removed.is_some()));
        function.next_version = 2;
        function.latest.configuration.memory_size = Some(256);
        function.touch(&stamp("r2"));
        let second = function.publish(None, revisions("c"));
        assert_eq!(second.configuration.version.as_deref(), Some("2"));
        function.remove_version(2, "arn").expect("nobody needs it");
        function.latest.configuration.memory_size = Some(512);
        assert_eq!(function.publish(None, revisions("d")).configuration.version.as_deref(), Some("3"));
    }

    #[test]
    fn a_step_of_a_template_finds_its_own_version_and_nobody_elses() {
        let mut function = function();
        let first = function.publish_for(&Maker::step("1"), None, revisions("a")).expect("the first");
        assert_eq!(function.publish_for(&Maker::step("1"), None, revisions("b")).expect("its own"), first);
        let error =
            function.publish_for(&Maker::step("2"), None, revisions("c")).expect_err("nothing changed");
        assert!(error.message().starts_with("A version for this Lambda function exists ( 1 )."), "{error}");
        function.latest.configuration.memory_size = Some(256);
        let second =
            function.publish_for(&Maker::step("2"), None, revisions("d")).expect("something changed");
        assert_eq!(second.configuration.version.as_deref(), Some("2"));
        assert_eq!(
            function.publish_for(&Maker::step("1"), None, revisions("e")).expect("its own still"),
            first
        );
    }

    #[test]
    fn a_version_behind_an_alias_stays() {
        let mut function = function();
        function.publish(None, revisions("a"));
        let alias = Alias { version: "1".into(), ..Alias::default() };
        function.aliases.insert("prod".into(), alias.into());
        let error = function.remove_version(1, "arn:1").expect_err("in use");
        assert_eq!(error.code(), "ResourceConflictException");
        assert_eq!(function.resolve("prod", 0.0).map(|(version, _)| version), Some("1"));
        assert_eq!(function.resolve("nope", 0.0), None);
    }

    #[test]
    fn stale_sight_is_refused() {
        let function = function();
        assert!(function.expect_revision(None).is_ok() && function.expect_revision(Some("r1")).is_ok());
        let error = function.expect_revision(Some("r0")).expect_err("stale");
        assert_eq!((error.code(), error.http_status()), ("PreconditionFailedException", 412));
        assert_eq!(error.members()["Type"], "User");
    }
}
