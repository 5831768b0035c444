//! Members with other grants than the owner's, through the real server and agent: what they may ask, what they are told,
//! and that nothing which they send makes them somebody else.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::tab::Tab;
use common::{Place, Started};
use protocol::file::{CreateFile, DeleteFiles};
use protocol::link::ToBrowser;
use protocol::workspace::DescribeWorkspace;
use protocol::{
    Capability, ChannelId, ErrorCode, Event, Grants, Level, Person, PersonId, Principal, WorkspaceId,
    WorkspacePath, file,
};
use serde_json::json;
use server::{Accounts, Home, Secret, SystemClock};

fn accounts(place: &Place) -> Accounts {
    Accounts::open(&place.data().join("server.db")).unwrap()
}

/// A browser's cookie of `person`, who was sent a code.
fn sign_in(place: &Place, started: &Started, person: &PersonId) -> String {
    let code = Secret::generate().unwrap();
    accounts(place).add_code(code.hash(), person, server::Clock::now(&SystemClock)).unwrap();
    started.sign_in(code.reveal()).unwrap()
}

/// A member of the workspace with these grants, and their browser's cookie.
fn member(place: &Place, started: &Started, grants: &Grants) -> (Person, String) {
    let person = accounts(place).add_member("Ada", grants).unwrap();
    let cookie = sign_in(place, started, &person.id);
    (person, cookie)
}

/// Every message, sent by somebody with these grants.
async fn check(place: &Place, started: &Started, grants: Grants) {
    let (_, cookie) = member(place, started, &grants);
    let mut tab = Tab::open(started, &cookie, None).await;
    for method in protocol::methods() {
        // The grants are looked at before the parameters are.
        let expected = if grants.may(method.access) { ErrorCode::Invalid } else { ErrorCode::Forbidden };
        let refused = tab.ask(method.name, &json!(0)).await.unwrap_err();
        assert_eq!(refused.code, expected, "{} with {grants:?}", method.name);
        if expected == ErrorCode::Forbidden {
            let (capability, level) = (method.access.capability, method.access.level);
            let needs = format!("{} needs '{level}' on {capability}", method.name);
            assert!(refused.message.starts_with(&needs), "{refused}");
            // A connection bears five of these.
            tab = Tab::open(started, &cookie, None).await;
        }
    }
}

#[tokio::test]
async fn every_message_is_for_those_whose_grants_allow_it() {
    let place = Place::new();
    let started = place.run(&[]);
    let terminals = [(Capability::Workspace, Level::Read), (Capability::Terminals, Level::Read)];
    for grants in [Grants::reader(), Grants::writer(), terminals.into_iter().collect()] {
        check(&place, &started, grants).await;
    }
}

/// The events that a tab hears until the trash has changed, and who is said to have done that.
async fn heard(tab: &mut Tab, workspace: &WorkspaceId) -> (Vec<Event>, Option<PersonId>) {
    let mut events = Vec::new();
    loop {
        if let Some(ToBrowser::Event { workspace: of, by, event }) = tab.hear().await.unwrap() {
            assert_eq!(of, *workspace);
            if event == Event::File(file::Event::TrashChanged) {
                return (events, by);
            }
            events.push(event);
        }
    }
}

#[tokio::test]
async fn events_are_told_to_those_whose_grants_allow_it_and_name_who_did_it() {
    let place = Place::new();
    let started = place.run(&[]);
    let Home { workspace, owner } = accounts(&place).home().unwrap();
    let mut tab = Tab::open(&started, &started.sign_in(&started.code()).unwrap(), None).await;
    let (_, cookie) = member(&place, &started, &Grants::reader());
    let mut reader = Tab::open(&started, &cookie, None).await;
    let seeing = Capability::ALL.map(|capability| (capability, Level::Read)).into_iter().collect();
    let (_, cookie) = member(&place, &started, &seeing);
    let mut spectator = Tab::open(&started, &cookie, None).await;
    let terminal = tab.terminal(ChannelId(1)).await;
    assert_eq!(terminal.opened_by, Some(owner.clone()));
    let path = WorkspacePath::parse("new.txt").unwrap();
    tab.call(CreateFile { path: path.clone() }).await.unwrap();
    tab.call(DeleteFiles { paths: vec![path] }).await.unwrap();
    let is_terminal = |event: &Event| matches!(event, Event::Terminal(_));
    let (events, by) = heard(&mut reader, &workspace).await;
    assert!(!events.iter().any(is_terminal), "{events:?}");
    assert_eq!(by, Some(owner.clone()));
    let (events, by) = heard(&mut spectator, &workspace).await;
    assert!(events.iter().any(is_terminal), "{events:?}");
    assert_eq!(by, Some(owner));
}

#[tokio::test]
async fn nothing_that_a_tab_sends_makes_it_somebody_elses() {
    let place = Place::new();
    let started = place.run(&[]);
    let owner = Tab::open(&started, &started.sign_in(&started.code()).unwrap(), None).await;
    let home = accounts(&place).home().unwrap();
    let (ada, cookie) = member(&place, &started, &Grants::reader());
    // The session of somebody else is not resumed, also by who knows its id.
    let mut tab = Tab::open(&started, &cookie, Some(owner.state())).await;
    assert!(!tab.resumed && tab.session != owner.session);
    let person = json!({"id": home.owner, "name": "owner"});
    let principal = json!({"workspace": home.workspace, "person": person, "grants": {"terminals": "own"}});
    for frame in [
        json!({"call": {"id": 91, "method": "terminal.list", "params": {}, "principal": principal, "by": home.owner}}),
        json!({"call": {"id": 92, "method": "terminal.list", "params": {"principal": principal}}}),
        json!({"version": 2, "purpose": {"link": principal}}),
    ] {
        tab.send_text(&frame.to_string()).await;
    }
    let asked = tab.ask("workspace.describe", &json!({"principal": principal})).await;
    assert_eq!(asked.unwrap_err().code, ErrorCode::Invalid);
    let described = tab.call(DescribeWorkspace {}).await.unwrap().principal;
    assert_eq!(described, Principal { workspace: home.workspace, person: ada, grants: Grants::reader() });
    assert_eq!(tab.ask("terminal.list", &json!({})).await.unwrap_err().code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn who_somebody_is_and_where_outlives_the_program_and_their_name() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let mut tab = Tab::open(&started, &cookie, None).await;
    let before = tab.call(DescribeWorkspace {}).await.unwrap().principal;
    assert_eq!(before.grants, Grants::owner());
    accounts(&place).rename(&before.person.id, "Ada").unwrap();
    started.signal(rustix::process::Signal::INT);
    assert!(started.wait().success());
    let started = place.run(&["--listen", &started.address()]);
    let mut tab = Tab::open(&started, &cookie, None).await;
    let after = tab.call(DescribeWorkspace {}).await.unwrap().principal;
    let renamed = Person { id: before.person.id, name: "Ada".into() };
    assert_eq!(after, Principal { person: renamed, ..before });
}
