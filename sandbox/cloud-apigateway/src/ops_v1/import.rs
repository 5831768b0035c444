//! ImportRestApi and PutRestApi: a REST API as a definition has it.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};
use cloud_wire::response_headers::without_effect;
use cloud_wire::shape::Described;
use serde_json::Value;

use super::{Answer, bad, endpoint_configuration, new_api};
use crate::{
    RestControl,
    openapi::{self, Definition},
    records::Api as Record,
    resources::idle,
    shapes_v1::{
        EndpointConfiguration, EndpointType, ImportRestApiRequest, PutMode, PutRestApiRequest, RestApi,
    },
};

/// The parameter that says of what kind a new API's endpoint is.
const ENDPOINT_TYPES: &str = "endpointConfigurationTypes";
/// Parameters that ask for what is so anyway.
// AWS: "To handle imported basepath, set parameters as basepath=ignore, basepath=prepend or basepath=split."
const SO_ANYWAY: [(&str, &str); 2] = [("ignore", "documentation"), ("basepath", "ignore")];

/// A definition, and what of it and of the request that it came in has no effect.
struct Given {
    definition: Definition,
    idle: Vec<String>,
}

impl Given {
    /// Reads a request. Of its parameters those that are named have an effect.
    // LIMIT: base paths are neither put before the others nor split, and definitions in YAML are not read.
    fn read<T: Described + Clone>(
        input: &T,
        body: &[u8],
        parameters: Option<&BTreeMap<String, String>>,
        effective: &[&str],
    ) -> Answer<Self> {
        let body: Value =
            serde_json::from_slice(body).map_err(|_| bad("Invalid OpenAPI input: the body must be JSON"))?;
        let members = idle::members(idle::REST_API, input).into_iter().filter(|name| *name != "parameters");
        // The query's other parameters are among these: that of the operation itself is `mode`.
        let asks = |name: &str, value: &str| {
            name != "mode" && !effective.contains(&name) && !SO_ANYWAY.contains(&(name, value))
        };
        let parameters = parameters.into_iter().flatten().filter(|(name, value)| asks(name, value));
        let mut idle: Vec<String> =
            members.chain(idle::members_of_definition(&body)).map(str::to_owned).collect();
        idle.extend(parameters.map(|(name, _)| format!("parameters.{name}")));
        Ok(Self { definition: openapi::read(&body)?, idle })
    }

    /// Notes on the answer what has no effect.
    fn tell(&self) {
        without_effect(&self.idle.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// The endpoint that the parameters ask for.
fn endpoint(parameters: Option<&BTreeMap<String, String>>) -> Answer<Option<EndpointConfiguration>> {
    let Some(wanted) = parameters.and_then(|parameters| parameters.get(ENDPOINT_TYPES)) else {
        return Ok(None);
    };
    let types: Vec<_> = wanted.split(',').map(|name| EndpointType::from(name.trim())).collect();
    if types.iter().any(|kind| matches!(kind, EndpointType::Unlisted(_))) {
        // LIMIT: the text is ours.
        return Err(bad(format!("Invalid {ENDPOINT_TYPES}: {wanted}; it must be EDGE, REGIONAL or PRIVATE")));
    }
    endpoint_configuration(Some(EndpointConfiguration { types: Some(types), ..Default::default() })).map(Some)
}

pub(crate) async fn import_rest_api(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: ImportRestApiRequest,
) -> Answer<RestApi> {
    let parameters = input.parameters.as_ref();
    let given = Given::read(&input, &input.body, parameters, &[ENDPOINT_TYPES])?;
    let definition = &given.definition;
    let mut state = new_api(
        gateway,
        RestApi {
            name: Some(definition.title.clone().unwrap_or_else(|| "Untitled".into())),
            description: definition.description.clone(),
            version: definition.version.clone(),
            endpoint_configuration: endpoint(parameters)?,
            ..RestApi::default()
        },
    );
    state.import(definition, || gateway.new_id(6))?;
    let api = state.api.clone();
    gateway.add(Record::Rest(state)).await?;
    given.tell();
    Ok(api)
}

pub(crate) async fn put_rest_api(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: PutRestApiRequest,
) -> Answer<RestApi> {
    let given = Given::read(&input, &input.body, input.parameters.as_ref(), &[])?;
    if input.mode == Some(PutMode::Merge) {
        // LIMIT: a definition replaces the API, it is not merged into it.
        return Err(AwsError::new("BadRequestException", "Only the mode overwrite is supported here"));
    }
    let changed = gateway.change_rest(&input.rest_api_id, |api| {
        api.import(&given.definition, || gateway.new_id(6))?;
        Ok(api.api.clone())
    });
    let changed = changed.await?;
    given.tell();
    Ok(changed)
}
