//! What a stack answers once its resources are there.

use super::evaluate::text;
use super::{Path, Result, Scope, Template, TemplateError, evaluate};

/// One answered output.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OutputValue {
    /// Its name in the template.
    pub key: String,
    /// Its value.
    pub value: String,
    /// For people.
    pub description: Option<String>,
    /// The name that other stacks import it by.
    pub export_name: Option<String>,
}

/// The outputs whose conditions hold.
pub fn evaluate_all(template: &Template, scope: &dyn Scope) -> Result<Vec<OutputValue>> {
    let top = Path::TOP;
    let section = top.key("Outputs");
    let mut outputs = Vec::new();
    for (key, output) in &template.outputs {
        if output.condition.as_ref().is_some_and(|name| scope.condition(name) == Some(false)) {
            continue;
        }
        let path = section.key(key);
        let Some(value) = evaluate(&output.value, &path.key("Value"), scope)? else { continue };
        let value = text(&value).ok_or_else(|| {
            // AWS: the message for an output that is a list or a map.
            let message =
                "Template format error: The Value field of every Outputs member must evaluate to a String.";
            TemplateError::at(&path, message)
        })?;
        let export_name = match &output.export {
            None => None,
            Some(name) => evaluate(name, &path.key("Export"), scope)?.as_ref().and_then(text),
        };
        outputs.push(OutputValue {
            key: key.clone(),
            value,
            description: output.description.clone(),
            export_name,
        });
    }
    Ok(outputs)
}
