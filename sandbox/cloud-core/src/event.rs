//! What happened in this cloud, for those who watch (`GET /_cumulo/events`). A hint to look again, not a record:
//! slow watchers miss events and are told how many.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// How many events a watcher may be behind.
const BACKLOG: usize = 1024;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum CloudEvent {
    /// A function ran to its end, well or badly.
    FunctionInvoked {
        /// When it ended.
        at: Timestamp,
        /// The function's ARN.
        function_arn: String,
        /// The invocation's request id.
        request_id: String,
        /// `Handled`, `Unhandled`, or none.
        function_error: Option<String>,
        /// How long it ran.
        duration_ms: f64,
    },
    /// A stack or one of its resources changed its status.
    StackEvent {
        /// When.
        at: Timestamp,
        /// The stack's name.
        stack_name: String,
        /// The stack's ARN.
        stack_id: String,
        /// The resource in the template; the stack's own name for the stack itself.
        logical_id: String,
        /// The resource's name outside of the template, once known.
        physical_id: Option<String>,
        /// `AWS::Lambda::Function`, ….
        resource_type: String,
        /// `CREATE_IN_PROGRESS`, ….
        status: String,
        /// Why, for failures.
        reason: Option<String>,
    },
    /// A resource came, changed or went.
    ResourceChanged {
        /// When.
        at: Timestamp,
        /// The resource's ARN.
        arn: String,
        /// What became of it.
        change: Change,
    },
    /// Events were added to a log stream.
    LogAppended {
        /// When.
        at: Timestamp,
        /// The log group.
        log_group: String,
        /// The log stream.
        log_stream: String,
        /// How many events.
        events: usize,
    },
}

/// What became of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is new.
    Created,
    /// It differs.
    Updated,
    /// It is gone.
    Deleted,
}

/// Where events are sent and watched.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<CloudEvent>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Events {
    /// Tells everybody who watches. Never waits.
    pub fn send(&self, event: CloudEvent) {
        // An error means that nobody watches.
        let _ = self.0.send(event);
    }

    /// Whether anybody watches: what is told often is not made for nobody.
    pub fn is_watched(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Watches from now on.
    pub fn watch(&self) -> broadcast::Receiver<CloudEvent> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_tagged_for_the_stream() {
        let event = CloudEvent::LogAppended {
            at: Timestamp::UNIX_EPOCH,
            log_group: "g".into(),
            log_stream: "s".into(),
            events: 2,
        };
        let text = serde_json::to_string(&event).unwrap();
        expect_test::expect![[
            r#"{"type":"log-appended","at":"1970-01-01T00:00:00Z","logGroup":"g","logStream":"s","events":2}"#
        ]]
        .assert_eq(&text);
    }
}
