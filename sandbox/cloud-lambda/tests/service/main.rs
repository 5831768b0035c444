//! The service through its operations: a fake engine answers, time stands still, and what was kept is opened again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod abandoned;
mod aliases;
mod answers;
mod copied;
mod destinations;
mod durable;
mod endpoint;
mod events;
mod fakes;
mod fresh;
mod lasting;
mod mappings;
mod scripts;
mod sources;
mod streams;
mod urls;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{
    AccountId, Actor, Arn, AttributeValue, AwsError, Caller, Clock, Context, Delivered, Delivery,
    ManualClock, PortError, RequestId, ResourceRequest, Target, Trace, Updated,
};
use cloud_lambda::Lambda;
use cloud_lambda::shapes::*;
use cloud_wire::{Input, OperationType, Service};
use engine::Engines;
use fakes::{FakeEngine, FakeLogs};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

const ROLE: &str = "arn:aws:iam::000000000000:role/r";

struct Rig {
    folder: tempfile::TempDir,
    context: Context,
    clock: Arc<ManualClock>,
    engine: Arc<FakeEngine>,
    logs: Arc<FakeLogs>,
    lambda: Lambda,
}

impl Rig {
    async fn new() -> Self {
        Self::open(tempfile::tempdir().unwrap()).await
    }

    async fn open(folder: tempfile::TempDir) -> Self {
        Self::open_with(folder, FakeEngine::new()).await
    }

    async fn open_with(folder: tempfile::TempDir, engine: Arc<FakeEngine>) -> Self {
        let (context, clock) = Context::for_test(folder.path());
        let logs = Arc::new(FakeLogs::default());
        context.peers().set_logs(logs.clone());
        let lambda = Lambda::open(context.clone(), Engines::new(vec![engine.clone()])).await.unwrap();
        Self { folder, context, clock, engine, logs, lambda }
    }

    /// As after a crash: a new process over what lies on the disk at this moment. The old one does not come to an end.
    async fn again(self) -> Self {
        let copy = tempfile::tempdir().unwrap();
        copied::all(self.folder.path(), copy.path());
        Self::open(copy).await
    }

    async fn call<O: OperationType>(&self, name: &str, input: O::Input) -> Result<O::Output, AwsError> {
        let (account, region) = (self.context.account(), self.context.region());
        let caller = Caller::root(account, region, RequestId::random(self.context.entropy()));
        assert_eq!(name, O::OPERATION.name);
        let output = self.lambda.call(name, &caller, Input::new(input)).expect("a handler").await?;
        cloud_wire::shape::known(output)
    }

    async fn create(&self, name: &str) -> FunctionConfiguration {
        let made = self.call::<operation::CreateFunction>("CreateFunction", wanted(name)).await.unwrap();
        self.settled(name).await;
        made
    }

    /// Waits as AWS's waiters do: until the function is active and its update is done.
    async fn settled(&self, name: &str) {
        for _ in 0..1000 {
            let seen = self.configuration(name).await.unwrap();
            if seen.state == Some(State::Active)
                && seen.last_update_status == Some(LastUpdateStatus::Successful)
            {
                return;
            }
            tokio::task::yield_now().await;
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("{name} does not settle");
    }

    async fn configuration(&self, name: &str) -> Result<FunctionConfiguration, AwsError> {
        let input = GetFunctionConfigurationRequest { function_name: name.into(), qualifier: None };
        self.call::<operation::GetFunctionConfiguration>("GetFunctionConfiguration", input).await
    }

    async fn invoke(
        &self,
        name: &str,
        kind: InvocationType,
        payload: &str,
    ) -> Result<InvocationResponse, AwsError> {
        let input = InvocationRequest {
            function_name: name.into(),
            invocation_type: Some(kind),
            log_type: Some(LogType::Tail),
            payload: Some(Bytes::from(payload.to_owned())),
            ..InvocationRequest::default()
        };
        self.call::<operation::Invoke>("Invoke", input).await
    }

    /// Lets time go on, so much at once, until something is so: only while a timer is armed, so that no age limit passes
    /// while the disk is written. How much passed.
    async fn until(&self, step: Duration, what: &str, is_so: impl Fn() -> bool) -> Duration {
        let start = self.clock.monotonic();
        let enough = async {
            while !is_so() {
                self.clock.advance_if_awaited(step);
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_mins(1), enough).await.expect(what);
        self.clock.monotonic().saturating_sub(start)
    }

    /// Awaits that nothing is to be tried again: that nobody waits for the clock, a hundred times on end.
    async fn idle(&self) {
        let quiet = async {
            let mut looks = 0;
            while looks < 100 {
                looks = if self.clock.advance_if_awaited(Duration::from_secs(10)) { 0 } else { looks + 1 };
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_mins(1), quiet).await.expect("nothing is tried any more");
    }

    /// Waits until the engine has seen that many invocations.
    async fn seen(&self, count: usize) {
        let enough = async {
            while self.engine.seen.lock().unwrap().len() < count {
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(10), enough).await.expect("it is tried again");
    }
}

fn zip(contents: &[u8]) -> Bytes {
    zip_named("bootstrap.wasm", contents)
}

fn zip_named(name: &str, contents: &[u8]) -> Bytes {
    use std::io::Write;

    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(contents).unwrap();
    writer.finish().unwrap().into_inner().into()
}

fn wanted(name: &str) -> CreateFunctionRequest {
    CreateFunctionRequest {
        function_name: name.into(),
        runtime: Some("provided.al2023".into()),
        role: ROLE.into(),
        handler: Some("bootstrap".into()),
        code: FunctionCode { zip_file: Some(zip(b"one")), ..FunctionCode::default() },
        ..CreateFunctionRequest::default()
    }
}

#[track_caller]
fn check_error<T: std::fmt::Debug>(result: Result<T, AwsError>, code: &str, status: u16, message: &str) {
    let error = result.expect_err("an error");
    assert_eq!((error.code(), error.http_status(), error.message()), (code, status, message));
}

#[tokio::test]
async fn a_function_is_made_pending_and_becomes_active() {
    let rig = Rig::new().await;
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.gate.lock().unwrap() = Some(gate.clone());
    let made = rig.call::<operation::CreateFunction>("CreateFunction", wanted("hello")).await.unwrap();
    assert_eq!(made.function_arn.as_deref(), Some("arn:aws:lambda:us-east-1:000000000000:function:hello"));
    assert_eq!(
        (made.memory_size, made.timeout, made.version.as_deref()),
        (Some(128), Some(3), Some("$LATEST"))
    );
    assert_eq!(made.last_modified.as_deref(), Some("2026-01-01T00:00:00.000+0000"));
    assert_eq!((made.state, made.state_reason_code), (Some(State::Pending), Some(StateReasonCode::Creating)));
    for kind in [InvocationType::RequestResponse, InvocationType::Event] {
        check_error(
            rig.invoke("hello", kind, "{}").await,
            "ResourceConflictException",
            409,
            "The operation cannot be performed at this time. The function is currently in the following state: Pending",
        );
    }
    gate.add_permits(1);
    rig.settled("hello").await;
    let ran = rig.invoke("hello", InvocationType::RequestResponse, r#"{"a":1}"#).await.unwrap();
    assert_eq!(ran.payload.as_deref(), Some(br#"{"a":1}"#.as_slice()));
    check_error(
        rig.call::<operation::CreateFunction>("CreateFunction", wanted("hello")).await,
        "ResourceConflictException",
        409,
        "Function already exist: hello",
    );
}

#[tokio::test]
async fn an_invocation_answers_with_log_and_version_and_is_logged() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let ran = rig.invoke("hello", InvocationType::RequestResponse, "").await.unwrap();
    assert_eq!((ran.status_code, ran.executed_version.as_deref()), (Some(200), Some("$LATEST")));
    assert_eq!((ran.function_error, ran.payload.as_deref()), (None, Some(b"{}".as_slice())));
    let tail = BASE64_STANDARD.decode(ran.log_result.unwrap()).unwrap();
    let tail = String::from_utf8(tail).unwrap();
    let id = rig.engine.seen.lock().unwrap()[0].1.request_id.clone();
    // What coming up took, and so the bill, is the machine's.
    let (before, init) = tail.split_once("Billed Duration: ").unwrap();
    assert_eq!(
        before,
        format!(
            "START RequestId: {id} Version: $LATEST\nhello\nEND RequestId: {id}\nREPORT RequestId: {id}\tDuration: \
             1.50 ms\t"
        )
    );
    assert!(init.contains(" ms\tMemory Size: 128 MB\tMax Memory Used: 7 MB\tInit Duration: "), "{init}");
    *rig.engine.failing.lock().unwrap() = true;
    let failed = rig.invoke("hello", InvocationType::RequestResponse, "{}").await.unwrap();
    assert_eq!((failed.status_code, failed.function_error.as_deref()), (Some(200), Some("Unhandled")));
    assert_eq!(failed.payload.as_deref(), Some(br#"{"errorType":"Boom","errorMessage":"no"}"#.as_slice()));
    rig.lambda.stop().await;
    let logs = rig.logs.0.lock().unwrap();
    for (group, stream, _) in logs.iter() {
        assert_eq!(group, "/aws/lambda/hello");
        assert!(stream.starts_with("2026/01/01/[$LATEST]") && stream.len() == 52, "{stream}");
    }
    // What both invocations wrote may be kept together, or one after the other.
    let messages: Vec<&str> = logs
        .iter()
        .flat_map(|(_, _, lines)| lines)
        .map(|line| std::str::from_utf8(&line.message).unwrap())
        .collect();
    let starts = messages.iter().filter(|message| message.starts_with("START ")).count();
    assert_eq!((messages[1], starts), ("hello", 2), "{messages:?}");
    assert!(messages[4].starts_with("START "), "{messages:?}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let arn = "arn:aws:lambda:us-east-1:000000000000:function";
    let not_found = |name: &str| format!("Function not found: {arn}:{name}");
    check_error(rig.configuration("nope").await, "ResourceNotFoundException", 404, &not_found("nope"));
    for kind in [InvocationType::RequestResponse, InvocationType::Event, InvocationType::DryRun] {
        check_error(
            rig.invoke("nope", kind, "{}").await,
            "ResourceNotFoundException",
            404,
            &not_found("nope:$LATEST"),
        );
    }
    check_error(
        rig.invoke("hello:7", InvocationType::RequestResponse, "{}").await,
        "ResourceNotFoundException",
        404,
        &not_found("hello:7"),
    );
    let dry = rig.invoke("hello", InvocationType::DryRun, "{}").await.unwrap();
    assert_eq!((dry.status_code, rig.engine.seen.lock().unwrap().len()), (Some(204), 0));
}

#[tokio::test]
async fn functions_that_cannot_be_are_refused() {
    let rig = Rig::new().await;
    let refuse = async |change: fn(&mut CreateFunctionRequest), code: &str, message: &str| {
        let mut input = wanted("f");
        change(&mut input);
        check_error(
            rig.call::<operation::CreateFunction>("CreateFunction", input).await,
            code,
            match code {
                "RequestEntityTooLargeException" => 413,
                "AccessDeniedException" => 403,
                _ => 400,
            },
            message,
        );
    };
    let invalid = "InvalidParameterValueException";
    refuse(|f| f.code = FunctionCode::default(), invalid, "Please provide a source for function code.").await;
    refuse(
        |f| f.code.zip_file = Some(Bytes::from_static(b"no zip")),
        invalid,
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    )
    .await;
    refuse(
        |f| f.handler = None,
        invalid,
        "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    )
    .await;
    refuse(
        |f| f.memory_size = Some(10_241),
        "ValidationException",
        "1 validation error detected: Value '10241' at 'memorySize' failed to satisfy constraint: Member must have \
         value less than or equal to 10240",
    )
    .await;
    refuse(
        |f| f.code.zip_file = Some(Bytes::from(vec![0; 52_428_801])),
        "RequestEntityTooLargeException",
        "Zipped size must be smaller than 52428800 bytes",
    )
    .await;
    refuse(
        |f| f.role = "arn:aws:iam::111111111111:role/r".into(),
        "AccessDeniedException",
        "Cross-account pass role is not allowed.",
    )
    .await;
    refuse(|f| f.layers = Some(vec!["l".into()]), invalid, "Layer version l does not exist.").await;
    refuse(|f| f.layers = Some(vec!["l".into(); 6]), invalid, "Cannot reference more than 5 layers.").await;
    refuse(
        |f| f.tags = Some((0..51).map(|n| (n.to_string(), String::new())).collect()),
        invalid,
        "Number of tags exceeds resource tag limit.",
    )
    .await;
    let none =
        rig.call::<operation::ListFunctions>("ListFunctions", ListFunctionsRequest::default()).await.unwrap();
    assert_eq!(none.functions, Some(vec![]));
}

#[tokio::test]
async fn an_update_serves_the_old_until_the_new_is_ready() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    rig.invoke("hello", InvocationType::RequestResponse, "1").await.unwrap();
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.gate.lock().unwrap() = Some(gate.clone());
    let code = UpdateFunctionCodeRequest {
        function_name: "hello".into(),
        zip_file: Some(zip(b"two")),
        ..UpdateFunctionCodeRequest::default()
    };
    let updated =
        rig.call::<operation::UpdateFunctionCode>("UpdateFunctionCode", code.clone()).await.unwrap();
    assert_eq!(updated.last_update_status, Some(LastUpdateStatus::InProgress));
    check_error(
        rig.call::<operation::UpdateFunctionCode>("UpdateFunctionCode", code).await,
        "ResourceConflictException",
        409,
        "The operation cannot be performed at this time. An update is in progress for resource: \
         arn:aws:lambda:us-east-1:000000000000:function:hello",
    );
    rig.invoke("hello", InvocationType::RequestResponse, "2").await.unwrap();
    gate.add_permits(1);
    rig.settled("hello").await;
    rig.invoke("hello", InvocationType::RequestResponse, "3").await.unwrap();
    {
        let seen = rig.engine.seen.lock().unwrap();
        let revisions: Vec<&str> = seen.iter().map(|(spec, _)| spec.key.revision.as_str()).collect();
        assert!(revisions[0] == revisions[1] && revisions[1] != revisions[2], "{revisions:?}");
        assert_eq!(std::fs::read(seen[2].0.package.join("bootstrap.wasm")).unwrap(), b"two");
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.engine.retired.lock().unwrap().len(), 1, "the old revision's workers end");
}

#[tokio::test]
async fn a_configuration_is_changed_member_by_member() {
    let rig = Rig::new().await;
    let made = rig.create("hello").await;
    let input = UpdateFunctionConfigurationRequest {
        function_name: "hello".into(),
        memory_size: Some(512),
        environment: Some(Environment { variables: Some(BTreeMap::from([("A".into(), "1".into())])) }),
        ..UpdateFunctionConfigurationRequest::default()
    };
    let name = "UpdateFunctionConfiguration";
    let updated = rig.call::<operation::UpdateFunctionConfiguration>(name, input.clone()).await.unwrap();
    assert_eq!((updated.memory_size, updated.timeout), (Some(512), Some(3)));
    assert_ne!(updated.revision_id, made.revision_id);
    rig.settled("hello").await;
    rig.invoke("hello", InvocationType::RequestResponse, "1").await.unwrap();
    let (spec, _) = rig.engine.seen.lock().unwrap()[0].clone();
    assert_eq!((spec.memory_mb, spec.environment), (512, vec![("A".to_owned(), "1".to_owned())]));
    let stale = UpdateFunctionConfigurationRequest { revision_id: made.revision_id, ..input };
    let error = rig.call::<operation::UpdateFunctionConfiguration>(name, stale).await.unwrap_err();
    assert_eq!((error.code(), error.http_status()), ("PreconditionFailedException", 412));
}

#[tokio::test]
async fn versions_and_aliases_run_what_they_name() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let publish = PublishVersionRequest { function_name: "hello".into(), ..PublishVersionRequest::default() };
    let one = rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    assert_eq!(one.function_arn.as_deref(), Some("arn:aws:lambda:us-east-1:000000000000:function:hello:1"));
    let alias = CreateAliasRequest {
        function_name: "hello".into(),
        name: "prod".into(),
        function_version: "1".into(),
        ..CreateAliasRequest::default()
    };
    rig.call::<operation::CreateAlias>("CreateAlias", alias.clone()).await.unwrap();
    check_error(
        rig.call::<operation::CreateAlias>("CreateAlias", alias).await,
        "ResourceConflictException",
        409,
        "Alias already exists: arn:aws:lambda:us-east-1:000000000000:function:hello:prod",
    );
    for (name, version) in
        [("hello:prod", "1"), ("hello:1", "1"), ("hello:$LATEST", "$LATEST"), ("hello", "$LATEST")]
    {
        let ran = rig.invoke(name, InvocationType::RequestResponse, "1").await.unwrap();
        assert_eq!(ran.executed_version.as_deref(), Some(version), "{name}");
    }
    let rig = rig.again().await;
    let ran = rig.invoke("hello:prod", InvocationType::RequestResponse, "1").await.unwrap();
    assert_eq!(ran.executed_version.as_deref(), Some("1"));
    let input = ListVersionsByFunctionRequest { function_name: "hello".into(), ..Default::default() };
    let versions =
        rig.call::<operation::ListVersionsByFunction>("ListVersionsByFunction", input).await.unwrap();
    let numbers: Vec<_> = versions.versions.unwrap().into_iter().filter_map(|v| v.version).collect();
    assert_eq!(numbers, ["$LATEST", "1"]);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let rig = Rig::new().await;
    for name in ["a", "b", "c"] {
        rig.create(name).await;
    }
    let mut marker = None;
    let mut names = Vec::new();
    loop {
        let input = ListFunctionsRequest { marker, max_items: Some(2), ..ListFunctionsRequest::default() };
        let page = rig.call::<operation::ListFunctions>("ListFunctions", input).await.unwrap();
        names.extend(page.functions.unwrap().into_iter().filter_map(|f| f.function_name));
        marker = page.next_marker;
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(names, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_runtime_without_an_engine_is_the_functions_failure() {
    let rig = Rig::new().await;
    let mut input = wanted("snake");
    input.runtime = Some("python3.13".into());
    input.code.zip_file = Some(zip_named("index.py", b"def handler(event, context): return 1"));
    rig.call::<operation::CreateFunction>("CreateFunction", input).await.unwrap();
    rig.settled("snake").await;
    let ran = rig.invoke("snake", InvocationType::RequestResponse, "1").await.unwrap();
    assert_eq!(ran.function_error.as_deref(), Some("Unhandled"));
    let error: Value = serde_json::from_slice(&ran.payload.unwrap()).unwrap();
    assert_eq!(error["errorType"], "Runtime.InvalidEntrypoint");
    assert!(error["errorMessage"].as_str().unwrap().ends_with("no engine here runs python3.13"), "{error}");
}

#[tokio::test]
async fn a_runtime_that_is_not_here_is_refused_with_what_to_do() {
    let rig = Rig::new().await;
    let mut input = wanted("coffee");
    input.runtime = Some("java8.al2".into());
    input.code.zip_file = Some(zip_named("Handler.class", b"x"));
    let refused = rig.call::<operation::CreateFunction>("CreateFunction", input).await.unwrap_err();
    assert_eq!(refused.code(), "InvalidParameterValueException");
    assert_eq!(refused.message(), "java8.al2 needs what is not here. Install it");
    rig.create("coffee").await;
}

#[tokio::test]
async fn events_are_json_and_of_limited_size() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let bad = rig.invoke("hello", InvocationType::RequestResponse, "{").await.unwrap_err();
    assert_eq!((bad.code(), bad.http_status()), ("InvalidRequestContentException", 400));
    let large = format!("\"{}\"", "x".repeat(6_291_556));
    let large = rig.invoke("hello", InvocationType::RequestResponse, &large).await.unwrap_err();
    assert_eq!((large.code(), large.http_status()), ("RequestTooLargeException", 413));
}

#[tokio::test]
async fn reserving_nothing_throttles_everything() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let none =
        PutFunctionConcurrencyRequest { function_name: "hello".into(), reserved_concurrent_executions: 0 };
    rig.call::<operation::PutFunctionConcurrency>("PutFunctionConcurrency", none).await.unwrap();
    check_error(
        rig.invoke("hello", InvocationType::RequestResponse, "1").await,
        "TooManyRequestsException",
        429,
        "Rate Exceeded.",
    );
    let input = DeleteFunctionConcurrencyRequest { function_name: "hello".into() };
    rig.call::<operation::DeleteFunctionConcurrency>("DeleteFunctionConcurrency", input).await.unwrap();
    rig.invoke("hello", InvocationType::RequestResponse, "1").await.unwrap();
}

#[tokio::test]
async fn an_account_runs_a_thousand_at_once_and_refuses_the_rest() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.busy.lock().unwrap() = Some(gate.clone());
    let rig = Arc::new(rig);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..3000 {
        let rig = rig.clone();
        calls.spawn(async move { rig.invoke("hello", InvocationType::RequestResponse, "1").await });
    }
    let mut refused = 0;
    while refused < 2000 {
        let error = calls.join_next().await.unwrap().unwrap().unwrap_err();
        assert_eq!((error.code(), error.http_status()), ("TooManyRequestsException", 429));
        refused += 1;
    }
    gate.add_permits(1000);
    let ran = calls.join_all().await.into_iter().flatten().count();
    assert_eq!(ran, 1000);
    *rig.engine.busy.lock().unwrap() = None;
    rig.invoke("hello", InvocationType::RequestResponse, "1").await.unwrap();
}

#[tokio::test]
async fn a_deleted_function_is_gone_for_good() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    rig.invoke("hello", InvocationType::RequestResponse, "1").await.unwrap();
    let input = DeleteFunctionRequest { function_name: "hello".into(), qualifier: None };
    rig.call::<operation::DeleteFunction>("DeleteFunction", input.clone()).await.unwrap();
    assert_eq!(rig.engine.retired.lock().unwrap().len(), 1);
    let rig = rig.again().await;
    let error = rig.call::<operation::DeleteFunction>("DeleteFunction", input).await.unwrap_err();
    assert_eq!(error.code(), "ResourceNotFoundException");
    let kept = std::fs::read_dir(rig.folder.path().join("cloud/lambda/packages")).unwrap().count();
    assert_eq!(kept, 0, "nobody needs its package");
}

#[tokio::test]
async fn other_services_need_a_permission() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let to: Arn = "arn:aws:lambda:us-east-1:000000000000:function:hello".parse().unwrap();
    let delivery = |source: &str| {
        Delivery::new(to.clone(), "1")
            .from_service("apigateway.amazonaws.com", source.parse().unwrap())
            .awaited()
    };
    let api = "arn:aws:execute-api:us-east-1:000000000000:abc/$default/GET/";
    let peers = rig.context.peers();
    let refused = peers.deliver(delivery(api)).await.unwrap_err();
    assert!(matches!(refused, PortError::Refused(_)));
    assert_eq!((refused.error().code(), refused.error().http_status()), ("AccessDeniedException", 403));
    let permission = AddPermissionRequest {
        function_name: "hello".into(),
        statement_id: "api".into(),
        action: "lambda:InvokeFunction".into(),
        principal: "apigateway.amazonaws.com".into(),
        source_arn: Some("arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/".into()),
        ..AddPermissionRequest::default()
    };
    rig.call::<operation::AddPermission>("AddPermission", permission.clone()).await.unwrap();
    check_error(
        rig.call::<operation::AddPermission>("AddPermission", permission).await,
        "ResourceConflictException",
        409,
        "The statement id (api) provided already exists. Please provide a new statement id, or remove the existing \
         statement.",
    );
    let delivered = peers.deliver(delivery(api)).await.unwrap();
    assert_eq!(
        (delivered.payload.as_ref(), delivered.executed_version.as_deref()),
        (&b"1"[..], Some("$LATEST"))
    );
    assert!(peers.deliver(delivery(&api.replace("abc", "abd"))).await.is_err());
    let input = GetPolicyRequest { function_name: "hello".into(), qualifier: None };
    let policy = rig.call::<operation::GetPolicy>("GetPolicy", input).await.unwrap().policy.unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    assert_eq!(policy["Statement"][0]["Resource"], json!(to.to_string()));
}

/// A bucket's ARN names no account: who sends says it.
#[tokio::test]
async fn whether_a_function_would_be_called_is_asked() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let by = |account: Option<&str>, name: &str| Delivery {
        source_account: account.map(AccountId::new),
        ..Delivery::new(rig.context.arn("lambda", format!("function:{name}")), "1")
            .from_service("s3.amazonaws.com", "arn:aws:s3:::b".parse().unwrap())
    };
    let peers = rig.context.peers();
    assert!(matches!(peers.admits(by(Some("000000000000"), "hello")).await, Err(PortError::Refused(_))));
    let permission = AddPermissionRequest {
        function_name: "hello".into(),
        statement_id: "s3".into(),
        action: "lambda:InvokeFunction".into(),
        principal: "s3.amazonaws.com".into(),
        source_arn: Some("arn:aws:s3:::b".into()),
        source_account: Some("000000000000".into()),
        ..AddPermissionRequest::default()
    };
    rig.call::<operation::AddPermission>("AddPermission", permission).await.unwrap();
    peers.admits(by(Some("000000000000"), "hello")).await.unwrap();
    assert!(peers.admits(by(Some("111111111111"), "hello")).await.is_err());
    assert!(peers.admits(by(Some("000000000000"), "none")).await.is_err());
    assert!(rig.engine.seen.lock().unwrap().is_empty(), "asking calls nothing");
}

/// Who may not call is told the same of a function that is there and of one that is not.
#[tokio::test]
async fn another_account_is_not_told_which_functions_there_are() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let other = AccountId::new("111111111111");
    let role = "arn:aws:iam::111111111111:role/r".parse().unwrap();
    for actor in [Actor::Foreign(other), Actor::Role(role)] {
        for name in ["hello", "none", "hello:none"] {
            let arn = rig.context.arn("lambda", format!("function:{name}"));
            let delivery = Delivery { actor: actor.clone(), ..Delivery::new(arn.clone(), "1").awaited() };
            let refused = rig.context.peers().deliver(delivery).await.unwrap_err();
            let seen = refused.error();
            assert_eq!((seen.code(), seen.http_status()), ("AccessDeniedException", 403), "{name}");
            let says = format!(
                "111111111111 is not authorized to perform: lambda:InvokeFunction on resource: {arn} because no \
                 resource-based policy allows the lambda:InvokeFunction action"
            );
            assert_eq!(seen.message(), says);
        }
    }
}

#[tokio::test]
async fn tags_are_kept() {
    let rig = Rig::new().await;
    let arn = rig.create("hello").await.function_arn.unwrap();
    let tags = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
    let input = TagResourceRequest { resource: arn.clone(), tags };
    rig.call::<operation::TagResource>("TagResource", input).await.unwrap();
    let input = UntagResourceRequest { resource: arn.clone(), tag_keys: vec!["a".into()] };
    rig.call::<operation::UntagResource>("UntagResource", input).await.unwrap();
    let rig = rig.again().await;
    let seen = rig.call::<operation::ListTags>("ListTags", ListTagsRequest { resource: arn }).await.unwrap();
    assert_eq!(seen.tags, Some(BTreeMap::from([("b".to_owned(), "2".to_owned())])));
}

fn request(logical_id: &str, token: &str, properties: Value) -> ResourceRequest {
    ResourceRequest {
        logical_id: logical_id.into(),
        stack_name: "stack".into(),
        stack_id: "arn:stack".into(),
        properties,
        token: token.into(),
        tags: BTreeMap::from([("stack".to_owned(), "yes".to_owned())]),
        caller: None,
    }
}

#[tokio::test]
async fn cloudformation_makes_changes_and_removes_functions() {
    let rig = Rig::new().await;
    let provider = rig.context.peers().provider("AWS::Lambda::Function").unwrap();
    let code = "exports.handler = async () => 1";
    let properties = json!({
        "Role": ROLE, "Runtime": "nodejs22.x", "Handler": "index.handler", "MemorySize": "256",
        "Code": { "ZipFile": code }, "Tags": [{ "Key": "own", "Value": "1" }],
    });
    let first = request("Hello", "t1", properties.clone());
    let made = provider.create(&first).await.unwrap();
    assert!(made.physical_id.starts_with("stack-Hello-"), "{}", made.physical_id);
    assert_eq!(
        made.attributes["Arn"],
        json!(format!("arn:aws:lambda:us-east-1:000000000000:function:{}", made.physical_id))
    );
    assert_eq!(provider.create(&first).await.unwrap(), made, "a repeated step makes nothing new");
    let mut changed = properties.clone();
    changed["Timeout"] = json!(10);
    changed.as_object_mut().unwrap().remove("MemorySize");
    let update = request("Hello", "t2", changed.clone());
    let updated = provider.update(&made.physical_id, &properties, &update).await.unwrap();
    assert_eq!(updated, Updated::InPlace(made.clone()));
    let seen = rig.configuration(&made.physical_id).await.unwrap();
    assert_eq!(
        (seen.memory_size, seen.timeout),
        (Some(128), Some(10)),
        "what is left out is the default again"
    );
    for _ in 0..2 {
        provider.delete(&made.physical_id, &changed).await.unwrap();
    }
    assert!(rig.configuration(&made.physical_id).await.is_err());
}

/// Templates are passed around with networks, keys and accounts that are nowhere: they deploy, and say what that changes.
#[tokio::test]
async fn a_template_that_names_what_only_aws_has_is_made_and_told_so() {
    let rig = Rig::new().await;
    let provider = rig.context.peers().provider("AWS::Lambda::Function").unwrap();
    let role = "arn:aws:iam::123456789012:role/lambda-role";
    let properties = json!({
        "FunctionName": "pasted", "Role": role, "Runtime": "nodejs22.x", "Handler": "index.handler",
        "Code": { "ZipFile": "exports.handler = async () => 1" },
        "VpcConfig": { "SubnetIds": ["subnet-0a1b"], "SecurityGroupIds": ["sg-0a1b"] },
        "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k", "TracingConfig": { "Mode": "Active" },
    });
    let first = request("Pasted", "t1", properties.clone());
    let made = provider.create(&first).await.unwrap();
    let said = provider.remarks(&properties).join(", ");
    assert!(said.contains("the account in Role"), "{said}");
    let seen = rig.configuration("pasted").await.unwrap();
    assert_eq!((seen.role.as_deref(), seen.vpc_config, seen.kms_key_arn), (Some(role), None, None));
    assert_eq!(seen.tracing_config.unwrap().mode, Some(TracingMode::Active));
    let mut changed = properties.clone();
    changed["VpcConfig"]["SubnetIds"] = json!(["subnet-2"]);
    changed["Role"] = json!("arn:aws:iam::210987654321:role/other");
    let updated = provider.update("pasted", &properties, &request("Pasted", "t2", changed)).await.unwrap();
    assert_eq!(updated, Updated::InPlace(made));
    rig.invoke("pasted", InvocationType::DryRun, "{}").await.unwrap();
    let asked = CreateFunctionRequest { role: role.into(), ..wanted("asked") };
    check_error(
        rig.call::<operation::CreateFunction>("CreateFunction", asked).await,
        "AccessDeniedException",
        403,
        "Cross-account pass role is not allowed.",
    );
}

#[tokio::test]
async fn cloudformation_makes_permissions_versions_and_aliases() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let provider = |name: &str| rig.context.peers().provider(name).unwrap();
    let permission = request(
        "Allow",
        "t1",
        json!({ "FunctionName": "hello", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com" }),
    );
    let made = provider("AWS::Lambda::Permission").create(&permission).await.unwrap();
    assert_eq!(provider("AWS::Lambda::Permission").create(&permission).await.unwrap(), made);
    let version = request("V", "t2", json!({ "FunctionName": "hello" }));
    let version = provider("AWS::Lambda::Version").create(&version).await.unwrap();
    assert_eq!(version.physical_id, "arn:aws:lambda:us-east-1:000000000000:function:hello:1");
    assert_eq!(version.attributes["Version"], json!("1"));
    let properties = json!({ "FunctionName": "hello", "Name": "prod", "FunctionVersion": "1" });
    let alias = request("A", "t3", properties.clone());
    let made = provider("AWS::Lambda::Alias").create(&alias).await.unwrap();
    assert_eq!(made.physical_id, "arn:aws:lambda:us-east-1:000000000000:function:hello:prod");
    assert_eq!(provider("AWS::Lambda::Alias").create(&alias).await.unwrap(), made);
    provider("AWS::Lambda::Alias").delete(&made.physical_id, &properties).await.unwrap();
    provider("AWS::Lambda::Version").delete(&version.physical_id, &json!({})).await.unwrap();
    assert!(rig.invoke("hello:1", InvocationType::DryRun, "1").await.is_err());
}
