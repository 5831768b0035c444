//! TagResource, UntagResource, ListTagsForResource, ListTagsLogGroup.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};

use crate::open::Logs;
use crate::record::{self, GROUPS};
use crate::shapes::{
    Code, ListTagsForResourceRequest, ListTagsForResourceResponse, ListTagsLogGroupRequest,
    ListTagsLogGroupResponse, TagResourceRequest, UntagResourceRequest,
};

/// Tags of one group.
const MAX_TAGS: usize = 50;

pub(crate) async fn tag_resource(
    logs: &Logs,
    _caller: &Caller,
    input: TagResourceRequest,
) -> Result<(), AwsError> {
    change(logs, &input.resource_arn, move |tags| {
        tags.extend(input.tags);
        if tags.len() > MAX_TAGS {
            return Err(Code::TooManyTagsException.error("A resource can have no more than 50 tags."));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn untag_resource(
    logs: &Logs,
    _caller: &Caller,
    input: UntagResourceRequest,
) -> Result<(), AwsError> {
    change(logs, &input.resource_arn, move |tags| {
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
    .await
}

async fn change(
    logs: &Logs,
    arn: &str,
    work: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    let name = record::name_of_arn(arn)?;
    logs.transact(move |transaction| {
        let mut group = record::group(transaction, &name)?;
        work(&mut group.tags)?;
        transaction.put_json(GROUPS, &name, &group).map_err(AwsError::internal)
    })
    .await
}

async fn list(logs: &Logs, name: String) -> Result<BTreeMap<String, String>, AwsError> {
    logs.read(move |reader| record::group(reader, &name).map(|group| group.tags)).await
}

pub(crate) async fn list_tags_for_resource(
    logs: &Logs,
    _caller: &Caller,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, AwsError> {
    let tags = list(logs, record::name_of_arn(&input.resource_arn)?).await?;
    Ok(ListTagsForResourceResponse { tags: Some(tags) })
}

pub(crate) async fn list_tags_log_group(
    logs: &Logs,
    _caller: &Caller,
    input: ListTagsLogGroupRequest,
) -> Result<ListTagsLogGroupResponse, AwsError> {
    Ok(ListTagsLogGroupResponse { tags: Some(list(logs, input.log_group_name).await?) })
}
