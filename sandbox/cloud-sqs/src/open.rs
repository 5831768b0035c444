//! The service's state, and what its transactions have before them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::{Access, AwsError, Clock, Context, Denial, Realm};
use cloud_delivery::Timeline;
use cloud_policy::Documents;
use cloud_store::{Error, Key, Resident, Store, Transaction};
use cloud_wire::access::Asking;
use cloud_wire::head::Head;
use cloud_wire::{Input, Operation, Protocol, Service, ServiceModel};
use tokio::task::JoinSet;

use crate::attributes::LARGEST;
use crate::error::{missing, no_queue};
use crate::record::{GONE, LAYOUT, NUMBERS, QUEUES, Queue, Status, TASKS, Task, TaskKey};
use crate::shapes::{self, Code};
use crate::state::{Backlog, Counts, Now};
use crate::upkeep::Upkeep;
use crate::waiting::Waiting;
use crate::{names, ops, policy, ports, resources, shown, upkeep};

/// After how long the timeline is kept anew, in milliseconds.
const KEPT_EVERY: u64 = 1000;

/// SQS of one realm.
pub struct Sqs {
    pub(crate) context: Context,
    pub(crate) records: Records,
    /// Policies of queues as they were read.
    pub(crate) documents: Documents,
    /// There may be something to clear away, or a task to go on with.
    pub(crate) upkeep: Arc<Upkeep>,
    /// What clears away, and looks at the time for those who wait; they end with the service.
    background: Mutex<JoinSet<()>>,
}

/// What transactions change. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records {
    pub store: Store,
    pub queues: Resident<String, Queue>,
    pub tasks: Resident<TaskKey, Task>,
    pub timeline: Timeline,
    pub waiting: Arc<Waiting>,
    clock: Arc<dyn Clock>,
    /// Up to when the timeline is kept.
    kept: Arc<AtomicU64>,
}

/// A queue within a transaction.
pub(crate) struct Desk<'t, 'a> {
    pub records: &'t Records,
    pub transaction: &'t mut Transaction<'a>,
    pub queue: Queue,
    pub backlog: Backlog,
    pub now: Now,
}

/// An error on its way out of a transaction.
pub(crate) struct Failed(pub AwsError);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

/// Opens the service, goes on with what was under way, and registers its ports with the context.
pub async fn open(context: &Context) -> Result<Arc<Sqs>, Error> {
    let records = Records::open(context).await?;
    let sqs = Arc::new(Sqs {
        context: context.clone(),
        records,
        documents: Documents::default(),
        upkeep: Arc::default(),
        background: Mutex::default(),
    });
    ports::register(&sqs);
    resources::register(&sqs);
    shown::register(&sqs);
    sqs.upkeep.ask();
    let keep = upkeep::keep(Arc::downgrade(&sqs), Arc::clone(&sqs.upkeep));
    let Records { waiting, timeline, clock, .. } = sqs.records.clone();
    let mut background = sqs.background.lock().unwrap_or_else(PoisonError::into_inner);
    background.spawn(keep);
    background.spawn(waiting.run(timeline, clock));
    drop(background);
    Ok(sqs)
}

impl Service for Sqs {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    // AWS: SQS says itself what is wrong, in words of its own.
    fn validates(&self, _operation: &str) -> bool {
        false
    }

    fn complete(&self, operation: &Operation, head: &Head, input: &mut Input) {
        complete(operation, head, input);
    }

    fn inspect(&self, operation: &Operation, input: &Input) -> Result<(), AwsError> {
        let mut members = operation.input.members().iter().zip(input.members());
        match members.find(|(member, value)| member.required && value.is_null()) {
            Some((member, _)) if member.name == "Entries" => Err(ops::batch::empty(operation.name)),
            Some((member, _)) => Err(missing(member.name)),
            None => Ok(()),
        }
    }

    fn body_too_large(&self, _operation: &Operation) -> AwsError {
        ops::send_message::too_large(LARGEST)
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        self.asked(asking)
    }

    fn host(&self, asking: &Asking<'_>) -> Option<Realm> {
        policy::host(asking)
    }

    fn denied(&self, protocol: Protocol, denial: &Denial) -> AwsError {
        policy::denied(protocol, denial)
    }

    cloud_wire::dispatch! { crate::shapes;
        AddPermission => ops::permissions::add_permission,
        CancelMessageMoveTask => ops::move_tasks::cancel_message_move_task,
        ChangeMessageVisibility => ops::visibility::change_message_visibility,
        ChangeMessageVisibilityBatch => ops::visibility::change_message_visibility_batch,
        CreateQueue => ops::create_queue::create_queue,
        DeleteMessage => ops::delete_message::delete_message,
        DeleteMessageBatch => ops::delete_message::delete_message_batch,
        DeleteQueue => ops::delete_queue::delete_queue,
        GetQueueAttributes => ops::attributes::get_queue_attributes,
        GetQueueUrl => ops::list_queues::get_queue_url,
        ListDeadLetterSourceQueues => ops::list_queues::list_dead_letter_source_queues,
        ListMessageMoveTasks => ops::move_tasks::list_message_move_tasks,
        ListQueueTags => ops::tags::list_queue_tags,
        ListQueues => ops::list_queues::list_queues,
        PurgeQueue => ops::purge_queue::purge_queue,
        ReceiveMessage => ops::receive_message::receive_message,
        RemovePermission => ops::permissions::remove_permission,
        SendMessage => ops::send_message::send_message,
        SendMessageBatch => ops::send_message::send_message_batch,
        SetQueueAttributes => ops::attributes::set_queue_attributes,
        StartMessageMoveTask => ops::move_tasks::start_message_move_task,
        TagQueue => ops::tags::tag_queue,
        UntagQueue => ops::tags::untag_queue,
    }
}

/// AWS: in the query protocol a request to a queue's URL means that queue.
fn complete(operation: &Operation, head: &Head, input: &mut Input) {
    let missing = operation
        .input
        .members()
        .iter()
        .zip(input.members())
        .position(|(member, value)| member.name == "QueueUrl" && value.is_null());
    if let Some(place) = missing
        && names::split_url(&head.path).is_some_and(|(account, _)| account.is_some())
    {
        input.say(place, head.path.clone());
    }
}

impl Records {
    /// As they are kept.
    async fn open(context: &Context) -> Result<Self, Error> {
        let store = Store::open(context.database("sqs"), LAYOUT).await?;
        let (queues, _) = Resident::open(&store, QUEUES, &[]).await?;
        let (tasks, _) = Resident::open(&store, TASKS, &[]).await?;
        let kept = store.get(NUMBERS, time_key()).await?;
        let kept = kept.as_deref().and_then(Key::split_number).map_or(0, |(kept, _)| kept);
        let timeline = Timeline::resume(context, kept);
        let (clock, waiting) = (context.shared_clock(), Arc::default());
        Ok(Self { store, queues, tasks, timeline, waiting, clock, kept: Arc::new(AtomicU64::new(kept)) })
    }

    pub(crate) fn now(&self) -> Now {
        Now { time: self.timeline.now(), wall_ms: self.clock.now_ms() }
    }

    /// A number that nothing here has had.
    pub(crate) fn number(transaction: &mut Transaction<'_>) -> Result<u64, Error> {
        let kept = transaction.get(NUMBERS, Key::text("next"))?;
        let next = kept.as_deref().and_then(Key::split_number).map_or(1, |(next, _)| next);
        transaction.put(NUMBERS, Key::text("next"), (next + 1).to_be_bytes())?;
        Ok(next)
    }

    /// Notes a number whose rows are to go.
    pub(crate) fn forsake(transaction: &mut Transaction<'_>, number: u64) -> Result<(), Error> {
        transaction.put(GONE, number.to_be_bytes(), [])
    }

    /// The messages of a queue.
    pub(crate) fn backlog(
        transaction: &mut Transaction<'_>,
        queue: &Queue,
        now: Now,
    ) -> Result<Backlog, Error> {
        Backlog::open(transaction, queue.backlog, queue.settings.is_fifo, queue.settings.retention, now)
    }

    /// Keeps the time, so that what waits so long waits no longer in a later process.
    pub(crate) fn keep_time(&self, transaction: &mut Transaction<'_>, now: Now) -> Result<(), Error> {
        if now.time < self.kept.load(Ordering::Relaxed).saturating_add(KEPT_EVERY) {
            return Ok(());
        }
        transaction.put(NUMBERS, time_key(), now.time.to_be_bytes())?;
        let kept = Arc::clone(&self.kept);
        transaction.then(move || {
            kept.fetch_max(now.time, Ordering::Relaxed);
        });
        Ok(())
    }

    /// Does something with a queue, in one transaction.
    pub(crate) async fn at<T: Send + 'static>(
        &self,
        name: String,
        frees: bool,
        work: impl FnOnce(&mut Desk<'_, '_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let records = self.clone();
        let whole = move |transaction: &mut Transaction<'_>| {
            let queue =
                records.queues.within(transaction).get(&name)?.ok_or_else(no_queue).map_err(Failed)?;
            let now = records.now();
            let backlog = Records::backlog(transaction, &queue, now)?;
            let before = backlog.counts;
            let mut desk = Desk { records: &records, transaction, queue, backlog, now };
            let answer = work(&mut desk).map_err(Failed)?;
            desk.end(before)?;
            Ok(answer)
        };
        let done = if frees { self.store.free(whole).await } else { self.store.transact(whole).await };
        done.map_err(|Failed(error)| error)
    }

    /// Changes a queue that is there.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce(&mut Queue) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let decide = move |old: Option<&Queue>| {
            let mut queue = old.cloned().ok_or_else(no_queue).map_err(Failed)?;
            let answer = work(&mut queue).map_err(Failed)?;
            Ok((Some(queue), answer))
        };
        self.queues.change(name, decide).await.map_err(|Failed(error)| error)
    }
}

fn time_key() -> Key {
    Key::text("time")
}

impl Desk<'_, '_> {
    fn end(&mut self, before: Counts) -> Result<(), Error> {
        let counts = self.backlog.counts;
        if counts == before {
            return Ok(());
        }
        self.backlog.keep(self.transaction)?;
        if counts.in_flight + counts.delayed > 0 {
            self.records.keep_time(self.transaction, self.now)?;
        }
        Ok(())
    }

    /// Tells one who waits that there may be a message, once this is durable.
    pub(crate) fn tell(&mut self) {
        let (waiting, backlog) = (Arc::clone(&self.records.waiting), self.backlog.id);
        self.transaction.then(move || waiting.tell(backlog));
    }

    /// The same at a time.
    pub(crate) fn tell_at(&mut self, due: u64) {
        let (waiting, backlog) = (Arc::clone(&self.records.waiting), self.backlog.id);
        self.transaction.then(move || waiting.tell_at(backlog, Some(due)));
    }
}

impl Sqs {
    /// The queue that a URL means.
    pub(crate) fn queue(&self, url: &str) -> Result<Arc<Queue>, AwsError> {
        let name = names::of_url(&self.context, url)?;
        self.records.queues.get(&name).ok_or_else(no_queue)
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.upkeep.is_done()
            && !self.records.tasks.view().values().any(|task| task.status == Status::Running)
    }

    /// Closes the service: what was written is flushed, nothing is written any more, and another may open it.
    pub async fn close(&self) {
        let mut background =
            std::mem::take(&mut *self.background.lock().unwrap_or_else(PoisonError::into_inner));
        background.shutdown().await;
        self.records.store.close().await;
    }

    /// For operations of a queue beyond what it may have.
    pub(crate) fn over_limit(message: &str) -> AwsError {
        Code::OverLimit.error(message)
    }
}
