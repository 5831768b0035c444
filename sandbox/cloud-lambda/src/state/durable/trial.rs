//! An execution in memory, for whoever tries what may come to one: fuzz targets. Each step is taken as the service takes it,
//! with the operations alone that it would read for it, all or nothing, and what is kept is JSON in between.

use std::collections::BTreeMap;

use cloud_core::AwsError;
use jiff::Timestamp;

use super::{
    Calls, Came, Closed, Draft, Execution, ExecutionArn, Kept, Open, Outcome, Start, Status, Timer, named,
};
use crate::shapes::{ErrorObject, Event, Operation, OperationUpdate};

/// The request whose invocation is under way.
const REQUEST: &str = "request";
/// The execution's id.
const ID: &str = "i";

/// Something that comes to an execution.
#[derive(Debug, Clone)]
pub enum Step {
    /// A worker invokes the function, if that is due.
    Invoke,
    /// The function says something, with a token that is so many generations old.
    Checkpoint {
        /// What it says.
        updates: Vec<OperationUpdate>,
        /// How old its token is.
        behind: u64,
        /// By what the same checkpoint is known when it is sent again.
        client_token: Option<String>,
    },
    /// The invocation ends: the function waits.
    Suspended,
    /// The invocation ends, and with it the execution.
    Returned(Option<String>),
    /// The invocation ends with an error of the function's.
    Threw,
    /// The invocation broke off.
    Broke,
    /// The function could not be invoked.
    NotRun,
    /// The process ended while the function ran.
    Interrupted,
    /// Time passes until the next timer, which goes off.
    NextTimer,
    /// Somebody answers the callback of an operation: with a result, an error, or that he is at it.
    Answer(String, Answer),
    /// A function that an operation called ends.
    Called(String, bool),
    /// It is to go on no more; whether its time stands still.
    Pause(bool),
    /// It is to go on.
    Resume,
    /// It is stopped.
    Stop,
    /// It is to be removed.
    Delete,
}

/// What somebody answers a callback.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// A result.
    Success,
    /// An error.
    Failure,
    /// A sign of life.
    Heartbeat,
}

/// What came of a checkpoint: the generation of the next token, and the operations that were told.
pub type Told = (Option<u64>, Vec<String>);

/// An execution with all that is kept of it.
#[derive(Debug, Clone)]
pub struct Trial {
    now: Timestamp,
    execution: Execution,
    operations: BTreeMap<String, Kept>,
    events: Vec<Event>,
    timers: BTreeMap<String, Timestamp>,
    endings: usize,
}

/// What is to be seen of it.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Seen {
    /// `Running`, `Succeeded` …
    pub status: String,
    /// Whether it goes on.
    pub is_live: bool,
    /// Whether it is paused.
    pub is_paused: bool,
    /// Whether the function runs.
    pub is_invoked: bool,
    /// Whether the function is to be invoked.
    pub is_due: bool,
    /// Whether there is a moment at which it ended.
    pub has_ended: bool,
    /// How often it came to something.
    pub endings: usize,
    /// Of the token that is good.
    pub generation: u64,
    /// What it waits for: `Wait`, `Retry`, `Callback` or `Call` by the operation.
    pub open: BTreeMap<String, String>,
    /// What the next invocation is told first.
    pub woke: Vec<String>,
    /// What the invocation under way was not told of.
    pub untold: Vec<String>,
    /// Its operations, with their places.
    pub operations: Vec<(u64, Operation)>,
    /// How many operations and events it counts.
    pub counted: (u64, u64),
    /// Its history.
    pub events: Vec<Event>,
    /// Timers that are armed: `wait/a`, `execution/`.
    pub timers: Vec<String>,
}

impl Trial {
    /// One that has just been started.
    pub fn begin() -> Self {
        let now = Timestamp::UNIX_EPOCH;
        let arn =
            ExecutionArn { function: "f".into(), version: "$LATEST".into(), name: "n".into(), id: ID.into() };
        let start = Start {
            arn,
            invoked_arn: "arn:f:$LATEST".into(),
            request_id: "first".into(),
            is_awaited: true,
            input: "{}".into(),
            input_hash: "h".into(),
            timeout: 600,
            retention: 2,
            trace: String::new(),
            parent: None,
        };
        let draft = Draft::start(start, now);
        let mut trial = Self {
            now,
            execution: draft.execution.clone(),
            operations: BTreeMap::new(),
            events: Vec::new(),
            timers: BTreeMap::new(),
            endings: 0,
        };
        trial.keep(draft);
        trial
    }

    /// Takes a step, all of it or nothing.
    pub fn step(&mut self, step: Step) -> Result<Option<Told>, AwsError> {
        self.restart();
        let failed = || Some(ErrorObject::default());
        let ended = |draft: &mut Draft, outcome| draft.invoked(REQUEST, outcome);
        match step {
            Step::Invoke => self.change([], |draft| drop(draft.invoke(REQUEST))),
            Step::Checkpoint { updates, behind, client_token } => {
                return self.checkpoint(updates, behind, client_token).map(Some);
            }
            Step::Suspended => self.change([], |draft| ended(draft, Outcome::Pending)),
            Step::Returned(result) => {
                self.change([], |draft| ended(draft, Outcome::Closed(Closed::Succeeded(result))));
            }
            Step::Threw => self.change([], |draft| ended(draft, Outcome::Closed(Closed::Failed(failed())))),
            Step::Broke => self.change([], |draft| ended(draft, Outcome::Broken(ErrorObject::default()))),
            Step::NotRun => self.change([], |draft| ended(draft, Outcome::NotRun)),
            Step::Interrupted => self.change([], Draft::interrupted),
            Step::NextTimer => self.go_off(),
            Step::Answer(id, answer) => {
                let came = match answer {
                    Answer::Success => Came::Success(Some("1".into())),
                    Answer::Failure => Came::Failure(failed()),
                    Answer::Heartbeat => Came::Heartbeat,
                };
                self.try_change([id.clone()], |draft| draft.answer(&id, &came))?;
            }
            Step::Called(id, succeeds) => {
                let closed = if succeeds { Closed::Succeeded(None) } else { Closed::Failed(failed()) };
                self.change([id.clone()], |draft| draft.called(&id, &closed));
            }
            Step::Pause(holds) => self.try_change([], |draft| draft.pause(None, holds, None))?,
            Step::Resume => self.try_change([], |draft| draft.resume(None, None))?,
            Step::Stop => self.change([], |draft| draft.close(Closed::Stopped(None))),
            Step::Delete => self.try_change([], Draft::delete)?,
        }
        Ok(None)
    }

    fn checkpoint(
        &mut self,
        updates: Vec<OperationUpdate>,
        behind: u64,
        client_token: Option<String>,
    ) -> Result<Told, AwsError> {
        let generation = self.execution.generation.saturating_sub(behind);
        self.try_change(named(&updates), |draft| {
            let told = draft.checkpoint(generation, updates, &Calls::default(), client_token)?;
            Ok((told.generation, told.operations))
        })
    }

    fn go_off(&mut self) {
        let first = self.timers.iter().min_by_key(|(_, due)| **due);
        let Some((name, due)) = first.map(|(name, due)| (name.clone(), *due)) else { return };
        self.timers.remove(&name);
        self.now = self.now.max(due);
        if let Some((_, timer)) = Timer::parse(&name) {
            self.change(timer.operation().map(str::to_owned), |draft| draft.went_off(&timer));
        }
    }

    fn change(&mut self, wanted: impl IntoIterator<Item = String>, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.draft(wanted);
        change(&mut draft);
        self.keep(draft);
    }

    fn try_change<T>(
        &mut self,
        wanted: impl IntoIterator<Item = String>,
        change: impl FnOnce(&mut Draft) -> Result<T, AwsError>,
    ) -> Result<T, AwsError> {
        let mut draft = self.draft(wanted);
        let answer = change(&mut draft)?;
        self.keep(draft);
        Ok(answer)
    }

    fn draft(&self, wanted: impl IntoIterator<Item = String>) -> Draft {
        let found = |id: String| self.operations.get(&id).cloned().map(|kept| (id, kept));
        Draft::of(self.execution.clone(), wanted.into_iter().filter_map(found).collect(), self.now)
    }

    fn keep(&mut self, mut draft: Draft) {
        for id in &draft.changed {
            self.operations.extend(draft.operations.remove_entry(id));
        }
        for (timer, after) in draft.timers {
            let name = timer.name(&draft.execution.id);
            match after.and_then(|after| self.now.checked_add(after).ok()) {
                Some(due) => drop(self.timers.insert(name, due)),
                None => drop(self.timers.remove(&name)),
            }
        }
        self.execution = draft.execution;
        self.events.extend(draft.events);
        self.endings += usize::from(draft.ending.is_some());
    }

    /// What is kept is written and read.
    fn restart(&mut self) {
        self.execution = again(&self.execution);
        self.operations = self.operations.iter().map(|(id, kept)| (id.clone(), again(kept))).collect();
    }

    /// What is to be seen of it.
    pub fn seen(&self) -> Seen {
        let execution = &self.execution;
        let kind = |open: &Open| format!("{open:?}");
        let mut operations: Vec<_> =
            self.operations.values().map(|kept| (kept.number, kept.operation.clone())).collect();
        operations.sort_by_key(|(number, _)| *number);
        let short =
            |name: &String| name.split_once('/').map_or_else(String::new, |(_, rest)| rest.to_owned());
        Seen {
            status: format!("{:?}", execution.status),
            is_live: execution.status == Status::Running,
            is_paused: execution.is_paused(),
            is_invoked: execution.invocation.is_some(),
            is_due: execution.is_due,
            has_ended: execution.ended.is_some(),
            endings: self.endings,
            generation: execution.generation,
            open: execution.open.iter().map(|(id, open)| (id.clone(), kind(open))).collect(),
            woke: execution.woke.iter().cloned().collect(),
            untold: execution.untold.iter().cloned().collect(),
            operations,
            counted: (execution.operations, execution.events),
            events: self.events.clone(),
            timers: self.timers.keys().map(short).collect(),
        }
    }
}

/// A value that was written and read; it is the same.
fn again<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("what is kept is JSON");
    let read: T = serde_json::from_str(&text).expect("what was written is read");
    assert_eq!(read, *value, "what was kept is another after it");
    read
}
