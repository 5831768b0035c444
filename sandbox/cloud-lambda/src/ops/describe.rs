//! A version as operations answer it: what was kept, with the ARN as it was asked for and the state of the moment.

use crate::Lambda;
use crate::limits;
use crate::names::{LATEST, function_arn};
use crate::ready_versions::Pending;
use crate::shapes::{
    FunctionConfiguration, LastUpdateStatus, LastUpdateStatusReasonCode, State, StateReasonCode,
};
use crate::state::{Function, Laid, Version};

/// `qualifier` is the one asked with: the ARN carries it.
pub(crate) fn describe(
    service: &Lambda,
    function: &Function,
    version: &Version,
    qualifier: Option<&str>,
) -> FunctionConfiguration {
    let arn = function_arn(service.context(), &function.name).to_string();
    let mut answer = version.configuration.clone();
    answer.function_name = Some(function.name.clone());
    answer.function_arn = Some(match qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn,
    });
    // Functions from before this was kept have none.
    if let (None, Some(runtime)) = (&answer.runtime_version_config, &answer.runtime) {
        answer.runtime_version_config = Some(limits::runtime_version(service.context(), runtime.as_str()));
    }
    answer.layers = (!version.layers.is_empty()).then(|| version.layers.iter().map(Laid::describe).collect());
    answer.state = Some(State::Active);
    answer.last_update_status = Some(LastUpdateStatus::Successful);
    let Some(underway) = service.versions().underway(&function.name) else { return answer };
    if answer.version.as_deref() == Some(LATEST) {
        answer.revision_id = Some(underway.shown);
        match underway.pending {
            Pending::Creating => begin(&mut answer),
            Pending::Updating => go_on(&mut answer),
        }
    } else if answer.version == underway.published {
        // AWS: a version that comes with new code begins as a new function does.
        begin(&mut answer);
    }
    answer
}

/// The state of what is being changed.
fn go_on(answer: &mut FunctionConfiguration) {
    answer.last_update_status = Some(LastUpdateStatus::InProgress);
    answer.last_update_status_reason = Some("The function is being created.".to_owned());
    answer.last_update_status_reason_code = Some(LastUpdateStatusReasonCode::from("Creating"));
}

/// The state of what is just being made.
fn begin(answer: &mut FunctionConfiguration) {
    answer.state = Some(State::Pending);
    answer.state_reason = Some("The function is being created.".to_owned());
    answer.state_reason_code = Some(StateReasonCode::Creating);
    answer.last_update_status = None;
}
