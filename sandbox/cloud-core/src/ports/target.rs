//! Delivering an event to an ARN.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Access, PortError, Trace};
use crate::arn::Arn;
use crate::error::AwsError;
use crate::ids::AccountId;

/// Whether the sender waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryKind {
    /// The answer is what the target made of the payload.
    RequestResponse,
    /// The answer is that the target holds the payload durably.
    Event,
}

/// As whom a delivery is made: the target's policy is asked about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// The account that the target belongs to, which may do everything.
    #[default]
    Account,
    /// A service, `apigateway.amazonaws.com`: the target's resource policy must allow it.
    Service(String),
    /// Another account than the target's: the target's resource policy must allow it.
    Foreign(AccountId),
    /// A role that the sender was given to act as.
    Role(Arn),
}

/// A message attribute: what SQS and SNS carry beside a payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// `String`, `Number`, `Binary`, or one of them with a label, `Number.float`.
    pub data_type: String,
    /// The value.
    pub value: AttributeValue,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttributeValue {
    /// A text, or a number as one.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Attribute {
    /// Of type `String`.
    pub fn text(value: impl Into<String>) -> Self {
        Self { data_type: "String".into(), value: AttributeValue::Text(value.into()) }
    }

    /// Of type `Number`.
    pub fn number(value: impl Into<i64>) -> Self {
        Self { data_type: "Number".into(), value: AttributeValue::Text(value.into().to_string()) }
    }

    /// The value, if it is a text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            AttributeValue::Text(text) => Some(text),
            AttributeValue::Binary(_) => None,
        }
    }
}

/// One event on its way. As a record it is all but the payload, which is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where it goes.
    pub target: Arn,
    /// The payload, as the target's service wants it: an event bus takes one entry of `PutEvents` as JSON, a bucket what is
    /// put under the key that the target names behind it.
    #[serde(skip)]
    pub payload: Bytes,
    /// Whether the sender waits.
    pub kind: DeliveryKind,
    /// The same for every attempt: the id of the invocation or message, where the sender gives one.
    pub id: Option<String>,
    /// Message attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// What of one group is delivered in order, by targets that keep an order.
    pub group_id: Option<String>,
    /// What a target takes once only, if it tells duplicates.
    pub deduplication_id: Option<String>,
    /// As whom it is made.
    pub actor: Actor,
    /// The resource that sends, for the policy's `aws:SourceArn`.
    pub source_arn: Option<Arn>,
    /// The account of that resource, for the policy's `aws:SourceAccount`, where its ARN names none, as a bucket's does.
    #[serde(default)]
    pub source_account: Option<AccountId>,
    /// What it is about, for targets that tell that beside the payload.
    #[serde(default)]
    pub subject: Option<String>,
    /// The trace it belongs to, and which functions it has come through.
    pub trace: Trace,
}

impl Delivery {
    /// An event that the account itself sends, and waits for nothing. Set what is more.
    pub fn new(target: Arn, payload: impl Into<Bytes>) -> Self {
        Self {
            target,
            payload: payload.into(),
            kind: DeliveryKind::Event,
            id: None,
            attributes: BTreeMap::new(),
            group_id: None,
            deduplication_id: None,
            actor: Actor::Account,
            source_arn: None,
            source_account: None,
            subject: None,
            trace: Trace::default(),
        }
    }

    /// The same, from a service on behalf of a resource of its own.
    #[must_use]
    pub fn from_service(mut self, principal: &str, source: Arn) -> Self {
        (self.actor, self.source_arn) = (Actor::Service(principal.to_owned()), Some(source));
        self
    }

    /// The account that sends, as far as it is said: the one that is stated, else the one in the ARN of the resource that sends.
    pub fn sender_account(&self) -> Option<&str> {
        let of_source = || self.source_arn.as_ref().map(Arn::account).filter(|account| !account.is_empty());
        self.source_account.as_ref().map(AccountId::as_str).or_else(of_source)
    }

    /// The same, whose sender waits for what the target makes of it.
    #[must_use]
    pub fn awaited(mut self) -> Self {
        self.kind = DeliveryKind::RequestResponse;
        self
    }
}

/// What became of a delivery that the target took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The target's answer; empty for [`DeliveryKind::Event`].
    pub payload: Bytes,
    /// `Handled` or `Unhandled` when a function failed; the payload then tells how.
    pub function_error: Option<String>,
    /// The version of the function that ran.
    pub executed_version: Option<String>,
    /// The id of the invocation or message.
    pub request_id: String,
}

/// A service that takes deliveries: a function that runs, a queue that keeps.
#[async_trait]
pub trait Target: Send + Sync {
    /// Delivers to the resource of this service that the delivery names. Checks the resource's policy by the delivery's
    /// actor and source. An error means that the target did not take it; a function's own failure is an `Ok` with
    /// `function_error`.
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError>;

    /// What somebody asks leave for as whom something is delivered there: the action, with the resource's own policy. `None`
    /// where there is no such resource. By itself whatever is named is there, and nothing is asked for: no action.
    async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        Ok(Some(Access { resource: target.to_string(), ..Access::default() }))
    }

    /// Whether a delivery like that one would be taken: that the resource is there, and lets in who sends. Delivers nothing.
    async fn admits(&self, _delivery: &Delivery) -> Result<(), PortError> {
        Ok(())
    }
}
