//! Collections against a model, and what must hold of them whoever goes away when.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test's helpers")]

#[path = "collection/crash.rs"]
mod crash;
#[path = "collection/flushes.rs"]
mod flushes;
#[path = "collection/held.rs"]
mod held;
#[path = "collection/model.rs"]
mod model;
#[path = "collection/purge.rs"]
mod purge;
#[path = "collection/schedules.rs"]
mod schedules;

use cloud_store::{Batch, Cached, Error, Index, Key, Layout, Resident, Scan, Store, Table, Transaction};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

const NOTES: Table = Table("notes");
const COUNTS: Table = Table("counts");
const BY_TAG: Table = Table("notes_by_tag");
const LAYOUT: Layout = Layout::new(&[NOTES, COUNTS, BY_TAG]);
const TAGS: Index<Note> =
    Index { table: BY_TAG, version: 1, keys: |note| note.tags.iter().map(|tag| Key::text(tag)).collect() };

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    tags: Vec<String>,
}

fn note(text: &str, tags: &[&str]) -> Note {
    Note { text: text.into(), tags: tags.iter().map(|&tag| tag.to_owned()).collect() }
}

async fn store(folder: &TempDir) -> Store {
    Store::open(folder.path().join("cloud/test.db"), LAYOUT).await.unwrap()
}

async fn resident(store: &Store) -> Resident<String, Note> {
    Resident::open(store, NOTES, &[TAGS]).await.unwrap().0
}

async fn cached(store: &Store, bytes: usize) -> Cached<String, Note> {
    Cached::open(store, NOTES, &[TAGS], bytes).await.unwrap()
}

/// Ends a store and awaits that its writer's thread has closed the file.
async fn close(store: Store, folder: &TempDir) {
    drop(store);
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while folder.path().join("cloud/test.db-wal").exists() {
        assert!(std::time::Instant::now() < deadline, "the store was not closed");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn one_record_that_cannot_be_read_takes_no_other_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let mut batch = Batch::new();
    batch.put(NOTES, "poison", "no note");
    batch.put(NOTES, "other", r#"{"text":"","tags":["t"]}"#);
    batch.put(NOTES, [0xff], r#"{"text":"","tags":[]}"#);
    store.commit(batch).await.unwrap();
    let (notes, unreadable) = Resident::<String, Note>::open(&store, NOTES, &[TAGS]).await.unwrap();
    let told: Vec<_> = unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "the record poison of the table notes cannot be read",
            r"the record \xff of the table notes cannot be read"
        ]
    );
    assert_eq!(notes.view().keys().collect::<Vec<_>>(), ["other"]);
    let small = cached(&store, 1 << 20).await;
    let page = small.page(Scan::all(), None).await.unwrap();
    assert_eq!((page.records.len(), page.unreadable.len()), (1, 2));
    for wrong in [
        small.get(&"poison".into()).await.err().unwrap(),
        notes.change::<(), Error, _>("poison".into(), |_| unreachable!()).await.unwrap_err(),
    ] {
        assert_eq!(wrong.to_string(), told[0]);
    }
    // It can be set and removed.
    notes.put("poison".into(), note("", &["t"])).await.unwrap();
    assert_eq!(notes.find(TAGS, Key::text("t"), None, 9).await.unwrap(), ["other", "poison"]);
    assert!(notes.remove("poison".into()).await.unwrap());
    assert!(!notes.remove("poison".into()).await.unwrap());
}

#[tokio::test]
async fn pages_are_bounded_and_go_on_where_they_ended() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = cached(&store, 0).await;
    for n in 0..10 {
        notes.put(format!("{n}"), note(&"x".repeat(100), &[])).await.unwrap();
    }
    for (scan, expected) in [
        (Scan::all().limit(4), vec!["0123", "4567", "89"]),
        (Scan::all().backward().limit(5), vec!["98765", "43210"]),
        (Scan::all().bytes(1), vec!["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
        (Scan::all().from("2").before("5").bytes(200), vec!["23", "4"]),
        (Scan::prefix("7"), vec!["7"]),
        (Scan::prefix("z"), vec![""]),
    ] {
        let (mut pages, mut from) = (Vec::new(), None);
        loop {
            let page = notes.page(scan.clone(), from).await.unwrap();
            pages.push(page.records.into_iter().map(|(key, _)| key).collect::<String>());
            from = page.next.map(|position| position.to_string().parse().unwrap());
            if from.is_none() {
                break;
            }
        }
        assert_eq!(pages, expected, "{scan:?}");
    }
    assert_eq!(notes.bytes(), 0, "pages are not held");
}

#[tokio::test]
async fn an_index_that_is_new_or_changed_is_built_from_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let plain: Cached<String, Note> = Cached::open(&store, NOTES, &[], 0).await.unwrap();
    let notes = plain.clone();
    let fill = move |transaction: &mut Transaction<'_>| {
        for n in 0..3000 {
            let tag = if n % 1000 == 0 { "round" } else { "other" };
            notes.within(transaction).put(format!("{n:04}"), note(&"x".repeat(1000), &[tag]))?;
        }
        Ok::<_, Error>(())
    };
    store.transact(fill).await.unwrap();
    let notes = cached(&store, 0).await;
    assert_eq!(notes.find(TAGS, Key::text("round"), None, 9).await.unwrap(), ["0000", "1000", "2000"]);
    let after = Some("0000".to_owned());
    assert_eq!(notes.find(TAGS, Key::text("round"), after, 1).await.unwrap(), ["1000"]);
    let shouted =
        Index { version: 2, keys: |note: &Note| vec![Key::text(&note.tags[0].to_uppercase())], ..TAGS };
    let notes: Cached<String, Note> = Cached::open(&store, NOTES, &[shouted], 0).await.unwrap();
    assert_eq!(notes.find(shouted, Key::text("ROUND"), None, 9).await.unwrap().len(), 3);
    assert_eq!(notes.find(shouted, Key::text("round"), None, 9).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_cache_holds_no_more_than_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = cached(&store, 10_000).await;
    for n in 0..100 {
        notes.put(format!("{n:03}"), note(&"x".repeat(500), &[])).await.unwrap();
        assert!(notes.bytes() <= 10_000);
    }
    notes.put("large".into(), note(&"x".repeat(20_000), &[])).await.unwrap();
    for n in 0..100 {
        assert!(notes.get(&format!("{n:03}")).await.unwrap().is_some());
        assert!((1..=10_000).contains(&notes.bytes()));
    }
    assert_eq!(notes.get(&"large".into()).await.unwrap().unwrap().text.len(), 20_000);
    assert!(notes.get(&"none".into()).await.unwrap().is_none());
}
