//! What is kept, of any number of objects in bounded memory: all buckets, and the objects and uploads that were used last.
//! A change is decided and written in one transaction of the store; the memory and the files follow it before it is
//! answered, whoever still waits.

mod change;
mod migrations;
mod walk;

use std::{
    collections::{BTreeMap, HashSet},
    error::Error as _,
    ops::Deref,
    path::PathBuf,
    sync::Arc,
};

use change::Change;
use cloud_core::{AccountId, AwsError, Context, Delivery};
use cloud_delivery::{Limits, Outbox, PeerRelay, Task, Timers};
use cloud_store::{Batch, Cached, Error, Key, Layout, Resident, Scan, Store, Table, Transaction, View};

use crate::{
    SERVICE,
    blobs::{Blobs, Fresh, Incoming, Lease, Unused},
    conditions::{WriteCondition, check_delete},
    error::{no_such_bucket, no_such_key, no_such_upload},
    intake::Written,
    notifications::cause::Cause,
    service::OpenError,
    state::{Blob, Bucket, Identity, Object, Part, Upload},
};

const BUCKETS: Table = Table("buckets");
/// By bucket and key.
pub(crate) const OBJECTS: Table = Table("objects");
/// By bucket, key and id.
const UPLOADS: Table = Table("uploads");
/// By upload and number.
const PARTS: Table = Table("parts");
/// The ids of blobs that no record names any more: only these are ever removed.
const FREED: Table = Table("freed");
/// The last number that put an event in its place among those of its key.
const NUMBERS: Table = Table("numbers");
const LAYOUT: Layout = Layout {
    tables: &[
        BUCKETS,
        OBJECTS,
        UPLOADS,
        PARTS,
        FREED,
        NUMBERS,
        migrations::BY_PLACE,
        Outbox::TABLE,
        Timers::TABLE,
    ],
    migrations: &[migrations::INDEXED, migrations::in_order],
};

/// Bytes of objects and of uploads that are held in memory.
pub(crate) const HELD_OBJECTS: usize = 16 << 20;
pub(crate) const HELD_UPLOADS: usize = 1 << 20;

/// How many freed blobs are removed and forgotten at once.
const FORGOTTEN: usize = 1000;

/// All buckets, objects and uploads. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records(Arc<Inner>);

struct Inner {
    buckets: Resident<String, Bucket>,
    objects: Cached<(String, String), Object>,
    uploads: Cached<(String, String, String), Upload>,
    parts: Cached<(String, u64), Part>,
    blobs: Blobs,
    /// What is told of changes.
    outbox: Outbox,
    /// Timers that go off, and what is told; they end with the records.
    _tasks: [Task; 2],
    /// Whose the buckets are that say nothing of it.
    first: AccountId,
}

/// All buckets at one moment.
// LIMIT: all of them are in memory, as many as an account may have.
pub(crate) struct Buckets<'a>(View<'a, String, Bucket>);

impl Buckets<'_> {
    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket, AwsError> {
        self.get(name).ok_or_else(|| no_such_bucket(name))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Bucket> {
        self.0.get(name).map(Deref::deref)
    }

    /// By their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Bucket)> {
        self.0.iter().map(|(name, bucket)| (name, &**bucket))
    }
}

fn ids<'a>(blobs: impl IntoIterator<Item = &'a Blob>) -> Vec<String> {
    blobs.into_iter().map(|blob| blob.id.clone()).collect()
}

impl Records {
    /// Opens the store and the folder of what it names, and goes on with what is to be told.
    pub(crate) async fn open(context: &Context) -> Result<Self, OpenError> {
        let (file, folder) = (context.database(SERVICE), context.folder(SERVICE));
        let store = Store::open_naming(file, LAYOUT, &folder).await?;
        let (blobs, incoming, unused) = Blobs::open(folder).map_err(OpenError::Blobs)?;
        let timers = Timers::open(&store, context).await?;
        let relay = Arc::new(PeerRelay(context.clone()));
        let (outbox, runner) = Outbox::open(&timers, relay, Limits::default()).await?;
        let inner = Inner {
            buckets: Resident::open(&store, BUCKETS, &[]).await?.0,
            objects: Cached::open(&store, OBJECTS, &[], HELD_OBJECTS).await?,
            uploads: Cached::open(&store, UPLOADS, &[], HELD_UPLOADS).await?,
            parts: Cached::open(&store, PARTS, &[], 0).await?,
            blobs,
            outbox,
            _tasks: [Task::start(timers.run()), Task::start(runner.run())],
            first: context.account().clone(),
        };
        inner.settle(incoming).await?;
        let freed = store.scan(FREED, Scan::all()).await?;
        let mut freed: Vec<String> =
            freed.iter().map(|entry| String::from_utf8_lossy(&entry.key).into_owned()).collect();
        // What a crash left is gone when the service answers; of very much the rest goes beside its work.
        let later = freed.split_off(freed.len().min(FORGOTTEN));
        remove_and_forget(&store, inner.blobs.folder(), freed).await;
        inner.blobs.free(later);
        tokio::spawn(remove_unused(store, inner.blobs.folder(), unused));
        Ok(Self(Arc::new(inner)))
    }

    /// All buckets.
    pub(crate) fn buckets(&self) -> Buckets<'_> {
        Buckets(self.0.buckets.view())
    }

    #[cfg(test)]
    pub(crate) fn store(&self) -> &Store {
        self.0.buckets.store()
    }

    /// How many files are still to be removed, and parts whose upload has ended.
    #[cfg(test)]
    pub(crate) async fn left_over(&self) -> usize {
        let both = [self.store().scan(FREED, Scan::all()), self.store().scan(PARTS, Scan::all())];
        futures_util::future::join_all(both).await.into_iter().map(|left| left.unwrap().len()).sum()
    }

    /// How many bytes of objects and uploads are in memory.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.0.objects.bytes() + self.0.uploads.bytes() + self.0.parts.bytes()
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// Whose the buckets are that say nothing of it.
    pub(crate) fn first(&self) -> &AccountId {
        &self.0.first
    }

    /// What is told of changes.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    /// An object, if there is one.
    pub(crate) async fn object(&self, bucket: &str, key: &str) -> Result<Option<Arc<Object>>, AwsError> {
        Ok(self.0.objects.get(&(bucket.to_owned(), key.to_owned())).await?)
    }

    /// An object, held as long as it is read.
    pub(crate) async fn lease(&self, bucket: &str, key: &str) -> Result<Lease, AwsError> {
        self.buckets().bucket(bucket)?;
        let mut found = self.object(bucket, key).await?;
        while let Some(object) = found {
            let lease = self.0.blobs.lease(Arc::clone(&object));
            // What was freed before it was held is no longer what is found.
            found = self.object(bucket, key).await?;
            if found.as_ref().is_some_and(|now| now.blobs == object.blobs) {
                return Ok(lease);
            }
        }
        Err(no_such_key(key))
    }

    /// An upload of a bucket and key.
    pub(crate) async fn upload(
        &self,
        id: &str,
        (bucket, key): (&str, &str),
    ) -> Result<Arc<Upload>, AwsError> {
        let place = (bucket.to_owned(), key.to_owned(), id.to_owned());
        self.0.uploads.get(&place).await?.ok_or_else(|| no_such_upload(id))
    }

    /// The parts of an upload after a number, in order, so many at most.
    pub(crate) async fn parts(
        &self,
        id: &str,
        after: u32,
        most: usize,
    ) -> Result<Vec<(u32, Part)>, AwsError> {
        let (of_upload, mut parts, mut from) = (Scan::prefix(Key::text(id)), Vec::new(), None);
        let rest = of_upload.after(Key::text(id).then_number(after.into()));
        while parts.len() < most {
            let page = self.0.parts.page(rest.clone().limit(most - parts.len()), from).await?;
            if let Some(error) = page.unreadable.into_iter().next() {
                return Err(error.into());
            }
            parts.extend(
                page.records
                    .into_iter()
                    .map(|((_, number), part)| (u32::try_from(number).unwrap_or(u32::MAX), part)),
            );
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        Ok(parts)
    }

    /// A decision as the work of a transaction.
    fn deciding<T>(
        &self,
        decide: impl FnOnce(&mut Change<'_, '_>) -> Result<T, AwsError> + Send + 'static,
    ) -> impl FnOnce(&mut Transaction<'_>) -> Result<T, AwsError> + Send + 'static {
        let inner = Arc::clone(&self.0);
        move |transaction: &mut Transaction<'_>| decide(&mut Change { inner: &inner, transaction })
    }

    /// Decides on a change and makes it, durably and then seen.
    async fn change<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&mut Change<'_, '_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        self.0.buckets.store().transact(self.deciding(decide)).await
    }

    /// The same for a change that makes room.
    async fn free<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&mut Change<'_, '_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        self.0.buckets.store().free(self.deciding(decide)).await
    }

    /// A change that names what was just written. Should it come to nothing, that is removed, whoever waits.
    async fn name<T: Send + 'static>(
        &self,
        fresh: Fresh,
        decide: impl FnOnce(&mut Change<'_, '_>, Fresh) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let id = fresh.written().map(|written| written.blob.id.clone());
        let records = self.clone();
        let naming = tokio::spawn(async move {
            let named = records.change(move |change| decide(change, fresh)).await;
            if let Err(error) = &named
                && !is_unknown(error)
            {
                records.0.blobs.discard(id.as_slice());
            }
            named
        });
        naming.await.map_err(AwsError::internal)?
    }

    /// Adds a bucket, unless `check` says that the one which is there is that, or refuses. True if it was added.
    pub(crate) async fn put_bucket(
        &self,
        name: &str,
        bucket: Bucket,
        check: impl FnOnce(Option<&Bucket>) -> Result<bool, AwsError> + Send + 'static,
    ) -> Result<bool, AwsError> {
        self.put_bucket_and_tell(name, bucket, Vec::new(), check).await
    }

    /// The same, and makes these deliveries if it is added.
    pub(crate) async fn put_bucket_and_tell(
        &self,
        name: &str,
        bucket: Bucket,
        deliveries: Vec<Delivery>,
        check: impl FnOnce(Option<&Bucket>) -> Result<bool, AwsError> + Send + 'static,
    ) -> Result<bool, AwsError> {
        let name = name.to_owned();
        let put = move |change: &mut Change<'_, '_>| {
            if check(change.inner.buckets.within(change.transaction).get(&name)?.as_ref())? {
                return Ok(false);
            }
            change.expect_room(&bucket)?;
            change.inner.buckets.within(change.transaction).put(name, bucket)?;
            change.send(deliveries)?;
            Ok(true)
        };
        self.change(put).await
    }

    /// Changes what is remembered of a bucket.
    pub(crate) async fn change_bucket<T: Send + 'static>(
        &self,
        name: &str,
        edit: impl FnOnce(&mut Bucket) -> T + Send + 'static,
    ) -> Result<T, AwsError> {
        self.change_bucket_and_tell(name, Vec::new(), edit).await
    }

    /// The same, and makes these deliveries.
    pub(crate) async fn change_bucket_and_tell<T: Send + 'static>(
        &self,
        name: &str,
        deliveries: Vec<Delivery>,
        edit: impl FnOnce(&mut Bucket) -> T + Send + 'static,
    ) -> Result<T, AwsError> {
        let name = name.to_owned();
        let edited = move |change: &mut Change<'_, '_>| {
            let mut bucket = change.bucket(&name)?;
            let answer = edit(&mut bucket);
            change.inner.buckets.within(change.transaction).put(name, bucket)?;
            change.send(deliveries)?;
            Ok(answer)
        };
        self.change(edited).await
    }

    /// Changes what is remembered of an object, but for its contents.
    pub(crate) async fn change_object(
        &self,
        bucket: &str,
        key: &str,
        cause: Cause,
        edit: impl FnOnce(&mut Object) + Send + 'static,
    ) -> Result<(), AwsError> {
        let place = (bucket.to_owned(), key.to_owned());
        let edited = move |change: &mut Change<'_, '_>| {
            let bucket = change.bucket(&place.0)?;
            let mut object = change.object(&place)?.ok_or_else(|| no_such_key(&place.1))?;
            edit(&mut object);
            change.announce(&bucket, &place, &cause, Some(&object))?;
            change.set_object(place, &Arc::new(object))
        };
        self.change(edited).await
    }

    /// Removes an empty bucket, with the uploads to it.
    pub(crate) async fn remove_bucket(&self, name: &str) -> Result<(), AwsError> {
        let name = name.to_owned();
        self.free(move |change| change.remove_bucket(&name)).await
    }

    /// Puts an object of what was written in place of what has its key, if the condition holds and the bucket is the one
    /// that it was written for: another may have its name meanwhile, and be another account's.
    pub(crate) async fn put_object(
        &self,
        (bucket, identity): (&str, Identity),
        key: &str,
        fresh: Fresh,
        object: impl FnOnce(Written) -> Object + Send + 'static,
        condition: WriteCondition,
        cause: Cause,
    ) -> Result<Arc<Object>, AwsError> {
        let place = (bucket.to_owned(), key.to_owned());
        let put = move |change: &mut Change<'_, '_>, fresh: Fresh| {
            let bucket = change.bucket(&place.0)?;
            if bucket.identity() != identity {
                return Err(no_such_bucket(&place.0));
            }
            let old = change.object(&place)?;
            condition.check(&place.1, old.as_ref(), false)?;
            let object = Arc::new(object(change.keep(fresh)?));
            change.disturb(&place, None)?;
            change.announce(&bucket, &place, &cause, Some(&object))?;
            change.set_object(place, &object)?;
            change.free(ids(old.iter().flat_map(|old| &old.blobs)))?;
            Ok(object)
        };
        self.name(fresh, put).await
    }

    /// Makes an upload an object in place of what has its key, if the condition holds and the upload is as it was read.
    pub(crate) async fn complete_upload(
        &self,
        id: &str,
        read: Arc<Upload>,
        parts: BTreeMap<u32, Part>,
        object: Object,
        condition: WriteCondition,
        cause: Cause,
    ) -> Result<Arc<Object>, AwsError> {
        let id = id.to_owned();
        self.change(move |change| change.complete_upload(id, &read, &parts, object, &condition, &cause)).await
    }

    /// Removes an object, if the condition holds; true if there was one.
    pub(crate) async fn remove_object(
        &self,
        bucket: &str,
        key: &str,
        if_match: Option<&str>,
        cause: Cause,
    ) -> Result<bool, AwsError> {
        let (place, if_match) = ((bucket.to_owned(), key.to_owned()), if_match.map(str::to_owned));
        let remove = move |change: &mut Change<'_, '_>| {
            let bucket = change.bucket(&place.0)?;
            let old = change.object(&place)?;
            check_delete(if_match.as_deref(), &place.1, old.as_ref())?;
            // AWS: of a key that is not there, too, it is told that it was deleted.
            change.announce(&bucket, &place, &cause, None)?;
            let Some(old) = old else { return Ok(false) };
            change.disturb(&place, None)?;
            change.remove_object(&place)?;
            change.free(ids(&old.blobs))?;
            Ok(true)
        };
        self.free(remove).await
    }

    /// Begins an upload.
    pub(crate) async fn begin_upload(&self, id: &str, upload: Upload) -> Result<(), AwsError> {
        let id = id.to_owned();
        let begin = move |change: &mut Change<'_, '_>| {
            change.bucket(&upload.bucket)?;
            change.set_upload(id, upload)
        };
        self.change(begin).await
    }

    /// Makes what was written a part of an upload, in place of an older one of that number.
    pub(crate) async fn put_part(
        &self,
        id: &str,
        (bucket, key): (&str, &str),
        number: u32,
        fresh: Fresh,
        part: impl FnOnce(Written) -> Part + Send + 'static,
    ) -> Result<Part, AwsError> {
        let (id, place) = (id.to_owned(), (bucket.to_owned(), key.to_owned()));
        let put = move |change: &mut Change<'_, '_>, fresh: Fresh| {
            let mut upload = change.upload(&id, &place)?;
            let part = part(change.keep(fresh)?);
            upload.revision += 1;
            let old = change.put_part((id.clone(), number.into()), part.clone())?;
            change.set_upload(id, upload)?;
            change.free(ids(old.iter().map(|part| &part.blob)))?;
            Ok(part)
        };
        self.name(fresh, put).await
    }

    /// Ends an upload with all of its parts.
    pub(crate) async fn abort_upload(&self, id: &str, bucket: &str, key: &str) -> Result<(), AwsError> {
        let (id, place) = (id.to_owned(), (bucket.to_owned(), key.to_owned()));
        let abort = move |change: &mut Change<'_, '_>| {
            change.upload(&id, &place)?;
            let parts = change.blobs_of_upload(&id)?;
            change.remove_upload(id, &place)?;
            change.free(parts)
        };
        self.free(abort).await
    }
}

/// Whether nobody knows if a change was kept: after a failed flush the next start tells.
fn is_unknown(error: &AwsError) -> bool {
    matches!(error.source().and_then(|source| source.downcast_ref::<Error>()), Some(Error::Stopped))
}

impl Inner {
    /// Moves files that were written when a process ended to where they belong if a record names them, and removes the
    /// others: of those nobody was told. All records are read for it, which is seldom needed.
    async fn settle(&self, incoming: Incoming) -> Result<(), OpenError> {
        if incoming.is_empty() {
            return Ok(());
        }
        let (mut named, mut is_complete) = (HashSet::new(), true);
        let mut note = |blobs: &[Blob]| {
            named.extend(blobs.iter().filter(|blob| incoming.has(&blob.id)).map(|blob| blob.id.clone()));
        };
        is_complete &= walk::each(&self.objects, |object| note(&object.blobs)).await?;
        is_complete &= walk::each(&self.parts, |part| note(std::slice::from_ref(&part.blob))).await?;
        // What no record seems to name may be named by one that could not be read.
        incoming.settle(&self.blobs, &named, is_complete).map_err(OpenError::Blobs)
    }
}

/// Removes freed files as they come up, and forgets them; what a crash leaves is freed again at the next start.
async fn remove_unused(store: Store, folder: PathBuf, mut unused: Unused) {
    let mut waiting = Vec::new();
    while unused.recv_many(&mut waiting, FORGOTTEN).await > 0 {
        remove_and_forget(&store, folder.clone(), std::mem::take(&mut waiting)).await;
    }
}

async fn remove_and_forget(store: &Store, folder: PathBuf, ids: Vec<String>) {
    let removed = tokio::task::spawn_blocking(move || crate::blobs::remove_files(&folder, ids)).await;
    let mut batch = Batch::freeing();
    for id in removed.unwrap_or_default() {
        batch.delete(FREED, id);
    }
    if batch.is_empty() {
        return;
    }
    if let Err(error) = store.commit(batch).await {
        tracing::warn!(%error, "freed files are forgotten at the next start");
    }
}
