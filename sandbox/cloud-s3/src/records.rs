//! What is kept: in memory for reading and listing, in the store for good. A change is decided and written in one
//! transaction of the store; the memory and the files follow it before it is answered, whoever still waits.
//!
//! LIMIT: the names and heads of all objects are held in memory, about half a KiB each.

mod change;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    error::Error as _,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use change::Change;
use cloud_core::AwsError;
use cloud_store::{
    Batch, Cached, Error, Index, Key, Layout, Migration, Ordered, Scan, Store, Table, Transaction, Value,
};

use crate::{
    blobs::{Blobs, Fresh, Lease, Unused},
    conditions::{WriteCondition, check_delete},
    error::{no_such_bucket, no_such_key, no_such_upload},
    intake::Written,
    service::OpenError,
    state::{Blob, Bucket, Identity, Object, Part, Upload},
};

const BUCKETS: Table = Table("buckets");
const OBJECTS: Table = Table("objects");
const UPLOADS: Table = Table("uploads");
/// The ids of blobs that no record names any more: only these are ever removed.
const FREED: Table = Table("freed");
/// Uploads by their bucket, and by bucket and key.
const PLACES: Index<Upload> = Index {
    table: Table("uploads_by_place"),
    version: 1,
    keys: |upload| vec![Key::text(&upload.bucket), Key::text(&upload.bucket).then_text(&upload.key)],
};
/// A program that does not know the index must not change uploads.
const INDEXED: Migration = |_| Ok(());
const LAYOUT: Layout =
    Layout { tables: &[BUCKETS, OBJECTS, UPLOADS, PLACES.table, FREED], migrations: &[INDEXED] };

/// How many freed blobs are removed and forgotten at once.
const FORGOTTEN: usize = 1000;

/// All buckets, objects and uploads. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records(Arc<Inner>);

struct Inner {
    buckets: Cached<String, Bucket>,
    objects: Cached<(String, String), Object>,
    uploads: Cached<String, Upload>,
    blobs: Blobs,
    memory: RwLock<Memory>,
}

/// As held in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) buckets: BTreeMap<String, Bucket>,
    pub(crate) objects: BTreeMap<String, BTreeMap<String, Arc<Object>>>,
    uploads: BTreeMap<String, Upload>,
    /// Uploads by bucket, key and id.
    by_key: BTreeSet<(String, String, String)>,
}

impl Memory {
    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket, AwsError> {
        self.buckets.get(name).ok_or_else(|| no_such_bucket(name))
    }

    pub(crate) fn object(&self, bucket: &str, key: &str) -> Option<Arc<Object>> {
        self.objects.get(bucket)?.get(key).cloned()
    }

    pub(crate) fn upload(&self, id: &str, bucket: &str, key: &str) -> Result<&Upload, AwsError> {
        let ours = |upload: &&Upload| upload.bucket == bucket && upload.key == key;
        self.uploads.get(id).filter(ours).ok_or_else(|| no_such_upload(id))
    }

    /// The uploads to a bucket from a key on, as key, id and upload.
    pub(crate) fn uploads_from<'a>(
        &'a self,
        bucket: &'a str,
        key: &str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a Upload)> + use<'a> {
        let from = (bucket.to_owned(), key.to_owned(), String::new());
        self.by_key
            .range(from..)
            .map_while(move |(of, key, id)| (of == bucket).then_some((key.as_str(), id.as_str())))
            .filter_map(|(key, id)| Some((key, id, self.uploads.get(id)?)))
    }

    fn put_upload(&mut self, id: &str, upload: Upload) {
        self.by_key.insert((upload.bucket.clone(), upload.key.clone(), id.to_owned()));
        self.uploads.insert(id.to_owned(), upload);
    }

    fn remove_upload(&mut self, id: &str) {
        if let Some(upload) = self.uploads.remove(id) {
            self.by_key.remove(&(upload.bucket, upload.key, id.to_owned()));
        }
    }

    /// The ids of all blobs in use.
    fn blobs(&self) -> HashSet<&str> {
        let objects = self.objects.values().flat_map(BTreeMap::values).flat_map(|object| &object.blobs);
        let parts = self.uploads.values().flat_map(|upload| upload.parts.values().map(|part| &part.blob));
        objects.chain(parts).map(|blob| blob.id.as_str()).collect()
    }
}

fn ids<'a>(blobs: impl IntoIterator<Item = &'a Blob>) -> Vec<String> {
    blobs.into_iter().map(|blob| blob.id.clone()).collect()
}

impl Records {
    /// Opens the store and the folder of what it names.
    pub(crate) async fn open(file: &Path, folder: PathBuf) -> Result<Self, OpenError> {
        let store = Store::open_naming(file, LAYOUT, &folder).await?;
        let buckets = Cached::open(&store, BUCKETS, &[], 0).await?;
        let objects = Cached::open(&store, OBJECTS, &[], 0).await?;
        let uploads = Cached::<String, _>::open(&store, UPLOADS, &[PLACES], 0).await?;
        let mut memory = Memory::default();
        let mut is_complete =
            each(&buckets, |name, bucket| drop(memory.buckets.insert(name, bucket))).await?;
        is_complete &= each(&objects, |(bucket, key), object| {
            memory.objects.entry(bucket).or_default().insert(key, Arc::new(object));
        })
        .await?;
        is_complete &= each(&uploads, |id: String, upload| memory.put_upload(&id, upload)).await?;
        let used = memory.blobs();
        // What no record seems to name may be named by one that could not be read.
        let (blobs, unused) = Blobs::open(folder, &used, is_complete).map_err(OpenError::Blobs)?;
        let freed = store.scan(FREED, Scan::all()).await?;
        let mut freed: Vec<String> =
            freed.iter().map(|entry| String::from_utf8_lossy(&entry.key).into_owned()).collect();
        // What a crash left is gone when the service answers; of very much the rest goes beside its work.
        let later = freed.split_off(freed.len().min(FORGOTTEN));
        remove_and_forget(&store, blobs.folder(), freed).await;
        blobs.free(later);
        tokio::spawn(remove_unused(store, blobs.folder(), unused));
        let inner = Inner { buckets, objects, uploads, blobs, memory: RwLock::new(memory) };
        Ok(Self(Arc::new(inner)))
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Memory> {
        self.0.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// An object, held as long as it is read.
    pub(crate) fn lease(&self, bucket: &str, key: &str) -> Result<Lease, AwsError> {
        let memory = self.read();
        memory.bucket(bucket)?;
        let object = memory.object(bucket, key).ok_or_else(|| no_such_key(key))?;
        // While the memory is held nobody can free what was just found.
        Ok(self.0.blobs.lease(object))
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

    /// Adds a bucket, unless `check` refuses with the one that is there.
    pub(crate) async fn put_bucket(
        &self,
        name: &str,
        bucket: Bucket,
        check: impl FnOnce(Option<&Bucket>) -> Result<(), AwsError> + Send + 'static,
    ) -> Result<(), AwsError> {
        let name = name.to_owned();
        let put = move |change: &mut Change<'_, '_>| {
            check(change.inner.buckets.within(change.transaction).get(&name)?.as_ref())?;
            change.set_bucket(name, bucket)
        };
        self.change(put).await
    }

    /// Changes what is remembered of a bucket.
    pub(crate) async fn change_bucket<T: Send + 'static>(
        &self,
        name: &str,
        edit: impl FnOnce(&mut Bucket) -> T + Send + 'static,
    ) -> Result<T, AwsError> {
        let name = name.to_owned();
        let edited = move |change: &mut Change<'_, '_>| {
            let mut bucket = change.bucket(&name)?;
            let answer = edit(&mut bucket);
            change.set_bucket(name, bucket)?;
            Ok(answer)
        };
        self.change(edited).await
    }

    /// Changes what is remembered of an object, but for its contents.
    pub(crate) async fn change_object(
        &self,
        bucket: &str,
        key: &str,
        edit: impl FnOnce(&mut Object) + Send + 'static,
    ) -> Result<(), AwsError> {
        let place = (bucket.to_owned(), key.to_owned());
        let edited = move |change: &mut Change<'_, '_>| {
            let mut object = change.object(&place)?.ok_or_else(|| no_such_key(&place.1))?;
            edit(&mut object);
            change.set_object(place, &Arc::new(object))
        };
        self.change(edited).await
    }

    /// Removes an empty bucket, with the uploads to it.
    pub(crate) async fn remove_bucket(&self, name: &str) -> Result<(), AwsError> {
        let name = name.to_owned();
        self.free(move |change| change.remove_bucket(name)).await
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
    ) -> Result<Arc<Object>, AwsError> {
        let place = (bucket.to_owned(), key.to_owned());
        let put = move |change: &mut Change<'_, '_>, fresh: Fresh| {
            if change.bucket(&place.0)?.identity() != identity {
                return Err(no_such_bucket(&place.0));
            }
            let old = change.object(&place)?;
            condition.check(&place.1, old.as_ref(), false)?;
            let object = Arc::new(object(change.keep(fresh)?));
            change.disturb(&place, None)?;
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
        read: Upload,
        object: Object,
        condition: WriteCondition,
    ) -> Result<Arc<Object>, AwsError> {
        let id = id.to_owned();
        self.change(move |change| change.complete_upload(id, &read, object, &condition)).await
    }

    /// Removes an object, if the condition holds; true if there was one.
    pub(crate) async fn remove_object(
        &self,
        bucket: &str,
        key: &str,
        if_match: Option<&str>,
    ) -> Result<bool, AwsError> {
        let (place, if_match) = ((bucket.to_owned(), key.to_owned()), if_match.map(str::to_owned));
        let remove = move |change: &mut Change<'_, '_>| {
            let old = change.object(&place)?;
            check_delete(if_match.as_deref(), &place.1, old.as_ref())?;
            let Some(old) = old else { return Ok(false) };
            change.disturb(&place, None)?;
            change.remove_object(place)?;
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
            let old = upload.parts.insert(number, part.clone());
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
            let upload = change.upload(&id, &place)?;
            change.remove_upload(id)?;
            change.free(ids(upload.parts.values().map(|part| &part.blob)))
        };
        self.free(abort).await
    }
}

/// Whether nobody knows if a change was kept: after a failed flush the next start tells.
fn is_unknown(error: &AwsError) -> bool {
    matches!(error.source().and_then(|source| source.downcast_ref::<Error>()), Some(Error::Stopped))
}

/// Shows every record of a collection. False if there are some that cannot be read.
async fn each<K: Ordered, V: Value>(
    records: &Cached<K, V>,
    mut show: impl FnMut(K, V),
) -> Result<bool, Error> {
    let (mut is_complete, mut from) = (true, None);
    loop {
        let page = records.page(Scan::all(), from).await?;
        page.records.into_iter().for_each(|(key, value)| show(key, value));
        is_complete &= page.unreadable.is_empty();
        from = page.next;
        if from.is_none() {
            return Ok(is_complete);
        }
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
