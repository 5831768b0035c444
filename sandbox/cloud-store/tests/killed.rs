//! A process that is killed in the middle of its work: what it had acknowledged is there, of a collection and of a log.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test's helpers")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use cloud_store::{Cached, Layout, Query, SegmentLog, Store, StreamId, Table, Transaction};

const RECORDS: Table = Table("records");
const LOG: Table = Table("log");
const WRITERS: u64 = 8;
const ACKNOWLEDGED: usize = 400;
/// Where the process that is killed writes, and from which number on: no other has these.
const FOLDER: &str = "CUMULO_TEST_KILLED_FOLDER";
const FROM: &str = "CUMULO_TEST_KILLED_FROM";

struct Kept {
    records: Cached<u64, u64>,
    log: SegmentLog,
}

impl Kept {
    async fn open(folder: &Path) -> Self {
        let store = Store::open(folder.join("cloud/test.db"), Layout::new(&[RECORDS, LOG])).await.unwrap();
        let records = Cached::open(&store, RECORDS, &[], 1 << 16).await.unwrap();
        let log = SegmentLog::open(&store, LOG, folder.join("cloud/test")).await.unwrap();
        Self { records, log }
    }

    async fn stream(&self) -> StreamId {
        let log = self.log.clone();
        let begin = move |transaction: &mut Transaction<'_>| {
            let group = log.begin_group(transaction)?;
            log.begin_stream(transaction, group)
        };
        self.log.store().transact::<_, cloud_store::Error, _>(begin).await.unwrap()
    }

    /// Writes without end, by several at once, and says of each number when it is durable.
    async fn write(self, from: u64) {
        let id = self.stream().await;
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            let (records, log) = (self.records.clone(), self.log.clone());
            writers.spawn(async move {
                for number in (from + writer..).step_by(WRITERS as usize) {
                    // Larger ones fill segments.
                    let text = Bytes::from(format!("{number} {}", "x".repeat(number as usize % 50 * 1000)));
                    log.append(id, 0, vec![(1, text)]).await.unwrap();
                    records.put(number, number).await.unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "kept {} {} {number}", id.group, id.stream).unwrap();
                    out.flush().unwrap();
                }
            });
        }
        writers.join_all().await;
    }

    async fn numbers(&self, of: StreamId) -> BTreeSet<u64> {
        let mut numbers = BTreeSet::new();
        let mut query = Query::all(of);
        loop {
            let page = self.log.page(query).await.unwrap();
            assert!(page.damaged.is_empty(), "{:?}", page.damaged);
            for record in &page.found {
                let text = str::from_utf8(&record.bytes).unwrap();
                numbers.insert(text.split(' ').next().unwrap().parse().unwrap());
                query.from = record.place;
            }
            query.from.number += 1;
            if !page.more {
                return numbers;
            }
        }
    }
}

/// The process that is killed: this program, told to run the test below.
fn begin(folder: &Path, from: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["writes_until_it_is_killed", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(FROM, from.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The process that the other test kills, by itself: without being told a folder it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::disallowed_methods, reason = "what one test tells the other")]
async fn writes_until_it_is_killed() {
    let (Some(folder), Ok(from)) = (std::env::var_os(FOLDER), std::env::var(FROM)) else { return };
    Kept::open(&PathBuf::from(folder)).await.write(from.parse().unwrap()).await;
}

#[tokio::test]
async fn what_a_killed_process_had_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let mut child = begin(folder.path(), round * 1_000_000);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged: Vec<Vec<u64>> = Vec::new();
        for line in lines {
            if let Some((_, numbers)) = line.unwrap().split_once("kept ") {
                acknowledged.push(numbers.split(' ').map(|number| number.parse().unwrap()).collect());
            }
            if acknowledged.len() == ACKNOWLEDGED {
                // SIGKILL; what it says afterwards is read, too.
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acknowledged.len() >= ACKNOWLEDGED, "it ended by itself");
        let kept = Kept::open(folder.path()).await;
        let [group, stream, _] = acknowledged[0][..] else { panic!("three numbers") };
        let found = kept.numbers(StreamId { group, stream }).await;
        for numbers in &acknowledged {
            let number = numbers[2];
            assert!(found.contains(&number), "round {round}: the log lost {number}");
            assert_eq!(kept.records.get(&number).await.unwrap().as_deref(), Some(&number), "round {round}");
        }
    }
}
