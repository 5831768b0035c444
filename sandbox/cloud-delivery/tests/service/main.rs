//! A test service implements all four ports ([`depot`]) and shows what they promise: the matrix of sources, targets and
//! faults, the end of the process at every step, and timers without number.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail as tests do")]

mod depot;
mod killed;
mod matrix;
mod outbox;
mod pump;
mod schedules;
mod sources;
mod timers;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{Context, Delivered, Delivery, ManualClock, PortError, SourceKind, Target};
use cloud_delivery::Task;
use depot::Depot;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A cloud with one service as a queue (`sqs`) and one as a stream (`kinesis`).
struct Rig {
    context: Context,
    clock: Arc<ManualClock>,
    queue: Depot,
    stream: Depot,
    tasks: Vec<Task>,
    folder: tempfile::TempDir,
}

impl Rig {
    async fn new() -> Self {
        Self::open(tempfile::tempdir().unwrap()).await
    }

    async fn open(folder: tempfile::TempDir) -> Self {
        let (context, clock) = Context::for_test(folder.path());
        let (queue, timers, runner) = Depot::open(&context, "sqs", SourceKind::Queue).await;
        let mut tasks = vec![Task::start(timers.run()), Task::start(runner.run())];
        let (stream, timers, runner) = Depot::open(&context, "kinesis", SourceKind::Stream).await;
        tasks.extend([Task::start(timers.run()), Task::start(runner.run())]);
        Self { context, clock, queue, stream, tasks, folder }
    }

    /// The end of the process: what runs ends where it is, and another opens what lies on the disk.
    async fn again(self) -> Self {
        let Self { context, queue, stream, tasks, folder, .. } = self;
        drop(tasks);
        drop((queue, stream));
        close(context, &["sqs", "kinesis"], folder.path()).await;
        Self::open(folder).await
    }

    /// Lets time go on, ten seconds at a time, until something is so.
    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let enough = async {
            while !is_so().await {
                self.clock.advance(Duration::from_secs(10));
                settle().await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, enough).await.is_ok(), "{what}");
    }
}

/// Lets others run for a while.
async fn settle() {
    for _ in 0..3 {
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
}

/// Takes the services of a cloud apart, and awaits that their stores are closed.
async fn close(context: Context, services: &[&str], folder: &std::path::Path) {
    for service in services {
        context.peers().add_target(service, Arc::new(Nobody));
        context.peers().add_source(service, Arc::new(Nobody));
    }
    drop(context);
    let is_open = || {
        let logs = services.iter().map(|service| folder.join(format!("cloud/{service}.db-wal")));
        logs.into_iter().any(|log| log.exists())
    };
    let closed = async {
        while is_open() {
            settle().await;
        }
    };
    tokio::time::timeout(PATIENCE, closed).await.expect("the stores are closed");
}

/// In the place of a service that is no more.
struct Nobody;

#[async_trait]
impl Target for Nobody {
    async fn deliver(&self, _: Delivery) -> Result<Delivered, PortError> {
        std::future::pending().await
    }
}

#[async_trait]
impl cloud_core::Source for Nobody {
    fn kind(&self) -> SourceKind {
        SourceKind::Queue
    }

    async fn describe(&self, _: &cloud_core::Reader) -> Result<cloud_core::Description, PortError> {
        std::future::pending().await
    }

    async fn ready(&self, _: &cloud_core::Reader, _: Duration) -> Result<(), PortError> {
        std::future::pending().await
    }

    async fn poll(
        &self,
        _: &cloud_core::Reader,
        _: cloud_core::Poll,
    ) -> Result<Vec<cloud_core::Record>, PortError> {
        std::future::pending().await
    }

    async fn acknowledge(&self, _: &cloud_core::Reader, _: &[cloud_core::Receipt]) -> Result<(), PortError> {
        Ok(())
    }

    async fn hide(
        &self,
        _: &cloud_core::Reader,
        _: &[cloud_core::Receipt],
        _: Duration,
    ) -> Result<(), PortError> {
        Ok(())
    }
}

/// Polls two futures at once, for ever.
async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::join!(one, other);
}
