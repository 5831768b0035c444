//! What goes on in the background: rows that are gone, messages past their retention, tasks that move messages.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use cloud_core::Arn;
use cloud_store::{Error, Key, Scan, Table, Transaction};
use tokio::sync::Notify;

use crate::moved::revive;
use crate::names;
use crate::open::{Records, Sqs};
use crate::record::{
    BODIES, COUNTS, DELETED, GONE, GROUPS, MEMORY, MEMORY_AGES, ORDER, Queue, STATES, Status, TENANTS, Task,
    TaskKey,
};
use crate::state::{Backlog, memory};

/// How often it is looked for what is too old.
const SWEPT_EVERY: Duration = Duration::from_mins(1);
/// Rows, messages and memories that go in one transaction.
const SLICE: usize = 128;
/// Messages that a task moves in one transaction.
const MOVED: u64 = 16;
/// AWS: what a task fails with whose queue is gone.
const NO_QUEUE: &str = "AWS.SimpleQueueService.NonExistentQueue";

/// The tables whose rows begin with the number of a backlog or a queue.
const TABLES: [Table; 8] = [BODIES, STATES, ORDER, GROUPS, TENANTS, COUNTS, MEMORY, MEMORY_AGES];

/// Who asks for it, and how much of that is done.
#[derive(Default)]
pub(crate) struct Upkeep {
    wanted: Notify,
    asked: AtomicU64,
    done: AtomicU64,
}

impl Upkeep {
    /// There may be something to clear away, or a task to go on with.
    pub(crate) fn ask(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.wanted.notify_one();
    }

    /// Whether all that was asked for is done.
    pub(crate) fn is_done(&self) -> bool {
        self.done.load(Ordering::SeqCst) >= self.asked.load(Ordering::SeqCst)
    }
}

/// Goes on while the service is open.
pub(crate) async fn keep(sqs: Weak<Sqs>, upkeep: Arc<Upkeep>) {
    let mut swept = None;
    loop {
        let mut told = pin!(upkeep.wanted.notified());
        told.as_mut().enable();
        let asked = upkeep.asked.load(Ordering::SeqCst);
        let Some(open) = sqs.upgrade() else { return };
        let clock = open.context.shared_clock();
        let is_time = swept.is_none_or(|at| clock.monotonic() >= at);
        if is_time {
            swept = Some(clock.monotonic().saturating_add(SWEPT_EVERY));
        }
        if let Err(error) = clear(&open, is_time).await {
            tracing::warn!(%error, "what is gone from queues is cleared away later");
        }
        let next = run_tasks(&open).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "messages are moved later");
            None
        });
        let next = next.map(|due| open.records.timeline.moment(due));
        drop(open);
        upkeep.done.fetch_max(asked, Ordering::SeqCst);
        let until = [next, swept].into_iter().flatten().min().unwrap_or_default();
        tokio::select! {
            () = told => {}
            () = clock.wait_until(until) => {}
        }
    }
}

/// Clears away what is gone and, if it is time, what is too old.
async fn clear(sqs: &Sqs, is_time: bool) -> Result<(), Error> {
    while sqs.records.store.free(clear_some).await? {}
    if !is_time {
        return Ok(());
    }
    let queues: Vec<Arc<Queue>> = sqs.records.queues.view().values().cloned().collect();
    for queue in queues {
        while expire(&sqs.records, &queue.name).await? {}
    }
    let records = sqs.records.clone();
    sqs.records.store.free(move |transaction| forget_deleted(&records, transaction)).await
}

/// Removes some rows of what is gone. Whether there may be more.
fn clear_some(transaction: &mut Transaction<'_>) -> Result<bool, Error> {
    let gone = transaction.keys(GONE, &Scan::all().limit(1))?;
    let Some(number) = gone.into_iter().next() else { return Ok(false) };
    for table in TABLES {
        let keys = transaction.keys(table, &Scan::prefix(&number).limit(SLICE))?;
        for key in &keys {
            transaction.delete(table, key)?;
        }
        if keys.len() == SLICE {
            return Ok(true);
        }
    }
    transaction.delete(GONE, number)?;
    Ok(true)
}

/// Removes some of a queue's messages and memories that are too old. Whether there may be more.
async fn expire(records: &Records, name: &str) -> Result<bool, Error> {
    let (records, name) = (records.clone(), name.to_owned());
    let store = records.store.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let Some(queue) = records.queues.within(transaction).get(&name)? else { return Ok(false) };
        let now = records.now();
        let mut backlog = Records::backlog(transaction, &queue, now)?;
        let before = backlog.counts;
        let mut more = backlog.expire(transaction, SLICE)?;
        more |= memory::forget(transaction, queue.id, now.time, SLICE)?;
        if backlog.counts != before {
            backlog.keep(transaction)?;
        }
        Ok(more)
    };
    store.free(work).await
}

/// Forgets names of queues that were deleted long enough ago.
fn forget_deleted(records: &Records, transaction: &mut Transaction<'_>) -> Result<(), Error> {
    let now = records.timeline.now();
    let recent = crate::ops::create_queue::DELETED_RECENTLY;
    for entry in transaction.scan(DELETED, &Scan::all().limit(SLICE))? {
        let since = Key::split_number(&entry.value).map_or(0, |(since, _)| since);
        if since.saturating_add(recent) <= now {
            transaction.delete(DELETED, &entry.key)?;
        }
    }
    Ok(())
}

/// Goes on with all tasks; when the next is to be gone on with, on the timeline.
async fn run_tasks(sqs: &Sqs) -> Result<Option<u64>, Error> {
    let mut next = None;
    let running = |task: &Task| task.status == Status::Running;
    let keys: Vec<TaskKey> = {
        let tasks = sqs.records.tasks.view();
        tasks.iter().filter(|(_, task)| running(task)).map(|(key, _)| *key).collect()
    };
    for key in keys {
        let (records, context) = (sqs.records.clone(), sqs.context.clone());
        let step = move |transaction: &mut Transaction<'_>| {
            Step { records: &records, context: &context }.run(transaction, key)
        };
        let due = sqs.records.store.transact(step).await?;
        next = [next, due].into_iter().flatten().min();
    }
    Ok(next)
}

/// One step of a task.
struct Step<'a> {
    records: &'a Records,
    context: &'a cloud_core::Context,
}

/// Where messages go.
struct Destination {
    name: String,
    backlog: Backlog,
}

impl Step<'_> {
    /// Moves some messages; when to go on, if the task does.
    fn run(&self, transaction: &mut Transaction<'_>, key: TaskKey) -> Result<Option<u64>, Error> {
        let task = self.records.tasks.within(transaction).get(&key)?;
        let Some(mut task) = task.filter(|task| task.status == Status::Running) else { return Ok(None) };
        let now = self.records.now();
        let source = self.records.queues.within(transaction).get(&task.queue)?;
        let Some(source) = source.filter(|source| source.id == task.queue_id) else {
            self.fail(transaction, key, task)?;
            return Ok(None);
        };
        let allowed = allowed(&task, now.time);
        let mut backlog = Records::backlog(transaction, &source, now)?;
        backlog.settle(transaction)?;
        let mut destination: Option<Destination> = None;
        for _ in 0..allowed {
            let Some(found) = backlog.first_ready(transaction)? else {
                task.status = Status::Completed;
                break;
            };
            let to = task.to.clone().or_else(|| source_of(&found.body));
            let Some(to) = self.open(transaction, to.as_deref(), &source, destination.take(), now)? else {
                task.status = Status::Failed;
                task.failure = Some(NO_QUEUE.to_owned());
                break;
            };
            let to = destination.insert(to);
            backlog.remove(transaction, found.sequence, &found.state)?;
            revive(&mut to.backlog, transaction, found, self.context.entropy(), now.wall_ms)?;
            task.moved += 1;
        }
        if let Some(to) = destination {
            self.close(transaction, &to)?;
        }
        backlog.keep(transaction)?;
        let due = (task.status == Status::Running).then(|| due(&task, now.time));
        self.records.keep_time(transaction, now)?;
        self.records.tasks.within(transaction).put(key, task)?;
        Ok(due)
    }

    /// The destination of a message: the one before, if it is the same.
    fn open(
        &self,
        transaction: &mut Transaction<'_>,
        arn: Option<&str>,
        source: &Queue,
        before: Option<Destination>,
        now: crate::state::Now,
    ) -> Result<Option<Destination>, Error> {
        let name =
            arn.and_then(|arn| arn.parse::<Arn>().ok()).and_then(|arn| names::of_arn(self.context, &arn));
        match (before, &name) {
            (Some(before), Some(name)) if before.name == *name => return Ok(Some(before)),
            (Some(before), _) => self.close(transaction, &before)?,
            (None, _) => {}
        }
        let Some(name) = name else { return Ok(None) };
        let queue = self.records.queues.within(transaction).get(&name)?;
        let fits = |queue: &Queue| queue.id != source.id && queue.settings.is_fifo == source.settings.is_fifo;
        let Some(queue) = queue.filter(fits) else { return Ok(None) };
        let backlog = Records::backlog(transaction, &queue, now)?;
        Ok(Some(Destination { name, backlog }))
    }

    fn close(&self, transaction: &mut Transaction<'_>, to: &Destination) -> Result<(), Error> {
        to.backlog.keep(transaction)?;
        let (waiting, backlog) = (Arc::clone(&self.records.waiting), to.backlog.id);
        transaction.then(move || waiting.tell(backlog));
        Ok(())
    }

    fn fail(&self, transaction: &mut Transaction<'_>, key: TaskKey, task: Task) -> Result<(), Error> {
        let failure = Some(NO_QUEUE.to_owned());
        let task = Task { status: Status::Failed, failure, ..task };
        self.records.tasks.within(transaction).put(key, task)
    }
}

/// The ARN of the queue whose dead letter a message is.
fn source_of(body: &bytes::Bytes) -> Option<String> {
    crate::parcel::Parcel::decode(body)?.header.source
}

/// How many messages a task may move now.
fn allowed(task: &Task, now: u64) -> u64 {
    let Some(rate) = task.rate else { return MOVED };
    let passed = now.saturating_sub(task.started);
    let until_now = u64::from(rate).saturating_mul(passed) / 1000 + 1;
    until_now.saturating_sub(task.moved).min(MOVED)
}

/// When a task may move its next message.
fn due(task: &Task, now: u64) -> u64 {
    let Some(rate) = task.rate else { return now };
    let time = task.moved.saturating_mul(1000).div_ceil(u64::from(rate.max(1)));
    task.started.saturating_add(time).max(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_keeps_to_its_rate() {
        let task = |rate, moved| Task { rate, moved, started: 1000, ..Task::default() };
        for (rate, moved, now, may, next) in [
            (None, 7, 1000, MOVED, 1000),
            (Some(1), 0, 1000, 1, 1000),
            (Some(1), 1, 1000, 0, 2000),
            (Some(1), 1, 2000, 1, 2000),
            (Some(2), 1, 1000, 0, 1500),
            (Some(500), 0, 2000, MOVED, 2000),
            (Some(3), 3, 1999, 0, 2000),
        ] {
            let task = task(rate, moved);
            assert_eq!((allowed(&task, now), due(&task, now)), (may, next), "{rate:?} {moved} {now}");
        }
    }
}
