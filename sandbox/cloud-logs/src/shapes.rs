//! Shapes of the model `logs` (2014-03-28). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the model, whose documentation is AWS's"
)]

use std::collections::BTreeMap;

use cloud_wire::{Member, Schema, ServiceModel};

pub static ACCOUNT_ID: Schema = Schema::string("AccountId").min(12).max(12).pattern("^\\d{12}$");
pub static ACCOUNT_IDS: Schema = Schema::list("AccountIds", &ACCOUNT_ID).min(0).max(20);
pub static AMAZON_RESOURCE_NAME: Schema =
    Schema::string("AmazonResourceName").min(1).max(1011).pattern("[\\w+=/:,.@-]*");
pub static APPLY_ON_TRANSFORMED_LOGS: Schema = Schema::boolean("ApplyOnTransformedLogs");
pub static ARN: Schema = Schema::string("Arn");
pub static BEARER_TOKEN_AUTHENTICATION_ENABLED: Schema = Schema::boolean("BearerTokenAuthenticationEnabled");
pub static DAYS: Schema = Schema::integer("Days");
pub static DELETION_PROTECTION_ENABLED: Schema = Schema::boolean("DeletionProtectionEnabled");
pub static DESCENDING: Schema = Schema::boolean("Descending");
pub static DESCRIBE_LIMIT: Schema = Schema::integer("DescribeLimit").min(1).max(50);
pub static DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS: Schema =
    Schema::list("DescribeLogGroupsLogGroupIdentifiers", &LOG_GROUP_IDENTIFIER).min(1).max(50);
pub static DESTINATION_ARN: Schema = Schema::string("DestinationArn").min(1);
pub static EMIT_SYSTEM_FIELDS: Schema = Schema::list("EmitSystemFields", &SYSTEM_FIELD);
pub static ENTITY_ATTRIBUTES: Schema =
    Schema::map("EntityAttributes", &ENTITY_ATTRIBUTES_KEY, &ENTITY_ATTRIBUTES_VALUE).min(0).max(10);
pub static ENTITY_ATTRIBUTES_KEY: Schema = Schema::string("EntityAttributesKey").min(1).max(256);
pub static ENTITY_ATTRIBUTES_VALUE: Schema = Schema::string("EntityAttributesValue").min(1).max(512);
pub static ENTITY_KEY_ATTRIBUTES: Schema =
    Schema::map("EntityKeyAttributes", &ENTITY_KEY_ATTRIBUTES_KEY, &ENTITY_KEY_ATTRIBUTES_VALUE)
        .min(2)
        .max(4);
pub static ENTITY_KEY_ATTRIBUTES_KEY: Schema = Schema::string("EntityKeyAttributesKey").min(1).max(32);
pub static ENTITY_KEY_ATTRIBUTES_VALUE: Schema = Schema::string("EntityKeyAttributesValue").min(1).max(512);
pub static EVENT_ID: Schema = Schema::string("EventId");
pub static EVENT_MESSAGE: Schema = Schema::string("EventMessage").min(1);
pub static EVENTS_LIMIT: Schema = Schema::integer("EventsLimit").min(1).max(10000);
pub static FIELD_SELECTION_CRITERIA: Schema = Schema::string("FieldSelectionCriteria").min(0).max(2000);
pub static FILTER_COUNT: Schema = Schema::integer("FilterCount");
pub static FILTER_NAME: Schema = Schema::string("FilterName").min(1).max(512).pattern("[^:*]*");
pub static FILTER_PATTERN: Schema = Schema::string("FilterPattern").min(0).max(1024);
pub static FILTERED_LOG_EVENTS: Schema = Schema::list("FilteredLogEvents", &FILTERED_LOG_EVENT);
pub static INCLUDE_LINKED_ACCOUNTS: Schema = Schema::boolean("IncludeLinkedAccounts");
pub static INHERITED_PROPERTIES: Schema = Schema::list("InheritedProperties", &INHERITED_PROPERTY);
pub static INPUT_LOG_EVENTS: Schema = Schema::list("InputLogEvents", &INPUT_LOG_EVENT).min(1).max(10000);
pub static INPUT_LOG_STREAM_NAMES: Schema =
    Schema::list("InputLogStreamNames", &LOG_STREAM_NAME).min(1).max(100);
pub static INTERLEAVED: Schema = Schema::boolean("Interleaved");
pub static KMS_KEY_ID: Schema = Schema::string("KmsKeyId").max(256);
pub static LOG_EVENT_INDEX: Schema = Schema::integer("LogEventIndex");
pub static LOG_GROUP_IDENTIFIER: Schema =
    Schema::string("LogGroupIdentifier").min(1).max(2048).pattern("[\\w#+=/:,.@-]*");
pub static LOG_GROUP_NAME: Schema =
    Schema::string("LogGroupName").min(1).max(512).pattern("[\\.\\-_/#A-Za-z0-9]+");
pub static LOG_GROUP_NAME_PATTERN: Schema =
    Schema::string("LogGroupNamePattern").min(0).max(512).pattern("[\\.\\-_/#A-Za-z0-9]*");
pub static LOG_GROUPS: Schema = Schema::list("LogGroups", &LOG_GROUP);
pub static LOG_STREAM_NAME: Schema = Schema::string("LogStreamName").min(1).max(512).pattern("[^:*]*");
pub static LOG_STREAM_SEARCHED_COMPLETELY: Schema = Schema::boolean("LogStreamSearchedCompletely");
pub static LOG_STREAMS: Schema = Schema::list("LogStreams", &LOG_STREAM);
pub static NEXT_TOKEN: Schema = Schema::string("NextToken").min(1);
pub static OUTPUT_LOG_EVENTS: Schema = Schema::list("OutputLogEvents", &OUTPUT_LOG_EVENT);
pub static ROLE_ARN: Schema = Schema::string("RoleArn").min(1);
pub static SEARCHED_LOG_STREAMS: Schema = Schema::list("SearchedLogStreams", &SEARCHED_LOG_STREAM);
pub static SEQUENCE_TOKEN: Schema = Schema::string("SequenceToken").min(1);
pub static START_FROM_HEAD: Schema = Schema::boolean("StartFromHead");
pub static STORED_BYTES: Schema = Schema::integer("StoredBytes").min(0);
pub static SUBSCRIPTION_FILTERS: Schema = Schema::list("SubscriptionFilters", &SUBSCRIPTION_FILTER);
pub static SYSTEM_FIELD: Schema = Schema::string("SystemField");
pub static TAG_KEY: Schema =
    Schema::string("TagKey").min(1).max(128).pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$");
pub static TAG_KEY_LIST: Schema = Schema::list("TagKeyList", &TAG_KEY).min(0).max(50);
pub static TAG_LIST: Schema = Schema::list("TagList", &TAG_KEY).min(1);
pub static TAG_VALUE: Schema =
    Schema::string("TagValue").max(256).pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$");
pub static TAGS: Schema = Schema::map("Tags", &TAG_KEY, &TAG_VALUE).min(1).max(50);
pub static TIMESTAMP: Schema = Schema::integer("Timestamp").min(0);
pub static UNMASK: Schema = Schema::boolean("Unmask");

cloud_wire::enumeration! {
    pub enum DataProtectionStatus as DATA_PROTECTION_STATUS {
        Activated = "ACTIVATED",
        Deleted = "DELETED",
        Archived = "ARCHIVED",
        Disabled = "DISABLED",
    }
    pub enum Distribution as DISTRIBUTION {
        Random = "Random",
        ByLogStream = "ByLogStream",
    }
    pub enum EntityRejectionErrorType as ENTITY_REJECTION_ERROR_TYPE {
        InvalidEntity = "InvalidEntity",
        InvalidTypeValue = "InvalidTypeValue",
        InvalidKeyAttributes = "InvalidKeyAttributes",
        InvalidAttributes = "InvalidAttributes",
        EntitySizeTooLarge = "EntitySizeTooLarge",
        UnsupportedLogGroupType = "UnsupportedLogGroupType",
        MissingRequiredFields = "MissingRequiredFields",
    }
    pub enum InheritedProperty as INHERITED_PROPERTY {
        AccountDataProtection = "ACCOUNT_DATA_PROTECTION",
    }
    pub enum LogGroupClass as LOG_GROUP_CLASS {
        Standard = "STANDARD",
        InfrequentAccess = "INFREQUENT_ACCESS",
        Delivery = "DELIVERY",
    }
    pub enum OrderBy as ORDER_BY {
        LogStreamName = "LogStreamName",
        LastEventTime = "LastEventTime",
    }
}

cloud_wire::structure! {
    pub struct CreateLogGroupRequest as CREATE_LOG_GROUP_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        kms_key_id: Option<String> = Member::new("kmsKeyId", &KMS_KEY_ID),
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &TAGS),
        log_group_class: Option<LogGroupClass> = Member::new("logGroupClass", &LOG_GROUP_CLASS),
        deletion_protection_enabled: Option<bool> = Member::new("deletionProtectionEnabled", &DELETION_PROTECTION_ENABLED),
    }
    pub struct CreateLogStreamRequest as CREATE_LOG_STREAM_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        log_stream_name: String = Member::new("logStreamName", &LOG_STREAM_NAME).required(),
    }
    pub struct DeleteLogGroupRequest as DELETE_LOG_GROUP_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
    }
    pub struct DeleteLogStreamRequest as DELETE_LOG_STREAM_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        log_stream_name: String = Member::new("logStreamName", &LOG_STREAM_NAME).required(),
    }
    pub struct DeleteRetentionPolicyRequest as DELETE_RETENTION_POLICY_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
    }
    pub struct DeleteSubscriptionFilterRequest as DELETE_SUBSCRIPTION_FILTER_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        filter_name: String = Member::new("filterName", &FILTER_NAME).required(),
    }
    pub struct DescribeLogGroupsRequest as DESCRIBE_LOG_GROUPS_REQUEST {
        account_identifiers: Option<Vec<String>> = Member::new("accountIdentifiers", &ACCOUNT_IDS),
        log_group_name_prefix: Option<String> = Member::new("logGroupNamePrefix", &LOG_GROUP_NAME),
        log_group_name_pattern: Option<String> = Member::new("logGroupNamePattern", &LOG_GROUP_NAME_PATTERN),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("limit", &DESCRIBE_LIMIT),
        include_linked_accounts: Option<bool> = Member::new("includeLinkedAccounts", &INCLUDE_LINKED_ACCOUNTS),
        log_group_class: Option<LogGroupClass> = Member::new("logGroupClass", &LOG_GROUP_CLASS),
        log_group_identifiers: Option<Vec<String>> = Member::new("logGroupIdentifiers", &DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS),
    }
    pub struct DescribeLogGroupsResponse as DESCRIBE_LOG_GROUPS_RESPONSE {
        log_groups: Option<Vec<LogGroup>> = Member::new("logGroups", &LOG_GROUPS),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
    }
    pub struct DescribeLogStreamsRequest as DESCRIBE_LOG_STREAMS_REQUEST {
        log_group_name: Option<String> = Member::new("logGroupName", &LOG_GROUP_NAME),
        log_group_identifier: Option<String> = Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
        log_stream_name_prefix: Option<String> = Member::new("logStreamNamePrefix", &LOG_STREAM_NAME),
        order_by: Option<OrderBy> = Member::new("orderBy", &ORDER_BY),
        descending: Option<bool> = Member::new("descending", &DESCENDING),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("limit", &DESCRIBE_LIMIT),
    }
    pub struct DescribeLogStreamsResponse as DESCRIBE_LOG_STREAMS_RESPONSE {
        log_streams: Option<Vec<LogStream>> = Member::new("logStreams", &LOG_STREAMS),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
    }
    pub struct DescribeSubscriptionFiltersRequest as DESCRIBE_SUBSCRIPTION_FILTERS_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        filter_name_prefix: Option<String> = Member::new("filterNamePrefix", &FILTER_NAME),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("limit", &DESCRIBE_LIMIT),
    }
    pub struct DescribeSubscriptionFiltersResponse as DESCRIBE_SUBSCRIPTION_FILTERS_RESPONSE {
        subscription_filters: Option<Vec<SubscriptionFilter>> = Member::new("subscriptionFilters", &SUBSCRIPTION_FILTERS),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
    }
    pub struct Entity as ENTITY {
        key_attributes: Option<BTreeMap<String, String>> = Member::new("keyAttributes", &ENTITY_KEY_ATTRIBUTES),
        attributes: Option<BTreeMap<String, String>> = Member::new("attributes", &ENTITY_ATTRIBUTES),
    }
    pub struct FilterLogEventsRequest as FILTER_LOG_EVENTS_REQUEST {
        log_group_name: Option<String> = Member::new("logGroupName", &LOG_GROUP_NAME),
        log_group_identifier: Option<String> = Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
        log_stream_names: Option<Vec<String>> = Member::new("logStreamNames", &INPUT_LOG_STREAM_NAMES),
        log_stream_name_prefix: Option<String> = Member::new("logStreamNamePrefix", &LOG_STREAM_NAME),
        start_time: Option<i64> = Member::new("startTime", &TIMESTAMP),
        end_time: Option<i64> = Member::new("endTime", &TIMESTAMP),
        filter_pattern: Option<String> = Member::new("filterPattern", &FILTER_PATTERN),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("limit", &EVENTS_LIMIT),
        interleaved: Option<bool> = Member::new("interleaved", &INTERLEAVED),
        unmask: Option<bool> = Member::new("unmask", &UNMASK),
    }
    pub struct FilterLogEventsResponse as FILTER_LOG_EVENTS_RESPONSE {
        events: Option<Vec<FilteredLogEvent>> = Member::new("events", &FILTERED_LOG_EVENTS),
        searched_log_streams: Option<Vec<SearchedLogStream>> = Member::new("searchedLogStreams", &SEARCHED_LOG_STREAMS),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
    }
    pub struct FilteredLogEvent as FILTERED_LOG_EVENT {
        log_stream_name: Option<String> = Member::new("logStreamName", &LOG_STREAM_NAME),
        timestamp: Option<i64> = Member::new("timestamp", &TIMESTAMP),
        message: Option<String> = Member::new("message", &EVENT_MESSAGE),
        ingestion_time: Option<i64> = Member::new("ingestionTime", &TIMESTAMP),
        event_id: Option<String> = Member::new("eventId", &EVENT_ID),
    }
    pub struct GetLogEventsRequest as GET_LOG_EVENTS_REQUEST {
        log_group_name: Option<String> = Member::new("logGroupName", &LOG_GROUP_NAME),
        log_group_identifier: Option<String> = Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
        log_stream_name: String = Member::new("logStreamName", &LOG_STREAM_NAME).required(),
        start_time: Option<i64> = Member::new("startTime", &TIMESTAMP),
        end_time: Option<i64> = Member::new("endTime", &TIMESTAMP),
        next_token: Option<String> = Member::new("nextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("limit", &EVENTS_LIMIT),
        start_from_head: Option<bool> = Member::new("startFromHead", &START_FROM_HEAD),
        unmask: Option<bool> = Member::new("unmask", &UNMASK),
    }
    pub struct GetLogEventsResponse as GET_LOG_EVENTS_RESPONSE {
        events: Option<Vec<OutputLogEvent>> = Member::new("events", &OUTPUT_LOG_EVENTS),
        next_forward_token: Option<String> = Member::new("nextForwardToken", &NEXT_TOKEN),
        next_backward_token: Option<String> = Member::new("nextBackwardToken", &NEXT_TOKEN),
    }
    pub struct InputLogEvent as INPUT_LOG_EVENT {
        timestamp: i64 = Member::new("timestamp", &TIMESTAMP).required(),
        message: String = Member::new("message", &EVENT_MESSAGE).required(),
    }
    pub struct ListTagsForResourceRequest as LIST_TAGS_FOR_RESOURCE_REQUEST {
        resource_arn: String = Member::new("resourceArn", &AMAZON_RESOURCE_NAME).required(),
    }
    pub struct ListTagsForResourceResponse as LIST_TAGS_FOR_RESOURCE_RESPONSE {
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &TAGS),
    }
    pub struct ListTagsLogGroupRequest as LIST_TAGS_LOG_GROUP_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
    }
    pub struct ListTagsLogGroupResponse as LIST_TAGS_LOG_GROUP_RESPONSE {
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &TAGS),
    }
    pub struct LogGroup as LOG_GROUP {
        log_group_name: Option<String> = Member::new("logGroupName", &LOG_GROUP_NAME),
        creation_time: Option<i64> = Member::new("creationTime", &TIMESTAMP),
        retention_in_days: Option<i32> = Member::new("retentionInDays", &DAYS),
        metric_filter_count: Option<i32> = Member::new("metricFilterCount", &FILTER_COUNT),
        arn: Option<String> = Member::new("arn", &ARN),
        stored_bytes: Option<i64> = Member::new("storedBytes", &STORED_BYTES),
        kms_key_id: Option<String> = Member::new("kmsKeyId", &KMS_KEY_ID),
        data_protection_status: Option<DataProtectionStatus> = Member::new("dataProtectionStatus", &DATA_PROTECTION_STATUS),
        inherited_properties: Option<Vec<InheritedProperty>> = Member::new("inheritedProperties", &INHERITED_PROPERTIES),
        log_group_class: Option<LogGroupClass> = Member::new("logGroupClass", &LOG_GROUP_CLASS),
        log_group_arn: Option<String> = Member::new("logGroupArn", &ARN),
        deletion_protection_enabled: Option<bool> = Member::new("deletionProtectionEnabled", &DELETION_PROTECTION_ENABLED),
        bearer_token_authentication_enabled: Option<bool> = Member::new("bearerTokenAuthenticationEnabled", &BEARER_TOKEN_AUTHENTICATION_ENABLED),
    }
    pub struct LogStream as LOG_STREAM {
        log_stream_name: Option<String> = Member::new("logStreamName", &LOG_STREAM_NAME),
        creation_time: Option<i64> = Member::new("creationTime", &TIMESTAMP),
        first_event_timestamp: Option<i64> = Member::new("firstEventTimestamp", &TIMESTAMP),
        last_event_timestamp: Option<i64> = Member::new("lastEventTimestamp", &TIMESTAMP),
        last_ingestion_time: Option<i64> = Member::new("lastIngestionTime", &TIMESTAMP),
        upload_sequence_token: Option<String> = Member::new("uploadSequenceToken", &SEQUENCE_TOKEN),
        arn: Option<String> = Member::new("arn", &ARN),
        stored_bytes: Option<i64> = Member::new("storedBytes", &STORED_BYTES),
    }
    pub struct OutputLogEvent as OUTPUT_LOG_EVENT {
        timestamp: Option<i64> = Member::new("timestamp", &TIMESTAMP),
        message: Option<String> = Member::new("message", &EVENT_MESSAGE),
        ingestion_time: Option<i64> = Member::new("ingestionTime", &TIMESTAMP),
    }
    pub struct PutLogEventsRequest as PUT_LOG_EVENTS_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        log_stream_name: String = Member::new("logStreamName", &LOG_STREAM_NAME).required(),
        log_events: Vec<InputLogEvent> = Member::new("logEvents", &INPUT_LOG_EVENTS).required(),
        sequence_token: Option<String> = Member::new("sequenceToken", &SEQUENCE_TOKEN),
        entity: Option<Entity> = Member::new("entity", &ENTITY),
    }
    pub struct PutLogEventsResponse as PUT_LOG_EVENTS_RESPONSE {
        next_sequence_token: Option<String> = Member::new("nextSequenceToken", &SEQUENCE_TOKEN),
        rejected_log_events_info: Option<RejectedLogEventsInfo> = Member::new("rejectedLogEventsInfo", &REJECTED_LOG_EVENTS_INFO),
        rejected_entity_info: Option<RejectedEntityInfo> = Member::new("rejectedEntityInfo", &REJECTED_ENTITY_INFO),
    }
    pub struct PutLogGroupDeletionProtectionRequest as PUT_LOG_GROUP_DELETION_PROTECTION_REQUEST {
        log_group_identifier: String = Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER).required(),
        deletion_protection_enabled: bool = Member::new("deletionProtectionEnabled", &DELETION_PROTECTION_ENABLED).required(),
    }
    pub struct PutRetentionPolicyRequest as PUT_RETENTION_POLICY_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        retention_in_days: i32 = Member::new("retentionInDays", &DAYS).required(),
    }
    pub struct PutSubscriptionFilterRequest as PUT_SUBSCRIPTION_FILTER_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        filter_name: String = Member::new("filterName", &FILTER_NAME).required(),
        filter_pattern: String = Member::new("filterPattern", &FILTER_PATTERN).required(),
        destination_arn: String = Member::new("destinationArn", &DESTINATION_ARN).required(),
        role_arn: Option<String> = Member::new("roleArn", &ROLE_ARN),
        distribution: Option<Distribution> = Member::new("distribution", &DISTRIBUTION),
        apply_on_transformed_logs: Option<bool> = Member::new("applyOnTransformedLogs", &APPLY_ON_TRANSFORMED_LOGS),
        field_selection_criteria: Option<String> = Member::new("fieldSelectionCriteria", &FIELD_SELECTION_CRITERIA),
        emit_system_fields: Option<Vec<String>> = Member::new("emitSystemFields", &EMIT_SYSTEM_FIELDS),
    }
    pub struct RejectedEntityInfo as REJECTED_ENTITY_INFO {
        error_type: EntityRejectionErrorType = Member::new("errorType", &ENTITY_REJECTION_ERROR_TYPE).required(),
    }
    pub struct RejectedLogEventsInfo as REJECTED_LOG_EVENTS_INFO {
        too_new_log_event_start_index: Option<i32> = Member::new("tooNewLogEventStartIndex", &LOG_EVENT_INDEX),
        too_old_log_event_end_index: Option<i32> = Member::new("tooOldLogEventEndIndex", &LOG_EVENT_INDEX),
        expired_log_event_end_index: Option<i32> = Member::new("expiredLogEventEndIndex", &LOG_EVENT_INDEX),
    }
    pub struct SearchedLogStream as SEARCHED_LOG_STREAM {
        log_stream_name: Option<String> = Member::new("logStreamName", &LOG_STREAM_NAME),
        searched_completely: Option<bool> = Member::new("searchedCompletely", &LOG_STREAM_SEARCHED_COMPLETELY),
    }
    pub struct SubscriptionFilter as SUBSCRIPTION_FILTER {
        filter_name: Option<String> = Member::new("filterName", &FILTER_NAME),
        log_group_name: Option<String> = Member::new("logGroupName", &LOG_GROUP_NAME),
        filter_pattern: Option<String> = Member::new("filterPattern", &FILTER_PATTERN),
        destination_arn: Option<String> = Member::new("destinationArn", &DESTINATION_ARN),
        role_arn: Option<String> = Member::new("roleArn", &ROLE_ARN),
        distribution: Option<Distribution> = Member::new("distribution", &DISTRIBUTION),
        apply_on_transformed_logs: Option<bool> = Member::new("applyOnTransformedLogs", &APPLY_ON_TRANSFORMED_LOGS),
        creation_time: Option<i64> = Member::new("creationTime", &TIMESTAMP),
        field_selection_criteria: Option<String> = Member::new("fieldSelectionCriteria", &FIELD_SELECTION_CRITERIA),
        emit_system_fields: Option<Vec<String>> = Member::new("emitSystemFields", &EMIT_SYSTEM_FIELDS),
    }
    pub struct TagLogGroupRequest as TAG_LOG_GROUP_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        tags: BTreeMap<String, String> = Member::new("tags", &TAGS).required(),
    }
    pub struct TagResourceRequest as TAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("resourceArn", &AMAZON_RESOURCE_NAME).required(),
        tags: BTreeMap<String, String> = Member::new("tags", &TAGS).required(),
    }
    pub struct UntagLogGroupRequest as UNTAG_LOG_GROUP_REQUEST {
        log_group_name: String = Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        tags: Vec<String> = Member::new("tags", &TAG_LIST).required(),
    }
    pub struct UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("resourceArn", &AMAZON_RESOURCE_NAME).required(),
        tag_keys: Vec<String> = Member::new("tagKeys", &TAG_KEY_LIST).required(),
    }
}

cloud_wire::errors! {
    AccessDeniedException = ("AccessDeniedException", 400, "message"),
    DataAlreadyAcceptedException = ("DataAlreadyAcceptedException", 400, "message"),
    InvalidOperationException = ("InvalidOperationException", 400, "message"),
    InvalidParameterException = ("InvalidParameterException", 400, "message"),
    InvalidSequenceTokenException = ("InvalidSequenceTokenException", 400, "message"),
    LimitExceededException = ("LimitExceededException", 400, "message"),
    OperationAbortedException = ("OperationAbortedException", 400, "message"),
    ResourceAlreadyExistsException = ("ResourceAlreadyExistsException", 400, "message"),
    ResourceNotFoundException = ("ResourceNotFoundException", 400, "message"),
    ServiceUnavailableException = ("ServiceUnavailableException", 500, "message"),
    TooManyTagsException = ("TooManyTagsException", 400, "message"),
    UnrecognizedClientException = ("UnrecognizedClientException", 400, "message"),
    ValidationException = ("ValidationException", 400, "message"),
}

cloud_wire::operations! {
    CreateLogGroup(super::CreateLogGroupRequest) -> () = "POST" "/" 200, super::CREATE_LOG_GROUP_REQUEST, cloud_wire::shape::UNIT;
    CreateLogStream(super::CreateLogStreamRequest) -> () = "POST" "/" 200, super::CREATE_LOG_STREAM_REQUEST, cloud_wire::shape::UNIT;
    DeleteLogGroup(super::DeleteLogGroupRequest) -> () = "POST" "/" 200, super::DELETE_LOG_GROUP_REQUEST, cloud_wire::shape::UNIT;
    DeleteLogStream(super::DeleteLogStreamRequest) -> () = "POST" "/" 200, super::DELETE_LOG_STREAM_REQUEST, cloud_wire::shape::UNIT;
    DeleteRetentionPolicy(super::DeleteRetentionPolicyRequest) -> () = "POST" "/" 200, super::DELETE_RETENTION_POLICY_REQUEST, cloud_wire::shape::UNIT;
    DeleteSubscriptionFilter(super::DeleteSubscriptionFilterRequest) -> () = "POST" "/" 200, super::DELETE_SUBSCRIPTION_FILTER_REQUEST, cloud_wire::shape::UNIT;
    DescribeLogGroups(super::DescribeLogGroupsRequest) -> super::DescribeLogGroupsResponse = "POST" "/" 200, super::DESCRIBE_LOG_GROUPS_REQUEST, super::DESCRIBE_LOG_GROUPS_RESPONSE, .pages("nextToken", "nextToken", &["limit"]);
    DescribeLogStreams(super::DescribeLogStreamsRequest) -> super::DescribeLogStreamsResponse = "POST" "/" 200, super::DESCRIBE_LOG_STREAMS_REQUEST, super::DESCRIBE_LOG_STREAMS_RESPONSE, .pages("nextToken", "nextToken", &["limit"]);
    DescribeSubscriptionFilters(super::DescribeSubscriptionFiltersRequest) -> super::DescribeSubscriptionFiltersResponse = "POST" "/" 200, super::DESCRIBE_SUBSCRIPTION_FILTERS_REQUEST, super::DESCRIBE_SUBSCRIPTION_FILTERS_RESPONSE, .pages("nextToken", "nextToken", &["limit"]);
    FilterLogEvents(super::FilterLogEventsRequest) -> super::FilterLogEventsResponse = "POST" "/" 200, super::FILTER_LOG_EVENTS_REQUEST, super::FILTER_LOG_EVENTS_RESPONSE, .pages("nextToken", "nextToken", &["limit"]);
    GetLogEvents(super::GetLogEventsRequest) -> super::GetLogEventsResponse = "POST" "/" 200, super::GET_LOG_EVENTS_REQUEST, super::GET_LOG_EVENTS_RESPONSE;
    ListTagsForResource(super::ListTagsForResourceRequest) -> super::ListTagsForResourceResponse = "POST" "/" 200, super::LIST_TAGS_FOR_RESOURCE_REQUEST, super::LIST_TAGS_FOR_RESOURCE_RESPONSE;
    ListTagsLogGroup(super::ListTagsLogGroupRequest) -> super::ListTagsLogGroupResponse = "POST" "/" 200, super::LIST_TAGS_LOG_GROUP_REQUEST, super::LIST_TAGS_LOG_GROUP_RESPONSE;
    PutLogEvents(super::PutLogEventsRequest) -> super::PutLogEventsResponse = "POST" "/" 200, super::PUT_LOG_EVENTS_REQUEST, super::PUT_LOG_EVENTS_RESPONSE;
    PutLogGroupDeletionProtection(super::PutLogGroupDeletionProtectionRequest) -> () = "POST" "/" 200, super::PUT_LOG_GROUP_DELETION_PROTECTION_REQUEST, cloud_wire::shape::UNIT;
    PutRetentionPolicy(super::PutRetentionPolicyRequest) -> () = "POST" "/" 200, super::PUT_RETENTION_POLICY_REQUEST, cloud_wire::shape::UNIT;
    PutSubscriptionFilter(super::PutSubscriptionFilterRequest) -> () = "POST" "/" 200, super::PUT_SUBSCRIPTION_FILTER_REQUEST, cloud_wire::shape::UNIT;
    TagLogGroup(super::TagLogGroupRequest) -> () = "POST" "/" 200, super::TAG_LOG_GROUP_REQUEST, cloud_wire::shape::UNIT;
    TagResource(super::TagResourceRequest) -> () = "POST" "/" 200, super::TAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UntagLogGroup(super::UntagLogGroupRequest) -> () = "POST" "/" 200, super::UNTAG_LOG_GROUP_REQUEST, cloud_wire::shape::UNIT;
    UntagResource(super::UntagResourceRequest) -> () = "POST" "/" 200, super::UNTAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "logs",
    signing_name: "logs",
    endpoint_prefix: "logs",
    protocol: cloud_wire::Protocol::Json11,
    also: &[],
    query_compatible: false,
    target_prefix: "Logs_20140328",
    api_version: "2014-03-28",
    xml_namespace: "",
    validation_code: "InvalidParameterException",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal("InvalidParameterException", 400, "The specified nextToken is invalid."),
    wrong_union: ServiceModel::WRONG_UNION,
};
