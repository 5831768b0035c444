//! Messages × principals, through the socket of a whole agent. The table of messages is the protocol's own, so one that
//! nobody answers, or that answers whom it should not, fails here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

use std::path::PathBuf;
use std::time::Duration;

use agent::{AgentConfig, Mode, RootKeys, WorkspaceConfig};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use ide_core::relay::{RelayCodec, RelayFrame};
use protocol::link::{Outcome, ToAgent, ToBrowser};
use protocol::relay::{Attach, Kind, Purpose, VERSION};
use protocol::{ErrorCode, Principal, Role};
use serde_json::value::RawValue;
use tokio::net::UnixStream;
use tokio_util::codec::Framed;
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(30);

/// A running agent of an empty workspace.
struct Running {
    folder: tempfile::TempDir,
    shutdown: CancellationToken,
    ended: tokio::task::JoinHandle<Result<(), agent::AgentError>>,
}

impl Running {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).unwrap();
            path
        };
        let config = AgentConfig {
            mode: Mode::Workspace(WorkspaceConfig {
                folder: place("workspace"),
                socket: folder.path().join("agent.sock"),
                shell: "/bin/sh".into(),
                isolation: "none".into(),
                path: "/usr/bin:/bin".into(),
                home: place("home"),
            }),
            data_dir: place("data"),
            cloud_listen: "127.0.0.1:0".parse().unwrap(),
            region: "us-east-1".into(),
            account_id: "000000000000".into(),
            root_keys: RootKeys { access_key_id: "AKIA".into(), secret_access_key: "secret".into() },
            // No function is run here.
            worker: PathBuf::from("/bin/false"),
            cache_dir: place("cache"),
            version: "test".into(),
        };
        let (tell, told) = tokio::sync::oneshot::channel();
        let shutdown = CancellationToken::new();
        let until = shutdown.clone();
        let ended = tokio::spawn(agent::run(config, until, move |_| tell.send(()).unwrap()));
        tokio::time::timeout(DEADLINE, told).await.unwrap().unwrap();
        Self { folder, shutdown, ended }
    }

    /// A connection that begins with `attach`.
    async fn attach(&self, attach: &[u8]) -> Wire {
        let stream = UnixStream::connect(self.folder.path().join("agent.sock")).await.unwrap();
        let mut wire = Wire(Framed::new(stream, RelayCodec));
        wire.send(Kind::Attach, Bytes::copy_from_slice(attach)).await;
        wire
    }

    /// A tab of somebody with that role.
    async fn tab(&self, role: Role) -> Wire {
        let purpose = Purpose::Link(Principal { user: "somebody".into(), role });
        let mut wire = self.attach(&serde_json::to_vec(&Attach { version: VERSION, purpose }).unwrap()).await;
        wire.say(&ToAgent::Hello { version: protocol::link::VERSION, session: None, received: 0 }).await;
        assert!(matches!(wire.hear().await, ToBrowser::Welcome { .. }));
        wire
    }

    async fn end(self) {
        self.shutdown.cancel();
        tokio::time::timeout(DEADLINE, self.ended).await.unwrap().unwrap().unwrap();
    }
}

struct Wire(Framed<UnixStream, RelayCodec>);

impl Wire {
    async fn send(&mut self, kind: Kind, payload: Bytes) {
        self.0.send(RelayFrame { kind, payload }).await.unwrap();
    }

    async fn say(&mut self, message: &ToAgent) {
        self.send(Kind::Text, serde_json::to_vec(message).unwrap().into()).await;
    }

    /// The next frame; none at the end.
    async fn frame(&mut self) -> Option<RelayFrame> {
        tokio::time::timeout(DEADLINE, self.0.next()).await.unwrap()?.ok()
    }

    async fn hear(&mut self) -> ToBrowser {
        let frame = self.frame().await.unwrap();
        assert_eq!(frame.kind, Kind::Text);
        serde_json::from_slice(&frame.payload).unwrap()
    }

    /// How a call with parameters that no method has is refused.
    async fn refusal(&mut self, method: &str) -> ErrorCode {
        let params = RawValue::from_string("0".into()).unwrap();
        self.say(&ToAgent::Call { id: 1, method: method.to_owned(), params }).await;
        loop {
            if let ToBrowser::Reply { result, .. } = self.hear().await {
                let Outcome::Err(error) = result else { panic!("{method} took nonsense: {result:?}") };
                return error.code;
            }
        }
    }
}

#[tokio::test]
async fn every_message_is_answered_to_those_whose_role_allows_it() {
    let running = Running::start().await;
    for role in [Role::Viewer, Role::Editor, Role::Owner] {
        let mut tab = running.tab(role).await;
        for method in protocol::methods() {
            // The role is looked at before the parameters are: who may not call learns nothing of them.
            let expected = if role.may(method.access) { ErrorCode::Invalid } else { ErrorCode::Forbidden };
            assert_eq!(tab.refusal(method.name).await, expected, "{} as {role:?}", method.name);
        }
        assert_eq!(tab.refusal("no.such").await, ErrorCode::NotFound);
    }
    running.end().await;
}

#[tokio::test]
async fn who_does_not_say_properly_who_connects_is_closed() {
    let running = Running::start().await;
    let attaches: [&[u8]; 6] = [
        b"",
        b"{}",
        br#"{"version":99,"purpose":"status"}"#,
        br#"{"version":1,"purpose":{"link":{"user":"x","role":"admin"}}}"#,
        br#"{"version":1,"purpose":{"link":{"user":"x"}}}"#,
        br#"{"version":1,"purpose":{"link":{"user":"x","role":"owner","more":1}}}"#,
    ];
    for attach in attaches {
        let mut wire = running.attach(attach).await;
        let answer = wire.frame().await;
        assert!(
            answer.as_ref().is_none_or(|frame| frame.kind == Kind::Close),
            "{}: {answer:?}",
            String::from_utf8_lossy(attach)
        );
    }
    running.tab(Role::Viewer).await;
    running.end().await;
}
