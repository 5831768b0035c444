//! The accounts of a cloud: each has roles and policies of its own in each partition, opened when first asked for. Whose keys
//! they are is known to all alike.

use std::path::PathBuf;
use std::sync::Arc;

use cloud_core::{AccountId, Arn, AwsError, Caller, Context, OnceEach, Partition};

use crate::open::{FOUNDED_ROLE, Iam};
use crate::sts::Sts;

/// How many accounts a cloud has at most beside its first, each partition counted. Each holds a file open.
pub const MAX_ACCOUNTS: usize = 64;

/// The accounts of one cloud. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    first: Arc<Iam>,
    others: OnceEach<(AccountId, &'static str), Arc<Iam>>,
}

impl Accounts {
    /// Of the cloud whose first account that is: from now on its authority.
    pub fn new(first: Arc<Iam>) -> Self {
        let accounts = Self { first, others: OnceEach::new(MAX_ACCOUNTS) };
        accounts.first.context.peers().set_authority(Arc::new(accounts.clone()));
        accounts
    }

    /// Registers the ports of a realm's account with it.
    pub async fn join(&self, context: &Context) -> Result<(), AwsError> {
        self.of(context.account(), context.region().partition()).await?.join(context);
        context.peers().set_authority(Arc::new(self.clone()));
        Ok(())
    }

    pub(crate) fn first(&self) -> &Arc<Iam> {
        &self.first
    }

    /// Whether a caller makes the account that a role is of by assuming it: the owner of the root keys, by the role that he
    /// has in each.
    pub(crate) fn founds(&self, caller: &Caller, role: &Arn) -> bool {
        caller.account == self.first.owner && role.resource_id() == FOUNDED_ROLE
    }

    /// Where an account's data are: in a folder for its partition, beside those for its regions.
    pub fn folder(&self, account: &AccountId) -> PathBuf {
        self.first.context.data_dir().join("accounts").join(account.as_str())
    }

    /// IAM of an account, which is made if there is none.
    pub async fn of(&self, account: &AccountId, partition: &'static Partition) -> Result<Arc<Iam>, AwsError> {
        // An account's id becomes a folder's name.
        if !AccountId::is_one(account.as_str()) {
            return Err(AwsError::new(
                "ValidationError",
                format!("{account} is no account id: it has twelve digits"),
            ));
        }
        if self.is_first(account, partition) {
            return Ok(Arc::clone(&self.first));
        }
        let (first, folder) = (Arc::clone(&self.first), self.folder(account).join(partition.id));
        let whose = account.clone();
        let open = move || async move { first.of_account(whose, partition, folder).await };
        self.others.get(&(account.clone(), partition.id), too_many, open).await
    }

    /// The same of an account that is there; none where it would have to be made, or where that is no account's id: an ARN
    /// names whatever its writer likes.
    pub(crate) async fn present(
        &self,
        account: &AccountId,
        partition: &'static Partition,
    ) -> Result<Option<Arc<Iam>>, AwsError> {
        if self.is_there(account, partition) { self.of(account, partition).await.map(Some) } else { Ok(None) }
    }

    /// Whether an account was made. What is no account's id names no folder.
    pub fn is_there(&self, account: &AccountId, partition: &'static Partition) -> bool {
        let is_kept = || self.folder(account).join(partition.id).is_dir();
        AccountId::is_one(account.as_str())
            && (self.is_first(account, partition)
                || self.others.peek(&(account.clone(), partition.id)).is_some()
                || is_kept())
    }

    /// The same of an account in the partition of an ARN.
    pub(crate) async fn present_by_arn(
        &self,
        account: &AccountId,
        arn: &Arn,
    ) -> Result<Option<Arc<Iam>>, AwsError> {
        match Partition::named(arn.partition()) {
            Some(partition) => self.present(account, partition).await,
            None => Ok(None),
        }
    }

    /// STS of an account, which hands out keys of the others, too.
    pub fn sts(&self, iam: &Arc<Iam>) -> Arc<Sts> {
        Arc::new(Sts::new(Arc::clone(iam), self.clone()))
    }

    fn is_first(&self, account: &AccountId, partition: &Partition) -> bool {
        self.first.context.account() == account && self.first.context.region().partition() == partition
    }
}

fn too_many() -> AwsError {
    // AWS: what Organizations answers to one account too many.
    let message = format!(
        "You have exceeded the allowed number of AWS accounts: this cloud holds {MAX_ACCOUNTS} beside its first. Use one \
         of them, or start another cloud with a data folder of its own."
    );
    AwsError::new("ConstraintViolationException", message)
}

#[cfg(test)]
mod tests {
    use cloud_core::{Context, CredentialStore, Region};

    use super::*;
    use crate::role;

    fn account(number: usize) -> AccountId {
        AccountId::new(format!("{number:012}"))
    }

    fn partition(region: &str) -> &'static Partition {
        Region::new(region).partition()
    }

    async fn roles(iam: &Iam) -> Vec<String> {
        let mut arns = Vec::new();
        let page = iam.roles.page(cloud_store::Scan::all(), None).await.unwrap();
        arns.extend(page.records.into_iter().map(|(_, record)| record.role.arn));
        arns
    }

    #[tokio::test]
    async fn each_has_roles_of_its_own_and_one_to_get_in_by() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let accounts = Accounts::new(crate::open(&context, None).await.unwrap());
        let us = partition("us-east-1");
        let first = accounts.of(context.account(), us).await.unwrap();
        assert_eq!(roles(&first).await, Vec::<String>::new());
        assert!(accounts.present(&account(1), us).await.unwrap().is_none(), "nobody asked for it");
        let other = accounts.of(&account(1), us).await.unwrap();
        assert!(Arc::ptr_eq(&other, &accounts.present(&account(1), us).await.unwrap().unwrap()));
        assert_eq!(roles(&other).await, ["arn:aws:iam::000000000001:role/OrganizationAccountAccessRole"]);
        let record = role::get(&other.roles, "OrganizationAccountAccessRole").await.unwrap();
        let trust = record.role.assume_role_policy_document.unwrap();
        assert!(trust.contains("arn:aws:iam::000000000000:root"), "{trust}");
        let chinese = accounts.of(&account(1), partition("cn-north-1")).await.unwrap();
        assert_eq!(
            roles(&chinese).await,
            ["arn:aws-cn:iam::000000000001:role/OrganizationAccountAccessRole"]
        );
        let root = other.find(&first.root().access_key_id).unwrap();
        assert_eq!(
            root.principal.account,
            *context.account(),
            "root keys are their owner's wherever they are seen"
        );
    }

    #[tokio::test]
    async fn what_is_no_account_id_becomes_no_path() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let accounts = Accounts::new(crate::open(&context, None).await.unwrap());
        let us = partition("us-east-1");
        accounts.of(&account(1), us).await.unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::create_dir(elsewhere.path().join("aws")).unwrap();
        let absolute = elsewhere.path().to_str().unwrap().to_owned();
        for text in ["000000000001/.", "../accounts/000000000001", "", ".", &absolute] {
            let whose = AccountId::new(text);
            assert!(accounts.present(&whose, us).await.unwrap().is_none(), "{text}");
            let refused = accounts.of(&whose, us).await.map(|_| ()).unwrap_err();
            assert_eq!(refused.code(), "ValidationError", "{text}");
        }
        let entries = std::fs::read_dir(elsewhere.path().join("aws")).unwrap();
        assert_eq!(entries.count(), 0, "nothing is opened outside the data folder");
    }

    #[tokio::test]
    async fn there_are_so_many_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let accounts = Accounts::new(crate::open(&context, None).await.unwrap());
        for number in 1..=MAX_ACCOUNTS {
            accounts.others.insert((account(number), "aws"), Arc::clone(&accounts.first));
        }
        let refused = accounts.of(&account(999), partition("us-east-1")).await.map(|_| ()).unwrap_err();
        assert_eq!(refused.code(), "ConstraintViolationException");
        assert!(accounts.of(&account(1), partition("us-east-1")).await.is_ok(), "those that are there stay");
        assert!(!accounts.folder(&account(999)).exists(), "and nothing was made");
    }
}
