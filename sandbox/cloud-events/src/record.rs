//! What is kept: buses and rules, each with its targets.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cloud_core::Maker;
use cloud_delivery::{Outbox, Timers};
use cloud_store::{Layout, Table};
use event_pattern::Pattern;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::shapes::{DeadLetterConfig, LogConfig, RuleState, Target};

/// Buses by name.
pub(crate) const BUSES: Table = Table("buses");
/// Rules by bus and name.
pub(crate) const RULES: Table = Table("rules");
pub(crate) const LAYOUT: Layout = Layout::new(&[BUSES, RULES, Outbox::TABLE, Timers::TABLE]);

/// An event bus.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Bus {
    pub created: Timestamp,
    pub modified: Timestamp,
    pub description: Option<String>,
    /// Its policy as a document.
    pub policy: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// What is told again and has no effect here.
    pub dead_letter: Option<DeadLetterConfig>,
    pub log: Option<LogConfig>,
    pub key: Option<String>,
    /// The step of a stack that made it.
    pub made_by: Maker,
}

/// A rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub pattern: Option<String>,
    pub schedule: Option<String>,
    pub state: RuleState,
    pub description: Option<String>,
    pub role: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub targets: Vec<Target>,
    /// The step of a stack that made it.
    pub made_by: Maker,
    /// Its pattern as it was read.
    #[serde(skip)]
    pub read: OnceLock<Option<Arc<Pattern>>>,
}

impl Rule {
    pub(crate) fn is_enabled(&self) -> bool {
        self.state != RuleState::Disabled
    }

    /// Its pattern; none of a rule that goes by a schedule alone. One that cannot be read, as none could be set, matches nothing.
    pub(crate) fn pattern(&self) -> Option<Arc<Pattern>> {
        let read = || Some(Arc::new(Pattern::read(self.pattern.as_deref()?).ok()?));
        self.read.get_or_init(read).clone()
    }

    /// The schedule that it goes by now.
    pub(crate) fn schedule(&self) -> Option<crate::schedule::Schedule> {
        let schedule = self.schedule.as_deref().filter(|_| self.is_enabled());
        schedule.and_then(crate::schedule::Schedule::read)
    }
}
