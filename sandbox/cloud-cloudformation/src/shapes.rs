//! Shapes of the model `cloudformation` (2010-05-15). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static AFTER_CONTEXT: Schema = Schema::string("AfterContext");
pub static AFTER_VALUE: Schema = Schema::string("AfterValue");
pub static ALLOWED_VALUE: Schema = Schema::string("AllowedValue");
pub static ALLOWED_VALUES: Schema = Schema::list("AllowedValues", &ALLOWED_VALUE);
pub static ARN: Schema = Schema::string("Arn");
pub static BEFORE_CONTEXT: Schema = Schema::string("BeforeContext");
pub static BEFORE_VALUE: Schema = Schema::string("BeforeValue");
pub static CAPABILITIES: Schema = Schema::list("Capabilities", &CAPABILITY);
pub static CAPABILITIES_REASON: Schema = Schema::string("CapabilitiesReason");
pub static CAUSING_ENTITY: Schema = Schema::string("CausingEntity");
pub static CHANGE_SET_ID: Schema = Schema::string("ChangeSetId").min(1).pattern("arn:[-a-zA-Z0-9:/]*");
pub static CHANGE_SET_NAME: Schema =
    Schema::string("ChangeSetName").min(1).max(128).pattern("[a-zA-Z][-a-zA-Z0-9]*");
pub static CHANGE_SET_NAME_OR_ID: Schema =
    Schema::string("ChangeSetNameOrId").min(1).max(1600).pattern("[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/]*");
pub static CHANGE_SET_STATUS_REASON: Schema = Schema::string("ChangeSetStatusReason");
pub static CHANGE_SET_SUMMARIES: Schema = Schema::list("ChangeSetSummaries", &CHANGE_SET_SUMMARY);
pub static CHANGES: Schema = Schema::list("Changes", &CHANGE);
pub static CLIENT_REQUEST_TOKEN: Schema =
    Schema::string("ClientRequestToken").min(1).max(128).pattern("[a-zA-Z0-9][-a-zA-Z0-9]*");
pub static CLIENT_TOKEN: Schema = Schema::string("ClientToken").min(1).max(128);
pub static CREATION_TIME: Schema = Schema::timestamp("CreationTime");
pub static DELETION_TIME: Schema = Schema::timestamp("DeletionTime");
pub static DESCRIPTION: Schema = Schema::string("Description").min(1).max(1024);
pub static DISABLE_ROLLBACK: Schema = Schema::boolean("DisableRollback");
pub static ENABLE_TERMINATION_PROTECTION: Schema = Schema::boolean("EnableTerminationProtection");
pub static EVENT_ID: Schema = Schema::string("EventId");
pub static EXPORT_NAME: Schema = Schema::string("ExportName");
pub static EXPORT_VALUE: Schema = Schema::string("ExportValue");
pub static EXPORTS: Schema = Schema::list("Exports", &EXPORT);
pub static FAILED_EVENTS_FILTER: Schema = Schema::boolean("FailedEventsFilter");
pub static HOOK_INVOCATION_COUNT: Schema = Schema::integer("HookInvocationCount").min(1).max(100);
pub static HOOK_INVOCATION_ID: Schema = Schema::string("HookInvocationId")
    .min(36)
    .max(36)
    .pattern("^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$");
pub static HOOK_STATUS_REASON: Schema = Schema::string("HookStatusReason").min(1).max(1024);
pub static HOOK_TYPE: Schema = Schema::string("HookType").min(1).max(255);
pub static IMPORT_EXISTING_RESOURCES: Schema = Schema::boolean("ImportExistingResources");
pub static IMPORTS: Schema = Schema::list("Imports", &STACK_NAME);
pub static INCLUDE_NESTED_STACKS: Schema = Schema::boolean("IncludeNestedStacks");
pub static INCLUDE_PROPERTY_VALUES: Schema = Schema::boolean("IncludePropertyValues");
pub static LAST_OPERATIONS: Schema = Schema::list("LastOperations", &OPERATION_ENTRY);
pub static LAST_UPDATED_TIME: Schema = Schema::timestamp("LastUpdatedTime");
pub static LOGICAL_ID_HIERARCHY: Schema = Schema::string("LogicalIdHierarchy");
pub static LOGICAL_RESOURCE_ID: Schema = Schema::string("LogicalResourceId");
pub static LOGICAL_RESOURCE_IDS: Schema =
    Schema::list("LogicalResourceIds", &LOGICAL_RESOURCE_ID).min(1).max(200);
pub static METADATA: Schema = Schema::string("Metadata");
pub static MONITORING_TIME_IN_MINUTES: Schema = Schema::integer("MonitoringTimeInMinutes").min(0).max(180);
pub static NEXT_TOKEN: Schema = Schema::string("NextToken").min(1).max(1024);
pub static NO_ECHO: Schema = Schema::boolean("NoEcho");
pub static NOTIFICATION_ARN: Schema = Schema::string("NotificationARN");
pub static NOTIFICATION_AR_NS: Schema = Schema::list("NotificationARNs", &NOTIFICATION_ARN).max(5);
pub static OPERATION_EVENTS: Schema = Schema::list("OperationEvents", &OPERATION_EVENT);
pub static OPERATION_ID: Schema = Schema::string("OperationId");
pub static OUTPUT_KEY: Schema = Schema::string("OutputKey");
pub static OUTPUT_VALUE: Schema = Schema::string("OutputValue");
pub static OUTPUTS: Schema = Schema::list("Outputs", &OUTPUT);
pub static PARAMETER_DECLARATIONS: Schema = Schema::list("ParameterDeclarations", &PARAMETER_DECLARATION);
pub static PARAMETER_KEY: Schema = Schema::string("ParameterKey");
pub static PARAMETER_TYPE: Schema = Schema::string("ParameterType");
pub static PARAMETER_VALUE: Schema = Schema::string("ParameterValue");
pub static PARAMETERS: Schema = Schema::list("Parameters", &PARAMETER);
pub static PHYSICAL_RESOURCE_ID: Schema = Schema::string("PhysicalResourceId");
pub static PREVIOUS_DEPLOYMENT_CONTEXT: Schema = Schema::string("PreviousDeploymentContext");
pub static PROPERTY_NAME: Schema = Schema::string("PropertyName");
pub static RESOURCE_CHANGE_DETAILS: Schema = Schema::list("ResourceChangeDetails", &RESOURCE_CHANGE_DETAIL);
pub static RESOURCE_DRIFT_ACTUAL_VALUE: Schema = Schema::string("ResourceDriftActualValue");
pub static RESOURCE_DRIFT_IGNORED_ATTRIBUTES: Schema =
    Schema::list("ResourceDriftIgnoredAttributes", &RESOURCE_DRIFT_IGNORED_ATTRIBUTE);
pub static RESOURCE_DRIFT_PREVIOUS_VALUE: Schema = Schema::string("ResourceDriftPreviousValue");
pub static RESOURCE_IDENTIFIER_PROPERTIES: Schema = Schema::map(
    "ResourceIdentifierProperties",
    &RESOURCE_IDENTIFIER_PROPERTY_KEY,
    &RESOURCE_IDENTIFIER_PROPERTY_VALUE,
)
.min(1)
.max(256);
pub static RESOURCE_IDENTIFIER_PROPERTY_KEY: Schema =
    Schema::string("ResourceIdentifierPropertyKey").min(1).max(2048);
pub static RESOURCE_IDENTIFIER_PROPERTY_VALUE: Schema =
    Schema::string("ResourceIdentifierPropertyValue").min(1).max(2048);
pub static RESOURCE_IDENTIFIER_SUMMARIES: Schema =
    Schema::list("ResourceIdentifierSummaries", &RESOURCE_IDENTIFIER_SUMMARY);
pub static RESOURCE_IDENTIFIERS: Schema =
    Schema::list("ResourceIdentifiers", &RESOURCE_IDENTIFIER_PROPERTY_KEY);
pub static RESOURCE_PROPERTIES: Schema = Schema::string("ResourceProperties");
pub static RESOURCE_PROPERTY_PATH: Schema = Schema::string("ResourcePropertyPath");
pub static RESOURCE_STATUS_REASON: Schema = Schema::string("ResourceStatusReason");
pub static RESOURCE_TYPE: Schema = Schema::string("ResourceType").min(1).max(256);
pub static RESOURCE_TYPES: Schema = Schema::list("ResourceTypes", &RESOURCE_TYPE);
pub static RESOURCES_TO_IMPORT: Schema = Schema::list("ResourcesToImport", &RESOURCE_TO_IMPORT).max(200);
pub static RETAIN_EXCEPT_ON_CREATE: Schema = Schema::boolean("RetainExceptOnCreate");
pub static RETAIN_RESOURCES: Schema = Schema::list("RetainResources", &LOGICAL_RESOURCE_ID);
pub static ROLE_ARN: Schema = Schema::string("RoleARN").min(20).max(2048);
pub static ROLLBACK_TRIGGERS: Schema = Schema::list("RollbackTriggers", &ROLLBACK_TRIGGER).max(5);
pub static SCOPE: Schema = Schema::list("Scope", &RESOURCE_ATTRIBUTE);
pub static STACK_EVENTS: Schema = Schema::list("StackEvents", &STACK_EVENT);
pub static STACK_ID: Schema = Schema::string("StackId");
pub static STACK_NAME: Schema = Schema::string("StackName");
pub static STACK_NAME_OR_ID: Schema = Schema::string("StackNameOrId")
    .min(1)
    .pattern("([a-zA-Z][-a-zA-Z0-9]*)|(arn:\\b(aws|aws-us-gov|aws-cn)\\b:[-a-zA-Z0-9:/._+]*)");
pub static STACK_POLICY_BODY: Schema = Schema::string("StackPolicyBody").min(1).max(16384);
pub static STACK_POLICY_DURING_UPDATE_BODY: Schema =
    Schema::string("StackPolicyDuringUpdateBody").min(1).max(16384);
pub static STACK_POLICY_DURING_UPDATE_URL: Schema =
    Schema::string("StackPolicyDuringUpdateURL").min(1).max(5120);
pub static STACK_POLICY_URL: Schema = Schema::string("StackPolicyURL").min(1).max(5120);
pub static STACK_RESOURCE_SUMMARIES: Schema = Schema::list("StackResourceSummaries", &STACK_RESOURCE_SUMMARY);
pub static STACK_RESOURCES: Schema = Schema::list("StackResources", &STACK_RESOURCE);
pub static STACK_SET_NAME_OR_ID: Schema = Schema::string("StackSetNameOrId").pattern(
    "[a-zA-Z][-a-zA-Z0-9]*(?::[a-zA-Z0-9]{8}-[a-zA-Z0-9]{4}-[a-zA-Z0-9]{4}-[a-zA-Z0-9]{4}-[a-zA-Z0-9]{12})?",
);
pub static STACK_STATUS_FILTER: Schema = Schema::list("StackStatusFilter", &STACK_STATUS);
pub static STACK_STATUS_REASON: Schema = Schema::string("StackStatusReason");
pub static STACK_SUMMARIES: Schema = Schema::list("StackSummaries", &STACK_SUMMARY);
pub static STACKS: Schema = Schema::list("Stacks", &STACK);
pub static STAGE_LIST: Schema = Schema::list("StageList", &TEMPLATE_STAGE);
pub static TAG_KEY: Schema = Schema::string("TagKey").min(1).max(128);
pub static TAG_VALUE: Schema = Schema::string("TagValue").min(1).max(256);
pub static TAGS: Schema = Schema::list("Tags", &TAG).max(50);
pub static TEMPLATE_BODY: Schema = Schema::string("TemplateBody").min(1);
pub static TEMPLATE_DESCRIPTION: Schema = Schema::string("TemplateDescription");
pub static TEMPLATE_PARAMETERS: Schema = Schema::list("TemplateParameters", &TEMPLATE_PARAMETER);
pub static TEMPLATE_URL: Schema = Schema::string("TemplateURL").min(1).max(5120);
pub static TIMEOUT_MINUTES: Schema = Schema::integer("TimeoutMinutes").min(1);
pub static TIMESTAMP: Schema = Schema::timestamp("Timestamp");
pub static TRANSFORM_NAME: Schema = Schema::string("TransformName");
pub static TRANSFORMS_LIST: Schema = Schema::list("TransformsList", &TRANSFORM_NAME);
pub static TREAT_UNRECOGNIZED_RESOURCE_TYPES_AS_WARNINGS: Schema =
    Schema::boolean("TreatUnrecognizedResourceTypesAsWarnings");
pub static TYPE: Schema = Schema::string("Type");
pub static TYPE_HIERARCHY: Schema = Schema::string("TypeHierarchy");
pub static USE_PREVIOUS_TEMPLATE: Schema = Schema::boolean("UsePreviousTemplate");
pub static USE_PREVIOUS_VALUE: Schema = Schema::boolean("UsePreviousValue");
pub static VALIDATION_NAME: Schema = Schema::string("ValidationName");
pub static VALIDATION_PATH: Schema = Schema::string("ValidationPath");
pub static VALIDATION_STATUS_REASON: Schema = Schema::string("ValidationStatusReason");
pub static VERSION: Schema = Schema::string("Version");

cloud_wire::enumeration! {
    pub enum AfterValueFrom as AFTER_VALUE_FROM {
        Template = "TEMPLATE",
    }
    pub enum AttributeChangeType as ATTRIBUTE_CHANGE_TYPE {
        Add = "Add",
        Remove = "Remove",
        Modify = "Modify",
        SyncWithActual = "SyncWithActual",
    }
    pub enum BeaconStackOperationStatus as BEACON_STACK_OPERATION_STATUS {
        InProgress = "IN_PROGRESS",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
    }
    pub enum BeforeValueFrom as BEFORE_VALUE_FROM {
        PreviousDeploymentState = "PREVIOUS_DEPLOYMENT_STATE",
        ActualState = "ACTUAL_STATE",
    }
    pub enum CallAs as CALL_AS {
        SelfValue = "SELF",
        DelegatedAdmin = "DELEGATED_ADMIN",
    }
    pub enum Capability as CAPABILITY {
        CapabilityIam = "CAPABILITY_IAM",
        CapabilityNamedIam = "CAPABILITY_NAMED_IAM",
        CapabilityAutoExpand = "CAPABILITY_AUTO_EXPAND",
    }
    pub enum ChangeAction as CHANGE_ACTION {
        Add = "Add",
        Modify = "Modify",
        Remove = "Remove",
        Import = "Import",
        Dynamic = "Dynamic",
        SyncWithActual = "SyncWithActual",
    }
    pub enum ChangeSetStatus as CHANGE_SET_STATUS {
        CreatePending = "CREATE_PENDING",
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateComplete = "CREATE_COMPLETE",
        DeletePending = "DELETE_PENDING",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteComplete = "DELETE_COMPLETE",
        DeleteFailed = "DELETE_FAILED",
        Failed = "FAILED",
    }
    pub enum ChangeSetType as CHANGE_SET_TYPE {
        Create = "CREATE",
        Update = "UPDATE",
        Import = "IMPORT",
    }
    pub enum ChangeSource as CHANGE_SOURCE {
        ResourceReference = "ResourceReference",
        ParameterReference = "ParameterReference",
        ResourceAttribute = "ResourceAttribute",
        DirectModification = "DirectModification",
        Automatic = "Automatic",
        NoModification = "NoModification",
    }
    pub enum ChangeType as CHANGE_TYPE {
        Resource = "Resource",
    }
    pub enum DeletionMode as DELETION_MODE {
        Standard = "STANDARD",
        ForceDeleteStack = "FORCE_DELETE_STACK",
    }
    pub enum DeploymentMode as DEPLOYMENT_MODE {
        RevertDrift = "REVERT_DRIFT",
    }
    pub enum DetailedStatus as DETAILED_STATUS {
        ConfigurationComplete = "CONFIGURATION_COMPLETE",
        ValidationFailed = "VALIDATION_FAILED",
    }
    pub enum DriftIgnoredReason as DRIFT_IGNORED_REASON {
        ManagedByAws = "MANAGED_BY_AWS",
        WriteOnlyProperty = "WRITE_ONLY_PROPERTY",
    }
    pub enum EvaluationType as EVALUATION_TYPE {
        Static = "Static",
        Dynamic = "Dynamic",
    }
    pub enum EventType as EVENT_TYPE {
        StackEvent = "STACK_EVENT",
        ProgressEvent = "PROGRESS_EVENT",
        ValidationError = "VALIDATION_ERROR",
        ProvisioningError = "PROVISIONING_ERROR",
        HookInvocationError = "HOOK_INVOCATION_ERROR",
    }
    pub enum ExecutionStatus as EXECUTION_STATUS {
        Unavailable = "UNAVAILABLE",
        Available = "AVAILABLE",
        ExecuteInProgress = "EXECUTE_IN_PROGRESS",
        ExecuteComplete = "EXECUTE_COMPLETE",
        ExecuteFailed = "EXECUTE_FAILED",
        Obsolete = "OBSOLETE",
    }
    pub enum HookFailureMode as HOOK_FAILURE_MODE {
        Fail = "FAIL",
        Warn = "WARN",
    }
    pub enum HookInvocationPoint as HOOK_INVOCATION_POINT {
        PreProvision = "PRE_PROVISION",
    }
    pub enum HookStatus as HOOK_STATUS {
        HookInProgress = "HOOK_IN_PROGRESS",
        HookCompleteSucceeded = "HOOK_COMPLETE_SUCCEEDED",
        HookCompleteFailed = "HOOK_COMPLETE_FAILED",
        HookFailed = "HOOK_FAILED",
    }
    pub enum OnFailure as ON_FAILURE {
        DoNothing = "DO_NOTHING",
        Rollback = "ROLLBACK",
        Delete = "DELETE",
    }
    pub enum OnStackFailure as ON_STACK_FAILURE {
        DoNothing = "DO_NOTHING",
        Rollback = "ROLLBACK",
        Delete = "DELETE",
    }
    pub enum OperationType as OPERATION_TYPE {
        CreateStack = "CREATE_STACK",
        UpdateStack = "UPDATE_STACK",
        DeleteStack = "DELETE_STACK",
        ContinueRollback = "CONTINUE_ROLLBACK",
        Rollback = "ROLLBACK",
        CreateChangeset = "CREATE_CHANGESET",
    }
    pub enum PolicyAction as POLICY_ACTION {
        Delete = "Delete",
        Retain = "Retain",
        Snapshot = "Snapshot",
        ReplaceAndDelete = "ReplaceAndDelete",
        ReplaceAndRetain = "ReplaceAndRetain",
        ReplaceAndSnapshot = "ReplaceAndSnapshot",
    }
    pub enum Replacement as REPLACEMENT {
        True = "True",
        False = "False",
        Conditional = "Conditional",
    }
    pub enum RequiresRecreation as REQUIRES_RECREATION {
        Never = "Never",
        Conditionally = "Conditionally",
        Always = "Always",
    }
    pub enum ResourceAttribute as RESOURCE_ATTRIBUTE {
        Properties = "Properties",
        Metadata = "Metadata",
        CreationPolicy = "CreationPolicy",
        UpdatePolicy = "UpdatePolicy",
        DeletionPolicy = "DeletionPolicy",
        UpdateReplacePolicy = "UpdateReplacePolicy",
        Tags = "Tags",
    }
    pub enum ResourceStatus as RESOURCE_STATUS {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateFailed = "CREATE_FAILED",
        CreateComplete = "CREATE_COMPLETE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteFailed = "DELETE_FAILED",
        DeleteComplete = "DELETE_COMPLETE",
        DeleteSkipped = "DELETE_SKIPPED",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateFailed = "UPDATE_FAILED",
        UpdateComplete = "UPDATE_COMPLETE",
        ImportFailed = "IMPORT_FAILED",
        ImportComplete = "IMPORT_COMPLETE",
        ImportInProgress = "IMPORT_IN_PROGRESS",
        ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS",
        ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED",
        ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE",
        ExportFailed = "EXPORT_FAILED",
        ExportComplete = "EXPORT_COMPLETE",
        ExportInProgress = "EXPORT_IN_PROGRESS",
        ExportRollbackInProgress = "EXPORT_ROLLBACK_IN_PROGRESS",
        ExportRollbackFailed = "EXPORT_ROLLBACK_FAILED",
        ExportRollbackComplete = "EXPORT_ROLLBACK_COMPLETE",
        UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS",
        UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE",
        UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED",
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        RollbackComplete = "ROLLBACK_COMPLETE",
        RollbackFailed = "ROLLBACK_FAILED",
    }
    pub enum StackDriftStatus as STACK_DRIFT_STATUS {
        Drifted = "DRIFTED",
        InSync = "IN_SYNC",
        Unknown = "UNKNOWN",
        NotChecked = "NOT_CHECKED",
    }
    pub enum StackResourceDriftStatus as STACK_RESOURCE_DRIFT_STATUS {
        InSync = "IN_SYNC",
        Modified = "MODIFIED",
        Deleted = "DELETED",
        NotChecked = "NOT_CHECKED",
        Unknown = "UNKNOWN",
        Unsupported = "UNSUPPORTED",
    }
    pub enum StackStatus as STACK_STATUS {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateFailed = "CREATE_FAILED",
        CreateComplete = "CREATE_COMPLETE",
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        RollbackFailed = "ROLLBACK_FAILED",
        RollbackComplete = "ROLLBACK_COMPLETE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteFailed = "DELETE_FAILED",
        DeleteComplete = "DELETE_COMPLETE",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateCompleteCleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateComplete = "UPDATE_COMPLETE",
        UpdateFailed = "UPDATE_FAILED",
        UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS",
        UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED",
        UpdateRollbackCompleteCleanupInProgress = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE",
        ReviewInProgress = "REVIEW_IN_PROGRESS",
        ImportInProgress = "IMPORT_IN_PROGRESS",
        ImportComplete = "IMPORT_COMPLETE",
        ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS",
        ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED",
        ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE",
    }
    pub enum TemplateStage as TEMPLATE_STAGE {
        Original = "Original",
        Processed = "Processed",
    }
    pub enum ValidationStatus as VALIDATION_STATUS {
        Failed = "FAILED",
        Skipped = "SKIPPED",
    }
}

cloud_wire::structure! {
    pub struct Change as CHANGE {
        r#type: Option<ChangeType> = Member::new("Type", &CHANGE_TYPE),
        hook_invocation_count: Option<i32> = Member::new("HookInvocationCount", &HOOK_INVOCATION_COUNT),
        resource_change: Option<ResourceChange> = Member::new("ResourceChange", &RESOURCE_CHANGE),
    }
    pub struct ChangeSetSummary as CHANGE_SET_SUMMARY {
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME),
        change_set_id: Option<String> = Member::new("ChangeSetId", &CHANGE_SET_ID),
        change_set_name: Option<String> = Member::new("ChangeSetName", &CHANGE_SET_NAME),
        execution_status: Option<ExecutionStatus> = Member::new("ExecutionStatus", &EXECUTION_STATUS),
        status: Option<ChangeSetStatus> = Member::new("Status", &CHANGE_SET_STATUS),
        status_reason: Option<String> = Member::new("StatusReason", &CHANGE_SET_STATUS_REASON),
        creation_time: Option<jiff::Timestamp> = Member::new("CreationTime", &CREATION_TIME),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        include_nested_stacks: Option<bool> = Member::new("IncludeNestedStacks", &INCLUDE_NESTED_STACKS),
        parent_change_set_id: Option<String> = Member::new("ParentChangeSetId", &CHANGE_SET_ID),
        root_change_set_id: Option<String> = Member::new("RootChangeSetId", &CHANGE_SET_ID),
        import_existing_resources: Option<bool> = Member::new("ImportExistingResources", &IMPORT_EXISTING_RESOURCES),
    }
    pub struct CreateChangeSetInput as CREATE_CHANGE_SET_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME_OR_ID).required(),
        template_body: Option<String> = Member::new("TemplateBody", &TEMPLATE_BODY),
        template_url: Option<String> = Member::new("TemplateURL", &TEMPLATE_URL),
        use_previous_template: Option<bool> = Member::new("UsePreviousTemplate", &USE_PREVIOUS_TEMPLATE),
        parameters: Option<Vec<Parameter>> = Member::new("Parameters", &PARAMETERS),
        capabilities: Option<Vec<Capability>> = Member::new("Capabilities", &CAPABILITIES),
        resource_types: Option<Vec<String>> = Member::new("ResourceTypes", &RESOURCE_TYPES),
        role_arn: Option<String> = Member::new("RoleARN", &ROLE_ARN),
        rollback_configuration: Option<RollbackConfiguration> = Member::new("RollbackConfiguration", &ROLLBACK_CONFIGURATION),
        notification_ar_ns: Option<Vec<String>> = Member::new("NotificationARNs", &NOTIFICATION_AR_NS),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAGS),
        change_set_name: String = Member::new("ChangeSetName", &CHANGE_SET_NAME).required(),
        client_token: Option<String> = Member::new("ClientToken", &CLIENT_TOKEN),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        change_set_type: Option<ChangeSetType> = Member::new("ChangeSetType", &CHANGE_SET_TYPE),
        resources_to_import: Option<Vec<ResourceToImport>> = Member::new("ResourcesToImport", &RESOURCES_TO_IMPORT),
        include_nested_stacks: Option<bool> = Member::new("IncludeNestedStacks", &INCLUDE_NESTED_STACKS),
        on_stack_failure: Option<OnStackFailure> = Member::new("OnStackFailure", &ON_STACK_FAILURE),
        import_existing_resources: Option<bool> = Member::new("ImportExistingResources", &IMPORT_EXISTING_RESOURCES),
        deployment_mode: Option<DeploymentMode> = Member::new("DeploymentMode", &DEPLOYMENT_MODE),
    }
    pub struct CreateChangeSetOutput as CREATE_CHANGE_SET_OUTPUT {
        id: Option<String> = Member::new("Id", &CHANGE_SET_ID),
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
    }
    pub struct CreateStackInput as CREATE_STACK_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        template_body: Option<String> = Member::new("TemplateBody", &TEMPLATE_BODY),
        template_url: Option<String> = Member::new("TemplateURL", &TEMPLATE_URL),
        parameters: Option<Vec<Parameter>> = Member::new("Parameters", &PARAMETERS),
        disable_rollback: Option<bool> = Member::new("DisableRollback", &DISABLE_ROLLBACK),
        rollback_configuration: Option<RollbackConfiguration> = Member::new("RollbackConfiguration", &ROLLBACK_CONFIGURATION),
        timeout_in_minutes: Option<i32> = Member::new("TimeoutInMinutes", &TIMEOUT_MINUTES),
        notification_ar_ns: Option<Vec<String>> = Member::new("NotificationARNs", &NOTIFICATION_AR_NS),
        capabilities: Option<Vec<Capability>> = Member::new("Capabilities", &CAPABILITIES),
        resource_types: Option<Vec<String>> = Member::new("ResourceTypes", &RESOURCE_TYPES),
        role_arn: Option<String> = Member::new("RoleARN", &ROLE_ARN),
        on_failure: Option<OnFailure> = Member::new("OnFailure", &ON_FAILURE),
        stack_policy_body: Option<String> = Member::new("StackPolicyBody", &STACK_POLICY_BODY),
        stack_policy_url: Option<String> = Member::new("StackPolicyURL", &STACK_POLICY_URL),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAGS),
        client_request_token: Option<String> = Member::new("ClientRequestToken", &CLIENT_REQUEST_TOKEN),
        enable_termination_protection: Option<bool> = Member::new("EnableTerminationProtection", &ENABLE_TERMINATION_PROTECTION),
        retain_except_on_create: Option<bool> = Member::new("RetainExceptOnCreate", &RETAIN_EXCEPT_ON_CREATE),
    }
    pub struct CreateStackOutput as CREATE_STACK_OUTPUT {
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        operation_id: Option<String> = Member::new("OperationId", &OPERATION_ID),
    }
    pub struct DeleteChangeSetInput as DELETE_CHANGE_SET_INPUT {
        change_set_name: String = Member::new("ChangeSetName", &CHANGE_SET_NAME_OR_ID).required(),
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME_OR_ID),
    }
    pub struct DeleteChangeSetOutput as DELETE_CHANGE_SET_OUTPUT {
    }
    pub struct DeleteStackInput as DELETE_STACK_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        retain_resources: Option<Vec<String>> = Member::new("RetainResources", &RETAIN_RESOURCES),
        role_arn: Option<String> = Member::new("RoleARN", &ROLE_ARN),
        client_request_token: Option<String> = Member::new("ClientRequestToken", &CLIENT_REQUEST_TOKEN),
        deletion_mode: Option<DeletionMode> = Member::new("DeletionMode", &DELETION_MODE),
    }
    pub struct DescribeChangeSetInput as DESCRIBE_CHANGE_SET_INPUT {
        change_set_name: String = Member::new("ChangeSetName", &CHANGE_SET_NAME_OR_ID).required(),
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME_OR_ID),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
        include_property_values: Option<bool> = Member::new("IncludePropertyValues", &INCLUDE_PROPERTY_VALUES),
    }
    pub struct DescribeChangeSetOutput as DESCRIBE_CHANGE_SET_OUTPUT {
        change_set_name: Option<String> = Member::new("ChangeSetName", &CHANGE_SET_NAME),
        change_set_id: Option<String> = Member::new("ChangeSetId", &CHANGE_SET_ID),
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        parameters: Option<Vec<Parameter>> = Member::new("Parameters", &PARAMETERS),
        creation_time: Option<jiff::Timestamp> = Member::new("CreationTime", &CREATION_TIME),
        execution_status: Option<ExecutionStatus> = Member::new("ExecutionStatus", &EXECUTION_STATUS),
        status: Option<ChangeSetStatus> = Member::new("Status", &CHANGE_SET_STATUS),
        status_reason: Option<String> = Member::new("StatusReason", &CHANGE_SET_STATUS_REASON),
        stack_drift_status: Option<StackDriftStatus> = Member::new("StackDriftStatus", &STACK_DRIFT_STATUS),
        notification_ar_ns: Option<Vec<String>> = Member::new("NotificationARNs", &NOTIFICATION_AR_NS),
        rollback_configuration: Option<RollbackConfiguration> = Member::new("RollbackConfiguration", &ROLLBACK_CONFIGURATION),
        capabilities: Option<Vec<Capability>> = Member::new("Capabilities", &CAPABILITIES),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAGS),
        changes: Option<Vec<Change>> = Member::new("Changes", &CHANGES),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
        include_nested_stacks: Option<bool> = Member::new("IncludeNestedStacks", &INCLUDE_NESTED_STACKS),
        parent_change_set_id: Option<String> = Member::new("ParentChangeSetId", &CHANGE_SET_ID),
        root_change_set_id: Option<String> = Member::new("RootChangeSetId", &CHANGE_SET_ID),
        on_stack_failure: Option<OnStackFailure> = Member::new("OnStackFailure", &ON_STACK_FAILURE),
        import_existing_resources: Option<bool> = Member::new("ImportExistingResources", &IMPORT_EXISTING_RESOURCES),
        deployment_mode: Option<DeploymentMode> = Member::new("DeploymentMode", &DEPLOYMENT_MODE),
    }
    pub struct DescribeEventsInput as DESCRIBE_EVENTS_INPUT {
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME_OR_ID),
        change_set_name: Option<String> = Member::new("ChangeSetName", &CHANGE_SET_NAME_OR_ID),
        operation_id: Option<String> = Member::new("OperationId", &OPERATION_ID),
        filters: Option<EventFilter> = Member::new("Filters", &EVENT_FILTER),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct DescribeEventsOutput as DESCRIBE_EVENTS_OUTPUT {
        operation_events: Option<Vec<OperationEvent>> = Member::new("OperationEvents", &OPERATION_EVENTS),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct DescribeStackEventsInput as DESCRIBE_STACK_EVENTS_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct DescribeStackEventsOutput as DESCRIBE_STACK_EVENTS_OUTPUT {
        stack_events: Option<Vec<StackEvent>> = Member::new("StackEvents", &STACK_EVENTS),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct DescribeStackResourceInput as DESCRIBE_STACK_RESOURCE_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        logical_resource_id: String = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID).required(),
    }
    pub struct DescribeStackResourceOutput as DESCRIBE_STACK_RESOURCE_OUTPUT {
        stack_resource_detail: Option<StackResourceDetail> = Member::new("StackResourceDetail", &STACK_RESOURCE_DETAIL),
    }
    pub struct DescribeStackResourcesInput as DESCRIBE_STACK_RESOURCES_INPUT {
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME),
        logical_resource_id: Option<String> = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID),
        physical_resource_id: Option<String> = Member::new("PhysicalResourceId", &PHYSICAL_RESOURCE_ID),
    }
    pub struct DescribeStackResourcesOutput as DESCRIBE_STACK_RESOURCES_OUTPUT {
        stack_resources: Option<Vec<StackResource>> = Member::new("StackResources", &STACK_RESOURCES),
    }
    pub struct DescribeStacksInput as DESCRIBE_STACKS_INPUT {
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct DescribeStacksOutput as DESCRIBE_STACKS_OUTPUT {
        stacks: Option<Vec<Stack>> = Member::new("Stacks", &STACKS),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct EventFilter as EVENT_FILTER {
        failed_events: Option<bool> = Member::new("FailedEvents", &FAILED_EVENTS_FILTER),
    }
    pub struct ExecuteChangeSetInput as EXECUTE_CHANGE_SET_INPUT {
        change_set_name: String = Member::new("ChangeSetName", &CHANGE_SET_NAME_OR_ID).required(),
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME_OR_ID),
        client_request_token: Option<String> = Member::new("ClientRequestToken", &CLIENT_REQUEST_TOKEN),
        disable_rollback: Option<bool> = Member::new("DisableRollback", &DISABLE_ROLLBACK),
        retain_except_on_create: Option<bool> = Member::new("RetainExceptOnCreate", &RETAIN_EXCEPT_ON_CREATE),
    }
    pub struct ExecuteChangeSetOutput as EXECUTE_CHANGE_SET_OUTPUT {
    }
    pub struct Export as EXPORT {
        exporting_stack_id: Option<String> = Member::new("ExportingStackId", &STACK_ID),
        name: Option<String> = Member::new("Name", &EXPORT_NAME),
        value: Option<String> = Member::new("Value", &EXPORT_VALUE),
    }
    pub struct GetTemplateInput as GET_TEMPLATE_INPUT {
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME),
        change_set_name: Option<String> = Member::new("ChangeSetName", &CHANGE_SET_NAME_OR_ID),
        template_stage: Option<TemplateStage> = Member::new("TemplateStage", &TEMPLATE_STAGE),
    }
    pub struct GetTemplateOutput as GET_TEMPLATE_OUTPUT {
        template_body: Option<String> = Member::new("TemplateBody", &TEMPLATE_BODY),
        stages_available: Option<Vec<TemplateStage>> = Member::new("StagesAvailable", &STAGE_LIST),
    }
    pub struct GetTemplateSummaryInput as GET_TEMPLATE_SUMMARY_INPUT {
        template_body: Option<String> = Member::new("TemplateBody", &TEMPLATE_BODY),
        template_url: Option<String> = Member::new("TemplateURL", &TEMPLATE_URL),
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME_OR_ID),
        stack_set_name: Option<String> = Member::new("StackSetName", &STACK_SET_NAME_OR_ID),
        call_as: Option<CallAs> = Member::new("CallAs", &CALL_AS),
        template_summary_config: Option<TemplateSummaryConfig> = Member::new("TemplateSummaryConfig", &TEMPLATE_SUMMARY_CONFIG),
    }
    pub struct GetTemplateSummaryOutput as GET_TEMPLATE_SUMMARY_OUTPUT {
        parameters: Option<Vec<ParameterDeclaration>> = Member::new("Parameters", &PARAMETER_DECLARATIONS),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        capabilities: Option<Vec<Capability>> = Member::new("Capabilities", &CAPABILITIES),
        capabilities_reason: Option<String> = Member::new("CapabilitiesReason", &CAPABILITIES_REASON),
        resource_types: Option<Vec<String>> = Member::new("ResourceTypes", &RESOURCE_TYPES),
        version: Option<String> = Member::new("Version", &VERSION),
        metadata: Option<String> = Member::new("Metadata", &METADATA),
        declared_transforms: Option<Vec<String>> = Member::new("DeclaredTransforms", &TRANSFORMS_LIST),
        resource_identifier_summaries: Option<Vec<ResourceIdentifierSummary>> = Member::new("ResourceIdentifierSummaries", &RESOURCE_IDENTIFIER_SUMMARIES),
        warnings: Option<Warnings> = Member::new("Warnings", &WARNINGS),
    }
    pub struct ListChangeSetsInput as LIST_CHANGE_SETS_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME_OR_ID).required(),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListChangeSetsOutput as LIST_CHANGE_SETS_OUTPUT {
        summaries: Option<Vec<ChangeSetSummary>> = Member::new("Summaries", &CHANGE_SET_SUMMARIES),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListExportsInput as LIST_EXPORTS_INPUT {
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListExportsOutput as LIST_EXPORTS_OUTPUT {
        exports: Option<Vec<Export>> = Member::new("Exports", &EXPORTS),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListImportsInput as LIST_IMPORTS_INPUT {
        export_name: String = Member::new("ExportName", &EXPORT_NAME).required(),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListImportsOutput as LIST_IMPORTS_OUTPUT {
        imports: Option<Vec<String>> = Member::new("Imports", &IMPORTS),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListStackResourcesInput as LIST_STACK_RESOURCES_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListStackResourcesOutput as LIST_STACK_RESOURCES_OUTPUT {
        stack_resource_summaries: Option<Vec<StackResourceSummary>> = Member::new("StackResourceSummaries", &STACK_RESOURCE_SUMMARIES),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListStacksInput as LIST_STACKS_INPUT {
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
        stack_status_filter: Option<Vec<StackStatus>> = Member::new("StackStatusFilter", &STACK_STATUS_FILTER),
    }
    pub struct ListStacksOutput as LIST_STACKS_OUTPUT {
        stack_summaries: Option<Vec<StackSummary>> = Member::new("StackSummaries", &STACK_SUMMARIES),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct LiveResourceDrift as LIVE_RESOURCE_DRIFT {
        previous_value: Option<String> = Member::new("PreviousValue", &RESOURCE_DRIFT_PREVIOUS_VALUE),
        actual_value: Option<String> = Member::new("ActualValue", &RESOURCE_DRIFT_ACTUAL_VALUE),
        drift_detection_timestamp: Option<jiff::Timestamp> = Member::new("DriftDetectionTimestamp", &TIMESTAMP),
    }
    pub struct ModuleInfo as MODULE_INFO {
        type_hierarchy: Option<String> = Member::new("TypeHierarchy", &TYPE_HIERARCHY),
        logical_id_hierarchy: Option<String> = Member::new("LogicalIdHierarchy", &LOGICAL_ID_HIERARCHY),
    }
    pub struct OperationEntry as OPERATION_ENTRY {
        operation_type: Option<OperationType> = Member::new("OperationType", &OPERATION_TYPE),
        operation_id: Option<String> = Member::new("OperationId", &OPERATION_ID),
    }
    pub struct OperationEvent as OPERATION_EVENT {
        event_id: Option<String> = Member::new("EventId", &EVENT_ID),
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        operation_id: Option<String> = Member::new("OperationId", &OPERATION_ID),
        operation_type: Option<OperationType> = Member::new("OperationType", &OPERATION_TYPE),
        operation_status: Option<BeaconStackOperationStatus> = Member::new("OperationStatus", &BEACON_STACK_OPERATION_STATUS),
        event_type: Option<EventType> = Member::new("EventType", &EVENT_TYPE),
        logical_resource_id: Option<String> = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID),
        physical_resource_id: Option<String> = Member::new("PhysicalResourceId", &PHYSICAL_RESOURCE_ID),
        resource_type: Option<String> = Member::new("ResourceType", &RESOURCE_TYPE),
        timestamp: Option<jiff::Timestamp> = Member::new("Timestamp", &TIMESTAMP),
        start_time: Option<jiff::Timestamp> = Member::new("StartTime", &TIMESTAMP),
        end_time: Option<jiff::Timestamp> = Member::new("EndTime", &TIMESTAMP),
        resource_status: Option<ResourceStatus> = Member::new("ResourceStatus", &RESOURCE_STATUS),
        resource_status_reason: Option<String> = Member::new("ResourceStatusReason", &RESOURCE_STATUS_REASON),
        resource_properties: Option<String> = Member::new("ResourceProperties", &RESOURCE_PROPERTIES),
        client_request_token: Option<String> = Member::new("ClientRequestToken", &CLIENT_REQUEST_TOKEN),
        hook_type: Option<String> = Member::new("HookType", &HOOK_TYPE),
        hook_status: Option<HookStatus> = Member::new("HookStatus", &HOOK_STATUS),
        hook_status_reason: Option<String> = Member::new("HookStatusReason", &HOOK_STATUS_REASON),
        hook_invocation_point: Option<HookInvocationPoint> = Member::new("HookInvocationPoint", &HOOK_INVOCATION_POINT),
        hook_failure_mode: Option<HookFailureMode> = Member::new("HookFailureMode", &HOOK_FAILURE_MODE),
        detailed_status: Option<DetailedStatus> = Member::new("DetailedStatus", &DETAILED_STATUS),
        validation_failure_mode: Option<HookFailureMode> = Member::new("ValidationFailureMode", &HOOK_FAILURE_MODE),
        validation_name: Option<String> = Member::new("ValidationName", &VALIDATION_NAME),
        validation_status: Option<ValidationStatus> = Member::new("ValidationStatus", &VALIDATION_STATUS),
        validation_status_reason: Option<String> = Member::new("ValidationStatusReason", &VALIDATION_STATUS_REASON),
        validation_path: Option<String> = Member::new("ValidationPath", &VALIDATION_PATH),
    }
    pub struct Output as OUTPUT {
        output_key: Option<String> = Member::new("OutputKey", &OUTPUT_KEY),
        output_value: Option<String> = Member::new("OutputValue", &OUTPUT_VALUE),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        export_name: Option<String> = Member::new("ExportName", &EXPORT_NAME),
    }
    pub struct Parameter as PARAMETER {
        parameter_key: Option<String> = Member::new("ParameterKey", &PARAMETER_KEY),
        parameter_value: Option<String> = Member::new("ParameterValue", &PARAMETER_VALUE),
        use_previous_value: Option<bool> = Member::new("UsePreviousValue", &USE_PREVIOUS_VALUE),
        resolved_value: Option<String> = Member::new("ResolvedValue", &PARAMETER_VALUE),
    }
    pub struct ParameterConstraints as PARAMETER_CONSTRAINTS {
        allowed_values: Option<Vec<String>> = Member::new("AllowedValues", &ALLOWED_VALUES),
    }
    pub struct ParameterDeclaration as PARAMETER_DECLARATION {
        parameter_key: Option<String> = Member::new("ParameterKey", &PARAMETER_KEY),
        default_value: Option<String> = Member::new("DefaultValue", &PARAMETER_VALUE),
        parameter_type: Option<String> = Member::new("ParameterType", &PARAMETER_TYPE),
        no_echo: Option<bool> = Member::new("NoEcho", &NO_ECHO),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        parameter_constraints: Option<ParameterConstraints> = Member::new("ParameterConstraints", &PARAMETER_CONSTRAINTS),
    }
    pub struct ResourceChange as RESOURCE_CHANGE {
        policy_action: Option<PolicyAction> = Member::new("PolicyAction", &POLICY_ACTION),
        action: Option<ChangeAction> = Member::new("Action", &CHANGE_ACTION),
        logical_resource_id: Option<String> = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID),
        physical_resource_id: Option<String> = Member::new("PhysicalResourceId", &PHYSICAL_RESOURCE_ID),
        resource_type: Option<String> = Member::new("ResourceType", &RESOURCE_TYPE),
        replacement: Option<Replacement> = Member::new("Replacement", &REPLACEMENT),
        scope: Option<Vec<ResourceAttribute>> = Member::new("Scope", &SCOPE),
        resource_drift_status: Option<StackResourceDriftStatus> = Member::new("ResourceDriftStatus", &STACK_RESOURCE_DRIFT_STATUS),
        resource_drift_ignored_attributes: Option<Vec<ResourceDriftIgnoredAttribute>> = Member::new("ResourceDriftIgnoredAttributes", &RESOURCE_DRIFT_IGNORED_ATTRIBUTES),
        details: Option<Vec<ResourceChangeDetail>> = Member::new("Details", &RESOURCE_CHANGE_DETAILS),
        change_set_id: Option<String> = Member::new("ChangeSetId", &CHANGE_SET_ID),
        module_info: Option<ModuleInfo> = Member::new("ModuleInfo", &MODULE_INFO),
        before_context: Option<String> = Member::new("BeforeContext", &BEFORE_CONTEXT),
        after_context: Option<String> = Member::new("AfterContext", &AFTER_CONTEXT),
        previous_deployment_context: Option<String> = Member::new("PreviousDeploymentContext", &PREVIOUS_DEPLOYMENT_CONTEXT),
    }
    pub struct ResourceChangeDetail as RESOURCE_CHANGE_DETAIL {
        target: Option<ResourceTargetDefinition> = Member::new("Target", &RESOURCE_TARGET_DEFINITION),
        evaluation: Option<EvaluationType> = Member::new("Evaluation", &EVALUATION_TYPE),
        change_source: Option<ChangeSource> = Member::new("ChangeSource", &CHANGE_SOURCE),
        causing_entity: Option<String> = Member::new("CausingEntity", &CAUSING_ENTITY),
    }
    pub struct ResourceDriftIgnoredAttribute as RESOURCE_DRIFT_IGNORED_ATTRIBUTE {
        path: Option<String> = Member::new("Path", &RESOURCE_PROPERTY_PATH),
        reason: Option<DriftIgnoredReason> = Member::new("Reason", &DRIFT_IGNORED_REASON),
    }
    pub struct ResourceIdentifierSummary as RESOURCE_IDENTIFIER_SUMMARY {
        resource_type: Option<String> = Member::new("ResourceType", &RESOURCE_TYPE),
        logical_resource_ids: Option<Vec<String>> = Member::new("LogicalResourceIds", &LOGICAL_RESOURCE_IDS),
        resource_identifiers: Option<Vec<String>> = Member::new("ResourceIdentifiers", &RESOURCE_IDENTIFIERS),
    }
    pub struct ResourceTargetDefinition as RESOURCE_TARGET_DEFINITION {
        attribute: Option<ResourceAttribute> = Member::new("Attribute", &RESOURCE_ATTRIBUTE),
        name: Option<String> = Member::new("Name", &PROPERTY_NAME),
        requires_recreation: Option<RequiresRecreation> = Member::new("RequiresRecreation", &REQUIRES_RECREATION),
        path: Option<String> = Member::new("Path", &RESOURCE_PROPERTY_PATH),
        before_value: Option<String> = Member::new("BeforeValue", &BEFORE_VALUE),
        after_value: Option<String> = Member::new("AfterValue", &AFTER_VALUE),
        before_value_from: Option<BeforeValueFrom> = Member::new("BeforeValueFrom", &BEFORE_VALUE_FROM),
        after_value_from: Option<AfterValueFrom> = Member::new("AfterValueFrom", &AFTER_VALUE_FROM),
        drift: Option<LiveResourceDrift> = Member::new("Drift", &LIVE_RESOURCE_DRIFT),
        attribute_change_type: Option<AttributeChangeType> = Member::new("AttributeChangeType", &ATTRIBUTE_CHANGE_TYPE),
    }
    pub struct ResourceToImport as RESOURCE_TO_IMPORT {
        resource_type: String = Member::new("ResourceType", &RESOURCE_TYPE).required(),
        logical_resource_id: String = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID).required(),
        resource_identifier: BTreeMap<String, String> = Member::new("ResourceIdentifier", &RESOURCE_IDENTIFIER_PROPERTIES).required(),
    }
    pub struct RollbackConfiguration as ROLLBACK_CONFIGURATION {
        rollback_triggers: Option<Vec<RollbackTrigger>> = Member::new("RollbackTriggers", &ROLLBACK_TRIGGERS),
        monitoring_time_in_minutes: Option<i32> = Member::new("MonitoringTimeInMinutes", &MONITORING_TIME_IN_MINUTES),
    }
    pub struct RollbackTrigger as ROLLBACK_TRIGGER {
        arn: String = Member::new("Arn", &ARN).required(),
        r#type: String = Member::new("Type", &TYPE).required(),
    }
    pub struct Stack as STACK {
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        change_set_id: Option<String> = Member::new("ChangeSetId", &CHANGE_SET_ID),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        parameters: Option<Vec<Parameter>> = Member::new("Parameters", &PARAMETERS),
        creation_time: jiff::Timestamp = Member::new("CreationTime", &CREATION_TIME).required(),
        deletion_time: Option<jiff::Timestamp> = Member::new("DeletionTime", &DELETION_TIME),
        last_updated_time: Option<jiff::Timestamp> = Member::new("LastUpdatedTime", &LAST_UPDATED_TIME),
        rollback_configuration: Option<RollbackConfiguration> = Member::new("RollbackConfiguration", &ROLLBACK_CONFIGURATION),
        stack_status: StackStatus = Member::new("StackStatus", &STACK_STATUS).required(),
        stack_status_reason: Option<String> = Member::new("StackStatusReason", &STACK_STATUS_REASON),
        disable_rollback: Option<bool> = Member::new("DisableRollback", &DISABLE_ROLLBACK),
        notification_ar_ns: Option<Vec<String>> = Member::new("NotificationARNs", &NOTIFICATION_AR_NS),
        timeout_in_minutes: Option<i32> = Member::new("TimeoutInMinutes", &TIMEOUT_MINUTES),
        capabilities: Option<Vec<Capability>> = Member::new("Capabilities", &CAPABILITIES),
        outputs: Option<Vec<Output>> = Member::new("Outputs", &OUTPUTS),
        role_arn: Option<String> = Member::new("RoleARN", &ROLE_ARN),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAGS),
        enable_termination_protection: Option<bool> = Member::new("EnableTerminationProtection", &ENABLE_TERMINATION_PROTECTION),
        parent_id: Option<String> = Member::new("ParentId", &STACK_ID),
        root_id: Option<String> = Member::new("RootId", &STACK_ID),
        drift_information: Option<StackDriftInformation> = Member::new("DriftInformation", &STACK_DRIFT_INFORMATION),
        retain_except_on_create: Option<bool> = Member::new("RetainExceptOnCreate", &RETAIN_EXCEPT_ON_CREATE),
        deletion_mode: Option<DeletionMode> = Member::new("DeletionMode", &DELETION_MODE),
        detailed_status: Option<DetailedStatus> = Member::new("DetailedStatus", &DETAILED_STATUS),
        last_operations: Option<Vec<OperationEntry>> = Member::new("LastOperations", &LAST_OPERATIONS),
    }
    pub struct StackDriftInformation as STACK_DRIFT_INFORMATION {
        stack_drift_status: StackDriftStatus = Member::new("StackDriftStatus", &STACK_DRIFT_STATUS).required(),
        last_check_timestamp: Option<jiff::Timestamp> = Member::new("LastCheckTimestamp", &TIMESTAMP),
    }
    pub struct StackDriftInformationSummary as STACK_DRIFT_INFORMATION_SUMMARY {
        stack_drift_status: StackDriftStatus = Member::new("StackDriftStatus", &STACK_DRIFT_STATUS).required(),
        last_check_timestamp: Option<jiff::Timestamp> = Member::new("LastCheckTimestamp", &TIMESTAMP),
    }
    pub struct StackEvent as STACK_EVENT {
        stack_id: String = Member::new("StackId", &STACK_ID).required(),
        event_id: String = Member::new("EventId", &EVENT_ID).required(),
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        operation_id: Option<String> = Member::new("OperationId", &OPERATION_ID),
        logical_resource_id: Option<String> = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID),
        physical_resource_id: Option<String> = Member::new("PhysicalResourceId", &PHYSICAL_RESOURCE_ID),
        resource_type: Option<String> = Member::new("ResourceType", &RESOURCE_TYPE),
        timestamp: jiff::Timestamp = Member::new("Timestamp", &TIMESTAMP).required(),
        resource_status: Option<ResourceStatus> = Member::new("ResourceStatus", &RESOURCE_STATUS),
        resource_status_reason: Option<String> = Member::new("ResourceStatusReason", &RESOURCE_STATUS_REASON),
        resource_properties: Option<String> = Member::new("ResourceProperties", &RESOURCE_PROPERTIES),
        client_request_token: Option<String> = Member::new("ClientRequestToken", &CLIENT_REQUEST_TOKEN),
        hook_type: Option<String> = Member::new("HookType", &HOOK_TYPE),
        hook_status: Option<HookStatus> = Member::new("HookStatus", &HOOK_STATUS),
        hook_status_reason: Option<String> = Member::new("HookStatusReason", &HOOK_STATUS_REASON),
        hook_invocation_point: Option<HookInvocationPoint> = Member::new("HookInvocationPoint", &HOOK_INVOCATION_POINT),
        hook_invocation_id: Option<String> = Member::new("HookInvocationId", &HOOK_INVOCATION_ID),
        hook_failure_mode: Option<HookFailureMode> = Member::new("HookFailureMode", &HOOK_FAILURE_MODE),
        detailed_status: Option<DetailedStatus> = Member::new("DetailedStatus", &DETAILED_STATUS),
    }
    pub struct StackResource as STACK_RESOURCE {
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME),
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        logical_resource_id: String = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID).required(),
        physical_resource_id: Option<String> = Member::new("PhysicalResourceId", &PHYSICAL_RESOURCE_ID),
        resource_type: String = Member::new("ResourceType", &RESOURCE_TYPE).required(),
        timestamp: jiff::Timestamp = Member::new("Timestamp", &TIMESTAMP).required(),
        resource_status: ResourceStatus = Member::new("ResourceStatus", &RESOURCE_STATUS).required(),
        resource_status_reason: Option<String> = Member::new("ResourceStatusReason", &RESOURCE_STATUS_REASON),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        drift_information: Option<StackResourceDriftInformation> = Member::new("DriftInformation", &STACK_RESOURCE_DRIFT_INFORMATION),
        module_info: Option<ModuleInfo> = Member::new("ModuleInfo", &MODULE_INFO),
    }
    pub struct StackResourceDetail as STACK_RESOURCE_DETAIL {
        stack_name: Option<String> = Member::new("StackName", &STACK_NAME),
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        logical_resource_id: String = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID).required(),
        physical_resource_id: Option<String> = Member::new("PhysicalResourceId", &PHYSICAL_RESOURCE_ID),
        resource_type: String = Member::new("ResourceType", &RESOURCE_TYPE).required(),
        last_updated_timestamp: jiff::Timestamp = Member::new("LastUpdatedTimestamp", &TIMESTAMP).required(),
        resource_status: ResourceStatus = Member::new("ResourceStatus", &RESOURCE_STATUS).required(),
        resource_status_reason: Option<String> = Member::new("ResourceStatusReason", &RESOURCE_STATUS_REASON),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        metadata: Option<String> = Member::new("Metadata", &METADATA),
        drift_information: Option<StackResourceDriftInformation> = Member::new("DriftInformation", &STACK_RESOURCE_DRIFT_INFORMATION),
        module_info: Option<ModuleInfo> = Member::new("ModuleInfo", &MODULE_INFO),
    }
    pub struct StackResourceDriftInformation as STACK_RESOURCE_DRIFT_INFORMATION {
        stack_resource_drift_status: StackResourceDriftStatus = Member::new("StackResourceDriftStatus", &STACK_RESOURCE_DRIFT_STATUS).required(),
        last_check_timestamp: Option<jiff::Timestamp> = Member::new("LastCheckTimestamp", &TIMESTAMP),
    }
    pub struct StackResourceDriftInformationSummary as STACK_RESOURCE_DRIFT_INFORMATION_SUMMARY {
        stack_resource_drift_status: StackResourceDriftStatus = Member::new("StackResourceDriftStatus", &STACK_RESOURCE_DRIFT_STATUS).required(),
        last_check_timestamp: Option<jiff::Timestamp> = Member::new("LastCheckTimestamp", &TIMESTAMP),
    }
    pub struct StackResourceSummary as STACK_RESOURCE_SUMMARY {
        logical_resource_id: String = Member::new("LogicalResourceId", &LOGICAL_RESOURCE_ID).required(),
        physical_resource_id: Option<String> = Member::new("PhysicalResourceId", &PHYSICAL_RESOURCE_ID),
        resource_type: String = Member::new("ResourceType", &RESOURCE_TYPE).required(),
        last_updated_timestamp: jiff::Timestamp = Member::new("LastUpdatedTimestamp", &TIMESTAMP).required(),
        resource_status: ResourceStatus = Member::new("ResourceStatus", &RESOURCE_STATUS).required(),
        resource_status_reason: Option<String> = Member::new("ResourceStatusReason", &RESOURCE_STATUS_REASON),
        drift_information: Option<StackResourceDriftInformationSummary> = Member::new("DriftInformation", &STACK_RESOURCE_DRIFT_INFORMATION_SUMMARY),
        module_info: Option<ModuleInfo> = Member::new("ModuleInfo", &MODULE_INFO),
    }
    pub struct StackSummary as STACK_SUMMARY {
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        template_description: Option<String> = Member::new("TemplateDescription", &TEMPLATE_DESCRIPTION),
        creation_time: jiff::Timestamp = Member::new("CreationTime", &CREATION_TIME).required(),
        last_updated_time: Option<jiff::Timestamp> = Member::new("LastUpdatedTime", &LAST_UPDATED_TIME),
        deletion_time: Option<jiff::Timestamp> = Member::new("DeletionTime", &DELETION_TIME),
        stack_status: StackStatus = Member::new("StackStatus", &STACK_STATUS).required(),
        stack_status_reason: Option<String> = Member::new("StackStatusReason", &STACK_STATUS_REASON),
        parent_id: Option<String> = Member::new("ParentId", &STACK_ID),
        root_id: Option<String> = Member::new("RootId", &STACK_ID),
        drift_information: Option<StackDriftInformationSummary> = Member::new("DriftInformation", &STACK_DRIFT_INFORMATION_SUMMARY),
        last_operations: Option<Vec<OperationEntry>> = Member::new("LastOperations", &LAST_OPERATIONS),
    }
    pub struct Tag as TAG {
        key: String = Member::new("Key", &TAG_KEY).required(),
        value: String = Member::new("Value", &TAG_VALUE).required(),
    }
    pub struct TemplateParameter as TEMPLATE_PARAMETER {
        parameter_key: Option<String> = Member::new("ParameterKey", &PARAMETER_KEY),
        default_value: Option<String> = Member::new("DefaultValue", &PARAMETER_VALUE),
        no_echo: Option<bool> = Member::new("NoEcho", &NO_ECHO),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
    }
    pub struct TemplateSummaryConfig as TEMPLATE_SUMMARY_CONFIG {
        treat_unrecognized_resource_types_as_warnings: Option<bool> = Member::new("TreatUnrecognizedResourceTypesAsWarnings", &TREAT_UNRECOGNIZED_RESOURCE_TYPES_AS_WARNINGS),
    }
    pub struct UpdateStackInput as UPDATE_STACK_INPUT {
        stack_name: String = Member::new("StackName", &STACK_NAME).required(),
        template_body: Option<String> = Member::new("TemplateBody", &TEMPLATE_BODY),
        template_url: Option<String> = Member::new("TemplateURL", &TEMPLATE_URL),
        use_previous_template: Option<bool> = Member::new("UsePreviousTemplate", &USE_PREVIOUS_TEMPLATE),
        stack_policy_during_update_body: Option<String> = Member::new("StackPolicyDuringUpdateBody", &STACK_POLICY_DURING_UPDATE_BODY),
        stack_policy_during_update_url: Option<String> = Member::new("StackPolicyDuringUpdateURL", &STACK_POLICY_DURING_UPDATE_URL),
        parameters: Option<Vec<Parameter>> = Member::new("Parameters", &PARAMETERS),
        capabilities: Option<Vec<Capability>> = Member::new("Capabilities", &CAPABILITIES),
        resource_types: Option<Vec<String>> = Member::new("ResourceTypes", &RESOURCE_TYPES),
        role_arn: Option<String> = Member::new("RoleARN", &ROLE_ARN),
        rollback_configuration: Option<RollbackConfiguration> = Member::new("RollbackConfiguration", &ROLLBACK_CONFIGURATION),
        stack_policy_body: Option<String> = Member::new("StackPolicyBody", &STACK_POLICY_BODY),
        stack_policy_url: Option<String> = Member::new("StackPolicyURL", &STACK_POLICY_URL),
        notification_ar_ns: Option<Vec<String>> = Member::new("NotificationARNs", &NOTIFICATION_AR_NS),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAGS),
        disable_rollback: Option<bool> = Member::new("DisableRollback", &DISABLE_ROLLBACK),
        client_request_token: Option<String> = Member::new("ClientRequestToken", &CLIENT_REQUEST_TOKEN),
        retain_except_on_create: Option<bool> = Member::new("RetainExceptOnCreate", &RETAIN_EXCEPT_ON_CREATE),
    }
    pub struct UpdateStackOutput as UPDATE_STACK_OUTPUT {
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
        operation_id: Option<String> = Member::new("OperationId", &OPERATION_ID),
    }
    pub struct UpdateTerminationProtectionInput as UPDATE_TERMINATION_PROTECTION_INPUT {
        enable_termination_protection: bool = Member::new("EnableTerminationProtection", &ENABLE_TERMINATION_PROTECTION).required(),
        stack_name: String = Member::new("StackName", &STACK_NAME_OR_ID).required(),
    }
    pub struct UpdateTerminationProtectionOutput as UPDATE_TERMINATION_PROTECTION_OUTPUT {
        stack_id: Option<String> = Member::new("StackId", &STACK_ID),
    }
    pub struct ValidateTemplateInput as VALIDATE_TEMPLATE_INPUT {
        template_body: Option<String> = Member::new("TemplateBody", &TEMPLATE_BODY),
        template_url: Option<String> = Member::new("TemplateURL", &TEMPLATE_URL),
    }
    pub struct ValidateTemplateOutput as VALIDATE_TEMPLATE_OUTPUT {
        parameters: Option<Vec<TemplateParameter>> = Member::new("Parameters", &TEMPLATE_PARAMETERS),
        description: Option<String> = Member::new("Description", &DESCRIPTION),
        capabilities: Option<Vec<Capability>> = Member::new("Capabilities", &CAPABILITIES),
        capabilities_reason: Option<String> = Member::new("CapabilitiesReason", &CAPABILITIES_REASON),
        declared_transforms: Option<Vec<String>> = Member::new("DeclaredTransforms", &TRANSFORMS_LIST),
    }
    pub struct Warnings as WARNINGS {
        unrecognized_resource_types: Option<Vec<String>> = Member::new("UnrecognizedResourceTypes", &RESOURCE_TYPES),
    }
}

cloud_wire::errors! {
    AlreadyExistsException = ("AlreadyExistsException", 400, "message"),
    ChangeSetNotFoundException = ("ChangeSetNotFound", 404, "message"),
    InsufficientCapabilitiesException = ("InsufficientCapabilitiesException", 400, "message"),
    InvalidChangeSetStatusException = ("InvalidChangeSetStatus", 400, "message"),
    LimitExceededException = ("LimitExceededException", 400, "message"),
    StackSetNotFoundException = ("StackSetNotFoundException", 404, "message"),
    TokenAlreadyExistsException = ("TokenAlreadyExistsException", 400, "message"),
}

cloud_wire::operations! {
    CreateChangeSet(super::CreateChangeSetInput) -> super::CreateChangeSetOutput = "POST" "/" 200, super::CREATE_CHANGE_SET_INPUT, super::CREATE_CHANGE_SET_OUTPUT;
    CreateStack(super::CreateStackInput) -> super::CreateStackOutput = "POST" "/" 200, super::CREATE_STACK_INPUT, super::CREATE_STACK_OUTPUT;
    DeleteChangeSet(super::DeleteChangeSetInput) -> super::DeleteChangeSetOutput = "POST" "/" 200, super::DELETE_CHANGE_SET_INPUT, super::DELETE_CHANGE_SET_OUTPUT;
    DeleteStack(super::DeleteStackInput) -> () = "POST" "/" 200, super::DELETE_STACK_INPUT, cloud_wire::shape::UNIT;
    DescribeChangeSet(super::DescribeChangeSetInput) -> super::DescribeChangeSetOutput = "POST" "/" 200, super::DESCRIBE_CHANGE_SET_INPUT, super::DESCRIBE_CHANGE_SET_OUTPUT, .pages("NextToken", "NextToken", &[]);
    DescribeEvents(super::DescribeEventsInput) -> super::DescribeEventsOutput = "POST" "/" 200, super::DESCRIBE_EVENTS_INPUT, super::DESCRIBE_EVENTS_OUTPUT, .pages("NextToken", "NextToken", &[]);
    DescribeStackEvents(super::DescribeStackEventsInput) -> super::DescribeStackEventsOutput = "POST" "/" 200, super::DESCRIBE_STACK_EVENTS_INPUT, super::DESCRIBE_STACK_EVENTS_OUTPUT, .pages("NextToken", "NextToken", &[]);
    DescribeStackResource(super::DescribeStackResourceInput) -> super::DescribeStackResourceOutput = "POST" "/" 200, super::DESCRIBE_STACK_RESOURCE_INPUT, super::DESCRIBE_STACK_RESOURCE_OUTPUT;
    DescribeStackResources(super::DescribeStackResourcesInput) -> super::DescribeStackResourcesOutput = "POST" "/" 200, super::DESCRIBE_STACK_RESOURCES_INPUT, super::DESCRIBE_STACK_RESOURCES_OUTPUT;
    DescribeStacks(super::DescribeStacksInput) -> super::DescribeStacksOutput = "POST" "/" 200, super::DESCRIBE_STACKS_INPUT, super::DESCRIBE_STACKS_OUTPUT, .pages("NextToken", "NextToken", &[]);
    ExecuteChangeSet(super::ExecuteChangeSetInput) -> super::ExecuteChangeSetOutput = "POST" "/" 200, super::EXECUTE_CHANGE_SET_INPUT, super::EXECUTE_CHANGE_SET_OUTPUT;
    GetTemplate(super::GetTemplateInput) -> super::GetTemplateOutput = "POST" "/" 200, super::GET_TEMPLATE_INPUT, super::GET_TEMPLATE_OUTPUT;
    GetTemplateSummary(super::GetTemplateSummaryInput) -> super::GetTemplateSummaryOutput = "POST" "/" 200, super::GET_TEMPLATE_SUMMARY_INPUT, super::GET_TEMPLATE_SUMMARY_OUTPUT;
    ListChangeSets(super::ListChangeSetsInput) -> super::ListChangeSetsOutput = "POST" "/" 200, super::LIST_CHANGE_SETS_INPUT, super::LIST_CHANGE_SETS_OUTPUT, .pages("NextToken", "NextToken", &[]);
    ListExports(super::ListExportsInput) -> super::ListExportsOutput = "POST" "/" 200, super::LIST_EXPORTS_INPUT, super::LIST_EXPORTS_OUTPUT, .pages("NextToken", "NextToken", &[]);
    ListImports(super::ListImportsInput) -> super::ListImportsOutput = "POST" "/" 200, super::LIST_IMPORTS_INPUT, super::LIST_IMPORTS_OUTPUT, .pages("NextToken", "NextToken", &[]);
    ListStackResources(super::ListStackResourcesInput) -> super::ListStackResourcesOutput = "POST" "/" 200, super::LIST_STACK_RESOURCES_INPUT, super::LIST_STACK_RESOURCES_OUTPUT, .pages("NextToken", "NextToken", &[]);
    ListStacks(super::ListStacksInput) -> super::ListStacksOutput = "POST" "/" 200, super::LIST_STACKS_INPUT, super::LIST_STACKS_OUTPUT, .pages("NextToken", "NextToken", &[]);
    UpdateStack(super::UpdateStackInput) -> super::UpdateStackOutput = "POST" "/" 200, super::UPDATE_STACK_INPUT, super::UPDATE_STACK_OUTPUT;
    UpdateTerminationProtection(super::UpdateTerminationProtectionInput) -> super::UpdateTerminationProtectionOutput = "POST" "/" 200, super::UPDATE_TERMINATION_PROTECTION_INPUT, super::UPDATE_TERMINATION_PROTECTION_OUTPUT;
    ValidateTemplate(super::ValidateTemplateInput) -> super::ValidateTemplateOutput = "POST" "/" 200, super::VALIDATE_TEMPLATE_INPUT, super::VALIDATE_TEMPLATE_OUTPUT;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "cloudformation",
    signing_name: "cloudformation",
    endpoint_prefix: "cloudformation",
    protocol: cloud_wire::Protocol::Query,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2010-05-15",
    xml_namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    validation_code: "ValidationError",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal("ValidationError", 400, "NextToken is invalid"),
    wrong_union: ServiceModel::WRONG_UNION,
};
