//! Notifications: which configurations are kept, what their destinations are told when they become that, and what of objects.

use std::collections::BTreeSet;

use cloud_core::{Actor, Delivery};
use serde_json::{Value, json};

use super::uploads::completion;
use super::{Answer, Cloud, Outcome as _};

const TARGET: &str = "/bucket?notification";
const SKIPS: (&str, &str) = ("x-amz-skip-destination-validation", "true");

/// The ARN of a destination.
fn arn(service: &str, name: &str) -> String {
    let name = if service == "lambda" { format!("function:{name}") } else { name.to_owned() };
    format!("arn:aws:{service}:us-east-1:000000000000:{name}")
}

/// A configuration of one kind, with more inside.
fn configuration(service: &str, arn: &str, events: &[&str], more: &str) -> String {
    let (element, member) = match service {
        "sqs" => ("QueueConfiguration", "Queue"),
        "sns" => ("TopicConfiguration", "Topic"),
        _ => ("CloudFunctionConfiguration", "CloudFunction"),
    };
    let events: Vec<_> = events.iter().map(|event| format!("<Event>{event}</Event>")).collect();
    let events = events.concat();
    format!("<{element}><{member}>{arn}</{member}>{events}{more}</{element}>")
}

fn document(inside: &str) -> String {
    format!("<NotificationConfiguration>{inside}</NotificationConfiguration>")
}

fn filter(rules: &[(&str, &str)]) -> String {
    let rule = |(name, value): &(&str, &str)| {
        format!("<FilterRule><Name>{name}</Name><Value>{value}</Value></FilterRule>")
    };
    format!("<Filter><S3Key>{}</S3Key></Filter>", rules.iter().map(rule).collect::<String>())
}

fn told(delivery: &Delivery) -> Value {
    serde_json::from_slice(&delivery.payload).unwrap()
}

impl Cloud {
    async fn notify(&self, inside: &str) -> Answer {
        self.done("PUT", TARGET, &[SKIPS], &document(inside)).await
    }

    /// So many deliveries, once they came.
    async fn taken(&self, count: usize) -> Vec<Delivery> {
        loop {
            let came = self.taking.came.notified();
            let all = {
                let mut taken = self.taking.taken.lock().unwrap();
                (taken.len() >= count).then(|| std::mem::take(&mut *taken))
            };
            if let Some(all) = all {
                assert_eq!(all.len(), count, "{all:?}");
                return all;
            }
            came.await;
        }
    }

    /// What is told of the next event: its name, and what is said of the object.
    async fn event(&self) -> (String, Value) {
        let delivery = self.taken(1).await.remove(0);
        let record = told(&delivery)["Records"][0].clone();
        (record["eventName"].as_str().unwrap().to_owned(), record["s3"]["object"].clone())
    }
}

#[tokio::test]
async fn a_configuration_is_kept_and_its_destinations_are_tried() {
    let cloud = Cloud::start().await;
    let empty = cloud.done("GET", TARGET, &[], "").await;
    assert!(empty.body.contains("<NotificationConfiguration"), "{empty:?}");
    let queue = configuration(
        "sqs",
        &arn("sqs", "q"),
        &["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"],
        &filter(&[("prefix", "in/"), ("SUFFIX", "")]),
    );
    let topic = configuration("sns", &arn("sns", "t"), &["s3:ObjectTagging:*"], "<Id>mine</Id>");
    let function = configuration("lambda", &arn("lambda", "f"), &["s3:ObjectRestore:Post"], "");
    let all = [queue, topic, function].concat();
    cloud.done("PUT", TARGET, &[], &document(&all)).await;
    let kept = cloud.done("GET", TARGET, &[], "").await;
    assert_eq!(kept.all("Queue"), [arn("sqs", "q")]);
    assert_eq!(kept.all("Topic"), [arn("sns", "t")]);
    assert_eq!(kept.all("CloudFunction"), [arn("lambda", "f")]);
    assert_eq!(kept.all("Name"), ["Prefix", "Suffix"]);
    assert_eq!(
        kept.all("Event"),
        ["s3:ObjectTagging:*", "s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", "s3:ObjectRestore:Post"]
    );
    let ids = kept.all("Id");
    assert!(ids[0] == "mine" && ids[1].len() == 48 && ids[2].len() == 48 && ids[1] != ids[2], "{ids:?}");
    let mut tried = cloud.taken(2).await;
    tried.sort_by_key(|delivery| delivery.target.to_string());
    let targets: Vec<String> = tried.iter().map(|delivery| delivery.target.to_string()).collect();
    assert_eq!(targets, [arn("sns", "t"), arn("sqs", "q")], "a function is not called");
    for delivery in &tried {
        let told = told(delivery);
        assert_eq!((&told["Event"], &told["Bucket"]), (&json!("s3:TestEvent"), &json!("bucket")));
        assert_eq!(told["Service"], "Amazon S3");
        assert_eq!(delivery.subject.as_deref(), Some("Amazon S3 Notification"));
        assert_eq!(delivery.actor, Actor::Service("s3.amazonaws.com".into()));
        assert_eq!(delivery.source_arn.as_ref().map(cloud_core::Arn::as_str), Some("arn:aws:s3:::bucket"));
        assert_eq!(delivery.sender_account(), Some("000000000000"));
    }
    cloud.done("PUT", TARGET, &[], &document("<EventBridgeConfiguration/>")).await;
    let kept = cloud.done("GET", TARGET, &[], "").await;
    assert!(kept.body.contains("<EventBridgeConfiguration") && kept.all("Queue").is_empty(), "{kept:?}");
    cloud.done("PUT", TARGET, &[], &document("")).await;
    let kept = cloud.done("GET", TARGET, &[], "").await;
    assert!(!kept.body.contains("Configuration>") || kept.all("Event").is_empty(), "{kept:?}");
    cloud.put("in/a", "text").await;
    assert!(cloud.taking.taken.lock().unwrap().is_empty(), "nobody is told any more");
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "a table")]
async fn what_cannot_be_told_is_refused() {
    let cloud = Cloud::start().await;
    let created = &["s3:ObjectCreated:*"][..];
    let queue = |arn: &str, more: &str| configuration("sqs", arn, created, more);
    let (q, ambiguous) = (
        arn("sqs", "q"),
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.",
    );
    for (inside, message, name, value) in [
        (queue("invalid-queue", ""), "The ARN could not be parsed", "Queue", "invalid-queue"),
        (
            queue("invalid", "") + &queue(&arn("sqs", "none"), ""),
            "The ARN could not be parsed",
            "Queue",
            "invalid",
        ),
        (configuration("sns", &q, created, ""), "The ARN is not well formed", "Topic", &q),
        (
            configuration("lambda", "arn:aws:lambda:eu-west-1:000000000000:function:f", created, ""),
            "The notification destination service region is not valid for the bucket location constraint",
            "CloudFunction",
            "arn:aws:lambda:eu-west-1:000000000000:function:f",
        ),
        (
            configuration("sqs", &q, &["s3:ObjectEaten:*"], ""),
            "The event is not supported for notifications",
            "Event",
            "s3:ObjectEaten:*",
        ),
        (
            queue(&q, &filter(&[("infix", "a")])),
            "filter rule name must be either prefix or suffix",
            "FilterRule.Name",
            "infix",
        ),
        (
            queue(&q, "") + &queue(&arn("sqs", "other"), ""),
            "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
            "Event",
            "s3:ObjectCreated:*, s3:ObjectCreated:*",
        ),
        (queue(&q, "") + &queue(&q, &filter(&[("prefix", "a")])), ambiguous, "none", "none"),
    ] {
        for headers in [&[][..], &[SKIPS]] {
            let says = [("Message", message), ("ArgumentName", name), ("ArgumentValue", value)].map(
                |(member, text)| {
                    if text == "none" { ("Code", "InvalidArgument") } else { (member, text) }
                },
            );
            cloud.refused(("PUT", TARGET), headers, &document(&inside), "400 InvalidArgument", &says).await;
        }
    }
    let (gone, shut) = (arn("sqs", "none"), arn("sqs", "shut"));
    let (topic, function) = (arn("sns", "none"), arn("lambda", "shut"));
    let inside = [
        configuration("sns", &topic, &["s3:ObjectTagging:Put"], ""),
        configuration("sqs", &gone, &["s3:ObjectCreated:Put"], ""),
        configuration("sqs", &shut, &["s3:ObjectCreated:Copy"], ""),
        configuration("sqs", &q, &["s3:ObjectCreated:Post"], ""),
        configuration("lambda", &function, &["s3:ObjectRemoved:*"], ""),
        configuration("lambda", &arn("lambda", "none"), &["s3:ObjectTagging:Delete"], ""),
    ];
    let says = [
        ("Message", "Unable to validate the following destination configurations"),
        ("ArgumentName1", topic.as_str()),
        ("ArgumentValue1", "The destination topic does not exist"),
        ("ArgumentName2", &gone),
        ("ArgumentValue2", "The destination queue does not exist"),
        ("ArgumentName3", &shut),
        (
            "ArgumentValue3",
            "Permissions on the destination queue do not allow S3 to publish notifications from this bucket",
        ),
        ("ArgumentName4", &format!("{function}, null")),
        ("ArgumentValue4", &format!("Not authorized to invoke function [{function}]")),
        ("ArgumentValue5", "The destination Lambda does not exist"),
        ("ArgumentName6", "none"),
    ];
    let all = document(&inside.concat());
    cloud.refused(("PUT", TARGET), &[], &all, "400 InvalidArgument", &says).await;
    cloud.done("PUT", TARGET, &[SKIPS], &all).await;
    let kept = cloud.done("GET", TARGET, &[], "").await;
    assert_eq!(kept.all("Queue").len(), 3, "they were not looked at");
    assert!(cloud.taking.taken.lock().unwrap().is_empty(), "nor tried");
    let missing = ("PUT", "/none?notification");
    cloud.refused(missing, &[], &document(""), "404 NoSuchBucket", &[("BucketName", "none")]).await;
    cloud.refused(("GET", "/none?notification"), &[], "", "404 NoSuchBucket", &[]).await;
    let lacks = document("<QueueConfiguration><Queue>q</Queue></QueueConfiguration>");
    cloud.refused(("PUT", TARGET), &[], &lacks, "400 MalformedXML", &[]).await;
    cloud.refused(("PUT", TARGET), &[], "text", "400 MalformedXML", &[]).await;
}

#[tokio::test]
async fn each_change_of_an_object_is_told_in_order() {
    let cloud = Cloud::start().await;
    let every = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectTagging:*"];
    cloud.notify(&configuration("sqs", &arn("sqs", "q"), &every, "<Id>all</Id>")).await;
    let mut sequencers = BTreeSet::new();
    let mut last = String::new();
    let mut in_order = |object: &Value| {
        let sequencer = object["sequencer"].as_str().unwrap().to_owned();
        assert!(sequencer > last, "{sequencer} comes behind {last}");
        last.clone_from(&sequencer);
        assert!(sequencers.insert(sequencer));
    };
    let etag = cloud.put("a%40b", "text").await;
    let delivery = cloud.taken(1).await.remove(0);
    let told = told(&delivery);
    let record = &told["Records"][0];
    assert_eq!(
        (&record["eventName"], &record["awsRegion"]),
        (&json!("ObjectCreated:Put"), &json!("us-east-1"))
    );
    assert_eq!(record["s3"]["configurationId"], "all");
    assert_eq!(record["userIdentity"]["principalId"], "AWS:000000000000");
    assert_eq!(record["requestParameters"]["sourceIPAddress"], "127.0.0.1");
    let object = &record["s3"]["object"];
    assert_eq!((&object["key"], &object["size"]), (&json!("a%40b"), &json!(4)));
    assert_eq!(format!("\"{}\"", object["eTag"].as_str().unwrap()), etag);
    in_order(object);

    cloud.done("PUT", "/bucket/copy", &[("x-amz-copy-source", "bucket/a%40b")], "").await;
    let (name, object) = cloud.event().await;
    assert_eq!((name.as_str(), &object["key"]), ("ObjectCreated:Copy", &json!("copy")));
    in_order(&object);

    let id = cloud.begin("key").await;
    let etag = cloud.part(&id, 1, "in parts").await;
    assert!(cloud.complete(&id, &completion(&[(1, &etag)])).await.outcome() == "ok");
    let (name, object) = cloud.event().await;
    assert_eq!((name.as_str(), &object["size"]), ("ObjectCreated:CompleteMultipartUpload", &json!(8)));
    in_order(&object);

    cloud.open_to_all(r#""s3:PutObject""#).await;
    assert_eq!(cloud.post("bucket", &[("key", "form"), ("file", "text")]).await.outcome(), "ok");
    let delivery = cloud.taken(1).await.remove(0);
    let record = self::told(&delivery)["Records"][0].clone();
    assert_eq!(record["eventName"], "ObjectCreated:Post");
    assert_eq!(record["userIdentity"]["principalId"], "Anonymous");
    in_order(&record["s3"]["object"]);

    let tagging = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    cloud.done("PUT", "/bucket/key?tagging", &[], tagging).await;
    let (name, object) = cloud.event().await;
    assert_eq!(
        (name.as_str(), object.get("sequencer"), object.get("size")),
        ("ObjectTagging:Put", None, None)
    );
    assert!(object["eTag"].is_string());
    cloud.done("DELETE", "/bucket/key?tagging", &[], "").await;
    assert_eq!(cloud.event().await.0, "ObjectTagging:Delete");

    for key in ["key", "none"] {
        cloud.done("DELETE", &format!("/bucket/{key}"), &[], "").await;
        let (name, object) = cloud.event().await;
        assert_eq!((name.as_str(), &object["key"]), ("ObjectRemoved:Delete", &json!(key)));
        assert_eq!(object.as_object().unwrap().len(), 2, "{object}");
        in_order(&object);
    }
    let delete = "<Delete><Object><Key>form</Key></Object><Object><Key>none</Key></Object></Delete>";
    let digest = super::md5_of(delete);
    cloud.done("POST", "/bucket?delete", &[("content-md5", &digest)], delete).await;
    let deleted = cloud.taken(2).await;
    let mut keys: Vec<Value> = deleted
        .iter()
        .map(|delivery| self::told(delivery)["Records"][0]["s3"]["object"]["key"].clone())
        .collect();
    keys.sort_by_key(Value::to_string);
    assert_eq!(keys, ["form", "none"]);
}

#[tokio::test]
async fn eventbridge_hears_of_everything_where_it_is_to() {
    let cloud = Cloud::start().await;
    cloud.put("key", "before").await;
    cloud.notify("<EventBridgeConfiguration/>").await;
    cloud.put("key", "text").await;
    let delivery = cloud.taken(1).await.remove(0);
    assert_eq!(delivery.target.as_str(), "arn:aws:events:us-east-1:000000000000:event-bus/default");
    assert_eq!(delivery.actor, Actor::Service("s3.amazonaws.com".into()));
    let event = told(&delivery);
    assert_eq!((&event["source"], &event["detail-type"]), (&json!("aws.s3"), &json!("Object Created")));
    assert_eq!(
        (&event["detail"]["object"]["size"], &event["detail"]["reason"]),
        (&json!(4), &json!("PutObject"))
    );
    cloud.done("DELETE", "/bucket/key", &[], "").await;
    assert_eq!(told(&cloud.taken(1).await[0])["detail-type"], "Object Deleted");
}

#[tokio::test]
async fn what_is_refused_is_not_told_and_what_is_filtered_neither() {
    let cloud = Cloud::start().await;
    let created = ["s3:ObjectCreated:Put"];
    let inside = [
        configuration("sqs", &arn("sqs", "in"), &created, &filter(&[("prefix", "in/")])),
        configuration(
            "lambda",
            &arn("lambda", "out"),
            &created,
            &filter(&[("prefix", "out/"), ("suffix", ".txt")]),
        ),
        configuration("sns", &arn("sns", "gone"), &["s3:ObjectRemoved:*"], &filter(&[("suffix", ".txt")])),
    ];
    cloud.notify(&inside.concat()).await;
    cloud.put("out/a.csv", "text").await;
    cloud.put("other", "text").await;
    let absent = [("if-none-match", "*")];
    cloud.refused(("PUT", "/bucket/other"), &absent, "text", "412 PreconditionFailed", &[]).await;
    let digest = super::md5_of("other");
    cloud.refused(("PUT", "/bucket/in/a"), &[("content-md5", &digest)], "text", "400 BadDigest", &[]).await;
    cloud.done("DELETE", "/bucket/other", &[], "").await;
    cloud.put("out/a.txt", "text").await;
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1;Lineage=a87bd80c:1";
    cloud.done("PUT", "/bucket/in/b", &[("x-amzn-trace-id", trace)], "text").await;
    cloud.done("DELETE", "/bucket/out/a.txt", &[], "").await;
    let mut taken = cloud.taken(3).await;
    taken.sort_by_key(|delivery| delivery.target.to_string());
    let seen: Vec<(String, Value)> = taken
        .iter()
        .map(|delivery| {
            (
                delivery.target.resource_id().to_owned(),
                told(delivery)["Records"][0]["s3"]["object"]["key"].clone(),
            )
        })
        .collect();
    let expected = [("out", "out/a.txt"), ("gone", "out/a.txt"), ("in", "in/b")];
    assert_eq!(seen, expected.map(|(name, key)| (name.to_owned(), json!(key))));
    assert_eq!(taken[2].trace.to_string(), trace, "a loop is told by what is passed on");
    assert_eq!(taken[0].subject.as_deref(), Some("Amazon S3 Notification"));
}
