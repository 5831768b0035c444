//! Events as they were promised before there was an outbox: they are moved into it when the service is opened.

use std::time::Duration;

use bytes::Bytes;
use cloud_core::Trace;
use cloud_delivery::Error;
use cloud_store::{Scan, Table, Transaction};
use serde::Deserialize;

use super::{Queue, announcement};
use crate::invoke::Event;
use crate::names::FunctionName;

/// Where they lay.
pub(crate) const EVENTS: Table = Table("events");
/// What they carry, by their request ids.
pub(crate) const PAYLOADS: Table = Table("payloads");
pub(crate) const CLIENT_CONTEXTS: Table = Table("client_contexts");

/// How many are moved at once.
const SLICE: usize = 50;

/// An event as it was kept; in the oldest records with what it carries.
#[derive(Deserialize)]
struct Promise {
    request_id: String,
    function: String,
    qualifier: Option<String>,
    accepted_ms: i64,
    payload: Option<String>,
    client_context: Option<String>,
}

impl Queue {
    /// Moves all into the outbox, where their attempts begin anew. One that cannot be read is told of and left where it
    /// is.
    pub(super) async fn adopt_former(&self) -> Result<(), cloud_store::Error> {
        let mut scan = Scan::all().limit(SLICE);
        loop {
            let (queue, slice) = (self.clone(), scan.clone());
            let moved = self.records.store().free(move |transaction| {
                let keys = transaction.keys(EVENTS, &slice)?;
                for key in &keys {
                    match queue.adopt_one(transaction, key) {
                        Ok(()) => {}
                        Err(Error::Store(error)) if !is_unreadable(&error) => return Err(error),
                        Err(error) => {
                            tracing::error!(%error, "an asynchronous event cannot be read; the others go on");
                        }
                    }
                }
                Ok(keys.last().cloned())
            });
            match moved.await? {
                Some(last) => scan = scan.after(last),
                None => return Ok(()),
            }
        }
    }

    fn adopt_one(&self, transaction: &mut Transaction<'_>, key: &[u8]) -> Result<(), Error> {
        let Some(promise) = transaction.get_json::<Promise>(EVENTS, key)? else { return Ok(()) };
        let payload = match promise.payload {
            Some(payload) => Some(Bytes::from(payload)),
            None => transaction.get(PAYLOADS, key)?,
        };
        let beside = transaction.get(CLIENT_CONTEXTS, key)?;
        let beside = beside.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let age = self.context.clock().now_ms().saturating_sub(promise.accepted_ms).max(0).unsigned_abs();
        let event = Event {
            function: FunctionName { name: promise.function, qualifier: promise.qualifier },
            request_id: promise.request_id,
            payload: payload.unwrap_or_default(),
            client_context: promise.client_context.or(beside),
            trace: Trace::default(),
        };
        match announcement(&self.context, event) {
            Ok(announcement) => {
                self.outbox.adopt(transaction, announcement, Duration::from_millis(age))?;
            }
            Err(error) => tracing::error!(%error, "an asynchronous event is of no function that could be"),
        }
        for table in [EVENTS, PAYLOADS, CLIENT_CONTEXTS] {
            transaction.delete(table, key)?;
        }
        Ok(())
    }
}

fn is_unreadable(error: &cloud_store::Error) -> bool {
    error.is_damage() || matches!(error, cloud_store::Error::Form(_))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cloud_core::Context;
    use cloud_delivery::{Limits, Timers};
    use cloud_store::Batch;
    use engine::Engines;

    use super::*;
    use crate::invoke::Runner;
    use crate::log_writer::LogWriter;
    use crate::packages::Packages;
    use crate::ready_versions::ReadyVersions;
    use crate::records::Records;

    #[tokio::test]
    async fn what_was_promised_before_is_moved_and_what_cannot_be_read_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (context, _) = Context::for_test(folder.path());
        let lambda = context.folder("lambda");
        let records =
            Records::open(&context.database("lambda"), &Packages::zips(&lambda)).await.expect("open");
        let record = |id: &str, more: &str| {
            format!(
                r#"{{"request_id":"{id}","function":"f","qualifier":null,"accepted_ms":1,"due_ms":2,"failures":0,"refusals":0{more}}}"#
            )
        };
        let mut batch = Batch::new();
        batch.put(EVENTS, "a", record("a", r#","payload":"[1]","client_context":"{}""#));
        batch.put(EVENTS, "b", "no record");
        batch.put(EVENTS, "c", record("c", ""));
        batch.put(PAYLOADS, "c", "[2]");
        records.store().commit(batch).await.expect("kept");
        let packages = Packages::open(&lambda).expect("open");
        let versions = ReadyVersions::new(context.clone(), packages, Engines::new(Vec::new()));
        let logs = LogWriter::start(context.clone());
        let runner = Runner::new(context.clone(), records.clone(), Arc::new(versions), logs);
        let timers = Timers::open(records.store(), &context).await.expect("open");
        for _ in 0..2 {
            let opened =
                Queue::open(&timers, context.clone(), records.clone(), runner.clone(), Limits::default())
                    .await;
            let queue = opened.expect("open").0;
            let left = records.store().read(|reader| reader.keys(EVENTS, &Scan::all())).await.expect("read");
            assert_eq!(left, [b"b"]);
            // Two, of three bytes each.
            assert_eq!(queue.outbox.waiting().await.expect("read"), 2 * (2048 + 3));
        }
    }
}
