//! Sample events: what each kind of source sends to a function, as it is documented; of this account and region.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

/// Where what a sample tells of would be.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
}

impl Place<'_> {
    fn arn(self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }
}

type Make = fn(Place<'_>) -> Value;

/// Each source by the kind of trigger that templates know it by, what its sample is called, and what makes it.
const SAMPLES: [(&str, &str, Make); 10] = [
    ("HttpApi", "HTTP API request", http_api),
    ("Api", "REST API request", rest_api),
    ("SQS", "SQS messages", sqs),
    ("SNS", "SNS notification", sns),
    ("S3", "S3 object created", s3),
    ("EventBridgeRule", "EventBridge event", event_bridge),
    ("DynamoDB", "DynamoDB stream records", dynamodb),
    ("Kinesis", "Kinesis records", kinesis),
    ("CloudWatchLogs", "CloudWatch Logs subscription", cloudwatch_logs),
    ("Schedule", "Schedule", schedule),
];

/// A sample for each source: those of the function's triggers first, then an empty one, then the others.
pub(crate) fn all(triggers: &[String], place: Place<'_>) -> Vec<(String, Value)> {
    let names = |kind: &str| triggers.iter().position(|trigger| usual(trigger) == kind);
    let mut first: Vec<_> = SAMPLES.iter().filter(|(kind, ..)| names(kind).is_some()).collect();
    first.sort_by_key(|(kind, ..)| names(kind));
    let others = SAMPLES.iter().filter(|(kind, ..)| names(kind).is_none());
    let made = |(_, name, make): &(&str, &str, Make)| ((*name).to_owned(), make(place));
    let mut samples: Vec<_> = first.into_iter().map(made).collect();
    samples.push(("Empty event".to_owned(), json!({})));
    samples.extend(others.map(made));
    samples
}

/// A kind of trigger by its usual name.
fn usual(trigger: &str) -> &str {
    match trigger {
        "CloudWatchEvent" => "EventBridgeRule",
        "ScheduleV2" => "Schedule",
        other => other,
    }
}

// AWS: "Working with AWS Lambda proxy integrations for HTTP APIs", payload format version 2.0.
fn http_api(place: Place<'_>) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "GET /hello/{name}",
        "rawPath": "/hello/Ada",
        "rawQueryString": "greeting=Hello",
        "headers": { "accept": "application/json", "host": "localhost" },
        "queryStringParameters": { "greeting": "Hello" },
        "requestContext": {
            "accountId": place.account,
            "apiId": "api-id",
            "domainName": "localhost",
            "http": {
                "method": "GET",
                "path": "/hello/Ada",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test"
            },
            "requestId": "id",
            "routeKey": "GET /hello/{name}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_i64
        },
        "pathParameters": { "name": "Ada" },
        "isBase64Encoded": false
    })
}

// AWS: "Lambda proxy integrations in API Gateway", input format.
fn rest_api(place: Place<'_>) -> Value {
    json!({
        "resource": "/hello/{name}",
        "path": "/hello/Ada",
        "httpMethod": "GET",
        "headers": { "Accept": "application/json", "Host": "localhost" },
        "multiValueHeaders": { "Accept": ["application/json"], "Host": ["localhost"] },
        "queryStringParameters": { "greeting": "Hello" },
        "multiValueQueryStringParameters": { "greeting": ["Hello"] },
        "pathParameters": { "name": "Ada" },
        "stageVariables": null,
        "requestContext": {
            "accountId": place.account,
            "apiId": "api-id",
            "httpMethod": "GET",
            "identity": { "sourceIp": "127.0.0.1", "userAgent": "test" },
            "path": "/Prod/hello/Ada",
            "protocol": "HTTP/1.1",
            "requestId": "id",
            "resourcePath": "/hello/{name}",
            "stage": "Prod"
        },
        "body": null,
        "isBase64Encoded": false
    })
}

// AWS: "Example Amazon SQS message event".
fn sqs(place: Place<'_>) -> Value {
    json!({ "Records": [{
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "receipt-handle",
        "body": "{\"order\": 7}",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1767225600000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1767225600010"
        },
        "messageAttributes": {},
        "md5OfBody": "7fa20081ee1217af020c02f44b6a3f91",
        "eventSource": "aws:sqs",
        "eventSourceARN": place.arn("sqs", "orders"),
        "awsRegion": place.region
    }] })
}

// AWS: "Example SNS message event".
fn sns(place: Place<'_>) -> Value {
    let topic = place.arn("sns", "orders");
    let subscription = format!("{topic}:21be56ed-a058-49f5-8c98-aedd2564c486");
    json!({ "Records": [{
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription,
        "EventSource": "aws:sns",
        "Sns": {
            "SignatureVersion": "1",
            "Timestamp": "2026-01-01T00:00:00.000Z",
            "Signature": "signature",
            "SigningCertUrl": "http://localhost/certificate.pem",
            "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
            "Message": "{\"order\": 7}",
            "MessageAttributes": { "kind": { "Type": "String", "Value": "order" } },
            "Type": "Notification",
            "UnsubscribeUrl": "http://localhost/unsubscribe",
            "TopicArn": topic,
            "Subject": "An order"
        }
    }] })
}

// AWS: "Event message structure" of S3.
fn s3(place: Place<'_>) -> Value {
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": place.region,
        "eventTime": "2026-01-01T00:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": { "principalId": "AIDAJDPLRKLG7UEXAMPLE" },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "id" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "on-upload",
            "bucket": {
                "name": "uploads",
                "ownerIdentity": { "principalId": "A3NL1KOZZKExample" },
                "arn": "arn:aws:s3:::uploads"
            },
            "object": {
                "key": "photos/a+cat.jpg",
                "size": 1024,
                "eTag": "d41d8cd98f00b204e9800998ecf8427e",
                "sequencer": "0055AED6DCD90281E5"
            }
        }
    }] })
}

// AWS: "AWS service event metadata".
fn event_bridge(place: Place<'_>) -> Value {
    json!({
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Order placed",
        "source": "shop.orders",
        "account": place.account,
        "time": "2026-01-01T00:00:00Z",
        "region": place.region,
        "resources": [],
        "detail": { "order": 7 }
    })
}

// AWS: "Example DynamoDB Streams record event".
fn dynamodb(place: Place<'_>) -> Value {
    json!({ "Records": [{
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": place.region,
        "dynamodb": {
            "ApproximateCreationDateTime": 1_767_225_600,
            "Keys": { "id": { "N": "7" } },
            "NewImage": { "id": { "N": "7" }, "state": { "S": "placed" } },
            "SequenceNumber": "4421584500000000017450439091",
            "SizeBytes": 20,
            "StreamViewType": "NEW_AND_OLD_IMAGES"
        },
        "eventSourceARN": place.arn("dynamodb", "table/orders/stream/2026-01-01T00:00:00.000")
    }] })
}

// AWS: "Example Kinesis record event".
fn kinesis(place: Place<'_>) -> Value {
    let sequence = "49590338271490256608559692538361571095921575989136588898";
    json!({ "Records": [{
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "order-7",
            "sequenceNumber": sequence,
            "data": BASE64.encode("{\"order\": 7}"),
            "approximateArrivalTimestamp": 1_767_225_600.25
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": format!("shardId-000000000000:{sequence}"),
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": format!("arn:aws:iam::{}:role/lambda-role", place.account),
        "awsRegion": place.region,
        "eventSourceARN": place.arn("kinesis", "stream/orders")
    }] })
}

// AWS: "Using CloudWatch Logs with Lambda": the data is JSON, compressed by gzip, in Base64.
fn cloudwatch_logs(place: Place<'_>) -> Value {
    let data = json!({
        "messageType": "DATA_MESSAGE",
        "owner": place.account,
        "logGroup": "/aws/lambda/orders",
        "logStream": "2026/01/01/[$LATEST]7d7f2b9e1c7c4a0c8e8b2c0f6f2f0f5e",
        "subscriptionFilters": ["errors"],
        "logEvents": [{
            "id": "39000000000000000000000000000000000000000000000000000000",
            "timestamp": 1_767_225_600_000_i64,
            "message": "ERROR the order has no address"
        }]
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    // Memory takes all that is written to it.
    let written = packed.write_all(data.to_string().as_bytes()).and_then(|()| packed.finish());
    json!({ "awslogs": { "data": BASE64.encode(written.unwrap_or_default()) } })
}

// AWS: "Creating a rule that runs on a schedule": what a scheduled rule sends.
fn schedule(place: Place<'_>) -> Value {
    json!({
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": place.account,
        "time": "2026-01-01T00:00:00Z",
        "region": place.region,
        "resources": [place.arn("events", "rule/nightly")],
        "detail": {}
    })
}
