//! Shapes of the model `s3` (2006-03-01). Written by `cargo xtask shapes` from `shapes.toml`; do not edit.
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

pub static ABORT_DATE: Schema = Schema::timestamp("AbortDate");
pub static ABORT_RULE_ID: Schema = Schema::string("AbortRuleId");
pub static ACCEPT_RANGES: Schema = Schema::string("AcceptRanges");
pub static ACCESS_POINT_ALIAS: Schema = Schema::boolean("AccessPointAlias");
pub static ACCOUNT_ID: Schema = Schema::string("AccountId");
pub static ALLOWED_HEADER: Schema = Schema::string("AllowedHeader");
pub static ALLOWED_HEADERS: Schema = Schema::list("AllowedHeaders", &ALLOWED_HEADER).flattened();
pub static ALLOWED_METHOD: Schema = Schema::string("AllowedMethod");
pub static ALLOWED_METHODS: Schema = Schema::list("AllowedMethods", &ALLOWED_METHOD).flattened();
pub static ALLOWED_ORIGIN: Schema = Schema::string("AllowedOrigin");
pub static ALLOWED_ORIGINS: Schema = Schema::list("AllowedOrigins", &ALLOWED_ORIGIN).flattened();
pub static BODY: Schema = Schema::blob("Body");
pub static BUCKET_KEY_ENABLED: Schema = Schema::boolean("BucketKeyEnabled");
pub static BUCKET_LOCATION_NAME: Schema = Schema::string("BucketLocationName");
pub static BUCKET_NAME: Schema = Schema::string("BucketName");
pub static BUCKET_REGION: Schema = Schema::string("BucketRegion");
pub static BUCKETS: Schema = Schema::list("Buckets", &BUCKET).element_name("Bucket");
pub static BYPASS_GOVERNANCE_RETENTION: Schema = Schema::boolean("BypassGovernanceRetention");
pub static CORS_RULES: Schema = Schema::list("CORSRules", &CORS_RULE).flattened();
pub static CACHE_CONTROL: Schema = Schema::string("CacheControl");
pub static CHECKSUM_ALGORITHM_LIST: Schema =
    Schema::list("ChecksumAlgorithmList", &CHECKSUM_ALGORITHM).flattened();
pub static CHECKSUM_CRC32: Schema = Schema::string("ChecksumCRC32");
pub static CHECKSUM_CRC32_C: Schema = Schema::string("ChecksumCRC32C");
pub static CHECKSUM_CRC64_NVME: Schema = Schema::string("ChecksumCRC64NVME");
pub static CHECKSUM_MD5: Schema = Schema::string("ChecksumMD5");
pub static CHECKSUM_SHA1: Schema = Schema::string("ChecksumSHA1");
pub static CHECKSUM_SHA256: Schema = Schema::string("ChecksumSHA256");
pub static CHECKSUM_SHA512: Schema = Schema::string("ChecksumSHA512");
pub static CHECKSUM_XXHASH128: Schema = Schema::string("ChecksumXXHASH128");
pub static CHECKSUM_XXHASH3: Schema = Schema::string("ChecksumXXHASH3");
pub static CHECKSUM_XXHASH64: Schema = Schema::string("ChecksumXXHASH64");
pub static CODE: Schema = Schema::string("Code");
pub static COMMON_PREFIX_LIST: Schema = Schema::list("CommonPrefixList", &COMMON_PREFIX).flattened();
pub static COMPLETED_PART_LIST: Schema = Schema::list("CompletedPartList", &COMPLETED_PART).flattened();
pub static CONFIRM_REMOVE_SELF_BUCKET_ACCESS: Schema = Schema::boolean("ConfirmRemoveSelfBucketAccess");
pub static CONTENT_DISPOSITION: Schema = Schema::string("ContentDisposition");
pub static CONTENT_ENCODING: Schema = Schema::string("ContentEncoding");
pub static CONTENT_LANGUAGE: Schema = Schema::string("ContentLanguage");
pub static CONTENT_LENGTH: Schema = Schema::integer("ContentLength");
pub static CONTENT_MD5: Schema = Schema::string("ContentMD5");
pub static CONTENT_RANGE: Schema = Schema::string("ContentRange");
pub static CONTENT_TYPE: Schema = Schema::string("ContentType");
pub static COPY_SOURCE: Schema = Schema::string("CopySource").pattern("\\/?.+\\/.+");
pub static COPY_SOURCE_IF_MATCH: Schema = Schema::string("CopySourceIfMatch");
pub static COPY_SOURCE_IF_MODIFIED_SINCE: Schema = Schema::timestamp("CopySourceIfModifiedSince");
pub static COPY_SOURCE_IF_NONE_MATCH: Schema = Schema::string("CopySourceIfNoneMatch");
pub static COPY_SOURCE_IF_UNMODIFIED_SINCE: Schema = Schema::timestamp("CopySourceIfUnmodifiedSince");
pub static COPY_SOURCE_RANGE: Schema = Schema::string("CopySourceRange");
pub static COPY_SOURCE_SSE_CUSTOMER_ALGORITHM: Schema = Schema::string("CopySourceSSECustomerAlgorithm");
pub static COPY_SOURCE_SSE_CUSTOMER_KEY: Schema = Schema::string("CopySourceSSECustomerKey");
pub static COPY_SOURCE_SSE_CUSTOMER_KEY_MD5: Schema = Schema::string("CopySourceSSECustomerKeyMD5");
pub static COPY_SOURCE_VERSION_ID: Schema = Schema::string("CopySourceVersionId");
pub static CREATION_DATE: Schema = Schema::timestamp("CreationDate");
pub static DELETE_MARKER: Schema = Schema::boolean("DeleteMarker");
pub static DELETE_MARKER_VERSION_ID: Schema = Schema::string("DeleteMarkerVersionId");
pub static DELETED_OBJECTS: Schema = Schema::list("DeletedObjects", &DELETED_OBJECT).flattened();
pub static DELIMITER: Schema = Schema::string("Delimiter");
pub static DISPLAY_NAME: Schema = Schema::string("DisplayName");
pub static E_TAG: Schema = Schema::string("ETag");
pub static ENCRYPTION_TYPE_LIST: Schema =
    Schema::list("EncryptionTypeList", &ENCRYPTION_TYPE).element_name("EncryptionType").flattened();
pub static ERRORS_: Schema = Schema::list("Errors", &ERROR).flattened();
pub static EVENT_LIST: Schema = Schema::list("EventList", &EVENT).flattened();
pub static EXPIRATION: Schema = Schema::string("Expiration");
pub static EXPIRES: Schema = Schema::timestamp("Expires");
pub static EXPOSE_HEADER: Schema = Schema::string("ExposeHeader");
pub static EXPOSE_HEADERS: Schema = Schema::list("ExposeHeaders", &EXPOSE_HEADER).flattened();
pub static FETCH_OWNER: Schema = Schema::boolean("FetchOwner");
pub static FILTER_RULE_LIST: Schema = Schema::list("FilterRuleList", &FILTER_RULE).flattened();
pub static FILTER_RULE_VALUE: Schema = Schema::string("FilterRuleValue");
pub static GRANT_FULL_CONTROL: Schema = Schema::string("GrantFullControl");
pub static GRANT_READ: Schema = Schema::string("GrantRead");
pub static GRANT_READ_ACP: Schema = Schema::string("GrantReadACP");
pub static GRANT_WRITE: Schema = Schema::string("GrantWrite");
pub static GRANT_WRITE_ACP: Schema = Schema::string("GrantWriteACP");
pub static ID: Schema = Schema::string("ID");
pub static IF_MATCH: Schema = Schema::string("IfMatch");
pub static IF_MATCH_INITIATED_TIME: Schema =
    Schema::timestamp("IfMatchInitiatedTime").format(cloud_wire::TimestampFormat::Rfc822);
pub static IF_MATCH_LAST_MODIFIED_TIME: Schema =
    Schema::timestamp("IfMatchLastModifiedTime").format(cloud_wire::TimestampFormat::Rfc822);
pub static IF_MATCH_SIZE: Schema = Schema::integer("IfMatchSize");
pub static IF_MODIFIED_SINCE: Schema = Schema::timestamp("IfModifiedSince");
pub static IF_NONE_MATCH: Schema = Schema::string("IfNoneMatch");
pub static IF_UNMODIFIED_SINCE: Schema = Schema::timestamp("IfUnmodifiedSince");
pub static INITIATED: Schema = Schema::timestamp("Initiated");
pub static IS_RESTORE_IN_PROGRESS: Schema = Schema::boolean("IsRestoreInProgress");
pub static IS_TRUNCATED: Schema = Schema::boolean("IsTruncated");
pub static KEY_COUNT: Schema = Schema::integer("KeyCount");
pub static KEY_MARKER: Schema = Schema::string("KeyMarker");
pub static LAMBDA_FUNCTION_ARN: Schema = Schema::string("LambdaFunctionArn");
pub static LAMBDA_FUNCTION_CONFIGURATION_LIST: Schema =
    Schema::list("LambdaFunctionConfigurationList", &LAMBDA_FUNCTION_CONFIGURATION).flattened();
pub static LAST_MODIFIED: Schema = Schema::timestamp("LastModified");
pub static LAST_MODIFIED_TIME: Schema =
    Schema::timestamp("LastModifiedTime").format(cloud_wire::TimestampFormat::Rfc822);
pub static LOCATION: Schema = Schema::string("Location");
pub static LOCATION_NAME_AS_STRING: Schema = Schema::string("LocationNameAsString");
pub static MFA: Schema = Schema::string("MFA");
pub static MARKER: Schema = Schema::string("Marker");
pub static MAX_AGE_SECONDS: Schema = Schema::integer("MaxAgeSeconds");
pub static MAX_BUCKETS: Schema = Schema::integer("MaxBuckets");
pub static MAX_KEYS: Schema = Schema::integer("MaxKeys");
pub static MAX_PARTS: Schema = Schema::integer("MaxParts");
pub static MAX_UPLOADS: Schema = Schema::integer("MaxUploads");
pub static MESSAGE: Schema = Schema::string("Message");
pub static METADATA: Schema = Schema::map("Metadata", &METADATA_KEY, &METADATA_VALUE);
pub static METADATA_KEY: Schema = Schema::string("MetadataKey");
pub static METADATA_VALUE: Schema = Schema::string("MetadataValue");
pub static MISSING_META: Schema = Schema::integer("MissingMeta");
pub static MPU_OBJECT_SIZE: Schema = Schema::integer("MpuObjectSize");
pub static MULTIPART_UPLOAD_ID: Schema = Schema::string("MultipartUploadId");
pub static MULTIPART_UPLOAD_LIST: Schema = Schema::list("MultipartUploadList", &MULTIPART_UPLOAD).flattened();
pub static NEXT_KEY_MARKER: Schema = Schema::string("NextKeyMarker");
pub static NEXT_MARKER: Schema = Schema::string("NextMarker");
pub static NEXT_PART_NUMBER_MARKER: Schema = Schema::integer("NextPartNumberMarker");
pub static NEXT_TOKEN: Schema = Schema::string("NextToken");
pub static NEXT_UPLOAD_ID_MARKER: Schema = Schema::string("NextUploadIdMarker");
pub static NOTIFICATION_ID: Schema = Schema::string("NotificationId");
pub static OBJECT_ATTRIBUTES_LIST: Schema = Schema::list("ObjectAttributesList", &OBJECT_ATTRIBUTES);
pub static OBJECT_IDENTIFIER_LIST: Schema =
    Schema::list("ObjectIdentifierList", &OBJECT_IDENTIFIER).flattened();
pub static OBJECT_KEY: Schema = Schema::string("ObjectKey").min(1);
pub static OBJECT_LIST: Schema = Schema::list("ObjectList", &OBJECT).flattened();
pub static OBJECT_LOCK_ENABLED_FOR_BUCKET: Schema = Schema::boolean("ObjectLockEnabledForBucket");
pub static OBJECT_LOCK_RETAIN_UNTIL_DATE: Schema =
    Schema::timestamp("ObjectLockRetainUntilDate").format(cloud_wire::TimestampFormat::Iso8601);
pub static OBJECT_SIZE: Schema = Schema::integer("ObjectSize");
pub static OBJECT_VERSION_ID: Schema = Schema::string("ObjectVersionId");
pub static OPTIONAL_OBJECT_ATTRIBUTES_LIST: Schema =
    Schema::list("OptionalObjectAttributesList", &OPTIONAL_OBJECT_ATTRIBUTES);
pub static PART_NUMBER: Schema = Schema::integer("PartNumber");
pub static PART_NUMBER_MARKER: Schema = Schema::integer("PartNumberMarker");
pub static PARTS: Schema = Schema::list("Parts", &PART).flattened();
pub static PARTS_COUNT: Schema = Schema::integer("PartsCount");
pub static PARTS_LIST: Schema = Schema::list("PartsList", &OBJECT_PART).flattened();
pub static POLICY: Schema = Schema::string("Policy");
pub static PREFIX: Schema = Schema::string("Prefix");
pub static QUEUE_ARN: Schema = Schema::string("QueueArn");
pub static QUEUE_CONFIGURATION_LIST: Schema =
    Schema::list("QueueConfigurationList", &QUEUE_CONFIGURATION).flattened();
pub static QUIET: Schema = Schema::boolean("Quiet");
pub static RANGE: Schema = Schema::string("Range");
pub static REGION: Schema = Schema::string("Region").min(0).max(20);
pub static RESPONSE_CACHE_CONTROL: Schema = Schema::string("ResponseCacheControl");
pub static RESPONSE_CONTENT_DISPOSITION: Schema = Schema::string("ResponseContentDisposition");
pub static RESPONSE_CONTENT_ENCODING: Schema = Schema::string("ResponseContentEncoding");
pub static RESPONSE_CONTENT_LANGUAGE: Schema = Schema::string("ResponseContentLanguage");
pub static RESPONSE_CONTENT_TYPE: Schema = Schema::string("ResponseContentType");
pub static RESPONSE_EXPIRES: Schema =
    Schema::timestamp("ResponseExpires").format(cloud_wire::TimestampFormat::Rfc822);
pub static RESTORE: Schema = Schema::string("Restore");
pub static RESTORE_EXPIRY_DATE: Schema = Schema::timestamp("RestoreExpiryDate");
pub static S3_REGIONAL_OR_S3_EXPRESS_BUCKET_ARN_STRING: Schema =
    Schema::string("S3RegionalOrS3ExpressBucketArnString")
        .min(1)
        .max(128)
        .pattern("arn:[^:]+:(s3|s3express):.*");
pub static SSE_CUSTOMER_ALGORITHM: Schema = Schema::string("SSECustomerAlgorithm");
pub static SSE_CUSTOMER_KEY: Schema = Schema::string("SSECustomerKey");
pub static SSE_CUSTOMER_KEY_MD5: Schema = Schema::string("SSECustomerKeyMD5");
pub static SSEKMS_ENCRYPTION_CONTEXT: Schema = Schema::string("SSEKMSEncryptionContext");
pub static SSEKMS_KEY_ID: Schema = Schema::string("SSEKMSKeyId");
pub static SERVER_SIDE_ENCRYPTION_RULES: Schema =
    Schema::list("ServerSideEncryptionRules", &SERVER_SIDE_ENCRYPTION_RULE).flattened();
pub static SETTING: Schema = Schema::boolean("Setting");
pub static SIZE: Schema = Schema::integer("Size");
pub static SKIP_VALIDATION: Schema = Schema::boolean("SkipValidation");
pub static START_AFTER: Schema = Schema::string("StartAfter");
pub static TAG_COUNT: Schema = Schema::integer("TagCount");
pub static TAG_SET: Schema = Schema::list("TagSet", &TAG).element_name("Tag");
pub static TAGGING_HEADER: Schema = Schema::string("TaggingHeader");
pub static TOKEN: Schema = Schema::string("Token");
pub static TOPIC_ARN: Schema = Schema::string("TopicArn");
pub static TOPIC_CONFIGURATION_LIST: Schema =
    Schema::list("TopicConfigurationList", &TOPIC_CONFIGURATION).flattened();
pub static UPLOAD_ID_MARKER: Schema = Schema::string("UploadIdMarker");
pub static VALUE: Schema = Schema::string("Value");
pub static WEBSITE_REDIRECT_LOCATION: Schema = Schema::string("WebsiteRedirectLocation");
pub static WRITE_OFFSET_BYTES: Schema = Schema::integer("WriteOffsetBytes");

cloud_wire::enumeration! {
    pub enum ArchiveStatus as ARCHIVE_STATUS {
        ArchiveAccess = "ARCHIVE_ACCESS",
        DeepArchiveAccess = "DEEP_ARCHIVE_ACCESS",
    }
    pub enum BucketCannedACL as BUCKET_CANNED_ACL {
        Private = "private",
        PublicRead = "public-read",
        PublicReadWrite = "public-read-write",
        AuthenticatedRead = "authenticated-read",
    }
    pub enum BucketLocationConstraint as BUCKET_LOCATION_CONSTRAINT.unchecked() {
        AfSouth1 = "af-south-1",
        ApEast1 = "ap-east-1",
        ApEast2 = "ap-east-2",
        ApNortheast1 = "ap-northeast-1",
        ApNortheast2 = "ap-northeast-2",
        ApNortheast3 = "ap-northeast-3",
        ApSouth1 = "ap-south-1",
        ApSouth2 = "ap-south-2",
        ApSoutheast1 = "ap-southeast-1",
        ApSoutheast2 = "ap-southeast-2",
        ApSoutheast3 = "ap-southeast-3",
        ApSoutheast4 = "ap-southeast-4",
        ApSoutheast5 = "ap-southeast-5",
        ApSoutheast6 = "ap-southeast-6",
        ApSoutheast7 = "ap-southeast-7",
        CaCentral1 = "ca-central-1",
        CaWest1 = "ca-west-1",
        CnNorth1 = "cn-north-1",
        CnNorthwest1 = "cn-northwest-1",
        Eu = "EU",
        EuCentral1 = "eu-central-1",
        EuCentral2 = "eu-central-2",
        EuNorth1 = "eu-north-1",
        EuSouth1 = "eu-south-1",
        EuSouth2 = "eu-south-2",
        EuWest1 = "eu-west-1",
        EuWest2 = "eu-west-2",
        EuWest3 = "eu-west-3",
        IlCentral1 = "il-central-1",
        MeCentral1 = "me-central-1",
        MeSouth1 = "me-south-1",
        MxCentral1 = "mx-central-1",
        SaEast1 = "sa-east-1",
        UsEast2 = "us-east-2",
        UsGovEast1 = "us-gov-east-1",
        UsGovWest1 = "us-gov-west-1",
        UsWest1 = "us-west-1",
        UsWest2 = "us-west-2",
    }
    pub enum BucketNamespace as BUCKET_NAMESPACE {
        AccountRegional = "account-regional",
        Global = "global",
    }
    pub enum BucketType as BUCKET_TYPE {
        Directory = "Directory",
    }
    pub enum BucketVersioningStatus as BUCKET_VERSIONING_STATUS {
        Enabled = "Enabled",
        Suspended = "Suspended",
    }
    pub enum ChecksumAlgorithm as CHECKSUM_ALGORITHM.unchecked() {
        Crc32 = "CRC32",
        Crc32c = "CRC32C",
        Sha1 = "SHA1",
        Sha256 = "SHA256",
        Crc64nvme = "CRC64NVME",
        Sha512 = "SHA512",
        Md5 = "MD5",
        Xxhash64 = "XXHASH64",
        Xxhash3 = "XXHASH3",
        Xxhash128 = "XXHASH128",
    }
    pub enum ChecksumMode as CHECKSUM_MODE {
        Enabled = "ENABLED",
    }
    pub enum ChecksumType as CHECKSUM_TYPE.unchecked() {
        Composite = "COMPOSITE",
        FullObject = "FULL_OBJECT",
    }
    pub enum DataRedundancy as DATA_REDUNDANCY {
        SingleAvailabilityZone = "SingleAvailabilityZone",
        SingleLocalZone = "SingleLocalZone",
    }
    pub enum EncodingType as ENCODING_TYPE.unchecked() {
        Url = "url",
    }
    pub enum EncryptionType as ENCRYPTION_TYPE {
        NoneValue = "NONE",
        SseC = "SSE-C",
    }
    pub enum Event as EVENT.unchecked() {
        S3ReducedRedundancyLostObject = "s3:ReducedRedundancyLostObject",
        S3ObjectCreated = "s3:ObjectCreated:*",
        S3ObjectCreatedPut = "s3:ObjectCreated:Put",
        S3ObjectCreatedPost = "s3:ObjectCreated:Post",
        S3ObjectCreatedCopy = "s3:ObjectCreated:Copy",
        S3ObjectCreatedCompleteMultipartUpload = "s3:ObjectCreated:CompleteMultipartUpload",
        S3ObjectRemoved = "s3:ObjectRemoved:*",
        S3ObjectRemovedDelete = "s3:ObjectRemoved:Delete",
        S3ObjectRemovedDeleteMarkerCreated = "s3:ObjectRemoved:DeleteMarkerCreated",
        S3ObjectRestore = "s3:ObjectRestore:*",
        S3ObjectRestorePost = "s3:ObjectRestore:Post",
        S3ObjectRestoreCompleted = "s3:ObjectRestore:Completed",
        S3Replication = "s3:Replication:*",
        S3ReplicationOperationFailedReplication = "s3:Replication:OperationFailedReplication",
        S3ReplicationOperationNotTracked = "s3:Replication:OperationNotTracked",
        S3ReplicationOperationMissedThreshold = "s3:Replication:OperationMissedThreshold",
        S3ReplicationOperationReplicatedAfterThreshold = "s3:Replication:OperationReplicatedAfterThreshold",
        S3ObjectRestoreDelete = "s3:ObjectRestore:Delete",
        S3LifecycleTransition = "s3:LifecycleTransition",
        S3IntelligentTiering = "s3:IntelligentTiering",
        S3ObjectAclPut = "s3:ObjectAcl:Put",
        S3LifecycleExpiration = "s3:LifecycleExpiration:*",
        S3LifecycleExpirationDelete = "s3:LifecycleExpiration:Delete",
        S3LifecycleExpirationDeleteMarkerCreated = "s3:LifecycleExpiration:DeleteMarkerCreated",
        S3ObjectTagging = "s3:ObjectTagging:*",
        S3ObjectTaggingPut = "s3:ObjectTagging:Put",
        S3ObjectTaggingDelete = "s3:ObjectTagging:Delete",
    }
    pub enum FilterRuleName as FILTER_RULE_NAME.unchecked() {
        Prefix = "prefix",
        Suffix = "suffix",
    }
    pub enum LocationType as LOCATION_TYPE {
        AvailabilityZone = "AvailabilityZone",
        LocalZone = "LocalZone",
    }
    pub enum MFADeleteStatus as MFA_DELETE_STATUS {
        Enabled = "Enabled",
        Disabled = "Disabled",
    }
    pub enum MetadataDirective as METADATA_DIRECTIVE {
        Copy = "COPY",
        Replace = "REPLACE",
    }
    pub enum ObjectAttributes as OBJECT_ATTRIBUTES.unchecked() {
        ETag = "ETag",
        Checksum = "Checksum",
        ObjectParts = "ObjectParts",
        StorageClass = "StorageClass",
        ObjectSize = "ObjectSize",
    }
    pub enum ObjectCannedACL as OBJECT_CANNED_ACL {
        Private = "private",
        PublicRead = "public-read",
        PublicReadWrite = "public-read-write",
        AuthenticatedRead = "authenticated-read",
        AwsExecRead = "aws-exec-read",
        BucketOwnerRead = "bucket-owner-read",
        BucketOwnerFullControl = "bucket-owner-full-control",
    }
    pub enum ObjectLockLegalHoldStatus as OBJECT_LOCK_LEGAL_HOLD_STATUS {
        On = "ON",
        Off = "OFF",
    }
    pub enum ObjectLockMode as OBJECT_LOCK_MODE {
        Governance = "GOVERNANCE",
        Compliance = "COMPLIANCE",
    }
    pub enum ObjectOwnership as OBJECT_OWNERSHIP {
        BucketOwnerPreferred = "BucketOwnerPreferred",
        ObjectWriter = "ObjectWriter",
        BucketOwnerEnforced = "BucketOwnerEnforced",
    }
    pub enum ObjectStorageClass as OBJECT_STORAGE_CLASS {
        Standard = "STANDARD",
        ReducedRedundancy = "REDUCED_REDUNDANCY",
        Glacier = "GLACIER",
        StandardIa = "STANDARD_IA",
        OnezoneIa = "ONEZONE_IA",
        IntelligentTiering = "INTELLIGENT_TIERING",
        DeepArchive = "DEEP_ARCHIVE",
        Outposts = "OUTPOSTS",
        GlacierIr = "GLACIER_IR",
        Snow = "SNOW",
        ExpressOnezone = "EXPRESS_ONEZONE",
        FsxOpenzfs = "FSX_OPENZFS",
        FsxOntap = "FSX_ONTAP",
    }
    pub enum OptionalObjectAttributes as OPTIONAL_OBJECT_ATTRIBUTES {
        RestoreStatus = "RestoreStatus",
    }
    pub enum ReplicationStatus as REPLICATION_STATUS {
        Complete = "COMPLETE",
        Pending = "PENDING",
        Failed = "FAILED",
        Replica = "REPLICA",
        Completed = "COMPLETED",
    }
    pub enum RequestCharged as REQUEST_CHARGED {
        Requester = "requester",
    }
    pub enum RequestPayer as REQUEST_PAYER {
        Requester = "requester",
    }
    pub enum ServerSideEncryption as SERVER_SIDE_ENCRYPTION {
        Aes256 = "AES256",
        AwsFsx = "aws:fsx",
        AwsKms = "aws:kms",
        AwsKmsDsse = "aws:kms:dsse",
    }
    pub enum StorageClass as STORAGE_CLASS {
        Standard = "STANDARD",
        ReducedRedundancy = "REDUCED_REDUNDANCY",
        StandardIa = "STANDARD_IA",
        OnezoneIa = "ONEZONE_IA",
        IntelligentTiering = "INTELLIGENT_TIERING",
        Glacier = "GLACIER",
        DeepArchive = "DEEP_ARCHIVE",
        Outposts = "OUTPOSTS",
        GlacierIr = "GLACIER_IR",
        Snow = "SNOW",
        ExpressOnezone = "EXPRESS_ONEZONE",
        FsxOpenzfs = "FSX_OPENZFS",
        FsxOntap = "FSX_ONTAP",
    }
    pub enum TaggingDirective as TAGGING_DIRECTIVE {
        Copy = "COPY",
        Replace = "REPLACE",
    }
}

cloud_wire::structure! {
    pub struct AbortMultipartUploadOutput as ABORT_MULTIPART_UPLOAD_OUTPUT {
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct AbortMultipartUploadRequest as ABORT_MULTIPART_UPLOAD_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        upload_id: String = Member::new("UploadId", &MULTIPART_UPLOAD_ID).query("uploadId").required(),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        if_match_initiated_time: Option<jiff::Timestamp> = Member::new("IfMatchInitiatedTime", &IF_MATCH_INITIATED_TIME).header("x-amz-if-match-initiated-time"),
    }
    pub struct BlockedEncryptionTypes as BLOCKED_ENCRYPTION_TYPES {
        encryption_type: Option<Vec<EncryptionType>> = Member::new("EncryptionType", &ENCRYPTION_TYPE_LIST),
    }
    pub struct Bucket as BUCKET {
        name: Option<String> = Member::new("Name", &BUCKET_NAME),
        creation_date: Option<jiff::Timestamp> = Member::new("CreationDate", &CREATION_DATE),
        bucket_region: Option<String> = Member::new("BucketRegion", &BUCKET_REGION),
        bucket_arn: Option<String> = Member::new("BucketArn", &S3_REGIONAL_OR_S3_EXPRESS_BUCKET_ARN_STRING),
    }
    pub struct BucketInfo as BUCKET_INFO {
        data_redundancy: Option<DataRedundancy> = Member::new("DataRedundancy", &DATA_REDUNDANCY),
        r#type: Option<BucketType> = Member::new("Type", &BUCKET_TYPE),
    }
    pub struct CORSConfiguration as CORS_CONFIGURATION {
        cors_rules: Vec<CORSRule> = Member::new("CORSRules", &CORS_RULES).wire("CORSRule").required(),
    }
    pub struct CORSRule as CORS_RULE {
        id: Option<String> = Member::new("ID", &ID),
        allowed_headers: Option<Vec<String>> = Member::new("AllowedHeaders", &ALLOWED_HEADERS).wire("AllowedHeader"),
        allowed_methods: Vec<String> = Member::new("AllowedMethods", &ALLOWED_METHODS).wire("AllowedMethod").required(),
        allowed_origins: Vec<String> = Member::new("AllowedOrigins", &ALLOWED_ORIGINS).wire("AllowedOrigin").required(),
        expose_headers: Option<Vec<String>> = Member::new("ExposeHeaders", &EXPOSE_HEADERS).wire("ExposeHeader"),
        max_age_seconds: Option<i32> = Member::new("MaxAgeSeconds", &MAX_AGE_SECONDS),
    }
    pub struct Checksum as CHECKSUM {
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE),
    }
    pub struct CommonPrefix as COMMON_PREFIX {
        prefix: Option<String> = Member::new("Prefix", &PREFIX),
    }
    pub struct CompleteMultipartUploadOutput as COMPLETE_MULTIPART_UPLOAD_OUTPUT {
        location: Option<String> = Member::new("Location", &LOCATION),
        bucket: Option<String> = Member::new("Bucket", &BUCKET_NAME),
        key: Option<String> = Member::new("Key", &OBJECT_KEY),
        expiration: Option<String> = Member::new("Expiration", &EXPIRATION).header("x-amz-expiration"),
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct CompleteMultipartUploadRequest as COMPLETE_MULTIPART_UPLOAD_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        multipart_upload: Option<CompletedMultipartUpload> = Member::new("MultipartUpload", &COMPLETED_MULTIPART_UPLOAD).wire("CompleteMultipartUpload").payload().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        upload_id: String = Member::new("UploadId", &MULTIPART_UPLOAD_ID).query("uploadId").required(),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32).header("x-amz-checksum-crc32"),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C).header("x-amz-checksum-crc32c"),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME).header("x-amz-checksum-crc64nvme"),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1).header("x-amz-checksum-sha1"),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256).header("x-amz-checksum-sha256"),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512).header("x-amz-checksum-sha512"),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5).header("x-amz-checksum-md5"),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64).header("x-amz-checksum-xxhash64"),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3).header("x-amz-checksum-xxhash3"),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128).header("x-amz-checksum-xxhash128"),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE).header("x-amz-checksum-type"),
        mpu_object_size: Option<i64> = Member::new("MpuObjectSize", &MPU_OBJECT_SIZE).header("x-amz-mp-object-size"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        if_match: Option<String> = Member::new("IfMatch", &IF_MATCH).header("If-Match"),
        if_none_match: Option<String> = Member::new("IfNoneMatch", &IF_NONE_MATCH).header("If-None-Match"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
    }
    pub struct CompletedMultipartUpload as COMPLETED_MULTIPART_UPLOAD {
        parts: Option<Vec<CompletedPart>> = Member::new("Parts", &COMPLETED_PART_LIST).wire("Part"),
    }
    pub struct CompletedPart as COMPLETED_PART {
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128),
        part_number: Option<i32> = Member::new("PartNumber", &PART_NUMBER),
    }
    pub struct CopyObjectOutput as COPY_OBJECT_OUTPUT {
        copy_object_result: Option<CopyObjectResult> = Member::new("CopyObjectResult", &COPY_OBJECT_RESULT).payload(),
        expiration: Option<String> = Member::new("Expiration", &EXPIRATION).header("x-amz-expiration"),
        copy_source_version_id: Option<String> = Member::new("CopySourceVersionId", &COPY_SOURCE_VERSION_ID).header("x-amz-copy-source-version-id"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        ssekms_encryption_context: Option<String> = Member::new("SSEKMSEncryptionContext", &SSEKMS_ENCRYPTION_CONTEXT).header("x-amz-server-side-encryption-context"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct CopyObjectRequest as COPY_OBJECT_REQUEST {
        acl: Option<ObjectCannedACL> = Member::new("ACL", &OBJECT_CANNED_ACL).header("x-amz-acl"),
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        cache_control: Option<String> = Member::new("CacheControl", &CACHE_CONTROL).header("Cache-Control"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-checksum-algorithm"),
        content_disposition: Option<String> = Member::new("ContentDisposition", &CONTENT_DISPOSITION).header("Content-Disposition"),
        content_encoding: Option<String> = Member::new("ContentEncoding", &CONTENT_ENCODING).header("Content-Encoding"),
        content_language: Option<String> = Member::new("ContentLanguage", &CONTENT_LANGUAGE).header("Content-Language"),
        content_type: Option<String> = Member::new("ContentType", &CONTENT_TYPE).header("Content-Type"),
        copy_source: String = Member::new("CopySource", &COPY_SOURCE).header("x-amz-copy-source").required(),
        copy_source_if_match: Option<String> = Member::new("CopySourceIfMatch", &COPY_SOURCE_IF_MATCH).header("x-amz-copy-source-if-match"),
        copy_source_if_modified_since: Option<jiff::Timestamp> = Member::new("CopySourceIfModifiedSince", &COPY_SOURCE_IF_MODIFIED_SINCE).header("x-amz-copy-source-if-modified-since"),
        copy_source_if_none_match: Option<String> = Member::new("CopySourceIfNoneMatch", &COPY_SOURCE_IF_NONE_MATCH).header("x-amz-copy-source-if-none-match"),
        copy_source_if_unmodified_since: Option<jiff::Timestamp> = Member::new("CopySourceIfUnmodifiedSince", &COPY_SOURCE_IF_UNMODIFIED_SINCE).header("x-amz-copy-source-if-unmodified-since"),
        expires: Option<jiff::Timestamp> = Member::new("Expires", &EXPIRES).header("Expires"),
        grant_full_control: Option<String> = Member::new("GrantFullControl", &GRANT_FULL_CONTROL).header("x-amz-grant-full-control"),
        grant_read: Option<String> = Member::new("GrantRead", &GRANT_READ).header("x-amz-grant-read"),
        grant_read_acp: Option<String> = Member::new("GrantReadACP", &GRANT_READ_ACP).header("x-amz-grant-read-acp"),
        grant_write_acp: Option<String> = Member::new("GrantWriteACP", &GRANT_WRITE_ACP).header("x-amz-grant-write-acp"),
        if_match: Option<String> = Member::new("IfMatch", &IF_MATCH).header("If-Match"),
        if_none_match: Option<String> = Member::new("IfNoneMatch", &IF_NONE_MATCH).header("If-None-Match"),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        metadata: Option<BTreeMap<String, String>> = Member::new("Metadata", &METADATA).headers("x-amz-meta-"),
        metadata_directive: Option<MetadataDirective> = Member::new("MetadataDirective", &METADATA_DIRECTIVE).header("x-amz-metadata-directive"),
        tagging_directive: Option<TaggingDirective> = Member::new("TaggingDirective", &TAGGING_DIRECTIVE).header("x-amz-tagging-directive"),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS).header("x-amz-storage-class"),
        website_redirect_location: Option<String> = Member::new("WebsiteRedirectLocation", &WEBSITE_REDIRECT_LOCATION).header("x-amz-website-redirect-location"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        ssekms_encryption_context: Option<String> = Member::new("SSEKMSEncryptionContext", &SSEKMS_ENCRYPTION_CONTEXT).header("x-amz-server-side-encryption-context"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        copy_source_sse_customer_algorithm: Option<String> = Member::new("CopySourceSSECustomerAlgorithm", &COPY_SOURCE_SSE_CUSTOMER_ALGORITHM).header("x-amz-copy-source-server-side-encryption-customer-algorithm"),
        copy_source_sse_customer_key: Option<String> = Member::new("CopySourceSSECustomerKey", &COPY_SOURCE_SSE_CUSTOMER_KEY).header("x-amz-copy-source-server-side-encryption-customer-key"),
        copy_source_sse_customer_key_md5: Option<String> = Member::new("CopySourceSSECustomerKeyMD5", &COPY_SOURCE_SSE_CUSTOMER_KEY_MD5).header("x-amz-copy-source-server-side-encryption-customer-key-MD5"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        tagging: Option<String> = Member::new("Tagging", &TAGGING_HEADER).header("x-amz-tagging"),
        object_lock_mode: Option<ObjectLockMode> = Member::new("ObjectLockMode", &OBJECT_LOCK_MODE).header("x-amz-object-lock-mode"),
        object_lock_retain_until_date: Option<jiff::Timestamp> = Member::new("ObjectLockRetainUntilDate", &OBJECT_LOCK_RETAIN_UNTIL_DATE).header("x-amz-object-lock-retain-until-date"),
        object_lock_legal_hold_status: Option<ObjectLockLegalHoldStatus> = Member::new("ObjectLockLegalHoldStatus", &OBJECT_LOCK_LEGAL_HOLD_STATUS).header("x-amz-object-lock-legal-hold"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        expected_source_bucket_owner: Option<String> = Member::new("ExpectedSourceBucketOwner", &ACCOUNT_ID).header("x-amz-source-expected-bucket-owner"),
    }
    pub struct CopyObjectResult as COPY_OBJECT_RESULT {
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &LAST_MODIFIED),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128),
    }
    pub struct CopyPartResult as COPY_PART_RESULT {
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &LAST_MODIFIED),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128),
    }
    pub struct CreateBucketConfiguration as CREATE_BUCKET_CONFIGURATION {
        location_constraint: Option<BucketLocationConstraint> = Member::new("LocationConstraint", &BUCKET_LOCATION_CONSTRAINT),
        location: Option<LocationInfo> = Member::new("Location", &LOCATION_INFO),
        bucket: Option<BucketInfo> = Member::new("Bucket", &BUCKET_INFO),
        tags: Option<Vec<Tag>> = Member::new("Tags", &TAG_SET),
    }
    pub struct CreateBucketOutput as CREATE_BUCKET_OUTPUT {
        location: Option<String> = Member::new("Location", &LOCATION).header("Location"),
        bucket_arn: Option<String> = Member::new("BucketArn", &S3_REGIONAL_OR_S3_EXPRESS_BUCKET_ARN_STRING).header("x-amz-bucket-arn"),
    }
    pub struct CreateBucketRequest as CREATE_BUCKET_REQUEST {
        acl: Option<BucketCannedACL> = Member::new("ACL", &BUCKET_CANNED_ACL).header("x-amz-acl"),
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        create_bucket_configuration: Option<CreateBucketConfiguration> = Member::new("CreateBucketConfiguration", &CREATE_BUCKET_CONFIGURATION).payload().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        grant_full_control: Option<String> = Member::new("GrantFullControl", &GRANT_FULL_CONTROL).header("x-amz-grant-full-control"),
        grant_read: Option<String> = Member::new("GrantRead", &GRANT_READ).header("x-amz-grant-read"),
        grant_read_acp: Option<String> = Member::new("GrantReadACP", &GRANT_READ_ACP).header("x-amz-grant-read-acp"),
        grant_write: Option<String> = Member::new("GrantWrite", &GRANT_WRITE).header("x-amz-grant-write"),
        grant_write_acp: Option<String> = Member::new("GrantWriteACP", &GRANT_WRITE_ACP).header("x-amz-grant-write-acp"),
        object_lock_enabled_for_bucket: Option<bool> = Member::new("ObjectLockEnabledForBucket", &OBJECT_LOCK_ENABLED_FOR_BUCKET).header("x-amz-bucket-object-lock-enabled"),
        object_ownership: Option<ObjectOwnership> = Member::new("ObjectOwnership", &OBJECT_OWNERSHIP).header("x-amz-object-ownership"),
        bucket_namespace: Option<BucketNamespace> = Member::new("BucketNamespace", &BUCKET_NAMESPACE).header("x-amz-bucket-namespace"),
    }
    pub struct CreateMultipartUploadOutput as CREATE_MULTIPART_UPLOAD_OUTPUT {
        abort_date: Option<jiff::Timestamp> = Member::new("AbortDate", &ABORT_DATE).header("x-amz-abort-date"),
        abort_rule_id: Option<String> = Member::new("AbortRuleId", &ABORT_RULE_ID).header("x-amz-abort-rule-id"),
        bucket: Option<String> = Member::new("Bucket", &BUCKET_NAME),
        key: Option<String> = Member::new("Key", &OBJECT_KEY),
        upload_id: Option<String> = Member::new("UploadId", &MULTIPART_UPLOAD_ID),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        ssekms_encryption_context: Option<String> = Member::new("SSEKMSEncryptionContext", &SSEKMS_ENCRYPTION_CONTEXT).header("x-amz-server-side-encryption-context"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-checksum-algorithm"),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE).header("x-amz-checksum-type"),
    }
    pub struct CreateMultipartUploadRequest as CREATE_MULTIPART_UPLOAD_REQUEST {
        acl: Option<ObjectCannedACL> = Member::new("ACL", &OBJECT_CANNED_ACL).header("x-amz-acl"),
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        cache_control: Option<String> = Member::new("CacheControl", &CACHE_CONTROL).header("Cache-Control"),
        content_disposition: Option<String> = Member::new("ContentDisposition", &CONTENT_DISPOSITION).header("Content-Disposition"),
        content_encoding: Option<String> = Member::new("ContentEncoding", &CONTENT_ENCODING).header("Content-Encoding"),
        content_language: Option<String> = Member::new("ContentLanguage", &CONTENT_LANGUAGE).header("Content-Language"),
        content_type: Option<String> = Member::new("ContentType", &CONTENT_TYPE).header("Content-Type"),
        expires: Option<jiff::Timestamp> = Member::new("Expires", &EXPIRES).header("Expires"),
        grant_full_control: Option<String> = Member::new("GrantFullControl", &GRANT_FULL_CONTROL).header("x-amz-grant-full-control"),
        grant_read: Option<String> = Member::new("GrantRead", &GRANT_READ).header("x-amz-grant-read"),
        grant_read_acp: Option<String> = Member::new("GrantReadACP", &GRANT_READ_ACP).header("x-amz-grant-read-acp"),
        grant_write_acp: Option<String> = Member::new("GrantWriteACP", &GRANT_WRITE_ACP).header("x-amz-grant-write-acp"),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        metadata: Option<BTreeMap<String, String>> = Member::new("Metadata", &METADATA).headers("x-amz-meta-"),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS).header("x-amz-storage-class"),
        website_redirect_location: Option<String> = Member::new("WebsiteRedirectLocation", &WEBSITE_REDIRECT_LOCATION).header("x-amz-website-redirect-location"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        ssekms_encryption_context: Option<String> = Member::new("SSEKMSEncryptionContext", &SSEKMS_ENCRYPTION_CONTEXT).header("x-amz-server-side-encryption-context"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        tagging: Option<String> = Member::new("Tagging", &TAGGING_HEADER).header("x-amz-tagging"),
        object_lock_mode: Option<ObjectLockMode> = Member::new("ObjectLockMode", &OBJECT_LOCK_MODE).header("x-amz-object-lock-mode"),
        object_lock_retain_until_date: Option<jiff::Timestamp> = Member::new("ObjectLockRetainUntilDate", &OBJECT_LOCK_RETAIN_UNTIL_DATE).header("x-amz-object-lock-retain-until-date"),
        object_lock_legal_hold_status: Option<ObjectLockLegalHoldStatus> = Member::new("ObjectLockLegalHoldStatus", &OBJECT_LOCK_LEGAL_HOLD_STATUS).header("x-amz-object-lock-legal-hold"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-checksum-algorithm"),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE).header("x-amz-checksum-type"),
    }
    pub struct Delete as DELETE {
        objects: Vec<ObjectIdentifier> = Member::new("Objects", &OBJECT_IDENTIFIER_LIST).wire("Object").required(),
        quiet: Option<bool> = Member::new("Quiet", &QUIET),
    }
    pub struct DeleteBucketCorsRequest as DELETE_BUCKET_CORS_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct DeleteBucketPolicyRequest as DELETE_BUCKET_POLICY_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct DeleteBucketRequest as DELETE_BUCKET_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct DeleteBucketTaggingRequest as DELETE_BUCKET_TAGGING_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct DeleteObjectOutput as DELETE_OBJECT_OUTPUT {
        delete_marker: Option<bool> = Member::new("DeleteMarker", &DELETE_MARKER).header("x-amz-delete-marker"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct DeleteObjectRequest as DELETE_OBJECT_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        mfa: Option<String> = Member::new("MFA", &MFA).header("x-amz-mfa"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).query("versionId"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        bypass_governance_retention: Option<bool> = Member::new("BypassGovernanceRetention", &BYPASS_GOVERNANCE_RETENTION).header("x-amz-bypass-governance-retention"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        if_match: Option<String> = Member::new("IfMatch", &IF_MATCH).header("If-Match"),
        if_match_last_modified_time: Option<jiff::Timestamp> = Member::new("IfMatchLastModifiedTime", &IF_MATCH_LAST_MODIFIED_TIME).header("x-amz-if-match-last-modified-time"),
        if_match_size: Option<i64> = Member::new("IfMatchSize", &IF_MATCH_SIZE).header("x-amz-if-match-size"),
    }
    pub struct DeleteObjectTaggingOutput as DELETE_OBJECT_TAGGING_OUTPUT {
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
    }
    pub struct DeleteObjectTaggingRequest as DELETE_OBJECT_TAGGING_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).query("versionId"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct DeleteObjectsOutput as DELETE_OBJECTS_OUTPUT {
        deleted: Option<Vec<DeletedObject>> = Member::new("Deleted", &DELETED_OBJECTS),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
        errors: Option<Vec<Error>> = Member::new("Errors", &ERRORS_).wire("Error"),
    }
    pub struct DeleteObjectsRequest as DELETE_OBJECTS_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        delete: Delete = Member::new("Delete", &DELETE).payload().required().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        mfa: Option<String> = Member::new("MFA", &MFA).header("x-amz-mfa"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        bypass_governance_retention: Option<bool> = Member::new("BypassGovernanceRetention", &BYPASS_GOVERNANCE_RETENTION).header("x-amz-bypass-governance-retention"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
    }
    pub struct DeletePublicAccessBlockRequest as DELETE_PUBLIC_ACCESS_BLOCK_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct DeletedObject as DELETED_OBJECT {
        key: Option<String> = Member::new("Key", &OBJECT_KEY),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID),
        delete_marker: Option<bool> = Member::new("DeleteMarker", &DELETE_MARKER),
        delete_marker_version_id: Option<String> = Member::new("DeleteMarkerVersionId", &DELETE_MARKER_VERSION_ID),
    }
    pub struct Error as ERROR {
        key: Option<String> = Member::new("Key", &OBJECT_KEY),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID),
        code: Option<String> = Member::new("Code", &CODE),
        message: Option<String> = Member::new("Message", &MESSAGE),
    }
    pub struct EventBridgeConfiguration as EVENT_BRIDGE_CONFIGURATION {
    }
    pub struct FilterRule as FILTER_RULE {
        name: Option<FilterRuleName> = Member::new("Name", &FILTER_RULE_NAME),
        value: Option<String> = Member::new("Value", &FILTER_RULE_VALUE),
    }
    pub struct GetBucketCorsOutput as GET_BUCKET_CORS_OUTPUT {
        cors_rules: Option<Vec<CORSRule>> = Member::new("CORSRules", &CORS_RULES).wire("CORSRule"),
    }
    pub struct GetBucketCorsRequest as GET_BUCKET_CORS_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct GetBucketEncryptionOutput as GET_BUCKET_ENCRYPTION_OUTPUT {
        server_side_encryption_configuration: Option<ServerSideEncryptionConfiguration> = Member::new("ServerSideEncryptionConfiguration", &SERVER_SIDE_ENCRYPTION_CONFIGURATION).payload(),
    }
    pub struct GetBucketEncryptionRequest as GET_BUCKET_ENCRYPTION_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct GetBucketLocationOutput as GET_BUCKET_LOCATION_OUTPUT {
        location_constraint: Option<BucketLocationConstraint> = Member::new("LocationConstraint", &BUCKET_LOCATION_CONSTRAINT),
    }
    pub struct GetBucketLocationRequest as GET_BUCKET_LOCATION_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct GetBucketNotificationConfigurationRequest as GET_BUCKET_NOTIFICATION_CONFIGURATION_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct GetBucketPolicyOutput as GET_BUCKET_POLICY_OUTPUT {
        policy: Option<String> = Member::new("Policy", &POLICY).payload(),
    }
    pub struct GetBucketPolicyRequest as GET_BUCKET_POLICY_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct GetBucketTaggingOutput as GET_BUCKET_TAGGING_OUTPUT {
        tag_set: Vec<Tag> = Member::new("TagSet", &TAG_SET).required(),
    }
    pub struct GetBucketTaggingRequest as GET_BUCKET_TAGGING_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct GetBucketVersioningOutput as GET_BUCKET_VERSIONING_OUTPUT {
        status: Option<BucketVersioningStatus> = Member::new("Status", &BUCKET_VERSIONING_STATUS),
        mfa_delete: Option<MFADeleteStatus> = Member::new("MFADelete", &MFA_DELETE_STATUS).wire("MfaDelete"),
    }
    pub struct GetBucketVersioningRequest as GET_BUCKET_VERSIONING_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct GetObjectAttributesOutput as GET_OBJECT_ATTRIBUTES_OUTPUT {
        delete_marker: Option<bool> = Member::new("DeleteMarker", &DELETE_MARKER).header("x-amz-delete-marker"),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &LAST_MODIFIED).header("Last-Modified"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        checksum: Option<Checksum> = Member::new("Checksum", &CHECKSUM),
        object_parts: Option<GetObjectAttributesParts> = Member::new("ObjectParts", &GET_OBJECT_ATTRIBUTES_PARTS),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS),
        object_size: Option<i64> = Member::new("ObjectSize", &OBJECT_SIZE),
    }
    pub struct GetObjectAttributesParts as GET_OBJECT_ATTRIBUTES_PARTS {
        total_parts_count: Option<i32> = Member::new("TotalPartsCount", &PARTS_COUNT).wire("PartsCount"),
        part_number_marker: Option<i32> = Member::new("PartNumberMarker", &PART_NUMBER_MARKER),
        next_part_number_marker: Option<i32> = Member::new("NextPartNumberMarker", &NEXT_PART_NUMBER_MARKER),
        max_parts: Option<i32> = Member::new("MaxParts", &MAX_PARTS),
        is_truncated: Option<bool> = Member::new("IsTruncated", &IS_TRUNCATED),
        parts: Option<Vec<ObjectPart>> = Member::new("Parts", &PARTS_LIST).wire("Part"),
    }
    pub struct GetObjectAttributesRequest as GET_OBJECT_ATTRIBUTES_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).query("versionId"),
        max_parts: Option<i32> = Member::new("MaxParts", &MAX_PARTS).header("x-amz-max-parts"),
        part_number_marker: Option<i32> = Member::new("PartNumberMarker", &PART_NUMBER_MARKER).header("x-amz-part-number-marker"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        object_attributes: Vec<ObjectAttributes> = Member::new("ObjectAttributes", &OBJECT_ATTRIBUTES_LIST).header("x-amz-object-attributes").required(),
    }
    pub struct GetObjectRequest as GET_OBJECT_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        if_match: Option<String> = Member::new("IfMatch", &IF_MATCH).header("If-Match"),
        if_modified_since: Option<jiff::Timestamp> = Member::new("IfModifiedSince", &IF_MODIFIED_SINCE).header("If-Modified-Since"),
        if_none_match: Option<String> = Member::new("IfNoneMatch", &IF_NONE_MATCH).header("If-None-Match"),
        if_unmodified_since: Option<jiff::Timestamp> = Member::new("IfUnmodifiedSince", &IF_UNMODIFIED_SINCE).header("If-Unmodified-Since"),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        range: Option<String> = Member::new("Range", &RANGE).header("Range"),
        response_cache_control: Option<String> = Member::new("ResponseCacheControl", &RESPONSE_CACHE_CONTROL).query("response-cache-control"),
        response_content_disposition: Option<String> = Member::new("ResponseContentDisposition", &RESPONSE_CONTENT_DISPOSITION).query("response-content-disposition"),
        response_content_encoding: Option<String> = Member::new("ResponseContentEncoding", &RESPONSE_CONTENT_ENCODING).query("response-content-encoding"),
        response_content_language: Option<String> = Member::new("ResponseContentLanguage", &RESPONSE_CONTENT_LANGUAGE).query("response-content-language"),
        response_content_type: Option<String> = Member::new("ResponseContentType", &RESPONSE_CONTENT_TYPE).query("response-content-type"),
        response_expires: Option<jiff::Timestamp> = Member::new("ResponseExpires", &RESPONSE_EXPIRES).query("response-expires"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).query("versionId"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        part_number: Option<i32> = Member::new("PartNumber", &PART_NUMBER).query("partNumber"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        checksum_mode: Option<ChecksumMode> = Member::new("ChecksumMode", &CHECKSUM_MODE).header("x-amz-checksum-mode"),
    }
    pub struct GetObjectTaggingOutput as GET_OBJECT_TAGGING_OUTPUT {
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        tag_set: Vec<Tag> = Member::new("TagSet", &TAG_SET).required(),
    }
    pub struct GetObjectTaggingRequest as GET_OBJECT_TAGGING_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).query("versionId"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
    }
    pub struct GetPublicAccessBlockOutput as GET_PUBLIC_ACCESS_BLOCK_OUTPUT {
        public_access_block_configuration: Option<PublicAccessBlockConfiguration> = Member::new("PublicAccessBlockConfiguration", &PUBLIC_ACCESS_BLOCK_CONFIGURATION).payload(),
    }
    pub struct GetPublicAccessBlockRequest as GET_PUBLIC_ACCESS_BLOCK_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct HeadBucketOutput as HEAD_BUCKET_OUTPUT {
        bucket_arn: Option<String> = Member::new("BucketArn", &S3_REGIONAL_OR_S3_EXPRESS_BUCKET_ARN_STRING).header("x-amz-bucket-arn"),
        bucket_location_type: Option<LocationType> = Member::new("BucketLocationType", &LOCATION_TYPE).header("x-amz-bucket-location-type"),
        bucket_location_name: Option<String> = Member::new("BucketLocationName", &BUCKET_LOCATION_NAME).header("x-amz-bucket-location-name"),
        bucket_region: Option<String> = Member::new("BucketRegion", &REGION).header("x-amz-bucket-region"),
        access_point_alias: Option<bool> = Member::new("AccessPointAlias", &ACCESS_POINT_ALIAS).header("x-amz-access-point-alias"),
    }
    pub struct HeadBucketRequest as HEAD_BUCKET_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct HeadObjectOutput as HEAD_OBJECT_OUTPUT {
        delete_marker: Option<bool> = Member::new("DeleteMarker", &DELETE_MARKER).header("x-amz-delete-marker"),
        accept_ranges: Option<String> = Member::new("AcceptRanges", &ACCEPT_RANGES).header("accept-ranges"),
        expiration: Option<String> = Member::new("Expiration", &EXPIRATION).header("x-amz-expiration"),
        restore: Option<String> = Member::new("Restore", &RESTORE).header("x-amz-restore"),
        archive_status: Option<ArchiveStatus> = Member::new("ArchiveStatus", &ARCHIVE_STATUS).header("x-amz-archive-status"),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &LAST_MODIFIED).header("Last-Modified"),
        content_length: Option<i64> = Member::new("ContentLength", &CONTENT_LENGTH).header("Content-Length"),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32).header("x-amz-checksum-crc32"),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C).header("x-amz-checksum-crc32c"),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME).header("x-amz-checksum-crc64nvme"),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1).header("x-amz-checksum-sha1"),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256).header("x-amz-checksum-sha256"),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512).header("x-amz-checksum-sha512"),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5).header("x-amz-checksum-md5"),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64).header("x-amz-checksum-xxhash64"),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3).header("x-amz-checksum-xxhash3"),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128).header("x-amz-checksum-xxhash128"),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE).header("x-amz-checksum-type"),
        e_tag: Option<String> = Member::new("ETag", &E_TAG).header("ETag"),
        missing_meta: Option<i32> = Member::new("MissingMeta", &MISSING_META).header("x-amz-missing-meta"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        cache_control: Option<String> = Member::new("CacheControl", &CACHE_CONTROL).header("Cache-Control"),
        content_disposition: Option<String> = Member::new("ContentDisposition", &CONTENT_DISPOSITION).header("Content-Disposition"),
        content_encoding: Option<String> = Member::new("ContentEncoding", &CONTENT_ENCODING).header("Content-Encoding"),
        content_language: Option<String> = Member::new("ContentLanguage", &CONTENT_LANGUAGE).header("Content-Language"),
        content_type: Option<String> = Member::new("ContentType", &CONTENT_TYPE).header("Content-Type"),
        content_range: Option<String> = Member::new("ContentRange", &CONTENT_RANGE).header("Content-Range"),
        expires: Option<jiff::Timestamp> = Member::new("Expires", &EXPIRES).header("Expires"),
        website_redirect_location: Option<String> = Member::new("WebsiteRedirectLocation", &WEBSITE_REDIRECT_LOCATION).header("x-amz-website-redirect-location"),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        metadata: Option<BTreeMap<String, String>> = Member::new("Metadata", &METADATA).headers("x-amz-meta-"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS).header("x-amz-storage-class"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
        replication_status: Option<ReplicationStatus> = Member::new("ReplicationStatus", &REPLICATION_STATUS).header("x-amz-replication-status"),
        parts_count: Option<i32> = Member::new("PartsCount", &PARTS_COUNT).header("x-amz-mp-parts-count"),
        tag_count: Option<i32> = Member::new("TagCount", &TAG_COUNT).header("x-amz-tagging-count"),
        object_lock_mode: Option<ObjectLockMode> = Member::new("ObjectLockMode", &OBJECT_LOCK_MODE).header("x-amz-object-lock-mode"),
        object_lock_retain_until_date: Option<jiff::Timestamp> = Member::new("ObjectLockRetainUntilDate", &OBJECT_LOCK_RETAIN_UNTIL_DATE).header("x-amz-object-lock-retain-until-date"),
        object_lock_legal_hold_status: Option<ObjectLockLegalHoldStatus> = Member::new("ObjectLockLegalHoldStatus", &OBJECT_LOCK_LEGAL_HOLD_STATUS).header("x-amz-object-lock-legal-hold"),
    }
    pub struct HeadObjectRequest as HEAD_OBJECT_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        if_match: Option<String> = Member::new("IfMatch", &IF_MATCH).header("If-Match"),
        if_modified_since: Option<jiff::Timestamp> = Member::new("IfModifiedSince", &IF_MODIFIED_SINCE).header("If-Modified-Since"),
        if_none_match: Option<String> = Member::new("IfNoneMatch", &IF_NONE_MATCH).header("If-None-Match"),
        if_unmodified_since: Option<jiff::Timestamp> = Member::new("IfUnmodifiedSince", &IF_UNMODIFIED_SINCE).header("If-Unmodified-Since"),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        range: Option<String> = Member::new("Range", &RANGE).header("Range"),
        response_cache_control: Option<String> = Member::new("ResponseCacheControl", &RESPONSE_CACHE_CONTROL).query("response-cache-control"),
        response_content_disposition: Option<String> = Member::new("ResponseContentDisposition", &RESPONSE_CONTENT_DISPOSITION).query("response-content-disposition"),
        response_content_encoding: Option<String> = Member::new("ResponseContentEncoding", &RESPONSE_CONTENT_ENCODING).query("response-content-encoding"),
        response_content_language: Option<String> = Member::new("ResponseContentLanguage", &RESPONSE_CONTENT_LANGUAGE).query("response-content-language"),
        response_content_type: Option<String> = Member::new("ResponseContentType", &RESPONSE_CONTENT_TYPE).query("response-content-type"),
        response_expires: Option<jiff::Timestamp> = Member::new("ResponseExpires", &RESPONSE_EXPIRES).query("response-expires"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).query("versionId"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        part_number: Option<i32> = Member::new("PartNumber", &PART_NUMBER).query("partNumber"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        checksum_mode: Option<ChecksumMode> = Member::new("ChecksumMode", &CHECKSUM_MODE).header("x-amz-checksum-mode"),
    }
    pub struct Initiator as INITIATOR {
        id: Option<String> = Member::new("ID", &ID),
        display_name: Option<String> = Member::new("DisplayName", &DISPLAY_NAME),
    }
    pub struct LambdaFunctionConfiguration as LAMBDA_FUNCTION_CONFIGURATION {
        id: Option<String> = Member::new("Id", &NOTIFICATION_ID),
        lambda_function_arn: String = Member::new("LambdaFunctionArn", &LAMBDA_FUNCTION_ARN).wire("CloudFunction").required(),
        events: Vec<Event> = Member::new("Events", &EVENT_LIST).wire("Event").required(),
        filter: Option<NotificationConfigurationFilter> = Member::new("Filter", &NOTIFICATION_CONFIGURATION_FILTER),
    }
    pub struct ListBucketsOutput as LIST_BUCKETS_OUTPUT {
        buckets: Option<Vec<Bucket>> = Member::new("Buckets", &BUCKETS),
        owner: Option<Owner> = Member::new("Owner", &OWNER),
        continuation_token: Option<String> = Member::new("ContinuationToken", &NEXT_TOKEN),
        prefix: Option<String> = Member::new("Prefix", &PREFIX),
    }
    pub struct ListBucketsRequest as LIST_BUCKETS_REQUEST {
        max_buckets: Option<i32> = Member::new("MaxBuckets", &MAX_BUCKETS).query("max-buckets"),
        continuation_token: Option<String> = Member::new("ContinuationToken", &TOKEN).query("continuation-token"),
        prefix: Option<String> = Member::new("Prefix", &PREFIX).query("prefix"),
        bucket_region: Option<String> = Member::new("BucketRegion", &BUCKET_REGION).query("bucket-region"),
    }
    pub struct ListMultipartUploadsOutput as LIST_MULTIPART_UPLOADS_OUTPUT {
        bucket: Option<String> = Member::new("Bucket", &BUCKET_NAME),
        key_marker: Option<String> = Member::new("KeyMarker", &KEY_MARKER),
        upload_id_marker: Option<String> = Member::new("UploadIdMarker", &UPLOAD_ID_MARKER),
        next_key_marker: Option<String> = Member::new("NextKeyMarker", &NEXT_KEY_MARKER),
        prefix: Option<String> = Member::new("Prefix", &PREFIX),
        delimiter: Option<String> = Member::new("Delimiter", &DELIMITER),
        next_upload_id_marker: Option<String> = Member::new("NextUploadIdMarker", &NEXT_UPLOAD_ID_MARKER),
        max_uploads: Option<i32> = Member::new("MaxUploads", &MAX_UPLOADS),
        is_truncated: Option<bool> = Member::new("IsTruncated", &IS_TRUNCATED),
        uploads: Option<Vec<MultipartUpload>> = Member::new("Uploads", &MULTIPART_UPLOAD_LIST).wire("Upload"),
        common_prefixes: Option<Vec<CommonPrefix>> = Member::new("CommonPrefixes", &COMMON_PREFIX_LIST),
        encoding_type: Option<EncodingType> = Member::new("EncodingType", &ENCODING_TYPE),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct ListMultipartUploadsRequest as LIST_MULTIPART_UPLOADS_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        delimiter: Option<String> = Member::new("Delimiter", &DELIMITER).query("delimiter"),
        encoding_type: Option<EncodingType> = Member::new("EncodingType", &ENCODING_TYPE).query("encoding-type"),
        key_marker: Option<String> = Member::new("KeyMarker", &KEY_MARKER).query("key-marker"),
        max_uploads: Option<i32> = Member::new("MaxUploads", &MAX_UPLOADS).query("max-uploads"),
        prefix: Option<String> = Member::new("Prefix", &PREFIX).query("prefix"),
        upload_id_marker: Option<String> = Member::new("UploadIdMarker", &UPLOAD_ID_MARKER).query("upload-id-marker"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
    }
    pub struct ListObjectsOutput as LIST_OBJECTS_OUTPUT {
        is_truncated: Option<bool> = Member::new("IsTruncated", &IS_TRUNCATED),
        marker: Option<String> = Member::new("Marker", &MARKER),
        next_marker: Option<String> = Member::new("NextMarker", &NEXT_MARKER),
        contents: Option<Vec<Object>> = Member::new("Contents", &OBJECT_LIST),
        name: Option<String> = Member::new("Name", &BUCKET_NAME),
        prefix: Option<String> = Member::new("Prefix", &PREFIX),
        delimiter: Option<String> = Member::new("Delimiter", &DELIMITER),
        max_keys: Option<i32> = Member::new("MaxKeys", &MAX_KEYS),
        common_prefixes: Option<Vec<CommonPrefix>> = Member::new("CommonPrefixes", &COMMON_PREFIX_LIST),
        encoding_type: Option<EncodingType> = Member::new("EncodingType", &ENCODING_TYPE),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct ListObjectsRequest as LIST_OBJECTS_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        delimiter: Option<String> = Member::new("Delimiter", &DELIMITER).query("delimiter"),
        encoding_type: Option<EncodingType> = Member::new("EncodingType", &ENCODING_TYPE).query("encoding-type"),
        marker: Option<String> = Member::new("Marker", &MARKER).query("marker"),
        max_keys: Option<i32> = Member::new("MaxKeys", &MAX_KEYS).query("max-keys"),
        prefix: Option<String> = Member::new("Prefix", &PREFIX).query("prefix"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        optional_object_attributes: Option<Vec<OptionalObjectAttributes>> = Member::new("OptionalObjectAttributes", &OPTIONAL_OBJECT_ATTRIBUTES_LIST).header("x-amz-optional-object-attributes"),
    }
    pub struct ListObjectsV2Output as LIST_OBJECTS_V2_OUTPUT {
        is_truncated: Option<bool> = Member::new("IsTruncated", &IS_TRUNCATED),
        contents: Option<Vec<Object>> = Member::new("Contents", &OBJECT_LIST),
        name: Option<String> = Member::new("Name", &BUCKET_NAME),
        prefix: Option<String> = Member::new("Prefix", &PREFIX),
        delimiter: Option<String> = Member::new("Delimiter", &DELIMITER),
        max_keys: Option<i32> = Member::new("MaxKeys", &MAX_KEYS),
        common_prefixes: Option<Vec<CommonPrefix>> = Member::new("CommonPrefixes", &COMMON_PREFIX_LIST),
        encoding_type: Option<EncodingType> = Member::new("EncodingType", &ENCODING_TYPE),
        key_count: Option<i32> = Member::new("KeyCount", &KEY_COUNT),
        continuation_token: Option<String> = Member::new("ContinuationToken", &TOKEN),
        next_continuation_token: Option<String> = Member::new("NextContinuationToken", &NEXT_TOKEN),
        start_after: Option<String> = Member::new("StartAfter", &START_AFTER),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct ListObjectsV2Request as LIST_OBJECTS_V2_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        delimiter: Option<String> = Member::new("Delimiter", &DELIMITER).query("delimiter"),
        encoding_type: Option<EncodingType> = Member::new("EncodingType", &ENCODING_TYPE).query("encoding-type"),
        max_keys: Option<i32> = Member::new("MaxKeys", &MAX_KEYS).query("max-keys"),
        prefix: Option<String> = Member::new("Prefix", &PREFIX).query("prefix"),
        continuation_token: Option<String> = Member::new("ContinuationToken", &TOKEN).query("continuation-token"),
        fetch_owner: Option<bool> = Member::new("FetchOwner", &FETCH_OWNER).query("fetch-owner"),
        start_after: Option<String> = Member::new("StartAfter", &START_AFTER).query("start-after"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        optional_object_attributes: Option<Vec<OptionalObjectAttributes>> = Member::new("OptionalObjectAttributes", &OPTIONAL_OBJECT_ATTRIBUTES_LIST).header("x-amz-optional-object-attributes"),
    }
    pub struct ListPartsOutput as LIST_PARTS_OUTPUT {
        abort_date: Option<jiff::Timestamp> = Member::new("AbortDate", &ABORT_DATE).header("x-amz-abort-date"),
        abort_rule_id: Option<String> = Member::new("AbortRuleId", &ABORT_RULE_ID).header("x-amz-abort-rule-id"),
        bucket: Option<String> = Member::new("Bucket", &BUCKET_NAME),
        key: Option<String> = Member::new("Key", &OBJECT_KEY),
        upload_id: Option<String> = Member::new("UploadId", &MULTIPART_UPLOAD_ID),
        part_number_marker: Option<i32> = Member::new("PartNumberMarker", &PART_NUMBER_MARKER),
        next_part_number_marker: Option<i32> = Member::new("NextPartNumberMarker", &NEXT_PART_NUMBER_MARKER),
        max_parts: Option<i32> = Member::new("MaxParts", &MAX_PARTS),
        is_truncated: Option<bool> = Member::new("IsTruncated", &IS_TRUNCATED),
        parts: Option<Vec<Part>> = Member::new("Parts", &PARTS).wire("Part"),
        initiator: Option<Initiator> = Member::new("Initiator", &INITIATOR),
        owner: Option<Owner> = Member::new("Owner", &OWNER),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE),
    }
    pub struct ListPartsRequest as LIST_PARTS_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        max_parts: Option<i32> = Member::new("MaxParts", &MAX_PARTS).query("max-parts"),
        part_number_marker: Option<i32> = Member::new("PartNumberMarker", &PART_NUMBER_MARKER).query("part-number-marker"),
        upload_id: String = Member::new("UploadId", &MULTIPART_UPLOAD_ID).query("uploadId").required(),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
    }
    pub struct LocationInfo as LOCATION_INFO {
        r#type: Option<LocationType> = Member::new("Type", &LOCATION_TYPE),
        name: Option<String> = Member::new("Name", &LOCATION_NAME_AS_STRING),
    }
    pub struct MultipartUpload as MULTIPART_UPLOAD {
        upload_id: Option<String> = Member::new("UploadId", &MULTIPART_UPLOAD_ID),
        key: Option<String> = Member::new("Key", &OBJECT_KEY),
        initiated: Option<jiff::Timestamp> = Member::new("Initiated", &INITIATED),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS),
        owner: Option<Owner> = Member::new("Owner", &OWNER),
        initiator: Option<Initiator> = Member::new("Initiator", &INITIATOR),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE),
    }
    pub struct NotificationConfiguration as NOTIFICATION_CONFIGURATION {
        topic_configurations: Option<Vec<TopicConfiguration>> = Member::new("TopicConfigurations", &TOPIC_CONFIGURATION_LIST).wire("TopicConfiguration"),
        queue_configurations: Option<Vec<QueueConfiguration>> = Member::new("QueueConfigurations", &QUEUE_CONFIGURATION_LIST).wire("QueueConfiguration"),
        lambda_function_configurations: Option<Vec<LambdaFunctionConfiguration>> = Member::new("LambdaFunctionConfigurations", &LAMBDA_FUNCTION_CONFIGURATION_LIST).wire("CloudFunctionConfiguration"),
        event_bridge_configuration: Option<EventBridgeConfiguration> = Member::new("EventBridgeConfiguration", &EVENT_BRIDGE_CONFIGURATION),
    }
    pub struct NotificationConfigurationFilter as NOTIFICATION_CONFIGURATION_FILTER {
        key: Option<S3KeyFilter> = Member::new("Key", &S3_KEY_FILTER).wire("S3Key"),
    }
    pub struct Object as OBJECT {
        key: Option<String> = Member::new("Key", &OBJECT_KEY),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &LAST_MODIFIED),
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        checksum_algorithm: Option<Vec<ChecksumAlgorithm>> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM_LIST),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE),
        size: Option<i64> = Member::new("Size", &SIZE),
        storage_class: Option<ObjectStorageClass> = Member::new("StorageClass", &OBJECT_STORAGE_CLASS),
        owner: Option<Owner> = Member::new("Owner", &OWNER),
        restore_status: Option<RestoreStatus> = Member::new("RestoreStatus", &RESTORE_STATUS),
    }
    pub struct ObjectIdentifier as OBJECT_IDENTIFIER {
        key: String = Member::new("Key", &OBJECT_KEY).required(),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID),
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        last_modified_time: Option<jiff::Timestamp> = Member::new("LastModifiedTime", &LAST_MODIFIED_TIME),
        size: Option<i64> = Member::new("Size", &SIZE),
    }
    pub struct ObjectPart as OBJECT_PART {
        part_number: Option<i32> = Member::new("PartNumber", &PART_NUMBER),
        size: Option<i64> = Member::new("Size", &SIZE),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128),
    }
    pub struct Owner as OWNER {
        display_name: Option<String> = Member::new("DisplayName", &DISPLAY_NAME),
        id: Option<String> = Member::new("ID", &ID),
    }
    pub struct Part as PART {
        part_number: Option<i32> = Member::new("PartNumber", &PART_NUMBER),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &LAST_MODIFIED),
        e_tag: Option<String> = Member::new("ETag", &E_TAG),
        size: Option<i64> = Member::new("Size", &SIZE),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128),
    }
    pub struct PublicAccessBlockConfiguration as PUBLIC_ACCESS_BLOCK_CONFIGURATION {
        block_public_acls: Option<bool> = Member::new("BlockPublicAcls", &SETTING),
        ignore_public_acls: Option<bool> = Member::new("IgnorePublicAcls", &SETTING),
        block_public_policy: Option<bool> = Member::new("BlockPublicPolicy", &SETTING),
        restrict_public_buckets: Option<bool> = Member::new("RestrictPublicBuckets", &SETTING),
    }
    pub struct PutBucketCorsRequest as PUT_BUCKET_CORS_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        cors_configuration: CORSConfiguration = Member::new("CORSConfiguration", &CORS_CONFIGURATION).payload().required().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct PutBucketEncryptionRequest as PUT_BUCKET_ENCRYPTION_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        server_side_encryption_configuration: ServerSideEncryptionConfiguration = Member::new("ServerSideEncryptionConfiguration", &SERVER_SIDE_ENCRYPTION_CONFIGURATION).payload().required().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct PutBucketNotificationConfigurationRequest as PUT_BUCKET_NOTIFICATION_CONFIGURATION_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        notification_configuration: NotificationConfiguration = Member::new("NotificationConfiguration", &NOTIFICATION_CONFIGURATION).payload().required().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        skip_destination_validation: Option<bool> = Member::new("SkipDestinationValidation", &SKIP_VALIDATION).header("x-amz-skip-destination-validation"),
    }
    pub struct PutBucketPolicyRequest as PUT_BUCKET_POLICY_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        confirm_remove_self_bucket_access: Option<bool> = Member::new("ConfirmRemoveSelfBucketAccess", &CONFIRM_REMOVE_SELF_BUCKET_ACCESS).header("x-amz-confirm-remove-self-bucket-access"),
        policy: String = Member::new("Policy", &POLICY).payload().required(),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct PutBucketTaggingRequest as PUT_BUCKET_TAGGING_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        tagging: Tagging = Member::new("Tagging", &TAGGING).payload().required().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct PutObjectOutput as PUT_OBJECT_OUTPUT {
        expiration: Option<String> = Member::new("Expiration", &EXPIRATION).header("x-amz-expiration"),
        e_tag: Option<String> = Member::new("ETag", &E_TAG).header("ETag"),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32).header("x-amz-checksum-crc32"),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C).header("x-amz-checksum-crc32c"),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME).header("x-amz-checksum-crc64nvme"),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1).header("x-amz-checksum-sha1"),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256).header("x-amz-checksum-sha256"),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512).header("x-amz-checksum-sha512"),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5).header("x-amz-checksum-md5"),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64).header("x-amz-checksum-xxhash64"),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3).header("x-amz-checksum-xxhash3"),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128).header("x-amz-checksum-xxhash128"),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE).header("x-amz-checksum-type"),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        ssekms_encryption_context: Option<String> = Member::new("SSEKMSEncryptionContext", &SSEKMS_ENCRYPTION_CONTEXT).header("x-amz-server-side-encryption-context"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        size: Option<i64> = Member::new("Size", &SIZE).header("x-amz-object-size"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct PutObjectTaggingOutput as PUT_OBJECT_TAGGING_OUTPUT {
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
    }
    pub struct PutObjectTaggingRequest as PUT_OBJECT_TAGGING_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).query("versionId"),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        tagging: Tagging = Member::new("Tagging", &TAGGING).payload().required().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
    }
    pub struct PutPublicAccessBlockRequest as PUT_PUBLIC_ACCESS_BLOCK_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        public_access_block_configuration: PublicAccessBlockConfiguration = Member::new("PublicAccessBlockConfiguration", &PUBLIC_ACCESS_BLOCK_CONFIGURATION).payload().required().namespace("", "http://s3.amazonaws.com/doc/2006-03-01/"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct QueueConfiguration as QUEUE_CONFIGURATION {
        id: Option<String> = Member::new("Id", &NOTIFICATION_ID),
        queue_arn: String = Member::new("QueueArn", &QUEUE_ARN).wire("Queue").required(),
        events: Vec<Event> = Member::new("Events", &EVENT_LIST).wire("Event").required(),
        filter: Option<NotificationConfigurationFilter> = Member::new("Filter", &NOTIFICATION_CONFIGURATION_FILTER),
    }
    pub struct RestoreStatus as RESTORE_STATUS {
        is_restore_in_progress: Option<bool> = Member::new("IsRestoreInProgress", &IS_RESTORE_IN_PROGRESS),
        restore_expiry_date: Option<jiff::Timestamp> = Member::new("RestoreExpiryDate", &RESTORE_EXPIRY_DATE),
    }
    pub struct S3KeyFilter as S3_KEY_FILTER {
        filter_rules: Option<Vec<FilterRule>> = Member::new("FilterRules", &FILTER_RULE_LIST).wire("FilterRule"),
    }
    pub struct ServerSideEncryptionByDefault as SERVER_SIDE_ENCRYPTION_BY_DEFAULT {
        sse_algorithm: ServerSideEncryption = Member::new("SSEAlgorithm", &SERVER_SIDE_ENCRYPTION).required(),
        kms_master_key_id: Option<String> = Member::new("KMSMasterKeyID", &SSEKMS_KEY_ID),
    }
    pub struct ServerSideEncryptionConfiguration as SERVER_SIDE_ENCRYPTION_CONFIGURATION {
        rules: Vec<ServerSideEncryptionRule> = Member::new("Rules", &SERVER_SIDE_ENCRYPTION_RULES).wire("Rule").required(),
    }
    pub struct ServerSideEncryptionRule as SERVER_SIDE_ENCRYPTION_RULE {
        apply_server_side_encryption_by_default: Option<ServerSideEncryptionByDefault> = Member::new("ApplyServerSideEncryptionByDefault", &SERVER_SIDE_ENCRYPTION_BY_DEFAULT),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED),
        blocked_encryption_types: Option<BlockedEncryptionTypes> = Member::new("BlockedEncryptionTypes", &BLOCKED_ENCRYPTION_TYPES),
    }
    pub struct Tag as TAG {
        key: String = Member::new("Key", &OBJECT_KEY).required(),
        value: String = Member::new("Value", &VALUE).required(),
    }
    pub struct Tagging as TAGGING {
        tag_set: Vec<Tag> = Member::new("TagSet", &TAG_SET).required(),
    }
    pub struct TopicConfiguration as TOPIC_CONFIGURATION {
        id: Option<String> = Member::new("Id", &NOTIFICATION_ID),
        topic_arn: String = Member::new("TopicArn", &TOPIC_ARN).wire("Topic").required(),
        events: Vec<Event> = Member::new("Events", &EVENT_LIST).wire("Event").required(),
        filter: Option<NotificationConfigurationFilter> = Member::new("Filter", &NOTIFICATION_CONFIGURATION_FILTER),
    }
    pub struct UploadPartCopyOutput as UPLOAD_PART_COPY_OUTPUT {
        copy_source_version_id: Option<String> = Member::new("CopySourceVersionId", &COPY_SOURCE_VERSION_ID).header("x-amz-copy-source-version-id"),
        copy_part_result: Option<CopyPartResult> = Member::new("CopyPartResult", &COPY_PART_RESULT).payload(),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
    pub struct UploadPartCopyRequest as UPLOAD_PART_COPY_REQUEST {
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        copy_source: String = Member::new("CopySource", &COPY_SOURCE).header("x-amz-copy-source").required(),
        copy_source_if_match: Option<String> = Member::new("CopySourceIfMatch", &COPY_SOURCE_IF_MATCH).header("x-amz-copy-source-if-match"),
        copy_source_if_modified_since: Option<jiff::Timestamp> = Member::new("CopySourceIfModifiedSince", &COPY_SOURCE_IF_MODIFIED_SINCE).header("x-amz-copy-source-if-modified-since"),
        copy_source_if_none_match: Option<String> = Member::new("CopySourceIfNoneMatch", &COPY_SOURCE_IF_NONE_MATCH).header("x-amz-copy-source-if-none-match"),
        copy_source_if_unmodified_since: Option<jiff::Timestamp> = Member::new("CopySourceIfUnmodifiedSince", &COPY_SOURCE_IF_UNMODIFIED_SINCE).header("x-amz-copy-source-if-unmodified-since"),
        copy_source_range: Option<String> = Member::new("CopySourceRange", &COPY_SOURCE_RANGE).header("x-amz-copy-source-range"),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        part_number: i32 = Member::new("PartNumber", &PART_NUMBER).query("partNumber").required(),
        upload_id: String = Member::new("UploadId", &MULTIPART_UPLOAD_ID).query("uploadId").required(),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        copy_source_sse_customer_algorithm: Option<String> = Member::new("CopySourceSSECustomerAlgorithm", &COPY_SOURCE_SSE_CUSTOMER_ALGORITHM).header("x-amz-copy-source-server-side-encryption-customer-algorithm"),
        copy_source_sse_customer_key: Option<String> = Member::new("CopySourceSSECustomerKey", &COPY_SOURCE_SSE_CUSTOMER_KEY).header("x-amz-copy-source-server-side-encryption-customer-key"),
        copy_source_sse_customer_key_md5: Option<String> = Member::new("CopySourceSSECustomerKeyMD5", &COPY_SOURCE_SSE_CUSTOMER_KEY_MD5).header("x-amz-copy-source-server-side-encryption-customer-key-MD5"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
        expected_source_bucket_owner: Option<String> = Member::new("ExpectedSourceBucketOwner", &ACCOUNT_ID).header("x-amz-source-expected-bucket-owner"),
    }
    pub struct UploadPartOutput as UPLOAD_PART_OUTPUT {
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        e_tag: Option<String> = Member::new("ETag", &E_TAG).header("ETag"),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32).header("x-amz-checksum-crc32"),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C).header("x-amz-checksum-crc32c"),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME).header("x-amz-checksum-crc64nvme"),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1).header("x-amz-checksum-sha1"),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256).header("x-amz-checksum-sha256"),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512).header("x-amz-checksum-sha512"),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5).header("x-amz-checksum-md5"),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64).header("x-amz-checksum-xxhash64"),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3).header("x-amz-checksum-xxhash3"),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128).header("x-amz-checksum-xxhash128"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
    }
}

cloud_wire::streaming_structure! {
    pub struct GetObjectOutput as GET_OBJECT_OUTPUT {
        body: cloud_wire::Body = Member::new("Body", &BODY).payload().streaming(),
        delete_marker: Option<bool> = Member::new("DeleteMarker", &DELETE_MARKER).header("x-amz-delete-marker"),
        accept_ranges: Option<String> = Member::new("AcceptRanges", &ACCEPT_RANGES).header("accept-ranges"),
        expiration: Option<String> = Member::new("Expiration", &EXPIRATION).header("x-amz-expiration"),
        restore: Option<String> = Member::new("Restore", &RESTORE).header("x-amz-restore"),
        last_modified: Option<jiff::Timestamp> = Member::new("LastModified", &LAST_MODIFIED).header("Last-Modified"),
        content_length: Option<i64> = Member::new("ContentLength", &CONTENT_LENGTH).header("Content-Length"),
        e_tag: Option<String> = Member::new("ETag", &E_TAG).header("ETag"),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32).header("x-amz-checksum-crc32"),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C).header("x-amz-checksum-crc32c"),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME).header("x-amz-checksum-crc64nvme"),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1).header("x-amz-checksum-sha1"),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256).header("x-amz-checksum-sha256"),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512).header("x-amz-checksum-sha512"),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5).header("x-amz-checksum-md5"),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64).header("x-amz-checksum-xxhash64"),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3).header("x-amz-checksum-xxhash3"),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128).header("x-amz-checksum-xxhash128"),
        checksum_type: Option<ChecksumType> = Member::new("ChecksumType", &CHECKSUM_TYPE).header("x-amz-checksum-type"),
        missing_meta: Option<i32> = Member::new("MissingMeta", &MISSING_META).header("x-amz-missing-meta"),
        version_id: Option<String> = Member::new("VersionId", &OBJECT_VERSION_ID).header("x-amz-version-id"),
        cache_control: Option<String> = Member::new("CacheControl", &CACHE_CONTROL).header("Cache-Control"),
        content_disposition: Option<String> = Member::new("ContentDisposition", &CONTENT_DISPOSITION).header("Content-Disposition"),
        content_encoding: Option<String> = Member::new("ContentEncoding", &CONTENT_ENCODING).header("Content-Encoding"),
        content_language: Option<String> = Member::new("ContentLanguage", &CONTENT_LANGUAGE).header("Content-Language"),
        content_range: Option<String> = Member::new("ContentRange", &CONTENT_RANGE).header("Content-Range"),
        content_type: Option<String> = Member::new("ContentType", &CONTENT_TYPE).header("Content-Type"),
        expires: Option<jiff::Timestamp> = Member::new("Expires", &EXPIRES).header("Expires"),
        website_redirect_location: Option<String> = Member::new("WebsiteRedirectLocation", &WEBSITE_REDIRECT_LOCATION).header("x-amz-website-redirect-location"),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        metadata: Option<BTreeMap<String, String>> = Member::new("Metadata", &METADATA).headers("x-amz-meta-"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS).header("x-amz-storage-class"),
        request_charged: Option<RequestCharged> = Member::new("RequestCharged", &REQUEST_CHARGED).header("x-amz-request-charged"),
        replication_status: Option<ReplicationStatus> = Member::new("ReplicationStatus", &REPLICATION_STATUS).header("x-amz-replication-status"),
        parts_count: Option<i32> = Member::new("PartsCount", &PARTS_COUNT).header("x-amz-mp-parts-count"),
        tag_count: Option<i32> = Member::new("TagCount", &TAG_COUNT).header("x-amz-tagging-count"),
        object_lock_mode: Option<ObjectLockMode> = Member::new("ObjectLockMode", &OBJECT_LOCK_MODE).header("x-amz-object-lock-mode"),
        object_lock_retain_until_date: Option<jiff::Timestamp> = Member::new("ObjectLockRetainUntilDate", &OBJECT_LOCK_RETAIN_UNTIL_DATE).header("x-amz-object-lock-retain-until-date"),
        object_lock_legal_hold_status: Option<ObjectLockLegalHoldStatus> = Member::new("ObjectLockLegalHoldStatus", &OBJECT_LOCK_LEGAL_HOLD_STATUS).header("x-amz-object-lock-legal-hold"),
    }
    pub struct PutObjectRequest as PUT_OBJECT_REQUEST {
        acl: Option<ObjectCannedACL> = Member::new("ACL", &OBJECT_CANNED_ACL).header("x-amz-acl"),
        body: cloud_wire::Body = Member::new("Body", &BODY).payload().streaming(),
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        cache_control: Option<String> = Member::new("CacheControl", &CACHE_CONTROL).header("Cache-Control"),
        content_disposition: Option<String> = Member::new("ContentDisposition", &CONTENT_DISPOSITION).header("Content-Disposition"),
        content_encoding: Option<String> = Member::new("ContentEncoding", &CONTENT_ENCODING).header("Content-Encoding"),
        content_language: Option<String> = Member::new("ContentLanguage", &CONTENT_LANGUAGE).header("Content-Language"),
        content_length: Option<i64> = Member::new("ContentLength", &CONTENT_LENGTH).header("Content-Length"),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        content_type: Option<String> = Member::new("ContentType", &CONTENT_TYPE).header("Content-Type"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32).header("x-amz-checksum-crc32"),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C).header("x-amz-checksum-crc32c"),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME).header("x-amz-checksum-crc64nvme"),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1).header("x-amz-checksum-sha1"),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256).header("x-amz-checksum-sha256"),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512).header("x-amz-checksum-sha512"),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5).header("x-amz-checksum-md5"),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64).header("x-amz-checksum-xxhash64"),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3).header("x-amz-checksum-xxhash3"),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128).header("x-amz-checksum-xxhash128"),
        expires: Option<jiff::Timestamp> = Member::new("Expires", &EXPIRES).header("Expires"),
        if_match: Option<String> = Member::new("IfMatch", &IF_MATCH).header("If-Match"),
        if_none_match: Option<String> = Member::new("IfNoneMatch", &IF_NONE_MATCH).header("If-None-Match"),
        grant_full_control: Option<String> = Member::new("GrantFullControl", &GRANT_FULL_CONTROL).header("x-amz-grant-full-control"),
        grant_read: Option<String> = Member::new("GrantRead", &GRANT_READ).header("x-amz-grant-read"),
        grant_read_acp: Option<String> = Member::new("GrantReadACP", &GRANT_READ_ACP).header("x-amz-grant-read-acp"),
        grant_write_acp: Option<String> = Member::new("GrantWriteACP", &GRANT_WRITE_ACP).header("x-amz-grant-write-acp"),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        write_offset_bytes: Option<i64> = Member::new("WriteOffsetBytes", &WRITE_OFFSET_BYTES).header("x-amz-write-offset-bytes"),
        metadata: Option<BTreeMap<String, String>> = Member::new("Metadata", &METADATA).headers("x-amz-meta-"),
        server_side_encryption: Option<ServerSideEncryption> = Member::new("ServerSideEncryption", &SERVER_SIDE_ENCRYPTION).header("x-amz-server-side-encryption"),
        storage_class: Option<StorageClass> = Member::new("StorageClass", &STORAGE_CLASS).header("x-amz-storage-class"),
        website_redirect_location: Option<String> = Member::new("WebsiteRedirectLocation", &WEBSITE_REDIRECT_LOCATION).header("x-amz-website-redirect-location"),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        ssekms_key_id: Option<String> = Member::new("SSEKMSKeyId", &SSEKMS_KEY_ID).header("x-amz-server-side-encryption-aws-kms-key-id"),
        ssekms_encryption_context: Option<String> = Member::new("SSEKMSEncryptionContext", &SSEKMS_ENCRYPTION_CONTEXT).header("x-amz-server-side-encryption-context"),
        bucket_key_enabled: Option<bool> = Member::new("BucketKeyEnabled", &BUCKET_KEY_ENABLED).header("x-amz-server-side-encryption-bucket-key-enabled"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        tagging: Option<String> = Member::new("Tagging", &TAGGING_HEADER).header("x-amz-tagging"),
        object_lock_mode: Option<ObjectLockMode> = Member::new("ObjectLockMode", &OBJECT_LOCK_MODE).header("x-amz-object-lock-mode"),
        object_lock_retain_until_date: Option<jiff::Timestamp> = Member::new("ObjectLockRetainUntilDate", &OBJECT_LOCK_RETAIN_UNTIL_DATE).header("x-amz-object-lock-retain-until-date"),
        object_lock_legal_hold_status: Option<ObjectLockLegalHoldStatus> = Member::new("ObjectLockLegalHoldStatus", &OBJECT_LOCK_LEGAL_HOLD_STATUS).header("x-amz-object-lock-legal-hold"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
    pub struct UploadPartRequest as UPLOAD_PART_REQUEST {
        body: cloud_wire::Body = Member::new("Body", &BODY).payload().streaming(),
        bucket: String = Member::new("Bucket", &BUCKET_NAME).uri("Bucket").required(),
        content_length: Option<i64> = Member::new("ContentLength", &CONTENT_LENGTH).header("Content-Length"),
        content_md5: Option<String> = Member::new("ContentMD5", &CONTENT_MD5).header("Content-MD5"),
        checksum_algorithm: Option<ChecksumAlgorithm> = Member::new("ChecksumAlgorithm", &CHECKSUM_ALGORITHM).header("x-amz-sdk-checksum-algorithm"),
        checksum_crc32: Option<String> = Member::new("ChecksumCRC32", &CHECKSUM_CRC32).header("x-amz-checksum-crc32"),
        checksum_crc32_c: Option<String> = Member::new("ChecksumCRC32C", &CHECKSUM_CRC32_C).header("x-amz-checksum-crc32c"),
        checksum_crc64_nvme: Option<String> = Member::new("ChecksumCRC64NVME", &CHECKSUM_CRC64_NVME).header("x-amz-checksum-crc64nvme"),
        checksum_sha1: Option<String> = Member::new("ChecksumSHA1", &CHECKSUM_SHA1).header("x-amz-checksum-sha1"),
        checksum_sha256: Option<String> = Member::new("ChecksumSHA256", &CHECKSUM_SHA256).header("x-amz-checksum-sha256"),
        checksum_sha512: Option<String> = Member::new("ChecksumSHA512", &CHECKSUM_SHA512).header("x-amz-checksum-sha512"),
        checksum_md5: Option<String> = Member::new("ChecksumMD5", &CHECKSUM_MD5).header("x-amz-checksum-md5"),
        checksum_xxhash64: Option<String> = Member::new("ChecksumXXHASH64", &CHECKSUM_XXHASH64).header("x-amz-checksum-xxhash64"),
        checksum_xxhash3: Option<String> = Member::new("ChecksumXXHASH3", &CHECKSUM_XXHASH3).header("x-amz-checksum-xxhash3"),
        checksum_xxhash128: Option<String> = Member::new("ChecksumXXHASH128", &CHECKSUM_XXHASH128).header("x-amz-checksum-xxhash128"),
        key: String = Member::new("Key", &OBJECT_KEY).uri("Key").required(),
        part_number: i32 = Member::new("PartNumber", &PART_NUMBER).query("partNumber").required(),
        upload_id: String = Member::new("UploadId", &MULTIPART_UPLOAD_ID).query("uploadId").required(),
        sse_customer_algorithm: Option<String> = Member::new("SSECustomerAlgorithm", &SSE_CUSTOMER_ALGORITHM).header("x-amz-server-side-encryption-customer-algorithm"),
        sse_customer_key: Option<String> = Member::new("SSECustomerKey", &SSE_CUSTOMER_KEY).header("x-amz-server-side-encryption-customer-key"),
        sse_customer_key_md5: Option<String> = Member::new("SSECustomerKeyMD5", &SSE_CUSTOMER_KEY_MD5).header("x-amz-server-side-encryption-customer-key-MD5"),
        request_payer: Option<RequestPayer> = Member::new("RequestPayer", &REQUEST_PAYER).header("x-amz-request-payer"),
        expected_bucket_owner: Option<String> = Member::new("ExpectedBucketOwner", &ACCOUNT_ID).header("x-amz-expected-bucket-owner"),
    }
}

cloud_wire::errors! {
    BucketAlreadyExists = ("BucketAlreadyExists", 409, "message"),
    BucketAlreadyOwnedByYou = ("BucketAlreadyOwnedByYou", 409, "message"),
    EncryptionTypeMismatch = ("EncryptionTypeMismatch", 400, "message"),
    InvalidObjectState = ("InvalidObjectState", 403, "message"),
    InvalidRequest = ("InvalidRequest", 400, "message"),
    InvalidWriteOffset = ("InvalidWriteOffset", 400, "message"),
    NoSuchBucket = ("NoSuchBucket", 404, "message"),
    NoSuchKey = ("NoSuchKey", 404, "message"),
    NoSuchUpload = ("NoSuchUpload", 404, "message"),
    ObjectNotInActiveTierError = ("ObjectNotInActiveTierError", 403, "message"),
    TooManyParts = ("TooManyParts", 400, "message"),
}

cloud_wire::operations! {
    AbortMultipartUpload(super::AbortMultipartUploadRequest) -> super::AbortMultipartUploadOutput = "DELETE" "/{Bucket}/{Key+}" 204, super::ABORT_MULTIPART_UPLOAD_REQUEST, super::ABORT_MULTIPART_UPLOAD_OUTPUT;
    CompleteMultipartUpload(super::CompleteMultipartUploadRequest) -> super::CompleteMultipartUploadOutput = "POST" "/{Bucket}/{Key+}" 200, super::COMPLETE_MULTIPART_UPLOAD_REQUEST, super::COMPLETE_MULTIPART_UPLOAD_OUTPUT, .root("CompleteMultipartUploadResult");
    CopyObject(super::CopyObjectRequest) -> super::CopyObjectOutput = "PUT" "/{Bucket}/{Key+}" 200, super::COPY_OBJECT_REQUEST, super::COPY_OBJECT_OUTPUT;
    CreateBucket(super::CreateBucketRequest) -> super::CreateBucketOutput = "PUT" "/{Bucket}" 200, super::CREATE_BUCKET_REQUEST, super::CREATE_BUCKET_OUTPUT;
    CreateMultipartUpload(super::CreateMultipartUploadRequest) -> super::CreateMultipartUploadOutput = "POST" "/{Bucket}/{Key+}?uploads" 200, super::CREATE_MULTIPART_UPLOAD_REQUEST, super::CREATE_MULTIPART_UPLOAD_OUTPUT, .root("InitiateMultipartUploadResult");
    DeleteBucket(super::DeleteBucketRequest) -> () = "DELETE" "/{Bucket}" 204, super::DELETE_BUCKET_REQUEST, cloud_wire::shape::UNIT;
    DeleteBucketCors(super::DeleteBucketCorsRequest) -> () = "DELETE" "/{Bucket}?cors" 204, super::DELETE_BUCKET_CORS_REQUEST, cloud_wire::shape::UNIT;
    DeleteBucketPolicy(super::DeleteBucketPolicyRequest) -> () = "DELETE" "/{Bucket}?policy" 204, super::DELETE_BUCKET_POLICY_REQUEST, cloud_wire::shape::UNIT;
    DeleteBucketTagging(super::DeleteBucketTaggingRequest) -> () = "DELETE" "/{Bucket}?tagging" 204, super::DELETE_BUCKET_TAGGING_REQUEST, cloud_wire::shape::UNIT;
    DeleteObject(super::DeleteObjectRequest) -> super::DeleteObjectOutput = "DELETE" "/{Bucket}/{Key+}" 204, super::DELETE_OBJECT_REQUEST, super::DELETE_OBJECT_OUTPUT;
    DeleteObjectTagging(super::DeleteObjectTaggingRequest) -> super::DeleteObjectTaggingOutput = "DELETE" "/{Bucket}/{Key+}?tagging" 204, super::DELETE_OBJECT_TAGGING_REQUEST, super::DELETE_OBJECT_TAGGING_OUTPUT;
    DeleteObjects(super::DeleteObjectsRequest) -> super::DeleteObjectsOutput = "POST" "/{Bucket}?delete" 200, super::DELETE_OBJECTS_REQUEST, super::DELETE_OBJECTS_OUTPUT, .root("DeleteResult");
    DeletePublicAccessBlock(super::DeletePublicAccessBlockRequest) -> () = "DELETE" "/{Bucket}?publicAccessBlock" 204, super::DELETE_PUBLIC_ACCESS_BLOCK_REQUEST, cloud_wire::shape::UNIT;
    GetBucketCors(super::GetBucketCorsRequest) -> super::GetBucketCorsOutput = "GET" "/{Bucket}?cors" 200, super::GET_BUCKET_CORS_REQUEST, super::GET_BUCKET_CORS_OUTPUT, .root("CORSConfiguration");
    GetBucketEncryption(super::GetBucketEncryptionRequest) -> super::GetBucketEncryptionOutput = "GET" "/{Bucket}?encryption" 200, super::GET_BUCKET_ENCRYPTION_REQUEST, super::GET_BUCKET_ENCRYPTION_OUTPUT;
    GetBucketLocation(super::GetBucketLocationRequest) -> super::GetBucketLocationOutput = "GET" "/{Bucket}?location" 200, super::GET_BUCKET_LOCATION_REQUEST, super::GET_BUCKET_LOCATION_OUTPUT, .root("LocationConstraint");
    GetBucketNotificationConfiguration(super::GetBucketNotificationConfigurationRequest) -> super::NotificationConfiguration = "GET" "/{Bucket}?notification" 200, super::GET_BUCKET_NOTIFICATION_CONFIGURATION_REQUEST, super::NOTIFICATION_CONFIGURATION;
    GetBucketPolicy(super::GetBucketPolicyRequest) -> super::GetBucketPolicyOutput = "GET" "/{Bucket}?policy" 200, super::GET_BUCKET_POLICY_REQUEST, super::GET_BUCKET_POLICY_OUTPUT;
    GetBucketTagging(super::GetBucketTaggingRequest) -> super::GetBucketTaggingOutput = "GET" "/{Bucket}?tagging" 200, super::GET_BUCKET_TAGGING_REQUEST, super::GET_BUCKET_TAGGING_OUTPUT, .root("Tagging");
    GetBucketVersioning(super::GetBucketVersioningRequest) -> super::GetBucketVersioningOutput = "GET" "/{Bucket}?versioning" 200, super::GET_BUCKET_VERSIONING_REQUEST, super::GET_BUCKET_VERSIONING_OUTPUT, .root("VersioningConfiguration");
    GetObject(super::GetObjectRequest) -> super::GetObjectOutput = "GET" "/{Bucket}/{Key+}" 200, super::GET_OBJECT_REQUEST, super::GET_OBJECT_OUTPUT;
    GetObjectAttributes(super::GetObjectAttributesRequest) -> super::GetObjectAttributesOutput = "GET" "/{Bucket}/{Key+}?attributes" 200, super::GET_OBJECT_ATTRIBUTES_REQUEST, super::GET_OBJECT_ATTRIBUTES_OUTPUT, .root("GetObjectAttributesResponse");
    GetObjectTagging(super::GetObjectTaggingRequest) -> super::GetObjectTaggingOutput = "GET" "/{Bucket}/{Key+}?tagging" 200, super::GET_OBJECT_TAGGING_REQUEST, super::GET_OBJECT_TAGGING_OUTPUT, .root("Tagging");
    GetPublicAccessBlock(super::GetPublicAccessBlockRequest) -> super::GetPublicAccessBlockOutput = "GET" "/{Bucket}?publicAccessBlock" 200, super::GET_PUBLIC_ACCESS_BLOCK_REQUEST, super::GET_PUBLIC_ACCESS_BLOCK_OUTPUT;
    HeadBucket(super::HeadBucketRequest) -> super::HeadBucketOutput = "HEAD" "/{Bucket}" 200, super::HEAD_BUCKET_REQUEST, super::HEAD_BUCKET_OUTPUT, .media_type("application/xml");
    HeadObject(super::HeadObjectRequest) -> super::HeadObjectOutput = "HEAD" "/{Bucket}/{Key+}" 200, super::HEAD_OBJECT_REQUEST, super::HEAD_OBJECT_OUTPUT;
    ListBuckets(super::ListBucketsRequest) -> super::ListBucketsOutput = "GET" "/" 200, super::LIST_BUCKETS_REQUEST, super::LIST_BUCKETS_OUTPUT, .pages("ContinuationToken", "ContinuationToken", &["MaxBuckets"]).root("ListAllMyBucketsResult");
    ListMultipartUploads(super::ListMultipartUploadsRequest) -> super::ListMultipartUploadsOutput = "GET" "/{Bucket}?uploads" 200, super::LIST_MULTIPART_UPLOADS_REQUEST, super::LIST_MULTIPART_UPLOADS_OUTPUT, .root("ListMultipartUploadsResult");
    ListObjects(super::ListObjectsRequest) -> super::ListObjectsOutput = "GET" "/{Bucket}" 200, super::LIST_OBJECTS_REQUEST, super::LIST_OBJECTS_OUTPUT, .root("ListBucketResult");
    ListObjectsV2(super::ListObjectsV2Request) -> super::ListObjectsV2Output = "GET" "/{Bucket}?list-type=2" 200, super::LIST_OBJECTS_V2_REQUEST, super::LIST_OBJECTS_V2_OUTPUT, .pages("ContinuationToken", "NextContinuationToken", &["MaxKeys", "StartAfter", "FetchOwner", "EncodingType", "RequestPayer", "ExpectedBucketOwner", "OptionalObjectAttributes"]).root("ListBucketResult");
    ListParts(super::ListPartsRequest) -> super::ListPartsOutput = "GET" "/{Bucket}/{Key+}" 200, super::LIST_PARTS_REQUEST, super::LIST_PARTS_OUTPUT, .root("ListPartsResult");
    PutBucketCors(super::PutBucketCorsRequest) -> () = "PUT" "/{Bucket}?cors" 200, super::PUT_BUCKET_CORS_REQUEST, cloud_wire::shape::UNIT;
    PutBucketEncryption(super::PutBucketEncryptionRequest) -> () = "PUT" "/{Bucket}?encryption" 200, super::PUT_BUCKET_ENCRYPTION_REQUEST, cloud_wire::shape::UNIT;
    PutBucketNotificationConfiguration(super::PutBucketNotificationConfigurationRequest) -> () = "PUT" "/{Bucket}?notification" 200, super::PUT_BUCKET_NOTIFICATION_CONFIGURATION_REQUEST, cloud_wire::shape::UNIT;
    PutBucketPolicy(super::PutBucketPolicyRequest) -> () = "PUT" "/{Bucket}?policy" 204, super::PUT_BUCKET_POLICY_REQUEST, cloud_wire::shape::UNIT;
    PutBucketTagging(super::PutBucketTaggingRequest) -> () = "PUT" "/{Bucket}?tagging" 204, super::PUT_BUCKET_TAGGING_REQUEST, cloud_wire::shape::UNIT;
    PutObject(super::PutObjectRequest) -> super::PutObjectOutput = "PUT" "/{Bucket}/{Key+}" 200, super::PUT_OBJECT_REQUEST, super::PUT_OBJECT_OUTPUT, .body_limit(5368709120);
    PutObjectTagging(super::PutObjectTaggingRequest) -> super::PutObjectTaggingOutput = "PUT" "/{Bucket}/{Key+}?tagging" 200, super::PUT_OBJECT_TAGGING_REQUEST, super::PUT_OBJECT_TAGGING_OUTPUT;
    PutPublicAccessBlock(super::PutPublicAccessBlockRequest) -> () = "PUT" "/{Bucket}?publicAccessBlock" 200, super::PUT_PUBLIC_ACCESS_BLOCK_REQUEST, cloud_wire::shape::UNIT;
    UploadPart(super::UploadPartRequest) -> super::UploadPartOutput = "PUT" "/{Bucket}/{Key+}" 200, super::UPLOAD_PART_REQUEST, super::UPLOAD_PART_OUTPUT, .body_limit(5368709120);
    UploadPartCopy(super::UploadPartCopyRequest) -> super::UploadPartCopyOutput = "PUT" "/{Bucket}/{Key+}" 200, super::UPLOAD_PART_COPY_REQUEST, super::UPLOAD_PART_COPY_OUTPUT;
}

pub static MODEL: ServiceModel = ServiceModel {
    id: "s3",
    signing_name: "s3",
    endpoint_prefix: "s3",
    protocol: cloud_wire::Protocol::RestXml,
    also: &[],
    query_compatible: false,
    target_prefix: "",
    api_version: "2006-03-01",
    xml_namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
    validation_code: "InvalidArgument",
    names_input: false,
    operations: OPERATIONS,
    errors: ERRORS,
    selectors: &[
        "abac",
        "accelerate",
        "acl",
        "analytics",
        "attributes",
        "cors",
        "delete",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "legal-hold",
        "lifecycle",
        "location",
        "logging",
        "metadataConfiguration",
        "metadataInventoryTable",
        "metadataJournalTable",
        "metadataTable",
        "metrics",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "renameObject",
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "session",
        "tagging",
        "torrent",
        "uploads",
        "versioning",
        "versions",
        "website",
    ],
    wrong_token: cloud_wire::Refusal("InvalidArgument", 400, "The continuation token provided is incorrect"),
    wrong_union: ServiceModel::WRONG_UNION,
};
