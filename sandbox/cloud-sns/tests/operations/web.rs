//! HTTP and HTTPS endpoints: what they are asked and told, over TLS, and signed.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::ParsedCertificate;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A connection, secured or not.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// An HTTP server that answers each request with a status in turn. What it was sent.
async fn http_server(statuses: Vec<u16>) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
    let (port, served, _) = server(statuses, None).await;
    (port, served)
}

/// The same, over TLS where there is somebody to secure connections. Each request is told as it comes, too.
async fn server(
    statuses: Vec<u16>,
    acceptor: Option<TlsAcceptor>,
) -> (u16, tokio::task::JoinHandle<Vec<String>>, mpsc::UnboundedReceiver<String>) {
    let (tell, told) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = async move {
        let mut seen = Vec::new();
        for status in statuses {
            let (socket, _) = listener.accept().await.unwrap();
            let mut socket: Box<dyn Socket> = match &acceptor {
                Some(acceptor) => Box::new(acceptor.accept(socket).await.unwrap()),
                None => Box::new(socket),
            };
            let mut text = String::new();
            loop {
                let mut bytes = [0; 4096];
                let read = socket.read(&mut bytes).await.unwrap();
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                if body.len() >= length.parse::<usize>().unwrap() {
                    break;
                }
            }
            let _ = tell.send(text.clone());
            seen.push(text);
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            socket.write_all(answer.as_bytes()).await.unwrap();
            let _ = socket.shutdown().await;
        }
        seen
    };
    (port, tokio::spawn(serve), told)
}

/// Secures connections to `localhost`, and whom to trust for that.
fn secured() -> (TlsAcceptor, Trust) {
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, secret) = (key.cert.der().clone(), key.signing_key.serialize_der());
    let trust = Trust::Only(vec![certificate.to_vec()]);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(secret).into())
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), trust)
}

#[tokio::test]
async fn https_endpoints_confirm_and_are_delivered_to_over_tls() {
    let (acceptor, trust) = secured();
    let cloud = Cloud::trusting(trust).await;
    let topic = cloud.topic("t", &[]).await;
    let plain = [("TopicArn", &*topic), ("Protocol", "https"), ("Endpoint", "http://localhost/")];
    let mismatch = "Invalid parameter: Endpoint must match the specified protocol";
    cloud.refused("Subscribe", &plain, "InvalidParameter", mismatch).await;
    let (port, asked, mut told) = server(vec![200, 503, 200], Some(acceptor)).await;
    let policy = r#"{"healthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":1}}"#;
    let endpoint = format!("https://localhost:{port}/x");
    let arn = cloud.subscribe(&topic, "https", &endpoint, &[("DeliveryPolicy", policy)]).await;
    let question = body_of(&told.recv().await.unwrap());
    let all = cloud.attributes("GetSubscriptionAttributes", "SubscriptionArn", &arn).await;
    assert_eq!((&*all["Protocol"], &*all["PendingConfirmation"]), ("https", "true"));
    let token = [("TopicArn", &*topic), ("Token", question["Token"].as_str().unwrap())];
    cloud.done("ConfirmSubscription", &token).await;
    let structure =
        [("TopicArn", &*topic), ("Message", r#"{"default":"d","https":"s"}"#), ("MessageStructure", "json")];
    cloud.done("Publish", &structure).await;
    let asked = cloud.ended(asked).await;
    let kinds: Vec<_> = asked.iter().map(|text| body_of(text)["Type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["SubscriptionConfirmation", "Notification", "Notification"]);
    assert_eq!(body_of(&asked[2])["Message"], "s", "it was tried again");
    assert!(asked[2].starts_with("POST /x HTTP/1.1\r\n"), "{}", asked[2]);
}

fn body_of(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn http_endpoints_confirm_and_are_tried_again() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let (port, asked) = http_server(vec![200]).await;
    let policy = r#"{"healthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":1},"requestPolicy":{"headerContentType":"application/json"}}"#;
    let own =
        [("TopicArn", &*topic), ("Protocol", "http"), ("Endpoint", &*format!("http://127.0.0.1:{port}/x"))];
    let body =
        cloud.done("Subscribe", &with(&own, "Attributes", &[("DeliveryPolicy", policy)]).borrowed()).await;
    assert_eq!(inside(&body, "SubscriptionArn"), "pending confirmation");
    let asked = cloud.ended(asked).await.remove(0);
    assert!(asked.contains("x-amz-sns-message-type: SubscriptionConfirmation\r\n"), "{asked}");
    assert!(asked.starts_with("POST /x HTTP/1.1\r\n"));
    let confirmation = body_of(&asked);
    cloud.quiet().await;
    cloud
        .refused(
            "ConfirmSubscription",
            &[("TopicArn", &topic), ("Token", "x")],
            "InvalidParameter",
            "Invalid token",
        )
        .await;
    let wrong = "a".repeat(64);
    cloud
        .refused(
            "ConfirmSubscription",
            &[("TopicArn", &topic), ("Token", &wrong)],
            "InvalidParameter",
            "Invalid parameter: Token",
        )
        .await;
    let list = cloud.done("ListSubscriptions", &[]).await;
    assert_eq!(inside(&list, "SubscriptionArn"), "PendingConfirmation");
    let address = confirmation["SubscribeURL"].as_str().unwrap().split_once("/_aws").unwrap().1.to_owned();
    let answer = cloud.get(&format!("/_aws{address}")).await;
    let arn = inside(&answer.body, "SubscriptionArn");
    assert!(arn.starts_with(&topic), "{}", answer.body);
    let all = cloud.attributes("GetSubscriptionAttributes", "SubscriptionArn", &arn).await;
    assert_eq!((&*all["PendingConfirmation"], &*all["ConfirmationWasAuthenticated"]), ("false", "false"));
    let (next, told) = http_server(vec![503, 200]).await;
    // The same subscription, with another address: a new one, confirmed with a signature.
    let other = cloud
        .subscribe(&topic, "http", &format!("http://127.0.0.1:{next}/"), &[("DeliveryPolicy", policy)])
        .await;
    drop(other);
    let told = cloud.ended(told).await;
    assert_eq!(told.len(), 2, "the confirmation was tried again");
    assert_eq!(body_of(&told[0])["Token"], body_of(&told[1])["Token"]);
}

/// What AWS's documentation says is signed of an envelope.
const SIGNED: [&str; 8] =
    ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

impl Cloud {
    /// Whether an envelope has that version, and is signed by whose certificate it names; and that it would not be, had it
    /// another id.
    async fn is_signed(&self, envelope: &Value, version: &str) -> bool {
        let member = |name: &str| envelope[name].as_str();
        let url = member("SigningCertURL").or(member("SigningCertUrl")).unwrap();
        let path = format!("/{}", url.rsplit('/').next().unwrap());
        assert_eq!(url, format!("http://localhost:{}{path}", self.endpoint.port()));
        let pem = self.get(&path).await.body;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        let key = ParsedCertificate::try_from(&certificate).unwrap().subject_public_key_info();
        let by = if version == "1" {
            &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
        } else {
            &RSA_PKCS1_2048_8192_SHA256
        };
        let text = |id: &str| {
            let told = SIGNED.iter().filter_map(|name| Some((*name, member(name)?)));
            let shown = |name, value| if name == "MessageId" { id } else { value };
            told.flat_map(|(name, value)| [name, "\n", shown(name, value), "\n"]).collect::<String>()
        };
        let signature = STANDARD.decode(member("Signature").unwrap()).unwrap();
        let verifies = |id: &str| {
            UnparsedPublicKey::new(by, key.as_ref()).verify(text(id).as_bytes(), &signature).is_ok()
        };
        assert!(!verifies("another"));
        member("SignatureVersion") == Some(version) && verifies(member("MessageId").unwrap())
    }
}

#[tokio::test]
async fn what_is_told_is_signed_as_the_topic_says() {
    let cloud = Cloud::start().await;
    let absent = format!("/SimpleNotificationService-{}.pem", "0".repeat(32));
    assert_eq!(cloud.get(&absent).await.status, 404, "nothing was signed yet");
    for (name, attributes, version) in [
        ("usual", &[][..], "1"),
        ("one", &[("SignatureVersion", "1")], "1"),
        ("two", &[("SignatureVersion", "2")], "2"),
    ] {
        let topic = cloud.topic(name, attributes).await;
        cloud.subscribe(&topic, "sqs", &queue("q"), &[]).await;
        cloud.subscribe(&topic, "lambda", "arn:aws:lambda:us-east-1:000000000000:function:f", &[]).await;
        let message = [("TopicArn", &*topic), ("Subject", "s"), ("Message", "line\nand \u{e9}")];
        cloud.done("Publish", &message).await;
        let taken = cloud.taken(2).await;
        let told = |place: usize| serde_json::from_slice::<Value>(&taken[place].payload).unwrap();
        assert!(cloud.is_signed(&told(0)["Records"][0]["Sns"], version).await, "{}", told(0));
        assert!(cloud.is_signed(&told(1), version).await, "{}", told(1));
        let (port, asked) = http_server(vec![200]).await;
        cloud.subscribe(&topic, "http", &format!("http://127.0.0.1:{port}/"), &[]).await;
        let question = body_of(&cloud.ended(asked).await[0]);
        assert_eq!(question["Type"], "SubscriptionConfirmation");
        assert!(cloud.is_signed(&question, version).await, "{question}");
    }
}

#[tokio::test]
async fn who_was_unsubscribed_by_a_stranger_is_told_and_may_come_back() {
    let cloud = Cloud::start().await;
    let topic = cloud.topic("t", &[]).await;
    let (port, asked, mut told) = server(vec![200, 200, 200], None).await;
    let arn = cloud.subscribe(&topic, "http", &format!("http://127.0.0.1:{port}/x"), &[]).await;
    let question = body_of(&told.recv().await.unwrap());
    let answer = async |url: &str| {
        let path = url.split_once("/_aws").unwrap().1.to_owned();
        cloud.get(&format!("/_aws{path}")).await
    };
    assert_eq!(answer(question["SubscribeURL"].as_str().unwrap()).await.status, 200);
    let end = format!("/_aws/sns/?Action=Unsubscribe&SubscriptionArn={arn}");
    assert_eq!(cloud.get(&end).await.status, 200);
    let gone = "Subscription does not exist";
    cloud.refused("GetSubscriptionAttributes", &[("SubscriptionArn", &arn)], "NotFound", gone).await;
    let ended = told.recv().await.unwrap();
    for says in [
        "x-amz-sns-message-type: UnsubscribeConfirmation\r\n",
        &format!("x-amz-sns-subscription-arn: {arn}\r\n"),
    ] {
        assert!(ended.contains(says), "{ended}");
    }
    let ended = body_of(&ended);
    assert!(cloud.is_signed(&ended, "1").await, "{ended}");
    assert!(
        ended["Message"]
            .as_str()
            .unwrap()
            .starts_with(&format!("You have chosen to deactivate subscription {arn}."))
    );
    let restored = answer(ended["SubscribeURL"].as_str().unwrap()).await;
    assert_eq!(
        (restored.status, inside(&restored.body, "SubscriptionArn")),
        (200, arn.clone()),
        "{}",
        restored.body
    );
    cloud.done("Publish", &[("TopicArn", &topic), ("Message", "m")]).await;
    assert_eq!(body_of(&cloud.ended(asked).await[2])["Message"], "m");
    // Who signs is told nothing more, and its token is used up.
    cloud.done("Unsubscribe", &[("SubscriptionArn", &arn)]).await;
    let token = [("TopicArn", &*topic), ("Token", ended["Token"].as_str().unwrap())];
    cloud.refused("ConfirmSubscription", &token, "InvalidParameter", "Invalid parameter: Token").await;
}
