//! An HTTP API as it is remembered: pure.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Maker};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    cors,
    openapi::{DefinedFunction, DefinedIntegration, Definition},
    quotas,
    routing::{Proxy, Routes, Target},
    shapes_v2::{Api, Cors, Deployment, Integration, IntegrationType, Route, Stage},
};

/// The stage without a name in its path.
pub(crate) const DEFAULT_STAGE: &str = "$default";
/// The route for whatever no other takes.
pub(crate) const DEFAULT_ROUTE: &str = "$default";

/// An HTTP API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct HttpApi {
    pub(crate) api: Api,
    pub(crate) routes: BTreeMap<String, Route>,
    pub(crate) integrations: BTreeMap<String, Integration>,
    pub(crate) stages: BTreeMap<String, StageState>,
    pub(crate) deployments: BTreeMap<String, Deployment>,
    /// What the API was at each deployment, by its id.
    #[serde(default)]
    pub(crate) snapshots: BTreeMap<String, Vec<(String, Target)>>,
    /// Which step of a template made what has no id of its own: by `stage/NAME`, `method/RESOURCE/VERB`.
    #[serde(default)]
    pub(crate) made_by: BTreeMap<String, Maker>,
}

/// A stage and the routes it serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StageState {
    pub(crate) stage: Stage,
    /// What was deployed to it; a stage that deploys by itself follows the API.
    pub(crate) deployed: Vec<(String, Target)>,
}

impl StageState {
    /// Its routes, ready to serve.
    pub(crate) fn compile(&self) -> Routes {
        Routes::of_http(&self.deployed)
    }
}

impl HttpApi {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            routes: BTreeMap::new(),
            integrations: BTreeMap::new(),
            stages: BTreeMap::new(),
            deployments: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            made_by: BTreeMap::new(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.api.api_id.as_deref().unwrap_or_default()
    }

    /// Adds a route; its target must be an integration of this API.
    pub(crate) fn add_route(&mut self, id: String, route: Route) -> Result<(), AwsError> {
        self.check_route(&id, &route)?;
        quotas::ROUTES.check(self.routes.len() + 1)?;
        self.routes.insert(id, route);
        Ok(())
    }

    /// Adds an integration.
    pub(crate) fn add_integration(&mut self, id: String, integration: Integration) -> Result<(), AwsError> {
        quotas::INTEGRATIONS.check(self.integrations.len() + 1)?;
        self.integrations.insert(id, integration);
        Ok(())
    }

    /// Whether the route of that id may be like this beside the others.
    pub(crate) fn check_route(&self, id: &str, route: &Route) -> Result<(), AwsError> {
        check_route_key(&route.route_key)?;
        if self.routes.iter().any(|(other, kept)| other != id && kept.route_key == route.route_key) {
            let message = format!("Route with key {} already exists for this API", route.route_key);
            return Err(AwsError::new("ConflictException", message).status(409));
        }
        if let Some(target) = &route.target
            && self.integration_of(target).is_none()
        {
            return Err(AwsError::new(
                "BadRequestException",
                format!("Invalid integration target: {target}"),
            ));
        }
        Ok(())
    }

    fn integration_of(&self, target: &str) -> Option<&Integration> {
        self.integrations.get(target.strip_prefix("integrations/")?)
    }

    /// Makes the routes and integrations those of a definition.
    pub(crate) fn import(
        &mut self,
        definition: &Definition,
        mut new_id: impl FnMut() -> String,
    ) -> Result<(), AwsError> {
        self.routes.clear();
        self.integrations.clear();
        if definition.cors.is_some() {
            self.set_cors(definition.cors.clone())?;
        }
        if definition.endpoint_disabled.is_some() {
            self.api.disable_execute_api_endpoint = definition.endpoint_disabled;
        }
        for defined in &definition.routes {
            let DefinedIntegration::Function(function) = &defined.integration else {
                let message =
                    format!("Mock integrations are not supported for HTTP APIs: {}", defined.route_key());
                return Err(AwsError::new("BadRequestException", message));
            };
            let integration_id = new_id();
            self.add_integration(integration_id.clone(), integration(&integration_id, function))?;
            let route_id = new_id();
            let route = Route {
                route_id: Some(route_id.clone()),
                route_key: defined.route_key(),
                target: Some(format!("integrations/{integration_id}")),
                ..Route::default()
            };
            self.add_route(route_id, route)?;
        }
        Ok(())
    }

    /// The stages that deploy by themselves now serve what the API is.
    pub(crate) fn auto_deploy(&mut self, now: Timestamp) {
        let current = self.current();
        for state in self.stages.values_mut().filter(|state| state.stage.auto_deploy == Some(true)) {
            state.deployed.clone_from(&current);
            state.stage.last_updated_date = Some(now);
        }
    }

    /// Keeps what the API is as a deployment.
    pub(crate) fn deploy(&mut self, id: String, deployment: Deployment) {
        self.snapshots.insert(id.clone(), self.current());
        self.deployments.insert(id, deployment);
    }

    /// Makes a stage one that serves a deployment.
    pub(crate) fn serve(&self, state: &mut StageState, deployment: &str) -> Result<(), AwsError> {
        // AWS: such a stage follows the API.
        if state.stage.auto_deploy == Some(true) {
            let message = "A deployment cannot be chosen for a stage that deploys by itself";
            return Err(AwsError::new("BadRequestException", message));
        }
        if !self.deployments.contains_key(deployment) {
            return Err(crate::ops_v2::not_found("Deployment", deployment));
        }
        // Earlier versions kept none: what they deployed is what its stage serves.
        let serving = |other: &&StageState| other.stage.deployment_id.as_deref() == Some(deployment);
        let former = || self.stages.values().find(serving).map(|other| other.deployed.clone());
        let snapshot = self.snapshots.get(deployment).cloned().or_else(former);
        state.deployed = snapshot.unwrap_or_else(|| self.current());
        state.stage.deployment_id = Some(deployment.to_owned());
        Ok(())
    }

    /// What the API is now: route keys and where they lead.
    pub(crate) fn current(&self) -> Vec<(String, Target)> {
        let target = |route: &Route| self.integration_of(route.target.as_deref()?).and_then(target);
        self.routes.values().filter_map(|route| Some((route.route_key.clone(), target(route)?))).collect()
    }

    /// Takes another configuration of cross-origin requests, or none.
    pub(crate) fn set_cors(&mut self, cors: Option<Cors>) -> Result<(), AwsError> {
        cors.iter().try_for_each(cors::check)?;
        self.api.cors_configuration = cors;
        Ok(())
    }

    pub(crate) fn cors(&self) -> Option<&Cors> {
        self.api.cors_configuration.as_ref()
    }
}

/// Where an integration leads; none where it is no Lambda proxy.
fn target(integration: &Integration) -> Option<Target> {
    if integration.integration_type != Some(IntegrationType::AwsProxy) {
        return None;
    }
    let function = crate::openapi::function_arn(integration.integration_uri.as_deref()?)?;
    Some(Target::Function(Proxy {
        function,
        payload_v2: integration.payload_format_version.as_deref() == Some("2.0"),
        timeout_ms: integration.timeout_in_millis.unwrap_or(quotas::HTTP_TIMEOUT).unsigned_abs(),
    }))
}

fn integration(id: &str, defined: &DefinedFunction) -> Integration {
    Integration {
        integration_id: Some(id.to_owned()),
        integration_type: Some(IntegrationType::AwsProxy),
        integration_method: Some("POST".to_owned()),
        integration_uri: Some(defined.uri.clone()),
        payload_format_version: Some(
            defined.payload_format_version.clone().unwrap_or_else(|| "1.0".to_owned()),
        ),
        timeout_in_millis: Some(defined.timeout_ms.unwrap_or(quotas::HTTP_TIMEOUT)),
        ..Integration::default()
    }
}

/// AWS: a greedy variable may only be the last part of a path, and a variable is a whole part.
fn fits_path(path: &str) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let parts: Vec<&str> = path.split('/').collect();
    parts.iter().enumerate().all(|(index, part)| {
        let is_last = index + 1 == parts.len();
        let variable = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let plain = variable.map_or(*part, |name| name.strip_suffix('+').filter(|_| is_last).unwrap_or(name));
        variable.is_none_or(|_| !plain.is_empty())
            && !plain.contains(['{', '}', ' '])
            && variable.is_none_or(|_| !plain.contains('+'))
    })
}

/// `$default`, or a method or `ANY`, a space, and a path.
fn check_route_key(key: &str) -> Result<(), AwsError> {
    const METHODS: [&str; 8] = ["ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    let fits = key == DEFAULT_ROUTE
        || key.split_once(' ').is_some_and(|(method, path)| METHODS.contains(&method) && fits_path(path));
    if fits {
        return Ok(());
    }
    // AWS: the text of CreateRoute.
    Err(AwsError::new(
        "BadRequestException",
        format!(
            "The provided route key is not formatted properly for HTTP protocol: {key}. Use <method> <path> or $default."
        ),
    ))
}
