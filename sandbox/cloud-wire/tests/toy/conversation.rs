//! Events in both directions at once, written, signed and read by AWS's own code for clients.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::event_stream::{sign_empty_message, sign_message};
use aws_sigv4::http_request::SignableBody;
use aws_sigv4::sign::v4;
use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder, write_message_to};
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Cloud;
use crate::client::{Answer, Client, joined};

/// What the head of a request of signed events states as its digest.
const EVENTS: &str = "STREAMING-AWS4-HMAC-SHA256-EVENTS";

/// A conversation under way.
struct Talk<'c> {
    client: &'c Client,
    service: &'static str,
    stream: TcpStream,
    signature: String,
    came: Vec<u8>,
}

fn message(kind: &str, payload: &'static [u8]) -> Message {
    let header =
        |name: &'static str, text: &str| Header::new(name, HeaderValue::String(text.to_owned().into()));
    Message::new(payload).add_header(header(":message-type", "event")).add_header(header(":event-type", kind))
}

impl<'c> Talk<'c> {
    async fn begin(cloud: &'c Cloud, service: &'static str, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut headers = headers.to_vec();
        headers.push(("x-amz-content-sha256", EVENTS));
        headers.push(("content-type", "application/vnd.amazon.eventstream"));
        let digest = SignableBody::Precomputed(EVENTS.to_owned());
        let client = &cloud.client;
        let (head, signature) = client.head("127.0.0.1", service, "POST", path, &headers, digest);
        let stream = client.connect(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).await;
        Self { client, service, stream, signature, came: Vec::new() }
    }

    /// Sends a message, none as the end, with its signature or a false one.
    async fn say(&mut self, message: Option<&Message>, falsely: bool) {
        let identity = Credentials::new("AKIATEST", "secret", None, None, "test").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(self.service)
            .time(SystemTime::from(self.client.context.now()))
            .settings(())
            .build()
            .unwrap();
        let last = if falsely { "0".repeat(64) } else { self.signature.clone() };
        let signed = match message {
            Some(message) => sign_message(message, &last, &params),
            None => sign_empty_message(&last, &params),
        };
        let (signed, signature) = signed.unwrap().into_parts();
        self.signature = signature;
        let mut bytes = Vec::new();
        write_message_to(&signed, &mut bytes).unwrap();
        self.send(&bytes).await;
    }

    async fn send(&mut self, bytes: &[u8]) {
        let head = format!("{:x}\r\n", bytes.len());
        self.stream.write_all(&[head.as_bytes(), bytes, b"\r\n"].concat()).await.unwrap();
    }

    /// Waits until so many messages have come; all of them, as texts.
    async fn heard(&mut self, count: usize) -> Vec<String> {
        loop {
            let messages = messages(&self.came);
            if messages.len() >= count {
                return messages;
            }
            let mut buffer = vec![0; 4096];
            let read = self.stream.read(&mut buffer).await.unwrap();
            assert!(read > 0, "only {messages:?} came; {}", String::from_utf8_lossy(&self.came));
            self.came.extend_from_slice(&buffer[..read]);
        }
    }

    /// Says no more; all messages.
    async fn end(mut self) -> Vec<String> {
        self.until_end().await;
        messages(&self.came)
    }

    /// Reads to the end. Whoever found something wrong has hung up, perhaps before he was told that there is no more.
    async fn until_end(&mut self) {
        drop(self.stream.write_all(b"0\r\n\r\n").await);
        let mut buffer = vec![0; 4096];
        while let Ok(read @ 1..) = self.stream.read(&mut buffer).await {
            self.came.extend_from_slice(&buffer[..read]);
        }
    }
}

/// The messages in what a connection said so far.
fn messages(came: &[u8]) -> Vec<String> {
    let Some(end) = came.windows(4).position(|four| four == b"\r\n\r\n") else { return Vec::new() };
    let head = String::from_utf8_lossy(&came[..end]).to_lowercase();
    assert!(head.contains("content-type: application/vnd.amazon.eventstream"), "{}", Answer::of(came).text());
    let mut body = bytes::Bytes::from(joined(&came[end + 4..]));
    let (mut decoder, mut found) = (MessageFrameDecoder::new(), Vec::new());
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut body).unwrap() {
        let text = |name: &str| {
            let header = message.headers().iter().find(|header| header.name().as_str() == name);
            header.and_then(|header| header.value().as_string().ok()).map_or("", |text| text.as_str())
        };
        let kind = match text(":message-type") {
            "event" => text(":event-type"),
            "exception" => text(":exception-type"),
            _ => text(":error-code"),
        };
        found.push(format!("{kind} {}", String::from_utf8_lossy(message.payload())));
    }
    found
}

async fn begun<'c>(cloud: &'c Cloud, service: &'static str) -> Talk<'c> {
    let put = [("x-amz-target", "Toy.PutThing")];
    let made = if service == "toy-rest-json" {
        cloud.client.send(service, "PUT", "/things/a", &[], b"{}").await
    } else {
        cloud.client.send(service, "POST", "/", &put, br#"{"Name":"a"}"#).await
    };
    assert!(made.status < 300, "{}", made.text());
    if service == "toy-rest-json" {
        return Talk::begin(cloud, service, "/things/a/conversation", &[]).await;
    }
    let mut talk = Talk::begin(cloud, service, "/", &[("x-amz-target", "Toy.Converse")]).await;
    talk.say(Some(&message("initial-request", br#"{"Name":"a"}"#)), false).await;
    talk
}

#[tokio::test]
async fn events_are_answered_before_the_next_is_said() {
    let cloud = Cloud::start().await;
    for (service, first) in [("toy-rest-json", None), ("toy", Some(r#"initial-response {"Name":"a"}"#))] {
        let mut talk = begun(&cloud, service).await;
        let mut expected: Vec<&str> = first.into_iter().collect();
        talk.say(Some(&message("Note", br#"{"Text":"one","Choice":{"Number":1}}"#)), false).await;
        expected.push(r#"Note {"Text":"ONE","Choice":{"Number":1}}"#);
        assert_eq!(talk.heard(expected.len()).await, expected, "{service}");

        // What is not known counts for nothing.
        talk.say(Some(&message("Other", b"?")), false).await;
        let chunk = message("Chunk", b"\x00bytes").add_header(Header::new("Number", HeaderValue::Int32(7)));
        talk.say(Some(&chunk), false).await;
        expected.push("Chunk \0bytes");
        assert_eq!(talk.heard(expected.len()).await, expected, "{service}");
        talk.say(Some(&message("Pause", b"")), false).await;
        talk.say(None, false).await;
        expected.push("Pause ");
        assert_eq!(talk.end().await, expected, "{service}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_events_ends_the_stream() {
    let cloud = Cloud::start().await;
    let note = message("Note", br#"{"Text":"one"}"#);
    let wrong = |answer: Vec<String>, code: &str| {
        assert_eq!(answer.first().map(String::as_str), Some(r#"Note {"Text":"ONE"}"#));
        assert!(answer.len() == 2 && answer[1].starts_with(code), "{answer:?}");
    };
    let said = async || {
        let mut talk = begun(&cloud, "toy-rest-json").await;
        talk.say(Some(&note), false).await;
        talk
    };
    let mut talk = said().await;
    talk.say(Some(&note), true).await;
    wrong(talk.end().await, "SignatureDoesNotMatch");
    // An end that is not signed may be a cut.
    wrong(said().await.end().await, "SerializationException");
    // A message that is not signed at all, and one that is none.
    let mut talk = said().await;
    let mut bytes = Vec::new();
    write_message_to(&note, &mut bytes).unwrap();
    talk.send(&bytes).await;
    wrong(talk.end().await, "SerializationException");
    let mut talk = said().await;
    talk.send(b"neither length nor checksum").await;
    wrong(talk.end().await, "SerializationException");
    let mut talk = said().await;
    talk.say(Some(&message("Note", br#"{"Choice":{}}"#)), false).await;
    wrong(talk.end().await, "EmptyChoice");
}

#[tokio::test]
async fn an_rpc_conversation_begins_with_its_request() {
    let cloud = Cloud::start().await;
    let target = [("x-amz-target", "Toy.Converse")];
    let mut talk = Talk::begin(&cloud, "toy", "/", &target).await;
    talk.say(Some(&message("Note", b"{}")), false).await;
    talk.until_end().await;
    let answer = Answer::of(&talk.came).text();
    assert!(answer.starts_with("400") && answer.contains("initial-request"), "{answer}");
}
