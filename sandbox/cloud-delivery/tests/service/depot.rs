//! A service of the four ports, small: items are kept in piles, by name. It takes deliveries, is polled as a queue or as a
//! stream, announces what it is told to, and hides what it gave for a while.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    Arn, AwsError, Context, Delivered, Delivery, Description, Poll, PortError, Reader, Receipt, Record,
    Source, SourceKind, Target,
};
use cloud_delivery::{Announcement, Error, Limits, Outbox, PeerRelay, Runner, Timers, When};
use cloud_store::{Layout, Resident, Store, Table};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

const ITEMS: Table = Table("items");
const CHECKPOINTS: Table = Table("checkpoints");
const LAYOUT: Layout = Layout::new(&[ITEMS, CHECKPOINTS, Outbox::TABLE, Timers::TABLE]);

/// What goes wrong with the next deliveries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    Throttled,
    Refused,
    Gone,
    /// Takes twenty seconds of the cloud's clock.
    Slow,
    Panics,
    /// A function that fails.
    Fails,
    /// Neither answers nor ends.
    Stuck,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    delivery: Delivery,
    payload: Vec<u8>,
    received: u32,
    is_hidden: bool,
    sent: jiff::Timestamp,
}

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Depot(Arc<Inner>);

struct Inner {
    context: Context,
    kind: SourceKind,
    items: Resident<(String, u64), Item>,
    checkpoints: Resident<(String, String), u64>,
    outbox: Outbox,
    timers: Timers,
    /// The fault of so many deliveries from now on.
    faults: Mutex<(Fault, u32)>,
    tried: AtomicU32,
    changed: Notify,
}

fn store_error(error: cloud_store::Error) -> PortError {
    AwsError::from(error).into()
}

impl Depot {
    /// Opens it under a service's name, with what makes it run: both end when they are dropped.
    pub(crate) async fn open(context: &Context, service: &str, kind: SourceKind) -> (Self, Timers, Runner) {
        let store = Store::open(context.database(service), LAYOUT).await.unwrap();
        let timers = Timers::open(&store, context).await.unwrap();
        let relay = Arc::new(PeerRelay(context.clone()));
        let (outbox, runner) = Outbox::open(&timers, relay, Limits::default()).await.unwrap();
        let depot = Self(Arc::new(Inner {
            context: context.clone(),
            kind,
            items: Resident::open(&store, ITEMS, &[]).await.unwrap().0,
            checkpoints: Resident::open(&store, CHECKPOINTS, &[]).await.unwrap().0,
            outbox,
            timers: timers.clone(),
            faults: Mutex::new((Fault::None, 0)),
            tried: AtomicU32::new(0),
            changed: Notify::new(),
        }));
        timers.on("visibility", &depot.0, |inner, transaction, due| {
            let (pile, number) = due.name.split_once('/').unwrap();
            let key = (pile.to_owned(), number.parse().unwrap());
            let shown =
                |item: Option<&Item>| Ok((item.cloned().map(|item| Item { is_hidden: false, ..item }), ()));
            inner.items.within(transaction).change::<_, cloud_store::Error>(key, shown)?;
            let inner = Arc::clone(inner);
            transaction.then(move || inner.changed.notify_waiters());
            Ok(())
        });
        context.peers().add_target(service, Arc::new(depot.clone()));
        context.peers().add_source(service, Arc::new(depot.clone()));
        (depot, timers, runner)
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    pub(crate) fn timers(&self) -> &Timers {
        &self.0.timers
    }

    pub(crate) fn store(&self) -> &Store {
        self.0.items.store()
    }

    /// The next deliveries go so.
    pub(crate) fn fails(&self, fault: Fault, times: u32) {
        *self.0.faults.lock().unwrap() = (fault, times);
    }

    /// Announces, with a change of its own that is kept together with it or not at all.
    pub(crate) async fn announce(&self, announcements: Vec<Announcement>) -> Result<(), Error> {
        let depot = self.clone();
        let work = move |transaction: &mut cloud_store::Transaction<'_>| {
            for announcement in announcements {
                depot.put(transaction, "sent", announcement.delivery.clone())?;
                depot.0.outbox.announce(transaction, announcement)?;
            }
            Ok(())
        };
        self.store().transact(work).await
    }

    /// How often something was to be delivered to it.
    pub(crate) fn tried(&self) -> u32 {
        self.0.tried.load(Ordering::SeqCst)
    }

    /// What lies in a pile, in order.
    pub(crate) fn pile(&self, name: &str) -> Vec<String> {
        let view = self.0.items.view();
        let text = |item: &Arc<Item>| String::from_utf8(item.payload.clone()).unwrap();
        view.iter().filter(|((pile, _), _)| pile == name).map(|(_, item)| text(item)).collect()
    }

    /// How often what lies in a pile was given to somebody, all together.
    pub(crate) fn received(&self, name: &str) -> u32 {
        let view = self.0.items.view();
        view.iter().filter(|((pile, _), _)| pile == name).map(|(_, item)| item.received).sum()
    }

    /// Takes a delivery, whatever faults there are.
    pub(crate) async fn take_in(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let (depot, pile) = (self.clone(), delivery.target.resource().to_owned());
        let kept = self.store().transact(move |transaction| depot.put(transaction, &pile, delivery));
        kept.await.map_err(store_error)?;
        Ok(Delivered::default())
    }

    fn put(
        &self,
        transaction: &mut cloud_store::Transaction<'_>,
        pile: &str,
        delivery: Delivery,
    ) -> Result<(), cloud_store::Error> {
        let last = transaction.keys(ITEMS, &cloud_store::Scan::all().backward().limit(10_000))?;
        let keys = last.iter().filter_map(|key| <(String, u64) as cloud_store::Ordered>::decode(key));
        let number = keys.map(|(_, number)| number + 1).max().unwrap_or(1);
        let payload = delivery.payload.to_vec();
        let sent = self.0.context.now();
        let item = Item { delivery, payload, received: 0, is_hidden: false, sent };
        self.0.items.within(transaction).put((pile.to_owned(), number), item)?;
        let inner = Arc::clone(&self.0);
        transaction.then(move || inner.changed.notify_waiters());
        Ok(())
    }

    fn fault(&self) -> Fault {
        let mut faults = self.0.faults.lock().unwrap();
        if faults.1 == 0 {
            return Fault::None;
        }
        faults.1 -= 1;
        faults.0
    }

    fn record(key: &(String, u64), item: &Item) -> Record {
        Record {
            id: key.1.to_string(),
            receipt: Receipt(key.1.to_string()),
            payload: item.payload.clone().into(),
            attributes: item.delivery.attributes.clone(),
            system: std::collections::BTreeMap::new(),
            group_id: item.delivery.group_id.clone(),
            sent: item.sent,
            received: item.received + 1,
            trace: item.delivery.trace.clone(),
        }
    }

    /// Whether there is something for a reader.
    pub(crate) fn has_any(&self, reader: &Reader) -> bool {
        let pile = reader.source.resource().to_owned();
        let behind = self.0.checkpoints.get(&(pile.clone(), reader.name.clone())).map_or(0, |number| *number);
        let view = self.0.items.view();
        let rest = view.range((pile.clone(), behind + 1)..).take_while(|((of, _), _)| *of == pile);
        rest.into_iter().any(|(_, item)| !item.is_hidden)
    }

    /// What lies behind a reader's checkpoint, in order.
    pub(crate) fn behind(&self, reader: &Reader) -> Vec<String> {
        let pile = reader.source.resource().to_owned();
        let behind = self.0.checkpoints.get(&(pile.clone(), reader.name.clone())).map_or(0, |number| *number);
        let view = self.0.items.view();
        let rest = view.range((pile.clone(), behind + 1)..).take_while(|((of, _), _)| *of == pile);
        rest.map(|(_, item)| String::from_utf8(item.payload.clone()).unwrap()).collect()
    }

    /// What a poll gives now.
    async fn take(&self, reader: &Reader, poll: &Poll) -> Result<Vec<Record>, PortError> {
        let pile = reader.source.resource().to_owned();
        let behind = self.0.checkpoints.get(&(pile.clone(), reader.name.clone())).map_or(0, |number| *number);
        let (mut taken, mut passed, mut bytes) = (Vec::new(), Vec::new(), 0);
        for (key, item) in self.0.items.view().range((pile.clone(), behind + 1)..) {
            if key.0 != pile || taken.len() >= poll.records {
                break;
            }
            let record = Self::record(key, item);
            if item.is_hidden || !poll.filter.as_ref().is_none_or(|filter| filter(&record)) {
                passed.extend((!item.is_hidden).then_some(record.receipt));
                continue;
            }
            bytes += record.payload.len() as u64;
            if bytes > poll.bytes && !taken.is_empty() {
                break;
            }
            taken.push(record);
        }
        match self.0.kind {
            // What comes before the first that is wanted is done with.
            SourceKind::Stream if taken.is_empty() => self.acknowledge(reader, &passed).await?,
            SourceKind::Stream => {}
            SourceKind::Queue => {
                self.acknowledge(reader, &passed).await?;
                let given: Vec<_> = taken.iter().map(|record| record.receipt.clone()).collect();
                self.hide_for(reader, &given, poll.visibility.unwrap_or(Duration::from_secs(30)), 1).await?;
            }
        }
        Ok(taken)
    }

    async fn hide_for(
        &self,
        reader: &Reader,
        receipts: &[Receipt],
        time: Duration,
        times: u32,
    ) -> Result<(), PortError> {
        if receipts.is_empty() {
            return Ok(());
        }
        let (depot, pile) = (self.clone(), reader.source.resource().to_owned());
        let numbers: Vec<u64> = receipts.iter().map(|receipt| receipt.0.parse().unwrap()).collect();
        let hidden = self.store().transact(move |transaction| {
            for number in numbers {
                let hide = |item: Option<&Item>| {
                    let hide = |item| Item { is_hidden: true, ..item };
                    Ok(match item.cloned() {
                        Some(item) => (Some(hide(Item { received: item.received + times, ..item })), true),
                        None => (None, false),
                    })
                };
                let key = (pile.clone(), number);
                let is_there = depot.0.items.within(transaction).change::<_, Error>(key, hide)?.answer;
                if is_there {
                    let name = format!("{pile}/{number}");
                    depot.0.timers.arm(transaction, "visibility", &name, When::After(time), &[])?;
                }
            }
            Ok::<_, Error>(())
        });
        hidden.await.map_err(|error| AwsError::from(error).into())
    }
}

#[async_trait]
impl Target for Depot {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let error = |status: u16| AwsError::new("Fault", "as told").status(status);
        self.0.tried.fetch_add(1, Ordering::SeqCst);
        match self.fault() {
            Fault::None => {}
            Fault::Throttled => return Err(error(429).into()),
            Fault::Refused => return Err(error(403).into()),
            Fault::Gone => return Err(error(404).into()),
            Fault::Slow => self.0.context.clock().wait(Duration::from_secs(20)).await,
            Fault::Panics => panic!("as told"),
            Fault::Fails => {
                return Ok(Delivered { function_error: Some("Unhandled".into()), ..Delivered::default() });
            }
            Fault::Stuck => std::future::pending().await,
        }
        self.take_in(delivery).await
    }
}

#[async_trait]
impl Source for Depot {
    fn kind(&self) -> SourceKind {
        self.0.kind
    }

    async fn describe(&self, reader: &Reader) -> Result<Description, PortError> {
        let is_empty = self.pile(reader.source.resource()).is_empty();
        Ok(Description { visibility: Some(Duration::from_secs(30)), is_empty, ..Description::default() })
    }

    async fn ready(&self, reader: &Reader, wait: Duration) -> Result<(), PortError> {
        let mut end = self.0.context.clock().wait(wait);
        loop {
            let mut changed = pin!(self.0.changed.notified());
            changed.as_mut().enable();
            if self.has_any(reader) {
                return Ok(());
            }
            tokio::select! {
                () = &mut changed => {}
                () = &mut end => return Ok(()),
            }
        }
    }

    async fn poll(&self, reader: &Reader, poll: Poll) -> Result<Vec<Record>, PortError> {
        let mut end = self.0.context.clock().wait(poll.wait);
        loop {
            // Listens before it looks, so that what comes in between is not missed.
            let mut changed = pin!(self.0.changed.notified());
            changed.as_mut().enable();
            let taken = self.take(reader, &poll).await?;
            if !taken.is_empty() {
                return Ok(taken);
            }
            tokio::select! {
                () = &mut changed => {}
                () = &mut end => return self.take(reader, &poll).await,
            }
        }
    }

    async fn acknowledge(&self, reader: &Reader, receipts: &[Receipt]) -> Result<(), PortError> {
        let pile = reader.source.resource().to_owned();
        let numbers: Vec<u64> = receipts.iter().map(|receipt| receipt.0.parse().unwrap()).collect();
        let Some(last) = numbers.last().copied() else { return Ok(()) };
        if self.0.kind == SourceKind::Stream {
            let key = (pile, reader.name.clone());
            return self.0.checkpoints.put(key, last).await.map_err(store_error);
        }
        let depot = self.clone();
        let gone = self.store().transact(move |transaction| {
            for number in numbers {
                depot.0.items.within(transaction).remove(&(pile.clone(), number))?;
                depot.0.timers.cancel(transaction, "visibility", &format!("{pile}/{number}"))?;
            }
            Ok::<_, Error>(())
        });
        gone.await.map_err(|error| AwsError::from(error).into())
    }

    async fn hide(
        &self,
        reader: &Reader,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<(), PortError> {
        match self.0.kind {
            SourceKind::Queue => self.hide_for(reader, receipts, visibility, 0).await,
            SourceKind::Stream => Ok(()),
        }
    }
}

/// Where a pile is.
pub(crate) fn at(service: &str, pile: &str) -> Arn {
    format!("arn:aws:{service}:us-east-1:000000000000:{pile}").parse().unwrap()
}
