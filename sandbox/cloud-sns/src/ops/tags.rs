//! TagResource, UntagResource, ListTagsForResource.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, Refusal, TagRules, tags};

use crate::error::invalid;
use crate::names;
use crate::open::Sns;
use crate::record::Topic;
use crate::shapes::{
    Code, ListTagsForResourceRequest, ListTagsForResourceResponse, Tag, TagResourceRequest,
    TagResourceResponse, UntagResourceRequest, UntagResourceResponse,
};

/// What is said of tags that may not be.
pub(crate) const RULES: TagRules = TagRules {
    too_many: Refusal(
        "TagLimitExceeded",
        400,
        "Could not complete request: tag quota of per resource exceeded",
    ),
    ..TagRules::plain("InvalidParameter")
};

/// Tags of a request by their keys.
// AWS: it says that a key is there twice in these words.
pub(crate) fn read(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, AwsError> {
    let mut all = BTreeMap::new();
    for Tag { key, value } in tags {
        if all.insert(key, value).is_some() {
            return Err(invalid("Duplicated keys are not allowed."));
        }
    }
    Ok(all)
}

fn named(sns: &Sns, arn: &str) -> Result<String, AwsError> {
    let name = names::topic(&sns.context, "ResourceArn", arn)?;
    match sns.records.topics.get(&name) {
        Some(_) => Ok(name),
        None => Err(Code::ResourceNotFoundException.error("Resource does not exist")),
    }
}

pub(crate) async fn tag_resource(
    sns: &Sns,
    _caller: &Caller,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, AwsError> {
    let name = named(sns, &input.resource_arn)?;
    let tags = read(input.tags)?;
    sns.records.change_topic(name, move |topic: &mut Topic| RULES.add(&mut topic.tags, tags)).await?;
    Ok(TagResourceResponse {})
}

pub(crate) async fn untag_resource(
    sns: &Sns,
    _caller: &Caller,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, AwsError> {
    let name = named(sns, &input.resource_arn)?;
    let remove = move |topic: &mut Topic| {
        tags::remove(&mut topic.tags, &input.tag_keys);
        Ok(())
    };
    sns.records.change_topic(name, remove).await?;
    Ok(UntagResourceResponse {})
}

pub(crate) async fn list_tags_for_resource(
    sns: &Sns,
    _caller: &Caller,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, AwsError> {
    let name = named(sns, &input.resource_arn)?;
    let topic = sns.records.topics.get(&name);
    let tags = topic.map(|topic| topic.tags.clone()).unwrap_or_default();
    Ok(ListTagsForResourceResponse {
        tags: Some(tags.into_iter().map(|(key, value)| Tag { key, value }).collect()),
    })
}
