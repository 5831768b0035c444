//! From a request's template and parameters to a definition: read, transformed, checked, nothing made yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Arn, AwsError, Caller, Context, Permissions};
use serde_json::{Value, json};

use crate::PRINCIPAL;
use crate::engine::{Engine, Plan, findings};
use crate::quotas::TEMPLATE_BODY;
use crate::sam::{self, SamError};
use crate::shapes;
use crate::state::{Definition, Finding, Stack};
use crate::template::{self, Document, Template, TemplateError, parameters};
use crate::{capabilities, refusals, source};

/// What a request says about the stack that it wants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// The template itself.
    pub(crate) body: Option<String>,
    /// Where the template is.
    pub(crate) url: Option<String>,
    /// The template that the stack has.
    pub(crate) use_previous: bool,
    /// The parameters.
    pub(crate) parameters: Vec<shapes::Parameter>,
    /// What the caller acknowledges.
    pub(crate) capabilities: Vec<shapes::Capability>,
    /// The tags, or those that the stack has.
    pub(crate) tags: Option<Vec<shapes::Tag>>,
    /// The role.
    pub(crate) role_arn: Option<String>,
    /// The topics.
    pub(crate) notification_arns: Option<Vec<String>>,
    /// The types that the template may have, if that is limited.
    pub(crate) resource_types: Option<Vec<String>>,
}

/// A template that could be read, and what its transforms made of it.
pub(crate) struct Read {
    /// As sent.
    pub(crate) document: Document,
    /// After the transforms, or why they failed.
    pub(crate) processed: Result<Value, AwsError>,
    /// The transforms that it declares.
    pub(crate) transforms: Vec<String>,
}

/// The error of everything that is wrong with a request's template.
pub(crate) fn validation(message: impl Into<String>) -> AwsError {
    AwsError::new("ValidationError", message)
}

/// The error in AWS's words, with its place in the text beside them.
pub(crate) fn placed(document: &Document, error: TemplateError) -> AwsError {
    let error = document.mark(error);
    match error.place() {
        Some(place) => {
            cloud_wire::response_headers::place(&place);
            validation(error.message()).because(error)
        }
        None => validation(error.to_string()),
    }
}

/// What is wrong, with its place: for a status, beside which there is nowhere to say it.
pub(crate) fn reason(error: &AwsError) -> String {
    let placed = std::error::Error::source(error).and_then(|source| source.downcast_ref::<TemplateError>());
    placed.map_or_else(|| error.message().to_owned(), ToString::to_string)
}

/// The text of the wanted template.
pub(crate) async fn text(
    context: &Context,
    caller: &Caller,
    wanted: &Wanted,
    previous: Option<&Definition>,
) -> Result<String, AwsError> {
    match (&wanted.body, &wanted.url, wanted.use_previous, previous) {
        (Some(body), None, false, _) if body.len() > TEMPLATE_BODY => Err(validation(format!(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {TEMPLATE_BODY}"
        ))),
        (Some(body), None, false, _) => Ok(body.clone()),
        (None, Some(url), false, _) => source::template(context, caller, url).await,
        (None, None, true, Some(previous)) => Ok(previous.body.clone()),
        (None, None, _, _) => Err(validation("Either Template URL or Template Body must be specified.")),
        _ => Err(validation(
            "Only one of Template URL, Template Body and Use Previous Template may be specified.",
        )),
    }
}

/// The definition of the wanted stack. What the transforms refuse is the inner error: a change set keeps it.
pub(crate) async fn define(
    context: &Context,
    stack: &Stack,
    wanted: &Wanted,
    body: String,
    previous: Option<&Definition>,
) -> Result<Result<Definition, AwsError>, AwsError> {
    check_role(context, stack, wanted.role_arn.as_deref()).await?;
    let read = read(context, Some(stack), wanted, &body, previous)?;
    let processed = match read.processed {
        Ok(processed) => processed,
        Err(error) => return Ok(Err(error)),
    };
    let place = |error| placed(&read.document, error);
    let template = Template::from_value(&processed).map_err(place)?;
    let raw = parameters::resolve(&template.parameters, &given(wanted, previous)?).map_err(place)?;
    check_types(context, &template)?;
    refusals::other_types(wanted.resource_types.as_deref(), &template)?;
    check_kept_types(&template, stack)?;
    let definition = Definition {
        id: context.entropy().uuid().to_string(),
        body,
        processed,
        transforms: read.transforms,
        parameters: raw,
        tags: tags(wanted, previous)?,
        description: template.description.clone(),
        capabilities: wanted.capabilities.iter().map(|capability| capability.as_str().to_owned()).collect(),
        role_arn: wanted.role_arn.clone().or_else(|| previous?.role_arn.clone()),
        notification_arns: wanted
            .notification_arns
            .clone()
            .or_else(|| previous.map(|previous| previous.notification_arns.clone()))
            .unwrap_or_default(),
    };
    let needed = capabilities::missing(&template, &definition.capabilities);
    match needed {
        None => Ok(Ok(definition)),
        Some(error) if definition.transforms.is_empty() => Err(error),
        Some(error) => Ok(Err(error)),
    }
}

/// The role that a deployment is to act as is one of this account, and lets CloudFormation in, as far as that counts.
// LIMIT: whether it exists is not asked: as one that does not, a deployment may do nothing.
pub(crate) async fn check_role(context: &Context, stack: &Stack, arn: Option<&str>) -> Result<(), AwsError> {
    let Some(arn) = arn else { return Ok(()) };
    let refused = || validation(format!("Role {arn} is invalid or cannot be assumed"));
    let role: Arn = arn.parse().map_err(|_| refused())?;
    let is_ours = role.service() == "iam"
        && role.region().is_empty()
        && role.partition() == context.region().partition().id
        && role.account() == context.account().as_str()
        && role.resource_type() == Some("role");
    if !is_ours {
        return Err(refused());
    }
    let mode = context.permissions();
    let Some(authority) = context.peers().authority().filter(|_| mode != Permissions::Off) else {
        return Ok(());
    };
    let keys = vec![("aws:SourceArn".to_owned(), vec![stack.id.clone()])];
    if authority.trusts(&role, PRINCIPAL, &keys).await? {
        return Ok(());
    }
    if mode == Permissions::Enforce {
        return Err(refused());
    }
    tracing::warn!(
        stack = stack.name,
        role = arn,
        "mode enforce would not let CloudFormation assume the role"
    );
    Ok(())
}

/// What is wrong with a definition that can be known before anything is made of it.
pub(crate) fn rehearse(engine: &Engine, stack: &Stack, definition: &Definition) -> Result<Plan, AwsError> {
    let facts = engine.facts(&stack.id);
    let plan = Plan::new(Arc::new(definition.clone()), &facts, stack)
        .and_then(|plan| plan.rehearse(&facts, stack).map(|()| plan));
    plan.map_err(|error| match Document::parse(&definition.body) {
        Ok(document) => placed(&document, error),
        Err(_) => validation(error.to_string()),
    })
}

/// What was found wrong with the resources of a definition, and where that is in its text.
pub(crate) fn told(definition: &Definition, findings: &[Finding]) -> String {
    let document = Document::parse(&definition.body).ok();
    let place = |(steps, _): (Vec<String>, &str)| match &document {
        Some(document) => format!("/{}, {}", steps.join("/"), document.locate(&steps)),
        None => format!("/{}", steps.join("/")),
    };
    let tell = |finding: &Finding| {
        let mut places: Vec<String> = finding.places().map(place).collect();
        places.dedup();
        format!("{} ({})", finding.reason(), places.join("; "))
    };
    findings.iter().map(tell).collect::<Vec<_>>().join("; ")
}

/// Reads a template's text and transforms it.
pub(crate) fn read(
    context: &Context,
    stack: Option<&Stack>,
    wanted: &Wanted,
    body: &str,
    previous: Option<&Definition>,
) -> Result<Read, AwsError> {
    let document = Document::parse(body).map_err(|error| validation(error.to_string()))?;
    let transforms = template::model::transforms(document.value());
    if let Some(other) = transforms.iter().find(|name| *name != sam::TRANSFORM) {
        // LIMIT: of all transforms and macros only the serverless one is known.
        return Err(validation(format!("No transform named {other} found.")));
    }
    let processed = if transforms.is_empty() {
        Ok(document.value().clone())
    } else {
        let known = sam_parameters(context, stack, document.value(), &given(wanted, previous)?);
        sam::transform(document.value(), &known).map_err(|error| transform_error(&document, &error))
    };
    Ok(Read { document, processed, transforms })
}

/// AWS's sentence, then where in the template the resources are.
fn transform_error(document: &Document, error: &SamError) -> AwsError {
    let places: Vec<String> = error
        .causes()
        .iter()
        .filter_map(|cause| cause.logical_id.as_ref())
        .map(|id| (id, document.locate(&["Resources".to_owned(), id.clone()])))
        .map(|(id, mark)| format!("/Resources/{id}, {mark}"))
        .collect();
    let places = if places.is_empty() { String::new() } else { format!(" ({})", places.join("; ")) };
    validation(format!("Transform {} failed with: {error}{places}", sam::TRANSFORM))
}

/// What the transform may look up: the parameters as far as they are known, and the pseudo parameters.
fn sam_parameters(
    context: &Context,
    stack: Option<&Stack>,
    template: &Value,
    given: &BTreeMap<String, String>,
) -> sam::Parameters {
    let mut known = sam::Parameters::from([
        ("AWS::Region".to_owned(), json!(context.region().to_string())),
        ("AWS::AccountId".to_owned(), json!(context.account().to_string())),
        ("AWS::Partition".to_owned(), json!(context.region().partition().id)),
    ]);
    if let Some(stack) = stack {
        known.insert("AWS::StackName".to_owned(), json!(stack.name));
        known.insert("AWS::StackId".to_owned(), json!(stack.id));
    }
    for (name, declared) in template.get("Parameters").and_then(Value::as_object).into_iter().flatten() {
        let value = given.get(name).map(|raw| json!(raw)).or_else(|| declared.get("Default").cloned());
        known.extend(value.map(|value| (name.clone(), value)));
    }
    known
}

/// The raw values that the request gives, those that it takes over from the stack included.
fn given(wanted: &Wanted, previous: Option<&Definition>) -> Result<BTreeMap<String, String>, AwsError> {
    let mut given = BTreeMap::new();
    for parameter in &wanted.parameters {
        let Some(name) = parameter.parameter_key.clone() else {
            return Err(validation("Every parameter must have a ParameterKey."));
        };
        if parameter.use_previous_value == Some(true) {
            let value = previous.and_then(|previous| previous.parameters.get(&name));
            // AWS: the message for a previous value that is not there.
            let value = value.ok_or_else(|| {
                validation(format!("Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template"))
            })?;
            given.insert(name, value.clone());
        } else {
            given.insert(name, parameter.parameter_value.clone().unwrap_or_default());
        }
    }
    Ok(given)
}

fn tags(wanted: &Wanted, previous: Option<&Definition>) -> Result<BTreeMap<String, String>, AwsError> {
    let Some(tags) = &wanted.tags else {
        return Ok(previous.map(|previous| previous.tags.clone()).unwrap_or_default());
    };
    let mut map = BTreeMap::new();
    for tag in tags {
        if map.insert(tag.key.clone(), tag.value.clone()).is_some() {
            return Err(validation(format!("Duplicate tag key {} in the request", tag.key)));
        }
    }
    Ok(map)
}

/// Every type must be one that can be made here.
fn check_types(context: &Context, template: &Template) -> Result<(), AwsError> {
    let mut unknown: Vec<&str> = template
        .resources
        .values()
        .map(|resource| resource.type_name.as_str())
        .filter(|name| context.peers().provider(name).is_none())
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    if unknown.is_empty() {
        return Ok(());
    }
    let mut message = format!("Template format error: Unrecognized resource types: [{}]", unknown.join(", "));
    // A type of AWS's own can be judged, too, so that a template for AWS is found wrong here already.
    for finding in findings::of_types(template, &unknown) {
        message.push_str(". ");
        message.push_str(&finding.reason());
    }
    Err(validation(message))
}

/// A resource keeps its type for as long as it keeps its name.
fn check_kept_types(template: &Template, stack: &Stack) -> Result<(), AwsError> {
    let changed = stack.resources.values().filter(|old| old.physical_id.is_some()).filter(|old| {
        template.resources.get(&old.logical_id).is_some_and(|new| new.type_name != old.type_name)
    });
    let names: Vec<&str> = changed.map(|resource| resource.logical_id.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(validation(format!(
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{}]",
        names.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use cloud_core::{Access, Authority, ConditionKeys, Denial, Settings};

    use super::*;

    /// Roles with `open` in their names trust CloudFormation.
    struct Open;

    #[async_trait]
    impl Authority for Open {
        async fn decide(
            &self,
            _: &Caller,
            _: &ConditionKeys,
            _: &[Access],
        ) -> Result<Vec<(usize, Denial)>, AwsError> {
            Ok(Vec::new())
        }

        async fn trusts(&self, role: &Arn, service: &str, _: &ConditionKeys) -> Result<bool, AwsError> {
            Ok(service == "cloudformation.amazonaws.com" && role.resource().contains("open"))
        }
    }

    #[tokio::test]
    async fn roles_are_of_the_account_and_let_cloudformation_in() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [Permissions::Enforce, Permissions::Report, Permissions::Off] {
            let context = Context::new(Settings { permissions: mode, ..Settings::new(folder.path()) });
            context.peers().set_authority(Arc::new(Open));
            let stack = Stack::new("arn".to_owned(), "s".to_owned(), context.now());
            for (role, expected) in [
                ("arn:aws:iam::000000000000:role/a/open", true),
                ("arn:aws:iam::000000000000:role/closed", mode != Permissions::Enforce),
                ("arn:aws:iam::000000000001:role/open", false),
                ("arn:aws-cn:iam::000000000000:role/open", false),
                ("arn:aws:iam::000000000000:rolex/open", false),
                ("open", false),
            ] {
                let checked = check_role(&context, &stack, Some(role)).await;
                let refused = format!("Role {role} is invalid or cannot be assumed");
                let told = checked.map_err(|error| error.message().to_owned());
                assert_eq!(told, if expected { Ok(()) } else { Err(refused) }, "{mode:?}");
            }
            assert!(check_role(&context, &stack, None).await.is_ok());
        }
    }
}
