//! Shapes of the model `events` (2015-10-07). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static ACTION: Schema = Schema::string("Action").min(1).max(64).pattern("events:[a-zA-Z]+");
pub static ARN: Schema = Schema::string("Arn").min(1).max(1600);
pub static BOOLEAN: Schema = Schema::boolean("Boolean");
pub static CAPACITY_PROVIDER: Schema = Schema::string("CapacityProvider").min(1).max(255);
pub static CAPACITY_PROVIDER_STRATEGY: Schema =
    Schema::list("CapacityProviderStrategy", &CAPACITY_PROVIDER_STRATEGY_ITEM).max(6);
pub static CAPACITY_PROVIDER_STRATEGY_ITEM_BASE: Schema =
    Schema::integer("CapacityProviderStrategyItemBase").min(0).max(100000);
pub static CAPACITY_PROVIDER_STRATEGY_ITEM_WEIGHT: Schema =
    Schema::integer("CapacityProviderStrategyItemWeight").min(0).max(1000);
pub static CREATED_BY: Schema = Schema::string("CreatedBy").min(1).max(128);
pub static DATABASE: Schema = Schema::string("Database").min(1).max(64);
pub static DB_USER: Schema = Schema::string("DbUser").min(1).max(128);
pub static ENDPOINT_ID: Schema =
    Schema::string("EndpointId").min(1).max(50).pattern("^[A-Za-z0-9\\-]+[\\.][A-Za-z0-9\\-]+$");
pub static ERROR_CODE: Schema = Schema::string("ErrorCode");
pub static ERROR_MESSAGE: Schema = Schema::string("ErrorMessage");
pub static EVENT_BUS_DESCRIPTION: Schema = Schema::string("EventBusDescription").max(512);
pub static EVENT_BUS_LIST: Schema = Schema::list("EventBusList", &EVENT_BUS);
pub static EVENT_BUS_NAME: Schema =
    Schema::string("EventBusName").min(1).max(256).pattern("[/\\.\\-_A-Za-z0-9]+");
pub static EVENT_BUS_NAME_OR_ARN: Schema = Schema::string("EventBusNameOrArn")
    .min(1)
    .max(1600)
    .pattern("(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[/\\.\\-_A-Za-z0-9]+");
pub static EVENT_ID: Schema = Schema::string("EventId").max(64);
pub static EVENT_PATTERN: Schema = Schema::string("EventPattern").max(4096);
pub static EVENT_RESOURCE: Schema = Schema::string("EventResource").max(2048);
pub static EVENT_RESOURCE_LIST: Schema = Schema::list("EventResourceList", &EVENT_RESOURCE);
pub static EVENT_SOURCE_NAME: Schema =
    Schema::string("EventSourceName").min(1).max(256).pattern("aws\\.partner(/[\\.\\-_A-Za-z0-9]+){2,}");
pub static EVENT_TIME: Schema = Schema::timestamp("EventTime");
pub static GRAPH_QL_OPERATION: Schema = Schema::string("GraphQLOperation").min(1).max(1048576);
pub static HEADER_KEY: Schema = Schema::string("HeaderKey").max(512).pattern("^[!#$%&'*+-.^_`|~0-9a-zA-Z]+$");
pub static HEADER_PARAMETERS_MAP: Schema = Schema::map("HeaderParametersMap", &HEADER_KEY, &HEADER_VALUE);
pub static HEADER_VALUE: Schema =
    Schema::string("HeaderValue").max(512).pattern("^[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*$");
pub static INPUT_TRANSFORMER_PATH_KEY: Schema =
    Schema::string("InputTransformerPathKey").min(1).max(256).pattern("[A-Za-z0-9\\_\\-]+");
pub static INTEGER: Schema = Schema::integer("Integer");
pub static KMS_KEY_IDENTIFIER: Schema =
    Schema::string("KmsKeyIdentifier").max(2048).pattern("^[a-zA-Z0-9_\\-/:]*$");
pub static LIMIT_MAX100: Schema = Schema::integer("LimitMax100").min(1).max(100);
pub static LIMIT_MIN1: Schema = Schema::integer("LimitMin1").min(1);
pub static MANAGED_BY: Schema = Schema::string("ManagedBy").min(1).max(128);
pub static MAXIMUM_EVENT_AGE_IN_SECONDS: Schema =
    Schema::integer("MaximumEventAgeInSeconds").min(60).max(86400);
pub static MAXIMUM_RETRY_ATTEMPTS: Schema = Schema::integer("MaximumRetryAttempts").min(0).max(185);
pub static MESSAGE_GROUP_ID: Schema = Schema::string("MessageGroupId").max(100);
pub static NEXT_TOKEN: Schema = Schema::string("NextToken").min(1).max(2048);
pub static NON_PARTNER_EVENT_BUS_NAME: Schema =
    Schema::string("NonPartnerEventBusName").min(1).max(256).pattern("[\\.\\-_A-Za-z0-9]+");
pub static NON_PARTNER_EVENT_BUS_NAME_OR_ARN: Schema = Schema::string("NonPartnerEventBusNameOrArn")
    .min(1)
    .max(1600)
    .pattern("(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[\\.\\-_A-Za-z0-9]+");
pub static PATH_PARAMETER: Schema = Schema::string("PathParameter").pattern("^(?!\\s*$).+");
pub static PATH_PARAMETER_LIST: Schema = Schema::list("PathParameterList", &PATH_PARAMETER);
pub static PLACEMENT_CONSTRAINT_EXPRESSION: Schema =
    Schema::string("PlacementConstraintExpression").max(2000);
pub static PLACEMENT_CONSTRAINTS: Schema =
    Schema::list("PlacementConstraints", &PLACEMENT_CONSTRAINT).max(10);
pub static PLACEMENT_STRATEGIES: Schema = Schema::list("PlacementStrategies", &PLACEMENT_STRATEGY).max(5);
pub static PLACEMENT_STRATEGY_FIELD: Schema = Schema::string("PlacementStrategyField").max(255);
pub static PRINCIPAL: Schema = Schema::string("Principal").min(1).max(12).pattern("(\\d{12}|\\*)");
pub static PUT_EVENTS_REQUEST_ENTRY_LIST: Schema =
    Schema::list("PutEventsRequestEntryList", &PUT_EVENTS_REQUEST_ENTRY).min(1).max(10);
pub static PUT_EVENTS_RESULT_ENTRY_LIST: Schema =
    Schema::list("PutEventsResultEntryList", &PUT_EVENTS_RESULT_ENTRY);
pub static PUT_TARGETS_RESULT_ENTRY_LIST: Schema =
    Schema::list("PutTargetsResultEntryList", &PUT_TARGETS_RESULT_ENTRY);
pub static QUERY_STRING_KEY: Schema =
    Schema::string("QueryStringKey").max(512).pattern("[^\\x00-\\x1F\\x7F]+");
pub static QUERY_STRING_PARAMETERS_MAP: Schema =
    Schema::map("QueryStringParametersMap", &QUERY_STRING_KEY, &QUERY_STRING_VALUE);
pub static QUERY_STRING_VALUE: Schema =
    Schema::string("QueryStringValue").max(512).pattern("[^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F]+");
pub static REDSHIFT_SECRET_MANAGER_ARN: Schema = Schema::string("RedshiftSecretManagerArn")
    .min(1)
    .max(1600)
    .pattern("(^arn:aws([a-z]|\\-)*:secretsmanager:[a-z0-9-.]+:.*)|(\\$(\\.[\\w_-]+(\\[(\\d+|\\*)\\])*)*)");
pub static REFERENCE_ID: Schema = Schema::string("ReferenceId").max(1024);
pub static REMOVE_TARGETS_RESULT_ENTRY_LIST: Schema =
    Schema::list("RemoveTargetsResultEntryList", &REMOVE_TARGETS_RESULT_ENTRY);
pub static RESOURCE_ARN: Schema = Schema::string("ResourceArn").min(1).max(1600);
pub static ROLE_ARN: Schema = Schema::string("RoleArn").min(1).max(1600);
pub static RULE_ARN: Schema = Schema::string("RuleArn").min(1).max(1600);
pub static RULE_DESCRIPTION: Schema = Schema::string("RuleDescription").max(512);
pub static RULE_NAME: Schema = Schema::string("RuleName").min(1).max(64).pattern("[\\.\\-_A-Za-z0-9]+");
pub static RULE_NAME_LIST: Schema = Schema::list("RuleNameList", &RULE_NAME);
pub static RULE_RESPONSE_LIST: Schema = Schema::list("RuleResponseList", &RULE);
pub static RUN_COMMAND_TARGET_KEY: Schema =
    Schema::string("RunCommandTargetKey").min(1).max(128).pattern("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$");
pub static RUN_COMMAND_TARGET_VALUE: Schema = Schema::string("RunCommandTargetValue").min(1).max(256);
pub static RUN_COMMAND_TARGET_VALUES: Schema =
    Schema::list("RunCommandTargetValues", &RUN_COMMAND_TARGET_VALUE).min(1).max(50);
pub static RUN_COMMAND_TARGETS: Schema = Schema::list("RunCommandTargets", &RUN_COMMAND_TARGET).min(1).max(5);
pub static SAGE_MAKER_PIPELINE_PARAMETER_LIST: Schema =
    Schema::list("SageMakerPipelineParameterList", &SAGE_MAKER_PIPELINE_PARAMETER).min(0).max(200);
pub static SAGE_MAKER_PIPELINE_PARAMETER_NAME: Schema =
    Schema::string("SageMakerPipelineParameterName").min(1).max(256).pattern("^[a-zA-Z0-9](-*[a-zA-Z0-9])*$");
pub static SAGE_MAKER_PIPELINE_PARAMETER_VALUE: Schema =
    Schema::string("SageMakerPipelineParameterValue").max(1024);
pub static SCHEDULE_EXPRESSION: Schema = Schema::string("ScheduleExpression").max(256);
pub static SQL: Schema = Schema::string("Sql").min(1).max(100000);
pub static SQLS: Schema = Schema::list("Sqls", &SQL).min(0).max(40);
pub static STATEMENT_ID: Schema = Schema::string("StatementId").min(1).max(64).pattern("[a-zA-Z0-9-_]+");
pub static STATEMENT_NAME: Schema = Schema::string("StatementName").min(1).max(500);
pub static STRING: Schema = Schema::string("String");
pub static STRING_LIST: Schema = Schema::list("StringList", &STRING);
pub static TAG_KEY: Schema = Schema::string("TagKey").min(1).max(128);
pub static TAG_KEY_LIST: Schema = Schema::list("TagKeyList", &TAG_KEY);
pub static TAG_LIST: Schema = Schema::list("TagList", &TAG);
pub static TAG_VALUE: Schema = Schema::string("TagValue").min(0).max(256);
pub static TARGET_ARN: Schema = Schema::string("TargetArn").min(1).max(1600);
pub static TARGET_ID: Schema = Schema::string("TargetId").min(1).max(64).pattern("[\\.\\-_A-Za-z0-9]+");
pub static TARGET_ID_LIST: Schema = Schema::list("TargetIdList", &TARGET_ID).min(1).max(100);
pub static TARGET_INPUT: Schema = Schema::string("TargetInput").max(8192);
pub static TARGET_INPUT_PATH: Schema = Schema::string("TargetInputPath").max(256);
pub static TARGET_LIST: Schema = Schema::list("TargetList", &TARGET).min(1).max(100);
pub static TARGET_PARTITION_KEY_PATH: Schema = Schema::string("TargetPartitionKeyPath").max(256);
pub static TIMESTAMP: Schema = Schema::timestamp("Timestamp");
pub static TRACE_HEADER: Schema = Schema::string("TraceHeader").min(1).max(500);
pub static TRANSFORMER_INPUT: Schema = Schema::string("TransformerInput").min(1).max(8192);
pub static TRANSFORMER_PATHS: Schema =
    Schema::map("TransformerPaths", &INPUT_TRANSFORMER_PATH_KEY, &TARGET_INPUT_PATH).max(100);

cloud_wire::enumeration! {
    pub enum AssignPublicIp as ASSIGN_PUBLIC_IP {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
    pub enum IncludeDetail as INCLUDE_DETAIL {
        NoneValue = "NONE",
        Full = "FULL",
    }
    pub enum LaunchType as LAUNCH_TYPE {
        Ec2 = "EC2",
        Fargate = "FARGATE",
        External = "EXTERNAL",
    }
    pub enum Level as LEVEL {
        Off = "OFF",
        Error = "ERROR",
        Info = "INFO",
        Trace = "TRACE",
    }
    pub enum PlacementConstraintType as PLACEMENT_CONSTRAINT_TYPE {
        DistinctInstance = "distinctInstance",
        MemberOf = "memberOf",
    }
    pub enum PlacementStrategyType as PLACEMENT_STRATEGY_TYPE {
        Random = "random",
        Spread = "spread",
        Binpack = "binpack",
    }
    pub enum PropagateTags as PROPAGATE_TAGS {
        TaskDefinition = "TASK_DEFINITION",
    }
    pub enum RuleState as RULE_STATE {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
        EnabledWithAllCloudtrailManagementEvents = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    }
}

cloud_wire::structure! {
    pub struct AppSyncParameters as APP_SYNC_PARAMETERS {
        graph_ql_operation: Option<String> = Member::new("GraphQLOperation", &GRAPH_QL_OPERATION),
    }
    pub struct AwsVpcConfiguration as AWS_VPC_CONFIGURATION {
        subnets: Vec<String> = Member::new("Subnets", &STRING_LIST).required(),
        security_groups: Option<Vec<String>> = Member::new("SecurityGroups", &STRING_LIST),
        assign_public_ip: Option<AssignPublicIp> = Member::new("AssignPublicIp", &ASSIGN_PUBLIC_IP),
    }
    pub struct BatchArrayProperties as BATCH_ARRAY_PROPERTIES {
        size: Option<i32> = Member::new("Size", &INTEGER),
    }
    pub struct BatchParameters as BATCH_PARAMETERS {
        job_definition: String = Member::new("JobDefinition", &STRING).required(),
        job_name: String = Member::new("JobName", &STRING).required(),
        array_properties: Option<BatchArrayProperties> = Member::new("ArrayProperties", &BATCH_ARRAY_PROPERTIES),
        retry_strategy: Option<BatchRetryStrategy> = Member::new("RetryStrategy", &BATCH_RETRY_STRATEGY),
    }
    pub struct BatchRetryStrategy as BATCH_RETRY_STRATEGY {
        attempts: Option<i32> = Member::new("Attempts", &INTEGER),
    }
    pub struct CapacityProviderStrategyItem as CAPACITY_PROVIDER_STRATEGY_ITEM {
        capacity_provider: String = Member::new("capacityProvider", &CAPACITY_PROVIDER).required(),
        weight: Option<i32> = Member::new("weight", &CAPACITY_PROVIDER_STRATEGY_ITEM_WEIGHT),
        base: Option<i32> = Member::new("base", &CAPACITY_PROVIDER_STRATEGY_ITEM_BASE),
    }
    pub struct Condition as CONDITION {
        r#type: String = Member::new("Type", &STRING).required(),
        key: String = Member::new("Key", &STRING).required(),
        value: String = Member::new("Value", &STRING).required(),
    }
    pub struct CreateEventBusRequest as CREATE_EVENT_BUS_REQUEST {
        name: String = Member::new("Name", &EVENT_BUS_NAME).required(),
        event_source_name: Option<String> = Member::new("EventSourceName", &EVENT_SOURCE_NAME),
        description: Option<String> = Member::new("Description", &EVENT_BUS_DESCRIPTION),
        kms_key_identifier: Option<String> = Member::new("KmsKeyIdentifier", &KMS_KEY_IDENTIFIER),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        log_config: Option<LogConfig> = Member::new("LogConfig", &LOG_CONFIG),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST),
    }
    pub struct CreateEventBusResponse as CREATE_EVENT_BUS_RESPONSE {
        event_bus_arn: Option<String> = Member::new("EventBusArn", &STRING),
        description: Option<String> = Member::new("Description", &EVENT_BUS_DESCRIPTION),
        kms_key_identifier: Option<String> = Member::new("KmsKeyIdentifier", &KMS_KEY_IDENTIFIER),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        log_config: Option<LogConfig> = Member::new("LogConfig", &LOG_CONFIG),
    }
    pub struct DeadLetterConfig as DEAD_LETTER_CONFIG {
        arn: Option<String> = Member::new("Arn", &RESOURCE_ARN),
    }
    pub struct DeleteEventBusRequest as DELETE_EVENT_BUS_REQUEST {
        name: String = Member::new("Name", &EVENT_BUS_NAME).required(),
    }
    pub struct DeleteRuleRequest as DELETE_RULE_REQUEST {
        name: String = Member::new("Name", &RULE_NAME).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
        force: Option<bool> = Member::new("Force", &BOOLEAN),
    }
    pub struct DescribeEventBusRequest as DESCRIBE_EVENT_BUS_REQUEST {
        name: Option<String> = Member::new("Name", &EVENT_BUS_NAME_OR_ARN),
    }
    pub struct DescribeEventBusResponse as DESCRIBE_EVENT_BUS_RESPONSE {
        name: Option<String> = Member::new("Name", &STRING),
        arn: Option<String> = Member::new("Arn", &STRING),
        description: Option<String> = Member::new("Description", &EVENT_BUS_DESCRIPTION),
        kms_key_identifier: Option<String> = Member::new("KmsKeyIdentifier", &KMS_KEY_IDENTIFIER),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        policy: Option<String> = Member::new("Policy", &STRING),
        log_config: Option<LogConfig> = Member::new("LogConfig", &LOG_CONFIG),
        creation_time: Option<jiff::Timestamp> = Member::new("CreationTime", &TIMESTAMP),
        last_modified_time: Option<jiff::Timestamp> = Member::new("LastModifiedTime", &TIMESTAMP),
    }
    pub struct DescribeRuleRequest as DESCRIBE_RULE_REQUEST {
        name: String = Member::new("Name", &RULE_NAME).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
    }
    pub struct DescribeRuleResponse as DESCRIBE_RULE_RESPONSE {
        name: Option<String> = Member::new("Name", &RULE_NAME),
        arn: Option<String> = Member::new("Arn", &RULE_ARN),
        event_pattern: Option<String> = Member::new("EventPattern", &EVENT_PATTERN),
        schedule_expression: Option<String> = Member::new("ScheduleExpression", &SCHEDULE_EXPRESSION),
        state: Option<RuleState> = Member::new("State", &RULE_STATE),
        description: Option<String> = Member::new("Description", &RULE_DESCRIPTION),
        role_arn: Option<String> = Member::new("RoleArn", &ROLE_ARN),
        managed_by: Option<String> = Member::new("ManagedBy", &MANAGED_BY),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME),
        created_by: Option<String> = Member::new("CreatedBy", &CREATED_BY),
    }
    pub struct DisableRuleRequest as DISABLE_RULE_REQUEST {
        name: String = Member::new("Name", &RULE_NAME).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
    }
    pub struct EcsParameters as ECS_PARAMETERS {
        task_definition_arn: String = Member::new("TaskDefinitionArn", &ARN).required(),
        task_count: Option<i32> = Member::new("TaskCount", &LIMIT_MIN1),
        launch_type: Option<LaunchType> = Member::new("LaunchType", &LAUNCH_TYPE),
        network_configuration: Option<NetworkConfiguration> = Member::new("NetworkConfiguration", &NETWORK_CONFIGURATION),
        platform_version: Option<String> = Member::new("PlatformVersion", &STRING),
        group: Option<String> = Member::new("Group", &STRING),
        capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>> = Member::new("CapacityProviderStrategy", &CAPACITY_PROVIDER_STRATEGY),
        enable_ecs_managed_tags: Option<bool> = Member::new("EnableECSManagedTags", &BOOLEAN),
        enable_execute_command: Option<bool> = Member::new("EnableExecuteCommand", &BOOLEAN),
        placement_constraints: Option<Vec<PlacementConstraint>> = Member::new("PlacementConstraints", &PLACEMENT_CONSTRAINTS),
        placement_strategy: Option<Vec<PlacementStrategy>> = Member::new("PlacementStrategy", &PLACEMENT_STRATEGIES),
        propagate_tags: Option<PropagateTags> = Member::new("PropagateTags", &PROPAGATE_TAGS),
        reference_id: Option<String> = Member::new("ReferenceId", &REFERENCE_ID),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST),
    }
    pub struct EnableRuleRequest as ENABLE_RULE_REQUEST {
        name: String = Member::new("Name", &RULE_NAME).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
    }
    pub struct EventBus as EVENT_BUS {
        name: Option<String> = Member::new("Name", &STRING),
        arn: Option<String> = Member::new("Arn", &STRING),
        description: Option<String> = Member::new("Description", &EVENT_BUS_DESCRIPTION),
        policy: Option<String> = Member::new("Policy", &STRING),
        creation_time: Option<jiff::Timestamp> = Member::new("CreationTime", &TIMESTAMP),
        last_modified_time: Option<jiff::Timestamp> = Member::new("LastModifiedTime", &TIMESTAMP),
    }
    pub struct HttpParameters as HTTP_PARAMETERS {
        path_parameter_values: Option<Vec<String>> = Member::new("PathParameterValues", &PATH_PARAMETER_LIST),
        header_parameters: Option<BTreeMap<String, String>> = Member::new("HeaderParameters", &HEADER_PARAMETERS_MAP),
        query_string_parameters: Option<BTreeMap<String, String>> = Member::new("QueryStringParameters", &QUERY_STRING_PARAMETERS_MAP),
    }
    pub struct InputTransformer as INPUT_TRANSFORMER {
        input_paths_map: Option<BTreeMap<String, String>> = Member::new("InputPathsMap", &TRANSFORMER_PATHS),
        input_template: String = Member::new("InputTemplate", &TRANSFORMER_INPUT).required(),
    }
    pub struct KinesisParameters as KINESIS_PARAMETERS {
        partition_key_path: String = Member::new("PartitionKeyPath", &TARGET_PARTITION_KEY_PATH).required(),
    }
    pub struct ListEventBusesRequest as LIST_EVENT_BUSES_REQUEST {
        name_prefix: Option<String> = Member::new("NamePrefix", &EVENT_BUS_NAME),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("Limit", &LIMIT_MAX100),
    }
    pub struct ListEventBusesResponse as LIST_EVENT_BUSES_RESPONSE {
        event_buses: Option<Vec<EventBus>> = Member::new("EventBuses", &EVENT_BUS_LIST),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListRuleNamesByTargetRequest as LIST_RULE_NAMES_BY_TARGET_REQUEST {
        target_arn: String = Member::new("TargetArn", &TARGET_ARN).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("Limit", &LIMIT_MAX100),
    }
    pub struct ListRuleNamesByTargetResponse as LIST_RULE_NAMES_BY_TARGET_RESPONSE {
        rule_names: Option<Vec<String>> = Member::new("RuleNames", &RULE_NAME_LIST),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListRulesRequest as LIST_RULES_REQUEST {
        name_prefix: Option<String> = Member::new("NamePrefix", &RULE_NAME),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("Limit", &LIMIT_MAX100),
    }
    pub struct ListRulesResponse as LIST_RULES_RESPONSE {
        rules: Option<Vec<Rule>> = Member::new("Rules", &RULE_RESPONSE_LIST),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListTagsForResourceRequest as LIST_TAGS_FOR_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceARN", &ARN).required(),
    }
    pub struct ListTagsForResourceResponse as LIST_TAGS_FOR_RESOURCE_RESPONSE {
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST),
    }
    pub struct ListTargetsByRuleRequest as LIST_TARGETS_BY_RULE_REQUEST {
        rule: String = Member::new("Rule", &RULE_NAME).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
        limit: Option<i32> = Member::new("Limit", &LIMIT_MAX100),
    }
    pub struct ListTargetsByRuleResponse as LIST_TARGETS_BY_RULE_RESPONSE {
        targets: Option<Vec<Target>> = Member::new("Targets", &TARGET_LIST),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct LogConfig as LOG_CONFIG {
        include_detail: Option<IncludeDetail> = Member::new("IncludeDetail", &INCLUDE_DETAIL),
        level: Option<Level> = Member::new("Level", &LEVEL),
    }
    pub struct NetworkConfiguration as NETWORK_CONFIGURATION {
        awsvpc_configuration: Option<AwsVpcConfiguration> = Member::new("awsvpcConfiguration", &AWS_VPC_CONFIGURATION),
    }
    pub struct PlacementConstraint as PLACEMENT_CONSTRAINT {
        r#type: Option<PlacementConstraintType> = Member::new("type", &PLACEMENT_CONSTRAINT_TYPE),
        expression: Option<String> = Member::new("expression", &PLACEMENT_CONSTRAINT_EXPRESSION),
    }
    pub struct PlacementStrategy as PLACEMENT_STRATEGY {
        r#type: Option<PlacementStrategyType> = Member::new("type", &PLACEMENT_STRATEGY_TYPE),
        field: Option<String> = Member::new("field", &PLACEMENT_STRATEGY_FIELD),
    }
    pub struct PutEventsRequest as PUT_EVENTS_REQUEST {
        entries: Vec<PutEventsRequestEntry> = Member::new("Entries", &PUT_EVENTS_REQUEST_ENTRY_LIST).required(),
        endpoint_id: Option<String> = Member::new("EndpointId", &ENDPOINT_ID),
    }
    pub struct PutEventsRequestEntry as PUT_EVENTS_REQUEST_ENTRY {
        time: Option<jiff::Timestamp> = Member::new("Time", &EVENT_TIME),
        source: Option<String> = Member::new("Source", &STRING),
        resources: Option<Vec<String>> = Member::new("Resources", &EVENT_RESOURCE_LIST),
        detail_type: Option<String> = Member::new("DetailType", &STRING),
        detail: Option<String> = Member::new("Detail", &STRING),
        event_bus_name: Option<String> = Member::new("EventBusName", &NON_PARTNER_EVENT_BUS_NAME_OR_ARN),
        trace_header: Option<String> = Member::new("TraceHeader", &TRACE_HEADER),
    }
    pub struct PutEventsResponse as PUT_EVENTS_RESPONSE {
        failed_entry_count: Option<i32> = Member::new("FailedEntryCount", &INTEGER),
        entries: Option<Vec<PutEventsResultEntry>> = Member::new("Entries", &PUT_EVENTS_RESULT_ENTRY_LIST),
    }
    pub struct PutEventsResultEntry as PUT_EVENTS_RESULT_ENTRY {
        event_id: Option<String> = Member::new("EventId", &EVENT_ID),
        error_code: Option<String> = Member::new("ErrorCode", &ERROR_CODE),
        error_message: Option<String> = Member::new("ErrorMessage", &ERROR_MESSAGE),
    }
    pub struct PutPermissionRequest as PUT_PERMISSION_REQUEST {
        event_bus_name: Option<String> = Member::new("EventBusName", &NON_PARTNER_EVENT_BUS_NAME),
        action: Option<String> = Member::new("Action", &ACTION),
        principal: Option<String> = Member::new("Principal", &PRINCIPAL),
        statement_id: Option<String> = Member::new("StatementId", &STATEMENT_ID),
        condition: Option<Condition> = Member::new("Condition", &CONDITION),
        policy: Option<String> = Member::new("Policy", &STRING),
    }
    pub struct PutRuleRequest as PUT_RULE_REQUEST {
        name: String = Member::new("Name", &RULE_NAME).required(),
        schedule_expression: Option<String> = Member::new("ScheduleExpression", &SCHEDULE_EXPRESSION),
        event_pattern: Option<String> = Member::new("EventPattern", &EVENT_PATTERN),
        state: Option<RuleState> = Member::new("State", &RULE_STATE),
        description: Option<String> = Member::new("Description", &RULE_DESCRIPTION),
        role_arn: Option<String> = Member::new("RoleArn", &ROLE_ARN),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
    }
    pub struct PutRuleResponse as PUT_RULE_RESPONSE {
        rule_arn: Option<String> = Member::new("RuleArn", &RULE_ARN),
    }
    pub struct PutTargetsRequest as PUT_TARGETS_REQUEST {
        rule: String = Member::new("Rule", &RULE_NAME).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
        targets: Vec<Target> = Member::new("Targets", &TARGET_LIST).required(),
    }
    pub struct PutTargetsResponse as PUT_TARGETS_RESPONSE {
        failed_entry_count: Option<i32> = Member::new("FailedEntryCount", &INTEGER),
        failed_entries: Option<Vec<PutTargetsResultEntry>> = Member::new("FailedEntries", &PUT_TARGETS_RESULT_ENTRY_LIST),
    }
    pub struct PutTargetsResultEntry as PUT_TARGETS_RESULT_ENTRY {
        target_id: Option<String> = Member::new("TargetId", &TARGET_ID),
        error_code: Option<String> = Member::new("ErrorCode", &ERROR_CODE),
        error_message: Option<String> = Member::new("ErrorMessage", &ERROR_MESSAGE),
    }
    pub struct RedshiftDataParameters as REDSHIFT_DATA_PARAMETERS {
        secret_manager_arn: Option<String> = Member::new("SecretManagerArn", &REDSHIFT_SECRET_MANAGER_ARN),
        database: String = Member::new("Database", &DATABASE).required(),
        db_user: Option<String> = Member::new("DbUser", &DB_USER),
        sql: Option<String> = Member::new("Sql", &SQL),
        statement_name: Option<String> = Member::new("StatementName", &STATEMENT_NAME),
        with_event: Option<bool> = Member::new("WithEvent", &BOOLEAN),
        sqls: Option<Vec<String>> = Member::new("Sqls", &SQLS),
    }
    pub struct RemovePermissionRequest as REMOVE_PERMISSION_REQUEST {
        statement_id: Option<String> = Member::new("StatementId", &STATEMENT_ID),
        remove_all_permissions: Option<bool> = Member::new("RemoveAllPermissions", &BOOLEAN),
        event_bus_name: Option<String> = Member::new("EventBusName", &NON_PARTNER_EVENT_BUS_NAME),
    }
    pub struct RemoveTargetsRequest as REMOVE_TARGETS_REQUEST {
        rule: String = Member::new("Rule", &RULE_NAME).required(),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME_OR_ARN),
        ids: Vec<String> = Member::new("Ids", &TARGET_ID_LIST).required(),
        force: Option<bool> = Member::new("Force", &BOOLEAN),
    }
    pub struct RemoveTargetsResponse as REMOVE_TARGETS_RESPONSE {
        failed_entry_count: Option<i32> = Member::new("FailedEntryCount", &INTEGER),
        failed_entries: Option<Vec<RemoveTargetsResultEntry>> = Member::new("FailedEntries", &REMOVE_TARGETS_RESULT_ENTRY_LIST),
    }
    pub struct RemoveTargetsResultEntry as REMOVE_TARGETS_RESULT_ENTRY {
        target_id: Option<String> = Member::new("TargetId", &TARGET_ID),
        error_code: Option<String> = Member::new("ErrorCode", &ERROR_CODE),
        error_message: Option<String> = Member::new("ErrorMessage", &ERROR_MESSAGE),
    }
    pub struct RetryPolicy as RETRY_POLICY {
        maximum_retry_attempts: Option<i32> = Member::new("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS),
        maximum_event_age_in_seconds: Option<i32> = Member::new("MaximumEventAgeInSeconds", &MAXIMUM_EVENT_AGE_IN_SECONDS),
    }
    pub struct Rule as RULE {
        name: Option<String> = Member::new("Name", &RULE_NAME),
        arn: Option<String> = Member::new("Arn", &RULE_ARN),
        event_pattern: Option<String> = Member::new("EventPattern", &EVENT_PATTERN),
        state: Option<RuleState> = Member::new("State", &RULE_STATE),
        description: Option<String> = Member::new("Description", &RULE_DESCRIPTION),
        schedule_expression: Option<String> = Member::new("ScheduleExpression", &SCHEDULE_EXPRESSION),
        role_arn: Option<String> = Member::new("RoleArn", &ROLE_ARN),
        managed_by: Option<String> = Member::new("ManagedBy", &MANAGED_BY),
        event_bus_name: Option<String> = Member::new("EventBusName", &EVENT_BUS_NAME),
    }
    pub struct RunCommandParameters as RUN_COMMAND_PARAMETERS {
        run_command_targets: Vec<RunCommandTarget> = Member::new("RunCommandTargets", &RUN_COMMAND_TARGETS).required(),
    }
    pub struct RunCommandTarget as RUN_COMMAND_TARGET {
        key: String = Member::new("Key", &RUN_COMMAND_TARGET_KEY).required(),
        values: Vec<String> = Member::new("Values", &RUN_COMMAND_TARGET_VALUES).required(),
    }
    pub struct SageMakerPipelineParameter as SAGE_MAKER_PIPELINE_PARAMETER {
        name: String = Member::new("Name", &SAGE_MAKER_PIPELINE_PARAMETER_NAME).required(),
        value: String = Member::new("Value", &SAGE_MAKER_PIPELINE_PARAMETER_VALUE).required(),
    }
    pub struct SageMakerPipelineParameters as SAGE_MAKER_PIPELINE_PARAMETERS {
        pipeline_parameter_list: Option<Vec<SageMakerPipelineParameter>> = Member::new("PipelineParameterList", &SAGE_MAKER_PIPELINE_PARAMETER_LIST),
    }
    pub struct SqsParameters as SQS_PARAMETERS {
        message_group_id: Option<String> = Member::new("MessageGroupId", &MESSAGE_GROUP_ID),
    }
    pub struct Tag as TAG {
        key: String = Member::new("Key", &TAG_KEY).required(),
        value: String = Member::new("Value", &TAG_VALUE).required(),
    }
    pub struct TagResourceRequest as TAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceARN", &ARN).required(),
        tags: Vec<Tag> = Member::new("Tags", &TAG_LIST).required(),
    }
    pub struct TagResourceResponse as TAG_RESOURCE_RESPONSE {
    }
    pub struct Target as TARGET {
        id: String = Member::new("Id", &TARGET_ID).required(),
        arn: String = Member::new("Arn", &TARGET_ARN).required(),
        role_arn: Option<String> = Member::new("RoleArn", &ROLE_ARN),
        input: Option<String> = Member::new("Input", &TARGET_INPUT),
        input_path: Option<String> = Member::new("InputPath", &TARGET_INPUT_PATH),
        input_transformer: Option<InputTransformer> = Member::new("InputTransformer", &INPUT_TRANSFORMER),
        kinesis_parameters: Option<KinesisParameters> = Member::new("KinesisParameters", &KINESIS_PARAMETERS),
        run_command_parameters: Option<RunCommandParameters> = Member::new("RunCommandParameters", &RUN_COMMAND_PARAMETERS),
        ecs_parameters: Option<EcsParameters> = Member::new("EcsParameters", &ECS_PARAMETERS),
        batch_parameters: Option<BatchParameters> = Member::new("BatchParameters", &BATCH_PARAMETERS),
        sqs_parameters: Option<SqsParameters> = Member::new("SqsParameters", &SQS_PARAMETERS),
        http_parameters: Option<HttpParameters> = Member::new("HttpParameters", &HTTP_PARAMETERS),
        redshift_data_parameters: Option<RedshiftDataParameters> = Member::new("RedshiftDataParameters", &REDSHIFT_DATA_PARAMETERS),
        sage_maker_pipeline_parameters: Option<SageMakerPipelineParameters> = Member::new("SageMakerPipelineParameters", &SAGE_MAKER_PIPELINE_PARAMETERS),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        retry_policy: Option<RetryPolicy> = Member::new("RetryPolicy", &RETRY_POLICY),
        app_sync_parameters: Option<AppSyncParameters> = Member::new("AppSyncParameters", &APP_SYNC_PARAMETERS),
    }
    pub struct TestEventPatternRequest as TEST_EVENT_PATTERN_REQUEST {
        event_pattern: String = Member::new("EventPattern", &EVENT_PATTERN).required(),
        event: String = Member::new("Event", &STRING).required(),
    }
    pub struct TestEventPatternResponse as TEST_EVENT_PATTERN_RESPONSE {
        result: Option<bool> = Member::new("Result", &BOOLEAN),
    }
    pub struct UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceARN", &ARN).required(),
        tag_keys: Vec<String> = Member::new("TagKeys", &TAG_KEY_LIST).required(),
    }
    pub struct UntagResourceResponse as UNTAG_RESOURCE_RESPONSE {
    }
    pub struct UpdateEventBusRequest as UPDATE_EVENT_BUS_REQUEST {
        name: Option<String> = Member::new("Name", &EVENT_BUS_NAME),
        kms_key_identifier: Option<String> = Member::new("KmsKeyIdentifier", &KMS_KEY_IDENTIFIER),
        description: Option<String> = Member::new("Description", &EVENT_BUS_DESCRIPTION),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        log_config: Option<LogConfig> = Member::new("LogConfig", &LOG_CONFIG),
    }
    pub struct UpdateEventBusResponse as UPDATE_EVENT_BUS_RESPONSE {
        arn: Option<String> = Member::new("Arn", &STRING),
        name: Option<String> = Member::new("Name", &EVENT_BUS_NAME),
        kms_key_identifier: Option<String> = Member::new("KmsKeyIdentifier", &KMS_KEY_IDENTIFIER),
        description: Option<String> = Member::new("Description", &EVENT_BUS_DESCRIPTION),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        log_config: Option<LogConfig> = Member::new("LogConfig", &LOG_CONFIG),
    }
}

cloud_wire::errors! {
    ConcurrentModificationException = ("ConcurrentModificationException", 400, "message"),
    InternalException = ("InternalException", 500, "message"),
    InvalidEventPatternException = ("InvalidEventPatternException", 400, "message"),
    InvalidStateException = ("InvalidStateException", 400, "message"),
    LimitExceededException = ("LimitExceededException", 400, "message"),
    ManagedRuleException = ("ManagedRuleException", 400, "message"),
    OperationDisabledException = ("OperationDisabledException", 400, "message"),
    PolicyLengthExceededException = ("PolicyLengthExceededException", 400, "message"),
    ResourceAlreadyExistsException = ("ResourceAlreadyExistsException", 400, "message"),
    ResourceNotFoundException = ("ResourceNotFoundException", 400, "message"),
}

cloud_wire::operations! {
    CreateEventBus(super::CreateEventBusRequest) -> super::CreateEventBusResponse = "POST" "/" 200, super::CREATE_EVENT_BUS_REQUEST, super::CREATE_EVENT_BUS_RESPONSE;
    DeleteEventBus(super::DeleteEventBusRequest) -> () = "POST" "/" 200, super::DELETE_EVENT_BUS_REQUEST, cloud_wire::shape::UNIT;
    DeleteRule(super::DeleteRuleRequest) -> () = "POST" "/" 200, super::DELETE_RULE_REQUEST, cloud_wire::shape::UNIT;
    DescribeEventBus(super::DescribeEventBusRequest) -> super::DescribeEventBusResponse = "POST" "/" 200, super::DESCRIBE_EVENT_BUS_REQUEST, super::DESCRIBE_EVENT_BUS_RESPONSE;
    DescribeRule(super::DescribeRuleRequest) -> super::DescribeRuleResponse = "POST" "/" 200, super::DESCRIBE_RULE_REQUEST, super::DESCRIBE_RULE_RESPONSE;
    DisableRule(super::DisableRuleRequest) -> () = "POST" "/" 200, super::DISABLE_RULE_REQUEST, cloud_wire::shape::UNIT;
    EnableRule(super::EnableRuleRequest) -> () = "POST" "/" 200, super::ENABLE_RULE_REQUEST, cloud_wire::shape::UNIT;
    ListEventBuses(super::ListEventBusesRequest) -> super::ListEventBusesResponse = "POST" "/" 200, super::LIST_EVENT_BUSES_REQUEST, super::LIST_EVENT_BUSES_RESPONSE, .pages("NextToken", "NextToken", &["Limit"]);
    ListRuleNamesByTarget(super::ListRuleNamesByTargetRequest) -> super::ListRuleNamesByTargetResponse = "POST" "/" 200, super::LIST_RULE_NAMES_BY_TARGET_REQUEST, super::LIST_RULE_NAMES_BY_TARGET_RESPONSE, .pages("NextToken", "NextToken", &["Limit"]);
    ListRules(super::ListRulesRequest) -> super::ListRulesResponse = "POST" "/" 200, super::LIST_RULES_REQUEST, super::LIST_RULES_RESPONSE, .pages("NextToken", "NextToken", &["Limit"]);
    ListTagsForResource(super::ListTagsForResourceRequest) -> super::ListTagsForResourceResponse = "POST" "/" 200, super::LIST_TAGS_FOR_RESOURCE_REQUEST, super::LIST_TAGS_FOR_RESOURCE_RESPONSE;
    ListTargetsByRule(super::ListTargetsByRuleRequest) -> super::ListTargetsByRuleResponse = "POST" "/" 200, super::LIST_TARGETS_BY_RULE_REQUEST, super::LIST_TARGETS_BY_RULE_RESPONSE, .pages("NextToken", "NextToken", &["Limit"]);
    PutEvents(super::PutEventsRequest) -> super::PutEventsResponse = "POST" "/" 200, super::PUT_EVENTS_REQUEST, super::PUT_EVENTS_RESPONSE, .body_limit(2097152);
    PutPermission(super::PutPermissionRequest) -> () = "POST" "/" 200, super::PUT_PERMISSION_REQUEST, cloud_wire::shape::UNIT;
    PutRule(super::PutRuleRequest) -> super::PutRuleResponse = "POST" "/" 200, super::PUT_RULE_REQUEST, super::PUT_RULE_RESPONSE;
    PutTargets(super::PutTargetsRequest) -> super::PutTargetsResponse = "POST" "/" 200, super::PUT_TARGETS_REQUEST, super::PUT_TARGETS_RESPONSE;
    RemovePermission(super::RemovePermissionRequest) -> () = "POST" "/" 200, super::REMOVE_PERMISSION_REQUEST, cloud_wire::shape::UNIT;
    RemoveTargets(super::RemoveTargetsRequest) -> super::RemoveTargetsResponse = "POST" "/" 200, super::REMOVE_TARGETS_REQUEST, super::REMOVE_TARGETS_RESPONSE;
    TagResource(super::TagResourceRequest) -> super::TagResourceResponse = "POST" "/" 200, super::TAG_RESOURCE_REQUEST, super::TAG_RESOURCE_RESPONSE;
    TestEventPattern(super::TestEventPatternRequest) -> super::TestEventPatternResponse = "POST" "/" 200, super::TEST_EVENT_PATTERN_REQUEST, super::TEST_EVENT_PATTERN_RESPONSE, .body_limit(2097152);
    UntagResource(super::UntagResourceRequest) -> super::UntagResourceResponse = "POST" "/" 200, super::UNTAG_RESOURCE_REQUEST, super::UNTAG_RESOURCE_RESPONSE;
    UpdateEventBus(super::UpdateEventBusRequest) -> super::UpdateEventBusResponse = "POST" "/" 200, super::UPDATE_EVENT_BUS_REQUEST, super::UPDATE_EVENT_BUS_RESPONSE;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "events",
    signing_name: "events",
    endpoint_prefix: "events",
    protocol: cloud_wire::Protocol::Json11,
    also: &[],
    query_compatible: false,
    target_prefix: "AWSEvents",
    api_version: "2015-10-07",
    xml_namespace: "",
    validation_code: "ValidationException",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal("ValidationException", 400, "Parameter NextToken is not valid."),
    wrong_union: ServiceModel::WRONG_UNION,
};
