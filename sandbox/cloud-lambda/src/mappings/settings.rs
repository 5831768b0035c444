//! What a mapping may be set to, by the kind of its source: AWS's limits, defaults and refusals.
//!
//! Settings are kept as operations answer them. A request changes those that it names; a template sets all anew.

use cloud_core::AwsError;
use jiff::Timestamp;

use super::filter::Filters;
use super::kind::{Kind, invalid};
use crate::quotas;
use crate::shapes::{
    CreateEventSourceMappingRequest, DestinationConfig, EventSourceMappingConfiguration, EventSourcePosition,
    FilterCriteria, FunctionResponseType, OnFailure, ProvisionedPollerConfig, ScalingConfig,
    UpdateEventSourceMappingRequest,
};

/// Records of a batch where nothing is said.
const OF_A_QUEUE: i32 = 10;
const OF_A_STREAM: i32 = 100;
/// The largest batch of a queue that is not gathered.
const AT_ONCE: i32 = 10;
/// The least that records may be old.
// AWS: "The minimum valid value for maximum record age is 60s."
const LEAST_AGE: i32 = 60;
/// No end of age or retries.
const FOR_EVER: i32 = -1;

/// What a request says of a mapping.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    batch_size: Option<i32>,
    window: Option<i32>,
    filters: Option<FilterCriteria>,
    response_types: Option<Vec<FunctionResponseType>>,
    scaling: Option<ScalingConfig>,
    pollers: Option<ProvisionedPollerConfig>,
    destination: Option<DestinationConfig>,
    bisects: Option<bool>,
    retries: Option<i32>,
    age: Option<i32>,
    lanes: Option<i32>,
    tumbling: Option<i32>,
    key: Option<String>,
    metrics: bool,
    /// Members that are for other sources than there are here.
    others: Vec<&'static str>,
}

/// The names of members that are there.
fn given<const N: usize>(members: [(&'static str, bool); N]) -> Vec<&'static str> {
    members.into_iter().filter_map(|(name, given)| given.then_some(name)).collect()
}

impl From<&CreateEventSourceMappingRequest> for Wanted {
    fn from(input: &CreateEventSourceMappingRequest) -> Self {
        Self {
            batch_size: input.batch_size,
            window: input.maximum_batching_window_in_seconds,
            filters: input.filter_criteria.clone(),
            response_types: input.function_response_types.clone(),
            scaling: input.scaling_config.clone(),
            pollers: input.provisioned_poller_config.clone(),
            destination: input.destination_config.clone(),
            bisects: input.bisect_batch_on_function_error,
            retries: input.maximum_retry_attempts,
            age: input.maximum_record_age_in_seconds,
            lanes: input.parallelization_factor,
            tumbling: input.tumbling_window_in_seconds,
            key: input.kms_key_arn.clone(),
            metrics: input.metrics_config.is_some(),
            others: given([
                ("Topics", input.topics.is_some()),
                ("Queues", input.queues.is_some()),
                ("SourceAccessConfigurations", input.source_access_configurations.is_some()),
                ("SelfManagedEventSource", input.self_managed_event_source.is_some()),
                (
                    "AmazonManagedKafkaEventSourceConfig",
                    input.amazon_managed_kafka_event_source_config.is_some(),
                ),
                ("SelfManagedKafkaEventSourceConfig", input.self_managed_kafka_event_source_config.is_some()),
                ("DocumentDBEventSourceConfig", input.document_db_event_source_config.is_some()),
                ("LoggingConfig", input.logging_config.is_some()),
            ]),
        }
    }
}

impl From<&UpdateEventSourceMappingRequest> for Wanted {
    fn from(input: &UpdateEventSourceMappingRequest) -> Self {
        Self {
            batch_size: input.batch_size,
            window: input.maximum_batching_window_in_seconds,
            filters: input.filter_criteria.clone(),
            response_types: input.function_response_types.clone(),
            scaling: input.scaling_config.clone(),
            pollers: input.provisioned_poller_config.clone(),
            destination: input.destination_config.clone(),
            bisects: input.bisect_batch_on_function_error,
            retries: input.maximum_retry_attempts,
            age: input.maximum_record_age_in_seconds,
            lanes: input.parallelization_factor,
            tumbling: input.tumbling_window_in_seconds,
            key: input.kms_key_arn.clone(),
            metrics: input.metrics_config.is_some(),
            others: given([
                ("SourceAccessConfigurations", input.source_access_configurations.is_some()),
                (
                    "AmazonManagedKafkaEventSourceConfig",
                    input.amazon_managed_kafka_event_source_config.is_some(),
                ),
                ("SelfManagedKafkaEventSourceConfig", input.self_managed_kafka_event_source_config.is_some()),
                ("DocumentDBEventSourceConfig", input.document_db_event_source_config.is_some()),
                ("LoggingConfig", input.logging_config.is_some()),
            ]),
        }
    }
}

/// Settings where nothing is said.
pub(crate) fn defaults(kind: Kind) -> EventSourceMappingConfiguration {
    let settings = EventSourceMappingConfiguration {
        batch_size: Some(if kind.is_stream() { OF_A_STREAM } else { OF_A_QUEUE }),
        maximum_batching_window_in_seconds: Some(0),
        function_response_types: Some(Vec::new()),
        ..EventSourceMappingConfiguration::default()
    };
    if !kind.is_stream() {
        return settings;
    }
    EventSourceMappingConfiguration {
        bisect_batch_on_function_error: Some(false),
        destination_config: Some(no_destination()),
        maximum_record_age_in_seconds: Some(FOR_EVER),
        maximum_retry_attempts: Some(FOR_EVER),
        parallelization_factor: Some(1),
        tumbling_window_in_seconds: Some(0),
        ..settings
    }
}

fn no_destination() -> DestinationConfig {
    DestinationConfig { on_failure: Some(OnFailure::default()), ..DestinationConfig::default() }
}

/// Where a mapping begins: of a stream it is to be said.
pub(crate) fn begin(
    kind: Kind,
    arn: &str,
    settings: &mut EventSourceMappingConfiguration,
    input: &CreateEventSourceMappingRequest,
    now: Timestamp,
) -> Result<(), AwsError> {
    let (position, at) = (&input.starting_position, input.starting_position_timestamp);
    if !kind.is_stream() {
        let is_said = position.is_some() || at.is_some();
        return if is_said {
            Err(invalid("StartingPosition is not valid for SQS event sources."))
        } else {
            Ok(())
        };
    }
    let Some(position) = position else {
        // AWS: under this code, unlike what the model says is required.
        return Err(invalid(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not \
             be null.",
        ));
    };
    let is_moment = *position == EventSourcePosition::AtTimestamp;
    if is_moment && kind == Kind::Table {
        return Err(invalid(format!("Unsupported starting position for arn type: {arn}")));
    }
    // LIMIT: the words of both are ours.
    match at {
        None if is_moment => {
            return Err(invalid(
                "StartingPositionTimestamp is required where StartingPosition is AT_TIMESTAMP.",
            ));
        }
        Some(at) if at > now => return Err(invalid("StartingPositionTimestamp must not be in the future.")),
        Some(_) if !is_moment => {
            return Err(invalid(
                "StartingPositionTimestamp is only valid where StartingPosition is AT_TIMESTAMP.",
            ));
        }
        _ => {}
    }
    settings.starting_position = Some(position.clone());
    settings.starting_position_timestamp = at;
    Ok(())
}

impl Wanted {
    /// Sets what is wanted, over what is set.
    pub(crate) fn apply(
        self,
        kind: Kind,
        is_fifo: bool,
        settings: &mut EventSourceMappingConfiguration,
    ) -> Result<(), AwsError> {
        self.expect_for(kind)?;
        self.expect_here()?;
        settings.batch_size = self.batch_size.or(settings.batch_size);
        settings.maximum_batching_window_in_seconds =
            self.window.or(settings.maximum_batching_window_in_seconds);
        settings.function_response_types = self.response_types.or(settings.function_response_types.take());
        if let Some(criteria) = self.filters {
            quotas::check(&quotas::FILTERS, criteria.filters.as_ref().map_or(0, Vec::len))?;
            Filters::read(kind, Some(&criteria))?;
            let has_some = criteria.filters.as_ref().is_some_and(|filters| !filters.is_empty());
            // AWS: without filters it is taken away.
            settings.filter_criteria = has_some.then_some(criteria);
        }
        if kind.is_stream() {
            settings.bisect_batch_on_function_error =
                self.bisects.or(settings.bisect_batch_on_function_error);
            settings.maximum_retry_attempts = self.retries.or(settings.maximum_retry_attempts);
            settings.maximum_record_age_in_seconds = self.age.or(settings.maximum_record_age_in_seconds);
            settings.parallelization_factor = self.lanes.or(settings.parallelization_factor);
            if let Some(destination) = self.destination {
                settings.destination_config = Some(destination_of(destination)?);
            }
        } else {
            set_scaling(settings, self.scaling, self.pollers)?;
        }
        check(kind, is_fifo, settings)
    }

    /// Fails where something is asked for that the source does not have.
    // AWS: the text is that of `DestinationConfig` for a queue.
    fn expect_for(&self, kind: Kind) -> Result<(), AwsError> {
        let of_streams = given([
            ("DestinationConfig", self.destination.is_some()),
            ("BisectBatchOnFunctionError", self.bisects.is_some()),
            ("MaximumRetryAttempts", self.retries.is_some()),
            ("MaximumRecordAgeInSeconds", self.age.is_some()),
            ("ParallelizationFactor", self.lanes.is_some()),
            ("TumblingWindowInSeconds", self.tumbling.is_some()),
        ]);
        let of_queues = given([
            ("ScalingConfig", self.scaling.is_some()),
            ("ProvisionedPollerConfig", self.pollers.is_some()),
        ]);
        let succeeds = self.destination.as_ref().is_some_and(|destination| destination.on_success.is_some());
        let wrong = if kind.is_stream() { of_queues } else { of_streams };
        let wrong = self.others.iter().chain(&wrong).next().copied();
        match wrong.or_else(|| succeeds.then_some("DestinationConfig")) {
            Some(name) => {
                Err(invalid(format!("Unsupported {name} parameter for given event source mapping type.")))
            }
            None => Ok(()),
        }
    }

    /// Fails where something is asked for that this cloud does not have.
    // LIMIT: no keys to encrypt filters with, no metrics, and no windows in which results are aggregated.
    fn expect_here(&self) -> Result<(), AwsError> {
        if let Some(key) = self.key.as_deref().filter(|key| !key.is_empty()) {
            return Err(invalid(format!(
                "The KMS key {key} does not exist: this cloud has no keys. Leave KMSKeyArn out."
            )));
        }
        let absent = given([
            ("MetricsConfig", self.metrics),
            ("TumblingWindowInSeconds", self.tumbling.is_some_and(|seconds| seconds > 0)),
        ]);
        match absent.first() {
            Some(name) => Err(invalid(format!("{name} is not supported here. Leave it out."))),
            None => Ok(()),
        }
    }
}

/// How many batches of a queue may be under way.
fn set_scaling(
    settings: &mut EventSourceMappingConfiguration,
    scaling: Option<ScalingConfig>,
    pollers: Option<ProvisionedPollerConfig>,
) -> Result<(), AwsError> {
    // AWS: without a number it is taken away.
    if let Some(scaling) = scaling {
        settings.scaling_config = Some(scaling).filter(|scaling| scaling.maximum_concurrency.is_some());
    }
    if let Some(pollers) = pollers {
        if pollers.poller_group_name.is_some() {
            return Err(invalid(
                "Unsupported PollerGroupName parameter for given event source mapping type.",
            ));
        }
        let is_some = pollers.minimum_pollers.is_some() || pollers.maximum_pollers.is_some();
        settings.provisioned_poller_config = is_some.then_some(pollers);
    }
    let Some(pollers) = &mut settings.provisioned_poller_config else { return Ok(()) };
    // AWS: "minimum (2-200) and maximum (2-2000) number of dedicated event pollers", by default 2 and 200.
    // LIMIT: the words of these refusals are ours.
    let least = *pollers.minimum_pollers.get_or_insert(2);
    let most = *pollers.maximum_pollers.get_or_insert(least.max(200));
    if least < 2 || most < least {
        return Err(invalid("MinimumPollers must be at least 2 and no more than MaximumPollers."));
    }
    if settings.scaling_config.is_some() {
        return Err(invalid("MaximumConcurrency and ProvisionedPollerConfig cannot be set together."));
    }
    Ok(())
}

/// Where to send what is given up.
fn destination_of(wanted: DestinationConfig) -> Result<DestinationConfig, AwsError> {
    let arn = wanted.on_failure.and_then(|on_failure| on_failure.destination).filter(|arn| !arn.is_empty());
    let Some(arn) = arn else { return Ok(no_destination()) };
    let service = arn.split(':').nth(2).unwrap_or_default();
    if !matches!(service, "sqs" | "sns") {
        // LIMIT: AWS has buckets and topics of Kafka besides.
        return Err(invalid(format!(
            "The destination {arn} is not supported here: name a queue of SQS or a topic of SNS."
        )));
    }
    let on_failure = OnFailure { destination: Some(arn) };
    Ok(DestinationConfig { on_failure: Some(on_failure), ..DestinationConfig::default() })
}

/// Whether settings go together.
fn check(kind: Kind, is_fifo: bool, settings: &EventSourceMappingConfiguration) -> Result<(), AwsError> {
    let size = settings.batch_size.unwrap_or(1);
    let window = settings.maximum_batching_window_in_seconds.unwrap_or(0);
    if kind == Kind::Queue && size > AT_ONCE && window == 0 {
        return Err(invalid(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ));
    }
    if is_fifo && window > 0 {
        return Err(invalid("Batching window is not supported for FIFO queues"));
    }
    let age = settings.maximum_record_age_in_seconds.unwrap_or(FOR_EVER);
    if age != FOR_EVER && age < LEAST_AGE {
        // LIMIT: the text is ours.
        return Err(invalid(format!(
            "MaximumRecordAgeInSeconds must be {FOR_EVER}, or {LEAST_AGE} or more: it is {age}."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{Filter, OnSuccess};

    type Input = CreateEventSourceMappingRequest;

    /// What settings a request comes to, or why it is refused.
    fn set(kind: Kind, is_fifo: bool, input: &Input) -> Result<EventSourceMappingConfiguration, String> {
        let mut settings = defaults(kind);
        let now = Timestamp::UNIX_EPOCH;
        begin(kind, "arn", &mut settings, input, now).map_err(|error| error.message().to_owned())?;
        let applied = Wanted::from(input).apply(kind, is_fifo, &mut settings);
        applied.map(|()| settings).map_err(|error| error.message().to_owned())
    }

    #[track_caller]
    fn check_queue(input: &Input, expected: Result<(i32, i32), &str>) {
        let seen = set(Kind::Queue, false, input);
        let seen = seen.map(|settings| {
            (settings.batch_size.unwrap(), settings.maximum_batching_window_in_seconds.unwrap())
        });
        assert_eq!(seen.as_ref().map_err(String::as_str), expected.as_ref().map_err(|text| *text));
    }

    #[test]
    fn batches_of_queues_are_small_unless_they_are_gathered() {
        let batch = |size: i32, window: Option<i32>| Input {
            batch_size: Some(size),
            maximum_batching_window_in_seconds: window,
            ..Input::default()
        };
        let gathered =
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10";
        check_queue(&Input::default(), Ok((10, 0)));
        check_queue(&batch(10, None), Ok((10, 0)));
        check_queue(&batch(11, None), Err(gathered));
        check_queue(&batch(11, Some(0)), Err(gathered));
        check_queue(&batch(10_000, Some(1)), Ok((10_000, 1)));
        let fifo = |input: &Input| set(Kind::Queue, true, input).err();
        assert_eq!(fifo(&batch(10, None)), None);
        assert_eq!(fifo(&batch(11, None)).as_deref(), Some(gathered));
        assert_eq!(
            fifo(&batch(5, Some(5))).as_deref(),
            Some("Batching window is not supported for FIFO queues")
        );
    }

    #[track_caller]
    fn check_refused(kind: Kind, change: impl FnOnce(&mut Input), expected: &str) {
        let starting_position = kind.is_stream().then_some(EventSourcePosition::Latest);
        let mut input = Input { starting_position, ..Input::default() };
        change(&mut input);
        assert_eq!(set(kind, false, &input).err().as_deref(), Some(expected));
    }

    #[test]
    fn each_source_has_its_own_settings() {
        let unsupported =
            |name: &str| format!("Unsupported {name} parameter for given event source mapping type.");
        let on_success =
            || DestinationConfig { on_success: Some(OnSuccess::default()), ..DestinationConfig::default() };
        check_refused(
            Kind::Queue,
            |input| input.destination_config = Some(on_success()),
            &unsupported("DestinationConfig"),
        );
        check_refused(
            Kind::Kinesis,
            |input| input.destination_config = Some(on_success()),
            &unsupported("DestinationConfig"),
        );
        check_refused(
            Kind::Queue,
            |input| input.maximum_retry_attempts = Some(1),
            &unsupported("MaximumRetryAttempts"),
        );
        check_refused(
            Kind::Queue,
            |input| input.parallelization_factor = Some(2),
            &unsupported("ParallelizationFactor"),
        );
        check_refused(Kind::Queue, |input| input.topics = Some(vec!["t".into()]), &unsupported("Topics"));
        check_refused(
            Kind::Table,
            |input| input.scaling_config = Some(ScalingConfig::default()),
            &unsupported("ScalingConfig"),
        );
        let position = "StartingPosition is not valid for SQS event sources.";
        check_refused(
            Kind::Queue,
            |input| input.starting_position = Some(EventSourcePosition::Latest),
            position,
        );
        let null = "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.";
        check_refused(Kind::Kinesis, |input| input.starting_position = None, null);
        let unsupported = "Unsupported starting position for arn type: arn";
        check_refused(
            Kind::Table,
            |input| input.starting_position = Some(EventSourcePosition::AtTimestamp),
            unsupported,
        );
        let age = "MaximumRecordAgeInSeconds must be -1, or 60 or more: it is 59.";
        check_refused(Kind::Kinesis, |input| input.maximum_record_age_in_seconds = Some(59), age);
        let windows = "TumblingWindowInSeconds is not supported here. Leave it out.";
        check_refused(Kind::Kinesis, |input| input.tumbling_window_in_seconds = Some(5), windows);
        let bucket =
            "The destination arn:aws:s3:::b is not supported here: name a queue of SQS or a topic of SNS.";
        let to = |arn: &str| DestinationConfig {
            on_failure: Some(OnFailure { destination: Some(arn.into()) }),
            ..DestinationConfig::default()
        };
        check_refused(Kind::Kinesis, |input| input.destination_config = Some(to("arn:aws:s3:::b")), bucket);
    }

    #[test]
    fn filters_are_few_and_go_when_there_are_none() {
        let filters = |count: usize| FilterCriteria {
            filters: Some(vec![Filter { pattern: Some(r#"{"body":["x"]}"#.into()) }; count]),
        };
        let with = |criteria: FilterCriteria| Input { filter_criteria: Some(criteria), ..Input::default() };
        let five = set(Kind::Queue, false, &with(filters(5))).unwrap();
        assert_eq!(five.filter_criteria, Some(filters(5)));
        assert!(set(Kind::Queue, false, &with(filters(6))).unwrap_err().contains('5'));
        for none in [filters(0), FilterCriteria::default()] {
            let mut settings = five.clone();
            Wanted::from(&with(none)).apply(Kind::Queue, false, &mut settings).unwrap();
            assert_eq!(settings.filter_criteria, None);
        }
        check_refused(
            Kind::Queue,
            |input| input.filter_criteria = Some(FilterCriteria { filters: Some(vec![Filter::default()]) }),
            "Invalid filter pattern definition.",
        );
    }

    #[test]
    fn a_queues_concurrency_is_bounded_in_one_way() {
        let most = |most: Option<i32>| ScalingConfig { maximum_concurrency: most };
        let input = Input { scaling_config: Some(most(Some(2))), ..Input::default() };
        let mut settings = set(Kind::Queue, false, &input).unwrap();
        assert_eq!(settings.scaling_config, Some(most(Some(2))));
        let pollers = Input {
            provisioned_poller_config: Some(ProvisionedPollerConfig {
                minimum_pollers: Some(3),
                ..ProvisionedPollerConfig::default()
            }),
            ..Input::default()
        };
        let both = Wanted::from(&pollers).apply(Kind::Queue, false, &mut settings.clone()).unwrap_err();
        assert!(both.message().contains("cannot be set together"));
        let none = Input { scaling_config: Some(most(None)), ..Input::default() };
        Wanted::from(&none).apply(Kind::Queue, false, &mut settings).unwrap();
        assert_eq!(settings.scaling_config, None);
        Wanted::from(&pollers).apply(Kind::Queue, false, &mut settings).unwrap();
        let set = settings.provisioned_poller_config.unwrap();
        assert_eq!((set.minimum_pollers, set.maximum_pollers), (Some(3), Some(200)));
    }
}
