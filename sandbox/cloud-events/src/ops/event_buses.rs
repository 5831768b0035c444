//! CreateEventBus, UpdateEventBus, DescribeEventBus, ListEventBuses, DeleteEventBus.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, Maker, page};
use cloud_store::{Key, Scan, Transaction};

use crate::error::{invalid, no_bus};
use crate::names::{self, DEFAULT};
use crate::open::EventBridge;
use crate::ops::tags::{self, RULES};
use crate::quotas;
use crate::record::{self, Bus};
use crate::shapes::{
    Code, CreateEventBusRequest, CreateEventBusResponse, DeadLetterConfig, DeleteEventBusRequest,
    DescribeEventBusRequest, DescribeEventBusResponse, EventBus, ListEventBusesRequest,
    ListEventBusesResponse, LogConfig, UpdateEventBusRequest, UpdateEventBusResponse,
};

/// What a bus is to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub name: String,
    pub description: Option<String>,
    pub policy: Option<String>,
    pub key: Option<String>,
    pub dead_letter: Option<DeadLetterConfig>,
    pub log: Option<LogConfig>,
    pub tags: BTreeMap<String, String>,
    pub maker: Maker,
}

impl Wanted {
    /// What of it changes nothing.
    // LIMIT: events are not encrypted with keys of their owner's, so none fails for want of one, and buses do not log.
    fn idle(&self) -> Vec<&'static str> {
        let given = [
            (self.key.is_some(), "KmsKeyIdentifier"),
            (self.dead_letter.is_some(), "DeadLetterConfig"),
            (self.log.is_some(), "LogConfig"),
        ];
        given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name).collect()
    }
}

/// Makes a bus, unless this step made it before.
pub(crate) async fn make(bridge: &EventBridge, wanted: Wanted) -> Result<(), AwsError> {
    let name = wanted.name.clone();
    if name.contains('/') {
        return Err(invalid("Event bus name must not contain '/'."));
    }
    RULES.check(wanted.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())))?;
    cloud_wire::response_headers::without_effect(&wanted.idle());
    // The default one does not count.
    let others = bridge.records.buses.view().len().saturating_sub(1);
    let now = bridge.context.now();
    let make = move |old: Option<&Bus>| {
        let taken = || {
            let message = format!("Event bus {} already exists.", wanted.name);
            Code::ResourceAlreadyExistsException.error(message)
        };
        if wanted.maker.repeats(old.map(|old| &old.made_by), taken)? {
            return Ok((old.cloned(), ()));
        }
        quotas::BUSES.check(others + 1)?;
        let bus = Bus {
            created: now,
            modified: now,
            description: wanted.description,
            policy: wanted.policy,
            tags: wanted.tags,
            dead_letter: wanted.dead_letter,
            log: wanted.log,
            key: wanted.key,
            made_by: wanted.maker,
        };
        Ok((Some(bus), ()))
    };
    bridge.records.buses.change(name, make).await
}

pub(crate) async fn create_event_bus(
    bridge: &EventBridge,
    _caller: &Caller,
    input: CreateEventBusRequest,
) -> Result<CreateEventBusResponse, AwsError> {
    if let Some(source) = &input.event_source_name {
        // LIMIT: no partner sends events here.
        let message = format!("Event source {source} does not exist.");
        return Err(Code::ResourceNotFoundException.error(message));
    }
    let wanted = Wanted {
        name: input.name.clone(),
        description: input.description.clone(),
        policy: None,
        key: input.kms_key_identifier.clone(),
        dead_letter: input.dead_letter_config.clone(),
        log: input.log_config.clone(),
        tags: tags::read(input.tags.unwrap_or_default())?,
        maker: Maker::NOBODY,
    };
    make(bridge, wanted).await?;
    Ok(CreateEventBusResponse {
        event_bus_arn: Some(names::bus_arn(&bridge.context, &input.name).to_string()),
        description: input.description,
        kms_key_identifier: input.kms_key_identifier,
        dead_letter_config: input.dead_letter_config,
        log_config: input.log_config,
    })
}

pub(crate) async fn update_event_bus(
    bridge: &EventBridge,
    _caller: &Caller,
    input: UpdateEventBusRequest,
) -> Result<UpdateEventBusResponse, AwsError> {
    let name = input.name.clone().unwrap_or_else(|| DEFAULT.to_owned());
    let wanted = Wanted {
        description: input.description.clone(),
        key: input.kms_key_identifier.clone(),
        dead_letter: input.dead_letter_config.clone(),
        log: input.log_config.clone(),
        ..Wanted::default()
    };
    cloud_wire::response_headers::without_effect(&wanted.idle());
    // AWS: what is not said is taken away.
    let update = move |bus: &mut Bus| {
        (bus.description, bus.key) = (wanted.description, wanted.key);
        (bus.dead_letter, bus.log) = (wanted.dead_letter, wanted.log);
        Ok(())
    };
    bridge.records.change_bus(name.clone(), update).await?;
    Ok(UpdateEventBusResponse {
        arn: Some(names::bus_arn(&bridge.context, &name).to_string()),
        name: Some(name),
        kms_key_identifier: input.kms_key_identifier,
        description: input.description,
        dead_letter_config: input.dead_letter_config,
        log_config: input.log_config,
    })
}

pub(crate) async fn describe_event_bus(
    bridge: &EventBridge,
    _caller: &Caller,
    input: DescribeEventBusRequest,
) -> Result<DescribeEventBusResponse, AwsError> {
    let name = names::bus(&bridge.context, input.name.as_deref())?;
    let bus = bridge.records.bus(&name)?;
    Ok(DescribeEventBusResponse {
        arn: Some(names::bus_arn(&bridge.context, &name).to_string()),
        name: Some(name),
        description: bus.description.clone(),
        kms_key_identifier: bus.key.clone(),
        dead_letter_config: bus.dead_letter.clone(),
        policy: bus.policy.clone(),
        log_config: bus.log.clone(),
        creation_time: Some(bus.created),
        last_modified_time: Some(bus.modified),
    })
}

pub(crate) async fn list_event_buses(
    bridge: &EventBridge,
    _caller: &Caller,
    input: ListEventBusesRequest,
) -> Result<ListEventBusesResponse, AwsError> {
    let prefix = input.name_prefix.unwrap_or_default();
    let view = bridge.records.buses.view();
    let buses = view.iter().filter(|(name, _)| name.starts_with(&prefix));
    let shown = buses.map(|(name, bus)| {
        let listed = EventBus {
            name: Some(name.clone()),
            arn: Some(names::bus_arn(&bridge.context, name).to_string()),
            description: bus.description.clone(),
            policy: bus.policy.clone(),
            creation_time: Some(bus.created),
            last_modified_time: Some(bus.modified),
        };
        (name.clone(), listed)
    });
    let size = page::size(input.limit, quotas::LISTED);
    let (event_buses, next_token) = page::page(shown, input.next_token.as_deref(), size);
    Ok(ListEventBusesResponse { event_buses: Some(event_buses), next_token })
}

pub(crate) async fn delete_event_bus(
    bridge: &EventBridge,
    _caller: &Caller,
    input: DeleteEventBusRequest,
) -> Result<(), AwsError> {
    if input.name == DEFAULT {
        return Err(invalid("Cannot delete event bus default."));
    }
    remove(bridge, input.name).await
}

/// Removes a bus that has no rules.
pub(crate) async fn remove(bridge: &EventBridge, name: String) -> Result<(), AwsError> {
    let records = bridge.records.clone();
    let remove = move |transaction: &mut Transaction<'_>| {
        let rules = transaction.keys(record::RULES, &Scan::prefix(Key::text(&name)).limit(1))?;
        if !rules.is_empty() {
            return Err(invalid("Event bus can't be deleted since it has rules."));
        }
        if records.buses.within(transaction).remove(&name)? { Ok(()) } else { Err(no_bus(&name)) }
    };
    bridge.records.store.free(remove).await
}
