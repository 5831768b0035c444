//! What is opened when it is first asked for, each once: the realms of a cloud, the records of its accounts. Not how.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use crate::error::AwsError;

/// An opening that is under way; why it failed is told to everybody who waits.
type Opening<V> = Shared<BoxFuture<'static, Result<V, Arc<AwsError>>>>;
/// A closing that is under way.
type Closing = Shared<BoxFuture<'static, ()>>;

enum Entry<V> {
    Opening(Opening<V>),
    Open(V),
    Closing(Closing),
}

/// Values by key, each opened once, by a task of its own: who asked first may go away. One that is closed is opened anew by
/// who asks for it next. Cheap to clone.
pub struct OnceEach<K, V> {
    limit: usize,
    entries: Arc<Mutex<BTreeMap<K, Entry<V>>>>,
}

impl<K, V> Clone for OnceEach<K, V> {
    fn clone(&self) -> Self {
        Self { limit: self.limit, entries: Arc::clone(&self.entries) }
    }
}

impl<K, V> OnceEach<K, V>
where
    K: Ord + Clone + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// For at most so many.
    pub fn new(limit: usize) -> Self {
        Self { limit, entries: Arc::default() }
    }

    /// Puts in what is open already.
    pub fn insert(&self, key: K, value: V) {
        self.lock().insert(key, Entry::Open(value));
    }

    /// All that are open, in the order of their keys.
    pub fn open(&self) -> Vec<V> {
        let entries = self.lock();
        let open = entries.values().filter_map(|entry| match entry {
            Entry::Open(value) => Some(value.clone()),
            Entry::Opening(_) | Entry::Closing(_) => None,
        });
        open.collect()
    }

    /// What is open under that key.
    pub fn peek(&self, key: &K) -> Option<V> {
        match self.lock().get(key)? {
            Entry::Open(value) => Some(value.clone()),
            Entry::Opening(_) | Entry::Closing(_) => None,
        }
    }

    /// Closes what is open under that key if `unused` says of it that nobody has it, while nobody can get it. It is closed by
    /// a task of its own, with whose end what is returned ends; who asks for it meanwhile waits for that too. None where it
    /// stays.
    pub fn close<F>(
        &self,
        key: &K,
        unused: impl FnOnce(&V) -> bool,
        close: impl FnOnce(V) -> F,
    ) -> Option<Closing>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut entries = self.lock();
        match entries.remove(key) {
            Some(Entry::Open(value)) if unused(&value) => {
                let closing = self.end(key.clone(), close(value));
                entries.insert(key.clone(), Entry::Closing(closing.clone()));
                Some(closing)
            }
            Some(entry) => {
                entries.insert(key.clone(), entry);
                None
            }
            None => None,
        }
    }

    /// What is open under that key, or is opened now; `full` where there is no place for another. What could not be opened
    /// is tried again when next asked for.
    pub async fn get<F>(
        &self,
        key: &K,
        full: impl FnOnce() -> AwsError,
        open: impl FnOnce() -> F,
    ) -> Result<V, AwsError>
    where
        F: Future<Output = Result<V, AwsError>> + Send + 'static,
    {
        let opening = loop {
            let closing = {
                let mut entries = self.lock();
                match entries.get(key) {
                    Some(Entry::Open(value)) => return Ok(value.clone()),
                    Some(Entry::Opening(opening)) => break opening.clone(),
                    Some(Entry::Closing(closing)) => closing.clone(),
                    None if entries.len() >= self.limit => return Err(full()),
                    None => {
                        let opening = self.begin(key.clone(), open());
                        entries.insert(key.clone(), Entry::Opening(opening.clone()));
                        break opening;
                    }
                }
            };
            closing.await;
        };
        opening.await.map_err(|error| again(&error))
    }

    fn begin(&self, key: K, open: impl Future<Output = Result<V, AwsError>> + Send + 'static) -> Opening<V> {
        let values = self.clone();
        let task = tokio::spawn(async move {
            let opened = AssertUnwindSafe(open).catch_unwind().await;
            let opened = opened.unwrap_or_else(|_| Err(AwsError::internal("a panic while it was opened")));
            let mut entries = values.lock();
            match opened {
                Ok(value) => {
                    entries.insert(key, Entry::Open(value.clone()));
                    Ok(value)
                }
                Err(error) => {
                    entries.remove(&key);
                    Err(Arc::new(error))
                }
            }
        });
        let opening =
            async move { task.await.unwrap_or_else(|error| Err(Arc::new(AwsError::internal(error)))) };
        opening.boxed().shared()
    }

    fn end(&self, key: K, close: impl Future<Output = ()> + Send + 'static) -> Closing {
        let values = self.clone();
        let task = tokio::spawn(async move {
            if AssertUnwindSafe(close).catch_unwind().await.is_err() {
                tracing::error!("a panic while something was closed");
            }
            values.lock().remove(&key);
        });
        let closing = async move { drop(task.await) };
        closing.boxed().shared()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same error for another who waited.
fn again(error: &AwsError) -> AwsError {
    let members = error.members().clone();
    let fresh = AwsError::new(error.code().to_owned(), error.message()).status(error.http_status());
    members.into_iter().fold(fresh, |fresh, (name, value)| fresh.with(&name, value))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    fn full() -> AwsError {
        AwsError::new("Full", "no place")
    }

    #[tokio::test]
    async fn who_asks_at_once_gets_the_same_and_who_goes_away_stops_nothing() {
        let values: OnceEach<u8, usize> = OnceEach::new(2);
        let (opened, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let open = || {
            let (opened, gate) = (Arc::clone(&opened), Arc::clone(&gate));
            async move {
                let number = opened.fetch_add(1, Ordering::SeqCst);
                let _ = gate.acquire().await;
                Ok(number)
            }
        };
        let gone = values.get(&1, full, open);
        assert!(gone.now_or_never().is_none());
        assert_eq!((values.peek(&1), values.open()), (None, Vec::new()));
        let all = futures_util::future::join_all((0..5).map(|_| values.get(&1, full, open)));
        gate.add_permits(1);
        for value in all.await {
            assert_eq!(value.unwrap(), 0);
        }
        assert_eq!(opened.load(Ordering::SeqCst), 1);
        assert_eq!((values.peek(&1), values.open()), (Some(0), vec![0]));
    }

    #[tokio::test]
    async fn what_is_closed_is_opened_anew_by_who_asks_and_not_before_it_is_closed() {
        let values: OnceEach<u8, Arc<u8>> = OnceEach::new(1);
        let gate = Arc::new(Semaphore::new(0));
        let first = values.get(&1, full, || async { Ok(Arc::new(7)) }).await.unwrap();
        let unused = |value: &Arc<u8>| Arc::strong_count(value) == 1;
        let never = |_| async { panic!("it is used") };
        assert!(values.close(&1, unused, never).is_none() && values.close(&2, unused, never).is_none());
        drop(first);
        let closed = Arc::clone(&gate);
        let closing = values.close(&1, unused, |_| async move { drop(closed.acquire().await) }).unwrap();
        assert_eq!((values.peek(&1), values.open().len()), (None, 0));
        assert_eq!(values.get(&2, full, || async { Ok(Arc::new(9)) }).await.unwrap_err().code(), "Full");
        let mut asked = Box::pin(values.get(&1, full, || async { Ok(Arc::new(8)) }));
        assert!((&mut asked).now_or_never().is_none(), "it is not closed yet");
        gate.add_permits(1);
        closing.await;
        assert_eq!(*asked.await.unwrap(), 8);
        let panicking = |_| async { panic!("on purpose") };
        values.close(&1, unused, panicking).unwrap().await;
        assert_eq!(
            *values.get(&2, full, || async { Ok(Arc::new(9)) }).await.unwrap(),
            9,
            "its place is free"
        );
    }

    #[tokio::test]
    async fn there_is_a_limit_and_what_failed_takes_no_place() {
        let values: OnceEach<u8, u8> = OnceEach::new(1);
        let failing = || async { Err(AwsError::new("Broken", "it is").status(503)) };
        let refused = values.get(&1, full, failing).await.unwrap_err();
        assert_eq!((refused.code(), refused.message(), refused.http_status()), ("Broken", "it is", 503));
        let number = values.limit;
        let panicking = move || async move { if number > 0 { panic!("on purpose") } else { Ok(0) } };
        assert_eq!(values.get(&1, full, panicking).await.unwrap_err().http_status(), 500);
        assert_eq!(values.get(&2, full, || async { Ok(7) }).await.unwrap(), 7);
        assert_eq!(values.get(&2, full, || async { Ok(8) }).await.unwrap(), 7, "opened once");
        assert_eq!(values.get(&1, full, || async { Ok(9) }).await.unwrap_err().code(), "Full");
    }
}
