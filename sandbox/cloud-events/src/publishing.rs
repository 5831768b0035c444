//! From an event to what is announced of it: to each target of each rule that it matches, in the transaction that accepts it.

use cloud_core::budget::Source;
use cloud_core::{Actor, Arn, Attribute, AwsError, Context, Delivery, Trace};
use cloud_delivery::{Announcement, Error, Retry};
use cloud_store::Transaction;

use crate::event::{Event, moment};
use crate::names;
use crate::open::EventBridge;
use crate::record::Rule;
use crate::shapes::{RetryPolicy, Target};
use crate::targets;

/// As whom rules deliver.
pub(crate) const PRINCIPAL: &str = "events.amazonaws.com";
/// How often an event is passed from bus to bus.
// LIMIT: AWS has no such bound, and warns of loops.
const MOST_HOPS: i64 = 16;
/// What a delivery to a bus says of that.
const HOPS: &str = "hops";
/// AWS: a delivery is tried again for 24 hours, 185 times.
const LONGEST: i32 = 86_400;
const ATTEMPTS: i32 = 185;
/// The longest wait between attempts, in milliseconds: with it 185 attempts take a day.
const MOST_BACKOFF: u64 = 480_000;

/// An event on its way.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) event: Event,
    /// The whole of it as JSON.
    pub(crate) json: String,
    pub(crate) trace: Trace,
    /// How many buses it has passed.
    hops: i64,
}

/// A rule and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) bus: &'a str,
    pub(crate) name: &'a str,
    pub(crate) rule: &'a Rule,
}

impl Arrived {
    pub(crate) fn new(event: Event, trace: Trace) -> Self {
        let json = event.json();
        Self { event, json, trace, hops: 0 }
    }

    /// What another service, or another bus, delivered.
    pub(crate) fn delivered(context: &Context, delivery: &Delivery) -> Result<Self, AwsError> {
        let event = Event::delivered(context, &delivery.payload)?;
        let hops = delivery.attributes.get(HOPS).and_then(Attribute::as_text);
        let hops = hops.and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Self { hops, ..Self::new(event, delivery.trace.clone()) })
    }
}

impl EventBridge {
    /// What is announced of an event on a bus.
    pub(crate) fn announcements(&self, bus: &str, arrived: &Arrived) -> Vec<Announcement> {
        let Ok(event) = event_pattern::Event::read(&arrived.json) else { return Vec::new() };
        let mut announcements = Vec::new();
        for (name, rule) in self.records.rules_of(bus) {
            let matches = rule.is_enabled() && rule.pattern().is_some_and(|pattern| pattern.matches(&event));
            if matches {
                let place = Place { bus, name: &name, rule: &rule };
                announcements.extend(announcements_of(&self.context, place, arrived));
            }
        }
        announcements
    }

    /// Announces, all or nothing.
    pub(crate) async fn announce(&self, announcements: Vec<Announcement>) -> Result<(), AwsError> {
        if announcements.is_empty() {
            return Ok(());
        }
        let bytes = announcements.iter().map(|one| one.delivery.payload.len() as u64).sum();
        let source = Source::named("events", self.context.account().to_string());
        let room = self.context.memory().reserve(&source, bytes).map_err(throttled)?;
        let records = self.records.clone();
        let work = move |transaction: &mut Transaction<'_>| {
            let _room = room;
            for announcement in announcements {
                records.outbox.announce(transaction, announcement).map_err(not_announced)?;
            }
            Ok::<_, AwsError>(())
        };
        self.records.store.transact(work).await
    }
}

fn not_announced(error: Error) -> AwsError {
    match error {
        Error::Full { .. } => throttled(error),
        error => error.into(),
    }
}

fn throttled(error: impl std::error::Error + Send + Sync + 'static) -> AwsError {
    AwsError::new("ThrottlingException", "Rate exceeded").because(error)
}

/// What a rule announces of an event, to each of its targets.
pub(crate) fn announcements_of(context: &Context, place: Place<'_>, arrived: &Arrived) -> Vec<Announcement> {
    let Place { bus, name, rule } = place;
    let rule_arn = names::rule_arn(context, bus, name);
    let announcement = |target: &Target| {
        let arn: Arn = target.arn.parse().ok()?;
        let attributes = if arn.service() == "events" {
            let hops = passing(context, &arn, arrived)?;
            [(HOPS.to_owned(), Attribute::number(hops))].into()
        } else {
            std::collections::BTreeMap::new()
        };
        let input = targets::input(target, arrived, &rule_arn, name, &moment(context.now()));
        let mut delivery = Delivery::new(arn, input).from_service(PRINCIPAL, rule_arn.clone());
        delivery.actor = actor(target, delivery.actor);
        delivery.attributes = attributes;
        delivery.group_id = target.sqs_parameters.as_ref().and_then(|sqs| sqs.message_group_id.clone());
        delivery.trace = arrived.trace.clone();
        let dead_letter =
            target.dead_letter_config.as_ref().and_then(|config| config.arn.as_ref()?.parse().ok());
        Some(Announcement {
            retry: retry(target.retry_policy.as_ref()),
            dead_letter,
            ..Announcement::new(delivery)
        })
    };
    rule.targets.iter().filter_map(announcement).collect()
}

/// How many buses an event will have passed with that one; none where it may not go there.
// AWS: what came from another account or region does not go on to a third.
fn passing(context: &Context, bus: &Arn, arrived: &Arrived) -> Option<i64> {
    let event = &arrived.event;
    let (account, region) = (context.account().as_str(), context.region().as_str());
    let is_third = (event.account != account && bus.account() != account)
        || (event.region != region && bus.region() != region);
    let hops = arrived.hops + 1;
    if is_third || hops > MOST_HOPS {
        tracing::warn!(%bus, event = event.id, hops, "an event has come too far to be passed on");
        return None;
    }
    Some(hops)
}

/// As whom a target is told: as its role, where it has one; a bus as the account.
fn actor(target: &Target, service: Actor) -> Actor {
    match target.role_arn.as_ref().and_then(|role| role.parse().ok()) {
        Some(role) => Actor::Role(role),
        None if target.arn.contains(":events:") => Actor::Account,
        None => service,
    }
}

fn retry(policy: Option<&RetryPolicy>) -> Retry {
    let age = policy.and_then(|policy| policy.maximum_event_age_in_seconds).unwrap_or(LONGEST);
    let attempts = policy.and_then(|policy| policy.maximum_retry_attempts).unwrap_or(ATTEMPTS);
    Retry {
        backoff: 1000,
        most_backoff: MOST_BACKOFF,
        refusals: Some(u32::try_from(attempts).unwrap_or(0)),
        max_age: u64::try_from(age).unwrap_or(0) * 1000,
        ..Retry::default()
    }
}
