//! The service: its records, its blobs, its place among its peers.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{AwsError, CloudEvent, Context, ObjectHead, ObjectReader, event::Change};

use crate::{
    SERVICE,
    blobs::{self, Blobs, Lease},
    names,
    records::Records,
};

/// Largest object that another service reads whole.
const MAX_READ: u64 = 512 * 1024 * 1024;

/// Why the service cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store of buckets and objects.
    #[error("failed to open the store of objects")]
    Store(#[from] cloud_store::Error),
    /// The folder of contents.
    #[error("failed to open the folder of objects' contents")]
    Blobs(#[source] std::io::Error),
}

/// Amazon S3. Cheap to clone.
#[derive(Clone)]
pub struct S3(Arc<Inner>);

struct Inner {
    context: Context,
    records: Records,
}

impl S3 {
    /// Opens what was kept, and registers with the cloud's peers: as the reader of objects and as the maker of its
    /// CloudFormation types.
    pub async fn open(context: Context) -> Result<Self, OpenError> {
        let records = Records::open(&context.database(SERVICE), context.folder(SERVICE)).await?;
        let service = Self(Arc::new(Inner { context, records }));
        service.context().peers().set_objects(Arc::new(service.clone()));
        for provider in crate::resources::providers(&service) {
            service.context().peers().add_provider(provider);
        }
        Ok(service)
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn records(&self) -> &Records {
        &self.0.records
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        self.0.records.blobs()
    }

    /// The id of a new blob or upload: unguessable, and a file name.
    pub(crate) fn new_id(&self) -> String {
        self.context().entropy().uuid().simple().to_string()
    }

    /// An object, held as long as it is read; or the error that says what is missing.
    pub(crate) fn object(&self, bucket: &str, key: &str) -> Result<Lease, AwsError> {
        self.records().lease(bucket, key)
    }

    pub(crate) fn announce(&self, resource: &str, change: Change) {
        let arn = names::arn(resource);
        self.context().announce(CloudEvent::ResourceChanged { at: self.context().now(), arn, change });
    }
}

#[async_trait]
impl ObjectReader for S3 {
    async fn get(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Bytes, AwsError> {
        expect_no_version(version)?;
        let object = self.object(bucket, key)?;
        let size = object.size();
        blobs::read(object, 0, size).await?.collect(MAX_READ).await
    }

    async fn head(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<ObjectHead, AwsError> {
        expect_no_version(version)?;
        let object = self.object(bucket, key)?;
        let (size, etag) = (object.size(), object.etag.clone());
        Ok(ObjectHead { size, etag, last_modified: object.modified, version: None })
    }
}

/// Without versioning the only version is `null`.
pub(crate) fn expect_no_version(version: Option<&str>) -> Result<(), AwsError> {
    match version {
        None | Some("null") => Ok(()),
        Some(_) => Err(AwsError::new("NoSuchVersion", "The specified version does not exist.").status(404)),
    }
}
