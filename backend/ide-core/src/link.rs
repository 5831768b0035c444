//! One connection of a browser: reads its frames, makes its calls, writes what its session has to send.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use protocol::{
    CallError, ErrorCode, Principal, Said,
    link::{self, Outcome, ToAgent, ToBrowser, close},
    relay::Kind,
};
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use crate::{
    relay::RelayFrame,
    router::{CallContext, Router},
    session::{Connection, Frame, Session, Sessions, encode},
};

/// Frames that are malformed or forbidden after which a connection is closed.
const MAX_OFFENCES: usize = 5;

/// Serves one connection until it ends.
pub async fn serve<S>(stream: S, principal: Principal, sessions: &Sessions, router: Arc<Router>)
where
    S: Stream<Item = std::io::Result<RelayFrame>> + Sink<RelayFrame, Error = std::io::Error> + Send,
{
    let (mut sink, mut source) = stream.split();
    let Some((connection, resumed)) = welcome(&mut sink, &mut source, principal, sessions).await else {
        return;
    };
    let (control, controls) = mpsc::channel(64);
    let reader =
        Reader { session: connection.session.clone(), router, control, unacknowledged: 0, offences: 0 };
    tracing::debug!(resumed, "a browser connected");
    let code = tokio::select! {
        code = reader.run(&mut source) => code,
        code = write(&mut sink, &connection, controls) => code,
    };
    if let Some(code) = code {
        let payload = Bytes::copy_from_slice(&code.to_be_bytes());
        let _ = sink.send(RelayFrame { kind: Kind::Close, payload }).await;
    }
}

/// Answers `hello`.
async fn welcome<W, R>(
    sink: &mut W,
    source: &mut R,
    principal: Principal,
    sessions: &Sessions,
) -> Option<(Connection, bool)>
where
    W: Sink<RelayFrame, Error = std::io::Error> + Unpin,
    R: Stream<Item = std::io::Result<RelayFrame>> + Unpin,
{
    let first = source.next().await?.ok()?;
    let Ok(ToAgent::Hello { version, session, received }) = serde_json::from_slice::<ToAgent>(&first.payload)
    else {
        let said = Said::new("the first frame is no hello; reload the page").because("no-hello", &[]);
        return refuse(sink, close::VERSION, said).await;
    };
    if version != link::VERSION {
        let ours = link::VERSION;
        let said =
            Said::new(format!("this page speaks version {version}, the workspace {ours}; reload the page"))
                .because("other-version", &[("version", &version), ("ours", &ours)]);
        return refuse(sink, close::VERSION, said).await;
    }
    let (connection, resumed) = match sessions.connect(principal, session.as_ref(), received) {
        Ok(connected) => connected,
        Err(error) => return refuse(sink, close::AGENT_GONE, error.said()).await,
    };
    let session = connection.session.id().clone();
    let frame = ToBrowser::Welcome { session, resumed, received: connection.received };
    sink.send(text(encode(&frame))).await.ok()?;
    Some((connection, resumed))
}

async fn refuse<W, T>(sink: &mut W, code: u16, said: Said) -> Option<T>
where
    W: Sink<RelayFrame, Error = std::io::Error> + Unpin,
{
    let frame = ToBrowser::Refused { message: said.message, reason: said.reason };
    sink.send(text(encode(&frame))).await.ok()?;
    let payload = Bytes::copy_from_slice(&code.to_be_bytes());
    sink.send(RelayFrame { kind: Kind::Close, payload }).await.ok()?;
    None
}

/// Writes control frames first, then what the session has to send.
async fn write<W>(sink: &mut W, connection: &Connection, mut controls: mpsc::Receiver<Bytes>) -> Option<u16>
where
    W: Sink<RelayFrame, Error = std::io::Error> + Unpin,
{
    loop {
        let frame = tokio::select! {
            biased;
            control = controls.recv() => text(control?),
            frame = connection.session.next_frame(connection.number) => match frame {
                Some(Frame::Text(payload)) => text(payload),
                Some(Frame::Binary(payload)) => RelayFrame { kind: Kind::Binary, payload },
                None => return Some(close::SUPERSEDED),
            },
        };
        sink.send(frame).await.ok()?;
    }
}

fn text(payload: Bytes) -> RelayFrame {
    RelayFrame { kind: Kind::Text, payload }
}

struct Reader {
    session: Session,
    router: Arc<Router>,
    /// Unsequenced frames of this connection.
    control: mpsc::Sender<Bytes>,
    unacknowledged: u64,
    /// Frames that were malformed, and calls that are not this person's to make.
    offences: usize,
}

impl Reader {
    /// Reads until the connection ends; says with which code to close it, if it is still there.
    async fn run<R>(mut self, source: &mut R) -> Option<u16>
    where
        R: Stream<Item = std::io::Result<RelayFrame>> + Unpin,
    {
        while let Some(Ok(frame)) = source.next().await {
            let handled = match frame.kind {
                Kind::Text => self.text(&frame.payload).await,
                Kind::Binary => self.binary(&frame.payload).await,
                Kind::Attach => false,
                Kind::Close => return None,
            };
            if !handled {
                self.offences += 1;
                if self.offences >= MAX_OFFENCES {
                    return Some(close::FORBIDDEN);
                }
            }
        }
        None
    }

    async fn text(&mut self, payload: &[u8]) -> bool {
        let frame = match serde_json::from_slice::<ToAgent>(payload) {
            Ok(frame) => frame,
            Err(error) => {
                tracing::warn!(%error, "a malformed frame");
                return false;
            }
        };
        if frame.is_sequenced() {
            self.count().await;
        }
        match frame {
            ToAgent::Call { id, method, params } => return self.call(id, &method, params),
            ToAgent::Credit { channel, bytes } => self.session.credited(channel, bytes),
            ToAgent::Ack { received } => return self.session.acknowledged(received),
            // Ends the connection too: the writer sees that there is nothing to send any more.
            ToAgent::Leave => self.session.end(),
            ToAgent::Ping { nonce } => self.control(&ToBrowser::Pong { nonce }).await,
            ToAgent::Hello { .. } => return false,
        }
        true
    }

    async fn binary(&mut self, frame: &[u8]) -> bool {
        self.count().await;
        let Some((channel, payload)) = link::parse_binary(frame) else { return false };
        self.session
            .receive(channel, payload)
            .inspect_err(|error| tracing::warn!(%error, "bytes refused"))
            .is_ok()
    }

    /// Makes a call; false where its number is that of a call under way, or the person may not make it.
    fn call(&self, id: u64, method: &str, params: Box<RawValue>) -> bool {
        if !self.session.begin_call(id) {
            tracing::warn!(id, "a call with the number of another is ignored");
            return false;
        }
        let Err(refused) = self.take_in(id, method, params) else { return true };
        let forbidden = refused.code == ErrorCode::Forbidden;
        if forbidden {
            tracing::warn!(person = ?self.session.principal().person.id, %refused, "a call was forbidden");
        }
        reply(&self.session, id, Err(refused));
        !forbidden
    }

    fn take_in(&self, id: u64, method: &str, params: Box<RawValue>) -> Result<(), CallError> {
        let session = self.session.clone();
        let context = CallContext { principal: session.principal().clone(), session: session.clone() };
        let admitted = self.router.admit(context, method, params)?;
        tokio::spawn(async move {
            reply(&session, id, admitted.answer().await);
        });
        Ok(())
    }

    /// Counts a sequenced frame, and acknowledges now and then.
    async fn count(&mut self) {
        let received = self.session.count_received();
        self.unacknowledged += 1;
        if self.unacknowledged >= link::ACK_EVERY {
            self.unacknowledged = 0;
            self.control(&ToBrowser::Ack { received }).await;
        }
    }

    async fn control(&self, frame: &ToBrowser) {
        // Fails only when the connection is ending anyway.
        let _ = self.control.send(encode(frame)).await;
    }
}

/// Answers a call, which is over with that.
fn reply(session: &Session, id: u64, result: Result<Box<RawValue>, CallError>) {
    session.end_call(id);
    let mut frame = encode(&ToBrowser::Reply { id, result: result.map_or_else(Outcome::Err, Outcome::Ok) });
    if frame.len() > link::MAX_FRAME {
        let message = "the reply is larger than 1 MiB; ask for less at once";
        let error = CallError::new(ErrorCode::Limit, message).because("reply-large", &[]);
        frame = encode(&ToBrowser::Reply { id, result: Outcome::Err(error) });
    }
    session.push_text(frame);
}
