//! Stands for a durable function with AWS's SDK: what it does is said by its input, a list of words, one an operation.
//!
//! `step`: succeeds at once. `flaky:N`: fails once and is tried again after N seconds. `wait:N`: waits N seconds. `callback`, with
//! `:N` for its timeout: waits for somebody's answer. `call:F`: calls another function. `context`: does a step within a context.
//! `fail` ends it as failed. It answers with the results of all.

use std::collections::BTreeMap;

use super::*;

/// What answers events of durable functions: [`FakeEngine::durable`].
pub(super) async fn respond(lambda: &Lambda, context: &Context, event: &Bytes) -> Option<Bytes> {
    let event: Value = serde_json::from_slice(event).ok()?;
    let mut run = Run::begin(lambda, context, &event).await?;
    let script: Vec<String> = serde_json::from_str(&run.input).ok()?;
    let mut results = Vec::new();
    for (number, word) in script.iter().enumerate() {
        let id = format!("op-{number}");
        let (word, argument) = word.split_once(':').unwrap_or((word, ""));
        if word == "fail" {
            let error = json!({ "ErrorType": "Wanted", "ErrorMessage": argument });
            return Some(json!({ "Status": "FAILED", "Error": error }).to_string().into());
        }
        let Some(state) = run.bring(&id, word, argument).await else {
            // The token is good no more.
            return Some(json!({ "Status": "PENDING" }).to_string().into());
        };
        let status = state["Status"].as_str().unwrap_or_default().to_owned();
        if ["STARTED", "PENDING"].contains(&status.as_str()) {
            return Some(json!({ "Status": "PENDING" }).to_string().into());
        }
        let details = ["StepDetails", "CallbackDetails", "ChainedInvokeDetails", "ContextDetails"];
        let result = details.iter().find_map(|details| state[details]["Result"].as_str());
        results.push(json!([status, result]));
    }
    Some(json!({ "Status": "SUCCEEDED", "Result": Value::from(results).to_string() }).to_string().into())
}

struct Run<'a> {
    lambda: &'a Lambda,
    context: &'a Context,
    arn: String,
    token: String,
    input: String,
    state: BTreeMap<String, Value>,
}

impl<'a> Run<'a> {
    async fn begin(lambda: &'a Lambda, context: &'a Context, event: &Value) -> Option<Self> {
        let initial = &event["InitialExecutionState"];
        let mut operations = initial["Operations"].as_array()?.clone();
        let mut run = Self {
            lambda,
            context,
            arn: event["DurableExecutionArn"].as_str()?.to_owned(),
            token: event["CheckpointToken"].as_str()?.to_owned(),
            input: operations[0]["ExecutionDetails"]["InputPayload"].as_str()?.to_owned(),
            state: BTreeMap::new(),
        };
        let mut marker = initial["NextMarker"].as_str()?.to_owned();
        while !marker.is_empty() {
            let page = GetDurableExecutionStateRequest {
                durable_execution_arn: run.arn.clone(),
                checkpoint_token: run.token.clone(),
                marker: Some(marker),
                ..Default::default()
            };
            let page = run.call::<operation::GetDurableExecutionState>(page).await.ok()?;
            operations
                .extend(page.operations.iter().map(|operation| serde_json::to_value(operation).unwrap()));
            marker = page.next_marker.unwrap_or_default();
        }
        run.take(operations);
        Some(run)
    }

    fn take(&mut self, operations: Vec<Value>) {
        for operation in operations {
            self.state.insert(operation["Id"].as_str().unwrap().to_owned(), operation);
        }
    }

    async fn call<O: OperationType>(&self, input: O::Input) -> Result<O::Output, AwsError> {
        let id = RequestId::random(self.context.entropy());
        let caller = Caller::root(self.context.account(), self.context.region(), id);
        let output =
            self.lambda.call(O::OPERATION.name, &caller, Input::new(input)).expect("a handler").await?;
        cloud_wire::shape::known(output)
    }

    /// A checkpoint. None where nothing more may be said.
    async fn say(&mut self, updates: Vec<OperationUpdate>) -> Option<()> {
        let input = CheckpointDurableExecutionRequest {
            durable_execution_arn: self.arn.clone(),
            checkpoint_token: self.token.clone(),
            updates: Some(updates),
            client_token: None,
        };
        let told = self.call::<operation::CheckpointDurableExecution>(input).await.ok()?;
        let operations = told.new_execution_state.operations.unwrap_or_default();
        self.take(operations.iter().map(|operation| serde_json::to_value(operation).unwrap()).collect());
        self.token = told.checkpoint_token?;
        Some(())
    }

    /// An operation as it is once all was done for it that can be.
    async fn bring(&mut self, id: &str, word: &str, argument: &str) -> Option<Value> {
        let status = self.state.get(id).and_then(|state| state["Status"].as_str()).map(str::to_owned);
        let number = || argument.parse().ok();
        let update = |action: &str, of: &str| OperationUpdate {
            id: id.to_owned(),
            action: action.into(),
            r#type: of.into(),
            ..OperationUpdate::default()
        };
        let succeed =
            |of: &str| OperationUpdate { payload: Some("\"done\"".into()), ..update("SUCCEED", of) };
        let said = match (word, status.as_deref()) {
            ("step", None) => vec![update("START", "STEP"), succeed("STEP")],
            // It was cut off.
            ("step", Some("STARTED")) => vec![succeed("STEP")],
            ("flaky", None | Some("STARTED")) => {
                let options = StepOptions { next_attempt_delay_seconds: number() };
                let error = Some(ErrorObject { error_type: Some("Flaky".into()), ..Default::default() });
                let retry = OperationUpdate { step_options: Some(options), error, ..update("RETRY", "STEP") };
                if status.is_none() { vec![update("START", "STEP"), retry] } else { vec![retry] }
            }
            ("flaky", Some("READY")) => vec![update("START", "STEP"), succeed("STEP")],
            ("wait", None) => {
                let options = Some(WaitOptions { wait_seconds: number() });
                vec![OperationUpdate { wait_options: options, ..update("START", "WAIT") }]
            }
            ("callback", None) => {
                let options = CallbackOptions { timeout_seconds: number(), heartbeat_timeout_seconds: None };
                vec![OperationUpdate { callback_options: Some(options), ..update("START", "CALLBACK") }]
            }
            ("call", None) => {
                let options =
                    ChainedInvokeOptions { function_name: argument.to_owned(), ..Default::default() };
                vec![OperationUpdate {
                    payload: Some("[\"step\"]".into()),
                    chained_invoke_options: Some(options),
                    ..update("START", "CHAINED_INVOKE")
                }]
            }
            ("context", None | Some("STARTED")) => {
                let inner = OperationUpdate {
                    id: format!("{id}-in"),
                    parent_id: Some(id.to_owned()),
                    ..update("SUCCEED", "STEP")
                };
                let mut said = vec![inner, succeed("CONTEXT")];
                if status.is_none() {
                    said.insert(0, update("START", "CONTEXT"));
                }
                said
            }
            _ => Vec::new(),
        };
        if !said.is_empty() {
            self.say(said).await?;
        }
        self.state.get(id).cloned()
    }
}
