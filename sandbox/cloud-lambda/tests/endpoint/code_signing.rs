//! Code signing configurations, and what they mean for functions.

use super::*;

const CONFIGS: &str = "/2020-04-22/code-signing-configs";

fn wanted(policy: &str) -> Value {
    let publisher = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abcdefghij";
    json!({
        "Description": "ours", "AllowedPublishers": { "SigningProfileVersionArns": [publisher] },
        "CodeSigningPolicies": { "UntrustedArtifactOnDeployment": policy },
    })
}

impl Cloud {
    async fn signing(&self, policy: &str) -> String {
        let made = self.post(CONFIGS, wanted(policy)).await;
        made["CodeSigningConfig"]["CodeSigningConfigArn"].as_str().unwrap().to_owned()
    }

    async fn functions_with(&self, arn: &str) -> Value {
        self.get(&format!("{CONFIGS}/{arn}/functions")).await["FunctionArns"].clone()
    }
}

fn of(function: &str) -> String {
    format!("/2020-06-30/functions/{function}/code-signing-config")
}

#[tokio::test]
async fn a_configuration_lives() {
    let cloud = Cloud::start().await;
    let mut plain = wanted("Warn");
    plain.as_object_mut().unwrap().remove("CodeSigningPolicies");
    plain["Tags"] = json!({ "a": "1" });
    let made = cloud.post(CONFIGS, plain).await["CodeSigningConfig"].clone();
    let arn = made["CodeSigningConfigArn"].as_str().unwrap().to_owned();
    let id = made["CodeSigningConfigId"].as_str().unwrap();
    assert_eq!(arn, format!("{REALM}:code-signing-config:{id}"));
    assert!(id.len() == 21 && id.starts_with("csc-"), "{id}");
    assert_eq!(made["CodeSigningPolicies"]["UntrustedArtifactOnDeployment"], "Warn");
    let path = format!("{CONFIGS}/{arn}");
    assert_eq!(cloud.get(&path).await["CodeSigningConfig"], made);
    let change = json!({ "CodeSigningPolicies": { "UntrustedArtifactOnDeployment": "Enforce" } });
    let changed = cloud.put(&path, change, 200).await["CodeSigningConfig"].clone();
    assert_eq!(changed["CodeSigningPolicies"]["UntrustedArtifactOnDeployment"], "Enforce");
    assert_eq!(
        (&changed["Description"], &changed["AllowedPublishers"]),
        (&json!("ours"), &made["AllowedPublishers"])
    );
    let tags = format!("/2017-03-31/tags/{arn}");
    assert_eq!(cloud.ask("POST", &tags, &json!({ "Tags": { "b": "2" } })).await.status, 204);
    assert_eq!(cloud.ask("DELETE", &format!("{tags}?tagKeys=a"), &Value::Null).await.status, 204);
    let cloud = cloud.again().await;
    assert_eq!(cloud.get(&tags).await["Tags"], json!({ "b": "2" }));
    for _ in 0..2 {
        cloud.signing("Warn").await;
    }
    let (mut seen, mut marker) = (0, String::new());
    loop {
        let page = cloud.get(&format!("{CONFIGS}?MaxItems=2{marker}")).await;
        seen += page["CodeSigningConfigs"].as_array().unwrap().len();
        let Some(next) = page["NextMarker"].as_str() else { break };
        marker = format!("&Marker={next}");
    }
    assert_eq!(seen, 3);
    let gone = cloud.ask("DELETE", &path, &Value::Null).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    let not_found = (404, "ResourceNotFoundException");
    let words = format!("The Lambda code signing configuration {arn} can not be found.");
    for method in ["GET", "DELETE"] {
        cloud.refused((method, &path), Value::Null, not_found, &words).await;
    }
}

#[tokio::test]
async fn a_function_has_a_configuration_and_holds_it() {
    let cloud = Cloud::start().await;
    let (one, two) = (cloud.signing("Warn").await, cloud.signing("Warn").await);
    for name in ["f", "g"] {
        cloud.function(name, json!({ "CodeSigningConfigArn": one })).await;
    }
    assert_eq!(cloud.get(&of("f")).await, json!({ "CodeSigningConfigArn": one, "FunctionName": "f" }));
    let arn = |name: &str| format!("{REALM}:function:{name}");
    assert_eq!(cloud.functions_with(&one).await, json!([arn("f"), arn("g")]));
    let first = cloud.get(&format!("{CONFIGS}/{one}/functions?MaxItems=1")).await;
    let next = first["NextMarker"].as_str().unwrap();
    let second = cloud.get(&format!("{CONFIGS}/{one}/functions?MaxItems=1&Marker={next}")).await;
    assert_eq!((&second["FunctionArns"], second.get("NextMarker")), (&json!([arn("g")]), None));
    let put = cloud.put(&of("f"), json!({ "CodeSigningConfigArn": two }), 200).await;
    assert_eq!(put, json!({ "CodeSigningConfigArn": two, "FunctionName": "f" }));
    let cloud = cloud.again().await;
    assert_eq!(cloud.functions_with(&one).await, json!([arn("g")]));
    let held = cloud.ask("DELETE", &format!("{CONFIGS}/{one}"), &Value::Null).await;
    assert_eq!(held.status, 409, "{}", held.body);
    cloud.delete(&of("g")).await;
    assert_eq!(cloud.get(&of("g")).await, json!({ "FunctionName": "g" }));
    assert_eq!(cloud.ask("DELETE", &format!("{CONFIGS}/{one}"), &Value::Null).await.status, 204);
    let missing = (404, "CodeSigningConfigNotFoundException");
    let words = format!(
        "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {one}."
    );
    cloud.refused(("PUT", &of("f")), json!({ "CodeSigningConfigArn": one }), missing, &words).await;
    let create = function("h", json!({ "CodeSigningConfigArn": one }));
    cloud.refused(("POST", "/2015-03-31/functions"), create, missing, &words).await;
}

#[tokio::test]
async fn code_that_nobody_signed_is_deployed_where_that_is_only_warned_of() {
    let cloud = Cloud::start().await;
    let (warns, enforces) = (cloud.signing("Warn").await, cloud.signing("Enforce").await);
    let layer = cloud.layer("l", "x", "1").await["LayerVersionArn"].clone();
    let refusal = (400, "CodeVerificationFailedException");
    let words = |name: &str| {
        format!(
            "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is \
             not configured to accept. Check the provided signature for {name}."
        )
    };
    let create = function("g", json!({ "CodeSigningConfigArn": enforces }));
    cloud.refused(("POST", "/2015-03-31/functions"), create, refusal, &words("g")).await;
    cloud.function("f", json!({ "CodeSigningConfigArn": warns })).await;
    let code = ("PUT", "/2015-03-31/functions/f/code");
    let configuration = ("PUT", "/2015-03-31/functions/f/configuration");
    let new_code = |text: &str| json!({ "ZipFile": zipped(&[("index.py", text)]) });
    cloud.put(code.1, new_code("2"), 200).await;
    cloud.settled("f").await;
    cloud.put(&of("f"), json!({ "CodeSigningConfigArn": enforces }), 200).await;
    cloud.refused(code, new_code("3"), refusal, &words("f")).await;
    cloud.refused(configuration, json!({ "Layers": [layer] }), refusal, &words("f")).await;
    cloud.configure("f", json!({ "Timeout": 9, "Layers": [] })).await;
    assert_eq!(cloud.invoke("f").await.status, 200, "what was deployed goes on");
    cloud.delete(&of("f")).await;
    cloud.put(code.1, new_code("3"), 200).await;
}
