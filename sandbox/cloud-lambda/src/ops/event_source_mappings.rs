//! CreateEventSourceMapping, GetEventSourceMapping, ListEventSourceMappings, UpdateEventSourceMapping,
//! DeleteEventSourceMapping.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Arn, AwsError, Caller, Maker, PortError, Reader, page};
use jiff::Timestamp;

use super::check_tags;
use crate::Lambda;
use crate::limits::DEFAULT_TIMEOUT;
use crate::mappings::{self, Kind, Wanted, expect_role, invalid};
use crate::names::{FunctionName, mapping_arn};
use crate::shapes::{
    Code, CreateEventSourceMappingRequest, DeleteEventSourceMappingRequest, EventSourceMappingConfiguration,
    GetEventSourceMappingRequest, ListEventSourceMappingsRequest, ListEventSourceMappingsResponse,
    UpdateEventSourceMappingRequest,
};
use crate::state::{Mapping, Phase};

/// How many mappings a page holds at most.
// AWS: "ListEventSourceMappings returns a maximum of 100 items in each response, even if you set the number higher."
const MOST: usize = 100;

pub(crate) async fn create_event_source_mapping(
    service: &Lambda,
    _caller: &Caller,
    input: CreateEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, AwsError> {
    make(service, input, Maker::NOBODY).await
}

/// Makes a mapping. One that the same step made before is the answer once more.
pub(crate) async fn make(
    service: &Lambda,
    input: CreateEventSourceMappingRequest,
    maker: Maker,
) -> Result<EventSourceMappingConfiguration, AwsError> {
    let context = service.context();
    let source = source(service, &input)?;
    let kind = Kind::of(&source)?;
    let mut settings = mappings::defaults(kind);
    mappings::begin(kind, source.as_str(), &mut settings, &input, context.now())?;
    Wanted::from(&input).apply(kind, is_fifo(&source), &mut settings)?;
    check_tags(input.tags.as_ref())?;
    let function = FunctionName::parse(context, &input.function_name, None)?;
    expect_fitting(service, kind, &source, &function).await?;
    let mapping = Mapping {
        uuid: context.entropy().uuid().to_string(),
        source,
        function: function.name,
        qualifier: function.qualifier,
        settings,
        phase: Phase::Creating,
        is_enabled: input.enabled.unwrap_or(true),
        problem: None,
        revision: 1,
        changed_ms: context.clock().now_ms(),
        tags: input.tags.unwrap_or_default(),
        made_by: maker,
    };
    let mapping = insert(service, kind, mapping).await?;
    Ok(describe(service, &mapping))
}

async fn insert(service: &Lambda, kind: Kind, mapping: Mapping) -> Result<Mapping, AwsError> {
    let (records, running) = (service.records().clone(), service.mappings().clone());
    service
        .records()
        .store()
        .transact(move |transaction| {
            let present = records.mapping_of(transaction, &mapping.source, &mapping.function())?;
            let made_by = present.as_ref().map(|present| &present.made_by);
            let taken =
                || present.as_ref().map_or_else(|| AwsError::internal("no mapping"), |it| conflict(kind, it));
            if mapping.made_by.repeats(made_by, taken)? {
                return present.ok_or_else(|| AwsError::internal("a mapping is its step's and is not there"));
            }
            records.mappings().within(transaction).put(mapping.uuid.clone(), mapping.clone())?;
            let uuid = mapping.uuid.clone();
            transaction.then(move || running.look_at(&uuid));
            Ok::<_, AwsError>(mapping)
        })
        .await
}

/// The source that a request names.
fn source(service: &Lambda, input: &CreateEventSourceMappingRequest) -> Result<Arn, AwsError> {
    let Some(text) = &input.event_source_arn else {
        if input.self_managed_event_source.is_some() {
            // LIMIT: this cloud reaches no Kafka.
            return Err(invalid(
                "SelfManagedEventSource is not supported here. Name a source by EventSourceArn.",
            ));
        }
        return Err(invalid("Unrecognized event source."));
    };
    let source: Arn = text.parse().map_err(|_| invalid("Unrecognized event source."))?;
    let kind = Kind::of(&source)?;
    // AWS: a queue may be of another account, none of another region.
    // LIMIT: here it is of this account, too.
    if source.is_of(service.context().realm()) {
        return Ok(source);
    }
    Err(match kind {
        Kind::Queue => invalid(format!(
            "The event source {source} is not of this account and region: a mapping reads from its own."
        )),
        Kind::Kinesis | Kind::Table => kind.missing(&source),
    })
}

/// How the names of queues end that keep an order.
const FIFO: &str = ".fifo";

pub(crate) fn is_fifo(source: &Arn) -> bool {
    source.resource().ends_with(FIFO)
}

/// Fails where there is no such function or source, or where they do not go together.
async fn expect_fitting(
    service: &Lambda,
    kind: Kind,
    source: &Arn,
    function: &FunctionName,
) -> Result<(), AwsError> {
    let found = service.records().get(&function.name);
    let version = found.as_ref().and_then(|found| found.resolve(function.qualifier(), 1.0));
    let Some((_, version)) = version else { return Err(invalid("Function does not exist")) };
    let configuration = &version.configuration;
    let port = service.context().peers().source(source);
    let Some(port) = port.filter(|port| port.kind() == kind.source_kind()) else {
        return Err(kind.missing(source));
    };
    let reader = Reader { source: source.clone(), name: String::new(), shard: None };
    let description = match port.describe(&reader).await {
        Err(PortError::Gone(_)) => return Err(kind.missing(source)),
        described => described.map_err(PortError::into_error)?,
    };
    let role = configuration.role.as_deref();
    expect_role(service, role, &function.name, source, description.policy).await?;
    let timeout = configuration.timeout.unwrap_or(DEFAULT_TIMEOUT);
    let visibility = description.visibility.filter(|_| kind == Kind::Queue);
    match visibility.as_ref().map(Duration::as_secs) {
        Some(visibility) if visibility < u64::from(timeout.unsigned_abs()) => Err(invalid(format!(
            "Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} seconds"
        ))),
        _ => Ok(()),
    }
}

/// That there is one for the same source and function.
fn conflict(kind: Kind, present: &Mapping) -> AwsError {
    let (source, uuid) = (&present.source, &present.uuid);
    let function = match &present.qualifier {
        Some(qualifier) => format!("{}:{qualifier}", present.function),
        None => present.function.clone(),
    };
    Code::ResourceConflictException.error(match kind {
        Kind::Queue => format!(
            "An event source mapping with SQS arn (\" {source} \") and function (\" {function} \") already exists. Please \
             update or delete the existing mapping with UUID {uuid}"
        ),
        Kind::Kinesis | Kind::Table => format!(
            "The event source arn (\" {source} \") and function (\" {function} \") provided mapping already exists. Please \
             update or delete the existing mapping with UUID {uuid}"
        ),
    })
}

fn not_found() -> AwsError {
    Code::ResourceNotFoundException.error("The resource you requested does not exist.")
}

/// A mapping by its id.
pub(crate) fn find(service: &Lambda, uuid: &str) -> Result<Arc<Mapping>, AwsError> {
    service.records().mappings().get(&uuid.to_owned()).ok_or_else(not_found)
}

pub(crate) async fn get_event_source_mapping(
    service: &Lambda,
    _caller: &Caller,
    input: GetEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, AwsError> {
    let mapping = find(service, &input.uuid)?;
    Ok(describe(service, &mapping))
}

pub(crate) async fn list_event_source_mappings(
    service: &Lambda,
    _caller: &Caller,
    input: ListEventSourceMappingsRequest,
) -> Result<ListEventSourceMappingsResponse, AwsError> {
    let context = service.context();
    let function = input.function_name.as_deref().map(|name| FunctionName::parse(context, name, None));
    let function = function.transpose()?;
    let source = input.event_source_arn.as_deref();
    let is_wanted = |mapping: &Mapping| {
        source.is_none_or(|source| mapping.source.as_str() == source)
            && function.as_ref().is_none_or(|function| mapping.maps(&mapping.source, function))
    };
    let all: Vec<(String, Arc<Mapping>)> = {
        let view = service.records().mappings().view();
        let wanted = view.iter().filter(|(_, mapping)| is_wanted(mapping));
        wanted.map(|(uuid, mapping)| (uuid.clone(), Arc::clone(mapping))).collect()
    };
    if let Some(function) = function.filter(|_| all.is_empty()) {
        service.records().get(&function.name).ok_or_else(|| function.not_found(context))?;
    }
    let items = all.into_iter().map(|(uuid, mapping)| (uuid, describe(service, &mapping)));
    let size = page::size(input.max_items, MOST);
    let (shown, next_marker) = page::page(items, input.marker.as_deref(), size);
    Ok(ListEventSourceMappingsResponse { event_source_mappings: Some(shown), next_marker })
}

pub(crate) async fn update_event_source_mapping(
    service: &Lambda,
    _caller: &Caller,
    input: UpdateEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, AwsError> {
    let seen = find(service, &input.uuid)?;
    expect_settled(&seen, "update")?;
    let kind = Kind::of(&seen.source)?;
    let mut settings = seen.settings.clone();
    Wanted::from(&input).apply(kind, is_fifo(&seen.source), &mut settings)?;
    let change = Change {
        settings,
        function: input.function_name,
        is_enabled: input.enabled.unwrap_or(seen.is_enabled),
        tags: None,
    };
    change_to(service, &seen, change).await
}

/// What a mapping is to become.
pub(crate) struct Change {
    pub(crate) settings: EventSourceMappingConfiguration,
    /// The function, where it is to be another.
    pub(crate) function: Option<String>,
    pub(crate) is_enabled: bool,
    /// All of its tags, where they are to be others.
    pub(crate) tags: Option<BTreeMap<String, String>>,
}

/// Changes a mapping that was seen so.
pub(crate) async fn change_to(
    service: &Lambda,
    seen: &Mapping,
    change: Change,
) -> Result<EventSourceMappingConfiguration, AwsError> {
    let context = service.context();
    let kind = Kind::of(&seen.source)?;
    check_tags(change.tags.as_ref())?;
    let function = change.function.as_deref().map(|name| FunctionName::parse(context, name, None));
    let function = function.transpose()?.unwrap_or_else(|| seen.function());
    expect_fitting(service, kind, &seen.source, &function).await?;
    // AWS: what is turned on or off says so, all else is an update.
    let phase = match (seen.is_enabled, change.is_enabled) {
        (false, true) => Phase::Enabling,
        (true, false) => Phase::Disabling,
        _ => Phase::Updating,
    };
    let changed = Mapping {
        function: function.name,
        qualifier: function.qualifier,
        settings: change.settings,
        is_enabled: change.is_enabled,
        phase,
        problem: None,
        revision: seen.revision + 1,
        changed_ms: context.clock().now_ms(),
        tags: change.tags.unwrap_or_else(|| seen.tags.clone()),
        ..seen.clone()
    };
    let (records, running, seen) = (service.records().clone(), service.mappings().clone(), seen.clone());
    let changed = service.records().store().transact(move |transaction| {
        let present = records.mappings().within(transaction).get(&seen.uuid)?.ok_or_else(not_found)?;
        if (present.phase, present.revision) != (seen.phase, seen.revision) {
            return Err(in_use("update"));
        }
        let other = records.mapping_of(transaction, &changed.source, &changed.function())?;
        if let Some(other) = other.filter(|other| other.uuid != changed.uuid) {
            return Err(conflict(kind, &other));
        }
        // Tags may have been changed meanwhile, which is no change of what runs.
        let tags = if changed.tags == seen.tags { present.tags } else { changed.tags.clone() };
        let changed = Mapping { tags, ..changed };
        records.mappings().within(transaction).put(changed.uuid.clone(), changed.clone())?;
        let uuid = changed.uuid.clone();
        transaction.then(move || running.look_at(&uuid));
        Ok(changed)
    });
    Ok(describe(service, &changed.await?))
}

pub(crate) async fn delete_event_source_mapping(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteEventSourceMappingRequest,
) -> Result<EventSourceMappingConfiguration, AwsError> {
    let (records, running) = (service.records().clone(), service.mappings().clone());
    let (uuid, now_ms) = (input.uuid, service.context().clock().now_ms());
    let deleted = service.records().store().free(move |transaction| {
        let present = records.mappings().within(transaction).get(&uuid)?.ok_or_else(not_found)?;
        expect_settled(&present, "delete")?;
        let deleted = Mapping { phase: Phase::Deleting, changed_ms: now_ms, problem: None, ..present };
        records.mappings().within(transaction).put(uuid.clone(), deleted.clone())?;
        transaction.then(move || running.look_at(&uuid));
        Ok::<_, AwsError>(deleted)
    });
    Ok(describe(service, &deleted.await?))
}

/// Fails while something that was asked of a mapping is under way.
fn expect_settled(mapping: &Mapping, verb: &str) -> Result<(), AwsError> {
    if mapping.phase.is_settled() { Ok(()) } else { Err(in_use(verb)) }
}

fn in_use(verb: &str) -> AwsError {
    Code::ResourceInUseException
        .error(format!("Cannot {verb} the event source mapping because it is in use."))
}

/// A mapping as operations answer it.
pub(crate) fn describe(service: &Lambda, mapping: &Mapping) -> EventSourceMappingConfiguration {
    let context = service.context();
    let is_user = mapping.problem.is_none();
    let (reason, is_stream) = match Kind::of(&mapping.source) {
        Ok(kind) => (kind.reason(is_user), kind.is_stream()),
        Err(_) => ("", false),
    };
    // AWS: of a queue nothing is said of what was processed.
    let result = (is_stream || !is_user).then(|| service.mappings().last_result(mapping));
    EventSourceMappingConfiguration {
        uuid: Some(mapping.uuid.clone()),
        event_source_arn: Some(mapping.source.to_string()),
        event_source_mapping_arn: Some(mapping_arn(context, &mapping.uuid).to_string()),
        function_arn: Some(mapping.function().arn(context)),
        last_modified: Timestamp::from_millisecond(mapping.changed_ms).ok(),
        last_processing_result: result,
        state: Some(mapping.phase.as_str().to_owned()),
        state_transition_reason: Some(reason.to_owned()),
        ..mapping.settings.clone()
    }
}
