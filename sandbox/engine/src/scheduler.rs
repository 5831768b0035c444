//! How sandboxes are used, whatever their kind: how many there are, which of them gets an event, when an idle one ends.
//!
//! A version's sandboxes are its [`Pool`]; the scheduler knows the pools of one engine. Time is tokio's, so that tests
//! turn it. Not here: what a sandbox is (`sandbox`), and how many invocations an account or a function may have.

mod pool;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::{Engine, FunctionSpec, Manner, Shutdown};
use pool::Member;
pub(crate) use pool::Pool;
pub use pool::Unprovisioned;

/// How often whoever waits for a place for a sandbox looks for one that is idle.
const LOOK: Duration = Duration::from_millis(100);

/// The sandboxes of one engine.
pub struct Scheduler {
    engine: Arc<dyn Engine>,
    manner: Manner,
    /// One for each sandbox that there is.
    places: Arc<Semaphore>,
    /// One for each that may be kept up without being called: an idle one ends for none of these.
    ahead: Arc<Semaphore>,
    pools: Mutex<Vec<Weak<Pool>>>,
}

impl Scheduler {
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Arc<Self> {
        let manner = engine.manner();
        let places = Arc::new(Semaphore::new(manner.most));
        let ahead = Arc::new(Semaphore::new(most_ahead(manner)));
        Arc::new(Self { engine, manner, places, ahead, pools: Mutex::default() })
    }

    pub(crate) fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    /// How many sandboxes may be kept up without being called, of all versions.
    fn most_ahead(&self) -> usize {
        most_ahead(self.manner)
    }

    /// The pool of a version that has none yet.
    pub(crate) fn pool(self: &Arc<Self>, function: Arc<FunctionSpec>) -> Arc<Pool> {
        let pool = Pool::new(Arc::clone(self), function);
        let mut pools = self.pools();
        pools.retain(|pool| pool.strong_count() > 0);
        pools.push(Arc::downgrade(&pool));
        pool
    }

    /// A place for one more sandbox, once there is one. Where there are many an idle one ends for it.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        if self.manner.most - self.places.available_permits() >= self.manner.many {
            self.end_longest_idle();
        }
        loop {
            let place = Arc::clone(&self.places).acquire_owned();
            if let Ok(place) = tokio::time::timeout(LOOK, place).await {
                return place.ok();
            }
            self.end_longest_idle();
        }
    }

    fn end_longest_idle(&self) {
        let all = self.all();
        let idle = all.iter().filter_map(|pool| Some((pool.idle_since()?, pool)));
        if let Some((_, pool)) = idle.min_by_key(|(since, _)| *since) {
            end_all(Vec::from_iter(pool.take_longest_idle()), Shutdown::Spindown);
        }
    }

    pub(crate) async fn end_idle(&self, before: Instant) {
        let idle = self.all().iter().flat_map(|pool| pool.take_idle(before)).collect();
        ended(end_all(idle, Shutdown::Spindown)).await;
    }

    /// Ends what is idle for long, and lets the engine go of what it keeps, until the scheduler is gone.
    pub(crate) fn watch(self: &Arc<Self>, idle: Duration) {
        let scheduler = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(idle.max(Duration::from_secs(1)) / 2);
            loop {
                let now = ticks.tick().await;
                let Some(scheduler) = scheduler.upgrade() else { return };
                if let Some(before) = now.checked_sub(idle) {
                    scheduler.end_idle(before).await;
                }
                scheduler.engine.collect().await;
            }
        });
    }

    pub(crate) async fn close(&self) {
        self.places.close();
        let members: Vec<Member> = self.all().iter().flat_map(|pool| pool.close()).collect();
        for member in &members {
            member.kill();
        }
        ended(end_all(members, Shutdown::Failure)).await;
    }

    fn all(&self) -> Vec<Arc<Pool>> {
        self.pools().iter().filter_map(Weak::upgrade).collect()
    }

    fn pools(&self) -> MutexGuard<'_, Vec<Weak<Pool>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As many as there may be before idle ones end, and half of all at most: who calls finds a place.
fn most_ahead(manner: Manner) -> usize {
    manner.many.min(manner.most / 2)
}

/// Shuts sandboxes down side by side. Their places are free when they are gone.
fn end_all(members: Vec<Member>, reason: Shutdown) -> Vec<JoinHandle<()>> {
    members.into_iter().map(|member| tokio::spawn(async move { drop(member.end(reason).await) })).collect()
}

async fn ended(ending: Vec<JoinHandle<()>>) {
    for one in ending {
        if let Err(error) = one.await {
            tracing::error!(%error, "a sandbox could not be shut down");
        }
    }
}

#[cfg(test)]
mod tests;
