//! Function URLs: addresses of their own, of what changes of a function and of its aliases.

use cloud_core::{AwsError, Maker};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::shapes::{Code, Cors, FunctionUrlAuthType, FunctionUrlConfig, InvokeMode};

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Url {
    /// What its host's name begins with: nobody guesses it, and no other ever has it.
    pub(crate) id: String,
    pub(crate) auth: FunctionUrlAuthType,
    pub(crate) cors: Option<Cors>,
    /// None where nobody said it, which is the first of the two.
    pub(crate) invoke_mode: Option<InvokeMode>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// The step of a template that made it.
    #[serde(default)]
    pub(crate) made_by: Maker,
}

impl Url {
    /// Whether whoever calls it has to sign.
    pub(crate) fn is_signed(&self) -> bool {
        self.auth != FunctionUrlAuthType::NoneValue
    }

    /// Whether answers are handed on while they are made.
    pub(crate) fn streams(&self) -> bool {
        self.invoke_mode == Some(InvokeMode::ResponseStream)
    }

    /// As operations answer it.
    // AWS: the mode of invoking only where it was said.
    pub(crate) fn describe(&self, function_arn: String, address: String) -> FunctionUrlConfig {
        FunctionUrlConfig {
            function_url: address,
            function_arn,
            creation_time: written(self.created),
            last_modified_time: written(self.modified),
            cors: self.cors.clone(),
            auth_type: self.auth.clone(),
            invoke_mode: self.invoke_mode.clone(),
        }
    }
}

/// AWS: `2026-11-23T12:00:00.045678Z`.
pub(crate) fn written(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Cross-origin settings as they are kept: none of those that say nothing.
// AWS: an empty one takes away what there was; in these words where something is said and not for whom.
pub(crate) fn cors(wanted: Cors) -> Result<Option<Cors>, AwsError> {
    if wanted == Cors::default() {
        return Ok(None);
    }
    if wanted.allow_origins.as_ref().is_none_or(Vec::is_empty) {
        let message = "You can't leave AllowOrigins as empty when Cors is enabled.";
        return Err(Code::InvalidParameterValueException.error(message));
    }
    Ok(Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_say_for_whom_they_are_or_nothing() {
        let everybody = Cors { allow_origins: Some(vec!["*".into()]), ..Cors::default() };
        let of_nobody = Cors { max_age: Some(1), ..Cors::default() };
        assert_eq!(cors(Cors::default()).expect("fits"), None);
        assert_eq!(cors(everybody.clone()).expect("fits"), Some(everybody));
        for wrong in [of_nobody.clone(), Cors { allow_origins: Some(vec![]), ..of_nobody }] {
            let refused = cors(wrong).expect_err("refused");
            assert_eq!(refused.code(), "InvalidParameterValueException");
        }
    }

    #[test]
    fn moments_are_written_as_lambdas() {
        let moment = "2026-11-23T12:00:00.0456789Z".parse().expect("a time");
        assert_eq!(written(moment), "2026-11-23T12:00:00.045678Z");
    }
}
