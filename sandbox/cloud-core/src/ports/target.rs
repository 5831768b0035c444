//! Delivering an event to an ARN.

use async_trait::async_trait;
use bytes::Bytes;

use crate::arn::Arn;
use crate::error::AwsError;

/// Whether the sender waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// The answer is what the target made of the payload.
    RequestResponse,
    /// The answer is that the target holds the payload durably.
    Event,
}

/// One event on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The payload, as the target's service wants it.
    pub payload: Bytes,
    /// Whether the sender waits.
    pub kind: DeliveryKind,
    /// The service that sends, `apigateway.amazonaws.com`, for the target's resource policy; none for the account itself.
    pub principal: Option<String>,
    /// The resource that sends, for the policy's `aws:SourceArn`.
    pub source_arn: Option<Arn>,
}

/// What became of a delivery.
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
    /// Delivers to a resource of this service. Checks the resource's policy by the delivery's principal and source.
    /// An `Err` means that the target did not take it; a function's own failure is an `Ok` with `function_error`.
    async fn deliver(&self, to: &Arn, delivery: Delivery) -> Result<Delivered, AwsError>;
}
