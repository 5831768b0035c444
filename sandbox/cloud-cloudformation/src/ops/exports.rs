//! `ListExports` and `ListImports`.

use cloud_core::{AwsError, Caller};

use super::page::page;
use crate::define::validation;
use crate::service::CloudFormation;
use crate::shapes::{Export, ListExportsInput, ListExportsOutput, ListImportsInput, ListImportsOutput};

/// What stacks export, by name.
pub(crate) async fn list_exports(
    service: &CloudFormation,
    _caller: &Caller,
    input: ListExportsInput,
) -> Result<ListExportsOutput, AwsError> {
    let facts = service.engine().facts("");
    let (exports, next_token) = page(facts.exports(), input.next_token.as_deref())?;
    let exports = exports.into_iter().map(|(name, (output, stack))| Export {
        exporting_stack_id: Some(stack.id.clone()),
        name: Some(name.to_owned()),
        value: Some(output.value.clone()),
    });
    Ok(ListExportsOutput { exports: Some(exports.collect()), next_token })
}

/// The stacks that import a name.
pub(crate) async fn list_imports(
    service: &CloudFormation,
    _caller: &Caller,
    input: ListImportsInput,
) -> Result<ListImportsOutput, AwsError> {
    let engine = service.engine();
    let name = &input.export_name;
    let users: Vec<String> = engine
        .stacks()
        .iter()
        .filter(|stack| stack.is_alive() && stack.imports.contains(name))
        .map(|stack| stack.name.clone())
        .collect();
    if users.is_empty() {
        return Err(validation(format!("Export '{name}' is not imported by any stack.")));
    }
    let (imports, next_token) = page(users, input.next_token.as_deref())?;
    Ok(ListImportsOutput { imports: Some(imports), next_token })
}
