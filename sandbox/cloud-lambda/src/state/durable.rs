//! What is remembered about a durable execution, and what may become of it. Pure: a [`Draft`] holds an execution with the
//! operations that a change is about, takes the change, and says what is to be kept, told and waited for.
//!
//! Where to start: [`Execution`]. What a function says is in `updates`, what Lambda itself does in `course`.

mod course;
mod history;
mod ids;
#[cfg(test)]
mod tests;
pub mod trial;
mod updates;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use course::{Came, Closed, Outcome};
pub(crate) use history::without_data;
pub(crate) use ids::{CallbackId, CheckpointToken, ExecutionArn};
pub(crate) use updates::{Calls, Told, bytes_of, expect_sizes, named, wrong_token};

use crate::shapes::{
    ErrorObject, Event, ExecutionDetails, ExecutionStatus, Operation, OperationStatus, OperationType,
};

/// What became of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Stopped,
    /// It ended, and is being removed.
    Deleting,
}

/// What an execution waits for that Lambda brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Open {
    /// The end of a wait.
    Wait,
    /// The time of a step's next attempt.
    Retry,
    /// Somebody's answer.
    Callback,
    /// The end of another function.
    Call,
}

/// An invocation of the function that is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Invocation {
    pub(crate) request_id: String,
    pub(crate) started: Timestamp,
    /// The first generation of its tokens.
    pub(crate) first: u64,
}

/// That an execution is not to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pause {
    pub(crate) requested: Timestamp,
    pub(crate) reason: Option<String>,
    /// Whether its time stands still meanwhile.
    pub(crate) holds_timeout: bool,
    /// When it began: not before an invocation under way comes to its next checkpoint.
    pub(crate) since: Option<Timestamp>,
    pub(crate) client_token: Option<String>,
}

/// An answer to a checkpoint, for who asks again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Repeat {
    pub(crate) client_token: String,
    /// Of the token that was given.
    pub(crate) generation: u64,
    pub(crate) at: Timestamp,
    pub(crate) told: Told,
}

/// The operation of another execution that waits for this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parent {
    pub(crate) execution: String,
    pub(crate) operation: String,
}

/// A durable execution, without its operations, its history and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Execution {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The function's name.
    pub(crate) function: String,
    /// The ARN of the function as it was invoked.
    pub(crate) invoked_arn: String,
    pub(crate) version: String,
    /// The request that started it.
    pub(crate) request_id: String,
    /// Whether somebody waits for its end; what became of others is told to where the function sends that.
    pub(crate) is_awaited: bool,
    /// SHA-256 of its input.
    pub(crate) input_hash: String,
    /// Seconds that it may take.
    pub(crate) timeout: i32,
    /// Days that it is kept after its end.
    pub(crate) retention: i32,
    pub(crate) started: Timestamp,
    /// When its time is over.
    pub(crate) deadline: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) status: Status,
    /// The header of its trace.
    pub(crate) trace: String,
    pub(crate) parent: Option<Parent>,
    /// Events of its history.
    pub(crate) events: u64,
    /// Operations, itself among them.
    pub(crate) operations: u64,
    /// Bytes of what was kept of them.
    pub(crate) bytes: u64,
    /// Of the token that is good now. Older ones are not.
    pub(crate) generation: u64,
    pub(crate) invocation: Option<Invocation>,
    /// Whether the function is to be invoked once none of its invocations is under way.
    pub(crate) is_due: bool,
    /// Invocations that failed one after another.
    pub(crate) failures: u32,
    pub(crate) open: BTreeMap<String, Open>,
    /// Operations that Lambda changed and the invocation under way was not told of.
    pub(crate) untold: BTreeSet<String>,
    /// All those since the last invocation began.
    pub(crate) woke: BTreeSet<String>,
    pub(crate) pause: Option<Pause>,
    /// The token of the client that resumed it last.
    pub(crate) resumed_by: Option<String>,
    pub(crate) repeat: Option<Repeat>,
}

impl Execution {
    /// Its ARN, taken apart.
    pub(crate) fn arn(&self) -> ExecutionArn {
        ExecutionArn {
            function: self.function.clone(),
            version: self.version.clone(),
            name: self.name.clone(),
            id: self.id.clone(),
        }
    }

    /// Whether it goes on.
    pub(crate) fn is_live(&self) -> bool {
        self.status == Status::Running
    }

    /// Whether something is to be done for it now: whoever opens the store goes on with that.
    pub(crate) fn has_work(&self) -> bool {
        let calls = self.open.values().any(|open| *open == Open::Call);
        self.status == Status::Deleting
            || self.is_live() && (self.is_due || self.invocation.is_some() || calls)
    }

    /// As it is shown.
    pub(crate) fn shown(&self) -> ExecutionStatus {
        match (self.status, &self.pause) {
            (Status::Running, Some(Pause { since: Some(_), .. })) => ExecutionStatus::Paused,
            (Status::Running, Some(_)) => ExecutionStatus::Pausing,
            (Status::Running, None) => ExecutionStatus::Running,
            (Status::Succeeded, _) => ExecutionStatus::Succeeded,
            (Status::Failed, _) => ExecutionStatus::Failed,
            (Status::TimedOut, _) => ExecutionStatus::TimedOut,
            (Status::Stopped, _) => ExecutionStatus::Stopped,
            (Status::Deleting, _) => ExecutionStatus::Deleting,
        }
    }

    /// Whether it is paused, an invocation under way aside.
    pub(crate) fn is_paused(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| pause.since.is_some())
    }
}

/// Another function that an operation calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// As it was named.
    pub(crate) function: String,
    pub(crate) payload: String,
    /// What would run it.
    pub(crate) version: Option<String>,
    /// The execution that it is, where that function is durable.
    pub(crate) execution: Option<ExecutionArn>,
    pub(crate) trace: Option<String>,
}

/// An operation as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Its place among the operations of its execution.
    pub(crate) number: u64,
    /// As it is told.
    pub(crate) operation: Operation,
    /// Seconds that it waits, be it for its next attempt.
    #[serde(default)]
    pub(crate) seconds: i32,
    /// Seconds between two signs of life.
    #[serde(default)]
    pub(crate) heartbeat: i32,
    #[serde(default)]
    pub(crate) call: Option<Call>,
}

impl Kept {
    pub(crate) fn is_done(&self) -> bool {
        !matches!(
            self.operation.status,
            OperationStatus::Started | OperationStatus::Pending | OperationStatus::Ready
        )
    }

    /// Whether what it did within itself is of no interest any more.
    pub(crate) fn hides_children(&self) -> bool {
        let replays = self.operation.context_details.as_ref().and_then(|details| details.replay_children);
        self.operation.r#type == OperationType::Context && self.is_done() && replays != Some(true)
    }
}

/// What an execution came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) result: Option<String>,
    pub(crate) error: Option<ErrorObject>,
}

/// Something that happens later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Timer {
    /// A wait is over.
    Wait(String),
    /// A step is tried again.
    Retry(String),
    /// A callback comes too late.
    Timeout(String),
    /// A callback gives no sign of life.
    Heartbeat(String),
    /// The execution takes too long.
    Execution,
    /// An invocation that failed is tried again.
    Again,
    /// The execution is kept no longer.
    Retention,
}

impl Timer {
    /// Its name among the timers of all executions.
    pub(crate) fn name(&self, execution: &str) -> String {
        let (kind, operation) = match self {
            Self::Wait(id) => ("wait", id.as_str()),
            Self::Retry(id) => ("retry", id.as_str()),
            Self::Timeout(id) => ("timeout", id.as_str()),
            Self::Heartbeat(id) => ("heartbeat", id.as_str()),
            Self::Execution => ("execution", ""),
            Self::Again => ("again", ""),
            Self::Retention => ("retention", ""),
        };
        format!("{execution}/{kind}/{operation}")
    }

    /// The execution and the timer of a name.
    pub(crate) fn parse(name: &str) -> Option<(&str, Self)> {
        let mut parts = name.splitn(3, '/');
        let (execution, kind, operation) = (parts.next()?, parts.next()?, parts.next()?.to_owned());
        let timer = match kind {
            "wait" => Self::Wait(operation),
            "retry" => Self::Retry(operation),
            "timeout" => Self::Timeout(operation),
            "heartbeat" => Self::Heartbeat(operation),
            "execution" => Self::Execution,
            "again" => Self::Again,
            "retention" => Self::Retention,
            _ => return None,
        };
        Some((execution, timer))
    }

    /// The operation that it is of.
    pub(crate) fn operation(&self) -> Option<&str> {
        match self {
            Self::Wait(id) | Self::Retry(id) | Self::Timeout(id) | Self::Heartbeat(id) => Some(id),
            Self::Execution | Self::Again | Self::Retention => None,
        }
    }
}

/// An execution that is to be started.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) arn: ExecutionArn,
    pub(crate) invoked_arn: String,
    pub(crate) request_id: String,
    pub(crate) is_awaited: bool,
    pub(crate) input: String,
    pub(crate) input_hash: String,
    pub(crate) timeout: i32,
    pub(crate) retention: i32,
    pub(crate) trace: String,
    pub(crate) parent: Option<Parent>,
}

/// An execution while it is changed, with those of its operations that the change is about.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) now: Timestamp,
    pub(crate) execution: Execution,
    pub(crate) operations: BTreeMap<String, Kept>,
    /// The operations that were changed.
    pub(crate) changed: BTreeSet<String>,
    /// What is new in its history.
    pub(crate) events: Vec<Event>,
    /// Timers to arm, and to cancel where there is no time.
    pub(crate) timers: Vec<(Timer, Option<Duration>)>,
    /// What it came to by this change.
    pub(crate) ending: Option<Ending>,
}

impl Draft {
    /// An execution as it is kept.
    pub(crate) fn of(execution: Execution, operations: BTreeMap<String, Kept>, now: Timestamp) -> Self {
        Self {
            now,
            execution,
            operations,
            changed: BTreeSet::new(),
            events: Vec::new(),
            timers: Vec::new(),
            ending: None,
        }
    }

    /// One that begins. Its function is to be invoked at once.
    pub(crate) fn start(start: Start, now: Timestamp) -> Self {
        let seconds = u64::try_from(start.timeout).unwrap_or(1);
        let execution = Execution {
            id: start.arn.id.clone(),
            name: start.arn.name,
            function: start.arn.function,
            invoked_arn: start.invoked_arn,
            version: start.arn.version,
            request_id: start.request_id,
            is_awaited: start.is_awaited,
            input_hash: start.input_hash,
            timeout: start.timeout,
            retention: start.retention,
            started: now,
            deadline: later(now, seconds),
            ended: None,
            status: Status::Running,
            trace: start.trace,
            parent: start.parent,
            events: 0,
            operations: 0,
            bytes: start.input.len() as u64,
            generation: 0,
            invocation: None,
            is_due: true,
            failures: 0,
            open: BTreeMap::new(),
            untold: BTreeSet::new(),
            woke: BTreeSet::new(),
            pause: None,
            resumed_by: None,
            repeat: None,
        };
        let mut draft = Self::of(execution, BTreeMap::new(), now);
        let id = draft.execution.id.clone();
        draft.tell_started(&start.input);
        let operation = Operation {
            id: id.clone(),
            name: Some(draft.execution.name.clone()),
            r#type: OperationType::Execution,
            start_timestamp: now,
            status: OperationStatus::Started,
            execution_details: Some(ExecutionDetails { input_payload: Some(start.input) }),
            ..Operation::default()
        };
        draft.add(operation);
        draft.timers.push((Timer::Execution, Some(Duration::from_secs(seconds))));
        draft
    }

    /// Keeps a new operation.
    pub(crate) fn add(&mut self, operation: Operation) -> &mut Kept {
        let number = self.execution.operations;
        self.execution.operations += 1;
        let id = operation.id.clone();
        self.changed.insert(id.clone());
        let kept = Kept { number, operation, seconds: 0, heartbeat: 0, call: None };
        self.operations.entry(id).insert_entry(kept).into_mut()
    }

    /// An operation that is to be changed.
    fn change(&mut self, id: &str) -> Option<&mut Kept> {
        let kept = self.operations.get_mut(id)?;
        self.changed.insert(id.to_owned());
        Some(kept)
    }
}

/// A moment so many seconds later.
pub(crate) fn later(moment: Timestamp, seconds: u64) -> Timestamp {
    moment.saturating_add(Duration::from_secs(seconds)).unwrap_or(moment)
}
