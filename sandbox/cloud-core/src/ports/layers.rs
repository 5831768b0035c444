//! Reading the layers of another account.

use async_trait::async_trait;
use bytes::Bytes;

use super::OnBehalf;
use crate::arn::Arn;
use crate::error::AwsError;

/// What is known of a version of a layer without its contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerHead {
    /// What it is said to be.
    pub description: String,
    /// When it was published, as AWS writes that.
    pub created: String,
    /// The runtimes that it is said to be for.
    pub runtimes: Vec<String>,
    /// The architectures that it is said to be for.
    pub architectures: Vec<String>,
    /// Its licence.
    pub license: Option<String>,
    /// SHA-256 of its zip file, in base64.
    pub sha256: String,
    /// Bytes of its zip file.
    pub size: u64,
    /// Where its zip file can be fetched for some minutes, if this cloud has an address.
    pub location: Option<String>,
}

/// Where layers are kept. Whoever reads one of another account must be let in by its policy: `AccessDeniedException`, also
/// where there is no such layer.
#[async_trait]
pub trait LayerReader: Send + Sync {
    /// What is known of the version that the ARN names.
    async fn head(&self, reader: OnBehalf<'_>, arn: &Arn) -> Result<LayerHead, AwsError>;

    /// Its zip file.
    async fn get(&self, reader: OnBehalf<'_>, arn: &Arn) -> Result<Bytes, AwsError>;
}
