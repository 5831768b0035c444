//! Callers who go away in the middle of each operation: what is decided is kept in memory and on disk, what runs runs to
//! its end, and nobody else fails.

use std::collections::BTreeSet;

use cloud_wire::abandon::{self, Case, Client, Input, Subject};

use super::*;

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

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

fn own(n: usize) -> String {
    format!("own-{n}")
}

fn invocation(n: usize, kind: &str) -> Value {
    f(json!({ "InvocationType": kind, "Payload": BASE64_STANDARD.encode(n.to_string()) }))
}

const OWN: &[(&str, Input)] = &[("CreateFunction", |n, _| function(&own(n)))];
const ALIAS: &[(&str, Input)] = &[("CreateAlias", new_alias)];
const PERMISSION: &[(&str, Input)] = &[("AddPermission", permission)];

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
    Case::new("Invoke", |n, _| invocation(n, "RequestResponse")),
    Case::new("Invoke", |n, _| invocation(n, "Event")),
    Case::new("Invoke", |n, _| invocation(n, "DryRun")),
    Case::new("GetAccountSettings", |_, _| json!({})),
    Case::new("GetFunction", |_, _| f(json!({}))),
    Case::new("GetFunctionConfiguration", |_, _| f(json!({}))),
    Case::new("GetPolicy", |_, _| f(json!({}))),
    Case::new("ListAliases", |_, _| f(json!({}))),
    Case::new("ListFunctions", |_, _| json!({})),
    Case::new("ListVersionsByFunction", |_, _| f(json!({}))),
];

struct Functions {
    lambda: Arc<Lambda>,
    engine: Arc<FakeEngine>,
    logs: Arc<FakeLogs>,
    context: Context,
}

impl Functions {
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

    /// Waits until there are the packages that versions have, and no others.
    async fn collected(&self, client: &Client) {
        let all = json!({ "FunctionVersion": "ALL", "MaxItems": 10_000 });
        let versions = client.done("ListFunctions", all).await;
        let versions = versions["Functions"].as_array().unwrap();
        let named: BTreeSet<String> =
            versions.iter().map(|version| version["CodeSha256"].to_string()).collect();
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
        let lambda = Lambda::open(context.clone(), Engines::new(vec![engine.clone()])).await.unwrap();
        Self { lambda: Arc::new(lambda), engine, logs, context }
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.lambda.clone()]
    }

    async fn furnish(&self, client: &Client) {
        for name in ["f", "neighbour"] {
            client.done("CreateFunction", function(name)).await;
        }
        self.quiet(client).await;
        client.done("PublishVersion", f(json!({}))).await;
        client.done("AddPermission", permission(0, &[])).await;
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
        self.logged().await;
        self.collected(client).await;
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let all = json!({ "FunctionVersion": "ALL", "MaxItems": 10_000 });
        let mut seen = vec![
            client.done("ListFunctions", all).await,
            client.done("ListTags", json!({ "Resource": ARN })).await,
        ];
        for operation in ["ListAliases", "GetPolicy", "GetFunctionConcurrency"] {
            seen.push(client.done(operation, f(json!({}))).await);
        }
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Functions>(CASES).await;
}
