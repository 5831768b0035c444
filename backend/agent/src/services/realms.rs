//! The realms of a cloud: each an account in a region, with services of its own. One is opened when it is first asked for,
//! and again at each start from then on, for what was promised in it. Accounts and buckets are those of all realms.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use cloud_cloudformation::CloudFormation;
use cloud_core::{AccountId, AwsError, Context, OnceEach, Realm, Region};
use cloud_lambda::Lambda;
use cloud_wire::{PublicFront, RealmServices, Service, ServiceModel};
use futures_util::future::join_all;
use tokio::sync::watch;

use super::{Globals, open_regional};
use crate::AgentError;

/// How many realms a cloud has at most beside its first: AWS has some forty regions. Each holds four files and their threads,
/// and eight megabytes on the disk that are kept free for it.
const MAX_REALMS: usize = 64;

/// The services of one realm.
pub(crate) struct Opened {
    pub(crate) context: Context,
    pub(crate) all: Vec<Arc<dyn Service>>,
    /// What answers strangers: deployed APIs, and packages at addresses that were given out.
    pub(crate) fronts: Vec<Arc<dyn PublicFront>>,
    pub(crate) lambda: Option<Lambda>,
    pub(crate) stacks: Option<Arc<CloudFormation>>,
}

/// All realms of one cloud.
pub(crate) struct Realms {
    /// The first, whose data lie at the top of the data folder.
    first: Context,
    /// Known once the first realm is open, for which others wait.
    globals: watch::Sender<Option<Globals>>,
    open: OnceEach<Realm, Arc<Opened>>,
}

impl Realms {
    /// Of the cloud whose first realm that is. Its peers find the others by this.
    pub(crate) fn new(first: &Context) -> Arc<Self> {
        let (globals, open) = (watch::Sender::new(None), OnceEach::new(MAX_REALMS + 1));
        let realms = Arc::new(Self { first: first.clone(), globals, open });
        let port: Arc<dyn cloud_core::Realms> = realms.clone();
        first.peers().set_realms(&port);
        realms
    }

    /// States what all realms share, and the first of them.
    pub(crate) fn begin(&self, globals: Globals, first: Arc<Opened>) {
        self.open.insert(self.first.realm().clone(), first);
        self.globals.send_replace(Some(globals));
    }

    /// Opens every realm that has data, for events and deployments under way in it.
    pub(crate) async fn open_kept(&self) {
        let kept = kept(&self.first.data_dir().join("accounts"));
        for (realm, opened) in kept.iter().zip(join_all(kept.iter().map(|realm| self.realm(realm))).await) {
            if let Err(error) = opened {
                tracing::error!(%realm, %error, "a realm that has data could not be opened");
            }
        }
    }

    /// All realms that are open.
    pub(crate) fn opened(&self) -> Vec<Arc<Opened>> {
        self.open.open()
    }

    async fn globals(&self) -> Result<Globals, AwsError> {
        let mut told = self.globals.subscribe();
        let globals = told.wait_for(Option::is_some).await.map_err(AwsError::internal)?;
        globals.clone().ok_or_else(|| AwsError::internal("the cloud is not open"))
    }

    /// Whether somebody made the account that a realm is of, in its partition.
    fn holds_account(&self, globals: &Globals, realm: &Realm) -> bool {
        match &globals.accounts {
            Ok(accounts) => accounts.is_there(&realm.account, realm.region.partition()),
            Err(_) => realm.account == *self.first.account(),
        }
    }

    async fn realm(&self, realm: &Realm) -> Result<Arc<Opened>, AwsError> {
        let globals = self.globals().await?;
        if let Some(opened) = self.open.peek(realm) {
            return Ok(opened);
        }
        expect_real(realm)?;
        let folder = folder(self.first.data_dir(), realm);
        let context = self.first.in_realm(realm, &folder);
        let open = move || async move { Ok(Arc::new(open_regional(&context, &globals).await?)) };
        self.open.get(realm, too_many, open).await
    }
}

/// That AWS could have such a realm.
fn expect_real(realm: &Realm) -> Result<(), AwsError> {
    if realm.region.is_known() && AccountId::is_one(realm.account.as_str()) {
        return Ok(());
    }
    let message = format!("There is no account {} in a region {}.", realm.account, realm.region);
    Err(AwsError::validation(message))
}

/// What lies where the data of a realm are.
fn folder(data_dir: &Path, realm: &Realm) -> PathBuf {
    data_dir.join("accounts").join(realm.account.as_str()).join(realm.region.as_str())
}

/// The realms that have data.
fn kept(accounts: &Path) -> Vec<Realm> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let folders = entries.filter(|entry| entry.path().is_dir());
        folders.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    };
    let of = |account: String| {
        let regions = names(&accounts.join(&account)).into_iter().map(Region::new);
        let id = AccountId::new(account);
        regions.filter(Region::is_known).map(move |region| Realm::new(id.clone(), region))
    };
    names(accounts).into_iter().filter(|name| AccountId::is_one(name)).flat_map(of).collect()
}

/// Makes the folder that a realm's data are in.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn too_many() -> AwsError {
    // LIMIT: AWS has as many as it has regions, in as many accounts as there are.
    let message = format!(
        "This cloud holds {MAX_REALMS} pairs of account and region beside its first, and all are taken. Use one of them, \
         or start another cloud with a data folder of its own."
    );
    AwsError::new("LimitExceededException", message)
}

#[async_trait]
impl cloud_core::Realms for Realms {
    async fn open(&self, realm: &Realm) -> Result<Context, AwsError> {
        let globals = self.globals().await?;
        expect_real(realm)?;
        // What an ARN merely names is not made by that: accounts are their owner's to make, and realms are few.
        let is_there = self.open.peek(realm).is_some()
            || folder(self.first.data_dir(), realm).is_dir()
            || self.holds_account(&globals, realm);
        if !is_there {
            let message = format!("There is no account {} in this cloud.", realm.account);
            return Err(AwsError::new("ResourceNotFoundException", message).status(404));
        }
        Ok(self.realm(realm).await?.context.clone())
    }
}

#[async_trait]
impl RealmServices for Realms {
    async fn service(&self, model: &ServiceModel, realm: &Realm) -> Result<Arc<dyn Service>, AwsError> {
        let globals = self.globals().await?;
        let of = |services: &[Arc<dyn Service>]| {
            let found = services.iter().find(|service| service.model().id == model.id).cloned();
            found.ok_or_else(|| AwsError::internal(format!("no realm has a service {}", model.id)))
        };
        match (model.id, &globals.accounts) {
            ("iam" | "sts", Ok(accounts)) => {
                let iam = accounts.of(&realm.account, realm.region.partition()).await?;
                Ok(if model.id == "sts" { accounts.sts(&iam) } else { iam })
            }
            ("iam" | "sts" | "s3", _) => of(&self.realm(self.first.realm()).await?.all),
            _ => of(&self.realm(realm).await?.all),
        }
    }

    async fn context(&self, realm: &Realm) -> Result<Context, AwsError> {
        Ok(self.realm(realm).await?.context.clone())
    }

    fn fronts(&self) -> Vec<Arc<dyn PublicFront>> {
        self.opened().iter().flat_map(|opened| opened.fronts.iter().cloned()).collect()
    }
}

/// The realm whose data lie at the top of a data folder: the one that was stated when it was first used, now where nobody
/// did. So a cloud that is started with another region has what it had in the old one.
pub(crate) fn first(data_dir: &Path, stated: &Realm) -> Result<Realm, AgentError> {
    let folder = data_dir.join("cloud");
    let file = folder.join("realm.json");
    let failed = |error: io::Error| {
        AgentError::Cloud(format!(
            "{} says whose the data beside it are, and cannot be used: {error}. Put back a copy of it.",
            file.display()
        ))
    };
    match fs::read(&file) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| failed(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            state(&folder, &file, stated).map_err(failed)?;
            Ok(stated.clone())
        }
        Err(error) => Err(failed(error)),
    }
}

/// Whole or not at all: beside it, flushed, then renamed.
fn state(folder: &Path, file: &Path, realm: &Realm) -> io::Result<()> {
    make(folder)?;
    let new = folder.join("realm.json.new");
    let _ = fs::remove_file(&new);
    let mut output = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    output.write_all(&serde_json::to_vec(realm)?)?;
    output.sync_all()?;
    fs::rename(new, file)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
