//! Closing realms that nobody uses. One is in use while somebody holds it, and while something in it is under way or was
//! promised. What strangers reach in a closed one is remembered, so that they open it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cloud_core::{Clock, Realm};
use cloud_wire::Shadow;
use http::request::Parts;

use super::{Opened, Realms};

/// How long nobody has used a realm that is closed: longer than an address of a package is good for.
pub(crate) const IDLE: Duration = Duration::from_mins(15);
/// The same where another realm needs its place.
pub(crate) const CROWDED: Duration = Duration::from_secs(10);
/// How often it is looked for them.
pub(crate) const LOOK: Duration = Duration::from_mins(1);

/// When a realm was used.
#[derive(Debug)]
pub(crate) struct Uses {
    /// How often it was handed out.
    times: AtomicU64,
    /// When somebody was last seen to have it, by the monotonic clock.
    last: Mutex<Duration>,
}

impl Uses {
    pub(crate) fn new(now: Duration) -> Self {
        Self { times: AtomicU64::new(0), last: Mutex::new(now) }
    }

    pub(super) fn note(&self, now: Duration) {
        self.times.fetch_add(1, Ordering::SeqCst);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    fn times(&self) -> u64 {
        self.times.load(Ordering::SeqCst)
    }

    fn last(&self) -> Duration {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What strangers reach in realms that are closed.
#[derive(Default)]
pub(crate) struct Asleep(Mutex<BTreeMap<Realm, Vec<Shadow>>>);

impl Asleep {
    /// The closed realm that has what a request names.
    pub(super) fn find(&self, request: &Parts) -> Option<Realm> {
        let asleep = self.lock();
        let has = |shadows: &Vec<Shadow>| shadows.iter().any(|shadow| shadow(request));
        asleep.iter().find(|(_, shadows)| has(shadows)).map(|(realm, _)| realm.clone())
    }

    pub(super) fn wake(&self, realm: &Realm) {
        self.lock().remove(realm);
    }

    fn lay(&self, realm: &Realm, shadows: Vec<Shadow>) {
        self.lock().insert(realm.clone(), shadows);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Realm, Vec<Shadow>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks for unused realms for as long as there are any.
pub(super) async fn keep_looking(realms: Weak<Realms>, clock: Arc<dyn Clock>) {
    loop {
        clock.wait(LOOK).await;
        let Some(realms) = realms.upgrade() else { return };
        realms.close_unused(IDLE).await;
    }
}

impl Realms {
    /// Makes a place for another realm; false where all that are open are in use.
    pub(super) async fn make_room(&self) -> bool {
        let now = self.first.clock().monotonic();
        let mut others = self.others();
        others.sort_by_key(|opened| opened.uses.last());
        for opened in others {
            if now.saturating_sub(opened.uses.last()) >= CROWDED && self.close(opened).await {
                return true;
            }
        }
        false
    }

    /// Closes all that nobody has used for so long.
    async fn close_unused(&self, idle: Duration) {
        let now = self.first.clock().monotonic();
        for opened in self.others() {
            // The table has one, and this has one.
            if Arc::strong_count(&opened) > 2 {
                opened.uses.note(now);
            }
            if now.saturating_sub(opened.uses.last()) >= idle {
                self.close(opened).await;
            }
        }
    }

    /// All open realms but the first, which is never closed.
    fn others(&self) -> Vec<Arc<Opened>> {
        let mut all = self.opened();
        all.retain(|opened| opened.context.realm() != self.first.realm());
        all
    }

    /// Closes a realm if nobody has it and nothing is under way in it. Who asks for it meanwhile gets it opened anew.
    async fn close(&self, opened: Arc<Opened>) -> bool {
        let (realm, seen) = (opened.context.realm().clone(), opened.uses.times());
        if !opened.is_idle().await {
            return false;
        }
        self.asleep.lay(&realm, opened.fronts.iter().filter_map(|front| front.shadow()).collect());
        drop(opened);
        // Whoever had it since may have left something to do.
        let unused = |opened: &Arc<Opened>| Arc::strong_count(opened) == 1 && opened.uses.times() == seen;
        let closing = self.open.close(&realm, unused, |opened| async move { opened.close().await });
        let Some(closing) = closing else {
            self.asleep.wake(&realm);
            return false;
        };
        closing.await;
        tracing::info!(%realm, "closed: nobody uses it");
        true
    }
}
