//! TagResource, UntagResource, ListTagsForResource.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, TagRules, tags};

use crate::error::{invalid, no_rule};
use crate::names::{self, Tagged};
use crate::open::EventBridge;
use crate::record::Rule;
use crate::shapes::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, Tag, TagResourceRequest, TagResourceResponse,
    UntagResourceRequest, UntagResourceResponse,
};

/// What is said of tags that may not be.
pub(crate) const RULES: TagRules = TagRules::plain("ValidationException");

/// Tags of a request by their keys.
pub(crate) fn read(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, AwsError> {
    let mut all = BTreeMap::new();
    for Tag { key, value } in tags {
        if all.insert(key.clone(), value).is_some() {
            return Err(invalid(format!("The tag key {key} is there twice.")));
        }
    }
    Ok(all)
}

/// Changes the tags of what an ARN means.
async fn change(
    bridge: &EventBridge,
    arn: &str,
    work: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    match names::tagged(&bridge.context, arn)? {
        Tagged::Bus(name) => bridge.records.change_bus(name, |bus| work(&mut bus.tags)).await,
        Tagged::Rule(key) => {
            let (bus, name) = key.clone();
            let change = move |old: Option<Rule>| {
                let mut rule = old.ok_or_else(|| no_rule(&name, &bus))?;
                work(&mut rule.tags)?;
                Ok((Some(rule), ()))
            };
            bridge.records.change_rule(key, change).await
        }
    }
}

pub(crate) async fn tag_resource(
    bridge: &EventBridge,
    _caller: &Caller,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, AwsError> {
    let tags = read(input.tags)?;
    change(bridge, &input.resource_arn, move |own| RULES.add(own, tags)).await?;
    Ok(TagResourceResponse {})
}

pub(crate) async fn untag_resource(
    bridge: &EventBridge,
    _caller: &Caller,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, AwsError> {
    let remove = move |own: &mut BTreeMap<String, String>| {
        tags::remove(own, &input.tag_keys);
        Ok(())
    };
    change(bridge, &input.resource_arn, remove).await?;
    Ok(UntagResourceResponse {})
}

pub(crate) async fn list_tags_for_resource(
    bridge: &EventBridge,
    _caller: &Caller,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, AwsError> {
    let tags = match names::tagged(&bridge.context, &input.resource_arn)? {
        Tagged::Bus(name) => bridge.records.bus(&name)?.tags.clone(),
        Tagged::Rule(key) => {
            let rule = bridge.records.rule(&key)?.ok_or_else(|| no_rule(&key.1, &key.0))?;
            rule.tags.clone()
        }
    };
    let tags = tags.into_iter().map(|(key, value)| Tag { key, value });
    Ok(ListTagsForResourceResponse { tags: Some(tags.collect()) })
}
