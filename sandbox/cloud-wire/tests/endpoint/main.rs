//! The endpoint over real sockets: what it refuses, how it fails, how bodies stream. The services here are made up.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "made-up services of a test"
)]

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use cloud_core::budget::{Budget, Source};
use cloud_core::{
    AccountId, AwsError, Caller, CloudEvent, Context, Credential, CredentialStore, Principal, Region,
    RequestId, SecretKey, Settings,
};
use cloud_wire::form::{Form, FormAnswer};
use cloud_wire::head::Head;
use cloud_wire::service::{CrossOrigin, Posting};
use cloud_wire::{Body, Endpoint, Operation, Proven, Prover, PublicFront, Service, ServiceModel, unhandled};
use hmac::{Hmac, Mac};
use http::{Request, Response};
use sha1::Sha1;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

mod fronts;
mod hang_ups;

mod kv;

mod blobs;

mod realms;

/// What the front adds to its large answers.
const LARGE_ANSWER: usize = 16 << 20;

/// Requests under way.
const PLACES: u64 = 16;

/// What `Take` takes.
const LARGE: usize = 32 << 20;

/// Keeps operations waiting until they may end, and counts them.
#[derive(Default)]
struct Kv {
    begun: AtomicUsize,
    ended: AtomicUsize,
    may_end: Notify,
}

impl Service for Kv {
    fn model(&self) -> &'static ServiceModel {
        &kv::MODEL
    }

    cloud_wire::dispatch! { crate::kv; Echo => echo, Panic => panicking, Wait => wait, Take => take }

    fn body_limit(&self, operation: &Operation) -> u64 {
        if operation.name == "Take" { LARGE as u64 } else { 1000 }
    }
}

async fn echo(_kv: &Kv, _caller: &Caller, input: kv::EchoInput) -> Result<kv::EchoInput, AwsError> {
    if input.text == "none" {
        return Err(kv::Code::NoSuchThing.error("It is not there").with("Reason", "never was"));
    }
    Ok(input)
}

async fn take(_kv: &Kv, _caller: &Caller, _input: ()) -> Result<(), AwsError> {
    Ok(())
}

async fn wait(kv: &Kv, _caller: &Caller, _input: ()) -> Result<(), AwsError> {
    let may_end = kv.may_end.notified();
    kv.begun.fetch_add(1, Ordering::SeqCst);
    may_end.await;
    kv.ended.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

async fn panicking(_kv: &Kv, _caller: &Caller, _input: ()) -> Result<(), AwsError> {
    panic!("on purpose")
}

/// Keeps the length of what was put, if it came whole; and what is held while an endless object is read.
#[derive(Default)]
struct Blobs(tokio::sync::Mutex<Option<(String, u64)>>, Arc<()>);

impl Service for Blobs {
    fn model(&self) -> &'static ServiceModel {
        &blobs::MODEL
    }

    cloud_wire::dispatch! { crate::blobs; GetObject => get_object, PutObject => put_object }

    fn cross_origin(&self, head: &Head) -> Option<CrossOrigin> {
        head.routed_path.strip_prefix("/bucket")?;
        Some(match head.header("origin") {
            Some("https://granted.test") => Ok(vec![("access-control-allow-origin", "it".to_owned())]),
            _ => Err(AwsError::new("AccessForbidden", "Not you").status(403)),
        })
    }

    fn post<'a>(&'a self, caller: &'a Caller, form: Form) -> Option<Posting<'a>> {
        Some(Box::pin(async move {
            let file = form.file.ok_or_else(|| AwsError::new("NoFile", "no file"))?;
            let text = String::from_utf8_lossy(&file.body.collect(100).await?).into_owned();
            let members = vec![("Key", caller.access_key_id.clone()), ("Text", text)];
            Ok(FormAnswer { status: 201, headers: Vec::new(), document: Some(("Posted", members)) })
        }))
    }

    fn body_limit(&self, _operation: &Operation) -> u64 {
        5 << 30
    }
}

async fn put_object(
    blobs: &Blobs,
    _caller: &Caller,
    mut input: blobs::PutInput,
) -> Result<blobs::PutOutput, AwsError> {
    let mut length = 0;
    while let Some(chunk) = input.body.next().await {
        length += chunk?.len() as u64;
    }
    *blobs.0.lock().await = Some((format!("{}/{}", input.bucket, input.key), length));
    Ok(blobs::PutOutput { e_tag: Some("\"tag\"".into()) })
}

async fn get_object(
    blobs: &Blobs,
    _caller: &Caller,
    input: blobs::GetInput,
) -> Result<blobs::GetOutput, AwsError> {
    if input.key == "endless" {
        return Ok(blobs::GetOutput { length: None, body: hang_ups::endless(&blobs.1) });
    }
    let kept =
        blobs.0.lock().await.clone().filter(|(name, _)| *name == format!("{}/{}", input.bucket, input.key));
    let (_, length) =
        kept.ok_or_else(|| blobs::Code::NoSuchKey.error("The specified key does not exist."))?;
    Ok(blobs::GetOutput {
        length: i64::try_from(length).ok(),
        body: Bytes::from(vec![b'x'; length as usize]).into(),
    })
}

struct Front;

#[async_trait]
impl PublicFront for Front {
    fn claims_host(&self, host: &str) -> bool {
        host.ends_with(".execute-api.localhost")
    }

    fn claims_path(&self, path: &str) -> bool {
        path.starts_with("/_aws/execute-api/")
    }

    fn has(&self, request: &http::request::Parts) -> bool {
        request.headers.get("host").is_none_or(|host| !host.to_str().unwrap().starts_with("ab"))
    }

    async fn answer(
        &self,
        request: Request<Body>,
        peer: Option<std::net::IpAddr>,
        _: &RequestId,
    ) -> Response<Body> {
        let text = format!("front {}", request.uri().path());
        if text.ends_with("/who") {
            return who(request, peer).await;
        }
        // More than the sockets' buffers take, where that is asked for.
        let padding = if text.ends_with("/large") { LARGE_ANSWER } else { 0 };
        Response::new(Bytes::from(text + &" ".repeat(padding)).into())
    }
}

/// Says who has signed a request for `kv`, and what.
async fn who(request: Request<Body>, peer: Option<std::net::IpAddr>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let prover = parts.extensions.get::<Prover>().unwrap().clone();
    let head = Head::of(&Request::from_parts(parts, ()), peer).unwrap();
    let text = match prover.prove(head, body, ("kv", &Region::default()), 100).await {
        Ok(None) => "nobody".to_owned(),
        Ok(Some(Proven { caller, keys, body })) => {
            let from = keys.iter().find(|(name, _)| name == "aws:SourceIp").unwrap();
            format!("{} from {} says {}", caller.arn, from.1[0], String::from_utf8_lossy(&body))
        }
        Err(error) => error.to_string(),
    };
    Response::new(Bytes::from(text).into())
}

struct OneKey;

impl CredentialStore for OneKey {
    fn find(&self, access_key_id: &str) -> Option<Credential> {
        let principal = Principal::root(&AccountId::default());
        let secret = SecretKey::new("secret");
        (access_key_id == "AKIATEST").then_some(Credential {
            secret,
            session_token: None,
            expires: None,
            principal,
        })
    }
}

struct Cloud {
    context: Context,
    port: u16,
    shutdown: CancellationToken,
    kv: Arc<Kv>,
    blobs: Arc<Blobs>,
    served: tokio::task::JoinHandle<std::io::Result<edge::Drained>>,
    _folder: tempfile::TempDir,
}

impl Cloud {
    async fn start() -> Self {
        Self::with_memory(512 << 20).await
    }

    async fn with_memory(bytes: u64) -> Self {
        Self::built(bytes, |endpoint| endpoint).await
    }

    async fn built(bytes: u64, change: impl FnOnce(Endpoint) -> Endpoint) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let memory = Budget::new("tests", bytes);
        let context = Context::new(Settings { memory, ..Settings::new(folder.path()) });
        let (kv, blobs) = (Arc::new(Kv::default()), Arc::new(Blobs::default()));
        let endpoint = Endpoint::new(context.clone(), Arc::new(OneKey))
            .with_places(PLACES)
            .with_service(kv.clone())
            .with_service(blobs.clone())
            .with_front(Arc::new(Front));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(change(endpoint).serve(listener, shutdown.clone()));
        Self { context, port, shutdown, kv, blobs, served, _folder: folder }
    }

    async fn connect(&self, request: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream
    }

    /// The whole answer to a request that is sent as it is.
    async fn raw(&self, request: &[u8]) -> String {
        let mut answer = Vec::new();
        self.connect(request).await.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A request as text, signed for the endpoint's own region.
    fn signed(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Vec<u8> {
        self.signed_in(("us-east-1", "secret"), service, method, path, headers, body)
    }

    /// The same for a region, with a secret.
    fn signed_in(
        &self,
        (region, secret): (&str, &str),
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Vec<u8> {
        let identity = Credentials::new("AKIATEST", secret, None, None, "test").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(SystemTime::from(self.context.now()))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let host = format!("127.0.0.1:{}", self.port);
        let uri = format!("http://{host}{path}");
        let stated =
            headers.iter().find(|(name, _)| *name == "x-amz-content-sha256").map(|(_, value)| *value);
        let payload =
            stated.map_or(SignableBody::Bytes(body), |stated| SignableBody::Precomputed(stated.to_owned()));
        let all = headers.iter().copied().chain([("host", host.as_str())]);
        let signable = SignableRequest::new(method, &uri, all, payload).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut request = Request::builder().method(method).uri(&uri).body(()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        for (name, value) in request.headers() {
            let _ = write!(text, "{name}: {}\r\n", value.to_str().unwrap());
        }
        for (name, value) in headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let _ = write!(text, "content-length: {}\r\n\r\n", body.len());
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }

    async fn kv(&self, operation: &str, body: &str) -> String {
        let target = format!("Kv_1.{operation}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
        self.raw(&self.signed("kv", "POST", "/", &headers, body.as_bytes())).await
    }
}

/// A document of that length.
fn padded(length: usize) -> Vec<u8> {
    format!("{{}}{}", " ".repeat(length - 2)).into_bytes()
}

fn check(answer: &str, status: &str, body: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.ends_with(body), "{answer}");
}

#[tokio::test]
async fn operations_answer_and_fail_in_their_protocol() {
    let cloud = Cloud::start().await;
    check(&cloud.kv("Echo", r#"{"Text":"hi"}"#).await, "200", r#"{"Text":"hi"}"#);
    check(
        &cloud.kv("Echo", r#"{"Text":"none"}"#).await,
        "404",
        r#"{"__type":"NoSuchThing","Message":"It is not there","Reason":"never was"}"#,
    );
    check(
        &cloud.kv("Echo", r#"{"Text":"far too long"}"#).await,
        "400",
        r#"Value 'far too long' at 'text' failed to satisfy constraint: Member must have length less than or equal to 8"}"#,
    );
    check(
        &cloud.kv("Echo", "{}").await,
        "400",
        r#"Value null at 'text' failed to satisfy constraint: Member must not be null"}"#,
    );
    check(
        &cloud.kv("Echo", "{").await,
        "400",
        r#"{"__type":"SerializationException","message":"EOF while parsing an object"}"#,
    );
    check(
        &cloud.kv("Nothing", "{}").await,
        "400",
        r#""message":"The requested operation is not recognized by the service."}"#,
    );
    check(
        &cloud.kv("Echo", &" ".repeat(1001)).await,
        "413",
        "Request must be smaller than 1000 bytes for the Echo operation\"}",
    );
}

#[tokio::test]
async fn a_panic_fails_its_request_only() {
    let cloud = Cloud::start().await;
    check(&cloud.kv("Panic", "{}").await, "500", "unknown error, exception or failure.\"}");
    check(&cloud.kv("Echo", r#"{"Text":"hi"}"#).await, "200", r#"{"Text":"hi"}"#);
}

#[tokio::test]
async fn the_unsigned_are_told_so_in_the_form_they_understand() {
    let cloud = Cloud::start().await;
    let get = async |path: &str, headers: &str| {
        cloud
            .raw(
                format!(
                    "GET {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n{headers}\r\n",
                    cloud.port
                )
                .as_bytes(),
            )
            .await
    };
    check(
        &get("/", "x-amz-target: Kv_1.Echo\r\n").await,
        "403",
        r#"{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}"#,
    );
    assert!(get("/bucket/key", "").await.contains("<Code>AccessDenied</Code>"));
    assert!(
        get("/bucket/key?AWSAccessKeyId=x&Signature=y%3D%3D%3D&Expires=1", "")
            .await
            .contains("<Code>SignatureDoesNotMatch</Code>")
    );
    assert!(get("/bucket/key", "authorization: AWS x:y\r\n").await.contains("Please use AWS4-HMAC-SHA256"));
    check(
        &get("/bucket/key", "origin: http://evil.example\r\n").await,
        "403",
        "Web pages may not call this cloud.\n",
    );
    check(
        &get("/bucket/key", "sec-fetch-site: same-site\r\n").await,
        "403",
        "Web pages may not call this cloud.\n",
    );
    check(&get("/%ff?%ff", "").await, "400", "The query is not UTF-8.\n");
}

/// A form with a policy, posted with those fields and that type.
fn form(kind: &str, fields: &[(&str, &str)]) -> (String, String) {
    let part = |(name, value): &(&str, &str)| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let parts: Vec<String> = fields.iter().map(part).collect();
    (format!("content-type: {kind}\r\n"), format!("{}--B--\r\n", parts.concat()))
}

type Fields = Vec<(&'static str, String)>;

/// What clients sign a policy with, of either version.
fn policy_fields(policy: &str) -> (Fields, Fields) {
    let sha256 = |key: &[u8], text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let scope = ["20200101", "us-east-1", "s3", "aws4_request"];
    let key = scope.iter().fold(b"AWS4secret".to_vec(), |key, part| sha256(&key, part));
    let mut sha1 = Hmac::<Sha1>::new_from_slice(b"secret").unwrap();
    sha1.update(policy.as_bytes());
    let old = BASE64.encode(sha1.finalize().into_bytes());
    let new = vec![
        ("policy", policy.to_owned()),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", format!("AKIATEST/{}", scope.join("/"))),
        ("x-amz-date", "20200101T000000Z".to_owned()),
        ("X-Amz-Signature", hex::encode(sha256(&key, policy))),
    ];
    let old =
        vec![("policy", policy.to_owned()), ("AWSAccessKeyId", "AKIATEST".to_owned()), ("signature", old)];
    (new, old)
}

#[tokio::test]
async fn a_form_is_proven_by_its_policy() {
    let cloud = Cloud::start().await;
    let post = async |path: &str, kind: &str, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (headers, body) = form(kind, &fields);
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
            cloud.port,
            body.len()
        );
        cloud.raw(format!("{head}{body}").as_bytes()).await
    };
    let kind = "multipart/form-data; boundary=B";
    let file = ("file", "text".to_owned());
    let (new, old) = policy_fields("cG9saWN5");
    let with = |fields: &[(&'static str, String)], file: &(&'static str, String)| {
        fields.iter().chain([file]).cloned().collect::<Vec<_>>()
    };
    for fields in [&new, &old] {
        let answer = post("/bucket", kind, &with(fields, &file)).await;
        check(&answer, "201", "<Posted><Key>AKIATEST</Key><Text>text</Text></Posted>");
        let without = |name: &str| {
            with(&fields.iter().filter(|(field, _)| *field != name).cloned().collect::<Vec<_>>(), &file)
        };
        let lacks = |field: &str| format!("<Message>Bucket POST must contain a field named '{field}'.");
        for (name, _) in fields {
            let shown = match *name {
                "policy" => "policy",
                "x-amz-algorithm" => "X-Amz-Algorithm",
                "x-amz-credential" => "X-Amz-Credential",
                "x-amz-date" => "X-Amz-Date",
                "signature" => "Signature",
                other => other,
            };
            let answer = post("/bucket", kind, &without(name)).await;
            assert!(answer.contains(&lacks(shown)), "{name}: {answer}");
        }
        let mut other = with(fields, &file);
        other[0].1 = "b3RoZXI=".to_owned();
        let answer = post("/bucket", kind, &other).await;
        assert!(answer.contains("<Code>SignatureDoesNotMatch</Code>"), "{answer}");
    }
    let mut unknown = with(&old, &file);
    unknown[1].1 = "AKIAOTHER".to_owned();
    for (path, kind, fields, expected) in [
        ("/bucket", kind, unknown, "<Code>InvalidAccessKeyId</Code>"),
        ("/bucket", kind, vec![file.clone()], "<Code>AccessDenied</Code>"),
        ("/bucket", "text/plain", with(&new, &file), "<Code>PreconditionFailed</Code>"),
        ("/bucket", kind, new.clone(), "<Code>NoFile</Code>"),
        ("/bucket/key", kind, with(&new, &file), "<Code>AccessDenied</Code>"),
        ("/bucket?delete", kind, with(&new, &file), "<Code>AccessDenied</Code>"),
    ] {
        let answer = post(path, kind, &fields).await;
        assert!(answer.contains(expected), "{path} {kind}: {answer}");
    }
}

#[tokio::test]
async fn pages_do_what_a_service_grants_them_and_nothing_else() {
    let cloud = Cloud::start().await;
    let origin = |origin: &'static str| ("origin", origin);
    let options = async |path: &str, headers: &str| {
        let port = cloud.port;
        let head = format!(
            "OPTIONS {path} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n{headers}\r\n"
        );
        cloud.raw(head.as_bytes()).await
    };
    let granted = options("/bucket/key", "origin: https://granted.test\r\n").await;
    assert!(
        granted.starts_with("HTTP/1.1 200") && granted.contains("access-control-allow-origin: it"),
        "{granted}"
    );
    let refused = options("/bucket/key", "origin: https://evil.test\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("AccessForbidden"), "{refused}");
    let elsewhere = options("/", "origin: https://granted.test\r\n").await;
    check(&elsewhere, "403", "Web pages may not call this cloud.\n");
    let s3 = async |path: &str, from: &'static str| {
        let digest = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        cloud.raw(&cloud.signed("s3", "GET", path, &[origin(from), digest], b"")).await
    };
    // Refusals of the operation are for the page to read, too.
    let seen = s3("/bucket/none", "https://granted.test").await;
    assert!(
        seen.contains("<Code>NoSuchKey</Code>") && seen.contains("access-control-allow-origin: it"),
        "{seen}"
    );
    let seen = s3("/bucket/none", "https://evil.test").await;
    assert!(seen.contains("<Code>AccessForbidden</Code>") && !seen.contains("access-control-"), "{seen}");
    // Whoever signs for another service is not granted what a path of this one would be.
    let headers = [
        origin("https://granted.test"),
        ("x-amz-target", "Kv_1.Echo"),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    let seen = cloud.raw(&cloud.signed("kv", "POST", "/bucket/key", &headers, b"{}")).await;
    check(&seen, "403", "Web pages may not call this cloud.\n");
    let unsigned = format!(
        "GET /bucket/key HTTP/1.1\r\nhost: localhost:{}\r\norigin: https://granted.test\r\nconnection: close\r\n\r\n",
        cloud.port
    );
    check(&cloud.raw(unsigned.as_bytes()).await, "403", "Web pages may not call this cloud.\n");
}

#[tokio::test]
async fn a_request_for_two_hosts_is_for_none() {
    let cloud = Cloud::start().await;
    let (api, own) = ("abc.execute-api.localhost", format!("127.0.0.1:{}", cloud.port));
    for (target, hosts, status) in [
        ("/items", vec![api, own.as_str()], "400"),
        ("/items", vec![own.as_str(), api], "400"),
        ("/items", vec![api, api], "400"),
        ("/items", vec![], "400"),
        ("/items", vec!["abc.execute-api.localhost:"], "400"),
        ("/items", vec!["x@abc.execute-api.localhost"], "400"),
        ("http://evil.example/items", vec![api], "400"),
        ("http://abc.execute-api.localhost/items", vec![own.as_str()], "400"),
        ("http://abc.execute-api.localhost/items", vec!["ABC.execute-api.localhost"], "200"),
        (&format!("http://{own}/_aws/execute-api/abc/items"), vec!["evil.example"], "400"),
        (&format!("http://{own}/_aws/execute-api/abc/items"), vec![own.as_str()], "200"),
    ] {
        let lines: String = hosts.iter().fold(String::new(), |text, host| text + "host: " + host + "\r\n");
        let request = format!("GET {target} HTTP/1.1\r\nconnection: close\r\n{lines}\r\n");
        let answer = cloud.raw(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{target} {hosts:?}: {answer}");
    }
}

#[tokio::test]
async fn bodies_that_are_not_whole_or_not_proven_hold_kilobytes() {
    let cloud = Cloud::start().await;
    let headers = [("x-amz-target", "Kv_1.Take"), ("content-type", "application/x-amz-json-1.1")];
    let whole = cloud.signed("kv", "POST", "/", &headers, &padded(LARGE));
    let mut streams = Vec::new();
    for _ in 0..6 {
        // More than the sockets' buffers take: what is written here has been read there.
        let mut stream = cloud.connect(whole.get(..LARGE / 2).unwrap()).await;
        stream.flush().await.unwrap();
        streams.push(stream);
    }
    assert!(cloud.context.memory().used() <= 6 * 32 * 1024, "{:?}", cloud.context.memory());

    // The last byte is another than was signed.
    let mut last = streams.pop().unwrap();
    last.write_all(whole.get(LARGE / 2..whole.len() - 1).unwrap()).await.unwrap();
    last.write_all(b"\n").await.unwrap();
    let mut answer = String::new();
    last.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("InvalidSignatureException"), "{answer}");

    drop(streams);
    check(&cloud.raw(&whole).await, "200", "");
    while cloud.context.memory().used() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_proven_body_is_on_its_keys_account() {
    let cloud = Cloud::with_memory(1 << 20).await;
    let others = cloud.context.memory().reserve(&Source::named("key", "AKIATEST"), 400_000).unwrap();
    let headers = [("x-amz-target", "Kv_1.Take"), ("content-type", "application/x-amz-json-1.1")];
    let take = async |length| cloud.raw(&cloud.signed("kv", "POST", "/", &headers, &padded(length))).await;
    check(&take(5000).await, "200", "");
    check(&take(400_000).await, "413", "send less at once\"}");
    drop(others);
    check(&take(150_000).await, "200", "");
}

#[tokio::test]
async fn what_the_head_proves_false_is_refused_before_the_body_comes() {
    let cloud = Cloud::start().await;
    let digest = "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730";
    let target = ("x-amz-target", "Kv_1.Take");
    let refused = async |service: &str, path: &str, headers: &[(&str, &str)], change: (&str, &str)| {
        let request = cloud.signed(service, "POST", path, headers, &vec![b' '; 10_000]);
        let head = String::from_utf8(request).unwrap().replacen(change.0, change.1, 1);
        let head = head.trim_end_matches(' ').to_owned();
        cloud.raw(head.as_bytes()).await
    };
    let stated = ("x-amz-content-sha256", digest);
    let unsigned = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    let chunked = ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    let unchanged = ("\0", "");
    for (headers, change, code) in [
        (vec![target], ("Credential=AKIATEST", "Credential=AKIAOTHER"), "UnrecognizedClientException"),
        (vec![target], ("us-east-1/kv", "eu-west-9/kv"), "InvalidSignatureException"),
        (vec![target], ("x-amz-date: 20", "x-amz-date: 19"), "InvalidSignatureException"),
        (vec![target, stated], ("Signature=", "Signature=0"), "InvalidSignatureException"),
        (vec![target, stated], ("Kv_1.Take", "Kv_1.Tahe"), "InvalidSignatureException"),
        (vec![target, unsigned], unchanged, "InvalidSignatureException"),
        (vec![target, chunked], unchanged, "InvalidSignatureException"),
    ] {
        let answer = refused("kv", "/", &headers, change).await;
        assert!(answer.contains(code), "{headers:?} {change:?}: {answer}");
    }
    let answer = refused("s3", "/bucket/key", &[], unchanged).await;
    assert!(answer.contains("Missing required header for this request: x-amz-content-sha256"), "{answer}");
}

#[tokio::test]
async fn payloads_stream_and_count_only_when_whole() {
    let cloud = Cloud::start().await;
    let put = async |headers: &[(&str, &str)], body: &[u8]| {
        cloud.raw(&cloud.signed("s3", "PUT", "/bucket/a/key", headers, body)).await
    };
    let digest = "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"; // "bar\n"
    check(&put(&[("x-amz-content-sha256", digest)], b"baz\n").await, "400", "</Error>");
    assert_eq!(*cloud.blobs.0.lock().await, None);
    check(&put(&[("x-amz-content-sha256", digest)], b"bar\n").await, "200", "");
    assert_eq!(*cloud.blobs.0.lock().await, Some(("bucket/a/key".into(), 4)));

    let chunked = [
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("x-amz-decoded-content-length", "9"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
    ];
    check(
        &put(&chunked, b"9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n").await,
        "400",
        "</Error>",
    );
    check(&put(&chunked, b"9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n").await, "200", "");
    assert_eq!(*cloud.blobs.0.lock().await, Some(("bucket/a/key".into(), 9)));

    let get = async |path: &str| {
        cloud
            .raw(&cloud.signed("s3", "GET", path, &[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")], b""))
            .await
    };
    check(&get("/bucket/a/key").await, "200", "xxxxxxxxx");
    assert!(
        get("/bucket/none").await.contains(
            "<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><RequestId>"
        )
    );
    check(&get("/bucket/a/key?acl").await, "501", "</Error>");
}

#[tokio::test]
async fn events_are_watched_until_the_end() {
    let cloud = Cloud::start().await;
    let request = cloud.signed("kv", "GET", "/_cumulo/events", &[], b"");
    let mut lines = BufReader::new(cloud.connect(&request).await).lines();
    let mut until = async |wanted: &str| {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains(wanted) {
                return true;
            }
        }
        false
    };
    assert!(until(r#"{"type":"watching"}"#).await);
    let at = cloud.context.now();
    cloud.context.announce(CloudEvent::LogAppended {
        at,
        log_group: "g".into(),
        log_stream: "s".into(),
        events: 1,
    });
    assert!(until(r#""type":"log-appended""#).await);
    cloud.shutdown.cancel();
    assert!(!until("nothing more").await);
}

struct Things;

#[async_trait]
impl cloud_core::Inspection for Things {
    async fn show(
        &self,
        what: &str,
        parameters: &[(String, String)],
    ) -> Result<Option<serde_json::Value>, AwsError> {
        Ok((what == "things").then(|| serde_json::json!(parameters)))
    }
}

#[tokio::test]
async fn a_service_is_looked_into_by_who_signs() {
    let cloud = Cloud::start().await;
    cloud.context.peers().add_inspection("kv", Arc::new(Things));
    let ask = async |method: &str, path: &str| cloud.raw(&cloud.signed("kv", method, path, &[], b"")).await;
    check(&ask("GET", "/_cumulo/kv/things?a=b").await, "200", r#"[["a","b"]]"#);
    for (method, path, status) in [
        ("GET", "/_cumulo/kv/others", "404"),
        ("GET", "/_cumulo/other/things", "404"),
        ("GET", "/_cumulo/", "404"),
        ("POST", "/_cumulo/kv/things", "405"),
    ] {
        check(&ask(method, path).await, status, "");
    }
    let forged = cloud.signed_in(("us-east-1", "other"), "kv", "GET", "/_cumulo/kv/things", &[], b"");
    check(&cloud.raw(&forged).await, "403", "");
    let unsigned = format!(
        "GET /_cumulo/kv/things HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n\r\n",
        cloud.port
    );
    check(&cloud.raw(unsigned.as_bytes()).await, "403", "");
}

#[test]
fn every_listed_operation_has_a_handler() {
    let (account, region) = (AccountId::default(), cloud_core::Region::default());
    let caller = Caller::root(&account, &region, cloud_core::RequestId::new("id"));
    assert_eq!(unhandled(&Kv::default(), &caller), Vec::<&str>::new());
}
