//! Queues and topics that other accounts are let into by their policies, in each mode.

use cloud_core::Permissions;
use serde_json::{Value, json};

use super::guests::{MODES, NOTE, encode};
use super::*;

const REGION: &str = "us-east-1";
/// An account that nobody made.
const NOBODY: &str = "222222222222";

/// A cloud whose first account has a queue and a topic.
struct Neighbours {
    rig: Rig,
    mode: Permissions,
}

impl Neighbours {
    async fn new(mode: Permissions) -> Self {
        let (rig, _) = Rig::by_hand().await;
        rig.cloud.realms().first.set_permissions(mode);
        Self { rig, mode }
    }

    fn url(&self, account: &str, queue: &str) -> String {
        format!("http://{}/{account}/{queue}", self.rig.address)
    }

    async fn ask_sqs(&self, who: &str, operation: &str, input: &Value) -> (u16, String) {
        let target = format!("AmazonSQS.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", &*target)];
        let (service, method, path, body) = ("sqs", "POST", "/", &*input.to_string());
        self.rig.ask(Ask { key: who, region: REGION, service, method, path, headers: &headers, body }).await
    }

    async fn sqs(&self, who: &str, operation: &str, input: &Value) -> Value {
        let (status, answer) = self.ask_sqs(who, operation, input).await;
        assert_eq!(status, 200, "{:?} {who} {operation} {input}: {answer}", self.mode);
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() }
    }

    /// That an account may not do something with a queue.
    async fn shut(&self, who: &str, operation: &str, input: &Value, action: &str, queue: &str) {
        let (status, answer) = self.ask_sqs(who, operation, input).await;
        let says = format!(
            "User: arn:aws:iam::{who}:root is not authorized to perform: sqs:{action} on resource: \
             arn:aws:sqs:us-east-1:{queue} because no resource-based policy allows the sqs:{action} action"
        );
        assert_eq!(status, 400, "{:?} {operation}: {answer}", self.mode);
        assert!(answer.contains(&says), "{says}: {answer}");
        assert!(answer.contains("x-amzn-query-error: AccessDenied;Sender"), "{answer}");
    }

    async fn queue(&self, account: &str, name: &str) -> String {
        self.sqs(account, "CreateQueue", &json!({ "QueueName": name })).await;
        self.url(account, name)
    }

    /// The text of the next message of a queue, which is removed.
    async fn next(&self, who: &str, url: &str) -> String {
        let wait = json!({ "QueueUrl": url, "WaitTimeSeconds": 20 });
        let received = self.sqs(who, "ReceiveMessage", &wait).await;
        let message = &received["Messages"][0];
        let remove = json!({ "QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] });
        self.sqs(who, "DeleteMessage", &remove).await;
        message["Body"].as_str().unwrap().to_owned()
    }

    async fn ask_sns(&self, who: &str, action: &str, parameters: &[(&str, &str)]) -> (u16, String) {
        let rest = parameters.iter().map(|(name, value)| format!("&{name}={}", encode(value)));
        let body = format!("Action={action}&Version=2010-03-31{}", rest.collect::<String>());
        self.rig.query(who, REGION, "sns", &body).await
    }

    async fn sns(&self, who: &str, action: &str, parameters: &[(&str, &str)]) -> String {
        let (status, answer) = self.ask_sns(who, action, parameters).await;
        assert_eq!(status, 200, "{:?} {who} {action}: {answer}", self.mode);
        answer
    }

    /// That an account may not ask something of a topic or a subscription.
    async fn closed(&self, who: &str, action: &str, parameters: &[(&str, &str)]) {
        let (status, answer) = self.ask_sns(who, action, parameters).await;
        assert_eq!(status, 403, "{:?} {who} {action}: {answer}", self.mode);
        let code = "<Code>AuthorizationError</Code>";
        let says = format!("User: arn:aws:iam::{who}:root is not authorized to perform: SNS:{action} on");
        assert!(answer.contains(code) && answer.contains(&says), "{answer}");
    }
}

fn inside(answer: &str, element: &str) -> String {
    let rest = answer.split(&format!("<{element}>")).nth(1).unwrap_or_else(|| panic!("{element}: {answer}"));
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_let_into_a_queue_by_its_policy_alone() {
    for mode in MODES {
        let world = Neighbours::new(mode).await;
        let url = world.queue(FIRST, "q").await;
        let send = json!({ "QueueUrl": url, "MessageBody": "x" });
        let own = format!("{FIRST}:q");
        world.shut(SECOND, "SendMessage", &send, "sendmessage", &own).await;
        // Whoever is not let in does not learn what there is.
        for (account, name) in [(FIRST, "none"), (NOBODY, "q")] {
            let absent = json!({ "QueueUrl": world.url(account, name), "MessageBody": "x" });
            world.shut(SECOND, "SendMessage", &absent, "sendmessage", &format!("{account}:{name}")).await;
        }
        assert!(!world.rig.folders().iter().any(|folder| folder.contains(NOBODY)));
        let named = json!({ "QueueName": "q", "QueueOwnerAWSAccountId": FIRST });
        world.shut(SECOND, "GetQueueUrl", &named, "getqueueurl", &own).await;
        let actions = ["GetQueueUrl", "SendMessage"];
        let permit = json!({ "QueueUrl": url, "Label": "l", "AWSAccountIds": [SECOND], "Actions": actions });
        world.sqs(FIRST, "AddPermission", &permit).await;
        assert_eq!(world.sqs(SECOND, "GetQueueUrl", &named).await["QueueUrl"], url);
        world.sqs(SECOND, "SendMessage", &send).await;
        let entries = json!([{ "Id": "a", "MessageBody": "y" }]);
        world.sqs(SECOND, "SendMessageBatch", &json!({ "QueueUrl": url, "Entries": entries })).await;
        let receive = json!({ "QueueUrl": url });
        world.shut(SECOND, "ReceiveMessage", &receive, "receivemessage", &own).await;
        assert_eq!([world.next(FIRST, &url).await, world.next(FIRST, &url).await], ["x", "y"]);
        owners_alone(&world, &url).await;
        roles(&world, &url).await;
        world.rig.cloud.stop().await;
    }
}

/// What no policy gives to another account; and what it does, once it says so.
async fn owners_alone(world: &Neighbours, url: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": SECOND }, "Action": "sqs:*", "Resource": "*",
    }] });
    let set = json!({ "QueueUrl": url, "Attributes": { "Policy": policy.to_string() } });
    world.sqs(FIRST, "SetQueueAttributes", &set).await;
    let own = format!("{FIRST}:q");
    let add = json!({ "QueueUrl": url, "Label": "m", "AWSAccountIds": [SECOND], "Actions": ["*"] });
    for (operation, input) in [
        ("AddPermission", add),
        ("DeleteQueue", json!({ "QueueUrl": url })),
        ("ListQueueTags", json!({ "QueueUrl": url })),
        ("RemovePermission", json!({ "QueueUrl": url, "Label": "m" })),
        ("SetQueueAttributes", json!({ "QueueUrl": url, "Attributes": { "DelaySeconds": "1" } })),
        ("TagQueue", json!({ "QueueUrl": url, "Tags": { "a": "b" } })),
        ("UntagQueue", json!({ "QueueUrl": url, "TagKeys": ["a"] })),
    ] {
        world.shut(SECOND, operation, &input, &operation.to_ascii_lowercase(), &own).await;
    }
    world.sqs(SECOND, "SendMessage", &json!({ "QueueUrl": url, "MessageBody": "z" })).await;
    assert_eq!(world.next(SECOND, url).await, "z");
    let all = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] });
    let told = world.sqs(SECOND, "GetQueueAttributes", &all).await;
    assert_eq!(told["Attributes"]["QueueArn"], format!("arn:aws:sqs:us-east-1:{own}"));
    world.sqs(SECOND, "ListDeadLetterSourceQueues", &json!({ "QueueUrl": url })).await;
    world.sqs(SECOND, "PurgeQueue", &json!({ "QueueUrl": url })).await;
}

/// What a role's own policies do not allow is an affair of its own account, and of the mode.
async fn roles(world: &Neighbours, url: &str) {
    let send = json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": format!("arn:aws:sqs:*:{FIRST}:q") });
    let able = world.rig.session("able", &[send]).await;
    let unable = world.rig.session("unable", &[]).await;
    let input = json!({ "QueueUrl": url, "MessageBody": "x" });
    let (status, answer) = world.ask_sqs(&able, "SendMessage", &input).await;
    assert!(status == 200 && !answer.contains(NOTE), "{:?}: {answer}", world.mode);
    let (status, answer) = world.ask_sqs(&unable, "SendMessage", &input).await;
    assert_eq!(status == 200, world.mode != Permissions::Enforce, "{:?}: {answer}", world.mode);
    assert_eq!(answer.contains(NOTE), world.mode == Permissions::Report, "{:?}: {answer}", world.mode);
    let lacks = "because no identity-based policy allows the sqs:sendmessage action";
    assert_eq!(answer.contains(lacks), world.mode != Permissions::Off, "{:?}: {answer}", world.mode);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_let_into_a_topic_by_its_policy_alone() {
    for mode in MODES {
        let world = Neighbours::new(mode).await;
        let topic = inside(&world.sns(FIRST, "CreateTopic", &[("Name", "t")]).await, "TopicArn");
        let publish = [("TopicArn", &*topic), ("Message", "x")];
        let absent = format!("arn:aws:sns:us-east-1:{FIRST}:none");
        world.closed(SECOND, "Publish", &publish).await;
        world.closed(SECOND, "Publish", &[("TopicArn", &absent), ("Message", "x")]).await;
        let queue = world.queue(SECOND, "q").await;
        let arn = format!("arn:aws:sqs:us-east-1:{SECOND}:q");
        let subscribe = [("TopicArn", &*topic), ("Protocol", "sqs"), ("Endpoint", &*arn)];
        world.closed(SECOND, "Subscribe", &subscribe).await;
        let permit = [
            ("TopicArn", &*topic),
            ("Label", "l"),
            ("AWSAccountId.member.1", SECOND),
            ("ActionName.member.1", "Publish"),
            ("ActionName.member.2", "Subscribe"),
        ];
        world.sns(FIRST, "AddPermission", &permit).await;
        lets_sns_in(&world, &queue).await;
        let subscription = inside(&world.sns(SECOND, "Subscribe", &subscribe).await, "SubscriptionArn");
        assert!(subscription.starts_with(&format!("{topic}:")), "{subscription}");
        world.sns(SECOND, "Publish", &publish).await;
        assert_eq!(notified(&world, &queue).await["Message"], "x");
        whose(&world, &topic, &subscription).await;
        asked(&world, &topic).await;
        world.rig.cloud.stop().await;
    }
}

async fn lets_sns_in(world: &Neighbours, queue: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" }, "Action": "sqs:SendMessage", "Resource": "*",
    }] });
    let set = json!({ "QueueUrl": queue, "Attributes": { "Policy": policy.to_string() } });
    world.sqs(SECOND, "SetQueueAttributes", &set).await;
}

/// What SNS says next to a queue.
async fn notified(world: &Neighbours, queue: &str) -> Value {
    serde_json::from_str(&world.next(SECOND, queue).await).unwrap()
}

/// A subscription is whose who subscribed, and the topic's owner's.
async fn whose(world: &Neighbours, topic: &str, subscription: &str) {
    let named = [("SubscriptionArn", subscription)];
    for who in [FIRST, SECOND] {
        let told = world.sns(who, "GetSubscriptionAttributes", &named).await;
        assert!(told.contains(&format!("<key>Owner</key><value>{SECOND}</value>")), "{told}");
    }
    world.closed(NOBODY, "GetSubscriptionAttributes", &named).await;
    world.closed(NOBODY, "Unsubscribe", &named).await;
    let tag = [("ResourceArn", topic), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    world.closed(SECOND, "TagResource", &tag).await;
    let raw = [named[0], ("AttributeName", "RawMessageDelivery"), ("AttributeValue", "true")];
    world.sns(SECOND, "SetSubscriptionAttributes", &raw).await;
    world.sns(SECOND, "Unsubscribe", &named).await;
}

/// A queue of another account is asked whether it wants to be subscribed, and its owner answers.
async fn asked(world: &Neighbours, topic: &str) {
    let queue = world.queue(SECOND, "asked").await;
    lets_sns_in(world, &queue).await;
    let arn = format!("arn:aws:sqs:us-east-1:{SECOND}:asked");
    let subscribe = [("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", &*arn)];
    let told = inside(&world.sns(FIRST, "Subscribe", &subscribe).await, "SubscriptionArn");
    assert_eq!(told, "pending confirmation");
    let question = notified(world, &queue).await;
    assert_eq!(question["Type"], "SubscriptionConfirmation");
    let confirm = [("TopicArn", topic), ("Token", question["Token"].as_str().unwrap())];
    world.sns(SECOND, "ConfirmSubscription", &confirm).await;
    world.sns(FIRST, "Publish", &[("TopicArn", topic), ("Message", "y")]).await;
    assert_eq!(notified(world, &queue).await["Message"], "y");
}
