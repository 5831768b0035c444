//! Who may do what with a topic: what the endpoint asks leave for, and whom a topic's policy lets deliver.

use std::sync::Arc;

use cloud_core::{Access, AccountId, Actor, Arn, AwsError, Caller, Delivery, Denial, Realm};
use cloud_policy::{Keys, Kind, Policy, Principal, Request, Source, Steps, lets_in};
use cloud_wire::access::Asking;
use serde_json::json;

use crate::open::Sns;
use crate::record::Topic;
use crate::shapes::Code;

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

/// Operations on a topic that its policy may let other accounts ask for, and the one that a token lets anybody ask for.
// AWS: "Valid Amazon SNS policy actions".
const SHARED: [&str; 13] = [
    "AddPermission",
    "ConfirmSubscription",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PublishBatch",
    "PutDataProtectionPolicy",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];

/// The topic that a request names.
fn topic_of(asking: &Asking<'_>) -> Option<Arn> {
    let named = MEMBERS.into_iter().find_map(|name| asking.text(name)?.parse::<Arn>().ok());
    named.filter(|arn| arn.service() == "sns")
}

/// The subscription that a request names.
fn subscription_of(asking: &Asking<'_>) -> Option<Arn> {
    let arn = asking.text("SubscriptionArn")?.parse::<Arn>().ok();
    arn.filter(|arn| arn.service() == "sns")
}

/// The realm of a topic or subscription of another account that may be used from outside. Of another region it is not.
pub(crate) fn host(asking: &Asking<'_>) -> Option<Realm> {
    let topic = topic_of(asking).filter(|_| SHARED.contains(&asking.operation.name));
    let realm = topic.or_else(|| subscription_of(asking))?.realm()?;
    let Caller { account, region, .. } = asking.caller;
    (realm.account != *account && realm.region == *region).then_some(realm)
}

/// A denial in SNS's words.
// AWS: it writes itself in capitals, and the error is its own.
pub(crate) fn denied(denial: &Denial) -> AwsError {
    let action = denial.action.replacen("sns:", "SNS:", 1);
    let reason = denial.reason.replace(&denial.action, &action);
    let denial = Denial { action, reason, ..denial.clone() };
    Code::AuthorizationErrorException.error(denial.sentence(false))
}

impl Sns {
    /// What an operation asks leave for: an action on the topic that it names, with that topic's policy and tags.
    pub(crate) fn asked(&self, asking: &Asking<'_>) -> Vec<Access> {
        let action = asking.operation.action;
        let Some(arn) = topic_of(asking) else { return self.asked_of_subscription(asking) };
        let mut access = asking.access(action, arn.as_str());
        let caller = &asking.caller.account;
        if arn.account() != caller.as_str() {
            // AWS: whoever has the token that an endpoint was sent may confirm.
            let by_token = asking.operation.name == "ConfirmSubscription";
            access.owner = Some(if by_token { caller.clone() } else { AccountId::new(arn.account()) });
        }
        let is_here = arn.is_of(self.context.realm());
        if let Some(topic) = self.records.topics.get(&arn.resource().to_owned()).filter(|_| is_here) {
            access.policy = topic.policy.as_deref().map(Arc::from);
            access.tell_tags(topic.tags.clone());
        }
        vec![access]
    }

    /// The same of an operation that names a subscription, if any. Whoever subscribed from another account owns it, and what
    /// is not his he is not told of.
    fn asked_of_subscription(&self, asking: &Asking<'_>) -> Vec<Access> {
        let mut accesses = asking.by_rule();
        let others = subscription_of(asking).filter(|arn| arn.account() != asking.caller.account.as_str());
        if let Some(arn) = others {
            let found = self.records.subscriptions.get(&arn.resource().to_owned());
            let found = found.filter(|_| arn.is_of(self.context.realm()));
            let is_callers = found.is_some_and(|found| found.owner() == Some(asking.caller.account.as_str()));
            let owner = AccountId::new(arn.account());
            accesses.iter_mut().filter(|_| !is_callers).for_each(|access| access.owner = Some(owner.clone()));
        }
        accesses
    }

    /// An error unless who delivers may publish.
    pub(crate) fn expect_allowed(&self, topic: &Topic, delivery: &Delivery) -> Result<(), AwsError> {
        let own = self.context.account().as_str();
        let who = match &delivery.actor {
            Actor::Account => return Ok(()),
            // LIMIT: a role may do what the account may.
            Actor::Role(role) if role.account() == own => return Ok(()),
            Actor::Role(role) => role.account(),
            Actor::Service(service) => service.as_str(),
            Actor::Foreign(account) => account.as_str(),
        };
        if self.allows(topic, delivery, who) {
            return Ok(());
        }
        let arn = &delivery.target;
        Err(AwsError::access_denied(format!(
            "{who} is not authorized to perform: SNS:Publish on resource: {arn} because no resource-based policy allows the SNS:Publish action"
        )))
    }

    fn allows(&self, topic: &Topic, delivery: &Delivery, who: &str) -> bool {
        let (arn, actor) = (&delivery.target, &delivery.actor);
        let own = self.context.account().as_str();
        let text = topic.policy.clone().unwrap_or_else(|| default_policy(arn.as_str(), own));
        let policy = self.documents.read(&text).unwrap_or_else(|_| Policy::unreadable());
        let known = delivery.sender_account().or(AccountId::is_one(who).then_some(who));
        let account = known.unwrap_or(own);
        let mut keys = Keys::default();
        if let Some(known) = known {
            keys.set("aws:SourceAccount", known);
        }
        // AWS: by the policy that a topic has at first, services may not publish.
        if !matches!(actor, Actor::Service(_)) {
            keys.set("aws:SourceOwner", account);
        }
        if let Some(source) = &delivery.source_arn {
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
