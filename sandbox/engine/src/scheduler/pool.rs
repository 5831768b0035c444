//! The sandboxes of one version, and the events that wait for a place in one.

mod ahead;

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Instant;

use self::ahead::Ahead;
pub use self::ahead::Unprovisioned;
use super::{Scheduler, end_all, ended};
use crate::outcome;
use crate::{
    Engine, EngineError, FunctionError, FunctionSpec, Invocation, NotBegun, Outcome, Response, Sandbox,
    Shutdown, Unanswered,
};

/// How long after its timeout a function's sandbox may still be silent before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How long is waited for a sandbox that has answered and is about to ask again, before another is made.
pub(super) const SOON: Duration = Duration::from_millis(20);

// AWS: "The Init phase is limited to 10 seconds. If all three tasks do not complete within 10 seconds, Lambda retries the
// Init phase at the time of the first function invocation with the configured function timeout."
const INIT: Duration = Duration::from_secs(10);

/// See the module.
pub(crate) struct Pool {
    scheduler: Arc<Scheduler>,
    function: Arc<FunctionSpec>,
    /// What those are told that come up before anybody calls.
    ahead: OnceLock<Arc<FunctionSpec>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The one that was used last is the last.
    members: Vec<Member>,
    /// Who waits for a place, in the order they came.
    waiting: VecDeque<Waiting>,
    /// Sandboxes that are coming up.
    starting: usize,
    /// Places that have answered and are not free yet.
    lingering: usize,
    /// How many are kept up, idle or not.
    ahead: Ahead,
    /// Nothing idle is kept any more.
    retired: bool,
    /// Nothing runs any more.
    closed: bool,
}

impl State {
    /// What runs nothing rests; or ends, where nothing idle is kept.
    fn rest(&mut self) {
        if self.retired {
            let idle = self.members.extract_if(.., |member| member.running == 0).collect();
            end_all(idle, Shutdown::Spindown);
            return;
        }
        if let Some(last) = self.members.last().filter(|last| last.running == 0) {
            last.sandbox.freeze();
        }
    }
}

/// A sandbox of the pool.
pub(super) struct Member {
    sandbox: Arc<dyn Sandbox>,
    running: usize,
    used: Instant,
    /// How long it took to come up, until somebody has been told.
    init: Option<Duration>,
    /// Its place among all sandboxes, until it is gone.
    place: OwnedSemaphorePermit,
}

struct Waiting {
    request_id: String,
    tell: oneshot::Sender<Result<Seat, Refused>>,
}

/// A place in a sandbox, for one event.
struct Seat {
    pool: Arc<Pool>,
    sandbox: Arc<dyn Sandbox>,
    init: Option<Duration>,
    /// Until when what goes on after the answer may.
    until: Option<Instant>,
}

/// Why there is no place for an event.
#[derive(Debug, Clone)]
enum Refused {
    Package(String),
    Function(FunctionError, Bytes, Duration),
    Machine(Arc<io::Error>),
}

impl Pool {
    pub(super) fn new(scheduler: Arc<Scheduler>, function: Arc<FunctionSpec>) -> Arc<Self> {
        Arc::new(Self { scheduler, function, ahead: OnceLock::new(), state: Mutex::default() })
    }

    pub(crate) fn function(&self) -> &Arc<FunctionSpec> {
        &self.function
    }

    pub(crate) fn engine(&self) -> &Arc<dyn Engine> {
        self.scheduler.engine()
    }

    /// Runs an event. Must be waited for to its end.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        invocation: Invocation,
        response: Response,
    ) -> Result<Outcome, EngineError> {
        let mut runtime = None;
        let outcome = match self.seat(&invocation).await? {
            Ok(seat) => {
                runtime = seat.sandbox.runtime();
                self.run(seat, invocation, response).await?
            }
            Err(Refused::Package(reason)) => outcome::of_bad_package(&invocation, &reason),
            Err(Refused::Function(error, log, took)) => {
                outcome::of_failed_init(&invocation, error, log, took)
            }
            Err(Refused::Machine(error)) => {
                return Err(EngineError::Unavailable(io::Error::new(error.kind(), error)));
            }
        };
        Ok(Outcome { engine: self.engine().name(), runtime, ..outcome })
    }

    async fn run(
        &self,
        mut seat: Seat,
        mut invocation: Invocation,
        mut response: Response,
    ) -> Result<Outcome, EngineError> {
        let (begun, function) = (Instant::now(), &*self.function);
        seat.until = self.scheduler.manner.lingers.then(|| begun + function.timeout);
        // Not needed here once it is on its way.
        let event = std::mem::take(&mut invocation.payload);
        let answer = seat.sandbox.respond(&invocation, event, &mut response);
        Ok(match tokio::time::timeout(function.timeout + GRACE, answer).await {
            Ok(Ok(ended)) => outcome::of_ended(function, &invocation, seat.init, ended, response),
            Ok(Err(Unanswered::Gone)) => outcome::of_lost_sandbox(&invocation, begun.elapsed()),
            Ok(Err(Unanswered::NoRoom(refused))) => return Err(EngineError::NoRoom(refused)),
            Err(_) => {
                let function = &function.key.arn;
                tracing::error!(function, "a sandbox is silent beyond its function's timeout; killed");
                seat.sandbox.kill();
                outcome::of_timeout(&self.function, &invocation)
            }
        })
    }

    /// A place: in the sandbox that was used last of those that have one, else in a new one, else in the first that gets
    /// one free.
    async fn seat(self: &Arc<Self>, invocation: &Invocation) -> Result<Result<Seat, Refused>, EngineError> {
        let told = {
            let mut state = self.state();
            if state.closed {
                return Err(EngineError::ShuttingDown);
            }
            if let Some(seat) = self.take(&mut state) {
                return Ok(Ok(seat));
            }
            let (tell, told) = oneshot::channel();
            state.waiting.push_back(Waiting { request_id: invocation.request_id.clone(), tell });
            if state.lingering == 0 {
                self.start_more(&mut state);
            } else {
                tokio::spawn(Arc::clone(self).start_soon(invocation.request_id.clone()));
            }
            told
        };
        told.await.map_err(|_| EngineError::ShuttingDown)
    }

    /// A place in a sandbox that is there.
    fn take(self: &Arc<Self>, state: &mut State) -> Option<Seat> {
        let places = self.scheduler.manner.places;
        let mut index = state.members.len();
        while let Some(next) = index.checked_sub(1) {
            index = next;
            let member = state.members.get_mut(index)?;
            if member.sandbox.has_ended() {
                state.members.remove(index);
            } else if member.running < places {
                if member.running == 0 {
                    member.sandbox.thaw();
                }
                member.running += 1;
                let (sandbox, init) = (Arc::clone(&member.sandbox), member.init.take());
                return Some(Seat { pool: Arc::clone(self), sandbox, init, until: None });
            }
        }
        None
    }

    /// Starts as many sandboxes as those that wait need, beside those that are coming up: a burst starts no more.
    fn start_more(self: &Arc<Self>, state: &mut State) {
        let manner = self.scheduler.manner;
        state.waiting.retain(|waiting| !waiting.tell.is_closed());
        while state.starting * manner.places < state.waiting.len()
            && state.members.len() + state.starting < manner.of_a_version
        {
            let first = state.waiting.get(state.starting * manner.places);
            let request_id = first.map(|waiting| waiting.request_id.clone()).unwrap_or_default();
            state.starting += 1;
            tokio::spawn(Arc::clone(self).start(request_id));
        }
    }

    /// The same in a moment, if that request still waits then: who has just been answered calls again before the sandbox has
    /// asked for more.
    async fn start_soon(self: Arc<Self>, request_id: String) {
        tokio::time::sleep(SOON).await;
        let mut state = self.state();
        if state.waiting.iter().any(|waiting| waiting.request_id == request_id && !waiting.tell.is_closed()) {
            self.start_more(&mut state);
        }
    }

    /// Brings a sandbox up, whoever waits for it, and gives its places away.
    async fn start(self: Arc<Self>, request_id: String) {
        let made = self.make(&request_id, &self.function).await;
        let mut surplus = Vec::new();
        let mut state = self.state();
        state.starting -= 1;
        match made {
            Ok(Some(member)) if state.closed => {
                member.kill();
                end_all(vec![member], Shutdown::Failure);
            }
            Ok(Some(member)) => {
                state.members.push(member);
                self.serve(&mut state, &mut surplus);
                state.rest();
            }
            // There will be no more places.
            Ok(None) => state.waiting.clear(),
            Err(refused) => {
                let (places, waiting) = (self.scheduler.manner.places, state.waiting.len());
                for waiting in state.waiting.drain(..places.min(waiting)) {
                    // Who does not wait any more needs not know.
                    let _ = waiting.tell.send(Err(refused.clone()));
                }
                self.start_more(&mut state);
            }
        }
        drop(state);
    }

    /// A sandbox through its init phase, which is tried twice: within its own limit, and with the function's timeout.
    async fn make(&self, request_id: &str, function: &Arc<FunctionSpec>) -> Result<Option<Member>, Refused> {
        let Some(mut place) = self.scheduler.place().await else { return Ok(None) };
        let mut log = Vec::new();
        let (mut limit, mut last) = (INIT, false);
        loop {
            let sandbox = self.engine().sandbox(function).await;
            let sandbox = sandbox.map_err(|error| self.refused(error, Duration::ZERO))?;
            let begun = Instant::now();
            let up = tokio::time::timeout(limit, sandbox.init(request_id)).await;
            let took = begun.elapsed();
            let (error, reason) = match up {
                Ok(Ok(())) => {
                    let init = Some(took);
                    return Ok(Some(Member { sandbox, running: 0, used: Instant::now(), init, place }));
                }
                Ok(Err(error)) => (error, Shutdown::Failure),
                Err(_) => {
                    let error = FunctionError::timed_out(request_id, limit);
                    (NotBegun::Function(error, Bytes::new()), Shutdown::Timeout)
                }
            };
            let member = Member { sandbox, running: 0, used: begun, init: None, place };
            place = member.end(reason).await;
            let NotBegun::Function(error, written) = error else { return Err(self.refused(error, took)) };
            log.extend_from_slice(&written);
            if last {
                return Err(Refused::Function(error, log.into(), took));
            }
            (limit, last) = (self.function.timeout, true);
        }
    }

    fn refused(&self, error: NotBegun, took: Duration) -> Refused {
        match error {
            NotBegun::Package(reason) => Refused::Package(reason),
            NotBegun::Function(error, log) => Refused::Function(error, log, took),
            NotBegun::Machine(error) => {
                tracing::debug!(%error, function = self.function.key.arn, "a sandbox did not come up");
                Refused::Machine(Arc::new(error))
            }
        }
    }

    /// Gives places to those who wait, as long as there are both. `surplus` is for the caller to drop without the lock.
    fn serve(self: &Arc<Self>, state: &mut State, surplus: &mut Vec<Seat>) {
        while !state.waiting.is_empty()
            && let Some(seat) = self.take(state)
            && let Some(waiting) = state.waiting.pop_front()
        {
            if let Err(Ok(seat)) = waiting.tell.send(Ok(seat)) {
                surplus.push(seat);
            }
        }
    }

    /// Takes a place back.
    fn release(self: &Arc<Self>, sandbox: &Arc<dyn Sandbox>) {
        let mut surplus = Vec::new();
        let mut state = self.state();
        if let Some(index) = state.members.iter().position(|member| Arc::ptr_eq(&member.sandbox, sandbox)) {
            if sandbox.has_ended() {
                state.members.remove(index);
                self.replace(&mut state);
            } else {
                let member = &mut state.members[index];
                member.running -= 1;
                member.used = Instant::now();
                state.members[index..].rotate_left(1);
                if state.waiting.is_empty() {
                    state.rest();
                }
            }
        }
        if !state.waiting.is_empty() {
            self.serve(&mut state, &mut surplus);
            self.start_more(&mut state);
        }
        drop(state);
    }

    /// Since when the sandbox is idle that is idle longest, of those that may end.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        if state.spare() == 0 {
            return None;
        }
        state.members.iter().filter(|member| member.running == 0).map(|member| member.used).min()
    }

    /// The sandbox that is idle longest, of those that may end.
    pub(super) fn take_longest_idle(&self) -> Option<Member> {
        let mut state = self.state();
        if state.spare() == 0 {
            return None;
        }
        let idle = state.members.iter().enumerate().filter(|(_, member)| member.running == 0);
        let (index, _) = idle.min_by_key(|(_, member)| member.used)?;
        Some(state.members.remove(index))
    }

    /// The sandboxes that are idle at least since then, of those that may end.
    pub(super) fn take_idle(&self, since: Instant) -> Vec<Member> {
        let mut state = self.state();
        let spare = state.spare();
        let idle = |member: &mut Member| member.running == 0 && member.used <= since;
        state.members.extract_if(.., idle).take(spare).collect()
    }

    pub(crate) async fn retire(&self) {
        let idle = {
            let mut state = self.state();
            state.retired = true;
            state.ahead = Ahead::default();
            state.members.extract_if(.., |member| member.running == 0).collect()
        };
        ended(end_all(idle, Shutdown::Spindown)).await;
    }

    /// All sandboxes; there will be no more.
    pub(super) fn close(&self) -> Vec<Member> {
        let mut state = self.state();
        state.closed = true;
        state.ahead = Ahead::default();
        state.waiting.clear();
        std::mem::take(&mut state.members)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    pub(super) fn kill(&self) {
        self.sandbox.kill();
    }

    /// Shuts it down; its place is free for another.
    pub(super) async fn end(self, reason: Shutdown) -> OwnedSemaphorePermit {
        self.sandbox.thaw();
        self.sandbox.shutdown(reason).await;
        self.place
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(until) = self.until.filter(|_| !self.sandbox.has_ended()) else {
            self.pool.release(&self.sandbox);
            return;
        };
        let (pool, sandbox) = (Arc::clone(&self.pool), Arc::clone(&self.sandbox));
        let mut next = Box::pin(async move {
            if tokio::time::timeout_at(until, sandbox.next()).await.is_err() {
                sandbox.shutdown(Shutdown::Timeout).await;
            }
            pool.release(&sandbox);
        });
        // Mostly all have asked already, and who calls next is to find this place.
        if next.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            let pool = Arc::clone(&self.pool);
            pool.state().lingering += 1;
            tokio::spawn(async move {
                next.await;
                pool.state().lingering -= 1;
            });
        }
    }
}
