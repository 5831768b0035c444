//! The cloud's panels before the real cloud: what a call asks of it is what it understands, and what it answers is what a
//! panel shows. What no real cloud answers is tested in `ide-cloud`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;

use protocol::{ErrorCode, Grants};
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::{DEADLINE, Running, Wire};

const TEMPLATE: &str = "Parameters:
  Name: {Type: String, Default: none}
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Store: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
  Web: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: web, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Web, StageName: $default, AutoDeploy: true}}
Outputs:
  Url: {Value: !Sub 'https://${Web}.execute-api.${AWS::Region}.amazonaws.com/x', Description: where}
";

/// A trusted workspace with the template, and its owner's tab.
async fn begun() -> (Running, Wire) {
    let running = Running::start().await;
    let mut tab = running.tab(Grants::owner()).await;
    tab.call("trust.decide", json!({"trusted": true})).await.unwrap();
    write(&running, "template.yaml", TEMPLATE);
    (running, tab)
}

fn write(running: &Running, name: &str, text: &str) {
    fs::write(running.folder().join("workspace").join(name), text).unwrap();
}

async fn done(tab: &mut Wire, method: &str, params: Value) -> Value {
    let shown = params.to_string();
    tab.call(method, params).await.unwrap_or_else(|code| panic!("{method} {shown}: {code:?}"))
}

/// Asks until something is as it will be.
async fn until(tab: &mut Wire, method: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let answer = done(tab, method, json!({})).await;
            if holds(&answer) {
                return answer;
            }
        }
    };
    let asked = tokio::time::timeout(DEADLINE, asking).await;
    asked.unwrap_or_else(|_| panic!("{method} never says it"))
}

/// Deploys a template; how the deployment ended.
async fn deployed(tab: &mut Wire, template: &str, bucket: &str) -> Value {
    let parameters = json!([["Name", bucket]]);
    let start = json!({"template": template, "stack": "app", "parameters": parameters});
    let id = done(tab, "deploy.start", start).await["id"].clone();
    let ended = |one: &Value| one["phase"].get("done").or(one["phase"].get("failed")).is_some();
    let all = until(tab, "deploy.list", |all| all[0]["id"] == id && ended(&all[0])).await;
    all[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_is_deployed_shown_changed_and_deleted() {
    let (running, mut tab) = begun().await;
    let nothing = json!({"stacks": [], "functions": [], "apis": [], "queues": [], "topics": []});
    assert_eq!(done(&mut tab, "cloud.describe", json!({})).await, nothing);

    let deployment = deployed(&mut tab, "template.yaml", "first").await;
    assert_eq!(deployment["phase"], json!({"done": {"changed": true}}), "{deployment:#}");
    assert_eq!(deployment["resources"].as_array().unwrap().len(), 4);
    let all = deployment["resources"].as_array().unwrap();
    assert!(all.iter().all(|resource| resource["status"] == "CREATE_COMPLETE"), "{deployment:#}");

    let cloud = done(&mut tab, "cloud.describe", json!({})).await;
    let stack = &cloud["stacks"][0];
    assert_eq!((&stack["name"], &stack["status"]), (&json!("app"), &json!("CREATE_COMPLETE")));
    let physical = |kind: &str| {
        let resources = stack["resources"].as_array().unwrap();
        resources.iter().find(|resource| resource["kind"] == kind).unwrap()["physical_id"].clone()
    };
    assert_eq!(physical("AWS::S3::Bucket"), "first");
    let api = &cloud["apis"][0];
    assert_eq!(
        (&api["name"], &api["kind"], &api["id"]),
        (&json!("web"), &json!("http"), &physical("AWS::ApiGatewayV2::Api"))
    );
    let url = api["urls"][0].as_str().unwrap();
    let output = &stack["outputs"][0];
    assert_eq!((&output["key"], &output["description"]), (&json!("Url"), &json!("where")));
    assert_eq!(output["local"], format!("{url}/x"), "where it is reached here");
    assert_eq!((&deployment["outputs"], &deployment["api_urls"]), (&stack["outputs"], &json!([url])));

    let again = deployed(&mut tab, "template.yaml", "first").await;
    assert_eq!(again["phase"], json!({"done": {"changed": false}}), "{again:#}");
    let changed = deployed(&mut tab, "template.yaml", "second").await;
    assert_eq!(changed["phase"], json!({"done": {"changed": true}}), "{changed:#}");
    assert_eq!(changed["log"].as_array().unwrap().last().unwrap(), "Deployed");

    // A route that nothing answers is answered all the same.
    let call = |url: &str| json!({"method": "GET", "url": url, "headers": [["x-a", "b"]], "body": ""});
    let answer = done(&mut tab, "cloud.try-route", call(&format!("{url}/nothing"))).await;
    assert_eq!((&answer["status"], &answer["body"]), (&json!(404), &json!("{\"message\":\"Not Found\"}")));
    let elsewhere = tab.call("cloud.try-route", call("http://example.com/")).await;
    assert_eq!(elsewhere, Err(ErrorCode::Forbidden));

    done(&mut tab, "cloud.delete-stack", json!({"name": "app"})).await;
    let gone = |cloud: &Value| cloud["stacks"] == json!([]) && cloud["apis"] == json!([]);
    until(&mut tab, "cloud.describe", gone).await;
    done(&mut tab, "cloud.delete-stack", json!({"name": "never-was"})).await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cloud_refuses_is_told_where_it_is() {
    let (running, mut tab) = begun().await;
    let wrong = TEMPLATE.replace("BucketName", "BucketNaem") + "AWSTemplateFormatVersion: 2010-09-09\n";
    write(&running, "wrong.yaml", &wrong);
    let failed = deployed(&mut tab, "wrong.yaml", "first").await;
    let failure = &failed["phase"]["failed"];
    assert!(failure["message"].as_str().unwrap().contains("BucketNaem"), "{failed:#}");
    assert_eq!(failure["position"]["line"], 4, "{failed:#}");
    assert_eq!(done(&mut tab, "cloud.describe", json!({})).await["apis"], json!([]), "nothing was made");

    // A bucket that is there already: the rest is undone.
    let made = deployed(&mut tab, "template.yaml", "taken").await;
    assert_eq!(made["phase"], json!({"done": {"changed": true}}));
    let start = json!({"template": "template.yaml", "stack": "other", "parameters": [["Name", "taken"]]});
    let id = done(&mut tab, "deploy.start", start).await["id"].clone();
    let ended = |all: &Value| all[0]["id"] == id && all[0]["phase"].get("failed").is_some();
    let all = until(&mut tab, "deploy.list", ended).await;
    let message = all[0]["phase"]["failed"]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("Store failed: ") && message.contains("taken"), "{message}");
    assert_eq!(all[0]["phase"]["failed"]["position"], json!({"line": 4, "character": 2}));

    // What is wrong with it while it is open.
    done(&mut tab, "document.open", json!({"path": "wrong.yaml", "channel": 1})).await;
    let said = |all: &Value| all[0]["path"] == "wrong.yaml";
    let problems = until(&mut tab, "language.problems", said).await;
    let problem = &problems[0]["problems"][0];
    assert_eq!(
        (&problem["source"], &problem["range"]["start"]["line"]),
        (&json!("CloudFormation"), &json!(4))
    );
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_and_logs_that_are_not_there_are_told_apart() {
    let (running, mut tab) = begun().await;
    let invoke = |function: Value| json!({"id": "i", "function": function, "event": "{}"});
    let deployed = invoke(json!({"deployed": {"name": "nobody"}}));
    assert_eq!(tab.call("function.invoke", deployed).await, Err(ErrorCode::NotFound));
    let unnamed = invoke(json!({"deployed": {"name": "no/name?"}}));
    assert_eq!(tab.call("function.invoke", unnamed).await, Err(ErrorCode::Invalid));
    let in_template = invoke(json!({"template": {"template": "template.yaml", "logical_id": "Handle"}}));
    assert_eq!(tab.call("function.invoke", in_template).await, Err(ErrorCode::Invalid));
    let logs = |group: &str, filter: Option<&str>| json!({"group": group, "filter": filter});
    let none = done(&mut tab, "cloud.logs", logs("/aws/lambda/nobody", None)).await;
    assert_eq!(none, json!({"lines": []}));
    let misspelt = tab.call("cloud.logs", logs("no group!", None)).await;
    assert_eq!(misspelt, Err(ErrorCode::Invalid));
    let unfit = tab.call("cloud.logs", logs("/aws/lambda/nobody", Some("{ $.x = "))).await;
    assert_eq!(unfit, Err(ErrorCode::Invalid));
    running.end().await;
}
