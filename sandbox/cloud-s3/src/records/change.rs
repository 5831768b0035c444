//! One change as its transaction makes it: what it reads is newer than the memory, which follows it once it is durable.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use cloud_core::AwsError;
use cloud_store::{Key, Scan, Transaction};

use super::{FREED, Inner, Memory, OBJECTS, PLACES, ids};
use crate::{
    blobs::Fresh,
    conditions::WriteCondition,
    error::{bad, no_such_bucket, no_such_upload},
    intake::Written,
    state::{Bucket, Object, Upload},
};

/// A bucket and a key.
type Place = (String, String);

/// A change on the writer's thread.
pub(super) struct Change<'c, 'a> {
    pub(super) inner: &'c Arc<Inner>,
    pub(super) transaction: &'c mut Transaction<'a>,
}

impl Change<'_, '_> {
    /// Changes the memory once this is durable.
    fn see(&mut self, change: impl FnOnce(&mut Memory) + Send + 'static) {
        let inner = Arc::clone(self.inner);
        self.transaction
            .then(move || change(&mut inner.memory.write().unwrap_or_else(PoisonError::into_inner)));
    }

    /// Keeps the file of what was written, and moves it to where it belongs once its record is durable.
    pub(super) fn keep(&mut self, fresh: Fresh) -> Result<Written, AwsError> {
        let written = fresh.keep().ok_or_else(|| AwsError::internal("nothing was written"))?;
        let (inner, id) = (Arc::clone(self.inner), written.blob.id.clone());
        self.transaction.then(move || inner.blobs.settle(&[id]));
        Ok(written)
    }

    /// Lets blobs go that no record names any more. To be called when the memory was told to name them no more.
    pub(super) fn free(&mut self, blobs: Vec<String>) -> Result<(), AwsError> {
        for id in &blobs {
            self.transaction.put(FREED, id, "")?;
        }
        let inner = Arc::clone(self.inner);
        self.transaction.then(move || inner.blobs.free(blobs));
        Ok(())
    }

    pub(super) fn bucket(&mut self, name: &str) -> Result<Bucket, AwsError> {
        let bucket = self.inner.buckets.within(self.transaction).get(&name.to_owned())?;
        bucket.ok_or_else(|| no_such_bucket(name))
    }

    pub(super) fn set_bucket(&mut self, name: String, bucket: Bucket) -> Result<(), AwsError> {
        self.inner.buckets.within(self.transaction).put(name.clone(), bucket.clone())?;
        self.see(|memory| drop(memory.buckets.insert(name, bucket)));
        Ok(())
    }

    pub(super) fn remove_bucket(&mut self, name: String) -> Result<(), AwsError> {
        self.bucket(&name)?;
        let of_bucket = Key::text(&name);
        if !self.transaction.keys(OBJECTS, &Scan::prefix(&of_bucket).limit(1))?.is_empty() {
            return Err(bad("BucketNotEmpty", "The bucket you tried to delete is not empty")
                .status(409)
                .with("BucketName", name.as_str()));
        }
        self.inner.buckets.within(self.transaction).remove(&name)?;
        let mut freed = Vec::new();
        for id in self.inner.uploads.within(self.transaction).find(&PLACES, &of_bucket, None, usize::MAX)? {
            let upload = self.inner.uploads.within(self.transaction).get(&id)?;
            freed.extend(ids(upload.iter().flat_map(|upload| upload.parts.values()).map(|part| &part.blob)));
            self.remove_upload(id)?;
        }
        self.see(move |memory| {
            memory.buckets.remove(&name);
            memory.objects.remove(&name);
        });
        self.free(freed)
    }

    /// An object of a bucket that is there.
    pub(super) fn object(&mut self, place: &Place) -> Result<Option<Object>, AwsError> {
        self.bucket(&place.0)?;
        Ok(self.inner.objects.within(self.transaction).get(place)?)
    }

    pub(super) fn set_object(&mut self, place: Place, object: &Arc<Object>) -> Result<(), AwsError> {
        self.inner.objects.within(self.transaction).put(place.clone(), Arc::clone(object))?;
        let object = Arc::clone(object);
        self.see(move |memory| {
            memory.objects.entry(place.0).or_default().insert(place.1, object);
        });
        Ok(())
    }

    pub(super) fn remove_object(&mut self, place: Place) -> Result<(), AwsError> {
        self.inner.objects.within(self.transaction).remove(&place)?;
        self.see(move |memory| {
            if let Some(objects) = memory.objects.get_mut(&place.0) {
                objects.remove(&place.1);
            }
        });
        Ok(())
    }

    pub(super) fn upload(&mut self, id: &str, place: &Place) -> Result<Upload, AwsError> {
        let upload = self.inner.uploads.within(self.transaction).get(&id.to_owned())?;
        let ours = |upload: &Upload| upload.bucket == place.0 && upload.key == place.1;
        upload.filter(ours).ok_or_else(|| no_such_upload(id))
    }

    pub(super) fn set_upload(&mut self, id: String, upload: Upload) -> Result<(), AwsError> {
        self.inner.uploads.within(self.transaction).put(id.clone(), upload.clone())?;
        self.see(move |memory| memory.put_upload(&id, upload));
        Ok(())
    }

    pub(super) fn remove_upload(&mut self, id: String) -> Result<(), AwsError> {
        self.inner.uploads.within(self.transaction).remove(&id)?;
        self.see(move |memory| memory.remove_upload(&id));
        Ok(())
    }

    /// Notes in the uploads to a key that it was changed.
    pub(super) fn disturb(&mut self, place: &Place, but: Option<&str>) -> Result<(), AwsError> {
        let by = Key::text(&place.0).then_text(&place.1);
        for id in self.inner.uploads.within(self.transaction).find(&PLACES, &by, None, usize::MAX)? {
            let upload = self.inner.uploads.within(self.transaction).get(&id)?;
            let undisturbed = upload.filter(|upload| !upload.disturbed && but != Some(id.as_str()));
            if let Some(upload) = undisturbed {
                self.set_upload(id, Upload { disturbed: true, ..upload })?;
            }
        }
        Ok(())
    }

    /// Makes an upload an object.
    pub(super) fn complete_upload(
        &mut self,
        id: String,
        read: &Upload,
        object: Object,
        condition: &WriteCondition,
    ) -> Result<Arc<Object>, AwsError> {
        let place = (read.bucket.clone(), read.key.clone());
        let old = self.object(&place)?;
        let upload = self.upload(&id, &place)?;
        if upload.parts != read.parts {
            // Its parts' files may be gone: another request replaced one meanwhile.
            let message = "A conflicting conditional operation is currently in progress against this resource. Please try \
                           again.";
            return Err(bad("OperationAborted", message).status(409));
        }
        condition.check(&place.1, old.as_ref(), upload.disturbed)?;
        let used: HashSet<&str> = object.blobs.iter().map(|blob| blob.id.as_str()).collect();
        let unused =
            read.parts.values().map(|part| &part.blob).filter(|blob| !used.contains(blob.id.as_str()));
        let freed = ids(old.iter().flat_map(|old| &old.blobs).chain(unused));
        self.disturb(&place, Some(&id))?;
        self.remove_upload(id)?;
        let object = Arc::new(object);
        self.set_object(place, &object)?;
        self.free(freed)?;
        Ok(object)
    }
}
