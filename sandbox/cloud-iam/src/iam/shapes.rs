//! Shapes of the model `iam` (2010-05-08). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static ACTION_NAME_LIST_TYPE: Schema = Schema::list("ActionNameListType", &ACTION_NAME_TYPE);
pub static ACTION_NAME_TYPE: Schema = Schema::string("ActionNameType").min(3).max(128);
pub static COLUMN_NUMBER: Schema = Schema::integer("ColumnNumber");
pub static CONTEXT_ENTRY_LIST_TYPE: Schema = Schema::list("ContextEntryListType", &CONTEXT_ENTRY);
pub static CONTEXT_KEY_NAME_TYPE: Schema = Schema::string("ContextKeyNameType").min(5).max(256);
pub static CONTEXT_KEY_NAMES_RESULT_LIST_TYPE: Schema =
    Schema::list("ContextKeyNamesResultListType", &CONTEXT_KEY_NAME_TYPE);
pub static CONTEXT_KEY_VALUE_LIST_TYPE: Schema =
    Schema::list("ContextKeyValueListType", &CONTEXT_KEY_VALUE_TYPE);
pub static CONTEXT_KEY_VALUE_TYPE: Schema = Schema::string("ContextKeyValueType");
pub static EVAL_DECISION_DETAILS_TYPE: Schema =
    Schema::map("EvalDecisionDetailsType", &EVAL_DECISION_SOURCE_TYPE, &POLICY_EVALUATION_DECISION_TYPE);
pub static EVAL_DECISION_SOURCE_TYPE: Schema = Schema::string("EvalDecisionSourceType").min(3).max(256);
pub static EVALUATION_RESULTS_LIST_TYPE: Schema =
    Schema::list("EvaluationResultsListType", &EVALUATION_RESULT);
pub static LINE_NUMBER: Schema = Schema::integer("LineNumber");
pub static POLICY_IDENTIFIER_TYPE: Schema = Schema::string("PolicyIdentifierType");
pub static RESOURCE_HANDLING_OPTION_TYPE: Schema =
    Schema::string("ResourceHandlingOptionType").min(1).max(64);
pub static RESOURCE_NAME_LIST_TYPE: Schema = Schema::list("ResourceNameListType", &RESOURCE_NAME_TYPE);
pub static RESOURCE_NAME_TYPE: Schema = Schema::string("ResourceNameType").min(1).max(2048);
pub static RESOURCE_SPECIFIC_RESULT_LIST_TYPE: Schema =
    Schema::list("ResourceSpecificResultListType", &RESOURCE_SPECIFIC_RESULT);
pub static SIMULATION_POLICY_LIST_TYPE: Schema =
    Schema::list("SimulationPolicyListType", &POLICY_DOCUMENT_TYPE);
pub static STATEMENT_LIST_TYPE: Schema = Schema::list("StatementListType", &STATEMENT);
pub static ARN_TYPE: Schema = Schema::string("arnType").min(20).max(2048);
pub static ATTACHED_POLICIES_LIST_TYPE: Schema = Schema::list("attachedPoliciesListType", &ATTACHED_POLICY);
pub static ATTACHMENT_COUNT_TYPE: Schema = Schema::integer("attachmentCountType");
pub static BOOLEAN_TYPE: Schema = Schema::boolean("booleanType");
pub static DATE_TYPE: Schema = Schema::timestamp("dateType");
pub static ID_TYPE: Schema = Schema::string("idType").min(16).max(128).pattern("[\\w]+");
pub static MARKER_TYPE: Schema = Schema::string("markerType").min(1).max(320).pattern("[\\u0020-\\u00FF]+");
pub static MAX_ITEMS_TYPE: Schema = Schema::integer("maxItemsType").min(1).max(1000);
pub static PATH_PREFIX_TYPE: Schema =
    Schema::string("pathPrefixType").min(1).max(512).pattern("\\u002F[\\u0021-\\u007F]*");
pub static PATH_TYPE: Schema =
    Schema::string("pathType").min(1).max(512).pattern("(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)");
pub static POLICY_DESCRIPTION_TYPE: Schema = Schema::string("policyDescriptionType").max(1000);
pub static POLICY_DOCUMENT_TYPE: Schema = Schema::string("policyDocumentType")
    .min(1)
    .max(131072)
    .pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
pub static POLICY_LIST_TYPE: Schema = Schema::list("policyListType", &POLICY);
pub static POLICY_NAME_LIST_TYPE: Schema = Schema::list("policyNameListType", &POLICY_NAME_TYPE);
pub static POLICY_NAME_TYPE: Schema =
    Schema::string("policyNameType").min(1).max(128).pattern("[\\w+=,.@-]+");
pub static POLICY_PATH_TYPE: Schema =
    Schema::string("policyPathType").min(1).max(512).pattern("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/");
pub static POLICY_VERSION_ID_TYPE: Schema =
    Schema::string("policyVersionIdType").pattern("v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?");
pub static RESPONSE_MARKER_TYPE: Schema = Schema::string("responseMarkerType");
pub static ROLE_DESCRIPTION_TYPE: Schema = Schema::string("roleDescriptionType")
    .max(1000)
    .pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
pub static ROLE_LIST_TYPE: Schema = Schema::list("roleListType", &ROLE);
pub static ROLE_MAX_SESSION_DURATION_TYPE: Schema =
    Schema::integer("roleMaxSessionDurationType").min(3600).max(43200);
pub static ROLE_NAME_TYPE: Schema = Schema::string("roleNameType").min(1).max(64).pattern("[\\w+=,.@-]+");
pub static STRING_TYPE: Schema = Schema::string("stringType");
pub static TAG_KEY_LIST_TYPE: Schema = Schema::list("tagKeyListType", &TAG_KEY_TYPE).max(50);
pub static TAG_KEY_TYPE: Schema =
    Schema::string("tagKeyType").min(1).max(128).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
pub static TAG_LIST_TYPE: Schema = Schema::list("tagListType", &TAG).max(50);
pub static TAG_VALUE_TYPE: Schema =
    Schema::string("tagValueType").min(0).max(256).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

cloud_wire::enumeration! {
    pub enum ContextKeyTypeEnum as CONTEXT_KEY_TYPE_ENUM {
        StringValue = "string",
        StringList = "stringList",
        Numeric = "numeric",
        NumericList = "numericList",
        Boolean = "boolean",
        BooleanList = "booleanList",
        Ip = "ip",
        IpList = "ipList",
        Binary = "binary",
        BinaryList = "binaryList",
        Date = "date",
        DateList = "dateList",
    }
    pub enum PermissionsBoundaryAttachmentType as PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE {
        PermissionsBoundaryPolicy = "PermissionsBoundaryPolicy",
    }
    pub enum PolicyEvaluationDecisionType as POLICY_EVALUATION_DECISION_TYPE {
        Allowed = "allowed",
        ExplicitDeny = "explicitDeny",
        ImplicitDeny = "implicitDeny",
    }
    pub enum PolicySourceType as POLICY_SOURCE_TYPE {
        User = "user",
        Group = "group",
        Role = "role",
        AwsManaged = "aws-managed",
        UserManaged = "user-managed",
        Resource = "resource",
        NoneValue = "none",
    }
    pub enum PolicyUsageType as POLICY_USAGE_TYPE {
        PermissionsPolicy = "PermissionsPolicy",
        PermissionsBoundary = "PermissionsBoundary",
    }
    pub enum PolicyScopeType as POLICY_SCOPE_TYPE {
        All = "All",
        Aws = "AWS",
        Local = "Local",
    }
}

cloud_wire::structure! {
    pub struct AttachRolePolicyRequest as ATTACH_ROLE_POLICY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_arn: String = Member::new("PolicyArn", &ARN_TYPE).required(),
    }
    pub struct AttachedPermissionsBoundary as ATTACHED_PERMISSIONS_BOUNDARY {
        permissions_boundary_type: Option<PermissionsBoundaryAttachmentType> = Member::new("PermissionsBoundaryType", &PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE),
        permissions_boundary_arn: Option<String> = Member::new("PermissionsBoundaryArn", &ARN_TYPE),
    }
    pub struct AttachedPolicy as ATTACHED_POLICY {
        policy_name: Option<String> = Member::new("PolicyName", &POLICY_NAME_TYPE),
        policy_arn: Option<String> = Member::new("PolicyArn", &ARN_TYPE),
    }
    pub struct ContextEntry as CONTEXT_ENTRY {
        context_key_name: Option<String> = Member::new("ContextKeyName", &CONTEXT_KEY_NAME_TYPE),
        context_key_values: Option<Vec<String>> = Member::new("ContextKeyValues", &CONTEXT_KEY_VALUE_LIST_TYPE),
        context_key_type: Option<ContextKeyTypeEnum> = Member::new("ContextKeyType", &CONTEXT_KEY_TYPE_ENUM),
    }
    pub struct CreatePolicyRequest as CREATE_POLICY_REQUEST {
        policy_name: String = Member::new("PolicyName", &POLICY_NAME_TYPE).required(),
        path: Option<String> = Member::new("Path", &POLICY_PATH_TYPE),
        policy_document: String = Member::new("PolicyDocument", &POLICY_DOCUMENT_TYPE).required(),
        description: Option<String> = Member::new("Description", &POLICY_DESCRIPTION_TYPE),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST_TYPE),
    }
    pub struct CreatePolicyResponse as CREATE_POLICY_RESPONSE {
        policy: Option<Policy> = Member::new("Policy", &POLICY),
    }
    pub struct CreateRoleRequest as CREATE_ROLE_REQUEST {
        path: Option<String> = Member::new("Path", &PATH_TYPE),
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        assume_role_policy_document: String = Member::new("AssumeRolePolicyDocument", &POLICY_DOCUMENT_TYPE).required(),
        description: Option<String> = Member::new("Description", &ROLE_DESCRIPTION_TYPE),
        max_session_duration: Option<i32> = Member::new("MaxSessionDuration", &ROLE_MAX_SESSION_DURATION_TYPE),
        permissions_boundary: Option<String> = Member::new("PermissionsBoundary", &ARN_TYPE),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST_TYPE),
    }
    pub struct CreateRoleResponse as CREATE_ROLE_RESPONSE {
        role: Role = Member::new("Role", &ROLE).required(),
    }
    pub struct DeletePolicyRequest as DELETE_POLICY_REQUEST {
        policy_arn: String = Member::new("PolicyArn", &ARN_TYPE).required(),
    }
    pub struct DeleteRolePermissionsBoundaryRequest as DELETE_ROLE_PERMISSIONS_BOUNDARY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
    }
    pub struct DeleteRolePolicyRequest as DELETE_ROLE_POLICY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_name: String = Member::new("PolicyName", &POLICY_NAME_TYPE).required(),
    }
    pub struct DeleteRoleRequest as DELETE_ROLE_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
    }
    pub struct DetachRolePolicyRequest as DETACH_ROLE_POLICY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_arn: String = Member::new("PolicyArn", &ARN_TYPE).required(),
    }
    pub struct EvaluationResult as EVALUATION_RESULT {
        eval_action_name: String = Member::new("EvalActionName", &ACTION_NAME_TYPE).required(),
        eval_resource_name: Option<String> = Member::new("EvalResourceName", &RESOURCE_NAME_TYPE),
        eval_decision: PolicyEvaluationDecisionType = Member::new("EvalDecision", &POLICY_EVALUATION_DECISION_TYPE).required(),
        matched_statements: Option<Vec<Statement>> = Member::new("MatchedStatements", &STATEMENT_LIST_TYPE),
        missing_context_values: Option<Vec<String>> = Member::new("MissingContextValues", &CONTEXT_KEY_NAMES_RESULT_LIST_TYPE),
        organizations_decision_detail: Option<OrganizationsDecisionDetail> = Member::new("OrganizationsDecisionDetail", &ORGANIZATIONS_DECISION_DETAIL),
        permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = Member::new("PermissionsBoundaryDecisionDetail", &PERMISSIONS_BOUNDARY_DECISION_DETAIL),
        eval_decision_details: Option<BTreeMap<String, PolicyEvaluationDecisionType>> = Member::new("EvalDecisionDetails", &EVAL_DECISION_DETAILS_TYPE),
        resource_specific_results: Option<Vec<ResourceSpecificResult>> = Member::new("ResourceSpecificResults", &RESOURCE_SPECIFIC_RESULT_LIST_TYPE),
    }
    pub struct GetContextKeysForCustomPolicyRequest as GET_CONTEXT_KEYS_FOR_CUSTOM_POLICY_REQUEST {
        policy_input_list: Vec<String> = Member::new("PolicyInputList", &SIMULATION_POLICY_LIST_TYPE).required(),
    }
    pub struct GetContextKeysForPolicyResponse as GET_CONTEXT_KEYS_FOR_POLICY_RESPONSE {
        context_key_names: Option<Vec<String>> = Member::new("ContextKeyNames", &CONTEXT_KEY_NAMES_RESULT_LIST_TYPE),
    }
    pub struct GetContextKeysForPrincipalPolicyRequest as GET_CONTEXT_KEYS_FOR_PRINCIPAL_POLICY_REQUEST {
        policy_source_arn: String = Member::new("PolicySourceArn", &ARN_TYPE).required(),
        policy_input_list: Option<Vec<String>> = Member::new("PolicyInputList", &SIMULATION_POLICY_LIST_TYPE),
    }
    pub struct GetPolicyRequest as GET_POLICY_REQUEST {
        policy_arn: String = Member::new("PolicyArn", &ARN_TYPE).required(),
    }
    pub struct GetPolicyResponse as GET_POLICY_RESPONSE {
        policy: Option<Policy> = Member::new("Policy", &POLICY),
    }
    pub struct GetPolicyVersionRequest as GET_POLICY_VERSION_REQUEST {
        policy_arn: String = Member::new("PolicyArn", &ARN_TYPE).required(),
        version_id: String = Member::new("VersionId", &POLICY_VERSION_ID_TYPE).required(),
    }
    pub struct GetPolicyVersionResponse as GET_POLICY_VERSION_RESPONSE {
        policy_version: Option<PolicyVersion> = Member::new("PolicyVersion", &POLICY_VERSION),
    }
    pub struct GetRolePolicyRequest as GET_ROLE_POLICY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_name: String = Member::new("PolicyName", &POLICY_NAME_TYPE).required(),
    }
    pub struct GetRolePolicyResponse as GET_ROLE_POLICY_RESPONSE {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_name: String = Member::new("PolicyName", &POLICY_NAME_TYPE).required(),
        policy_document: String = Member::new("PolicyDocument", &POLICY_DOCUMENT_TYPE).required(),
    }
    pub struct GetRoleRequest as GET_ROLE_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
    }
    pub struct GetRoleResponse as GET_ROLE_RESPONSE {
        role: Role = Member::new("Role", &ROLE).required(),
    }
    pub struct ListAttachedRolePoliciesRequest as LIST_ATTACHED_ROLE_POLICIES_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        path_prefix: Option<String> = Member::new("PathPrefix", &POLICY_PATH_TYPE),
        marker: Option<String> = Member::new("Marker", &MARKER_TYPE),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS_TYPE),
    }
    pub struct ListAttachedRolePoliciesResponse as LIST_ATTACHED_ROLE_POLICIES_RESPONSE {
        attached_policies: Option<Vec<AttachedPolicy>> = Member::new("AttachedPolicies", &ATTACHED_POLICIES_LIST_TYPE),
        is_truncated: Option<bool> = Member::new("IsTruncated", &BOOLEAN_TYPE),
        marker: Option<String> = Member::new("Marker", &RESPONSE_MARKER_TYPE),
    }
    pub struct ListPoliciesRequest as LIST_POLICIES_REQUEST {
        scope: Option<PolicyScopeType> = Member::new("Scope", &POLICY_SCOPE_TYPE),
        only_attached: Option<bool> = Member::new("OnlyAttached", &BOOLEAN_TYPE),
        path_prefix: Option<String> = Member::new("PathPrefix", &POLICY_PATH_TYPE),
        policy_usage_filter: Option<PolicyUsageType> = Member::new("PolicyUsageFilter", &POLICY_USAGE_TYPE),
        marker: Option<String> = Member::new("Marker", &MARKER_TYPE),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS_TYPE),
    }
    pub struct ListPoliciesResponse as LIST_POLICIES_RESPONSE {
        policies: Option<Vec<Policy>> = Member::new("Policies", &POLICY_LIST_TYPE),
        is_truncated: Option<bool> = Member::new("IsTruncated", &BOOLEAN_TYPE),
        marker: Option<String> = Member::new("Marker", &RESPONSE_MARKER_TYPE),
    }
    pub struct ListRolePoliciesRequest as LIST_ROLE_POLICIES_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        marker: Option<String> = Member::new("Marker", &MARKER_TYPE),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS_TYPE),
    }
    pub struct ListRolePoliciesResponse as LIST_ROLE_POLICIES_RESPONSE {
        policy_names: Vec<String> = Member::new("PolicyNames", &POLICY_NAME_LIST_TYPE).required(),
        is_truncated: Option<bool> = Member::new("IsTruncated", &BOOLEAN_TYPE),
        marker: Option<String> = Member::new("Marker", &RESPONSE_MARKER_TYPE),
    }
    pub struct ListRoleTagsRequest as LIST_ROLE_TAGS_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        marker: Option<String> = Member::new("Marker", &MARKER_TYPE),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS_TYPE),
    }
    pub struct ListRoleTagsResponse as LIST_ROLE_TAGS_RESPONSE {
        tags: Vec<Tag> = Member::new("Tags", &TAG_LIST_TYPE).required(),
        is_truncated: Option<bool> = Member::new("IsTruncated", &BOOLEAN_TYPE),
        marker: Option<String> = Member::new("Marker", &RESPONSE_MARKER_TYPE),
    }
    pub struct ListRolesRequest as LIST_ROLES_REQUEST {
        path_prefix: Option<String> = Member::new("PathPrefix", &PATH_PREFIX_TYPE),
        marker: Option<String> = Member::new("Marker", &MARKER_TYPE),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS_TYPE),
    }
    pub struct ListRolesResponse as LIST_ROLES_RESPONSE {
        roles: Vec<Role> = Member::new("Roles", &ROLE_LIST_TYPE).required(),
        is_truncated: Option<bool> = Member::new("IsTruncated", &BOOLEAN_TYPE),
        marker: Option<String> = Member::new("Marker", &RESPONSE_MARKER_TYPE),
    }
    pub struct OrganizationsDecisionDetail as ORGANIZATIONS_DECISION_DETAIL {
        allowed_by_organizations: Option<bool> = Member::new("AllowedByOrganizations", &BOOLEAN_TYPE),
    }
    pub struct PermissionsBoundaryDecisionDetail as PERMISSIONS_BOUNDARY_DECISION_DETAIL {
        allowed_by_permissions_boundary: Option<bool> = Member::new("AllowedByPermissionsBoundary", &BOOLEAN_TYPE),
    }
    pub struct Policy as POLICY {
        policy_name: Option<String> = Member::new("PolicyName", &POLICY_NAME_TYPE),
        policy_id: Option<String> = Member::new("PolicyId", &ID_TYPE),
        arn: Option<String> = Member::new("Arn", &ARN_TYPE),
        path: Option<String> = Member::new("Path", &POLICY_PATH_TYPE),
        default_version_id: Option<String> = Member::new("DefaultVersionId", &POLICY_VERSION_ID_TYPE),
        attachment_count: Option<i32> = Member::new("AttachmentCount", &ATTACHMENT_COUNT_TYPE),
        permissions_boundary_usage_count: Option<i32> = Member::new("PermissionsBoundaryUsageCount", &ATTACHMENT_COUNT_TYPE),
        is_attachable: Option<bool> = Member::new("IsAttachable", &BOOLEAN_TYPE),
        description: Option<String> = Member::new("Description", &POLICY_DESCRIPTION_TYPE),
        create_date: Option<jiff::Timestamp> = Member::new("CreateDate", &DATE_TYPE),
        update_date: Option<jiff::Timestamp> = Member::new("UpdateDate", &DATE_TYPE),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST_TYPE),
    }
    pub struct PolicyVersion as POLICY_VERSION {
        document: Option<String> = Member::new("Document", &POLICY_DOCUMENT_TYPE),
        version_id: Option<String> = Member::new("VersionId", &POLICY_VERSION_ID_TYPE),
        is_default_version: Option<bool> = Member::new("IsDefaultVersion", &BOOLEAN_TYPE),
        create_date: Option<jiff::Timestamp> = Member::new("CreateDate", &DATE_TYPE),
    }
    pub struct Position as POSITION {
        line: Option<i32> = Member::new("Line", &LINE_NUMBER),
        column: Option<i32> = Member::new("Column", &COLUMN_NUMBER),
    }
    pub struct PutRolePermissionsBoundaryRequest as PUT_ROLE_PERMISSIONS_BOUNDARY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        permissions_boundary: String = Member::new("PermissionsBoundary", &ARN_TYPE).required(),
    }
    pub struct PutRolePolicyRequest as PUT_ROLE_POLICY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_name: String = Member::new("PolicyName", &POLICY_NAME_TYPE).required(),
        policy_document: String = Member::new("PolicyDocument", &POLICY_DOCUMENT_TYPE).required(),
    }
    pub struct ResourceSpecificResult as RESOURCE_SPECIFIC_RESULT {
        eval_resource_name: String = Member::new("EvalResourceName", &RESOURCE_NAME_TYPE).required(),
        eval_resource_decision: PolicyEvaluationDecisionType = Member::new("EvalResourceDecision", &POLICY_EVALUATION_DECISION_TYPE).required(),
        matched_statements: Option<Vec<Statement>> = Member::new("MatchedStatements", &STATEMENT_LIST_TYPE),
        missing_context_values: Option<Vec<String>> = Member::new("MissingContextValues", &CONTEXT_KEY_NAMES_RESULT_LIST_TYPE),
        eval_decision_details: Option<BTreeMap<String, PolicyEvaluationDecisionType>> = Member::new("EvalDecisionDetails", &EVAL_DECISION_DETAILS_TYPE),
        permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = Member::new("PermissionsBoundaryDecisionDetail", &PERMISSIONS_BOUNDARY_DECISION_DETAIL),
    }
    pub struct Role as ROLE {
        path: String = Member::new("Path", &PATH_TYPE).required(),
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        role_id: String = Member::new("RoleId", &ID_TYPE).required(),
        arn: String = Member::new("Arn", &ARN_TYPE).required(),
        create_date: jiff::Timestamp = Member::new("CreateDate", &DATE_TYPE).required(),
        assume_role_policy_document: Option<String> = Member::new("AssumeRolePolicyDocument", &POLICY_DOCUMENT_TYPE),
        description: Option<String> = Member::new("Description", &ROLE_DESCRIPTION_TYPE),
        max_session_duration: Option<i32> = Member::new("MaxSessionDuration", &ROLE_MAX_SESSION_DURATION_TYPE),
        permissions_boundary: Option<AttachedPermissionsBoundary> = Member::new("PermissionsBoundary", &ATTACHED_PERMISSIONS_BOUNDARY),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST_TYPE),
        role_last_used: Option<RoleLastUsed> = Member::new("RoleLastUsed", &ROLE_LAST_USED),
    }
    pub struct RoleLastUsed as ROLE_LAST_USED {
        last_used_date: Option<jiff::Timestamp> = Member::new("LastUsedDate", &DATE_TYPE),
        region: Option<String> = Member::new("Region", &STRING_TYPE),
    }
    pub struct SimulateCustomPolicyRequest as SIMULATE_CUSTOM_POLICY_REQUEST {
        policy_input_list: Vec<String> = Member::new("PolicyInputList", &SIMULATION_POLICY_LIST_TYPE).required(),
        permissions_boundary_policy_input_list: Option<Vec<String>> = Member::new("PermissionsBoundaryPolicyInputList", &SIMULATION_POLICY_LIST_TYPE),
        action_names: Vec<String> = Member::new("ActionNames", &ACTION_NAME_LIST_TYPE).required(),
        resource_arns: Option<Vec<String>> = Member::new("ResourceArns", &RESOURCE_NAME_LIST_TYPE),
        resource_policy: Option<String> = Member::new("ResourcePolicy", &POLICY_DOCUMENT_TYPE),
        resource_owner: Option<String> = Member::new("ResourceOwner", &RESOURCE_NAME_TYPE),
        caller_arn: Option<String> = Member::new("CallerArn", &RESOURCE_NAME_TYPE),
        context_entries: Option<Vec<ContextEntry>> = Member::new("ContextEntries", &CONTEXT_ENTRY_LIST_TYPE),
        resource_handling_option: Option<String> = Member::new("ResourceHandlingOption", &RESOURCE_HANDLING_OPTION_TYPE),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS_TYPE),
        marker: Option<String> = Member::new("Marker", &MARKER_TYPE),
    }
    pub struct SimulatePolicyResponse as SIMULATE_POLICY_RESPONSE {
        evaluation_results: Option<Vec<EvaluationResult>> = Member::new("EvaluationResults", &EVALUATION_RESULTS_LIST_TYPE),
        is_truncated: Option<bool> = Member::new("IsTruncated", &BOOLEAN_TYPE),
        marker: Option<String> = Member::new("Marker", &RESPONSE_MARKER_TYPE),
    }
    pub struct SimulatePrincipalPolicyRequest as SIMULATE_PRINCIPAL_POLICY_REQUEST {
        policy_source_arn: String = Member::new("PolicySourceArn", &ARN_TYPE).required(),
        policy_input_list: Option<Vec<String>> = Member::new("PolicyInputList", &SIMULATION_POLICY_LIST_TYPE),
        permissions_boundary_policy_input_list: Option<Vec<String>> = Member::new("PermissionsBoundaryPolicyInputList", &SIMULATION_POLICY_LIST_TYPE),
        action_names: Vec<String> = Member::new("ActionNames", &ACTION_NAME_LIST_TYPE).required(),
        resource_arns: Option<Vec<String>> = Member::new("ResourceArns", &RESOURCE_NAME_LIST_TYPE),
        resource_policy: Option<String> = Member::new("ResourcePolicy", &POLICY_DOCUMENT_TYPE),
        resource_owner: Option<String> = Member::new("ResourceOwner", &RESOURCE_NAME_TYPE),
        caller_arn: Option<String> = Member::new("CallerArn", &RESOURCE_NAME_TYPE),
        context_entries: Option<Vec<ContextEntry>> = Member::new("ContextEntries", &CONTEXT_ENTRY_LIST_TYPE),
        resource_handling_option: Option<String> = Member::new("ResourceHandlingOption", &RESOURCE_HANDLING_OPTION_TYPE),
        max_items: Option<i32> = Member::new("MaxItems", &MAX_ITEMS_TYPE),
        marker: Option<String> = Member::new("Marker", &MARKER_TYPE),
    }
    pub struct Statement as STATEMENT {
        source_policy_id: Option<String> = Member::new("SourcePolicyId", &POLICY_IDENTIFIER_TYPE),
        source_policy_type: Option<PolicySourceType> = Member::new("SourcePolicyType", &POLICY_SOURCE_TYPE),
        start_position: Option<Position> = Member::new("StartPosition", &POSITION),
        end_position: Option<Position> = Member::new("EndPosition", &POSITION),
    }
    pub struct Tag as TAG {
        key: String = Member::new("Key", &TAG_KEY_TYPE).required(),
        value: String = Member::new("Value", &TAG_VALUE_TYPE).required(),
    }
    pub struct TagRoleRequest as TAG_ROLE_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        tags: Vec<Tag> = Member::new("Tags", &TAG_LIST_TYPE).required(),
    }
    pub struct UntagRoleRequest as UNTAG_ROLE_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        tag_keys: Vec<String> = Member::new("TagKeys", &TAG_KEY_LIST_TYPE).required(),
    }
    pub struct UpdateAssumeRolePolicyRequest as UPDATE_ASSUME_ROLE_POLICY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_document: String = Member::new("PolicyDocument", &POLICY_DOCUMENT_TYPE).required(),
    }
    pub struct UpdateRoleRequest as UPDATE_ROLE_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        description: Option<String> = Member::new("Description", &ROLE_DESCRIPTION_TYPE),
        max_session_duration: Option<i32> = Member::new("MaxSessionDuration", &ROLE_MAX_SESSION_DURATION_TYPE),
    }
    pub struct UpdateRoleResponse as UPDATE_ROLE_RESPONSE {
    }
}

cloud_wire::errors! {
    ConcurrentModificationException = ("ConcurrentModification", 409, "message"),
    DeleteConflictException = ("DeleteConflict", 409, "message"),
    EntityAlreadyExistsException = ("EntityAlreadyExists", 409, "message"),
    InvalidInputException = ("InvalidInput", 400, "message"),
    LimitExceededException = ("LimitExceeded", 409, "message"),
    MalformedPolicyDocumentException = ("MalformedPolicyDocument", 400, "message"),
    NoSuchEntityException = ("NoSuchEntity", 404, "message"),
    PolicyEvaluationException = ("PolicyEvaluation", 500, "message"),
    PolicyNotAttachableException = ("PolicyNotAttachable", 400, "message"),
    ServiceFailureException = ("ServiceFailure", 500, "message"),
    UnmodifiableEntityException = ("UnmodifiableEntity", 400, "message"),
}

cloud_wire::operations! {
    AttachRolePolicy(super::AttachRolePolicyRequest) -> () = "POST" "/" 200, super::ATTACH_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    CreatePolicy(super::CreatePolicyRequest) -> super::CreatePolicyResponse = "POST" "/" 200, super::CREATE_POLICY_REQUEST, super::CREATE_POLICY_RESPONSE;
    CreateRole(super::CreateRoleRequest) -> super::CreateRoleResponse = "POST" "/" 200, super::CREATE_ROLE_REQUEST, super::CREATE_ROLE_RESPONSE;
    DeletePolicy(super::DeletePolicyRequest) -> () = "POST" "/" 200, super::DELETE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    DeleteRole(super::DeleteRoleRequest) -> () = "POST" "/" 200, super::DELETE_ROLE_REQUEST, cloud_wire::shape::UNIT;
    DeleteRolePermissionsBoundary(super::DeleteRolePermissionsBoundaryRequest) -> () = "POST" "/" 200, super::DELETE_ROLE_PERMISSIONS_BOUNDARY_REQUEST, cloud_wire::shape::UNIT;
    DeleteRolePolicy(super::DeleteRolePolicyRequest) -> () = "POST" "/" 200, super::DELETE_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    DetachRolePolicy(super::DetachRolePolicyRequest) -> () = "POST" "/" 200, super::DETACH_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    GetContextKeysForCustomPolicy(super::GetContextKeysForCustomPolicyRequest) -> super::GetContextKeysForPolicyResponse = "POST" "/" 200, super::GET_CONTEXT_KEYS_FOR_CUSTOM_POLICY_REQUEST, super::GET_CONTEXT_KEYS_FOR_POLICY_RESPONSE;
    GetContextKeysForPrincipalPolicy(super::GetContextKeysForPrincipalPolicyRequest) -> super::GetContextKeysForPolicyResponse = "POST" "/" 200, super::GET_CONTEXT_KEYS_FOR_PRINCIPAL_POLICY_REQUEST, super::GET_CONTEXT_KEYS_FOR_POLICY_RESPONSE;
    GetPolicy(super::GetPolicyRequest) -> super::GetPolicyResponse = "POST" "/" 200, super::GET_POLICY_REQUEST, super::GET_POLICY_RESPONSE;
    GetPolicyVersion(super::GetPolicyVersionRequest) -> super::GetPolicyVersionResponse = "POST" "/" 200, super::GET_POLICY_VERSION_REQUEST, super::GET_POLICY_VERSION_RESPONSE;
    GetRole(super::GetRoleRequest) -> super::GetRoleResponse = "POST" "/" 200, super::GET_ROLE_REQUEST, super::GET_ROLE_RESPONSE;
    GetRolePolicy(super::GetRolePolicyRequest) -> super::GetRolePolicyResponse = "POST" "/" 200, super::GET_ROLE_POLICY_REQUEST, super::GET_ROLE_POLICY_RESPONSE;
    ListAttachedRolePolicies(super::ListAttachedRolePoliciesRequest) -> super::ListAttachedRolePoliciesResponse = "POST" "/" 200, super::LIST_ATTACHED_ROLE_POLICIES_REQUEST, super::LIST_ATTACHED_ROLE_POLICIES_RESPONSE, .pages("Marker", "Marker", &["MaxItems"]);
    ListPolicies(super::ListPoliciesRequest) -> super::ListPoliciesResponse = "POST" "/" 200, super::LIST_POLICIES_REQUEST, super::LIST_POLICIES_RESPONSE, .pages("Marker", "Marker", &["MaxItems"]);
    ListRolePolicies(super::ListRolePoliciesRequest) -> super::ListRolePoliciesResponse = "POST" "/" 200, super::LIST_ROLE_POLICIES_REQUEST, super::LIST_ROLE_POLICIES_RESPONSE, .pages("Marker", "Marker", &["MaxItems"]);
    ListRoleTags(super::ListRoleTagsRequest) -> super::ListRoleTagsResponse = "POST" "/" 200, super::LIST_ROLE_TAGS_REQUEST, super::LIST_ROLE_TAGS_RESPONSE, .pages("Marker", "Marker", &["MaxItems"]);
    ListRoles(super::ListRolesRequest) -> super::ListRolesResponse = "POST" "/" 200, super::LIST_ROLES_REQUEST, super::LIST_ROLES_RESPONSE, .pages("Marker", "Marker", &["MaxItems"]);
    PutRolePermissionsBoundary(super::PutRolePermissionsBoundaryRequest) -> () = "POST" "/" 200, super::PUT_ROLE_PERMISSIONS_BOUNDARY_REQUEST, cloud_wire::shape::UNIT;
    PutRolePolicy(super::PutRolePolicyRequest) -> () = "POST" "/" 200, super::PUT_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    SimulateCustomPolicy(super::SimulateCustomPolicyRequest) -> super::SimulatePolicyResponse = "POST" "/" 200, super::SIMULATE_CUSTOM_POLICY_REQUEST, super::SIMULATE_POLICY_RESPONSE, .pages("Marker", "Marker", &["MaxItems"]);
    SimulatePrincipalPolicy(super::SimulatePrincipalPolicyRequest) -> super::SimulatePolicyResponse = "POST" "/" 200, super::SIMULATE_PRINCIPAL_POLICY_REQUEST, super::SIMULATE_POLICY_RESPONSE, .pages("Marker", "Marker", &["MaxItems"]);
    TagRole(super::TagRoleRequest) -> () = "POST" "/" 200, super::TAG_ROLE_REQUEST, cloud_wire::shape::UNIT;
    UntagRole(super::UntagRoleRequest) -> () = "POST" "/" 200, super::UNTAG_ROLE_REQUEST, cloud_wire::shape::UNIT;
    UpdateAssumeRolePolicy(super::UpdateAssumeRolePolicyRequest) -> () = "POST" "/" 200, super::UPDATE_ASSUME_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    UpdateRole(super::UpdateRoleRequest) -> super::UpdateRoleResponse = "POST" "/" 200, super::UPDATE_ROLE_REQUEST, super::UPDATE_ROLE_RESPONSE;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "iam",
    signing_name: "iam",
    endpoint_prefix: "iam",
    protocol: cloud_wire::Protocol::Query,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2010-05-08",
    xml_namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    validation_code: "ValidationError",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal("InvalidInput", 400, "Invalid Marker."),
    wrong_union: ServiceModel::WRONG_UNION,
};
