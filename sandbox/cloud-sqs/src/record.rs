//! What is kept: queues and tasks as records, all else as rows.

use std::collections::BTreeMap;

use cloud_core::Maker;
use cloud_store::{Layout, Table};
use serde::{Deserialize, Serialize};

use crate::attributes::Settings;

/// Queues by name.
pub(crate) const QUEUES: Table = Table("queues");
/// Tasks that move messages, by their queue and the moment of their start.
pub(crate) const TASKS: Table = Table("move_tasks");
/// Names of queues that were deleted, with when.
pub(crate) const DELETED: Table = Table("deleted_queues");
/// Numbers of backlogs and queues whose rows are being removed.
pub(crate) const GONE: Table = Table("gone");
/// The next number of a queue or backlog, and the time that intervals are measured in.
pub(crate) const NUMBERS: Table = Table("numbers");
/// What messages say, by backlog and sequence.
pub(crate) const BODIES: Table = Table("bodies");
/// What became of them, by the same.
pub(crate) const STATES: Table = Table("states");
/// Messages in the orders of [`crate::state::Kind`].
pub(crate) const ORDER: Table = Table("message_order");
/// Messages of FIFO queues by group, and those of standard queues that are ready by tenant.
pub(crate) const GROUPS: Table = Table("message_groups");
/// What is known of the tenants of standard queues, by backlog.
pub(crate) const TENANTS: Table = Table("tenants");
/// How many messages a backlog holds, and the next sequence.
pub(crate) const COUNTS: Table = Table("counts");
/// What is remembered for five minutes: deduplication, attempts to receive.
pub(crate) const MEMORY: Table = Table("remembered");
/// The same by age.
pub(crate) const MEMORY_AGES: Table = Table("remembered_ages");

pub(crate) const LAYOUT: Layout = Layout::new(&[
    QUEUES,
    TASKS,
    DELETED,
    GONE,
    NUMBERS,
    BODIES,
    STATES,
    ORDER,
    GROUPS,
    TENANTS,
    COUNTS,
    MEMORY,
    MEMORY_AGES,
]);

/// A queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Queue {
    pub name: String,
    /// Which one of that name it is: what is remembered of it is kept under this.
    pub id: u64,
    /// Where its messages lie. A purge gives it an empty one.
    pub backlog: u64,
    pub settings: Settings,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    pub created_ms: i64,
    pub modified_ms: i64,
    /// When it was purged last, on the timeline.
    #[serde(default)]
    pub purged: Option<u64>,
    /// The step of a stack that made it.
    #[serde(default)]
    pub made_by: Maker,
    /// The step of a stack that set its policy.
    #[serde(default)]
    pub policy_by: Maker,
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    #[default]
    Running,
    Completed,
    Cancelling,
    Cancelled,
    Failed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Cancelling => "CANCELLING",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }
}

/// A task that moves messages from a dead-letter queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Task {
    /// A random id, told in its handle.
    pub id: String,
    /// The name of the queue that it empties.
    pub queue: String,
    /// Which one of that name.
    pub queue_id: u64,
    /// Where to; the queues that messages came from where there is none.
    pub to: Option<String>,
    /// Messages a second at most.
    pub rate: Option<u32>,
    pub started_ms: i64,
    /// When it started, on the timeline: what a rate is measured from.
    pub started: u64,
    pub moved: u64,
    /// Messages that there were when it started.
    pub to_move: u64,
    pub status: Status,
    pub failure: Option<String>,
}

/// The key of a task: the queue's number, and the moment of its start.
pub(crate) type TaskKey = (u64, u64);
