//! What is opened when it is first asked for, each once: the realms of a cloud, the records of its accounts. Not how.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use crate::error::AwsError;

/// An opening that is under way; why it failed is told to everybody who waits.
type Opening<V> = Shared<BoxFuture<'static, Result<V, Arc<AwsError>>>>;

enum Entry<V> {
    Opening(Opening<V>),
    Open(V),
}

/// Values by key, each opened once, by a task of its own: who asked first may go away. Cheap to clone.
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
            Entry::Opening(_) => None,
        });
        open.collect()
    }

    /// What is open under that key.
    pub fn peek(&self, key: &K) -> Option<V> {
        match self.lock().get(key)? {
            Entry::Open(value) => Some(value.clone()),
            Entry::Opening(_) => None,
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
        let opening = {
            let mut entries = self.lock();
            match entries.get(key) {
                Some(Entry::Open(value)) => return Ok(value.clone()),
                Some(Entry::Opening(opening)) => opening.clone(),
                None if entries.len() >= self.limit => return Err(full()),
                None => {
                    let opening = self.begin(key.clone(), open());
                    entries.insert(key.clone(), Entry::Opening(opening.clone()));
                    opening
                }
            }
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
