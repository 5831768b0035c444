//! `GetTemplateSummary` and `ValidateTemplate`.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::{AwsError, Caller, Context};
use serde_json::Value;

use super::existing;
use crate::capabilities;
use crate::define::{self, Read, Wanted, placed, validation};
use crate::engine::checks;
use crate::schemas;
use crate::service::CloudFormation;
use crate::shapes::{
    Capability, GetTemplateSummaryInput, GetTemplateSummaryOutput, ParameterConstraints,
    ParameterDeclaration, ResourceIdentifierSummary, TemplateParameter, ValidateTemplateInput,
    ValidateTemplateOutput,
};
use crate::template::Template;
use crate::template::parameters::Parameter;

/// What a template asks for, and the resource types that it names.
pub(crate) async fn get_template_summary(
    service: &CloudFormation,
    caller: &Caller,
    input: GetTemplateSummaryInput,
) -> Result<GetTemplateSummaryOutput, AwsError> {
    let engine = service.engine();
    let mut wanted = Wanted { body: input.template_body, url: input.template_url, ..Wanted::default() };
    let previous = match &input.stack_name {
        Some(name) => engine.defined(existing(engine, name)?).await?.1,
        None => None,
    };
    wanted.use_previous = previous.is_some();
    let text = define::text(engine.context(), caller, &wanted, previous.as_deref()).await?;
    let read = define::read(engine.context(), None, &wanted, &text, previous.as_deref())?;
    let template = template(&read)?;
    let (capabilities, reason) = capabilities(&read, &template);
    let value = read.document.value();
    Ok(GetTemplateSummaryOutput {
        parameters: Some(
            template.parameters.iter().map(|(name, parameter)| declaration(name, parameter)).collect(),
        ),
        description: template.description.clone(),
        capabilities,
        capabilities_reason: reason,
        resource_types: Some(types(value)),
        version: value.get("AWSTemplateFormatVersion").and_then(Value::as_str).map(str::to_owned),
        metadata: value.get("Metadata").map(Value::to_string),
        declared_transforms: Some(read.transforms.clone()).filter(|names| !names.is_empty()),
        resource_identifier_summaries: Some(identifiers(value)),
        ..GetTemplateSummaryOutput::default()
    })
}

/// Whether a template is one.
pub(crate) async fn validate_template(
    service: &CloudFormation,
    caller: &Caller,
    input: ValidateTemplateInput,
) -> Result<ValidateTemplateOutput, AwsError> {
    let context = service.engine().context();
    let wanted = Wanted { body: input.template_body, url: input.template_url, ..Wanted::default() };
    let text = define::text(context, caller, &wanted, None).await?;
    let read = define::read(context, None, &wanted, &text, None)?;
    let template = template(&read)?;
    note_checks(context, &read, &template);
    let (capabilities, capabilities_reason) = capabilities(&read, &template);
    let parameter = |(name, parameter): (&String, &Parameter)| TemplateParameter {
        parameter_key: Some(name.clone()),
        default_value: parameter.default.clone(),
        no_echo: Some(parameter.no_echo),
        description: parameter.description.clone(),
    };
    Ok(ValidateTemplateOutput {
        parameters: Some(template.parameters.iter().map(parameter).collect()),
        description: template.description.clone(),
        capabilities,
        capabilities_reason,
        declared_transforms: Some(read.transforms.clone()).filter(|names| !names.is_empty()),
    })
}

/// Says beside the answer what is wrong with the template's resources, and what of them changes nothing here.
fn note_checks(context: &Context, read: &Read, template: &Template) {
    let checks = match &read.processed {
        Ok(_) => checks::of(context, read.document.value(), template),
        // The deployment will say so; here the answer does not.
        Err(failed) => {
            let message = failed.message().to_owned();
            vec![checks::Check { severity: checks::Severity::Error, place: String::new(), message }]
        }
    };
    cloud_wire::response_headers::checks(&checks::to_header(&checks));
}

/// The template after its transforms; where those fail, which is none of these operations' business, as it was sent. If
/// that is no template either, the reason is the transform's: it explains what is wrong.
fn template(read: &Read) -> Result<Template, AwsError> {
    let wrong = |error| placed(&read.document, error);
    match &read.processed {
        Ok(processed) => Template::from_value(processed).map_err(wrong),
        Err(failed) => Template::from_value(&without_serverless(read.document.value()))
            .map_err(|_| validation(failed.message())),
    }
}

/// A template that is not transformed has sections that only transforms know.
fn without_serverless(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("Globals");
    }
    value
}

fn capabilities(read: &Read, template: &Template) -> (Option<Vec<Capability>>, Option<String>) {
    let (needed, types) = capabilities::needed(template);
    let expand = (!read.transforms.is_empty()).then_some(capabilities::AUTO_EXPAND);
    let names: Vec<&str> = needed.into_iter().chain(expand).collect();
    if names.is_empty() {
        return (None, None);
    }
    let types: Vec<String> = types.into_iter().collect();
    let reason = format!("The following resource(s) require capabilities: [{}]", types.join(", "));
    let reason = (!types.is_empty()).then_some(reason);
    (Some(names.into_iter().map(Capability::from).collect()), reason)
}

fn declaration(name: &str, parameter: &Parameter) -> ParameterDeclaration {
    ParameterDeclaration {
        parameter_key: Some(name.to_owned()),
        default_value: parameter.default.clone(),
        parameter_type: Some(parameter.type_name.clone()),
        no_echo: Some(parameter.no_echo),
        description: parameter.description.clone(),
        parameter_constraints: Some(ParameterConstraints {
            allowed_values: Some(parameter.allowed.clone()).filter(|allowed| !allowed.is_empty()),
        }),
    }
}

fn by_type(template: &Value) -> BTreeMap<String, Vec<String>> {
    let mut by_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, resource) in template.get("Resources").and_then(Value::as_object).into_iter().flatten() {
        if let Some(type_name) = resource.get("Type").and_then(Value::as_str) {
            by_type.entry(type_name.to_owned()).or_default().push(id.clone());
        }
    }
    by_type
}

fn types(template: &Value) -> Vec<String> {
    by_type(template).into_keys().collect::<BTreeSet<_>>().into_iter().collect()
}

fn identifiers(template: &Value) -> Vec<ResourceIdentifierSummary> {
    let summary = |(type_name, ids): (String, _)| ResourceIdentifierSummary {
        resource_identifiers: schemas::of(&type_name).and_then(|schema| schema.identifying()),
        resource_type: Some(type_name),
        logical_resource_ids: Some(ids),
    };
    by_type(template).into_iter().map(summary).collect()
}
