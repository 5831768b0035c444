//! Schedules as timers: armed in the transaction of a rule's change, and gone off in one that announces the event.

use std::sync::Arc;

use cloud_core::{AwsError, Trace};
use cloud_delivery::{Due, When};
use cloud_store::{Error, Transaction};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::names::{self, DEFAULT};
use crate::open::{EventBridge, Records};
use crate::publishing::{Arrived, Place, announcements_of};
use crate::record::Rule;
use crate::schedule::Schedule;

/// Whose timers these are; each is called as its rule, which is on the default bus.
pub(crate) const OWNER: &str = "schedules";

/// What of a rule is armed: its expression, while it is enabled.
pub(crate) fn armed(rule: &Rule) -> Option<String> {
    rule.schedule.clone().filter(|_| rule.is_enabled())
}

/// Arms what a rule's schedule says, in place of what was armed for it.
pub(crate) fn arm(
    records: &Records,
    transaction: &mut Transaction<'_>,
    name: &str,
    rule: Option<&Rule>,
) -> Result<(), cloud_delivery::Error> {
    let now = records.context.now();
    let next = rule.and_then(Rule::schedule).and_then(|schedule| next(&schedule, now));
    match next {
        Some((when, note)) => records.timers.arm(transaction, OWNER, name, when, &note),
        None => records.timers.cancel(transaction, OWNER, name).map(drop),
    }
}

/// When a schedule goes off next, and the moment that its event tells; none where it is told as it goes off.
fn next(schedule: &Schedule, after: Timestamp) -> Option<(When, Vec<u8>)> {
    match schedule {
        // AWS: the first time is one interval after the rule is made.
        Schedule::Rate(interval) => Some((When::After(*interval), Vec::new())),
        Schedule::Cron(_) => {
            let moment = schedule.next(after)?;
            Some((When::At(moment), moment.as_second().to_be_bytes().to_vec()))
        }
    }
}

/// Has schedules go off.
pub(crate) fn register(bridge: &Arc<EventBridge>) {
    let on_due = |bridge: &Arc<EventBridge>, transaction: &mut Transaction<'_>, due: Due| {
        go_off(&bridge.records, transaction, &due)
    };
    bridge.records.timers.on(OWNER, bridge, on_due);
}

/// Announces the event of a schedule, and arms its next time. A clock that was set forward past several times lets it go off
/// once.
fn go_off(records: &Records, transaction: &mut Transaction<'_>, due: &Due) -> Result<(), Error> {
    let key = (DEFAULT.to_owned(), due.name.clone());
    let Some(rule) = records.rules.within(transaction).get(&key)? else { return Ok(()) };
    let Some(schedule) = rule.schedule() else { return Ok(()) };
    let now = records.context.now();
    let told = <[u8; 8]>::try_from(due.note.as_slice()).ok();
    let told = told.and_then(|seconds| Timestamp::from_second(i64::from_be_bytes(seconds)).ok());
    let arrived = Arrived::new(scheduled(records, &due.name, told.unwrap_or(now)), Trace::default());
    let place = Place { bus: DEFAULT, name: &due.name, rule: &rule };
    for announcement in announcements_of(&records.context, place, &arrived) {
        if let Err(error) = records.outbox.announce(transaction, announcement) {
            store_error(error, &due.name)?;
        }
    }
    if let Some((when, note)) = next(&schedule, now.max(told.unwrap_or(now))) {
        records
            .timers
            .arm(transaction, OWNER, &due.name, when, &note)
            .or_else(|error| store_error(error, &due.name))?;
    }
    Ok(())
}

/// What is not the store's error is no reason to try the whole again: there is no room for this event, and its time passes.
fn store_error(error: cloud_delivery::Error, rule: &str) -> Result<(), Error> {
    match error {
        cloud_delivery::Error::Store(error) => Err(error),
        error => {
            tracing::error!(%error, rule, "a scheduled event is left out");
            Ok(())
        }
    }
}

fn scheduled(records: &Records, rule: &str, time: Timestamp) -> Event {
    let context = &records.context;
    Event {
        id: context.entropy().uuid().to_string(),
        detail_type: "Scheduled Event".to_owned(),
        source: "aws.events".to_owned(),
        account: context.account().to_string(),
        time,
        region: context.region().to_string(),
        resources: vec![names::rule_arn(context, DEFAULT, rule).to_string()],
        detail: RawValue::from_string("{}".to_owned()).unwrap_or_default(),
    }
}

/// Refuses an expression that says nothing, or stands where none may.
pub(crate) fn check(expression: &str, bus: &str) -> Result<(), AwsError> {
    if bus != DEFAULT {
        return Err(crate::error::invalid("ScheduleExpression is supported only on the default event bus."));
    }
    match Schedule::read(expression) {
        Some(_) => Ok(()),
        None => Err(crate::error::invalid("Parameter ScheduleExpression is not valid.")),
    }
}
