//! Messages × principals, through the socket of a whole agent. The table of messages is the protocol's own, so one that
//! nobody answers, or that answers whom it should not, fails here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

use protocol::relay::Kind;
use protocol::{ErrorCode, Role};
use serde_json::json;

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::Running;

#[tokio::test]
async fn every_message_is_answered_to_those_whose_role_allows_it() {
    let running = Running::start().await;
    for role in [Role::Viewer, Role::Editor, Role::Owner] {
        let mut tab = running.tab(role).await;
        for method in protocol::methods() {
            // The role is looked at before the parameters are: who may not call learns nothing of them.
            let expected = if role.may(method.access) { ErrorCode::Invalid } else { ErrorCode::Forbidden };
            if expected == ErrorCode::Forbidden {
                // A connection bears five of these.
                tab = running.tab(role).await;
            }
            assert_eq!(tab.call(method.name, json!(0)).await, Err(expected), "{} as {role:?}", method.name);
        }
        assert_eq!(tab.call("no.such", json!(0)).await, Err(ErrorCode::NotFound));
    }
    running.end().await;
}

#[tokio::test]
async fn who_does_not_say_properly_who_connects_is_closed() {
    let running = Running::start().await;
    let attaches: [&[u8]; 6] = [
        b"",
        b"{}",
        br#"{"version":99,"purpose":"status"}"#,
        br#"{"version":1,"purpose":{"link":{"user":"x","role":"admin"}}}"#,
        br#"{"version":1,"purpose":{"link":{"user":"x"}}}"#,
        br#"{"version":1,"purpose":{"link":{"user":"x","role":"owner","more":1}}}"#,
    ];
    for attach in attaches {
        let mut wire = running.attach(attach).await;
        let answer = wire.frame().await;
        assert!(
            answer.as_ref().is_none_or(|frame| frame.kind == Kind::Close),
            "{}: {answer:?}",
            String::from_utf8_lossy(attach)
        );
    }
    running.tab(Role::Viewer).await;
    running.end().await;
}
