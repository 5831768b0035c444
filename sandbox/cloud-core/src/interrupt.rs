//! What a caller leaves behind who goes away in the middle: a future that is dropped where it waits. For tests.

use std::future::{Future, poll_fn};
use std::task::Poll;

/// Runs a future up to its `waits`-th wait and drops it there; its output where it waits less often.
pub async fn drop_at<F: Future>(future: F, waits: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut waited = 0;
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => {
            waited += 1;
            if waited < waits { Poll::Pending } else { Poll::Ready(None) }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_future_is_dropped_where_it_waits() {
        for (waits, expected) in [(1, None), (2, None), (3, Some(7))] {
            let future = async {
                tokio::task::yield_now().await;
                tokio::task::yield_now().await;
                7
            };
            assert_eq!(drop_at(future, waits).await, expected, "{waits}");
        }
    }
}
