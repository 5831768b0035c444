//! `kill -9` of server and agent at awkward moments: what was acknowledged is there, what was not is wholly there or
//! wholly absent.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

mod common;

use std::time::Duration;

use common::tab::{Broken, Tab};
use common::{Place, Started, eventually, is_alive};
use protocol::document::{MESSAGE_JOURNALED, OpenDocument, SaveDocument, TEXT};
use protocol::terminal::{Exit, ListTerminals, Terminal};
use protocol::{ChannelId, WorkspacePath};
use rustix::process::{Pid, Signal, kill_process};
use yrs::sync::{Message, SyncMessage};
use yrs::updates::{decoder::Decode, encoder::Encode};
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, Transact, Update};

const CHANNEL: ChannelId = ChannelId(1);
const FILE: &str = "notes.txt";

/// Whom to kill.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Victims {
    Agent,
    Server,
    Both,
}

/// A text file open in a tab.
struct Editor {
    tab: Tab,
    doc: Doc,
    channel: ChannelId,
    read: usize,
    journaled: StateVector,
}

impl Editor {
    async fn open(mut tab: Tab) -> Self {
        let path = WorkspacePath::parse(FILE).unwrap();
        tab.call(OpenDocument { path, channel: CHANNEL }).await.unwrap();
        let mut editor =
            Self { tab, doc: Doc::new(), channel: CHANNEL, read: 0, journaled: StateVector::default() };
        let ask = Message::Sync(SyncMessage::SyncStep1(StateVector::default()));
        editor.tab.send_bytes(CHANNEL, &ask.encode_v1()).await.unwrap();
        while !editor.take() {
            editor.tab.hear().await.unwrap();
        }
        editor
    }

    /// Takes what came on the channel; whether the answer to the first question was among it.
    fn take(&mut self) -> bool {
        let mut answered = false;
        while let Ok(message) = Message::decode_v1(&self.tab.bytes(self.channel)[self.read..]) {
            self.read += message.encode_v1().len();
            match message {
                Message::Sync(SyncMessage::SyncStep2(update) | SyncMessage::Update(update)) => {
                    answered = true;
                    let update = Update::decode_v1(&update).unwrap();
                    self.doc.transact_mut().apply_update(update).unwrap();
                }
                Message::Custom(MESSAGE_JOURNALED, vector) => {
                    self.journaled = StateVector::decode_v1(&vector).unwrap();
                }
                _ => {}
            }
        }
        answered
    }

    fn text(&self) -> String {
        self.doc.get_or_insert_text(TEXT).get_string(&self.doc.transact())
    }

    /// Types at the end; returns when the agent has said that it is durable.
    async fn type_in(&mut self, more: &str) -> Result<(), Broken> {
        let text = self.doc.get_or_insert_text(TEXT);
        let mut transaction = self.doc.transact_mut();
        text.push(&mut transaction, more);
        let update = transaction.encode_update_v1();
        drop(transaction);
        let message = Message::Sync(SyncMessage::Update(update)).encode_v1();
        self.tab.send_bytes(self.channel, &message).await?;
        let (client, typed) = (self.doc.client_id(), self.doc.transact().state_vector());
        while self.journaled.get(&client) < typed.get(&client) {
            self.tab.hear().await?;
            self.take();
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<(), Broken> {
        let path = WorkspacePath::parse(FILE).unwrap();
        let after = self.doc.transact().state_vector().encode_v1();
        let saved = self.tab.try_call(SaveDocument { path, force: false, after }).await?;
        saved.expect("nothing but the death keeps it from being saved");
        Ok(())
    }
}

/// Kills, and starts again what does not start by itself.
fn kill(place: &Place, started: Started, victims: Victims) -> Started {
    let agent = place.agent().unwrap();
    let mut started = started;
    if victims != Victims::Agent {
        started.signal(Signal::KILL);
        started.wait();
    }
    if victims != Victims::Server {
        let _ = kill_process(agent, Signal::KILL);
        eventually("the agent's death", || (!is_alive(agent)).then_some(()));
    }
    if victims == Victims::Agent {
        return started;
    }
    let address = started.address();
    place.run(&["--listen", &address])
}

/// A workspace with the file in it, and somebody who is signed in.
fn workspace(text: &str) -> (Place, Started, String) {
    let place = Place::new();
    std::fs::create_dir(place.folder()).unwrap();
    std::fs::write(place.folder().join(FILE), text).unwrap();
    let started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    (place, started, cookie)
}

/// Kills the agent when that many milliseconds have passed.
fn kill_soon(agent: Pid, milliseconds: u64) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = kill_process(agent, Signal::KILL);
    })
}

#[tokio::test]
async fn text_that_was_typed_is_there_after_any_death() {
    let (place, mut started, cookie) = workspace("");
    let mut expected = String::new();
    for victims in [Victims::Agent, Victims::Server, Victims::Both, Victims::Agent] {
        let mut editor = Editor::open(Tab::open(&started, &cookie, None).await).await;
        assert_eq!(editor.text(), expected);
        let more = format!("typed before the death of {victims:?}\n");
        editor.type_in(&more).await.unwrap();
        expected += &more;
        started = kill(&place, started, victims);
    }
    let editor = Editor::open(Tab::open(&started, &cookie, None).await).await;
    assert_eq!(editor.text(), expected);
    assert_eq!(std::fs::read_to_string(place.folder().join(FILE)).unwrap(), "", "nobody saved it");
}

/// A line for every save; the agent dies some milliseconds after the first of them.
#[tokio::test]
async fn a_save_is_whole_and_what_was_saved_stays() {
    let (place, started, cookie) = workspace("");
    let file = place.folder().join(FILE);
    let line = |number: usize| format!("{number} {}\n", "x".repeat(40_000));
    for milliseconds in [0, 2, 5, 12, 30] {
        let mut editor = Editor::open(Tab::open(&started, &cookie, None).await).await;
        let mut typed = editor.text().lines().count();
        editor.type_in(&line(typed)).await.unwrap();
        editor.save().await.unwrap();
        typed += 1;
        let mut saved = typed;
        let killing = kill_soon(place.agent().unwrap(), milliseconds);
        while editor.type_in(&line(typed)).await.is_ok() {
            typed += 1;
            if editor.save().await.is_err() {
                break;
            }
            saved = typed;
        }
        killing.join().unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        assert!(lines >= saved, "{saved} lines were saved, {lines} are there");
        assert_eq!(text, (0..lines).map(line).collect::<String>(), "whole lines, in order");
        let next = Editor::open(Tab::open(&started, &cookie, None).await).await;
        assert!(next.text().lines().count() >= typed, "what was journaled is there too");
    }
    eventually("the parts of unfinished saves go", || {
        let entries = std::fs::read_dir(place.folder()).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).all(|name| name == FILE).then_some(())
    });
}

async fn terminals(tab: &mut Tab) -> Vec<Terminal> {
    tab.call(ListTerminals {}).await.unwrap()
}

#[tokio::test]
async fn terminals_outlive_the_server_and_show_their_last_screen_after_the_agent() {
    let (place, started, cookie) = workspace("");
    let mut tab = Tab::open(&started, &cookie, None).await;
    let terminal = tab.terminal(CHANNEL).await;
    tab.send_bytes(CHANNEL, b"echo first''-line; sleep 3000\n").await.unwrap();
    tab.until_shown(CHANNEL, "first-line").await;

    let before = tab.state();
    let started = kill(&place, started, Victims::Server);
    let mut tab = Tab::open(&started, &cookie, Some(before)).await;
    assert!(tab.resumed, "the agent kept the session");
    assert_eq!(terminals(&mut tab).await[0].exit, None);
    tab.send_bytes(CHANNEL, b"\x03echo second''-line\n").await.unwrap();
    tab.until_shown(CHANNEL, "second-line").await;

    let kept = place.data().join("terminals").join(format!("{}.screen", terminal.id.0));
    eventually("the screen is kept", || {
        std::fs::read_to_string(&kept).ok()?.contains("second-line").then_some(())
    });
    let started = kill(&place, started, Victims::Both);
    let mut tab = Tab::open(&started, &cookie, Some(tab.state())).await;
    assert!(!tab.resumed);
    let list = terminals(&mut tab).await;
    assert_eq!((list.len(), list[0].exit.clone()), (1, Some(Exit::Lost)));
    tab.attach(&terminal, CHANNEL).await;
    let shown = tab.until_shown(CHANNEL, "second-line").await;
    assert!(shown.contains("first-line"), "{shown}");
}
