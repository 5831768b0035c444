//! Cells that wait for a function: for each way to run one that is in use, one more than there is need of, with its interpreter
//! started, so that a first invocation starts no process.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jail::cell::Program;
use tokio::time::Instant;

use crate::cell::{Cell, NotStarted, Opening, RUNTIME};
use crate::environment;
use crate::runtimes::Interpreter;
use crate::sandbox::Runs;

/// The variable that names the file from which a waiting interpreter learns what it is for.
const ASSIGNMENT: &str = "CUMULO_ASSIGNMENT_FD";
/// How long a spare waits for which there is no need.
const IDLE: Duration = Duration::from_mins(30);

/// A cell in which an interpreter may wait.
pub(crate) struct Spare {
    pub(crate) cell: Cell,
    /// Where it waits to be told.
    pub(crate) waiting: Option<PipeWriter>,
}

/// See the module.
pub(crate) struct Spares {
    /// How cells are opened, without what interpreters need.
    opening: Opening,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: HashMap<PathBuf, (Spare, Instant)>,
    starting: HashSet<PathBuf>,
    closed: bool,
}

impl Spares {
    pub(crate) fn new(opening: Opening) -> Arc<Self> {
        Arc::new(Self { opening, state: Mutex::default() })
    }

    /// The one that waits, if it lives; else a new one, in which no interpreter has started where `fresh` asks for that.
    pub(crate) async fn take(self: &Arc<Self>, runs: &Runs, fresh: bool) -> io::Result<Spare> {
        if fresh {
            let cell = Cell::open(&self.opening_for(runs)).await?;
            return Ok(Spare { cell, waiting: None });
        }
        let spare = self.state().waiting.remove(&key(runs)).map(|(spare, _)| spare);
        let spare = spare.filter(|spare| !spare.cell.has_ended());
        self.refill(runs);
        match spare {
            Some(spare) => Ok(spare),
            None => self.start(runs).await,
        }
    }

    /// Sees to it that one waits, in its own time.
    pub(crate) fn refill(self: &Arc<Self>, runs: &Runs) {
        let key = key(runs);
        let mut state = self.state();
        let waits = state.waiting.get(&key).is_some_and(|(spare, _)| !spare.cell.has_ended());
        if waits || state.closed || !state.starting.insert(key.clone()) {
            return;
        }
        drop(state);
        let (spares, runs) = (Arc::clone(self), runs.clone());
        tokio::spawn(async move {
            let started = spares.start(&runs).await;
            let mut state = spares.state();
            state.starting.remove(&key);
            match started {
                Ok(spare) if !state.closed => drop(state.waiting.insert(key, (spare, Instant::now()))),
                Ok(_) => {}
                Err(error) => {
                    drop(state);
                    tracing::warn!(%error, "no spare cell could be opened");
                }
            }
        });
    }

    /// Ends those that nobody needed for long.
    pub(crate) fn end_idle(&self) {
        self.state().waiting.retain(|_, (_, since)| since.elapsed() < IDLE);
    }

    /// Ends all.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.waiting.clear();
    }

    async fn start(&self, runs: &Runs) -> io::Result<Spare> {
        let cell = Cell::open(&self.opening_for(runs)).await?;
        let Runs::Interpreter(interpreter) = runs else { return Ok(Spare { cell, waiting: None }) };
        let (theirs, ours) = io::pipe()?;
        let folder = interpreter.program.parent().unwrap_or(&interpreter.program).display();
        let path = format!("{folder}:/usr/local/bin:/usr/bin/:/bin:/opt/bin");
        let environment: BTreeMap<_, _> = environment::waiting(cell.port, &path);
        let program = Program {
            name: RUNTIME.to_owned(),
            path: interpreter.program.clone(),
            arguments: interpreter.client.arguments(),
            environment,
            folder: "/".into(),
            inherits: Some(ASSIGNMENT.to_owned()),
        };
        match cell.start(program, Some(OwnedFd::from(theirs))).await {
            Ok(()) => Ok(Spare { cell, waiting: Some(ours) }),
            Err(NotStarted::Machine(error)) => Err(error),
            Err(NotStarted::Program(_, reason)) => Err(not_started(interpreter, &reason)),
        }
    }

    fn opening_for(&self, runs: &Runs) -> Opening {
        let mut opening = self.opening.clone();
        if let Runs::Interpreter(interpreter) = runs {
            opening.shown.extend(interpreter.shown.iter().cloned());
        }
        opening
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_started(interpreter: &Interpreter, reason: &str) -> io::Error {
    io::Error::other(format!("failed to start {}: {reason}", interpreter.program.display()))
}

fn key(runs: &Runs) -> PathBuf {
    match runs {
        Runs::Bootstrap => PathBuf::new(),
        Runs::Interpreter(interpreter) => interpreter.program.clone(),
    }
}
