//! What is kept: in memory for reading and listing, in the store for good. A change is durable before it is seen.
//!
//! LIMIT: the names and heads of all objects are held in memory, about half a KiB each.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use cloud_core::AwsError;
use cloud_store::{Batch, Key, Layout, Scan, Store, Table};
use tokio::sync::Mutex;

use crate::{
    error::{bad, no_such_bucket, no_such_key, no_such_upload},
    state::{Bucket, Object, Upload},
};

const BUCKETS: Table = Table("buckets");
const OBJECTS: Table = Table("objects");
const UPLOADS: Table = Table("uploads");
const LAYOUT: Layout = Layout::new(&[BUCKETS, OBJECTS, UPLOADS]);

/// All buckets, objects and uploads.
pub(crate) struct Records {
    store: Store,
    memory: RwLock<Memory>,
    /// Held from deciding on a change to having kept it.
    changing: Mutex<()>,
}

/// As held in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) buckets: BTreeMap<String, Bucket>,
    pub(crate) objects: BTreeMap<String, BTreeMap<String, Arc<Object>>>,
    pub(crate) uploads: BTreeMap<String, Upload>,
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

    /// The ids of all blobs in use.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = &str> {
        let objects = self.objects.values().flat_map(BTreeMap::values).flat_map(|object| &object.blobs);
        let parts = self.uploads.values().flat_map(|upload| upload.parts.values().map(|part| &part.blob));
        objects.chain(parts).map(|blob| blob.id.as_str())
    }
}

impl Records {
    pub(crate) async fn open(file: &Path, contents: &Path) -> Result<Self, cloud_store::Error> {
        let store = Store::open_naming(file, LAYOUT, contents).await?;
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
            memory.uploads.insert(String::from_utf8_lossy(&entry.key).into_owned(), entry.json()?);
        }
        Ok(Self { store, memory: RwLock::new(memory), changing: Mutex::default() })
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep(&self, batch: Batch, change: impl FnOnce(&mut Memory)) -> Result<(), AwsError> {
        self.store.commit(batch).await.map_err(AwsError::internal)?;
        change(&mut self.memory.write().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    /// Adds a bucket, unless `check` refuses with the one that is there.
    pub(crate) async fn put_bucket(
        &self,
        name: &str,
        bucket: Bucket,
        check: impl FnOnce(Option<&Bucket>) -> Result<(), AwsError>,
    ) -> Result<(), AwsError> {
        let _alone = self.changing.lock().await;
        check(self.read().buckets.get(name))?;
        let mut batch = Batch::new();
        batch.put_json(BUCKETS, name, &bucket).map_err(AwsError::internal)?;
        self.keep(batch, |memory| drop(memory.buckets.insert(name.to_owned(), bucket))).await
    }

    /// Changes what is remembered of a bucket.
    pub(crate) async fn change_bucket(
        &self,
        name: &str,
        change: impl FnOnce(&mut Bucket),
    ) -> Result<(), AwsError> {
        let _alone = self.changing.lock().await;
        let mut bucket = self.read().bucket(name)?.clone();
        change(&mut bucket);
        let mut batch = Batch::new();
        batch.put_json(BUCKETS, name, &bucket).map_err(AwsError::internal)?;
        self.keep(batch, |memory| drop(memory.buckets.insert(name.to_owned(), bucket))).await
    }

    /// Changes what is remembered of an object, but for its contents.
    pub(crate) async fn change_object(
        &self,
        bucket: &str,
        key: &str,
        change: impl FnOnce(&mut Object),
    ) -> Result<(), AwsError> {
        let _alone = self.changing.lock().await;
        let present = {
            let memory = self.read();
            memory.bucket(bucket)?;
            memory.object(bucket, key).ok_or_else(|| no_such_key(key))?
        };
        let mut object = Object::clone(&present);
        change(&mut object);
        let mut batch = Batch::new();
        batch.put_json(OBJECTS, object_key(bucket, key), &object).map_err(AwsError::internal)?;
        let object = Arc::new(object);
        self.keep(batch, |memory| {
            memory.objects.entry(bucket.to_owned()).or_default().insert(key.to_owned(), object);
        })
        .await
    }

    /// Removes an empty bucket.
    pub(crate) async fn remove_bucket(&self, name: &str) -> Result<(), AwsError> {
        let _alone = self.changing.lock().await;
        {
            let memory = self.read();
            memory.bucket(name)?;
            if memory.objects.get(name).is_some_and(|objects| !objects.is_empty()) {
                return Err(bad("BucketNotEmpty", "The bucket you tried to delete is not empty")
                    .status(409)
                    .with("BucketName", name));
            }
        }
        let mut batch = Batch::new();
        batch.delete(BUCKETS, name);
        self.keep(batch, |memory| {
            memory.buckets.remove(name);
            memory.objects.remove(name);
        })
        .await
    }

    /// Puts an object in place of what has its key, unless `check` refuses that; ends the upload it was made of, which
    /// must still be as it was read. Gives what was replaced.
    pub(crate) async fn put_object(
        &self,
        bucket: &str,
        key: &str,
        object: Object,
        upload: Option<(&str, &Upload)>,
        check: impl FnOnce(Option<&Object>) -> Result<(), AwsError>,
    ) -> Result<Option<Arc<Object>>, AwsError> {
        let _alone = self.changing.lock().await;
        let old = {
            let memory = self.read();
            memory.bucket(bucket)?;
            if let Some((id, read)) = upload
                && memory.upload(id, bucket, key)? != read
            {
                // Its parts' files may be gone: another request replaced one meanwhile.
                let message = "A conflicting conditional operation is currently in progress against this resource. Please try \
                               again.";
                return Err(bad("OperationAborted", message).status(409));
            }
            memory.object(bucket, key)
        };
        let upload = upload.map(|(id, _)| id);
        check(old.as_deref())?;
        let mut batch = Batch::new();
        batch.put_json(OBJECTS, object_key(bucket, key), &object).map_err(AwsError::internal)?;
        if let Some(upload) = upload {
            batch.delete(UPLOADS, upload);
        }
        let object = Arc::new(object);
        self.keep(batch, |memory| {
            memory.objects.entry(bucket.to_owned()).or_default().insert(key.to_owned(), object);
            if let Some(upload) = upload {
                memory.uploads.remove(upload);
            }
        })
        .await?;
        Ok(old)
    }

    /// Removes an object; gives what it was.
    pub(crate) async fn remove_object(
        &self,
        bucket: &str,
        key: &str,
    ) -> Result<Option<Arc<Object>>, AwsError> {
        let _alone = self.changing.lock().await;
        let old = {
            let memory = self.read();
            memory.bucket(bucket)?;
            memory.object(bucket, key)
        };
        if old.is_none() {
            return Ok(None);
        }
        let mut batch = Batch::new();
        batch.delete(OBJECTS, object_key(bucket, key));
        self.keep(batch, |memory| {
            if let Some(objects) = memory.objects.get_mut(bucket) {
                objects.remove(key);
            }
        })
        .await?;
        Ok(old)
    }

    /// Changes an upload: none makes it end. Gives what it was.
    pub(crate) async fn change_upload<T>(
        &self,
        id: &str,
        change: impl FnOnce(Option<&Upload>) -> Result<(Option<Upload>, T), AwsError>,
    ) -> Result<T, AwsError> {
        let _alone = self.changing.lock().await;
        let old = self.read().uploads.get(id).cloned();
        let (new, answer) = change(old.as_ref())?;
        let mut batch = Batch::new();
        match &new {
            Some(upload) => batch.put_json(UPLOADS, id, upload).map_err(AwsError::internal)?,
            None => batch.delete(UPLOADS, id),
        }
        self.keep(batch, |memory| match new {
            Some(upload) => drop(memory.uploads.insert(id.to_owned(), upload)),
            None => drop(memory.uploads.remove(id)),
        })
        .await?;
        Ok(answer)
    }
}

fn object_key(bucket: &str, key: &str) -> Vec<u8> {
    Key::text(bucket).then_text(key).into_bytes()
}
