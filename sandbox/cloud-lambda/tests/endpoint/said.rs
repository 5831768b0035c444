//! What is said of functions: whether they may be in loops, and when their runtimes are updated.

use cloud_core::{Actor, Delivery, Lineage, Trace};

use super::*;

fn recursion(name: &str) -> String {
    format!("/2024-08-31/functions/{name}/recursion-config")
}

fn runtime(name: &str) -> String {
    format!("/2021-07-20/functions/{name}/runtime-management-config")
}

#[tokio::test]
async fn a_function_may_be_let_into_loops() {
    let cloud = Cloud::start().await;
    cloud.function("f", json!({})).await;
    assert_eq!(cloud.get(&recursion("f")).await["RecursiveLoop"], "Terminate");
    let words = "1 validation error detected: Value 'Never' at 'recursiveLoop' failed to satisfy constraint: Member must \
                 satisfy enum value set: [Terminate, Allow]";
    let put = |wanted: &str| json!({ "RecursiveLoop": wanted });
    cloud.refused(("PUT", &recursion("f")), put("Never"), (400, "ValidationException"), words).await;
    let missing = format!("Function not found: {REALM}:function:none");
    cloud
        .refused(("GET", &recursion("none")), Value::Null, (404, "ResourceNotFoundException"), &missing)
        .await;
    let arn: cloud_core::Arn = format!("{REALM}:function:f").parse().unwrap();
    let looped = async || {
        let mut lineage = Lineage::default();
        for _ in 0..16 {
            lineage = lineage.passed(arn.as_str()).1;
        }
        let trace = Trace { lineage, ..Trace::default() };
        let delivery = Delivery { trace, actor: Actor::Account, ..Delivery::new(arn.clone(), "1").awaited() };
        cloud.context.peers().deliver(delivery).await.map_err(|error| error.error().code().to_owned())
    };
    assert_eq!(looped().await.map(drop), Err("RecursiveInvocationException".to_owned()));
    assert_eq!(cloud.put(&recursion("f"), put("Allow"), 200).await["RecursiveLoop"], "Allow");
    assert!(looped().await.is_ok());
    let cloud = cloud.again().await;
    assert_eq!(cloud.get(&recursion("f")).await["RecursiveLoop"], "Allow");
}

#[tokio::test]
async fn a_version_s_runtime_is_updated_as_it_says() {
    let cloud = Cloud::start().await;
    cloud.function("f", json!({ "Publish": true })).await;
    let arn = format!("{REALM}:function:f");
    let seen = async |query: &str| cloud.get(&format!("{}{query}", runtime("f"))).await;
    assert_eq!(seen("").await, json!({ "UpdateRuntimeOn": "Auto", "FunctionArn": format!("{arn}:$LATEST") }));
    let own = cloud.configuration("f").await["RuntimeVersionConfig"]["RuntimeVersionArn"].clone();
    let by_hand = json!({ "UpdateRuntimeOn": "Manual", "RuntimeVersionArn": own });
    let put = cloud.put(&format!("{}?Qualifier=1", runtime("f")), by_hand, 200).await;
    let expected = json!({
        "UpdateRuntimeOn": "Manual", "RuntimeVersionArn": own, "FunctionArn": format!("{arn}:1"),
    });
    assert_eq!(put, expected);
    let before = cloud.configuration("f").await["RevisionId"].clone();
    cloud.put(&runtime("f"), json!({ "UpdateRuntimeOn": "FunctionUpdate" }), 200).await;
    assert_ne!(cloud.configuration("f").await["RevisionId"], before);
    let invalid = (400, "InvalidParameterValueException");
    let wrong = json!({ "UpdateRuntimeOn": "Manual" });
    let words = "RuntimeVersionArn is required when UpdateRuntimeOn is set to Manual.";
    cloud.refused(("PUT", &runtime("f")), wrong, invalid, words).await;
    let other = "arn:aws:lambda:us-east-1::runtime:other";
    let wrong = json!({ "UpdateRuntimeOn": "Manual", "RuntimeVersionArn": other });
    let refused = cloud.ask("PUT", &runtime("f"), &wrong).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains(&format!("The runtime version {other} is not here")), "{}", refused.body);
    let missing = (404, "ResourceNotFoundException");
    let words = format!("Function not found: {arn}:7");
    cloud.refused(("GET", &format!("{}?Qualifier=7", runtime("f"))), Value::Null, missing, &words).await;
    let cloud = cloud.again().await;
    let seen = async |query: &str| cloud.get(&format!("{}{query}", runtime("f"))).await;
    assert_eq!(seen("?Qualifier=1").await, expected);
    assert_eq!(seen("").await["UpdateRuntimeOn"], "FunctionUpdate");
}
