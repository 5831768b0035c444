//! PutRetentionPolicy, DeleteRetentionPolicy, and dropping what is past its time.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cloud_core::{AwsError, Caller, constraint};
use cloud_store::{Error, Scan};
use tokio::sync::Notify;

use crate::migration;
use crate::open::Logs;
use crate::record::Group;
use crate::shapes::{DeleteRetentionPolicyRequest, PutRetentionPolicyRequest};

/// How often it is looked for what is past its retention.
const SWEPT_EVERY: Duration = Duration::from_mins(1);

/// AWS: the days that a retention may have.
const DAYS: [i32; 23] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    0,
];

pub(crate) async fn put_retention_policy(
    logs: &Logs,
    _caller: &Caller,
    input: PutRetentionPolicyRequest,
) -> Result<(), AwsError> {
    let days = check_days(input.retention_in_days)?;
    set(logs, input.log_group_name, Some(days)).await
}

pub(crate) async fn delete_retention_policy(
    logs: &Logs,
    _caller: &Caller,
    input: DeleteRetentionPolicyRequest,
) -> Result<(), AwsError> {
    set(logs, input.log_group_name, None).await
}

/// The days, if AWS knows such a retention.
pub(crate) fn check_days(days: i32) -> Result<i32, AwsError> {
    if days > 0 && DAYS.contains(&days) {
        return Ok(days);
    }
    let known: Vec<_> = DAYS.iter().filter(|days| **days > 0).map(ToString::to_string).collect();
    let known = format!("Member must satisfy enum value set: [{}]", known.join(", "));
    Err(constraint::broken("InvalidParameterException", &days.to_string(), "retentionInDays", &known))
}

async fn set(logs: &Logs, name: String, days: Option<i32>) -> Result<(), AwsError> {
    let set = move |group: &mut Group| {
        group.retention_days = days;
        Ok(())
    };
    logs.change(name, set).await?;
    logs.aged.notify_one();
    Ok(())
}

/// Keeps to the retentions of all groups while the service is open.
pub(crate) async fn keep(logs: Weak<Logs>, aged: Arc<Notify>) {
    while let Some(open) = logs.upgrade() {
        if let Err(error) = migration::all(&open.records()).await {
            tracing::warn!(%error, "log events of an earlier version are taken over later");
        }
        if let Err(error) = sweep(&open).await {
            tracing::warn!(%error, "log events past their retention are dropped later");
        }
        drop(open);
        // Whichever comes first.
        let _ = tokio::time::timeout(SWEPT_EVERY, aged.notified()).await;
    }
}

/// Drops what is past its retention: what a group has in a segment once all of that is, some at a time.
pub(crate) async fn sweep(logs: &Logs) -> Result<(), Error> {
    let mut from = None;
    loop {
        let page = logs.groups.page(Scan::all(), from).await?;
        for (_, group) in page.records {
            if group.retention_days.is_some()
                && let Err(error) = expire(logs, &group).await
            {
                // Those behind it expire all the same.
                tracing::warn!(%error, group = group.name, "log events past their retention are dropped later");
            }
        }
        from = page.next;
        if from.is_none() {
            // Also what could not be given back before.
            return logs.log.reclaim().await;
        }
    }
}

async fn expire(logs: &Logs, group: &Group) -> Result<(), Error> {
    let (id, horizon) = (group.id, group.horizon(logs.context.clock().now_ms()));
    if logs.log.grows_with(id, horizon) {
        logs.log.roll().await?;
    }
    loop {
        let log = logs.log.clone();
        let drop =
            move |transaction: &mut cloud_store::Transaction<'_>| log.drop_before(transaction, id, horizon);
        if !logs.log.store().free(drop).await?.more {
            return Ok(());
        }
    }
}
