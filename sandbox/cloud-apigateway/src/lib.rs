//! Amazon API Gateway: HTTP APIs and REST APIs in front of functions.
//!
//! Where to start: [`ApiGateway`] is the service; [`http_api`](crate) and [`rest_api`](crate) are what is remembered, pure;
//! `openapi` reads definitions; `serving` answers callers by compiled routes; `ops_v2` and `ops_v1` are the two
//! control planes; `resources` what CloudFormation may make.
//!
//! LIMIT: integrations are Lambda proxies (`AWS_PROXY`) and, in REST APIs, mocks with constant answers; authorizers, usage plans, caching, mapping templates and
//! WebSocket APIs are not here yet: what names them is refused or answered as an API without them says.

mod address;
mod answer;
mod compression;
mod cors;
mod framing;
mod gateway;
mod http_api;
mod mock;
mod openapi;
mod ops_v1;
mod ops_v2;
mod payload_v1;
mod payload_v2;
mod quotas;
mod records;
mod request;
mod resources;
mod response;
mod rest_api;
mod routing;
mod serving;
pub mod shapes_v1;
pub mod shapes_v2;
mod tags;

pub use gateway::{ApiGateway, OpenError, RestControl};
pub use response::{Format, answered};
pub use routing::{ApiKind, choose};
pub use serving::StoppedApis;

use cloud_core::Access;
use cloud_wire::access::Asking;
use cloud_wire::{Service, ServiceModel};

/// The service's name in ARNs and file names.
const SERVICE: &str = "apigateway";

/// What both control planes ask leave for.
// AWS: the actions are the methods of HTTP, the resources the paths; without the version that HTTP APIs' begin with.
fn by_path(gateway: &ApiGateway, asking: &Asking<'_>) -> Access {
    let path = asking.path();
    let path = path.strip_prefix("/v2").unwrap_or(&path);
    let resource = format!("arn:{}:apigateway:{}::{path}", asking.partition(), asking.caller.region);
    let mut access = asking.access(asking.operation.method, resource);
    access.tell_tags(tags::at(gateway, path));
    access
}

impl Service for ApiGateway {
    fn model(&self) -> &'static ServiceModel {
        &shapes_v2::MODEL
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        vec![by_path(self, asking)]
    }

    cloud_wire::dispatch! { crate::shapes_v2;
        CreateApi => ops_v2::create_api,
        CreateDeployment => ops_v2::create_deployment,
        CreateIntegration => ops_v2::create_integration,
        CreateRoute => ops_v2::create_route,
        CreateStage => ops_v2::create_stage,
        DeleteApi => ops_v2::delete_api,
        DeleteCorsConfiguration => ops_v2::changes::delete_cors_configuration,
        DeleteDeployment => ops_v2::changes::delete_deployment,
        DeleteIntegration => ops_v2::delete_integration,
        DeleteRoute => ops_v2::delete_route,
        DeleteStage => ops_v2::delete_stage,
        GetApi => ops_v2::get_api,
        GetApis => ops_v2::get_apis,
        GetDeployment => ops_v2::changes::get_deployment,
        GetDeployments => ops_v2::get_deployments,
        GetIntegration => ops_v2::get_integration,
        GetIntegrations => ops_v2::get_integrations,
        GetRoute => ops_v2::get_route,
        GetRoutes => ops_v2::get_routes,
        GetStage => ops_v2::get_stage,
        GetStages => ops_v2::get_stages,
        GetTags => tags::get_v2,
        ImportApi => ops_v2::changes::import_api,
        ReimportApi => ops_v2::changes::reimport_api,
        TagResource => tags::tag_v2,
        UntagResource => tags::untag_v2,
        UpdateApi => ops_v2::update_api,
        UpdateIntegration => ops_v2::changes::update_integration,
        UpdateRoute => ops_v2::changes::update_route,
        UpdateStage => ops_v2::update_stage,
    }
}

impl Service for RestControl {
    fn model(&self) -> &'static ServiceModel {
        &shapes_v1::MODEL
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        vec![by_path(&self.0, asking)]
    }

    cloud_wire::dispatch! { crate::shapes_v1;
        CreateDeployment => ops_v1::create_deployment,
        CreateResource => ops_v1::create_resource,
        CreateRestApi => ops_v1::create_rest_api,
        CreateStage => ops_v1::create_stage,
        DeleteDeployment => ops_v1::changes::delete_deployment,
        DeleteIntegration => ops_v1::integrations::delete_integration,
        DeleteIntegrationResponse => ops_v1::integrations::delete_integration_response,
        DeleteMethod => ops_v1::methods::delete_method,
        DeleteMethodResponse => ops_v1::methods::delete_method_response,
        DeleteResource => ops_v1::delete_resource,
        DeleteRestApi => ops_v1::delete_rest_api,
        DeleteStage => ops_v1::delete_stage,
        GetDeployment => ops_v1::changes::get_deployment,
        GetDeployments => ops_v1::get_deployments,
        GetIntegration => ops_v1::integrations::get_integration,
        GetIntegrationResponse => ops_v1::integrations::get_integration_response,
        GetMethod => ops_v1::methods::get_method,
        GetMethodResponse => ops_v1::methods::get_method_response,
        GetResource => ops_v1::get_resource,
        GetResources => ops_v1::get_resources,
        GetRestApi => ops_v1::get_rest_api,
        GetRestApis => ops_v1::get_rest_apis,
        GetStage => ops_v1::get_stage,
        GetStages => ops_v1::get_stages,
        GetTags => tags::get_v1,
        ImportRestApi => ops_v1::import_rest_api,
        PutIntegration => ops_v1::integrations::put_integration,
        PutIntegrationResponse => ops_v1::integrations::put_integration_response,
        PutMethod => ops_v1::methods::put_method,
        PutMethodResponse => ops_v1::methods::put_method_response,
        PutRestApi => ops_v1::put_rest_api,
        TagResource => tags::tag_v1,
        UntagResource => tags::untag_v1,
        UpdateDeployment => ops_v1::changes::update_deployment,
        UpdateIntegration => ops_v1::integrations::update_integration,
        UpdateIntegrationResponse => ops_v1::integrations::update_integration_response,
        UpdateMethod => ops_v1::methods::update_method,
        UpdateMethodResponse => ops_v1::methods::update_method_response,
        UpdateResource => ops_v1::changes::update_resource,
        UpdateRestApi => ops_v1::changes::update_rest_api,
        UpdateStage => ops_v1::changes::update_stage,
    }
}
