//! Where what becomes of events goes that nobody waits for, in turned time: records and dead letters, how often and how long
//! it is tried, and that neither a crash nor a target that refuses loses any of it silently.

use cloud_core::{Access, Authority, ConditionKeys, Denial, Permissions};

use super::events::{DeadLetters, check_letter};
use super::*;

const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:dead";

fn sent(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}")
}

/// What is asked for: how often, how long, and where successes and failures go.
#[derive(Default)]
struct Wanted<'a> {
    qualifier: Option<&'a str>,
    retries: Option<i32>,
    max_age: Option<i32>,
    success: Option<&'a str>,
    failure: Option<&'a str>,
}

impl Rig {
    async fn configure(
        &self,
        function: &str,
        wanted: Wanted<'_>,
    ) -> Result<FunctionEventInvokeConfig, AwsError> {
        let Wanted { qualifier, retries, max_age, success, failure } = wanted;
        let input = PutFunctionEventInvokeConfigRequest {
            function_name: function.into(),
            qualifier: qualifier.map(str::to_owned),
            maximum_retry_attempts: retries,
            maximum_event_age_in_seconds: max_age,
            destination_config: Some(DestinationConfig {
                on_success: Some(OnSuccess { destination: success.map(str::to_owned) }),
                on_failure: Some(OnFailure { destination: failure.map(str::to_owned) }),
            }),
        };
        let name = "PutFunctionEventInvokeConfig";
        self.call::<operation::PutFunctionEventInvokeConfig>(name, input).await
    }

    /// A place for whatever is sent to that service.
    fn target(&self, service: &str) -> Arc<DeadLetters> {
        let target = Arc::new(DeadLetters::default());
        self.context.peers().add_target(service, target.clone());
        target
    }
}

/// What came to a target of that name.
fn records(target: &DeadLetters, name: &str) -> Vec<Value> {
    let kept = target.kept.lock().unwrap();
    let to = kept.iter().filter(|delivery| delivery.target.resource() == name);
    to.map(|delivery| serde_json::from_slice(&delivery.payload).unwrap()).collect()
}

#[tokio::test]
async fn successes_and_failures_go_where_each_is_to_go() {
    let rig = Rig::new().await;
    let target = rig.target("sqs");
    rig.create("f").await;
    let (good, bad) = (sent("good"), sent("bad"));
    let wanted = Wanted { success: Some(&good), failure: Some(&bad), retries: Some(0), ..Wanted::default() };
    rig.configure("f", wanted).await.unwrap();
    rig.invoke("f", InvocationType::Event, r#"{"n":1}"#).await.unwrap();
    rig.buried(&target, 1).await;
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("f", InvocationType::Event, r#"{"n":2}"#).await.unwrap();
    rig.buried(&target, 2).await;
    rig.idle().await;
    let ids: Vec<_> =
        rig.engine.seen.lock().unwrap().iter().map(|(_, seen)| seen.request_id.clone()).collect();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST";
    let (success, failure) = (records(&target, "good"), records(&target, "bad"));
    assert_eq!((success.len(), failure.len(), ids.len()), (1, 1, 2));
    assert_eq!(
        success[0],
        json!({
            "version": "1.0", "timestamp": success[0]["timestamp"],
            "requestContext": {
                "requestId": ids[0], "functionArn": arn, "condition": "Success", "approximateInvokeCount": 1,
            },
            "requestPayload": { "n": 1 },
            "responseContext": { "statusCode": 200, "executedVersion": "$LATEST" },
            "responsePayload": { "n": 1 },
        })
    );
    assert_eq!(
        failure[0],
        json!({
            "version": "1.0", "timestamp": failure[0]["timestamp"],
            "requestContext": {
                "requestId": ids[1], "functionArn": arn, "condition": "RetriesExhausted", "approximateInvokeCount": 1,
            },
            "requestPayload": { "n": 2 },
            "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
            "responsePayload": { "errorType": "Boom", "errorMessage": "no" },
        })
    );
    let kept = target.kept.lock().unwrap();
    assert!(kept.iter().all(|delivery| delivery.actor == Actor::Role(ROLE.parse().unwrap())));
    let root = kept[0].trace.root.as_deref().unwrap();
    let ran = Trace::of(&rig.engine.seen.lock().unwrap()[0].1.trace_id);
    assert_eq!(Some(root), ran.root.as_deref(), "record and invocation are of one trace");
}

/// How often the function is tried, and after which waits.
async fn tries(retries: i32, waits: &[u64]) {
    let rig = Rig::new().await;
    let target = rig.target("sqs");
    rig.create("f").await;
    let wanted = Wanted { retries: Some(retries), failure: Some(QUEUE), ..Wanted::default() };
    rig.configure("f", wanted).await.unwrap();
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("f", InvocationType::Event, "1").await.unwrap();
    for (number, wait) in std::iter::once(&0).chain(waits).enumerate() {
        let is_seen = || rig.engine.seen.lock().unwrap().len() > number;
        let passed = rig.until(Duration::from_secs(1), "it is tried", is_seen).await;
        assert!(
            passed >= Duration::from_secs(*wait) && passed < Duration::from_secs(wait + 10),
            "{passed:?}"
        );
    }
    rig.buried(&target, 1).await;
    rig.idle().await;
    let record = &records(&target, "dead")[0];
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 1 + waits.len());
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 1 + waits.len());
}

#[tokio::test]
async fn an_event_is_tried_as_often_as_is_configured() {
    tries(0, &[]).await;
    tries(1, &[60]).await;
    tries(2, &[60, 120]).await;
}

#[tokio::test]
async fn what_is_configured_meanwhile_counts_for_what_waits() {
    let rig = Rig::new().await;
    let target = rig.target("sqs");
    rig.create("f").await;
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("f", InvocationType::Event, "1").await.unwrap();
    rig.seen(1).await;
    let wanted = Wanted { retries: Some(1), failure: Some(QUEUE), ..Wanted::default() };
    rig.configure("f", wanted).await.unwrap();
    rig.buried(&target, 1).await;
    assert_eq!(records(&target, "dead")[0]["requestContext"]["approximateInvokeCount"], 2);
}

#[tokio::test]
async fn an_event_that_is_too_old_to_be_tried_again_says_so() {
    let rig = Rig::new().await;
    let target = rig.target("sqs");
    rig.create("f").await;
    rig.configure("f", Wanted { max_age: Some(100), failure: Some(QUEUE), ..Wanted::default() })
        .await
        .unwrap();
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("f", InvocationType::Event, "1").await.unwrap();
    rig.buried(&target, 1).await;
    rig.idle().await;
    let record = &records(&target, "dead")[0];
    assert_eq!(record["requestContext"]["condition"], "EventAgeExceeded");
    // The second time after a minute; the third would come two minutes later.
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 2);
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn an_event_that_finds_no_place_is_given_up_at_the_age_that_is_configured() {
    let rig = Rig::new().await;
    let target = rig.target("sqs");
    rig.create("f").await;
    rig.configure("f", Wanted { max_age: Some(60), failure: Some(QUEUE), ..Wanted::default() })
        .await
        .unwrap();
    rig.reserve("f", 1).await;
    *rig.engine.busy.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
    tokio::select! {
        _ = rig.invoke("f", InvocationType::RequestResponse, "1") => unreachable!(),
        () = rig.seen(1) => {}
    }
    rig.invoke("f", InvocationType::Event, "2").await.unwrap();
    let is_told = || !target.kept.lock().unwrap().is_empty();
    let passed = rig.until(Duration::from_secs(1), "it is given up", is_told).await;
    assert!(passed > Duration::from_secs(25) && passed <= Duration::from_secs(62), "{passed:?}");
    let record = &records(&target, "dead")[0];
    assert_eq!(record["requestContext"]["condition"], "EventAgeExceeded");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 0);
    assert_eq!((record.get("responseContext"), record.get("responsePayload")), (None, None));
}

#[tokio::test]
async fn an_event_of_a_function_that_may_not_run_says_so_at_once() {
    let rig = Rig::new().await;
    let target = rig.create_with_dead_letters("f").await;
    let failure = sent("failures");
    rig.configure("f", Wanted { failure: Some(&failure), ..Wanted::default() }).await.unwrap();
    rig.reserve("f", 0).await;
    rig.invoke("f", InvocationType::Event, "1").await.unwrap();
    rig.buried(&target, 2).await;
    assert_eq!(records(&target, "failures")[0]["requestContext"]["condition"], "ZeroReservedConcurrency");
    // Side by side with the record.
    let kept = target.kept.lock().unwrap();
    check_letter(
        kept.iter().find(|letter| letter.target.resource() == "dead").unwrap(),
        "429",
        "Rate Exceeded.",
    );
    assert!(rig.engine.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn versions_and_aliases_have_destinations_of_their_own() {
    let rig = Rig::new().await;
    let target = rig.target("sqs");
    rig.create("f").await;
    let publish = PublishVersionRequest { function_name: "f".into(), ..Default::default() };
    rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    let alias = CreateAliasRequest {
        function_name: "f".into(),
        name: "prod".into(),
        function_version: "1".into(),
        ..CreateAliasRequest::default()
    };
    rig.call::<operation::CreateAlias>("CreateAlias", alias).await.unwrap();
    for qualifier in ["$LATEST", "prod"] {
        let to = sent(qualifier.trim_start_matches('$'));
        let wanted = Wanted { qualifier: Some(qualifier), success: Some(&to), ..Wanted::default() };
        rig.configure("f", wanted).await.unwrap();
    }
    for name in ["f", "f:1", "f:prod", "f:$LATEST"] {
        rig.invoke(name, InvocationType::Event, &format!("{name:?}")).await.unwrap();
    }
    rig.buried(&target, 3).await;
    rig.idle().await;
    let of = |name: &str| {
        let mut told: Vec<_> = records(&target, name)
            .into_iter()
            .map(|record| {
                let arn = record["requestContext"]["functionArn"].as_str().unwrap().to_owned();
                let qualifier = arn.rsplit(':').next().unwrap().to_owned();
                let version = record["responseContext"]["executedVersion"].as_str().unwrap().to_owned();
                (record["requestPayload"].as_str().unwrap().to_owned(), qualifier, version)
            })
            .collect();
        told.sort();
        told
    };
    let told = |payload: &str, qualifier: &str, version: &str| {
        (payload.to_owned(), qualifier.to_owned(), version.to_owned())
    };
    assert_eq!(of("prod"), [told("f:prod", "prod", "1")]);
    assert_eq!(of("LATEST"), [told("f", "$LATEST", "$LATEST"), told("f:$LATEST", "$LATEST", "$LATEST")]);
    assert_eq!(
        target.kept.lock().unwrap().len(),
        3,
        "a version without a configuration has none of another's"
    );
    let gone = DeleteAliasRequest { function_name: "f".into(), name: "prod".into() };
    rig.call::<operation::DeleteAlias>("DeleteAlias", gone).await.unwrap();
    let input = GetFunctionEventInvokeConfigRequest { function_name: "f:prod".into(), qualifier: None };
    let name = "GetFunctionEventInvokeConfig";
    assert!(rig.call::<operation::GetFunctionEventInvokeConfig>(name, input).await.is_err());
}

#[tokio::test]
async fn a_function_is_invoked_with_the_record_and_a_loop_of_them_ends() {
    let rig = Rig::new().await;
    for name in ["ping", "pong"] {
        rig.create(name).await;
    }
    let arn = |name: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
    for (name, other) in [("ping", arn("pong")), ("pong", arn("ping"))] {
        let wanted = Wanted { failure: Some(&other), retries: Some(0), ..Wanted::default() };
        rig.configure(name, wanted).await.unwrap();
    }
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("ping", InvocationType::Event, "1").await.unwrap();
    rig.seen(32).await;
    rig.idle().await;
    let idle = async {
        // The last log is written still.
        while !rig.lambda.is_idle().await {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    };
    let idle = tokio::time::timeout(Duration::from_secs(10), idle).await;
    idle.expect("nor are records of the end sent to and fro");
    let seen = rig.engine.seen.lock().unwrap();
    assert_eq!(seen.len(), 32, "each is run sixteen times by one event");
    let record: Value = serde_json::from_slice(&seen[1].1.payload).unwrap();
    assert_eq!(
        (&record["requestPayload"], &record["requestContext"]["condition"]),
        (&json!(1), &json!("RetriesExhausted"))
    );
    let ids: std::collections::BTreeSet<_> = seen.iter().map(|(_, seen)| seen.request_id.clone()).collect();
    assert_eq!(ids.len(), 32);
}

#[tokio::test]
async fn a_bucket_gets_an_object_and_a_topic_no_more_than_it_takes() {
    let rig = Rig::new().await;
    let (bucket, topic) = (rig.target("s3"), rig.target("sns"));
    for (name, to) in [("a", "arn:aws:s3:::bucket"), ("b", "arn:aws:sns:us-east-1:000000000000:topic")] {
        rig.create(name).await;
        rig.configure(name, Wanted { failure: Some(to), retries: Some(0), ..Wanted::default() })
            .await
            .unwrap();
    }
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("a", InvocationType::Event, "1").await.unwrap();
    rig.invoke("b", InvocationType::Event, "1").await.unwrap();
    rig.buried(&bucket, 1).await;
    rig.buried(&topic, 1).await;
    let key = bucket.kept.lock().unwrap()[0].target.resource().to_owned();
    let (folder, file) = key.rsplit_once('/').unwrap();
    assert_eq!(folder, "bucket/aws/lambda/async/a/2026/01/01");
    let (time, id) = file.split_at(20);
    assert!(time.starts_with("2026-01-01T00.") && time.ends_with('-') && id.len() == 36, "{file}");
    assert_eq!(records(&topic, "topic")[0]["requestPayload"], 1);
    let large = format!("\"{}\"", "x".repeat(300_000));
    rig.invoke("b", InvocationType::Event, &large).await.unwrap();
    rig.buried(&topic, 2).await;
    let record = &records(&topic, "topic")[1];
    assert_eq!((record.get("requestPayload"), record.get("responsePayload")), (None, None));
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
}

/// Knows a role that may do nothing.
struct Strict;

#[async_trait]
impl Authority for Strict {
    async fn decide(
        &self,
        caller: &Caller,
        _: &ConditionKeys,
        accesses: &[Access],
    ) -> Result<Vec<(usize, Denial)>, AwsError> {
        let denial = |access: &Access| Denial {
            principal: caller.arn.to_string(),
            action: access.action.clone(),
            resource: access.resource.clone(),
            reason: String::new(),
            is_barred: false,
        };
        Ok(accesses.iter().enumerate().map(|(place, access)| (place, denial(access))).collect())
    }

    async fn trusts(&self, role: &Arn, _: &str, _: &ConditionKeys) -> Result<bool, AwsError> {
        Ok(role.resource_id() != "distrusting")
    }
}

/// A queue or a topic that says what sending to it asks leave for.
struct Guarded(Arc<DeadLetters>, &'static str);

#[async_trait]
impl Target for Guarded {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        self.0.deliver(delivery).await
    }

    async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        Ok(Some(Access { action: self.1.into(), resource: target.to_string(), ..Access::default() }))
    }
}

#[tokio::test]
async fn a_role_that_may_not_send_is_refused_where_that_counts_and_sends_nothing() {
    let rig = Rig::new().await;
    let kept = Arc::new(DeadLetters::default());
    rig.context.peers().add_target("sqs", Arc::new(Guarded(kept.clone(), "sqs:SendMessage")));
    rig.context.peers().add_target("sns", Arc::new(Guarded(kept.clone(), "sns:Publish")));
    rig.context.peers().set_authority(Arc::new(Strict));
    rig.create("f").await;
    let topic = "arn:aws:sns:us-east-1:000000000000:topic";
    rig.configure("f", Wanted { success: Some(QUEUE), ..Wanted::default() }).await.unwrap();
    rig.context.set_permissions(Permissions::Enforce);
    for (arn, call) in [(QUEUE, "SendMessage"), (topic, "Publish")] {
        check_error(
            rig.configure("f", Wanted { success: Some(arn), ..Wanted::default() }).await,
            "InvalidParameterValueException",
            400,
            &format!("The function's execution role does not have permissions to call {call} on {arn}"),
        );
    }
    for (arn, words) in [(QUEUE, "SendMessage on SQS"), (topic, "Publish on SNS")] {
        let target = Some(DeadLetterConfig { target_arn: Some(arn.into()) });
        let text = format!("The provided execution role does not have permissions to call {words}");
        let create = CreateFunctionRequest { dead_letter_config: target.clone(), ..wanted("g") };
        let made = rig.call::<operation::CreateFunction>("CreateFunction", create).await;
        check_error(made, "InvalidParameterValueException", 400, &text);
        let change = UpdateFunctionConfigurationRequest {
            function_name: "f".into(),
            dead_letter_config: target,
            ..Default::default()
        };
        let name = "UpdateFunctionConfiguration";
        let changed = rig.call::<operation::UpdateFunctionConfiguration>(name, change).await;
        check_error(changed, "InvalidParameterValueException", 400, &text);
    }
    let role = "arn:aws:iam::000000000000:role/distrusting";
    let made = CreateFunctionRequest { role: role.into(), ..wanted("g") };
    check_error(
        rig.call::<operation::CreateFunction>("CreateFunction", made).await,
        "InvalidParameterValueException",
        400,
        "The role defined for the function cannot be assumed by Lambda.",
    );
    rig.invoke("f", InvocationType::Event, "1").await.unwrap();
    rig.seen(1).await;
    rig.idle().await;
    assert!(kept.kept.lock().unwrap().is_empty(), "what may not be sent is not");
    rig.context.set_permissions(Permissions::Report);
    rig.invoke("f", InvocationType::Event, "2").await.unwrap();
    rig.buried(&kept, 1).await;
}

/// The process ends at each step of an event: whatever was acknowledged comes to its end, and its record to its destination.
#[tokio::test]
async fn a_crash_at_any_step_loses_neither_the_event_nor_its_record() {
    for step in ["accepted", "running", "waiting", "ended", "delivered"] {
        let rig = Rig::new().await;
        let target = rig.create_with_dead_letters("f").await;
        let failure = sent("failures");
        let wanted = Wanted { failure: Some(&failure), retries: Some(1), ..Wanted::default() };
        rig.configure("f", wanted).await.unwrap();
        *rig.engine.failing.lock().unwrap() = true;
        let seen = |count: usize| rig.engine.seen.lock().unwrap().len() >= count;
        match step {
            "accepted" | "running" => {
                *rig.engine.busy.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
                rig.invoke("f", InvocationType::Event, "1").await.unwrap();
                if step == "running" {
                    rig.seen(1).await;
                }
            }
            "waiting" => {
                rig.invoke("f", InvocationType::Event, "1").await.unwrap();
                rig.seen(1).await;
                let is_waiting = || rig.clock.advance_if_awaited(Duration::ZERO);
                rig.until(Duration::ZERO, "it waits", is_waiting).await;
            }
            _ => {
                *target.refusing.lock().unwrap() = if step == "ended" { 2 } else { 0 };
                rig.invoke("f", InvocationType::Event, "1").await.unwrap();
                rig.until(Duration::from_secs(1), "it is run twice", || seen(2)).await;
                let is_done = || match step {
                    "ended" => *target.refusing.lock().unwrap() == 0,
                    _ => target.kept.lock().unwrap().len() == 2,
                };
                rig.until(Duration::ZERO, step, is_done).await;
            }
        }
        let before = target.kept.lock().unwrap().len();
        let copy = tempfile::tempdir().unwrap();
        copied::all(rig.folder.path(), copy.path());
        drop(rig);
        let engine = FakeEngine::new();
        *engine.failing.lock().unwrap() = true;
        let rig = Rig::open_with(copy, engine).await;
        let target = rig.target("sqs");
        if step != "delivered" {
            rig.buried(&target, 2).await;
        }
        rig.idle().await;
        let records = records(&target, "failures");
        let letters =
            target.kept.lock().unwrap().iter().filter(|sent| sent.target.resource() == "dead").count();
        // What was just delivered may be so again.
        let least = usize::from(before == 0);
        assert!(
            (least..=1).contains(&records.len()) && (least..=1).contains(&letters),
            "{step}: {records:?}"
        );
        if let Some(record) = records.first() {
            let context = &record["requestContext"];
            assert_eq!(context["condition"], "RetriesExhausted", "{step}");
            assert_eq!(context["approximateInvokeCount"], 2, "{step}");
        }
    }
}

#[tokio::test]
async fn a_destination_that_is_not_reached_is_given_up_after_a_while() {
    let rig = Rig::new().await;
    let target = rig.target("sqs");
    rig.create("f").await;
    rig.configure("f", Wanted { success: Some(QUEUE), ..Wanted::default() }).await.unwrap();
    *target.refusing.lock().unwrap() = 100;
    rig.invoke("f", InvocationType::Event, "1").await.unwrap();
    rig.until(Duration::from_secs(1), "it is tried six times", || *target.refusing.lock().unwrap() == 94)
        .await;
    rig.idle().await;
    assert_eq!((*target.refusing.lock().unwrap(), target.kept.lock().unwrap().len()), (94, 0));
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 1, "the function is not run again for it");
    assert!(rig.lambda.is_idle().await, "nothing is left of it");
}

#[tokio::test]
async fn cloudformation_makes_changes_and_removes_invoke_configs() {
    let rig = Rig::new().await;
    rig.target("sqs");
    rig.create("f").await;
    let provider = rig.context.peers().provider("AWS::Lambda::EventInvokeConfig").unwrap();
    let properties = json!({
        "FunctionName": "f", "Qualifier": "$LATEST", "MaximumRetryAttempts": "1",
        "DestinationConfig": { "OnFailure": { "Destination": QUEUE } },
    });
    // As CloudFormation hands them over: of their types.
    let mut typed = properties.clone();
    typed["MaximumRetryAttempts"] = json!(1);
    let made = provider.create(&request("C", "t1", typed.clone())).await.unwrap();
    assert_eq!(made.physical_id, "f|$LATEST");
    assert_eq!(provider.create(&request("C", "t1", typed.clone())).await.unwrap(), made);
    let taken = provider.create(&request("C", "t2", typed.clone())).await.unwrap_err();
    assert_eq!(taken.code(), "ResourceConflictException");
    assert_eq!(provider.remarks(&typed), Vec::<String>::new());
    let mut changed = typed.clone();
    changed["MaximumEventAgeInSeconds"] = json!(100);
    let bus = "arn:aws:events:us-east-1:000000000000:event-bus/default";
    changed["DestinationConfig"] = json!({ "OnSuccess": { "Destination": bus } });
    let said = provider.remarks(&changed);
    assert_eq!(said, ["DestinationConfig.OnSuccess (its target is not here)"]);
    let updated = provider.update("f|$LATEST", &typed, &request("C", "t3", changed.clone())).await.unwrap();
    assert_eq!(updated, Updated::InPlace(made));
    let input = GetFunctionEventInvokeConfigRequest { function_name: "f".into(), qualifier: None };
    let name = "GetFunctionEventInvokeConfig";
    let seen = rig.call::<operation::GetFunctionEventInvokeConfig>(name, input.clone()).await.unwrap();
    assert_eq!((seen.maximum_retry_attempts, seen.maximum_event_age_in_seconds), (Some(1), Some(100)));
    let destinations = seen.destination_config.unwrap();
    assert_eq!(destinations.on_success.unwrap().destination.as_deref(), Some(bus));
    assert_eq!(destinations.on_failure.unwrap().destination, None);
    for _ in 0..2 {
        provider.delete("f|$LATEST", &changed).await.unwrap();
    }
    assert!(rig.call::<operation::GetFunctionEventInvokeConfig>(name, input).await.is_err());
}
