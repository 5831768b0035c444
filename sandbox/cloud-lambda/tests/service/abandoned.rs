//! Callers who go away in the middle of each operation: what is decided is kept in memory and on disk, what runs runs to
//! its end, and nobody else fails.

use std::collections::BTreeSet;

use cloud_core::SourceKind;
use cloud_wire::abandon::{self, Case, Client, Input, Subject};

use super::*;
use crate::sources::{FakeSource, Kept};

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const LAYER_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:layer:base:1";

/// A function of that name.
fn function(name: &str) -> Value {
    json!({
        "FunctionName": name, "Runtime": "provided.al2023", "Role": ROLE, "Handler": "bootstrap",
        "Code": { "ZipFile": BASE64_STANDARD.encode(zip(b"one")) }
    })
}

/// The members of two objects together.
fn with(mut first: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut first, more) {
        members.extend(more);
    }
    first
}

fn f(more: Value) -> Value {
    with(json!({ "FunctionName": "f" }), more)
}

fn alias(n: usize) -> Value {
    f(json!({ "Name": format!("a{n}") }))
}

fn new_alias(n: usize, _: &[Value]) -> Value {
    with(alias(n), json!({ "FunctionVersion": "1" }))
}

fn statement(n: usize) -> Value {
    f(json!({ "StatementId": format!("s{n}") }))
}

fn permission(n: usize, _: &[Value]) -> Value {
    with(statement(n), json!({ "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com" }))
}

fn config(n: usize) -> Value {
    with(alias(n), json!({ "Qualifier": format!("a{n}"), "MaximumRetryAttempts": n % 3 }))
}

fn own(n: usize) -> String {
    format!("own-{n}")
}

fn new_url(n: usize, _: &[Value]) -> Value {
    f(json!({ "Qualifier": format!("a{n}"), "AuthType": "NONE" }))
}

fn url(n: usize) -> Value {
    f(json!({ "Qualifier": format!("a{n}") }))
}

fn invocation(n: usize, kind: &str) -> Value {
    f(json!({ "InvocationType": kind, "Payload": BASE64_STANDARD.encode(n.to_string()) }))
}

/// A mapping of a queue that no other has.
fn mapping(n: usize) -> Value {
    f(json!({ "EventSourceArn": format!("arn:aws:sqs:us-east-1:000000000000:q{n}") }))
}

/// The first of those that were listed.
fn listed(answers: &[Value]) -> Value {
    json!({ "UUID": answers[0]["EventSourceMappings"][0]["UUID"] })
}

/// Mappings that are there to be changed, and to be removed.
const CHANGED: &[(&str, Input)] = &[("ListEventSourceMappings", |_, _| json!({ "FunctionName": "changed" }))];
const REMOVED: &[(&str, Input)] =
    &[("ListEventSourceMappings", |_, _| json!({ "FunctionName": "neighbour" }))];
/// How many of the latter there are: more than there are points to go away at.
const MANY: usize = 30;

/// A layer of that name.
fn layer(name: &str, n: usize) -> Value {
    let content = BASE64_STANDARD.encode(zip_named("lib", n.to_string().as_bytes()));
    json!({ "LayerName": name, "Content": { "ZipFile": content }, "CompatibleRuntimes": ["python3.14"] })
}

/// The first version of the layer that is there from the beginning.
fn base(more: Value) -> Value {
    with(json!({ "LayerName": "base", "VersionNumber": 1 }), more)
}

fn layer_permission(n: usize, _: &[Value]) -> Value {
    base(json!({ "StatementId": format!("s{n}"), "Action": "lambda:GetLayerVersion", "Principal": "*" }))
}

fn signing(n: usize, _: &[Value]) -> Value {
    let publisher = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abcdefghij";
    let allowed = json!({ "SigningProfileVersionArns": [publisher] });
    json!({ "Description": n.to_string(), "AllowedPublishers": allowed })
}

/// The ARN of the code signing configuration that was made before.
fn signed(answers: &[Value]) -> Value {
    json!({ "CodeSigningConfigArn": answers[0]["CodeSigningConfig"]["CodeSigningConfigArn"] })
}

/// What is provisioned of the first version.
fn provisioned(n: usize, _: &[Value]) -> Value {
    f(json!({ "Qualifier": "1", "ProvisionedConcurrentExecutions": 1 + n % 2 }))
}

/// An execution whose function waits for a callback, or that has ended.
fn execution(script: &str) -> Value {
    let payload = BASE64_STANDARD.encode(script);
    json!({ "FunctionName": "durable", "Qualifier": "$LATEST", "Payload": payload, "InvocationType": "Event" })
}

/// The execution that was started before.
fn executed(answers: &[Value]) -> Value {
    json!({ "DurableExecutionArn": answers[0]["DurableExecutionArn"] })
}

/// The execution that ended, with the last token that it had.
fn token(answers: &[Value]) -> Value {
    let arn = answers[0]["DurableExecutionArn"].as_str().unwrap();
    let token = BASE64_STANDARD.encode(format!("{}/1", arn.rsplit('/').next().unwrap()));
    with(executed(answers), json!({ "CheckpointToken": token }))
}

/// The first operation of the execution that was started before, which is a callback.
fn callback(answers: &[Value]) -> Value {
    let arn = answers[0]["DurableExecutionArn"].as_str().unwrap();
    let parts: Vec<&str> = arn.split(['/', ':']).collect();
    let (function, version, name, id) = (parts[6], parts[7], parts[9], parts[10]);
    json!({ "CallbackId": BASE64_STANDARD.encode(format!("{function}/{version}/{name}/{id}/1")) })
}

const WAITING: &[(&str, Input)] = &[("Invoke", |_, _| execution("[\"callback\"]"))];
const STOPPED: &[(&str, Input)] = &[
    ("Invoke", |_, _| execution("[\"callback\"]")),
    ("StopDurableExecution", |_, answers| executed(answers)),
];
const PAUSED: &[(&str, Input)] = &[
    ("Invoke", |_, _| execution("[\"callback\"]")),
    ("PauseDurableExecution", |_, answers| executed(answers)),
];
const ENDED: &[(&str, Input)] =
    &[("Invoke", |_, _| with(execution("[\"fail\"]"), json!({ "InvocationType": "RequestResponse" })))];
const AWAITED: Input = |_, _| with(execution("[\"step\"]"), json!({ "InvocationType": "RequestResponse" }));
/// The callback is there when others that were started behind it have ended.
const ASKING: &[(&str, Input)] = &[
    ("Invoke", |_, _| execution("[\"callback\"]")),
    ("Invoke", AWAITED),
    ("Invoke", AWAITED),
    ("Invoke", AWAITED),
];

const LAYER: &[(&str, Input)] = &[("PublishLayerVersion", |n, _| layer(&own(n), n))];
const LAYER_PERMISSION: &[(&str, Input)] = &[("AddLayerVersionPermission", layer_permission)];
const SIGNING: &[(&str, Input)] = &[("CreateCodeSigningConfig", signing)];
const SIGNED: &[(&str, Input)] = &[
    ("CreateCodeSigningConfig", signing),
    ("PutFunctionCodeSigningConfig", |_, answers| f(signed(answers))),
];
const PROVISIONED: &[(&str, Input)] = &[("PutProvisionedConcurrencyConfig", provisioned)];
const OWN: &[(&str, Input)] = &[("CreateFunction", |n, _| function(&own(n)))];
const ALIAS: &[(&str, Input)] = &[("CreateAlias", new_alias)];
const CONFIG: &[(&str, Input)] =
    &[("CreateAlias", new_alias), ("PutFunctionEventInvokeConfig", |n, _| config(n))];
const PERMISSION: &[(&str, Input)] = &[("AddPermission", permission)];
const URL: &[(&str, Input)] = &[("CreateAlias", new_alias), ("CreateFunctionUrlConfig", new_url)];

const CASES: &[Case] = &[
    Case::new("CreateFunction", |n, _| with(function(&format!("made-{n}")), json!({ "Publish": true }))),
    Case::new("DeleteFunction", |n, _| json!({ "FunctionName": own(n) })).after(OWN),
    Case::new("UpdateFunctionConfiguration", |n, _| f(json!({ "Description": n.to_string() }))),
    Case::new("UpdateFunctionCode", |n, _| {
        f(json!({ "ZipFile": BASE64_STANDARD.encode(zip(n.to_string().as_bytes())), "Publish": true }))
    }),
    Case::new("PublishVersion", |n, _| f(json!({ "Description": n.to_string() }))),
    Case::new("CreateAlias", new_alias),
    Case::new("UpdateAlias", |n, _| with(alias(n), json!({ "Description": "d" }))).after(ALIAS),
    Case::new("GetAlias", |n, _| alias(n)).after(ALIAS),
    Case::new("DeleteAlias", |n, _| alias(n)).after(ALIAS),
    Case::new("AddPermission", permission),
    Case::new("RemovePermission", |n, _| statement(n)).after(PERMISSION),
    Case::new("TagResource", |n, _| json!({ "Resource": ARN, "Tags": { "n": n.to_string() } })),
    Case::new("ListTags", |_, _| json!({ "Resource": ARN })),
    Case::new("UntagResource", |_, _| json!({ "Resource": ARN, "TagKeys": ["n"] })),
    Case::new("PutFunctionConcurrency", |n, _| f(json!({ "ReservedConcurrentExecutions": 1 + n % 2 }))),
    Case::new("GetFunctionConcurrency", |_, _| f(json!({}))),
    Case::new("DeleteFunctionConcurrency", |_, _| f(json!({}))),
    Case::new("CreateEventSourceMapping", |n, _| mapping(n)),
    Case::new("GetEventSourceMapping", |_, answers| listed(answers)).after(CHANGED),
    Case::new("ListEventSourceMappings", |_, _| json!({})),
    Case::new("UpdateEventSourceMapping", |n, answers| {
        with(listed(answers), json!({ "BatchSize": 1 + n % 2 }))
    })
    .after(CHANGED),
    Case::new("DeleteEventSourceMapping", |_, answers| listed(answers)).after(REMOVED),
    Case::new("PutFunctionEventInvokeConfig", |n, _| config(n)).after(ALIAS),
    Case::new("UpdateFunctionEventInvokeConfig", |n, _| {
        with(config(n), json!({ "MaximumEventAgeInSeconds": 60 }))
    })
    .after(CONFIG),
    Case::new("GetFunctionEventInvokeConfig", |n, _| config(n)).after(CONFIG),
    Case::new("DeleteFunctionEventInvokeConfig", |n, _| config(n)).after(CONFIG),
    Case::new("ListFunctionEventInvokeConfigs", |_, _| f(json!({}))),
    Case::new("Invoke", |n, _| invocation(n, "RequestResponse")),
    Case::new("Invoke", |n, _| invocation(n, "Event")),
    Case::new("Invoke", |n, _| invocation(n, "DryRun")),
    Case::new("Invoke", |_, _| execution("[\"callback\"]")),
    Case::new("Invoke", AWAITED),
    Case::new("GetDurableExecution", |_, answers| executed(answers)).after(WAITING),
    Case::new("GetDurableExecutionHistory", |_, answers| executed(answers)).after(WAITING),
    Case::new("ListDurableExecutionsByFunction", |_, _| json!({ "FunctionName": "durable" })),
    Case::new("StopDurableExecution", |_, answers| executed(answers)).after(WAITING),
    Case::new("PauseDurableExecution", |_, answers| executed(answers)).after(WAITING),
    Case::new("ResumeDurableExecution", |_, answers| executed(answers)).after(PAUSED),
    Case::new("DeleteDurableExecution", |_, answers| executed(answers)).after(STOPPED),
    Case::new("CheckpointDurableExecution", |_, answers| token(answers)).after(ENDED),
    Case::new("GetDurableExecutionState", |_, answers| token(answers)).after(ENDED),
    Case::new("SendDurableExecutionCallbackHeartbeat", |_, answers| callback(answers)).after(ASKING),
    Case::new("SendDurableExecutionCallbackSuccess", |_, answers| callback(answers)).after(ASKING),
    Case::new("SendDurableExecutionCallbackFailure", |_, answers| callback(answers)).after(ASKING),
    Case::new("InvokeWithResponseStream", |n, _| {
        f(json!({ "Payload": BASE64_STANDARD.encode(n.to_string()) }))
    }),
    Case::new("CreateFunctionUrlConfig", new_url).after(ALIAS),
    Case::new("UpdateFunctionUrlConfig", |n, _| with(url(n), json!({ "AuthType": "AWS_IAM" }))).after(URL),
    Case::new("GetFunctionUrlConfig", |n, _| url(n)).after(URL),
    Case::new("DeleteFunctionUrlConfig", |n, _| url(n)).after(URL),
    Case::new("ListFunctionUrlConfigs", |_, _| f(json!({}))),
    Case::new("GetAccountSettings", |_, _| json!({})),
    Case::new("GetFunction", |_, _| f(json!({}))),
    Case::new("GetFunctionConfiguration", |_, _| f(json!({}))),
    Case::new("GetPolicy", |_, _| f(json!({}))),
    Case::new("ListAliases", |_, _| f(json!({}))),
    Case::new("ListFunctions", |_, _| json!({})),
    Case::new("ListVersionsByFunction", |_, _| f(json!({}))),
    Case::new("PublishLayerVersion", |n, _| layer("made", n)),
    Case::new("GetLayerVersion", |_, _| base(json!({}))),
    Case::new("GetLayerVersionByArn", |_, _| json!({ "Arn": LAYER_ARN })),
    Case::new("ListLayers", |_, _| json!({})),
    Case::new("ListLayerVersions", |_, _| json!({ "LayerName": "base" })),
    Case::new("UpdateFunctionConfiguration", |n, _| {
        f(json!({ "Layers": if n % 2 == 0 { vec![LAYER_ARN] } else { vec![] } }))
    }),
    Case::new("DeleteLayerVersion", |n, _| json!({ "LayerName": own(n), "VersionNumber": 1 })).after(LAYER),
    Case::new("AddLayerVersionPermission", layer_permission),
    Case::new("GetLayerVersionPolicy", |_, _| base(json!({}))).after(LAYER_PERMISSION),
    Case::new("RemoveLayerVersionPermission", |n, _| base(json!({ "StatementId": format!("s{n}") })))
        .after(LAYER_PERMISSION),
    Case::new("PutFunctionRecursionConfig", |n, _| {
        f(json!({ "RecursiveLoop": if n % 2 == 0 { "Allow" } else { "Terminate" } }))
    }),
    Case::new("GetFunctionRecursionConfig", |_, _| f(json!({}))),
    Case::new("PutRuntimeManagementConfig", |n, _| {
        f(json!({ "UpdateRuntimeOn": if n % 2 == 0 { "Auto" } else { "FunctionUpdate" } }))
    }),
    Case::new("GetRuntimeManagementConfig", |_, _| f(json!({}))),
    Case::new("CreateCodeSigningConfig", signing),
    Case::new("GetCodeSigningConfig", |_, answers| signed(answers)).after(SIGNING),
    Case::new("UpdateCodeSigningConfig", |n, answers| {
        with(signed(answers), json!({ "Description": format!("changed {n}") }))
    })
    .after(SIGNING),
    Case::new("DeleteCodeSigningConfig", |_, answers| signed(answers)).after(SIGNING),
    Case::new("ListCodeSigningConfigs", |_, _| json!({})),
    Case::new("PutFunctionCodeSigningConfig", |_, answers| f(signed(answers))).after(SIGNING),
    Case::new("GetFunctionCodeSigningConfig", |_, _| f(json!({}))),
    Case::new("ListFunctionsByCodeSigningConfig", |_, answers| signed(answers)).after(SIGNED),
    Case::new("DeleteFunctionCodeSigningConfig", |_, _| f(json!({}))).after(SIGNED),
    Case::new("PutProvisionedConcurrencyConfig", provisioned),
    Case::new("GetProvisionedConcurrencyConfig", |_, _| f(json!({ "Qualifier": "1" }))).after(PROVISIONED),
    Case::new("ListProvisionedConcurrencyConfigs", |_, _| f(json!({}))),
    Case::new("DeleteProvisionedConcurrencyConfig", |_, _| f(json!({ "Qualifier": "1" }))).after(PROVISIONED),
];

struct Functions {
    lambda: Arc<Lambda>,
    engine: Arc<FakeEngine>,
    logs: Arc<FakeLogs>,
    context: Context,
}

/// The engine holds the service that it works off scripts with.
impl Drop for Functions {
    fn drop(&mut self) {
        self.engine.durable.lock().unwrap().take();
    }
}

impl Functions {
    /// The executions, once no invocation of theirs is under way.
    async fn executions(&self, client: &Client) -> Value {
        let all = json!({ "FunctionName": "durable", "MaxItems": 1000 });
        for _ in 0..10_000 {
            let listed = client.done("ListDurableExecutionsByFunction", all.clone()).await;
            let mut is_quiet = true;
            for execution in listed["DurableExecutions"].as_array().unwrap() {
                let arn = json!({ "DurableExecutionArn": execution["DurableExecutionArn"] });
                let last = with(arn, json!({ "ReverseOrder": true, "MaxItems": 1 }));
                let Ok(last) = client.ask("GetDurableExecutionHistory", last).await else {
                    is_quiet = false;
                    continue;
                };
                let kind = last["Events"][0]["EventType"].as_str().unwrap_or_default().to_owned();
                is_quiet &= kind == "InvocationCompleted"
                    || kind.starts_with("Execution") && kind != "ExecutionStarted";
                is_quiet &= kind != "ExecutionResumed" && execution["Status"] != "DELETING";
            }
            if is_quiet {
                return listed;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("executions are not quiet");
    }

    /// Waits until all that was accepted has run and is logged.
    async fn logged(&self) {
        let count = || {
            let logs = self.logs.0.lock().unwrap();
            let lines = logs.iter().flat_map(|(_, _, lines)| lines);
            lines.filter(|line| line.message.starts_with(b"REPORT ")).count()
        };
        let logged = async {
            while self.engine.seen.lock().unwrap().len() > count() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), logged).await.expect("what ran is logged");
    }

    /// The layers' versions with their packages.
    async fn layers(&self, client: &Client) -> Vec<Value> {
        let mut all = Vec::new();
        let layers = client.done("ListLayers", json!({})).await;
        for layer in layers["Layers"].as_array().unwrap() {
            let name = json!({ "LayerName": layer["LayerName"] });
            let versions = client.done("ListLayerVersions", name.clone()).await;
            for version in versions["LayerVersions"].as_array().unwrap() {
                let input = with(name.clone(), json!({ "VersionNumber": version["Version"] }));
                let mut found = client.done("GetLayerVersion", input).await;
                // It ends, and is signed by a key of this process.
                found["Content"].as_object_mut().unwrap().remove("Location");
                all.push(found);
            }
        }
        all
    }

    /// What is provisioned, once it is there.
    async fn provisioned(&self, client: &Client) -> Value {
        for _ in 0..10_000 {
            let seen = client.done("ListProvisionedConcurrencyConfigs", f(json!({}))).await;
            if !seen.to_string().contains("IN_PROGRESS") {
                return seen;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("it does not come");
    }

    /// Waits until there are the packages that versions have, and no others.
    async fn collected(&self, client: &Client) {
        let all = json!({ "FunctionVersion": "ALL", "MaxItems": 10_000 });
        let versions = client.done("ListFunctions", all).await;
        let versions = versions["Functions"].as_array().unwrap();
        let of_layers = self.layers(client).await;
        let of_layers = of_layers.iter().map(|layer| layer["Content"]["CodeSha256"].to_string());
        let named: BTreeSet<String> =
            versions.iter().map(|version| version["CodeSha256"].to_string()).chain(of_layers).collect();
        let count = || std::fs::read_dir(self.context.folder("lambda").join("packages")).unwrap().count();
        let collected = async {
            while count() != named.len() {
                tokio::task::yield_now().await;
            }
        };
        let collected = tokio::time::timeout(Duration::from_secs(20), collected).await;
        assert!(collected.is_ok(), "{} packages for {named:?}", count());
    }
}

#[async_trait]
impl Subject for Functions {
    async fn open(context: Context) -> Self {
        let (engine, logs) = (FakeEngine::new(), Arc::new(FakeLogs::default()));
        context.peers().set_logs(logs.clone());
        FakeSource::open(&context, SourceKind::Queue, Kept::default());
        let lambda = Lambda::open(context.clone(), Engines::new(vec![engine.clone()])).await.unwrap();
        *engine.durable.lock().unwrap() = Some((lambda.clone(), context.clone()));
        Self { lambda: Arc::new(lambda), engine, logs, context }
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.lambda.clone()]
    }

    async fn furnish(&self, client: &Client) {
        for name in ["f", "neighbour", "changed"] {
            client.done("CreateFunction", function(name)).await;
        }
        let durable = json!({ "DurableConfig": { "ExecutionTimeout": 900 } });
        client.done("CreateFunction", with(function("durable"), durable)).await;
        self.quiet(client).await;
        for n in 0..MANY {
            let of = if n == 0 { "changed" } else { "neighbour" };
            client.done("CreateEventSourceMapping", with(mapping(n), json!({ "FunctionName": of }))).await;
        }
        client.done("PublishVersion", f(json!({}))).await;
        client.done("AddPermission", permission(0, &[])).await;
        client.done("PublishLayerVersion", layer("base", 0)).await;
    }

    fn neighbour(&self, _: usize) -> (&'static str, Value) {
        ("Invoke", json!({ "FunctionName": "neighbour", "Payload": BASE64_STANDARD.encode("1") }))
    }

    async fn quiet(&self, client: &Client) {
        let functions = client.done("ListFunctions", json!({ "MaxItems": 10_000 })).await;
        for function in functions["Functions"].as_array().unwrap() {
            let name = json!({ "FunctionName": function["FunctionName"] });
            for _ in 0..10_000 {
                let seen = client.done("GetFunctionConfiguration", name.clone()).await;
                if seen["State"] == "Active" && seen["LastUpdateStatus"] == "Successful" {
                    break;
                }
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        }
        for _ in 0..10_000 {
            let mappings = client.done("ListEventSourceMappings", json!({})).await;
            let mut mappings = mappings["EventSourceMappings"].as_array().unwrap().iter();
            if mappings.all(|mapping| mapping["State"] == "Enabled") {
                break;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        self.executions(client).await;
        self.logged().await;
        self.provisioned(client).await;
        self.collected(client).await;
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let all = json!({ "FunctionVersion": "ALL", "MaxItems": 10_000 });
        let mut seen = vec![
            client.done("ListFunctions", all).await,
            client.done("ListTags", json!({ "Resource": ARN })).await,
            client.done("ListEventSourceMappings", json!({})).await,
        ];
        let configured = client.done("ListFunctionEventInvokeConfigs", f(json!({}))).await;
        seen.push(configured);
        for operation in [
            "ListAliases",
            "GetPolicy",
            "GetFunctionConcurrency",
            "ListFunctionUrlConfigs",
            "GetFunctionRecursionConfig",
            "GetRuntimeManagementConfig",
            "GetFunctionCodeSigningConfig",
        ] {
            seen.push(client.done(operation, f(json!({}))).await);
        }
        seen.extend(self.layers(client).await);
        seen.extend(client.ask("GetLayerVersionPolicy", base(json!({}))).await.ok());
        seen.push(client.done("ListCodeSigningConfigs", json!({ "MaxItems": 10_000 })).await);
        seen.push(self.provisioned(client).await);
        seen.push(self.executions(client).await);
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Functions>(CASES).await;
}
