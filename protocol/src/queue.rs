//! A queue of the workspace's cloud as its page shows it: looked at without receiving anything.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Cloud Read "queue.describe" = DescribeQueue -> Queue;
    Cloud Write "queue.send" = SendMessage -> Sent;
    Cloud Write "queue.purge" = PurgeQueue -> ();
    Cloud Write "queue.redrive" = RedriveQueue -> ();
}

/// Bytes of a message's text that a page sends at most.
// AWS: a message has at most 1 MiB; what a frame holds is less.
pub const MAX_TEXT: usize = 512 * 1024;

/// Asks for a queue with its oldest messages.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeQueue {
    /// Its name.
    pub name: String,
}

/// A queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Its ARN.
    pub arn: String,
    /// Its address.
    pub url: String,
    /// Whether it keeps an order.
    pub is_fifo: bool,
    /// Whether it finds duplicates by what messages say.
    pub by_content: bool,
    /// Messages that may be received.
    pub visible: u64,
    /// Messages that were received and not deleted.
    pub in_flight: u64,
    /// Messages whose delay is not over.
    pub delayed: u64,
    /// For how long received messages are hidden, in seconds.
    pub visibility_seconds: u32,
    /// For how long messages are kept, in seconds.
    pub retention_seconds: u32,
    /// Where messages go that are received too often.
    pub dead_letters: Option<DeadLetters>,
    /// Names of the queues whose dead letters come here.
    pub sources: Vec<String>,
    /// Its oldest messages, oldest first: as many as are shown at once.
    pub messages: Vec<Message>,
}

/// Where a queue's dead letters go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetters {
    /// The name of the queue for them.
    pub queue: String,
    /// After how many receives.
    pub after: u32,
}

/// What a message waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageState {
    /// Somebody to receive it.
    Ready,
    /// The end of its delay.
    Delayed,
    /// Its receiver to delete it, or the end of his time.
    InFlight,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub id: String,
    /// What it waits for.
    pub state: MessageState,
    /// In how many milliseconds it is ready.
    pub due_in_ms: u64,
    /// When it was sent, in milliseconds since 1970.
    pub sent_ms: i64,
    /// How often it was received.
    pub received: u32,
    /// Its group.
    pub group: Option<String>,
    /// The ARN of the queue whose dead letter it is.
    pub source: Option<String>,
    /// Names of its attributes.
    pub attributes: Vec<String>,
    /// Bytes of its text.
    pub bytes: u64,
    /// Whether the text is shown whole.
    pub is_whole: bool,
    /// Its text, or the beginning.
    pub text: String,
}

/// Sends a message.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// The queue's name.
    pub name: String,
    /// What it says: at most [`MAX_TEXT`] bytes.
    pub text: String,
    /// Its delay in seconds; the queue's where there is none.
    pub delay_seconds: Option<u32>,
    /// Its group: a FIFO queue needs one.
    pub group: Option<String>,
    /// Its deduplication id.
    pub deduplication: Option<String>,
}

/// That a message is in its queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its id.
    pub id: String,
}

/// Removes all messages of a queue.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurgeQueue {
    /// Its name.
    pub name: String,
}

/// Moves the messages of a queue of dead letters back to where they came from.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedriveQueue {
    /// Its name.
    pub name: String,
}
