//! Records that are held while somebody decides on them.

use std::sync::Arc;
use std::task::Poll;

use cloud_core::interrupt::drop_at;

use super::*;

/// Adds a letter to the text of a note that is held.
async fn add(notes: &Resident<String, Note>, key: &str) -> Result<usize, Error> {
    let held = notes.hold(key.to_owned()).await?;
    let text = format!("{}x", held.old().map_or("", |old| old.text.as_str()));
    let length = text.len();
    held.set(false, Some(Arc::new(note(&text, &["held"]))), move |_| Ok(length)).await
}

#[tokio::test]
async fn one_record_is_held_by_one_at_a_time_and_others_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = resident(&store).await;
    let held = notes.hold("a".into()).await.unwrap();
    assert_eq!(add(&notes, "b").await.unwrap(), 1);
    let mut waiting = Box::pin(add(&notes, "a"));
    assert!(std::future::poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending())).await);
    held.set::<_, Error, _>(false, Some(Arc::new(note("xx", &[]))), |_| Ok(())).await.unwrap();
    assert_eq!(waiting.await.unwrap(), 3);
    let all = (0..64).map(|_| {
        let notes = notes.clone();
        async move { add(&notes, "c").await.unwrap() }
    });
    let mut lengths = all.collect::<tokio::task::JoinSet<_>>().join_all().await;
    lengths.sort_unstable();
    assert_eq!(lengths, (1..=64).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_goes_away_leaves_a_record_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = resident(&store).await;
    for waits in 1.. {
        let done = drop_at(add(&notes, "a"), waits).await;
        let length = add(&notes, "a").await.unwrap();
        let here = notes.get(&"a".into()).unwrap();
        assert_eq!(here.text.len(), length);
        assert_eq!(store.get_json::<Note>(NOTES, "a").await.unwrap().as_ref(), Some(&*here));
        if done.is_some() {
            break;
        }
    }
    let refused: Result<(), Error> =
        notes.hold("a".into()).await.unwrap().set(false, None, |_| Err(Error::Stopped)).await;
    assert!(refused.is_err() && notes.get(&"a".into()).is_some());
    add(&notes, "a").await.unwrap();
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let notes = resident(&store).await;
    let held = notes.hold("a".into()).await.unwrap();
    notes.put("a".into(), note("theirs", &[])).await.unwrap();
    let overtaken = held.set::<_, Error, _>(false, None, |_| Ok(())).await.unwrap_err();
    assert_eq!(overtaken.to_string(), "the record a of the table notes was changed meanwhile; try again");
    assert_eq!(notes.get(&"a".into()).unwrap().text, "theirs");
}
