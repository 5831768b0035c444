//! A browser tab: a link to the real program that makes calls and keeps what comes on its channels.

use std::collections::HashMap;

use futures_util::{SinkExt, StreamExt};
use protocol::link::{self, Outcome, SessionId, ToAgent, ToBrowser, VERSION, close};
use protocol::terminal::{AttachTerminal, OpenTerminal, Size, Terminal};
use protocol::{Call, CallError, ChannelId};
use serde_json::value::to_raw_value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{SOON, Started};

/// A tab.
pub struct Tab {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    calls: u64,
    shown: HashMap<ChannelId, Vec<u8>>,
    received: u64,
    pub session: SessionId,
    pub resumed: bool,
}

impl Tab {
    /// Opens a tab of the person whose cookie that is; `before` is the session to resume and how much of it came. Tries
    /// again like a browser where the agent is just dying.
    pub async fn open(started: &Started, cookie: &str, before: Option<(SessionId, u64)>) -> Self {
        let deadline = tokio::time::Instant::now() + SOON;
        loop {
            if let Some(tab) = Self::try_open(started, cookie, before.clone()).await {
                return tab;
            }
            assert!(tokio::time::Instant::now() < deadline, "nobody welcomes a tab");
        }
    }

    async fn try_open(started: &Started, cookie: &str, before: Option<(SessionId, u64)>) -> Option<Self> {
        let address = started.address();
        let mut request = format!("ws://{address}/link").into_client_request().unwrap();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request.headers_mut().insert("origin", format!("http://{address}").parse().unwrap());
        let mut socket = connect_async(request).await.unwrap().0;
        let (session, received) = before.map_or((None, 0), |(session, received)| (Some(session), received));
        let hello: ToAgent = ToAgent::Hello { version: VERSION, session, received };
        socket.send(Message::text(serde_json::to_string(&hello).unwrap())).await.ok()?;
        let Some(Ok(Message::Text(answer))) = socket.next().await else { return None };
        let welcome: ToBrowser = serde_json::from_str(&answer).unwrap();
        let ToBrowser::Welcome { session, resumed, .. } = welcome else {
            panic!("{answer}");
        };
        Some(Self { socket, calls: 0, shown: HashMap::new(), received, session, resumed })
    }

    /// What a later connection resumes by.
    pub fn state(&self) -> (SessionId, u64) {
        (self.session.clone(), self.received)
    }

    /// Makes a call by its name, with parameters that are written by hand.
    pub async fn ask(
        &mut self,
        method: &str,
        params: &serde_json::Value,
    ) -> Result<serde_json::Value, CallError> {
        self.calls += 1;
        let (id, params) = (self.calls, to_raw_value(params).unwrap());
        self.say(&ToAgent::Call { id, method: method.to_owned(), params }).await.unwrap();
        loop {
            if let Some(ToBrowser::Reply { id: of, result }) = self.hear().await.unwrap()
                && of == id
            {
                return match result {
                    Outcome::Ok(reply) => Ok(serde_json::from_str(reply.get()).unwrap()),
                    Outcome::Err(error) => Err(error),
                };
            }
        }
    }

    /// Sends a text frame as it is.
    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Makes a call; the link's own error where it broke meanwhile.
    pub async fn try_call<C: Call>(&mut self, call: C) -> Result<Result<C::Reply, CallError>, Broken> {
        self.calls += 1;
        let id = self.calls;
        let params = to_raw_value(&call).unwrap();
        self.say(&ToAgent::Call { id, method: C::METHOD.to_owned(), params }).await?;
        loop {
            if let Some(ToBrowser::Reply { id: of, result }) = self.hear().await?
                && of == id
            {
                return Ok(match result {
                    Outcome::Ok(reply) => Ok(serde_json::from_str(reply.get()).unwrap()),
                    Outcome::Err(error) => Err(error),
                });
            }
        }
    }

    pub async fn call<C: Call>(&mut self, call: C) -> Result<C::Reply, CallError> {
        self.try_call(call).await.unwrap()
    }

    pub async fn send_bytes(&mut self, channel: ChannelId, bytes: &[u8]) -> Result<(), Broken> {
        let frame = Message::binary(link::binary_frame(channel, bytes));
        self.socket.send(frame).await.map_err(|_| Broken)
    }

    /// Opens a terminal, shows it on a channel, and waits for its shell.
    pub async fn terminal(&mut self, channel: ChannelId) -> Terminal {
        let size = Size { columns: 200, rows: 24 };
        let terminal = self.call(OpenTerminal { size, folder: None }).await.unwrap();
        self.attach(&terminal, channel).await;
        terminal
    }

    /// Shows a terminal on a channel.
    pub async fn attach(&mut self, terminal: &Terminal, channel: ChannelId) {
        let (terminal, mark) = (terminal.id.clone(), "tab".to_owned());
        self.call(AttachTerminal { terminal, channel, mark, size: None }).await.unwrap();
    }

    /// Reads until a channel has shown `wanted`; everything that it has shown.
    pub async fn until_shown(&mut self, channel: ChannelId, wanted: &str) -> String {
        loop {
            let shown = self.shown(channel);
            if shown.contains(wanted) {
                return shown;
            }
            self.hear().await.unwrap();
        }
    }

    /// What came on a channel so far.
    pub fn shown(&self, channel: ChannelId) -> String {
        String::from_utf8_lossy(self.bytes(channel)).into_owned()
    }

    pub fn bytes(&self, channel: ChannelId) -> &[u8] {
        self.shown.get(&channel).map_or(&[], Vec::as_slice)
    }

    /// Takes the next frame; a text that is none of the link's housekeeping is returned.
    pub async fn hear(&mut self) -> Result<Option<ToBrowser>, Broken> {
        let message = tokio::time::timeout(SOON, self.socket.next()).await.expect("something comes in time");
        match message {
            Some(Ok(Message::Text(text))) => {
                let frame: ToBrowser = serde_json::from_str(&text).unwrap();
                self.received += u64::from(frame.is_sequenced());
                Ok(Some(frame))
            }
            Some(Ok(Message::Binary(bytes))) => {
                self.received += 1;
                let (channel, payload) = link::parse_binary(&bytes).unwrap();
                self.shown.entry(channel).or_default().extend(payload);
                self.say(&ToAgent::Credit { channel, bytes: payload.len() as u32 }).await?;
                Ok(None)
            }
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(close::AGENT_GONE, |frame| frame.code.into());
                assert_eq!(code, close::AGENT_GONE, "nothing but a death ends these links");
                Err(Broken)
            }
            Some(Ok(_)) => Ok(None),
            Some(Err(_)) | None => Err(Broken),
        }
    }

    async fn say(&mut self, message: &ToAgent) -> Result<(), Broken> {
        let text = serde_json::to_string(message).unwrap();
        self.socket.send(Message::text(text)).await.map_err(|_| Broken)
    }
}

/// The link is no more.
#[derive(Debug)]
pub struct Broken;
