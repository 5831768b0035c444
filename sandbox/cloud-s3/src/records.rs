//! What is kept: in memory for reading and listing, in the store for good. A change is durable before it is seen, and is
//! seen even if whoever asked for it is gone.
//!
//! LIMIT: the names and heads of all objects are held in memory, about half a KiB each.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use cloud_core::AwsError;
use cloud_store::{Batch, Key, Layout, Scan, Store, Table};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    blobs::{Blobs, Fresh, Lease, Unused},
    conditions::{WriteCondition, check_delete},
    error::{bad, no_such_bucket, no_such_key, no_such_upload},
    intake::Written,
    service::OpenError,
    state::{Blob, Bucket, Object, Part, Upload},
};

const BUCKETS: Table = Table("buckets");
const OBJECTS: Table = Table("objects");
const UPLOADS: Table = Table("uploads");
/// The ids of blobs that no record names any more: only these are ever removed.
const FREED: Table = Table("freed");
const LAYOUT: Layout = Layout::new(&[BUCKETS, OBJECTS, UPLOADS, FREED]);

/// How many freed blobs are removed and forgotten at once.
const FORGOTTEN: usize = 1000;

/// All buckets, objects and uploads. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records(Arc<Inner>);

struct Inner {
    store: Store,
    blobs: Blobs,
    memory: RwLock<Memory>,
    /// Held from deciding on a change to having kept it.
    changing: Arc<Mutex<()>>,
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

    /// The uploads to a key, by their ids.
    fn uploads_to(&self, bucket: &str, key: &str) -> Vec<String> {
        let from = (bucket.to_owned(), key.to_owned(), String::new());
        let places = self.by_key.range(from..).take_while(|(of, to, _)| of == bucket && to == key);
        places.map(|(_, _, id)| id.clone()).collect()
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

/// What becomes of files with a change.
#[derive(Default)]
struct Files {
    /// Those that are named from now on.
    named: Vec<String>,
    /// Those that are not named any more.
    freed: Vec<String>,
}

fn ids<'a>(blobs: impl IntoIterator<Item = &'a Blob>) -> Vec<String> {
    blobs.into_iter().map(|blob| blob.id.clone()).collect()
}

impl Records {
    /// Opens the store and the folder of what it names.
    pub(crate) async fn open(file: &Path, folder: PathBuf) -> Result<Self, OpenError> {
        let store = Store::open_naming(file, LAYOUT, &folder).await?;
        let memory = load(&store).await?;
        let (blobs, unused) = Blobs::open(folder, &memory.blobs()).map_err(OpenError::Blobs)?;
        let freed = store.scan(FREED, Scan::all()).await?;
        let mut freed: Vec<String> =
            freed.iter().map(|entry| String::from_utf8_lossy(&entry.key).into_owned()).collect();
        // What a crash left is gone when the service answers; of very much the rest goes beside its work.
        let later = freed.split_off(freed.len().min(FORGOTTEN));
        remove_and_forget(&store, blobs.folder(), freed).await;
        blobs.free(later);
        tokio::spawn(remove_unused(store.clone(), blobs.folder(), unused));
        let inner = Inner { store, blobs, memory: RwLock::new(memory), changing: Arc::default() };
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

    async fn alone(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.0.changing).lock_owned().await
    }

    /// Makes a change durable and then seen, in a task of its own: whoever asked may hang up.
    async fn keep(
        &self,
        alone: OwnedMutexGuard<()>,
        mut batch: Batch,
        files: Files,
        change: impl FnOnce(&mut Memory) + Send + 'static,
    ) -> Result<(), AwsError> {
        let inner = Arc::clone(&self.0);
        for id in &files.freed {
            batch.put(FREED, id, "");
        }
        let kept = tokio::spawn(async move {
            let _alone = alone;
            if let Err(error) = inner.store.commit(batch).await {
                // After a failed flush nobody knows whether they are named: then the next start tells.
                if !matches!(error, cloud_store::Error::Stopped) {
                    inner.blobs.discard(&files.named);
                }
                return Err(error);
            }
            inner.blobs.settle(&files.named);
            change(&mut inner.memory.write().unwrap_or_else(PoisonError::into_inner));
            inner.blobs.free(files.freed);
            Ok(())
        });
        kept.await.map_err(AwsError::internal)?.map_err(AwsError::internal)
    }

    /// Adds a bucket, unless `check` refuses with the one that is there.
    pub(crate) async fn put_bucket(
        &self,
        name: &str,
        bucket: Bucket,
        check: impl FnOnce(Option<&Bucket>) -> Result<(), AwsError>,
    ) -> Result<(), AwsError> {
        let alone = self.alone().await;
        check(self.read().buckets.get(name))?;
        self.keep_bucket(alone, name, bucket).await
    }

    /// Changes what is remembered of a bucket.
    pub(crate) async fn change_bucket(
        &self,
        name: &str,
        change: impl FnOnce(&mut Bucket),
    ) -> Result<(), AwsError> {
        let alone = self.alone().await;
        let mut bucket = self.read().bucket(name)?.clone();
        change(&mut bucket);
        self.keep_bucket(alone, name, bucket).await
    }

    async fn keep_bucket(
        &self,
        alone: OwnedMutexGuard<()>,
        name: &str,
        bucket: Bucket,
    ) -> Result<(), AwsError> {
        let mut batch = Batch::new();
        batch.put_json(BUCKETS, name, &bucket).map_err(AwsError::internal)?;
        let name = name.to_owned();
        self.keep(alone, batch, Files::default(), |memory| drop(memory.buckets.insert(name, bucket))).await
    }

    /// Changes what is remembered of an object, but for its contents.
    pub(crate) async fn change_object(
        &self,
        bucket: &str,
        key: &str,
        change: impl FnOnce(&mut Object),
    ) -> Result<(), AwsError> {
        let alone = self.alone().await;
        let mut object = Object::clone(&*self.lease(bucket, key)?);
        change(&mut object);
        let mut batch = Batch::new();
        batch.put_json(OBJECTS, object_key(bucket, key), &object).map_err(AwsError::internal)?;
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.keep(alone, batch, Files::default(), move |memory| {
            memory.objects.entry(bucket).or_default().insert(key, Arc::new(object));
        })
        .await
    }

    /// Removes an empty bucket, with the uploads to it.
    pub(crate) async fn remove_bucket(&self, name: &str) -> Result<(), AwsError> {
        let alone = self.alone().await;
        let uploads = {
            let memory = self.read();
            memory.bucket(name)?;
            if memory.objects.get(name).is_some_and(|objects| !objects.is_empty()) {
                return Err(bad("BucketNotEmpty", "The bucket you tried to delete is not empty")
                    .status(409)
                    .with("BucketName", name));
            }
            let uploads = memory.uploads_from(name, "");
            uploads.map(|(_, id, upload)| (id.to_owned(), upload.clone())).collect::<Vec<_>>()
        };
        let mut batch = Batch::freeing();
        batch.delete(BUCKETS, name);
        let mut files = Files::default();
        for (id, upload) in &uploads {
            batch.delete(UPLOADS, id);
            files.freed.extend(ids(upload.parts.values().map(|part| &part.blob)));
        }
        let name = name.to_owned();
        self.keep(alone, batch, files, move |memory| {
            memory.buckets.remove(&name);
            memory.objects.remove(&name);
            for (id, _) in &uploads {
                memory.remove_upload(id);
            }
        })
        .await
    }

    /// Puts an object of what was written in place of what has its key, if the condition holds.
    pub(crate) async fn put_object(
        &self,
        bucket: &str,
        key: &str,
        fresh: Fresh,
        object: impl FnOnce(Written) -> Object,
        condition: &WriteCondition,
    ) -> Result<Arc<Object>, AwsError> {
        let alone = self.alone().await;
        let old = self.present(bucket, key)?;
        condition.check(key, old.as_deref(), false)?;
        let written = fresh.keep().ok_or_else(|| AwsError::internal("nothing was written"))?;
        let named = vec![written.blob.id.clone()];
        self.replace(alone, (bucket, key), object(written), old.as_deref(), named).await
    }

    /// Makes an upload an object in place of what has its key, if the condition holds and the upload is as it was read.
    pub(crate) async fn complete_upload(
        &self,
        id: &str,
        read: &Upload,
        object: Object,
        condition: &WriteCondition,
    ) -> Result<Arc<Object>, AwsError> {
        let alone = self.alone().await;
        let (bucket, key) = (read.bucket.as_str(), read.key.as_str());
        let old = {
            let memory = self.read();
            memory.bucket(bucket)?;
            let upload = memory.upload(id, bucket, key)?;
            if upload.parts != read.parts {
                // Its parts' files may be gone: another request replaced one meanwhile.
                let message = "A conflicting conditional operation is currently in progress against this resource. Please try \
                               again.";
                return Err(bad("OperationAborted", message).status(409));
            }
            let old = memory.object(bucket, key);
            condition.check(key, old.as_deref(), upload.disturbed)?;
            old
        };
        let used: HashSet<&str> = object.blobs.iter().map(|blob| blob.id.as_str()).collect();
        let unused =
            read.parts.values().map(|part| &part.blob).filter(|blob| !used.contains(blob.id.as_str()));
        let freed = ids(old.iter().flat_map(|old| &old.blobs).chain(unused));
        let mut batch = Batch::new();
        batch.delete(UPLOADS, id);
        let others = self.disturb(&mut batch, bucket, key, Some(id))?;
        batch.put_json(OBJECTS, object_key(bucket, key), &object).map_err(AwsError::internal)?;
        let object = Arc::new(object);
        let (bucket, key, id) = (bucket.to_owned(), key.to_owned(), id.to_owned());
        let seen = Arc::clone(&object);
        self.keep(alone, batch, Files { named: Vec::new(), freed }, move |memory| {
            memory.objects.entry(bucket).or_default().insert(key, seen);
            memory.remove_upload(&id);
            for (id, upload) in others {
                memory.put_upload(&id, upload);
            }
        })
        .await?;
        Ok(object)
    }

    async fn replace(
        &self,
        alone: OwnedMutexGuard<()>,
        (bucket, key): (&str, &str),
        object: Object,
        old: Option<&Object>,
        named: Vec<String>,
    ) -> Result<Arc<Object>, AwsError> {
        let freed = ids(old.iter().flat_map(|old| &old.blobs));
        let mut batch = Batch::new();
        let others = self.disturb(&mut batch, bucket, key, None)?;
        batch.put_json(OBJECTS, object_key(bucket, key), &object).map_err(AwsError::internal)?;
        let object = Arc::new(object);
        let (bucket, key, seen) = (bucket.to_owned(), key.to_owned(), Arc::clone(&object));
        self.keep(alone, batch, Files { named, freed }, move |memory| {
            memory.objects.entry(bucket).or_default().insert(key, seen);
            for (id, upload) in others {
                memory.put_upload(&id, upload);
            }
        })
        .await?;
        Ok(object)
    }

    fn present(&self, bucket: &str, key: &str) -> Result<Option<Arc<Object>>, AwsError> {
        let memory = self.read();
        memory.bucket(bucket)?;
        Ok(memory.object(bucket, key))
    }

    /// Notes in the uploads to a key that it was changed.
    fn disturb(
        &self,
        batch: &mut Batch,
        bucket: &str,
        key: &str,
        but: Option<&str>,
    ) -> Result<Vec<(String, Upload)>, AwsError> {
        let memory = self.read();
        let mut changed = Vec::new();
        for id in memory.uploads_to(bucket, key) {
            let Some(upload) = memory.uploads.get(&id) else { continue };
            if but != Some(id.as_str()) && !upload.disturbed {
                let upload = Upload { disturbed: true, ..upload.clone() };
                batch.put_json(UPLOADS, &id, &upload).map_err(AwsError::internal)?;
                changed.push((id, upload));
            }
        }
        Ok(changed)
    }

    /// Removes an object, if the condition holds; true if there was one.
    pub(crate) async fn remove_object(
        &self,
        bucket: &str,
        key: &str,
        if_match: Option<&str>,
    ) -> Result<bool, AwsError> {
        let alone = self.alone().await;
        let old = self.present(bucket, key)?;
        check_delete(if_match, key, old.as_deref())?;
        let Some(old) = old else { return Ok(false) };
        let mut batch = Batch::freeing();
        batch.delete(OBJECTS, object_key(bucket, key));
        let others = self.disturb(&mut batch, bucket, key, None)?;
        let files = Files { named: Vec::new(), freed: ids(&old.blobs) };
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.keep(alone, batch, files, move |memory| {
            if let Some(objects) = memory.objects.get_mut(&bucket) {
                objects.remove(&key);
            }
            for (id, upload) in others {
                memory.put_upload(&id, upload);
            }
        })
        .await?;
        Ok(true)
    }

    /// Begins an upload.
    pub(crate) async fn begin_upload(&self, id: &str, upload: Upload) -> Result<(), AwsError> {
        let alone = self.alone().await;
        self.read().bucket(&upload.bucket)?;
        let mut batch = Batch::new();
        batch.put_json(UPLOADS, id, &upload).map_err(AwsError::internal)?;
        let id = id.to_owned();
        self.keep(alone, batch, Files::default(), move |memory| memory.put_upload(&id, upload)).await
    }

    /// Makes what was written a part of an upload, in place of an older one of that number.
    pub(crate) async fn put_part(
        &self,
        id: &str,
        (bucket, key): (&str, &str),
        number: u32,
        fresh: Fresh,
        part: impl FnOnce(Written) -> Part,
    ) -> Result<Part, AwsError> {
        let alone = self.alone().await;
        let mut upload = self.read().upload(id, bucket, key)?.clone();
        let written = fresh.keep().ok_or_else(|| AwsError::internal("nothing was written"))?;
        let part = part(written);
        let old = upload.parts.insert(number, part.clone());
        let files =
            Files { named: vec![part.blob.id.clone()], freed: ids(old.iter().map(|part| &part.blob)) };
        let mut batch = Batch::new();
        batch.put_json(UPLOADS, id, &upload).map_err(AwsError::internal)?;
        let id = id.to_owned();
        self.keep(alone, batch, files, move |memory| memory.put_upload(&id, upload)).await?;
        Ok(part)
    }

    /// Ends an upload with all of its parts.
    pub(crate) async fn abort_upload(&self, id: &str, bucket: &str, key: &str) -> Result<(), AwsError> {
        let alone = self.alone().await;
        let freed = {
            let memory = self.read();
            ids(memory.upload(id, bucket, key)?.parts.values().map(|part| &part.blob))
        };
        let mut batch = Batch::freeing();
        batch.delete(UPLOADS, id);
        let id = id.to_owned();
        self.keep(alone, batch, Files { named: Vec::new(), freed }, move |memory| memory.remove_upload(&id))
            .await
    }
}

async fn load(store: &Store) -> Result<Memory, cloud_store::Error> {
    let mut memory = Memory::default();
    for entry in store.scan(BUCKETS, Scan::all()).await? {
        memory.buckets.insert(String::from_utf8_lossy(&entry.key).into_owned(), entry.json()?);
    }
    for entry in store.scan(OBJECTS, Scan::all()).await? {
        let Some((bucket, rest)) = Key::split_text(&entry.key) else { continue };
        let Some((key, _)) = Key::split_text(rest) else { continue };
        memory.objects.entry(bucket).or_default().insert(key, Arc::new(entry.json()?));
    }
    for entry in store.scan(UPLOADS, Scan::all()).await? {
        memory.put_upload(&String::from_utf8_lossy(&entry.key), entry.json()?);
    }
    Ok(memory)
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

fn object_key(bucket: &str, key: &str) -> Vec<u8> {
    Key::text(bucket).then_text(key).into_bytes()
}
