//! One mapping, kept as its record says: it runs or it does not, its state comes to what was asked of it, and goes with its
//! function. Whatever ends this, the record says how to go on.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{AwsError, Clock, PortError, Position, Reader, Source};
use cloud_delivery::{Ended, Pump, Retry};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::Shared;
use super::kind::Kind;
use super::route::{Events, pace};
use crate::shapes::EventSourcePosition;
use crate::state::{Mapping, Phase};

/// What runs of a mapping.
struct Running {
    revision: u64,
    /// Tells it from what ran before.
    generation: u64,
    pumps: Vec<Arc<Pump<Events>>>,
}

/// A mapping's worker.
struct Work {
    shared: Arc<Shared>,
    uuid: String,
    running: Option<Running>,
    generation: u64,
    /// What was begun and has not ended: of what runs, and of what was stopped and still brings batches to their ends.
    ends: JoinSet<(u64, Ended)>,
    /// When to try again, and how often it was in vain.
    again: Option<(Duration, u32)>,
}

/// Keeps a mapping until it is gone, or until all are stopped.
pub(super) async fn keep(shared: Arc<Shared>, uuid: String, told: Arc<Notify>) {
    let mut work = Work { shared, uuid, running: None, generation: 0, ends: JoinSet::new(), again: None };
    loop {
        // Listens before it looks, so that a change in between is not missed.
        let mut changed = std::pin::pin!(told.notified());
        changed.as_mut().enable();
        if work.shared.is_stopping() {
            work.stop(false).await;
            return;
        }
        let key = work.uuid.clone();
        let Some(mapping) = work.shared.records.mappings().get(&key) else { break };
        match work.bring(&mapping).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, mapping = work.uuid, "a mapping's state could not be kept");
                work.retry();
            }
        }
        work.wait(changed).await;
    }
    work.shared.forget(&work.uuid);
    work.shared.settled.notify_waiters();
    // What was polled is brought to its end, though nobody has the mapping any more.
    work.stop(false).await;
    while work.ends.join_next().await.is_some() {}
}

impl Work {
    /// Makes what runs, and then the record, what was asked for. Whether the record was changed.
    async fn bring(&mut self, mapping: &Mapping) -> Result<bool, AwsError> {
        let kind = Kind::of(&mapping.source)?;
        let runs_other = |running: &Running| !mapping.runs() || running.revision != mapping.revision;
        if self.running.as_ref().is_some_and(runs_other) {
            // A stream has one reader at a time, which goes on where the one before it came to an end.
            self.stop(kind.is_stream()).await;
        }
        if mapping.phase == Phase::Deleting && kind.is_stream() {
            self.forget_checkpoints(mapping).await;
        }
        if mapping.runs() && !self.has_function(mapping) {
            self.stop(kind.is_stream()).await;
            return self.disable(mapping).await;
        }
        let may_start = self.again.is_none_or(|(moment, _)| self.clock().monotonic() >= moment);
        if mapping.runs()
            && self.running.is_none()
            && may_start
            && let Err(error) = self.start(mapping, kind).await
        {
            self.shared.note(&self.uuid, format!("PROBLEM: {}", error.error().message()));
            self.retry();
        }
        if !mapping.runs() || self.running.is_some() {
            self.again = None;
        }
        if mapping.phase.is_settled() {
            return Ok(false);
        }
        let now_ms = self.clock().now_ms();
        self.change(mapping, mapping.settled(now_ms)).await
    }

    /// Waits until there is something to do.
    async fn wait(&mut self, changed: impl Future<Output = ()>) {
        let (shared, moment) = (Arc::clone(&self.shared), self.again.map(|(moment, _)| moment));
        let again = async {
            match moment {
                Some(moment) => shared.context.clock().wait_until(moment).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = changed => {}
            () = again => {}
            Some(ended) = self.ends.join_next(), if !self.ends.is_empty() => {
                let Ok((generation, ended)) = ended else {
                    tracing::error!(mapping = self.uuid, "what runs of a mapping panicked");
                    self.running = None;
                    self.ends.abort_all();
                    self.retry();
                    return;
                };
                if self.running.as_ref().is_some_and(|running| running.generation == generation) {
                    self.heed(ended).await;
                }
            }
        }
    }

    /// What runs came to an end by itself.
    async fn heed(&mut self, ended: Ended) {
        // Shards end one by one; what is left of a stream is begun anew with what it has now.
        self.stop(true).await;
        match ended {
            Ended::Stopped => {}
            Ended::TargetGone(error) | Ended::SourceGone(error) => {
                self.shared.note(&self.uuid, format!("PROBLEM: {}", error.message()));
                self.retry();
            }
        }
    }

    fn retry(&mut self) {
        let tries = self.again.map_or(0, |(_, tries)| tries);
        let pauses = Retry { backoff: 1000, most_backoff: 60_000, ..Retry::default() };
        let pause = pauses.after_refusal(tries).unwrap_or(Duration::from_mins(1));
        let moment = self.clock().monotonic().saturating_add(pause);
        self.again = Some((moment, tries.saturating_add(1)));
    }

    fn clock(&self) -> &dyn Clock {
        self.shared.context.clock()
    }

    /// Whether there is what the mapping invokes.
    fn has_function(&self, mapping: &Mapping) -> bool {
        let function = self.shared.records.get(&mapping.function);
        function.is_some_and(|function| function.resolve(mapping.function().qualifier(), 0.0).is_some())
    }

    // AWS: a mapping whose function was deleted stays, disabled: "Last result: PROBLEM: Function not found …".
    async fn disable(&mut self, mapping: &Mapping) -> Result<bool, AwsError> {
        let now_ms = self.clock().now_ms();
        let problem = format!("Function not found: {}", mapping.function().arn(&self.shared.context));
        self.change(mapping, Some(mapping.disabled(problem, now_ms))).await
    }

    /// Keeps a mapping's next state, unless it was changed meanwhile. In both cases there is something to look at.
    async fn change(&self, old: &Mapping, new: Option<Mapping>) -> Result<bool, AwsError> {
        let (seen, shared) = (old.clone(), Arc::clone(&self.shared));
        let decide = move |present: Option<&Mapping>| {
            let new = if present == Some(&seen) { new } else { present.cloned() };
            Ok::<_, AwsError>((new, ()))
        };
        shared.records.mappings().free(self.uuid.clone(), decide).await?;
        shared.settled.notify_waiters();
        Ok(true)
    }

    async fn start(&mut self, mapping: &Mapping, kind: Kind) -> Result<(), PortError> {
        let context = &self.shared.context;
        // At a start services come one after another.
        let source = context.peers().source(&mapping.source).ok_or_else(|| {
            let text = format!("No service of this cloud has {}", mapping.source);
            PortError::Throttled(AwsError::new("ServiceException", text).status(500))
        })?;
        let readers = readers(mapping, kind, &*source).await?;
        let mut pumps = Vec::new();
        for reader in readers {
            let (pace, route) = (pace(mapping, kind, &reader)?, Events::new(&self.shared, mapping, kind)?);
            let pump = Pump::new(context.clone(), Arc::clone(&source), reader, pace, route);
            pumps.push(Arc::new(pump));
        }
        self.generation += 1;
        let (revision, generation) = (mapping.revision, self.generation);
        for pump in &pumps {
            let pump = Arc::clone(pump);
            self.ends.spawn(async move { (generation, pump.run().await) });
        }
        self.running = Some(Running { revision, generation, pumps });
        Ok(())
    }

    /// Has what runs poll no more, and waits until it does not; to its end where it is to be `over`.
    async fn stop(&mut self, over: bool) {
        let Some(running) = self.running.take() else { return };
        for pump in &running.pumps {
            pump.stop();
        }
        for pump in &running.pumps {
            pump.quiet().await;
        }
        while over && self.ends.join_next().await.is_some() {}
    }

    async fn forget_checkpoints(&self, mapping: &Mapping) {
        let Some(source) = self.shared.context.peers().source(&mapping.source) else { return };
        let reader = Reader { source: mapping.source.clone(), name: mapping.uuid.clone(), shard: None };
        if let Err(error) = source.forget(&reader).await {
            tracing::warn!(%error, mapping = self.uuid, "where a mapping had come to is not forgotten");
        }
    }
}

/// Who reads: one for a queue, one for each shard of a stream.
async fn readers(mapping: &Mapping, kind: Kind, source: &dyn Source) -> Result<Vec<Reader>, PortError> {
    let whole = Reader { source: mapping.source.clone(), name: mapping.uuid.clone(), shard: None };
    let description = source.describe(&whole).await?;
    if !kind.is_stream() {
        return Ok(vec![whole]);
    }
    if description.shards.is_empty() {
        let text = format!("{} has no shard to be read", mapping.source);
        return Err(PortError::Throttled(AwsError::new("ServiceException", text).status(500)));
    }
    let settings = &mapping.settings;
    let position = match (&settings.starting_position, settings.starting_position_timestamp) {
        (Some(EventSourcePosition::AtTimestamp), Some(moment)) => Position::At(moment),
        (Some(EventSourcePosition::Latest), _) => Position::Latest,
        _ => Position::Oldest,
    };
    let mut readers = Vec::new();
    for shard in description.shards {
        let reader = Reader { shard: Some(shard), ..whole.clone() };
        source.begin(&reader, position).await?;
        readers.push(reader);
    }
    Ok(readers)
}
