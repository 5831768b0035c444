//! What a server says it is busy with. Pure.

use std::collections::BTreeMap;

use protocol::language::ServerState;
use serde_json::Value;

/// Tasks kept: a server that begins and never ends them is no reason to grow.
const MAX_TASKS: usize = 64;
/// Characters of a title.
const MAX_TITLE: usize = 100;

#[derive(Debug)]
struct Task {
    title: String,
    percent: Option<u32>,
}

/// The tasks under way.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    tasks: BTreeMap<String, Task>,
}

impl Progress {
    /// Takes a `$/progress` notification's parameters; whether it began or ended something.
    pub(crate) fn report(&mut self, params: &Value) -> bool {
        let token = params["token"].to_string();
        let value = &params["value"];
        let percent = value["percentage"].as_u64().map(|percent| percent.min(100) as u32);
        match value["kind"].as_str() {
            Some("begin") if self.tasks.len() < MAX_TASKS => {
                let title = value["title"].as_str().unwrap_or("working").chars().take(MAX_TITLE).collect();
                self.tasks.insert(token, Task { title, percent });
                true
            }
            Some("report") => {
                if let (Some(task), Some(percent)) = (self.tasks.get_mut(&token), percent) {
                    task.percent = Some(percent);
                }
                false
            }
            Some("end") => self.tasks.remove(&token).is_some(),
            _ => false,
        }
    }

    /// The state of a server that has these tasks.
    pub(crate) fn state(&self) -> ServerState {
        match self.tasks.values().next() {
            Some(task) => ServerState::Busy { title: task.title.clone(), percent: task.percent },
            None => ServerState::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tasks_come_and_go() {
        let mut progress = Progress::default();
        let mut told = |token: Value, value: Value| {
            progress.report(&json!({ "token": token, "value": value }));
            format!("{:?}", progress.state())
        };
        let begin = json!({ "kind": "begin", "title": "Indexing" });
        assert_eq!(told(json!("a"), begin), r#"Busy { title: "Indexing", percent: None }"#);
        assert_eq!(
            told(json!("a"), json!({ "kind": "report", "percentage": 62 })),
            r#"Busy { title: "Indexing", percent: Some(62) }"#
        );
        assert_eq!(
            told(json!("b"), json!({ "kind": "end" })),
            r#"Busy { title: "Indexing", percent: Some(62) }"#
        );
        assert_eq!(told(json!("a"), json!({ "kind": "end" })), "Ready");
    }
}
