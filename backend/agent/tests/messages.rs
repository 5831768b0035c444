//! Messages × grants, through the socket of a whole agent. The table of messages is the protocol's own, so one that
//! nobody answers, or that answers whom it should not, fails here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

use ide_core::somebody::somebody;
use protocol::link::{ToAgent, ToBrowser};
use protocol::relay::{Kind, VERSION};
use protocol::{Capability, ErrorCode, Grants, Level};
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::Running;

/// Nothing, each level of each capability alone, and what members usually have.
fn all_grants() -> Vec<Grants> {
    let alone = Capability::ALL
        .into_iter()
        .flat_map(|capability| Level::ALL.map(|level| [(capability, level)].into_iter().collect::<Grants>()));
    alone.chain([Grants::default(), Grants::reader(), Grants::writer(), Grants::owner()]).collect()
}

#[tokio::test]
async fn every_message_is_answered_to_those_whose_grants_allow_it() {
    let running = Running::start().await;
    for grants in all_grants() {
        let mut tab = running.tab(grants.clone()).await;
        for method in protocol::methods() {
            // The grants are looked at before the parameters are: who may not call learns nothing of them.
            let expected = if grants.may(method.access) { ErrorCode::Invalid } else { ErrorCode::Forbidden };
            if expected == ErrorCode::Forbidden {
                // A connection bears five of these.
                tab = running.tab(grants.clone()).await;
            }
            let answer = tab.call(method.name, json!(0)).await;
            assert_eq!(answer, Err(expected), "{} with {grants:?}", method.name);
        }
        assert_eq!(tab.call("no.such", json!(0)).await, Err(ErrorCode::NotFound));
    }
    running.end().await;
}

/// The calls that need more than a person may who reads along, works, or has the terminals alone.
#[test]
fn what_each_message_needs_is_as_it_was_decided() {
    let check = |grants: Grants, refused: &[&str]| {
        let beyond = protocol::methods().filter(|method| !grants.may(method.access));
        assert_eq!(beyond.map(|method| method.name).collect::<Vec<_>>(), refused, "{grants:?}");
    };
    check(Grants::owner(), &[]);
    check(Grants::writer(), &["trust.decide"]);
    check(
        Capability::ALL.map(|capability| (capability, Level::Read)).into_iter().collect(),
        &[
            "trust.decide",
            "settings.change-workspace",
            "file.create",
            "file.create-folder",
            "file.rename",
            "file.copy",
            "file.delete",
            "file.upload",
            "file.set-aside",
            "file.restore",
            "file.purge",
            "document.save",
            "document.revert",
            "document.reopen",
            "document.convert",
            "search.replace",
            "search.undo",
            "terminal.open",
            "terminal.resize",
            "terminal.rename",
            "terminal.close",
            "language.restart",
            "cloud.try-route",
            "cloud.delete-stack",
            "queue.send",
            "queue.purge",
            "queue.redrive",
            "topic.publish",
            "function.invoke",
            "function.cancel",
            "function.set-trigger",
            "function.add-trigger",
            "function.remove-trigger",
            "function.save-event",
            "function.delete-event",
            "configuration.change",
            "version.publish",
            "version.delete",
            "version.put-alias",
            "version.delete-alias",
            "concurrency.reserve",
            "concurrency.provision",
            "deploy.start",
            "deploy.cancel",
        ],
    );
    let terminals: Grants = [(Capability::Terminals, Level::Own)].into_iter().collect();
    let others = protocol::methods().filter(|method| !method.name.starts_with("terminal."));
    check(terminals, &others.map(|method| method.name).collect::<Vec<_>>());
}

/// A whole link frame of somebody, with parts of it replaced.
fn link(replaced: &[(&str, Value)]) -> Vec<u8> {
    let mut principal = serde_json::to_value(somebody("x", Grants::owner())).unwrap();
    for (at, value) in replaced {
        match principal.pointer_mut(at) {
            Some(place) => *place = value.clone(),
            None => drop(principal.as_object_mut().unwrap().insert(at[1..].to_owned(), value.clone())),
        }
    }
    serde_json::to_vec(&json!({"version": VERSION, "purpose": {"link": principal}})).unwrap()
}

#[tokio::test]
async fn who_does_not_say_properly_who_connects_is_closed() {
    let running = Running::start().await;
    let attaches = [
        Vec::new(),
        b"{}".to_vec(),
        br#"{"version":99,"purpose":"status"}"#.to_vec(),
        br#"{"version":2,"purpose":{"link":{"person":{"id":"x","name":"x"}}}}"#.to_vec(),
        link(&[("/grants", json!({"files": "all"}))]),
        link(&[("/grants", json!({"everything": "own"}))]),
        link(&[("/grants", json!("own"))]),
        link(&[("/person", json!("x"))]),
        link(&[("/more", json!(1))]),
        // Another workspace's.
        link(&[("/workspace", json!("elsewhere"))]),
    ];
    for attach in attaches {
        let mut wire = running.attach(&attach).await;
        let answer = wire.frame().await;
        assert!(
            answer.as_ref().is_none_or(|frame| frame.kind == Kind::Close),
            "{}: {answer:?}",
            String::from_utf8_lossy(&attach)
        );
    }
    let mut welcome = running.attach(&link(&[])).await;
    welcome.say(&ToAgent::Hello { version: protocol::link::VERSION, session: None, received: 0 }).await;
    assert!(matches!(welcome.hear().await, ToBrowser::Welcome { .. }));
    running.end().await;
}
