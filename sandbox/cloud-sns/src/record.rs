//! What is kept: topics and subscriptions as records, all else as rows.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cloud_core::{AccountId, Maker};
use cloud_delivery::{Outbox, Timers};
use cloud_store::{Index, Key, Layout, Table};
use serde::{Deserialize, Serialize};

use crate::filter::Filter;

/// Topics by name.
pub(crate) const TOPICS: Table = Table("topics");
/// Subscriptions by their topic's name and their id.
pub(crate) const SUBSCRIPTIONS: Table = Table("subscriptions");
/// Subscriptions by topic, and by what they are of one.
const BY_TOPIC: Table = Table("subscriptions_by_topic");
const BY_ENDPOINT: Table = Table("subscriptions_by_endpoint");
/// What was published to FIFO topics in the last minutes, by topic, scope and deduplication id.
pub(crate) const PUBLISHED: Table = Table("published");
/// The same by age.
pub(crate) const PUBLISHED_AGES: Table = Table("published_ages");
/// The next sequence numbers of FIFO topics, and that of topics.
pub(crate) const NUMBERS: Table = Table("numbers");
/// Mail and short messages, by number.
pub(crate) const LETTERS: Table = Table("letters");
/// Subscriptions that strangers ended, by their topic's name and their token.
pub(crate) const ENDED: Table = Table("ended_subscriptions");
/// What is one of an account: settings for short messages, numbers that opted out.
pub(crate) const SETTINGS: Table = Table("settings");

pub(crate) const LAYOUT: Layout = Layout::new(&[
    TOPICS,
    SUBSCRIPTIONS,
    BY_TOPIC,
    BY_ENDPOINT,
    PUBLISHED,
    PUBLISHED_AGES,
    NUMBERS,
    LETTERS,
    ENDED,
    SETTINGS,
    Outbox::TABLE,
    Timers::TABLE,
]);

/// Finds the subscriptions of a topic by its name.
pub(crate) const OF_TOPIC: Index<Subscription> =
    Index { table: BY_TOPIC, version: 1, keys: |subscription| vec![Key::text(&subscription.topic)] };

/// Finds the subscription of a topic that is of a protocol and an endpoint.
pub(crate) const OF_ENDPOINT: Index<Subscription> =
    Index { table: BY_ENDPOINT, version: 1, keys: |subscription| vec![subscription.place()] };

/// A topic.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Topic {
    pub name: String,
    /// Which one of that name it is.
    pub id: u64,
    /// Attributes that were set, checked, by their names; `Policy` is not among them.
    pub attributes: BTreeMap<String, String>,
    /// Its policy, where it is not the default one.
    #[serde(default)]
    pub policy: Option<String>,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    #[serde(default)]
    pub data_protection: Option<String>,
    /// Subscriptions that were removed.
    #[serde(default)]
    pub deleted: u64,
    /// The step of a stack that made it.
    #[serde(default)]
    pub made_by: Maker,
    /// The step of a stack that set its policy.
    #[serde(default)]
    pub policy_by: Maker,
}

impl Topic {
    pub(crate) fn is_fifo(&self) -> bool {
        self.is("FifoTopic")
    }

    /// Whether an attribute says `true`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.attributes.get(name).is_some_and(|value| value == "true")
    }
}

/// A subscription.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Subscription {
    /// The name of its topic, and which one of that name.
    pub topic: String,
    pub topic_id: u64,
    /// A random id, the end of its ARN.
    pub id: String,
    pub protocol: Protocol,
    pub endpoint: String,
    /// Attributes that were set, checked, by their names.
    pub attributes: BTreeMap<String, String>,
    /// What confirms it, of one that is asked.
    #[serde(default)]
    pub token: Option<String>,
    /// Whether it is not confirmed yet.
    #[serde(default)]
    pub is_pending: bool,
    /// Whether who confirmed it was known.
    #[serde(default)]
    pub was_authenticated: bool,
    /// Whether only its owner may remove it.
    #[serde(default)]
    pub authenticates_on_unsubscribe: bool,
    /// Who subscribed.
    pub principal: String,
    /// The account that he is of, where that is not the topic's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountId>,
    #[serde(default)]
    pub made_by: Maker,
    /// Its filter policy as it was read.
    #[serde(skip)]
    pub filter: OnceLock<Option<Arc<Filter>>>,
}

impl Subscription {
    pub(crate) fn key(&self) -> String {
        format!("{}:{}", self.topic, self.id)
    }

    /// It is confirmed; `signed` is by whom with a signature: whether only its owner may end it.
    pub(crate) fn confirm(&mut self, signed: Option<bool>) {
        self.is_pending = false;
        self.was_authenticated = signed.is_some();
        self.authenticates_on_unsubscribe = signed == Some(true);
    }

    /// The account of who subscribed, where that is not the topic's.
    pub(crate) fn owner(&self) -> Option<&str> {
        self.owner.as_ref().map(AccountId::as_str)
    }

    /// What it is the only one of.
    pub(crate) fn place(&self) -> Key {
        Key::text(&self.topic).then_text(self.protocol.as_str()).then_text(&self.endpoint)
    }

    pub(crate) fn is_raw(&self) -> bool {
        self.attributes.get("RawMessageDelivery").is_some_and(|value| value == "true")
    }

    pub(crate) fn is_confirmed(&self) -> bool {
        !self.is_pending
    }

    pub(crate) fn filters_bodies(&self) -> bool {
        self.attributes.get("FilterPolicyScope").is_some_and(|value| value == "MessageBody")
    }

    /// Its filter policy. One that cannot be read, as none here could be set, lets nothing through.
    pub(crate) fn filter(&self) -> Option<Arc<Filter>> {
        let read = || {
            let text = self.attributes.get("FilterPolicy")?;
            Some(Arc::new(crate::filter::compile_nested(text).unwrap_or_default()))
        };
        self.filter.get_or_init(read).clone()
    }

    /// Forgets how attributes were read, which were changed.
    pub(crate) fn changed(&mut self) {
        self.filter = OnceLock::new();
    }
}

/// How a subscription is delivered to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Protocol {
    #[default]
    Sqs,
    Lambda,
    Http,
    Https,
    Email,
    EmailJson,
    Sms,
}

impl Protocol {
    /// Whether its endpoints are posted to.
    pub(crate) fn is_web(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sqs => "sqs",
            Self::Lambda => "lambda",
            Self::Http => "http",
            Self::Https => "https",
            Self::Email => "email",
            Self::EmailJson => "email-json",
            Self::Sms => "sms",
        }
    }
}
