//! `GetTemplate`.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use super::existing;
use crate::define::validation;
use crate::service::CloudFormation;
use crate::shapes::{Code, GetTemplateInput, GetTemplateOutput, TemplateStage};
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
    if input.stack_name.is_none() && input.change_set_name.is_none() {
        return Err(validation("StackName is required if ChangeSetName is not specified."));
    }
    let stack = input.stack_name.as_deref().map(|name| existing(engine, name)).transpose()?;
    let id = match &input.change_set_name {
        Some(name) => {
            let set = engine.find_change_set(name, stack.as_deref()).ok_or_else(|| {
                Code::ChangeSetNotFoundException.error(format!("ChangeSet [{name}] does not exist"))
            })?;
            set.definition.clone()
        }
        None => stack.as_ref().and_then(|stack| stack.definition.clone()),
    };
    let id = id.ok_or_else(|| validation("The stack has no template yet"))?;
    match engine.definition(&id).await {
        // It went with the operation that ended meanwhile: the stack has another.
        Err(error) if input.change_set_name.is_none() => {
            match stack.and_then(|stack| engine.find(&stack.id)?.definition.clone()) {
                Some(newer) if newer != id => engine.definition(&newer).await,
                _ => Err(error),
            }
        }
        found => found,
    }
}
