//! Real shells on real pseudo-terminals, through the link's calls.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use ide_core::{
    Events, Router, Sessions, link,
    relay::{RelayCodec, RelayFrame},
};
use ide_terminal::{TerminalConfig, Terminals};
use protocol::{ChannelId, Principal, Role, link::binary_frame, relay::Kind};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio_util::codec::Framed;

/// Longest wait for a condition before a test fails.
const DEADLINE: Duration = Duration::from_secs(20);

struct Agent {
    sessions: Sessions,
    router: Arc<Router>,
    terminals: Arc<Terminals>,
    folder: tempfile::TempDir,
}

impl Agent {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(folder)
    }

    fn at(folder: tempfile::TempDir) -> Self {
        let sessions = Sessions::new();
        let config = TerminalConfig {
            root: folder.path().to_owned(),
            state: folder.path().join("state"),
            shell: "/bin/sh".into(),
            environment: vec![("PS1".into(), "$ ".into()), ("CUMULO_TEST".into(), "yes".into())],
        };
        let terminals = Terminals::open(config, Events::new(sessions.clone())).unwrap();
        let mut router = Router::new();
        terminals.register(&mut router);
        Self { sessions, router: Arc::new(router), terminals, folder }
    }

    async fn tab(&self) -> Tab {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (sessions, router) = (self.sessions.clone(), Arc::clone(&self.router));
        let principal = Principal { user: "ada".into(), role: Role::Owner };
        tokio::spawn(async move {
            link::serve(Framed::new(theirs, RelayCodec), principal, &sessions, router).await;
        });
        let mut tab = Tab { wire: Framed::new(ours, RelayCodec), output: Vec::new(), next: 0 };
        tab.send(json!({"hello": {"version": 1, "session": null, "received": 0}})).await;
        tab
    }
}

struct Tab {
    wire: Framed<DuplexStream, RelayCodec>,
    output: Vec<u8>,
    next: u64,
}

impl Tab {
    async fn send(&mut self, frame: Value) {
        let payload = serde_json::to_vec(&frame).unwrap().into();
        self.wire.send(RelayFrame { kind: Kind::Text, payload }).await.unwrap();
    }

    async fn type_in(&mut self, channel: u32, text: &str) {
        let payload = binary_frame(ChannelId(channel), text.as_bytes()).into();
        self.wire.send(RelayFrame { kind: Kind::Binary, payload }).await.unwrap();
    }

    /// The next text frame; output on the way is kept, and credited.
    async fn text(&mut self) -> Value {
        loop {
            let frame = tokio::time::timeout(DEADLINE, self.wire.next()).await.unwrap().unwrap().unwrap();
            if frame.kind == Kind::Text {
                return serde_json::from_slice(&frame.payload).unwrap();
            }
            self.keep(&frame).await;
        }
    }

    async fn keep(&mut self, frame: &RelayFrame) {
        let (channel, bytes) = protocol::link::parse_binary(&frame.payload).unwrap();
        self.output.extend(bytes);
        self.send(json!({"credit": {"channel": channel, "bytes": bytes.len()}})).await;
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        self.send(json!({"call": {"id": self.next, "method": method, "params": params}})).await;
        loop {
            let frame = self.text().await;
            if frame["reply"]["id"] == self.next {
                return frame["reply"]["result"].clone();
            }
        }
    }

    async fn open(&mut self) -> Value {
        let size = json!({"columns": 80, "rows": 24});
        self.call("terminal.open", json!({"size": size})).await["ok"]["id"].clone()
    }

    /// Reads until the output holds `expected`.
    async fn until(&mut self, expected: &str) {
        let find = |output: &[u8]| String::from_utf8_lossy(output).contains(expected);
        while !find(&self.output) {
            let Ok(frame) = tokio::time::timeout(DEADLINE, self.wire.next()).await else {
                panic!("no {expected:?} in {:?}", String::from_utf8_lossy(&self.output));
            };
            let frame = frame.unwrap().unwrap();
            if frame.kind == Kind::Binary {
                self.keep(&frame).await;
            }
        }
    }

    async fn event(&mut self, matches: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.text().await;
            if matches(&frame["event"]["event"]["terminal"]) {
                return frame["event"]["event"]["terminal"].clone();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_the_same_in_every_tab() {
    let agent = Agent::new();
    let mut first = agent.tab().await;
    let terminal = first.open().await;
    first.call("terminal.attach", json!({"terminal": terminal, "channel": 1})).await;
    first.type_in(1, "echo one-$CUMULO_TEST; pwd\n").await;
    first.until("one-yes").await;
    first.until(&agent.folder.path().display().to_string()).await;

    let mut second = agent.tab().await;
    second.call("terminal.attach", json!({"terminal": terminal, "channel": 4})).await;
    second.until("one-yes").await;
    assert!(second.output.starts_with(b"\x1bc"), "a drawing opens with a reset");
    second.type_in(4, "echo tw''o\n").await;
    first.until("two").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_and_signals_are_told() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    for (line, exit) in [("exit 7\n", json!({"code": 7})), ("kill -9 $$\n", json!({"signal": "Killed"}))] {
        let terminal = tab.open().await;
        let channel = tab.next as u32;
        tab.call("terminal.attach", json!({"terminal": terminal, "channel": channel})).await;
        tab.type_in(channel, line).await;
        let event = tab.event(|event| !event["changed"]["exit"].is_null()).await;
        assert_eq!(event["changed"]["exit"], exit, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_smallest_tab_gives_the_size_and_nonsense_is_clamped() {
    let agent = Agent::new();
    let (mut large, mut small) = (agent.tab().await, agent.tab().await);
    let terminal = large.open().await;
    large.call("terminal.attach", json!({"terminal": terminal, "channel": 1})).await;
    small.call("terminal.attach", json!({"terminal": terminal, "channel": 1})).await;
    large.call("terminal.resize", json!({"channel": 1, "size": {"columns": 120, "rows": 40}})).await;
    small.call("terminal.resize", json!({"channel": 1, "size": {"columns": 100, "rows": 50}})).await;
    large.type_in(1, "stty size\n").await;
    large.until("40 100").await;
    for size in [json!({"columns": 0, "rows": 0}), json!({"columns": 65535, "rows": 65535})] {
        assert_eq!(
            small.call("terminal.resize", json!({"channel": 1, "size": size})).await,
            json!({"ok": null})
        );
    }
    let refused =
        small.call("terminal.resize", json!({"channel": 1, "size": {"columns": -1, "rows": 70000}})).await;
    assert_eq!(refused["err"]["code"], "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_neither_grows_nor_delays_another_terminal() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let (flood, calm) = (tab.open().await, tab.open().await);
    tab.call("terminal.attach", json!({"terminal": calm, "channel": 2})).await;
    tab.call("terminal.attach", json!({"terminal": flood, "channel": 1})).await;
    tab.type_in(1, "yes flooded\n").await;
    tab.until("flooded\r\nflooded").await;
    tab.type_in(2, "echo ca''lm\n").await;
    // No credit is granted from here on: the flood stops after its window, the other channel goes on.
    let mut flooded = 0;
    loop {
        let frame = tokio::time::timeout(DEADLINE, tab.wire.next()).await.unwrap().unwrap().unwrap();
        let Some((channel, bytes)) =
            protocol::link::parse_binary(&frame.payload).filter(|_| frame.kind == Kind::Binary)
        else {
            continue;
        };
        if channel == ChannelId(1) {
            flooded += bytes.len();
            assert!(flooded <= 2 * protocol::link::WINDOW as usize, "more than the window came");
        } else if String::from_utf8_lossy(bytes).contains("calm") {
            break;
        }
    }
    tab.type_in(1, "\u{3}").await;
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_of_a_dead_agent_show_their_last_screen() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", json!({"terminal": terminal, "channel": 1})).await;
    tab.type_in(1, "echo remem''bered\n").await;
    tab.until("remembered").await;
    agent.terminals.shutdown().await;

    let next = Agent::at(agent.folder);
    let mut tab = next.tab().await;
    let list = tab.call("terminal.list", json!({})).await;
    assert_eq!(list["ok"][0]["exit"], "lost");
    tab.call("terminal.attach", json!({"terminal": terminal, "channel": 1})).await;
    tab.until("remembered").await;
    assert_eq!(tab.call("terminal.close", json!({"terminal": terminal})).await, json!({"ok": null}));
    let gone = tab.call("terminal.attach", json!({"terminal": terminal, "channel": 2})).await;
    assert_eq!(gone["err"]["code"], "not-found");
    assert_eq!(std::fs::read_dir(Path::new(next.folder.path()).join("state/terminals")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_stated_number_of_terminals() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    // Asked for all at once: a count that is only looked at would let every one of them in.
    let most = protocol::terminal::MAX_TERMINALS;
    let params = json!({"size": {"columns": 80, "rows": 24}});
    for id in 0..most + 10 {
        let call = json!({"call": {"id": 1000 + id, "method": "terminal.open", "params": params}});
        tab.send(call).await;
    }
    let mut answers = Vec::new();
    while answers.len() < most + 10 {
        let frame = tab.text().await;
        if frame["reply"].is_object() {
            answers.push(frame["reply"]["result"].clone());
        }
    }
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer["err"]["code"].as_str()).collect();
    assert_eq!(refused, ["limit"; 10]);
    let list = tab.call("terminal.list", json!({})).await;
    let names: std::collections::BTreeSet<_> =
        list["ok"].as_array().unwrap().iter().map(|terminal| terminal["name"].to_string()).collect();
    assert_eq!(names.len(), most, "each has a name of its own");
    agent.terminals.shutdown().await;
}
