//! What AWS lets an account, a bus and a rule have by default.
// AWS: "Amazon EventBridge quotas".

use cloud_core::{Quota, Refusal};

const TOO_MANY: Refusal =
    Refusal("LimitExceededException", 400, "The requested resource exceeds the maximum number allowed.");

pub(crate) const BUSES: Quota = Quota { name: "Event buses", most: 100, unit: "buses", refusal: TOO_MANY };
pub(crate) const RULES: Quota =
    Quota { name: "Number of rules", most: 300, unit: "rules", refusal: TOO_MANY };
pub(crate) const TARGETS: Quota =
    Quota { name: "Targets per rule", most: 5, unit: "targets", refusal: TOO_MANY };
pub(crate) const POLICY: Quota = Quota {
    name: "Event bus policy size",
    most: 10_240,
    unit: "characters",
    refusal: Refusal(
        "PolicyLengthExceededException",
        400,
        "The policy of an event bus cannot have more than {most} {unit}.",
    ),
};
pub(crate) const ENTRIES: Quota = Quota {
    name: "PutEvents entry size",
    most: 256 * 1024,
    unit: "bytes",
    refusal: Refusal(
        "ValidationException",
        400,
        "Total size of the entries in the request is over the limit.",
    ),
};
/// Letters of a detail type.
pub(crate) const DETAIL_TYPE: usize = 128;
/// Items of a page.
pub(crate) const LISTED: usize = 100;
