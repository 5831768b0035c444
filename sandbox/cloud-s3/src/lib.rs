//! Amazon S3: buckets, objects, multipart uploads.
//!
//! Where to start: [`S3`] is the service, `state` what is remembered of buckets and objects (pure), `blobs` where
//! contents are, `ops/` one file a family of operations, `listing` what prefixes and delimiters mean, `notifications` who is
//! told of what happens to objects: what a change announces is kept with it, in `records`.
//!
//! It stands on `cloud-wire` like every service, so that one dispatcher, one signature check and one shape of
//! errors serve all.
//!
//! LIMIT: versions, access control lists, locks, other keys than S3's own and lifecycles are not here yet;
//! `headers` refuses what asks for them.

mod access;
mod blobs;
mod conditions;
mod cors;
mod documents;
mod error;
mod headers;
mod intake;
mod listing;
mod names;
mod notifications;
mod ops;
mod place;
mod port;
mod post_policy;
mod public;
mod quotas;
mod range;
mod readers;
mod records;
mod resources;
mod service;
pub mod shapes;
mod state;
mod sums;
#[cfg(test)]
mod tests;

pub use service::{OpenError, S3};

use cloud_core::{AwsError, Caller};
use cloud_wire::{
    Input, Operation, Service, ServiceModel,
    access::Asking,
    form::Form,
    head::Head,
    service::{Asks, CrossOrigin, Posting},
};

/// The service's name in ARNs and file names.
const SERVICE: &str = "s3";

impl Service for S3 {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    cloud_wire::dispatch! { crate::shapes;
        AbortMultipartUpload => ops::multipart::abort,
        CompleteMultipartUpload => ops::multipart::complete,
        CopyObject => ops::object::copy,
        CreateBucket => ops::bucket::create,
        CreateMultipartUpload => ops::multipart::create,
        DeleteBucket => ops::bucket::delete,
        DeleteBucketCors => ops::cors::delete,
        DeleteBucketPolicy => ops::configuration::delete_policy,
        DeleteBucketTagging => ops::tagging::delete_of_bucket,
        DeleteObject => ops::object::delete,
        DeleteObjectTagging => ops::tagging::delete_of_object,
        DeleteObjects => ops::object::delete_several,
        DeletePublicAccessBlock => ops::configuration::delete_public_access_block,
        GetBucketCors => ops::cors::get,
        GetBucketEncryption => ops::configuration::get_encryption,
        GetBucketLocation => ops::bucket::location,
        GetBucketNotificationConfiguration => ops::notification::get,
        GetBucketPolicy => ops::configuration::get_policy,
        GetBucketTagging => ops::tagging::get_of_bucket,
        GetBucketVersioning => ops::configuration::get_versioning,
        GetObject => ops::read::get,
        GetObjectAttributes => ops::read::attributes,
        GetObjectTagging => ops::tagging::get_of_object,
        GetPublicAccessBlock => ops::configuration::get_public_access_block,
        HeadBucket => ops::bucket::head,
        HeadObject => ops::read::head,
        ListBuckets => ops::bucket::list,
        ListMultipartUploads => ops::multipart::list_uploads,
        ListObjects => ops::list::objects,
        ListObjectsV2 => ops::list::objects_v2,
        ListParts => ops::multipart::list_parts,
        PutBucketCors => ops::cors::put,
        PutBucketEncryption => ops::configuration::put_encryption,
        PutBucketNotificationConfiguration => ops::notification::put,
        PutBucketPolicy => ops::configuration::put_policy,
        PutBucketTagging => ops::tagging::put_of_bucket,
        PutObject => ops::object::put,
        PutObjectTagging => ops::tagging::put_of_object,
        PutPublicAccessBlock => ops::configuration::put_public_access_block,
        UploadPart => ops::multipart::upload_part,
        UploadPartCopy => ops::multipart::upload_part_copy,
    }

    fn admit(&self, operation: &str, head: &Head, caller: &Caller) -> Result<(), AwsError> {
        headers::check(operation, head)?;
        if caller.is_anonymous() {
            headers::check_stranger(operation, head)?;
        }
        place::check(self, operation, head, caller)
    }

    fn admit_document(&self, operation: &str, head: &Head, document: &[u8]) -> Result<(), AwsError> {
        documents::check(operation, head, document)
    }

    fn inspect(&self, operation: &Operation, input: &Input) -> Result<(), AwsError> {
        // AWS: what a document lacks, and what it says wrongly, is told in one and the same words.
        if cloud_wire::validate::fits_document(input, operation) {
            Ok(())
        } else {
            Err(error::malformed_xml())
        }
    }

    fn asks<'a>(&'a self, asking: &Asking<'_>) -> Asks<'a> {
        Box::pin(self.found_out(Self::asked(asking)))
    }

    fn admits_stranger(&self, head: &Head) -> bool {
        access::admits_stranger(self, head)
    }

    fn form_asks<'a>(&'a self, form: &Form, caller: &Caller) -> Asks<'a> {
        Box::pin(self.found_out(self.form_asked(form, caller)))
    }

    fn cross_origin(&self, head: &Head) -> Option<CrossOrigin> {
        ops::cors::cross_origin(self, head)
    }

    fn post<'a>(&'a self, caller: &'a Caller, form: Form) -> Option<Posting<'a>> {
        Some(Box::pin(ops::post::post(self, caller, form)))
    }

    fn body_too_large(&self, _: &Operation) -> AwsError {
        error::bad("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    }
}
