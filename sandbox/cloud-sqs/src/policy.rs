//! Who may do what with a queue: what the endpoint asks leave for, and whom a queue's policy lets deliver.

use std::sync::Arc;

use cloud_core::{Access, AccountId, Actor, AwsError, Delivery, Denial, Realm};
use cloud_policy::{Keys, Kind, Policy, Principal, Request, Source, Steps, lets_in};
use cloud_wire::Protocol;
use cloud_wire::access::{self, Asking};

use crate::open::Sqs;
use crate::record::Queue;
use crate::{names, ops};

/// Operations that a queue's policy may let other accounts ask for.
// AWS: "Cross-account permissions don't apply to" all others, whatever a policy says.
const SHARED: [&str; 11] = [
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
    "DeleteMessage",
    "DeleteMessageBatch",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "SendMessage",
    "SendMessageBatch",
];

/// The account and the name of the queue that a request means by its URL or name; the caller's account where none is said.
fn named<'a>(asking: &Asking<'a>) -> Option<(&'a str, &'a str)> {
    let from_url = asking.text("QueueUrl").and_then(names::split_url);
    let from_name = asking.text("QueueName").map(|name| (asking.text("QueueOwnerAWSAccountId"), name));
    let (account, name) = from_url.or(from_name)?;
    Some((account.unwrap_or(asking.caller.account.as_str()), name))
}

/// The realm of a queue of another account, where the operation is one that its policy may let outsiders ask for.
pub(crate) fn host(asking: &Asking<'_>) -> Option<Realm> {
    let (account, _) = named(asking).filter(|_| SHARED.contains(&asking.operation.name))?;
    let is_other = AccountId::is_one(account) && account != asking.caller.account.as_str();
    is_other.then(|| Realm::new(AccountId::new(account), asking.caller.region.clone()))
}

/// A denial in SQS's words.
// AWS: it writes actions in small letters, and its clients know the error as `AccessDenied` whichever protocol they speak.
pub(crate) fn denied(protocol: Protocol, denial: &Denial) -> AwsError {
    let action = denial.action.to_ascii_lowercase();
    let reason = denial.reason.replace(&denial.action, &action);
    let error = access::denied(protocol, &Denial { action, reason, ..denial.clone() });
    match protocol {
        Protocol::Query => error,
        _ => error.with_header("x-amzn-query-error", "AccessDenied;Sender"),
    }
}

impl Sqs {
    /// What an operation asks leave for: an action on the queue that it names, with that queue's policy and tags.
    pub(crate) fn asked(&self, asking: &Asking<'_>) -> Vec<Access> {
        let action = asking.operation.action;
        let from_task = asking.text("TaskHandle").and_then(ops::move_tasks::source_of);
        if let Some(arn) = from_task {
            return vec![asking.access(action, arn)];
        }
        let Some((account, name)) = named(asking) else { return asking.by_rule() };
        let (partition, region) = (asking.partition(), &asking.caller.region);
        let mut access = asking.access(action, format!("arn:{partition}:sqs:{region}:{account}:{name}"));
        if account != asking.caller.account.as_str() {
            access.owner = Some(AccountId::new(account));
        }
        let is_here = account == self.context.account().as_str();
        if let Some(queue) = self.records.queues.get(&name.to_owned()).filter(|_| is_here) {
            access.policy = queue.settings.policy.as_deref().map(Arc::from);
            access.tell_tags(queue.tags.clone());
        }
        vec![access]
    }

    /// An error unless who delivers may send.
    pub(crate) fn expect_allowed(&self, queue: &Queue, delivery: &Delivery) -> Result<(), AwsError> {
        let own = self.context.account().as_str();
        let who = match &delivery.actor {
            Actor::Account => return Ok(()),
            // LIMIT: a role may do what the account may.
            Actor::Role(role) if role.account() == own => return Ok(()),
            Actor::Role(role) => role.account(),
            Actor::Service(service) => service.as_str(),
            Actor::Foreign(account) => account.as_str(),
        };
        if self.allows(queue, delivery, who) {
            return Ok(());
        }
        let arn = names::arn(&self.context, &queue.name);
        Err(AwsError::access_denied(format!(
            "{who} is not authorized to perform: sqs:sendmessage on resource: {arn} because no resource-based policy allows the sqs:sendmessage action"
        )))
    }

    fn allows(&self, queue: &Queue, delivery: &Delivery, who: &str) -> bool {
        let Some(text) = &queue.settings.policy else { return false };
        let policy = self.documents.read(text).unwrap_or_else(|_| Policy::unreadable());
        let arn = names::arn(&self.context, &queue.name);
        let own = self.context.account().as_str();
        let known = delivery.sender_account().or(AccountId::is_one(who).then_some(who));
        let account = known.unwrap_or(own);
        let mut keys = Keys::default();
        if let Some(known) = known {
            keys.set("aws:SourceAccount", known);
        }
        if let Some(source) = &delivery.source_arn {
            keys.set("aws:SourceArn", source.as_str());
        }
        let principal = match &delivery.actor {
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
            action: "sqs:SendMessage",
            resource: &arn,
            resource_account: own,
            keys: &keys,
            steps: &Steps::default(),
        };
        let source = Source { id: "queue".to_owned(), policy };
        lets_in(&request, Kind::Resource, &source)
    }
}
