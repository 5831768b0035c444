//! What stands for queues and streams: they outlive the service that polls them, as other services would.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    AwsError, Context, Delivered, Delivery, Description, Poll, PortError, Position, Reader, Receipt, Record,
    Source, SourceKind, Target, Trace,
};
use tokio::sync::Notify;

/// How the names of queues end that keep an order.
const FIFO: &str = ".fifo";

/// One message or record.
#[derive(Clone, Debug)]
struct Item {
    id: String,
    text: String,
    group: Option<String>,
    received: u32,
    hidden_until: Duration,
    trace: Trace,
}

/// What outlives a process.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    items: BTreeMap<String, Vec<Item>>,
    /// Checkpoints, by stream, reader and shard.
    checkpoints: BTreeMap<(String, String), usize>,
    pub(super) began: Vec<(String, Position)>,
    pub(super) forgotten: Vec<String>,
    next: usize,
}

/// All queues, or all streams, of a cloud; in tests there is any that is not called `none`.
pub(super) struct FakeSource {
    context: Context,
    kind: SourceKind,
    pub(super) kept: Mutex<Kept>,
    pub(super) visibility: Mutex<Duration>,
    changed: Notify,
}

impl FakeSource {
    /// Registered with a cloud, with what was kept before.
    pub(super) fn open(context: &Context, kind: SourceKind, mut kept: Kept) -> Arc<Self> {
        for item in kept.items.values_mut().flatten() {
            item.hidden_until = Duration::ZERO;
        }
        let visibility = Mutex::new(Duration::from_secs(30));
        let source = Self {
            context: context.clone(),
            kind,
            kept: Mutex::new(kept),
            visibility,
            changed: Notify::new(),
        };
        let source = Arc::new(source);
        let service = if kind == SourceKind::Queue { "sqs" } else { "kinesis" };
        context.peers().add_source(service, source.clone());
        context.peers().add_target(service, source.clone());
        source
    }

    fn put_with(&self, name: &str, text: &str, group: Option<&str>, trace: Trace) {
        let mut kept = self.kept.lock().unwrap();
        kept.next += 1;
        let item = Item {
            id: format!("m{}", kept.next),
            text: text.to_owned(),
            group: group.map(str::to_owned),
            received: 0,
            hidden_until: Duration::ZERO,
            trace,
        };
        kept.items.entry(name.to_owned()).or_default().push(item);
        drop(kept);
        self.changed.notify_waiters();
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        self.put_with(name, text, None, Trace::default());
    }

    pub(super) fn put_in_group(&self, name: &str, text: &str, group: &str) {
        self.put_with(name, text, Some(group), Trace::default());
    }

    pub(super) fn put_traced(&self, name: &str, text: &str, header: &str) {
        self.put_with(name, text, None, Trace::of(header));
    }

    /// What lies there, in order.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        kept.items.get(name).into_iter().flatten().map(|item| item.text.clone()).collect()
    }

    fn expect(reader: &Reader) -> Result<String, PortError> {
        let name = reader.source.resource().to_owned();
        if name.ends_with("none") {
            return Err(PortError::Gone(AwsError::new("NotThere", "it is not there").status(404)));
        }
        Ok(name)
    }

    fn place(reader: &Reader) -> (String, String) {
        let shard = reader.shard.clone().unwrap_or_default();
        (reader.source.resource().to_owned(), format!("{}/{shard}", reader.name))
    }

    fn take(&self, reader: &Reader, poll: &Poll) -> Result<Vec<Record>, PortError> {
        let name = Self::expect(reader)?;
        let now = self.context.clock().monotonic();
        let hides = *self.visibility.lock().unwrap();
        let mut kept = self.kept.lock().unwrap();
        let from = kept.checkpoints.get(&Self::place(reader)).copied().unwrap_or(0);
        let is_queue = self.kind == SourceKind::Queue;
        let (mut taken, mut unwanted, mut blocked) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let skipped = if is_queue { 0 } else { from };
        for (index, item) in kept.items.entry(name.clone()).or_default().iter_mut().enumerate().skip(skipped)
        {
            if taken.len() >= poll.records {
                break;
            }
            let is_blocked = is_queue
                && (item.hidden_until > now
                    || item.group.as_ref().is_some_and(|group| blocked.contains(group)));
            if is_blocked {
                blocked.extend(item.group.clone().filter(|_| name.ends_with(FIFO)));
                continue;
            }
            let received = if is_queue { item.received + 1 } else { 1 };
            let record = Record {
                id: item.id.clone(),
                receipt: Receipt(if is_queue { item.id.clone() } else { (index + 1).to_string() }),
                payload: item.text.clone().into(),
                attributes: BTreeMap::new(),
                system: [("ApproximateReceiveCount".to_owned(), received.to_string())].into(),
                group_id: item.group.clone(),
                sent: self.context.now(),
                received,
                trace: item.trace.clone(),
            };
            if !poll.filter.as_ref().is_none_or(|filter| filter(&record)) {
                unwanted.insert(item.id.clone());
                continue;
            }
            if is_queue {
                item.received = received;
                item.hidden_until = now + hides;
            }
            taken.push(record);
        }
        if is_queue {
            kept.items.entry(name).or_default().retain(|item| !unwanted.contains(&item.id));
        }
        Ok(taken)
    }

    fn has_any(&self, reader: &Reader) -> Result<bool, PortError> {
        let name = Self::expect(reader)?;
        let now = self.context.clock().monotonic();
        let kept = self.kept.lock().unwrap();
        let items = kept.items.get(&name).map(Vec::as_slice).unwrap_or_default();
        if self.kind == SourceKind::Stream {
            return Ok(kept.checkpoints.get(&Self::place(reader)).copied().unwrap_or(0) < items.len());
        }
        let is_hidden = |item: &Item| item.hidden_until > now;
        // Behind a hidden one of its group none may be received.
        let blocked: BTreeSet<_> =
            items.iter().filter(|item| is_hidden(item)).filter_map(|item| item.group.as_ref()).collect();
        let is_blocked = |item: &Item| item.group.as_ref().is_some_and(|group| blocked.contains(group));
        Ok(items.iter().any(|item| !is_hidden(item) && !is_blocked(item)))
    }

    /// When the next becomes visible.
    fn next_visible(&self, reader: &Reader) -> Option<Duration> {
        let now = self.context.clock().monotonic();
        let kept = self.kept.lock().unwrap();
        let items = kept.items.get(reader.source.resource()).into_iter().flatten();
        items.map(|item| item.hidden_until).filter(|until| *until > now).min()
    }
}

#[async_trait]
impl Source for FakeSource {
    fn kind(&self) -> SourceKind {
        self.kind
    }

    async fn describe(&self, reader: &Reader) -> Result<Description, PortError> {
        let name = Self::expect(reader)?;
        let is_queue = self.kind == SourceKind::Queue;
        Ok(Description {
            visibility: is_queue.then_some(*self.visibility.lock().unwrap()),
            is_ordered: name.ends_with(FIFO),
            is_empty: self.texts(&name).is_empty(),
            policy: None,
            shards: if is_queue { Vec::new() } else { vec!["shardId-0".into()] },
        })
    }

    async fn begin(&self, reader: &Reader, position: Position) -> Result<(), PortError> {
        let mut kept = self.kept.lock().unwrap();
        kept.began.push((reader.name.clone(), position));
        kept.checkpoints.entry(Self::place(reader)).or_insert(0);
        Ok(())
    }

    async fn forget(&self, reader: &Reader) -> Result<(), PortError> {
        self.kept.lock().unwrap().forgotten.push(reader.name.clone());
        Ok(())
    }

    async fn ready(&self, reader: &Reader, wait: Duration) -> Result<(), PortError> {
        let clock = self.context.clock();
        let end = clock.monotonic() + wait;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if self.has_any(reader)? || clock.monotonic() >= end {
                return Ok(());
            }
            let next = self.next_visible(reader).unwrap_or(end).min(end);
            tokio::select! {
                () = changed => {}
                () = clock.wait_until(next) => {}
            }
        }
    }

    async fn poll(&self, reader: &Reader, poll: Poll) -> Result<Vec<Record>, PortError> {
        assert!(poll.wait.is_zero(), "who waits has no room yet");
        self.take(reader, &poll)
    }

    async fn acknowledge(&self, reader: &Reader, receipts: &[Receipt]) -> Result<(), PortError> {
        let name = Self::expect(reader)?;
        let mut kept = self.kept.lock().unwrap();
        if self.kind == SourceKind::Stream {
            if let Some(last) = receipts.last() {
                kept.checkpoints.insert(Self::place(reader), last.0.parse().unwrap());
            }
            return Ok(());
        }
        let done: BTreeSet<&str> = receipts.iter().map(|receipt| receipt.0.as_str()).collect();
        kept.items.entry(name).or_default().retain(|item| !done.contains(item.id.as_str()));
        Ok(())
    }

    async fn hide(&self, reader: &Reader, receipts: &[Receipt], time: Duration) -> Result<(), PortError> {
        let until = self.context.clock().monotonic() + time;
        let mut kept = self.kept.lock().unwrap();
        for item in kept.items.get_mut(reader.source.resource()).into_iter().flatten() {
            if receipts.iter().any(|receipt| receipt.0 == item.id) {
                item.hidden_until = until;
            }
        }
        Ok(())
    }
}

/// A queue takes what is sent to it.
#[async_trait]
impl Target for FakeSource {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let text = String::from_utf8(delivery.payload.to_vec()).unwrap();
        self.put(delivery.target.resource(), &text);
        Ok(Delivered::default())
    }
}
