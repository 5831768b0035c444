//! StartMessageMoveTask, CancelMessageMoveTask, ListMessageMoveTasks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_core::{Arn, AwsError, Caller};
use cloud_store::{Key, Ordered as _, Scan, Transaction};
use serde::{Deserialize, Serialize};

use crate::error::{invalid, no_resource, wrong};
use crate::names;
use crate::open::{Desk, Failed, Sqs};
use crate::record::{Queue, Status, TASKS, Task, TaskKey};
use crate::shapes::{
    CancelMessageMoveTaskRequest, CancelMessageMoveTaskResult, Code, ListMessageMoveTasksRequest,
    ListMessageMoveTasksResult, ListMessageMoveTasksResultEntry, StartMessageMoveTaskRequest,
    StartMessageMoveTaskResult,
};

/// AWS: messages that a task moves in a second at most.
const FASTEST: i32 = 500;
/// AWS: the tasks of a queue that are listed, and kept.
const LISTED: usize = 10;

/// What a task's handle says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handle {
    task_id: String,
    source_arn: String,
}

impl Handle {
    fn print(&self) -> String {
        STANDARD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = if text.len() > 4096 { return None } else { STANDARD.decode(text).ok()? };
        serde_json::from_slice(&bytes).ok()
    }
}

/// The ARN of the queue that a task's handle names.
pub(crate) fn source_of(handle: &str) -> Option<String> {
    Handle::parse(handle).map(|handle| handle.source_arn)
}

impl Sqs {
    /// The queue that a parameter names by its ARN.
    fn named(&self, parameter: &'static str, arn: &str) -> Result<std::sync::Arc<Queue>, AwsError> {
        let arn = arn.parse::<Arn>().map_err(|_| {
            invalid(parameter, arn, "You must use this format to specify the parameter: arn:aws:sqs:<region>:<account-id>:<queue-name>.")
        })?;
        let found = names::of_arn(&self.context, &arn).and_then(|name| self.records.queues.get(&name));
        found.ok_or_else(|| no_resource(parameter))
    }
}

pub(crate) async fn start_message_move_task(
    sqs: &Sqs,
    _caller: &Caller,
    input: StartMessageMoveTaskRequest,
) -> Result<StartMessageMoveTaskResult, AwsError> {
    let rate = input.max_number_of_messages_per_second;
    if let Some(rate) = rate.filter(|rate| !(1..=FASTEST).contains(rate)) {
        let reason = "The MaxNumberOfMessagesPerSecond must be an integer between 1 and 500.";
        return Err(invalid("MaxNumberOfMessagesPerSecond", rate, reason));
    }
    let source = sqs.named("SourceArn", &input.source_arn)?;
    let to = input.destination_arn;
    if let Some(to) = &to {
        let destination = sqs.named("DestinationArn", to)?;
        if destination.id == source.id {
            return Err(wrong("Source queue arn and destination queue arn cannot be the same."));
        }
        if destination.settings.is_fifo != source.settings.is_fifo {
            return Err(wrong("Source and destination queues must be of the same type."));
        }
    }
    let arn = names::arn(&sqs.context, &source.name);
    let feeds = |queue: &Queue| queue.settings.redrive.as_ref().is_some_and(|redrive| redrive.to == arn);
    if !sqs.records.queues.view().values().any(|queue| feeds(queue)) {
        return Err(wrong("Source queue must be configured as a Dead Letter Queue."));
    }
    let id = sqs.context.entropy().uuid().to_string();
    let handle = Handle { task_id: id.clone(), source_arn: arn };
    let start = move |desk: &mut Desk<'_, '_>| begin(desk, id, to, rate);
    sqs.records.at(source.name.clone(), false, start).await?;
    sqs.upkeep.ask();
    Ok(StartMessageMoveTaskResult { task_handle: Some(handle.print()) })
}

/// Keeps a task that runs, unless one does already.
fn begin(desk: &mut Desk<'_, '_>, id: String, to: Option<String>, rate: Option<i32>) -> Result<(), AwsError> {
    let tasks = of_queue(desk, desk.queue.id)?;
    if tasks.iter().any(|(_, task)| task.status == Status::Running) {
        return Err(Code::UnsupportedOperation.error(
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        ));
    }
    let too_many = (tasks.len() + 1).saturating_sub(LISTED);
    for (key, _) in tasks.iter().take(too_many) {
        desk.records.tasks.within(desk.transaction).remove(key)?;
    }
    desk.backlog.settle(desk.transaction)?;
    let last = tasks.last().map_or(0, |((_, at), _)| *at);
    let task = Task {
        id,
        queue: desk.queue.name.clone(),
        queue_id: desk.queue.id,
        to,
        rate: rate.and_then(|rate| u32::try_from(rate).ok()),
        started_ms: desk.now.wall_ms,
        started: desk.now.time,
        to_move: desk.backlog.counts.visible(),
        ..Task::default()
    };
    let key = (desk.queue.id, desk.now.time.max(last + 1));
    desk.records.keep_time(desk.transaction, desk.now)?;
    desk.records.tasks.within(desk.transaction).put(key, task)?;
    Ok(())
}

/// The tasks of a queue, the oldest first.
fn of_queue(desk: &mut Desk<'_, '_>, id: u64) -> Result<Vec<(TaskKey, Task)>, AwsError> {
    let keys = desk.transaction.keys(TASKS, &Scan::prefix(Key::number(id)).limit(2 * LISTED))?;
    let mut tasks = Vec::new();
    for key in keys.iter().filter_map(|key| TaskKey::decode(key)) {
        let task = desk.records.tasks.within(desk.transaction).get(&key)?;
        tasks.extend(task.map(|task| (key, task)));
    }
    Ok(tasks)
}

pub(crate) async fn cancel_message_move_task(
    sqs: &Sqs,
    _caller: &Caller,
    input: CancelMessageMoveTaskRequest,
) -> Result<CancelMessageMoveTaskResult, AwsError> {
    let handle = Handle::parse(&input.task_handle)
        .ok_or_else(|| invalid("TaskHandle", &input.task_handle, "It is not a handle of a task."))?;
    let source = sqs.named("SourceArn", &handle.source_arn)?;
    let records = sqs.records.clone();
    let found = records
        .tasks
        .view()
        .range((source.id, 0)..=(source.id, u64::MAX))
        .find_map(|(key, task)| (task.id == handle.task_id).then_some(*key));
    let key = found.ok_or_else(|| no_resource("TaskHandle"))?;
    let cancel = move |transaction: &mut Transaction<'_>| {
        let mut tasks = records.tasks.within(transaction);
        let mut task = tasks.get(&key)?.ok_or_else(|| Failed(no_resource("TaskHandle")))?;
        if task.status != Status::Running {
            return Err(Failed(wrong("Only active tasks can be cancelled.")));
        }
        task.status = Status::Cancelled;
        let moved = task.moved;
        tasks.put(key, task)?;
        Ok(moved)
    };
    let moved = sqs.records.store.free(cancel).await.map_err(|Failed(error)| error)?;
    Ok(CancelMessageMoveTaskResult { approximate_number_of_messages_moved: i64::try_from(moved).ok() })
}

pub(crate) async fn list_message_move_tasks(
    sqs: &Sqs,
    _caller: &Caller,
    input: ListMessageMoveTasksRequest,
) -> Result<ListMessageMoveTasksResult, AwsError> {
    // AWS: one where nothing is said, ten at most, the newest first.
    let most = input.max_results.unwrap_or(1);
    let most = usize::try_from(most).ok().filter(|most| (1..=LISTED).contains(most));
    let most = most.ok_or_else(|| {
        let reason = "MaxResults must be an integer between 1 and 10.";
        invalid("MaxResults", input.max_results.unwrap_or_default(), reason)
    })?;
    let source = sqs.named("SourceArn", &input.source_arn)?;
    let arn = names::arn(&sqs.context, &source.name);
    let tasks = sqs.records.tasks.view();
    let of_it = tasks.range((source.id, 0)..=(source.id, u64::MAX)).rev();
    let results: Vec<_> = of_it.take(most).map(|(_, task)| show(task, &arn)).collect();
    Ok(ListMessageMoveTasksResult { results: Some(results).filter(|results| !results.is_empty()) })
}

// AWS: only a task that runs has a handle.
fn show(task: &Task, arn: &str) -> ListMessageMoveTasksResultEntry {
    let handle = Handle { task_id: task.id.clone(), source_arn: arn.to_owned() };
    ListMessageMoveTasksResultEntry {
        task_handle: (task.status == Status::Running).then(|| handle.print()),
        status: Some(task.status.as_str().to_owned()),
        source_arn: Some(arn.to_owned()),
        destination_arn: task.to.clone(),
        max_number_of_messages_per_second: task.rate.and_then(|rate| i32::try_from(rate).ok()),
        approximate_number_of_messages_moved: i64::try_from(task.moved).ok(),
        approximate_number_of_messages_to_move: i64::try_from(task.to_move).ok(),
        failure_reason: task.failure.clone(),
        started_timestamp: Some(task.started_ms),
    }
}
