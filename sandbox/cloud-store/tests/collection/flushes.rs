//! How many flushes changes cost.

use std::sync::mpsc;

use cloud_store::{Error, Resident};

use super::*;

/// Runs changes while the writer is held, so that all of them wait at once. Returns how many flushes they took.
async fn together<T: Send + 'static>(
    store: &Store,
    changes: Vec<impl Future<Output = T> + Send + 'static>,
) -> u64 {
    let (begun, begins) = tokio::sync::oneshot::channel();
    let (go, held) = mpsc::channel::<()>();
    let writer = store.clone();
    let holding = tokio::spawn(async move {
        let wait = move |_: &mut Transaction<'_>| {
            begun.send(()).unwrap();
            held.recv().unwrap();
            Ok::<_, Error>(())
        };
        writer.transact(wait).await.unwrap();
    });
    begins.await.unwrap();
    let before = store.flushes();
    let mut tasks = tokio::task::JoinSet::new();
    for change in changes {
        tasks.spawn(change);
    }
    // Each is queued where it first waits.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    holding.await.unwrap();
    tasks.join_all().await;
    store.flushes() - before
}

#[tokio::test]
async fn sixty_four_writers_share_a_flush() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes: Resident<String, Note> = resident(&store).await;
    let change = |key: usize| {
        let notes = notes.clone();
        async move { notes.put(format!("{key}"), note("", &["t"])).await.unwrap() }
    };
    assert_eq!(together(&store, (0..64).map(change).collect()).await, 1);
    // Nor do many changes of one record wait for each other's flush.
    let add = |_| {
        let notes = notes.clone();
        async move {
            let add = |old: Option<&Note>| {
                let text = format!("{}x", old.map_or("", |old| old.text.as_str()));
                let length = text.len();
                Ok::<_, Error>((Some(note(&text, &[])), length))
            };
            notes.change("one".to_owned(), add).await.unwrap()
        }
    };
    assert_eq!(together(&store, (0..64).map(add).collect()).await, 1);
    assert_eq!(notes.get(&"one".into()).unwrap().text.len(), 64);
}

#[tokio::test]
async fn what_changes_nothing_is_not_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = resident(&store).await;
    notes.put("a".into(), note("", &[])).await.unwrap();
    let before = store.flushes();
    let same = |old: Option<&Note>| Ok::<_, Error>((old.cloned(), 7));
    assert_eq!(notes.change("a".into(), same).await.unwrap(), 7);
    assert!(!notes.remove("b".into()).await.unwrap());
    let refused = notes.change("a".into(), |_| Err::<(Option<Note>, ()), _>(Error::Stopped)).await;
    assert!(refused.is_err());
    assert_eq!(store.flushes(), before);
}
