//! The service's state: its records in a store, their events in the log beside it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use cloud_core::{Access, AwsError, Context};
use cloud_delivery::{Limits, Outbox, Task, Timers};
use cloud_store::{Cached, Key, Layout, Migration, SegmentLog, Store, Transaction};
use cloud_wire::access::Asking;
use cloud_wire::service::Asks;
use cloud_wire::{Input, Operation, Service, ServiceModel};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::migration::{self, MOVED};
use crate::record::{self, GROUPS, Group, LOG, NUMBERS, STREAMS, Stream, StreamKey};
use crate::subscriptions::{Carrier, Patterns};
use crate::{ops, resources, shapes};

/// Pages are found by what older logs do not have.
const FOUND_BY_PLACE: Migration = |transaction| SegmentLog::bring_up(transaction, LOG);

/// A program that does not know subscriptions would not send on what is promised.
const SUBSCRIBED: Migration = |_| Ok(());

/// Bytes of records that are held in memory, of groups and of streams.
const HELD: usize = 2 << 20;

/// CloudWatch Logs of one cloud.
pub struct Logs {
    pub(crate) context: Context,
    pub(crate) groups: Cached<String, Group>,
    pub(crate) streams: Cached<StreamKey, Stream>,
    pub(crate) log: SegmentLog,
    /// Bytes, as AWS counts them, of a group that a function writes to.
    pub(crate) most_bytes: u64,
    /// How much functions wrote to which group since it was last looked how much that holds.
    pub(crate) grown: Mutex<HashMap<u64, u64>>,
    /// Held while a group is made smaller, from when it is looked how much that holds.
    pub(crate) shrinking: Arc<tokio::sync::Mutex<()>>,
    /// Events may be past their retention.
    pub(crate) aged: Arc<Notify>,
    /// What keeps to retentions; it ends with the service.
    keeper: Mutex<JoinSet<()>>,
    /// What is on its way to subscribers.
    pub(crate) outbox: Outbox,
    /// Patterns of subscriptions as they were read.
    pub(crate) patterns: Patterns,
    /// Timers that go off, and events that are sent on; they end with the service.
    tasks: Mutex<Vec<Task>>,
}

/// What transactions change.
#[derive(Clone)]
pub(crate) struct Records {
    pub groups: Cached<String, Group>,
    pub streams: Cached<StreamKey, Stream>,
    pub log: SegmentLog,
}

/// Opens the service, begins to drop what is past its retention, and registers its ports with the context.
pub async fn open(context: &Context) -> Result<Arc<Logs>, cloud_store::Error> {
    open_with(context, ops::oldest::MOST_BYTES).await
}

pub(crate) async fn open_with(context: &Context, most_bytes: u64) -> Result<Arc<Logs>, cloud_store::Error> {
    let records = Records::open(context).await?;
    match migration::all(&records).await {
        Err(error @ cloud_store::Error::Full(_)) => {
            tracing::warn!(%error, "log events of an earlier version are taken over once there is room");
        }
        other => other?,
    }
    let Records { groups, streams, log } = records;
    let timers = Timers::open(log.store(), context).await?;
    let carrier = Arc::new(Carrier(context.clone()));
    let (outbox, runner) = Outbox::open(&timers, carrier, Limits::default()).await?;
    let logs = Arc::new(Logs {
        context: context.clone(),
        groups,
        streams,
        log,
        most_bytes,
        grown: Mutex::default(),
        shrinking: Arc::default(),
        aged: Arc::default(),
        keeper: Mutex::default(),
        outbox,
        patterns: Patterns::default(),
        tasks: Mutex::new(vec![Task::start(timers.run()), Task::start(runner.run())]),
    });
    context.peers().set_logs(logs.clone());
    resources::register(&logs);
    let keep = ops::retention::keep(Arc::downgrade(&logs), Arc::clone(&logs.aged));
    logs.keeper.lock().unwrap_or_else(std::sync::PoisonError::into_inner).spawn(keep);
    Ok(logs)
}

impl Service for Logs {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    fn inspect(&self, operation: &Operation, input: &Input) -> Result<(), AwsError> {
        // AWS: these names are measured before anything else is.
        let members = operation.input.members().iter().zip(input.members());
        let mut names = members.filter(|(member, _)| matches!(member.name, "logGroupName" | "logStreamName"));
        names.try_for_each(|(_, value)| record::check_length(value.as_str().unwrap_or_default()))
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        // AWS: but for tags by ARN, what is about groups or streams asks for the stream, named or not.
        if asking.text("resourceArn").is_some() {
            return asking.by_rule();
        }
        let given = asking
            .text("logGroupIdentifier")
            .map(|id| id.rsplit_once(":log-group:").map_or(id, |(_, name)| name));
        let group = given.or_else(|| asking.text("logGroupName")).unwrap_or_default();
        let stream = asking.text("logStreamName").unwrap_or_default();
        vec![
            asking
                .access(asking.operation.name, asking.arn(&format!("log-group:{group}:log-stream:{stream}"))),
        ]
    }

    fn asks<'a>(&'a self, asking: &Asking<'_>) -> Asks<'a> {
        let mut accesses = self.accesses(asking);
        Box::pin(async move {
            for access in &mut accesses {
                // AWS: streams have no tags, and count as their group has them.
                let name =
                    access.resource.split(":log-group:").nth(1).and_then(|rest| rest.split(':').next());
                let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
                if let Some(group) = self.groups.get(&name.to_owned()).await? {
                    access.tell_tags(group.tags.clone());
                }
            }
            Ok(accesses)
        })
    }

    cloud_wire::dispatch! { crate::shapes;
        CreateLogGroup => ops::groups::create_log_group,
        CreateLogStream => ops::streams::create_log_stream,
        DeleteLogGroup => ops::groups::delete_log_group,
        DeleteLogStream => ops::streams::delete_log_stream,
        DeleteRetentionPolicy => ops::retention::delete_retention_policy,
        DeleteSubscriptionFilter => ops::subscription_filters::delete_subscription_filter,
        DescribeLogGroups => ops::groups::describe_log_groups,
        DescribeLogStreams => ops::streams::describe_log_streams,
        DescribeSubscriptionFilters => ops::subscription_filters::describe_subscription_filters,
        FilterLogEvents => ops::filter_log_events::filter_log_events,
        GetLogEvents => ops::get_log_events::get_log_events,
        ListTagsForResource => ops::tags::list_tags_for_resource,
        ListTagsLogGroup => ops::tags::list_tags_log_group,
        PutLogEvents => ops::put_log_events::put_log_events,
        PutLogGroupDeletionProtection => ops::groups::put_log_group_deletion_protection,
        PutRetentionPolicy => ops::retention::put_retention_policy,
        PutSubscriptionFilter => ops::subscription_filters::put_subscription_filter,
        TagLogGroup => ops::tags::tag_log_group,
        TagResource => ops::tags::tag_resource,
        UntagLogGroup => ops::tags::untag_log_group,
        UntagResource => ops::tags::untag_resource,
    }
}

impl Records {
    /// As they are kept.
    pub(crate) async fn open(context: &Context) -> Result<Self, cloud_store::Error> {
        const LAYOUT: Layout = Layout {
            tables: &[
                GROUPS,
                STREAMS,
                NUMBERS.table,
                LOG,
                migration::STREAMS,
                migration::EVENTS,
                migration::TIMES,
                migration::FORMER,
                Outbox::TABLE,
                Timers::TABLE,
            ],
            migrations: &[MOVED, FOUND_BY_PLACE, SUBSCRIBED],
        };
        let folder = context.folder("logs");
        let store = Store::open_naming(context.database("logs"), LAYOUT, &folder).await?;
        let groups = Cached::open(&store, GROUPS, &[], HELD).await?;
        let streams = Cached::open(&store, STREAMS, &[NUMBERS], HELD).await?;
        let log = SegmentLog::open(&store, LOG, folder).await?;
        Ok(Self { groups, streams, log })
    }
}

/// An error on its way out of a transaction.
struct Failed(AwsError);

impl From<cloud_store::Error> for Failed {
    fn from(error: cloud_store::Error) -> Self {
        Self(AwsError::internal(error))
    }
}

impl Logs {
    /// What transactions change.
    pub(crate) fn records(&self) -> Records {
        Records { groups: self.groups.clone(), streams: self.streams.clone(), log: self.log.clone() }
    }

    /// Writes within one transaction.
    pub(crate) async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        self.log
            .store()
            .transact(move |transaction| work(transaction).map_err(Failed))
            .await
            .map_err(|Failed(error)| error)
    }

    /// The same for what makes room: it goes on where the disk is full.
    pub(crate) async fn free<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        self.log
            .store()
            .free(move |transaction| work(transaction).map_err(Failed))
            .await
            .map_err(|Failed(error)| error)
    }

    /// The group of that name.
    pub(crate) async fn group(&self, name: &str) -> Result<Arc<Group>, AwsError> {
        let found = self.groups.get(&name.to_owned()).await.map_err(AwsError::internal)?;
        found.ok_or_else(record::no_group)
    }

    /// The same for what is about its streams or events.
    pub(crate) async fn filled_group(&self, name: &str) -> Result<Arc<Group>, AwsError> {
        let group = self.group(name).await?;
        migration::check_moved(&group)?;
        Ok(group)
    }

    /// The stream of that name in a group.
    pub(crate) async fn stream(&self, group: &Group, name: &str) -> Result<Arc<Stream>, AwsError> {
        let found = self.streams.get(&(group.id, name.to_owned())).await.map_err(AwsError::internal)?;
        found.ok_or_else(record::no_stream)
    }

    /// The key of the stream with that number in the log.
    pub(crate) async fn stream_of(&self, number: u64) -> Result<Option<StreamKey>, AwsError> {
        let keys = self.streams.find(NUMBERS, Key::number(number), None, 1).await;
        Ok(keys.map_err(AwsError::internal)?.pop())
    }

    /// Changes a group that is there.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce(&mut Group) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let decide = move |old: Option<&Group>| {
            let mut group = old.cloned().ok_or_else(record::no_group).map_err(Failed)?;
            let answer = work(&mut group).map_err(Failed)?;
            Ok((Some(group), answer))
        };
        self.groups.change(name, decide).await.map_err(|Failed(error)| error)
    }

    /// Whether nothing is on its way to a subscriber.
    pub async fn is_idle(&self) -> bool {
        self.outbox.waiting().await.is_ok_and(|bytes| bytes == 0)
    }

    /// Sends nothing more to subscribers: what is under way is sent again at the next start. What functions log until they
    /// end is still kept.
    pub async fn stop(&self) {
        if let Err(error) = self.outbox.stop().await {
            tracing::warn!(%error, "what is on its way to subscribers counts as begun at the next start");
        }
    }

    /// Closes the service: what was written is flushed, nothing is written any more, and another may open it.
    pub async fn close(&self) {
        self.stop().await;
        std::mem::take(&mut *self.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let mut keeper =
            std::mem::take(&mut *self.keeper.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        keeper.shutdown().await;
        self.log.close().await;
    }

    /// A log group's ARN, as `logGroupArn` has it.
    pub(crate) fn group_arn(&self, name: &str) -> String {
        self.context.arn("logs", format!("log-group:{name}")).to_string()
    }
}
