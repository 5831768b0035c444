//! What version 1 kept as records, one for each event, moved into the log when the service is opened: a group at a time,
//! and begun again where it was cut off. Where the disk is full it is moved later, and until then read by nobody. What cannot be
//! read is left where it is.

use std::collections::HashMap;

use bytes::Bytes;
use cloud_core::AwsError;
use cloud_store::{Append, Entry, Error, Key, Migration, Scan, StreamId, Table, Transaction};
use serde::{Deserialize, Serialize};

use crate::open::Records;
use crate::record::{Group, Stream, left_out};
use crate::shapes::Code;

/// Streams by the names of their groups and their own.
pub(crate) const STREAMS: Table = Table("streams");
/// Events by the names of group and stream, time and number.
pub(crate) const EVENTS: Table = Table("events");
/// The streams of events by group, time and number.
pub(crate) const TIMES: Table = Table("times");

/// What of which group is to go from those, by its name.
pub(crate) const FORMER: Table = Table("former");

/// From version 1: what is in the tables is moved once the log is open.
pub(crate) const MOVED: Migration = |_| Ok(());

/// Events that are read at once, and bytes of them.
const EVENTS_AT_ONCE: usize = 2000;
const BYTES_AT_ONCE: usize = 1 << 20;
/// Records that are removed at once.
const REMOVED_AT_ONCE: usize = 256;

/// What is to go from the former tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Going {
    /// What was moved: what could not be read stays.
    Moved,
    /// All: the group was deleted.
    All,
}

/// Moves the events of all groups that are not moved yet, and removes them where they were.
pub(crate) async fn all(records: &Records) -> Result<(), Error> {
    clear(records).await?;
    let mut from = None;
    loop {
        let page = records.groups.page(Scan::all(), from).await?;
        for (_, group) in page.records {
            if group.id == 0 {
                move_group(records, &group).await?;
                clear(records).await?;
            }
        }
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

/// Refuses what is about the events of a group that is not moved yet.
pub(crate) fn check_moved(group: &Group) -> Result<(), AwsError> {
    if group.id > 0 {
        return Ok(());
    }
    let message = "The events of this log group are kept as an earlier version did, and there is no room on the disk to take them over. Free some space; they are there a minute later. Deleting the log group is possible.";
    Err(Code::ServiceUnavailableException.error(message))
}

async fn move_group(records: &Records, group: &Group) -> Result<(), Error> {
    let store = records.log.store();
    let (begun, name) = (records.clone(), group.name.clone());
    let Some((id, streams)) = store.transact(move |transaction| begin(&begun, transaction, &name)).await?
    else {
        return Ok(());
    };
    let outcome = copy(records, &group.name, id, &streams).await;
    let (ended, name) = (records.clone(), group.name.clone());
    if let Err(error) = outcome {
        // What was copied may be what fills the disk.
        store.free(move |transaction| give_up(&ended, transaction, name, id)).await?;
        return Err(error);
    }
    store.free(move |transaction| end(&ended, transaction, name, id, streams)).await
}

async fn copy(records: &Records, name: &str, id: u64, streams: &[Stream]) -> Result<(), Error> {
    let ids: HashMap<_, _> = streams.iter().map(|stream| (stream.name.clone(), stream.id)).collect();
    let mut scan = Scan::prefix(Key::text(name)).limit(EVENTS_AT_ONCE).bytes(BYTES_AT_ONCE);
    loop {
        let of = scan.clone();
        // Keys alone tell where to go on, also behind what is damaged.
        let both =
            move |reader: &Transaction<'_>| Ok((reader.scan_lossy(EVENTS, &of)?, reader.keys(EVENTS, &of)?));
        let (entries, keys) = records.log.store().read(both).await?;
        records.log.append_all(runs(id, &ids, entries)).await?;
        match keys.last() {
            Some(last) => scan = scan.after(last),
            None => return Ok(()),
        }
    }
}

/// Numbers for a group and its streams. Those of an attempt that was cut off go, with all that they got.
fn begin(
    records: &Records,
    transaction: &mut Transaction<'_>,
    name: &str,
) -> Result<Option<(u64, Vec<Stream>)>, Error> {
    let Some(mut group) = records.groups.within(transaction).get(&name.to_owned())? else { return Ok(None) };
    if group.id > 0 {
        return Ok(None);
    }
    if let Some(begun) = group.moving {
        records.log.remove(transaction, StreamId::all(begun))?;
    }
    let (id, created_ms) = (records.log.begin_group(transaction)?, group.created_ms);
    group.moving = Some(id);
    records.groups.within(transaction).put(name.to_owned(), group)?;
    let mut streams = Vec::new();
    for key in transaction.keys(STREAMS, &Scan::prefix(Key::text(name)))? {
        let Some(stream) = Key::split_text(&key).and_then(|(_, rest)| Some(Key::split_text(rest)?.0)) else {
            continue;
        };
        let former = transaction.get_json(STREAMS, &key).unwrap_or_else(|error| {
            tracing::error!(%error, "the record of a log stream is damaged; its events are kept");
            None
        });
        let former = former.unwrap_or(Stream { created_ms, ..Stream::default() });
        let id = records.log.begin_stream(transaction, id)?.stream;
        streams.push(Stream { name: stream, id, ..former });
    }
    Ok(Some((id, streams)))
}

/// What is to be appended for events that were read.
fn runs(group: u64, ids: &HashMap<String, u64>, entries: Vec<Result<Entry, Error>>) -> Vec<Append> {
    let mut runs: Vec<Append> = Vec::new();
    for entry in entries {
        match entry.and_then(|entry| read(&entry)) {
            Ok((stream, time, written, text)) => {
                // One of no stream stays where it is.
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

/// A group that is being moved; none if it was deleted meanwhile.
fn moving(
    records: &Records,
    transaction: &mut Transaction<'_>,
    name: &String,
    id: u64,
) -> Result<Option<Group>, Error> {
    let group = records.groups.within(transaction).get(name)?;
    Ok(group.filter(|group| group.moving == Some(id)))
}

/// The group is moved another time.
fn give_up(records: &Records, transaction: &mut Transaction<'_>, name: String, id: u64) -> Result<(), Error> {
    let Some(mut group) = moving(records, transaction, &name, id)? else { return Ok(()) };
    group.moving = None;
    records.groups.within(transaction).put(name, group)?;
    records.log.remove(transaction, StreamId::all(id))
}

/// From now on the group is what was moved.
fn end(
    records: &Records,
    transaction: &mut Transaction<'_>,
    name: String,
    id: u64,
    streams: Vec<Stream>,
) -> Result<(), Error> {
    let Some(group) = moving(records, transaction, &name, id)? else { return Ok(()) };
    transaction.put_json(FORMER, Key::text(&name), &Going::Moved)?;
    records.groups.within(transaction).put(name, Group { id, moving: None, ..group })?;
    for stream in streams {
        records.streams.within(transaction).put((id, stream.name.clone()), stream)?;
    }
    Ok(())
}

/// A group is deleted: what of it was kept formerly goes, too.
pub(crate) fn forget(
    records: &Records,
    transaction: &mut Transaction<'_>,
    group: &Group,
) -> Result<(), Error> {
    if let Some(begun) = group.moving {
        records.log.remove(transaction, StreamId::all(begun))?;
    }
    for table in [STREAMS, EVENTS, TIMES] {
        if !transaction.keys(table, &Scan::prefix(Key::text(&group.name)).limit(1))?.is_empty() {
            transaction.put_json(FORMER, Key::text(&group.name), &Going::All)?;
        }
    }
    Ok(())
}

/// Removes what is to go from the former tables, a slice at a time.
async fn clear(records: &Records) -> Result<(), Error> {
    let store = records.log.store();
    loop {
        let first = |reader: &Transaction<'_>| reader.keys(FORMER, &Scan::all().limit(1));
        let Some(note) = store.read(first).await?.pop() else { return Ok(()) };
        // Streams last: they tell which events were moved.
        for table in [EVENTS, TIMES, STREAMS] {
            let mut after = None;
            loop {
                let (note, from) = (note.clone(), after);
                let slice =
                    move |transaction: &mut Transaction<'_>| clear_slice(transaction, table, &note, from);
                after = store.free(slice).await?;
                if after.is_none() {
                    break;
                }
            }
        }
        store.free::<_, Error, _>(move |transaction| transaction.delete(FORMER, note).map(drop)).await?;
    }
}

/// Removes what is to go from some records of a group behind one: the last that was looked at, or none if there are no more.
fn clear_slice(
    transaction: &mut Transaction<'_>,
    table: Table,
    note: &[u8],
    after: Option<Vec<u8>>,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(going) = transaction.get_json::<Going>(FORMER, note)? else { return Ok(None) };
    let mut scan = Scan::prefix(note).limit(REMOVED_AT_ONCE).bytes(BYTES_AT_ONCE);
    if let Some(after) = after {
        scan = scan.after(after);
    }
    let keys = transaction.keys(table, &scan)?;
    for key in &keys {
        let goes = match (going, table) {
            (Going::All, _) | (_, TIMES) => true,
            (_, STREAMS) => transaction.get_json::<Stream>(table, key).is_ok(),
            _ => was_moved(transaction, key),
        };
        if goes {
            transaction.delete(table, key)?;
        }
    }
    Ok(keys.into_iter().last())
}

fn was_moved(transaction: &Transaction<'_>, key: &[u8]) -> bool {
    let Ok(Some(value)) = transaction.get(EVENTS, key) else { return false };
    let entry = Entry { key: key.to_vec(), value };
    let (Ok((stream, ..)), Some((group, _))) = (read(&entry), Key::split_text(key)) else { return false };
    transaction.has(STREAMS, Key::text(&group).then_text(&stream)).unwrap_or(false)
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
        let (id, streams) = records.log.store().transact(attempted).await.unwrap().unwrap();
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

    /// What cannot be read stays, and nothing goes with it.
    #[tokio::test]
    async fn what_is_damaged_stays_where_it_is_and_the_rest_is_moved() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        write(&context).await;
        let layout = Layout::new(&[GROUPS, STREAMS, EVENTS, TIMES]);
        let store = Store::open(context.database("logs"), layout).await.unwrap();
        let of = |stream: &str| Key::text("g").then_text(stream);
        let damage = move |transaction: &mut Transaction<'_>| {
            transaction.put(STREAMS, of("s"), "no JSON")?;
            transaction.put(EVENTS, of("s").then_number(12).then_number(9), "short")?;
            // Of a stream that there is not.
            transaction.put(EVENTS, of("u").then_number(12).then_number(10), [0; 9])
        };
        store.transact::<_, Error, _>(damage).await.unwrap();
        drop(store);
        let logs = crate::open(&context).await.unwrap();
        let group = logs.group("g").await.unwrap();
        let stream = logs.stream(&group, "s").await.unwrap();
        assert_eq!(stream.created_ms, 1, "the group's");
        let found = logs.log.page(Query::all(stream.of(&group))).await.unwrap().found;
        let texts: Vec<_> = found.iter().filter_map(crate::record::message).collect();
        assert_eq!(texts, ["s 10", "s 11"]);
        let left = async |table| logs.log.store().scan(table, Scan::all()).await.unwrap().len();
        assert_eq!((left(STREAMS).await, left(EVENTS).await, left(TIMES).await), (1, 2, 0));
        let (records, name) = (logs.records(), "g".to_owned());
        assert!(logs.free(move |t| crate::ops::groups::delete(&records, t, &name)).await.unwrap());
        all(&logs.records()).await.unwrap();
        assert_eq!((left(STREAMS).await, left(EVENTS).await, left(FORMER).await), (0, 0, 0));
    }

    /// As on a disk that was full: nothing of the group is moved yet.
    #[tokio::test]
    async fn a_group_that_is_not_moved_yet_can_be_deleted_and_says_why_it_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let records = Records::open(&context).await.unwrap();
        let group = Group { name: "g".into(), created_ms: 1, ..Group::default() };
        assert_eq!(check_moved(&group).unwrap_err().code(), "ServiceUnavailableException");
        records.groups.put("g".into(), group).await.unwrap();
        let store = records.log.store();
        let of = records.clone();
        let put = move |t: &mut Transaction<'_>| {
            t.put(EVENTS, Key::text("g").then_text("s").then_number(1).then_number(2), [0; 9])?;
            begin(&of, t, "g")
        };
        let (id, streams) = store.transact(put).await.unwrap().unwrap();
        let of = records.clone();
        let delete = move |t: &mut Transaction<'_>| {
            Ok::<_, Error>(crate::ops::groups::delete(&of, t, &"g".to_owned()).unwrap())
        };
        assert!(store.free(delete).await.unwrap());
        // A move that was under way comes to nothing.
        let of = records.clone();
        store.free(move |t| end(&of, t, "g".into(), id, streams)).await.unwrap();
        assert!(records.groups.get(&"g".to_owned()).await.unwrap().is_none());
        all(&records).await.unwrap();
        assert!(store.scan(EVENTS, Scan::all()).await.unwrap().is_empty());
        assert_eq!(records.log.totals(vec![StreamId::all(id)]).await.unwrap(), [None]);
    }

    /// A small disk that is full when the service is opened first. Only root may mount one; without it the disk has room.
    #[tokio::test]
    async fn a_full_disk_leaves_the_service_open_and_events_are_moved_once_there_is_room() {
        use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
        let folder = tempfile::tempdir().unwrap();
        let size = c"size=16m,mode=700";
        let is_small = mount("cumulo-test", folder.path(), "tmpfs", MountFlags::empty(), size).is_ok();
        let (context, _) = Context::for_test(folder.path());
        write(&context).await;
        let filler = folder.path().join("filler");
        if is_small {
            let mut file = std::fs::File::create(&filler).unwrap();
            while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
        }
        let logs = crate::open(&context).await.unwrap();
        assert_eq!(logs.group("g").await.unwrap().id == 0, is_small);
        assert_eq!(logs.filled_group("g").await.is_err(), is_small);
        let former = logs.log.store().scan(EVENTS, Scan::all()).await.unwrap().len();
        assert_eq!(former, if is_small { 4 } else { 0 });
        let _ = std::fs::remove_file(filler);
        // The service tries as well: of two at once the later goes on.
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
        while logs.filled_group("g").await.is_err() {
            assert!(std::time::Instant::now() < deadline, "it was not moved");
            all(&logs.records()).await.unwrap();
        }
        let group = logs.filled_group("g").await.unwrap();
        let found = logs.log.page(Query::all(StreamId::all(group.id))).await.unwrap().found;
        assert_eq!(found.len(), 4);
        drop(logs);
        if is_small {
            unmount(folder.path(), UnmountFlags::DETACH).unwrap();
        }
    }
}
