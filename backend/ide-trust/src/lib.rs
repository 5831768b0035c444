//! Trust in a folder: who decided, what would run, and the gate that the other capabilities ask.
//!
//! Decisions are kept by the folder's real path; what the folder holds may change without asking again. Before a decision
//! nothing of it runs. This crate runs nothing itself.

mod record;
mod runnables;

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ide_core::{CallContext, Clock, Events, Router, Trust};
use protocol::{
    CallError, ErrorCode, Event,
    trust::{self, DecideTrust, Decision, DescribeTrust},
};

pub use record::{Answer, Record};

/// What trust in a folder needs to know.
#[derive(Clone, Debug)]
pub struct TrustConfig {
    /// The folder.
    pub root: PathBuf,
    /// The data directory.
    pub state: PathBuf,
}

/// Whether a folder is trusted, as its owner decided.
#[derive(Debug)]
pub struct FolderTrust {
    root: PathBuf,
    record: Record,
    gate: Trust,
    decision: Mutex<Decision>,
    events: Events,
    clock: Arc<dyn Clock>,
}

impl FolderTrust {
    /// What was decided earlier holds; a record that cannot be read trusts nothing.
    pub fn open(config: &TrustConfig, events: Events, clock: Arc<dyn Clock>) -> io::Result<Arc<Self>> {
        let root = config.root.canonicalize()?;
        let record = Record::of(&config.state);
        let known = record.answer(&root).unwrap_or_else(|error| {
            tracing::warn!(%error, "the record of trusted folders cannot be read: this folder is asked again");
            None
        });
        let decision = known.map_or(Decision::Unasked, |answer| decision(answer.trusted));
        let gate = Trust::new(decision == Decision::Trusted);
        Ok(Arc::new(Self { root, record, gate, decision: Mutex::new(decision), events, clock }))
    }

    /// The gate, for those who run things.
    pub fn gate(&self) -> Trust {
        self.gate.clone()
    }

    /// Answers the calls of `protocol::trust`.
    pub fn register(self: &Arc<Self>, router: &mut Router) {
        let this = Arc::clone(self);
        router.on(move |_, _: DescribeTrust| {
            let this = Arc::clone(&this);
            async move { this.describe().await }
        });
        let this = Arc::clone(self);
        router.on(move |context: CallContext, call: DecideTrust| {
            let this = Arc::clone(&this);
            async move { this.decide(call.trusted, context.principal.user).await }
        });
    }

    async fn describe(&self) -> Result<trust::Trust, CallError> {
        let root = self.root.clone();
        let found = tokio::task::spawn_blocking(move || runnables::find(&root)).await;
        let found = found.map_err(|error| failed("look through the folder", &error))?;
        Ok(trust::Trust {
            decision: *self.decision(),
            folder: self.root.display().to_string(),
            runs: found.runs,
            more: found.more,
        })
    }

    async fn decide(self: Arc<Self>, trusted: bool, by: String) -> Result<(), CallError> {
        let kept = tokio::task::spawn_blocking(move || self.keep(trusted, by)).await;
        kept.map_err(|error| failed("keep the decision", &error))?
            .map_err(|error| failed("keep the decision in the data directory", &error))
    }

    /// Keeps a decision, then lets it count: one that could not be kept changes nothing, but for one that takes trust away.
    fn keep(&self, trusted: bool, by: String) -> io::Result<()> {
        let mut decided = self.decision();
        if !trusted {
            self.gate.set(false);
        }
        self.record.keep(&self.root, Answer { trusted, by, at: self.clock.now() })?;
        self.gate.set(trusted);
        *decided = decision(trusted);
        self.events.publish(Event::Trust(trust::Event::Decided(*decided)));
        Ok(())
    }

    fn decision(&self) -> MutexGuard<'_, Decision> {
        self.decision.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn decision(trusted: bool) -> Decision {
    if trusted { Decision::Trusted } else { Decision::BrowseOnly }
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> CallError {
    CallError::new(ErrorCode::Internal, format!("failed to {what}: {error}; try again"))
}
