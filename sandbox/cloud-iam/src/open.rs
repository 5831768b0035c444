//! The service's state: root keys, sessions, roles; how it is opened and met by others.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    AccountId, Arn, AwsError, Context, Credential, CredentialIssuer, CredentialStore, IssuedKeys, Maker,
    Partition, Principal, Realm,
};
use cloud_policy::Documents;
use cloud_store::{Cached, Layout, Migration, Scan, Store};
use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::iam::shapes::CreateRoleRequest;
use crate::iam::{NewRole, new_role};
use crate::keys::RootKeys;
use crate::resources;
use crate::role::{self, ATTACHED, BOUNDED, POLICIES, Policies, ROLES, RoleRecord, Roles};
use crate::sessions::{EXPIRY, Limits, SESSIONS, Sessions};
use crate::sts::Sts;

/// A program that does not know the indices must not change what they find.
const INDEXED: Migration = |_| Ok(());
const LAYOUT: Layout = Layout {
    tables: &[ROLES, ATTACHED.table, BOUNDED.table, POLICIES, SESSIONS, EXPIRY.table],
    migrations: &[INDEXED, INDEXED],
};

/// Bytes of roles, and of policies, that are held in memory.
const HELD: usize = 1 << 20;

/// The longest life of issued keys.
const MAX_LIFETIME: Duration = Duration::from_hours(12);

/// The role by which the owner of the root keys gets into an account that has none of its own.
// AWS: Organizations makes it in each account that it makes, for the account that manages them.
pub(crate) const FOUNDED_ROLE: &str = "OrganizationAccountAccessRole";

/// IAM of one account, and the keys of all.
pub struct Iam {
    pub(crate) context: Context,
    pub(crate) roles: Roles,
    pub(crate) policies: Policies,
    pub(crate) sessions: Sessions,
    /// The documents that policies have, of all accounts.
    pub(crate) documents: Documents,
    root: RootKeys,
    /// Whose the root keys are.
    pub(crate) owner: AccountId,
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
    open_owned(context, root, context.account()).await
}

/// The same where the root keys are those of another account.
pub async fn open_owned(
    context: &Context,
    root: Option<RootKeys>,
    owner: &AccountId,
) -> Result<Arc<Iam>, OpenError> {
    let store = Store::open(context.database("iam"), LAYOUT).await?;
    let file = context.data_dir().join("cloud/root-keys.json");
    let root = RootKeys::settle(&file, root, context.entropy()).map_err(OpenError::Keys)?;
    let roles = Cached::open(&store, ROLES, &[ATTACHED, BOUNDED], HELD).await?;
    let policies = Cached::open(&store, POLICIES, &[], HELD).await?;
    let sessions = Sessions::load(&store, context.now()).await?;
    let (context, owner, documents) = (context.clone(), owner.clone(), Documents::default());
    let iam = Arc::new(Iam { context, roles, policies, sessions, documents, root, owner });
    iam.join(&iam.context);
    Ok(iam)
}

impl Iam {
    /// The account's root keys.
    pub fn root(&self) -> &RootKeys {
        &self.root
    }

    /// The STS service over the same records, of a cloud that has no other account open.
    pub fn sts(self: &Arc<Self>) -> Arc<Sts> {
        Accounts::new(self.clone()).sts(self)
    }

    /// Registers the ports with another realm of the account.
    pub(crate) fn join(self: &Arc<Self>, context: &Context) {
        context.peers().set_issuer(self.clone());
        resources::register(self, context.peers());
    }

    /// IAM of another account of the same cloud, with its records in that folder.
    pub(crate) async fn of_account(
        self: Arc<Self>,
        account: AccountId,
        partition: &Partition,
        folder: PathBuf,
    ) -> Result<Arc<Self>, AwsError> {
        let context = self.context.in_realm(&Realm::new(account, partition.home()), folder);
        let store = Store::open(context.database("iam"), LAYOUT).await.map_err(AwsError::internal)?;
        let roles =
            Cached::open(&store, ROLES, &[ATTACHED, BOUNDED], HELD).await.map_err(AwsError::internal)?;
        let policies = Cached::open(&store, POLICIES, &[], HELD).await.map_err(AwsError::internal)?;
        let (sessions, documents) = (self.sessions.clone(), self.documents.clone());
        let (root, owner) = (self.root.clone(), self.owner.clone());
        let iam = Arc::new(Self { context, roles, policies, sessions, documents, root, owner });
        iam.found().await?;
        iam.join(&iam.context);
        Ok(iam)
    }

    /// Lets the owner of the root keys into an account that has no role yet.
    async fn found(&self) -> Result<(), AwsError> {
        let roles = self.roles.page(Scan::all(), None).await.map_err(AwsError::internal)?;
        let is_new = roles.records.is_empty() && roles.next.is_none() && roles.unreadable.is_empty();
        if !is_new || self.context.account() == &self.owner {
            return Ok(());
        }
        let owner = Arn::global("iam", &self.owner, "root").in_partition(self.context.region().partition());
        let statement = json!({ "Effect": "Allow", "Principal": { "AWS": owner.to_string() }, "Action": "sts:AssumeRole" });
        let request = CreateRoleRequest {
            path: None,
            role_name: FOUNDED_ROLE.to_owned(),
            assume_role_policy_document: document_of(&statement),
            description: None,
            max_session_duration: None,
            permissions_boundary: None,
            tags: None,
        };
        let mut record = new_role(&self.context, NewRole { request, made_by: Maker::NOBODY })?;
        let all = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        record.put_inline("AdministratorAccess".to_owned(), document_of(&all))?;
        let add = move |old: Option<&RoleRecord>| Ok((Some(old.cloned().unwrap_or(record)), ()));
        self.roles.change(FOUNDED_ROLE.to_owned(), add).await
    }

    /// Whom a session of a role stands for: the role's id is its record's, or one made from its name where none has its ARN.
    pub(crate) async fn session_principal(&self, role: &Arn, session: &str) -> Result<Principal, AwsError> {
        let name = role::name_in(role);
        let record = role::find(&self.roles, name).await?;
        let record = record.filter(|record| record.role.arn == role.to_string());
        let role_id = record.map_or_else(|| role::id_without_record(name), |record| record.role.role_id);
        let account = self.context.account().clone();
        let arn = self.context.global_arn("sts", format!("assumed-role/{name}/{session}"));
        Ok(Principal { account, arn, user_id: format!("{role_id}:{session}") })
    }
}

/// A policy of one statement.
fn document_of(statement: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

impl CredentialStore for Iam {
    fn find(&self, access_key_id: &str) -> Option<Credential> {
        if access_key_id != self.root.access_key_id {
            return self.sessions.find(access_key_id);
        }
        Some(self.root.credential(&self.owner))
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
        self.check_trust(role, session_name).await?;
        let principal = self.session_principal(role, session_name).await?;
        let lifetime = lifetime.min(MAX_LIFETIME);
        self.sessions.issue(&self.context, principal, lifetime, Limits::default()).await
    }
}

#[cfg(test)]
mod tests {
    use cloud_store::{Batch, Key};

    use super::*;

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
