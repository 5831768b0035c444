//! What AWS lets a group, a request and an answer have.
// AWS: "CloudWatch Logs quotas" and the manuals of operations.

use cloud_core::{Quota, Refusal};

pub(crate) const BATCH: Quota = Quota {
    name: "Batch size of PutLogEvents",
    most: 1_048_576,
    unit: "bytes",
    refusal: Refusal(
        "InvalidParameterException",
        400,
        "Upload too large: {much} {unit} exceeds limit of {most}",
    ),
};
/// Letters of the name of a group or stream.
pub(crate) const NAME: Quota = Quota {
    name: "Log group and log stream names",
    most: 512,
    unit: "characters",
    // AWS: one text for both.
    refusal: Refusal(
        "InvalidParameterException",
        400,
        "Invalid LogGroup or LogStream, both must have length less than or equal to {most}.",
    ),
};

pub(crate) const SUBSCRIPTIONS: Quota = Quota {
    name: "Subscription filters of a log group",
    most: 2,
    unit: "filters",
    refusal: Refusal("LimitExceededException", 400, "Resource limit exceeded."),
};

/// What an event counts beside its text, in bytes.
pub(crate) const EVENT_OVERHEAD: usize = 26;
/// How far an event may lie ahead and behind, in milliseconds.
pub(crate) const AHEAD_MS: i64 = 2 * 3_600_000;
pub(crate) const BEHIND_MS: i64 = 14 * 86_400_000;
/// How far apart the events of a batch may lie.
pub(crate) const SPAN_MS: i64 = 86_400_000;
/// Events and bytes of one answer.
pub(crate) const EVENTS: usize = 10_000;
pub(crate) const EVENT_BYTES: usize = 1_048_576;
/// Groups or streams of one answer.
pub(crate) const LISTED: usize = 50;
