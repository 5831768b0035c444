//! Provisioned concurrency: what is asked for, of which version, and what of it may be.

use std::collections::BTreeMap;

use cloud_core::AwsError;
use serde::{Deserialize, Serialize};

use super::Function;
use crate::names::LATEST;
use crate::quotas::UNRESERVED;
use crate::shapes::Code;

/// So many invocations at once, of the version or alias that it stands at, find an environment that is up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provisioned {
    pub(crate) wanted: i32,
    /// When it was asked for, as operations answer it.
    pub(crate) modified: String,
}

impl Function {
    /// What is provisioned of it, of all versions.
    pub(crate) fn provisioned_in_all(&self) -> i32 {
        self.provisioned.values().fold(0, |all, one| all.saturating_add(one.wanted))
    }

    /// What it takes of the account's concurrency, whether it runs or not.
    // AWS: what is provisioned counts against what was reserved; where nothing was, against what all share.
    pub(crate) fn claims(&self) -> i32 {
        self.reserved.unwrap_or(0).max(self.provisioned_in_all())
    }

    /// Where an invocation by that qualifier finds what is provisioned: there, or at the version that the alias stands for.
    pub(crate) fn provisioned_for<'f>(&'f self, qualifier: &'f str) -> Option<(&'f str, i32)> {
        let version = || self.aliases.get(qualifier).map(|alias| alias.version.as_str());
        let mut places = [Some(qualifier), version()].into_iter().flatten();
        places.find_map(|place| Some((place, self.provisioned.get(place)?.wanted)))
    }

    /// The published version that something is provisioned of.
    pub(crate) fn provisioned_version<'f>(&'f self, qualifier: &'f str) -> Option<&'f str> {
        let version = self.aliases.get(qualifier).map_or(qualifier, |alias| alias.version.as_str());
        (version != LATEST && self.version(version).is_some()).then_some(version)
    }

    /// How many environments are to be up of each version.
    // LIMIT: of an alias that divides, all that is provisioned is of its first version.
    pub(crate) fn provisioned_by_version(&self) -> BTreeMap<&str, i32> {
        let mut all = BTreeMap::new();
        for (qualifier, provisioned) in &self.provisioned {
            if let Some(version) = self.provisioned_version(qualifier) {
                let wanted: &mut i32 = all.entry(version).or_default();
                *wanted = wanted.saturating_add(provisioned.wanted);
            }
        }
        all
    }

    /// Whether so much may be provisioned at an alias or a published version, beside what `others` claim of the account.
    pub(crate) fn check_provisioned(
        &self,
        qualifier: &str,
        wanted: i32,
        others: i32,
        most: i32,
    ) -> Result<(), AwsError> {
        let refused = |text: &str| Err(Code::InvalidParameterValueException.error(text));
        if self.provisioned_version(qualifier).is_none() {
            return refused(
                "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
            );
        }
        let alias = self.aliases.get(qualifier);
        if alias.is_some_and(|alias| !alias.weights.is_empty()) {
            return refused("Alias with weights can not be used with Provisioned Concurrency");
        }
        // AWS: "Each version of a function can only have one provisioned concurrency configuration. This can be directly on
        // the version itself, or on an alias that points to the version."
        let version = self.provisioned_version(qualifier);
        let mut rest = self.provisioned.keys().filter(|other| *other != qualifier);
        if rest.any(|other| self.provisioned_version(other) == version) {
            return refused(if alias.is_some() {
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
            } else {
                "Version is pointed by a Provisioned Concurrency alias"
            });
        }
        let present = self.provisioned.get(qualifier).map_or(0, |present| present.wanted);
        let all = (self.provisioned_in_all() - present).saturating_add(wanted);
        match self.reserved {
            Some(reserved) if all > reserved => refused(
                "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
            ),
            None if all.saturating_add(others) > most - UNRESERVED => refused(&format!(
                "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its \
                 minimum value of [{UNRESERVED}]."
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::FunctionConfiguration;
    use crate::state::{Alias, Package, Revisions, Stamp};

    /// With the versions 1 and 2, `a` at 1, `b` at 1, `late` at what is not published, `split` between both.
    fn function() -> Function {
        let stamp = |revision: &str| Stamp { now: jiff::Timestamp::UNIX_EPOCH, revision: revision.into() };
        let package = Package { hash: "h".into(), size: 1, unzipped: None };
        let mut function = Function::new("f".into(), FunctionConfiguration::default(), package, &stamp("r"));
        for number in ["1", "2"] {
            function.latest.configuration.memory_size = number.parse().ok();
            function.publish(None, Revisions { version: number.into(), latest: "l".into() });
        }
        for (alias, version) in [("a", "1"), ("b", "1"), ("late", LATEST), ("split", "1")] {
            let alias_of = Alias { version: version.into(), ..Alias::default() };
            function.aliases.insert(alias.into(), alias_of.into());
        }
        let split = function.aliases.get_mut("split").expect("it is there");
        std::sync::Arc::make_mut(split).weights.insert("2".into(), 0.5);
        function
    }

    fn with(mut function: Function, qualifier: &str, wanted: i32) -> Function {
        function.provisioned.insert(qualifier.into(), Provisioned { wanted, modified: String::new() });
        function
    }

    #[track_caller]
    fn check(function: &Function, qualifier: &str, wanted: i32, others: i32, words: Option<&str>) {
        let seen = function.check_provisioned(qualifier, wanted, others, 1000);
        let seen = seen.err().map(|error| error.message().to_owned());
        match words {
            None => assert_eq!(seen, None),
            Some(words) => assert!(seen.as_ref().is_some_and(|seen| seen.contains(words)), "{seen:?}"),
        }
    }

    #[test]
    fn what_is_provisioned_is_of_one_published_version() {
        let plain = function();
        check(&plain, "1", 1, 0, None);
        check(&plain, "a", 1, 0, None);
        check(&plain, LATEST, 1, 0, Some("unpublished"));
        check(&plain, "late", 1, 0, Some("unpublished"));
        check(&plain, "split", 1, 0, Some("Alias with weights"));
        let of_version = with(function(), "1", 1);
        check(&of_version, "a", 1, 0, Some("already Provisioned version"));
        check(&of_version, "1", 2, 0, None);
        check(&of_version, "2", 1, 0, None);
        let of_alias = with(function(), "a", 1);
        check(&of_alias, "1", 1, 0, Some("Version is pointed by"));
        check(&of_alias, "b", 1, 0, Some("already Provisioned version"));
        assert_eq!(of_alias.provisioned_by_version(), BTreeMap::from([("1", 1)]));
        assert_eq!(of_alias.provisioned_for("a"), Some(("a", 1)));
        assert_eq!(of_alias.provisioned_for("1"), None);
        assert_eq!(of_version.provisioned_for("a"), Some(("1", 1)));
        assert_eq!(of_version.provisioned_for(LATEST), None);
    }

    #[test]
    fn it_is_within_what_is_reserved_or_left() {
        let mut reserved = with(function(), "1", 2);
        reserved.reserved = Some(3);
        check(&reserved, "2", 1, 900, None);
        check(&reserved, "2", 2, 0, Some("reservedConcurrentExecution"));
        check(&reserved, "1", 3, 0, None);
        check(&reserved, "1", 4, 0, Some("reservedConcurrentExecution"));
        assert_eq!(reserved.claims(), 3);
        let open = with(function(), "1", 2);
        check(&open, "2", 98, 800, None);
        check(&open, "2", 99, 800, Some("below its minimum value of [100]."));
        check(&open, "1", i32::MAX, 800, Some("below its minimum value of [100]."));
        assert_eq!(open.claims(), 2);
    }
}
