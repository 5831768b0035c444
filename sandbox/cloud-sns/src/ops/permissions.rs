//! AddPermission, RemovePermission: statements of a topic's policy.

use cloud_core::{AccountId, AwsError, Caller};
use serde_json::{Value, json};

use crate::error::{because, missing};
use crate::names;
use crate::open::Sns;
use crate::policy::default_policy;
use crate::record::Topic;
use crate::shapes::{AddPermissionInput, RemovePermissionInput};

/// AWS: what others than the owner may be let do.
const ACTIONS: [&str; 10] = [
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "Publish",
    "PutDataProtectionPolicy",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];
/// Statements of one policy, names of one statement.
const MOST: usize = 100;
/// The longest label, in bytes.
const LONGEST: usize = 80;

pub(crate) async fn add_permission(
    sns: &Sns,
    _caller: &Caller,
    input: AddPermissionInput,
) -> Result<(), AwsError> {
    let topic = sns.topic("TopicArn", &input.topic_arn)?;
    let principals = principals(&input.aws_account_id, sns.context.region().partition().id)?;
    let actions = actions(&input.action_name)?;
    if input.label.is_empty() || input.label.len() > LONGEST {
        return Err(because("Label", "it must have 1 to 80 characters"));
    }
    let (arn, account) = (names::arn(&sns.context, &topic.name), sns.context.account().to_string());
    let add = move |topic: &mut Topic| {
        let mut policy = policy_of(topic, &arn, &account);
        let statements = statements_of(&mut policy)?;
        if statements.iter().any(|statement| statement["Sid"] == *input.label) {
            return Err(because("Statement already exists", "choose another label"));
        }
        if statements.len() >= MOST {
            return Err(because("Policy", "a policy has at most 100 statements: remove one first"));
        }
        statements.push(json!({
            "Sid": input.label, "Effect": "Allow", "Principal": { "AWS": one_or_all(&principals) },
            "Action": one_or_all(&actions), "Resource": arn,
        }));
        topic.policy = Some(policy.to_string());
        Ok(())
    };
    sns.records.change_topic(topic.name.clone(), add).await
}

// AWS: a label that is not there is no error.
pub(crate) async fn remove_permission(
    sns: &Sns,
    _caller: &Caller,
    input: RemovePermissionInput,
) -> Result<(), AwsError> {
    let topic = sns.topic("TopicArn", &input.topic_arn)?;
    let (arn, account) = (names::arn(&sns.context, &topic.name), sns.context.account().to_string());
    let remove = move |topic: &mut Topic| {
        let mut policy = policy_of(topic, &arn, &account);
        statements_of(&mut policy)?.retain(|statement| statement["Sid"] != *input.label);
        topic.policy = Some(policy.to_string());
        Ok(())
    };
    sns.records.change_topic(topic.name.clone(), remove).await
}

fn principals(accounts: &[String], partition: &str) -> Result<Vec<String>, AwsError> {
    if accounts.is_empty() || accounts.len() > MOST {
        return Err(missing("AWSAccountId"));
    }
    let principal = |account: &String| {
        if !AccountId::is_one(account) {
            return Err(because("Invalid principal", "accounts are named by their twelve digits"));
        }
        Ok(format!("arn:{partition}:iam::{account}:root"))
    };
    accounts.iter().map(principal).collect()
}

fn actions(names: &[String]) -> Result<Vec<String>, AwsError> {
    if names.is_empty() || names.len() > MOST {
        return Err(missing("ActionName"));
    }
    let action = |name: &String| {
        if !ACTIONS.contains(&name.as_str()) {
            return Err(because(
                "Policy statement action out of service scope!",
                "no other account may be let do that",
            ));
        }
        Ok(format!("SNS:{name}"))
    };
    names.iter().map(action).collect()
}

// AWS: one stands alone, several in a list.
fn one_or_all(all: &[String]) -> Value {
    match all {
        [one] => json!(one),
        all => json!(all),
    }
}

fn policy_of(topic: &Topic, arn: &str, account: &str) -> Value {
    let text = topic.policy.clone().unwrap_or_else(|| default_policy(arn, account));
    serde_json::from_str(&text).unwrap_or_else(|_| json!({}))
}

fn statements_of(policy: &mut Value) -> Result<&mut Vec<Value>, AwsError> {
    let broken = || because("Policy", "the topic's policy has no statements that could be changed");
    let members = policy.as_object_mut().ok_or_else(broken)?;
    let statement = members.entry("Statement").or_insert_with(|| json!([]));
    if !statement.is_array() {
        *statement = Value::Array(vec![statement.take()]);
    }
    statement.as_array_mut().ok_or_else(broken)
}
