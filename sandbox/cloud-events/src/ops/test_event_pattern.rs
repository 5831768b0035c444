//! TestEventPattern.

use cloud_core::{AwsError, Caller};
use event_pattern::{Event, Pattern};
use serde_json::Value;

use crate::error::{bad_pattern, invalid};
use crate::open::EventBridge;
use crate::shapes::{TestEventPatternRequest, TestEventPatternResponse};

/// AWS: what an event has to have.
const REQUIRED: [&str; 7] = ["id", "account", "source", "time", "region", "resources", "detail-type"];

pub(crate) async fn test_event_pattern(
    _bridge: &EventBridge,
    _caller: &Caller,
    input: TestEventPatternRequest,
) -> Result<TestEventPatternResponse, AwsError> {
    let pattern = Pattern::read(&input.event_pattern).map_err(|wrong| bad_pattern(&wrong))?;
    let wrong = || invalid("Parameter Event is not valid.");
    let members: Value = serde_json::from_str(&input.event).map_err(|_| wrong())?;
    if !REQUIRED.iter().all(|name| members.get(name).is_some()) {
        return Err(wrong());
    }
    let event = Event::read(&input.event).map_err(|_| wrong())?;
    Ok(TestEventPatternResponse { result: Some(pattern.matches(&event)) })
}
