//! A REST API as it is remembered: pure. What callers see is a deployment's snapshot, not the API as it is now.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Maker};
use serde::{Deserialize, Serialize};

use crate::{
    openapi::{DefinedIntegration, Definition},
    quotas,
    routing::{Proxy, Routes, Target},
    shapes_v1::{Deployment, Integration, IntegrationType, Method, Resource, RestApi as Description, Stage},
};

/// A REST API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RestApi {
    pub(crate) api: Description,
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) deployments: BTreeMap<String, Snapshot>,
    pub(crate) stages: BTreeMap<String, Stage>,
    /// Which step of a template made what has no id of its own: by `stage/NAME`, `method/RESOURCE/VERB`.
    #[serde(default)]
    pub(crate) made_by: BTreeMap<String, Maker>,
}

/// A deployment: the routes as they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) deployment: Deployment,
    pub(crate) routes: Vec<DeployedRoute>,
    pub(crate) binary_media_types: Vec<String>,
    /// From which size on answers are compressed; none of them without.
    #[serde(default)]
    pub(crate) minimum_compression_size: Option<i32>,
}

/// A route of a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeployedRoute {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) target: Target,
    /// The resource it is of; deployments from before this was kept have none.
    #[serde(default)]
    pub(crate) resource_id: Option<String>,
    /// Whether callers need a key.
    #[serde(default)]
    pub(crate) api_key_required: bool,
}

impl RestApi {
    /// An API with its root resource.
    pub(crate) fn new(mut api: Description, root_id: String) -> Self {
        api.root_resource_id = Some(root_id.clone());
        let root = Resource { id: Some(root_id.clone()), path: Some("/".into()), ..Resource::default() };
        Self {
            api,
            resources: BTreeMap::from([(root_id, root)]),
            deployments: BTreeMap::new(),
            stages: BTreeMap::new(),
            made_by: BTreeMap::new(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.api.id.as_deref().unwrap_or_default()
    }

    /// Adds a resource below another.
    pub(crate) fn add_resource(
        &mut self,
        id: String,
        parent_id: &str,
        part: &str,
    ) -> Result<Resource, AwsError> {
        let path = self.new_path(parent_id, part, None)?;
        quotas::RESOURCES.check(self.resources.len() + 1)?;
        let resource = Resource {
            id: Some(id.clone()),
            parent_id: Some(parent_id.to_owned()),
            path_part: Some(part.to_owned()),
            path: Some(path),
            resource_methods: None,
        };
        self.resources.insert(id, resource.clone());
        Ok(resource)
    }

    /// The path of a part below a resource, if it may be one: its own resource may have it already.
    fn new_path(&self, parent_id: &str, part: &str, own: Option<&str>) -> Result<String, AwsError> {
        let parent = self.resources.get(parent_id).ok_or_else(invalid_resource)?;
        let base = parent.path.as_deref().unwrap_or_default().trim_end_matches('/');
        let path = format!("{base}/{part}");
        if base.ends_with("+}") {
            let variable = parent.path_part.as_deref().unwrap_or_default();
            return Err(bad(format!(
                "Cannot create a child of a resource with a greedy path variable: {variable}"
            )));
        }
        if !fits_part(part) {
            // AWS: the text of CreateResource.
            let message = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at \
                           the beginning and the end.";
            return Err(bad(message));
        }
        let taken = |(id, resource): (&String, &Resource)| {
            Some(id.as_str()) != own && resource.path.as_deref() == Some(&path)
        };
        if self.resources.iter().any(taken) {
            let message = format!("Another resource with the same parent already has this name: {part}");
            return Err(AwsError::new("ConflictException", message).status(409));
        }
        // AWS: the text of CreateResource.
        let is_variable = |part: &str| part.starts_with('{');
        let sibling = self.resources.iter().find_map(|(id, resource)| {
            let beside = Some(id.as_str()) != own && resource.parent_id.as_deref() == Some(parent_id);
            resource.path_part.as_deref().filter(|other| beside && is_variable(other) && is_variable(part))
        });
        if let Some(sibling) = sibling {
            return Err(bad(format!(
                "A sibling ({sibling}) of this resource already has a variable path part -- only one is allowed"
            )));
        }
        Ok(path)
    }

    /// Removes a resource and all below it.
    pub(crate) fn remove_resource(&mut self, id: &str) -> Result<(), AwsError> {
        let resource = self.resources.get(id).ok_or_else(invalid_resource)?;
        let Some(path) = resource.path.clone().filter(|path| path != "/") else {
            return Err(bad("Root resource cannot be deleted"));
        };
        let below = format!("{path}/");
        self.resources.retain(|_, other| {
            let other = other.path.as_deref().unwrap_or_default();
            other != path && !other.starts_with(&below)
        });
        Ok(())
    }

    /// Gives a resource another parent or another part of the path; all below it moves along.
    pub(crate) fn move_resource(
        &mut self,
        id: &str,
        parent_id: Option<&str>,
        part: Option<&str>,
    ) -> Result<(), AwsError> {
        let resource = self.resources.get(id).ok_or_else(invalid_resource)?;
        let (Some(old), Some(old_parent), Some(old_part)) =
            (resource.path.clone(), resource.parent_id.clone(), resource.path_part.clone())
        else {
            return Err(bad("Root resource cannot be updated"));
        };
        let (parent_id, part) = (parent_id.unwrap_or(&old_parent), part.unwrap_or(&old_part));
        let below = format!("{old}/");
        let parent = self.resources.get(parent_id).ok_or_else(invalid_resource)?;
        let parent_path = parent.path.as_deref().unwrap_or_default();
        if parent_path == old || parent_path.starts_with(&below) {
            return Err(bad("A resource cannot be moved below itself"));
        }
        let path = self.new_path(parent_id, part, Some(id))?;
        for resource in self.resources.values_mut() {
            let rest = resource.path.as_deref().and_then(|path| path.strip_prefix(&below)).map(str::to_owned);
            if let Some(rest) = rest {
                resource.path = Some(format!("{path}/{rest}"));
            }
        }
        let resource = self.resource_mut(id)?;
        resource.path = Some(path);
        resource.parent_id = Some(parent_id.to_owned());
        resource.path_part = Some(part.to_owned());
        Ok(())
    }

    /// A resource, to change its methods.
    pub(crate) fn resource_mut(&mut self, id: &str) -> Result<&mut Resource, AwsError> {
        self.resources.get_mut(id).ok_or_else(invalid_resource)
    }

    /// Makes the resources those of a definition.
    pub(crate) fn import(
        &mut self,
        definition: &Definition,
        mut new_id: impl FnMut() -> String,
    ) -> Result<(), AwsError> {
        let root = self.api.root_resource_id.clone().unwrap_or_default();
        self.resources.retain(|id, _| *id == root);
        if let Some(root) = self.resources.get_mut(&root) {
            root.resource_methods = None;
        }
        if !definition.binary_media_types.is_empty() {
            self.api.binary_media_types = Some(definition.binary_media_types.clone());
        }
        if definition.minimum_compression_size.is_some() {
            self.api.minimum_compression_size = definition.minimum_compression_size;
        }
        if definition.endpoint_disabled.is_some() {
            self.api.disable_execute_api_endpoint = definition.endpoint_disabled;
        }
        for route in &definition.routes {
            let id = self.ensure_path(&root, &route.path, &mut new_id)?;
            let integration = match &route.integration {
                DefinedIntegration::Function(function) => Integration {
                    r#type: Some(IntegrationType::AwsProxy),
                    http_method: Some("POST".into()),
                    uri: Some(function.uri.clone()),
                    timeout_in_millis: Some(function.timeout_ms.unwrap_or(quotas::REST_TIMEOUT)),
                    ..Integration::default()
                },
                DefinedIntegration::Mock(integration) => Integration::clone(integration),
            };
            let method = Method {
                http_method: Some(route.method.clone()),
                authorization_type: Some("NONE".into()),
                api_key_required: Some(false),
                method_integration: Some(completed(integration, &id)),
                ..Method::default()
            };
            let methods = self.resource_mut(&id)?.resource_methods.get_or_insert_default();
            methods.insert(route.method.clone(), method);
        }
        Ok(())
    }

    /// The resource of a path, made with all on its way.
    fn ensure_path(
        &mut self,
        root: &str,
        path: &str,
        new_id: &mut impl FnMut() -> String,
    ) -> Result<String, AwsError> {
        let mut current = root.to_owned();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let known = self.resources.iter().find(|(_, resource)| {
                resource.parent_id.as_deref() == Some(&current) && resource.path_part.as_deref() == Some(part)
            });
            current = if let Some((id, _)) = known {
                id.clone()
            } else {
                let id = new_id();
                self.add_resource(id.clone(), &current, part)?;
                id
            };
        }
        Ok(current)
    }

    /// What the API is now, as a deployment would serve it.
    pub(crate) fn current(&self) -> Vec<DeployedRoute> {
        let routes = self.resources.values().flat_map(|resource| {
            let methods = resource.resource_methods.iter().flatten();
            methods.filter_map(|(name, method)| {
                let target = target(method.method_integration.as_ref()?)?;
                let (path, resource_id) = (resource.path.clone()?, resource.id.clone());
                let api_key_required = method.api_key_required == Some(true);
                Some(DeployedRoute { method: name.clone(), path, target, resource_id, api_key_required })
            })
        });
        routes.collect()
    }

    /// Keeps what the API is as a deployment.
    pub(crate) fn deploy(&mut self, deployment: Deployment) -> Result<(), AwsError> {
        quotas::REST_DEPLOYMENTS.check(self.deployments.len() + 1)?;
        // AWS: the texts of CreateDeployment.
        let mut methods =
            self.resources.values().flat_map(|all| all.resource_methods.iter().flatten()).peekable();
        if methods.peek().is_none() {
            return Err(bad("The REST API doesn't contain any methods"));
        }
        if methods.any(|(_, method)| method.method_integration.is_none()) {
            return Err(bad("No integration defined for method"));
        }
        let routes = self.current();
        let id = deployment.id.clone().unwrap_or_default();
        let binary_media_types = self.api.binary_media_types.clone().unwrap_or_default();
        let minimum_compression_size = self.api.minimum_compression_size;
        let snapshot = Snapshot { deployment, routes, binary_media_types, minimum_compression_size };
        self.deployments.insert(id, snapshot);
        Ok(())
    }

    /// The deployment that a stage serves.
    pub(crate) fn snapshot(&self, stage: &Stage) -> Option<&Snapshot> {
        self.deployments.get(stage.deployment_id.as_deref()?)
    }
}

impl Snapshot {
    /// Its routes, ready to serve.
    pub(crate) fn compile(&self) -> Routes {
        Routes::of_rest(&self.routes)
    }
}

/// A literal, or a variable as a whole.
fn fits_part(part: &str) -> bool {
    let variable = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
    let plain = variable.map_or(part, |name| name.strip_suffix('+').unwrap_or(name));
    // AWS: besides what the error's text lists, these characters of a path are taken.
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:,~$*'()!@;=&+%".contains(&byte);
    !plain.is_empty() && plain.bytes().all(fits)
}

/// An integration of a resource with what AWS fills in, however it was made.
pub(crate) fn completed(integration: Integration, resource_id: &str) -> Integration {
    Integration {
        cache_key_parameters: Some(integration.cache_key_parameters.unwrap_or_default()),
        cache_namespace: integration.cache_namespace.or_else(|| Some(resource_id.to_owned())),
        passthrough_behavior: integration.passthrough_behavior.or_else(|| Some("WHEN_NO_MATCH".to_owned())),
        timeout_in_millis: integration.timeout_in_millis.or(Some(quotas::REST_TIMEOUT)),
        ..integration
    }
}

/// Where an integration leads.
fn target(integration: &Integration) -> Option<Target> {
    if integration.r#type == Some(IntegrationType::Mock) {
        return Some(Target::Choice(crate::mock::choice(integration)));
    }
    let function = crate::openapi::function_arn(integration.uri.as_deref()?)?;
    let timeout_ms = integration.timeout_in_millis.unwrap_or(quotas::REST_TIMEOUT).unsigned_abs();
    Some(Target::Function(Proxy { function, payload_v2: false, timeout_ms }))
}

fn invalid_resource() -> AwsError {
    AwsError::new("NotFoundException", "Invalid Resource identifier specified").status(404)
}

fn bad(message: impl Into<String>) -> AwsError {
    AwsError::new("BadRequestException", message)
}
