//! PutRetentionPolicy, DeleteRetentionPolicy, and dropping what is past its time.

use cloud_core::{AwsError, Caller};
use cloud_store::Scan;

use super::oldest::{DROPPED, drop_before};
use crate::open::Logs;
use crate::record::{self, GROUPS, Group, Place};
use crate::shapes::{Code, DeleteRetentionPolicyRequest, PutRetentionPolicyRequest};

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
    let message = format!(
        "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
        known.join(", ")
    );
    Err(Code::InvalidParameterException.error(message))
}

async fn set(logs: &Logs, name: String, days: Option<i32>) -> Result<(), AwsError> {
    let group = logs.transact(move |transaction| {
        let mut group = record::group(transaction, &name)?;
        group.retention_days = days;
        transaction.put_json(GROUPS, &name, &group).map_err(AwsError::internal)?;
        Ok(group)
    });
    purge(logs, group.await?).await.map_err(AwsError::internal)
}

/// Drops the events of all groups that are past their retention.
pub(crate) async fn purge_all(logs: &Logs) -> Result<(), cloud_store::Error> {
    for entry in logs.store.scan_lossy(GROUPS, Scan::all()).await? {
        match entry.and_then(|entry| entry.json()) {
            Ok(group) => purge(logs, group).await?,
            Err(error) => tracing::error!(%error, "a log group is damaged and left out"),
        }
    }
    Ok(())
}

async fn purge(logs: &Logs, group: Group) -> Result<(), cloud_store::Error> {
    if group.retention_days.is_none() {
        return Ok(());
    }
    let horizon = Place { ms: group.horizon(logs.context.clock().now_ms()), number: 0 };
    loop {
        let name = group.name.clone();
        let dropped = logs.store.free(move |transaction| drop_before(transaction, &name, horizon)).await?;
        if dropped < DROPPED {
            return Ok(());
        }
    }
}
