//! The gate before everything that runs what a folder brings along: build scripts, macros, plug-ins, language servers.
//!
//! Whoever starts such a thing asks for a [`Grant`] and hands it to what starts the process: a function that runs a
//! folder's code takes one, so that none is reached without asking. Who decides, and where that is kept, is not known here.

use std::sync::Arc;

use protocol::{CallError, ErrorCode};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Whether a folder is trusted; cheap to clone.
#[derive(Clone)]
pub struct Trust {
    grant: Arc<watch::Sender<Option<Grant>>>,
    /// Whether the folder is still the one that was decided about.
    holds: Arc<dyn Fn() -> bool + Send + Sync>,
}

/// The leave to run a folder's code, until it is revoked.
#[derive(Clone, Debug, Default)]
pub struct Grant(CancellationToken);

impl Grant {
    /// Waits until the leave is taken back: what was started by it has to end.
    pub async fn revoked(&self) {
        self.0.cancelled().await;
    }
}

impl Trust {
    /// Trusted from the start, or not.
    pub fn new(trusted: bool) -> Self {
        Self::while_true(trusted, || true)
    }

    /// Trusted from the start, or not, and only for as long as `holds`: that is asked before each leave.
    pub fn while_true(trusted: bool, holds: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let grant = watch::Sender::new(trusted.then(Grant::default));
        Self { grant: Arc::new(grant), holds: Arc::new(holds) }
    }

    /// Gives or takes the leave.
    pub fn set(&self, trusted: bool) {
        self.grant.send_if_modified(|grant| {
            if trusted == grant.is_some() {
                return false;
            }
            if let Some(Grant(revoked)) = std::mem::replace(grant, trusted.then(Grant::default)) {
                revoked.cancel();
            }
            true
        });
    }

    /// The leave for `what`, which a refusal names: "Invoke".
    pub fn grant(&self, what: &str) -> Result<Grant, CallError> {
        if !(self.holds)() {
            self.set(false);
        }
        self.grant.borrow().clone().ok_or_else(|| {
            CallError::new(
                ErrorCode::Restricted,
                format!(
                    "{what} does not run: it would run code of this folder, which is not trusted; the workspace's owner \
                     can trust it under 'Restricted' in the status bar"
                ),
            )
            .because("restricted", &[("action", &what)])
        })
    }

    /// Follows what is decided.
    pub fn subscribe(&self) -> watch::Receiver<Option<Grant>> {
        self.grant.subscribe()
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust").field("granted", &self.grant.borrow().is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_granted_before_and_nothing_stays_granted_after() {
        let trust = Trust::new(false);
        let refused = trust.grant("Invoke").unwrap_err();
        assert_eq!(refused.code, ErrorCode::Restricted);
        assert!(refused.message.starts_with("Invoke does not run"), "{refused}");
        let mut changes = trust.subscribe();
        trust.set(true);
        changes.changed().await.unwrap();
        let grant = trust.grant("Invoke").unwrap();
        trust.set(true);
        assert!(!changes.has_changed().unwrap(), "the same again is no change");
        trust.set(false);
        grant.revoked().await;
        assert!(trust.grant("Invoke").is_err());
        trust.set(true);
        assert!(trust.grant("Invoke").is_ok(), "what was revoked can be granted anew");
    }

    #[tokio::test]
    async fn what_no_longer_holds_is_taken_back() {
        let holds = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let asked = Arc::clone(&holds);
        let trust = Trust::while_true(true, move || asked.load(std::sync::atomic::Ordering::Relaxed));
        let grant = trust.grant("Invoke").unwrap();
        holds.store(false, std::sync::atomic::Ordering::Relaxed);
        assert!(trust.grant("Invoke").is_err());
        grant.revoked().await;
    }
}
