//! A browser's side of the link against the real one: calls, roles, channels with credit, resume.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use ide_core::{
    Events, Router, Session, Sessions, link,
    relay::{RelayCodec, RelayFrame},
    router::MAX_CALLS,
    session::MAX_SESSIONS,
    somebody::{somebody, workspace},
};
use protocol::{
    CallError, ChannelId, ErrorCode, Grants, file, layout,
    link::{CHUNK, WINDOW, binary_frame},
    relay::Kind,
    workspace::DescribeWorkspace,
};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio_util::codec::Framed;

struct Agent {
    sessions: Sessions,
    router: Arc<Router>,
    /// The session of who asked last for a description.
    seen: Arc<Mutex<Option<Session>>>,
    /// Lets a layout be saved; how many were.
    go: Arc<tokio::sync::Notify>,
    saved: Arc<AtomicUsize>,
}

impl Agent {
    fn new() -> Self {
        let mut router = Router::new();
        let (seen, go, saved): (Arc<Mutex<_>>, Arc<tokio::sync::Notify>, Arc<AtomicUsize>) =
            Default::default();
        let last = Arc::clone(&seen);
        router.on::<DescribeWorkspace, _, _>(move |context, _| {
            *last.lock().unwrap() = Some(context.session);
            async { Err(CallError::new(ErrorCode::Unavailable, "not described")) }
        });
        let (may, count) = (Arc::clone(&go), Arc::clone(&saved));
        router.on::<layout::SaveLayout, _, _>(move |_, _| {
            let (may, count) = (Arc::clone(&may), Arc::clone(&count));
            async move {
                may.notified().await;
                count.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        });
        router.on::<layout::LoadLayout, _, _>(|_, _| async { Ok(None) });
        router.on::<file::CreateFile, _, _>(|_, _| async { panic!("a handler's bug") });
        router.on::<file::DownloadFile, _, _>(|context, call| async move {
            let channel = context.session.open_channel(call.channel)?;
            tokio::spawn(async move { channel.send(Bytes::from(vec![7; 3 * WINDOW as usize])).await });
            Ok(file::Download { name: "seven".into(), size: 3 * u64::from(WINDOW), left_out: 0 })
        });
        router.on::<file::UploadFile, _, _>(|context, call| async move {
            let mut channel = context.session.open_channel(call.channel)?;
            let mut size = 0;
            while size < call.size {
                size += channel.recv().await.map_or(call.size, |bytes| bytes.len() as u64);
            }
            Ok(())
        });
        Self { sessions: Sessions::new(), router: Arc::new(router), seen, go, saved }
    }

    fn connect(&self, grants: Grants) -> Browser {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (sessions, router) = (self.sessions.clone(), Arc::clone(&self.router));
        let principal = somebody("ada", grants);
        tokio::spawn(async move {
            link::serve(Framed::new(theirs, RelayCodec), principal, &sessions, router).await;
        });
        Browser { wire: Framed::new(ours, RelayCodec), received: 0 }
    }
}

struct Browser {
    wire: Framed<DuplexStream, RelayCodec>,
    received: u64,
}

impl Browser {
    async fn send(&mut self, frame: Value) {
        let payload = serde_json::to_vec(&frame).unwrap().into();
        self.wire.send(RelayFrame { kind: Kind::Text, payload }).await.unwrap();
    }

    async fn send_bytes(&mut self, channel: u32, payload: &[u8]) {
        let payload = binary_frame(ChannelId(channel), payload).into();
        self.wire.send(RelayFrame { kind: Kind::Binary, payload }).await.unwrap();
    }

    async fn hello(&mut self, session: Option<&str>, received: u64) -> Value {
        self.received = received;
        self.send(json!({"hello": {"version": 2, "session": session, "received": received}})).await;
        self.text().await
    }

    async fn send_raw(&mut self, kind: Kind, payload: &[u8]) {
        let payload = Bytes::copy_from_slice(payload);
        self.wire.send(RelayFrame { kind, payload }).await.unwrap();
    }

    async fn call(&mut self, id: u64, method: &str, params: Value) {
        self.send(json!({"call": {"id": id, "method": method, "params": params}})).await;
    }

    async fn frame(&mut self) -> RelayFrame {
        self.wire.next().await.unwrap().unwrap()
    }

    async fn text(&mut self) -> Value {
        loop {
            let frame = self.frame().await;
            if frame.kind == Kind::Text {
                let value: Value = serde_json::from_slice(&frame.payload).unwrap();
                self.received += u64::from(value.get("reply").is_some() || value.get("event").is_some());
                return value;
            }
        }
    }

    async fn bytes(&mut self) -> usize {
        loop {
            let frame = self.frame().await;
            if frame.kind == Kind::Binary {
                self.received += 1;
                return frame.payload.len() - 4;
            }
            self.received += u64::from(frame.payload.starts_with(b"{\"reply"));
        }
    }
}

#[tokio::test]
async fn calls_are_answered_by_type_and_role() {
    let agent = Agent::new();
    let mut viewer = agent.connect(Grants::reader());
    assert_eq!(viewer.hello(None, 0).await["welcome"]["resumed"], false);
    for (method, params, answer) in [
        ("layout.load", json!({}), json!({"ok": null})),
        ("layout.load", json!({"role": "owner"}), json!("invalid")),
        ("file.create", json!({"path": "a"}), json!("forbidden")),
        ("no.such", json!({}), json!("not-found")),
    ] {
        viewer.call(1, method, params).await;
        let result = viewer.text().await["reply"]["result"].clone();
        let seen = result["err"].get("code").cloned().unwrap_or(result);
        assert_eq!(seen, answer, "{method}");
    }
}

#[tokio::test]
async fn a_panic_fails_its_call_only() {
    let agent = Agent::new();
    let mut owner = agent.connect(Grants::owner());
    owner.hello(None, 0).await;
    owner.call(1, "file.create", json!({"path": "a"})).await;
    assert_eq!(owner.text().await["reply"]["result"]["err"]["code"], "internal");
    owner.call(2, "layout.load", json!({})).await;
    assert_eq!(owner.text().await["reply"]["id"], 2);
}

#[tokio::test]
async fn bulk_waits_for_credit_and_text_passes_it() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    browser.hello(None, 0).await;
    browser.call(1, "file.download", json!({"path": "a", "channel": 9})).await;
    let mut got = 0;
    while got < WINDOW as usize {
        got += browser.bytes().await;
    }
    assert_eq!(got, WINDOW as usize);
    browser.call(2, "layout.load", json!({})).await;
    assert_eq!(browser.text().await["reply"]["id"], 2, "nothing more came on the channel before the reply");
    while got < 3 * WINDOW as usize {
        browser.send(json!({"credit": {"channel": 9, "bytes": CHUNK}})).await;
        got += browser.bytes().await;
    }
}

#[tokio::test]
async fn a_resumed_session_loses_and_doubles_nothing() {
    let agent = Agent::new();
    let mut first = agent.connect(Grants::owner());
    let welcome = first.hello(None, 0).await;
    let id = welcome["welcome"]["session"].as_str().unwrap().to_owned();
    first.call(1, "file.download", json!({"path": "a", "channel": 9})).await;
    let mut got = first.bytes().await;
    let received = first.received;
    drop(first);

    let mut second = agent.connect(Grants::owner());
    let welcome = second.hello(Some(&id), received).await;
    assert_eq!(welcome["welcome"], json!({"session": id, "resumed": true, "received": 1}));
    while got < WINDOW as usize {
        got += second.bytes().await;
    }
    assert_eq!(got, WINDOW as usize);

    let mut stranger = agent.connect(Grants::reader());
    let welcome = stranger.hello(Some(&id), 0).await;
    assert_eq!(welcome["welcome"]["resumed"], false, "a session is its principal's");
}

#[tokio::test]
async fn a_second_connection_supersedes_the_first() {
    let agent = Agent::new();
    let mut first = agent.connect(Grants::owner());
    let id = first.hello(None, 0).await["welcome"]["session"].as_str().unwrap().to_owned();
    let mut second = agent.connect(Grants::owner());
    assert_eq!(second.hello(Some(&id), 0).await["welcome"]["resumed"], true);
    let end = first.frame().await;
    assert_eq!((end.kind, &end.payload[..]), (Kind::Close, &4409u16.to_be_bytes()[..]));
}

#[tokio::test]
async fn bytes_may_come_before_their_channel_is_opened() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    browser.hello(None, 0).await;
    browser.send_bytes(5, b"early").await;
    browser.call(1, "file.upload", json!({"path": "a", "channel": 5, "size": 5})).await;
    assert_eq!(browser.text().await["reply"]["result"], json!({"ok": null}));
}

#[tokio::test]
async fn tabs_that_left_make_room_and_open_ones_do_not() {
    let agent = Agent::new();
    let mut open = Vec::new();
    for _ in 0..MAX_SESSIONS {
        let mut browser = agent.connect(Grants::owner());
        browser.hello(None, 0).await;
        open.push(browser);
    }
    let refused = agent.connect(Grants::owner()).hello(None, 0).await;
    assert!(refused["refused"]["message"].as_str().unwrap().contains("tabs open"), "{refused}");
    drop(open.pop());
    let welcomed = async {
        while agent.connect(Grants::owner()).hello(None, 0).await["welcome"].is_null() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), welcomed).await.unwrap();
    open[0].call(1, "layout.load", json!({})).await;
    assert_eq!(open[0].text().await["reply"]["result"], json!({"ok": null}), "the others go on");
}

#[tokio::test]
async fn what_nobody_opens_takes_no_more_than_one_window() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::reader());
    browser.hello(None, 0).await;
    let megabyte = vec![0; 1 << 20];
    for channel in 1..=4 {
        browser.send_bytes(channel, &megabyte[4..]).await;
    }
    // The window is all but full. Five channels more than fit are five times more than a tab may err.
    for channel in 5..=9 {
        browser.send_bytes(channel, &megabyte[4..]).await;
    }
    let end = loop {
        let frame = browser.frame().await;
        if frame.kind == Kind::Close {
            break frame;
        }
    };
    assert_eq!(&end.payload[..], &4403u16.to_be_bytes()[..]);
}

#[tokio::test]
async fn nonsense_closes_the_connection() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    browser.hello(None, 0).await;
    for _ in 0..5 {
        browser.send(json!({"hack": {}})).await;
    }
    let end = browser.frame().await;
    assert_eq!((end.kind, &end.payload[..]), (Kind::Close, &4403u16.to_be_bytes()[..]));
    let mut old = agent.connect(Grants::owner());
    old.send(json!({"hello": {"version": 99, "session": null, "received": 0}})).await;
    assert!(old.text().await["refused"]["message"].as_str().unwrap().contains("reload"));
}

#[tokio::test]
async fn who_asks_again_and_again_for_what_is_not_theirs_is_closed() {
    let agent = Agent::new();
    let mut viewer = agent.connect(Grants::reader());
    viewer.hello(None, 0).await;
    for id in 1..=4 {
        viewer.call(id, "file.create", json!({"path": "a"})).await;
        assert_eq!(viewer.text().await["reply"]["result"]["err"]["code"], "forbidden");
        viewer.call(id, "layout.load", json!({})).await;
        assert_eq!(viewer.text().await["reply"]["result"], json!({"ok": null}), "the connection stays");
    }
    viewer.call(5, "file.create", json!({"path": "a"})).await;
    let end = loop {
        let frame = viewer.frame().await;
        if frame.kind == Kind::Close {
            break frame;
        }
    };
    assert_eq!(&end.payload[..], &4403u16.to_be_bytes()[..]);
}

#[tokio::test]
async fn malformed_frames_cost_their_sender_the_connection_and_nobody_else() {
    let agent = Agent::new();
    let deep = format!("{{\"call\":{{\"id\":1,\"method\":\"layout.load\",\"params\":{}", "[".repeat(200_000));
    let frames = [
        (Kind::Text, ""),
        (Kind::Text, "no json"),
        (Kind::Text, "null"),
        (Kind::Text, "[]"),
        (Kind::Text, "{}"),
        (Kind::Text, "\"unknown\""),
        (Kind::Text, "{\"call\":{}}"),
        (Kind::Text, "{\"call\":{\"id\":-1,\"method\":\"layout.load\",\"params\":{}}}"),
        (Kind::Text, "{\"call\":{\"id\":1e400,\"method\":\"layout.load\",\"params\":{}}}"),
        (Kind::Text, "{\"call\":{\"id\":99999999999999999999,\"method\":\"layout.load\",\"params\":{}}}"),
        (Kind::Text, "{\"call\":{\"id\":1,\"method\":7,\"params\":{}}}"),
        (Kind::Text, "{\"call\":{\"id\":1,\"method\":\"layout.load\"}}"),
        (Kind::Text, "{\"credit\":{\"channel\":-1,\"bytes\":1}}"),
        (Kind::Text, "{\"credit\":{\"channel\":1,\"bytes\":4294967296}}"),
        (Kind::Text, "{\"ack\":{\"received\":-5}}"),
        (Kind::Text, "{\"ack\":{\"received\":18446744073709551615}}"),
        (Kind::Text, "{\"hello\":{\"version\":1,\"session\":null,\"received\":0}}"),
        (Kind::Text, &deep),
        (Kind::Binary, ""),
        (Kind::Binary, "x"),
        (Kind::Attach, "{}"),
    ];
    let mut neighbour = agent.connect(Grants::owner());
    neighbour.hello(None, 0).await;
    for (number, (kind, frame)) in frames.iter().enumerate() {
        let shown: String = frame.chars().take(80).collect();
        let mut browser = agent.connect(Grants::owner());
        browser.hello(None, 0).await;
        for _ in 0..4 {
            browser.send_raw(*kind, frame.as_bytes()).await;
        }
        browser.call(1, "layout.load", json!({})).await;
        assert_eq!(browser.text().await["reply"]["result"], json!({"ok": null}), "{shown}");
        browser.send_raw(*kind, frame.as_bytes()).await;
        let end = browser.frame().await;
        assert_eq!((end.kind, &end.payload[..]), (Kind::Close, &4403u16.to_be_bytes()[..]), "{shown}");
        neighbour.call(number as u64, "layout.load", json!({})).await;
        assert_eq!(neighbour.text().await["reply"]["result"], json!({"ok": null}), "{shown}");
    }
}

#[tokio::test]
async fn parameters_of_another_shape_are_told_and_cost_nothing() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    browser.hello(None, 0).await;
    let calls = [
        ("file.create", "null"),
        ("file.create", "[]"),
        ("file.create", "7"),
        ("file.create", "{}"),
        ("file.create", "{\"path\":7}"),
        ("file.create", "{\"path\":\"../x\"}"),
        ("file.upload", "{\"path\":\"a\",\"channel\":-1,\"size\":1}"),
        ("file.upload", "{\"path\":\"a\",\"channel\":1,\"size\":-1}"),
        ("file.upload", "{\"path\":\"a\",\"channel\":1,\"size\":1.5}"),
        ("file.upload", "{\"path\":\"a\",\"channel\":1,\"size\":99999999999999999999}"),
        ("file.upload", "{\"path\":\"a\",\"channel\":4294967296,\"size\":1}"),
    ];
    // Far more than what would end a connection if they were no frames at all.
    for (number, (method, params)) in calls.iter().cycle().take(200).enumerate() {
        let frame = format!("{{\"call\":{{\"id\":{number},\"method\":\"{method}\",\"params\":{params}}}}}");
        browser.send_raw(Kind::Text, frame.as_bytes()).await;
        let reply = loop {
            let frame = browser.text().await;
            if frame["reply"].is_object() {
                break frame;
            }
        };
        assert_eq!(reply["reply"]["result"]["err"]["code"], "invalid", "{method} {params}");
    }
}

#[tokio::test]
async fn a_number_is_one_call_s_until_that_is_answered() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    browser.hello(None, 0).await;
    for _ in 0..3 {
        browser.call(7, "layout.save", json!({"layout": {}})).await;
    }
    browser.call(6, "layout.load", json!({})).await;
    assert_eq!(browser.text().await["reply"]["id"], 6, "numbers need no order");
    agent.go.notify_one();
    assert_eq!(browser.text().await["reply"], json!({"id": 7, "result": {"ok": null}}));
    assert_eq!(agent.saved.load(Ordering::SeqCst), 1, "it was done once");
    browser.call(7, "layout.load", json!({})).await;
    assert_eq!(browser.text().await["reply"]["id"], 7);
    // What belongs to nothing is passed over.
    browser.send(json!({"credit": {"channel": 99, "bytes": 1}})).await;
    browser.call(8, "layout.load", json!({})).await;
    assert_eq!(browser.text().await["reply"]["id"], 8);
    for _ in 0..3 {
        browser.call(9, "layout.save", json!({"layout": {}})).await;
    }
    browser.call(9, "layout.save", json!({"layout": {}})).await;
    let end = browser.frame().await;
    assert_eq!(end.kind, Kind::Close, "who goes on with it is let go");
}

#[tokio::test]
async fn events_go_to_those_who_may_know() {
    let agent = Agent::new();
    let (mut owner, mut viewer) = (agent.connect(Grants::owner()), agent.connect(Grants::reader()));
    owner.hello(None, 0).await;
    viewer.hello(None, 0).await;
    let events = Events::new(workspace(), agent.sessions.clone());
    let ada = protocol::PersonId("ada".into());
    events.publish(Some(&ada), protocol::Event::Cloud(protocol::cloud::Event::Changed));
    events.publish(None, protocol::Event::File(file::Event::Changed { folders: vec![] }));
    let told = json!({"workspace": "workspace", "by": "ada", "event": {"cloud": "changed"}});
    assert_eq!(owner.text().await["event"], told);
    let told = json!({"workspace": "workspace", "event": {"file": {"changed": {"folders": []}}}});
    assert_eq!(viewer.text().await["event"], told);
}

/// A session as a handler sees it.
async fn session_of(agent: &Agent, browser: &mut Browser) -> Session {
    browser.call(90, "workspace.describe", json!({})).await;
    let session = loop {
        if let Some(session) = agent.seen.lock().unwrap().take() {
            break session;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(browser.text().await["reply"]["id"], 90);
    session
}

#[tokio::test]
async fn a_page_that_leaves_ends_its_session_and_what_it_asked_for_is_done() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    let id = browser.hello(None, 0).await["welcome"]["session"].as_str().unwrap().to_owned();
    let session = session_of(&agent, &mut browser).await;
    browser.call(1, "layout.save", json!({"layout": {}})).await;
    browser.send(json!("leave")).await;
    assert_eq!(browser.frame().await.kind, Kind::Close);
    assert!(session.ended().is_cancelled());
    assert!(!*session.presence().borrow());
    let refused = session.open_channel(ChannelId(3)).unwrap_err();
    assert_eq!(refused.code, protocol::ErrorCode::Unavailable, "nobody would end it");

    let mut again = agent.connect(Grants::owner());
    assert_eq!(again.hello(Some(&id), 0).await["welcome"]["resumed"], false);
    assert_eq!(agent.saved.load(Ordering::SeqCst), 0);
    agent.go.notify_one();
    while agent.saved.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_decodes_to_much_more_than_its_bytes_is_bounded_over_all_calls() {
    let agent = Agent::new();
    let (mut greedy, mut other) = (agent.connect(Grants::owner()), agent.connect(Grants::owner()));
    greedy.hello(None, 0).await;
    other.hello(None, 0).await;
    let small: Vec<Value> = (0..120_000).map(|_| json!({"": 0})).collect();
    greedy.call(1, "layout.save", json!({ "layout": small })).await;
    greedy.call(2, "layout.save", json!({ "layout": small })).await;
    let refused = greedy.text().await;
    assert_eq!(refused["reply"]["id"], 2);
    assert_eq!(refused["reply"]["result"]["err"]["code"], "limit", "{refused}");
    other.call(1, "layout.load", json!({})).await;
    assert_eq!(other.text().await["reply"]["result"], json!({"ok": null}), "others find room");
    agent.go.notify_one();
    assert_eq!(greedy.text().await["reply"]["result"], json!({"ok": null}));
    agent.go.notify_one();
    greedy.call(3, "layout.save", json!({ "layout": small })).await;
    assert_eq!(greedy.text().await["reply"]["result"], json!({"ok": null}), "and so does who has given back");
}

#[tokio::test]
async fn calls_are_bounded_over_the_connections_of_a_session_and_others_find_a_place() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    let id = browser.hello(None, 0).await["welcome"]["session"].as_str().unwrap().to_owned();
    for number in 0..MAX_CALLS / 2 {
        // Whoever comes back has what he left behind.
        if number % 512 == 511 {
            browser.send(json!({"ping": {"nonce": 1}})).await;
            while browser.text().await.get("pong").is_none() {}
            let received = browser.received;
            drop(browser);
            browser = agent.connect(Grants::owner());
            assert_eq!(browser.hello(Some(&id), received).await["welcome"]["resumed"], true);
        }
        browser.call(number, "layout.save", json!({"layout": {}})).await;
    }
    browser.call(MAX_CALLS, "layout.load", json!({})).await;
    let refused = browser.text().await;
    assert_eq!(refused["reply"]["result"]["err"]["code"], "limit", "{refused}");
    let mut other = agent.connect(Grants::owner());
    other.hello(None, 0).await;
    other.call(1, "layout.load", json!({})).await;
    assert_eq!(other.text().await["reply"]["result"], json!({"ok": null}));
    agent.go.notify_one();
    assert_eq!(browser.text().await["reply"]["result"], json!({"ok": null}));
    browser.call(MAX_CALLS + 1, "layout.load", json!({})).await;
    assert_eq!(browser.text().await["reply"]["id"], MAX_CALLS + 1);
}

#[tokio::test]
async fn a_session_knows_whether_its_browser_is_there() {
    let agent = Agent::new();
    let mut browser = agent.connect(Grants::owner());
    let id = browser.hello(None, 0).await["welcome"]["session"].as_str().unwrap().to_owned();
    let mut presence = session_of(&agent, &mut browser).await.presence();
    assert!(*presence.borrow());
    let received = browser.received;
    drop(browser);
    presence.wait_for(|present| !present).await.unwrap();
    let mut back = agent.connect(Grants::owner());
    assert_eq!(back.hello(Some(&id), received).await["welcome"]["resumed"], true);
    assert!(*presence.borrow());
    // One that takes over while the other is still there changes nothing.
    let mut second = agent.connect(Grants::owner());
    second.hello(Some(&id), received).await;
    assert_eq!(back.frame().await.kind, Kind::Close);
    assert!(*presence.borrow());
}
