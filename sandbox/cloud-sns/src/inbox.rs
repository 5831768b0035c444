//! Mail and short messages: kept here, since none leave this machine. The newest stay, bounded in number.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::ports::inspection::{fitting, parameter};
use cloud_core::{AwsError, Inspection};
use cloud_store::{Error, Key, Scan, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::open::Sns;
use crate::record::LETTERS;
use crate::state::number;

/// How many are kept.
const MOST: usize = 1000;
/// How many of them are told at once.
const TOLD: usize = 100;

/// What kind of letter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
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
    pub kind: Kind,
    /// The address or the number that it is for.
    pub to: String,
    /// The topic, of what was published to one.
    pub topic: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// When it was sent, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Puts a letter in, and the oldest out where there are too many.
pub(crate) fn put(transaction: &mut Transaction<'_>, letter: &Letter) -> Result<(), Error> {
    let number = number(transaction, &Key::text("letter"))?;
    transaction.put_json(LETTERS, number.to_be_bytes(), letter)?;
    let oldest = number.saturating_sub(MOST as u64);
    transaction.delete(LETTERS, oldest.to_be_bytes())?;
    Ok(())
}

impl Sns {
    /// The letters that came last, newest first.
    pub async fn inbox(&self) -> Result<Vec<Letter>, AwsError> {
        let scan = Scan::all().backward().limit(TOLD).bytes(4 << 20);
        let entries = self.records.store.scan(LETTERS, scan).await?;
        Ok(entries.iter().filter_map(|entry| entry.json().ok()).collect())
    }
}

/// Makes the inbox known to the cloud.
pub(crate) fn register(sns: &Arc<Sns>) {
    sns.context.peers().add_inspection("sns", Arc::new(Inbox(Arc::downgrade(sns))));
}

struct Inbox(Weak<Sns>);

#[async_trait]
impl Inspection for Inbox {
    async fn show(&self, what: &str, parameters: &[(String, String)]) -> Result<Option<Value>, AwsError> {
        let Some(sns) = self.0.upgrade().filter(|_| what == "inbox") else { return Ok(None) };
        let topic = parameter(parameters, "topic");
        let is_of = |letter: &Letter| topic.is_none() || letter.topic.as_deref() == topic;
        let shown = sns.inbox().await?.into_iter().filter(is_of).map(|letter| json!(letter));
        Ok(Some(json!({ "letters": fitting(shown) })))
    }
}
