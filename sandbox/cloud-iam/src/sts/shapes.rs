//! Shapes of the model `sts` (2011-06-15). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the model, whose documentation is AWS's"
)]

use cloud_wire::{Member, Schema, ServiceModel};

pub static PROVIDED_CONTEXTS_LIST_TYPE: Schema =
    Schema::list("ProvidedContextsListType", &PROVIDED_CONTEXT).min(1).max(5);
pub static ACCESS_KEY_ID_TYPE: Schema = Schema::string("accessKeyIdType").min(16).max(128).pattern("[\\w]*");
pub static ACCESS_KEY_SECRET_TYPE: Schema = Schema::string("accessKeySecretType");
pub static ACCOUNT_TYPE: Schema = Schema::string("accountType");
pub static ARN_TYPE: Schema = Schema::string("arnType").min(20).max(2048).pattern(
    "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
);
pub static ASSUMED_ROLE_ID_TYPE: Schema =
    Schema::string("assumedRoleIdType").min(2).max(193).pattern("[\\w+=,.@:-]*");
pub static CONTEXT_ASSERTION_TYPE: Schema = Schema::string("contextAssertionType").min(4).max(2048);
pub static DATE_TYPE: Schema = Schema::timestamp("dateType");
pub static DURATION_SECONDS_TYPE: Schema = Schema::integer("durationSecondsType").min(900).max(129600);
pub static EXTERNAL_ID_TYPE: Schema =
    Schema::string("externalIdType").min(2).max(1224).pattern("[\\w+=,.@:\\/-]*");
pub static NON_NEGATIVE_INTEGER_TYPE: Schema = Schema::integer("nonNegativeIntegerType").min(0);
pub static POLICY_DESCRIPTOR_LIST_TYPE: Schema =
    Schema::list("policyDescriptorListType", &POLICY_DESCRIPTOR_TYPE);
pub static ROLE_DURATION_SECONDS_TYPE: Schema =
    Schema::integer("roleDurationSecondsType").min(900).max(43200);
pub static ROLE_SESSION_NAME_TYPE: Schema =
    Schema::string("roleSessionNameType").min(2).max(64).pattern("[\\w+=,.@-]*");
pub static SERIAL_NUMBER_TYPE: Schema =
    Schema::string("serialNumberType").min(9).max(256).pattern("[\\w+=/:,.@-]*");
pub static SOURCE_IDENTITY_TYPE: Schema =
    Schema::string("sourceIdentityType").min(2).max(64).pattern("[\\w+=,.@-]*");
pub static TAG_KEY_LIST_TYPE: Schema = Schema::list("tagKeyListType", &TAG_KEY_TYPE).max(50);
pub static TAG_KEY_TYPE: Schema =
    Schema::string("tagKeyType").min(1).max(128).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
pub static TAG_LIST_TYPE: Schema = Schema::list("tagListType", &TAG).max(50);
pub static TAG_VALUE_TYPE: Schema =
    Schema::string("tagValueType").min(0).max(256).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
pub static TOKEN_CODE_TYPE: Schema = Schema::string("tokenCodeType").min(6).max(6).pattern("[\\d]*");
pub static TOKEN_TYPE: Schema = Schema::string("tokenType");
pub static UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE: Schema =
    Schema::string("unrestrictedSessionPolicyDocumentType")
        .min(1)
        .pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
pub static USER_ID_TYPE: Schema = Schema::string("userIdType");

cloud_wire::structure! {
    pub struct AssumeRoleRequest as ASSUME_ROLE_REQUEST {
        role_arn: String = Member::new("RoleArn", &ARN_TYPE).required(),
        role_session_name: String = Member::new("RoleSessionName", &ROLE_SESSION_NAME_TYPE).required(),
        policy_arns: Option<Vec<PolicyDescriptorType>> = Member::new("PolicyArns", &POLICY_DESCRIPTOR_LIST_TYPE),
        policy: Option<String> = Member::new("Policy", &UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE),
        duration_seconds: Option<i32> = Member::new("DurationSeconds", &ROLE_DURATION_SECONDS_TYPE),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST_TYPE),
        transitive_tag_keys: Option<Vec<String>> = Member::new("TransitiveTagKeys", &TAG_KEY_LIST_TYPE),
        external_id: Option<String> = Member::new("ExternalId", &EXTERNAL_ID_TYPE),
        serial_number: Option<String> = Member::new("SerialNumber", &SERIAL_NUMBER_TYPE),
        token_code: Option<String> = Member::new("TokenCode", &TOKEN_CODE_TYPE),
        source_identity: Option<String> = Member::new("SourceIdentity", &SOURCE_IDENTITY_TYPE),
        provided_contexts: Option<Vec<ProvidedContext>> = Member::new("ProvidedContexts", &PROVIDED_CONTEXTS_LIST_TYPE),
    }
    pub struct AssumeRoleResponse as ASSUME_ROLE_RESPONSE {
        credentials: Option<Credentials> = Member::new("Credentials", &CREDENTIALS),
        assumed_role_user: Option<AssumedRoleUser> = Member::new("AssumedRoleUser", &ASSUMED_ROLE_USER),
        packed_policy_size: Option<i32> = Member::new("PackedPolicySize", &NON_NEGATIVE_INTEGER_TYPE),
        source_identity: Option<String> = Member::new("SourceIdentity", &SOURCE_IDENTITY_TYPE),
    }
    pub struct AssumedRoleUser as ASSUMED_ROLE_USER {
        assumed_role_id: String = Member::new("AssumedRoleId", &ASSUMED_ROLE_ID_TYPE).required(),
        arn: String = Member::new("Arn", &ARN_TYPE).required(),
    }
    pub struct Credentials as CREDENTIALS {
        access_key_id: String = Member::new("AccessKeyId", &ACCESS_KEY_ID_TYPE).required(),
        secret_access_key: String = Member::new("SecretAccessKey", &ACCESS_KEY_SECRET_TYPE).required(),
        session_token: String = Member::new("SessionToken", &TOKEN_TYPE).required(),
        expiration: jiff::Timestamp = Member::new("Expiration", &DATE_TYPE).required(),
    }
    pub struct GetAccessKeyInfoRequest as GET_ACCESS_KEY_INFO_REQUEST {
        access_key_id: String = Member::new("AccessKeyId", &ACCESS_KEY_ID_TYPE).required(),
    }
    pub struct GetAccessKeyInfoResponse as GET_ACCESS_KEY_INFO_RESPONSE {
        account: Option<String> = Member::new("Account", &ACCOUNT_TYPE),
    }
    pub struct GetCallerIdentityRequest as GET_CALLER_IDENTITY_REQUEST {
    }
    pub struct GetCallerIdentityResponse as GET_CALLER_IDENTITY_RESPONSE {
        user_id: Option<String> = Member::new("UserId", &USER_ID_TYPE),
        account: Option<String> = Member::new("Account", &ACCOUNT_TYPE),
        arn: Option<String> = Member::new("Arn", &ARN_TYPE),
    }
    pub struct GetSessionTokenRequest as GET_SESSION_TOKEN_REQUEST {
        duration_seconds: Option<i32> = Member::new("DurationSeconds", &DURATION_SECONDS_TYPE),
        serial_number: Option<String> = Member::new("SerialNumber", &SERIAL_NUMBER_TYPE),
        token_code: Option<String> = Member::new("TokenCode", &TOKEN_CODE_TYPE),
    }
    pub struct GetSessionTokenResponse as GET_SESSION_TOKEN_RESPONSE {
        credentials: Option<Credentials> = Member::new("Credentials", &CREDENTIALS),
    }
    pub struct PolicyDescriptorType as POLICY_DESCRIPTOR_TYPE {
        arn: Option<String> = Member::new("arn", &ARN_TYPE),
    }
    pub struct ProvidedContext as PROVIDED_CONTEXT {
        provider_arn: Option<String> = Member::new("ProviderArn", &ARN_TYPE),
        context_assertion: Option<String> = Member::new("ContextAssertion", &CONTEXT_ASSERTION_TYPE),
    }
    pub struct Tag as TAG {
        key: String = Member::new("Key", &TAG_KEY_TYPE).required(),
        value: String = Member::new("Value", &TAG_VALUE_TYPE).required(),
    }
}

cloud_wire::errors! {
    ExpiredTokenException = ("ExpiredTokenException", 400, "message"),
    MalformedPolicyDocumentException = ("MalformedPolicyDocument", 400, "message"),
    PackedPolicyTooLargeException = ("PackedPolicyTooLarge", 400, "message"),
    RegionDisabledException = ("RegionDisabledException", 403, "message"),
}

cloud_wire::operations! {
    AssumeRole(super::AssumeRoleRequest) -> super::AssumeRoleResponse = "POST" "/" 200, super::ASSUME_ROLE_REQUEST, super::ASSUME_ROLE_RESPONSE;
    GetAccessKeyInfo(super::GetAccessKeyInfoRequest) -> super::GetAccessKeyInfoResponse = "POST" "/" 200, super::GET_ACCESS_KEY_INFO_REQUEST, super::GET_ACCESS_KEY_INFO_RESPONSE;
    GetCallerIdentity(super::GetCallerIdentityRequest) -> super::GetCallerIdentityResponse = "POST" "/" 200, super::GET_CALLER_IDENTITY_REQUEST, super::GET_CALLER_IDENTITY_RESPONSE;
    GetSessionToken(super::GetSessionTokenRequest) -> super::GetSessionTokenResponse = "POST" "/" 200, super::GET_SESSION_TOKEN_REQUEST, super::GET_SESSION_TOKEN_RESPONSE;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "sts",
    signing_name: "sts",
    endpoint_prefix: "sts",
    protocol: cloud_wire::Protocol::Query,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2011-06-15",
    xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    validation_code: "ValidationError",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: ServiceModel::WRONG_TOKEN,
    wrong_union: ServiceModel::WRONG_UNION,
};
