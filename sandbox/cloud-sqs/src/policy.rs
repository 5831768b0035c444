//! Who may do what with a queue: what the endpoint asks leave for, and whom a queue's policy lets deliver.

use std::sync::Arc;

use cloud_core::{Access, AccountId, Actor, Arn, AwsError};
use cloud_policy::{Keys, Kind, Policy, Principal, Request, Source, Steps, lets_in};
use cloud_wire::access::Asking;

use crate::open::Sqs;
use crate::record::Queue;
use crate::{names, ops};

impl Sqs {
    /// What an operation asks leave for: an action on the queue that it names, with that queue's policy and tags.
    pub(crate) fn asked(&self, asking: &Asking<'_>) -> Vec<Access> {
        let action = asking.operation.action;
        let from_url = asking.text("QueueUrl").and_then(names::split_url);
        let from_name = asking.text("QueueName").map(|name| (asking.text("QueueOwnerAWSAccountId"), name));
        let from_task = asking.text("TaskHandle").and_then(ops::move_tasks::source_of);
        if let Some(arn) = from_task {
            return vec![asking.access(action, arn)];
        }
        let Some((account, name)) = from_url.or(from_name) else { return asking.by_rule() };
        let own = asking.caller.account.as_str();
        let account = account.unwrap_or(own);
        let (partition, region) = (asking.partition(), &asking.caller.region);
        let mut access = asking.access(action, format!("arn:{partition}:sqs:{region}:{account}:{name}"));
        if account != own {
            access.owner = Some(AccountId::new(account));
        } else if let Some(queue) = self.records.queues.get(&name.to_owned()) {
            access.policy = queue.settings.policy.as_deref().map(Arc::from);
            access.tell_tags(queue.tags.clone());
        }
        vec![access]
    }

    /// An error unless who delivers may send.
    pub(crate) fn expect_allowed(
        &self,
        queue: &Queue,
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
        if self.allows(queue, actor, who, source) {
            return Ok(());
        }
        let arn = names::arn(&self.context, &queue.name);
        Err(AwsError::access_denied(format!(
            "{who} is not authorized to perform: sqs:sendmessage on resource: {arn} because no resource-based policy allows the sqs:sendmessage action"
        )))
    }

    fn allows(&self, queue: &Queue, actor: &Actor, who: &str, source: Option<&Arn>) -> bool {
        let Some(text) = &queue.settings.policy else { return false };
        let policy = self.documents.read(text).unwrap_or_else(|_| Policy::unreadable());
        let arn = names::arn(&self.context, &queue.name);
        let own = self.context.account().as_str();
        let account = source.map(Arn::account).filter(|account| !account.is_empty());
        let account = account.unwrap_or(if AccountId::is_one(who) { who } else { own });
        let mut keys = Keys::default();
        keys.set("aws:SourceAccount", account);
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
