//! Log records: how many a second become durable through a log of segments and with how much writing, beside the same kept as
//! records of SQLite with their index by time; how long pages take at either end of a million, with how much memory; and how
//! long it takes to remove them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use cloud_store::{Error, Layout, Place, Query, SegmentLog, Store, StreamId, Table, Transaction};
use rusqlite::{Connection, TransactionBehavior, params};

use crate::measure::{Measures, Series};

const LOG: Table = Table("log");
const WRITERS: u64 = 64;
/// Records among which is read.
const DEPTH: i64 = 1_000_000;
/// Pages that are timed at either end.
const PAGES: i64 = 200;
const TEXT: [u8; 100] = [b'x'; 100];

pub(crate) fn measure(seconds: u64, measures: &mut Measures) -> Result<()> {
    println!("log");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let time = Duration::from_secs(seconds);
    let (appended, per_flush) = runtime.block_on(append(folder.path(), time))?;
    measures.judge("log records appended by 64 writers, durable", appended.rate, "/s", "≥ 20000");
    measures.note("log records appended to a flush", per_flush, "");
    measures.note("bytes written for a log record of 100", appended.written, "B");
    let (alone, deleted) = through_sqlite(folder.path(), time)?;
    measures.note(
        "log records kept in SQLite alone with their index by time, 64 to a flush",
        alone.rate,
        "/s",
    );
    measures.note("bytes written for one of these", alone.written, "B");
    measures.note("a million of these deleted in SQLite alone", deleted, "s");
    runtime.block_on(read(folder.path(), measures))
}

/// What a load came to.
struct Load {
    /// Records a second.
    rate: f64,
    /// Bytes that went to the disk for each.
    written: f64,
}

impl Load {
    fn of(records: f64, started: Instant, written: f64) -> Result<Self> {
        Ok(Self {
            rate: records / started.elapsed().as_secs_f64(),
            written: (proc("io", "write_bytes:")? - written) / records,
        })
    }
}

async fn open(folder: &Path, name: &str) -> Result<SegmentLog> {
    let store = Store::open(folder.join(name).with_extension("db"), Layout::new(&[LOG])).await?;
    Ok(SegmentLog::open(&store, LOG, folder.join(name)).await?)
}

async fn streams(log: &SegmentLog, count: u64) -> Result<Vec<StreamId>> {
    let of = log.clone();
    let begin = move |transaction: &mut Transaction<'_>| {
        let group = of.begin_group(transaction)?;
        (0..count).map(|_| of.begin_stream(transaction, group)).collect()
    };
    Ok(log.store().transact::<_, Error, _>(begin).await?)
}

/// Records a second, and to a flush. Each writer has a stream.
async fn append(folder: &Path, time: Duration) -> Result<(Load, f64)> {
    let log = open(folder, "appended").await?;
    let appended = Arc::new(AtomicU64::new(0));
    let ids = streams(&log, WRITERS).await?;
    let (before, written, started) = (log.flushes(), proc("io", "write_bytes:")?, Instant::now());
    let mut writers = tokio::task::JoinSet::new();
    for id in ids {
        let (log, appended) = (log.clone(), Arc::clone(&appended));
        writers.spawn(async move {
            for at in 0.. {
                if started.elapsed() >= time {
                    break;
                }
                log.append(id, at, vec![(at, Bytes::from_static(&TEXT))]).await?;
                appended.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Error>(())
        });
    }
    for outcome in writers.join_all().await {
        outcome?;
    }
    let appended = appended.load(Ordering::Relaxed) as f64;
    let load = Load::of(appended, started, written)?;
    Ok((load, appended / (log.flushes() - before) as f64))
}

/// As events were kept before: a record by stream and time, and one that finds it by its time alone.
fn through_sqlite(folder: &Path, time: Duration) -> Result<(Load, f64)> {
    let mut connection = Connection::open(folder.join("alone.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    for table in ["events", "times"] {
        connection.execute_batch(&format!(
            "CREATE TABLE {table}(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID"
        ))?;
    }
    let before = proc("io", "write_bytes:")?;
    let (started, mut written) = (Instant::now(), 0_u64);
    while started.elapsed() < time {
        let group = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for stream in 0..WRITERS {
            let (place, stream) = (written.to_be_bytes(), stream.to_be_bytes());
            let mut insert = group.prepare_cached("INSERT INTO events VALUES (?1, ?2)")?;
            insert.execute(params![[stream, place].as_flattened(), TEXT])?;
            let mut insert = group.prepare_cached("INSERT INTO times VALUES (?1, ?2)")?;
            insert.execute(params![[place, stream].as_flattened(), stream])?;
        }
        group.commit()?;
        written += 1;
    }
    let records = (written * WRITERS) as f64;
    let load = Load::of(records, started, before)?;
    let started = Instant::now();
    let all = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for table in ["events", "times"] {
        all.execute(&format!("DELETE FROM {table} WHERE key >= x'00'"), [])?;
    }
    all.commit()?;
    Ok((load, started.elapsed().as_secs_f64() * 1_000_000.0 / records))
}

/// Pages of a hundred records of one stream of 64, at the first and at the last of a million.
async fn read(folder: &Path, measures: &mut Measures) -> Result<()> {
    let log = open(folder, "read").await?;
    let ids = streams(&log, WRITERS).await?;
    let one = *ids.first().context("there are streams")?;
    let before = proc("status", "VmRSS:")?;
    for part in 0..DEPTH / 10_000 {
        let time = |n: i64| part * 10_000 + n;
        let records =
            |first: i64| (first..first + 10).map(|n| (time(n), Bytes::from_static(&TEXT))).collect();
        let appends = (0..1000).zip(ids.iter().cycle()).map(|(n, id)| (*id, 0, records(n * 10)));
        log.append_all(appends.collect()).await?;
    }
    measures.note(
        "memory that a million log records took to append",
        (proc("status", "VmRSS:")? - before) / 1024.0,
        "MiB",
    );
    let group = StreamId::all(one.group);
    for (what, of) in [("a stream", one), ("a group", group)] {
        for (end, first) in [("first", 0), ("last", DEPTH - 50_000)] {
            let mut times = Vec::new();
            for page in 0..PAGES {
                let from = Place { time: first + page * 100, number: 0 };
                let started = Instant::now();
                let found = log.page(Query { from, records: 100, ..Query::all(of) }).await?;
                times.push(started.elapsed());
                anyhow::ensure!(found.found.len() == 100, "a page is short");
            }
            let name = format!("page of 100 log records of {what}, the {end} of a million, p99");
            measures.note(name, Series::new(times).quantile(0.99), "ms");
        }
    }
    let (of, started) = (log.clone(), Instant::now());
    let remove = move |transaction: &mut Transaction<'_>| of.remove(transaction, group);
    log.store().free(remove).await?;
    measures.note(
        "a million log records removed, until that is answered",
        started.elapsed().as_secs_f64(),
        "s",
    );
    log.roll().await?;
    log.reclaim().await?;
    measures.note(
        "a million log records removed, until their room is back",
        started.elapsed().as_secs_f64(),
        "s",
    );
    Ok(())
}

/// A number that the kernel knows of this process, in the unit that it has there.
fn proc(file: &str, name: &str) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/self/{file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.with_context(|| format!("the kernel says no {name}"))?.parse()?)
}
