//! Who may do what with mappings: what the endpoint asks leave for, and what the function's role must be allowed.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Access, Arn, AwsError, Caller, Denial, Permissions, RequestId, leave};
use cloud_wire::access::Asking;

use super::kind::{Kind, invalid};
use crate::Lambda;
use crate::names::{FunctionName, mapping_uuid};
use crate::state::Mapping;

/// How long keys live that are made to know whom a role stands for.
const KEYS_LIVE: Duration = Duration::from_mins(15);

/// What an operation on mappings asks leave for; nothing where it is none.
// AWS: those are about the mapping, or about none, and their condition key `lambda:FunctionArn` is the mapping's function.
pub(crate) fn accesses(service: &Lambda, asking: &Asking<'_>) -> Option<Vec<Access>> {
    let is_one = asking.operation.name.contains("EventSourceMapping");
    let tagged = asking.text("Resource").and_then(|arn| mapping_uuid(service.context(), arn));
    if !is_one && tagged.is_none() {
        return None;
    }
    let uuid = asking.text("UUID").or(tagged);
    let mapping = uuid.and_then(|uuid| service.records().mappings().get(&uuid.to_owned()));
    let context = service.context();
    let named = asking.text("FunctionName").and_then(|name| FunctionName::parse(context, name, None).ok());
    let function = named.or_else(|| mapping.as_deref().map(Mapping::function));
    let mut accesses = asking.by_rule();
    for access in accesses.iter_mut().filter(|access| access.action.starts_with("lambda:")) {
        if let Some(function) = &function {
            access.keys.push(("lambda:FunctionArn".to_owned(), vec![function.arn(context)]));
        }
        if let Some(mapping) = &mapping {
            access.tell_tags(mapping.tags.clone());
        }
    }
    Some(accesses)
}

/// Fails where the function's role may not do what reading the source takes, if that counts in this cloud's mode.
// AWS: Lambda polls as the function's role.
// LIMIT: it is asked when a mapping is made or changed, and not with each poll.
pub(crate) async fn expect_role(
    service: &Lambda,
    role: Option<&str>,
    function: &str,
    source: &Arn,
    policy: Option<Arc<str>>,
) -> Result<(), AwsError> {
    let context = service.context();
    let mode = context.permissions();
    let (Some(issuer), Some(Ok(role))) = (context.peers().issuer(), role.map(str::parse::<Arn>)) else {
        return Ok(());
    };
    if mode == Permissions::Off {
        return Ok(());
    }
    let principal = match issuer.issue(&role, function, KEYS_LIVE).await {
        Ok(keys) => keys.principal,
        // Told when the function is invoked.
        Err(_) if mode == Permissions::Report => return Ok(()),
        Err(error) => return Err(error),
    };
    let caller = Caller::of(principal, context.region(), RequestId::random(context.entropy()));
    let keys = leave::keys_of(context, context.region(), "lambda.amazonaws.com");
    let kind = Kind::of(source)?;
    let access = |action: &&str| Access {
        action: (*action).to_owned(),
        resource: source.to_string(),
        policy: policy.clone(),
        ..Access::default()
    };
    let accesses: Vec<Access> = actions(kind).iter().map(access).collect();
    let answer = leave::ask(context, &caller, &keys, &accesses).await?;
    if let Some(Denial { action, .. }) = &answer.refused {
        return Err(refusal(kind, source, action));
    }
    if let Some(Denial { principal, action, resource, reason, .. }) = &answer.reported {
        tracing::warn!(
            principal,
            action,
            resource,
            reason,
            "mode enforce would refuse an event source mapping"
        );
    }
    Ok(())
}

/// What reading a source takes.
// AWS: "Execution role permissions" of each kind of source.
fn actions(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Queue => &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Kind::Kinesis => &[
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:DescribeStream",
            "kinesis:ListShards",
        ],
        Kind::Table => &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
    }
}

fn refusal(kind: Kind, source: &Arn, action: &str) -> AwsError {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    match kind {
        Kind::Queue => invalid(format!(
            "The function execution role does not have permissions to call {operation} on SQS"
        )),
        Kind::Kinesis | Kind::Table => invalid(format!(
            "Cannot access stream {source}. Please ensure the role can perform the GetRecords, GetShardIterator, \
             DescribeStream, and ListStreams Actions on your stream in IAM."
        )),
    }
}
