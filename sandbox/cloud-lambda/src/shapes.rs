//! Shapes of the model `lambda` (2015-03-31). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static ACTION: Schema = Schema::string("Action").pattern("(lambda:[*]|lambda:[a-zA-Z]+|[*])");
pub static ADDITIONAL_VERSION: Schema = Schema::string("AdditionalVersion");
pub static ADDITIONAL_VERSION_WEIGHTS: Schema =
    Schema::map("AdditionalVersionWeights", &ADDITIONAL_VERSION, &WEIGHT);
pub static ALIAS: Schema = Schema::string("Alias").min(1).max(128).pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
pub static ALIAS_LIST: Schema = Schema::list("AliasList", &ALIAS_CONFIGURATION);
pub static ALLOW_CREDENTIALS: Schema = Schema::boolean("AllowCredentials");
pub static ALLOW_METHODS_LIST: Schema = Schema::list("AllowMethodsList", &METHOD).min(0).max(6);
pub static ALLOW_ORIGINS_LIST: Schema = Schema::list("AllowOriginsList", &ORIGIN).min(0).max(100);
pub static ARCHITECTURES_LIST: Schema = Schema::list("ArchitecturesList", &ARCHITECTURE).min(1).max(1);
pub static ARN: Schema = Schema::string("Arn")
    .pattern("arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)");
pub static ATTEMPT_COUNT: Schema = Schema::integer("AttemptCount").min(0);
pub static BATCH_SIZE: Schema = Schema::integer("BatchSize").min(1).max(10000);
pub static BINARY_OPERATION_PAYLOAD: Schema = Schema::blob("BinaryOperationPayload").min(0).max(1048576);
pub static BISECT_BATCH_ON_FUNCTION_ERROR: Schema = Schema::boolean("BisectBatchOnFunctionError");
pub static BLOB: Schema = Schema::blob("Blob");
pub static BOOLEAN: Schema = Schema::boolean("Boolean");
pub static CALLBACK_ID: Schema =
    Schema::string("CallbackId").min(1).max(1024).pattern("[A-Za-z0-9+/]+={0,2}");
pub static CALLBACK_OPTIONS_HEARTBEAT_TIMEOUT_SECONDS_INTEGER: Schema =
    Schema::integer("CallbackOptionsHeartbeatTimeoutSecondsInteger").min(0).max(99999999);
pub static CALLBACK_OPTIONS_TIMEOUT_SECONDS_INTEGER: Schema =
    Schema::integer("CallbackOptionsTimeoutSecondsInteger").min(0).max(99999999);
pub static CAPACITY_PROVIDER_ARN: Schema = Schema::string("CapacityProviderArn").min(1).max(140).pattern("arn:aws[a-zA-Z-]*:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:capacity-provider:[a-zA-Z0-9-_]+");
pub static CHECKPOINT_TOKEN: Schema =
    Schema::string("CheckpointToken").min(1).max(2048).pattern("[A-Za-z0-9+/]+={0,2}");
pub static CLIENT_TOKEN: Schema = Schema::string("ClientToken").min(1).max(64).pattern("[\\x21-\\x7E]+");
pub static CODE_SIGNING_CONFIG_ARN: Schema = Schema::string("CodeSigningConfigArn").min(0).max(200).pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:code-signing-config:csc-[a-z0-9]{17}");
pub static CODE_SIGNING_CONFIG_ID: Schema =
    Schema::string("CodeSigningConfigId").pattern("csc-[a-zA-Z0-9-_\\.]{17}");
pub static CODE_SIGNING_CONFIG_LIST: Schema = Schema::list("CodeSigningConfigList", &CODE_SIGNING_CONFIG);
pub static COLLECTION_NAME: Schema =
    Schema::string("CollectionName").min(1).max(57).pattern("(^(?!(system\\x2e)))(^[_a-zA-Z0-9])([^$]*)");
pub static COMPATIBLE_ARCHITECTURES: Schema =
    Schema::list("CompatibleArchitectures", &ARCHITECTURE).min(0).max(2);
pub static COMPATIBLE_RUNTIMES: Schema = Schema::list("CompatibleRuntimes", &RUNTIME).min(0).max(15);
pub static DATABASE_NAME: Schema = Schema::string("DatabaseName").min(1).max(63).pattern("[^ /\\.$\\x22]*");
pub static DATE: Schema = Schema::timestamp("Date");
pub static DESCRIPTION: Schema = Schema::string("Description").min(0).max(256);
pub static DESTINATION_ARN: Schema = Schema::string("DestinationArn").min(0).max(350).pattern("$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)");
pub static DURABLE_EXECUTION_ARN: Schema = Schema::string("DurableExecutionArn").min(1).max(1024).pattern("arn:([a-zA-Z0-9-]+):lambda:([a-zA-Z0-9-]+):(\\d{12}):function:([a-zA-Z0-9_-]+):(\\$LATEST(?:\\.PUBLISHED)?|[0-9]+)/durable-execution/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)");
pub static DURABLE_EXECUTION_NAME: Schema =
    Schema::string("DurableExecutionName").min(1).max(64).pattern("[a-zA-Z0-9-_]+");
pub static DURABLE_EXECUTIONS: Schema = Schema::list("DurableExecutions", &EXECUTION);
pub static DURATION_SECONDS: Schema = Schema::integer("DurationSeconds").min(0);
pub static ENABLED: Schema = Schema::boolean("Enabled");
pub static ENDPOINT: Schema = Schema::string("Endpoint").min(1).max(300).pattern("(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9])\\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\\-]*[A-Za-z0-9]):[0-9]{1,5}");
pub static ENDPOINT_LISTS: Schema = Schema::list("EndpointLists", &ENDPOINT).min(1).max(10);
pub static ENDPOINTS: Schema = Schema::map("Endpoints", &END_POINT_TYPE, &ENDPOINT_LISTS).min(1).max(2);
pub static ENVIRONMENT_VARIABLE_NAME: Schema =
    Schema::string("EnvironmentVariableName").pattern("[a-zA-Z]([a-zA-Z0-9_])+");
pub static ENVIRONMENT_VARIABLE_VALUE: Schema = Schema::string("EnvironmentVariableValue");
pub static ENVIRONMENT_VARIABLES: Schema =
    Schema::map("EnvironmentVariables", &ENVIRONMENT_VARIABLE_NAME, &ENVIRONMENT_VARIABLE_VALUE);
pub static EPHEMERAL_STORAGE_SIZE: Schema = Schema::integer("EphemeralStorageSize").min(512).max(10240);
pub static ERROR_DATA: Schema = Schema::string("ErrorData");
pub static ERROR_MESSAGE: Schema = Schema::string("ErrorMessage");
pub static ERROR_TYPE: Schema = Schema::string("ErrorType");
pub static EVENT_ID: Schema = Schema::integer("EventId").min(1);
pub static EVENT_SOURCE_MAPPING_ARN: Schema = Schema::string("EventSourceMappingArn").min(85).max(120).pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
pub static EVENT_SOURCE_MAPPING_METRIC_LIST: Schema =
    Schema::list("EventSourceMappingMetricList", &EVENT_SOURCE_MAPPING_METRIC).min(0).max(3);
pub static EVENT_SOURCE_MAPPINGS_LIST: Schema =
    Schema::list("EventSourceMappingsList", &EVENT_SOURCE_MAPPING_CONFIGURATION);
pub static EVENT_SOURCE_TOKEN: Schema =
    Schema::string("EventSourceToken").min(0).max(256).pattern("[a-zA-Z0-9._\\-]+");
pub static EVENTS: Schema = Schema::list("Events", &EVENT);
pub static EXECUTION_DATA_INCLUDED: Schema = Schema::boolean("ExecutionDataIncluded");
pub static EXECUTION_ENVIRONMENT_MEMORY_GI_B_PER_V_CPU: Schema =
    Schema::float("ExecutionEnvironmentMemoryGiBPerVCpu").min(2).max(8);
pub static EXECUTION_STATUS_LIST: Schema =
    Schema::list("ExecutionStatusList", &EXECUTION_STATUS).min(1).max(10);
pub static EXECUTION_TIMEOUT: Schema = Schema::integer("ExecutionTimeout").min(1).max(31622400);
pub static EXECUTION_TIMEOUT_PAUSED: Schema = Schema::boolean("ExecutionTimeoutPaused");
pub static EXECUTION_TIMESTAMP: Schema = Schema::timestamp("ExecutionTimestamp");
pub static FILE_SYSTEM_ARN: Schema = Schema::string("FileSystemArn").min(0).max(256).pattern("arn:aws[a-zA-Z-]*:elasticfilesystem:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}");
pub static FILE_SYSTEM_CONFIG_LIST: Schema =
    Schema::list("FileSystemConfigList", &FILE_SYSTEM_CONFIG).min(0).max(1);
pub static FILTER_CRITERIA_ERROR_CODE: Schema =
    Schema::string("FilterCriteriaErrorCode").min(10).max(50).pattern("[A-Za-z]+Exception");
pub static FILTER_CRITERIA_ERROR_MESSAGE: Schema =
    Schema::string("FilterCriteriaErrorMessage").min(10).max(2048).pattern(".*");
pub static FILTER_LIST: Schema = Schema::list("FilterList", &FILTER);
pub static FUNCTION_ARN: Schema = Schema::string("FunctionArn").min(0).max(10000).pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
pub static FUNCTION_ARN_LIST: Schema = Schema::list("FunctionArnList", &FUNCTION_ARN);
pub static FUNCTION_EVENT_INVOKE_CONFIG_LIST: Schema =
    Schema::list("FunctionEventInvokeConfigList", &FUNCTION_EVENT_INVOKE_CONFIG);
pub static FUNCTION_LIST: Schema = Schema::list("FunctionList", &FUNCTION_CONFIGURATION);
pub static FUNCTION_NAME: Schema = Schema::string("FunctionName").min(1).max(140).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
pub static FUNCTION_RESPONSE_TYPE_LIST: Schema =
    Schema::list("FunctionResponseTypeList", &FUNCTION_RESPONSE_TYPE).min(0).max(1);
pub static FUNCTION_URL: Schema = Schema::string("FunctionUrl").min(40).max(100);
pub static FUNCTION_URL_CONFIG_LIST: Schema = Schema::list("FunctionUrlConfigList", &FUNCTION_URL_CONFIG);
pub static FUNCTION_URL_QUALIFIER: Schema =
    Schema::string("FunctionUrlQualifier").min(1).max(128).pattern("((?!^\\d+$)^[0-9a-zA-Z-_]+$)");
pub static HANDLER: Schema = Schema::string("Handler").min(0).max(128).pattern("[^\\s]+");
pub static HEADER: Schema = Schema::string("Header").min(0).max(1024).pattern(".*");
pub static HEADERS_LIST: Schema = Schema::list("HeadersList", &HEADER).min(0).max(100);
pub static INCLUDE_EXECUTION_DATA: Schema = Schema::boolean("IncludeExecutionData");
pub static INPUT_PAYLOAD: Schema = Schema::string("InputPayload").min(0).max(6291456);
pub static INTEGER: Schema = Schema::integer("Integer");
pub static INVOKED_VIA_FUNCTION_URL: Schema = Schema::boolean("InvokedViaFunctionUrl");
pub static ITEM_COUNT: Schema = Schema::integer("ItemCount").min(0).max(1000);
pub static KMS_KEY_ARN: Schema =
    Schema::string("KMSKeyArn").min(0).max(10000).pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
pub static KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG_LIST: Schema =
    Schema::list("KafkaSchemaRegistryAccessConfigList", &KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG);
pub static KAFKA_SCHEMA_VALIDATION_CONFIG_LIST: Schema =
    Schema::list("KafkaSchemaValidationConfigList", &KAFKA_SCHEMA_VALIDATION_CONFIG);
pub static LAST_UPDATE_STATUS_REASON: Schema = Schema::string("LastUpdateStatusReason");
pub static LAYER_ARN: Schema = Schema::string("LayerArn")
    .min(1)
    .max(140)
    .pattern("arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+");
pub static LAYER_LIST: Schema = Schema::list("LayerList", &LAYER_VERSION_ARN);
pub static LAYER_NAME: Schema = Schema::string("LayerName")
    .min(1)
    .max(140)
    .pattern("(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+");
pub static LAYER_PERMISSION_ALLOWED_ACTION: Schema =
    Schema::string("LayerPermissionAllowedAction").min(0).max(22).pattern("lambda:GetLayerVersion");
pub static LAYER_PERMISSION_ALLOWED_PRINCIPAL: Schema = Schema::string("LayerPermissionAllowedPrincipal")
    .pattern("\\d{12}|\\*|arn:(aws[a-zA-Z-]*):iam::\\d{12}:root");
pub static LAYER_VERSION_ARN: Schema = Schema::string("LayerVersionArn").min(1).max(140).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)");
pub static LAYER_VERSION_NUMBER: Schema = Schema::integer("LayerVersionNumber");
pub static LAYER_VERSIONS_LIST: Schema = Schema::list("LayerVersionsList", &LAYER_VERSIONS_LIST_ITEM);
pub static LAYERS_LIST: Schema = Schema::list("LayersList", &LAYERS_LIST_ITEM);
pub static LAYERS_REFERENCE_LIST: Schema = Schema::list("LayersReferenceList", &LAYER);
pub static LICENSE_INFO: Schema = Schema::string("LicenseInfo").min(0).max(512);
pub static LOCAL_MOUNT_PATH: Schema =
    Schema::string("LocalMountPath").min(0).max(160).pattern("/mnt/[a-zA-Z0-9-_.]+");
pub static LOG_GROUP: Schema = Schema::string("LogGroup").min(1).max(512).pattern("[\\.\\-_/#A-Za-z0-9]+");
pub static LONG: Schema = Schema::integer("Long");
pub static MASTER_REGION: Schema =
    Schema::string("MasterRegion").pattern("ALL|[a-z]{2}(-gov)?-[a-z]+-\\d{1}");
pub static MAX_AGE: Schema = Schema::integer("MaxAge").min(0).max(86400);
pub static MAX_FUNCTION_EVENT_INVOKE_CONFIG_LIST_ITEMS: Schema =
    Schema::integer("MaxFunctionEventInvokeConfigListItems").min(1).max(50);
pub static MAX_ITEMS: Schema = Schema::integer("MaxItems").min(1).max(50);
pub static MAX_LAYER_LIST_ITEMS: Schema = Schema::integer("MaxLayerListItems").min(1).max(50);
pub static MAX_LIST_ITEMS: Schema = Schema::integer("MaxListItems").min(1).max(10000);
pub static MAX_PROVISIONED_CONCURRENCY_CONFIG_LIST_ITEMS: Schema =
    Schema::integer("MaxProvisionedConcurrencyConfigListItems").min(1).max(50);
pub static MAXIMUM_BATCHING_WINDOW_IN_SECONDS: Schema =
    Schema::integer("MaximumBatchingWindowInSeconds").min(0).max(300);
pub static MAXIMUM_CONCURRENCY: Schema = Schema::integer("MaximumConcurrency").min(2).max(1000);
pub static MAXIMUM_EVENT_AGE_IN_SECONDS: Schema =
    Schema::integer("MaximumEventAgeInSeconds").min(60).max(21600);
pub static MAXIMUM_NUMBER_OF_POLLERS: Schema = Schema::integer("MaximumNumberOfPollers").min(1).max(2000);
pub static MAXIMUM_RECORD_AGE_IN_SECONDS: Schema =
    Schema::integer("MaximumRecordAgeInSeconds").min(-1).max(604800);
pub static MAXIMUM_RETRY_ATTEMPTS: Schema = Schema::integer("MaximumRetryAttempts").min(0).max(2);
pub static MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING: Schema =
    Schema::integer("MaximumRetryAttemptsEventSourceMapping").min(-1).max(10000);
pub static MEMORY_SIZE: Schema = Schema::integer("MemorySize").min(128).max(32768);
pub static METHOD: Schema = Schema::string("Method").min(0).max(6).pattern(".*");
pub static MINIMUM_NUMBER_OF_POLLERS: Schema = Schema::integer("MinimumNumberOfPollers").min(1).max(200);
pub static NAME_SPACED_FUNCTION_ARN: Schema = Schema::string("NameSpacedFunctionArn").min(0).max(10000).pattern("arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_\\.]+(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?");
pub static NAMESPACED_FUNCTION_NAME: Schema = Schema::string("NamespacedFunctionName").min(1).max(256).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?");
pub static NAMESPACED_STATEMENT_ID: Schema =
    Schema::string("NamespacedStatementId").min(1).max(100).pattern("([a-zA-Z0-9-_.]+)");
pub static NON_NEGATIVE_INTEGER: Schema = Schema::integer("NonNegativeInteger").min(0);
pub static NULLABLE_BOOLEAN: Schema = Schema::boolean("NullableBoolean");
pub static NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER: Schema =
    Schema::string("NumericLatestPublishedOrAliasQualifier")
        .min(1)
        .max(128)
        .pattern("\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+");
pub static OPERATION_ID: Schema = Schema::string("OperationId").min(1).max(64).pattern("[a-zA-Z0-9-_]+");
pub static OPERATION_NAME: Schema = Schema::string("OperationName").min(1).max(256).pattern("[\\x20-\\x7E]+");
pub static OPERATION_PAYLOAD: Schema = Schema::string("OperationPayload").min(0).max(6291456);
pub static OPERATION_SUB_TYPE: Schema =
    Schema::string("OperationSubType").min(1).max(32).pattern("[a-zA-Z0-9-_]+");
pub static OPERATION_UPDATES: Schema = Schema::list("OperationUpdates", &OPERATION_UPDATE);
pub static OPERATIONS_: Schema = Schema::list("Operations", &OPERATION);
pub static ORGANIZATION_ID: Schema =
    Schema::string("OrganizationId").min(0).max(34).pattern("o-[a-z0-9]{10,32}");
pub static ORIGIN: Schema = Schema::string("Origin").min(1).max(253).pattern(".*");
pub static OUTPUT_PAYLOAD: Schema = Schema::string("OutputPayload").min(0).max(6291456);
pub static PARALLELIZATION_FACTOR: Schema = Schema::integer("ParallelizationFactor").min(1).max(10);
pub static PATTERN: Schema = Schema::string("Pattern").min(0).max(4096).pattern("[\\s\\S]*");
pub static PAUSE_REASON: Schema = Schema::string("PauseReason").min(0).max(1024);
pub static PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY: Schema =
    Schema::integer("PerExecutionEnvironmentMaxConcurrency").min(1).max(1600);
pub static POSITIVE_INTEGER: Schema = Schema::integer("PositiveInteger").min(1);
pub static PRINCIPAL: Schema = Schema::string("Principal").pattern("[^\\s]+");
pub static PRINCIPAL_ORG_ID: Schema =
    Schema::string("PrincipalOrgID").min(12).max(34).pattern("o-[a-z0-9]{10,32}");
pub static PROVISIONED_CONCURRENCY_CONFIG_LIST: Schema =
    Schema::list("ProvisionedConcurrencyConfigList", &PROVISIONED_CONCURRENCY_CONFIG_LIST_ITEM);
pub static PROVISIONED_POLLER_GROUP_NAME: Schema =
    Schema::string("ProvisionedPollerGroupName").min(0).max(128).pattern("[a-zA-Z0-9-_]*");
pub static QUALIFIER: Schema = Schema::string("Qualifier").min(1).max(128).pattern("(|[a-zA-Z0-9$_-]+)");
pub static QUEUE: Schema = Schema::string("Queue").min(1).max(1000).pattern("[\\s\\S]*");
pub static QUEUES: Schema = Schema::list("Queues", &QUEUE).min(1).max(1);
pub static REPLAY_CHILDREN: Schema = Schema::boolean("ReplayChildren");
pub static RESERVED_CONCURRENT_EXECUTIONS: Schema = Schema::integer("ReservedConcurrentExecutions").min(0);
pub static RESOURCE_ARN: Schema =
    Schema::string("ResourceArn").pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
pub static RESUME_REASON: Schema = Schema::string("ResumeReason").min(0).max(1024);
pub static RETENTION_PERIOD_IN_DAYS: Schema = Schema::integer("RetentionPeriodInDays").min(1).max(90);
pub static REVERSE_ORDER: Schema = Schema::boolean("ReverseOrder");
pub static ROLE_ARN: Schema =
    Schema::string("RoleArn").pattern("arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
pub static RUNTIME_VERSION_ARN: Schema = Schema::string("RuntimeVersionArn")
    .min(26)
    .max(2048)
    .pattern("arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}::runtime:.+");
pub static S3_BUCKET: Schema =
    Schema::string("S3Bucket").min(3).max(63).pattern("[0-9A-Za-z\\.\\-_]*(?<!\\.)");
pub static S3_KEY: Schema = Schema::string("S3Key").min(1).max(1024);
pub static S3_OBJECT_VERSION: Schema = Schema::string("S3ObjectVersion").min(1).max(1024);
pub static SCHEMA_REGISTRY_URI: Schema =
    Schema::string("SchemaRegistryUri").min(1).max(10000).pattern("[a-zA-Z0-9-\\/*:_+=.@-]*");
pub static SECURITY_GROUP_ID: Schema =
    Schema::string("SecurityGroupId").min(0).max(1024).pattern("sg-[0-9a-zA-Z]*");
pub static SECURITY_GROUP_IDS: Schema = Schema::list("SecurityGroupIds", &SECURITY_GROUP_ID).min(0).max(5);
pub static SENSITIVE_STRING: Schema = Schema::string("SensitiveString");
pub static SIGNING_PROFILE_VERSION_ARNS: Schema =
    Schema::list("SigningProfileVersionArns", &ARN).min(1).max(20);
pub static SOURCE_ACCESS_CONFIGURATIONS: Schema =
    Schema::list("SourceAccessConfigurations", &SOURCE_ACCESS_CONFIGURATION).min(0).max(22);
pub static SOURCE_OWNER: Schema = Schema::string("SourceOwner").min(0).max(12).pattern("\\d{12}");
pub static STACK_TRACE_ENTRIES: Schema = Schema::list("StackTraceEntries", &STACK_TRACE_ENTRY);
pub static STACK_TRACE_ENTRY: Schema = Schema::string("StackTraceEntry");
pub static STATE_REASON: Schema = Schema::string("StateReason");
pub static STATEMENT_ID: Schema = Schema::string("StatementId").min(1).max(100).pattern("([a-zA-Z0-9-_]+)");
pub static STEP_OPTIONS_NEXT_ATTEMPT_DELAY_SECONDS_INTEGER: Schema =
    Schema::integer("StepOptionsNextAttemptDelaySecondsInteger").min(1).max(31622400);
pub static STRING: Schema = Schema::string("String");
pub static STRING_LIST: Schema = Schema::list("StringList", &STRING).min(0).max(1500);
pub static SUBNET_ID: Schema = Schema::string("SubnetId");
pub static SUBNET_IDS: Schema = Schema::list("SubnetIds", &SUBNET_ID).min(0).max(16);
pub static TAG_KEY: Schema = Schema::string("TagKey");
pub static TAG_KEY_LIST: Schema = Schema::list("TagKeyList", &TAG_KEY);
pub static TAG_VALUE: Schema = Schema::string("TagValue");
pub static TAGGABLE_RESOURCE: Schema = Schema::string("TaggableResource").min(1).max(256).pattern("arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)");
pub static TAGS: Schema = Schema::map("Tags", &TAG_KEY, &TAG_VALUE);
pub static TAGS_ERROR_CODE: Schema =
    Schema::string("TagsErrorCode").min(10).max(21).pattern("[A-Za-z]+Exception");
pub static TAGS_ERROR_MESSAGE: Schema = Schema::string("TagsErrorMessage").min(84).max(1000).pattern(".*");
pub static TENANT_ID: Schema =
    Schema::string("TenantId").min(1).max(256).pattern("[a-zA-Z0-9\\._:\\/=+\\-@ ]+");
pub static TIMEOUT: Schema = Schema::integer("Timeout").min(1);
pub static TIMESTAMP: Schema = Schema::string("Timestamp");
pub static TOPIC: Schema = Schema::string("Topic").min(1).max(249).pattern("[^.]([a-zA-Z0-9\\-_.]+)");
pub static TOPICS: Schema = Schema::list("Topics", &TOPIC).min(1).max(1);
pub static TRUNCATED: Schema = Schema::boolean("Truncated");
pub static TUMBLING_WINDOW_IN_SECONDS: Schema = Schema::integer("TumblingWindowInSeconds").min(0).max(900);
pub static URI: Schema = Schema::string("URI").min(1).max(200).pattern("[a-zA-Z0-9-\\/*:_+=.@-]*");
pub static UNQUALIFIED_FUNCTION_NAME: Schema = Schema::string("UnqualifiedFunctionName").min(1).max(140).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)");
pub static UNRESERVED_CONCURRENT_EXECUTIONS: Schema =
    Schema::integer("UnreservedConcurrentExecutions").min(0);
pub static VERSION: Schema = Schema::string("Version").min(1).max(1024).pattern("(\\$LATEST|[0-9]+)");
pub static VERSION_WITH_LATEST_PUBLISHED: Schema = Schema::string("VersionWithLatestPublished")
    .min(1)
    .max(1024)
    .pattern("(\\$LATEST(\\.PUBLISHED)?|[0-9]+)");
pub static VPC_ID: Schema = Schema::string("VpcId");
pub static WAIT_OPTIONS_WAIT_SECONDS_INTEGER: Schema =
    Schema::integer("WaitOptionsWaitSecondsInteger").min(1).max(31622400);
pub static WEIGHT: Schema = Schema::float("Weight");
pub static WORKING_DIRECTORY: Schema = Schema::string("WorkingDirectory").min(0).max(1000);
pub static X_AMZN_TRACE_ID: Schema = Schema::string("XAmznTraceId").min(0).max(8192);

cloud_wire::enumeration! {
    pub enum ApplicationLogLevel as APPLICATION_LOG_LEVEL {
        Trace = "TRACE",
        Debug = "DEBUG",
        Info = "INFO",
        Warn = "WARN",
        Error = "ERROR",
        Fatal = "FATAL",
    }
    pub enum Architecture as ARCHITECTURE {
        X8664 = "x86_64",
        Arm64 = "arm64",
    }
    pub enum CodeSigningPolicy as CODE_SIGNING_POLICY {
        Warn = "Warn",
        Enforce = "Enforce",
    }
    pub enum EndPointType as END_POINT_TYPE {
        KafkaBootstrapServers = "KAFKA_BOOTSTRAP_SERVERS",
    }
    pub enum EventSourceMappingMetric as EVENT_SOURCE_MAPPING_METRIC {
        EventCount = "EventCount",
        ErrorCount = "ErrorCount",
        KafkaMetrics = "KafkaMetrics",
    }
    pub enum EventSourceMappingSystemLogLevel as EVENT_SOURCE_MAPPING_SYSTEM_LOG_LEVEL {
        Debug = "DEBUG",
        Info = "INFO",
        Warn = "WARN",
    }
    pub enum EventSourcePosition as EVENT_SOURCE_POSITION {
        Latest = "LATEST",
        AtTimestamp = "AT_TIMESTAMP",
        TrimHorizon = "TRIM_HORIZON",
    }
    pub enum EventType as EVENT_TYPE {
        ExecutionStarted = "ExecutionStarted",
        ExecutionSucceeded = "ExecutionSucceeded",
        ExecutionFailed = "ExecutionFailed",
        ExecutionTimedOut = "ExecutionTimedOut",
        ExecutionStopped = "ExecutionStopped",
        ContextStarted = "ContextStarted",
        ContextSucceeded = "ContextSucceeded",
        ContextFailed = "ContextFailed",
        WaitStarted = "WaitStarted",
        WaitSucceeded = "WaitSucceeded",
        WaitCancelled = "WaitCancelled",
        StepStarted = "StepStarted",
        StepSucceeded = "StepSucceeded",
        StepFailed = "StepFailed",
        ChainedInvokeStarted = "ChainedInvokeStarted",
        ChainedInvokeSucceeded = "ChainedInvokeSucceeded",
        ChainedInvokeFailed = "ChainedInvokeFailed",
        ChainedInvokeTimedOut = "ChainedInvokeTimedOut",
        ChainedInvokeStopped = "ChainedInvokeStopped",
        CallbackStarted = "CallbackStarted",
        CallbackSucceeded = "CallbackSucceeded",
        CallbackFailed = "CallbackFailed",
        CallbackTimedOut = "CallbackTimedOut",
        InvocationCompleted = "InvocationCompleted",
        ExecutionPaused = "ExecutionPaused",
        ExecutionResumed = "ExecutionResumed",
    }
    pub enum ExecutionStatus as EXECUTION_STATUS {
        Running = "RUNNING",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        TimedOut = "TIMED_OUT",
        Stopped = "STOPPED",
        Deleting = "DELETING",
        Pausing = "PAUSING",
        Paused = "PAUSED",
    }
    pub enum FullDocument as FULL_DOCUMENT {
        UpdateLookup = "UpdateLookup",
        Default = "Default",
    }
    pub enum FunctionResponseType as FUNCTION_RESPONSE_TYPE {
        ReportBatchItemFailures = "ReportBatchItemFailures",
    }
    pub enum FunctionUrlAuthType as FUNCTION_URL_AUTH_TYPE {
        NoneValue = "NONE",
        AwsIam = "AWS_IAM",
    }
    pub enum FunctionVersion as FUNCTION_VERSION {
        All = "ALL",
    }
    pub enum FunctionVersionLatestPublished as FUNCTION_VERSION_LATEST_PUBLISHED {
        LatestPublished = "LATEST_PUBLISHED",
    }
    pub enum InvocationType as INVOCATION_TYPE {
        Event = "Event",
        RequestResponse = "RequestResponse",
        DryRun = "DryRun",
    }
    pub enum InvokeMode as INVOKE_MODE {
        ResponseStream = "RESPONSE_STREAM",
        Buffered = "BUFFERED",
    }
    pub enum KafkaSchemaRegistryAuthType as KAFKA_SCHEMA_REGISTRY_AUTH_TYPE {
        BasicAuth = "BASIC_AUTH",
        ClientCertificateTlsAuth = "CLIENT_CERTIFICATE_TLS_AUTH",
        ServerRootCaCertificate = "SERVER_ROOT_CA_CERTIFICATE",
    }
    pub enum KafkaSchemaValidationAttribute as KAFKA_SCHEMA_VALIDATION_ATTRIBUTE {
        Key = "KEY",
        Value = "VALUE",
    }
    pub enum LastUpdateStatus as LAST_UPDATE_STATUS {
        Successful = "Successful",
        Failed = "Failed",
        InProgress = "InProgress",
    }
    pub enum LastUpdateStatusReasonCode as LAST_UPDATE_STATUS_REASON_CODE {
        EniLimitExceeded = "EniLimitExceeded",
        InsufficientRolePermissions = "InsufficientRolePermissions",
        InvalidConfiguration = "InvalidConfiguration",
        InternalError = "InternalError",
        SubnetOutOfIPAddresses = "SubnetOutOfIPAddresses",
        InvalidSubnet = "InvalidSubnet",
        InvalidSecurityGroup = "InvalidSecurityGroup",
        ImageDeleted = "ImageDeleted",
        ImageAccessDenied = "ImageAccessDenied",
        InvalidImage = "InvalidImage",
        KMSKeyAccessDenied = "KMSKeyAccessDenied",
        KMSKeyNotFound = "KMSKeyNotFound",
        InvalidStateKMSKey = "InvalidStateKMSKey",
        DisabledKMSKey = "DisabledKMSKey",
        EFSIOError = "EFSIOError",
        EFSMountConnectivityError = "EFSMountConnectivityError",
        EFSMountFailure = "EFSMountFailure",
        EFSMountTimeout = "EFSMountTimeout",
        InvalidRuntime = "InvalidRuntime",
        InvalidZipFileException = "InvalidZipFileException",
        FunctionError = "FunctionError",
        VcpuLimitExceeded = "VcpuLimitExceeded",
        CapacityProviderScalingLimitExceeded = "CapacityProviderScalingLimitExceeded",
        InsufficientCapacity = "InsufficientCapacity",
        EC2RequestLimitExceeded = "EC2RequestLimitExceeded",
        FunctionErrorInitTimeout = "FunctionError.InitTimeout",
        FunctionErrorRuntimeInitError = "FunctionError.RuntimeInitError",
        FunctionErrorExtensionInitError = "FunctionError.ExtensionInitError",
        FunctionErrorInvalidEntryPoint = "FunctionError.InvalidEntryPoint",
        FunctionErrorInvalidWorkingDirectory = "FunctionError.InvalidWorkingDirectory",
        FunctionErrorPermissionDenied = "FunctionError.PermissionDenied",
        FunctionErrorTooManyExtensions = "FunctionError.TooManyExtensions",
        FunctionErrorInitResourceExhausted = "FunctionError.InitResourceExhausted",
        DisallowedByVpcEncryptionControl = "DisallowedByVpcEncryptionControl",
    }
    pub enum LogFormat as LOG_FORMAT {
        Json = "JSON",
        Text = "Text",
    }
    pub enum LogType as LOG_TYPE {
        NoneValue = "None",
        Tail = "Tail",
    }
    pub enum OperationAction as OPERATION_ACTION {
        Start = "START",
        Succeed = "SUCCEED",
        Fail = "FAIL",
        Retry = "RETRY",
        Cancel = "CANCEL",
    }
    pub enum OperationStatus as OPERATION_STATUS {
        Started = "STARTED",
        Pending = "PENDING",
        Ready = "READY",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        Cancelled = "CANCELLED",
        TimedOut = "TIMED_OUT",
        Stopped = "STOPPED",
    }
    pub enum OperationType as OPERATION_TYPE {
        Execution = "EXECUTION",
        Context = "CONTEXT",
        Step = "STEP",
        Wait = "WAIT",
        Callback = "CALLBACK",
        ChainedInvoke = "CHAINED_INVOKE",
    }
    pub enum PackageType as PACKAGE_TYPE {
        Zip = "Zip",
        Image = "Image",
    }
    pub enum ProvisionedConcurrencyStatusEnum as PROVISIONED_CONCURRENCY_STATUS_ENUM {
        InProgress = "IN_PROGRESS",
        Ready = "READY",
        Failed = "FAILED",
    }
    pub enum RecursiveLoop as RECURSIVE_LOOP {
        Terminate = "Terminate",
        Allow = "Allow",
    }
    pub enum ResponseStreamingInvocationType as RESPONSE_STREAMING_INVOCATION_TYPE {
        RequestResponse = "RequestResponse",
        DryRun = "DryRun",
    }
    pub enum Runtime as RUNTIME.unchecked() {
        Nodejs = "nodejs",
        Nodejs43 = "nodejs4.3",
        Nodejs610 = "nodejs6.10",
        Nodejs810 = "nodejs8.10",
        Nodejs10X = "nodejs10.x",
        Nodejs12X = "nodejs12.x",
        Nodejs14X = "nodejs14.x",
        Nodejs16X = "nodejs16.x",
        Java8 = "java8",
        Java8Al2 = "java8.al2",
        Java11 = "java11",
        Python27 = "python2.7",
        Python36 = "python3.6",
        Python37 = "python3.7",
        Python38 = "python3.8",
        Python39 = "python3.9",
        Dotnetcore10 = "dotnetcore1.0",
        Dotnetcore20 = "dotnetcore2.0",
        Dotnetcore21 = "dotnetcore2.1",
        Dotnetcore31 = "dotnetcore3.1",
        Dotnet6 = "dotnet6",
        Dotnet8 = "dotnet8",
        Nodejs43Edge = "nodejs4.3-edge",
        Go1X = "go1.x",
        Ruby25 = "ruby2.5",
        Ruby27 = "ruby2.7",
        Provided = "provided",
        ProvidedAl2 = "provided.al2",
        Nodejs18X = "nodejs18.x",
        Python310 = "python3.10",
        Java17 = "java17",
        Ruby32 = "ruby3.2",
        Ruby33 = "ruby3.3",
        Ruby34 = "ruby3.4",
        Python311 = "python3.11",
        Nodejs20X = "nodejs20.x",
        ProvidedAl2023 = "provided.al2023",
        Python312 = "python3.12",
        Java21 = "java21",
        Python313 = "python3.13",
        Nodejs22X = "nodejs22.x",
        Nodejs24X = "nodejs24.x",
        Python314 = "python3.14",
        Java25 = "java25",
        Dotnet10 = "dotnet10",
        Ruby40 = "ruby4.0",
    }
    pub enum SchemaRegistryEventRecordFormat as SCHEMA_REGISTRY_EVENT_RECORD_FORMAT {
        Json = "JSON",
        Source = "SOURCE",
    }
    pub enum SnapStartApplyOn as SNAP_START_APPLY_ON {
        PublishedVersions = "PublishedVersions",
        NoneValue = "None",
    }
    pub enum SnapStartOptimizationStatus as SNAP_START_OPTIMIZATION_STATUS {
        On = "On",
        Off = "Off",
    }
    pub enum SourceAccessType as SOURCE_ACCESS_TYPE {
        BasicAuth = "BASIC_AUTH",
        VpcSubnet = "VPC_SUBNET",
        VpcSecurityGroup = "VPC_SECURITY_GROUP",
        SaslScram512Auth = "SASL_SCRAM_512_AUTH",
        SaslScram256Auth = "SASL_SCRAM_256_AUTH",
        VirtualHost = "VIRTUAL_HOST",
        ClientCertificateTlsAuth = "CLIENT_CERTIFICATE_TLS_AUTH",
        ServerRootCaCertificate = "SERVER_ROOT_CA_CERTIFICATE",
    }
    pub enum State as STATE {
        Pending = "Pending",
        Active = "Active",
        Inactive = "Inactive",
        Failed = "Failed",
        Deactivating = "Deactivating",
        Deactivated = "Deactivated",
        ActiveNonInvocable = "ActiveNonInvocable",
        Deleting = "Deleting",
    }
    pub enum StateReasonCode as STATE_REASON_CODE {
        Idle = "Idle",
        Creating = "Creating",
        Restoring = "Restoring",
        EniLimitExceeded = "EniLimitExceeded",
        InsufficientRolePermissions = "InsufficientRolePermissions",
        InvalidConfiguration = "InvalidConfiguration",
        InternalError = "InternalError",
        SubnetOutOfIPAddresses = "SubnetOutOfIPAddresses",
        InvalidSubnet = "InvalidSubnet",
        InvalidSecurityGroup = "InvalidSecurityGroup",
        ImageDeleted = "ImageDeleted",
        ImageAccessDenied = "ImageAccessDenied",
        InvalidImage = "InvalidImage",
        KMSKeyAccessDenied = "KMSKeyAccessDenied",
        KMSKeyNotFound = "KMSKeyNotFound",
        InvalidStateKMSKey = "InvalidStateKMSKey",
        DisabledKMSKey = "DisabledKMSKey",
        EFSIOError = "EFSIOError",
        EFSMountConnectivityError = "EFSMountConnectivityError",
        EFSMountFailure = "EFSMountFailure",
        EFSMountTimeout = "EFSMountTimeout",
        InvalidRuntime = "InvalidRuntime",
        InvalidZipFileException = "InvalidZipFileException",
        FunctionError = "FunctionError",
        DrainingDurableExecutions = "DrainingDurableExecutions",
        VcpuLimitExceeded = "VcpuLimitExceeded",
        CapacityProviderScalingLimitExceeded = "CapacityProviderScalingLimitExceeded",
        InsufficientCapacity = "InsufficientCapacity",
        EC2RequestLimitExceeded = "EC2RequestLimitExceeded",
        FunctionErrorInitTimeout = "FunctionError.InitTimeout",
        FunctionErrorRuntimeInitError = "FunctionError.RuntimeInitError",
        FunctionErrorExtensionInitError = "FunctionError.ExtensionInitError",
        FunctionErrorInvalidEntryPoint = "FunctionError.InvalidEntryPoint",
        FunctionErrorInvalidWorkingDirectory = "FunctionError.InvalidWorkingDirectory",
        FunctionErrorPermissionDenied = "FunctionError.PermissionDenied",
        FunctionErrorTooManyExtensions = "FunctionError.TooManyExtensions",
        FunctionErrorInitResourceExhausted = "FunctionError.InitResourceExhausted",
        DisallowedByVpcEncryptionControl = "DisallowedByVpcEncryptionControl",
    }
    pub enum SystemLogLevel as SYSTEM_LOG_LEVEL {
        Debug = "DEBUG",
        Info = "INFO",
        Warn = "WARN",
    }
    pub enum TenantIsolationMode as TENANT_ISOLATION_MODE {
        PerTenant = "PER_TENANT",
    }
    pub enum TracingMode as TRACING_MODE {
        Active = "Active",
        PassThrough = "PassThrough",
    }
    pub enum UpdateRuntimeOn as UPDATE_RUNTIME_ON {
        Auto = "Auto",
        Manual = "Manual",
        FunctionUpdate = "FunctionUpdate",
    }
}

cloud_wire::events! {
    pub enum InvokeWithResponseStreamResponseEvent as INVOKE_WITH_RESPONSE_STREAM_RESPONSE_EVENT throws [] {
        PayloadChunk(InvokeResponseStreamUpdate) = Member::new("PayloadChunk", &INVOKE_RESPONSE_STREAM_UPDATE),
        InvokeComplete(InvokeWithResponseStreamCompleteEvent) = Member::new("InvokeComplete", &INVOKE_WITH_RESPONSE_STREAM_COMPLETE_EVENT),
    }
}

cloud_wire::structure! {
    pub struct AccountLimit as ACCOUNT_LIMIT {
        total_code_size: Option<i64> = Member::new("TotalCodeSize", &LONG),
        code_size_unzipped: Option<i64> = Member::new("CodeSizeUnzipped", &LONG),
        code_size_zipped: Option<i64> = Member::new("CodeSizeZipped", &LONG),
        concurrent_executions: Option<i32> = Member::new("ConcurrentExecutions", &INTEGER),
        unreserved_concurrent_executions: Option<i32> = Member::new("UnreservedConcurrentExecutions", &UNRESERVED_CONCURRENT_EXECUTIONS),
    }
    pub struct AccountUsage as ACCOUNT_USAGE {
        total_code_size: Option<i64> = Member::new("TotalCodeSize", &LONG),
        function_count: Option<i64> = Member::new("FunctionCount", &LONG),
    }
    pub struct AddLayerVersionPermissionRequest as ADD_LAYER_VERSION_PERMISSION_REQUEST {
        layer_name: String = Member::new("LayerName", &LAYER_NAME).uri("LayerName").required(),
        version_number: i64 = Member::new("VersionNumber", &LAYER_VERSION_NUMBER).uri("VersionNumber").required(),
        statement_id: String = Member::new("StatementId", &STATEMENT_ID).required(),
        action: String = Member::new("Action", &LAYER_PERMISSION_ALLOWED_ACTION).required(),
        principal: String = Member::new("Principal", &LAYER_PERMISSION_ALLOWED_PRINCIPAL).required(),
        organization_id: Option<String> = Member::new("OrganizationId", &ORGANIZATION_ID),
        revision_id: Option<String> = Member::new("RevisionId", &STRING).query("RevisionId"),
    }
    pub struct AddLayerVersionPermissionResponse as ADD_LAYER_VERSION_PERMISSION_RESPONSE {
        statement: Option<String> = Member::new("Statement", &STRING),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
    }
    pub struct AddPermissionRequest as ADD_PERMISSION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        statement_id: String = Member::new("StatementId", &STATEMENT_ID).required(),
        action: String = Member::new("Action", &ACTION).required(),
        principal: String = Member::new("Principal", &PRINCIPAL).required(),
        source_arn: Option<String> = Member::new("SourceArn", &ARN),
        source_account: Option<String> = Member::new("SourceAccount", &SOURCE_OWNER),
        event_source_token: Option<String> = Member::new("EventSourceToken", &EVENT_SOURCE_TOKEN),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
        principal_org_id: Option<String> = Member::new("PrincipalOrgID", &PRINCIPAL_ORG_ID),
        function_url_auth_type: Option<FunctionUrlAuthType> = Member::new("FunctionUrlAuthType", &FUNCTION_URL_AUTH_TYPE),
        invoked_via_function_url: Option<bool> = Member::new("InvokedViaFunctionUrl", &INVOKED_VIA_FUNCTION_URL),
    }
    pub struct AddPermissionResponse as ADD_PERMISSION_RESPONSE {
        statement: Option<String> = Member::new("Statement", &STRING),
    }
    pub struct AliasConfiguration as ALIAS_CONFIGURATION {
        alias_arn: Option<String> = Member::new("AliasArn", &FUNCTION_ARN),
        name: Option<String> = Member::new("Name", &ALIAS),
        function_version: Option<String> = Member::new("FunctionVersion", &VERSION),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        routing_config: Option<AliasRoutingConfiguration> = Member::new("RoutingConfig", &ALIAS_ROUTING_CONFIGURATION),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
    }
    pub struct AliasRoutingConfiguration as ALIAS_ROUTING_CONFIGURATION {
        additional_version_weights: Option<BTreeMap<String, f64>> = Member::new("AdditionalVersionWeights", &ADDITIONAL_VERSION_WEIGHTS),
    }
    pub struct AllowedPublishers as ALLOWED_PUBLISHERS {
        signing_profile_version_arns: Vec<String> = Member::new("SigningProfileVersionArns", &SIGNING_PROFILE_VERSION_ARNS).required(),
    }
    pub struct AmazonManagedKafkaEventSourceConfig as AMAZON_MANAGED_KAFKA_EVENT_SOURCE_CONFIG {
        consumer_group_id: Option<String> = Member::new("ConsumerGroupId", &URI),
        schema_registry_config: Option<KafkaSchemaRegistryConfig> = Member::new("SchemaRegistryConfig", &KAFKA_SCHEMA_REGISTRY_CONFIG),
    }
    pub struct CallbackDetails as CALLBACK_DETAILS {
        callback_id: Option<String> = Member::new("CallbackId", &CALLBACK_ID),
        result: Option<String> = Member::new("Result", &OPERATION_PAYLOAD),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT),
    }
    pub struct CallbackFailedDetails as CALLBACK_FAILED_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct CallbackOptions as CALLBACK_OPTIONS {
        timeout_seconds: Option<i32> = Member::new("TimeoutSeconds", &CALLBACK_OPTIONS_TIMEOUT_SECONDS_INTEGER),
        heartbeat_timeout_seconds: Option<i32> = Member::new("HeartbeatTimeoutSeconds", &CALLBACK_OPTIONS_HEARTBEAT_TIMEOUT_SECONDS_INTEGER),
    }
    pub struct CallbackStartedDetails as CALLBACK_STARTED_DETAILS {
        callback_id: String = Member::new("CallbackId", &CALLBACK_ID).required(),
        heartbeat_timeout: Option<i32> = Member::new("HeartbeatTimeout", &DURATION_SECONDS),
        timeout: Option<i32> = Member::new("Timeout", &DURATION_SECONDS),
    }
    pub struct CallbackSucceededDetails as CALLBACK_SUCCEEDED_DETAILS {
        result: EventResult = Member::new("Result", &EVENT_RESULT).required(),
    }
    pub struct CallbackTimedOutDetails as CALLBACK_TIMED_OUT_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct CapacityProviderConfig as CAPACITY_PROVIDER_CONFIG {
        lambda_managed_instances_capacity_provider_config: LambdaManagedInstancesCapacityProviderConfig = Member::new("LambdaManagedInstancesCapacityProviderConfig", &LAMBDA_MANAGED_INSTANCES_CAPACITY_PROVIDER_CONFIG).required(),
    }
    pub struct ChainedInvokeDetails as CHAINED_INVOKE_DETAILS {
        result: Option<String> = Member::new("Result", &OPERATION_PAYLOAD),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT),
    }
    pub struct ChainedInvokeFailedDetails as CHAINED_INVOKE_FAILED_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct ChainedInvokeOptions as CHAINED_INVOKE_OPTIONS {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
        tenant_id: Option<String> = Member::new("TenantId", &TENANT_ID),
        x_amzn_trace_id: Option<String> = Member::new("XAmznTraceId", &X_AMZN_TRACE_ID),
    }
    pub struct ChainedInvokeStartedDetails as CHAINED_INVOKE_STARTED_DETAILS {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
        tenant_id: Option<String> = Member::new("TenantId", &TENANT_ID),
        input: Option<EventInput> = Member::new("Input", &EVENT_INPUT),
        executed_version: Option<String> = Member::new("ExecutedVersion", &VERSION_WITH_LATEST_PUBLISHED),
        durable_execution_arn: Option<String> = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN),
    }
    pub struct ChainedInvokeStoppedDetails as CHAINED_INVOKE_STOPPED_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct ChainedInvokeSucceededDetails as CHAINED_INVOKE_SUCCEEDED_DETAILS {
        result: EventResult = Member::new("Result", &EVENT_RESULT).required(),
    }
    pub struct ChainedInvokeTimedOutDetails as CHAINED_INVOKE_TIMED_OUT_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct CheckpointDurableExecutionRequest as CHECKPOINT_DURABLE_EXECUTION_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
        checkpoint_token: String = Member::new("CheckpointToken", &CHECKPOINT_TOKEN).required(),
        updates: Option<Vec<OperationUpdate>> = Member::new("Updates", &OPERATION_UPDATES),
        client_token: Option<String> = Member::new("ClientToken", &CLIENT_TOKEN).idempotency(),
    }
    pub struct CheckpointDurableExecutionResponse as CHECKPOINT_DURABLE_EXECUTION_RESPONSE {
        checkpoint_token: Option<String> = Member::new("CheckpointToken", &CHECKPOINT_TOKEN),
        new_execution_state: CheckpointUpdatedExecutionState = Member::new("NewExecutionState", &CHECKPOINT_UPDATED_EXECUTION_STATE).required(),
    }
    pub struct CheckpointUpdatedExecutionState as CHECKPOINT_UPDATED_EXECUTION_STATE {
        operations: Option<Vec<Operation>> = Member::new("Operations", &OPERATIONS_),
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
    }
    pub struct CodeSigningConfig as CODE_SIGNING_CONFIG {
        code_signing_config_id: String = Member::new("CodeSigningConfigId", &CODE_SIGNING_CONFIG_ID).required(),
        code_signing_config_arn: String = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).required(),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        allowed_publishers: AllowedPublishers = Member::new("AllowedPublishers", &ALLOWED_PUBLISHERS).required(),
        code_signing_policies: CodeSigningPolicies = Member::new("CodeSigningPolicies", &CODE_SIGNING_POLICIES).required(),
        last_modified: String = Member::new("LastModified", &TIMESTAMP).required(),
    }
    pub struct CodeSigningPolicies as CODE_SIGNING_POLICIES {
        untrusted_artifact_on_deployment: Option<CodeSigningPolicy> = Member::new("UntrustedArtifactOnDeployment", &CODE_SIGNING_POLICY),
    }
    pub struct Concurrency as CONCURRENCY {
        reserved_concurrent_executions: Option<i32> = Member::new("ReservedConcurrentExecutions", &RESERVED_CONCURRENT_EXECUTIONS),
    }
    pub struct ContextDetails as CONTEXT_DETAILS {
        replay_children: Option<bool> = Member::new("ReplayChildren", &REPLAY_CHILDREN),
        result: Option<String> = Member::new("Result", &OPERATION_PAYLOAD),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT),
    }
    pub struct ContextFailedDetails as CONTEXT_FAILED_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct ContextOptions as CONTEXT_OPTIONS {
        replay_children: Option<bool> = Member::new("ReplayChildren", &REPLAY_CHILDREN),
    }
    pub struct ContextStartedDetails as CONTEXT_STARTED_DETAILS {
    }
    pub struct ContextSucceededDetails as CONTEXT_SUCCEEDED_DETAILS {
        result: EventResult = Member::new("Result", &EVENT_RESULT).required(),
    }
    pub struct Cors as CORS {
        allow_credentials: Option<bool> = Member::new("AllowCredentials", &ALLOW_CREDENTIALS),
        allow_headers: Option<Vec<String>> = Member::new("AllowHeaders", &HEADERS_LIST),
        allow_methods: Option<Vec<String>> = Member::new("AllowMethods", &ALLOW_METHODS_LIST),
        allow_origins: Option<Vec<String>> = Member::new("AllowOrigins", &ALLOW_ORIGINS_LIST),
        expose_headers: Option<Vec<String>> = Member::new("ExposeHeaders", &HEADERS_LIST),
        max_age: Option<i32> = Member::new("MaxAge", &MAX_AGE),
    }
    pub struct CreateAliasRequest as CREATE_ALIAS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        name: String = Member::new("Name", &ALIAS).required(),
        function_version: String = Member::new("FunctionVersion", &VERSION_WITH_LATEST_PUBLISHED).required(),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        routing_config: Option<AliasRoutingConfiguration> = Member::new("RoutingConfig", &ALIAS_ROUTING_CONFIGURATION),
    }
    pub struct CreateCodeSigningConfigRequest as CREATE_CODE_SIGNING_CONFIG_REQUEST {
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        allowed_publishers: AllowedPublishers = Member::new("AllowedPublishers", &ALLOWED_PUBLISHERS).required(),
        code_signing_policies: Option<CodeSigningPolicies> = Member::new("CodeSigningPolicies", &CODE_SIGNING_POLICIES),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
    }
    pub struct CreateCodeSigningConfigResponse as CREATE_CODE_SIGNING_CONFIG_RESPONSE {
        code_signing_config: CodeSigningConfig = Member::new("CodeSigningConfig", &CODE_SIGNING_CONFIG).required(),
    }
    pub struct CreateEventSourceMappingRequest as CREATE_EVENT_SOURCE_MAPPING_REQUEST {
        event_source_arn: Option<String> = Member::new("EventSourceArn", &ARN),
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).required(),
        enabled: Option<bool> = Member::new("Enabled", &ENABLED),
        batch_size: Option<i32> = Member::new("BatchSize", &BATCH_SIZE),
        filter_criteria: Option<FilterCriteria> = Member::new("FilterCriteria", &FILTER_CRITERIA),
        maximum_batching_window_in_seconds: Option<i32> = Member::new("MaximumBatchingWindowInSeconds", &MAXIMUM_BATCHING_WINDOW_IN_SECONDS),
        parallelization_factor: Option<i32> = Member::new("ParallelizationFactor", &PARALLELIZATION_FACTOR),
        starting_position: Option<EventSourcePosition> = Member::new("StartingPosition", &EVENT_SOURCE_POSITION),
        starting_position_timestamp: Option<jiff::Timestamp> = Member::new("StartingPositionTimestamp", &DATE),
        destination_config: Option<DestinationConfig> = Member::new("DestinationConfig", &DESTINATION_CONFIG),
        maximum_record_age_in_seconds: Option<i32> = Member::new("MaximumRecordAgeInSeconds", &MAXIMUM_RECORD_AGE_IN_SECONDS),
        bisect_batch_on_function_error: Option<bool> = Member::new("BisectBatchOnFunctionError", &BISECT_BATCH_ON_FUNCTION_ERROR),
        maximum_retry_attempts: Option<i32> = Member::new("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
        tumbling_window_in_seconds: Option<i32> = Member::new("TumblingWindowInSeconds", &TUMBLING_WINDOW_IN_SECONDS),
        topics: Option<Vec<String>> = Member::new("Topics", &TOPICS),
        queues: Option<Vec<String>> = Member::new("Queues", &QUEUES),
        source_access_configurations: Option<Vec<SourceAccessConfiguration>> = Member::new("SourceAccessConfigurations", &SOURCE_ACCESS_CONFIGURATIONS),
        self_managed_event_source: Option<SelfManagedEventSource> = Member::new("SelfManagedEventSource", &SELF_MANAGED_EVENT_SOURCE),
        function_response_types: Option<Vec<FunctionResponseType>> = Member::new("FunctionResponseTypes", &FUNCTION_RESPONSE_TYPE_LIST),
        amazon_managed_kafka_event_source_config: Option<AmazonManagedKafkaEventSourceConfig> = Member::new("AmazonManagedKafkaEventSourceConfig", &AMAZON_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
        self_managed_kafka_event_source_config: Option<SelfManagedKafkaEventSourceConfig> = Member::new("SelfManagedKafkaEventSourceConfig", &SELF_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
        scaling_config: Option<ScalingConfig> = Member::new("ScalingConfig", &SCALING_CONFIG),
        document_db_event_source_config: Option<DocumentDBEventSourceConfig> = Member::new("DocumentDBEventSourceConfig", &DOCUMENT_DB_EVENT_SOURCE_CONFIG),
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
        metrics_config: Option<EventSourceMappingMetricsConfig> = Member::new("MetricsConfig", &EVENT_SOURCE_MAPPING_METRICS_CONFIG),
        logging_config: Option<EventSourceMappingLoggingConfig> = Member::new("LoggingConfig", &EVENT_SOURCE_MAPPING_LOGGING_CONFIG),
        provisioned_poller_config: Option<ProvisionedPollerConfig> = Member::new("ProvisionedPollerConfig", &PROVISIONED_POLLER_CONFIG),
    }
    pub struct CreateFunctionRequest as CREATE_FUNCTION_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).required(),
        runtime: Option<Runtime> = Member::new("Runtime", &RUNTIME),
        role: String = Member::new("Role", &ROLE_ARN).required(),
        handler: Option<String> = Member::new("Handler", &HANDLER),
        code: FunctionCode = Member::new("Code", &FUNCTION_CODE).required(),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        timeout: Option<i32> = Member::new("Timeout", &TIMEOUT),
        memory_size: Option<i32> = Member::new("MemorySize", &MEMORY_SIZE),
        publish: Option<bool> = Member::new("Publish", &BOOLEAN),
        vpc_config: Option<VpcConfig> = Member::new("VpcConfig", &VPC_CONFIG),
        package_type: Option<PackageType> = Member::new("PackageType", &PACKAGE_TYPE),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        environment: Option<Environment> = Member::new("Environment", &ENVIRONMENT),
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
        tracing_config: Option<TracingConfig> = Member::new("TracingConfig", &TRACING_CONFIG),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
        layers: Option<Vec<String>> = Member::new("Layers", &LAYER_LIST),
        file_system_configs: Option<Vec<FileSystemConfig>> = Member::new("FileSystemConfigs", &FILE_SYSTEM_CONFIG_LIST),
        image_config: Option<ImageConfig> = Member::new("ImageConfig", &IMAGE_CONFIG),
        code_signing_config_arn: Option<String> = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN),
        architectures: Option<Vec<Architecture>> = Member::new("Architectures", &ARCHITECTURES_LIST),
        ephemeral_storage: Option<EphemeralStorage> = Member::new("EphemeralStorage", &EPHEMERAL_STORAGE),
        snap_start: Option<SnapStart> = Member::new("SnapStart", &SNAP_START),
        logging_config: Option<LoggingConfig> = Member::new("LoggingConfig", &LOGGING_CONFIG),
        capacity_provider_config: Option<CapacityProviderConfig> = Member::new("CapacityProviderConfig", &CAPACITY_PROVIDER_CONFIG),
        publish_to: Option<FunctionVersionLatestPublished> = Member::new("PublishTo", &FUNCTION_VERSION_LATEST_PUBLISHED),
        durable_config: Option<DurableConfig> = Member::new("DurableConfig", &DURABLE_CONFIG),
        tenancy_config: Option<TenancyConfig> = Member::new("TenancyConfig", &TENANCY_CONFIG),
    }
    pub struct CreateFunctionUrlConfigRequest as CREATE_FUNCTION_URL_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &FUNCTION_URL_QUALIFIER).query("Qualifier"),
        auth_type: FunctionUrlAuthType = Member::new("AuthType", &FUNCTION_URL_AUTH_TYPE).required(),
        cors: Option<Cors> = Member::new("Cors", &CORS),
        invoke_mode: Option<InvokeMode> = Member::new("InvokeMode", &INVOKE_MODE),
    }
    pub struct CreateFunctionUrlConfigResponse as CREATE_FUNCTION_URL_CONFIG_RESPONSE {
        function_url: String = Member::new("FunctionUrl", &FUNCTION_URL).required(),
        function_arn: String = Member::new("FunctionArn", &FUNCTION_ARN).required(),
        auth_type: FunctionUrlAuthType = Member::new("AuthType", &FUNCTION_URL_AUTH_TYPE).required(),
        cors: Option<Cors> = Member::new("Cors", &CORS),
        creation_time: String = Member::new("CreationTime", &TIMESTAMP).required(),
        invoke_mode: Option<InvokeMode> = Member::new("InvokeMode", &INVOKE_MODE),
    }
    pub struct DeadLetterConfig as DEAD_LETTER_CONFIG {
        target_arn: Option<String> = Member::new("TargetArn", &RESOURCE_ARN),
    }
    pub struct DeleteAliasRequest as DELETE_ALIAS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        name: String = Member::new("Name", &ALIAS).uri("Name").required(),
    }
    pub struct DeleteCodeSigningConfigRequest as DELETE_CODE_SIGNING_CONFIG_REQUEST {
        code_signing_config_arn: String = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).uri("CodeSigningConfigArn").required(),
    }
    pub struct DeleteCodeSigningConfigResponse as DELETE_CODE_SIGNING_CONFIG_RESPONSE {
    }
    pub struct DeleteDurableExecutionRequest as DELETE_DURABLE_EXECUTION_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
    }
    pub struct DeleteDurableExecutionResponse as DELETE_DURABLE_EXECUTION_RESPONSE {
        deletion_request_timestamp: jiff::Timestamp = Member::new("DeletionRequestTimestamp", &EXECUTION_TIMESTAMP).required(),
    }
    pub struct DeleteEventSourceMappingRequest as DELETE_EVENT_SOURCE_MAPPING_REQUEST {
        uuid: String = Member::new("UUID", &STRING).uri("UUID").required(),
    }
    pub struct DeleteFunctionCodeSigningConfigRequest as DELETE_FUNCTION_CODE_SIGNING_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
    }
    pub struct DeleteFunctionConcurrencyRequest as DELETE_FUNCTION_CONCURRENCY_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
    }
    pub struct DeleteFunctionEventInvokeConfigRequest as DELETE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct DeleteFunctionRequest as DELETE_FUNCTION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct DeleteFunctionResponse as DELETE_FUNCTION_RESPONSE {
        status_code: Option<i32> = Member::new("StatusCode", &INTEGER).status(),
    }
    pub struct DeleteFunctionUrlConfigRequest as DELETE_FUNCTION_URL_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &FUNCTION_URL_QUALIFIER).query("Qualifier"),
    }
    pub struct DeleteLayerVersionRequest as DELETE_LAYER_VERSION_REQUEST {
        layer_name: String = Member::new("LayerName", &LAYER_NAME).uri("LayerName").required(),
        version_number: i64 = Member::new("VersionNumber", &LAYER_VERSION_NUMBER).uri("VersionNumber").required(),
    }
    pub struct DeleteProvisionedConcurrencyConfigRequest as DELETE_PROVISIONED_CONCURRENCY_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: String = Member::new("Qualifier", &QUALIFIER).query("Qualifier").required(),
    }
    pub struct DestinationConfig as DESTINATION_CONFIG {
        on_success: Option<OnSuccess> = Member::new("OnSuccess", &ON_SUCCESS),
        on_failure: Option<OnFailure> = Member::new("OnFailure", &ON_FAILURE),
    }
    pub struct DocumentDBEventSourceConfig as DOCUMENT_DB_EVENT_SOURCE_CONFIG {
        database_name: Option<String> = Member::new("DatabaseName", &DATABASE_NAME),
        collection_name: Option<String> = Member::new("CollectionName", &COLLECTION_NAME),
        full_document: Option<FullDocument> = Member::new("FullDocument", &FULL_DOCUMENT),
    }
    pub struct DurableConfig as DURABLE_CONFIG {
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
        retention_period_in_days: Option<i32> = Member::new("RetentionPeriodInDays", &RETENTION_PERIOD_IN_DAYS),
        execution_timeout: Option<i32> = Member::new("ExecutionTimeout", &EXECUTION_TIMEOUT),
    }
    pub struct Environment as ENVIRONMENT {
        variables: Option<BTreeMap<String, String>> = Member::new("Variables", &ENVIRONMENT_VARIABLES),
    }
    pub struct EnvironmentError as ENVIRONMENT_ERROR {
        error_code: Option<String> = Member::new("ErrorCode", &STRING),
        message: Option<String> = Member::new("Message", &SENSITIVE_STRING),
    }
    pub struct EnvironmentResponse as ENVIRONMENT_RESPONSE {
        variables: Option<BTreeMap<String, String>> = Member::new("Variables", &ENVIRONMENT_VARIABLES),
        error: Option<EnvironmentError> = Member::new("Error", &ENVIRONMENT_ERROR),
    }
    pub struct EphemeralStorage as EPHEMERAL_STORAGE {
        size: i32 = Member::new("Size", &EPHEMERAL_STORAGE_SIZE).required(),
    }
    pub struct ErrorObject as ERROR_OBJECT {
        error_message: Option<String> = Member::new("ErrorMessage", &ERROR_MESSAGE),
        error_type: Option<String> = Member::new("ErrorType", &ERROR_TYPE),
        error_data: Option<String> = Member::new("ErrorData", &ERROR_DATA),
        stack_trace: Option<Vec<String>> = Member::new("StackTrace", &STACK_TRACE_ENTRIES),
    }
    pub struct Event as EVENT {
        event_type: Option<EventType> = Member::new("EventType", &EVENT_TYPE),
        sub_type: Option<String> = Member::new("SubType", &OPERATION_SUB_TYPE),
        event_id: Option<i32> = Member::new("EventId", &EVENT_ID),
        id: Option<String> = Member::new("Id", &OPERATION_ID),
        name: Option<String> = Member::new("Name", &OPERATION_NAME),
        event_timestamp: Option<jiff::Timestamp> = Member::new("EventTimestamp", &EXECUTION_TIMESTAMP),
        parent_id: Option<String> = Member::new("ParentId", &OPERATION_ID),
        execution_started_details: Option<ExecutionStartedDetails> = Member::new("ExecutionStartedDetails", &EXECUTION_STARTED_DETAILS),
        execution_succeeded_details: Option<ExecutionSucceededDetails> = Member::new("ExecutionSucceededDetails", &EXECUTION_SUCCEEDED_DETAILS),
        execution_failed_details: Option<ExecutionFailedDetails> = Member::new("ExecutionFailedDetails", &EXECUTION_FAILED_DETAILS),
        execution_timed_out_details: Option<ExecutionTimedOutDetails> = Member::new("ExecutionTimedOutDetails", &EXECUTION_TIMED_OUT_DETAILS),
        execution_stopped_details: Option<ExecutionStoppedDetails> = Member::new("ExecutionStoppedDetails", &EXECUTION_STOPPED_DETAILS),
        context_started_details: Option<ContextStartedDetails> = Member::new("ContextStartedDetails", &CONTEXT_STARTED_DETAILS),
        context_succeeded_details: Option<ContextSucceededDetails> = Member::new("ContextSucceededDetails", &CONTEXT_SUCCEEDED_DETAILS),
        context_failed_details: Option<ContextFailedDetails> = Member::new("ContextFailedDetails", &CONTEXT_FAILED_DETAILS),
        wait_started_details: Option<WaitStartedDetails> = Member::new("WaitStartedDetails", &WAIT_STARTED_DETAILS),
        wait_succeeded_details: Option<WaitSucceededDetails> = Member::new("WaitSucceededDetails", &WAIT_SUCCEEDED_DETAILS),
        wait_cancelled_details: Option<WaitCancelledDetails> = Member::new("WaitCancelledDetails", &WAIT_CANCELLED_DETAILS),
        step_started_details: Option<StepStartedDetails> = Member::new("StepStartedDetails", &STEP_STARTED_DETAILS),
        step_succeeded_details: Option<StepSucceededDetails> = Member::new("StepSucceededDetails", &STEP_SUCCEEDED_DETAILS),
        step_failed_details: Option<StepFailedDetails> = Member::new("StepFailedDetails", &STEP_FAILED_DETAILS),
        chained_invoke_started_details: Option<ChainedInvokeStartedDetails> = Member::new("ChainedInvokeStartedDetails", &CHAINED_INVOKE_STARTED_DETAILS),
        chained_invoke_succeeded_details: Option<ChainedInvokeSucceededDetails> = Member::new("ChainedInvokeSucceededDetails", &CHAINED_INVOKE_SUCCEEDED_DETAILS),
        chained_invoke_failed_details: Option<ChainedInvokeFailedDetails> = Member::new("ChainedInvokeFailedDetails", &CHAINED_INVOKE_FAILED_DETAILS),
        chained_invoke_timed_out_details: Option<ChainedInvokeTimedOutDetails> = Member::new("ChainedInvokeTimedOutDetails", &CHAINED_INVOKE_TIMED_OUT_DETAILS),
        chained_invoke_stopped_details: Option<ChainedInvokeStoppedDetails> = Member::new("ChainedInvokeStoppedDetails", &CHAINED_INVOKE_STOPPED_DETAILS),
        callback_started_details: Option<CallbackStartedDetails> = Member::new("CallbackStartedDetails", &CALLBACK_STARTED_DETAILS),
        callback_succeeded_details: Option<CallbackSucceededDetails> = Member::new("CallbackSucceededDetails", &CALLBACK_SUCCEEDED_DETAILS),
        callback_failed_details: Option<CallbackFailedDetails> = Member::new("CallbackFailedDetails", &CALLBACK_FAILED_DETAILS),
        callback_timed_out_details: Option<CallbackTimedOutDetails> = Member::new("CallbackTimedOutDetails", &CALLBACK_TIMED_OUT_DETAILS),
        invocation_completed_details: Option<InvocationCompletedDetails> = Member::new("InvocationCompletedDetails", &INVOCATION_COMPLETED_DETAILS),
        execution_paused_details: Option<ExecutionPausedDetails> = Member::new("ExecutionPausedDetails", &EXECUTION_PAUSED_DETAILS),
        execution_resumed_details: Option<ExecutionResumedDetails> = Member::new("ExecutionResumedDetails", &EXECUTION_RESUMED_DETAILS),
    }
    pub struct EventError as EVENT_ERROR {
        payload: Option<ErrorObject> = Member::new("Payload", &ERROR_OBJECT),
        truncated: Option<bool> = Member::new("Truncated", &TRUNCATED),
    }
    pub struct EventInput as EVENT_INPUT {
        payload: Option<String> = Member::new("Payload", &INPUT_PAYLOAD),
        truncated: Option<bool> = Member::new("Truncated", &TRUNCATED),
    }
    pub struct EventPauseReason as EVENT_PAUSE_REASON {
        payload: Option<String> = Member::new("Payload", &PAUSE_REASON),
        truncated: Option<bool> = Member::new("Truncated", &TRUNCATED),
    }
    pub struct EventResult as EVENT_RESULT {
        payload: Option<String> = Member::new("Payload", &OPERATION_PAYLOAD),
        truncated: Option<bool> = Member::new("Truncated", &TRUNCATED),
    }
    pub struct EventResumeReason as EVENT_RESUME_REASON {
        payload: Option<String> = Member::new("Payload", &RESUME_REASON),
        truncated: Option<bool> = Member::new("Truncated", &TRUNCATED),
    }
    pub struct EventSourceMappingConfiguration as EVENT_SOURCE_MAPPING_CONFIGURATION {
        uuid: Option<String> = Member::new("UUID", &STRING),
        starting_position: Option<EventSourcePosition> = Member::new("StartingPosition", &EVENT_SOURCE_POSITION),
        starting_position_timestamp: Option<jiff::Timestamp> = Member::new("StartingPositionTimestamp", &DATE),
        batch_size: Option<i32> = Member::new("BatchSize", &BATCH_SIZE),
        maximum_batching_window_in_seconds: Option<i32> = Member::new("MaximumBatchingWindowInSeconds", &MAXIMUM_BATCHING_WINDOW_IN_SECONDS),
        parallelization_factor: Option<i32> = Member::new("ParallelizationFactor", &PARALLELIZATION_FACTOR),
        event_source_arn: Option<String> = Member::new("EventSourceArn", &ARN),
        filter_criteria: Option<FilterCriteria> = Member::new("FilterCriteria", &FILTER_CRITERIA),
        function_arn: Option<String> = Member::new("FunctionArn", &FUNCTION_ARN),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &DATE),
        last_processing_result: Option<String> = Member::new("LastProcessingResult", &STRING),
        state: Option<String> = Member::new("State", &STRING),
        state_transition_reason: Option<String> = Member::new("StateTransitionReason", &STRING),
        destination_config: Option<DestinationConfig> = Member::new("DestinationConfig", &DESTINATION_CONFIG),
        topics: Option<Vec<String>> = Member::new("Topics", &TOPICS),
        queues: Option<Vec<String>> = Member::new("Queues", &QUEUES),
        source_access_configurations: Option<Vec<SourceAccessConfiguration>> = Member::new("SourceAccessConfigurations", &SOURCE_ACCESS_CONFIGURATIONS),
        self_managed_event_source: Option<SelfManagedEventSource> = Member::new("SelfManagedEventSource", &SELF_MANAGED_EVENT_SOURCE),
        maximum_record_age_in_seconds: Option<i32> = Member::new("MaximumRecordAgeInSeconds", &MAXIMUM_RECORD_AGE_IN_SECONDS),
        bisect_batch_on_function_error: Option<bool> = Member::new("BisectBatchOnFunctionError", &BISECT_BATCH_ON_FUNCTION_ERROR),
        maximum_retry_attempts: Option<i32> = Member::new("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING),
        tumbling_window_in_seconds: Option<i32> = Member::new("TumblingWindowInSeconds", &TUMBLING_WINDOW_IN_SECONDS),
        function_response_types: Option<Vec<FunctionResponseType>> = Member::new("FunctionResponseTypes", &FUNCTION_RESPONSE_TYPE_LIST),
        amazon_managed_kafka_event_source_config: Option<AmazonManagedKafkaEventSourceConfig> = Member::new("AmazonManagedKafkaEventSourceConfig", &AMAZON_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
        self_managed_kafka_event_source_config: Option<SelfManagedKafkaEventSourceConfig> = Member::new("SelfManagedKafkaEventSourceConfig", &SELF_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
        scaling_config: Option<ScalingConfig> = Member::new("ScalingConfig", &SCALING_CONFIG),
        document_db_event_source_config: Option<DocumentDBEventSourceConfig> = Member::new("DocumentDBEventSourceConfig", &DOCUMENT_DB_EVENT_SOURCE_CONFIG),
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
        filter_criteria_error: Option<FilterCriteriaError> = Member::new("FilterCriteriaError", &FILTER_CRITERIA_ERROR),
        event_source_mapping_arn: Option<String> = Member::new("EventSourceMappingArn", &EVENT_SOURCE_MAPPING_ARN),
        metrics_config: Option<EventSourceMappingMetricsConfig> = Member::new("MetricsConfig", &EVENT_SOURCE_MAPPING_METRICS_CONFIG),
        logging_config: Option<EventSourceMappingLoggingConfig> = Member::new("LoggingConfig", &EVENT_SOURCE_MAPPING_LOGGING_CONFIG),
        provisioned_poller_config: Option<ProvisionedPollerConfig> = Member::new("ProvisionedPollerConfig", &PROVISIONED_POLLER_CONFIG),
    }
    pub struct EventSourceMappingLoggingConfig as EVENT_SOURCE_MAPPING_LOGGING_CONFIG {
        system_log_level: Option<EventSourceMappingSystemLogLevel> = Member::new("SystemLogLevel", &EVENT_SOURCE_MAPPING_SYSTEM_LOG_LEVEL),
    }
    pub struct EventSourceMappingMetricsConfig as EVENT_SOURCE_MAPPING_METRICS_CONFIG {
        metrics: Option<Vec<EventSourceMappingMetric>> = Member::new("Metrics", &EVENT_SOURCE_MAPPING_METRIC_LIST),
    }
    pub struct Execution as EXECUTION {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
        durable_execution_name: String = Member::new("DurableExecutionName", &DURABLE_EXECUTION_NAME).required(),
        function_arn: String = Member::new("FunctionArn", &NAME_SPACED_FUNCTION_ARN).required(),
        status: ExecutionStatus = Member::new("Status", &EXECUTION_STATUS).required(),
        start_timestamp: jiff::Timestamp = Member::new("StartTimestamp", &EXECUTION_TIMESTAMP).required(),
        end_timestamp: Option<jiff::Timestamp> = Member::new("EndTimestamp", &EXECUTION_TIMESTAMP),
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
    }
    pub struct ExecutionDetails as EXECUTION_DETAILS {
        input_payload: Option<String> = Member::new("InputPayload", &INPUT_PAYLOAD),
    }
    pub struct ExecutionFailedDetails as EXECUTION_FAILED_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct ExecutionPausedDetails as EXECUTION_PAUSED_DETAILS {
        pause_request_timestamp: jiff::Timestamp = Member::new("PauseRequestTimestamp", &EXECUTION_TIMESTAMP).required(),
        reason: Option<EventPauseReason> = Member::new("Reason", &EVENT_PAUSE_REASON),
        execution_timeout_paused: bool = Member::new("ExecutionTimeoutPaused", &EXECUTION_TIMEOUT_PAUSED).required(),
    }
    pub struct ExecutionResumedDetails as EXECUTION_RESUMED_DETAILS {
        resume_request_timestamp: jiff::Timestamp = Member::new("ResumeRequestTimestamp", &EXECUTION_TIMESTAMP).required(),
        reason: Option<EventResumeReason> = Member::new("Reason", &EVENT_RESUME_REASON),
    }
    pub struct ExecutionStartedDetails as EXECUTION_STARTED_DETAILS {
        input: EventInput = Member::new("Input", &EVENT_INPUT).required(),
        execution_timeout: i32 = Member::new("ExecutionTimeout", &DURATION_SECONDS).required(),
    }
    pub struct ExecutionStoppedDetails as EXECUTION_STOPPED_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
    }
    pub struct ExecutionSucceededDetails as EXECUTION_SUCCEEDED_DETAILS {
        result: EventResult = Member::new("Result", &EVENT_RESULT).required(),
    }
    pub struct ExecutionTimedOutDetails as EXECUTION_TIMED_OUT_DETAILS {
        error: Option<EventError> = Member::new("Error", &EVENT_ERROR),
    }
    pub struct FileSystemConfig as FILE_SYSTEM_CONFIG {
        arn: String = Member::new("Arn", &FILE_SYSTEM_ARN).required(),
        local_mount_path: String = Member::new("LocalMountPath", &LOCAL_MOUNT_PATH).required(),
    }
    pub struct Filter as FILTER {
        pattern: Option<String> = Member::new("Pattern", &PATTERN),
    }
    pub struct FilterCriteria as FILTER_CRITERIA {
        filters: Option<Vec<Filter>> = Member::new("Filters", &FILTER_LIST),
    }
    pub struct FilterCriteriaError as FILTER_CRITERIA_ERROR {
        error_code: Option<String> = Member::new("ErrorCode", &FILTER_CRITERIA_ERROR_CODE),
        message: Option<String> = Member::new("Message", &FILTER_CRITERIA_ERROR_MESSAGE),
    }
    pub struct FunctionCode as FUNCTION_CODE {
        zip_file: Option<bytes::Bytes> = Member::new("ZipFile", &BLOB),
        s3_bucket: Option<String> = Member::new("S3Bucket", &S3_BUCKET),
        s3_key: Option<String> = Member::new("S3Key", &S3_KEY),
        s3_object_version: Option<String> = Member::new("S3ObjectVersion", &S3_OBJECT_VERSION),
        image_uri: Option<String> = Member::new("ImageUri", &STRING),
        source_kms_key_arn: Option<String> = Member::new("SourceKMSKeyArn", &KMS_KEY_ARN),
    }
    pub struct FunctionCodeLocation as FUNCTION_CODE_LOCATION {
        repository_type: Option<String> = Member::new("RepositoryType", &STRING),
        location: Option<String> = Member::new("Location", &STRING),
        image_uri: Option<String> = Member::new("ImageUri", &STRING),
        resolved_image_uri: Option<String> = Member::new("ResolvedImageUri", &STRING),
        source_kms_key_arn: Option<String> = Member::new("SourceKMSKeyArn", &STRING),
    }
    pub struct FunctionConfiguration as FUNCTION_CONFIGURATION {
        function_name: Option<String> = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME),
        function_arn: Option<String> = Member::new("FunctionArn", &NAME_SPACED_FUNCTION_ARN),
        runtime: Option<Runtime> = Member::new("Runtime", &RUNTIME),
        role: Option<String> = Member::new("Role", &ROLE_ARN),
        handler: Option<String> = Member::new("Handler", &HANDLER),
        code_size: Option<i64> = Member::new("CodeSize", &LONG),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        timeout: Option<i32> = Member::new("Timeout", &TIMEOUT),
        memory_size: Option<i32> = Member::new("MemorySize", &MEMORY_SIZE),
        last_modified: Option<String> = Member::new("LastModified", &TIMESTAMP),
        code_sha256: Option<String> = Member::new("CodeSha256", &STRING),
        version: Option<String> = Member::new("Version", &VERSION),
        vpc_config: Option<VpcConfigResponse> = Member::new("VpcConfig", &VPC_CONFIG_RESPONSE),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        environment: Option<EnvironmentResponse> = Member::new("Environment", &ENVIRONMENT_RESPONSE),
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
        tracing_config: Option<TracingConfigResponse> = Member::new("TracingConfig", &TRACING_CONFIG_RESPONSE),
        master_arn: Option<String> = Member::new("MasterArn", &FUNCTION_ARN),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
        layers: Option<Vec<Layer>> = Member::new("Layers", &LAYERS_REFERENCE_LIST),
        state: Option<State> = Member::new("State", &STATE),
        state_reason: Option<String> = Member::new("StateReason", &STATE_REASON),
        state_reason_code: Option<StateReasonCode> = Member::new("StateReasonCode", &STATE_REASON_CODE),
        last_update_status: Option<LastUpdateStatus> = Member::new("LastUpdateStatus", &LAST_UPDATE_STATUS),
        last_update_status_reason: Option<String> = Member::new("LastUpdateStatusReason", &LAST_UPDATE_STATUS_REASON),
        last_update_status_reason_code: Option<LastUpdateStatusReasonCode> = Member::new("LastUpdateStatusReasonCode", &LAST_UPDATE_STATUS_REASON_CODE),
        file_system_configs: Option<Vec<FileSystemConfig>> = Member::new("FileSystemConfigs", &FILE_SYSTEM_CONFIG_LIST),
        package_type: Option<PackageType> = Member::new("PackageType", &PACKAGE_TYPE),
        image_config_response: Option<ImageConfigResponse> = Member::new("ImageConfigResponse", &IMAGE_CONFIG_RESPONSE),
        signing_profile_version_arn: Option<String> = Member::new("SigningProfileVersionArn", &ARN),
        signing_job_arn: Option<String> = Member::new("SigningJobArn", &ARN),
        architectures: Option<Vec<Architecture>> = Member::new("Architectures", &ARCHITECTURES_LIST),
        ephemeral_storage: Option<EphemeralStorage> = Member::new("EphemeralStorage", &EPHEMERAL_STORAGE),
        snap_start: Option<SnapStartResponse> = Member::new("SnapStart", &SNAP_START_RESPONSE),
        runtime_version_config: Option<RuntimeVersionConfig> = Member::new("RuntimeVersionConfig", &RUNTIME_VERSION_CONFIG),
        logging_config: Option<LoggingConfig> = Member::new("LoggingConfig", &LOGGING_CONFIG),
        capacity_provider_config: Option<CapacityProviderConfig> = Member::new("CapacityProviderConfig", &CAPACITY_PROVIDER_CONFIG),
        config_sha256: Option<String> = Member::new("ConfigSha256", &STRING),
        durable_config: Option<DurableConfig> = Member::new("DurableConfig", &DURABLE_CONFIG),
        tenancy_config: Option<TenancyConfig> = Member::new("TenancyConfig", &TENANCY_CONFIG),
    }
    pub struct FunctionEventInvokeConfig as FUNCTION_EVENT_INVOKE_CONFIG {
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &DATE),
        function_arn: Option<String> = Member::new("FunctionArn", &FUNCTION_ARN),
        maximum_retry_attempts: Option<i32> = Member::new("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS),
        maximum_event_age_in_seconds: Option<i32> = Member::new("MaximumEventAgeInSeconds", &MAXIMUM_EVENT_AGE_IN_SECONDS),
        destination_config: Option<DestinationConfig> = Member::new("DestinationConfig", &DESTINATION_CONFIG),
    }
    pub struct FunctionUrlConfig as FUNCTION_URL_CONFIG {
        function_url: String = Member::new("FunctionUrl", &FUNCTION_URL).required(),
        function_arn: String = Member::new("FunctionArn", &FUNCTION_ARN).required(),
        creation_time: String = Member::new("CreationTime", &TIMESTAMP).required(),
        last_modified_time: String = Member::new("LastModifiedTime", &TIMESTAMP).required(),
        cors: Option<Cors> = Member::new("Cors", &CORS),
        auth_type: FunctionUrlAuthType = Member::new("AuthType", &FUNCTION_URL_AUTH_TYPE).required(),
        invoke_mode: Option<InvokeMode> = Member::new("InvokeMode", &INVOKE_MODE),
    }
    pub struct GetAccountSettingsRequest as GET_ACCOUNT_SETTINGS_REQUEST {
    }
    pub struct GetAccountSettingsResponse as GET_ACCOUNT_SETTINGS_RESPONSE {
        account_limit: Option<AccountLimit> = Member::new("AccountLimit", &ACCOUNT_LIMIT),
        account_usage: Option<AccountUsage> = Member::new("AccountUsage", &ACCOUNT_USAGE),
    }
    pub struct GetAliasRequest as GET_ALIAS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        name: String = Member::new("Name", &ALIAS).uri("Name").required(),
    }
    pub struct GetCodeSigningConfigRequest as GET_CODE_SIGNING_CONFIG_REQUEST {
        code_signing_config_arn: String = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).uri("CodeSigningConfigArn").required(),
    }
    pub struct GetCodeSigningConfigResponse as GET_CODE_SIGNING_CONFIG_RESPONSE {
        code_signing_config: CodeSigningConfig = Member::new("CodeSigningConfig", &CODE_SIGNING_CONFIG).required(),
    }
    pub struct GetDurableExecutionHistoryRequest as GET_DURABLE_EXECUTION_HISTORY_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
        include_execution_data: Option<bool> = Member::new("IncludeExecutionData", &INCLUDE_EXECUTION_DATA).query("IncludeExecutionData"),
        max_items: Option<i32> = Member::new("MaxItems", &ITEM_COUNT).query("MaxItems"),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        reverse_order: Option<bool> = Member::new("ReverseOrder", &REVERSE_ORDER).query("ReverseOrder"),
    }
    pub struct GetDurableExecutionHistoryResponse as GET_DURABLE_EXECUTION_HISTORY_RESPONSE {
        events: Vec<Event> = Member::new("Events", &EVENTS).required(),
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
    }
    pub struct GetDurableExecutionRequest as GET_DURABLE_EXECUTION_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
        include_execution_data: Option<bool> = Member::new("IncludeExecutionData", &INCLUDE_EXECUTION_DATA).query("IncludeExecutionData"),
    }
    pub struct GetDurableExecutionResponse as GET_DURABLE_EXECUTION_RESPONSE {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).required(),
        durable_execution_name: String = Member::new("DurableExecutionName", &DURABLE_EXECUTION_NAME).required(),
        function_arn: String = Member::new("FunctionArn", &NAME_SPACED_FUNCTION_ARN).required(),
        input_payload: Option<String> = Member::new("InputPayload", &INPUT_PAYLOAD),
        result: Option<String> = Member::new("Result", &OUTPUT_PAYLOAD),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT),
        start_timestamp: jiff::Timestamp = Member::new("StartTimestamp", &EXECUTION_TIMESTAMP).required(),
        status: ExecutionStatus = Member::new("Status", &EXECUTION_STATUS).required(),
        end_timestamp: Option<jiff::Timestamp> = Member::new("EndTimestamp", &EXECUTION_TIMESTAMP),
        version: Option<String> = Member::new("Version", &VERSION_WITH_LATEST_PUBLISHED),
        trace_header: Option<TraceHeader> = Member::new("TraceHeader", &TRACE_HEADER),
        execution_data_included: Option<bool> = Member::new("ExecutionDataIncluded", &EXECUTION_DATA_INCLUDED),
        durable_config: Option<DurableConfig> = Member::new("DurableConfig", &DURABLE_CONFIG),
        pause_details: Option<PauseDetails> = Member::new("PauseDetails", &PAUSE_DETAILS),
        expected_execution_timeout_timestamp: Option<jiff::Timestamp> = Member::new("ExpectedExecutionTimeoutTimestamp", &EXECUTION_TIMESTAMP),
    }
    pub struct GetDurableExecutionStateRequest as GET_DURABLE_EXECUTION_STATE_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
        checkpoint_token: String = Member::new("CheckpointToken", &CHECKPOINT_TOKEN).query("CheckpointToken").required(),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &ITEM_COUNT).query("MaxItems"),
    }
    pub struct GetDurableExecutionStateResponse as GET_DURABLE_EXECUTION_STATE_RESPONSE {
        operations: Vec<Operation> = Member::new("Operations", &OPERATIONS_).required(),
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
    }
    pub struct GetEventSourceMappingRequest as GET_EVENT_SOURCE_MAPPING_REQUEST {
        uuid: String = Member::new("UUID", &STRING).uri("UUID").required(),
    }
    pub struct GetFunctionCodeSigningConfigRequest as GET_FUNCTION_CODE_SIGNING_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
    }
    pub struct GetFunctionCodeSigningConfigResponse as GET_FUNCTION_CODE_SIGNING_CONFIG_RESPONSE {
        code_signing_config_arn: Option<String> = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN),
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).required(),
    }
    pub struct GetFunctionConcurrencyRequest as GET_FUNCTION_CONCURRENCY_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
    }
    pub struct GetFunctionConcurrencyResponse as GET_FUNCTION_CONCURRENCY_RESPONSE {
        reserved_concurrent_executions: Option<i32> = Member::new("ReservedConcurrentExecutions", &RESERVED_CONCURRENT_EXECUTIONS),
    }
    pub struct GetFunctionConfigurationRequest as GET_FUNCTION_CONFIGURATION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct GetFunctionEventInvokeConfigRequest as GET_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct GetFunctionRecursionConfigRequest as GET_FUNCTION_RECURSION_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &UNQUALIFIED_FUNCTION_NAME).uri("FunctionName").required(),
    }
    pub struct GetFunctionRecursionConfigResponse as GET_FUNCTION_RECURSION_CONFIG_RESPONSE {
        recursive_loop: Option<RecursiveLoop> = Member::new("RecursiveLoop", &RECURSIVE_LOOP),
    }
    pub struct GetFunctionRequest as GET_FUNCTION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct GetFunctionResponse as GET_FUNCTION_RESPONSE {
        configuration: Option<FunctionConfiguration> = Member::new("Configuration", &FUNCTION_CONFIGURATION),
        code: Option<FunctionCodeLocation> = Member::new("Code", &FUNCTION_CODE_LOCATION),
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
        tags_error: Option<TagsError> = Member::new("TagsError", &TAGS_ERROR),
        concurrency: Option<Concurrency> = Member::new("Concurrency", &CONCURRENCY),
    }
    pub struct GetFunctionUrlConfigRequest as GET_FUNCTION_URL_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &FUNCTION_URL_QUALIFIER).query("Qualifier"),
    }
    pub struct GetFunctionUrlConfigResponse as GET_FUNCTION_URL_CONFIG_RESPONSE {
        function_url: String = Member::new("FunctionUrl", &FUNCTION_URL).required(),
        function_arn: String = Member::new("FunctionArn", &FUNCTION_ARN).required(),
        auth_type: FunctionUrlAuthType = Member::new("AuthType", &FUNCTION_URL_AUTH_TYPE).required(),
        cors: Option<Cors> = Member::new("Cors", &CORS),
        creation_time: String = Member::new("CreationTime", &TIMESTAMP).required(),
        last_modified_time: String = Member::new("LastModifiedTime", &TIMESTAMP).required(),
        invoke_mode: Option<InvokeMode> = Member::new("InvokeMode", &INVOKE_MODE),
    }
    pub struct GetLayerVersionByArnRequest as GET_LAYER_VERSION_BY_ARN_REQUEST {
        arn: String = Member::new("Arn", &LAYER_VERSION_ARN).query("Arn").required(),
    }
    pub struct GetLayerVersionPolicyRequest as GET_LAYER_VERSION_POLICY_REQUEST {
        layer_name: String = Member::new("LayerName", &LAYER_NAME).uri("LayerName").required(),
        version_number: i64 = Member::new("VersionNumber", &LAYER_VERSION_NUMBER).uri("VersionNumber").required(),
    }
    pub struct GetLayerVersionPolicyResponse as GET_LAYER_VERSION_POLICY_RESPONSE {
        policy: Option<String> = Member::new("Policy", &STRING),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
    }
    pub struct GetLayerVersionRequest as GET_LAYER_VERSION_REQUEST {
        layer_name: String = Member::new("LayerName", &LAYER_NAME).uri("LayerName").required(),
        version_number: i64 = Member::new("VersionNumber", &LAYER_VERSION_NUMBER).uri("VersionNumber").required(),
    }
    pub struct GetLayerVersionResponse as GET_LAYER_VERSION_RESPONSE {
        content: Option<LayerVersionContentOutput> = Member::new("Content", &LAYER_VERSION_CONTENT_OUTPUT),
        layer_arn: Option<String> = Member::new("LayerArn", &LAYER_ARN),
        layer_version_arn: Option<String> = Member::new("LayerVersionArn", &LAYER_VERSION_ARN),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        created_date: Option<String> = Member::new("CreatedDate", &TIMESTAMP),
        version: Option<i64> = Member::new("Version", &LAYER_VERSION_NUMBER),
        compatible_runtimes: Option<Vec<Runtime>> = Member::new("CompatibleRuntimes", &COMPATIBLE_RUNTIMES),
        license_info: Option<String> = Member::new("LicenseInfo", &LICENSE_INFO),
        compatible_architectures: Option<Vec<Architecture>> = Member::new("CompatibleArchitectures", &COMPATIBLE_ARCHITECTURES),
    }
    pub struct GetPolicyRequest as GET_POLICY_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct GetPolicyResponse as GET_POLICY_RESPONSE {
        policy: Option<String> = Member::new("Policy", &STRING),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
    }
    pub struct GetProvisionedConcurrencyConfigRequest as GET_PROVISIONED_CONCURRENCY_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: String = Member::new("Qualifier", &QUALIFIER).query("Qualifier").required(),
    }
    pub struct GetProvisionedConcurrencyConfigResponse as GET_PROVISIONED_CONCURRENCY_CONFIG_RESPONSE {
        requested_provisioned_concurrent_executions: Option<i32> = Member::new("RequestedProvisionedConcurrentExecutions", &POSITIVE_INTEGER),
        available_provisioned_concurrent_executions: Option<i32> = Member::new("AvailableProvisionedConcurrentExecutions", &NON_NEGATIVE_INTEGER),
        allocated_provisioned_concurrent_executions: Option<i32> = Member::new("AllocatedProvisionedConcurrentExecutions", &NON_NEGATIVE_INTEGER),
        status: Option<ProvisionedConcurrencyStatusEnum> = Member::new("Status", &PROVISIONED_CONCURRENCY_STATUS_ENUM),
        status_reason: Option<String> = Member::new("StatusReason", &STRING),
        last_modified: Option<String> = Member::new("LastModified", &TIMESTAMP),
    }
    pub struct GetRuntimeManagementConfigRequest as GET_RUNTIME_MANAGEMENT_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct GetRuntimeManagementConfigResponse as GET_RUNTIME_MANAGEMENT_CONFIG_RESPONSE {
        update_runtime_on: Option<UpdateRuntimeOn> = Member::new("UpdateRuntimeOn", &UPDATE_RUNTIME_ON),
        runtime_version_arn: Option<String> = Member::new("RuntimeVersionArn", &RUNTIME_VERSION_ARN),
        function_arn: Option<String> = Member::new("FunctionArn", &NAME_SPACED_FUNCTION_ARN),
    }
    pub struct ImageConfig as IMAGE_CONFIG {
        entry_point: Option<Vec<String>> = Member::new("EntryPoint", &STRING_LIST),
        command: Option<Vec<String>> = Member::new("Command", &STRING_LIST),
        working_directory: Option<String> = Member::new("WorkingDirectory", &WORKING_DIRECTORY),
    }
    pub struct ImageConfigError as IMAGE_CONFIG_ERROR {
        error_code: Option<String> = Member::new("ErrorCode", &STRING),
        message: Option<String> = Member::new("Message", &SENSITIVE_STRING),
    }
    pub struct ImageConfigResponse as IMAGE_CONFIG_RESPONSE {
        image_config: Option<ImageConfig> = Member::new("ImageConfig", &IMAGE_CONFIG),
        error: Option<ImageConfigError> = Member::new("Error", &IMAGE_CONFIG_ERROR),
    }
    pub struct InvocationCompletedDetails as INVOCATION_COMPLETED_DETAILS {
        start_timestamp: jiff::Timestamp = Member::new("StartTimestamp", &EXECUTION_TIMESTAMP).required(),
        end_timestamp: jiff::Timestamp = Member::new("EndTimestamp", &EXECUTION_TIMESTAMP).required(),
        request_id: String = Member::new("RequestId", &STRING).required(),
        error: Option<EventError> = Member::new("Error", &EVENT_ERROR),
    }
    pub struct InvocationRequest as INVOCATION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        invocation_type: Option<InvocationType> = Member::new("InvocationType", &INVOCATION_TYPE).header("X-Amz-Invocation-Type"),
        log_type: Option<LogType> = Member::new("LogType", &LOG_TYPE).header("X-Amz-Log-Type"),
        client_context: Option<String> = Member::new("ClientContext", &STRING).header("X-Amz-Client-Context"),
        durable_execution_name: Option<String> = Member::new("DurableExecutionName", &DURABLE_EXECUTION_NAME).header("X-Amz-Durable-Execution-Name"),
        payload: Option<bytes::Bytes> = Member::new("Payload", &BLOB).payload(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        tenant_id: Option<String> = Member::new("TenantId", &TENANT_ID).header("X-Amz-Tenant-Id"),
    }
    pub struct InvocationResponse as INVOCATION_RESPONSE {
        status_code: Option<i32> = Member::new("StatusCode", &INTEGER).status(),
        function_error: Option<String> = Member::new("FunctionError", &STRING).header("X-Amz-Function-Error"),
        log_result: Option<String> = Member::new("LogResult", &STRING).header("X-Amz-Log-Result"),
        payload: Option<bytes::Bytes> = Member::new("Payload", &BLOB).payload(),
        executed_version: Option<String> = Member::new("ExecutedVersion", &VERSION).header("X-Amz-Executed-Version"),
        durable_execution_arn: Option<String> = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).header("X-Amz-Durable-Execution-Arn"),
    }
    pub struct InvokeResponseStreamUpdate as INVOKE_RESPONSE_STREAM_UPDATE {
        payload: Option<bytes::Bytes> = Member::new("Payload", &BLOB).event_payload(),
    }
    pub struct InvokeWithResponseStreamCompleteEvent as INVOKE_WITH_RESPONSE_STREAM_COMPLETE_EVENT {
        error_code: Option<String> = Member::new("ErrorCode", &STRING),
        error_details: Option<String> = Member::new("ErrorDetails", &STRING),
        log_result: Option<String> = Member::new("LogResult", &STRING),
    }
    pub struct InvokeWithResponseStreamRequest as INVOKE_WITH_RESPONSE_STREAM_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        invocation_type: Option<ResponseStreamingInvocationType> = Member::new("InvocationType", &RESPONSE_STREAMING_INVOCATION_TYPE).header("X-Amz-Invocation-Type"),
        log_type: Option<LogType> = Member::new("LogType", &LOG_TYPE).header("X-Amz-Log-Type"),
        client_context: Option<String> = Member::new("ClientContext", &STRING).header("X-Amz-Client-Context"),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        payload: Option<bytes::Bytes> = Member::new("Payload", &BLOB).payload(),
        tenant_id: Option<String> = Member::new("TenantId", &TENANT_ID).header("X-Amz-Tenant-Id"),
    }
    pub struct KafkaSchemaRegistryAccessConfig as KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG {
        r#type: Option<KafkaSchemaRegistryAuthType> = Member::new("Type", &KAFKA_SCHEMA_REGISTRY_AUTH_TYPE),
        uri: Option<String> = Member::new("URI", &ARN),
    }
    pub struct KafkaSchemaRegistryConfig as KAFKA_SCHEMA_REGISTRY_CONFIG {
        schema_registry_uri: Option<String> = Member::new("SchemaRegistryURI", &SCHEMA_REGISTRY_URI),
        event_record_format: Option<SchemaRegistryEventRecordFormat> = Member::new("EventRecordFormat", &SCHEMA_REGISTRY_EVENT_RECORD_FORMAT),
        access_configs: Option<Vec<KafkaSchemaRegistryAccessConfig>> = Member::new("AccessConfigs", &KAFKA_SCHEMA_REGISTRY_ACCESS_CONFIG_LIST),
        schema_validation_configs: Option<Vec<KafkaSchemaValidationConfig>> = Member::new("SchemaValidationConfigs", &KAFKA_SCHEMA_VALIDATION_CONFIG_LIST),
    }
    pub struct KafkaSchemaValidationConfig as KAFKA_SCHEMA_VALIDATION_CONFIG {
        attribute: Option<KafkaSchemaValidationAttribute> = Member::new("Attribute", &KAFKA_SCHEMA_VALIDATION_ATTRIBUTE),
    }
    pub struct LambdaManagedInstancesCapacityProviderConfig as LAMBDA_MANAGED_INSTANCES_CAPACITY_PROVIDER_CONFIG {
        capacity_provider_arn: String = Member::new("CapacityProviderArn", &CAPACITY_PROVIDER_ARN).required(),
        per_execution_environment_max_concurrency: Option<i32> = Member::new("PerExecutionEnvironmentMaxConcurrency", &PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY),
        execution_environment_memory_gi_b_per_v_cpu: Option<f64> = Member::new("ExecutionEnvironmentMemoryGiBPerVCpu", &EXECUTION_ENVIRONMENT_MEMORY_GI_B_PER_V_CPU),
    }
    pub struct Layer as LAYER {
        arn: Option<String> = Member::new("Arn", &LAYER_VERSION_ARN),
        code_size: Option<i64> = Member::new("CodeSize", &LONG),
        signing_profile_version_arn: Option<String> = Member::new("SigningProfileVersionArn", &ARN),
        signing_job_arn: Option<String> = Member::new("SigningJobArn", &ARN),
    }
    pub struct LayerVersionContentInput as LAYER_VERSION_CONTENT_INPUT {
        s3_bucket: Option<String> = Member::new("S3Bucket", &S3_BUCKET),
        s3_key: Option<String> = Member::new("S3Key", &S3_KEY),
        s3_object_version: Option<String> = Member::new("S3ObjectVersion", &S3_OBJECT_VERSION),
        zip_file: Option<bytes::Bytes> = Member::new("ZipFile", &BLOB),
    }
    pub struct LayerVersionContentOutput as LAYER_VERSION_CONTENT_OUTPUT {
        location: Option<String> = Member::new("Location", &STRING),
        code_sha256: Option<String> = Member::new("CodeSha256", &STRING),
        code_size: Option<i64> = Member::new("CodeSize", &LONG),
        signing_profile_version_arn: Option<String> = Member::new("SigningProfileVersionArn", &STRING),
        signing_job_arn: Option<String> = Member::new("SigningJobArn", &STRING),
    }
    pub struct LayerVersionsListItem as LAYER_VERSIONS_LIST_ITEM {
        layer_version_arn: Option<String> = Member::new("LayerVersionArn", &LAYER_VERSION_ARN),
        version: Option<i64> = Member::new("Version", &LAYER_VERSION_NUMBER),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        created_date: Option<String> = Member::new("CreatedDate", &TIMESTAMP),
        compatible_runtimes: Option<Vec<Runtime>> = Member::new("CompatibleRuntimes", &COMPATIBLE_RUNTIMES),
        license_info: Option<String> = Member::new("LicenseInfo", &LICENSE_INFO),
        compatible_architectures: Option<Vec<Architecture>> = Member::new("CompatibleArchitectures", &COMPATIBLE_ARCHITECTURES),
    }
    pub struct LayersListItem as LAYERS_LIST_ITEM {
        layer_name: Option<String> = Member::new("LayerName", &LAYER_NAME),
        layer_arn: Option<String> = Member::new("LayerArn", &LAYER_ARN),
        latest_matching_version: Option<LayerVersionsListItem> = Member::new("LatestMatchingVersion", &LAYER_VERSIONS_LIST_ITEM),
    }
    pub struct ListAliasesRequest as LIST_ALIASES_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        function_version: Option<String> = Member::new("FunctionVersion", &VERSION_WITH_LATEST_PUBLISHED).query("FunctionVersion"),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListAliasesResponse as LIST_ALIASES_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        aliases: Option<Vec<AliasConfiguration>> = Member::new("Aliases", &ALIAS_LIST),
    }
    pub struct ListCodeSigningConfigsRequest as LIST_CODE_SIGNING_CONFIGS_REQUEST {
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListCodeSigningConfigsResponse as LIST_CODE_SIGNING_CONFIGS_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        code_signing_configs: Option<Vec<CodeSigningConfig>> = Member::new("CodeSigningConfigs", &CODE_SIGNING_CONFIG_LIST),
    }
    pub struct ListDurableExecutionsByFunctionRequest as LIST_DURABLE_EXECUTIONS_BY_FUNCTION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        durable_execution_name: Option<String> = Member::new("DurableExecutionName", &DURABLE_EXECUTION_NAME).query("DurableExecutionName"),
        statuses: Option<Vec<ExecutionStatus>> = Member::new("Statuses", &EXECUTION_STATUS_LIST).query("Statuses"),
        started_after: Option<jiff::Timestamp> = Member::new("StartedAfter", &EXECUTION_TIMESTAMP).query("StartedAfter"),
        started_before: Option<jiff::Timestamp> = Member::new("StartedBefore", &EXECUTION_TIMESTAMP).query("StartedBefore"),
        reverse_order: Option<bool> = Member::new("ReverseOrder", &REVERSE_ORDER).query("ReverseOrder"),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &ITEM_COUNT).query("MaxItems"),
    }
    pub struct ListDurableExecutionsByFunctionResponse as LIST_DURABLE_EXECUTIONS_BY_FUNCTION_RESPONSE {
        durable_executions: Option<Vec<Execution>> = Member::new("DurableExecutions", &DURABLE_EXECUTIONS),
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
    }
    pub struct ListEventSourceMappingsRequest as LIST_EVENT_SOURCE_MAPPINGS_REQUEST {
        event_source_arn: Option<String> = Member::new("EventSourceArn", &ARN).query("EventSourceArn"),
        function_name: Option<String> = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).query("FunctionName"),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListEventSourceMappingsResponse as LIST_EVENT_SOURCE_MAPPINGS_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        event_source_mappings: Option<Vec<EventSourceMappingConfiguration>> = Member::new("EventSourceMappings", &EVENT_SOURCE_MAPPINGS_LIST),
    }
    pub struct ListFunctionEventInvokeConfigsRequest as LIST_FUNCTION_EVENT_INVOKE_CONFIGS_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_FUNCTION_EVENT_INVOKE_CONFIG_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListFunctionEventInvokeConfigsResponse as LIST_FUNCTION_EVENT_INVOKE_CONFIGS_RESPONSE {
        function_event_invoke_configs: Option<Vec<FunctionEventInvokeConfig>> = Member::new("FunctionEventInvokeConfigs", &FUNCTION_EVENT_INVOKE_CONFIG_LIST),
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
    }
    pub struct ListFunctionUrlConfigsRequest as LIST_FUNCTION_URL_CONFIGS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS).query("MaxItems"),
    }
    pub struct ListFunctionUrlConfigsResponse as LIST_FUNCTION_URL_CONFIGS_RESPONSE {
        function_url_configs: Vec<FunctionUrlConfig> = Member::new("FunctionUrlConfigs", &FUNCTION_URL_CONFIG_LIST).required(),
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
    }
    pub struct ListFunctionsByCodeSigningConfigRequest as LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG_REQUEST {
        code_signing_config_arn: String = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).uri("CodeSigningConfigArn").required(),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListFunctionsByCodeSigningConfigResponse as LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        function_arns: Option<Vec<String>> = Member::new("FunctionArns", &FUNCTION_ARN_LIST),
    }
    pub struct ListFunctionsRequest as LIST_FUNCTIONS_REQUEST {
        master_region: Option<String> = Member::new("MasterRegion", &MASTER_REGION).query("MasterRegion"),
        function_version: Option<FunctionVersion> = Member::new("FunctionVersion", &FUNCTION_VERSION).query("FunctionVersion"),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListFunctionsResponse as LIST_FUNCTIONS_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        functions: Option<Vec<FunctionConfiguration>> = Member::new("Functions", &FUNCTION_LIST),
    }
    pub struct ListLayerVersionsRequest as LIST_LAYER_VERSIONS_REQUEST {
        compatible_runtime: Option<Runtime> = Member::new("CompatibleRuntime", &RUNTIME).query("CompatibleRuntime"),
        layer_name: String = Member::new("LayerName", &LAYER_NAME).uri("LayerName").required(),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LAYER_LIST_ITEMS).query("MaxItems"),
        compatible_architecture: Option<Architecture> = Member::new("CompatibleArchitecture", &ARCHITECTURE).query("CompatibleArchitecture"),
    }
    pub struct ListLayerVersionsResponse as LIST_LAYER_VERSIONS_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        layer_versions: Option<Vec<LayerVersionsListItem>> = Member::new("LayerVersions", &LAYER_VERSIONS_LIST),
    }
    pub struct ListLayersRequest as LIST_LAYERS_REQUEST {
        compatible_runtime: Option<Runtime> = Member::new("CompatibleRuntime", &RUNTIME).query("CompatibleRuntime"),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LAYER_LIST_ITEMS).query("MaxItems"),
        compatible_architecture: Option<Architecture> = Member::new("CompatibleArchitecture", &ARCHITECTURE).query("CompatibleArchitecture"),
    }
    pub struct ListLayersResponse as LIST_LAYERS_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        layers: Option<Vec<LayersListItem>> = Member::new("Layers", &LAYERS_LIST),
    }
    pub struct ListProvisionedConcurrencyConfigsRequest as LIST_PROVISIONED_CONCURRENCY_CONFIGS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_PROVISIONED_CONCURRENCY_CONFIG_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListProvisionedConcurrencyConfigsResponse as LIST_PROVISIONED_CONCURRENCY_CONFIGS_RESPONSE {
        provisioned_concurrency_configs: Option<Vec<ProvisionedConcurrencyConfigListItem>> = Member::new("ProvisionedConcurrencyConfigs", &PROVISIONED_CONCURRENCY_CONFIG_LIST),
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
    }
    pub struct ListTagsRequest as LIST_TAGS_REQUEST {
        resource: String = Member::new("Resource", &TAGGABLE_RESOURCE).uri("Resource").required(),
    }
    pub struct ListTagsResponse as LIST_TAGS_RESPONSE {
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
    }
    pub struct ListVersionsByFunctionRequest as LIST_VERSIONS_BY_FUNCTION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        marker: Option<String> = Member::new("Marker", &STRING).query("Marker"),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_LIST_ITEMS).query("MaxItems"),
    }
    pub struct ListVersionsByFunctionResponse as LIST_VERSIONS_BY_FUNCTION_RESPONSE {
        next_marker: Option<String> = Member::new("NextMarker", &STRING),
        versions: Option<Vec<FunctionConfiguration>> = Member::new("Versions", &FUNCTION_LIST),
    }
    pub struct LoggingConfig as LOGGING_CONFIG {
        log_format: Option<LogFormat> = Member::new("LogFormat", &LOG_FORMAT),
        application_log_level: Option<ApplicationLogLevel> = Member::new("ApplicationLogLevel", &APPLICATION_LOG_LEVEL),
        system_log_level: Option<SystemLogLevel> = Member::new("SystemLogLevel", &SYSTEM_LOG_LEVEL),
        log_group: Option<String> = Member::new("LogGroup", &LOG_GROUP),
    }
    pub struct OnFailure as ON_FAILURE {
        destination: Option<String> = Member::new("Destination", &DESTINATION_ARN),
    }
    pub struct OnSuccess as ON_SUCCESS {
        destination: Option<String> = Member::new("Destination", &DESTINATION_ARN),
    }
    pub struct Operation as OPERATION {
        id: String = Member::new("Id", &OPERATION_ID).required(),
        parent_id: Option<String> = Member::new("ParentId", &OPERATION_ID),
        name: Option<String> = Member::new("Name", &OPERATION_NAME),
        r#type: OperationType = Member::new("Type", &OPERATION_TYPE).required(),
        sub_type: Option<String> = Member::new("SubType", &OPERATION_SUB_TYPE),
        start_timestamp: jiff::Timestamp = Member::new("StartTimestamp", &EXECUTION_TIMESTAMP).required(),
        end_timestamp: Option<jiff::Timestamp> = Member::new("EndTimestamp", &EXECUTION_TIMESTAMP),
        status: OperationStatus = Member::new("Status", &OPERATION_STATUS).required(),
        execution_details: Option<ExecutionDetails> = Member::new("ExecutionDetails", &EXECUTION_DETAILS),
        context_details: Option<ContextDetails> = Member::new("ContextDetails", &CONTEXT_DETAILS),
        step_details: Option<StepDetails> = Member::new("StepDetails", &STEP_DETAILS),
        wait_details: Option<WaitDetails> = Member::new("WaitDetails", &WAIT_DETAILS),
        callback_details: Option<CallbackDetails> = Member::new("CallbackDetails", &CALLBACK_DETAILS),
        chained_invoke_details: Option<ChainedInvokeDetails> = Member::new("ChainedInvokeDetails", &CHAINED_INVOKE_DETAILS),
    }
    pub struct OperationUpdate as OPERATION_UPDATE {
        id: String = Member::new("Id", &OPERATION_ID).required(),
        parent_id: Option<String> = Member::new("ParentId", &OPERATION_ID),
        name: Option<String> = Member::new("Name", &OPERATION_NAME),
        r#type: OperationType = Member::new("Type", &OPERATION_TYPE).required(),
        sub_type: Option<String> = Member::new("SubType", &OPERATION_SUB_TYPE),
        action: OperationAction = Member::new("Action", &OPERATION_ACTION).required(),
        payload: Option<String> = Member::new("Payload", &OPERATION_PAYLOAD),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT),
        context_options: Option<ContextOptions> = Member::new("ContextOptions", &CONTEXT_OPTIONS),
        step_options: Option<StepOptions> = Member::new("StepOptions", &STEP_OPTIONS),
        wait_options: Option<WaitOptions> = Member::new("WaitOptions", &WAIT_OPTIONS),
        callback_options: Option<CallbackOptions> = Member::new("CallbackOptions", &CALLBACK_OPTIONS),
        chained_invoke_options: Option<ChainedInvokeOptions> = Member::new("ChainedInvokeOptions", &CHAINED_INVOKE_OPTIONS),
    }
    pub struct PauseDetails as PAUSE_DETAILS {
        pause_request_timestamp: jiff::Timestamp = Member::new("PauseRequestTimestamp", &EXECUTION_TIMESTAMP).required(),
        reason: Option<String> = Member::new("Reason", &PAUSE_REASON),
        execution_timeout_paused: bool = Member::new("ExecutionTimeoutPaused", &EXECUTION_TIMEOUT_PAUSED).required(),
    }
    pub struct PauseDurableExecutionRequest as PAUSE_DURABLE_EXECUTION_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
        client_token: Option<String> = Member::new("ClientToken", &CLIENT_TOKEN).idempotency(),
        reason: Option<String> = Member::new("Reason", &PAUSE_REASON),
        execution_timeout_paused: Option<bool> = Member::new("ExecutionTimeoutPaused", &EXECUTION_TIMEOUT_PAUSED),
    }
    pub struct PauseDurableExecutionResponse as PAUSE_DURABLE_EXECUTION_RESPONSE {
    }
    pub struct ProvisionedConcurrencyConfigListItem as PROVISIONED_CONCURRENCY_CONFIG_LIST_ITEM {
        function_arn: Option<String> = Member::new("FunctionArn", &FUNCTION_ARN),
        requested_provisioned_concurrent_executions: Option<i32> = Member::new("RequestedProvisionedConcurrentExecutions", &POSITIVE_INTEGER),
        available_provisioned_concurrent_executions: Option<i32> = Member::new("AvailableProvisionedConcurrentExecutions", &NON_NEGATIVE_INTEGER),
        allocated_provisioned_concurrent_executions: Option<i32> = Member::new("AllocatedProvisionedConcurrentExecutions", &NON_NEGATIVE_INTEGER),
        status: Option<ProvisionedConcurrencyStatusEnum> = Member::new("Status", &PROVISIONED_CONCURRENCY_STATUS_ENUM),
        status_reason: Option<String> = Member::new("StatusReason", &STRING),
        last_modified: Option<String> = Member::new("LastModified", &TIMESTAMP),
    }
    pub struct ProvisionedPollerConfig as PROVISIONED_POLLER_CONFIG {
        minimum_pollers: Option<i32> = Member::new("MinimumPollers", &MINIMUM_NUMBER_OF_POLLERS),
        maximum_pollers: Option<i32> = Member::new("MaximumPollers", &MAXIMUM_NUMBER_OF_POLLERS),
        poller_group_name: Option<String> = Member::new("PollerGroupName", &PROVISIONED_POLLER_GROUP_NAME),
    }
    pub struct PublishLayerVersionRequest as PUBLISH_LAYER_VERSION_REQUEST {
        layer_name: String = Member::new("LayerName", &LAYER_NAME).uri("LayerName").required(),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        content: LayerVersionContentInput = Member::new("Content", &LAYER_VERSION_CONTENT_INPUT).required(),
        compatible_runtimes: Option<Vec<Runtime>> = Member::new("CompatibleRuntimes", &COMPATIBLE_RUNTIMES),
        license_info: Option<String> = Member::new("LicenseInfo", &LICENSE_INFO),
        compatible_architectures: Option<Vec<Architecture>> = Member::new("CompatibleArchitectures", &COMPATIBLE_ARCHITECTURES),
    }
    pub struct PublishLayerVersionResponse as PUBLISH_LAYER_VERSION_RESPONSE {
        content: Option<LayerVersionContentOutput> = Member::new("Content", &LAYER_VERSION_CONTENT_OUTPUT),
        layer_arn: Option<String> = Member::new("LayerArn", &LAYER_ARN),
        layer_version_arn: Option<String> = Member::new("LayerVersionArn", &LAYER_VERSION_ARN),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        created_date: Option<String> = Member::new("CreatedDate", &TIMESTAMP),
        version: Option<i64> = Member::new("Version", &LAYER_VERSION_NUMBER),
        compatible_runtimes: Option<Vec<Runtime>> = Member::new("CompatibleRuntimes", &COMPATIBLE_RUNTIMES),
        license_info: Option<String> = Member::new("LicenseInfo", &LICENSE_INFO),
        compatible_architectures: Option<Vec<Architecture>> = Member::new("CompatibleArchitectures", &COMPATIBLE_ARCHITECTURES),
    }
    pub struct PublishVersionRequest as PUBLISH_VERSION_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        code_sha256: Option<String> = Member::new("CodeSha256", &STRING),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
        publish_to: Option<FunctionVersionLatestPublished> = Member::new("PublishTo", &FUNCTION_VERSION_LATEST_PUBLISHED),
    }
    pub struct PutFunctionCodeSigningConfigRequest as PUT_FUNCTION_CODE_SIGNING_CONFIG_REQUEST {
        code_signing_config_arn: String = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).required(),
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
    }
    pub struct PutFunctionCodeSigningConfigResponse as PUT_FUNCTION_CODE_SIGNING_CONFIG_RESPONSE {
        code_signing_config_arn: String = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).required(),
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).required(),
    }
    pub struct PutFunctionConcurrencyRequest as PUT_FUNCTION_CONCURRENCY_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        reserved_concurrent_executions: i32 = Member::new("ReservedConcurrentExecutions", &RESERVED_CONCURRENT_EXECUTIONS).required(),
    }
    pub struct PutFunctionEventInvokeConfigRequest as PUT_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        maximum_retry_attempts: Option<i32> = Member::new("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS),
        maximum_event_age_in_seconds: Option<i32> = Member::new("MaximumEventAgeInSeconds", &MAXIMUM_EVENT_AGE_IN_SECONDS),
        destination_config: Option<DestinationConfig> = Member::new("DestinationConfig", &DESTINATION_CONFIG),
    }
    pub struct PutFunctionRecursionConfigRequest as PUT_FUNCTION_RECURSION_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &UNQUALIFIED_FUNCTION_NAME).uri("FunctionName").required(),
        recursive_loop: RecursiveLoop = Member::new("RecursiveLoop", &RECURSIVE_LOOP).required(),
    }
    pub struct PutFunctionRecursionConfigResponse as PUT_FUNCTION_RECURSION_CONFIG_RESPONSE {
        recursive_loop: Option<RecursiveLoop> = Member::new("RecursiveLoop", &RECURSIVE_LOOP),
    }
    pub struct PutProvisionedConcurrencyConfigRequest as PUT_PROVISIONED_CONCURRENCY_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: String = Member::new("Qualifier", &QUALIFIER).query("Qualifier").required(),
        provisioned_concurrent_executions: i32 = Member::new("ProvisionedConcurrentExecutions", &POSITIVE_INTEGER).required(),
    }
    pub struct PutProvisionedConcurrencyConfigResponse as PUT_PROVISIONED_CONCURRENCY_CONFIG_RESPONSE {
        requested_provisioned_concurrent_executions: Option<i32> = Member::new("RequestedProvisionedConcurrentExecutions", &POSITIVE_INTEGER),
        available_provisioned_concurrent_executions: Option<i32> = Member::new("AvailableProvisionedConcurrentExecutions", &NON_NEGATIVE_INTEGER),
        allocated_provisioned_concurrent_executions: Option<i32> = Member::new("AllocatedProvisionedConcurrentExecutions", &NON_NEGATIVE_INTEGER),
        status: Option<ProvisionedConcurrencyStatusEnum> = Member::new("Status", &PROVISIONED_CONCURRENCY_STATUS_ENUM),
        status_reason: Option<String> = Member::new("StatusReason", &STRING),
        last_modified: Option<String> = Member::new("LastModified", &TIMESTAMP),
    }
    pub struct PutRuntimeManagementConfigRequest as PUT_RUNTIME_MANAGEMENT_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        update_runtime_on: UpdateRuntimeOn = Member::new("UpdateRuntimeOn", &UPDATE_RUNTIME_ON).required(),
        runtime_version_arn: Option<String> = Member::new("RuntimeVersionArn", &RUNTIME_VERSION_ARN),
    }
    pub struct PutRuntimeManagementConfigResponse as PUT_RUNTIME_MANAGEMENT_CONFIG_RESPONSE {
        update_runtime_on: UpdateRuntimeOn = Member::new("UpdateRuntimeOn", &UPDATE_RUNTIME_ON).required(),
        function_arn: String = Member::new("FunctionArn", &FUNCTION_ARN).required(),
        runtime_version_arn: Option<String> = Member::new("RuntimeVersionArn", &RUNTIME_VERSION_ARN),
    }
    pub struct RemoveLayerVersionPermissionRequest as REMOVE_LAYER_VERSION_PERMISSION_REQUEST {
        layer_name: String = Member::new("LayerName", &LAYER_NAME).uri("LayerName").required(),
        version_number: i64 = Member::new("VersionNumber", &LAYER_VERSION_NUMBER).uri("VersionNumber").required(),
        statement_id: String = Member::new("StatementId", &STATEMENT_ID).uri("StatementId").required(),
        revision_id: Option<String> = Member::new("RevisionId", &STRING).query("RevisionId"),
    }
    pub struct RemovePermissionRequest as REMOVE_PERMISSION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        statement_id: String = Member::new("StatementId", &NAMESPACED_STATEMENT_ID).uri("StatementId").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        revision_id: Option<String> = Member::new("RevisionId", &STRING).query("RevisionId"),
    }
    pub struct ResumeDurableExecutionRequest as RESUME_DURABLE_EXECUTION_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
        client_token: Option<String> = Member::new("ClientToken", &CLIENT_TOKEN).idempotency(),
        reason: Option<String> = Member::new("Reason", &RESUME_REASON),
    }
    pub struct ResumeDurableExecutionResponse as RESUME_DURABLE_EXECUTION_RESPONSE {
    }
    pub struct RetryDetails as RETRY_DETAILS {
        current_attempt: Option<i32> = Member::new("CurrentAttempt", &ATTEMPT_COUNT),
        next_attempt_delay_seconds: Option<i32> = Member::new("NextAttemptDelaySeconds", &DURATION_SECONDS),
    }
    pub struct RuntimeVersionConfig as RUNTIME_VERSION_CONFIG {
        runtime_version_arn: Option<String> = Member::new("RuntimeVersionArn", &RUNTIME_VERSION_ARN),
        error: Option<RuntimeVersionError> = Member::new("Error", &RUNTIME_VERSION_ERROR),
    }
    pub struct RuntimeVersionError as RUNTIME_VERSION_ERROR {
        error_code: Option<String> = Member::new("ErrorCode", &STRING),
        message: Option<String> = Member::new("Message", &SENSITIVE_STRING),
    }
    pub struct ScalingConfig as SCALING_CONFIG {
        maximum_concurrency: Option<i32> = Member::new("MaximumConcurrency", &MAXIMUM_CONCURRENCY),
    }
    pub struct SelfManagedEventSource as SELF_MANAGED_EVENT_SOURCE {
        endpoints: Option<BTreeMap<String, Vec<String>>> = Member::new("Endpoints", &ENDPOINTS),
    }
    pub struct SelfManagedKafkaEventSourceConfig as SELF_MANAGED_KAFKA_EVENT_SOURCE_CONFIG {
        consumer_group_id: Option<String> = Member::new("ConsumerGroupId", &URI),
        schema_registry_config: Option<KafkaSchemaRegistryConfig> = Member::new("SchemaRegistryConfig", &KAFKA_SCHEMA_REGISTRY_CONFIG),
    }
    pub struct SendDurableExecutionCallbackFailureRequest as SEND_DURABLE_EXECUTION_CALLBACK_FAILURE_REQUEST {
        callback_id: String = Member::new("CallbackId", &CALLBACK_ID).uri("CallbackId").required(),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT).payload(),
    }
    pub struct SendDurableExecutionCallbackFailureResponse as SEND_DURABLE_EXECUTION_CALLBACK_FAILURE_RESPONSE {
    }
    pub struct SendDurableExecutionCallbackHeartbeatRequest as SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT_REQUEST {
        callback_id: String = Member::new("CallbackId", &CALLBACK_ID).uri("CallbackId").required(),
    }
    pub struct SendDurableExecutionCallbackHeartbeatResponse as SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT_RESPONSE {
    }
    pub struct SendDurableExecutionCallbackSuccessRequest as SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS_REQUEST {
        callback_id: String = Member::new("CallbackId", &CALLBACK_ID).uri("CallbackId").required(),
        result: Option<bytes::Bytes> = Member::new("Result", &BINARY_OPERATION_PAYLOAD).payload(),
    }
    pub struct SendDurableExecutionCallbackSuccessResponse as SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS_RESPONSE {
    }
    pub struct SnapStart as SNAP_START {
        apply_on: Option<SnapStartApplyOn> = Member::new("ApplyOn", &SNAP_START_APPLY_ON),
    }
    pub struct SnapStartResponse as SNAP_START_RESPONSE {
        apply_on: Option<SnapStartApplyOn> = Member::new("ApplyOn", &SNAP_START_APPLY_ON),
        optimization_status: Option<SnapStartOptimizationStatus> = Member::new("OptimizationStatus", &SNAP_START_OPTIMIZATION_STATUS),
    }
    pub struct SourceAccessConfiguration as SOURCE_ACCESS_CONFIGURATION {
        r#type: Option<SourceAccessType> = Member::new("Type", &SOURCE_ACCESS_TYPE),
        uri: Option<String> = Member::new("URI", &URI),
    }
    pub struct StepDetails as STEP_DETAILS {
        attempt: Option<i32> = Member::new("Attempt", &ATTEMPT_COUNT),
        next_attempt_timestamp: Option<jiff::Timestamp> = Member::new("NextAttemptTimestamp", &EXECUTION_TIMESTAMP),
        result: Option<String> = Member::new("Result", &OPERATION_PAYLOAD),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT),
    }
    pub struct StepFailedDetails as STEP_FAILED_DETAILS {
        error: EventError = Member::new("Error", &EVENT_ERROR).required(),
        retry_details: RetryDetails = Member::new("RetryDetails", &RETRY_DETAILS).required(),
    }
    pub struct StepOptions as STEP_OPTIONS {
        next_attempt_delay_seconds: Option<i32> = Member::new("NextAttemptDelaySeconds", &STEP_OPTIONS_NEXT_ATTEMPT_DELAY_SECONDS_INTEGER),
    }
    pub struct StepStartedDetails as STEP_STARTED_DETAILS {
    }
    pub struct StepSucceededDetails as STEP_SUCCEEDED_DETAILS {
        result: EventResult = Member::new("Result", &EVENT_RESULT).required(),
        retry_details: RetryDetails = Member::new("RetryDetails", &RETRY_DETAILS).required(),
    }
    pub struct StopDurableExecutionRequest as STOP_DURABLE_EXECUTION_REQUEST {
        durable_execution_arn: String = Member::new("DurableExecutionArn", &DURABLE_EXECUTION_ARN).uri("DurableExecutionArn").required(),
        error: Option<ErrorObject> = Member::new("Error", &ERROR_OBJECT).payload(),
    }
    pub struct StopDurableExecutionResponse as STOP_DURABLE_EXECUTION_RESPONSE {
        stop_timestamp: jiff::Timestamp = Member::new("StopTimestamp", &EXECUTION_TIMESTAMP).required(),
    }
    pub struct TagResourceRequest as TAG_RESOURCE_REQUEST {
        resource: String = Member::new("Resource", &TAGGABLE_RESOURCE).uri("Resource").required(),
        tags: BTreeMap<String, String> = Member::new("Tags", &TAGS).required(),
    }
    pub struct TagsError as TAGS_ERROR {
        error_code: String = Member::new("ErrorCode", &TAGS_ERROR_CODE).required(),
        message: String = Member::new("Message", &TAGS_ERROR_MESSAGE).required(),
    }
    pub struct TenancyConfig as TENANCY_CONFIG {
        tenant_isolation_mode: TenantIsolationMode = Member::new("TenantIsolationMode", &TENANT_ISOLATION_MODE).required(),
    }
    pub struct TraceHeader as TRACE_HEADER {
        x_amzn_trace_id: Option<String> = Member::new("XAmznTraceId", &X_AMZN_TRACE_ID),
    }
    pub struct TracingConfig as TRACING_CONFIG {
        mode: Option<TracingMode> = Member::new("Mode", &TRACING_MODE),
    }
    pub struct TracingConfigResponse as TRACING_CONFIG_RESPONSE {
        mode: Option<TracingMode> = Member::new("Mode", &TRACING_MODE),
    }
    pub struct UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        resource: String = Member::new("Resource", &TAGGABLE_RESOURCE).uri("Resource").required(),
        tag_keys: Vec<String> = Member::new("TagKeys", &TAG_KEY_LIST).query("tagKeys").required(),
    }
    pub struct UpdateAliasRequest as UPDATE_ALIAS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        name: String = Member::new("Name", &ALIAS).uri("Name").required(),
        function_version: Option<String> = Member::new("FunctionVersion", &VERSION_WITH_LATEST_PUBLISHED),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        routing_config: Option<AliasRoutingConfiguration> = Member::new("RoutingConfig", &ALIAS_ROUTING_CONFIGURATION),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
    }
    pub struct UpdateCodeSigningConfigRequest as UPDATE_CODE_SIGNING_CONFIG_REQUEST {
        code_signing_config_arn: String = Member::new("CodeSigningConfigArn", &CODE_SIGNING_CONFIG_ARN).uri("CodeSigningConfigArn").required(),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        allowed_publishers: Option<AllowedPublishers> = Member::new("AllowedPublishers", &ALLOWED_PUBLISHERS),
        code_signing_policies: Option<CodeSigningPolicies> = Member::new("CodeSigningPolicies", &CODE_SIGNING_POLICIES),
    }
    pub struct UpdateCodeSigningConfigResponse as UPDATE_CODE_SIGNING_CONFIG_RESPONSE {
        code_signing_config: CodeSigningConfig = Member::new("CodeSigningConfig", &CODE_SIGNING_CONFIG).required(),
    }
    pub struct UpdateEventSourceMappingRequest as UPDATE_EVENT_SOURCE_MAPPING_REQUEST {
        uuid: String = Member::new("UUID", &STRING).uri("UUID").required(),
        function_name: Option<String> = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME),
        enabled: Option<bool> = Member::new("Enabled", &ENABLED),
        batch_size: Option<i32> = Member::new("BatchSize", &BATCH_SIZE),
        filter_criteria: Option<FilterCriteria> = Member::new("FilterCriteria", &FILTER_CRITERIA),
        maximum_batching_window_in_seconds: Option<i32> = Member::new("MaximumBatchingWindowInSeconds", &MAXIMUM_BATCHING_WINDOW_IN_SECONDS),
        destination_config: Option<DestinationConfig> = Member::new("DestinationConfig", &DESTINATION_CONFIG),
        maximum_record_age_in_seconds: Option<i32> = Member::new("MaximumRecordAgeInSeconds", &MAXIMUM_RECORD_AGE_IN_SECONDS),
        bisect_batch_on_function_error: Option<bool> = Member::new("BisectBatchOnFunctionError", &BISECT_BATCH_ON_FUNCTION_ERROR),
        maximum_retry_attempts: Option<i32> = Member::new("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING),
        parallelization_factor: Option<i32> = Member::new("ParallelizationFactor", &PARALLELIZATION_FACTOR),
        source_access_configurations: Option<Vec<SourceAccessConfiguration>> = Member::new("SourceAccessConfigurations", &SOURCE_ACCESS_CONFIGURATIONS),
        tumbling_window_in_seconds: Option<i32> = Member::new("TumblingWindowInSeconds", &TUMBLING_WINDOW_IN_SECONDS),
        function_response_types: Option<Vec<FunctionResponseType>> = Member::new("FunctionResponseTypes", &FUNCTION_RESPONSE_TYPE_LIST),
        scaling_config: Option<ScalingConfig> = Member::new("ScalingConfig", &SCALING_CONFIG),
        amazon_managed_kafka_event_source_config: Option<AmazonManagedKafkaEventSourceConfig> = Member::new("AmazonManagedKafkaEventSourceConfig", &AMAZON_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
        self_managed_kafka_event_source_config: Option<SelfManagedKafkaEventSourceConfig> = Member::new("SelfManagedKafkaEventSourceConfig", &SELF_MANAGED_KAFKA_EVENT_SOURCE_CONFIG),
        document_db_event_source_config: Option<DocumentDBEventSourceConfig> = Member::new("DocumentDBEventSourceConfig", &DOCUMENT_DB_EVENT_SOURCE_CONFIG),
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
        metrics_config: Option<EventSourceMappingMetricsConfig> = Member::new("MetricsConfig", &EVENT_SOURCE_MAPPING_METRICS_CONFIG),
        logging_config: Option<EventSourceMappingLoggingConfig> = Member::new("LoggingConfig", &EVENT_SOURCE_MAPPING_LOGGING_CONFIG),
        provisioned_poller_config: Option<ProvisionedPollerConfig> = Member::new("ProvisionedPollerConfig", &PROVISIONED_POLLER_CONFIG),
    }
    pub struct UpdateFunctionCodeRequest as UPDATE_FUNCTION_CODE_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        zip_file: Option<bytes::Bytes> = Member::new("ZipFile", &BLOB),
        s3_bucket: Option<String> = Member::new("S3Bucket", &S3_BUCKET),
        s3_key: Option<String> = Member::new("S3Key", &S3_KEY),
        s3_object_version: Option<String> = Member::new("S3ObjectVersion", &S3_OBJECT_VERSION),
        image_uri: Option<String> = Member::new("ImageUri", &STRING),
        publish: Option<bool> = Member::new("Publish", &BOOLEAN),
        dry_run: Option<bool> = Member::new("DryRun", &BOOLEAN),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
        architectures: Option<Vec<Architecture>> = Member::new("Architectures", &ARCHITECTURES_LIST),
        source_kms_key_arn: Option<String> = Member::new("SourceKMSKeyArn", &KMS_KEY_ARN),
        publish_to: Option<FunctionVersionLatestPublished> = Member::new("PublishTo", &FUNCTION_VERSION_LATEST_PUBLISHED),
    }
    pub struct UpdateFunctionConfigurationRequest as UPDATE_FUNCTION_CONFIGURATION_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        role: Option<String> = Member::new("Role", &ROLE_ARN),
        handler: Option<String> = Member::new("Handler", &HANDLER),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        timeout: Option<i32> = Member::new("Timeout", &TIMEOUT),
        memory_size: Option<i32> = Member::new("MemorySize", &MEMORY_SIZE),
        vpc_config: Option<VpcConfig> = Member::new("VpcConfig", &VPC_CONFIG),
        environment: Option<Environment> = Member::new("Environment", &ENVIRONMENT),
        runtime: Option<Runtime> = Member::new("Runtime", &RUNTIME),
        dead_letter_config: Option<DeadLetterConfig> = Member::new("DeadLetterConfig", &DEAD_LETTER_CONFIG),
        kms_key_arn: Option<String> = Member::new("KMSKeyArn", &KMS_KEY_ARN),
        tracing_config: Option<TracingConfig> = Member::new("TracingConfig", &TRACING_CONFIG),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
        layers: Option<Vec<String>> = Member::new("Layers", &LAYER_LIST),
        file_system_configs: Option<Vec<FileSystemConfig>> = Member::new("FileSystemConfigs", &FILE_SYSTEM_CONFIG_LIST),
        image_config: Option<ImageConfig> = Member::new("ImageConfig", &IMAGE_CONFIG),
        ephemeral_storage: Option<EphemeralStorage> = Member::new("EphemeralStorage", &EPHEMERAL_STORAGE),
        snap_start: Option<SnapStart> = Member::new("SnapStart", &SNAP_START),
        logging_config: Option<LoggingConfig> = Member::new("LoggingConfig", &LOGGING_CONFIG),
        capacity_provider_config: Option<CapacityProviderConfig> = Member::new("CapacityProviderConfig", &CAPACITY_PROVIDER_CONFIG),
        durable_config: Option<DurableConfig> = Member::new("DurableConfig", &DURABLE_CONFIG),
    }
    pub struct UpdateFunctionEventInvokeConfigRequest as UPDATE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        maximum_retry_attempts: Option<i32> = Member::new("MaximumRetryAttempts", &MAXIMUM_RETRY_ATTEMPTS),
        maximum_event_age_in_seconds: Option<i32> = Member::new("MaximumEventAgeInSeconds", &MAXIMUM_EVENT_AGE_IN_SECONDS),
        destination_config: Option<DestinationConfig> = Member::new("DestinationConfig", &DESTINATION_CONFIG),
    }
    pub struct UpdateFunctionUrlConfigRequest as UPDATE_FUNCTION_URL_CONFIG_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &FUNCTION_URL_QUALIFIER).query("Qualifier"),
        auth_type: Option<FunctionUrlAuthType> = Member::new("AuthType", &FUNCTION_URL_AUTH_TYPE),
        cors: Option<Cors> = Member::new("Cors", &CORS),
        invoke_mode: Option<InvokeMode> = Member::new("InvokeMode", &INVOKE_MODE),
    }
    pub struct UpdateFunctionUrlConfigResponse as UPDATE_FUNCTION_URL_CONFIG_RESPONSE {
        function_url: String = Member::new("FunctionUrl", &FUNCTION_URL).required(),
        function_arn: String = Member::new("FunctionArn", &FUNCTION_ARN).required(),
        auth_type: FunctionUrlAuthType = Member::new("AuthType", &FUNCTION_URL_AUTH_TYPE).required(),
        cors: Option<Cors> = Member::new("Cors", &CORS),
        creation_time: String = Member::new("CreationTime", &TIMESTAMP).required(),
        last_modified_time: String = Member::new("LastModifiedTime", &TIMESTAMP).required(),
        invoke_mode: Option<InvokeMode> = Member::new("InvokeMode", &INVOKE_MODE),
    }
    pub struct VpcConfig as VPC_CONFIG {
        subnet_ids: Option<Vec<String>> = Member::new("SubnetIds", &SUBNET_IDS),
        security_group_ids: Option<Vec<String>> = Member::new("SecurityGroupIds", &SECURITY_GROUP_IDS),
        ipv6_allowed_for_dual_stack: Option<bool> = Member::new("Ipv6AllowedForDualStack", &NULLABLE_BOOLEAN),
    }
    pub struct VpcConfigResponse as VPC_CONFIG_RESPONSE {
        subnet_ids: Option<Vec<String>> = Member::new("SubnetIds", &SUBNET_IDS),
        security_group_ids: Option<Vec<String>> = Member::new("SecurityGroupIds", &SECURITY_GROUP_IDS),
        vpc_id: Option<String> = Member::new("VpcId", &VPC_ID),
        ipv6_allowed_for_dual_stack: Option<bool> = Member::new("Ipv6AllowedForDualStack", &NULLABLE_BOOLEAN),
    }
    pub struct WaitCancelledDetails as WAIT_CANCELLED_DETAILS {
        error: Option<EventError> = Member::new("Error", &EVENT_ERROR),
    }
    pub struct WaitDetails as WAIT_DETAILS {
        scheduled_end_timestamp: Option<jiff::Timestamp> = Member::new("ScheduledEndTimestamp", &EXECUTION_TIMESTAMP),
    }
    pub struct WaitOptions as WAIT_OPTIONS {
        wait_seconds: Option<i32> = Member::new("WaitSeconds", &WAIT_OPTIONS_WAIT_SECONDS_INTEGER),
    }
    pub struct WaitStartedDetails as WAIT_STARTED_DETAILS {
        duration: i32 = Member::new("Duration", &DURATION_SECONDS).required(),
        scheduled_end_timestamp: jiff::Timestamp = Member::new("ScheduledEndTimestamp", &EXECUTION_TIMESTAMP).required(),
    }
    pub struct WaitSucceededDetails as WAIT_SUCCEEDED_DETAILS {
        duration: Option<i32> = Member::new("Duration", &DURATION_SECONDS),
    }
}

cloud_wire::streaming_structure! {
    pub struct InvokeWithResponseStreamResponse as INVOKE_WITH_RESPONSE_STREAM_RESPONSE {
        status_code: Option<i32> = Member::new("StatusCode", &INTEGER).status(),
        executed_version: Option<String> = Member::new("ExecutedVersion", &VERSION).header("X-Amz-Executed-Version"),
        event_stream: cloud_wire::EventStream<InvokeWithResponseStreamResponseEvent> = Member::new("EventStream", &INVOKE_WITH_RESPONSE_STREAM_RESPONSE_EVENT).payload(),
        response_stream_content_type: Option<String> = Member::new("ResponseStreamContentType", &STRING).header("Content-Type"),
    }
}

cloud_wire::errors! {
    CallbackTimeoutException = ("CallbackTimeoutException", 400, "Message", "Type": "User"),
    CodeSigningConfigNotFoundException = ("CodeSigningConfigNotFoundException", 404, "Message", "Type": "User"),
    CodeStorageExceededException = ("CodeStorageExceededException", 400, "message", "Type": "User"),
    CodeVerificationFailedException = ("CodeVerificationFailedException", 400, "Message", "Type": "User"),
    DurableExecutionAlreadyStartedException = ("DurableExecutionAlreadyStartedException", 409, "Message", "Type": "User"),
    EC2AccessDeniedException = ("EC2AccessDeniedException", 502, "Message"),
    EC2ThrottledException = ("EC2ThrottledException", 502, "Message"),
    EC2UnexpectedException = ("EC2UnexpectedException", 502, "Message"),
    EFSIOException = ("EFSIOException", 410, "Message", "Type": "User"),
    EFSMountConnectivityException = ("EFSMountConnectivityException", 408, "Message", "Type": "User"),
    EFSMountFailureException = ("EFSMountFailureException", 403, "Message", "Type": "User"),
    EFSMountTimeoutException = ("EFSMountTimeoutException", 408, "Message", "Type": "User"),
    ENILimitReachedException = ("ENILimitReachedException", 502, "Message"),
    FunctionVersionsPerCapacityProviderLimitExceededException = ("FunctionVersionsPerCapacityProviderLimitExceededException", 400, "message", "Type": "User"),
    InvalidCodeSignatureException = ("InvalidCodeSignatureException", 400, "Message", "Type": "User"),
    InvalidParameterValueException = ("InvalidParameterValueException", 400, "message", "Type": "User"),
    InvalidRequestContentException = ("InvalidRequestContentException", 400, "message", "Type": "User"),
    InvalidRuntimeException = ("InvalidRuntimeException", 502, "Message"),
    InvalidSecurityGroupIDException = ("InvalidSecurityGroupIDException", 502, "Message"),
    InvalidSubnetIDException = ("InvalidSubnetIDException", 502, "Message"),
    InvalidZipFileException = ("InvalidZipFileException", 502, "Message"),
    KMSAccessDeniedException = ("KMSAccessDeniedException", 502, "Message"),
    KMSDisabledException = ("KMSDisabledException", 502, "Message"),
    KMSInvalidStateException = ("KMSInvalidStateException", 502, "Message"),
    KMSNotFoundException = ("KMSNotFoundException", 502, "Message"),
    NoPublishedVersionException = ("NoPublishedVersionException", 400, "Message", "Type": "User"),
    PolicyLengthExceededException = ("PolicyLengthExceededException", 400, "message", "Type": "User"),
    PreconditionFailedException = ("PreconditionFailedException", 412, "message", "Type": "User"),
    ProvisionedConcurrencyConfigNotFoundException = ("ProvisionedConcurrencyConfigNotFoundException", 404, "message", "Type": "User"),
    RecursiveInvocationException = ("RecursiveInvocationException", 400, "Message", "Type": "User"),
    RequestTooLargeException = ("RequestTooLargeException", 413, "message", "Type": "User"),
    ResourceConflictException = ("ResourceConflictException", 409, "message", "Type": "User"),
    ResourceInUseException = ("ResourceInUseException", 400, "Message", "Type": "User"),
    ResourceNotFoundException = ("ResourceNotFoundException", 404, "Message", "Type": "User"),
    ResourceNotReadyException = ("ResourceNotReadyException", 502, "message"),
    S3FilesMountConnectivityException = ("S3FilesMountConnectivityException", 408, "Message", "Type": "User"),
    S3FilesMountFailureException = ("S3FilesMountFailureException", 403, "Message", "Type": "User"),
    S3FilesMountTimeoutException = ("S3FilesMountTimeoutException", 408, "Message", "Type": "User"),
    SerializedRequestEntityTooLargeException = ("SerializedRequestEntityTooLargeException", 413, "message", "Type": "User"),
    ServiceException = ("ServiceException", 500, "Message"),
    SnapStartException = ("SnapStartException", 400, "Message", "Type": "User"),
    SnapStartNotReadyException = ("SnapStartNotReadyException", 409, "Message", "Type": "User"),
    SnapStartTimeoutException = ("SnapStartTimeoutException", 408, "Message", "Type": "User"),
    SubnetIPAddressLimitReachedException = ("SubnetIPAddressLimitReachedException", 502, "Message"),
    TooManyRequestsException = ("TooManyRequestsException", 429, "message", "Type": "User"),
    UnsupportedMediaTypeException = ("UnsupportedMediaTypeException", 415, "message", "Type": "User"),
}

cloud_wire::operations! {
    AddLayerVersionPermission(super::AddLayerVersionPermissionRequest) -> super::AddLayerVersionPermissionResponse = "POST" "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy" 201, super::ADD_LAYER_VERSION_PERMISSION_REQUEST, super::ADD_LAYER_VERSION_PERMISSION_RESPONSE;
    AddPermission(super::AddPermissionRequest) -> super::AddPermissionResponse = "POST" "/2015-03-31/functions/{FunctionName}/policy" 201, super::ADD_PERMISSION_REQUEST, super::ADD_PERMISSION_RESPONSE;
    CheckpointDurableExecution(super::CheckpointDurableExecutionRequest) -> super::CheckpointDurableExecutionResponse = "POST" "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint" 200, super::CHECKPOINT_DURABLE_EXECUTION_REQUEST, super::CHECKPOINT_DURABLE_EXECUTION_RESPONSE, .body_limit(12583112);
    CreateAlias(super::CreateAliasRequest) -> super::AliasConfiguration = "POST" "/2015-03-31/functions/{FunctionName}/aliases" 201, super::CREATE_ALIAS_REQUEST, super::ALIAS_CONFIGURATION;
    CreateCodeSigningConfig(super::CreateCodeSigningConfigRequest) -> super::CreateCodeSigningConfigResponse = "POST" "/2020-04-22/code-signing-configs" 201, super::CREATE_CODE_SIGNING_CONFIG_REQUEST, super::CREATE_CODE_SIGNING_CONFIG_RESPONSE;
    CreateEventSourceMapping(super::CreateEventSourceMappingRequest) -> super::EventSourceMappingConfiguration = "POST" "/2015-03-31/event-source-mappings" 202, super::CREATE_EVENT_SOURCE_MAPPING_REQUEST, super::EVENT_SOURCE_MAPPING_CONFIGURATION;
    CreateFunction(super::CreateFunctionRequest) -> super::FunctionConfiguration = "POST" "/2015-03-31/functions" 201, super::CREATE_FUNCTION_REQUEST, super::FUNCTION_CONFIGURATION, .body_limit(70167211);
    CreateFunctionUrlConfig(super::CreateFunctionUrlConfigRequest) -> super::CreateFunctionUrlConfigResponse = "POST" "/2021-10-31/functions/{FunctionName}/url" 201, super::CREATE_FUNCTION_URL_CONFIG_REQUEST, super::CREATE_FUNCTION_URL_CONFIG_RESPONSE;
    DeleteAlias(super::DeleteAliasRequest) -> () = "DELETE" "/2015-03-31/functions/{FunctionName}/aliases/{Name}" 204, super::DELETE_ALIAS_REQUEST, cloud_wire::shape::UNIT;
    DeleteCodeSigningConfig(super::DeleteCodeSigningConfigRequest) -> super::DeleteCodeSigningConfigResponse = "DELETE" "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}" 204, super::DELETE_CODE_SIGNING_CONFIG_REQUEST, super::DELETE_CODE_SIGNING_CONFIG_RESPONSE;
    DeleteDurableExecution(super::DeleteDurableExecutionRequest) -> super::DeleteDurableExecutionResponse = "DELETE" "/2025-12-01/durable-executions/{DurableExecutionArn}" 202, super::DELETE_DURABLE_EXECUTION_REQUEST, super::DELETE_DURABLE_EXECUTION_RESPONSE;
    DeleteEventSourceMapping(super::DeleteEventSourceMappingRequest) -> super::EventSourceMappingConfiguration = "DELETE" "/2015-03-31/event-source-mappings/{UUID}" 202, super::DELETE_EVENT_SOURCE_MAPPING_REQUEST, super::EVENT_SOURCE_MAPPING_CONFIGURATION;
    DeleteFunction(super::DeleteFunctionRequest) -> super::DeleteFunctionResponse = "DELETE" "/2015-03-31/functions/{FunctionName}" 200, super::DELETE_FUNCTION_REQUEST, super::DELETE_FUNCTION_RESPONSE;
    DeleteFunctionCodeSigningConfig(super::DeleteFunctionCodeSigningConfigRequest) -> () = "DELETE" "/2020-06-30/functions/{FunctionName}/code-signing-config" 204, super::DELETE_FUNCTION_CODE_SIGNING_CONFIG_REQUEST, cloud_wire::shape::UNIT;
    DeleteFunctionConcurrency(super::DeleteFunctionConcurrencyRequest) -> () = "DELETE" "/2017-10-31/functions/{FunctionName}/concurrency" 204, super::DELETE_FUNCTION_CONCURRENCY_REQUEST, cloud_wire::shape::UNIT;
    DeleteFunctionEventInvokeConfig(super::DeleteFunctionEventInvokeConfigRequest) -> () = "DELETE" "/2019-09-25/functions/{FunctionName}/event-invoke-config" 204, super::DELETE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST, cloud_wire::shape::UNIT;
    DeleteFunctionUrlConfig(super::DeleteFunctionUrlConfigRequest) -> () = "DELETE" "/2021-10-31/functions/{FunctionName}/url" 204, super::DELETE_FUNCTION_URL_CONFIG_REQUEST, cloud_wire::shape::UNIT;
    DeleteLayerVersion(super::DeleteLayerVersionRequest) -> () = "DELETE" "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}" 204, super::DELETE_LAYER_VERSION_REQUEST, cloud_wire::shape::UNIT;
    DeleteProvisionedConcurrencyConfig(super::DeleteProvisionedConcurrencyConfigRequest) -> () = "DELETE" "/2019-09-30/functions/{FunctionName}/provisioned-concurrency" 204, super::DELETE_PROVISIONED_CONCURRENCY_CONFIG_REQUEST, cloud_wire::shape::UNIT;
    GetAccountSettings(super::GetAccountSettingsRequest) -> super::GetAccountSettingsResponse = "GET" "/2016-08-19/account-settings" 200, super::GET_ACCOUNT_SETTINGS_REQUEST, super::GET_ACCOUNT_SETTINGS_RESPONSE;
    GetAlias(super::GetAliasRequest) -> super::AliasConfiguration = "GET" "/2015-03-31/functions/{FunctionName}/aliases/{Name}" 200, super::GET_ALIAS_REQUEST, super::ALIAS_CONFIGURATION;
    GetCodeSigningConfig(super::GetCodeSigningConfigRequest) -> super::GetCodeSigningConfigResponse = "GET" "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}" 200, super::GET_CODE_SIGNING_CONFIG_REQUEST, super::GET_CODE_SIGNING_CONFIG_RESPONSE;
    GetDurableExecution(super::GetDurableExecutionRequest) -> super::GetDurableExecutionResponse = "GET" "/2025-12-01/durable-executions/{DurableExecutionArn}" 200, super::GET_DURABLE_EXECUTION_REQUEST, super::GET_DURABLE_EXECUTION_RESPONSE;
    GetDurableExecutionHistory(super::GetDurableExecutionHistoryRequest) -> super::GetDurableExecutionHistoryResponse = "GET" "/2025-12-01/durable-executions/{DurableExecutionArn}/history" 200, super::GET_DURABLE_EXECUTION_HISTORY_REQUEST, super::GET_DURABLE_EXECUTION_HISTORY_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    GetDurableExecutionState(super::GetDurableExecutionStateRequest) -> super::GetDurableExecutionStateResponse = "GET" "/2025-12-01/durable-executions/{DurableExecutionArn}/state" 200, super::GET_DURABLE_EXECUTION_STATE_REQUEST, super::GET_DURABLE_EXECUTION_STATE_RESPONSE;
    GetEventSourceMapping(super::GetEventSourceMappingRequest) -> super::EventSourceMappingConfiguration = "GET" "/2015-03-31/event-source-mappings/{UUID}" 200, super::GET_EVENT_SOURCE_MAPPING_REQUEST, super::EVENT_SOURCE_MAPPING_CONFIGURATION;
    GetFunction(super::GetFunctionRequest) -> super::GetFunctionResponse = "GET" "/2015-03-31/functions/{FunctionName}" 200, super::GET_FUNCTION_REQUEST, super::GET_FUNCTION_RESPONSE;
    GetFunctionCodeSigningConfig(super::GetFunctionCodeSigningConfigRequest) -> super::GetFunctionCodeSigningConfigResponse = "GET" "/2020-06-30/functions/{FunctionName}/code-signing-config" 200, super::GET_FUNCTION_CODE_SIGNING_CONFIG_REQUEST, super::GET_FUNCTION_CODE_SIGNING_CONFIG_RESPONSE;
    GetFunctionConcurrency(super::GetFunctionConcurrencyRequest) -> super::GetFunctionConcurrencyResponse = "GET" "/2019-09-30/functions/{FunctionName}/concurrency" 200, super::GET_FUNCTION_CONCURRENCY_REQUEST, super::GET_FUNCTION_CONCURRENCY_RESPONSE;
    GetFunctionConfiguration(super::GetFunctionConfigurationRequest) -> super::FunctionConfiguration = "GET" "/2015-03-31/functions/{FunctionName}/configuration" 200, super::GET_FUNCTION_CONFIGURATION_REQUEST, super::FUNCTION_CONFIGURATION;
    GetFunctionEventInvokeConfig(super::GetFunctionEventInvokeConfigRequest) -> super::FunctionEventInvokeConfig = "GET" "/2019-09-25/functions/{FunctionName}/event-invoke-config" 200, super::GET_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST, super::FUNCTION_EVENT_INVOKE_CONFIG;
    GetFunctionRecursionConfig(super::GetFunctionRecursionConfigRequest) -> super::GetFunctionRecursionConfigResponse = "GET" "/2024-08-31/functions/{FunctionName}/recursion-config" 200, super::GET_FUNCTION_RECURSION_CONFIG_REQUEST, super::GET_FUNCTION_RECURSION_CONFIG_RESPONSE;
    GetFunctionUrlConfig(super::GetFunctionUrlConfigRequest) -> super::GetFunctionUrlConfigResponse = "GET" "/2021-10-31/functions/{FunctionName}/url" 200, super::GET_FUNCTION_URL_CONFIG_REQUEST, super::GET_FUNCTION_URL_CONFIG_RESPONSE;
    GetLayerVersion(super::GetLayerVersionRequest) -> super::GetLayerVersionResponse = "GET" "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}" 200, super::GET_LAYER_VERSION_REQUEST, super::GET_LAYER_VERSION_RESPONSE;
    GetLayerVersionByArn(super::GetLayerVersionByArnRequest) -> super::GetLayerVersionResponse = "GET" "/2018-10-31/layers?find=LayerVersion" 200, super::GET_LAYER_VERSION_BY_ARN_REQUEST, super::GET_LAYER_VERSION_RESPONSE, .action("GetLayerVersion");
    GetLayerVersionPolicy(super::GetLayerVersionPolicyRequest) -> super::GetLayerVersionPolicyResponse = "GET" "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy" 200, super::GET_LAYER_VERSION_POLICY_REQUEST, super::GET_LAYER_VERSION_POLICY_RESPONSE;
    GetPolicy(super::GetPolicyRequest) -> super::GetPolicyResponse = "GET" "/2015-03-31/functions/{FunctionName}/policy" 200, super::GET_POLICY_REQUEST, super::GET_POLICY_RESPONSE;
    GetProvisionedConcurrencyConfig(super::GetProvisionedConcurrencyConfigRequest) -> super::GetProvisionedConcurrencyConfigResponse = "GET" "/2019-09-30/functions/{FunctionName}/provisioned-concurrency" 200, super::GET_PROVISIONED_CONCURRENCY_CONFIG_REQUEST, super::GET_PROVISIONED_CONCURRENCY_CONFIG_RESPONSE;
    GetRuntimeManagementConfig(super::GetRuntimeManagementConfigRequest) -> super::GetRuntimeManagementConfigResponse = "GET" "/2021-07-20/functions/{FunctionName}/runtime-management-config" 200, super::GET_RUNTIME_MANAGEMENT_CONFIG_REQUEST, super::GET_RUNTIME_MANAGEMENT_CONFIG_RESPONSE;
    Invoke(super::InvocationRequest) -> super::InvocationResponse = "POST" "/2015-03-31/functions/{FunctionName}/invocations" 200, super::INVOCATION_REQUEST, super::INVOCATION_RESPONSE, .body_limit(12583112).too_large("RequestTooLargeException", 413).action("InvokeFunction");
    InvokeWithResponseStream(super::InvokeWithResponseStreamRequest) -> super::InvokeWithResponseStreamResponse = "POST" "/2021-11-15/functions/{FunctionName}/response-streaming-invocations" 200, super::INVOKE_WITH_RESPONSE_STREAM_REQUEST, super::INVOKE_WITH_RESPONSE_STREAM_RESPONSE, .body_limit(12583112).too_large("RequestTooLargeException", 413).action("InvokeFunction");
    ListAliases(super::ListAliasesRequest) -> super::ListAliasesResponse = "GET" "/2015-03-31/functions/{FunctionName}/aliases" 200, super::LIST_ALIASES_REQUEST, super::LIST_ALIASES_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListCodeSigningConfigs(super::ListCodeSigningConfigsRequest) -> super::ListCodeSigningConfigsResponse = "GET" "/2020-04-22/code-signing-configs" 200, super::LIST_CODE_SIGNING_CONFIGS_REQUEST, super::LIST_CODE_SIGNING_CONFIGS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListDurableExecutionsByFunction(super::ListDurableExecutionsByFunctionRequest) -> super::ListDurableExecutionsByFunctionResponse = "GET" "/2025-12-01/functions/{FunctionName}/durable-executions" 200, super::LIST_DURABLE_EXECUTIONS_BY_FUNCTION_REQUEST, super::LIST_DURABLE_EXECUTIONS_BY_FUNCTION_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListEventSourceMappings(super::ListEventSourceMappingsRequest) -> super::ListEventSourceMappingsResponse = "GET" "/2015-03-31/event-source-mappings" 200, super::LIST_EVENT_SOURCE_MAPPINGS_REQUEST, super::LIST_EVENT_SOURCE_MAPPINGS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListFunctionEventInvokeConfigs(super::ListFunctionEventInvokeConfigsRequest) -> super::ListFunctionEventInvokeConfigsResponse = "GET" "/2019-09-25/functions/{FunctionName}/event-invoke-config/list" 200, super::LIST_FUNCTION_EVENT_INVOKE_CONFIGS_REQUEST, super::LIST_FUNCTION_EVENT_INVOKE_CONFIGS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListFunctionUrlConfigs(super::ListFunctionUrlConfigsRequest) -> super::ListFunctionUrlConfigsResponse = "GET" "/2021-10-31/functions/{FunctionName}/urls" 200, super::LIST_FUNCTION_URL_CONFIGS_REQUEST, super::LIST_FUNCTION_URL_CONFIGS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListFunctions(super::ListFunctionsRequest) -> super::ListFunctionsResponse = "GET" "/2015-03-31/functions" 200, super::LIST_FUNCTIONS_REQUEST, super::LIST_FUNCTIONS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListFunctionsByCodeSigningConfig(super::ListFunctionsByCodeSigningConfigRequest) -> super::ListFunctionsByCodeSigningConfigResponse = "GET" "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions" 200, super::LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG_REQUEST, super::LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListLayerVersions(super::ListLayerVersionsRequest) -> super::ListLayerVersionsResponse = "GET" "/2018-10-31/layers/{LayerName}/versions" 200, super::LIST_LAYER_VERSIONS_REQUEST, super::LIST_LAYER_VERSIONS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListLayers(super::ListLayersRequest) -> super::ListLayersResponse = "GET" "/2018-10-31/layers" 200, super::LIST_LAYERS_REQUEST, super::LIST_LAYERS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListProvisionedConcurrencyConfigs(super::ListProvisionedConcurrencyConfigsRequest) -> super::ListProvisionedConcurrencyConfigsResponse = "GET" "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL" 200, super::LIST_PROVISIONED_CONCURRENCY_CONFIGS_REQUEST, super::LIST_PROVISIONED_CONCURRENCY_CONFIGS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListTags(super::ListTagsRequest) -> super::ListTagsResponse = "GET" "/2017-03-31/tags/{Resource}" 200, super::LIST_TAGS_REQUEST, super::LIST_TAGS_RESPONSE;
    ListVersionsByFunction(super::ListVersionsByFunctionRequest) -> super::ListVersionsByFunctionResponse = "GET" "/2015-03-31/functions/{FunctionName}/versions" 200, super::LIST_VERSIONS_BY_FUNCTION_REQUEST, super::LIST_VERSIONS_BY_FUNCTION_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    PauseDurableExecution(super::PauseDurableExecutionRequest) -> super::PauseDurableExecutionResponse = "POST" "/2025-12-01/durable-executions/{DurableExecutionArn}/pause" 202, super::PAUSE_DURABLE_EXECUTION_REQUEST, super::PAUSE_DURABLE_EXECUTION_RESPONSE;
    PublishLayerVersion(super::PublishLayerVersionRequest) -> super::PublishLayerVersionResponse = "POST" "/2018-10-31/layers/{LayerName}/versions" 201, super::PUBLISH_LAYER_VERSION_REQUEST, super::PUBLISH_LAYER_VERSION_RESPONSE, .body_limit(70167211);
    PublishVersion(super::PublishVersionRequest) -> super::FunctionConfiguration = "POST" "/2015-03-31/functions/{FunctionName}/versions" 201, super::PUBLISH_VERSION_REQUEST, super::FUNCTION_CONFIGURATION;
    PutFunctionCodeSigningConfig(super::PutFunctionCodeSigningConfigRequest) -> super::PutFunctionCodeSigningConfigResponse = "PUT" "/2020-06-30/functions/{FunctionName}/code-signing-config" 200, super::PUT_FUNCTION_CODE_SIGNING_CONFIG_REQUEST, super::PUT_FUNCTION_CODE_SIGNING_CONFIG_RESPONSE;
    PutFunctionConcurrency(super::PutFunctionConcurrencyRequest) -> super::Concurrency = "PUT" "/2017-10-31/functions/{FunctionName}/concurrency" 200, super::PUT_FUNCTION_CONCURRENCY_REQUEST, super::CONCURRENCY;
    PutFunctionEventInvokeConfig(super::PutFunctionEventInvokeConfigRequest) -> super::FunctionEventInvokeConfig = "PUT" "/2019-09-25/functions/{FunctionName}/event-invoke-config" 200, super::PUT_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST, super::FUNCTION_EVENT_INVOKE_CONFIG;
    PutFunctionRecursionConfig(super::PutFunctionRecursionConfigRequest) -> super::PutFunctionRecursionConfigResponse = "PUT" "/2024-08-31/functions/{FunctionName}/recursion-config" 200, super::PUT_FUNCTION_RECURSION_CONFIG_REQUEST, super::PUT_FUNCTION_RECURSION_CONFIG_RESPONSE;
    PutProvisionedConcurrencyConfig(super::PutProvisionedConcurrencyConfigRequest) -> super::PutProvisionedConcurrencyConfigResponse = "PUT" "/2019-09-30/functions/{FunctionName}/provisioned-concurrency" 202, super::PUT_PROVISIONED_CONCURRENCY_CONFIG_REQUEST, super::PUT_PROVISIONED_CONCURRENCY_CONFIG_RESPONSE;
    PutRuntimeManagementConfig(super::PutRuntimeManagementConfigRequest) -> super::PutRuntimeManagementConfigResponse = "PUT" "/2021-07-20/functions/{FunctionName}/runtime-management-config" 200, super::PUT_RUNTIME_MANAGEMENT_CONFIG_REQUEST, super::PUT_RUNTIME_MANAGEMENT_CONFIG_RESPONSE;
    RemoveLayerVersionPermission(super::RemoveLayerVersionPermissionRequest) -> () = "DELETE" "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}" 204, super::REMOVE_LAYER_VERSION_PERMISSION_REQUEST, cloud_wire::shape::UNIT;
    RemovePermission(super::RemovePermissionRequest) -> () = "DELETE" "/2015-03-31/functions/{FunctionName}/policy/{StatementId}" 204, super::REMOVE_PERMISSION_REQUEST, cloud_wire::shape::UNIT;
    ResumeDurableExecution(super::ResumeDurableExecutionRequest) -> super::ResumeDurableExecutionResponse = "POST" "/2025-12-01/durable-executions/{DurableExecutionArn}/resume" 202, super::RESUME_DURABLE_EXECUTION_REQUEST, super::RESUME_DURABLE_EXECUTION_RESPONSE;
    SendDurableExecutionCallbackFailure(super::SendDurableExecutionCallbackFailureRequest) -> super::SendDurableExecutionCallbackFailureResponse = "POST" "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail" 200, super::SEND_DURABLE_EXECUTION_CALLBACK_FAILURE_REQUEST, super::SEND_DURABLE_EXECUTION_CALLBACK_FAILURE_RESPONSE;
    SendDurableExecutionCallbackHeartbeat(super::SendDurableExecutionCallbackHeartbeatRequest) -> super::SendDurableExecutionCallbackHeartbeatResponse = "POST" "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat" 200, super::SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT_REQUEST, super::SEND_DURABLE_EXECUTION_CALLBACK_HEARTBEAT_RESPONSE;
    SendDurableExecutionCallbackSuccess(super::SendDurableExecutionCallbackSuccessRequest) -> super::SendDurableExecutionCallbackSuccessResponse = "POST" "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed" 200, super::SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS_REQUEST, super::SEND_DURABLE_EXECUTION_CALLBACK_SUCCESS_RESPONSE;
    StopDurableExecution(super::StopDurableExecutionRequest) -> super::StopDurableExecutionResponse = "POST" "/2025-12-01/durable-executions/{DurableExecutionArn}/stop" 200, super::STOP_DURABLE_EXECUTION_REQUEST, super::STOP_DURABLE_EXECUTION_RESPONSE;
    TagResource(super::TagResourceRequest) -> () = "POST" "/2017-03-31/tags/{Resource}" 204, super::TAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UntagResource(super::UntagResourceRequest) -> () = "DELETE" "/2017-03-31/tags/{Resource}" 204, super::UNTAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UpdateAlias(super::UpdateAliasRequest) -> super::AliasConfiguration = "PUT" "/2015-03-31/functions/{FunctionName}/aliases/{Name}" 200, super::UPDATE_ALIAS_REQUEST, super::ALIAS_CONFIGURATION;
    UpdateCodeSigningConfig(super::UpdateCodeSigningConfigRequest) -> super::UpdateCodeSigningConfigResponse = "PUT" "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}" 200, super::UPDATE_CODE_SIGNING_CONFIG_REQUEST, super::UPDATE_CODE_SIGNING_CONFIG_RESPONSE;
    UpdateEventSourceMapping(super::UpdateEventSourceMappingRequest) -> super::EventSourceMappingConfiguration = "PUT" "/2015-03-31/event-source-mappings/{UUID}" 202, super::UPDATE_EVENT_SOURCE_MAPPING_REQUEST, super::EVENT_SOURCE_MAPPING_CONFIGURATION;
    UpdateFunctionCode(super::UpdateFunctionCodeRequest) -> super::FunctionConfiguration = "PUT" "/2015-03-31/functions/{FunctionName}/code" 200, super::UPDATE_FUNCTION_CODE_REQUEST, super::FUNCTION_CONFIGURATION, .body_limit(70167211);
    UpdateFunctionConfiguration(super::UpdateFunctionConfigurationRequest) -> super::FunctionConfiguration = "PUT" "/2015-03-31/functions/{FunctionName}/configuration" 200, super::UPDATE_FUNCTION_CONFIGURATION_REQUEST, super::FUNCTION_CONFIGURATION;
    UpdateFunctionEventInvokeConfig(super::UpdateFunctionEventInvokeConfigRequest) -> super::FunctionEventInvokeConfig = "POST" "/2019-09-25/functions/{FunctionName}/event-invoke-config" 200, super::UPDATE_FUNCTION_EVENT_INVOKE_CONFIG_REQUEST, super::FUNCTION_EVENT_INVOKE_CONFIG;
    UpdateFunctionUrlConfig(super::UpdateFunctionUrlConfigRequest) -> super::UpdateFunctionUrlConfigResponse = "PUT" "/2021-10-31/functions/{FunctionName}/url" 200, super::UPDATE_FUNCTION_URL_CONFIG_REQUEST, super::UPDATE_FUNCTION_URL_CONFIG_RESPONSE;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "lambda",
    signing_name: "lambda",
    endpoint_prefix: "lambda",
    protocol: cloud_wire::Protocol::RestJson,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2015-03-31",
    xml_namespace: "",
    validation_code: "ValidationException",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal(
        "InvalidParameterValueException",
        400,
        "The Marker is not one of this list. Take NextMarker of the page before.",
    ),
    wrong_union: ServiceModel::WRONG_UNION,
};
