//! Dropping a group's oldest events, with the books kept: those past a time, and those of a function's log beyond what it
//! may hold, for strangers may call a function as often as they like.

use cloud_core::AwsError;
use cloud_store::{Error, Key, Scan, Transaction};

use super::put_log_events::append;
use crate::record::{self, EVENTS, Event, GROUPS, Group, Place, Stream, TIMES, event_key, time_place};

/// How many events one transaction drops.
pub(crate) const DROPPED: usize = 1000;

/// Bytes, as AWS counts them, of a group that a function writes to.
// LIMIT: CloudWatch Logs holds any number, and asks for money.
pub(crate) const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// After so many dropped bytes it is said again.
const TOLD_EVERY: u64 = 16 * 1024 * 1024;
/// How much is read at once where events are counted.
const COUNTED_AT_ONCE: usize = 4 * 1024 * 1024;

/// Drops the oldest events that the scan of the index finds, as long as it is wanted.
pub(crate) fn drop_oldest(
    transaction: &mut Transaction<'_>,
    group: &mut Group,
    scan: &Scan,
    wanted: impl Fn(&Group) -> bool,
) -> Result<usize, Error> {
    let mut dropped = 0;
    // One that is damaged stays where it is, and is said to be when it is read.
    for entry in transaction.scan_lossy(TIMES, scan)?.into_iter().flatten() {
        if !wanted(group) {
            break;
        }
        let stream = String::from_utf8_lossy(&entry.value);
        if let Some(place) = time_place(&entry.key) {
            let key = event_key(&group.name, &stream, place);
            let bytes = size(transaction, &key);
            group.bytes = group.bytes.saturating_sub(bytes);
            group.dropped = group.dropped.saturating_add(bytes);
            transaction.delete(EVENTS, key)?;
        }
        transaction.delete(TIMES, &entry.key)?;
        dropped += 1;
    }
    if dropped > 0 {
        transaction.put_json(GROUPS, &group.name, group)?;
    }
    Ok(dropped)
}

/// What an event counts; one whose text is damaged counts nothing.
pub(crate) fn size(transaction: &Transaction<'_>, key: impl AsRef<[u8]>) -> u64 {
    transaction.get(EVENTS, key).ok().flatten().map_or(0, |value| Event::size(&value))
}

/// The scan of a group's index from its oldest event on.
pub(crate) fn by_age(group: &Group) -> Scan {
    Scan::prefix(Key::text(&group.name))
}

/// Drops the oldest events of a group to which so many were added just now, until it holds no more than it may, and says
/// so in that stream. What is far beyond comes down over several calls.
pub(crate) fn keep_to_limit(
    transaction: &mut Transaction<'_>,
    group: &mut Group,
    stream: &mut Stream,
    added: usize,
    now: i64,
) -> Result<(), AwsError> {
    if group.bytes <= MOST_BYTES {
        return Ok(());
    }
    if !group.counted {
        count(transaction, group).map_err(AwsError::internal)?;
    }
    let before = group.dropped;
    let oldest = by_age(group).limit(DROPPED + 2 * added);
    drop_oldest(transaction, group, &oldest, |group| group.bytes > MOST_BYTES).map_err(AwsError::internal)?;
    if before == group.dropped || before.div_ceil(TOLD_EVERY) == group.dropped.div_ceil(TOLD_EVERY) {
        return Ok(());
    }
    let note = format!(
        "[This log group holds {} MiB: its oldest events are dropped, {} bytes so far]",
        MOST_BYTES >> 20,
        group.dropped
    );
    append(transaction, group, stream, vec![(now, note)], now)
}

/// Corrects the books of a group that is older than their being kept when events are dropped. Once.
fn count(transaction: &mut Transaction<'_>, group: &mut Group) -> Result<(), Error> {
    group.bytes = 0;
    let mut scan = by_age(group).bytes(COUNTED_AT_ONCE);
    loop {
        let entries = transaction.scan_lossy(EVENTS, &scan)?;
        let Some(last) = entries.iter().rev().find_map(|entry| entry.as_ref().ok()) else { break };
        scan = scan.after(&last.key);
        let sizes = entries.iter().flatten().map(|entry| Event::size(&entry.value));
        group.bytes += sizes.sum::<u64>();
    }
    group.counted = true;
    transaction.put_json(GROUPS, &group.name, group)
}

/// Drops events of a group that are before that place, some of them; how many.
pub(crate) fn drop_before(transaction: &mut Transaction<'_>, name: &str, end: Place) -> Result<usize, Error> {
    let Some(mut group) = transaction.get_json::<Group>(GROUPS, name)? else { return Ok(0) };
    let old = by_age(&group).before(record::time_key(name, end)).limit(DROPPED);
    drop_oldest(transaction, &mut group, &old, |_| true)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cloud_core::{Context, LogLine, LogSink};

    use super::*;
    use crate::open::Logs;

    /// Writes lines of so many bytes through the port of functions.
    async fn write(logs: &Logs, lines: &[usize]) {
        let line = |bytes: &usize| LogLine {
            timestamp_ms: logs.context.clock().now_ms(),
            message: "x".repeat(*bytes),
        };
        logs.put("g", "s", lines.iter().map(line).collect()).await.unwrap();
    }

    async fn group(logs: &Logs) -> Group {
        logs.read(|reader| record::group(reader, "g")).await.unwrap()
    }

    /// Makes the books say so many bytes.
    async fn claim(logs: &Logs, bytes: u64, counted: bool) {
        let claimed = Group { bytes, counted, ..group(logs).await };
        let put = move |transaction: &mut Transaction<'_>| {
            transaction.put_json(GROUPS, "g", &claimed).map_err(AwsError::internal)
        };
        logs.transact(put).await.unwrap();
    }

    /// What is kept: of filling its length, of others the text.
    async fn kept(logs: &Logs) -> Vec<String> {
        let entries = logs.store.scan(EVENTS, Scan::all()).await.unwrap();
        let text = |value: &[u8]| {
            let text = String::from_utf8_lossy(value.get(8..).unwrap_or_default()).into_owned();
            if text.starts_with('x') { text.len().to_string() } else { text }
        };
        entries.iter().map(|entry| text(&entry.value)).collect()
    }

    #[tokio::test]
    async fn a_function_s_log_group_drops_its_oldest_and_says_so_now_and_then() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let logs: Arc<Logs> = crate::open(&context).await.unwrap();
        write(&logs, &[100, 200, 300, 400]).await;
        assert_eq!((group(&logs).await.bytes, kept(&logs).await.len()), (1000 + 4 * 26, 4));
        claim(&logs, MOST_BYTES - 50, true).await;
        write(&logs, &[30]).await;
        let note = "[This log group holds 256 MiB: its oldest events are dropped, 126 bytes so far]";
        assert_eq!(kept(&logs).await, ["200", "300", "400", "30", note]);
        write(&logs, &[250]).await;
        assert_eq!(kept(&logs).await, ["400", "30", note, "250"], "not said again");
        let group = group(&logs).await;
        assert!(group.bytes <= MOST_BYTES && group.dropped == 126 + 226 + 326, "{group:?}");
    }

    #[tokio::test]
    async fn books_that_forgot_what_was_dropped_cost_no_event() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let logs = crate::open(&context).await.unwrap();
        write(&logs, &[100, 200]).await;
        claim(&logs, MOST_BYTES, false).await;
        write(&logs, &[300]).await;
        assert_eq!(kept(&logs).await, ["100", "200", "300"]);
        assert_eq!(group(&logs).await.bytes, 600 + 3 * 26);
    }

    #[tokio::test]
    async fn a_deleted_stream_s_events_count_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let logs = crate::open(&context).await.unwrap();
        write(&logs, &[100, 200]).await;
        logs.transact(|transaction| crate::ops::streams::delete(transaction, "g", "s")).await.unwrap();
        assert_eq!((group(&logs).await.bytes, kept(&logs).await.len()), (0, 0));
    }
}
