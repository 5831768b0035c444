//! What a stack was asked to be. Never changed once written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request's template with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Its own id.
    pub id: String,
    /// The template as it was sent.
    pub body: String,
    /// The template after its transforms.
    pub processed: Value,
    /// The transforms that were applied.
    pub transforms: Vec<String>,
    /// The raw values of the parameters, defaults included.
    pub parameters: BTreeMap<String, String>,
    /// The stack's tags.
    pub tags: BTreeMap<String, String>,
    /// The template's description.
    pub description: Option<String>,
    /// What the caller acknowledged.
    pub capabilities: Vec<String>,
    /// The role that the caller named.
    pub role_arn: Option<String>,
    /// The topics that the caller named.
    pub notification_arns: Vec<String>,
}

impl Definition {
    /// What of the request for it changes nothing here.
    // LIMIT: there is no SNS, so nobody is notified.
    pub fn remark(&self) -> Option<String> {
        (!self.notification_arns.is_empty())
            .then(|| "Without effect here: NotificationARNs, for there are no topics".to_owned())
    }
}
