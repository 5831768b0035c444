//! Operations through the endpoint, in both protocols: what clients send, and what they are answered.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Context, ManualClock};
use cloud_wire::Endpoint;
use cloud_wire::listening::{Answer, DATE, Listening, NoKeys, signature};
use serde_json::{Value, json};

struct Cloud {
    endpoint: Listening,
    clock: Arc<ManualClock>,
    context: Context,
    _folder: tempfile::TempDir,
}

impl Cloud {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, clock) = Context::for_test(folder.path());
        let sqs = cloud_sqs::open(&context).await.unwrap();
        let account = context.account().clone();
        let endpoint =
            Endpoint::new(context.clone(), Arc::new(NoKeys)).with_any_key(account).with_service(sqs);
        Self { endpoint: Listening::start(endpoint).await.unwrap(), clock, context, _folder: folder }
    }

    fn url(&self, name: &str) -> String {
        format!("http://localhost:{}/000000000000/{name}", self.endpoint.port())
    }

    async fn post(&self, path: &str, headers: &str, body: &str) -> Answer {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n\
             {headers}\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("sqs"),
            body.len()
        );
        self.endpoint.exchange(&request).await.unwrap()
    }

    async fn ask(&self, operation: &str, input: &Value) -> Answer {
        let headers =
            format!("content-type: application/x-amz-json-1.0\r\nx-amz-target: AmazonSQS.{operation}");
        self.post("/", &headers, &input.to_string()).await
    }

    /// The query protocol.
    async fn form(&self, path: &str, form: &str) -> Answer {
        let headers = "content-type: application/x-www-form-urlencoded; charset=utf-8";
        self.post(path, headers, form).await
    }

    /// Asks for what is granted.
    async fn done(&self, operation: &str, input: Value) -> Value {
        let answer = self.ask(operation, &input).await;
        assert_eq!(answer.status, 200, "{operation} {input}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    /// Asks for what is refused: the code of the query protocol, the words.
    async fn refused(&self, operation: &str, input: Value, code: &str, message: &str) {
        let answer = self.ask(operation, &input).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let told =
            answer.header("x-amzn-query-error").unwrap_or_default().split(';').next().unwrap().to_owned();
        assert_eq!(
            (told.as_str(), body["message"].as_str().unwrap()),
            (code, message),
            "{operation} {input}"
        );
        assert!((400..500).contains(&answer.status), "{}", answer.status);
    }

    /// A queue with attributes. Its URL.
    async fn queue(&self, name: &str, attributes: Value) -> String {
        let made = self.done("CreateQueue", json!({ "QueueName": name, "Attributes": attributes })).await;
        let url = made["QueueUrl"].as_str().unwrap().to_owned();
        assert_eq!(url, self.url(name));
        url
    }

    async fn send(&self, url: &str, body: &str) -> Value {
        self.done("SendMessage", json!({ "QueueUrl": url, "MessageBody": body })).await
    }

    /// All messages that one receive gives.
    async fn receive(&self, url: &str, more: Value) -> Vec<Value> {
        let mut input = json!({ "QueueUrl": url, "MaxNumberOfMessages": 10 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.done("ReceiveMessage", input).await;
        answer["Messages"].as_array().cloned().unwrap_or_default()
    }

    async fn bodies(&self, url: &str) -> Vec<String> {
        let messages = self.receive(url, json!({})).await;
        messages.iter().map(|message| message["Body"].as_str().unwrap().to_owned()).collect()
    }

    async fn attribute(&self, url: &str, name: &str) -> Value {
        let answer =
            self.done("GetQueueAttributes", json!({ "QueueUrl": url, "AttributeNames": [name] })).await;
        answer["Attributes"][name].clone()
    }

    async fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}")
}

#[tokio::test]
async fn a_queue_is_made_found_and_removed() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({ "DelaySeconds": "5" })).await;
    assert_eq!(cloud.queue("q", json!({ "DelaySeconds": "5", "VisibilityTimeout": "30" })).await, url);
    assert_eq!(cloud.queue("q", json!({})).await, url);
    let differs =
        "A queue already exists with the same name and a different value for attribute DelaySeconds";
    let other = json!({ "QueueName": "q", "Attributes": { "DelaySeconds": "6" } });
    cloud.refused("CreateQueue", other, "QueueAlreadyExists", differs).await;
    let found = cloud.done("GetQueueUrl", json!({ "QueueName": "q" })).await;
    assert_eq!(found["QueueUrl"], *url);
    let all = cloud.done("GetQueueAttributes", json!({ "QueueUrl": url, "AttributeNames": ["All"] })).await;
    let expected = json!({ "Attributes": {
        "ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0", "CreatedTimestamp": "1767225600", "DelaySeconds": "5",
        "LastModifiedTimestamp": "1767225600", "MaximumMessageSize": "1048576", "MessageRetentionPeriod": "345600",
        "QueueArn": arn("q"), "ReceiveMessageWaitTimeSeconds": "0", "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    } });
    assert_eq!(all, expected);
    cloud.done("DeleteQueue", json!({ "QueueUrl": url })).await;
    let gone = "The specified queue does not exist.";
    let code = "AWS.SimpleQueueService.NonExistentQueue";
    for (operation, input) in [
        ("GetQueueUrl", json!({ "QueueName": "q" })),
        ("DeleteQueue", json!({ "QueueUrl": url })),
        ("SendMessage", json!({ "QueueUrl": url, "MessageBody": "x" })),
        ("ReceiveMessage", json!({ "QueueUrl": url })),
        ("GetQueueAttributes", json!({ "QueueUrl": url })),
        ("ListQueueTags", json!({ "QueueUrl": url })),
    ] {
        cloud.refused(operation, input, code, gone).await;
    }
    let recent =
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
    let code = "AWS.SimpleQueueService.QueueDeletedRecently";
    cloud.pass(59).await;
    cloud.refused("CreateQueue", json!({ "QueueName": "q" }), code, recent).await;
    cloud.pass(1).await;
    cloud.queue("q", json!({})).await;
    assert_eq!(cloud.attribute(&url, "DelaySeconds").await, "0");
}

#[tokio::test]
async fn queues_are_listed_in_pages() {
    let cloud = Cloud::start().await;
    assert_eq!(cloud.done("ListQueues", json!({})).await, json!({}));
    let redrive = json!({ "deadLetterTargetArn": arn("a-dead"), "maxReceiveCount": 1 }).to_string();
    let dead = cloud.queue("a-dead", json!({})).await;
    for name in ["a-1", "a-2", "a-3"] {
        cloud.queue(name, json!({ "RedrivePolicy": redrive })).await;
    }
    cloud.queue("b", json!({})).await;
    let names = |answer: &Value, member: &str| -> Vec<String> {
        let urls = answer[member].as_array().unwrap().iter();
        urls.map(|url| url.as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    };
    let all = cloud.done("ListQueues", json!({ "QueueNamePrefix": "a-" })).await;
    assert_eq!(names(&all, "QueueUrls"), ["a-1", "a-2", "a-3", "a-dead"]);
    assert!(all["NextToken"].is_null());
    for (operation, input, member, expected) in [
        (
            "ListQueues",
            json!({ "QueueNamePrefix": "a-" }),
            "QueueUrls",
            vec![vec!["a-1", "a-2", "a-3"], vec!["a-dead"]],
        ),
        (
            "ListDeadLetterSourceQueues",
            json!({ "QueueUrl": dead }),
            "queueUrls",
            vec![vec!["a-1", "a-2", "a-3"]],
        ),
    ] {
        let (mut input, mut pages) = (input, Vec::new());
        input["MaxResults"] = json!(3);
        loop {
            let answer = cloud.done(operation, input.clone()).await;
            pages.push(names(&answer, member));
            if answer["NextToken"].is_null() {
                break;
            }
            input["NextToken"] = answer["NextToken"].clone();
        }
        assert_eq!(pages, expected);
    }
}

#[tokio::test]
async fn messages_are_sent_and_received_with_their_digests() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({})).await;
    let attributes = json!({ "Hello": { "DataType": "String", "StringValue": "There" }, "General": { "DataType": "String", "StringValue": "Kenobi" } });
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    let sent = cloud
        .done("SendMessage", json!({
            "QueueUrl": url, "MessageBody": "msg", "MessageAttributes": attributes, "MessageGroupId": "tenant",
            "MessageSystemAttributes": { "AWSTraceHeader": { "DataType": "String", "StringValue": trace } },
        }))
        .await;
    assert_eq!(sent["MD5OfMessageBody"], "6e2baaf3b97dbeef01c0043275f9a0e7");
    assert_eq!(sent["MD5OfMessageAttributes"], "fca026605781cb4126a1e9044df24232");
    assert!(sent["MD5OfMessageSystemAttributes"].is_string() && sent["SequenceNumber"].is_null());
    cloud.pass(3).await;
    let asked = json!({ "MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"], "VisibilityTimeout": 7 });
    let received = cloud.receive(&url, asked).await;
    assert_eq!(received.len(), 1);
    let message = &received[0];
    assert_eq!((&message["MessageId"], &message["Body"]), (&sent["MessageId"], &json!("msg")));
    assert_eq!(message["MD5OfMessageAttributes"], "fca026605781cb4126a1e9044df24232");
    assert_eq!(message["MessageAttributes"], attributes);
    let told = json!({
        "ApproximateFirstReceiveTimestamp": "1767225603000", "ApproximateReceiveCount": "1", "AWSTraceHeader": trace,
        "MessageGroupId": "tenant", "SenderId": "000000000000", "SentTimestamp": "1767225600000",
    });
    assert_eq!(message["Attributes"], told);
    cloud.pass(7).await;
    let again = cloud.receive(&url, json!({ "AttributeNames": ["ApproximateReceiveCount"] })).await;
    assert_eq!(again[0]["Attributes"], json!({ "ApproximateReceiveCount": "2" }));
    assert!(again[0]["MessageAttributes"].is_null() && again[0]["MD5OfMessageAttributes"].is_null());
    cloud.done("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": again[0]["ReceiptHandle"] })).await;
    cloud.done("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": again[0]["ReceiptHandle"] })).await;
    cloud.pass(100).await;
    assert_eq!(cloud.bodies(&url).await, Vec::<String>::new());
}

#[tokio::test]
async fn mistakes_are_told_in_the_words_of_sqs() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({ "MaximumMessageSize": "1024" })).await;
    let fifo = cloud.queue("q.fifo", json!({ "FifoQueue": "true" })).await;
    let (missing, invalid) = ("MissingParameter", "InvalidParameterValue");
    let type_of = "Reason: The request include parameter that is not valid for this queue type.";
    for (operation, input, code, message) in [
        ("SendMessage", json!({ "MessageBody": "x" }), missing, "The request must contain the parameter QueueUrl.".to_owned()),
        ("SendMessage", json!({ "QueueUrl": url }), missing, "The request must contain the parameter MessageBody.".into()),
        ("SendMessage", json!({ "QueueUrl": url, "MessageBody": "" }), missing, "The request must contain the parameter MessageBody.".into()),
        ("SendMessage", json!({ "QueueUrl": url, "MessageBody": "x".repeat(1025) }), invalid, "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.".into()),
        ("SendMessage", json!({ "QueueUrl": url, "MessageBody": "x", "DelaySeconds": 901 }), invalid, "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.".into()),
        ("SendMessage", json!({ "QueueUrl": fifo, "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "d", "DelaySeconds": 2 }), invalid, format!("Value 2 for parameter DelaySeconds is invalid. {type_of}")),
        ("SendMessage", json!({ "QueueUrl": url, "MessageBody": "x", "MessageDeduplicationId": "d" }), invalid, format!("Value d for parameter MessageDeduplicationId is invalid. {type_of}")),
        ("SendMessage", json!({ "QueueUrl": fifo, "MessageBody": "x", "MessageGroupId": "g" }), invalid, "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly".into()),
        ("SendMessage", json!({ "QueueUrl": fifo, "MessageBody": "x", "MessageDeduplicationId": "d" }), missing, "The request must contain the parameter MessageGroupId.".into()),
        ("ReceiveMessage", json!({ "QueueUrl": url, "WaitTimeSeconds": 21 }), invalid, "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.".into()),
        ("ReceiveMessage", json!({ "QueueUrl": url, "MaxNumberOfMessages": 11 }), invalid, "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.".into()),
        ("ReceiveMessage", json!({ "QueueUrl": url, "AttributeNames": ["Nothing"] }), "InvalidAttributeName", "Unknown Attribute Nothing.".into()),
        ("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": "garbage" }), "ReceiptHandleIsInvalid", "The input receipt handle \"garbage\" is not a valid receipt handle.".into()),
        ("DeleteMessageBatch", json!({ "QueueUrl": url, "Entries": [] }), "AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one DeleteMessageBatchRequestEntry in the request.".into()),
        ("SendMessageBatch", json!({ "QueueUrl": url }), "AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry in the request.".into()),
        ("GetQueueAttributes", json!({ "QueueUrl": url, "AttributeNames": ["Nothing"] }), "InvalidAttributeName", "Unknown Attribute Nothing.".into()),
        ("GetQueueAttributes", json!({ "QueueUrl": "http://localhost/x/y/z" }), "InvalidAddress", "The address http://localhost/x/y/z is not valid for this endpoint.".into()),
        ("CreateQueue", json!({ "QueueName": "a b" }), invalid, "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length".into()),
        ("SetQueueAttributes", json!({ "QueueUrl": url, "Attributes": { "RedrivePolicy": json!({ "deadLetterTargetArn": arn("none"), "maxReceiveCount": 1 }).to_string() } }), invalid, format!("Value {{\"deadLetterTargetArn\":\"{}\",\"maxReceiveCount\":1}} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.", arn("none"))),
        ("SetQueueAttributes", json!({ "QueueUrl": url, "Attributes": { "RedrivePolicy": json!({ "deadLetterTargetArn": arn("q.fifo"), "maxReceiveCount": 1 }).to_string() } }), invalid, format!("Value {{\"deadLetterTargetArn\":\"{}\",\"maxReceiveCount\":1}} for parameter RedrivePolicy is invalid. Reason: Dead-letter queue must be same type of queue as the source.", arn("q.fifo"))),
        ("StartMessageMoveTask", json!({ "SourceArn": arn("none") }), "ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist.".into()),
        ("StartMessageMoveTask", json!({ "SourceArn": arn("q") }), invalid, "Source queue must be configured as a Dead Letter Queue.".into()),
        ("ListQueues", json!({ "MaxResults": 2, "NextToken": "x" }), invalid, "Invalid or expired next token.".into()),
    ] {
        cloud.refused(operation, input, code, &message).await;
    }
    let other = "http://localhost/111111111111/q";
    let answer = cloud.ask("SendMessage", &json!({ "QueueUrl": other, "MessageBody": "x" })).await;
    assert!(answer.status >= 400 && answer.body.contains("AccessDenied"), "{}", answer.body);
}

#[tokio::test]
async fn a_batch_s_entries_succeed_or_fail_each_for_itself() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({ "MaximumMessageSize": "1024" })).await;
    let entries = json!([
        { "Id": "a", "MessageBody": "1" },
        { "Id": "b", "MessageBody": "x".repeat(1025) },
        { "Id": "c", "MessageBody": "\u{1}" },
        { "Id": "d", "MessageBody": "4", "DelaySeconds": 900 },
    ]);
    let sent = cloud.done("SendMessageBatch", json!({ "QueueUrl": url, "Entries": entries })).await;
    let ids = |member: &Value| -> Vec<String> {
        member.as_array().unwrap().iter().map(|entry| entry["Id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (ids(&sent["Successful"]), ids(&sent["Failed"])),
        (vec!["a".into(), "d".into()], vec!["b".into(), "c".into()])
    );
    let failed = &sent["Failed"];
    assert_eq!(failed[0]["Code"], "InvalidParameterValue");
    assert_eq!(
        failed[0]["Message"],
        "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes."
    );
    assert_eq!(
        (&failed[1]["Code"], &failed[1]["SenderFault"]),
        (&json!("InvalidMessageContents"), &json!(true))
    );
    let received = cloud.receive(&url, json!({})).await;
    let handle = &received[0]["ReceiptHandle"];
    let entries = json!([
        { "Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 0 },
        { "Id": "b", "ReceiptHandle": "x", "VisibilityTimeout": 0 },
        { "Id": "c", "ReceiptHandle": handle, "VisibilityTimeout": 43_201 },
    ]);
    let changed =
        cloud.done("ChangeMessageVisibilityBatch", json!({ "QueueUrl": url, "Entries": entries })).await;
    assert_eq!(ids(&changed["Successful"]), ["a"]);
    let received = cloud.receive(&url, json!({})).await;
    let entries = json!([{ "Id": "a", "ReceiptHandle": received[0]["ReceiptHandle"] }, { "Id": "b", "ReceiptHandle": "x" }]);
    let removed = cloud.done("DeleteMessageBatch", json!({ "QueueUrl": url, "Entries": entries })).await;
    assert_eq!((ids(&removed["Successful"]), ids(&removed["Failed"])), (vec!["a".into()], vec!["b".into()]));
    assert_eq!(removed["Failed"][0]["Code"], "ReceiptHandleIsInvalid");
    let url = cloud.queue("large", json!({})).await;
    let whole: Vec<_> =
        (0..2).map(|id| json!({ "Id": id.to_string(), "MessageBody": "x".repeat(1 << 19) })).collect();
    cloud.done("SendMessageBatch", json!({ "QueueUrl": url, "Entries": whole })).await;
    let mut more = whole;
    more.push(json!({ "Id": "more", "MessageBody": "x" }));
    let code = "AWS.SimpleQueueService.BatchRequestTooLong";
    let message = "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.";
    cloud.refused("SendMessageBatch", json!({ "QueueUrl": url, "Entries": more }), code, message).await;
}

#[tokio::test]
async fn the_query_protocol_says_the_same() {
    let cloud = Cloud::start().await;
    let made = cloud
        .form("/", "Action=CreateQueue&Version=2012-11-05&QueueName=q&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=7&Tag.1.Key=k&Tag.1.Value=v")
        .await;
    let url = cloud.url("q");
    let url = url.as_str();
    assert_eq!((made.status, made.all("QueueUrl")), (200, vec![url]), "{}", made.body);
    assert!(
        made.body.contains("<CreateQueueResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">"),
        "{}",
        made.body
    );
    // A request to the queue's own path.
    let sent = cloud
        .form(
            "/000000000000/q",
            "Action=SendMessage&MessageBody=test&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=AP8%3D",
        )
        .await;
    assert_eq!(sent.all("MD5OfMessageBody"), ["098f6bcd4621d373cade4e832627b4f6"], "{}", sent.body);
    let received = cloud
        .form("/", &format!("Action=ReceiveMessage&QueueUrl={url}&AttributeName.1=All&MessageAttributeName.1=.*&MaxNumberOfMessages=10"))
        .await;
    assert_eq!(received.all("Body"), ["test"], "{}", received.body);
    assert_eq!(received.all("BinaryValue"), ["AP8="]);
    assert_eq!(received.all("MD5OfMessageAttributes"), sent.all("MD5OfMessageAttributes"));
    assert!(
        received.body.contains("<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>")
    );
    let handle = received.all("ReceiptHandle")[0].replace('+', "%2B").replace('=', "%3D");
    let batch = cloud
        .form(
            "/000000000000/q",
            &format!("Action=DeleteMessageBatch&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle={handle}&DeleteMessageBatchRequestEntry.2.Id=b&DeleteMessageBatchRequestEntry.2.ReceiptHandle=x"),
        )
        .await;
    assert!(
        batch.body.contains("<DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry>"),
        "{}",
        batch.body
    );
    assert!(batch.body.contains("<BatchResultErrorEntry><Id>b</Id>"), "{}", batch.body);
    let attributes =
        cloud.form("/000000000000/q", "Action=GetQueueAttributes&AttributeName.1=VisibilityTimeout").await;
    assert!(
        attributes.body.contains("<Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute>"),
        "{}",
        attributes.body
    );
    let tags = cloud.form("/000000000000/q", "Action=ListQueueTags").await;
    assert!(tags.body.contains("<Tag><Key>k</Key><Value>v</Value></Tag>"), "{}", tags.body);
    let listed = cloud.form("/", "Action=ListQueues&QueueNamePrefix=q").await;
    assert_eq!(listed.all("QueueUrl"), [url]);
    for (form, code, status) in [
        (
            "Action=SendMessage&MessageBody=x&QueueUrl=http://localhost/000000000000/none",
            "AWS.SimpleQueueService.NonExistentQueue",
            400,
        ),
        ("Action=SendMessage&MessageBody=x", "MissingParameter", 400),
        ("Action=ReceiveMessage&QueueUrl=q&WaitTimeSeconds=21", "InvalidParameterValue", 400),
        ("Action=DeleteMessageBatch&QueueUrl=q", "AWS.SimpleQueueService.EmptyBatchRequest", 400),
        ("Action=DoNothing", "InvalidAction", 400),
    ] {
        let answer = cloud.form("/", form).await;
        assert_eq!((answer.all("Code"), answer.status), (vec![code], status), "{form}: {}", answer.body);
        assert_eq!(answer.all("Type"), ["Sender"]);
    }
}

#[tokio::test]
async fn a_message_of_a_mebibyte_passes_in_both_protocols() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({})).await;
    let body = "é".repeat(1 << 19);
    cloud.send(&url, &body).await;
    let form = format!("Action=SendMessage&MessageBody={}", "%C3%A9".repeat(1 << 19));
    assert_eq!(cloud.form("/000000000000/q", &form).await.status, 200);
    for _ in 0..2 {
        assert_eq!(cloud.bodies(&url).await, [body.as_str()]);
    }
    let message = "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.";
    let input = json!({ "QueueUrl": url, "MessageBody": format!("{body}x") });
    cloud.refused("SendMessage", input, "InvalidParameterValue", message).await;
}

/// The clock stands still: who waits is answered for what comes, and for nothing else.
#[tokio::test]
async fn who_waits_is_told_of_what_comes() {
    let cloud = Arc::new(Cloud::start().await);
    let url = cloud.queue("q", json!({ "ReceiveMessageWaitTimeSeconds": "20" })).await;
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (cloud, url) = (Arc::clone(&cloud), url.clone());
        waiting.spawn(async move { cloud.receive(&url, json!({ "MaxNumberOfMessages": 1 })).await });
    }
    let mut got = Vec::new();
    for number in 0..8 {
        cloud.send(&url, &number.to_string()).await;
        let received = waiting.join_next().await.unwrap().unwrap();
        got.extend(received.iter().map(|message| message["Body"].as_str().unwrap().to_owned()));
    }
    got.sort();
    assert_eq!(got, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    let short = cloud.receive(&url, json!({ "WaitTimeSeconds": 0 })).await;
    assert!(short.is_empty());
}

#[tokio::test]
async fn fifo_queues_keep_order_and_take_duplicates_once() {
    let cloud = Cloud::start().await;
    let url =
        cloud.queue("q.fifo", json!({ "FifoQueue": "true", "ContentBasedDeduplication": "true" })).await;
    let send = async |body: &str, group: &str, id: Option<&str>| {
        let mut input = json!({ "QueueUrl": url, "MessageBody": body, "MessageGroupId": group });
        if let Some(id) = id {
            input["MessageDeduplicationId"] = json!(id);
        }
        cloud.done("SendMessage", input).await
    };
    let first = send("1", "g", None).await;
    let again = send("1", "h", None).await;
    assert_eq!(
        (&first["MessageId"], &first["SequenceNumber"]),
        (&again["MessageId"], &again["SequenceNumber"])
    );
    assert_eq!(first["SequenceNumber"].as_str().unwrap().len(), 20);
    send("2", "g", Some("x")).await;
    send("3", "h", Some("y")).await;
    send("3", "h", Some("x")).await;
    let one = cloud.receive(&url, json!({ "MaxNumberOfMessages": 1, "AttributeNames": ["All"] })).await;
    assert_eq!(one[0]["Body"], "1");
    assert_eq!(one[0]["Attributes"]["SequenceNumber"], first["SequenceNumber"]);
    assert_eq!(one[0]["Attributes"]["MessageGroupId"], "g");
    assert_eq!(cloud.bodies(&url).await, ["3"], "the group of the first waits");
    cloud.done("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": one[0]["ReceiptHandle"] })).await;
    assert_eq!(cloud.bodies(&url).await, ["2"]);
    cloud.pass(30).await;
    assert_eq!(cloud.bodies(&url).await, ["2", "3"]);
    cloud.pass(30).await;
    let late = cloud.receive(&url, json!({ "VisibilityTimeout": 1 })).await;
    cloud.pass(1).await;
    let handle = late[0]["ReceiptHandle"].as_str().unwrap();
    let expired = format!(
        "Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    );
    for (operation, input) in [
        ("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": handle })),
        (
            "ChangeMessageVisibility",
            json!({ "QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 3 }),
        ),
    ] {
        cloud.refused(operation, input, "InvalidParameterValue", &expired).await;
    }
    cloud.pass(240).await;
    assert_ne!(send("1", "g", None).await["MessageId"], first["MessageId"], "five minutes are over");
    let attributes =
        json!({ "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId" });
    cloud.done("SetQueueAttributes", json!({ "QueueUrl": url, "Attributes": attributes })).await;
    let (one, other) = (send("4", "g", Some("z")).await, send("4", "h", Some("z")).await);
    assert_ne!(one["MessageId"], other["MessageId"], "told within a group");
    assert_eq!(send("4", "h", Some("z")).await["MessageId"], other["MessageId"]);
}

#[tokio::test]
async fn an_attempt_to_receive_is_given_the_same_again() {
    let cloud = Cloud::start().await;
    let url =
        cloud.queue("q.fifo", json!({ "FifoQueue": "true", "ContentBasedDeduplication": "true" })).await;
    for body in ["1", "2"] {
        cloud
            .done("SendMessage", json!({ "QueueUrl": url, "MessageBody": body, "MessageGroupId": "g" }))
            .await;
    }
    let attempt = json!({ "ReceiveRequestAttemptId": "a", "VisibilityTimeout": 60 });
    let first = cloud.receive(&url, attempt.clone()).await;
    cloud.pass(50).await;
    assert_eq!(cloud.receive(&url, attempt.clone()).await, first);
    cloud.pass(50).await;
    assert_eq!(cloud.bodies(&url).await, Vec::<String>::new(), "hidden anew");
    cloud.done("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": first[0]["ReceiptHandle"] })).await;
    assert_eq!(cloud.receive(&url, attempt.clone()).await, first[1..]);
    cloud.pass(60).await;
    let other = cloud.receive(&url, attempt).await;
    assert_ne!(other[0]["ReceiptHandle"], first[1]["ReceiptHandle"]);
}

#[tokio::test]
async fn dead_letters_are_moved_once_and_back_by_a_task() {
    let cloud = Cloud::start().await;
    let dead = cloud.queue("dead", json!({})).await;
    let redrive = json!({ "deadLetterTargetArn": arn("dead"), "maxReceiveCount": "1" }).to_string();
    let url = cloud.queue("q", json!({ "RedrivePolicy": redrive, "VisibilityTimeout": "0" })).await;
    let texts: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    for text in &texts {
        cloud.send(&url, text).await;
    }
    assert_eq!(cloud.bodies(&url).await, texts);
    cloud.pass(5).await;
    assert_eq!(cloud.bodies(&url).await, Vec::<String>::new());
    let letters = cloud.receive(&dead, json!({ "AttributeNames": ["All"], "VisibilityTimeout": 0 })).await;
    let told = &letters[0]["Attributes"];
    assert_eq!(
        (&told["ApproximateReceiveCount"], &told["DeadLetterQueueSourceArn"]),
        (&json!("2"), &json!(arn("q")))
    );
    assert_eq!(told["SentTimestamp"], "1767225600000", "it goes on to age");
    let no = json!({ "redrivePermission": "denyAll" }).to_string();
    cloud
        .done("SetQueueAttributes", json!({ "QueueUrl": dead, "Attributes": { "RedriveAllowPolicy": no } }))
        .await;
    let input = json!({ "SourceArn": arn("dead"), "MaxNumberOfMessagesPerSecond": 1 });
    let started = cloud.done("StartMessageMoveTask", input.clone()).await;
    let code = "AWS.SimpleQueueService.UnsupportedOperation";
    let busy = "There is already a task running. Only one active task is allowed for a source queue arn at a given time.";
    cloud.refused("StartMessageMoveTask", input, code, busy).await;
    let task = async || {
        let tasks =
            cloud.done("ListMessageMoveTasks", json!({ "SourceArn": arn("dead"), "MaxResults": 10 })).await;
        tasks["Results"][0].clone()
    };
    let until = async |moved: u64| {
        loop {
            let task = task().await;
            if task["ApproximateNumberOfMessagesMoved"].as_u64().unwrap() >= moved {
                return task;
            }
            cloud.clock.advance_if_awaited(Duration::from_millis(100));
        }
    };
    let running = until(2).await;
    assert_eq!(running["Status"], "RUNNING");
    assert_eq!(
        (&running["TaskHandle"], &running["ApproximateNumberOfMessagesToMove"]),
        (&started["TaskHandle"], &json!(10))
    );
    let cancelled = cloud.done("CancelMessageMoveTask", json!({ "TaskHandle": started["TaskHandle"] })).await;
    assert!(cancelled["ApproximateNumberOfMessagesMoved"].as_u64().unwrap() >= 2);
    let after = task().await;
    assert_eq!((&after["Status"], &after["TaskHandle"]), (&json!("CANCELLED"), &Value::Null));
    let back = cloud.receive(&url, json!({ "AttributeNames": ["All"] })).await;
    assert_eq!(back[0]["Attributes"]["ApproximateReceiveCount"], "1", "it is a new message");
    assert!(back[0]["Attributes"]["DeadLetterQueueSourceArn"].is_null());
    let gone = json!({ "TaskHandle": started["TaskHandle"] });
    cloud
        .refused(
            "CancelMessageMoveTask",
            gone,
            "InvalidParameterValue",
            "Only active tasks can be cancelled.",
        )
        .await;
}

#[tokio::test]
async fn a_purge_is_at_once_and_once_a_minute() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({})).await;
    cloud.send(&url, "1").await;
    let held = cloud.receive(&url, json!({})).await;
    cloud.send(&url, "2").await;
    cloud.done("PurgeQueue", json!({ "QueueUrl": url })).await;
    assert_eq!(cloud.attribute(&url, "ApproximateNumberOfMessages").await, "0");
    assert_eq!(cloud.attribute(&url, "ApproximateNumberOfMessagesNotVisible").await, "0");
    cloud.done("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": held[0]["ReceiptHandle"] })).await;
    let code = "AWS.SimpleQueueService.PurgeQueueInProgress";
    let message = "Only one PurgeQueue operation on q is allowed every 60 seconds.";
    cloud.refused("PurgeQueue", json!({ "QueueUrl": url }), code, message).await;
    cloud.send(&url, "3").await;
    assert_eq!(cloud.bodies(&url).await, ["3"]);
    cloud.pass(60).await;
    cloud.done("PurgeQueue", json!({ "QueueUrl": url })).await;
    assert_eq!(cloud.bodies(&url).await, Vec::<String>::new());
}

#[tokio::test]
async fn permissions_are_statements_of_the_policy() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({})).await;
    let add = json!({ "QueueUrl": url, "Label": "l", "AWSAccountIds": ["668614515564", "111111111111"], "Actions": ["ReceiveMessage"] });
    cloud.done("AddPermission", add.clone()).await;
    let policy = cloud.attribute(&url, "Policy").await;
    let expected = json!({
        "Version": "2008-10-17", "Id": format!("{}/SQSDefaultPolicy", arn("q")),
        "Statement": [{
            "Sid": "l", "Effect": "Allow",
            "Principal": { "AWS": ["arn:aws:iam::668614515564:root", "arn:aws:iam::111111111111:root"] },
            "Action": "SQS:ReceiveMessage", "Resource": arn("q"),
        }],
    });
    assert_eq!(policy.as_str().unwrap(), expected.to_string());
    let twice = "Value l for parameter Label is invalid. Reason: Already exists.";
    cloud.refused("AddPermission", add, "InvalidParameterValue", twice).await;
    let remove = json!({ "QueueUrl": url, "Label": "l" });
    cloud.done("RemovePermission", remove.clone()).await;
    assert!(cloud.attribute(&url, "Policy").await.is_null());
    let none = "Value l for parameter Label is invalid. Reason: can't find label.";
    cloud.refused("RemovePermission", remove, "InvalidParameterValue", none).await;
}

#[tokio::test]
async fn tags_are_kept_and_none_are_not_shown() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({})).await;
    cloud.done("TagQueue", json!({ "QueueUrl": url, "Tags": { "a": "1", "b": "" } })).await;
    assert_eq!(
        cloud.done("ListQueueTags", json!({ "QueueUrl": url })).await,
        json!({ "Tags": { "a": "1", "b": "" } })
    );
    cloud.done("UntagQueue", json!({ "QueueUrl": url, "TagKeys": ["a", "b"] })).await;
    assert_eq!(cloud.done("ListQueueTags", json!({ "QueueUrl": url })).await, json!({}));
}

#[tokio::test]
async fn standard_queues_delete_what_may_be_received_again() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({ "VisibilityTimeout": "1" })).await;
    cloud.send(&url, "1").await;
    let first = cloud.receive(&url, json!({})).await;
    cloud.pass(2).await;
    let change = |time: u32| json!({ "QueueUrl": url, "ReceiptHandle": first[0]["ReceiptHandle"], "VisibilityTimeout": time });
    cloud.done("ChangeMessageVisibility", change(5)).await;
    assert_eq!(cloud.bodies(&url).await, Vec::<String>::new());
    let message = "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].";
    cloud.refused("ChangeMessageVisibility", change(43_200), "InvalidParameterValue", message).await;
    cloud.pass(6).await;
    cloud.done("DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": first[0]["ReceiptHandle"] })).await;
    assert_eq!(cloud.attribute(&url, "ApproximateNumberOfMessages").await, "0");
    let handle = first[0]["ReceiptHandle"].as_str().unwrap();
    let message = format!(
        "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change."
    );
    cloud.refused("ChangeMessageVisibility", change(5), "InvalidParameterValue", &message).await;
    assert_eq!(cloud.context.memory().used(), 0);
}

#[tokio::test]
async fn what_waits_is_shown_as_it_is_and_nothing_is_received() {
    let cloud = Cloud::start().await;
    let url = cloud.queue("q", json!({})).await;
    let shown = async || {
        let request = format!(
            "GET /_cumulo/sqs/messages?queue=q HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\n\
             authorization: {}\r\n\r\n",
            cloud.endpoint.port(),
            signature("sqs"),
        );
        let answer = cloud.endpoint.exchange(&request).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        let text = |message: &Value| {
            let number = |name: &str| message[name].as_u64().unwrap();
            let state = message["state"].as_str().unwrap();
            format!(
                "{} {state} {} {}",
                message["text"].as_str().unwrap(),
                number("dueInMs"),
                number("received")
            )
        };
        told["messages"].as_array().unwrap().iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, [""; 0]);
    cloud.send(&url, "a").await;
    cloud.send(&url, "b").await;
    let delayed = json!({ "QueueUrl": url, "MessageBody": "c", "DelaySeconds": 60 });
    cloud.done("SendMessage", delayed).await;
    assert_eq!(shown().await, ["a ready 0 0", "b ready 0 0", "c delayed 60000 0"]);
    let one = cloud.receive(&url, json!({ "MaxNumberOfMessages": 1, "VisibilityTimeout": 10 })).await;
    assert_eq!(one[0]["Body"], "a");
    assert_eq!(shown().await, ["a in-flight 10000 1", "b ready 0 0", "c delayed 60000 0"]);
    cloud.pass(11).await;
    assert_eq!(shown().await, ["a ready 0 1", "b ready 0 0", "c delayed 49000 0"]);
    // What was shown is received as if nobody had looked.
    let all = cloud.receive(&url, json!({ "AttributeNames": ["ApproximateReceiveCount"] })).await;
    let counts: Vec<_> = all.iter().map(|one| one["Attributes"]["ApproximateReceiveCount"].clone()).collect();
    assert_eq!(counts, ["1", "2"].map(Value::from).into_iter().rev().collect::<Vec<_>>());
    for long in 0..150 {
        cloud.send(&url, &format!("{long}{}", "x".repeat(20_000))).await;
    }
    let long = shown().await;
    assert!((50..=100).contains(&long.len()), "{}", long.len());
    assert!(long.iter().all(|text| text.len() < 4200), "each is shown as far as it is of use");
}
