//! A cloud of nothing but answers. It keeps what it was asked.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// AWS's operation, or method and path.
    pub(crate) operation: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(present, _)| present == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the form that the body is, or of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let pairs = url::form_urlencoded::parse(&self.body);
        let mut pairs = pairs.chain(url::form_urlencoded::parse(query.as_bytes()));
        pairs.find(|(present, _)| present == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An answer as it is sent; none hangs up.
pub(crate) type Reply = Option<Vec<u8>>;
type Answer = Box<dyn FnMut(&Asked) -> Reply + Send>;

/// An answer with a status, other headers, and a body.
#[allow(clippy::unnecessary_wraps, reason = "one of several replies")]
pub(crate) fn with(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head = head + name + ": " + value + "\r\n";
    }
    Some([head.as_bytes(), b"\r\n", body].concat())
}

/// An answer that comes to its end when that is let go.
#[allow(clippy::unnecessary_wraps, reason = "one of several replies")]
pub(crate) fn unfinished() -> Reply {
    Some(b"HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n".to_vec())
}

#[allow(clippy::needless_pass_by_value, reason = "`json!` makes values")]
pub(crate) fn json(value: Value) -> Reply {
    with(200, &[], value.to_string())
}

/// A success of the query protocol, with that in it.
pub(crate) fn xml(inner: &str) -> Reply {
    with(200, &[], format!("<R><Result>{inner}</Result></R>"))
}

/// An error of the query protocol.
pub(crate) fn xml_error(status: u16, code: &str, message: &str) -> Reply {
    let error = format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    with(status, &[], error)
}

/// An error of the JSON protocols.
pub(crate) fn json_error(status: u16, code: &str, message: &str) -> Reply {
    with(status, &[("x-amzn-errortype", code)], json!({ "message": message }).to_string())
}

/// It listens until this is dropped.
pub(crate) struct StandIn {
    pub(crate) url: String,
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Default)]
struct Shared {
    asked: Mutex<Vec<Asked>>,
    answers: Mutex<Vec<(String, Answer)>>,
    let_go: tokio::sync::Notify,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    /// One in which nothing is.
    pub(crate) async fn empty() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&serving)));
            }
        });
        let stand_in = Self { url, shared, task: task.abort_handle() };
        stand_in.on("DescribeStacks", |_| xml("<Stacks/>"));
        stand_in.on("ListStackResources", |_| xml("<StackResourceSummaries/>"));
        stand_in.on("GET /2015-03-31/functions", |_| json(json!({ "Functions": [] })));
        stand_in.on("GET /v2/apis", |_| json(json!({ "items": [] })));
        stand_in.on("GET /restapis", |_| json(json!({ "item": [] })));
        stand_in.on("ListQueues", |_| json(json!({})));
        stand_in.on("ListTopics", |_| xml("<Topics/>"));
        stand_in
    }

    /// Answers an operation so from now on. One that ends with a star is any that begins so.
    pub(crate) fn on(&self, operation: &str, answer: impl FnMut(&Asked) -> Reply + Send + 'static) {
        self.shared.answers.lock().unwrap().push((operation.to_owned(), Box::new(answer)));
    }

    /// Brings an answer to its end that waits for that, or the next one that would.
    pub(crate) fn let_go(&self) {
        self.shared.let_go.notify_one();
    }

    /// What it was asked since this was last called, but for its events.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }

    /// The operations of that.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.operation).collect()
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    let Some(asked) = read(&mut stream).await else { return };
    let reply = answer(&shared, &asked);
    if !asked.target.starts_with("/_cumulo") {
        shared.asked.lock().unwrap().push(asked);
    }
    let Some(reply) = reply else { return };
    // Who asked may have gone.
    let _ = stream.get_mut().write_all(&reply).await;
    if Some(reply) == unfinished() {
        tokio::select! {
            () = shared.let_go.notified() => drop(stream.get_mut().write_all(&[b' '; 10]).await),
            _ = stream.read_u8() => {}
        }
    }
}

fn answer(shared: &Shared, asked: &Asked) -> Reply {
    let mut answers = shared.answers.lock().unwrap();
    let is_of = |operation: &str| match operation.strip_suffix('*') {
        Some(start) => asked.operation.starts_with(start),
        None => asked.operation == operation,
    };
    match answers.iter_mut().rev().find(|(operation, _)| is_of(operation)) {
        Some((_, answer)) => answer(asked),
        None => json_error(404, "ResourceNotFoundException", "There is none"),
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let (method, rest) = line.split_once(' ')?;
    let target = rest.split(' ').next()?.to_owned();
    let path = target.split('?').next()?.to_owned();
    let mut asked =
        Asked { operation: format!("{method} {path}"), target, headers: Vec::new(), body: Vec::new() };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        asked.headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    asked.body = vec![0; length];
    stream.read_exact(&mut asked.body).await.ok()?;
    let named = match asked.header("x-amz-target") {
        Some(target) => target.split_once('.').map(|(_, name)| name.to_owned()),
        None => asked.parameter("Action"),
    };
    asked.operation = named.unwrap_or(asked.operation);
    Some(asked)
}
