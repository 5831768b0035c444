//! `GetTemplate`.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use super::existing;
use crate::define::validation;
use crate::engine::no_change_set;
use crate::service::CloudFormation;
use crate::shapes::{GetTemplateInput, GetTemplateOutput, TemplateStage};
use crate::state::Definition;

/// A stack's or a change set's template, as sent or after its transforms.
pub(crate) async fn get_template(
    service: &CloudFormation,
    _caller: &Caller,
    input: GetTemplateInput,
) -> Result<GetTemplateOutput, AwsError> {
    let definition = definition(service, &input).await?;
    let processed = input.template_stage == Some(TemplateStage::Processed);
    let body = if processed && !definition.transforms.is_empty() {
        definition.processed.to_string()
    } else {
        definition.body.clone()
    };
    Ok(GetTemplateOutput {
        template_body: Some(body),
        stages_available: Some(vec![TemplateStage::Original, TemplateStage::Processed]),
    })
}

async fn definition(service: &CloudFormation, input: &GetTemplateInput) -> Result<Arc<Definition>, AwsError> {
    let engine = service.engine();
    let stack = input.stack_name.as_deref().map(|name| existing(engine, name)).transpose()?;
    let definition = match (&input.change_set_name, stack) {
        (Some(name), stack) => {
            let set = engine.find_change_set(name, stack.as_deref()).ok_or_else(|| no_change_set(name))?;
            engine.definition_of_set(&set).await?
        }
        (None, Some(stack)) => engine.defined(stack).await?.1,
        (None, None) => return Err(validation("StackName is required if ChangeSetName is not specified.")),
    };
    definition.ok_or_else(|| validation("The stack has no template yet"))
}
