//! What Lambda does with an execution: invokes its function, brings what it waits for, and ends it.

use std::time::Duration;

use cloud_core::AwsError;
use jiff::Timestamp;

use super::history::Told as Said;
use super::{Draft, Ending, Invocation, Kept, Open, Pause, Status, Timer, later};
use crate::shapes::{Code, ErrorObject, OperationStatus};

// LIMIT: AWS does not say when an invocation that failed is tried again, nor how often: here as asynchronous events are after
// system errors, until the execution's time is over.
const BACKOFF: Duration = Duration::from_secs(1);
const MOST_BACKOFF: Duration = Duration::from_mins(5);

/// How long an execution may be paused altogether.
// AWS: "An execution with a paused timeout still times out 366 days after it started."
const MOST_SECONDS: u64 = 366 * 86_400;

/// What an invocation of the function came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The function waits for what is open.
    Pending,
    Closed(Closed),
    /// It failed, or did not say what it came to: to be tried again.
    Broken(ErrorObject),
    /// It did not run: to be tried again.
    NotRun,
}

/// How an execution, or a function that one calls, ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Closed {
    Succeeded(Option<String>),
    Failed(Option<ErrorObject>),
    TimedOut(Option<ErrorObject>),
    Stopped(Option<ErrorObject>),
}

/// What came for a callback.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Came {
    Success(Option<String>),
    Failure(Option<ErrorObject>),
    Heartbeat,
}

fn error(error_type: &str, message: impl Into<String>) -> ErrorObject {
    ErrorObject {
        error_type: Some(error_type.to_owned()),
        error_message: Some(message.into()),
        ..ErrorObject::default()
    }
}

// AWS: "The callback ID token has either expired or the callback associated with the token has already been closed."
fn closed_callback() -> AwsError {
    Code::CallbackTimeoutException
        .error(
            "The callback ID token has either expired or the callback associated with the token has already \
             been closed.",
        )
        .with("Type", "User")
}

impl Draft {
    /// Begins an invocation, if one is due. Returns the operations that changed since the last one.
    pub(crate) fn invoke(&mut self, request_id: &str) -> Option<Vec<String>> {
        let execution = &mut self.execution;
        let is_free = execution.is_live() && execution.invocation.is_none() && !execution.is_paused();
        if !is_free || !execution.is_due {
            return None;
        }
        execution.is_due = false;
        // No token of an invocation before is good any more.
        execution.generation += 1;
        execution.invocation = Some(Invocation {
            request_id: request_id.to_owned(),
            started: self.now,
            first: execution.generation,
        });
        execution.untold.clear();
        self.timers.push((Timer::Again, None));
        Some(std::mem::take(&mut self.execution.woke).into_iter().collect())
    }

    /// An invocation was cut off by the end of its process, and what it came to is not known.
    pub(crate) fn interrupted(&mut self) {
        let was_invoked = self.execution.invocation.take().is_some();
        // One that ended meanwhile is invoked no more.
        if was_invoked && self.execution.is_live() {
            self.execution.is_due = true;
            // Its tokens are good no more.
            self.execution.generation += 1;
            if self.execution.pause.is_some() && !self.execution.is_paused() {
                self.pause_now();
            }
        }
    }

    /// Takes what an invocation came to. One that is not under way any more changes nothing.
    pub(crate) fn invoked(&mut self, request_id: &str, outcome: Outcome) {
        let Some(invocation) = self.execution.invocation.take_if(|present| present.request_id == request_id)
        else {
            return;
        };
        if !self.execution.is_live() {
            return;
        }
        let failed = if let Outcome::Broken(error) = &outcome { Some(error.clone()) } else { None };
        if outcome != Outcome::NotRun {
            self.tell_invoked(invocation.request_id, invocation.started, failed.as_ref());
        }
        match outcome {
            Outcome::Pending => self.suspended(),
            Outcome::Closed(closed) => self.close(closed),
            Outcome::Broken(_) | Outcome::NotRun => self.invoke_again(),
        }
        if self.execution.is_live() && self.execution.pause.is_some() && !self.execution.is_paused() {
            self.pause_now();
        }
    }

    /// The function waits. Did anything come while it ran, it is invoked at once: it may have been told of that, and have
    /// suspended itself for it all the same.
    fn suspended(&mut self) {
        let execution = &mut self.execution;
        execution.failures = 0;
        execution.is_due |= !execution.woke.is_empty();
        if !execution.is_due && execution.open.is_empty() {
            let text = "Cannot return PENDING status with no pending operations.";
            self.close(Closed::Failed(Some(error("InvalidParameterValueException", text))));
        }
    }

    fn invoke_again(&mut self) {
        let execution = &mut self.execution;
        let doublings = execution.failures.min(16);
        execution.failures = execution.failures.saturating_add(1);
        let wait = BACKOFF.saturating_mul(1 << doublings).min(MOST_BACKOFF);
        self.timers.push((Timer::Again, Some(wait)));
    }

    /// A timer went off.
    pub(crate) fn went_off(&mut self, timer: &Timer) {
        if *timer == Timer::Retention {
            if !self.execution.is_live() {
                self.execution.status = Status::Deleting;
            }
            return;
        }
        if !self.execution.is_live() {
            return;
        }
        match timer {
            Timer::Wait(id) => self.end_wait(id),
            Timer::Retry(id) => self.make_ready(id),
            Timer::Timeout(id) => {
                self.time_out(id, &error("Callback.Timeout", "Callback timed out"));
            }
            Timer::Heartbeat(id) => {
                self.time_out(id, &error("Callback.Heartbeat", "Callback timed out on heartbeat"));
            }
            Timer::Execution => {
                let text = format!("Execution timed out after {} seconds.", self.execution.timeout);
                self.close(Closed::TimedOut(Some(error("Execution.Timeout", text))));
            }
            Timer::Again => self.execution.is_due = true,
            Timer::Retention => {}
        }
    }

    /// An operation that is open still, to be changed.
    fn open(&mut self, id: &str, as_what: Open) -> Option<&mut Kept> {
        if self.execution.open.get(id) != Some(&as_what) {
            return None;
        }
        self.execution.open.remove(id);
        self.change(id)
    }

    /// What an operation waited for is there.
    fn wake(&mut self, id: &str) {
        let execution = &mut self.execution;
        execution.woke.insert(id.to_owned());
        if execution.invocation.is_some() {
            execution.untold.insert(id.to_owned());
        } else {
            execution.is_due = true;
        }
    }

    fn end_wait(&mut self, id: &str) {
        let now = self.now;
        let Some(kept) = self.open(id, Open::Wait) else { return };
        kept.operation.status = OperationStatus::Succeeded;
        kept.operation.end_timestamp = Some(now);
        let seconds = kept.seconds;
        self.tell_wait_over(id, seconds);
        self.wake(id);
    }

    fn make_ready(&mut self, id: &str) {
        let Some(kept) = self.open(id, Open::Retry) else { return };
        kept.operation.status = OperationStatus::Ready;
        if let Some(details) = &mut kept.operation.step_details {
            details.next_attempt_timestamp = None;
        }
        self.wake(id);
    }

    fn time_out(&mut self, id: &str, error: &ErrorObject) {
        let now = self.now;
        let Some(kept) = self.open(id, Open::Callback) else { return };
        kept.operation.status = OperationStatus::TimedOut;
        kept.operation.end_timestamp = Some(now);
        kept.operation.callback_details.get_or_insert_default().error = Some(error.clone());
        self.tell_callback_timed_out(id, error);
        self.cancel_callback(id);
        self.wake(id);
    }

    fn cancel_callback(&mut self, id: &str) {
        self.timers.push((Timer::Timeout(id.to_owned()), None));
        self.timers.push((Timer::Heartbeat(id.to_owned()), None));
    }

    /// Somebody answers a callback, or tells that he is at it.
    pub(crate) fn answer(&mut self, id: &str, came: &Came) -> Result<(), AwsError> {
        if !self.execution.is_live() || self.execution.open.get(id) != Some(&Open::Callback) {
            return Err(closed_callback());
        }
        let now = self.now;
        if *came == Came::Heartbeat {
            let heartbeat = self.operations.get(id).map_or(0, |kept| kept.heartbeat);
            if let Some(seconds) = u64::try_from(heartbeat).ok().filter(|seconds| *seconds > 0) {
                self.timers.push((Timer::Heartbeat(id.to_owned()), Some(Duration::from_secs(seconds))));
            }
            return Ok(());
        }
        let Some(kept) = self.open(id, Open::Callback) else { return Err(closed_callback()) };
        kept.operation.end_timestamp = Some(now);
        let details = kept.operation.callback_details.get_or_insert_default();
        let (bytes, said) = match came {
            Came::Success(result) => {
                details.result.clone_from(result);
                kept.operation.status = OperationStatus::Succeeded;
                (result.as_deref().map_or(0, str::len), Said::Result(result.as_deref()))
            }
            Came::Failure(error) => {
                details.error.clone_from(error);
                kept.operation.status = OperationStatus::Failed;
                (error.as_ref().map_or(0, super::bytes_of), Said::Error(error.as_ref()))
            }
            Came::Heartbeat => return Ok(()),
        };
        self.execution.bytes += bytes as u64;
        self.tell_callback(id, &said);
        self.cancel_callback(id);
        self.wake(id);
        Ok(())
    }

    /// A function that an operation called came to its end.
    pub(crate) fn called(&mut self, id: &str, closed: &Closed) {
        if !self.execution.is_live() {
            return;
        }
        let now = self.now;
        let Some(kept) = self.open(id, Open::Call) else { return };
        kept.operation.end_timestamp = Some(now);
        // Not needed any more.
        if let Some(call) = &mut kept.call {
            call.payload.clear();
        }
        let details = kept.operation.chained_invoke_details.get_or_insert_default();
        let bytes = match closed {
            Closed::Succeeded(result) => {
                details.result.clone_from(result);
                result.as_deref().map_or(0, str::len)
            }
            Closed::Failed(error) | Closed::TimedOut(error) | Closed::Stopped(error) => {
                details.error.clone_from(error);
                error.as_ref().map_or(0, super::bytes_of)
            }
        };
        kept.operation.status = match closed {
            Closed::Succeeded(_) => OperationStatus::Succeeded,
            Closed::Failed(_) => OperationStatus::Failed,
            Closed::TimedOut(_) => OperationStatus::TimedOut,
            Closed::Stopped(_) => OperationStatus::Stopped,
        };
        self.execution.bytes += bytes as u64;
        self.tell_call(id, closed);
        self.wake(id);
    }

    /// Ends the execution. One that ended stays as it is.
    pub(crate) fn close(&mut self, closed: Closed) {
        if !self.execution.is_live() {
            return;
        }
        let ending = match closed {
            Closed::Succeeded(result) => {
                self.tell_succeeded(result.as_deref());
                self.execution.status = Status::Succeeded;
                Ending { result, error: None }
            }
            Closed::Failed(error) => {
                self.tell_failed(error.as_ref());
                self.execution.status = Status::Failed;
                Ending { result: None, error }
            }
            Closed::TimedOut(error) => {
                self.tell_timed_out(error.as_ref());
                self.execution.status = Status::TimedOut;
                Ending { result: None, error }
            }
            Closed::Stopped(error) => {
                self.tell_stopped(error.as_ref());
                self.execution.status = Status::Stopped;
                Ending { result: None, error }
            }
        };
        self.ending = Some(ending);
        let execution = &mut self.execution;
        execution.ended = Some(self.now);
        execution.is_due = false;
        execution.pause = None;
        execution.untold.clear();
        execution.woke.clear();
        let open = std::mem::take(&mut execution.open);
        let days = u64::try_from(execution.retention).unwrap_or(1);
        for (id, open) in open {
            match open {
                Open::Wait => self.timers.push((Timer::Wait(id), None)),
                Open::Retry => self.timers.push((Timer::Retry(id), None)),
                Open::Callback => self.cancel_callback(&id),
                Open::Call => {}
            }
        }
        self.timers.push((Timer::Execution, None));
        self.timers.push((Timer::Again, None));
        self.timers.push((Timer::Retention, Some(Duration::from_secs(days * 86_400))));
    }

    /// Has the execution not go on. Nothing is said where it is so already by the same client's token.
    pub(crate) fn pause(
        &mut self,
        reason: Option<String>,
        holds_timeout: bool,
        client_token: Option<String>,
    ) -> Result<(), AwsError> {
        if let Some(pause) = &self.execution.pause {
            if client_token.is_some() && pause.client_token == client_token {
                return Ok(());
            }
            return Err(conflict("The durable execution is paused already."));
        }
        self.expect_running()?;
        let requested = self.now;
        self.execution.pause = Some(Pause { requested, reason, holds_timeout, since: None, client_token });
        if self.execution.invocation.is_none() {
            self.pause_now();
        }
        Ok(())
    }

    /// Nothing of it is under way: it is paused from now on.
    pub(super) fn pause_now(&mut self) {
        let now = self.now;
        let Some(pause) = &mut self.execution.pause else { return };
        pause.since = Some(now);
        let holds_timeout = pause.holds_timeout;
        self.tell_paused();
        if holds_timeout {
            let most = self.most_end();
            self.timers.push((Timer::Execution, Some(until(now, most))));
        }
    }

    /// When it ends even if its time stands still.
    fn most_end(&self) -> Timestamp {
        later(self.execution.started, MOST_SECONDS)
    }

    /// Has a paused execution go on.
    pub(crate) fn resume(
        &mut self,
        reason: Option<String>,
        client_token: Option<String>,
    ) -> Result<(), AwsError> {
        let Some(pause) = self.execution.pause.clone() else {
            if client_token.is_some() && self.execution.resumed_by == client_token {
                return Ok(());
            }
            self.expect_running()?;
            return Err(conflict("The durable execution is not paused."));
        };
        self.execution.resumed_by = client_token;
        if let Some(since) = pause.since {
            self.tell_resumed(reason);
            if pause.holds_timeout {
                let paused = self.now.duration_since(since);
                let deadline = self.execution.deadline.saturating_add(paused).unwrap_or(self.most_end());
                self.execution.deadline = deadline.min(self.most_end());
                self.timers.push((Timer::Execution, Some(until(self.now, self.execution.deadline))));
            }
        }
        self.execution.pause = None;
        Ok(())
    }

    /// Has it removed.
    pub(crate) fn delete(&mut self) -> Result<(), AwsError> {
        if self.execution.is_live() {
            return Err(conflict("The durable execution has not ended yet."));
        }
        self.execution.status = Status::Deleting;
        self.timers.push((Timer::Retention, None));
        Ok(())
    }

    fn expect_running(&self) -> Result<(), AwsError> {
        if self.execution.is_live() { Ok(()) } else { Err(conflict("The durable execution is not running.")) }
    }
}

// LIMIT: the texts are ours.
pub(super) fn conflict(text: &str) -> AwsError {
    Code::ResourceConflictException.error(text).with("Type", "User")
}

/// How long it is from one moment to another.
fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(now.duration_until(then)).unwrap_or_default()
}
