//! AddPermission, RemovePermission: statements of a queue's policy.

use cloud_core::{AccountId, AwsError, Caller};
use serde_json::{Map, Value, json};

use crate::error::{invalid, missing};
use crate::names;
use crate::open::Sqs;
use crate::record::Queue;
use crate::shapes::{AddPermissionRequest, RemovePermissionRequest};

/// AWS: what others than the owner may be let do.
const ACTIONS: [&str; 7] = [
    "*",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ReceiveMessage",
    "SendMessage",
];
/// AWS: statements of one policy.
const MOST_STATEMENTS: usize = 20;
/// AWS: actions, and principals, of one statement.
const MOST_ACTIONS: usize = 7;
const MOST_PRINCIPALS: usize = 50;
/// AWS: the longest label.
const LONGEST: usize = 80;

pub(crate) async fn add_permission(
    sqs: &Sqs,
    _caller: &Caller,
    input: AddPermissionRequest,
) -> Result<(), AwsError> {
    let name = names::of_url(&sqs.context, &input.queue_url)?;
    check_label(&input.label)?;
    let partition = sqs.context.region().partition().id;
    let principals = principals(&input.aws_account_ids, partition)?;
    let actions = actions(&input.actions)?;
    let (arn, now) = (names::arn(&sqs.context, &name), sqs.context.clock().now_ms());
    let add = move |queue: &mut Queue| {
        let mut policy = policy_of(queue, &arn);
        let statements = statements_of(&mut policy);
        if statements.iter().any(|statement| statement["Sid"] == *input.label) {
            return Err(invalid("Label", &input.label, "Already exists."));
        }
        if statements.len() >= MOST_STATEMENTS {
            return Err(Sqs::over_limit("A policy has at most 20 statements: remove one first."));
        }
        statements.push(json!({
            "Sid": input.label,
            "Effect": "Allow",
            "Principal": { "AWS": one_or_all(principals) },
            "Action": one_or_all(actions),
            "Resource": arn,
        }));
        queue.settings.policy = Some(Value::Object(policy).to_string());
        queue.modified_ms = now;
        Ok(())
    };
    sqs.records.change(name, add).await
}

pub(crate) async fn remove_permission(
    sqs: &Sqs,
    _caller: &Caller,
    input: RemovePermissionRequest,
) -> Result<(), AwsError> {
    let name = names::of_url(&sqs.context, &input.queue_url)?;
    let (arn, now) = (names::arn(&sqs.context, &name), sqs.context.clock().now_ms());
    let remove = move |queue: &mut Queue| {
        let mut policy = policy_of(queue, &arn);
        let statements = statements_of(&mut policy);
        let before = statements.len();
        statements.retain(|statement| statement["Sid"] != *input.label);
        if statements.len() == before {
            return Err(invalid("Label", &input.label, "can't find label."));
        }
        // AWS: a policy without statements is none.
        let is_empty = statements.is_empty();
        queue.settings.policy = (!is_empty).then(|| Value::Object(policy).to_string());
        queue.modified_ms = now;
        Ok(())
    };
    sqs.records.change(name, remove).await
}

fn check_label(label: &str) -> Result<(), AwsError> {
    let is_one = (1..=LONGEST).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_one {
        return Ok(());
    }
    let reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
    Err(invalid("Label", label, reason))
}

fn principals(accounts: &[String], partition: &str) -> Result<Vec<String>, AwsError> {
    if accounts.is_empty() {
        return Err(missing("PrincipalId"));
    }
    if accounts.len() > MOST_PRINCIPALS {
        return Err(invalid("PrincipalId", accounts.len(), "A statement names at most 50 accounts."));
    }
    let principal = |account: &String| {
        if !AccountId::is_one(account) {
            return Err(invalid("PrincipalId", account, "Unable to verify."));
        }
        Ok(format!("arn:{partition}:iam::{account}:root"))
    };
    accounts.iter().map(principal).collect()
}

fn actions(names: &[String]) -> Result<Vec<String>, AwsError> {
    if names.is_empty() {
        return Err(missing("ActionName"));
    }
    if names.len() > MOST_ACTIONS {
        let reason = format!("{} Actions were found, maximum allowed is {MOST_ACTIONS}.", names.len());
        return Err(Sqs::over_limit(&reason));
    }
    let action = |name: &String| {
        if !ACTIONS.contains(&name.as_str()) {
            let reason = format!("Only the queue owner is allowed to invoke this action: {name}");
            return Err(invalid("ActionName", name, &reason));
        }
        Ok(format!("SQS:{name}"))
    };
    names.iter().map(action).collect()
}

// AWS: one stands alone, several in a list.
fn one_or_all(mut all: Vec<String>) -> Value {
    match (all.len(), all.pop()) {
        (1, Some(one)) => json!(one),
        (_, last) => {
            all.extend(last);
            json!(all)
        }
    }
}

/// The policy that a queue has, or a new one.
fn policy_of(queue: &Queue, arn: &str) -> Map<String, Value> {
    let kept = queue.settings.policy.as_deref().and_then(|text| serde_json::from_str(text).ok());
    kept.unwrap_or_else(|| {
        let members = [
            ("Version", json!("2008-10-17")),
            ("Id", json!(format!("{arn}/SQSDefaultPolicy"))),
            ("Statement", json!([])),
        ];
        members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
    })
}

fn statements_of(policy: &mut Map<String, Value>) -> &mut Vec<Value> {
    let statement = policy.entry("Statement").or_insert_with(|| json!([]));
    if !statement.is_array() {
        *statement = Value::Array(vec![statement.take()]);
    }
    statement.as_array_mut().expect("it was just made one")
}
