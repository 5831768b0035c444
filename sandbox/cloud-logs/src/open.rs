//! The service's state: one store.

use std::sync::Arc;

use cloud_core::{AwsError, Context};
use cloud_store::{Layout, Store, Transaction};
use cloud_wire::{Operation, Service, ServiceModel, Value};

use crate::record::{self, EVENTS, GROUPS, STREAMS, TIMES};
use crate::{ops, resources, shapes};

/// CloudWatch Logs of one cloud.
pub struct Logs {
    pub(crate) context: Context,
    pub(crate) store: Store,
}

/// Opens the service, drops what is past its retention, and registers its ports with the context.
pub async fn open(context: &Context) -> Result<Arc<Logs>, cloud_store::Error> {
    let layout = Layout::new(&[GROUPS, STREAMS, EVENTS, TIMES]);
    let store = Store::open(context.database("logs"), layout).await?;
    let logs = Arc::new(Logs { context: context.clone(), store });
    ops::retention::purge_all(&logs).await?;
    context.peers().set_logs(logs.clone());
    resources::register(&logs);
    Ok(logs)
}

impl Service for Logs {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    fn inspect(&self, operation: &Operation, input: &Value) -> Result<(), AwsError> {
        // AWS: these names are measured before anything else is.
        let members = operation.input.members().iter().zip(input.members());
        let mut names = members.filter(|(member, _)| matches!(member.name, "logGroupName" | "logStreamName"));
        names.try_for_each(|(_, value)| record::check_length(value.as_str().unwrap_or_default()))
    }

    cloud_wire::dispatch! { crate::shapes;
        CreateLogGroup => ops::groups::create_log_group,
        CreateLogStream => ops::streams::create_log_stream,
        DeleteLogGroup => ops::groups::delete_log_group,
        DeleteLogStream => ops::streams::delete_log_stream,
        DeleteRetentionPolicy => ops::retention::delete_retention_policy,
        DescribeLogGroups => ops::groups::describe_log_groups,
        DescribeLogStreams => ops::streams::describe_log_streams,
        FilterLogEvents => ops::filter_log_events::filter_log_events,
        GetLogEvents => ops::get_log_events::get_log_events,
        ListTagsForResource => ops::tags::list_tags_for_resource,
        ListTagsLogGroup => ops::tags::list_tags_log_group,
        PutLogEvents => ops::put_log_events::put_log_events,
        PutLogGroupDeletionProtection => ops::groups::put_log_group_deletion_protection,
        PutRetentionPolicy => ops::retention::put_retention_policy,
        TagLogGroup => ops::tags::tag_log_group,
        TagResource => ops::tags::tag_resource,
        UntagLogGroup => ops::tags::untag_log_group,
        UntagResource => ops::tags::untag_resource,
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
    /// Writes within one transaction.
    pub(crate) async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        self.store
            .transact(move |transaction| work(transaction).map_err(Failed))
            .await
            .map_err(|Failed(error)| error)
    }

    /// The same for what makes room: it goes on where the disk is full.
    pub(crate) async fn free<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        self.store
            .free(move |transaction| work(transaction).map_err(Failed))
            .await
            .map_err(|Failed(error)| error)
    }

    /// Reads from one moment.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        self.store.read(move |reader| Ok(work(reader))).await.map_err(AwsError::internal)?
    }

    /// A log group's ARN, as `logGroupArn` has it.
    pub(crate) fn group_arn(&self, name: &str) -> String {
        self.context.arn("logs", format!("log-group:{name}")).to_string()
    }
}
