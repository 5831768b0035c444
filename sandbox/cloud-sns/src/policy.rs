//! Who may do what with a topic: what the endpoint asks leave for, and whom a topic's policy lets deliver.

use std::sync::Arc;

use cloud_core::{Access, AccountId, Actor, Arn, AwsError};
use cloud_policy::{Keys, Kind, Policy, Principal, Request, Source, Steps, lets_in};
use cloud_wire::access::Asking;
use serde_json::json;

use crate::open::Sns;
use crate::record::Topic;

/// AWS: what a topic's owner may do by the policy that it has at first.
const ACTIONS: [&str; 8] = [
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
];

/// The policy that a topic has at first.
pub(crate) fn default_policy(arn: &str, account: &str) -> String {
    json!({
        "Version": "2008-10-17", "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": ACTIONS,
            "Resource": arn, "Condition": { "StringEquals": { "AWS:SourceOwner": account } },
        }],
    })
    .to_string()
}

/// Members that name a topic.
// AWS: what is asked of a subscription is about no resource.
const MEMBERS: [&str; 3] = ["TopicArn", "TargetArn", "ResourceArn"];

impl Sns {
    /// What an operation asks leave for: an action on the topic that it names, with that topic's policy and tags.
    pub(crate) fn asked(&self, asking: &Asking<'_>) -> Vec<Access> {
        let action = asking.operation.action;
        let named = MEMBERS.into_iter().find_map(|name| asking.text(name)?.parse::<Arn>().ok());
        let Some(arn) = named.filter(|arn| arn.service() == "sns") else { return asking.by_rule() };
        let mut access = asking.access(action, arn.as_str());
        let own = asking.caller.account.as_str();
        if arn.account() != own {
            access.owner = Some(AccountId::new(arn.account()));
        } else if let Some(topic) = self.records.topics.get(&arn.resource().to_owned()) {
            access.policy = topic.policy.as_deref().map(Arc::from);
            access.tell_tags(topic.tags.clone());
        }
        vec![access]
    }

    /// An error unless who delivers may publish.
    pub(crate) fn expect_allowed(
        &self,
        topic: &Topic,
        arn: &Arn,
        actor: &Actor,
        source: Option<&Arn>,
    ) -> Result<(), AwsError> {
        let own = self.context.account().as_str();
        let who = match actor {
            Actor::Account => return Ok(()),
            // LIMIT: a role may do what the account may.
            Actor::Role(role) if role.account() == own => return Ok(()),
            Actor::Role(role) => role.account(),
            Actor::Service(service) => service.as_str(),
            Actor::Foreign(account) => account.as_str(),
        };
        if self.allows(topic, arn, actor, who, source) {
            return Ok(());
        }
        Err(AwsError::access_denied(format!(
            "{who} is not authorized to perform: SNS:Publish on resource: {arn} because no resource-based policy allows the SNS:Publish action"
        )))
    }

    fn allows(&self, topic: &Topic, arn: &Arn, actor: &Actor, who: &str, source: Option<&Arn>) -> bool {
        let own = self.context.account().as_str();
        let text = topic.policy.clone().unwrap_or_else(|| default_policy(arn.as_str(), own));
        let policy = self.documents.read(&text).unwrap_or_else(|_| Policy::unreadable());
        let account = source.map(Arn::account).filter(|account| !account.is_empty());
        let account = account.unwrap_or(if AccountId::is_one(who) { who } else { own });
        let mut keys = Keys::default();
        keys.set("aws:SourceAccount", account);
        // AWS: by the policy that a topic has at first, services may not publish.
        if !matches!(actor, Actor::Service(_)) {
            keys.set("aws:SourceOwner", account);
        }
        if let Some(source) = source {
            keys.set("aws:SourceArn", source.as_str());
        }
        let principal = match actor {
            Actor::Service(service) => Principal::service(service, account),
            Actor::Role(role) => Principal {
                account: who.to_owned(),
                arn: role.to_string(),
                role: Some(role.to_string()),
                ..Principal::default()
            },
            _ => Principal {
                account: who.to_owned(),
                arn: format!("arn:{}:iam::{who}:root", self.context.region().partition().id),
                ..Principal::default()
            },
        };
        let request = Request {
            principal: &principal,
            action: "sns:Publish",
            resource: arn.as_str(),
            resource_account: own,
            keys: &keys,
            steps: &Steps::default(),
        };
        lets_in(&request, Kind::Resource, &Source { id: "topic".to_owned(), policy })
    }
}
