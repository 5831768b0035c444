//! Durable executions over the socket: while the engine holds an invocation back, the test says what its function would say.

use tokio::sync::Semaphore;

use super::*;

const INVALID: (u16, &str) = (400, "InvalidParameterValueException");

/// The path of an execution: its ARN is one segment.
fn path(arn: &str, rest: &str) -> String {
    let encoded = arn.replace(':', "%3A").replace('/', "%2F").replace('$', "%24");
    format!("/2025-12-01/durable-executions/{encoded}{rest}")
}

fn token(arn: &str, generation: u32) -> String {
    BASE64_STANDARD.encode(format!("{}/{generation}", arn.rsplit('/').next().unwrap()))
}

impl Cloud {
    /// The ARN of an execution whose function runs, until the gate opens.
    async fn held(&self, gate: &Arc<Semaphore>) -> String {
        self.engine.hold_back(Some(Arc::clone(gate)));
        self.function("f", json!({ "DurableConfig": { "ExecutionTimeout": 60 } })).await;
        let body = json!({ "n": 1 }).to_string();
        let request = format!(
            "POST /2015-03-31/functions/f/invocations?Qualifier=$LATEST HTTP/1.1\r\nhost: localhost:{}\r\n\
             connection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\nx-amz-invocation-type: Event\r\n\
             x-amz-durable-execution-name: mine\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("lambda"),
            body.len()
        );
        let answer = self.endpoint.exchange(&request).await.unwrap();
        assert_eq!(answer.status, 202, "{}", answer.body);
        let arn = answer.header("x-amz-durable-execution-arn").unwrap().to_owned();
        for _ in 0..10_000 {
            if self.engine.count() > 0 {
                return arn;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("the function is not invoked");
    }

    async fn say(&self, arn: &str, generation: u32, updates: Value) -> Value {
        let body = json!({ "CheckpointToken": token(arn, generation), "Updates": updates });
        let answer = self.ask("POST", &path(arn, "/checkpoint"), &body).await;
        Self::read(&answer, 200, "a checkpoint")
    }

    async fn status(&self, arn: &str) -> Value {
        self.get(&path(arn, "")).await["Status"].clone()
    }

    async fn answer(&self, callback: &str, how: &str, body: Value, status: u16) {
        let callback = callback.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let path = format!("/2025-12-01/durable-execution-callbacks/{callback}/{how}");
        let answer = self.ask("POST", &path, &body).await;
        assert_eq!(answer.status, status, "{how}: {}", answer.body);
    }
}

#[tokio::test]
async fn an_execution_is_spoken_of_and_for() {
    let cloud = Cloud::start().await;
    let gate = Arc::new(Semaphore::new(0));
    let arn = cloud.held(&gate).await;
    assert!(arn.starts_with(&format!("{REALM}:function:f:$LATEST/durable-execution/mine/")), "{arn}");
    let callback = |id: &str| json!({ "Id": id, "Type": "CALLBACK", "Action": "START", "Name": id });
    let told = cloud.say(&arn, 1, json!([callback("a"), callback("b")])).await;
    assert_eq!(told["CheckpointToken"], token(&arn, 2));
    let operations = told["NewExecutionState"]["Operations"].as_array().unwrap().clone();
    assert_eq!((operations.len(), &operations[0]["Status"]), (2, &json!("STARTED")));
    let ids: Vec<&str> =
        operations.iter().map(|told| told["CallbackDetails"]["CallbackId"].as_str().unwrap()).collect();
    cloud.answer(ids[0], "heartbeat", Value::Null, 200).await;
    cloud.answer(ids[0], "succeed", json!("yes"), 200).await;
    cloud.answer(ids[1], "fail", json!({ "ErrorType": "No" }), 200).await;
    cloud.answer(ids[0], "succeed", json!("again"), 400).await;
    let told = cloud.say(&arn, 2, json!([])).await["NewExecutionState"]["Operations"].clone();
    assert_eq!(told[0]["CallbackDetails"]["Result"], "\"yes\"");
    assert_eq!(told[1]["CallbackDetails"]["Error"], json!({ "ErrorType": "No" }));
    let state = |rest: &str| {
        path(&arn, &format!("/state?CheckpointToken={}&MaxItems=2{rest}", token(&arn, 3).replace('=', "%3D")))
    };
    let first = cloud.get(&state("")).await;
    assert_eq!(first["Operations"][0]["ExecutionDetails"]["InputPayload"], "{\"n\":1}");
    let rest = cloud.get(&state(&format!("&Marker={}", first["NextMarker"].as_str().unwrap()))).await;
    assert_eq!(
        (rest["Operations"].as_array().unwrap().len(), &rest["Operations"][0]["Id"]),
        (1, &json!("b"))
    );
    let history = cloud.get(&path(&arn, "/history?ReverseOrder=true&MaxItems=1")).await;
    assert_eq!(history["Events"][0]["EventType"], "CallbackFailed");
    assert!(history["NextMarker"].is_string(), "{history}");
    let listed = cloud.get("/2025-12-01/functions/f/durable-executions?Statuses=RUNNING").await;
    assert_eq!(listed["DurableExecutions"][0]["DurableExecutionArn"], arn.as_str());
    let ask =
        async |rest: &str| Cloud::read(&cloud.ask("POST", &path(&arn, rest), &json!({})).await, 202, rest);
    ask("/pause").await;
    assert_eq!(cloud.status(&arn).await, "PAUSING");
    ask("/resume").await;
    assert_eq!(cloud.status(&arn).await, "RUNNING");
    let conflict = "The durable execution has not ended yet.";
    let delete = path(&arn, "");
    cloud.refused(("DELETE", &delete), Value::Null, (409, "ResourceConflictException"), conflict).await;
    let stopped = Cloud::read(&cloud.ask("POST", &path(&arn, "/stop"), &json!({})).await, 200, "stop");
    assert!(stopped["StopTimestamp"].is_number(), "{stopped}");
    assert_eq!(cloud.status(&arn).await, "STOPPED");
    Cloud::read(&cloud.ask("DELETE", &delete, &Value::Null).await, 202, "delete");
    for _ in 0..10_000 {
        if cloud.ask("GET", &delete, &Value::Null).await.status == 404 {
            return;
        }
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
    panic!("it does not go");
}

#[tokio::test]
async fn only_who_was_told_the_last_token_says_anything() {
    let cloud = Cloud::start().await;
    let gate = Arc::new(Semaphore::new(0));
    let arn = cloud.held(&gate).await;
    cloud
        .say(
            &arn,
            1,
            json!([{ "Id": "w", "Type": "WAIT", "Action": "START", "WaitOptions": { "WaitSeconds": 5 } }]),
        )
        .await;
    for generation in [0, 1, 3] {
        let body = json!({ "CheckpointToken": token(&arn, generation), "Updates": [] });
        let checkpoint = path(&arn, "/checkpoint");
        cloud.refused(("POST", &checkpoint), body, INVALID, "Invalid checkpoint token").await;
    }
    // What the engine's fake answers is none of a durable function's answers.
    gate.add_permits(1);
    for _ in 0..10_000 {
        if cloud.status(&arn).await == "FAILED" {
            return;
        }
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
    panic!("it does not fail");
}
