//! Sandboxes that come up before anybody calls, and are kept up: what is idle of them does not end, and what ends is replaced.
//!
//! Which of a version's sandboxes they are is not told: it has as many at least.

use std::io;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{Pool, Refused, State};
use crate::scheduler::{LOOK, end_all};
use crate::{FunctionSpec, Shutdown};

/// Sandboxes of one version that come up at once: each is to have a part of the machine in the time that its init phase has.
const AT_ONCE: usize = 4;

// AWS: "provisioned-concurrency" where an environment was there before its first invocation.
const INITIALIZATION: (&str, &str) = ("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency");

/// How many sandboxes a version has at least.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    wanted: usize,
    /// Of those that all versions may have so.
    claim: Option<OwnedSemaphorePermit>,
}

/// Why sandboxes are not kept up.
#[derive(Debug, thiserror::Error)]
pub enum Unprovisioned {
    /// One did not come up, and the function is at fault.
    #[error("the function fails in its init phase")]
    Init,
    /// More than there may be.
    #[error(
        "this machine keeps environments for no more than {most} invocations at once booted, of all functions together"
    )]
    TooMany {
        /// Invocations at once.
        most: usize,
    },
    /// The machine did not give what one takes.
    #[error("this machine could not start an environment: {0}")]
    Machine(#[source] Arc<io::Error>),
    /// They are to end.
    #[error("the function's environments are being shut down")]
    ShuttingDown,
}

impl State {
    /// How many sandboxes may end.
    pub(super) fn spare(&self) -> usize {
        self.members.len().saturating_sub(self.ahead.wanted)
    }

    /// How many are to come up at once now.
    fn missing(&self) -> usize {
        let there = self.members.len() + self.starting;
        let missing = if self.retired || self.closed { 0 } else { self.ahead.wanted.saturating_sub(there) };
        missing.min(AT_ONCE.saturating_sub(self.starting))
    }
}

impl Pool {
    /// Keeps places for so many events up from now on. Returns when they are, or with the reason why none are kept.
    pub(crate) async fn provision(self: &Arc<Self>, events: usize) -> Result<(), Unprovisioned> {
        self.claim(events)?;
        let booted = self.boot_all().await;
        if booted.is_err() {
            self.state().ahead = Ahead::default();
        }
        booted
    }

    /// For how many events places are kept.
    pub(crate) fn provisioned(&self) -> usize {
        self.state().ahead.wanted * self.scheduler.manner.places
    }

    /// For how many of them there are places now.
    pub(crate) fn provisioned_now(&self) -> usize {
        let state = self.state();
        let up = state.members.iter().filter(|member| !member.sandbox.has_ended()).count();
        up.min(state.ahead.wanted) * self.scheduler.manner.places
    }

    fn claim(&self, events: usize) -> Result<(), Unprovisioned> {
        let manner = self.scheduler.manner;
        let wanted = events.div_ceil(manner.places);
        let too_many = || {
            let most = self.scheduler.most_ahead().min(manner.of_a_version) * manner.places;
            Err(Unprovisioned::TooMany { most })
        };
        let mut state = self.state();
        if state.closed || state.retired {
            return Err(Unprovisioned::ShuttingDown);
        }
        if wanted > manner.of_a_version {
            return too_many();
        }
        // Claimed beside what is claimed so far, which is let go of then: what is kept stays kept where there is no more.
        let more = u32::try_from(wanted.saturating_sub(state.ahead.wanted)).unwrap_or(u32::MAX);
        let Ok(more) = Arc::clone(&self.scheduler.ahead).try_acquire_many_owned(more) else {
            return too_many();
        };
        let claim = match state.ahead.claim.take() {
            None => more,
            Some(mut claim) => {
                claim.merge(more);
                drop(claim.split(claim.num_permits().saturating_sub(wanted)));
                claim
            }
        };
        state.ahead = Ahead { wanted, claim: Some(claim) };
        Ok(())
    }

    /// Waits until there are as many as are wanted.
    async fn boot_all(self: &Arc<Self>) -> Result<(), Unprovisioned> {
        loop {
            let booting = {
                let mut state = self.state();
                if state.closed || state.retired {
                    return Err(Unprovisioned::ShuttingDown);
                }
                // One that is idle may have ended by itself.
                state.members.retain(|member| member.running > 0 || !member.sandbox.has_ended());
                if state.members.len() >= state.ahead.wanted {
                    return Ok(());
                }
                self.boot_missing(&mut state)
            };
            if booting.is_empty() {
                // Others are coming up, for events.
                tokio::time::sleep(LOOK).await;
            }
            for booted in booting {
                booted.await.unwrap_or(Err(Unprovisioned::ShuttingDown))?;
            }
        }
    }

    /// Has another come up for one that ended.
    pub(super) fn replace(self: &Arc<Self>, state: &mut State) {
        drop(self.boot_missing(state));
    }

    fn boot_missing(
        self: &Arc<Self>,
        state: &mut State,
    ) -> Vec<oneshot::Receiver<Result<(), Unprovisioned>>> {
        let missing = state.missing();
        state.starting += missing;
        let boot = |_| {
            let (tell, told) = oneshot::channel();
            let pool = Arc::clone(self);
            // Who does not wait any more needs not know.
            tokio::spawn(async move { tell.send(pool.boot().await) });
            told
        };
        (0..missing).map(boot).collect()
    }

    /// Brings a sandbox up that nobody waits for.
    async fn boot(self: Arc<Self>) -> Result<(), Unprovisioned> {
        let made = self.make("", self.ahead.get_or_init(|| told(&self.function))).await;
        let mut surplus = Vec::new();
        let mut state = self.state();
        state.starting -= 1;
        let booted = match made {
            Ok(Some(member)) if state.closed => {
                member.kill();
                end_all(vec![member], Shutdown::Failure);
                Err(Unprovisioned::ShuttingDown)
            }
            Ok(Some(mut member)) => {
                // It took nobody's time.
                member.init = None;
                // Before all that was used.
                state.members.insert(0, member);
                self.serve(&mut state, &mut surplus);
                if state.retired {
                    state.rest();
                } else if let Some(first) = state.members.first().filter(|first| first.running == 0) {
                    first.sandbox.freeze();
                }
                Ok(())
            }
            Ok(None) => {
                state.waiting.clear();
                Err(Unprovisioned::ShuttingDown)
            }
            Err(refused) => {
                // Whoever counted on it gets another.
                self.start_more(&mut state);
                Err(refused.into())
            }
        };
        drop(state);
        booted
    }
}

/// The function as its sandboxes see it that come up before anybody calls.
fn told(function: &Arc<FunctionSpec>) -> Arc<FunctionSpec> {
    let mut told = (**function).clone();
    let (name, value) = INITIALIZATION;
    told.environment.push((name.to_owned(), value.to_owned()));
    Arc::new(told)
}

impl From<Refused> for Unprovisioned {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Package(_) | Refused::Function(..) => Self::Init,
            Refused::Machine(error) => Self::Machine(error),
        }
    }
}
