//! The service's state: root keys, sessions, roles; how it is opened and met by others.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    Arn, AwsError, Context, Credential, CredentialIssuer, CredentialStore, IssuedKeys, Principal,
};
use cloud_store::{Cached, Layout, Migration, Store};

use crate::keys::RootKeys;
use crate::resources;
use crate::role::{self, ATTACHED, POLICIES, Policies, ROLES, Roles};
use crate::sessions::{EXPIRY, SESSIONS, Sessions};
use crate::sts::Sts;

/// A program that does not know the indices must not change what they find.
const INDEXED: Migration = |_| Ok(());
const LAYOUT: Layout =
    Layout { tables: &[ROLES, ATTACHED.table, POLICIES, SESSIONS, EXPIRY.table], migrations: &[INDEXED] };

/// Bytes of roles, and of policies, that are held in memory.
const HELD: usize = 1 << 20;

/// The longest life of issued keys.
const MAX_LIFETIME: Duration = Duration::from_hours(12);

/// IAM and STS of one cloud.
pub struct Iam {
    pub(crate) context: Context,
    pub(crate) roles: Roles,
    pub(crate) policies: Policies,
    pub(crate) sessions: Sessions,
    root: RootKeys,
}

/// Failed to open the service's data.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store.
    #[error("failed to open the store of IAM")]
    Store(#[from] cloud_store::Error),
    /// The root keys.
    #[error("failed to read or write the root keys")]
    Keys(#[source] std::io::Error),
}

/// Opens IAM and STS, settles the root keys (handed in, kept, or new), and registers its ports with the context.
pub async fn open(context: &Context, root: Option<RootKeys>) -> Result<Arc<Iam>, OpenError> {
    let store = Store::open(context.database("iam"), LAYOUT).await?;
    let file = context.data_dir().join("cloud/root-keys.json");
    let root = RootKeys::settle(&file, root, context.entropy()).map_err(OpenError::Keys)?;
    let roles = Cached::open(&store, ROLES, &[ATTACHED], HELD).await?;
    let policies = Cached::open(&store, POLICIES, &[], HELD).await?;
    let sessions = Sessions::load(&store, context.now()).await?;
    let iam = Arc::new(Iam { context: context.clone(), roles, policies, sessions, root });
    context.peers().set_issuer(iam.clone());
    resources::register(&iam);
    Ok(iam)
}

impl Iam {
    /// The account's root keys.
    pub fn root(&self) -> &RootKeys {
        &self.root
    }

    /// The STS service over the same records.
    pub fn sts(self: &Arc<Self>) -> Arc<Sts> {
        Arc::new(Sts::new(self.clone()))
    }

    /// Whom a session of a role stands for: the role's id is its record's, or one made from its name where no record is.
    pub(crate) async fn session_principal(&self, role: &Arn, session: &str) -> Result<Principal, AwsError> {
        let name = role.resource_id().rsplit('/').next().unwrap_or_default().to_owned();
        let record = role::find(&self.roles, &name).await?;
        let role_id = record.map_or_else(|| role::id_without_record(&name), |record| record.role.role_id);
        let account = self.context.account().clone();
        let arn = Arn::global("sts", &account, format!("assumed-role/{name}/{session}"));
        Ok(Principal { account, arn, user_id: format!("{role_id}:{session}") })
    }
}

impl CredentialStore for Iam {
    fn find(&self, access_key_id: &str) -> Option<Credential> {
        if access_key_id != self.root.access_key_id {
            return self.sessions.find(access_key_id);
        }
        Some(self.root.credential(self.context.account()))
    }
}

#[async_trait]
impl CredentialIssuer for Iam {
    async fn issue(
        &self,
        role: &Arn,
        session_name: &str,
        lifetime: Duration,
    ) -> Result<IssuedKeys, AwsError> {
        let principal = self.session_principal(role, session_name).await?;
        self.sessions.issue(&self.context, principal, lifetime.min(MAX_LIFETIME)).await
    }
}

#[cfg(test)]
mod tests {
    use cloud_store::{Batch, Key};

    use super::*;
    use crate::role::RoleRecord;

    #[tokio::test]
    async fn roles_of_the_last_version_are_found_by_their_policies() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let old = Layout::new(&[ROLES, POLICIES, SESSIONS]);
        let store = Store::open(context.database("iam"), old).await.unwrap();
        let record = RoleRecord { attached: ["arn".to_owned()].into(), ..RoleRecord::default() };
        let mut batch = Batch::new();
        batch.put_json(ROLES, "r", &record).unwrap();
        store.commit(batch).await.unwrap();
        drop(store);
        let iam = open(&context, None).await.unwrap();
        assert_eq!(iam.roles.find(ATTACHED, Key::text("arn"), None, 9).await.unwrap(), ["r"]);
    }
}
