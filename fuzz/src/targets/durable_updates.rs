//! Durable executions: whatever a function says of one and whatever comes to it, an execution is never stuck, what is done
//! stays as it was, and its counts, timers and history agree.

use std::collections::BTreeSet;

use cloud_lambda::shapes::{
    CallbackOptions, ChainedInvokeOptions, ContextOptions, ErrorObject, Operation, OperationAction,
    OperationStatus, OperationType, OperationUpdate, StepOptions, WaitOptions,
};
use cloud_lambda::trial::{Answer, Seen, Step, Trial};

use crate::draw::Draw;

/// Steps of one input at most.
const MOST: usize = 200;
const IDS: [&str; 6] = ["a", "b", "c", "d", "e", "i"];

/// Steps, one after another.
pub(crate) fn run(data: &[u8]) -> bool {
    let mut from = Draw(data);
    let mut trial = Trial::begin();
    let mut before = trial.seen();
    check(&before);
    let mut taken = 0;
    for _ in 0..MOST {
        if from.is_empty() {
            break;
        }
        let step = step(&mut from);
        let told = trial.step(step.clone());
        let after = trial.seen();
        match told {
            Err(error) => {
                assert!((400..500).contains(&error.http_status()), "{step:?}: {error}");
                assert_eq!(before, after, "{step:?} was refused and changed something");
            }
            Ok(told) => {
                taken += 1;
                check(&after);
                follows(&before, &after);
                if let (Some((generation, ids)), Step::Checkpoint { behind, .. }) = (told, &step) {
                    // An older token is taken of who asks again.
                    let good = generation == Some(after.generation)
                        || *behind > 0
                        || before.generation == after.generation;
                    assert!(good, "the next token is not the good one: {step:?}");
                    let known: BTreeSet<_> = after.operations.iter().map(|(_, kept)| &kept.id).collect();
                    assert!(ids.iter().all(|id| known.contains(id)), "{ids:?} are told");
                }
            }
        }
        before = after;
    }
    taken > 1
}

fn step(from: &mut Draw<'_>) -> Step {
    let id = |from: &mut Draw<'_>| IDS[from.below(IDS.len())].to_owned();
    match from.below(20) {
        0 | 1 => Step::Invoke,
        2..=7 => {
            let count = 1 + from.below(4);
            let updates = (0..count).map(|_| update(from)).collect();
            let how = from.byte();
            let client_token = (how & 1 == 1).then(|| format!("t{}", how >> 6));
            Step::Checkpoint { updates, behind: u64::from(how & 0x1e == 2), client_token }
        }
        8 => Step::Suspended,
        9 => Step::Returned(Some(from.text())),
        10 => [Step::Threw, Step::Broke, Step::NotRun, Step::Interrupted][from.below(4)].clone(),
        11..=13 => Step::NextTimer,
        14 => {
            let answer = [Answer::Success, Answer::Failure, Answer::Heartbeat][from.below(3)];
            Step::Answer(id(from), answer)
        }
        15 => Step::Called(id(from), from.byte().is_multiple_of(2)),
        16 => Step::Pause(from.byte().is_multiple_of(2)),
        17 => Step::Resume,
        18 if from.below(4) == 0 => Step::Stop,
        19 if from.below(4) == 0 => Step::Delete,
        _ => Step::Invoke,
    }
}

fn update(from: &mut Draw<'_>) -> OperationUpdate {
    let kind = [
        OperationType::Wait,
        OperationType::Step,
        OperationType::Callback,
        OperationType::ChainedInvoke,
        OperationType::Context,
        OperationType::Execution,
    ];
    let action = [
        OperationAction::Start,
        OperationAction::Succeed,
        OperationAction::Retry,
        OperationAction::Fail,
        OperationAction::Cancel,
    ];
    let (id, how) = (IDS[from.below(IDS.len())], from.byte());
    // The execution's own end is seldom drawn.
    let kind = kind[if how < 4 { 5 } else { from.below(5) }].clone();
    let action = action[from.below(action.len())].clone();
    let seconds = (how & 3 > 0).then(|| 1 + i32::from(from.byte()));
    let parent_id = (how & 0x1c == 4).then(|| IDS[from.below(IDS.len())].to_owned());
    OperationUpdate {
        id: id.to_owned(),
        parent_id,
        r#type: kind,
        action,
        payload: (how & 0x20 > 0).then(|| from.text()),
        error: (how & 0x40 > 0).then(ErrorObject::default),
        context_options: Some(ContextOptions { replay_children: Some(how & 0x80 > 0) }),
        step_options: Some(StepOptions { next_attempt_delay_seconds: seconds }),
        wait_options: Some(WaitOptions { wait_seconds: seconds }),
        callback_options: Some(CallbackOptions {
            timeout_seconds: seconds,
            heartbeat_timeout_seconds: seconds.filter(|_| how & 0x80 > 0),
        }),
        chained_invoke_options: (how & 0x80 == 0)
            .then(|| ChainedInvokeOptions { function_name: "g".into(), ..ChainedInvokeOptions::default() }),
        ..OperationUpdate::default()
    }
}

/// What holds of every execution.
fn check(seen: &Seen) {
    let numbers: Vec<u64> = seen.operations.iter().map(|(number, _)| *number).collect();
    assert_eq!(
        numbers,
        (0..seen.counted.0).collect::<Vec<_>>(),
        "operations are not counted right: {seen:#?}"
    );
    let events: Vec<_> = seen.events.iter().filter_map(|event| event.event_id).map(i64::from).collect();
    assert_eq!(events.len() as u64, seen.counted.1, "events are not counted right: {seen:#?}");
    assert!(events.iter().copied().eq(1..=events.len() as i64), "the history has gaps: {events:?}");
    parents(seen);
    waiting(seen);
    let has = |timer: &str| seen.timers.iter().any(|name| name == timer);
    let goes_on = seen.is_invoked || seen.is_due || !seen.open.is_empty() || has("again/");
    if seen.is_live {
        assert!(goes_on || seen.is_paused, "nothing will ever come to it: {seen:#?}");
        assert!(!seen.has_ended && seen.endings == 0, "it ended and goes on: {seen:#?}");
        assert!(has("execution/") && !has("retention/"), "its time is not told: {seen:#?}");
        return;
    }
    assert!(seen.has_ended && seen.endings == 1, "it came to something once: {seen:#?}");
    assert!(!seen.is_due && seen.open.is_empty() && seen.woke.is_empty(), "it ended and waits: {seen:#?}");
    let kept = seen.timers.iter().all(|name| name == "retention/");
    assert!(
        kept && has("retention/") == (seen.status != "Deleting") || seen.status == "Deleting",
        "{seen:#?}"
    );
}

/// What an operation is in is there, and is a context.
fn parents(seen: &Seen) {
    for (_, operation) in &seen.operations {
        let Some(parent) = &operation.parent_id else { continue };
        let found = seen.operations.iter().find(|(_, other)| other.id == *parent);
        assert!(found.is_some_and(|(_, found)| found.r#type == OperationType::Context), "{seen:#?}");
    }
}

/// What is open is what waits, and its timers are armed; those of nothing else are.
fn waiting(seen: &Seen) {
    if !seen.is_live {
        return;
    }
    for (_, operation) in &seen.operations {
        let waits = match (&operation.r#type, &operation.status) {
            (OperationType::Wait, OperationStatus::Started) => Some("Wait"),
            (OperationType::Step, OperationStatus::Pending) => Some("Retry"),
            (OperationType::Callback, OperationStatus::Started) => Some("Callback"),
            (OperationType::ChainedInvoke, OperationStatus::Started) => Some("Call"),
            _ => None,
        };
        let open = seen.open.get(&operation.id).map(String::as_str);
        assert_eq!(open, waits, "{operation:?}");
        let armed = |kind: &str| seen.timers.iter().any(|name| *name == format!("{kind}/{}", operation.id));
        assert_eq!(armed("wait"), waits == Some("Wait"), "{operation:?} {:?}", seen.timers);
        assert_eq!(armed("retry"), waits == Some("Retry"), "{operation:?} {:?}", seen.timers);
        let calls_back = armed("timeout") || armed("heartbeat");
        assert!(!calls_back || waits == Some("Callback"), "{operation:?} {:?}", seen.timers);
    }
}

/// What holds of a step from one to the next.
fn follows(before: &Seen, after: &Seen) {
    assert!(before.generation <= after.generation, "an old token is good again");
    assert!(after.events.starts_with(&before.events), "the history was written anew");
    if !before.is_live {
        assert_eq!(before.operations, after.operations, "it ended and its operations changed");
        assert!(
            before.status == after.status || after.status == "Deleting",
            "it ended and is {}",
            after.status
        );
    }
    for (place, (number, operation)) in before.operations.iter().enumerate() {
        let (same, next) = &after.operations[place];
        assert!(number == same && operation.id == next.id && operation.r#type == next.r#type);
        assert!(!is_done(operation) || operation == next, "{operation:?} was done and is {next:?}");
    }
}

fn is_done(operation: &Operation) -> bool {
    !matches!(operation.status, OperationStatus::Started | OperationStatus::Pending | OperationStatus::Ready)
}
