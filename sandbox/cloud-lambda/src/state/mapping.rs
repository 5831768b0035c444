//! What is remembered about an event source mapping. Pure.

use std::collections::BTreeMap;

use cloud_core::{Arn, Maker};
use serde::{Deserialize, Serialize};

use crate::names::{FunctionName, LATEST};
use crate::shapes::EventSourceMappingConfiguration;

/// What a mapping is doing.
// AWS: "Creating, Enabling, Enabled, Disabling, Disabled, Updating, or Deleting".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Phase {
    Creating,
    Enabling,
    Enabled,
    Disabling,
    Disabled,
    Updating,
    Deleting,
}

impl Phase {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Enabling => "Enabling",
            Self::Enabled => "Enabled",
            Self::Disabling => "Disabling",
            Self::Disabled => "Disabled",
            Self::Updating => "Updating",
            Self::Deleting => "Deleting",
        }
    }

    /// Whether it stays so by itself.
    pub(crate) fn is_settled(self) -> bool {
        matches!(self, Self::Enabled | Self::Disabled)
    }
}

/// A mapping of a source to a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mapping {
    pub(crate) uuid: String,
    pub(crate) source: Arn,
    /// The function's name.
    pub(crate) function: String,
    /// The qualifier that it was named with.
    pub(crate) qualifier: Option<String>,
    /// As operations answer it, less what depends on the moment.
    pub(crate) settings: EventSourceMappingConfiguration,
    pub(crate) phase: Phase,
    /// Whether it is to run once it is settled.
    pub(crate) is_enabled: bool,
    /// Why Lambda itself changed it last; where a user did, nothing.
    #[serde(default)]
    pub(crate) problem: Option<String>,
    /// Another one with each change of what runs.
    pub(crate) revision: u64,
    pub(crate) changed_ms: i64,
    pub(crate) tags: BTreeMap<String, String>,
    /// Which step of a template made it.
    #[serde(default)]
    pub(crate) made_by: Maker,
}

impl Mapping {
    pub(crate) fn function(&self) -> FunctionName {
        FunctionName { name: self.function.clone(), qualifier: self.qualifier.clone() }
    }

    /// Whether it maps that source to that function, `$LATEST` being what no qualifier means.
    pub(crate) fn maps(&self, source: &Arn, function: &FunctionName) -> bool {
        self.source == *source
            && self.function == function.name
            && self.qualifier.as_deref().unwrap_or(LATEST) == function.qualifier()
    }

    /// Whether it is to be polled for.
    pub(crate) fn runs(&self) -> bool {
        self.is_enabled && !matches!(self.phase, Phase::Disabling | Phase::Disabled | Phase::Deleting)
    }

    /// What it comes to once what is asked of it is done; nothing where it is deleted.
    pub(crate) fn settled(&self, now_ms: i64) -> Option<Self> {
        let phase = match self.phase {
            Phase::Deleting => return None,
            _ if self.is_enabled => Phase::Enabled,
            _ => Phase::Disabled,
        };
        Some(Self { phase, changed_ms: now_ms, ..self.clone() })
    }

    /// Disabled by Lambda itself.
    pub(crate) fn disabled(&self, problem: String, now_ms: i64) -> Self {
        let (phase, is_enabled, problem) = (Phase::Disabled, false, Some(problem));
        Self { phase, is_enabled, problem, changed_ms: now_ms, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(phase: Phase, is_enabled: bool) -> Mapping {
        Mapping {
            uuid: "u".into(),
            source: "arn:aws:sqs:us-east-1:000000000000:q".parse().expect("an ARN"),
            function: "f".into(),
            qualifier: None,
            settings: EventSourceMappingConfiguration::default(),
            phase,
            is_enabled,
            problem: None,
            revision: 1,
            changed_ms: 0,
            tags: BTreeMap::new(),
            made_by: Maker::NOBODY,
        }
    }

    fn check(phase: Phase, is_enabled: bool, runs: bool, settled: Option<Phase>) {
        let mapping = mapping(phase, is_enabled);
        let seen = mapping.settled(7);
        assert_eq!((mapping.runs(), seen.as_ref().map(|next| next.phase)), (runs, settled), "{phase:?}");
        assert!(seen.is_none_or(|next| next.phase.is_settled() && next.changed_ms == 7));
    }

    #[test]
    fn what_is_asked_of_a_mapping_is_where_it_settles() {
        check(Phase::Creating, true, true, Some(Phase::Enabled));
        check(Phase::Creating, false, false, Some(Phase::Disabled));
        check(Phase::Enabling, true, true, Some(Phase::Enabled));
        check(Phase::Updating, true, true, Some(Phase::Enabled));
        check(Phase::Updating, false, false, Some(Phase::Disabled));
        check(Phase::Disabling, false, false, Some(Phase::Disabled));
        check(Phase::Enabled, true, true, Some(Phase::Enabled));
        check(Phase::Deleting, true, false, None);
        let gone = mapping(Phase::Enabled, true).disabled("no function".into(), 9);
        assert_eq!(
            (gone.phase, gone.runs(), gone.problem.as_deref()),
            (Phase::Disabled, false, Some("no function"))
        );
    }

    #[test]
    fn no_qualifier_and_the_latest_are_one_function() {
        let of = |qualifier: Option<&str>| FunctionName {
            name: "f".into(),
            qualifier: qualifier.map(str::to_owned),
        };
        let mapping = mapping(Phase::Enabled, true);
        assert!(mapping.maps(&mapping.source, &of(None)) && mapping.maps(&mapping.source, &of(Some(LATEST))));
        assert!(!mapping.maps(&mapping.source, &of(Some("1"))));
    }
}
