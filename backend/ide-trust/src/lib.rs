//! Trust in a folder: who decided, what would run, and the gate that the other capabilities ask.
//!
//! Decisions are kept by the folder's real path, and hold for the folder that lay there; what it holds may change without
//! asking again. Before a decision nothing of it runs. This crate runs nothing itself.

mod record;
mod runnables;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ide_core::{Clock, Events, Router, Trust};
use protocol::{
    CallError, ErrorCode, Event, PersonId,
    trust::{self, DecideTrust, Decision, DescribeTrust},
};

pub use record::{Answer, Record};

use record::Identity;

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
    /// Which folder was opened there.
    folder: Identity,
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
        let folder = Identity::at(&root)?;
        let (place, opened) = (root.clone(), folder.clone());
        let gate = Trust::while_true(decision == Decision::Trusted, move || is_at(&opened, &place));
        Ok(Arc::new(Self { root, folder, record, gate, decision: Mutex::new(decision), events, clock }))
    }

    /// The gate, for those who run things.
    pub fn gate(&self) -> Trust {
        self.gate.clone()
    }

    /// Answers the calls of `protocol::trust`.
    pub fn register(self: &Arc<Self>, router: &mut Router) {
        router.with(self).on(|this, _, _: DescribeTrust| async move { this.describe().await }).on(
            |this, context, call: DecideTrust| async move {
                this.decide(call.trusted, context.person().clone()).await
            },
        );
    }

    async fn describe(&self) -> Result<trust::Trust, CallError> {
        let root = self.root.clone();
        let found = tokio::task::spawn_blocking(move || runnables::find(&root)).await;
        let found = found.map_err(|error| unlooked(&error))?;
        let decision = *self.decision();
        Ok(trust::Trust {
            // Nobody has decided about another folder that took its place.
            decision: if is_at(&self.folder, &self.root) { decision } else { Decision::Unasked },
            folder: self.root.display().to_string(),
            runs: found.runs,
            more: found.more,
        })
    }

    async fn decide(self: Arc<Self>, trusted: bool, by: PersonId) -> Result<(), CallError> {
        if trusted && !is_at(&self.folder, &self.root) {
            let message = format!(
                "Another folder lies at '{}' than the one that was opened; open it anew, then decide.",
                self.root.display()
            );
            let error = CallError::new(ErrorCode::Conflict, message);
            return Err(error.because("another-folder", &[("folder", &self.root.display())]));
        }
        let kept = tokio::task::spawn_blocking(move || self.keep(trusted, &by)).await;
        kept.map_err(|error| unkept(&error))?.map_err(|error| unkept(&error))
    }

    /// Keeps a decision, then lets it count: one that could not be kept changes nothing, but for one that takes trust away.
    fn keep(&self, trusted: bool, by: &PersonId) -> io::Result<()> {
        let mut decided = self.decision();
        if !trusted {
            self.gate.set(false);
        }
        self.record.keep(&self.root, Answer { trusted, by: by.0.clone(), at: self.clock.now() })?;
        self.gate.set(trusted);
        *decided = decision(trusted);
        self.events.publish(Some(by), Event::Trust(trust::Event::Decided(*decided)));
        Ok(())
    }

    fn decision(&self) -> MutexGuard<'_, Decision> {
        self.decision.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_at(folder: &Identity, place: &Path) -> bool {
    Identity::at(place).is_ok_and(|there| there == *folder)
}

fn decision(trusted: bool) -> Decision {
    if trusted { Decision::Trusted } else { Decision::BrowseOnly }
}

fn unlooked(error: &dyn std::fmt::Display) -> CallError {
    CallError::new(ErrorCode::Internal, format!("failed to look through the folder: {error}; try again"))
        .because("folder-unlooked", &[("reason", error)])
}

fn unkept(error: &dyn std::fmt::Display) -> CallError {
    let message = format!("failed to keep the decision in the data directory: {error}; try again");
    CallError::new(ErrorCode::Internal, message).because("trust-unkept", &[("reason", error)])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ide_core::{ManualClock, Sessions, somebody::workspace};

    use super::*;

    fn ada() -> PersonId {
        PersonId("ada".into())
    }

    #[tokio::test]
    async fn another_folder_in_the_place_of_the_opened_one_is_not_trusted() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("root");
        fs::create_dir(&root).unwrap();
        let config = TrustConfig { root: root.clone(), state: place.path().to_owned() };
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let trust = FolderTrust::open(&config, Events::new(workspace(), Sessions::new()), clock).unwrap();
        Arc::clone(&trust).decide(true, ada()).await.unwrap();
        let leave = trust.gate().grant("Invoke").unwrap();
        fs::rename(&root, place.path().join("moved")).unwrap();
        fs::create_dir(&root).unwrap();
        assert_eq!(trust.gate().grant("Invoke").unwrap_err().code, ErrorCode::Restricted);
        leave.revoked().await;
        assert_eq!(trust.describe().await.unwrap().decision, Decision::Unasked);
        let refused = Arc::clone(&trust).decide(true, ada()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        Arc::clone(&trust).decide(false, ada()).await.unwrap();
        fs::remove_dir(&root).unwrap();
        fs::rename(place.path().join("moved"), &root).unwrap();
        Arc::clone(&trust).decide(true, ada()).await.unwrap();
        assert!(trust.gate().grant("Invoke").is_ok(), "the folder that was opened is back");
    }
}
