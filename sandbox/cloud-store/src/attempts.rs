//! Work that outlives the process, counted each time it is gone on with: what ends the process whenever it is tried
//! must not be tried at every start.

use std::collections::BTreeSet;

use crate::{Batch, Error, Store, Table};

/// How often each work was gone on with after a start, and neither got on nor ended since.
///
/// At a start, [`Attempts::begin`] is asked about all works under way before any of them is touched. A work that gets
/// on, ends, or stops with the process in good order is [forgotten](Attempts::forget).
#[derive(Clone)]
pub struct Attempts {
    store: Store,
    table: Table,
}

impl Attempts {
    /// How often work may be gone on with and end the process before it is given up.
    pub const MOST: u32 = 2;

    /// The counts, kept in that table of a store. The table holds nothing else.
    pub fn new(store: Store, table: Table) -> Self {
        Self { store, table }
    }

    /// Counts one more attempt of each work; durable when this answers. The works that were tried [`Attempts::MOST`]
    /// times before are the answer: they are to fail, not to be tried again.
    pub async fn begin(&self, works: Vec<String>) -> Result<BTreeSet<String>, Error> {
        if works.is_empty() {
            return Ok(BTreeSet::new());
        }
        let table = self.table;
        // A full disk must not keep a start from going on.
        self.store
            .free(move |transaction| {
                let mut spent = BTreeSet::new();
                for work in works {
                    let before: u32 = transaction.get_json(table, &work)?.unwrap_or(0);
                    if before < Self::MOST {
                        transaction.put_json(table, &work, &(before + 1))?;
                    } else {
                        spent.insert(work);
                    }
                }
                Ok(spent)
            })
            .await
    }

    /// Forgets the attempts of those works.
    pub async fn forget(&self, works: impl IntoIterator<Item = &str>) -> Result<(), Error> {
        let mut batch = Batch::new();
        for work in works {
            batch.delete(self.table, work);
        }
        if batch.is_empty() { Ok(()) } else { self.store.commit(batch).await }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    const ATTEMPTS: Table = Table("attempts");

    /// One life of a process: it finds those works and dies of them, or of something else.
    async fn start(file: &std::path::Path, works: &[&str]) -> (Attempts, Vec<String>) {
        let store = Store::open(file, Layout::new(&[ATTEMPTS])).await.unwrap();
        let attempts = Attempts::new(store, ATTEMPTS);
        let works = works.iter().map(|&work| work.to_owned()).collect();
        let spent = attempts.begin(works).await.unwrap().into_iter().collect();
        (attempts, spent)
    }

    #[tokio::test]
    async fn what_never_gets_on_is_given_up_at_the_third_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("attempts.db");
        for expected in [&[][..], &[], &["poison"], &["poison"]] {
            let (attempts, spent) = start(&file, &["poison", "sound"]).await;
            assert_eq!(spent, expected);
            attempts.forget(["sound"]).await.unwrap();
        }
        let (attempts, _) = start(&file, &[]).await;
        attempts.forget(["poison"]).await.unwrap();
        assert_eq!(start(&file, &["poison"]).await.1, [""; 0]);
    }
}
