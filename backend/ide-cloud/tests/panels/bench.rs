//! The panels' backend in a folder of its own, behind its real link.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use ide_cloud::{CloudAddress, CloudConfig, CloudPanels, Keys};
use ide_core::relay::{RelayCodec, RelayFrame};
use ide_core::somebody::{somebody, workspace};
use ide_core::{
    DocumentChange, DocumentSnapshot, Documents, Events, Findings, ManualClock, Router, Sessions, TextEdit,
    Trust, link,
};
use protocol::link::{Outcome, ToAgent, ToBrowser};
use protocol::relay::Kind;
use protocol::{Call, CallError, ErrorCode, Event, Grants, PersonId, WorkspacePath};
use tokio::io::DuplexStream;
use tokio::sync::{broadcast, watch};
use tokio_util::codec::Framed;

use crate::stand_in::StandIn;

/// Longer than anything here takes, shorter than patience.
const PATIENCE: Duration = Duration::from_secs(30);
/// The present, in milliseconds since 1970.
pub(crate) const NOW: i64 = 1_767_225_600_000;

pub(crate) fn path(path: &str) -> WorkspacePath {
    WorkspacePath::parse(path).unwrap()
}

pub(crate) struct Bench {
    folder: tempfile::TempDir,
    pub(crate) cloud: StandIn,
    pub(crate) trust: Trust,
    pub(crate) findings: Findings,
    pub(crate) documents: Arc<Shown>,
    /// Whether functions are reloaded.
    pub(crate) reloads: watch::Sender<bool>,
    events: Events,
    sessions: Sessions,
    router: Arc<Router>,
    /// The feed and the checks follow for as long as it is there.
    _panels: Arc<CloudPanels>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let cloud = StandIn::empty().await;
        let url = cloud.url.clone();
        Self::before(cloud, &url)
    }

    /// One whose cloud is gone.
    pub(crate) async fn without_cloud() -> Self {
        let cloud = StandIn::empty().await;
        // A port on which nobody listens: that of a listener which is gone.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::before(cloud, &format!("http://127.0.0.1:{port}"))
    }

    fn before(cloud: StandIn, url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = CloudConfig {
            root: folder.path().to_owned(),
            name: "work".into(),
            cache: folder.path().join(".cache"),
            path: "/nowhere".into(),
            address: CloudAddress {
                url: url.to_owned(),
                region: "us-east-1".into(),
                keys: Keys { access_key_id: "AKIA".into(), secret_access_key: "secret".into() },
            },
            account: "000000000000".into(),
        };
        let sessions = Sessions::new();
        let events = Events::new(workspace(), sessions.clone());
        let (findings, trust) = (Findings::new(events.clone()), Trust::new(true));
        let (documents, clock) = (Arc::new(Shown::default()), ManualClock::default());
        clock.advance(Duration::from_millis(NOW as u64));
        let follows = Arc::clone(&documents) as Arc<dyn Documents>;
        let (reloads, wanted) = watch::channel(false);
        let panels =
            CloudPanels::open(config, follows, findings.clone(), Arc::new(clock), trust.clone(), wanted)
                .unwrap();
        let mut router = Router::new();
        panels.register(&mut router);
        let router = Arc::new(router);
        Self { folder, cloud, trust, findings, documents, reloads, events, sessions, router, _panels: panels }
    }

    pub(crate) fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the workspace, with the folders above it.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.at(name).parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(self.at(name), contents).unwrap();
    }

    pub(crate) async fn tab(&self) -> Tab {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (sessions, router) = (self.sessions.clone(), Arc::clone(&self.router));
        tokio::spawn(async move {
            let ann = somebody("ann", Grants::owner());
            link::serve(Framed::new(theirs, RelayCodec), ann, &sessions, router).await;
        });
        let mut tab = Tab { wire: Framed::new(ours, RelayCodec), calls: 0 };
        tab.say(&ToAgent::Hello { version: protocol::link::VERSION, session: None, received: 0 }).await;
        tab
    }

    /// A call of a tab of its own.
    pub(crate) async fn call<C: Call>(&self, call: C) -> Result<C::Reply, CallError> {
        self.tab().await.call(call).await
    }

    /// What a call is refused with.
    pub(crate) async fn refused<C: Call<Reply: std::fmt::Debug>>(&self, call: C) -> (ErrorCode, String) {
        let error = self.call(call).await.unwrap_err();
        (error.code, error.message)
    }

    pub(crate) fn events(&self) -> Told {
        Told(self.events.subscribe())
    }
}

/// What all tabs are told.
pub(crate) struct Told(broadcast::Receiver<Arc<Event>>);

impl Told {
    /// The next event that is of interest.
    pub(crate) async fn next<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        soon("an event", async {
            loop {
                if let Some(found) = wanted(&self.0.recv().await.unwrap()) {
                    return found;
                }
            }
        })
        .await
    }

    /// Those that came until now.
    pub(crate) fn so_far<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        std::iter::from_fn(|| self.0.try_recv().ok()).filter_map(|event| wanted(&event)).collect()
    }
}

/// Waits for something that must happen soon.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("it never came: {what}"))
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    soon(what, async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A browser's tab.
pub(crate) struct Tab {
    wire: Framed<DuplexStream, RelayCodec>,
    calls: u64,
}

impl Tab {
    async fn say(&mut self, frame: &ToAgent) {
        let payload = serde_json::to_vec(frame).unwrap().into();
        self.wire.send(RelayFrame { kind: Kind::Text, payload }).await.unwrap();
    }

    pub(crate) async fn call<C: Call>(&mut self, call: C) -> Result<C::Reply, CallError> {
        self.calls += 1;
        let params = serde_json::value::to_raw_value(&call).unwrap();
        self.say(&ToAgent::Call { id: self.calls, method: C::METHOD.into(), params }).await;
        soon(C::METHOD, async {
            loop {
                let frame = self.wire.next().await.unwrap().unwrap();
                let heard: ToBrowser = serde_json::from_slice(&frame.payload).unwrap();
                if let ToBrowser::Reply { id, result } = heard
                    && id == self.calls
                {
                    return match result {
                        Outcome::Ok(reply) => Ok(serde_json::from_str(reply.get()).unwrap()),
                        Outcome::Err(error) => Err(error),
                    };
                }
            }
        })
        .await
    }
}

/// Documents that are open because a test says so.
pub(crate) struct Shown {
    open: Mutex<Vec<DocumentSnapshot>>,
    changes: broadcast::Sender<DocumentChange>,
}

impl Default for Shown {
    fn default() -> Self {
        Self { open: Mutex::default(), changes: broadcast::channel(64).0 }
    }
}

impl Shown {
    /// Opens a document, or changes its text.
    pub(crate) fn show(&self, name: &str, text: &str) {
        let mut open = self.open.lock().unwrap();
        let before = open.iter().position(|document| document.path == path(name));
        let version = before.map_or(1, |at| open.swap_remove(at).version + 1);
        let text = text.into();
        let document = DocumentSnapshot { path: path(name), language: "yaml".into(), version, text };
        open.push(document.clone());
        let change = if before.is_some() { DocumentChange::Changed } else { DocumentChange::Opened };
        // Nobody may follow yet.
        let _ = self.changes.send(change(document));
    }

    pub(crate) fn close(&self, name: &str) {
        self.open.lock().unwrap().retain(|document| document.path != path(name));
        let _ = self.changes.send(DocumentChange::Closed(path(name)));
    }
}

#[async_trait]
impl Documents for Shown {
    fn open(&self) -> Vec<DocumentSnapshot> {
        self.open.lock().unwrap().clone()
    }

    fn subscribe(&self) -> broadcast::Receiver<DocumentChange> {
        self.changes.subscribe()
    }

    async fn read(&self, _: &WorkspacePath) -> Result<Arc<str>, CallError> {
        Err(CallError::new(ErrorCode::NotFound, "no panel reads documents"))
    }

    async fn apply(
        &self,
        _: Option<&PersonId>,
        _: &WorkspacePath,
        _: Vec<TextEdit>,
    ) -> Result<(), CallError> {
        Err(CallError::new(ErrorCode::Unsupported, "no panel changes documents"))
    }

    async fn caught_up(&self, _: &WorkspacePath, _: &[u8]) {}
}
