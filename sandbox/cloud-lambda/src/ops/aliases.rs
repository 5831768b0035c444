//! CreateAlias, GetAlias, UpdateAlias, DeleteAlias, ListAliases.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, Maker, constraint, page};

use super::{MOST, gone};
use crate::Lambda;
use crate::names::function_arn;
use crate::shapes::{
    AliasConfiguration, AliasRoutingConfiguration, Code, CreateAliasRequest, DeleteAliasRequest,
    GetAliasRequest, ListAliasesRequest, ListAliasesResponse, UpdateAliasRequest,
};
use crate::state::{Alias, Function, same_revision};

pub(crate) async fn create_alias(
    service: &Lambda,
    _caller: &Caller,
    input: CreateAliasRequest,
) -> Result<AliasConfiguration, AwsError> {
    make_alias(service, input, Maker::NOBODY).await
}

/// Creates an alias. One that the same step made before is the answer once more.
pub(crate) async fn make_alias(
    service: &Lambda,
    input: CreateAliasRequest,
    maker: Maker,
) -> Result<AliasConfiguration, AwsError> {
    if input.name.bytes().all(|byte| byte.is_ascii_digit()) {
        // AWS: the model's pattern looks ahead for this: a number would be a version.
        let letters = "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)";
        return Err(constraint::broken("ValidationException", &input.name, "name", letters));
    }
    let alias = Alias {
        version: input.function_version,
        description: input.description.unwrap_or_default(),
        weights: weights(input.routing_config),
        revision: service.revision(),
        made_by: maker,
    };
    change(service, &input.function_name, &input.name, |function, arn| {
        let taken =
            || Code::ResourceConflictException.error(format!("Alias already exists: {arn}:{}", input.name));
        let present = function.aliases.get(&input.name).map(|present| &present.made_by);
        if alias.made_by.repeats(present, taken)? {
            return Ok(());
        }
        alias.check(function, arn)?;
        function.aliases.insert(input.name.clone(), alias.into());
        Ok(())
    })
    .await
}

pub(crate) async fn update_alias(
    service: &Lambda,
    _caller: &Caller,
    input: UpdateAliasRequest,
) -> Result<AliasConfiguration, AwsError> {
    let revision = service.revision();
    change(service, &input.function_name, &input.name, |function, arn| {
        // AWS: other words than GetAlias has for it.
        let missing =
            || Code::ResourceNotFoundException.error(format!("Alias not found: {arn}:{}", input.name));
        let old = function.aliases.get(&input.name).ok_or_else(missing)?;
        same_revision(&old.revision, input.revision_id.as_deref())?;
        let alias = Alias {
            version: input.function_version.unwrap_or_else(|| old.version.clone()),
            description: input.description.unwrap_or_else(|| old.description.clone()),
            made_by: old.made_by.clone(),
            weights: input
                .routing_config
                .map_or_else(|| old.weights.clone(), |routing| weights(Some(routing))),
            revision,
        };
        alias.check(function, arn)?;
        function.aliases.insert(input.name.clone(), alias.into());
        Ok(())
    })
    .await
}

pub(crate) async fn get_alias(
    service: &Lambda,
    _caller: &Caller,
    input: GetAliasRequest,
) -> Result<AliasConfiguration, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    shown(service, &function, &input.name)
}

/// AWS: deleting an alias that is not there is no error.
pub(crate) async fn delete_alias(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteAliasRequest,
) -> Result<(), AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let name = function.name.clone();
    service
        .records()
        .change(&name, |function| {
            let mut function = function.cloned().ok_or_else(|| gone(service, &name))?;
            function.aliases.remove(&input.name);
            function.policies.remove(&input.name);
            function.invoke_configs.remove(&input.name);
            function.provisioned.remove(&input.name);
            Ok((Some(function), ()))
        })
        .await?;
    service.mappings().function_changed(&name);
    service.provision(&name);
    Ok(())
}

pub(crate) async fn list_aliases(
    service: &Lambda,
    _caller: &Caller,
    input: ListAliasesRequest,
) -> Result<ListAliasesResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let arn = function_arn(service.context(), &function.name).to_string();
    let wanted = input.function_version.as_deref();
    let items = function
        .aliases
        .iter()
        .filter(|(_, alias)| wanted.is_none_or(|version| alias.uses(version)))
        .map(|(name, alias)| (name.clone(), alias.describe(&arn, name)));
    let size = page::size(input.max_items, MOST);
    let (aliases, next_marker) = page::page(items, input.marker.as_deref(), size);
    Ok(ListAliasesResponse { aliases: Some(aliases), next_marker })
}

async fn change(
    service: &Lambda,
    function: &str,
    alias: &str,
    change: impl FnOnce(&mut Function, &str) -> Result<(), AwsError>,
) -> Result<AliasConfiguration, AwsError> {
    let function = service.find_whole(function)?;
    let name = function.name.clone();
    let arn = function_arn(service.context(), &name).to_string();
    let (function, ()) = service
        .records()
        .change(&name, |function| {
            let mut function = function.cloned().ok_or_else(|| gone(service, &name))?;
            change(&mut function, &arn)?;
            Ok((Some(function), ()))
        })
        .await?;
    let function = function.ok_or_else(|| gone(service, &name))?;
    if function.provisioned.contains_key(alias) {
        service.provision(&name);
    }
    shown(service, &function, alias)
}

fn shown(service: &Lambda, function: &Function, name: &str) -> Result<AliasConfiguration, AwsError> {
    let arn = function_arn(service.context(), &function.name).to_string();
    let alias = function.aliases.get(name).ok_or_else(|| not_found(&arn, name))?;
    Ok(alias.describe(&arn, name))
}

fn not_found(arn: &str, name: &str) -> AwsError {
    Code::ResourceNotFoundException.error(format!("Cannot find alias arn: {arn}:{name}"))
}

fn weights(routing: Option<AliasRoutingConfiguration>) -> BTreeMap<String, f64> {
    routing.and_then(|routing| routing.additional_version_weights).unwrap_or_default()
}
