//! Many records removed in the background, and their room given back.

use super::*;

fn size(folder: &TempDir) -> u64 {
    ["", "-wal"]
        .iter()
        .map(|suffix| {
            std::fs::metadata(folder.path().join(format!("cloud/test.db{suffix}")))
                .map_or(0, |file| file.len())
        })
        .sum()
}

async fn fill(notes: &Cached<String, Note>, of: &str, count: usize) {
    let (collection, of) = (notes.clone(), of.to_owned());
    let fill = move |transaction: &mut Transaction<'_>| {
        for n in 0..count {
            collection.within(transaction).put(format!("{of}/{n:05}"), note(&"x".repeat(1000), &[&of]))?;
        }
        Ok::<_, Error>(())
    };
    notes.store().transact(fill).await.unwrap();
}

async fn purge(notes: &Cached<String, Note>, of: &str) {
    let (collection, prefix) = (notes.clone(), format!("{of}/"));
    let purge = move |transaction: &mut Transaction<'_>| collection.within(transaction).purge(&prefix);
    notes.store().free::<_, Error, _>(purge).await.unwrap();
}

async fn count(notes: &Cached<String, Note>, of: &str) -> usize {
    notes.store().scan(NOTES, Scan::prefix(format!("{of}/"))).await.unwrap().len()
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !holds().await {
        assert!(std::time::Instant::now() < deadline, "it never came true");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_purge_goes_on_beside_others_and_gives_its_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = cached(&store, 1 << 20).await;
    fill(&notes, "keep", 100).await;
    fill(&notes, "go", 10_000).await;
    let full = size(&folder);
    purge(&notes, "go").await;
    let mut meanwhile = 0;
    until(async || {
        let refused = notes.put("go/new".into(), note("", &[])).await;
        assert!(matches!(refused, Ok(()) | Err(Error::Purged { .. })), "{refused:?}");
        meanwhile += 1;
        refused.is_ok()
    })
    .await;
    assert!(meanwhile > 10, "others had their turn {meanwhile} times");
    assert_eq!((count(&notes, "go").await, count(&notes, "keep").await), (1, 100));
    assert_eq!(notes.find(TAGS, Key::text("go"), None, 9).await.unwrap(), [""; 0]);
    assert_eq!(notes.find(TAGS, Key::text("keep"), None, 999).await.unwrap().len(), 100);
    assert!(notes.get(&"go/00000".into()).await.unwrap().is_none());
    // What is written now and then moves what was given back from the log to the file.
    until(async || {
        notes.put("keep/00000".into(), note(&format!("{}", size(&folder)), &["keep"])).await.unwrap();
        std::fs::metadata(folder.path().join("cloud/test.db")).unwrap().len() < full / 4
    })
    .await;
}

#[tokio::test]
async fn a_purge_is_gone_on_with_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = cached(&store, 0).await;
    fill(&notes, "go", 2000).await;
    purge(&notes, "go").await;
    // Nothing holds the store but its purge, which does not.
    drop(notes);
    close(store, &folder).await;
    let store = super::store(&folder).await;
    let notes = cached(&store, 0).await;
    until(async || count(&notes, "go").await == 0).await;
    until(async || notes.put("go/again".into(), note("", &["go"])).await.is_ok()).await;
    assert_eq!(notes.find(TAGS, Key::text("go"), None, 9).await.unwrap(), ["go/again"]);
}
