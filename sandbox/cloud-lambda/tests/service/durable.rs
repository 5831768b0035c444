//! Durable executions, of functions that do what scripts say, over time that is turned.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use super::*;

struct Rigged(Rig);

impl std::ops::Deref for Rigged {
    type Target = Rig;

    fn deref(&self) -> &Rig {
        &self.0
    }
}

const TIMEOUT: i32 = 900;

impl Rigged {
    fn of(rig: Rig) -> Self {
        *rig.engine.durable.lock().unwrap() = Some((rig.lambda.clone(), rig.context.clone()));
        Self(rig)
    }

    /// With a durable function of that name, and one that is none.
    async fn new() -> Self {
        let own = Self::of(Rig::new().await);
        own.make("f", TIMEOUT).await;
        own.create("plain").await;
        own
    }

    async fn make(&self, name: &str, timeout: i32) {
        let durable_config = Some(DurableConfig { execution_timeout: Some(timeout), ..Default::default() });
        let input = CreateFunctionRequest { durable_config, ..wanted(name) };
        self.call::<operation::CreateFunction>("CreateFunction", input).await.unwrap();
        self.settled(name).await;
    }

    /// As after a crash.
    async fn again(self) -> Self {
        Self::of(self.0.again().await)
    }

    async fn ask(&self, input: InvocationRequest) -> Result<InvocationResponse, AwsError> {
        let input = InvocationRequest { qualifier: Some("$LATEST".into()), ..input };
        self.call::<operation::Invoke>("Invoke", input).await
    }

    /// Runs a script to its end, however long that takes: whether it failed, and what it answers.
    async fn run(&self, function: &str, script: Value) -> (Option<String>, Value) {
        let ended = Mutex::new(None);
        let invoke = async {
            let answer = self.ask(invocation(function, &script)).await.unwrap();
            *ended.lock().unwrap() = Some(answer);
        };
        let turned = async {
            while ended.lock().unwrap().is_none() {
                self.turn().await;
            }
        };
        tokio::join!(invoke, turned);
        let answer = ended.into_inner().unwrap().unwrap();
        (answer.function_error, serde_json::from_slice(&answer.payload.unwrap()).unwrap())
    }

    /// Lets a second pass, unless a function runs: its execution's time is not for that.
    async fn turn(&self) {
        let (seen, ended) =
            (self.engine.seen.lock().unwrap().len(), self.engine.ended.load(Ordering::SeqCst));
        if seen == ended {
            self.clock.advance_if_awaited(Duration::from_secs(1));
        }
        for _ in 0..5 {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    }

    /// Starts a script; its execution's ARN.
    async fn start(&self, function: &str, script: Value) -> String {
        let input = InvocationRequest {
            invocation_type: Some(InvocationType::Event),
            ..invocation(function, &script)
        };
        let answer = self.ask(input).await.unwrap();
        assert_eq!(answer.status_code, Some(202));
        answer.durable_execution_arn.unwrap()
    }

    async fn get(&self, arn: &str) -> Result<GetDurableExecutionResponse, AwsError> {
        let input = GetDurableExecutionRequest {
            durable_execution_arn: arn.to_owned(),
            include_execution_data: None,
        };
        self.call::<operation::GetDurableExecution>("GetDurableExecution", input).await
    }

    async fn history(&self, arn: &str) -> Vec<Event> {
        let (mut events, mut marker) = (Vec::new(), None);
        loop {
            let input = GetDurableExecutionHistoryRequest {
                durable_execution_arn: arn.to_owned(),
                max_items: Some(3),
                marker,
                ..Default::default()
            };
            let page = self
                .call::<operation::GetDurableExecutionHistory>("GetDurableExecutionHistory", input)
                .await
                .unwrap();
            events.extend(page.events);
            marker = page.next_marker;
            if marker.is_none() {
                let ids: Vec<_> = events.iter().filter_map(|event| event.event_id).collect();
                assert_eq!(ids, (1..=ids.len() as i32).collect::<Vec<_>>());
                return events;
            }
        }
    }

    async fn kinds(&self, arn: &str) -> Vec<String> {
        self.history(arn).await.into_iter().map(|event| event.event_type.unwrap().to_string()).collect()
    }

    /// Lets time go on until an execution is so.
    async fn comes_to(&self, arn: &str, status: ExecutionStatus) {
        for _ in 0..5000 {
            if self.get(arn).await.unwrap().status == status {
                return;
            }
            self.turn().await;
        }
        panic!("{arn} does not come to {status}: {:?}", self.kinds(arn).await);
    }

    /// Waits until so many events of a kind were told.
    async fn tells(&self, arn: &str, kind: &str, count: usize) {
        for _ in 0..5000 {
            if self.kinds(arn).await.iter().filter(|present| *present == kind).count() >= count {
                return;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("{arn} does not tell {kind}: {:?}", self.kinds(arn).await);
    }

    async fn callback(&self, arn: &str) -> String {
        self.tells(arn, "InvocationCompleted", 1).await;
        let details = self.history(arn).await.into_iter().find_map(|event| event.callback_started_details);
        details.unwrap().callback_id
    }

    async fn succeed(&self, callback: &str, result: &'static str) -> Result<(), AwsError> {
        let input = SendDurableExecutionCallbackSuccessRequest {
            callback_id: callback.to_owned(),
            result: Some(Bytes::from_static(result.as_bytes())),
        };
        let name = "SendDurableExecutionCallbackSuccess";
        self.call::<operation::SendDurableExecutionCallbackSuccess>(name, input).await.map(drop)
    }

    async fn list(
        &self,
        change: impl FnOnce(&mut ListDurableExecutionsByFunctionRequest),
    ) -> ListDurableExecutionsByFunctionResponse {
        let mut input =
            ListDurableExecutionsByFunctionRequest { function_name: "f".into(), ..Default::default() };
        change(&mut input);
        let name = "ListDurableExecutionsByFunction";
        self.call::<operation::ListDurableExecutionsByFunction>(name, input).await.unwrap()
    }

    async fn stop(&self, arn: &str) -> StopDurableExecutionResponse {
        let error = Some(ErrorObject { error_type: Some("Enough".into()), ..Default::default() });
        let input = StopDurableExecutionRequest { durable_execution_arn: arn.to_owned(), error };
        self.call::<operation::StopDurableExecution>("StopDurableExecution", input).await.unwrap()
    }

    async fn pause(&self, arn: &str) -> Result<(), AwsError> {
        let input = PauseDurableExecutionRequest {
            durable_execution_arn: arn.to_owned(),
            reason: Some("wait".into()),
            ..Default::default()
        };
        self.call::<operation::PauseDurableExecution>("PauseDurableExecution", input).await.map(drop)
    }

    async fn resume(&self, arn: &str) -> Result<(), AwsError> {
        let input =
            ResumeDurableExecutionRequest { durable_execution_arn: arn.to_owned(), ..Default::default() };
        self.call::<operation::ResumeDurableExecution>("ResumeDurableExecution", input).await.map(drop)
    }

    async fn delete(&self, arn: &str) -> Result<(), AwsError> {
        let input = DeleteDurableExecutionRequest { durable_execution_arn: arn.to_owned() };
        self.call::<operation::DeleteDurableExecution>("DeleteDurableExecution", input).await.map(drop)
    }

    /// Waits until an execution is not there any more.
    async fn goes(&self, arn: &str) {
        for _ in 0..5000 {
            if self.get(arn).await.is_err() {
                return;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("{arn} does not go");
    }
}

fn invocation(function: &str, script: &Value) -> InvocationRequest {
    InvocationRequest {
        function_name: function.into(),
        payload: Some(script.to_string().into()),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_execution_goes_on_where_it_was_over_waits_and_retries() {
    let rig = Rigged::new().await;
    let (error, answer) = rig.run("f", json!(["step", "wait:5", "flaky:3", "context"])).await;
    let done = json!(["SUCCEEDED", "\"done\""]);
    assert_eq!((error, answer), (None, json!([done, ["SUCCEEDED", null], done, done])));
    let listed = rig.list(|_| ()).await.durable_executions.unwrap();
    let [execution] = listed.as_slice() else { panic!("{listed:?}") };
    let arn = &execution.durable_execution_arn;
    let mut kinds = rig.kinds(arn).await;
    let all = kinds.len();
    // Time is turned while invocations end.
    kinds.retain(|kind| kind != "InvocationCompleted");
    assert_eq!(all - kinds.len(), 3, "each suspends it but the last");
    assert_eq!(
        kinds,
        [
            "ExecutionStarted",
            "StepStarted",
            "StepSucceeded",
            "WaitStarted",
            "WaitSucceeded",
            "StepStarted",
            "StepFailed",
            "StepStarted",
            "StepSucceeded",
            "ContextStarted",
            "StepSucceeded",
            "ContextSucceeded",
            "ExecutionSucceeded",
        ]
    );
    let seen = rig.get(arn).await.unwrap();
    assert_eq!((seen.status, seen.version.as_deref()), (ExecutionStatus::Succeeded, Some("$LATEST")));
    assert_eq!(seen.input_payload.as_deref(), Some(r#"["step","wait:5","flaky:3","context"]"#));
    assert_eq!(seen.durable_config.unwrap().retention_period_in_days, Some(14));
    let spent = seen.end_timestamp.unwrap().duration_since(seen.start_timestamp).as_secs();
    assert!((8..i64::from(TIMEOUT)).contains(&spent), "{spent}");
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 3, "what was done is not done again");
    let invocations: Vec<Value> = {
        let seen = rig.engine.seen.lock().unwrap();
        seen.iter().map(|(_, invocation)| serde_json::from_slice(&invocation.payload).unwrap()).collect()
    };
    assert_eq!(invocations[1]["UpdatedOperationIds"], json!(["op-1"]));
    assert!(invocations[1]["InitialExecutionState"]["Operations"][0]["StartTimestamp"].is_i64());
}

#[tokio::test]
async fn a_function_that_fails_fails_its_execution_and_its_caller() {
    let rig = Rigged::new().await;
    let (error, answer) = rig.run("f", json!(["step", "fail:no"])).await;
    assert_eq!(error.as_deref(), Some("Unhandled"));
    assert_eq!(answer, json!({ "errorType": "Wanted", "errorMessage": "no" }));
    // An answer that is none of a durable function's.
    *rig.engine.durable.lock().unwrap() = None;
    let (error, answer) = rig.run("f", json!([])).await;
    assert_eq!(error.as_deref(), Some("Unhandled"));
    assert_eq!(answer["errorMessage"], "Invalid Status in invocation output.");
    // It breaks, and is tried again.
    *rig.engine.failing.lock().unwrap() = true;
    let arn = rig.start("f", json!(["step"])).await;
    rig.tells(&arn, "InvocationCompleted", 1).await;
    let broken = rig.history(&arn).await[1].invocation_completed_details.clone().unwrap();
    assert_eq!(broken.error.unwrap().payload.unwrap().error_type.as_deref(), Some("Boom"));
    *rig.engine.failing.lock().unwrap() = false;
    *rig.engine.durable.lock().unwrap() = Some((rig.lambda.clone(), rig.context.clone()));
    rig.comes_to(&arn, ExecutionStatus::Succeeded).await;
}

#[tokio::test]
async fn a_callback_is_answered_by_whoever_has_its_id() {
    let rig = Rigged::new().await;
    let arn = rig.start("f", json!(["callback"])).await;
    let callback = rig.callback(&arn).await;
    let beat = SendDurableExecutionCallbackHeartbeatRequest { callback_id: callback.clone() };
    let name = "SendDurableExecutionCallbackHeartbeat";
    rig.call::<operation::SendDurableExecutionCallbackHeartbeat>(name, beat).await.unwrap();
    rig.succeed(&callback, "\"yes\"").await.unwrap();
    rig.comes_to(&arn, ExecutionStatus::Succeeded).await;
    assert_eq!(rig.get(&arn).await.unwrap().result.as_deref(), Some(r#"[["SUCCEEDED","\"yes\""]]"#));
    let late = rig.succeed(&callback, "\"no\"").await.unwrap_err();
    assert_eq!((late.code(), late.http_status()), ("CallbackTimeoutException", 400));
    let other = rig.succeed("bm9uZQ==", "1").await.unwrap_err();
    assert_eq!((other.code(), other.http_status()), ("ResourceNotFoundException", 404));
    let arn = rig.start("f", json!(["callback"])).await;
    let error = Some(ErrorObject { error_type: Some("Rejected".into()), ..Default::default() });
    let fail = SendDurableExecutionCallbackFailureRequest { callback_id: rig.callback(&arn).await, error };
    let name = "SendDurableExecutionCallbackFailure";
    rig.call::<operation::SendDurableExecutionCallbackFailure>(name, fail).await.unwrap();
    rig.comes_to(&arn, ExecutionStatus::Succeeded).await;
    assert_eq!(rig.get(&arn).await.unwrap().result.as_deref(), Some(r#"[["FAILED",null]]"#));
    let (_, answer) = rig.run("f", json!(["callback:7"])).await;
    assert_eq!(answer, json!([["TIMED_OUT", null]]));
}

#[tokio::test]
async fn functions_call_others_be_they_durable_or_not() {
    let rig = Rigged::new().await;
    rig.make("g", TIMEOUT).await;
    let (_, answer) = rig.run("f", json!(["call:plain", "call:g:$LATEST", "call:nobody", "call:g"])).await;
    let inner = json!([["SUCCEEDED", "\"done\""]]).to_string();
    assert_eq!(
        answer,
        json!([
            ["SUCCEEDED", "[\"step\"]"],
            ["SUCCEEDED", inner],
            ["FAILED", null],
            // It has to be told which version.
            ["FAILED", null],
        ])
    );
    let listed = rig.list(|_| ()).await.durable_executions.unwrap();
    let history = rig.history(&listed[0].durable_execution_arn).await;
    let started: Vec<_> =
        history.into_iter().filter_map(|event| event.chained_invoke_started_details).collect();
    assert_eq!(
        (started[0].executed_version.as_deref(), &started[0].durable_execution_arn),
        (Some("$LATEST"), &None)
    );
    let child = started[1].durable_execution_arn.clone().unwrap();
    assert_eq!(rig.get(&child).await.unwrap().status, ExecutionStatus::Succeeded);
}

#[tokio::test]
async fn a_name_starts_one_execution() {
    let rig = Rigged::new().await;
    let named = |script: Value| InvocationRequest {
        durable_execution_name: Some("mine".into()),
        invocation_type: Some(InvocationType::Event),
        ..invocation("f", &script)
    };
    let first = rig.ask(named(json!(["callback"]))).await.unwrap().durable_execution_arn.unwrap();
    assert!(
        first.starts_with("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST/durable-execution/mine/")
    );
    let again = rig.ask(named(json!(["callback"]))).await.unwrap().durable_execution_arn.unwrap();
    assert_eq!(first, again);
    let error = rig.ask(named(json!(["step"]))).await.unwrap_err();
    assert_eq!((error.code(), error.http_status()), ("DurableExecutionAlreadyStartedException", 409));
    // Who waits is told the end of the one that is there.
    let waiting = InvocationRequest { invocation_type: None, ..named(json!(["callback"])) };
    let answering = async {
        let callback = rig.callback(&first).await;
        rig.succeed(&callback, "1").await.unwrap();
    };
    let (answer, ()) = tokio::join!(rig.ask(waiting), answering);
    assert_eq!(answer.unwrap().payload.as_deref(), Some(br#"[["SUCCEEDED","1"]]"#.as_slice()));
    rig.delete(&first).await.unwrap();
    rig.goes(&first).await;
    let anew = rig.ask(named(json!(["step"]))).await.unwrap().durable_execution_arn.unwrap();
    assert_ne!(first, anew);
}

#[tokio::test]
async fn executions_are_listed_by_what_they_are() {
    let rig = Rigged::new().await;
    let mut started = Vec::new();
    for script in [json!(["step"]), json!(["callback"]), json!(["fail:no"])] {
        started.push(rig.start("f", script).await);
        rig.clock.advance(Duration::from_secs(1));
    }
    rig.comes_to(&started[0], ExecutionStatus::Succeeded).await;
    rig.comes_to(&started[2], ExecutionStatus::Failed).await;
    let arns = |answer: &ListDurableExecutionsByFunctionResponse| -> Vec<String> {
        let executions = answer.durable_executions.iter().flatten();
        executions.map(|execution| execution.durable_execution_arn.clone()).collect()
    };
    let newest: Vec<String> = started.iter().rev().cloned().collect();
    assert_eq!(arns(&rig.list(|_| ()).await), newest);
    assert_eq!(arns(&rig.list(|input| input.reverse_order = Some(true)).await), started);
    let (mut marker, mut paged) = (None, Vec::new());
    loop {
        let page = rig.list(|input| (input.max_items, input.marker) = (Some(1), marker)).await;
        paged.extend(arns(&page));
        marker = page.next_marker;
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(paged, newest);
    let running = rig.list(|input| input.statuses = Some(vec![ExecutionStatus::Running])).await;
    assert_eq!(arns(&running), [started[1].clone()]);
    let name = started[0].split('/').nth(2).unwrap().to_owned();
    assert_eq!(
        arns(&rig.list(|input| input.durable_execution_name = Some(name)).await),
        [started[0].clone()]
    );
    let middle = rig.get(&started[1]).await.unwrap().start_timestamp;
    assert_eq!(arns(&rig.list(|input| input.started_after = Some(middle)).await), [started[2].clone()]);
    assert_eq!(arns(&rig.list(|input| input.started_before = Some(middle)).await), [started[0].clone()]);
    assert_eq!(arns(&rig.list(|input| input.qualifier = Some("$LATEST".into())).await), newest);
}

#[tokio::test]
async fn an_execution_ends_when_it_is_stopped_or_takes_too_long_and_goes_in_time() {
    let rig = Rigged::new().await;
    let stopped = rig.start("f", json!(["wait:100"])).await;
    rig.tells(&stopped, "InvocationCompleted", 1).await;
    let at = rig.stop(&stopped).await.stop_timestamp;
    assert_eq!(rig.stop(&stopped).await.stop_timestamp, at, "it is stopped already");
    let seen = rig.get(&stopped).await.unwrap();
    assert_eq!(
        (seen.status, seen.error.unwrap().error_type.as_deref()),
        (ExecutionStatus::Stopped, Some("Enough"))
    );
    let error = rig.delete(&rig.start("f", json!(["callback"])).await).await.unwrap_err();
    assert_eq!((error.code(), error.http_status()), ("ResourceConflictException", 409));
    let late = rig.start("f", json!(["wait:10000"])).await;
    rig.tells(&late, "InvocationCompleted", 1).await;
    rig.clock.advance(Duration::from_secs(TIMEOUT as u64));
    rig.comes_to(&late, ExecutionStatus::TimedOut).await;
    assert_eq!(rig.kinds(&late).await.last().map(String::as_str), Some("ExecutionTimedOut"));
    rig.clock.advance(Duration::from_hours(14 * 24 + 1));
    rig.goes(&late).await;
    rig.goes(&stopped).await;
}

#[tokio::test]
async fn a_paused_execution_does_nothing_until_it_is_resumed() {
    let rig = Rigged::new().await;
    let arn = rig.start("f", json!(["wait:5", "step"])).await;
    rig.tells(&arn, "InvocationCompleted", 1).await;
    rig.pause(&arn).await.unwrap();
    assert_eq!(rig.get(&arn).await.unwrap().status, ExecutionStatus::Paused);
    rig.clock.advance(Duration::from_secs(TIMEOUT as u64 * 2));
    rig.tells(&arn, "WaitSucceeded", 1).await;
    rig.idle_a_while().await;
    let seen = rig.get(&arn).await.unwrap();
    assert_eq!((seen.status, seen.expected_execution_timeout_timestamp), (ExecutionStatus::Paused, None));
    assert_eq!(seen.pause_details.unwrap().reason.as_deref(), Some("wait"));
    let rig = rig.again().await;
    rig.resume(&arn).await.unwrap();
    rig.comes_to(&arn, ExecutionStatus::Succeeded).await;
    let kinds = rig.kinds(&arn).await;
    assert!(kinds.contains(&"ExecutionPaused".to_owned()) && kinds.contains(&"ExecutionResumed".to_owned()));
    for outcome in [rig.pause(&arn).await, rig.resume(&arn).await] {
        assert_eq!(outcome.unwrap_err().code(), "ResourceConflictException");
    }
}

impl Rigged {
    async fn idle_a_while(&self) {
        for _ in 0..100 {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let rig = Rigged::new().await;
    rig.make("long", 901).await;
    let invalid = "InvalidParameterValueException";
    let plain = rig.call::<operation::Invoke>("Invoke", invocation("f", &json!([]))).await;
    check_error(plain, invalid, 400, "You cannot invoke a durable function using an unqualified ARN.");
    check_error(
        rig.ask(invocation("long", &json!([]))).await,
        invalid,
        400,
        "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.",
    );
    let named =
        InvocationRequest { durable_execution_name: Some("n".into()), ..invocation("plain", &json!([])) };
    let text = "DurableExecutionName is only for durable functions. Leave it out.";
    check_error(rig.ask(named).await, invalid, 400, text);
    let input = CreateFunctionRequest { durable_config: Some(DurableConfig::default()), ..wanted("h") };
    check_error(
        rig.call::<operation::CreateFunction>("CreateFunction", input).await,
        invalid,
        400,
        "You cannot create a function with a durable configuration without an executionTimeout",
    );
    let config = |name: &str| UpdateFunctionConfigurationRequest {
        function_name: name.into(),
        durable_config: Some(DurableConfig { retention_period_in_days: Some(3), ..Default::default() }),
        ..Default::default()
    };
    let update = "UpdateFunctionConfiguration";
    let refused = rig.call::<operation::UpdateFunctionConfiguration>(update, config("plain")).await;
    assert_eq!(refused.unwrap_err().code(), invalid);
    let changed = rig.call::<operation::UpdateFunctionConfiguration>(update, config("f")).await.unwrap();
    let changed = changed.durable_config.unwrap();
    assert_eq!((changed.execution_timeout, changed.retention_period_in_days), (Some(TIMEOUT), Some(3)));
    let nobody = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST/durable-execution/n/i";
    assert_eq!(rig.get(nobody).await.unwrap_err().code(), "ResourceNotFoundException");
    let checkpoint = CheckpointDurableExecutionRequest {
        durable_execution_arn: nobody.into(),
        checkpoint_token: "aS8x".into(),
        ..Default::default()
    };
    let name = "CheckpointDurableExecution";
    let refused = rig.call::<operation::CheckpointDurableExecution>(name, checkpoint).await;
    check_error(refused, invalid, 400, "Invalid checkpoint token");
}

#[tokio::test]
async fn what_becomes_of_executions_goes_where_the_function_sends_that() {
    let rig = Rigged::new().await;
    let target = Arc::new(crate::events::DeadLetters::default());
    rig.context.peers().add_target("sqs", target.clone());
    let queue = |name: &str| Some(format!("arn:aws:sqs:us-east-1:000000000000:{name}"));
    let input = PutFunctionEventInvokeConfigRequest {
        function_name: "f".into(),
        destination_config: Some(DestinationConfig {
            on_success: Some(OnSuccess { destination: queue("good") }),
            on_failure: Some(OnFailure { destination: queue("bad") }),
        }),
        ..Default::default()
    };
    let name = "PutFunctionEventInvokeConfig";
    rig.call::<operation::PutFunctionEventInvokeConfig>(name, input).await.unwrap();
    rig.start("f", json!(["step"])).await;
    rig.start("f", json!(["fail:no"])).await;
    // Who waits is told himself.
    rig.run("f", json!(["fail:no"])).await;
    let sent = || target.kept.lock().unwrap().len();
    rig.until(Duration::from_secs(1), "both are sent", || sent() == 2).await;
    let kept: BTreeMap<String, Value> = {
        let kept = target.kept.lock().unwrap();
        let records = kept.iter().map(|delivery| {
            (delivery.target.resource().to_owned(), serde_json::from_slice(&delivery.payload).unwrap())
        });
        records.collect()
    };
    assert_eq!(kept["good"]["responsePayload"], json!([["SUCCEEDED", "\"done\""]]));
    assert_eq!(kept["bad"]["requestPayload"], json!(["fail:no"]));
    assert_eq!(kept["bad"]["responsePayload"]["errorType"], "Wanted");
}

#[tokio::test]
async fn templates_make_functions_durable_and_change_how_long_they_are() {
    let rig = Rigged::new().await;
    let provider = rig.context.peers().provider("AWS::Lambda::Function").unwrap();
    let properties = |config: Value| {
        json!({
            "Role": ROLE, "Runtime": "nodejs22.x", "Handler": "index.handler", "Code": { "ZipFile": "1" },
            "DurableConfig": config,
        })
    };
    let first = properties(json!({ "ExecutionTimeout": "60", "RetentionPeriodInDays": "2" }));
    let made = provider.create(&request("D", "t1", first.clone())).await.unwrap();
    let config = async || {
        let found = rig.configuration(&made.physical_id).await.unwrap().durable_config.unwrap();
        (found.execution_timeout, found.retention_period_in_days)
    };
    assert_eq!(config().await, (Some(60), Some(2)));
    let second = properties(json!({ "ExecutionTimeout": 70 }));
    provider.update(&made.physical_id, &first, &request("D", "t2", second.clone())).await.unwrap();
    assert_eq!(config().await, (Some(70), Some(14)));
    let mut plain = second.clone();
    plain.as_object_mut().unwrap().remove("DurableConfig");
    for (old, new) in [(&second, &plain), (&plain, &second)] {
        let updated =
            provider.update(&made.physical_id, old, &request("D", "t3", new.clone())).await.unwrap();
        assert!(matches!(updated, Updated::ReplacementRequired), "{updated:?}");
    }
}

/// The process ends at each step of an execution's way: what was started comes to the same end, and what was answered is so.
#[tokio::test]
async fn the_end_of_the_process_at_every_step_leaves_an_execution_that_comes_to_its_end() {
    let mut steps = 0;
    loop {
        let rig = Rigged::new().await;
        let script = json!(["step", "wait:2", "call:plain", "flaky:1", "callback", "context"]);
        let (started, answered) = (Mutex::new(None), Mutex::new(false));
        let all = async {
            let arn = rig.start("f", script.clone()).await;
            *started.lock().unwrap() = Some(arn.clone());
            answer_callback(&rig, &arn).await;
            *answered.lock().unwrap() = true;
            rig.comes_to(&arn, ExecutionStatus::Succeeded).await;
        };
        let killed = async {
            for _ in 0..steps {
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        let is_done = tokio::select! {
            () = all => true,
            () = killed => false,
        };
        let rig = rig.again().await;
        let listed = rig.list(|_| ()).await.durable_executions.unwrap();
        let (started, answered) = (started.into_inner().unwrap(), answered.into_inner().unwrap());
        let present: BTreeSet<&str> =
            listed.iter().map(|execution| execution.durable_execution_arn.as_str()).collect();
        assert!(present.len() <= 1, "killed at {steps}");
        if let Some(arn) = &started {
            assert!(present.contains(arn.as_str()), "killed at {steps}: what was started is there");
        }
        if let Some(execution) = listed.first() {
            let arn = &execution.durable_execution_arn;
            if !answered {
                answer_callback(&rig, arn).await;
            }
            rig.comes_to(arn, ExecutionStatus::Succeeded).await;
            let done = json!(["SUCCEEDED", "\"done\""]);
            let result = json!([
                done,
                ["SUCCEEDED", null],
                ["SUCCEEDED", "[\"step\"]"],
                done,
                ["SUCCEEDED", "1"],
                done
            ]);
            let seen = rig.get(arn).await.unwrap();
            assert_eq!(seen.result, Some(result.to_string()), "killed at {steps}");
            let kinds = rig.kinds(arn).await;
            for once in ["ExecutionSucceeded", "WaitSucceeded", "ChainedInvokeSucceeded", "CallbackSucceeded"]
            {
                assert_eq!(
                    kinds.iter().filter(|kind| *kind == once).count(),
                    1,
                    "killed at {steps}: {kinds:?}"
                );
            }
        }
        if is_done {
            assert!(steps > 20, "only {steps} steps were tried");
            return;
        }
        steps += if steps < 30 { 3 } else { 17 };
        assert!(steps < 10_000);
    }
}

/// Answers the callback of an execution once it is there, unless it was answered.
async fn answer_callback(rig: &Rigged, arn: &str) {
    for _ in 0..5000 {
        let started = rig.history(arn).await.into_iter().find_map(|event| event.callback_started_details);
        if let Some(details) = started {
            if let Err(error) = rig.succeed(&details.callback_id, "1").await {
                assert_eq!(error.code(), "CallbackTimeoutException");
            }
            return;
        }
        rig.turn().await;
    }
    panic!("the callback does not come: {:?}", rig.kinds(arn).await);
}
