//! Shapes of the model `sns` (2010-03-31). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static ACTIONS_LIST: Schema = Schema::list("ActionsList", &ACTION);
pub static AMAZON_RESOURCE_NAME: Schema = Schema::string("AmazonResourceName").min(1).max(1011);
pub static BATCH_RESULT_ERROR_ENTRY_LIST: Schema =
    Schema::list("BatchResultErrorEntryList", &BATCH_RESULT_ERROR_ENTRY);
pub static BINARY: Schema = Schema::blob("Binary");
pub static DELEGATES_LIST: Schema = Schema::list("DelegatesList", &DELEGATE);
pub static LIST_STRING: Schema = Schema::list("ListString", &STRING);
pub static MAP_STRING_TO_STRING: Schema = Schema::map("MapStringToString", &STRING, &STRING);
pub static MESSAGE_ATTRIBUTE_MAP: Schema =
    Schema::map("MessageAttributeMap", &STRING, &MESSAGE_ATTRIBUTE_VALUE).entry_names("Name", "Value");
pub static PHONE_NUMBER: Schema = Schema::string("PhoneNumber");
pub static PHONE_NUMBER_LIST: Schema = Schema::list("PhoneNumberList", &PHONE_NUMBER);
pub static PUBLISH_BATCH_REQUEST_ENTRY_LIST: Schema =
    Schema::list("PublishBatchRequestEntryList", &PUBLISH_BATCH_REQUEST_ENTRY);
pub static PUBLISH_BATCH_RESULT_ENTRY_LIST: Schema =
    Schema::list("PublishBatchResultEntryList", &PUBLISH_BATCH_RESULT_ENTRY);
pub static STRING: Schema = Schema::string("String");
pub static SUBSCRIPTION_ATTRIBUTES_MAP: Schema =
    Schema::map("SubscriptionAttributesMap", &ATTRIBUTE_NAME, &ATTRIBUTE_VALUE);
pub static SUBSCRIPTIONS_LIST: Schema = Schema::list("SubscriptionsList", &SUBSCRIPTION);
pub static TAG_KEY: Schema = Schema::string("TagKey").min(1).max(128);
pub static TAG_KEY_LIST: Schema = Schema::list("TagKeyList", &TAG_KEY);
pub static TAG_LIST: Schema = Schema::list("TagList", &TAG);
pub static TAG_VALUE: Schema = Schema::string("TagValue").min(0).max(256);
pub static TOPIC_ATTRIBUTES_MAP: Schema =
    Schema::map("TopicAttributesMap", &ATTRIBUTE_NAME, &ATTRIBUTE_VALUE);
pub static TOPICS_LIST: Schema = Schema::list("TopicsList", &TOPIC);
pub static ACCOUNT: Schema = Schema::string("account");
pub static ACTION: Schema = Schema::string("action");
pub static ATTRIBUTE_NAME: Schema = Schema::string("attributeName");
pub static ATTRIBUTE_VALUE: Schema = Schema::string("attributeValue");
pub static AUTHENTICATE_ON_UNSUBSCRIBE: Schema = Schema::string("authenticateOnUnsubscribe");
pub static BOOLEAN: Schema = Schema::boolean("boolean");
pub static DELEGATE: Schema = Schema::string("delegate");
pub static ENDPOINT: Schema = Schema::string("endpoint");
pub static LABEL: Schema = Schema::string("label");
pub static MESSAGE: Schema = Schema::string("message");
pub static MESSAGE_ID: Schema = Schema::string("messageId");
pub static MESSAGE_STRUCTURE: Schema = Schema::string("messageStructure");
pub static NEXT_TOKEN: Schema = Schema::string("nextToken");
pub static PROTOCOL: Schema = Schema::string("protocol");
pub static STRING_: Schema = Schema::string("string");
pub static SUBJECT: Schema = Schema::string("subject");
pub static SUBSCRIPTION_ARN: Schema = Schema::string("subscriptionARN");
pub static TOKEN: Schema = Schema::string("token");
pub static TOPIC_ARN: Schema = Schema::string("topicARN");
pub static TOPIC_NAME: Schema = Schema::string("topicName");

cloud_wire::structure! {
    pub struct AddPermissionInput as ADD_PERMISSION_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
        label: String = Member::new("Label", &LABEL).required(),
        aws_account_id: Vec<String> = Member::new("AWSAccountId", &DELEGATES_LIST).required(),
        action_name: Vec<String> = Member::new("ActionName", &ACTIONS_LIST).required(),
    }
    pub struct BatchResultErrorEntry as BATCH_RESULT_ERROR_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
        code: String = Member::new("Code", &STRING).required(),
        message: Option<String> = Member::new("Message", &STRING),
        sender_fault: bool = Member::new("SenderFault", &BOOLEAN).required(),
    }
    pub struct CheckIfPhoneNumberIsOptedOutInput as CHECK_IF_PHONE_NUMBER_IS_OPTED_OUT_INPUT {
        phone_number: String = Member::new("phoneNumber", &PHONE_NUMBER).required(),
    }
    pub struct CheckIfPhoneNumberIsOptedOutResponse as CHECK_IF_PHONE_NUMBER_IS_OPTED_OUT_RESPONSE {
        is_opted_out: Option<bool> = Member::new("isOptedOut", &BOOLEAN),
    }
    pub struct ConfirmSubscriptionInput as CONFIRM_SUBSCRIPTION_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
        token: String = Member::new("Token", &TOKEN).required(),
        authenticate_on_unsubscribe: Option<String> = Member::new("AuthenticateOnUnsubscribe", &AUTHENTICATE_ON_UNSUBSCRIBE),
    }
    pub struct ConfirmSubscriptionResponse as CONFIRM_SUBSCRIPTION_RESPONSE {
        subscription_arn: Option<String> = Member::new("SubscriptionArn", &SUBSCRIPTION_ARN),
    }
    pub struct CreateTopicInput as CREATE_TOPIC_INPUT {
        name: String = Member::new("Name", &TOPIC_NAME).required(),
        attributes: Option<BTreeMap<String, String>> = Member::new("Attributes", &TOPIC_ATTRIBUTES_MAP),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST),
        data_protection_policy: Option<String> = Member::new("DataProtectionPolicy", &ATTRIBUTE_VALUE),
    }
    pub struct CreateTopicResponse as CREATE_TOPIC_RESPONSE {
        topic_arn: Option<String> = Member::new("TopicArn", &TOPIC_ARN),
    }
    pub struct DeleteTopicInput as DELETE_TOPIC_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
    }
    pub struct GetDataProtectionPolicyInput as GET_DATA_PROTECTION_POLICY_INPUT {
        resource_arn: String = Member::new("ResourceArn", &TOPIC_ARN).required(),
    }
    pub struct GetDataProtectionPolicyResponse as GET_DATA_PROTECTION_POLICY_RESPONSE {
        data_protection_policy: Option<String> = Member::new("DataProtectionPolicy", &ATTRIBUTE_VALUE),
    }
    pub struct GetSMSAttributesInput as GET_SMS_ATTRIBUTES_INPUT {
        attributes: Option<Vec<String>> = Member::new("attributes", &LIST_STRING),
    }
    pub struct GetSMSAttributesResponse as GET_SMS_ATTRIBUTES_RESPONSE {
        attributes: Option<BTreeMap<String, String>> = Member::new("attributes", &MAP_STRING_TO_STRING),
    }
    pub struct GetSubscriptionAttributesInput as GET_SUBSCRIPTION_ATTRIBUTES_INPUT {
        subscription_arn: String = Member::new("SubscriptionArn", &SUBSCRIPTION_ARN).required(),
    }
    pub struct GetSubscriptionAttributesResponse as GET_SUBSCRIPTION_ATTRIBUTES_RESPONSE {
        attributes: Option<BTreeMap<String, String>> = Member::new("Attributes", &SUBSCRIPTION_ATTRIBUTES_MAP),
    }
    pub struct GetTopicAttributesInput as GET_TOPIC_ATTRIBUTES_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
    }
    pub struct GetTopicAttributesResponse as GET_TOPIC_ATTRIBUTES_RESPONSE {
        attributes: Option<BTreeMap<String, String>> = Member::new("Attributes", &TOPIC_ATTRIBUTES_MAP),
    }
    pub struct ListPhoneNumbersOptedOutInput as LIST_PHONE_NUMBERS_OPTED_OUT_INPUT {
        next_token: Option<String> = Member::new("nextToken", &STRING_),
    }
    pub struct ListPhoneNumbersOptedOutResponse as LIST_PHONE_NUMBERS_OPTED_OUT_RESPONSE {
        phone_numbers: Option<Vec<String>> = Member::new("phoneNumbers", &PHONE_NUMBER_LIST),
        next_token: Option<String> = Member::new("nextToken", &STRING_),
    }
    pub struct ListSubscriptionsByTopicInput as LIST_SUBSCRIPTIONS_BY_TOPIC_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListSubscriptionsByTopicResponse as LIST_SUBSCRIPTIONS_BY_TOPIC_RESPONSE {
        subscriptions: Option<Vec<Subscription>> = Member::new("Subscriptions", &SUBSCRIPTIONS_LIST),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListSubscriptionsInput as LIST_SUBSCRIPTIONS_INPUT {
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListSubscriptionsResponse as LIST_SUBSCRIPTIONS_RESPONSE {
        subscriptions: Option<Vec<Subscription>> = Member::new("Subscriptions", &SUBSCRIPTIONS_LIST),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListTagsForResourceRequest as LIST_TAGS_FOR_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceArn", &AMAZON_RESOURCE_NAME).required(),
    }
    pub struct ListTagsForResourceResponse as LIST_TAGS_FOR_RESOURCE_RESPONSE {
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_LIST),
    }
    pub struct ListTopicsInput as LIST_TOPICS_INPUT {
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct ListTopicsResponse as LIST_TOPICS_RESPONSE {
        topics: Option<Vec<Topic>> = Member::new("Topics", &TOPICS_LIST),
        next_token: Option<String> = Member::new("NextToken", &NEXT_TOKEN),
    }
    pub struct MessageAttributeValue as MESSAGE_ATTRIBUTE_VALUE {
        data_type: Option<String> = Member::new("DataType", &STRING),
        string_value: Option<String> = Member::new("StringValue", &STRING),
        binary_value: Option<bytes::Bytes> = Member::new("BinaryValue", &BINARY),
    }
    pub struct OptInPhoneNumberInput as OPT_IN_PHONE_NUMBER_INPUT {
        phone_number: String = Member::new("phoneNumber", &PHONE_NUMBER).required(),
    }
    pub struct OptInPhoneNumberResponse as OPT_IN_PHONE_NUMBER_RESPONSE {
    }
    pub struct PublishBatchInput as PUBLISH_BATCH_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
        publish_batch_request_entries: Vec<PublishBatchRequestEntry> = Member::new("PublishBatchRequestEntries", &PUBLISH_BATCH_REQUEST_ENTRY_LIST).required(),
    }
    pub struct PublishBatchRequestEntry as PUBLISH_BATCH_REQUEST_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
        message: String = Member::new("Message", &MESSAGE).required(),
        subject: Option<String> = Member::new("Subject", &SUBJECT),
        message_structure: Option<String> = Member::new("MessageStructure", &MESSAGE_STRUCTURE),
        message_attributes: Option<BTreeMap<String, MessageAttributeValue>> = Member::new("MessageAttributes", &MESSAGE_ATTRIBUTE_MAP),
        message_deduplication_id: Option<String> = Member::new("MessageDeduplicationId", &STRING),
        message_group_id: Option<String> = Member::new("MessageGroupId", &STRING),
    }
    pub struct PublishBatchResponse as PUBLISH_BATCH_RESPONSE {
        successful: Option<Vec<PublishBatchResultEntry>> = Member::new("Successful", &PUBLISH_BATCH_RESULT_ENTRY_LIST),
        failed: Option<Vec<BatchResultErrorEntry>> = Member::new("Failed", &BATCH_RESULT_ERROR_ENTRY_LIST),
    }
    pub struct PublishBatchResultEntry as PUBLISH_BATCH_RESULT_ENTRY {
        id: Option<String> = Member::new("Id", &STRING),
        message_id: Option<String> = Member::new("MessageId", &MESSAGE_ID),
        sequence_number: Option<String> = Member::new("SequenceNumber", &STRING),
    }
    pub struct PublishInput as PUBLISH_INPUT {
        topic_arn: Option<String> = Member::new("TopicArn", &TOPIC_ARN),
        target_arn: Option<String> = Member::new("TargetArn", &STRING),
        phone_number: Option<String> = Member::new("PhoneNumber", &PHONE_NUMBER),
        message: String = Member::new("Message", &MESSAGE).required(),
        subject: Option<String> = Member::new("Subject", &SUBJECT),
        message_structure: Option<String> = Member::new("MessageStructure", &MESSAGE_STRUCTURE),
        message_attributes: Option<BTreeMap<String, MessageAttributeValue>> = Member::new("MessageAttributes", &MESSAGE_ATTRIBUTE_MAP),
        message_deduplication_id: Option<String> = Member::new("MessageDeduplicationId", &STRING),
        message_group_id: Option<String> = Member::new("MessageGroupId", &STRING),
    }
    pub struct PublishResponse as PUBLISH_RESPONSE {
        message_id: Option<String> = Member::new("MessageId", &MESSAGE_ID),
        sequence_number: Option<String> = Member::new("SequenceNumber", &STRING),
    }
    pub struct PutDataProtectionPolicyInput as PUT_DATA_PROTECTION_POLICY_INPUT {
        resource_arn: String = Member::new("ResourceArn", &TOPIC_ARN).required(),
        data_protection_policy: String = Member::new("DataProtectionPolicy", &ATTRIBUTE_VALUE).required(),
    }
    pub struct RemovePermissionInput as REMOVE_PERMISSION_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
        label: String = Member::new("Label", &LABEL).required(),
    }
    pub struct SetSMSAttributesInput as SET_SMS_ATTRIBUTES_INPUT {
        attributes: BTreeMap<String, String> = Member::new("attributes", &MAP_STRING_TO_STRING).required(),
    }
    pub struct SetSMSAttributesResponse as SET_SMS_ATTRIBUTES_RESPONSE {
    }
    pub struct SetSubscriptionAttributesInput as SET_SUBSCRIPTION_ATTRIBUTES_INPUT {
        subscription_arn: String = Member::new("SubscriptionArn", &SUBSCRIPTION_ARN).required(),
        attribute_name: String = Member::new("AttributeName", &ATTRIBUTE_NAME).required(),
        attribute_value: Option<String> = Member::new("AttributeValue", &ATTRIBUTE_VALUE),
    }
    pub struct SetTopicAttributesInput as SET_TOPIC_ATTRIBUTES_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
        attribute_name: String = Member::new("AttributeName", &ATTRIBUTE_NAME).required(),
        attribute_value: Option<String> = Member::new("AttributeValue", &ATTRIBUTE_VALUE),
    }
    pub struct SubscribeInput as SUBSCRIBE_INPUT {
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).required(),
        protocol: String = Member::new("Protocol", &PROTOCOL).required(),
        endpoint: Option<String> = Member::new("Endpoint", &ENDPOINT),
        attributes: Option<BTreeMap<String, String>> = Member::new("Attributes", &SUBSCRIPTION_ATTRIBUTES_MAP),
        return_subscription_arn: Option<bool> = Member::new("ReturnSubscriptionArn", &BOOLEAN),
    }
    pub struct SubscribeResponse as SUBSCRIBE_RESPONSE {
        subscription_arn: Option<String> = Member::new("SubscriptionArn", &SUBSCRIPTION_ARN),
    }
    pub struct Subscription as SUBSCRIPTION {
        subscription_arn: Option<String> = Member::new("SubscriptionArn", &SUBSCRIPTION_ARN),
        owner: Option<String> = Member::new("Owner", &ACCOUNT),
        protocol: Option<String> = Member::new("Protocol", &PROTOCOL),
        endpoint: Option<String> = Member::new("Endpoint", &ENDPOINT),
        topic_arn: Option<String> = Member::new("TopicArn", &TOPIC_ARN),
    }
    pub struct Tag as TAG {
        key: String = Member::new("Key", &TAG_KEY).required(),
        value: String = Member::new("Value", &TAG_VALUE).required(),
    }
    pub struct TagResourceRequest as TAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceArn", &AMAZON_RESOURCE_NAME).required(),
        tags: Vec<Tag> = Member::new("Tags", &TAG_LIST).required(),
    }
    pub struct TagResourceResponse as TAG_RESOURCE_RESPONSE {
    }
    pub struct Topic as TOPIC {
        topic_arn: Option<String> = Member::new("TopicArn", &TOPIC_ARN),
    }
    pub struct UnsubscribeInput as UNSUBSCRIBE_INPUT {
        subscription_arn: String = Member::new("SubscriptionArn", &SUBSCRIPTION_ARN).required(),
    }
    pub struct UntagResourceRequest as UNTAG_RESOURCE_REQUEST {
        resource_arn: String = Member::new("ResourceArn", &AMAZON_RESOURCE_NAME).required(),
        tag_keys: Vec<String> = Member::new("TagKeys", &TAG_KEY_LIST).required(),
    }
    pub struct UntagResourceResponse as UNTAG_RESOURCE_RESPONSE {
    }
}

cloud_wire::errors! {
    AuthorizationErrorException = ("AuthorizationError", 403, "message"),
    BatchEntryIdsNotDistinctException = ("BatchEntryIdsNotDistinct", 400, "message"),
    BatchRequestTooLongException = ("BatchRequestTooLong", 400, "message"),
    ConcurrentAccessException = ("ConcurrentAccess", 400, "message"),
    EmptyBatchRequestException = ("EmptyBatchRequest", 400, "message"),
    EndpointDisabledException = ("EndpointDisabled", 400, "message"),
    FilterPolicyLimitExceededException = ("FilterPolicyLimitExceeded", 403, "message"),
    InternalErrorException = ("InternalError", 500, "message"),
    InvalidBatchEntryIdException = ("InvalidBatchEntryId", 400, "message"),
    InvalidParameterException = ("InvalidParameter", 400, "message"),
    InvalidParameterValueException = ("ParameterValueInvalid", 400, "message"),
    InvalidSecurityException = ("InvalidSecurity", 403, "message"),
    InvalidStateException = ("InvalidState", 400, "message"),
    KMSAccessDeniedException = ("KMSAccessDenied", 400, "message"),
    KMSDisabledException = ("KMSDisabled", 400, "message"),
    KMSInvalidStateException = ("KMSInvalidState", 400, "message"),
    KMSNotFoundException = ("KMSNotFound", 400, "message"),
    KMSOptInRequired = ("KMSOptInRequired", 403, "message"),
    KMSThrottlingException = ("KMSThrottling", 400, "message"),
    NotFoundException = ("NotFound", 404, "message"),
    PlatformApplicationDisabledException = ("PlatformApplicationDisabled", 400, "message"),
    ReplayLimitExceededException = ("ReplayLimitExceeded", 403, "message"),
    ResourceNotFoundException = ("ResourceNotFound", 404, "message"),
    StaleTagException = ("StaleTag", 400, "message"),
    SubscriptionLimitExceededException = ("SubscriptionLimitExceeded", 403, "message"),
    TagLimitExceededException = ("TagLimitExceeded", 400, "message"),
    TagPolicyException = ("TagPolicy", 400, "message"),
    ThrottledException = ("Throttled", 429, "message"),
    TooManyEntriesInBatchRequestException = ("TooManyEntriesInBatchRequest", 400, "message"),
    TopicLimitExceededException = ("TopicLimitExceeded", 403, "message"),
    ValidationException = ("ValidationException", 400, "Message"),
}

cloud_wire::operations! {
    AddPermission(super::AddPermissionInput) -> () = "POST" "/" 200, super::ADD_PERMISSION_INPUT, cloud_wire::shape::UNIT;
    CheckIfPhoneNumberIsOptedOut(super::CheckIfPhoneNumberIsOptedOutInput) -> super::CheckIfPhoneNumberIsOptedOutResponse = "POST" "/" 200, super::CHECK_IF_PHONE_NUMBER_IS_OPTED_OUT_INPUT, super::CHECK_IF_PHONE_NUMBER_IS_OPTED_OUT_RESPONSE;
    ConfirmSubscription(super::ConfirmSubscriptionInput) -> super::ConfirmSubscriptionResponse = "POST" "/" 200, super::CONFIRM_SUBSCRIPTION_INPUT, super::CONFIRM_SUBSCRIPTION_RESPONSE;
    CreateTopic(super::CreateTopicInput) -> super::CreateTopicResponse = "POST" "/" 200, super::CREATE_TOPIC_INPUT, super::CREATE_TOPIC_RESPONSE;
    DeleteTopic(super::DeleteTopicInput) -> () = "POST" "/" 200, super::DELETE_TOPIC_INPUT, cloud_wire::shape::UNIT;
    GetDataProtectionPolicy(super::GetDataProtectionPolicyInput) -> super::GetDataProtectionPolicyResponse = "POST" "/" 200, super::GET_DATA_PROTECTION_POLICY_INPUT, super::GET_DATA_PROTECTION_POLICY_RESPONSE;
    GetSMSAttributes(super::GetSMSAttributesInput) -> super::GetSMSAttributesResponse = "POST" "/" 200, super::GET_SMS_ATTRIBUTES_INPUT, super::GET_SMS_ATTRIBUTES_RESPONSE;
    GetSubscriptionAttributes(super::GetSubscriptionAttributesInput) -> super::GetSubscriptionAttributesResponse = "POST" "/" 200, super::GET_SUBSCRIPTION_ATTRIBUTES_INPUT, super::GET_SUBSCRIPTION_ATTRIBUTES_RESPONSE;
    GetTopicAttributes(super::GetTopicAttributesInput) -> super::GetTopicAttributesResponse = "POST" "/" 200, super::GET_TOPIC_ATTRIBUTES_INPUT, super::GET_TOPIC_ATTRIBUTES_RESPONSE;
    ListPhoneNumbersOptedOut(super::ListPhoneNumbersOptedOutInput) -> super::ListPhoneNumbersOptedOutResponse = "POST" "/" 200, super::LIST_PHONE_NUMBERS_OPTED_OUT_INPUT, super::LIST_PHONE_NUMBERS_OPTED_OUT_RESPONSE, .pages("nextToken", "nextToken", &[]);
    ListSubscriptions(super::ListSubscriptionsInput) -> super::ListSubscriptionsResponse = "POST" "/" 200, super::LIST_SUBSCRIPTIONS_INPUT, super::LIST_SUBSCRIPTIONS_RESPONSE, .pages("NextToken", "NextToken", &[]);
    ListSubscriptionsByTopic(super::ListSubscriptionsByTopicInput) -> super::ListSubscriptionsByTopicResponse = "POST" "/" 200, super::LIST_SUBSCRIPTIONS_BY_TOPIC_INPUT, super::LIST_SUBSCRIPTIONS_BY_TOPIC_RESPONSE, .pages("NextToken", "NextToken", &[]);
    ListTagsForResource(super::ListTagsForResourceRequest) -> super::ListTagsForResourceResponse = "POST" "/" 200, super::LIST_TAGS_FOR_RESOURCE_REQUEST, super::LIST_TAGS_FOR_RESOURCE_RESPONSE;
    ListTopics(super::ListTopicsInput) -> super::ListTopicsResponse = "POST" "/" 200, super::LIST_TOPICS_INPUT, super::LIST_TOPICS_RESPONSE, .pages("NextToken", "NextToken", &[]);
    OptInPhoneNumber(super::OptInPhoneNumberInput) -> super::OptInPhoneNumberResponse = "POST" "/" 200, super::OPT_IN_PHONE_NUMBER_INPUT, super::OPT_IN_PHONE_NUMBER_RESPONSE;
    Publish(super::PublishInput) -> super::PublishResponse = "POST" "/" 200, super::PUBLISH_INPUT, super::PUBLISH_RESPONSE, .body_limit(2097152);
    PublishBatch(super::PublishBatchInput) -> super::PublishBatchResponse = "POST" "/" 200, super::PUBLISH_BATCH_INPUT, super::PUBLISH_BATCH_RESPONSE, .body_limit(2097152).action("Publish");
    PutDataProtectionPolicy(super::PutDataProtectionPolicyInput) -> () = "POST" "/" 200, super::PUT_DATA_PROTECTION_POLICY_INPUT, cloud_wire::shape::UNIT;
    RemovePermission(super::RemovePermissionInput) -> () = "POST" "/" 200, super::REMOVE_PERMISSION_INPUT, cloud_wire::shape::UNIT;
    SetSMSAttributes(super::SetSMSAttributesInput) -> super::SetSMSAttributesResponse = "POST" "/" 200, super::SET_SMS_ATTRIBUTES_INPUT, super::SET_SMS_ATTRIBUTES_RESPONSE;
    SetSubscriptionAttributes(super::SetSubscriptionAttributesInput) -> () = "POST" "/" 200, super::SET_SUBSCRIPTION_ATTRIBUTES_INPUT, cloud_wire::shape::UNIT;
    SetTopicAttributes(super::SetTopicAttributesInput) -> () = "POST" "/" 200, super::SET_TOPIC_ATTRIBUTES_INPUT, cloud_wire::shape::UNIT;
    Subscribe(super::SubscribeInput) -> super::SubscribeResponse = "POST" "/" 200, super::SUBSCRIBE_INPUT, super::SUBSCRIBE_RESPONSE;
    TagResource(super::TagResourceRequest) -> super::TagResourceResponse = "POST" "/" 200, super::TAG_RESOURCE_REQUEST, super::TAG_RESOURCE_RESPONSE;
    Unsubscribe(super::UnsubscribeInput) -> () = "POST" "/" 200, super::UNSUBSCRIBE_INPUT, cloud_wire::shape::UNIT;
    UntagResource(super::UntagResourceRequest) -> super::UntagResourceResponse = "POST" "/" 200, super::UNTAG_RESOURCE_REQUEST, super::UNTAG_RESOURCE_RESPONSE;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "sns",
    signing_name: "sns",
    endpoint_prefix: "sns",
    protocol: cloud_wire::Protocol::Query,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2010-03-31",
    xml_namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    validation_code: "InvalidParameter",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal("InvalidParameter", 400, "Invalid parameter: NextToken"),
    wrong_union: ServiceModel::WRONG_UNION,
};
