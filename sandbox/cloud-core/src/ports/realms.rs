//! The other realms of a cloud.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::context::Context;
use crate::error::AwsError;
use crate::region::Realm;

/// Keeps a realm open for as long as somebody holds it. One that nobody uses may be closed, and is opened again when asked for.
#[derive(Clone)]
pub struct InUse(Arc<dyn Any + Send + Sync>);

impl InUse {
    /// Held open by whatever that is.
    pub fn by(what: Arc<dyn Any + Send + Sync>) -> Self {
        Self(what)
    }
}

impl fmt::Debug for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InUse").field(&Arc::strong_count(&self.0)).finish()
    }
}

/// Where the realms of a cloud are found.
#[async_trait]
pub trait Realms: Send + Sync {
    /// What the services of a realm share, opened if it is not open, and open for as long as the second is held. An error where AWS has no such region,
    /// where the cloud holds as many realms as it may, and, with status 404, where nobody made the account: to name one in
    /// an ARN does not make it.
    async fn open(&self, realm: &Realm) -> Result<(Context, InUse), AwsError>;
}
