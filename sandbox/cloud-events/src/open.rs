//! The service's state, and how it is opened.

use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::{Access, AwsError, Context};
use cloud_delivery::{Limits, Outbox, Task, Timers};
use cloud_policy::Documents;
use cloud_store::{Error, Resident, Store, Transaction};
use cloud_wire::access::Asking;
use cloud_wire::{Input, Operation, Service, ServiceModel};

use crate::error::no_bus;
use crate::names::{DEFAULT, RuleKey};
use crate::record::{BUSES, Bus, LAYOUT, RULES, Rule};
use crate::relay::Carrier;
use crate::{ops, port, resources, shapes, ticking};

/// EventBridge of one realm.
pub struct EventBridge {
    pub(crate) context: Context,
    pub(crate) records: Records,
    /// Policies of buses as they were read.
    pub(crate) documents: Documents,
    /// Timers that go off, and events that are delivered; they end with the service.
    tasks: Mutex<Vec<Task>>,
}

/// What transactions change. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records {
    pub context: Context,
    pub store: Store,
    pub buses: Resident<String, Bus>,
    pub rules: Resident<RuleKey, Rule>,
    pub outbox: Outbox,
    pub timers: Timers,
}

/// Opens the service, goes on with what is to be delivered and with its schedules, and registers its ports with the context.
pub async fn open(context: &Context) -> Result<Arc<EventBridge>, Error> {
    let store = Store::open(context.database("events"), LAYOUT).await?;
    let (buses, _) = Resident::open(&store, BUSES, &[]).await?;
    let (rules, _) = Resident::open(&store, RULES, &[]).await?;
    let timers = Timers::open(&store, context).await?;
    let carrier = Arc::new(Carrier(context.clone()));
    let (outbox, runner) = Outbox::open(&timers, carrier, Limits::default()).await?;
    let tasks = Mutex::new(vec![Task::start(timers.clone().run()), Task::start(runner.run())]);
    let records = Records { context: context.clone(), store, buses, rules, outbox, timers };
    records.make_default().await?;
    let bridge =
        Arc::new(EventBridge { context: context.clone(), records, documents: Documents::default(), tasks });
    ticking::register(&bridge);
    port::register(&bridge);
    resources::register(&bridge);
    Ok(bridge)
}

impl Service for EventBridge {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    fn inspect(&self, operation: &Operation, input: &Input) -> Result<(), AwsError> {
        ops::put_events::inspect(operation, input)
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        self.asked(asking)
    }

    cloud_wire::dispatch! { crate::shapes;
        CreateEventBus => ops::event_buses::create_event_bus,
        DeleteEventBus => ops::event_buses::delete_event_bus,
        DeleteRule => ops::rules::delete_rule,
        DescribeEventBus => ops::event_buses::describe_event_bus,
        DescribeRule => ops::rules::describe_rule,
        DisableRule => ops::rules::disable_rule,
        EnableRule => ops::rules::enable_rule,
        ListEventBuses => ops::event_buses::list_event_buses,
        ListRuleNamesByTarget => ops::rules::list_rule_names_by_target,
        ListRules => ops::rules::list_rules,
        ListTagsForResource => ops::tags::list_tags_for_resource,
        ListTargetsByRule => ops::targets::list_targets_by_rule,
        PutEvents => ops::put_events::put_events,
        PutPermission => ops::permissions::put_permission,
        PutRule => ops::put_rule::put_rule,
        PutTargets => ops::targets::put_targets,
        RemovePermission => ops::permissions::remove_permission,
        RemoveTargets => ops::targets::remove_targets,
        TagResource => ops::tags::tag_resource,
        TestEventPattern => ops::test_event_pattern::test_event_pattern,
        UntagResource => ops::tags::untag_resource,
        UpdateEventBus => ops::event_buses::update_event_bus,
    }
}

impl Records {
    /// The bus that there is always is there from the first start on.
    async fn make_default(&self) -> Result<(), Error> {
        if self.buses.get(&DEFAULT.to_owned()).is_some() {
            return Ok(());
        }
        let now = self.context.now();
        self.buses.put(DEFAULT.to_owned(), Bus { created: now, modified: now, ..Bus::default() }).await
    }

    /// A bus that is there.
    pub(crate) fn bus(&self, name: &str) -> Result<Arc<Bus>, AwsError> {
        self.buses.get(&name.to_owned()).ok_or_else(|| no_bus(name))
    }

    /// A rule of a bus that is there; none where the bus has no such rule.
    pub(crate) fn rule(&self, key: &RuleKey) -> Result<Option<Arc<Rule>>, AwsError> {
        self.bus(&key.0)?;
        Ok(self.rules.get(key))
    }

    /// The rules of a bus, with their names.
    pub(crate) fn rules_of(&self, bus: &str) -> Vec<(String, Arc<Rule>)> {
        let view = self.rules.view();
        let from = view.range((bus.to_owned(), String::new())..);
        let own = from.take_while(|((of, _), _)| of == bus);
        own.map(|((_, name), rule)| (name.clone(), Arc::clone(rule))).collect()
    }

    /// Changes a bus that is there.
    pub(crate) async fn change_bus<T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce(&mut Bus) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let (shown, now) = (name.clone(), self.context.now());
        let decide = move |old: Option<&Bus>| {
            let mut bus = old.cloned().ok_or_else(|| no_bus(&shown))?;
            let answer = work(&mut bus)?;
            bus.modified = now;
            Ok((Some(bus), answer))
        };
        self.buses.change(name, decide).await
    }

    /// Makes, changes or removes a rule of a bus that is there, and arms what its schedule says then.
    pub(crate) async fn change_rule<T: Send + 'static>(
        &self,
        key: RuleKey,
        work: impl FnOnce(Option<Rule>) -> Result<(Option<Rule>, T), AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let records = self.clone();
        let change = move |transaction: &mut Transaction<'_>| {
            if records.buses.within(transaction).get(&key.0)?.is_none() {
                return Err(no_bus(&key.0));
            }
            let old = records.rules.within(transaction).get(&key)?;
            let before = old.as_ref().and_then(ticking::armed);
            let (new, answer) = work(old)?;
            let after = new.as_ref().and_then(ticking::armed);
            if before != after {
                ticking::arm(&records, transaction, &key.1, new.as_ref())?;
            }
            match new {
                Some(mut rule) => {
                    // What was read of its pattern is not that of another.
                    rule.read = std::sync::OnceLock::new();
                    records.rules.within(transaction).put(key, rule)?;
                }
                None => drop(records.rules.within(transaction).remove(&key)?),
            }
            Ok(answer)
        };
        self.store.transact(change).await
    }
}

impl EventBridge {
    /// Whether something waits to be delivered.
    pub async fn is_delivering(&self) -> bool {
        !self.records.outbox.waiting().await.is_ok_and(|bytes| bytes == 0)
    }

    /// Whether nothing waits to be delivered, nor for its time.
    pub async fn is_idle(&self) -> bool {
        let armed = self.records.timers.count(ticking::OWNER).await;
        !self.is_delivering().await && armed.is_ok_and(|armed| armed == 0)
    }

    /// Begins no more deliveries: those under way are made again at the next start.
    pub async fn stop(&self) {
        if let Err(error) = self.records.outbox.stop().await {
            tracing::warn!(%error, "deliveries under way count as begun at the next start");
        }
    }

    /// Closes the service: what was written is flushed, nothing is written any more, and another may open it.
    pub async fn close(&self) {
        self.stop().await;
        std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        self.records.store.close().await;
    }
}
