//! A workspace with language servers and a browser at its link.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use ide_core::{
    DocumentChange, DocumentSnapshot, Documents, Events, Findings, Router, Sessions, SystemClock, TextEdit,
    Trust, link,
    relay::{RelayCodec, RelayFrame},
    somebody::{somebody, workspace},
};
use ide_language::{LanguageConfig, Languages, ServerSpec, Timing};
use protocol::{
    CallError, ChannelId, Event, Grants, PersonId, WorkspacePath,
    language::{self, Server},
    link::{binary_frame, parse_binary},
    relay::Kind,
};
use serde_json::{Value, json};
use tokio::{io::DuplexStream, sync::broadcast};
use tokio_util::codec::Framed;

/// How long a condition is awaited before a test fails.
const DEADLINE: Duration = Duration::from_mins(2);

/// Documents without files.
pub(crate) struct Texts {
    open: Mutex<HashMap<WorkspacePath, DocumentSnapshot>>,
    changes: broadcast::Sender<DocumentChange>,
    pub applied: Mutex<Vec<String>>,
}

impl Texts {
    fn new() -> Self {
        Self { open: Mutex::default(), changes: broadcast::channel(64).0, applied: Mutex::default() }
    }

    /// Opens a document, or changes it.
    pub(crate) fn set(&self, path: &str, text: &str) {
        let path = WorkspacePath::parse(path).unwrap();
        let mut open = self.open.lock().unwrap();
        let version = open.get(&path).map_or(1, |known| known.version + 1);
        let snapshot =
            DocumentSnapshot { path: path.clone(), language: "rust".into(), version, text: text.into() };
        let change = if version == 1 { DocumentChange::Opened } else { DocumentChange::Changed };
        open.insert(path, snapshot.clone());
        let _ = self.changes.send(change(snapshot));
    }

    pub(crate) fn saved(&self, path: &str) {
        let _ = self.changes.send(DocumentChange::Saved(WorkspacePath::parse(path).unwrap()));
    }

    pub(crate) fn close(&self, path: &str) {
        let path = WorkspacePath::parse(path).unwrap();
        self.open.lock().unwrap().remove(&path);
        let _ = self.changes.send(DocumentChange::Closed(path));
    }
}

#[async_trait]
impl Documents for Texts {
    fn open(&self) -> Vec<DocumentSnapshot> {
        self.open.lock().unwrap().values().cloned().collect()
    }

    fn subscribe(&self) -> broadcast::Receiver<DocumentChange> {
        self.changes.subscribe()
    }

    async fn read(&self, path: &WorkspacePath) -> Result<Arc<str>, CallError> {
        Ok(self.open.lock().unwrap()[path].text.clone())
    }

    async fn apply(
        &self,
        by: Option<&PersonId>,
        path: &WorkspacePath,
        edits: Vec<TextEdit>,
    ) -> Result<(), CallError> {
        let by = by.map_or("nobody", |by| &by.0);
        self.applied.lock().unwrap().push(format!("{path} {} by {by}", edits.len()));
        Ok(())
    }

    /// The test's vectors are the texts themselves: arrives when the document reads so.
    async fn caught_up(&self, path: &WorkspacePath, vector: &[u8]) {
        let mut changes = self.subscribe();
        while self.open.lock().unwrap().get(path).is_some_and(|document| document.text.as_bytes() != vector) {
            let _ = changes.recv().await;
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "tests find programs where they were told to")]
fn path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// A workspace whose Rust server is the tests' own, or a real one.
pub(crate) struct Workspace {
    pub folder: tempfile::TempDir,
    pub texts: Arc<Texts>,
    pub languages: Arc<Languages>,
    pub trust: Trust,
    events: broadcast::Receiver<Arc<Event>>,
    sessions: Sessions,
    router: Arc<Router>,
}

/// The fake server with its argument.
pub(crate) fn fake(mode: &str) -> ServerSpec {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fake_server.py");
    let command = ["python3", script.to_str().unwrap(), mode].map(str::to_owned);
    // Named by another language than Rust's known server: nobody asks a toolchain.
    ServerSpec {
        languages: vec!["fake".into(), "rust".into()],
        commands: vec![command.into()],
        install: "install Python".into(),
        options: Value::Null,
        settings: Value::Null,
    }
}

/// Times short enough for tests.
pub(crate) fn quick() -> Timing {
    let short = Duration::from_millis(5);
    Timing { settle: short, retry: short, restart: short, look: short, ..Timing::default() }
}

impl Workspace {
    /// One whose folder is trusted.
    pub(crate) fn new(spec: ServerSpec, timing: Timing) -> Self {
        Self::with(spec, timing, Trust::new(true))
    }

    /// One whose servers may hold so many bytes.
    pub(crate) fn within(memory: u64, spec: ServerSpec) -> Self {
        Self::open(spec, quick(), Trust::new(true), Some(memory))
    }

    pub(crate) fn with(spec: ServerSpec, timing: Timing, trust: Trust) -> Self {
        Self::open(spec, timing, trust, None)
    }

    fn open(spec: ServerSpec, timing: Timing, trust: Trust, memory: Option<u64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (sessions, texts) = (Sessions::new(), Arc::new(Texts::new()));
        let events = Events::new(workspace(), sessions.clone());
        let heard = events.subscribe();
        let variables = vec![("PATH".into(), path())];
        let mut config = LanguageConfig {
            servers: vec![spec],
            timing,
            ..LanguageConfig::new(folder.path().into(), variables)
        };
        config.memory = memory.unwrap_or(config.memory);
        let documents: Arc<dyn Documents> = texts.clone();
        let languages =
            Languages::open(config, documents, Findings::new(events), Arc::new(SystemClock), trust.clone())
                .unwrap();
        let mut router = Router::new();
        languages.register(&mut router);
        Self { folder, texts, languages, trust, events: heard, sessions, router: Arc::new(router) }
    }

    pub(crate) fn server(&self) -> Server {
        self.languages.servers().remove(0)
    }

    /// Hears events until one satisfies.
    pub(crate) async fn until(&mut self, what: &str, mut satisfied: impl FnMut(&language::Event) -> bool) {
        let waiting = async {
            loop {
                if let Event::Language(event) = &*self.events.recv().await.unwrap()
                    && satisfied(event)
                {
                    return;
                }
            }
        };
        tokio::time::timeout(DEADLINE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
    }

    /// Hears events until a file's problems read so: `line:message`.
    pub(crate) async fn problems(&mut self, path: &str, wanted: &[&str]) {
        let mut last = Vec::new();
        let seen = |event: &language::Event| {
            let language::Event::Problems(file) = event else { return false };
            if file.path.as_str() != path {
                return false;
            }
            last = file
                .problems
                .iter()
                .map(|found| format!("{}:{}", found.range.start.line, found.message))
                .collect();
            last == wanted
        };
        self.until(&format!("{wanted:?}"), seen).await;
    }

    /// A browser with these grants, attached to the server.
    pub(crate) async fn browser(&self, grants: Grants) -> Browser {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (sessions, router) = (self.sessions.clone(), Arc::clone(&self.router));
        let principal = somebody("ada", grants);
        tokio::spawn(async move {
            link::serve(Framed::new(theirs, RelayCodec), principal, &sessions, router).await;
        });
        let wire = Framed::new(ours, RelayCodec);
        let mut browser = Browser { wire, calls: 0, root: String::new(), bytes: Vec::new() };
        browser.text(json!({ "hello": { "version": 2, "session": null, "received": 0 } })).await;
        let attached = browser.call("language.attach", json!({ "language": "rust", "channel": 1 })).await;
        attached["ok"]["root_uri"].as_str().unwrap().clone_into(&mut browser.root);
        browser
    }
}

/// A browser's end of the link; channel 1 speaks to the server.
pub(crate) struct Browser {
    wire: Framed<DuplexStream, RelayCodec>,
    calls: u64,
    pub root: String,
    bytes: Vec<u8>,
}

impl Browser {
    async fn text(&mut self, frame: Value) {
        let payload = serde_json::to_vec(&frame).unwrap().into();
        self.wire.send(RelayFrame { kind: Kind::Text, payload }).await.unwrap();
    }

    /// Makes a call; its outcome.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        self.text(json!({ "call": { "id": id, "method": method, "params": params } })).await;
        loop {
            let frame = self.frame().await;
            if frame.kind == Kind::Text {
                let value: Value = serde_json::from_slice(&frame.payload).unwrap();
                if value["reply"]["id"] == id {
                    return value["reply"]["result"].clone();
                }
            } else {
                self.bytes.extend(parse_binary(&frame.payload).unwrap().1);
            }
        }
    }

    /// Sends a message to the server.
    pub(crate) async fn send(&mut self, message: Value) {
        let body = serde_json::to_vec(&message).unwrap();
        let framed = [&(body.len() as u32).to_be_bytes()[..], &body].concat();
        let payload = binary_frame(ChannelId(1), &framed).into();
        self.wire.send(RelayFrame { kind: Kind::Binary, payload }).await.unwrap();
    }

    /// The answer to request `id`: its result, or its error's code.
    pub(crate) async fn answer(&mut self, id: Value) -> Value {
        loop {
            while let Some(message) = self.message() {
                if message.get("id") == Some(&id) {
                    return message.get("result").unwrap_or(&message["error"]["code"]).clone();
                }
            }
            let frame = self.frame().await;
            if frame.kind == Kind::Binary {
                self.bytes.extend(parse_binary(&frame.payload).unwrap().1);
            }
        }
    }

    /// Asks the server about a file.
    pub(crate) async fn ask(&mut self, id: &str, method: &str, path: &str, more: Value) -> Value {
        let mut params = json!({ "textDocument": { "uri": format!("{}/{path}", self.root) } });
        params.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        self.answer(json!(id)).await
    }

    fn message(&mut self) -> Option<Value> {
        let length = u32::from_be_bytes(*self.bytes.first_chunk()?) as usize;
        let body = self.bytes.get(4..4 + length)?;
        let message = serde_json::from_slice(body).unwrap();
        self.bytes.drain(..4 + length);
        Some(message)
    }

    async fn frame(&mut self) -> RelayFrame {
        let next = tokio::time::timeout(DEADLINE, self.wire.next()).await;
        next.expect("an answer in time").unwrap().unwrap()
    }
}

/// Whether a process is there and no zombie.
pub(crate) fn runs(id: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(id).join("stat")).unwrap_or_default();
    status
        .rsplit(')')
        .next()
        .is_some_and(|rest| !rest.trim().is_empty() && !rest.trim_start().starts_with('Z'))
}
