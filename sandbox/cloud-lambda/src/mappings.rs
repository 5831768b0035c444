//! Event source mappings: what runs of them. Records of a source are polled, a function is invoked with them in batches, and
//! what it made of them decides what is acknowledged.
//!
//! Where to start: `work` keeps one mapping as its record says; `route` makes events and reads answers for the pump of
//! `cloud-delivery`, which moves the batches. `settings` and `kind` say what a mapping may be, `filter`, `event`, `failures` and
//! `given_up` what AWS means by each. Not here: the operations (`ops/event_source_mappings`).

mod access;
mod event;
mod failures;
mod filter;
mod given_up;
mod kind;
mod route;
mod settings;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::{Context, PortError, Reader};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

pub(crate) use access::{accesses, expect_role};
pub(crate) use kind::{Kind, invalid};
pub(crate) use settings::{Wanted, begin, defaults};

use crate::queue::Queue;
use crate::records::Records;
use crate::state::{Mapping, Phase};

/// What is told of a mapping by which nothing was processed yet.
const NOTHING_YET: &str = "No records processed";

/// The mappings that run. Cheap to clone; what runs ends with the last clone.
#[derive(Clone)]
pub(crate) struct Mappings(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    workers: Mutex<HashMap<String, Worker>>,
    runtime: Handle,
}

/// What workers share.
struct Shared {
    context: Context,
    records: Records,
    queue: Queue,
    /// What was processed last, by mappings' ids.
    results: Mutex<HashMap<String, String>>,
    /// Told whenever a mapping has come to what was asked of it.
    settled: Notify,
    stopping: watch::Sender<bool>,
}

/// What keeps one mapping.
struct Worker {
    /// Its record was changed, or what it depends on.
    told: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn note(&self, uuid: &str, result: String) {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        match results.get_mut(uuid) {
            Some(present) => *present = result,
            None => drop(results.insert(uuid.to_owned(), result)),
        }
    }

    fn forget(&self, uuid: &str) {
        self.results.lock().unwrap_or_else(PoisonError::into_inner).remove(uuid);
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

impl Mappings {
    /// None of them runs yet. Needs a tokio runtime.
    pub(crate) fn new(context: Context, records: Records, queue: Queue) -> Self {
        let shared = Arc::new(Shared {
            context,
            records,
            queue,
            results: Mutex::default(),
            settled: Notify::new(),
            stopping: watch::Sender::new(false),
        });
        Self(Arc::new(Inner { shared, workers: Mutex::default(), runtime: Handle::current() }))
    }

    /// Goes on with those that are kept.
    pub(crate) fn begin(&self) {
        let all: Vec<String> = self.0.shared.records.mappings().view().keys().cloned().collect();
        for uuid in all {
            self.look_at(&uuid);
        }
    }

    /// Has a mapping brought to what its record says, by a task of its own. To be called behind every change of one.
    pub(crate) fn look_at(&self, uuid: &str) {
        let mut workers = self.workers();
        workers.retain(|_, worker| !worker.task.is_finished());
        if let Some(worker) = workers.get(uuid) {
            worker.told.notify_one();
            return;
        }
        let (shared, told) = (Arc::clone(&self.0.shared), Arc::new(Notify::new()));
        let work = work::keep(shared, uuid.to_owned(), Arc::clone(&told));
        let worker = Worker { told, task: self.0.runtime.spawn(work) };
        workers.insert(uuid.to_owned(), worker);
    }

    /// A function was changed or removed, or one of its versions or aliases was.
    pub(crate) fn function_changed(&self, name: &str) {
        let of_it: Vec<String> = {
            let all = self.0.shared.records.mappings().view();
            all.values()
                .filter(|mapping| mapping.function == name)
                .map(|mapping| mapping.uuid.clone())
                .collect()
        };
        for uuid in of_it {
            self.look_at(&uuid);
        }
    }

    /// What was processed last by a mapping.
    pub(crate) fn last_result(&self, mapping: &Mapping) -> String {
        if let Some(problem) = &mapping.problem {
            return format!("PROBLEM: {problem}");
        }
        if mapping.phase == Phase::Creating {
            return NOTHING_YET.to_owned();
        }
        let results = self.0.shared.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.get(&mapping.uuid).cloned().unwrap_or_else(|| NOTHING_YET.to_owned())
    }

    /// Waits until a mapping has come to what was asked of it, or is gone.
    pub(crate) async fn settled(&self, uuid: &str) {
        loop {
            // Listens before it looks, so that a change in between is not missed.
            let mut settled = std::pin::pin!(self.0.shared.settled.notified());
            settled.as_mut().enable();
            let mapping = self.0.shared.records.mappings().get(&uuid.to_owned());
            if mapping.is_none_or(|mapping| mapping.phase.is_settled()) {
                return;
            }
            settled.await;
        }
    }

    /// Polls no more. What is under way is not waited for: what it polled is given again.
    pub(crate) async fn stop(&self) {
        self.0.shared.stopping.send_replace(true);
        let workers: Vec<Worker> = self.workers().drain().map(|(_, worker)| worker).collect();
        for mut worker in workers {
            worker.told.notify_one();
            // An error is a panic that was told already.
            let _ = (&mut worker.task).await;
        }
    }

    /// Whether every mapping has come to what was asked of it, and no source has anything for one that runs: what is under
    /// way is in its source until it is done.
    pub(crate) async fn is_idle(&self) -> bool {
        let shared = &self.0.shared;
        let all: Vec<Arc<Mapping>> = shared.records.mappings().view().values().cloned().collect();
        if all.iter().any(|mapping| !mapping.phase.is_settled()) {
            return false;
        }
        for mapping in all.iter().filter(|mapping| mapping.phase == Phase::Enabled) {
            // Who is not there is not asked: what it has comes with it.
            let Some(source) = shared.context.peers().source(&mapping.source) else { continue };
            let reader = Reader { source: mapping.source.clone(), name: mapping.uuid.clone(), shard: None };
            match source.describe(&reader).await {
                Ok(description) if description.is_empty => {}
                Err(PortError::Gone(_)) => {}
                _ => return false,
            }
        }
        true
    }

    fn workers(&self) -> MutexGuard<'_, HashMap<String, Worker>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
