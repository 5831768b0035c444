//! What may become of an execution, step by step, without a store and without a clock.

use super::*;
use crate::shapes::{
    CallbackOptions, ChainedInvokeOptions, ContextOptions, EventType, OperationAction, OperationUpdate,
    StepOptions, WaitOptions,
};

const REQUEST: &str = "request";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a time")
}

fn started() -> Draft {
    let arn =
        ExecutionArn { function: "f".into(), version: "$LATEST".into(), name: "n".into(), id: "i".into() };
    Draft::start(
        Start {
            arn,
            invoked_arn: "arn:f:$LATEST".into(),
            request_id: "first".into(),
            is_awaited: true,
            input: "{}".into(),
            input_hash: "h".into(),
            timeout: 60,
            retention: 2,
            trace: String::new(),
            parent: None,
        },
        now(),
    )
}

/// One whose function is being invoked.
fn invoked() -> Draft {
    let mut draft = started();
    assert_eq!(draft.invoke(REQUEST), Some(Vec::new()));
    draft
}

fn update(id: &str, of: OperationType, action: OperationAction) -> OperationUpdate {
    OperationUpdate { id: id.into(), r#type: of, action, ..OperationUpdate::default() }
}

fn wait(id: &str, seconds: i32) -> OperationUpdate {
    let wait_options = Some(WaitOptions { wait_seconds: Some(seconds) });
    OperationUpdate { wait_options, ..update(id, OperationType::Wait, OperationAction::Start) }
}

fn step(id: &str, action: OperationAction) -> OperationUpdate {
    update(id, OperationType::Step, action)
}

fn retry(id: &str, seconds: i32) -> OperationUpdate {
    let step_options = Some(StepOptions { next_attempt_delay_seconds: Some(seconds) });
    let error = Some(ErrorObject::default());
    OperationUpdate { step_options, error, ..step(id, OperationAction::Retry) }
}

impl Draft {
    /// A checkpoint with the token that is good.
    fn say(&mut self, updates: Vec<OperationUpdate>) -> Result<Told, String> {
        let generation = self.execution.generation;
        self.checkpoint(generation, updates, &Calls::default(), None)
            .map_err(|error| error.message().to_owned())
    }

    fn status(&self, id: &str) -> OperationStatus {
        self.operations[id].operation.status.clone()
    }

    /// The kinds of its events.
    fn history(&self) -> Vec<EventType> {
        self.events.iter().filter_map(|event| event.event_type.clone()).collect()
    }

    /// For how long a timer was armed last.
    fn armed(&self, timer: &Timer) -> Option<Duration> {
        self.timers.iter().rev().find(|(armed, _)| armed == timer)?.1
    }

    /// Whether a timer was cancelled last.
    fn cancels(&self, timer: &Timer) -> bool {
        self.timers.iter().rev().find(|(armed, _)| armed == timer).is_some_and(|(_, after)| after.is_none())
    }
}

#[test]
fn a_wait_suspends_and_its_end_has_the_function_invoked_again() {
    let mut draft = invoked();
    let told = draft.say(vec![wait("w", 5)]).expect("taken");
    assert_eq!(told, Told { generation: Some(2), operations: vec!["w".into()] });
    assert_eq!(draft.armed(&Timer::Wait("w".into())), Some(Duration::from_secs(5)));
    draft.invoked(REQUEST, Outcome::Pending);
    assert!(!draft.execution.is_due && draft.execution.is_live());
    draft.went_off(&Timer::Wait("w".into()));
    assert_eq!((draft.status("w"), draft.execution.is_due), (OperationStatus::Succeeded, true));
    assert_eq!(draft.invoke("second"), Some(vec!["w".into()]));
    draft.invoked("second", Outcome::Closed(Closed::Succeeded(Some("1".into()))));
    assert_eq!(draft.execution.status, Status::Succeeded);
    assert_eq!(
        draft.history(),
        [
            EventType::ExecutionStarted,
            EventType::WaitStarted,
            EventType::InvocationCompleted,
            EventType::WaitSucceeded,
            EventType::InvocationCompleted,
            EventType::ExecutionSucceeded,
        ]
    );
    let numbers: Vec<_> = draft.events.iter().filter_map(|event| event.event_id).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert!(draft.cancels(&Timer::Execution));
    assert_eq!(draft.armed(&Timer::Retention), Some(Duration::from_hours(48)));
    draft.went_off(&Timer::Retention);
    assert_eq!(draft.execution.status, Status::Deleting);
}

#[test]
fn a_step_is_tried_again_when_its_time_has_come() {
    let mut draft = invoked();
    draft.say(vec![step("s", OperationAction::Start), retry("s", 3)]).expect("taken");
    assert_eq!(draft.status("s"), OperationStatus::Pending);
    let attempt =
        |draft: &Draft| draft.operations["s"].operation.step_details.clone().and_then(|d| d.attempt);
    assert_eq!(attempt(&draft), Some(1));
    let early = draft.say(vec![step("s", OperationAction::Succeed)]).expect_err("too early");
    assert_eq!(early, "The next attempt of operation s is still to come.");
    draft.invoked(REQUEST, Outcome::Pending);
    draft.went_off(&Timer::Retry("s".into()));
    assert_eq!(draft.status("s"), OperationStatus::Ready);
    draft.invoke("second").expect("due");
    draft.say(vec![step("s", OperationAction::Start), step("s", OperationAction::Succeed)]).expect("taken");
    assert_eq!((draft.status("s"), attempt(&draft)), (OperationStatus::Succeeded, Some(2)));
    let attempts = draft.events.iter().filter_map(|event| {
        let failed = event.step_failed_details.as_ref().map(|details| &details.retry_details);
        let details =
            failed.or(event.step_succeeded_details.as_ref().map(|details| &details.retry_details))?;
        Some((details.current_attempt, details.next_attempt_delay_seconds))
    });
    assert_eq!(attempts.collect::<Vec<_>>(), [(Some(1), Some(3)), (Some(2), None)]);
    let again = draft.say(vec![step("s", OperationAction::Fail)]).expect_err("done");
    assert_eq!(again, "Operation s is done already.");
}

#[test]
fn only_the_last_token_is_good_and_a_client_may_ask_again() {
    let mut draft = invoked();
    let calls = Calls::default();
    let first = draft.checkpoint(1, vec![wait("w", 5)], &calls, Some("c".into())).expect("taken");
    let again = draft.checkpoint(1, vec![wait("w", 5)], &calls, Some("c".into())).expect("answered again");
    assert_eq!((first, draft.execution.operations), (again, 2));
    for other in [None, Some("d".to_owned())] {
        let error = draft.checkpoint(1, Vec::new(), &calls, other).expect_err("an old token");
        assert_eq!(
            (error.code(), error.message()),
            ("InvalidParameterValueException", "Invalid checkpoint token")
        );
    }
    draft.now = later(draft.now, 901);
    assert!(draft.checkpoint(1, Vec::new(), &calls, Some("c".into())).is_err(), "after 15 minutes");
    // The process ends, and the function of before goes on.
    draft.interrupted();
    assert!(draft.checkpoint(2, Vec::new(), &calls, None).is_err());
    assert!(draft.invoke("second").is_some(), "it is invoked again");
}

#[test]
fn what_comes_while_it_runs_has_the_function_invoked_again() {
    let mut draft = invoked();
    draft.say(vec![wait("a", 1), wait("b", 9)]).expect("taken");
    draft.went_off(&Timer::Wait("a".into()));
    assert!(!draft.execution.is_due, "an invocation is under way");
    // It is told of it once, but may have suspended itself by then.
    for told in [vec!["a".to_owned()], Vec::new()] {
        assert_eq!(draft.say(Vec::new()).expect("taken").operations, told);
    }
    draft.invoked(REQUEST, Outcome::Pending);
    assert!(draft.execution.is_due);
    assert_eq!(draft.invoke("second"), Some(vec!["a".into()]));
    draft.invoked("second", Outcome::Pending);
    assert!(!draft.execution.is_due, "nothing came meanwhile");
}

#[test]
fn a_callback_is_answered_once_and_in_time() {
    let callback = |timeout, heartbeat| OperationUpdate {
        callback_options: Some(CallbackOptions {
            timeout_seconds: Some(timeout),
            heartbeat_timeout_seconds: Some(heartbeat),
        }),
        ..update("c", OperationType::Callback, OperationAction::Start)
    };
    let waiting = || {
        let mut draft = invoked();
        draft.say(vec![callback(30, 5)]).expect("taken");
        draft.invoked(REQUEST, Outcome::Pending);
        draft
    };
    let mut draft = waiting();
    let told =
        draft.operations["c"].operation.callback_details.clone().and_then(|details| details.callback_id);
    assert_eq!(CallbackId::parse(&told.expect("an id")).map(|id| id.number), Some(1));
    draft.timers.clear();
    draft.answer("c", &Came::Heartbeat).expect("in time");
    assert_eq!(draft.timers, [(Timer::Heartbeat("c".into()), Some(Duration::from_secs(5)))]);
    draft.answer("c", &Came::Success(Some("1".into()))).expect("in time");
    assert_eq!((draft.status("c"), draft.execution.is_due), (OperationStatus::Succeeded, true));
    assert!(draft.cancels(&Timer::Timeout("c".into())));
    for came in [Came::Heartbeat, Came::Success(None), Came::Failure(None)] {
        let error = draft.answer("c", &came).expect_err("closed");
        assert_eq!((error.code(), error.http_status()), ("CallbackTimeoutException", 400));
    }
    for (timer, kind) in [
        (Timer::Timeout("c".into()), "Callback.Timeout"),
        (Timer::Heartbeat("c".into()), "Callback.Heartbeat"),
    ] {
        let mut draft = waiting();
        draft.went_off(&timer);
        let details = draft.operations["c"].operation.callback_details.clone().unwrap_or_default();
        assert_eq!(details.error.and_then(|error| error.error_type).as_deref(), Some(kind));
        assert_eq!(draft.status("c"), OperationStatus::TimedOut);
        draft.went_off(&timer);
        assert_eq!(draft.history().iter().filter(|kind| **kind == EventType::CallbackTimedOut).count(), 1);
    }
}

#[test]
fn an_invocation_that_breaks_is_tried_again_later_each_time() {
    let mut draft = started();
    let mut waits = Vec::new();
    for attempt in 0..10 {
        let request = attempt.to_string();
        draft.invoke(&request).expect("due");
        draft.invoked(&request, Outcome::Broken(ErrorObject::default()));
        waits.push(draft.armed(&Timer::Again).map_or(0, |wait| wait.as_secs()));
        draft.went_off(&Timer::Again);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    draft.invoke("last").expect("due");
    draft.invoked("other", Outcome::Closed(Closed::Succeeded(None)));
    assert!(draft.execution.is_live(), "not the invocation that is under way");
    draft.invoked("last", Outcome::Pending);
    assert_eq!(draft.execution.status, Status::Failed, "there is nothing that it could wait for");
}

#[test]
fn what_ends_an_execution_ends_it_for_good() {
    let mut draft = invoked();
    draft.say(vec![wait("w", 5)]).expect("taken");
    draft.close(Closed::Stopped(None));
    assert!(draft.cancels(&Timer::Wait("w".into())));
    let events = draft.events.len();
    assert_eq!(draft.say(vec![step("s", OperationAction::Start)]).expect("no more"), Told::default());
    draft.invoked(REQUEST, Outcome::Closed(Closed::Succeeded(None)));
    draft.went_off(&Timer::Execution);
    draft.close(Closed::Failed(None));
    assert_eq!((draft.execution.status, draft.events.len()), (Status::Stopped, events));
    let mut late = invoked();
    late.went_off(&Timer::Execution);
    assert_eq!(late.execution.status, Status::TimedOut);
    // The process ends while the function of one that ended still runs.
    late.interrupted();
    assert!(!late.execution.is_due && late.execution.invocation.is_none());
    let mut large = invoked();
    let success = OperationUpdate {
        payload: Some("1".into()),
        ..update("e", OperationType::Execution, OperationAction::Succeed)
    };
    assert_eq!(large.say(vec![success]).expect("taken"), Told::default());
    assert_eq!(large.ending.and_then(|ending| ending.result).as_deref(), Some("1"));
}

#[test]
fn nothing_is_more_than_it_may_be() {
    let mut draft = invoked();
    draft.execution.operations = crate::quotas::OPERATIONS;
    assert_eq!(draft.say(vec![step("s", OperationAction::Start)]).expect("taken"), Told::default());
    assert_eq!(draft.execution.status, Status::Failed);
    let mut draft = invoked();
    draft.execution.bytes = crate::quotas::EXECUTION_BYTES;
    let large = OperationUpdate { payload: Some("12".into()), ..step("s", OperationAction::Succeed) };
    draft.say(vec![large]).expect("taken");
    assert_eq!(draft.execution.status, Status::Failed);
    let most = crate::quotas::OPERATION;
    for (length, is_fine) in [(most, true), (most + 1, false)] {
        let update = |of| OperationUpdate {
            payload: Some("x".repeat(length)),
            ..update("s", of, OperationAction::Succeed)
        };
        assert_eq!(expect_sizes(&[update(OperationType::Step)]).is_ok(), is_fine);
        assert!(expect_sizes(&[update(OperationType::Execution)]).is_ok());
        let error = ErrorObject { error_data: Some("x".repeat(length)), ..ErrorObject::default() };
        let failed = OperationUpdate { error: Some(error), ..step("s", OperationAction::Fail) };
        assert_eq!(expect_sizes(&[failed]).is_ok(), is_fine);
    }
}

#[test]
fn updates_that_cannot_be_are_refused() {
    let check = |updates: Vec<OperationUpdate>, expected: &str| {
        assert_eq!(invoked().say(updates).expect_err("refused"), expected);
    };
    let within = |parent: &str| OperationUpdate {
        parent_id: Some(parent.into()),
        ..step("s", OperationAction::Start)
    };
    check(vec![within("p")], "There is no context p for operation s to be in.");
    check(vec![wait("w", 1), wait("w", 1)], "Operation w was started already.");
    check(vec![wait("w", 1), step("w", OperationAction::Start)], "Operation w is another one already.");
    check(
        vec![update("c", OperationType::Callback, OperationAction::Succeed)],
        "Operations of type CALLBACK have no action SUCCEED.",
    );
    check(vec![update("w", OperationType::Wait, OperationAction::Start)], "A wait needs WaitSeconds.");
    check(vec![step("s", OperationAction::Retry)], "A retry needs NextAttemptDelaySeconds.");
    check(
        vec![update("x", OperationType::ChainedInvoke, OperationAction::Start)],
        "A chained invocation needs ChainedInvokeOptions.",
    );
    check(
        vec![update("e", OperationType::Execution, OperationAction::Start)],
        "The execution itself has no action START.",
    );
}

#[test]
fn contexts_hide_what_was_done_in_them_unless_it_is_replayed() {
    let context = |action, replays| OperationUpdate {
        context_options: Some(ContextOptions { replay_children: Some(replays) }),
        ..update("c", OperationType::Context, action)
    };
    for replays in [false, true] {
        let mut draft = invoked();
        draft.say(vec![context(OperationAction::Start, replays)]).expect("taken");
        assert!(!draft.operations["c"].hides_children());
        draft.say(vec![context(OperationAction::Succeed, replays)]).expect("taken");
        assert_eq!(draft.operations["c"].hides_children(), !replays);
    }
}

#[test]
fn a_function_that_is_called_answers_once() {
    let call = OperationUpdate {
        payload: Some("1".into()),
        chained_invoke_options: Some(ChainedInvokeOptions {
            function_name: "g:1".into(),
            ..ChainedInvokeOptions::default()
        }),
        ..update("x", OperationType::ChainedInvoke, OperationAction::Start)
    };
    for (closed, status, kind) in [
        (Closed::Succeeded(None), OperationStatus::Succeeded, EventType::ChainedInvokeSucceeded),
        (Closed::Failed(None), OperationStatus::Failed, EventType::ChainedInvokeFailed),
        (Closed::TimedOut(None), OperationStatus::TimedOut, EventType::ChainedInvokeTimedOut),
        (Closed::Stopped(None), OperationStatus::Stopped, EventType::ChainedInvokeStopped),
    ] {
        let mut draft = invoked();
        draft.say(vec![call.clone()]).expect("taken");
        draft.invoked(REQUEST, Outcome::Pending);
        assert!(draft.execution.has_work());
        draft.called("x", &closed);
        draft.called("x", &closed);
        assert_eq!(draft.status("x"), status);
        assert_eq!(draft.history().iter().filter(|present| **present == kind).count(), 1);
        assert!(draft.execution.is_due);
    }
}

#[test]
fn a_pause_waits_for_the_next_checkpoint_and_holds_the_time() {
    let mut draft = invoked();
    draft.pause(Some("why".into()), true, Some("c".into())).expect("it runs");
    assert_eq!(draft.execution.shown(), ExecutionStatus::Pausing);
    draft.pause(None, true, Some("c".into())).expect("the same again");
    assert_eq!(draft.pause(None, true, None).expect_err("paused").code(), "ResourceConflictException");
    let told = draft.say(vec![wait("w", 5)]).expect("taken");
    assert_eq!((told.generation, draft.execution.shown()), (None, ExecutionStatus::Paused));
    draft.invoked(REQUEST, Outcome::Pending);
    draft.went_off(&Timer::Wait("w".into()));
    assert_eq!((draft.status("w"), draft.invoke("second")), (OperationStatus::Succeeded, None));
    draft.now = later(draft.now, 100);
    draft.resume(Some("on".into()), Some("r".into())).expect("it is paused");
    draft.resume(None, Some("r".into())).expect("the same again");
    assert_eq!(draft.execution.shown(), ExecutionStatus::Running);
    assert_eq!(draft.armed(&Timer::Execution), Some(Duration::from_mins(1)), "none of it has passed");
    assert!(draft.invoke("second").is_some());
    assert_eq!(draft.resume(None, None).expect_err("it runs").code(), "ResourceConflictException");
    assert_eq!(draft.delete().expect_err("it runs").code(), "ResourceConflictException");
    draft.close(Closed::Stopped(None));
    assert_eq!(draft.pause(None, true, None).expect_err("it ended").code(), "ResourceConflictException");
    draft.delete().expect("it ended");
    assert_eq!(draft.execution.shown(), ExecutionStatus::Deleting);
    let mut cancelled = invoked();
    cancelled.pause(None, true, None).expect("it runs");
    cancelled.resume(None, None).expect("it is pausing");
    assert!(cancelled.say(Vec::new()).expect("taken").generation.is_some(), "as if nothing had been");
}

#[test]
fn timers_are_found_by_their_names() {
    let id = || "a-b".to_owned();
    for timer in [
        Timer::Wait(id()),
        Timer::Retry(id()),
        Timer::Timeout(id()),
        Timer::Heartbeat(id()),
        Timer::Execution,
        Timer::Again,
        Timer::Retention,
    ] {
        assert_eq!(Timer::parse(&timer.name("e")), Some(("e", timer.clone())));
    }
    assert_eq!(Timer::parse("e/other/"), None);
}

#[test]
fn an_event_is_told_without_what_was_said_in_it() {
    let event =
        |draft: &Draft| without_data(draft.events[0].clone()).execution_started_details.expect("details");
    let input = event(&started()).input;
    assert_eq!((input.payload, input.truncated), (None, Some(true)));
}
