//! Records: how many a second become durable through one collection, beside SQLite alone with the same number to a flush
//! and beside the bare disk in the same run; and how long reads take among a million.
//!
//! A writer waits for its flush, so no store does more than the disk's flushes times the writers.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use cloud_store::{Cached, Layout, Store, Table, Transaction};
use rusqlite::{Connection, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use crate::measure::{Measures, Series};

const RECORDS: Table = Table("records");
const LAYOUT: Layout = Layout::new(&[RECORDS]);
const WRITERS: u64 = 64;
/// Records that are written over and over.
const WRITTEN: u64 = 100_000;
/// Records among which is read.
const DEPTH: u64 = 1_000_000;
/// Reads that are timed at either end.
const READS: u64 = 1000;
const ROUNDS: u32 = 3;

/// A record of about a hundred bytes.
#[derive(Clone, Serialize, Deserialize)]
struct Record {
    owner: String,
    count: u64,
    text: String,
}

fn record(count: u64) -> Record {
    Record { owner: "arn:aws:iam::000000000000:root".into(), count, text: "x".repeat(24) }
}

pub(crate) fn measure(seconds: u64, measures: &mut Measures) -> Result<()> {
    println!("records");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (mut ours, mut alone, mut disk, mut shared) = (0.0, 0.0, 0.0, 0.0);
    let round = Duration::from_secs(seconds) / ROUNDS;
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        let (rate, per_flush) = runtime.block_on(through_collection(folder.path(), round))?;
        ours += rate / f64::from(ROUNDS);
        shared += per_flush / f64::from(ROUNDS);
        alone += through_sqlite(folder.path(), round)? / f64::from(ROUNDS);
        disk += flushes(folder.path(), round)? / f64::from(ROUNDS);
    }
    measures.judge("records written by 64 writers, durable", ours, "/s", "≥ 20000");
    measures.note("records written through SQLite alone, 64 to a flush", alone, "/s");
    measures.judge("records written, a share of SQLite alone", ours / alone, "", "≥ 0.8");
    measures.note("records written to a flush", shared, "");
    measures.note("flushes of the disk, nothing else, times 64", disk * WRITERS as f64, "/s");
    runtime.block_on(reads(measures))
}

/// A number that looks random.
fn shuffled(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// Records a second, and to a flush.
async fn through_collection(folder: &Path, time: Duration) -> Result<(f64, f64)> {
    let store = Store::open(folder.join("ours/records.db"), LAYOUT).await?;
    let records: Cached<u64, Record> = Cached::open(&store, RECORDS, &[], 16 << 20).await?;
    fill(&records, WRITTEN).await?;
    let written = Arc::new(AtomicU64::new(0));
    let (before, started) = (store.flushes(), Instant::now());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (records, written) = (records.clone(), Arc::clone(&written));
        writers.spawn(async move {
            let mut number = writer << 32;
            while started.elapsed() < time {
                number += 1;
                let count = |old: Option<&Record>| {
                    Ok::<_, cloud_store::Error>((Some(record(old.map_or(0, |old| old.count) + 1)), ()))
                };
                records.change(shuffled(number) % WRITTEN, count).await?;
                written.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, cloud_store::Error>(())
        });
    }
    for outcome in writers.join_all().await {
        outcome?;
    }
    let written = written.load(Ordering::Relaxed) as f64;
    let flushes = (store.flushes() - before) as f64;
    Ok((written / started.elapsed().as_secs_f64(), written / flushes))
}

async fn fill(records: &Cached<u64, Record>, count: u64) -> Result<()> {
    for part in 0..count.div_ceil(10_000) {
        let collection = records.clone();
        let fill = move |transaction: &mut Transaction<'_>| {
            let mut records = collection.within(transaction);
            (part * 10_000..count.min((part + 1) * 10_000)).try_for_each(|key| records.put(key, record(key)))
        };
        records.store().transact::<_, cloud_store::Error, _>(fill).await?;
    }
    Ok(())
}

/// The same records read and written by SQLite and nothing else, in one thread that waits for nobody.
fn through_sqlite(folder: &Path, time: Duration) -> Result<f64> {
    let mut connection = Connection::open(folder.join("alone.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE records(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
    )?;
    let sql = "INSERT INTO records VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2";
    let all = connection.transaction()?;
    for key in 0..WRITTEN {
        all.prepare_cached(sql)?.execute(params![key.to_be_bytes(), serde_json::to_vec(&record(key))?])?;
    }
    all.commit()?;
    let started = Instant::now();
    let mut written = 0;
    while started.elapsed() < time {
        let group = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for writer in 0..WRITERS {
            let key = shuffled((writer << 32) + written) % WRITTEN;
            let old: Vec<u8> = group
                .prepare_cached("SELECT value FROM records WHERE key = ?1")?
                .query_row(params![key.to_be_bytes()], |row| row.get(0))?;
            let old: Record = serde_json::from_slice(&old)?;
            let new = serde_json::to_vec(&record(old.count + 1))?;
            group.prepare_cached(sql)?.execute(params![key.to_be_bytes(), new])?;
        }
        group.commit()?;
        written += 1;
    }
    Ok((written * WRITERS) as f64 / started.elapsed().as_secs_f64())
}

/// Flushes a second of a file that is written over, as much at once as a group of records touches.
fn flushes(folder: &Path, time: Duration) -> Result<f64> {
    let file = File::create_new(folder.join("disk"))?;
    let pages = vec![7; 4096 * WRITERS as usize];
    file.write_all_at(&pages, 0)?;
    file.sync_all()?;
    let (started, mut flushed) = (Instant::now(), 0);
    while started.elapsed() < time {
        file.write_all_at(&pages, 0)?;
        file.sync_data()?;
        flushed += 1;
    }
    Ok(f64::from(flushed) / started.elapsed().as_secs_f64())
}

/// Reads from the file among a million records, at the first thousand and at the last.
async fn reads(measures: &mut Measures) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path().join("records.db"), LAYOUT).await?;
    let records: Cached<u64, Record> = Cached::open(&store, RECORDS, &[], 0).await?;
    fill(&records, DEPTH).await?;
    for (what, from) in [("warm", 0), ("first", 0), ("last", DEPTH - READS)] {
        let mut times = Vec::new();
        for key in 0..READS {
            let started = Instant::now();
            records.get(&(from + shuffled(key) % READS)).await?;
            times.push(started.elapsed());
        }
        if what != "warm" {
            let name = format!("record read among a million, the {what} thousand, p99");
            measures.note(name, Series::new(times).quantile(0.99), "ms");
        }
    }
    measures.note("bytes of records in memory beside a million", records.bytes() as f64, "B");
    Ok(())
}
