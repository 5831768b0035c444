//! TagResource, UntagResource, ListTags.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{AwsError, Caller, Refusal, TagRules, tags};

use super::event_source_mappings::find;
use super::{find_code_signing, gone, tag_code_signing};
use crate::Lambda;
use crate::names::mapping_uuid;
use crate::shapes::{Code, ListTagsRequest, ListTagsResponse, TagResourceRequest, UntagResourceRequest};
use crate::state::{Function, Mapping};

/// What is said of tags that may not be.
const RULES: TagRules = TagRules {
    // AWS: "Maximum number of tags per resource – 50".
    too_many: Refusal(CODE, 400, "Number of tags exceeds resource tag limit."),
    ..TagRules::plain(CODE)
};
const CODE: &str = "InvalidParameterValueException";

pub(crate) async fn tag_resource(
    service: &Lambda,
    _caller: &Caller,
    input: TagResourceRequest,
) -> Result<(), AwsError> {
    if let Some(uuid) = mapping_uuid(service.context(), &input.resource) {
        return change_mapping(service, uuid, move |tags| RULES.add(tags, input.tags)).await;
    }
    if is_code_signing(&input.resource) {
        return tag_code_signing(service, &input.resource, |tags| RULES.add(tags, input.tags)).await;
    }
    let function = tagged(service, &input.resource)?;
    change(service, &function.name, |tags| RULES.add(tags, input.tags)).await
}

pub(crate) async fn untag_resource(
    service: &Lambda,
    _caller: &Caller,
    input: UntagResourceRequest,
) -> Result<(), AwsError> {
    let (resource, keys) = (input.resource, input.tag_keys);
    let uuid = mapping_uuid(service.context(), &resource);
    let remove = move |present: &mut _| {
        tags::remove(present, &keys);
        Ok(())
    };
    if let Some(uuid) = uuid {
        return change_mapping(service, uuid, remove).await;
    }
    if is_code_signing(&resource) {
        return tag_code_signing(service, &resource, remove).await;
    }
    let function = tagged(service, &resource)?;
    change(service, &function.name, remove).await
}

pub(crate) async fn list_tags(
    service: &Lambda,
    _caller: &Caller,
    input: ListTagsRequest,
) -> Result<ListTagsResponse, AwsError> {
    if let Some(uuid) = mapping_uuid(service.context(), &input.resource) {
        return Ok(ListTagsResponse { tags: Some(find(service, uuid)?.tags.clone()) });
    }
    if is_code_signing(&input.resource) {
        let (_, found) = find_code_signing(service, &input.resource)?;
        return Ok(ListTagsResponse { tags: Some(found.tags.clone()) });
    }
    Ok(ListTagsResponse { tags: Some(tagged(service, &input.resource)?.tags.clone()) })
}

/// AWS: code signing configurations have tags, too.
fn is_code_signing(arn: &str) -> bool {
    arn.contains(":code-signing-config:")
}

/// AWS: tags belong to the function, not to its versions and aliases.
fn tagged(service: &Lambda, arn: &str) -> Result<Arc<Function>, AwsError> {
    let (name, function) = service.find(arn, None)?;
    if name.qualifier.is_some() {
        return Err(Code::InvalidParameterValueException
            .error(format!("Tags on function aliases and versions are not supported: {arn}")));
    }
    Ok(function)
}

/// Changes the tags of an event source mapping, which runs on as it does.
async fn change_mapping(
    service: &Lambda,
    uuid: &str,
    change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    find(service, uuid)?;
    let decide = move |present: Option<&Mapping>| {
        let Some(mut mapping) = present.cloned() else { return Ok((None, ())) };
        change(&mut mapping.tags)?;
        Ok::<_, AwsError>((Some(mapping), ()))
    };
    service.records().mappings().change(uuid.to_owned(), decide).await
}

/// Whether a function may have these from its beginning.
pub(crate) fn check_tags(tags: Option<&BTreeMap<String, String>>) -> Result<(), AwsError> {
    RULES.add(&mut BTreeMap::new(), tags.cloned().unwrap_or_default())
}

/// Sets all tags at once.
pub(crate) async fn replace_tags(
    service: &Lambda,
    name: &str,
    wanted: BTreeMap<String, String>,
) -> Result<(), AwsError> {
    change(service, name, |tags| {
        tags.clear();
        RULES.add(tags, wanted)
    })
    .await
}

async fn change(
    service: &Lambda,
    name: &str,
    change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), AwsError>,
) -> Result<(), AwsError> {
    let revision = service.revision();
    service
        .records()
        .change(name, |function| {
            let old = function.ok_or_else(|| gone(service, name))?;
            let mut function = old.clone();
            change(&mut function.tags)?;
            if function.tags != old.tags {
                function.revise(None, revision);
            }
            Ok((Some(function), ()))
        })
        .await?;
    Ok(())
}
