//! What operations answer about versions, logs and packages.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::AwsError;
use cloud_lambda::shapes::*;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{Rig, wanted, zip};

/// Each operation on a function as a whole, asked with a qualifier in the function's name.
#[tokio::test]
async fn a_qualifier_is_honoured_or_refused_by_every_operation() {
    let rig = Rig::new().await;
    rig.create("f").await;
    let publish = |name: &str| PublishVersionRequest { function_name: name.into(), ..Default::default() };
    rig.call::<operation::PublishVersion>("PublishVersion", publish("f:$LATEST")).await.unwrap();
    let before = rig.configuration("f").await.unwrap();
    for name in ["f:1", "arn:aws:lambda:us-east-1:000000000000:function:f:1", "000000000000:function:f:prod"]
    {
        let name = name.to_owned();
        let answers = [
            rig.call::<operation::UpdateFunctionConfiguration>(
                "UpdateFunctionConfiguration",
                UpdateFunctionConfigurationRequest {
                    function_name: name.clone(),
                    timeout: Some(9),
                    ..Default::default()
                },
            )
            .await
            .err(),
            rig.call::<operation::UpdateFunctionCode>(
                "UpdateFunctionCode",
                UpdateFunctionCodeRequest {
                    function_name: name.clone(),
                    zip_file: Some(zip(b"two")),
                    ..Default::default()
                },
            )
            .await
            .err(),
            rig.call::<operation::PublishVersion>("PublishVersion", publish(&name)).await.err(),
            rig.call::<operation::PutFunctionConcurrency>(
                "PutFunctionConcurrency",
                PutFunctionConcurrencyRequest {
                    function_name: name.clone(),
                    reserved_concurrent_executions: 1,
                },
            )
            .await
            .err(),
            rig.call::<operation::CreateAlias>(
                "CreateAlias",
                CreateAliasRequest {
                    function_name: name.clone(),
                    name: "a".into(),
                    function_version: "1".into(),
                    ..Default::default()
                },
            )
            .await
            .err(),
            rig.call::<operation::ListVersionsByFunction>(
                "ListVersionsByFunction",
                ListVersionsByFunctionRequest { function_name: name.clone(), ..Default::default() },
            )
            .await
            .err(),
        ];
        for (index, error) in answers.into_iter().enumerate() {
            let code = error.as_ref().map(AwsError::code);
            assert_eq!(code, Some("InvalidParameterValueException"), "{name}: operation {index}");
        }
    }
    assert_eq!(rig.configuration("f").await.unwrap(), before);
    assert_eq!(rig.configuration("f:1").await.unwrap().version.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_version_that_comes_with_new_code_begins_pending() {
    let rig = Rig::new().await;
    rig.create("f").await;
    let code = UpdateFunctionCodeRequest {
        function_name: "f".into(),
        zip_file: Some(zip(b"two")),
        publish: Some(true),
        ..Default::default()
    };
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.gate.lock().unwrap() = Some(gate.clone());
    let updated = rig.call::<operation::UpdateFunctionCode>("UpdateFunctionCode", code).await.unwrap();
    assert!(updated.function_arn.is_some_and(|arn| arn.ends_with(":function:f:1")));
    assert_eq!((updated.state, updated.last_update_status), (Some(State::Pending), None));
    let refused = rig.invoke("f:1", InvocationType::RequestResponse, "1").await.unwrap_err();
    assert_eq!(
        refused.message(),
        "The operation cannot be performed at this time. The function is currently in the following state: Pending"
    );
    rig.invoke("f", InvocationType::RequestResponse, "1").await.expect("what ran before still runs");
    gate.add_permits(9);
    rig.settled("f").await;
    rig.invoke("f:1", InvocationType::RequestResponse, "1").await.expect("it is made");
    let published = PublishVersionRequest { function_name: "f".into(), ..Default::default() };
    let again = rig.call::<operation::PublishVersion>("PublishVersion", published).await.unwrap();
    assert_eq!((again.version.as_deref(), again.state), (Some("1"), Some(State::Active)));
}

/// Which revision a call saw, told from the others by what is new of it.
#[tokio::test]
async fn each_change_gives_another_revision_and_so_does_its_end() {
    let rig = Rig::new().await;
    let made = rig.call::<operation::CreateFunction>("CreateFunction", wanted("f")).await.unwrap();
    rig.settled("f").await;
    let active = rig.configuration("f").await.unwrap();
    assert_ne!(made.revision_id, active.revision_id, "the end of the creation");
    let publish = PublishVersionRequest {
        function_name: "f".into(),
        revision_id: made.revision_id,
        ..Default::default()
    };
    let stale = rig.call::<operation::PublishVersion>("PublishVersion", publish.clone()).await.unwrap_err();
    assert_eq!(stale.code(), "PreconditionFailedException");
    let publish = PublishVersionRequest { revision_id: active.revision_id.clone(), ..publish };
    let version = rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    let latest = rig.configuration("f").await.unwrap();
    assert_ne!(latest.revision_id, active.revision_id, "publishing");
    assert_ne!(latest.revision_id, version.revision_id);
    let arn = made.function_arn.unwrap();
    let tags = [("k".to_owned(), "v".to_owned())].into();
    let input = TagResourceRequest { resource: arn, tags };
    rig.call::<operation::TagResource>("TagResource", input).await.unwrap();
    let tagged = rig.configuration("f").await.unwrap();
    assert_ne!(tagged.revision_id, latest.revision_id, "tags");
    let permit = AddPermissionRequest {
        function_name: "f".into(),
        qualifier: Some("1".into()),
        statement_id: "s".into(),
        action: "lambda:InvokeFunction".into(),
        principal: "s3.amazonaws.com".into(),
        revision_id: version.revision_id.clone(),
        ..Default::default()
    };
    rig.call::<operation::AddPermission>("AddPermission", permit.clone()).await.unwrap();
    assert_eq!(rig.configuration("f").await.unwrap().revision_id, tagged.revision_id, "not its own policy");
    let input = GetPolicyRequest { function_name: "f".into(), qualifier: Some("1".into()) };
    let policy = rig.call::<operation::GetPolicy>("GetPolicy", input).await.unwrap();
    assert_ne!(policy.revision_id, version.revision_id);
    assert_eq!(policy.revision_id, rig.configuration("f:1").await.unwrap().revision_id);
    let again = AddPermissionRequest { statement_id: "t".into(), ..permit };
    let stale = rig.call::<operation::AddPermission>("AddPermission", again).await.unwrap_err();
    assert_eq!(stale.code(), "PreconditionFailedException");
    rig.invoke("f", InvocationType::RequestResponse, "1").await.unwrap();
    assert_eq!(rig.engine.retired.lock().unwrap().len(), 0, "what runs is the same all along");
}

#[tokio::test]
async fn settings_that_are_taken_away_are_gone() {
    let rig = Rig::new().await;
    let mut input = wanted("f");
    input.dead_letter_config =
        Some(DeadLetterConfig { target_arn: Some("arn:aws:sqs:us-east-1:000000000000:q".into()) });
    rig.call::<operation::CreateFunction>("CreateFunction", input).await.unwrap();
    rig.settled("f").await;
    let change = UpdateFunctionConfigurationRequest {
        function_name: "f".into(),
        dead_letter_config: Some(DeadLetterConfig { target_arn: Some(String::new()) }),
        vpc_config: Some(VpcConfig::default()),
        ..Default::default()
    };
    let name = "UpdateFunctionConfiguration";
    let changed = rig.call::<operation::UpdateFunctionConfiguration>(name, change).await.unwrap();
    assert_eq!(changed.dead_letter_config, None);
    let vpc = changed.vpc_config.unwrap();
    assert_eq!(
        (vpc.vpc_id.as_deref(), vpc.subnet_ids, vpc.ipv6_allowed_for_dual_stack),
        (Some(""), Some(vec![]), Some(false))
    );
    rig.settled("f").await;
    let snap = |apply_on: &str| UpdateFunctionConfigurationRequest {
        function_name: "f".into(),
        snap_start: Some(SnapStart { apply_on: Some(apply_on.into()) }),
        ..Default::default()
    };
    let refused = rig.call::<operation::UpdateFunctionConfiguration>(name, snap("PublishedVersions")).await;
    assert_eq!(
        refused.unwrap_err().message(),
        "provided.al2023 is not supported for SnapStart enabled functions."
    );
    rig.call::<operation::UpdateFunctionConfiguration>(name, snap("None")).await.unwrap();
}

#[tokio::test]
async fn logs_are_json_where_that_is_asked_for() {
    let rig = Rig::new().await;
    let ask = |format, application, system| LoggingConfig {
        log_format: Some(format),
        application_log_level: application,
        system_log_level: system,
        ..LoggingConfig::default()
    };
    let mut input = wanted("f");
    input.logging_config = Some(ask(LogFormat::Json, None, Some(SystemLogLevel::Debug)));
    rig.call::<operation::CreateFunction>("CreateFunction", input).await.unwrap();
    rig.settled("f").await;
    let tail = async || {
        let ran = rig.invoke("f", InvocationType::RequestResponse, "{}").await.unwrap();
        let log = BASE64_STANDARD.decode(ran.log_result.unwrap()).unwrap();
        let lines = String::from_utf8(log).unwrap();
        let kind = |line: &str| {
            let event: Value = serde_json::from_str(line).unwrap_or_default();
            event["type"].as_str().unwrap_or(line).to_owned()
        };
        lines.lines().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(tail().await, ["platform.start", "hello", "platform.runtimeDone", "platform.report"]);
    let environment = rig.engine.seen.lock().unwrap()[0].0.environment.clone();
    assert!(environment.contains(&("AWS_LAMBDA_LOG_FORMAT".to_owned(), "JSON".to_owned())));
    for (application, system, expected) in [
        (Some(ApplicationLogLevel::Error), SystemLogLevel::Info, vec!["platform.start", "platform.report"]),
        (Some(ApplicationLogLevel::Debug), SystemLogLevel::Warn, vec!["hello"]),
    ] {
        let change = UpdateFunctionConfigurationRequest {
            function_name: "f".into(),
            logging_config: Some(ask(LogFormat::Json, application, Some(system))),
            ..Default::default()
        };
        let name = "UpdateFunctionConfiguration";
        rig.call::<operation::UpdateFunctionConfiguration>(name, change).await.unwrap();
        rig.settled("f").await;
        assert_eq!(tail().await, expected);
    }
}

#[tokio::test]
async fn a_package_is_fetched_at_the_address_that_get_function_gives() {
    let rig = Rig::new().await;
    rig.context.set_endpoint("http://127.0.0.1:4566");
    rig.create("f").await;
    let input = GetFunctionRequest { function_name: "f".into(), qualifier: None };
    let answer = rig.call::<operation::GetFunction>("GetFunction", input).await.unwrap();
    let location = answer.code.unwrap().location.unwrap();
    let fetch = async |address: &str| {
        let request = http::Request::get(address).body(cloud_wire::Body::from(Bytes::new())).unwrap();
        let id = cloud_core::RequestId::random(rig.context.entropy());
        let answer = cloud_wire::PublicFront::answer(&rig.lambda, request, None, &id).await;
        (answer.status().as_u16(), answer.into_body().collect(1000).await.unwrap())
    };
    assert_eq!(fetch(&location).await, (200, zip(b"one")));
    assert_eq!(fetch(&location.replace("signature=", "signature=0")).await.0, 403);
    rig.clock.advance(Duration::from_secs(601));
    assert_eq!(fetch(&location).await.0, 403);
}

#[tokio::test]
async fn a_layer_that_is_sent_is_as_large_as_a_package() {
    let rig = Rig::new().await;
    let publish = async |zip: Bytes| {
        let input = PublishLayerVersionRequest {
            layer_name: "l".into(),
            content: LayerVersionContentInput { zip_file: Some(zip), ..Default::default() },
            ..Default::default()
        };
        rig.call::<operation::PublishLayerVersion>("PublishLayerVersion", input).await
    };
    let refused = publish(Bytes::from(vec![0; 52_428_801])).await.unwrap_err();
    assert_eq!((refused.code(), refused.http_status()), ("RequestEntityTooLargeException", 413));
    assert_eq!(refused.message(), "Zipped size must be smaller than 52428800 bytes");
    assert_eq!(publish(zip(b"one")).await.unwrap().version, Some(1));
}
