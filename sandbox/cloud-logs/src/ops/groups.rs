//! CreateLogGroup, DeleteLogGroup, DescribeLogGroups, PutLogGroupDeletionProtection.

use cloud_core::{AwsError, Caller};
use cloud_store::{Ordered, Scan, StreamId, Totals, Transaction};

use crate::migration;
use crate::open::{Logs, Records};
use crate::quotas::{self, EVENT_OVERHEAD};
use crate::record::{self, Group};
use crate::shapes::{
    Code, CreateLogGroupRequest, DeleteLogGroupRequest, DescribeLogGroupsRequest, DescribeLogGroupsResponse,
    LogGroup, LogGroupClass, PutLogGroupDeletionProtectionRequest,
};

pub(crate) async fn create_log_group(
    logs: &Logs,
    _caller: &Caller,
    input: CreateLogGroupRequest,
) -> Result<(), AwsError> {
    let group = Group {
        name: input.log_group_name,
        created_ms: logs.context.clock().now_ms(),
        tags: input.tags.unwrap_or_default(),
        kms_key: input.kms_key_id,
        class: input.log_group_class,
        protected: input.deletion_protection_enabled == Some(true),
        ..Group::default()
    };
    let records = logs.records();
    logs.transact(move |transaction| create(&records, transaction, group)).await
}

/// Makes a group; `ResourceAlreadyExistsException` if there is one.
pub(crate) fn create(
    records: &Records,
    transaction: &mut Transaction<'_>,
    group: Group,
) -> Result<(), AwsError> {
    // AWS: "Log group names can't start with the string aws/".
    if group.name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws/")) {
        return Err(
            Code::InvalidParameterException.error("Log groups starting with AWS/ are reserved for AWS.")
        );
    }
    if records.groups.within(transaction).get(&group.name).map_err(AwsError::internal)?.is_some() {
        return Err(taken());
    }
    records.begin_group(transaction, group).map(drop)
}

/// The error of a name that another group has.
pub(crate) fn taken() -> AwsError {
    Code::ResourceAlreadyExistsException.error("The specified log group already exists")
}

pub(crate) async fn delete_log_group(
    logs: &Logs,
    _caller: &Caller,
    input: DeleteLogGroupRequest,
) -> Result<(), AwsError> {
    let records = logs.records();
    logs.free(move |transaction| {
        if delete(&records, transaction, &input.log_group_name)? { Ok(()) } else { Err(record::no_group()) }
    })
    .await
}

/// Refuses to delete a group, or what is in it, while that is protected.
pub(crate) fn unprotected(group: &Group, what: &str) -> Result<(), AwsError> {
    if group.protected {
        // AWS: the text of "Protecting log groups from deletion"; "all deletion operations" are blocked.
        let message = format!(
            "Cannot delete {what} with deletion protection enabled. Disable deletion protection first."
        );
        return Err(AwsError::new("ValidationException", message));
    }
    Ok(())
}

pub(crate) async fn put_log_group_deletion_protection(
    logs: &Logs,
    _caller: &Caller,
    input: PutLogGroupDeletionProtectionRequest,
) -> Result<(), AwsError> {
    let name = record::group_name(None, Some(input.log_group_identifier))?;
    let protect = move |group: &mut Group| {
        group.protected = input.deletion_protection_enabled;
        Ok(())
    };
    logs.change(name, protect).await
}

/// Removes a group with all that is in it, unless it is protected. False if there is none.
pub(crate) fn delete(
    records: &Records,
    transaction: &mut Transaction<'_>,
    name: &String,
) -> Result<bool, AwsError> {
    let Some(group) = records.groups.within(transaction).get(name).map_err(AwsError::internal)? else {
        return Ok(false);
    };
    unprotected(&group, "log group")?;
    // Nothing leads to its number any more: what is of it goes little by little.
    let remove = |transaction: &mut Transaction<'_>| {
        records.groups.within(transaction).remove(name)?;
        migration::forget(records, transaction, &group)?;
        if group.id == 0 {
            return Ok(());
        }
        records.streams.within(transaction).purge((group.id,).encode())?;
        records.log.remove(transaction, StreamId::all(group.id))
    };
    remove(transaction).map_err(AwsError::internal)?;
    Ok(true)
}

pub(crate) async fn describe_log_groups(
    logs: &Logs,
    _caller: &Caller,
    input: DescribeLogGroupsRequest,
) -> Result<DescribeLogGroupsResponse, AwsError> {
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        let message = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.";
        return Err(Code::InvalidParameterException.error(message));
    }
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(quotas::LISTED);
    let mut scan = Scan::prefix(input.log_group_name_prefix.as_deref().unwrap_or_default());
    if let Some(token) = &input.next_token {
        scan = scan.after(token);
    }
    let show = |group: Group| wanted(logs, &group, &input).then_some(group);
    let (found, next_token) = logs.groups.list(scan, limit, show).await.map_err(AwsError::internal)?;
    let ids = found.iter().map(|group| StreamId::all(group.id)).collect();
    let totals = logs.log.totals(ids).await.map_err(AwsError::internal)?;
    let groups =
        found.into_iter().zip(totals).map(|(group, totals)| shown(logs, group, &totals.unwrap_or_default()));
    Ok(DescribeLogGroupsResponse { log_groups: Some(groups.collect()), next_token })
}

fn wanted(logs: &Logs, group: &Group, input: &DescribeLogGroupsRequest) -> bool {
    // Wherever a token makes the listing go on.
    if !group.name.starts_with(input.log_group_name_prefix.as_deref().unwrap_or_default()) {
        return false;
    }
    if let Some(pattern) = &input.log_group_name_pattern
        && !group.name.to_lowercase().contains(&pattern.to_lowercase())
    {
        return false;
    }
    if input.log_group_class.as_ref().is_some_and(|class| *class != class_of(group)) {
        return false;
    }
    input.log_group_identifiers.as_ref().is_none_or(|identifiers| {
        identifiers
            .iter()
            .any(|identifier| *identifier == group.name || *identifier == logs.group_arn(&group.name))
    })
}

fn class_of(group: &Group) -> LogGroupClass {
    group.class.clone().unwrap_or(LogGroupClass::Standard)
}

fn shown(logs: &Logs, group: Group, totals: &Totals) -> LogGroup {
    let arn = logs.group_arn(&group.name);
    LogGroup {
        log_group_class: Some(class_of(&group)),
        log_group_name: Some(group.name),
        creation_time: Some(group.created_ms),
        retention_in_days: group.retention_days,
        metric_filter_count: Some(0),
        arn: Some(format!("{arn}:*")),
        log_group_arn: Some(arn),
        stored_bytes: i64::try_from(totals.bytes + EVENT_OVERHEAD as u64 * totals.records).ok(),
        kms_key_id: group.kms_key,
        deletion_protection_enabled: Some(group.protected),
        ..LogGroup::default()
    }
}
