//! Pages of objects and uploads, read as they are walked: as many records at once as the page may need, few behind each
//! place that is leapt over.

use cloud_core::AwsError;
use cloud_store::{Cached, Error, Key, Ordered, Scan, Value};

use super::{Inner, Records};
use crate::{
    listing::{Next, Start, Walk, after_all},
    state::{Object, Upload},
};

/// How many records are read behind a leap. It is four times as many each time that none of them is leapt over.
const BEHIND: usize = 8;

/// The key of a record that is listed within its bucket.
trait Place: Ordered {
    fn key(&self) -> &str;

    /// What tells it from others of the same key.
    fn id(&self) -> &str;
}

impl Place for (String, String) {
    fn key(&self) -> &str {
        &self.1
    }

    fn id(&self) -> &'static str {
        ""
    }
}

impl Place for (String, String, String) {
    fn key(&self) -> &str {
        &self.1
    }

    fn id(&self) -> &str {
        &self.2
    }
}

impl Records {
    /// Walks the objects of a bucket.
    pub(crate) async fn list_objects<T>(
        &self,
        bucket: &str,
        walk: &mut Walk<'_, T>,
        show: impl Fn(&str, &Object) -> T,
    ) -> Result<(), AwsError> {
        let Inner { objects, .. } = &*self.0;
        Ok(through(objects, bucket, walk, |(_, key), object| show(key, object)).await?)
    }

    /// Walks the uploads to a bucket, showing their keys and ids.
    pub(crate) async fn list_uploads<T>(
        &self,
        bucket: &str,
        walk: &mut Walk<'_, T>,
        show: impl Fn(&str, &str, &Upload) -> T,
    ) -> Result<(), AwsError> {
        let Inner { uploads, .. } = &*self.0;
        Ok(through(uploads, bucket, walk, |(_, key, id), upload| show(key, id, upload)).await?)
    }
}

async fn through<P: Place, V: Value, T>(
    records: &Cached<P, V>,
    bucket: &str,
    walk: &mut Walk<'_, T>,
    show: impl Fn(&P, &V) -> T,
) -> Result<(), Error> {
    let of_bucket = Scan::prefix(Key::text(bucket));
    let mut scan = match walk.start() {
        None => return Ok(()),
        Some(Start::At(key)) => of_bucket.clone().from(Key::text(bucket).then_text(&key)),
        Some(Start::After(key)) => {
            let mut all = Key::text(bucket).then_text(&key).into_bytes();
            // Behind every id: none begins with this byte.
            all.push(255);
            of_bucket.clone().from(all)
        }
        Some(Start::AfterOne(key, id)) => {
            of_bucket.clone().after(Key::text(bucket).then_text(&key).then_text(&id))
        }
    };
    let (mut from, mut size) = (None, if walk.rolls() { BEHIND } else { usize::MAX });
    loop {
        let page = records.page(scan.clone().limit(size.min(walk.room())), from).await?;
        let mut leapt: Option<String> = None;
        for (place, value) in &page.records {
            if leapt.as_deref().is_some_and(|leapt| place.key().starts_with(leapt)) {
                continue;
            }
            leapt = match walk.take(place.key(), place.id(), || show(place, value)) {
                Next::None => return Ok(()),
                Next::Follows => None,
                Next::Behind(common) => Some(common),
            };
        }
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
        size = if leapt.is_some() { BEHIND } else { size.saturating_mul(4) };
        if let Some(common) = leapt {
            let Some(key) = after_all(&common) else { return Ok(()) };
            scan = of_bucket.clone().from(Key::text(bucket).then_text(&key));
            from = None;
        }
    }
}

/// Shows every record of a collection. False if there are some that cannot be read.
pub(super) async fn each<K: Ordered, V: Value>(
    records: &Cached<K, V>,
    mut show: impl FnMut(&V),
) -> Result<bool, Error> {
    let (mut is_complete, mut from) = (true, None);
    loop {
        let page = records.page(Scan::all(), from).await?;
        page.records.iter().for_each(|(_, value)| show(value));
        is_complete &= page.unreadable.is_empty();
        from = page.next;
        if from.is_none() {
            return Ok(is_complete);
        }
    }
}
