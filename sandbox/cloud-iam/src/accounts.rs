//! The accounts of a cloud: each has roles and policies of its own in each partition, opened when first asked for. Whose keys
//! they are is known to all alike.

use std::path::PathBuf;
use std::sync::Arc;

use cloud_core::{AccountId, AwsError, OnceEach, Partition};

use crate::open::Iam;
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
    /// Of the cloud whose first account that is.
    pub fn new(first: Arc<Iam>) -> Self {
        Self { first, others: OnceEach::new(MAX_ACCOUNTS) }
    }

    /// Where an account's data are: in a folder for its partition, beside those for its regions.
    pub fn folder(&self, account: &AccountId) -> PathBuf {
        self.first.context.data_dir().join("accounts").join(account.as_str())
    }

    /// IAM of an account, which is made if there is none.
    pub async fn of(&self, account: &AccountId, partition: &'static Partition) -> Result<Arc<Iam>, AwsError> {
        if self.is_first(account, partition) {
            return Ok(Arc::clone(&self.first));
        }
        let (first, folder) = (Arc::clone(&self.first), self.folder(account).join(partition.id));
        let whose = account.clone();
        let open = move || async move { first.of_account(whose, partition, folder).await };
        self.others.get(&(account.clone(), partition.id), too_many, open).await
    }

    /// The same of an account that is there; none where it would have to be made.
    pub(crate) async fn present(
        &self,
        account: &AccountId,
        partition: &'static Partition,
    ) -> Result<Option<Arc<Iam>>, AwsError> {
        let is_there = self.is_first(account, partition)
            || self.others.peek(&(account.clone(), partition.id)).is_some()
            || self.folder(account).join(partition.id).is_dir();
        if is_there { self.of(account, partition).await.map(Some) } else { Ok(None) }
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
