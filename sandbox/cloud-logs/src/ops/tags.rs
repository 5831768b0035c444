//! TagResource, UntagResource, ListTagsForResource, and the same by a group's name: TagLogGroup and its kin.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, Refusal, TagRules, tags};

use crate::open::Logs;
use crate::record;
use crate::shapes::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, ListTagsLogGroupRequest,
    ListTagsLogGroupResponse, TagLogGroupRequest, TagResourceRequest, UntagLogGroupRequest,
    UntagResourceRequest,
};

/// What is said of tags that may not be.
const RULES: TagRules = TagRules {
    too_many: Refusal("TooManyTagsException", 400, "A resource can have no more than {most} tags."),
    ..OLDER
};
// AWS: the older operations know no TooManyTagsException.
const OLDER: TagRules = TagRules::plain("InvalidParameterException");

pub(crate) async fn tag_resource(
    logs: &Logs,
    _caller: &Caller,
    input: TagResourceRequest,
) -> Result<(), AwsError> {
    change(logs, record::name_of_arn(&input.resource_arn)?, move |tags| RULES.add(tags, input.tags)).await
}

pub(crate) async fn tag_log_group(
    logs: &Logs,
    _caller: &Caller,
    input: TagLogGroupRequest,
) -> Result<(), AwsError> {
    change(logs, input.log_group_name, move |tags| OLDER.add(tags, input.tags)).await
}

pub(crate) async fn untag_resource(
    logs: &Logs,
    _caller: &Caller,
    input: UntagResourceRequest,
) -> Result<(), AwsError> {
    remove(logs, record::name_of_arn(&input.resource_arn)?, input.tag_keys).await
}

pub(crate) async fn untag_log_group(
    logs: &Logs,
    _caller: &Caller,
    input: UntagLogGroupRequest,
) -> Result<(), AwsError> {
    remove(logs, input.log_group_name, input.tags).await
}

async fn remove(logs: &Logs, name: String, keys: Vec<String>) -> Result<(), AwsError> {
    change(logs, name, move |tags| {
        tags::remove(tags, &keys);
        Ok(())
    })
    .await
}

async fn change(
    logs: &Logs,
    name: String,
    work: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    logs.change(name, |group| work(&mut group.tags)).await
}

async fn list(logs: &Logs, name: String) -> Result<BTreeMap<String, String>, AwsError> {
    Ok(logs.group(&name).await?.tags.clone())
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
