//! Lambda as a target: other services hand events to a function by its ARN, if its policy lets them.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::{
    Access, AccountId, Actor, Arn, AwsError, Delivered, Delivery, DeliveryKind, PortError, RequestId, Target,
};

use crate::Lambda;
use crate::callees::Callee;
use crate::durable;
use crate::invoke::{Event, undelivered};
use crate::names::FunctionName;
use crate::ops::check_payload;
use crate::state::{Sender, document};

#[async_trait]
impl Target for Lambda {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let function = FunctionName::parse(self.context(), delivery.target.as_str(), None)?;
        let callee = self.expect_allowed(&function, &delivery)?;
        check_payload(&delivery.payload, delivery.kind)?;
        let random = || RequestId::random(self.context().entropy()).to_string();
        let request_id = delivery.id.unwrap_or_else(random);
        let event = Event {
            function,
            request_id: request_id.clone(),
            payload: delivery.payload,
            client_context: None,
            trace: delivery.trace,
        };
        if durable::config(&callee).is_some() {
            durable::expect_qualified(&event.function)?;
            if delivery.kind == DeliveryKind::Event {
                Box::pin(self.durable().start(&callee, durable::Wanted::unawaited(event))).await?;
                return Ok(Delivered { request_id, ..Delivered::default() });
            }
        }
        if delivery.kind == DeliveryKind::Event {
            // Its state is large, and would be that of all that is waited for.
            Box::pin(self.queue().accept(event)).await?;
            return Ok(Delivered { request_id, ..Delivered::default() });
        }
        let ran = self.run(callee, event).await.map_err(undelivered)?;
        Ok(ran.delivered(request_id))
    }

    async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        let Ok(name) = FunctionName::parse(self.context(), target.as_str(), None) else { return Ok(None) };
        let Some(function) = self.records().get(&name.name) else { return Ok(None) };
        if function.resolve(name.qualifier(), 0.0).is_none() {
            return Ok(None);
        }
        let statements = function.policies.get(name.qualifier.as_deref().unwrap_or_default());
        let mut access = Access {
            action: "lambda:InvokeFunction".to_owned(),
            resource: target.to_string(),
            policy: statements.map(|statements| document(statements, target.as_str()).into()),
            ..Access::default()
        };
        access.tell_tags(function.tags.clone());
        Ok(Some(access))
    }

    async fn admits(&self, delivery: &Delivery) -> Result<(), PortError> {
        let function = FunctionName::parse(self.context(), delivery.target.as_str(), None)?;
        Ok(self.expect_allowed(&function, delivery).map(drop)?)
    }
}

impl Lambda {
    /// What is to be called, if who sends may.
    fn expect_allowed(&self, name: &FunctionName, delivery: &Delivery) -> Result<Arc<Callee>, AwsError> {
        let own = self.context().account().as_str();
        let principal = match &delivery.actor {
            Actor::Account => return self.runner().callee(name),
            // LIMIT: a role may do what the account may.
            Actor::Role(role) if role.account() == own => return self.runner().callee(name),
            Actor::Role(role) => role.account(),
            Actor::Service(service) => service.as_str(),
            Actor::Foreign(account) => account.as_str(),
        };
        // Another account is not told by the error which functions there are.
        let callee = match self.runner().callee(name) {
            Err(_) if !matches!(delivery.actor, Actor::Service(_)) => None,
            found => Some(found?),
        };
        let account = delivery
            .sender_account()
            .or_else(|| Some(principal).filter(|principal| AccountId::is_one(principal)))
            .unwrap_or(own);
        let sender = Sender { principal, source_arn: delivery.source_arn.as_ref(), account };
        if let Some(callee) = callee.filter(|callee| callee.allows(sender)) {
            return Ok(callee);
        }
        let arn = name.arn(self.context());
        Err(AwsError::access_denied(format!(
            "{principal} is not authorized to perform: lambda:InvokeFunction on resource: {arn} because no \
             resource-based policy allows the lambda:InvokeFunction action"
        )))
    }
}
