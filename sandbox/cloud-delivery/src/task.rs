//! Tasks in the background that end with who started them, and targets whose panics are not the asker's.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use cloud_core::{AwsError, Delivered, PortError};
use futures_util::FutureExt;
use tokio::task::JoinHandle;

/// Runs until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the task"]
pub struct Task(JoinHandle<()>);

impl Task {
    /// Starts it. Needs a tokio runtime.
    pub fn start(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Awaits a delivery. A panic is the target's failure for the time being.
pub(crate) async fn caught(
    delivery: impl Future<Output = Result<Delivered, PortError>>,
) -> Result<Delivered, PortError> {
    let outcome = AssertUnwindSafe(delivery).catch_unwind().await;
    outcome.unwrap_or_else(|_| Err(PortError::Throttled(AwsError::internal("a target panicked"))))
}
