//! Aliases: names for versions, with weights where traffic is shifted.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Maker, constraint};
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
        self.check_weights()?;
        let expect = |version: &str| match function.version(version) {
            Some(_) => Ok(()),
            None => {
                Err(Code::ResourceNotFoundException.error(format!("Function not found: {arn}:{version}")))
            }
        };
        expect(&self.version)?;
        let invalid = |text: &str| Err(Code::InvalidParameterValueException.error(text));
        // AWS: "Additional version weights": one further version, both published.
        if self.weights.len() > 1 {
            return invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
        }
        if !self.weights.is_empty() && self.version == LATEST {
            return invalid("$LATEST is not supported for an alias pointing to more than 1 version");
        }
        if self.weights.contains_key(&self.version) {
            let own = &self.version;
            return invalid(&format!(
                "Invalid function version {own}. Function version {own} is already included in routing configuration."
            ));
        }
        self.weights.keys().try_for_each(|version| expect(version))
    }

    /// Fails unless the further versions are numbers and their shares are shares.
    // AWS: more is said of a map than the model's constraints: "Member must not be null", and numbers have a point.
    fn check_weights(&self) -> Result<(), AwsError> {
        let is_number =
            |version: &String| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        let holds = if !self.weights.keys().all(is_number) {
            "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have \
             length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must \
             not be null]"
        } else if !self.weights.values().all(|weight| (0.0..=1.0).contains(weight)) {
            "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have \
             value greater than or equal to 0.0, Member must not be null]"
        } else {
            return Ok(());
        };
        let shown: Vec<String> =
            self.weights.iter().map(|(version, weight)| format!("{version}={weight:?}")).collect();
        let (shown, place) = (format!("{{{}}}", shown.join(", ")), "routingConfig.additionalVersionWeights");
        Err(constraint::broken("ValidationException", &shown, place, holds))
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
    use crate::shapes::FunctionConfiguration;
    use crate::state::{Package, Revisions, Stamp};

    #[test]
    fn weights_divide() {
        let alias =
            Alias { version: "1".into(), weights: BTreeMap::from([("2".into(), 0.1)]), ..Alias::default() };
        assert_eq!([alias.choose(0.05), alias.choose(0.1), alias.choose(0.99)], ["2", "1", "1"]);
    }

    fn check(version: &str, weights: &[(&str, f64)], refused: Option<(&str, &str)>) {
        let package = Package { hash: "h".into(), size: 1, unzipped: None };
        let stamp = Stamp { now: jiff::Timestamp::UNIX_EPOCH, revision: "r".into() };
        let mut function = Function::new("f".into(), FunctionConfiguration::default(), package, &stamp);
        for number in 1..3 {
            function.latest.package.hash = number.to_string();
            let revisions = Revisions { version: "v".into(), latest: "l".into() };
            function.publish(None, revisions);
        }
        let weights = weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect();
        let alias = Alias { version: version.into(), weights, ..Alias::default() };
        let seen = alias.check(&function, "arn:f").err();
        let seen = seen.as_ref().map(|error| (error.code(), error.message()));
        assert_eq!(seen, refused, "{version} {:?}", alias.weights);
    }

    #[test]
    fn what_an_alias_may_not_point_to_is_told_as_lambda_tells_it() {
        let (invalid, wrong, missing) =
            ("InvalidParameterValueException", "ValidationException", "ResourceNotFoundException");
        check("1", &[], None);
        check(LATEST, &[], None);
        check("1", &[("2", 0.5)], None);
        check("3", &[], Some((missing, "Function not found: arn:f:3")));
        check("1", &[("3", 0.5)], Some((missing, "Function not found: arn:f:3")));
        let many = "Number of items in AdditionalVersionWeights cannot be greater than 1";
        check("1", &[("2", 0.5), ("3", 0.1)], Some((invalid, many)));
        let latest = "$LATEST is not supported for an alias pointing to more than 1 version";
        check(LATEST, &[("1", 0.5)], Some((invalid, latest)));
        let same =
            "Invalid function version 1. Function version 1 is already included in routing configuration.";
        check("1", &[("1", 0.5)], Some((invalid, same)));
        let keys = "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' \
                    failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than \
                    or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular \
                    expression pattern: [0-9]+, Member must not be null]";
        check("1", &[(LATEST, 0.5)], Some((wrong, keys)));
        let value = |weight: &str| {
            format!(
                "1 validation error detected: Value '{{2={weight}}}' at 'routingConfig.additionalVersionWeights' failed \
                 to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal \
                 to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]"
            )
        };
        check("1", &[("2", 2.0)], Some((wrong, &value("2.0"))));
        check("1", &[("2", -1.0)], Some((wrong, &value("-1.0"))));
    }
}
