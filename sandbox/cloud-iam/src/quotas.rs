//! What AWS lets an account, a role and a session have.
// AWS: "IAM and AWS STS quotas"; those that can be raised as they are at first. Sizes are in characters that are no white space.

use cloud_core::{Quota, Refusal};

pub(crate) const MANAGED_POLICY: Quota = Quota {
    name: "Customer managed policy size",
    most: 6144,
    unit: "characters",
    refusal: Refusal(CODE, 409, "Cannot exceed quota for PolicySize: {most}"),
};
/// Of all of them together.
pub(crate) const INLINE_POLICIES: Quota = Quota {
    name: "Role inline policy size",
    most: 10_240,
    unit: "characters",
    refusal: Refusal(CODE, 409, "Maximum policy size of {most} bytes exceeded for role {role}"),
};
pub(crate) const TRUST_POLICY: Quota = Quota {
    name: "Role trust policy length",
    most: 2048,
    unit: "characters",
    refusal: Refusal(CODE, 409, "Cannot exceed quota for ACLSizePerRole: {most}"),
};
pub(crate) const ATTACHED_POLICIES: Quota = Quota {
    name: "Managed policies per role",
    most: 10,
    unit: "policies",
    refusal: Refusal(CODE, 409, "Cannot exceed quota for PoliciesPerRole: {most}"),
};

const CODE: &str = "LimitExceeded";

/// Characters of a session's own policy: "inline and managed session policies together have at most 2,048 characters".
pub(crate) const SESSION_POLICY: usize = 2048;
/// Managed policies of a session.
pub(crate) const SESSION_POLICY_ARNS: usize = 10;
