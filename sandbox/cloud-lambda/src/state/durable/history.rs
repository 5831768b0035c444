//! The history of an execution: what is told of each change.

use super::Draft;
use crate::shapes::{
    CallbackFailedDetails, CallbackStartedDetails, CallbackSucceededDetails, CallbackTimedOutDetails,
    ChainedInvokeFailedDetails, ChainedInvokeStartedDetails, ChainedInvokeStoppedDetails,
    ChainedInvokeSucceededDetails, ChainedInvokeTimedOutDetails, ContextFailedDetails, ContextStartedDetails,
    ContextSucceededDetails, ErrorObject, Event, EventError, EventInput, EventPauseReason, EventResult,
    EventResumeReason, EventType, ExecutionFailedDetails, ExecutionPausedDetails, ExecutionResumedDetails,
    ExecutionStartedDetails, ExecutionStoppedDetails, ExecutionSucceededDetails, ExecutionTimedOutDetails,
    InvocationCompletedDetails, RetryDetails, StepFailedDetails, StepStartedDetails, StepSucceededDetails,
    WaitCancelledDetails, WaitStartedDetails, WaitSucceededDetails,
};

/// How something ended, in words that an event has a place for.
pub(super) enum Told<'a> {
    Result(Option<&'a str>),
    Error(Option<&'a ErrorObject>),
}

fn input(payload: Option<&str>) -> EventInput {
    EventInput { payload: payload.map(str::to_owned), truncated: Some(false) }
}

fn result(payload: Option<&str>) -> EventResult {
    EventResult { payload: payload.map(str::to_owned), truncated: Some(false) }
}

fn error(payload: Option<&ErrorObject>) -> EventError {
    EventError { payload: payload.cloned(), truncated: Some(false) }
}

impl Draft {
    /// Adds an event; of an operation, if it is of one.
    fn tell(&mut self, event_type: EventType, operation: Option<&str>, details: Event) {
        self.execution.events += 1;
        let of = operation.and_then(|id| self.operations.get(id)).map(|kept| &kept.operation);
        self.events.push(Event {
            event_type: Some(event_type),
            event_id: i32::try_from(self.execution.events).ok(),
            event_timestamp: Some(self.now),
            id: of.map(|of| of.id.clone()),
            name: of.and_then(|of| of.name.clone()),
            sub_type: of.and_then(|of| of.sub_type.clone()),
            parent_id: of.and_then(|of| of.parent_id.clone()),
            ..details
        });
    }

    pub(super) fn tell_started(&mut self, payload: &str) {
        let details = ExecutionStartedDetails {
            input: input(Some(payload)),
            execution_timeout: self.execution.timeout,
        };
        self.tell(
            EventType::ExecutionStarted,
            None,
            Event { execution_started_details: Some(details), ..Event::default() },
        );
        self.tell_itself();
    }

    pub(super) fn tell_succeeded(&mut self, payload: Option<&str>) {
        let details = ExecutionSucceededDetails { result: result(payload) };
        self.tell(
            EventType::ExecutionSucceeded,
            None,
            Event { execution_succeeded_details: Some(details), ..Event::default() },
        );
        self.tell_itself();
    }

    pub(super) fn tell_failed(&mut self, payload: Option<&ErrorObject>) {
        let details = ExecutionFailedDetails { error: error(payload) };
        self.tell(
            EventType::ExecutionFailed,
            None,
            Event { execution_failed_details: Some(details), ..Event::default() },
        );
        self.tell_itself();
    }

    pub(super) fn tell_timed_out(&mut self, payload: Option<&ErrorObject>) {
        let details = ExecutionTimedOutDetails { error: Some(error(payload)) };
        self.tell(
            EventType::ExecutionTimedOut,
            None,
            Event { execution_timed_out_details: Some(details), ..Event::default() },
        );
        self.tell_itself();
    }

    pub(super) fn tell_stopped(&mut self, payload: Option<&ErrorObject>) {
        let details = ExecutionStoppedDetails { error: error(payload) };
        self.tell(
            EventType::ExecutionStopped,
            None,
            Event { execution_stopped_details: Some(details), ..Event::default() },
        );
        self.tell_itself();
    }

    /// The last event is of the execution as a whole.
    fn tell_itself(&mut self) {
        let (id, name) = (self.execution.id.clone(), self.execution.name.clone());
        if let Some(event) = self.events.last_mut() {
            (event.id, event.name) = (Some(id), Some(name));
        }
    }

    pub(super) fn tell_paused(&mut self) {
        let Some(pause) = self.execution.pause.clone() else { return };
        let reason =
            pause.reason.map(|reason| EventPauseReason { payload: Some(reason), truncated: Some(false) });
        let details = ExecutionPausedDetails {
            pause_request_timestamp: pause.requested,
            reason,
            execution_timeout_paused: pause.holds_timeout,
        };
        self.tell(
            EventType::ExecutionPaused,
            None,
            Event { execution_paused_details: Some(details), ..Event::default() },
        );
    }

    pub(super) fn tell_resumed(&mut self, reason: Option<String>) {
        let reason = reason.map(|reason| EventResumeReason { payload: Some(reason), truncated: Some(false) });
        let details = ExecutionResumedDetails { resume_request_timestamp: self.now, reason };
        self.tell(
            EventType::ExecutionResumed,
            None,
            Event { execution_resumed_details: Some(details), ..Event::default() },
        );
    }

    pub(super) fn tell_invoked(
        &mut self,
        request_id: String,
        start_timestamp: jiff::Timestamp,
        failed: Option<&ErrorObject>,
    ) {
        let details = InvocationCompletedDetails {
            start_timestamp,
            end_timestamp: self.now,
            request_id,
            error: failed.map(|failed| error(Some(failed))),
        };
        self.tell(
            EventType::InvocationCompleted,
            None,
            Event { invocation_completed_details: Some(details), ..Event::default() },
        );
    }

    pub(super) fn tell_context_started(&mut self, id: &str) {
        self.tell(
            EventType::ContextStarted,
            Some(id),
            Event { context_started_details: Some(ContextStartedDetails::default()), ..Event::default() },
        );
    }

    pub(super) fn tell_context(&mut self, id: &str, told: &Told<'_>) {
        match told {
            Told::Result(payload) => self.tell(
                EventType::ContextSucceeded,
                Some(id),
                Event {
                    context_succeeded_details: Some(ContextSucceededDetails { result: result(*payload) }),
                    ..Event::default()
                },
            ),
            Told::Error(payload) => self.tell(
                EventType::ContextFailed,
                Some(id),
                Event {
                    context_failed_details: Some(ContextFailedDetails { error: error(*payload) }),
                    ..Event::default()
                },
            ),
        }
    }

    pub(super) fn tell_step_started(&mut self, id: &str) {
        self.tell(
            EventType::StepStarted,
            Some(id),
            Event { step_started_details: Some(StepStartedDetails::default()), ..Event::default() },
        );
    }

    /// An attempt of a step ended; another follows after `delay` seconds, if there is one.
    pub(super) fn tell_step(&mut self, id: &str, told: &Told<'_>, attempt: i32, delay: Option<i32>) {
        let retry_details =
            RetryDetails { current_attempt: Some(attempt), next_attempt_delay_seconds: delay };
        match told {
            Told::Result(payload) => self.tell(
                EventType::StepSucceeded,
                Some(id),
                Event {
                    step_succeeded_details: Some(StepSucceededDetails {
                        result: result(*payload),
                        retry_details,
                    }),
                    ..Event::default()
                },
            ),
            Told::Error(payload) => self.tell(
                EventType::StepFailed,
                Some(id),
                Event {
                    step_failed_details: Some(StepFailedDetails { error: error(*payload), retry_details }),
                    ..Event::default()
                },
            ),
        }
    }

    pub(super) fn tell_wait_started(&mut self, id: &str, seconds: i32, until: jiff::Timestamp) {
        self.tell(
            EventType::WaitStarted,
            Some(id),
            Event {
                wait_started_details: Some(WaitStartedDetails {
                    duration: seconds,
                    scheduled_end_timestamp: until,
                }),
                ..Event::default()
            },
        );
    }

    pub(super) fn tell_wait_over(&mut self, id: &str, seconds: i32) {
        self.tell(
            EventType::WaitSucceeded,
            Some(id),
            Event {
                wait_succeeded_details: Some(WaitSucceededDetails { duration: Some(seconds) }),
                ..Event::default()
            },
        );
    }

    pub(super) fn tell_wait_cancelled(&mut self, id: &str, payload: Option<&ErrorObject>) {
        self.tell(
            EventType::WaitCancelled,
            Some(id),
            Event {
                wait_cancelled_details: Some(WaitCancelledDetails {
                    error: payload.map(|payload| error(Some(payload))),
                }),
                ..Event::default()
            },
        );
    }

    pub(super) fn tell_callback_started(&mut self, id: &str, callback: String, timeout: i32, heartbeat: i32) {
        let details = CallbackStartedDetails {
            callback_id: callback,
            heartbeat_timeout: Some(heartbeat).filter(|seconds| *seconds > 0),
            timeout: Some(timeout).filter(|seconds| *seconds > 0),
        };
        self.tell(
            EventType::CallbackStarted,
            Some(id),
            Event { callback_started_details: Some(details), ..Event::default() },
        );
    }

    pub(super) fn tell_callback(&mut self, id: &str, told: &Told<'_>) {
        match told {
            Told::Result(payload) => self.tell(
                EventType::CallbackSucceeded,
                Some(id),
                Event {
                    callback_succeeded_details: Some(CallbackSucceededDetails { result: result(*payload) }),
                    ..Event::default()
                },
            ),
            Told::Error(payload) => self.tell(
                EventType::CallbackFailed,
                Some(id),
                Event {
                    callback_failed_details: Some(CallbackFailedDetails { error: error(*payload) }),
                    ..Event::default()
                },
            ),
        }
    }

    pub(super) fn tell_callback_timed_out(&mut self, id: &str, payload: &ErrorObject) {
        self.tell(
            EventType::CallbackTimedOut,
            Some(id),
            Event {
                callback_timed_out_details: Some(CallbackTimedOutDetails { error: error(Some(payload)) }),
                ..Event::default()
            },
        );
    }

    pub(super) fn tell_call_started(
        &mut self,
        id: &str,
        function_name: String,
        payload: &str,
        tenant_id: Option<String>,
        (executed_version, durable_execution_arn): (Option<String>, Option<String>),
    ) {
        let details = ChainedInvokeStartedDetails {
            function_name,
            tenant_id,
            input: Some(input(Some(payload))),
            executed_version,
            durable_execution_arn,
        };
        self.tell(
            EventType::ChainedInvokeStarted,
            Some(id),
            Event { chained_invoke_started_details: Some(details), ..Event::default() },
        );
    }

    pub(super) fn tell_call(&mut self, id: &str, closed: &super::Closed) {
        let details = Event::default();
        match closed {
            super::Closed::Succeeded(payload) => {
                let told = ChainedInvokeSucceededDetails { result: result(payload.as_deref()) };
                let details = Event { chained_invoke_succeeded_details: Some(told), ..details };
                self.tell(EventType::ChainedInvokeSucceeded, Some(id), details);
            }
            super::Closed::Failed(payload) => {
                let told = ChainedInvokeFailedDetails { error: error(payload.as_ref()) };
                let details = Event { chained_invoke_failed_details: Some(told), ..details };
                self.tell(EventType::ChainedInvokeFailed, Some(id), details);
            }
            super::Closed::TimedOut(payload) => {
                let told = ChainedInvokeTimedOutDetails { error: error(payload.as_ref()) };
                let details = Event { chained_invoke_timed_out_details: Some(told), ..details };
                self.tell(EventType::ChainedInvokeTimedOut, Some(id), details);
            }
            super::Closed::Stopped(payload) => {
                let told = ChainedInvokeStoppedDetails { error: error(payload.as_ref()) };
                let details = Event { chained_invoke_stopped_details: Some(told), ..details };
                self.tell(EventType::ChainedInvokeStopped, Some(id), details);
            }
        }
    }
}

/// An event as it is told to who does not want what was said in it.
pub(crate) fn without_data(mut event: Event) -> Event {
    let hide_error = |error: &mut EventError| {
        error.truncated = Some(error.payload.take().is_some());
    };
    let hide_result = |result: &mut EventResult| {
        result.truncated = Some(result.payload.take().is_some());
    };
    let hide_input = |input: &mut EventInput| {
        input.truncated = Some(input.payload.take().is_some());
    };
    let e = &mut event;
    let results = [
        e.execution_succeeded_details.as_mut().map(|details| &mut details.result),
        e.context_succeeded_details.as_mut().map(|details| &mut details.result),
        e.step_succeeded_details.as_mut().map(|details| &mut details.result),
        e.chained_invoke_succeeded_details.as_mut().map(|details| &mut details.result),
        e.callback_succeeded_details.as_mut().map(|details| &mut details.result),
    ];
    results.into_iter().flatten().for_each(hide_result);
    let errors = [
        e.execution_failed_details.as_mut().map(|details| &mut details.error),
        e.execution_timed_out_details.as_mut().and_then(|details| details.error.as_mut()),
        e.execution_stopped_details.as_mut().map(|details| &mut details.error),
        e.context_failed_details.as_mut().map(|details| &mut details.error),
        e.step_failed_details.as_mut().map(|details| &mut details.error),
        e.wait_cancelled_details.as_mut().and_then(|details| details.error.as_mut()),
        e.chained_invoke_failed_details.as_mut().map(|details| &mut details.error),
        e.chained_invoke_timed_out_details.as_mut().map(|details| &mut details.error),
        e.chained_invoke_stopped_details.as_mut().map(|details| &mut details.error),
        e.callback_failed_details.as_mut().map(|details| &mut details.error),
        e.callback_timed_out_details.as_mut().map(|details| &mut details.error),
        e.invocation_completed_details.as_mut().and_then(|details| details.error.as_mut()),
    ];
    errors.into_iter().flatten().for_each(hide_error);
    let inputs = [
        e.execution_started_details.as_mut().map(|details| &mut details.input),
        e.chained_invoke_started_details.as_mut().and_then(|details| details.input.as_mut()),
    ];
    inputs.into_iter().flatten().for_each(hide_input);
    if let Some(reason) = e.execution_paused_details.as_mut().and_then(|details| details.reason.as_mut()) {
        reason.truncated = Some(reason.payload.take().is_some());
    }
    if let Some(reason) = e.execution_resumed_details.as_mut().and_then(|details| details.reason.as_mut()) {
        reason.truncated = Some(reason.payload.take().is_some());
    }
    event
}
