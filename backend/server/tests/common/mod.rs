//! A front door on a free port, with an agent that does as its frames tell it, and a client that hides nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]
#![allow(dead_code, reason = "every test file uses its part of it")]
#![allow(unreachable_pub, reason = "a module of tests has no outside")]

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use protocol::relay::{AgentStatus, Attach, Kind, Purpose};
use protocol::{PersonId, WorkspaceId};
use server::{
    Accounts, AgentSocket, Assets, Clock, Drained, Frame, FrameCodec, FrontDoor, Limits, Parts, Secret, Site,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};
use tokio_util::codec::Framed;
use tokio_util::sync::CancellationToken;

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A deadline for what must happen, far beyond what it takes.
pub const SOON: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub struct ManualClock(pub AtomicU64);

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

pub struct TestAssets;

impl Assets for TestAssets {
    fn get(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes: &[u8] = match path {
            "index.html" => b"<meta name=csp-nonce content=__CSP_NONCE__>workbench",
            "assets/app-0123ABCD.js" => b"plain",
            "assets/app-0123ABCD.js.br" => b"brotli",
            "theme.css" => b"theme",
            "panic.txt" => panic!("on purpose"),
            _ => return None,
        };
        Some(Cow::Borrowed(bytes))
    }
}

pub struct Harness {
    pub address: SocketAddr,
    pub origin: String,
    pub accounts: Accounts,
    pub clock: Arc<ManualClock>,
    pub shutdown: CancellationToken,
    pub door: FrontDoor,
    pub agent: Arc<FakeAgent>,
    pub served: JoinHandle<Drained>,
    folder: tempfile::TempDir,
}

impl Harness {
    pub async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    pub async fn start_in(folder: tempfile::TempDir) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site = Site::local(address);
        let origin = site.origin().to_owned();
        let accounts = Accounts::open(&folder.path().join("server.db")).unwrap();
        let clock = Arc::new(ManualClock(AtomicU64::new(1_000_000)));
        let shutdown = CancellationToken::new();
        let agent = FakeAgent::start(&folder.path().join("agent.sock"));
        let door = FrontDoor::new(Parts {
            site,
            workspace: accounts.home().unwrap().workspace,
            accounts: accounts.clone(),
            agent: AgentSocket::new(folder.path().join("agent.sock")),
            assets: Arc::new(TestAssets),
            clock: Arc::clone(&clock) as _,
            recheck: Duration::from_millis(5),
            shutdown: shutdown.clone(),
        });
        let limits = Limits { drain: Duration::from_secs(5), ..Limits::default() };
        let served = tokio::spawn(door.clone().serve(listener, limits));
        Self { address, origin, accounts, clock, shutdown, door, agent, served, folder }
    }

    /// Stops, and starts again on the same data directory; the port is another one.
    pub async fn restart(self) -> Self {
        self.shutdown.cancel();
        self.served.await.unwrap();
        Self::start_in(self.folder).await
    }

    pub fn cookie_name(&self) -> String {
        format!("cumulo-{}", self.address.port())
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// A fresh code, as `cumulo url` makes one.
    pub fn code(&self) -> Secret {
        let code = Secret::generate().unwrap();
        self.code_for(&self.accounts.home().unwrap().owner, &code);
        code
    }

    /// A fresh session's token.
    pub fn session(&self) -> Secret {
        self.session_of(&self.accounts.home().unwrap().owner)
    }

    /// The same of somebody else.
    pub fn session_of(&self, person: &PersonId) -> Secret {
        let (code, token) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        self.code_for(person, &code);
        assert!(self.accounts.redeem(code.hash(), token.hash(), self.clock.now()).unwrap().is_some());
        token
    }

    fn code_for(&self, person: &PersonId, code: &Secret) {
        self.accounts.add_code(code.hash(), person, self.clock.now()).unwrap();
    }

    pub fn cookie(&self, token: &Secret) -> String {
        format!("Cookie: {}={}", self.cookie_name(), token.reveal())
    }

    pub async fn get(&self, path: &str, headers: &[&str]) -> Answer {
        self.send("GET", path, headers, "").await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let names_host = headers.iter().any(|line| line.to_ascii_lowercase().starts_with("host:"));
        let host = if names_host { String::new() } else { format!("Host: {}\r\n", self.host()) };
        let headers: Vec<String> = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let (length, headers) = (body.len(), headers.concat());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{host}{headers}"
        );
        self.raw(&format!("{head}\r\n{body}")).await
    }

    pub async fn raw(&self, text: &str) -> Answer {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        let _ = tokio::time::timeout(SOON, socket.read_to_end(&mut bytes)).await.unwrap();
        Answer::parse(&String::from_utf8_lossy(&bytes))
    }

    /// Signs in over HTTP as the page does.
    pub async fn sign_in(&self, code: &str) -> Answer {
        let origin = format!("Origin: {}", self.origin);
        let body = format!("{{\"code\":{code:?}}}");
        self.send("POST", "/session", &[&origin, "Content-Type: application/json"], &body).await
    }

    /// Tries to open a WebSocket; the status where it is refused.
    pub async fn upgrade(&self, headers: &[(&str, String)]) -> Result<Socket, u16> {
        let mut request = format!("ws://{}/link", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// A signed-in tab's WebSocket.
    pub async fn link(&self, token: &Secret) -> Socket {
        let cookie = format!("{}={}", self.cookie_name(), token.reveal());
        self.upgrade(&[("cookie", cookie), ("origin", self.origin.clone())]).await.unwrap()
    }

    /// The same without a library on this side: what is written is sent.
    pub async fn raw_link(&self, token: &Secret) -> TcpStream {
        let (answer, socket) = self.raw_upgrade(token).await;
        assert_eq!(answer.status, 101, "{answer:?}");
        socket
    }

    /// What an upgrade answers, and the connection after it.
    pub async fn raw_upgrade(&self, token: &Secret) -> (Answer, TcpStream) {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let (host, origin, cookie) = (self.host(), &self.origin, self.cookie(token));
        let head = format!(
            "GET /link HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n{cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(socket.read_u8().await.unwrap());
        }
        (Answer::parse(&String::from_utf8_lossy(&answer)), socket)
    }

    /// The same over a socket with tiny buffers, so that a reader that does not read is felt at once.
    pub async fn narrow_link(&self, token: &Secret) -> WebSocketStream<TcpStream> {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(self.address).await.unwrap();
        let mut request = format!("ws://{}/link", self.address).into_client_request().unwrap();
        let cookie = format!("{}={}", self.cookie_name(), token.reveal());
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request.headers_mut().insert("origin", self.origin.parse().unwrap());
        client_async(request, stream).await.unwrap().0
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status, headers, body: body.to_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values =
            self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let value = values.next();
        assert!(values.next().is_none(), "{name} twice");
        value
    }
}

/// The next message of a link that is not a ping.
pub async fn next<S>(socket: &mut WebSocketStream<S>) -> Option<Message>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    loop {
        match tokio::time::timeout(SOON, socket.next()).await.unwrap()? {
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(message) => return Some(message),
            Err(_) => return None,
        }
    }
}

/// The code that a link is closed with.
pub async fn close_code(socket: &mut Socket) -> Option<u16> {
    loop {
        if let Message::Close(frame) = next(socket).await? {
            return frame.map(|frame| frame.code.into());
        }
    }
}

/// An agent of its word: `echo …`, `malformed`, `kind`, `text`, `attach`, `gone`, `close CODE`, `flood`, `deaf`.
#[derive(Debug, Default)]
pub struct FakeAgent {
    pub flooded: AtomicUsize,
    pub attached: std::sync::Mutex<Vec<Attach>>,
}

impl FakeAgent {
    pub fn start(path: &Path) -> Arc<Self> {
        let _ = std::fs::remove_file(path);
        let listener = UnixListener::bind(path).unwrap();
        let agent = Arc::new(Self::default());
        let shared = Arc::clone(&agent);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let agent = Arc::clone(&shared);
                tokio::spawn(async move { agent.converse(stream).await });
            }
        });
        agent
    }

    async fn converse(&self, stream: UnixStream) {
        let mut frames = Framed::new(stream, FrameCodec);
        let Some(Ok(first)) = frames.next().await else { return };
        let attach: Attach = serde_json::from_slice(&first.payload).unwrap();
        self.attached.lock().unwrap().push(attach.clone());
        if attach.purpose == Purpose::Status {
            let status = AgentStatus {
                workspace: WorkspaceId("w".into()),
                version: "1".into(),
                pid: 1,
                cloud_url: "http://127.0.0.1:1".into(),
            };
            let payload = serde_json::to_vec(&status).unwrap().into();
            let _ = frames.send(Frame { kind: Kind::Text, payload }).await;
            return;
        }
        while let Some(Ok(frame)) = frames.next().await {
            let text = String::from_utf8_lossy(&frame.payload).into_owned();
            match text.split(' ').next().unwrap() {
                "malformed" => frames.get_mut().write_all(&[255; 64]).await.unwrap(),
                "kind" => frames.get_mut().write_all(&[0, 0, 0, 2, 77, 0]).await.unwrap(),
                "text" => frames.get_mut().write_all(&[0, 0, 0, 2, 1, 255]).await.unwrap(),
                "gone" => return,
                "attach" => {
                    let payload = serde_json::to_vec(&attach).unwrap().into();
                    frames.send(Frame { kind: Kind::Attach, payload }).await.unwrap();
                }
                "close" => {
                    let code: u16 = text.split(' ').nth(1).unwrap().parse().unwrap();
                    let payload = Bytes::copy_from_slice(&code.to_be_bytes());
                    frames.send(Frame { kind: Kind::Close, payload }).await.unwrap();
                }
                "flood" => self.flood(&mut frames).await,
                "deaf" => std::future::pending().await,
                _ => frames.send(frame).await.unwrap(),
            }
        }
    }

    async fn flood(&self, frames: &mut Framed<UnixStream, FrameCodec>) {
        let payload = Bytes::from(vec![b'y'; 16 * 1024]);
        while frames.send(Frame { kind: Kind::Binary, payload: payload.clone() }).await.is_ok() {
            self.flooded.fetch_add(payload.len(), Ordering::SeqCst);
        }
    }
}
