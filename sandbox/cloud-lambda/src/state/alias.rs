//! Aliases: names for versions, with weights where traffic is shifted.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Maker};
use serde::{Deserialize, Serialize};

use super::Function;
use crate::names::LATEST;
use crate::shapes::{AliasConfiguration, AliasRoutingConfiguration, Code};

/// An alias.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub(crate) version: String,
    pub(crate) description: String,
    /// A further version and its share of the invocations.
    pub(crate) weights: BTreeMap<String, f64>,
    pub(crate) revision: String,
    /// The token of the template step that made it, so that a repeated step finds its own and nobody else's.
    #[serde(default)]
    pub(crate) made_by: Maker,
}

impl Alias {
    /// Checks what it points to.
    pub(crate) fn check(&self, function: &Function, arn: &str) -> Result<(), AwsError> {
        let missing = |version: &str| {
            Code::ResourceNotFoundException.error(format!("Function not found: {arn}:{version}"))
        };
        for version in std::iter::once(&self.version).chain(self.weights.keys()) {
            function.version(version).ok_or_else(|| missing(version))?;
        }
        let invalid = |text: &str| Err(Code::InvalidParameterValueException.error(text));
        // AWS: "Additional version weights": one further version, both published.
        if self.weights.len() > 1 {
            return invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
        }
        if !self.weights.is_empty() && (self.version == LATEST || self.weights.contains_key(LATEST)) {
            return invalid("$LATEST is not supported for an alias pointing to more than 1 version");
        }
        if self.weights.contains_key(&self.version) {
            return invalid(
                "Invalid function version. Function version in routing config is already the alias's own",
            );
        }
        Ok(())
    }

    /// Whether it points to that version.
    pub(crate) fn uses(&self, version: &str) -> bool {
        self.version == version || self.weights.contains_key(version)
    }

    /// The version for one invocation.
    pub(crate) fn choose(&self, chance: f64) -> &str {
        let mut below = 0.0;
        for (version, weight) in &self.weights {
            below += weight;
            if chance < below {
                return version;
            }
        }
        &self.version
    }

    /// As operations answer it.
    pub(crate) fn describe(&self, function_arn: &str, name: &str) -> AliasConfiguration {
        let weights = (!self.weights.is_empty()).then(|| self.weights.clone());
        AliasConfiguration {
            alias_arn: Some(format!("{function_arn}:{name}")),
            name: Some(name.to_owned()),
            function_version: Some(self.version.clone()),
            description: Some(self.description.clone()),
            routing_config: weights
                .map(|weights| AliasRoutingConfiguration { additional_version_weights: Some(weights) }),
            revision_id: Some(self.revision.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_divide() {
        let alias =
            Alias { version: "1".into(), weights: BTreeMap::from([("2".into(), 0.1)]), ..Alias::default() };
        assert_eq!([alias.choose(0.05), alias.choose(0.1), alias.choose(0.99)], ["2", "1", "1"]);
    }
}
