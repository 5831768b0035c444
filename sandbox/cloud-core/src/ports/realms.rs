//! The other realms of a cloud.

use async_trait::async_trait;

use crate::context::Context;
use crate::error::AwsError;
use crate::region::Realm;

/// Where the realms of a cloud are found.
#[async_trait]
pub trait Realms: Send + Sync {
    /// What the services of a realm share, opened if nobody asked for it before. An error where AWS has no such region,
    /// where the cloud holds as many realms as it may, and, with status 404, where nobody made the account: to name one in
    /// an ARN does not make it.
    async fn open(&self, realm: &Realm) -> Result<Context, AwsError>;
}
