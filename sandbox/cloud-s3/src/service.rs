//! The service: its records, its blobs, its place among its peers.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{
    AccountId, AwsError, CloudEvent, Context, ObjectHead, ObjectReader, OnBehalf, event::Change,
};

use crate::{
    SERVICE,
    blobs::{self, Blobs, Lease},
    error::bad_argument,
    names, place,
    records::Records,
    state::Bucket,
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

/// Amazon S3: the buckets of all accounts and regions, seen from one of them. Cheap to clone.
#[derive(Clone)]
pub struct S3(Arc<Inner>);

struct Inner {
    context: Context,
    records: Records,
}

impl S3 {
    /// Opens what was kept, and registers with the cloud's peers: as the reader of objects and as the maker of its
    /// CloudFormation types. Buckets from before there were several accounts belong to the context's.
    pub async fn open(context: Context) -> Result<Self, OpenError> {
        let records = Records::open(&context).await?;
        let service = Self(Arc::new(Inner { context, records }));
        service.register();
        Ok(service)
    }

    /// The same buckets for the services of another realm: registers with its peers.
    pub fn join(&self, context: Context) {
        let records = self.records().clone();
        Self(Arc::new(Inner { context, records })).register();
    }

    /// Whether nothing waits to be told.
    pub async fn is_idle(&self) -> bool {
        self.records().outbox().waiting().await.is_ok_and(|bytes| bytes == 0)
    }

    /// Tells nobody anything more: deliveries under way are made again at the next start.
    pub async fn stop(&self) {
        if let Err(error) = self.records().outbox().stop().await {
            tracing::warn!(%error, "deliveries under way count as begun at the next start");
        }
    }

    fn register(&self) {
        self.context().peers().set_objects(Arc::new(self.clone()));
        self.context().peers().add_target(SERVICE, Arc::new(self.clone()));
        for provider in crate::resources::providers(self) {
            self.context().peers().add_provider(provider);
        }
    }

    /// Whose a bucket is.
    pub(crate) fn owner<'a>(&'a self, bucket: &'a Bucket) -> &'a AccountId {
        bucket.account.as_ref().unwrap_or_else(|| self.records().first())
    }

    /// Fails for a bucket of another account than the context's; one that is not there is nobody's.
    pub(crate) fn expect_own(&self, name: &str) -> Result<(), AwsError> {
        match self.records().buckets().get(name) {
            Some(bucket) => place::expect_owner(self, bucket, self.context().account()),
            None => Ok(()),
        }
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
    pub(crate) async fn object(&self, bucket: &str, key: &str) -> Result<Lease, AwsError> {
        self.records().lease(bucket, key).await
    }

    /// Tells those who watch of a bucket that is there, or of what is in it.
    // LIMIT: what requests do to buckets is told in the first realm, whatever the bucket's region.
    pub(crate) fn announce(&self, resource: &str, change: Change) {
        let bucket = resource.split('/').next().unwrap_or_default();
        let region = self.records().buckets().bucket(bucket).map(|bucket| bucket.region.clone());
        self.announce_in(&region.unwrap_or_default(), resource, change);
    }

    /// The same of a bucket of that region.
    pub(crate) fn announce_in(&self, region: &str, resource: &str, change: Change) {
        let arn = names::arn(region, resource);
        self.context().announce(CloudEvent::ResourceChanged { at: self.context().now(), arn, change });
    }
}

#[async_trait]
impl ObjectReader for S3 {
    async fn get(
        &self,
        reader: OnBehalf<'_>,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Bytes, AwsError> {
        self.expect_leave(reader, bucket, key, version).await?;
        expect_no_version(version)?;
        let object = self.object(bucket, key).await?;
        let size = object.size();
        blobs::read(object, 0, size).await?.collect(MAX_READ).await
    }

    async fn head(
        &self,
        reader: OnBehalf<'_>,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<ObjectHead, AwsError> {
        self.expect_leave(reader, bucket, key, version).await?;
        expect_no_version(version)?;
        let object = self.object(bucket, key).await?;
        let (size, etag) = (object.size(), object.etag.clone());
        let region = self.records().buckets().bucket(bucket)?.region.clone();
        Ok(ObjectHead { size, etag, last_modified: object.modified, version: None, region })
    }
}

/// Without versioning the only version is `null`.
pub(crate) fn expect_no_version(version: Option<&str>) -> Result<(), AwsError> {
    match version {
        None | Some("null") => Ok(()),
        Some("") => Err(bad_argument("versionId", "", "Version id cannot be the empty string")),
        Some(_) => Err(AwsError::new("NoSuchVersion", "The specified version does not exist.").status(404)),
    }
}
