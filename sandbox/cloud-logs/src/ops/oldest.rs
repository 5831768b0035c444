//! The bound on the log of a function, for strangers may call that as often as they like: beyond it its group's oldest
//! events are dropped, by whole segments.

use std::sync::{Arc, PoisonError};

use cloud_core::AwsError;
use cloud_store::StreamId;

use crate::open::Logs;
use crate::quotas::EVENT_OVERHEAD;
use crate::record::event;

/// Bytes, as AWS counts them, of a group that a function writes to.
// LIMIT: CloudWatch Logs holds any number, and asks for money.
pub(crate) const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// After so many dropped bytes it is said again.
const TOLD_EVERY: u64 = 16 * 1024 * 1024;
/// After so many bytes it is looked how much a group holds.
const LOOKED_EVERY: u64 = 1 << 20;
/// Groups whose growth is counted; beyond that all are looked at once more.
const COUNTED: usize = 10_000;

impl Logs {
    /// Drops the oldest events of a group to which so many bytes were added just now, until it holds no more than it may, and
    /// says so in that stream.
    pub(crate) async fn keep_to_limit(&self, name: &str, to: StreamId, added: u64) -> Result<(), AwsError> {
        if !self.is_to_be_looked_at(to.group, added) {
            return Ok(());
        }
        let alone = Arc::clone(&self.shrinking).lock_owned().await;
        let whole = StreamId::all(to.group);
        let totals = self.log.totals(vec![whole]).await.map_err(AwsError::internal)?;
        let held = totals.first().copied().flatten().unwrap_or_default();
        let held = held.bytes + EVENT_OVERHEAD as u64 * held.records;
        if held <= self.most_bytes {
            return Ok(());
        }
        let (records, name, beyond) = (self.records(), name.to_owned(), held - self.most_bytes);
        let told = self
            .free(move |transaction| {
                // Also where who called goes away: nobody looks before this is seen.
                transaction.then(move || drop(alone));
                let dropped = records.log.drop_oldest(transaction, to.group, beyond, EVENT_OVERHEAD as u64);
                let dropped = dropped.map_err(AwsError::internal)?;
                let mut groups = records.groups.within(transaction);
                let Some(mut group) = groups.get(&name).map_err(AwsError::internal)? else { return Ok(None) };
                let before = group.dropped;
                group.dropped += dropped.bytes + EVENT_OVERHEAD as u64 * dropped.records;
                let after = group.dropped;
                groups.put(name, group).map_err(AwsError::internal)?;
                Ok((before.div_ceil(TOLD_EVERY) < after.div_ceil(TOLD_EVERY)).then_some(after))
            })
            .await?;
        let Some(dropped) = told else { return Ok(()) };
        let most = self.most_bytes >> 20;
        let note = format!(
            "[This log group holds {most} MiB: its oldest events are dropped, {dropped} bytes so far]"
        );
        let now = self.context.clock().now_ms();
        self.log.append(to, now, vec![event(now, note)]).await.map(drop).map_err(AwsError::internal)
    }

    fn is_to_be_looked_at(&self, group: u64, added: u64) -> bool {
        let mut grown = self.grown.lock().unwrap_or_else(PoisonError::into_inner);
        if grown.len() > COUNTED {
            grown.clear();
        }
        // A group that is not known yet may be full.
        let bytes = grown.entry(group).or_insert(LOOKED_EVERY.min(self.most_bytes));
        *bytes += added;
        let is_much = *bytes >= LOOKED_EVERY.min(self.most_bytes / 8);
        if is_much {
            *bytes = 0;
        }
        is_much
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::{Context, LogLine, LogSink};
    use cloud_store::Query;

    use super::*;
    use crate::open::open_with;
    use crate::record::{Group, message};

    /// Writes a line of so many bytes through the port of functions, and ends the segment.
    async fn write(logs: &Logs, bytes: usize) {
        let line = LogLine { timestamp_ms: logs.context.clock().now_ms(), message: "x".repeat(bytes).into() };
        logs.put("g", "s", vec![line]).await.unwrap();
        logs.log.roll().await.unwrap();
    }

    /// What is kept: of filling its length, of others the text.
    async fn kept(logs: &Logs) -> Vec<String> {
        let group: std::sync::Arc<Group> = logs.group("g").await.unwrap();
        let page = logs.log.page(Query::all(StreamId::all(group.id))).await.unwrap();
        let text = |text: &str| if text.starts_with('x') { text.len().to_string() } else { text.to_owned() };
        page.found.iter().filter_map(message).map(text).collect()
    }

    #[tokio::test]
    async fn a_function_s_log_group_drops_its_oldest_and_says_so_now_and_then() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let logs = open_with(&context, 1000 + 3 * 26).await.unwrap();
        for bytes in [100, 200, 300, 400] {
            write(&logs, bytes).await;
        }
        let note = "[This log group holds 0 MiB: its oldest events are dropped, 126 bytes so far]";
        assert_eq!(kept(&logs).await, ["200", "300", "400", note]);
        write(&logs, 250).await;
        assert_eq!(kept(&logs).await, ["400", note, "250"], "not said again");
        assert_eq!(logs.group("g").await.unwrap().dropped, 126 + 226 + 326);
    }

    #[tokio::test]
    async fn how_much_a_group_holds_is_looked_at_now_and_then() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let logs = crate::open(&context).await.unwrap();
        let looked: Vec<_> =
            [1, LOOKED_EVERY - 1, 1, 1].map(|added| logs.is_to_be_looked_at(7, added)).into();
        assert_eq!(looked, [true, false, true, false]);
    }

    /// Many who write at once drop what is too much once.
    #[tokio::test]
    async fn what_is_too_much_is_dropped_once() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let logs = open_with(&context, 1000 + 3 * 26).await.unwrap();
        write(&logs, 500).await;
        let group = logs.group("g").await.unwrap();
        let to = logs.stream(&group, "s").await.unwrap().of(&group);
        for bytes in [200, 300, 300] {
            let now = logs.context.clock().now_ms();
            logs.log.append(to, now, vec![event(now, "x".repeat(bytes))]).await.unwrap();
            logs.log.roll().await.unwrap();
        }
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let logs = Arc::clone(&logs);
            writers.spawn(async move { logs.keep_to_limit("g", to, LOOKED_EVERY).await.unwrap() });
        }
        writers.join_all().await;
        let note = "[This log group holds 0 MiB: its oldest events are dropped, 526 bytes so far]";
        assert_eq!(kept(&logs).await, ["200", "300", "300", note]);
        assert_eq!(logs.group("g").await.unwrap().dropped, 526);
    }
}
