//! Moves frames between a browser's WebSocket and an agent's socket. It looks at their kind and size, not into them.
//!
//! Nothing is queued: a frame is read from one side when the one before it has been taken by the other. A browser that
//! does not read thereby stops the agent's sending, and an agent that does not read stops the browser's.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use protocol::Principal;
use protocol::link::close;
use protocol::relay::{Kind, Purpose};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};
use tokio_util::codec::{FramedRead, FramedWrite};

use crate::agent::{AgentError, AgentSocket};
use crate::codec::{Frame, FrameCodec};

/// Between two pings; the browser itself answers them, asleep tabs included.
const PING: Duration = Duration::from_secs(20);
/// Silence after which the other end counts as gone.
const DEAD: Duration = Duration::from_secs(45);
/// How long an agent that is just being started may take to be reached.
const AGENT_START: Duration = Duration::from_secs(3);
/// Between two tries to reach it.
const AGENT_RETRY: Duration = Duration::from_millis(50);
/// How long a closing handshake may take.
const CLOSING: Duration = Duration::from_secs(2);
/// Codes of the WebSocket protocol: malformed frames, text that is none, more than the limit, "service restart".
const PROTOCOL_ERROR: u16 = 1002;
const NO_TEXT: u16 = 1007;
const TOO_LARGE: u16 = 1009;
const RESTARTING: u16 = 1012;

/// Why a relay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The browser closed, or its connection broke or fell silent.
    BrowserGone,
    /// The browser broke the rules of WebSockets, in the way that the code says.
    Broken(u16),
    /// The agent closed, broke, or broke the rules.
    AgentGone,
    /// The agent closed with a code of its own.
    ByAgent(u16),
    /// The session ended.
    SignedOut,
    /// The person may do something else here than when the link was let in.
    Changed,
    /// The server is stopping.
    Restarting,
}

impl End {
    /// The code that tells the browser, where it is there to be told.
    fn code(self) -> Option<u16> {
        match self {
            Self::BrowserGone => None,
            Self::AgentGone => Some(close::AGENT_GONE),
            Self::ByAgent(code) | Self::Broken(code) => Some(code),
            Self::SignedOut => Some(close::UNAUTHENTICATED),
            Self::Changed => Some(close::CHANGED),
            Self::Restarting => Some(RESTARTING),
        }
    }
}

/// Relays until either side ends, or `ended` says so; then closes both.
pub(crate) async fn relay<S, E>(
    socket: S,
    agent: &AgentSocket,
    principal: Principal,
    ended: impl Future<Output = End>,
) -> End
where
    S: Stream<Item = Result<Message, E>> + Sink<Message>,
    E: Error + 'static,
{
    let (mut to_browser, from_browser) = socket.split();
    let end = tokio::select! {
        end = ended => end,
        end = exchange(&mut to_browser, from_browser, agent, principal) => end,
    };
    if let Some(code) = end.code() {
        let closing =
            to_browser.send(Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::default() })));
        let _ = tokio::time::timeout(CLOSING, closing).await;
    }
    end
}

async fn exchange<E: Error + 'static>(
    to_browser: &mut (impl Sink<Message> + Unpin),
    from_browser: impl Stream<Item = Result<Message, E>> + Unpin,
    agent: &AgentSocket,
    principal: Principal,
) -> End {
    let conversation = match reach(agent, principal).await {
        Ok(conversation) => conversation,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "failed to attach a link");
            return End::AgentGone;
        }
    };
    let (read, write) = conversation.into_inner().into_split();
    let heard = Heard::now();
    tokio::select! {
        end = up(from_browser, FramedWrite::new(write, FrameCodec), &heard) => end,
        end = down(FramedRead::new(read, FrameCodec), to_browser, &heard) => end,
    }
}

/// Attaches, giving an agent that is being restarted a moment.
async fn reach(agent: &AgentSocket, principal: Principal) -> Result<crate::agent::Conversation, AgentError> {
    let deadline = Instant::now() + AGENT_START;
    loop {
        match agent.attach(Purpose::Link(principal.clone())).await {
            Err(AgentError::Unreachable(_)) if Instant::now() < deadline => {
                tokio::time::sleep(AGENT_RETRY).await;
            }
            outcome => return outcome,
        }
    }
}

/// From the browser to the agent.
async fn up<E: Error + 'static>(
    mut browser: impl Stream<Item = Result<Message, E>> + Unpin,
    mut agent: FramedWrite<OwnedWriteHalf, FrameCodec>,
    heard: &Heard,
) -> End {
    while let Some(message) = browser.next().await {
        let message = match message {
            Ok(message) => message,
            Err(error) => return broken(&error),
        };
        heard.note();
        let frame = match message {
            Message::Text(text) => Frame { kind: Kind::Text, payload: text.into() },
            Message::Binary(payload) => Frame { kind: Kind::Binary, payload },
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => break,
        };
        if agent.send(frame).await.is_err() {
            return End::AgentGone;
        }
    }
    End::BrowserGone
}

/// What ended the reading: the connection, or a browser that breaks the rules, which is told so.
fn broken(error: &(dyn Error + 'static)) -> End {
    let mut cause = Some(error);
    while let Some(found) = cause {
        if let Some(error) = found.downcast_ref() {
            return broken_by(error);
        }
        cause = found.source();
    }
    End::BrowserGone
}

fn broken_by(error: &tungstenite::Error) -> End {
    match error {
        tungstenite::Error::Capacity(_) => End::Broken(TOO_LARGE),
        tungstenite::Error::Utf8(_) => End::Broken(NO_TEXT),
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::BrowserGone,
        tungstenite::Error::Protocol(_) => End::Broken(PROTOCOL_ERROR),
        _ => End::BrowserGone,
    }
}

/// From the agent to the browser, with a ping now and then.
async fn down(
    mut agent: FramedRead<OwnedReadHalf, FrameCodec>,
    browser: &mut (impl Sink<Message> + Unpin),
    heard: &Heard,
) -> End {
    let mut ping = tokio::time::interval_at(Instant::now() + PING, PING);
    loop {
        let message = tokio::select! {
            frame = agent.next() => match frame {
                Some(Ok(frame)) => match message(frame) {
                    Ok(message) => message,
                    Err(end) => return end,
                },
                Some(Err(error)) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "dropped an agent's connection");
                    return End::AgentGone;
                }
                None => return End::AgentGone,
            },
            _ = ping.tick() => {
                if heard.ago() > DEAD {
                    return End::BrowserGone;
                }
                Message::Ping(Bytes::new())
            }
        };
        if browser.send(message).await.is_err() {
            return End::BrowserGone;
        }
    }
}

/// An agent's frame as the browser gets it; anything that the browser must not get ends the conversation.
fn message(frame: Frame) -> Result<Message, End> {
    match frame.kind {
        Kind::Text => Utf8Bytes::try_from(frame.payload).map(Message::Text).map_err(|_| End::AgentGone),
        Kind::Binary => Ok(Message::Binary(frame.payload)),
        Kind::Close => Err(close_code(&frame.payload).map_or(End::AgentGone, End::ByAgent)),
        Kind::Attach => Err(End::AgentGone),
    }
}

/// The agent's reason, if it is of the application's range: it cannot pretend that the server said something of the person.
fn close_code(payload: &[u8]) -> Option<u16> {
    let code = u16::from_be_bytes(payload.try_into().ok()?);
    let is_ours = matches!(code, close::UNAUTHENTICATED | close::CHANGED);
    ((4000..5000).contains(&code) && !is_ours).then_some(code)
}

/// When the other end was last heard of.
#[derive(Debug)]
struct Heard {
    start: Instant,
    milliseconds: AtomicU64,
}

impl Heard {
    fn now() -> Self {
        Self { start: Instant::now(), milliseconds: AtomicU64::new(0) }
    }

    fn note(&self) {
        self.milliseconds.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    fn ago(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.milliseconds.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::task::{Context, Poll};

    use protocol::{Grants, Person, PersonId, WorkspaceId};

    use super::*;

    #[test]
    fn an_agent_closes_with_its_own_codes_only() {
        let check = |payload: &[u8], expected: End| {
            let frame = Frame { kind: Kind::Close, payload: Bytes::copy_from_slice(payload) };
            assert_eq!(message(frame), Err(expected));
        };
        check(&close::SUPERSEDED.to_be_bytes(), End::ByAgent(close::SUPERSEDED));
        check(&close::UNAUTHENTICATED.to_be_bytes(), End::AgentGone);
        check(&close::CHANGED.to_be_bytes(), End::AgentGone);
        check(&1000_u16.to_be_bytes(), End::AgentGone);
        check(&[], End::AgentGone);
        check(&[1, 2, 3], End::AgentGone);
    }

    /// A browser that answers nothing, and whose pings are counted.
    struct Mute {
        pings: Arc<AtomicUsize>,
    }

    impl Stream for Mute {
        type Item = Result<Message, Infallible>;
        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Pending
        }
    }

    impl Sink<Message> for Mute {
        type Error = Infallible;
        fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }
        fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), Infallible> {
            assert!(matches!(message, Message::Ping(_)), "{message:?}");
            self.pings.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }
        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn relay_mute(agent: &AgentSocket) -> (End, usize, u64) {
        let pings = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let person = Person { id: PersonId("1".into()), name: "Ada".into() };
        let principal = Principal { workspace: WorkspaceId("w".into()), person, grants: Grants::owner() };
        let browser = Mute { pings: Arc::clone(&pings) };
        let end = relay(browser, agent, principal, std::future::pending()).await;
        (end, pings.load(Ordering::SeqCst), start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_half_open_connection_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.sock");
        let listener = tokio::net::UnixListener::bind(&path).unwrap();
        let agent = AgentSocket::new(path);
        let (outcome, accepted) = tokio::join!(relay_mute(&agent), listener.accept());
        accepted.unwrap();
        assert_eq!(outcome, (End::BrowserGone, 2, 60), "two pings, and at the third it is beyond 45 s");
    }

    #[test]
    fn text_that_is_none_ends_the_conversation() {
        let frame = Frame { kind: Kind::Text, payload: Bytes::from_static(&[0xff]) };
        assert_eq!(message(frame), Err(End::AgentGone));
        let frame = Frame { kind: Kind::Attach, payload: Bytes::new() };
        assert_eq!(message(frame), Err(End::AgentGone));
    }
}
