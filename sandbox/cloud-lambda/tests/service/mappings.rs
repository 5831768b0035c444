//! Event source mappings: their operations, what functions get of them, what becomes of their sources' records, and what is
//! left when the process ends anywhere.

mod restarts;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud_core::{
    Access, Authority, ConditionKeys, CredentialIssuer, Denial, IssuedKeys, Permissions, Position, Principal,
    SecretKey, SourceKind,
};

use super::*;
use crate::sources::{FakeSource, Kept};

type Configuration = EventSourceMappingConfiguration;

fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}")
}

fn input(function: &str, queue: &str) -> CreateEventSourceMappingRequest {
    CreateEventSourceMappingRequest {
        function_name: function.into(),
        event_source_arn: Some(queue_arn(queue)),
        ..CreateEventSourceMappingRequest::default()
    }
}

/// A cloud with queues, and a function `f`.
struct Mapped {
    rig: Rig,
    queue: Arc<FakeSource>,
}

impl std::ops::Deref for Mapped {
    type Target = Rig;

    fn deref(&self) -> &Rig {
        &self.rig
    }
}

impl Mapped {
    async fn new() -> Self {
        let rig = Rig::new().await;
        let queue = FakeSource::open(&rig.context, SourceKind::Queue, Kept::default());
        rig.create("f").await;
        Self { rig, queue }
    }

    /// As after a crash: another process over what lies on the disk, and queues as they are.
    async fn again(self) -> Self {
        let kept = self.queue.kept.lock().unwrap().clone();
        let rig = self.rig.again().await;
        let queue = FakeSource::open(&rig.context, SourceKind::Queue, kept);
        Self { rig, queue }
    }

    async fn map(&self, input: CreateEventSourceMappingRequest) -> Result<Configuration, AwsError> {
        self.call::<operation::CreateEventSourceMapping>("CreateEventSourceMapping", input).await
    }

    /// A mapping that runs.
    async fn mapped(&self, input: CreateEventSourceMappingRequest) -> String {
        let uuid = self.map(input).await.unwrap().uuid.unwrap();
        self.comes_to(&uuid, "Enabled").await;
        uuid
    }

    async fn get(&self, uuid: &str) -> Result<Configuration, AwsError> {
        let input = GetEventSourceMappingRequest { uuid: uuid.into() };
        self.call::<operation::GetEventSourceMapping>("GetEventSourceMapping", input).await
    }

    async fn update(&self, input: UpdateEventSourceMappingRequest) -> Result<Configuration, AwsError> {
        self.call::<operation::UpdateEventSourceMapping>("UpdateEventSourceMapping", input).await
    }

    async fn delete(&self, uuid: &str) -> Result<Configuration, AwsError> {
        let input = DeleteEventSourceMappingRequest { uuid: uuid.into() };
        self.call::<operation::DeleteEventSourceMapping>("DeleteEventSourceMapping", input).await
    }

    async fn list(&self, input: ListEventSourceMappingsRequest) -> Vec<String> {
        let name = "ListEventSourceMappings";
        let listed = self.call::<operation::ListEventSourceMappings>(name, input).await.unwrap();
        listed.event_source_mappings.unwrap().into_iter().filter_map(|mapping| mapping.uuid).collect()
    }

    async fn comes_to(&self, uuid: &str, state: &str) {
        let comes = async {
            while self.get(uuid).await.unwrap().state.as_deref() != Some(state) {
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(20), comes).await.is_ok(), "it becomes {state}");
    }

    /// Awaits what was processed last.
    async fn last(&self, uuid: &str, result: &str) {
        let last = async {
            while self.get(uuid).await.unwrap().last_processing_result.as_deref() != Some(result) {
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), last).await.expect(result);
    }

    async fn goes(&self, uuid: &str) {
        let goes = async {
            while self.get(uuid).await.is_ok() {
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), goes).await.expect("it goes");
    }

    /// Has the function answer so.
    fn answers(&self, answer: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static) {
        *self.engine.answer.lock().unwrap() = Some(Arc::new(move |event: &Bytes| {
            let event = serde_json::from_slice(event).unwrap();
            answer(&event).map(|answer| answer.to_string().into())
        }));
    }

    /// The bodies of the events that the function got.
    fn bodies(&self) -> Vec<Vec<String>> {
        let seen = self.engine.seen.lock().unwrap();
        seen.iter()
            .map(|(_, invocation)| bodies(&serde_json::from_slice(&invocation.payload).unwrap()))
            .collect()
    }

    /// Awaits something without letting time pass.
    async fn soon(&self, what: &str, is_so: impl Fn() -> bool) {
        let enough = async {
            while !is_so() {
                tokio::task::spawn_blocking(|| ()).await.unwrap();
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(20), enough).await.is_ok(), "{what}");
    }

    async fn stand(&self) {
        for _ in 0..100 {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    }
}

fn bodies(event: &Value) -> Vec<String> {
    let records = event["Records"].as_array().unwrap();
    records.iter().map(|record| record["body"].as_str().unwrap().to_owned()).collect()
}

fn reporting() -> Vec<FunctionResponseType> {
    vec![FunctionResponseType::ReportBatchItemFailures]
}

#[tokio::test]
async fn a_mapping_is_made_changed_and_removed() {
    let rig = Mapped::new().await;
    let made = rig.map(input("f", "q")).await.unwrap();
    let uuid = made.uuid.clone().unwrap();
    let expected = Configuration {
        uuid: Some(uuid.clone()),
        event_source_arn: Some(queue_arn("q")),
        event_source_mapping_arn: Some(format!(
            "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:{uuid}"
        )),
        function_arn: Some("arn:aws:lambda:us-east-1:000000000000:function:f".into()),
        batch_size: Some(10),
        maximum_batching_window_in_seconds: Some(0),
        function_response_types: Some(vec![]),
        state: Some("Creating".into()),
        state_transition_reason: Some("USER_INITIATED".into()),
        last_modified: Some(rig.context.now()),
        ..Configuration::default()
    };
    assert_eq!(made, expected);
    rig.comes_to(&uuid, "Enabled").await;
    assert_eq!(rig.get(&uuid).await.unwrap(), Configuration { state: Some("Enabled".into()), ..expected });
    let change = |change: UpdateEventSourceMappingRequest| UpdateEventSourceMappingRequest {
        uuid: uuid.clone(),
        ..change
    };
    let smaller = change(UpdateEventSourceMappingRequest { batch_size: Some(1), ..Default::default() });
    let updated = rig.update(smaller).await.unwrap();
    assert_eq!((updated.batch_size, updated.state.as_deref()), (Some(1), Some("Updating")));
    rig.comes_to(&uuid, "Enabled").await;
    let off = change(UpdateEventSourceMappingRequest { enabled: Some(false), ..Default::default() });
    assert_eq!(rig.update(off).await.unwrap().state.as_deref(), Some("Disabling"));
    rig.comes_to(&uuid, "Disabled").await;
    rig.queue.put("q", "1");
    rig.stand().await;
    assert_eq!(rig.bodies(), [[""; 0]; 0]);
    let on = change(UpdateEventSourceMappingRequest { enabled: Some(true), ..Default::default() });
    assert_eq!(rig.update(on).await.unwrap().state.as_deref(), Some("Enabling"));
    rig.soon("it runs", || rig.bodies() == [["1"]]).await;
    rig.comes_to(&uuid, "Enabled").await;
    assert_eq!(rig.delete(&uuid).await.unwrap().state.as_deref(), Some("Deleting"));
    rig.goes(&uuid).await;
    rig.queue.put("q", "2");
    rig.stand().await;
    assert_eq!(rig.bodies(), [["1"]]);
    let text = "The resource you requested does not exist.";
    check_error(rig.get(&uuid).await, "ResourceNotFoundException", 404, text);
    check_error(rig.delete(&uuid).await, "ResourceNotFoundException", 404, text);
    let gone = change(UpdateEventSourceMappingRequest::default());
    check_error(rig.update(gone).await, "ResourceNotFoundException", 404, text);
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "what is tried stands in one place")]
async fn mappings_that_cannot_be_are_refused() {
    let rig = Mapped::new().await;
    let refuse = async |change: &dyn Fn(&mut CreateEventSourceMappingRequest), text: &str| {
        let mut input = input("f", "q");
        change(&mut input);
        check_error(rig.map(input).await, "InvalidParameterValueException", 400, text);
    };
    refuse(&|input| input.event_source_arn = None, "Unrecognized event source.").await;
    refuse(
        &|input| input.event_source_arn = Some("arn:aws:sns:us-east-1:000000000000:t".into()),
        "Unrecognized event source.",
    )
    .await;
    refuse(&|input| input.function_name = "nope".into(), "Function does not exist").await;
    refuse(&|input| input.function_name = "f:nope".into(), "Function does not exist").await;
    refuse(
        &|input| input.event_source_arn = Some(queue_arn("none")),
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: \
         The specified queue does not exist.",
    )
    .await;
    let stream = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    refuse(
        &|input| {
            input.event_source_arn = Some(stream.into());
            input.starting_position = Some(EventSourcePosition::Latest);
        },
        &format!("Stream not found: {stream}"),
    )
    .await;
    let other = "arn:aws:sqs:us-east-1:111111111111:q";
    let text =
        format!("The event source {other} is not of this account and region: a mapping reads from its own.");
    refuse(&|input| input.event_source_arn = Some(other.into()), &text).await;
    refuse(
        &|input| {
            input.filter_criteria =
                Some(FilterCriteria { filters: Some(vec![Filter { pattern: Some("null".into()) }]) });
        },
        "Invalid filter pattern definition.",
    )
    .await;
    *rig.queue.visibility.lock().unwrap() = Duration::from_secs(2);
    refuse(&|_| {}, "Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds").await;
    *rig.queue.visibility.lock().unwrap() = Duration::from_secs(3);
    let uuid = rig.mapped(input("f", "q")).await;
    *rig.queue.visibility.lock().unwrap() = Duration::from_secs(2);
    let update =
        UpdateEventSourceMappingRequest { uuid: uuid.clone(), batch_size: Some(2), ..Default::default() };
    check_error(
        rig.update(update).await,
        "InvalidParameterValueException",
        400,
        "Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds",
    );
    *rig.queue.visibility.lock().unwrap() = Duration::from_secs(30);
    let text = format!(
        "An event source mapping with SQS arn (\" {} \") and function (\" f \") already exists. Please update or delete the \
         existing mapping with UUID {uuid}",
        queue_arn("q")
    );
    check_error(rig.map(input("f", "q")).await, "ResourceConflictException", 409, &text);
    check_error(rig.map(input("f:$LATEST", "q")).await, "ResourceConflictException", 409, &text);
    let other = rig.mapped(input("f", "q2")).await;
    assert_ne!(other, uuid);
    // While something is under way, another change is refused.
    let made = rig.map(input("f", "q3")).await.unwrap().uuid.unwrap();
    if rig.get(&made).await.unwrap().state.as_deref() == Some("Creating") {
        let update = UpdateEventSourceMappingRequest { uuid: made.clone(), ..Default::default() };
        let refused = rig.update(update).await;
        if let Err(refused) = refused {
            assert_eq!((refused.code(), refused.http_status()), ("ResourceInUseException", 400));
        }
    }
}

#[tokio::test]
async fn a_function_gets_messages_in_batches_and_they_go() {
    let rig = Mapped::new().await;
    for text in ["1", "2", "3"] {
        rig.queue.put("q", text);
    }
    rig.mapped(CreateEventSourceMappingRequest { batch_size: Some(2), ..input("f", "q") }).await;
    rig.soon("all are done", || rig.queue.texts("q").is_empty()).await;
    assert_eq!(rig.bodies(), [vec!["1", "2"], vec!["3"]]);
    let seen = rig.engine.seen.lock().unwrap()[0].1.clone();
    let event: Value = serde_json::from_slice(&seen.payload).unwrap();
    let record = &event["Records"][0];
    assert_eq!(
        (&record["messageId"], &record["attributes"]["ApproximateReceiveCount"], &record["eventSourceARN"]),
        (&json!("m1"), &json!("1"), &json!(queue_arn("q")))
    );
    assert_eq!(seen.invoked_arn, "arn:aws:lambda:us-east-1:000000000000:function:f");
    // It waits for more without being asked, and costs no memory.
    rig.queue.put("q", "4");
    rig.soon("it is woken", || rig.bodies().len() == 3).await;
    rig.soon("nothing is held", || rig.context.memory().used() == 0).await;
}

#[tokio::test]
async fn what_failed_is_given_again_when_it_is_visible() {
    let rig = Mapped::new().await;
    *rig.engine.failing.lock().unwrap() = true;
    rig.queue.put("q", "1");
    rig.mapped(input("f", "q")).await;
    rig.soon("it is tried", || rig.bodies().len() == 1).await;
    rig.stand().await;
    assert_eq!((rig.bodies().len(), rig.queue.texts("q")), (1, vec!["1".to_owned()]));
    *rig.engine.failing.lock().unwrap() = false;
    let waited =
        rig.until(Duration::from_secs(1), "it is tried again", || rig.queue.texts("q").is_empty()).await;
    assert!(waited >= Duration::from_secs(30), "{waited:?}");
}

#[tokio::test]
async fn a_function_says_which_messages_failed() {
    let rig = Mapped::new().await;
    let said = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&said);
    rig.answers(move |event| {
        let is_first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let records = event["Records"].as_array().unwrap();
        let failed = records.iter().filter(|record| is_first && record["body"] == "2");
        let failed: Vec<Value> =
            failed.map(|record| json!({ "itemIdentifier": record["messageId"] })).collect();
        Some(json!({ "batchItemFailures": failed }))
    });
    for text in ["1", "2", "3"] {
        rig.queue.put("q", text);
    }
    rig.mapped(CreateEventSourceMappingRequest {
        function_response_types: Some(reporting()),
        ..input("f", "q")
    })
    .await;
    rig.soon("the others go", || rig.queue.texts("q") == ["2"]).await;
    rig.until(Duration::from_secs(1), "it is tried again", || rig.queue.texts("q").is_empty()).await;
    assert_eq!(rig.bodies(), [vec!["1", "2", "3"], vec!["2"]]);
    // What names a message that is not of the batch says that all failed.
    rig.answers(|_| Some(json!({ "batchItemFailures": [{ "itemIdentifier": "other" }] })));
    rig.queue.put("q", "4");
    rig.soon("it is tried", || rig.bodies().len() == 3).await;
    rig.stand().await;
    assert_eq!(rig.queue.texts("q"), ["4"]);
}

#[tokio::test]
async fn groups_of_a_fifo_queue_keep_their_order() {
    let rig = Mapped::new().await;
    let failing = Arc::new(AtomicUsize::new(1));
    let left = Arc::clone(&failing);
    rig.answers(move |event| {
        let fails = bodies(event).contains(&"a2".to_owned())
            && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        (!fails).then(|| json!(null))
    });
    for (text, group) in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a"), ("b2", "b")] {
        rig.queue.put_in_group("q.fifo", text, group);
    }
    rig.mapped(CreateEventSourceMappingRequest { batch_size: Some(1), ..input("f", "q.fifo") }).await;
    rig.until(Duration::from_secs(1), "all are done", || rig.queue.texts("q.fifo").is_empty()).await;
    let seen: Vec<String> = rig.bodies().concat();
    let of = |group: &str| -> Vec<&str> {
        seen.iter().map(String::as_str).filter(|text| text.starts_with(group)).collect()
    };
    assert_eq!((of("a"), of("b")), (vec!["a1", "a2", "a2", "a3"], vec!["b1", "b2"]));
}

#[tokio::test]
async fn what_a_filter_does_not_want_goes_and_nobody_is_called() {
    let rig = Mapped::new().await;
    let pattern = r#"{"body":{"kind":["wanted"]}}"#.to_owned();
    let filter_criteria = Some(FilterCriteria { filters: Some(vec![Filter { pattern: Some(pattern) }]) });
    for text in [r#"{"kind":"other"}"#, "plain", r#"{"kind":"wanted"}"#] {
        rig.queue.put("q", text);
    }
    let uuid = rig.mapped(CreateEventSourceMappingRequest { filter_criteria, ..input("f", "q") }).await;
    rig.soon("all go", || rig.queue.texts("q").is_empty()).await;
    assert_eq!(rig.bodies(), [[r#"{"kind":"wanted"}"#]]);
    let all = UpdateEventSourceMappingRequest {
        uuid: uuid.clone(),
        filter_criteria: Some(FilterCriteria::default()),
        ..Default::default()
    };
    assert_eq!(rig.update(all).await.unwrap().filter_criteria, None);
    rig.comes_to(&uuid, "Enabled").await;
    rig.queue.put("q", "plain");
    rig.soon("it is not filtered any more", || rig.bodies().len() == 2).await;
}

#[tokio::test]
async fn a_mapping_invokes_no_more_at_once_than_it_may() {
    let rig = Mapped::new().await;
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.busy.lock().unwrap() = Some(gate.clone());
    for number in 0..5 {
        rig.queue.put("q", &number.to_string());
    }
    let scaling_config = Some(ScalingConfig { maximum_concurrency: Some(2) });
    rig.mapped(CreateEventSourceMappingRequest { batch_size: Some(1), scaling_config, ..input("f", "q") })
        .await;
    rig.seen(2).await;
    for _ in 0..10 {
        rig.clock.advance(Duration::from_secs(1));
        rig.stand().await;
    }
    assert_eq!(rig.bodies().len(), 2);
    gate.add_permits(5);
    rig.soon("all are done", || rig.queue.texts("q").is_empty()).await;
}

#[tokio::test]
async fn what_is_throttled_is_tried_again_and_counts_as_received_once() {
    let rig = Mapped::new().await;
    let none = PutFunctionConcurrencyRequest { function_name: "f".into(), reserved_concurrent_executions: 0 };
    rig.call::<operation::PutFunctionConcurrency>("PutFunctionConcurrency", none).await.unwrap();
    rig.queue.put("q", "1");
    rig.mapped(input("f", "q")).await;
    for _ in 0..10 {
        rig.stand().await;
        rig.clock.advance(Duration::from_secs(1));
    }
    assert_eq!((rig.bodies().len(), rig.queue.texts("q").len()), (0, 1));
    let input = DeleteFunctionConcurrencyRequest { function_name: "f".into() };
    rig.call::<operation::DeleteFunctionConcurrency>("DeleteFunctionConcurrency", input).await.unwrap();
    rig.until(Duration::from_secs(1), "it is done", || rig.queue.texts("q").is_empty()).await;
    let seen = rig.engine.seen.lock().unwrap()[0].1.payload.clone();
    let event: Value = serde_json::from_slice(&seen).unwrap();
    assert_eq!(event["Records"][0]["attributes"]["ApproximateReceiveCount"], "1");
}

#[tokio::test]
async fn a_loop_ends_with_the_message_that_goes_in_it() {
    let rig = Mapped::new().await;
    rig.mapped(input("f", "q")).await;
    rig.queue.put("q", "1");
    rig.soon("it is done", || rig.bodies().len() == 1).await;
    let trace = rig.engine.seen.lock().unwrap()[0].1.trace_id.clone();
    let lineage = trace.split(';').find(|part| part.starts_with("Lineage=")).unwrap().to_owned();
    let looped = lineage.replace(":0", ":20");
    rig.queue.put_traced("q", "loops", &looped);
    rig.stand().await;
    assert_eq!(rig.queue.texts("q"), ["loops"], "{looped}");
    // After what it could not deliver it pauses.
    rig.queue.put("q", "2");
    rig.until(Duration::from_secs(1), "it goes on", || rig.bodies().len() == 2).await;
}

#[tokio::test]
async fn a_mapping_names_a_function_in_every_form() {
    let rig = Mapped::new().await;
    let publish = PublishVersionRequest { function_name: "f".into(), ..PublishVersionRequest::default() };
    rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    let alias = CreateAliasRequest {
        function_name: "f".into(),
        name: "live".into(),
        function_version: "1".into(),
        ..CreateAliasRequest::default()
    };
    rig.call::<operation::CreateAlias>("CreateAlias", alias).await.unwrap();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    for (number, (name, shown)) in [
        ("f".to_owned(), arn.to_owned()),
        (format!("{arn}:1"), format!("{arn}:1")),
        ("000000000000:function:f:live".to_owned(), format!("{arn}:live")),
        (format!("{arn}:$LATEST"), format!("{arn}:$LATEST")),
    ]
    .into_iter()
    .enumerate()
    {
        let queue = format!("q{number}");
        let made = rig.map(input(&name, &queue)).await.unwrap();
        assert_eq!(made.function_arn.as_deref(), Some(shown.as_str()));
        rig.queue.put(&queue, "x");
        rig.soon("it runs", || rig.queue.texts(&queue).is_empty()).await;
        let seen = rig.engine.seen.lock().unwrap().last().unwrap().1.invoked_arn.clone();
        assert_eq!(seen, shown);
    }
    let of = |function: Option<&str>, queue: Option<&str>| ListEventSourceMappingsRequest {
        function_name: function.map(str::to_owned),
        event_source_arn: queue.map(queue_arn),
        ..ListEventSourceMappingsRequest::default()
    };
    for (function, queue, count) in [
        (None, None, 4),
        (Some("f"), None, 2),
        (Some("f:live"), None, 1),
        (Some("f"), Some("q1"), 0),
        (None, Some("q1"), 1),
    ] {
        assert_eq!(rig.list(of(function, queue)).await.len(), count, "{function:?} {queue:?}");
    }
    let name = "ListEventSourceMappings";
    let unknown = rig.call::<operation::ListEventSourceMappings>(name, of(Some("nope"), None)).await;
    check_error(
        unknown,
        "ResourceNotFoundException",
        404,
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope",
    );
    let page = ListEventSourceMappingsRequest { max_items: Some(3), ..of(None, None) };
    let first = rig.call::<operation::ListEventSourceMappings>(name, page.clone()).await.unwrap();
    let rest = rig.list(ListEventSourceMappingsRequest { marker: first.next_marker.clone(), ..page }).await;
    assert_eq!(
        (first.event_source_mappings.unwrap().len(), rest.len(), first.next_marker.is_some()),
        (3, 1, true)
    );
}

#[tokio::test]
async fn a_mapping_whose_function_goes_is_disabled_and_says_so() {
    let rig = Mapped::new().await;
    let uuid = rig.mapped(input("f", "q")).await;
    let gone = DeleteFunctionRequest { function_name: "f".into(), qualifier: None };
    rig.call::<operation::DeleteFunction>("DeleteFunction", gone).await.unwrap();
    rig.comes_to(&uuid, "Disabled").await;
    let seen = rig.get(&uuid).await.unwrap();
    let problem = "PROBLEM: Function not found: arn:aws:lambda:us-east-1:000000000000:function:f";
    assert_eq!(seen.last_processing_result.as_deref(), Some(problem));
    assert_eq!(seen.state_transition_reason.as_deref(), Some("LAMBDA_INITIATED"));
    rig.queue.put("q", "1");
    let rig = rig.again().await;
    rig.stand().await;
    assert_eq!(
        (rig.get(&uuid).await.unwrap().state.as_deref(), rig.queue.texts("q").len()),
        (Some("Disabled"), 1)
    );
    let on =
        UpdateEventSourceMappingRequest { uuid: uuid.clone(), enabled: Some(true), ..Default::default() };
    check_error(
        rig.update(on.clone()).await,
        "InvalidParameterValueException",
        400,
        "Function does not exist",
    );
    rig.create("f").await;
    let enabled = rig.update(on).await.unwrap();
    assert_eq!(
        (enabled.state.as_deref(), enabled.state_transition_reason.as_deref()),
        (Some("Enabling"), Some("USER_INITIATED"))
    );
    rig.soon("it runs again", || rig.queue.texts("q").is_empty()).await;
}

#[tokio::test]
async fn mappings_have_tags() {
    let rig = Mapped::new().await;
    let tags = Some(BTreeMap::from([("a".to_owned(), "1".to_owned())]));
    let made = rig.map(CreateEventSourceMappingRequest { tags, ..input("f", "q") }).await.unwrap();
    let (arn, uuid) = (made.event_source_mapping_arn.unwrap(), made.uuid.unwrap());
    rig.comes_to(&uuid, "Enabled").await;
    let tags = BTreeMap::from([("b".to_owned(), "2".to_owned())]);
    let input = TagResourceRequest { resource: arn.clone(), tags };
    rig.call::<operation::TagResource>("TagResource", input).await.unwrap();
    let input = UntagResourceRequest { resource: arn.clone(), tag_keys: vec!["a".into()] };
    rig.call::<operation::UntagResource>("UntagResource", input).await.unwrap();
    assert_eq!(rig.get(&uuid).await.unwrap().state.as_deref(), Some("Enabled"));
    let rig = rig.again().await;
    let seen = rig.call::<operation::ListTags>("ListTags", ListTagsRequest { resource: arn }).await.unwrap();
    assert_eq!(seen.tags, Some(BTreeMap::from([("b".to_owned(), "2".to_owned())])));
    let unknown =
        "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:00000000-0000-0000-0000-000000000000";
    let unknown =
        rig.call::<operation::ListTags>("ListTags", ListTagsRequest { resource: unknown.into() }).await;
    check_error(unknown, "ResourceNotFoundException", 404, "The resource you requested does not exist.");
}

#[tokio::test]
async fn a_cloud_is_idle_when_no_source_has_anything_for_its_mappings() {
    let rig = Mapped::new().await;
    rig.mapped(input("f", "q")).await;
    assert!(rig.lambda.is_idle().await);
    let gate = Arc::new(Semaphore::new(0));
    *rig.engine.busy.lock().unwrap() = Some(gate.clone());
    rig.queue.put("q", "1");
    assert!(!rig.lambda.is_idle().await, "it waits");
    rig.seen(1).await;
    assert!(!rig.lambda.is_idle().await, "it runs");
    gate.add_permits(1);
    rig.soon("it is done", || rig.queue.texts("q").is_empty()).await;
    let idle = async {
        while !rig.lambda.is_idle().await {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), idle).await.expect("it is idle again");
    rig.lambda.stop().await;
    rig.queue.put("q", "2");
    rig.stand().await;
    assert_eq!(rig.queue.texts("q"), ["2"], "a stopped service polls no more");
}

#[tokio::test]
async fn cloudformation_makes_changes_and_removes_mappings() {
    let rig = Mapped::new().await;
    let provider = rig.context.peers().provider("AWS::Lambda::EventSourceMapping").unwrap();
    let properties = json!({
        "FunctionName": "f", "EventSourceArn": queue_arn("q"), "BatchSize": "5", "Enabled": "true",
        "FunctionResponseTypes": ["ReportBatchItemFailures"], "ScalingConfig": { "MaximumConcurrency": 7 },
        "FilterCriteria": { "Filters": [{ "Pattern": "{\"body\":[\"x\"]}" }] },
        "Tags": [{ "Key": "own", "Value": "1" }], "KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/k",
    });
    let first = request("Map", "t1", properties.clone());
    let made = provider.create(&first).await.unwrap();
    let uuid = made.physical_id.clone();
    let arn = format!("arn:aws:lambda:us-east-1:000000000000:event-source-mapping:{uuid}");
    assert_eq!(
        (&made.attributes["Id"], &made.attributes["EventSourceMappingArn"]),
        (&json!(uuid), &json!(arn))
    );
    assert_eq!(provider.create(&first).await.unwrap(), made, "a repeated step makes nothing new");
    let other = provider.create(&request("Other", "t2", properties.clone())).await.unwrap_err();
    assert_eq!(other.code(), "ResourceConflictException");
    let seen = rig.get(&uuid).await.unwrap();
    assert_eq!(
        (seen.batch_size, seen.state.as_deref()),
        (Some(5), Some("Enabled")),
        "it is stable when it is made"
    );
    let mut changed = properties.clone();
    let members = changed.as_object_mut().unwrap();
    for name in ["BatchSize", "ScalingConfig", "FilterCriteria", "FunctionResponseTypes"] {
        members.remove(name);
    }
    members.insert("Enabled".into(), json!(false));
    let update = request("Map", "t3", changed.clone());
    assert_eq!(provider.update(&uuid, &properties, &update).await.unwrap(), Updated::InPlace(made));
    let seen = rig.get(&uuid).await.unwrap();
    assert_eq!((seen.batch_size, seen.scaling_config, seen.filter_criteria), (Some(10), None, None));
    assert_eq!((seen.function_response_types, seen.state.as_deref()), (Some(vec![]), Some("Disabled")));
    let tags = rig
        .call::<operation::ListTags>("ListTags", ListTagsRequest { resource: arn })
        .await
        .unwrap()
        .tags
        .unwrap();
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["own", "stack"]);
    for _ in 0..2 {
        provider.delete(&uuid, &changed).await.unwrap();
        assert!(rig.get(&uuid).await.is_err());
    }
    let stream = json!({ "FunctionName": "f", "EventSourceArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s", "StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1_700_000_000.5 });
    let refused = provider.create(&request("Stream", "t4", stream)).await.unwrap_err();
    assert_eq!(refused.message(), "Stream not found: arn:aws:kinesis:us-east-1:000000000000:stream/s");
}

/// Streams are read in order; what cannot be done goes to the mapping's destination.
#[tokio::test]
async fn a_stream_is_read_in_order_and_what_is_given_up_is_told() {
    let rig = Mapped::new().await;
    let stream = FakeSource::open(&rig.context, SourceKind::Stream, Kept::default());
    let arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    rig.answers(|event| {
        let records = event["Records"].as_array().unwrap();
        let is_bad = records.iter().any(|record| record["kinesis"]["data"] == BASE64_STANDARD.encode("bad"));
        (!is_bad).then(|| json!(null))
    });
    for (text, key) in [("1", "a"), ("bad", "b"), ("3", "a")] {
        stream.put_in_group("stream/s", text, key);
    }
    let on_failure = OnFailure { destination: Some(queue_arn("dead")) };
    let made = rig
        .map(CreateEventSourceMappingRequest {
            function_name: "f".into(),
            event_source_arn: Some(arn.into()),
            starting_position: Some(EventSourcePosition::TrimHorizon),
            batch_size: Some(1),
            maximum_retry_attempts: Some(1),
            destination_config: Some(DestinationConfig {
                on_failure: Some(on_failure.clone()),
                on_success: None,
            }),
            ..CreateEventSourceMappingRequest::default()
        })
        .await
        .unwrap();
    assert_eq!(made.last_processing_result.as_deref(), Some("No records processed"));
    assert_eq!(made.state_transition_reason.as_deref(), Some("User action"));
    assert_eq!(
        (made.maximum_record_age_in_seconds, made.maximum_retry_attempts, made.parallelization_factor),
        (Some(-1), Some(1), Some(1))
    );
    let uuid = made.uuid.unwrap();
    rig.until(Duration::from_secs(1), "all are done with", || rig.engine.seen.lock().unwrap().len() == 4)
        .await;
    rig.until(Duration::from_secs(1), "it is told", || rig.queue.texts("dead").len() == 1).await;
    let told: Value = serde_json::from_str(&rig.queue.texts("dead")[0]).unwrap();
    assert_eq!(
        (
            &told["requestContext"]["condition"],
            &told["requestContext"]["approximateInvokeCount"],
            &told["KinesisBatchInfo"]["startSequenceNumber"]
        ),
        (&json!("RetryAttemptsExhausted"), &json!(2), &json!("m2"))
    );
    rig.last(&uuid, "OK").await;
    assert_eq!(stream.kept.lock().unwrap().began, [(uuid.clone(), Position::Oldest)]);
    rig.comes_to(&uuid, "Enabled").await;
    rig.delete(&uuid).await.unwrap();
    rig.goes(&uuid).await;
    assert_eq!(stream.kept.lock().unwrap().forgotten, [uuid]);
}

/// Gives keys, and denies what is called so.
struct Roles(&'static str);

#[async_trait]
impl CredentialIssuer for Roles {
    async fn issue(&self, _: &Arn, session: &str, _: Duration) -> Result<IssuedKeys, AwsError> {
        let arn: Arn = format!("arn:aws:sts::000000000000:assumed-role/r/{session}").parse().unwrap();
        Ok(IssuedKeys {
            access_key_id: "ASIA".into(),
            secret: SecretKey::new("secret"),
            session_token: String::new(),
            expires: jiff::Timestamp::MAX,
            principal: Principal { account: AccountId::new("000000000000"), arn, user_id: "id".into() },
        })
    }
}

#[async_trait]
impl Authority for Roles {
    async fn decide(
        &self,
        caller: &Caller,
        _: &ConditionKeys,
        accesses: &[Access],
    ) -> Result<Vec<(usize, Denial)>, AwsError> {
        assert_eq!(caller.arn.as_str(), "arn:aws:sts::000000000000:assumed-role/r/f");
        let denied = accesses.iter().enumerate().filter(|(_, access)| access.action == self.0);
        let denial = |access: &Access| Denial {
            principal: caller.arn.to_string(),
            action: access.action.clone(),
            resource: access.resource.clone(),
            reason: String::new(),
            is_barred: false,
        };
        Ok(denied.map(|(place, access)| (place, denial(access))).collect())
    }

    async fn trusts(&self, _: &Arn, _: &str, _: &ConditionKeys) -> Result<bool, AwsError> {
        Ok(true)
    }
}

#[tokio::test]
async fn a_role_that_may_not_receive_is_refused_where_permissions_count() {
    for (action, mode, expected) in [
        ("sqs:ReceiveMessage", Permissions::Enforce, Some("ReceiveMessage")),
        ("sqs:DeleteMessage", Permissions::Enforce, Some("DeleteMessage")),
        ("sqs:SendMessage", Permissions::Enforce, None),
        ("sqs:ReceiveMessage", Permissions::Report, None),
        ("sqs:ReceiveMessage", Permissions::Off, None),
    ] {
        let rig = Mapped::new().await;
        rig.context.peers().set_issuer(Arc::new(Roles(action)));
        rig.context.peers().set_authority(Arc::new(Roles(action)));
        rig.context.set_permissions(mode);
        let made = rig.map(input("f", "q")).await;
        match expected {
            None => drop(made.unwrap()),
            Some(operation) => check_error(
                made,
                "InvalidParameterValueException",
                400,
                &format!("The function execution role does not have permissions to call {operation} on SQS"),
            ),
        }
    }
}
