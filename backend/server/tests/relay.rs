//! The relay between a tab and an agent that may be hostile: what passes, what ends it, and with which code.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::{Harness, Socket, close_code, next};
use futures_util::SinkExt;
use protocol::link::{MAX_FRAME, close};
use protocol::relay::{Attach, Purpose, VERSION};
use protocol::{Capability, Grants, Level, Person, Principal};
use server::SESSION_LIFETIME;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

async fn linked() -> (Harness, Socket) {
    let harness = Harness::start().await;
    let token = harness.session();
    let socket = harness.link(&token).await;
    (harness, socket)
}

/// Tells the agent to do something and expects the link to be closed so.
async fn check(order: &str, code: u16) {
    let (_harness, mut socket) = linked().await;
    socket.send(order.into()).await.unwrap();
    assert_eq!(close_code(&mut socket).await, Some(code), "{order}");
}

#[tokio::test]
async fn frames_pass_both_ways_as_they_are() {
    let (harness, mut socket) = linked().await;
    let sent = [
        Message::text("echo ünïcode"),
        Message::binary(vec![0, 1, 255]),
        Message::binary(Vec::new()),
        Message::binary(vec![7; MAX_FRAME]),
        Message::text("echo last"),
    ];
    for message in sent {
        socket.send(message.clone()).await.unwrap();
        assert_eq!(next(&mut socket).await.unwrap(), message);
    }
    let attached = harness.agent.attached.lock().unwrap().clone();
    assert_eq!(attached, [as_owner(&harness)]);
}

fn as_owner(harness: &Harness) -> Attach {
    let home = harness.accounts.home().unwrap();
    attach(harness, Person { id: home.owner, name: "owner".into() }, Grants::owner())
}

fn attach(harness: &Harness, person: Person, grants: Grants) -> Attach {
    let workspace = harness.accounts.home().unwrap().workspace;
    Attach { version: VERSION, purpose: Purpose::Link(Principal { workspace, person, grants }) }
}

#[tokio::test]
async fn the_agent_is_told_what_the_records_grant_and_nothing_that_a_tab_says() {
    let harness = Harness::start().await;
    let mixed: Grants =
        [(Capability::Files, Level::Read), (Capability::Terminals, Level::Write)].into_iter().collect();
    let ada = harness.accounts.add_member("Ada", &mixed).unwrap();
    let token = harness.session_of(&ada.id);
    let tampered = serde_json::to_string(&as_owner(&harness)).unwrap();
    let cookie = format!("{}={}; person=owner", harness.cookie_name(), token.reveal());
    let headers = [
        ("cookie", cookie),
        ("origin", harness.origin.clone()),
        ("x-person", "owner".into()),
        ("authorization", "owner".into()),
    ];
    let mut socket = harness.upgrade(&headers).await.unwrap();
    socket.send(format!("echo {tampered}").into()).await.unwrap();
    next(&mut socket).await.unwrap();
    assert_eq!(*harness.agent.attached.lock().unwrap(), [attach(&harness, ada, mixed)]);
}

#[tokio::test]
async fn another_grant_or_name_ends_the_live_link_and_the_next_one_has_it() {
    let harness = Harness::start().await;
    let ada = harness.accounts.add_member("Ada", &Grants::writer()).unwrap();
    let token = harness.session_of(&ada.id);
    let mut other = harness.link(&harness.session()).await;
    let mut socket = harness.link(&token).await;
    harness.accounts.set_grants(&ada.id, &Grants::reader()).unwrap();
    assert_eq!(close_code(&mut socket).await, Some(close::CHANGED));
    let mut socket = harness.link(&token).await;
    harness.accounts.rename(&ada.id, "Ada L.").unwrap();
    assert_eq!(close_code(&mut socket).await, Some(close::CHANGED));
    let mut socket = harness.link(&token).await;
    socket.send("echo on".into()).await.unwrap();
    next(&mut socket).await.unwrap();
    let last = harness.agent.attached.lock().unwrap().last().cloned();
    let renamed = Person { name: "Ada L.".into(), ..ada.clone() };
    assert_eq!(last, Some(attach(&harness, renamed, Grants::reader())));
    harness.accounts.remove_member(&ada.id).unwrap();
    assert_eq!(close_code(&mut socket).await, Some(close::CHANGED));
    let cookie = format!("{}={}", harness.cookie_name(), token.reveal());
    let headers = [("cookie", cookie), ("origin", harness.origin.clone())];
    assert_eq!(harness.upgrade(&headers).await.map(drop), Err(403));
    other.send("echo still".into()).await.unwrap();
    assert_eq!(next(&mut other).await.unwrap(), Message::text("echo still"));
}

#[tokio::test]
async fn an_agent_that_goes_or_misbehaves_is_dropped() {
    for order in ["gone", "malformed", "kind", "text", "attach", "close 4401", "close 4411", "close 1000"] {
        check(order, close::AGENT_GONE).await;
    }
    check("close 4409", close::SUPERSEDED).await;
}

#[tokio::test]
async fn the_server_survives_a_misbehaving_agent() {
    let (harness, mut bad) = linked().await;
    let mut good = harness.link(&harness.session()).await;
    bad.send("malformed".into()).await.unwrap();
    assert_eq!(close_code(&mut bad).await, Some(close::AGENT_GONE));
    good.send("echo on".into()).await.unwrap();
    assert_eq!(next(&mut good).await.unwrap(), Message::text("echo on"));
}

#[tokio::test]
async fn a_message_beyond_the_limit_ends_the_link() {
    let (_harness, mut socket) = linked().await;
    let _ = socket.send(Message::binary(vec![0; MAX_FRAME + 1])).await;
    while next(&mut socket).await.is_some_and(|message| !message.is_close()) {}
}

#[tokio::test]
async fn a_reader_that_does_not_read_stops_the_agent_and_grows_nothing() {
    let harness = Harness::start().await;
    let mut deaf = harness.narrow_link(&harness.session()).await;
    deaf.send("flood".into()).await.unwrap();
    let mut before = usize::MAX;
    let deadline = tokio::time::Instant::now() + common::SOON;
    // The agent stops when nothing more is taken: wait until what it has sent stays the same for a while.
    loop {
        let sent = harness.agent.flooded.load(Ordering::SeqCst);
        if sent == before && sent > 0 {
            break;
        }
        before = sent;
        assert!(tokio::time::Instant::now() < deadline, "the agent was never stopped: {sent} bytes");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(before < 8 << 20, "{before} bytes are somewhere between");
    let mut other = harness.link(&harness.session()).await;
    other.send("echo meanwhile".into()).await.unwrap();
    assert_eq!(next(&mut other).await.unwrap(), Message::text("echo meanwhile"));
    assert!(next(&mut deaf).await.unwrap().is_binary(), "what was held back comes when it is read");
}

#[tokio::test]
async fn signing_out_closes_the_live_link() {
    let harness = Harness::start().await;
    let token = harness.session();
    let mut socket = harness.link(&token).await;
    let mut other = harness.link(&harness.session()).await;
    let (cookie, origin) = (harness.cookie(&token), format!("Origin: {}", harness.origin));
    assert_eq!(harness.send("DELETE", "/session", &[&cookie, &origin], "").await.status, 204);
    assert_eq!(close_code(&mut socket).await, Some(close::UNAUTHENTICATED));
    other.send("echo still".into()).await.unwrap();
    assert_eq!(next(&mut other).await.unwrap(), Message::text("echo still"));
}

#[tokio::test]
async fn expiry_closes_the_live_link() {
    let (harness, mut socket) = linked().await;
    harness.clock.0.fetch_add(SESSION_LIFETIME.as_secs(), Ordering::SeqCst);
    assert_eq!(close_code(&mut socket).await, Some(close::UNAUTHENTICATED));
}

#[tokio::test]
async fn a_stopping_server_tells_its_tabs_and_drains() {
    let (harness, mut socket) = linked().await;
    socket.send("echo on".into()).await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap(), Message::text("echo on"));
    harness.shutdown.cancel();
    assert_eq!(close_code(&mut socket).await, Some(1012));
    drop(socket);
    assert_eq!(harness.served.await.unwrap().cut, 0);
}

#[tokio::test]
async fn a_session_has_a_limited_number_of_tabs() {
    let harness = Harness::start().await;
    let token = harness.session();
    let mut tabs = Vec::new();
    for _ in 0..32 {
        tabs.push(harness.link(&token).await);
    }
    let cookie = format!("{}={}", harness.cookie_name(), token.reveal());
    let headers = [("cookie", cookie), ("origin", harness.origin.clone())];
    assert_eq!(harness.upgrade(&headers).await.map(drop), Err(429));
    harness.link(&harness.session()).await;
    drop(tabs);
    let deadline = tokio::time::Instant::now() + common::SOON;
    while harness.upgrade(&headers).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "closed tabs still count");
    }
}

/// One frame as it is on the wire: first byte, length, mask of zeros where `masked`.
fn wire(first: u8, payload: &[u8], masked: bool) -> Vec<u8> {
    let mask = if masked { 0x80 } else { 0 };
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(mask | length as u8),
        length @ 126..65536 => {
            frame.push(mask | 0x7e);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(mask | 0x7f);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    if masked {
        frame.extend([0; 4]);
    }
    frame.extend(payload);
    frame
}

#[tokio::test]
async fn malformed_frames_end_their_link_and_nothing_else() {
    let harness = Harness::start().await;
    let token = harness.session();
    let mut bystander = harness.link(&token).await;
    let fragments: Vec<u8> = std::iter::once(wire(0x02, &vec![0; 200_000], true))
        .chain(std::iter::repeat_with(|| wire(0x00, &vec![0; 200_000], true)).take(6))
        .flatten()
        .collect();
    let crumbs: Vec<u8> = std::iter::once(wire(0x02, b"", true))
        .chain(std::iter::repeat_with(|| wire(0x00, &[0; 200], true)).take(10_000))
        .flatten()
        .collect();
    let table = [
        ("unmasked", wire(0x81, b"x", false), 1002),
        ("a reserved bit", wire(0xc1, b"x", true), 1002),
        ("an unknown kind", wire(0x83, b"x", true), 1002),
        ("text that is none", wire(0x81, &[0xff, 0xfe], true), 1007),
        ("a long ping", wire(0x89, &[0; 126], true), 1002),
        ("a ping in pieces", wire(0x09, b"x", true), 1002),
        ("a continuation of nothing", wire(0x80, b"x", true), 1002),
        ("one frame beyond the limit", wire(0x82, &vec![0; MAX_FRAME + 1], true), 1009),
        ("fragments beyond the limit", fragments, 1009),
        ("10,000 fragments", crumbs, 1009),
        ("a length of 2^63", [&[0x82, 0xff, 0x80][..], &[0; 11]].concat(), 1009),
    ];
    for (what, bytes, code) in table {
        let (mut read, mut write) = harness.raw_link(&token).await.into_split();
        // Nobody reads to the end what breaks the rules.
        let writing = tokio::spawn(async move { drop(write.write_all(&bytes).await) });
        let mut close = [0; 4];
        let closing = tokio::time::timeout(common::SOON, read.read_exact(&mut close)).await.expect(what);
        closing.expect(what);
        assert_eq!((close[0], u16::from_be_bytes([close[2], close[3]])), (0x88, code), "{what}");
        drop(read);
        writing.await.unwrap();
    }
    bystander.send("echo still".into()).await.unwrap();
    assert_eq!(next(&mut bystander).await.unwrap(), Message::text("echo still"));
}

#[tokio::test]
async fn a_flood_of_pings_and_tiny_frames_is_bounded_work() {
    let harness = Harness::start().await;
    let mut socket = harness.raw_link(&harness.session()).await;
    let flood: Vec<u8> =
        (0..5_000).flat_map(|_| [wire(0x89, b"", true), wire(0x82, b"x", true)].concat()).collect();
    let (mut read, mut write) = socket.split();
    let echoed = async {
        let (mut buffer, mut frames) = ([0; 4096], 0);
        // Every tiny frame comes back in three bytes; answered pings are of two.
        while frames < 5_000 {
            let length = tokio::time::timeout(common::SOON, read.read(&mut buffer)).await.unwrap().unwrap();
            frames += buffer[..length].split(|byte| *byte == b'x').count() - 1;
        }
    };
    let (sent, ()) = tokio::join!(write.write_all(&flood), echoed);
    sent.unwrap();
}
