//! Tags of APIs and stages, by their ARNs; both control planes ask for them.

use std::collections::BTreeMap;

use cloud_core::{Arn, AwsError, Caller, TagRules, tags};

use crate::{ApiGateway, RestControl, records::Api, shapes_v1, shapes_v2};

type Answer<T> = Result<T, AwsError>;
type Tags = BTreeMap<String, String>;

/// What is said of tags that may not be.
const RULES: TagRules = TagRules::plain("BadRequestException");

/// What an ARN names.
struct Tagged {
    api: String,
    stage: Option<String>,
}

impl Tagged {
    /// `arn:aws:apigateway:REGION::/apis/ID`, `…/restapis/ID`, either with `/stages/NAME`; of this region, with no account.
    fn of(gateway: &ApiGateway, arn: &str) -> Answer<Self> {
        let region = gateway.context().region();
        let parsed = arn.parse::<Arn>().ok().filter(|arn| {
            let here = arn.partition() == region.partition().id && arn.region() == region.as_str();
            here && arn.service() == "apigateway" && arn.account().is_empty()
        });
        let path = parsed.as_ref().and_then(|arn| arn.resource().strip_prefix('/'));
        let parts: Vec<&str> = path.map(|path| path.split('/').collect()).unwrap_or_default();
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

/// The tags that conditions see of what a path names.
// AWS: what is within a REST API inherits its tags, which those of a stage override; of an HTTP API nothing is inherited.
pub(crate) fn at(gateway: &ApiGateway, path: &str) -> Tags {
    let mut parts = path.split('/').skip(1);
    let (Some("apis" | "restapis"), Some(api)) = (parts.next(), parts.next()) else { return Tags::new() };
    let Some(api) = gateway.records().get(api) else { return Tags::new() };
    let (kind, name) = (parts.next(), parts.next());
    let stage = name.filter(|_| kind == Some("stages"));
    match &*api {
        Api::Rest(api) => {
            let own = stage.and_then(|stage| api.stages.get(stage)?.tags.clone());
            let mut tags = api.api.tags.clone().unwrap_or_default();
            tags.extend(own.unwrap_or_default());
            tags
        }
        Api::Http(api) if kind.is_none() => api.api.tags.clone().unwrap_or_default(),
        Api::Http(api) => {
            let own = stage.filter(|_| parts.next().is_none());
            own.and_then(|stage| api.stages.get(stage)?.stage.tags.clone()).unwrap_or_default()
        }
    }
}

fn get(gateway: &ApiGateway, arn: &str) -> Answer<Option<Tags>> {
    let tagged = Tagged::of(gateway, arn)?;
    let mut api = Api::clone(&*gateway.records().get(&tagged.api).ok_or_else(|| tagged.missing())?);
    Ok(Some(tagged.in_api(&mut api)?.take().unwrap_or_default()))
}

/// Refuses tags that something is to be made with.
pub(crate) fn check(tags: Option<&Tags>) -> Answer<()> {
    RULES.add(&mut Tags::new(), tags.cloned().unwrap_or_default())
}

async fn add(gateway: &ApiGateway, arn: &str, more: Tags) -> Answer<()> {
    change(gateway, arn, |tags| RULES.add(tags, more)).await
}

async fn remove(gateway: &ApiGateway, arn: &str, keys: &[String]) -> Answer<()> {
    let remove = |present: &mut Tags| {
        tags::remove(present, keys);
        Ok(())
    };
    change(gateway, arn, remove).await
}

async fn change(gateway: &ApiGateway, arn: &str, change: impl FnOnce(&mut Tags) -> Answer<()>) -> Answer<()> {
    let tagged = Tagged::of(gateway, arn)?;
    let changed = gateway.change(&tagged.api, |old| {
        let mut api = old.cloned().ok_or_else(|| tagged.missing())?;
        change(tagged.in_api(&mut api)?.get_or_insert_default())?;
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
    add(gateway, &input.resource_arn, input.tags.unwrap_or_default()).await?;
    Ok(shapes_v2::TagResourceResponse::default())
}

pub(crate) async fn untag_v2(
    gateway: &ApiGateway,
    _: &Caller,
    input: shapes_v2::UntagResourceRequest,
) -> Answer<()> {
    remove(gateway, &input.resource_arn, &input.tag_keys).await
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
    add(gateway, &input.resource_arn, input.tags).await
}

pub(crate) async fn untag_v1(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: shapes_v1::UntagResourceRequest,
) -> Answer<()> {
    remove(gateway, &input.resource_arn, &input.tag_keys).await
}
