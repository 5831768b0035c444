//! Uploads as they were kept before: by their ids, their parts within them, found by an index.

use std::collections::BTreeMap;

use cloud_store::{Error, Migration, Ordered, Scan, Table, Transaction};

use super::{PARTS, UPLOADS};
use crate::state::{Part, Upload};

/// The index; empty now.
pub(super) const BY_PLACE: Table = Table("uploads_by_place");
/// A program that did not know it must not change uploads.
pub(super) const INDEXED: Migration = |_| Ok(());

/// Keeps uploads in the order in which they are listed, and each part by itself. One that cannot be read stays as it is.
pub(super) fn in_order(transaction: &mut Transaction<'_>) -> Result<(), Error> {
    for entry in transaction.scan_lossy(UPLOADS, &Scan::all())?.into_iter().flatten() {
        let Some(id) = String::decode(&entry.key) else { continue };
        let (Ok(upload), Ok(Former { parts })) = (entry.json::<Upload>(), entry.json::<Former>()) else {
            continue;
        };
        for (number, part) in parts {
            transaction.put_json(PARTS, (id.clone(), u64::from(number)).encode(), &part)?;
        }
        transaction.delete(UPLOADS, &entry.key)?;
        let place = (upload.bucket.clone(), upload.key.clone(), id);
        transaction.put_json(UPLOADS, place.encode(), &upload)?;
    }
    transaction.delete_prefix(BY_PLACE, [])?;
    Ok(())
}

/// What an upload no longer has.
#[derive(serde::Deserialize)]
struct Former {
    parts: BTreeMap<u32, Part>,
}
