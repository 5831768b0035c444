//! A tab's link through the real server to the real agent: it opens, it survives the server, it says when the agent
//! is gone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

mod common;

use common::tab::Tab;
use common::{Place, SOON, Started};
use futures_util::{SinkExt, StreamExt};
use protocol::link::{SessionId, ToAgent, ToBrowser, VERSION, close};
use rustix::process::{Signal, kill_process};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(started: &Started, cookie: &str) -> Socket {
    let address = started.address();
    let mut request = format!("ws://{address}/link").into_client_request().unwrap();
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("origin", format!("http://{address}").parse().unwrap());
    connect_async(request).await.unwrap().0
}

async fn say(socket: &mut Socket, message: &ToAgent) {
    socket.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
}

async fn hear(socket: &mut Socket) -> ToBrowser {
    loop {
        let message = tokio::time::timeout(SOON, socket.next()).await.unwrap().unwrap().unwrap();
        if let Message::Text(text) = message {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// Says hello; the session and whether it was resumed.
async fn hello(socket: &mut Socket, session: Option<SessionId>) -> (SessionId, bool) {
    say(socket, &ToAgent::Hello { version: VERSION, session, received: 0 }).await;
    match hear(socket).await {
        ToBrowser::Welcome { session, resumed, .. } => (session, resumed),
        other => panic!("{other:?}"),
    }
}

async fn close_code(socket: &mut Socket) -> Option<u16> {
    loop {
        match tokio::time::timeout(SOON, socket.next()).await.unwrap()? {
            Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

#[tokio::test]
async fn a_session_is_resumed_through_a_new_server() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let mut socket = connect(&started, &cookie).await;
    let (session, resumed) = hello(&mut socket, None).await;
    assert!(!resumed);
    say(&mut socket, &ToAgent::Ping { nonce: 7 }).await;
    assert!(matches!(hear(&mut socket).await, ToBrowser::Pong { nonce: 7 }));
    started.signal(Signal::KILL);
    started.wait();
    let address = started.address();
    let again = place.run(&["--listen", &address]);
    let mut socket = connect(&again, &cookie).await;
    assert_eq!(hello(&mut socket, Some(session.clone())).await, (session, true));
}

#[tokio::test]
async fn a_killed_agent_closes_its_links_and_the_next_one_takes_new_ones() {
    let place = Place::new();
    let started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let mut socket = connect(&started, &cookie).await;
    let (session, _) = hello(&mut socket, None).await;
    kill_process(place.agent().unwrap(), Signal::KILL).unwrap();
    assert_eq!(close_code(&mut socket).await, Some(close::AGENT_GONE));
    // The server gives an agent that is being started a moment: a tab that comes at once is not turned away.
    let tab = Tab::open(&started, &cookie, Some((session.clone(), 0))).await;
    assert!(!tab.resumed && tab.session != session, "the session died with its agent");
}

#[tokio::test]
async fn a_stopping_server_tells_its_tabs() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let mut socket = connect(&started, &cookie).await;
    hello(&mut socket, None).await;
    started.signal(Signal::TERM);
    assert_eq!(close_code(&mut socket).await, Some(1012));
    drop(socket);
    assert!(started.wait().success());
}
