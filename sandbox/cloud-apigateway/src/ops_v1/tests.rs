//! Changes of a REST API, operation after operation, with what AWS says of wrong ones.

use cloud_core::{Caller, Context, RequestId};

use super::{changes, integrations, methods};
use crate::{ApiGateway, RestControl, shapes_v1::*};

struct Rig {
    control: RestControl,
    caller: Caller,
    api: String,
    root: String,
    _folder: tempfile::TempDir,
}

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let caller = Caller::root(context.account(), context.region(), RequestId::new("id"));
        let control = RestControl(ApiGateway::open(context).await.unwrap());
        let input = CreateRestApiRequest { name: "api".into(), ..Default::default() };
        let made = super::create_rest_api(&control, &caller, input).await.unwrap();
        let (api, root) = (made.id.unwrap(), made.root_resource_id.unwrap());
        Self { control, caller, api, root, _folder: folder }
    }

    async fn update(&self, patch: Patches<'_>) -> Result<RestApi, String> {
        let input =
            UpdateRestApiRequest { rest_api_id: self.api.clone(), patch_operations: Some(patches(patch)) };
        said(changes::update_rest_api(&self.control, &self.caller, input).await)
    }

    async fn update_method(&self, patch: Patches<'_>) -> Result<Method, String> {
        let input = UpdateMethodRequest {
            rest_api_id: self.api.clone(),
            resource_id: self.root.clone(),
            http_method: "ANY".into(),
            patch_operations: Some(patches(patch)),
        };
        said(methods::update_method(&self.control, &self.caller, input).await)
    }

    async fn with_method(self) -> Self {
        let input = PutMethodRequest {
            rest_api_id: self.api.clone(),
            resource_id: self.root.clone(),
            http_method: "ANY".into(),
            authorization_type: "NONE".into(),
            ..Default::default()
        };
        methods::put_method(&self.control, &self.caller, input).await.unwrap();
        self
    }
}

type Patches<'a> = &'a [(Op, &'a str, Option<&'a str>)];

fn patches(all: Patches<'_>) -> Vec<PatchOperation> {
    let one = |(op, path, value): &(Op, &str, Option<&str>)| PatchOperation {
        op: Some(op.clone()),
        path: Some((*path).to_owned()),
        value: value.map(str::to_owned),
        from: None,
    };
    all.iter().map(one).collect()
}

fn said<T>(answer: super::Answer<T>) -> Result<T, String> {
    answer.map_err(|error| error.message().to_owned())
}

#[tokio::test]
async fn an_api_is_changed_by_patches() {
    let rig = Rig::new().await;
    let size = "Invalid minimum compression size, must be between 0 and 10485760";
    for (value, expected) in [
        (Some("10"), Ok(Some(10))),
        (None, Ok(None)),
        (Some("0"), Ok(Some(0))),
        (Some("-1"), Err(size.to_owned())),
        (Some("test"), Err(size.to_owned())),
    ] {
        let changed = rig.update(&[(Op::Replace, "/minimumCompressionSize", value)]).await;
        assert_eq!(changed.map(|api| api.minimum_compression_size), expected);
    }
    let changed = rig.update(&[(Op::Replace, "/endpointConfiguration/types/EDGE", Some("PRIVATE"))]).await;
    assert_eq!(changed.unwrap_err(), "Only dualstack ipAddressType is supported for Private APIs.");
    let changed = rig
        .update(&[
            (Op::Replace, "/endpointConfiguration/ipAddressType", Some("dualstack")),
            (Op::Replace, "/endpointConfiguration/types/EDGE", Some("REGIONAL")),
            (Op::Replace, "/apiKeySource", Some("AUTHORIZER")),
        ])
        .await
        .unwrap();
    let endpoint = changed.endpoint_configuration.unwrap();
    assert_eq!(endpoint.types, Some(vec![EndpointType::Regional]));
    assert_eq!(endpoint.ip_address_type, Some(IpAddressType::Dualstack));
    assert_eq!(changed.api_key_source, Some(ApiKeySourceType::Authorizer));
    let wrong = rig.update(&[(Op::Replace, "/binaryMediaTypes", Some("a/b"))]).await;
    assert_eq!(wrong.unwrap_err(), "Invalid patch path /binaryMediaTypes");
}

#[tokio::test]
async fn a_method_is_changed_by_patches() {
    let rig = Rig::new().await;
    let missing = rig.update_method(&[]).await.unwrap_err();
    assert_eq!(missing, "Invalid Method identifier specified");
    let rig = rig.with_method().await;
    let query = "/requestParameters/method.request.querystring.q";
    let changed = rig
        .update_method(&[
            (Op::Add, query, Some("true")),
            (Op::Add, "/requestModels/application~1json", Some("Empty")),
            (Op::Replace, "/apiKeyRequired", Some("true")),
        ])
        .await
        .unwrap();
    assert!(changed.request_parameters.unwrap()["method.request.querystring.q"]);
    assert_eq!(changed.request_models.unwrap()["application/json"], "Empty");
    let changed = rig
        .update_method(&[(Op::Remove, query, None), (Op::Replace, "/apiKeyRequired", Some("whatever"))])
        .await
        .unwrap();
    assert_eq!((changed.request_parameters, changed.api_key_required), (None, Some(false)));
    let only_replaced = "Invalid patch operation specified. Must be one of: [replace]";
    let no_authorizer = "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
                         COGNITO_USER_POOLS requires a valid authorizer.";
    for (op, path, value, expected) in [
        (Op::Add, "/operationName", "x", only_replaced),
        (Op::Replace, "/httpMethod", "GET", "Invalid patch path /httpMethod"),
        (Op::Replace, "/requestParameters", "x", "Invalid patch path /requestParameters"),
        (Op::Replace, "/authorizationType", "CUSTOM", no_authorizer),
        (Op::Replace, "/requestValidatorId", "x", "Invalid Request Validator identifier specified"),
    ] {
        assert_eq!(rig.update_method(&[(op, path, Some(value))]).await.unwrap_err(), expected);
    }
    let ignored = rig.update_method(&[(Op::Replace, "/authorizerId", Some("x"))]).await.unwrap();
    assert_eq!(ignored.authorizer_id, None);
}

#[tokio::test]
async fn responses_are_put_told_changed_and_removed() {
    let rig = Rig::new().await.with_method().await;
    let (control, caller) = (&rig.control, &rig.caller);
    let get = || GetIntegrationResponseRequest {
        rest_api_id: rig.api.clone(),
        resource_id: rig.root.clone(),
        http_method: "ANY".into(),
        status_code: "200".into(),
    };
    let missing = said(integrations::get_integration_response(control, caller, get()).await);
    assert_eq!(missing.unwrap_err(), "Invalid Integration identifier specified");
    let input = PutIntegrationRequest {
        rest_api_id: rig.api.clone(),
        resource_id: rig.root.clone(),
        http_method: "ANY".into(),
        r#type: IntegrationType::Mock,
        ..Default::default()
    };
    integrations::put_integration(control, caller, input).await.unwrap();
    let missing = said(integrations::get_integration_response(control, caller, get()).await);
    assert_eq!(missing.unwrap_err(), "Invalid Response status code specified");
    let put = |media: &str| PutIntegrationResponseRequest {
        rest_api_id: rig.api.clone(),
        resource_id: rig.root.clone(),
        http_method: "ANY".into(),
        status_code: "200".into(),
        response_templates: Some([(media.to_owned(), "{}".to_owned())].into()),
        ..Default::default()
    };
    let wrong = said(integrations::put_integration_response(control, caller, put("123")).await);
    let expected = "Validation Result: warnings : [], errors : [Invalid content type specified: 123]";
    assert_eq!(wrong.unwrap_err(), expected);
    integrations::put_integration_response(control, caller, put("text/plain")).await.unwrap();
    let input = UpdateIntegrationResponseRequest {
        rest_api_id: rig.api.clone(),
        resource_id: rig.root.clone(),
        http_method: "ANY".into(),
        status_code: "200".into(),
        patch_operations: Some(patches(&[(Op::Replace, "/selectionPattern", Some("2.."))])),
    };
    integrations::update_integration_response(control, caller, input).await.unwrap();
    let told = integrations::get_integration_response(control, caller, get()).await.unwrap();
    assert_eq!(told.selection_pattern.as_deref(), Some("2.."));
    let input = DeleteIntegrationResponseRequest {
        rest_api_id: rig.api.clone(),
        resource_id: rig.root.clone(),
        http_method: "ANY".into(),
        status_code: "200".into(),
    };
    integrations::delete_integration_response(control, caller, input).await.unwrap();
    let missing = said(integrations::get_integration_response(control, caller, get()).await);
    assert_eq!(missing.unwrap_err(), "Invalid Response status code specified");
}

#[tokio::test]
async fn a_resource_moves_with_all_below_it() {
    let rig = Rig::new().await;
    let make = async |parent: &str, part: &str| {
        let input = CreateResourceRequest {
            rest_api_id: rig.api.clone(),
            parent_id: parent.into(),
            path_part: part.into(),
        };
        super::create_resource(&rig.control, &rig.caller, input).await.unwrap().id.unwrap()
    };
    let change = async |id: &str, path: &str, value: &str| {
        let input = UpdateResourceRequest {
            rest_api_id: rig.api.clone(),
            resource_id: id.into(),
            patch_operations: Some(patches(&[(Op::Replace, path, Some(value))])),
        };
        said(changes::update_resource(&rig.control, &rig.caller, input).await)
    };
    let (a, b) = (make(&rig.root, "a").await, make(&rig.root, "b").await);
    let below = make(&a, "below").await;
    assert_eq!(change(&a, "/pathPart", "other").await.unwrap().path.as_deref(), Some("/other"));
    assert_eq!(change(&a, "/parentId", &b).await.unwrap().path.as_deref(), Some("/b/other"));
    let api = rig.control.0.rest(&rig.api).unwrap();
    assert_eq!(api.resources[&below].path.as_deref(), Some("/b/other/below"));
    let variable = make(&rig.root, "{id}").await;
    for (id, path, value, expected) in [
        (&b, "/parentId", &*below, "A resource cannot be moved below itself"),
        (&a, "/parentId", &*variable, ""),
        (&below, "/pathPart", "{proxy+}", ""),
        (&b, "/pathPart", "{proxy+}", "A sibling ({id}) of this resource already has a variable path part"),
        (&b, "/pathPart", "a b", "Resource's path part only allow"),
        (&rig.root, "/pathPart", "x", "Root resource cannot be updated"),
        (&b, "/path", "x", "Invalid patch path /path"),
    ] {
        let refused = change(id, path, value).await.map(drop).err().unwrap_or_default();
        assert!(refused.starts_with(expected) && refused.is_empty() == expected.is_empty(), "{refused}");
    }
}
