//! A template's properties as an operation's input: the names are the same, and the values have their types already.

use cloud_core::AwsError;
use cloud_wire::shape::Described;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::shapes::{Code, UpdateRuntimeOn};
use crate::state::RuntimeManagement;

/// The input made of the properties that the operation knows, held to the constraints that requests are held to.
pub(super) fn input<T: DeserializeOwned + Described>(properties: &Value) -> Result<T, AwsError> {
    let input: T = read(properties)?;
    cloud_wire::validate::check_shape(&input, "", "ValidationException")?;
    Ok(input)
}

/// The same for what is no operation's input.
pub(super) fn read<T: DeserializeOwned>(properties: &Value) -> Result<T, AwsError> {
    T::deserialize(properties).map_err(|error| {
        Code::InvalidParameterValueException
            .error(format!("The resource's properties are not valid: {error}"))
    })
}

/// `RuntimeManagementConfig` and `RuntimePolicy`.
#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Managed {
    update_runtime_on: Option<UpdateRuntimeOn>,
    runtime_version_arn: Option<String>,
}

impl From<Managed> for RuntimeManagement {
    fn from(managed: Managed) -> Self {
        let update_on = managed.update_runtime_on.unwrap_or(UpdateRuntimeOn::Auto);
        Self { update_on, version: managed.runtime_version_arn }
    }
}

/// `ProvisionedConcurrencyConfig`.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Provisioned {
    provisioned_concurrent_executions: i32,
}

/// How many environments a template wants kept booted of a version or alias.
pub(super) fn provisioned(properties: &Value) -> Result<Option<i32>, AwsError> {
    let Some(wanted) = properties.get("ProvisionedConcurrencyConfig") else { return Ok(None) };
    let wanted: Provisioned = read(wanted)?;
    Ok(Some(wanted.provisioned_concurrent_executions))
}

/// Without those members: what the operation calls otherwise or does not know.
pub(super) fn without(properties: &Value, names: &[&str]) -> Value {
    let mut properties = properties.clone();
    if let Some(members) = properties.as_object_mut() {
        for name in names {
            members.shift_remove(*name);
        }
    }
    properties
}

/// Only those members.
pub(super) fn only(properties: &Value, names: &[&str]) -> Value {
    let given =
        properties.as_object().into_iter().flatten().filter(|(name, _)| names.contains(&name.as_str()));
    given.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>().into()
}

/// Whether one of those members differs.
pub(super) fn differ(old: &Value, new: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| old.get(name) != new.get(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::shapes::CreateFunctionRequest;

    #[test]
    fn what_a_request_may_not_say_a_template_may_not_either() {
        let role = "arn:aws:iam::000000000000:role/r";
        for (properties, words) in [
            (json!({ "Role": "r" }), "at 'role' failed"),
            (json!({ "Role": role, "MemorySize": 1 }), "at 'memorySize' failed"),
            (json!({ "Role": role, "Architectures": ["x86_64", "arm64"] }), "at 'architectures' failed"),
        ] {
            let mut properties = properties;
            properties["FunctionName"] = json!("f");
            properties["Code"] = json!({});
            let refused = input::<CreateFunctionRequest>(&properties);
            assert!(refused.is_err_and(|error| error.message().contains(words)), "{words}");
        }
    }
}
