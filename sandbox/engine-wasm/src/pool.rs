//! Which worker runs what: the workers of every function, the spare that waits for the next one, and their ends.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use budget::Budget;
use engine::{FunctionKey, FunctionSpec, Package};
use jail::Isolation;
use tokio::sync::{Mutex as AsyncMutex, Notify, OwnedSemaphorePermit, Semaphore};

use crate::ENTRY;
use crate::cache::{Cache, CompileError};
use crate::config::SLOTS;
use crate::frames::LoadError;
use crate::process::{Gone, Launch, Worker};

// AWS: the size of /tmp unless asked otherwise; spares are made with it.
const USUAL_TMP_MB: u32 = 512;

/// Workers of one function at most: with [`SLOTS`] each, the 1,000 invocations an account may have at once.
const WORKERS: usize = 16;

/// Workers of all functions at most, as long as an idle one can be ended instead.
const MOST_WORKERS: usize = 32;

/// Workers at most, busy ones too, and the spare. Beyond it an invocation waits until one ends.
const ALL_WORKERS: usize = 96;

/// How often whoever waits for that looks for one that is idle.
const LOOK: Duration = Duration::from_millis(100);

/// Why a function has no worker to run in.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Its package is at fault.
    Package(String),
    /// The machine is.
    Machine(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Machine(error)
    }
}

impl From<CompileError> for Refused {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Module(reason) => Self::Package(reason),
            CompileError::Io(error) => Self::Machine(io::Error::new(error.kind(), error)),
        }
    }
}

/// A place in a worker, for one invocation.
pub(crate) struct Seat {
    pub(crate) worker: Arc<Worker>,
    /// How long the worker took to come up, for the invocation that waited for it.
    pub(crate) init: Option<Duration>,
    group: Arc<Group>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.permit = None;
        self.group.used();
        self.group.freed.notify_one();
    }
}

/// All workers.
pub(crate) struct Pool {
    program: PathBuf,
    scratch: PathBuf,
    cache: Arc<Cache>,
    memory: Budget,
    places: Arc<Semaphore>,
    spare: AsyncMutex<Option<Worker>>,
    groups: Mutex<HashMap<FunctionKey, Arc<Group>>>,
}

/// The workers of one function.
struct Group {
    module: PathBuf,
    /// Its module is opened again with every new worker.
    _package: Package,
    workers: Mutex<Vec<Member>>,
    /// Held while a worker is started, so that a burst starts one and not a hundred.
    starting: AsyncMutex<()>,
    /// Told whenever a seat becomes free.
    freed: Notify,
    last_used: Mutex<Instant>,
}

struct Member {
    worker: Arc<Worker>,
    seats: Arc<Semaphore>,
}

impl Pool {
    pub(crate) fn new(program: PathBuf, scratch: PathBuf, cache: Arc<Cache>, memory: Budget) -> Self {
        let places = Arc::new(Semaphore::new(ALL_WORKERS));
        let (spare, groups) = (AsyncMutex::default(), Mutex::default());
        Self { program, scratch, cache, memory, places, spare, groups }
    }

    /// A place for one invocation: in a worker that has room, else in a new one, else in the first that gets room.
    pub(crate) async fn seat(self: &Arc<Self>, function: &FunctionSpec) -> Result<Seat, Refused> {
        let group = self.group(function);
        loop {
            if let Some(seat) = group.free_seat() {
                return Ok(seat);
            }
            if group.workers().len() >= WORKERS {
                group.freed.notified().await;
                continue;
            }
            let _alone = group.starting.lock().await;
            if let Some(seat) = group.free_seat() {
                return Ok(seat);
            }
            let module = self.cache.open(&group.module).await?;
            let begun = Instant::now();
            let worker = self.bring_up(function, &group.module, module).await?;
            return group.add(worker, begun.elapsed()).map_err(Refused::Machine);
        }
    }

    /// A jailed worker that has loaded the function's module.
    async fn bring_up(
        self: &Arc<Self>,
        function: &FunctionSpec,
        path: &Path,
        module: File,
    ) -> Result<Worker, Refused> {
        self.make_room();
        let worker = self.any_worker(function.ephemeral_storage_mb).await?;
        match worker.load(module, function).await {
            Ok(None) => Ok(worker),
            Ok(Some(LoadError::Link(reason))) => Err(Refused::Package(reason)),
            Ok(Some(LoadError::Stale(reason))) => {
                tracing::info!(reason, "a compiled module does not fit this program; compiling again");
                self.cache.forget(path);
                let module = self.cache.open(path).await?;
                let worker = self.start(function.ephemeral_storage_mb).await?;
                match worker.load(module, function).await {
                    Ok(None) => Ok(worker),
                    Ok(Some(LoadError::Link(reason) | LoadError::Stale(reason))) => {
                        Err(Refused::Package(reason))
                    }
                    Err(Gone) => Err(gone()),
                }
            }
            Err(Gone) => Err(gone()),
        }
    }

    /// The spare, if it fits and lives, else a new one.
    async fn any_worker(self: &Arc<Self>, tmp_mb: u32) -> io::Result<Worker> {
        if tmp_mb != USUAL_TMP_MB {
            return self.start(tmp_mb).await;
        }
        let spare = self.spare.lock().await.take().filter(|worker| !worker.has_ended());
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = pool.refill().await {
                tracing::warn!(%error, "no spare worker could be started");
            }
        });
        match spare {
            Some(worker) => Ok(worker),
            None => self.start(tmp_mb).await,
        }
    }

    /// Sees to it that a spare waits, and tells its walls.
    pub(crate) async fn refill(&self) -> io::Result<Isolation> {
        let mut spare = self.spare.lock().await;
        if let Some(worker) = spare.as_ref().filter(|worker| !worker.has_ended()) {
            return Ok(worker.isolation.clone());
        }
        let worker = self.start(USUAL_TMP_MB).await?;
        let isolation = worker.isolation.clone();
        *spare = Some(worker);
        Ok(isolation)
    }

    async fn start(&self, tmp_mb: u32) -> io::Result<Worker> {
        let place = self.place().await?;
        let launch = Launch { program: &self.program, scratch: &self.scratch, tmp_mb, memory: &self.memory };
        let worker = Worker::start(launch, place).await?;
        tracing::debug!(pid = worker.pid(), isolation = %worker.isolation, "a worker waits");
        Ok(worker)
    }

    /// A place for a worker, once there is one.
    async fn place(&self) -> io::Result<OwnedSemaphorePermit> {
        loop {
            let place = Arc::clone(&self.places).acquire_owned();
            if let Ok(place) = tokio::time::timeout(LOOK, place).await {
                return place.map_err(io::Error::other);
            }
            self.make_room();
        }
    }

    /// Forgets a function. Its workers end with their last invocations.
    pub(crate) fn retire(&self, key: &FunctionKey) {
        // Not under the lock: its workers are ended with it.
        let retired = self.groups().remove(key);
        drop(retired);
    }

    /// Ends the workers of functions that were not used since `before`.
    pub(crate) fn sweep(&self, before: Instant) {
        let idle = |_: &FunctionKey, group: &mut Arc<Group>| group.is_idle() && *group.last_used() <= before;
        let swept: Vec<_> = self.groups().extract_if(idle).collect();
        drop(swept);
    }

    /// Worker processes that belong to functions, by function and process id.
    pub(crate) fn pids(&self, key: &FunctionKey) -> Vec<u32> {
        let group = self.groups().get(key).cloned();
        group
            .map_or_else(Vec::new, |group| group.workers().iter().map(|member| member.worker.pid()).collect())
    }

    /// Ends everything.
    pub(crate) async fn close(&self) {
        let closed = std::mem::take(&mut *self.groups());
        drop(closed);
        self.spare.lock().await.take();
    }

    /// Ends the workers of the function that was idle longest, when there are too many.
    fn make_room(&self) {
        let mut groups = self.groups();
        if groups.values().map(|group| group.workers().len()).sum::<usize>() < MOST_WORKERS {
            return;
        }
        let idle = groups.iter().filter(|(_, group)| group.is_idle() && !group.workers().is_empty());
        if let Some(key) = idle.min_by_key(|(_, group)| *group.last_used()).map(|(key, _)| key.clone()) {
            groups.remove(&key);
        }
    }

    fn group(&self, function: &FunctionSpec) -> Arc<Group> {
        let mut groups = self.groups();
        let group = groups.entry(function.key.clone()).or_insert_with(|| {
            Arc::new(Group {
                module: function.package.join(ENTRY),
                _package: function.package.clone(),
                workers: Mutex::default(),
                starting: AsyncMutex::default(),
                freed: Notify::new(),
                last_used: Mutex::new(Instant::now()),
            })
        });
        Arc::clone(group)
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<FunctionKey, Arc<Group>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Group {
    /// A seat in a living worker.
    fn free_seat(self: &Arc<Self>) -> Option<Seat> {
        let mut workers = self.workers();
        workers.retain(|member| !member.worker.has_ended());
        workers.iter().find_map(|member| {
            let permit = Arc::clone(&member.seats).try_acquire_owned().ok()?;
            Some(self.seat(Arc::clone(&member.worker), permit, None))
        })
    }

    /// Takes a new worker in, and the first seat in it.
    fn add(self: &Arc<Self>, worker: Worker, init: Duration) -> io::Result<Seat> {
        let member = Member { worker: Arc::new(worker), seats: Arc::new(Semaphore::new(SLOTS as usize)) };
        let permit = Arc::clone(&member.seats).try_acquire_owned().map_err(io::Error::other)?;
        let seat = self.seat(Arc::clone(&member.worker), permit, Some(init));
        self.workers().push(member);
        Ok(seat)
    }

    fn seat(
        self: &Arc<Self>,
        worker: Arc<Worker>,
        permit: OwnedSemaphorePermit,
        init: Option<Duration>,
    ) -> Seat {
        Seat { worker, init, group: Arc::clone(self), permit: Some(permit) }
    }

    /// Whether nothing runs in it and nobody waits for it.
    fn is_idle(self: &Arc<Self>) -> bool {
        // One count is the map's own; seats and callers hold others.
        Arc::strong_count(self) == 1
    }

    fn used(&self) {
        *self.last_used() = Instant::now();
    }

    fn last_used(&self) -> MutexGuard<'_, Instant> {
        self.last_used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn workers(&self) -> MutexGuard<'_, Vec<Member>> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> Refused {
    Refused::Machine(io::Error::other("a worker died while it loaded its module"))
}
