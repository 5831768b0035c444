//! A caller that goes away in the middle: for tests that drop something at each of the points where it waits.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// Follows `future` until it has waited `times` times, and drops it when it waits once more. Its output, where it ended
/// before.
pub async fn after<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let (mut future, mut waited) = (pin!(future), 0);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if waited == times => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_future_is_dropped_where_it_waits() {
        let yields = || async {
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            7
        };
        let ends = [after(0, yields()).await, after(1, yields()).await, after(2, yields()).await];
        assert_eq!(ends, [None, None, Some(7)]);
    }
}
