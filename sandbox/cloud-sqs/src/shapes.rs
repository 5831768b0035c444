//! Shapes of the model `sqs` (2012-11-05). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static AWS_ACCOUNT_ID_LIST: Schema =
    Schema::list("AWSAccountIdList", &STRING).element_name("AWSAccountId").flattened();
pub static ACTION_NAME_LIST: Schema =
    Schema::list("ActionNameList", &STRING).element_name("ActionName").flattened();
pub static ATTRIBUTE_NAME_LIST: Schema =
    Schema::list("AttributeNameList", &QUEUE_ATTRIBUTE_NAME).element_name("AttributeName").flattened();
pub static BATCH_RESULT_ERROR_ENTRY_LIST: Schema =
    Schema::list("BatchResultErrorEntryList", &BATCH_RESULT_ERROR_ENTRY)
        .element_name("BatchResultErrorEntry")
        .flattened();
pub static BINARY: Schema = Schema::blob("Binary");
pub static BINARY_LIST: Schema = Schema::list("BinaryList", &BINARY).element_name("BinaryListValue");
pub static BOOLEAN: Schema = Schema::boolean("Boolean");
pub static BOXED_INTEGER: Schema = Schema::integer("BoxedInteger");
pub static CHANGE_MESSAGE_VISIBILITY_BATCH_REQUEST_ENTRY_LIST: Schema = Schema::list(
    "ChangeMessageVisibilityBatchRequestEntryList",
    &CHANGE_MESSAGE_VISIBILITY_BATCH_REQUEST_ENTRY,
)
.element_name("ChangeMessageVisibilityBatchRequestEntry")
.flattened();
pub static CHANGE_MESSAGE_VISIBILITY_BATCH_RESULT_ENTRY_LIST: Schema = Schema::list(
    "ChangeMessageVisibilityBatchResultEntryList",
    &CHANGE_MESSAGE_VISIBILITY_BATCH_RESULT_ENTRY,
)
.element_name("ChangeMessageVisibilityBatchResultEntry")
.flattened();
pub static DELETE_MESSAGE_BATCH_REQUEST_ENTRY_LIST: Schema =
    Schema::list("DeleteMessageBatchRequestEntryList", &DELETE_MESSAGE_BATCH_REQUEST_ENTRY)
        .element_name("DeleteMessageBatchRequestEntry")
        .flattened();
pub static DELETE_MESSAGE_BATCH_RESULT_ENTRY_LIST: Schema =
    Schema::list("DeleteMessageBatchResultEntryList", &DELETE_MESSAGE_BATCH_RESULT_ENTRY)
        .element_name("DeleteMessageBatchResultEntry")
        .flattened();
pub static LIST_MESSAGE_MOVE_TASKS_RESULT_ENTRY_LIST: Schema =
    Schema::list("ListMessageMoveTasksResultEntryList", &LIST_MESSAGE_MOVE_TASKS_RESULT_ENTRY)
        .element_name("ListMessageMoveTasksResultEntry")
        .flattened();
pub static LONG: Schema = Schema::integer("Long");
pub static MESSAGE_ATTRIBUTE_NAME: Schema = Schema::string("MessageAttributeName");
pub static MESSAGE_ATTRIBUTE_NAME_LIST: Schema =
    Schema::list("MessageAttributeNameList", &MESSAGE_ATTRIBUTE_NAME)
        .element_name("MessageAttributeName")
        .flattened();
pub static MESSAGE_BODY_ATTRIBUTE_MAP: Schema =
    Schema::map("MessageBodyAttributeMap", &STRING, &MESSAGE_ATTRIBUTE_VALUE)
        .entry_names("Name", "Value")
        .flattened();
pub static MESSAGE_BODY_SYSTEM_ATTRIBUTE_MAP: Schema = Schema::map(
    "MessageBodySystemAttributeMap",
    &MESSAGE_SYSTEM_ATTRIBUTE_NAME_FOR_SENDS,
    &MESSAGE_SYSTEM_ATTRIBUTE_VALUE,
)
.entry_names("Name", "Value")
.flattened();
pub static MESSAGE_LIST: Schema = Schema::list("MessageList", &MESSAGE).element_name("Message").flattened();
pub static MESSAGE_SYSTEM_ATTRIBUTE_LIST: Schema =
    Schema::list("MessageSystemAttributeList", &MESSAGE_SYSTEM_ATTRIBUTE_NAME)
        .element_name("MessageSystemAttributeName")
        .flattened();
pub static MESSAGE_SYSTEM_ATTRIBUTE_MAP: Schema =
    Schema::map("MessageSystemAttributeMap", &MESSAGE_SYSTEM_ATTRIBUTE_NAME, &STRING)
        .entry_names("Name", "Value")
        .flattened();
pub static NULLABLE_INTEGER: Schema = Schema::integer("NullableInteger");
pub static NULLABLE_LONG: Schema = Schema::integer("NullableLong");
pub static QUEUE_ATTRIBUTE_MAP: Schema =
    Schema::map("QueueAttributeMap", &QUEUE_ATTRIBUTE_NAME, &STRING).entry_names("Name", "Value").flattened();
pub static QUEUE_URL_LIST: Schema =
    Schema::list("QueueUrlList", &STRING).element_name("QueueUrl").flattened();
pub static SEND_MESSAGE_BATCH_REQUEST_ENTRY_LIST: Schema =
    Schema::list("SendMessageBatchRequestEntryList", &SEND_MESSAGE_BATCH_REQUEST_ENTRY)
        .element_name("SendMessageBatchRequestEntry")
        .flattened();
pub static SEND_MESSAGE_BATCH_RESULT_ENTRY_LIST: Schema =
    Schema::list("SendMessageBatchResultEntryList", &SEND_MESSAGE_BATCH_RESULT_ENTRY)
        .element_name("SendMessageBatchResultEntry")
        .flattened();
pub static STRING: Schema = Schema::string("String");
pub static STRING_LIST: Schema = Schema::list("StringList", &STRING).element_name("StringListValue");
pub static TAG_KEY: Schema = Schema::string("TagKey");
pub static TAG_KEY_LIST: Schema = Schema::list("TagKeyList", &TAG_KEY).element_name("TagKey").flattened();
pub static TAG_MAP: Schema =
    Schema::map("TagMap", &TAG_KEY, &TAG_VALUE).entry_names("Key", "Value").flattened();
pub static TAG_VALUE: Schema = Schema::string("TagValue");
pub static TOKEN: Schema = Schema::string("Token");

cloud_wire::enumeration! {
    pub enum MessageSystemAttributeName as MESSAGE_SYSTEM_ATTRIBUTE_NAME.unchecked() {
        All = "All",
        SenderId = "SenderId",
        SentTimestamp = "SentTimestamp",
        ApproximateReceiveCount = "ApproximateReceiveCount",
        ApproximateFirstReceiveTimestamp = "ApproximateFirstReceiveTimestamp",
        SequenceNumber = "SequenceNumber",
        MessageDeduplicationId = "MessageDeduplicationId",
        MessageGroupId = "MessageGroupId",
        AWSTraceHeader = "AWSTraceHeader",
        DeadLetterQueueSourceArn = "DeadLetterQueueSourceArn",
    }
    pub enum MessageSystemAttributeNameForSends as MESSAGE_SYSTEM_ATTRIBUTE_NAME_FOR_SENDS.unchecked() {
        AWSTraceHeader = "AWSTraceHeader",
    }
    pub enum QueueAttributeName as QUEUE_ATTRIBUTE_NAME.unchecked() {
        All = "All",
        Policy = "Policy",
        VisibilityTimeout = "VisibilityTimeout",
        MaximumMessageSize = "MaximumMessageSize",
        MessageRetentionPeriod = "MessageRetentionPeriod",
        ApproximateNumberOfMessages = "ApproximateNumberOfMessages",
        ApproximateNumberOfMessagesNotVisible = "ApproximateNumberOfMessagesNotVisible",
        CreatedTimestamp = "CreatedTimestamp",
        LastModifiedTimestamp = "LastModifiedTimestamp",
        QueueArn = "QueueArn",
        ApproximateNumberOfMessagesDelayed = "ApproximateNumberOfMessagesDelayed",
        DelaySeconds = "DelaySeconds",
        ReceiveMessageWaitTimeSeconds = "ReceiveMessageWaitTimeSeconds",
        RedrivePolicy = "RedrivePolicy",
        FifoQueue = "FifoQueue",
        ContentBasedDeduplication = "ContentBasedDeduplication",
        KmsMasterKeyId = "KmsMasterKeyId",
        KmsDataKeyReusePeriodSeconds = "KmsDataKeyReusePeriodSeconds",
        DeduplicationScope = "DeduplicationScope",
        FifoThroughputLimit = "FifoThroughputLimit",
        RedriveAllowPolicy = "RedriveAllowPolicy",
        SqsManagedSseEnabled = "SqsManagedSseEnabled",
    }
}

cloud_wire::structure! {
    pub struct AddPermissionRequest as ADD_PERMISSION_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        label: String = Member::new("Label", &STRING).required(),
        aws_account_ids: Vec<String> = Member::new("AWSAccountIds", &AWS_ACCOUNT_ID_LIST).required(),
        actions: Vec<String> = Member::new("Actions", &ACTION_NAME_LIST).required(),
    }
    pub struct BatchResultErrorEntry as BATCH_RESULT_ERROR_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
        sender_fault: bool = Member::new("SenderFault", &BOOLEAN).required(),
        code: String = Member::new("Code", &STRING).required(),
        message: Option<String> = Member::new("Message", &STRING),
    }
    pub struct CancelMessageMoveTaskRequest as CANCEL_MESSAGE_MOVE_TASK_REQUEST {
        task_handle: String = Member::new("TaskHandle", &STRING).required(),
    }
    pub struct CancelMessageMoveTaskResult as CANCEL_MESSAGE_MOVE_TASK_RESULT {
        approximate_number_of_messages_moved: Option<i64> = Member::new("ApproximateNumberOfMessagesMoved", &LONG),
    }
    pub struct ChangeMessageVisibilityBatchRequest as CHANGE_MESSAGE_VISIBILITY_BATCH_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        entries: Vec<ChangeMessageVisibilityBatchRequestEntry> = Member::new("Entries", &CHANGE_MESSAGE_VISIBILITY_BATCH_REQUEST_ENTRY_LIST).required(),
    }
    pub struct ChangeMessageVisibilityBatchRequestEntry as CHANGE_MESSAGE_VISIBILITY_BATCH_REQUEST_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
        receipt_handle: String = Member::new("ReceiptHandle", &STRING).required(),
        visibility_timeout: Option<i32> = Member::new("VisibilityTimeout", &NULLABLE_INTEGER),
    }
    pub struct ChangeMessageVisibilityBatchResult as CHANGE_MESSAGE_VISIBILITY_BATCH_RESULT {
        successful: Vec<ChangeMessageVisibilityBatchResultEntry> = Member::new("Successful", &CHANGE_MESSAGE_VISIBILITY_BATCH_RESULT_ENTRY_LIST).required(),
        failed: Vec<BatchResultErrorEntry> = Member::new("Failed", &BATCH_RESULT_ERROR_ENTRY_LIST).required(),
    }
    pub struct ChangeMessageVisibilityBatchResultEntry as CHANGE_MESSAGE_VISIBILITY_BATCH_RESULT_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
    }
    pub struct ChangeMessageVisibilityRequest as CHANGE_MESSAGE_VISIBILITY_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        receipt_handle: String = Member::new("ReceiptHandle", &STRING).required(),
        visibility_timeout: i32 = Member::new("VisibilityTimeout", &NULLABLE_INTEGER).required(),
    }
    pub struct CreateQueueRequest as CREATE_QUEUE_REQUEST {
        queue_name: String = Member::new("QueueName", &STRING).required(),
        attributes: Option<BTreeMap<String, String>> = Member::new("Attributes", &QUEUE_ATTRIBUTE_MAP).in_query("Attribute"),
        tags: Option<BTreeMap<String, String>> = Member::new("tags", &TAG_MAP).in_query("Tag"),
    }
    pub struct CreateQueueResult as CREATE_QUEUE_RESULT {
        queue_url: Option<String> = Member::new("QueueUrl", &STRING),
    }
    pub struct DeleteMessageBatchRequest as DELETE_MESSAGE_BATCH_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        entries: Vec<DeleteMessageBatchRequestEntry> = Member::new("Entries", &DELETE_MESSAGE_BATCH_REQUEST_ENTRY_LIST).required(),
    }
    pub struct DeleteMessageBatchRequestEntry as DELETE_MESSAGE_BATCH_REQUEST_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
        receipt_handle: String = Member::new("ReceiptHandle", &STRING).required(),
    }
    pub struct DeleteMessageBatchResult as DELETE_MESSAGE_BATCH_RESULT {
        successful: Vec<DeleteMessageBatchResultEntry> = Member::new("Successful", &DELETE_MESSAGE_BATCH_RESULT_ENTRY_LIST).required(),
        failed: Vec<BatchResultErrorEntry> = Member::new("Failed", &BATCH_RESULT_ERROR_ENTRY_LIST).required(),
    }
    pub struct DeleteMessageBatchResultEntry as DELETE_MESSAGE_BATCH_RESULT_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
    }
    pub struct DeleteMessageRequest as DELETE_MESSAGE_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        receipt_handle: String = Member::new("ReceiptHandle", &STRING).required(),
    }
    pub struct DeleteQueueRequest as DELETE_QUEUE_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
    }
    pub struct GetQueueAttributesRequest as GET_QUEUE_ATTRIBUTES_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        attribute_names: Option<Vec<QueueAttributeName>> = Member::new("AttributeNames", &ATTRIBUTE_NAME_LIST),
    }
    pub struct GetQueueAttributesResult as GET_QUEUE_ATTRIBUTES_RESULT {
        attributes: Option<BTreeMap<String, String>> = Member::new("Attributes", &QUEUE_ATTRIBUTE_MAP).in_query("Attribute"),
    }
    pub struct GetQueueUrlRequest as GET_QUEUE_URL_REQUEST {
        queue_name: String = Member::new("QueueName", &STRING).required(),
        queue_owner_aws_account_id: Option<String> = Member::new("QueueOwnerAWSAccountId", &STRING),
    }
    pub struct GetQueueUrlResult as GET_QUEUE_URL_RESULT {
        queue_url: Option<String> = Member::new("QueueUrl", &STRING),
    }
    pub struct ListDeadLetterSourceQueuesRequest as LIST_DEAD_LETTER_SOURCE_QUEUES_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        next_token: Option<String> = Member::new("NextToken", &TOKEN),
        max_results: Option<i32> = Member::new("MaxResults", &BOXED_INTEGER),
    }
    pub struct ListDeadLetterSourceQueuesResult as LIST_DEAD_LETTER_SOURCE_QUEUES_RESULT {
        queue_urls: Vec<String> = Member::new("queueUrls", &QUEUE_URL_LIST).required(),
        next_token: Option<String> = Member::new("NextToken", &TOKEN),
    }
    pub struct ListMessageMoveTasksRequest as LIST_MESSAGE_MOVE_TASKS_REQUEST {
        source_arn: String = Member::new("SourceArn", &STRING).required(),
        max_results: Option<i32> = Member::new("MaxResults", &NULLABLE_INTEGER),
    }
    pub struct ListMessageMoveTasksResult as LIST_MESSAGE_MOVE_TASKS_RESULT {
        results: Option<Vec<ListMessageMoveTasksResultEntry>> = Member::new("Results", &LIST_MESSAGE_MOVE_TASKS_RESULT_ENTRY_LIST).flattened(),
    }
    pub struct ListMessageMoveTasksResultEntry as LIST_MESSAGE_MOVE_TASKS_RESULT_ENTRY {
        task_handle: Option<String> = Member::new("TaskHandle", &STRING),
        status: Option<String> = Member::new("Status", &STRING),
        source_arn: Option<String> = Member::new("SourceArn", &STRING),
        destination_arn: Option<String> = Member::new("DestinationArn", &STRING),
        max_number_of_messages_per_second: Option<i32> = Member::new("MaxNumberOfMessagesPerSecond", &NULLABLE_INTEGER),
        approximate_number_of_messages_moved: Option<i64> = Member::new("ApproximateNumberOfMessagesMoved", &LONG),
        approximate_number_of_messages_to_move: Option<i64> = Member::new("ApproximateNumberOfMessagesToMove", &NULLABLE_LONG),
        failure_reason: Option<String> = Member::new("FailureReason", &STRING),
        started_timestamp: Option<i64> = Member::new("StartedTimestamp", &LONG),
    }
    pub struct ListQueueTagsRequest as LIST_QUEUE_TAGS_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
    }
    pub struct ListQueueTagsResult as LIST_QUEUE_TAGS_RESULT {
        tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAG_MAP).in_query("Tag"),
    }
    pub struct ListQueuesRequest as LIST_QUEUES_REQUEST {
        queue_name_prefix: Option<String> = Member::new("QueueNamePrefix", &STRING),
        next_token: Option<String> = Member::new("NextToken", &TOKEN),
        max_results: Option<i32> = Member::new("MaxResults", &BOXED_INTEGER),
    }
    pub struct ListQueuesResult as LIST_QUEUES_RESULT {
        queue_urls: Option<Vec<String>> = Member::new("QueueUrls", &QUEUE_URL_LIST),
        next_token: Option<String> = Member::new("NextToken", &TOKEN),
    }
    pub struct Message as MESSAGE {
        message_id: Option<String> = Member::new("MessageId", &STRING),
        receipt_handle: Option<String> = Member::new("ReceiptHandle", &STRING),
        md5_of_body: Option<String> = Member::new("MD5OfBody", &STRING),
        body: Option<String> = Member::new("Body", &STRING),
        attributes: Option<BTreeMap<String, String>> = Member::new("Attributes", &MESSAGE_SYSTEM_ATTRIBUTE_MAP).in_query("Attribute"),
        md5_of_message_attributes: Option<String> = Member::new("MD5OfMessageAttributes", &STRING),
        message_attributes: Option<BTreeMap<String, MessageAttributeValue>> = Member::new("MessageAttributes", &MESSAGE_BODY_ATTRIBUTE_MAP).in_query("MessageAttribute"),
    }
    pub struct MessageAttributeValue as MESSAGE_ATTRIBUTE_VALUE {
        string_value: Option<String> = Member::new("StringValue", &STRING),
        binary_value: Option<bytes::Bytes> = Member::new("BinaryValue", &BINARY),
        string_list_values: Option<Vec<String>> = Member::new("StringListValues", &STRING_LIST).in_query("StringListValue").flattened(),
        binary_list_values: Option<Vec<bytes::Bytes>> = Member::new("BinaryListValues", &BINARY_LIST).in_query("BinaryListValue").flattened(),
        data_type: String = Member::new("DataType", &STRING).required(),
    }
    pub struct MessageSystemAttributeValue as MESSAGE_SYSTEM_ATTRIBUTE_VALUE {
        string_value: Option<String> = Member::new("StringValue", &STRING),
        binary_value: Option<bytes::Bytes> = Member::new("BinaryValue", &BINARY),
        string_list_values: Option<Vec<String>> = Member::new("StringListValues", &STRING_LIST).in_query("StringListValue").flattened(),
        binary_list_values: Option<Vec<bytes::Bytes>> = Member::new("BinaryListValues", &BINARY_LIST).in_query("BinaryListValue").flattened(),
        data_type: String = Member::new("DataType", &STRING).required(),
    }
    pub struct PurgeQueueRequest as PURGE_QUEUE_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
    }
    pub struct ReceiveMessageRequest as RECEIVE_MESSAGE_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        attribute_names: Option<Vec<QueueAttributeName>> = Member::new("AttributeNames", &ATTRIBUTE_NAME_LIST),
        message_system_attribute_names: Option<Vec<MessageSystemAttributeName>> = Member::new("MessageSystemAttributeNames", &MESSAGE_SYSTEM_ATTRIBUTE_LIST),
        message_attribute_names: Option<Vec<String>> = Member::new("MessageAttributeNames", &MESSAGE_ATTRIBUTE_NAME_LIST),
        max_number_of_messages: Option<i32> = Member::new("MaxNumberOfMessages", &NULLABLE_INTEGER),
        visibility_timeout: Option<i32> = Member::new("VisibilityTimeout", &NULLABLE_INTEGER),
        wait_time_seconds: Option<i32> = Member::new("WaitTimeSeconds", &NULLABLE_INTEGER),
        receive_request_attempt_id: Option<String> = Member::new("ReceiveRequestAttemptId", &STRING),
    }
    pub struct ReceiveMessageResult as RECEIVE_MESSAGE_RESULT {
        messages: Option<Vec<Message>> = Member::new("Messages", &MESSAGE_LIST),
    }
    pub struct RemovePermissionRequest as REMOVE_PERMISSION_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        label: String = Member::new("Label", &STRING).required(),
    }
    pub struct SendMessageBatchRequest as SEND_MESSAGE_BATCH_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        entries: Vec<SendMessageBatchRequestEntry> = Member::new("Entries", &SEND_MESSAGE_BATCH_REQUEST_ENTRY_LIST).required(),
    }
    pub struct SendMessageBatchRequestEntry as SEND_MESSAGE_BATCH_REQUEST_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
        message_body: String = Member::new("MessageBody", &STRING).required(),
        delay_seconds: Option<i32> = Member::new("DelaySeconds", &NULLABLE_INTEGER),
        message_attributes: Option<BTreeMap<String, MessageAttributeValue>> = Member::new("MessageAttributes", &MESSAGE_BODY_ATTRIBUTE_MAP).in_query("MessageAttribute"),
        message_system_attributes: Option<BTreeMap<String, MessageSystemAttributeValue>> = Member::new("MessageSystemAttributes", &MESSAGE_BODY_SYSTEM_ATTRIBUTE_MAP).in_query("MessageSystemAttribute"),
        message_deduplication_id: Option<String> = Member::new("MessageDeduplicationId", &STRING),
        message_group_id: Option<String> = Member::new("MessageGroupId", &STRING),
    }
    pub struct SendMessageBatchResult as SEND_MESSAGE_BATCH_RESULT {
        successful: Vec<SendMessageBatchResultEntry> = Member::new("Successful", &SEND_MESSAGE_BATCH_RESULT_ENTRY_LIST).required(),
        failed: Vec<BatchResultErrorEntry> = Member::new("Failed", &BATCH_RESULT_ERROR_ENTRY_LIST).required(),
    }
    pub struct SendMessageBatchResultEntry as SEND_MESSAGE_BATCH_RESULT_ENTRY {
        id: String = Member::new("Id", &STRING).required(),
        message_id: String = Member::new("MessageId", &STRING).required(),
        md5_of_message_body: String = Member::new("MD5OfMessageBody", &STRING).required(),
        md5_of_message_attributes: Option<String> = Member::new("MD5OfMessageAttributes", &STRING),
        md5_of_message_system_attributes: Option<String> = Member::new("MD5OfMessageSystemAttributes", &STRING),
        sequence_number: Option<String> = Member::new("SequenceNumber", &STRING),
    }
    pub struct SendMessageRequest as SEND_MESSAGE_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        message_body: String = Member::new("MessageBody", &STRING).required(),
        delay_seconds: Option<i32> = Member::new("DelaySeconds", &NULLABLE_INTEGER),
        message_attributes: Option<BTreeMap<String, MessageAttributeValue>> = Member::new("MessageAttributes", &MESSAGE_BODY_ATTRIBUTE_MAP).in_query("MessageAttribute"),
        message_system_attributes: Option<BTreeMap<String, MessageSystemAttributeValue>> = Member::new("MessageSystemAttributes", &MESSAGE_BODY_SYSTEM_ATTRIBUTE_MAP).in_query("MessageSystemAttribute"),
        message_deduplication_id: Option<String> = Member::new("MessageDeduplicationId", &STRING),
        message_group_id: Option<String> = Member::new("MessageGroupId", &STRING),
    }
    pub struct SendMessageResult as SEND_MESSAGE_RESULT {
        md5_of_message_body: Option<String> = Member::new("MD5OfMessageBody", &STRING),
        md5_of_message_attributes: Option<String> = Member::new("MD5OfMessageAttributes", &STRING),
        md5_of_message_system_attributes: Option<String> = Member::new("MD5OfMessageSystemAttributes", &STRING),
        message_id: Option<String> = Member::new("MessageId", &STRING),
        sequence_number: Option<String> = Member::new("SequenceNumber", &STRING),
    }
    pub struct SetQueueAttributesRequest as SET_QUEUE_ATTRIBUTES_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        attributes: BTreeMap<String, String> = Member::new("Attributes", &QUEUE_ATTRIBUTE_MAP).in_query("Attribute").required(),
    }
    pub struct StartMessageMoveTaskRequest as START_MESSAGE_MOVE_TASK_REQUEST {
        source_arn: String = Member::new("SourceArn", &STRING).required(),
        destination_arn: Option<String> = Member::new("DestinationArn", &STRING),
        max_number_of_messages_per_second: Option<i32> = Member::new("MaxNumberOfMessagesPerSecond", &NULLABLE_INTEGER),
    }
    pub struct StartMessageMoveTaskResult as START_MESSAGE_MOVE_TASK_RESULT {
        task_handle: Option<String> = Member::new("TaskHandle", &STRING),
    }
    pub struct TagQueueRequest as TAG_QUEUE_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        tags: BTreeMap<String, String> = Member::new("Tags", &TAG_MAP).in_query("Tag").required(),
    }
    pub struct UntagQueueRequest as UNTAG_QUEUE_REQUEST {
        queue_url: String = Member::new("QueueUrl", &STRING).required(),
        tag_keys: Vec<String> = Member::new("TagKeys", &TAG_KEY_LIST).required(),
    }
}

cloud_wire::errors! {
    BatchEntryIdsNotDistinct = ("BatchEntryIdsNotDistinct", 400, "message" as "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
    BatchRequestTooLong = ("BatchRequestTooLong", 400, "message" as "AWS.SimpleQueueService.BatchRequestTooLong"),
    EmptyBatchRequest = ("EmptyBatchRequest", 400, "message" as "AWS.SimpleQueueService.EmptyBatchRequest"),
    InvalidAddress = ("InvalidAddress", 400, "message"),
    InvalidAttributeName = ("InvalidAttributeName", 400, "message"),
    InvalidAttributeValue = ("InvalidAttributeValue", 400, "message"),
    InvalidBatchEntryId = ("InvalidBatchEntryId", 400, "message" as "AWS.SimpleQueueService.InvalidBatchEntryId"),
    InvalidIdFormat = ("InvalidIdFormat", 400, "message"),
    InvalidMessageContents = ("InvalidMessageContents", 400, "message"),
    InvalidSecurity = ("InvalidSecurity", 400, "message"),
    KmsAccessDenied = ("KmsAccessDenied", 400, "message"),
    KmsDisabled = ("KmsDisabled", 400, "message"),
    KmsInvalidKeyUsage = ("KmsInvalidKeyUsage", 400, "message"),
    KmsInvalidState = ("KmsInvalidState", 400, "message"),
    KmsNotFound = ("KmsNotFound", 400, "message"),
    KmsOptInRequired = ("KmsOptInRequired", 400, "message"),
    KmsThrottled = ("KmsThrottled", 400, "message"),
    MessageNotInflight = ("MessageNotInflight", 400, "message" as "AWS.SimpleQueueService.MessageNotInflight"),
    OverLimit = ("OverLimit", 403, "message"),
    PurgeQueueInProgress = ("PurgeQueueInProgress", 403, "message" as "AWS.SimpleQueueService.PurgeQueueInProgress"),
    QueueDeletedRecently = ("QueueDeletedRecently", 400, "message" as "AWS.SimpleQueueService.QueueDeletedRecently"),
    QueueDoesNotExist = ("QueueDoesNotExist", 400, "message" as "AWS.SimpleQueueService.NonExistentQueue"),
    QueueNameExists = ("QueueNameExists", 400, "message" as "QueueAlreadyExists"),
    ReceiptHandleIsInvalid = ("ReceiptHandleIsInvalid", 404, "message"),
    RequestThrottled = ("RequestThrottled", 400, "message"),
    ResourceNotFoundException = ("ResourceNotFoundException", 404, "message"),
    TooManyEntriesInBatchRequest = ("TooManyEntriesInBatchRequest", 400, "message" as "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
    UnsupportedOperation = ("UnsupportedOperation", 400, "message" as "AWS.SimpleQueueService.UnsupportedOperation"),
    InvalidParameterValueException = ("InvalidParameterValueException", 400, "message" as "InvalidParameterValue"),
    MissingRequiredParameterException = ("MissingRequiredParameterException", 400, "message" as "MissingParameter"),
}

cloud_wire::operations! {
    AddPermission(super::AddPermissionRequest) -> () = "POST" "/" 200, super::ADD_PERMISSION_REQUEST, cloud_wire::shape::UNIT;
    CancelMessageMoveTask(super::CancelMessageMoveTaskRequest) -> super::CancelMessageMoveTaskResult = "POST" "/" 200, super::CANCEL_MESSAGE_MOVE_TASK_REQUEST, super::CANCEL_MESSAGE_MOVE_TASK_RESULT;
    ChangeMessageVisibility(super::ChangeMessageVisibilityRequest) -> () = "POST" "/" 200, super::CHANGE_MESSAGE_VISIBILITY_REQUEST, cloud_wire::shape::UNIT;
    ChangeMessageVisibilityBatch(super::ChangeMessageVisibilityBatchRequest) -> super::ChangeMessageVisibilityBatchResult = "POST" "/" 200, super::CHANGE_MESSAGE_VISIBILITY_BATCH_REQUEST, super::CHANGE_MESSAGE_VISIBILITY_BATCH_RESULT, .action("ChangeMessageVisibility");
    CreateQueue(super::CreateQueueRequest) -> super::CreateQueueResult = "POST" "/" 200, super::CREATE_QUEUE_REQUEST, super::CREATE_QUEUE_RESULT;
    DeleteMessage(super::DeleteMessageRequest) -> () = "POST" "/" 200, super::DELETE_MESSAGE_REQUEST, cloud_wire::shape::UNIT;
    DeleteMessageBatch(super::DeleteMessageBatchRequest) -> super::DeleteMessageBatchResult = "POST" "/" 200, super::DELETE_MESSAGE_BATCH_REQUEST, super::DELETE_MESSAGE_BATCH_RESULT, .action("DeleteMessage");
    DeleteQueue(super::DeleteQueueRequest) -> () = "POST" "/" 200, super::DELETE_QUEUE_REQUEST, cloud_wire::shape::UNIT;
    GetQueueAttributes(super::GetQueueAttributesRequest) -> super::GetQueueAttributesResult = "POST" "/" 200, super::GET_QUEUE_ATTRIBUTES_REQUEST, super::GET_QUEUE_ATTRIBUTES_RESULT;
    GetQueueUrl(super::GetQueueUrlRequest) -> super::GetQueueUrlResult = "POST" "/" 200, super::GET_QUEUE_URL_REQUEST, super::GET_QUEUE_URL_RESULT;
    ListDeadLetterSourceQueues(super::ListDeadLetterSourceQueuesRequest) -> super::ListDeadLetterSourceQueuesResult = "POST" "/" 200, super::LIST_DEAD_LETTER_SOURCE_QUEUES_REQUEST, super::LIST_DEAD_LETTER_SOURCE_QUEUES_RESULT, .pages("NextToken", "NextToken", &["MaxResults"]);
    ListMessageMoveTasks(super::ListMessageMoveTasksRequest) -> super::ListMessageMoveTasksResult = "POST" "/" 200, super::LIST_MESSAGE_MOVE_TASKS_REQUEST, super::LIST_MESSAGE_MOVE_TASKS_RESULT;
    ListQueueTags(super::ListQueueTagsRequest) -> super::ListQueueTagsResult = "POST" "/" 200, super::LIST_QUEUE_TAGS_REQUEST, super::LIST_QUEUE_TAGS_RESULT;
    ListQueues(super::ListQueuesRequest) -> super::ListQueuesResult = "POST" "/" 200, super::LIST_QUEUES_REQUEST, super::LIST_QUEUES_RESULT, .pages("NextToken", "NextToken", &["MaxResults"]);
    PurgeQueue(super::PurgeQueueRequest) -> () = "POST" "/" 200, super::PURGE_QUEUE_REQUEST, cloud_wire::shape::UNIT;
    ReceiveMessage(super::ReceiveMessageRequest) -> super::ReceiveMessageResult = "POST" "/" 200, super::RECEIVE_MESSAGE_REQUEST, super::RECEIVE_MESSAGE_RESULT;
    RemovePermission(super::RemovePermissionRequest) -> () = "POST" "/" 200, super::REMOVE_PERMISSION_REQUEST, cloud_wire::shape::UNIT;
    SendMessage(super::SendMessageRequest) -> super::SendMessageResult = "POST" "/" 200, super::SEND_MESSAGE_REQUEST, super::SEND_MESSAGE_RESULT, .body_limit(7340032);
    SendMessageBatch(super::SendMessageBatchRequest) -> super::SendMessageBatchResult = "POST" "/" 200, super::SEND_MESSAGE_BATCH_REQUEST, super::SEND_MESSAGE_BATCH_RESULT, .body_limit(7340032).action("SendMessage");
    SetQueueAttributes(super::SetQueueAttributesRequest) -> () = "POST" "/" 200, super::SET_QUEUE_ATTRIBUTES_REQUEST, cloud_wire::shape::UNIT;
    StartMessageMoveTask(super::StartMessageMoveTaskRequest) -> super::StartMessageMoveTaskResult = "POST" "/" 200, super::START_MESSAGE_MOVE_TASK_REQUEST, super::START_MESSAGE_MOVE_TASK_RESULT;
    TagQueue(super::TagQueueRequest) -> () = "POST" "/" 200, super::TAG_QUEUE_REQUEST, cloud_wire::shape::UNIT;
    UntagQueue(super::UntagQueueRequest) -> () = "POST" "/" 200, super::UNTAG_QUEUE_REQUEST, cloud_wire::shape::UNIT;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "sqs",
    signing_name: "sqs",
    endpoint_prefix: "sqs",
    protocol: cloud_wire::Protocol::Json10,
    also: &[cloud_wire::Protocol::Query],
    query_compatible: true,
    target_prefix: "AmazonSQS",
    api_version: "2012-11-05",
    xml_namespace: "http://queue.amazonaws.com/doc/2012-11-05/",
    validation_code: "InvalidParameterValueException",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[],
    wrong_token: cloud_wire::Refusal("InvalidParameterValueException", 400, "Invalid or expired next token."),
    wrong_union: ServiceModel::WRONG_UNION,
};
