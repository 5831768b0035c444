//! Targets: which may be set, and what each gets of an event.

use cloud_core::{Arn, AwsError, Context, Permissions};
use serde_json::Value;

use crate::error::invalid;
use crate::names;
use crate::path::Path;
use crate::publishing::{Arrived, PRINCIPAL};
use crate::shapes::Target;
use crate::transform::{Facts, Transformer, Wrong};

/// The services whose resources are told.
const SERVICES: [&str; 4] = ["events", "lambda", "sns", "sqs"];

/// How the names of queues end that keep an order.
const FIFO: &str = ".fifo";

/// Refuses a target of a rule that could not be told.
pub(crate) async fn check(context: &Context, target: &Target, rule_arn: &Arn) -> Result<(), AwsError> {
    let arn = check_arn(context, &target.arn)?;
    check_input(target)?;
    if arn.service() == "sqs"
        && arn.resource().ends_with(FIFO)
        && target.sqs_parameters.as_ref().is_none_or(|sqs| sqs.message_group_id.is_none())
    {
        let message = format!("Parameter(s) SqsParameters must be specified for target: {}.", target.id);
        return Err(invalid(message));
    }
    if let Some(queue) = target.dead_letter_config.as_ref().and_then(|config| config.arn.as_deref()) {
        let is_queue =
            queue.parse::<Arn>().is_ok_and(|queue| queue.service() == "sqs" && queue.realm().is_some());
        if !is_queue || queue.ends_with(FIFO) {
            return Err(invalid(
                "Parameter DeadLetterConfig.Arn is not valid. Reason: it must be the ARN of a standard queue.",
            ));
        }
    }
    match &target.role_arn {
        Some(role) => expect_role(context, role, rule_arn).await,
        None => Ok(()),
    }
}

fn check_arn(context: &Context, text: &str) -> Result<Arn, AwsError> {
    let wrong =
        || invalid(format!("Parameter {text} is not valid. Reason: Provided Arn is not in correct format."));
    let arn: Arn = text.parse().map_err(|_| wrong())?;
    if arn.realm().is_none() || (arn.service() == "events" && names::bus_of(&arn).is_none()) {
        return Err(wrong());
    }
    // Whoever takes deliveries in this cloud may be told.
    if !SERVICES.contains(&arn.service()) && context.peers().target(&arn).is_none() {
        // LIMIT: AWS has more services that are told.
        let message = format!(
            "Parameter {text} is not valid. Reason: targets of the service {} are not available in this cloud.",
            arn.service()
        );
        return Err(invalid(message));
    }
    if arn.service() == "lambda" && arn.resource_type() != Some("function") {
        return Err(wrong());
    }
    Ok(arn)
}

fn check_input(target: &Target) -> Result<(), AwsError> {
    let id = &target.id;
    let (input, path, transformer) = (&target.input, &target.input_path, &target.input_transformer);
    let given = [input.is_some(), path.is_some(), transformer.is_some()];
    if given.iter().filter(|given| **given).count() > 1 {
        return Err(invalid(format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
        )));
    }
    if input.as_ref().is_some_and(|input| serde_json::from_str::<serde::de::IgnoredAny>(input).is_err()) {
        return Err(invalid(format!("JSON syntax error in input for target {id}.")));
    }
    if path.as_ref().is_some_and(|path| !path.is_empty() && Path::read(path).is_none()) {
        return Err(invalid(format!("Invalid InputPath for target {id}.")));
    }
    let Some(transformer) = transformer else { return Ok(()) };
    let paths = transformer.input_paths_map.clone().unwrap_or_default();
    // AWS: "The keys cannot start with "AWS."."
    if let Some(key) = paths.keys().find(|key| key.to_ascii_lowercase().starts_with("aws")) {
        return Err(invalid(format!(
            "Invalid key {key} in InputPathsMap for target {id}: keys cannot start with AWS."
        )));
    }
    match Transformer::read(&paths, &transformer.input_template) {
        Ok(_) => Ok(()),
        Err(Wrong::Placeholder(name)) => {
            Err(invalid(format!("InputTemplate for target {id} contains invalid placeholder {name}.")))
        }
        Err(Wrong::Path(path)) => {
            Err(invalid(format!("Invalid JSON path {path} in InputPathsMap for target {id}.")))
        }
        Err(Wrong::Template(place)) => {
            let template = &transformer.input_template;
            Err(invalid(format!(
                "Invalid InputTemplate for target {id} : [Source: (String)\"{template}\"; {place}]."
            )))
        }
    }
}

/// A role is one that lets EventBridge in, as far as that counts.
async fn expect_role(context: &Context, role: &str, rule_arn: &Arn) -> Result<(), AwsError> {
    let refused = || invalid(format!("Provided role '{role}' cannot be assumed by principal '{PRINCIPAL}'."));
    let found: Arn = role.parse().map_err(|_| refused())?;
    let is_ours = found.service() == "iam"
        && found.account() == context.account().as_str()
        && found.resource_type() == Some("role");
    if !is_ours {
        return Err(refused());
    }
    let mode = context.permissions();
    let authority = context.peers().authority().filter(|_| mode != Permissions::Off);
    let Some(authority) = authority else { return Ok(()) };
    let keys = vec![("aws:SourceArn".to_owned(), vec![rule_arn.to_string()])];
    if authority.trusts(&found, PRINCIPAL, &keys).await? {
        return Ok(());
    }
    if mode == Permissions::Enforce {
        return Err(refused());
    }
    tracing::warn!(role = role, %rule_arn, "mode enforce would not let EventBridge assume the role");
    Ok(())
}

/// Parameters of targets that are of other services.
pub(crate) fn idle(target: &Target) -> Vec<&'static str> {
    let given = [
        (target.kinesis_parameters.is_some(), "KinesisParameters"),
        (target.run_command_parameters.is_some(), "RunCommandParameters"),
        (target.ecs_parameters.is_some(), "EcsParameters"),
        (target.batch_parameters.is_some(), "BatchParameters"),
        (target.http_parameters.is_some(), "HttpParameters"),
        (target.redshift_data_parameters.is_some(), "RedshiftDataParameters"),
        (target.sage_maker_pipeline_parameters.is_some(), "SageMakerPipelineParameters"),
        (target.app_sync_parameters.is_some(), "AppSyncParameters"),
    ];
    given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name).collect()
}

/// What a target gets of an event. What was set was read before; should it not be readable now, it gets the whole event.
pub(crate) fn input(
    target: &Target,
    arrived: &Arrived,
    rule_arn: &Arn,
    rule: &str,
    ingested: &str,
) -> String {
    if let Some(input) = &target.input {
        return input.clone();
    }
    let event = || serde_json::from_str::<Value>(&arrived.json).unwrap_or_default();
    if let Some(path) = target.input_path.as_deref().and_then(Path::read) {
        // Where it leads to nothing, that is told.
        return path.find(&event()).unwrap_or_default().to_string();
    }
    if let Some(transformer) = &target.input_transformer {
        let paths = transformer.input_paths_map.clone().unwrap_or_default();
        if let Ok(read) = Transformer::read(&paths, &transformer.input_template) {
            let facts = Facts { rule_arn: rule_arn.as_str(), rule_name: rule, ingested };
            return read.apply(&event(), facts);
        }
    }
    arrived.json.clone()
}
