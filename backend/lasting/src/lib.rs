//! Work that lasts: once begun it goes on to its end, whoever stops waiting for it.
//!
//! A task of its own would do that too, and costs a task for each piece of work, and mostly another thread's waking. Here
//! whoever waits also works, and only should he go away the rest becomes a task. Not here: what bounds how much such work
//! there is, and who waits for it at the end of the process.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Work that was begun and will end. Made by [`lasting`].
#[must_use = "it begins when somebody waits for it"]
pub struct Lasting<T: Send + 'static> {
    /// None while it is polled, so that work which panics is not gone on with, and after its end.
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    begun: bool,
}

/// The same work, which goes on in a task when what is returned is dropped between its beginning and its end. Outside of a
/// runtime, and at a runtime's end, it ends there.
pub fn lasting<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Lasting<T> {
    Lasting { work: Some(Box::pin(work)), begun: false }
}

impl<T: Send + 'static> Future for Lasting<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.begun = true;
        let mut work = self.work.take().expect("a future is not polled after its end");
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.work = Some(work);
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Lasting<T> {
    fn drop(&mut self) {
        let Some(work) = self.work.take().filter(|_| self.begun) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::{oneshot, watch};

    use super::*;

    /// What is left of work that waits for a word, when it was polled so often and dropped before the word came.
    async fn check(polls: usize, expected: usize) {
        let ended = Arc::new(AtomicUsize::new(0));
        let (tell, mut told) = watch::channel(false);
        let (counted, dropped) = (Arc::clone(&ended), oneshot::channel::<()>());
        let mut work = lasting(async move {
            let _held = dropped.0;
            told.wait_for(|told| *told).await.expect("told");
            counted.fetch_add(1, Ordering::SeqCst);
        });
        for _ in 0..polls {
            let once = std::future::poll_fn(|context| Poll::Ready(Pin::new(&mut work).poll(context)));
            assert!(once.await.is_pending());
        }
        drop(work);
        // Nobody listens where it was dropped.
        let _ = tell.send(true);
        dropped.1.await.expect_err("it is gone in the end");
        assert_eq!(ended.load(Ordering::SeqCst), expected, "{polls}");
    }

    #[tokio::test]
    async fn begun_work_ends_and_what_was_not_begun_is_not() {
        check(0, 0).await;
        check(1, 1).await;
        check(3, 1).await;
    }

    #[tokio::test]
    async fn its_answer_comes_to_who_waits() {
        assert_eq!(lasting(async { 7 }).await, 7);
    }

    #[test]
    fn outside_of_a_runtime_it_ends_where_it_is_dropped() {
        let (held, gone) = oneshot::channel::<()>();
        let mut work = lasting(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(Pin::new(&mut work).poll(&mut context).is_pending());
        drop(work);
        gone.blocking_recv().expect_err("gone");
    }
}
