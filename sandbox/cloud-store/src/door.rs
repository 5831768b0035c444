//! The way to a thread that does what comes through it, one after the other: it can be shut, and the thread's end awaited.
//! What comes is the thread's own.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{PoisonError, RwLock};

use tokio::sync::watch;

/// The thread ends when this is dropped or shut, after what came before.
pub(crate) struct Door<T> {
    queue: RwLock<Option<Sender<T>>>,
    /// Its sender is the thread's.
    alive: watch::Receiver<()>,
}

impl<T: Send + 'static> Door<T> {
    /// Starts the thread, which works until there is no sender any more.
    pub(crate) fn start(name: &str, work: impl FnOnce(Receiver<T>) + Send + 'static) -> io::Result<Self> {
        let (queue, receiver) = mpsc::channel();
        let (living, alive) = watch::channel(());
        let run = move || {
            work(receiver);
            drop(living);
        };
        std::thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Self { queue: RwLock::new(Some(queue)), alive })
    }

    /// Hands something over; a thread that is gone drops it.
    pub(crate) fn send(&self, asked: T) {
        if let Some(queue) = &*self.queue.read().unwrap_or_else(PoisonError::into_inner) {
            let _ = queue.send(asked);
        }
    }

    /// Lets nothing more in.
    pub(crate) fn shut(&self) {
        *self.queue.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether it was shut.
    pub(crate) fn is_shut(&self) -> bool {
        self.queue.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Returns when the thread has ended with all that it had.
    pub(crate) async fn ended(&self) {
        // It sends nothing: this fails once it is gone.
        while self.alive.clone().changed().await.is_ok() {}
    }
}
