//! One change as its transaction makes it: what it reads is newer than the memory, which follows it once it is durable.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use cloud_core::{AwsError, Delivery};
use cloud_delivery::{Announcement, Error as NotAnnounced};
use cloud_store::{Key, Ordered, Scan, Transaction};

use super::{FREED, Inner, NUMBERS, OBJECTS, PARTS, UPLOADS, ids};
use crate::{
    blobs::Fresh,
    conditions::WriteCondition,
    error::{bad, no_such_bucket, no_such_upload},
    intake::Written,
    notifications::{self, cause::Cause, destinations::Sender, message::Told},
    quotas,
    state::{Bucket, Object, Part, Upload},
};

/// A bucket and a key.
type Place = (String, String);

/// A change on the writer's thread.
pub(super) struct Change<'c, 'a> {
    pub(super) inner: &'c Arc<Inner>,
    pub(super) transaction: &'c mut Transaction<'a>,
}

impl Change<'_, '_> {
    /// Keeps the file of what was written, and moves it to where it belongs once its record is durable.
    pub(super) fn keep(&mut self, fresh: Fresh) -> Result<Written, AwsError> {
        let written = fresh.keep().ok_or_else(|| AwsError::internal("nothing was written"))?;
        let (inner, id) = (Arc::clone(self.inner), written.blob.id.clone());
        self.transaction.then(move || inner.blobs.settle(&[id]));
        Ok(written)
    }

    /// Lets blobs go that no record names any more. To be called when the records that named them are changed: what
    /// follows comes in that order.
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

    /// That the account of a new bucket may have one more.
    pub(super) fn expect_room(&self, bucket: &Bucket) -> Result<(), AwsError> {
        let buckets = self.inner.buckets.view();
        let of_account = buckets.values().filter(|other| other.account == bucket.account).count();
        quotas::BUCKETS.check(of_account + 1)
    }

    pub(super) fn remove_bucket(&mut self, name: &str) -> Result<(), AwsError> {
        self.bucket(name)?;
        let of_bucket = Key::text(name);
        if !self.transaction.keys(OBJECTS, &Scan::prefix(&of_bucket).limit(1))?.is_empty() {
            return Err(bad("BucketNotEmpty", "The bucket you tried to delete is not empty")
                .status(409)
                .with("BucketName", name));
        }
        self.inner.buckets.within(self.transaction).remove(&name.to_owned())?;
        let mut freed = Vec::new();
        for (bucket, key, id) in self.uploads(of_bucket)? {
            freed.extend(self.blobs_of_upload(&id)?);
            self.remove_upload(id, &(bucket, key))?;
        }
        self.free(freed)
    }

    pub(super) fn object(&mut self, place: &Place) -> Result<Option<Object>, AwsError> {
        Ok(self.inner.objects.within(self.transaction).get(place)?)
    }

    pub(super) fn set_object(&mut self, place: Place, object: &Arc<Object>) -> Result<(), AwsError> {
        Ok(self.inner.objects.within(self.transaction).put(place, Arc::clone(object))?)
    }

    pub(super) fn remove_object(&mut self, place: &Place) -> Result<(), AwsError> {
        self.inner.objects.within(self.transaction).remove(place)?;
        Ok(())
    }

    pub(super) fn upload(&mut self, id: &str, (bucket, key): &Place) -> Result<Upload, AwsError> {
        let place = (bucket.clone(), key.clone(), id.to_owned());
        self.inner.uploads.within(self.transaction).get(&place)?.ok_or_else(|| no_such_upload(id))
    }

    pub(super) fn set_upload(&mut self, id: String, upload: Upload) -> Result<(), AwsError> {
        let place = (upload.bucket.clone(), upload.key.clone(), id);
        Ok(self.inner.uploads.within(self.transaction).put(place, upload)?)
    }

    /// Removes an upload; its parts go little by little.
    pub(super) fn remove_upload(&mut self, id: String, (bucket, key): &Place) -> Result<(), AwsError> {
        self.inner.parts.within(self.transaction).purge(Key::text(&id))?;
        self.inner.uploads.within(self.transaction).remove(&(bucket.clone(), key.clone(), id))?;
        Ok(())
    }

    /// Sets a part; gives the one that had its number.
    pub(super) fn put_part(&mut self, place: (String, u64), part: Part) -> Result<Option<Part>, AwsError> {
        let mut parts = self.inner.parts.within(self.transaction);
        let old = parts.get(&place)?;
        parts.put(place, part)?;
        Ok(old)
    }

    /// The blobs of an upload's parts.
    pub(super) fn blobs_of_upload(&mut self, id: &str) -> Result<Vec<String>, AwsError> {
        let parts = self.transaction.scan(PARTS, &Scan::prefix(Key::text(id)))?;
        let blob = |entry: &cloud_store::Entry| Ok(entry.json::<Part>()?.blob.id);
        parts.iter().map(blob).collect()
    }

    /// The uploads whose places begin so.
    fn uploads(&mut self, begin: Key) -> Result<Vec<(String, String, String)>, AwsError> {
        let keys = self.transaction.keys(UPLOADS, &Scan::prefix(begin))?;
        Ok(keys.iter().filter_map(|key| Ordered::decode(key)).collect())
    }

    /// Notes in the uploads to a key that it was changed.
    pub(super) fn disturb(&mut self, place: &Place, but: Option<&str>) -> Result<(), AwsError> {
        for upload in self.uploads(Key::text(&place.0).then_text(&place.1))? {
            let found = self.inner.uploads.within(self.transaction).get(&upload)?;
            let undisturbed = found.filter(|found| !found.disturbed && but != Some(upload.2.as_str()));
            if let Some(found) = undisturbed {
                self.set_upload(upload.2, Upload { disturbed: true, ..found })?;
            }
        }
        Ok(())
    }

    /// Makes an upload an object.
    pub(super) fn complete_upload(
        &mut self,
        id: String,
        read: &Upload,
        parts: &BTreeMap<u32, Part>,
        object: Object,
        condition: &WriteCondition,
        cause: &Cause,
    ) -> Result<Arc<Object>, AwsError> {
        let place = (read.bucket.clone(), read.key.clone());
        let bucket = self.bucket(&place.0)?;
        let old = self.object(&place)?;
        let upload = self.upload(&id, &place)?;
        if upload.revision != read.revision {
            // Its parts' files may be gone: another request replaced one meanwhile.
            let message = "A conflicting conditional operation is currently in progress against this resource. Please try \
                           again.";
            return Err(bad("OperationAborted", message).status(409));
        }
        condition.check(&place.1, old.as_ref(), upload.disturbed)?;
        let used: HashSet<&str> = object.blobs.iter().map(|blob| blob.id.as_str()).collect();
        let unused = parts.values().map(|part| &part.blob).filter(|blob| !used.contains(blob.id.as_str()));
        let freed = ids(old.iter().flat_map(|old| &old.blobs).chain(unused));
        self.disturb(&place, Some(&id))?;
        self.remove_upload(id, &place)?;
        let object = Arc::new(object);
        self.announce(&bucket, &place, cause, Some(&object))?;
        self.set_object(place, &object)?;
        self.free(freed)?;
        Ok(object)
    }

    /// Tells of what happened to an object whomever its bucket tells of it; none is one that is gone.
    pub(super) fn announce(
        &mut self,
        bucket: &Bucket,
        (name, key): &Place,
        cause: &Cause,
        object: Option<&Object>,
    ) -> Result<(), AwsError> {
        let all = notifications::all(&bucket.notifications);
        let hearing: Vec<_> = all.iter().filter(|one| one.hears(cause.event, key)).collect();
        let is_bridged = bucket.notifications.event_bridge_configuration.is_some();
        if hearing.is_empty() && !is_bridged {
            return Ok(());
        }
        let sequencer = if cause.event.is_about_tags() { None } else { Some(self.sequencer()?) };
        let owner = bucket.account.clone().unwrap_or_else(|| self.inner.first.clone());
        let sender = Sender { bucket: name, region: &bucket.region, owner: &owner };
        let told = Told { cause, sender, key, object, sequencer: sequencer.as_deref() };
        let mut deliveries = Vec::new();
        for one in hearing {
            let record = told.record(one.id.unwrap_or_default());
            deliveries.push(sender.delivery(one.arn, record, cause.trace.clone())?);
        }
        if is_bridged {
            deliveries.push(sender.delivery(&sender.event_bus(), told.bridged(), cause.trace.clone())?);
        }
        self.send(deliveries)
    }

    /// Makes deliveries once this is durable.
    pub(super) fn send(&mut self, deliveries: Vec<Delivery>) -> Result<(), AwsError> {
        for delivery in deliveries {
            let announced = self.inner.outbox.announce(self.transaction, Announcement::new(delivery));
            announced.map_err(not_announced)?;
        }
        Ok(())
    }

    /// What is greater than what the events before had, as a text too.
    fn sequencer(&mut self) -> Result<String, AwsError> {
        let name = Key::text("sequencer").into_bytes();
        let last = self.transaction.get(NUMBERS, &name)?;
        let next = last.as_deref().and_then(Key::split_number).map_or(0, |(last, _)| last).saturating_add(1);
        self.transaction.put(NUMBERS, &name, next.to_be_bytes())?;
        Ok(format!("{next:018X}"))
    }
}

/// Where so much waits for a destination that there is no room for more, nothing is done of which it would not be told.
fn not_announced(error: NotAnnounced) -> AwsError {
    match error {
        NotAnnounced::Full { .. } => {
            AwsError::new("SlowDown", "Please reduce your request rate.").status(503).because(error)
        }
        error => error.into(),
    }
}
