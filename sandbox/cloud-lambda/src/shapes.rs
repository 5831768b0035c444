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
pub static ADDITIONAL_VERSION: Schema =
    Schema::string("AdditionalVersion").min(1).max(1024).pattern("[0-9]+");
pub static ADDITIONAL_VERSION_WEIGHTS: Schema =
    Schema::map("AdditionalVersionWeights", &ADDITIONAL_VERSION, &WEIGHT);
pub static ALIAS: Schema = Schema::string("Alias").min(1).max(128).pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
pub static ALIAS_LIST: Schema = Schema::list("AliasList", &ALIAS_CONFIGURATION);
pub static ARCHITECTURES_LIST: Schema = Schema::list("ArchitecturesList", &ARCHITECTURE).min(1).max(1);
pub static ARN: Schema = Schema::string("Arn")
    .pattern("arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)");
pub static BLOB: Schema = Schema::blob("Blob");
pub static BOOLEAN: Schema = Schema::boolean("Boolean");
pub static CAPACITY_PROVIDER_ARN: Schema = Schema::string("CapacityProviderArn").min(1).max(140).pattern("arn:aws[a-zA-Z-]*:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:capacity-provider:[a-zA-Z0-9-_]+");
pub static CODE_SIGNING_CONFIG_ARN: Schema = Schema::string("CodeSigningConfigArn").min(0).max(200).pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:code-signing-config:csc-[a-z0-9]{17}");
pub static DESCRIPTION: Schema = Schema::string("Description").min(0).max(256);
pub static DURABLE_EXECUTION_ARN: Schema = Schema::string("DurableExecutionArn").min(1).max(1024).pattern("arn:([a-zA-Z0-9-]+):lambda:([a-zA-Z0-9-]+):(\\d{12}):function:([a-zA-Z0-9_-]+):(\\$LATEST(?:\\.PUBLISHED)?|[0-9]+)/durable-execution/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)");
pub static DURABLE_EXECUTION_NAME: Schema =
    Schema::string("DurableExecutionName").min(1).max(64).pattern("[a-zA-Z0-9-_]+");
pub static ENVIRONMENT_VARIABLE_NAME: Schema =
    Schema::string("EnvironmentVariableName").pattern("[a-zA-Z]([a-zA-Z0-9_])+");
pub static ENVIRONMENT_VARIABLE_VALUE: Schema = Schema::string("EnvironmentVariableValue");
pub static ENVIRONMENT_VARIABLES: Schema =
    Schema::map("EnvironmentVariables", &ENVIRONMENT_VARIABLE_NAME, &ENVIRONMENT_VARIABLE_VALUE);
pub static EPHEMERAL_STORAGE_SIZE: Schema = Schema::integer("EphemeralStorageSize").min(512).max(10240);
pub static EVENT_SOURCE_TOKEN: Schema =
    Schema::string("EventSourceToken").min(0).max(256).pattern("[a-zA-Z0-9._\\-]+");
pub static EXECUTION_ENVIRONMENT_MEMORY_GI_B_PER_V_CPU: Schema =
    Schema::float("ExecutionEnvironmentMemoryGiBPerVCpu").min(2).max(8);
pub static EXECUTION_TIMEOUT: Schema = Schema::integer("ExecutionTimeout").min(1).max(31622400);
pub static FILE_SYSTEM_ARN: Schema = Schema::string("FileSystemArn").min(0).max(256).pattern("arn:aws[a-zA-Z-]*:elasticfilesystem:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}");
pub static FILE_SYSTEM_CONFIG_LIST: Schema =
    Schema::list("FileSystemConfigList", &FILE_SYSTEM_CONFIG).min(0).max(1);
pub static FUNCTION_ARN: Schema = Schema::string("FunctionArn").min(0).max(10000).pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
pub static FUNCTION_LIST: Schema = Schema::list("FunctionList", &FUNCTION_CONFIGURATION);
pub static FUNCTION_NAME: Schema = Schema::string("FunctionName").min(1).max(140).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
pub static HANDLER: Schema = Schema::string("Handler").min(0).max(128).pattern("[^\\s]+");
pub static INTEGER: Schema = Schema::integer("Integer");
pub static INVOKED_VIA_FUNCTION_URL: Schema = Schema::boolean("InvokedViaFunctionUrl");
pub static KMS_KEY_ARN: Schema =
    Schema::string("KMSKeyArn").pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
pub static LAST_UPDATE_STATUS_REASON: Schema = Schema::string("LastUpdateStatusReason");
pub static LAYER_LIST: Schema = Schema::list("LayerList", &LAYER_VERSION_ARN);
pub static LAYER_VERSION_ARN: Schema = Schema::string("LayerVersionArn")
    .min(1)
    .max(140)
    .pattern("arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+");
pub static LAYERS_REFERENCE_LIST: Schema = Schema::list("LayersReferenceList", &LAYER);
pub static LOCAL_MOUNT_PATH: Schema =
    Schema::string("LocalMountPath").min(0).max(160).pattern("/mnt/[a-zA-Z0-9-_.]+");
pub static LOG_GROUP: Schema = Schema::string("LogGroup").min(1).max(512).pattern("[\\.\\-_/#A-Za-z0-9]+");
pub static LONG: Schema = Schema::integer("Long");
pub static MASTER_REGION: Schema =
    Schema::string("MasterRegion").pattern("ALL|[a-z]{2}(-gov)?-[a-z]+-\\d{1}");
pub static MAX_LIST_ITEMS: Schema = Schema::integer("MaxListItems").min(1).max(10000);
pub static MEMORY_SIZE: Schema = Schema::integer("MemorySize").min(128).max(32768);
pub static NAME_SPACED_FUNCTION_ARN: Schema = Schema::string("NameSpacedFunctionArn").min(0).max(10000).pattern("arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9-_\\.]+(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?");
pub static NAMESPACED_FUNCTION_NAME: Schema = Schema::string("NamespacedFunctionName").min(1).max(256).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?");
pub static NAMESPACED_STATEMENT_ID: Schema =
    Schema::string("NamespacedStatementId").min(1).max(100).pattern("([a-zA-Z0-9-_.]+)");
pub static NULLABLE_BOOLEAN: Schema = Schema::boolean("NullableBoolean");
pub static NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER: Schema =
    Schema::string("NumericLatestPublishedOrAliasQualifier")
        .min(1)
        .max(128)
        .pattern("\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+");
pub static PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY: Schema =
    Schema::integer("PerExecutionEnvironmentMaxConcurrency").min(1).max(1600);
pub static PRINCIPAL: Schema = Schema::string("Principal").pattern("[^\\s]+");
pub static PRINCIPAL_ORG_ID: Schema =
    Schema::string("PrincipalOrgID").min(12).max(34).pattern("o-[a-z0-9]{10,32}");
pub static RESERVED_CONCURRENT_EXECUTIONS: Schema = Schema::integer("ReservedConcurrentExecutions").min(0);
pub static RESOURCE_ARN: Schema =
    Schema::string("ResourceArn").pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
pub static RETENTION_PERIOD_IN_DAYS: Schema = Schema::integer("RetentionPeriodInDays").min(1).max(90);
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
pub static SECURITY_GROUP_ID: Schema =
    Schema::string("SecurityGroupId").min(0).max(1024).pattern("sg-[0-9a-zA-Z]*");
pub static SECURITY_GROUP_IDS: Schema = Schema::list("SecurityGroupIds", &SECURITY_GROUP_ID).min(0).max(5);
pub static SENSITIVE_STRING: Schema = Schema::string("SensitiveString");
pub static SOURCE_OWNER: Schema = Schema::string("SourceOwner").min(0).max(12).pattern("\\d{12}");
pub static STATE_REASON: Schema = Schema::string("StateReason");
pub static STATEMENT_ID: Schema = Schema::string("StatementId").min(1).max(100).pattern("([a-zA-Z0-9-_]+)");
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
pub static UNRESERVED_CONCURRENT_EXECUTIONS: Schema =
    Schema::integer("UnreservedConcurrentExecutions").min(0);
pub static VERSION: Schema = Schema::string("Version").min(1).max(1024).pattern("(\\$LATEST|[0-9]+)");
pub static VERSION_WITH_LATEST_PUBLISHED: Schema = Schema::string("VersionWithLatestPublished")
    .min(1)
    .max(1024)
    .pattern("(\\$LATEST(\\.PUBLISHED)?|[0-9]+)");
pub static VPC_ID: Schema = Schema::string("VpcId");
pub static WEIGHT: Schema = Schema::float("Weight").min(0).max(1);
pub static WORKING_DIRECTORY: Schema = Schema::string("WorkingDirectory").min(0).max(1000);

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
    pub enum PackageType as PACKAGE_TYPE {
        Zip = "Zip",
        Image = "Image",
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
    pub enum SnapStartApplyOn as SNAP_START_APPLY_ON {
        PublishedVersions = "PublishedVersions",
        NoneValue = "None",
    }
    pub enum SnapStartOptimizationStatus as SNAP_START_OPTIMIZATION_STATUS {
        On = "On",
        Off = "Off",
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
    pub struct CapacityProviderConfig as CAPACITY_PROVIDER_CONFIG {
        lambda_managed_instances_capacity_provider_config: LambdaManagedInstancesCapacityProviderConfig = Member::new("LambdaManagedInstancesCapacityProviderConfig", &LAMBDA_MANAGED_INSTANCES_CAPACITY_PROVIDER_CONFIG).required(),
    }
    pub struct Concurrency as CONCURRENCY {
        reserved_concurrent_executions: Option<i32> = Member::new("ReservedConcurrentExecutions", &RESERVED_CONCURRENT_EXECUTIONS),
    }
    pub struct CreateAliasRequest as CREATE_ALIAS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        name: String = Member::new("Name", &ALIAS).required(),
        function_version: String = Member::new("FunctionVersion", &VERSION_WITH_LATEST_PUBLISHED).required(),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        routing_config: Option<AliasRoutingConfiguration> = Member::new("RoutingConfig", &ALIAS_ROUTING_CONFIGURATION),
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
    pub struct DeadLetterConfig as DEAD_LETTER_CONFIG {
        target_arn: Option<String> = Member::new("TargetArn", &RESOURCE_ARN),
    }
    pub struct DeleteAliasRequest as DELETE_ALIAS_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        name: String = Member::new("Name", &ALIAS).uri("Name").required(),
    }
    pub struct DeleteFunctionConcurrencyRequest as DELETE_FUNCTION_CONCURRENCY_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
    }
    pub struct DeleteFunctionRequest as DELETE_FUNCTION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct DeleteFunctionResponse as DELETE_FUNCTION_RESPONSE {
        status_code: Option<i32> = Member::new("StatusCode", &INTEGER).status(),
    }
    pub struct DurableConfig as DURABLE_CONFIG {
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
    pub struct FileSystemConfig as FILE_SYSTEM_CONFIG {
        arn: String = Member::new("Arn", &FILE_SYSTEM_ARN).required(),
        local_mount_path: String = Member::new("LocalMountPath", &LOCAL_MOUNT_PATH).required(),
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
    pub struct GetPolicyRequest as GET_POLICY_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
    }
    pub struct GetPolicyResponse as GET_POLICY_RESPONSE {
        policy: Option<String> = Member::new("Policy", &STRING),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
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
    pub struct PublishVersionRequest as PUBLISH_VERSION_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        code_sha256: Option<String> = Member::new("CodeSha256", &STRING),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        revision_id: Option<String> = Member::new("RevisionId", &STRING),
        publish_to: Option<FunctionVersionLatestPublished> = Member::new("PublishTo", &FUNCTION_VERSION_LATEST_PUBLISHED),
    }
    pub struct PutFunctionConcurrencyRequest as PUT_FUNCTION_CONCURRENCY_REQUEST {
        function_name: String = Member::new("FunctionName", &FUNCTION_NAME).uri("FunctionName").required(),
        reserved_concurrent_executions: i32 = Member::new("ReservedConcurrentExecutions", &RESERVED_CONCURRENT_EXECUTIONS).required(),
    }
    pub struct RemovePermissionRequest as REMOVE_PERMISSION_REQUEST {
        function_name: String = Member::new("FunctionName", &NAMESPACED_FUNCTION_NAME).uri("FunctionName").required(),
        statement_id: String = Member::new("StatementId", &NAMESPACED_STATEMENT_ID).uri("StatementId").required(),
        qualifier: Option<String> = Member::new("Qualifier", &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER).query("Qualifier"),
        revision_id: Option<String> = Member::new("RevisionId", &STRING).query("RevisionId"),
    }
    pub struct RuntimeVersionConfig as RUNTIME_VERSION_CONFIG {
        runtime_version_arn: Option<String> = Member::new("RuntimeVersionArn", &RUNTIME_VERSION_ARN),
        error: Option<RuntimeVersionError> = Member::new("Error", &RUNTIME_VERSION_ERROR),
    }
    pub struct RuntimeVersionError as RUNTIME_VERSION_ERROR {
        error_code: Option<String> = Member::new("ErrorCode", &STRING),
        message: Option<String> = Member::new("Message", &SENSITIVE_STRING),
    }
    pub struct SnapStart as SNAP_START {
        apply_on: Option<SnapStartApplyOn> = Member::new("ApplyOn", &SNAP_START_APPLY_ON),
    }
    pub struct SnapStartResponse as SNAP_START_RESPONSE {
        apply_on: Option<SnapStartApplyOn> = Member::new("ApplyOn", &SNAP_START_APPLY_ON),
        optimization_status: Option<SnapStartOptimizationStatus> = Member::new("OptimizationStatus", &SNAP_START_OPTIMIZATION_STATUS),
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
}

cloud_wire::errors! {
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
    RecursiveInvocationException = ("RecursiveInvocationException", 400, "Message", "Type": "User"),
    RequestTooLargeException = ("RequestTooLargeException", 413, "message", "Type": "User"),
    ResourceConflictException = ("ResourceConflictException", 409, "message", "Type": "User"),
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
    AddPermission(super::AddPermissionRequest) -> super::AddPermissionResponse = "POST" "/2015-03-31/functions/{FunctionName}/policy" 201, super::ADD_PERMISSION_REQUEST, super::ADD_PERMISSION_RESPONSE;
    CreateAlias(super::CreateAliasRequest) -> super::AliasConfiguration = "POST" "/2015-03-31/functions/{FunctionName}/aliases" 201, super::CREATE_ALIAS_REQUEST, super::ALIAS_CONFIGURATION;
    CreateFunction(super::CreateFunctionRequest) -> super::FunctionConfiguration = "POST" "/2015-03-31/functions" 201, super::CREATE_FUNCTION_REQUEST, super::FUNCTION_CONFIGURATION, .body_limit(70167211);
    DeleteAlias(super::DeleteAliasRequest) -> () = "DELETE" "/2015-03-31/functions/{FunctionName}/aliases/{Name}" 204, super::DELETE_ALIAS_REQUEST, cloud_wire::shape::UNIT;
    DeleteFunction(super::DeleteFunctionRequest) -> super::DeleteFunctionResponse = "DELETE" "/2015-03-31/functions/{FunctionName}" 200, super::DELETE_FUNCTION_REQUEST, super::DELETE_FUNCTION_RESPONSE;
    DeleteFunctionConcurrency(super::DeleteFunctionConcurrencyRequest) -> () = "DELETE" "/2017-10-31/functions/{FunctionName}/concurrency" 204, super::DELETE_FUNCTION_CONCURRENCY_REQUEST, cloud_wire::shape::UNIT;
    GetAccountSettings(super::GetAccountSettingsRequest) -> super::GetAccountSettingsResponse = "GET" "/2016-08-19/account-settings" 200, super::GET_ACCOUNT_SETTINGS_REQUEST, super::GET_ACCOUNT_SETTINGS_RESPONSE;
    GetAlias(super::GetAliasRequest) -> super::AliasConfiguration = "GET" "/2015-03-31/functions/{FunctionName}/aliases/{Name}" 200, super::GET_ALIAS_REQUEST, super::ALIAS_CONFIGURATION;
    GetFunction(super::GetFunctionRequest) -> super::GetFunctionResponse = "GET" "/2015-03-31/functions/{FunctionName}" 200, super::GET_FUNCTION_REQUEST, super::GET_FUNCTION_RESPONSE;
    GetFunctionConcurrency(super::GetFunctionConcurrencyRequest) -> super::GetFunctionConcurrencyResponse = "GET" "/2019-09-30/functions/{FunctionName}/concurrency" 200, super::GET_FUNCTION_CONCURRENCY_REQUEST, super::GET_FUNCTION_CONCURRENCY_RESPONSE;
    GetFunctionConfiguration(super::GetFunctionConfigurationRequest) -> super::FunctionConfiguration = "GET" "/2015-03-31/functions/{FunctionName}/configuration" 200, super::GET_FUNCTION_CONFIGURATION_REQUEST, super::FUNCTION_CONFIGURATION;
    GetPolicy(super::GetPolicyRequest) -> super::GetPolicyResponse = "GET" "/2015-03-31/functions/{FunctionName}/policy" 200, super::GET_POLICY_REQUEST, super::GET_POLICY_RESPONSE;
    Invoke(super::InvocationRequest) -> super::InvocationResponse = "POST" "/2015-03-31/functions/{FunctionName}/invocations" 200, super::INVOCATION_REQUEST, super::INVOCATION_RESPONSE, .body_limit(12583112).too_large("RequestTooLargeException", 413).action("InvokeFunction");
    ListAliases(super::ListAliasesRequest) -> super::ListAliasesResponse = "GET" "/2015-03-31/functions/{FunctionName}/aliases" 200, super::LIST_ALIASES_REQUEST, super::LIST_ALIASES_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListFunctions(super::ListFunctionsRequest) -> super::ListFunctionsResponse = "GET" "/2015-03-31/functions" 200, super::LIST_FUNCTIONS_REQUEST, super::LIST_FUNCTIONS_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    ListTags(super::ListTagsRequest) -> super::ListTagsResponse = "GET" "/2017-03-31/tags/{Resource}" 200, super::LIST_TAGS_REQUEST, super::LIST_TAGS_RESPONSE;
    ListVersionsByFunction(super::ListVersionsByFunctionRequest) -> super::ListVersionsByFunctionResponse = "GET" "/2015-03-31/functions/{FunctionName}/versions" 200, super::LIST_VERSIONS_BY_FUNCTION_REQUEST, super::LIST_VERSIONS_BY_FUNCTION_RESPONSE, .pages("Marker", "NextMarker", &["MaxItems"]);
    PublishVersion(super::PublishVersionRequest) -> super::FunctionConfiguration = "POST" "/2015-03-31/functions/{FunctionName}/versions" 201, super::PUBLISH_VERSION_REQUEST, super::FUNCTION_CONFIGURATION;
    PutFunctionConcurrency(super::PutFunctionConcurrencyRequest) -> super::Concurrency = "PUT" "/2017-10-31/functions/{FunctionName}/concurrency" 200, super::PUT_FUNCTION_CONCURRENCY_REQUEST, super::CONCURRENCY;
    RemovePermission(super::RemovePermissionRequest) -> () = "DELETE" "/2015-03-31/functions/{FunctionName}/policy/{StatementId}" 204, super::REMOVE_PERMISSION_REQUEST, cloud_wire::shape::UNIT;
    TagResource(super::TagResourceRequest) -> () = "POST" "/2017-03-31/tags/{Resource}" 204, super::TAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UntagResource(super::UntagResourceRequest) -> () = "DELETE" "/2017-03-31/tags/{Resource}" 204, super::UNTAG_RESOURCE_REQUEST, cloud_wire::shape::UNIT;
    UpdateAlias(super::UpdateAliasRequest) -> super::AliasConfiguration = "PUT" "/2015-03-31/functions/{FunctionName}/aliases/{Name}" 200, super::UPDATE_ALIAS_REQUEST, super::ALIAS_CONFIGURATION;
    UpdateFunctionCode(super::UpdateFunctionCodeRequest) -> super::FunctionConfiguration = "PUT" "/2015-03-31/functions/{FunctionName}/code" 200, super::UPDATE_FUNCTION_CODE_REQUEST, super::FUNCTION_CONFIGURATION, .body_limit(70167211);
    UpdateFunctionConfiguration(super::UpdateFunctionConfigurationRequest) -> super::FunctionConfiguration = "PUT" "/2015-03-31/functions/{FunctionName}/configuration" 200, super::UPDATE_FUNCTION_CONFIGURATION_REQUEST, super::FUNCTION_CONFIGURATION;
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
