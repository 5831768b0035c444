//! A crash at any point of the log: what is there is whole, and indices and other collections say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

/// Counts the notes in another collection, within the transaction that sets or removes one.
async fn change(
    notes: &Resident<String, Note>,
    counts: &Cached<String, u64>,
    key: String,
    new: Option<Note>,
) {
    let (collection, counts) = (notes.clone(), counts.clone());
    let work = move |transaction: &mut Transaction<'_>| {
        let changed = collection.within(transaction).change(key, |_| Ok::<_, Error>((new, ())))?;
        let (before, after) = (u64::from(changed.old.is_some()), u64::from(changed.new.is_some()));
        let count =
            |count: Option<&u64>| Ok::<_, Error>((Some(count.copied().unwrap_or(0) + after - before), ()));
        counts.within(transaction).change("all".into(), count).map(drop)
    };
    notes.store().transact(work).await.unwrap();
}

/// The files of a store after a crash that left so much of its log. Its witness would tell of the loss.
fn crashed(from: &Path, log: usize) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    fs::create_dir(to.path().join("cloud")).unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("cloud/test.db{suffix}");
        let mut bytes = fs::read(from.join(&name)).unwrap();
        if suffix == "-wal" {
            bytes.truncate(log);
        }
        fs::write(to.path().join(name), bytes).unwrap();
    }
    to
}

#[tokio::test]
async fn indices_and_collections_agree_after_any_crash() {
    let folder = tempfile::tempdir().unwrap();
    let open = store(&folder).await;
    let notes = resident(&open).await;
    let counts: Cached<String, u64> = Cached::open(&open, COUNTS, &[], 0).await.unwrap();
    let tags = ["a", "b", "c"];
    for n in 0..24_usize {
        let new = (n % 5 != 4).then(|| note(&"x".repeat(n * 40), &tags[n % 3..(n % 3 + n % 4).min(3)]));
        change(&notes, &counts, format!("{}", n % 7), new).await;
    }
    let whole = fs::metadata(folder.path().join("cloud/test.db-wal")).unwrap().len() as usize;
    let mut seen = BTreeSet::new();
    // In the head of the log, between its frames and within them.
    for log in (0..whole).step_by(24 + 4096).flat_map(|frame| [frame, frame + 32, frame + 2000]) {
        let crashed = crashed(folder.path(), log.min(whole));
        let store = Store::open(crashed.path().join("cloud/test.db"), LAYOUT).await.unwrap();
        let expected: BTreeSet<Vec<u8>> = store
            .scan(NOTES, Scan::all())
            .await
            .unwrap()
            .iter()
            .flat_map(|entry| {
                let note: Note = entry.json().unwrap();
                note.tags.into_iter().map(|tag| {
                    let mut index = Key::default().then_bytes(Key::text(&tag).as_ref()).into_bytes();
                    index.extend(&entry.key);
                    index
                })
            })
            .collect();
        let index = store.scan(BY_TAG, Scan::all()).await.unwrap();
        assert_eq!(
            index.into_iter().map(|entry| entry.key).collect::<BTreeSet<_>>(),
            expected,
            "{log} bytes of log"
        );
        let count = store.get_json::<u64>(COUNTS, "all").await.unwrap().unwrap_or(0);
        assert_eq!(count, store.scan(NOTES, Scan::all()).await.unwrap().len() as u64, "{log} bytes of log");
        seen.insert((count, expected.len()));
    }
    assert!(seen.len() > 6, "crashes at different points: {seen:?}");
}
