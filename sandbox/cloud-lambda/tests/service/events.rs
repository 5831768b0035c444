//! What becomes of events that nobody waits for: where they end, and that a loop of them ends.

use super::*;

/// A queue that keeps what it is sent; says no as long as it is told to.
#[derive(Default)]
pub(super) struct DeadLetters {
    pub(super) kept: Mutex<Vec<Delivery>>,
    pub(super) refusing: Mutex<u32>,
}

#[async_trait]
impl Target for DeadLetters {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let mut refusing = self.refusing.lock().unwrap();
        if *refusing > 0 {
            *refusing -= 1;
            return Err(AwsError::new("Throttled", "later").status(503).into());
        }
        self.kept.lock().unwrap().push(delivery);
        Ok(Delivered::default())
    }
}

const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:dead";

impl Rig {
    pub(super) async fn create_with_dead_letters(&self, name: &str) -> Arc<DeadLetters> {
        let dead = Arc::new(DeadLetters::default());
        self.context.peers().add_target("sqs", dead.clone());
        let mut input = wanted(name);
        input.dead_letter_config = Some(DeadLetterConfig { target_arn: Some(QUEUE.into()) });
        self.call::<operation::CreateFunction>("CreateFunction", input).await.unwrap();
        self.settled(name).await;
        dead
    }

    /// Lets time go on until so many dead letters are kept.
    pub(super) async fn buried(&self, dead: &DeadLetters, count: usize) {
        let is_kept = || dead.kept.lock().unwrap().len() >= count;
        self.until(Duration::from_secs(1), "a dead letter comes", is_kept).await;
    }
}

#[track_caller]
pub(super) fn check_letter(letter: &Delivery, code: &str, message: &str) {
    let text = |name: &str| match &letter.attributes[name].value {
        AttributeValue::Text(text) => (letter.attributes[name].data_type.clone(), text.clone()),
        AttributeValue::Binary(_) => panic!("{name} is a text"),
    };
    assert_eq!(letter.target.to_string(), QUEUE);
    assert_eq!(letter.actor, Actor::Role(ROLE.parse().unwrap()));
    assert_eq!(text("ErrorCode"), ("Number".to_owned(), code.to_owned()));
    assert_eq!(text("ErrorMessage"), ("String".to_owned(), message.to_owned()));
    assert_eq!(text("RequestID").0, "String");
}

#[tokio::test]
async fn what_failed_three_times_is_a_dead_letter_with_its_reason() {
    let rig = Rig::new().await;
    let dead = rig.create_with_dead_letters("hello").await;
    *dead.refusing.lock().unwrap() = 2;
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("hello", InvocationType::Event, r#"{"n":1}"#).await.unwrap();
    rig.buried(&dead, 1).await;
    let letter = dead.kept.lock().unwrap()[0].clone();
    check_letter(&letter, "200", "no");
    assert_eq!(letter.payload, r#"{"n":1}"#);
    let seen = rig.engine.seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    let id = AttributeValue::Text(seen[0].1.request_id.clone());
    assert_eq!(letter.attributes["RequestID"].value, id);
}

impl Rig {
    pub(super) async fn reserve(&self, name: &str, count: i32) {
        let input = PutFunctionConcurrencyRequest {
            function_name: name.into(),
            reserved_concurrent_executions: count,
        };
        self.call::<operation::PutFunctionConcurrency>("PutFunctionConcurrency", input).await.unwrap();
    }
}

#[tokio::test]
async fn a_throttled_event_waits_six_hours_and_is_a_dead_letter() {
    let rig = Rig::new().await;
    let dead = rig.create_with_dead_letters("hello").await;
    rig.reserve("hello", 1).await;
    *rig.engine.busy.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
    tokio::select! {
        _ = rig.invoke("hello", InvocationType::RequestResponse, "1") => unreachable!(),
        () = rig.seen(1) => {}
    }
    rig.invoke("hello", InvocationType::Event, "2").await.unwrap();
    // Less by the longest wait.
    let six_hours = rig.clock.monotonic() + Duration::from_mins(6 * 60 - 5);
    let is_kept = || !dead.kept.lock().unwrap().is_empty();
    rig.until(Duration::from_secs(20), "it is given up", is_kept).await;
    assert!(rig.clock.monotonic() > six_hours);
    check_letter(&dead.kept.lock().unwrap()[0], "429", "Rate Exceeded.");
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_versions_dead_letters_go_where_that_version_says() {
    let rig = Rig::new().await;
    let dead = rig.create_with_dead_letters("hello").await;
    let publish = PublishVersionRequest { function_name: "hello".into(), ..PublishVersionRequest::default() };
    rig.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
    let change = UpdateFunctionConfigurationRequest {
        function_name: "hello".into(),
        dead_letter_config: Some(DeadLetterConfig { target_arn: Some(String::new()) }),
        ..UpdateFunctionConfigurationRequest::default()
    };
    rig.call::<operation::UpdateFunctionConfiguration>("UpdateFunctionConfiguration", change).await.unwrap();
    rig.settled("hello").await;
    rig.reserve("hello", 0).await;
    rig.invoke("hello", InvocationType::Event, "1").await.unwrap();
    rig.invoke("hello:1", InvocationType::Event, "2").await.unwrap();
    rig.buried(&dead, 1).await;
    rig.idle().await;
    let kept = dead.kept.lock().unwrap();
    assert_eq!(kept.iter().map(|letter| letter.payload.clone()).collect::<Vec<_>>(), ["2"]);
    check_letter(&kept[0], "429", "Rate Exceeded.");
}

#[tokio::test]
async fn an_event_of_a_function_that_may_not_run_is_a_dead_letter_at_once() {
    let rig = Rig::new().await;
    let dead = rig.create_with_dead_letters("hello").await;
    rig.reserve("hello", 0).await;
    rig.invoke("hello", InvocationType::Event, "1").await.unwrap();
    let buried = async {
        while dead.kept.lock().unwrap().is_empty() {
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), buried).await.expect("no time passes");
    check_letter(&dead.kept.lock().unwrap()[0], "429", "Rate Exceeded.");
    assert!(rig.engine.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn events_of_a_function_that_is_gone_are_dropped() {
    let rig = Rig::new().await;
    let dead = rig.create_with_dead_letters("hello").await;
    *rig.engine.failing.lock().unwrap() = true;
    rig.invoke("hello", InvocationType::Event, "1").await.unwrap();
    rig.seen(1).await;
    let input = DeleteFunctionRequest { function_name: "hello".into(), qualifier: None };
    rig.call::<operation::DeleteFunction>("DeleteFunction", input).await.unwrap();
    let is_to_be_tried = || rig.clock.advance_if_awaited(Duration::from_secs(1));
    rig.until(Duration::ZERO, "it is to be tried again", is_to_be_tried).await;
    rig.idle().await;
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 1);
    assert!(dead.kept.lock().unwrap().is_empty());
}

/// The same where a function calls itself, as AWS's SDKs do it: with the header that it was given.
#[tokio::test]
async fn a_function_that_invokes_itself_is_stopped() {
    let rig = Rig::new().await;
    rig.create("hello").await;
    let id = RequestId::random(rig.context.entropy());
    let mut caller = Caller::root(rig.context.account(), rig.context.region(), id);
    for count in 1..=17 {
        let input = InvocationRequest { function_name: "hello".into(), ..InvocationRequest::default() };
        let answer = rig.lambda.call("Invoke", &caller, Input::new(input)).unwrap().await;
        let refused = answer.err().map(|error| error.code().to_owned());
        assert_eq!(refused.as_deref(), (count == 17).then_some("RecursiveInvocationException"));
        let seen = rig.engine.seen.lock().unwrap();
        assert_eq!(seen.len(), count.min(16));
        caller.trace = Trace::of(&seen.last().unwrap().1.trace_id);
    }
}

/// A loop: what the function is sent comes back to it, sixteen times.
#[tokio::test]
async fn a_loop_is_stopped_after_sixteen_invocations() {
    let rig = Rig::new().await;
    let dead = rig.create_with_dead_letters("hello").await;
    rig.create("other").await;
    let arn = |name: &str| rig.context.arn("lambda", format!("function:{name}"));
    let mut trace = Trace::default();
    for before in 0..16 {
        for name in ["hello", "other"] {
            let delivery = Delivery { trace: trace.clone(), ..Delivery::new(arn(name), "1").awaited() };
            rig.context.peers().deliver(delivery).await.unwrap();
            // What the function sees is what it sends on.
            trace = Trace::of(&rig.engine.seen.lock().unwrap().last().unwrap().1.trace_id);
            assert_eq!(trace.lineage.passed(&arn(name).to_string()).0, before + 1);
        }
    }
    let again = Delivery { trace: trace.clone(), ..Delivery::new(arn("hello"), "2").awaited() };
    let error = rig.context.peers().deliver(again).await.unwrap_err();
    assert!(matches!(error, PortError::Refused(_)));
    assert_eq!((error.error().code(), error.error().http_status()), ("RecursiveInvocationException", 400));
    // AWS: of an event that nobody waits for a dead letter is made.
    let event = Delivery { trace, ..Delivery::new(arn("hello"), "3") };
    rig.context.peers().deliver(event).await.unwrap();
    rig.buried(&dead, 1).await;
    assert_eq!(dead.kept.lock().unwrap()[0].payload, "3");
    assert_eq!(rig.engine.seen.lock().unwrap().len(), 32);
    rig.invoke("hello", InvocationType::RequestResponse, "4").await.expect("another chain begins");
}
