//! Real shells on real pseudo-terminals, through the link's calls.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use ide_core::{
    Events, Router, Sessions, link,
    relay::{RelayCodec, RelayFrame},
    somebody::{somebody, workspace},
};
use ide_terminal::{TerminalConfig, Terminals};
use protocol::{Capability, ChannelId, Grants, Level, link::binary_frame, relay::Kind};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio_util::codec::Framed;

/// Longest wait for a condition before a test fails.
const DEADLINE: Duration = Duration::from_secs(20);

struct Agent {
    sessions: Sessions,
    events: Events,
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
        let events = Events::new(workspace(), sessions.clone());
        let terminals = Terminals::open(config, events.clone()).unwrap();
        let mut router = Router::new();
        terminals.register(&mut router);
        Self { sessions, events, router: Arc::new(router), terminals, folder }
    }

    async fn tab(&self) -> Tab {
        let mut tab = self.connect();
        tab.session = tab.hello(None).await;
        tab
    }

    /// A connection that has said nothing yet.
    fn connect(&self) -> Tab {
        self.connect_as(Grants::owner())
    }

    fn connect_as(&self, grants: Grants) -> Tab {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (sessions, router) = (self.sessions.clone(), Arc::clone(&self.router));
        let principal = somebody("ada", grants);
        tokio::spawn(async move {
            link::serve(Framed::new(theirs, RelayCodec), principal, &sessions, router).await;
        });
        let wire = Framed::new(ours, RelayCodec);
        Tab { wire, session: String::new(), output: Vec::new(), next: 0, received: 0 }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

/// Waits for a condition.
async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

/// The number in a file, once a program has written it there.
async fn pid_in(path: &Path) -> i32 {
    let read = || std::fs::read_to_string(path).ok()?.trim().parse().ok();
    eventually("a process", || read().is_some()).await;
    read().unwrap()
}

/// Whether a process is there and no zombie.
fn runs(pid: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status
        .rsplit(')')
        .next()
        .is_some_and(|rest| !rest.trim().is_empty() && !rest.trim_start().starts_with('Z'))
}

/// The parameters of an attachment.
fn attach(terminal: &Value, channel: u32) -> Value {
    json!({"terminal": terminal, "channel": channel, "mark": "m"})
}

struct Tab {
    wire: Framed<DuplexStream, RelayCodec>,
    session: String,
    output: Vec<u8>,
    next: u64,
    /// Sequenced frames that came.
    received: u64,
}

impl Tab {
    /// Opens a session, or resumes one; its id.
    async fn hello(&mut self, session: Option<&str>) -> String {
        self.send(json!({"hello": {"version": 2, "session": session, "received": self.received}})).await;
        let welcome = self.text().await["welcome"].clone();
        assert_eq!(welcome["resumed"], session.is_some());
        welcome["session"].as_str().unwrap().to_owned()
    }

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
                let frame: Value = serde_json::from_slice(&frame.payload).unwrap();
                let sequenced = ["reply", "event", "credit"].iter().any(|kind| frame.get(kind).is_some());
                self.received += u64::from(sequenced);
                return frame;
            }
            self.keep(&frame).await;
        }
    }

    async fn keep(&mut self, frame: &RelayFrame) {
        let (channel, bytes) = protocol::link::parse_binary(&frame.payload).unwrap();
        self.output.extend(bytes);
        self.received += 1;
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
            } else {
                self.received += 1;
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
    first.call("terminal.attach", attach(&terminal, 1)).await;
    first.type_in(1, "echo one-$CUMULO_TEST; pwd\n").await;
    first.until("one-yes").await;
    first.until(&agent.folder.path().display().to_string()).await;

    let mut second = agent.tab().await;
    second.call("terminal.attach", attach(&terminal, 4)).await;
    second.until("one-yes").await;
    assert!(
        second.output.starts_with(b"\x1b]7447;m;80;24\x07\x1bc"),
        "a drawing opens with its size and a reset"
    );
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
        tab.call("terminal.attach", attach(&terminal, channel)).await;
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
    large.call("terminal.attach", attach(&terminal, 1)).await;
    small.call("terminal.attach", attach(&terminal, 1)).await;
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
    tab.call("terminal.attach", attach(&calm, 2)).await;
    tab.call("terminal.attach", attach(&flood, 1)).await;
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
async fn a_tab_that_does_not_read_holds_up_no_other_and_is_drawn_anew() {
    let agent = Agent::new();
    let (mut reader, mut deaf) = (agent.tab().await, agent.tab().await);
    let terminal = reader.open().await;
    reader.call("terminal.attach", attach(&terminal, 1)).await;
    deaf.call("terminal.attach", attach(&terminal, 1)).await;
    // More than may wait for one tab.
    reader.type_in(1, "seq 1 600000; echo do''ne\n").await;
    reader.until("600000\r\ndone").await;
    deaf.until("done").await;
    let drawings = deaf.output.windows(2).filter(|bytes| bytes == b"\x1bc").count();
    assert!(drawings >= 2, "{drawings} drawings");
    assert!(deaf.output.len() < 3 << 20, "{} bytes came", deaf.output.len());
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_a_flood_within_what_is_under_way() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    for flood in ["yes flooded", "cat /dev/urandom", "while :; do echo flooded; done"] {
        tab.output.clear();
        // Bytes without a meaning may ask the terminal something, and what it answers stands at the prompt: it is erased.
        tab.type_in(1, &format!("\u{15}{flood}\n")).await;
        while tab.output.len() < 100_000 {
            let frame = tab.wire.next().await.unwrap().unwrap();
            if frame.kind == Kind::Binary {
                tab.keep(&frame).await;
            } else {
                tab.received += 1;
            }
        }
        tab.output.clear();
        // What a flood of bytes made of the terminal is undone for what is typed next.
        tab.type_in(1, "\u{3}").await;
        tab.type_in(1, "\nstty sane; echo st''opped\n").await;
        tab.until("stopped").await;
        assert!(tab.output.len() < 4 << 20, "{flood}: {} bytes came after it", tab.output.len());
    }
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_sizes_are_a_few_and_the_last_one_holds() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    for number in 0..1000_u32 {
        let size = json!({"columns": 40 + number % 50, "rows": 30});
        let answer = tab.call("terminal.resize", json!({"channel": 1, "size": size})).await;
        assert_eq!(answer, json!({"ok": null}));
    }
    tab.call("terminal.resize", json!({"channel": 1, "size": {"columns": 123, "rows": 45}})).await;
    tab.until("\x1b]7447;m;123;45\x07").await;
    tab.type_in(1, "stty size\n").await;
    tab.until("45 123").await;
    let sizes = tab.output.windows(7).filter(|bytes| bytes == b"\x1b]7447;").count();
    assert!(sizes < 300, "{sizes} sizes were told");
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_to_a_stopped_shell_waits_and_is_read_in_the_end() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    tab.type_in(1, "n=0; stty -echo; echo $$ > pid\n").await;
    let shell = rustix::process::Pid::from_raw(pid_in(&agent.path("pid")).await).unwrap();
    rustix::process::kill_process(shell, rustix::process::Signal::STOP).unwrap();
    let lines = 5000;
    tab.type_in(1, &": $((n=n+1))\n".repeat(lines)).await;
    tab.type_in(1, "echo read-$n-lines\n").await;
    assert_eq!(tab.call("terminal.list", json!({})).await["ok"].as_array().unwrap().len(), 1);
    rustix::process::kill_process(shell, rustix::process::Signal::CONT).unwrap();
    tab.until(&format!("read-{lines}-lines")).await;
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_look_gets_no_terminal_and_types_nothing() {
    let agent = Agent::new();
    let mut owner = agent.tab().await;
    let terminal = owner.open().await;
    owner.call("terminal.attach", attach(&terminal, 1)).await;
    let mut viewer = agent.connect_as(Grants::reader());
    viewer.session = viewer.hello(None).await;
    for (method, params) in [
        ("terminal.attach", attach(&terminal, 1)),
        ("terminal.open", json!({"size": {"columns": 80, "rows": 24}})),
        ("terminal.resize", json!({"channel": 1, "size": {"columns": 10, "rows": 10}})),
        ("terminal.close", json!({"terminal": terminal, "anyway": true})),
    ] {
        assert_eq!(viewer.call(method, params).await["err"]["code"], "forbidden", "{method}");
    }
    // Bytes on a channel of the owner's number are bytes on nobody's.
    viewer.type_in(1, "touch typed\n").await;
    let mut viewer = agent.connect_as(Grants::reader());
    viewer.session = viewer.hello(None).await;
    assert_eq!(viewer.call("terminal.list", json!({})).await["err"]["code"], "forbidden");
    owner.type_in(1, "stty size; echo en''d\n").await;
    owner.until("end").await;
    assert!(!agent.path("typed").exists());
    assert!(!String::from_utf8_lossy(&owner.output).contains("10 10"));
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_terminals_sees_them_and_changes_nothing() {
    let agent = Agent::new();
    let mut owner = agent.tab().await;
    let terminal = owner.open().await;
    owner.call("terminal.attach", attach(&terminal, 1)).await;
    let mut reader = agent.connect_as([(Capability::Terminals, Level::Read)].into_iter().collect());
    reader.session = reader.hello(None).await;
    assert_eq!(reader.call("terminal.list", json!({})).await["ok"][0]["opened_by"], "ada");
    let mut small = attach(&terminal, 1);
    small["size"] = json!({"columns": 10, "rows": 10});
    assert_eq!(reader.call("terminal.attach", small).await["ok"]["id"], terminal);
    let resize = json!({"channel": 1, "size": {"columns": 10, "rows": 10}});
    assert_eq!(reader.call("terminal.resize", resize).await["err"]["code"], "forbidden");
    reader.type_in(1, "touch typed\n").await;
    owner.type_in(1, "stty size; echo en''d\n").await;
    owner.until("end").await;
    reader.until("end").await;
    assert!(!agent.path("typed").exists());
    assert!(!String::from_utf8_lossy(&owner.output).contains("10 10"));
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_of_a_dead_agent_show_their_last_screen() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    tab.type_in(1, "echo remem''bered\n").await;
    tab.until("remembered").await;
    agent.terminals.shutdown().await;

    let next = Agent::at(agent.folder);
    let mut tab = next.tab().await;
    let list = tab.call("terminal.list", json!({})).await;
    assert_eq!(list["ok"][0]["exit"], "lost");
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    tab.until("remembered").await;
    assert_eq!(tab.call("terminal.close", json!({"terminal": terminal})).await, json!({"ok": null}));
    let gone = tab.call("terminal.attach", attach(&terminal, 2)).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_of_a_terminal_after_its_end() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let mut told = agent.events.subscribe();
    let mut closed = Vec::new();
    for number in 0..10 {
        let terminal = tab.open().await;
        let channel = 100 + number;
        tab.call("terminal.attach", attach(&terminal, channel)).await;
        tab.type_in(channel, &format!("echo $$ > pid{number}\n")).await;
        let pid = pid_in(&agent.path(&format!("pid{number}"))).await;
        let params = json!({"terminal": terminal, "anyway": true});
        assert_eq!(tab.call("terminal.close", params).await, json!({"ok": null}));
        closed.push((terminal, pid));
    }
    // Each program ends later, and its thread would tell so.
    for (_, pid) in &closed {
        eventually("the shell's end", || !runs(*pid)).await;
    }
    for _ in 0..50 {
        assert_eq!(tab.call("terminal.list", json!({})).await, json!({"ok": []}));
    }
    let mut gone = std::collections::BTreeSet::new();
    while let Ok(event) = told.try_recv() {
        match serde_json::to_value(&*event).unwrap()["terminal"].as_object().unwrap().iter().next().unwrap() {
            (kind, event) if kind == "closed" => assert!(gone.insert(event["terminal"].to_string())),
            (_, terminal) => assert!(!gone.contains(&terminal["id"].to_string()), "{terminal}"),
        }
    }
    assert_eq!(gone.len(), closed.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_program_is_asked_about_before_it_is_ended() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    tab.type_in(1, "sh -c 'echo $$ > pid; exec sleep 1000'\n").await;
    let pid = pid_in(&agent.path("pid")).await;
    let named = |event: &Value| event["changed"]["running"] == "sleep";
    let event = tab.event(named).await;
    assert_eq!((&event["changed"]["title"], &event["changed"]["name"]), (&json!("sleep"), &json!("sh")));
    let refused = tab.call("terminal.close", json!({"terminal": terminal})).await;
    assert_eq!(refused["err"]["code"], "conflict");
    assert!(refused["err"]["message"].as_str().unwrap().contains("'sleep'"), "{refused}");
    assert!(runs(pid));
    let closed = tab.call("terminal.close", json!({"terminal": terminal, "anyway": true})).await;
    assert_eq!(closed, json!({"ok": null}));
    eventually("the program's end", || !runs(pid)).await;
    let again = tab.call("terminal.close", json!({"terminal": terminal, "anyway": true})).await;
    assert_eq!(again["err"]["code"], "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_terminal_ends_its_shell_and_leaves_daemons() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    tab.type_in(1, "trap '' HUP; setsid sh -c 'echo $$ > daemon; exec sleep 1000' & echo $$ > shell\n").await;
    let (shell, daemon) = (pid_in(&agent.path("shell")).await, pid_in(&agent.path("daemon")).await);
    tab.call("terminal.close", json!({"terminal": terminal, "anyway": true})).await;
    eventually("the shell's end", || !runs(shell)).await;
    assert!(runs(daemon), "what was sent to stay stays");
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(daemon).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_follow_the_program_in_front_and_names_given_stay() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    let titled = |title: &'static str| move |event: &Value| event["changed"]["title"] == title;
    tab.type_in(1, "printf '\\033]0;ada@host: ~/notes\\007'\n").await;
    tab.event(titled("~/notes")).await;
    tab.type_in(1, "sleep 1000\n").await;
    tab.event(titled("sleep")).await;
    tab.type_in(1, "\u{3}").await;
    tab.event(titled("~/notes")).await;
    tab.call("terminal.rename", json!({"terminal": terminal, "name": "mine"})).await;
    tab.type_in(1, "sleep 1000\n").await;
    let event = tab.event(|event| event["changed"]["running"] == "sleep").await;
    assert_eq!(event["changed"]["title"], "mine");
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_tabs_that_look_at_it_give_a_terminal_its_size() {
    let agent = Agent::new();
    let (mut wide, mut narrow) = (agent.tab().await, agent.tab().await);
    let terminal = wide.open().await;
    let size = |columns, rows| json!({"columns": columns, "rows": rows});
    let shown = |columns: u32, rows: u32| json!({"terminal": terminal, "channel": 1, "mark": "m", "size": size(columns, rows)});
    wide.call("terminal.attach", shown(120, 40)).await;
    wide.until("\x1b]7447;m;120;40\x07").await;
    narrow.call("terminal.attach", shown(60, 50)).await;
    wide.until("\x1b]7447;m;60;40\x07").await;
    narrow.until("\x1b]7447;m;60;40\x07").await;

    // Out of sight in the narrow window, then back, then with its connection gone: each counts at once.
    narrow.call("terminal.resize", json!({"channel": 1, "size": null})).await;
    wide.output.clear();
    wide.until("\x1b]7447;m;120;40\x07").await;
    narrow.call("terminal.resize", json!({"channel": 1, "size": size(70, 50)})).await;
    wide.until("\x1b]7447;m;70;40\x07").await;
    drop(narrow);
    wide.output.clear();
    wide.until("\x1b]7447;m;120;40\x07").await;
    wide.type_in(1, "stty size\n").await;
    wide.until("40 120").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_cannot_tell_a_size() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    for mark in ["", "a;b", "a b", &"x".repeat(65)] {
        let params = json!({"terminal": terminal, "channel": 1, "mark": mark});
        assert_eq!(tab.call("terminal.attach", params).await["err"]["code"], "invalid", "{mark:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_never_waits_for_a_tab_that_is_gone() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let session = tab.session.clone();
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    // More than all buffers on the way hold. No credit is granted after the first line.
    tab.type_in(1, "echo be''gun; read line; seq 1 2000000; touch done\n").await;
    tab.until("begun").await;
    tab.type_in(1, "\n").await;
    let received = tab.received;
    drop(tab);
    eventually("the end of the program", || agent.path("done").exists()).await;

    let mut back = agent.connect();
    back.received = received;
    assert_eq!(back.hello(Some(&session)).await, session);
    back.until("2000000\r\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_before_a_page_left_is_typed() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let session = tab.session.clone();
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    tab.type_in(1, "touch typed\n").await;
    tab.send(json!("leave")).await;
    eventually("what was typed", || agent.path("typed").exists()).await;
    let mut again = agent.connect();
    again.send(json!({"hello": {"version": 2, "session": session, "received": 0}})).await;
    assert_eq!(again.text().await["welcome"]["resumed"], false, "the session ended with its page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_a_terminal_wholly_or_none() {
    let agent = Agent::new();
    let mut neighbour = agent.tab().await;
    let calm = neighbour.open().await;
    neighbour.call("terminal.attach", attach(&calm, 1)).await;
    for waits in 0.. {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let mut wire = Framed::new(ours, RelayCodec);
        let size = json!({"columns": 80, "rows": 24});
        for frame in [
            json!({"hello": {"version": 2, "session": null, "received": 0}}),
            json!({"call": {"id": 1, "method": "terminal.open", "params": {"size": size}}}),
            json!({"call": {"id": 2, "method": "terminal.attach", "params": attach(&calm, 9)}}),
        ] {
            let payload = serde_json::to_vec(&frame).unwrap().into();
            wire.send(RelayFrame { kind: Kind::Text, payload }).await.unwrap();
        }
        tokio::io::AsyncWriteExt::shutdown(wire.get_mut()).await.unwrap();
        let principal = somebody("gone", Grants::owner());
        let router = Arc::clone(&agent.router);
        let serving = link::serve(Framed::new(theirs, RelayCodec), principal, &agent.sessions, router);
        let ended = ide_core::abandon::after(waits, serving).await.is_some();
        eventually("the end of all calls", || !agent.router.is_busy()).await;
        let list = neighbour.call("terminal.list", json!({})).await;
        for terminal in list["ok"].as_array().unwrap().iter().filter(|terminal| terminal["id"] != calm) {
            assert!(terminal["exit"].is_null(), "what is listed runs: {terminal}");
            let params = json!({"terminal": terminal["id"], "anyway": true});
            assert_eq!(neighbour.call("terminal.close", params).await, json!({"ok": null}));
        }
        neighbour.type_in(1, &format!("echo still''-{waits}.\n")).await;
        neighbour.until(&format!("still-{waits}.")).await;
        if ended {
            break;
        }
    }
    let list = neighbour.call("terminal.list", json!({})).await;
    assert_eq!(list["ok"].as_array().unwrap().len(), 1);
    agent.terminals.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_s_freezes_nothing() {
    let agent = Agent::new();
    let mut tab = agent.tab().await;
    let terminal = tab.open().await;
    tab.call("terminal.attach", attach(&terminal, 1)).await;
    tab.type_in(1, "stty -a; cat > /dev/null\n").await;
    tab.until("-ixon").await;
    tab.type_in(1, "\u{13}seen\n").await;
    tab.until("seen").await;
    agent.terminals.shutdown().await;
}
