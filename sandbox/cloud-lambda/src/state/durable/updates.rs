//! What a function says of its execution: checkpoints, and the updates that they are made of.

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_core::AwsError;
use serde::{Deserialize, Serialize};

use super::history::Told as Said;
use super::{Call, CallbackId, Closed, Draft, ExecutionArn, Open, Repeat, Timer, later};
use crate::quotas;
use crate::shapes::{
    CallbackDetails, ChainedInvokeDetails, Code, ContextDetails, ErrorObject, Operation, OperationAction,
    OperationStatus, OperationType, OperationUpdate, StepDetails, WaitDetails,
};

/// For how long a checkpoint may be asked for again by its client token.
// AWS: "within a 15-minute window".
const REPEATS: Duration = Duration::from_mins(15);

/// What a checkpoint is answered with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Of the next token. Without one the invocation has nothing more to say.
    pub(crate) generation: Option<u64>,
    /// The operations that are other than the function knows.
    pub(crate) operations: Vec<String>,
}

/// What an update's function was found to be, by the update's operation.
pub(crate) type Calls = BTreeMap<String, (Option<String>, Option<ExecutionArn>, Option<String>)>;

/// Bytes of an error.
pub(crate) fn bytes_of(error: &ErrorObject) -> usize {
    let texts = [&error.error_message, &error.error_type, &error.error_data];
    let texts = texts.into_iter().flatten().map(String::len).sum::<usize>();
    texts + error.stack_trace.iter().flatten().map(String::len).sum::<usize>()
}

/// Fails where an update says more than it may.
// AWS: "The maximum payload size is 6 MB for synchronous EXECUTION operations … and 1 MB for" all others, and "the combined size
// of all error fields is limited to 1 MB".
pub(crate) fn expect_sizes(updates: &[OperationUpdate]) -> Result<(), AwsError> {
    for update in updates {
        let most = match update.r#type {
            OperationType::Execution => quotas::SYNCHRONOUS,
            _ => quotas::OPERATION,
        };
        let much = update.payload.as_deref().map_or(0, str::len);
        if much > most {
            return invalid(&format!(
                "The payload of operation {} is {much} bytes, more than the {most} bytes that it may be.",
                update.id
            ));
        }
        let much = update.error.as_ref().map_or(0, bytes_of);
        if much > quotas::OPERATION {
            return invalid(&format!(
                "The error of operation {} is {much} bytes, more than the {} bytes that it may be.",
                update.id,
                quotas::OPERATION
            ));
        }
    }
    Ok(())
}

/// The operations that updates are about.
pub(crate) fn named(updates: &[OperationUpdate]) -> Vec<String> {
    updates.iter().flat_map(|update| std::iter::once(&update.id).chain(&update.parent_id)).cloned().collect()
}

// LIMIT: the texts are ours.
fn invalid<T>(text: &str) -> Result<T, AwsError> {
    Err(Code::InvalidParameterValueException.error(text).with("Type", "User"))
}

// AWS: the SDKs know it by these words, and have the function invoked again.
pub(crate) fn wrong_token() -> AwsError {
    Code::InvalidParameterValueException.error("Invalid checkpoint token").with("Type", "User")
}

impl Draft {
    /// Takes all updates of a checkpoint, or none.
    pub(crate) fn checkpoint(
        &mut self,
        generation: u64,
        updates: Vec<OperationUpdate>,
        calls: &Calls,
        client_token: Option<String>,
    ) -> Result<Told, AwsError> {
        if let Some(told) = self.repeated(generation, client_token.as_deref()) {
            return Ok(told);
        }
        if generation != self.execution.generation {
            return Err(wrong_token());
        }
        if !self.execution.is_live() || self.execution.is_paused() {
            // AWS: without a token the function says no more, and its invocation ends as one that waits.
            return Ok(Told::default());
        }
        if self.execution.invocation.is_none() {
            return Err(wrong_token());
        }
        let mut ids: Vec<String> = Vec::new();
        for update in updates {
            let id = update.id.clone();
            self.update(update, calls)?;
            if !self.execution.is_live() {
                return Ok(Told::default());
            }
            if self.operations.contains_key(&id) && !ids.contains(&id) {
                ids.push(id);
            }
        }
        for id in std::mem::take(&mut self.execution.untold) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if self.execution.pause.is_some() {
            self.pause_now();
            // What it was about to do it does when the execution is resumed.
            self.execution.is_due = true;
            return Ok(Told { generation: None, operations: ids });
        }
        self.execution.generation += 1;
        let told = Told { generation: Some(self.execution.generation), operations: ids };
        self.execution.repeat = client_token.map(|client_token| Repeat {
            client_token,
            generation,
            at: self.now,
            told: told.clone(),
        });
        Ok(told)
    }

    fn repeated(&self, generation: u64, client_token: Option<&str>) -> Option<Told> {
        let repeat = self.execution.repeat.as_ref()?;
        let is_late = self.now.duration_since(repeat.at).unsigned_abs() > REPEATS;
        let is_it = repeat.generation == generation && client_token == Some(repeat.client_token.as_str());
        (is_it && !is_late).then(|| repeat.told.clone())
    }

    fn update(&mut self, update: OperationUpdate, calls: &Calls) -> Result<(), AwsError> {
        let much = update.payload.as_deref().map_or(0, str::len) + update.error.as_ref().map_or(0, bytes_of);
        self.execution.bytes += much as u64;
        if self.execution.bytes > quotas::EXECUTION_BYTES {
            let text = format!("Durable execution exceeded the limit of {} bytes.", quotas::EXECUTION_BYTES);
            self.exceed(text);
            return Ok(());
        }
        if update.r#type == OperationType::Execution {
            return self.end_by(&update);
        }
        self.expect_like(&update)?;
        if !self.operations.contains_key(&update.id) && self.execution.operations >= quotas::OPERATIONS {
            self.exceed(format!(
                "Durable execution exceeded the limit of {} operations.",
                quotas::OPERATIONS
            ));
            return Ok(());
        }
        match (&update.r#type, &update.action) {
            (OperationType::Context, OperationAction::Start) => self.start_context(&update),
            (OperationType::Context, OperationAction::Succeed | OperationAction::Fail) => {
                self.end_context(&update)
            }
            (OperationType::Step, OperationAction::Start) => self.start_step(&update),
            (OperationType::Step, OperationAction::Succeed | OperationAction::Fail) => self.end_step(&update),
            (OperationType::Step, OperationAction::Retry) => self.retry_step(update),
            (OperationType::Wait, OperationAction::Start) => self.start_wait(update),
            (OperationType::Wait, OperationAction::Cancel) => self.cancel_wait(update),
            (OperationType::Callback, OperationAction::Start) => self.start_callback(update),
            (OperationType::ChainedInvoke, OperationAction::Start) => self.start_call(update, calls),
            (of, action) => invalid(&format!("Operations of type {of} have no action {action}.")),
        }
    }

    // AWS: an execution fails that goes beyond a quota, and the checkpoint is answered without a token.
    fn exceed(&mut self, text: String) {
        self.close(Closed::Failed(Some(ErrorObject {
            error_type: Some("ServiceQuotaExceededException".to_owned()),
            error_message: Some(text),
            ..ErrorObject::default()
        })));
    }

    fn end_by(&mut self, update: &OperationUpdate) -> Result<(), AwsError> {
        match update.action {
            OperationAction::Succeed => self.close(Closed::Succeeded(update.payload.clone())),
            OperationAction::Fail => self.close(Closed::Failed(update.error.clone())),
            _ => return invalid(&format!("The execution itself has no action {}.", update.action)),
        }
        Ok(())
    }

    /// Fails where an operation is said to be another than it is, or to be within one that is not there.
    fn expect_like(&self, update: &OperationUpdate) -> Result<(), AwsError> {
        if let Some(kept) = self.operations.get(&update.id)
            && (kept.operation.r#type != update.r#type || kept.operation.parent_id != update.parent_id)
        {
            return invalid(&format!("Operation {} is another one already.", update.id));
        }
        let Some(parent) = &update.parent_id else { return Ok(()) };
        match self.operations.get(parent) {
            Some(kept) if kept.operation.r#type == OperationType::Context => Ok(()),
            _ => invalid(&format!("There is no context {parent} for operation {} to be in.", update.id)),
        }
    }

    /// Keeps a new operation as an update describes it. One that is there already makes it fail.
    fn begin(&mut self, update: &OperationUpdate) -> Result<(), AwsError> {
        if self.operations.contains_key(&update.id) {
            return invalid(&format!("Operation {} was started already.", update.id));
        }
        self.add(Operation {
            id: update.id.clone(),
            parent_id: update.parent_id.clone(),
            name: update.name.clone(),
            r#type: update.r#type.clone(),
            sub_type: update.sub_type.clone(),
            start_timestamp: self.now,
            status: OperationStatus::Started,
            ..Operation::default()
        });
        Ok(())
    }

    /// Fails where an operation is done.
    fn expect_open(&self, id: &str) -> Result<(), AwsError> {
        match self.operations.get(id) {
            Some(kept) if kept.is_done() => invalid(&format!("Operation {id} is done already.")),
            _ => Ok(()),
        }
    }

    fn start_context(&mut self, update: &OperationUpdate) -> Result<(), AwsError> {
        self.begin(update)?;
        self.tell_context_started(&update.id);
        Ok(())
    }

    fn end_context(&mut self, update: &OperationUpdate) -> Result<(), AwsError> {
        self.expect_open(&update.id)?;
        if !self.operations.contains_key(&update.id) {
            self.begin(update)?;
        }
        let (now, is_success) = (self.now, update.action == OperationAction::Succeed);
        let said = if is_success {
            Said::Result(update.payload.as_deref())
        } else {
            Said::Error(update.error.as_ref())
        };
        if let Some(kept) = self.change(&update.id) {
            let operation = &mut kept.operation;
            operation.status = if is_success { OperationStatus::Succeeded } else { OperationStatus::Failed };
            operation.end_timestamp = Some(now);
            operation.context_details = Some(ContextDetails {
                replay_children: update.context_options.as_ref().and_then(|options| options.replay_children),
                result: update.payload.clone(),
                error: update.error.clone(),
            });
        }
        self.tell_context(&update.id, &said);
        Ok(())
    }

    fn start_step(&mut self, update: &OperationUpdate) -> Result<(), AwsError> {
        match self.operations.get(&update.id).map(|kept| kept.operation.status.clone()) {
            None => {
                self.begin(update)?;
                if let Some(kept) = self.change(&update.id) {
                    kept.operation.step_details =
                        Some(StepDetails { attempt: Some(0), ..StepDetails::default() });
                }
            }
            // Its next attempt.
            Some(OperationStatus::Ready) => {
                if let Some(kept) = self.change(&update.id) {
                    kept.operation.status = OperationStatus::Started;
                }
            }
            Some(_) => return invalid(&format!("Operation {} was started already.", update.id)),
        }
        self.tell_step_started(&update.id);
        Ok(())
    }

    /// The step that an attempt ends of, which counts from one.
    fn attempt(&mut self, update: &OperationUpdate) -> Result<i32, AwsError> {
        self.expect_open(&update.id)?;
        if self
            .operations
            .get(&update.id)
            .is_some_and(|kept| kept.operation.status == OperationStatus::Pending)
        {
            return invalid(&format!("The next attempt of operation {} is still to come.", update.id));
        }
        if !self.operations.contains_key(&update.id) {
            self.begin(update)?;
        }
        let details = self.change(&update.id).map(|kept| kept.operation.step_details.get_or_insert_default());
        let attempt = details.map(|details| details.attempt.insert(details.attempt.unwrap_or(0) + 1));
        Ok(attempt.copied().unwrap_or(1))
    }

    fn end_step(&mut self, update: &OperationUpdate) -> Result<(), AwsError> {
        let attempt = self.attempt(update)?;
        let (now, is_success) = (self.now, update.action == OperationAction::Succeed);
        let said = if is_success {
            Said::Result(update.payload.as_deref())
        } else {
            Said::Error(update.error.as_ref())
        };
        if let Some(kept) = self.change(&update.id) {
            let operation = &mut kept.operation;
            operation.status = if is_success { OperationStatus::Succeeded } else { OperationStatus::Failed };
            operation.end_timestamp = Some(now);
            operation.step_details = Some(StepDetails {
                attempt: Some(attempt),
                next_attempt_timestamp: None,
                result: update.payload.clone(),
                error: update.error.clone(),
            });
        }
        self.tell_step(&update.id, &said, attempt, None);
        Ok(())
    }

    fn retry_step(&mut self, update: OperationUpdate) -> Result<(), AwsError> {
        let delay = update.step_options.as_ref().and_then(|options| options.next_attempt_delay_seconds);
        let Some(seconds) = delay else {
            return invalid("A retry needs NextAttemptDelaySeconds.");
        };
        let attempt = self.attempt(&update)?;
        let wait = u64::try_from(seconds).unwrap_or(1);
        let next = later(self.now, wait);
        if let Some(kept) = self.change(&update.id) {
            kept.seconds = seconds;
            kept.operation.status = OperationStatus::Pending;
            kept.operation.step_details = Some(StepDetails {
                attempt: Some(attempt),
                next_attempt_timestamp: Some(next),
                result: update.payload.clone(),
                error: update.error.clone(),
            });
        }
        // AWS: what is tried again without an error has succeeded so far, as a condition that is waited for.
        let said = match &update.error {
            Some(error) => Said::Error(Some(error)),
            None => Said::Result(update.payload.as_deref()),
        };
        self.tell_step(&update.id, &said, attempt, Some(seconds));
        self.execution.open.insert(update.id.clone(), Open::Retry);
        self.timers.push((Timer::Retry(update.id), Some(Duration::from_secs(wait))));
        Ok(())
    }

    fn start_wait(&mut self, update: OperationUpdate) -> Result<(), AwsError> {
        let Some(seconds) = update.wait_options.as_ref().and_then(|options| options.wait_seconds) else {
            return invalid("A wait needs WaitSeconds.");
        };
        self.begin(&update)?;
        let wait = u64::try_from(seconds).unwrap_or(1);
        let until = later(self.now, wait);
        if let Some(kept) = self.change(&update.id) {
            kept.seconds = seconds;
            kept.operation.wait_details = Some(WaitDetails { scheduled_end_timestamp: Some(until) });
        }
        self.tell_wait_started(&update.id, seconds, until);
        self.execution.open.insert(update.id.clone(), Open::Wait);
        self.timers.push((Timer::Wait(update.id), Some(Duration::from_secs(wait))));
        Ok(())
    }

    fn cancel_wait(&mut self, update: OperationUpdate) -> Result<(), AwsError> {
        self.expect_open(&update.id)?;
        let now = self.now;
        let Some(kept) = self.change(&update.id) else {
            return invalid(&format!("There is no wait {}.", update.id));
        };
        kept.operation.status = OperationStatus::Cancelled;
        kept.operation.end_timestamp = Some(now);
        self.tell_wait_cancelled(&update.id, update.error.as_ref());
        self.execution.open.remove(&update.id);
        self.timers.push((Timer::Wait(update.id), None));
        Ok(())
    }

    fn start_callback(&mut self, update: OperationUpdate) -> Result<(), AwsError> {
        self.begin(&update)?;
        let options = update.callback_options.unwrap_or_default();
        let (timeout, heartbeat) =
            (options.timeout_seconds.unwrap_or(0), options.heartbeat_timeout_seconds.unwrap_or(0));
        let number = self.operations.get(&update.id).map_or(0, |kept| kept.number);
        let callback = CallbackId { execution: self.execution.arn(), number }.text();
        if let Some(kept) = self.change(&update.id) {
            kept.seconds = timeout;
            kept.heartbeat = heartbeat;
            kept.operation.callback_details =
                Some(CallbackDetails { callback_id: Some(callback.clone()), ..CallbackDetails::default() });
        }
        self.tell_callback_started(&update.id, callback, timeout, heartbeat);
        self.execution.open.insert(update.id.clone(), Open::Callback);
        let seconds = |seconds: i32| u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
        if let Some(seconds) = seconds(timeout) {
            self.timers.push((Timer::Timeout(update.id.clone()), Some(Duration::from_secs(seconds))));
        }
        if let Some(seconds) = seconds(heartbeat) {
            self.timers.push((Timer::Heartbeat(update.id), Some(Duration::from_secs(seconds))));
        }
        Ok(())
    }

    fn start_call(&mut self, update: OperationUpdate, calls: &Calls) -> Result<(), AwsError> {
        let Some(options) = &update.chained_invoke_options else {
            return invalid("A chained invocation needs ChainedInvokeOptions.");
        };
        self.begin(&update)?;
        let payload = update.payload.clone().unwrap_or_default();
        let (version, execution, arn) = calls.get(&update.id).cloned().unwrap_or_default();
        let call = Call {
            function: options.function_name.clone(),
            payload: payload.clone(),
            version: version.clone(),
            execution,
            trace: options.x_amzn_trace_id.clone(),
        };
        if let Some(kept) = self.change(&update.id) {
            kept.call = Some(call);
            kept.operation.chained_invoke_details = Some(ChainedInvokeDetails::default());
        }
        let (function, tenant) = (options.function_name.clone(), options.tenant_id.clone());
        self.tell_call_started(&update.id, function, &payload, tenant, (version, arn));
        self.execution.open.insert(update.id, Open::Call);
        Ok(())
    }
}
