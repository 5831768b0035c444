//! A topic of the workspace's cloud as its page shows it.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Cloud Read "topic.describe" = DescribeTopic -> Topic;
    Cloud Write "topic.publish" = Publish -> Published;
}

/// Bytes of a message that a page publishes at most.
// AWS: a message has at most 256 KiB.
pub const MAX_TEXT: usize = 256 * 1024;

/// Asks for a topic, who is subscribed to it, and what its inbox holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeTopic {
    /// Its ARN.
    pub arn: String,
}

/// A topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Whether it keeps an order.
    pub is_fifo: bool,
    /// Whether it finds duplicates by what messages say.
    pub by_content: bool,
    /// Who is subscribed.
    pub subscriptions: Vec<Subscription>,
    /// Mail and short messages of it that were not sent out but kept here, newest first: as many as are shown at once.
    pub letters: Vec<Letter>,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// `sqs`, `lambda`, `http` …
    pub protocol: String,
    /// Whom it delivers to: an ARN, an address.
    pub endpoint: String,
    /// Whether that one has confirmed it.
    pub is_confirmed: bool,
    /// Its filter policy, JSON.
    pub filter: Option<String>,
}

/// What kind of letter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LetterKind {
    /// A message to somebody who subscribed by mail.
    Mail,
    /// The question whether somebody wants to.
    Confirmation,
    /// A short message.
    Sms,
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What kind.
    pub kind: LetterKind,
    /// The address or the number that it is for.
    pub to: String,
    /// Its subject.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// When it was sent, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Publishes a message.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The topic's ARN.
    pub arn: String,
    /// What it says: at most [`MAX_TEXT`] bytes.
    pub text: String,
    /// Its subject.
    pub subject: Option<String>,
    /// Its group: a FIFO topic needs one.
    pub group: Option<String>,
    /// Its deduplication id.
    pub deduplication: Option<String>,
    /// Attributes that are texts: names and values.
    pub attributes: Vec<(String, String)>,
}

/// That a message is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its id.
    pub id: String,
}
