//! The realms of a cloud: each an account in a region, with services of its own. One is opened when it is asked for, and at
//! each start, for what was promised in it; it is closed when nobody uses it. Accounts and buckets are those of all realms.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use cloud_apigateway::ApiGateway;
use cloud_cloudformation::CloudFormation;
use cloud_core::{AccountId, AwsError, Context, InUse, OnceEach, Realm, Region};
use cloud_events::EventBridge;
use cloud_lambda::Lambda;
use cloud_logs::Logs;
use cloud_sns::Sns;
use cloud_sqs::Sqs;
use cloud_wire::{Claims, PublicFront, RealmServices, Service, ServiceModel};
use futures_util::{StreamExt, stream};
use http::request::Parts;
use tokio::sync::watch;

use super::{Globals, open_regional};
use crate::AgentError;
use idle::{Asleep, Uses};

pub(crate) mod idle;

/// How many realms a cloud has open at most beside its first: AWS has some forty regions. Each holds seven files and their
/// threads, and fourteen megabytes on the disk that are kept free for it.
const MAX_REALMS: usize = 64;
/// Realms that are opened side by side at a start.
const AT_ONCE: usize = 16;

/// The services of one realm.
pub(crate) struct Opened {
    pub(crate) context: Context,
    pub(crate) all: Vec<Arc<dyn Service>>,
    /// What answers strangers: deployed APIs, and packages at addresses that were given out.
    pub(crate) fronts: Vec<Arc<dyn PublicFront>>,
    pub(crate) logs: Option<Arc<Logs>>,
    pub(crate) sqs: Option<Arc<Sqs>>,
    pub(crate) sns: Option<Arc<Sns>>,
    pub(crate) events: Option<Arc<EventBridge>>,
    pub(crate) lambda: Option<Lambda>,
    pub(crate) apis: Option<ApiGateway>,
    pub(crate) stacks: Option<Arc<CloudFormation>>,
    pub(crate) uses: Uses,
}

impl Opened {
    /// Whether nothing is under way in it, nor promised.
    async fn is_idle(&self) -> bool {
        if self.stacks.as_ref().is_some_and(|stacks| !stacks.is_idle()) {
            return false;
        }
        if self.sqs.as_ref().is_some_and(|sqs| !sqs.is_idle()) {
            return false;
        }
        if let Some(sns) = &self.sns
            && !sns.is_idle().await
        {
            return false;
        }
        if let Some(logs) = &self.logs
            && !logs.is_idle().await
        {
            return false;
        }
        if let Some(events) = &self.events
            && !events.is_idle().await
        {
            return false;
        }
        match &self.lambda {
            Some(lambda) => lambda.is_idle().await,
            None => true,
        }
    }

    /// Ends its services, what they wrote flushed: another may open their files.
    async fn close(&self) {
        if let Some(stacks) = &self.stacks {
            stacks.close().await;
        }
        if let Some(apis) = &self.apis {
            apis.close().await;
        }
        if let Some(events) = &self.events {
            events.close().await;
        }
        if let Some(sns) = &self.sns {
            sns.close().await;
        }
        if let Some(lambda) = &self.lambda {
            lambda.close().await;
        }
        if let Some(sqs) = &self.sqs {
            sqs.close().await;
        }
        if let Some(logs) = &self.logs {
            logs.close().await;
        }
        self.context.peers().let_go();
    }
}

/// All realms of one cloud.
pub(crate) struct Realms {
    /// The first, whose data lie at the top of the data folder.
    first: Context,
    /// Known once the first realm is open, for which others wait.
    globals: watch::Sender<Option<Globals>>,
    open: OnceEach<Realm, Arc<Opened>>,
    asleep: Asleep,
}

impl Realms {
    /// Of the cloud whose first realm that is. Its peers find the others by this.
    pub(crate) fn new(first: &Context) -> Arc<Self> {
        let (globals, open) = (watch::Sender::new(None), OnceEach::new(MAX_REALMS + 1));
        let realms = Arc::new(Self { first: first.clone(), globals, open, asleep: Asleep::default() });
        let port: Arc<dyn cloud_core::Realms> = realms.clone();
        first.peers().set_realms(&port);
        realms
    }

    /// States what all realms share, and the first of them.
    pub(crate) fn begin(&self, globals: Globals, first: Arc<Opened>) {
        self.open.insert(self.first.realm().clone(), first);
        self.globals.send_replace(Some(globals));
    }

    /// Opens every realm that has data, for events and deployments under way in it, and begins to close those that nobody
    /// uses.
    pub(crate) async fn open_kept(self: &Arc<Self>) {
        let kept = kept(&self.first.data_dir().join("accounts"));
        let opening = stream::iter(kept).for_each_concurrent(AT_ONCE, |realm| async move {
            if let Err(error) = self.realm(&realm).await {
                tracing::error!(%realm, %error, "a realm that has data could not be opened");
            }
        });
        opening.await;
        tokio::spawn(idle::keep_looking(Arc::downgrade(self), self.first.shared_clock()));
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
        let opened = match self.open.peek(realm) {
            Some(opened) => opened,
            None => self.open_now(realm, &globals).await?,
        };
        opened.uses.note(self.first.clock().monotonic());
        Ok(opened)
    }

    /// Opens a realm that is not open, in the place of one that nobody uses where there is no other.
    async fn open_now(&self, realm: &Realm, globals: &Globals) -> Result<Arc<Opened>, AwsError> {
        expect_real(realm)?;
        loop {
            let folder = folder(self.first.data_dir(), realm);
            let (context, globals) = (self.first.in_realm(realm, &folder), globals.clone());
            let open = move || async move { Ok(Arc::new(open_regional(&context, &globals).await?)) };
            let mut is_full = false;
            let full = || {
                is_full = true;
                too_many()
            };
            match self.open.get(realm, full, open).await {
                Err(error) if !is_full || !self.make_room().await => return Err(error),
                Err(_) => {}
                Ok(opened) => {
                    self.asleep.wake(realm);
                    return Ok(opened);
                }
            }
        }
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
    folders::make_private(folder)
}

fn too_many() -> AwsError {
    // LIMIT: AWS has as many as it has regions, in as many accounts as there are.
    let message = format!(
        "This cloud has {MAX_REALMS} pairs of account and region open beside its first, and all are in use. Try again in a \
         while, or start another cloud with a data folder of its own."
    );
    AwsError::new("LimitExceededException", message)
}

#[async_trait]
impl cloud_core::Realms for Realms {
    async fn open(&self, realm: &Realm) -> Result<(Context, InUse), AwsError> {
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
        self.context(realm).await
    }
}

#[async_trait]
impl RealmServices for Realms {
    async fn service(
        &self,
        model: &ServiceModel,
        realm: &Realm,
    ) -> Result<(Arc<dyn Service>, InUse), AwsError> {
        let globals = self.globals().await?;
        let of = |opened: Arc<Opened>| {
            let found = opened.all.iter().find(|service| service.model().id == model.id).cloned();
            let found =
                found.ok_or_else(|| AwsError::internal(format!("no realm has a service {}", model.id)))?;
            Ok((found, InUse::by(opened)))
        };
        match (model.id, &globals.accounts) {
            ("iam" | "sts", Ok(accounts)) => {
                let iam = accounts.of(&realm.account, realm.region.partition()).await?;
                // Accounts are never closed.
                let service: Arc<dyn Service> = if model.id == "sts" { accounts.sts(&iam) } else { iam };
                Ok((service, InUse::by(Arc::new(()))))
            }
            ("iam" | "sts" | "s3", _) => of(self.realm(self.first.realm()).await?),
            _ => of(self.realm(realm).await?),
        }
    }

    async fn context(&self, realm: &Realm) -> Result<(Context, InUse), AwsError> {
        let opened = self.realm(realm).await?;
        Ok((opened.context.clone(), InUse::by(opened)))
    }

    async fn front(&self, request: &Parts, claims: Claims<'_>) -> Option<(Arc<dyn PublicFront>, InUse)> {
        let now = self.first.clock().monotonic();
        let front_in = |opened: Arc<Opened>| {
            let fits = |front: &&Arc<dyn PublicFront>| claims(&***front) && front.has(request);
            let front = opened.fronts.iter().find(fits).cloned()?;
            opened.uses.note(now);
            Some((front, InUse::by(opened)))
        };
        if let Some(found) = self.opened().into_iter().find_map(front_in) {
            return Some(found);
        }
        let realm = self.asleep.find(request)?;
        match self.realm(&realm).await {
            Ok(opened) => front_in(opened),
            Err(error) => {
                tracing::error!(%realm, %error, "a realm that a stranger asks for could not be opened");
                None
            }
        }
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
