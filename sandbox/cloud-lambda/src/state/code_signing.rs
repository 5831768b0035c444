//! Code signing configurations: whose signatures count, and what becomes of code that has none of them.

use std::collections::BTreeMap;

use cloud_core::Maker;
use serde::{Deserialize, Serialize};

use crate::shapes::{AllowedPublishers, CodeSigningConfig, CodeSigningPolicies, CodeSigningPolicy};

/// A code signing configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CodeSigning {
    pub(crate) description: Option<String>,
    /// ARNs of versions of signing profiles.
    pub(crate) publishers: Vec<String>,
    /// What is done about code that none of them signed.
    pub(crate) policy: CodeSigningPolicy,
    /// When it was changed last, as operations answer it.
    pub(crate) modified: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// Which step of a template made it.
    pub(crate) made_by: Maker,
}

impl CodeSigning {
    /// Whether code that nobody signed is refused.
    pub(crate) fn enforces(&self) -> bool {
        self.policy == CodeSigningPolicy::Enforce
    }

    /// As operations answer it.
    pub(crate) fn describe(&self, id: &str, arn: &str) -> CodeSigningConfig {
        CodeSigningConfig {
            code_signing_config_id: id.to_owned(),
            code_signing_config_arn: arn.to_owned(),
            description: self.description.clone(),
            allowed_publishers: AllowedPublishers { signing_profile_version_arns: self.publishers.clone() },
            code_signing_policies: CodeSigningPolicies {
                untrusted_artifact_on_deployment: Some(self.policy.clone()),
            },
            last_modified: self.modified.clone(),
        }
    }
}
