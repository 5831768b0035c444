//! What version 1 kept as records, one for each event, moved into the log when the service is opened: a group at a time,
//! and begun again where it was cut off.

use std::collections::HashMap;

use bytes::Bytes;
use cloud_store::{Append, Entry, Error, Key, Migration, Scan, StreamId, Table, Transaction};

use crate::open::Records;
use crate::record::{Group, Stream, left_out};

/// Streams by the names of their groups and their own.
pub(crate) const STREAMS: Table = Table("streams");
/// Events by the names of group and stream, time and number.
pub(crate) const EVENTS: Table = Table("events");
/// The streams of events by group, time and number.
pub(crate) const TIMES: Table = Table("times");

/// From version 1: what is in the tables is moved once the log is open.
pub(crate) const MOVED: Migration = |_| Ok(());

/// Events that are read at once, and bytes of them.
const EVENTS_AT_ONCE: usize = 2000;
const BYTES_AT_ONCE: usize = 1 << 20;

/// Moves the events of all groups that are not moved yet.
pub(crate) async fn all(records: &Records) -> Result<(), Error> {
    let mut from = None;
    loop {
        let page = records.groups.page(Scan::all(), from).await?;
        for (_, group) in page.records {
            if group.id == 0 {
                move_group(records, group).await?;
            }
        }
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

async fn move_group(records: &Records, group: Group) -> Result<(), Error> {
    let store = records.log.store();
    let (begun, name) = (records.clone(), group.name.clone());
    let (id, streams) = store.transact(move |transaction| begin(&begun, transaction, &name)).await?;
    let ids: HashMap<_, _> = streams.iter().map(|stream| (stream.name.clone(), stream.id)).collect();
    let mut scan = Scan::prefix(Key::text(&group.name)).limit(EVENTS_AT_ONCE).bytes(BYTES_AT_ONCE);
    loop {
        let of = scan.clone();
        // Keys alone tell where to go on, also behind what is damaged.
        let both =
            move |reader: &Transaction<'_>| Ok((reader.scan_lossy(EVENTS, &of)?, reader.keys(EVENTS, &of)?));
        let (entries, keys) = store.read(both).await?;
        records.log.append_all(runs(id, &ids, entries)).await?;
        match keys.last() {
            Some(last) => scan = scan.after(last),
            None => break,
        }
    }
    let ended = records.clone();
    store.free(move |transaction| end(&ended, transaction, &group, id, streams)).await
}

/// Numbers for a group and its streams. Those of an attempt that was cut off go, with all that they got.
fn begin(
    records: &Records,
    transaction: &mut Transaction<'_>,
    name: &str,
) -> Result<(u64, Vec<Stream>), Error> {
    let Some(mut group) = records.groups.within(transaction).get(&name.to_owned())? else {
        return Ok((0, Vec::new()));
    };
    if let Some(begun) = group.moving {
        records.log.remove(transaction, StreamId::all(begun))?;
    }
    let id = records.log.begin_group(transaction)?;
    group.moving = Some(id);
    records.groups.within(transaction).put(name.to_owned(), group)?;
    let mut streams = Vec::new();
    for entry in transaction.scan_lossy(STREAMS, &Scan::prefix(Key::text(name)))? {
        match entry.and_then(|entry| entry.json::<Stream>()) {
            Ok(stream) => {
                let id = records.log.begin_stream(transaction, id)?.stream;
                streams.push(Stream { id, ..stream });
            }
            Err(error) => tracing::error!(%error, "a log stream is damaged and left out"),
        }
    }
    Ok((id, streams))
}

/// What is to be appended for events that were read.
fn runs(group: u64, ids: &HashMap<String, u64>, entries: Vec<Result<Entry, Error>>) -> Vec<Append> {
    let mut runs: Vec<Append> = Vec::new();
    for entry in entries {
        match entry.and_then(|entry| read(&entry)) {
            Ok((stream, time, written, text)) => {
                // One of a stream that cannot be read goes with it.
                let Some(stream) = ids.get(&stream) else { continue };
                let to = StreamId { group, stream: *stream };
                match runs.last_mut() {
                    Some((of, at, events)) if *of == to && *at == written => events.push((time, text)),
                    _ => runs.push((to, written, vec![(time, text)])),
                }
            }
            Err(error) => left_out(&error),
        }
    }
    runs
}

/// From now on the group is what was moved.
fn end(
    records: &Records,
    transaction: &mut Transaction<'_>,
    group: &Group,
    id: u64,
    streams: Vec<Stream>,
) -> Result<(), Error> {
    let moved = Group { id, moving: None, ..group.clone() };
    records.groups.within(transaction).put(group.name.clone(), moved)?;
    for stream in streams {
        records.streams.within(transaction).put((id, stream.name.clone()), stream)?;
    }
    for table in [STREAMS, EVENTS, TIMES] {
        transaction.delete_prefix(table, Key::text(&group.name))?;
    }
    Ok(())
}

/// An event as version 1 kept it: its stream, time, when it was put, and what it says.
fn read(entry: &Entry) -> Result<(String, i64, i64, Bytes), Error> {
    let parts = || {
        let (_, rest) = Key::split_text(&entry.key)?;
        let (stream, rest) = Key::split_text(rest)?;
        let (time, _) = Key::split_number(rest)?;
        let written = i64::from_be_bytes(*entry.value.first_chunk::<8>()?);
        Some((stream, i64::try_from(time).ok()?, written, entry.value.slice(8..)))
    };
    let key = || entry.key.escape_ascii().to_string();
    parts().ok_or_else(|| Error::Unreadable { table: EVENTS.0, key: key(), source: None })
}

#[cfg(test)]
mod tests {
    use cloud_core::Context;
    use cloud_store::{Layout, Query, Store};
    use serde_json::json;

    use super::*;
    use crate::record::GROUPS;

    /// A store as version 1 left it.
    async fn write(context: &Context) {
        let layout = Layout::new(&[GROUPS, STREAMS, EVENTS, TIMES]);
        let store = Store::open(context.database("logs"), layout).await.unwrap();
        let put = move |transaction: &mut Transaction<'_>| {
            let group = json!({ "name": "g", "created_ms": 1, "bytes": 99, "next": 4, "retention_days": null,
                "kms_key": null, "class": null, "tags": { "a": "b" } });
            transaction.put_json(GROUPS, "g", &group)?;
            let mut number = 0;
            for stream in ["s", "t"] {
                let times = json!({ "name": stream, "created_ms": 2, "first_ms": 10, "last_ms": 11, "ingested_ms": 5 });
                transaction.put_json(STREAMS, Key::text("g").then_text(stream), &times)?;
                for time in [10, 11] {
                    let value = [&5_i64.to_be_bytes()[..], format!("{stream} {time}").as_bytes()].concat();
                    let place = |key: Key| key.then_number(time).then_number(number);
                    transaction.put(EVENTS, place(Key::text("g").then_text(stream)), value)?;
                    transaction.put(TIMES, place(Key::text("g")), stream)?;
                    number += 1;
                }
            }
            Ok::<_, Error>(())
        };
        store.transact(put).await.unwrap();
    }

    /// An attempt that is cut off in the middle.
    async fn attempt(context: &Context) {
        let records = Records::open(context).await.unwrap();
        let of = records.clone();
        let attempted = move |transaction: &mut Transaction<'_>| begin(&of, transaction, "g");
        let (id, streams) = records.log.store().transact(attempted).await.unwrap();
        let to = StreamId { group: id, stream: streams[0].id };
        records.log.append(to, 5, vec![(10, Bytes::from_static(b"s 10"))]).await.unwrap();
    }

    async fn check(attempts: usize) {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        write(&context).await;
        for _ in 0..attempts {
            attempt(&context).await;
        }
        for _ in 0..2 {
            let logs = crate::open(&context).await.unwrap();
            let group = logs.group("g").await.unwrap();
            assert_eq!((group.tags["a"].as_str(), group.created_ms, group.moving), ("b", 1, None));
            let stream = logs.stream(&group, "t").await.unwrap();
            assert_eq!(stream.created_ms, 2);
            for (of, expected) in [
                (StreamId::all(group.id), &["s 10", "t 10", "s 11", "t 11"][..]),
                (stream.of(&group), &["t 10", "t 11"]),
            ] {
                let found = logs.log.page(Query::all(of)).await.unwrap().found;
                assert!(found.iter().all(|record| record.written == 5));
                let texts: Vec<_> =
                    found.iter().map(|record| str::from_utf8(&record.bytes).unwrap()).collect();
                assert_eq!(texts, expected);
            }
            for table in [STREAMS, EVENTS, TIMES] {
                assert!(logs.log.store().scan(table, Scan::all()).await.unwrap().is_empty());
            }
        }
    }

    #[tokio::test]
    async fn what_version_1_kept_is_moved_also_where_that_was_cut_off() {
        check(0).await;
        check(2).await;
    }
}
