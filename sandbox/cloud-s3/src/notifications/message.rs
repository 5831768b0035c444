//! What destinations are told: the record of an event, and the message that tries a destination.
// AWS: "Event message structure", members in this order.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use cloud_core::AccountId;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest, Sha256, Sha512};

use super::{
    cause::{Cause, Event},
    destinations::Sender,
};
use crate::{names, state::Object};

/// What stays as it is in the key of a record: what it does in a form, and slashes.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/');

/// An event and the object that it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) cause: &'a Cause,
    pub(crate) sender: Sender<'a>,
    pub(crate) key: &'a str,
    /// None where it was deleted.
    pub(crate) object: Option<&'a Object>,
    /// What puts the events of a key in order; of events about tags there is none.
    pub(crate) sequencer: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Records<'a> {
    records: [Record<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'a str,
    event_source: &'a str,
    aws_region: &'a str,
    event_time: String,
    event_name: &'a str,
    user_identity: Identity<'a>,
    request_parameters: Parameters<'a>,
    response_elements: Elements<'a>,
    s3: About<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    principal_id: &'a str,
}

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: &'a str,
}

#[derive(Serialize)]
struct Elements<'a> {
    #[serde(rename = "x-amz-request-id")]
    request_id: &'a str,
    #[serde(rename = "x-amz-id-2")]
    host_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    #[serde(rename = "s3SchemaVersion")]
    schema_version: &'a str,
    configuration_id: &'a str,
    bucket: InBucket<'a>,
    object: OfObject<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InBucket<'a> {
    name: &'a str,
    owner_identity: Identity<'a>,
    arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfObject<'a> {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e_tag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequencer: Option<&'a str>,
}

impl Told<'_> {
    /// What a configuration's destination is told.
    pub(crate) fn record(&self, configuration: &str) -> String {
        let Self { cause, sender, .. } = self;
        let owner = customer_id(sender.owner);
        let about_tags = cause.event.is_about_tags();
        let object = OfObject {
            key: encoded(self.key),
            size: self.object.filter(|_| !about_tags).map(Object::size),
            e_tag: self.object.map(|object| object.etag.as_str()),
            sequencer: self.sequencer,
        };
        let record = Record {
            event_version: cause.event.version(),
            event_source: "aws:s3",
            aws_region: sender.region,
            event_time: moment(cause.at),
            event_name: cause.event.name(),
            user_identity: Identity { principal_id: &cause.principal },
            request_parameters: Parameters { source_ip_address: &cause.address },
            response_elements: Elements {
                request_id: &cause.request_id,
                host_id: host_id(&cause.request_id),
            },
            s3: About {
                schema_version: "1.0",
                configuration_id: configuration,
                bucket: InBucket {
                    name: sender.bucket,
                    owner_identity: Identity { principal_id: &owner },
                    arn: names::arn(sender.region, sender.bucket),
                },
                object,
            },
        };
        json(&Records { records: [record] })
    }
}

/// What EventBridge is told: the event, but for what its bus says itself.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Bridged<'a> {
    detail_type: &'a str,
    source: &'a str,
    account: &'a str,
    time: Timestamp,
    region: &'a str,
    resources: [String; 1],
    detail: Detail<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Detail<'a> {
    version: &'a str,
    bucket: Named<'a>,
    object: BridgedObject<'a>,
    request_id: &'a str,
    requester: &'a str,
    source_ip_address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_type: Option<&'a str>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct BridgedObject<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequencer: Option<&'a str>,
}

impl Told<'_> {
    /// What EventBridge is told. AWS: there the key is as it is.
    pub(crate) fn bridged(&self) -> String {
        let Self { cause, sender, .. } = self;
        let (detail_type, reason) = cause.event.bridged();
        let about_tags = cause.event.is_about_tags();
        json(&Bridged {
            detail_type,
            source: "aws.s3",
            account: sender.owner.as_str(),
            time: cause.at,
            region: sender.region,
            resources: [names::arn(sender.region, sender.bucket)],
            detail: Detail {
                version: "0",
                bucket: Named { name: sender.bucket },
                object: BridgedObject {
                    key: self.key,
                    size: self.object.filter(|_| !about_tags).map(Object::size),
                    etag: self.object.map(|object| object.etag.as_str()),
                    sequencer: self.sequencer,
                },
                request_id: &cause.request_id,
                requester: &cause.requester,
                source_ip_address: &cause.address,
                reason,
                deletion_type: (cause.event == Event::Deleted).then_some("Permanently Deleted"),
            },
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trial<'a> {
    service: &'a str,
    event: &'a str,
    time: String,
    bucket: &'a str,
    request_id: &'a str,
    host_id: String,
}

/// What queues and topics are told when they become destinations.
pub(crate) fn trial(bucket: &str, request_id: &str, at: Timestamp) -> String {
    json(&Trial {
        service: "Amazon S3",
        event: "s3:TestEvent",
        time: moment(at),
        bucket,
        request_id,
        host_id: host_id(request_id),
    })
}

/// Texts and numbers are always written.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A key as records have it.
// AWS: "The object key name value is URL encoded. For example, "red flower.jpg" becomes "red+flower.jpg"".
fn encoded(key: &str) -> String {
    utf8_percent_encode(key, KEPT).to_string().replace("%20", "+")
}

/// What stands for the host that answered a request.
fn host_id(request_id: &str) -> String {
    let digest = Sha512::digest(request_id);
    BASE64.encode(digest.get(..56).unwrap_or(&digest))
}

/// What stands for an account as a customer.
fn customer_id(account: &AccountId) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digits = Sha256::digest(account.as_str());
    let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).map(|letter| char::from(*letter));
    std::iter::once('A').chain(digits.iter().take(13).filter_map(letter)).collect()
}

#[cfg(test)]
mod tests {
    use cloud_core::{Caller, Region, RequestId, SeededEntropy};
    use serde_json::{Value, json};

    use super::*;
    use crate::state::{Blob, Headers};

    fn cause(event: Event) -> Cause {
        let id = RequestId::random(&SeededEntropy::new(1));
        let at = "2026-01-01T00:00:00.5Z".parse().unwrap();
        Cause::of(event, &Caller::root(&AccountId::default(), &Region::default(), id), at)
    }

    fn object() -> Object {
        Object {
            blobs: vec![Blob { id: "b".into(), size: 7, blocks: Vec::new(), checksum: None }],
            etag: "e".into(),
            modified: Timestamp::UNIX_EPOCH,
            headers: Headers::default(),
            checksum: None,
            tags: Vec::new(),
        }
    }

    fn told(cause: &Cause, object: Option<&Object>, sequencer: Option<&str>) -> Value {
        let owner = AccountId::default();
        let sender = Sender { bucket: "bucket", region: "eu-west-1", owner: &owner };
        let told = Told { cause, sender, key: "in/a b@c", object, sequencer };
        serde_json::from_str(&told.record("id")).unwrap()
    }

    #[test]
    fn a_record_says_what_was_done_to_what() {
        let put = cause(Event::Put);
        let seen = told(&put, Some(&object()), Some("01"));
        let record = &seen["Records"][0];
        let expected = json!({
            "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1",
            "eventTime": "2026-01-01T00:00:00.500Z", "eventName": "ObjectCreated:Put",
            "userIdentity": { "principalId": "AWS:000000000000" },
            "requestParameters": { "sourceIPAddress": "127.0.0.1" },
            "responseElements": { "x-amz-request-id": put.request_id, "x-amz-id-2": host_id(&put.request_id) },
            "s3": {
                "s3SchemaVersion": "1.0", "configurationId": "id",
                "bucket": {
                    "name": "bucket", "arn": "arn:aws:s3:::bucket",
                    "ownerIdentity": { "principalId": customer_id(&AccountId::default()) },
                },
                "object": { "key": "in/a+b%40c", "size": 7, "eTag": "e", "sequencer": "01" },
            },
        });
        assert_eq!(*record, expected);
    }

    #[test]
    fn what_is_gone_has_no_size_and_tags_no_order() {
        let deleted = told(&cause(Event::Deleted), None, Some("02"));
        assert_eq!(deleted["Records"][0]["s3"]["object"], json!({ "key": "in/a+b%40c", "sequencer": "02" }));
        let tagged = told(&cause(Event::Tagged), Some(&object()), None);
        let record = &tagged["Records"][0];
        assert_eq!(
            (&record["eventVersion"], &record["eventName"]),
            (&json!("2.3"), &json!("ObjectTagging:Put"))
        );
        assert_eq!(record["s3"]["object"], json!({ "key": "in/a+b%40c", "eTag": "e" }));
    }

    #[test]
    fn eventbridge_is_told_in_words_of_its_own() {
        let owner = AccountId::default();
        let sender = Sender { bucket: "bucket", region: "eu-west-1", owner: &owner };
        let bridged = |event: Event, object: Option<&Object>, sequencer| {
            let cause = cause(event);
            let told = Told { cause: &cause, sender, key: "in/a b@c", object, sequencer };
            let seen: Value = serde_json::from_str(&told.bridged()).unwrap();
            (seen, cause.request_id)
        };
        let (seen, request_id) = bridged(Event::Put, Some(&object()), Some("01"));
        let expected = json!({
            "detail-type": "Object Created", "source": "aws.s3", "account": "000000000000",
            "time": "2026-01-01T00:00:00.5Z", "region": "eu-west-1", "resources": ["arn:aws:s3:::bucket"],
            "detail": {
                "version": "0", "bucket": { "name": "bucket" },
                "object": { "key": "in/a b@c", "size": 7, "etag": "e", "sequencer": "01" },
                "request-id": request_id, "requester": "000000000000", "source-ip-address": "127.0.0.1",
                "reason": "PutObject",
            },
        });
        assert_eq!(seen, expected);
        let (seen, _) = bridged(Event::Deleted, None, Some("02"));
        assert_eq!(seen["detail"]["object"], json!({ "key": "in/a b@c", "sequencer": "02" }));
        assert_eq!(seen["detail"]["deletion-type"], "Permanently Deleted");
        let (seen, _) = bridged(Event::Tagged, Some(&object()), None);
        assert_eq!(seen["detail-type"], "Object Tags Added");
        assert_eq!(
            (seen["detail"].get("reason"), &seen["detail"]["object"]),
            (None, &json!({ "key": "in/a b@c", "etag": "e" }))
        );
    }

    #[test]
    fn ids_have_the_forms_of_aws_s() {
        assert_eq!(host_id("x").len(), 76);
        let id = customer_id(&AccountId::default());
        assert!(id.len() == 14 && id.starts_with('A'), "{id}");
        assert_ne!(id, customer_id(&AccountId::new("111111111111")));
    }

    #[test]
    fn keys_are_encoded_as_in_a_form() {
        for (key, expected) in [
            ("red flower.jpg", "red+flower.jpg"),
            ("a/b-c_d.e*f", "a/b-c_d.e*f"),
            ("a+b(c)~\u{e9}", "a%2Bb%28c%29%7E%C3%A9"),
        ] {
            assert_eq!(encoded(key), expected, "{key}");
        }
    }

    #[test]
    fn a_destination_is_tried_with_a_message_of_its_own() {
        let trial = trial("bucket", "r", Timestamp::UNIX_EPOCH);
        let expected = format!(
            r#"{{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"1970-01-01T00:00:00.000Z","Bucket":"bucket","RequestId":"r","HostId":"{}"}}"#,
            host_id("r")
        );
        assert_eq!(trial, expected);
    }
}
