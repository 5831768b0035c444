//! A whole agent, and tabs at its socket.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agent::{AgentConfig, Mode, RootKeys, WorkspaceConfig};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use ide_core::relay::{RelayCodec, RelayFrame};
use ide_core::somebody::{somebody, workspace};
use protocol::link::{Outcome, ToAgent, ToBrowser};
use protocol::relay::{Attach, Kind, Purpose, VERSION};
use protocol::{ErrorCode, Grants};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::net::UnixStream;
use tokio_util::codec::Framed;
use tokio_util::sync::CancellationToken;

pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// A running agent.
pub(crate) struct Running {
    /// Where everything of it is: `workspace`, `home`, `data`, `cache`.
    pub(crate) place: Arc<tempfile::TempDir>,
    shutdown: CancellationToken,
    ended: tokio::task::JoinHandle<Result<(), agent::AgentError>>,
}

impl Running {
    /// Of an empty workspace.
    pub(crate) async fn start() -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()), "/usr/bin:/bin").await
    }

    /// Of what is at a place already.
    pub(crate) async fn at(place: Arc<tempfile::TempDir>, path: &str) -> Self {
        let folder = |name: &str| {
            let path = place.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            path
        };
        let config = AgentConfig {
            mode: Mode::Workspace(WorkspaceConfig {
                id: workspace(),
                folder: folder("workspace"),
                socket: place.path().join("agent.sock"),
                shell: "/bin/sh".into(),
                isolation: "none".into(),
                path: path.into(),
                home: folder("home"),
            }),
            data_dir: folder("data"),
            cloud_listen: "127.0.0.1:0".parse().unwrap(),
            region: "us-east-1".into(),
            account_id: "000000000000".into(),
            any_key: false,
            permissions: None,
            egress: None,
            root_keys: RootKeys { access_key_id: "AKIA".into(), secret_access_key: "secret".into() },
            // No function is run here.
            worker: PathBuf::from("/bin/false"),
            path: "/usr/bin:/bin".into(),
            cache_dir: folder("cache"),
            version: "test".into(),
        };
        let (tell, told) = tokio::sync::oneshot::channel();
        let shutdown = CancellationToken::new();
        let until = shutdown.clone();
        let ended = tokio::spawn(agent::run(config, until, move |_| tell.send(()).unwrap()));
        tokio::time::timeout(DEADLINE, told).await.unwrap().unwrap();
        Self { place, shutdown, ended }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.place.path()
    }

    /// A connection that begins with `attach`.
    pub(crate) async fn attach(&self, attach: &[u8]) -> Wire {
        let stream = UnixStream::connect(self.folder().join("agent.sock")).await.unwrap();
        let mut wire = Wire { framed: Framed::new(stream, RelayCodec), calls: 0 };
        wire.send(Kind::Attach, Bytes::copy_from_slice(attach)).await;
        wire
    }

    /// A tab of somebody with these grants.
    pub(crate) async fn tab(&self, grants: Grants) -> Wire {
        let purpose = Purpose::Link(somebody("somebody", grants));
        let mut wire = self.attach(&serde_json::to_vec(&Attach { version: VERSION, purpose }).unwrap()).await;
        wire.say(&ToAgent::Hello { version: protocol::link::VERSION, session: None, received: 0 }).await;
        assert!(matches!(wire.hear().await, ToBrowser::Welcome { .. }));
        wire
    }

    pub(crate) async fn end(self) {
        self.shutdown.cancel();
        tokio::time::timeout(DEADLINE, self.ended).await.unwrap().unwrap().unwrap();
    }
}

/// A connection to the agent's socket.
pub(crate) struct Wire {
    framed: Framed<UnixStream, RelayCodec>,
    calls: u64,
}

impl Wire {
    pub(crate) async fn send(&mut self, kind: Kind, payload: Bytes) {
        self.framed.send(RelayFrame { kind, payload }).await.unwrap();
    }

    pub(crate) async fn say(&mut self, message: &ToAgent) {
        self.send(Kind::Text, serde_json::to_vec(message).unwrap().into()).await;
    }

    /// The next frame; none at the end.
    pub(crate) async fn frame(&mut self) -> Option<RelayFrame> {
        tokio::time::timeout(DEADLINE, self.framed.next()).await.unwrap()?.ok()
    }

    /// The next text frame.
    pub(crate) async fn hear(&mut self) -> ToBrowser {
        loop {
            let frame = self.frame().await.unwrap();
            if frame.kind == Kind::Text {
                return serde_json::from_slice(&frame.payload).unwrap();
            }
        }
    }

    /// Makes a call: its answer, or how it is refused.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Result<Value, ErrorCode> {
        self.call_raw(method, params.to_string()).await
    }

    /// The same with parameters that are written by hand.
    pub(crate) async fn call_raw(&mut self, method: &str, params: String) -> Result<Value, ErrorCode> {
        self.calls += 1;
        let params = RawValue::from_string(params).unwrap();
        self.say(&ToAgent::Call { id: self.calls, method: method.to_owned(), params }).await;
        loop {
            match self.hear().await {
                ToBrowser::Reply { id, result: Outcome::Ok(reply) } if id == self.calls => {
                    return Ok(serde_json::from_str(reply.get()).unwrap());
                }
                ToBrowser::Reply { id, result: Outcome::Err(error) } if id == self.calls => {
                    return Err(error.code);
                }
                _ => {}
            }
        }
    }
}
