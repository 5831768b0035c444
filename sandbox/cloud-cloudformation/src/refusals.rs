//! What a request may ask of a deployment besides its template and this cloud cannot do: refused, never forgotten.

use cloud_core::AwsError;

use crate::define::validation;
use crate::shapes::{CreateChangeSetInput, RollbackConfiguration};
use crate::template::Template;

/// LIMIT: there are no stack policies: every update may change everything.
pub(crate) fn stack_policies(given: &[&Option<String>]) -> Result<(), AwsError> {
    refuse_if(given.iter().any(|text| text.is_some()), "Stack policies are")
}

/// LIMIT: there are no alarms that a deployment could be rolled back by.
pub(crate) fn rollback_triggers(configuration: Option<&RollbackConfiguration>) -> Result<(), AwsError> {
    let asks = configuration.is_some_and(|configuration| {
        configuration.rollback_triggers.as_ref().is_some_and(|triggers| !triggers.is_empty())
            || configuration.monitoring_time_in_minutes.unwrap_or_default() > 0
    });
    refuse_if(asks, "Rollback triggers and monitoring times are")
}

/// LIMIT: resources that are there already cannot be imported, and drift is not known.
pub(crate) fn change_set(input: &CreateChangeSetInput) -> Result<(), AwsError> {
    rollback_triggers(input.rollback_configuration.as_ref())?;
    let imports = input.resources_to_import.as_ref().is_some_and(|resources| !resources.is_empty())
        || input.import_existing_resources == Some(true);
    refuse_if(imports, "Imports of existing resources are")?;
    refuse_if(input.deployment_mode.is_some(), "Deployment modes are")
}

fn refuse_if(asks: bool, what: &str) -> Result<(), AwsError> {
    if asks { Err(validation(format!("{what} not supported by this cloud."))) } else { Ok(()) }
}

/// The types that the request lets a template have: `AWS::S3::Bucket`, `AWS::S3::*`, `AWS::*`, `Custom::*`.
pub(crate) fn other_types(allowed: Option<&[String]>, template: &Template) -> Result<(), AwsError> {
    let Some(allowed) = allowed.filter(|allowed| !allowed.is_empty()) else { return Ok(()) };
    let fits = |name: &str| {
        allowed.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => pattern == name,
        })
    };
    let others = template.resources.values().map(|resource| resource.type_name.as_str());
    let others: std::collections::BTreeSet<&str> = others.filter(|name| !fits(name)).collect();
    if others.is_empty() {
        return Ok(());
    }
    let names = others.into_iter().collect::<Vec<_>>().join(", ");
    Err(validation(format!("Resource types [{names}] are not among the ResourceTypes of the request")))
}
