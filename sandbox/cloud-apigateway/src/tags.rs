//! Tags of APIs and stages, by their ARNs; both control planes ask for them.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};

use crate::{ApiGateway, RestControl, records::Api, shapes_v1, shapes_v2};

type Answer<T> = Result<T, AwsError>;
type Tags = BTreeMap<String, String>;

/// What an ARN names.
struct Tagged {
    api: String,
    stage: Option<String>,
}

impl Tagged {
    /// `arn:aws:apigateway:REGION::/apis/ID`, `…/restapis/ID`, either with `/stages/NAME`; of this region, with no account.
    fn of(gateway: &ApiGateway, arn: &str) -> Answer<Self> {
        let region = gateway.context().region();
        let prefix = format!("arn:{}:apigateway:", region.partition().id);
        let path = arn.strip_prefix(&prefix).and_then(|rest| rest.split_once("::/"));
        let path = path.filter(|(named, _)| *named == region.as_str());
        let parts: Vec<&str> = path.map(|(_, path)| path.split('/').collect()).unwrap_or_default();
        match parts.as_slice() {
            ["apis" | "restapis", api] => Ok(Self { api: (*api).to_owned(), stage: None }),
            ["apis" | "restapis", api, "stages", stage] => {
                Ok(Self { api: (*api).to_owned(), stage: Some((*stage).to_owned()) })
            }
            _ => Err(AwsError::new(
                "BadRequestException",
                format!("Invalid ARN specified in the request: {arn}"),
            )),
        }
    }

    fn missing(&self) -> AwsError {
        let what = self.stage.as_ref().map_or("API", |_| "stage");
        AwsError::new("NotFoundException", format!("Invalid {what} identifier specified")).status(404)
    }

    /// The tags, in either kind of API.
    fn in_api<'a>(&self, api: &'a mut Api) -> Answer<&'a mut Option<Tags>> {
        match (api, &self.stage) {
            (Api::Http(api), None) => Ok(&mut api.api.tags),
            (Api::Rest(api), None) => Ok(&mut api.api.tags),
            (Api::Http(api), Some(stage)) => {
                api.stages.get_mut(stage).map(|state| &mut state.stage.tags).ok_or_else(|| self.missing())
            }
            (Api::Rest(api), Some(stage)) => {
                api.stages.get_mut(stage).map(|stage| &mut stage.tags).ok_or_else(|| self.missing())
            }
        }
    }
}

fn get(gateway: &ApiGateway, arn: &str) -> Answer<Option<Tags>> {
    let tagged = Tagged::of(gateway, arn)?;
    let mut api = Api::clone(&*gateway.records().get(&tagged.api).ok_or_else(|| tagged.missing())?);
    Ok(Some(tagged.in_api(&mut api)?.take().unwrap_or_default()))
}

async fn change(gateway: &ApiGateway, arn: &str, change: impl FnOnce(&mut Tags)) -> Answer<()> {
    let tagged = Tagged::of(gateway, arn)?;
    let changed = gateway.change(&tagged.api, |old| {
        let mut api = old.cloned().ok_or_else(|| tagged.missing())?;
        change(tagged.in_api(&mut api)?.get_or_insert_default());
        Ok((Some(api), ()))
    });
    changed.await
}

pub(crate) async fn get_v2(
    gateway: &ApiGateway,
    _: &Caller,
    input: shapes_v2::GetTagsRequest,
) -> Answer<shapes_v2::GetTagsResponse> {
    Ok(shapes_v2::GetTagsResponse { tags: get(gateway, &input.resource_arn)? })
}

pub(crate) async fn tag_v2(
    gateway: &ApiGateway,
    _: &Caller,
    input: shapes_v2::TagResourceRequest,
) -> Answer<shapes_v2::TagResourceResponse> {
    let given = input.tags.unwrap_or_default();
    change(gateway, &input.resource_arn, |tags| tags.extend(given)).await?;
    Ok(shapes_v2::TagResourceResponse::default())
}

pub(crate) async fn untag_v2(
    gateway: &ApiGateway,
    _: &Caller,
    input: shapes_v2::UntagResourceRequest,
) -> Answer<()> {
    change(gateway, &input.resource_arn, |tags| tags.retain(|key, _| !input.tag_keys.contains(key))).await
}

pub(crate) async fn get_v1(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: shapes_v1::GetTagsRequest,
) -> Answer<shapes_v1::Tags> {
    Ok(shapes_v1::Tags { tags: get(gateway, &input.resource_arn)? })
}

pub(crate) async fn tag_v1(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: shapes_v1::TagResourceRequest,
) -> Answer<()> {
    change(gateway, &input.resource_arn, |tags| tags.extend(input.tags)).await
}

pub(crate) async fn untag_v1(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: shapes_v1::UntagResourceRequest,
) -> Answer<()> {
    change(gateway, &input.resource_arn, |tags| tags.retain(|key, _| !input.tag_keys.contains(key))).await
}
