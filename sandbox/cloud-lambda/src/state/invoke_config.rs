//! How events that nobody waits for are run, and where what becomes of them goes: of a function, a version or an alias.

use cloud_core::Maker;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::shapes::{DestinationConfig, FunctionEventInvokeConfig, OnFailure, OnSuccess};

/// What is configured for one qualifier of a function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InvokeConfig {
    /// How often an event is run again that the function failed.
    pub(crate) retries: Option<i32>,
    /// How long an event is kept, in seconds.
    pub(crate) max_age: Option<i32>,
    /// The ARN of where records of successes go.
    pub(crate) on_success: Option<String>,
    /// The ARN of where records of failures go.
    pub(crate) on_failure: Option<String>,
    /// When it was changed last, in milliseconds since 1970.
    pub(crate) modified_ms: i64,
    /// Which step of a template made it.
    #[serde(default)]
    pub(crate) made_by: Maker,
}

impl InvokeConfig {
    /// Sets both destinations; an empty one is none.
    // AWS: the two are one member: an update that names one of them takes the other away.
    pub(crate) fn set_destinations(&mut self, wanted: DestinationConfig) {
        let given = |arn: Option<String>| arn.filter(|arn| !arn.is_empty());
        self.on_success = given(wanted.on_success.and_then(|success| success.destination));
        self.on_failure = given(wanted.on_failure.and_then(|failure| failure.destination));
    }

    /// As operations answer it. `arn` has the qualifier.
    pub(crate) fn describe(&self, arn: String) -> FunctionEventInvokeConfig {
        FunctionEventInvokeConfig {
            last_modified: Timestamp::from_millisecond(self.modified_ms).ok(),
            function_arn: Some(arn),
            maximum_retry_attempts: self.retries,
            maximum_event_age_in_seconds: self.max_age,
            destination_config: Some(DestinationConfig {
                on_success: Some(OnSuccess { destination: self.on_success.clone() }),
                on_failure: Some(OnFailure { destination: self.on_failure.clone() }),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_come_and_go_together() {
        let mut config = InvokeConfig { on_success: Some("a".into()), ..InvokeConfig::default() };
        let failure = |arn: &str| DestinationConfig {
            on_success: None,
            on_failure: Some(OnFailure { destination: Some(arn.into()) }),
        };
        config.set_destinations(failure("b"));
        assert_eq!((config.on_success.as_deref(), config.on_failure.as_deref()), (None, Some("b")));
        config.set_destinations(failure(""));
        assert_eq!(config.on_failure, None);
        let said = config.describe("arn".into()).destination_config;
        // AWS: both are shown, empty or not.
        let none = DestinationConfig {
            on_success: Some(OnSuccess::default()),
            on_failure: Some(OnFailure::default()),
        };
        assert_eq!(said, Some(none));
    }
}
