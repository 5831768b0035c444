//! Requests whose caller goes away wherever they wait: what is decided is kept in memory and on disk, and is served.

use std::pin::Pin;

use cloud_core::{Caller, RequestId, interrupt::drop_at};

use super::*;
use crate::{ops_v1, ops_v2, shapes_v1 as v1, shapes_v2 as v2};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// A gateway with an HTTP API and a REST API that are changed.
struct Rig {
    folder: tempfile::TempDir,
    gateway: ApiGateway,
    caller: Caller,
    http: String,
    rest: String,
    root: String,
}

type Doing<'a> = Pin<Box<dyn Future<Output = Result<(), AwsError>> + 'a>>;
type Step = for<'a> fn(&'a Rig, usize) -> Doing<'a>;

/// Some calls, one after the other, as a step.
macro_rules! step {
    ($rig:ident, $number:ident => $($call:expr),+) => {{
        fn step($rig: &Rig, $number: usize) -> Doing<'_> {
            Box::pin(async move {
                $( let _ = $call.await?; )+
                Ok(())
            })
        }
        step as Step
    }};
}

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let caller = Caller::root(context.account(), context.region(), RequestId::new("id"));
        let gateway = ApiGateway::open(context).await.unwrap();
        let http = ops_v2::create_api(&gateway, &caller, quick("http")).await.unwrap();
        let rest = v1::CreateRestApiRequest { name: "rest".into(), ..Default::default() };
        let rest = ops_v1::create_rest_api(&RestControl(gateway.clone()), &caller, rest).await.unwrap();
        let (http, root) = (http.api_id.unwrap(), rest.root_resource_id.unwrap());
        Self { folder, gateway, caller, http, rest: rest.id.unwrap(), root }
    }

    fn control(&self) -> RestControl {
        RestControl(self.gateway.clone())
    }

    /// Waits until what was decided before is kept: changes take turns.
    async fn quiet(&self, number: usize) {
        let description = Some(number.to_string());
        let input = v2::UpdateApiRequest { api_id: self.http.clone(), description, ..Default::default() };
        ops_v2::update_api(&self.gateway, &self.caller, input).await.unwrap();
    }

    /// What is kept, and which of its stages are served.
    fn everything(gateway: &ApiGateway) -> Vec<(Arc<Api>, Vec<String>)> {
        let served =
            |api: &Api| gateway.served(api.id()).map(|served| served.stage_names()).unwrap_or_default();
        gateway.records().view().values().map(|api| (Arc::clone(api), served(api))).collect()
    }
}

fn quick(name: &str) -> v2::CreateApiRequest {
    v2::CreateApiRequest {
        name: name.to_owned(),
        protocol_type: v2::ProtocolType::Http,
        target: Some(FUNCTION.to_owned()),
        ..Default::default()
    }
}

fn steps() -> Vec<Step> {
    vec![
        step!(rig, n => ops_v2::create_api(&rig.gateway, &rig.caller, quick(&format!("made-{n}")))),
        step!(rig, n => ops_v2::create_stage(&rig.gateway, &rig.caller, v2::CreateStageRequest {
            api_id: rig.http.clone(), stage_name: format!("s{n}"), auto_deploy: Some(true), ..Default::default()
        }), ops_v2::delete_stage(&rig.gateway, &rig.caller, v2::DeleteStageRequest {
            api_id: rig.http.clone(), stage_name: format!("s{n}")
        })),
        step!(rig, n => ops_v2::create_route(&rig.gateway, &rig.caller, v2::CreateRouteRequest {
            api_id: rig.http.clone(), route_key: format!("GET /{n}"), ..Default::default()
        })),
        step!(rig, n => ops_v1::create_resource(&rig.control(), &rig.caller, v1::CreateResourceRequest {
            rest_api_id: rig.rest.clone(), parent_id: rig.root.clone(), path_part: n.to_string()
        })),
        step!(rig, n => ops_v1::put_rest_api(&rig.control(), &rig.caller, v1::PutRestApiRequest {
            rest_api_id: rig.rest.clone(), body: defined(n).into(), ..Default::default()
        }), ops_v1::create_deployment(&rig.control(), &rig.caller, v1::CreateDeploymentRequest {
            rest_api_id: rig.rest.clone(), stage_name: Some(format!("s{n}")), ..Default::default()
        })),
        step!(rig, n => ops_v1::create_rest_api(&rig.control(), &rig.caller, v1::CreateRestApiRequest {
            name: format!("rest-{n}"), ..Default::default()
        })),
        step!(rig, _n => ops_v1::delete_rest_api(&rig.control(), &rig.caller, v1::DeleteRestApiRequest {
            rest_api_id: rig.rest.clone()
        })),
    ]
}

fn defined(number: usize) -> String {
    let integration = serde_json::json!({ "type": "aws_proxy", "uri": FUNCTION });
    let method = serde_json::json!({ "x-amazon-apigateway-integration": integration });
    let mut body = serde_json::json!({ "openapi": "3.0.1", "paths": {} });
    body["paths"][format!("/{number}")]["get"] = method;
    body.to_string()
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_what_is_served_as_both() {
    const ENOUGH: usize = 100;
    let rig = Rig::new().await;
    let mut number = 0;
    for (index, step) in steps().into_iter().enumerate() {
        for waits in 1.. {
            assert!(waits < ENOUGH, "step {index} never ends");
            number += 1;
            let done = drop_at(step(&rig, number), waits).await;
            rig.quiet(number).await;
            let (context, _) = Context::for_test(rig.folder.path());
            let again = ApiGateway::open(context).await.unwrap();
            assert_eq!(
                Rig::everything(&rig.gateway),
                Rig::everything(&again),
                "step {index} dropped at {waits}"
            );
            // A removal that was dropped is done all the same: to do it again finds nothing.
            match done {
                Some(Err(error)) if rig.gateway.rest(&rig.rest).is_ok() => panic!("step {index}: {error}"),
                Some(_) => break,
                None => {}
            }
        }
    }
}
