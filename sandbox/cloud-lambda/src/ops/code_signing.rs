//! CreateCodeSigningConfig, GetCodeSigningConfig, UpdateCodeSigningConfig, DeleteCodeSigningConfig, ListCodeSigningConfigs.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{AwsError, Caller, Context, Maker, page};

use super::MOST;
use crate::shapes::{
    Code, CodeSigningPolicies, CodeSigningPolicy, CreateCodeSigningConfigRequest,
    CreateCodeSigningConfigResponse, DeleteCodeSigningConfigRequest, DeleteCodeSigningConfigResponse,
    GetCodeSigningConfigRequest, GetCodeSigningConfigResponse, ListCodeSigningConfigsRequest,
    ListCodeSigningConfigsResponse, UpdateCodeSigningConfigRequest, UpdateCodeSigningConfigResponse,
};
use crate::state::CodeSigning;
use crate::{Lambda, SERVICE};

pub(crate) async fn create_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: CreateCodeSigningConfigRequest,
) -> Result<CreateCodeSigningConfigResponse, AwsError> {
    // AWS: seventeen letters and digits.
    let random = service.context().entropy().uuid().simple().to_string();
    let id = format!("csc-0{}", random.get(..16).unwrap_or_default());
    make_code_signing(service, &id, input, Maker::NOBODY).await
}

/// Makes a configuration of that id. One that the same step made before is the answer once more.
pub(crate) async fn make_code_signing(
    service: &Lambda,
    id: &str,
    input: CreateCodeSigningConfigRequest,
    step: Maker,
) -> Result<CreateCodeSigningConfigResponse, AwsError> {
    super::check_tags(input.tags.as_ref())?;
    let new = CodeSigning {
        description: input.description,
        publishers: input.allowed_publishers.signing_profile_version_arns,
        policy: policy(input.code_signing_policies).unwrap_or(CodeSigningPolicy::Warn),
        modified: service.stamp().last_modified(),
        tags: input.tags.unwrap_or_default(),
        made_by: step,
    };
    let taken = || Code::ResourceConflictException.error("Such a code signing configuration exists already.");
    let decide = move |present: Option<&CodeSigning>| {
        if new.made_by.repeats(present.map(|present| &present.made_by), taken)?
            && let Some(present) = present
        {
            return Ok((present.clone(), present.clone()));
        }
        Ok((new.clone(), new))
    };
    let made = service.records().change_code_signing(id, decide).await?;
    Ok(CreateCodeSigningConfigResponse {
        code_signing_config: made.describe(id, &arn(service.context(), id)),
    })
}

pub(crate) async fn get_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: GetCodeSigningConfigRequest,
) -> Result<GetCodeSigningConfigResponse, AwsError> {
    let (id, found) = find_code_signing(service, &input.code_signing_config_arn)?;
    Ok(GetCodeSigningConfigResponse {
        code_signing_config: found.describe(&id, &input.code_signing_config_arn),
    })
}

pub(crate) async fn update_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: UpdateCodeSigningConfigRequest,
) -> Result<UpdateCodeSigningConfigResponse, AwsError> {
    let arn = input.code_signing_config_arn;
    let (id, _) = find_code_signing(service, &arn)?;
    let (gone, modified) = (not_found(&arn), service.stamp().last_modified());
    let change = move |present: Option<&CodeSigning>| {
        let mut changed = present.cloned().ok_or(gone)?;
        changed.description = input.description.or(changed.description);
        if let Some(publishers) = input.allowed_publishers {
            changed.publishers = publishers.signing_profile_version_arns;
        }
        if let Some(policy) = policy(input.code_signing_policies) {
            changed.policy = policy;
        }
        changed.modified = modified;
        Ok((changed.clone(), changed))
    };
    let changed = service.records().change_code_signing(&id, change).await?;
    Ok(UpdateCodeSigningConfigResponse { code_signing_config: changed.describe(&id, &arn) })
}

/// AWS: "You can delete the code signing configuration only if no function is using it."
pub(crate) async fn delete_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteCodeSigningConfigRequest,
) -> Result<DeleteCodeSigningConfigResponse, AwsError> {
    let arn = input.code_signing_config_arn;
    let (id, _) = find_code_signing(service, &arn)?;
    // LIMIT: the text is ours.
    let message =
        format!("The code signing configuration {arn} is in use by functions and cannot be deleted.");
    let in_use = move || Code::ResourceConflictException.error(message);
    if service.records().remove_code_signing(&id, &arn, in_use).await? {
        Ok(DeleteCodeSigningConfigResponse::default())
    } else {
        Err(not_found(&arn))
    }
}

pub(crate) async fn list_code_signing_configs(
    service: &Lambda,
    _caller: &Caller,
    input: ListCodeSigningConfigsRequest,
) -> Result<ListCodeSigningConfigsResponse, AwsError> {
    let size = page::size(input.max_items, MOST);
    let some = service.records().code_signings_behind(&input.marker.unwrap_or_default(), size + 1);
    let items = some.into_iter().map(|(id, kept)| {
        let shown = kept.describe(&id, &arn(service.context(), &id));
        (id, shown)
    });
    let (configurations, next_marker) = page::page(items, None::<&str>, size);
    Ok(ListCodeSigningConfigsResponse { next_marker, code_signing_configs: Some(configurations) })
}

/// A configuration of this account and region, by its ARN, with its id.
pub(crate) fn find_code_signing(
    service: &Lambda,
    arn_text: &str,
) -> Result<(String, Arc<CodeSigning>), AwsError> {
    let id = arn_text.rsplit(':').next().unwrap_or_default();
    let found = service.records().code_signing(id).filter(|_| arn(service.context(), id) == arn_text);
    Ok((id.to_owned(), found.ok_or_else(|| not_found(arn_text))?))
}

/// Changes the tags of a configuration.
pub(crate) async fn tag_code_signing(
    service: &Lambda,
    arn: &str,
    change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    let (id, _) = find_code_signing(service, arn)?;
    let gone = not_found(arn);
    let change = move |present: Option<&CodeSigning>| {
        let mut changed = present.cloned().ok_or(gone)?;
        change(&mut changed.tags)?;
        Ok((changed, ()))
    };
    service.records().change_code_signing(&id, change).await
}

/// The ARN of a configuration of that id.
pub(crate) fn arn(context: &Context, id: &str) -> String {
    context.arn(SERVICE, format!("code-signing-config:{id}")).to_string()
}

fn not_found(arn: &str) -> AwsError {
    Code::ResourceNotFoundException
        .error(format!("The Lambda code signing configuration {arn} can not be found."))
}

fn policy(wanted: Option<CodeSigningPolicies>) -> Option<CodeSigningPolicy> {
    wanted.and_then(|wanted| wanted.untrusted_artifact_on_deployment)
}
