//! Provisioned concurrency: environments that are there before anybody calls.

use tokio::sync::Semaphore;

use super::*;

const INVALID: (u16, &str) = (400, "InvalidParameterValueException");
const NOT_FOUND: (u16, &str) = (404, "ResourceNotFoundException");

fn of(function: &str, qualifier: &str) -> String {
    format!("/2019-09-30/functions/{function}/provisioned-concurrency?Qualifier={qualifier}")
}

fn wanted(count: i32) -> Value {
    json!({ "ProvisionedConcurrentExecutions": count })
}

impl Cloud {
    /// With the versions 1 and 2, and the alias `live` of the first.
    async fn versions(&self) {
        self.function("f", json!({ "Publish": true })).await;
        self.configure("f", json!({ "Timeout": 9 })).await;
        self.post("/2015-03-31/functions/f/versions", json!({})).await;
        let alias = json!({ "Name": "live", "FunctionVersion": "1" });
        self.post("/2015-03-31/functions/f/aliases", alias).await;
    }

    /// Once it is no longer in progress.
    async fn provisioned(&self, qualifier: &str) -> Value {
        for _ in 0..10_000 {
            let mut seen = self.get(&of("f", qualifier)).await;
            if seen["Status"] != "IN_PROGRESS" {
                seen.as_object_mut().unwrap().remove("LastModified");
                return seen;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("{qualifier} does not come");
    }

    async fn alive(&self, expected: usize) {
        for _ in 0..10_000 {
            if self.engine.alive() == expected {
                return;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("{} sandboxes, not {expected}", self.engine.alive());
    }
}

fn ready(count: i32) -> Value {
    json!({
        "RequestedProvisionedConcurrentExecutions": count, "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count, "Status": "READY",
    })
}

#[tokio::test]
async fn environments_are_there_before_anybody_calls() {
    let cloud = Cloud::start().await;
    cloud.versions().await;
    assert_eq!(cloud.engine.alive(), 0);
    let put = cloud.put(&of("f", "1"), wanted(2), 202).await;
    let begun = json!({
        "RequestedProvisionedConcurrentExecutions": 2, "AvailableProvisionedConcurrentExecutions": 0,
        "AllocatedProvisionedConcurrentExecutions": 0, "Status": "IN_PROGRESS",
        "LastModified": "2026-01-01T00:00:00.000+0000",
    });
    assert_eq!(put, begun);
    assert_eq!(cloud.provisioned("1").await, ready(2));
    assert_eq!(cloud.engine.alive(), 2);
    assert_eq!(cloud.engine.begun(), ["provisioned-concurrency"; 2]);
    assert_eq!(cloud.invoke("f:1").await.status, 200);
    assert_eq!(cloud.engine.alive(), 2, "none was made for it");
    let listed = cloud.get("/2019-09-30/functions/f/provisioned-concurrency?List=ALL").await;
    let listed = &listed["ProvisionedConcurrencyConfigs"][0];
    assert_eq!(
        (&listed["FunctionArn"], &listed["Status"]),
        (&json!(format!("{REALM}:function:f:1")), &json!("READY"))
    );
    // They come up again with the service.
    let cloud = cloud.again().await;
    assert_eq!(cloud.provisioned("1").await, ready(2));
    assert_eq!(cloud.engine.alive(), 2);
    assert!(!cloud.lambda.is_idle().await);
    cloud.put(&of("f", "1"), wanted(3), 202).await;
    assert_eq!(cloud.provisioned("1").await, ready(3));
    cloud.delete(&of("f", "1")).await;
    cloud.delete(&of("f", "1")).await;
    let none = (404, "ProvisionedConcurrencyConfigNotFoundException");
    let words = "No Provisioned Concurrency Config found for this function";
    cloud.refused(("GET", &of("f", "1")), Value::Null, none, words).await;
    cloud.delete("/2015-03-31/functions/f").await;
    cloud.alive(0).await;
}

#[tokio::test]
async fn they_move_with_their_alias() {
    let cloud = Cloud::start().await;
    cloud.versions().await;
    cloud.put(&of("f", "live"), wanted(2), 202).await;
    assert_eq!(cloud.provisioned("live").await, ready(2));
    let path = "/2015-03-31/functions/f/aliases/live";
    cloud.put(path, json!({ "FunctionVersion": "2" }), 200).await;
    assert_eq!(cloud.provisioned("live").await, ready(2));
    assert_eq!(cloud.invoke("f:live").await.status, 200);
    assert_eq!(cloud.engine.last().key.version, "2");
    assert_eq!(cloud.engine.begun(), ["provisioned-concurrency"; 4]);
    cloud.delete(path).await;
    let missing = format!("Cannot find alias arn: {REALM}:function:f:live");
    cloud.refused(("GET", &of("f", "live")), Value::Null, NOT_FOUND, &missing).await;
    cloud.delete("/2015-03-31/functions/f").await;
    cloud.alive(0).await;
}

#[tokio::test]
async fn what_does_not_come_up_is_told() {
    let cloud = Cloud::start().await;
    cloud.versions().await;
    cloud.engine.fail(true);
    cloud.put(&of("f", "1"), wanted(1), 202).await;
    let failed = json!({
        "RequestedProvisionedConcurrentExecutions": 1, "AvailableProvisionedConcurrentExecutions": 0,
        "AllocatedProvisionedConcurrentExecutions": 0, "Status": "FAILED",
        "StatusReason": "FUNCTION_ERROR_INIT_FAILURE",
    });
    assert_eq!(cloud.provisioned("1").await, failed);
    cloud.alive(0).await;
    cloud.engine.fail(false);
    // More than this engine keeps.
    cloud.put(&of("f", "1"), wanted(5), 202).await;
    let seen = cloud.provisioned("1").await;
    assert_eq!(seen["Status"], "FAILED");
    assert!(seen["StatusReason"].as_str().unwrap().contains("no more than 4 invocations at once"), "{seen}");
    cloud.put(&of("f", "1"), wanted(4), 202).await;
    assert_eq!(cloud.provisioned("1").await, ready(4));
}

#[tokio::test]
async fn what_cannot_be_provisioned_is_refused() {
    let cloud = Cloud::start().await;
    cloud.versions().await;
    let arn = format!("{REALM}:function");
    let unpublished = "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    let neither = "The function resource provided must be an alias or a published version.";
    for (method, body, words) in
        [("PUT", wanted(1), unpublished), ("GET", Value::Null, neither), ("DELETE", Value::Null, neither)]
    {
        cloud.refused((method, &of("f", "$LATEST")), body.clone(), INVALID, words).await;
        for (function, qualifier, words) in [
            ("none", "1", format!("Function not found: {arn}:none:1")),
            ("none", "alias", format!("Cannot find alias arn: {arn}:none:alias")),
            ("f", "10", format!("Function not found: {arn}:f:10")),
            ("f", "alias", format!("Cannot find alias arn: {arn}:f:alias")),
        ] {
            cloud.refused((method, &of(function, qualifier)), body.clone(), NOT_FOUND, &words).await;
        }
    }
    let words = "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: \
                 Member must have value greater than or equal to 1";
    cloud.refused(("PUT", &of("f", "1")), wanted(0), (400, "ValidationException"), words).await;
    let words = "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its \
                 minimum value of [100].";
    cloud.refused(("PUT", &of("f", "1")), wanted(901), INVALID, words).await;
    let list = "/2019-09-30/functions/none/provisioned-concurrency?List=ALL";
    let words = format!("Function not found: {arn}:none");
    cloud.refused(("GET", list), Value::Null, NOT_FOUND, &words).await;
}

#[tokio::test]
async fn what_is_provisioned_is_of_what_is_reserved() {
    let cloud = Cloud::start().await;
    cloud.versions().await;
    cloud.put(&of("f", "1"), wanted(2), 202).await;
    assert_eq!(cloud.provisioned("1").await, ready(2));
    let reserve = "/2017-10-31/functions/f/concurrency";
    let reserved = |count: i32| json!({ "ReservedConcurrentExecutions": count });
    let words = " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].";
    cloud.refused(("PUT", reserve), reserved(1), INVALID, words).await;
    cloud.put(reserve, reserved(2), 200).await;
    let words = "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function";
    cloud.refused(("PUT", &of("f", "2")), wanted(1), INVALID, words).await;
    cloud.refused(("PUT", &of("f", "1")), wanted(3), INVALID, words).await;
    // All that is reserved is the first version's.
    assert_eq!(cloud.invoke("f:live").await.status, 200, "it stands for that version");
    for name in ["f", "f:2"] {
        let throttled = cloud.invoke(name).await;
        assert_eq!(throttled.status, 429, "{name}: {}", throttled.body);
        assert!(throttled.body.contains("ReservedFunctionConcurrentInvocationLimitExceeded"));
    }
    let gate = Arc::new(Semaphore::new(0));
    cloud.engine.hold_back(Some(gate.clone()));
    let third = async {
        while cloud.engine.count() < 3 {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        let answer = cloud.invoke("f:1").await;
        gate.add_permits(2);
        answer
    };
    let (one, two, third) = tokio::join!(cloud.invoke("f:1"), cloud.invoke("f:1"), third);
    assert_eq!((one.status, two.status, third.status), (200, 200, 429));
}

#[tokio::test]
async fn templates_provision_and_wait_until_it_is_there() {
    let cloud = Cloud::start().await;
    cloud.versions().await;
    let provider = |name: &str| cloud.context.peers().provider(name).unwrap();
    let request = |token: &str, properties: Value| cloud_core::ResourceRequest {
        logical_id: "L".into(),
        stack_name: "stack".into(),
        stack_id: "arn:aws:cloudformation:us-east-1:000000000000:stack/stack/1".into(),
        properties,
        token: token.into(),
        tags: std::collections::BTreeMap::new(),
        caller: None,
    };
    let alias = |count: Option<i32>| {
        let mut all = json!({ "FunctionName": "f", "Name": "made", "FunctionVersion": "2" });
        if let Some(count) = count {
            all["ProvisionedConcurrencyConfig"] = wanted(count);
        }
        all
    };
    let aliases = provider("AWS::Lambda::Alias");
    let made = aliases.create(&request("t1", alias(Some(2)))).await.unwrap();
    assert_eq!((cloud.engine.alive(), cloud.provisioned("made").await), (2, ready(2)));
    let changed = request("t2", alias(Some(3)));
    aliases.update(&made.physical_id, &alias(Some(2)), &changed).await.unwrap();
    assert_eq!(cloud.engine.alive(), 3);
    aliases.update(&made.physical_id, &alias(Some(3)), &request("t3", alias(None))).await.unwrap();
    assert_eq!(cloud.ask("GET", &of("f", "made"), &Value::Null).await.status, 404);
    let versions = provider("AWS::Lambda::Version");
    cloud.configure("f", json!({ "Timeout": 10 })).await;
    let version = json!({
        "FunctionName": "f", "ProvisionedConcurrencyConfig": wanted(1),
        "RuntimePolicy": { "UpdateRuntimeOn": "FunctionUpdate" },
    });
    let made = versions.create(&request("t4", version.clone())).await.unwrap();
    assert_eq!(made.attributes["Version"], "3");
    assert_eq!(cloud.provisioned("3").await, ready(1));
    let managed = cloud.get("/2021-07-20/functions/f/runtime-management-config?Qualifier=3").await;
    assert_eq!(managed["UpdateRuntimeOn"], "FunctionUpdate");
    cloud.engine.fail(true);
    cloud.configure("f", json!({ "Timeout": 11 })).await;
    let failed = versions.create(&request("t5", version)).await.unwrap_err();
    assert_eq!(
        failed.message(),
        "Provisioned Concurrency configuration failed to be applied. Reason: FUNCTION_ERROR_INIT_FAILURE"
    );
}
