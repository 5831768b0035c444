//! What may be said of a bucket as a whole: its policy, its block of public access, its encryption, its versions.

use cloud_core::{AwsError, Caller};
use cloud_policy::Policy;

use crate::{
    S3,
    error::bad,
    public,
    shapes::{
        DeleteBucketPolicyRequest, DeletePublicAccessBlockRequest, GetBucketEncryptionOutput,
        GetBucketEncryptionRequest, GetBucketPolicyOutput, GetBucketPolicyRequest, GetBucketVersioningOutput,
        GetBucketVersioningRequest, GetPublicAccessBlockOutput, GetPublicAccessBlockRequest,
        PutBucketEncryptionRequest, PutBucketPolicyRequest, PutPublicAccessBlockRequest,
        ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
        ServerSideEncryptionRule,
    },
    state::Bucket,
};

pub(crate) async fn get_policy(
    s3: &S3,
    caller: &Caller,
    input: GetBucketPolicyRequest,
) -> Result<GetBucketPolicyOutput, AwsError> {
    let buckets = s3.records().buckets();
    let bucket = buckets.bucket(&input.bucket)?;
    expect_own(s3, bucket, caller)?;
    let policy = bucket.policy.as_ref().ok_or_else(|| {
        bad("NoSuchBucketPolicy", "The bucket policy does not exist")
            .status(404)
            .with("BucketName", input.bucket.as_str())
    })?;
    Ok(GetBucketPolicyOutput { policy: Some(policy.to_string()) })
}

pub(crate) async fn put_policy(
    s3: &S3,
    caller: &Caller,
    input: PutBucketPolicyRequest,
) -> Result<(), AwsError> {
    let policy = read_policy(&input.policy)?;
    expect_own(s3, s3.records().buckets().bucket(&input.bucket)?, caller)?;
    let (who, name) = (caller.arn.to_string(), input.bucket.clone());
    let put = s3.records().change_bucket(&input.bucket, move |bucket| {
        public::check(bucket, &policy, &name, &who)?;
        bucket.policy = Some(policy);
        Ok(())
    });
    put.await?
}

/// AWS: a bucket's policy is its owner's affair: whom it lets at it from another account, it is no method for.
fn expect_own(s3: &S3, bucket: &Bucket, caller: &Caller) -> Result<(), AwsError> {
    if *s3.owner(bucket) == caller.account {
        return Ok(());
    }
    Err(bad("MethodNotAllowed", "The specified method is not allowed against this resource.").status(405))
}

/// A bucket's policy, as it is kept.
pub(crate) fn read_policy(text: &str) -> Result<serde_json::Value, AwsError> {
    let malformed = |message: &str| bad("MalformedPolicy", message);
    let policy: serde_json::Value = serde_json::from_str(text)
        .map_err(|_| malformed("Policies must be valid JSON and the first byte must be '{'"))?;
    let parsed = Policy::parse(text).map_err(|error| malformed(&error.to_string()))?;
    for statement in parsed.statements() {
        if !statement.names_principals() {
            return Err(malformed("Missing required field Principal"));
        }
        // AWS: NotPrincipal must be used with "Effect": "Deny".
        if statement.allows_others() {
            return Err(malformed("Allow with NotPrincipal is not allowed."));
        }
        if !statement.names_resources() {
            return Err(malformed("Missing required field Resource"));
        }
    }
    Ok(with_version(policy))
}

/// AWS: a document that names no version of the language is of the first one, and comes back with it.
fn with_version(mut policy: serde_json::Value) -> serde_json::Value {
    if let Some(document) = policy.as_object_mut() {
        document.entry("Version").or_insert_with(|| "2008-10-17".into());
    }
    policy
}

pub(crate) async fn delete_policy(
    s3: &S3,
    caller: &Caller,
    input: DeleteBucketPolicyRequest,
) -> Result<(), AwsError> {
    expect_own(s3, s3.records().buckets().bucket(&input.bucket)?, caller)?;
    s3.records().change_bucket(&input.bucket, |bucket| bucket.policy = None).await
}

pub(crate) async fn get_public_access_block(
    s3: &S3,
    _: &Caller,
    input: GetPublicAccessBlockRequest,
) -> Result<GetPublicAccessBlockOutput, AwsError> {
    let block = s3.records().buckets().bucket(&input.bucket)?.public_access_block.clone();
    if block.is_none() {
        let message = "The public access block configuration was not found";
        let refused = bad("NoSuchPublicAccessBlockConfiguration", message).status(404);
        return Err(refused.with("BucketName", input.bucket));
    }
    Ok(GetPublicAccessBlockOutput { public_access_block_configuration: block })
}

pub(crate) async fn put_public_access_block(
    s3: &S3,
    _: &Caller,
    input: PutPublicAccessBlockRequest,
) -> Result<(), AwsError> {
    let block = input.public_access_block_configuration;
    s3.records().change_bucket(&input.bucket, |bucket| bucket.public_access_block = Some(block)).await
}

pub(crate) async fn delete_public_access_block(
    s3: &S3,
    _: &Caller,
    input: DeletePublicAccessBlockRequest,
) -> Result<(), AwsError> {
    s3.records().change_bucket(&input.bucket, |bucket| bucket.public_access_block = None).await
}

/// AWS: every bucket encrypts with S3's own keys unless it is told to use others.
pub(crate) async fn get_encryption(
    s3: &S3,
    _: &Caller,
    input: GetBucketEncryptionRequest,
) -> Result<GetBucketEncryptionOutput, AwsError> {
    let has_own_key = s3.records().buckets().bucket(&input.bucket)?.has_own_key;
    let rule = ServerSideEncryptionRule {
        apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
            sse_algorithm: ServerSideEncryption::Aes256,
            kms_master_key_id: None,
        }),
        bucket_key_enabled: Some(has_own_key),
        ..ServerSideEncryptionRule::default()
    };
    let configuration = ServerSideEncryptionConfiguration { rules: vec![rule] };
    Ok(GetBucketEncryptionOutput { server_side_encryption_configuration: Some(configuration) })
}

pub(crate) async fn put_encryption(
    s3: &S3,
    _: &Caller,
    input: PutBucketEncryptionRequest,
) -> Result<(), AwsError> {
    s3.records().buckets().bucket(&input.bucket)?;
    let rules = input.server_side_encryption_configuration.rules;
    let has_own_key = rules.iter().any(|rule| rule.bucket_key_enabled == Some(true));
    let asked = rules.into_iter().find_map(|rule| rule.apply_server_side_encryption_by_default);
    if asked.is_some_and(|asked| asked.sse_algorithm != ServerSideEncryption::Aes256) {
        // LIMIT: there are no other keys than S3's own here; contents are files of the workspace.
        return Err(bad("NotImplemented", "Only the encryption AES256 is supported here").status(501));
    }
    s3.records().change_bucket(&input.bucket, move |bucket| bucket.has_own_key = has_own_key).await
}

/// LIMIT: a bucket keeps one version of an object, so versioning was never enabled.
pub(crate) async fn get_versioning(
    s3: &S3,
    _: &Caller,
    input: GetBucketVersioningRequest,
) -> Result<GetBucketVersioningOutput, AwsError> {
    s3.records().buckets().bucket(&input.bucket)?;
    Ok(GetBucketVersioningOutput::default())
}
