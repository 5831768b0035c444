//! Shapes of the model `iam` (2010-05-08). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the model, whose documentation is AWS's"
)]

use cloud_wire::{Member, Schema, ServiceModel};

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
    pub enum PermissionsBoundaryAttachmentType as PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE {
        PermissionsBoundaryPolicy = "PermissionsBoundaryPolicy",
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
    pub struct PutRolePolicyRequest as PUT_ROLE_POLICY_REQUEST {
        role_name: String = Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        policy_name: String = Member::new("PolicyName", &POLICY_NAME_TYPE).required(),
        policy_document: String = Member::new("PolicyDocument", &POLICY_DOCUMENT_TYPE).required(),
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
    DeleteRolePolicy(super::DeleteRolePolicyRequest) -> () = "POST" "/" 200, super::DELETE_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    DetachRolePolicy(super::DetachRolePolicyRequest) -> () = "POST" "/" 200, super::DETACH_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
    GetPolicy(super::GetPolicyRequest) -> super::GetPolicyResponse = "POST" "/" 200, super::GET_POLICY_REQUEST, super::GET_POLICY_RESPONSE;
    GetPolicyVersion(super::GetPolicyVersionRequest) -> super::GetPolicyVersionResponse = "POST" "/" 200, super::GET_POLICY_VERSION_REQUEST, super::GET_POLICY_VERSION_RESPONSE;
    GetRole(super::GetRoleRequest) -> super::GetRoleResponse = "POST" "/" 200, super::GET_ROLE_REQUEST, super::GET_ROLE_RESPONSE;
    GetRolePolicy(super::GetRolePolicyRequest) -> super::GetRolePolicyResponse = "POST" "/" 200, super::GET_ROLE_POLICY_REQUEST, super::GET_ROLE_POLICY_RESPONSE;
    ListAttachedRolePolicies(super::ListAttachedRolePoliciesRequest) -> super::ListAttachedRolePoliciesResponse = "POST" "/" 200, super::LIST_ATTACHED_ROLE_POLICIES_REQUEST, super::LIST_ATTACHED_ROLE_POLICIES_RESPONSE;
    ListPolicies(super::ListPoliciesRequest) -> super::ListPoliciesResponse = "POST" "/" 200, super::LIST_POLICIES_REQUEST, super::LIST_POLICIES_RESPONSE;
    ListRolePolicies(super::ListRolePoliciesRequest) -> super::ListRolePoliciesResponse = "POST" "/" 200, super::LIST_ROLE_POLICIES_REQUEST, super::LIST_ROLE_POLICIES_RESPONSE;
    ListRoleTags(super::ListRoleTagsRequest) -> super::ListRoleTagsResponse = "POST" "/" 200, super::LIST_ROLE_TAGS_REQUEST, super::LIST_ROLE_TAGS_RESPONSE;
    ListRoles(super::ListRolesRequest) -> super::ListRolesResponse = "POST" "/" 200, super::LIST_ROLES_REQUEST, super::LIST_ROLES_RESPONSE;
    PutRolePolicy(super::PutRolePolicyRequest) -> () = "POST" "/" 200, super::PUT_ROLE_POLICY_REQUEST, cloud_wire::shape::UNIT;
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
    target_prefix: "",
    api_version: "2010-05-08",
    xml_namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    validation_code: "ValidationError",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
};
